package brief

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
)

// TestRegionOfWhatMayBeElsewhere: two reports of two regions that may be the same are one or two
// incidents, and none or one in each region. What may be the same within one region is one there.
func TestRegionOfWhatMayBeElsewhere(t *testing.T) {
	for _, tt := range []struct {
		name, said, period string
		want               map[string]report.Span
	}{
		{"of two regions", `observe a strike 2025-08-20 region:west weapon=missile source=wire
			observe b strike 2025-08-20 region:east weapon=missile source=paper`, "2025-08-20", map[string]report.Span{"west": {High: 1}, "east": {High: 1}}},
		{"of one region, on two days", `observe a strike 2025-08-20T21:00/23:59Z region:west weapon=missile source=wire
			observe b strike 2025-08-21T00:01/02:00Z region:west weapon=missile source=paper`, "2025-08-20/2025-08-22", map[string]report.Span{"west": {Low: 1, High: 2}}},
		{"of one region, on two days, of one of them", `observe a strike 2025-08-20T21:00/23:59Z region:west weapon=missile source=wire
			observe b strike 2025-08-21T00:01/02:00Z region:west weapon=missile source=paper`, "2025-08-20", map[string]report.Span{"west": {High: 1}}},
		{"of one source that keeps its events apart", `observe a strike 2025-08-20 region:west weapon=missile source=wire
			observe b strike 2025-09-20 region:east weapon=missile source=wire`, "2025-08-20/2025-09-21", map[string]report.Span{"west": {Low: 1, High: 1}, "east": {Low: 1, High: 1}}},
	} {
		c := composerOf(t, halves(t), tt.said, tt.period, false)
		c.gather()
		// Whoever is shown places less precisely, and whoever reads of the period before, reads
		// the same: these places are wide enough.
		public := composerOf(t, halves(t), tt.said, tt.period, false)
		public.to = release.Viewer{To: truce.ForPublic, Rules: truce.PublicRelease{BlurM: 1000}, At: truce.Never}
		public.gather()
		public.regions()
		before := composerOf(t, halves(t), tt.said, "2025-10-10/2025-10-12", false)
		before.b = c.v
		before.gather()
		before.regions()
		for name, n := range tt.want {
			for _, r := range public.r.Regions {
				if r.Name == name && r.Count.Incidents != n {
					t.Errorf("%s: the public reads %v of %s, want %v", tt.name, r.Count.Incidents, name, n)
				}
			}
			for _, r := range before.r.Regions {
				if r.Name == name && r.Before.Incidents != n {
					t.Errorf("%s: before, there were %v of %s, want %v", tt.name, r.Before.Incidents, name, n)
				}
			}
		}
		if len(public.r.Regions) < len(tt.want) || len(before.r.Regions) < len(tt.want) {
			t.Errorf("%s: the public reads of %d regions, and %d were before", tt.name, len(public.r.Regions), len(before.r.Regions))
		}
		total := report.Span{}
		got := map[string]report.Span{}
		for name, r := range c.z.regions {
			got[name], total = r.Incidents, total.Plus(r.Incidents)
			acts := report.Span{}
			for _, n := range r.acts {
				acts = acts.Plus(n)
			}
			if acts != r.Incidents {
				t.Errorf("%s: acts of %s are %v, of %v incidents", tt.name, name, acts, r.Incidents)
			}
		}
		for name, n := range tt.want {
			if got[name] != n {
				t.Errorf("%s: %v of %s, want %v", tt.name, got[name], name, n)
			}
		}
		if o := c.z.observed; total.High != o.High || total.Low > o.Low {
			t.Errorf("%s: %v in all, and %v by region", tt.name, o, total)
		}
	}
}

