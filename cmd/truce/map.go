package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/source"
	"github.com/opentruce/truce/internal/summary"
	"github.com/spf13/cobra"
)

// mapFlags are those of truce map.
type mapFlags struct {
	mission, save, check, encoding, timezone, format, show, sheet string
	rows                                                          int
	words                                                         bool
}

func (c command) mapFile() *cobra.Command {
	var fl mapFlags
	cmd := &cobra.Command{
		Use:   "map FILE",
		Short: "Propose a mapping for a file of an unknown publisher",
		Long: `Map looks at a file in any format that Truce reads: CSV and its kin, XLSX, ODS, JSON,
GeoJSON, KML, KMZ, GPX, GeoPackage, Parquet, RSS and Atom. It finds the format, the
separator, the encoding and the columns, proposes a mapping, and shows what would come
of the file by it: the first records, and which rows would be rejected or skipped, and why.

Where cells are merged or empty below a name, it proposes or asks about fill:, and a chat
exported from WhatsApp or Telegram is recognised and not read. If no column says what was
done, the mapping has a place for it, and reads nothing until you have written it.

Nothing is read into a mission. Save the mapping, correct what is wrong in it (its comments
say how many rows each value has), check it, and then ingest the file with it:

  truce map incidents.xlsx --save incidents.yaml
  truce map incidents.xlsx --check incidents.yaml
  truce ingest MISSION incidents.xlsx --mapping incidents.yaml

A file of a publisher that Truce knows (ACLED, GDELT, UCDP, FIRMS, Airwars and others) is
recognised by its columns. --show prints the mapping that comes with a kind, with its
pitfalls: copy it, or write base: KIND in a mapping that says only what is different.

What the publisher calls "shelling" is fire in a mapping. --words lists all acts, weapon
classes and means of observation that a mapping can use.

The meaning of each key is in doc/mapping.md. Exit 1 if rows would be rejected.`,
		Example: `  truce map incidents.xlsx
  truce map incidents.csv --save incidents.yaml
  truce map incidents.csv --check incidents.yaml --mission field
  truce map tracker.xlsx --sheet Incidents
  truce map attacks.csv --timezone Asia/Aden --rows 10
  truce map --show acled
  truce map --words`,
		Args: func(cmd *cobra.Command, args []string) error {
			if fl.show != "" || fl.words {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", fl.format, "table", "json"); err != nil {
				return err
			}
			if fl.words {
				c.vocabulary()
				return nil
			}
			if fl.show != "" {
				text, ok := source.Shipped(fl.show)
				if !ok {
					return fmt.Errorf("no mapping comes with %q; there are %s", fl.show, strings.Join(source.ShippedNames(), ", "))
				}
				fmt.Fprint(c.out, text)
				return nil
			}
			if fl.save != "" && fl.check != "" {
				return errors.New("--save writes a proposal and --check tries a mapping that exists: use one of the two")
			}
			if fl.sheet != "" && fl.check != "" {
				return errors.New("--sheet is for a proposal: a mapping that is checked states its sheet under table: {sheet: ...}")
			}
			return c.mapped(args[0], &fl)
		},
	}
	f := cmd.Flags()
	f.StringVar(&fl.save, "save", "", "write the proposal to this file; one that exists is not overwritten")
	f.StringVar(&fl.check, "check", "", "try this mapping instead of proposing one")
	f.StringVar(&fl.show, "show", "", "print the mapping that comes with this kind")
	f.BoolVar(&fl.words, "words", false, "list the acts, weapon classes and means that a mapping can use")
	f.StringVar(&fl.mission, "mission", "", "the mission whose zones, places and time zone to use")
	f.StringVar(&fl.encoding, "encoding", "", "of text (default: UTF-8, or what it looks like)")
	f.StringVar(&fl.sheet, "sheet", "", "sheet of a workbook, or layer (default: the first that holds a table)")
	f.StringVar(&fl.timezone, "timezone", "", "zone of local times")
	f.IntVar(&fl.rows, "rows", 3, "how many records to show")
	f.StringVar(&fl.format, "format", "table", "table or json")
	return cmd
}

