package intake

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/decide"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// Answers are what a party may say to something.
var Answers = []string{"accept", "contest", "explain", "correct", truce.SaysReturnFire}

// Decide records a decision about what names stand for; at is its entry. What speaks
// against it must be answered by d.Although. ask, if there is one, hears what is
// doubtful about it or contradicts an earlier decision, nothing where nothing is, and
// its error is returned.
func (m *Writer) Decide(key *ledger.Secret, whose ledger.Key, d *truce.Decision, names []string, ask ...func(doubts []truce.Reason) error) (at int64, err error) {
	if !ledger.MayDecide(whose.Role, string(d.Kind)) && slices.Contains(truce.DecisionKinds, d.Kind) {
		return 0, ledger.Refusal(whose, string(d.Kind))
	}
	v, err := m.Read()
	if err != nil {
		return 0, err
	}
	d.Seq, d.By = v.Decisions+1, string(whose.Role)
	if err := m.name(d, names); err != nil {
		return 0, err
	}
	if err := scenario.CheckDecision(m.Agreement, d); err != nil {
		return 0, err
	}
	if len(d.Of) > 0 {
		s, err := m.Situation(truce.Never)
		if err != nil {
			return 0, err
		}
		against, doubts := decide.Objections(s, d)
		if d.Although != "" {
			against, doubts = nil, nil
		}
		for _, f := range ask {
			if err := f(doubts); err != nil {
				return 0, err
			}
		}
		if len(against) > 0 {
			return 0, &decide.ObjectionError{Against: against}
		}
	}
	d.ID = truce.DigestOf("decision", strconv.FormatInt(d.Seq, 10), string(d.Kind), d.Because, truce.InstantOf(m.Now()).String())
	// The area of a finding tells where the reports are that it rests on.
	return m.speak(key, truce.Item{Decision: d}, d.OnDay() && v.AnySealed(d.Of))
}

// Respond records a party's answer to an incident, an allegation or a tally.
func (m *Writer) Respond(key *ledger.Secret, whose ledger.Key, to, says, because string) (at int64, err error) {
	if whose.Party == "" {
		return 0, mission.Hinted(fmt.Errorf("%w: %s is the key of a %s, and a response is a party's", ledger.ErrMayNot, whose.Name, whose.Role), "sign with the key of that party's liaison")
	}
	if !slices.Contains(Answers, says) {
		return 0, mission.Hinted(fmt.Errorf("an answer %q is unknown%s", says, truce.Suggest(says, Answers)), "want one of "+strings.Join(Answers, ", "))
	}
	id, _, err := m.subject(to)
	if err != nil {
		return 0, err
	}
	now := truce.InstantOf(m.Now())
	r := &truce.Response{Key: now.String(), By: whose.Party, During: truce.Interval{Start: now, End: now + 1}, Reported: now, To: id, Says: says, Text: because}
	r.ID = truce.DigestOf("response", string(r.By), r.Key, id.Hex(), says)
	return m.Speak(key, truce.Item{Response: r, Replaces: m.corrects})
}

// Attribute records who a person holds to have acted in the incident that a name
// stands for; a holds actor, basis, confidence and reason.
func (m *Writer) Attribute(key *ledger.Secret, whose ledger.Key, to string, a truce.Attribution) (at int64, err error) {
	known := func(o truce.Party) bool { return o.ID == a.Actor }
	if a.Actor != "" && !m.Agreement.HasParty(a.Actor) && !slices.ContainsFunc(m.Agreement.Others, known) {
		return 0, &scenario.DecisionError{Field: "actor", Err: fmt.Errorf("the actor %q is neither a party nor another of the agreement", a.Actor)}
	}
	id, inc, err := m.subject(to)
	if err != nil {
		return 0, err
	}
	if inc == nil {
		return 0, mission.Hinted(fmt.Errorf("%s is a tally; attribution is of incidents", to), "truce incidents lists them")
	}
	a.Of, a.State, a.By = []truce.Digest{id}, inc.IDs(), string(whose.Role)
	a.ID = truce.DigestOf("attribution", id.Hex(), string(a.Actor), a.Confidence, a.Basis, a.Because, ledger.Time(m.Now()))
	return m.Speak(key, truce.Item{Attribution: &a})
}

