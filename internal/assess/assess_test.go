package assess

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

func zone(t *testing.T, name string, west, east float64) *truce.Zone {
	t.Helper()
	var ring geo.Ring
	for _, c := range [][2]float64{{48, west}, {48, east}, {48.5, east}, {48.5, west}} {
		p, err := geo.PointOf(c[0], c[1])
		if err != nil {
			t.Fatal(err)
		}
		ring = append(ring, p)
	}
	r, err := geo.NewRegion(geo.MultiPolygon{{ring}})
	if err != nil {
		t.Fatal(err)
	}
	return &truce.Zone{Name: name, Region: r}
}

// TestCoverage is the integral of the largest share over ground and time: two
// zones of equal width beside each other, over ten hours.
func TestCoverage(t *testing.T) {
	a := &truce.Agreement{Location: time.UTC, Parties: []truce.Party{{ID: "A"}}, ZoneOrder: []string{"west", "east"},
		Zones:   map[string]*truce.Zone{"west": zone(t, "west", 37, 37.5), "east": zone(t, "east", 37.5, 38)},
		Sources: map[truce.SourceID]truce.Source{"mod-a": {ID: "mod-a", Publisher: "Ministry", Party: "A"}},
		Provisions: []truce.Provision{{Article: "1", Binds: []truce.PartyID{"A"}, Floor: truce.Floor{Coverage: truce.One / 2},
			Obligation: &prohibit{Acts: []truce.Act{"fire"}, In: []string{"west", "east"}}}}}
	hour := func(from, to int) truce.Interval {
		return truce.Interval{Start: truce.Instant(from * 3_600_000), End: truce.Instant(to * 3_600_000)}
	}
	for _, tt := range []struct {
		name     string
		cover    []*truce.Coverage
		restrict []*truce.Restriction
		want     truce.PPM
		own      truce.PPM
	}{
		{"nobody", nil, nil, 0, 0},
		{"half the ground, all the time", []*truce.Coverage{{What: "patrol", Zone: "west", During: hour(0, 10), Share: truce.One}}, nil, 500_000, 0},
		{"all the ground, half the time", []*truce.Coverage{{What: "patrol", Zone: "west", During: hour(0, 5), Share: truce.One}, {What: "camera", Zone: "east", During: hour(0, 5), Share: truce.One}}, nil, 500_000, 0},
		{"of two shares of one zone the larger, never a product", []*truce.Coverage{{What: "patrol", Zone: "west", During: hour(0, 10), Share: 400_000}, {What: "camera", Zone: "west", During: hour(0, 10), Share: 600_000}}, nil, 300_000, 0},
		{"a share over a whole zone adds nothing", []*truce.Coverage{{What: "patrol", Zone: "west", During: hour(0, 10), Share: truce.One}, {What: "camera", Zone: "west", During: hour(0, 10), Share: 600_000}}, nil, 500_000, 0},
		{"what sees only alerts sees no fire", []*truce.Coverage{{What: "alert", Zone: "west", During: hour(0, 10), Share: truce.One}}, nil, 0, 0},
		{"a party's own is apart", []*truce.Coverage{{What: "patrol", Source: "mod-a", Zone: "west", During: hour(0, 10), Share: truce.One}}, nil, 0, 500_000},
		{"a restriction takes its hours", []*truce.Coverage{{What: "patrol", Zone: "west", During: hour(0, 10), Share: truce.One}}, []*truce.Restriction{{During: hour(2, 6)}}, 300_000, 0},
		{"of another means it takes nothing", []*truce.Coverage{{What: "patrol", Zone: "west", During: hour(0, 10), Share: truce.One}}, []*truce.Restriction{{During: hour(2, 6), What: "uav"}}, 500_000, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := NewContext(Context{Agreement: a, Now: truce.Never, Coverage: tt.cover, Restrictions: tt.restrict,
				Region: func(n string) (*geo.Region, string, bool) {
					z, ok := a.Zones[n]
					if !ok {
						return nil, "", false
					}
					return z.Region, n, true
				}})
			got, own := c.Rules(&a.Provisions[0])[0].Coverage(hour(0, 10))
			near := func(a, b truce.PPM) bool { return a-b < 300 && b-a < 300 }
			if !near(got, tt.want) || !near(own, tt.own) {
				t.Errorf("coverage %s and own %s, want %s and %s", got, own, tt.want, tt.own)
			}
		})
	}
}

