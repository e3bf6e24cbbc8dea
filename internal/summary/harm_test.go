package summary

import (
	"testing"

	"github.com/opentruce/truce"
)

// TestHarm: the far end of a wide sum of harm is never told as a number of people.
func TestHarm(t *testing.T) {
	for _, tt := range []struct {
		r    truce.Range
		want string
	}{
		{truce.Range{Low: 3, Best: 3, High: 3}, "3"},
		{truce.Range{Low: 1, Best: 4, High: 40}, "4 (1 to 40)"},
		{truce.Between(3, 12), "3 to 12"},
		{truce.Between(3, 15), "3 to 15"},
		{truce.Between(3, 16), "at least 3; reports add up to 16"},
		{truce.Between(0, 40), "0 to 40"},
		{truce.OrMore(26), "26 or more"},
		{truce.Range{Low: 10, Best: 12, High: truce.NoHigh}, "12 (10 or more)"},
	} {
		if got := Harm(tt.r).String(); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.r, got, tt.want)
		}
		c := &truce.Casualties{Killed: &tt.r, Injured: &tt.r}
		if got := Harms(c).String(); got != "killed "+tt.want+"; injured "+tt.want {
			t.Errorf("%v: %q", tt.r, got)
		}
	}
	// What one report states is told as it states it.
	r := truce.Between(1, 40)
	if got := Stated(&truce.Casualties{Killed: &r}).String(); got != "killed 1 to 40" {
		t.Errorf("%q", got)
	}
	r = truce.OrMore(10)
	if got := Stated(&truce.Casualties{Killed: &r}).String(); got != "killed 10 or more" {
		t.Errorf("%q", got)
	}
	if Harms(nil).String() != "" || Stated(&truce.Casualties{}).String() != "" {
		t.Error("nothing is stated, and something is said")
	}
}
