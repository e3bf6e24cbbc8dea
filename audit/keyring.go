package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Key is a role key as the record states it.
type Key struct {
	Name      string // a pseudonym within the mission
	VKey      string // signed-note verifier key
	Role      string
	Party     string    // of a liaison
	Recipient string    // age recipient, if it may read what is not public
	From      int64     // index of the entry that states it
	Until     time.Time // zero: until revoked
	Revoked   int64     // index of the entry that revokes it, or -1

	verifier note.Verifier
}

// ID is the name and hash by which signatures and entries name the key:
// duty-officer+1a2b3c4d.
func (k *Key) ID() string { return fmt.Sprintf("%s+%08x", k.Name, k.verifier.KeyHash()) }

// Roles says which roles may write which kind of entry. A liaison writes for
// the party of the key and for no other. Decisions have a table of their own.
var Roles = map[string][]string{
	"mission":      {"log"},
	"batch":        {"intake", "monitor", "duty-officer", "verification-officer", "liaison"},
	"agreement":    {"head-of-mission", "mediator"},
	"method":       {"head-of-mission"},
	"consent":      {"liaison"},
	"key":          {"head-of-mission"}, // and any key that replaces itself
	"revoke":       {"head-of-mission"}, // and any key that revokes itself
	"source":       {"intake", "monitor", "duty-officer", "verification-officer"},
	"observation":  {"intake", "monitor", "duty-officer", "verification-officer"},
	"seen":         {"intake", "monitor", "duty-officer", "verification-officer"},
	"tally":        {"intake", "duty-officer", "verification-officer", "liaison"},
	"allegation":   {"intake", "duty-officer", "liaison"},
	"coverage":     {"intake", "monitor", "duty-officer", "liaison"},
	"restriction":  {"intake", "monitor", "duty-officer", "verification-officer"},
	"notification": {"intake", "duty-officer", "liaison"},
	"response":     {"intake", "duty-officer", "liaison"},
	"withdrawal":   {"intake", "monitor", "duty-officer", "verification-officer", "liaison"},
	"decision":     {"duty-officer", "verification-officer", "head-of-mission"},
	"attribution":  {"verification-officer", "head-of-mission"},
	"release":      {"intake", "head-of-mission"},
	"disclosure":   {"verification-officer", "head-of-mission"},
	"forgetting":   {"head-of-mission"},
	"publication":  {"reporting-officer", "head-of-mission"},
	"outage":       {"intake", "duty-officer", "head-of-mission"},
}

// Deciders says which roles may take which decision.
var Deciders = map[string][]string{
	"merge":        {"duty-officer", "verification-officer", "head-of-mission"},
	"split":        {"duty-officer", "verification-officer", "head-of-mission"},
	"confirm":      {"verification-officer", "head-of-mission"},
	"reject":       {"verification-officer", "head-of-mission"},
	"verify":       {"verification-officer", "head-of-mission"},
	"unverifiable": {"verification-officer", "head-of-mission"},
	"grade":        {"verification-officer", "head-of-mission"},
	"independent":  {"verification-officer", "head-of-mission"},
	"ask":          {"duty-officer", "verification-officer", "head-of-mission"},
	"declare":      {"head-of-mission"},
	"extend":       {"head-of-mission"},
	"terminate":    {"head-of-mission"},
}

// keyRoles are the roles that a key can have.
var keyRoles = []string{"log", "intake", "monitor", "duty-officer", "verification-officer", "reporting-officer", "head-of-mission", "liaison", "mediator", "guarantor", "reader"}

// A Keyring follows the keys of a record, entry by entry, and says whether each
// entry was signed by somebody who might write it, and which rules it breaks. The
// zero value is ready for entry 0. Memory grows by up to 43 bytes an entry by which
// repetitions are found, and by what the rules need: about 50 bytes an item, and
// for each entry that is not public about 100 bytes and 32 for each commitment.
type Keyring struct {
	Origin    string              // of entry 0
	Agreement string              // digest of the agreement that entry 0 or a later one names
	Consents  map[string][]string // by digest consented to: parties, in the order in which they signed
	keys      map[string]*Key     // by ID
	order     []string
	batches   map[tlog.Hash]*openBatch
	seen      *set // submissions
	next      int64
	last      time.Time
	history   history
	objected  objected
	latest    []Objection
}

type openBatch struct {
	leaves []tlog.Hash // zero: that member has come
	left   int
	key    *Key
}

