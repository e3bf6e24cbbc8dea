package geo

import (
	"crypto/sha256"
	"encoding/binary"
	"runtime"
	"slices"
	"sync"
	"weak"
)

// A sound shape has been flattened and checked, which takes a tenth of a second for
// the outline of a country. The same shapes come again and again: a reader checks
// them, somebody makes regions of them, and an agreement is read each time that it is
// shown. So a shape that is in use anywhere, or was a moment ago, is not checked a
// second time.
type sound struct {
	flat   flat
	once   sync.Once
	region *Region
}

var (
	sounds sync.Map // weak.Pointer[sound], by shapeKey

	latest struct {
		mu     sync.Mutex
		shapes []*sound // used last come last
		size   int      // of all of them, in vertices
	}
)

// mostLatest is how many vertices are kept of shapes that nobody uses, some 20 MB: a
// command that makes a mission reads the agreement three times, and lets it go between.
const mostLatest = 50_000

// keep makes s the latest.
func (s *sound) keep() {
	n := s.flat.size()
	if n > mostLatest {
		return
	}
	latest.mu.Lock()
	defer latest.mu.Unlock()
	if i := slices.Index(latest.shapes, s); i >= 0 {
		latest.shapes = slices.Delete(latest.shapes, i, i+1)
		latest.size -= n
	}
	latest.shapes = append(latest.shapes, s)
	for latest.size += n; latest.size > mostLatest; {
		latest.size -= latest.shapes[0].flat.size()
		latest.shapes = slices.Delete(latest.shapes, 0, 1)
	}
}

// size is how many vertices f has.
func (f *flat) size() int {
	n := 0
	for _, polygon := range f.rings {
		for _, ring := range polygon {
			n += len(ring)
		}
	}
	return n
}

// soundOf checks a shape.
func soundOf(m MultiPolygon) (*sound, error) {
	key := m.key()
	if known, ok := sounds.Load(key); ok {
		if s := known.(weak.Pointer[sound]).Value(); s != nil {
			s.keep()
			return s, nil
		}
	}
	f, err := flatten(m)
	if err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	s := &sound{flat: f}
	w := weak.Make(s)
	sounds.Store(key, w)
	runtime.AddCleanup(s, func(key shapeKey) { sounds.CompareAndDelete(key, w) }, key)
	s.keep()
	return s, nil
}

// asRegion is the region of a shape; whoever has it keeps the shape known.
func (s *sound) asRegion() *Region {
	s.once.Do(func() {
		s.region = newRegion(s.flat)
		s.region.from = s
	})
	return s.region
}

type shapeKey [sha256.Size]byte

// key tells shapes apart by their rings without repeated points, which is all that
// flatten keeps of them.
func (m MultiPolygon) key() shapeKey {
	var b []byte
	number := func(n int) { b = binary.AppendUvarint(b, uint64(n)) }
	number(len(m))
	for _, polygon := range m {
		number(len(polygon))
		for _, ring := range polygon {
			kept := ring.tidy()
			number(len(kept))
			for _, p := range kept {
				b = binary.LittleEndian.AppendUint32(b, uint32(p.Lat))
				b = binary.LittleEndian.AppendUint32(b, uint32(p.Lon))
			}
		}
	}
	return sha256.Sum256(b)
}

// tidy is a ring without repeated points, the last of which leads to the first.
func (r Ring) tidy() Ring {
	kept := Ring(distinct(r))
	for len(kept) > 1 && kept[0] == kept[len(kept)-1] {
		kept = kept[:len(kept)-1]
	}
	return kept
}

// clone is m with points of its own.
func (m MultiPolygon) clone() MultiPolygon {
	out := make(MultiPolygon, len(m))
	for i, polygon := range m {
		for _, ring := range polygon {
			out[i] = append(out[i], append(Ring(nil), ring...))
		}
	}
	return out
}
