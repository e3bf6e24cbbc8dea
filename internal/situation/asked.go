package situation

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/calendar"
	"github.com/opentruce/truce/internal/correlate"
)

// A Question is an incident with those of which people are asked whether they are the same.
type Question struct {
	*truce.Incident
	Proposed []Proposal // the best first
}

// Best is the best score of what is proposed.
func (q *Question) Best() int64 { return q.Proposed[0].Total }

// Asked is what people are asked about a local day: questions, the best first, and bundles of
// reports of one place about which nothing is asked one by one.
type Asked struct {
	Questions []Question
	Bundles   []Bundle
}

// mostSame bounds how many pairs of a day may be the same for people to be asked about it pair
// by pair. On a denser front everything may be the same as dozens of others.
const mostSame = 20_000

// mostQuestions bounds how many incidents of one day are asked about one by one.
const mostQuestions = 300

// AskedOn is what people are asked about incidents that begin on a local day. On a dense front
// it is one bundle of all reports there.
func (s *Situation) AskedOn(n int64) Asked {
	d := s.calendar().Day(n)
	if d == nil {
		return Asked{}
	}
	b := calendar.Keep(d, "asked", func([]*truce.Incident) *askedBox { return &askedBox{} })
	days := make([]*calendar.Day[*truce.Incident], 0, mostSeveral+4)
	for m := n - 2; m < n+2+mostSeveral; m++ {
		days = append(days, s.calendar().Day(m))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.days == nil || !slices.Equal(b.days, days) || b.wide != s.calendar().WideMark() {
		b.asked, b.days, b.wide = s.askedOn(n), days, s.calendar().WideMark()
	}
	return b.asked
}

// askedBox holds what is asked for as long as the days around stay the same.
type askedBox struct {
	mu    sync.Mutex
	days  []*calendar.Day[*truce.Incident]
	wide  any
	asked Asked
}

func (s *Situation) askedOn(n int64) Asked {
	c := s.calendar()
	d := c.Day(n)
	var list []*truce.Incident
	for _, inc := range slices.Concat(d.Alone(), d.Several()) {
		if c.DayOf(inc.Occurred.Start) == n && !inc.Crowded {
			list = append(list, inc)
		}
	}
	out := Asked{Bundles: s.bundles(n)}
	// A dense front is told from how many may be the same before any pair is explained.
	of, same := make([]int, len(list)), atomic.Int64{}
	correlate.Parallel(len(list), s.workers, nil, func(i int) {
		if same.Load() > mostSame {
			return
		}
		for _, x := range s.MayBeSame(list[i]) {
			of[i]++
			same.Add(1)
			if x.Proposed() && !x.Crowded {
				of[i] = -1 << 30
			}
		}
	})
	if same.Load() > mostSame {
		out.Bundles = append(slices.Clip(out.Bundles), bundleOf(calendar.DateOf(n), list))
		return out
	}
	var ask []*truce.Incident
	for i, inc := range list {
		if of[i] < 0 {
			ask = append(ask, inc)
		}
	}
	if len(ask) > mostQuestions {
		out.Bundles = append(slices.Clip(out.Bundles), bundleOf(calendar.DateOf(n), ask))
		return out
	}
	questions := make([]Question, len(ask))
	correlate.Parallel(len(ask), s.workers, nil, func(i int) {
		q := Question{Incident: ask[i]}
		for _, p := range s.Proposals(ask[i]) {
			if !p.Other.Crowded {
				q.Proposed = append(q.Proposed, p)
			}
		}
		slices.SortStableFunc(q.Proposed, func(x, y Proposal) int { return cmp.Compare(y.Total, x.Total) })
		questions[i] = q
	})
	questions = slices.DeleteFunc(questions, func(q Question) bool { return len(q.Proposed) == 0 })
	slices.SortFunc(questions, func(x, y Question) int { return cmp.Or(cmp.Compare(y.Best(), x.Best()), x.ID.Compare(y.ID)) })
	out.Questions = questions
	return out
}

// AskedDays are the numbers of the local days on which anything begins, the latest first.
func (s *Situation) AskedDays() []int64 {
	out := slices.Clone(s.calendar().Touched(truce.Interval{Start: truce.Always, End: truce.Never}))
	slices.Reverse(out)
	return out
}

// bundleOf is incidents of one day as one bundle, by ID.
func bundleOf(day truce.Date, list []*truce.Incident) Bundle {
	b := Bundle{Day: day, Of: slices.Clone(list), Dense: true}
	slices.SortFunc(b.Of, func(x, y *truce.Incident) int { return x.ID.Compare(y.ID) })
	b.bound()
	return b
}
