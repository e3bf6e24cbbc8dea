package audit

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxBatch is how many submissions one signature may stand for.
const MaxBatch = 256

// An Entry is one leaf of the record: what an author said and signed, and when
// the mission says that it was received.
type Entry struct {
	Index    int64
	Leaf     []byte    // as it stands in the log: canonical JSON
	Body     []byte    // what the author signed: canonical JSON
	Kind     string    // of the body
	Mission  string    // of the body: the origin of the log it was written for
	Content  []byte    // of the body; nil: none
	Received time.Time // by the mission's clock; never before that of an earlier entry
	Sigs     []string  // note signature lines over the body; none for a member of a batch
	Batch    *Batch    // of a member of a batch
	Leaves   []tlog.Hash

	known  []byte // of the body: as it is written, or nil
	sealed []byte
	exam   *exam // what was found of it by itself, if somebody has looked
}

// A Batch says where a member stands in a signed batch.
type Batch struct {
	Root tlog.Hash
	At   int // from 0
}

// Hash is the entry's hash in the log (RFC 6962, section 2.1).
func (e *Entry) Hash() tlog.Hash { return tlog.RecordHash(e.Leaf) }

// Submission is the hash of what the author signed. The same submission twice
// is one entry.
func (e *Entry) Submission() tlog.Hash { return tlog.RecordHash(e.Body) }

// timeForm is how moments are written: UTC, milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z"

// ParseEntry reads a leaf strictly: canonical JSON, the members of
// doc/record-format.md and no others.
func ParseEntry(index int64, leaf []byte) (*Entry, error) {
	e := &Entry{Index: index, Leaf: leaf}
	ms, err := members(leaf)
	if err != nil {
		return nil, err
	}
	if len(ms) == 0 {
		return nil, errors.New("no object with members")
	}
	for _, m := range ms {
		switch m.name {
		case "body":
			e.Body = m.value
			err = e.readBody()
		case "received":
			err = e.readReceived(m.value)
		case "sigs":
			if err = json.Unmarshal(m.value, &e.Sigs); err == nil && len(e.Sigs) == 0 {
				err = errors.New("empty")
			}
		case "batch":
			e.Batch, err = readBatch(m.value)
		case "leaves":
			e.Leaves, err = readHashes(m.value)
		default:
			err = errors.New("is unknown")
		}
		if err != nil {
			return nil, fmt.Errorf("member %q: %w", m.name, err)
		}
	}
	switch {
	case e.Body == nil || e.Received.IsZero():
		return nil, errors.New("it lacks body or received")
	case (e.Batch == nil) == (len(e.Sigs) == 0):
		return nil, errors.New("want either signatures or a place in a batch")
	case (e.Kind == "batch") != (len(e.Leaves) > 0):
		return nil, errors.New("leaves stand in a batch, and only there")
	case e.Kind == "batch" && e.Batch != nil:
		return nil, errors.New("a batch is not a member of another")
	}
	return e, nil
}

// ParseBody reads a body that is not in a record, as strictly as [ParseEntry] does:
// what somebody wants to submit, for [CheckEntry]. received is when it was handed
// over. The entry has no index, which is -1, no leaf and no signatures.
func ParseBody(body []byte, received time.Time) (*Entry, error) {
	e := &Entry{Index: -1, Body: body, Received: received}
	if err := e.readBody(); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return e, nil
}

func (e *Entry) readBody() (err error) {
	at := false
	ms, err := members(e.Body)
	if err != nil {
		return err
	}
	for _, m := range ms {
		switch m.name {
		case "kind":
			e.Kind, err = str(m.value)
		case "mission":
			e.Mission, err = str(m.value)
		case "content":
			e.Content = m.value
		case "at":
			at = true
			_, err = moment(m.value)
		case "known":
			e.known = m.value
			if s, _ := str(m.value); s != "always" {
				_, err = moment(m.value)
			}
		case "replaces":
			var s string
			if s, err = str(m.value); err == nil && !hexDigest.MatchString(s) {
				err = errors.New("want 64 hexadecimal digits")
			}
		case "sealed":
			e.sealed = m.value
			err = checkSealed(m.value)
		default:
			err = errors.New("is unknown")
		}
		if err != nil {
			return fmt.Errorf("member %q: %w", m.name, err)
		}
	}
	switch {
	case e.Kind == "" || e.Mission == "":
		return errors.New("it lacks kind or mission")
	case at && e.Batch != nil:
		return errors.New("a member of a batch has no time of its own")
	}
	return nil
}

var hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// moment reads a time: RFC 3339 in UTC, to the millisecond at most.
func moment(raw []byte) (time.Time, error) {
	s, err := str(raw)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse("2006-01-02T15:04:05.999Z", s)
	if err != nil {
		return t, fmt.Errorf("%q: want a time such as 2026-03-01T10:05:00Z", s)
	}
	return t, nil
}

// checkSealed wants commitments by shelf, sorted and none twice.
func checkSealed(raw []byte) error {
	ms, err := members(raw)
	if err != nil {
		return err
	}
	if len(ms) == 0 {
		return errors.New("nothing is sealed")
	}
	for _, m := range ms {
		if m.name != "restricted" && m.name != "shared" {
			return fmt.Errorf("shelf %q is unknown", m.name)
		}
		var list []string
		if err := json.Unmarshal(m.value, &list); err != nil {
			return err
		}
		for i, s := range list {
			if _, err := parseHash(s); err != nil {
				return err
			}
			if i > 0 && list[i-1] >= s {
				return errors.New("commitments are sorted, and none stands twice")
			}
		}
	}
	return nil
}

func (e *Entry) readReceived(raw []byte) error {
	s, err := str(raw)
	if err != nil {
		return err
	}
	t, err := time.Parse(timeForm, s)
	if err != nil || t.Format(timeForm) != s {
		return fmt.Errorf("%q: want a time such as 2026-03-01T10:05:00.000Z", s)
	}
	e.Received = t
	return nil
}

func readBatch(raw []byte) (*Batch, error) {
	o := objectOf(raw)
	root, err := parseHash(o.text("root"))
	if err != nil {
		return nil, err
	}
	at, err := strconv.Atoi(string(o["at"]))
	if err != nil || at < 0 || at >= MaxBatch || len(o) != 2 {
		return nil, errors.New("want at, a place in a batch, and root")
	}
	return &Batch{root, at}, nil
}

func readHashes(raw []byte) ([]tlog.Hash, error) {
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > MaxBatch {
		return nil, fmt.Errorf("%d hashes: want 1 to %d", len(list), MaxBatch)
	}
	out := make([]tlog.Hash, len(list))
	for i, s := range list {
		var err error
		if out[i], err = parseHash(s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func parseHash(s string) (h tlog.Hash, err error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("hash %q: want 32 bytes in base64", s)
	}
	return tlog.Hash(b), nil
}

// batchRoot is the Merkle tree hash (RFC 6962, section 2.1) over leaf hashes.
func batchRoot(hashes []tlog.Hash) tlog.Hash {
	switch n := len(hashes); n {
	case 0:
		return tlog.Hash{}
	case 1:
		return hashes[0]
	default:
		k := 1
		for k<<1 < n {
			k <<= 1
		}
		return tlog.NodeHash(batchRoot(hashes[:k]), batchRoot(hashes[k:]))
	}
}

// Note is the signed note (C2SP signed-note) that the author's signatures make
// of the body: the body as one line, an empty line, the signature lines.
func (e *Entry) Note() []byte {
	return []byte(string(e.Body) + "\n\n" + strings.Join(e.Sigs, "\n") + "\n")
}
