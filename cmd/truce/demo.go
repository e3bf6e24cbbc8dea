package main

import (
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"

	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/agreements"
	"github.com/opentruce/truce/demo"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

// A demonstration is terms with real data about them, in this program.
type demonstration struct {
	name     string
	terms    string // a folder of agreements
	title    string
	from, to string // days of the report
	files    func(dir string) ([]demo.File, error)
	notes    func() (map[string][5]string, error) // for the first page, by language
	people   string                               // what people do in it: a file of commands; empty: nothing
	next     []string
}

var demonstrations = []demonstration{
	{"syria", "syria-coh-2016", "27 February to 14 March 2016", "2016-02-27", "2016-03-14", demo.UnpackSyria, demo.SyriaNotes, "people.txt",
		[]string{"findings %[1]s --article '2(air)' --day 2016-02-28", "sources %[1]s", "verify %[1]s %[2]s/report-2016-02-28.html"}},
	{"alaska", "ukraine-air-first", "10 to 21 August 2025", "2025-08-10", "2025-08-21", demo.Unpack, func() (map[string][5]string, error) { return nil, nil }, "",
		[]string{"findings %[1]s --article 1", "report %[1]s --day 2025-08-20 --out day.html"}},
}

func (c command) demo() *cobra.Command {
	var out string
	var names []string
	for _, d := range demonstrations {
		names = append(names, d.name)
	}
	cmd := &cobra.Command{
		Use:   "demo [" + strings.Join(names, "|") + "]",
		Short: "Make a mission of real data about a truce that was in force, and a report of it",
		Long: `Demo makes a mission of terms and of real data about them that are built into this
program, and writes a report. It needs no network. The mission stays in the folder
for more commands, and truce serve FOLDER/mission --demo shows it in a browser.

  syria    the cessation of hostilities in Syria from 27 February 2016, which was in
           force: videos of 42 channels, a catalogue of events, the totals of both
           sides, and people's decisions
  alaska   twelve days of August 2025 against terms that nobody has signed`,
		Example: `  truce demo
  truce demo alaska --out /tmp/first-look`,
		Args: cobra.MatchAll(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			which := demonstrations[0]
			if len(args) == 1 {
				i := slices.Index(names, args[0])
				if i < 0 {
					return mission.Hinted(fmt.Errorf("%q is not a demo%s", args[0], truce.Suggest(args[0], names)), "the demos are "+strings.Join(names, " and "))
				}
				which = demonstrations[i]
			}
			if out == "" {
				if out = filepath.Join("out", "demo"); which.name != names[0] {
					out += "-" + which.name
				}
			}
			return c.runDemo(&which, out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the folder to write to; an earlier demo in it is replaced (default: out/demo, or out/demo-alaska)")
	return cmd
}

func (c command) runDemo(x *demonstration, out string) error {
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
	terms, err := fs.Sub(agreements.Files, x.terms)
	if err != nil {
		return err
	}
	notes, err := x.notes()
	if err != nil {
		return err
	}
	fl := begin.Flags{Demo: true}
	for lang, n := range notes { // any order
		if fl.Notes == nil {
			fl.Notes = map[string]mission.Notes{}
		}
		fl.Notes[lang] = mission.Notes{Agreed: n[0], Depends: mission.Note{Text: n[1], More: n[2]}, Claims: mission.Note{Text: n[3], More: n[4]}}
	}
	m, err := c.initMission(dir, "agreements/"+x.terms, terms, fl)
	if err != nil {
		return err
	}
	mark(c.out, m.Agreement)
	if err := c.demoData(x, m); err != nil {
		return err
	}
	if x.people != "" {
		if err := c.demoPeople(x, m, out); err != nil {
			return err
		}
		if m, err = c.openMission(dir); err != nil { // others have written to it
			return err
		}
	}
	f := filters{from: x.from, to: x.to, format: "table"}
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
	fmt.Fprintf(c.out, "\n%s, %s\n\n", r.Title, x.title)
	for _, h := range r.Headline {
		fmt.Fprintf(c.out, "%s\n", wrap(h.About.String()+". "+h.Text.String(), 100))
	}
	name := filepath.Join(out, "report.html")
	r.AnnexDir = annexDir(name, "html")
	if err := disk.WriteFile(name, 0o644, func(w *os.File) error { return report.Write(w, "html", r) }); err != nil {
		return err
	}
	if err := c.writeAnnexes(name, r); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "\ndigest %s\nreport %s\n\nNext:\n", r.Digest.Hex(), name)
	for _, line := range append(slices.Clip(x.next), "explain %[1]s <id>", "follow %[1]s %[2]s/mirror", "serve %[1]s --demo") {
		fmt.Fprintf(c.out, "  truce "+line+"\n", dir, out)
	}
	return nil
}

// demoData reads the built-in files, in their order.
func (c command) demoData(x *demonstration, m *mission.Mission) error {
	stage, err := os.MkdirTemp("", "truce-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	files, err := x.files(stage)
	if err != nil {
		return err
	}
	for _, f := range files {
		n, err := intake.NewWriter(m).IngestFile(f.Kind, f.Path, intake.IngestFlags{Known: "reported", Key: "intake", Shelf: "public", Mapping: f.Mapping})
		if err != nil {
			return err
		}
		if err := c.ingested(f.Path, n, "table", false); err != nil {
			return err
		}
	}
	return nil
}

// demoPeople does what people do in a demo, one command after another.
func (c command) demoPeople(x *demonstration, m *mission.Mission, out string) error {
	text, err := fs.ReadFile(demo.Syria, x.name+"/"+x.people)
	if err != nil {
		return err
	}
	keys := m.Private("demo")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return err
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		args, err := words(line)
		if err != nil {
			return fmt.Errorf("%s: %q: %w", x.people, line, err)
		}
		for i, a := range args {
			switch {
			case a == "MISSION":
				args[i] = m.Dir
			case strings.HasPrefix(a, "KEYS"):
				args[i] = keys + strings.TrimPrefix(a, "KEYS")
			case strings.HasPrefix(a, "OUT/"):
				args[i] = filepath.Join(out, strings.TrimPrefix(a, "OUT/"))
			case strings.HasPrefix(a, "{") && strings.HasSuffix(a, "}"):
				o := truce.Observation{Source: "syrian-archive", Key: a[1 : len(a)-1]}
				o.SetID()
				args[i] = o.ID.Hex()
			}
			if i > 0 && args[i-1] == "--as" && args[i] != "head-of-mission" {
				args[i] = filepath.Join(keys, args[i]+".key")
			}
		}
		into := ""
		if strings.HasPrefix(args[0], out+string(filepath.Separator)) {
			into, args = args[0], args[1:]
		}
		var said, wrong bytes.Buffer
		one := command{in: strings.NewReader(""), out: &said, err: &wrong, now: c.now, args: args}
		if code := one.run(); code != exitOK {
			return fmt.Errorf("%s: %q: exit %d: %s", x.people, line, code, strings.TrimSpace(said.String()+wrong.String()))
		}
		if into != "" {
			if err := disk.WriteBytes(into, 0o644, said.Bytes()); err != nil {
				return err
			}
		}
		n++
	}
	fmt.Fprintf(c.out, "people: %d commands, as in demo/%s/%s\n", n, x.name, x.people)
	return nil
}

// words are those of a command line, with what is in double quotes as one.
func words(line string) (out []string, err error) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		var word string
		if strings.HasPrefix(line, `"`) {
			end := strings.Index(line[1:], `"`)
			if end < 0 {
				return nil, errors.New("a quote is not closed")
			}
			word, line = line[1:end+1], line[end+2:]
		} else {
			word, line, _ = strings.Cut(line, " ")
		}
		out = append(out, word)
	}
	return out, nil
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
