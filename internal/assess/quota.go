package assess

import (
	"math"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// quota is a number of something in each day, week or month: at least so many, or at most.
// It is counted by the sources that the article names. Counts that disagree are a range and
// never a sum, and a period that nobody counted is unknown and never zero.
type quota struct {
	plain
	Acts    []truce.Act
	In      []string
	Counted []truce.SourceID
	AtLeast int64 // -1: no such limit
	AtMost  int64 // -1: no such limit
	Per     unit
	Average unit      // the number is an average over each of these; zero: each Per counts for itself
	Enough  truce.PPM // the share of the periods that must have been counted
}

type quotaForm struct {
	Pos      strict.Text
	Acts     []strict.Text `yaml:"acts" need:"what is counted" doc:"acts that count, with their descendants"`
	AtLeast  strict.Text   `yaml:"at-least" doc:"so many or more"`
	AtMost   strict.Text   `yaml:"at-most" doc:"so many or fewer; 0: none"`
	Per      strict.Text   `yaml:"per" need:"day, week or month" doc:"in each day, week or month" enum:"day week month"`
	Average  strict.Text   `yaml:"average" doc:"the number is an average over each week or month, or over all; each day, week or month counts for itself if left out" enum:"week month"`
	In       []strict.Text `yaml:"in" doc:"zones; anywhere if left out"`
	Counted  []strict.Text `yaml:"counted-by" need:"the sources whose count is agreed" doc:"sources that count"`
	Coverage strict.Text   `yaml:"coverage" doc:"share of the periods that must have been counted; all of them if left out"`
}

var quotaKind = kindOf("so many in each day, week or month", map[string]string{
	"no-limit":      "a quota without a number, or with two that exclude each other",
	"one-counter":   "a quota that the listed counters cannot confirm",
	"no-week":       "a quota of weeks or months without a first day",
	"short-average": "an average over a period that is not longer than the one that it is of",
}, readQuota, (*quota).lint)

func readQuota(f *quotaForm, c *Clause) *quota {
	out := &quota{Acts: c.Acts(f.Acts), In: c.Zones(f.In), AtLeast: -1, AtMost: -1, Enough: truce.One}
	number := func(s strict.Text, name string, least int, to *int64) {
		if s.Set() {
			if *to = 0; s.V != "0" || least > 0 {
				*to = int64(c.Number(s, name, math.MaxInt32))
			}
		}
	}
	number(f.AtLeast, "at-least", 1, &out.AtLeast)
	number(f.AtMost, "at-most", 0, &out.AtMost)
	if !f.AtLeast.Set() && !f.AtMost.Set() && f.Pos.Set() {
		c.Errorf(f.Pos.Line, f.Pos.Col, "no-limit", "write at-least: or at-most: with a number", "article %q is a quota, and states no number", c.Provision.Article)
	}
	if out.AtLeast >= 0 && out.AtMost >= 0 && out.AtLeast > out.AtMost {
		c.At(f.AtMost, "no-limit", "article %q asks for at least %d and at most %d", c.Provision.Article, out.AtLeast, out.AtMost)
	}
	if c.Word(f.Per, "day", "week", "month") {
		out.Per = unit(f.Per.V)
	}
	if c.Word(f.Average, "week", "month") {
		if out.Average = unit(f.Average.V); out.Average.length() <= out.Per.length() {
			c.At(f.Average, "short-average", "article %q: an average over each %s of a number per %s", c.Provision.Article, out.Average, out.Per)
		}
	}
	for _, s := range f.Counted {
		if _, ok := c.Agreement.Sources[truce.SourceID(s.V)]; !ok {
			c.At(s, "undefined-source", "source %q is not defined", s.V)
		}
		out.Counted = append(out.Counted, truce.SourceID(s.V))
	}
	if f.Coverage.Set() {
		out.Enough = c.Share(f.Coverage)
	}
	return out
}

func (k *quota) lint(f *quotaForm, c *Clause) {
	p, publishers := c.Provision, map[string]bool{}
	for _, id := range k.Counted {
		if s := c.Agreement.SourceOf(id); s.Party == "" {
			publishers[truce.PublisherKey(s.Name())] = true
		}
	}
	if len(publishers) == 0 || len(publishers) < 2 && p.Floor.Evidence == truce.Corroborated {
		c.Warn(f.Pos, "one-counter", "name a second counter that does not belong to a party, or lower floor.evidence", "article %q: %d of those who count are independent of the parties, and a missed number needs more by its floor", p.Article, len(publishers))
	}
	if p.Phase == "" && (k.Per != perDay || k.Average != "") {
		c.Warn(f.Pos, "no-week", "name a phase: weeks and months then run from its first day", "article %q has no phase, so its weeks begin on Mondays and its months on the first", p.Article)
	}
	for i := range p.Readings {
		if u := unit(p.Readings[i].Average); u.length() > 0 && u.length() <= k.Per.length() {
			c.Warn(f.Pos, "short-average", "name a longer period", "article %q: %s reads an average over each %s of a number per %s", p.Article, p.Readings[i].ID, u, k.Per)
		}
	}
}

// Averages says that a reading of it may state average.
func (*quota) Averages() {}

func (*quota) Kind() string        { return "quota" }
func (*quota) fulfils() bool       { return true }
func (k *quota) Zones() []string   { return k.In }
func (*quota) condition() bool     { return true }
func (*quota) counted() bool       { return false }
func (k *quota) acts() []truce.Act { return k.Acts }
func (k *quota) deeds() *deeds     { return &deeds{Acts: k.Acts, Counted: k.Counted} }

func (k *quota) sentence(*truce.Agreement) (out []truce.Reason) {
	per := truce.Word("unit", k.Per)
	if k.AtLeast >= 0 {
		out = append(out, truce.Because("At least %d in each %s: %s in %s", k.AtLeast, per, anyOf("act", k.Acts), zoneWords(k.In)))
	}
	if k.AtMost >= 0 {
		out = append(out, truce.Because("At most %d in each %s: %s in %s", k.AtMost, per, anyOf("act", k.Acts), zoneWords(k.In)))
	}
	if k.Average != "" {
		out = append(out, truce.Because("on average over each %s", truce.Word("unit", k.Average)))
	}
	return append(out, truce.Because("as counted by %s", truce.Joined("%s, %s", k.Counted)))
}

func (k *quota) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(actTruth(o.Act, k.Acts, t), truce.FactAct)
	return v
}

