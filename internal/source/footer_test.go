package source

import (
	"strings"
	"testing"
	"time"
)

// TestProposalOfFooters: totals and notes under a table are skipped by the proposal, and not rejected.
func TestProposalOfFooters(t *testing.T) {
	for _, tt := range []struct{ name, data, mapping, got string }{
		{"in the column of dates", "date,lat,lon,type,killed\n2025-08-17,48.5,37.7,shelling,1\n2025-08-18,48.5,37.7,shelling,2\nTOTAL,,,,3\n\"Source: field focal points, media\",,,,\n",
			`where: {column: date, not: ['Source: field focal points, media', TOTAL]}`, `"killed":"1" | "killed":"2" | set aside: 2: where: date is Source: field focal points, media or TOTAL`},
		{"in the first column", "Nr,Datum,Breite,Länge,Art\n1,17.08.2025,48.5,37.7,Beschuss\n2,18.08.2025,48.5,37.7,Beschuss\nGesamt:,,,,\n* vorläufig,,,,\n",
			`where: {column: Nr, not: ['* vorläufig', 'Gesamt:']}`, `"act":"fire" | "act":"fire" | set aside: 2: where: Nr is * vorläufig or Gesamt:`},
		{"in both", "id,date,type\n1,2025-08-17,shelling\n2,2025-08-18,shelling\n3,2025-08-19,shelling\nTotal,Total,\n", `where: [{column: id, not: [Total]}, {column: date, not: [Total]}]`, `fire | fire | fire | set aside: 1`},
		{"a word in another column", "date,team,type\n2025-08-17,Total,shelling\n2025-08-18,A,shelling\n", "!where:", `fire | fire`},
		{"a name that begins so", "village,date,type\nTotalan,2025-08-17,shelling\nSumy,2025-08-18,shelling\n", "!where:", ""},
	} {
		p, got := proposed(t, "x.csv", []byte(tt.data), Options{Location: time.UTC})
		asked(t, tt.name, p.Mapping, tt.mapping)
		if tt.got != "" {
			wants(t, strings.ReplaceAll(got, "\n    raw: ", " raw: "), strings.Split(tt.got, " | ")...)
		}
	}
}
