package ledger

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/opentruce/truce"
)

// sound holds a submission against the rules of doc/record-format.md that need no
// more than the record: what is written can be read by everybody, and everybody
// takes the same from it. Sealed fields are for whoever holds their openings. It
// returns the entry as it is written.
func (l *Log) sound(r *request, received time.Time) ([]byte, error) {
	data, err := r.s.leaf(received)
	if err != nil {
		return nil, err
	}
	e, err := parseEntry(l.next, data)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read again: %w", err)
	}
	if err := l.keys.weigh(e, r.signers); err != nil {
		return nil, err
	}
	// What is signed elsewhere may be written otherwise than this program writes it.
	if l.cfg.Verifier != nil && r.s.in == nil {
		return data, l.cfg.Verifier(l.next, data)
	}
	return data, nil
}

// weigh reports the first rule that an entry breaks; nil: none.
func (r *registry) weigh(e *Entry, signers []*Key) error {
	if o := e.checkBody(); o != nil {
		return o
	}
	if o := checkSealed(e); o != nil {
		return o
	}
	if o := e.checkKnownTime(); o != nil {
		return o
	}
	for _, k := range signers {
		if o := checkKnown(e.Known, e.Received, k, r.binding); o != nil {
			return o
		}
	}
	if !e.IsItem() {
		if o := e.checkOther(); o != nil {
			return o
		}
		return nil
	}
	rec, err := e.Item(nil)
	if err == ErrWithheld {
		return nil
	}
	if err != nil {
		return err
	}
	if o := e.again(&rec, e.Content); o != nil {
		return o
	}
	return r.weighItem(e, &rec, signers)
}

// weighRecord holds what an entry says against its signers.
func (r *registry) weighItem(e *Entry, rec *truce.Item, signers []*Key) error {
	if e.Sealed == nil || len(e.Sealed.Shared) == 0 {
		if o := checkID(rec); o != nil {
			return o
		}
	}
	for _, k := range signers {
		if o := r.checkSpoken(rec, k); o != nil {
			return o
		}
	}
	return nil
}

// A Trail goes through a record entry by entry and says of each who signed it, and
// which rules it breaks. It does not verify signatures: that is for audit.
type Trail struct {
	keys *registry
	next int64

	mu    sync.RWMutex            // of what follows, which may be asked for at any time
	sides map[truce.PartyID]uint8 // the mission is 0
	// used is who used an ID first, by the first eight bytes of the ID: two of a
	// million that share them by chance are one case in forty million, and what is
	// listed then is still counted.
	used map[[8]byte]use
}

// A use of an ID: by which side, and whether the item shows that the ID is its own.
type use struct {
	side uint8
	own  bool
}

// NewTrail begins before entry 0.
func NewTrail() *Trail {
	return &Trail{keys: newRegistry(), sides: map[truce.PartyID]uint8{"": 0}, used: map[[8]byte]use{}}
}

// Size is how many entries it has gone through.
func (t *Trail) Size() int64 { return t.next }

// Keys are the keys stated so far, in that order.
func (t *Trail) Keys() []Key { return t.keys.list() }

// Follow goes one entry on. It returns the key that signed the entry (the first,
// where there are several) and an objection if nobody can use the entry.
func (t *Trail) Follow(e *Entry) (*Key, *Objection) {
	t.next = e.Index + 1
	s := &Submission{body: e.Body, kind: e.Kind, sigs: e.Sigs, in: e.batch, leaves: e.leaves}
	signers, err := t.keys.signersOf(s)
	if err != nil {
		return nil, skip(RuleSigned, "%v", err)
	}
	e.By, e.binding = first(signers), t.keys.binding
	if !e.IsItem() {
		if o := e.checkOther(); o != nil {
			// What it changes about keys has happened all the same: what they signed counts.
			if slices.Contains([]string{"mission", "key", "revoke", "batch"}, e.Kind) {
				_ = t.keys.apply(s, signers, e.Index)
			}
			return e.By, o
		}
	}
	if err := t.keys.apply(s, signers, e.Index); err != nil {
		return e.By, skip(RuleForm, "%v", err)
	}
	return e.By, nil
}

