package assess

import (
	"cmp"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// service is something that is to work: water, electricity, a hospital, a crossing, a network. A
// statement says of a span of time that it worked or did not. Who is to blame for a failure is
// not asked, and a time of which nobody says anything is neither.
type service struct {
	plain
	Of    string
	At    []string // objects, each of which is to work; empty: all that statements name together
	In    []string
	Share truce.PPM // of the time, at least
}

type serviceForm struct {
	Pos   strict.Text
	Of    strict.Text   `yaml:"of" need:"which service" doc:"which service it is, in a word or two: water, electricity, a hospital"`
	At    []strict.Text `yaml:"at" doc:"names of objects, each of which is to work: a statement names one as object"`
	In    []strict.Text `yaml:"in" doc:"zones; anywhere if left out"`
	Share strict.Text   `yaml:"share" doc:"the share of the time in which it is to work; all of it if left out"`
}

var serviceKind = kindOf("a service that is to work", map[string]string{
	"no-service":     "a service without a name",
	"nobody-watches": "a service on which none of the listed sources can report",
}, readService, (*service).lint)

// serviceWorks and serviceFails are what statements say of a service.
const (
	serviceWorks truce.Act = "service-works"
	serviceFails truce.Act = "service-fails"
)

func readService(f *serviceForm, c *Clause) *service {
	out := &service{Of: f.Of.V, In: c.Zones(f.In), Share: truce.One}
	if f.Share.Set() {
		out.Share = c.Share(f.Share)
	}
	for _, s := range f.At {
		out.At = append(out.At, s.V)
	}
	if f.Of.Set() && out.Of == "" {
		c.At(f.Of, "no-service", "article %q: of is empty; say which service it is", c.Provision.Article)
	}
	return out
}

func (k *service) lint(f *serviceForm, c *Clause) {
	if len(c.Agreement.Sources) > 0 && !watched(c.Agreement, k.acts()) {
		c.Warn(f.Pos, "nobody-watches", "list a source that reports on it, or write not-monitored", "article %q: no source that is listed and independent of the parties says that it looks for %s", c.Provision.Article, k.acts())
	}
}

func (*service) Kind() string      { return "service" }
func (*service) fulfils() bool     { return true }
func (k *service) Zones() []string { return k.In }
func (*service) condition() bool   { return true }
func (*service) counted() bool     { return false }
func (*service) acts() []truce.Act { return []truce.Act{serviceWorks, serviceFails} }
func (k *service) deeds() *deeds   { return &deeds{Acts: k.acts()} }

func (k *service) sentence(*truce.Agreement) (out []truce.Reason) {
	if k.Share == truce.One {
		out = append(out, truce.Because("%s works all the time in %s", k.Of, zoneWords(k.In)))
	} else {
		out = append(out, truce.Because("%s works at least %s of the time in %s", k.Of, k.Share.Percent(), zoneWords(k.In)))
	}
	if len(k.At) > 0 {
		out = append(out, truce.Because("at each of %s", truce.Joined("%s, %s", k.At)))
	}
	return out
}

func (k *service) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(actTruth(o.Act, k.acts(), t), truce.FactAct)
	return v
}

// facts says of one statement that it violates nothing: the share of the time decides.
func (k *service) facts(_ *Rule, o *truce.Observation, t *trace) answer {
	if v := k.about(o, t); !v.noViolation {
		t.say("it counts towards the time in which the service worked or failed, and violates nothing by itself")
	}
	return answer{outcome: truce.NoViolation}
}

// A serviceState is how it went with one object of a service.
type serviceState struct {
	at       string
	outcome  truce.Outcome
	standing truce.Standing
	voices   []*serviceVoice
}

// A serviceVoice is what one voice states of one object: minutes of the time that is asked for.
type serviceVoice struct {
	stated
	works, fails int64
}

func (k *service) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	v.End = min(v.End, q.asOf)
	times := r.binding(v)
	total := minutesOf(times)
	if total == 0 {
		out := truce.Assessment{Outcome: truce.NotYetDue}
		if q.Reasons {
			out.Reasons = append(out.Reasons, truce.Because("none of the time is over yet"))
		}
		return out, true
	}
	names := k.At
	if len(names) == 0 {
		names = []string{""}
	}
	var all []serviceState
	worst := 0
	for i, name := range names {
		all = append(all, k.state(r, name, times, total))
		if rank(all[i].outcome) < rank(all[worst].outcome) {
			worst = i
		}
	}
	w := &all[worst]
	out := truce.Assessment{Outcome: w.outcome, Standing: w.standing}
	if out.Outcome == truce.UndeterminedNoCoverage {
		out.Missing, out.Tasks = []truce.Fact{truce.FactCoverage}, tasks([]truce.Fact{truce.FactCoverage})
	}
	if q.Reasons {
		out.Reasons = append(out.Reasons, w.words(k, total)...)
		for i := range all {
			if i != worst && len(out.Reasons) < mostTold {
				out.Reasons = append(out.Reasons, all[i].words(k, total)...)
			}
		}
	}
	return out, true
}

