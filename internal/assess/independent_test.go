package assess

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// TestIndependent states, case by case, which observations of one incident
// confirm each other. Each case was worked out by hand; the order in which the
// observations come must not matter.
func TestIndependent(t *testing.T) {
	c := NewContext(Context{Agreement: &truce.Agreement{
		Parties: []truce.Party{{ID: "A"}, {ID: "B"}},
		Sources: map[truce.SourceID]truce.Source{
			"post-1": {ID: "post-1", Publisher: "mission"}, "post-2": {ID: "post-2", Publisher: "mission"},
			"press": {ID: "press", Publisher: "Press"}, "ngo": {ID: "ngo", Publisher: "NGO"},
			"mod-a": {ID: "mod-a", Publisher: "Ministry", Party: "A"}}}})
	// obs is an observation whose content differs from others by its key alone.
	obs := func(source, key, hand string) *truce.Observation {
		o := &truce.Observation{Source: truce.SourceID(source), Key: key, Hand: hand, Act: "strike", Weapon: "mortar",
			Occurred: truce.Interval{Start: 0, End: 60_000}, Count: truce.Count{N: 1}}
		o.SetID()
		return o
	}
	with := func(o *truce.Observation, f func(*truce.Observation)) *truce.Observation { f(o); return o }
	for _, tt := range []struct {
		name string
		of   []*truce.Observation
		want bool
	}{
		{"none", nil, false},
		{"one", []*truce.Observation{obs("press", "1", "")}, false},
		{"two of one source", []*truce.Observation{obs("press", "1", ""), obs("press", "2", "")}, false},
		{"two sources of one publisher", []*truce.Observation{obs("post-1", "1", "anna"), obs("post-2", "2", "boris")}, false},
		{"two publishers, from files", []*truce.Observation{obs("press", "1", ""), obs("ngo", "2", "")}, true},
		{"two publishers, two hands", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "boris")}, true},
		{"two publishers, one hand", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna")}, false},
		{"one from a file, one by hand", []*truce.Observation{obs("press", "1", ""), obs("ngo", "2", "anna")}, true},
		{"sources that are not listed, one hand", []*truce.Observation{obs("x", "1", "anna"), obs("y", "2", "anna")}, false},
		{"one row under two names", []*truce.Observation{obs("press", "1", ""), obs("ngo", "1", "")}, false},
		{"one row under two names, one a later revision", []*truce.Observation{obs("press", "1", ""),
			with(obs("ngo", "1", ""), func(o *truce.Observation) { o.Revision = 2 })}, false},
		{"one row under two names, one graded by a person", []*truce.Observation{obs("press", "1", ""),
			with(obs("ngo", "1", ""), func(o *truce.Observation) { o.Grade = truce.Grade{Source: 'A', Info: '1'} })}, false},
		{"one row under two names, typed by two people", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "1", "boris")}, false},
		{"one key and another weapon", []*truce.Observation{obs("press", "1", ""),
			with(obs("ngo", "1", ""), func(o *truce.Observation) { o.Weapon = "artillery" })}, true},
		{"one row under two names, and another row", []*truce.Observation{obs("press", "1", ""), obs("ngo", "1", ""), obs("ngo", "2", "")}, true},
		{"one hand, and a third from a file", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna"), obs("x", "3", "")}, true},
		{"one hand, and a third of one of the two publishers", []*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna"), obs("ngo", "3", "")}, true},
		{"one row under three names", []*truce.Observation{obs("press", "1", ""), obs("ngo", "1", ""), obs("x", "1", "")}, false},
		{"one hand and the same row in a chain", // a~b by hand, b~c by row, a and c are independent
			[]*truce.Observation{obs("press", "1", "anna"), obs("ngo", "2", "anna"), obs("x", "2", "")}, true},
		{"three of one publisher, the last row under another name", []*truce.Observation{obs("press", "1", ""), obs("press", "2", ""), obs("press", "3", ""), obs("ngo", "3", "")}, true},
		{"a source that is not listed and has the name of a publisher", []*truce.Observation{obs("post-1", "1", "anna"), obs("Mission", "2", "boris")}, false},
		{"a party's source", []*truce.Observation{obs("press", "1", ""), obs("mod-a", "2", "")}, false},
		{"an allegation", []*truce.Observation{obs("press", "1", ""), with(obs("x", "2", ""), func(o *truce.Observation) { o.Claimant = "B" })}, false},
		{"a sign", []*truce.Observation{obs("press", "1", ""), with(obs("x", "2", ""), func(o *truce.Observation) { o.Act = truce.ActFirePixel })}, false},
	} {
		permute(slices.Clone(tt.of), 0, func(of []*truce.Observation) {
			var w witnesses
			for _, o := range of {
				w.add(c, o)
			}
			if got := w.standing(false) == truce.Corroborated; got != tt.want {
				t.Errorf("%s: corroborated %v, want %v, in the order %v", tt.name, got, tt.want, keys(of))
			}
		})
	}
}

