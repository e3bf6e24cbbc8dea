package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/scenario"
)

// signer is the reader's role key, and what the record says of it.
func (q *request) signer(m *mission.Reading) (*ledger.Secret, ledger.Key, error) {
	key, err := ledger.LoadSecret(q.who.Key)
	if err != nil {
		return nil, ledger.Key{}, fmt.Errorf("the key of %s: %w", q.who.Name, err)
	}
	whose, err := m.KeyOf(key)
	return key, whose, err
}

// say lets the reader say something, and waits until the picture shows it.
func (q *request) say(say func(m *intake.Writer, key *ledger.Secret, whose ledger.Key) (int64, error)) (int64, error) {
	at, err := q.s.Room.Say(q.Context(), func(m *intake.Writer) (int64, error) {
		key, whose, err := q.signer(m.Reading())
		if err != nil {
			return 0, err
		}
		if q.to != truce.ForMission { // what they name is what they see
			state, _ := q.s.Room.State()
			m = m.Sees(state.Situations[q.to])
		}
		return say(m, key, whose)
	})
	if errors.Is(err, monitor.ErrNotShown) { // it was said: an error would have it said twice
		q.s.Log.Warn("said, and not shown yet", "entry", at)
		return at, nil
	}
	return at, err
}

// done leads back to where the form stood, with what became of it.
func (q *request) done(to, what string, at int64) error {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "//") {
		u = &url.URL{Path: "/"}
	}
	v := u.Query()
	v.Set("done", what)
	v.Set("entry", fmt.Sprint(at))
	u.RawQuery = v.Encode()
	return q.back(u.String())
}

// incidentDecisions are the kinds of decisions that are about an incident.
var incidentDecisions = []string{string(truce.Merge), string(truce.Split), string(truce.Confirm), string(truce.Reject), string(truce.Verify), string(truce.Unverifiable), string(truce.Regrade), string(truce.Independent), string(truce.Ask)}

// decide takes a decision about an incident, signed with the reader's role key.
func (s *Server) decide(q *request) error {
	f := &formFaults{}
	kind := truce.DecisionKind(q.chosen(f, "kind", incidentDecisions))
	id := q.PathValue("id")
	d := &truce.Decision{Kind: kind, From: s.Room.Now()}
	names, apart := []string{id}, false
	switch kind {
	case truce.Confirm, truce.Reject:
		if d.Article = truce.Article(q.PostFormValue("article")); d.Article == "" {
			q.fault(f, "article", "fault.choose")
		}
	case truce.Regrade: // one of its observations
		if names = q.PostForm["of"]; len(names) != 1 {
			q.fault(f, "of", "fault.choose")
		}
		source := q.chosen(f, "source", (&Page{}).SourceGrades())
		if info := q.chosen(f, "info", (&Page{}).InfoGrades()); len(f.list) == 0 {
			var err error
			d.Grade, err = truce.ParseGrade(source + info)
			q.faultOf(f, "source", err)
		}
	case truce.Ask:
		d.Fact, d.Name = truce.Fact(q.PostFormValue("fact")), q.PostFormValue("party")
		if d.Fact == "" {
			q.fault(f, "fact", "fault.choose")
		}
	case truce.Merge: // with another incident
		names = append(names, q.others()...)
		if len(names) < 2 {
			names = append(names, "")
			q.fault(f, "with", "fault.missing")
		}
	case truce.Independent: // these observations, of each for itself
		if names = q.PostForm["of"]; len(names) < 1 {
			q.fault(f, "of", "fault.choose")
		}
	case truce.Split: // these observations from the rest, or the incident from others
		if names = q.PostForm["of"]; len(names) < 1 {
			if names = q.others(); len(names) < 1 {
				q.fault(f, "of", "fault.choose")
			}
			apart = len(names) > 0
		}
	}
	d.Because, d.Although = q.because(f), q.field("although")
	var about truce.Digest
	at, err := q.say(func(m *intake.Writer, key *ledger.Secret, whose ledger.Key) (int64, error) {
		sit, err := m.Situation(truce.Never)
		if err != nil {
			return 0, err
		}
		x := s.Room.Answers(q.to, sit)
		inc, of, err := q.incidentOf(x, id)
		if err != nil {
			return 0, err
		}
		others := names
		if kind == truce.Merge {
			others = names[1:]
		}
		if (kind == truce.Merge || apart) && !f.has("with") {
			for _, other := range others {
				if err := q.faultWith(f, x, inc, other); err != nil {
					return 0, err
				}
			}
		}
		if err := f.err(); err != nil {
			return 0, errors.Join(err, q.since(x, inc))
		}
		if kind == truce.Regrade || kind == truce.Independent {
			for _, name := range names {
				if !slices.ContainsFunc(of, func(o truce.Digest) bool { return o.Hex() == name }) {
					return 0, errNotFound
				}
			}
		}
		switch {
		case apart:
			names = append([]string{id}, names...)
		case kind == truce.Split:
			if names, err = splitNames(of, names); err != nil {
				return 0, q.wrong("of", err)
			}
		}
		about = of[0]
		return m.Decide(key, whose, d, names, q.sure(x, inc))
	})
	if err != nil {
		return err
	}
	what := string(kind)
	if kind == truce.Confirm || kind == truce.Reject {
		state, _ := s.Room.State()
		waits, err := state.Reader(q.to).Pending(q.Context(), d.Article, about)
		if err != nil {
			return err
		}
		if waits != nil {
			what = "first" // it is not a violation yet, and not rejected
		}
	}
	if next := local(q.PostFormValue("next")); strings.HasPrefix(next, "/desk/same") { // to the next question
		return q.done(next, what, at)
	}
	return q.done("/incidents/"+about.Hex(), what, at)
}

