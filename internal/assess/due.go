package assess

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// duty is something to be done by a deadline, or within a time of an event: once or in steps,
// so many times or at all. A number is established if independent voices state it, by the
// article's floor, or if the party to whom the duty is owed states it, because that is against
// its interest. A number is bounded by the same rule, or by the word of the party that owes
// the duty. Silence establishes nothing.
type duty struct {
	plain
	Acts    []truce.Act
	To      []truce.PartyID
	In      []string
	Event   string // a declared event, from which on it is owed; empty: the beginning of the phase
	Steps   []dueStep
	Jointly bool // all that are bound do it together, and each is the other's witness
	Anyone  bool // any one of those that are bound may do it, and what they do is added

	// All asks for all there are: their number is what statements of these acts state. Until it is
	// established nothing is fulfilled.
	All []truce.Act
	// AsMany asks for as many as this party does; otherParty: as the other of the two that are bound.
	AsMany truce.PartyID

	// Every is of a duty that recurs: each day, week or month it is owed again. Hour is by when on
	// the last day of each, in minutes after midnight, and On the weekday on which weeks end.
	Every unit
	Hour  int
	On    string
}

const otherParty truce.PartyID = "other"

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// A dueStep is how many in all by when.
type dueStep struct {
	N         int64
	By        truce.Deadline
	FromEvent bool // By.After runs from the event
	Open      bool // the text states no deadline
}

type dueForm struct {
	Pos     strict.Text
	Acts    []strict.Text   `yaml:"acts" need:"what is to be done" doc:"acts that count, with their descendants"`
	Count   strict.Text     `yaml:"count" doc:"how many; 1 if left out; all: as many as there are, by number"`
	By      strict.Deadline `yaml:"by" doc:"a time, a date, {after: phase, period: P7D} or, with when, {after: event, period: 72h}"`
	Steps   []stepForm      `yaml:"steps" doc:"instead of count and by: how many in all by when, in order"`
	Every   strict.Text     `yaml:"every" doc:"instead of by: owed again each day, week or month, and each time judged by itself" enum:"day week month"`
	At      strict.Text     `yaml:"at" doc:"with every: by this local time, such as \"16:00\"; by the end of the day if left out"`
	On      strict.Text     `yaml:"on" doc:"with every: week: the weekday by which it is due; weeks run from the first day of the phase if left out" enum:"monday tuesday wednesday thursday friday saturday sunday"`
	To      []strict.Text   `yaml:"to" doc:"parties to whom it is owed: a statement names one as side, and the word of one that it received is enough"`
	In      []strict.Text   `yaml:"in" doc:"zones; anywhere if left out"`
	When    strict.Text     `yaml:"when" doc:"an event that a person declares; it is not owed before"`
	Number  []strict.Text   `yaml:"number" doc:"with count: all, acts whose statements say how many there are, such as persons-present"`
	AsMany  strict.Text     `yaml:"as-many-as" doc:"instead of count: as many as this party does; other: as the other of the two that are bound"`
	Anyone  strict.Text     `yaml:"anyone" doc:"true: any one of those that are bound may do it, and what they do is added" enum:"true false"`
	Jointly strict.Text     `yaml:"jointly" doc:"true: all that are bound do it together, such as a meeting, and a statement names them all, one as actor and the other as side; if left out, each of them does it" enum:"true false"`
}

type stepForm struct {
	Pos   strict.Text
	Count strict.Text     `yaml:"count" need:"how many in all by then" doc:"how many in all by then"`
	By    strict.Deadline `yaml:"by" need:"by when" doc:"as by"`
}

var dueKind = kindOf("something to be done by a deadline", map[string]string{
	"bad-steps":    "steps that are not in order",
	"bad-every":    "a duty that recurs, with a deadline or steps beside it, or an hour or weekday of one that does not",
	"bad-count":    "a duty of all there are, or of as many as another's, that does not say how they are numbered",
	"bad-doers":    "a duty that is done by all together and by any one",
	"no-deadline":  "a duty without a deadline",
	"no-receiver":  "a duty of which nobody receives anything, and that one party does alone",
	"no-beginning": "a duty without a beginning: what was done at any earlier time counts",
	"past-due":     "a deadline before the duty begins",
	"nobody-tells": "a duty on which none of the listed sources can report",
}, readDue, (*duty).lint)