// vocabulary lists the words of the vocabulary, those that are kinds of another under it.
func (c command) vocabulary() {
	list := func(title string, words []string, path func(string) []string) {
		fmt.Fprintf(c.out, "%s\n", title)
		slices.SortFunc(words, func(a, b string) int { return slices.Compare(path(a), path(b)) })
		for _, w := range words {
			indent := strings.Repeat("  ", len(path(w)))
			fmt.Fprintf(c.out, "%s%-*s  %s\n", indent, 30-len(indent), w, meanings[w])
		}
	}
	list("Acts (act:); an article about an act is about those under it, too:", truce.Words.Acts(), func(s string) []string {
		path := names(truce.Words.ActPath(truce.Act(s)))
		slices.Reverse(path)
		return path
	})
	list("\nWeapon classes (weapon:), or unknown:", truce.Words.Classes(), func(s string) []string {
		path := names(truce.Words.ClassPath(truce.Class(s)))
		slices.Reverse(path)
		return path
	})
	list("\nMeans of observation (means:):", truce.Words.AllMeans(), func(s string) []string { return []string{s} })
}

// mapped proposes or checks a mapping.
func (c command) mapped(name string, fl *mapFlags) error {
	entries, err := source.Open(name)
	if err != nil {
		return err
	}
	if len(entries) > 1 && fl.check == "" {
		fmt.Fprintf(c.out, "%s has %s; this is about the first, %s.\n\n", name, mission.Plural(len(entries), "file"), report.Clean(entries[0].Name))
	}
	o := source.Options{File: filepath.Base(name), Encoding: fl.encoding, Sheet: fl.sheet, Source: "preview"}
	if fl.timezone != "" {
		if o.Location, err = time.LoadLocation(fl.timezone); err != nil || fl.timezone == "Local" {
			return fmt.Errorf("--timezone %q is unknown; want one such as Africa/Khartoum", fl.timezone)
		}
	}
	var terms *truce.Agreement
	if fl.mission != "" {
		m, err := mission.Open(fl.mission)
		if err != nil {
			return err
		}
		terms = m.Agreement
		o.Of(m.Agreement)
		o.Local = m.Agreement.Location
	}
	assumed := o.Location == nil && o.Local == nil
	if assumed { // else a day is one anywhere on Earth, of 50 hours
		o.Local = time.UTC
	}
	var text []byte
	var proposal *source.Proposal
	if fl.check != "" {
		if text, err = os.ReadFile(fl.check); err != nil {
			return err
		}
	} else {
		if proposal, err = source.ProposeAmong(entries, filepath.Base(name), o); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		text, o.Encoding = []byte(proposal.Mapping), proposal.Encoding
		if base, ok := source.Shipped(proposal.Kind); ok {
			text = []byte("base: " + proposal.Kind + "   # says everything; write here what is different in yours\n")
			proposal.Mapping = base
		}
		if fl.save != "" && proposal.Kind != "" && proposal.Mapping == "" {
			return mission.Hinted(fmt.Errorf("%s has the columns of the kind %s, which is read without a mapping: there is nothing to save", name, proposal.Kind),
				"truce ingest "+shellWord(cmp.Or(fl.mission, "MISSION"))+" "+shellWord(name)+" --source "+proposal.Kind)
		}
		if fl.save != "" {
			if _, err := os.Stat(fl.save); !errors.Is(err, fs.ErrNotExist) {
				return mission.Hinted(fmt.Errorf("%s exists, and is not overwritten", fl.save), "choose another name, or check it: truce map "+name+" --check "+fl.save)
			}
			if err := disk.WriteBytes(fl.save, 0o644, text); err != nil {
				return err
			}
		}
	}
	var mapping, shown *source.Mapping // shown: by which rows are shown
	var merr error
	trial := ""
	reader := "table"
	if proposal != nil && proposal.Kind != "" && proposal.Mapping == "" {
		reader = proposal.Kind
	} else {
		mapping, merr = source.ParseMapping(text)
		if shown = mapping; proposal != nil && merr == nil {
			if trial = proposal.Trial(); trial != "" {
				shown, merr = source.ParseMapping([]byte(trial))
			}
		}
	}
	var p *source.Preview
	if merr == nil {
		if o.Mapping = shown; mapping == nil || mapping.Named() != "" {
			o.Source = ""
		}
		chosen, err := source.Among(entries, mapping)
		if err != nil {
			return err
		}
		if fl.check == "" {
			chosen = chosen[:1]
		}
		k, _ := source.Find(reader)
		p = &source.Preview{}
		for _, e := range chosen {
			if len(chosen) > 1 {
				o.File = e.Name
			}
			in, err := e.Open()
			if err != nil {
				return err
			}
			p.Add(source.Look(k, in, o.With(e, entries), fl.rows-len(p.First)))
			in.Close()
			if p.Err != nil {
				break
			}
		}
	} else if fl.check != "" {
		return fmt.Errorf("%s: %w", fl.check, merr)
	}
	if fl.format == "json" {
		return c.mappedJSON(proposal, p)
	}
	if proposal != nil {
		c.proposed(proposal, fl, name)
	}
	if merr != nil { // a proposal that lacks what only a person knows
		fmt.Fprintf(c.out, "\nThe proposal is not complete: %s\n", report.Clean(merr.Error()))
	} else {
		zone := cmp.Or(o.Location, o.Local, time.UTC)
		if mapping != nil {
			zone = zoneOf(o, mapping)
		}
		if trial != "" {
			fmt.Fprintf(c.out, "\nThe file does not state what was done, so nothing is read by this mapping yet. To show how it reads times and places, the rows are read here as if each were an attack.\n")
		}
		c.previewed(p, zone, assumed && (mapping == nil || mapping.LocalTime() == nil), proposal != nil)
		if fl.mission == "" && slices.ContainsFunc(p.Reasons.Most(20), func(r source.Rejected) bool { return gazetteer.WithoutPackages(r.Why) }) {
			fmt.Fprintf(c.out, "\nNo mission was named, so no place is known by its name here. Its agreement's places and zones are used with: truce map %s --mission MISSION\n", shellWord(name))
		}
	}
	failed := merr != nil || trial != "" || p.Err != nil || p.Rejected > 0
	c.advised(proposal, mapping, terms, fl, name, failed, merr == nil && p.Err == nil && p.Records > 0)
	if failed {
		return exit(exitNo)
	}
	return nil
}

