// Package alert answers: what are people to be told now? The agreement's rules say when;
// who is told is for package courier.
package alert

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/summary"
)

// leastBurst is how many incidents a burst has at least: two incidents where there
// were none before are not a burst.
const leastBurst = 3

// Of is what the agreement's rules say people are to be told at a moment, in
// the order of the rules. A moment that has passed is no reason for an alert: what
// was known for longer than a week before now is for reports.
func Of(s *situation.Situation, now truce.Instant) []truce.Alert {
	var out []truce.Alert
	for i := range s.Agreement.Alerts {
		r := &s.Agreement.Alerts[i]
		switch r.When {
		case truce.AlertFirst:
			out = append(out, firsts(s, r, now)...)
		case truce.AlertBurst:
			out = append(out, burst(s, r, now)...)
		case truce.AlertClock:
			out = append(out, ending(s, r, now)...)
		case truce.AlertDue:
			out = append(out, falling(s, r, now)...)
		case truce.AlertSilent:
			out = append(out, silence(s, r, now)...)
		}
	}
	return out
}

const week = 7 * 24 * time.Hour

// counted are the incidents that count under a rule's article, or under any, with
// what the first such article says; observed ones, and neither signs nor claims.
func counted(s *situation.Situation, r *truce.AlertRule) []*assess.Found {
	var out []*assess.Found
	seen := map[truce.Digest]bool{}
	for _, p := range s.Agreement.Provisions {
		if r.Article != "" && r.Article != p.Article {
			continue
		}
		for f := range s.Found(p.Article, "", "") {
			if f.Incident == nil || !f.Outcome.Counts() || f.Alleged || f.OnlySigns || seen[f.Of] {
				continue
			}
			seen[f.Of] = true
			out = append(out, f)
		}
	}
	return out
}

// firstKnown is when an incident was first known of.
func firstKnown(s *situation.Situation, inc *truce.Incident) truce.Instant {
	at := truce.Never
	for _, o := range inc.Of {
		at = min(at, s.Known(o.ID))
	}
	return at
}

func incidentWords(s *situation.Situation, f *assess.Found) truce.Reason {
	o := summary.Told(s.Agreement, f.Incident)
	return truce.Because("%s; article %s: %s, %s", truce.Told{Observation: o, English: assess.Describe(s.Agreement, o)}, string(f.Article), truce.InWords{Kind: "outcome", Value: string(f.Outcome), English: f.Outcome.Words()}, truce.Word("standing", f.Standing))
}

// alert is one, in words.
func alert(a truce.Alert, why truce.Reason) truce.Alert {
	a.Words, a.Why = why.String(), truce.Kept(why)
	return a
}

func firsts(s *situation.Situation, r *truce.AlertRule, now truce.Instant) (out []truce.Alert) {
	found := counted(s, r)
	slices.SortStableFunc(found, func(a, b *assess.Found) int {
		if d := cmp.Compare(firstKnown(s, a.Incident), firstKnown(s, b.Incident)); d != 0 {
			return d
		}
		return a.Of.Compare(b.Of)
	})
	zones := r.In
	if len(zones) == 0 {
		zones = []string{""}
	}
	for _, z := range zones {
		for _, f := range found {
			words := truce.Because("the first incident: %s", incidentWords(s, f))
			if z != "" {
				zone := s.Agreement.Zones[z]
				if place := summary.Place(s.Agreement, f.Incident); zone == nil || !s.May(&place, zone.Region) {
					continue
				}
				words = truce.Because("the first incident that lies, or may lie, in zone %s: %s", z, incidentWords(s, f))
			}
			if at := firstKnown(s, f.Incident); at > now.Add(-week) || !at.Stated() {
				out = append(out, alert(truce.Alert{Key: "first " + r.ID + " " + z, Rule: r.ID, Of: f.Incident.Of[0].ID, At: now}, words))
			}
			break
		}
	}
	return out
}

