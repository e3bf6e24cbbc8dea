package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/source"
	"github.com/spf13/cobra"
)

type ingestFlags struct {
	kind, as, mapping, encoding, timezone, zone, known string
	vintage                                            int
	revises, whole                                     bool
	key, shelf                                         string
	format                                             string
}

func (c command) ingest() *cobra.Command {
	var fl ingestFlags
	cmd := &cobra.Command{
		Use:   "ingest MISSION --source KIND FILE...",
		Short: "Read files of a source into a mission",
		Long: `Ingest reads files strictly: plain, gzip or zip. What it prints: rows read, new,
already known, set aside (understood, and no record), refused. Refused rows are
kept whole, with the reason, in MISSION/rejects/. Each record becomes a signed
entry; the file itself lies beside them, by its SHA-256. What would give away an
observer's post or a force's position starts on the shared shelf by itself.
Reading a file twice changes nothing; a run that was cut short goes on where it
stopped when it is repeated. Exit 1 if rows were
refused; the good ones are in.

Kinds:
` + kindsText(),
		Example: `  truce ingest field --source viina viina_incidents_202508.csv
  truce ingest field --source airforce-ua missile_attacks_daily.csv.gz
  truce ingest field --source csv patrols.csv --mapping patrols.yaml
  truce ingest field --source ucdp-ged vintage2022.csv --vintage 2 --revises`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", fl.format, "table", "json"); err != nil {
				return err
			}
			if err := oneOf("shelf", fl.shelf, "public", "shared"); err != nil {
				return err
			}
			m, done, err := c.writing(args[0])
			if err != nil {
				return err
			}
			defer done()
			refused := 0
			for _, name := range args[1:] {
				n, err := c.ingestFile(m, fl.kind, name, fl)
				refused += n.Refused
				if err != nil && n.Read == 0 {
					return err
				}
				if werr := c.ingested(name, n, fl.format); werr != nil {
					return werr
				}
				if n.Refused > 0 && fl.format == "table" {
					fmt.Fprintf(c.out, "  refused rows, each with its reason: %s\n", filepath.Join(m.dir, "rejects"))
				}
				if err != nil {
					return err
				}
			}
			if refused > 0 {
				return exit(exitNo)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&fl.kind, "source", "", "the kind of source, one of those above")
	_ = cmd.MarkFlagRequired("source")
	f.StringVar(&fl.as, "as", "", "who says it, as the agreement names it (default: the mapping's source, or the kind)")
	f.StringVar(&fl.mapping, "mapping", "", "what the columns mean, for csv, jsonl and geojson")
	f.StringVar(&fl.encoding, "encoding", "", "utf-8 (default), cp1252, cp1251 or latin1")
	f.StringVar(&fl.timezone, "timezone", "", "zone of local times (default: the publisher's)")
	f.StringVar(&fl.zone, "zone", "", "firms: the zone its coverage is about")
	f.StringVar(&fl.known, "known", "received", "when its records are known from: received (now), reported (for rehearsals), or a time")
	f.IntVar(&fl.vintage, "vintage", 0, "ucdp-ged: number of the edition")
	f.BoolVar(&fl.revises, "revises", false, "a later edition of what this source said before: differences are corrections")
	f.BoolVar(&fl.whole, "whole", false, "with --revises: what it does not have any more is withdrawn")
	f.StringVar(&fl.shelf, "shelf", "public", "public, or shared: released to both parties together, after the agreement's delay")
	f.StringVar(&fl.key, "sign", "intake", "the key that signs for what was read: a file, or a name")
	f.StringVar(&fl.format, "format", "table", "table or json")
	return cmd
}