// others are the incidents that a form names beside its own, each once: what was chosen of
// those that are proposed, and what was typed, several with spaces or commas between them.
func (q *request) others() (out []string) {
	for _, text := range q.PostForm["with"] {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
			if id := incidentIn(word); id != "" && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// incidentIn is the ID in what somebody pasted: an ID, or the address of an incident.
func incidentIn(text string) string {
	text, _, _ = strings.Cut(text, "?")
	if i := strings.LastIndex(strings.TrimSuffix(text, "/"), "/"); i >= 0 {
		text = text[i+1:]
	}
	return strings.ToLower(strings.TrimSuffix(text, "/"))
}

// faultWith says what is wrong with the incident that another is to be merged with.
func (q *request) faultWith(f *formFaults, x truce.Answers, inc truce.Digest, with string) error {
	if len(with) < 4 {
		q.fault(f, "with", "fault.no-incident")
		return nil
	}
	found, err := x.Find(q.Context(), with)
	switch {
	case err != nil:
		return err
	case len(found) == 0:
		q.fault(f, "with", "fault.no-incident")
	case len(found) == 1:
		of, _, err := x.IncidentOf(q.Context(), found[0])
		if err != nil {
			return err
		}
		if of == inc {
			q.fault(f, "with", "fault.same-incident")
		}
	}
	return nil
}

// splitNames are the observations to be taken apart: the chosen ones, and one of
// the rest for them to be apart from.
func splitNames(of []truce.Digest, chosen []string) ([]string, error) {
	var out []string
	for _, o := range of {
		if slices.Contains(chosen, o.Hex()) {
			out = append(out, o.Hex())
		}
	}
	if len(out) != len(chosen) || len(out) >= len(of) {
		return nil, bad("choose some of the incident's observations, and not all")
	}
	for _, o := range of {
		if !slices.Contains(chosen, o.Hex()) {
			out = append(out, o.Hex())
		}
	}
	return out, nil
}

// attribute records who the reader holds to have acted.
func (s *Server) attribute(q *request) error {
	f := &formFaults{}
	a := truce.Attribution{Actor: truce.PartyID(q.PostFormValue("actor")), Confidence: q.PostFormValue("confidence"), Basis: strings.TrimSpace(q.PostFormValue("basis"))}
	switch a.Actor {
	case notPossible:
		a.Actor, a.Confidence = "", ""
	case "":
		q.fault(f, "actor", "fault.choose")
	default:
		a.Confidence = q.chosen(f, "confidence", truce.Confidences)
	}
	if a.Basis == "" {
		q.fault(f, "basis", "fault.no-basis")
	}
	a.Because = q.because(f)
	id := q.PathValue("id")
	at, err := q.say(func(m *intake.Writer, key *ledger.Secret, whose ledger.Key) (int64, error) {
		sit, err := m.Situation(truce.Never)
		if err != nil {
			return 0, err
		}
		x := s.Room.Answers(q.to, sit)
		inc, _, err := q.incidentOf(x, id)
		if err != nil {
			return 0, err
		}
		if err := errors.Join(f.err(), q.since(x, inc)); err != nil {
			return 0, err
		}
		return m.Attribute(key, whose, id, a)
	})
	if err != nil {
		return err
	}
	return q.done("/incidents/"+id, "attribute", at)
}

// declare records that an event of the agreement has happened.
func (s *Server) declare(q *request) error {
	f := &formFaults{}
	state, _ := s.Room.State()
	d := &truce.Decision{Kind: truce.DecisionKind(q.chosen(f, "kind", []string{string(truce.Declare), string(truce.Extend), string(truce.Terminate)})), From: s.Room.Now()}
	name := q.field("name")
	if name == "" {
		q.fault(f, "name", "fault.missing")
	}
	for _, t := range []struct {
		key string
		to  *truce.Instant
	}{{"from", &d.From}, {"to", &d.To}} {
		if text := q.field(t.key); text != "" {
			var err error
			*t.to, err = localTime(text, state.Agreement.Location)
			q.faultOf(f, t.key, err)
		}
	}
	d.Because = q.because(f)
	at, err := q.say(func(m *intake.Writer, key *ledger.Secret, whose ledger.Key) (int64, error) {
		sit, err := m.Situation(truce.Never)
		if err != nil {
			return 0, err
		}
		if err := errors.Join(f.err(), q.sinceDeclared(s.Room.Answers(q.to, sit))); err != nil {
			return 0, err
		}
		return m.Decide(key, whose, d, []string{name})
	})
	if err != nil {
		return err
	}
	return q.done("/agreement", string(d.Kind), at)
}

// localTime reads a moment with its zone, a day, or what a browser's field for a
// time gives, which has no zone and is taken to be in the agreement's. An hour
// that a change of clocks skips or repeats is refused: nothing is guessed.
func localTime(s string, loc *time.Location) (truce.Instant, error) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		t, err := time.ParseInLocation(layout, s, loc)
		if err != nil {
			continue
		}
		for _, other := range []time.Duration{-time.Hour, time.Hour} {
			if t.Add(other).Format(layout) == s {
				return 0, fmt.Errorf("%s comes twice that day, as the clocks change: write it with its zone, such as %s", s, t.Format(time.RFC3339))
			}
		}
		if t.Format(layout) != s {
			return 0, fmt.Errorf("there is no %s that day, as the clocks change", s)
		}
		s = t.UTC().Format(time.RFC3339)
	}
	return scenario.ParseInstant(s, loc)
}

