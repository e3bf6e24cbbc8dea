package situation

import "github.com/opentruce/truce/internal/assess"

// SumByLeaf lets sums of however few findings be kept by leaf, and returns what
// sets that back.
func SumByLeaf() (back func()) {
	old := few
	few = 0
	return func() { few = old }
}

// ForgetDays lets s keep nothing yet of what kinds of obligation keep of days.
func (s *Situation) ForgetDays() {
	for _, f := range s.computed() {
		if f.kept != nil {
			f.kept = &assess.Kept{}
		}
	}
}

// DifferentTotals is differentTotals.
var DifferentTotals = differentTotals
