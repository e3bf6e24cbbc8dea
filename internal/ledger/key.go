package ledger

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/disk"
	"golang.org/x/mod/sumdb/note"
)

// A Role is what a key's holder does in the mission, and so what it may write.
type Role string

const (
	RoleLog          Role = "log" // the mission's own voice; signs checkpoints, receipts and entry 0
	Intake           Role = "intake"
	Monitor          Role = "monitor"
	DutyOfficer      Role = "duty-officer"
	Verification     Role = "verification-officer"
	ReportingOfficer Role = "reporting-officer"
	HeadOfMission    Role = "head-of-mission"
	Liaison          Role = "liaison"
	Mediator         Role = "mediator"
	Guarantor        Role = "guarantor"
	Reader           Role = "reader"
)

// writes lists the kinds of entry that each role may write. Package audit has a table of
// its own, by kind; the tests of this package compare the two.
var writes = map[Role]string{
	RoleLog:          "mission",
	Intake:           "batch source observation seen tally allegation coverage restriction notification response withdrawal release outage",
	Monitor:          "batch source observation seen coverage restriction withdrawal",
	DutyOfficer:      "batch source observation seen tally allegation coverage restriction notification response withdrawal decision outage",
	Verification:     "batch source observation seen tally restriction withdrawal decision attribution disclosure",
	ReportingOfficer: "publication",
	HeadOfMission:    "agreement method key revoke decision attribution release disclosure forgetting publication outage",
	Liaison:          "batch consent tally allegation coverage notification response withdrawal",
	Mediator:         "agreement",
	Guarantor:        "",
	Reader:           "",
}

// decides says which decisions each role may take.
var decides = map[Role]string{
	DutyOfficer:   "merge split ask",
	Verification:  "merge split confirm reject verify unverifiable grade independent ask",
	HeadOfMission: "merge split confirm reject verify unverifiable grade independent ask declare extend terminate",
}

// Roles lists the roles that a key can be given.
var Roles = []Role{Intake, Monitor, DutyOfficer, Verification, ReportingOfficer, HeadOfMission, Liaison, Mediator, Guarantor, Reader}

// ErrMayNot is wrapped by every refusal of a key: wrong role, revoked, run out,
// unknown.
var ErrMayNot = errors.New("the key may not sign this")

// A Key is a role key as the record states it.
type Key struct {
	Name      string        `json:"name"` // a pseudonym within the mission
	VKey      string        `json:"key"`  // verifier key (C2SP signed-note)
	Role      Role          `json:"role"`
	Party     truce.PartyID `json:"party,omitempty"`
	Recipient string        `json:"recipient,omitempty"` // age, if it may read what is not public
	Until     string        `json:"until,omitempty"`     // no later than this moment, exclusive
	Replaces  string        `json:"replaces,omitempty"`  // the ID of a key that ends with this one
	Because   string        `json:"because,omitempty"`

	From int64 `json:"-"` // index of the entry that states it
	// Hand is the ID of the first key of the chain that this one is the last of, each
	// of which replaced the one before: the keys of one person, or its own ID.
	Hand    string `json:"-"`
	Revoked int64  `json:"-"` // index of the entry that ended it, or -1
	v       note.Verifier
}

// ID names the key in signatures: its name and its hash.
func (k *Key) ID() string { return fmt.Sprintf("%s+%08x", k.Name, k.v.KeyHash()) }

// check makes sure that a key is one.
func (k *Key) check() (err error) {
	if k.v, err = note.NewVerifier(k.VKey); err != nil {
		return fmt.Errorf("key %q: %w", k.Name, err)
	}
	switch {
	case k.v.Name() != k.Name:
		return fmt.Errorf("key %q is named %q in itself", k.Name, k.v.Name())
	case k.Role != RoleLog && !slices.Contains(Roles, k.Role):
		var names []string
		for _, r := range Roles {
			names = append(names, string(r))
		}
		return fmt.Errorf("key %q: role %q is unknown%s", k.Name, k.Role, truce.Suggest(string(k.Role), names))
	case (k.Role == Liaison) != (k.Party != ""):
		return fmt.Errorf("key %q: a liaison has a party, and nobody else", k.Name)
	}
	if k.Recipient != "" {
		if _, err := age.ParseRecipients(strings.NewReader(k.Recipient)); err != nil {
			return fmt.Errorf("key %q: recipient: %w", k.Name, err)
		}
	}
	if k.Until != "" {
		if _, err := time.Parse(timeForm, k.Until); err != nil {
			return fmt.Errorf("key %q: until: %w", k.Name, err)
		}
	}
	return nil
}

