package mission

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

// EntryOf finds the entry that is meant: by its number, by an ID, by a file that
// was published.
func EntryOf(dir, what string) (int64, error) {
	if n, err := strconv.ParseInt(what, 10, 64); err == nil && n >= 0 && len(what) < 12 {
		return n, nil
	}
	sum := ""
	if info, err := os.Stat(what); err == nil && info.Mode().IsRegular() {
		if sum, err = DigestOfFile(what); err != nil {
			return 0, err
		}
	}
	what = strings.ToLower(what)
	var found []int64
	for at, err := range ledger.Map(context.Background(), dir, 0, 1<<62, func(e *ledger.Entry) (int64, error) {
		id := e.ID()
		switch {
		case sum != "":
			if e.Kind == "publication" && audit.Member(e.Content, "sha256") == sum {
				return e.Index, nil
			}
		case len(what) >= 4 && (strings.HasPrefix(hex.EncodeToString(id[:]), what) || strings.HasPrefix(audit.Member(e.Content, "id"), what)):
			return e.Index, nil
		}
		return -1, nil
	}) {
		if err != nil {
			return 0, err
		}
		if at >= 0 {
			found = append(found, at)
		}
	}
	switch len(found) {
	case 0:
		if sum != "" {
			return 0, Hint{fmt.Errorf("%s was not published in this record, or was altered since", what), "truce report --publish"}
		}
		return 0, Hint{fmt.Errorf("no entry says anything with ID %q", what), "incidents and findings are computed; truce explain names the observations that they rest on"}
	case 1:
		return found[0], nil
	}
	if sum != "" {
		return found[len(found)-1], nil // published again
	}
	return 0, Hint{fmt.Errorf("ID %q is ambiguous: %s", what, EntryList(found)), "name the entry by its number"}
}

// End is the size up to which the record is read.
func (m *Reading) End() (int64, error) {
	size, err := ledger.Published(m.Record())
	if err != nil {
		return 0, Hint{fmt.Errorf("%s has no record: %w", m.Dir, err), "is it a mission, or a mirror that was copied whole?"}
	}
	if m.upTo > 0 {
		size = min(size, m.upTo)
	}
	return size, nil
}

// A Contents is what one walk through a record finds.
type Contents struct {
	size      int64
	Records   []truce.Item    // what findings depend on and is held here
	Entries   []int64         // where each stands
	Withheld  []withheldAt    // what is not held
	Decisions int64           // how many there are
	Sealed    []*ledger.Entry // inputs of which something is sealed that findings depend on
	Texts     []*ledger.Entry // inputs with sealed texts; some are in Sealed too
	Rest      []*ledger.Entry // keys, sources, releases, publications: all that is not an input
	Keys      []ledger.Key
	Days      []Begun  // days (UTC) on which entries were received, in order
	Spoken    []Spoken // what people signed by hand, in the order of the record
	// Objections are to entries that break a rule of doc/record-format.md, in the
	// order of the record; those to what is sealed come last.
	Objections []ledger.Objected
	Trail      *ledger.Trail // who signed what, as far as it was read
}

// Skipped counts the entries that readers skip, as far as an audience may know.
func (v *Contents) Skipped(a truce.Audience) int {
	skipped := map[int64]bool{}
	for _, o := range v.Objects(a) {
		if o.Skipped {
			skipped[o.Entry] = true
		}
	}
	return len(skipped)
}

// Begun is a day's first entry.
type Begun struct {
	Day   truce.Date
	Entry int64
}

// Size is how many entries were read.
func (v *Contents) Size() int64 { return v.size }

type withheldAt struct {
	entry int64
	known truce.Instant
}

// Read walks through the record and keeps all of it.
func (m *Reading) Read() (*Contents, error) {
	if m.live != nil {
		return m.live.Contents, nil
	}
	if m.seen != nil && m.seen.Records != nil {
		return m.seen, nil
	}
	size, err := m.End()
	if err != nil {
		return nil, err
	}
	// What is decoded is half garbage, and half of what the situation will need in
	// the end: the collector can wait.
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	records, entryOf := make([]truce.Item, 0, size), make([]int64, 0, size)
	v, err := m.Walk(func(r *truce.Item, at int64) {
		records, entryOf = append(records, *r), append(entryOf, at)
	})
	if err != nil {
		return nil, err
	}
	v.Records, v.Entries = records, entryOf
	m.seen = v
	return v, nil
}

