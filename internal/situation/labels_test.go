package situation_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/source"
)

// TestLabels looks at pairs of Syrian reports that two readers labelled without seeing
// any score (testdata/labels/SOURCE.md): how many of those that both hold to be the same
// are joined, proposed, left open or parted, and how many of those that both hold to be
// different. The numbers are printed (go test -run Labels -v) and stand in doc/method.md. What is
// tested is what must not get worse, and what the specification rules out.
func TestLabels(t *testing.T) {
	const dir = "testdata/labels/"
	a := syria(t)
	a.Sources["ucdp-ged"] = truce.Source{ID: "ucdp-ged", Publisher: "Uppsala Conflict Data Program", Kind: truce.Catalogue, Apart: true}
	a.Sources["syrian-archive"] = truce.Source{ID: "syrian-archive", Publisher: "Syrian Archive", Kind: truce.Video}
	raw, err := os.ReadFile(dir + "video.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := source.ParseMapping(raw)
	if err != nil {
		t.Fatal(err)
	}
	items := read(t, "csv", dir+"videos.csv", source.Options{Mapping: m, Local: a.Location, Gazetteer: gazetteer.For(a)})
	items = append(items, read(t, "ucdp-ged", dir+"ucdp.csv", source.Options{Local: a.Location, Zones: a.ZoneOrder, Gazetteer: gazetteer.For(a)})...)
	s := situation.Build(a, items, truce.Never, opts())
	of := map[string]*truce.Incident{}
	for _, r := range items {
		of[r.Observation.Key] = s.IncidentOf(r.Observation.ID)
	}
	f, err := os.Open(dir + "pairs.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	answer := func(a, b *truce.Incident) string {
		if a.ID == b.ID {
			return "joined"
		}
		for _, two := range [][2]*truce.Incident{{a, b}, {b, a}} {
			if slices.ContainsFunc(s.Proposals(two[0]), func(p situation.Proposal) bool { return p.Other.ID == two[1].ID }) {
				return "proposed"
			}
		}
		if _, parted := s.Parted(a, b); parted {
			return "parted"
		}
		return "open"
	}
	count := map[string]map[string]int{}
	add := func(class, label, got string) {
		k := class + ", " + label
		if count[k] == nil {
			count[k] = map[string]int{}
		}
		count[k][got]++
	}
	agreed, far := 0, 0
	for _, r := range rows[1:] {
		one, other, kind, distance, figures, first, second := of[r[1]], of[r[2]], r[3], r[5], r[6], r[8], r[9]
		if one == nil || other == nil {
			t.Fatalf("pair %s: %s or %s is not there", r[0], r[1], r[2])
		}
		if first == second {
			agreed++
		}
		if first != second || first == "unsure" {
			continue
		}
		got := answer(one, other)
		for _, class := range []string{"all", kind, distance, "figures " + figures} {
			add(class, first, got)
		}
		if first == "different" && got == "joined" && distance != "0-100m" && distance != "100m-1km" {
			far++
		}
	}
	for _, k := range slices.Sorted(func(yield func(string) bool) {
		for k := range count {
			if !yield(k) {
				return
			}
		}
	}) {
		t.Log(k+":", fmt.Sprint(count[k]))
	}
	t.Logf("the readers agree on %d of %d pairs", agreed, len(rows)-1)
	if agreed < 300 || len(rows) != 335 {
		t.Errorf("the readers agree on %d of %d", agreed, len(rows)-1)
	}
	if far > 0 {
		t.Errorf("%d different pairs beyond 1 km are joined", far)
	}
	if n := count["all, same"]["parted"]; n > 0 {
		t.Errorf("%d same pairs are parted", n)
	}
}
