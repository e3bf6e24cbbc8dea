package scenario

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/decide"
)

func sameEntry(a, b *truce.Item) bool {
	x, y := *a, *b
	x.Known, y.Known = 0, 0
	return reflect.DeepEqual(x, y)
}

// speaker says as which source somebody speaks, and for which party, if any.
func (p *script) speaker(who string) (truce.SourceID, truce.PartyID) {
	if p.a.HasParty(truce.PartyID(who)) {
		return truce.SourceID(who), truce.PartyID(who)
	}
	return truce.SourceID(who), p.a.SourceOf(truce.SourceID(who)).Party
}

// by reads "by <who>".
func (p *script) by(l *line) (string, error) {
	if !l.take("by") {
		return "", fmt.Errorf("want by and who, got %q", l.peek())
	}
	return l.next("who")
}

func (p *script) party(l *line) (truce.PartyID, error) {
	who, err := p.by(l)
	if err != nil {
		return "", err
	}
	return p.partyOf(who)
}

// partyOf is the party for which somebody speaks.
func (p *script) partyOf(who string) (truce.PartyID, error) {
	_, party := p.speaker(who)
	if party == "" {
		var names []string
		for _, id := range p.a.PartyIDs() {
			names = append(names, string(id))
		}
		return "", fmt.Errorf("%q is not a party%s", who, truce.Suggest(who, names))
	}
	return party, nil
}

func (p *script) interval(l *line) (truce.Interval, error) {
	w, err := l.next("the interval")
	if err != nil {
		return truce.Interval{}, err
	}
	return ParseInterval(w, p.a.Location)
}

// occurred reads when something happened that somebody observed or alleges.
func (p *script) occurred(l *line) (truce.Interval, error) {
	w, err := l.next("the interval")
	if err != nil {
		return truce.Interval{}, err
	}
	return parseOccurred(w, p.a.Location)
}

var observationKeys = []string{"weapon", "calibre", "actor", "side", "against", "object", "killed", "injured", "recovered", "succumbed", "retroactive",
	"source", "key", "means", "reported", "count", "what", "grade", "publisher", "origin"}

func (p *script) observe(l *line) error {
	id, err := p.name(l)
	if err != nil {
		return err
	}
	o, err := p.content(l, id, &truce.Observation{Source: p.source})
	if err != nil {
		return err
	}
	return p.add(id, truce.Item{Observation: o})
}

func (p *script) allege(l *line) error {
	id, err := p.name(l)
	if err != nil {
		return err
	}
	party, err := p.party(l)
	if err != nil {
		return err
	}
	o, err := p.content(l, id, &truce.Observation{Source: truce.SourceID(party), Claimant: party})
	if err != nil {
		return err
	}
	return p.add(id, truce.Item{Observation: o})
}

// content reads <act> <interval> <place> [key=value ...] into o. A source
// already set is kept unless another is named.
func (p *script) content(l *line, id string, o *truce.Observation) (*truce.Observation, error) {
	act, err := l.next("the act")
	if err != nil {
		return nil, err
	}
	if o.Act, err = truce.Words.Act(act); err != nil {
		return nil, err
	}
	if o.Occurred, err = p.occurred(l); err != nil {
		return nil, err
	}
	pl, ok, err := p.places(l)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("the place is missing: want 48.0100N 37.8000E, region:<name>, zone:<name>, object:<id> or from ..., got %q", l.peek())
	}
	o.Place = pl
	return p.rest(l, id, o)
}

// rest reads the keys of an observation and gives it its ID.
func (p *script) rest(l *line, id string, o *truce.Observation) (*truce.Observation, error) {
	keys, err := l.options(observationKeys...)
	if err != nil {
		return nil, err
	}
	o.Count, o.Key = truce.Count{N: 1}, id
	for k, v := range keys {
		if err := p.key(o, k, v); err != nil {
			return nil, err
		}
	}
	if o.Source == "" {
		return nil, fmt.Errorf("source= is missing: who observed it?")
	}
	return p.finish(o)
}