// zoneOf is the zone in which the preview prints its times.
func zoneOf(o source.Options, m *source.Mapping) *time.Location {
	if o.Location != nil {
		return o.Location
	}
	if z := m.LocalTime(); z != nil {
		return z
	}
	if o.Local != nil {
		return o.Local
	}
	return time.UTC
}

// proposed prints what a file has and the mapping that is proposed for it.
func (c command) proposed(p *source.Proposal, fl *mapFlags, name string) {
	what := []string{"format " + p.Format}
	if p.Separator != "" {
		what = append(what, "separator "+p.Separator)
	}
	if p.Encoding != "" {
		what = append(what, "encoding "+p.Encoding)
	}
	if p.Tags {
		what = append(what, "with a row of HXL tags")
	}
	looked := mission.Plural(p.Rows, "row")
	if !p.All {
		looked = "the first " + looked
	}
	fmt.Fprintf(c.out, "%s: %s, %s, looked at %s.\n\n", filepath.Base(name), strings.Join(what, ", "), mission.Plural(len(p.Columns), "column"), looked)
	out := rows{columns: []string{"column", "filled", "looks like", "proposed as", "values"}}
	for _, col := range p.Columns {
		filled := "0 %"
		if p.Rows > 0 {
			filled = fmt.Sprintf("%d %%", col.Filled*100/p.Rows)
		}
		var few []string
		for _, v := range col.Few[:min(3, len(col.Few))] {
			few = append(few, cut(report.Clean(v), 24))
		}
		values := strings.Join(few, " | ")
		if col.Hidden {
			values = "(not shown: may name persons)"
		}
		out.add(cut(report.Clean(col.Name), 40), filled, col.What, cmp.Or(col.As, "-"), values)
	}
	_ = out.table(c.out)
	if p.Kind != "" {
		k, _ := source.Find(p.Kind)
		fmt.Fprintf(c.out, "\nThese are the columns of the kind %s: %s.\n", k.Name, k.Doc)
		if _, ok := source.Shipped(p.Kind); ok {
			fmt.Fprintf(c.out, "A mapping comes with it, which was used below; its pitfalls: truce map --show %s\n", k.Name)
		}
		return
	}
	fmt.Fprintf(c.out, "\nProposed mapping:\n\n")
	for line := range strings.Lines(p.Mapping) {
		fmt.Fprintf(c.out, "  %s", report.Clean(strings.TrimRight(line, "\n"))+"\n")
	}
}

