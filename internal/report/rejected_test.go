package report

import (
	"testing"

	"github.com/opentruce/truce"
)

// TestRejectedInTables: what a person rejected is "rejected", without a standing: "refuted" beside it
// reads as if nothing had happened. Any other finding keeps both.
func TestRejectedInTables(t *testing.T) {
	for _, tt := range []struct {
		outcome        truce.Outcome
		standing       truce.Standing
		code, standsAs string
	}{
		{truce.NoViolation, truce.Refuted, "rejected", ""},
		{truce.NoViolation, truce.SingleSource, "no-violation", "single-source"},
		{truce.Uncorroborated, truce.Refuted, "uncorroborated", "refuted"},
		{truce.OutOfScope, "", "out-of-scope", ""},
	} {
		if code, stands := outcomeCode(tt.outcome, tt.standing), standingCode(tt.outcome, tt.standing); code != tt.code || stands != tt.standsAs {
			t.Errorf("%s, %s: %q, %q", tt.outcome, tt.standing, code, stands)
		}
	}
}
