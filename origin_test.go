package truce

import (
	"fmt"
	"strings"
	"testing"
)

// TestParseOrigin: addresses of one post are one origin, however they are written, and
// what two reports could not have from one another is none. Each line was worked out by
// hand from how the sites write their addresses.
func TestParseOrigin(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"https://www.youtube.com/watch?v=aBc-1&t=30s", "post:youtube.com/watch?v=aBc-1"},
		{"http://youtu.be/aBc-1?si=xyz", "post:youtube.com/watch?v=aBc-1"},
		{"https://m.youtube.com/shorts/aBc-1", "post:youtube.com/watch?v=aBc-1"},
		{"https://www.youtube.com/embed/aBc-1", "post:youtube.com/watch?v=aBc-1"},
		{"https://t.me/s/Channel/12?single", "post:t.me/channel/12"},
		{"telegram.me/channel/12", ""}, // no scheme and no kind
		{"post:telegram.me/channel/12", "post:t.me/channel/12"},
		{"https://twitter.com/Someone/status/99?s=20", "post:x.com/status/99"},
		{"https://x.com/renamed/status/99/photo/1", "post:x.com/status/99"},
		{"https://web.archive.org/web/20160228120000/http://www.example.org/news/1.html#top", "post:example.org/news/1.html"},
		{"https://example.org/news/1.html?utm_source=a&b=2&a=1", "post:example.org/news/1.html?a=1&b=2"},
		{"https://example.org/", ""},
		{"https://example.org", ""},
		{"https://www.google.com/maps/place/1", ""},
		{"https://wikimapia.org/#lat=1", ""},
		{"post:hidden", ""},
		{"https://example.org/%D8%A3%d8%a8/%78", "post:example.org/%D8%A3%D8%A8/x"},
		{"https://example.org/أب/x", "post:example.org/%D8%A3%D8%A8/x"},
		{"https://x.com/i/web/status/99", "post:x.com/status/99"},
		{"https://t.me/channel/12?embed=1", "post:t.me/channel/12"},
		{"https://channel.t.me/12", "post:t.me/channel/12"},
		{"https://l.facebook.com/l.php?u=https%3A%2F%2Ft.me%2Fchannel%2F12&h=x", "post:t.me/channel/12"},
		{"https://www.google.com/url?q=https://t.me/channel/12", "post:t.me/channel/12"},
		{"https://web.archive.org/web/2016/t.me/channel/12", "post:t.me/channel/12"},
		{"https://example.org./news//1/amp/).", "post:example.org/news/1"},
		{"https://bücher.example/a", "post:xn--bcher-kva.example/a"},
		{"https://www.instagram.com/reel/AbC/", "post:instagram.com/p/AbC"},
		{"https://www.facebook.com/watch?v=12", "post:facebook.com/videos/12"},
		{"https://m.facebook.com/page/videos/title/12/", "post:facebook.com/videos/12"},
		{"https://forum.example/showthread.php?t=100", "post:forum.example/showthread.php?t=100"},
		{"https://forum.example/index.php?s=200", "post:forum.example/index.php?s=200"},
		{"https://a.example/article.php?id=12;lang=ar", "post:a.example/article.php?id=12;lang=ar"},
		{"https://youtu.be/", ""},
		{"https://web.telegram.org/k/#@a", "post:web.telegram.org/k"},
		{"publisher:Agência", "publisher:agencia"},
		{"publisher:Age\u0302nci\u0302a", "publisher:agencia"},
		{"publisher:SANA\u200b", "publisher:sana"},
		{"publisher:Agence  A", "publisher:agence a"},
		{"publisher:unknown", ""},
		{"https://archive.ph/2016/https://t.me/channel/12", "post:t.me/channel/12"},
		{"https://archive.is/https:/t.me/channel/12", "post:t.me/channel/12"},
		{"https://archive.ph/AbCd1", "post:archive.ph/AbCd1"},
		{"https://m.facebook.com/story.php?story_fbid=1&id=2&refid=17", "post:facebook.com/story.php?id=2&story_fbid=1"},
		{"https://t.me/channel/0012", "post:t.me/channel/12"},
		{"media:" + strings.Repeat("AB", 32), "media:" + strings.Repeat("ab", 32)},
		{"text:air strike", ""}, // too few letters to say anything
		{"text:Three people were killed, in an air strike!", "text:"},
	} {
		got, err := ParseOrigin(tt.in)
		if strings.HasPrefix(tt.in, "telegram.me") {
			if err == nil {
				t.Errorf("%q: %q, want an error", tt.in, got)
			}
			continue
		}
		if err != nil || string(got) != tt.want && !(tt.want == "text:" && strings.HasPrefix(string(got), "text:") && len(got) == 5+32) {
			t.Errorf("%q: %q, %v, want %q", tt.in, got, err, tt.want)
		}
		if again, err := ParseOrigin(string(got)); got != "" && (again != got || err != nil) {
			t.Errorf("%q is read again as %q, %v", got, again, err)
		}
	}
	a, _ := OriginOf(OriginText, "Three people were killed, in an air strike")
	b, _ := OriginOf(OriginText, "  three people WERE killed in an air-strike.")
	c, _ := OriginOf(OriginText, "Four people were killed in an air strike")
	if a != b || a == c {
		t.Errorf("texts: %s %s %s", a, b, c)
	}
	for _, bad := range []string{"nonsense", "kind:x", "post:ftp://a.b/c", "post:no address", "entry:12", "post:" + strings.Repeat("a", 600) + ".org/x"} {
		if got, err := ParseOrigin(bad); err == nil {
			t.Errorf("%q is read as %q", bad, got)
		}
	}
}