// finish fills in what follows from what an observation states, and gives it its ID.
func (p *script) finish(o *truce.Observation) (*truce.Observation, error) {
	if o.Claimant == "" {
		o.Claimant = p.a.SpeaksFor(o, nil)
	}
	if o.Act == truce.ActPresence && o.Seen == "" {
		switch {
		case o.Weapon != "" || o.Calibre != 0:
			o.Seen = truce.SeenWeapon
		case o.Object != "":
			o.Seen = truce.SeenSite
		default:
			o.Seen = truce.SeenPosition
		}
	}
	if whole(o) {
		o.Count = truce.Count{Kind: truce.Uncountable}
	}
	if err := o.Casualties.Agree(o.Count); err != nil {
		return nil, err
	}
	if o.Act != truce.ActPresence && o.Seen != "" {
		return nil, fmt.Errorf("what= goes with a presence")
	}
	o.SetID()
	return o, nil
}

// whole reports whether killed=0 is all that is said of a whole day of an area: in this language that
// is a statement of none. A row of a list is not, because lists have no count in any row.
func whole(o *truce.Observation) bool {
	switch o.Place.Kind {
	case truce.PlacePoint, truce.PlaceObject, truce.PlaceWedge:
		return false
	}
	if o.Casualties == nil || o.Count != (truce.Count{N: 1}) || o.Act != "attack" || o.Weapon != "" || o.Occurred.Width() < 23*time.Hour {
		return false
	}
	zero := *o
	zero.Count = truce.Count{Kind: truce.Uncountable}
	return zero.None()
}

func (p *script) key(o *truce.Observation, k, v string) (err error) {
	if truce.NotKnown(v) {
		if k == "source" || k == "key" {
			return fmt.Errorf("%s=%s says that it is not stated, and it must be", k, v)
		}
		return nil // unknown means not stated, in every field
	}
	switch k {
	case "weapon":
		o.Weapon, err = truce.Words.Class(v)
	case "calibre":
		o.Calibre, err = truce.ParseCalibre(v)
	case "actor":
		err = o.SetActors(v)
	case "side":
		o.Side = truce.PartyID(v)
	case "against":
		o.Against, err = truce.Words.People(v)
	case "object":
		o.Object = v
	case "source":
		o.Source = truce.SourceID(v)
	case "key":
		o.Key = v
	case "means":
		o.Means, err = truce.Words.Means(v)
	case "reported":
		o.Reported, err = ParseInstant(v, p.a.Location)
	case "count":
		if o.Count, err = truce.ParseCount(v); err == nil && o.Count.N == 0 && (o.Count.Kind == truce.AtLeast || o.Count.Kind == truce.About) {
			err = fmt.Errorf("count %s says nothing; write 0 if there was none, or uncountable", v)
		}
	case "publisher":
		o.Publisher = v
	case "origin":
		return p.origins(o, v)
	case "grade":
		o.Grade, err = truce.ParseGrade(v)
	case "what":
		o.Seen, err = sighted(v)
	default: // casualties
		if o.Casualties == nil {
			o.Casualties = &truce.Casualties{}
		}
		var r truce.Range
		r, err = truce.ParseRange(v)
		*o.Casualties.Field(k) = &r
	}
	return err
}

// origins reads what an observation rests on: addresses, KIND:NAME or names of entries
// above it, with bars between them.
func (p *script) origins(o *truce.Observation, s string) error {
	var list []truce.Origin
	for part := range strings.SplitSeq(s, "|") {
		part = strings.TrimSpace(part)
		if name, ok := strings.CutPrefix(part, truce.OriginEntry+":"); ok && len(name) < 64 {
			e, err := p.entry(name)
			if err != nil {
				return err
			}
			part = truce.OriginEntry + ":" + e.digest.Hex()
		}
		x, err := truce.ParseOrigin(part)
		if err != nil {
			return err
		}
		list = append(list, x)
	}
	return o.SetOrigins(list)
}

