package assess

import (
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
)

// TestDecidedWithoutWords: some readers do not have a decision's text. What
// was decided is said all the same, and without a colon before nothing.
func TestDecidedWithoutWords(t *testing.T) {
	a := &truce.Agreement{Location: time.UTC, Parties: []truce.Party{{ID: "A"}}, Provisions: []truce.Provision{
		{Article: "1", Binds: []truce.PartyID{"A"}, Floor: truce.Floor{Evidence: truce.Corroborated}, Obligation: &prohibit{Acts: []truce.Act{"strike"}}},
		{Article: "2", Binds: []truce.PartyID{"A"}, Floor: truce.Floor{Evidence: truce.Corroborated}, Obligation: &prohibit{Acts: []truce.Act{"strike"}}, SecondReader: true}}}
	o := &truce.Observation{Source: "x", Key: "1", Act: "strike", Occurred: truce.Interval{Start: 0, End: 60_000}}
	o.SetID()
	inc := &truce.Incident{ID: o.ID, Of: []*truce.Observation{o}, Occurred: o.Occurred}
	for _, tt := range []struct {
		article int
		d       truce.Decision
		want    string // of the reason, without the text
	}{
		{0, truce.Decision{Kind: truce.Confirm, Article: "1"}, "decided to be a violation"},
		{0, truce.Decision{Kind: truce.Reject, Article: "1"}, "rejected by a person, who found that these reports show no violation of the article (what else happened is not decided by that)"},
		{0, truce.Decision{Kind: truce.Verify}, "decided verify"},
		{0, truce.Decision{Kind: truce.Unverifiable}, "decided unverifiable"},
		{0, truce.Decision{Kind: truce.Ask, Fact: truce.FactWeapon}, "weapon is asked for"},
		{1, truce.Decision{Kind: truce.Confirm, Article: "2"}, "decided confirm by one person, and the article asks for a second reader"},
	} {
		for _, text := range []string{"", "  ", "we saw it"} {
			d := tt.d
			d.Of, d.Because, d.Seq = []truce.Digest{o.ID}, text, 1
			c := NewContext(Context{Agreement: a, Now: truce.Never, Decisions: []*truce.Decision{&d}})
			out := c.Rules(&a.Provisions[tt.article])[0].Incident(inc, Query{Reasons: true})
			want, got := tt.want, ""
			if text == "we saw it" {
				want += ": we saw it"
			}
			for _, r := range out.Reasons {
				if strings.HasPrefix(r.String(), tt.want) {
					got = r.String()
				}
			}
			if got != want {
				t.Errorf("%s with the text %q: %q, want %q", d.Kind, text, got, want)
			}
		}
	}
}