// withdraw takes back what the reader, or their party, said.
func (s *Server) withdraw(q *request) error {
	because, err := q.reason()
	if err != nil {
		return err
	}
	at, err := q.say(func(m *intake.Writer, key *ledger.Secret, whose ledger.Key) (int64, error) {
		_, at, err := m.Withdraw(key, whose, q.PostFormValue("id"), because)
		return at, err
	})
	if err != nil {
		return err
	}
	return q.done(q.PostFormValue("next"), "withdraw", at)
}

// respond records a party's answer.
func (s *Server) respond(q *request) error {
	f := &formFaults{}
	says := q.chosen(f, "says", intake.Answers)
	because := q.because(f)
	of, err := q.replaces()
	if err != nil {
		return err
	}
	at, err := q.say(func(m *intake.Writer, key *ledger.Secret, whose ledger.Key) (int64, error) {
		if !of.IsZero() {
			if err := f.err(); err != nil {
				return 0, err
			}
			return m.CorrectResponse(key, whose, of, says, because)
		}
		sit, err := m.Situation(truce.Never)
		if err != nil {
			return 0, err
		}
		if err := errors.Join(f.err(), q.sinceAnswered(s.Room.Answers(q.to, sit), whose.Party)); err != nil {
			return 0, err
		}
		return m.Respond(key, whose, q.PostFormValue("to"), says, because)
	})
	if err != nil {
		return err
	}
	return q.done(q.PostFormValue("next"), q.doing("respond"), at)
}

