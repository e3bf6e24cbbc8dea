package truce

import (
	"testing"

	"github.com/opentruce/truce/geo"
	"pgregory.net/rapid"
)

// TestTiles: a position is in a tile if it is in the tile's box, at every zoom, and so
// in one tile of a zoom; the poles and the 180th meridian too.
func TestTiles(t *testing.T) {
	edge := []geo.Point{{}, {Lat: 900_000_000, Lon: 1_800_000_000}, {Lat: -900_000_000, Lon: -1_800_000_000}, {Lat: 850_511_287}, {Lat: 850_511_288}, {Lat: -850_511_288, Lon: 1_799_999_999}}
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{Lat: rapid.Int32Range(-900_000_000, 900_000_000).Draw(t, "lat"), Lon: rapid.Int32Range(-1_800_000_000, 1_800_000_000).Draw(t, "lon")}
		if rapid.Bool().Draw(t, "edge") {
			p = rapid.SampledFrom(edge).Draw(t, "of")
		}
		z := rapid.Uint8Range(0, 19).Draw(t, "zoom")
		tile := TileOf(p, z)
		if !tile.Box().Holds(p) {
			t.Fatalf("%s is in %v, and not in its box %v", p, tile, tile.Box())
		}
		// What is beside it begins where it ends.
		b := tile.Box()
		if n := uint32(1) << z; tile.X+1 < n {
			if east := (Tile{z, tile.X + 1, tile.Y}).Box(); east.West != b.East+1 {
				t.Errorf("%v ends at %d, and the next begins at %d", tile, b.East, east.West)
			}
		} else if b.East != 1_800_000_000 {
			t.Errorf("%v ends at %d", tile, b.East)
		}
		if n := uint32(1) << z; tile.Y+1 < n {
			if south := (Tile{z, tile.X, tile.Y + 1}).Box(); south.North != b.South-1 {
				t.Errorf("%v ends at %d, and the next begins at %d", tile, b.South, south.North)
			}
		} else if b.South != -900_000_000 {
			t.Errorf("%v ends at %d", tile, b.South)
		}
		if z > 0 {
			if up := TileOf(p, z-1); up.X != tile.X/2 || up.Y != tile.Y/2 {
				t.Errorf("%v is not in %v", tile, up)
			}
		}
	})
}
