package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/audit"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// newLog is the key of a log.
func newLog(t testing.TB, name string) (note.Signer, string) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return signer, vkey
}

func signedBy(t testing.TB, text string, by ...note.Signer) []byte {
	t.Helper()
	n, err := note.Sign(&note.Note{Text: text}, by...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPolicy: C2SP tlog-policy, line by line.
func TestPolicy(t *testing.T) {
	_, log := newLog(t, "log.test/a")
	w := []string{newCosigner(t, "w.test/1").vkey(), newCosigner(t, "w.test/2").vkey(), newCosigner(t, "w.test/3").vkey()}
	three := fmt.Sprintf("witness a %s\nwitness b %s\nwitness c %s\n", w[0], w[1], w[2])
	word := func(s string) string {
		return fmt.Sprintf("%q: want log, witness, group or quorum with what belongs to it", s)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "policy: no quorum line"},
		{"none", "quorum none\n", ""},
		{"no last newline", "quorum none", ""},
		{"comments and blanks", "# a\n\n \tquorum\t none \n", ""},
		{"a line in the middle", "# a\n\nquorom none\n", "policy: line 3: " + word("quorom")},
		{"undefined", "quorum x\n", `policy: line 1: quorum "x" is not defined above, or there are two`},
		{"two quorums", "quorum none\nquorum none\n", `policy: line 2: quorum "none" is not defined above, or there are two`},
		{"quorum of two names", "quorum none none\n", "policy: line 1: " + word("quorum")},
		{"a log", "log " + log + "\nquorum none\n", ""},
		{"a log and its address", "log " + log + " https://log.test/\nquorum none\n", ""},
		{"a log with more", "log " + log + " https://log.test/ x\nquorum none\n", "policy: line 1: " + word("log")},
		{"a log without a key", "log\n", "policy: line 1: " + word("log")},
		{"a log that is none", "log x\n", "policy: line 1: malformed verifier id"},
		{"a log twice", "log " + log + "\nlog " + log + "\n", "policy: line 2: this key stands twice"},
		{"a witness", "witness a " + w[0] + "\nquorum a\n", ""},
		{"a witness and its address", "witness a " + w[0] + " https://w.test/\nquorum a\n", ""},
		{"a witness with more", "witness a " + w[0] + " https://w.test/ x\n", "policy: line 1: " + word("witness")},
		{"a witness without a name", "witness " + w[0] + "\n", "policy: line 1: " + word("witness")},
		{"a witness that is none", "witness a x\n", `policy: line 1: witness key "x": want name+hash+key`},
		{"a witness named none", "witness none " + w[0] + "\n", `policy: line 1: name "none" is taken`},
		{"a name twice", three + "witness c " + newCosigner(t, "w.test/4").vkey() + "\n", `policy: line 4: name "c" is taken`},
		{"a key under two names", three + "witness d " + w[1] + "\n", "policy: line 4: this key stands twice"},
		{"any", three + "group g any a b\nquorum g\n", ""},
		{"all", three + "group g all a b c\nquorum g\n", ""},
		{"one of one", three + "group g 1 a\nquorum g\n", ""},
		{"two of two", three + "group g 2 a b\nquorum g\n", ""},
		{"a group in a group", three + "group g any a b\ngroup h all g c\nquorum h\n", ""},
		{"none of two", three + "group g 0 a b\n", `policy: line 4: want any, all or a number from 1 to 2, not "0"`},
		{"three of two", three + "group g 3 a b\n", `policy: line 4: want any, all or a number from 1 to 2, not "3"`},
		{"minus one", three + "group g -1 a b\n", `policy: line 4: want any, all or a number from 1 to 2, not "-1"`},
		{"most", three + "group g most a b\n", `policy: line 4: want any, all or a number from 1 to 2, not "most"`},
		{"very many", three + "group g 99999999999999999999 a b\n", `policy: line 4: want any, all or a number from 1 to 2, not "99999999999999999999"`},
		{"a group of nobody", three + "group g any\n", "policy: line 4: " + word("group")},
		{"a group named as a witness", three + "group a any b\n", `policy: line 4: name "a" is taken`},
		{"a group twice", three + "group g any b\ngroup g any c\n", `policy: line 5: name "g" is taken`},
		{"a group of none", three + "group g any none\n", `policy: line 4: member "none" is not defined above, or stands twice`},
		{"a member twice", three + "group g 2 a a\n", `policy: line 4: member "a" is not defined above, or stands twice`},
		{"a member from below", "group g any a\n" + three, `policy: line 1: member "a" is not defined above, or stands twice`},
		{"its own member", three + "group g any g\n", `policy: line 4: member "g" is not defined above, or stands twice`},
	} {
		_, err := audit.ParsePolicy([]byte(tt.text))
		says(t, tt.name, err, tt.want)
	}
	_, other := newLog(t, "log.test/b")
	p, err := audit.ParsePolicy([]byte("log " + log + "\nlog " + other + "\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Origins(); !slices.Equal(got, []string{"log.test/a", "log.test/b"}) {
		t.Errorf("origins %v", got)
	}
	for origin, want := range map[string]string{"log.test/a": log, "log.test/b": other, "log.test/c": ""} {
		if got := p.LogKey(origin); got != want {
			t.Errorf("the key of %s is %q, want %q", origin, got, want)
		}
	}
}

// TestWitnessKey: the verifier keys of C2SP tlog-cosignature.
func TestWitnessKey(t *testing.T) {
	c := newCosigner(t, "w.test/1")
	good := c.vkey()
	if v, err := audit.NewWitness(good); err != nil || v.Name() != "w.test/1" || v.KeyHash() != c.KeyHash() {
		t.Errorf("%s: %v", good, err)
	}
	key := func(name string, public []byte) string {
		sum := sha256.Sum256(append([]byte(name+"\n"), public...))
		return fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(public))
	}
	if key("w.test/1", c.public()) != good {
		t.Fatal("the test does not make keys as it should")
	}
	name, hash, b64 := good[:8], good[9:17], good[18:]
	for what, bad := range map[string]string{
		"nothing": "", "no hash": name + "++" + b64, "no key": name + "+" + hash + "+", "a hash of nine digits": name + "+0" + hash + "+" + b64, "a hash that is not a number": name + "+zzzzzzzz+" + b64,
		"more after the key": good + "!", "no name": key("", c.public()), "a short key": key(name, c.public()[:32]), "a long key": key(name, append(c.public(), 0)),
	} {
		_, err := audit.NewWitness(bad)
		says(t, what, err, fmt.Sprintf("witness key %q: want name+hash+key", bad))
	}
	_, err := audit.NewWitness("w.test/2" + good[8:])
	says(t, "another name", err, fmt.Sprintf("witness key %q: its hash does not fit", "w.test/2"+good[8:]))
	one := key(name, append([]byte{1}, c.public()[1:]...))
	_, err = audit.NewWitness(one)
	says(t, "the key of a log", err, fmt.Sprintf("witness key %q: signature type 1 is not that of Ed25519 co-signatures, 4", one))
}

// TestCosignature: the signed message of C2SP tlog-cosignature, version 1, and how
// long a signature is.
func TestCosignature(t *testing.T) {
	c := newCosigner(t, "w.test/1")
	v, err := audit.NewWitness(c.vkey())
	if err != nil {
		t.Fatal(err)
	}
	const text = "log.test/a\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	for _, tt := range []struct {
		time    uint64
		message string
		more    []byte
		ok      bool
	}{
		{1_679_315_147, "cosignature/v1\ntime 1679315147\n" + text, nil, true}, // the time of the document's example
		{0, "cosignature/v1\ntime 0\n" + text, nil, true},
		{1<<63 - 1, "cosignature/v1\ntime 9223372036854775807\n" + text, nil, true},
		{1 << 63, "cosignature/v1\ntime 9223372036854775808\n" + text, nil, false}, // tlog-cosignature: a signed 64-bit number
		{5, "cosignature/v1\ntime 6\n" + text, nil, false},
		{5, "cosignature/v1\ntime 5\n" + text, []byte{0}, false},
		{5, text, nil, false},
	} {
		sig := append(binary.BigEndian.AppendUint64(nil, tt.time), ed25519.Sign(c.key, []byte(tt.message))...)
		if got := v.Verify([]byte(text), append(sig, tt.more...)); got != tt.ok {
			t.Errorf("time %d, signed %q: %v, want %v", tt.time, tt.message, got, tt.ok)
		}
	}
	if v.Verify([]byte(text), nil) {
		t.Error("no signature verifies")
	}
}