// Uses notes that a key's side uses an ID, and objects if another side used it
// before. An ID that is alone is that of a decision or an attribution: no earlier
// item may have it, whoever stated that. own says that all can see that the ID is the
// item's own, by OwnID: then it is not for a sealed item of another side to have taken
// it, and over reports that it had.
func (t *Trail) Uses(id truce.Digest, by *Key, alone, own bool) (o *Objection, over bool) {
	if by == nil || id.IsZero() {
		return nil, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	side, ok := t.sides[by.Party]
	if !ok {
		side = uint8(len(t.sides))
		t.sides[by.Party] = side
	}
	k := [8]byte(id[:8])
	first, known := t.used[k]
	if !known {
		t.used[k] = use{side, own}
		return nil, false
	}
	if own && !first.own && first.side != side {
		t.used[k] = use{side, own}
		return nil, true
	}
	return Taken(id, first.side != side, alone), false
}

// NotItsOwn is what is to be said of an earlier item when another speaker's own ID
// turns out to be the one that it has.
func NotItsOwn(id truce.Digest) *Objection {
	return count(RuleSpeaker, "the ID %s is that of another speaker's item", id)
}

// Owner is whose item has an ID, as far as the trail goes.
func (t *Trail) Owner(id truce.Digest) (party truce.PartyID, known bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	first, known := t.used[[8]byte(id[:8])]
	for p, side := range t.sides {
		if known && side == first.side {
			return p, true
		}
	}
	return "", false
}

// Taken is what is to be said of an ID that was used before, by another speaker or the
// same.
func Taken(id truce.Digest, byAnother, alone bool) *Objection {
	switch {
	case byAnother:
		return count(RuleSpeaker, "the ID %s was used before by another speaker", id)
	case alone:
		return count(RuleID, "an earlier item has the same ID %s", id)
	}
	return nil
}

// MayUse is what Uses would object, and notes nothing.
func (t *Trail) MayUse(id truce.Digest, by *Key, alone, own bool) *Objection {
	t.mu.RLock()
	defer t.mu.RUnlock()
	first, used := t.used[[8]byte(id[:8])]
	if !used {
		return nil
	}
	mine, known := t.sides[by.Party]
	another := !known || first.side != mine
	if another && own && !first.own {
		return nil
	}
	return Taken(id, another, alone)
}

// Alone reports whether no other item may have the ID of a record's.
func Alone(r *truce.Item) bool { return r.Decision != nil || r.Attribution != nil }

// Spoken is the first of the rules "known", "source", "file" and "by" that a record
// breaks whose sealed fields are opened.
func (l *Log) Spoken(rec *truce.Item, received truce.Instant, by *Key) *Objection {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.keys.spoken(rec, received, by)
}

// Spoken is Log.Spoken as far as the trail goes.
func (t *Trail) Spoken(rec *truce.Item, received truce.Instant, by *Key) *Objection {
	return t.keys.spoken(rec, received, by)
}

func (r *registry) spoken(rec *truce.Item, received truce.Instant, by *Key) *Objection {
	if o := checkKnown(rec.Known, received, by, r.binding); o != nil {
		return o
	}
	return r.checkSpoken(rec, by)
}

func first(signers []*Key) *Key {
	if len(signers) == 0 {
		return nil
	}
	return signers[0]
}

// Settle gives a record what only the record knows of it: who spoke, by whose hand
// it was written, and the moment from which it is known where its author may not
// state one. It returns the rules that the entry breaks and is counted in spite of.
func (t *Trail) Settle(e *Entry, r *truce.Item, by *Key) (out []*Objection) {
	if by == nil {
		return nil
	}
	note := func(o *Objection) {
		if o != nil {
			out = append(out, o)
		}
	}
	r.Speaker = by.Party
	// By the terms at that point: what is opened later is known since the same moment.
	if o := checkKnown(r.Known, e.Received, by, e.binding); o != nil {
		note(o)
		r.Known = e.Received
	}
	if e.Sealed == nil || len(e.Sealed.Shared) == 0 {
		note(checkID(r))
	}
	note(t.keys.checkSpoken(r, by))
	switch {
	case r.Observation != nil:
		if by.Role != Intake {
			r.Observation.Hand = by.Hand
		}
	case r.Decision != nil:
		r.Decision.By = string(by.Role)
		r.Decision.Hand = by.Hand
	case r.Attribution != nil:
		r.Attribution.By = string(by.Role)
	}
	return out
}

// Objected is an objection to an entry, with where it stands.
type Objected struct {
	Entry  int64
	Kind   string
	Inside bool // it is about what is sealed: only whoever holds the openings knows of it
	*Objection
}

// Skips reports whether readers skip the entry.
func Skips(list []*Objection) bool {
	return slices.ContainsFunc(list, func(o *Objection) bool { return o.Skipped })
}
