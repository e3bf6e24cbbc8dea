package main

import (
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"

	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

func (c command) report() *cobra.Command {
	var f filters
	var format, out, as, because string
	var publish bool
	cmd := &cobra.Command{
		Use:   "report MISSION [--day DAY | --from DAY --to DAY]",
		Short: "Print the report of a day or a period",
		Long: `Report writes the daily report, or that of a period: in one page, article board,
map, ribbon with coverage, allegations beside findings, totals beside what was
found of them, casualties in ranges, method, annexes, licences. HTML is one file
that opens offline and prints well. Without a period it covers everything.

With --publish, the file's digest becomes an entry of the record, with the digest
of the situation it was computed from, and a proof is written beside it: whoever
has the file can check it with truce verify, and whoever has the record computes
the same.`,
		Example: `  truce report field --day 2025-08-20 --out report.html
  truce report field --from 2025-08-16 --to 2025-08-21 --format geojson > incidents.geojson
  truce report field --day 2025-08-20 --out daily.html --publish --as reporting-1 --because "daily report"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.format = "table"
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			if err := f.resolve(m.Agreement); err != nil {
				return err
			}
			now, err := f.moment(m.Agreement)
			if err != nil {
				return fmt.Errorf("--as-known: %w", err)
			}
			if format, err = formatOf(cmd, format, out); err != nil {
				return err
			}
			if publish && (out == "" || as == "" || because == "") {
				return mission.Hinted(errors.New("what is published?"), "--publish wants --out FILE, --as KEY and --because TEXT")
			}
			read := m.Reading()
			var w *intake.Writer
			if publish {
				var done func()
				if w, done, err = c.reach(m); err != nil {
					return err
				}
				defer done()
				size, err := m.End()
				if err != nil {
					return err
				}
				// What is published depends on one state of the record, also while others
				// write. What is withheld is not published by mistake.
				read = m.As(release.Reader{Audience: truce.ForPublic}).At(size)
				if err := c.vouched(w, size); err != nil {
					return err
				}
			}
			if err := read.ReadWith(f.with); err != nil {
				return err
			}
			s, err := read.Situation(now)
			if err != nil {
				return err
			}
			issued := truce.InstantOf(c.now())
			r, err := read.Report(s, f.during, issued, min(s.Now, issued))
			if err != nil {
				return err
			}
			if out == "" {
				return report.Write(c.out, format, r)
			}
			if err := disk.WriteFile(out, 0o644, func(w *os.File) error { return report.Write(w, format, r) }); err != nil || !publish {
				return err
			}
			return c.publish(w, read, s, out, r.Title, as, because)
		},
	}
	var names []string
	for _, x := range report.Formats {
		names = append(names, x.Name)
	}
	fs := cmd.Flags()
	fs.StringVar(&f.day, "day", "", "a day of the agreement's zone")
	fs.StringVar(&f.from, "from", "", "from this day or time")
	fs.StringVar(&f.to, "to", "", "to the end of this day, or to this time")
	fs.StringVar(&f.asKnown, "as-known", "", "as known at this moment (default: everything that is known)")
	withFlag(cmd, &f.with)
	fs.StringVar(&format, "format", "html", strings.Join(names, ", "))
	fs.StringVar(&out, "out", "", "the file to write (default: standard output)")
	fs.BoolVar(&publish, "publish", false, "put the file's digest into the record")
	fs.StringVar(&because, "because", "", "with --publish: what it is published as")
	fs.StringVar(&as, "as", "", "with --publish: the key that signs")
	return cmd
}

// formatOf is the format asked for, or else what the file's name says.
func formatOf(cmd *cobra.Command, format, out string) (string, error) {
	var names []string
	named := ""
	for _, x := range report.Formats {
		names = append(names, x.Name)
		if ext := "." + report.Ext(x.Name); strings.HasSuffix(out, ext) && len(ext) > len(report.Ext(named)) {
			named = x.Name // incidents.hxl.csv is HXL, and no plain CSV
		}
	}
	if err := oneOf("format", format, names...); err != nil {
		return "", err
	}
	switch {
	case named == "" || named == format:
	case !cmd.Flags().Changed("format"):
		return named, nil
	default:
		return "", fmt.Errorf("--format %s and --out %s say different things", format, out)
	}
	return format, nil
}
