package agreement

import (
	"maps"
	"slices"
	"sort"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/assess"
)

// lint warns of what can be read but not monitored, and of what will surprise
// the parties later. A mediator runs it before signature.
func (r *reader) lint(f *file, a *truce.Agreement) {
	independent := map[string]bool{}
	for _, s := range a.Sources {
		if s.Party == "" {
			independent[truce.PublisherKey(s.Name())] = true // as assess tells publishers apart
		}
	}
	for i := range f.Provisions {
		p, out := &f.Provisions[i], &a.Provisions[i]
		if out.NotMonitored == "" && len(a.Sources) > 0 && len(independent) < 2 && out.Floor.Evidence == truce.Corroborated {
			r.d.Warn(p.Article, "cannot-corroborate", "list a second publisher that does not belong to a party, or lower floor.evidence",
				"article %q needs corroboration, but %d of the sources listed is independent of the parties", out.Article, len(independent))
		}
		for _, e := range p.Exceptions {
			if e.Answers != nil {
				r.lintAnswers(&e)
				continue
			}
			if !e.Notified.Set() {
				r.d.Warn(e.ID, "unnotified-exception", "add notified: 24h", "exception %q needs no notification: whether it applies rests on the party's word", e.ID.V)
			}
		}
		// Whoever reads terms of the past cannot settle a reading any more.
		if a.Status != truce.Historic && (len(p.Readings) > 1 || len(p.Objects) > 1) {
			r.d.Warn(p.Article, "readings", "settle one reading before signature", "article %q is read differently by the parties: where their readings differ, nothing is found either way", out.Article)
		}
		for i := range p.Readings {
			if _, ok := out.Obligation.(interface{ Averages() }); p.Readings[i].Average.Set() && !ok {
				r.d.Warn(p.Readings[i].Average, "idle-key", "average is for a quota", "article %q: nothing looks at the average of a reading", out.Article)
			}
		}
		if x := p.Supersedes; x != nil && out.Supersedes != nil {
			r.lintAmendment(x, out, a)
		}
		for _, o := range p.stated {
			c := r.clause(p, out, a)
			c.Earlier = a.Provisions[:i]
			o.kind.Lint(o.form, o.is, c)
		}
	}
	if a.Status != truce.Historic { // nobody will settle it any more
		r.lintOverlaps(f, a)
	}
	r.lintUnused(f, a)
}

// mostOverlaps is how many overlaps are listed: of more, one more line would say nothing new.
const mostOverlaps = 20

// lintOverlaps warns of two articles that both apply to an act and of which neither yields to the other.
func (r *reader) lintOverlaps(f *file, a *truce.Agreement) {
	n := 0
	for i := range f.Provisions {
		p := &a.Provisions[i]
		for k := range i {
			q := &a.Provisions[k]
			if n >= mostOverlaps || slices.Contains(p.YieldsTo, q.Article) || slices.Contains(q.YieldsTo, p.Article) || !meet(a, p, q) {
				continue
			}
			if act, weapon, ok := assess.Overlap(p, q); ok {
				what := string(act)
				if weapon != "" {
					what += " (" + string(weapon) + ")"
				}
				n++
				r.d.Warn(f.Provisions[i].Article, "overlap", "write yields-to in one of them, or leave it: each then counts the act by itself", "article %q and article %q both apply to one act: %s", q.Article, p.Article, what)
			}
		}
	}
}

// meet reports whether two articles may apply to one party at one time and place.
func meet(a *truce.Agreement, p, q *truce.Provision) bool {
	if p.Obligation == nil || q.Obligation == nil || !slices.ContainsFunc(p.Binds, q.Bound) {
		return false
	}
	times := func(p *truce.Provision) truce.Interval {
		v := truce.Interval{Start: truce.Always, End: truce.Never}
		for _, ph := range a.Phases {
			if ph.ID == p.Phase && ph.From != truce.Never { // one that waits for an event may begin at any time
				v.Start = ph.From
			}
			if ph.ID == p.Phase && ph.Extends == nil {
				v.End = ph.To
			}
		}
		return p.Applies(v)
	}
	if !times(p).Overlaps(times(q)) {
		return false
	}
	zones, others := p.Obligation.Zones(), q.Obligation.Zones()
	if len(zones) == 0 || len(others) == 0 {
		return true
	}
	for _, x := range zones {
		for _, y := range others {
			if x == y {
				return true
			}
			m, n := a.Zones[x], a.Zones[y]
			if m == nil || n == nil || m.Region == nil || n.Region == nil {
				continue
			}
			if side, _, err := m.Region.Compare(n.Region); err == nil && side != geo.Outside {
				return true
			}
		}
	}
	return false
}

// lintAmendment warns of an amendment that changes nothing at its time, or that leaves a party without what
// bound it.
func (r *reader) lintAmendment(x *supersedes, p *truce.Provision, a *truce.Agreement) {
	was, _ := a.Provision(p.Supersedes.Article)
	for _, ph := range a.Phases {
		if ph.ID == was.Phase && ph.From.Stated() && p.Supersedes.From <= ph.From || ph.ID == p.Phase && ph.To <= p.Supersedes.From {
			r.d.Warn(x.From, "idle-amendment", "compare the time with the phases", "article %q supersedes article %q on %s, which is not in the phase %s: one of them never applies", p.Article, was.Article, p.Supersedes.From.In(a.Location), ph.ID)
		}
	}
	for _, id := range was.Binds {
		if !p.Bound(id) {
			r.d.Warn(x.Article, "unbound-party", "bind it too, or say so to the parties", "article %q binds %s, and article %q, which supersedes it, does not", was.Article, id, p.Article)
		}
	}
}

