package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"golang.org/x/mod/sumdb/note"
)

// maxLeaf is what a length prefix of tlog-tiles can say.
const maxLeaf = 1<<16 - 1

// batchSize is how many submissions one signature may stand for.
const batchSize = 256

// timeForm is how moments are written in an entry: UTC, milliseconds, always
// three of them, so that there is one way to write each.
const timeForm = "2006-01-02T15:04:05.000Z"

// A Body is what an author says. Its canonical JSON is what is signed.
type Body struct {
	Kind    string         `json:"kind"`
	Mission string         `json:"mission"`
	At      string         `json:"at,omitempty"`   // by the author's clock
	Known   truce.Instant  `json:"known,omitzero"` // a moment of knowledge other than that of receipt: rehearsals
	Content jsontext.Value `json:"content,omitempty"`
	// Replaces is the entry's noun that this one takes the place of.
	Replaces truce.Digest `json:"replaces,omitzero"`
	Sealed   *Sealed      `json:"sealed,omitempty"`
}

// Sealed are commitments to the fields that are not public, by shelf, each in
// base64 and sorted.
type Sealed struct {
	Restricted []string `json:"restricted,omitempty"`
	Shared     []string `json:"shared,omitempty"`
}

// A Submission is a body and the signatures of its authors, or a body that
// stands in a signed batch.
type Submission struct {
	body    []byte // canonical
	kind    string
	mission string
	sigs    []string
	in      *batchRef
	// leaves are the hashes of the members, of a batch's own submission.
	leaves []string
}

// Hash is the RFC 6962 leaf hash of the body: the submission's name.
func (s *Submission) Hash() [32]byte { return leafHash(s.body) }

// Kind is the kind of entry that it will be.
func (s *Submission) Kind() string { return s.kind }

type batchRef struct {
	At   int    `json:"at"`
	Root string `json:"root"`
}

// Time is how entries write a moment.
func Time(t time.Time) string { return t.UTC().Format(timeForm) }

// canonical writes v as RFC 8785 does. It refuses what would not come back the
// same: text that is not UTF-8, members that stand twice, numbers that a double
// does not hold.
func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	return canonicalBytes(raw)
}

func canonicalBytes(raw []byte) ([]byte, error) {
	if len(raw) > maxLeaf {
		return nil, fmt.Errorf("%d bytes: an entry holds %d", len(raw), maxLeaf)
	}
	return canonicalLong(raw)
}

// canonicalLong is canonicalBytes of what an entry only commits to: a sealed field may be
// longer than an entry.
func canonicalLong(raw []byte) ([]byte, error) {
	if err := safe(raw); err != nil {
		return nil, err
	}
	out := jsontext.Value(raw)
	if err := out.Canonicalize(); err != nil {
		return nil, err
	}
	return out, nil
}

// safe refuses what a reader elsewhere might read otherwise: deep nesting, and
// numbers whose value a double changes.
func safe(raw []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(raw)) // refuses members that stand twice, and what is not UTF-8
	for {
		if d.StackDepth() > 32 {
			return errors.New("nested deeper than 32")
		}
		tok, err := d.ReadToken()
		if err != nil {
			if d.StackDepth() == 0 && d.InputOffset() > 0 && errors.Is(err, errEOF) {
				return nil
			}
			return err
		}
		if tok.Kind() == '0' {
			lit := tok.String()
			if f, err := strconv.ParseFloat(lit, 64); err != nil || f != 0 && math.Abs(f) < 1e-6 || len(lit) > 15 || strings.ContainsAny(lit, "eE") {
				return fmt.Errorf("number %.40s: more than every reader keeps; write it as text", lit)
			}
		}
	}
}

// Say makes a body's submission, signed by all the keys.
func (b *Body) Say(keys ...*Secret) (Submission, error) {
	body, err := canonical(b)
	if err != nil {
		return Submission{}, fmt.Errorf("%s: %w", b.Kind, err)
	}
	s := Submission{body: body, kind: b.Kind, mission: b.Mission}
	for _, k := range keys {
		line, err := k.line(body)
		if err != nil {
			return Submission{}, err
		}
		s.sigs = append(s.sigs, line)
	}
	return s, nil
}

// line signs a body as a note (C2SP signed-note) and returns the signature line.
func (k *Secret) line(body []byte) (string, error) {
	n, err := note.Sign(&note.Note{Text: string(body) + "\n"}, k.signer)
	if err != nil {
		return "", err
	}
	_, sigs, _ := bytes.Cut(n, []byte("\n\n"))
	return string(bytes.TrimSuffix(sigs, []byte("\n"))), nil
}

// handed is a submission as a file.
type handed struct {
	Format int            `json:"truce_submission"`
	Body   jsontext.Value `json:"body"`
	Sigs   []string       `json:"sigs"`
	// What stands behind its commitments, encrypted to those of the mission who
	// keep the shelf.
	Pieces
}

// Pieces are what is behind an entry's commitments, encrypted to those who may
// read it, each a list of openings.
type Pieces struct {
	Shared     []byte `json:"shared,omitempty"`
	Restricted []byte `json:"restricted,omitempty"`
	Texts      []byte `json:"texts,omitempty"`
}

// Handed is a submission in a file, for the mission to take in, with what stands
// behind its commitments, encrypted.
func (s *Submission) Handed(p Pieces) ([]byte, error) {
	return canonical(handed{1, s.body, s.sigs, p})
}

