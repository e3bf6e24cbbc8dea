package main

import (
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/mission"

	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/summary"
	"github.com/spf13/cobra"
)

func (c command) replay() *cobra.Command {
	var at, format string
	var diff, keys []string
	cmd := &cobra.Command{
		Use:   "replay MISSION",
		Short: "Compute the situation again as the record stood at any moment, and its digest",
		Long: `Replay reads the record of a mission or a mirror up to a moment: a number of
entries, or a time of receipt. Anyone who replays the same entries gets the same
digest, on any machine. The digest is over parts, which are printed below it: where
two people have different digests, the parts say in what. With --diff, it says what changed between two moments of
knowledge, and because of which entries.`,
		Example: `  truce replay field
  truce replay mirror --at 4120
  truce replay field --at 2025-08-21T18:00+03:00
  truce replay field --diff 2025-08-20,2025-08-21`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			if err := m.ReadWith(keys); err != nil {
				return err
			}
			if len(diff) > 0 {
				if len(diff) != 2 || at != "" {
					return fmt.Errorf("--diff wants two moments, A,B, and no --at")
				}
				return c.replayDiff(m, diff[0], diff[1], format)
			}
			s, n, v, err := c.replayed(m, at)
			if err != nil {
				return err
			}
			return c.printReplay(m, s, n, v, format)
		},
	}
	f := cmd.Flags()
	f.StringVar(&at, "at", "", "entries below this index, or received up to this time (default: all)")
	f.StringSliceVar(&diff, "diff", nil, "two such moments, A,B")
	withFlag(cmd, &keys)
	f.StringVar(&format, "format", "table", "table or json")
	return cmd
}

// replayed is the situation at a moment of the record, and how many entries it is
// computed from, with what was read.
func (c command) replayed(m *mission.Mission, at string) (*situation.Situation, int64, *mission.Contents, error) {
	n, err := m.Moment(at)
	if err != nil {
		return nil, 0, nil, err
	}
	then := m.At(n)
	if n == 0 {
		return nil, 0, nil, mission.Hinted(fmt.Errorf("nothing was in the record at %s", at), "entry 0 is the first")
	}
	s, err := then.Situation(truce.Never)
	if err != nil {
		return nil, 0, nil, err
	}
	v, err := then.Read()
	return s, n, v, err
}

// replayTold is a replay as JSON.
type replayTold struct {
	Entries  int64                     `json:"entries"`
	Digest   truce.Digest              `json:"digest"`
	Parts    map[string]truce.Digest   `json:"digest_parts"`   // where two digests differ, these say in what
	Earlier  truce.Digest              `json:"earlier_digest"` // as published before digests were trees
	Rows     int                       `json:"rows"`           // incidents as listed; some may be the same
	Withheld int                       `json:"withheld"`
	Skipped  int                       `json:"skipped"`
	Method   string                    `json:"record_method,omitempty"` // that the record names, if it is not this build's
	Articles map[truce.Article]outcome `json:"articles"`
	Basis    map[string]string         `json:"basis"`
}

type outcome struct {
	Outcome    truce.Outcome     `json:"outcome"`
	Coverage   string            `json:"coverage"`
	Incidents  report.Span       `json:"incidents"`
	Violations report.Span       `json:"violations_decided"`
	Casualties *truce.Casualties `json:"casualties,omitempty"`
}

// counted is what an article counts, in words.
func counted(n report.Count) string {
	out := "incidents " + n.Incidents.String()
	if n.Violations.High > 0 {
		out += ", violations decided " + n.Violations.String()
	}
	if words := summary.Harms(n.Casualties).String(); words != "" {
		out += ", " + words
	}
	if words := summary.Harms(n.Unclear).String(); words != "" {
		out += ", where the actor is not known " + words
	}
	return out
}

