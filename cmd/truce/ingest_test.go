package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// TestLargeShape: an area that does not fit an entry lies beside the record: on the shelf
// until it is released or disclosed, or in public at once. Everybody who may read it
// computes the same, and a copy that lost its file says so.
func TestLargeShape(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", dir)
	run := func(want int, args ...string) string {
		t.Helper()
		var o strings.Builder
		at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
		if code := (command{in: strings.NewReader(""), out: &o, err: &o, now: func() time.Time { return at }, args: args}).run(); code != want {
			t.Fatalf("truce %s: exit %d, want %d\n%s", strings.Join(args, " "), code, want, o.String())
		}
		return o.String()
	}
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
	has := func(out string, wants ...string) {
		t.Helper()
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("want %q in\n%s", want, out)
			}
		}
	}
	write("agr/z.geojson", `{"type":"Polygon","coordinates":[[[37,48],[37.1,48],[37.1,48.1],[37,48.1],[37,48]]]}`)
	write("agr/agreement.yaml", `truce: 1
id: x
title: X
status: rehearsal
timezone: Europe/Kyiv
parties: [{id: RU, name: Russia}, {id: UA, name: Ukraine}]
zones: {z: z.geojson}
sources: [{id: lines, publisher: A map}, {id: press, publisher: A newspaper}]
provisions:
  - {article: "1", binds: [RU, UA], text: x, prohibit: {acts: [attack], in: [z]}}
  - {article: "2", binds: [RU], text: x, absent: {of: [position], in: [z]}}
`)
	area := func(properties string, corners int) string {
		var b strings.Builder
		first := ""
		for i := range corners {
			a := float64(i) / float64(corners) * 2 * math.Pi
			r := 1 + 0.0002*float64(i%2) // 20 m of noise
			at := fmt.Sprintf("[%.7f,%.7f]", 37+r*math.Cos(a), 48+r*math.Sin(a))
			if i == 0 {
				first = at
			}
			b.WriteString(at + ",")
		}
		return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{` + properties + `},"geometry":{"type":"Polygon","coordinates":[[` + b.String() + first + `]]}}]}`
	}
	digest := func(args ...string) string {
		t.Helper()
		out := run(exitOK, append([]string{"replay"}, args...)...)
		_, after, _ := strings.Cut(out, "\ndigest ")
		sum, _, _ := strings.Cut(after, "\n")
		if len(sum) != 64 {
			t.Fatalf("no digest in\n%s", out)
		}
		return sum
	}
	m, mirror, lean := filepath.Join(dir, "m"), filepath.Join(dir, "mirror"), filepath.Join(dir, "lean")
	run(exitOK, "init", m, "--agreement", filepath.Join(dir, "agr"))
	for _, party := range []string{"UA", "RU"} {
		name := strings.ToLower(party) + "-1"
		run(exitOK, "keygen", name)
		run(exitOK, "keys", "add", m, filepath.Join(dir, "truce", "keys", name+".pub"), "--role", "liaison", "--party", party, "--because", "named", "--as", "head-of-mission")
	}

	// A position is never public, however large its shape.
	const control = `"kind":"control","party":"RU","date":"2026-03-01"`
	line := write("line.geojson", area(control, 4000))
	has(run(exitUnread, "ingest", m, "--source", "lines", line), "would tell an observer's post or a force's position", "nothing is taken in")
	has(run(exitOK, "ingest", m, "--source", "lines", line, "--shelf", "shared"), "1 read, 1 new")
	has(run(exitOK, "ingest", m, "--source", "lines", line, "--shelf", "shared"), "1 read, 0 new, 1 already known")
	own := digest(m)
	run(exitOK, "follow", m, mirror)
	has(run(exitOK, "replay", mirror), "1 input is withheld here")

	// Released, it is in a file beside the record that only the parties read.
	has(run(exitOK, "release", m, "--now", "--as", "head-of-mission"), "1 item released")
	run(exitOK, "verify", m)
	run(exitOK, "follow", m, mirror)
	run(exitOK, "follow", m, lean, "--lean")
	has(run(exitOK, "replay", mirror), "1 input is withheld here")
	tells := func(dir string) (found bool) {
		corner := fmt.Sprintf("%.7f", 48+1.0002*math.Sin(2*math.Pi/4000)) // the second
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			found = found || strings.Contains(string(data), corner)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if tells(mirror) || tells(filepath.Join(m, "record")) {
		t.Error("what was released to the parties is public")
	}
	for _, with := range []string{"ua-1", "ru-1"} {
		for _, copied := range []string{mirror, lean} {
			if got := digest(copied, "--with", with); got != own {
				t.Errorf("%s computes from %s %s, and the mission %s", with, copied, got, own)
			}
		}
	}

	// Disclosed, everybody reads it.
	has(run(exitOK, "disclose", m, "4", "--because", "agreed", "--as", "head-of-mission"), "place")
	run(exitOK, "verify", m)
	run(exitOK, "follow", m, mirror)
	if !tells(mirror) {
		t.Error("what was disclosed is not in a public copy: the search above finds nothing at all")
	}
	if got := digest(mirror); got != own {
		t.Errorf("everybody computes %s, and the mission %s", got, own)
	}

	// What is public is beside the record at once. The same area in an entry gives the
	// same findings: 1,500 corners fit, and hide nothing.
	mapping := write("map.yaml", "record: observation\nsource: press\ntimezone: UTC\nkey: {column: id}\noccurred: {column: at}\nact: {value: attack}\n")
	burnt := write("burnt.geojson", area(`"id":"a","at":"2026-03-02T10:00"`, 4000))
	has(run(exitOK, "ingest", m, "--source", "geojson", burnt, "--mapping", mapping), "1 read, 1 new")
	has(run(exitOK, "ingest", m, "--source", "geojson", burnt, "--mapping", mapping), "1 read, 0 new, 1 already known")
	own = digest(m)
	run(exitOK, "verify", m)
	run(exitOK, "follow", m, mirror)
	run(exitOK, "follow", m, lean, "--lean")
	for _, copied := range []string{mirror, lean} {
		if got := digest(copied); got != own {
			t.Errorf("%s computes %s, and the mission %s", copied, got, own)
		}
	}

	// The file that the last entry names is lost: the mission's own record is at fault, and
	// a copy leaves the entry out and says why.
	var file string
	for e, err := range ledger.Entries(context.Background(), filepath.Join(m, "record"), 0, 1<<62) {
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Place truce.Place `json:"place"`
		}
		if e.Kind == "observation" && json.Unmarshal(e.Content, &c) == nil {
			h := c.Place.File.Hex()
			file = filepath.Join("record", "evidence", h[:2], h[2:])
		}
	}
	for _, at := range []string{m, mirror} {
		if err := os.Remove(filepath.Join(at, file)); err != nil {
			t.Fatal(err)
		}
	}
	has(run(exitNo, "verify", m), "is not there")
	has(run(exitOK, "verify", mirror), "the file", "that it names is not there", "1 file is missing that findings depend on")
	has(run(exitOK, "follow", m, mirror), "1 file is missing there that findings depend on")
	if got := digest(mirror); got == own {
		t.Error("a copy without the file computes the same")
	}
	// An area of any size: what no entry and no file takes says what to do.
	huge := write("huge.geojson", area(control, 24_000))
	has(run(exitNo, "ingest", m, "--source", "lines", huge, "--shelf", "shared")+run(exitOK, "rejected", m), "its shape has 24000 corners, and a shape has 20000 at most", "simplify it to ")
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
		case e.IsItem():
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