func sighted(s string) (truce.Sighted, error) {
	switch w := truce.Sighted(s); w {
	case truce.SeenWeapon, truce.SeenPosition, truce.SeenSite:
		return w, nil
	}
	return "", fmt.Errorf("what %q: want weapon, position or site", s)
}

func (p *script) seen(l *line) error {
	id, err := p.name(l)
	if err != nil {
		return err
	}
	who, err := p.by(l)
	if err != nil {
		return err
	}
	o := &truce.Observation{Act: truce.ActPresence}
	o.Source, o.Claimant = p.speaker(who)
	if o.Occurred, err = p.occurred(l); err != nil {
		return err
	}
	pl, ok, err := p.places(l)
	if err != nil {
		return err
	}
	if ok {
		o.Place = pl
	}
	if o, err = p.rest(l, id, o); err != nil {
		return err
	}
	if !ok && o.Object != "" {
		if at, err := p.object(o.Object); err == nil {
			o.Place = at
		}
	}
	return p.add(id, truce.Item{Observation: o})
}

// correct reads "correct <id> replaces <id> ..." and then what observe reads.
// If source or key is left out, that of the replaced entry applies.
func (p *script) correct(l *line) error {
	id, err := p.name(l)
	if err != nil {
		return err
	}
	if !l.take("replaces") {
		return fmt.Errorf("want replaces and a name, got %q", l.peek())
	}
	name, err := l.next("what it replaces")
	if err != nil {
		return err
	}
	old, err := p.entry(name)
	if err != nil {
		return err
	}
	was := p.entries[old.item].Observation
	if was == nil {
		return fmt.Errorf("%s is neither an observation nor an allegation", name)
	}
	o, err := p.content(l, was.Key, &truce.Observation{Source: was.Source, Claimant: was.Claimant})
	if err != nil {
		return err
	}
	if o.Source == was.Source && o.Key == was.Key {
		o.Revision = was.Revision + 1
		o.SetID()
	}
	return p.add(id, truce.Item{Observation: o, Replaces: old.digest})
}

func (p *script) withdraw(l *line) error {
	name, err := l.next("what is withdrawn")
	if err != nil {
		return err
	}
	e, err := p.entry(name)
	if err != nil {
		return err
	}
	if err := l.end(); err != nil {
		return err
	}
	if !p.checking {
		p.entries = append(p.entries, truce.Item{Known: p.known(0), Withdrawal: &truce.Withdrawal{Of: e.digest}})
	}
	return nil
}

func (p *script) tally(l *line) error {
	id, err := p.name(l)
	if err != nil {
		return err
	}
	who, err := p.by(l)
	if err != nil {
		return err
	}
	for _, w := range l.words {
		if strings.HasPrefix(w, "<") {
			return fmt.Errorf("time %q: a tally is the total of a period; write both ends, such as 2026-03-01/2026-03-03", w)
		}
	}
	o, err := p.content(l, id, &truce.Observation{Source: truce.SourceID(who)})
	if err != nil {
		return err
	}
	stated := false
	for _, w := range l.words {
		stated = stated || strings.HasPrefix(w, "count=")
	}
	if !stated {
		return fmt.Errorf("count= is missing: a tally is a total")
	}
	t := &truce.Tally{Source: o.Source, Key: o.Key, Act: o.Act, Seen: o.Seen, Weapon: o.Weapon, Calibre: o.Calibre, Period: o.Occurred, Reported: o.Reported,
		Place: o.Place, Count: o.Count, Actor: o.Actor, Actors: o.Actors, Side: o.Side, Against: o.Against, Casualties: o.Casualties}
	_, t.Claimant = p.speaker(who)
	t.SetID()
	return p.add(id, truce.Item{Tally: t})
}