// cut is a text of at most n letters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// previewed prints what would come of a file. What only a person can decide about its zone
// may be printed elsewhere.
func (c command) previewed(p *source.Preview, zone *time.Location, assumed, elsewhere bool) {
	skipped := 0
	for _, n := range p.Skipped {
		skipped += n
	}
	known := ""
	if p.Known > 0 {
		known = fmt.Sprintf(", %d as an earlier row of the file says it", p.Known)
	}
	fmt.Fprintf(c.out, "\nBy this mapping: %s read, %s%s, %d skipped, %d rejected.\n", mission.Plural(p.Read, "row"), mission.Plural(p.Records, "record"), known, skipped, p.Rejected)
	unreadReports(c.out, p.Unread, p.Rejected)
	unfit := (*source.Unfit)(nil)
	switch {
	case errors.As(p.Err, &unfit), errors.Is(p.Err, source.ErrAbsent):
		why := p.Err.Error()
		if _, fault, ok := strings.Cut(why, "mapping: "); ok {
			why = fault
		}
		fmt.Fprintf(c.out, "  The mapping cannot be used for this file: %s\n", report.Clean(why))
	case p.Err != nil:
		what, why := "The file could not be read to its end", p.Err.Error()
		if _, fault, ok := strings.Cut(why, "mapping: "); ok && p.Read == 0 {
			what, why = "The mapping cannot be used for this file", fault
		} else if p.Read == 0 {
			what = "Nothing could be read"
		}
		fmt.Fprintf(c.out, "  %s: %s\n", what, report.Clean(why))
	}
	if len(p.First) > 0 {
		in := zone.String()
		if assumed && slices.ContainsFunc(p.Remarks, func(m source.Remark) bool { return m.What == source.RemarkZone }) { // else all times state theirs
			in += ", as no zone is stated"
		}
		fmt.Fprintf(c.out, "\nThe first records, times in %s:\n", in)
		for i := range p.First {
			fmt.Fprintf(c.out, "  %s\n", report.Clean(recordWords(&p.First[i], zone)))
		}
	}
	rejectedWhy(c.out, p.Reasons.Most(5), p.Unread)
	why := slices.SortedFunc(maps.Keys(p.Skipped), func(a, b string) int { return cmp.Or(p.Skipped[b]-p.Skipped[a], strings.Compare(a, b)) })
	for i, w := range why {
		if i == 0 {
			fmt.Fprintf(c.out, "\nSkipped:\n")
		}
		if i == 3 {
			fmt.Fprintf(c.out, "  and %s\n", mission.Plural(len(why)-3, "more reason"))
			break
		}
		fmt.Fprintf(c.out, "  %6d  %s\n", p.Skipped[w], report.Clean(w))
	}
	for _, m := range p.Remarks {
		if m.What == source.RemarkZone && elsewhere {
			continue
		}
		fmt.Fprintf(c.out, "\nWarning: ")
		if m.Rows > 0 {
			fmt.Fprintf(c.out, "%s: ", mission.Plural(m.Rows, "row"))
		}
		fmt.Fprintf(c.out, "%s\n", report.Clean(strings.TrimSpace(m.What+" "+m.More)))
		c.firstRow(intake.Remarked(m))
	}
}

// unreadReports says what is counted, if rejected rows have several reports that cannot be read.
func unreadReports(w io.Writer, reports, rows int) {
	if reports > rows {
		fmt.Fprintf(w, "  Rejected are rows of the file: %s in %s cannot be read. The reasons below count reports.\n", mission.Plural(reports, "report"), mission.Plural(rows, "row"))
	}
}

