package agreement

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestUnnamedActors: who acts in a case and is neither a party, a member nor another of
// the agreement is named, once for each file, with its line and column.
func TestUnnamedActors(t *testing.T) {
	const text = `truce: 1
id: x
title: X
status: rehearsal
timezone: UTC
parties: [{id: GOV, name: Government, members: [{id: NDF, name: National Defence Forces}]}, {id: OPP, name: Opposition}]
others: [{id: IS, name: Islamic State, role: excluded}]
zones: {z: z.geojson}
provisions:
  - {article: "1", binds: [GOV, OPP], text: x, prohibit: {acts: [attack], in: [z]}}
`
	const zone = `{"type":"Polygon","coordinates":[[[37,48],[37.1,48],[37.1,48.1],[37,48.1],[37,48]]]}`
	const cases = `# actor=nobody
observe a attack 2025-01-01 region:z actor=gov source=s
observe b attack 2025-01-01 region:z actor="National Defence Forces|IS" source=s
observe c attack 2025-01-01 region:z actor=Unknown source=s   # actor=somebody
observe d attack 2025-01-01 region:z actor=GOV|Jaish source=s
observe e attack 2025-01-01 region:z actor=Jaish source=s
assess a apparent-violation article=1 actor=Nobody
refused observe f attack 2025-01-01 region:z actor=nobody source=s
agreement elsewhere
observe g attack 2025-01-01 region:z actor=Other source=s
`
	fsys := fstest.MapFS{"agreement.yaml": {Data: []byte(text)}, "z.geojson": {Data: []byte(zone)}, "cases/a.scenario": {Data: []byte(cases)}}
	_, probs := ReadWithCases(fsys)
	var got []string
	for _, p := range probs {
		if p.Code == "unnamed-actor" {
			got = append(got, p.String())
		}
	}
	if len(got) != 1 || !strings.HasPrefix(got[0], `cases/a.scenario:5:44: warning unnamed-actor: the agreement names nobody called "Jaish", so what`) || !strings.Contains(got[0], "under members: of a party") {
		t.Errorf("%q", got)
	}
	a, _ := ReadWithCases(fsys)
	delete(fsys, "cases/a.scenario")
	if b, _ := ReadWithCases(fsys); a.Digest != b.Digest {
		t.Error("cases move the digest of the agreement")
	}
}
