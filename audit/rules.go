package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// An Objection says that an entry breaks a rule of doc/record-format.md. The
// record still verifies: the entry is what its author signed, and its author might
// write it. It should not have been accepted as it is, or was accepted before the
// rule existed.
type Objection struct {
	Entry   int64  // index of the entry; -1 of a body that is not in a record
	Rule    string // its name in the table, such as "time"
	Why     string // what is wrong, in a few words, on one line
	Skipped bool   // readers of the record do not use the entry, or of a disclosure the opening
}

func (o *Objection) String() string {
	return fmt.Sprintf("entry %d: %s: %s", o.Entry, o.Rule, o.Why)
}

// The rules that anyone with the record can check, in the order of the table.
// Readers skip what breaks one of the first six.
const (
	ruleForm = iota
	ruleTime
	ruleFuture
	rulePlace
	ruleSealed
	ruleOpening
	ruleID
	ruleSpeaker
	ruleSource
	ruleFile
	ruleBy
	ruleKnown
	ruleCount
)

var ruleNames = [ruleCount]string{"form", "time", "future", "place", "sealed", "opening", "id", "speaker", "source", "file", "by", "known"}

// neverSealed are members that are always public: whose word it is must be seen
// by whoever checks that they might say it.
var neverSealed = []string{"id", "of", "claimant", "by"}

// sealable are the kinds that may have commitments: those that findings depend
// on, and source.
var sealable = []string{"observation", "seen", "allegation", "tally", "coverage", "notification", "response", "restriction", "decision", "withdrawal", "attribution", "source"}

// readFromFiles are the kinds that the rule file is about.
var readFromFiles = []string{"observation", "seen", "tally", "coverage", "allegation", "notification", "restriction", "response"}

// An exam is what can be said of one entry: what is wrong with it, by rule, and
// what later rules need to know of it.
type exam struct {
	kind     string
	received time.Time
	rule     int               // under which fail speaks
	why      [ruleCount]string // the first thing that is wrong; empty: nothing

	content     object
	closed      bool // members of the content may be behind commitments
	commitments []tlog.Hash
	id          [32]byte
	named       bool // it has an ID
}

// say states that a rule is broken. Of each rule the first breach is kept.
func (x *exam) say(rule int, format string, args ...any) {
	if x.why[rule] == "" {
		x.why[rule] = fmt.Sprintf(format, args...)
	}
}

// fail states that the rule of what is being read is broken.
func (x *exam) fail(format string, args ...any) { x.say(x.rule, format, args...) }

// broken reports whether a rule is.
func (x *exam) broken(rule int) bool { return x.why[rule] != "" }

// skipped reports whether readers skip the entry.
func (x *exam) skipped() bool {
	for rule := range ruleOpening {
		if x.broken(rule) {
			return true
		}
	}
	return false
}

// examine looks at an entry by itself: neither its key nor what came before.
func (e *Entry) examine() *exam {
	if e.exam != nil {
		return e.exam
	}
	x := &exam{kind: e.Kind, received: e.Received}
	e.exam = x
	x.seal(e.sealed)
	f, known := contents[e.Kind]
	var ms []member
	switch {
	case !known:
		x.fail("its kind %s is unknown", quote(e.Kind))
	case len(e.Content) == 0 || e.Content[0] != '{':
		x.fail("its content is not an object")
	default:
		ms, _ = members(e.Content) // of a body that was found canonical
		x.holds("", ms, f, x.closed && slices.Contains(sealable, e.Kind))
		x.content = named(ms)
		x.words()
	}
	if x.broken(ruleForm) {
		x.why = [ruleCount]string{ruleForm: x.why[ruleForm]}
		return x
	}
	if e.known != nil && string(e.known) != `"always"` {
		x.moment("known", e.known)
	}
	x.id, x.named = digestOf(x.content.raw("id"))
	if x.named && !x.closed {
		x.identify()
	}
	return x
}

// raw is a member as it is written; one that is absent is null.
func (o object) raw(name string) []byte {
	if v, ok := o[name]; ok {
		return v
	}
	return []byte("null")
}

