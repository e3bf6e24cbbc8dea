package intake

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/scenario"
)

// field is a new mission under the air-first terms.
func field(t *testing.T) *Writer {
	t.Helper()
	m, err := begin.Mission(filepath.Join(t.TempDir(), "field"), "air-first", os.DirFS("../../agreements/ukraine-air-first"), begin.Flags{Origin: "test/field"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	return NewWriter(m)
}

// signer is the key that signs as name.
func signer(t *testing.T, m *Writer, name string) (*ledger.Secret, ledger.Key) {
	t.Helper()
	key, whose, err := m.Signer(name)
	if err != nil {
		t.Fatal(err)
	}
	return key, whose
}

// TestByHand: what people enter by hand has the mission's source, or is a party's own
// word, and a key that the program made; as text and as a form.
func TestByHand(t *testing.T) {
	m := field(t)
	key, whose := signer(t, m, "intake")
	during, err := scenario.ParseInterval("2025-08-20T10:05/10:06Z", m.Agreement.Location)
	if err != nil {
		t.Fatal(err)
	}
	const where = "2025-08-20T10:05/10:06Z 48.2N 37.8E ±200m"
	fields := func(keys map[string]string) scenario.Fields {
		return scenario.Fields{Act: "strike", During: during, Place: scenario.PlaceFields{Kind: truce.PlacePoint, Lat: "48.2", Lon: "37.8", Radius: "200"}, Keys: keys}
	}
	for _, tt := range []struct {
		word, by, text string
		keys           map[string]string
		source         truce.SourceID
		fault          string
	}{
		{"observe", "", "strike " + where, nil, "mission", ""},
		{"observe", "", "strike " + where + " source=mission", map[string]string{"source": "mission"}, "mission", ""},
		{"observe", "", "strike " + where + " source=viina", map[string]string{"source": "viina"}, "", "source=viina: what people enter by hand has the source mission"},
		{"observe", "", "strike " + where + " source=UA", map[string]string{"source": "UA"}, "", "source=UA: what people enter by hand"},
		{"observe", "", "strike " + where + " key=row-1", map[string]string{"key": "row-1"}, "", "key= cannot be stated by hand"},
		{"allege", "UA", "strike " + where, nil, "UA", ""},
		{"allege", "UA", "strike " + where + " source=viina", map[string]string{"source": "viina"}, "", "source=viina cannot be stated here"},
		{"allege", "UA", "strike " + where + " source=mission", map[string]string{"source": "mission"}, "", "source=mission cannot be stated here"},
		{"notify", "UA", where + " act=strike", nil, "UA", ""},
		{"notify", "airforce-ua", where + " act=strike", nil, "UA", ""},
		{"allege", "airforce-ua", "strike " + where, nil, "UA", ""},
		{"notify", "UA", where + " source=viina", map[string]string{"source": "viina"}, "", "source=viina cannot be stated here"},
		{"notify", "UA", where + " key=x", map[string]string{"key": "x"}, "", "key= cannot be stated by hand"},
		{"restrict", "RU", where + " what=access", map[string]string{"what": "access"}, "", ""},
		{"restrict", "RU", where + " source=viina", map[string]string{"source": "viina"}, "", "source=viina: what people enter by hand"},
		{"tally", "UA", "strike " + where + " count=3", map[string]string{"count": "3"}, "", "unknown here"},
	} {
		f := fields(tt.keys)
		if tt.word == "restrict" {
			f.Act = ""
		}
		for how, state := range map[string]func() (truce.Item, int64, error){
			"text":   func() (truce.Item, int64, error) { return m.State(key, whose, tt.word, tt.by, "", "a test", tt.text) },
			"fields": func() (truce.Item, int64, error) { return m.StateFields(key, whose, tt.word, tt.by, "", "a test", f) },
		} {
			r, _, err := state()
			if tt.fault != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fault) {
					t.Errorf("%s, %s %s: %v; want %q", how, tt.word, tt.text, err, tt.fault)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s, %s %s: %v", how, tt.word, tt.text, err)
				continue
			}
			if got := sourceOf(&r); got != tt.source {
				t.Errorf("%s, %s %s: source %q, want %q", how, tt.word, tt.text, got, tt.source)
			}
		}
	}
	var hint mission.Hint
	if _, _, err := m.State(key, whose, "observe", "", "", "a test", "strike "+where+" source=viina"); !errors.As(err, &hint) || !strings.Contains(hint.Hint, "truce ingest") {
		t.Errorf("what to do is not said: %v, %q", err, hint.Hint)
	}
}

// TestLongExtension: an extension of any length that can be read can be recorded, and
// is read back.
func TestLongExtension(t *testing.T) {
	m := field(t)
	key, whose := signer(t, m, "head-of-mission")
	for _, span := range []string{"P14D", "24h", "277h", "300h", "P2DT400H", "876599h"} {
		d := &truce.Decision{Kind: truce.Extend, Because: "both agreed", From: truce.InstantOf(m.Now())}
		var err error
		if d.For, err = truce.ParseSpan(span); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Decide(key, whose, d, []string{"air"}); err != nil {
			t.Errorf("for=%s: %v", span, err)
			continue
		}
		s, err := m.Situation(truce.Never)
		if err != nil {
			t.Fatal(err)
		}
		if last := s.Decisions[len(s.Decisions)-1]; last.For != d.For {
			t.Errorf("for=%s was read back as %v", span, last.For)
		}
	}
}

// TestIntakeWithoutPath: the record does not say where a file lies on the server.
func TestIntakeWithoutPath(t *testing.T) {
	for _, shelf := range []string{"public", "shared"} {
		m := field(t)
		dir := t.TempDir()
		rows, mapping := filepath.Join(dir, "rows.csv"), filepath.Join(dir, "map.yaml")
		for name, text := range map[string]string{
			rows: "id,at,lat,lon\na,2025-08-20T02:10,48.2,38.1\n",
			mapping: `record: observation
source: press
timezone: UTC
key: {column: id}
occurred: {column: at}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: {value: 400}}
act: {value: strike}
`} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.IngestFile("csv", rows, IngestFlags{Mapping: mapping, Known: "received", Key: "intake", Shelf: shelf, NewSource: true}); err != nil {
			t.Fatal(err)
		}
		v, err := m.Read()
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, e := range v.Rest {
			if e.Kind != "source" {
				continue
			}
			found++
			content := string(e.Content)
			if strings.Contains(content, "Path") || strings.Contains(content, "Size") || strings.Contains(content, m.Dir) {
				t.Errorf("%s: %s", shelf, content)
			}
			if e.Sealed == nil {
				if in, err := mission.ParseIntake(e.Content); err != nil || in.File != "rows.csv" || in.Counts.New != 1 {
					t.Errorf("%s: read back as %+v, %v", shelf, in, err)
				}
			}
		}
		if found != 1 {
			t.Errorf("%s: %d source entries", shelf, found)
		}
	}
}

// TestOldIntake: entries from before still name where the file was; that is ignored, and
// other members are refused.
func TestOldIntake(t *testing.T) {
	in := mission.Intake{Known: "received", Kind: "csv", File: "rows.csv", Counts: mission.Counts{Read: 1, New: 1}}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	old := strings.TrimSuffix(string(data), "}") + `,"Path":"/srv/field/private/incoming-1/ab","Size":12}`
	if got, err := mission.ParseIntake([]byte(old)); err != nil || got.File != in.File || got.Path != "" || got.Size != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := mission.ParseIntake([]byte(strings.TrimSuffix(string(data), "}") + `,"Else":1}`)); err == nil {
		t.Error("an unknown member was accepted")
	}
}

// TestVintage: the number of an edition is one that a record keeps.
func TestVintage(t *testing.T) {
	m := field(t)
	for _, n := range []int{-1, 1 << 31, 1<<32 + 1} {
		if _, err := m.intakeOf("ucdp-ged", "x.csv", IngestFlags{Known: "received", Vintage: n}); err == nil || !strings.Contains(err.Error(), "--vintage") {
			t.Errorf("vintage %d: %v", n, err)
		}
	}
}
