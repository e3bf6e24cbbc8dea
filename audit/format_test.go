package audit_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/audit"
)

// says makes sure that an error, or none, is exactly what it should be. That of a
// fault also says to which entry and file it belongs.
func says(t testing.TB, what string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v", what, err)
	case want != "" && err == nil:
		t.Errorf("%s: no error, want %s", what, want)
	case want != "" && err.Error() != want:
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

// TestCanonical: RFC 8785, section 3.2, and what it forbids.
func TestCanonical(t *testing.T) {
	deep := func(n int, open, close string) string { return strings.Repeat(open, n) + strings.Repeat(close, n) }
	for _, s := range []string{`{}`, `[]`, `""`, `0`, `-1`, `true`, `null`, `{"a":1,"b":[true,false,null,"x"]}`, `"\u0000\b\t\n\f\r\"\\"`, `"é€😀"`,
		`{"":0,"A":1,"a":2,"aa":3,"é":4,"ﬀ":5}`, `1e+21`, `1.5`, `0.000001`, `1e-7`, `123456789012345680000`, `9007199254740991`, `-0.5`, `333333333.3333333`,
		`{"😀":1,"ﬀ":2}`, // by UTF-16 units a surrogate sorts before U+FB00
		"\"\ufffd\"", "\"\\n\ufffd\"", "\"\\n€\"", `"\n "`, `"aaaaaaaa\u0001b"`, `"\u001f"`, `"\u000e"`,
		deep(63, "[", "]"), "[" + deep(63, "[", "]") + "]", strings.Repeat(`{"a":`, 63) + `{}` + strings.Repeat(`}`, 63),
		`[{"b":1},{"a":1}]`, `-999999999999999`, `9007199254740992`} {
		if err := audit.Canonical([]byte(s)); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	const number = "the number is not in canonical form, or not one that IEEE 754 doubles hold"
	const escape, noEnd, deeply, noUTF8 = "an escape that RFC 8785 does not write", "a string without an end", "nested too deeply", "not UTF-8"
	const noValue, follows, wantName = "no JSON value, or white space", "something follows the value", "want a member's name"
	for _, tt := range []struct {
		text string
		at   int
		why  string
	}{
		{``, 0, noValue}, {` {}`, 0, noValue}, {`{} `, 2, follows}, {`{"a": 1}`, 5, noValue}, {`nul`, 0, noValue}, {`truefalse`, 4, follows},
		{`{"b":1,"a":2}`, 10, `member "a" is not in order`}, {`{"a":1,"a":2}`, 10, `member "a" stands twice`}, {`{"":1,"":2}`, 8, `member "" stands twice`},
		{`{"aa":1,"a":2}`, 11, `member "a" is not in order`}, {`{"ab":1,"aa":2}`, 12, `member "aa" is not in order`},
		{`{"a":1,"\u0061":2}`, 8, escape}, {`"\u0041"`, 1, escape}, {`"\/"`, 1, escape}, {`"\u001F"`, 1, escape}, {`"\u000a"`, 1, escape}, {`"\u0008"`, 1, escape},
		{`"\u0020"`, 1, escape}, {`"\ud800"`, 1, escape}, {`"\u00"`, 1, escape}, {`"\u`, 1, escape}, {`"\x0001"`, 1, escape}, {`"\u00g1"`, 1, escape}, {`"ab\n\u0041"`, 5, escape},
		{`"\u0001`, 7, noEnd}, {`"\"`, 3, noEnd}, {`"\n`, 3, noEnd}, {`"a\`, 2, noEnd}, {`"a`, 2, noEnd}, {`"`, 1, noEnd}, {`"a\nb`, 5, noEnd},
		{"\"\x01\"", 1, "a control character in a string"}, {"\"\x1f\"", 1, "a control character in a string"}, {"\"\\n\x1f\"", 3, "a control character in a string"},
		{"\"\xff\"", 1, noUTF8}, {"\"\x80\"", 1, noUTF8}, {"\"\\n\xff\"", 3, noUTF8}, {"\"\\n\x80\"", 3, noUTF8}, {"\"\xed\xa0\x80\"", 1, noUTF8}, {"\"é\xff\"", 3, noUTF8},
		{`01`, 0, number}, {`-0`, 0, number}, {`1.0`, 0, number}, {`1e2`, 0, number}, {`1E21`, 0, number}, {`1e21`, 0, number}, {`-`, 0, number}, {`--1`, 0, number}, {`1-`, 0, number},
		{`+1`, 0, noValue}, {`.5`, 0, noValue}, {`12345678901234567`, 0, number}, {`1e400`, 0, number}, {`-1e400`, 0, number}, {`9007199254740993`, 0, number}, {`[0,1e5]`, 3, number},
		{`1e-07`, 0, number}, {`1e-400`, 0, number}, {`1e`, 0, number}, {`1..5`, 0, number}, {`-01`, 0, number},
		{`[1,]`, 3, noValue}, {`[1 ,2]`, 2, "want a comma or the end of the array"}, {`[`, 1, noValue}, {`[1`, 2, "want a comma or the end of the array"},
		{`{"a"}`, 4, "want a colon"}, {`{"a":1,}`, 7, wantName}, {`{`, 1, wantName}, {`{1:2}`, 1, wantName}, {`{"a":1`, 6, "want a comma or the end of the object"},
		{`{"ﬀ":2,"😀":1}`, 15, `member "😀" is not in order`},
		{deep(65, "[", "]"), 64, deeply}, {strings.Repeat(`{"a":`, 64) + `{}` + strings.Repeat(`}`, 64), 320, deeply}, {strings.Repeat(`[`, 64) + `1` + strings.Repeat(`]`, 64), 64, deeply},
	} {
		says(t, tt.text, audit.Canonical(slices.Clip([]byte(tt.text))), fmt.Sprintf("byte %d: %s", tt.at, tt.why))
	}
}

// TestNumbers: RFC 8785, appendix B, and its neighbours.
func TestNumbers(t *testing.T) {
	for _, tt := range []struct {
		bits uint64
		want string
	}{
		{0x0000000000000000, "0"}, {0x8000000000000000, "0"},
		{0x0000000000000001, "5e-324"}, {0x8000000000000001, "-5e-324"},
		{0x7fefffffffffffff, "1.7976931348623157e+308"}, {0xffefffffffffffff, "-1.7976931348623157e+308"},
		{0x4340000000000000, "9007199254740992"}, {0xc340000000000000, "-9007199254740992"},
		{0x4430000000000000, "295147905179352830000"},
		{0x44b52d02c7e14af5, "9.999999999999997e+22"}, {0x44b52d02c7e14af6, "1e+23"}, {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
		{0x444b1ae4d6e2ef4e, "999999999999999700000"}, {0x444b1ae4d6e2ef4f, "999999999999999900000"}, {0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"}, {0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"}, {0x41b3de4355555554, "333333333.33333325"}, {0x41b3de4355555555, "333333333.3333333"},
		{0x41b3de4355555556, "333333333.3333334"}, {0x41b3de4355555557, "333333333.33333343"},
		{0xbecbf647612f3696, "-0.0000033333333333333333"}, {0x43143ff3c1cb0959, "1424953923781206.2"},
	} {
		if err := audit.Canonical([]byte(tt.want)); err != nil {
			t.Errorf("%s: %v", tt.want, err)
		}
		// The same number written otherwise is not canonical.
		other := fmt.Sprintf("%.17e", math.Float64frombits(tt.bits))
		if err := audit.Canonical([]byte(other)); err == nil {
			t.Errorf("%s passed for canonical", other)
		}
	}
}

// TestOrder: the names of RFC 8785, section 3.2.3, in their order, and on both sides
// of where the order of UTF-16 parts from that of bytes.
func TestOrder(t *testing.T) {
	names := []string{`\r`, "1", "1a", "a", "\u0080", "\u00f6", "\u07ff", "\u0800", "\u20ac", "\ud7ff", "\U00010000", "\U0001f600", "\U0010ffff", "\ue000", "\uefff", "\ufb33", "\uffff"}
	for i, a := range names {
		for j, b := range names {
			err := audit.Canonical(fmt.Appendf(nil, `{"%s":1,"%s":2}`, a, b))
			if i < j && err != nil || i >= j && err == nil {
				t.Errorf("%q before %q: %v", a, b, err)
			}
		}
	}
}

// TestFaultText: a fault says where.
func TestFaultText(t *testing.T) {
	for _, tt := range []struct {
		f    audit.Fault
		want string
	}{
		{audit.Fault{Entry: -1, Why: "why"}, "why"},
		{audit.Fault{Entry: -1, File: "file", Why: "why"}, "file: why"},
		{audit.Fault{Entry: 0, Why: "why"}, "entry 0: why"},
		{audit.Fault{Entry: 0, File: "file", Why: "why"}, "entry 0 (file): why"},
		{audit.Fault{Entry: 7, Why: "why"}, "entry 7: why"},
	} {
		says(t, "fault", &tt.f, tt.want)
		if !errors.Is(&tt.f, audit.ErrFault) {
			t.Errorf("%v is not a fault", &tt.f)
		}
	}
	missing := fmt.Errorf("x: %w", fs.ErrNotExist)
	for _, tt := range []struct {
		err  error
		want bool
	}{{missing, true}, {&audit.Fault{Why: "x"}, false}, {errors.Join(missing, audit.ErrFault), false}, {errors.New("x"), false}} {
		if got := audit.Missing(tt.err); got != tt.want {
			t.Errorf("%v says that a file is missing: %v, want %v", tt.err, got, tt.want)
		}
	}
}

// TestParseEntry: the members of a leaf and of a body, by doc/record-format.md.
func TestParseEntry(t *testing.T) {
	const (
		h43  = `"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="`
		one  = `"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="`
		now  = `"received":"2026-03-01T10:05:00.000Z"`
		sig  = `"sigs":["x"]`
		kind = `"kind":"k","mission":"m"`
	)
	for _, tt := range []struct{ leaf, want string }{
		{`{"body":{` + kind + `},` + now + `,` + sig + `}`, ""},
		{`{"batch":{"at":0,"root":` + h43 + `},"body":{` + kind + `},` + now + `}`, ""},
		{`{"body":{"kind":"batch","mission":"m"},"leaves":[` + h43 + `],` + now + `,` + sig + `}`, ""},
		{`[]`, "no object with members"},
		{`{}`, "no object with members"},
		{`{"a":1 }`, "byte 6: want a comma or the end of the object"},
		{`{"x":1}`, `member "x": is unknown`},
		{`{` + now + `,` + sig + `}`, "it lacks body or received"},
		{`{"body":{` + kind + `},` + sig + `}`, "it lacks body or received"},
		{`{"body":{` + kind + `},` + now + `}`, "want either signatures or a place in a batch"},
		{`{"batch":{"at":0,"root":` + h43 + `},"body":{` + kind + `},` + now + `,` + sig + `}`, "want either signatures or a place in a batch"},
		{`{"body":{` + kind + `},"leaves":[` + h43 + `],` + now + `,` + sig + `}`, "leaves stand in a batch, and only there"},
		{`{"body":{"kind":"batch","mission":"m"},` + now + `,` + sig + `}`, "leaves stand in a batch, and only there"},
		{`{"batch":{"at":0,"root":` + h43 + `},"body":{"kind":"batch","mission":"m"},"leaves":[` + h43 + `],` + now + `}`, "a batch is not a member of another"},

		{`{"sigs":[]}`, `member "sigs": empty`},
		{`{"sigs":5}`, `member "sigs": json: cannot unmarshal number into Go value of type []string`},
		{`{"received":5}`, `member "received": want a string`},
		{`{"received":""}`, `member "received": "": want a time such as 2026-03-01T10:05:00.000Z`},
		{`{"received":"2026-03-01T10:05:00Z"}`, `member "received": "2026-03-01T10:05:00Z": want a time such as 2026-03-01T10:05:00.000Z`},
		{`{"received":"2026-03-01T10:05:00.0000Z"}`, `member "received": "2026-03-01T10:05:00.0000Z": want a time such as 2026-03-01T10:05:00.000Z`},
		{`{"received":"2026-03-01T9:05:00.000Z"}`, `member "received": "2026-03-01T9:05:00.000Z": want a time such as 2026-03-01T10:05:00.000Z`},
		{`{"received":"2026-03-01T10:05:00,000Z"}`, `member "received": "2026-03-01T10:05:00,000Z": want a time such as 2026-03-01T10:05:00.000Z`},

		{`{"batch":{"at":-1,"root":` + h43 + `}}`, `member "batch": want at, a place in a batch, and root`},
		{`{"batch":{"at":1.5,"root":` + h43 + `}}`, `member "batch": want at, a place in a batch, and root`},
		{`{"batch":{"root":` + h43 + `}}`, `member "batch": want at, a place in a batch, and root`},
		{`{"batch":{"at":` + fmt.Sprint(audit.MaxBatch) + `,"root":` + h43 + `}}`, `member "batch": want at, a place in a batch, and root`},
		{`{"batch":{"at":` + fmt.Sprint(audit.MaxBatch-1) + `,"root":` + h43 + `},"body":{` + kind + `},` + now + `}`, ""},
		{`{"batch":{"at":0,"root":` + h43 + `,"x":1}}`, `member "batch": want at, a place in a batch, and root`},
		{`{"batch":{"at":0}}`, `member "batch": hash "": want 32 bytes in base64`},
		{`{"batch":{"at":0,"root":"AAAA"}}`, `member "batch": hash "AAAA": want 32 bytes in base64`},
		{`{"batch":{"at":0,"root":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB="}}`, `member "batch": hash "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=": want 32 bytes in base64`},
		{`{"leaves":5}`, `member "leaves": json: cannot unmarshal number into Go value of type []string`},
		{`{"leaves":[]}`, fmt.Sprintf(`member "leaves": 0 hashes: want 1 to %d`, audit.MaxBatch)},
		{`{"leaves":["x"]}`, `member "leaves": hash "x": want 32 bytes in base64`},
		{`{"leaves":[` + strings.Repeat(h43+`,`, audit.MaxBatch-1) + h43 + `]}`, "it lacks body or received"},
		{`{"leaves":[` + strings.Repeat(h43+`,`, audit.MaxBatch) + h43 + `]}`, fmt.Sprintf(`member "leaves": %d hashes: want 1 to %d`, audit.MaxBatch+1, audit.MaxBatch)},

		{`{"body":5}`, `member "body": it lacks kind or mission`},
		{`{"body":{"kind":"k"}}`, `member "body": it lacks kind or mission`},
		{`{"body":{"mission":"m"}}`, `member "body": it lacks kind or mission`},
		{`{"body":{"kind":"","mission":"m"}}`, `member "body": it lacks kind or mission`},
		{`{"body":{"kind":5,"mission":"m"}}`, `member "body": member "kind": want a string`},
		{`{"body":{"kind":"k","mission":5}}`, `member "body": member "mission": want a string`},
		{`{"body":{` + kind + `,"x":1}}`, `member "body": member "x": is unknown`},
		{`{"batch":{"at":0,"root":` + h43 + `},"body":{"at":"2026-03-01T10:05:00Z",` + kind + `}}`, `member "body": a member of a batch has no time of its own`},
		{`{"body":{"at":"2026-03-01T10:05:00.123Z",` + kind + `},` + now + `,` + sig + `}`, ""},
		{`{"body":{"at":5,` + kind + `}}`, `member "body": member "at": want a string`},
		{`{"body":{"at":"now",` + kind + `}}`, `member "body": member "at": "now": want a time such as 2026-03-01T10:05:00Z`},
		{`{"body":{"kind":"k","known":"always","mission":"m"},` + now + `,` + sig + `}`, ""},
		{`{"body":{"kind":"k","known":"2026-03-01T10:05:00Z","mission":"m"},` + now + `,` + sig + `}`, ""},
		{`{"body":{"kind":"k","known":"never","mission":"m"}}`, `member "body": member "known": "never": want a time such as 2026-03-01T10:05:00Z`},
		{`{"body":{"kind":"k","known":5,"mission":"m"}}`, `member "body": member "known": want a string`},
		{`{"body":{` + kind + `,"replaces":"` + zeros + `"},` + now + `,` + sig + `}`, ""},
		{`{"body":{` + kind + `,"replaces":"` + zeros[1:] + `"}}`, `member "body": member "replaces": want 64 hexadecimal digits`},
		{`{"body":{` + kind + `,"replaces":"` + zeros[1:] + `A"}}`, `member "body": member "replaces": want 64 hexadecimal digits`},
		{`{"body":{` + kind + `,"replaces":5}}`, `member "body": member "replaces": want a string`},

		{`{"body":{` + kind + `,"sealed":{"restricted":[` + h43 + `,` + one + `],"shared":[]}},` + now + `,` + sig + `}`, ""},
		{`{"body":{` + kind + `,"sealed":{}}}`, `member "body": member "sealed": nothing is sealed`},
		{`{"body":{` + kind + `,"sealed":5}}`, `member "body": member "sealed": nothing is sealed`},
		{`{"body":{` + kind + `,"sealed":{"top":[]}}}`, `member "body": member "sealed": shelf "top" is unknown`},
		{`{"body":{` + kind + `,"sealed":{"shared":["x"]}}}`, `member "body": member "sealed": hash "x": want 32 bytes in base64`},
		{`{"body":{` + kind + `,"sealed":{"shared":5}}}`, `member "body": member "sealed": json: cannot unmarshal number into Go value of type []string`},
		{`{"body":{` + kind + `,"sealed":{"shared":[` + one + `,` + h43 + `]}}}`, `member "body": member "sealed": commitments are sorted, and none stands twice`},
		{`{"body":{` + kind + `,"sealed":{"shared":[` + one + `,` + one + `]}}}`, `member "body": member "sealed": commitments are sorted, and none stands twice`},
	} {
		e, err := audit.ParseEntry(5, []byte(tt.leaf))
		says(t, tt.leaf[:min(len(tt.leaf), 200)], err, tt.want)
		if err == nil && (e.Index != 5 || string(e.Leaf) != tt.leaf || e.Mission != "m") {
			t.Errorf("%s: %+v", tt.leaf, e)
		}
	}
	body := []byte(`{"kind":"k","mission":"m"}`)
	e, err := audit.ParseBody(body, time.Unix(0, 0))
	if err != nil || e.Index != -1 || e.Kind != "k" || !e.Received.Equal(time.Unix(0, 0)) {
		t.Errorf("%+v, %v", e, err)
	}
	_, err = audit.ParseBody(body[1:], time.Unix(0, 0))
	says(t, "a body that ends early", err, "body: byte 6: something follows the value")
}

// TestFiles: which files an entry names, and where they are.
func TestFiles(t *testing.T) {
	ab := strings.Repeat("ab", 32)
	for _, tt := range []struct{ kind, content, want string }{
		{"source", `{"evidence":"` + ab + `","file":"a.csv","mapping":"` + zeros + `"}`, "a.csv evidence/ab/" + ab[2:] + ", mapping evidence/00/" + zeros[2:]},
		{"source", `{"evidence":"` + ab + `","file":"a.csv"}`, "a.csv evidence/ab/" + ab[2:]},
		{"source", `{"evidence":"` + ab[2:] + `","file":"a.csv"}`, ""},
		{"source", `{"evidence":"` + ab + `00","file":"a.csv"}`, ""},
		{"source", `{"evidence":"` + ab[2:] + `xy","file":"a.csv"}`, ""},
		{"source", `{"evidence":"` + ab + `xy","file":"a.csv"}`, ""},
		{"mission", `{"terms":{"files":[{"name":"n","sha256":"` + ab + `"}]}}`, "n evidence/ab/" + ab[2:]},
		{"mission", `{"files":[{"name":"n","sha256":"` + ab + `"}]}`, ""},
		{"agreement", `{"files":[{"name":"n","sha256":"` + ab + `"},{"name":"m","sha256":"` + zeros + `"}]}`, "n evidence/ab/" + ab[2:] + ", m evidence/00/" + zeros[2:]},
		{"agreement", `{"terms":{"files":[{"name":"n","sha256":"` + ab + `"}]}}`, ""},
		{"observation", `{"evidence":"` + ab + `"}`, ""},
	} {
		e, err := audit.ParseBody(fmt.Appendf(nil, `{"content":%s,"kind":%q,"mission":"m"}`, tt.content, tt.kind), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range audit.Files(e) {
			if f.Entry != -1 {
				t.Errorf("%s is of entry %d", f.Name, f.Entry)
			}
			got = append(got, f.Name+" "+f.Path())
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s %s names %v, want %s", tt.kind, tt.content, got, tt.want)
		}
	}
}

// TestWhy: what an objection says of what a stranger wrote, and how much of it.
func TestWhy(t *testing.T) {
	_, o := soundOf(t, "observation", 0)
	_, tally := soundOf(t, "tally", 0)
	days := func(n int) string {
		return fmt.Sprintf(`{"start":"1900-01-01T00:00:00Z","end":%q}`, time.Date(1900, 1, 1+n, 0, 0, 0, 1e6, time.UTC).Format(time.RFC3339Nano))
	}
	for _, tt := range []struct{ kind, content, want string }{
		{strings.Repeat("k", 60), `{}`, `its kind "` + strings.Repeat("k", 60) + `" is unknown`},
		{strings.Repeat("k", 61), `{}`, `its kind "` + strings.Repeat("k", 60) + `…" is unknown`},
		{strings.Repeat("é", 31), `{}`, `its kind "` + strings.Repeat("é", 30) + `…" is unknown`},
		{"k" + strings.Repeat("é", 30), `{}`, `its kind "k` + strings.Repeat("é", 29) + `…" is unknown`},
		{"observation", edited(t, "observation", o, "occurred="+days(3660)), "`occurred` is longer than 3660 days"},
		{"tally", edited(t, "tally", tally, "period="+days(36525)), "`period` is longer than 36525 days"},
	} {
		e, err := audit.ParseBody(canonical(t, map[string]any{"kind": tt.kind, "mission": "m", "content": parsed(t, tt.content)}), time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		list := audit.CheckEntry(e, audit.Key{Role: "monitor"})
		if len(list) == 0 || list[0].Why != tt.want {
			t.Errorf("%v, want %s", list, tt.want)
		}
	}
}

// TestWhichOpening: an opening that was not committed to is named by its place.
func TestWhichOpening(t *testing.T) {
	s := newScribe(t, "")
	one, c1 := opening("act", `"fire"`)
	two, _ := opening("act", `"hail"`)
	sub := s.say("intake-1", "observation", fmt.Sprintf(`{"id":%q}`, zeros), sealedMember("shared", c1))
	s.say("verification-1", "disclosure", fmt.Sprintf(`{"of":%q,"openings":[%s,%s]}`, sub, one, two))
	sum, err := s.verify(audit.Options{})
	if err != nil || len(sum.Objections) != 1 || sum.Objections[0].Why != "the entry that it names did not commit to opening 2 of 2" {
		t.Errorf("%v, %v", sum.Objections, err)
	}
}