func tellReplay(s *situation.Situation, n int64) (replayTold, error) {
	t := replayTold{Entries: n, Digest: s.Digest(), Parts: map[string]truce.Digest{}, Earlier: s.EarlierDigest(), Rows: len(s.Incidents()), Withheld: s.Withheld, Articles: map[truce.Article]outcome{}, Basis: s.Basis()}
	t.Basis["build"] = mission.Build()
	for _, p := range s.Parts() {
		t.Parts[p.Name] = p.Digest
	}
	for i := range s.Agreement.Provisions {
		art := s.Agreement.Provisions[i].Article
		a, err := s.Assess(situation.Query{Article: art})
		if err != nil {
			return t, err
		}
		n := brief.CountOf(s, art)
		t.Articles[art] = outcome{a.Outcome, a.Coverage.String(), n.Incidents, n.Violations, n.Casualties}
	}
	return t, nil
}

func (c command) printReplay(m *mission.Mission, s *situation.Situation, n int64, v *mission.Contents, format string) error {
	t, err := tellReplay(s, n)
	if err != nil {
		return err
	}
	t.Skipped, t.Method = v.Skipped(truce.ForMission), m.OtherMethod(v)
	if format == "json" {
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		return e.Encode(t)
	}
	mark(c.out, s.Agreement)
	fmt.Fprintf(c.out, "%s: %s", mission.Plural(int(n), "entry"), mission.Plural(t.Rows, "incident"))
	if n := s.LowOf(s.Incidents()); n < t.Rows {
		fmt.Fprintf(c.out, " if no two are the same, and at least %d", n)
	}
	if t.Withheld > 0 {
		fmt.Fprintf(c.out, ", %s withheld here", mission.Are(t.Withheld, "input"))
	}
	fmt.Fprintln(c.out)
	for _, text := range reservations(m, v) {
		fmt.Fprintln(c.out, text)
	}
	for i := range s.Agreement.Provisions {
		art := s.Agreement.Provisions[i].Article
		fmt.Fprintf(c.out, "  article %-6s %s, %s, coverage %s\n", art, t.Articles[art].Outcome.Words(), counted(brief.CountOf(s, art)), t.Articles[art].Coverage)
	}
	for _, k := range slices.Sorted(maps.Keys(t.Basis)) {
		fmt.Fprintf(c.out, "  %-12s %s\n", k, t.Basis[k])
	}
	fmt.Fprintf(c.out, "digest %s\n", t.Digest.Hex())
	for _, p := range s.Parts() {
		fmt.Fprintf(c.out, "  %s  %s\n", p.Digest.Hex(), p.Words)
	}
	fmt.Fprintf(c.out, "before digests were trees: %s\n", t.Earlier.Hex())
	return nil
}

// A change is one thing that is not what it was.
type change struct {
	Article truce.Article `json:"article,omitempty"`
	Of      truce.Digest  `json:"of,omitzero"` // an incident; zero: the article as a whole
	What    string        `json:"what"`        // the incident in words
	Was     string        `json:"was,omitempty"`
	Is      string        `json:"is"`
	Because []int64       `json:"because,omitempty"` // entries
}

func (c command) replayDiff(m *mission.Mission, a, b, format string) error {
	was, from, _, err := c.replayed(m, a)
	if err != nil {
		return err
	}
	is, to, _, err := c.replayed(m, b)
	if err != nil {
		return err
	}
	if from > to {
		return fmt.Errorf("%s is after %s", a, b)
	}
	entries, kinds, err := m.Between(from, to)
	if err != nil {
		return err
	}
	changes, err := compare(was, is, entries)
	if err != nil {
		return err
	}
	if format == "json" {
		e := json.NewEncoder(c.out)
		e.SetIndent("", "  ")
		return e.Encode(struct {
			From    int64          `json:"from"`
			To      int64          `json:"to"`
			Entries map[string]int `json:"entries"`
			Changes []change       `json:"changes"`
		}{from, to, kinds, changes})
	}
	mark(c.out, is.Agreement)
	var came []string
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		came = append(came, mission.Plural(kinds[k], k))
	}
	if len(came) == 0 {
		came = []string{"nothing"}
	}
	fmt.Fprintf(c.out, "From %s to %d: %s came in.\n", mission.Plural(int(from), "entry"), to, strings.Join(came, ", "))
	if len(changes) == 0 {
		fmt.Fprintln(c.out, "No incident and no finding changed.")
	}
	for _, x := range changes {
		because := ""
		if len(x.Because) > 0 {
			because = " because of " + mission.EntryList(x.Because)
		}
		where := x.What
		if x.Article != "" {
			where = "article " + string(x.Article)
			if x.What != "" {
				where += ", " + x.What
			}
		}
		if x.Was != "" {
			where += ": was " + x.Was + ", is " + x.Is
		} else {
			where += ": " + x.Is
		}
		fmt.Fprintf(c.out, "  %s%s\n", where, because)
	}
	return nil
}