// Objections walks through the record and lists the objections to its entries, also
// those that only the mission, or whoever holds what is sealed, can make. It keeps
// nothing else.
func (m *Reading) Objections() ([]ledger.Objected, error) {
	v, err := m.Walk(func(*truce.Item, int64) {})
	if err != nil {
		return nil, err
	}
	return v.Objects(truce.ForMission), nil
}

// Glance walks through the record and keeps keys, sources and the like.
func (m *Reading) Glance() (*Contents, error) {
	if m.live != nil {
		return m.live.Contents, nil
	}
	if m.seen != nil {
		return m.seen, nil
	}
	v, err := m.Walk(nil)
	m.seen = v
	return v, err
}

// Walk goes through the record once and calls each with what findings rest on,
// what is not public last; nil: it is not even decoded.
func (m *Reading) Walk(each func(r *truce.Item, at int64)) (*Contents, error) {
	size, err := m.End()
	if err != nil {
		return nil, err
	}
	v := &Contents{}
	if err := m.walkOn(v, size, each); err != nil || each == nil {
		return v, err
	}
	return v, m.unseal(v, each)
}

// walkOn goes on from where v ends, up to size, and leaves aside what is sealed.
// An entry that cannot be used is skipped, and listed with the reason. Where
// walkOn fails, v stays as it was: it can be tried again. What each was given is
// then the caller's to forget.
func (m *Reading) walkOn(v *Contents, size int64, each func(r *truce.Item, at int64)) error {
	type item struct {
		e   *ledger.Entry
		r   truce.Item
		err error // of r
	}
	to, n := *v, v.size // what is appended lies beyond the ends of v's slices
	if err := m.follow(&to); err != nil {
		return err
	}
	tomorrow := truce.Always
	for x, err := range ledger.Map(context.Background(), m.Record(), v.size, size, func(e *ledger.Entry) (item, error) {
		x := item{e: e}
		if e.IsItem() && (each != nil || e.Kind == "decision") {
			x.r, x.err = m.itemOf(e, nil)
		}
		return x, nil
	}) {
		if err != nil {
			return err
		}
		e := x.e
		if n++; n%4096 == 0 || n == size {
			m.Progress.Count("reading the record", int(n), int(size))
		}
		if e.Received >= tomorrow {
			day := truce.DateOf(e.Received, time.UTC)
			if n := len(to.Days); n == 0 || to.Days[n-1].Day < day {
				to.Days = append(to.Days, Begun{day, e.Index})
			}
			tomorrow = day.Add(1).Start(time.UTC)
		}
		by, bad := to.Trail.Follow(e)
		var objection *ledger.Objection
		if bad == nil && errors.As(x.err, &objection) {
			bad = objection
		}
		if bad != nil {
			to.object(e, bad)
			continue
		}
		if !e.IsItem() {
			if e.Kind != "batch" {
				to.Rest = append(to.Rest, e)
			}
			continue
		}
		if e.Sealed != nil && len(e.Sealed.Restricted) > 0 {
			to.Texts = append(to.Texts, e)
		}
		if each != nil {
			to.spoken(e, &x.r, by)
		}
		if e.Sealed != nil && len(e.Sealed.Shared) > 0 {
			o, _ := to.Trail.Uses(e.NounID(), by, e.Kind == "decision" || e.Kind == "attribution", false)
			to.object(e, o)
			to.Sealed = append(to.Sealed, e)
			continue
		}
		if x.r.ID().IsZero() && x.r.Withdrawal == nil { // not decoded
			continue
		}
		to.object(e, to.Trail.Settle(e, &x.r, by)...)
		if x.r.Decision != nil {
			to.Decisions++
			x.r.Decision.Seq = to.Decisions // the order of the record, whatever its author states
		}
		if x.r.Withdrawal == nil {
			o, over := to.Trail.Uses(x.r.ID(), by, ledger.Alone(&x.r), x.r.OwnID())
			to.object(e, o)
			if over { // a sealed item had taken it: that one is listed
				for _, was := range to.Sealed {
					if was.By != nil && was.NounID() == x.r.ID() && was.By.Party != by.Party {
						to.object(was, ledger.NotItsOwn(x.r.ID()))
					}
				}
			}
		}
		if each != nil {
			each(&x.r, e.Index)
		}
	}
	to.size = size
	if len(to.Rest) > len(v.Rest) { // keys or terms may have changed
		to.Keys = to.Trail.Keys()
		if err := m.adopt(&to); err != nil {
			return err
		}
		m.signed(&to)
	}
	*v = to
	return nil
}

