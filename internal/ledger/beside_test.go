package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
)

// TestBesideTwice: the verifier and the ledger, which share no code, take the same entries
// that name a file beside the record. The third column is worked out from
// doc/record-format.md.
func TestBesideTwice(t *testing.T) {
	ones, zero := strings.Repeat("1", 64), strings.Repeat("0", 64)
	const shape = `[[[{"lat":48,"lon":37},{"lat":48,"lon":38},{"lat":49,"lon":38}]]]`
	const sealed = `"sealed":"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHg="`
	place := func(kind, members string) string {
		return fmt.Sprintf(`{"act":"strike","count":"1","id":%q,"key":"k","occurred":{"end":"2026-03-01T10:00:00.000Z","start":"2026-03-01T09:00:00.000Z"},"place":{%s"kind":%q,"uncertainty_m":0},"source":"press"}`,
			truce.DigestOf("observation", "press", "k", "0").Hex(), members, kind)
	}
	for _, tt := range []struct {
		kind, content string
		sound         bool
	}{
		{"observation", place("shape", `"file":"`+ones+`",`), true},
		{"observation", place("shape", `"shape":`+shape+`,`), true},
		{"observation", place("shape", ``), false},
		{"observation", place("shape", `"file":"`+zero+`",`), false},
		{"observation", place("shape", `"file":null,`), false},
		{"observation", place("shape", `"file":5,`), false},
		{"observation", place("shape", `"file":"`+strings.Repeat("A", 64)+`",`), false},
		{"observation", place("shape", `"file":"`+ones[1:]+`",`), false},
		{"observation", place("shape", `"file":"`+ones+`","shape":`+shape+`,`), false},
		{"observation", place("point", `"file":"`+ones+`","point":{"lat":48,"lon":37},`), false},
		{"observation", place("region", `"file":"`+ones+`","name":"z",`), false},
		{"observation", place("unknown", `"file":"`+ones+`",`), false},
		{"observation", place("object", `"file":"`+ones+`","name":"z","point":{"lat":48,"lon":37},`), false},
		{"release", `{"file":"` + ones + `","of":["` + ones + `"],"to":"x"}`, true},
		{"release", `{"of":["` + ones + `"],` + sealed + `,"to":"x"}`, true},
		{"release", `{"of":["` + ones + `"],"to":"x"}`, false},
		{"release", `{"file":"` + zero + `","of":["` + ones + `"],"to":"x"}`, false},
		{"release", `{"file":null,"of":["` + ones + `"],"to":"x"}`, false},
		{"release", `{"file":null,"of":["` + ones + `"],` + sealed + `,"to":"x"}`, false},
		{"release", `{"file":"` + ones + `","of":["` + ones + `"],` + sealed + `,"to":"x"}`, false},
		{"release", `{"file":"` + ones + `","of":["` + ones + `"],"sealed":"","to":"x"}`, false},
		{"release", `{"file":"` + ones + `","of":["` + ones + `"],"sealed":null,"to":"x"}`, false},
		{"disclosure", `{"file":"` + ones + `","of":"` + ones + `"}`, true},
		{"disclosure", `{"of":"` + ones + `","openings":[]}`, true},
		{"disclosure", `{"of":"` + ones + `"}`, false},
		{"disclosure", `{"of":"` + ones + `","openings":null}`, false},
		{"disclosure", `{"file":"` + ones + `","of":"` + ones + `","openings":null}`, false},
		{"disclosure", `{"file":"` + ones + `","of":"` + ones + `","openings":[]}`, false},
		{"disclosure", `{"file":"` + zero + `","of":"` + ones + `"}`, false},
	} {
		noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		b := Body{Kind: tt.kind, Mission: "m", At: Time(noon), Content: []byte(tt.content)}
		body, err := canonical(&b)
		if err != nil {
			t.Fatal(err)
		}
		var theirs []string
		if x, err := audit.ParseBody(body, noon); err != nil {
			theirs = append(theirs, err.Error())
		} else {
			for _, o := range audit.CheckEntry(x, audit.Key{Name: "intake-1", Role: "intake", Revoked: -1}) {
				theirs = append(theirs, o.Rule+": "+o.Why)
			}
		}
		e := &Entry{Index: 7, Kind: tt.kind, Content: []byte(tt.content), Received: truce.InstantOf(noon)}
		ours := ""
		if !e.IsItem() {
			if bad := e.checkOther(); bad != nil {
				ours = bad.Rule + ": " + bad.Why
			}
		} else if r, err := e.Item(nil); err != nil {
			ours = err.Error()
		} else if bad := checkID(&r); bad != nil {
			ours = bad.Rule + ": " + bad.Why
		}
		if (len(theirs) == 0) != tt.sound || (ours == "") != tt.sound {
			t.Errorf("%s %s: sound %v; audit says %q, the ledger %q", tt.kind, tt.content, tt.sound, theirs, ours)
		}
	}
}
