package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Receipt is the log's signed word that submissions are durably in the record
// at the indices it names. Whoever holds one can prove later that an entry was
// taken out.
type Receipt struct {
	Origin string
	At     time.Time // when the log gave it
	Lines  []ReceiptLine
}

// A ReceiptLine is one submission.
type ReceiptLine struct {
	Index      int64
	Submission tlog.Hash
}

const receiptV1 = "truce-receipt/v1"

// OpenReceipt reads a receipt and verifies that the log of the verifier key
// signed it.
func OpenReceipt(raw []byte, vkey string) (*Receipt, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	n, err := note.Open(raw, note.VerifierList(v))
	if err != nil {
		return nil, faultf(-1, "receipt", "not signed by %s: %v", v.Name(), err)
	}
	lines := strings.Split(strings.TrimSuffix(n.Text, "\n"), "\n")
	if len(lines) < 4 || lines[0] != receiptV1 {
		return nil, faultf(-1, "receipt", "want %q, origin, time and submissions", receiptV1)
	}
	r := &Receipt{Origin: lines[1]}
	if r.At, err = time.Parse(timeForm, lines[2]); err != nil || r.Origin != v.Name() {
		return nil, faultf(-1, "receipt", "origin %q, time %q", lines[1], lines[2])
	}
	for _, line := range lines[3:] {
		index, hash, _ := strings.Cut(line, " ")
		l := ReceiptLine{}
		if l.Submission, err = parseHash(hash); err == nil {
			l.Index, err = strconv.ParseInt(index, 10, 64)
		}
		if err != nil || l.Index < 0 {
			return nil, faultf(-1, "receipt", "line %q", line)
		}
		r.Lines = append(r.Lines, l)
	}
	return r, nil
}

// Honoured returns nil if all that the receipt acknowledged stands in the tree
// of c where it says. A fault names the submission that is not there.
func (l *Log) Honoured(ctx context.Context, c *Checkpoint, r *Receipt) error {
	if r.Origin != c.Origin {
		return faultf(-1, "receipt", "it is of the log %q, and this is %q", r.Origin, c.Origin)
	}
	for _, line := range r.Lines {
		name := base64.StdEncoding.EncodeToString(line.Submission[:])
		if line.Index >= c.Size {
			return faultf(line.Index, "", "submission %s was acknowledged at %s and is not there: the record ends at %d", name, r.At.Format(timeForm), c.Size)
		}
		e, err := l.Entry(ctx, c, line.Index)
		if err != nil {
			return err
		}
		if e.Submission() != line.Submission {
			return faultf(line.Index, "", "submission %s was acknowledged at %s and is not there: another stands in its place", name, r.At.Format(timeForm))
		}
	}
	return nil
}

// A Proof is one entry, and all that is needed to check without the record that
// it stands in it: the entry, who signed it, and the way up to a checkpoint.
type Proof struct {
	Entry      *Entry
	Author     Key
	Signed     []byte // the signed note whose signature is the author's: of the body, or of the batch
	Batched    tlog.RecordProof
	BatchSize  int64
	Inclusion  tlog.RecordProof
	Checkpoint *Checkpoint
}

const (
	proofV1 = "truce-proof/v1"
	tlogV1  = "c2sp.org/tlog-proof@v1"
)