// follow brings the trail of v to where v ends: it is ahead where a walk failed.
func (m *Reading) follow(v *Contents) error {
	if v.Trail != nil && v.Trail.Size() == v.size {
		return nil
	}
	v.Trail = ledger.NewTrail()
	for e, err := range ledger.Entries(context.Background(), m.Record(), 0, v.size) {
		if err != nil {
			return err
		}
		if by, bad := v.Trail.Follow(e); bad == nil && e.IsItem() {
			r, err := e.Item(nil)
			v.Trail.Uses(e.NounID(), by, false, err == nil && r.OwnID())
		}
	}
	return nil
}

// object lists objections to an entry.
func (v *Contents) object(e *ledger.Entry, list ...*ledger.Objection) {
	for _, o := range list {
		if o != nil {
			v.Objections = append(v.Objections, ledger.Objected{Entry: e.Index, Kind: e.Kind, Objection: o})
		}
	}
}

// signed sets the status that the agreement has by who has signed.
func (m *Reading) signed(v *Contents) {
	if m.Agreement == nil {
		return
	}
	status := m.Agreement.Status
	switch unsigned := len(m.Unsigned(v, m.Agreement.Digest.Hex())) > 0; {
	case status == truce.InForce && unsigned:
		status = truce.Unsigned
	case status == truce.Unsigned && !unsigned: // the last has signed since
		status = truce.InForce
	}
	if status != m.Agreement.Status {
		a := *m.Agreement
		a.Status = status
		m.Agreement = &a
	}
}

// unseal opens what is not public, as far as it is held here.
func (m *Reading) unseal(v *Contents, each func(r *truce.Item, at int64)) error {
	if len(v.Sealed) == 0 {
		return nil
	}
	if m.About.Mirror == "" && !m.to.Public() {
		if _, err := ledger.LoadSecret(m.Private("intake.key")); err != nil {
			return Hint{fmt.Errorf("the mission's own key to its shelf: %w", err), "without it, findings lack what is withheld; put the file back from its copy"}
		}
	}
	o := m.openings(v)
	for _, e := range v.Sealed {
		r, bad := m.opened(v, e, o.of(v, e))
		switch {
		case bad:
		case r == nil:
			v.Withheld = append(v.Withheld, withheldAt{e.Index, e.Received})
		default:
			each(r, e.Index)
		}
	}
	return nil
}

// opened is what a sealed entry says; nil: not all of it is held here. bad: nobody
// can use it, and it is listed.
func (m *Reading) opened(v *Contents, e *ledger.Entry, o *ledger.Opened) (r *truce.Item, bad bool) {
	rec, err := m.itemOf(e, o)
	var objection *ledger.Objection
	switch {
	case errors.Is(err, ledger.ErrWithheld):
		return nil, false
	case errors.As(err, &objection):
		v.objectInside(e, objection)
		return nil, true
	}
	for _, x := range v.Trail.Settle(e, &rec, e.By) {
		v.objectInside(e, x)
	}
	return &rec, false
}

// objectInside lists an objection to what is sealed, once: it may be met for each
// audience, and at each reading.
func (v *Contents) objectInside(e *ledger.Entry, o *ledger.Objection) { v.objectOnce(e, o, true) }

// objectOnce lists an objection that may be met more than once.
func (v *Contents) objectOnce(e *ledger.Entry, o *ledger.Objection, inside bool) {
	if !slices.ContainsFunc(v.Objections, func(x ledger.Objected) bool { return x.Entry == e.Index && x.Rule == o.Rule }) {
		v.Objections = append(v.Objections, ledger.Objected{Entry: e.Index, Kind: e.Kind, Inside: inside, Objection: o})
	}
}

// Objects lists the objections that an audience may know of.
func (v *Contents) Objects(a truce.Audience) (out []ledger.Objected) {
	for _, o := range v.Objections {
		if !o.Inside || release.HearsInside(a) {
			out = append(out, o)
		}
	}
	return out
}

// Situation is what follows at a moment.
func (m *Reading) Situation(now truce.Instant) (*situation.Situation, error) {
	if m.live != nil && now == truce.Never {
		return m.live.Situation, nil
	}
	v, err := m.Read()
	m.Progress.Done()
	if err != nil {
		return nil, err
	}
	o := m.SituationOptions()
	for _, w := range v.Withheld {
		o.Withheld = append(o.Withheld, situation.Withheld{Known: w.known})
	}
	return situation.Build(m.Agreement, v.Records, now, o), nil
}