// TestOrigins states, case by case, on what ground observations confirm each other. Each
// was worked out by hand from the rules of doc/method.md, "Who confirms whom", in
// every order.
func TestOrigins(t *testing.T) {
	a := &truce.Agreement{
		Parties: []truce.Party{{ID: "A"}, {ID: "B"}},
		Sources: map[truce.SourceID]truce.Source{
			"press": {ID: "press", Publisher: "Press"}, "ngo": {ID: "ngo", Publisher: "NGO"}, "wire": {ID: "wire", Publisher: "Wire"}, "file": {ID: "file", Publisher: "Collector"},
			"relay": {ID: "relay", Publisher: "Relay", Relays: []string{"ngo"}}, "relay-2": {ID: "relay-2", Publisher: "Relay 2", Relays: []string{"relay"}},
			"afp": {ID: "afp", Publisher: "AFP"}, "digest": {ID: "digest", Publisher: "Digest", Relays: []string{"Agence France Presse"}},
			"twin-a": {ID: "twin-a", Publisher: "Twin"}, "twin-b": {ID: "twin-b", Publisher: "Twin", Relays: []string{"Agency"}},
			"mod-a": {ID: "mod-a", Publisher: "Ministry of A", Party: "A"}}}
	const exact, other = 501234567, 362345678
	obs := func(source, key string, origins ...truce.Origin) *truce.Observation {
		o := &truce.Observation{Source: truce.SourceID(source), Key: key, Act: "strike", Weapon: "mortar", Occurred: truce.Interval{Start: 0, End: 60_000},
			Count: truce.Count{N: 1}, Place: truce.Place{Kind: truce.PlacePoint, Uncertainty: 100}}
		o.Place.Point.Lat, o.Place.Point.Lon = exact+int32(len(key)*7919+int(key[0])*104729), other-int32(int(key[0])*15485863%1000003)
		if err := o.SetOrigins(origins); err != nil {
			t.Fatal(err)
		}
		o.SetID()
		return o
	}
	with := func(o *truce.Observation, f func(*truce.Observation)) *truce.Observation { f(o); return o }
	row := func(publisher, key string, origins ...truce.Origin) *truce.Observation {
		return with(obs("file", key, origins...), func(o *truce.Observation) { o.Publisher = publisher })
	}
	at := func(o *truce.Observation, lat, lon int32) *truce.Observation {
		o.Place.Point.Lat, o.Place.Point.Lon = lat, lon
		return o
	}
	const none truce.Ground = "" // several publishers, and no ground
	one := obs("ngo", "9", "post:t.me/x/1")
	// Entries whose own addresses others cite; the last two cite each other.
	channel, ring, again := obs("wire", "8", "own:t.me/wire/8", "post:t.me/x/1"), obs("wire", "7", "own:t.me/wire/7", "post:t.me/wire/6"), obs("wire", "6", "own:t.me/wire/6", "post:t.me/wire/7")
	entry := truce.Origin("entry:" + one.ID.Hex())
	for _, tt := range []struct {
		name string
		of   []*truce.Observation
		want truce.Ground
	}{
		{"one", []*truce.Observation{obs("press", "1")}, ""},
		{"one publisher, two posts", []*truce.Observation{obs("press", "1", "post:t.me/x/1"), obs("press", "2", "post:t.me/y/1")}, ""},
		{"two publishers, nothing stated", []*truce.Observation{obs("press", "1"), obs("ngo", "2")}, truce.TwoPublishers},
		{"one states its origin", []*truce.Observation{obs("press", "1", "post:t.me/x/1"), obs("ngo", "2")}, truce.TwoPublishers},
		{"two origins", []*truce.Observation{obs("press", "1", "post:t.me/x/1"), obs("ngo", "2", "post:t.me/y/1")}, truce.TwoOrigins},
		{"one post cited by both", []*truce.Observation{obs("press", "1", "post:t.me/x/1"), obs("ngo", "2", "post:t.me/x/1")}, truce.OneOrigin},
		{"one post cited by both, each with another too", []*truce.Observation{obs("press", "1", "post:t.me/x/1", "post:t.me/y/1"), obs("ngo", "2", "post:t.me/x/1", "post:t.me/z/1")}, truce.OneOrigin},
		{"three publishers, one post", []*truce.Observation{obs("press", "1", "post:t.me/x/1"), obs("ngo", "2", "post:t.me/x/1"), obs("wire", "3", "post:t.me/x/1")}, truce.OneOrigin},
		{"a third that cites both leaves both independent", []*truce.Observation{obs("press", "1", "post:t.me/a/1"), obs("ngo", "2", "post:t.me/b/1"), obs("wire", "3", "post:t.me/a/1", "post:t.me/b/1")}, truce.TwoOrigins},
		{"one cites the other", []*truce.Observation{obs("press", "1", "publisher:ngo"), obs("ngo", "2")}, truce.OneOrigin},
		{"one passes on the other", []*truce.Observation{obs("relay", "1"), obs("ngo", "2")}, truce.OneOrigin},
		{"through a chain", []*truce.Observation{obs("relay-2", "1"), obs("ngo", "2")}, truce.OneOrigin},
		{"one cites who passes on the other", []*truce.Observation{obs("press", "1", "publisher:relay 2"), obs("ngo", "2")}, truce.OneOrigin},
		{"two that pass on one", []*truce.Observation{obs("relay", "1"), obs("relay-2", "2")}, truce.OneOrigin},
		{"an entry that rests on the other's post", []*truce.Observation{obs("press", "1", entry), obs("wire", "2", "post:t.me/x/1")}, truce.OneOrigin},
		{"an entry, and the entry", []*truce.Observation{obs("press", "1", entry), one}, truce.OneOrigin},
		{"an entry, and its publisher", []*truce.Observation{obs("press", "1", entry), obs("ngo", "2")}, truce.OneOrigin},
		{"a paper that quotes the ministry, and a paper", []*truce.Observation{obs("press", "1", "publisher:ministry of a"), obs("ngo", "2")}, ""},
		{"rows of one file without origins", []*truce.Observation{row("X", "1"), row("Y", "2")}, none},
		{"rows of one file, one without origins", []*truce.Observation{row("X", "1", "post:t.me/x/1"), row("Y", "2")}, none},
		{"rows of one file, two origins", []*truce.Observation{row("X", "1", "post:t.me/x/1"), row("Y", "2", "post:t.me/y/1")}, truce.TwoOrigins},
		{"rows of one file, a text is not an origin", []*truce.Observation{row("X", "1", "text:1"), row("Y", "2", "text:2")}, none},
		{"a row of a file, and a source", []*truce.Observation{row("X", "1"), obs("ngo", "2")}, truce.TwoPublishers},
		{"a row of a file that names the source", []*truce.Observation{row("ngo", "1"), obs("ngo", "2")}, ""},
		{"own addresses say nothing of where they have it from", []*truce.Observation{obs("press", "1", "own:t.me/x/1"), obs("ngo", "2", "own:t.me/y/1")}, truce.TwoPublishers},
		{"one cites the other's own address", []*truce.Observation{obs("press", "1", "own:t.me/x/1"), obs("ngo", "2", "post:t.me/x/1")}, truce.OneOrigin},
		{"rows of one file with their own addresses alone", []*truce.Observation{row("X", "1", "own:t.me/x/1"), row("Y", "2", "own:t.me/y/1")}, truce.TwoPublishers},
		{"rows of one file with one address", []*truce.Observation{row("X", "1", "own:t.me/x/1"), row("Y", "2", "own:t.me/x/1")}, truce.OneOrigin},
		{"rows of one file, one without an address", []*truce.Observation{row("X", "1", "own:t.me/x/1"), row("Y", "2")}, none},
		{"one cites the address of an entry that rests on what the other cites", []*truce.Observation{obs("press", "1", "post:t.me/wire/8"), obs("ngo", "2", "post:t.me/x/1")}, truce.OneOrigin},
		{"one cites the address of an entry, the other its publisher", []*truce.Observation{obs("press", "1", "post:t.me/wire/8"), obs("ngo", "2", "publisher:wire")}, truce.OneOrigin},
		{"one cites the address of an entry, and the entry", []*truce.Observation{obs("press", "1", "post:t.me/wire/8"), channel}, truce.OneOrigin},
		{"one cites the address of an entry, the other its ID", []*truce.Observation{obs("press", "1", "post:t.me/wire/8"), obs("ngo", "2", truce.Origin("entry:"+channel.ID.Hex()))}, truce.OneOrigin},
		{"one cites the address of an entry, the other something else", []*truce.Observation{obs("press", "1", "post:t.me/wire/8"), obs("ngo", "2", "post:t.me/y/1")}, truce.TwoOrigins},
		{"two that cite two entries which cite each other", []*truce.Observation{obs("press", "1", "post:t.me/wire/7"), obs("ngo", "2", "post:t.me/wire/6")}, truce.OneOrigin},
		{"two names of one agency", []*truce.Observation{obs("afp", "1"), row("Agence France-Presse", "2")}, ""},
		{"one passes on an agency, the other cites it by another name", []*truce.Observation{obs("digest", "1"), obs("ngo", "2", "publisher:afp")}, truce.OneOrigin},
		{"rows of one who passes on an agency", []*truce.Observation{with(obs("digest", "1"), func(o *truce.Observation) { o.Publisher = "North Post" }), with(obs("digest", "2"), func(o *truce.Observation) { o.Publisher = "South Post" })}, truce.OneOrigin},
		{"a row of one who passes on an agency, and the agency", []*truce.Observation{with(obs("digest", "1"), func(o *truce.Observation) { o.Publisher = "North Post" }), obs("afp", "2")}, truce.OneOrigin},
		{"two of a publisher, and one of its sources that passes on others, and who states an origin", []*truce.Observation{obs("twin-a", "1"), obs("twin-a", "2"), obs("twin-b", "3"), obs("press", "4", "post:t.me/x/1")}, truce.TwoOrigins},
		{"rows of one file with addresses on one site", []*truce.Observation{row("X", "1", "own:digest.example/1"), row("Y", "2", "own:digest.example/2")}, none},
		{"rows of one file with addresses on two sites", []*truce.Observation{row("X", "1", "own:x.example/1"), row("Y", "2", "own:y.example/2")}, truce.TwoPublishers},
		{"rows of one file with addresses in one channel", []*truce.Observation{row("X", "1", "own:t.me/digest/1"), row("Y", "2", "own:t.me/digest/2")}, none},
		{"rows of one file with posts that do not say whose they are", []*truce.Observation{row("X", "1", "own:x.com/status/1"), row("Y", "2", "own:x.com/status/2")}, truce.TwoPublishers},
		{"rows of one file on one site, one on its own too", []*truce.Observation{row("X", "1", "own:digest.example/1", "own:x.example/1"), row("Y", "2", "own:digest.example/2")}, none},
		{"rows of one file on one site, each on its own too", []*truce.Observation{row("X", "1", "own:digest.example/1", "own:x.example/1"), row("Y", "2", "own:digest.example/2", "own:y.example/1")}, truce.TwoPublishers},
		{"rows of one file on one site, one states its origin", []*truce.Observation{row("X", "1", "own:digest.example/1", "post:t.me/x/1"), row("Y", "2", "own:digest.example/2")}, none},
		{"rows of one file on one site, both state their origin", []*truce.Observation{row("X", "1", "own:digest.example/1", "post:t.me/x/1"), row("Y", "2", "own:digest.example/2", "post:t.me/y/1")}, truce.TwoOrigins},
		{"a row of a file and a source, on one site", []*truce.Observation{row("X", "1", "own:digest.example/1"), obs("ngo", "2", "own:digest.example/2")}, truce.TwoPublishers},
		{"one text", []*truce.Observation{obs("press", "1", "text:1"), obs("ngo", "2", "text:1")}, truce.OneOrigin},
		{"one file", []*truce.Observation{obs("press", "1", truce.Origin("media:"+strings.Repeat("1", 64)), "post:t.me/x/1"), obs("ngo", "2", truce.Origin("media:"+strings.Repeat("1", 64)), "post:t.me/y/1")}, truce.OneOrigin},
		{"one position to the metre", []*truce.Observation{at(obs("press", "1"), exact, other), at(obs("ngo", "2"), exact+90, other+90)}, none},
		{"four decimals", []*truce.Observation{at(obs("press", "1"), 501234000, 362345000), at(obs("ngo", "2"), 501234000, 362345000)}, truce.TwoPublishers},
		{"a settlement's", []*truce.Observation{at(obs("press", "1"), 481111111, 372222222), at(obs("ngo", "2"), 481111111, 372222222)}, truce.TwoPublishers},
		{"three metres apart", []*truce.Observation{at(obs("press", "1"), exact, other), at(obs("ngo", "2"), exact+280, other)}, truce.TwoPublishers},
		{"known to a kilometre", []*truce.Observation{with(at(obs("press", "1"), exact, other), func(o *truce.Observation) { o.Place.Uncertainty = 1000 }), at(obs("ngo", "2"), exact, other)}, truce.TwoPublishers},
		{"shifted north and east by as much", []*truce.Observation{at(obs("press", "1"), exact, other), at(obs("ngo", "2"), exact+25000, other+25000)}, none},
		{"shifted by more to the east", []*truce.Observation{at(obs("press", "1"), exact, other), at(obs("ngo", "2"), exact+25000, other+25002)}, truce.TwoPublishers},
		{"shifted north and west", []*truce.Observation{at(obs("press", "1"), exact, other), at(obs("ngo", "2"), exact+25000, other-25000)}, truce.TwoPublishers},
		{"a gun at one place", []*truce.Observation{with(at(obs("press", "1"), exact, other), func(o *truce.Observation) { o.Act = truce.ActPresence }), with(at(obs("ngo", "2"), exact, other), func(o *truce.Observation) { o.Act = truce.ActPresence })}, truce.TwoPublishers},
		{"two hundred copies and one of its own", append(copies(200, obs), obs("wire", "z")), truce.TwoPublishers},
	} {
		c := NewContext(Context{Agreement: a,
			Citations: truce.NewCitations([]*truce.Observation{one, channel, ring, again}),
			Settled:   func(p geo.Point) bool { return p.Lat == 481111111 }})
		each := permute[*truce.Observation]
		if len(tt.of) > 4 {
			each = func(list []*truce.Observation, _ int, f func([]*truce.Observation)) {
				f(list)
				slices.Reverse(list)
				f(list)
			}
		}
		each(slices.Clone(tt.of), 0, func(of []*truce.Observation) {
			var w witnesses
			for _, o := range of {
				w.add(c, o)
			}
			if got := w.rest(c); got != tt.want || (w.standing(false) == truce.Corroborated) != (tt.want == truce.TwoOrigins || tt.want == truce.TwoPublishers) {
				t.Errorf("%s: %q, want %q, in the order %v", tt.name, got, tt.want, keys(of))
			}
			if tr := (trace{}); tt.want == truce.OneOrigin {
				if w.explain(&Rule{c: c}, &tr); len(tr.reasons) == 0 {
					t.Errorf("%s: nothing is said of why", tt.name)
				}
			}
		})
	}
	// A person says that a text is not a copy.
	x, y := obs("press", "1", "text:1"), obs("ngo", "2", "text:1")
	c := NewContext(Context{Agreement: a, Decisions: []*truce.Decision{{Kind: truce.Independent, Of: []truce.Digest{x.ID}}}})
	var w witnesses
	w.add(c, x)
	w.add(c, y)
	if w.rest(c) != truce.TwoPublishers {
		t.Errorf("a person said that it is not a copy: %q", w.rest(c))
	}
}

