package mission

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/situation"
)

// A statedText is one that is or was in effect, and the entry that states it; nil: none.
type statedText struct {
	terms *ledger.Terms
	entry *ledger.Entry
}

// statedTexts lists the texts that came into effect one after another, and the method
// that the record is computed with at its end. A text comes into effect when it is
// stated and, if the terms say that they are in force, every party has signed it. Terms
// that bind nobody, drafts and rehearsals, need nobody's signature. Whether the files of
// a text can be read is for adopt.
func (m *Reading) statedTexts(v *Contents) (list []statedText, method string) {
	signed := map[string]map[string]bool{} // by what was signed
	for _, e := range v.Rest {
		var c ledger.Consent
		if e.Kind != "consent" || json.Unmarshal(e.Content, &c) != nil {
			continue
		}
		if signed[c.To] == nil {
			signed[c.To] = map[string]bool{}
		}
		signed[c.To][string(c.Party)] = true
	}
	all := func(what string) bool {
		for _, p := range m.Agreement.PartyIDs() {
			if !signed[what][string(p)] {
				return false
			}
		}
		return true
	}
	list = []statedText{{}}
	for _, e := range v.Rest {
		terms := list[len(list)-1].terms
		switch e.Kind {
		case "mission":
			var c ledger.Mission
			if json.Unmarshal(e.Content, &c) == nil {
				list, method = append(list, statedText{c.Terms, e}), c.Method
			}
		case "agreement":
			var t ledger.Terms
			if json.Unmarshal(e.Content, &t) != nil {
				continue
			}
			if terms == nil || terms.Status != string(truce.InForce) && t.Status != string(truce.InForce) || all(t.Digest.Hex()) {
				list = append(list, statedText{&t, e})
			}
		case "method":
			var c ledger.MethodStated
			if json.Unmarshal(e.Content, &c) != nil {
				continue
			}
			if terms == nil || terms.Status != string(truce.InForce) || all(c.Method) {
				method = c.Method
			}
		}
	}
	return list, method
}

// Earlier is the text whose place the one in effect took, and the time in which it was in effect: from when it
// was stated, or signed by the last party where that was needed, until the same of the one in effect. Nil: the
// mission's first text is in effect.
func (m *Reading) Earlier(v *Contents) (*ledger.Terms, truce.Interval) {
	list, _ := m.statedTexts(v)
	at := -1
	for i, t := range list {
		if t.terms != nil && t.terms.Digest == m.Agreement.Digest {
			at = i
		}
	}
	if at < 2 || list[at-1].terms == nil { // the first of the list is none
		return nil, truce.Interval{}
	}
	return list[at-1].terms, truce.Interval{Start: m.inEffect(v, list[at-1]), End: m.inEffect(v, list[at])}
}

// inEffect is since when a text that came into effect was: the last of the first signatures of each party is the
// moment, if it came after the text was stated.
func (m *Reading) inEffect(v *Contents, t statedText) truce.Instant {
	since := t.entry.Received
	if t.terms.Status != string(truce.InForce) {
		return since
	}
	first := map[truce.PartyID]truce.Instant{}
	for _, e := range v.Rest {
		var c ledger.Consent
		if e.Kind != "consent" || json.Unmarshal(e.Content, &c) != nil || c.To != t.terms.Digest.Hex() {
			continue
		}
		if _, again := first[c.Party]; !again {
			first[c.Party] = e.Received
			since = max(since, e.Received)
		}
	}
	return since
}

// adopt makes the terms in effect those of the mission, as far as it is read. Terms
// whose files are not here, or are another agreement, are passed over and listed:
// those before them stay in effect.
func (m *Reading) adopt(v *Contents) error {
	if m.Agreement == nil {
		return nil
	}
	list, _ := m.statedTexts(v)
	for _, t := range slices.Backward(list) {
		if t.terms == nil || t.terms.Digest == m.Agreement.Digest {
			return nil
		}
		a, err := m.Proposed(t.terms)
		if err == nil && a.Digest != t.terms.Digest {
			err = fmt.Errorf("the files beside the record are not those of the agreement %s", t.terms.Digest)
		}
		if err == nil {
			m.Agreement = a
			return nil
		}
		if t.entry.Kind == "mission" { // without its first text a record says nothing
			return err
		}
		v.objectTerms(t.entry, &ledger.Objection{Rule: ledger.RuleFiles, Why: "the terms cannot be read: " + err.Error(), Skipped: true})
	}
	return nil
}

// objectTerms lists, once, that terms are passed over.
func (v *Contents) objectTerms(e *ledger.Entry, o *ledger.Objection) {
	if !slices.ContainsFunc(v.Objections, func(x ledger.Objected) bool { return x.Entry == e.Index && x.Rule == o.Rule }) {
		v.object(e, o)
	}
}

// layOut writes the files of terms into a folder.
func (m *Reading) layOut(t *ledger.Terms, dir string) error {
	for _, f := range t.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return fmt.Errorf("the file name %q leads out of the agreement's folder", f.Name)
		}
		data, err := m.File(f.SHA256)
		if err != nil {
			return fmt.Errorf("agreement: %s: %w", f.Name, err)
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := disk.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := disk.WriteBytes(name, 0o644, data); err != nil {
			return err
		}
	}
	return nil
}

// Proposed reads the agreement that terms state, from the files beside the record.
func (m *Reading) Proposed(t *ledger.Terms) (*truce.Agreement, error) {
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

// Install makes the terms in effect those that later commands begin with. Of terms
// that cannot be read nothing is installed: those before them stay in effect.
func (m *Mission) Install(v *Contents) error {
	list, _ := m.statedTexts(v)
	at := slices.IndexFunc(list, func(t statedText) bool { return t.terms != nil && t.terms.Digest == m.Agreement.Digest })
	if at < 0 || m.Agreement.Digest == m.About.Digest {
		return nil
	}
	t := list[at].terms
	folder := "agreement-" + t.Digest.String()
	if err := m.layOut(t, filepath.Join(m.Dir, folder)); err != nil {
		return err
	}
	m.About.Agreement, m.About.Digest, m.About.Folder = t.ID, t.Digest, folder
	return m.Save()
}

// OtherMethod is the method that the record names, where it is another than this
// build's: what is computed here may then differ from what was published. Empty:
// it is the same.
func (m *Reading) OtherMethod(v *Contents) string {
	_, method := m.statedTexts(v)
	if method == ThisMethod() {
		return ""
	}
	return method
}

// ThisMethod names the method of this build.
func ThisMethod() string { return situation.Method() }

// An Outage is the mission's own.
type Outage = ledger.Outage

// outages are those of the record.
func (m *Reading) outages() (out []Outage, err error) {
	v, err := m.Glance()
	if err != nil {
		return nil, err
	}
	for _, e := range v.Rest {
		if e.Kind != "outage" {
			continue
		}
		var o Outage
		if json.Unmarshal(e.Content, &o) == nil {
			out = append(out, o)
		}
	}
	return out, nil
}
