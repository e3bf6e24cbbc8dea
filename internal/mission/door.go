package mission

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/situation"
)

// admit holds an entry against the rules of doc/record-format.md that only the
// mission can check, and those that need what is sealed: o is all of it that can be
// opened here. The record's own rules are for the log. An error wraps ErrRefused
// and says which rule is broken; nothing has been written then.
func (m *Mission) admit(e *ledger.Entry, by *ledger.Key, o *ledger.Opened) (err error) {
	// What is handed in was made elsewhere, and geometry is code that we did not write.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: it cannot be used: %v", ledger.ErrRefused, p)
		}
	}()
	if err := m.verifiable(e, by); err != nil {
		return fmt.Errorf("%w: %w", ledger.ErrRefused, err)
	}
	if bad := m.objection(e, by, o); bad != nil {
		return fmt.Errorf("%w: %w", ledger.ErrRefused, bad)
	}
	return nil
}

// verifiable asks the verifier, which shares no code with the writer: what it would
// object to is never written.
func (m *Mission) verifiable(e *ledger.Entry, by *ledger.Key) error {
	x, err := audit.ParseBody(e.Body, e.Received.Time())
	if err != nil {
		return &ledger.Objection{Rule: ledger.RuleForm, Why: err.Error()}
	}
	for _, o := range audit.CheckEntry(x, audit.Key{Name: by.Name, VKey: by.VKey, Role: string(by.Role), Party: string(by.Party), Revoked: -1}) {
		return &ledger.Objection{Rule: o.Rule, Why: o.Why, Skipped: o.Skipped}
	}
	return nil
}

func words(format string, args ...any) error {
	return &ledger.Objection{Rule: ledger.RuleWords, Why: fmt.Sprintf(format, args...)}
}

func (m *Mission) objection(e *ledger.Entry, by *ledger.Key, o *ledger.Opened) error {
	if !e.IsRecord() {
		return m.otherObjection(e)
	}
	r, err := e.Check(o)
	if err != nil {
		return err
	}
	if r.Known < e.Received { // stated behind a commitment, where the log does not see it
		if err := m.knownObjection(r.Known, by); err != nil {
			return err
		}
	}
	if by.Role != ledger.Intake {
		if err := m.textObjection(e); err != nil {
			return err
		}
	}
	if e.Sealed != nil && len(e.Sealed.Shared) > 0 && by.Party != "" && m.usedByAnother(e.NounID(), by) {
		return &ledger.Objection{Rule: ledger.RuleSpeaker, Why: fmt.Sprintf("the ID %s was used before by another speaker", e.NounID())}
	}
	return m.sayObjection(&r, o)
}

// knownObjection is the rule "known", of a moment that is sealed.
func (m *Mission) knownObjection(known truce.Instant, by *ledger.Key) error {
	bad := func(why string) error {
		return &ledger.Objection{Rule: ledger.RuleKnown, Why: fmt.Sprintf("it says that it was known at %s, before it was received: %s", known, why)}
	}
	if by.Role != ledger.Intake {
		return bad("only the intake may, in a rehearsal")
	}
	v, err := m.Glance()
	if err != nil {
		return err
	}
	for _, e := range v.Rest {
		var c struct {
			Status string        `json:"status"`
			Terms  *ledger.Terms `json:"terms"`
		}
		if e.Kind != "mission" && e.Kind != "agreement" || json.Unmarshal(e.Content, &c) != nil {
			continue
		}
		if c.Terms != nil {
			c.Status = c.Terms.Status
		}
		if c.Status != string(truce.Rehearsal) && c.Status != string(truce.Historic) {
			return bad("only a record whose terms bind nobody may")
		}
	}
	return nil
}

// textObjection is the rule "text".
func (m *Mission) textObjection(e *ledger.Entry) error {
	if !SealsTexts(m.Agreement, e.Kind) {
		return nil
	}
	var c map[string]json.RawMessage
	if err := json.Unmarshal(e.Content, &c); err != nil {
		return err
	}
	for _, name := range textFields {
		if _, ok := c[name]; ok {
			return &ledger.Objection{Rule: ledger.RuleText, Why: fmt.Sprintf("the text %q is not sealed, so everybody would read it; the agreement does not publish the texts of this kind (%s)", name, e.Kind)}
		}
	}
	return nil
}

