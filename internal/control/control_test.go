package control_test

import (
	"math"
	"os"
	"testing"

	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/control"
)

// TestControlShare: what the polygons explain and what the bases explain add
// up to the difference of the two shares, within 0.01 points, on real days.
func TestControlShare(t *testing.T) {
	terms := os.DirFS("../../agreements/ukraine-freeze")
	a, probs := agreement.Read(terms)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	f, err := terms.Open("published/control.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	published, err := control.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	base := a.Zones["ukraine"].Region.AreaM2()
	for _, day := range a.Lines["contact"].Days {
		p, ok := published[day.Date]
		if !ok {
			t.Fatalf("%s: not in the published series", day.Date)
		}
		d := control.Compare(day.Control["RU"].AreaM2(), base, p)
		if math.Abs(d.Polygons+d.Bases-d.Total) > 0.01 {
			t.Errorf("%s: %.4f + %.4f is not %.4f", day.Date, d.Polygons, d.Bases, d.Total)
		}
		if d.BaseM2 < 603e9 || d.BaseM2 > 605e9 {
			t.Errorf("%s: the published base is %.0f m2", day.Date, d.BaseM2)
		}
	}
}