// A Secret is a key's private half, and its identity for reading.
type Secret struct {
	signer   note.Signer
	vkey     string
	skey     string
	identity *age.HybridIdentity
}

// NewSecret makes a key. Its name is a pseudonym: it stays in the record permanently,
// so it must not be anybody's real name.
func NewSecret(name string) (*Secret, error) {
	if name == "" || strings.ContainsAny(name, "+ \t\n\u00a0@") {
		return nil, fmt.Errorf("key name %q: want letters, digits, - and /, such as verification-1; no person's name", name)
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, err
	}
	s := &Secret{skey: skey, vkey: vkey}
	if s.signer, err = note.NewSigner(skey); err != nil {
		return nil, err
	}
	s.identity, err = age.GenerateHybridIdentity()
	return s, err
}

// Name is the key's name.
func (s *Secret) Name() string { return s.signer.Name() }

// ID names the key as signatures do.
func (s *Secret) ID() string { return fmt.Sprintf("%s+%08x", s.signer.Name(), s.signer.KeyHash()) }

// Public is the key as it is stated in the record, for a role.
func (s *Secret) Public(role Role, party truce.PartyID) Key {
	k := Key{Name: s.Name(), VKey: s.vkey, Role: role, Party: party, Revoked: -1}
	if s.identity != nil {
		k.Recipient = s.identity.Recipient().String()
	}
	return k
}

// VKey is the verifier key of its signatures.
func (s *Secret) VKey() string { return s.vkey }

// Identities open what was encrypted to the key.
func (s *Secret) Identities() []age.Identity {
	if s.identity == nil {
		return nil
	}
	return []age.Identity{s.identity}
}

// Text is the key file.
func (s *Secret) Text() string {
	out := "# a secret key of truce: whoever has this file can sign as " + s.Name() + "\n" + s.skey + "\n"
	if s.identity != nil {
		out += s.identity.String() + "\n"
	}
	return out
}

// Card is the public half, for whoever keeps the record's keys.
func (s *Secret) Card() string {
	out := s.vkey + "\n"
	if s.identity != nil {
		out += s.identity.Recipient().String() + "\n"
	}
	return out
}

// ParseCard reads a public half.
func ParseCard(text string) (Key, error) {
	k := Key{Revoked: -1}
	for line := range nonempty(text) {
		if strings.HasPrefix(line, "age1") {
			k.Recipient = line
			continue
		}
		if k.VKey != "" {
			return k, errors.New("two keys in one file")
		}
		k.VKey = line
		k.Name, _, _ = strings.Cut(line, "+")
	}
	if k.VKey == "" {
		return k, errors.New("no key in it")
	}
	return k, nil
}