// copies are n reports of two publishers that all rest on one post.
func copies(n int, obs func(source, key string, origins ...truce.Origin) *truce.Observation) (out []*truce.Observation) {
	for i := range n {
		out = append(out, obs([]string{"press", "ngo"}[i%2], string(rune('0'+i)), "post:t.me/x/1"))
	}
	return out
}

// permute calls f with every order of list.
func permute[T any](list []T, k int, f func([]T)) {
	if k >= len(list) {
		f(list)
		return
	}
	for i := k; i < len(list); i++ {
		list[k], list[i] = list[i], list[k]
		permute(list, k+1, f)
		list[k], list[i] = list[i], list[k]
	}
}

func keys(of []*truce.Observation) (out []string) {
	for _, o := range of {
		out = append(out, string(o.Source)+" "+o.Key+" "+o.Hand)
	}
	return out
}

// TestWitnessesKeepFew: hundreds of reports by one publisher cost no more than
// comparing each with two.
func TestWitnessesKeepFew(t *testing.T) {
	c := NewContext(Context{Agreement: &truce.Agreement{}})
	var w witnesses
	for i := range 512 {
		o := &truce.Observation{Source: "press", Key: string(rune('a' + i)), Act: "strike"}
		w.add(c, o)
	}
	if len(w.of) != 2 {
		t.Errorf("%d are kept, want 2", len(w.of))
	}
}