// words are what a kind asks of its members together.
func (x *exam) words() {
	claimant, act := x.content.text("claimant"), x.content.text("act")
	_, public := x.content["act"]
	switch x.kind {
	case "observation", "seen":
		switch {
		case claimant != "":
			x.fail("it has a `claimant`: what a party claims is an allegation")
		case public && (act == "presence") != (x.kind == "seen"):
			x.fail("its `act` is %s, and an entry of the kind seen, and no other, has the act presence", quote(act))
		}
	case "allegation":
		if _, there := x.content["claimant"]; there && claimant == "" {
			x.fail("its `claimant` is empty")
		}
	case "decision":
		x.dayDecision()
	case "release":
		x.either("", x.content, "sealed", "file")
	case "disclosure":
		x.either("", x.content, "openings", "file")
	}
}

// dayDecision is what is asked of a decision on a finding of days, which has a window and an
// area.
func (x *exam) dayDecision() {
	window, area := x.content["window"], x.content["area"]
	if window == nil && area == nil {
		return
	}
	// absent reports whether a member is neither there nor perhaps behind a commitment.
	absent := func(name string) bool { _, there := x.content[name]; return !there && !x.closed }
	kind := x.content.text("kind")
	of, _ := elements(x.content.raw("of"))
	if absent("window") || absent("area") {
		x.fail("it has a `window` or an `area`, and not both")
		return
	}
	switch _, there := x.content["kind"]; {
	case there && kind != "confirm" && kind != "reject" && kind != "unverifiable":
		x.fail("it has a `window`, and its `kind` is %s; want confirm, reject or unverifiable", quote(kind))
	case x.content.text("article") == "" && !x.closed:
		x.fail("it has a `window`, and no `article`")
	case len(of) == 0:
		x.fail("it has a `window`, and its `of` names nothing")
	}
	if area == nil {
		return
	}
	ms, _ := objectIn(area)
	a := named(ms)
	_, centre := a["centre"]
	_, radius := a["radius_m"]
	switch level := a.text("level"); level {
	case "place":
		if !centre {
			x.fail("its `area` is a place, and has no `centre`")
		}
	case "district", "region", "zone":
		if a.text("name") == "" || centre || radius {
			x.fail("its `area` is a %s, which has a `name`, and neither `centre` nor `radius_m`", level)
		}
	default:
		x.fail("the `level` of its `area` is %s; want place, district, region or zone", quote(level))
	}
}

// seal reads the commitments, of which each shelf was found to be in order.
func (x *exam) seal(raw []byte) {
	if raw == nil {
		return
	}
	if !slices.Contains(sealable, x.kind) {
		x.say(ruleSealed, "an entry of the kind %s cannot have fields that are not public", quote(x.kind))
	}
	ms, _ := members(raw)
	seen := map[tlog.Hash]bool{}
	for _, m := range ms {
		list, _ := elements(m.value)
		x.closed = x.closed || m.name == "shared" && len(list) > 0
		for _, c := range list {
			s, _ := str(c)
			h, _ := parseHash(s) // ParseEntry refuses all but hashes
			if seen[h] {
				x.say(ruleSealed, "the commitment %s appears twice", s)
			}
			seen[h] = true
			x.commitments = append(x.commitments, h)
		}
	}
}

// identify compares the ID of a public item with what it is made of. An item
// that was read from a file has its source among the parts, and the answers that
// a liaison gives have what they answer.
func (x *exam) identify() {
	c := x.content
	source, key, by := c.text("source"), c.text("key"), c.text("by")
	revision := string(c["revision"])
	if revision == "" {
		revision = "0"
	}
	var want [][32]byte
	switch x.kind {
	case "observation", "seen", "allegation":
		want = [][32]byte{digestOfParts("observation", source, key, revision)}
	case "tally":
		want = [][32]byte{digestOfParts("tally", source, key, revision)}
	case "coverage":
		want = [][32]byte{digestOfParts("coverage", source, key)}
	case "notification", "restriction", "response":
		want = [][32]byte{digestOfParts(x.kind, by, key), digestOfParts(x.kind, source, by, key)}
		if x.kind == "response" {
			to := c.text("to")
			if to == "" {
				to = noDigest
			}
			want = append(want, digestOfParts(x.kind, by, key, to, c.text("says")))
		}
	default:
		return
	}
	if !slices.Contains(want, x.id) {
		x.say(ruleID, "its `id` is not the digest of its source, key and revision")
	}
}

const noDigest = "0000000000000000000000000000000000000000000000000000000000000000"

// digestOfParts is the SHA-256 of parts, each after its length in eight bytes.
func digestOfParts(parts ...string) [32]byte {
	var buf [512]byte
	b := buf[:0]
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(p))), p...)
	}
	return sha256.Sum256(b)
}

