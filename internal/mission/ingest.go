package mission

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/source"
)

// IngestFlags say how a file is to be read.
type IngestFlags struct {
	Kind, As, Mapping, Encoding, Timezone, Zone, Known string
	Vintage                                            int
	Revises, Whole                                     bool
	NewSource                                          bool // the agreement need not list the source
	Key, Shelf                                         string
	Format                                             string
}

// saidBefore is what one source said so far: by ID, a digest of the content; and
// the edition, whole, where a later one is held against it.
type saidBefore struct {
	by      map[truce.Digest]content
	edition source.Edition
}

// content is half a SHA-256 of a record, enough to tell a slip from a repetition.
type content [16]byte

// contentOf leaves aside when it became known and what it replaces.
func contentOf(r *truce.Record) content {
	c := *r
	c.Known, c.Replaces = 0, truce.Digest{}
	b, err := json.Marshal(c)
	if err != nil {
		panic("record: " + err.Error()) // plain values: a fault of this build
	}
	sum := sha256.Sum256(b)
	return content(sum[:16])
}

// Before reads from the record what a source said.
func (m *Mission) Before(as truce.SourceID, revises bool) (saidBefore, error) {
	out := saidBefore{map[truce.Digest]content{}, source.Edition{}}
	ins, err := m.intakes()
	if err != nil {
		return out, err
	}
	for i := range ins {
		revises = revises || ins[i].As() == as && ins[i].Revises
	}
	var said []truce.Record
	_, err = m.walk(func(r *truce.Record, _ int64) {
		switch {
		case r.Withdrawal != nil:
			if revises {
				said = append(said, *r)
			}
		case sourceOf(r) == as:
			if _, known := out.by[r.ID()]; !known {
				out.by[r.ID()] = contentOf(r)
			}
			if revises { // editions are held whole, and nothing else is
				said = append(said, *r)
			}
		}
	})
	if err != nil {
		return out, err
	}
	apply(out.edition, said)
	return out, nil
}

// sourceOf is whose word a record is; a decision is nobody's.
func sourceOf(r *truce.Record) truce.SourceID {
	switch {
	case r.Observation != nil:
		return r.Observation.Source
	case r.Tally != nil:
		return r.Tally.Source
	case r.Coverage != nil:
		return r.Coverage.Source
	case r.Notification != nil:
		return r.Notification.Source
	case r.Restriction != nil:
		return r.Restriction.Source
	}
	return ""
}

// taking counts what is read.
type taking struct {
	file string
	C    Counts

	Delicate int   // rows that are not for the public
	Fatal    error // ended the file
}

// take reports whether a record is to go into the record: it is new, a
// correction or a withdrawal. Refused rows are given to refuse.
func (n *taking) take(r truce.Record, err error, before *saidBefore, now map[truce.Digest]content, refuse func(*source.Refusal)) (goes bool) {
	n.C.Read++
	var refusal *source.Refusal
	var aside *source.SetAside
	switch {
	case errors.As(err, &refusal):
		n.C.Refused++
		refuse(refusal)
		return false
	case errors.As(err, &aside):
		n.C.SetAside[aside.Why]++
		return false
	case err != nil:
		n.C.Read--
		n.Fatal = errors.Join(n.Fatal, err)
		return false
	case r.Withdrawal != nil:
		n.C.Read--
		n.C.Withdrawn++
		return true
	}
	id := r.ID()
	old, known := before.by[id]
	first, again := now[id]
	says := contentOf(&r)
	switch {
	case again && first == says:
		n.C.Known++
	case again, known && old != says:
		n.C.Refused++
		refuse(&source.Refusal{File: n.file, Row: n.C.Read, Value: r.ID().String(), Why: "this source and key are known, and said something else",
			Hint: "if it is a later edition, use --revises"})
	case known:
		n.C.Known++
	case !r.Replaces.IsZero():
		n.C.Corrected++
		goes = true
	default:
		n.C.New++
		goes = true
	}
	if !again {
		now[id] = says
	}
	return goes
}

// rejects keeps refused rows whole, with the reason.
type rejects struct {
	name, file string
	out        *os.File
	w          *bufio.Writer
	err        error
}

func newRejects(dir string, in *Intake) *rejects {
	return &rejects{name: filepath.Join(dir, "rejects", fmt.Sprintf("%s-%s.jsonl", in.Evidence, in.Kind)), file: in.File}
}