func (p *script) cover(l *line) error {
	id, err := p.name(l)
	if err != nil {
		return err
	}
	c := &truce.Coverage{Key: id, Share: truce.One}
	if c.What, err = l.next("what covers"); err != nil {
		return err
	}
	// What covers is a way of looking, an act that could be detected, or who looks.
	_, listed := p.a.Sources[truce.SourceID(c.What)]
	if listed || p.a.HasParty(truce.PartyID(c.What)) {
		c.Source, c.Claimant = p.speaker(c.What)
	}
	zone, err := l.next("the zone")
	if err != nil {
		return err
	}
	if !strings.Contains(zone, ":") {
		zone = "region:" + zone
	}
	if !strings.HasPrefix(zone, "region:") && !strings.HasPrefix(zone, "zone:") {
		return fmt.Errorf("%q is not a zone", zone)
	}
	pl, err := p.region(zone)
	if err != nil {
		return err
	}
	c.Zone = pl.Name
	if c.During, err = p.interval(l); err != nil {
		return err
	}
	keys, err := l.options("share", "source", "key")
	if err != nil {
		return err
	}
	for k, v := range keys {
		switch k {
		case "share":
			if c.NoShare = truce.NotKnown(v); c.NoShare {
				c.Share = 0
			} else {
				c.Share, err = truce.ParsePPM(v)
			}
		case "source":
			c.Source, c.Claimant = p.speaker(v)
		case "key":
			c.Key = v
		}
		if err != nil {
			return err
		}
	}
	c.ID = truce.DigestOf("coverage", string(c.Source), c.Key)
	return p.add(id, truce.Item{Coverage: c})
}

// said are the parts that notify, respond and restrict share.
type said struct {
	by     string
	during truce.Interval
	place  truce.Place
	keys   map[string]string
	to     truce.Digest
}

func (p *script) said(l *line, keys ...string) (id string, s said, err error) {
	if id, err = p.name(l); err != nil {
		return
	}
	if s.by, err = p.by(l); err != nil {
		return
	}
	if s.during, err = p.interval(l); err != nil {
		return
	}
	if s.place, _, err = p.places(l); err != nil {
		return
	}
	if s.keys, err = l.options(append(keys, "to", "source", "key")...); err != nil {
		return
	}
	if to := s.keys["to"]; to != "" {
		var e *entry
		if e, err = p.entry(to); err != nil {
			return
		}
		s.to = e.digest
	}
	return
}

// speakerParty is the party that must have said it.
func (p *script) speakerParty(who string) (truce.PartyID, error) {
	if _, party := p.speaker(who); party != "" {
		return party, nil
	}
	return "", fmt.Errorf("%q is not a party", who)
}

func (p *script) reported(keys map[string]string) (truce.Instant, error) {
	if keys["reported"] == "" {
		return 0, nil
	}
	return ParseInstant(keys["reported"], p.a.Location)
}

func (p *script) notify(l *line) error {
	id, s, err := p.said(l, "act", "reported")
	if err != nil {
		return err
	}
	return p.notification(id, s)
}

func (p *script) notification(id string, s said) (err error) {
	n := &truce.Notification{Key: id, During: s.during, Place: s.place, To: s.to, Source: truce.SourceID(s.by)}
	if n.By, err = p.speakerParty(s.by); err != nil {
		return err
	}
	if n.Reported, err = p.reported(s.keys); err != nil {
		return err
	}
	if act := s.keys["act"]; act != "" {
		if n.Act, err = truce.Words.Act(act); err != nil {
			return err
		}
	}
	n.ID = truce.DigestOf("notification", s.by, id)
	return p.add(id, truce.Item{Notification: n})
}

func (p *script) respond(l *line) error {
	id, s, err := p.said(l, "says", "text", "reported")
	if err != nil {
		return err
	}
	r := &truce.Response{Key: id, During: s.during, To: s.to, Says: s.keys["says"], Text: s.keys["text"]}
	if r.By, err = p.speakerParty(s.by); err != nil {
		return err
	}
	if r.Reported, err = p.reported(s.keys); err != nil {
		return err
	}
	r.ID = truce.DigestOf("response", s.by, id)
	return p.add(id, truce.Item{Response: r})
}

