package brief

import (
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// TestSentences: what a card says, case by case, as an editor wrote it.
func TestSentences(t *testing.T) {
	at, err := geo.PointOf(48.5, 37.25)
	if err != nil {
		t.Fatal(err)
	}
	point := truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: 5000}
	near := point
	near.Settlement = "Mill"
	for want, r := range map[string]truce.Row{
		"strike (missile) reported near Mill, noon":                                    {Act: "strike", Weapon: "missile", Place: near},
		"strike reported at 48.50° N 37.25° E ± 5 km, noon":                            {Act: "strike", Place: point},
		"attack reported in Province, noon":                                            {Act: "attack", Place: truce.Place{Kind: truce.PlaceRegion, Name: "Province"}},
		"attack reported at an unknown place, noon":                                    {Act: "attack", Place: truce.Place{Kind: truce.PlaceUnknown}},
		"A says, and no report by others is known to be of it: attack near Mill, noon": {Act: "attack", Place: near, Alleged: true, Claimant: "A"},
		"A says that there was none: strike near Mill, noon":                           {Act: "strike", Place: near, Alleged: true, None: true, Claimant: "A"},
		"reported that there was none: strike near Mill, noon":                         {Act: "strike", Place: near, None: true},
	} {
		if got := Headline(&r, "noon").String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for want, d := range map[string]truce.DayRow{
		"at least one act (strike, attack) reported near Mill, noon":                  {DayFinding: truce.DayFinding{Area: truce.Area{Level: truce.AreaPlace, Name: "Mill"}}},
		"at least one act (strike, attack) reported at here, noon":                    {DayFinding: truce.DayFinding{Area: truce.Area{Level: truce.AreaPlace}}, Where: truce.Because("here")},
		"at least one act (strike, attack) reported somewhere in Mill District, noon": {DayFinding: truce.DayFinding{Area: truce.Area{Level: truce.AreaDistrict}}, Where: truce.Because("Mill District")},
	} {
		if got := DayHeadline(&d, []truce.Act{"strike", "attack"}, "noon").String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for want, names := range map[string][]string{"reported by a": {"a"}, "reported by a, b, c": {"a", "b", "c"}, "reported by a, b, c and 1 more": {"a", "b", "c", "d"}} {
		if got := reportedBy(names, nil).String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for want, got := range map[string]truce.Reason{
		"article 1: readings differ, reported by two publishers; where they have it from is not stated": Ruled("1", truce.ReadingsDiffer, truce.Corroborated, truce.TwoPublishers),
		"article 1: uncorroborated, single source":                                                      Ruled("1", truce.Uncorroborated, truce.SingleSource, ""),
		"article 1: excepted": Ruled("1", truce.Excepted, "", ""),
	} {
		if got.String() != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
