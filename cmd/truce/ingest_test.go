package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// TestFrontLineOver64K: a front line that does not fit an entry is rejected before
// anything is written, in public and on the shelf, with what to do; what that gives fits.
func TestFrontLineOver64K(t *testing.T) {
	run3 := func(args ...string) (code int, out, errs string) {
		var o, e strings.Builder
		at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
		code = command{in: strings.NewReader(""), out: &o, err: &e, now: func() time.Time { return at }, args: args}.run()
		return code, o.String(), e.String()
	}
	dir := t.TempDir()
	terms := filepath.Join(dir, "agr")
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	write("agr/z.geojson", `{"type":"Polygon","coordinates":[[[37,48],[37.1,48],[37.1,48.1],[37,48.1],[37,48]]]}`)
	write("agr/agreement.yaml", `truce: 1
id: x
title: X
status: rehearsal
timezone: Europe/Kyiv
parties: [{id: RU, name: Russia}, {id: UA, name: Ukraine}]
zones: {z: z.geojson}
sources: [{id: lines, publisher: A map}]
provisions:
  - {article: "1", binds: [RU, UA], text: x, prohibit: {acts: [attack], in: [z]}}
`)
	line := func(corners int) string {
		var b strings.Builder
		first := ""
		for i := range corners {
			a := float64(i) / float64(corners) * 2 * math.Pi
			r := 1 + 0.0002*float64(i%2) // 20 m of noise
			at := fmt.Sprintf("[%.5f,%.5f]", 37+r*math.Cos(a), 48+r*math.Sin(a))
			if i == 0 {
				first = at
			}
			b.WriteString(at + ",")
		}
		return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"kind":"control","party":"RU","date":"2025-11-01"},"geometry":{"type":"Polygon","coordinates":[[` + b.String() + first + `]]}}]}`
	}
	m := filepath.Join(dir, "m")
	if code, _, errs := run3("init", m, "--agreement", terms); code != exitOK {
		t.Fatal(errs)
	}
	large := write("large.geojson", line(4000))
	before, _, _ := run3("verify", m)
	for _, shelf := range []string{"public", "shared"} {
		code, out, errs := run3("ingest", m, "--source", "lines", large, "--shelf", shelf)
		if code == exitOK || !strings.Contains(out, "1 read, 0 new, 0 already known, 1 refused") || !strings.Contains(out+errs, "its shape has 4000 corners") || !strings.Contains(out+errs, "simplify it to ") {
			t.Errorf("%s: exit %d\n%s%s", shelf, code, out, errs)
		}
		if code, out, _ := run3("ingest", m, "--source", "lines", large, "--shelf", shelf, "--format", "json"); code == exitOK || !strings.Contains(out, `"read":1,"new":0,"already_known":0,"refused":1`) {
			t.Errorf("%s: exit %d\n%s", shelf, code, out)
		}
		if code, out, _ := run3("rejected", m); code != exitOK || !strings.Contains(out, "simplify it to") {
			t.Errorf("%s: exit %d\n%s", shelf, code, out)
		}
	}
	if after, _, errs := run3("verify", m); before != after {
		t.Error(errs)
	}
	small := write("small.geojson", line(1500))
	if code, out, errs := run3("ingest", m, "--source", "lines", small, "--shelf", "shared"); code != exitOK || !strings.Contains(out, "1 read, 1 new") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

// TestReadCountsRows: read is the number of rows of the file, whatever each of them
// becomes; alerts also become the coverage of whole days.
func TestReadCountsRows(t *testing.T) {
	dir := t.TempDir()
	m := filepath.Join(dir, "m")
	run := func(args ...string) (int, string, string) {
		var o, e strings.Builder
		at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
		code := command{in: strings.NewReader(""), out: &o, err: &e, now: func() time.Time { return at }, args: args}.run()
		return code, o.String(), e.String()
	}
	if code, _, errs := run("init", m, "--agreement", "../../agreements/ukraine-air-first"); code != exitOK {
		t.Fatal(errs)
	}
	name := "../../internal/source/testdata/alerts-ua/four_days.csv"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Count(strings.TrimSpace(string(text)), "\n")
	_, out, errs := run("ingest", m, "--source", "alerts-ua", name)
	var read, fresh int
	if _, err := fmt.Sscanf(out, "four_days.csv: %d read, %d new", &read, &fresh); err != nil || read != rows || fresh <= rows {
		t.Errorf("%d rows; %d read, %d new (%v)\n%s%s", rows, read, fresh, err, out, errs)
	}
	items := 0
	for e, err := range ledger.Entries(context.Background(), filepath.Join(m, "record"), 0, 1<<62) {
		switch {
		case err != nil:
			t.Fatal(err)
		case e.IsRecord():
			items++
		case e.Kind == "source":
			if in, err := mission.ParseIntake(e.Content); err != nil || in.Counts.Read != read || in.Counts.New != fresh {
				t.Errorf("the record says %+v (%v)", in.Counts, err)
			}
		}
	}
	if items != fresh {
		t.Errorf("%d new, and the record has %d", fresh, items)
	}
}

// TestUnnamedActors: the warning of actors whom the agreement does not name has names
// alone, and not the one of several whom nobody knows.
func TestUnnamedActors(t *testing.T) {
	dir := t.TempDir()
	m := filepath.Join(dir, "m")
	run := func(args ...string) string {
		t.Helper()
		var o, e strings.Builder
		at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
		if code := (command{in: strings.NewReader(""), out: &o, err: &e, now: func() time.Time { return at }, args: args}).run(); code != exitOK {
			t.Fatalf("%v: exit %d\n%s%s", args, code, o.String(), e.String())
		}
		return o.String()
	}
	run("init", m, "--agreement", "../../agreements/ukraine-air-first")
	for name, text := range map[string]string{
		"m.yaml": "source: wire\ntimezone: UTC\noccurred: {column: date}\nact: attack\nactor: {column: who}\n",
		"t.yaml": "record: tally\nsource: wire\ntimezone: UTC\noccurred: {column: date}\nact: attack\nactor: {column: who}\n",
		"f.csv":  "date,who\n2025-09-01,Band|unknown\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, mapping := range []string{"m.yaml", "t.yaml"} {
		out := run("ingest", m, "--source", "csv", filepath.Join(dir, "f.csv"), "--mapping", filepath.Join(dir, mapping), "--new-source", "--format", "json")
		if !strings.Contains(out, `"unnamed_actors":{"Band":1}`) {
			t.Errorf("%s: %s", mapping, out)
		}
	}
	// A long name is cut there, between letters.
	if err := os.WriteFile(filepath.Join(dir, "long.csv"), []byte("date,who\n2025-09-01,"+strings.Repeat("ж", 5000)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := run("ingest", m, "--source", "csv", filepath.Join(dir, "long.csv"), "--mapping", filepath.Join(dir, "m.yaml"), "--new-source")
	if !strings.Contains(out, "     1 "+strings.Repeat("ж", 80)+"…\n") {
		t.Error(out)
	}
}