// compare lists what differs between two situations of one agreement.
func compare(was, is *situation.Situation, entries map[truce.Digest][]int64) ([]change, error) {
	because := func(lists ...[]*truce.Observation) []int64 {
		var out []int64
		for _, list := range lists {
			for _, o := range list {
				out = append(out, entries[o.ID]...)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	var out []change
	before := map[truce.Digest]*truce.Incident{}
	for _, inc := range was.Incidents() {
		before[inc.ID] = inc
	}
	now := map[truce.Digest]bool{}
	for _, inc := range brief.ByTime(is.Incidents()) {
		now[inc.ID] = true
		if before[inc.ID] != nil {
			continue
		}
		var old *truce.Incident // the one that had what leads this one, or else something of it
		for _, o := range append([]*truce.Observation{summary.Lead(inc)}, inc.Of...) {
			if old == nil {
				old = was.IncidentOf(o.ID)
			}
		}
		x := change{Of: inc.ID, What: incidentWords(is, inc), Is: "new, of " + mission.Plural(len(inc.Of), "observation"), Because: because(inc.Of)}
		if old != nil {
			x.Was = "incident " + old.ID.String() + ", of " + mission.Plural(len(old.Of), "observation")
			x.Because = because(inc.Of, old.Of)
		}
		out = append(out, x)
	}
	for _, inc := range brief.ByTime(was.Incidents()) {
		if now[inc.ID] || slices.ContainsFunc(inc.Of, func(o *truce.Observation) bool { return is.IncidentOf(o.ID) != nil }) {
			continue
		}
		out = append(out, change{Of: inc.ID, What: incidentWords(was, inc), Is: "not known any more", Because: because(inc.Of)})
	}
	for i := range is.Agreement.Provisions {
		art := is.Agreement.Provisions[i].Article
		old := map[truce.Digest]truce.Outcome{}
		for f := range was.Found(art, "", "") {
			old[f.Of] = f.Outcome
		}
		for f := range is.Found(art, "", "") {
			if o, known := old[f.Of]; !known || o == f.Outcome || f.Incident == nil {
				continue
			}
			out = append(out, change{art, f.Of, incidentWords(is, f.Incident), old[f.Of].Words(), f.Outcome.Words(), because(f.Incident.Of)})
		}
		a, err := was.Assess(situation.Query{Article: art})
		if err != nil {
			return nil, err
		}
		b, err := is.Assess(situation.Query{Article: art})
		if err != nil {
			return nil, err
		}
		if a.Outcome != b.Outcome || a.Coverage != b.Coverage {
			out = append(out, change{Article: art, Was: a.Outcome.Words() + " at coverage " + a.Coverage.String(), Is: b.Outcome.Words() + " at coverage " + b.Coverage.String()})
		}
		if a, b := counted(brief.CountOf(was, art)), counted(brief.CountOf(is, art)); a != b {
			out = append(out, change{Article: art, Was: a, Is: b})
		}
	}
	return out, nil
}

func incidentWords(s *situation.Situation, inc *truce.Incident) string {
	r := s.Row(inc)
	return fmt.Sprintf("incident %s (%s, %s, %s)", r.ID, r.Occurred.In(s.Agreement.Location), r.Place.Short(), r.What)
}
