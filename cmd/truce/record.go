package main

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
	"strings"

	"filippo.io/age"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/situation"
)

// end is the size up to which the record is read.
func (m *mission) end() (int64, error) {
	size, err := ledger.Published(m.record())
	if err != nil {
		return 0, hint{fmt.Errorf("%s has no record: %w", m.dir, err), "is it a mission, or a mirror that was copied whole?"}
	}
	if m.upTo > 0 {
		size = min(size, m.upTo)
	}
	return size, nil
}

// A view is what one walk through a record finds.
type view struct {
	size      int64
	records   []truce.Record // what findings rest on and is held here
	entryOf   []int64        // where each stands
	withheld  []withheldAt   // what is not held
	decisions int64
	sealed    []*ledger.Entry // inputs that are not public
	rest      []*ledger.Entry // keys, sources, releases, publications: all that is no input
	keys      []ledger.Key
}

type withheldAt struct {
	entry int64
	known truce.Instant
}

// read walks through the record and keeps all of it.
func (m *mission) read(b *bar) (*view, error) {
	if m.seen != nil && m.seen.records != nil {
		return m.seen, nil
	}
	size, err := m.end()
	if err != nil {
		return nil, err
	}
	// What is decoded is half garbage, and half of what the situation will need in
	// the end: the collector can wait.
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	records, entryOf := make([]truce.Record, 0, size), make([]int64, 0, size)
	v, err := m.walk(b, func(r *truce.Record, at int64) {
		records, entryOf = append(records, *r), append(entryOf, at)
	})
	if err != nil {
		return nil, err
	}
	v.records, v.entryOf = records, entryOf
	m.seen = v
	return v, nil
}

// glance walks through the record and keeps keys, sources and the like.
func (m *mission) glance(b *bar) (*view, error) {
	if m.seen != nil {
		return m.seen, nil
	}
	v, err := m.walk(b, nil)
	m.seen = v
	return v, err
}

// walk goes through the record once and calls each with what findings rest on,
// what is not public last; nil: it is not even decoded.
func (m *mission) walk(b *bar, each func(r *truce.Record, at int64)) (*view, error) {
	size, err := m.end()
	if err != nil {
		return nil, err
	}
	type item struct {
		r   truce.Record
		at  int64
		raw *ledger.Entry
	}
	v := &view{size: size}
	n := int64(0)
	for x, err := range ledger.Map(context.Background(), m.record(), 0, size, func(e *ledger.Entry) (item, error) {
		switch {
		case e.Kind == "batch":
			return item{}, nil
		case !e.IsRecord() || e.Sealed != nil:
			return item{raw: e}, nil
		case each == nil && e.Kind != "decision":
			return item{}, nil
		}
		r, err := e.Record(nil)
		return item{r: r, at: e.Index}, err
	}) {
		if err != nil {
			return nil, err
		}
		if n++; n%4096 == 0 || n == size {
			b.count("reading the record", int(n), int(size))
		}
		switch {
		case x.raw != nil && x.raw.IsRecord():
			v.sealed = append(v.sealed, x.raw)
		case x.raw != nil:
			v.rest = append(v.rest, x.raw)
		case x.r.ID().IsZero() && x.r.Withdrawal == nil: // nothing to keep
		default:
			if x.r.Decision != nil {
				v.decisions++
			}
			if each != nil {
				each(&x.r, x.at)
			}
		}
	}
	if v.keys, err = ledger.KeysOf(v.rest); err != nil {
		return nil, err
	}
	if err := m.adopt(v); err != nil {
		return nil, err
	}
	if m.agreement != nil && m.agreement.Status == truce.InForce && len(m.unsigned(v, m.agreement.Digest.Hex())) > 0 {
		a := *m.agreement
		a.Status = truce.Unsigned
		m.agreement = &a
	}
	if each == nil {
		return v, nil
	}
	return v, m.unseal(v, each)
}

// unseal opens what is not public, as far as it is held here.
func (m *mission) unseal(v *view, each func(r *truce.Record, at int64)) error {
	if len(v.sealed) == 0 {
		return nil
	}
	if m.about.Mirror == "" && !m.public {
		if _, err := ledger.LoadSecret(m.private("intake.key")); err != nil {
			return hint{fmt.Errorf("the mission's own key to its shelf: %w", err), "without it, findings lack what is held back; put the file back from its copy"}
		}
	}
	o, err := m.openings(v.rest)
	if err != nil {
		return err
	}
	for _, e := range v.sealed {
		fields, err := o.of(e)
		if err != nil {
			return err
		}
		r, err := e.Record(fields)
		switch {
		case errors.Is(err, ledger.ErrWithheld):
			v.withheld = append(v.withheld, withheldAt{e.Index, e.At()})
		case err != nil:
			return err
		default:
			each(&r, e.Index)
		}
	}
	return nil
}

// situation is what follows at a moment.
func (m *mission) situation(now truce.Instant, b *bar) (*situation.Situation, error) {
	v, err := m.read(b)
	b.done()
	if err != nil {
		return nil, err
	}
	if err := m.sameMethod(v); err != nil {
		return nil, err
	}
	o := options(b)
	for _, w := range v.withheld {
		o.Withheld = append(o.Withheld, situation.Withheld{Known: w.known})
	}
	return situation.Build(m.agreement, v.records, now, o), nil
}

// intakes are the files that were read into the record, in order.
func (m *mission) intakes() ([]intake, error) {
	v, err := m.glance(nil)
	if err != nil {
		return nil, err
	}
	var out []intake
	for _, e := range v.rest {
		if e.Kind != "source" || e.Sealed != nil {
			continue
		}
		var in intake
		if err := strict(e.Content, &in); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		out = append(out, in)
	}
	return out, nil
}

