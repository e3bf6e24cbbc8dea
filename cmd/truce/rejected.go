package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

// rejected lists the rows of files that could not be read.
func (c command) rejected() *cobra.Command {
	var f filters
	cmd := &cobra.Command{
		Use:   "rejected MISSION",
		Short: "List the rows of files that were rejected, each with its reason",
		Long: `Rejected lists the rows of files that could not be read, with file, row, line, column,
value and reason: first those of the period, then those whose time could not be read
either. Rows that were read later, under the same key and from the same source, are
not listed. The rows are kept in MISSION/rejects on the machine that read the files,
and nowhere else; of rows that are not kept there, because their file was read on another
machine or because somebody removed it from MISSION/rejects, only the number is known.
Remove a file there once its rows are mended and cannot be told by a key.`,
		Example: `  truce rejected field --day 2025-08-20
  truce rejected field --format json | jq .why`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", f.format, "table", "json"); err != nil {
				return err
			}
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			during, err := period(m.Agreement, f.day, f.from, f.to)
			if err != nil {
				return err
			}
			r, err := m.Rejected(during, truce.ForMission)
			if err != nil {
				return err
			}
			if f.format == "json" {
				enc := json.NewEncoder(c.out)
				for i := range r.Rows {
					if err := enc.Encode(&r.Rows[i]); err != nil {
						return err
					}
				}
				return nil
			}
			fmt.Fprintf(c.out, "%s rejected, and %s whose time could not be read", mission.Plural(r.Dated, "row"), mission.Plural(r.Undated, "row"))
			if r.Elsewhere > 0 {
				fmt.Fprintf(c.out, "; %s more of which this machine keeps only the number", mission.Plural(r.Elsewhere, "row"))
			}
			fmt.Fprintln(c.out)
			if r.Elsewhere > 0 {
				fmt.Fprintf(c.out, "  Their files were read on another machine, or were removed from %s. Where the files were read, truce rejected lists the rows.\n", report.Clean(filepath.Join(args[0], "rejects")))
			}
			for i := range r.Rows {
				x := &r.Rows[i]
				when := "time not known"
				if x.At.Valid() {
					when = x.At.In(m.Agreement.Location)
				}
				fmt.Fprintf(c.out, "%s, %s: %s\n", when, report.Clean(string(x.Source)), report.Clean(x.Words()))
			}
			return nil
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.day, "day", "", "a day of the agreement's zone, 2025-08-20")
	fs.StringVar(&f.from, "from", "", "from this day or time")
	fs.StringVar(&f.to, "to", "", "to the end of this day, or to this time")
	fs.StringVar(&f.format, "format", "table", "table or json")
	return cmd
}
