package truce

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestKept: a sentence comes back from a file with all that it is said of.
func TestKept(t *testing.T) {
	o := &Observation{Act: "strike", Source: "post-1", Key: "k"}
	r := Because("%s; %d of %s, %s by %s: %s", Told{o, "a strike"}, int64(3), Number{2, "incident"}, InWords{"outcome", "violation", "decided to be a violation"}, Class("missile"), Because("%s at %s", Act("fire"), "10:00"))
	b, err := json.Marshal(Kept(r))
	if err != nil {
		t.Fatal(err)
	}
	var got Kept
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(Reason(got), r) || Reason(got).String() != r.String() {
		t.Errorf("%s came back as %#v", b, got)
	}
	if text := r.String(); text != "a strike; 3 of 2 incidents, decided to be a violation by missile: fire at 10:00" {
		t.Error(text)
	}
	if (Kept{}).IsZero() != true || Kept(r).IsZero() {
		t.Error("nothing is something")
	}
}

// TestJoined is how lists read.
func TestJoined(t *testing.T) {
	for want, list := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a or b or c": {"a", "b", "c"}} {
		if got := Joined("%s or %s", list).String(); got != want {
			t.Errorf("%v: %q", list, got)
		}
	}
	for n, want := range map[Number]string{{1, "day"}: "1 day", {2, "day"}: "2 days", {0, "entry"}: "0 entries", {2, "reply"}: "2 replies"} {
		if n.String() != want {
			t.Errorf("%q, want %q", n, want)
		}
	}
}