func readDue(f *dueForm, c *Clause) *duty {
	out := &duty{Acts: c.Acts(f.Acts), In: c.Zones(f.In), Event: f.When.V}
	for _, p := range f.To {
		out.To = append(out.To, c.Party(p))
	}
	if c.Word(f.Jointly, "true", "false") {
		out.Jointly = f.Jointly.V == "true"
	}
	if c.Word(f.Anyone, "true", "false") {
		out.Anyone = f.Anyone.V == "true"
	}
	out.numbering(f, c)
	c.Provision.Event = out.Event
	one := func(n strict.Text, by strict.Deadline) {
		s := dueStep{N: 1, By: c.Deadline(by, c.Agreement.Location, "phase", "event"), FromEvent: by.After.V == "event"}
		if n.Set() && (n.V != "all" || out.All == nil) {
			s.N = int64(c.Number(n, "count", math.MaxInt32))
		}
		if s.FromEvent && out.Event == "" {
			c.At(by.After, "missing-key", "article %q counts from an event, and when: does not name one", c.Provision.Article)
		}
		out.Steps = append(out.Steps, s)
	}
	written := f.By.At.Set() || f.By.After.Set()
	out.every(f, c)
	switch {
	case out.Every != "" && (written || len(f.Steps) > 0):
		c.At(f.Every, "bad-every", "article %q recurs, and has by or steps beside it; write one or the other", c.Provision.Article)
	case len(f.Steps) > 0 && (written || f.Count.Set()):
		c.At(f.Steps[0].Pos, "bad-steps", "article %q has steps, and count or by beside them; write one or the other", c.Provision.Article)
	case len(f.Steps) == 0 && !written && f.Pos.Set():
		one(f.Count, f.By)
		out.Steps[0].Open = true
	case len(f.Steps) == 0:
		one(f.Count, f.By)
	}
	for _, s := range f.Steps {
		one(s.Count, s.By)
	}
	for i := 1; i < len(out.Steps); i++ {
		a, b := out.Steps[i-1], out.Steps[i]
		if b.N <= a.N || a.By.At != 0 && b.By.At != 0 && b.By.At <= a.By.At || a.By.At == 0 && b.By.At == 0 && a.FromEvent == b.FromEvent && b.By.After.After(0, time.UTC) <= a.By.After.After(0, time.UTC) {
			c.At(f.Steps[i].Pos, "bad-steps", "article %q: step %d asks for %d in all, and step %d before it for %d; numbers and deadlines must grow", c.Provision.Article, i+1, b.N, i, a.N)
		}
	}
	return out
}

// numbering reads how many are owed where the text states no number, and who may do it.
func (k *duty) numbering(f *dueForm, c *Clause) {
	if k.Anyone && k.Jointly {
		c.At(f.Anyone, "bad-doers", "article %q is done by all together, and by any one; write one or the other", c.Provision.Article)
	}
	switch all := f.Count.V == "all"; {
	case all && len(f.Number) == 0:
		c.Errorf(f.Count.Line, f.Count.Col, "bad-count", "write number: [persons-present], or another act whose count says how many there are", "article %q asks for all, and does not say who states how many there are", c.Provision.Article)
	case !all && len(f.Number) > 0:
		c.At(f.Number[0], "bad-count", "article %q: number is for count: all", c.Provision.Article)
	case all:
		k.All = append([]truce.Act{}, c.Acts(f.Number)...)
	}
	if f.AsMany.Set() {
		if k.AsMany = truce.PartyID(f.AsMany.V); k.AsMany != otherParty {
			c.Party(f.AsMany)
		} else if len(c.Provision.Binds) != 2 {
			c.At(f.AsMany, "bad-count", "article %q binds %d, so none of them is the other of two", c.Provision.Article, len(c.Provision.Binds))
		}
		if f.Count.Set() || len(f.Steps) > 0 || k.Anyone || k.Jointly || slices.Contains(c.Provision.Binds, k.AsMany) {
			c.At(f.AsMany, "bad-count", "article %q: as-many-as is instead of count and steps, of one party that each does it, and not of itself", c.Provision.Article)
		}
	}
	if f.Every.Set() && (k.AsMany != "" || k.All != nil) {
		c.At(f.Every, "bad-every", "article %q recurs, and its number is not stated by the text", c.Provision.Article)
	}
}

// every reads how often a duty recurs.
func (k *duty) every(f *dueForm, c *Clause) {
	k.Hour = 24 * 60
	if c.Word(f.Every, "day", "week", "month") {
		k.Every = unit(f.Every.V)
	}
	if f.At.Set() {
		k.Hour = c.Clock(f.At)
	}
	if c.Word(f.On, weekdays...) {
		k.On = f.On.V
	}
	for _, s := range []strict.Text{f.At, f.On} {
		if s.Set() && (k.Every == "" || s == f.On && k.Every != perWeek) {
			c.Errorf(s.Line, s.Col, "bad-every", "at is for every, and on for every: week", "article %q: nothing looks at %q", c.Provision.Article, s.V)
		}
	}
}