// Withdraw takes back what a name stands for; id is what it was.
func (m *Writer) Withdraw(key *ledger.Secret, whose ledger.Key, name, because string) (id truce.Digest, at int64, err error) {
	if err := id.UnmarshalText([]byte(name)); err == nil { // also what no incident is of, or is still sealed
		v, err := m.Read()
		if err != nil {
			return id, 0, err
		}
		if x := v.SpokenAs(id, whose.Party); x != nil {
			if y := v.TakenBack(x); y != nil {
				return id, 0, mission.TakenBackError(x, y)
			}
			at, err = m.Speak(key, truce.Item{Withdrawal: &truce.Withdrawal{Of: id, By: whose.Party, Because: because}})
			return id, at, err
		}
	}
	s, err := m.Situation(truce.Never)
	if err != nil {
		return id, 0, err
	}
	if id, err = mission.One(s, name); err != nil {
		return id, 0, err
	}
	if inc := s.IncidentOf(id); inc != nil && inc.ID == id && len(inc.Of) > 1 {
		return id, 0, mission.Hinted(fmt.Errorf("%s is an incident of %s", name, mission.Plural(len(inc.Of), "observation")), "incidents are computed; name the observation that is withdrawn: truce explain lists them")
	} else if inc != nil && inc.ID == id {
		id = inc.Of[0].ID
	}
	if p := s.Speaker(id); whose.Party == "" && p != "" {
		return id, 0, mission.Hinted(fmt.Errorf("%s was signed by %s: the mission does not take back a party's word", id, p), "reject it with truce decide, or ask the party to withdraw it")
	}
	if mine := s.SaidBy(id); whose.Party != "" && mine != whose.Party {
		return id, 0, mission.Hinted(fmt.Errorf("%s is not what %s said", id, whose.Party), "a party takes back its own word; of another's it says what it thinks with truce respond")
	}
	at, err = m.Speak(key, truce.Item{Withdrawal: &truce.Withdrawal{Of: id, By: whose.Party, Because: because}})
	return id, at, err
}

// State records a statement in the words of scenarios: word is notify, allege,
// observe or restrict, and text is what follows the speaker. by names whom the
// statement was heard from, if that is not the key's own party; to is what a
// notification answers. State returns the record as it was stored, and its entry.
func (m *Writer) State(key *ledger.Secret, whose ledger.Key, word, by, to, because, text string) (r truce.Item, at int64, err error) {
	st, err := m.statement(whose, word, by, text)
	if err != nil {
		return r, 0, err
	}
	if r, err = scenario.ParseStatement(m.Agreement, st, text, byHand(word), m.SituationOptions()); err != nil {
		var hint mission.Hint
		if !errors.As(err, &hint) {
			err = mission.Hinted(err, "doc/scenario-language.md says how statements are written")
		}
		return r, 0, err
	}
	return m.record(key, r, to, because)
}

// StateFields records a statement from the fields of a form; what else it is given
// and what it returns are as with State. No value of a field is read as syntax. An
// error in one field is a *scenario.FieldError.
func (m *Writer) StateFields(key *ledger.Secret, whose ledger.Key, word, by, to, because string, f scenario.Fields) (r truce.Item, at int64, err error) {
	if r, err = m.compose(whose, word, by, f); err != nil {
		return r, 0, err
	}
	return m.record(key, r, to, because)
}

// CheckFields says what is wrong with the fields of a form, as StateFields does, and
// records nothing.
func (m *Writer) CheckFields(whose ledger.Key, word, by string, f scenario.Fields) error {
	_, err := m.compose(whose, word, by, f)
	return err
}