// Intakes are the files that were read into the record, in order.
func (m *Reading) Intakes() ([]Intake, error) {
	v, err := m.Glance()
	if err != nil {
		return nil, err
	}
	var out []Intake
	for _, e := range v.Rest {
		if e.Kind != "source" || e.Sealed != nil {
			continue
		}
		if in, err := ParseIntake(e.Content); err == nil {
			out = append(out, in)
		}
	}
	return out, nil
}

// File reads a file as received, public or not.
func (m *Reading) File(sum truce.Digest) ([]byte, error) {
	if err := m.Evidence.Check(sum); err == nil {
		return os.ReadFile(m.Evidence.Path(sum))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, Hint{err, "put the file back as it was received: " + m.Evidence.Path(sum)}
	}
	return m.Shelf().Get(sum, m.Identities()...)
}

// Shelf is where what is not public lies, encrypted.
func (m *Folder) Shelf() *evidence.Shelf { return evidence.OpenShelf(filepath.Join(m.Dir, "shelf")) }

// Identities open what is encrypted to this machine's keys, and to those that
// were handed in.
func (m *Reading) Identities() []age.Identity {
	var out []age.Identity
	if m.to.Public() {
		return nil
	}
	for _, s := range m.keys {
		out = append(out, s.Identities()...)
	}
	if s, err := ledger.LoadSecret(m.Private("intake.key")); err == nil {
		out = append(out, s.Identities()...)
	}
	return out
}

// Open opens the record for writing.
func (m *Mission) Open() (*ledger.Log, error) {
	signer, err := ledger.LoadSecret(m.Private("log.key"))
	if err != nil {
		return nil, Hint{fmt.Errorf("the record's own key: %w", err), "without it nothing can be added; the record stays readable"}
	}
	verifier := func(index int64, leaf []byte) error {
		_, err := audit.ParseEntry(index, leaf)
		return err
	}
	return ledger.Open(context.Background(), ledger.Config{Dir: m.Record(), Signer: signer, Now: m.Now, Verifier: verifier,
		Progress: func(done, total int64) { m.Progress.Count("reading the record again", int(done), int(total)) }})
}

// PolicyFile names the witnesses that are asked to co-sign the record, and the quorum
// without which no report is published (C2SP tlog-policy). It need not be there.
const PolicyFile = "policy"

// Witnesses are those that the mission's policy names, each to be asked this often at
// most; zero is ledger.CosignEvery.
func (m *Folder) Witnesses(every time.Duration) (*ledger.Witnesses, error) {
	name := filepath.Join(m.Dir, PolicyFile)
	policy, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	signer, err := ledger.LoadSecret(m.Private("log.key"))
	if err != nil {
		return nil, err
	}
	w, err := ledger.NewWitnesses(ledger.CosignConfig{Dir: m.Record(), Signer: signer, Policy: policy, Now: m.Now, Every: every})
	if err != nil {
		return nil, Hint{fmt.Errorf("%s: %w", name, err), "one line for each witness: witness NAME KEY ADDRESS (doc/operations.md)"}
	}
	return w, nil
}

// KeepNote keeps a receipt of the record beside the mission.
func (m *Folder) KeepNote(index int64, text []byte) error {
	dir := filepath.Join(m.Dir, "receipts")
	if err := disk.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return disk.WriteBytes(filepath.Join(dir, fmt.Sprintf("%d.receipt", index)), 0o644, text)
}

// Key finds a key file: a path, a name in the mission's private folder, or a
// name in the folder of the person's own keys.
func (m *Folder) Key(name string) (*ledger.Secret, error) {
	if s, err := ledger.LoadSecret(name); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	var tried []string
	if !strings.ContainsRune(name, os.PathSeparator) {
		for _, dir := range []string{filepath.Join(m.Dir, "private"), KeyFolder()} {
			file := filepath.Join(dir, strings.TrimSuffix(name, ".key")+".key")
			s, err := ledger.LoadSecret(file)
			if err == nil || !errors.Is(err, fs.ErrNotExist) {
				return s, err
			}
			tried = append(tried, file)
		}
	}
	return nil, Hint{fmt.Errorf("no key %q; looked for %s", name, strings.Join(append(tried, name), ", ")), "make one with: truce keygen " + filepath.Base(name)}
}

