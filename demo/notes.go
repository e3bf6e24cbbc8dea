package demo

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"
)

// SyriaNotes are sentences for the first page of the demo on Syria, by language: what was agreed;
// what the findings depend on, with the numbers of syria/figures.json, and more about that; what
// the two sides claimed, and more about that.
func SyriaNotes() (map[string][5]string, error) {
	text, err := fs.ReadFile(Syria, "syria/figures.json")
	if err != nil {
		return nil, err
	}
	var figures struct {
		Hours map[string]struct {
			Days int `json:"at_least_days"`
		} `json:"hours"`
		Uploads struct {
			Days int `json:"at_least_days"`
		} `json:"upload_days"`
		Shifted struct {
			Times  int     `json:"times"`
			Mean   float64 `json:"mean_at_least_days"`
			AsMany int     `json:"as_many_days_or_more"`
		} `json:"shifted"`
	}
	if err := json.Unmarshal(text, &figures); err != nil {
		return nil, err
	}
	names, err := fs.Glob(Syria, "syria/notes.*.txt")
	if err != nil {
		return nil, err
	}
	out := map[string][5]string{}
	for _, name := range names {
		t, err := template.ParseFS(Syria, name)
		if err != nil {
			return nil, err
		}
		var b strings.Builder
		if err := t.Execute(&b, figures); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		lang := strings.Split(path.Base(name), ".")[1]
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if len(lines) != 5 {
			return nil, fmt.Errorf("%s: %d lines, want what was agreed, what the findings depend on and more about it, and what was claimed and more about it", name, len(lines))
		}
		out[lang] = [5]string(lines)
	}
	return out, nil
}