func nonempty(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		sc := bufio.NewScanner(strings.NewReader(text))
		for sc.Scan() {
			if line := strings.TrimSpace(sc.Text()); line != "" && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

// ParseSecret reads a key file.
func ParseSecret(text string) (*Secret, error) {
	s := &Secret{}
	for line := range nonempty(text) {
		switch {
		case strings.HasPrefix(line, "PRIVATE+KEY+"):
			signer, err := note.NewSigner(line)
			if err != nil {
				return nil, errors.New("the signing key does not parse")
			}
			s.signer, s.skey = signer, line
		case strings.HasPrefix(line, "AGE-SECRET-KEY-"):
			id, err := age.ParseHybridIdentity(line)
			if err != nil {
				return nil, errors.New("the reading key does not parse")
			}
			s.identity = id
		default:
			return nil, errors.New("a line that is not a key")
		}
	}
	if s.signer == nil {
		return nil, errors.New("no signing key in it")
	}
	var err error
	if s.vkey, err = verifierKey(s.skey); err != nil {
		return nil, err
	}
	return s, nil
}

// LoadSecret reads a key file, and refuses one that others may read.
func LoadSecret(name string) (*Secret, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 && onUnix {
		return nil, fmt.Errorf("%s: others on this machine may read this key: chmod 600 %s", name, name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	s, err := ParseSecret(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

const onUnix = os.PathSeparator == '/'

// Save writes the key file, for its owner alone, and never over another.
func (s *Secret) Save(name string) error {
	if err := disk.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	err := disk.Create(name, 0o600, []byte(s.Text()))
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: a key is never written over", name)
	}
	return err
}

// A registry is the state of the keys at the end of the record.
type registry struct {
	keys     map[string]*Key
	order    []string
	roots    map[string]*signedBatch // the batches of late, by root
	rootList []string
	// binding says that some text stated in the record is neither a rehearsal nor
	// historic.
	binding bool
	// files are the sources of which a key has put a file into the record, by the
	// key's ID. anySource stands for a file whose source is sealed.
	files map[string]map[truce.SourceID]bool
}

// A signedBatch is one whose members may follow.
type signedBatch struct {
	by     *Key
	leaves []string // the members' hashes, in base64
}

// anySource stands for every source; no source has this name.
const anySource truce.SourceID = "*"

func newRegistry() *registry {
	return &registry{keys: map[string]*Key{}, roots: map[string]*signedBatch{}, files: map[string]map[truce.SourceID]bool{}}
}

// mayName reports whether a key has put a file of a source into the record.
func (r *registry) mayName(k *Key, source truce.SourceID) bool {
	f := r.files[k.ID()]
	return f[source] || f[anySource]
}

func (r *registry) name(k *Key, source truce.SourceID) {
	if r.files[k.ID()] == nil {
		r.files[k.ID()] = map[truce.SourceID]bool{}
	}
	r.files[k.ID()][source] = true
}

// find returns the keys that signed a submission, and verifies the signatures.
func (r *registry) find(s *Submission) ([]*Key, error) {
	if s.in != nil {
		b := r.roots[s.in.Root]
		if b == nil {
			return nil, fmt.Errorf("%w: the batch of this %s was not submitted first", ErrMayNot, s.kind)
		}
		if s.in.At < 0 || s.in.At >= len(b.leaves) || b.leaves[s.in.At] != b64(s.Hash()) {
			return nil, fmt.Errorf("%w: this %s is not what its author signed in the batch", ErrMayNot, s.kind)
		}
		return []*Key{b.by}, nil
	}
	if len(s.sigs) == 0 {
		return nil, fmt.Errorf("%w: the %s is not signed", ErrMayNot, s.kind)
	}
	var out []*Key
	msg := append(slices.Clip(s.body), '\n')
	for _, line := range s.sigs {
		k, sig := r.named(line)
		switch {
		case k == nil:
			return nil, fmt.Errorf("%w: the record does not know the key that signed it (%.60s)", ErrMayNot, line)
		case !k.v.Verify(msg, sig):
			return nil, fmt.Errorf("%w: the signature of %s does not verify", ErrMayNot, k.Name)
		}
		if slices.Contains(out, k) {
			return nil, fmt.Errorf("%w: it is signed twice with %s", ErrRefused, k.Name)
		}
		out = append(out, k)
	}
	return out, nil
}

// May says why a key may not write a submission that is received at a moment; nil: it
// may.
func (s *Submission) May(k *Key, received time.Time) error { return s.may(k, received) }

// inForce says why nothing can be signed with a key at a moment; nil: it can.
func (k *Key) inForce(received time.Time) error {
	if k.Revoked >= 0 {
		return fmt.Errorf("%w: %s ended with entry %d; sign with a key that is in force, or have the head of mission add one: truce keys add", ErrMayNot, k.Name, k.Revoked)
	}
	if k.Until != "" {
		if until, _ := time.Parse(timeForm, k.Until); !received.Before(until) {
			return fmt.Errorf("%w: %s ran out at %s; its holder makes a new one and has it put in its place: truce keys replace", ErrMayNot, k.Name, k.Until)
		}
	}
	return nil
}

// may says why a key may not write a submission that is received at a moment,
// in a sentence that says who could.
func (s *Submission) may(k *Key, received time.Time) error {
	if err := k.inForce(received); err != nil {
		return err
	}
	var c struct {
		By       truce.PartyID `json:"by"`
		Claimant truce.PartyID `json:"claimant"`
		Party    truce.PartyID `json:"party"`
		Kind     string        `json:"kind"`
		Replaces string        `json:"replaces"`
		Key      string        `json:"key"`
		Role     Role          `json:"role"`
		Until    string        `json:"until"`
	}
	switch {
	case k.Role == Liaison, s.kind == "decision", s.kind == "key", s.kind == "revoke":
		if err := content(s.body, &c); err != nil {
			return fmt.Errorf("%w: %s", ErrRefused, plainly(err))
		}
	}
	what, table := s.kind, writes
	if s.kind == "decision" {
		what, table = c.Kind, decides
	}
	allowed := slices.Contains(strings.Fields(table[k.Role]), what)
	switch {
	case s.kind == "key" && c.Role == RoleLog:
		return fmt.Errorf("%w: the log's own key is stated in entry 0, and nowhere else", ErrRefused)
	case s.kind == "key" && c.Replaces == k.ID() && !allowed && k.Until != "" && (c.Until == "" || c.Until > k.Until):
		return fmt.Errorf("%w: %s runs out at %s, and so must what it puts in its place; the head of mission may allow more", ErrMayNot, k.Name, k.Until)
	case s.kind == "key" && c.Replaces == k.ID(), s.kind == "revoke" && c.Key == k.ID():
		return nil
	}
	if !allowed {
		return refusal(k, what, table)
	}
	if k.Role != Liaison || s.kind == "batch" {
		return nil
	}
	speaks, other := false, false
	for _, p := range []truce.PartyID{c.By, c.Claimant, c.Party} {
		speaks, other = speaks || p == k.Party, other || p != "" && p != k.Party
	}
	if speaks && !other && (s.kind != "consent" || c.Party == k.Party) {
		return nil
	}
	return fmt.Errorf("%w: %s speaks for %s, and for nobody else", ErrMayNot, k.Name, k.Party)
}

// Refusal is the sentence for a key that may not write a kind of entry, or take
// a kind of decision.
func Refusal(k Key, what string) error {
	for _, kinds := range writes {
		if slices.Contains(strings.Fields(kinds), what) {
			return refusal(&k, what, writes)
		}
	}
	return refusal(&k, what, decides)
}

func refusal(k *Key, what string, table map[Role]string) error {
	return fmt.Errorf("%w: %s is the key of a %s, who may not write %q; %s", ErrMayNot, k.Name, roleName(k.Role), what, who(table, what))
}

func roleName(r Role) string { return strings.ReplaceAll(string(r), "-", " ") }

func who(table map[Role]string, what string) string {
	var can []string
	for _, r := range append([]Role{RoleLog}, Roles...) {
		if slices.Contains(strings.Fields(table[r]), what) {
			can = append(can, roleName(r))
		}
	}
	switch len(can) {
	case 0:
		return "there is no such entry"
	case 1:
		return "only the " + can[0] + " may: sign with --as and that key"
	}
	a := "a "
	if strings.ContainsAny(can[0][:1], "aeiou") {
		a = "an "
	}
	return a + strings.Join(can[:len(can)-1], ", ") + " or " + can[len(can)-1] + " may: sign with --as and one of their keys"
}

// apply is what an entry changes about keys.
func (r *registry) apply(s *Submission, signers []*Key, index int64) error {
	switch s.kind {
	case "mission":
		var c Mission
		if err := content(s.body, &c); err != nil {
			return err
		}
		for i := range c.Keys {
			if err := r.add(c.Keys[i], index); err != nil {
				return err
			}
		}
		r.binding = c.Terms == nil || binds(c.Terms.Status)
	case "agreement":
		var c Terms
		if err := content(s.body, &c); err != nil {
			return err
		}
		r.binding = r.binding || binds(c.Status)
	case "source":
		var c struct {
			Kind   truce.SourceID `json:"kind"`
			Source truce.SourceID `json:"source"`
		}
		if err := content(s.body, &c); err != nil {
			return err
		}
		for _, k := range signers {
			switch {
			case c.Source != "":
				r.name(k, c.Source)
			case c.Kind != "":
				r.name(k, c.Kind)
			default: // sealed
				r.name(k, anySource)
			}
		}
	case "key":
		var k Key
		if err := content(s.body, &k); err != nil {
			return err
		}
		if k.Replaces != "" {
			old := r.keys[k.Replaces]
			switch {
			case old == nil || old.Revoked >= 0:
				return fmt.Errorf("key %q is not in force, so it cannot be replaced", k.Replaces)
			case old.Role != k.Role || old.Party != k.Party:
				return errors.New("a key that replaces another has its role and party")
			}
			if err := r.add(k, index); err != nil {
				return err
			}
			r.keys[r.order[len(r.order)-1]].Hand = old.Hand
			old.Revoked = index
			return nil
		}
		return r.add(k, index)
	case "revoke":
		var c revocation
		if err := content(s.body, &c); err != nil {
			return err
		}
		k := r.keys[c.Key]
		if k == nil || k.Revoked >= 0 {
			return fmt.Errorf("key %q is not in force, so it cannot be revoked", c.Key)
		}
		if k.Role == HeadOfMission && !r.another(k) {
			return fmt.Errorf("%s is the only key of a head of mission in force: nobody could state keys any more; replace it, or add another first", k.Name)
		}
		k.Revoked = index
	case "batch":
		var c batchContent
		if err := content(s.body, &c); err != nil {
			return err
		}
		if len(signers) != 1 || c.Size != len(s.leaves) || c.Size == 0 || c.Size > batchSize {
			return errors.New("a batch has one author, and as many leaves as it says")
		}
		r.open(c.Root, signers[0], s.leaves)
	}
	return nil
}

// binds reports whether terms of a status bind anybody, or are to.
func binds(status string) bool {
	return status != string(truce.Rehearsal) && status != string(truce.Historic)
}

// open notes who signed a batch, whose members may follow. They do at once; one
// that comes after a thousand other batches can be signed again.
func (r *registry) open(root string, by *Key, leaves []string) {
	if r.roots[root] == nil {
		r.rootList = append(r.rootList, root)
	}
	r.roots[root] = &signedBatch{by, leaves}
	if len(r.rootList) > 1024 {
		delete(r.roots, r.rootList[0])
		r.rootList = r.rootList[1:]
	}
}

// dry reports why apply would fail, and changes nothing.
func (r *registry) dry(s *Submission, signers []*Key) error {
	switch s.kind {
	case "mission", "key", "revoke":
	case "batch":
		if len(signers) != 1 {
			return errors.New("a batch has one author")
		}
		return sameRoot(s)
	default:
		return nil
	}
	c := newRegistry()
	for id, k := range r.keys {
		copied := *k
		c.keys[id] = &copied
	}
	return c.apply(s, signers, 0)
}

// sameRoot makes sure that a batch's leaves are those whose root its author signed.
func sameRoot(s *Submission) error {
	var c batchContent
	if err := content(s.body, &c); err != nil {
		return err
	}
	if c.Size != len(s.leaves) || c.Size == 0 || c.Size > batchSize {
		return errors.New("a batch has one author, and as many leaves as it says")
	}
	hashes := make([][32]byte, len(s.leaves))
	for i, leaf := range s.leaves {
		raw, err := base64.StdEncoding.Strict().DecodeString(leaf)
		if err != nil || len(raw) != 32 {
			return errors.New("a leaf of the batch is not 32 bytes in base64")
		}
		hashes[i] = [32]byte(raw)
	}
	if b64(merkleRoot(hashes)) != c.Root {
		return errors.New("the leaves of the batch are not those that its author signed")
	}
	return nil
}

// another reports whether a role has another key in force.
func (r *registry) another(k *Key) bool {
	for _, o := range r.keys {
		if o.ID() != k.ID() && o.Role == k.Role && o.Revoked < 0 {
			return true
		}
	}
	return false
}

func (r *registry) add(k Key, index int64) error {
	if err := k.check(); err != nil {
		return err
	}
	if r.keys[k.ID()] != nil {
		return fmt.Errorf("the record knows the key %s already", k.ID())
	}
	k.From, k.Revoked, k.Hand = index, -1, k.ID()
	r.keys[k.ID()] = &k
	r.order = append(r.order, k.ID())
	return nil
}

// named returns the key that a signature line names, or nil, and the signature.
// A line has one form, so that nobody's verifier reads another.
func (r *registry) named(line string) (*Key, []byte) {
	rest, dash := strings.CutPrefix(line, "— ")
	name, b, _ := strings.Cut(rest, " ")
	raw, err := base64.StdEncoding.Strict().DecodeString(b)
	if !dash || err != nil || len(raw) < 5 || base64.StdEncoding.EncodeToString(raw) != b {
		return nil, nil
	}
	return r.keys[fmt.Sprintf("%s+%08x", name, binary.BigEndian.Uint32(raw))], raw[4:]
}

// verifierKey is the public half of a signing key in its text form.
func verifierKey(skey string) (string, error) {
	f := strings.SplitN(skey, "+", 5)
	if len(f) != 5 {
		return "", errors.New("the signing key does not parse")
	}
	raw, err := base64.StdEncoding.DecodeString(f[4])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return "", errors.New("the signing key does not parse")
	}
	return note.NewEd25519VerifierKey(f[2], ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey))
}

// rootOf is the root that a batch's submission states.
func rootOf(s *Submission) string {
	var c struct {
		Root string `json:"root"`
	}
	_ = content(s.body, &c)
	return c.Root
}

// MayWrite reports whether a role may write a kind of entry; a liaison for its
// own party alone.
func MayWrite(r Role, kind string) bool { return slices.Contains(strings.Fields(writes[r]), kind) }

// MayDecide reports whether a role may take a kind of decision.
func MayDecide(r Role, kind string) bool { return slices.Contains(strings.Fields(decides[r]), kind) }