// rejectedWhy prints the reasons that rejected most rows, each with the first row and what
// to do.
func rejectedWhy(w io.Writer, list []source.Rejected, all int) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\nRejected, by reason:\n")
	shown := 0
	for _, r := range list {
		shown += r.Rows
		where := fmt.Sprintf("row %d", r.Row)
		if r.Line > 0 {
			where += fmt.Sprintf(" (line %d)", r.Line)
		}
		if r.Column != "" {
			where += fmt.Sprintf(", column %s, %q", report.Clean(r.Column), report.Clean(cut(r.Value, 60)))
		}
		fmt.Fprintf(w, "  %6d  %s\n          first: %s\n", r.Rows, report.Clean(r.Why), where)
		if r.Hint != "" {
			fmt.Fprintf(w, "          %s\n", report.Clean(r.Hint))
		}
	}
	if more := all - shown; more > 0 {
		fmt.Fprintf(w, "  %6d  for other reasons\n", more)
	}
}

// recordWords is a record in one line.
func recordWords(r *truce.Item, zone *time.Location) string {
	switch {
	case r.Observation != nil:
		o := r.Observation
		words := o.Occurred.In(zone) + "; " + summary.What(o) + "; " + placeWords(&o.Place)
		if o.Count != (truce.Count{N: 1}) {
			words += "; count " + o.Count.String()
		}
		if o.Casualties != nil && o.Casualties.Killed != nil {
			words += "; killed " + o.Casualties.Killed.Words()
		}
		if o.Casualties != nil && o.Casualties.Injured != nil {
			words += "; injured " + o.Casualties.Injured.Words()
		}
		for _, name := range truce.CasualtyParts {
			if o.Casualties == nil {
				break
			}
			if r := *o.Casualties.Field(name); r != nil {
				words += "; " + truce.CasualtyWord(name).English + " " + r.Words()
			}
		}
		if who := o.MayHaveActed(); len(who) > 0 {
			var names []string
			for _, p := range who {
				names = append(names, string(p))
			}
			words += "; by " + strings.Join(names, " or ") + ", as it says"
		}
		return words + "; key " + cut(o.Key, 20)
	case r.Tally != nil:
		return r.Tally.Period.In(zone) + "; total of " + string(r.Tally.Act) + "; " + placeWords(&r.Tally.Place) + "; count " + r.Tally.Count.String()
	case r.Coverage != nil:
		return r.Coverage.During.In(zone) + "; coverage by " + r.Coverage.What + " of " + r.Coverage.Zone
	}
	b, _ := json.Marshal(r)
	return cut(string(b), 200)
}

