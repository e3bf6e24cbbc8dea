package intake

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// TestShapeBeside: what a file beside the record may be that an entry names as the shape
// of its place. The mission that wrote it may be anybody's.
func TestShapeBeside(t *testing.T) {
	m := field(t)
	ring := func(n int, at func(i int) (lat, lon float64)) string {
		var b strings.Builder
		for i := range n {
			lat, lon := at(i)
			p, err := geo.PointOf(lat, lon)
			if err != nil {
				t.Fatal(err)
			}
			text, err := ledger.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(text)
		}
		return "[[[" + b.String() + "]]]"
	}
	circle := func(n int) string {
		return ring(n, func(i int) (float64, float64) {
			a := float64(i) / float64(n) * 2 * math.Pi
			return 48 + math.Sin(a), 37 + math.Cos(a)
		})
	}
	// Every edge of a star whose corners are joined far apart crosses most others.
	star := ring(5001, func(i int) (float64, float64) {
		a := float64(i*2500%5001) / 5001 * 2 * math.Pi
		return 48 + math.Sin(a), 37 + math.Cos(a)
	})
	triangle := circle(3)
	for _, tt := range []struct{ name, file, want string }{
		{"a shape", triangle, ""},
		{"a large shape", circle(4_000), ""},
		{"as many corners as may be", circle(20_000), ""},
		{"one corner more", circle(20_001), "place: its shape has 20001 corners, and a shape has 20000 at most"},
		{"a large shape that crosses itself", star, "place: its shape cannot be used"},
		{"nothing", "", "cannot be used: EOF"},
		{"no JSON", "shape", "cannot be used"},
		{"null", "null", "not written as this program writes it"},
		{"no polygon", "[]", "it has no polygon"},
		{"no ring", "[[]]", "a polygon without a ring"},
		{"two points", circle(2), "a ring of 2 points"},
		{"twice", triangle + triangle, "more than one value"},
		{"with a blank", " " + triangle, "not written as this program writes it"},
		{"with another member", strings.Replace(triangle, `{`, `{"alt":1,`, 1), "cannot be used"},
		{"beyond the pole", strings.Replace(triangle, `"lat":48`, `"lat":98`, 1), "cannot be used"},
		{"too long", strings.Repeat("[", 16<<20+1), "files: the file"},
	} {
		sum, _, err := m.Evidence.Put(strings.NewReader(tt.file))
		if err != nil {
			t.Fatal(err)
		}
		r := truce.Item{Observation: &truce.Observation{Place: truce.Place{Kind: truce.PlaceShape, File: sum}}}
		got := ""
		if bad := m.FillShape(&r); bad != nil {
			got = bad.Rule + ": " + bad.Why
			if !bad.Skipped {
				t.Errorf("%s: readers would use the entry", tt.name)
			}
		} else if text, err := ledger.Marshal(r.Observation.Place.Shape); err != nil || string(text) != tt.file || !r.Observation.Place.File.IsZero() {
			t.Errorf("%s: the place is %v (%v)", tt.name, r.Observation.Place, err)
		}
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	lost := truce.Item{Observation: &truce.Observation{Place: truce.Place{Kind: truce.PlaceShape, File: truce.Digest{1}}}}
	if bad := m.FillShape(&lost); bad == nil || bad.Rule != ledger.RuleFiles || !strings.Contains(bad.Why, "is not there") {
		t.Errorf("a file that is not there: %v", bad)
	}
	// In an entry, a shape of any form has always been taken; one from a sealed field that
	// no entry holds is looked at like a file.
	var crossing geo.MultiPolygon
	if err := mission.Strict([]byte(star), &crossing); err != nil {
		t.Fatal(err)
	}
	sealed := truce.Item{Observation: &truce.Observation{Place: truce.Place{Kind: truce.PlaceShape, Shape: crossing}}}
	if bad := m.FillShape(&sealed); bad == nil || bad.Rule != ledger.RulePlace {
		t.Errorf("a sealed shape that crosses itself: %v", bad)
	}
}

// TestOpeningsBeside: the file of a disclosure has a list of openings, or nothing of it is
// used.
func TestOpeningsBeside(t *testing.T) {
	m := field(t)
	for i, tt := range []struct{ file, want string }{
		{`[["c2FsdA","act","strike"]]`, ""},
		{`[["c2FsdA","act"]]`, "form: "},
		{`{"openings":[]}`, "opening: "},
		{`["c2FsdA"]`, "form: "},
		{``, "opening: "},
	} {
		sum, _, err := m.Evidence.Put(strings.NewReader(tt.file))
		if err != nil {
			t.Fatal(err)
		}
		list, bad := m.Disclosed(&ledger.Disclosure{File: sum})
		got := ""
		if bad != nil {
			got = fmt.Sprintf("%s: %s", bad.Rule, bad.Why)
		}
		if tt.want == "" && (got != "" || len(list) != 1) || !strings.HasPrefix(got, tt.want) || tt.want != "" && len(list) > 0 {
			t.Errorf("%d: %q and %d openings, want %q", i, got, len(list), tt.want)
		}
	}
	if _, bad := m.Disclosed(&ledger.Disclosure{File: truce.Digest{1}}); bad == nil || bad.Rule != ledger.RuleFiles {
		t.Errorf("a file that is not there: %v", bad)
	}
	if _, bad := m.Ciphertext(&ledger.Release{File: truce.Digest{1}}); bad == nil || bad.Rule != ledger.RuleFiles {
		t.Errorf("a release whose file is not there: %v", bad)
	}
	if got, bad := m.Ciphertext(&ledger.Release{Sealed: []byte("x")}); bad != nil || !bytes.Equal(got, []byte("x")) {
		t.Errorf("a release in its entry: %q, %v", got, bad)
	}
}