// signed checks what an entry says of whose it is against the keys that signed
// it: the rules source and by.
func (x *exam) signed(signers []*Key) {
	if x.broken(ruleForm) {
		return
	}
	if party := speaker(signers); party != "" && slices.Contains(readFromFiles, x.kind) {
		if _, stated := x.content["source"]; stated && x.content.text("source") != party {
			x.say(ruleSource, "its `source` is %s, but a liaison of %s signed it", quote(x.content.text("source")), quote(party))
		}
	}
	if x.kind != "decision" && x.kind != "attribution" {
		return
	}
	_, stated := x.content["by"]
	by := x.content.text("by")
	if stated && !slices.ContainsFunc(signers, func(k *Key) bool { return k.Role == by }) {
		x.say(ruleBy, "it says that it is by %s, but no key of that role signed it", quote(by))
	}
}

// speaker is the party for which an entry was signed; empty: the mission.
func speaker(signers []*Key) string {
	for _, k := range signers {
		if k.Role == "liaison" {
			return k.Party
		}
	}
	return ""
}

// list are the objections, in the order of the rules.
func (x *exam) list(index int64) (out []Objection) {
	for rule, why := range x.why {
		if why != "" {
			out = append(out, Objection{index, ruleNames[rule], why, rule <= ruleOpening})
		}
	}
	return out
}

// CheckEntry returns the rules that an entry breaks, of those that need only the
// entry and the key k that signed it, or the batch of which it is a member: form,
// time, future, place, sealed, id, source and by, in this order and each at most
// once. Of an entry whose form is wrong only that is said. It does not check the
// signature, nor whether k may write the entry; [Keyring.Check] does, and also the
// rules that need what came before.
//
// e comes from [ParseEntry] or [ParseBody]. The time it takes grows with the
// length of the entry and with nothing else.
func CheckEntry(e *Entry, k Key) []Objection {
	e.exam = nil // another key may have been asked about
	x := e.examine()
	e.exam = nil
	x.signed([]*Key{&k})
	return x.list(e.Index)
}

// A history is what the rules need to know of earlier entries. Its memory grows by
// about 50 bytes for each item with an ID, by about 100 bytes and 32 for each
// commitment for each entry that is not public, and by about 50 bytes for each
// source entry. Of entries that readers skip it has the commitments alone.
type history struct {
	owners map[[16]byte]uint32 // by the first half of an ID: who used it first
	// closed are entries that used an ID first that they do not show to be their own,
	// since they are sealed; 0, which is never such an entry: one that broke the rule id.
	closed map[[16]byte]int64
	late   []Objection       // to earlier entries, found with the latest
	sides  map[string]uint32 // speakers, numbered: the mission is 0
	sealed map[tlog.Hash][]tlog.Hash
	files  map[fileOf]struct{}
	past   bool // all terms so far are of a rehearsal, or historic
}

// A fileOf is a source that a key has read a file of.
type fileOf struct {
	key  *Key
	name [16]byte // of the hash of its name; zero: any, since the name is not public
}

func fileNamed(k *Key, name string) fileOf {
	sum := sha256.Sum256([]byte(name))
	return fileOf{k, [16]byte(sum[:16])}
}

// follow adds to x what is wrong with an entry after those that came before, and
// remembers what later ones need.
func (h *history) follow(e *Entry, x *exam, signers []*Key) {
	if h.owners == nil {
		h.owners, h.sides = map[[16]byte]uint32{}, map[string]uint32{"": 0}
		h.closed = map[[16]byte]int64{}
		h.sealed, h.files = map[tlog.Hash][]tlog.Hash{}, map[fileOf]struct{}{}
	}
	if len(x.commitments) > 0 {
		h.sealed[e.Submission()] = x.commitments // also of what readers skip: it committed to them
	}
	if x.broken(ruleForm) {
		return
	}
	h.timely(e, x, signers)
	if x.kind == "disclosure" {
		h.disclosed(x)
	}
	if x.skipped() {
		return
	}
	h.owned(e.Index, x, signers)
	h.read(x, signers)
	switch x.kind {
	case "mission":
		h.past = bygone(objectOf(x.content["terms"]))
	case "agreement":
		h.past = h.past && bygone(x.content)
	}
}

