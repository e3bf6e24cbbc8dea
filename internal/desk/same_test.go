package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/situation"
)

// same is what the desk lists of what may be the same, in words.
func (w *world) same(s *situation.Situation, skip, most int) (out []string, more bool) {
	list, more := desk.SameOf(s, skip, most)
	for _, x := range list {
		if x.Bundle != nil {
			out = append(out, fmt.Sprintf("%d of %s", x.Bundle.Reports(), x.Bundle.Day))
			continue
		}
		var others []string
		for _, p := range x.Question.Proposed {
			others = append(others, w.name(p.Other))
		}
		slices.Sort(others)
		out = append(out, w.name(x.Question.Incident)+": "+strings.Join(others, " "))
	}
	return out, more
}

// day is a report of a day, some way north of the first.
func (w *world) day(name, date, source string, metres int) {
	w.t.Helper()
	w.say(0, name, fmt.Sprintf("observe %s strike %s %.5fN 37.8000E ±2km source=%s", name, date, 48+float64(metres)/111_200, source))
}

// TestSameOf: the latest day first, of a day the likeliest first, each pair once, page by page,
// and what people answered no more.
func TestSameOf(t *testing.T) {
	w := newWorld(t)
	w.day("a", "2026-03-01", "post-1", 0)
	w.day("b", "2026-03-01", "ngo", 1500)
	w.day("c", "2026-03-02", "post-1", 0)
	w.day("d", "2026-03-02", "ngo", 2500)
	w.day("e", "2026-03-02", "ngo", 60_000)
	s := w.at(1)
	all, more := w.same(s, 0, 10)
	if len(all) != 2 || more || !slices.Contains([]string{"c: d", "d: c"}, all[0]) || !slices.Contains([]string{"a: b", "b: a"}, all[1]) {
		t.Fatalf("it lists %q, more %v", all, more)
	}
	if first, more := w.same(s, 0, 1); len(first) != 1 || first[0] != all[0] || !more {
		t.Errorf("the first page is %q, more %v", first, more)
	}
	if second, more := w.same(s, 1, 1); len(second) != 1 || second[0] != all[1] || more {
		t.Errorf("the second page is %q, more %v", second, more)
	}
	if none, more := w.same(s, 10_000_000, 10); len(none) > 0 || more {
		t.Errorf("beyond the end there is %q", none)
	}
	w.decide(1, truce.Split, "c", "", "verification-1", func(d *truce.Decision) { d.Of = []truce.Digest{w.ids["c"], w.ids["d"]} })
	w.decide(1, truce.Merge, "a", "", "verification-1", func(d *truce.Decision) { d.Of = []truce.Digest{w.ids["a"], w.ids["b"]} })
	if left, _ := w.same(w.at(2), 0, 10); len(left) > 0 {
		t.Errorf("everything was answered, and it lists %q", left)
	}
}

// TestSameOfACrowd: of forty reports of one village and day nothing is asked one by one.
func TestSameOfACrowd(t *testing.T) {
	w := newWorld(t)
	for i := range 60 {
		w.say(0, fmt.Sprintf("r%d", i), fmt.Sprintf("observe r%d strike 2026-03-02 48.%04dN 37.8000E ±200m source=%s", i, i%7, []string{"post-1", "ngo"}[i%2]))
	}
	if all, more := w.same(w.at(1), 0, 10); len(all) != 1 || all[0] != "60 of 2026-03-02" || more {
		t.Errorf("it lists %q", all)
	}
}