// fields reads a form that states something: what a person observed, alleges,
// announces, or was denied. What is wrong with its times it adds to faults; what is
// wrong with the rest, the mission says.
func (q *request) fields(word string, faults *formFaults) scenario.Fields {
	state, _ := q.s.Room.State()
	f := scenario.Fields{Keys: map[string]string{}}
	instant := func(key string) (truce.Instant, bool) {
		if q.field(key) == "" {
			return 0, false
		}
		i, err := localTime(q.field(key), state.Agreement.Location)
		q.faultOf(faults, key, err)
		return i, err == nil
	}
	start, ok := instant("from")
	vague := q.field("not-later") != "" && (word == "observe" || word == "allege") // only its end is known
	switch {
	case q.field("from") == "" && vague:
		start = truce.Always
	case q.field("from") == "":
		q.fault(faults, "from", "fault.missing")
	}
	end := start.Add(time.Minute)
	if to, stated := instant("to"); stated {
		if end = to; ok && end <= start {
			q.fault(faults, "to", "fault.to-before-from")
		}
	} else if vague && q.field("to") == "" {
		q.fault(faults, "to", "fault.missing")
	}
	f.Vague = vague
	if f.During = (truce.Interval{Start: start, End: end}); len(faults.list) > 0 {
		f.During = truce.Interval{Start: 0, End: 1} // the mission is asked about the other fields
	}
	switch kind := q.field("where"); kind {
	case "", "point", "region", "wedge":
		f.Place = q.placeFields(kind)
	default:
		q.faultOf(faults, "where", fmt.Errorf("%q is unknown", kind))
	}
	if word != "restrict" {
		f.Act = q.field("act")
	}
	switch {
	case f.Act == "" && (word == "observe" || word == "allege" || word == "notify" && q.PostForm.Has("act")):
		q.fault(faults, "act", "fault.choose")
	case word == "restrict" && q.field("by") == "":
		q.fault(faults, "by", "fault.choose")
	}
	if word == "restrict" && q.field("what") == "" {
		q.fault(faults, "what", "fault.missing")
	}
	// Which of these a statement may have, and which nobody may choose, the mission says.
	for _, k := range []string{"weapon", "calibre", "actor", "side", "against", "object", "killed", "injured", "recovered", "succumbed", "retroactive", "means", "count", "what", "grade", "source", "key"} {
		if v := q.field(k); v != "" {
			f.Keys[k] = v
		}
	}
	return f
}

// field is the value of a form's field, with single spaces between its words.
func (q *request) field(name string) string {
	return strings.Join(strings.Fields(q.PostFormValue(name)), " ")
}

// placeFields reads the place of a form: a position with its radius, a wedge from a
// post, or a region.
func (q *request) placeFields(kind string) (f scenario.PlaceFields) {
	switch kind {
	case "region":
		f.Kind, f.Name = truce.PlaceRegion, q.field("place")
		return f
	case "wedge":
		f.Kind = truce.PlaceWedge
		f.BearingFrom, f.BearingTo = q.field("bearing-from"), q.field("bearing-to")
		f.DistanceFrom, f.DistanceTo = q.field("distance-from"), q.field("distance-to")
	default:
		f.Kind, f.Radius = truce.PlacePoint, q.field("radius")
	}
	f.Lat, f.Lon = q.field("lat"), q.field("lon")
	return f
}

// enter records the statement of a form, or says all that is wrong with it.
func (q *request) enter(word, by string) (r truce.Item, at int64, err error) {
	faults := &formFaults{}
	f := q.fields(word, faults)
	because := q.because(faults)
	of, err := q.replaces()
	if err != nil {
		return r, 0, err
	}
	at, err = q.say(func(m *intake.Writer, key *ledger.Secret, whose ledger.Key) (at int64, err error) {
		if word == "allege" && q.PostFormValue("sealed") == "1" {
			m = m.Closed()
		}
		speaker := by
		if by == "" && word == "restrict" { // which is wrong, and so may other fields be
			speaker = string(m.Agreement.PartyIDs()[0])
		}
		if rest := q.gather(faults, m.CheckFields(whose, word, speaker, f)); rest != nil && len(faults.list) == 0 {
			return 0, rest
		} else if rest != nil {
			faults.list = append(faults.list, fieldFault{Text: rest.Error(), English: true})
		}
		if err := faults.err(); err != nil {
			return 0, err
		}
		if !of.IsZero() {
			r, at, err = m.Correct(key, whose, of, word, by, because, f)
			return at, err
		}
		r, at, err = m.StateFields(key, whose, word, by, "", because, f)
		return at, err
	})
	return r, at, err
}

// doing is what a form did: what it is for, or a correction of that.
func (q *request) doing(what string) string {
	if q.PostFormValue("replaces") != "" {
		return "correct"
	}
	return what
}

func (s *Server) allege(q *request) error {
	_, at, err := q.enter("allege", "")
	if err != nil {
		return err
	}
	return q.done("/party", q.doing("allege"), at)
}

func (s *Server) notify(q *request) error {
	_, at, err := q.enter("notify", "")
	if err != nil {
		return err
	}
	return q.done("/party", q.doing("notify"), at)
}

