package assess

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// register is a list of weapons, sites or stores that a party declared, each of which is to be where it
// was declared: the article's objects. A statement says of one of them that it was found, that it
// was missing, or that its seal was broken. Of what nobody looked at nothing is known.
type register struct {
	plain
	Visit truce.Span // each is to be found at least so often; zero: once
}

type registerForm struct {
	Pos   strict.Text
	Visit strict.Text `yaml:"visit" doc:"each is to be found again within this time, such as P7D; once is enough if left out"`
}

var registerKind = kindOf("declared weapons and sites, each to be found where it was declared", map[string]string{
	"no-items":      "a register without a list",
	"nobody-visits": "a register that none of the listed sources looks at",
}, readRegister, (*register).lint)

const (
	itemFound   truce.Act = "item-found"
	itemMissing truce.Act = "item-missing"
	sealBroken  truce.Act = "seal-broken"
)

func readRegister(f *registerForm, c *Clause) *register {
	out := &register{}
	if f.Visit.Set() {
		out.Visit = c.Span(f.Visit)
	}
	return out
}

func (k *register) lint(f *registerForm, c *Clause) {
	p := c.Provision
	if len(p.Objects) == 0 {
		c.Warn(f.Pos, "no-items", "name a file with objects: {A: registers/a.csv}, one row for each weapon or site", "article %q is a register, and names no list of what was declared", p.Article)
	}
	if len(c.Agreement.Sources) > 0 && !watched(c.Agreement, k.acts()) {
		c.Warn(f.Pos, "nobody-visits", "list a source that reports on it, or write not-monitored", "article %q: no source that is listed and independent of the parties says that it looks for %s", p.Article, k.acts())
	}
}

func (*register) Kind() string      { return "register" }
func (*register) fulfils() bool     { return true }
func (*register) ownLists() bool    { return true }
func (*register) condition() bool   { return true }
func (*register) counted() bool     { return false }
func (*register) acts() []truce.Act { return []truce.Act{itemFound, itemMissing, sealBroken} }
func (k *register) deeds() *deeds   { return &deeds{Acts: k.acts()} }

func (k *register) sentence(*truce.Agreement) []truce.Reason {
	out := []truce.Reason{truce.Because("Each weapon or site of the list is found where it was declared")}
	if k.Visit != (truce.Span{}) {
		out = append(out, truce.Because("at least every %s", SpanWords(k.Visit)))
	}
	return out
}

func (k *register) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(actTruth(o.Act, k.acts(), t), truce.FactAct)
	return v
}

// facts says of one visit that it violates nothing by itself.
func (k *register) facts(_ *Rule, o *truce.Observation, t *trace) answer {
	if v := k.about(o, t); !v.noViolation {
		t.say("it is a statement on one item of the register, which the article weighs with the others")
	}
	return answer{outcome: truce.NoViolation}
}

// An item is what is stated of one entry of a register, and what it amounts to.
type item struct {
	id       string
	outcome  truce.Outcome
	standing truce.Standing
	missing  []*stated
	seen     truce.Instant // the last time that an independent voice found it; Always: never
}

// falls is by when the first of those that were found is to be found again.
func (k *register) falls(r *Rule, asOf truce.Instant) []truce.Due {
	if k.Visit == (truce.Span{}) {
		return nil
	}
	var first *truce.Due
	for i := range r.objects {
		x := k.item(r, r.objects[i].ID, truce.Interval{Start: r.scope[0].Start, End: asOf})
		if x.seen == truce.Always {
			continue
		}
		if at := k.Visit.After(x.seen, r.c.Agreement.Location); first == nil || at < first.At {
			first = &truce.Due{At: at, Kind: truce.DueVisit, What: truce.Because("%s is to be found again", x.id)}
		}
	}
	if first == nil {
		return nil
	}
	return []truce.Due{*first}
}

func (k *register) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	w := truce.Interval{Start: v.Start, End: min(v.End, q.asOf)}
	var all []item
	by := map[truce.Outcome]int{}
	worst := 0
	for i := range r.objects {
		all = append(all, k.item(r, r.objects[i].ID, w))
		if by[all[i].outcome]++; rank(all[i].outcome) < rank(all[worst].outcome) {
			worst = i
		}
	}
	if len(all) == 0 {
		out := truce.Assessment{Outcome: truce.UndeterminedNoCoverage, Missing: []truce.Fact{truce.FactCoverage}}
		out.Tasks = tasks(out.Missing)
		if q.Reasons {
			out.Reasons = append(out.Reasons, truce.Because("nothing was declared, so nothing can be looked for"))
		}
		return out, true
	}
	x := &all[worst]
	out := truce.Assessment{Outcome: x.outcome, Standing: x.standing}
	if out.Outcome == truce.UndeterminedNoCoverage {
		out.Missing, out.Tasks = []truce.Fact{truce.FactCoverage}, tasks([]truce.Fact{truce.FactCoverage})
	}
	if q.Reasons {
		out.Reasons = append(out.Reasons, truce.Because("of %d declared: %d found, %d missing or with a broken seal, as is stated, %d on which statements disagree, %d at which nobody looked in time", len(all), by[truce.Fulfilled],
			by[truce.ApparentViolation]+by[truce.Uncorroborated]+by[truce.AllegedOnly], by[truce.UndeterminedConflict], by[truce.UndeterminedNoCoverage]))
		told := 0
		for i := range all {
			for _, v := range all[i].missing {
				if told++; told <= mostTold {
					out.Reasons = append(out.Reasons, truce.Because("%s states of %s that it was missing or that its seal was broken", v.name, all[i].id))
				}
			}
		}
	}
	return out, true
}

// item weighs what is stated of one entry in a time.
func (k *register) item(r *Rule, id string, w truce.Interval) item {
	out := item{id: id, outcome: truce.UndeterminedNoCoverage}
	of := func(acts ...truce.Act) []*stated {
		return r.voiced(func(x *account) bool {
			name := x.o.Object
			if name == "" && x.o.Place.Kind == truce.PlaceObject {
				name = x.o.Place.Name
			}
			return name == id && slices.Contains(acts, x.o.Act) && x.low > 0 && w.Contains(x.o.Occurred)
		})
	}
	last := func(v *stated) (at truce.Instant) {
		at = truce.Always
		for _, x := range v.of {
			at = max(at, x.o.Occurred.Start)
		}
		return at
	}
	seen := truce.Always // the last time that an independent voice found it
	var there []*account // when independent voices found it
	for _, v := range of(itemFound) {
		if v.party == "" {
			seen, there = max(seen, last(v)), append(there, v.of...)
		}
	}
	out.seen, out.missing = seen, of(itemMissing, sealBroken)
	// Two independent voices that speak of one time contradict each other; a broken seal and an item
	// that is there do not, and a party's claim takes nothing from what others found.
	disagree := slices.ContainsFunc(out.missing, func(v *stated) bool {
		return v.party == "" && slices.ContainsFunc(v.of, func(x *account) bool {
			return x.o.Act == itemMissing && slices.ContainsFunc(there, func(y *account) bool { return y.o.Occurred.Overlaps(x.o.Occurred) })
		})
	})
	outcome, standing := r.weighed(out.missing, func(v *stated) int64 { return 1 })
	switch {
	case disagree:
		out.outcome = truce.UndeterminedConflict
	case outcome != "":
		out.outcome, out.standing = outcome, standing
	case seen == truce.Always:
	case k.Visit == (truce.Span{}) || k.Visit.After(seen, r.c.Agreement.Location) >= w.End:
		out.outcome = truce.Fulfilled
	}
	return out
}
