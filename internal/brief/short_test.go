package brief

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/summary"
)

// TestShort: the first sentence, worked out by hand from what was said. Terms are in force from
// 1 August 2025; articles 1 and 3 forbid strikes, 2 is about guns, and 4 binds from September.
func TestShort(t *testing.T) {
	const (
		day  = "2025-08-20"
		none = "No person has decided that there was a violation."
		// nothing independent
		blind = "No source independent of the parties states what it could see."
	)
	for _, tt := range []struct {
		name, said, period string
		before             truce.Interval // the period before; zero: of everything there is none
		decided            bool
		want               string
	}{
		{"nothing", "", day, truce.Interval{}, false, "1 day (20 Aug 2025). " + none + " Nothing that an article in force is about was observed. " + blind},
		{"one region is not most", `observe a strike 2025-08-20T10:00/10:05Z 49.99N 36.23E ±100m weapon=missile source=wire`, day, truce.Interval{}, false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 1 incident. " + blind},
		{"two regions, the first with more", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe b strike 2025-08-20T14:00/14:01Z 49.50N 36.83E ±100m weapon=missile source=wire actor=A
			observe c strike 2025-08-20T18:00/18:01Z 48.01N 37.80E ±100m weapon=missile source=wire actor=A`, day, truce.Interval{}, false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 3 incidents; of all 3 incidents that were reported, whether or not an article is about them, the regions with most, by their higher numbers, are Kharkiv Oblast (2) and Donetsk Oblast (1). " + blind},
		{"decided", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, "2025-08-19/2025-08-22", truce.Interval{}, true,
			"3 days (19 Aug 2025 to 21 Aug 2025). People decided that there was a violation on at least 1 day. An article in force may be about 1 incident. " + blind},
		{"fewer than the day before, and more watched", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe b strike 2025-08-19T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe c strike 2025-08-19T18:00/18:01Z 48.01N 37.80E ±100m weapon=missile source=wire actor=A
			cover w patrol zone:area 2025-08-20/2025-08-21 share=0.5 source=wire`, day, dayOf(19), false,
			// Article 2 is about a band of 10 km on each side of a line 146 km long, 2,920 square km of which lie in the
			// zone, and of the discs at its ends, which with 314 do not: 0.5 of 90 % is 45 %.
			"1 day (20 Aug 2025). " + none + " An article in force may be about 1 incident. Watched by somebody independent of the parties: 45 % to 50 % of area and time, by article. That is fewer than in the period before (2), and more was watched."},
		{"more than the day before, nothing watched", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe b strike 2025-08-20T20:00/20:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe c strike 2025-08-19T18:00/18:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, day, dayOf(19), false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 2 incidents. " + blind + " That is more than in the period before (1), and no independent coverage is stated for either."},
		{"as many", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe c strike 2025-08-19T18:00/18:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, day, dayOf(19), false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 1 incident. " + blind + " That is as many as in the period before, and no independent coverage is stated for either."},
		{"on either day", `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
			observe b strike 2025-08-19T23:00/2025-08-20T02:00Z 49.99N 36.90E ±100m weapon=missile source=wire actor=A`, day, dayOf(19), false,
			"1 day (20 Aug 2025). " + none + " An article in force may be about 1 to 2 incidents. " + blind + " Whether that is more or fewer than in the period before (0 to 1) cannot be said, and no independent coverage is stated for either."},
		{"before the terms were in force there is nothing to compare with", `observe a strike 2025-08-01T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, "2025-08-01", dayOf(0), false,
			"1 day (1 Aug 2025). " + none + " An article in force may be about 1 incident. " + blind},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := headlineOf(t, termsOf(t), tt.said, tt.period, tt.decided, func(c *composer) {
				if tt.before != (truce.Interval{}) {
					c.b, c.r.Before = tt.before, &tt.before
					c.r.Articles = nil
					c.articles()
				}
			})
			for _, x := range got {
				if x.About.Format == "In short" {
					if x.Text.String() != tt.want {
						t.Errorf("got  %s\nwant %s", x.Text, tt.want)
					}
					return
				}
			}
			t.Error("nothing is said in short")
		})
	}
}

// dayOf is a day of August 2025, UTC.
func dayOf(n int) truce.Interval {
	const first = 1_754_006_400_000 // 1 August 2025
	start := truce.Instant(first + (n-1)*86_400_000)
	return truce.Interval{Start: start, End: start + 86_400_000}
}

// TestComparable: a period before is only compared with if an article was in force in all of it.
func TestComparable(t *testing.T) {
	for period, want := range map[string]bool{"2025-08-20": true, "2025-08-02": true, "2025-08-01": false, "2025-08-02/2025-08-05": false, "2025-08-04/2025-08-07": true} {
		c := composerOf(t, termsOf(t), `observe a strike 2025-08-01T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A`, period, false)
		full, err := compose(c.in, c.s, c.v, 0, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := full.r.Before != nil; got != want {
			t.Errorf("%s: compared with a period before: %v, want %v", period, got, want)
		}
	}
}

// TestOthersAreNotNamed: who others were is told only to readers who are shown all of their
// incidents.
func TestOthersAreNotNamed(t *testing.T) {
	for _, tt := range []struct {
		to   release.Viewer
		want string
	}{
		{release.Viewer{To: truce.ForMission}, "article 1, 2 incidents (OUT 2); article 3, 2 incidents (OUT 2)."},
		{release.Viewer{To: truce.ForPublic, Rules: truce.PublicRelease{Delay: 24 * time.Hour}, At: 1_767_225_600_000}, "article 1, 2 incidents; article 3, 2 incidents."},
	} {
		c := composerOf(t, termsOf(t), `observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=OUT
			observe b strike 2025-08-20T14:00/14:01Z 49.50N 36.83E ±100m weapon=missile source=wire actor=OUT`, "2025-08-20", false)
		c.to = tt.to
		c.gather()
		c.headline()
		said := false
		for _, x := range c.r.Headline {
			said = said || strings.HasSuffix(x.Text.String(), "who acted: "+tt.want)
		}
		if !said {
			t.Errorf("to %s: nothing says %q: %v", tt.to.To, tt.want, c.r.Headline)
		}
	}
}

// TestHarmed: the first few incidents are the lowest, in whatever order days are joined.
func TestHarmed(t *testing.T) {
	inc := func(n byte) *truce.Incident { return &truce.Incident{ID: truce.Digest{n}} }
	of := func(list ...byte) *harmedSum {
		out := &harmedSum{}
		for _, n := range list {
			out.join(&harmedSum{n: 1, first: []*truce.Incident{inc(n)}})
		}
		return out
	}
	five := of(9, 2, 7, 4, 5)
	if len(five.first) != mostNamed+1 || five.first[0].ID[0] != 2 || five.first[3].ID[0] != 7 || five.n != 5 {
		t.Errorf("the first of five: %+v", five)
	}
	// Three are named, and four are not.
	for n, want := range map[int]string{3: " (incidents 010000000000, 020000000000, 030000000000)", 4: ""} {
		c := composerOf(t, termsOf(t), "", "2025-08-20", false)
		if got := c.named(of([]byte{1, 2, 3, 4}[:n]...)).String(); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// TestAnnex: a report that a person rejected is told as rejected, not as no violation, and a
// statement of none of a region is one of all of it.
func TestAnnex(t *testing.T) {
	c := composerOf(t, termsOf(t), "", "2025-08-20", false)
	records := []truce.Item{}
	for line := range strings.Lines("observe a strike 2025-08-20T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A\nallege n by B attack 2025-08-20 region:area count=0") {
		r, err := scenario.ParseEntry(c.a, strings.TrimSpace(line), options)
		if err != nil {
			t.Fatal(err)
		}
		r.Known = 1_767_225_600_000
		records = append(records, r)
	}
	records = append(records, truce.Item{Known: 1_767_225_600_000, Decision: &truce.Decision{ID: truce.DigestOf("d"), Seq: 1, Kind: truce.Reject, Of: []truce.Digest{records[0].Observation.ID}, Article: "1", Because: "a summary of several days", By: "officer"}})
	c.s = situation.Build(c.a, records, truce.Never, options)
	c.gather()
	c.incidents()
	var says []string
	for _, x := range c.r.Incidents {
		for _, f := range x.Findings {
			says = append(says, string(f.Article)+" "+f.Says())
		}
	}
	if !slices.Contains(says, "1 rejected by a person") {
		t.Errorf("%q", says)
	}
	if len(c.r.None) != 1 || c.r.None[0].Place != "all of area" {
		t.Errorf("%+v", c.r.None)
	}
}

const openTerms = `truce: 1
id: open
title: Open
status: rehearsal
timezone: UTC
parties: [{id: A, name: A}, {id: B, name: B}, {id: C, name: C}]
zones: {area: area.geojson}
phases: [{id: truce, from: 2025-08-01}]
sources: [{id: wire, publisher: Wire}, {id: paper, publisher: Paper}]
provisions:
  - {article: "1", phase: truce, binds: [A], text: No mortars., prohibit: {domain: ground, acts: [attack], in: [area], against: [B]}}
  - {article: "2", phase: truce, binds: [A, C], text: No air strikes., prohibit: {domain: air, acts: [strike], in: [area], against: [B]}}
`

// TestOpenHarm: two attacks by unknown weapons have 4 and 6 dead, and nobody names who acted. The
// second may be the air strike by C that another publisher has on that day: then article 1, on other
// weapons, is not about it. So it is of 4 dead for sure that nobody knows whether article 1 is about them,
// and of 10 that nobody knows it of article 2. Both articles count the same two incidents, and one sentence
// says so with the higher of the two lows; by hand, 4 + 6 = 10.
func TestOpenHarm(t *testing.T) {
	a, probs := agreement.Read(fstest.MapFS{"agreement.yaml": {Data: []byte(openTerms)}, "area.geojson": {Data: []byte(area)}})
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	c := composerOf(t, a, `observe a attack 2025-08-20T10:00/10:05Z 48.5N 37.0E ±100m source=wire killed=4
		observe b attack 2025-08-20T14:00/14:05Z 49.5N 37.0E ±100m source=wire killed=6
		observe c strike 2025-08-20 49.5N 37.0E ±5km weapon=aircraft source=paper actor=C`, "2025-08-20", false)
	c.gather()
	for i, want := range []string{"killed 4 to 10", "killed 10"} {
		if got := summary.Harms(c.r.Articles[i].Count.Unclear).String(); got != want {
			t.Errorf("article %s: %q, want %q", c.r.Articles[i].Article, got, want)
		}
	}
	if len(c.r.Open) != 1 || c.r.Open[0].Names() != "1, 2" || c.r.Open[0].Incidents != 2 || summary.Harms(c.r.Open[0].Casualties).String() != "killed 10" {
		t.Errorf("together: %+v", c.r.Open)
	}
	c.headline()
	n := 0
	for _, x := range c.r.Headline {
		if x.About.String() == "Harm" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d sentences on harm, want 1: %v", n, c.r.Headline)
	}
}
