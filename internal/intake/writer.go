package intake

import (
	"context"
	"crypto/rand"
	"errors"
	"runtime/debug"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/situation"
)

// A Writer says something into a mission's record, in one of four ways: into the record
// that it opens itself, into one that is kept open, through the room of another process,
// or into a file.
type Writer struct {
	*mission.Mission
	outlet
	// closed puts what is said on the shared shelf, whatever it is: committed to now, and
	// opened to all parties by one release.
	closed bool
	// corrects is what the next statement takes the place of; zero: nothing.
	corrects truce.Digest
	drawn    []byte // in the place of the mission's secret, where that is not here
}

// An outlet is the way into the record; the zero value opens it for each statement.
type outlet struct {
	log    *ledger.Log // that is kept open
	quota  func(key string, bytes int) error
	claims *Claims
	via    Server // the room that has the record open
	into   string // sign into this file
}

// An OpenRecord is one that a process keeps open.
type OpenRecord struct {
	Log *ledger.Log
	// Quota, if any, says whether a key may submit so many bytes more now.
	Quota  func(key string, bytes int) error
	Claims *Claims       // nil: one submission at a time
	Live   *mission.Live // nil: what the record says is read from the folder
}

// NewWriter opens the record itself for each statement. Whoever has it has the mission's
// lock.
func NewWriter(m *mission.Mission) *Writer { return &Writer{Mission: m} }

// WriterTo writes to a record that is kept open.
func WriterTo(m *mission.Mission, r OpenRecord) *Writer {
	if r.Live != nil {
		m = m.Live(r.Live)
	}
	return &Writer{Mission: m, outlet: outlet{log: r.Log, quota: r.Quota, claims: r.Claims}}
}

// WriterThrough hands in what is said to the room of another process, which has the
// record open. What is read is read from the folder.
func WriterThrough(m *mission.Mission, s Server) *Writer {
	return &Writer{Mission: m, outlet: outlet{via: s}}
}

// WriterInto signs into a file, which is then handed in, instead of the record.
func WriterInto(m *mission.Mission, file string) *Writer {
	return &Writer{Mission: m, outlet: outlet{into: file}}
}

// Server is the room that the writer hands in to; nil: it needs none.
func (m *Writer) Server() Server { return m.via }

// Closed puts what it says on the shared shelf, whatever it is.
func (m *Writer) Closed() *Writer {
	return &Writer{Mission: m.Mission, outlet: m.outlet, corrects: m.corrects, closed: true}
}

// WithoutQuota is for who owns the folder, and has no need of the room.
func (m *Writer) WithoutQuota() *Writer {
	out := &Writer{Mission: m.Mission, outlet: m.outlet, corrects: m.corrects, closed: m.closed}
	out.quota = nil
	return out
}

// Sees has names stand for what they do in a situation, of a record that is kept open:
// what people name is what they see.
func (m *Writer) Sees(s *situation.Situation) *Writer {
	l := *m.Kept()
	l.Situation = s
	return &Writer{Mission: m.Mission.Live(&l), outlet: m.outlet, corrects: m.corrects, closed: m.closed}
}

// Again readies the writer to submit something again, after reading what others recorded
// meanwhile through the same room.
func (m *Writer) Again() error {
	m.Refresh()
	if m.via == nil {
		return nil
	}
	return m.via.Settle()
}

// Append opens the record, says something, keeps the receipt and closes it.
func (m *Writer) Append(subs ...ledger.Submission) ([]ledger.Receipt, error) {
	if m.log != nil {
		got, err := m.log.Append(context.Background(), subs...)
		if err == nil {
			err = m.keep(m.log, got)
		}
		return got, Advise(err)
	}
	if m.via != nil {
		return m.appendVia(subs)
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
func (m *Writer) keep(log recorder, got []ledger.Receipt) error {
	if len(got) == 0 {
		return nil
	}
	text, err := log.ReceiptNote(got)
	if err != nil {
		return err
	}
	return m.KeepNote(got[len(got)-1].Index, text)
}

// Advise adds what to do to errors of the record.
func Advise(err error) error {
	switch {
	case errors.Is(err, ledger.ErrReopen):
		return mission.Hinted(err, "nothing that was acknowledged is lost; make room or mend the disk, and send it again: what is there already is not written twice")
	case errors.Is(err, ledger.ErrClock):
		return mission.Hinted(err, "set this machine's clock; entries are in order of their receipt")
	}
	return err
}

// WritingGC is the collector's share while the record is written, which needs
// little room: at the share of the whole program it would collect all the time.
const WritingGC = 100

// idSecret is what keyed IDs are made with: the mission's, or one of its own for
// what is signed elsewhere, where nobody has the mission's.
func (m *Writer) idSecret() ([]byte, error) {
	secret, err := m.Secret()
	if err == nil || m.into == "" && !m.elsewhere() {
		return secret, err
	}
	if m.drawn == nil {
		m.drawn = make([]byte, 32)
		rand.Read(m.drawn)
	}
	return m.drawn, nil
}

func (m *Writer) elsewhere() bool { return m.via != nil && m.via.Elsewhere() }

// Signer finds a key and what the record says of it.
func (m *Writer) Signer(as string) (*ledger.Secret, ledger.Key, error) {
	s, err := m.Key(as)
	if err != nil {
		return nil, ledger.Key{}, err
	}
	whose, err := m.KeyOf(s)
	if err == nil {
		m.AddKey(s)
	}
	return s, whose, err
}
