package mission

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/summary"
)

// sums are what incidents amount to in a report, beside what the situation counts
// itself: all that it prints of a period but for the lists. They are kept by day, so
// that a page on a month of a million costs the days that changed.
type sums struct {
	observed, claims int // incidents, and those that are alleged and no more
	articles         []articleSum
	claimants        map[truce.PartyID]int
	shared           int // under several articles
	touched, borne   int // that an article in force may be about, and that independent sources bear out
	sources          map[truce.SourceID]bool
	missing          map[truce.Fact]int
	harmed           bool // numbers of killed or injured are stated
	regions          map[string]*regionSum
	vague            map[string]int // known to a region and no closer
}

type articleSum struct {
	excluded int
	outcomes []outcomeSum // by index into truce.Outcomes
}

type outcomeSum struct {
	n     int
	first truce.Digest // the lowest ID
}

type regionSum struct {
	report.Count
	acts     map[actSeen]int
	unlisted int // of which nothing but the number is told
}

// add counts an incident of the region; decided is 1 where it was decided to be a
// violation.
func (r *regionSum) add(inc *truce.Incident, decided int) {
	r.Signs.Sum(summary.Signs(inc))
	r.Incidents++
	r.Violations += decided
	lead := summary.Lead(inc)
	r.acts[actSeen{lead.Act, lead.Seen, lead.Weapon}]++
}

// addUnlisted counts one of which neither act nor place is told.
func (r *regionSum) addUnlisted(inc *truce.Incident, decided int) {
	r.Signs.Sum(summary.Signs(inc))
	r.Incidents++
	r.Violations += decided
	r.unlisted++
}

type actSeen struct {
	act    truce.Act
	seen   truce.Sighted
	weapon truce.Class
}

func newSums(articles int) *sums {
	out := &sums{articles: make([]articleSum, articles), claimants: map[truce.PartyID]int{}, sources: map[truce.SourceID]bool{}, missing: map[truce.Fact]int{},
		regions: map[string]*regionSum{}, vague: map[string]int{}}
	for i := range out.articles {
		out.articles[i].outcomes = make([]outcomeSum, len(truce.Outcomes))
	}
	return out
}

// sumsOf sums up what overlaps a period.
func sumsOf(s *situation.Situation, v truce.Interval) *sums {
	build := func(list []*truce.Incident) *sums {
		out := newSums(len(s.Agreement.Provisions))
		for _, inc := range list {
			out.add(s, inc)
		}
		return out
	}
	days, rest := s.Days(v)
	out := build(rest)
	for _, d := range days {
		out.join(situation.Keep(d, "report", build))
	}
	return out
}

var outcomeIndex = func() map[truce.Outcome]int {
	out := map[truce.Outcome]int{}
	for i, o := range truce.Outcomes {
		out[o] = i
	}
	return out
}()

func (z *sums) add(s *situation.Situation, inc *truce.Incident) {
	if assess.OnlySigns(inc) {
		return
	}
	alleged := inc.Alleged()
	under, decided, touched, borne := 0, 0, false, false
	var missing []truce.Fact
	s.Findings(inc, func(art int, o truce.Outcome, relevant bool, f *assess.Found) {
		if f == nil {
			if o == truce.OutOfScope && relevant {
				under++
				if !alleged {
					z.articles[art].excluded++
				}
			}
			return
		}
		z.articles[art].outcomes[outcomeIndex[o]].join(&outcomeSum{1, inc.ID})
		under++
		if o == truce.Violation {
			decided = 1
		}
		if o.Counts() {
			touched = true
			borne = borne || o != truce.ReadingsDiffer && !o.Undetermined() && f.Standing.AtLeast(truce.Corroborated)
			for _, m := range f.Missing {
				missing = addFact(missing, m)
			}
		}
	})
	place := summary.Place(inc)
	if place.Kind == truce.PlaceRegion {
		z.vague[place.Name]++
	}
	if alleged {
		z.claims++
		for _, p := range summary.Claimants(inc) {
			z.claimants[p]++
		}
		return
	}
	z.observed++
	for _, m := range missing {
		z.missing[m]++
	}
	if under > 1 {
		z.shared++
	}
	if touched {
		z.touched++
		for _, o := range inc.Of {
			z.sources[o.Source] = true
		}
	}
	if borne {
		z.borne++
	}
	for _, o := range inc.Of {
		z.harmed = z.harmed || o.Casualties != nil
	}
	z.region(summary.Region(&place)).add(inc, decided)
}

func addFact(list []truce.Fact, f truce.Fact) []truce.Fact {
	for _, x := range list {
		if x == f {
			return list
		}
	}
	return append(list, f)
}

func (z *sums) region(name string) *regionSum {
	r := z.regions[name]
	if r == nil {
		r = &regionSum{acts: map[actSeen]int{}}
		z.regions[name] = r
	}
	return r
}

func (a *outcomeSum) join(b *outcomeSum) {
	if b.n > 0 && (a.n == 0 || b.first.Compare(a.first) < 0) {
		a.first = b.first
	}
	a.n += b.n
}

// join adds what other incidents amount to.
func (z *sums) join(o *sums) {
	z.observed, z.claims, z.shared = z.observed+o.observed, z.claims+o.claims, z.shared+o.shared
	z.touched, z.borne, z.harmed = z.touched+o.touched, z.borne+o.borne, z.harmed || o.harmed
	for i := range z.articles {
		z.articles[i].excluded += o.articles[i].excluded
		for k := range z.articles[i].outcomes {
			z.articles[i].outcomes[k].join(&o.articles[i].outcomes[k])
		}
	}
	addAll(z.claimants, o.claimants)
	addAll(z.missing, o.missing)
	addAll(z.vague, o.vague)
	for s := range o.sources {
		z.sources[s] = true
	}
	for name, r := range o.regions {
		row := z.region(name)
		row.Signs.Sum(r.Signs)
		row.Incidents += r.Incidents
		row.Violations += r.Violations
		addAll(row.acts, r.acts)
	}
}

func addAll[K comparable](into, from map[K]int) {
	for k, n := range from {
		into[k] += n
	}
}
