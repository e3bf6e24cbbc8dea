package mission

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/situation"
)

// A Writer says something into a mission's record, in one of four ways: into the record
// that it opens itself, into one that is kept open, through the room of another process,
// or into a file.
type Writer struct {
	*Mission
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
	Claims *Claims // nil: one submission at a time
	Live   *Live   // nil: what the record says is read from the folder
}

// Writer opens the record itself for each statement. Whoever has it has the mission's
// lock.
func (m *Mission) Writer() *Writer { return &Writer{Mission: m} }

// WriterTo writes to a record that is kept open.
func (m *Mission) WriterTo(r OpenRecord) *Writer {
	if r.Live != nil {
		m = &Mission{m.Live(r.Live)}
	}
	return &Writer{Mission: m, outlet: outlet{log: r.Log, quota: r.Quota, claims: r.Claims}}
}

// WriterThrough hands in what is said to the room of another process, which has the
// record open. What is read is read from the folder.
func (m *Mission) WriterThrough(s Server) *Writer {
	return &Writer{Mission: m, outlet: outlet{via: s}}
}

// WriterInto signs into a file, which is then handed in, instead of the record.
func (m *Mission) WriterInto(file string) *Writer {
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
	l := *m.live
	l.Situation = s
	return &Writer{Mission: &Mission{m.Live(&l)}, outlet: m.outlet, corrects: m.corrects, closed: m.closed}
}

// Again readies the writer to say something anew, with what others recorded meanwhile
// through the same room.
func (m *Writer) Again() error {
	m.Refresh()
	if m.via == nil {
		return nil
	}
	return m.via.Settle()
}