// ParseHanded reads such a file strictly.
func ParseHanded(data []byte) (s Submission, p Pieces, err error) {
	if err := safe(bytes.TrimSpace(data)); err != nil {
		return s, p, err
	}
	var h handed
	if err := json.Unmarshal(data, &h, json.RejectUnknownMembers(true)); err != nil {
		return s, p, errors.New(plainly(err))
	}
	if h.Format != 1 {
		return s, p, fmt.Errorf("format %d is unknown to this build", h.Format)
	}
	body, err := canonicalBytes(h.Body)
	if err != nil {
		return s, p, err
	}
	var b Body
	if err := json.Unmarshal(body, &b, json.RejectUnknownMembers(true)); err != nil {
		return s, p, errors.New(plainly(err))
	}
	return Submission{body: body, kind: b.Kind, mission: b.Mission, sigs: h.Sigs}, h.Pieces, nil
}

// Entry is the entry that a submission would be if it were received at a moment.
func (s *Submission) Entry(received time.Time) (*Entry, error) {
	data, err := s.leaf(received)
	if err != nil {
		return nil, err
	}
	return parseEntry(-1, data)
}

// SayAll signs up to 256 bodies with one signature: first comes the batch's own
// submission, then its members.
func SayAll(mission string, at time.Time, k *Secret, bodies []Body) ([]Submission, error) {
	switch len(bodies) {
	case 0:
		return nil, nil
	case 1:
		s, err := bodies[0].Say(k)
		return []Submission{s}, err
	}
	if len(bodies) > batchSize {
		return nil, fmt.Errorf("%d entries in a batch: at most %d", len(bodies), batchSize)
	}
	out := make([]Submission, 1, len(bodies)+1)
	hashes := make([][32]byte, len(bodies))
	leaves := make([]string, len(bodies))
	for i := range bodies {
		body, err := canonical(&bodies[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", bodies[i].Kind, err)
		}
		hashes[i] = leafHash(body)
		leaves[i] = b64(hashes[i])
		out = append(out, Submission{body: body, kind: bodies[i].Kind, mission: bodies[i].Mission})
	}
	root := b64(merkleRoot(hashes))
	for i := range bodies {
		out[1+i].in = &batchRef{At: i, Root: root}
	}
	content, err := canonical(struct {
		Root string `json:"root"`
		Size int    `json:"size"`
	}{root, len(bodies)})
	if err != nil {
		return nil, err
	}
	head, err := (&Body{Kind: "batch", Mission: mission, At: at.UTC().Format(timeForm), Content: content}).Say(k)
	head.leaves = leaves
	out[0] = head
	return out, err
}

// leaf is the entry of a submission that was received at a moment.
//
// Its canonical form is put together, not computed: the body is canonical, the
// members stand in order, and hashes and times need no escapes.
func (s *Submission) leaf(received time.Time) ([]byte, error) {
	out := make([]byte, 0, len(s.body)+256+48*len(s.leaves))
	if s.in != nil {
		out = append(out, `{"batch":{"at":`...)
		out = strconv.AppendInt(out, int64(s.in.At), 10)
		out = append(append(append(out, `,"root":"`...), s.in.Root...), `"},"body":`...)
	} else {
		out = append(out, `{"body":`...)
	}
	out = append(out, s.body...)
	for i, h := range s.leaves {
		if i == 0 {
			out = append(out, `,"leaves":["`...)
		} else {
			out = append(out, `","`...)
		}
		out = append(out, h...)
	}
	if len(s.leaves) > 0 {
		out = append(out, `"]`...)
	}
	out = append(out, `,"received":"`...)
	out = received.UTC().AppendFormat(out, timeForm)
	out = append(out, '"')
	for i, line := range s.sigs {
		if i == 0 {
			out = append(out, `,"sigs":[`...)
		} else {
			out = append(out, ',')
		}
		var err error
		if out, err = jsontext.AppendQuote(out, line); err != nil {
			return nil, err
		}
	}
	if len(s.sigs) > 0 {
		out = append(out, ']')
	}
	out = append(out, '}')
	if len(out) > maxLeaf {
		return nil, fmt.Errorf("%s of %d bytes: an entry holds %d", s.kind, len(out), maxLeaf)
	}
	return out, nil
}

func b64(h [32]byte) string { return base64.StdEncoding.EncodeToString(h[:]) }

// leafHash and nodeHash are those of RFC 6962, section 2.1.
func leafHash(data []byte) [32]byte {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(data)
	return [32]byte(h.Sum(nil))
}

func nodeHash(a, b [32]byte) [32]byte {
	var buf [65]byte
	buf[0] = 1
	copy(buf[1:], a[:])
	copy(buf[33:], b[:])
	return sha256.Sum256(buf[:])
}

// merkleRoot is the tree hash over leaf hashes, level by level: an odd one at
// the end moves up as it is, which gives the tree of RFC 6962.
func merkleRoot(level [][32]byte) [32]byte {
	level = append([][32]byte(nil), level...)
	for len(level) > 1 {
		n := 0
		for i := 0; i < len(level); i += 2 {
			if i+1 < len(level) {
				level[n] = nodeHash(level[i], level[i+1])
			} else {
				level[n] = level[i]
			}
			n++
		}
		level = level[:n]
	}
	return level[0]
}

// Bytes is what was signed, or is to be.
func (s *Submission) Bytes() []byte { return s.body }
