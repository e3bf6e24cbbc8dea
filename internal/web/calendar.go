package web

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agenda"
)

// calendarBody is what falls due: what is to come, and what has been.
type calendarBody struct {
	Coming, Past []truce.Due
}

// calendar lists what falls due by the terms, and the clocks that run.
func (s *Server) calendar(q *request) error {
	st, reader, err := q.reads()
	if err != nil {
		return err
	}
	list, err := reader.Calendar(q.Context())
	if err != nil {
		return err
	}
	now := min(s.Room.Now(), st.At)
	b := &calendarBody{}
	for _, d := range list {
		if d.At > now || d.Waits() { // what waits for people is still to come
			b.Coming = append(b.Coming, d)
		} else {
			b.Past = append(b.Past, d)
		}
	}
	return q.page("calendar", &Page{Nav: "agreement", Title: q.lang.say("calendar.title"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At, Body: b})
}

// calendarFeed is the same for people's own calendars: what the public may read, whoever asks, because
// calendars keep copies and pass them on.
func (s *Server) calendarFeed(q *request) error {
	_, reader, err := s.Room.Known(q.Context(), truce.ForPublic, truce.Never)
	if err != nil {
		return err
	}
	list, err := reader.Calendar(q.Context())
	if err != nil {
		return err
	}
	p := &Page{q: q, Agreement: reader.Agreement()}
	c := &agenda.Calendar{Name: p.Agreement.Title, Zone: p.Agreement.Zone, Stamp: reader.Picture().Received, Home: s.Origin, Say: p.Sentence, Due: list}
	if mark := p.Mark(); mark != "" {
		c.Mark = mark + ": "
	}
	q.w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	_, err = q.w.Write([]byte(c.File()))
	return err
}
