package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce"
)

// TestPartsOfTheKilled: how many of the killed were civilians and combatants is in the last columns
// of every list of incidents and findings, in numbers that are known or empty.
func TestPartsOfTheKilled(t *testing.T) {
	harm := func(low, best, high int32) *truce.Range { return &truce.Range{Low: low, Best: best, High: high} }
	open := truce.OrMore(2)
	rows := []*truce.Row{
		{ID: truce.DigestOf("a"), What: "strike", Casualties: &truce.Casualties{Killed: harm(5, 5, 5), Civilians: harm(1, 3, 4), Military: &open}},
		{ID: truce.DigestOf("b"), What: "fire", Casualties: &truce.Casualties{Military: harm(0, 0, 0)}},
		{ID: truce.DigestOf("c"), What: "fire"},
	}
	want := []string{"civilians_low", "civilians_best", "civilians_high", "military_low", "military_best", "military_high"}
	values := [][]string{{"1", "3", "4", "2", "", ""}, {"", "", "", "0", "0", "0"}, {"", "", "", "", "", ""}}
	incidents := &Table{Name: "incidents", Columns: IncidentColumns(), Rows: Incidents(truce.InForce, nil, slices.Values(rows))}
	findings := &Table{Name: "findings", Columns: FindingColumns(), Rows: func(yield func(Line, error) bool) {
		for _, r := range rows {
			if !yield(FindingLine(truce.InForce, nil, &Found{Finding: &truce.Finding{Row: *r}}), nil) {
				return
			}
		}
	}}
	for _, x := range []*Table{incidents, findings} {
		lines, err := csv.NewReader(bytes.NewReader(written(t, x, "csv"))).ReadAll()
		if err != nil || len(lines) != len(rows)+1 {
			t.Fatalf("%s: %d lines, %v", x.Name, len(lines), err)
		}
		for i, v := range append([][]string{want}, values...) {
			if got := lines[i][len(lines[i])-6:]; !slices.Equal(got, v) {
				t.Errorf("%s, line %d: %q, want %q", x.Name, i, got, v)
			}
		}
	}
	if tags := strings.Split(strings.Split(string(written(t, incidents, "hxl")), "\n")[1], ","); !slices.Contains(tags, "#affected+killed+civilians") || !slices.Contains(tags, "#affected+killed+military+max\r") && tags[len(tags)-1] != "#affected+killed+military+max" {
		t.Errorf("tags %q", tags)
	}
	var list []map[string]any
	if err := json.Unmarshal(written(t, incidents, "json"), &list); err != nil || list[0]["civilians_best"] != 3.0 || list[0]["military_low"] != 2.0 || list[0]["military_high"] != nil || list[1]["military_best"] != 0.0 || list[2]["civilians_low"] != nil {
		t.Errorf("JSON: %v %v", list, err)
	}
	if text := string(written(t, incidents, "geojson")); !strings.Contains(text, `"civilians_high":4`) && !strings.Contains(text, `"civilians_high": 4`) {
		t.Errorf("GeoJSON: %s", text)
	}
	if text := string(written(t, incidents, "kml")); !strings.Contains(text, "civilians killed 3 (1 to 4)") || !strings.Contains(text, "combatants killed 2 or more") {
		t.Errorf("KML: %s", text)
	}
	for _, format := range []string{"gpkg", "parquet"} { // their schemas have the columns' names as text
		if b := written(t, incidents, format); !bytes.Contains(b, []byte("military_best")) {
			t.Errorf("%s has no column of combatants", format)
		}
	}
}
