package source

import (
	"strings"
	"testing"
	"time"
)

// TestWordsAmongPositions: a column of positions is found although a cell in five says that it is
// not known, and such words leave the other cells to be read. 38P MB 32105 51200 is 14.93° N
// 44.37° E by NGA's GEOTRANS rules (zone 38 has its meridian at 45° E; MB is 400 to 500 km east).
func TestWordsAmongPositions(t *testing.T) {
	row := func(cell string) string { return "2022-04-20," + cell + ",shelling\n" }
	good := strings.Repeat(row("38PMB3210551200"), 4)
	p, got := proposed(t, "x.csv", []byte("date,MGRS,type\n"+good+row("tbc")), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "place: {position: {column: MGRS, values: {tbc: unknown}}")
	wants(t, got, `"kind":"point"`, `"kind":"point"`, `"kind":"point"`, `"kind":"point"`, `"kind":"unknown"`)
	p, got = proposed(t, "x.csv", []byte("date,MGRS,type\n"+good+row("near the bridge")), Options{Location: time.UTC})
	asked(t, "open", strings.Join(p.Open, "\n"), `"MGRS" has no position that Truce can read in 1 row (near the bridge)`, "values: {near the bridge: unknown}")
	wants(t, strings.ReplaceAll(got, "\n    raw: ", " raw: "), `"kind":"point"`, `"kind":"point"`, `"kind":"point"`, `"kind":"point"`, `refused & values: {near the bridge: unknown}`)
	// Three in four are too few.
	p, _ = proposed(t, "x.csv", []byte("date,remark,type\n"+strings.Repeat(row("38PMB3210551200"), 3)+row("tbc")), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "!position:")

	const mapping = "source: s\noccurred: {column: date}\nplace: {position: {column: p, values: {tbc: unknown, Post 7: \"15.6, 32.4\"}}}\nact: fire\n"
	got = read(t, mapping, "date,p\n2022-04-20,tbc\n2022-04-20,38PMB3210551200\n2022-04-20,Post 7\n2022-04-20,Post 8\n", Options{Location: time.UTC})
	wants(t, got, `"kind":"unknown"`, `"kind":"point" & "lat":14.9`, `"lat":15.6,"lon":32.4`, "refused & Post 8")
	got = read(t, strings.Replace(mapping, "tbc: unknown,", "", 1), "date,p\n2022-04-20,tbc\n", Options{Location: time.UTC})
	wants(t, got, "refused & values: {tbc: unknown}")
}
