package situation

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// This file is the clock of a reply to a finding of days. It runs from the first moment in
// knowledge at which a finding of the article existed that meets the window and area of the
// one that exists now, so that a report which refines a finding starts no new clock.

// dayFirsts keep these moments, by a digest of what they follow from.
type dayFirsts struct {
	mu sync.Mutex
	at map[truce.Digest]truce.Instant
}

// mostDayFirsts bounds them; more are computed again.
const mostDayFirsts = 4096

// awaitDays lets findings of days that are apparent violations be such for which a reply is
// awaited, as long as their clock runs and nobody has replied.
func (s *Situation) awaitDays(art truce.Article, reading string, list []truce.DayFinding) {
	p, ok := s.Agreement.Provision(art)
	if !ok || p.Clocks.Reply == 0 || s.Now == truce.Never {
		return
	}
	r := s.rules[art][0]
	for i := range list {
		f := &list[i]
		if f.Outcome != truce.ApparentViolation {
			continue
		}
		first := s.dayFirst(f, reading, p.Clocks.Reply)
		end := r.ReplyBy(first)
		if !first.Stated() || end <= s.Now {
			continue
		}
		if f.Replied = r.DayReply(f); f.Replied == "" {
			f.Outcome, f.ReplyBy = truce.AwaitingResponse, end
		}
	}
}

// DayClocks are the clocks of a finding of days, also those that ran out.
func (s *Situation) DayClocks(f *truce.DayFinding) (out []truce.Clock) {
	p, ok := s.Agreement.Provision(f.Article)
	if !ok || s.Now == truce.Never {
		return nil
	}
	longest := max(p.Clocks.Verify, p.Clocks.Reply, p.Clocks.Remedy)
	first := truce.Never
	if longest > 0 {
		first = s.dayFirst(f, "", 0)
	}
	if !first.Stated() {
		return nil
	}
	if p.Clocks.Verify > 0 {
		out = append(out, truce.Clock{Name: "verify", Ends: first.Add(p.Clocks.Verify)})
	}
	if p.Clocks.Reply > 0 {
		out = append(out, truce.Clock{Name: "reply", Ends: first.Add(p.Clocks.Reply)})
	}
	if p.Clocks.Remedy > 0 {
		out = append(out, truce.Clock{Name: "remedy", Ends: first.Add(p.Clocks.Remedy)})
	}
	return out
}

// dayFirst is the moment at which a finding that meets f first existed. What was withdrawn
// leaves no trace in it. Where a clock as long as longest would
// have run out whenever it began, the answer is Always; 0: it is always computed.
func (s *Situation) dayFirst(f *truce.DayFinding, reading string, longest time.Duration) truce.Instant {
	items := s.dayItems(f)
	var moments []truce.Instant
	key := []string{"day first", string(f.Article), reading, strconv.FormatInt(int64(f.Window.Start), 10), strconv.FormatInt(int64(f.Window.End), 10), string(f.Area.Level), f.Area.Name,
		f.Area.Centre.String(), strconv.FormatInt(f.Area.RadiusM, 10)}
	for i := range items {
		r := &items[i]
		if r.Known <= s.Now {
			moments = append(moments, r.Known)
			id := r.ID()
			key = append(key, string(id[:])+strconv.FormatInt(int64(r.Known), 10))
		}
	}
	slices.Sort(moments)
	moments = slices.Compact(moments)
	if len(moments) == 0 || longest > 0 && moments[len(moments)-1].Add(longest) <= s.Now {
		return truce.Always
	}
	sum := truce.DigestOf(key...)
	s.dayFirsts.mu.Lock()
	at, known := s.dayFirsts.at[sum]
	s.dayFirsts.mu.Unlock()
	if known {
		return at
	}
	at = moments[len(moments)-1] // it exists now
	for _, t := range moments[:len(moments)-1] {
		if s.dayExisted(f, reading, items, t) {
			at = t
			break
		}
	}
	s.dayFirsts.mu.Lock()
	defer s.dayFirsts.mu.Unlock()
	if s.dayFirsts.at == nil || len(s.dayFirsts.at) >= mostDayFirsts {
		s.dayFirsts.at = map[truce.Digest]truce.Instant{}
	}
	s.dayFirsts.at[sum] = at
	return at
}

// dayExisted reports whether a finding that meets f was known at a moment, with nothing but
// what these items say.
func (s *Situation) dayExisted(f *truce.DayFinding, reading string, items []truce.Item, at truce.Instant) bool {
	o := s.opt
	o.Workers, o.Withheld, o.Progress = 1, nil, nil
	then := build(s.Agreement, items, at, o, s.ctx.Citations)
	return slices.ContainsFunc(then.findDays(f.Article, reading), func(g truce.DayFinding) bool {
		return surely(g.Outcome) && s.ctx.DaysMeet(f, &g)
	})
}

// dayReachM is how far from the area of a finding reports are that can have made another one
// that meets it, with some more for what made those incidents.
const dayReachM = 3 * truce.MostDayAreaM

// dayItems are the entries from which a finding of days may have followed: the observations of
// the incidents of its days and of the days beside them, near its area, with what they
// replaced; decisions on them, on findings of days and on the agreement; and notifications.
func (s *Situation) dayItems(f *truce.DayFinding) (out []truce.Item) {
	loc := s.Agreement.Location
	v := truce.Interval{Start: truce.DateOf(f.Window.Start, loc).Add(-1).Start(loc), End: truce.DateOf(f.Window.End-1, loc).Add(2).Start(loc)}
	centre := geo.VecOf(f.Area.Centre)
	far := f.Area.Level != truce.AreaPlace // whatever is in a region counts
	if p, ok := s.Agreement.Provision(f.Article); ok && p.Floor.Day != "" {
		far = true
	}
	near := func(o *truce.Observation) bool {
		if far {
			return true
		}
		at := o.Whereabouts()
		p, ok := at.Position()
		vec := geo.VecOf(p)
		return ok && geo.ChordM(&centre, &vec) <= f.Area.RadiusM+dayReachM
	}
	ids := map[truce.Digest]bool{}
	add := func(o *truce.Observation) {
		if ids[o.ID] {
			return
		}
		ids[o.ID] = true
		if chain := s.editions[o.ID]; chain != nil {
			for _, r := range chain {
				ids[r.Observation.ID] = true
				r.Observation = s.claimed(r.Observation, nil, s.ctx.Citations)
				out = append(out, r)
			}
			return
		}
		out = append(out, truce.Item{Known: s.Known(o.ID), Observation: o})
	}
	for _, inc := range s.Within(v) {
		if slices.ContainsFunc(inc.Of, near) {
			for _, o := range inc.Of {
				add(o)
			}
			for _, o := range inc.Rivals {
				add(o)
			}
		}
	}
	for id, chain := range s.editions { // any order: sorted below
		if o := s.observation(id); o != nil && slices.ContainsFunc(chain, func(r truce.Item) bool { return r.Observation.Occurred.Overlaps(v) && near(r.Observation) }) {
			add(o)
		}
	}
	slices.SortStableFunc(out, func(a, b truce.Item) int { return a.ID().Compare(b.ID()) })
	for i := range s.statements {
		d, n := s.statements[i].Decision, s.statements[i].Notification
		switch {
		case n != nil && !n.During.Overlaps(v):
		case d != nil && len(d.Of) > 0 && !slices.ContainsFunc(slices.Concat(d.Of, d.State), func(id truce.Digest) bool { return ids[id] }):
		default:
			out = append(out, s.statements[i])
		}
	}
	return out
}