// facts says of one passage that it violates nothing: only the number of a period does.
func (k *quota) facts(_ *Rule, o *truce.Observation, t *trace) answer {
	if v := k.about(o, t); !v.noViolation {
		t.say("it counts towards the number of its period, and violates nothing by itself")
	}
	return answer{outcome: truce.NoViolation}
}

// A sumOf is one period with what was counted in it.
type sumOf struct {
	during    truce.Interval
	days      int64 // or weeks or months, of which the number is an average
	low, high int64 // of all counters; high many: not known
	outcome   truce.Outcome
	standing  truce.Standing
	voices    []*stated
}

func (k *quota) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	out := truce.Assessment{Outcome: truce.NotYetDue}
	average := k.Average
	if r.as != nil && r.as.Average != "" {
		if average = unit(r.as.Average); average.length() <= k.Per.length() { // none, or no longer than the period itself
			average = ""
		}
	}
	v.End = min(v.End, q.asOf)
	var worst *sumOf
	by := map[truce.Outcome]int{}
	n, known := 0, 0
	for _, w := range k.periods(r, v, average) {
		x := k.count(r, w, average)
		n++
		if by[x.outcome]++; x.outcome != truce.UndeterminedNoCoverage {
			known++
		}
		if worst == nil || gravest(&x, worst) {
			worst = &x
		}
	}
	if n == 0 {
		if q.Reasons {
			u := k.Per
			if average != "" {
				u = average
			}
			out.Reasons = append(out.Reasons, truce.Because("no whole %s has ended", truce.Word("unit", u)))
		}
		return out, true
	}
	out.Outcome, out.Standing = worst.outcome, worst.standing
	if out.Outcome == truce.UndeterminedNoCoverage {
		if share := truce.PPM(int64(known) * int64(truce.One) / int64(n)); known > 0 && share >= k.Enough {
			out.Outcome, out.Standing = truce.Fulfilled, ""
		} else {
			out.Missing, out.Tasks = []truce.Fact{truce.FactCoverage}, tasks([]truce.Fact{truce.FactCoverage})
		}
	}
	if q.Reasons {
		out.Reasons = k.words(r, worst, by, n, average)
	}
	return out, true
}

