package situation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// asked is what people are asked, in words.
func asked(s *situation.Situation) (out []string) {
	for _, n := range s.AskedDays() {
		x := s.AskedOn(n)
		for _, b := range x.Bundles {
			out = append(out, fmt.Sprint(n, " bundle of ", b.Reports(), b.Dense, b.Centre, b.RadiusM))
		}
		for _, q := range x.Questions {
			line := fmt.Sprint(n, " ", q.ID)
			for _, p := range q.Proposed {
				line += fmt.Sprint(" ", p.Other.ID, p.Total, p.Why)
			}
			out = append(out, line)
		}
	}
	return out
}

// TestAskedOn: while reports and answers arrive, people are asked what they would be asked of
// all at once; of each incident what its page proposes, the best first; and never about two of
// which it is known what they are.
func TestAskedOn(t *testing.T) {
	a := catalogues(t)
	questions := 0
	rapid.Check(t, func(t *rapid.T) {
		rest := vague(t, a, 14)
		g := situation.Grow(opts())
		var have []truce.Item
		now := monday
		for i := range rest {
			rest[i].Known = monday
		}
		for step := 0; len(rest) > 0; step++ {
			n := rapid.IntRange(1, min(6, len(rest))).Draw(t, "arrive")
			fresh := rest[:n]
			rest, have, now = rest[n:], append(slices.Clip(have), fresh...), now+1
			got, _ := g.Step(a, fresh, func() []truce.Item { return have }, nil, now)
			want := situation.Build(a, have, now, opts())
			if x, y := asked(got), asked(want); !slices.Equal(x, y) {
				t.Fatalf("step %d: it asks\n%v\nwant\n%v", step, x, y)
			}
			listed := map[truce.Digest]int{}
			for _, n := range want.AskedDays() {
				for _, q := range want.AskedOn(n).Questions {
					listed[q.ID]++
					questions++
					for i, p := range q.Proposed {
						if _, parted := want.Parted(q.Incident, p.Other); parted || p.Other.ID == q.ID || i > 0 && p.Total > q.Proposed[i-1].Total {
							t.Fatalf("it asks whether %s is %s (%v), after one of score %d", q.ID, p.Other.ID, p, q.Proposed[max(0, i-1)].Total)
						}
					}
				}
			}
			for _, inc := range want.Incidents() {
				waits := slices.ContainsFunc(want.Proposals(inc), func(p situation.Proposal) bool { return !p.Other.Crowded })
				if k := listed[inc.ID]; k > 1 || (k == 1) != (waits && !inc.Crowded) {
					t.Fatalf("%s is asked about %d times, and something is proposed: %v", inc.ID, k, waits)
				}
			}
			if next := answer(t, want, step); next != nil && step < 8 {
				next.Known = now + 1
				rest = append(slices.Clip(rest), *next)
			}
		}
	})
	if questions == 0 {
		t.Fatal("nothing was asked")
	}
}

// TestAskedOnAFront: on a dense front nobody is asked about thousands of pairs. What is there
// stands as bundles, with the place, the day and the number of reports.
func TestAskedOnAFront(t *testing.T) {
	a := catalogues(t)
	r := rand.New(rand.NewPCG(3, 4))
	for _, tt := range []front{
		{acts: 1200, sources: 6, radius: 5000, seen: 0.4, metres: 120_000, depth: 10_000},
		{acts: 1200, sources: 6, apart: true, radius: 2000, seen: 0.4, metres: 120_000, depth: 10_000},
		{acts: 400, sources: 4, radius: 25_000, seen: 0.5, metres: 30_000, depth: 3_000},
	} {
		items, _ := tt.reports(r, a)
		s := situation.Build(a, items, truce.Never, opts())
		pairs, inBundles := 0, 0
		for _, n := range s.AskedDays() {
			x := s.AskedOn(n)
			for _, q := range x.Questions {
				pairs += len(q.Proposed)
			}
			for _, b := range x.Bundles {
				inBundles += b.Reports()
				if b.RadiusM < int64(tt.radius) || b.RadiusM > 300_000 || b.Day != "2026-03-02" {
					t.Errorf("a bundle of %s within %d m", b.Day, b.RadiusM)
				}
			}
		}
		t.Logf("±%d m: %d reports, %d incidents; %d pairs are asked about, %d incidents are in bundles", tt.radius, len(items), len(s.Incidents()), pairs, inBundles)
		if pairs > 2000 || inBundles == 0 {
			t.Errorf("%d pairs are asked about, and %d incidents are in bundles", pairs, inBundles)
		}
	}
}