// Keys returns every key so far, in the order in which they were stated.
func (r *Keyring) Keys() []Key {
	out := make([]Key, 0, len(r.order))
	for _, id := range r.order {
		out = append(out, *r.keys[id])
	}
	return out
}

// Objections returns the rules that the entries so far break, in the order of the
// entries, and at most the first 1,000 of them.
func (r *Keyring) Objections() []Objection { return slices.Clone(r.objected.list) }

// Objected counts all objections so far, also those beyond the first 1,000.
func (r *Keyring) Objected() int64 { return r.objected.all }

// Latest returns the rules that the entry breaks which was followed last.
func (r *Keyring) Latest() []Objection { return slices.Clone(r.latest) }

// logKey is the verifier key that the record states as its own.
func (r *Keyring) logKey() string {
	for _, id := range r.order {
		if k := r.keys[id]; k.Role == "log" && k.Revoked < 0 {
			return k.VKey
		}
	}
	return ""
}

// Unfinished counts members of batches that were signed and have not come.
func (r *Keyring) Unfinished() int {
	n := 0
	for _, b := range r.batches {
		n += b.left
	}
	return n
}

// signature is one that is still to be checked.
type signature struct {
	key *Key
	msg []byte
	sig []byte
}

func (s *signature) valid() bool { return s.key.verifier.Verify(s.msg, s.sig) }

// Check follows one entry, in order: its signatures, whether its signers might
// write it at that point, what it changes about keys, and which rules it breaks,
// which [Keyring.Latest] then returns. It returns the signers; those of a member of
// a batch signed the batch. Errors are faults.
func (r *Keyring) Check(e *Entry) ([]Key, error) {
	signers, sigs, err := r.follow(e)
	if err != nil {
		return nil, err
	}
	for i := range sigs {
		if !sigs[i].valid() {
			return nil, faultf(e.Index, "", "the signature of %s does not verify", sigs[i].key.Name)
		}
	}
	out := make([]Key, len(signers))
	for i, k := range signers {
		out[i] = *k
	}
	return out, nil
}

// follow is Check without the arithmetic of signatures, which it leaves to the
// caller: it may be done elsewhere at the same time.
func (r *Keyring) follow(e *Entry) ([]*Key, []signature, error) {
	bad := func(format string, args ...any) ([]*Key, []signature, error) {
		return nil, nil, faultf(e.Index, "", format, args...)
	}
	switch {
	case e.Index != r.next:
		return bad("entries are to be followed in order, and the next is %d", r.next)
	case e.Received.Before(r.last):
		return bad("received before an earlier entry")
	case e.Index == 0 && e.Kind != "mission", e.Index > 0 && e.Kind == "mission":
		return bad("entry 0, and no other, says what the mission is")
	case e.Index > 0 && e.Mission != r.Origin:
		return bad("it was written for the record %q, not %q", e.Mission, r.Origin)
	}
	if r.seen == nil {
		r.seen = newSet()
	}
	if !r.seen.add(e.Submission()) {
		return bad("the same submission stands twice")
	}
	r.next++
	r.last = e.Received
	if e.Index == 0 {
		if err := r.begin(e); err != nil {
			return bad("%v", err)
		}
	}
	signers, sigs, err := r.signers(e)
	if err != nil {
		return bad("%v", err)
	}
	for _, k := range signers {
		if err := k.may(e); err != nil {
			return bad("%v", err)
		}
	}
	if err := r.apply(e, signers); err != nil {
		return bad("%v", err)
	}
	r.judge(e, signers)
	return signers, sigs, nil
}

// judge notes which rules an entry breaks.
func (r *Keyring) judge(e *Entry, signers []*Key) {
	x := e.examine()
	e.exam = nil // callers may keep the entry
	x.signed(signers)
	r.history.follow(e, x, signers)
	r.latest = append(x.list(e.Index), r.history.late...)
	r.history.late = nil
	r.objected.add(r.latest)
}

// begin takes the first keys from entry 0.
func (r *Keyring) begin(e *Entry) error {
	c := objectOf(e.Content)
	var keys []json.RawMessage
	if err := json.Unmarshal(c["keys"], &keys); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	r.Origin, r.Agreement = e.Mission, c.text("agreement")
	r.keys, r.batches, r.Consents = map[string]*Key{}, map[tlog.Hash]*openBatch{}, map[string][]string{}
	for _, raw := range keys {
		if err := r.add(raw, e.Index); err != nil {
			return err
		}
	}
	return nil
}