func kindsText() string {
	var b strings.Builder
	for _, k := range source.Kinds {
		fmt.Fprintf(&b, "  %-12s %s\n", k.Name, k.Doc)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (c command) ingested(name string, n counts, format string) error {
	if format == "json" {
		return json.NewEncoder(c.out).Encode(struct {
			File string `json:"file"`
			counts
		}{name, n})
	}
	fmt.Fprintf(c.out, "%s: %d read, %d new, %d already known, %d refused", filepath.Base(name), n.Read, n.New, n.Known, n.Refused)
	if n.Corrected+n.Withdrawn > 0 {
		fmt.Fprintf(c.out, ", %d corrected, %d withdrawn", n.Corrected, n.Withdrawn)
	}
	fmt.Fprintln(c.out)
	var why []string
	for w := range n.SetAside {
		why = append(why, w)
	}
	sort.Strings(why)
	for _, w := range why {
		fmt.Fprintf(c.out, "  set aside: %6d %s\n", n.SetAside[w], w)
	}
	return nil
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

// before reads from the record what a source said.
func (m *mission) before(as truce.SourceID, revises bool, b *bar) (saidBefore, error) {
	out := saidBefore{map[truce.Digest]content{}, source.Edition{}}
	ins, err := m.intakes()
	if err != nil {
		return out, err
	}
	for i := range ins {
		revises = revises || ins[i].as() == as && ins[i].Revises
	}
	var said []truce.Record
	_, err = m.walk(b, func(r *truce.Record, _ int64) {
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
	c    counts

	delicate int   // rows that are not for the public
	fatal    error // ended the file
}

// take reports whether a record is to go into the record: it is new, a
// correction or a withdrawal. Refused rows are given to refuse.
func (n *taking) take(r truce.Record, err error, before *saidBefore, now map[truce.Digest]content, refuse func(*source.Refusal)) (goes bool) {
	n.c.Read++
	var refusal *source.Refusal
	var aside *source.SetAside
	switch {
	case errors.As(err, &refusal):
		n.c.Refused++
		refuse(refusal)
		return false
	case errors.As(err, &aside):
		n.c.SetAside[aside.Why]++
		return false
	case err != nil:
		n.c.Read--
		n.fatal = errors.Join(n.fatal, err)
		return false
	case r.Withdrawal != nil:
		n.c.Read--
		n.c.Withdrawn++
		return true
	}
	id := r.ID()
	old, known := before.by[id]
	first, again := now[id]
	says := contentOf(&r)
	switch {
	case again && first == says:
		n.c.Known++
	case again, known && old != says:
		n.c.Refused++
		refuse(&source.Refusal{File: n.file, Row: n.c.Read, Value: r.ID().String(), Why: "this source and key are known, and said something else",
			Hint: "if it is a later edition, use --revises"})
	case known:
		n.c.Known++
	case !r.Replaces.IsZero():
		n.c.Corrected++
		goes = true
	default:
		n.c.New++
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

func newRejects(dir string, in *intake) *rejects {
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
	}{x.File, x.Row, x.Line, x.Column, strings.ToValidUTF8(x.Value, "\uFFFD"), x.Why, x.Hint, text(x.Raw), binary(x.Raw)})
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

func binary(b []byte) []byte {
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

func (c command) ingestFile(m *mission, kind, name string, fl ingestFlags) (counts, error) {
	in, err := c.intakeOf(m, kind, name, fl)
	if err != nil {
		return counts{}, err
	}
	key, err := m.key(fl.key)
	if err != nil {
		return counts{}, err
	}
	done, err := m.receive(in, name, fl.shelf)
	if err != nil {
		return counts{}, err
	}
	defer done()
	bar := c.bar()
	before, err := m.before(in.as(), in.Revises, bar)
	if err != nil {
		return counts{}, err
	}
	// Once to find out what it holds, and once more to put that into the record:
	// what stands first in the record says how much there was of what.
	there := m.named(in.Evidence)
	secret, err := m.secret()
	if err != nil {
		return counts{}, err
	}
	y := &sayer{origin: m.origin(), shared: fl.shelf == "shared", secret: secret, known: in.Known != "received"}
	n, err := m.survey(in, &before, y, bar)
	if err != nil {
		return n.c, err
	}
	if n.delicate > 0 && !y.shared {
		if !there {
			_ = os.Remove(m.evidence.Path(in.Evidence)) // the file tells what its rows would not
		}
		return n.c, hint{fmt.Errorf("%s: %s would tell an observer's post or a force's position, and so would the file; nothing is taken in", in.File, plural(n.delicate, "row")),
			"ingest it with --shelf shared: it goes to all parties after the agreement's delay"}
	}
	if n.fatal != nil { // what came before it stays good
		err = n.fatal
		in.Cut = true
		if n.c.New+n.c.Corrected > 0 {
			err = hint{n.fatal, "what was read before it is in; mend the rest and ingest the file again"}
		}
	}
	if in.Whole && (n.fatal != nil || n.c.Refused > 0) {
		return n.c, hint{fmt.Errorf("%s: not the whole edition: %d rows were refused, or its end could not be read; nothing is taken in", in.File, n.c.Refused),
			"without --whole, nothing is withdrawn"}
	}
	if n.c.New+n.c.Corrected+n.c.Withdrawn == 0 {
		return n.c, err // nothing to remember
	}
	in.Counts = n.c
	if perr := c.pour(m, in, key, &before, y, bar); perr != nil {
		return n.c, advise(perr)
	}
	m.seen = nil
	return n.c, err
}

// intakeOf is what is noted of a file.
func (c command) intakeOf(m *mission, kind, name string, fl ingestFlags) (*intake, error) {
	in := &intake{Received: truce.InstantOf(c.now()), Known: fl.known, Kind: kind, File: filepath.Base(name), Source: truce.SourceID(fl.as),
		Encoding: fl.encoding, Timezone: fl.timezone, Zone: fl.zone, Vintage: fl.vintage, Revises: fl.revises, Whole: fl.whole}
	if _, err := in.known(); err != nil {
		return nil, hint{fmt.Errorf("--known %q: %w", fl.known, err), "want received, reported or a time such as 2025-08-22T12:00:00Z"}
	}
	if fl.whole && !fl.revises {
		return nil, errors.New("--whole goes with --revises")
	}
	k, err := source.Find(kind)
	if err != nil {
		return nil, err
	}
	if needs := slices.Contains([]string{"csv", "jsonl", "geojson"}, k.Name); needs != (fl.mapping != "") {
		return nil, hint{fmt.Errorf("kind %s: --mapping is needed for csv, jsonl and geojson, and only for them", k.Name), "doc/sources.md shows a mapping"}
	}
	if fl.mapping == "" {
		return in, nil
	}
	text, err := os.ReadFile(fl.mapping)
	if err != nil {
		return nil, err
	}
	mp, err := source.ParseMapping(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fl.mapping, err)
	}
	if in.Source == "" {
		in.Source = truce.SourceID(mp.Source)
	}
	if fl.shelf == "public" {
		in.Mapping, _, err = m.evidence.Put(strings.NewReader(string(text)))
	} else {
		in.Mapping = sha256.Sum256(text)
		err = m.shelvePiece(in.Mapping, text)
	}
	return in, err
}

// survey reads a file and counts; refused rows are kept.
func (m *mission) survey(in *intake, before *saidBefore, y *sayer, bar *bar) (taking, error) {
	n := taking{file: in.File, c: counts{SetAside: map[string]int{}}}
	rejects := newRejects(m.dir, in)
	now := map[truce.Digest]content{}
	err := m.parse(in, before.edition, func(done int64) { bar.read("reading "+in.File, done, max(in.size, done)) }, func(r truce.Record, err error) bool {
		if err == nil {
			if delicate(&r) {
				n.delicate++
			}
			r = y.keyed(r, before)
		}
		n.take(r, err, before, now, rejects.add)
		return true
	})
	bar.done()
	if cerr := rejects.close(); err == nil {
		err = cerr
	}
	return n, err
}
