package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/spf13/cobra"
)

// mostReleased bounds how much one release reveals: an entry holds 65,535 bytes.
const mostReleased = 40_000

func (c command) release() *cobra.Command {
	var as string
	var now bool
	cmd := &cobra.Command{
		Use:   "release MISSION",
		Short: "Release to both parties what is on the shared shelf and old enough",
		Long: `What gives away an observer's post or a force's position is released to the
parties after the agreement's delay (release: {delay: 24h} in agreement.yaml; 24
hours if it says nothing). One entry carries it for all parties, encrypted to the
keys of their liaisons: none gets anything that another does not. If a party has
no key that reads, nothing is released.`,
		Example: `  truce release field
  truce replay mirror --with ua-1`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, _, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			n, later, err := c.releaseDue(m, key, now)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s released to %s; %d not yet due\n", plural(n, "item"), partyWords(m.agreement), later)
			return nil
		},
	}
	cmd.Flags().StringVar(&as, "as", "intake", "the key that signs: a file, or a name")
	cmd.Flags().BoolVar(&now, "now", false, "without waiting for the delay; only the head of mission may")
	return cmd
}

func partyWords(a *truce.Agreement) string {
	var out []string
	for _, p := range a.PartyIDs() {
		out = append(out, string(p))
	}
	return strings.Join(out, " and ")
}

// releaseDue releases what is due and was not released before.
func (c command) releaseDue(m *mission, key *ledger.Secret, now bool) (released, later int, err error) {
	v, err := m.glance(c.bar())
	if err != nil {
		return 0, 0, err
	}
	if now {
		for _, k := range v.keys {
			if k.VKey == key.VKey() && k.Role != ledger.HeadOfMission {
				return 0, 0, hint{fmt.Errorf("%s is the key of a %s", k.Name, k.Role), "only the head of mission releases before the delay is over"}
			}
		}
	}
	var to []age.Recipient
	for _, p := range m.agreement.PartyIDs() {
		found := false
		for i := range v.keys {
			k := &v.keys[i]
			if k.Role != ledger.Liaison || k.Party != p || k.Revoked >= 0 || k.Recipient == "" {
				continue
			}
			list, err := age.ParseRecipients(strings.NewReader(k.Recipient))
			if err != nil {
				return 0, 0, fmt.Errorf("key %s: %w", k.Name, err)
			}
			to, found = append(to, list...), true
		}
		if !found {
			return 0, 0, hint{fmt.Errorf("%s has no key that reads: nothing is released to anybody", p), "both parties see the same, at the same moment; add a liaison's key with truce keys add"}
		}
	}
	gone, err := m.released(v)
	if err != nil {
		return 0, 0, err
	}
	var batch []revealed
	size := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		defer func() { batch, size = nil, 0 }()
		return c.releaseOne(m, key, batch, to)
	}
	due := truce.InstantOf(c.now()).Add(-m.agreement.ReleaseDelay())
	for _, e := range v.sealed {
		if len(e.Sealed.Shared) == 0 || gone[e.ID()] {
			continue
		}
		if !now && e.Received > due {
			later++
			continue
		}
		list, err := m.shelved(e.ID())
		if err != nil {
			return released, later, err
		}
		r := revealed{Of: e.ID()}
		for _, o := range list {
			r.Openings = append(r.Openings, o.Text)
			size += len(o.Text) + 2
		}
		if len(list) == 0 {
			continue // forgotten
		}
		batch = append(batch, r)
		released++
		if size > mostReleased/2 {
			if err := flush(); err != nil {
				return released, later, err
			}
		}
	}
	return released, later, flush()
}

func (c command) releaseOne(m *mission, key *ledger.Secret, batch []revealed, to []age.Recipient) error {
	plain, err := ledger.Marshal(batch)
	if err != nil {
		return err
	}
	sealed, err := evidence.Encrypt(plain, to...)
	if err != nil {
		return err
	}
	var of []truce.Digest
	for _, r := range batch {
		of = append(of, r.Of)
	}
	content, err := json.Marshal(struct {
		Of     []truce.Digest `json:"of"`
		Sealed []byte         `json:"sealed"`
		To     string         `json:"to"`
	}{of, sealed, partyWords(m.agreement)})
	if err != nil {
		return err
	}
	_, err = m.say(c, said{body: ledger.Body{Kind: "release", Mission: m.origin(), At: ledger.Time(c.now()), Content: content}}, key)
	return err
}