func (r *rejects) add(x *source.Refusal) {
	if r.err != nil {
		return
	}
	if r.out == nil {
		if r.err = os.MkdirAll(filepath.Dir(r.name), 0o700); r.err != nil {
			return
		}
		if r.out, r.err = os.OpenFile(r.name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); r.err != nil {
			return
		}
		r.w = bufio.NewWriter(r.out)
	}
	line, err := json.Marshal(struct {
		File   string `json:"file"`
		Row    int    `json:"row"`
		Line   int    `json:"line,omitempty"`
		Column string `json:"column,omitempty"`
		Value  string `json:"value,omitempty"`
		Why    string `json:"why"`
		Hint   string `json:"hint,omitempty"`
		Raw    string `json:"raw,omitempty"`
		Bytes  []byte `json:"bytes,omitempty"` // instead of raw where it is not UTF-8
	}{x.File, x.Row, x.Line, x.Column, strings.ToValidUTF8(x.Value, "\uFFFD"), x.Why, x.Hint, text(x.Raw), rawBytes(x.Raw)})
	if err == nil {
		_, err = r.w.Write(append(line, '\n'))
	}
	r.err = err
}

func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return ""
}

func rawBytes(b []byte) []byte {
	if utf8.Valid(b) {
		return nil
	}
	return b
}

func (r *rejects) close() error {
	if r.out == nil {
		return r.err
	}
	if err := r.w.Flush(); r.err == nil {
		r.err = err
	}
	if err := r.out.Close(); r.err == nil {
		r.err = err
	}
	return r.err
}

// IngestFile reads a file into the record; kind is a name of source.Kinds. What
// came before an error is in, and the counts say how much.
func (m *Mission) IngestFile(kind, name string, fl IngestFlags) (Counts, error) {
	if m.elsewhere() && fl.Shelf != "public" {
		return Counts{}, Hint{errors.New("what is not public is not sent as a file"), "read it in on the mission's machine: truce ingest MISSION --shelf shared"}
	}
	in, err := m.intakeOf(kind, name, fl)
	if err != nil {
		return Counts{}, err
	}
	key, err := m.Key(fl.Key)
	if err != nil {
		return Counts{}, err
	}
	done, err := m.receive(in, name, fl.Shelf)
	if err != nil {
		return Counts{}, err
	}
	defer done()
	if err := m.delivery(in, key); err != nil {
		return Counts{}, err
	}
	before, err := m.Before(in.As(), in.Revises)
	if err != nil {
		return Counts{}, err
	}
	// Once to find out what it holds, and once more to put that into the record:
	// what stands first in the record says how much there was of what.
	there := m.named(in.Evidence)
	secret, err := m.idSecret()
	if err != nil {
		return Counts{}, err
	}
	y := &Sayer{Origin: m.Origin(), Shared: fl.Shelf == "shared", Secret: secret, Known: in.Known != "received"}
	n, err := m.Survey(in, &before, y)
	if err != nil {
		return n.C, err
	}
	if n.Delicate > 0 && !y.Shared {
		if !there {
			_ = os.Remove(m.Evidence.Path(in.Evidence)) // the file tells what its rows would not
		}
		return n.C, Hint{fmt.Errorf("%s: %s would tell an observer's post or a force's position, and so would the file; nothing is taken in", in.File, Plural(n.Delicate, "row")),
			"ingest it with --shelf shared, on the mission's machine: it goes to all parties after the agreement's delay"}
	}
	if n.Fatal != nil { // what came before it stays good
		err = n.Fatal
		in.Cut = true
		if n.C.New+n.C.Corrected > 0 {
			err = Hint{n.Fatal, "what was read before it is in; mend the rest and ingest the file again"}
		}
	}
	if in.Whole && (n.Fatal != nil || n.C.Refused > 0) {
		return n.C, Hint{fmt.Errorf("%s: not the whole edition: %d rows were refused, or its end could not be read; nothing is taken in", in.File, n.C.Refused),
			"without --whole, nothing is withdrawn"}
	}
	if n.C.New+n.C.Corrected+n.C.Withdrawn == 0 {
		return n.C, err // nothing to remember
	}
	in.Counts = n.C
	if err := m.upload(in); err != nil {
		return Counts{}, err
	}
	if perr := m.Pour(in, key, &before, y); perr != nil {
		return Counts{}, Advise(perr) // how much of it was written, the next run says
	}
	m.Seen = nil
	return n.C, err
}

