package assess

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/strict"
)

// withdraw keeps weapons at a distance from each party's line, from a
// deadline on.
type withdraw struct {
	plain
	Weapons   truce.Weapons
	Line      map[truce.PartyID]string // by bound party
	DistanceM int64
	By        truce.Deadline
}

type withdrawForm struct {
	Pos      strict.Text
	Weapons  strict.Weapons  `yaml:"weapons" need:"which weapons" doc:"classes, or {class: [...], calibre: \">=100\"}"`
	Line     strict.ByParty  `yaml:"line" need:"from which line" doc:"one line for all, or a line for each party"`
	Distance strict.Text     `yaml:"distance" need:"such as 25 km" doc:"from the party's line, to each side"`
	By       strict.Deadline `yaml:"by" doc:"a time, a date, or {after: phase, period: P14D}; at once if left out"`
}

var withdrawKind = kindOf("weapons kept at a distance from a line", map[string]string{
	"calibre-needed": "a condition on calibre that the weapon class alone does not decide",
	"two-distances":  "a weapon under two withdrawals of different distance",
	"two-lines":      "a withdrawal from different lines",
}, readWithdraw, (*withdraw).lint)

func readWithdraw(f *withdrawForm, c *Clause) *withdraw {
	return &withdraw{Weapons: c.Weapons(f.Weapons), Line: c.Lines(f.Line), DistanceM: c.Metres(f.Distance), By: c.Deadline(f.By, c.Agreement.Location)}
}

func (k *withdraw) lint(f *withdrawForm, c *Clause) {
	if cut := k.cutClasses(); len(cut) > 0 {
		c.Warn(f.Weapons.Calibre, "calibre-needed", "name weapon types, or have patrols record calibres",
			"article %q: whether it covers %s depends on a calibre that observers often cannot tell", c.Provision.Article, strings.Join(cut, ", "))
	}
	if lines := slices.Sorted(maps.Values(k.Line)); len(slices.Compact(lines)) > 1 {
		c.Warn(c.Article, "two-lines", "agree one line", "article %q measures from different lines for different parties", c.Provision.Article)
	}
	// A weapon such as a 120 mm mortar may fall under two documents.
	for i := range c.Earlier {
		p := &c.Earlier[i]
		o, ok := p.Obligation.(*withdraw)
		if !ok || o.DistanceM == k.DistanceM {
			continue
		}
		if both := coveredByBoth(k.Weapons, o.Weapons); both != "" {
			c.Warn(c.Article, "two-distances", "say which article takes precedence",
				"%s falls under article %q (%s) and article %q (%s)", both, p.Article, truce.Metres(o.DistanceM), c.Provision.Article, truce.Metres(k.DistanceM))
		}
	}
}

// cutClasses names the classes that a condition on calibre cuts through.
func (k *withdraw) cutClasses() (cut []string) {
	if k.Weapons.Calibre.Op == "" {
		return nil
	}
	for _, c := range truce.Words.Classes() {
		lo, hi, ok := truce.Words.CalibreRange(truce.Class(c))
		if ok && k.Weapons.Calibre.Holds(lo) != k.Weapons.Calibre.Holds(hi) && (len(k.Weapons.Classes) == 0 || hasClass(k.Weapons.Classes, truce.Class(c))) {
			cut = append(cut, fmt.Sprintf("%s (%s to %s mm)", c, lo, hi))
		}
	}
	return cut
}

func hasClass(list []truce.Class, c truce.Class) bool {
	for _, d := range list {
		if truce.Words.ClassIs(c, d) {
			return true
		}
	}
	return false
}

func coveredByBoth(p, q truce.Weapons) string {
	for _, name := range truce.Words.Classes() {
		c := truce.Class(name)
		if len(p.Classes) > 0 && !hasClass(p.Classes, c) || len(q.Classes) > 0 && !hasClass(q.Classes, c) {
			continue
		}
		lo, hi, ok := truce.Words.CalibreRange(c)
		if !ok {
			if p.Calibre.Op == "" && q.Calibre.Op == "" {
				return name
			}
			continue
		}
		for mm := lo; mm <= hi; mm++ {
			if p.Calibre.Holds(mm) && q.Calibre.Holds(mm) {
				if p.Calibre.Op == "" && q.Calibre.Op == "" {
					return name
				}
				return fmt.Sprintf("a %s of %s mm", name, mm)
			}
		}
	}
	return ""
}

func (*withdraw) Kind() string { return "withdraw" }

func (k *withdraw) sentence(a *truce.Agreement) []truce.Reason {
	out := []truce.Reason{truce.Because("%s at least %s from the line (%s)", weaponWords(k.Weapons), truce.Metres(k.DistanceM), lineWords(k.Line))}
	switch {
	case k.By.At != 0:
		out = append(out, truce.Because("from %s on", k.By.At.In(a.Location)))
	case k.By.After != (truce.Span{}):
		out = append(out, truce.Because("from %s after its phase begins", SpanWords(k.By.After)))
	}
	return out
}

func (k *withdraw) deadlines(from truce.Instant, loc *time.Location) []truce.Instant {
	switch {
	case k.By.At != 0:
		return []truce.Instant{k.By.At}
	case from.Stated():
		return []truce.Instant{k.By.After.After(from, loc)}
	}
	return nil
}

func (k *withdraw) falls(r *Rule, _ truce.Instant) []truce.Due {
	return []truce.Due{{At: k.due(r), Kind: truce.DueDeadline, What: truce.Because("%s at least %s from the line (%s)", weaponWords(k.Weapons), truce.Metres(k.DistanceM), lineWords(k.Line))}}
}

