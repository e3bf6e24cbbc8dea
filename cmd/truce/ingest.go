package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/source"
	"github.com/spf13/cobra"
)

func (c command) ingest() *cobra.Command {
	var fl intake.IngestFlags
	dry := false
	cmd := &cobra.Command{
		Use:   "ingest MISSION FILE...",
		Short: "Read files of a source into a mission",
		Long: `Ingest reads files strictly: plain, gzip or zip. It prints how many rows it read, how
many records are new or already known, how many rows were skipped (understood, and
not relevant) and how many were rejected, with the reason. Rejected rows are
kept whole in MISSION/rejects/; truce rejected lists them. Each record becomes a signed
entry; the file itself is stored beside them, by its SHA-256.

A mapping with bearing and distance, or sighting, leads from observers to what they saw.
Its file tells where observers stand: it is read with --shelf shared, and refused as a
public file before anything of it is kept.

A row that would give away an observer's post or a force's position is rejected in a
public file. The other rows are read, and the file is kept on the shared shelf: read it
again with --shelf shared for the rest.

Warnings name what people should know and what rejects no row: a time zone that nobody
states (the agreement's is taken), a report that is older than what it reports, low, best
and high out of order, one text with different labels, actors whom the agreement does
not name, rows of a time in which no article applied, positions outside all its zones and regions (and whether more are inside with
latitude and longitude exchanged).

Reading a file twice changes nothing. If its mapping was corrected in the meantime, rows
without a key: would be recorded a second time: ingest stops, and --revises --whole
replaces what the earlier mapping gave. If a run is interrupted, repeat it: it
continues where it stopped. While truce serve has the mission open, ingest goes
through it. Exit 1 if rows were rejected; the good ones are in.

With --server, the file and its rows go to the room at that address, in pieces, signed
with the key of the intake. MISSION is a mirror on this machine, which is made if it is
not there; rejects and receipts are written in it. Files that are not public are read
in on the mission's machine.

The source (--source-name, or the mapping's source, or the kind) must be one that the
agreement lists. A source that is not listed counts as a publisher of its own,
and two publishers can confirm each other: a slip in the name would let one
publisher confirm itself. To read a source that is really new, use --new-source.

A file of no known publisher is read by a mapping, which says what its columns mean, in
whatever format it is: truce map FILE proposes one. --source is then not needed.

Kinds, for --source:
` + kindsText(),
		Example: `  truce ingest field --source firms fire_nrt_J1V-C2_20250815.csv
  truce ingest field --source airforce-ua missile_attacks_daily.csv.gz
  truce ingest field patrols.xlsx --mapping patrols.yaml
  truce ingest field patrols.xlsx --mapping patrols.yaml --dry-run
  truce ingest field --source ucdp-ged vintage2022.csv --vintage 2 --revises
  truce ingest mirror patrols.csv --mapping patrols.yaml --server https://truce.example --as intake
  truce ingest field ngo.csv --mapping ngo.yaml --source-name ngo-2 --new-source`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", fl.Format, "table", "json"); err != nil {
				return err
			}
			if err := oneOf("shelf", fl.Shelf, "public", "shared"); err != nil {
				return err
			}
			switch {
			case fl.Kind == "" && fl.Mapping != "":
				fl.Kind = "table"
			case fl.Kind == "":
				return mission.Hinted(errors.New("who wrote the file? Name its kind with --source, or say with --mapping what its columns mean"),
					"truce map "+shellWord(args[1])+" --save "+shellWord(mappingName(args[1]))+" proposes a mapping; truce ingest --help lists the kinds")
			}
			if dry {
				return c.dryRun(args[0], args[1:], &fl)
			}
			m, done, err := c.writing(args[0])
			if err != nil {
				return err
			}
			defer done()
			if _, err := m.Key(fl.Key); err != nil && cmd.Flags().Changed("as") {
				return mission.Hinted(err, "--as names the key that signs; to name the source of the file: --source-name "+fl.Key)
			}
			ready, err := c.readsFiles(m)
			if err != nil {
				return err
			}
			defer ready()
			refused := 0
			for _, name := range args[1:] {
				n, err := m.IngestFile(fl.Kind, name, fl)
				refused += n.Refused
				if err != nil && n.Read == 0 {
					return err
				}
				if werr := c.ingested(name, n, fl.Format, fl.Mapping != ""); werr != nil {
					return werr
				}
				if n.Refused > 0 && fl.Format == "table" {
					fmt.Fprintf(c.out, "  all rejected rows, each with its reason: truce rejected %s\n", args[0])
				}
				if err != nil {
					return err
				}
			}
			if refused > 0 {
				return exit(exitNo)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&fl.Kind, "source", "", "the kind of source, one of those above (default: table, with --mapping)")
	f.StringVar(&fl.As, "source-name", "", "who says it, as the agreement names it (default: the mapping's source, or the kind)")
	f.BoolVar(&fl.NewSource, "new-source", false, "read a source that the agreement does not list, as a publisher of its own")
	f.StringVar(&fl.Mapping, "mapping", "", "a file that says what the columns mean, or what is different from the mapping that comes with the kind")
	f.StringVar(&fl.Encoding, "encoding", "", "utf-8 (default), cp1252, cp1251 or latin1")
	f.StringVar(&fl.Timezone, "timezone", "", "zone of local times (default: the publisher's or the mapping's, or else the agreement's)")
	f.StringVar(&fl.Zone, "zone", "", "firms: the zone its coverage is about")
	f.StringVar(&fl.Known, "known", "received", "when its records are known from: received (now), reported (for rehearsals), or a time")
	f.IntVar(&fl.Vintage, "vintage", 0, "ucdp-ged: number of the edition")
	f.BoolVar(&fl.Revises, "revises", false, "a later edition of what this source said before: what differs is a correction")
	f.BoolVar(&fl.Whole, "whole", false, "with --revises: what it no longer has is withdrawn")
	f.StringVar(&fl.Shelf, "shelf", "public", "public, or shared: released to both parties together, after the agreement's delay")
	f.StringVar(&c.far.address, "server", "", serverHelp)
	f.StringVar(&fl.Key, "as", "intake", "the key that signs: a file, or a name")
	f.StringVar(&fl.Key, "sign", "intake", "the former name of --as")
	_ = f.MarkHidden("sign")
	cmd.MarkFlagsMutuallyExclusive("as", "sign")
	f.StringVar(&fl.Format, "format", "table", "table or json")
	f.BoolVar(&dry, "dry-run", false, "show what would be read from the files, and write nothing; what the mission already knows counts as new")
	return cmd
}

