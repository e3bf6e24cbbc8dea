package main

import (
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"

	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
		Short: "Write the report of a day or a period",
		Long: `Report writes the report of a day, of a period, or without either of everything that
is known. Its first page is read in a minute: what happened in a sentence, reports,
incidents and decided violations with their ranges, who watched, the map, the trend,
what is new, what is disputed and what to do. Contents and sections follow: each
article, allegations beside findings, totals beside what was found of them, casualties
as ranges, the method and licences. HTML opens offline and prints well; HTML and PDF
have the same words, rows and columns.

Lists that are longer than a few rows are whole in annexes, which the report names with
their SHA-256: annexes.html for reading, and a CSV file each, reports.csv among them,
which names each report by its publisher's own key, its file and its entry in the
record. With HTML and PDF they are written into a folder beside the report
(report-annexes beside report.html); --format zip writes them as one file.

Without --out, the file is written to this folder, and its name is printed; a file that
is there already is not overwritten. With --out -, the report goes to standard output.

With --publish, the file's digest becomes an entry of the record, with the digest
of the situation it was computed from, and a proof is written beside it: whoever
has the file can check it with truce verify, and whoever has the record computes
the same.`,
		Example: `  truce report field --day 2025-08-20 --out report.html
  truce report field --from 2025-08-16 --to 2025-08-21 --out incidents.geojson
  truce report field --day 2025-08-20 --format md --out -
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
			if f.during.Start > truce.InstantOf(c.now()) {
				return mission.Hinted(fmt.Errorf("%s has not begun: nothing can be known of it yet", cmp.Or(f.day, f.from)), "name a day up to today, "+string(truce.DateOf(truce.InstantOf(c.now()), m.Agreement.Location)))
			}
			if publish && (out == stdout || as == "" || because == "") {
				return mission.Hinted(errors.New("what is published, by whom, and why?"), "--publish wants a file, --as KEY and --because TEXT")
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
			switch out {
			case stdout:
				return report.Write(c.out, format, r)
			case "":
				if out, err = writeNew(reportName(&f, m.Agreement), format, r); err == nil && !publish {
					fmt.Fprintf(c.out, "wrote %s: %s\n", out, report.Clean(r.Title))
				}
			default:
				r.AnnexDir = annexDir(out, format)
				err = disk.WriteFile(out, 0o644, func(w *os.File) error { return report.Write(w, format, r) })
			}
			if err == nil {
				err = c.writeAnnexes(out, r)
			}
			if err != nil || !publish {
				return err
			}
			return c.publish(w, read, s, out, r.Title, as, because)
		},
	}
	var names []string
	for _, x := range report.Formats {
		names = append(names, x.Name)
	}
	fl := cmd.Flags()
	fl.StringVar(&f.day, "day", "", "a day of the agreement's zone")
	fl.StringVar(&f.from, "from", "", "from this day or time")
	fl.StringVar(&f.to, "to", "", "to the end of this day, or to this time")
	fl.StringVar(&f.asKnown, "as-known", "", "as known at this moment (default: everything that is known)")
	withFlag(cmd, &f.with)
	fl.StringVar(&format, "format", "html", strings.Join(names, ", "))
	fl.StringVar(&out, "out", "", "the file to write, or - for standard output (default: a new file in this folder)")
	fl.BoolVar(&publish, "publish", false, "put the file's digest into the record")
	fl.StringVar(&because, "because", "", "with --publish: what it is published as")
	fl.StringVar(&as, "as", "", "with --publish: the key that signs")
	return cmd
}

// stdout is the name of standard output, as --out takes it.
const stdout = "-"

// reportName is the name of a report's file, without what its format adds: the day, or
// the first and the last day of the period.
func reportName(f *filters, a *truce.Agreement) string {
	v := f.during
	if v == (truce.Interval{}) {
		return "report"
	}
	name := "report"
	for _, at := range []truce.Instant{v.Start, v.End - 1} {
		word := string(truce.DateOf(at, a.Location))
		if !at.Stated() || at == truce.Never-1 {
			word = map[bool]string{true: "beginning", false: "now"}[at == truce.Always]
		}
		if !strings.HasSuffix(name, word) {
			name += "-" + word
		}
	}
	return name
}

// annexDir is the name of the folder of a report's annexes, beside the report; empty: it has none,
// since it has every row itself.
func annexDir(file, format string) string {
	if format != "html" && format != "pdf" {
		return ""
	}
	return strings.TrimSuffix(filepath.Base(file), "."+format) + "-annexes"
}

// writeAnnexes writes the annexes of a report that was written to a file, as it names them.
func (c command) writeAnnexes(file string, r *report.Report) error {
	if r.AnnexDir == "" {
		return nil
	}
	list, err := report.Annexes(r)
	if err != nil {
		return err
	}
	dir := filepath.Join(filepath.Dir(file), r.AnnexDir)
	if err := disk.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("the report %s is written, and its annexes are not: %w", file, err)
	}
	for _, a := range list {
		if err := disk.WriteFile(filepath.Join(dir, a.Name), 0o644, func(w *os.File) error { return a.Write(w) }); err != nil {
			return fmt.Errorf("the report %s is written, and its annex %s is not: %w", file, a.Name, err)
		}
	}
	return nil
}

// writeNew writes a report to a file that was not there, and returns its name.
func writeNew(name, format string, r *report.Report) (string, error) {
	for n := 1; ; n++ {
		file := name + "." + format
		if n > 1 {
			file = fmt.Sprintf("%s-%d.%s", name, n, format)
		}
		if _, err := os.Lstat(file); err == nil && n < 1000 {
			continue // as it names its annexes, it is written for one name
		}
		r.AnnexDir = annexDir(file, format)
		var b bytes.Buffer
		if err := report.Write(&b, format, r); err != nil {
			return "", err
		}
		if err := disk.Create(file, 0o644, b.Bytes()); !errors.Is(err, fs.ErrExist) || n == 1000 {
			return file, err
		}
	}
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
