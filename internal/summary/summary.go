// Package summary answers: what does an incident look like to a reader? Lists, maps,
// boards, reports, exports, alerts and commands all ask it, so that one incident has
// one place, one outcome, one count and one harm wherever it is printed. It decides
// nothing: findings come from whoever computed them.
//
// Observations come before allegations, and allegations before signs such as fire
// pixels. Equals are ordered by time, then by place, and last of all by ID: an ID is a
// hash and says nothing about what happened.
package summary

import (
	"cmp"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/gazetteer"
)

// Findings call say with what each article says of an incident, in the order of the
// agreement: its outcome, whether the article would be about it if it bound where it
// says nothing of it, and its finding, or nil.
type Findings func(inc *truce.Incident, say func(art int, o truce.Outcome, relevant bool, f *assess.Found))

// Of is an incident as lists and maps show it to the mission, without its entry in the
// record, which only a reader of the record knows.
func Of(a *truce.Agreement, inc *truce.Incident, known func(truce.Digest) truce.Instant, findings Findings) truce.Row {
	of := ordered(inc)
	lead := of[0]
	r := truce.Row{ID: inc.ID, Occurred: inc.Occurred, Place: current(a, place(of)), Act: lead.Act, Weapon: lead.Weapon, Calibre: lead.Calibre, Signs: Signs(inc),
		Alleged: inc.Alleged(), OnlySign: assess.OnlySigns(inc), None: true, Known: truce.Always}
	r.Region = Region(a, &r.Place)
	var what []string
	for _, o := range of {
		what = add(what, spaced(Alleging(o)))
		r.Sources = add(r.Sources, o.Source)
		r.Known = max(r.Known, known(o.ID))
		if class(o) != class(lead) {
			continue // a claim stands beside what was observed, and says nothing for it
		}
		r.None = r.None && o.None()
		if o.Grade.Better(r.Grade) {
			r.Grade = o.Grade
		}
		for _, p := range o.MayHaveActed() {
			r.Actors = add(r.Actors, p)
		}
	}
	slices.Sort(r.Actors)
	r.What = strings.Join(what, "; ")
	if r.Alleged {
		r.Claimants = Claimants(inc)
		r.Claimant = r.Claimants[0]
	}
	// What is outside an article's time is last: it is what the act would be a matter of.
	var outside []truce.ShortFinding
	var harm []*assess.Found
	findings(inc, func(art int, o truce.Outcome, relevant bool, f *assess.Found) {
		x := truce.ShortFinding{Article: a.Provisions[art].Article, Outcome: o}
		switch {
		case f != nil:
			x.Standing, x.Ground, x.Missing, x.Harm = f.Standing, f.Ground, f.Missing, f.Harm()
			r.Findings, harm = append(r.Findings, x), append(harm, f)
		case relevant:
			outside = append(outside, x)
		}
	})
	r.Findings = append(r.Findings, outside...)
	refuted := slices.ContainsFunc(r.Findings, func(f truce.ShortFinding) bool { return f.Standing == truce.Refuted })
	if r.Casualties = harmOf(harm); r.Casualties != nil && !r.Alleged {
		r.Casualties = withParts(r.Casualties, of, lead)
	}
	if r.Casualties == nil && !r.Alleged && !refuted { // no article counts them, and they are stated all the same
		for _, o := range of {
			if class(o) == class(lead) {
				r.Casualties = Joined(r.Casualties, o.Casualties)
			}
		}
	}
	if r.Alleged {
		for _, c := range Claims(inc) {
			r.Casualties = Joined(r.Casualties, c.Casualties)
		}
	}
	return r
}

// withParts adds the parts of the killed that observations of the lead's kind state: no article
// counts them, and they are stated all the same.
func withParts(c *truce.Casualties, of []*truce.Observation, lead *truce.Observation) *truce.Casualties {
	out := *c
	for _, o := range of {
		if o.Casualties == nil || class(o) != class(lead) {
			continue
		}
		for _, name := range truce.CasualtyParts {
			if part := *o.Casualties.Field(name); part != nil {
				joined := truce.Casualties{}
				*joined.Field(name) = part
				out = *Joined(&out, &joined)
			}
		}
	}
	return &out
}

// harmOf is what the finding that most asks for attention says of casualties, of those
// that say something of them.
func harmOf(list []*assess.Found) (out *truce.Casualties) {
	best := len(truce.Outcomes)
	for _, f := range list {
		if k := slices.Index(truce.Outcomes, f.Outcome); f.Casualties != nil && k < best {
			best, out = k, f.Casualties
		}
	}
	return out
}

// A Claim is what one party alleges of an incident's casualties.
type Claim struct {
	By         truce.PartyID
	Casualties *truce.Casualties
}

// Claims are what parties allege of casualties, by party. Several statements of one
// party about one incident are joined and never added.
func Claims(inc *truce.Incident) (out []Claim) {
	for _, o := range inc.Of {
		if !o.Alleged() || o.Casualties == nil {
			continue
		}
		i := slices.IndexFunc(out, func(c Claim) bool { return c.By == o.Claimant })
		if i < 0 {
			i, out = len(out), append(out, Claim{By: o.Claimant})
		}
		out[i].Casualties = Joined(out[i].Casualties, o.Casualties)
	}
	slices.SortFunc(out, func(a, b Claim) int { return cmp.Compare(a.By, b.By) })
	return out
}

