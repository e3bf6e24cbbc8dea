package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/voices"
	"github.com/spf13/cobra"
)

// sourceLists are the lists of truce sources.
var sourceLists = []string{"sources", "pairs", "origins"}

func (c command) sources() *cobra.Command {
	var f filters
	var list string
	cmd := &cobra.Command{
		Use:   "sources MISSION",
		Short: "List the sources: what each says and watches, and who may have it from whom",
		Long: `Sources lists three things.
  sources  each source: its publisher (other names of a widely known agency are
           read as one, and named), whose files its rows come from, what kind of
           source it is and what it watches, how much it says and about which days,
           how much of that is dated to the day or wider, and how much of it states
           where the source has it from
  pairs    each two sources that have something in common: events, origins, texts,
           files, positions of one day that are equal within 2 m or shifted by the
           same amount north and east, the median difference of their times (of what
           both know to six hours) and of when they report, and whether they can
           confirm each other. What parties say is in no pair: it confirms nobody.
  origins  feeds, posts and publishers that more than 20 observations rest on. Each
           is one voice, however many publishers print it.
A table has all three. CSV has one of them, the sources unless --list names another.`,
		Example: `  truce sources field
  truce sources field --list pairs --format csv > pairs.csv
  truce sources field --format json | jq '.pairs[] | select(.can_confirm == "no")'`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", f.format, "table", "csv", "json"); err != nil {
				return err
			}
			if list != "" {
				if err := oneOf("list", list, sourceLists...); err != nil {
					return err
				}
			}
			_, x, err := c.readerFor(args[0], &f)
			if err != nil {
				return err
			}
			v, err := x.Voices(context.Background())
			if err != nil {
				return err
			}
			return writeVoices(c.out, v, list, f.format)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&list, "list", "", "one of "+strings.Join(sourceLists, ", ")+" (default: all; in CSV, sources)")
	fs.StringVar(&f.format, "format", "table", "table, csv or json")
	fs.StringVar(&f.asKnown, "as-known", "", "as known at this moment (default: everything that is known)")
	withFlag(cmd, &f.with)
	return cmd
}

