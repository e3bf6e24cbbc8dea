package web

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/rejects"
)

// rejectedBody is the rows of files that could not be read.
type rejectedBody struct {
	Dated, Undated, Elsewhere int
	Period                    truce.Interval // zero: all time
	paged[rejects.Row]
}

// rejected lists the rows that could not be read, with file, row, column and reason.
func (s *Server) rejected(q *request) error {
	state, _ := s.Room.State()
	page, err := q.pageNumber()
	if err != nil {
		return err
	}
	b := &rejectedBody{}
	if b.Period, err = period(state.Agreement, q.URL.Query()); err != nil {
		return err
	}
	all, err := s.Room.Mission().Rejected(b.Period, truce.ForMission)
	if err != nil {
		return err
	}
	b.Dated, b.Undated, b.Elsewhere, b.paged = all.Dated, all.Undated, all.Elsewhere, pageOf(all.Rows, page, perPage)
	return q.page("rejected", &Page{Nav: "desk", Title: q.lang.say("rejected.title"), Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never, Body: b})
}
