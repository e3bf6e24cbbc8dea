package web

import (
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/glossary"
)

// glossary is the page of the words that the other pages use, one meaning each.
func (s *Server) glossary(q *request) error {
	_, reader, err := s.Room.Known(q.Context(), q.to, truce.Never)
	if err != nil {
		return err
	}
	return q.page("glossary", &Page{Nav: "glossary", Title: q.lang.say("glossary.title"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: truce.Never, Body: glossary.Terms(q.lang.Tag)})
}
