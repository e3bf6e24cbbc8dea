package source

import (
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
)

// TestLabels: one text with different labels, whatever the blanks in it; a text that is
// repeated with its own label, or that is in one row alone, says nothing.
func TestLabels(t *testing.T) {
	var l Labels
	for i, x := range [][2]string{{"Shelling of A", "artillery"}, {"Football  in B", "airstrike"}, {"Shelling of A", "artillery"}, {"alone", ""},
		{"Football in B ", ""}, {"Football in B", "uav"}, {"", "uav"}, {" ", "airstrike"}, {"C", ""}, {"C", ""}} {
		l.Add(i+1, x[0], x[1])
	}
	if texts, differ := l.Repeated(); texts != 3 || differ != 1 {
		t.Fatalf("%d repeated, %d with different labels; want 3 and 1", texts, differ)
	}
	want := LabelExample{Text: "Football in B", Rows: [2]int{2, 5}, Labels: [2]string{"airstrike", ""}}
	if got := l.Examples(); len(got) != 1 || got[0] != want {
		t.Errorf("examples %+v", got)
	}
	r, ok := l.Remark()
	if !ok || r.Rows != 1 || !strings.Contains(r.More, `1 of 3 texts that are in several rows (33 %) have different labels there; for example row 2 has "airstrike" and row 5 has no label`) {
		t.Errorf("remark %+v", r)
	}
	var same Labels
	same.Add(1, "x", "a")
	same.Add(2, "x", "a")
	if r, ok := same.Remark(); ok {
		t.Errorf("labels that agree: %+v", r)
	}
}

// TestWidest: whatever the order of low, best and high, no number is lost.
func TestWidest(t *testing.T) {
	for _, tt := range []struct {
		in      [3]int32
		want    truce.Range
		ordered bool
	}{
		{[3]int32{1, 2, 3}, truce.Range{Low: 1, Best: 2, High: 3}, true}, {[3]int32{2, 1, 3}, truce.Range{Low: 1, Best: 1, High: 3}, false},
		{[3]int32{1, 3, 2}, truce.Range{Low: 1, Best: 3, High: 3}, false}, {[3]int32{5, 3, 3}, truce.Range{Low: 3, Best: 3, High: 5}, false},
		{[3]int32{3, 2, 1}, truce.Range{Low: 1, Best: 2, High: 3}, false}, {[3]int32{}, truce.Range{}, true},
	} {
		if got, ordered := widest(tt.in[0], tt.in[1], tt.in[2]); got != tt.want || ordered != tt.ordered || !got.Valid() {
			t.Errorf("%v: %v (%t), want %v", tt.in, got, ordered, tt.want)
		}
	}
}

// TestAgreementZone: where nobody states a zone, a day is one of the agreement's zone,
// and that is said once; who states one is asked first.
func TestAgreementZone(t *testing.T) {
	aden := mustZone("Asia/Aden")
	var said []Remark
	o := Options{Local: aden, Remark: func(m Remark) { said = append(said, m) }}
	c := o.clock(nil)
	if len(said) > 0 {
		t.Error("a remark before any time was read")
	}
	for range 2 {
		d, err := c.moment(wall{year: 2020, month: 12, day: 1, unit: day})
		if want := truce.Date("2020-12-01").Day(aden); err != nil || d != want {
			t.Errorf("day %v, %v; want %v", d, err, want)
		}
	}
	if len(said) != 1 || said[0].What != RemarkZone || said[0].Value != "Asia/Aden" {
		t.Errorf("remarks %+v", said)
	}
	if got := o.clock(kyiv); got.loc != kyiv || got.assumed != nil {
		t.Error("the publisher's own zone does not go before the agreement's")
	}
	o.Location = time.UTC
	if got := o.clock(kyiv); got.loc != time.UTC || got.assumed != nil {
		t.Error("the stated zone does not go first")
	}
}