// sayObjection holds what an item says against vocabulary, agreement and geometry.
func (m *Mission) sayObjection(r *truce.Record, o *ledger.Opened) error {
	a := m.Agreement
	switch {
	case r.Observation != nil:
		x := r.Observation
		return errors.Join(m.actObjection(x.Act, x.Weapon, x.Means), m.partyObjection(x.Claimant), m.placeObjection(&x.Place))
	case r.Tally != nil:
		x := r.Tally
		return errors.Join(m.actObjection(x.Act, x.Weapon, ""), m.partyObjection(x.Claimant), m.placeObjection(&x.Place))
	case r.Coverage != nil:
		if _, _, ok := situation.Regions(a, m.options().Region)(r.Coverage.Zone); !ok {
			return words("the zone %q is neither in the agreement nor in the gazetteer", r.Coverage.Zone)
		}
		return m.partyObjection(r.Coverage.Claimant)
	case r.Notification != nil:
		x := r.Notification
		return errors.Join(m.actObjection(x.Act, "", ""), m.partyObjection(x.By), m.placeObjection(&x.Place))
	case r.Response != nil:
		if s := r.Response.Says; s != "" && !slices.Contains(Answers, s) {
			return words("an answer %q is unknown%s", s, truce.Suggest(s, Answers))
		}
		return m.partyObjection(r.Response.By)
	case r.Restriction != nil:
		return m.placeObjection(&r.Restriction.Place)
	case r.Withdrawal != nil:
		return m.partyObjection(r.Withdrawal.By)
	case r.Decision != nil:
		d := *r.Decision
		if d.Because == "" && o != nil {
			d.Because = textsIn(o).Because
		}
		if err := situation.CheckDecision(a, &d); err != nil {
			return words("%v", err)
		}
	case r.Attribution != nil:
		x := r.Attribution
		if x.Actor != "" && !knownActor(a, x.Actor) {
			return words("the actor %q is neither a party nor another of the agreement", x.Actor)
		}
		if x.Confidence != "" && !slices.Contains(truce.Confidences, x.Confidence) {
			return words("confidence %q is unknown%s", x.Confidence, truce.Suggest(x.Confidence, truce.Confidences))
		}
	}
	return nil
}

func knownActor(a *truce.Agreement, id truce.PartyID) bool {
	return a.HasParty(id) || slices.ContainsFunc(a.Others, func(o truce.Party) bool { return o.ID == id })
}

func (m *Mission) actObjection(act truce.Act, weapon truce.Class, means string) error {
	if act != "" && !truce.Words.HasAct(string(act)) {
		_, err := truce.Words.Act(string(act))
		return words("%v", err)
	}
	if c, err := truce.Words.Class(string(weapon)); err != nil {
		return words("%v", err)
	} else if c != weapon {
		return words("weapon %q: leave it out where it is not known", weapon)
	}
	if means != "" {
		if _, err := truce.Words.Means(means); err != nil {
			return words("%v", err)
		}
	}
	return nil
}

func (m *Mission) partyObjection(p truce.PartyID) error {
	if p != "" && !m.Agreement.HasParty(p) {
		return words("%q is not a party to the agreement", p)
	}
	return nil
}

// placeObjection makes sure that a place can be computed with.
func (m *Mission) placeObjection(p *truce.Place) error {
	bad := func(format string, args ...any) error {
		return &ledger.Objection{Rule: ledger.RulePlace, Why: fmt.Sprintf(format, args...)}
	}
	switch p.Kind {
	case truce.PlaceRegion:
		if _, _, ok := situation.Regions(m.Agreement, m.options().Region)(p.Name); !ok {
			return words("the region %q is neither in the agreement nor in the gazetteer", p.Name)
		}
	case truce.PlaceObject:
		if !slices.ContainsFunc(m.objects(), func(o truce.Object) bool { return o.ID == p.Name }) {
			return words("the object %q is on no list of the agreement", p.Name)
		}
	case truce.PlaceWedge:
		w := p.Wedge
		shape, err := geo.Wedge(w.Post, float64(w.FromDeg), float64(w.ToDeg), float64(w.MinM), float64(w.MaxM))
		if err != nil {
			return bad("%v", err)
		}
		// A shape may be wider than the wedge, by what the post's position is uncertain.
		outside, err := geo.Subtract(shape, p.Shape)
		if err != nil || len(outside) > 0 {
			return bad("the shape does not contain the wedge that it is said to be of")
		}
		_, err = geo.NewRegion(p.Shape)
		if err != nil {
			return bad("%v", err)
		}
	case truce.PlaceShape:
		if _, err := geo.NewRegion(p.Shape); err != nil {
			return bad("%v", err)
		}
	}
	return nil
}

