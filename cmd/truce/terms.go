package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/correlate"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

// inEffect are the terms that a record stands under, and the method that it is
// computed with, at its end: the last that were stated and, if the terms say that
// they are in force, that every party has signed. Terms that bind nobody, drafts
// and rehearsals, need nobody's signature.
func (m *mission) inEffect(v *view) (terms *ledger.Terms, method string, err error) {
	signed := map[string]map[string]bool{} // by what was signed
	for _, e := range v.rest {
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
		for _, p := range m.agreement.PartyIDs() {
			if !signed[what][string(p)] {
				return false
			}
		}
		return true
	}
	for _, e := range v.rest {
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
func (m *mission) adopt(v *view) error {
	if m.agreement == nil {
		return nil
	}
	t, _, err := m.inEffect(v)
	if err != nil || t == nil || t.Digest == m.agreement.Digest {
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
	a, err := loadAgreement(dir)
	if err != nil {
		return err
	}
	if a.Digest != t.Digest {
		return fmt.Errorf("agreement %s: the files beside the record are not its files", t.Digest)
	}
	m.agreement = a
	return nil
}

// layOut writes the files of terms into a folder.
func (m *mission) layOut(t *ledger.Terms, dir string) error {
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

// install makes the terms in effect those that later commands begin with.
func (m *mission) install(v *view) error {
	t, _, err := m.inEffect(v)
	if err != nil || t == nil || t.Digest == m.about.Digest {
		return err
	}
	folder := "agreement-" + t.Digest.String()
	if err := m.layOut(t, filepath.Join(m.dir, folder)); err != nil {
		return err
	}
	m.about.Agreement, m.about.Digest, m.about.Folder = t.ID, t.Digest, folder
	return m.save()
}

// sameMethod refuses to compute with another method than the record's: a changed
// method gives new findings, and is agreed, not slipped in.
func (m *mission) sameMethod(v *view) error {
	_, method, err := m.inEffect(v)
	if err != nil || method == "" || method == thisMethod() {
		return err
	}
	return hint{fmt.Errorf("the record is computed with the method %s, and this build has %s", method, thisMethod()),
		"use the build of that time, or have the change agreed: truce method " + m.dir}
}

func thisMethod() string { return correlate.Current.Name + " " + correlate.Current.Digest.Hex() }

func (c command) amend() *cobra.Command {
	var because, as string
	cmd := &cobra.Command{
		Use:   "amend MISSION FOLDER --because TEXT --as KEY",
		Short: "State an amended text of the agreement",
		Long: `The amended folder becomes an entry, with its files beside the record. If the terms
are in force, it takes effect once every party's liaison has signed its digest:
truce consent. Findings are then held against it; what was found before, as the
record stood, is found again with replay --at.`,
		Example: `  truce amend field agreements/ukraine-air-first-2 --because "second round, 4 April" --as head-of-mission`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, _, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			root, err := os.OpenRoot(args[1])
			if err != nil {
				return err
			}
			defer root.Close()
			a, err := soundAgreement(args[1], root.FS())
			if err != nil {
				return err
			}
			if a.Digest == m.about.Digest {
				return fmt.Errorf("%s is the text that is in effect", args[1])
			}
			t, err := m.terms(a, args[1])
			if err != nil {
				return err
			}
			t.Replaces, t.Because = m.about.Digest, because
			content, err := json.Marshal(t)
			if err != nil {
				return err
			}
			at, err := m.say(c, said{body: ledger.Body{Kind: "agreement", Mission: m.origin(), At: ledger.Time(c.now()), Content: content}}, key)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "agreement %s stated, entry %d\n", a.Digest, at)
			return c.effective(m, a.Digest)
		},
	}
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

// effective says whether terms are in effect now, and who has yet to sign.
func (c command) effective(m *mission, digest truce.Digest) error {
	m.seen = nil
	v, err := m.glance(c.bar())
	if err != nil {
		return err
	}
	if err := m.install(v); err != nil {
		return err
	}
	if m.about.Digest == digest {
		if m.agreement.Status == truce.Draft || m.agreement.Status == truce.Rehearsal {
			fmt.Fprintf(c.out, "  it is in effect, as a %s: signing does not put such terms in force\n", m.agreement.Status)
			return nil
		}
		fmt.Fprintln(c.out, "  it is in effect")
		return nil
	}
	fmt.Fprintf(c.out, "  not yet in effect; to sign: %s\n", strings.Join(m.unsigned(v, digest.Hex()), ", "))
	return nil
}

func (c command) method() *cobra.Command {
	var because, as string
	cmd := &cobra.Command{
		Use:   "method MISSION --because TEXT --as KEY",
		Short: "State this build's method as the one the record is computed with",
		Long: `A record names the method that its findings are computed with; another build
refuses it rather than approximate. A change is stated here and, if the terms are
in force, takes effect once every party has signed it: truce consent --method.`,
		Example: `  truce method field --because "weights of release 2" --as head-of-mission`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			at, err := c.state(args[0], as, "method", map[string]string{"method": thisMethod(), "because": because})
			if err == nil {
				fmt.Fprintf(c.out, "method %s stated, entry %d\n", thisMethod(), at)
			}
			return err
		},
	}
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

func (c command) outage() *cobra.Command {
	var from, to, what, because, as string
	cmd := &cobra.Command{
		Use:   "outage MISSION --from TIME --to TIME --because TEXT --as KEY",
		Short: "Record that the mission itself could not see, hear or receive",
		Long: `An outage stands in every report beside the restrictions that others put on
monitors: silence in those hours says less.`,
		Example: `  truce outage field --from 2025-08-20T02:00+03:00 --to 2025-08-20T05:30+03:00 --because "power cut at headquarters" --as duty-1`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := openMission(args[0])
			if err != nil {
				return err
			}
			var o outage
			if o.During.Start, err = situation.ParseInstant(from, m.agreement.Location); err != nil {
				return fmt.Errorf("--from: %w", err)
			}
			if o.During.End, err = situation.ParseInstant(to, m.agreement.Location); err != nil {
				return fmt.Errorf("--to: %w", err)
			}
			if !o.During.Valid() {
				return errors.New("--to is not after --from")
			}
			o.What, o.Because = what, because
			at, err := c.state(args[0], as, "outage", o)
			if err == nil {
				fmt.Fprintf(c.out, "outage recorded, entry %d\n", at)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "from this time")
	f.StringVar(&to, "to", "", "to this time")
	f.StringVar(&what, "what", "", "what was out: intake, camera-3, everything (default: everything)")
	c.reasonFlags(cmd, &because, &as)
	_ = cmd.MarkFlagRequired("from")
	_ = cmd.MarkFlagRequired("to")
	return cmd
}

// An outage is the mission's own.
type outage struct {
	What    string         `json:"what,omitempty"`
	During  truce.Interval `json:"during"`
	Because string         `json:"because"`
}

// outages are those of the record.
func (m *mission) outages() (out []outage, err error) {
	v, err := m.glance(nil)
	if err != nil {
		return nil, err
	}
	for _, e := range v.rest {
		if e.Kind != "outage" {
			continue
		}
		var o outage
		if err := json.Unmarshal(e.Content, &o); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		out = append(out, o)
	}
	return out, nil
}

func (c command) withdraw() *cobra.Command {
	var because, as string
	cmd := &cobra.Command{
		Use:   "withdraw MISSION ID --because TEXT --as KEY",
		Short: "Take back what was said: an observation, allegation, tally, coverage",
		Long: `What is withdrawn leaves no trace in findings. The record keeps both, and every
report that covers it lists the correction.`,
		Example: `  truce withdraw field 3f2a91c04d77 --because "a drill, says the post" --as monitor-7`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, whose, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			s, err := m.situation(truce.Never, c.bar())
			if err != nil {
				return err
			}
			id, err := one(s, args[1])
			if err != nil {
				return err
			}
			if inc := s.IncidentOf(id); inc != nil && inc.ID == id && len(inc.Of) > 1 {
				return hint{fmt.Errorf("%s is an incident of %s", args[1], plural(len(inc.Of), "observation")), "incidents are computed; name the observation that is withdrawn: truce explain lists them"}
			} else if inc != nil && inc.ID == id {
				id = inc.Of[0].ID
			}
			if mine := s.SaidBy(id); whose.Party != "" && mine != whose.Party {
				return hint{fmt.Errorf("%s is not what %s said", id, whose.Party), "a party takes back its own word; of another's it says what it thinks with truce respond"}
			}
			at, err := m.speak(c, key, truce.Record{Withdrawal: &truce.Withdrawal{Of: id, By: whose.Party, Because: because}})
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s withdrawn, entry %d\n", id, at)
			return nil
		},
	}
	c.reasonFlags(cmd, &because, &as)
	return cmd
}
