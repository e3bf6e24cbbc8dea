package decide_test

import (
	"os"
	"strings"
	"testing"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/decide"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
)

// TestObjections: what speaks against a decision, and what makes it doubtful, by hand for
// each kind of decision and each state that it can find.
func TestObjections(t *testing.T) {
	a, probs := agreement.Read(os.DirFS("../scenario/testdata/conformance/truth-excluded"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		entries []string // the first is x
		before  []truce.Decision
		d       truce.Decision
		against string
		doubts  []string
	}{
		{"below the floor", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire"}, nil,
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "", []string{"below the floor that the article asks for: uncorroborated"}},
		{"meets the floor", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=wire", "y attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=paper"}, nil,
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "", nil},
		{"undetermined", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire actor=GOV|IS"}, nil,
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "", []string{"below the floor that the article asks for: undetermined: missing fact"}},
		{"alleged", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=mod"}, nil,
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "", []string{"below the floor that the article asks for: alleged only"}},
		{"rejected, though uncorroborated", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire"}, nil,
			truce.Decision{Kind: truce.Reject, Article: "1"}, "", nil},
		{"out of scope by time", []string{"x attack 2016-02-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire"}, nil,
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "does not bind at the time", nil},
		{"out of scope by actor", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire actor=IS"}, nil,
			truce.Decision{Kind: truce.Reject, Article: "1"}, "does not bind those who may have acted", nil},
		{"no violation", []string{"x attack 2016-03-01T10:00/10:10Z 30.1N 36.5E ±100m source=wire"}, nil,
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "the finding is: no violation", nil},
		{"signs", []string{"x fire-pixel 2016-03-01T10:00/10:01Z 35.1N 36.5E ±188m source=wire"}, nil,
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "nothing but signs", nil},
		{"a statement of none", []string{"x attack 2016-03-01 region:area count=0 source=wire"}, nil,
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "nothing but signs", nil},
		{"not yet due", []string{"x presence 2016-03-01T10:00/10:10Z 35.0N 38.01E ±50m weapon=artillery calibre=122 source=wire"}, nil,
			truce.Decision{Kind: truce.Confirm, Article: "3"}, "the finding is: not yet due", nil},
		{"after unverifiable", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire"}, []truce.Decision{{Kind: truce.Unverifiable}},
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "", []string{"it contradicts decision 1: unverifiable", "below the floor"}},
		{"unverifiable after verified", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire"}, []truce.Decision{{Kind: truce.Verify}},
			truce.Decision{Kind: truce.Unverifiable}, "", []string{"it contradicts decision 1: verify"}},
		{"unverifiable after verified after unverifiable", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire"}, []truce.Decision{{Kind: truce.Unverifiable}, {Kind: truce.Verify}},
			truce.Decision{Kind: truce.Unverifiable}, "", []string{"it contradicts decision 2: verify"}},
		{"verified after unverifiable after verified", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire"}, []truce.Decision{{Kind: truce.Verify}, {Kind: truce.Verify}},
			truce.Decision{Kind: truce.Verify}, "", nil},
		{"rejected after confirmed", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire"}, []truce.Decision{{Kind: truce.Confirm, Article: "1"}},
			truce.Decision{Kind: truce.Reject, Article: "1"}, "", []string{"it contradicts decision 1: confirm"}},
		{"rejected under another article", []string{"x strike 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m weapon=air-bomb actor=GOV source=wire"}, []truce.Decision{{Kind: truce.Confirm, Article: "1"}},
			truce.Decision{Kind: truce.Reject, Article: "2"}, "", nil},
		{"confirmed after rejected as such", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m source=wire"}, []truce.Decision{{Kind: truce.Reject}},
			truce.Decision{Kind: truce.Confirm, Article: "1"}, "", []string{"it contradicts decision 1: reject"}},
		{"merged after split", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=wire", "y attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=paper"}, []truce.Decision{{Kind: truce.Split}},
			truce.Decision{Kind: truce.Merge}, "", []string{"it undoes decision 1: split"}},
		{"split after merged", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=wire", "y attack 2016-03-05T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=paper"}, []truce.Decision{{Kind: truce.Merge}},
			truce.Decision{Kind: truce.Split}, "", []string{"it undoes decision 1: merge"}},
		{"merged with a decided one", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=wire", "y attack 2016-03-05T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=paper"}, []truce.Decision{{Kind: truce.Confirm, Article: "1"}},
			truce.Decision{Kind: truce.Merge}, "", []string{"decision 1, confirm, would be of all of it"}},
		{"merged after merged", []string{"x attack 2016-03-01T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=wire", "y attack 2016-03-05T10:00/10:10Z 35.1N 36.5E ±100m weapon=mortar source=paper"}, []truce.Decision{{Kind: truce.Merge}},
			truce.Decision{Kind: truce.Merge}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var items []truce.Item
			var ids []truce.Digest
			for _, text := range tt.entries {
				r, err := scenario.ParseEntry(a, "observe "+text, situation.Options{Region: gazetteer.Region})
				if err != nil {
					t.Fatal(err)
				}
				items, ids = append(items, r), append(ids, r.ID())
			}
			of := func(d truce.Decision) truce.Decision {
				if d.Of = ids[:1]; d.Kind == truce.Merge || d.Kind == truce.Split {
					d.Of = ids
				}
				return d
			}
			for i := range tt.before {
				d := of(tt.before[i])
				d.Seq, d.ID, d.Because = int64(i+1), truce.DigestOf(tt.name, string(rune('a'+i))), "because"
				items = append(items, truce.Item{Decision: &d})
			}
			d := of(tt.d)
			against, doubts := decide.Objections(situation.Build(a, items, truce.Never, situation.Options{Region: gazetteer.Region}), &d)
			if (tt.against == "") != (len(against) == 0) || len(against) > 0 && !strings.Contains(against[0].String(), tt.against) {
				t.Errorf("against it: %v, want %q", against, tt.against)
			}
			if len(doubts) != len(tt.doubts) {
				t.Fatalf("doubts %v, want %q", doubts, tt.doubts)
			}
			for i, want := range tt.doubts {
				if !strings.Contains(doubts[i].String(), want) {
					t.Errorf("doubt %q, want %q", doubts[i], want)
				}
			}
		})
	}
}
