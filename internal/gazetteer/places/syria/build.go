//go:build ignore

// Build makes places.txt.gz from the publishers' files; see SOURCE.md.
//
//	go run build.go <geoBoundaries ADM1> <settlements: name,lat,lon> [<outline>]
//
// With a third argument it also writes the union of the governorates there, as GeoJSON: the zone
// of an agreement that must contain all of them.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/opentruce/truce/geo"
)

// names are ours, and those under which UCDP, UN documents and channels know a governorate.
var names = map[string][]string{
	"SYR-DI": {"Damascus", "Damascus Governorate", "Dimashq"},
	"SYR-HL": {"Aleppo", "Aleppo Governorate", "Halab"},
	"SYR-RD": {"Rif Dimashq", "Rif Dimashq Governorate", "Rural Damascus", "Damascus countryside"},
	"SYR-HI": {"Homs", "Homs Governorate"},
	"SYR-HM": {"Hama", "Hamah Governorate", "Hama Governorate", "Hamah"},
	"SYR-LA": {"Latakia", "Latakia Governorate", "Lattakia"},
	"SYR-ID": {"Idlib", "Idlib Governorate", "Idleb"},
	"SYR-HA": {"Hasakah", "Al Hasakah Governorate", "Al Hasakah", "Al-Hasakeh"},
	"SYR-DY": {"Deir ez-Zor", "Deir ez Zor Governorate", "Deir-ez-Zor"},
	"SYR-TA": {"Tartus", "Tartus Governorate", "Tartous"},
	"SYR-RA": {"Raqqa", "Ar Raqqah Governorate", "Ar Raqqah", "Ar-Raqqa"},
	"SYR-DR": {"Daraa", "Daraa Governorate", "Dar'a", "Deraa"},
	"SYR-SU": {"As-Suwayda", "As Suwayda Governorate", "As-Sweida", "Sweida"},
	"SYR-QU": {"Quneitra", "Quneitra Governorate"},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("want two files: geoBoundaries ADM1, settlements")
	}
	text, err := os.ReadFile(os.Args[1])
	check(err)
	features, err := geo.ReadGeoJSON(text)
	check(err)
	var out bytes.Buffer
	var all []geo.MultiPolygon
	for _, f := range features {
		iso := f.Properties["shapeISO"].(string)
		alias := append([]string{f.Properties["shapeName"].(string)}, names[iso]...)
		if names[iso] == nil {
			log.Fatalf("%s has no names", iso)
		}
		region(&out, names[iso][0], iso, alias, f.Polygons)
		all = append(all, f.Polygons)
	}
	whole, err := geo.Union(all...)
	check(err)
	region(&out, "Syria", "SY", []string{"Syria", "Syrian Arab Republic", "SYR"}, whole)

	list, err := os.Open(os.Args[2])
	check(err)
	rows, err := csv.NewReader(list).ReadAll()
	check(err)
	for _, r := range rows[1:] {
		lat, err := strconv.ParseFloat(r[1], 64)
		check(err)
		lon, err := strconv.ParseFloat(r[2], 64)
		check(err)
		fmt.Fprintf(&out, "S\t%s\t0\t%.0f\t%.0f\n", r[0], lat*1e7, lon*1e7)
	}

	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	w.Write(out.Bytes())
	check(w.Close())
	check(os.WriteFile("places.txt.gz", z.Bytes(), 0o644))
	fmt.Println(out.Len(), "bytes,", z.Len(), "compressed")
	if len(os.Args) > 3 {
		check(os.WriteFile(os.Args[3], outline(whole), 0o644))
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func region(out *bytes.Buffer, name, iso string, alias []string, shape geo.MultiPolygon) {
	slices.Sort(alias)
	fmt.Fprintf(out, "R\t%s\t%s\t%s\n", name, iso, strings.Join(slices.Compact(alias), "|"))
	for _, p := range shape {
		for i, ring := range p {
			fmt.Fprintf(out, "%c", "OH"[min(i, 1)])
			last := geo.Point{}
			for _, q := range ring {
				fmt.Fprintf(out, "\t%d\t%d", q.Lat-last.Lat, q.Lon-last.Lon)
				last = q
			}
			out.WriteByte('\n')
		}
	}
}

// outline is the shape as GeoJSON, its largest ring alone: the rest are slivers where borders were
// simplified on one side only.
func outline(shape geo.MultiPolygon) []byte {
	var ring geo.Ring
	for _, p := range shape {
		if len(p[0]) > len(ring) {
			ring = p[0]
		}
	}
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"syria"},"geometry":{"type":"Polygon","coordinates":[[`)
	for _, q := range append(slices.Clip(ring), ring[0]) {
		if b.Bytes()[b.Len()-1] == ']' {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "[%.7f,%.7f]", float64(q.Lon)/1e7, float64(q.Lat)/1e7)
	}
	b.WriteString("]]}}]}\n")
	return b.Bytes()
}