func burst(s *situation.Situation, r *truce.AlertRule, now truce.Instant) []truce.Alert {
	recent, before := 0, 0 // each report that was not joined counted apart
	var list []*truce.Incident
	var last *assess.Found
	for _, f := range counted(s, r) {
		switch at := f.Incident.Occurred.Start; {
		case at > now || f.Incident.Occurred.Width() > r.Within:
		case at > now.Add(-r.Within):
			recent++
			list = append(list, f.Incident)
			if last == nil || at > last.Incident.Occurred.Start {
				last = f
			}
		case at > now.Add(-r.Within-week):
			before++
		}
	}
	// before / (week / within) is what such a time had on average.
	if recent < leastBurst || int64(recent)*int64(week) < int64(r.Times)*int64(before)*int64(r.Within) {
		return nil
	}
	tenths := int64(before) * int64(r.Within) * 10 / int64(week)
	loc := s.Agreement.Location
	words := truce.Because("%s in the last %s; over the seven days before, such a time had %d.%d on average, each counted apart; the last: %s", summary.RangeOf(s.LowOf(list), recent, "incident"), hoursWords(r.Within), tenths/10, tenths%10, incidentWords(s, last))
	return []truce.Alert{alert(truce.Alert{Key: "burst " + r.ID + " " + truce.DateOf(now, loc).Day(loc).Start.String(), Rule: r.ID, Of: last.Incident.Of[0].ID, At: now}, words)}
}

func hoursWords(d time.Duration) any {
	if h := int(d.Hours()); time.Duration(h)*time.Hour == d {
		return truce.Number{N: h, Of: "hour"}
	}
	return d.String()
}

func ending(s *situation.Situation, r *truce.AlertRule, now truce.Instant) (out []truce.Alert) {
	for _, f := range counted(s, r) {
		if f.Outcome == truce.Violation {
			continue
		}
		for _, c := range s.Clocks(f.Article, f.Incident) {
			if c.Ends <= now || c.Ends > now.Add(r.Before) {
				continue
			}
			of := f.Incident.Of[0].ID
			out = append(out, alert(truce.Alert{Key: fmt.Sprintf("clock %s %s %s %s", r.ID, f.Article, c.Name, of.Hex()), Rule: r.ID, Of: of, At: now},
				truce.Because("the clock to %s ends at %s: %s", truce.Word("clock", c.Name), c.Ends.In(s.Agreement.Location), incidentWords(s, f))))
		}
	}
	return out
}

// falling is what the terms let fall due soon: phases that end, deadlines, visits, and steps that follow
// decided violations. The ends of
// periods that are counted come every day, week or month, and are in the calendar alone.
func falling(s *situation.Situation, r *truce.AlertRule, now truce.Instant) (out []truce.Alert) {
	for _, d := range slices.Concat(s.Due(), s.Foreseen(nil)) {
		if d.Kind == truce.DuePeriod || d.At <= now || d.At > now.Add(r.Before) || r.Article != "" && r.Article != d.Article {
			continue
		}
		key := fmt.Sprintf("due %s %s %s %s %s %s", r.ID, d.Kind, d.Phase, d.Article, d.Reading, d.At)
		if !d.Of.IsZero() {
			key += " " + d.Of.Hex()
		}
		words := truce.Because("%s: %s", d.At.In(s.Agreement.Location), d.What)
		if d.Article != "" {
			words = truce.Because("%s: article %s, %s", d.At.In(s.Agreement.Location), string(d.Article), d.What)
		}
		out = append(out, alert(truce.Alert{Key: key, Rule: r.ID, Of: d.Of, At: now}, words))
	}
	return out
}

func silence(s *situation.Situation, r *truce.AlertRule, now truce.Instant) []truce.Alert {
	last := truce.Always
	for o := range s.Observations() {
		if at := s.Known(o.ID); o.Source == r.Source && at.Stated() && at <= now {
			last = max(last, at)
		}
	}
	for _, t := range s.Tallies {
		if at := s.Known(t.ID); t.Source == r.Source && at.Stated() && at <= now {
			last = max(last, at)
		}
	}
	if !last.Stated() || last > now.Add(-r.After) {
		return nil // it has never spoken, or not long ago
	}
	return []truce.Alert{alert(truce.Alert{Key: "silent " + r.ID + " " + last.String(), Rule: r.ID, At: now},
		truce.Because("nothing has come from %s since %s; silence is not quiet", s.Agreement.SourceOf(r.Source).Publisher, last.In(s.Agreement.Location)))}
}
