package correlate

import (
	"fmt"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// village are n reports of one day from one village: all of one point, or scattered over 10
// km by 10 km, of several acts, weapons and numbers of killed, by three collectors of posts.
func village(n int, scattered bool) []*truce.Observation {
	const day = truce.Instant(1772323200000)
	d := uint64(7)
	below := func(n int) int { // the same numbers on every machine
		d = d*6364136223846793005 + 1442695040888963407
		return int(d >> 33 % uint64(n))
	}
	out := make([]*truce.Observation, n)
	for i := range out {
		o := &truce.Observation{Source: truce.SourceID([]string{"press", "post", "video"}[i%3]), Key: fmt.Sprint(i), Count: truce.Count{N: 1}, Act: "strike",
			Occurred: truce.Interval{Start: day, End: day + 24*60*minute}, Place: truce.Place{Kind: truce.PlacePoint, Point: geo.Point{Lat: 480_000_000, Lon: 378_000_000}, Uncertainty: 1000}}
		if scattered {
			o.Place.Point.Lat += int32(below(900_000) - 450_000)
			o.Place.Point.Lon += int32(below(1_340_000) - 670_000)
			o.Act = []truce.Act{"strike", "fire", "explosion"}[below(3)]
			o.Weapon = []truce.Class{"", "artillery", "aircraft", "missile"}[below(4)]
			o.Place.Uncertainty = []int32{100, 500, 1000, 2000}[below(4)]
			if k := int32(below(12)); k < 6 {
				o.Casualties = &truce.Casualties{Killed: &truce.Range{Low: k, Best: k, High: k}}
			}
		}
		o.SetID()
		out[i] = o
	}
	return out
}

// BenchmarkVillage is a day of one village as a whole, and one report more beside it.
func BenchmarkVillage(b *testing.B) {
	for _, place := range []string{"point", "scattered"} {
		for _, n := range []int{2000, 8000, 32_000} {
			obs := village(n+1, place == "scattered")
			b.Run(fmt.Sprintf("%s/whole/%d", place, n), func(b *testing.B) {
				for b.Loop() {
					Correlate(Input{Observations: obs[:n], Source: source})
				}
			})
			x, _ := NewIndex(Input{Observations: obs[:n], Source: source})
			one := obs[n:]
			b.Run(fmt.Sprintf("%s/arrival/%d", place, n), func(b *testing.B) {
				for b.Loop() {
					x.Update(one, nil, nil)
					b.StopTimer()
					x.Update(nil, one, nil)
					b.StartTimer()
				}
			})
			b.Run(fmt.Sprintf("%s/withdrawal/%d", place, n), func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					x.Update(one, nil, nil)
					b.StartTimer()
					x.Update(nil, one, nil)
				}
			})
		}
		b.Run(place+"/one by one/8000", func(b *testing.B) {
			obs := village(8000, place == "scattered")
			for b.Loop() {
				x, _ := NewIndex(Input{Source: source})
				for i := range obs {
					x.Update(obs[i:i+1], nil, nil)
				}
			}
		})
	}
}

// BenchmarkCatalogues is a day of one village in two catalogues that keep their events apart: as a
// whole, and one event more beside it.
func BenchmarkCatalogues(b *testing.B) {
	for _, n := range []int{500, 2000, 8000} {
		obs := village(n+1, true)
		for i, o := range obs {
			o.Source = truce.SourceID([]string{"apart", "other"}[i%2])
			o.SetID()
		}
		b.Run(fmt.Sprintf("whole/%d", n), func(b *testing.B) {
			for b.Loop() {
				Correlate(Input{Observations: obs[:n], Source: source})
			}
		})
		x, _ := NewIndex(Input{Observations: obs[:n], Source: source})
		b.Run(fmt.Sprintf("arrival/%d", n), func(b *testing.B) {
			for b.Loop() {
				x.Update(obs[n:], nil, nil)
				b.StopTimer()
				x.Update(nil, obs[n:], nil)
				b.StartTimer()
			}
		})
	}
}

// BenchmarkWide is a town's year of 40 reports a day, with and without one report of the
// whole year: it costs no more than itself.
func BenchmarkWide(b *testing.B) {
	const day = truce.Instant(24 * 60 * minute)
	obs := village(14_600, true)
	for i, o := range obs {
		o.Occurred.Start += day * truce.Instant(i/40)
		o.Occurred.End = o.Occurred.Start + day
		o.SetID()
	}
	year := *obs[0]
	year.Key, year.Occurred = "year", truce.Interval{Start: obs[0].Occurred.Start, End: obs[0].Occurred.Start + 365*day}
	year.SetID()
	for name, list := range map[string][]*truce.Observation{"days": obs, "days and a year": append([]*truce.Observation{&year}, obs...)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Correlate(Input{Observations: list, Source: source})
			}
		})
	}
}
