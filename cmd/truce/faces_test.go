package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/alert"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/dossier"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/people"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/web"
	"github.com/paulmach/orb/encoding/mvt"
	_ "modernc.org/sqlite"
)

const facesTerms = `truce: 1
id: faces
title: One answer on every face
status: rehearsal
timezone: UTC
parties: [{id: A, name: Land A}, {id: B, name: Land B}]
others: [{id: OUT, name: Outsiders, role: excluded}]
zones: {area: area.geojson, range: range.geojson}
lines: {edge: {series: edge.geojson, fixed: 2025-08-01}}
phases: [{id: truce, from: 2025-08-01}]
alerts: [{id: first, when: first, article: "1"}]
sources:
  - {id: wire, publisher: Wire}
  - {id: paper, publisher: Paper}
  - {id: post, publisher: Post}
  - {id: mod, publisher: Ministry of A, party: A}
provisions:
  - article: "1"
    phase: truce
    binds: [A, B]
    text: Attacks cease.
    prohibit: {acts: [attack], weapons: [mortar, artillery], in: [area]}
    exceptions: [{id: drill, acts: [fire], in: [range]}]
  - article: "2"
    phase: truce
    binds: [A, B]
    text: Guns are withdrawn.
    withdraw: {weapons: {calibre: ">=100"}, line: {A: edge, B: edge}, distance: 10 km, by: {after: phase, period: P14D}}
  - article: "3"
    phase: truce
    binds: [A, B]
    text: Protected objects are not struck.
    prohibit: {acts: [strike], weapons: [missile], in: [area]}
    floor: {evidence: single-source}
    readings: [{id: A, from: 2025-08-01}, {id: B, from: 2025-08-01}]
    objects: {A: a.csv, B: b.csv}
  - article: "4"
    phase: truce
    binds: [A, B]
    text: No jamming.
    prohibit: {acts: [jamming], in: [area]}
    floor: {evidence: single-source}
    clocks: {reply: P14D}
`