func (k *withdraw) acts() []truce.Act { return []truce.Act{truce.ActPresence} }

// due is when the duty falls due for a rule that binds from its scope's start.
func (k *withdraw) due(r *Rule) truce.Instant {
	if k.By.At != 0 {
		return k.By.At
	}
	if !r.begun {
		return truce.Never
	}
	return k.By.After.After(r.scope[0].Start, r.c.Agreement.Location)
}

func (k *withdraw) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(presence(o, []truce.Sighted{truce.SeenWeapon}, t), truce.FactAct)
	if !v.noViolation {
		w, missing := weaponTruth(o, k.Weapons, t)
		v.match(w, missing)
	}
	return v
}

func (k *withdraw) facts(r *Rule, o *truce.Observation, t *trace) answer {
	v := k.about(o, t)
	if v.noViolation {
		return v.answer()
	}
	loc := r.c.Agreement.Location
	switch due := k.due(r); {
	case o.Occurred.End <= due:
		t.say("it was seen before the withdrawal fell due on %s", due.In(loc))
		v.notYetDue = true
	case o.Occurred.Start == truce.Always:
		t.say("it was seen %s and may have been seen before the withdrawal fell due (%s)", o.Occurred.In(loc), due.In(loc))
		v.unknown(unknown, truce.FactTime)
	case o.Occurred.Start < due:
		t.say("it was seen some time in %s, in which the withdrawal fell due (%s)", o.Occurred.In(loc), due.In(loc))
		v.unknown(unknown, truce.FactTime)
	}
	near, f := k.near(r, o, t)
	v.match(near, f)
	return v.answer()
}

// near asks whether the place is within the distance of the owner's line; an
// unknown owner, or one of several, leaves it open unless every line gives one answer.
func (k *withdraw) near(r *Rule, o *truce.Observation, t *trace) (truth, truce.Fact) {
	if who := r.c.actor(o); who != "" {
		return k.nearLine(r, o, k.Line[who], t), truce.FactPlace
	}
	owners := r.p.Binds
	if len(o.Actors) > 0 && !slices.Contains(o.Actors, truce.Anybody) {
		owners = nil
		for _, p := range o.Actors {
			if id, _ := r.c.Agreement.Actor(p); slices.Contains(r.p.Binds, id) { // another's is missing already
				owners = append(owners, id)
			}
		}
	}
	first, differ := truth(0), false
	for i, p := range owners {
		tr := k.nearLine(r, o, k.Line[p], t)
		if i == 0 {
			first = tr
		}
		differ = differ || tr != first
	}
	if differ {
		t.say("whose it is, and so which line counts, is not known")
		return unknown, truce.FactActor
	}
	return first, truce.FactPlace
}

func (k *withdraw) nearLine(r *Rule, o *truce.Observation, name string, t *trace) truth {
	line := r.c.Agreement.Lines[name]
	if line == nil {
		return unknown
	}
	at := o.Occurred.Start
	if !at.Stated() { // it may have been there as late as this
		at = o.Occurred.End - 1
	}
	day, ok := line.At(truce.DateOf(at, r.c.Agreement.Location))
	s := r.c.spot(&o.Place)
	if !ok || day.Path == nil || !s.known {
		t.say("its distance from the line %s is not known", name)
		return unknown
	}
	var lo, hi float64
	if s.area != nil {
		lo, hi = day.Path.DistanceRange(s.area)
	} else {
		d := day.Path.Distance(s.point)
		lo, hi = max(0, d-float64(s.radius)), d+float64(s.radius)
	}
	mid, half := int64((lo+hi)*500+0.5), int64((hi-lo)*500+0.5)
	out := within(mid, half, k.DistanceM*1000)
	t.say("it is %s from the line %s of %s; %s is required", span(lo, hi), name, day.Date, truce.Metres(k.DistanceM))
	return out
}

// span prints a distance and its uncertainty: "24.1 km ± 400 m".
func span(lo, hi float64) string {
	mid, half := int64(math.Round((lo+hi)/2)), int64(math.Ceil((hi-lo)/2))
	if half == 0 {
		return truce.Metres(mid)
	}
	return truce.Metres(mid) + " ± " + truce.Metres(half)
}

func (k *withdraw) period(r *Rule, _ truce.Interval, q Query) (truce.Assessment, bool) {
	due := k.due(r)
	if q.asOf <= due {
		a := truce.Assessment{Outcome: truce.NotYetDue}
		if q.Reasons {
			a.Reasons = []truce.Reason{truce.Because("the withdrawal falls due on %s", due.In(r.c.Agreement.Location))}
		}
		return a, true
	}
	return truce.Assessment{}, false
}

// ground is the strip that must be clear, by which coverage is weighed.
func (k *withdraw) ground(r *Rule) *geo.Region {
	key := fmt.Sprint("strip ", k.DistanceM)
	for _, p := range r.p.Binds {
		key += "\x00" + k.Line[p]
	}
	return r.c.shapes.region(key, func() *geo.Region {
		var parts []geo.MultiPolygon
		seen := map[string]bool{}
		for _, p := range r.p.Binds {
			line := r.c.Agreement.Lines[k.Line[p]]
			if line == nil || seen[line.Name] {
				continue
			}
			seen[line.Name] = true
			day, ok := line.On(line.Fixed)
			if !ok && len(line.Days) > 0 {
				day, ok = line.Days[len(line.Days)-1], true
			}
			if !ok || day.Path == nil {
				continue
			}
			if s, err := day.Path.Strip(float64(k.DistanceM)); err == nil {
				parts = append(parts, s.Shape())
			}
		}
		return unite(parts)
	})
}
