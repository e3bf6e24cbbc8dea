package ledger_test

import (
	"fmt"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// sighting is the content of a whole observation by the mission, by its key.
func sighting(key string) string { return string(saying(observed(key)).Content) }

// observed is an observation by the mission on 1 March 2026 at 9:00, an hour before
// the clock of these tests begins.
func observed(key string) truce.Item {
	at := truce.InstantOf(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	o := &truce.Observation{Source: truce.OwnSource, Key: key, Act: "explosion", Occurred: truce.Interval{Start: at, End: at + 60_000}, Count: truce.Count{N: 1},
		Place: truce.Place{Kind: truce.PlaceRegion, Name: "Donetsk"}}
	o.SetID()
	return truce.Item{Observation: o}
}

func saying(r truce.Item) ledger.Body {
	b, err := ledger.BodyOf("truce.test/mission", &r)
	if err != nil {
		panic(fmt.Sprint("a record of a test: ", err))
	}
	return b
}
