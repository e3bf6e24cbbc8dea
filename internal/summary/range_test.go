package summary

import "testing"

// TestRange: the far end of a wide range is never told as a number of incidents.
func TestRange(t *testing.T) {
	for _, tt := range []struct {
		least, most int
		want, of    string
	}{
		{3, 3, "3", "3 incidents"},
		{1, 1, "1", "1 incident"},
		{0, 2, "0 to 2", "0 to 2 incidents"},
		{26, 130, "26 to 130", "26 to 130 incidents"},
		{26, 131, "at least 26; 131 reports", "at least 26 incidents (131 reports)"},
		{1, 6, "at least 1; 6 reports", "at least 1 incident (6 reports)"},
	} {
		if got, of := Range(tt.least, tt.most).String(), RangeOf(tt.least, tt.most, "incident").String(); got != tt.want || of != tt.of {
			t.Errorf("%d and %d: %q and %q, want %q and %q", tt.least, tt.most, got, of, tt.want, tt.of)
		}
	}
}