// objects are the protected objects of all lists.
func (m *Mission) objects() (out []truce.Object) {
	for i := range m.Agreement.Provisions {
		for _, list := range m.Agreement.Provisions[i].Objects {
			out = append(out, list.Objects...)
		}
	}
	return out
}

// usedByAnother reports whether an ID was used by another speaker before.
func (m *Mission) usedByAnother(id truce.Digest, by *ledger.Key) bool {
	v, err := m.Read()
	if err != nil || v.trail == nil {
		return false
	}
	return v.trail.UsedByAnother(id, by)
}

// otherObjection holds entries that are not inputs of findings against what they
// name.
func (m *Mission) otherObjection(e *ledger.Entry) error {
	bad := func(rule, format string, args ...any) error {
		return &ledger.Objection{Rule: rule, Why: fmt.Sprintf(format, args...)}
	}
	switch e.Kind {
	case "agreement":
		var t ledger.Terms
		if err := Strict(e.Content, &t); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		a, err := m.Proposed(&t)
		if err != nil {
			return bad(ledger.RuleFiles, "%v", err)
		}
		if a.Digest != t.Digest || string(a.Status) != t.Status || a.ID != t.ID {
			return bad(ledger.RuleFiles, "the files that it names are another agreement: %s, %s, %s", a.ID, a.Status, a.Digest)
		}
		if !slices.Equal(a.PartyIDs(), m.Agreement.PartyIDs()) {
			return bad(ledger.RuleWords, "its parties are %s, and this record is between %s: begin another record", PartyWords(a), PartyWords(m.Agreement))
		}
	case "consent":
		var c ledger.Consent
		if err := Strict(e.Content, &c); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		if c.What != "agreement" && c.What != "method" {
			return words("%q is signed; want agreement or method", c.What)
		}
		if err := m.partyObjection(c.Party); err != nil {
			return err
		}
		if !m.stated(c.What, c.To) {
			return words("no %s %.40q has been stated in the record", c.What, c.To)
		}
	case "key":
		var k ledger.Key
		if err := Strict(e.Content, &k); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		return m.partyObjection(k.Party)
	case "disclosure":
		var c ledger.Disclosure
		if err := Strict(e.Content, &c); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		of, err := m.sealedEntry(c.Of)
		if err != nil {
			return bad(ledger.RuleOpening, "%v", err)
		}
		var list []ledger.Opening
		for _, text := range c.Openings {
			list = append(list, ledger.Opening{Text: text})
		}
		if _, strange := of.Open(list); strange > 0 || len(list) == 0 {
			return bad(ledger.RuleOpening, "entry %d did not commit to what it opens", of.Index)
		}
	case "release":
		var c ledger.Release
		if err := Strict(e.Content, &c); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		for _, id := range c.Of {
			if _, err := m.sealedEntry(id); err != nil {
				return bad(ledger.RuleOpening, "%v", err)
			}
		}
	case "forgetting":
		var c ledger.Forgetting
		if err := Strict(e.Content, &c); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		if _, err := m.sealedEntry(c.Of); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
	}
	return nil
}

// stated reports whether a text or a method was stated in the record, or is what
// this build has.
func (m *Mission) stated(what, name string) bool {
	if what == "method" && name == ThisMethod() {
		return true
	}
	v, err := m.Glance()
	if err != nil {
		return false
	}
	for _, e := range v.Rest {
		var c struct {
			Method string        `json:"method"`
			Terms  *ledger.Terms `json:"terms"`
			Digest truce.Digest  `json:"digest"`
		}
		if e.Kind != "mission" && e.Kind != "agreement" && e.Kind != "method" || json.Unmarshal(e.Content, &c) != nil {
			continue
		}
		if c.Terms != nil {
			c.Digest = c.Terms.Digest
		}
		if what == "method" && c.Method == name || what == "agreement" && !c.Digest.IsZero() && c.Digest.Hex() == strings.ToLower(name) {
			return true
		}
	}
	return false
}

// sealedEntry finds an entry of which something is sealed, by its submission.
func (m *Mission) sealedEntry(id truce.Digest) (*ledger.Entry, error) {
	v, err := m.Glance()
	if err != nil {
		return nil, err
	}
	for _, list := range [][]*ledger.Entry{v.Sealed, v.Texts, v.Rest} {
		for _, e := range list {
			if e.Sealed != nil && e.ID() == id {
				return e, nil
			}
		}
	}
	return nil, fmt.Errorf("the record has no sealed entry %s", id)
}