// writeVoices writes one list, or all of them where none is named.
func writeVoices(w io.Writer, v *truce.Voices, list, format string) error {
	columns, cells := map[string][]string{"sources": voices.SourceColumns, "pairs": voices.PairColumns, "origins": voices.OriginColumns}, map[string][][]string{}
	for i := range v.Sources {
		cells["sources"] = append(cells["sources"], voices.SourceCells(&v.Sources[i]))
	}
	for i := range v.Pairs {
		cells["pairs"] = append(cells["pairs"], voices.PairCells(&v.Pairs[i]))
	}
	for i := range v.Shared {
		cells["origins"] = append(cells["origins"], voices.OriginCells(&v.Shared[i]))
	}
	for _, rows := range cells {
		for _, row := range rows {
			for i := range row {
				row[i] = report.Clean(row[i])
			}
		}
	}
	switch format {
	case "csv":
		if list == "" {
			list = sourceLists[0]
		}
		out := csv.NewWriter(w)
		_ = out.Write(columns[list]) // Error below
		for _, row := range cells[list] {
			for i := range row {
				row[i] = report.Plain(row[i])
			}
			_ = out.Write(row)
		}
		out.Flush()
		return out.Error()
	case "json":
		all := map[string]any{"unwatched": append([]truce.PartyID{}, v.Unwatched...), "watched": v.Watched, "incidents_not_shown": v.Unlisted, "places_less_precise": v.Wider}
		for _, name := range sourceLists {
			objects := make([]map[string]string, len(cells[name]))
			for i, row := range cells[name] {
				objects[i] = map[string]string{}
				for k, column := range columns[name] {
					objects[i][column] = row[k]
				}
			}
			if all[name] = objects; name == list {
				return indented(w, objects)
			}
		}
		return indented(w, all)
	}
	for _, text := range append([]truce.Reason{voices.Lead(v), voices.Unwatched(v)}, voices.Hidden(v)...) {
		fmt.Fprintln(w, report.Clean(text.String()))
	}
	write := map[string]func(io.Writer, *truce.Voices) error{"sources": writeSources, "pairs": writePairs, "origins": writeOrigins}
	for _, name := range sourceLists {
		if list == "" || list == name {
			fmt.Fprintln(w)
			if err := write[name](w, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeSources(w io.Writer, v *truce.Voices) error {
	out := rows{columns: []string{"source", "publisher", "kind", "watches", "observations", "allegations", "totals", "first", "last", "dated to the day", "state origins"}}
	for i := range v.Sources {
		u := &v.Sources[i]
		kind := string(u.Kind)
		for _, more := range []struct {
			is   bool
			what string
		}{{u.Apart, "events apart"}, {u.Party != "", "word of " + string(u.Party)}, {len(u.Relays) > 0, "passes on " + strings.Join(u.Relays, ", ")}, {!u.Listed, "not in the agreement"}} {
			if more.is {
				kind += ", " + more.what
			}
		}
		publisher := u.Name()
		if len(u.Publishers) > 0 {
			publisher += "; rows name " + strings.Join(u.Publishers, ", ")
			if u.More > 0 {
				publisher += fmt.Sprintf(" and %d more", u.More)
			}
		}
		if list := voices.ReadAs(u); len(list) > 0 {
			publisher += "; read as one: " + strings.Join(list, ", ")
		}
		out.add(string(u.ID), publisher, kind, watchWords(u.Watches), fmt.Sprint(u.Observations), fmt.Sprint(u.Allegations), fmt.Sprint(u.Totals), string(u.First), string(u.Last), share(u.Days, u.Said()), share(u.Stated, u.Said()))
	}
	return out.write(w, "table")
}

// watchWords says what a source looks for.
func watchWords(x truce.Watches) string {
	var out []string
	add := func(before string, list []string) {
		if len(list) > 0 {
			out = append(out, before+strings.Join(list, ", "))
		}
	}
	var sides, acts []string
	for _, p := range x.Sides {
		sides = append(sides, string(p))
	}
	for _, a := range x.Acts {
		acts = append(acts, string(a))
	}
	add("acts of ", sides)
	add("", acts)
	add("in ", x.In)
	if len(out) == 0 {
		return "not stated"
	}
	return strings.Join(out, "; ")
}

// share is a part of a number, in percent.
func share(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d (%d %%)", n, n*100/of)
}

func writePairs(w io.Writer, v *truce.Voices) error {
	for i := range v.Pairs {
		p := &v.Pairs[i]
		var parts []string
		add := func(n int, one string, more ...string) {
			if n > 0 {
				parts = append(parts, strings.TrimSpace(truce.Number{N: n, Of: one}.String()+strings.Join(more, "")))
			}
		}
		var most []string
		for _, x := range p.Most {
			most = append(most, fmt.Sprintf("%s in %s", x.Origin.Name(), truce.Number{N: x.Rows, Of: "row"}))
		}
		add(p.Events, "shared event")
		add(p.Origins, "shared origin", " ("+strings.Join(most, ", ")+")")
		add(p.Texts, "equal text")
		add(p.Files, "equal file")
		add(p.Places, "equal position")
		add(p.Shifts, "equal shift", fmt.Sprintf(" north and east, %d of them by %s degrees", p.Shifted, voices.Degrees(p.Shift)))
		if p.Offset != nil {
			parts = append(parts, fmt.Sprintf("times of %s are %s", p.B, laterBy(*p.Offset)))
		}
		if p.Lag != nil {
			parts = append(parts, fmt.Sprintf("%s reports %s", p.B, laterBy(*p.Lag)))
		}
		if len(parts) == 0 {
			parts = []string{"nothing so far"}
		}
		fmt.Fprintf(w, "%s and %s: %s\n", report.Clean(string(p.A)), report.Clean(string(p.B)), report.Clean(strings.Join(parts, "; ")))
		for _, x := range p.Why {
			fmt.Fprintf(w, "    %s\n", report.Clean(x.String()))
		}
	}
	if len(v.Pairs) == 0 {
		fmt.Fprintln(w, "Nothing was found that two sources have in common.")
	}
	if v.Unpaired > 0 {
		fmt.Fprintf(w, "%s with the fewest observations are in no pair: the %d with the most are compared.\n", truce.Number{N: v.Unpaired, Of: "source"}, voices.MostPaired)
	}
	return nil
}

// laterBy says a difference of times in words.
func laterBy(d time.Duration) string {
	word := "later"
	if d < 0 {
		word, d = "earlier", -d
	}
	switch d = d.Round(time.Minute); {
	case d == 0:
		return "the same, at the median"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min %s, at the median", d/time.Minute, word)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %s, at the median", d.Round(time.Hour)/time.Hour, word)
	}
	return fmt.Sprintf("%d days %s, at the median", d.Round(24*time.Hour)/(24*time.Hour), word)
}

func writeOrigins(w io.Writer, v *truce.Voices) error {
	if len(v.Shared) == 0 {
		_, err := fmt.Fprintf(w, "No origin is stated by more than %d observations.\n", truce.ManyRows)
		return err
	}
	fmt.Fprintf(w, "Each of these is one voice, however many publishers print it.\n")
	out := rows{columns: []string{"origin", "observations", "sources"}}
	for i := range v.Shared {
		x := &v.Shared[i]
		var from []string
		for _, id := range x.Sources {
			from = append(from, string(id))
		}
		if x.Of > len(from) {
			from = append(from, fmt.Sprintf("%d more", x.Of-len(from)))
		}
		out.add(string(x.Origin), fmt.Sprint(x.Rows), strings.Join(from, ", "))
	}
	return out.write(w, "table")
}
