//go:build ignore

// Build makes places.txt.gz from the publishers' files; see SOURCE.md.
//
//	go run build.go <geoBoundaries ADM1> <OSM regions> <GeoNames settlements>
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"github.com/opentruce/truce/geo"
)

// canonical are the names we use where the boundary file has an older one.
var canonical = map[string]string{
	"Odessa Oblast":     "Odesa Oblast",
	"Zaporizhia Oblast": "Zaporizhzhia Oblast",
	"Kyiv":              "Kyiv City",
}

// isoUK joins the two files: ISO 3166-2 code to the OSM file's name:uk.
var isoUK = map[string]string{
	"UA-05": "Вінницька область", "UA-07": "Волинська область", "UA-09": "Луганська область", "UA-12": "Дніпропетровська область",
	"UA-14": "Донецька область", "UA-18": "Житомирська область", "UA-21": "Закарпатська область", "UA-23": "Запорізька область",
	"UA-26": "Івано-Франківська область", "UA-32": "Київська область", "UA-35": "Кіровоградська область", "UA-46": "Львівська область",
	"UA-48": "Миколаївська область", "UA-51": "Одеська область", "UA-53": "Полтавська область", "UA-56": "Рівненська область",
	"UA-59": "Сумська область", "UA-61": "Тернопільська область", "UA-63": "Харківська область", "UA-65": "Херсонська область",
	"UA-68": "Хмельницька область", "UA-71": "Черкаська область", "UA-74": "Чернігівська область", "UA-77": "Чернівецька область",
	"UA-43": "Автономна Республіка Крим",
}

// more are names that neither file has.
var more = map[string][]string{
	"UA-30": {"Kyiv", "Kyiv City", "Kiev", "Kiev City", "Київ", "м. Київ", "місто Київ", "Киев", "г. Киев", "Kijów", "Kiew"},
	"UA-40": {"Sevastopol", "Sevastopol City", "Севастополь", "м. Севастополь", "г. Севастополь"},
	"UA-43": {"Crimea", "AR Crimea", "Republic of Crimea", "Крим", "Крым", "АР Крим", "Республика Крым"},
	"UA-23": {"Zaporizhzhia Oblast", "Zaporizhzhya Oblast", "Zaporozhye Oblast"},
	"UA-51": {"Odesa Oblast"},
	"UA-48": {"Mykolayiv Oblast", "Nikolaev Oblast"},
	"UA-32": {"Kiev Oblast", "Kyiv Oblast"},
	"UA-05": {"Vinnytsya Oblast"},
	"UA-46": {"Lvov Oblast"},
	"UA-63": {"Kharkov Oblast"},
	"UA-09": {"Lugansk Oblast"},
	"UA-68": {"Khmelnytsky Oblast"},
	"UA-21": {"Transcarpathia"},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("want three files: geoBoundaries ADM1, OSM regions, GeoNames settlements")
	}
	var out bytes.Buffer
	var all []geo.MultiPolygon
	names := osmNames(os.Args[2])
	for _, f := range features(os.Args[1]) {
		name, iso := f.Properties["shapeName"].(string), f.Properties["shapeISO"].(string)
		alias := append([]string{name}, more[iso]...)
		if uk := isoUK[iso]; uk != "" {
			if names[uk] == nil {
				log.Fatalf("%s: no names for %q", iso, uk)
			}
			alias = append(alias, names[uk]...)
			alias = append(alias, roman(uk))
		}
		if c := canonical[name]; c != "" {
			name = c
		}
		region(&out, name, iso, alias, f.Polygons)
		all = append(all, f.Polygons)
	}
	region(&out, "Ukraine", "UA", []string{"Україна", "Украина", "Ukraina", "Ukrayina", "UKR"}, outline(all))
	settlements(&out, os.Args[3])

	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	w.Write(out.Bytes())
	w.Close()
	if err := os.WriteFile("places.txt.gz", z.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Len(), "bytes,", z.Len(), "compressed")
}

// outline joins shapes that share their borders point for point: what remains
// are the edges that no neighbour runs the other way. It adds no vertex, which
// geo.Union does, and so each shape is inside to the last bit.
func outline(shapes []geo.MultiPolygon) geo.MultiPolygon {
	next := map[[2]geo.Point]bool{}
	var order [][2]geo.Point
	for _, m := range shapes {
		for _, p := range m {
			for _, ring := range p {
				for i, a := range ring {
					e := [2]geo.Point{a, ring[(i+1)%len(ring)]}
					next[e] = true
					order = append(order, e)
				}
			}
		}
	}
	follow := map[geo.Point]geo.Point{}
	for e := range next {
		if next[[2]geo.Point{e[1], e[0]}] {
			continue
		}
		if _, twice := follow[e[0]]; twice {
			log.Fatalf("the outline touches itself at %v", e[0])
		}
		follow[e[0]] = e[1]
	}
	var out geo.MultiPolygon
	for _, e := range order { // in the order of the file, so that the result is the same each time
		var ring geo.Ring
		for p := e[0]; ; {
			q, ok := follow[p]
			if !ok {
				break
			}
			delete(follow, p)
			ring = append(ring, p)
			p = q
		}
		if len(ring) > 0 {
			out = append(out, geo.Polygon{ring})
		}
	}
	if len(out) != 1 {
		log.Fatalf("the outline has %d rings; holes need a look", len(out))
	}
	return out
}

func features(file string) []geo.Feature {
	b, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	fs, err := geo.ReadGeoJSON(b)
	if err != nil {
		log.Fatalf("%s: %v", file, err)
	}
	return fs
}

// osmNames reads only the names: the geometry of that file is not used.
func osmNames(file string) map[string][]string {
	b, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	var doc struct {
		Features []struct{ Properties map[string]any }
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		log.Fatal(err)
	}
	out := map[string][]string{}
	for _, f := range doc.Features {
		uk, _ := f.Properties["name:uk"].(string)
		for _, lang := range []string{"uk", "ru", "en", "de", "fr", "pl", "es", "it", "cs", "ro", "hu", "tr", "crh"} {
			if s, ok := f.Properties["name:"+lang].(string); ok && s != "" {
				out[uk] = append(out[uk], s)
			}
		}
	}
	return out
}

// roman writes a Ukrainian name in Latin letters (Cabinet of Ministers of
// Ukraine, resolution 55 of 2010), as alert feeds do: Вінницька область,
// Vinnytska oblast.
func roman(s string) string {
	letters := strings.NewReplacer("зг", "zgh", "а", "a", "б", "b", "в", "v", "г", "h", "ґ", "g", "д", "d", "е", "e", "є", "ie", "ж", "zh",
		"з", "z", "и", "y", "і", "i", "ї", "i", "й", "i", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s",
		"т", "t", "у", "u", "ф", "f", "х", "kh", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch", "ь", "", "ю", "iu", "я", "ia", "область", "oblast")
	return letters.Replace(strings.ToLower(s))
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

func settlements(out *bytes.Buffer, file string) {
	for _, f := range features(file) {
		name, pop := f.Properties["name"].(string), f.Properties["pop"]
		if name == "Kyiv" || name == "Sevastopol" { // regions of their own
			continue
		}
		p := f.Points[0]
		fmt.Fprintf(out, "S\t%s\t%v\t%d\t%d\n", name, pop, p.Lat, p.Lon)
	}
}