// TestSpeaksFor: a report all of whose roots are a party is that party's word; where one
// root is not, or is not known, it is not.
func TestSpeaksFor(t *testing.T) {
	a := &Agreement{Parties: []Party{{ID: "A", Name: "State of A", Members: []Party{{ID: "army", Name: "Army of A"}}}, {ID: "B"}}, Sources: map[SourceID]Source{
		"mod-a": {ID: "mod-a", Publisher: "Ministry of A", Party: "A"}, "mod-b": {ID: "mod-b", Publisher: "Ministry of B", Party: "B"},
		"press": {ID: "press", Publisher: "Press"}, "echo": {ID: "echo", Publisher: "Echo", Relays: []string{"mod-a"}},
		"both": {ID: "both", Publisher: "Both", Relays: []string{"mod-b", "Ministry of A"}}, "chain": {ID: "chain", Publisher: "Chain", Relays: []string{"echo"}}, "mod-tv": {ID: "mod-tv", Publisher: "ministry of a"},
		"ring-1": {ID: "ring-1", Publisher: "Ring 1", Relays: []string{"ring-2"}}, "ring-2": {ID: "ring-2", Publisher: "Ring 2", Relays: []string{"ring-1"}}, "mixed": {ID: "mixed", Publisher: "Mixed", Relays: []string{"mod-a", "press"}}}}
	a.Organs()
	obs := func(source SourceID, origins ...Origin) *Observation {
		o := &Observation{Source: source, Key: string(source), Origins: origins}
		o.SetID()
		return o
	}
	cited, claim := obs("press", "publisher:ministry of a"), obs("mod-b")
	cited.Key = "cited"
	cited.SetID()
	// Posts that are entries' own addresses.
	channel, denial, rumour := obs("press", "own:t.me/a/1", "publisher:ministry of a"), obs("mod-b", "own:t.me/b/1"), obs("press", "own:t.me/c/1")
	for n, o := range []*Observation{channel, denial, rumour} {
		o.Key = fmt.Sprint("post ", n)
		o.SetID()
	}
	// Two that cite each other, and one of them the ministry.
	first, second := obs("press", "own:t.me/d/1", "post:t.me/d/2", "publisher:ministry of a"), obs("press", "own:t.me/d/2", "post:t.me/d/1")
	first.Key, second.Key = "first", "second"
	first.SetID()
	second.SetID()
	loop := obs("echo", Origin("entry:"+obs("press").ID.Hex()))
	back := obs("press", Origin("entry:"+loop.ID.Hex()))
	known := NewCitations([]*Observation{cited, claim, loop, back, channel, denial, rumour, first, second})
	for _, tt := range []struct {
		name string
		o    *Observation
		want PartyID
	}{
		{"a paper", obs("press"), ""}, {"an organ", obs("mod-a"), "A"},
		{"a paper that quotes the ministry", obs("press", "publisher:ministry of a"), "A"},
		{"a paper that quotes the party by its name", obs("press", "publisher:state of a"), "A"},
		{"and a post that nobody knows", obs("press", "post:t.me/x/1", "publisher:ministry of a"), ""},
		{"and its own text", obs("press", "publisher:ministry of a", "text:00000000000000000000000000000000"), "A"},
		{"a text alone", obs("press", "text:00000000000000000000000000000000"), ""},
		{"both ministries", obs("press", "publisher:ministry of a", "publisher:ministry of b"), "A"},
		{"who passes on what the ministry says", obs("echo"), "A"}, {"what both say", obs("both"), "A"}, {"what a paper says too", obs("mixed"), ""},
		{"who passes on, with an origin of its own", obs("echo", "post:t.me/x/1"), ""},
		{"an entry that quotes the ministry", obs("press", Origin("entry:"+cited.ID.Hex())), "A"},
		{"an entry that is a party's", obs("press", Origin("entry:"+claim.ID.Hex())), "B"},
		{"an entry that is not known, and the ministry", obs("press", Origin("entry:"+obs("x").ID.Hex()), "publisher:ministry of a"), "A"},
		{"a member of the party", &Observation{Source: "file", Publisher: "army of a"}, "A"},
		{"who quotes who passes on the ministry", obs("press", "publisher:echo"), "A"},
		{"a chain of those who pass on", obs("chain"), "A"}, {"passing on each other", obs("ring-1"), ""},
		{"a source of the ministry that names no party", obs("mod-tv"), "A"},
		{"a row that names the ID of a source", &Observation{Source: "file", Publisher: "MOD-A"}, "A"},
		{"an entry that is not known", obs("press", Origin("entry:"+obs("x").ID.Hex())), ""},
		{"two that cite each other, of which one passes on the ministry", back, "A"},
		{"a row that names the ministry as publisher", &Observation{Source: "file", Publisher: "Ministry of  a"}, "A"},
		{"a row that names a paper", &Observation{Source: "file", Publisher: "Press"}, ""},
		{"a post that quotes the ministry", obs("press", "post:t.me/a/1"), "A"},
		{"a post of a party", obs("press", "post:t.me/b/1"), "B"},
		{"posts of both", obs("press", "post:t.me/b/1", "post:t.me/a/1"), "A"},
		{"a post of the ministry's, and one of its own", obs("press", "post:t.me/a/1", "post:t.me/c/1"), ""},
		{"its own address alone", obs("press", "own:t.me/a/1"), ""},
		{"one of two that cite each other, and one of these the ministry", second, "A"},
		{"the other", first, "A"},
		{"who cites them", obs("press", "post:t.me/d/2"), "A"},
		{"a source that is not listed and has a party's ID", &Observation{Source: "A"}, "A"},
		{"one with the name of its ministry", &Observation{Source: "Ministry of A"}, "A"},
		{"one with nobody's name", &Observation{Source: "somebody"}, ""},
		{"a claimant of its own", &Observation{Source: "mod-a", Claimant: "B"}, "B"},
	} {
		if got := a.SpeaksFor(tt.o, known); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestSite: where an address is. By hand: of a platform the channel, where the address says it.
func TestSite(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"own:paper.example/news/1", "paper.example"}, {"post:paper.example?id=1", "paper.example"}, {"own:t.me/channel/12", "t.me/channel"}, {"own:tiktok.com/@a/video/1", "tiktok.com/@a"},
		{"own:x.com/status/12", ""}, {"own:youtube.com/watch?v=a", ""}, {"own:facebook.com/videos/1", ""}, {"own:facebook.com/page/posts/1", "facebook.com/page"}, {"own:instagram.com/p/a", ""},
		{"own:facebook.com/story.php?id=2", ""}, {"publisher:a", ""}, {"text:1", ""}, {"entry:1", ""},
	} {
		if got := Origin(tt.in).Site(); got != tt.want {
			t.Errorf("%s is on %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestRestsOn: what names an observation itself, or its publisher, is not where it has it from.
func TestRestsOn(t *testing.T) {
	a := &Agreement{Sources: map[SourceID]Source{"wire": {ID: "wire", Publisher: "The Wire"}}}
	o := &Observation{Source: "wire"}
	if err := o.SetOrigins([]Origin{"post:t.me/x/1", "post:wire.test/7", "own:wire.test/7", "publisher:the wire", "publisher:Press", "text:abc", "media:def", "entry:0123"}); err != nil {
		t.Fatal(err)
	}
	from, own, looks := a.RestsOn(o)
	if got, want := fmt.Sprint(from, own, looks), "[entry:0123 post:t.me/x/1 publisher:Press] [own:wire.test/7] [media:def text:abc]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
