package agreement

import (
	"fmt"
	"sort"
	"strings"

	"github.com/opentruce/truce"
)

// lint warns of what can be read but not monitored, and of what will surprise
// the parties later. A mediator runs it before signature.
func (r *reader) lint(f *file, a *truce.Agreement) {
	independent := map[string]bool{}
	for _, s := range a.Sources {
		if s.Party == "" {
			independent[strings.ToLower(strings.TrimPrefix(s.Publisher, "source "))] = true // as assess tells publishers apart
		}
	}
	for i := range f.Provisions {
		p, out := &f.Provisions[i], &a.Provisions[i]
		if len(a.Sources) > 0 && len(independent) < 2 && out.Floor.Evidence == truce.Corroborated {
			r.d.warn(p.Article, "cannot-corroborate", "list a second publisher that is no party's, or lower floor.evidence",
				"article %q needs corroboration, but %d of the sources listed is independent of the parties", out.Article, len(independent))
		}
		r.lintWeapons(p, out)
		r.lintKind(p, out, a)
	}
	r.lintOverlap(f, a)
	r.lintUnused(f, a)
}

func (r *reader) lintKind(p *provision, out *truce.Provision, a *truce.Agreement) {
	if out.Prohibit != nil && out.Prohibit.Where != truce.Impact {
		r.d.warn(p.Prohibit.Where, "hard-to-see", "plan sensors that see launches, or look at impacts",
			"article %q looks at the place of %s, which most observations do not give", out.Article, out.Prohibit.Where)
	}
	if out.Prohibit != nil && len(out.Prohibit.In) == 0 && len(out.Objects) == 0 {
		r.d.warn(p.Prohibit.Pos, "no-zone", "name zones with in:", "article %q names no zone: coverage is weighed over all zones of the agreement", out.Article)
	}
	for _, e := range p.Exceptions {
		if !e.Notified.set() {
			r.d.warn(e.ID, "unnotified-exception", "add notified: 24h", "exception %q needs no notification: whether it applies rests on the party's word", e.ID.V)
		}
	}
	if len(p.Readings) > 1 || len(p.Objects) > 1 {
		r.d.warn(p.Article, "readings", "settle one reading before signature", "article %q is read differently by the parties: where their readings part, there is no finding", out.Article)
	}
	if out.Withdraw != nil && len(distinct(out.Withdraw.Line)) > 1 {
		r.d.warn(p.Article, "two-lines", "agree one line", "article %q measures from different lines for different parties", out.Article)
	}
	if out.Freeze != nil {
		for _, id := range out.Binds {
			if l := a.Lines[out.Freeze.Line[id]]; l != nil {
				if day, ok := l.On(l.Fixed); ok && day.Control[id] == nil {
					r.d.warn(p.Article, "no-control", "add control of this party to the line files", "article %q: the line files say nothing of what %s controls, so its advance cannot be measured", out.Article, id)
				}
			}
		}
	}
}

func distinct(m map[truce.PartyID]string) map[string]bool {
	out := map[string]bool{}
	for _, v := range m {
		out[v] = true
	}
	return out
}

// lintWeapons names classes that a calibre condition cuts through.
func (r *reader) lintWeapons(p *provision, out *truce.Provision) {
	w := out.Withdraw
	if w == nil || w.Weapons.Calibre.Op == "" {
		return
	}
	var cut []string
	for _, c := range truce.Words.Classes() {
		lo, hi, ok := truce.Words.CalibreRange(truce.Class(c))
		if ok && w.Weapons.Calibre.Holds(lo) != w.Weapons.Calibre.Holds(hi) && (len(w.Weapons.Classes) == 0 || hasClass(w.Weapons.Classes, truce.Class(c))) {
			cut = append(cut, fmt.Sprintf("%s (%s to %s mm)", c, lo, hi))
		}
	}
	if len(cut) > 0 {
		r.d.warn(p.Withdraw.Weapons.Calibre, "calibre-needed", "name weapon types, or have patrols record calibres",
			"article %q: whether it covers %s depends on a calibre that observers often cannot tell", out.Article, strings.Join(cut, ", "))
	}
}

func hasClass(list []truce.Class, c truce.Class) bool {
	for _, d := range list {
		if truce.Words.ClassIs(c, d) {
			return true
		}
	}
	return false
}