// KeyFolder is where a person's own keys lie.
func KeyFolder() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		dir = "."
	}
	return filepath.Join(dir, "truce", "keys")
}

// Secret is what keyed IDs are made with; it never leaves the machine.
func (m *Folder) Secret() ([]byte, error) {
	text, err := os.ReadFile(m.Private("id.secret"))
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(strings.TrimSpace(string(text)))
}

// openings are what the record itself reveals of sealed fields, to all or to the
// keys that are at hand.
type openings struct {
	m    *Reading
	told map[truce.Digest][]ledger.Opening
}

// openings collects disclosures, and the releases that open here. One that does
// not open is listed.
func (m *Reading) openings(v *Contents) *openings {
	o := &openings{m: m, told: map[truce.Digest][]ledger.Opening{}}
	ids := m.Identities()
	for _, e := range v.Rest {
		var list []ledger.Revealed
		switch e.Kind {
		case "disclosure":
			var c ledger.Disclosure
			if json.Unmarshal(e.Content, &c) != nil {
				continue
			}
			opened, bad := m.Disclosed(&c)
			if bad != nil {
				v.objectOnce(e, bad, false)
				continue
			}
			o.told[c.Of] = append(o.told[c.Of], opened...)
		case "release":
			var c ledger.Release
			if json.Unmarshal(e.Content, &c) != nil {
				continue
			}
			sealed, bad := m.Ciphertext(&c)
			if bad != nil {
				v.objectOnce(e, bad, false)
				continue
			}
			plain, err := evidence.Decrypt(sealed, ids...)
			if errors.Is(err, evidence.ErrNotForYou) {
				continue
			}
			if err == nil {
				err = json.Unmarshal(plain, &list)
			}
			if err != nil {
				v.objectInside(e, &ledger.Objection{Rule: ledger.RuleOpening, Why: "the release does not open: " + err.Error(), Skipped: true})
				continue
			}
		}
		for _, r := range list {
			for _, text := range r.Openings {
				o.told[r.Of] = append(o.told[r.Of], ledger.Opening{Text: text})
			}
		}
	}
	return o
}

// of gives what is held of one entry: revealed in the record, or on the shelf
// here. What does not open, or was never committed to, is listed and left out.
func (o *openings) of(v *Contents, e *ledger.Entry) *ledger.Opened {
	return o.m.open(v, e, o.told[e.ID()], e.ID())
}

// open opens an entry with openings that were revealed and those in pieces of the
// shelf.
func (m *Reading) open(v *Contents, e *ledger.Entry, list []ledger.Opening, pieces ...truce.Digest) *ledger.Opened {
	list = slices.Clip(list)
	for _, name := range pieces {
		held, err := m.Shelved(name)
		if err != nil {
			v.objectInside(e, &ledger.Objection{Rule: ledger.RuleShelf, Why: "its piece on the shelf does not open: " + err.Error()})
			continue
		}
		list = append(list, held...)
	}
	opened, strange := e.Open(list)
	if strange > 0 {
		v.objectInside(e, &ledger.Objection{Rule: ledger.RuleOpening, Why: Plural(strange, "opening") + " of it are none that it committed to"})
	}
	return opened
}

// Shelved are the openings in a piece on the shelf here; none if it is not there,
// or is encrypted to others.
func (m *Reading) Shelved(name truce.Digest) ([]ledger.Opening, error) {
	data, err := m.Shelf().Get(name, m.Identities()...)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, evidence.ErrNotForYou) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ParseOpenings(data)
}

// ParseOpenings reads the openings in a piece of the shelf.
func ParseOpenings(data []byte) ([]ledger.Opening, error) {
	var list []ledger.Opening
	err := json.Unmarshal(data, &list)
	return list, err
}

// WholeDigest is the digest of what the mission itself computes at the same
// moment, with what is held back.
func (m *Reading) WholeDigest(s *situation.Situation) (truce.Digest, error) {
	if s.Withheld == 0 {
		return s.Digest(), nil
	}
	out, err := m.As(release.Reader{}).Situation(s.Now)
	if err != nil {
		return truce.Digest{}, err
	}
	return out.Digest(), nil
}

// AnySealed reports whether one of some items is sealed, for whoever reads the record alone.
func (v *Contents) AnySealed(ids []truce.Digest) bool {
	return slices.ContainsFunc(v.Sealed, func(e *ledger.Entry) bool { return slices.Contains(ids, e.NounID()) })
}
