package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
)

// A Server is the running room of another process, as a command reaches it: through
// its socket on this machine, or at its address from elsewhere. What a command hands in
// is signed, and the room checks it like everything that is handed in.
type Server interface {
	// Submit hands in a submission in the form of ledger.Submission.Handed. seen is the
	// size of the record that it rests on, or -1: where something was recorded since that
	// it had to know, nothing is written, and the error wraps ErrMoved.
	Submit(data []byte, seen int64) (Taken, error)
	// Batch hands in rows of a file in the form of ledger.HandedBatch. It returns the
	// record's signed receipt.
	Batch(data []byte) (note []byte, err error)
	// Begin announces a file to a room elsewhere: about gives the announcement that names
	// this command, in the form of ledger.HandedBatch. Until End, or until nothing comes for a while, nobody else reads
	// files into the mission. File makes sure that the room has a file that was announced.
	Begin(about func(reader truce.Digest) ([]byte, error)) error
	File(sum truce.Digest, path string, progress func(done, total int64)) error
	End()
	// Settle returns once the folder that this command reads has all that is in the
	// record by now.
	Settle() error
	// Reread makes the room read the record and the shelf again: pieces that were removed
	// from the shelf are not shown any more.
	Reread() error
	// Elsewhere reports whether the room works on another folder than this command.
	Elsewhere() bool
}

// Taken is what a room says of what was handed in.
type Taken struct {
	Kind  string
	Index int64
	Known bool   // it was in the record already
	Note  []byte // the record's signed receipt
}

// ErrMoved is wrapped where something was recorded since a command read the record,
// and its submission had to know of that. Nothing was written: the command reads
// again, and signs again.
var ErrMoved = errors.New("the record has changed since it was read")

// submit hands a signed submission to the room, and checks its receipt.
func (m *Writer) submit(sub *ledger.Submission, data []byte) (int64, error) {
	got, err := m.via.Submit(data, m.HasRead())
	if err != nil {
		return 0, Advise(err)
	}
	at, err := m.receipt(got.Note, sub.Hash())
	if err != nil {
		return 0, err
	}
	m.Refresh()
	if m.elsewhere() { // the room keeps its own
		err = m.KeepNote(at[0], got.Note)
	}
	return at[0], err
}

// receipt opens the receipt that a room gave, and returns the entries of submissions.
// A process that only says that it is the room has not got the record's key.
func (m *Writer) receipt(note []byte, subs ...[32]byte) ([]int64, error) {
	key, err := m.logKey()
	if err != nil {
		return nil, err
	}
	r, err := audit.OpenReceipt(note, key)
	if err != nil {
		return nil, fmt.Errorf("the room's receipt: %w", err)
	}
	at := map[[32]byte]int64{}
	for _, line := range r.Lines {
		at[line.Submission] = line.Index
	}
	out := make([]int64, len(subs))
	for i, hash := range subs {
		index, ok := at[hash]
		if !ok {
			return nil, errors.New("the room's receipt is not for what was handed in")
		}
		out[i] = index
	}
	return out, nil
}

// Receipted checks the receipt for a submission that was signed elsewhere.
func (m *Writer) Receipted(note []byte, data []byte) (int64, error) {
	sub, _, err := ledger.ParseHanded(data)
	if err != nil {
		return 0, err
	}
	at, err := m.receipt(note, sub.Hash())
	if err != nil {
		return 0, err
	}
	return at[0], nil
}

// Receive hands what was signed elsewhere to the room, and checks the receipt.
func (m *Writer) Receive(data []byte) (Taken, error) {
	got, err := m.via.Submit(data, -1)
	if err != nil {
		return got, err
	}
	got.Index, err = m.Receipted(got.Note, data)
	return got, err
}

// logKey is the verifier key of the record.
func (m *Writer) logKey() (string, error) {
	if m.About.Record != "" {
		return m.About.Record, nil
	}
	v, err := m.Glance()
	if err != nil {
		return "", err
	}
	for _, k := range v.Keys {
		if k.Role == ledger.RoleLog {
			return k.VKey, nil
		}
	}
	return "", errors.New("the record does not state its own key")
}