func (k *duty) lint(f *dueForm, c *Clause) {
	p := c.Provision
	if k.Every == "" && slices.ContainsFunc(k.Steps, func(s dueStep) bool { return s.Open }) {
		c.Warn(f.Pos, "no-deadline", "write by: with a date, a time, or {after: phase, period: P7D}, if the text has one", "article %q is a duty without a deadline: it is never overdue", p.Article)
	}
	if len(k.To) == 0 && !k.Jointly {
		c.Warn(f.Pos, "no-receiver", "name the receiver with to:, or write jointly: true", "article %q names nobody who receives it: the word of the other side establishes nothing", p.Article)
	}
	if k.Event == "" && p.Phase == "" {
		c.Warn(f.Pos, "no-beginning", "name a phase, or an event with when:", "article %q has no beginning, so what was done long before the agreement counts", p.Article)
	}
	for i := range c.Agreement.Phases {
		ph := &c.Agreement.Phases[i]
		for _, s := range k.Steps {
			if ph.ID == p.Phase && k.Event == "" && ph.From.Stated() && s.By.At != 0 && s.By.At <= ph.From {
				c.Warn(f.Pos, "past-due", "correct the date", "article %q is due on %s, and its phase begins on %s", p.Article, s.By.At.In(c.Agreement.Location), ph.From.In(c.Agreement.Location))
			}
		}
	}
	if len(c.Agreement.Sources) > 0 && !watched(c.Agreement, k.Acts) && len(k.To) == 0 {
		c.Warn(f.Pos, "nobody-tells", "list a source that reports on it, or write not-monitored", "article %q: no source that is listed and independent of the parties says that it looks for %s", p.Article, k.Acts)
	}
}

func (*duty) Kind() string      { return "due" }
func (*duty) fulfils() bool     { return true }
func (*duty) outlives() bool    { return true }
func (k *duty) Zones() []string { return k.In }
func (*duty) condition() bool   { return true }
func (*duty) counted() bool     { return false }
func (k *duty) acts() []truce.Act {
	return k.Acts
}
func (k *duty) deeds() *deeds { return &deeds{Acts: k.Acts, To: k.To, Numbers: k.All} }

func (k *duty) sentence(a *truce.Agreement) (out []truce.Reason) {
	out = append(out, truce.Because("To be done: %s in %s", anyOf("act", k.Acts), zoneWords(k.In)))
	if k.Jointly {
		out = append(out, truce.Because("by all whom it binds together"))
	}
	if len(k.To) > 0 {
		out = append(out, truce.Because("to %s, whose word that it received is enough", truce.Joined("%s or %s", k.To)))
	}
	if k.Anyone {
		out = append(out, truce.Because("by any of those whom it binds"))
	}
	for _, s := range k.Steps {
		if k.All != nil {
			out = append(out, truce.Because("all there are, as stated by %s; until their number is established it cannot be fulfilled", anyOf("act", k.All)))
		} else if k.AsMany == otherParty {
			out = append(out, truce.Because("as many as the other of the two does"))
		} else if k.AsMany != "" {
			out = append(out, truce.Because("as many as %s does", string(k.AsMany)))
		}
		switch {
		case k.All != nil || k.AsMany != "":
			if by := k.byWords(s, a.Location); by.Format != "" {
				out = append(out, by)
			}
		case k.Every != "":
			out = append(out, k.everyWords(s.N))
		case s.By.At != 0:
			out = append(out, truce.Because("%d in all by %s", s.N, s.By.At.In(a.Location)))
		case s.Open:
			out = append(out, truce.Because("%d in all, without a deadline", s.N))
		case s.FromEvent:
			out = append(out, truce.Because("%d in all within %s of %s, once a person declares it", s.N, SpanWords(s.By.After), k.Event))
		default:
			out = append(out, truce.Because("%d in all within %s of the beginning of its phase", s.N, SpanWords(s.By.After)))
		}
	}
	return out
}

// byWords says by when a step is due, without a number; empty: no deadline is stated.
func (k *duty) byWords(s dueStep, loc *time.Location) truce.Reason {
	switch {
	case s.By.At != 0:
		return truce.Because("by %s", s.By.At.In(loc))
	case s.Open:
		return truce.Reason{}
	case s.FromEvent:
		return truce.Because("within %s of %s, once a person declares it", SpanWords(s.By.After), k.Event)
	}
	return truce.Because("within %s of the beginning of its phase", SpanWords(s.By.After))
}