// attribute reads "attribute <id> <entry> actor= confidence=": who a person holds to have acted in the
// incident of an entry. actor=unknown: it was attempted and not possible.
func (p *script) attribute(l *line) error {
	id, err := p.name(l)
	if err != nil {
		return err
	}
	of, err := l.next("what is attributed")
	if err != nil {
		return err
	}
	e, err := p.entry(of)
	if err != nil {
		return err
	}
	keys, err := l.options("actor", "confidence", "basis")
	if err != nil {
		return err
	}
	a := &truce.Attribution{Of: []truce.Digest{e.digest}, Actor: truce.PartyID(keys["actor"]), Confidence: keys["confidence"], Basis: keys["basis"], By: "mission"}
	if truce.NotKnown(keys["actor"]) {
		a.Actor = ""
	} else if _, known := p.a.Actor(a.Actor); !known {
		return fmt.Errorf("the actor %q is neither a party nor another of the agreement%s", a.Actor, truce.Suggest(keys["actor"], p.a.Actors()))
	}
	if !slices.Contains(truce.Confidences, a.Confidence) && (a.Actor != "" || a.Confidence != "") {
		return fmt.Errorf("confidence %q: want one of %s", a.Confidence, strings.Join(truce.Confidences, ", "))
	}
	a.ID = truce.DigestOf("attribution", id)
	return p.add(id, truce.Item{Attribution: a})
}

func (p *script) restrict(l *line) error {
	id, s, err := p.said(l, "what")
	if err != nil {
		return err
	}
	return p.restriction(id, s)
}

func (p *script) restriction(id string, s said) error {
	r := &truce.Restriction{Key: id, By: truce.PartyID(s.by), During: s.during, Place: s.place, To: s.to, What: s.keys["what"], Source: truce.SourceID(s.keys["source"])}
	r.ID = truce.DigestOf("restriction", s.by, id)
	return p.add(id, truce.Item{Restriction: r})
}

func (p *script) decide(l *line) error {
	what, err := l.next("what is decided")
	if err != nil {
		return err
	}
	if what == "apart" {
		what = string(truce.Split)
	}
	d := &truce.Decision{Kind: truce.DecisionKind(what)}
	var names []string
	var day *dayStated
	if _, named := p.ids["day"]; !named && l.take("day") {
		x, err := p.dayStated(l)
		if err != nil {
			return err
		}
		day = &x
	}
	for l.more() && l.peek() != "because" && l.peek() != "although" && !strings.Contains(l.peek(), "=") {
		w, _ := l.next("")
		names = append(names, w)
	}
	keys, err := l.options("article", "from", "to", "for", "by", "fact", "because", "although")
	if err != nil {
		return err
	}
	if d.Because = strings.TrimSpace(keys["because"]); d.Because == "" {
		return fmt.Errorf(`a decision says why: because "..."`)
	}
	d.By, d.Article, d.Although = keys["by"], truce.Article(keys["article"]), strings.TrimSpace(keys["although"])
	if keys["from"] != "" {
		if d.From, err = ParseInstant(keys["from"], p.a.Location); err != nil {
			return err
		}
	} else if d.From = p.now; !p.dated {
		d.From = truce.Always
	}
	switch {
	case d.Kind == truce.Regrade:
		if d.Grade, err = truce.ParseGrade(keys["to"]); err != nil {
			return err
		}
	case d.Kind == truce.Ask:
		d.Name, d.Fact = keys["to"], truce.Fact(keys["fact"])
	case keys["to"] != "":
		if d.To, err = ParseInstant(keys["to"], p.a.Location); err != nil {
			return err
		}
	}
	if keys["for"] != "" {
		if d.For, err = truce.ParseSpan(keys["for"]); err != nil {
			return err
		}
	}
	switch d.Kind {
	case truce.Declare, truce.Extend, truce.Terminate:
		if len(names) != 1 {
			return fmt.Errorf("decide %s: want one name", what)
		}
		d.Name = names[0]
	default:
		for _, n := range names {
			e, err := p.entry(n)
			if err != nil {
				return err
			}
			d.Of = append(d.Of, e.digest)
		}
	}
	if day != nil {
		if err := p.onDay(d, day); err != nil {
			return err
		}
	}
	if err := CheckDecision(p.a, d); err != nil {
		return err
	}
	if len(d.Of) > 0 && day == nil {
		s := p.situation()
		for i, id := range d.Of {
			inc := s.IncidentOf(id)
			if inc == nil {
				return fmt.Errorf("%s stands for no incident at this moment", names[i])
			}
			if d.Kind != truce.Merge && d.Kind != truce.Split {
				d.State = inc.IDs()
			}
		}
	}
	if len(d.Of) > 0 && d.Although == "" {
		if against, _ := decide.Objections(p.situation(), d); len(against) > 0 {
			return fmt.Errorf(`%s; say although "..." if it is decided nevertheless`, against[0])
		}
	}
	if p.checking {
		return nil
	}
	p.seq++
	d.Seq = p.seq
	d.ID = truce.DigestOf("decision", strconv.FormatInt(p.seq, 10))
	p.entries = append(p.entries, truce.Item{Known: p.known(0), Decision: d})
	return nil
}

