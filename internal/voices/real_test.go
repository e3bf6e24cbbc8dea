package voices

import (
	"os"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/source"
)

// read gives the records of a file.
func read(t *testing.T, kind, name string, o source.Options) (out []truce.Item) {
	t.Helper()
	k, err := source.Find(kind)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := source.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := entries[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for r, err := range k.Parse(f, o) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

const videos = `
record: observation
source: videos
publisher: {column: channel}
timezone: UTC
key: {column: id}
occurred: {column: uploaded}
place: {lat: {column: lat}, lon: {column: lon}, uncertainty: "5000"}
act: strike
origin: {post: {column: video}}
`

// TestRealRows: a catalogue and a collection of videos of the same weeks in Syria. What is
// expected was counted outside this program, from the columns: 269 rows of UCDP are dated to
// the day, and all name who reported them, 161 the Syrian Observatory (SOHR) and 123 Waha
// Report; 74 videos are on 24 channels. One report of the Observatory's own is added.
func TestRealRows(t *testing.T) {
	loc, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	a, probs := agreement.Read(os.DirFS("../situation/testdata/syria"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	a.Sources["videos"] = truce.Source{ID: "videos", Publisher: "Archive", Kind: truce.Video, Watches: truce.Watches{Sides: []truce.PartyID{"GOV"}}}
	m, err := source.ParseMapping([]byte(videos))
	if err != nil {
		t.Fatal(err)
	}
	items := append(read(t, "ucdp-ged", "testdata/ucdp_syria_2016-02-27_2016-03-14.csv.gz", source.Options{Location: loc}), read(t, "csv", "testdata/videos.csv", source.Options{Mapping: m, Zones: a.ZoneOrder})...)
	a.Sources["sohr"] = truce.Source{ID: "sohr", Publisher: "SOHR", Kind: truce.Reports}
	own := obs("sohr", "1")
	items = append(items, truce.Item{Observation: own, Known: own.Occurred.End})
	v := Of(situation.Build(a, items, truce.Never, situation.Options{}), release.Viewer{To: truce.ForMission})
	use := map[truce.SourceID]truce.SourceUse{}
	for _, u := range v.Sources {
		use[u.ID] = u
	}
	if u := use["ucdp-ged"]; u.Observations != 269 || u.Days != 269 || u.Stated != 269 || u.First != "2016-02-27" || u.Last != "2016-03-14" || u.Lag != nil || !u.Apart {
		t.Errorf("%+v", u)
	}
	if u := use["videos"]; u.Observations != 74 || u.Days != 0 || u.Stated != 74 || u.First != "2016-02-27" || u.Last != "2016-03-14" || len(u.Publishers)+u.More != 24 {
		t.Errorf("%+v", u)
	}
	if x := v.Shared; len(x) != 2 || x[0].Origin != "publisher:syrian observatory for human rights" || x[0].Rows != 162 || x[1].Origin != "publisher:waha report" || x[1].Rows != 123 {
		t.Errorf("%+v", x)
	}
	p := find(t, v, "sohr", "ucdp-ged")
	if p == nil || p.Origins != 1 || p.Most[0].Origin != "publisher:syrian observatory for human rights" || p.Most[0].Rows != 162 {
		t.Errorf("%+v", p)
	}
	if p := find(t, v, "ucdp-ged", "videos"); p != nil && (p.Origins != 0 || p.Texts+p.Files+p.Places+p.Shifts != 0) {
		t.Errorf("%+v", p)
	}
	// A catalogue of deaths says nothing of whose acts it looks for.
	if !v.Watched || len(v.Unwatched) != 1 || v.Unwatched[0] != "OPP" {
		t.Errorf("watched %v, not watched %v", v.Watched, v.Unwatched)
	}
}
