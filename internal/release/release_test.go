package release

import (
	"reflect"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

const now truce.Instant = 1_755_700_000_000

const hour = 3_600_000 // milliseconds

var (
	spot    = geo.Point{Lat: 480123456, Lon: 378765432}
	precise = truce.Place{Kind: truce.PlacePoint, Point: spot, Uncertainty: 200}
	// The middle of the square of 1,000 m that holds spot: of 90,000 units each way.
	middle = geo.Point{Lat: 480105000, Lon: 378765000}
	wide   = truce.Place{Kind: truce.PlacePoint, Point: middle, Uncertainty: 1200}
	vague  = truce.Place{Kind: truce.PlaceRegion, Name: "Poltava Oblast"}

	none    = truce.PublicRelease{}
	delayed = truce.PublicRelease{Delay: 6 * time.Hour}
	blurs   = truce.PublicRelease{BlurM: 1000}
	holds   = truce.PublicRelease{Hold: []truce.Act{"presence", "fire"}}
	every   = truce.PublicRelease{Delay: 6 * time.Hour, BlurM: 1000, Hold: []truce.Act{"presence", "fire"}}
)

// TestAudiences is the table of whom release rules concern: the public, and whoever
// is not known to be anybody else.
func TestAudiences(t *testing.T) {
	for _, tt := range []struct {
		name             string
		to               truce.Audience
		rules            truce.PublicRelease
		plain, withholds bool
	}{
		{"the mission, all rules", truce.ForMission, every, true, false},
		{"the parties, all rules", truce.ForParties, every, true, false},
		{"the public, no rules", truce.ForPublic, none, true, false},
		{"the public, a delay", truce.ForPublic, delayed, false, true},
		{"the public, a delay of a nanosecond", truce.ForPublic, truce.PublicRelease{Delay: 1}, false, true},
		{"the public, a blur", truce.ForPublic, blurs, false, false},
		{"the public, a blur of a metre", truce.ForPublic, truce.PublicRelease{BlurM: 1}, false, false},
		{"the public, acts that are held", truce.ForPublic, holds, false, true},
		{"the public, all rules", truce.ForPublic, every, false, true},
		{"an audience of a later version", "press", every, false, true},
		{"an audience that nobody named", "", every, false, true},
		{"an audience that nobody named, no rules", "", none, true, false},
	} {
		v := Viewer{To: tt.to, Rules: tt.rules}
		if v.Plain() != tt.plain || v.Withholds() != tt.withholds {
			t.Errorf("%s: plain %v, withholds %v", tt.name, v.Plain(), v.Withholds())
		}
	}
}

// TestObservation is the table of what is shown of one observation.
func TestObservation(t *testing.T) {
	for _, tt := range []struct {
		name  string
		to    truce.Audience
		rules truce.PublicRelease
		known truce.Instant
		act   truce.Act
		place truce.Place
		want  Sight
	}{
		{"the mission sees what is held", truce.ForMission, every, now, "presence", precise, Sight{From: truce.Always}},
		{"both parties see what is held", truce.ForParties, every, now, "presence", precise, Sight{From: truce.Always}},
		{"without rules the public sees all", truce.ForPublic, none, now, "presence", precise, Sight{From: truce.Always}},
		{"later", truce.ForPublic, delayed, now, "strike", precise, Sight{From: now + 6*hour}},
		{"known since always is not late", truce.ForPublic, delayed, truce.Always, "strike", precise, Sight{From: truce.Always}},
		{"not known at all is not shown later either", truce.ForPublic, delayed, truce.Never, "strike", precise, Sight{From: truce.Always}},
		{"wider", truce.ForPublic, blurs, now, "strike", precise, Sight{From: truce.Always, Wider: true}},
		{"no wider than it is", truce.ForPublic, blurs, now, "strike", vague, Sight{From: truce.Always}},
		{"held", truce.ForPublic, holds, now, "presence", precise, Sight{Held: true, From: truce.Never}},
		{"held by the second rule", truce.ForPublic, holds, now, "fire", precise, Sight{Held: true, From: truce.Never}},
		{"held by what it descends from", truce.ForPublic, holds, now, "shot", precise, Sight{Held: true, From: truce.Never}},
		{"its parent is not held", truce.ForPublic, holds, now, "attack", precise, Sight{From: truce.Always}},
		{"another act is not held", truce.ForPublic, holds, now, "strike", precise, Sight{From: truce.Always}},
		{"later and wider", truce.ForPublic, every, now, "strike", precise, Sight{From: now + 6*hour, Wider: true}},
		{"what is held is neither later nor wider", truce.ForPublic, every, now, "shot", precise, Sight{Held: true, From: truce.Never}},
		{"an audience that nobody named sees what the public sees", "", every, now, "shot", precise, Sight{Held: true, From: truce.Never}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := (Viewer{To: tt.to, Rules: tt.rules}).Observation(tt.known, tt.act, &tt.place); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestListed: what is delayed is listed from the very moment on.
func TestListed(t *testing.T) {
	for _, tt := range []struct {
		sight Sight
		at    truce.Instant
		want  bool
	}{
		{Sight{From: truce.Always}, now, true},
		{Sight{From: truce.Always}, truce.Always, true},
		{Sight{From: now}, now - 1, false},
		{Sight{From: now}, now, true},
		{Sight{From: now}, now + 1, true},
		{Sight{From: now}, truce.Never, true},
		{Sight{Held: true, From: truce.Always}, now, false},
		{Sight{Held: true, From: truce.Never}, truce.Never, false},
	} {
		if got := tt.sight.Listed(tt.at); got != tt.want {
			t.Errorf("%+v at %s: %v", tt.sight, tt.at, got)
		}
	}
}

// of is an incident of acts at places; the first became known an hour before the
// second, and so on.
func of(acts ...truce.Observation) (*truce.Incident, Known) {
	list := make([]*truce.Observation, len(acts))
	known := map[truce.Digest]truce.Instant{}
	for i := range acts {
		o := acts[i]
		o.ID = truce.DigestOf("of", string(rune('a'+i)))
		list[i], known[o.ID] = &o, now+truce.Instant(i)*hour
	}
	return truce.NewIncident(list), func(id truce.Digest) truce.Instant { return known[id] }
}

func act(a truce.Act, p truce.Place) truce.Observation { return truce.Observation{Act: a, Place: p} }

// TestIncident is the table of what is shown of an incident, by all that it is of,
// and of when it is listed and told.
func TestIncident(t *testing.T) {
	for _, tt := range []struct {
		name         string
		to           truce.Audience
		rules        truce.PublicRelease
		of           []truce.Observation
		want         Sight
		listed, told bool // an hour after the last of it became known
	}{
		{"no rules", truce.ForPublic, none, []truce.Observation{act("presence", precise)}, Sight{From: truce.Always}, true, true},
		{"the mission", truce.ForMission, every, []truce.Observation{act("presence", precise)}, Sight{From: truce.Always}, true, true},
		{"the parties", truce.ForParties, every, []truce.Observation{act("presence", precise), act("shot", precise)}, Sight{From: truce.Always}, true, true},
		{"its one act is held", truce.ForPublic, holds, []truce.Observation{act("presence", precise)}, Sight{Held: true, From: truce.Never}, false, false},
		{"its first act is held", truce.ForPublic, holds, []truce.Observation{act("shot", precise), act("strike", precise)}, Sight{Held: true, From: truce.Never}, false, false},
		{"its second act is held", truce.ForPublic, holds, []truce.Observation{act("strike", precise), act("shot", precise)}, Sight{Held: true, From: truce.Never}, false, false},
		{"its last of three is held", truce.ForPublic, every, []truce.Observation{act("strike", precise), act("explosion", vague), act("presence", vague)}, Sight{Held: true, From: truce.Never, Wider: true}, false, false},
		{"none of its acts is held", truce.ForPublic, holds, []truce.Observation{act("strike", precise), act("explosion", precise)}, Sight{From: truce.Always}, true, true},
		{"delayed from its last", truce.ForPublic, delayed, []truce.Observation{act("strike", precise), act("strike", precise), act("strike", precise)}, Sight{From: now + 8*hour}, false, false},
		{"delayed by an hour", truce.ForPublic, truce.PublicRelease{Delay: time.Hour}, []truce.Observation{act("strike", precise), act("strike", precise)}, Sight{From: now + 2*hour}, true, true},
		{"delayed by a millisecond more", truce.ForPublic, truce.PublicRelease{Delay: time.Hour + time.Millisecond}, []truce.Observation{act("strike", precise), act("strike", precise)}, Sight{From: now + 2*hour + 1}, false, false},
		{"one place of two is wider", truce.ForPublic, blurs, []truce.Observation{act("strike", vague), act("strike", precise)}, Sight{From: truce.Always, Wider: true}, true, false},
		{"the other place of two is wider", truce.ForPublic, blurs, []truce.Observation{act("strike", precise), act("strike", vague)}, Sight{From: truce.Always, Wider: true}, true, false},
		{"no place is wider", truce.ForPublic, blurs, []truce.Observation{act("strike", vague)}, Sight{From: truce.Always}, true, true},
		{"later and wider", truce.ForPublic, every, []truce.Observation{act("strike", precise)}, Sight{From: now + 6*hour, Wider: true}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inc, known := of(tt.of...)
			v := Viewer{To: tt.to, Rules: tt.rules, At: now + truce.Instant(len(tt.of))*hour}
			if got := v.Incident(inc, known); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
			if v.Lists(inc, known) != tt.listed || v.Tells(inc, known) != tt.told {
				t.Errorf("listed %v, told %v; want %v, %v", v.Lists(inc, known), v.Tells(inc, known), tt.listed, tt.told)
			}
		})
	}
}

// TestSaid: where a place is shown wider, nothing else of the observation tells it.
func TestSaid(t *testing.T) {
	o := &truce.Observation{ID: truce.DigestOf("o"), Act: "strike", Weapon: "missile", Source: "mission", Key: "k", Place: precise, Object: "school-5", Note: "at the school", Publisher: "Channel of the town", Origins: []truce.Origin{"post:t.me/town/1"}, Evidence: []truce.Digest{truce.DigestOf("photo")},
		Occurred: truce.Interval{Start: now, End: now + hour}, Count: truce.Count{N: 3}}
	was := *o
	for _, v := range []Viewer{{To: truce.ForMission, Rules: blurs}, {To: truce.ForParties, Rules: every}, {To: truce.ForPublic, Rules: holds}, {To: truce.ForPublic, Rules: delayed}} {
		if got := v.Said(o); got != o {
			t.Errorf("the %s is not told what was said: %+v", v.To, got)
		}
	}
	got := Viewer{To: truce.ForPublic, Rules: blurs}.Said(o)
	want := was
	want.Place, want.Object, want.Note, want.Evidence, want.Publisher, want.Origins = wide, "", "", nil, "", nil
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("%+v, want %+v", *got, want)
	}
	if !reflect.DeepEqual(*o, was) {
		t.Error("what others are told has changed")
	}
}

// TestCorrects is the table of corrections, which print what was said before.
func TestCorrects(t *testing.T) {
	strike, explosion, shot := act("strike", vague), act("explosion", vague), act("shot", vague)
	exactly := act("strike", precise)
	clean, known := of(strike)
	later, knownLater := of(strike, explosion) // known an hour after
	held, _ := of(strike, shot)
	for _, tt := range []struct {
		name    string
		to      truce.Audience
		rules   truce.PublicRelease
		at      truce.Instant // looks
		was, is *truce.Observation
		of      *truce.Incident
		known   Known
		want    bool
	}{
		{"the mission", truce.ForMission, every, now, &shot, &exactly, held, known, true},
		{"no rules", truce.ForPublic, none, now, &shot, &exactly, held, known, true},
		{"nothing in it is withheld", truce.ForPublic, holds, now, &strike, &explosion, clean, known, true},
		{"what was said is held", truce.ForPublic, holds, now, &shot, &strike, clean, known, false},
		{"what is said is held", truce.ForPublic, holds, now, &strike, &shot, clean, known, false},
		{"its incident is held", truce.ForPublic, holds, now, &strike, &strike, held, known, false},
		{"a withdrawal", truce.ForPublic, holds, now, &strike, nil, nil, known, true},
		{"a withdrawal of what is held", truce.ForPublic, holds, now, &shot, nil, nil, known, false},
		{"what was said has a wider place", truce.ForPublic, blurs, now, &exactly, &strike, clean, known, false},
		{"what is said has a wider place", truce.ForPublic, blurs, now, &strike, &exactly, clean, known, false},
		{"no place is wider", truce.ForPublic, blurs, now, &strike, &strike, clean, known, true},
		{"before the delay ends", truce.ForPublic, delayed, now + 6*hour - 1, &strike, nil, nil, known, false},
		{"as the delay ends", truce.ForPublic, delayed, now + 6*hour, &strike, nil, nil, known, true},
		{"as it ends, and its incident's does not", truce.ForPublic, delayed, now + 6*hour, &strike, &strike, later, knownLater, false},
		{"as its incident's ends", truce.ForPublic, delayed, now + 7*hour, &strike, &strike, later, knownLater, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := Viewer{To: tt.to, Rules: tt.rules, At: tt.at}
			if got := v.Corrects(now, tt.was, tt.is, tt.of, tt.known); got != tt.want {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestRow is the table of rows of lists and maps.
func TestRow(t *testing.T) {
	row := truce.Row{ID: truce.DigestOf("row"), Occurred: truce.Interval{Start: now, End: now + hour}, Place: precise, Region: "Donetsk Oblast", What: "strike, missile", Act: "strike", Known: now, Entry: 7, Sources: []truce.SourceID{"mission"}}
	region := func(p *truce.Place) string { return "of " + p.Point.String() }
	with := func(change func(*truce.Row)) truce.Row {
		r := row
		change(&r)
		return r
	}
	far := with(func(r *truce.Row) { r.Place = vague })
	for _, tt := range []struct {
		name  string
		to    truce.Audience
		rules truce.PublicRelease
		row   truce.Row
		sight Sight
		want  Row
	}{
		{"as it is", truce.ForPublic, none, row, Sight{From: truce.Always}, Row{Row: row, From: truce.Always}},
		{"to the mission", truce.ForMission, every, row, Sight{From: truce.Always}, Row{Row: row, From: truce.Always}},
		{"later", truce.ForPublic, delayed, row, Sight{From: now + 6*hour}, Row{Row: row, From: now + 6*hour}},
		{"held: nothing but its ID", truce.ForPublic, holds, row, Sight{Held: true, From: truce.Never}, Row{Row: truce.Row{ID: row.ID}, Held: true, From: truce.Never}},
		{"wider, with the region of the wider place", truce.ForPublic, blurs, row, Sight{From: truce.Always, Wider: true},
			Row{Row: with(func(r *truce.Row) { r.Place, r.Region, r.Blurred = wide, "of "+middle.String(), true }), From: truce.Always}},
		{"another place in it is wider", truce.ForPublic, blurs, far, Sight{From: truce.Always, Wider: true}, Row{Row: with(func(r *truce.Row) { r.Place, r.Blurred = vague, true }), From: truce.Always}},
		{"known no closer", truce.ForPublic, blurs, far, Sight{From: truce.Always}, Row{Row: far, From: truce.Always}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := (Viewer{To: tt.to, Rules: tt.rules}).Row(tt.row, tt.sight, region); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestWhole is the table of periods: of whole days where something may be counted and
// not listed.
func TestWhole(t *testing.T) {
	kyiv, err := time.LoadLocation("Europe/Kyiv")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) truce.Instant {
		d, err := time.ParseInLocation("2006-01-02 15:04:05.000", text, kyiv)
		if err != nil {
			t.Fatal(err)
		}
		return truce.InstantOf(d)
	}
	first, second, third := at("2025-08-20 00:00:00.000"), at("2025-08-21 00:00:00.000"), at("2025-08-22 00:00:00.000")
	for _, tt := range []struct {
		name       string
		to         truce.Audience
		rules      truce.PublicRelease
		start, end truce.Instant
		wantStart  truce.Instant
		wantEnd    truce.Instant
	}{
		{"a minute of a day", truce.ForPublic, holds, at("2025-08-20 05:17:00.000"), at("2025-08-20 05:18:00.000"), first, second},
		{"a whole day", truce.ForPublic, delayed, first, second, first, second},
		{"the first millisecond of a day", truce.ForPublic, holds, first, first + 1, first, second},
		{"the last millisecond of a day", truce.ForPublic, holds, second - 1, second, first, second},
		{"a millisecond more", truce.ForPublic, holds, first, second + 1, first, third},
		{"a millisecond before", truce.ForPublic, holds, second - 1, third, first, third},
		{"no beginning", truce.ForPublic, holds, truce.Always, second - hour, truce.Always, second},
		{"no end", truce.ForPublic, holds, second + hour, truce.Never, second, truce.Never},
		{"a day of 25 hours", truce.ForPublic, holds, at("2025-10-26 12:00:00.000"), at("2025-10-26 13:00:00.000"), at("2025-10-26 00:00:00.000"), at("2025-10-27 00:00:00.000")},
		{"to the mission", truce.ForMission, every, first + hour, first + 2*hour, first + hour, first + 2*hour},
		{"to the parties", truce.ForParties, every, first + hour, first + 2*hour, first + hour, first + 2*hour},
		{"a blur withholds nothing", truce.ForPublic, blurs, first + hour, first + 2*hour, first + hour, first + 2*hour},
		{"no rules", truce.ForPublic, none, first + hour, first + 2*hour, first + hour, first + 2*hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Viewer{To: tt.to, Rules: tt.rules}.Whole(truce.Interval{Start: tt.start, End: tt.end}, kyiv)
			if want := (truce.Interval{Start: tt.wantStart, End: tt.wantEnd}); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// TestTally counts by hand.
func TestTally(t *testing.T) {
	n := NewTally()
	if n != (Tally{Until: truce.Never}) {
		t.Errorf("nothing is %+v", n)
	}
	for _, s := range []Sight{
		{From: truce.Always},                     // listed as it is
		{From: truce.Always, Wider: true},        // listed, wider
		{From: now, Wider: true},                 // listed from now on, wider
		{From: now + 2*hour},                     // not listed yet
		{From: now + 1},                          // the first to be listed
		{From: now + 3*hour, Wider: true},        // not listed: its place is nobody's business
		{Held: true, From: truce.Never},          // never
		{Held: true, From: now + 0, Wider: true}, // never, and nothing waits for it
	} {
		n.Add(s, now)
	}
	if want := (Tally{Unlisted: 5, Wider: 2, Until: now + 1}); n != want {
		t.Errorf("%+v, want %+v", n, want)
	}
	held := NewTally()
	held.Add(Sight{Held: true, From: now + 1}, now)
	if want := (Tally{Unlisted: 1, Until: truce.Never}); held != want {
		t.Errorf("%+v, want %+v", held, want)
	}
}

// TestAlike is the table of audiences that are shown the same.
func TestAlike(t *testing.T) {
	m, p, public := truce.ForMission, truce.ForParties, truce.ForPublic
	for _, tt := range []struct {
		name  string
		rules truce.PublicRelease
		a, b  truce.Audience
		same  bool
		want  bool
	}{
		{"the mission and itself", every, m, m, false, true},
		{"the public and itself", every, public, public, false, true},
		{"the mission and the parties have the same", every, m, p, true, true},
		{"the parties have less", none, m, p, false, false},
		{"the public has the same, no rules", none, m, public, true, true},
		{"the public has the same, no rules, asked the other way", none, public, p, true, true},
		{"the public has less, no rules", none, p, public, false, false},
		{"a delay", delayed, m, public, true, false},
		{"a blur", blurs, p, public, true, false},
		{"acts that are held", holds, public, m, true, false},
	} {
		if got := Alike(tt.rules, tt.a, tt.b, tt.same); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