// TestOpenCheckpoint: C2SP tlog-checkpoint, and whose checkpoint is believed.
func TestOpenCheckpoint(t *testing.T) {
	signer, vkey := newLog(t, "log.test/a")
	other, otherKey := newLog(t, "log.test/b")
	stranger, _ := newLog(t, "log.test/c")
	witness := newCosigner(t, "w.test/1")
	same := newCosigner(t, "log.test/a") // a witness with the name of the log
	p, err := audit.ParsePolicy([]byte("log " + vkey + "\nlog " + otherKey + "\nwitness w " + witness.vkey() + "\nwitness s " + same.vkey() + "\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	const root = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for _, tt := range []struct {
		name, text string
		by         []note.Signer
		want       string
		size       int64
		cosigned   string
	}{
		{"a checkpoint", "log.test/a\n5\n" + root + "\n", []note.Signer{signer}, "", 5, ""},
		{"an empty tree", "log.test/a\n0\n" + root + "\n", []note.Signer{signer}, "", 0, ""},
		{"extension lines", "log.test/a\n5\n" + root + "\nx\ny\n", []note.Signer{signer}, "", 5, ""},
		{"the largest tree", "log.test/a\n281474976710656\n" + root + "\n", []note.Signer{signer}, "", 1 << 48, ""},
		{"co-signed", "log.test/a\n5\n" + root + "\n", []note.Signer{signer, witness, same}, "", 5, "w.test/1 log.test/a"},
		{"signed by another log too", "log.test/a\n5\n" + root + "\n", []note.Signer{signer, other}, "", 5, ""},
		{"signed by a stranger too", "log.test/a\n5\n" + root + "\n", []note.Signer{stranger, signer}, "", 5, ""},
		{"signed by a stranger", "log.test/a\n5\n" + root + "\n", []note.Signer{stranger}, "it carries no signature of the log's key", 0, ""},
		{"signed by a witness alone", "log.test/a\n5\n" + root + "\n", []note.Signer{witness}, `it carries no signature of the key of the log "log.test/a"`, 0, ""},
		{"signed by a witness with the log's name", "log.test/a\n5\n" + root + "\n", []note.Signer{same}, `it carries no signature of the key of the log "log.test/a"`, 0, ""},
		{"signed by another log", "log.test/a\n5\n" + root + "\n", []note.Signer{other}, `it carries no signature of the key of the log "log.test/a"`, 0, ""},
		{"too many", "log.test/a\n281474976710657\n" + root + "\n", []note.Signer{signer}, `size "281474976710657"`, 0, ""},
		{"more than a number holds", "log.test/a\n99999999999999999999\n" + root + "\n", []note.Signer{signer}, `size "99999999999999999999"`, 0, ""},
		{"below zero", "log.test/a\n-1\n" + root + "\n", []note.Signer{signer}, `size "-1"`, 0, ""},
		{"a zero before the number", "log.test/a\n05\n" + root + "\n", []note.Signer{signer}, `size "05"`, 0, ""},
		{"a sign before the number", "log.test/a\n+5\n" + root + "\n", []note.Signer{signer}, `size "+5"`, 0, ""},
		{"no number", "log.test/a\nfive\n" + root + "\n", []note.Signer{signer}, `size "five"`, 0, ""},
		{"no origin", "\n5\n" + root + "\n", []note.Signer{signer}, "want origin, size and root", 0, ""},
		{"no root", "log.test/a\n5\n", []note.Signer{signer}, "want origin, size and root", 0, ""},
		{"a short root", "log.test/a\n5\nAAAA\n", []note.Signer{signer}, `root: hash "AAAA": want 32 bytes in base64`, 0, ""},
	} {
		raw := signedBy(t, tt.text, tt.by...)
		c, err := p.Open(raw)
		if tt.want != "" {
			says(t, tt.name, err, "checkpoint: "+tt.want)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var by []string
		for _, s := range c.Cosigned {
			if !s.Time.Equal(time.Unix(1_772_359_200, 0)) { // when a cosigner of the tests signs
				t.Errorf("%s: %s co-signed at %v", tt.name, s.Witness, s.Time)
			}
			by = append(by, s.Witness)
		}
		if c.Origin != "log.test/a" || c.Size != tt.size || c.Root != (tlog.Hash{1}) || strings.Join(by, " ") != tt.cosigned || c.Tree() != (tlog.Tree{N: tt.size, Hash: tlog.Hash{1}}) {
			t.Errorf("%s: %+v", tt.name, c)
		}
		if again, err := p.Open(c.Raw); err != nil || again.Size != c.Size {
			t.Errorf("%s: what is kept of it: %v", tt.name, err)
		}
	}
	q, err := audit.ParsePolicy([]byte("log " + vkey + "\nwitness w " + witness.vkey() + "\nquorum w\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = q.Open(signedBy(t, "log.test/a\n5\n"+root+"\n", signer))
	says(t, "without its witness", err, `checkpoint: too few witnesses co-signed it for the quorum "w": 0`)
	raw := signedBy(t, "log.test/a\n5\n"+root+"\n", signer)
	at := bytes.LastIndexByte(raw, ' ') + 12
	if raw[at] == 'A' { // still base64, and another
		raw[at] = 'B'
	} else {
		raw[at] = 'A'
	}
	_, err = p.Open(raw)
	says(t, "an altered signature", err, "checkpoint: the signature of log.test/a does not verify")
	_, err = p.Open([]byte("x\n"))
	says(t, "no note", err, "checkpoint: malformed note")
	// A mirror keeps eight signatures that it cannot verify, and no more.
	var by []note.Signer
	for range 12 {
		s, _ := newLog(t, "log.test/x")
		by = append(by, s)
	}
	c, err := p.Open(signedBy(t, "log.test/a\n5\n"+root+"\n", append(by, signer)...))
	if err != nil || bytes.Count(c.Raw, []byte("\n— ")) != 9 {
		t.Errorf("%d signatures were kept, want 9: %v", bytes.Count(c.Raw, []byte("\n— ")), err)
	}
}

// TestReceipt: what a receipt says, and what keeps it from being believed.
func TestReceipt(t *testing.T) {
	signer, vkey := newLog(t, "log.test/a")
	const head, sub = "truce-receipt/v1\nlog.test/a\n2026-03-01T10:05:00.000Z\n", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for _, tt := range []struct{ name, text, want string }{
		{"two submissions", head + "0 " + sub + "\n7 " + sub + "\n", ""},
		{"none", head, `want "truce-receipt/v1", origin, time and submissions`},
		{"another version", strings.Replace(head, "v1", "v2", 1) + "0 " + sub + "\n", `want "truce-receipt/v1", origin, time and submissions`},
		{"another origin", strings.Replace(head, "/a", "/b", 1) + "0 " + sub + "\n", `origin "log.test/b", time "2026-03-01T10:05:00.000Z"`},
		{"no time", strings.Replace(head, "2026-03-01T10:05:00.000Z", "now", 1) + "0 " + sub + "\n", `origin "log.test/a", time "now"`},
		{"below zero", head + "-1 " + sub + "\n", `line "-1 ` + sub + `"`},
		{"no index", head + "x " + sub + "\n", `line "x ` + sub + `"`},
		{"no hash", head + "0 AAAA\n", `line "0 AAAA"`},
		{"one word", head + "0\n", `line "0"`},
	} {
		r, err := audit.OpenReceipt(signedBy(t, tt.text, signer), vkey)
		if tt.want != "" {
			says(t, tt.name, err, "receipt: "+tt.want)
			continue
		}
		if err != nil || r.Origin != "log.test/a" || !r.At.Equal(time.Date(2026, 3, 1, 10, 5, 0, 0, time.UTC)) ||
			!slices.Equal(r.Lines, []audit.ReceiptLine{{Index: 0, Submission: tlog.Hash{1}}, {Index: 7, Submission: tlog.Hash{1}}}) {
			t.Errorf("%s: %+v, %v", tt.name, r, err)
		}
	}
	other, _ := newLog(t, "log.test/b")
	_, err := audit.OpenReceipt(signedBy(t, head+"0 "+sub+"\n", other), vkey)
	says(t, "signed by another", err, "receipt: not signed by log.test/a: note has no verifiable signatures")
	_, err = audit.OpenReceipt(signedBy(t, head+"0 "+sub+"\n", signer), "x")
	says(t, "a key that is none", err, "malformed verifier id")
}

// TestCosignedCheckpoint: where the quorum has not co-signed the current checkpoint, the
// last one that it did is read; no other fault of the current one is passed over.
func TestCosignedCheckpoint(t *testing.T) {
	signer, vkey := newLog(t, "log.test/a")
	stranger, _ := newLog(t, "log.test/a")
	witness := newCosigner(t, "w.test/1")
	p, err := audit.ParsePolicy([]byte("log " + vkey + "\nwitness w " + witness.vkey() + "\nquorum w\n"))
	if err != nil {
		t.Fatal(err)
	}
	// A tree of five, in its one tile (C2SP tlog-tiles), and another of the same log's.
	var stored [2][]tlog.Hash
	var tile []byte
	for n := range int64(5) {
		for which := range stored {
			hashes, err := tlog.StoredHashes(n, []byte{byte(which), byte(n)}, tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, _ error) {
				for _, i := range at {
					out = append(out, stored[which][i])
				}
				return out, nil
			}))
			if err != nil {
				t.Fatal(err)
			}
			stored[which] = append(stored[which], hashes...)
		}
		leaf := tlog.RecordHash([]byte{0, byte(n)})
		tile = append(tile, leaf[:]...)
	}
	of := func(which int, size int64, by ...note.Signer) []byte {
		t.Helper()
		root, err := tlog.TreeHash(size, tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, _ error) {
			for _, i := range at {
				out = append(out, stored[which][i])
			}
			return out, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		return signedBy(t, fmt.Sprintf("log.test/a\n%d\n%s\n", size, root), by...)
	}
	cp := func(size int64, by ...note.Signer) []byte { return of(0, size, by...) }
	const few = `checkpoint: too few witnesses co-signed it for the quorum "w": 0`
	for _, tt := range []struct {
		name string
		f    files
		size int64
		want string
		then string // of the co-signed one
	}{
		{"co-signed", files{"checkpoint": cp(5, signer, witness), "checkpoint.cosigned": cp(3, signer, witness)}, 5, "", ""},
		{"not yet", files{"checkpoint": cp(5, signer), "checkpoint.cosigned": cp(3, signer, witness)}, 3, "", ""},
		{"another history of the same size", files{"checkpoint": of(1, 3, signer), "checkpoint.cosigned": cp(3, signer, witness)}, 0, "checkpoint: two checkpoints of size 3 have different roots: the log has two histories", ""},
		{"another history that is longer", files{"checkpoint": of(1, 5, signer), "checkpoint.cosigned": cp(3, signer, witness)}, 0, "tile/0/000.p/5: the hashes do not make the root that the checkpoint commits to: one of these files was altered, or the checkpoint is of another tree", ""},
		{"an earlier one", files{"checkpoint": cp(2, signer), "checkpoint.cosigned": cp(3, signer, witness)}, 3, "", ""},
		{"never", files{"checkpoint": cp(5, signer)}, 0, few, "file does not exist"},
		{"nor before", files{"checkpoint": cp(5, signer), "checkpoint.cosigned": cp(3, signer)}, 0, few, few},
		{"by a stranger", files{"checkpoint": cp(5, stranger), "checkpoint.cosigned": cp(3, signer, witness)}, 0, "checkpoint: it carries no signature of the log's key", ""},
		{"none", files{"checkpoint.cosigned": cp(3, signer, witness)}, 0, "file does not exist", ""},
	} {
		tt.f["tile/0/000.p/5"], tt.f["tile/0/000.p/3"] = tile, tile[:3*32]
		l := &audit.Log{Fetch: tt.f.fetch, Policy: p}
		c, err := l.Checkpoint(t.Context())
		says(t, tt.name, err, tt.want)
		if err == nil && c.Size != tt.size {
			t.Errorf("%s: of %d entries, want %d", tt.name, c.Size, tt.size)
		}
		if err == nil && c.Later != map[string]int64{"not yet": 2}[tt.name] {
			t.Errorf("%s: %d later ones", tt.name, c.Later)
		}
		c, err = l.Cosigned(t.Context())
		says(t, tt.name+", co-signed", err, tt.then)
		if err == nil && (c.Size != 3 || len(c.Cosigned) != 1) {
			t.Errorf("%s: the co-signed one is of %d entries", tt.name, c.Size)
		}
	}
}