// released are the entries whose shared fields were released already.
func (m *mission) released(v *view) (map[truce.Digest]bool, error) {
	out := map[truce.Digest]bool{}
	for _, e := range v.rest {
		if e.Kind != "release" {
			continue
		}
		var c struct {
			Of []truce.Digest `json:"of"`
		}
		if err := json.Unmarshal(e.Content, &c); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		for _, id := range c.Of {
			out[id] = true
		}
	}
	return out, nil
}

// sealedEntry finds an entry that is not public, by its number or an ID.
func (m *mission) sealedEntry(what string, b *bar) (*ledger.Entry, error) {
	v, err := m.glance(b)
	if err != nil {
		return nil, err
	}
	index, err := entryOf(m.record(), what)
	if err != nil {
		return nil, err
	}
	for _, e := range append(slices.Clone(v.sealed), v.rest...) {
		if e.Index == index && e.Sealed != nil {
			return e, nil
		}
	}
	if index >= v.size {
		return nil, fmt.Errorf("there is no entry %d: the record has %d", index, v.size)
	}
	return nil, fmt.Errorf("entry %d holds nothing back", index)
}

// held are all openings of an entry that can be read here.
func (m *mission) held(e *ledger.Entry) ([]ledger.Opening, error) {
	list, err := m.shelved(e.ID())
	if err != nil {
		return nil, err
	}
	more, err := m.shelved(behind(e.ID()))
	return append(list, more...), err
}

func (c command) disclose() *cobra.Command {
	var fields []string
	var file bool
	var because, as string
	cmd := &cobra.Command{
		Use:   "disclose MISSION ID --because TEXT --as KEY",
		Short: "Make a field or a file public that was held back, verifiably",
		Long: `ID is the number or the ID of an entry that is not public. What is disclosed is
held by everybody against what the entry committed to when it was written: it is
what was known then, and nothing else. It cannot be taken back.`,
		Example: `  truce disclose field 3f2a91c04d77 --field place --because "the post was given up" --as head-of-mission
  truce disclose field 17 --file --because "asked for by the court" --as head-of-mission`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, _, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			e, err := m.sealedEntry(args[1], c.bar())
			if err != nil {
				return err
			}
			list, err := m.held(e)
			if err != nil {
				return err
			}
			r := revealed{Of: e.ID()}
			var names []string
			for _, o := range list {
				name, value, err := o.Field()
				if err != nil {
					return err
				}
				switch {
				case slices.Contains(fields, name), file && name == "evidence":
				case len(fields) > 0, slices.Contains(confidential, name):
					continue // what may name people is disclosed by name alone
				}
				if file && name == "evidence" {
					if err := m.publish(value); err != nil {
						return err
					}
				}
				names = append(names, name)
				r.Openings = append(r.Openings, o.Text)
			}
			if len(names) == 0 {
				return hint{errors.New("nothing of that is held here"), "it was forgotten, or is encrypted to other keys: sign with one that reads"}
			}
			content, err := ledger.Marshal(struct {
				revealed
				Because string `json:"because"`
			}{r, because})
			if err != nil {
				return err
			}
			at, err := m.say(c, said{body: ledger.Body{Kind: "disclosure", Mission: m.origin(), At: ledger.Time(c.now()), Content: content}}, key)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "disclosed of entry %d: %s; entry %d\n", e.Index, strings.Join(names, ", "), at)
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&fields, "field", nil, "only this field; may be given several times (default: all but note, text and evidence, which may name people)")
	cmd.Flags().BoolVar(&file, "file", false, "also the file as received, of a source")
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

// publish puts a file from the shelf beside the record.
func (m *mission) publish(digest []byte) error {
	var sum truce.Digest
	if err := json.Unmarshal(digest, &sum); err != nil {
		return err
	}
	data, err := m.shelf().Get(sum, m.identities()...)
	if err != nil {
		return fmt.Errorf("the file: %w", err)
	}
	got, _, err := m.evidence.Put(strings.NewReader(string(data)))
	if err == nil && got != sum {
		err = evidence.ErrAltered
	}
	return err
}

