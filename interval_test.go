package truce_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/opentruce/truce"
)

// TestSpanJSON: a span is stored as records have it, with no number of more than 15
// digits, and read back the same.
func TestSpanJSON(t *testing.T) {
	for _, tt := range []struct {
		span, want string
	}{
		{"P14D", `{"days":14}`},
		{"24h", `{"minutes":1440}`},
		{"P1DT12H", `{"days":1,"minutes":720}`},
		{"300h", `{"minutes":18000}`},
		{"P2DT400H", `{"days":2,"minutes":24000}`},
		{"876599h", `{"minutes":52595940}`},
	} {
		s, err := truce.ParseSpan(tt.span)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(s)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.span, got, err, tt.want)
		}
		var back truce.Span
		if err := json.Unmarshal(got, &back); err != nil || back != s {
			t.Errorf("%s: read back as %v, %v", tt.span, back, err)
		}
	}
	var old truce.Span // as decisions of before the record have it
	if err := json.Unmarshal([]byte(`{"days":1,"time":1080000000000000}`), &old); err != nil || old != (truce.Span{Days: 1, Time: 300 * time.Hour}) {
		t.Errorf("nanoseconds: %v, %v", old, err)
	}
	for _, bad := range []string{`{"hours":3}`, `{"time":60000000000,"minutes":1}`, `{"minutes":9223372036854775807}`, `{"time":1.5}`, `"P14D"`, `[]`} {
		if err := json.Unmarshal([]byte(bad), &old); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
	if got, err := json.Marshal(truce.Span{Time: time.Hour + time.Nanosecond}); err == nil {
		t.Errorf("an hour and a nanosecond: %s", got)
	}
}

// TestSpanOverflow: parts that add up to more than a century are refused, also where
// their sum would not fit a number.
func TestSpanOverflow(t *testing.T) {
	for _, bad := range []string{"PT999999H999999H999999H", "PT999999H", "P999999D", "P36526D", "-5h", "NaNh", "99999999999999999999h", "PT" + "999999H999999H999999H999999H999999H" + "1M"} {
		if s, err := truce.ParseSpan(bad); err == nil {
			t.Errorf("%s was read as %v", bad, s)
		}
	}
}
