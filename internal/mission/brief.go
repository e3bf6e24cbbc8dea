package mission

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
)

// Report gathers what the report of a period prints for the mission's reader, who
// looks at a moment; the zero interval is everything that is known.
func (m *Reading) Report(s *situation.Situation, v truce.Interval, issued, at truce.Instant) (*report.Report, error) {
	in, err := m.inputs(at)
	if err != nil {
		return nil, err
	}
	r, err := brief.Compose(in, s, v, issued)
	return r, hintPeriod(err)
}

// Board gathers what the first page says of a period to the mission's reader, now.
func (m *Reading) Board(s *situation.Situation, v truce.Interval, now truce.Instant) (*brief.Board, error) {
	in, err := m.inputs(now)
	if err != nil {
		return nil, err
	}
	b, err := brief.BoardOf(in, s, v, now)
	return b, hintPeriod(err)
}

// Licences gives the licence and attribution of each source of which a file was read, and of
// the data from which regions and places are named.
func (m *Reading) Licences() (by map[truce.SourceID]report.Licence, places []report.Licence, err error) {
	return brief.Licences(toPrint{m}, m.Agreement)
}

func hintPeriod(err error) error {
	if none := (brief.NothingKnown{}); errors.As(err, &none) {
		return Hint{err, "what is known lies in " + none.Known}
	}
	return err
}

// inputs are what a report says of the record to the mission's reader at a moment.
func (m *Reading) inputs(at truce.Instant) (in brief.Inputs, err error) {
	v, err := m.Glance()
	if err != nil {
		return in, err
	}
	to := m.reader().Audience
	in = brief.Inputs{To: release.Viewer{To: to, Rules: m.Agreement.Public, At: at}, Made: truce.InstantOf(m.About.Made), Build: Build(), Method: m.OtherMethod(v),
		Skipped: v.Skipped(to), Sealed: len(v.Sealed), Record: toPrint{m}}
	in.Agreed = m.About.Notes["en"].Agreed
	if n := m.About.Notes["en"].Depends; n.Text != "" {
		in.Depends = n.Text + " " + n.More
	}
	if n := m.About.Notes["en"].Claims; n.Text != "" {
		in.Claims = n.Text + " " + n.More
	}
	in.Demo = m.About.Demo
	outages, err := m.outages()
	for _, x := range outages {
		in.Outages = append(in.Outages, brief.Outage{What: x.What, Because: x.Because, During: x.During})
	}
	return in, err
}

// toPrint is a mission as a report asks it.
type toPrint struct{ *Reading }

func (m toPrint) RejectedRows(period truce.Interval) (n brief.RejectedRows, err error) {
	r, err := m.Rejected(period, m.reader().Audience)
	if err != nil {
		return n, err
	}
	return brief.RejectedRows{Dated: r.Dated, Undated: r.Undated, Elsewhere: r.Elsewhere}, nil
}

// Read finds the entry of each report, and the last file of its source before that entry, which it
// was read from.
func (m toPrint) Read(ids map[truce.Digest]bool) (map[truce.Digest]brief.Read, error) {
	v, err := m.Reading.Read()
	if err != nil {
		return nil, err
	}
	type file struct {
		at int64
		in Intake
	}
	files := map[truce.SourceID][]file{}
	for _, e := range v.Rest {
		if e.Kind != "source" || e.Sealed != nil {
			continue
		}
		if in, err := ParseIntake(e.Content); err == nil {
			files[in.As()] = append(files[in.As()], file{e.Index, in})
		}
	}
	out := make(map[truce.Digest]brief.Read, len(ids))
	for i := range v.Records {
		o := v.Records[i].Observation
		if o == nil || !ids[o.ID] || i >= len(v.Entries) {
			continue
		}
		x := brief.Read{Entry: v.Entries[i]}
		if o.Hand == "" {
			for _, f := range files[o.Source] {
				if f.at < x.Entry {
					x.File, x.Digest = f.in.File, f.in.Evidence
				}
			}
		}
		out[o.ID] = x
	}
	return out, nil
}

func (m toPrint) Files() (out []brief.File, err error) {
	ins, err := m.Intakes()
	for i := range ins {
		out = append(out, brief.File{Kind: ins[i].Kind, Source: ins[i].As()})
	}
	return out, err
}

func (m toPrint) GeometrySources() (string, bool) {
	text, err := os.ReadFile(filepath.Join(m.Dir, "agreement", "SOURCES.md"))
	return string(text), err == nil
}

// Build names this program: module version or revision, and the Go version.
func Build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	out := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			out += " " + s.Value[:12]
		}
		if s.Key == "vcs.modified" && s.Value == "true" {
			out += " with changes"
		}
	}
	return strings.TrimSpace(out + " " + info.GoVersion)
}