// bygone reports whether terms are of what is not happening now.
func bygone(terms object) bool {
	s := terms.text("status")
	return s == "rehearsal" || s == "historic"
}

// timely is the rule known. An entry says that it was known earlier only where
// the intake reads what happened long ago.
func (h *history) timely(e *Entry, x *exam, signers []*Key) {
	if e.known == nil {
		return
	}
	t, stated := instant(e.known)
	if stated && !t.Before(e.Received) {
		return
	}
	for _, k := range signers {
		if k.Role != "intake" {
			x.say(ruleKnown, "it says that it was known before it was received, and the role of its key is %s: only the intake may say so", k.Role)
		}
	}
	if !h.past {
		x.say(ruleKnown, "it says that it was known before it was received, and the terms are not all marked rehearsal or historic")
	}
}

// disclosed is the rule opening.
func (h *history) disclosed(x *exam) {
	of, _ := digestOf(x.content.raw("of"))
	committed, known := h.sealed[of]
	if !known {
		x.say(ruleOpening, "no entry before it has the submission hash %x and commitments", of[:6])
		return
	}
	// By hash, so that many openings of many commitments take no longer.
	set := make(map[tlog.Hash]bool, len(committed))
	for _, c := range committed {
		set[c] = true
	}
	list, _ := elements(x.content.raw("openings")) // none: they are in a file
	for i, o := range list {
		if !set[sha256.Sum256(o)] {
			x.say(ruleOpening, "the entry that it names did not commit to opening %d of %d", i+1, len(list))
			return
		}
	}
}

// owned is the rule speaker, and the part of the rule id that needs what came
// before: no decision or attribution has the ID of another item.
func (h *history) owned(index int64, x *exam, signers []*Key) {
	if !x.named {
		return
	}
	party := speaker(signers)
	side, known := h.sides[party]
	if !known {
		side = uint32(len(h.sides))
		h.sides[party] = side
	}
	id := [16]byte(x.id[:16])
	owner, taken := h.owners[id]
	switch {
	case !taken:
		h.owners[id] = side
		switch {
		case x.closed:
			h.closed[id] = index
		case x.broken(ruleID):
			h.closed[id] = 0
		}
	case owner != side && !x.closed && !x.broken(ruleID) && h.isClosed(id):
		// All can see whose the ID is.
		if at := h.closed[id]; at > 0 {
			h.late = append(h.late, Objection{at, ruleNames[ruleSpeaker], "its `id` is that of another speaker's item", false})
		}
		h.owners[id] = side
		delete(h.closed, id)
	case owner != side:
		x.say(ruleSpeaker, "another speaker has used its `id` before")
	case x.kind == "decision" || x.kind == "attribution":
		x.say(ruleID, "an earlier entry has the same `id`")
	}
}

func (h *history) isClosed(id [16]byte) bool {
	_, closed := h.closed[id]
	return closed
}

// read is the rule file.
func (h *history) read(x *exam, signers []*Key) {
	c := x.content
	if x.kind == "source" {
		for _, k := range signers {
			f := fileOf{key: k}
			if !x.closed {
				name := c.text("source")
				if name == "" {
					name = c.text("kind")
				}
				f = fileNamed(k, name)
			}
			h.files[f] = struct{}{}
		}
		return
	}
	source := c.text("source")
	switch {
	case x.closed, source == "", source == "mission", speaker(signers) != "", !slices.Contains(readFromFiles, x.kind):
		return
	case source == c.text("claimant") || source == c.text("by"):
		return // the mission wrote down what a party said
	}
	for _, k := range signers {
		_, any := h.files[fileOf{key: k}]
		if _, this := h.files[fileNamed(k, source)]; any || this {
			return
		}
	}
	x.say(ruleFile, "its `source` is %s, and no file of this source was read before with the key that signed it", quote(source))
}

// mostObjections is how many objections are kept; all are counted.
const mostObjections = 1000

// objected are objections, and how many there are.
type objected struct {
	list             []Objection // the first
	all              int64
	entries, skipped int64 // entries with any, and with one that readers skip
}

func (o *objected) add(list []Objection) {
	if len(list) == 0 {
		return
	}
	o.all += int64(len(list))
	o.entries++
	if slices.ContainsFunc(list, func(b Objection) bool { return b.Skipped }) {
		o.skipped++
	}
	o.list = append(o.list, list[:min(mostObjections-len(o.list), len(list))]...)
}