// dryRun says what would come of files, by the mission's terms.
func (c command) dryRun(dir string, files []string, fl *intake.IngestFlags) error {
	m, err := mission.Open(dir)
	if err != nil {
		return err
	}
	k, mapping, as, err := fl.Check(m.Agreement, fl.Kind, files[0])
	if err != nil {
		return err
	}
	unnamed := map[truce.PartyID]int{}
	decisions, err := intake.Decisions(m.Reading())
	if err != nil {
		return err
	}
	k = intake.Rehearsed(k, m.Agreement, decisions, fl, truce.InstantOf(c.now()), unnamed)
	o := source.Options{Source: as, Mapping: mapping, Encoding: fl.Encoding, Zone: fl.Zone, Vintage: fl.Vintage, Revises: fl.Revises, Local: m.Agreement.Location}
	o.Of(m.Agreement)
	if fl.Timezone != "" {
		if o.Location, err = time.LoadLocation(fl.Timezone); err != nil || fl.Timezone == "Local" {
			return fmt.Errorf("--timezone %q is unknown; want one such as Africa/Khartoum", fl.Timezone)
		}
	}
	zone := cmp.Or(o.Location, o.Local, time.UTC)
	if mapping != nil {
		zone = zoneOf(o, mapping)
	}
	bad := false
	for _, name := range files {
		entries, err := source.Open(name)
		if err != nil {
			return err
		}
		all := entries
		if entries, err = source.Among(all, o.Mapping); err != nil {
			return err
		}
		for _, e := range entries {
			o.File = e.Name
			in, err := e.Open()
			if err != nil {
				return err
			}
			p := source.Look(k, in, o.With(e, all), 3)
			in.Close()
			if fl.Format == "json" {
				if err := c.mappedJSON(nil, p); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(c.out, "%s", report.Clean(e.Name))
				c.previewed(p, zone, false, false)
			}
			bad = bad || p.Rejected > 0 || p.Err != nil
		}
	}
	if fl.Format == "table" {
		if len(unnamed) > 0 {
			fmt.Fprintln(c.out)
		}
		c.unnamed(unnamed)
		fmt.Fprintf(c.out, "\nNothing was written.\n")
	}
	if bad {
		return exit(exitNo)
	}
	return nil
}