// Prove makes the proof of one entry. It reads the record up to the entry, because
// earlier entries decide who was allowed to sign it at that time.
func (l *Log) Prove(ctx context.Context, c *Checkpoint, index int64) ([]byte, error) {
	if index < 0 || index >= c.Size {
		return nil, fmt.Errorf("entry %d: the record has %d", index, c.Size)
	}
	ring := &Keyring{}
	type header struct {
		e    *Entry
		left int
	}
	headers := map[tlog.Hash]*header{}
	for e, err := range l.Entries(ctx, c, 0) {
		if err != nil {
			return nil, err
		}
		keys, err := ring.Check(e)
		if err != nil {
			return nil, err
		}
		if e.Kind == "batch" {
			headers[batchRoot(e.Leaves)] = &header{e, len(e.Leaves)}
		}
		if e.Index == index {
			signed, path := e.Note(), tlog.RecordProof(nil)
			size := 0
			if e.Batch != nil {
				h := headers[e.Batch.Root].e
				signed, path, size = h.Note(), batchPath(h.Leaves, e.Batch.At), len(h.Leaves)
			}
			inc, err := l.Inclusion(ctx, c, index)
			if err != nil {
				return nil, err
			}
			return writeProof(ring.logKey(), e, keys[0], signed, size, path, inc, c), nil
		}
		if e.Batch != nil {
			if h := headers[e.Batch.Root]; h != nil {
				if h.left--; h.left == 0 {
					delete(headers, e.Batch.Root)
				}
			}
		}
	}
	return nil, errors.New("the record ended early")
}

// batchPath is the audit path (RFC 6962, section 2.1.1) of leaf m.
func batchPath(hashes []tlog.Hash, m int) tlog.RecordProof {
	n := len(hashes)
	if n == 1 {
		return nil
	}
	k := 1
	for k<<1 < n {
		k <<= 1
	}
	if m < k {
		return append(batchPath(hashes[:k], m), batchRoot(hashes[k:]))
	}
	return append(batchPath(hashes[k:], m-k), batchRoot(hashes[:k]))
}

// writeProof writes what OpenProof reads: our lines, then a C2SP tlog-proof.
func writeProof(log string, e *Entry, author Key, signed []byte, size int, path, inc tlog.RecordProof, c *Checkpoint) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nlog %s\nauthor %s %s", proofV1, log, author.Role, author.VKey)
	if author.Party != "" {
		fmt.Fprintf(&b, " %s", author.Party)
	}
	fmt.Fprintf(&b, "\nentry %s\n", e.Leaf)
	if size > 0 {
		fmt.Fprintf(&b, "batch %d %s\n", size, base64.StdEncoding.EncodeToString(signed))
		for _, h := range path {
			fmt.Fprintf(&b, "%s\n", base64.StdEncoding.EncodeToString(h[:]))
		}
	}
	fmt.Fprintf(&b, "\n%s\nindex %d\n", tlogV1, e.Index)
	for _, h := range inc {
		fmt.Fprintf(&b, "%s\n", base64.StdEncoding.EncodeToString(h[:]))
	}
	fmt.Fprintf(&b, "\n%s", c.Raw)
	return b.Bytes()
}

// OpenProof checks a proof against a policy, without the record and without a
// network. What it cannot check is that the author's key had the role it names:
// for that the record is needed, or the author's key from elsewhere.
func OpenProof(raw []byte, policy *Policy) (*Proof, error) {
	bad := func(format string, args ...any) (*Proof, error) { return nil, faultf(-1, "proof", format, args...) }
	head, rest, ok := bytes.Cut(raw, []byte("\n\n"))
	tl, cp, ok2 := bytes.Cut(rest, []byte("\n\n"))
	if !ok || !ok2 {
		return bad("it ends early")
	}
	lines := strings.Split(string(head), "\n")
	if len(lines) < 4 || lines[0] != proofV1 || !strings.HasPrefix(lines[1], "log ") {
		return bad("want %q and the log in the first two lines", proofV1)
	}
	lines = lines[1:]
	p := &Proof{}
	var err error
	if p.Checkpoint, err = policy.Open(cp); err != nil {
		return nil, err
	}
	if head, _ := strings.CutPrefix(string(head), proofV1+"\nlog "); !strings.HasPrefix(head, policy.LogKey(p.Checkpoint.Origin)+"\n") {
		return bad("it names another key of the log than the one that is believed")
	}
	f := strings.Split(lines[1], " ")
	if len(f) < 3 || len(f) > 4 || f[0] != "author" {
		return bad("want the author in the third line")
	}
	p.Author = Key{Role: f[1], VKey: f[2], Revoked: -1}
	if len(f) == 4 {
		p.Author.Party = f[3]
	}
	if p.Author.verifier, err = note.NewVerifier(f[2]); err != nil {
		return bad("author: %v", err)
	}
	p.Author.Name = p.Author.verifier.Name()
	leaf, ok := strings.CutPrefix(lines[2], "entry ")
	if !ok {
		return bad("want the entry in the fourth line")
	}
	var index int64
	if index, p.Inclusion, err = parseTlogProof(string(tl)); err != nil {
		return bad("%v", err)
	}
	if p.Entry, err = ParseEntry(index, []byte(leaf)); err != nil {
		return bad("entry: %v", err)
	}
	if err := tlog.CheckRecord(p.Inclusion, p.Checkpoint.Size, p.Checkpoint.Root, index, p.Entry.Hash()); err != nil {
		return bad("the entry is not in the record at %d: %v", index, err)
	}
	if p.Entry.Mission != p.Checkpoint.Origin {
		return bad("the entry was written for the record %q", p.Entry.Mission)
	}
	switch p.Signed = p.Entry.Note(); {
	case p.Entry.Batch != nil:
		if err := p.openBatch(lines[3:]); err != nil {
			return bad("%v", err)
		}
	case len(lines) > 3:
		return bad("something follows the entry")
	}
	if _, err := note.Open(p.Signed, note.VerifierList(p.Author.verifier)); err != nil {
		return bad("the signature of %s does not verify: %v", p.Author.Name, err)
	}
	return p, nil
}