func (m *Writer) compose(whose ledger.Key, word, by string, f scenario.Fields) (r truce.Item, err error) {
	f.Keys = maps.Clone(f.Keys)
	for _, k := range []string{"source", "key"} {
		if v := f.Keys[k]; v != "" {
			if err := byHand(word)(k, v); err != nil {
				return r, err
			}
		}
		delete(f.Keys, k)
	}
	content, err := json.Marshal(f)
	if err != nil {
		return r, err
	}
	st, err := m.statement(whose, word, by, string(content))
	if err != nil {
		return r, err
	}
	return scenario.Compose(m.Agreement, st, f, m.SituationOptions())
}

// statement is what the mission knows of what a person states by hand: for whom they
// speak, and a key that no other entry has, even within one millisecond.
func (m *Writer) statement(whose ledger.Key, word, by, content string) (st scenario.Statement, err error) {
	st = scenario.Statement{Word: word, Source: truce.OwnSource,
		Key: fmt.Sprintf("%s-%s-%s", strings.NewReplacer("/", "-", "=", "-").Replace(whose.Name), ledger.Time(m.Now()), truce.DigestOf(content))}
	if word == "observe" {
		return st, nil
	}
	switch {
	case whose.Party != "" && by != "" && by != string(whose.Party):
		return st, fmt.Errorf("%w: %s speaks for %s, and for nobody else", ledger.ErrMayNot, whose.Name, whose.Party)
	case whose.Party != "":
		by = string(whose.Party)
	}
	if party := m.Agreement.SourceOf(truce.SourceID(by)).Party; party != "" && word != "restrict" && !m.Agreement.HasParty(truce.PartyID(by)) {
		by = string(party) // an organ of a party was named: the word, and its source, are the party's
	}
	if st.By = by; by == "" {
		return st, mission.Hinted(fmt.Errorf("who says so?"), "sign with the key of a party's liaison, or name whom it was heard from with --by")
	}
	return st, nil
}

// byHand says which keys a person may not choose in a statement that they enter by
// hand. With another source or another key it would count as somebody else's word,
// or take the place of another row.
func byHand(word string) func(key, value string) error {
	return func(key, value string) error {
		switch {
		case key == "key":
			return mission.Hinted(errors.New("key= cannot be stated by hand: the program makes the key of each statement"), "leave key= out")
		case key != "source":
			return nil
		case word == "allege" || word == "notify":
			return mission.Hinted(fmt.Errorf("source=%s cannot be stated here: the source of what a party says is that party", value), "leave source= out")
		case value != string(truce.OwnSource):
			return mission.Hinted(fmt.Errorf("source=%s: what people enter by hand has the source %s", value, truce.OwnSource),
				"to use another source, ingest its file: truce ingest MISSION --source KIND FILE")
		}
		return nil
	}
}

// record completes what a person stated, and brings it into the record.
func (m *Writer) record(key *ledger.Secret, r truce.Item, to, because string) (_ truce.Item, at int64, err error) {
	if to != "" {
		id, _, err := m.subject(to)
		if err != nil {
			return r, 0, err
		}
		if r.Notification == nil {
			return r, 0, errors.New("--to goes with notify")
		}
		r.Notification.To = id
	}
	r.Replaces = m.corrects
	now := truce.InstantOf(m.Now())
	switch {
	case r.Notification != nil:
		r.Notification.Text, r.Notification.Reported = because, now
	case r.Restriction != nil:
		r.Restriction.Text = because
	case r.Observation != nil:
		r.Observation.Note = because
		if r.Observation.Reported == 0 {
			r.Observation.Reported = now
		}
	}
	if at, err = m.Speak(key, r); err != nil || !m.closed && !Delicate(&r) {
		return r, at, err
	}
	secret, err := m.idSecret()
	if err != nil {
		return r, at, err
	}
	return (&Sayer{Secret: secret, Shared: m.closed}).keyed(r, &saidBefore{}), at, nil
}

// Speak signs one record and brings it into the record; at is its entry. What is
// delicate starts on the shared shelf.
func (m *Writer) Speak(key *ledger.Secret, r truce.Item) (at int64, err error) {
	return m.speak(key, r, false)
}

