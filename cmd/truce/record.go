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
	"strings"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/situation"
)

// An input is what an entry says, and where it stands.
type input struct {
	truce.Record
	entry    int64
	withheld bool // its content is not held here
}

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
	inputs    []input // in the order of the record
	decisions int64
	sealed    []*ledger.Entry // inputs that are not public
	rest      []*ledger.Entry // keys, sources, releases, publications: all that is no input
	keys      []ledger.Key
}

// read walks through the record once.
func (m *mission) read(b *bar) (*view, error) {
	if m.seen != nil {
		return m.seen, nil
	}
	size, err := m.end()
	if err != nil {
		return nil, err
	}
	type item struct {
		in  *input
		raw *ledger.Entry
	}
	v := &view{size: size, inputs: make([]input, 0, size)}
	n := int64(0)
	for x, err := range ledger.Map(context.Background(), m.record(), 0, size, func(e *ledger.Entry) (item, error) {
		if !e.IsRecord() || e.Sealed != nil {
			return item{raw: e}, nil
		}
		r, err := e.Record(nil)
		return item{in: &input{Record: r, entry: e.Index}}, err
	}) {
		if err != nil {
			return nil, err
		}
		if n++; n%4096 == 0 || n == size {
			b.count("reading the record", int(n), int(size))
		}
		switch {
		case x.in != nil:
			if x.in.Decision != nil {
				v.decisions++
			}
			v.inputs = append(v.inputs, *x.in)
		case x.raw.IsRecord():
			v.sealed = append(v.sealed, x.raw)
			v.inputs = append(v.inputs, input{entry: x.raw.Index}) // its place is kept
		default:
			v.rest = append(v.rest, x.raw)
		}
	}
	if v.keys, err = ledger.KeysOf(v.rest); err != nil {
		return nil, err
	}
	if err := m.unseal(v); err != nil {
		return nil, err
	}
	if m.agreement != nil && m.agreement.Status == truce.InForce && len(m.unsigned(v)) > 0 {
		a := *m.agreement
		a.Status = truce.Unsigned
		m.agreement = &a
	}
	m.seen = v
	return v, nil
}

// unseal opens what is not public, as far as it is held here.
func (m *mission) unseal(v *view) error {
	if len(v.sealed) == 0 {
		return nil
	}
	o, err := m.openings(v.rest)
	if err != nil {
		return err
	}
	i := 0
	for _, e := range v.sealed {
		for v.inputs[i].entry != e.Index {
			i++
		}
		fields, err := o.of(e)
		if err != nil {
			return err
		}
		v.inputs[i].Record, err = e.Record(fields)
		if v.inputs[i].withheld = errors.Is(err, ledger.ErrWithheld); err != nil && !v.inputs[i].withheld {
			return err
		}
	}
	return nil
}

// records are the inputs that are held, and those that are not.
func (m *mission) records(b *bar) (recs []truce.Record, withheld []situation.Withheld, err error) {
	v, err := m.read(b)
	if err != nil {
		return nil, nil, err
	}
	recs = make([]truce.Record, 0, len(v.inputs))
	for i := range v.inputs {
		if in := &v.inputs[i]; in.withheld {
			withheld = append(withheld, situation.Withheld{Known: in.Known})
		} else {
			recs = append(recs, in.Record)
		}
	}
	return recs, withheld, nil
}

// situation is what follows at a moment.
func (m *mission) situation(now truce.Instant, b *bar) (*situation.Situation, error) {
	recs, withheld, err := m.records(b)
	b.done()
	if err != nil {
		return nil, err
	}
	o := options(b)
	o.Withheld = withheld
	return situation.Build(m.agreement, recs, now, o), nil
}

// intakes are the files that were read into the record, in order.
func (m *mission) intakes() ([]intake, error) {
	v, err := m.read(nil)
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

// append opens the record, says something, keeps the receipt and closes it.
func (m *mission) append(c command, subs ...ledger.Submission) ([]ledger.Receipt, error) {
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
	Of       truce.Digest      `json:"of"`
	Openings []json.RawMessage `json:"openings"`
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
			o.told[r.Of] = append(o.told[r.Of], ledger.Opening{Text: []byte(text)})
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
