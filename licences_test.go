package truce_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDataHasItsLicence: each file of data that we ship or test with has, in its folder or one above
// it, a text that says where it is from and under which licence, or that it is ours.
func TestDataHasItsLicence(t *testing.T) {
	texts := []string{"SOURCE.md", "SOURCES.md", "README.md", "README"}
	data := []string{".csv", ".tsv", ".geojson", ".gz", ".json", ".jsonl", ".xlsx", ".ods", ".gpkg", ".kml", ".gpx", ".parquet", ".zip"}
	words := []string{"licen", "Apache", "CC BY", "CC0", "MIT", "ODbL", "ODC", "LGPL", "public domain", "invented", "by hand", "ours", "generated", "open data"}
	checked, text := 0, map[string]string{}
	read := func(name string) string {
		if _, known := text[name]; !known {
			b, err := os.ReadFile(name)
			if text[name] = string(b); err == nil && !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text[name], w) }) {
				text[name] = "" // it does not say whose data it is
			}
		}
		return text[name]
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		slash := filepath.ToSlash(path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (slices.Contains([]string{"node_modules", ".git", "bin", "fuzz", "script", "dist"}, d.Name())):
			return filepath.SkipDir
		case d.IsDir(), !slices.Contains(data, filepath.Ext(path)):
			return nil
		case !strings.HasPrefix(slash, "agreements/") && !strings.HasPrefix(slash, "demo/") && !strings.Contains(slash, "/testdata/"):
			return nil
		}
		checked++
		for dir := filepath.Dir(path); dir != "."; dir = filepath.Dir(dir) { // the README of the whole is of no data
			for _, name := range texts {
				if read(filepath.Join(dir, name)) != "" {
					return nil
				}
			}
			if filepath.Base(dir) == "testdata" {
				break
			}
		}
		t.Errorf("%s: no folder that it is in has a SOURCE.md that states where it is from and its licence, or that it is ours", slash)
		return nil
	})
	if err != nil || checked < 100 {
		t.Fatalf("%d files, %v", checked, err)
	}
}
