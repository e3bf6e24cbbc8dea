package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MostHandedBatch bounds what HandedBatch writes, in bytes: as many of the longest
// bodies as a batch has, its own body and its signature.
const MostHandedBatch = (batchSize + 2) * (maxLeaf + 1)

// handedBatch is what one signature stands for, on its way to a record that another
// process has open. The hashes of the members are not sent: the receiver computes them.
type handedBatch struct {
	Format  int              `json:"truce_batch"`
	Body    jsontext.Value   `json:"body"` // of the batch, or of the only submission
	Sigs    []string         `json:"sigs"`
	Members []jsontext.Value `json:"members,omitempty"`
}

// HandedBatch writes what SayAll returned, for another process.
func HandedBatch(subs []Submission) ([]byte, error) {
	if len(subs) == 0 {
		return nil, errors.New("an empty batch")
	}
	h := handedBatch{Format: 1, Body: subs[0].body, Sigs: subs[0].sigs}
	for i := range subs[1:] {
		h.Members = append(h.Members, subs[1+i].body)
	}
	return json.Marshal(h, json.Deterministic(true))
}

// ParseHandedBatch reads what HandedBatch wrote, strictly. The signature is not
// verified, and the members are those of the batch only if the record says so.
func ParseHandedBatch(data []byte) ([]Submission, error) {
	if len(data) > MostHandedBatch {
		return nil, fmt.Errorf("%d bytes: a batch has at most %d", len(data), MostHandedBatch)
	}
	var h handedBatch
	if err := json.Unmarshal(bytes.TrimSpace(data), &h, json.RejectUnknownMembers(true)); err != nil {
		return nil, errors.New(plainly(err))
	}
	if h.Format != 1 {
		return nil, fmt.Errorf("format %d is unknown to this build", h.Format)
	}
	if len(h.Members) > batchSize {
		return nil, fmt.Errorf("%d entries in a batch: at most %d", len(h.Members), batchSize)
	}
	parse := func(raw jsontext.Value) (s Submission, err error) {
		var b Body
		body, err := canonicalBytes(raw)
		if err != nil {
			return s, err
		}
		if err := json.Unmarshal(body, &b, json.RejectUnknownMembers(true)); err != nil {
			return s, errors.New(plainly(err))
		}
		return Submission{body: body, kind: b.Kind, mission: b.Mission}, nil
	}
	head, err := parse(h.Body)
	if err != nil {
		return nil, err
	}
	if head.sigs = h.Sigs; (head.kind == "batch") != (len(h.Members) > 0) {
		return nil, errors.New("a batch has members, and nothing else has")
	}
	out := append(make([]Submission, 0, 1+len(h.Members)), head)
	if len(h.Members) == 0 {
		return out, nil
	}
	hashes := make([][32]byte, len(h.Members))
	for i, raw := range h.Members {
		s, err := parse(raw)
		if err != nil {
			return nil, fmt.Errorf("member %d: %w", i, err)
		}
		if s.kind == "batch" || s.kind == "mission" {
			return nil, fmt.Errorf("member %d: a %s is not a member of a batch", i, s.kind)
		}
		hashes[i] = s.Hash()
		out[0].leaves = append(out[0].leaves, b64(hashes[i]))
		out = append(out, s)
	}
	root := b64(merkleRoot(hashes))
	for i := range h.Members {
		out[1+i].in = &batchRef{At: i, Root: root}
	}
	return out, nil
}

// VetBatch says whether the record would take the first of what ParseHandedBatch
// returned: its signature, the role of its signer, and that the members are those that
// were signed. It returns the key that signed.
func (l *Log) VetBatch(subs []Submission) (by Key, err error) {
	r := l.ask(&subs[0])
	if r.err != nil {
		return by, r.err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(r.signers) != 1 {
		return by, fmt.Errorf("%w: a batch has one author", ErrRefused)
	}
	by = *r.signers[0]
	if _, known, err := l.seen.get(r.hash); err != nil || known {
		return by, err
	}
	received, clock := l.now()
	_, err = l.admit(r, received, clock)
	return by, err
}

// Signed is the key in force that signed a statement to this mission which is not an
// entry, and so is never in the record. Its time is the author's.
func (l *Log) Signed(s *Submission) (by Key, at time.Time, content []byte, err error) {
	if s.in != nil {
		return by, at, nil, fmt.Errorf("%w: a member of a batch has no signature of its own", ErrRefused)
	}
	r := l.ask(s)
	if r.err != nil {
		return by, at, nil, r.err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(r.signers) != 1 {
		return by, at, nil, fmt.Errorf("%w: it has one author", ErrRefused)
	}
	received, clock := l.now()
	if clock != nil {
		return by, at, nil, clock
	}
	by = *r.signers[0]
	if err := by.inForce(received); err != nil {
		return by, at, nil, err
	}
	var b Body
	if err := json.Unmarshal(s.body, &b, json.RejectUnknownMembers(true)); err != nil {
		return by, at, nil, fmt.Errorf("%w: %s", ErrRefused, plainly(err))
	}
	if at, err = time.Parse(timeForm, b.At); err != nil {
		return by, at, nil, fmt.Errorf("%w: it states no time in the form %s", ErrRefused, timeForm)
	}
	return by, at, b.Content, nil
}

// Has reports whether a submission is in the record.
func (l *Log) Has(s *Submission) (at int64, known bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen.get(s.Hash())
}

// ReceiptOf is a receipt that another process gave, whose note says so.
func ReceiptOf(index int64, submission [32]byte, known bool) Receipt {
	return Receipt{Index: index, Submission: submission, Known: known}
}