// appendVia hands in submissions of which nothing is sealed.
func (m *Writer) appendVia(subs []ledger.Submission) (out []ledger.Receipt, err error) {
	for i := range subs {
		data, err := subs[i].Handed(ledger.Pieces{})
		if err != nil {
			return out, err
		}
		at, err := m.submit(&subs[i], data)
		if err != nil {
			return out, err
		}
		out = append(out, ledger.ReceiptOf(at, subs[i].Hash(), false))
	}
	return out, nil
}

// A recorder is what rows of a file are written to: the log, or the room that has it.
type recorder interface {
	Origin() string
	Start(ctx context.Context, subs ...ledger.Submission) func() ([]ledger.Receipt, error)
	ReceiptNote(receipts []ledger.Receipt) ([]byte, error)
}

// through writes rows to the room that has the record open.
type through struct {
	m    *Writer
	note []byte
	err  error // the first: nothing more is handed in
}

func (t *through) Origin() string { return t.m.Origin() }

// Start hands in a batch, and waits: the next ones are signed meanwhile.
func (t *through) Start(_ context.Context, subs ...ledger.Submission) func() ([]ledger.Receipt, error) {
	if t.err != nil {
		return func() ([]ledger.Receipt, error) { return nil, t.err }
	}
	var out []ledger.Receipt
	data, err := ledger.HandedBatch(subs)
	if err == nil {
		t.note, err = t.m.via.Batch(data)
	}
	if err == nil {
		var hashes [][32]byte
		for i := range subs {
			hashes = append(hashes, subs[i].Hash())
		}
		var at []int64
		if at, err = t.m.receipt(t.note, hashes...); err == nil {
			for i := range at {
				out = append(out, ledger.ReceiptOf(at[i], hashes[i], false))
			}
		}
	}
	t.err = err
	return func() ([]ledger.Receipt, error) { return out, err }
}

// ReceiptNote is the receipt for what was handed in last.
func (t *through) ReceiptNote([]ledger.Receipt) ([]byte, error) { return t.note, nil }

// moved reports what was recorded since the record had seen entries, as far as an entry
// had to know of it. It says the same to everybody, whatever they can open: a decision
// rests on the decisions before it, and on which observations make the incident.
func (m *Writer) moved(e *ledger.Entry, seen int64) error {
	v, err := m.Read()
	if err != nil {
		return err
	}
	since := func(what string, at int64) error {
		return fmt.Errorf("%w: entry %d (%s) was recorded in the meantime", ErrMoved, at, what)
	}
	switch e.Kind {
	case "decision", "attribution":
		r, err := e.Item(nil)
		if err != nil {
			return nil // it is refused, with the reason
		}
		for i := len(v.Records) - 1; i >= 0 && v.Entries[i] >= seen; i-- {
			switch x := &v.Records[i]; {
			case x.Decision != nil && (e.Kind == "decision" || x.Decision.Kind == truce.Merge || x.Decision.Kind == truce.Split):
				return since("a decision", v.Entries[i])
			case x.Withdrawal != nil:
				return since("a withdrawal", v.Entries[i])
			}
		}
		var of []truce.Digest
		if r.Decision != nil {
			of = r.Decision.Of
		} else {
			of = r.Attribution.Of
		}
		if m.Kept() == nil || m.Kept().EntryOf == nil {
			return nil
		}
		for _, id := range of {
			inc := m.Kept().Situation.IncidentOf(id)
			if inc == nil {
				continue
			}
			for _, o := range inc.Of {
				if at := m.Kept().EntryOf(o.ID); at >= seen {
					return since("an observation of the same incident", at)
				}
			}
		}
	case "release":
		var c ledger.Release
		if json.Unmarshal(e.Content, &c) != nil {
			return nil // it is refused
		}
		for i := len(v.Rest) - 1; i >= 0 && v.Rest[i].Index >= seen; i-- {
			var x ledger.Release
			if v.Rest[i].Kind == "release" && json.Unmarshal(v.Rest[i].Content, &x) == nil && slices.ContainsFunc(x.Of, func(id truce.Digest) bool { return slices.Contains(c.Of, id) }) {
				return since("a release of the same", v.Rest[i].Index)
			}
		}
	case "agreement":
		for i := len(v.Rest) - 1; i >= 0 && v.Rest[i].Index >= seen; i-- {
			if k := v.Rest[i].Kind; k == "agreement" || k == "consent" {
				return since("a "+k, v.Rest[i].Index)
			}
		}
	}
	return nil
}