// openBatch checks that the entry is a member of the batch that was signed.
func (p *Proof) openBatch(lines []string) error {
	if len(lines) == 0 {
		return errors.New("the batch is missing")
	}
	f := strings.Split(lines[0], " ")
	if len(f) != 3 || f[0] != "batch" {
		return errors.New("want the batch in the fifth line")
	}
	var err error
	if p.BatchSize, err = strconv.ParseInt(f[1], 10, 64); err != nil {
		return err
	}
	if p.Signed, err = base64.StdEncoding.DecodeString(f[2]); err != nil {
		return err
	}
	for _, line := range lines[1:] {
		h, err := parseHash(line)
		if err != nil {
			return err
		}
		p.Batched = append(p.Batched, h)
	}
	body, _, _ := bytes.Cut(p.Signed, []byte("\n"))
	o := objectOf(body)
	c := objectOf(o["content"])
	root, err := parseHash(c.text("root"))
	switch {
	case err != nil:
		return err
	case o.text("kind") != "batch" || o.text("mission") != p.Entry.Mission || string(c["size"]) != f[1] || root != p.Entry.Batch.Root:
		return errors.New("the batch is not the one that the entry names")
	}
	if err := tlog.CheckRecord(p.Batched, p.BatchSize, root, int64(p.Entry.Batch.At), p.Entry.Submission()); err != nil {
		return fmt.Errorf("the entry is not a member of the batch: %w", err)
	}
	return nil
}

// parseTlogProof reads the head of a C2SP tlog-proof, before its checkpoint.
func parseTlogProof(s string) (index int64, path tlog.RecordProof, err error) {
	lines := strings.Split(s, "\n")
	if len(lines) < 2 || lines[0] != tlogV1 {
		return 0, nil, fmt.Errorf("want %q", tlogV1)
	}
	n, ok := strings.CutPrefix(lines[1], "index ")
	if index, err = strconv.ParseInt(n, 10, 64); !ok || err != nil || index < 0 {
		return 0, nil, fmt.Errorf("want the index, not %q", lines[1])
	}
	for _, line := range lines[2:] {
		h, err := parseHash(line)
		if err != nil {
			return 0, nil, err
		}
		path = append(path, h)
	}
	return index, path, nil
}

// ProofKey is the log's key that a proof names. It proves nothing by itself:
// compare it with what the mission gave you.
func ProofKey(raw []byte) string {
	for line := range strings.Lines(string(raw)) {
		if key, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "log "); ok {
			return key
		}
	}
	return ""
}