func kindsText() string {
	var b strings.Builder
	for _, k := range source.Kinds {
		fmt.Fprintf(&b, "  %-12s %s\n", k.Name, k.Doc)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (c command) ingested(name string, n intake.Ingested, format string, mapped bool) error {
	if format == "json" {
		return json.NewEncoder(c.out).Encode(struct {
			File string `json:"file"`
			intake.Ingested
		}{name, n})
	}
	fmt.Fprintf(c.out, "%s: %d read, %d new, %d already known, %d rejected", filepath.Base(name), n.Read, n.New, n.Known, n.Refused)
	if n.Corrected+n.Withdrawn > 0 {
		fmt.Fprintf(c.out, ", %d corrected, %d withdrawn", n.Corrected, n.Withdrawn)
	}
	fmt.Fprintln(c.out)
	unreadReports(c.out, n.Unread, n.Refused)
	rejectedWhy(c.out, n.Why, max(n.Unread, n.Refused))
	c.skippedWhy(n.SetAside, mapped)
	if n.Delicate > 0 && n.New+n.Corrected+n.Withdrawn+n.Known > 0 {
		fmt.Fprintf(c.out, "  warning: %s would give away an observer's post or a force's position, so they were rejected. The others were read, and the file itself is not public.\n", mission.Plural(n.Delicate, "row"))
		fmt.Fprintln(c.out, "    To read them too, ingest the file with --shelf shared: they go to all parties after the agreement's delay.")
	}
	if n.Public > 0 {
		fmt.Fprintf(c.out, "  warning: this very file is already public: entry %d of the record names it, and others may have copies. --shelf shared does not take it back.\n", n.Public)
	}
	if n.Advice != "" {
		fmt.Fprintf(c.out, "  warning: a row was rejected because %s\n", report.Clean(n.Advice))
	}
	for _, r := range n.Remarks {
		c.remarked(&r)
	}
	c.unnamed(n.Unnamed)
	return nil
}

// unnamed prints who is said to have acted and whom the agreement does not name, with the
// number of rows.
func (c command) unnamed(by map[truce.PartyID]int) {
	if len(by) == 0 {
		return
	}
	names := slices.SortedFunc(maps.Keys(by), func(a, b truce.PartyID) int {
		return cmp.Or(by[b]-by[a], strings.Compare(string(a), string(b)))
	})
	fmt.Fprintln(c.out, "  warning: the agreement does not name these actors, so their acts may be out of its scope. If they belong to a party, add them")
	fmt.Fprintln(c.out, "    to agreement.yaml under members: of that party; if not, under others: (with role: excluded if the text excludes them).")
	const most = 12
	for _, name := range names[:min(most, len(names))] {
		fmt.Fprintf(c.out, "    %6d %s\n", by[name], report.Clean(shortened(string(name))))
	}
	if more := len(names) - most; more > 0 {
		fmt.Fprintf(c.out, "    and %s; --format json has all of them\n", mission.Plural(more, "more name"))
	}
}

// skippedWhy prints the reasons that skipped most rows, and what to do if one of them is a
// report after all. Readers of one publisher's files have no mapping to change.
func (c command) skippedWhy(by map[string]int, mapped bool) {
	if len(by) == 0 {
		return
	}
	why := slices.SortedFunc(maps.Keys(by), func(a, b string) int { return cmp.Or(by[b]-by[a], strings.Compare(a, b)) })
	fmt.Fprintf(c.out, "\nSkipped, by reason:\n")
	shown := why[:min(len(why), intake.MostWhy)]
	for _, w := range shown {
		fmt.Fprintf(c.out, "  %6d  %s\n", by[w], report.Clean(w))
	}
	if more := len(why) - len(shown); more > 0 {
		fmt.Fprintf(c.out, "          and %s; --format json has all of them\n", mission.Plural(more, "more reason"))
	}
	others := slices.DeleteFunc(slices.Clone(why), source.KnownAlready)
	switch {
	case len(others) == 0:
		fmt.Fprintln(c.out, "          The record has these rows already. Nothing needs to be done.")
	case mapped && len(others) < len(why):
		fmt.Fprintln(c.out, "          The record has the unchanged rows already, and the others are not reports. If one of those is, change where: or values: in the mapping and ingest the file again.")
	case mapped:
		fmt.Fprintln(c.out, "          These rows are not reports. If one of them is, change where: or values: in the mapping and ingest the file again.")
	default:
		fmt.Fprintln(c.out, "          These rows are not reports. Nothing needs to be done.")
	}
}

// shortened is a name of a file, cut to what a line of a terminal may have.
func shortened(name string) string {
	const most = 80
	if r := []rune(name); len(r) > most {
		return string(r[:most]) + "…"
	}
	return name
}

// remarked prints what people should know about a file.
func (c command) remarked(r *intake.Remarked) {
	fmt.Fprint(c.out, "  warning: ")
	if r.Rows > 0 {
		fmt.Fprintf(c.out, "%s: ", mission.Plural(r.Rows, "row"))
	}
	fmt.Fprintln(c.out, r.What)
	if r.More != "" {
		fmt.Fprintf(c.out, "    %s\n", report.Clean(r.More))
	}
	c.firstRow(*r)
}

// firstRow prints where a warning is about one row, or the first of several.
func (c command) firstRow(r intake.Remarked) {
	var where []string
	if r.Row > 0 {
		where = append(where, fmt.Sprintf("row %d", r.Row))
	}
	if r.Line > 0 {
		where = append(where, fmt.Sprintf("line %d", r.Line))
	}
	if r.Column != "" {
		where = append(where, "column "+report.Clean(r.Column))
	}
	if r.Value != "" {
		where = append(where, fmt.Sprintf("%q", r.Value))
	}
	if len(where) > 0 {
		first := ""
		if r.Rows > 1 {
			first = "first: "
		}
		fmt.Fprintf(c.out, "    %s%s\n", first, strings.Join(where, ", "))
	}
}