func (r *Keyring) add(raw []byte, index int64) error {
	c := objectOf(raw)
	k := &Key{Name: c.text("name"), VKey: c.text("key"), Role: c.text("role"), Party: c.text("party"), Recipient: c.text("recipient"), From: index, Revoked: -1}
	var err error
	if k.verifier, err = note.NewVerifier(k.VKey); err != nil {
		return fmt.Errorf("key %q: %w", k.Name, err)
	}
	if k.Name != k.verifier.Name() {
		return fmt.Errorf("key %q is named %q in itself", k.Name, k.verifier.Name())
	}
	if !slices.Contains(keyRoles, k.Role) {
		return fmt.Errorf("key %q: the role %q is unknown", k.Name, k.Role)
	}
	if (k.Role == "liaison") != (k.Party != "") {
		return fmt.Errorf("key %q: a liaison has a party, and nobody else", k.Name)
	}
	if until := c.text("until"); until != "" {
		if k.Until, err = time.Parse(timeForm, until); err != nil {
			return fmt.Errorf("key %q: until: %w", k.Name, err)
		}
	}
	if _, known := r.keys[k.ID()]; known {
		return fmt.Errorf("key %s is known already", k.ID())
	}
	r.keys[k.ID()] = k
	r.order = append(r.order, k.ID())
	return nil
}

// signers finds who signed an entry, or the batch of which it is a member.
func (r *Keyring) signers(e *Entry) ([]*Key, []signature, error) {
	if e.Batch != nil {
		b := r.batches[e.Batch.Root]
		if b == nil || e.Batch.At >= len(b.leaves) || b.leaves[e.Batch.At] == (tlog.Hash{}) {
			return nil, nil, errors.New("its batch was never signed, or has had this member already")
		}
		if b.leaves[e.Batch.At] != e.Submission() {
			return nil, nil, errors.New("it is not what its author signed in the batch")
		}
		return []*Key{b.key}, nil, nil
	}
	var keys []*Key
	var sigs []signature
	msg := append(slices.Clip(e.Body), '\n')
	for _, line := range e.Sigs {
		name, hash, sig, err := splitSignature(line)
		if err != nil {
			return nil, nil, err
		}
		k := r.keys[fmt.Sprintf("%s+%08x", name, hash)]
		if k == nil {
			return nil, nil, fmt.Errorf("signed with a key that the record does not know: %s+%08x", name, hash)
		}
		if slices.Contains(keys, k) {
			return nil, nil, fmt.Errorf("signed twice with %s", k.ID())
		}
		keys = append(keys, k)
		sigs = append(sigs, signature{k, msg, sig})
	}
	return keys, sigs, nil
}

// splitSignature reads a signature line of a note.
func splitSignature(line string) (name string, hash uint32, sig []byte, err error) {
	rest, ok := strings.CutPrefix(line, "— ")
	name, b64, ok2 := strings.Cut(rest, " ")
	raw, derr := base64.StdEncoding.Strict().DecodeString(b64)
	if !ok || !ok2 || derr != nil || len(raw) < 5 || name == "" {
		return "", 0, nil, fmt.Errorf("no signature line: %q", line)
	}
	return name, binary.BigEndian.Uint32(raw), raw[4:], nil
}

// may says why a key may not write an entry, or nil.
func (k *Key) may(e *Entry) error {
	switch {
	case k.Revoked >= 0:
		return fmt.Errorf("signed with %s, which entry %d revoked", k.Name, k.Revoked)
	case !k.Until.IsZero() && !e.Received.Before(k.Until):
		return fmt.Errorf("signed with %s, which ran out at %s", k.Name, k.Until.Format(timeForm))
	}
	var c object
	if k.needsContent(e) {
		c = objectOf(e.Content)
	}
	roles, known := Roles[e.Kind]
	if e.Kind == "decision" {
		if roles, known = Deciders[c.text("kind")]; !known {
			return fmt.Errorf("decision %q is unknown", c.text("kind"))
		}
	}
	if !known {
		return fmt.Errorf("kind %q is unknown", e.Kind)
	}
	switch {
	case e.Kind == "key" && c.text("role") == "log":
		return errors.New("the log's own key is stated in entry 0, and nowhere else")
	case e.Kind == "key" && c.text("replaces") == k.ID() && !k.Until.IsZero() && !within(c.text("until"), k.Until) && !slices.Contains(roles, k.Role):
		return fmt.Errorf("%s runs out at %s, and what it puts in its place does not", k.Name, k.Until.Format(timeForm))
	case e.Kind == "key" && c.text("replaces") == k.ID(), e.Kind == "revoke" && c.text("key") == k.ID():
		return nil // one's own
	case (e.Kind == "observation" || e.Kind == "seen") && bytes.Contains(e.Content, []byte(`"claimant":`)) && objectOf(e.Content).text("claimant") != "":
		return errors.New("what a party claims is an allegation")
	}
	if !slices.Contains(roles, k.Role) {
		return fmt.Errorf("signed with %s, whose role %s may not write it; %s may", k.Name, k.Role, strings.Join(roles, ", "))
	}
	if k.Role != "liaison" || e.Kind == "batch" {
		return nil
	}
	speaks := false
	for _, party := range []string{"by", "claimant", "party"} {
		switch said := c.text(party); {
		case said == k.Party:
			speaks = true
		case said != "":
			return fmt.Errorf("signed with %s, who speaks for %s alone", k.Name, k.Party)
		}
	}
	if !speaks || e.Kind == "consent" && c.text("party") != k.Party {
		return fmt.Errorf("signed with %s, who speaks for %s alone", k.Name, k.Party)
	}
	return nil
}