// intakeOf is what is noted of a file.
func (m *Mission) intakeOf(kind, name string, fl IngestFlags) (*Intake, error) {
	in := &Intake{Received: truce.InstantOf(m.Now()), Known: fl.Known, Kind: kind, File: filepath.Base(name), Source: truce.SourceID(fl.As),
		Encoding: fl.Encoding, Timezone: fl.Timezone, Zone: fl.Zone, Vintage: fl.Vintage, Revises: fl.Revises, Whole: fl.Whole}
	if _, err := in.known(); err != nil {
		return nil, Hint{fmt.Errorf("--known %q: %w", fl.Known, err), "want received, reported or a time such as 2025-08-22T12:00:00Z"}
	}
	if fl.Vintage < 0 || fl.Vintage > math.MaxInt32 {
		return nil, fmt.Errorf("--vintage %d: want the number of an edition, from 0 to %d", fl.Vintage, math.MaxInt32)
	}
	if fl.Whole && !fl.Revises {
		return nil, errors.New("--whole goes with --revises")
	}
	k, err := source.Find(kind)
	if err != nil {
		return nil, err
	}
	if needs := slices.Contains([]string{"csv", "jsonl", "geojson"}, k.Name); needs != (fl.Mapping != "") {
		return nil, Hint{fmt.Errorf("kind %s: --mapping is needed for csv, jsonl and geojson, and only for them", k.Name), "doc/sources.md shows a mapping"}
	}
	if fl.Mapping == "" {
		return in, m.listed(in.As(), fl.NewSource)
	}
	text, err := os.ReadFile(fl.Mapping)
	if err != nil {
		return nil, err
	}
	mp, err := source.ParseMapping(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fl.Mapping, err)
	}
	if in.Source == "" {
		in.Source = truce.SourceID(mp.Source)
	}
	if err := m.listed(in.As(), fl.NewSource); err != nil {
		return nil, err
	}
	if fl.Shelf == "public" {
		in.Mapping, _, err = m.Evidence.Put(strings.NewReader(string(text)))
	} else {
		in.Mapping = sha256.Sum256(text)
		err = m.ShelvePiece(in.Mapping, text)
	}
	return in, err
}

// sound rejects a row that the record would not admit.
func (m *Mission) sound(in *Intake, y *Sayer, r truce.Record) (truce.Record, error) {
	if o := ledger.CheckRecord(&r, in.Received, y.keeps(&r)); o != nil {
		return r, &source.Refusal{File: in.File, Value: r.ID().String(), Why: o.Why}
	}
	return r, nil
}

// listed returns an error if the agreement does not list a source. A source that
// is not listed counts as a publisher of its own, so a slip in its name would
// let one publisher confirm itself.
func (m *Mission) listed(id truce.SourceID, allowed bool) error {
	if _, ok := m.Agreement.Sources[id]; ok || allowed {
		return nil
	}
	names := sourceNames(m.Agreement)
	list := "the agreement lists no sources"
	suggest := ""
	if len(names) > 0 {
		list = "the agreement lists " + strings.Join(names, ", ")
		if suggest = truce.Suggest(string(id), names); strings.HasPrefix(suggest, "; there is") {
			suggest = "" // the list follows
		}
	}
	return Hint{fmt.Errorf("the agreement does not list the source %q%s", id, suggest),
		list + "; name the source with --as or in the mapping, or use --new-source: a source that is not listed counts as a publisher of its own, and two publishers can confirm each other"}
}

// Survey reads a file and counts; refused rows are kept.
func (m *Mission) Survey(in *Intake, before *saidBefore, y *Sayer) (taking, error) {
	n := taking{file: in.File, C: Counts{SetAside: map[string]int{}}}
	rejects := newRejects(m.Dir, in)
	now := map[truce.Digest]content{}
	err := m.parse(in, before.edition, func(done int64) { m.Progress.Read("reading "+in.File, done, max(in.Size, done)) }, func(r truce.Record, err error) bool {
		if err == nil {
			if Delicate(&r) {
				n.Delicate++
			}
			r, err = m.sound(in, y, y.keyed(r, before))
		}
		n.take(r, err, before, now, rejects.add)
		return true
	})
	m.Progress.Done()
	if cerr := rejects.close(); err == nil {
		err = cerr
	}
	return n, err
}

// sourceNames are the sources that an agreement lists, in order.
func sourceNames(a *truce.Agreement) (out []string) {
	for id := range a.Sources {
		out = append(out, string(id))
	}
	slices.Sort(out)
	return out
}
