package source

import (
	"strings"
	"testing"
	"time"
)

// TestColumnsOfNumbers: columns of numbers whose names are kinds of events are offered as kinds, and a
// code of a municipality is none of them.
func TestColumnsOfNumbers(t *testing.T) {
	o := Options{Location: time.UTC}
	const rows = "27/09/2023,Tibú,54810,2,2,,3\n22/10/2023,Tame,19256,,0,1,2\n14/10/2023,Tame,19256,1,1,1,2\n"
	p, _ := proposed(t, "x.csv", []byte("Fecha,Municipio,Código DANE,Shelling,Drone attacks,Air strikes,Muertos\n"+rows), o)
	open := strings.Join(p.Open, "\n")
	asked(t, "kinds", open, "table: {wide: {columns: [Shelling, Drone attacks, Air strikes], name: kind, value: number}}", "act: {column: kind, values: {Shelling: fire, Drone attacks: strike, Air strikes: {act: strike, weapon: aircraft}}}", "count: {column: number}", "!DANE")
	// What is offered is read: a cell of 2 is two of the act, and the dead of the row are not taken.
	text := strings.Replace(p.Mapping, "act: {column: \"?\"}", "table: {wide: {columns: [Shelling, Drone attacks, Air strikes], name: kind, value: number}}\ncount: {column: number}\nact: {column: kind, values: {Shelling: fire, Drone attacks: strike, Air strikes: {act: strike, weapon: aircraft}}}", 1)
	text = strings.Replace(text, "ignore: [Código DANE, Shelling, Drone attacks, Air strikes]", "ignore: [Código DANE]", 1)
	got := read(t, text, "Fecha,Municipio,Código DANE,Shelling,Drone attacks,Air strikes,Muertos\n27/09/2023,Tibú,54810,2,2,,3\n", o)
	wants(t, got, `"act":"fire" & "count":"2"`, `"act":"strike" & "count":"2"`)
	p, _ = proposed(t, "x.csv", []byte("Fecha,Municipio,Código DANE,Norte,Sur,Este,Muertos\n"+rows), o)
	asked(t, "regions", strings.Join(p.Open, "\n"), "columns: [Norte, Sur, Este], name: region, value: number", "place: {region: {column: region}}", "!DANE")
	// In Spanish; what is not known is left to a person.
	p, _ = proposed(t, "x.csv", []byte("Fecha,Municipio,Enfrentamientos,Minas antipersonal,Reuniones,Muertos\n27/09/2023,Tibú,2,2,1,3\n22/10/2023,Tame,,0,1,2\n"), o)
	asked(t, "Spanish", strings.Join(p.Open, "\n"), "act: {column: kind, values: {Enfrentamientos: attack, Minas antipersonal: {act: explosion, weapon: mine}, Reuniones: ACT}}")
	// A layout with its brackets closed reads what one without them reads.
	for _, layout := range []string{"D/M/YYYY[ h:mm[:ss]]", "D/M/YYYY[ h:mm[:ss", "D/M/YYYY[ h:mm[:ss]"} {
		got := read(t, "source: s\noccurred: {column: d, layout: \""+layout+"\"}\nact: fire\n", "d\n1/2/2025\n1/2/2025 10:05\n1/2/2025 10:05:07\n", o)
		wants(t, got, `"start":"2025-02-01T00:00:00Z"`, `"start":"2025-02-01T10:05:00Z","end":"2025-02-01T10:06:00Z"`, `"start":"2025-02-01T10:05:07Z"`)
	}
}