// TestDependentIsSaid: where two publishers do not confirm each other, the
// reasons say why, and a period and a sum follow the incident.
func TestDependentIsSaid(t *testing.T) {
	a := &truce.Agreement{Location: time.UTC, Parties: []truce.Party{{ID: "A"}}, Sources: map[truce.SourceID]truce.Source{},
		Provisions: []truce.Provision{{Article: "1", Binds: []truce.PartyID{"A"}, Floor: truce.Floor{Evidence: truce.Corroborated},
			Obligation: &prohibit{Acts: []truce.Act{"strike"}}}}}
	incident := func(hands ...string) *truce.Incident {
		inc := &truce.Incident{Occurred: truce.Interval{Start: 0, End: 60_000}}
		for i, h := range hands {
			o := &truce.Observation{Source: truce.SourceID([]string{"x", "y", "z"}[i]), Key: []string{"1", "2", "3"}[i], Hand: h, Count: truce.Count{N: 1}, Act: "strike", Weapon: "mortar", Occurred: inc.Occurred}
			o.SetID()
			inc.Of = append(inc.Of, o)
		}
		slices.SortFunc(inc.Of, func(a, b *truce.Observation) int { return a.ID.Compare(b.ID) })
		inc.ID = inc.Of[0].ID
		return inc
	}
	said := func(words string) func(truce.Reason) bool {
		return func(r truce.Reason) bool { return strings.Contains(r.String(), words) }
	}
	c := NewContext(Context{Agreement: a, Now: truce.Never})
	r := c.Rules(&a.Provisions[0])[0]
	one := r.Incident(incident("anna", "anna"), Query{Reasons: true})
	if one.Outcome != truce.Uncorroborated || one.Standing != truce.SingleSource {
		t.Errorf("one hand: %s, %s", one.Outcome, one.Standing)
	}
	if !slices.ContainsFunc(one.Reasons, said("entered by the same person")) {
		t.Errorf("one hand: nobody is told why: %v", one.Reasons)
	}
	two := r.Incident(incident("anna", "boris"), Query{Reasons: true})
	if two.Outcome != truce.ApparentViolation || two.Standing != truce.Corroborated {
		t.Errorf("two hands: %s, %s", two.Outcome, two.Standing)
	}
	if slices.ContainsFunc(two.Reasons, said("do not confirm each other")) {
		t.Errorf("two hands: %v", two.Reasons)
	}
	sum := SumOf(truce.Interval{}, truce.Never, []*Found{NewFound(incident("anna", "anna"), one)})
	if got := r.Period(truce.Interval{}, &sum, Query{}); got.Outcome != truce.Uncorroborated {
		t.Errorf("the period: %s", got.Outcome)
	}
}
