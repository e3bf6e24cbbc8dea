package mission

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// Released are the entries whose shared fields were released already.
func (m *Reading) Released(v *Contents) (map[truce.Digest]bool, error) {
	out := map[truce.Digest]bool{}
	for _, e := range v.Rest {
		if e.Kind != "release" {
			continue
		}
		var c ledger.Release
		if err := json.Unmarshal(e.Content, &c); err != nil {
			continue // listed as an entry that cannot be used
		}
		for _, id := range c.Of {
			out[id] = true
		}
	}
	return out, nil
}

// SealedEntry finds an entry that is not public, by its number or an ID.
func (m *Reading) SealedEntry(what string) (*ledger.Entry, error) {
	v, err := m.Glance()
	if err != nil {
		return nil, err
	}
	index, err := EntryOf(m.Record(), what)
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Concat(v.Sealed, v.Texts, v.Rest) {
		if e.Index == index && e.Sealed != nil {
			return e, nil
		}
	}
	if index >= v.size {
		return nil, fmt.Errorf("entry %d does not exist: the record has %d", index, v.size)
	}
	return nil, fmt.Errorf("entry %d holds nothing back", index)
}

// Held are all openings of an entry that can be read here.
func (m *Reading) Held(e *ledger.Entry) ([]ledger.Opening, error) {
	list, err := m.Shelved(e.ID())
	if err != nil {
		return nil, err
	}
	for _, name := range []truce.Digest{Behind(e.ID()), TextOf(e.ID())} {
		more, err := m.Shelved(name)
		if err != nil {
			return list, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// Stated is the digest of terms in the record that begins like this.
func (m *Reading) Stated(prefix string) (string, error) {
	v, err := m.Glance()
	if err != nil {
		return "", err
	}
	for _, e := range v.Rest {
		var t ledger.Terms
		switch e.Kind {
		case "mission":
			var c ledger.Mission
			if json.Unmarshal(e.Content, &c) == nil && c.Terms != nil {
				t = *c.Terms
			}
		case "agreement":
			_ = json.Unmarshal(e.Content, &t)
		}
		if h := t.Digest.Hex(); !t.Digest.IsZero() && len(prefix) >= 6 && strings.HasPrefix(h, strings.ToLower(prefix)) {
			return h, nil
		}
	}
	return "", fmt.Errorf("no agreement in the record has a digest that begins with %q", prefix)
}

// Unsigned are the parties that have not signed something in the record.
func (m *Reading) Unsigned(v *Contents, what string) (out []string) {
	signed := map[string]bool{}
	for _, e := range v.Rest {
		var c struct {
			To    string `json:"to"`
			Party string `json:"party"`
		}
		if e.Kind == "consent" && json.Unmarshal(e.Content, &c) == nil && c.To == what {
			signed[c.Party] = true
		}
	}
	for _, p := range m.Agreement.PartyIDs() {
		if !signed[string(p)] {
			out = append(out, string(p))
		}
	}
	return out
}
