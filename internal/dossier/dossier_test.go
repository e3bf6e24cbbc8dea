package dossier_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/dossier"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

const terms = `
truce: 1
id: shown
title: Terms with two catalogues
status: rehearsal
timezone: UTC
parties: [{id: A, name: Land A}, {id: B, name: Land B}]
zones: {area: area.geojson}
sources:
  - {id: cat-one, publisher: Catalogue one, events: apart}
  - {id: cat-two, publisher: Catalogue two, events: apart}
  - {id: wire, publisher: Wire}
phases:
  - {id: early, from: 2016-02-01T00:00:00Z}
provisions:
  - {article: "1", phase: early, binds: [A, B], text: No strikes., prohibit: {acts: [strike], in: [area]}}
`

const area = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[36,34],[38,34],[38,36],[36,36],[36,34]]]}}]}`

// TestProposalHidesReports: why two incidents are not joined tells a viewer nothing of reports
// that it is not shown, and is told to whoever is shown all.
func TestProposalHidesReports(t *testing.T) {
	a, probs := agreement.Read(fstest.MapFS{"agreement.yaml": {Data: []byte(terms)}, "area.geojson": {Data: []byte(area)}})
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	d := truce.Date("2016-03-01")
	early, late := d.Add(2).Start(a.Location), d.Add(20).Start(a.Location)
	report := func(source, key string, lat float64, known truce.Instant) truce.Item {
		o := &truce.Observation{Source: truce.SourceID(source), Key: key, Act: "strike", Weapon: "aircraft", Count: truce.Count{N: 1},
			Occurred: truce.Interval{Start: d.Start(a.Location), End: d.Add(1).Start(a.Location)}, Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 500}}
		o.Place.Point, _ = geo.PointOf(lat, 36.5)
		o.SetID()
		return truce.Item{Observation: o, Known: known}
	}
	crowd := []truce.Item{report("wire", "0", 35.3, early)}
	for i := range 33 { // with one partner fewer, it is not a crowd
		crowd = append(crowd, report("wire", fmt.Sprint(i+1), 35.3+float64(i)*0.00001, early))
	}
	crowd[33].Known = late
	for name, c := range map[string]struct {
		items []truce.Item
		words string // of the reason that the mission reads
	}{
		"another event": {[]truce.Item{report("cat-one", "a", 35.3, early), report("cat-two", "b", 35.301, early), report("cat-two", "c", 35.3005, late)}, "another event of the same catalogue fits as well"},
		"a crowd":       {crowd, "so many reports of that day and place fit"},
	} {
		s := situation.Build(a, c.items, truce.Never, situation.Options{Workers: 1})
		reasons := func(to release.Viewer) (out string) {
			x, err := dossier.Of(s, c.items[0].Observation.ID, to)
			if err != nil || x == nil || len(x.Incident.Of) != 1 {
				t.Fatalf("%s: %+v, %v", name, x, err)
			}
			for _, p := range x.Proposed {
				out += p.Why.String() + "\n"
			}
			return out
		}
		if all := reasons(release.Viewer{To: truce.ForMission}); !strings.Contains(all, c.words) {
			t.Errorf("%s: the mission reads %q", name, all)
		}
		public := release.Viewer{To: truce.ForPublic, Rules: truce.PublicRelease{Delay: 72 * time.Hour}, At: late.Add(time.Hour)}
		if some := reasons(public); some != "" {
			t.Errorf("%s: of what it is not shown, the public reads %q", name, some)
		}
		public.At = late.Add(73 * time.Hour)
		if all := reasons(public); !strings.Contains(all, c.words) {
			t.Errorf("%s: when all is shown, the public reads %q", name, all)
		}
		if x, err := dossier.Of(s, c.items[len(c.items)-1].Observation.ID, release.Viewer{To: truce.ForPublic, Rules: public.Rules, At: late.Add(time.Hour)}); x != nil || err != nil {
			t.Errorf("%s: the late report is shown: %v", name, err)
		}
	}
}
