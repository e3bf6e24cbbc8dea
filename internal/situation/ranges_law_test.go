package situation_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/situation"
	"pgregory.net/rapid"
)

// theRanges is the agreement of testdata/ranges: two catalogues that keep their events apart,
// and articles of which the parties' readings differ.
func theRanges(t *testing.T) *truce.Agreement {
	t.Helper()
	a, probs := agreement.Read(os.DirFS("testdata/ranges"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

// rangesTold is what a situation says of how many there are: the count of an article in a
// period, and the harm that it states of the period, as the article or one reading of it says.
type rangesTold struct {
	count   situation.Count
	periods map[string]truce.Range // killed, by reading; "" is the article's
	// mixed: some incident of several reports does not count. Reports that contradict one
	// another may count again beside others, and then bring their harm with them.
	mixed bool
}

func tellRanges(t *rapid.T, s *situation.Situation, art truce.Article, v truce.Interval) (out rangesTold) {
	out = rangesTold{count: s.Count(art, v), periods: map[string]truce.Range{}}
	for _, inc := range s.Incidents() {
		out.mixed = out.mixed || len(inc.Of) > 1 && !s.Outcome(art, inc).Counts()
	}
	for _, reading := range []string{"", "A", "B"} {
		a, err := s.Assess(situation.Query{Article: art, During: v, Reading: reading})
		if err != nil {
			continue // it has no such reading
		}
		out.periods[reading] = killed(a.Casualties)
		if r := a.Casualties; r != nil && r.Killed != nil && !r.Killed.Valid() {
			t.Fatalf("article %s states %+v killed in %v", art, *r.Killed, v)
		}
	}
	if out.periods[""] != killed(out.count.Casualties) {
		t.Fatalf("article %s: of %v killed %v are counted, and its period states %v", art, v, killed(out.count.Casualties), out.periods[""])
	}
	for _, c := range []*truce.Casualties{out.count.Casualties, out.count.Unclear} {
		if r := killed(c); out.count.May.Incidents > 0 && r.Best != truce.NoBest && r.Low != r.High {
			t.Fatalf("article %s: %v has a best figure, and it is open how many incidents there are", art, r)
		}
	}
	return out
}

// leads says in what a later answer lies outside of what was said before; empty: in nothing.
// part: the period is a part of the time, and it is open whether what crosses its ends lies in
// it. decided: people decided about incidents, and a decision is on all that is put together with
// the incident afterwards, so that a claim counts that did not, or harm comes under the article:
// then only the lows hold.
func (was rangesTold) leads(is rangesTold, part, decided bool) string {
	low, high := is.count.Incidents, is.count.Incidents+is.count.May.Incidents
	if !part {
		low = high
	}
	if high < was.count.Incidents || low > was.count.Incidents+was.count.May.Incidents && !decided {
		return fmt.Sprintf("%d to %d incidents", is.count.Incidents, high)
	}
	// An answer may tell who acted, or make it doubtful: then people move from one of the two
	// sums of harm to the other. So each has its own low, and both together a high.
	for reading, r := range is.periods {
		known := reading == "" && is.count.May.Incidents == 0 // of one reading alone it may be open all the same
		if r.High < was.periods[reading].Low || known && r.Low < was.periods[reading].Low {
			return fmt.Sprintf("%v killed in the period (reading %q), and it was %v", r, reading, was.periods[reading])
		}
	}
	if r, before := killed(is.count.Unclear), killed(was.count.Unclear); r.High < before.Low || is.count.May.Incidents == 0 && r.Low < before.Low {
		return fmt.Sprintf("%v killed, the actor missing, and it was %v", r, before)
	}
	if low, most := killed(is.count.Casualties).Low+killed(is.count.Unclear).Low, killed(was.count.Casualties).High+killed(was.count.Unclear).High; low > most && !decided && !was.mixed {
		return fmt.Sprintf("at least %d killed, and it was at most %d", low, most)
	}
	return ""
}

// lawful counts what a law was tried on.
type lawful struct{ open, answers, harmed, differ int }

// TestRangesHold: whatever people answer to what may be the same, the numbers that there are
// then, of incidents and of people, lie in every range that was shown before, whoever reads
// the article how, and of whichever period.
func TestRangesHold(t *testing.T) {
	a := theRanges(t)
	var n lawful
	rapid.Check(t, func(t *rapid.T) {
		n.holds(t, a, vague(t, a, 9), func(*situation.Situation, int) *truce.Item { return nil })
	})
	if n.open == 0 || n.answers == 0 || n.harmed == 0 || n.differ == 0 {
		t.Fatalf("it was tried on too little: %+v", n)
	}
	t.Logf("%+v", n)
}

// holds answers what may be the same until nothing is open. deed may say something else
// between two answers, after which the ranges may be others.
func (c *lawful) holds(t *rapid.T, a *truce.Agreement, items []truce.Item, deed func(*situation.Situation, int) *truce.Item) {
	periods := []truce.Interval{{}, {Start: monday, End: monday + 86_400_000}, {Start: monday + 86_400_000, End: monday + 2*86_400_000}, {Start: monday, End: monday + 2*86_400_000}, {Start: monday + 5*3_600_000, End: monday + 20*3_600_000}}
	type key struct {
		art truce.Article
		of  int
	}
	shown := map[key][]rangesTold{}
	var shownAs []*situation.Situation
	decided := false
	for n := range 60 {
		s := situation.Build(a, items, truce.Never, opts())
		shownAs = append(shownAs, s)
		for i := range a.Provisions {
			art := a.Provisions[i].Article
			for i, v := range periods {
				is, k := tellRanges(t, s, art, v), key{art, i}
				if i == 0 && is.count.May.Incidents > 0 {
					c.open++
					if r := killed(is.count.Casualties); r.Low < r.High {
						c.harmed++
					}
				}
				if i == 0 && is.periods["A"] != is.periods["B"] {
					c.differ++
				}
				for m, was := range shown[k] {
					if out := was.leads(is, i > 0, decided); out != "" {
						t.Log(picture(shownAs[len(shownAs)-1-len(shown[k])+m], art), picture(s, art))
						t.Fatalf("after %d answers, article %s tells of %s in %v; shown was %+v", n, art, out, v, was)
					}
				}
				shown[k] = append(shown[k], is)
			}
		}
		if other := deed(s, n); other != nil {
			items, decided = append(items, *other), true
			clear(shown)
			continue
		}
		next := answer(t, s, n+1)
		if next == nil {
			return
		}
		c.answers++
		items = append(items, *next)
	}
}

// TestRangesHoldAfter: between the answers, people confirm and reject, verify and call
// unverifiable, say that reports are not copies, and change grades, and the mission takes back
// what was said. After each of these the ranges may differ, and are correct from there on.
func TestRangesHoldAfter(t *testing.T) {
	a := theRanges(t)
	kinds := map[string]int{}
	var c lawful
	rapid.Check(t, func(t *rapid.T) {
		left := rapid.IntRange(1, 4).Draw(t, "deeds")
		gone := map[truce.Digest]bool{}
		c.holds(t, a, vague(t, a, 8), func(s *situation.Situation, n int) *truce.Item {
			list := s.Incidents()
			if left == 0 || len(list) == 0 || rapid.IntRange(0, 2).Draw(t, "deed") > 0 {
				return nil
			}
			left--
			inc := rapid.SampledFrom(list).Draw(t, "incident")
			if rapid.IntRange(0, 4).Draw(t, "withdraw") == 0 {
				o := rapid.SampledFrom(inc.Of).Draw(t, "report")
				if gone[o.ID] {
					return nil
				}
				gone[o.ID] = true
				kinds["withdrawal"]++
				return &truce.Item{Known: truce.Always, Withdrawal: &truce.Withdrawal{Of: o.ID, Because: "a test"}}
			}
			d := &truce.Decision{ID: truce.DigestOf("deed", fmt.Sprint(n)), Kind: rapid.SampledFrom([]truce.DecisionKind{truce.Confirm, truce.Reject, truce.Reject, truce.Verify, truce.Unverifiable, truce.Independent, truce.Regrade}).Draw(t, "kind"), Of: inc.IDs(), Because: "a test", Seq: int64(1000 + n)}
			switch d.Kind {
			case truce.Confirm, truce.Reject:
				d.Article = rapid.SampledFrom([]truce.Article{"1", "2", "4", "6", "7"}).Draw(t, "article")
			case truce.Regrade:
				d.Grade = truce.Grade{Source: 'B', Info: '2'}
			}
			if rapid.Bool().Draw(t, "state") {
				d.State = inc.IDs()
			}
			kinds[string(d.Kind)]++
			return &truce.Item{Known: truce.Always, Decision: d}
		})
	})
	if len(kinds) < 7 {
		t.Fatalf("people did no more than %v", kinds)
	}
	t.Logf("%v; %+v", kinds, c)
}
