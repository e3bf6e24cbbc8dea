package demo

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"
)

// SyriaNotes are sentences for the first page of the demo on Syria, by language: what was agreed,
// and what other assumptions would give, with the numbers of syria/figures.json.
func SyriaNotes() (map[string][]string, error) {
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
	out := map[string][]string{}
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
		out[lang] = strings.Split(strings.TrimSpace(b.String()), "\n")
	}
	return out, nil
}