func square(west, south, east, north float64) string {
	return fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[%[1]v,%[2]v],[%[3]v,%[2]v],[%[3]v,%[4]v],[%[1]v,%[4]v],[%[1]v,%[2]v]]]}}]}`, west, south, east, north)
}

// A face is what a reader must be shown of one incident, worked out by hand.
type face struct {
	key     string   // the first of its observations
	rows    []string // source: day,hour,lat,lon,within,act,weapon,calibre,actor,low,best,high
	decide  string   // kinds of decision, with article
	outcome truce.Outcome
	place   string
	signs   int
	harm    string // killed: low,best,high
	claimed bool   // harm is as claimed
}

var faces = []face{
	{"apparent", []string{"wire:02,10,48.5,37.0,200,attack,mortar,,A,1,2,3", "paper:02,10,48.501,37.0,400,attack,mortar,,A,1,2,5"}, "", truce.ApparentViolation, "48.500° N 37.000° E ± 200 m", 2, "1,2,5", false},
	{"single", []string{"wire:03,10,48.5,37.0,5000,attack,mortar,,B,4,4,4"}, "", truce.Uncorroborated, "48.50° N 37.00° E ± 5 km", 1, "4,4,4", false},
	{"alleged", []string{"mod:04,10,48.6,37.1,,attack,mortar,,B,7,7,9"}, "", truce.AllegedOnly, "48.60° N 37.10° E ± 1 km (assumed)", 0, "7,7,9", true},
	{"beside", []string{"wire:05,10,48.5,37.0,500,attack,mortar,,B,,,", "mod:05,10,48.5005,37.0,0,attack,mortar,,B,30,30,30"}, "", truce.Uncorroborated, "48.500° N 37.000° E ± 500 m", 1, ",,", false},
	{"violation", []string{"wire:06,10,48.7,37.2,200,attack,mortar,,A,3,3,3"}, "confirm 1", truce.Violation, "48.700° N 37.200° E ± 200 m", 1, "3,3,3", false},
	{"rejected", []string{"wire:07,10,48.7,37.2,200,attack,mortar,,A,,,"}, "reject 1", truce.NoViolation, "48.700° N 37.200° E ± 200 m", 1, ",,", false},
	{"verified", []string{"wire:08,10,48.7,37.2,200,attack,mortar,,A,2,2,2"}, "verify", truce.ApparentViolation, "48.700° N 37.200° E ± 200 m", 1, "2,2,2", false},
	{"unverifiable", []string{"wire:09,10,48.7,37.2,200,attack,mortar,,A,2,2,2"}, "unverifiable", truce.Uncorroborated, "48.700° N 37.200° E ± 200 m", 1, "2,2,2", false},
	{"place", []string{"wire:10,10,48.0,37.0,3000,attack,mortar,,A,1,1,1"}, "", truce.UndeterminedPlace, "48.00° N 37.00° E ± 3 km", 1, "1,1,1", false},
	{"fact", []string{"wire:11,10,48.5,37.0,200,attack,,,A,1,1,1"}, "ask", truce.UndeterminedFact, "48.500° N 37.000° E ± 200 m", 1, "1,1,1", false},
	{"actor", []string{"wire:12,10,48.5,37.0,200,attack,mortar,,A|OUT,6,6,6"}, "", truce.UndeterminedFact, "48.500° N 37.000° E ± 200 m", 1, "6,6,6", false},
	{"outside", []string{"wire:13,10,48.5,37.0,200,attack,mortar,,OUT,6,6,6"}, "", truce.OutOfScope, "48.500° N 37.000° E ± 200 m", 1, "6,6,6", false},
	{"early", []string{"post:05,18,49.0,37.9,100,presence,artillery,152,A,,,"}, "", truce.NotYetDue, "49.000° N 37.900° E ± 100 m", 1, ",,", false},
	{"drill", []string{"wire:14,10,49.75,37.75,100,fire,mortar,,A,,,"}, "", truce.Excepted, "49.750° N 37.750° E ± 100 m", 1, ",,", false},
	{"readings", []string{"wire:15,10,49.2,36.5,100,strike,missile,,A,5,5,5"}, "", truce.ReadingsDiffer, "49.200° N 36.500° E ± 100 m", 1, "5,5,5", false},
	{"awaiting", []string{"wire:16,10,49.2,36.8,100,jamming,ew,,A,,,"}, "", truce.AwaitingResponse, "49.200° N 36.800° E ± 100 m", 1, ",,", false},
	{"merged", []string{"wire:17,10,48.5,37.0,300,attack,mortar,,A,1,1,1", "wire:17,20,48.9,37.0,200,attack,mortar,,A,2,2,2"}, "merge", truce.Uncorroborated, "48.900° N 37.000° E ± 200 m", 2, "1,1,2", false},
	{"graded", []string{"wire:18,10,48.5,37.0,300,attack,mortar,,A,1,1,1"}, "grade", truce.Uncorroborated, "48.500° N 37.000° E ± 300 m", 1, "1,1,1", false},
}

// runNow is a command at this moment.
func runNow(args ...string) (code int, out, errs string) {
	var o, e strings.Builder
	code = command{in: strings.NewReader(""), out: &o, err: &e, now: time.Now, args: args}.run()
	return code, o.String(), e.String()
}

// facesMission is a mission with all of them.
func facesMission(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
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
	write("terms/agreement.yaml", facesTerms)
	write("terms/area.geojson", square(36, 48, 38, 50))
	write("terms/range.geojson", square(37.5, 49.5, 38, 50))
	write("terms/edge.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"kind":"line-of-contact","date":"2025-08-01"},"geometry":{"type":"LineString","coordinates":[[36,49],[38,49]]}}]}`)
	write("terms/a.csv", "id,name,class,lat,lon,buffer_m\nplant,Plant,power,49.2,36.5,500\n")
	write("terms/b.csv", "id,name,class,lat,lon,buffer_m\ndam,Dam,dam,49.8,36.1,500\n")
	write("terms/SOURCES.md", "# Sources\n")
	files := map[string]string{}
	for _, f := range faces {
		for i, r := range f.rows {
			source, row, _ := strings.Cut(r, ":")
			c := strings.Split(row, ",")
			seen := ""
			if c[5] == "presence" {
				seen = "weapon"
			}
			files[source] += fmt.Sprintf("%s-%d,2025-08-%sT%s:00,2025-08-%sT%s:05,%s,%s\n", f.key, i, c[0], c[1], c[0], c[1], strings.Join(c[2:], ","), seen)
		}
	}
	m := filepath.Join(dir, "m")
	must := func(args ...string) string {
		t.Helper()
		code, out, errs := runNow(args...)
		if code != exitOK {
			t.Fatalf("truce %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
		}
		return out
	}
	must("init", m, "--agreement", filepath.Join(dir, "terms"), "--name", "test/faces")
	for source, rows := range files {
		record := "observation"
		if source == "mod" {
			record = "allegation\nclaimant: A"
		}
		mapping := write(source+".yaml", fmt.Sprintf(`record: %s
source: %s
timezone: UTC
key: {column: id}
occurred: {column: from}
until: {column: to}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}}
act: {column: act}
weapon: {column: weapon}
calibre: {column: calibre}
actor: {column: actor}
seen: {column: seen}
casualties: {killed: {low: low, best: best, high: high}}
`, record, source))
		args := []string{"ingest", m, "--source", "csv", write(source+".csv", "id,from,to,lat,lon,within,act,weapon,calibre,actor,low,best,high,seen\n"+rows), "--mapping", mapping}
		if source == "post" { // it tells a force's position, and so the public does not see it
			args = append(args, "--shelf", "shared")
		}
		must(args...)
	}
	id := func(source, key string, i int) string {
		o := truce.Observation{Source: truce.SourceID(source), Key: fmt.Sprintf("%s-%d", key, i)}
		o.SetID()
		return o.ID.Hex()
	}
	for _, f := range faces {
		if f.decide == "" {
			continue
		}
		kind, article, _ := strings.Cut(f.decide, " ")
		args := []string{"decide", m, kind, id("wire", f.key, 0)}
		switch kind {
		case "merge":
			args = append(args, id("wire", f.key, 1))
		case "grade":
			args = append(args, "--grade", "B2")
		case "ask":
			args = append(args, "--fact", "weapon")
		}
		if article != "" {
			args = append(args, "--article", article)
		}
		must(append(args, "--because", "looked at", "--as", "head-of-mission", "--yes")...)
	}
	return m
}