// everyWords says how many are owed each time, and by when.
func (k *duty) everyWords(n int64) truce.Reason {
	per := truce.Word("unit", k.Every)
	switch hour := clock(k.Hour); {
	case k.On != "":
		return truce.Because("%d in each %s, by %s of its %s", n, per, hour, truce.InWords{Kind: "weekday", Value: k.On, English: strings.ToUpper(k.On[:1]) + k.On[1:]})
	case k.Hour < 24*60:
		return truce.Because("%d in each %s, by %s of its last day", n, per, hour)
	}
	return truce.Because("%d in each %s", n, per)
}

func (k *duty) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(actTruth(o.Act, k.Acts, t), truce.FactAct)
	return v
}

// facts says of a deed that it violates nothing: what it is worth is in the article's answer.
func (k *duty) facts(_ *Rule, o *truce.Observation, t *trace) answer {
	if v := k.about(o, t); !v.noViolation {
		t.say("it counts towards what is due, if it was done in time and by whom the article binds; a deed violates nothing")
	}
	return answer{outcome: truce.NoViolation}
}

// A progress is how far one party is with one step.
type progress struct {
	outcome  truce.Outcome
	standing truce.Standing
	missing  factSet
	done     truce.Done
	party    truce.PartyID // empty: all that are bound together
	voices   []*stated
	high     int64
	late     *late
	why      truce.Reason // where no number decides
}

// late is what was done after a deadline.
type late struct {
	n  int64
	by truce.Instant
}

// doers are those of whom it is asked one by one; empty: of all that are bound, as one.
func (k *duty) doers(r *Rule, only truce.PartyID) []truce.PartyID {
	switch {
	case k.Jointly, k.Anyone:
		return []truce.PartyID{""}
	case only != "":
		return []truce.PartyID{only}
	}
	return r.p.Binds
}

func (k *duty) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	out := truce.Assessment{}
	parties := k.doers(r, q.Party)
	if k.Every != "" {
		return k.recurs(r, v, q, parties)
	}
	var all []progress
	replaced := false
	for _, p := range parties {
		for _, s := range k.Steps {
			if k.replaced(r, s, q.asOf) {
				replaced = true
				continue
			}
			all = append(all, k.progress(r, s, p, q.asOf))
		}
	}
	if len(all) == 0 {
		if replaced && q.Reasons {
			out.Reasons = []truce.Reason{truce.Because("article %s superseded it on %s, before it was due", string(r.p.SupersededBy.Article), r.p.SupersededBy.From.In(r.c.Agreement.Location))}
		}
		out.Outcome = truce.OutOfScope
		return out, replaced
	}
	worst := 0
	for i := range all {
		if decides(all[i].outcome, all[worst].outcome) {
			worst = i
		}
	}
	w := &all[worst]
	out.Outcome, out.Standing, out.Missing = w.outcome, w.standing, w.missing.list()
	out.Tasks = tasks(out.Missing)
	if w.why.Format == "" {
		done := w.done
		out.Done = &done
	}
	if q.Reasons {
		out.Reasons = append(out.Reasons, w.words(r))
		for i := range all {
			if i != worst {
				out.Reasons = append(out.Reasons, all[i].words(r))
			}
		}
		switch {
		case w.why.Format != "":
		case len(w.voices) == 0:
			out.Reasons = append(out.Reasons, truce.Because("nobody states how much was done by then, and silence is never compliance"))
		default:
			out.Reasons = append(out.Reasons, told(w.voices)...)
		}
	}
	return out, true
}

// replaced reports whether another article superseded the duty before a step was due.
func (k *duty) replaced(r *Rule, s dueStep, asOf truce.Instant) bool {
	by := r.p.SupersededBy
	if by == nil || asOf < by.From {
		return false
	}
	start, owed := k.begins(r, asOf)
	if !owed {
		return true
	}
	end, known := k.deadline(r, s, start)
	return !known || end > by.From
}

// times are when a duty that recurs is owed, each from its beginning to its deadline, if the
// deadline is in v.
func (k *duty) times(r *Rule, v truce.Interval, asOf truce.Instant) []truce.Interval {
	loc := r.c.Agreement.Location
	scopes := r.scope
	if k.Event != "" {
		start, owed := k.begins(r, asOf)
		if !owed {
			return nil
		}
		scopes = nil
		for _, w := range r.scope {
			if w = w.Intersect(truce.Interval{Start: start, End: truce.Never}); w.Valid() {
				scopes = append(scopes, w)
			}
		}
	}
	var first func(truce.Date) truce.Date
	if k.On != "" { // weeks end on that day, and the first is whole
		first = func(d truce.Date) truce.Date {
			for range 7 {
				if t, err := time.Parse(time.DateOnly, string(d)); err != nil || weekdays[(int(t.Weekday())+5)%7] == k.On {
					break // the day before is the last of a week
				}
				d = d.Add(1)
			}
			return d
		}
	}
	return recurring(scopes, v, loc, k.Every, first, func(p truce.Interval) truce.Instant {
		return occurrence(truce.DateOf(p.End-1, loc), k.Hour, loc, true)
	})
}

