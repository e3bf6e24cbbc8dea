package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
)

// afterwards is when the records of testdata/compat are opened: after they were made.
var afterwards = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

func runAfter(args ...string) (code int, out, errs string) {
	var o, e strings.Builder
	code = command{in: strings.NewReader(""), out: &o, err: &e, now: func() time.Time { return afterwards }, args: args}.run()
	return code, o.String(), e.String()
}

// must runs a command that has to end well, and returns what it says.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := runAfter(args...)
	if code != exitOK {
		t.Fatalf("truce %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// oldMission is a copy of a mission of testdata/compat.
func oldMission(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "compat", name))); err != nil {
		t.Fatal(err)
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() { // a copy has other rights than a key's file
			err = os.Chmod(path, 0o600)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return dir
}

var (
	listed  = regexp.MustCompile(`(?m)^    entry (\d+): (\w+): .+$`)
	skips   = regexp.MustCompile(`(\d+) (?:is|are) skipped by readers`)
	printed = regexp.MustCompile(`(?m)^digest ([0-9a-f]{64})$`)
)

// broken is which rules truce verify says that entries break.
func broken(out string) (list []string) {
	for _, m := range listed.FindAllStringSubmatch(out, -1) {
		if m[2] != "agreement" {
			list = append(list, m[1]+" "+m[2])
		}
	}
	return list
}

// everyReading opens a mission in every way, and makes sure that each says how many
// entries it skips.
func everyReading(t *testing.T, dir string, skipped int) {
	t.Helper()
	count := fmt.Sprintf("%d entries of the record cannot be used and are skipped", skipped)
	for _, args := range [][]string{{"findings", dir}, {"findings", dir, "--all"}, {"incidents", dir}, {"replay", dir}} {
		if out := must(t, args...); strings.Contains(out, "skipped") != (skipped > 0) || skipped > 0 && !strings.Contains(out, count) {
			t.Errorf("truce %s does not say that %s\n%s", args[0], count, out)
		}
	}
	must(t, "report", dir, "--format", "html", "--out", filepath.Join(t.TempDir(), "report.html"))
	if out := must(t, "report", dir, "--format", "md", "--out", "-"); strings.Contains(out, fmt.Sprintf("%d entries of the record break a rule of its format and cannot be used", skipped)) != (skipped > 0) {
		t.Errorf("the report does not say that %d entries are skipped\n%.3000s", skipped, out)
	}
	var told struct{ Skipped int }
	if err := json.Unmarshal([]byte(must(t, "replay", dir, "--format", "json")), &told); err != nil || told.Skipped != skipped {
		t.Errorf("truce replay as JSON: %d skipped, %v; want %d", told.Skipped, err, skipped)
	}
	var incidents []struct{ ID string }
	if err := json.Unmarshal([]byte(must(t, "incidents", dir, "--format", "json")), &incidents); err != nil || len(incidents) == 0 {
		t.Fatalf("%d incidents, %v", len(incidents), err)
	}
	for _, x := range incidents {
		must(t, "explain", dir, x.ID)
	}
	must(t, "keys", dir)
	must(t, "replay", dir, "--diff", "2,9")
}

// openRoom opens the room of a mission, as truce serve does, and reads what each
// audience is shown.
func openRoom(t *testing.T, dir string, skipped int) {
	t.Helper()
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Now = func() time.Time { return afterwards }
	room, err := monitor.Open(t.Context(), monitor.Config{Mission: m, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := room.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	state, _ := room.State()
	if n := state.Contents.Skipped(truce.ForMission); n != skipped {
		t.Errorf("the room skips %d entries, want %d", n, skipped)
	}
	whole, err := m.Situation(state.Now)
	if err != nil {
		t.Fatal(err)
	}
	if got := state.Situations[truce.ForMission].Digest(); got != whole.Digest() {
		t.Errorf("the room shows %s, and the record gives %s", got, whole.Digest())
	}
}

// goOn writes to an old mission, which then verifies with what was wrong before.
func goOn(t *testing.T, dir string, before []string) {
	t.Helper()
	work := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(work, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	rows := write("next.csv", "id,at,lat,lon,within,act,weapon\na,2015-03-01T02:10,48.2,38.1,400,fire,mortar\nz,2015-03-06T02:10,48.25,38.15,400,fire,mortar\n")
	mapping := write("press.yaml", "record: observation\nsource: press\ntimezone: UTC\nkey: {column: id}\noccurred: {column: at}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}}\nact: {column: act}\nweapon: {column: weapon}\n")
	if out := must(t, "ingest", dir, "--source", "csv", rows, "--mapping", mapping); !strings.Contains(out, "2 read, 1 new, 1 already known") {
		t.Error(out)
	}
	must(t, "observe", dir, "fire 2015-03-07T10:05/10:06+02:00 48.0N 38.2E ±200m weapon=mortar", "--because", "log of the post", "--as", "monitor-1")
	must(t, "allege", dir, "fire 2015-03-07T11:05/11:20+02:00 48.2N 38.1E ±500m weapon=mortar", "--because", "report of the post", "--as", "dl-1")
	victim := truce.DigestOf("observation", "press", "a", "0").Hex()
	must(t, "decide", dir, "verify", victim, "--because", "on site", "--as", "head-of-mission")
	must(t, "decide", dir, "grade", victim, "--grade", "A1", "--because", "photographs", "--as", "head-of-mission")
	must(t, "decide", dir, "ask", victim, "--fact", "object", "--because", "what was hit?", "--as", "duty-1")
	must(t, "respond", dir, victim, "--says", "contest", "--because", "not ours", "--as", "ua-1")
	must(t, "release", dir, "--now", "--as", "head-of-mission")
	if out := must(t, "verify", dir); !slices.Equal(broken(out), before) {
		t.Errorf("%v break a rule, want %v as before\n%s", broken(out), before, out)
	}
}

// TestOldRecords: a record that an earlier build wrote is opened in every way,
// mirrored, and written to. What breaks a rule of today is listed, and nothing else.
func TestOldRecords(t *testing.T) {
	for _, tt := range []struct {
		name    string
		broken  []string // for the mission, and for everybody else
		public  []string
		skipped int
		made    string // the digest that the old build printed
	}{
		{name: "v2", made: "68ac8bf4b844ab95f6e4f31ae51308190d17e3c267859c860b0ac0fa0c06d6b4",
			broken: []string{"20 file", "23 file"}, public: []string{"20 file"}},
		{name: "v2-hostile", skipped: 5,
			broken: []string{"12 id", "12 speaker", "13 id", "16 form", "17 future", "18 time", "19 known", "20 by", "21 shelf", "22 files", "23 place"},
			public: []string{"12 id", "12 speaker", "13 id", "16 form", "17 future", "18 time", "19 known", "20 by", "22 files", "23 place"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("XDG_CONFIG_HOME", t.TempDir())
			dir := oldMission(t, tt.name)
			out := must(t, "verify", dir)
			if got := broken(out); !slices.Equal(got, tt.broken) {
				t.Errorf("%v break a rule, want %v\n%s", got, tt.broken, out)
			}
			if m := skips.FindStringSubmatch(out); m == nil || m[1] != fmt.Sprint(tt.skipped) {
				t.Errorf("want %d skipped\n%s", tt.skipped, out)
			}
			everyReading(t, dir, tt.skipped)
			openRoom(t, dir, tt.skipped)

			mirror := filepath.Join(t.TempDir(), "mirror")
			must(t, "follow", dir, mirror, "--all")
			if got := broken(must(t, "verify", mirror)); !slices.Equal(got, tt.public) {
				t.Errorf("in a mirror %v break a rule, want %v", got, tt.public)
			}
			everyReading(t, mirror, tt.skipped)
			if n, err := proveAll(dir); err != nil {
				t.Errorf("%d entries proved: %v", n, err)
			}

			// The old build's digest is found again by whoever has its method. With another
			// method, vocabulary or time zone data, what findings say may differ: that is
			// what truce verify and the basis beside each digest are for.
			if out := must(t, "replay", dir); tt.made != "" && !strings.Contains(out, "The record names the method") {
				if got := printed.FindStringSubmatch(out); got == nil || got[1] != tt.made {
					t.Errorf("the digest is %v, and the build that made the record had %s", got, tt.made)
				}
			}
			goOn(t, dir, tt.broken)
			must(t, "follow", dir, mirror)
		})
	}
}

// TestHostileRecord: what attackers put into a record hides nothing of anybody else's.
func TestHostileRecord(t *testing.T) {
	dir := oldMission(t, "v2-hostile")
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.Situation(truce.Never)
	if err != nil {
		t.Fatal(err)
	}
	// The observation that DL withdrew and then used the ID of, and the row whose ID DL
	// had used before.
	for _, key := range []string{"a", "e"} {
		found := 0
		for _, inc := range s.Incidents() {
			for _, o := range inc.Of {
				if o.Source == "press" && o.Key == key {
					found++
					if inc.Alleged() || len(inc.Of) != 1 {
						t.Errorf("the row %s counts as alleged, or with %d others", key, len(inc.Of)-1)
					}
				}
			}
		}
		if found != 1 {
			t.Errorf("the row %s is there %d times", key, found)
		}
	}
	// What DL says under the ID of a row is there beside it.
	if !slices.ContainsFunc(s.Incidents(), func(inc *truce.Incident) bool { return inc.Of[0].Claimant == "DL" && inc.Of[0].Key == "e2" }) {
		t.Error("what DL alleges is not there")
	}
	if s.Withheld != 1 || len(s.Decisions) != 1 || s.Decisions[0].By != string(ledger.DutyOfficer) {
		t.Errorf("%d withheld, decisions %+v", s.Withheld, s.Decisions)
	}
	if len(s.Notifications) != 1 {
		t.Errorf("%d notifications", len(s.Notifications))
	}
	// As known before it was received, the notification was not.
	before, err := m.Situation(truce.InstantOf(time.Date(2026, 3, 1, 9, 5, 0, 0, time.UTC)))
	if err != nil {
		t.Fatal(err)
	}
	if len(before.Notifications) != 0 {
		t.Error("a notification counts as known before it was received")
	}
}

// TestOtherMethod: a record that names another method than this build's is read, and
// each output says so in one sentence.
func TestOtherMethod(t *testing.T) {
	dir := oldMission(t, "v2")
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Now = func() time.Time { return afterwards }
	key, err := m.Key("head-of-mission")
	if err != nil {
		t.Fatal(err)
	}
	content := []byte(`{"because":"another release","method":"correlate-0 ` + strings.Repeat("ab", 32) + `"}`)
	if _, err := intake.NewWriter(m).Say(intake.Said{Body: ledger.Body{Kind: "method", Mission: m.Origin(), At: ledger.Time(m.Now()), Content: content}}, key); err != nil {
		t.Fatal(err)
	}
	mirror := filepath.Join(t.TempDir(), "mirror")
	if code, out, errs := runAfter("follow", dir, mirror); code != exitOK {
		t.Fatalf("follow: exit %d\n%s%s", code, out, errs)
	}
	for _, where := range []string{dir, mirror} {
		id := must(t, "incidents", where, "--format", "csv")
		_, id, _ = strings.Cut(id, "\n")
		for _, args := range [][]string{{"findings", where}, {"incidents", where}, {"explain", where, id[:12]}, {"report", where, "--format", "md", "--out", "-"}, {"replay", where}} {
			if n := strings.Count(must(t, args...), "The record names the method correlate-0 abab"); n != 1 {
				t.Errorf("truce %s says %d times that the record names another method", args[0], n)
			}
		}
		must(t, "verify", where)
	}
	openRoom(t, dir, 0)
	before := broken(must(t, "verify", dir))
	goOn(t, dir, before)
}