// halves are the terms with a zone in the west and one in the east of the area.
func halves(t *testing.T) *truce.Agreement {
	t.Helper()
	half := func(from, to string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[` + from + `,48],[` + to + `,48],[` + to + `,50],[` + from + `,50],[` + from + `,48]]]}}]}`)}
	}
	text := strings.Replace(terms, "zones: {area: area.geojson}", "zones: {area: area.geojson, west: west.geojson, east: east.geojson}", 1)
	a, probs := agreement.Read(fstest.MapFS{"agreement.yaml": {Data: []byte(text)}, "area.geojson": {Data: []byte(area)}, "edge.geojson": {Data: []byte(edge)}, "west.geojson": half("36", "37"), "east.geojson": half("37", "38")})
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

// pairs are acts that are far from one another, each reported by two publishers.
func pairs(act string, n int) (out string) {
	east := map[string]string{"attack": "36.2", "overflight": "37.8"}[act]
	for i := range n {
		for _, by := range []string{"wire", "paper"} {
			out += fmt.Sprintf("observe %s%d%s %s 2025-09-20T10:00/10:05Z 48.%dN %sE ±100m source=%s\n", act, i, by, act, 1+2*i, east, by)
		}
	}
	return out
}

// TestPartsOfARange: of incidents that may be the same, what is corroborated and on what ground,
// and what counts under several articles, is never surely more than how many there surely are, and
// what surely is of none is not said to be of one.
func TestPartsOfARange(t *testing.T) {
	for _, tt := range []struct {
		name, said, period string
		borne, of          report.Span
	}{
		{"corroborated about midnight, and vague ones that may be the same", `observe a attack 2025-08-20T23:30/2025-08-21T00:30Z 48.5N 37.0E ±100m weapon=mortar source=wire
			observe b attack 2025-08-20T23:30/2025-08-21T00:30Z 48.5N 37.0E ±100m weapon=mortar source=paper
			observe c attack 2025-08-20T23:30/2025-08-21T00:30Z 48.6N 37.0E ±100m weapon=mortar source=wire
			observe d attack 2025-08-20T23:30/2025-08-21T00:30Z 48.6N 37.0E ±100m weapon=mortar source=paper
			observe e attack 2025-08-20T20:00/23:50Z 48.52N 37.0E ±8km weapon=mortar source=wire
			observe f attack 2025-08-20T20:00/23:50Z 48.58N 37.0E ±8km weapon=mortar source=paper`, "2025-08-20", report.Span{Low: 0, High: 2}, report.Span{Low: 0, High: 4}},
		{"two corroborated and two that may be the same", `observe a attack 2025-08-20T10:00/10:10Z 48.5N 37.0E ±100m weapon=mortar source=wire
			observe b attack 2025-08-20T10:00/10:10Z 48.5N 37.0E ±100m weapon=mortar source=paper
			observe c attack 2025-08-20T16:00/16:10Z 48.6N 37.0E ±100m weapon=mortar source=wire
			observe d attack 2025-08-20T16:00/16:10Z 48.6N 37.0E ±100m weapon=mortar source=paper
			observe e attack 2025-08-20T09:00/17:00Z 48.52N 37.0E ±8km weapon=mortar source=wire
			observe f attack 2025-08-20T09:00/17:00Z 48.58N 37.0E ±8km weapon=mortar source=paper`, "2025-08-20", report.Span{Low: 1, High: 2}, report.Span{Low: 1, High: 4}},
		{"corroborated under two articles, and two that may be the same", pairs("attack", 3) + pairs("overflight", 3) + `observe x attack 2025-09-20 49.8N 37.0E ±4km weapon=mortar source=wire
			observe y attack 2025-09-20 49.81N 37.0E ±4km weapon=mortar source=paper`, "2025-09-20", report.Span{Low: 5, High: 6}, report.Span{Low: 7, High: 8}},
	} {
		c := composerOf(t, termsOf(t), tt.said, tt.period, false)
		c.gather()
		of := c.touched()
		if got := c.z.borne; got.High != tt.borne.High || got.Low > got.High || tt.borne.Low == 0 && got.Low > 0 {
			t.Errorf("%s: %v are corroborated, want about %v", tt.name, got, tt.borne)
		}
		if of.High != tt.of.High || of.Low < tt.of.Low || of.Low < c.z.borne.Low {
			t.Errorf("%s: %v are corroborated of %v", tt.name, c.z.borne, of)
		}
		parts := map[string]report.Span{"clear": c.z.clear, "unclear": c.z.unclear, "shared": c.z.shared, "about": c.z.about, "borne": c.z.borne}
		for g, n := range c.z.grounds {
			parts[string(g)] = n
		}
		for f, n := range c.z.missing {
			parts[string(f)] = n
		}
		for name, n := range parts {
			if n.Low > c.z.observed.Low || n.High > c.z.observed.High {
				t.Errorf("%s: %s of %v, of %v observed", tt.name, name, n, c.z.observed)
			}
		}
		t.Logf("%s: borne %v of %v, observed %v, %v", tt.name, c.z.borne, of, c.z.observed, parts)
	}
}

// TestBarOfMidnights: a bar of a week has as many for sure as the article in that week, where some
// of it crosses midnight.
func TestBarOfMidnights(t *testing.T) {
	var said string
	for _, when := range []string{"2025-08-09T23:30/2025-08-10T00:30Z", "2025-08-11T23:30/2025-08-12T00:30Z", "2025-08-12T10:30/11:30Z", "2025-12-08T10:30/11:30Z"} {
		said += "observe x" + when[5:7] + when[8:10] + " attack " + when + " 48.5N 37.0E ±100m weapon=mortar source=wire\n"
	}
	c := composerOf(t, termsOf(t), said, "2025-08-01/2026-12-20", false)
	c.gather()
	week := false
	for _, b := range c.r.Articles[0].Ribbon {
		week = week || b.During.Width() > 24*time.Hour
		if n := c.s.Count("1", b.During); b.Count.Incidents.Low != n.Incidents {
			t.Errorf("the bar %v has %v, and the article counts at least %d", b.During, b.Count.Incidents, n.Incidents)
		}
	}
	if !week {
		t.Error("no bar is of more than a day")
	}
}
