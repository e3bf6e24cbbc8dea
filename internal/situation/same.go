package situation

import (
	"cmp"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/calendar"
	"github.com/opentruce/truce/internal/correlate"
)

// Two incidents are joined already (then they are one), parted (surely two), or they may be
// the same. What follows answers these questions of a situation:
//
//   - Parted: are these two surely two, and why?
//   - MayBeSame: with which others may this one be the same?
//   - Proposals: which of these are likely enough to be asked of a person, and why are they
//     not joined?
//   - BundleOf, Bundles: where are so many reports of one day and place that none is joined?
//
// MayBeSame asks the days around an incident, each of which keeps a neighbourhood for as
// long as its incidents stay the same. So after an arrival one day is made ready again.

// A Same is an incident that may be the same as another, with the best pair of their
// observations; A of the pair is of the incident that was asked about.
type Same struct {
	*truce.Incident
	correlate.Pair
}

// Parted reports whether two incidents are surely two, and why.
func (s *Situation) Parted(a, b *truce.Incident) (truce.Reason, bool) {
	return s.compare.Parted(a, b, s.splits())
}

func (s *Situation) splits() correlate.Splits {
	s.onceSplits.Do(func() { s.split = correlate.SplitsOf(s.Decisions) })
	return s.split
}

// MayBeSame lists the incidents that may be the same as one, by ID: neither joined with it
// nor parted from it. On a dense front these are dozens.
func (s *Situation) MayBeSame(inc *truce.Incident) []Same {
	v := inc.Occurred
	reach := time.Duration(correlate.Current.Extent.Minutes) * time.Minute
	if inc.Of[0].Act == truce.ActPresence {
		reach = time.Duration(correlate.Current.Extent.PresenceMinutes) * time.Minute
	}
	v.Start, v.End = v.Start.Add(-reach), v.End.Add(reach)
	c := s.calendar()
	var out []Same
	look := func(n *correlate.Neighbourhood) {
		n.Each(inc, s.splits(), func(other *truce.Incident, best correlate.Pair) { out = append(out, Same{other, best}) })
	}
	if v.Width() > mostDaysKept*24*time.Hour { // an alert without an end touches every day since; nothing is kept for it
		look(s.compare.Neighbourhood(c.In(v)))
		return sameOnce(out)
	}
	for _, n := range c.Touched(v) {
		d := c.Day(n)
		look(calendar.Keep(d, "neighbourhood", func(list []*truce.Incident) *correlate.Neighbourhood {
			return s.compare.Neighbourhood(slices.Concat(list, d.Several()))
		}))
	}
	look(s.compare.Neighbourhood(c.Wide(v)))
	return sameOnce(out)
}

// mostDaysKept is over how many days neighbourhoods are kept for a question.
const mostDaysKept = 12

// sameOnce puts what was found in order of IDs, and what is of several days once.
func sameOnce(list []Same) []Same {
	slices.SortFunc(list, func(a, b Same) int { return a.ID.Compare(b.ID) })
	return slices.CompactFunc(list, func(a, b Same) bool { return a.ID == b.ID })
}

// A Proposal is two observations, of two incidents that may be the same, which are likely
// enough to be asked about. A is of the incident that was asked about, B of Other.
type Proposal struct {
	truce.PairScore
	Other *truce.Incident
	Why   truce.Reason // they are not joined
}

// Proposals lists, for each observation of an incident, the best three of other incidents
// that may be the same, if they score at least the method's veto; in the order of the
// incident's observations, the best first.
func (s *Situation) Proposals(inc *truce.Incident) []Proposal {
	return s.ProposalsAmong(inc, func(*truce.Incident) bool { return true })
}

// ProposalsAmong is Proposals for somebody who is shown only some of the incidents. Why two were
// not joined may rest on reports of others. Where no reason can be given without them, the
// proposal is left out: the reason would tell that there are such reports.
func (s *Situation) ProposalsAmong(inc *truce.Incident, shown func(*truce.Incident) bool) []Proposal {
	var others []*truce.Incident
	of := map[truce.Digest]*truce.Incident{}
	hidden := func(list []Same) bool {
		return slices.ContainsFunc(list, func(x Same) bool { return !shown(x.Incident) })
	}
	around := s.MayBeSame(inc)
	for _, x := range around {
		if !x.Proposed() || !shown(x.Incident) {
			continue
		}
		others = append(others, x.Incident)
		for _, o := range x.Of {
			of[o.ID] = x.Incident
		}
	}
	var out []Proposal
	for _, p := range s.compare.Proposals(inc, others) {
		other := of[p.B.ID]
		why := truce.Because("together they would be too large or last too long, or two of the reports are too unlikely to be of one incident")
		switch {
		case inc.Crowded || other.Crowded:
			if inc.Crowded && hidden(around) || other.Crowded && hidden(s.MayBeSame(other)) {
				continue
			}
			why = truce.Because("so many reports of that day and place fit that none is chosen")
		case !p.Fits():
			why = truce.Because("the score is below what joins two reports, %d", correlate.Current.Threshold)
		default:
			if _, contested := s.compare.Contested(p, s.eventsNear); contested {
				because, told := s.compare.Contested(p, func(o *truce.Observation, of truce.SourceID) []*truce.Observation {
					return slices.DeleteFunc(slices.Clone(s.eventsNear(o, of)), func(x *truce.Observation) bool {
						in := s.IncidentOf(x.ID)
						return in == nil || !shown(in)
					})
				})
				if !told {
					continue
				}
				why = because
			}
		}
		x := truce.PairScore{A: p.A.ID, B: p.B.ID, Total: p.Score}
		for _, part := range s.compare.Parts(p.A, p.B) {
			x.Parts = append(x.Parts, truce.ScorePart(part))
		}
		out = append(out, Proposal{x, other, why})
	}
	return out
}