// speak is Speak; sealed: what it says starts on the shared shelf, whatever it is.
func (m *Writer) speak(key *ledger.Secret, r truce.Item, sealed bool) (at int64, err error) {
	secret, err := m.idSecret()
	if err != nil {
		return 0, err
	}
	y := &Sayer{Origin: m.Origin(), Secret: secret, Known: r.Known != 0, Shared: m.closed || sealed, Terms: m.Agreement}
	// What a person corrects they name by the ID that the record has.
	s, err := y.say(y.keyed(r, &saidBefore{by: map[truce.Digest]content{r.Replaces: {}}}))
	if err != nil {
		return 0, err
	}
	s.Body.At = ledger.Time(m.Now())
	return m.Say(s, key)
}

// Say signs a body with all the keys and brings it into the record.
func (m *Writer) Say(s Said, keys ...*ledger.Secret) (at int64, err error) {
	sub, err := s.Body.Say(keys...)
	if err != nil {
		return 0, err
	}
	if m.into != "" {
		return 0, m.handOver(m.into, &sub, s.openings)
	}
	if m.via != nil { // the room checks everything, and keeps what is sealed
		data, err := m.handed(&sub, s.openings)
		if err != nil {
			return 0, err
		}
		return m.submit(&sub, data)
	}
	e, err := sub.Entry(m.Now())
	if err != nil {
		return 0, err
	}
	if len(keys) > 0 {
		whose, err := m.KeyOf(keys[0])
		if err != nil {
			return 0, err
		}
		if err := sub.May(&whose, m.Now()); err != nil {
			return 0, err
		}
		opened, _ := e.Open(s.openings)
		if err := m.admit(e, &whose, opened); err != nil {
			return 0, err
		}
	}
	if err := m.shelve(sub.Hash(), s.openings); err != nil {
		m.settled(e, -1)
		return 0, err
	}
	got, err := m.Append(sub)
	if err == nil {
		m.settled(e, got[0].Index)
	} else {
		m.settled(e, -1)
		if !errors.Is(err, ledger.ErrReopen) { // it may have been written
			m.unshelve(sub.Hash())
		}
		return 0, err
	}
	m.Refresh()
	m.hearBoth(nil, &sub, s.openings)
	return got[0].Index, nil
}

// unshelve removes what was kept for an entry that was not written after all.
func (m *Writer) unshelve(id truce.Digest) {
	for _, p := range piecesOf(id, nil) {
		_ = m.Shelf().Remove(p.name)
	}
}

// subject finds what an answer is about: an observation or tally, or for an
// incident its first observation, which stays when the incident changes.
func (m *Writer) subject(name string) (truce.Digest, *truce.Incident, error) {
	s, err := m.Situation(truce.Never)
	if err != nil {
		return truce.Digest{}, nil, err
	}
	f, err := onlyDay(s, name)
	if err != nil {
		return truce.Digest{}, nil, err
	}
	if f != nil { // an answer to a finding of days is to the first report that it rests on
		name = f.Support[0].Hex()
	}
	id, err := mission.One(s, name)
	if err != nil {
		return id, nil, err
	}
	inc := s.IncidentOf(id)
	if inc != nil && id == inc.ID {
		id = inc.Of[0].ID
	}
	return id, inc, nil
}

// onlyDay is the finding of days that a name stands for; nil: it stands for something else.
func onlyDay(s *situation.Situation, name string) (*truce.DayFinding, error) {
	if name = strings.ToLower(name); len(name) < 4 {
		return nil, nil // mission.One says what is wanted
	}
	others := s.Find(name)
	if len(others) > 0 && len(name) == 2*len(truce.Digest{}) {
		return nil, nil
	}
	days := s.FindDays(name)
	if len(days) == 0 {
		return nil, nil
	}
	id, err := mission.OneFound(name, func(string) ([]truce.Digest, error) { return slices.Concat(others, days), nil })
	if err != nil {
		return nil, err
	}
	return s.DayFinding(id), nil
}

