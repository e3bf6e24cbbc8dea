package geo

import (
	"reflect"
	"runtime"
	"testing"
	"weak"
)

// TestSoundShapes: a shape that is in use is not made into a region again, whoever
// changes what they gave or were given changes nobody else's, and what nobody uses is
// let go.
func TestSoundShapes(t *testing.T) {
	square := func() MultiPolygon {
		return MultiPolygon{{{rounded(50, 30), rounded(50, 31), rounded(51, 31), rounded(51, 30)}}}
	}
	given := square()
	one := region(t, given)
	closed := square()
	closed[0][0] = append(closed[0][0], closed[0][0][3], closed[0][0][0])
	if region(t, closed) != one {
		t.Error("a shape that is in use is made into a region again")
	}
	if other := region(t, MultiPolygon{{{rounded(50, 30), rounded(50, 31), rounded(51, 31), rounded(51, 30.5)}}}); other == one {
		t.Error("another shape is taken for the same")
	}
	two := append(square(), MultiPolygon{{{rounded(52, 30), rounded(52, 31), rounded(53, 31)}}}...)
	hole := MultiPolygon{{square()[0][0], {rounded(50.2, 30.2), rounded(50.4, 30.2), rounded(50.3, 30.4)}}}
	for _, m := range []MultiPolygon{two, hole, {square()[0], hole[0][1:]}} {
		if m.key() == given.key() {
			t.Errorf("%v has the key of %v", m, given)
		}
	}
	if two.key() == hole.key() || (MultiPolygon{{two[0][0], two[1][0]}}).key() == two.key() {
		t.Error("a hole is taken for a polygon")
	}

	given[0][0][0] = rounded(10, 10)
	text := []byte(`{"type":"Polygon","coordinates":[[[30,50],[31,50],[31,51],[30,51],[30,50]]]}`)
	for range 2 {
		list, err := ReadGeoJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(list[0].Polygons, square()) {
			t.Fatalf("read %v, want %v", list[0].Polygons, square())
		}
		list[0].Polygons[0][0][0] = rounded(20, 20)
	}
	if !reflect.DeepEqual(region(t, square()).Shape(), square()) {
		t.Errorf("the region is of %v", one.Shape())
	}

	known, ok := sounds.Load(square().key())
	if !ok || known.(weak.Pointer[sound]).Value() == nil {
		t.Error("what is in use is not known")
	}
	runtime.KeepAlive(one)
	one = nil
	for range 3 {
		runtime.GC()
	}
	if known.(weak.Pointer[sound]).Value() == nil {
		t.Error("what was used a moment ago is not known")
	}
	for i := range int64(mostLatest / 5000) { // others of as many vertices as are kept
		region(t, MultiPolygon{{star(i+1, 5000, 48, 37, 1)}})
	}
	for range 3 {
		runtime.GC()
	}
	if known.(weak.Pointer[sound]).Value() != nil {
		t.Error("what nobody uses is kept")
	}
}
