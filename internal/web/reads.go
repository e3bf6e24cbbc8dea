package web

import (
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
)

// noteRows notes, of somebody who has signed in, that they were shown rows of which
// some hold what is not public. What cannot be noted is not shown.
func (s *Server) noteRows(q *request, reader truce.Reader, rows []truce.Row) error {
	if q.who == nil || q.to == truce.ForPublic {
		return nil
	}
	state, _ := s.Room.State()
	if len(state.Contents.Sealed) == 0 {
		return nil
	}
	sealed := recall(s.memo, state.Situations[q.to], "sealed", func() map[int64]bool {
		out := map[int64]bool{}
		for _, e := range state.Contents.Sealed {
			out[e.Index] = true
		}
		return out
	})
	n := 0
	for i := range rows {
		items, err := reader.Items(q.Context(), rows[i].ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(items, func(id truce.Digest) bool { return sealed[s.Room.EntryOf(id)] }) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return s.People.Read(q.Context(), q.who, "a list with "+mission.Plural(n, "incident"), q.URL.RequestURI())
}

// mapNoted is how often it is noted that somebody looks at the map, whose tiles are
// asked for by the dozen.
const mapNoted = 10 * time.Minute

// noteMap notes that somebody looks at a map on which there is more than the public
// sees.
func (s *Server) noteMap(q *request) error {
	state, _ := s.Room.State()
	if q.who == nil || q.to == truce.ForPublic || state.Situations[q.to] == state.Situations[truce.ForPublic] {
		return nil
	}
	now := s.Room.Now().Time()
	if last, ok := s.looked.Load(q.who.Name); ok && now.Sub(last.(time.Time)) < mapNoted {
		return nil
	}
	s.looked.Store(q.who.Name, now)
	return s.People.Read(q.Context(), q.who, "the map", "/")
}
