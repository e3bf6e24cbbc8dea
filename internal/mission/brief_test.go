package mission_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/mission"
)

// TestReportOfItsSituation: a report has the articles under which its situation was
// computed, also where an amendment has one more: a draft may be frozen before it.
func TestReportOfItsSituation(t *testing.T) {
	m, err := begin.Mission(filepath.Join(t.TempDir(), "field"), "air-first", os.DirFS("../../agreements/ukraine-air-first"), begin.Flags{Origin: "test/field"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.Situation(truce.Never)
	if err != nil {
		t.Fatal(err)
	}
	amended := *m.Agreement
	more := amended.Provisions[0]
	more.Article = "99"
	amended.Provisions = append(slices.Clone(amended.Provisions), more)
	m.Agreement = &amended
	now := truce.InstantOf(time.Now())
	r, err := m.Report(s, truce.Interval{}, now, now)
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Board(s, truce.Interval{}, now)
	if err != nil {
		t.Fatal(err)
	}
	if want := len(s.Agreement.Provisions); len(r.Articles) != want || len(b.Articles) != want {
		t.Errorf("the report has %d articles, and the board %d, of %d", len(r.Articles), len(b.Articles), want)
	}
}
