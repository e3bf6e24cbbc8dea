package source

import (
	"strings"
	"testing"
	"time"
)

// TestProposalOfAreas: where a table has no positions, the smaller of two areas is proposed, and its
// names are offered with a place for their positions.
func TestProposalOfAreas(t *testing.T) {
	const hand = `settlement: {column: Territoire, values: {Masisi: "LAT, LON", Rutshuru: "LAT, LON", Kalehe: "LAT, LON"}}`
	rows := "2024-01-30,Nord-Kivu,Masisi,shelling\n2024-01-31,Nord-Kivu,Masisi,shelling\n2024-01-31,Nord-Kivu,Rutshuru,shelling\n2024-02-01,Nord-Kivu,Rutshuru,shelling\n2024-02-01,Sud-Kivu,Kalehe,shelling\n"
	p, got := proposed(t, "x.csv", []byte("date,Province,Territoire,type\n"+rows), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "place: {name: {column: Territoire}}")
	asked(t, "open", strings.Join(p.Open, "\n"), hand, "truce places add", "!Nord-Kivu")
	wants(t, got, "Masisi", "Masisi", "Rutshuru", "Rutshuru", "Kalehe")
	// What is offered is read when positions are in it.
	got = read(t, strings.Replace(strings.Replace(p.Mapping, "name: {column: Territoire}", hand, 1), "LAT, LON", "-1.4, 28.8", 3), "date,Province,Territoire,type\n"+rows, Options{Location: time.UTC})
	wants(t, got, "Masisi & 28.8", "Masisi & 28.8", "Rutshuru & 28.8", "Rutshuru & 28.8", "Kalehe & 28.8")
	// The order of the columns, and what they are called, do not matter where one is inside the other.
	p, _ = proposed(t, "x.csv", []byte("date,District,State,type\n"+strings.NewReplacer("Nord-Kivu,Masisi", "Masisi,Nord-Kivu", "Nord-Kivu,Rutshuru", "Rutshuru,Nord-Kivu", "Sud-Kivu,Kalehe", "Kalehe,Sud-Kivu").Replace(rows)), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "place: {name: {column: District}}")
	p, _ = proposed(t, "x.csv", []byte("date,District,Township,type\n"+rows), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "place: {name: {column: Township}}")
	// Two columns of one kind that do not lie in one another: the first stays.
	p, _ = proposed(t, "x.csv", []byte("date,District,Township,type\n2024-01-30,A,X,shelling\n2024-01-30,B,X,shelling\n2024-01-30,A,Y,shelling\n2024-01-30,B,Y,shelling\n2024-01-30,A,Z,shelling\n2024-01-30,B,Z,shelling\n"), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "place: {name: {column: District}}")
	// A column that is mostly empty is not taken for the place of the others.
	p, _ = proposed(t, "x.csv", []byte("date,Province,District,type\n2024-01-30,A,X,shelling\n2024-01-30,B,,shelling\n2024-01-30,B,,shelling\n2024-01-30,C,,shelling\n"), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "place: {name: {column: Province}}")

	// With packages of places: known settlements are looked up, and others are placed in their region.
	g := placesOf(t, "syria-coh-2016", "syria")
	table := "date,Governorate,District,type\n2016-03-01,Aleppo,Afrin,shelling\n2016-03-02,Aleppo,Zzyzx,shelling\n"
	p, _ = proposed(t, "x.csv", []byte(table), Options{Location: time.UTC, Gazetteer: g})
	asked(t, "mapping", p.Mapping, "place: {settlement: {column: District}, region: {column: Governorate}}")
	asked(t, "open", strings.Join(p.Open, "\n"), `values: {Zzyzx: "LAT, LON"}`)
	p, _ = proposed(t, "x.csv", []byte(strings.ReplaceAll(table, "Afrin", "Xyzzy")), Options{Location: time.UTC, Gazetteer: g})
	asked(t, "mapping", p.Mapping, "place: {region: {column: Governorate}, name: {column: District}}")
	asked(t, "open", strings.Join(p.Open, "\n"), `rows are placed somewhere in the region in "Governorate"`, `Xyzzy: "LAT, LON"`)
}
