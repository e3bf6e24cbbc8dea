package mission

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/ledger"
)

// inEffect are the terms that a record stands under, and the method that it is
// computed with, at its end: the last that were stated and, if the terms say that
// they are in force, that every party has signed. Terms that bind nobody, drafts
// and rehearsals, need nobody's signature.
func (m *Mission) inEffect(v *Contents) (terms *ledger.Terms, method string, err error) {
	signed := map[string]map[string]bool{} // by what was signed
	for _, e := range v.Rest {
		var c struct {
			To    string `json:"to"`
			Party string `json:"party"`
		}
		if e.Kind != "consent" {
			continue
		}
		if err := json.Unmarshal(e.Content, &c); err != nil {
			return nil, "", fmt.Errorf("entry %d: %w", e.Index, err)
		}
		if signed[c.To] == nil {
			signed[c.To] = map[string]bool{}
		}
		signed[c.To][c.Party] = true
	}
	all := func(what string) bool {
		for _, p := range m.Agreement.PartyIDs() {
			if !signed[what][string(p)] {
				return false
			}
		}
		return true
	}
	for _, e := range v.Rest {
		switch e.Kind {
		case "mission":
			var c ledger.Mission
			if err := json.Unmarshal(e.Content, &c); err != nil {
				return nil, "", fmt.Errorf("entry %d: %w", e.Index, err)
			}
			terms, method = c.Terms, c.Method
		case "agreement":
			var t ledger.Terms
			if err := json.Unmarshal(e.Content, &t); err != nil {
				return nil, "", fmt.Errorf("entry %d: %w", e.Index, err)
			}
			if terms == nil || terms.Status != string(truce.InForce) && t.Status != string(truce.InForce) || all(t.Digest.Hex()) {
				terms = &t
			}
		case "method":
			var c struct{ Method string }
			if err := json.Unmarshal(e.Content, &c); err != nil {
				return nil, "", fmt.Errorf("entry %d: %w", e.Index, err)
			}
			if terms == nil || terms.Status != string(truce.InForce) || all(c.Method) {
				method = c.Method
			}
		}
	}
	return terms, method, nil
}

// adopt makes the terms in effect those of the mission, as far as it is read.
func (m *Mission) adopt(v *Contents) error {
	if m.Agreement == nil {
		return nil
	}
	t, _, err := m.inEffect(v)
	if err != nil || t == nil || t.Digest == m.Agreement.Digest {
		return err
	}
	dir, err := os.MkdirTemp("", "truce-terms-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := m.layOut(t, dir); err != nil {
		return err
	}
	a, err := LoadAgreement(dir)
	if err != nil {
		return err
	}
	if a.Digest != t.Digest {
		return fmt.Errorf("agreement %s: the files beside the record are not its files", t.Digest)
	}
	m.Agreement = a
	return nil
}

// layOut writes the files of terms into a folder.
func (m *Mission) layOut(t *ledger.Terms, dir string) error {
	for _, f := range t.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return fmt.Errorf("the file name %q leads out of the agreement's folder", f.Name)
		}
		data, err := m.file(f.SHA256)
		if err != nil {
			return fmt.Errorf("agreement: %s: %w", f.Name, err)
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Proposed reads the agreement that terms state, from the files beside the record.
func (m *Mission) Proposed(t *ledger.Terms) (*truce.Agreement, error) {
	dir, err := os.MkdirTemp("", "truce-terms-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := m.layOut(t, dir); err != nil {
		return nil, err
	}
	return LoadAgreement(dir)
}

// Amend states an amended text, a folder; a is what it says. It takes effect when
// every party has signed its digest, or at once where terms bind nobody.
func (m *Mission) Amend(key *ledger.Secret, folder, because string) (a *truce.Agreement, at int64, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, 0, err
	}
	defer root.Close()
	if a, err = SoundAgreement(filepath.Base(folder), root.FS()); err != nil {
		return nil, 0, err
	}
	if a.Digest == m.Agreement.Digest {
		return nil, 0, Hint{fmt.Errorf("%s is the text that is in effect", filepath.Base(folder)), "an amendment says something else"}
	}
	t, err := m.Terms(a, folder)
	if err != nil {
		return nil, 0, err
	}
	t.Replaces, t.Because = m.Agreement.Digest, because
	content, err := json.Marshal(t)
	if err != nil {
		return nil, 0, err
	}
	at, err = m.Say(Said{Body: ledger.Body{Kind: "agreement", Mission: m.Origin(), At: ledger.Time(m.Now()), Content: content}}, key)
	return a, at, err
}

// Install makes the terms in effect those that later commands begin with.
func (m *Mission) Install(v *Contents) error {
	t, _, err := m.inEffect(v)
	if err != nil || t == nil || t.Digest == m.About.Digest {
		return err
	}
	folder := "agreement-" + t.Digest.String()
	if err := m.layOut(t, filepath.Join(m.Dir, folder)); err != nil {
		return err
	}
	m.About.Agreement, m.About.Digest, m.About.Folder = t.ID, t.Digest, folder
	return m.Save()
}

// sameMethod refuses to compute with another method than the record's: a changed
// method gives new findings, and is agreed, not slipped in.
func (m *Mission) sameMethod(v *Contents) error {
	_, method, err := m.inEffect(v)
	if err != nil || method == "" || method == ThisMethod() {
		return err
	}
	return Hint{fmt.Errorf("the record is computed with the method %s, and this build has %s", method, ThisMethod()),
		"use the build of that time, or have the change agreed: truce method " + m.Dir}
}

// ThisMethod names the method of this build.
func ThisMethod() string { return correlate.Current.Name + " " + correlate.Current.Digest.Hex() }

// An Outage is the mission's own.
type Outage struct {
	What    string         `json:"what,omitempty"`
	During  truce.Interval `json:"during"`
	Because string         `json:"because"`
}

// outages are those of the record.
func (m *Mission) outages() (out []Outage, err error) {
	v, err := m.Glance()
	if err != nil {
		return nil, err
	}
	for _, e := range v.Rest {
		if e.Kind != "outage" {
			continue
		}
		var o Outage
		if err := json.Unmarshal(e.Content, &o); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		out = append(out, o)
	}
	return out, nil
}