// next is when a duty that recurs is due next; false: it is not any more.
func (k *duty) next(r *Rule, asOf truce.Instant) (truce.Interval, bool) {
	const around = 70 * 24 * time.Hour // longer than two months
	for _, w := range k.times(r, truce.Interval{Start: asOf.Add(-around), End: asOf.Add(around)}, asOf) {
		if w.End > asOf {
			return w, true
		}
	}
	return truce.Interval{}, false
}

// recurs judges each time at which a duty that recurs was due by itself, and counts them. The one
// that most needs attention decides, and the first of equals.
func (k *duty) recurs(r *Rule, v truce.Interval, q Query, parties []truce.PartyID) (truce.Assessment, bool) {
	out := truce.Assessment{Outcome: truce.NotYetDue}
	say := func(reason truce.Reason) {
		if q.Reasons {
			out.Reasons = append(out.Reasons, reason)
		}
	}
	if _, owed := k.begins(r, q.asOf); !owed {
		g := k.progress(r, k.Steps[0], "", q.asOf)
		out.Outcome = g.outcome
		say(g.why)
		return out, true
	}
	var worst *progress
	by, n := map[truce.Outcome]int{}, 0
	v.End = min(v.End, q.asOf)
	for _, w := range k.times(r, v, q.asOf) {
		for _, p := range parties {
			g := k.within(r, k.Steps[0], p, w, false, q.asOf)
			n++
			if by[g.outcome]++; worst == nil || decides(g.outcome, worst.outcome) {
				worst = &g
			}
		}
	}
	out.Done = &truce.Done{Low: int64(by[truce.Fulfilled]), Of: int64(n), Due: truce.Never}
	if w, ok := k.next(r, q.asOf); ok {
		out.Done.Due = w.End
	}
	if worst == nil {
		say(truce.Because("no %s has ended by which it was due", truce.Word("unit", k.Every)))
		return out, true
	}
	out.Outcome, out.Standing, out.Missing = worst.outcome, worst.standing, worst.missing.list()
	out.Tasks = tasks(out.Missing)
	done, partly, not := by[truce.Fulfilled], by[truce.PartlyFulfilled], by[truce.Overdue]
	say(truce.Because("of %d times that it was due, in each %s: %d fulfilled, %d in part, %d not, %d that cannot be told or are disputed", n, truce.Word("unit", k.Every), done, partly, not, n-done-partly-not))
	if worst.outcome != truce.Fulfilled && q.Reasons {
		say(worst.words(r))
		if len(worst.voices) == 0 {
			say(truce.Because("nobody states how much was done by then, and silence is never compliance"))
		}
		out.Reasons = append(out.Reasons, told(worst.voices)...)
	}
	return out, true
}

func (k *duty) falls(r *Rule, asOf truce.Instant) (out []truce.Due) {
	parties := k.doers(r, "")
	if k.Every != "" {
		w, coming := k.next(r, asOf)
		if !coming {
			return nil
		}
		for _, p := range parties {
			g := k.within(r, k.Steps[0], p, w, true, asOf)
			out = append(out, truce.Due{At: w.End, Kind: truce.DueDeadline, What: truce.Because("%s: %s", anyOf("act", k.Acts), g.words(r))})
		}
		return out
	}
	for _, p := range parties {
		for _, s := range k.Steps {
			if k.replaced(r, s, asOf) {
				continue
			}
			if start, owed := k.begins(r, asOf); owed {
				if end, known := k.deadline(r, s, start); known {
					g := k.progress(r, s, p, asOf)
					out = append(out, truce.Due{At: end, Kind: truce.DueDeadline, What: truce.Because("%s: %s", anyOf("act", k.Acts), g.words(r))})
				}
			}
		}
	}
	return out
}

// decides reports whether one step decides rather than another: what is done says least.
func decides(a, b truce.Outcome) bool {
	if a == b || a == truce.Fulfilled {
		return false
	}
	return b == truce.Fulfilled || rank(a) < rank(b)
}

// begins is since when the duty is owed; false: it is not yet.
func (k *duty) begins(r *Rule, asOf truce.Instant) (truce.Instant, bool) {
	if k.Event == "" {
		return r.scope[0].Start, true
	}
	at, declared := r.c.event(k.Event)
	return at, declared && at <= asOf
}

// deadline is when a step is due; false: it runs from a beginning that is not stated.
func (k *duty) deadline(r *Rule, s dueStep, event truce.Instant) (truce.Instant, bool) {
	if s.Open {
		return truce.Never, true
	}
	if s.By.At != 0 {
		return s.By.At, true
	}
	from := event
	if !s.FromEvent {
		from = r.scope[0].Start
	}
	if !from.Stated() {
		return 0, false
	}
	return s.By.After.After(from, r.c.Agreement.Location), true
}