// name fills in what the decision is about.
func (m *Writer) name(d *truce.Decision, names []string) error {
	switch d.Kind {
	case truce.Declare, truce.Extend, truce.Terminate:
		if len(names) != 1 {
			return &scenario.DecisionError{Field: "name", Err: fmt.Errorf("%s: want one name", d.Kind)}
		}
		d.Name = names[0]
		return nil
	}
	s, err := m.Situation(truce.Never)
	if err != nil {
		return err
	}
	if len(names) == 1 {
		f, err := onlyDay(s, names[0])
		switch {
		case err != nil:
			return err
		case f == nil:
		case !slices.Contains(truce.DayDecisionKinds, d.Kind):
			return mission.Hinted(fmt.Errorf("%s is a finding of days, and %q cannot be decided on it", f.ID, d.Kind), "confirm, reject and unverifiable can; other decisions are on incidents: truce explain lists the reports that it rests on")
		case d.Article != "" && d.Article != f.Article:
			return &scenario.DecisionError{Field: "article", Err: fmt.Errorf("%s is a finding under article %s, and the decision is under article %s", f.ID, f.Article, d.Article)}
		default:
			d.SetDay(f)
			return nil
		}
	}
	for i, n := range names {
		id, err := mission.One(s, n)
		inc := (*truce.Incident)(nil)
		if err == nil {
			if inc = s.IncidentOf(id); inc == nil {
				err = mission.Hinted(fmt.Errorf("%s is a tally; decisions are about incidents", n), "truce incidents lists them")
			}
		}
		switch {
		case err != nil && d.Kind == truce.Merge && i > 0: // the first is the one that the form is on
			return &scenario.DecisionError{Field: "with", Err: err}
		case err != nil:
			return err
		}
		if id == inc.ID {
			if d.Kind == truce.Regrade && len(inc.Of) > 1 {
				return mission.Hinted(fmt.Errorf("%s is an incident of %s, and each has a grade of its own", n, mission.Plural(len(inc.Of), "observation")), "name the observation; truce explain lists them")
			}
			if d.Kind == truce.Merge { // all of it goes with the others, and nothing is left behind
				for _, id := range inc.IDs() {
					if !slices.Contains(d.Of, id) {
						d.Of = append(d.Of, id)
					}
				}
				continue
			}
			id = inc.Of[0].ID
		}
		d.Of = append(d.Of, id)
		if d.Kind != truce.Merge && d.Kind != truce.Split {
			d.State = inc.IDs()
		}
	}
	return nil
}

// Amend states an amended text, a folder; a is what it says. It takes effect when
// every party has signed its digest, or at once where terms bind nobody.
func (m *Writer) Amend(key *ledger.Secret, folder, because string) (a *truce.Agreement, at int64, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, 0, err
	}
	defer root.Close()
	if a, err = mission.SoundAgreement(filepath.Base(folder), root.FS()); err != nil {
		return nil, 0, err
	}
	if a.Digest == m.Agreement.Digest {
		return nil, 0, mission.Hinted(fmt.Errorf("%s is the text that is in effect", filepath.Base(folder)), "an amendment says something else")
	}
	t, err := m.Terms(a, folder)
	if err != nil {
		return nil, 0, err
	}
	t.Replaces, t.Because = m.Agreement.Digest, because
	at, err = m.Enter(key, "agreement", t)
	return a, at, err
}

// Enter records an entry that is about the record itself, in the words of package ledger:
// a key, a consent, a publication.
func (m *Writer) Enter(key *ledger.Secret, kind string, content any) (at int64, err error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return 0, err
	}
	return m.Say(Said{Body: ledger.Body{Kind: kind, Mission: m.Origin(), At: ledger.Time(m.Now()), Content: raw}}, key)
}

// PublishFile puts the digest of a file's bytes into the record, with the digests of
// the situation that it was computed from; at is the entry.
func (m *Writer) PublishFile(key *ledger.Secret, p ledger.Publication, data []byte) (at int64, err error) {
	p.SHA256 = sha256.Sum256(data)
	return m.Enter(key, "publication", p)
}
