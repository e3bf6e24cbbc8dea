package alert_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/alert"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// TestAlerts: each kind of rule speaks when it should, once, with its reason, and
// otherwise not.
func TestAlerts(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../../agreements/ukraine-air-first"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	now, err := scenario.ParseInstant("2025-08-20T12:00Z", a.Location)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	observe := func(at string, known time.Duration, more string) truce.Item {
		n++
		r, err := scenario.ParseEntry(a, fmt.Sprintf("observe o%d strike %s 48.%02dN 3%d.80E ±200m source=viina weapon=missile %s", n, at, n, n%8, more), situation.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r.Known = now.Add(known)
		return r
	}
	// Two publishers: an apparent violation, whose clocks run.
	twice := func(at string, known time.Duration) []truce.Item {
		one := observe(at, known, "")
		two, err := scenario.ParseEntry(a, fmt.Sprintf("observe m%d strike %s %s source=mission weapon=missile", n, at, strings.Replace(one.Observation.Place.String(), "± 200 m", "±200m", 1)), situation.Options{})
		if err != nil {
			t.Fatal(err)
		}
		two.Known = one.Known
		return []truce.Item{one, two}
	}
	rules := map[truce.AlertKind]truce.AlertRule{
		truce.AlertFirst:  {ID: "r", When: truce.AlertFirst, Article: "1", In: []string{"ukraine"}},
		truce.AlertBurst:  {ID: "r", When: truce.AlertBurst, Article: "1", Within: 6 * time.Hour, Times: 3},
		truce.AlertClock:  {ID: "r", When: truce.AlertClock, Article: "1", Before: 3 * time.Hour},
		truce.AlertSilent: {ID: "r", When: truce.AlertSilent, Source: "viina", After: 48 * time.Hour},
	}
	near := []truce.Item{observe("2025-08-20T09:00/09:05Z", -time.Hour, ""), observe("2025-08-20T10:00/10:05Z", -time.Hour, ""), observe("2025-08-20T11:00/11:05Z", -time.Hour, "")}
	var busy []truce.Item
	for d := 14; d < 20; d++ {
		for h := range 20 {
			busy = append(busy, observe(fmt.Sprintf("2025-08-%02dT%02d:00/%02d:05Z", d+3-3, h, h), -100*time.Hour, ""))
		}
	}
	for _, tt := range []struct {
		name  string
		when  truce.AlertKind
		items []truce.Item
		want  int
		words string
	}{
		{"the first in a zone", truce.AlertFirst, near, 1, "zone ukraine: strike"},
		{"one known for longer than a week", truce.AlertFirst, []truce.Item{observe("2025-08-17T09:00/09:05Z", -8*24*time.Hour, "")}, 0, ""},
		{"nothing at all", truce.AlertFirst, nil, 0, ""},
		{"three where there was none", truce.AlertBurst, near, 1, "3 incidents in the last 6 hours; over the seven days before, such a time had 0.0"},
		{"two are not a burst", truce.AlertBurst, near[:2], 0, ""},
		{"three where that is usual", truce.AlertBurst, append(append([]truce.Item{}, near...), busy...), 0, ""},
		{"a clock with two hours left", truce.AlertClock, twice("2025-08-19T09:00/09:05Z", -22*time.Hour), 1, "the clock to"},
		{"a clock with a day left", truce.AlertClock, twice("2025-08-20T09:00/09:05Z", -time.Hour), 0, ""},
		{"a source that has gone silent", truce.AlertSilent, []truce.Item{observe("2025-08-17T09:00/09:05Z", -60*time.Hour, "")}, 1, "nothing has come from"},
		{"one that spoke today", truce.AlertSilent, near, 0, ""},
		{"one that never spoke", truce.AlertSilent, nil, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			with := *a
			with.Alerts = []truce.AlertRule{rules[tt.when]}
			s := situation.Build(&with, tt.items, now, situation.Options{})
			got := alert.Of(s, now)
			keys := map[string]bool{}
			for _, x := range got {
				keys[x.Key] = true
				if !strings.Contains(x.Words, tt.words) || x.Words == "" {
					t.Errorf("its reason: %s", x.Words)
				}
			}
			if tt.when == truce.AlertClock && tt.want == 1 { // verify and reply run together
				if len(got) == 0 || len(got) != len(keys) {
					t.Errorf("%v", got)
				}
				return
			}
			if len(got) != tt.want || len(keys) != tt.want {
				t.Errorf("%d alerts, want %d: %v", len(got), tt.want, got)
			}
			for _, x := range alert.Of(s, now.Add(time.Minute)) {
				if !keys[x.Key] {
					t.Errorf("a minute later it is another: %s", x.Key)
				}
			}
		})
	}
}