// did asks whether it was done by a party, or by all that are bound where it is done jointly: then a
// statement names them all, as those who acted and as the side. One that names some of them, or
// nobody, may be of another meeting. A party that is bound need not name itself or the others: what
// it states is its own word, and it takes the word of all of them.
func (k *duty) did(r *Rule, p truce.PartyID) func(*truce.Observation) truth {
	switch {
	case k.Anyone:
		return func(o *truce.Observation) truth { return r.bound(o, nil) }
	case k.AsMany != "": // whoever is not named may be the one or the other
		return func(o *truce.Observation) truth {
			if len(o.MayHaveActed()) == 0 {
				return unknown
			}
			return r.by(p, o, nil)
		}
	case !k.Jointly:
		return func(o *truce.Observation) truth { return r.by(p, o, nil) }
	}
	return func(o *truce.Observation) truth {
		named := o.MayHaveActed()
		if o.Side != "" {
			named = append(slices.Clone(named), o.Side)
		}
		var its []truce.PartyID
		others := false
		for _, n := range named {
			if id, _ := r.c.Agreement.Actor(n); !r.p.Bound(id) {
				others = others || n != truce.Anybody
			} else if !slices.Contains(its, id) {
				its = append(its, id)
			}
		}
		own := o.Claimant != "" && r.p.Bound(o.Claimant)
		verified := slices.ContainsFunc(r.c.decided[o.ID], func(d *truce.Decision) bool { return d.Kind == truce.Verify && !d.OnDay() })
		switch {
		case others && len(its) == 0:
			return no
		case others:
			return unknown
		case len(its) == len(r.p.Binds) && len(o.Actors) == 0, own, verified:
			return yes
		}
		return unknown
	}
}

// progress is what is established of one step, at the moment of the question.
func (k *duty) progress(r *Rule, s dueStep, p truce.PartyID, asOf truce.Instant) progress {
	out := progress{party: p, done: truce.Done{Of: s.N}, high: many}
	start, owed := k.begins(r, asOf)
	if !owed {
		out.outcome, out.why = truce.ConditionNotMet, truce.Because("it is owed once %s is declared, and it has not been", k.Event)
		return out
	}
	end, known := k.deadline(r, s, start)
	if !known {
		out.outcome, out.missing = truce.UndeterminedTime, fact(truce.FactTime)
		out.why = truce.Because("since when it is owed is not stated, and so not until when")
		return out
	}
	return k.within(r, s, p, truce.Interval{Start: start, End: end}, asOf < end || s.Open, asOf)
}

// within is what is established of one step that is owed in a time. early: its deadline has not
// passed.
func (k *duty) within(r *Rule, s dueStep, p truce.PartyID, owed truce.Interval, early bool, asOf truce.Instant) progress {
	out := progress{party: p, done: truce.Done{Of: s.N, Due: owed.End}, high: many}
	w := truce.Interval{Start: owed.Start, End: min(owed.End, asOf)}
	if !w.Valid() {
		w.End = w.Start
	}
	by := k.did(r, p)
	out.voices = r.stated(w, by)
	if k.All != nil || k.AsMany != "" {
		out.number(k, r, w, early, asOf)
		return out
	}
	out.decide(k, r, early)
	if k.Every == "" && asOf > owed.End && out.outcome != truce.Fulfilled {
		out.late = k.late(r, truce.Interval{Start: owed.Start, End: asOf}, by, p, s.N, owed.End)
	}
	return out
}

// decide says what the voices amount to: see the table in doc/agreement-format.md.
func (g *progress) decide(k *duty, r *Rule, early bool) {
	n := g.done.Of
	low := g.floor(k, r, func(v *stated) int64 { return v.low }, surely)
	may := g.floor(k, r, func(v *stated) int64 { return v.may }, perhaps)
	g.done.Low, g.high = low, g.bound(k, r)
	if g.high < many {
		g.done.High = g.high
	}
	var claimed *stated // the first that states that all was done, independent voices before parties
	denied := false
	for _, v := range g.voices {
		if v.may >= n && (claimed == nil || claimed.party != "" && v.party == "") {
			claimed = v
		}
	}
	for _, v := range g.voices {
		denied = denied || claimed != nil && v.voice != claimed.voice && v.high < n
	}
	switch {
	case low > g.high:
		g.outcome = truce.UndeterminedConflict
	case low >= n:
		g.outcome = truce.Fulfilled
	case early:
		g.outcome = truce.NotYetDue
	case g.high < n && low > 0:
		g.outcome = truce.PartlyFulfilled
	case g.high < n:
		g.outcome = truce.Overdue
	case may >= n:
		for _, v := range g.voices {
			if v.may >= n && v.low < n {
				g.missing |= v.missing
			}
		}
		g.outcome = g.missing.cause()
	case denied:
		g.outcome = truce.Disputed
	case low > 0:
		g.outcome = truce.PartlyFulfilled
	case claimed == nil:
		g.outcome = truce.Overdue
	case claimed.party != "":
		g.outcome, g.standing = truce.AllegedOnly, truce.Alleged
	default:
		g.outcome, g.standing = truce.Uncorroborated, truce.SingleSource
	}
}