// advised says what only a person can decide, and what to do next. terms are nil if no
// mission is known; some rows can be read although the check has failed.
func (c command) advised(p *source.Proposal, m *source.Mapping, terms *truce.Agreement, fl *mapFlags, name string, failed, some bool) {
	if p != nil && len(p.Open) > 0 {
		fmt.Fprintf(c.out, "\nOnly you can decide:\n")
		for _, s := range p.Open {
			fmt.Fprintf(c.out, "  - %s\n", report.Clean(s))
		}
	}
	fmt.Fprintf(c.out, "\nNext:\n")
	with := ""
	for _, f := range [][2]string{{"encoding", fl.encoding}, {"timezone", fl.timezone}} {
		if f[1] != "" {
			with += " --" + f[0] + " " + shellWord(f[1])
		}
	}
	if p != nil && p.Kind != "" && fl.encoding == "" && p.Encoding != "" { // the kind's mapping does not say it
		with += " --encoding " + shellWord(p.Encoding)
	}
	if fl.sheet != "" && fl.save == "" && fl.check == "" {
		with += " --sheet " + shellWord(fl.sheet)
	}
	again := with
	if fl.mission != "" {
		again = " --mission " + shellWord(fl.mission) + with
	}
	file := shellWord(name)
	ingest, note, posts := "truce ingest "+shellWord(cmp.Or(fl.mission, "MISSION"))+" "+file, "", ""
	by := func(kind, mapping string) {
		id := truce.SourceID("")
		if k, err := source.Find(kind); err == nil {
			ingest += " --source " + kind
			if id = k.As; id == "" && m == nil {
				id = truce.SourceID(kind)
			}
		}
		if mapping != "" {
			ingest += " --mapping " + shellWord(mapping)
		}
		if id == "" && m != nil {
			id = m.Named()
		}
		if ingest += with; m != nil && m.TellsPosts() {
			ingest += " --shelf shared"
			posts = "--shelf shared: the mapping has bearing and distance, or sighting, so the file tells where observers stand. It is not read into the public record."
		}
		if id == "" {
			ingest += " --source-name NAME"
			note = "NAME is who says it, as the agreement names it. A source that the agreement does not list also needs --new-source."
			return
		}
		if terms == nil {
			note = fmt.Sprintf("If the agreement does not list the source %q, this also needs --new-source, or the listed name with --source-name.", id)
			return
		}
		if _, ok := terms.Sources[id]; !ok {
			ingest += " --new-source"
			note = fmt.Sprintf("--new-source: the agreement does not list the source %q, so it counts as a publisher of its own. If it is one of those listed, use --source-name instead", id)
			if listed := slices.Sorted(maps.Keys(terms.Sources)); len(listed) > 0 {
				note += ": " + strings.Join(names(listed), ", ")
			}
			note += "."
		}
	}
	print := func(lines ...string) {
		for _, l := range lines {
			fmt.Fprintf(c.out, "  %s\n", report.Clean(l))
		}
	}
	switch {
	case fl.check != "" && failed:
		print("edit "+shellWord(fl.check)+", then", "truce map "+file+" --check "+shellWord(fl.check)+again)
		if some {
			note = "Rows that cannot be read by any mapping do not stop truce ingest: it keeps them apart, and reads the others."
		}
	case fl.check != "":
		by("", fl.check)
		print(ingest)
	case fl.save != "":
		by("", fl.save)
		print("edit "+shellWord(fl.save)+", then", "truce map "+file+" --check "+shellWord(fl.save)+again, ingest)
	case p != nil && p.Kind != "" && failed:
		own := shellWord(mappingName(name))
		print("truce map "+file+" --save "+own+again, "and write in "+own+" what is different in this file")
	case p != nil && p.Kind != "":
		by(p.Kind, "")
		print(ingest)
	default:
		print("truce map " + file + " --save " + shellWord(mappingName(name)) + again)
	}
	for _, s := range []string{posts, note} {
		if s != "" {
			print(s)
		}
	}
}

// mappingName is a name for the mapping of a file, in the folder in which the command runs: that
// of the file. One that exists is not proposed, because --save does not overwrite it.
func mappingName(file string) string {
	stem := filepath.Base(file)
	if i := strings.IndexByte(stem, '.'); i > 0 {
		stem = stem[:i]
	}
	out := stem + ".yaml"
	for n := 2; n < 100; n++ {
		if _, err := os.Stat(out); errors.Is(err, fs.ErrNotExist) {
			break
		}
		out = fmt.Sprintf("%s-%d.yaml", stem, n)
	}
	return out
}

// shellWord is a word of a command that can be pasted into a shell.
func shellWord(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x80 && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./,:@+=%", r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func (c command) mappedJSON(p *source.Proposal, v *source.Preview) error {
	out := map[string]any{}
	if p != nil {
		if p.Kind != "" {
			out["kind"] = p.Kind
		}
		out["format"], out["encoding"], out["separator"], out["rows"], out["columns"], out["mapping"], out["open"] = p.Format, p.Encoding, p.Separator, p.Rows, p.Columns, p.Mapping, p.Open
	}
	if v != nil {
		out["read"], out["records"], out["known"], out["rejected"], out["skipped"], out["first"], out["reasons"] = v.Read, v.Records, v.Known, v.Rejected, v.Skipped, v.First, v.Reasons.Most(20)
		if v.Err != nil {
			out["error"] = v.Err.Error()
		}
	}
	return indented(c.out, out)
}
