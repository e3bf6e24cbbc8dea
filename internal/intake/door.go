package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/decide"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// admit holds an entry against the rules of doc/record-format.md that only the
// mission can check, and those that need what is sealed: o is all of it that can be
// opened here. The record's own rules are for the log. An error wraps ErrRefused
// and says which rule is broken; nothing has been written then.
func (m *Writer) admit(e *ledger.Entry, by *ledger.Key, o *ledger.Opened) (err error) {
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
func (m *Writer) verifiable(e *ledger.Entry, by *ledger.Key) error {
	x, err := audit.ParseBody(e.Body, e.Received.Time())
	if err != nil {
		return &ledger.Objection{Rule: ledger.RuleForm, Why: err.Error()}
	}
	for _, o := range audit.CheckEntry(x, audit.Key{Name: by.Name, VKey: by.VKey, Role: string(by.Role), Party: string(by.Party), Revoked: -1}) {
		return &ledger.Objection{Rule: o.Rule, Why: o.Why, Skipped: o.Skipped}
	}
	return nil
}

func objectWords(format string, args ...any) error {
	return &ledger.Objection{Rule: ledger.RuleWords, Why: fmt.Sprintf(format, args...)}
}

func (m *Writer) objection(e *ledger.Entry, by *ledger.Key, o *ledger.Opened) error {
	if !e.IsItem() {
		return m.otherObjection(e)
	}
	r, err := e.Check(o)
	if err != nil {
		return err
	}
	if by.Role != ledger.Intake {
		if err := m.textObjection(e); err != nil {
			return err
		}
	}
	// The log has checked what is public, and not what is sealed.
	if bad, err := m.spoken(&r, e, by); err != nil || bad != nil {
		return errors.Join(err, asError(bad))
	}
	if err := m.sizeObjection(&r, by); err != nil {
		return err
	}
	if bad := m.FillShape(&r); bad != nil {
		return bad
	}
	if err := m.sayObjection(&r, o); err != nil {
		return err
	}
	return m.idObjection(&r, e, by)
}

// asError is an objection as an error; nil stays nil.
func asError(o *ledger.Objection) error {
	if o == nil {
		return nil
	}
	return o
}

// spoken holds what an item says of whose it is, with its sealed fields, against the
// key that signed it.
func (m *Writer) spoken(r *truce.Item, e *ledger.Entry, by *ledger.Key) (*ledger.Objection, error) {
	if m.Kept() != nil && m.log != nil {
		return m.log.Spoken(r, e.Received, by), nil
	}
	v, err := m.Glance()
	if err != nil || v.Trail == nil {
		return nil, err
	}
	return v.Trail.Spoken(r, e.Received, by), nil
}

// idObjection is the rule "speaker", and the part of the rule "id" that needs what
// came before. The ID of a public observation or restriction of the mission can be
// stated by nobody else, whose source would be another: where the record has to be read
// for the answer, it is not asked for.
func (m *Writer) idObjection(r *truce.Item, e *ledger.Entry, by *ledger.Key) error {
	sealed := e.Sealed != nil && len(e.Sealed.Shared) > 0
	switch {
	case r.Withdrawal != nil:
		return nil
	case m.Kept() == nil && !sealed && (e.Kind == "observation" || e.Kind == "seen" || e.Kind == "restriction"):
		return nil
	}
	v, err := m.Read()
	if err != nil || v.Trail == nil {
		return err
	}
	own := !sealed && r.OwnID()
	// First the claim, and then the trail: what is in neither is in nobody's use.
	if m.claims != nil {
		if bad := m.claims.take(r.ID(), e.ID(), by, ledger.Alone(r), own, v.Size()); bad != nil {
			return bad
		}
	}
	if bad := v.Trail.MayUse(r.ID(), by, ledger.Alone(r), own); bad != nil {
		m.settled(e, -1)
		return bad
	}
	return nil
}

// textObjection is the rule "text".
func (m *Writer) textObjection(e *ledger.Entry) error {
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

const (
	// mostStated is how many points a place may have that a person states: enough for
	// any area on a map, and few enough to be computed with at once.
	mostStated = 256
	// mostCorrections is how often an item may be corrected.
	mostCorrections = 32
)

// sizeObjection bounds what an item costs everybody who computes with it. Files have
// their own bounds.
func (m *Writer) sizeObjection(r *truce.Item, by *ledger.Key) error {
	if by.Role == ledger.Intake {
		return nil
	}
	p := r.Place()
	if r.Notification != nil && p.Kind == truce.PlaceUnknown { // it might be of anything, anywhere
		return &ledger.Objection{Rule: ledger.RulePlace, Why: "a notification says where: it covers only its place and hours"}
	}
	if p != nil && !p.File.IsZero() {
		return &ledger.Objection{Rule: ledger.RulePlace, Why: "a shape beside the record comes with its file, by truce ingest"}
	}
	if p != nil {
		n := p.Shape.Corners()
		if n > mostStated {
			return &ledger.Objection{Rule: ledger.RulePlace, Why: fmt.Sprintf("the place has %d points, and one that a person states has at most %d", n, mostStated)}
		}
	}
	if r.Replaces.IsZero() {
		return nil
	}
	v, err := m.Read()
	if err != nil {
		return err
	}
	was := map[truce.Digest]truce.Digest{}
	for i := range v.Records {
		if x := &v.Records[i]; !x.Replaces.IsZero() {
			was[x.ID()] = x.Replaces
		}
	}
	n := 0
	for id := r.Replaces; n <= mostCorrections; n++ {
		before, corrected := was[id]
		if !corrected {
			return nil
		}
		id = before
	}
	return &ledger.Objection{Rule: ledger.RuleForm, Why: fmt.Sprintf("what it replaces has been corrected %d times already; withdraw it, and state it as something new", mostCorrections)}
}

// sayObjection holds what an item says against vocabulary, agreement and geometry.
func (m *Writer) sayObjection(r *truce.Item, o *ledger.Opened) error {
	a := m.Agreement
	switch {
	case r.Observation != nil:
		x := r.Observation
		return errors.Join(m.actObjection(x.Act, x.Weapon, x.Means), m.partyObjection(x.Claimant), m.placeObjection(&x.Place))
	case r.Tally != nil:
		x := r.Tally
		return errors.Join(m.actObjection(x.Act, x.Weapon, ""), m.partyObjection(x.Claimant), m.placeObjection(&x.Place))
	case r.Coverage != nil:
		if _, _, ok := situation.Regions(a, m.SituationOptions().Region)(r.Coverage.Zone); !ok {
			return objectWords("the zone %q is neither in the agreement nor in the gazetteer", r.Coverage.Zone)
		}
		return m.partyObjection(r.Coverage.Claimant)
	case r.Notification != nil:
		x := r.Notification
		return errors.Join(m.actObjection(x.Act, "", ""), m.partyObjection(x.By), m.placeObjection(&x.Place))
	case r.Response != nil:
		if s := r.Response.Says; !slices.Contains(Answers, s) {
			return objectWords("an answer %q is unknown%s", s, truce.Suggest(s, Answers))
		}
		return m.partyObjection(r.Response.By)
	case r.Restriction != nil:
		return m.placeObjection(&r.Restriction.Place)
	case r.Withdrawal != nil:
		return m.partyObjection(r.Withdrawal.By)
	case r.Decision != nil:
		d := *r.Decision
		if d.Because == "" && o != nil {
			d.Because = mission.TextsIn(o).Because
		}
		if d.Although == "" && o != nil {
			d.Although = mission.TextsIn(o).Although
		}
		if err := scenario.CheckDecision(a, &d); err != nil {
			return objectWords("%v", err)
		}
		if d.OnDay() && m.Kept() != nil && m.Kept().Situation != nil && m.Kept().Situation.DayOf(&d) == nil {
			return objectWords("no finding of article %s has that window and area now and rests on the reports that it names", string(d.Article))
		}
		if m.Kept() != nil && m.Kept().Situation != nil && strings.TrimSpace(d.Although) == "" {
			if against, _ := decide.Objections(m.Kept().Situation, &d); len(against) > 0 {
				return objectWords("%s; say `although` why it is decided nevertheless", against[0])
			}
		}
	case r.Attribution != nil:
		x := r.Attribution
		if x.Actor != "" && !knownActor(a, x.Actor) {
			return objectWords("the actor %q is neither a party nor another of the agreement", x.Actor)
		}
		if x.Confidence != "" && !slices.Contains(truce.Confidences, x.Confidence) {
			return objectWords("confidence %q is unknown%s", x.Confidence, truce.Suggest(x.Confidence, truce.Confidences))
		}
	}
	return nil
}

func knownActor(a *truce.Agreement, id truce.PartyID) bool {
	return a.HasParty(id) || slices.ContainsFunc(a.Others, func(o truce.Party) bool { return o.ID == id })
}

func (m *Writer) actObjection(act truce.Act, weapon truce.Class, means string) error {
	if act != "" && !truce.Words.HasAct(string(act)) {
		_, err := truce.Words.Act(string(act))
		return objectWords("%v", err)
	}
	if c, err := truce.Words.Class(string(weapon)); err != nil {
		return objectWords("%v", err)
	} else if c != weapon {
		return objectWords("weapon %q: leave it out where it is not known", weapon)
	}
	if means != "" {
		if _, err := truce.Words.Means(means); err != nil {
			return objectWords("%v", err)
		}
	}
	return nil
}

func (m *Writer) partyObjection(p truce.PartyID) error {
	if p != "" && !m.Agreement.HasParty(p) {
		return objectWords("%q is not a party to the agreement", p)
	}
	return nil
}

// placeObjection makes sure that a place can be computed with.
func (m *Writer) placeObjection(p *truce.Place) error {
	bad := func(format string, args ...any) error {
		return &ledger.Objection{Rule: ledger.RulePlace, Why: fmt.Sprintf(format, args...)}
	}
	switch p.Kind {
	case truce.PlaceRegion:
		if _, _, ok := situation.Regions(m.Agreement, m.SituationOptions().Region)(p.Name); !ok {
			return objectWords("the region %q is neither in the agreement nor in the gazetteer", p.Name)
		}
	case truce.PlaceObject:
		if !slices.ContainsFunc(m.objects(), func(o truce.Object) bool { return o.ID == p.Name }) {
			return objectWords("the object %q is on no list of the agreement", p.Name)
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
func (m *Writer) objects() (out []truce.Object) {
	for i := range m.Agreement.Provisions {
		for _, list := range m.Agreement.Provisions[i].Objects {
			out = append(out, list.Objects...)
		}
	}
	return out
}

// otherObjection holds entries that are not inputs of findings against what they
// name.
func (m *Writer) otherObjection(e *ledger.Entry) error {
	bad := func(rule, format string, args ...any) error {
		return &ledger.Objection{Rule: rule, Why: fmt.Sprintf(format, args...)}
	}
	switch e.Kind {
	case "agreement":
		var t ledger.Terms
		if err := mission.Strict(e.Content, &t); err != nil {
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
		if err := mission.Strict(e.Content, &c); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		if c.What != "agreement" && c.What != "method" {
			return objectWords("%q is signed; want agreement or method", c.What)
		}
		if err := m.partyObjection(c.Party); err != nil {
			return err
		}
		if !m.stated(c.What, c.To) {
			return objectWords("no %s %.40q has been stated in the record", c.What, c.To)
		}
	case "key":
		var k ledger.Key
		if err := mission.Strict(e.Content, &k); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		return errors.Join(m.partyObjection(k.Party), m.keyObjection(&k))
	case "source":
		var c mission.Intake
		if e.Sealed == nil && mission.Strict(e.Content, &c) == nil {
			if err := m.Evidence.Check(c.Evidence); err != nil {
				return bad(ledger.RuleFiles, "the file that it names is not here; files are read in with truce ingest")
			}
			if !c.Mapping.IsZero() && !m.Evidence.Has(c.Mapping) { // nobody could say whether the file is for the public
				return bad(ledger.RuleFiles, "the mapping that it names is not here; files are read in with truce ingest")
			}
			if err := m.postsIn(c.Mapping); errors.Is(err, ErrPosts) {
				return mission.Hinted(bad(ledger.RuleShelf, "%v", err), hintPosts)
			} else if err != nil {
				return err
			}
		}
	case "disclosure":
		var c ledger.Disclosure
		if err := mission.Strict(e.Content, &c); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		of, err := m.sealedEntry(c.Of)
		if err != nil {
			return bad(ledger.RuleOpening, "%v", err)
		}
		list, why := m.Disclosed(&c)
		if why != nil {
			return why
		}
		if _, strange := of.Open(list); strange > 0 || len(list) == 0 {
			return bad(ledger.RuleOpening, "entry %d did not commit to what it opens", of.Index)
		}
	case "release":
		var c ledger.Release
		if err := mission.Strict(e.Content, &c); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		sealed, why := m.Ciphertext(&c)
		if why != nil {
			return why
		}
		if !evidence.Sealed(sealed) {
			return bad(ledger.RuleForm, "the ciphertext of the release is not an age file: nobody could open it")
		}
		for _, id := range c.Of {
			if _, err := m.sealedEntry(id); err != nil {
				return bad(ledger.RuleOpening, "%v", err)
			}
		}
	case "publication":
		var p ledger.Publication
		if err := mission.Strict(e.Content, &p); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		if p.Entries < 1 { // and the record knows how many there are
			return bad(ledger.RuleForm, "a publication is computed from entries of the record, and this says that it was computed from no entry")
		}
		return m.Vouched(p.Entries)
	case "forgetting":
		var c ledger.Forgetting
		if err := mission.Strict(e.Content, &c); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
		if _, err := m.sealedEntry(c.Of); err != nil {
			return bad(ledger.RuleForm, "%v", err)
		}
	}
	return nil
}

// keyObjection makes sure that a key can be named, and that what is released can be
// encrypted to it together with all others: one party's key must not keep the other
// from reading.
func (m *Writer) keyObjection(k *ledger.Key) error {
	v, err := m.Glance()
	if err != nil {
		return err
	}
	if !slices.Contains(ledger.Roles, k.Role) {
		return nil // the record says so, and which there are
	}
	var before *ledger.Key
	for i := range v.Keys {
		x := &v.Keys[i]
		switch {
		case x.ID() == k.Replaces:
			before = x
		case x.Name == k.Name && x.Revoked < 0:
			return objectWords("the name %q is that of another key in force; choose another", k.Name)
		}
	}
	if before != nil && before.Recipient != "" && k.Recipient == "" {
		return &ledger.Objection{Rule: ledger.RuleForm, Why: fmt.Sprintf("the key %s reads, and so must the one in its place: it has no recipient", before.Name)}
	}
	if k.Recipient == "" {
		return nil
	}
	list, err := age.ParseRecipients(strings.NewReader(k.Recipient))
	if err == nil && len(list) == 1 {
		if _, hybrid := list[0].(*age.HybridRecipient); hybrid && len(k.Recipient) < mostRecipient {
			return nil
		}
	}
	return &ledger.Objection{Rule: ledger.RuleForm, Why: "want one recipient, as truce keygen makes it (age, ML-KEM-768 and X25519)"}
}

// mostRecipient is longer than any one recipient is written.
const mostRecipient = 4096

// stated reports whether a text or a method was stated in the record, or is what
// this build has.
func (m *Writer) stated(what, name string) bool {
	if what == "method" && name == mission.ThisMethod() {
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
		if what == "method" && c.Method == name || what == "agreement" && !c.Digest.IsZero() && c.Digest.Hex() == name {
			return true
		}
	}
	return false
}

// sealedEntry finds an entry of which something is sealed, by its submission.
func (m *Writer) sealedEntry(id truce.Digest) (*ledger.Entry, error) {
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
