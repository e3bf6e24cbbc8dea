package truce

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/opentruce/truce/geo"
)

// TestSame: two copies of an observation are the same edition of it, and whatever
// field of one is another, in however deep a part, they are not.
func TestSame(t *testing.T) {
	full := func() *Observation {
		o := &Observation{Place: Place{Wedge: &Wedge{}, Shape: geo.MultiPolygon{{{{}}}}}, Actors: []PartyID{""}, Evidence: []Digest{{}}, Origins: []Origin{""}, Casualties: &Casualties{}}
		for f := range reflect.ValueOf(o.Casualties).Elem().NumField() {
			reflect.ValueOf(o.Casualties).Elem().Field(f).Set(reflect.ValueOf(&Range{}))
		}
		return o
	}
	if !full().Same(full()) {
		t.Fatal("two copies are not the same")
	}
	fields := 0
	// change lets change one value after another be another, and undoes it.
	var change func(path string, v reflect.Value, o *Observation)
	change = func(path string, v reflect.Value, o *Observation) {
		check := func(path string) {
			fields++
			if x := full(); o.Same(x) || x.Same(o) {
				t.Errorf("%s may be another", path)
			}
		}
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				change(path+"."+v.Type().Field(i).Name, v.Field(i), o)
			}
			return
		case reflect.Array:
			for i := range v.Len() {
				change(fmt.Sprint(path, i), v.Index(i), o)
			}
			return
		case reflect.Pointer:
			change(path, v.Elem(), o)
			v.SetZero()
			check(path + " is not stated, which")
		case reflect.Slice:
			for i := range v.Len() {
				change(path, v.Index(i), o)
			}
			v.SetZero()
			check(path + " is empty, which")
		case reflect.String:
			v.SetString("other")
			check(path)
		case reflect.Bool:
			v.SetBool(true)
			check(path)
		case reflect.Uint8:
			v.SetUint(7)
			check(path)
		case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint16, reflect.Uint32:
			if v.CanInt() {
				v.SetInt(7)
			} else {
				v.SetUint(7)
			}
			check(path)
		default:
			t.Fatalf("%s is a %s: say how it is compared", path, v.Kind())
		}
		v.Set(old)
	}
	o := full()
	change("observation", reflect.ValueOf(o).Elem(), o)
	if !o.Same(full()) || fields < 50 {
		t.Errorf("%d values were changed and set back", fields)
	}
}