// Longer before, or farther away, something is hardly what was answered.
const (
	longAnswer = 24 * time.Hour
	farAnswer  = 50_000 // metres
)

func (r *reader) lintAnswers(e *exception) {
	a := e.Answers
	if within := r.d.Hours(a.Within); within > longAnswer {
		r.d.Warn(a.Within, "wide-answer", "state a shorter time", "exception %q lets a party answer an attack of more than a day before", e.ID.V)
	}
	if near := r.d.Metres(a.Near); near > farAnswer {
		r.d.Warn(a.Near, "wide-answer", "state a shorter distance", "exception %q lets a party answer an attack at %s from there", e.ID.V, truce.Metres(near))
	}
}

func (r *reader) lintUnused(f *file, a *truce.Agreement) {
	for _, z := range f.Zones {
		if !r.used["zone "+z.Key.V] {
			r.d.Warn(z.Key, "unused", "", "zone %q is used by no article", z.Key.V)
		}
	}
	for _, l := range f.Lines {
		if !r.used["line "+l.Key.V] {
			r.d.Warn(l.Key, "unused", "", "line %q is used by no article", l.Key.V)
		}
	}
	for _, p := range f.Phases {
		if !r.used["phase "+p.ID.V] {
			r.d.Warn(p.ID, "unused", "", "phase %q is used by no article", p.ID.V)
		}
	}
}

// Codes lists every problem code with what it means, for the documentation
// and for tools that filter on them.
var Codes = func() map[string]string {
	out := maps.Clone(codes)
	for _, k := range assess.Kinds() {
		maps.Copy(out, k.Codes)
	}
	return out
}()

// codes are those of no one kind of obligation.
var codes = map[string]string{
	"alias":                "a YAML anchor, alias or merge key",
	"bad-answer":           "an exception for return fire that is announced, or under an article without incidents",
	"bad-amendment":        "an article that supersedes itself, or that two supersede, or in the wrong order",
	"bad-condition":        "a condition on which a phase cannot open",
	"undefined-article":    "an article that is not defined",
	"bad-suspension":       "a suspension of what binds several parties, or of a duty, or by an event that means something else",
	"bad-precedence":       "an article that yields to itself, to one that yields to it, or where no act is an incident",
	"bad-step":             "a consequence that follows nothing, or that two steps share",
	"bad-distance":         "a distance without a unit, or no number",
	"bad-duration":         "a duration that is neither P14D nor 24h",
	"bad-geometry":         "a GeoJSON file that is not sound geometry",
	"bad-line-file":        "a line file without date, kind or party",
	"bad-number":           "a number that is not whole, or out of its range",
	"bad-object":           "a row of a list of protected objects",
	"bad-path":             "a file outside the agreement's folder",
	"bad-period":           "a period that ends before it begins, or is given twice",
	"bad-time":             "a time without zone, or a day that does not exist",
	"unknown-places":       "a package of places that is not in places/",
	"bad-places":           "a package of places that cannot be read, or two that do not fit together",
	"duplicate-places":     "a package of places that is named twice",
	"bad-timezone":         "a zone that is not in the IANA list",
	"bad-value":            "a value of the wrong kind",
	"bad-yaml":             "the file is not YAML",
	"cannot-corroborate":   "the floor asks for corroboration that the listed sources cannot give",
	"duplicate-alert":      "an alert rule that stands twice",
	"duplicate-article":    "two provisions of one number",
	"duplicate-key":        "a key that stands twice",
	"duplicate-party":      "a party that stands twice",
	"duplicate-phase":      "a phase that stands twice",
	"duplicate-source":     "a source that stands twice",
	"empty-file":           "nothing in the file",
	"empty-value":          "a key without a value",
	"idle-amendment":       "an amendment outside the phase of one of its articles",
	"idle-key":             "a key that nothing looks at",
	"flat-edge":            "an edge that a flat map would draw elsewhere",
	"missing-key":          "a key that must be there",
	"overlap":              "two articles that both apply to an act, and of which neither yields to the other",
	"no-area":              "a zone file without a polygon",
	"no-file":              "a file that is not there or cannot be read",
	"no-line":              "a line without geometry for the day that counts",
	"no-places":            "a folder without packages of places, so that no place is known by name",
	"no-parties":           "an agreement without parties",
	"not-text":             "a file with NUL bytes",
	"one-kind":             "a provision with no kind of obligation, or several",
	"readings":             "an article that the parties read differently",
	"second-document":      "more than one YAML document in the file",
	"tag":                  "a YAML tag",
	"unbound-party":        "a party that an article binds, and the article that supersedes it does not",
	"undefined-source":     "a source that is not defined",
	"undefined-line":       "a line that is not defined",
	"undefined-party":      "a party that is not among the parties",
	"undefined-phase":      "a phase that is not defined",
	"undefined-zone":       "a zone that is not defined",
	"unknown-key":          "a key that does not exist",
	"unknown-word":         "an act or weapon that is not in the vocabulary",
	"unnamed-actor":        "somebody who acts in a case, and whom the agreement does not name",
	"unnotified-exception": "an exception that needs no notification",
	"wide-answer":          "an exception for return fire that lets a party answer what was long before, or far away",
	"wide-edge":            "an edge of a zone or line that spans more than 180 degrees of longitude",
	"unused":               "something defined that no article uses",
}

// CodeNames lists the codes in order.
func CodeNames() []string {
	out := make([]string, 0, len(Codes))
	for c := range Codes {
		out = append(out, c)
	}
	sort.Strings(out)
	return out
}