// onDay makes a decision one on the finding of days that is there now.
func (p *script) onDay(d *truce.Decision, x *dayStated) error {
	if d.Article != "" && d.Article != x.article {
		return fmt.Errorf("the day is of article %s, and article=%s", x.article, d.Article)
	}
	s := p.situation()
	if err := s.Check(x.article, ""); err != nil {
		return err
	}
	f := s.DayAt(x.article, x.window, &x.at)
	if f == nil || f.Window != x.window {
		return fmt.Errorf("no finding has that day, article and place at this moment")
	}
	d.SetDay(f)
	return nil
}

// A DecisionError says which field of a form makes a decision that cannot be taken,
// and why. Field is because, kind, article, name, to, source, fact, party, of, with or actor.
type DecisionError struct {
	Field string
	Err   error
}

func (e *DecisionError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong with the field.
func (e *DecisionError) Unwrap() error { return e.Err }

func undecided(field, format string, args ...any) error {
	return &DecisionError{field, fmt.Errorf(format, args...)}
}

// CheckDecision says what is wrong with a decision under an agreement.
func CheckDecision(a *truce.Agreement, d *truce.Decision) error {
	if d.Although != "" && strings.IndexFunc(d.Although, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) < 0 {
		return undecided("although", "although has no words: say why it is decided nevertheless")
	}
	events := a.Events()
	var phases, articles, kinds []string
	for _, p := range a.Phases {
		phases = append(phases, p.ID)
	}
	for _, p := range a.Provisions {
		articles = append(articles, string(p.Article))
	}
	for _, k := range truce.DecisionKinds {
		kinds = append(kinds, string(k))
	}
	among := func(field, what, s string, words []string) error {
		for _, w := range words {
			if w == s {
				return nil
			}
		}
		return undecided(field, "%s %q is not in the agreement%s", what, s, truce.Suggest(s, words))
	}
	many := map[truce.DecisionKind][2]int{truce.Merge: {2, 512}, truce.Split: {2, 512}, truce.Confirm: {1, 1}, truce.Reject: {1, 1},
		truce.Verify: {1, 1}, truce.Unverifiable: {1, 1}, truce.Regrade: {1, 1}, truce.Independent: {1, 512}, truce.Ask: {1, 1}}
	if strings.TrimSpace(d.Because) == "" {
		return undecided("because", "a decision says why: because is empty")
	}
	switch d.Kind {
	case truce.Declare:
		return among("name", "event", d.Name, events)
	case truce.Extend, truce.Terminate:
		if err := among("name", "phase", d.Name, phases); err != nil {
			return err
		}
		if d.To != 0 && d.To <= d.From {
			return undecided("to", "the extension ends before it begins")
		}
		return nil
	case truce.Regrade:
		if _, err := truce.ParseGrade(d.Grade.String()); err != nil {
			return undecided("source", "%w", err)
		}
	case truce.Ask:
		if !slices.Contains(assess.Facts, d.Fact) {
			var facts []string
			for _, f := range assess.Facts {
				facts = append(facts, string(f))
			}
			return undecided("fact", "fact %q is unknown%s", d.Fact, truce.Suggest(string(d.Fact), facts))
		}
		if d.Name != "" && !a.HasParty(truce.PartyID(d.Name)) {
			return undecided("party", "%q is not a party of the agreement: whom is it asked of?", d.Name)
		}
	case truce.Confirm:
		if d.Article == "" {
			return undecided("article", "article= is missing: of which article is it a violation?")
		}
	}
	if d.OnDay() {
		if err := checkDay(a, d); err != nil {
			return err
		}
		many = map[truce.DecisionKind][2]int{d.Kind: {1, truce.MostDayNamed}}
	}
	others := "of" // in a form, what else a decision is about
	if d.Kind == truce.Merge {
		others = "with"
	}
	n, ok := many[d.Kind]
	if !ok {
		return undecided("kind", "decision %q is unknown%s", d.Kind, truce.Suggest(string(d.Kind), kinds))
	}
	for i, id := range d.Of {
		for _, other := range d.Of[:i] {
			if id == other {
				return undecided(others, "decide %s: the same observation is named twice", d.Kind)
			}
		}
	}
	if len(d.Of) < n[0] || len(d.Of) > n[1] {
		return undecided(others, "decide %s: %d observations named, want %d to %d", d.Kind, len(d.Of), n[0], n[1])
	}
	if d.Article != "" {
		if p, ok := a.Provision(d.Article); ok && p.NotMonitored != "" {
			return undecided("article", "article %q is not monitored, because %s: nothing is decided under it", d.Article, p.NotMonitored)
		}
		return among("article", "article", string(d.Article), articles)
	}
	return nil
}

// checkDay says what is wrong with what a decision says of the finding of days that it is on.
func checkDay(a *truce.Agreement, d *truce.Decision) error {
	var kinds []string
	for _, k := range truce.DayDecisionKinds {
		kinds = append(kinds, string(k))
	}
	from := truce.DateOf(d.Window.Start, a.Location)
	lat, lon := d.Area.Centre.Degrees()
	first, second := from.Add(1).Start(a.Location), from.Add(2).Start(a.Location)
	switch {
	case !slices.Contains(truce.DayDecisionKinds, d.Kind):
		return undecided("kind", "decision %q cannot be on a finding of days; want one of %s. Other decisions are on incidents", d.Kind, strings.Join(kinds, ", "))
	case d.Article == "":
		return undecided("article", "the article is missing: of which article is the finding?")
	case !slices.Equal(d.Of, d.State):
		return undecided("of", "what the decision names and what it is recorded to have rested on differ")
	case !truce.Plausible(d.Window.Start) || !truce.Plausible(d.Window.End) || d.Window.Start != from.Start(a.Location) || d.Window.End != first && d.Window.End != second:
		return undecided("of", "the window from %s to %s is not one or two days of the agreement's time zone, %s", d.Window.Start, d.Window.End, a.Zone)
	case !slices.Contains(truce.AreaLevels, d.Area.Level):
		return undecided("of", "the level of the area is %q; want place, district, region or zone", d.Area.Level)
	case d.Area.Level == truce.AreaPlace && (d.Area.RadiusM < 0 || d.Area.RadiusM > truce.MostDayAreaM):
		return undecided("of", "the area has a radius of %d m; want 0 to %d", d.Area.RadiusM, truce.MostDayAreaM)
	case d.Area.Level == truce.AreaPlace && (math.Abs(lat) > 90 || math.Abs(lon) > 180):
		return undecided("of", "the centre of the area is not a position")
	case d.Area.Level != truce.AreaPlace && (d.Area.Name == "" || d.Area.RadiusM != 0 || d.Area.Centre != (truce.Area{}).Centre):
		return undecided("of", "a %s has a name, and neither a centre nor a radius", d.Area.Level)
	case d.Area.Level == truce.AreaZone && a.Zones[d.Area.Name] == nil:
		return undecided("of", "the zone %q is not in the agreement%s", d.Area.Name, truce.Suggest(d.Area.Name, a.ZoneOrder))
	}
	return nil
}
