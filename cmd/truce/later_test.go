package main

import (
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/people"
	"github.com/opentruce/truce/internal/web"
	"github.com/paulmach/orb/encoding/mvt"
)

const laterTerms = `truce: 1
id: later
title: Uploads
status: rehearsal
timezone: Asia/Damascus
parties: [{id: A, name: Land A}, {id: B, name: Land B}]
zones: {area: area.geojson}
phases: [{id: truce, from: 2016-02-27}]
alerts: [{id: first, when: first, article: "1"}, {id: burst, when: burst, times: 3, within: 24h, article: "1"}]
sources:
  - {id: smo, publisher: SMO Syria}
  - {id: step, publisher: Step News Agency}
provisions:
  - {article: "1", phase: truce, binds: [A, B], text: No air strikes., prohibit: {acts: [strike], in: [area]}, clocks: {reply: P14D}}
  - {article: "2", phase: truce, binds: [A, B], text: Not at night., prohibit: {acts: [strike], in: [area]}, daily: {from: "22:00", to: "06:00"}}
  - {article: "3", phase: truce, binds: [A, B], text: Quiet days., quiet: {days: 3, acts: [strike], in: area}}
`

// laterMission is a mission with a strike that was uploaded on 28 February 2016 at
// 13:22:32 in Damascus: of no stated beginning, and beside it, if asked, one that is
// known to the minute, one that is known to a day and one of 36 hours.
func laterMission(t *testing.T, beside bool) (m, id string) {
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
	write("terms/agreement.yaml", laterTerms)
	write("terms/area.geojson", square(36, 34, 38, 37))
	write("terms/SOURCES.md", "# Sources\n")
	m = filepath.Join(dir, "m")
	must := func(args ...string) {
		t.Helper()
		if code, out, errs := runNow(args...); code != exitOK {
			t.Fatalf("truce %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
		}
	}
	must("init", m, "--agreement", filepath.Join(dir, "terms"), "--name", "test/later")
	const mapping = "source: %s\ntimezone: Asia/Damascus\nkey: {column: id}\noccurred: %s\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: 5000}\nact: strike\ncasualties: {killed: {column: killed}}\n"
	ingest := func(name, source, occurred, rows string) {
		t.Helper()
		must("ingest", m, "--source", "csv", write(name+".csv", "id,at,lat,lon,killed\n"+rows), "--mapping", write(name+".yaml", fmt.Sprintf(mapping, source, occurred)))
	}
	ingest("open", "smo", "{column: at, not_later_than: true}", "open,2016-02-28T13:22:32,34.93767,36.62987,3\n")
	if beside {
		ingest("exact", "step", "{column: at}", "minute,2016-03-02T10:05,36.25,37.05,1\nday,2016-03-03,36.3,36.9,\n")
		ingest("bounded", "step", "{column: at, not_later_than: true, earliest: 36h}", "bounded,2016-02-28T13:22:32,35.5,36.9,2\n")
	}
	o := truce.Observation{Source: "smo", Key: "open"}
	o.SetID()
	return m, truce.IncidentID([]truce.Digest{o.ID}).Hex()
}

// TestNotLaterThanOnEveryFace: what is only known to have happened not later than a moment
// is printed so, is never printed as if it had happened then, and is counted as what may
// lie in a period, wherever a mission shows it; also where nothing else is known.
func TestNotLaterThanOnEveryFace(t *testing.T) {
	for _, beside := range []bool{true, false} {
		t.Run(fmt.Sprintf("beside others: %v", beside), func(t *testing.T) { laterFaces(t, beside) })
	}
}

func laterFaces(t *testing.T, beside bool) {
	m, id := laterMission(t, beside)
	const want = "not later than 28 Feb 2016 13:23 EET"
	now := time.Now().UTC().Add(time.Hour).Format("2006-01-02T15:04Z")
	wrong := regexp.MustCompile(`always to|always/|"always"|to never|,always|-292\d{6}|292277026596|-9223372036854775808|2016-02-28T11:22:32(\.000)?Z?,2016-02-28T11:22:32|<nil>`)
	out := func(args ...string) string {
		t.Helper()
		code, out, errs := runNow(args...)
		if code != exitOK {
			t.Fatalf("truce %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
		}
		return out
	}
	says := func(where, text string) {
		t.Helper()
		if flat := strings.Join(strings.Fields(text), " "); !strings.Contains(flat, want) {
			t.Errorf("%s does not say %q:\n%.1500s", where, want, text)
		}
		if found := wrong.FindString(text); found != "" {
			t.Errorf("%s says %q:\n%.1500s", where, found, text)
		}
	}
	column := func(where, text, name string) string {
		t.Helper()
		list, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		for _, r := range list[1:] {
			row := map[string]string{}
			for i, c := range list[0] {
				row[c] = r[i]
			}
			if row["id"] == id {
				return row[name]
			}
		}
		t.Errorf("%s has no row of it:\n%s", where, text)
		return ""
	}
	ends := func(where, text string) {
		t.Helper()
		if from, until := column(where, text, "from"), column(where, text, "until"); from != "" || until != "2016-02-28T11:22:32Z" {
			t.Errorf("%s: from %q until %q", where, from, until)
		}
	}
	says("incidents", out("incidents", m, "--as-known", now))
	ends("incidents csv", out("incidents", m, "--as-known", now, "--format", "csv"))
	says("findings", out("findings", m, "--as-known", now))
	findings := out("findings", m, "--as-known", now, "--format", "csv")
	ends("findings csv", findings)
	if got := column("findings", findings, "outcome"); got != "undetermined(time)" {
		t.Errorf("the finding is %s", got)
	}
	explained := out("explain", m, id[:16], "--as-known", now)
	says("explain", explained)
	for _, article := range []string{"Article 1", "Article 2"} {
		if !strings.Contains(explained, article) {
			t.Errorf("explain has no %s:\n%s", article, explained)
		}
	}
	if !strings.Contains(explained, "may have happened before the boundary of 27 Feb 2016 00:00 EET") {
		t.Errorf("explain does not say why its time is missing:\n%s", explained)
	}
	out("verify", m)
	for _, format := range []string{"table", "csv", "json"} { // who reports of which days, and how late
		if text := out("sources", m, "--as-known", now, "--format", format); wrong.MatchString(text) || strings.Contains(text, "153722867") {
			t.Errorf("sources as %s: %s", format, text)
		}
	}

	// Of a day, it may be: before its moment, and not after.
	day := func(date, want string) {
		t.Helper()
		name := filepath.Join(t.TempDir(), "day.md")
		out("report", m, "--as-known", now, "--day", date, "--out", name)
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(text), id[:12]); got != (want == "may") {
			t.Errorf("the report of %s names it: %v, want %s\n%s", date, got, want, text)
		}
		if want == "may" && !regexp.MustCompile(`0 to 1|0–1|may`).Match(text) {
			t.Errorf("the report of %s counts it for sure:\n%s", date, text)
		}
	}
	day("2016-02-27", "may")
	day("2016-02-28", "may")
	day("2016-03-02", "not")

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
	says("html", string(reported("html")))
	says("md", string(reported("md")))
	if text := strings.Join(strings.Fields(pdfText(t, reported("pdf"))), ""); !strings.Contains(text, strings.ReplaceAll(want, " ", "")) {
		t.Errorf("pdf does not say %q: %.3000s", want, text)
	}
	ends("report csv", string(reported("csv")))
	feature := func(where string, data []byte) {
		t.Helper()
		var shapes struct {
			Features []struct{ Properties map[string]any }
		}
		if err := json.Unmarshal(data, &shapes); err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		n := 0
		for _, x := range shapes.Features {
			if x.Properties["id"] != id {
				continue
			}
			n++
			if start, there := x.Properties["start"]; start != nil || !there {
				t.Errorf("%s: it starts at %v", where, start)
			}
			if end := fmt.Sprint(x.Properties["end"]); !strings.HasPrefix(end, "2016-02-28T11:22:32") {
				t.Errorf("%s: it ends at %v", where, end)
			}
		}
		if n != 1 {
			t.Errorf("%s has it %d times", where, n)
		}
	}
	feature("report geojson", reported("geojson"))
	reported("json")
	reported("gpkg")
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "report.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var from sql.NullString
	if err := db.QueryRow(`SELECT CAST(occurred_from AS TEXT) FROM incidents_points WHERE id = ?`, id).Scan(&from); err != nil || from.Valid {
		t.Errorf("gpkg: occurred_from %v, %v", from, err)
	}
	out("replay", m, "--diff", "1,"+lastEntry(t, m))

	laterRoom(t, m, id, says, ends, feature)
}

func laterRoom(t *testing.T, dir, id string, says, ends func(where, text string), feature func(string, []byte)) {
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
	get := func(path, lang string) []byte {
		t.Helper()
		req, _ := http.NewRequest(http.MethodGet, origin+path, nil)
		req.Header.Set("Accept-Language", lang)
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v\n%.600s", path, r.StatusCode, err, body)
		}
		return body
	}
	for _, path := range []string{"/incidents", "/incidents/" + id, "/incidents?from=2016-02-28&to=2016-02-28", "/incidents?order=earliest"} {
		says(path, string(get(path, "en")))
		for lang, want := range map[string]string{"uk": "не пізніше 28 лют. 2016 13:23 EET", "ru": "не позднее 28 февр. 2016 13:23 EET"} {
			if text := string(get(path, lang)); !strings.Contains(text, want) || strings.Contains(text, "not later") {
				t.Errorf("%s in %s does not say %q", path, lang, want)
			}
		}
	}
	for _, path := range []string{"/", "/?from=2016-02-28&to=2016-02-28", "/?from=2016-02-01&to=2016-02-20", "/reports"} {
		if text := string(get(path, "en")); strings.Contains(text, "always to") || strings.Contains(text, "-292") {
			t.Errorf("%s prints a time that is not stated:\n%s", path, text)
		}
	}
	ends("csv of the list", string(get("/incidents?format=csv", "en")))
	feature("geojson of the list", get("/incidents?format=geojson", "en"))
	var asked struct{ Incidents []truce.Row }
	if err := json.Unmarshal(get("/api/incidents?from=2016-02-27&to=2016-02-27", "en"), &asked); err != nil || len(asked.Incidents) == 0 {
		t.Errorf("api: %d, %v", len(asked.Incidents), err)
	}
	asked.Incidents = nil
	if err := json.Unmarshal(get("/api/incidents?from=2016-03-01&to=2016-03-01", "en"), &asked); err != nil || len(asked.Incidents) != 0 {
		t.Errorf("api of the day after: %d, %v", len(asked.Incidents), err)
	}
	p := truce.Place{Kind: truce.PlacePoint}
	p.Point.Lat, p.Point.Lon = 349376700, 366298700
	tile := truce.TileOf(p.Point, 12)
	layers, err := mvt.Unmarshal(get(fmt.Sprintf("/tiles/incidents/12/%d/%d", tile.X, tile.Y), "en"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range layers {
		for _, x := range l.Features {
			if n++; x.Properties["at"] != nil || fmt.Sprint(x.Properties["to"]) == "" {
				t.Errorf("the map has %v", x.Properties)
			}
		}
	}
	if n != 1 {
		t.Errorf("the tile has %d marks", n)
	}
}