// state is what is stated of one object, and what it amounts to.
func (k *service) state(r *Rule, name string, times []truce.Interval, total int64) serviceState {
	out := serviceState{at: name}
	of := func(act truce.Act) func(*account) bool {
		return func(x *account) bool {
			return x.o.Act == act && x.fits == yes && x.low > 0 && (name == "" || serviceAt(x.o) == name)
		}
	}
	in := func(v *stated) (list []truce.Interval) {
		for _, x := range v.of {
			for _, w := range times {
				if part := w.Intersect(x.o.Occurred); part.Valid() && x.o.Occurred.Start.Stated() {
					list = append(list, part)
				}
			}
		}
		return list
	}
	at := map[string]*serviceVoice{}
	voice := func(v *stated) *serviceVoice {
		x := at[v.voice]
		if x == nil {
			x = &serviceVoice{stated: *v}
			at[v.voice] = x
			out.voices = append(out.voices, x)
		}
		return x
	}
	allowed := total - total*int64(k.Share)/int64(truce.One)
	var failing []*stated
	var working []truce.Interval
	failed := int64(0) // by an independent voice
	for _, v := range r.voiced(of(serviceFails)) {
		x := voice(v)
		if x.fails = minutesOf(in(v)); x.fails > allowed {
			v.low = x.fails
			failing = append(failing, v)
		}
		if v.party == "" {
			failed = max(failed, x.fails)
		}
	}
	for _, v := range r.voiced(of(serviceWorks)) {
		x := voice(v)
		list := in(v)
		if x.works = minutesOf(list); v.party == "" {
			working = append(working, list...)
		}
	}
	slices.SortFunc(out.voices, func(a, b *serviceVoice) int { return cmp.Compare(a.voice, b.voice) })
	outcome, standing := r.weighed(failing, func(v *stated) int64 { return v.low })
	works := minutesOf(working) >= total-allowed && total > 0
	switch {
	case outcome != "" && works:
		out.outcome = truce.Disputed
	case outcome == truce.ApparentViolation && failed >= total:
		out.outcome = truce.Overdue
	case outcome == truce.ApparentViolation:
		out.outcome = truce.PartlyFulfilled
	case outcome != "":
		out.outcome, out.standing = outcome, standing
	case works:
		out.outcome = truce.Fulfilled
	default:
		out.outcome = truce.UndeterminedNoCoverage
	}
	return out
}

// serviceAt is the object of which a statement speaks.
func serviceAt(o *truce.Observation) string {
	if o.Object == "" && o.Place.Kind == truce.PlaceObject {
		return o.Place.Name
	}
	return o.Object
}

// minutesOf is how long a union of times is, in whole minutes.
func minutesOf(list []truce.Interval) (out int64) {
	slices.SortFunc(list, func(a, b truce.Interval) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	var sum, until truce.Instant
	for i, v := range list {
		start := v.Start
		if i > 0 {
			start = max(start, until)
		}
		if v.End > start {
			sum += v.End - start
		}
		if until = max(until, v.End); i == 0 {
			until = v.End
		}
	}
	return int64(sum) / time.Minute.Milliseconds()
}

func (s *serviceState) words(k *service, total int64) (out []truce.Reason) {
	name := k.Of
	if s.at != "" {
		name = s.at
	}
	if len(s.voices) == 0 {
		return []truce.Reason{truce.Because("%s: nobody states whether it worked, and silence is never compliance", name)}
	}
	share := func(n int64) string { return truce.PPM(n * int64(truce.One) / total).Percent() }
	for i, v := range s.voices {
		if i == mostTold {
			return append(out, truce.Because("and %d more state something of it", len(s.voices)-i))
		}
		out = append(out, truce.Because("%s: %s states that it worked %s of the time and failed %s of it", name, v.name, share(v.works), share(v.fails)))
	}
	return out
}
