package release

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"testing"

	"github.com/opentruce/truce"
)

// TestOpens is the table of whose inputs are whose.
func TestOpens(t *testing.T) {
	for _, tt := range []struct {
		to               truce.Audience
		released         bool
		opens, hearsThem bool
	}{
		{truce.ForMission, false, true, true},
		{truce.ForMission, true, true, true},
		{truce.ForParties, false, false, false},
		{truce.ForParties, true, true, false},
		{truce.ForPublic, false, false, false},
		{truce.ForPublic, true, false, false},
		{"press", true, false, false},
		{"", true, false, false},
	} {
		if got := Opens(tt.to, tt.released); got != tt.opens {
			t.Errorf("%q has what is sealed, released %v: %v", tt.to, tt.released, got)
		}
		if got := HearsInside(tt.to); got != tt.hearsThem {
			t.Errorf("%q is told of faults inside: %v", tt.to, got)
		}
	}
}

// TestInputs: two audiences have the same inputs where these are the same, in whatever
// order they were opened, and in no other case.
func TestInputs(t *testing.T) {
	one := &truce.Item{Known: 1, Observation: &truce.Observation{Key: "one"}}
	two := &truce.Item{Known: 1, Observation: &truce.Observation{Key: "two"}}
	base := Inputs{}.Plus(3, one).Plus(4, two)
	if other := (Inputs{}).Plus(4, two).Plus(3, one); other != base {
		t.Error("the order in which they were opened tells them apart")
	}
	for name, other := range map[string]Inputs{
		"nothing":            {},
		"one of them":        Inputs{}.Plus(3, one),
		"the other":          Inputs{}.Plus(4, two),
		"other entries":      Inputs{}.Plus(4, one).Plus(3, two),
		"one of them twice":  Inputs{}.Plus(3, one).Plus(3, one),
		"one more":           base.Plus(5, one),
		"one that is broken": base.Plus(5, nil),
		"one broken instead": Inputs{}.Plus(3, one).Plus(4, nil),
	} {
		if other == base {
			t.Errorf("%s: the same", name)
		}
	}
	if base.Plus(5, nil) == base.Plus(6, nil) || base.Plus(5, nil) != base.Plus(5, &truce.Item{}) {
		t.Error("an entry that nobody can use is not counted by its number")
	}
	text, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	d := truce.DigestOf("input", "3", string(text))
	want := Inputs{n: 1}
	for i := range want.sum {
		want.sum[i] = binary.BigEndian.Uint64(d[8*i : 8*i+8])
	}
	if got := (Inputs{}).Plus(3, one); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("what could not be written counts as something")
		}
	}()
	must(nil, errors.New("a fault"))
}

// TestReaderOpens: a side has what it sealed itself, as the mission has it; nobody else
// has more than their audience.
func TestReaderOpens(t *testing.T) {
	for _, x := range []struct {
		reader Reader
		by     truce.PartyID
		want   truce.Audience
	}{
		{Reader{truce.ForMission, ""}, "A", truce.ForMission},
		{Reader{truce.ForMission, ""}, "", truce.ForMission},
		{Reader{truce.ForParties, "A"}, "A", truce.ForMission},
		{Reader{truce.ForParties, "A"}, "B", truce.ForParties},
		{Reader{truce.ForParties, "A"}, "", truce.ForParties},
		{Reader{truce.ForParties, ""}, "", truce.ForParties}, // a mediator is of no party, and the mission's words are not theirs
		{Reader{truce.ForParties, ""}, "A", truce.ForParties},
		{Reader{truce.ForPublic, ""}, "", truce.ForPublic},
		{Reader{truce.ForPublic, "A"}, "A", truce.ForPublic},
	} {
		if got := x.reader.Opens(x.by); got != x.want {
			t.Errorf("%+v has of what %q signed what is opened to %q, want %q", x.reader, x.by, got, x.want)
		}
	}
}
