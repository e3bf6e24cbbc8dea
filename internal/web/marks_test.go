package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/paulmach/orb/encoding/mvt"
)

// TestMarks: the tiles of a zoom have each incident with a position once, a decided
// violation is told among others, and the squares of marks lead to what they stand for.
func TestMarks(t *testing.T) {
	h := theHouse(t)
	path := h.observe(t, url.Values{"lat": {"48.1234567"}, "lon": {"35.7654321"}, "from": {"2025-08-20T09:05"}})
	for range 3 { // others at the same place, of other times
		h.observe(t, url.Values{"lat": {"48.1234567"}, "lon": {"35.7654321"}, "from": {fmt.Sprintf("2025-08-1%dT09:05", 7)}})
	}
	if code, body, _ := h.post(t, ledger.Verification, path+"/decide", url.Values{"kind": {"confirm"}, "article": {"1"}, "because": {"fragments"}, "although": {"one source"}}); code != 303 {
		t.Fatalf("decide: %d %s", code, said(body))
	}
	state, _ := h.room.State()
	all := truce.Box{West: -1_800_000_000, South: -900_000_000, East: 1_800_000_000, North: 900_000_000}
	_, total, err := state.Reader(truce.ForMission).Incidents(t.Context(), truce.Query{Box: &all})
	if err != nil || total < 2 {
		t.Fatal(total, err)
	}
	_, violations, err := state.Reader(truce.ForMission).Incidents(t.Context(), truce.Query{Box: &all, Outcome: truce.Violation})
	if err != nil || violations == 0 {
		t.Fatal(violations, err)
	}
	num := func(v any) int64 {
		n, _ := v.(float64)
		return int64(n)
	}
	for _, z := range []int{0, 2, 4} {
		sum, decided := int64(0), int64(0)
		for x := range 1 << z {
			for y := range 1 << z {
				req, _ := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/tiles/incidents/%d/%d/%d", h.http.URL, z, x, y), nil)
				req.Header.Set("Accept-Encoding", "gzip")
				resp, err := h.client[ledger.Verification].Do(req)
				if err != nil {
					t.Fatal(err)
				}
				var data bytes.Buffer
				_, _ = data.ReadFrom(resp.Body)
				resp.Body.Close()
				layers, err := mvt.UnmarshalGzipped(data.Bytes())
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range layers {
					for _, f := range l.Features {
						p := f.Properties
						sum += num(p["n"])
						decided += num(p["decided"])
						if num(p["decided"]) > 0 && (p["class"] != "decided" || num(p["rank"]) != int64(rank(truce.Violation))) {
							t.Errorf("zoom %d: a mark with a decided violation is drawn as %v", z, p)
						}
						deg := func(k string) string { return fmt.Sprintf("%.7f", float64(num(p[k]))/1e7) }
						box := strings.Join([]string{deg("w"), deg("s"), deg("e"), deg("north")}, ",")
						if z == 4 && num(p["n"]) == 1 {
							if _, cards, _ := h.get(t, ledger.Verification, "/map/cards?bbox="+url.QueryEscape(box)); !strings.Contains(cards, fmt.Sprint(p["id"])) {
								t.Errorf("the square %s of %v leads to %s", box, p, cards)
							}
						}
					}
				}
			}
		}
		if sum != int64(total) {
			t.Errorf("zoom %d: marks stand for %d incidents, want %d", z, sum, total)
		}
		if decided != int64(violations) {
			t.Errorf("zoom %d: %d decided violations, want %d", z, decided, violations)
		}
	}
	// Several boxes are one part of the map; what is in two of them is counted once.
	box := "35.7654321,48.1234567,35.7654321,48.1234567"
	count := func(bbox string) string {
		_, cards, _ := h.get(t, ledger.Verification, "/map/cards?bbox="+url.QueryEscape(bbox))
		m := regexp.MustCompile(`<h2>(\d+) listed`).FindStringSubmatch(cards)
		if m == nil {
			t.Fatalf("%s: %s", bbox, cards)
		}
		_, list, _ := h.get(t, ledger.Verification, "/incidents?bbox="+url.QueryEscape(bbox))
		if n := strings.Count(list, `data-id="`); fmt.Sprint(n) != m[1] {
			t.Errorf("%s: cards say %s, and the list has %d", bbox, m[1], n)
		}
		return m[1]
	}
	one := count(box)
	if one == "0" {
		t.Error("nothing is at a position that was stated")
	}
	if two := count(box + ";" + box + ";0,0,1,1"); two != one {
		t.Errorf("the same box twice has %s, want %s", two, one)
	}
	for _, bad := range []string{"", "1,2,3", strings.Repeat("0,0,1,1;", mostBoxes) + "0,0,1,1", "0,0,1,1;x"} {
		if code, _, _ := h.get(t, ledger.Verification, "/map/cards?bbox="+url.QueryEscape(bad)); code != 422 {
			t.Errorf("bbox %.20q: %d", bad, code)
		}
	}
}