// TestFaces: every face shows one place, one outcome, one count and one harm of each
// incident: those that were worked out by hand above.
func TestFaces(t *testing.T) {
	m := facesMission(t)
	now := time.Now().UTC().Add(time.Hour).Format("2006-01-02T15:04Z") // clocks that run have not run out
	out := func(args ...string) string {
		t.Helper()
		code, out, errs := runNow(args...)
		if code != exitOK {
			t.Fatalf("truce %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
		}
		return out
	}
	table := func(text string) (rows []map[string]string) {
		t.Helper()
		list, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list[1:] {
			row := map[string]string{}
			for i, name := range list[0] {
				row[name] = r[i]
			}
			rows = append(rows, row)
		}
		return rows
	}
	killed := func(r map[string]string) string {
		return r["killed_low"] + "," + r["killed_best"] + "," + r["killed_high"]
	}
	words := func(f *face) string { // as reports print harm
		if f.harm == ",," {
			return ""
		}
		var n [3]int
		for i, x := range strings.Split(f.harm, ",") {
			n[i], _ = strconv.Atoi(x)
		}
		w := "killed " + truce.Range{Low: int32(n[0]), Best: int32(n[1]), High: int32(n[2])}.Words()
		if f.claimed {
			w = "claimed by A: " + w
		}
		return w
	}
	ids := map[string]*face{} // by incident
	days := map[string]string{}
	list := table(out("incidents", m, "--as-known", now, "--format", "csv"))
	if len(list) != len(faces) {
		t.Fatalf("%d incidents, want %d", len(list), len(faces))
	}
	for _, r := range list {
		for i := range faces {
			c := strings.Split(faces[i].rows[0], ":")[1]
			if strings.HasPrefix(r["from"], "2025-08-"+c[:2]+"T"+c[3:5]) {
				ids[r["id"]], days[r["id"]] = &faces[i], "2025-08-"+c[:2]
			}
		}
	}
	if len(ids) != len(faces) {
		t.Fatalf("%d of the incidents are told apart", len(ids))
	}
	check := func(where, id, what, got, want string) {
		t.Helper()
		if f := ids[id]; f == nil {
			t.Errorf("%s has an incident %s that nobody wrote", where, id)
		} else if got != want {
			t.Errorf("%s, %s: %s %q, want %q", where, f.key, what, got, want)
		}
	}
	position := func(id string) string { // latitude and longitude, of the row that has the place
		f := ids[id]
		p := regexp.MustCompile(`^([\d.]+)° N ([\d.]+)° E`).FindStringSubmatch(f.place)
		lat, _ := strconv.ParseFloat(p[1], 64)
		lon, _ := strconv.ParseFloat(p[2], 64)
		return fmt.Sprint(lat, lon)
	}
	for _, r := range list {
		check("incidents", r["id"], "signs", r["signs"], fmt.Sprint(ids[r["id"]].signs))
		check("incidents", r["id"], "harm", killed(r), ids[r["id"]].harm)
		check("incidents", r["id"], "position", r["lat"]+" "+r["lon"], position(r["id"]))
	}
	tabled := out("incidents", m, "--as-known", now)
	for id, f := range ids {
		if line := regexp.MustCompile(`(?m)^` + id[:12] + `.*$`).FindString(tabled); !strings.Contains(line, f.place) {
			t.Errorf("the list shows %s at %q", f.key, line)
		}
	}

	// Findings: the gravest of an incident.
	gravest := map[string]truce.Outcome{}
	grave := func(id string, o truce.Outcome) {
		if was, ok := gravest[id]; !ok || slices.Index(truce.Outcomes, o) < slices.Index(truce.Outcomes, was) {
			gravest[id] = o
		}
	}
	for _, r := range table(out("findings", m, "--as-known", now, "--format", "csv")) {
		grave(r["id"], truce.Outcome(r["outcome"]))
		check("findings", r["id"], "position", r["lat"]+" "+r["lon"], position(r["id"]))
	}
	for id, f := range ids {
		if quiet := f.outcome == truce.NoViolation || f.outcome == truce.OutOfScope; gravest[id] != f.outcome && !(quiet && gravest[id] == "") {
			t.Errorf("findings, %s: %s, want %s", f.key, gravest[id], f.outcome)
		}
	}

	// The report in each format.
	dir := t.TempDir()
	reported := func(format string) []byte {
		t.Helper()
		name := filepath.Join(dir, "report."+format)
		out("report", m, "--as-known", now, "--out", name)
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	page, markdown, printed := string(reported("html")), string(reported("md")), pdfText(t, reported("pdf"))
	squeezed := func(text string) string { return strings.Join(strings.Fields(text), "") }
	// The report has some rows of a list, and its annex all. A row says the same in both.
	annexes, err := os.ReadFile(filepath.Join(dir, "report-annexes", "annexes.html"))
	if err != nil {
		t.Fatal(err)
	}
	onPage, onPaper := 0, 0
	for id, f := range ids {
		pattern := regexp.MustCompile(`<tr><td>[^\n]*<code>` + id[:12] + `</code>[^\n]*`)
		row, there := pattern.FindString(string(annexes)), pattern.FindString(page)
		if there != "" {
			if onPage++; there != row {
				t.Errorf("html, %s: %q, and in the annex %q", f.key, there, row)
			}
		}
		if f.outcome == truce.AllegedOnly {
			row = regexp.MustCompile(`<tr><td>A</td><td>[^\n]*`).FindString(page)
		}
		line := strings.Join(regexp.MustCompile(`(?m)^\|.*`+id[:12]+` \|$`).FindAllString(markdown, -1), "\n") // a claim beside it has a row of its own
		for where, text := range map[string]string{"html": row, "md": line} {
			for _, want := range []string{f.place, words(f)} {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %s: no %q in %q", where, f.key, want, text)
				}
			}
			if f.outcome.Counts() && f.outcome != truce.UndeterminedFact && !strings.Contains(text, f.outcome.Words()) {
				t.Errorf("%s, %s: no %q in %q", where, f.key, f.outcome.Words(), text)
			}
		}
		if there == "" && f.outcome != truce.AllegedOnly {
			continue // in the annex alone
		}
		onPaper++
		for _, want := range []string{f.place, words(f)} {
			if !strings.Contains(squeezed(printed), squeezed(want)) {
				t.Errorf("pdf, %s: no %q", f.key, want)
			}
		}
	}
	if onPage < 10 || onPaper < onPage {
		t.Errorf("%d incidents are on the page, and %d on paper", onPage, onPaper)
	}
	gravest = map[string]truce.Outcome{}
	for _, r := range table(string(reported("csv"))) {
		if r["outcome"] == "rejected" && ids[r["id"]].key == "rejected" { // tables say so, and not that there was none
			r["outcome"] = string(truce.NoViolation)
		}
		if r["standing"] != "" || ids[r["id"]].outcome == truce.OutOfScope || ids[r["id"]].outcome == truce.NoViolation {
			grave(r["id"], truce.Outcome(r["outcome"]))
		}
		check("report csv", r["id"], "harm", killed(r), ids[r["id"]].harm)
		check("report csv", r["id"], "position", r["lat"]+" "+r["lon"], position(r["id"]))
		check("report csv", r["id"], "signs", r["signs"], fmt.Sprint(ids[r["id"]].signs))
	}
	for id, f := range ids {
		if gravest[id] != f.outcome && !(f.outcome == truce.OutOfScope && gravest[id] == truce.NoViolation) {
			t.Errorf("report csv, %s: %s, want %s", f.key, gravest[id], f.outcome)
		}
	}
	var shapes struct {
		Features []struct{ Properties map[string]any }
	}
	asFeatures := func(where string, data []byte, n int) {
		t.Helper()
		shapes.Features = nil
		if err := json.Unmarshal(data, &shapes); err != nil {
			t.Fatalf("%s: %v\n%.300s", where, err, data)
		}
		if len(shapes.Features) != n {
			t.Errorf("%s has %d features", where, len(shapes.Features))
		}
		for _, x := range shapes.Features {
			id := fmt.Sprint(x.Properties["id"])
			get := func(name string) string {
				if x.Properties[name] == nil {
					return ""
				}
				return fmt.Sprint(x.Properties[name])
			}
			check(where, id, "harm", get("killed_low")+","+get("killed_best")+","+get("killed_high"), ids[id].harm)
			check(where, id, "position", get("lat")+" "+get("lon"), position(id))
			check(where, id, "outcome", get("outcome"), inTables(ids[id].key, ids[id].outcome))
			if at, err := time.Parse(time.RFC3339, get("start")); err != nil || at.Format("2006-01-02") != days[id] {
				t.Errorf("%s, %s: start %v, %v", where, ids[id].key, get("start"), err)
			}
		}
	}
	asFeatures("report geojson", reported("geojson"), len(faces))
	var r struct {
		Incidents, Allegations []struct {
			ID         string
			Place      truce.Place
			Signs      truce.Signs
			Casualties *truce.Casualties
		}
		Articles []struct {
			Article string
			Ribbon  []struct {
				During    truce.Interval
				Incidents report.Span
				Decided   report.Span `json:"violations_decided"`
			}
			Count struct{ Incidents report.Span }
		}
	}
	if err := json.Unmarshal(reported("json"), &r); err != nil {
		t.Fatal(err)
	}
	ranged := func(c *truce.Casualties) string {
		if c == nil || c.Killed == nil {
			return ",,"
		}
		return fmt.Sprintf("%d,%d,%d", c.Killed.Low, c.Killed.Best, c.Killed.High)
	}
	for _, x := range append(r.Incidents, r.Allegations...) {
		check("report json", x.ID, "place", x.Place.Short(), ids[x.ID].place)
		check("report json", x.ID, "signs", x.Signs.String(), fmt.Sprint(ids[x.ID].signs))
		check("report json", x.ID, "harm", ranged(x.Casualties), ids[x.ID].harm)
	}
	if n := len(r.Incidents) + len(r.Allegations); n != len(faces) {
		t.Errorf("report json has %d incidents", n)
	}
	// The ribbon of article 1: a bar of a day has what lies in it.
	bars := map[string]int{}
	for _, b := range r.Articles[0].Ribbon {
		if b.Incidents.High > 0 {
			bars[b.During.Start.Time().Format("2006-01-02")] += b.Incidents.High
		}
		if want := b.During.Start.Time().Format("02") == "06"; (b.Decided == report.Span{Low: 1, High: 1}) != want {
			t.Errorf("the bar of %v has %v decided", b.During, b.Decided)
		}
	}
	want := map[string]int{"2025-08-02": 1, "2025-08-03": 1, "2025-08-05": 1, "2025-08-06": 1, "2025-08-08": 1, "2025-08-09": 1, "2025-08-10": 1, "2025-08-11": 1, "2025-08-12": 1, "2025-08-17": 1, "2025-08-18": 1}
	if fmt.Sprint(bars) != fmt.Sprint(want) || r.Articles[0].Count.Incidents.High != len(want) {
		t.Errorf("article 1: %v incidents, in bars %v\nwant %v", r.Articles[0].Count.Incidents, bars, want)
	}

	// GeoPackage.
	name := filepath.Join(dir, "report.gpkg")
	reported("gpkg")
	db, err := sql.Open("sqlite", "file:"+name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT id, place, lat, lon, outcome, signs, coalesce(killed_low, '') || ',' || coalesce(killed_best, '') || ',' || coalesce(killed_high, ''), CAST(occurred_from AS TEXT) FROM incidents_points`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var id, place, outcome, signs, harm, from string
		var lat, lon float64
		if err := rows.Scan(&id, &place, &lat, &lon, &outcome, &signs, &harm, &from); err != nil {
			t.Fatal(err)
		}
		n++
		check("gpkg", id, "place", place, ids[id].place)
		check("gpkg", id, "position", fmt.Sprint(lat, lon), position(id))
		check("gpkg", id, "outcome", outcome, inTables(ids[id].key, ids[id].outcome))
		check("gpkg", id, "signs", signs, fmt.Sprint(ids[id].signs))
		check("gpkg", id, "harm", harm, ids[id].harm)
		if !strings.HasPrefix(from, days[id]+"T") || !strings.HasSuffix(from, "Z") {
			t.Errorf("gpkg, %s: occurred_from %q", ids[id].key, from)
		}
	}
	if n != len(faces) {
		t.Errorf("gpkg has %d points", n)
	}

	// Explain and replay.
	for id, f := range ids {
		text := out("explain", m, id[:16], "--as-known", now)
		head := strings.SplitN(text, "What was said of it", 2)[0]
		for _, want := range []string{f.place, "signs " + fmt.Sprint(f.signs), words(f)} {
			if !strings.Contains(head, want) {
				t.Errorf("explain, %s: no %q in %q", f.key, want, head)
			}
		}
		if !strings.Contains(text, f.outcome.Words()) {
			t.Errorf("explain, %s: no %q", f.key, f.outcome.Words())
		}
	}
	replayed := out("replay", m, "--diff", "1,"+lastEntry(t, m))
	for id, f := range ids {
		if !strings.Contains(replayed, "incident "+id[:12]) || !regexp.MustCompile(`incident `+id[:12]+` \([^\n]*`+regexp.QuoteMeta(f.place)).MatchString(replayed) {
			t.Errorf("replay, %s: not at %q", f.key, f.place)
		}
	}

	facesOfRoom(t, m, ids, check, position, ranged, asFeatures, table, killed)
}

// facesOfRoom checks the pages, the map, the interfaces and the alerts of the room.
func facesOfRoom(t *testing.T, dir string, ids map[string]*face, check func(where, id, what, got, want string), position func(string) string, ranged func(*truce.Casualties) string,
	asFeatures func(string, []byte, int), table func(string) []map[string]string, killed func(map[string]string) string) {
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	room, err := monitor.Open(t.Context(), monitor.Config{Mission: m, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer room.Close(context.Background())
	store, err := people.Open(m.Private("people.sqlite"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	items, err := desk.Open(m.Private("desk.sqlite"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer items.Close()
	server := httptest.NewUnstartedServer(nil)
	origin := strings.Replace("http://"+server.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	s, err := web.New(web.Config{Room: room, People: store, Desk: items, Origin: origin, Record: http.FileServer(http.Dir(m.Record())), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer s.End()
	server.Config.Handler = s.Handler()
	server.Start()
	defer server.Close()
	if err := room.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	get := func(path string) []byte {
		t.Helper()
		r, err := http.Get(origin + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v\n%.300s", path, r.StatusCode, err, body)
		}
		return body
	}
	ids = maps.Clone(ids)
	maps.DeleteFunc(ids, func(_ string, f *face) bool { return strings.HasPrefix(f.rows[0], "post:") }) // the public does not have it
	const period = "from=2025-08-01&to=2025-08-31"
	rowsOf := func(where string, rows []truce.Row) {
		t.Helper()
		if len(rows) != len(ids) {
			t.Errorf("%s has %d incidents", where, len(rows))
		}
		for i := range rows {
			x, id := &rows[i], rows[i].ID.Hex()
			check(where, id, "place", x.Place.Short(), ids[id].place)
			check(where, id, "outcome", string(x.Lead().Outcome), string(ids[id].outcome))
			check(where, id, "signs", x.Signs.String(), fmt.Sprint(ids[id].signs))
			check(where, id, "harm", ranged(x.Casualties), ids[id].harm)
		}
	}
	var asked struct{ Incidents []truce.Row }
	if err := json.Unmarshal(get("/api/incidents?"+period), &asked); err != nil {
		t.Fatal(err)
	}
	rowsOf("api", asked.Incidents)
	for _, r := range table(string(get("/incidents?format=csv&" + period))) {
		check("csv of the list", r["id"], "place", r["place"], ids[r["id"]].place)
		check("csv of the list", r["id"], "outcome", r["outcome"], inTables(ids[r["id"]].key, ids[r["id"]].outcome))
		check("csv of the list", r["id"], "harm", killed(r), ids[r["id"]].harm)
		check("csv of the list", r["id"], "position", r["lat"]+" "+r["lon"], position(r["id"]))
	}
	asFeatures("geojson of the list", get("/incidents?format=geojson&"+period), len(ids))
	page := string(get("/incidents?" + period))
	for id, f := range ids {
		row := regexp.MustCompile(`<tr data-id="` + id + `">[^\n]*`).FindString(page)
		if !strings.Contains(row, f.place) || f.outcome.Counts() && !strings.Contains(row, f.outcome.Words()) {
			t.Errorf("the page of incidents shows %s as %q", f.key, row)
		}
	}
	// The map: a tile that holds them all, of so high a zoom that each stands alone.
	found := map[string]bool{}
	for id := range ids {
		var lat, lon float64
		fmt.Sscan(position(id), &lat, &lon)
		p := truce.Place{Kind: truce.PlacePoint}
		p.Point.Lat, p.Point.Lon = int32(lat*1e7), int32(lon*1e7)
		tile := truce.TileOf(p.Point, 12)
		layers, err := mvt.Unmarshal(get(fmt.Sprintf("/tiles/incidents/12/%d/%d?%s", tile.X, tile.Y, period)))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range layers {
			for _, x := range l.Features {
				if id, ok := x.Properties["id"].(string); ok && ids[id] != nil {
					found[id] = true
					check("tile", id, "place", fmt.Sprint(x.Properties["place"]), ids[id].place)
					check("tile", id, "outcome", fmt.Sprint(x.Properties["o"]), string(ids[id].outcome))
				}
			}
		}
	}
	if len(found) < len(ids) {
		t.Errorf("the map shows %d of %d", len(found), len(ids))
	}
	// The board of each day counts what the list has of that day.
	state, err := room.State()
	if err != nil {
		t.Fatal(err)
	}
	sit := state.Situations[truce.ForPublic]
	for id, f := range ids {
		var d truce.Digest
		if err := d.UnmarshalText([]byte(id)); err != nil {
			t.Fatal(err)
		}
		inc := sit.IncidentOf(d)
		b, err := m.Board(sit, truce.DateOf(inc.Occurred.Start, sit.Agreement.Location).Day(sit.Agreement.Location), truce.InstantOf(time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, a := range b.Articles {
			for _, o := range a.Outcomes {
				if o.Outcome == f.outcome {
					n += o.High
				}
			}
		}
		if quiet := f.outcome == truce.NoViolation || f.outcome == truce.OutOfScope; (n == 0) != quiet {
			t.Errorf("the board of the day of %s has %d of %s", f.key, n, f.outcome)
		}
		x, err := dossier.Of(sit, d, release.Viewer{To: truce.ForPublic})
		if err != nil || x == nil {
			t.Fatal(err)
		}
	}
	// The alert tells the first incident under article 1.
	alerts := alert.Of(sit, truce.InstantOf(time.Now()))
	if len(alerts) != 1 {
		t.Fatalf("%d alerts", len(alerts))
	}
	inc := sit.IncidentOf(alerts[0].Of)
	f := ids[inc.ID.Hex()]
	row := sit.Row(inc)
	for _, want := range []string{row.Place.String(), f.outcome.Words()} {
		if !strings.Contains(alerts[0].Words, want) {
			t.Errorf("the alert of %s lacks %q: %s", f.key, want, alerts[0].Words)
		}
	}
}

func lastEntry(t *testing.T, dir string) string {
	t.Helper()
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	n, err := m.End()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(n)
}

// pdfText is the text of a report's pages: it is set in a font whose codes are UTF-16.
func pdfText(t *testing.T, data []byte) string {
	t.Helper()
	var out strings.Builder
	for _, part := range bytes.Split(data, []byte("stream\n"))[1:] {
		r, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(r)
		for _, m := range regexp.MustCompile(`(?s)\((.*?[^\\]|)\) ?Tj`).FindAllSubmatch(text, -1) {
			raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(m[1], func(x []byte) []byte {
				if x[1] == 'r' {
					return []byte{'\r'}
				}
				return x[1:]
			})
			var units []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			out.WriteString(string(utf16.Decode(units)) + " ")
		}
	}
	return out.String()
}

// inTables is an outcome as tables for programs have it: they never say that a person found no
// violation, only that a person rejected it.
func inTables(key string, o truce.Outcome) string {
	if key == "rejected" && o == truce.NoViolation {
		return "rejected"
	}
	return string(o)
}
