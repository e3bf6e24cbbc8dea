package intake

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/rejects"
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
	Name                                               string // what people call the file; empty: the last part of its path
}

// saidBefore is what one source said so far: a digest of the content by ID, and the
// whole edition if a later one is compared with it.
type saidBefore struct {
	by      map[truce.Digest]content
	edition *source.Edition
	decided []*truce.Decision // all of the record, of whomever
}

// content is what tells a slip from a repetition.
type content = source.Content

var contentOf = source.ContentOf

// Before reads from the record what a source said.
func (m *Writer) Before(as truce.SourceID, revises bool) (saidBefore, error) {
	out := saidBefore{by: map[truce.Digest]content{}, edition: source.NewEdition()}
	ins, err := m.Intakes()
	if err != nil {
		return out, err
	}
	for i := range ins {
		revises = revises || ins[i].As() == as && ins[i].Revises
	}
	_, err = m.Walk(func(r *truce.Item, _ int64) {
		switch {
		case r.Decision != nil:
			d := *r.Decision
			out.decided = append(out.decided, &d)
		case r.Withdrawal != nil:
			if revises {
				out.edition.Add(*r)
			}
		case sourceOf(r) == as:
			if _, known := out.by[r.ID()]; !known {
				out.by[r.ID()] = contentOf(r)
			}
			if revises { // editions are held whole, and nothing else is
				out.edition.Add(*r)
			}
		}
	})
	return out, err
}

// sourceOf is whose file a record was read from; a decision is nobody's.
func sourceOf(r *truce.Item) truce.SourceID {
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
	C    mission.Counts

	Delicate int    // rows that are not for the public
	Fatal    error  // ended the file
	advice   string // on a row that is too large
	hidden   int    // of Delicate: rejected for that reason
	public   int64  // the entry that made the file public before; 0: it is not public

	reasons source.Reasons
	remarks []Remarked
	actors  map[truce.PartyID]int // rows, by a name that the agreement does not have
	row     source.Row            // that is being read
	refused source.Row            // the last that was rejected: a row may make several records
	unread  int                   // reports in the rows that were rejected
	early   source.Row            // the last of which it was said that it is too early
}

func (m *Writer) newTaking(in *mission.Intake) *taking {
	return &taking{file: in.File, C: mission.Counts{SetAside: map[string]int{}}, actors: map[truce.PartyID]int{}}
}

// A Remarked is a remark about a file, with how many rows it is about.
type Remarked struct {
	What   string `json:"what"`
	Rows   int    `json:"rows,omitempty"` // 0: the file as a whole
	Row    int    `json:"row,omitempty"`  // the first
	Line   int    `json:"line,omitempty"`
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"`
	More   string `json:"more,omitempty"`
}

// OfZone reports whether it says which zone local times were taken for.
func (r Remarked) OfZone() bool { return r.What == source.RemarkZone }

// next hears of the next row.
func (n *taking) next(r source.Row) {
	n.C.Read++
	n.row = r
}

// remark adds up remarks that say the same.
func (n *taking) remark(r source.Remark) {
	rows := r.Rows
	if r.Row > 0 {
		rows = max(1, rows)
	}
	if r.What == source.RemarkEarly {
		n.early = n.row
	}
	for i := range n.remarks {
		if n.remarks[i].What == r.What {
			n.remarks[i].Rows += rows
			return
		}
	}
	n.remarks = append(n.remarks, Remarked{r.What, rows, r.Row, r.Line, r.Column, r.Value, r.More})
}

// same reports whether two rows are one row of one file.
func same(a, b source.Row) bool { return a.N == b.N && a.File == b.File }

