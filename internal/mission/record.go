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
	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
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
func (m *Mission) End() (int64, error) {
	size, err := ledger.Published(m.Record())
	if err != nil {
		return 0, Hint{fmt.Errorf("%s has no record: %w", m.Dir, err), "is it a mission, or a mirror that was copied whole?"}
	}
	if m.UpTo > 0 {
		size = min(size, m.UpTo)
	}
	return size, nil
}

// A Contents is what one walk through a record finds.
type Contents struct {
	size      int64
	records   []truce.Record // what findings rest on and is held here
	entryOf   []int64        // where each stands
	Withheld  []withheldAt   // what is not held
	decisions int64
	Sealed    []*ledger.Entry // inputs that are not public
	Rest      []*ledger.Entry // keys, sources, releases, publications: all that is no input
	Keys      []ledger.Key
	Days      []Begun // days (UTC) on which entries were received, in order
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
func (m *Mission) Read() (*Contents, error) {
	if m.Live != nil {
		return m.Live.Contents, nil
	}
	if m.Seen != nil && m.Seen.records != nil {
		return m.Seen, nil
	}
	size, err := m.End()
	if err != nil {
		return nil, err
	}
	// What is decoded is half garbage, and half of what the situation will need in
	// the end: the collector can wait.
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	records, entryOf := make([]truce.Record, 0, size), make([]int64, 0, size)
	v, err := m.walk(func(r *truce.Record, at int64) {
		records, entryOf = append(records, *r), append(entryOf, at)
	})
	if err != nil {
		return nil, err
	}
	v.records, v.entryOf = records, entryOf
	m.Seen = v
	return v, nil
}

// Glance walks through the record and keeps keys, sources and the like.
func (m *Mission) Glance() (*Contents, error) {
	if m.Live != nil {
		return m.Live.Contents, nil
	}
	if m.Seen != nil {
		return m.Seen, nil
	}
	v, err := m.walk(nil)
	m.Seen = v
	return v, err
}

// walk goes through the record once and calls each with what findings rest on,
// what is not public last; nil: it is not even decoded.
func (m *Mission) walk(each func(r *truce.Record, at int64)) (*Contents, error) {
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

// walkOn goes on from where v ends, up to size, and leaves aside what is not
// public. Where it fails, v stays as it was: it can be tried again. What each was
// given is then the caller's to forget.
func (m *Mission) walkOn(v *Contents, size int64, each func(r *truce.Record, at int64)) error {
	type item struct {
		r        truce.Record
		at       int64
		raw      *ledger.Entry
		received truce.Instant
	}
	to, n := *v, v.size // what is appended lies beyond the ends of v's slices
	tomorrow := truce.Always
	for x, err := range ledger.Map(context.Background(), m.Record(), v.size, size, func(e *ledger.Entry) (item, error) {
		x := item{at: e.Index, received: e.Received}
		var err error
		switch {
		case e.Kind == "batch":
		case !e.IsRecord() || e.Sealed != nil:
			x.raw = e
		case each != nil || e.Kind == "decision":
			x.r, err = e.Record(nil)
		}
		return x, err
	}) {
		if err != nil {
			return err
		}
		if n++; n%4096 == 0 || n == size {
			m.Progress.Count("reading the record", int(n), int(size))
		}
		if x.received >= tomorrow {
			day := truce.DateOf(x.received, time.UTC)
			if n := len(to.Days); n == 0 || to.Days[n-1].Day < day {
				to.Days = append(to.Days, Begun{day, x.at})
			}
			tomorrow = day.Add(1).Start(time.UTC)
		}
		switch {
		case x.raw != nil && x.raw.IsRecord():
			to.Sealed = append(to.Sealed, x.raw)
		case x.raw != nil:
			to.Rest = append(to.Rest, x.raw)
		case x.r.ID().IsZero() && x.r.Withdrawal == nil: // nothing to keep
		default:
			if x.r.Decision != nil {
				to.decisions++
			}
			if each != nil {
				each(&x.r, x.at)
			}
		}
	}
	to.size = size
	if len(to.Rest) > len(v.Rest) { // keys or terms may have changed
		var err error
		if to.Keys, err = ledger.KeysOf(to.Rest); err != nil {
			return err
		}
		if err := m.adopt(&to); err != nil {
			return err
		}
		m.signed(&to)
	}
	*v = to
	return nil
}

// signed sets the status that the agreement has by who has signed.
func (m *Mission) signed(v *Contents) {
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
func (m *Mission) unseal(v *Contents, each func(r *truce.Record, at int64)) error {
	if len(v.Sealed) == 0 {
		return nil
	}
	if m.About.Mirror == "" && !m.Public {
		if _, err := ledger.LoadSecret(m.Private("intake.key")); err != nil {
			return Hint{fmt.Errorf("the mission's own key to its shelf: %w", err), "without it, findings lack what is held back; put the file back from its copy"}
		}
	}
	o, err := m.openings(v.Rest)
	if err != nil {
		return err
	}
	for _, e := range v.Sealed {
		fields, err := o.of(e)
		if err != nil {
			return err
		}
		r, err := e.Record(fields)
		switch {
		case errors.Is(err, ledger.ErrWithheld):
			v.Withheld = append(v.Withheld, withheldAt{e.Index, e.At()})
		case err != nil:
			return err
		default:
			each(&r, e.Index)
		}
	}
	return nil
}

// Situation is what follows at a moment.
func (m *Mission) Situation(now truce.Instant) (*situation.Situation, error) {
	if m.Live != nil && now == truce.Never {
		return m.Live.Situation, nil
	}
	v, err := m.Read()
	m.Progress.Done()
	if err != nil {
		return nil, err
	}
	if err := m.sameMethod(v); err != nil {
		return nil, err
	}
	o := m.options()
	for _, w := range v.Withheld {
		o.Withheld = append(o.Withheld, situation.Withheld{Known: w.known})
	}
	return situation.Build(m.Agreement, v.records, now, o), nil
}

// intakes are the files that were read into the record, in order.
func (m *Mission) intakes() ([]Intake, error) {
	v, err := m.Glance()
	if err != nil {
		return nil, err
	}
	var out []Intake
	for _, e := range v.Rest {
		if e.Kind != "source" || e.Sealed != nil {
			continue
		}
		in, err := ParseIntake(e.Content)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		out = append(out, in)
	}
	return out, nil
}

// named reports whether a source in the record names a public file.
func (m *Mission) named(sum truce.Digest) bool {
	ins, err := m.intakes()
	return err == nil && slices.ContainsFunc(ins, func(in Intake) bool { return in.Evidence == sum })
}

// file reads a file as received, public or not.
func (m *Mission) file(sum truce.Digest) ([]byte, error) {
	if err := m.Evidence.Check(sum); err == nil {
		return os.ReadFile(m.Evidence.Path(sum))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, Hint{err, "put the file back as it was received: " + m.Evidence.Path(sum)}
	}
	return m.Shelf().Get(sum, m.identities()...)
}

// Shelf is where what is not public lies, encrypted.
func (m *Mission) Shelf() *evidence.Shelf { return evidence.OpenShelf(filepath.Join(m.Dir, "shelf")) }

// identities open what is encrypted to this machine's keys, and to those that
// were handed in.
func (m *Mission) identities() []age.Identity {
	var out []age.Identity
	if m.Public {
		return nil
	}
	for _, s := range m.readers {
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
	policy, err := os.ReadFile(filepath.Join(m.Dir, "policy"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return ledger.Open(context.Background(), ledger.Config{Dir: m.Record(), Signer: signer, Now: m.Now, Policy: policy,
		Progress: func(done, total int64) { m.Progress.Count("reading the record again", int(done), int(total)) }})
}

// writingGC is the collector's share while the record is written, which needs
// little room: at the share of the whole program it would collect all the time.
const WritingGC = 100

// Append opens the record, says something, keeps the receipt and closes it.
func (m *Mission) Append(subs ...ledger.Submission) ([]ledger.Receipt, error) {
	if m.Live != nil {
		got, err := m.Live.Log.Append(context.Background(), subs...)
		if err == nil {
			err = m.keep(m.Live.Log, got)
		}
		return got, Advise(err)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(WritingGC))
	log, err := m.Open()
	if err != nil {
		return nil, err
	}
	got, err := log.Append(context.Background(), subs...)
	if err == nil {
		err = m.keep(log, got)
	}
	if cerr := log.Close(context.Background()); err == nil {
		err = cerr
	}
	return got, Advise(err)
}

// keep writes the record's receipt beside the mission.
func (m *Mission) keep(log *ledger.Log, got []ledger.Receipt) error {
	if len(got) == 0 {
		return nil
	}
	text, err := log.ReceiptNote(got)
	if err != nil {
		return err
	}
	dir := filepath.Join(m.Dir, "receipts")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.receipt", got[len(got)-1].Index)), text, 0o644)
}

// Advise adds what to do to errors of the record.
func Advise(err error) error {
	switch {
	case errors.Is(err, ledger.ErrReopen):
		return Hint{err, "nothing that was acknowledged is lost; make room or mend the disk, and say it again: what is there already is not written twice"}
	case errors.Is(err, ledger.ErrClock):
		return Hint{err, "set this machine's clock; entries are in order of their receipt"}
	}
	return err
}

// Key finds a key file: a path, a name in the mission's private folder, or a
// name in the folder of the person's own keys.
func (m *Mission) Key(name string) (*ledger.Secret, error) {
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
func (m *Mission) Secret() ([]byte, error) {
	text, err := os.ReadFile(m.Private("id.secret"))
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(strings.TrimSpace(string(text)))
}

// openings are the fields of entries that are not public, as far as they are
// held here: from the shelf, or revealed in the record.
type openings struct {
	m    *Mission
	told map[truce.Digest][]ledger.Opening
}

// openings collects what the record itself reveals: to all, or to the keys that
// are at hand.
func (m *Mission) openings(rest []*ledger.Entry) (*openings, error) {
	o := &openings{m: m, told: map[truce.Digest][]ledger.Opening{}}
	for _, e := range rest {
		if err := o.reveal(e); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Index, err)
		}
	}
	return o, nil
}

// Revealed is the content of a disclosure, and of a release once decrypted.
type Revealed struct {
	Of       truce.Digest     `json:"of"`
	Openings []jsontext.Value `json:"openings"`
}

func (o *openings) reveal(e *ledger.Entry) error {
	var list []Revealed
	switch e.Kind {
	case "disclosure":
		var c struct {
			Revealed
			Because string `json:"because"`
		}
		if err := json.Unmarshal(e.Content, &c); err != nil {
			return err
		}
		list = []Revealed{c.Revealed}
	case "release":
		var c struct {
			Sealed []byte `json:"sealed"`
		}
		if err := json.Unmarshal(e.Content, &c); err != nil {
			return err
		}
		plain, err := evidence.Decrypt(c.Sealed, o.m.identities()...)
		if errors.Is(err, evidence.ErrNotForYou) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := json.Unmarshal(plain, &list); err != nil {
			return err
		}
	}
	for _, r := range list {
		for _, text := range r.Openings {
			o.told[r.Of] = append(o.told[r.Of], ledger.Opening{Text: text})
		}
	}
	return nil
}

// of gives the fields of one entry.
func (o *openings) of(e *ledger.Entry) (ledger.Fields, error) {
	if e.Sealed == nil {
		return nil, nil
	}
	list := o.told[e.ID()]
	held, err := o.m.shelved(e.ID())
	if err != nil {
		return nil, err
	}
	return e.Opened(append(list, held...))
}

// shelved are the openings of an entry that lie on the shelf here.
func (m *Mission) shelved(id truce.Digest) ([]ledger.Opening, error) {
	data, err := m.Shelf().Get(id, m.identities()...)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, evidence.ErrNotForYou) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	var list []ledger.Opening
	return list, json.Unmarshal(data, &list)
}