// named reports whether a source in the record names a public file.
func (m *mission) named(sum truce.Digest) bool {
	ins, err := m.intakes()
	return err == nil && slices.ContainsFunc(ins, func(in intake) bool { return in.Evidence == sum })
}

// file reads a file as received, public or not.
func (m *mission) file(sum truce.Digest) ([]byte, error) {
	if err := m.evidence.Check(sum); err == nil {
		return os.ReadFile(m.evidence.Path(sum))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, hint{err, "put the file back as it was received: " + m.evidence.Path(sum)}
	}
	return m.shelf().Get(sum, m.identities()...)
}

func (m *mission) shelf() *evidence.Shelf { return evidence.OpenShelf(filepath.Join(m.dir, "shelf")) }

// identities open what is encrypted to this machine's keys, and to those that
// were handed in.
func (m *mission) identities() []age.Identity {
	var out []age.Identity
	if m.public {
		return nil
	}
	for _, s := range m.readers {
		out = append(out, s.Identities()...)
	}
	if s, err := ledger.LoadSecret(m.private("intake.key")); err == nil {
		out = append(out, s.Identities()...)
	}
	return out
}

// open opens the record for writing.
func (m *mission) open(c command, b *bar) (*ledger.Log, error) {
	signer, err := ledger.LoadSecret(m.private("log.key"))
	if err != nil {
		return nil, hint{fmt.Errorf("the record's own key: %w", err), "without it nothing can be added; the record stays readable"}
	}
	policy, err := os.ReadFile(filepath.Join(m.dir, "policy"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return ledger.Open(context.Background(), ledger.Config{Dir: m.record(), Signer: signer, Now: c.now, Policy: policy,
		Progress: func(done, total int64) { b.count("reading the record again", int(done), int(total)) }})
}

// writingGC is the collector's share while the record is written, which needs
// little room: at the share of the whole program it would collect all the time.
const writingGC = 100

// append opens the record, says something, keeps the receipt and closes it.
func (m *mission) append(c command, subs ...ledger.Submission) ([]ledger.Receipt, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(writingGC))
	log, err := m.open(c, c.bar())
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
	return got, advise(err)
}

// keep writes the record's receipt beside the mission.
func (m *mission) keep(log *ledger.Log, got []ledger.Receipt) error {
	if len(got) == 0 {
		return nil
	}
	text, err := log.ReceiptNote(got)
	if err != nil {
		return err
	}
	dir := filepath.Join(m.dir, "receipts")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.receipt", got[len(got)-1].Index)), text, 0o644)
}

// advise adds what to do to errors of the record.
func advise(err error) error {
	switch {
	case errors.Is(err, ledger.ErrReopen):
		return hint{err, "nothing that was acknowledged is lost; make room or mend the disk, and say it again: what is there already is not written twice"}
	case errors.Is(err, ledger.ErrClock):
		return hint{err, "set this machine's clock; entries are in order of their receipt"}
	}
	return err
}

// key finds a key file: a path, a name in the mission's private folder, or a
// name in the folder of the person's own keys.
func (m *mission) key(name string) (*ledger.Secret, error) {
	if s, err := ledger.LoadSecret(name); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	var tried []string
	if !strings.ContainsRune(name, os.PathSeparator) {
		for _, dir := range []string{filepath.Join(m.dir, "private"), keyFolder()} {
			file := filepath.Join(dir, strings.TrimSuffix(name, ".key")+".key")
			s, err := ledger.LoadSecret(file)
			if err == nil || !errors.Is(err, fs.ErrNotExist) {
				return s, err
			}
			tried = append(tried, file)
		}
	}
	return nil, hint{fmt.Errorf("no key %q; looked for %s", name, strings.Join(append(tried, name), ", ")), "make one with: truce keygen " + filepath.Base(name)}
}

// keyFolder is where a person's own keys lie.
func keyFolder() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		dir = "."
	}
	return filepath.Join(dir, "truce", "keys")
}

// secret is what keyed IDs are made with; it never leaves the machine.
func (m *mission) secret() ([]byte, error) {
	text, err := os.ReadFile(m.private("id.secret"))
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(strings.TrimSpace(string(text)))
}

// openings are the fields of entries that are not public, as far as they are
// held here: from the shelf, or revealed in the record.
type openings struct {
	m    *mission
	told map[truce.Digest][]ledger.Opening
}

// openings collects what the record itself reveals: to all, or to the keys that
// are at hand.
func (m *mission) openings(rest []*ledger.Entry) (*openings, error) {
	o := &openings{m: m, told: map[truce.Digest][]ledger.Opening{}}
	for _, e := range rest {
		if err := o.reveal(e); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Index, err)
		}
	}
	return o, nil
}

// revealed is the content of a disclosure, and of a release once decrypted.
type revealed struct {
	Of       truce.Digest     `json:"of"`
	Openings []jsontext.Value `json:"openings"`
}

func (o *openings) reveal(e *ledger.Entry) error {
	var list []revealed
	switch e.Kind {
	case "disclosure":
		var c struct {
			revealed
			Because string `json:"because"`
		}
		if err := json.Unmarshal(e.Content, &c); err != nil {
			return err
		}
		list = []revealed{c.revealed}
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
func (m *mission) shelved(id truce.Digest) ([]ledger.Opening, error) {
	data, err := m.shelf().Get(id, m.identities()...)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, evidence.ErrNotForYou) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	var list []ledger.Opening
	return list, json.Unmarshal(data, &list)
}