func (c command) forget() *cobra.Command {
	var all bool
	var because, as string
	cmd := &cobra.Command{
		Use:   "forget MISSION ID --because TEXT --as KEY",
		Short: "Remove what was held back of an entry; every proof still verifies",
		Long: `The restricted fields of the entry are removed from this mission's shelf, with its
file if it is a source; with --all also what the parties were to get. The entry
and its commitments stay: that something was known, and is forgotten, can be seen,
and not what. Whoever was given it before, and every copy of the shelf made
elsewhere, is beyond this command.`,
		Example: `  truce forget field 3f2a91c04d77 --because "the witness asked for it" --as head-of-mission`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, _, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			e, err := m.sealedEntry(args[1], c.bar())
			if err != nil {
				return err
			}
			content, err := json.Marshal(map[string]any{"of": e.ID(), "all": all, "because": because})
			if err != nil {
				return err
			}
			if e.Kind != "source" && !m.shelf().Has(behind(e.ID())) && (!all || !m.shelf().Has(e.ID())) {
				return fmt.Errorf("nothing more of entry %d lies on this mission's shelf", e.Index)
			}
			var file truce.Digest
			if list, err := m.held(e); err == nil {
				for _, o := range list {
					if name, value, err := o.Field(); err == nil && name == "evidence" && e.Kind == "source" {
						_ = json.Unmarshal(value, &file)
					}
				}
			}
			// First the record, which is to say what is missing, then the shelf.
			at, err := m.say(c, said{body: ledger.Body{Kind: "forgetting", Mission: m.origin(), At: ledger.Time(c.now()), Content: content}}, key)
			if err != nil {
				return err
			}
			names := []truce.Digest{behind(e.ID())}
			if all {
				names = append(names, e.ID())
			}
			if !file.IsZero() {
				names = append(names, file)
			}
			n := 0
			for _, name := range names {
				if m.shelf().Has(name) {
					n++
				}
				if err := m.shelf().Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
			}
			fmt.Fprintf(c.out, "forgotten of entry %d: %s from this mission's shelf; entry %d says so\n", e.Index, plural(n, "piece"), at)
			fmt.Fprintln(c.out, "  What was released or copied before is beyond this: mirrors, the parties, backups. Ask their holders.")
			return nil
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also what the parties were to get; findings then lack this input")
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

func (c command) consent() *cobra.Command {
	var to, because, as string
	var method bool
	cmd := &cobra.Command{
		Use:   "consent MISSION --because TEXT --as KEY",
		Short: "Sign the agreement's text, an amendment or a method, as one party",
		Long: `An agreement is in force, and marked so, once every party's liaison has signed the
digest of its text in the record. Until then every output says that it is not. An
amendment, and a change of method, take effect in the same way.`,
		Example: `  truce consent field --because "signed at the line, 3 March" --as ua-1
  truce consent field --to 582ed616aba6 --because "amendment 1" --as ua-1`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, whose, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			what, kind := m.about.Digest.Hex(), "agreement"
			if method {
				what, kind = thisMethod(), "method"
			} else if to != "" {
				if what, err = m.stated(to); err != nil {
					return err
				}
			}
			content, err := json.Marshal(map[string]any{"to": what, "what": kind, "party": whose.Party, "because": because})
			if err != nil {
				return err
			}
			at, err := m.say(c, said{body: ledger.Body{Kind: "consent", Mission: m.origin(), At: ledger.Time(c.now()), Content: content}}, key)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s has signed the %s %.40s, entry %d\n", whose.Party, kind, what, at)
			var digest truce.Digest
			if digest.UnmarshalText([]byte(what)) != nil {
				return nil
			}
			v, err := m.glance(c.bar())
			if err != nil {
				return err
			}
			if missing := m.unsigned(v, what); len(missing) > 0 {
				fmt.Fprintf(c.out, "  not yet: %s\n", strings.Join(missing, ", "))
				return nil
			}
			return c.effective(m, digest)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the digest of a text that was stated (default: the one in effect)")
	cmd.Flags().BoolVar(&method, "method", false, "sign this build's method")
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

// stated is the digest of terms in the record that begins like this.
func (m *mission) stated(prefix string) (string, error) {
	v, err := m.glance(nil)
	if err != nil {
		return "", err
	}
	for _, e := range v.rest {
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

// unsigned are the parties that have not signed something in the record.
func (m *mission) unsigned(v *view, what string) (out []string) {
	signed := map[string]bool{}
	for _, e := range v.rest {
		var c struct {
			To    string `json:"to"`
			Party string `json:"party"`
		}
		if e.Kind == "consent" && json.Unmarshal(e.Content, &c) == nil && c.To == what {
			signed[c.Party] = true
		}
	}
	for _, p := range m.agreement.PartyIDs() {
		if !signed[string(p)] {
			out = append(out, string(p))
		}
	}
	return out
}
