package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// The rules of doc/record-format.md, one by one and worked out by hand; what is
// admitted and what is not, on both sides of each edge.

// said is how an objection is written in these tables: its rule, an s if readers skip
// the entry, and why.
func said(o *Objection) string {
	switch {
	case o == nil:
		return ""
	case o.Skipped:
		return o.Rule + " s: " + o.Why
	}
	return o.Rule + ": " + o.Why
}

func is(t testing.TB, what, got, want string) {
	t.Helper()
	got = strings.Replace(got, "unable to unmarshal", "cannot unmarshal", 1) // the decoder says either, by chance
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

var (
	noon    = truce.InstantOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	hour    = truce.Interval{Start: noon - 3_600_000, End: noon}
	donetsk = truce.Place{Kind: truce.PlaceRegion, Name: "Donetsk"}
	anID    = truce.DigestOf("an ID")
)

// of is one record of each kind with which nothing is wrong.
func of(kind string) truce.Item {
	switch kind {
	case "observation":
		o := &truce.Observation{Source: "mission", Key: "k", Act: "fire", Occurred: hour, Place: donetsk, Count: truce.Count{N: 1}}
		o.SetID()
		return truce.Item{Observation: o}
	case "seen":
		o := &truce.Observation{Source: "mission", Key: "k", Act: truce.ActPresence, Seen: truce.SeenWeapon, Occurred: hour, Place: donetsk, Count: truce.Count{N: 1}}
		o.SetID()
		return truce.Item{Observation: o}
	case "allegation":
		o := &truce.Observation{Source: "UA", Key: "k", Claimant: "UA", Act: truce.ActPresence, Seen: truce.SeenSite, Occurred: hour, Place: donetsk, Count: truce.Count{N: 1}}
		o.SetID()
		return truce.Item{Observation: o}
	case "tally":
		x := &truce.Tally{Source: "mission", Key: "k", Act: "strike", Period: hour, Place: donetsk, Count: truce.Count{N: 1}}
		x.SetID()
		return truce.Item{Tally: x}
	case "coverage":
		return truce.Item{Coverage: &truce.Coverage{ID: truce.DigestOf("coverage", "mission", "k"), Source: "mission", Key: "k", What: "patrol", Zone: "z", During: hour, Share: truce.One}}
	case "notification":
		return truce.Item{Notification: &truce.Notification{ID: truce.DigestOf("notification", "UA", "k"), Key: "k", By: "UA", During: hour, Place: donetsk}}
	case "response":
		return truce.Item{Response: &truce.Response{ID: truce.DigestOf("response", "UA", "k"), Key: "k", By: "UA", During: hour}}
	case "restriction":
		return truce.Item{Restriction: &truce.Restriction{ID: truce.DigestOf("restriction", "UA", "k"), Key: "k", By: "UA", During: hour, Place: donetsk}}
	case "decision":
		return truce.Item{Decision: &truce.Decision{ID: anID, Kind: truce.Confirm, Of: []truce.Digest{anID}, Because: "x", By: "verification-officer", Seq: 1}}
	case "withdrawal":
		return truce.Item{Withdrawal: &truce.Withdrawal{Of: anID}}
	case "attribution":
		return truce.Item{Attribution: &truce.Attribution{ID: anID, Of: []truce.Digest{anID}, By: "verification-officer"}}
	}
	panic(kind)
}

var recordKinds = []string{"observation", "seen", "allegation", "tally", "coverage", "notification", "response", "restriction", "decision", "withdrawal", "attribution"}

// alike are kinds that have most members in common: only the kind, which is signed,
// tells them apart.
var alike = []string{"notification", "response", "restriction"}

// TestKinds: each kind of record has its kind of entry, is read back as what it was,
// and says what only it can say.
func TestKinds(t *testing.T) {
	for _, kind := range recordKinds {
		r := of(kind)
		is(t, "kind", KindOf(&r), kind)
		b, err := BodyOf("m", &r)
		if err != nil || b.Kind != kind || b.Mission != "m" {
			t.Fatalf("%s: %+v, %v", kind, b, err)
		}
		b.Content, err = canonicalBytes(b.Content)
		if err != nil {
			t.Fatal(err)
		}
		e := &Entry{Index: 5, Kind: kind, Content: b.Content, Received: noon}
		got, err := e.Check(nil)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		again, err := BodyOf("m", &got)
		if err != nil {
			t.Fatal(err)
		}
		if c, _ := canonicalBytes(again.Content); string(c) != string(b.Content) {
			t.Errorf("%s: read back as %s, was %s", kind, c, b.Content)
		}
		if got.Known != noon || !e.IsItem() || got.ID() != r.ID() {
			t.Errorf("%s: known at %v, an item: %v", kind, got.Known, e.IsItem())
		}
		want := r.ID()
		if kind == "withdrawal" {
			want = truce.Digest{}
		}
		if e.NounID() != want {
			t.Errorf("%s: the ID %s is stated, want %s", kind, e.NounID(), want)
		}
		// What is read as another kind is not that kind.
		for _, other := range recordKinds {
			if other == kind || slices.Contains(alike, other) && slices.Contains(alike, kind) {
				continue
			}
			x := *e
			x.Kind = other
			if _, err := x.Item(nil); err == nil {
				t.Errorf("a %s was read as a %s", kind, other)
			}
		}
	}
	var nothing truce.Item
	is(t, "kind of nothing", KindOf(&nothing), "")
	_, err := BodyOf("m", &nothing)
	if err == nil || noun(&nothing) != nil {
		t.Errorf("a body of nothing: %v", err)
	}
	e := &Entry{Kind: "outage", Content: []byte(`{}`)}
	if _, err := e.Item(nil); err == nil || err.Error() != "the content cannot be read: findings do not depend on a outage" || e.IsItem() {
		t.Errorf("an outage as a record: %v", err)
	}
	o := of("observation")
	s := of("seen")
	if _, err := (&Entry{Kind: "seen", Content: contentOf(t, &o), Received: noon}).Item(nil); err == nil || err.Error() != "its kind is seen, and it says what a observation says" {
		t.Errorf("an observation as seen: %v", err)
	}
	if _, err := (&Entry{Kind: "observation", Content: contentOf(t, &s), Received: noon}).Item(nil); err == nil || err.Error() != "its kind is observation, and it says what a seen says" {
		t.Errorf("seen as an observation: %v", err)
	}
	if (&Entry{Known: 5, Received: 7}).At() != 5 || (&Entry{Received: 7}).At() != 7 {
		t.Error("an entry is known when it says so, or when it was received")
	}
}

func contentOf(t testing.TB, r *truce.Item) []byte {
	t.Helper()
	b, err := BodyOf("m", r)
	if err != nil {
		t.Fatal(err)
	}
	c, err := canonicalBytes(b.Content)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestValues: the values of each kind of record.
func TestValues(t *testing.T) {
	for _, tt := range []struct {
		name, kind string
		change     func(r *truce.Item)
		want       string
	}{
		{"a share of nothing", "coverage", func(r *truce.Item) { r.Coverage.Share = 0 }, ""},
		{"a share below nothing", "coverage", func(r *truce.Item) { r.Coverage.Share = -1 }, "form s: a share of -1, but shares lie between 0 and 1000000"},
		{"a share above all", "coverage", func(r *truce.Item) { r.Coverage.Share = truce.One + 1 }, "form s: a share of 1000001, but shares lie between 0 and 1000000"},
		{"nothing watched", "coverage", func(r *truce.Item) { r.Coverage.What = "" }, "form s: what watched, or which zone, is missing"},
		{"no zone", "coverage", func(r *truce.Item) { r.Coverage.Zone = "" }, "form s: what watched, or which zone, is missing"},
		{"a decision from always", "decision", func(r *truce.Item) { r.Decision.From = truce.Always }, ""},
		{"a decision from always to 1899", "decision", func(r *truce.Item) { r.Decision.From, r.Decision.To = truce.Always, -2_208_988_800_001 }, `time s: the time 1899-12-31T23:59:59.999Z is not in the years 1900 to 2199`},
		{"a decision from 1900", "decision", func(r *truce.Item) { r.Decision.From = -2_208_988_800_000 }, ""},
		{"a decision from 1899", "decision", func(r *truce.Item) { r.Decision.From = -2_208_988_800_001 }, `time s: the time 1899-12-31T23:59:59.999Z is not in the years 1900 to 2199`},
		{"a decision to never", "decision", func(r *truce.Item) { r.Decision.To = truce.Never }, `time s: the time "never" is not in the years 1900 to 2199`},
		{"a decision without a kind", "decision", func(r *truce.Item) { r.Decision.Kind = "" }, "form s: the kind of decision is missing"},
		{"a decision on a day", "decision", onDay(func(*truce.Decision) {}), ""},
		{"on a day without an area", "decision", onDay(func(d *truce.Decision) { d.Area = truce.Area{} }), "form s: it has a window or an area, and not both"},
		{"on an area without a day", "decision", onDay(func(d *truce.Decision) { d.Window = truce.Interval{} }), "form s: it has a window or an area, and not both"},
		{"a day that is verified", "decision", onDay(func(d *truce.Decision) { d.Kind = truce.Verify }), `form s: it is on a finding of days, and its kind is "verify"; want confirm, reject or unverifiable`},
		{"a day without an article", "decision", onDay(func(d *truce.Decision) { d.Article = "" }), "form s: it is on a finding of days, and names no article"},
		{"a day without reports", "decision", onDay(func(d *truce.Decision) { d.Of = nil }), "form s: it is on a finding of days, and names no observation"},
		{"a day nowhere", "decision", onDay(func(d *truce.Decision) { d.Area.Centre = truce.Area{}.Centre }), "form s: its area is a place, and has no centre"},
		{"a place of 10 km", "decision", onDay(func(d *truce.Decision) { d.Area.RadiusM = 10_000 }), ""},
		{"a larger place", "decision", onDay(func(d *truce.Decision) { d.Area.RadiusM = 10_001 }), "form s: its area has a radius of 10001 m; want 0 to 10000"},
		{"a place of less than nothing", "decision", onDay(func(d *truce.Decision) { d.Area.RadiusM = -1 }), "form s: its area has a radius of -1 m; want 0 to 10000"},
		{"a day in the world", "decision", onDay(func(d *truce.Decision) { d.Area.Level = "world" }), `form s: the level of its area is "world"; want place, district, region or zone`},
		{"a day in a zone", "decision", onDay(func(d *truce.Decision) { d.Area = truce.Area{Level: truce.AreaZone, Name: "east"} }), ""},
		{"a day in a district", "decision", onDay(func(d *truce.Decision) { d.Area = truce.Area{Level: truce.AreaDistrict, Name: "Mill"} }), ""},
		{"a day in a zone without a name", "decision", onDay(func(d *truce.Decision) { d.Area = truce.Area{Level: truce.AreaZone} }), "form s: its area is a zone, which has a name, and neither a centre nor a radius"},
		{"a day in a round zone", "decision", onDay(func(d *truce.Decision) { d.Area = truce.Area{Level: truce.AreaZone, Name: "east", RadiusM: 5} }), "form s: its area is a zone, which has a name, and neither a centre nor a radius"},
		{"two days with a change of the clock", "decision", onDay(func(d *truce.Decision) { d.Window.End = d.Window.Start + 50*3_600_000 }), ""},
		{"more than two days", "decision", onDay(func(d *truce.Decision) { d.Window.End = d.Window.Start + 50*3_600_000 + 1 }), "time s: the time from 2026-03-01T00:00:00Z to 2026-03-03T02:00:00.001Z is longer than 2 days"},
		{"a day that ends before it begins", "decision", onDay(func(d *truce.Decision) { d.Window.End = d.Window.Start }), "time s: the time from 2026-03-01T00:00:00Z to 2026-03-01T00:00:00Z ends before it begins"},
		{"a decision without an ID", "decision", func(r *truce.Item) { r.Decision.ID = truce.Digest{} }, "form s: the ID is missing"},
		{"a withdrawal of nothing", "withdrawal", func(r *truce.Item) { r.Withdrawal.Of = truce.Digest{} }, "form s: it does not say what is withdrawn"},
		{"an attribution of nothing", "attribution", func(r *truce.Item) { r.Attribution.Of = nil }, "form s: it does not say of which incident"},
		{"a response reported in 1899", "response", func(r *truce.Item) { r.Response.Reported = -2_208_988_800_001 }, `time s: the time 1899-12-31T23:59:59.999Z is not in the years 1900 to 2199`},
		{"a tally reported in 2200", "tally", func(r *truce.Item) { r.Tally.Reported = 7_258_118_400_000 }, `time s: the time 2200-01-01T00:00:00Z is not in the years 1900 to 2199`},
		{"a notification reported in 2199", "notification", func(r *truce.Item) { r.Notification.Reported = 7_258_118_399_999 }, ""},
		{"seen, and no presence", "observation", func(r *truce.Item) { r.Observation.Seen = truce.SeenWeapon }, "form s: what was seen goes with the act presence, and only with it"},
		{"presence of nothing", "seen", func(r *truce.Item) { r.Observation.Seen = "" }, "form s: what was seen goes with the act presence, and only with it"},
		{"a position", "seen", func(r *truce.Item) { r.Observation.Seen = truce.SeenPosition }, ""},
		{"a site", "seen", func(r *truce.Item) { r.Observation.Seen = truce.SeenSite }, ""},
		{"a ghost", "seen", func(r *truce.Item) { r.Observation.Seen = "ghost" }, `form s: "ghost" was seen; want weapon, position or site`},
		{"no source", "observation", func(r *truce.Item) { r.Observation.Source = "" }, "form s: the source is missing"},
		{"no act", "observation", func(r *truce.Item) { r.Observation.Act = "" }, "form s: the act is missing"},
		{"a tally without an act", "tally", func(r *truce.Item) { r.Tally.Act = "" }, "form s: the act is missing"},
		{"the largest calibre", "observation", func(r *truce.Item) { r.Observation.Calibre = 20_000 }, ""},
		{"a larger one", "observation", func(r *truce.Item) { r.Observation.Calibre = 20_001 }, "form s: a calibre of 20001 tenths of a millimetre"},
		{"a calibre below nothing", "tally", func(r *truce.Item) { r.Tally.Calibre = -1 }, "form s: a calibre of -1 tenths of a millimetre"},
		{"a revision below nothing", "tally", func(r *truce.Item) { r.Tally.Revision = -1 }, "form s: revision -1"},
		{"a wide place", "restriction", func(r *truce.Item) { r.Restriction.Place.Uncertainty = 20_000_001 }, "place s: an uncertainty of 20000001 m; want 0 to 20000000, or -1 for not stated"},
		{"a long observation", "observation", func(r *truce.Item) { r.Observation.Occurred.Start = noon - 3661*86_400_000 }, "time s: the time from 2016-02-21T12:00:00Z to 2026-03-01T12:00:00Z is longer than 3660 days"},
		{"a long response", "response", func(r *truce.Item) { r.Response.During.Start = noon - 36526*86_400_000 }, "time s: the time from 1926-02-28T12:00:00Z to 2026-03-01T12:00:00Z is longer than 36525 days"},
		{"a future observation", "observation", func(r *truce.Item) {
			r.Observation.Occurred = truce.Interval{Start: noon + 600_001, End: noon + 700_000}
		}, "future s: it begins at 2026-03-01T12:10:00.001Z and was received at 2026-03-01T12:00:00Z: nobody can have seen it yet"},
		{"a future notification", "notification", func(r *truce.Item) {
			r.Notification.During = truce.Interval{Start: noon + 600_001, End: noon + 700_000}
		}, ""},
		{"backwards", "tally", func(r *truce.Item) { r.Tally.Period = truce.Interval{Start: noon, End: noon - 1} }, "time s: the time from 2026-03-01T12:00:00Z to 2026-03-01T11:59:59.999Z ends before it begins"},
		{"from 1899", "coverage", func(r *truce.Item) { r.Coverage.During.Start = -2_208_988_800_001 }, "time s: the time from 1899-12-31T23:59:59.999Z to 2026-03-01T12:00:00Z is not within the years 1900 to 2199"},
		{"to never", "notification", func(r *truce.Item) { r.Notification.During.End = truce.Never }, `time s: the time from 2026-03-01T11:00:00Z to "never" is not within the years 1900 to 2199`},
	} {
		r := of(tt.kind)
		tt.change(&r)
		is(t, tt.name, said(CheckItem(&r, noon, true)), tt.want)
	}
	for _, kind := range recordKinds {
		r := of(kind)
		is(t, kind, said(CheckItem(&r, noon, false)), "")
	}
	// Of the numbers of casualties each is a lowest, a best and a highest.
	rng := func(low, best, high int32) *truce.Range { return &truce.Range{Low: low, Best: best, High: high} }
	for _, tt := range []struct {
		c    *truce.Casualties
		want string
	}{
		{nil, ""}, {&truce.Casualties{}, ""}, {&truce.Casualties{Killed: rng(0, 0, 0)}, ""}, {&truce.Casualties{Killed: rng(1, 2, 3), Military: rng(1, 1, 1)}, ""},
		{&truce.Casualties{Killed: rng(1, truce.NoBest, 3)}, ""}, {&truce.Casualties{Killed: rng(3, truce.NoBest, 3)}, "3, -1 and 3"}, {&truce.Casualties{Killed: rng(-1, 2, 3)}, "-1, 2 and 3"}, {&truce.Casualties{Injured: rng(3, 2, 3)}, "3, 2 and 3"}, {&truce.Casualties{Recovered: rng(1, 3, 2)}, "1, 3 and 2"},
		{&truce.Casualties{Succumbed: rng(2, 1, 1)}, "2, 1 and 1"}, {&truce.Casualties{Retroactive: rng(2, 1, 1)}, "2, 1 and 1"}, {&truce.Casualties{Civilians: rng(2, 1, 1)}, "2, 1 and 1"}, {&truce.Casualties{Military: rng(2, 1, 1)}, "2, 1 and 1"},
	} {
		want := tt.want
		if want != "" {
			want = "the numbers " + want + " are not a lowest, a best and a highest"
		}
		is(t, fmt.Sprintf("%+v", tt.c), checkNumbers("fire", 0, 0, tt.c, nil), want)
	}
}

// TestCheckActors: two or more, in order, each once.
func TestCheckActors(t *testing.T) {
	long := make([]truce.PartyID, truce.MostActors+1)
	for i := range long {
		long[i] = truce.PartyID(fmt.Sprintf("%03d", i))
	}
	for _, tt := range []struct {
		actors []truce.PartyID
		good   bool
	}{{nil, true}, {[]truce.PartyID{"A", "B"}, true}, {long[:truce.MostActors], true},
		{[]truce.PartyID{}, false}, {[]truce.PartyID{"A"}, false}, {[]truce.PartyID{"B", "A"}, false}, {[]truce.PartyID{"A", "A"}, false}, {[]truce.PartyID{"", "A"}, false}, {long, false}} {
		if why := checkNumbers("fire", 0, 0, nil, tt.actors); (why == "") != tt.good {
			t.Errorf("%q: %q", tt.actors, why)
		}
	}
}

// TestCheckPlace: wedges and shapes, on both sides of each edge.
func TestCheckPlace(t *testing.T) {
	at := geo.Point{Lat: 480_000_000, Lon: 378_000_000}
	ring := geo.Ring{at, at, at}
	shape := geo.MultiPolygon{{ring}}
	wedge := func(from, to, low, high int32) truce.Place {
		return truce.Place{Kind: truce.PlaceWedge, Shape: shape, Wedge: &truce.Wedge{Post: at, FromDeg: from, ToDeg: to, MinM: low, MaxM: high}}
	}
	members := func(kind string) string {
		return "the place is of the kind " + kind + ", and does not have the members of that kind, or has others"
	}
	for _, tt := range []struct {
		name string
		p    truce.Place
		want string
	}{
		{"a wedge", wedge(0, 360, 0, 2_000_000), ""},
		{"across north", wedge(360, 0, 1, 2), ""},
		{"from below", wedge(-1, 0, 1, 2), "bearings from -1 to 0; want 0 to 360 degrees"},
		{"from above", wedge(361, 0, 1, 2), "bearings from 361 to 0; want 0 to 360 degrees"},
		{"to below", wedge(0, -1, 1, 2), "bearings from 0 to -1; want 0 to 360 degrees"},
		{"to above", wedge(0, 361, 1, 2), "bearings from 0 to 361; want 0 to 360 degrees"},
		{"nearer than the post", wedge(0, 1, -1, 2), "distances from -1 to 2 m; want a smaller and a larger one, up to 2,000,000"},
		{"no depth", wedge(0, 1, 2, 2), "distances from 2 to 2 m; want a smaller and a larger one, up to 2,000,000"},
		{"too far", wedge(0, 1, 2, 2_000_001), "distances from 2 to 2000001 m; want a smaller and a larger one, up to 2,000,000"},
		{"a wedge without its shape", truce.Place{Kind: truce.PlaceWedge, Wedge: wedge(0, 1, 1, 2).Wedge}, members("wedge")},
		{"a shape", truce.Place{Kind: truce.PlaceShape, Shape: shape}, ""},
		{"a shape and a point", truce.Place{Kind: truce.PlaceShape, Shape: shape, Point: at}, members("shape")},
		{"a shape and a wedge", truce.Place{Kind: truce.PlaceShape, Shape: shape, Wedge: wedge(0, 1, 1, 2).Wedge}, members("shape")},
		{"a point and a shape", truce.Place{Kind: truce.PlacePoint, Shape: shape, Point: at}, members("point")},
		{"a region and a shape", truce.Place{Kind: truce.PlaceRegion, Name: "x", Shape: shape}, members("region")},
		{"a region and a wedge", truce.Place{Kind: truce.PlaceRegion, Name: "x", Wedge: wedge(0, 1, 1, 2).Wedge}, members("region")},
		{"no ring", truce.Place{Kind: truce.PlaceShape, Shape: geo.MultiPolygon{{ring}, {}}}, "a polygon without a ring"},
		{"a ring of two", truce.Place{Kind: truce.PlaceShape, Shape: geo.MultiPolygon{{ring, ring[:2]}}}, "a ring of 2 points; want at least 3"},
	} {
		is(t, tt.name, checkPlace(&tt.p), tt.want)
	}
}

// TestOther: what findings do not depend on, kind by kind.
func TestOther(t *testing.T) {
	zeros := strings.Repeat("0", 64)
	ones := strings.Repeat("1", 64)
	agreement := func(edit ...string) string {
		s := `{"digest":"` + ones + `","files":[{"name":"a","sha256":"` + ones + `","size":0}],"id":"x","status":"in force","title":"t"}`
		return strings.NewReplacer(edit...).Replace(s)
	}
	publication := func(edit ...string) string {
		s := `{"because":"x","digests":{},"entries":7,"file":"f","known":"never","sha256":"` + ones + `","title":"t"}`
		return strings.NewReplacer(edit...).Replace(s)
	}
	outage := func(edit ...string) string {
		s := `{"because":"x","during":{"end":"2026-03-01T09:00:00Z","start":"2026-03-01T08:00:00Z"},"what":"w"}`
		return strings.NewReplacer(edit...).Replace(s)
	}
	source := func(edit ...string) string {
		s := `{"counts":{"already_known":1,"new":1,"read":3,"refused":1},"evidence":"` + ones + `","file":"f","kind":"csv","known":"received","received":"2026-03-01T10:00:00Z"}`
		return strings.NewReplacer(edit...).Replace(s)
	}
	const release = `{"of":["1111111111111111111111111111111111111111111111111111111111111111"],"sealed":"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHg=","to":"parties"}` // age-encryption.org/v1\n-> x
	const aTime = ` is not written as 2026-03-01T10:05:00Z, with at most three decimals`
	for _, tt := range []struct{ name, kind, content, want string }{
		{"mission", "mission", `{"agreement":"` + zeros + `","keys":[],"title":"t"}`, ""},
		{"no title", "mission", `{"agreement":"` + zeros + `","keys":[]}`, `form s: the member "title" is missing`},
		{"key", "key", `{"key":"x","name":"n","role":"reader"}`, ""},
		{"no role", "key", `{"key":"x","name":"n"}`, `form s: the member "role" is missing`},
		{"null in a key", "key", `{"because":null,"key":"x","name":"n","role":"reader"}`, `form s: the member "because" is null, or contains null`},
		{"nothing", "key", ``, `form s: the content cannot be read: the content is missing`},
		{"revoke", "revoke", `{"key":"x"}`, ""},
		{"revoke nothing", "revoke", `{}`, `form s: the member "key" is missing`},
		{"batch", "batch", `{"root":"x","size":2}`, ""},
		{"batch without a size", "batch", `{"root":"x"}`, `form s: the member "size" is missing`},
		{"consent", "consent", `{"party":"UA","to":"x"}`, ""},
		{"consent to nothing", "consent", `{"party":"UA","to":""}`, `form s: a consent names what is signed, and the party`},
		{"consent of nobody", "consent", `{"party":"","to":"x"}`, `form s: a consent names what is signed, and the party`},
		{"consent without a party", "consent", `{"to":"x"}`, `form s: the member "party" is missing`},
		{"agreement", "agreement", agreement(), ""},
		{"agreement without a digest", "agreement", agreement(`"digest":"`+ones, `"digest":"`+zeros), "form s: terms have an ID, a digest and files"},
		{"agreement without an ID", "agreement", agreement(`"id":"x"`, `"id":""`), "form s: terms have an ID, a digest and files"},
		{"agreement without files", "agreement", agreement(`{"name":"a","sha256":"`+ones+`","size":0}`, ""), "form s: terms have an ID, a digest and files"},
		{"agreement with a file without a name", "agreement", agreement(`"name":"a"`, `"name":""`), "form s: a file of terms has a name, a digest and a size"},
		{"agreement with a file without a digest", "agreement", agreement(`"sha256":"`+ones, `"sha256":"`+zeros), "form s: a file of terms has a name, a digest and a size"},
		{"agreement with a file below nothing", "agreement", agreement(`"size":0`, `"size":-1`), "form s: a file of terms has a name, a digest and a size"},
		{"agreement without a title", "agreement", agreement(`,"title":"t"`, ""), `form s: the member "title" is missing`},
		{"method", "method", `{"method":"m"}`, ""},
		{"no method", "method", `{}`, `form s: the member "method" is missing`},
		{"an empty method", "method", `{"method":""}`, "form s: the method is missing"},
		{"release", "release", release, ""},
		{"release of nothing", "release", strings.Replace(release, `"`+ones+`"`, "", 1), "form s: a release names entries"},
		{"release of no age file", "release", strings.Replace(release, "YWdl", "AAAA", 1), "form s: a release contains an age file"},
		{"release in a file", "release", `{"of":["` + ones + `"],"file":"` + ones + `","to":"parties"}`, ""},
		{"release in a file of no digest", "release", `{"of":["` + ones + `"],"file":"` + zeros + `","to":"parties"}`, `form s: the member "sealed" or the member "file" is wanted, and one of them only`},
		{"release twice", "release", strings.Replace(release, `"to"`, `"file":"`+ones+`","to"`, 1), `form s: the member "sealed" or the member "file" is wanted, and one of them only`},
		{"disclosure in a file", "disclosure", `{"of":"` + ones + `","file":"` + ones + `"}`, ""},
		{"disclosure twice", "disclosure", `{"of":"` + ones + `","file":"` + ones + `","openings":[]}`, `form s: the member "openings" or the member "file" is wanted, and one of them only`},
		{"release with other base64", "release", strings.Replace(release, "IHg=", "IHg", 1), `form s: the content cannot be read: cannot unmarshal JSON string into Go []uint8 within "/sealed": illegal base64 data at input byte 32`},
		{"release to nobody", "release", strings.Replace(release, `,"to":"parties"`, "", 1), `form s: the member "to" is missing`},
		{"disclosure", "disclosure", `{"of":"` + zeros + `","openings":[["s","f",null]]}`, ""},
		{"disclosure of two parts", "disclosure", `{"of":"` + zeros + `","openings":[["s","f"]]}`, "form s: an opening cannot be read: the content cannot be read: an opening has salt, name and value"},
		{"disclosure of a field that is a number", "disclosure", `{"of":"` + zeros + `","openings":[["s",1,2]]}`, "form s: an opening cannot be read: the content cannot be read: cannot unmarshal JSON number into Go string"},
		{"disclosure of a salt that is a number", "disclosure", `{"of":"` + zeros + `","openings":[[1,"f",2]]}`, "form s: an opening is a list of a salt, a field and a value"},
		{"disclosure of nothing", "disclosure", `{"of":"` + zeros + `"}`, `form s: the member "openings" or the member "file" is wanted, and one of them only`},
		{"disclosure because of null", "disclosure", `{"because":null,"of":"` + zeros + `","openings":[]}`, `form s: the member "because" is null, or contains null`},
		{"a null after the openings", "disclosure", `{"of":null,"openings":[]}`, `form s: the member "of" is null, or contains null`},
		{"forgetting", "forgetting", `{"all":true,"of":"` + zeros + `"}`, ""},
		{"forgetting nothing", "forgetting", `{"all":true}`, `form s: the member "of" is missing`},
		{"publication", "publication", publication(), ""},
		{"publication from entries that come later", "publication", publication(`:7,`, `:8,`), "form s: a publication names the file's digest, and how many entries it was computed from"},
		{"publication from nothing", "publication", publication(`:7,`, `:0,`), ""},
		{"publication from below nothing", "publication", publication(`:7,`, `:-1,`), "form s: a publication names the file's digest, and how many entries it was computed from"},
		{"publication without a digest", "publication", publication(ones, zeros), "form s: a publication names the file's digest, and how many entries it was computed from"},
		{"publication without a file", "publication", publication(`"file":"f",`, ``), `form s: the member "file" is missing`},
		{"outage", "outage", outage(), ""},
		{"outage without an end", "outage", outage(`"end":"2026-03-01T09:00:00Z",`, ``), `form s: the member "during.end" is missing`},
		{"outage without a start", "outage", outage(`,"start":"2026-03-01T08:00:00Z"`, ``), `form s: the member "during.start" is missing`},
		{"outage backwards", "outage", outage(`T08`, `T10`), "time s: the time from 2026-03-01T10:00:00Z to 2026-03-01T09:00:00Z ends before it begins"},
		{"outage to the microsecond", "outage", outage(`09:00:00Z`, `09:00:00.0001Z`), `form s: the time "2026-03-01T09:00:00.0001Z"` + aTime},
		{"outage without during", "outage", `{"because":"x"}`, `form s: the member "during" is missing`},
		{"source", "source", source(), ""},
		{"source without counts", "source", source(`"counts":{"already_known":1,"new":1,"read":3,"refused":1},`, ""), `form s: the member "counts" is missing`},
		{"source without a count", "source", source(`"read":3,`, ""), `form s: the member "read" is missing`},
		{"source without evidence", "source", source(ones, zeros), "form s: a source names its kind, and the digest of its file"},
		{"source without a kind", "source", source(`"csv"`, `""`), "form s: a source names its kind, and the digest of its file"},
		{"source received in 1899", "source", source("2026-", "1899-"), "time s: a file received at 1899-03-01T10:00:00Z"},
		{"source received to the microsecond", "source", source("10:00:00Z", "10:00:00.0001Z"), `form s: the time "2026-03-01T10:00:00.0001Z"` + aTime},
		{"source with a null", "source", source(`"csv"`, `null`), `form s: the member "kind" is null, or contains null`},
		{"source without receipt", "source", source(`,"received":"2026-03-01T10:00:00Z"`, ``), `form s: the member "received" is missing`},
		{"another kind", "gossip", `{}`, `form s: the kind "gossip" is unknown`},
		{"another member", "method", `{"method":"m","x":1}`, `form s: the content cannot be read: cannot unmarshal JSON string into Go ledger.MethodStated: unknown object member name "x"`},
	} {
		e := &Entry{Index: 7, Kind: tt.kind, Content: []byte(tt.content), Received: noon}
		got := said(e.checkOther())
		is(t, tt.name, got, tt.want)
	}
	// Before the index is known nothing can come later than it.
	e := &Entry{Index: -1, Kind: "publication", Content: []byte(publication())}
	is(t, "a publication that is handed in", said(e.checkOther()), "")
	e.Index = 0
	is(t, "a publication at entry 0", said(e.checkOther()), "")
	e = &Entry{Known: 7_258_118_400_000, Kind: "method", Content: []byte(`{"method":"m"}`)}
	is(t, "known in 2200", said(e.checkOther()), "time s: it says that it was known at 2200-01-01T00:00:00Z, which is not in the years 1900 to 2199")
	e.Known = truce.Always
	is(t, "known always", said(e.checkOther()), "")
	// A sealed source shows when it was received, and no more.
	sealed := &Entry{Kind: "source", Content: []byte(`{"received":"2026-03-01T10:00:00Z"}`), Sealed: &Sealed{Shared: []string{"x"}}}
	is(t, "a sealed source", said(sealed.checkOther()), "")
	sealed.Sealed = &Sealed{Restricted: []string{"x"}}
	is(t, "a source with a restricted field", said(sealed.checkOther()), `form s: the member "known" is missing`)
}

// TestMoments: how a moment is written.
func TestMoments(t *testing.T) {
	for text, ok := range map[string]bool{`"2026-03-01T10:05:00Z"`: true, `"2026-03-01T10:05:00.123Z"`: true, `"2026-03-01T10:05:00+02:00"`: true, `"2026-03-01T10:05:00.1234Z"`: false, `"2026-03-01T10:05:00.000000001Z"`: false,
		`"2026-03-01T10:05:00,5Z"`: false, `"2026-03-01T9:05:00Z"`: false, `"2026-03-01T10:05:00"`: false, `"2026-02-30T10:05:00Z"`: false, `"now"`: false, `""`: false, `5`: false} {
		if got := checkMoment(jsontext.Value(text)); (got == nil) != ok || got != nil && (got.Rule != RuleForm || !got.Skipped) {
			t.Errorf("%s: %v, want a moment: %v", text, said(got), ok)
		}
	}
	for text, want := range map[string]bool{`1`: false, `"null"`: false, `null`: true, `[1,[null]]`: true, `{"a":{"b":null}}`: true, `{"null":1}`: false, `[]`: false} {
		if hasNull(jsontext.Value(text)) != want {
			t.Errorf("%s contains null: %v, want %v", text, !want, want)
		}
	}
	for text, want := range map[string]string{`["s","f",1]`: "", `["s","f"]`: "x", `["s","f",1,2]`: "x", `[1,"f",1]`: "x", `["s",1,1]`: "x", `{}`: "x", `5`: "x"} {
		if got := openingForm(jsontext.Value(text)); (got == "") != (want == "") {
			t.Errorf("%s: %q", text, got)
		}
	}
	is(t, "what is behind a commitment may be null", complete([]byte(`{"openings":[null]}`), "openings"), "")
	is(t, "and nothing after it", complete([]byte(`{"openings":[null],"x":[null]}`), "openings"), `the member "x" is null, or contains null`)
	p := Publication{Known: "2026-03-01T12:00:00Z"}
	if p.AsKnown() != noon {
		t.Errorf("as known at %v", p.AsKnown())
	}
	p.Known = "never"
	if p.AsKnown() != truce.Never {
		t.Errorf("as known at %v", p.AsKnown())
	}
	p.Known = "x"
	if p.AsKnown() != truce.Never {
		t.Errorf("as known at %v", p.AsKnown())
	}
}

// TestSealedForm: what can be seen of an entry with commitments.
func TestSealedForm(t *testing.T) {
	a, b := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for _, tt := range []struct {
		name, kind, content string
		sealed              *Sealed
		want                string
	}{
		{"nothing sealed", "outage", `{}`, nil, ""},
		{"shared", "observation", `{"id":1}`, &Sealed{Shared: []string{a, b}}, ""},
		{"restricted", "observation", `{}`, &Sealed{Restricted: []string{a, b}}, ""},
		{"both", "observation", `{"id":1}`, &Sealed{Shared: []string{a}, Restricted: []string{b}}, ""},
		{"a source", "source", `{}`, &Sealed{Shared: []string{a}}, ""},
		{"an outage", "outage", `{}`, &Sealed{Shared: []string{a}}, "sealed s: a outage has nothing that can be sealed"},
		{"none", "observation", `{}`, &Sealed{}, "sealed s: it is sealed, and nothing is"},
		{"on both shelves", "observation", `{"id":1}`, &Sealed{Shared: []string{a}, Restricted: []string{a}}, `sealed s: the commitment "` + a + `" appears twice`},
		{"twice", "observation", `{"id":1}`, &Sealed{Shared: []string{a, a}}, "sealed s: commitments are not in order, or one appears twice"},
		{"not in order", "observation", `{"id":1}`, &Sealed{Restricted: []string{b, a}}, "sealed s: commitments are not in order, or one appears twice"},
		{"short", "observation", `{"id":1}`, &Sealed{Shared: []string{"AAAA"}}, `sealed s: the commitment "AAAA" is not 32 bytes in base64`},
		{"no base64", "observation", `{"id":1}`, &Sealed{Shared: []string{a + "*"}}, `sealed s: the commitment "` + a + `*" is not 32 bytes in base64`},
		{"without its ID", "observation", `{}`, &Sealed{Shared: []string{a}}, `sealed s: the member "id" of a sealed observation must be public: whose word it is must be seen by whoever checks it`},
		{"without any content", "observation", ``, &Sealed{Shared: []string{a}}, `sealed s: the member "id" of a sealed observation must be public: whose word it is must be seen by whoever checks it`},
		{"without its claimant", "allegation", `{"id":1}`, &Sealed{Shared: []string{a}}, `sealed s: the member "claimant" of a sealed allegation must be public: whose word it is must be seen by whoever checks it`},
		{"content that is none", "observation", `[]`, &Sealed{Shared: []string{a}}, "form s: the content cannot be read: cannot unmarshal JSON array into Go map[string]jsontext.Value"},
	} {
		e := &Entry{Kind: tt.kind, Content: []byte(tt.content), Sealed: tt.sealed}
		got := said(checkSealed(e))
		is(t, tt.name, got, tt.want)
	}
}

// TestSpoken: what an item says of its source, of when it was known and of who
// decided, against the key that signed it.
func TestSpoken(t *testing.T) {
	r := newRegistry()
	keys := map[Role]*Key{}
	for _, role := range Roles {
		k := &Key{Name: string(role) + "-1", Role: role, v: named{string(role) + "-1"}}
		if role == Liaison {
			k.Party = "UA"
		}
		keys[role] = k
	}
	r.name(keys[Intake], "press")
	r.name(keys[Intake], "radio")
	r.name(keys[DutyOfficer], anySource)
	for _, tt := range []struct {
		name, kind string
		role       Role
		change     func(r *truce.Item)
		want       string
	}{
		{"the mission's own", "observation", Monitor, func(r *truce.Item) {}, ""},
		{"another source", "observation", Monitor, func(r *truce.Item) { r.Observation.Source = "press" }, `file: it names the source "press", and monitor-1 has put no file of that source into the record`},
		{"a source of which a file was read", "observation", Intake, func(r *truce.Item) { r.Observation.Source = "press" }, ""},
		{"the second", "tally", Intake, func(r *truce.Item) { r.Tally.Source = "radio" }, ""},
		{"another than was read", "tally", Intake, func(r *truce.Item) { r.Tally.Source = "tv" }, `file: it names the source "tv", and intake-1 has put no file of that source into the record`},
		{"a sealed source was read", "coverage", DutyOfficer, func(r *truce.Item) { r.Coverage.Source = "tv" }, ""},
		{"what a party said, written down", "allegation", DutyOfficer, func(r *truce.Item) {}, ""},
		{"what a party said, written down by the monitor", "allegation", Monitor, func(r *truce.Item) {}, ""},
		{"a tally of a party", "tally", Monitor, func(r *truce.Item) { r.Tally.Source, r.Tally.Claimant = "UA", "UA" }, ""},
		{"coverage of a party", "coverage", Monitor, func(r *truce.Item) { r.Coverage.Source, r.Coverage.Claimant = "UA", "UA" }, ""},
		{"a notification of a party", "notification", Monitor, func(r *truce.Item) { r.Notification.Source = "UA" }, ""},
		{"a response of a party", "response", Monitor, func(r *truce.Item) { r.Response.Source = "UA" }, ""},
		{"a restriction by a party, which is the mission's word", "restriction", Monitor, func(r *truce.Item) { r.Restriction.Source = "UA" }, `file: it names the source "UA", and monitor-1 has put no file of that source into the record`},
		{"the other party's tally", "tally", Monitor, func(r *truce.Item) { r.Tally.Source, r.Tally.Claimant = "UA", "RU" }, `file: it names the source "UA", and monitor-1 has put no file of that source into the record`},
		{"a liaison's own", "allegation", Liaison, func(r *truce.Item) {}, ""},
		{"a liaison without a source", "response", Liaison, func(r *truce.Item) {}, ""},
		{"a liaison of another source", "allegation", Liaison, func(r *truce.Item) { r.Observation.Source = "mission" }, `source: liaison-1 names the source "mission", and speaks for UA alone`},
		{"decided by one's role", "decision", Verification, func(r *truce.Item) {}, ""},
		{"decided by nobody", "decision", Verification, func(r *truce.Item) { r.Decision.By = "" }, ""},
		{"decided by another", "decision", HeadOfMission, func(r *truce.Item) {}, `by: it says that a verification-officer decided, and head-of-mission-1 is the key of a head of mission`},
		{"stated by one's role", "attribution", Verification, func(r *truce.Item) {}, ""},
		{"stated by nobody", "attribution", Verification, func(r *truce.Item) { r.Attribution.By = "" }, `by: it says that a  stated it, and verification-officer-1 is the key of a verification officer`},
		{"stated by another", "attribution", HeadOfMission, func(r *truce.Item) {}, `by: it says that a verification-officer stated it, and head-of-mission-1 is the key of a head of mission`},
		{"known before, in a record that binds", "observation", Intake, func(r *truce.Item) { r.Known = noon - 1 }, `known: it says that it was known at 2026-03-01T11:59:59.999Z, before it was received: only a record whose terms bind nobody may`},
		{"known before, by a monitor", "observation", Monitor, func(r *truce.Item) { r.Known = noon - 1 }, `known: monitor-1 says that it was known at 2026-03-01T11:59:59.999Z, before it was received: only the intake may, in a rehearsal`},
		{"known when it was received", "observation", Monitor, func(r *truce.Item) { r.Known = noon }, ""},
		{"known later", "observation", Monitor, func(r *truce.Item) { r.Known = noon + 1 }, ""},
	} {
		rec := of(tt.kind)
		tt.change(&rec)
		r.binding = true
		is(t, tt.name, said(r.spoken(&rec, noon, keys[tt.role])), tt.want)
	}
	rec := of("observation")
	rec.Known = noon - 1
	r.binding = false
	is(t, "known before, in a rehearsal", said(r.spoken(&rec, noon, keys[Intake])), "")
}

// named is a verifier that has a name and verifies nothing.
type named struct{ name string }

func (n named) Name() string              { return n.name }
func (n named) KeyHash() uint32           { return 7 }
func (n named) Verify(msg, s []byte) bool { return false }

// TestOriginsOfAnEntry: one to 32 in order, each once, of a known kind, with a name, and
// not too long.
func TestOriginsOfAnEntry(t *testing.T) {
	many := func(n int) (out []truce.Origin) {
		for i := range n {
			out = append(out, truce.Origin(fmt.Sprintf("post:%03d", i)))
		}
		return out
	}
	for _, tt := range []struct {
		origins []truce.Origin
		good    bool
	}{
		{[]truce.Origin{"post:a"}, true}, {[]truce.Origin{"entry:a", "media:a", "own:a", "post:a", "publisher:a", "text:a"}, true}, {many(32), true},
		{many(33), false}, {[]truce.Origin{}, false}, {[]truce.Origin{"post:b", "post:a"}, false}, {[]truce.Origin{"post:a", "post:a"}, false},
		{[]truce.Origin{"kind:a"}, false}, {[]truce.Origin{"post:"}, false}, {[]truce.Origin{"post"}, false}, {[]truce.Origin{""}, false},
		{[]truce.Origin{truce.Origin("post:" + strings.Repeat("a", 595))}, true}, {[]truce.Origin{truce.Origin("post:" + strings.Repeat("a", 596))}, false},
	} {
		o := &truce.Observation{Source: "s", Act: "fire", Origins: tt.origins}
		if why := checkObservation(o); (why == "") != tt.good {
			t.Errorf("%q: %q", tt.origins, why)
		}
	}
}

// onDay changes a decision on a finding of days.
func onDay(change func(*truce.Decision)) func(*truce.Item) {
	return func(r *truce.Item) {
		d := r.Decision
		d.Article = "1"
		d.Window = truce.Interval{Start: 1_772_323_200_000, End: 1_772_323_200_000 + 24*3_600_000}
		d.Area = truce.Area{Level: truce.AreaPlace, RadiusM: 9_450}
		d.Area.Centre, _ = geo.PointOf(48.01, 37.8)
		change(d)
	}
}
