package source

import (
	"errors"
	"strings"
	"testing"

	"github.com/opentruce/truce"
)

// read1 reads a file of one row and returns its record, or the error about the row.
func read1(t *testing.T, k Kind, o Options, file string) (out truce.Item, problem error) {
	t.Helper()
	for r, err := range k.Parse(strings.NewReader(file), o) {
		if err != nil {
			problem = err
		} else {
			out = r
		}
	}
	return out, problem
}

const airforceHeader = "time_start,time_end,model,launch_place,target,launched,destroyed,not_reach_goal,still_attacking,border_crossing,is_shahed,num_hit_location,num_fall_fragment_location,turbojet,turbojet_destroyed\n"

// TestAirForceModelNotStated: without a model nobody knows whether it struck or flew by.
func TestAirForceModelNotStated(t *testing.T) {
	for _, model := range []string{"unknown", "Unknown ", "", "Shahed-136/131 and unknown"} {
		_, err := read1(t, airforceUA, Options{}, airforceHeader+"2025-08-20,2025-08-20,"+model+",,Odesa oblast,3,,,,,,,,,\n")
		if err == nil || !strings.Contains(err.Error(), "the model is not stated, so what it did is not known") || strings.Contains(err.Error(), "airforceua_models.csv") {
			t.Errorf("%q: %v", model, err)
		}
	}
	if _, err := read1(t, airforceUA, Options{}, airforceHeader+"2025-08-20,2025-08-20,X-1,,Odesa oblast,3,,,,,,,,,\n"); err == nil || !strings.Contains(err.Error(), `model "X-1" is unknown; hint: add the model to airforceua_models.csv`) {
		t.Error(err)
	}
}

// TestAirForcePlaces: a direction, a command or the front line lies inside Ukraine. What
// may be outside it, or is not stated, stays unknown.
func TestAirForcePlaces(t *testing.T) {
	for _, tt := range []struct {
		target, want string
		zones        []string
		assumed      int
	}{
		{"south", "Ukraine", nil, 1}, {"east", "Ukraine", nil, 1}, {"front line", "Ukraine", nil, 1}, {"south-east", "Ukraine", nil, 1}, {"center", "Ukraine", nil, 1},
		{"Snake Island", "Ukraine", nil, 1}, {"south and north and center", "Ukraine", nil, 1}, {"Odesa oblast and north", "Ukraine", nil, 1},
		{"south", "Ukraine", []string{"ukraine", "russia"}, 1}, // situations find the zone by that name
		{"Ukraine", "Ukraine", []string{"ukraine"}, 0},
		{"Odesa oblast", "Odesa Oblast", nil, 0}, {"Odesa oblast", "odesa-oblast", []string{"odesa-oblast"}, 0}, {"Kyiv oblast (south)", "Kyiv Oblast", nil, 0},
		{"Odesa oblast", "Odesa Oblast", []string{"odesa"}, 0}, // the gazetteer has the very name
		{"Odesa oblast and Mykolaiv oblast", "Ukraine", nil, 0},
		{"Odesa oblast, Black Sea", "", nil, 0}, {"Black Sea", "", nil, 0}, {"Sumy oblast and Kursk oblast", "", nil, 0}, {"", "", nil, 0}, {"unknown", "", nil, 0},
		{"Kursk oblast", "", nil, 0}, {"Kursk oblast", "russia", []string{"ukraine", "russia"}, 0}, {"south and Kursk oblast", "", []string{"russia"}, 0},
	} {
		o := Options{Zones: tt.zones, Gazetteer: ukraine(t)}
		said := heard(&o)
		r, err := read1(t, airforceUA, o, airforceHeader+`2025-08-20,2025-08-20,Shahed-136/131,,"`+tt.target+"\",3,,,,,,,,,\n")
		if err != nil {
			t.Errorf("%s: %v", tt.target, err)
			continue
		}
		p := r.Tally.Place
		if p.Name != tt.want || (p.Kind == truce.PlaceRegion) != (tt.want != "") || said[RemarkDirection] != tt.assumed {
			t.Errorf("%q, zones %q: %+v, %d remarks; want %q, %d", tt.target, tt.zones, p, said[RemarkDirection], tt.want, tt.assumed)
		}
		if tt.assumed > 0 && p.Settlement != tt.target {
			t.Errorf("%q: the publisher's word is lost: %+v", tt.target, p)
		}
	}
}

