package intake

import (
	"reflect"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
)

// TestReadingsNeverWrite: what reads for an audience, or up to an entry, has no way to
// write: it is not a Mission, and gives none.
func TestReadingsNeverWrite(t *testing.T) {
	writes := []reflect.Type{reflect.TypeFor[*mission.Mission](), reflect.TypeFor[*Writer]()}
	r := reflect.TypeFor[*mission.Reading]()
	for i := range r.NumMethod() {
		for o := range r.Method(i).Type.Outs() {
			for _, w := range writes {
				if o == w {
					t.Errorf("Reading.%s gives a %s", r.Method(i).Name, o)
				}
			}
		}
	}
	for _, name := range []string{"Say", "Speak", "State", "Decide", "IngestFile", "TakeAt", "ReleaseDue", "PublishFile"} {
		if _, ok := r.MethodByName(name); ok {
			t.Errorf("Reading has the method %s", name)
		}
		if _, ok := writes[1].MethodByName(name); !ok {
			t.Errorf("Writer has not the method %s", name)
		}
	}
}

// TestReadingsApart: a reading that is made from another leaves it as it was, and has
// what its own audience has.
func TestReadingsApart(t *testing.T) {
	w := field(t)
	key, whose := signer(t, w, "intake")
	const posted = "explosion 2025-08-20T10:05/10:06Z from 48.01N 37.80E bearing 350-010 distance 2-5km means=heard count=3"
	_, at, err := w.State(key, whose, "observe", "", "", "log of patrol 3", posted)
	if err != nil {
		t.Fatal(err)
	}
	public := w.As(release.Reader{Audience: truce.ForPublic})
	for _, x := range []struct {
		name     string
		of       *mission.Reading
		size     int64
		has, not int
	}{
		{"the mission", w.Reading(), at + 1, 1, 0},
		{"the public", public, at + 1, 0, 1},
		{"the public, before", public.At(at), at, 0, 0},
		{"the mission, made from the public's", public.As(release.Reader{}), at + 1, 1, 0},
		{"the mission, before", w.At(at), at, 0, 0},
		{"the mission again", w.Reading(), at + 1, 1, 0},
		{"the public again", public, at + 1, 0, 1},
	} {
		v, err := x.of.Read()
		if err != nil {
			t.Fatal(err)
		}
		if v.Size() != x.size || len(v.Records) != x.has || len(v.Withheld) != x.not {
			t.Errorf("%s: %d entries, %d records and %d withheld; want %d, %d, %d", x.name, v.Size(), len(v.Records), len(v.Withheld), x.size, x.has, x.not)
		}
	}
}
