package mission

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/situation"
)

// ReadAgreement reads a folder of the file system, with warnings of its cases.
func ReadAgreement(folder string) (*truce.Agreement, agreement.Problems) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, agreement.Problems{{File: "agreement.yaml", Severity: agreement.Error, Code: "no-file", Text: err.Error(),
			Hint: "an agreement is a folder with agreement.yaml in it"}}
	}
	defer root.Close()
	return agreement.ReadWithCases(root.FS())
}

// LoadAgreement is readAgreement for callers that need a sound one.
func LoadAgreement(folder string) (*truce.Agreement, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return SoundAgreement(folder, root.FS())
}

// SoundAgreement reads an agreement of which nothing is wrong; folder is how
// people know it.
func SoundAgreement(folder string, fsys fs.FS) (*truce.Agreement, error) {
	a, probs := agreement.Read(fsys)
	if err := probs.Err(); err != nil {
		return nil, Hint{fmt.Errorf("%s: %w", folder, err), "truce check " + folder + " lists all that is wrong"}
	}
	return a, nil
}

// divisions are the districts and regions of an agreement's gazetteer.
func divisions(a *truce.Agreement) assess.Divisions {
	g := gazetteer.For(a)
	return assess.Divisions{At: g.DivisionsAt, Of: g.DivisionsOf}
}

// Options are what situations need here: the gazetteer of their agreement.
func Options(p Progress) situation.Options {
	return situation.Options{Region: gazetteer.Region, Settled: gazetteer.SettlementAt, Divisions: divisions, Progress: p.Count}
}

// SituationOptions are Options with the reading's own progress.
func (m *Reading) SituationOptions() situation.Options { return Options(m.Progress) }

// TextFolder is the folder with the text that commands begin with.
func (m *Folder) TextFolder() string {
	folder := "agreement"
	if m.About.Folder != "" {
		folder = filepath.Base(m.About.Folder)
	}
	return filepath.Join(m.Dir, folder)
}

// Limits are what the agreement's text leaves open or nobody can monitor, as truce
// check says it.
func (m *Folder) Limits() []string {
	a, probs := ReadAgreement(m.TextFolder())
	var out []string
	if a != nil {
		for _, u := range a.NotMonitored() {
			out = append(out, fmt.Sprintf("article %s is not monitored (%s): %s", u.Article, u.Text, u.Because))
		}
	}
	for _, p := range probs {
		if p.Severity != agreement.Error {
			out = append(out, p.Text)
		}
	}
	return out
}
