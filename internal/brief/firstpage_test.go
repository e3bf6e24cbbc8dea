package brief

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
)

// pageOf is the first page of a period of what was said.
func pageOf(t *testing.T, said, period string, decided bool, before func(*composer)) report.FirstPage {
	t.Helper()
	c := composerOf(t, termsOf(t), said, period, decided)
	if before != nil {
		before(c)
	}
	c.gather()
	c.headline()
	c.incidents()
	c.regions()
	c.firstPage()
	return c.r.First
}

// three days, worked out by hand: on the 19th one strike, which a person decided to be a violation;
// on the 20th nothing but what B alleges; on the 21st one strike that two publishers report.
const threeDays = `observe a strike 2025-08-19T10:00/10:01Z 49.99N 36.23E ±100m weapon=missile source=wire actor=A
	observe b strike 2025-08-21T10:00/10:01Z 48.01N 37.80E ±100m weapon=missile source=wire actor=A killed=2
	observe c strike 2025-08-21T10:00/10:01Z 48.01N 37.80E ±100m weapon=missile source=paper actor=A killed=2
	allege d by B attack 2025-08-20T15:00/15:05Z 49.5N 37.2E
	allege e by B attack 2025-08-20 region:area count=0
	cover w patrol zone:area 2025-08-19/2025-08-22 share=0.5 source=wire`

// TestFirstPage: each part of the first page is there, with the numbers of the three days.
func TestFirstPage(t *testing.T) {
	p := pageOf(t, threeDays, "2025-08-19/2025-08-22", true, nil)
	if want := "3 days (19 Aug 2025 to 21 Aug 2025). People decided that there was a violation on at least 1 day. An article in force may be about 2 incidents"; !strings.HasPrefix(p.Short.String(), want) {
		t.Errorf("in short: %s", p.Short)
	}
	if p.Signs.Low.N != 3 || p.Signs.High.N != 3 || p.Incidents != (report.Span{Low: 2, High: 2}) || p.Decided != (report.Span{Low: 1, High: 1}) {
		t.Errorf("%v signs, %v incidents, %v decided", p.Signs, p.Incidents, p.Decided)
	}
	// A patrol sees half of the zone; of article 2's ground 90 % lies in it, as TestShort says.
	if got := p.Watched.String(); got != "45 % to 50 %" {
		t.Errorf("watched %s", got)
	}
	var bars []string
	for _, b := range p.Trend {
		bars = append(bars, fmt.Sprint(b.During.In(termsOf(t).Location), " ", b.Incidents, " ", b.Decided, " ", b.Watched, " ", b.Force, b.Within))
	}
	if want := []string{"19 Aug 2025 1 1 45 % to 50 % true true", "20 Aug 2025 0 0 45 % to 50 % true true", "21 Aug 2025 1 0 45 % to 50 % true true"}; !slices.Equal(bars, want) {
		t.Errorf("trend\n%s", strings.Join(bars, "\n"))
	}
	var most []string
	for _, x := range p.Most {
		most = append(most, string(x.Outcome)+": "+x.Text.String())
	}
	if len(most) != 2 || !strings.HasPrefix(most[0], "violation: strike (missile) reported ") || !strings.Contains(most[0], "19 Aug 2025 10:00 UTC; article 1: decided violation") ||
		!strings.HasPrefix(most[1], "apparent-violation: strike (missile) reported ") || !strings.Contains(most[1], "21 Aug 2025 10:00 UTC; article 1: apparent violation") {
		t.Errorf("first to look at\n%s", strings.Join(most, "\n"))
	}
	says := func(name string, list []truce.Reason, want ...string) {
		t.Helper()
		var got []string
		for _, r := range list {
			got = append(got, r.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n  got\n%s\n  want\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	says("new", p.New,
		"On the last day of the period (21 Aug 2025) an article in force may be about 1 incident; on the day before: 0. Watched by somebody independent of the parties: 45 % to 50 % of area and time, by article.",
		"Since 21 Aug 2025 people took 1 decision that this report lists.") // it is known from January 2026
	says("disputed", p.Disputed,
		"Land B (B) states that there was none (attack), within 20 Aug 2025: 1 statement.",
		"In this period parties allege 1 incident that no report by others is known to be about. That says nothing for or against it.")
	says("to do", p.Next,
		"Article 1: review what looks like a violation, which only people can decide (1 incident).",
		"Article 3: review what looks like a violation, which only people can decide (1 incident).")
}

// TestFirstPageOfNothing: silence is told as silence, with who watched, and never as compliance or
// agreement.
func TestFirstPageOfNothing(t *testing.T) {
	p := pageOf(t, "", "2025-08-19/2025-08-22", false, nil)
	if p.Incidents.High != 0 || p.Watched.String() != "none stated" || len(p.Most) != 0 {
		t.Errorf("%v incidents, watched %s, %d to look at", p.Incidents, p.Watched, len(p.Most))
	}
	for name, x := range map[string]struct {
		list []truce.Reason
		want string
	}{
		"new":      {p.New, "On the last day of the period (21 Aug 2025) nothing that an article in force is about was observed; on the day before: 0. No source independent of the parties states what it could see."},
		"disputed": {p.Disputed, "No reply, denial or other reading by a party is recorded for this period. That is not agreement."},
		"to do":    {p.Next, "Ask sources what they could watch, or send somebody: nobody independent of the parties states it for articles 1, 2 and 3."},
	} {
		if len(x.list) != 1 || x.list[0].String() != x.want {
			t.Errorf("%s: %q, want %q", name, x.list, x.want)
		}
	}
	// Before any article is in force there is nothing to watch, and the trend says so.
	p = pageOf(t, "", "2025-07-10/2025-07-12", false, nil)
	if p.Watched.String() != "nothing to watch" || p.Trend[0].Force || len(p.Next) != 1 || p.Next[0].String() != "Nothing in the record of this period waits for a person." {
		t.Errorf("before the terms: watched %s, %+v, %q", p.Watched, p.Trend[0], p.Next)
	}
}

// TestTrend: that of one day has the days before it, back to the day on which the terms began; that
// of a year has weeks.
func TestTrend(t *testing.T) {
	for _, tt := range []struct {
		period string
		n      int
		first  string
		within int
	}{
		{"2025-08-20", 7, "14 Aug 2025", 1},
		{"2025-08-03", 3, "1 Aug 2025", 1},
		{"2025-08-01", 1, "1 Aug 2025", 1},
		{"2025-08-01/2025-09-01", 31, "1 Aug 2025", 31},
		{"2025-08-01/2025-09-02", 5, "1 Aug 2025 to 7 Aug 2025", 5}, // 32 days
	} {
		p := pageOf(t, threeDays, tt.period, false, nil)
		within := 0
		for _, b := range p.Trend {
			if b.Within {
				within++
			}
		}
		if len(p.Trend) != tt.n || within != tt.within || p.Trend[0].During.In(termsOf(t).Location) != tt.first {
			t.Errorf("%s: %d bars, %d of the period, the first %s", tt.period, len(p.Trend), within, p.Trend[0].During.In(termsOf(t).Location))
		}
	}
}

// TestDecidedInRange: where decided incidents may be the same, at least one of them is.
func TestDecidedInRange(t *testing.T) {
	c := composerOf(t, termsOf(t), "", "2025-08-20", false)
	z := newSums(4)
	z.decided, z.fewer = report.Span{Low: 2, High: 3}, 5
	if got := c.decidedIn(z, []report.Article{{Count: report.Count{Violations: report.Span{Low: 1, High: 3}}}}); got != (report.Span{Low: 1, High: 3}) {
		t.Errorf("%v decided", got)
	}
}
