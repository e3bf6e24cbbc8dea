package assess

import (
	"math"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// positions is how many persons of those whom it binds may be in zones from a deadline on: forces,
// police or foreign forces that leave a line, a road or a crossing. Statements give numbers of persons
// and never names. A number of a part of the ground is less than that of all of it, so that it can
// show too many, and only a number of all of it can show that there are few enough.
type positions struct {
	plain
	In     []string
	AtMost int64
	By     truce.Deadline
}

type positionsForm struct {
	Pos    strict.Text
	In     []strict.Text   `yaml:"in" need:"which zones" doc:"zones"`
	AtMost strict.Text     `yaml:"at-most" doc:"so many persons or fewer; none if left out"`
	By     strict.Deadline `yaml:"by" doc:"a time, a date or {after: phase, period: P21D}; from the beginning of the phase if left out"`
}

var positionsKind = kindOf("numbers of persons that leave zones", map[string]string{
	"nobody-counts": "numbers of persons that none of the listed sources counts",
}, readPositions, (*positions).lint)

const personsPresent truce.Act = "persons-present"

func readPositions(f *positionsForm, c *Clause) *positions {
	out := &positions{In: c.Zones(f.In), By: c.Deadline(f.By, c.Agreement.Location)}
	if f.AtMost.Set() && f.AtMost.V != "0" {
		out.AtMost = int64(c.Number(f.AtMost, "at-most", math.MaxInt32))
	}
	return out
}

func (k *positions) lint(f *positionsForm, c *Clause) {
	if len(c.Agreement.Sources) > 0 && !watched(c.Agreement, k.acts()) {
		c.Warn(f.Pos, "nobody-counts", "list a source that counts them, or write not-monitored", "article %q: no source that is listed and independent of the parties says that it looks for %s", c.Provision.Article, k.acts())
	}
}

func (*positions) Kind() string      { return "positions" }
func (*positions) fulfils() bool     { return true }
func (k *positions) Zones() []string { return k.In }
func (*positions) condition() bool   { return true }
func (*positions) counted() bool     { return false }
func (*positions) acts() []truce.Act { return []truce.Act{personsPresent} }
func (k *positions) deeds() *deeds   { return &deeds{Acts: k.acts()} }

func (k *positions) sentence(a *truce.Agreement) []truce.Reason {
	out := []truce.Reason{truce.Because("At most %d persons in %s", k.AtMost, zoneWords(k.In))}
	switch {
	case k.By.At != 0:
		out = append(out, truce.Because("to hold from %s on", k.By.At.In(a.Location)))
	case k.By.After != truce.Span{}:
		out = append(out, truce.Because("from %s after the beginning of its phase on", SpanWords(k.By.After)))
	}
	return out
}

func (k *positions) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(actTruth(o.Act, k.acts(), t), truce.FactAct)
	return v
}

// facts says of one number that it violates nothing by itself.
func (k *positions) facts(_ *Rule, o *truce.Observation, t *trace) answer {
	if v := k.about(o, t); !v.noViolation {
		t.say("it is a number of persons, which the article weighs with the others")
	}
	return answer{outcome: truce.NoViolation}
}

// from is since when it is to hold; false: that depends on a beginning that is not stated.
func (k *positions) from(r *Rule) (truce.Instant, bool) {
	if k.By.At != 0 {
		return k.By.At, true
	}
	at := r.scope[0].Start
	if !at.Stated() {
		return 0, false
	}
	return k.By.After.After(at, r.c.Agreement.Location), true
}

func (k *positions) falls(r *Rule, _ truce.Instant) []truce.Due {
	at, known := k.from(r)
	if !known {
		return nil
	}
	return []truce.Due{{At: at, Kind: truce.DueDeadline, What: truce.Because("At most %d persons in %s", k.AtMost, zoneWords(k.In))}}
}