// eventsNear are the observations of a source that may fit another or be of its neighbourhood:
// what is at most half a day and a few reference radii from it.
func (s *Situation) eventsNear(o *truce.Observation, of truce.SourceID) (out []*truce.Observation) {
	v := o.Occurred
	half := time.Duration(correlate.Current.Time.ReferenceMin) * time.Minute / 2
	v.Start, v.End = v.Start.Add(-half), v.End.Add(half)
	take := func(list []*truce.Incident) {
		for _, inc := range list {
			for _, x := range inc.Of {
				if x.Source == of {
					out = append(out, x)
				}
			}
		}
	}
	c := s.calendar()
	if !o.Occurred.Start.Stated() || !o.Occurred.End.Stated() || v.Width() > mostDaysKept*24*time.Hour {
		take(c.In(v))
		return out
	}
	for _, n := range c.Touched(v) {
		d := c.Day(n)
		out = append(out, calendar.Keep(d, "events", func(list []*truce.Incident) map[truce.SourceID][]*truce.Observation {
			by := map[truce.SourceID][]*truce.Observation{}
			for _, inc := range slices.Concat(list, d.Several()) {
				for _, x := range inc.Of {
					if s.Agreement.SourceOf(x.Source).Apart {
						by[x.Source] = append(by[x.Source], x)
					}
				}
			}
			return by
		})[of]...)
	}
	take(c.Wide(v))
	slices.SortFunc(out, func(a, b *truce.Observation) int { return a.ID.Compare(b.ID) })
	return slices.Compact(out)
}

// A Bundle is reports of one day from one place, each of which fits more than 32 others, so
// that none was joined: how many acts they tell of cannot be said. Each of them is an
// incident of its own.
type Bundle struct {
	Day     truce.Date // local, on which they begin
	Centre  geo.Point
	RadiusM int64             // of what surely holds them all
	Of      []*truce.Incident // by ID
	Dense   bool              // a dense front: incidents, so many of which may be the same that nothing is asked about pairs of them
}

// Reports is how many reports a bundle has.
func (b *Bundle) Reports() int { return len(b.Of) }

// BundleOf gives the bundle that an incident is of; ok is false if it is of none.
func (s *Situation) BundleOf(inc *truce.Incident) (b Bundle, ok bool) {
	if !inc.Crowded {
		return Bundle{}, false
	}
	for _, b := range s.bundles(s.calendar().DayOf(inc.Occurred.Start)) {
		if _, ok := slices.BinarySearchFunc(b.Of, inc.ID, func(i *truce.Incident, id truce.Digest) int { return i.ID.Compare(id) }); ok {
			return b, true
		}
	}
	return Bundle{}, false
}

// Bundles lists those of reports that begin on local days which a time touches, by day and
// the first ID.
func (s *Situation) Bundles(v truce.Interval) (out []Bundle) {
	for _, n := range s.calendar().Touched(v) {
		out = append(out, s.bundles(n)...)
	}
	return out
}

// bundleLevel is the level of the cells by which reports of one day are bundled: those in a
// cell of some 2 km, and in cells that touch it and have such reports, are of one place.
const bundleLevel = 12

func (s *Situation) bundles(n int64) []Bundle {
	c := s.calendar()
	d := c.Day(n)
	if d == nil {
		return nil
	}
	return calendar.Keep(d, "bundles", func(list []*truce.Incident) []Bundle {
		cells := map[geo.Cell][]*truce.Incident{}
		for _, inc := range slices.Concat(list, d.Several()) {
			if at, _, ok := correlate.Locate(inc.Of[0]); ok && inc.Crowded && c.DayOf(inc.Occurred.Start) == n {
				cell := geo.CellOf(at, bundleLevel)
				cells[cell] = append(cells[cell], inc)
			}
		}
		day := calendar.DateOf(n)
		var out []Bundle
		for len(cells) > 0 {
			var first geo.Cell
			for cell := range cells { // the least, whatever the order
				if first == 0 || cell < first {
					first = cell
				}
			}
			b := Bundle{Day: day}
			queue := []geo.Cell{first}
			for len(queue) > 0 {
				cell := queue[0]
				queue = queue[1:]
				if here, ok := cells[cell]; ok {
					b.Of = append(b.Of, here...)
					delete(cells, cell)
					queue = append(queue, cell.Around()...)
				}
			}
			slices.SortFunc(b.Of, func(x, y *truce.Incident) int { return x.ID.Compare(y.ID) })
			b.bound()
			out = append(out, b)
		}
		slices.SortFunc(out, func(x, y Bundle) int { return cmp.Compare(x.Of[0].ID.Hex(), y.Of[0].ID.Hex()) })
		return out
	})
}

// bound finds the middle and the radius.
func (b *Bundle) bound() {
	var points []geo.Point
	for _, inc := range b.Of {
		if at, _, ok := correlate.Locate(inc.Of[0]); ok {
			points = append(points, at)
		}
	}
	if len(points) == 0 {
		return
	}
	b.Centre = geo.Middle(points)
	v := geo.VecOf(b.Centre)
	for _, inc := range b.Of {
		if at, radius, ok := correlate.Locate(inc.Of[0]); ok {
			w := geo.VecOf(at)
			b.RadiusM = max(b.RadiusM, geo.ChordM(&v, &w)+radius+1)
		}
	}
}