// reject counts a row once, and gives it to those who keep it with all that is known
// of it.
func (n *taking) reject(x *source.Refusal, r *truce.Item, refuse func(*source.Refusal)) {
	if !same(n.refused, n.row) || n.row.N == 0 {
		n.C.Refused++
	}
	n.refused = n.row
	n.unread++
	if x.Row == 0 {
		x.File, x.Row, x.Line, x.Raw = n.row.File, n.row.N, n.row.Line, bytes.Clone(n.row.Raw)
	}
	if x.File == "" {
		x.File = n.file
	}
	switch {
	case r.Observation != nil:
		x.Key, x.When = r.Observation.Key, r.Observation.Occurred
	case r.Tally != nil:
		x.Key, x.When = r.Tally.Key, r.Tally.Period
	}
	n.reasons.Add(x)
	refuse(x)
}

// take reports whether a record is to go into the record: it is new, a
// correction or a withdrawal. Rejected rows are given to refuse.
func (n *taking) take(r truce.Item, err error, before *saidBefore, now map[truce.Digest]content, refuse func(*source.Refusal)) (goes bool) {
	var refusal *source.Refusal
	var aside *source.SetAside
	switch {
	case errors.As(err, &refusal):
		n.reject(refusal, &r, refuse)
		return false
	case errors.As(err, &aside):
		n.C.SetAside[aside.Why]++
		return false
	case err != nil:
		n.Fatal = errors.Join(n.Fatal, err)
		return false
	case r.Withdrawal != nil:
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
		hint := "if it is a later edition, use --revises: repeat the command with it, and the differences become corrections"
		if again && !known {
			hint = source.HintTwice
		}
		n.reject(&source.Refusal{Value: r.ID().String(), Why: rejects.WhyKnown, Hint: hint}, &r, refuse)
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

// MostWhy is how many reasons for rejected rows are told.
const MostWhy = 3

// nothing is what is said of a file of which nothing was taken in.
func (n *taking) nothing() Ingested {
	n.C.New, n.C.Corrected, n.C.Withdrawn = 0, 0, 0
	return n.told()
}

func (n *taking) told() Ingested {
	out := Ingested{Counts: n.C, Unread: n.unread, Why: n.reasons.Most(MostWhy), Remarks: n.remarks, Delicate: n.hidden, Advice: n.advice, Public: n.public}
	if len(n.actors) > 0 {
		out.Unnamed = n.actors
	}
	return out
}

// Ingested says what became of a file. The counts are those of its entry in the record.
type Ingested struct {
	mission.Counts
	// Unread is how many reports in the rejected rows could not be read: a row that makes several
	// is counted once as rejected.
	Unread  int               `json:"rejected_reports,omitempty"`
	Why     []source.Rejected `json:"rejected_because,omitempty"` // the reasons that rejected most rows, MostWhy at most
	Remarks []Remarked        `json:"remarks,omitempty"`
	// Unnamed are those who are said to have acted and whom the agreement does not name,
	// with the number of rows.
	Unnamed  map[truce.PartyID]int `json:"unnamed_actors,omitempty"`
	Delicate int                   `json:"position_rows,omitempty"` // rejected, since they would give away a position or a post
	Advice   string                `json:"too_large,omitempty"`     // on a row that does not fit an entry
	// Public is the entry that named the same file in public before it was read for the shared
	// shelf; 0: there is none.
	Public int64 `json:"public_in_entry,omitempty"`
}

// IngestFile reads a file into the record; kind is a name of source.Kinds. What
// came before an error is in, and the counts say how much.
func (m *Writer) IngestFile(kind, name string, fl IngestFlags) (Ingested, error) {
	if m.elsewhere() && fl.Shelf != "public" {
		return Ingested{}, mission.Hinted(errors.New("what is not public is not sent as a file"), "read it in on the mission's machine: truce ingest MISSION --shelf shared")
	}
	in, err := m.intakeOf(kind, name, fl)
	if err != nil {
		return Ingested{}, err
	}
	key, err := m.Key(fl.Key)
	if err != nil {
		return Ingested{}, err
	}
	done, err := m.receive(in, name, fl.Shelf)
	if err != nil {
		return Ingested{}, err
	}
	defer func() { done() }()
	if err := m.delivery(in, key); err != nil {
		return Ingested{}, err
	}
	before, err := m.Before(in.As(), in.Revises)
	if err != nil {
		return Ingested{}, err
	}
	// Once to find out what it holds, and once more to put that into the record:
	// what stands first in the record says how much there was of what.
	public, there := m.named(in.Evidence)
	secret, err := m.idSecret()
	if err != nil {
		return Ingested{}, err
	}
	y := &Sayer{Origin: m.Origin(), Shared: fl.Shelf == "shared", Secret: secret, Known: in.Known != "received", Store: m.Evidence}
	n, err := m.Survey(in, &before, y)
	if y.Shared && there {
		n.public = public
	}
	if err != nil {
		return n.nothing(), err
	}
	if errors.Is(n.Fatal, source.ErrAbsent) { // each row lacks what the mapping promises
		if !there && !y.Shared {
			_ = os.Remove(m.Evidence.Path(in.Evidence))
		}
		return n.nothing(), n.Fatal
	}
	if n.C.New > 0 {
		if err := m.again(in, &before); err != nil {
			return n.nothing(), err
		}
	}
	if n.Delicate > 0 && !y.Shared && !there {
		// The file tells what these rows would not.
		if m.elsewhere() || n.C.New+n.C.Corrected+n.C.Withdrawn == 0 {
			_ = os.Remove(m.Evidence.Path(in.Evidence))
			what := "ingest it with --shelf shared, on the mission's machine: it goes to all parties after the agreement's delay"
			if n.advice != "" {
				what += "; but " + n.advice
			}
			return n.nothing(), mission.Hinted(fmt.Errorf("%s: %s would tell an observer's post or a force's position, and so would the file; nothing is taken in", in.File, mission.Plural(n.Delicate, "row")), what)
		}
		if err := os.Remove(m.Evidence.Path(in.Evidence)); err != nil {
			return n.nothing(), err
		}
		if done, err = m.receive(in, name, "shared"); err != nil {
			return n.nothing(), err
		}
		y.Closed = true
	}
	if n.Fatal != nil { // what came before it stays good
		err = n.Fatal
		in.Cut = true
		if n.C.New+n.C.Corrected > 0 {
			err = mission.Hinted(n.Fatal, "what was read before it is in; mend the rest and ingest the file again")
		}
	}
	if in.Whole && (n.Fatal != nil || n.C.Refused > 0) {
		return n.nothing(), mission.Hinted(fmt.Errorf("%s: not the whole edition: %d rows were rejected, or its end could not be read; nothing is taken in", in.File, n.C.Refused),
			"without --whole, nothing is withdrawn")
	}
	if n.C.New+n.C.Corrected+n.C.Withdrawn == 0 {
		return n.told(), err // nothing to remember
	}
	in.Counts = n.C
	if err := m.upload(in); err != nil {
		return Ingested{}, err
	}
	if perr := m.Pour(in, key, &before, y); perr != nil {
		return Ingested{}, Advise(perr) // how much of it was written, the next run says
	}
	m.Refresh()
	return n.told(), err
}

// chat returns an error if a file is a chat that is not read, with the names of private persons: no
// byte of it may be kept.
func chat(name, called string, mp *source.Mapping) error {
	entries, err := source.Open(name)
	if err != nil {
		return nil // whoever reads the file says so
	}
	for _, e := range entries {
		if err := e.Chat(mp); errors.Is(err, source.ErrChat) {
			return fmt.Errorf("%s is %w; nothing of the file was kept", called, err)
		}
	}
	return nil
}

// Check says how a file of a kind is read by flags, before anything of it is: by which
// mapping (nil: none), and as which source ("": the kind). It fails where the flags or the
// mapping are wrong, and where the agreement does not list the source.
func (fl *IngestFlags) Check(a *truce.Agreement, kind, name string) (k source.Kind, mp *source.Mapping, as truce.SourceID, err error) {
	if _, err := (&mission.Intake{Known: fl.Known}).KnownFrom(); err != nil {
		return k, nil, "", mission.Hinted(fmt.Errorf("--known %q: %w", fl.Known, err), "want received, reported or a time such as 2025-08-22T12:00:00Z")
	}
	if fl.Vintage < 0 || fl.Vintage > math.MaxInt32 {
		return k, nil, "", fmt.Errorf("--vintage %d: want the number of an edition, from 0 to %d", fl.Vintage, math.MaxInt32)
	}
	if fl.Whole && !fl.Revises {
		return k, nil, "", errors.New("--whole goes with --revises")
	}
	if k, err = source.Find(kind); err != nil {
		return k, nil, "", err
	}
	switch {
	case k.Mapped && fl.Mapping == "":
		return k, nil, "", mission.Hinted(fmt.Errorf("kind %s: --mapping FILE must say what the columns mean", k.Name), "truce map FILE --save NAME.yaml proposes one; doc/sources.md explains it")
	case !k.Mapped && k.Base == "" && !k.MayMap && fl.Mapping != "":
		return k, nil, "", mission.Hinted(fmt.Errorf("kind %s: it knows its columns, and --mapping is not read", k.Name), "leave --mapping out, or use --source table")
	}
	as = cmp.Or(truce.SourceID(fl.As), k.As)
	if fl.Mapping != "" || k.Base != "" {
		var text []byte
		if fl.Mapping != "" {
			if text, err = os.ReadFile(fl.Mapping); err != nil {
				return k, nil, "", err
			}
		}
		if mp, err = k.Mapping(text); err != nil {
			return k, nil, "", fmt.Errorf("%s: %w", cmp.Or(fl.Mapping, "mapping "+k.Name), err)
		}
		as = cmp.Or(as, mp.Named())
	}
	if mp != nil && mp.TellsPosts() && fl.Shelf != "shared" {
		return k, nil, "", mission.Hinted(fmt.Errorf("%s: %w", filepath.Base(cmp.Or(fl.Name, name)), ErrPosts), hintPosts)
	}
	return k, mp, as, listed(a, cmp.Or(as, truce.SourceID(kind)), fl.NewSource)
}

// ErrPosts is why a file whose mapping leads from observers to what they saw is not taken in
// public: the whole file is kept, and whoever reads it learns where they stand.
var ErrPosts = errors.New("the mapping has bearing and distance, or sighting, so the file tells where observers stand; it is not read into the public record, and nothing was kept")

const hintPosts = "use --shelf shared, on the mission's machine: the file then goes to all parties after the agreement's delay"

// postsIn returns ErrPosts if the mapping with a digest, which is beside the record, leads from
// observers to what they saw. One that is not there yet, or is not a mapping, does not.
func (m *Writer) postsIn(mapping truce.Digest) error {
	if mapping.IsZero() || m.Evidence.Check(mapping) != nil {
		return nil
	}
	text, err := os.ReadFile(m.Evidence.Path(mapping))
	if err != nil {
		return err
	}
	mp, err := source.ParseMapping(text)
	if err != nil || !mp.TellsPosts() {
		return nil
	}
	return ErrPosts
}

// Telling returns ErrPosts if a delivery is of a file that tells where observers stand. What came
// of it so far is then removed, unless the record names it.
func (m *Writer) Telling(d *Delivery) error {
	if len(d.Digests) < 2 {
		return nil
	}
	err := m.postsIn(d.Digests[1])
	if !errors.Is(err, ErrPosts) {
		return err
	}
	for _, sum := range d.Digests {
		if _, there := m.named(sum); !there {
			_ = os.Remove(m.Evidence.Path(sum))
		}
	}
	return mission.Hinted(err, hintPosts)
}

// intakeOf is what is noted of a file.
func (m *Writer) intakeOf(kind, name string, fl IngestFlags) (*mission.Intake, error) {
	k, mp, as, err := fl.Check(m.Agreement, kind, name)
	if err != nil {
		return nil, err
	}
	if k.Mapped || k.Base != "" {
		if err := chat(name, filepath.Base(cmp.Or(fl.Name, name)), mp); err != nil {
			return nil, err
		}
	}
	in := &mission.Intake{Received: truce.InstantOf(m.Now()), Known: fl.Known, Kind: kind, File: filepath.Base(cmp.Or(fl.Name, name)), Source: as,
		Encoding: fl.Encoding, Timezone: fl.Timezone, Zone: fl.Zone, Vintage: fl.Vintage, Revises: fl.Revises, Whole: fl.Whole}
	if mp == nil {
		return in, nil
	}
	text := mp.Whole() // a later edition of this program may ship another base
	if fl.Shelf == "public" {
		in.Mapping, _, err = m.Evidence.Put(strings.NewReader(string(text)))
	} else {
		in.Mapping = sha256.Sum256(text)
		err = m.ShelvePiece(in.Mapping, text)
	}
	return in, err
}

const (
	whyDelicate  = "the row would tell an observer's post or a force's position"
	hintDelicate = "ingest the file with --shelf shared, on the mission's machine: these rows then go to all parties after the agreement's delay, and the others are already known"
)

// sound rejects a row that the record would not admit, and one that would give away a
// position or a post in public.
func (m *Writer) sound(in *mission.Intake, y *Sayer, before *saidBefore, n *taking, r truce.Item) (truce.Item, error) {
	large := m.tooLarge(&r, n.row)
	if Delicate(&r) {
		n.Delicate++
		if !y.Shared {
			n.hidden++
			x := &source.Refusal{Why: whyDelicate, Hint: hintDelicate}
			if large != nil {
				n.advice = large.Why + "; " + large.Hint
				x.Hint = "first " + large.Hint + ", since " + large.Why + "; then " + x.Hint
			}
			return r, x
		}
	}
	if large != nil {
		n.advice = large.Why + "; " + large.Hint
		return r, large
	}
	r = y.keyed(r, before)
	if o := ledger.CheckItem(&r, in.Received, y.keeps(&r)); o != nil {
		return r, &source.Refusal{Value: r.ID().String(), Why: o.Why}
	}
	return r, nil
}

// tooLarge rejects a record that the record of the mission cannot take, and says what to
// do; nil: it can. A shape that does not fit an entry lies beside the record, but only
// where the mission is.
func (m *Writer) tooLarge(r *truce.Item, row source.Row) *source.Refusal {
	shape := shapeOf(r)
	n := 0
	if shape != nil {
		n = shape.Corners()
	}
	if len(row.Raw) < mostContent/8 && n < 500 { // it cannot become so large
		return nil
	}
	size := sizeOf(r)
	if size <= mostContent {
		return nil
	}
	if n < 500 {
		return &source.Refusal{Why: fmt.Sprintf("it makes an entry of %d bytes, and an entry has %d at most", size, mostContent), Hint: "shorten its texts"}
	}
	whole := *shape
	defer func() { *shape = whole }()
	*shape = nil
	if rest := sizeOf(r); rest > mostContent {
		return &source.Refusal{Why: fmt.Sprintf("without its shape it makes an entry of %d bytes, and an entry has %d at most", rest, mostContent), Hint: "shorten its texts"}
	}
	x := &source.Refusal{}
	fits := func() bool { return shape.Corners() <= mission.MostCorners }
	switch {
	case n > mission.MostCorners:
		x.Why = fmt.Sprintf("its shape has %d corners, and a shape has %d at most", n, mission.MostCorners)
	case m.elsewhere():
		x.Why = fmt.Sprintf("its shape has %d corners and makes an entry of %d bytes; an entry has %d at most, and a larger shape is kept beside the record only if it is read in on the mission's machine", n, size, mostContent)
		fits = func() bool { return sizeOf(r) <= mostContent*95/100 }
	default:
		return nil
	}
	for _, metres := range []float64{1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000} {
		if *shape = whole.Simplify(metres); len(*shape) > 0 && fits() {
			x.Hint = fmt.Sprintf("simplify it to %.0f m: mapshaper %s -simplify dp interval=%.0f keep-shapes -o simple.geojson", metres, filepath.Base(row.File), metres)
			return x
		}
	}
	x.Hint = "split its shape into several rows"
	return x
}

// shapeOf is the area that a record is of, if it has one, to be read or set.
func shapeOf(r *truce.Item) *geo.MultiPolygon {
	if p := r.Place(); p != nil && len(p.Shape) > 0 {
		return &p.Shape
	}
	return nil
}

// sizeOf is the length of an item inside an entry, without what the entry adds.
func sizeOf(r *truce.Item) int {
	b, err := json.Marshal(r)
	if err != nil {
		return 0 // the record says so later
	}
	return len(b)
}

// listed returns an error if the agreement does not list a source. A source that
// is not listed counts as a publisher of its own, so a slip in its name would
// let one publisher confirm itself.
func listed(a *truce.Agreement, id truce.SourceID, allowed bool) error {
	if _, ok := a.Sources[id]; ok || allowed {
		return nil
	}
	names := sourceNames(a)
	list := "the agreement lists no sources"
	suggest := ""
	if len(names) > 0 {
		list = "the agreement lists " + strings.Join(names, ", ")
		if suggest = truce.Suggest(string(id), names); strings.HasPrefix(suggest, "; there is") {
			suggest = "" // the list follows
		}
	}
	return mission.Hinted(fmt.Errorf("the agreement does not list the source %q%s", id, suggest),
		list+"; name the source with --source-name or in the mapping, or use --new-source: a source that is not listed counts as a publisher of its own, and two publishers can confirm each other")
}

// Survey reads a file and counts; rejected rows are kept.
func (m *Writer) Survey(in *mission.Intake, before *saidBefore, y *Sayer) (*taking, error) {
	n := m.newTaking(in)
	out := rejects.New(m.Dir, in.Kind, rejects.About{Source: in.As(), Evidence: in.Evidence})
	now := map[truce.Digest]content{}
	times := appliesTo(m.Agreement, before.decided)
	err := m.parse(in, before.edition, hearing{
		progress: func(done int64) { m.Progress.Read("reading "+in.File, done, max(in.Size, done)) },
		row:      n.next, remark: n.remark,
	}, func(r truce.Item, err error) bool {
		if err == nil {
			if r, err = m.sound(in, y, before, n, r); err == nil {
				m.consider(in, n, &r)
				times.add(&r, n.row)
			}
		}
		n.take(r, err, before, now, out.Add)
		return true
	})
	m.Progress.Done()
	if r, ok := times.remark(m.Agreement.Location); ok {
		n.remark(r)
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return n, err
}

// consider remarks on what a record says, and on whom it names.
func (m *Writer) consider(in *mission.Intake, n *taking, r *truce.Item) {
	about := source.Remark{Row: n.row.N, Line: n.row.Line}
	if about.What = untimely(in.Received, r); about.What != "" && (about.What != source.RemarkEarly || !same(n.early, n.row)) {
		n.remark(about)
	}
	for _, name := range unnamed(m.Agreement, r) {
		n.actors[name]++
	}
}

// untimely is the remark about a record that is reported, or known, before what it reports;
// "": there is none.
func untimely(received truce.Instant, r *truce.Item) string {
	o := r.Observation
	if o == nil {
		return ""
	}
	known := received
	if r.Known != 0 && r.Known.Stated() {
		known = r.Known
	}
	switch {
	case o.Reported != 0 && o.Reported < o.Occurred.Start:
		return source.RemarkEarly
	case known < o.Occurred.Start:
		return source.RemarkKnown
	}
	return ""
}

// unnamed are those who are said to have acted and whom the agreement does not name.
func unnamed(a *truce.Agreement, r *truce.Item) (out []truce.PartyID) {
	var who []truce.PartyID
	switch {
	case r.Observation != nil:
		who = r.Observation.MayHaveActed()
	case r.Tally != nil && r.Tally.Actor != "":
		who = []truce.PartyID{r.Tally.Actor}
	case r.Tally != nil:
		who = r.Tally.Actors
	}
	for _, name := range who {
		if _, ok := a.Actor(name); !ok && name != truce.Anybody {
			out = append(out, name)
		}
	}
	return out
}

// Rehearsed is the kind, except that its rows are rejected, and remarked on, as those of a
// file that goes into a mission: the rows that are not for the public, unless the file is
// shared. It counts in unnamed who is said to have acted and whom the agreement does not
// name.
func Rehearsed(k source.Kind, a *truce.Agreement, decisions []*truce.Decision, fl *IngestFlags, now truce.Instant, names map[truce.PartyID]int) source.Kind {
	parse := k.Parse
	file := &mission.Intake{Received: now, Known: fl.Known}
	fixed, _ := file.KnownFrom() // it was checked
	k.Parse = func(in io.Reader, o source.Options) iter.Seq2[truce.Item, error] {
		row := source.Row{}
		early := 0 // the last row of which the reader has said that it is too early
		told, remark := o.Row, o.Remark
		o.Row = func(r source.Row) {
			row = r
			if told != nil {
				told(r)
			}
		}
		o.Remark = func(r source.Remark) {
			if r.What == source.RemarkEarly {
				early = row.N
			}
			if remark != nil {
				remark(r)
			}
		}
		times := appliesTo(a, decisions)
		return func(yield func(truce.Item, error) bool) {
			for r, err := range parse(in, o) {
				if err == nil && Delicate(&r) && fl.Shelf != "shared" {
					err = &source.Refusal{File: row.File, Row: row.N, Line: row.Line, Why: whyDelicate, Hint: hintDelicate}
				}
				dated := r
				if err == nil {
					if dated.Known = fixed; fl.Known == "reported" {
						dated.Known = min(reportedAt(&r, now), now)
					}
					if o := ledger.CheckItem(&dated, now, fl.Shelf == "shared"); o != nil {
						err = &source.Refusal{File: row.File, Row: row.N, Line: row.Line, Value: r.ID().String(), Why: o.Why}
					}
				}
				if err == nil {
					times.add(&r, row)
					if what := untimely(now, &dated); what != "" && (what != source.RemarkEarly || early != row.N) {
						o.Remark(source.Remark{What: what, Row: row.N, Line: row.Line})
					}
					for _, name := range unnamed(a, &r) {
						names[name]++
					}
				}
				if !yield(r, err) {
					return
				}
			}
			if r, ok := times.remark(a.Location); ok {
				o.Remark(r)
			}
		}
	}
	return k
}

// sourceNames are the sources that an agreement lists, in order.
func sourceNames(a *truce.Agreement) (out []string) {
	for id := range a.Sources {
		out = append(out, string(id))
	}
	slices.Sort(out)
	return out
}

// named is the first public source entry of the record that names a file or a mapping.
func (m *Writer) named(sum truce.Digest) (entry int64, there bool) {
	v, err := m.Glance()
	if err != nil {
		return 0, false
	}
	for _, e := range v.Rest {
		if e.Kind != "source" || e.Sealed != nil {
			continue
		}
		if in, err := mission.ParseIntake(e.Content); err == nil && (in.Evidence == sum || in.Mapping == sum) {
			return e.Index, true
		}
	}
	return 0, false
}
