package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
)

var update = flag.Bool("update", false, "rewrite golden files")

// sampleOptions are what a sample needs beside its mapping.
func sampleOptions(tb testing.TB, file string) Options {
	tb.Helper()
	o := Options{File: filepath.Base(file), Gazetteer: ukraine(tb)}
	base := filepath.Base(file)
	switch {
	case strings.Contains(file, "peacerep"):
		o.Encoding, o.Location = "cp1252", kyiv
	case strings.HasPrefix(base, "vintage_"):
		fmt.Sscanf(base, "vintage_%d", &o.Vintage)
		o.Location = kyiv
	case strings.HasPrefix(base, "lines.") || strings.Contains(file, "lines/"):
		o.Location, o.Source = kyiv, "lines-deepstate"
	}
	if strings.Contains(file, "yemen-data-project") {
		o.Zones = []string{"Saada"}
	}
	if b, err := os.ReadFile(file + ".mapping.yaml"); err == nil {
		if o.Mapping, err = ParseMapping(b); err != nil {
			tb.Fatalf("%s: %v", file, err)
		}
	}
	return o
}

// told is a file's records, refusals and counts, as a person reads them.
func told(seq iter.Seq2[truce.Item, error]) string {
	var b strings.Builder
	aside := map[string]int{}
	for r, err := range seq {
		var refused *Refusal
		var set *SetAside
		switch {
		case errors.As(err, &refused):
			raw := refused.Raw
			if len(raw) > 200 {
				raw = append(bytes.Clone(raw[:200]), "..."...)
			}
			fmt.Fprintf(&b, "refused: %s\n    raw: %q\n", refused, raw)
		case errors.As(err, &set):
			aside[set.Why]++
		case err != nil:
			fmt.Fprintf(&b, "ended: %s\n", err)
		default:
			line, err := json.Marshal(r)
			if err != nil {
				return err.Error()
			}
			fmt.Fprintf(&b, "%s\n", line)
		}
	}
	var why []string
	for w, n := range aside {
		why = append(why, fmt.Sprintf("set aside: %d: %s\n", n, w))
	}
	slices.Sort(why)
	return b.String() + strings.Join(why, "")
}

func samples(tb testing.TB, pattern string) []string {
	tb.Helper()
	all, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil {
		tb.Fatal(err)
	}
	return slices.DeleteFunc(all, func(f string) bool {
		return strings.HasSuffix(f, ".golden") || strings.HasSuffix(f, ".mapping.yaml")
	})
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file+".golden", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file + ".golden")
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(a), len(b)) {
		x, y := "(nothing)", "(nothing)"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			t.Fatalf("%s.golden:%d\n got  %s\n want %s", file, i+1, x, y)
		}
	}
}

func TestGolden(t *testing.T) {
	for _, k := range Kinds {
		files := samples(t, k.Name+"/*")
		if len(files) == 0 {
			t.Errorf("%s: no sample in testdata/%s", k.Name, k.Name)
		}
		for _, file := range files {
			t.Run(file, func(t *testing.T) {
				golden(t, file, told(k.Parse(open(t, file), sampleOptions(t, file))))
			})
		}
	}
}

// TestBadInput reads files that are wrong in one way each. The file's name
// begins with its kind.
func TestBadInput(t *testing.T) {
	for _, file := range samples(t, "bad/*") {
		t.Run(file, func(t *testing.T) {
			name, _, _ := strings.Cut(filepath.Base(file), ".")
			k, err := Find(name)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file, told(k.Parse(open(t, file), sampleOptions(t, file))))
		})
	}
}

func open(tb testing.TB, file string) io.Reader {
	tb.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return bytes.NewReader(b)
}

func TestKindsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds {
		if k.Name == "" || k.Doc == "" || k.License == "" || k.Parse == nil || seen[k.Name] {
			t.Errorf("kind %q lacks something or stands twice", k.Name)
		}
		seen[k.Name] = true
		if k.Organ && k.Publisher == "" {
			t.Errorf("%s: an organ without a name", k.Name)
		}
	}
	if _, err := Find("firm"); err == nil || !strings.Contains(err.Error(), `did you mean "firms"?`) {
		t.Errorf("Find(firm): %v", err)
	}
}

// TestReadingTwiceIsTheSame also reads one byte at a time: where a buffer ends
// must not matter.
func TestReadingTwiceIsTheSame(t *testing.T) {
	for _, k := range Kinds {
		for _, file := range append(samples(t, k.Name+"/*"), samples(t, "bad/"+k.Name+".*")...) {
			o := sampleOptions(t, file)
			once := told(k.Parse(open(t, file), o))
			if again := told(k.Parse(open(t, file), o)); again != once {
				t.Errorf("%s: the second reading differs", file)
			}
			if slow := told(k.Parse(oneByte{open(t, file)}, o)); slow != once {
				t.Errorf("%s: byte by byte it differs:\n%s\nwant\n%s", file, slow, once)
			}
		}
	}
}

type oneByte struct{ in io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.in.Read(p[:min(1, len(p))]) }

// TestStopping leaves each loop after each of its first steps.
func TestStopping(t *testing.T) {
	for _, k := range Kinds {
		for _, file := range samples(t, k.Name+"/*") {
			for stop := range 12 {
				n := 0
				for range k.Parse(open(t, file), sampleOptions(t, file)) {
					if n == stop {
						break
					}
					n++
				}
			}
		}
	}
}

// TestHeadlineMovesNoKey: with or without the column that we never keep, the
// same rows have the same IDs.
func TestHeadlineMovesNoKey(t *testing.T) {
	const plain = "datetime,lon,lat,place_name,event_type\n2025-08-15 00:00:00,37.8,48.01,A,uav\n2025-08-15 00:00:00,37.8,48.01,A,uav\n"
	const full = "headline,datetime,lon,lat,place_name,event_type\nx,2025-08-15 00:00:00,37.8,48.01,A,uav\ny,2025-08-15 00:00:00,37.8,48.01,A,uav\n"
	a, b := told(viina.Parse(strings.NewReader(plain), Options{})), told(viina.Parse(strings.NewReader(full), Options{}))
	if a != b {
		t.Errorf("with a headline\n%s\nwithout\n%s", b, a)
	}
	if !strings.Contains(a, `#2"`) {
		t.Errorf("the second of two equal rows is not told apart:\n%s", a)
	}
}