func (k *positions) period(r *Rule, v truce.Interval, q Query) (out truce.Assessment, _ bool) {
	say := func(format string, args ...any) {
		if q.Reasons {
			out.Reasons = append(out.Reasons, truce.Because(format, args...))
		}
	}
	loc := r.c.Agreement.Location
	from, known := k.from(r)
	if !known {
		out.Outcome, out.Missing = truce.UndeterminedTime, []truce.Fact{truce.FactTime}
		out.Tasks = tasks(out.Missing)
		say("since when it is owed is not stated, and so not from when it is to hold")
		return out, true
	}
	if q.asOf <= from {
		out.Outcome = truce.NotYetDue
		say("it is to hold from %s on", from.In(loc))
		return out, true
	}
	w := truce.Interval{Start: max(v.Start, from), End: min(v.End, q.asOf)}
	parties := r.p.Binds
	if q.Party != "" {
		parties = []truce.PartyID{q.Party}
	}
	out.Outcome = truce.OutOfScope
	first := true
	for _, p := range parties {
		x := k.of(r, p, w)
		if first || rank(x.outcome) < rank(out.Outcome) {
			out.Outcome, out.Standing, out.Missing = x.outcome, x.standing, x.missing.list()
		}
		first = false
		if !q.Reasons {
			continue
		}
		if len(x.told) == 0 {
			say("%s: nobody states how many there were, and silence is never compliance", string(p))
		}
		for i, v := range x.told {
			if i == mostTold {
				say("and %d more state something of it", len(x.told)-i)
				break
			}
			switch {
			case v.high == many:
				say("%s: %s states %d or more", string(p), v.name, v.low)
			case v.high == v.low:
				say("%s: %s states %d", string(p), v.name, v.low)
			default:
				say("%s: %s states %d to %d", string(p), v.name, v.low, v.high)
			}
		}
	}
	out.Tasks = tasks(out.Missing)
	return out, len(parties) > 0
}

// A strength is what is stated of one party's persons, and what it amounts to.
type strength struct {
	outcome  truce.Outcome
	standing truce.Standing
	missing  factSet
	told     []*stated
}

// of weighs the numbers of one party's persons that are stated of a time.
func (k *positions) of(r *Rule, p truce.PartyID, w truce.Interval) (out strength) {
	var over, under []*stated
	out.told = r.voiced(func(x *account) bool {
		return x.o.Occurred.Overlaps(w) && x.fits != no && r.by(p, x.o, nil) != no
	})
	for _, v := range out.told {
		v.high = -1
		for _, x := range v.of {
			sure := x.fits == yes && r.by(p, x.o, nil) == yes && w.Contains(x.o.Occurred)
			if !sure {
				if x.low > k.AtMost {
					out.missing |= x.missing
					if r.by(p, x.o, nil) != yes {
						out.missing |= fact(truce.FactActor)
					}
					if !w.Contains(x.o.Occurred) {
						out.missing |= fact(truce.FactTime)
					}
				}
				v.may = max(v.may, x.low)
				continue
			}
			high := int64(many) // there may be more elsewhere in the zones
			if n := int64(x.o.Count.N); x.o.Count.Kind == truce.Exactly && r.everywhereOf(&x.o.Place) {
				high = n
			}
			v.low, v.high = max(v.low, x.low), max(v.high, high)
		}
		if v.high < 0 { // nothing of it is sure
			v.high = many
		}
		switch {
		case v.low > k.AtMost:
			over = append(over, v)
		case v.high <= k.AtMost && v.party == "":
			under = append(under, v)
		}
	}
	outcome, standing := r.weighed(over, func(v *stated) int64 { return v.low })
	switch {
	case outcome == truce.ApparentViolation:
		out.outcome, out.standing = outcome, standing
	case outcome != "" && len(under) > 0:
		out.outcome = truce.UndeterminedConflict
		if outcome == truce.AllegedOnly {
			out.outcome = truce.Disputed
		}
	case outcome != "":
		out.outcome, out.standing = outcome, standing
	case out.missing != 0:
		out.outcome = out.missing.cause()
	case len(under) > 0:
		out.outcome = truce.Fulfilled
	default:
		out.outcome, out.missing = truce.UndeterminedNoCoverage, fact(truce.FactCoverage)
	}
	if out.outcome != truce.UndeterminedNoCoverage && !out.outcome.Undetermined() {
		out.missing = 0
	}
	return out
}
