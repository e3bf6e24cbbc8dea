package alert_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/alert"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

func opts() situation.Options {
	return situation.Options{Region: gazetteer.Region}
}

// said reads one entry in the words of scenarios, known at a moment and signed by a party
// (empty: by the mission).
func said(t *testing.T, a *truce.Agreement, by truce.PartyID, known, text string) truce.Item {
	t.Helper()
	r, err := scenario.ParseEntry(a, text, opts())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	r.Known, r.Speaker = instant(t, known), by
	return r
}

func instant(t *testing.T, s string) truce.Instant {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return truce.InstantOf(at)
}

// flat writes an agreement with a box of one degree on the equator.
func flat(t *testing.T, rest string, files map[string]string) *truce.Agreement {
	t.Helper()
	fsys := fstest.MapFS{"zones/box.geojson": {Data: []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[10,0],[11,0],[11,1],[10,1],[10,0]]]}}]}`)}}
	zones := "box: zones/box.geojson"
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fsys[name] = &fstest.MapFile{Data: []byte(files[name])}
		if zone, ok := strings.CutPrefix(strings.TrimSuffix(name, ".geojson"), "zones/"); ok {
			zones += ", " + zone + ": " + name
		}
	}
	fsys["agreement.yaml"] = &fstest.MapFile{Data: []byte("truce: 1\nid: meaning\ntitle: Terms to state meanings with\nstatus: rehearsal\ntimezone: UTC\nparties: [{id: A, name: Party A}, {id: B, name: Party B}]\nzones: {" + zones + "}\n" +
		"sources: [{id: post-1, publisher: mission}, {id: wire, publisher: Wire}, {id: mod-a, publisher: Ministry of A, party: A}]\n" + rest)}
	a, probs := agreement.Read(fsys)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

const strikes = "phases: [{id: p, from: 2026-03-01, to: 2026-04-01}]\nprovisions:\n  - {article: \"1\", phase: p, binds: [A, B], text: No strike., prohibit: {acts: [strike], in: [box]}, floor: {evidence: single-source}, clocks: {reply: 24h}}\n" +
	"  - {article: \"2\", phase: p, binds: [A, B], text: No explosion., prohibit: {acts: [explosion], in: [box]}, floor: {evidence: single-source}, exceptions: [{id: demining, acts: [explosion], in: [box], notified: 24h}]}\n"

// twoBoxes are the terms of strikes with a second zone, 30 degrees to the east.
func twoBoxes(t *testing.T) *truce.Agreement {
	t.Helper()
	return flat(t, "phases: [{id: p, from: 2026-03-01, to: 2026-04-01}]\nprovisions:\n"+
		"  - {article: \"1\", phase: p, binds: [A, B], text: No strike., prohibit: {acts: [strike], in: [box, far]}, floor: {evidence: single-source}, clocks: {reply: 24h}}\n",
		map[string]string{"zones/far.geojson": `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[40,0],[41,0],[41,1],[40,1],[40,0]]]}}]}`})
}

// ruled is an agreement with one rule for alerts.
func ruled(a *truce.Agreement, r truce.AlertRule) *truce.Agreement {
	out := *a
	out.Alerts = []truce.AlertRule{r}
	return &out
}

// TestMeaningFirstAlert: the first incident is the one that was known first, in each zone
// that the rule names; what was known a week ago is for reports.
func TestMeaningFirstAlert(t *testing.T) {
	a := twoBoxes(t)
	now := instant(t, "2026-03-20T12:00:00Z")
	const inBox, inFar = "0.5N 10.5E", "0.5N 40.5E"
	strike := func(key, place string, before time.Duration) truce.Item {
		r := said(t, a, "", "2026-03-20T12:00:00Z", fmt.Sprintf("observe %s strike 2026-03-05T10:00/10:10Z %s ±100m weapon=missile source=wire", key, place))
		r.Known = now.Add(-before)
		return r
	}
	const hour, week = time.Hour, 7 * 24 * time.Hour
	for _, tt := range []struct {
		name  string
		in    []string
		items []truce.Item
		want  string // the keys of the first incidents
	}{
		{"the one known first", nil, []truce.Item{strike("x", inBox, 2*hour), strike("y", inFar, hour)}, "x"},
		{"the other is known first", nil, []truce.Item{strike("x", inBox, hour), strike("y", inFar, 2*hour)}, "y"},
		{"in a zone in which the first was not", []string{"far"}, []truce.Item{strike("x", inBox, 2*hour), strike("y", inFar, hour)}, "y"},
		{"in both", []string{"box", "far"}, []truce.Item{strike("x", inBox, 2*hour), strike("y", inFar, hour)}, "x y"},
		{"in the other only", []string{"box", "far"}, []truce.Item{strike("y", inFar, hour)}, "y"},
		{"known a millisecond less than a week ago", nil, []truce.Item{strike("x", inBox, week-time.Millisecond)}, "x"},
		{"known a week ago", nil, []truce.Item{strike("x", inBox, week)}, ""},
		{"the first was known a week ago, the second is new", nil, []truce.Item{strike("x", inBox, week), strike("y", inFar, hour)}, ""},
	} {
		s := situation.Build(ruled(a, truce.AlertRule{ID: "r", When: truce.AlertFirst, Article: "1", In: tt.in}), tt.items, truce.Never, opts())
		var got []string
		for _, x := range alert.Of(s, now) {
			for _, o := range s.IncidentOf(x.Of).Of {
				got = append(got, o.Key)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: first is %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestMeaningBurst: a burst is at least three incidents within the time, and at least so
// many times what such a time had on average over the seven days before it. The time is a
// day here, so that the average is a seventh of what the seven days had.
func TestMeaningBurst(t *testing.T) {
	a := flat(t, strikes, nil)
	now := instant(t, "2026-03-20T12:00:00Z")
	n := 0
	// at are strikes that began so long before now, each 11 km from the next.
	at := func(width time.Duration, before ...time.Duration) (out []truce.Item) {
		for _, b := range before {
			n++
			r := said(t, a, "", "2026-03-20T12:00:00Z", fmt.Sprintf("observe o%d strike 2026-03-05T10:00/10:10Z 0.%d5N 10.%d5E ±100m weapon=missile source=wire", n, n/10%10, n%10))
			o := *r.Observation
			o.Occurred = truce.Interval{Start: now.Add(-b), End: now.Add(-b + width)}
			r.Observation = &o
			out = append(out, r)
		}
		return out
	}
	const ms, hour, day = time.Millisecond, time.Hour, 24 * time.Hour
	minute := time.Minute
	recent := func() []truce.Item { return at(minute, hour, 2*hour, 3*hour) }
	older := func(count int) (out []truce.Item) {
		for i := range count {
			out = append(out, at(minute, 2*day+time.Duration(i)*9*hour)...)
		}
		return out
	}
	for _, tt := range []struct {
		name    string
		items   []truce.Item
		average string // empty: no burst
	}{
		{"three, and none before", recent(), "0.0"},
		{"two", at(minute, hour, 2*hour), ""},
		{"the third began a day ago, less a millisecond", at(minute, hour, 2*hour, day-ms), "0.0"},
		{"the third began a day ago", at(minute, hour, 2*hour, day), ""},
		{"the third begins now", at(minute, hour, 2*hour, 0), "0.0"},
		{"the third begins in a millisecond", at(minute, hour, 2*hour, -ms), ""},
		{"the third lasts as long as the time", append(at(minute, hour, 2*hour), at(day, 3*hour)...), "0.0"},
		{"the third may have been whenever", append(at(minute, hour, 2*hour), at(day+ms, 3*hour)...), ""},
		{"five before: 0.7 a day, three times that is 2.1", append(recent(), older(5)...), "0.7"},
		{"seven before: 1 a day, three times that is 3", append(recent(), older(7)...), "1.0"},
		{"eight before: 1.1 a day, three times that is 3.4", append(recent(), older(8)...), ""},
		{"the eighth began eight days ago, less a millisecond", append(append(recent(), older(7)...), at(minute, 8*day-ms)...), ""},
		{"the eighth began eight days ago", append(append(recent(), older(7)...), at(minute, 8*day)...), "1.0"},
	} {
		s := situation.Build(ruled(a, truce.AlertRule{ID: "r", When: truce.AlertBurst, Article: "1", Within: day, Times: 3}), tt.items, truce.Never, opts())
		if len(s.Incidents()) != len(tt.items) {
			t.Fatalf("%s: %d incidents of %d strikes", tt.name, len(s.Incidents()), len(tt.items))
		}
		got := alert.Of(s, now)
		if tt.average == "" {
			if len(got) != 0 {
				t.Errorf("%s: %s", tt.name, got[0].Words)
			}
			continue
		}
		if len(got) != 1 || !strings.Contains(got[0].Words, "such a time had "+tt.average+" on average") || !strings.Contains(got[0].Words, "3 incidents in the last 24 hours") {
			t.Errorf("%s: %v, want three, and %s on average", tt.name, got, tt.average)
		}
	}
	// The last is the one that began last, in whatever order they are listed.
	for _, order := range [][]time.Duration{{hour, 2 * hour, 3 * hour}, {3 * hour, 2 * hour, hour}, {2 * hour, hour, 3 * hour}} {
		s := situation.Build(ruled(a, truce.AlertRule{ID: "r", When: truce.AlertBurst, Article: "1", Within: day, Times: 3}), at(minute, order...), truce.Never, opts())
		got := alert.Of(s, now)
		if len(got) != 1 || s.IncidentOf(got[0].Of).Occurred.Start != now.Add(-hour) {
			t.Errorf("%v: %v", order, got)
		}
	}
}

// TestMeaningClockAlert: a clock of 24 hours that began when the strike became known, and
// a rule that warns three hours before its end.
func TestMeaningClockAlert(t *testing.T) {
	a := flat(t, strikes, nil)
	now := instant(t, "2026-03-20T12:00:00Z")
	const ms, hour = time.Millisecond, time.Hour
	strike := "observe o strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source=wire"
	for _, tt := range []struct {
		name     string
		known    time.Duration // before now
		decided  truce.DecisionKind
		warned   bool
		running  int // clocks that have not run out
		ticking  int // findings with such
		awaiting truce.Outcome
	}{
		{"one of them runs for more than three hours", 21*hour - ms, "", false, 1, 1, truce.AwaitingResponse},
		{"for three hours", 21 * hour, "", true, 1, 1, truce.AwaitingResponse},
		{"for a millisecond", 24*hour - ms, "", true, 1, 1, truce.AwaitingResponse},
		{"it has just run out", 24 * hour, "", false, 0, 0, truce.ApparentViolation},
		{"it ran out long ago", 48 * hour, "", false, 0, 0, truce.ApparentViolation},
		{"it runs, and people decided", 22 * hour, truce.Confirm, false, 1, 0, truce.Violation},
	} {
		r := said(t, a, "", "2026-03-20T12:00:00Z", strike)
		r.Known = now.Add(-tt.known)
		items := []truce.Item{r}
		if tt.decided != "" {
			items = append(items, truce.Item{Known: r.Known.Add(ms), Decision: &truce.Decision{ID: truce.DigestOf("d"), Kind: tt.decided, Article: "1", Seq: 1, Of: []truce.Digest{r.ID()}, Because: "x"}})
		}
		s := situation.Build(ruled(a, truce.AlertRule{ID: "r", When: truce.AlertClock, Article: "1", Before: 3 * hour}), items, now, opts())
		inc := s.IncidentOf(r.ID())
		if got := s.Outcome("1", inc); got != tt.awaiting {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.awaiting)
		}
		if got := alert.Of(s, now); (len(got) == 1) != tt.warned || len(got) > 1 {
			t.Errorf("%s: %v, want a warning: %v", tt.name, got, tt.warned)
		}
		if got := s.Running("1", inc); len(got) != tt.running {
			t.Errorf("%s: %v run, want %d", tt.name, got, tt.running)
		}
		if got := s.Ticking("1"); len(got) != tt.ticking {
			t.Errorf("%s: of %d findings a clock may run, want %d", tt.name, len(got), tt.ticking)
		}
	}
}

// TestMeaningDueAlert: the phase of strikes ends on 1 April at midnight, and a rule warns so long
// before; what is past, further ahead, or of another article is no reason.
func TestMeaningDueAlert(t *testing.T) {
	a := flat(t, strikes, nil)
	end := instant(t, "2026-04-01T00:00:00Z")
	for _, tt := range []struct {
		before  time.Duration // now is so long before the end
		article truce.Article
		want    string
	}{
		{30*24*time.Hour + time.Millisecond, "", ""},
		{30 * 24 * time.Hour, "", "2026-04-01 00:00 UTC: the phase p ends"},
		{time.Millisecond, "", "2026-04-01 00:00 UTC: the phase p ends"},
		{0, "", ""},
		{30 * 24 * time.Hour, "1", ""},
	} {
		now := end.Add(-tt.before)
		rule := truce.AlertRule{ID: "r", When: truce.AlertDue, Article: tt.article, Before: 30 * 24 * time.Hour}
		got := ""
		for _, x := range alert.Of(situation.Build(ruled(a, rule), nil, now, opts()), now) {
			got += x.Words
		}
		if want := strings.ReplaceAll(tt.want, "2026-04-01 00:00 UTC", end.In(a.Location)); got != want {
			t.Errorf("%s before the end, of article %q: %q, want %q", tt.before, tt.article, got, want)
		}
	}
}

// TestMeaningSilence: a source is silent when nothing of it, observation or total, became
// known for so long; silence needs a word before it.
func TestMeaningSilence(t *testing.T) {
	a := flat(t, strikes, nil)
	now := instant(t, "2026-03-20T12:00:00Z")
	known := func(before time.Duration, text string) truce.Item {
		r := said(t, a, "", "2026-03-20T12:00:00Z", text)
		r.Known = now.Add(-before)
		return r
	}
	seen := func(before time.Duration, source string) truce.Item {
		return known(before, "observe o"+source+before.String()+" strike 2026-03-05T10:00/10:10Z 0.5N 10.5E ±100m weapon=missile source="+source)
	}
	total := func(before time.Duration, source string) truce.Item {
		return known(before, "tally t"+source+before.String()+" by "+source+" strike 2026-03-05 region:box weapon=missile count=3")
	}
	unstated := func(r truce.Item) truce.Item { r.Known = truce.Always; return r }
	const ms, hour = time.Millisecond, time.Hour
	for _, tt := range []struct {
		name  string
		items []truce.Item
		since time.Duration // before now; 0: it is not silent
	}{
		{"it never spoke", nil, 0},
		{"it spoke at no stated moment", []truce.Item{unstated(seen(hour, "wire"))}, 0},
		{"two days ago, less a millisecond", []truce.Item{seen(48*hour-ms, "wire")}, 0},
		{"two days ago", []truce.Item{seen(48*hour, "wire")}, 48 * hour},
		{"three days ago", []truce.Item{seen(72*hour, "wire")}, 72 * hour},
		{"three days ago, and another source now", []truce.Item{seen(72*hour, "wire"), seen(hour, "post-1"), total(hour, "mod-a")}, 72 * hour},
		{"three days ago, and a total an hour ago", []truce.Item{seen(72*hour, "wire"), total(hour, "wire")}, 0},
		{"three days ago, and a total this moment", []truce.Item{seen(72*hour, "wire"), total(0, "wire")}, 0},
		{"three days ago, and a total at no stated moment", []truce.Item{seen(72*hour, "wire"), unstated(total(hour, "wire"))}, 72 * hour},
		{"a total three days ago", []truce.Item{total(72*hour, "wire")}, 72 * hour},
		{"three days ago, and what it says in an hour", []truce.Item{seen(72*hour, "wire"), seen(-hour, "wire"), total(-hour, "wire")}, 72 * hour},
		{"this moment", []truce.Item{seen(72*hour, "wire"), seen(0, "wire")}, 0},
	} {
		s := situation.Build(ruled(a, truce.AlertRule{ID: "r", When: truce.AlertSilent, Source: "wire", After: 48 * hour}), tt.items, truce.Never, opts())
		want := ""
		if tt.since != 0 {
			want = "silent r " + now.Add(-tt.since).String()
		}
		got := ""
		for _, x := range alert.Of(s, now) {
			got += x.Key
		}
		if got != want {
			t.Errorf("%s: %q, want %q", tt.name, got, want)
		}
	}
}