// floor is the largest number that is established: by the article's floor, by a person, or
// by those who received.
func (g *progress) floor(k *duty, r *Rule, number func(*stated) int64, on func(*stated) []*account) int64 {
	out, _ := r.established(g.voices, func(v *stated) (int64, bool) { return number(v), number(v) > 0 }, on)
	together, spoke := int64(many), 0
	for _, v := range g.voices {
		out = max(out, min(v.verified, number(v)))
		if slices.Contains(k.To, v.party) && v.party != g.party && v.party != "" && !(k.Anyone && r.p.Bound(v.party)) {
			out = max(out, number(v))
		}
		if k.Jointly && r.p.Bound(v.party) {
			together, spoke = min(together, number(v)), spoke+1
		}
	}
	if k.Jointly && spoke == len(r.p.Binds) && spoke > 1 {
		out = max(out, together)
	}
	return out
}

// bound is the smallest number that it is established not to pass: by the article's floor, or
// by those who owe it; many: none.
func (g *progress) bound(k *duty, r *Rule) int64 {
	out := int64(many)
	if n, ok := r.established(g.voices, func(v *stated) (int64, bool) { return -v.high, v.high < many }, surely); ok {
		out = -n
	}
	together, spoke := int64(0), 0
	for _, v := range g.voices {
		if v.party == g.party && g.party != "" {
			out = min(out, v.high)
		}
		if (k.Jointly || k.Anyone) && r.p.Bound(v.party) {
			together, spoke = max(together, v.high), spoke+1
		}
	}
	if (k.Jointly || k.Anyone) && spoke == len(r.p.Binds) {
		out = min(out, together)
	}
	return out
}

// late finds by when a number was reached after its deadline; nil: it was not.
func (k *duty) late(r *Rule, w truce.Interval, by func(*truce.Observation) truth, p truce.PartyID, n int64, end truce.Instant) *late {
	if w.End == truce.Never || !w.Valid() {
		w.End = max(r.c.Latest, end+1)
	}
	reached := func(at truce.Instant) bool {
		g := progress{party: p, voices: r.stated(truce.Interval{Start: w.Start, End: at}, by)}
		return g.floor(k, r, func(v *stated) int64 { return v.low }, surely) >= n
	}
	if w.End <= end || !reached(w.End) {
		return nil
	}
	var ends []truce.Instant
	for _, x := range r.accounts() {
		if x.o.Occurred.End > end && x.o.Occurred.End <= w.End {
			ends = append(ends, x.o.Occurred.End)
		}
	}
	slices.Sort(ends)
	i, _ := slices.BinarySearchFunc(ends, true, func(at truce.Instant, _ bool) int {
		if reached(at) {
			return 0
		}
		return -1
	})
	if i == len(ends) {
		return nil
	}
	return &late{n, ends[i]}
}

// words are how far a step is, in one sentence.
func (g *progress) words(r *Rule) (out truce.Reason) {
	loc := r.c.Agreement.Location
	at := g.done.Due.In(loc)
	switch {
	case g.why.Format != "":
		out = g.why
	case g.done.Due == truce.Never:
		out = truce.Because("%d of %d so far, and the text states no deadline", min(g.done.Low, g.done.Of), g.done.Of)
	case g.high == many || g.high <= g.done.Low:
		out = truce.Because("%d of %d by %s", min(g.done.Low, g.done.Of), g.done.Of, at)
	default:
		out = truce.Because("%d to %d of %d by %s", g.done.Low, min(g.high, g.done.Of), g.done.Of, at)
	}
	if g.party != "" && len(r.p.Binds) > 1 {
		out = truce.Because("%s: %s", string(g.party), out)
	}
	if g.late != nil {
		out = truce.Because("%s; %d were reached late, by %s", out, g.late.n, g.late.by.In(loc))
	}
	return out
}

// How many are due where the text states no number: all there are, or as many as another party does.