// TakeBatch brings rows of a file into the record, as ParseHandedBatch read them, and
// returns the record's receipt: a source entry with what the file was, or a batch with
// its rows. They are checked like what Take takes, except for the rules that files do
// not have (the length of shapes and texts). If one row is refused, none is written.
// last.Known says that all of it was in the record before.
func (m *Writer) TakeBatch(subs []ledger.Submission) (note []byte, last ledger.Receipt, err error) {
	by, err := m.log.VetBatch(subs)
	if err != nil {
		return nil, last, err
	}
	if m.quota != nil { // it comes from elsewhere
		if err := intakeAlone(&by); err != nil {
			return nil, last, err
		}
		n := 0 // what is in the record already costs nobody's quota
		for i := range subs {
			_, known, err := m.log.Has(&subs[i])
			if err != nil {
				return nil, last, err
			}
			if !known {
				n += len(subs[i].Bytes())
			}
		}
		if n > 0 {
			if err := m.charge(&by, n); err != nil {
				return nil, last, err
			}
		}
	}
	rows := subs
	if subs[0].Kind() == "batch" {
		rows = subs[1:]
	}
	for i := range rows {
		if err := m.admitRow(&rows[i], &by); err != nil {
			return nil, last, fmt.Errorf("%s %d of %d of the batch: %w", rows[i].Kind(), i+1, len(rows), err)
		}
	}
	got, err := m.log.Append(context.Background(), subs...)
	if err != nil {
		return nil, last, err
	}
	if note, err = m.log.ReceiptNote(got); err != nil {
		return nil, last, err
	}
	last = got[len(got)-1]
	last.Known = !slices.ContainsFunc(got, func(r ledger.Receipt) bool { return !r.Known })
	return note, last, m.KeepNote(last.Index, note)
}

// rowKinds are the kinds of entry that the rows of files become.
var rowKinds = []string{"observation", "seen", "tally", "allegation", "coverage", "restriction", "notification", "response", "withdrawal"}

// admitRow is admit for a row of a file. What is sealed of it was put on the shelf
// before.
func (m *Writer) admitRow(sub *ledger.Submission, by *ledger.Key) (err error) {
	defer func() { // as in admit
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: it cannot be used: %v", ledger.ErrRefused, p)
		}
	}()
	if err := sub.May(by, m.Now()); err != nil {
		return err
	}
	e, err := sub.Entry(m.Now())
	if err == nil {
		err = m.rowObjection(e, by)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ledger.ErrRefused, err)
	}
	return nil
}

func (m *Writer) rowObjection(e *ledger.Entry, by *ledger.Key) error {
	if err := m.verifiable(e, by); err != nil {
		return err
	}
	switch {
	case e.Kind == "source":
		return m.otherObjection(e)
	case !slices.Contains(rowKinds, e.Kind):
		return &ledger.Objection{Rule: ledger.RuleForm, Why: fmt.Sprintf("%q is not a kind of row that files have", e.Kind)}
	}
	o := &ledger.Opened{}
	if e.Sealed != nil {
		var list []ledger.Opening
		for _, p := range piecesOf(e.ID(), nil) {
			held, err := m.Shelved(p.name)
			if err != nil {
				return &ledger.Objection{Rule: ledger.RuleShelf, Why: err.Error()}
			}
			list = append(list, held...)
		}
		if o, _ = e.Open(list); !o.Whole() {
			return &ledger.Objection{Rule: ledger.RuleShelf, Why: "what is behind its commitments is not on the shelf, or not all of it"}
		}
	}
	r, err := e.Check(o)
	if err != nil {
		return err
	}
	if bad := m.FillShape(&r); bad != nil {
		return bad
	}
	if bad, err := m.spoken(&r, e, by); err != nil || bad != nil {
		return errors.Join(err, asError(bad))
	}
	if err := m.sayObjection(&r, o); err != nil {
		return err
	}
	v, err := m.Read()
	if err != nil || v.Trail == nil || r.Withdrawal != nil {
		return err
	}
	sealed := e.Sealed != nil && len(e.Sealed.Shared) > 0
	return asError(v.Trail.MayUse(r.ID(), by, ledger.Alone(&r), !sealed && r.OwnID()))
}
