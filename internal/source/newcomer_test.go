package source

import (
	"strings"
	"testing"
	"time"
)

// TestNewcomersFiles: what a file says that has none of the names we know must not become an attack,
// a time or a place that it does not state. The files are invented, in the shapes that the named
// programs write.
func TestNewcomersFiles(t *testing.T) {
	const kml = `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Map</name><Folder><name>Shelling</name><Placemark><name>Market</name><ExtendedData><Data name="Date"><value>2025-10-05</value></Data><Data name="Weapon"><value>mortar</value></Data></ExtendedData><Point><coordinates>25.35,13.63,0</coordinates></Point></Placemark></Folder><Folder><name>Air strikes</name><Folder><name></name><Placemark><name>Hospital</name><ExtendedData><Data name="Date"><value>2025-10-07</value></Data><Data name="Weapon"><value>drone</value></Data></ExtendedData><Point><coordinates>25.36,13.64,0</coordinates></Point></Placemark></Folder></Folder></Document></kml>`
	const gpx = `<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="13.6301" lon="25.3502"><time>2025-10-05T12:20:11Z</time><name>Crater 1</name></wpt><trk><name>patrol</name><trkseg><trkpt lat="13.63" lon="25.35"><time>2025-10-05T12:00:00Z</time></trkpt><trkpt lat="13.632" lon="25.352"><time>2025-10-05T13:00:00Z</time></trkpt></trkseg></trk></gpx>`
	const odata = `{"value":[{"__id":"uuid:1","__system":{"submissionDate":"2025-10-05T14:00:00.000Z"},"start":"2025-10-05T13:50:00.000+02:00","gps":{"type":"Point","coordinates":[25.35,13.63,700],"properties":{"accuracy":4.9}},"events":[{"__id":"e1","when":"2025-10-05T14:15:00.000+02:00","kind":"shelling","weapons":"mortar","how_many":"2-3"},{"__id":"e2","when":"2025-10-05T15:00:00.000+02:00","kind":"drone_strike","weapons":"fpv other","how_many":"1"}]}]}`
	const firms = `[{"country_id":"SDN","latitude":13.6301,"longitude":25.3502,"bright_ti4":331.2,"acq_date":"2025-10-05","acq_time":1121,"satellite":"N","confidence":"n","frp":2.9},{"country_id":"SDN","latitude":13.7301,"longitude":25.4502,"bright_ti4":341.2,"acq_date":"2025-10-05","acq_time":56,"satellite":"N","confidence":"h","frp":4.9}]`
	const atom = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss"><title>F</title><entry><title>Artillery shelling</title><id>urn:x:1</id><published>2025-10-05T16:00:00Z</published><updated>2025-10-06T18:00:00Z</updated><category term="shelling"/><georss:point>13.63 25.35</georss:point></entry></feed>`
	gd := make([]string, 61)
	for i, v := range map[int]string{0: "1200000001", 1: "20251005", 26: "190", 28: "19", 29: "4", 51: "4", 52: "El Fasher, Shamal Darfur, Sudan", 56: "13.63", 57: "25.35", 59: "20251006120000", 60: "https://example.org/a"} {
		gd[i] = v
	}
	for _, tt := range []struct {
		name, file string
		mapping    []string
		open       []string
		got        string
	}{
		{"map.kml", kml, []string{"  column: folder", "Shelling: fire", "Air strikes: {act: strike, weapon: aircraft}", "  column: Weapon", "drone: unknown"}, nil, `"lat":13.63 & "act":"fire","weapon":"mortar" | "act":"strike","weapon":"aircraft"`},
		{"patrol.gpx", gpx, []string{"where: {column: kind, is: [waypoint]}"}, []string{"they are where the observer went", "does not say what was done"}, `"lat":13.6301 | set aside: 1: where: kind is not waypoint`},
		{"Submissions.json", odata, []string{"children: events", "rows: value", "occurred: {column: events.when}", "  column: events.kind", "  column: events.weapons", "fpv other: unknown", "count: {column: events.how_many}"}, []string{`each row has a list "events"`, "is a question with several answers"}, `"key":"e1" & "start":"2025-10-05T12:15:00Z" & "act":"fire","weapon":"mortar","count":"\u003e=2" | "key":"e2" & "act":"strike"`},
		{"firms.json", firms, []string{"act: fire-pixel", "!attack", "timezone: UTC   #"}, []string{"Download them as CSV"}, `"act":"fire-pixel" | "act":"fire-pixel"`},
		{"alerts.atom", atom, []string{"occurred: {column: published, not_later_than: true, earliest: 36h}", "geometry: true", "!updated}"}, []string{`"published" is the time of a report`}, `"start":"2025-10-04T04:00:00Z","end":"2025-10-05T16:00:00Z" & "lat":13.63`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, got := proposed(t, tt.name, []byte(tt.file), Options{Local: mustZone("Africa/Khartoum")})
			asked(t, "mapping", p.Mapping, tt.mapping...)
			asked(t, "open", strings.Join(p.Open, "\n"), tt.open...)
			wants(t, got, strings.Split(tt.got, " | ")...)
			if t.Failed() {
				t.Log(p.Mapping)
			}
		})
	}
	// The columns of GDELT are not called by its first event.
	p, err := Propose(strings.NewReader(strings.Join(gd, "\t")+"\n"), "x.export.CSV", Options{})
	if err != nil || p.Kind != "gdelt" || p.Rows != 1 || len(p.Columns) != 61 || p.Columns[56].Name != "ActionGeo_Lat" || p.Columns[56].Filled != 1 {
		t.Errorf("%v %+v", err, p)
	}
	// A mapping of a map from before folders were read still reads it.
	wants(t, read(t, "source: s\noccurred: {column: Date}\nact: fire\nignore: [id, name, description, when, begin, end, Weapon]\n", kml, Options{Location: time.UTC}), `"lat":13.63`, `"lat":13.64`)
	// A list whose elements say nothing of what was done is asked about, and the rows are not attacks.
	p, got := proposed(t, "x.json", []byte(`[{"date":"2025-10-05","place":"A","people":[{"name":"x","age":3}]}]`), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "!act: attack")
	asked(t, "what comes of it", got, "what was done is not stated")
}