// within reports whether a moment as entries write it is stated and no later
// than t.
func within(s string, t time.Time) bool {
	u, err := time.Parse(timeForm, s)
	return err == nil && !u.After(t)
}

// needsContent spares reading the content of the many entries whose kind alone
// decides.
func (k *Key) needsContent(e *Entry) bool {
	return k.Role == "liaison" || e.Kind == "decision" || e.Kind == "key" || e.Kind == "revoke"
}

// apply is what an entry changes about keys, batches and consents.
func (r *Keyring) apply(e *Entry, signers []*Key) error {
	if b := e.Batch; b != nil {
		open := r.batches[b.Root]
		open.leaves[b.At] = tlog.Hash{}
		if open.left--; open.left == 0 {
			delete(r.batches, b.Root)
		}
	}
	c := object{}
	switch e.Kind {
	case "key", "revoke", "agreement", "consent":
		c = objectOf(e.Content)
	}
	switch e.Kind {
	case "batch":
		return r.open(e, signers)
	case "key":
		if c.text("replaces") == "" {
			return r.add(e.Content, e.Index)
		}
		old := r.keys[c.text("replaces")] // before the new key is known: it cannot replace itself
		if old == nil || old.Revoked >= 0 {
			return fmt.Errorf("key %q is not in force, so it cannot be replaced", c.text("replaces"))
		}
		if err := r.add(e.Content, e.Index); err != nil {
			return err
		}
		k := r.keys[r.order[len(r.order)-1]]
		if old.Role != k.Role || old.Party != k.Party {
			return errors.New("a key that replaces another has its role and party")
		}
		old.Revoked = e.Index
	case "revoke":
		k := r.keys[c.text("key")]
		if k == nil || k.Revoked >= 0 {
			return fmt.Errorf("key %q is not in force, so it cannot be revoked", c.text("key"))
		}
		if k.Role == headOfMission && !r.another(k) {
			return fmt.Errorf("it revokes %s, the last key of a head of mission: nobody could state keys any more", k.Name)
		}
		k.Revoked = e.Index
	case "agreement":
		r.Agreement = c.text("digest")
	case "consent":
		for _, k := range signers {
			if to := c.text("to"); !slices.Contains(r.Consents[to], k.Party) {
				r.Consents[to] = append(r.Consents[to], k.Party)
			}
		}
	}
	return nil
}

const headOfMission = "head-of-mission"

// another reports whether a role has another key that was not revoked. One that
// has run out by its own date counts, as it does when a mission writes the record.
func (r *Keyring) another(k *Key) bool {
	for _, o := range r.keys {
		if o != k && o.Role == k.Role && o.Revoked < 0 {
			return true
		}
	}
	return false
}

// open takes in a signed batch, whose members may follow.
func (r *Keyring) open(e *Entry, signers []*Key) error {
	c := objectOf(e.Content)
	root, err := parseHash(c.text("root"))
	switch {
	case err != nil:
		return err
	case len(signers) != 1:
		return errors.New("a batch has one author")
	case string(c["size"]) != strconv.Itoa(len(e.Leaves)) || root != batchRoot(e.Leaves):
		return errors.New("its leaves are not those that its author signed")
	case r.batches[root] != nil:
		// Signed again, after a run that was cut short: the members that have not
		// come may come under this one.
		r.batches[root].key = signers[0]
		return nil
	}
	r.batches[root] = &openBatch{slices.Clone(e.Leaves), len(e.Leaves), signers[0]}
	return nil
}