// TestAlertRegion: the agreement's zones go before the gazetteer.
func TestAlertRegion(t *testing.T) {
	const file = "region,started_at,finished_at\nOdesa oblast,2025-08-15T10:05:00Z,2025-08-15T10:35:00Z\n"
	for zone, want := range map[string]string{"odesa-oblast": "odesa-oblast", "odesa": "Odesa Oblast", "": "Odesa Oblast"} {
		r, err := read1(t, alertsUA, Options{Zones: []string{zone}, Gazetteer: ukraine(t)}, file)
		if err != nil || r.Observation.Place.Name != want {
			t.Errorf("zone %q: %+v, %v; want %s", zone, r.Observation, err, want)
		}
	}
}

// TestFirmsStatesNoShare: a list of snapshots does not know the cloud, so it states no
// share; if it has a column that does, that is the share.
func TestFirmsStatesNoShare(t *testing.T) {
	for _, tt := range []struct {
		file string
		none bool
		want truce.PPM
		bad  string
	}{
		{"snapshot_date,file,readable\n2025-05-20,modis.json,yes\n", true, 0, ""},
		{"snapshot_date,file,readable,clear_share\n2025-05-20,modis.json,yes,\n", true, 0, ""},
		{"snapshot_date,file,readable,clear_share\n2025-05-20,modis.json,yes,Unknown\n", true, 0, ""},
		{"snapshot_date,file,readable,clear_share\n2025-05-20,modis.json,yes,0.25\n", false, 250_000, ""},
		{"snapshot_date,file,readable,clear_share\n2025-05-20,modis.json,yes,0\n", false, 0, ""},
		{"snapshot_date,file,readable,clear_share\n2025-05-20,modis.json,yes,1\n", false, truce.One, ""},
		{"snapshot_date,file,readable,clear_share\n2025-05-20,modis.json,yes,25\n", false, 0, "clear_share"},
		{"snapshot_date,file,readable,clear_share\n2025-05-20,modis.json,yes,-0.1\n", false, 0, "clear_share"},
	} {
		r, err := read1(t, firms, Options{Zone: "ukraine"}, tt.file)
		if tt.bad != "" {
			var x *Refusal
			if !errors.As(err, &x) || x.Column != tt.bad {
				t.Errorf("%s: %v", tt.file, err)
			}
			continue
		}
		if err != nil || r.Coverage.NoShare != tt.none || r.Coverage.Share != tt.want {
			t.Errorf("%s: %+v, %v", tt.file, r.Coverage, err)
		}
	}
}

// TestFirmsCorrectsItsShare: a list that states another share for the same day is another
// statement about the same collection, so that it can be read in and takes the place of
// the earlier one; the same list again says nothing new.
func TestFirmsCorrectsItsShare(t *testing.T) {
	said := func(share string) *truce.Coverage {
		r, err := read1(t, firms, Options{Zone: "ukraine"}, "snapshot_date,file,readable,clear_share\n2025-05-20,modis.json,yes,"+share+"\n")
		if err != nil {
			t.Fatal(err)
		}
		return r.Coverage
	}
	none, quarter := said(""), said("0.25")
	for _, later := range []*truce.Coverage{quarter, said("0.3")} {
		if later.ID == none.ID || later.Key == none.Key || later.Zone != none.Zone || later.During != none.During || later.What != none.What || later.Source != none.Source {
			t.Errorf("%+v does not take the place of %+v", later, none)
		}
	}
	if said("0.3").ID == quarter.ID || said("0.250").ID != quarter.ID {
		t.Error("a share that is the same is another statement, or another share is not")
	}
}