// A need is how many are due, from the least to the most that what is known allows.
type need struct {
	low, high int64        // many: not known
	conflict  bool         // those whose word decides state different numbers
	why       truce.Reason // where the number is not known, or nothing is due
}

// number says what the voices amount to for every number that may be due: where the least is not
// done, nothing more is asked; where some of them would be fulfilled and others not, the number is
// what is missing.
func (g *progress) number(k *duty, r *Rule, w truce.Interval, early bool, asOf truce.Instant) {
	n := k.need(r, g.party, w, asOf)
	lacking := func() {
		g.outcome, g.missing = truce.UndeterminedFact, fact(truce.FactNumber)
		if n.conflict {
			g.outcome, g.missing = truce.UndeterminedConflict, 0
		}
	}
	switch {
	case n.high == 0:
		g.outcome, g.why = truce.ConditionNotMet, n.why
		return
	case n.low == many || n.low == 0:
		lacking()
		g.why = n.why
		return
	}
	g.done.Of = n.low
	g.decide(k, r, early)
	if g.outcome != truce.Fulfilled || n.high == n.low {
		return
	}
	if n.high < many {
		most := *g
		most.done.Of = n.high
		if most.decide(k, r, early); most.outcome == truce.Fulfilled {
			*g = most
			return
		}
	}
	lacking()
	g.why = truce.Because("%d are established as done, and how many are due is not: at least %d", g.done.Low, n.low)
	if n.high < many {
		g.why = truce.Because("%d are established as done, and how many are due is not: %d to %d", g.done.Low, n.low, n.high)
	}
}

// need is how many a party owes in a time, as far as is known at a moment.
func (k *duty) need(r *Rule, p truce.PartyID, w truce.Interval, asOf truce.Instant) need {
	if k.All != nil {
		return k.declared(r, p, asOf)
	}
	other := k.AsMany
	if other == otherParty {
		for _, id := range r.p.Binds {
			if id != p {
				other = id
			}
		}
	}
	g := progress{party: other, voices: r.stated(w, k.did(r, other))}
	out := need{low: g.floor(k, r, func(v *stated) int64 { return v.low }, surely), high: g.bound(k, r)}
	if out.low > out.high {
		out.low, out.high, out.conflict = out.high, out.low, true
	}
	if out.why = truce.Because("how many %s did is not established, and it owes as many", string(other)); out.high == 0 {
		out.why = truce.Because("%s did none, so none are due", string(other))
	}
	return out
}

// declared is how many there are, by what statements declare: a person verified one; or
// independent voices state it by the article's floor; or all that owe and that receive state it. Of
// each voice its latest statement counts. The word of those who owe it alone establishes nothing.
func (k *duty) declared(r *Rule, p truce.PartyID, asOf truce.Instant) need {
	out := need{low: many, high: many, why: truce.Because("how many there are is not established, and it owes all of them")}
	r.accounts()
	owes := k.did(r, p)
	latest := map[string]*account{}
	var voices []*stated
	for _, x := range r.ledger.numbers {
		if x.o.Occurred.Start > asOf || owes(x.o) != yes || len(k.To) > 0 && x.o.Side != "" && r.receiver(k.deeds(), x.o) == no {
			continue
		}
		was := latest[x.voice]
		if was == nil || x.o.Occurred.End > was.o.Occurred.End || x.o.Occurred.End == was.o.Occurred.End && x.low > was.low {
			latest[x.voice] = x
		}
	}
	verified := truce.Always
	spoke := map[truce.PartyID]int64{}
	most := int64(0)
	for _, x := range r.ledger.numbers { // in their order
		if latest[x.voice] != x {
			continue
		}
		if x.verified && x.o.Occurred.End > verified {
			verified, out.low, out.high = x.o.Occurred.End, x.low, x.low
		}
		if x.party != "" {
			spoke[x.party] = x.low
		} else {
			most = max(most, x.low)
		}
		voices = append(voices, &stated{voice: x.voice, name: x.name, party: x.party, low: x.low, of: []*account{x}})
	}
	if verified != truce.Always {
		return out
	}
	if n, ok := r.established(voices, func(v *stated) (int64, bool) { return v.low, true }, surely); ok {
		out.low, out.high = n, max(n, most)
		out.conflict = out.high > out.low
		return out
	}
	sides := slices.Clone(k.To)
	if p != "" {
		sides = append(sides, p)
	} else {
		sides = append(sides, r.p.Binds...)
	}
	low, high := int64(many), int64(0)
	for _, id := range sides {
		n, ok := spoke[id]
		if !ok {
			return out
		}
		low, high = min(low, n), max(high, n)
	}
	if len(k.To) == 0 { // nobody whose interest it is has spoken
		return out
	}
	out.low, out.high, out.conflict = low, high, high > low
	return out
}