// falls is the end of the period that is counted now.
func (k *quota) falls(r *Rule, asOf truce.Instant) []truce.Due {
	const around = 70 * 24 * time.Hour // longer than two months
	for _, w := range k.periods(r, truce.Interval{Start: asOf.Add(-around), End: asOf.Add(around)}, k.Average) {
		if w.End > asOf {
			u := k.Per
			if k.Average != "" {
				u = k.Average
			}
			return []truce.Due{{At: w.End, Kind: truce.DuePeriod, What: truce.Because("%s: the %s ends whose number counts", anyOf("act", k.Acts), truce.Word("unit", u))}}
		}
	}
	return nil
}

// gravest reports whether one period decides rather than another: one that was missed before
// one that cannot be told, and the better established before the other; the first of equals.
func gravest(a, b *sumOf) bool {
	order := []truce.Outcome{truce.ApparentViolation, truce.Uncorroborated, truce.UndeterminedConflict, truce.AllegedOnly, truce.UndeterminedNoCoverage, truce.Fulfilled}
	return slices.Index(order, a.outcome) < slices.Index(order, b.outcome)
}

// periods are those that lie whole in v and in which the article bound throughout.
func (k *quota) periods(r *Rule, v truce.Interval, average unit) []truce.Interval {
	u := k.Per
	if average != "" {
		u = average
	}
	return recurring(r.scope, v, r.c.Agreement.Location, u, nil, nil)
}

// count is what the counters state of a period, and what it amounts to.
func (k *quota) count(r *Rule, w truce.Interval, average unit) sumOf {
	out := sumOf{during: w, days: 1, low: many, outcome: truce.UndeterminedNoCoverage}
	if average != "" {
		loc := r.c.Agreement.Location
		first := truce.DateOf(w.Start, loc)
		for out.days = 0; nth(first, k.Per, int(out.days)).Start(loc) < w.End; {
			out.days++
		}
	}
	out.voices = r.stated(w, func(o *truce.Observation) truth { return yes })
	over, under := k.AtMost*out.days, k.AtLeast*out.days
	var missed, met []*stated
	independent := true
	for _, independent = range []bool{true, false} { // a party's count is asked where no other decides
		out.low, out.high = many, 0
		for _, v := range out.voices {
			if independent && v.party != "" {
				continue
			}
			out.low, out.high = min(out.low, v.low), max(out.high, v.high)
			switch {
			case k.AtMost >= 0 && v.low > over, k.AtLeast >= 0 && v.high < under:
				missed = append(missed, v)
			case (k.AtLeast < 0 || v.low >= under) && (k.AtMost < 0 || v.high <= over):
				met = append(met, v)
			}
		}
		if len(missed)+len(met) > 0 {
			break
		}
	}
	switch {
	case len(missed) > 0 && len(met) > 0:
		out.outcome = truce.UndeterminedConflict
	case len(met) > 0 && independent:
		out.outcome = truce.Fulfilled
	case len(missed) > 0:
		out.outcome, out.standing = truce.Uncorroborated, truce.SingleSource
		if !independent {
			out.outcome, out.standing = truce.AllegedOnly, truce.Alleged
		}
		if _, ok := r.established(missed, func(v *stated) (int64, bool) { return v.low, true }, surely); ok {
			out.outcome, out.standing = truce.ApparentViolation, r.p.Floor.Evidence
		}
	}
	return out
}

func (k *quota) words(r *Rule, worst *sumOf, by map[truce.Outcome]int, n int, average unit) (out []truce.Reason) {
	u := k.Per
	if average != "" {
		u = average
	}
	out = append(out, truce.Because("of %d periods that have ended, each a %s: %d as agreed, %d not, %d with counts that disagree, %d not counted", n, truce.Word("unit", u),
		by[truce.Fulfilled], by[truce.ApparentViolation]+by[truce.Uncorroborated]+by[truce.AllegedOnly], by[truce.UndeterminedConflict], by[truce.UndeterminedNoCoverage]))
	when := worst.during.In(r.c.Agreement.Location)
	switch {
	case worst.outcome == truce.Fulfilled:
		return out
	case len(worst.voices) == 0:
		return append(out, truce.Because("%s: nobody counted, and that is not zero", when))
	case worst.high == many:
		out = append(out, truce.Because("%s: %d or more", when, worst.low))
	case worst.low == worst.high:
		out = append(out, truce.Because("%s: %d", when, worst.low))
	default:
		out = append(out, truce.Because("%s: %d to %d", when, worst.low, worst.high))
	}
	if average != "" {
		out = append(out, truce.Because("the number is an average of %d periods, each a %s", int(worst.days), truce.Word("unit", k.Per)))
	}
	return append(out, told(worst.voices)...)
}
