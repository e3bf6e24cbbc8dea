package situation_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/agreements"
	"github.com/opentruce/truce/demo"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/source"
)

// figures say how much the day findings of the demo depend on what its mapping assumes, and
// how many there would be by chance.
type figures struct {
	Hours   map[string]days `json:"hours"`       // uploads are so many hours late at most
	Uploads days            `json:"upload_days"` // as if each video was of the day of its upload
	Chance  chance          `json:"shifted"`     // each channel's days shifted at random, with the demo's mapping
}

type days struct {
	Findings int      `json:"findings"` // at one place
	Days     int      `json:"at_least_days"`
	Stated   int      `json:"two_stated_origins"`
	Where    []string `json:"where"`
}

type chance struct {
	Times    int     `json:"times"`
	Mean     float64 `json:"mean_findings"`
	MeanDays float64 `json:"mean_at_least_days"`
	AsMany   int     `json:"as_many_days_or_more"` // in how many of the times there were as many days as in fact
}

// TestSyriaFigures computes the numbers that are printed beside the demo's findings, and compares them
// with demo/syria/figures.json, which pages and doc/method.md print. TRUCE_FIGURES=1 rewrites the file.
func TestSyriaFigures(t *testing.T) {
	terms, err := fs.Sub(agreements.Files, "syria-coh-2016")
	if err != nil {
		t.Fatal(err)
	}
	a, probs := agreement.Read(terms)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	text := func(name string) []byte {
		b, err := fs.ReadFile(demo.Syria, "syria/data/syrian-archive/"+name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// videos are those of the demo, with another bound of uploads.
	videos := func(bound string) (out []truce.Item) {
		const is = "upload: 36h"
		raw := text("mapping.yaml")
		if !bytes.Contains(raw, []byte(is)) {
			t.Fatalf("the mapping does not say %q", is)
		}
		m, err := source.ParseMapping(bytes.Replace(raw, []byte(is), []byte("upload: "+bound), 1))
		if err != nil {
			t.Fatal(err)
		}
		kind, err := source.Find("csv")
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range kind.Parse(bytes.NewReader(text("videos_2016-02-24_2016-03-14.csv")), source.Options{Mapping: m, Local: a.Location, Zones: a.ZoneOrder, Gazetteer: gazetteer.For(a)}) {
			if _, aside := err.(*source.SetAside); aside {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, r)
		}
		return out
	}
	first, end := truce.Date("2016-02-27"), truce.Date("2016-03-15")
	period := truce.Interval{Start: first.Start(a.Location), End: end.Start(a.Location)}
	found := func(items []truce.Item) (out days) {
		s := situation.Build(a, items, truce.Never, opts())
		var windows []truce.Interval
		for _, f := range s.DayFindingsIn("2(air)", period) {
			if f.Area.Level != truce.AreaPlace {
				continue
			}
			if f.Outcome != truce.ReadingsDiffer {
				t.Fatalf("%s at %s", f.Outcome, f.Area.Name)
			}
			out.Findings++
			out.Where = append(out.Where, f.Area.Name+", "+f.Window.In(a.Location))
			windows = append(windows, f.Window)
			if f.Ground == truce.TwoOrigins {
				out.Stated++
			}
		}
		slices.Sort(out.Where)
		out.Days = truce.AtLeastOn(windows)
		return out
	}
	got := figures{Hours: map[string]days{}}
	for _, h := range []string{"12h", "24h", "36h", "48h"} {
		got.Hours[h] = found(videos(h))
	}
	naive := videos("36h")
	for _, r := range naive {
		if o := r.Observation; o != nil {
			o.Occurred = truce.DateOf(o.Reported, a.Location).Day(a.Location)
		}
	}
	got.Uploads = found(naive)

	// Each channel keeps its habits: its hours, its places, and how its days follow each other.
	const times = 200
	rnd := rand.New(rand.NewPCG(2016, 227))
	items := videos("36h")
	var truly []truce.Interval
	for _, r := range items {
		if r.Observation != nil {
			truly = append(truly, r.Observation.Occurred)
		}
	}
	loc := a.Location
	span := 0
	for d := first; d < end; d = d.Add(1) {
		span++
	}
	for range times {
		by := map[string]int{}
		k := 0
		for _, r := range items {
			o := r.Observation
			if o == nil {
				continue
			}
			o.Occurred = truly[k]
			k++
			if !period.Holds(o.Occurred.End - 1) {
				continue // it is surely of the days before
			}
			if _, known := by[o.Publisher]; !known {
				by[o.Publisher] = rnd.IntN(span)
			}
			shift := by[o.Publisher]
			if last := truce.DateOf(o.Occurred.End-1, loc); last.Add(shift) >= end {
				shift -= span
			}
			width := o.Occurred.Width()
			day := truce.DateOf(o.Occurred.End-1, loc)
			o.Occurred.End += day.Add(shift).Start(loc) - day.Start(loc)
			o.Occurred.Start = o.Occurred.End.Add(-width)
		}
		is := found(items)
		got.Chance.Mean += float64(is.Findings) / times
		got.Chance.MeanDays += float64(is.Days) / times
		if is.Days >= got.Hours["36h"].Days {
			got.Chance.AsMany++
		}
	}
	got.Chance.Times = times
	got.Chance.Mean, got.Chance.MeanDays = math.Round(got.Chance.Mean*100)/100, math.Round(got.Chance.MeanDays*100)/100
	text1, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text1 = append(text1, '\n')
	t.Logf("%s", text1)
	const file = "../../demo/syria/figures.json"
	if os.Getenv("TRUCE_FIGURES") != "" {
		if err := os.WriteFile(file, text1, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text1, want) {
		t.Errorf("%s says otherwise; TRUCE_FIGURES=1 go test ./internal/situation -run SyriaFigures writes it:\n%s", file, text1)
	}
}