// lintOverlap names weapon classes that two withdrawals cover at different
// distances, such as a 120 mm mortar under two documents.
func (r *reader) lintOverlap(f *file, a *truce.Agreement) {
	for i := range a.Provisions {
		for j := range i {
			p, q := a.Provisions[i].Withdraw, a.Provisions[j].Withdraw
			if p == nil || q == nil || p.DistanceM == q.DistanceM {
				continue
			}
			if both := coveredByBoth(p.Weapons, q.Weapons); both != "" {
				r.d.warn(f.Provisions[i].Article, "two-distances", "say which article takes precedence",
					"%s falls under article %q (%s) and article %q (%s)", both, a.Provisions[j].Article, truce.Metres(q.DistanceM), a.Provisions[i].Article, truce.Metres(p.DistanceM))
			}
		}
	}
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

func (r *reader) lintUnused(f *file, a *truce.Agreement) {
	for _, z := range f.Zones {
		if !r.used["zone "+z.Key.V] {
			r.d.warn(z.Key, "unused", "", "zone %q is used by no article", z.Key.V)
		}
	}
	for _, l := range f.Lines {
		if !r.used["line "+l.Key.V] {
			r.d.warn(l.Key, "unused", "", "line %q is used by no article", l.Key.V)
		}
	}
	for _, p := range f.Phases {
		if !r.used["phase "+p.ID.V] {
			r.d.warn(p.ID, "unused", "", "phase %q is used by no article", p.ID.V)
		}
	}
}

// Codes lists every problem code with what it means, for the documentation
// and for tools that filter on them.
var Codes = map[string]string{
	"alias":                "a YAML anchor, alias or merge key",
	"bad-distance":         "a distance without a unit, or no number",
	"bad-duration":         "a duration that is neither P14D nor 24h",
	"bad-geometry":         "a GeoJSON file that is not sound geometry",
	"bad-line-file":        "a line file without date, kind or party",
	"bad-object":           "a row of a list of protected objects",
	"bad-path":             "a file outside the agreement's folder",
	"bad-period":           "a period that ends before it begins, or is given twice",
	"bad-time":             "a time without zone, or a day that does not exist",
	"unknown-places":       "a package of places that this program does not have",
	"bad-timezone":         "a zone that is not in the IANA list",
	"bad-value":            "a value of the wrong kind",
	"bad-yaml":             "the file is not YAML",
	"calibre-needed":       "a condition on calibre that the weapon class alone does not decide",
	"cannot-corroborate":   "the floor asks for corroboration that the listed sources cannot give",
	"duplicate-article":    "two provisions of one number",
	"duplicate-key":        "a key that stands twice",
	"duplicate-party":      "a party that stands twice",
	"duplicate-phase":      "a phase that stands twice",
	"duplicate-source":     "a source that stands twice",
	"empty-file":           "nothing in the file",
	"empty-value":          "a key without a value",
	"flat-edge":            "an edge that a flat map would draw elsewhere",
	"hard-to-see":          "a place that observations seldom give",
	"missing-key":          "a key that must be there",
	"no-area":              "a zone file without a polygon",
	"no-control":           "a freeze whose line files do not say what a bound party controls",
	"no-file":              "a file that is not there or cannot be read",
	"no-line":              "a line without geometry for the day that counts",
	"no-parties":           "an agreement without parties",
	"no-zone":              "an article that names no zone",
	"not-text":             "a file with NUL bytes",
	"one-kind":             "a provision with no kind of obligation, or several",
	"readings":             "an article that the parties read differently",
	"second-document":      "more than one YAML document in the file",
	"tag":                  "a YAML tag",
	"two-distances":        "a weapon under two withdrawals of different distance",
	"two-lines":            "a withdrawal from different lines",
	"undefined-line":       "a line that is not defined",
	"undefined-party":      "a party that is not among the parties",
	"undefined-phase":      "a phase that is not defined",
	"undefined-zone":       "a zone that is not defined",
	"unknown-key":          "a key that does not exist",
	"unknown-word":         "an act or weapon that is not in the vocabulary",
	"unnamed-actor":        "somebody who acts in a case, and whom the agreement does not name",
	"unnotified-exception": "an exception that needs no notification",
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
