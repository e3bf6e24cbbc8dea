package audit_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/opentruce/truce/audit"
	"golang.org/x/mod/sumdb/tlog"
)

// TestProof: a proof of each way to sign can be checked alone, and no line of it can
// be another.
func TestProof(t *testing.T) {
	s := newScribe(t, "")
	_, claim := soundOf(t, "allegation", 0)
	s.say("ua-1", "allegation", edited(t, "allegation", claim))
	var bodies [][]byte
	for i := range 5 {
		bodies = append(bodies, s.body("outage", fmt.Sprintf(`{"because":"%d","during":%s}`, i, hour)))
	}
	s.batch("duty-1", bodies, nil) // entry 2, and its members 3 to 7
	s.say("head-1", "method", `{"method":"m"}`)
	policy, err := audit.Trust(s.keys[origin].vkey)
	if err != nil {
		t.Fatal(err)
	}
	log := &audit.Log{Fetch: s.files().fetch, Policy: policy}
	c, err := log.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	prove := func(i int64) string {
		t.Helper()
		raw, err := log.Prove(t.Context(), c, i)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	for i, author := range []string{origin, "ua-1", "duty-1", "duty-1", "duty-1", "duty-1", "duty-1", "duty-1", "head-1"} {
		raw := prove(int64(i))
		p, err := audit.OpenProof([]byte(raw), policy)
		if err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
		a := s.keys[author]
		if p.Entry.Index != int64(i) || string(p.Entry.Leaf) != string(s.leaves[i]) || p.Author.Name != author || p.Author.Role != a.role || p.Author.Party != a.party || p.Author.VKey != a.vkey ||
			p.Author.Revoked != -1 || p.Checkpoint.Size != 9 {
			t.Errorf("entry %d: %+v", i, p)
		}
		// The path of RFC 6962 in a batch of five: three hashes, or one for the last.
		size, path := int64(0), 0
		if i >= 3 && i <= 7 {
			size, path = 5, 3
			if i == 7 {
				path = 1
			}
		}
		if p.BatchSize != size || len(p.Batched) != path {
			t.Errorf("entry %d: a batch of %d, and %d hashes; want %d and %d", i, p.BatchSize, len(p.Batched), size, path)
		}
		if key := audit.ProofKey([]byte(raw)); key != s.keys[origin].vkey {
			t.Errorf("entry %d: the key of the log is %s", i, key)
		}
	}
	if key := audit.ProofKey([]byte("a\nb log x\n")); key != "" {
		t.Errorf("no log is named, and its key is %s", key)
	}

	single, member := prove(1), prove(3)
	line := func(raw string, n int) string { return strings.Split(raw, "\n")[n-1] }
	_, stranger := newLog(t, origin)
	hash := base64.StdEncoding.EncodeToString(make([]byte, 32))
	root := rootOf(t, bodies)
	rebatched := func(change func(body string) string) string {
		f := strings.Split(line(member, 5), " ")
		signed, err := base64.StdEncoding.DecodeString(f[2])
		if err != nil {
			t.Fatal(err)
		}
		body, _, _ := strings.Cut(string(signed), "\n")
		body = change(body)
		return f[0] + " " + f[1] + " " + base64.StdEncoding.EncodeToString([]byte(body+"\n\n"+s.line([]byte(body), "duty-1")+"\n"))
	}
	for _, tt := range []struct {
		name, raw, old, new string
		want                string
	}{
		{"nothing of it", single, single, "", "proof: it ends early"},
		{"one part fewer", single, "\n\n", "\n", "checkpoint: malformed note"},
		{"no checkpoint", single, single, single[:strings.Index(single, "\n\n")+20], "proof: it ends early"},
		{"another format", single, "truce-proof/v1", "truce-proof/v2", `proof: want "truce-proof/v1" and the log in the first two lines`},
		{"three lines", single, "\nentry ", "", `proof: want "truce-proof/v1" and the log in the first two lines`},
		{"no log", single, "\nlog ", "\nlag ", `proof: want "truce-proof/v1" and the log in the first two lines`},
		{"another log's key", single, line(single, 2), "log " + stranger, "proof: it names another key of the log than the one that is believed"},
		{"more after the log's key", single, line(single, 2), line(single, 2) + "x", "proof: it names another key of the log than the one that is believed"},
		{"no author", single, "\nauthor ", "\nauthar ", "proof: want the author in the third line"},
		{"an author without a key", single, line(single, 3), "author liaison", "proof: want the author in the third line"},
		{"an author of two parties", single, line(single, 3), line(single, 3) + " RU", "proof: want the author in the third line"},
		{"an author's key that is none", single, line(single, 3), "author liaison x UA", "proof: author: malformed verifier id"},
		{"another author", single, line(single, 3), "author liaison " + s.keys["ru-1"].vkey + " RU", "proof: the signature of ru-1 does not verify: note has no verifiable signatures"},
		{"no entry", single, "\nentry ", "\nantry ", "proof: want the entry in the fourth line"},
		{"an entry that is none", single, line(single, 4), "entry {}", "proof: entry: no object with members"},
		{"another entry", single, line(single, 4), "entry " + string(s.leaves[8]), "proof: the entry is not in the record at 1: invalid transparency proof"},
		{"more after the entry", single, line(single, 4), line(single, 4) + "\nbatch", "proof: something follows the entry"},
		{"another proof format", single, "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2", `proof: want "c2sp.org/tlog-proof@v1"`},
		{"no index line", single, "\nindex 1", "", `proof: want the index, not "` + line(single, 8) + `"`},
		{"nothing after the format", single, strings.Split(single, "\n\n")[1], "c2sp.org/tlog-proof@v1", `proof: want "c2sp.org/tlog-proof@v1"`},
		{"no index", single, "\nindex 1", "\nindex one", `proof: want the index, not "index one"`},
		{"an index below zero", single, "\nindex 1", "\nindex -1", `proof: want the index, not "index -1"`},
		{"another word for the index", single, "\nindex 1", "\n1", `proof: want the index, not "1"`},
		{"another index", single, "\nindex 1", "\nindex 0", "proof: the entry is not in the record at 0: invalid transparency proof"},
		{"a hash that is none", single, line(single, 8), "AAAA", `proof: hash "AAAA": want 32 bytes in base64`},
		{"another hash", single, line(single, 8), hash, "proof: the entry is not in the record at 1: invalid transparency proof"},
		{"another checkpoint", single, "\n9\n", "\n8\n", "checkpoint: the signature of " + origin + " does not verify"},

		{"no batch", member, line(member, 5) + "\n" + line(member, 6) + "\n" + line(member, 7) + "\n" + line(member, 8) + "\n", "", "proof: the batch is missing"},
		{"another word for the batch", member, "\nbatch 5", "\nbatsh 5", "proof: want the batch in the fifth line"},
		{"a batch with more", member, line(member, 5), line(member, 5) + " x", "proof: want the batch in the fifth line"},
		{"a batch without a size", member, "\nbatch 5", "\nbatch five", `proof: strconv.ParseInt: parsing "five": invalid syntax`},
		{"a batch of another size", member, "\nbatch 5", "\nbatch 6", "proof: the batch is not the one that the entry names"},
		{"a batch that is not base64", member, line(member, 5), "batch 5 *", "proof: illegal base64 data at input byte 0"},
		{"a batch that is empty", member, line(member, 5), "batch 5 ", `proof: hash "": want 32 bytes in base64`},
		{"a hash of the batch that is none", member, line(member, 6), "AAAA", `proof: hash "AAAA": want 32 bytes in base64`},
		{"another hash of the batch", member, line(member, 6), hash, "proof: the entry is not a member of the batch: invalid transparency proof"},
		{"of another kind", member, line(member, 5), rebatched(func(b string) string { return strings.Replace(b, `"kind":"batch"`, `"kind":"botch"`, 1) }), "proof: the batch is not the one that the entry names"},
		{"of another record", member, line(member, 5), rebatched(func(b string) string { return strings.Replace(b, origin, "truce.test/other", 1) }), "proof: the batch is not the one that the entry names"},
		{"of another size", member, line(member, 5), rebatched(func(b string) string { return strings.Replace(b, `"size":5`, `"size":4`, 1) }), "proof: the batch is not the one that the entry names"},
		{"of another root", member, line(member, 5), rebatched(func(b string) string { return strings.Replace(b, root, hash, 1) }), "proof: the batch is not the one that the entry names"},
		{"the same, signed again", member, line(member, 5), rebatched(func(b string) string { return b }), ""},
		{"signed by another", member, line(member, 3), "author head-of-mission " + s.keys["head-1"].vkey, "proof: the signature of head-1 does not verify: note has no verifiable signatures"},
	} {
		if !strings.Contains(tt.raw, tt.old) {
			t.Fatalf("%s: the proof has no %q", tt.name, tt.old)
		}
		_, err := audit.OpenProof([]byte(strings.Replace(tt.raw, tt.old, tt.new, 1)), policy)
		says(t, tt.name, err, tt.want)
	}

	// An entry that was written for another record does not prove anything of this one.
	other := newScribe(t, "")
	other.keys[origin] = s.keys[origin]
	body := strings.Replace(string(s.body("method", `{"method":"m"}`)), origin, "truce.test/other", 1)
	other.signed("head-1", []byte(body))
	f := other.files()
	h := tlog.RecordHash(other.leaves[0])
	foreign := fmt.Sprintf("truce-proof/v1\nlog %s\nauthor head-of-mission %s\nentry %s\n\nc2sp.org/tlog-proof@v1\nindex 1\n%s\n\n%s", s.keys[origin].vkey, other.keys["head-1"].vkey, other.leaves[1],
		base64.StdEncoding.EncodeToString(h[:]), f["checkpoint"])
	_, err = audit.OpenProof([]byte(foreign), policy)
	says(t, "of another record", err, `proof: the entry was written for the record "truce.test/other"`)

	// A record of one entry needs no hashes, and the log's key need not be the first.
	alone := newScribe(t, "")
	first := strings.Replace(string(alone.leaves[0]), `"keys":[`, `"keys":[`+alone.key("reader-1", "reader", "")+`,`, 1)
	var leaf struct{ Body json.RawMessage }
	if err := json.Unmarshal([]byte(first), &leaf); err != nil {
		t.Fatal(err)
	}
	alone.leaves = nil
	alone.signed(origin, canonical(t, parsed(t, string(leaf.Body))))
	raw, err := (&audit.Log{Fetch: alone.files().fetch, Policy: policyOf(t, alone)}).Prove(t.Context(), checkpointOf(t, alone), 0)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := audit.OpenProof(raw, policyOf(t, alone)); err != nil || len(p.Inclusion) != 0 {
		t.Errorf("of a record of one entry: %v\n%s", err, raw)
	}

	// A record that does not verify proves nothing.
	bad := newScribe(t, "")
	bad.signed("head-1", []byte(body))
	_, err = (&audit.Log{Fetch: bad.files().fetch, Policy: policyOf(t, bad)}).Prove(t.Context(), checkpointOf(t, bad), 1)
	says(t, "of a record with a fault", err, `entry 1: it was written for the record "truce.test/other", not "truce.test/rules"`)
	g := s.files()
	g["tile/entries/000.p/9"][40] ^= 1
	_, err = (&audit.Log{Fetch: g.fetch, Policy: policy}).Prove(t.Context(), c, 1)
	says(t, "of an altered record", err, "entry 0 (tile/entries/000.p/9): it is not the entry that was signed")
}

func policyOf(t testing.TB, s *scribe) *audit.Policy {
	t.Helper()
	p, err := audit.Trust(s.keys[origin].vkey)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func checkpointOf(t testing.TB, s *scribe) *audit.Checkpoint {
	t.Helper()
	c, err := policyOf(t, s).Open(s.checkpoint())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestHonoured: an acknowledged submission that is not in the record is named.
func TestHonoured(t *testing.T) {
	s := newScribe(t, "")
	s.say("head-1", "method", `{"method":"a"}`)
	s.say("head-1", "method", `{"method":"b"}`)
	log := &audit.Log{Fetch: s.files().fetch, Policy: policyOf(t, s)}
	c := checkpointOf(t, s)
	sub := func(i int64) tlog.Hash {
		t.Helper()
		e, err := log.Entry(t.Context(), c, i)
		if err != nil {
			t.Fatal(err)
		}
		return e.Submission()
	}
	for _, tt := range []struct {
		name   string
		origin string
		lines  []audit.ReceiptLine
		want   string
	}{
		{"all there", origin, []audit.ReceiptLine{{1, sub(1)}, {2, sub(2)}}, ""},
		{"another log", "b", nil, `receipt: it is of the log "b", and this is "truce.test/rules"`},
		{"beyond the end", origin, []audit.ReceiptLine{{1, sub(1)}, {3, tlog.Hash{}}}, "entry 3: submission AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= was acknowledged at 0001-01-01T00:00:00.000Z and is not there: the record ends at 3"},
		{"another in its place", origin, []audit.ReceiptLine{{2, tlog.Hash{}}}, "entry 2: submission AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= was acknowledged at 0001-01-01T00:00:00.000Z and is not there: another stands in its place"},
	} {
		says(t, tt.name, log.Honoured(t.Context(), c, &audit.Receipt{Origin: tt.origin, Lines: tt.lines}), tt.want)
	}
	g := s.files()
	delete(g, "tile/entries/000.p/3")
	says(t, "a record that cannot be read", (&audit.Log{Fetch: g.fetch, Policy: log.Policy}).Honoured(t.Context(), c, &audit.Receipt{Origin: origin, Lines: []audit.ReceiptLine{{1, sub(1)}}}),
		"tile/entries/000.p/3: the file is missing")
}

// TestUnfinished counts the members that have not come, of all batches together.
func TestUnfinished(t *testing.T) {
	s := newScribe(t, "")
	for b := range 3 {
		var bodies [][]byte
		for i := range 4 {
			bodies = append(bodies, s.body("outage", fmt.Sprintf(`{"because":"%d.%d","during":%s}`, b, i, hour)))
		}
		s.batch("duty-1", bodies, nil)
		s.leaves = s.leaves[:len(s.leaves)-b] // all came, one did not, two did not
	}
	sum, err := s.verify(audit.Options{})
	if err != nil || sum.Unfinished != 3 {
		t.Errorf("%d members are unfinished, want 3: %v", sum.Unfinished, err)
	}
}

// TestRunsOut: a key that runs out states no key, and says so in these words.
func TestRunsOut(t *testing.T) {
	s := newScribe(t, "")
	s.say("head-1", "key", edited(t, "key", s.key("monitor-2", "monitor", ""), `until="2026-03-02T00:00:00.000Z"`))
	s.say("monitor-2", "key", s.key("monitor-3", "monitor", ""))
	_, err := s.verify(audit.Options{})
	says(t, "a key that does not replace its own", err, "entry 2: signed with monitor-2, whose role monitor may not write it; head-of-mission may")
	s.leaves = s.leaves[:2]
	s.say("monitor-2", "revoke", fmt.Sprintf(`{"key":%q}`, s.keys["monitor-1"].id()))
	_, err = s.verify(audit.Options{})
	says(t, "a key of another", err, "entry 2: signed with monitor-2, whose role monitor may not write it; head-of-mission may")
}
