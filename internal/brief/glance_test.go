package brief

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// glanceOf is what the first screen says of a period of what was said.
func glanceOf(t *testing.T, said, period string, set func(*composer)) (changes, unwatched []string, regions []report.Region) {
	t.Helper()
	c := composerOf(t, termsOf(t), said, period, false)
	if set != nil {
		set(c)
	}
	c.gather()
	c.headline()
	ch, un := c.glance()
	text := func(list []truce.Reason) (out []string) {
		for _, r := range list {
			out = append(out, r.String())
		}
		return out
	}
	return text(ch), text(un), ranked(c.r.Regions)
}

// TestChanges: worked out by hand from what was said. Articles 1 and 3 are in force from 1 August
// 2025, and 2 is about guns; a patrol sees half of the zone on some days.
func TestChanges(t *testing.T) {
	const (
		one    = `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`
		two    = "\n" + `observe b strike 2025-08-19T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A` + "\n" + `observe c strike 2025-08-19T18:00/18:01Z 48.01N 37.80E ±100m weapon=missile source=wire actor=A`
		vague  = `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A` + "\n" + `observe b strike 2025-08-19T23:00/2025-08-20T02:00Z 49.99N 36.90E ±100m weapon=missile source=wire actor=A`
		patrol = "\ncover w patrol zone:area 2025-08-20/2025-08-21 share=0.5 source=wire"
		blind  = "no independent coverage is stated for either"
	)
	for _, tt := range []struct {
		name, said, period string
		want               []string
	}{
		{"fewer than the day before, and more watched", one + two + patrol, "2025-08-20", []string{
			"On 20 Aug 2025 an article in force may be about 1 incident; on the day before: 2. That is fewer, and more was watched.",
			"In seven days (14 Aug 2025 to 20 Aug 2025) an article in force may be about 3 incidents; in the seven days before: 0. That is more, and more was watched.",
		}},
		{"the day after, and less watched", one + two + patrol, "2025-08-19/2025-08-22", []string{
			"On 21 Aug 2025 an article in force may be about 0 incidents; on the day before: 1. That is fewer, and less was watched.",
			"In seven days (15 Aug 2025 to 21 Aug 2025) an article in force may be about 3 incidents; in the seven days before: 0. That is more, and more was watched.",
		}},
		{"on either day: nothing is said to be more", vague, "2025-08-20", []string{
			"On 20 Aug 2025 an article in force may be about 1 to 2 incidents; on the day before: 0 to 1. Whether that is more or fewer cannot be said, and " + blind + ".",
			"In seven days (14 Aug 2025 to 20 Aug 2025) an article in force may be about 2 incidents; in the seven days before: 0. That is more, and " + blind + ".",
		}},
		{"before the terms there is nothing to compare with", strings.ReplaceAll(one, "2025-08-20", "2025-08-01"), "2025-08-01", []string{
			"On 1 Aug 2025 an article in force may be about 1 incident. The day before is not compared, because other articles were in force, or some for a part of the time.",
			"In seven days (26 Jul 2025 to 1 Aug 2025) an article in force may be about 1 incident. The seven days before are not compared, because other articles were in force, or some for a part of the time.",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, _, _ := glanceOf(t, tt.said, tt.period, nil); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestDayNotOver: a day that is not over is never called quieter than the one before.
func TestDayNotOver(t *testing.T) {
	got, _, _ := glanceOf(t, "observe a strike 2025-08-19T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A", "2025-08-20", func(c *composer) { c.s.Now = dayOf(20).Start + 1 })
	want := []string{
		"So far on 20 Aug 2025 an article in force may be about 0 incidents; on the day before: 1. The day is not over, so the two are not compared.",
		"In seven days (13 Aug 2025 to 19 Aug 2025) an article in force may be about 1 incident; in the seven days before: 0. That is more, and no independent coverage is stated for either.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestUnwatched: of three days a patrol saw half of the zone on one.
func TestUnwatched(t *testing.T) {
	_, got, _ := glanceOf(t, "cover w patrol zone:area 2025-08-20/2025-08-21 share=0.5 source=wire", "2025-08-19/2025-08-22", nil)
	want := "In 2 of 3 days nobody independent of the parties states that they watched. That nothing was reported then does not mean that nothing happened."
	// A third of 45 % and of 50 %.
	if len(got) != 2 || got[1] != want || !strings.Contains(got[0], ": 15 % to 17 % of area and time") {
		t.Errorf("%q", got)
	}
	if _, got, _ := glanceOf(t, "cover w patrol zone:area 2025-08-19/2025-08-22 share=0.5 source=wire", "2025-08-19/2025-08-22", nil); len(got) != 1 {
		t.Errorf("watched on each day: %q", got)
	}
}

// TestRankedRegions: the region with most comes first, and one without any is not ranked.
func TestRankedRegions(t *testing.T) {
	_, _, got := glanceOf(t, `observe a strike 2025-08-20T10:00/10:01Z 48.01N 37.80E ±100m weapon=missile source=wire actor=A
		observe b strike 2025-08-20T14:00/14:01Z 49.50N 36.83E ±100m weapon=missile source=wire actor=A
		observe c strike 2025-08-20T18:00/18:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, "2025-08-20", nil)
	if len(got) != 2 || got[0].Name != "Kharkiv Oblast" || got[0].Count.Incidents != (report.Span{Low: 2, High: 2}) || got[1].Name != "Donetsk Oblast" {
		t.Errorf("%+v", got)
	}
}

// TestLooked: an incident on which a person decided is counted once, whatever was decided, and only
// where it is told and within the period. Worked out by hand: a and b are in the zone, and c is the
// day after; under no article is d, which is outside the zone.
func TestLooked(t *testing.T) {
	said := `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
		observe b strike 2025-08-20T18:00/18:01Z 48.01N 37.80E ±100m weapon=missile source=wire actor=A
		observe c strike 2025-08-21T18:00/18:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
		observe d strike 2025-08-20T12:00/12:01Z 10.0N 10.0E ±100m weapon=missile source=wire actor=A`
	a := termsOf(t)
	const known = 1_767_225_600_000 // after all of it
	var reports []truce.Item
	for line := range strings.Lines(said) {
		r, err := scenario.ParseEntry(a, strings.TrimSpace(line), options)
		if err != nil {
			t.Fatal(err)
		}
		r.Known = known
		reports = append(reports, r)
	}
	mission := release.Viewer{To: truce.ForMission}
	type decided struct {
		on      int // by number of the report
		kind    truce.DecisionKind
		article truce.Article
	}
	for _, tt := range []struct {
		name    string
		decided []decided
		period  string
		to      release.Viewer
		want    int
	}{
		{"nothing decided", nil, "2025-08-20", mission, 0},
		{"two decisions on one incident", []decided{{0, truce.Confirm, "1"}, {0, truce.Reject, "3"}}, "2025-08-20", mission, 1},
		{"two incidents", []decided{{0, truce.Confirm, "1"}, {1, truce.Reject, "1"}}, "2025-08-20", mission, 2},
		{"one of them on another day", []decided{{0, truce.Confirm, "1"}, {2, truce.Reject, "1"}}, "2025-08-20", mission, 1},
		{"under no article", []decided{{3, truce.Reject, "1"}}, "2025-08-20", mission, 0},
		{"a reader who is shown none of them yet", []decided{{0, truce.Confirm, "1"}}, "2025-08-20", release.Viewer{To: truce.ForPublic, Rules: truce.PublicRelease{Delay: 24 * time.Hour}, At: known}, 0},
	} {
		items := slices.Clone(reports)
		for k, d := range tt.decided {
			items = append(items, truce.Item{Known: known, Decision: &truce.Decision{ID: truce.DigestOf("decision", string(rune('a'+k))), Seq: int64(k + 1), Kind: d.kind, Of: []truce.Digest{reports[d.on].Observation.ID}, Article: d.article, Because: "fragments", By: "head"}})
		}
		c := composerOf(t, a, "", tt.period, false)
		c.s, c.to = situation.Build(a, items, truce.Never, options), tt.to
		c.gather()
		if got := c.looked(); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}
