package monitor

import (
	"iter"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/view"
)

// ReaderOf is the picture that a viewer has of a situation, without a read model: what it
// costs to answer grows with the situation, and nothing is kept. It is for commands, which
// ask once. The situation is of a record of so many entries; which entry is the last of an
// incident is not known here.
func ReaderOf(s *situation.Situation, entries int64, to release.Viewer) truce.Reader {
	x := Answers{s: s, sees: func() release.Viewer { return to }}
	return reader{scan(x, entries), x}
}

// scan gives the rows of a situation, as whoever gets the answers sees them.
func scan(x Answers, entries int64) truce.Rows {
	return view.NewScan(source{x, entries}, func() truce.Instant { return x.sees().At })
}

// source are the incidents of a situation as rows, each made when it is asked for.
type source struct {
	x       Answers
	entries int64 // of the record
}

// Picture implements view.Source.
func (s source) Picture() truce.Picture {
	to := s.x.sees()
	p := truce.Picture{Audience: to.To, AsKnown: s.x.s.Now, Size: s.entries, Digest: s.x.s.Digest(), Withheld: s.x.s.Withheld}
	for _, inc := range s.x.s.Incidents() {
		sight := to.Incident(inc, s.x.s.Known)
		if sight.Held {
			p.Held++
			continue
		}
		if sight.Wider {
			p.Blurred++
		}
		if sight.From > to.At {
			p.Delayed++
		}
		if !assess.OnlySigns(inc) {
			p.Total++
		}
	}
	return p
}

// Rows implements view.Source.
func (s source) Rows(during truce.Interval) iter.Seq[*release.Row] {
	row := mission.RowOf(s.x.s, s.x.sees(), s.x.entryOf)
	return func(yield func(*release.Row) bool) {
		for _, inc := range s.x.s.Incidents() {
			if during != (truce.Interval{}) && !inc.Occurred.Overlaps(during) {
				continue
			}
			if r := row(inc); !yield(&r) {
				return
			}
		}
	}
}

// Row implements view.Source.
func (s source) Row(id truce.Digest) (r release.Row, ok bool) {
	inc := s.x.s.IncidentOf(id)
	if inc == nil || inc.ID != id {
		return r, false
	}
	return mission.RowOf(s.x.s, s.x.sees(), s.x.entryOf)(inc), true
}