// TestPublishersUnknown: in every field of every reader, "unknown" in any case is what
// an empty cell is.
func TestPublishersUnknown(t *testing.T) {
	files := []struct {
		kind        Kind
		header, row string
	}{
		{airforceUA, airforceHeader, "2025-08-20,2025-08-20,Shahed-136/131,Primorsko-Akhtarsk,Ukraine,9,1,1,1,{},9,1,1,1,1"},
		{alertsUA, "region,started_at,finished_at\n", "Odesa oblast,2025-08-15T10:05:00Z,2025-08-15T10:35:00Z"},
		{firms, "latitude,longitude,scan,track,acq_date,acq_time,satellite,confidence\n", "48.5,37.5,0.4,0.4,2025-08-15,0659,N,h"},
		{firms, "snapshot_date,file,readable,clear_share\n", "2025-05-20,modis.json,yes,0.5"},
		{viina, viinaHeader, "2025-08-15 10:05:00,37.8,48.01,Spartak,artillery"},
		{ucdpGED, strings.Join(ucdpColumns, ",") + "\n", "1,1,A,B,1,x,y,36,37,Syria,1,2016-03-01,2016-03-01,0,1,2,3"},
	}
	for _, f := range files {
		columns := strings.Split(strings.TrimSpace(f.header), ",")
		for i, column := range columns {
			say := func(word string) (string, string) {
				cells := strings.Split(f.row, ",")
				cells[i] = word
				r, err := read1(t, f.kind, Options{}, f.header+`"`+strings.Join(cells, `","`)+"\"\n")
				why := ""
				if err != nil {
					why = strings.ReplaceAll(err.Error(), `"`+word+`"`, `""`)
				}
				return content1(r), why
			}
			want, wantErr := say("")
			for _, word := range []string{"unknown", "Unknown", " UNKNOWN "} {
				if got, err := say(word); got != want || err != wantErr {
					t.Errorf("%s: %s %q:\n%s %s\nand empty:\n%s %s", f.kind.Name, column, word, got, err, want, wantErr)
				}
			}
		}
	}
}

// content1 is what a record says, without its key and ID, which have the publisher's words.
func content1(r truce.Item) string {
	switch {
	case r.Observation != nil:
		o := *r.Observation
		o.ID, o.Key, o.Note = truce.Digest{}, "", ""
		return told(func(yield func(truce.Item, error) bool) { yield(truce.Item{Observation: &o}, nil) })
	case r.Tally != nil:
		t := *r.Tally
		t.ID, t.Key = truce.Digest{}, ""
		return told(func(yield func(truce.Item, error) bool) { yield(truce.Item{Tally: &t}, nil) })
	case r.Coverage != nil:
		c := *r.Coverage
		c.ID, c.Key = truce.Digest{}, ""
		return told(func(yield func(truce.Item, error) bool) { yield(truce.Item{Coverage: &c}, nil) })
	}
	return "nothing"
}

// TestControlOfUnknown: a control area of "unknown" is of nobody, and no party of that name.
func TestControlOfUnknown(t *testing.T) {
	const file = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"kind":"control","party":"PARTY","date":"2025-08-15"},
		"geometry":{"type":"Polygon","coordinates":[[[37,48],[38,48],[38,49],[37,48]]]}}]}`
	for _, party := range []string{"", "unknown", "Unknown"} {
		if r, err := read1(t, lines, Options{}, strings.Replace(file, "PARTY", party, 1)); r.Observation != nil || err == nil {
			t.Errorf("%q: %+v", party, r.Observation)
		}
	}
	if r, err := read1(t, lines, Options{}, strings.Replace(file, "PARTY", "RU", 1)); err != nil || r.Observation.Actor != "RU" {
		t.Errorf("RU: %v", err)
	}
}
