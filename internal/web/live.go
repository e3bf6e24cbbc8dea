package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/monitor"
)

// news is what a page hears when the picture has changed.
type news struct {
	Entries int64 `json:"entries"`
	Added   int   `json:"added"` // incidents, since the page was connected
	New     int   `json:"new"`   // incidents of which something came since the page was made, as its list would show them
	Total   int   `json:"total"`
	Late    bool  `json:"late"` // the picture could not be brought up to date
}

// live is a stream of server-sent events: how much there is that a page does not
// show yet. It moves nothing by itself: who reads keeps their place.
func (s *Server) live(q *request) error {
	h := q.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	leave, ok := s.listening.enter(s.remote(q.Request))
	if !ok {
		return errTooMany
	}
	defer leave()
	out := http.NewResponseController(q.w)
	first, _ := s.Room.State()
	seen := first.Size
	begun, err := q.total(first)
	if err != nil {
		return err
	}
	since := first.Size
	if t := q.URL.Query().Get("since"); t != "" {
		n, err := strconv.ParseInt(t, 10, 64)
		if err != nil || n < 0 {
			return bad("since %q: want the number of an entry", t)
		}
		since = n
	}
	beat := time.NewTicker(20 * time.Second)
	defer beat.Stop()
	send := func(text string) error {
		// One who does not read is let go.
		if err := out.SetWriteDeadline(time.Now().Add(s.letGo)); err != nil {
			return err
		}
		if _, err := fmt.Fprint(q.w, text); err != nil {
			return err
		}
		return out.Flush()
	}
	if err := send("retry: 3000\n\n"); err != nil {
		return nil
	}
	for {
		changed := s.Room.Changed()
		state, failed := s.Room.State()
		if state.Size != seen || failed != nil {
			seen = state.Size
			total, err := q.total(state)
			if err != nil {
				return err
			}
			_, fresh, err := state.Reader(q.to).Incidents(q.Context(), truce.Query{Since: max(1, since)})
			if err != nil {
				return nil // whoever asked has gone
			}
			data, err := json.Marshal(news{Entries: state.Size, Added: total - begun, New: fresh, Total: total, Late: failed != nil})
			if err != nil {
				return err
			}
			if err := send(fmt.Sprintf("id: %d\ndata: %s\n\n", state.Size, data)); err != nil {
				return nil
			}
		}
		select {
		case <-q.Context().Done():
			return nil
		case <-s.stop:
			return nil
		case <-changed:
		case <-beat.C:
			if err := send(": still here\n\n"); err != nil {
				return nil
			}
		}
	}
}

// total is how many incidents whoever asks is shown now. A delayed incident is not news
// yet: a page that is asked again would not show it.
func (q *request) total(state *monitor.State) (int, error) {
	reader := state.Reader(q.to)
	if q.sees(reader).Plain() {
		return reader.Picture().Total, nil
	}
	_, n, err := reader.Incidents(q.Context(), truce.Query{})
	return n, err
}

// apiPicture says what the answers rest on.
func (s *Server) apiPicture(q *request) error {
	_, reader, err := q.reads()
	if err != nil {
		return err
	}
	return q.json(map[string]any{"agreement": reader.Agreement().ID, "status": reader.Agreement().Status, "picture": reader.Picture(), "basis": reader.Basis()})
}

// apiIncidents is the list as JSON, a page at a time.
func (s *Server) apiIncidents(q *request) error {
	b, p, err := s.list(q)
	if err != nil {
		return err
	}
	rows := b.Rows
	if rows == nil {
		rows = []truce.Row{}
	}
	return q.json(map[string]any{"status": p.Agreement.Status, "picture": p.Picture, "total": b.Total, "page": b.Page, "pages": b.Pages, "incidents": rows})
}

// tlog hands out the record to mirrors.
func (s *Server) tlog(q *request) error {
	q.w.Header().Del("Cache-Control")
	s.Record.ServeHTTP(q.w, q.Request)
	return nil
}
