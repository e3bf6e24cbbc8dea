package source

import (
	"bytes"
	"fmt"
	"os"
	"testing"
)

// benchCSV is a mission's table: key, local time, position, type, weapon,
// count, casualties.
func benchCSV(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("id,at,lat,lon,within,type,weapon,number,low,best,high,village,remarks\n")
	types, weapons := []string{"shelling", "outgoing", "explosion", "drone"}, []string{"mortar", "artillery", "", "tank"}
	for i := range rows {
		fmt.Fprintf(&b, "p-%07d,2026-%02d-%02d %02d:%02d,%d.%05d,%d.%05d,%d,%s,%s,%d,0,%d,%d,Village %d,some words of a monitor\n",
			i, i/2000%12+1, i/50%28+1, i%24, i%60, 47+i%2, i*7919%100000, 37+i%2, i*104729%100000, 50+i%400, types[i%4], weapons[i/3%4], 1+i%9, i%3, i%3+1, i%700)
	}
	return b.Bytes()
}

const benchMapping = `
source: posts
timezone: Europe/Kyiv
key: {column: id}
occurred: {column: at}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}, name: {column: village}}
act: {column: type, values: {shelling: fire, outgoing: outgoing, explosion: explosion, drone: strike}}
weapon: {column: weapon}
count: {column: number}
casualties: {killed: {low: low, best: best, high: high}}
ignore: [remarks]
`

func benchmark(b *testing.B, k Kind, data []byte, o Options, want int) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		records, refused, aside, err := outcome(k, bytes.NewReader(data), o)
		if err != nil || records+refused+aside != want {
			b.Fatalf("%d records, %d refused, %d aside, %v; want %d", records, refused, aside, err, want)
		}
	}
	b.ReportMetric(float64(want)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCSV(b *testing.B) {
	m, err := ParseMapping([]byte(benchMapping))
	if err != nil {
		b.Fatal(err)
	}
	const rows = 100_000
	benchmark(b, csvKind, benchCSV(rows), Options{Mapping: m}, rows)
}

// BenchmarkCSVWithoutKey adds the digest that stands for a key.
func BenchmarkCSVWithoutKey(b *testing.B) {
	m, err := ParseMapping(bytes.Replace([]byte(benchMapping), []byte("key: {column: id}\n"), []byte("note: {column: id}\n"), 1))
	if err != nil {
		b.Fatal(err)
	}
	const rows = 100_000
	benchmark(b, csvKind, benchCSV(rows), Options{Mapping: m}, rows)
}

func BenchmarkVIINA(b *testing.B) {
	data, err := os.ReadFile("testdata/viina/202502_202508.csv")
	if err != nil {
		b.Fatal(err)
	}
	header, rows, _ := bytes.Cut(data, []byte("\n"))
	const times = 1500
	benchmark(b, viina, append(append(header, '\n'), bytes.Repeat(rows, times)...), Options{}, times*bytes.Count(rows, []byte("\n")))
}
