package main

import (
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"

	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/agreements"
	"github.com/opentruce/truce/demo"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

func (c command) demo() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Hold twelve real days of August 2025 against the air-first terms",
		Long: `Demo makes a mission of the terms ukraine-air-first, a rehearsal, reads the twelve
days of real data that are built into this program, and writes the report. It
needs no network. The mission stays in DIR for more commands.`,
		Example: `  truce demo
  truce demo --out /tmp/first-look`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return c.runDemo(out) },
	}
	cmd.Flags().StringVar(&out, "out", filepath.Join("out", "demo"), "the folder to write to; an earlier demo in it is replaced")
	return cmd
}

func (c command) runDemo(out string) error {
	dir := filepath.Join(out, "mission")
	if text, err := os.ReadFile(filepath.Join(dir, "mission.json")); err == nil {
		var old mission.About
		if json.Unmarshal(text, &old) != nil || !old.Demo {
			return mission.Hinted(fmt.Errorf("%s is a mission that no demo made", dir), "choose another folder with --out")
		}
		done, err := c.alone(mission.NewMission(dir), "make the demo in another folder: truce demo --out FOLDER; or stop the room with: kill PID")
		if err != nil {
			return err
		}
		defer done()
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	terms, err := fs.Sub(agreements.Files, "ukraine-air-first")
	if err != nil {
		return err
	}
	m, err := c.initMission(dir, "agreements/ukraine-air-first", terms, begin.Flags{Demo: true})
	if err != nil {
		return err
	}
	mark(c.out, m.Agreement)
	if err := c.demoData(m); err != nil {
		return err
	}
	f := filters{from: "2025-08-10", to: "2025-08-21", format: "table"}
	if err := f.resolve(m.Agreement); err != nil {
		return err
	}
	now, err := f.moment(m.Agreement)
	if err != nil {
		return err
	}
	s, err := m.Situation(now)
	if err != nil {
		return err
	}
	issued := truce.InstantOf(c.now())
	r, err := m.Report(s, f.during, issued, issued)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "\n%s, 10 to 21 August 2025\n\n", r.Title)
	for _, h := range r.Headline {
		fmt.Fprintf(c.out, "%s\n", wrap(h.About.String()+". "+h.Text.String(), 100))
	}
	name := filepath.Join(out, "report.html")
	if err := disk.WriteFile(name, 0o644, func(w *os.File) error { return report.Write(w, "html", r) }); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "\ndigest %s\nreport %s\n\nGo on with:\n  truce findings %s --article 1\n  truce explain %s <id>\n  truce report %s --day 2025-08-20 --out day.html\n  truce verify %s\n  truce follow %s %s\n",
		r.Digest.Hex(), name, dir, dir, dir, dir, dir, filepath.Join(out, "mirror"))
	return nil
}

// demoData reads the built-in files, in the order of their names.
func (c command) demoData(m *mission.Mission) error {
	stage, err := os.MkdirTemp("", "truce-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	files, err := demo.Unpack(stage)
	if err != nil {
		return err
	}
	for _, f := range files {
		n, err := intake.NewWriter(m).IngestFile(f.Kind, f.Path, intake.IngestFlags{Known: "reported", Key: "intake", Shelf: "public"})
		if err != nil {
			return err
		}
		if err := c.ingested(f.Path, n, "table"); err != nil {
			return err
		}
	}
	return nil
}

// wrap breaks a paragraph at blanks and indents its later lines.
func wrap(s string, width int) string {
	out, line := "", 0
	for i, w := range strings.Fields(s) {
		n := len([]rune(w))
		switch {
		case i == 0:
		case line+1+n > width:
			out += "\n  "
			line = 2
		default:
			out += " "
			line++
		}
		out += w
		line += n
	}
	return out
}
