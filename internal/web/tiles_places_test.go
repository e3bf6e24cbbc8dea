package web

import (
	"os"
	"testing"

	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// TestBaseMapOfPlaces: the map has the regions and settlements of the agreement's packages,
// and no former name of a place where the package has the current one.
func TestBaseMapOfPlaces(t *testing.T) {
	world, err := theWorld()
	if err != nil {
		t.Fatal(err)
	}
	p, faults := gazetteer.LoadDir("ukraine", os.DirFS("../../agreements/ukraine-air-first/places/ukraine"))
	if faults != nil {
		t.Fatal(faults)
	}
	g, err := gazetteer.New([]*gazetteer.Package{p})
	if err != nil {
		t.Fatal(err)
	}
	named := func(list []*geojson.Feature, name string) (n int) {
		for _, f := range list {
			if f.Properties["name"] == name {
				n++
			}
		}
		return n
	}
	none, some := world.with(&gazetteer.Gazetteer{}), world.with(g)
	if len(none.regions) != 0 || len(none.towns) != len(world.towns) || len(none.land) == 0 {
		t.Errorf("without a package: %d regions, %d towns", len(none.regions), len(none.towns))
	}
	if len(some.regions) != 27 || named(some.regions, "Ukraine") != 0 || named(some.regions, "Odesa Oblast") != 1 {
		t.Errorf("%d regions", len(some.regions))
	}
	for name, want := range map[string]int{"Odesa": 1, "Odessa": 0, "Kiev": 0, "Ruttschenkowo": 0, "Rutchenkove": 1, "Damascus": 1} {
		if got := named(some.towns, name); got != want {
			t.Errorf("%s is on the map %d times, want %d", name, got, want)
		}
	}
	for _, f := range some.towns {
		if f.Properties["name"] == "Odesa" && (f.Properties["rank"] != 3 || f.Geometry.(orb.Point).Lat() < 46) { // a million people: the largest of a package
			t.Errorf("%+v", f)
		}
	}
	var m baseMaps
	first, err := m.get(g)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := m.get(g); again != first {
		t.Error("made twice for one agreement")
	}
	if other, _ := m.get(&gazetteer.Gazetteer{}); other == first {
		t.Error("an amended text has the former map")
	}
}
