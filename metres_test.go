package truce

import "testing"

// TestMetresNeedADigit: a unit alone is not a distance, nor is a point a share.
func TestMetresNeedADigit(t *testing.T) {
	for _, s := range []string{"m", "km", " m", ".m", "-m", ".km", ""} {
		if n, err := ParseMetres(s); err == nil {
			t.Errorf("%q is %d m, want an error", s, n)
		}
	}
	for _, s := range []string{"", ".", "-"} {
		if n, err := ParsePPM(s); err == nil {
			t.Errorf("%q is %d, want an error", s, n)
		}
	}
	for s, want := range map[string]int64{"0m": 0, ".5km": 500, "5.m": 5, "1.5m": 2} {
		if n, err := ParseMetres(s); err != nil || n != want {
			t.Errorf("%q is %d m, want %d (%v)", s, n, want, err)
		}
	}
}