// Joined are the casualties of one incident of which a and b speak: the lowest low, the
// highest high, and a best figure where both give the same one. Either may be nil.
func Joined(a, b *truce.Casualties) *truce.Casualties {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	out := *a
	for _, name := range truce.CasualtyStated {
		have, more := out.Field(name), *b.Field(name)
		switch {
		case more == nil:
		case *have == nil:
			*have = more
		default:
			r := truce.Between(min((*have).Low, more.Low), max((*have).High, more.High))
			if (*have).Best == more.Best {
				r.Best = more.Best
			}
			*have = &r
		}
	}
	return &out
}

// Lead is the observation that says what an incident is: one that is neither an
// allegation nor a sign, if there is one.
func Lead(inc *truce.Incident) *truce.Observation {
	if len(inc.Of) == 1 {
		return inc.Of[0]
	}
	return slices.MinFunc(inc.Of, before)
}

// Place is where an incident was: as the observation says that knows it best, of those
// of the lead's kind. What a party alleges never moves what others observed. Where its
// publisher calls a settlement by a former name, it has its current one.
func Place(a *truce.Agreement, inc *truce.Incident) truce.Place {
	if len(inc.Of) == 1 {
		return current(a, inc.Of[0].Whereabouts())
	}
	return current(a, place(ordered(inc)))
}

func current(a *truce.Agreement, p truce.Place) truce.Place {
	if p.Kind == truce.PlacePoint {
		p.Settlement = gazetteer.For(a).Current(p.Settlement, p.Point)
	}
	return p
}

// Told is an incident as one observation, for sentences that tell it: the lead, at the
// incident's place and time.
func Told(a *truce.Agreement, inc *truce.Incident) *truce.Observation {
	o := *Lead(inc)
	o.Place, o.Occurred = Place(a, inc), inc.Occurred
	return &o
}

// Signs counts what was observed of an incident, pixels and alerts aside.
func Signs(inc *truce.Incident) truce.Signs {
	return SignsIn(inc, func(truce.Interval) bool { return true })
}

// SignsIn is Signs of those observations whose time is as asked.
func SignsIn(inc *truce.Incident, asked func(truce.Interval) bool) (out truce.Signs) {
	for _, o := range inc.Of {
		if class(o) == observed && asked(o.Occurred) {
			out.Add(o.Count)
		}
	}
	return out
}

// Claimants are the parties that allege an incident.
func Claimants(inc *truce.Incident) (out []truce.PartyID) {
	for _, o := range inc.Of {
		if o.Alleged() {
			out = add(out, o.Claimant)
		}
	}
	slices.Sort(out)
	return out
}

// What says what an observation is of.
func What(o *truce.Observation) string {
	w := string(o.Act)
	if o.Seen != "" {
		w += " of a " + string(o.Seen)
	}
	if o.Weapon != "" {
		w += ", " + string(o.Weapon)
	}
	if o.None() {
		if by := o.MayHaveActed(); len(by) > 0 { // who did not act does not say that nobody did
			names := make([]string, len(by))
			for i, p := range by {
				names[i] = string(p)
			}
			w += " by " + strings.Join(names, " or ")
		}
		return "statement of none: " + w
	}
	return w
}

// Alleging is What, with how many where one allegation states several.
func Alleging(o *truce.Observation) string {
	if o.Alleged() && !o.None() && o.Count != (truce.Count{N: 1}) && o.Count != (truce.Count{}) {
		return What(o) + " (" + o.Count.String() + ")"
	}
	return What(o)
}

// The classes of what is said of an incident, those first that say what it is.
const (
	observed = iota
	alleged
	sign
)

func class(o *truce.Observation) int {
	switch {
	case truce.Words.Sign(o.Act) || o.None(): // a statement of none establishes no act
		return sign
	case o.Alleged():
		return alleged
	}
	return observed
}

func ordered(inc *truce.Incident) []*truce.Observation {
	if len(inc.Of) == 1 {
		return inc.Of
	}
	return slices.SortedFunc(slices.Values(inc.Of), before)
}

func before(a, b *truce.Observation) int {
	if d := cmp.Or(cmp.Compare(class(a), class(b)), cmp.Compare(a.Occurred.Start, b.Occurred.Start), cmp.Compare(a.Occurred.End, b.Occurred.End)); d != 0 {
		return d
	}
	p, q := a.Whereabouts(), b.Whereabouts()
	return cmp.Or(comparePlaces(&p, &q), a.ID.Compare(b.ID))
}

func comparePlaces(p, q *truce.Place) int {
	return cmp.Or(cmp.Compare(vagueness(p), vagueness(q)), cmp.Compare(p.Point.Lat, q.Point.Lat), cmp.Compare(p.Point.Lon, q.Point.Lon), cmp.Compare(p.Name, q.Name))
}

// place is the best known of those of the first one's class.
func place(of []*truce.Observation) truce.Place {
	out := of[0].Whereabouts()
	for _, o := range of[1:] {
		if class(o) != class(of[0]) {
			break
		}
		if p := o.Whereabouts(); vagueness(&p) < vagueness(&out) {
			out = p
		}
	}
	return out
}

// vagueness is how little is known of a place: a position is before an area, and the
// smaller uncertainty before the larger.
func vagueness(p *truce.Place) int64 {
	switch {
	case p.Kind == truce.PlaceObject:
		return 0
	case p.Kind == truce.PlacePoint && p.Uncertainty != truce.NotStated:
		return int64(p.Uncertainty)
	case p.Kind == truce.PlaceWedge:
		return int64(p.Wedge.MaxM)
	case p.Kind == truce.PlacePoint:
		return 1 << 40
	case p.Kind == truce.PlaceShape:
		return 1 << 41
	case p.Kind == truce.PlaceRegion:
		return 1 << 42
	}
	return 1 << 43
}

func add[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}

func spaced(s string) string { return strings.ReplaceAll(s, "-", " ") }