// TestWindow: from the first to the last occurrence of a time of day.
func TestWindow(t *testing.T) {
	kyiv, err := time.LoadLocation("Europe/Kyiv")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		daily    truce.Daily
		day      truce.Date
		from, to string
	}{
		{"across midnight", truce.Daily{From: 22 * 60, To: 6 * 60}, "2025-08-20", "2025-08-20T19:00:00Z", "2025-08-21T03:00:00Z"},
		{"clocks go back: the last 03:30", truce.Daily{From: 60, To: 210}, "2025-10-26", "2025-10-25T22:00:00Z", "2025-10-26T01:30:00Z"},
		{"clocks go back: the first 03:30", truce.Daily{From: 210, To: 360}, "2025-10-26", "2025-10-26T00:30:00Z", "2025-10-26T04:00:00Z"},
		{"clocks go forward: 03:30 is skipped", truce.Daily{From: 210, To: 360}, "2025-03-30", "2025-03-30T01:00:00Z", "2025-03-30T03:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Window(&tt.daily, tt.day, kyiv)
			if got.Start.String() != tt.from || got.End.String() != tt.to {
				t.Errorf("got %s, want %s/%s", got, tt.from, tt.to)
			}
		})
	}
}

// TestToll: the lowest low, the best figure of the best grade, the highest high.
func TestToll(t *testing.T) {
	said := func(grade string, low, best, high int32) *truce.Observation {
		o := &truce.Observation{Casualties: &truce.Casualties{Killed: &truce.Range{Low: low, Best: best, High: high}}}
		if grade != "" {
			o.Grade, _ = truce.ParseGrade(grade)
		}
		return o
	}
	for _, tt := range []struct {
		name string
		said []*truce.Observation
		want string
	}{
		{"one", []*truce.Observation{said("B2", 1, 1, 1)}, "1"},
		{"the better grade has the best figure", []*truce.Observation{said("C3", 0, 5, 9), said("A2", 2, 3, 4)}, "0..3..9"},
		{"in any order", []*truce.Observation{said("A2", 2, 3, 4), said("C3", 0, 5, 9)}, "0..3..9"},
		{"of equals the lower", []*truce.Observation{said("", 1, 4, 6), said("", 2, 3, 8)}, "1..3..8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var tl toll
			for _, o := range tt.said {
				tl.add(o, false)
			}
			if got := tl.sum().Killed.String(); got != tt.want {
				t.Errorf("killed %s, want %s", got, tt.want)
			}
		})
	}
	var none toll
	none.add(&truce.Observation{}, false)
	if none.sum() != nil {
		t.Error("not stated became a number")
	}
}

// TestKleene: one no decides, and an unknown says which fact is missing.
func TestKleene(t *testing.T) {
	var v verdict
	v.match(yes, truce.FactAct)
	if v.answer().outcome != touches {
		t.Error("every answer is yes, and the outcome is not touches")
	}
	v.match(unknown, truce.FactWeapon)
	v.match(unknown, truce.FactPlace)
	if a := v.answer(); a.outcome != truce.UndeterminedPlace || len(a.missing.list()) != 2 {
		t.Errorf("unknowns: %s, %v", a.outcome, a.missing.list())
	}
	v.match(no, truce.FactTime)
	if v.answer().outcome != truce.NoViolation {
		t.Error("one no does not decide")
	}
	v.scope(no, truce.FactTime)
	if v.answer().outcome != truce.OutOfScope {
		t.Error("out of scope does not come first")
	}
}