func (s *Server) observe(q *request) error {
	r, at, err := q.enter("observe", "")
	if err != nil {
		return err
	}
	return q.done("/incidents/"+r.ID().Hex(), q.doing("observe"), at)
}

func (s *Server) restrict(q *request) error {
	_, at, err := q.enter("restrict", q.field("by"))
	if err != nil {
		return err
	}
	return q.done("/observe", q.doing("restrict"), at)
}

// sealedClaims counts what each party has committed to and is not opened yet: the
// record shows that it is there, and nothing of what it says.
func sealedClaims(c *mission.Contents, opened func(int64) bool) map[truce.PartyID]int {
	party := map[string]truce.PartyID{}
	for _, k := range c.Keys {
		party[k.ID()] = k.Party
	}
	out := map[truce.PartyID]int{}
	for _, e := range c.Sealed {
		if e.Kind != "allegation" || opened(e.Index) {
			continue
		}
		for _, id := range e.Signers() {
			if p := party[id]; p != "" {
				out[p]++
			}
		}
	}
	return out
}

// release opens what is on the shared shelf to both parties, in one entry for both.
func (s *Server) release(q *request) error {
	if _, err := q.reason(); err != nil {
		return err
	}
	released := 0
	if _, err := s.Room.Tell(q.Context(), func(m *intake.Writer) (int64, error) {
		key, _, err := q.signer(m.Reading())
		if err != nil {
			return 0, err
		}
		released, _, err = m.ReleaseDue(key, true)
		return 0, err
	}); err != nil {
		return err
	}
	if err := s.Room.Settle(q.Context()); err != nil && !errors.Is(err, monitor.ErrNotShown) {
		return err
	}
	return q.done("/desk", "release", int64(released))
}

// consent signs the agreement's text for the reader's party.
func (s *Server) consent(q *request) error {
	because, err := q.reason()
	if err != nil {
		return err
	}
	at, err := q.say(func(m *intake.Writer, key *ledger.Secret, whose ledger.Key) (int64, error) {
		// What is signed is the text in effect, or one that was stated to take its place.
		digest := m.Agreement.Digest.Hex()
		if asked := q.PostFormValue("digest"); asked != digest {
			v, err := m.Read()
			if err != nil {
				return 0, err
			}
			if !slices.ContainsFunc(q.s.amendments(m.Reading(), v, m.Agreement), func(x amendment) bool { return x.Digest.Hex() == asked }) {
				return 0, bad("%s", q.lang.say("fault.changed"))
			}
			digest = asked
		}
		return m.Enter(key, "consent", ledger.Consent{To: digest, What: "agreement", Party: whose.Party, Because: because})
	})
	if err != nil {
		return err
	}
	return q.done("/agreement", "consent", at)
}

// submission takes in what somebody signed elsewhere, as truce submit does, and
// answers with the record's signed receipt. Whose it is, and whether they may, its
// signature says; a session is not needed.
func (s *Server) submission(q *request) error {
	data, err := io.ReadAll(q.Body)
	if err != nil {
		return err
	}
	var note []byte
	var got ledger.Receipt
	seen, say := int64(-1), s.Room.Tell
	if text := q.URL.Query().Get("seen"); text != "" { // it rests on the record as it was then
		if seen, err = strconv.ParseInt(text, 10, 64); err != nil || seen < 0 {
			return bad("seen %q: want how many entries were read", text)
		}
		say = s.Room.SayNow
		// Only what the record would take has others wait for it.
		if sub, _, err := ledger.ParseHanded(data); err != nil {
			return fmt.Errorf("%w: %w", intake.ErrNotSubmission, err)
		} else if known, err := s.Room.Knows(sub); err != nil {
			return err
		} else if known { // nothing depends on when it is answered, and anybody can send a copy
			say = s.Room.Tell
		}
	}
	at, err := say(q.Context(), func(m *intake.Writer) (int64, error) {
		var err error
		_, got, note, err = m.TakeAt(data, seen)
		return got.Index, err
	})
	if err != nil && !errors.Is(err, monitor.ErrNotShown) {
		return err
	}
	if q.URL.Query().Get("wait") == "1" {
		ctx, cancel := context.WithCancel(q.Context())
		defer cancel()
		if err := s.Room.Await(ctx, at); err != nil && !errors.Is(err, monitor.ErrNotShown) {
			return err
		}
	}
	q.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	q.w.Header().Set("X-Truce-Entry", fmt.Sprint(at))
	if got.Known {
		q.w.Header().Set("X-Truce-Known", "1")
	}
	_, err = q.w.Write(note)
	return err
}
