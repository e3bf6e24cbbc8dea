package web

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/situation"
)

// sameBody is the desk's list of what may be the same.
type sameBody struct {
	Items []sameItem
	Page  int
	More  bool
	May   bool // the reader may answer
}

// A sameItem is a question, or a bundle of reports about which nothing is asked.
type sameItem struct {
	Row      truce.Row // of the question
	Of       []*truce.Observation
	Left     int // observations of it that are not shown
	Seen     string
	Partners []samePartner
	Bundle   *bundleHead
}

// A samePartner is an incident that may be the same as that of a question.
type samePartner struct {
	Row  truce.Row
	Of   []*truce.Observation
	Left int
	situation.Proposal
}

// bundleHead is a place and a day with the number of reports.
type bundleHead struct {
	truce.Bundle
	First truce.Digest // an incident of it
	Dense bool
	From  string // the day, for the list of incidents
}

const (
	perSame  = 10 // questions on a page
	mostTold = 4  // observations of an incident that are shown with a question
)

// same is the page of what may be the same, for those who verify.
func (s *Server) same(q *request) error {
	state, _ := s.Room.State()
	sit, reader := state.Situations[q.to], state.Reader(q.to)
	b := &sameBody{May: (&Page{q: q}).MayDecide(string(truce.Merge)) && (&Page{q: q}).MayDecide(string(truce.Split))}
	var err error
	if b.Page, err = q.pageNumber(); err != nil {
		return err
	}
	list, more := desk.SameOf(sit, (b.Page-1)*perSame, perSame)
	b.More = more
	var rows []truce.Row
	row := func(inc *truce.Incident) (truce.Row, error) {
		r, ok, err := reader.Row(q.Context(), inc.ID)
		if !ok {
			r = truce.Row{ID: inc.ID, Occurred: inc.Occurred}
		}
		rows = append(rows, r)
		return r, err
	}
	for _, x := range list {
		if x.Bundle != nil {
			b.Items = append(b.Items, sameItem{Bundle: headOf(x.Bundle)})
			continue
		}
		item := sameItem{Of: x.Question.Of[:min(len(x.Question.Of), mostTold)], Left: max(0, len(x.Question.Of)-mostTold)}
		if item.Row, err = row(x.Question.Incident); err != nil {
			return err
		}
		said, err := reader.Statements(q.Context(), x.Question.ID)
		if err != nil {
			return err
		}
		item.Seen = seenDecisions(said)
		for _, p := range x.Question.Proposed {
			if slices.ContainsFunc(item.Partners, func(o samePartner) bool { return o.Other.ID == p.Other.ID }) {
				continue // the best of several pairs of the two
			}
			partner := samePartner{Proposal: p, Of: p.Other.Of[:min(len(p.Other.Of), mostTold)], Left: max(0, len(p.Other.Of)-mostTold)}
			if partner.Row, err = row(p.Other); err != nil {
				return err
			}
			item.Partners = append(item.Partners, partner)
		}
		b.Items = append(b.Items, item)
	}
	if err := s.noteRows(q, reader, rows); err != nil {
		return err
	}
	if err := s.noteTexts(q, rows, list); err != nil {
		return err
	}
	return q.page("same", &Page{Nav: "desk", Title: q.lang.say("same.title"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: truce.Never, Body: b})
}

// noteTexts notes that somebody is shown words that are not public. What cannot be noted is
// not shown.
func (s *Server) noteTexts(q *request, rows []truce.Row, list []desk.Same) error {
	of := map[truce.Digest]*truce.Incident{}
	for _, x := range list {
		if x.Question != nil {
			of[x.Question.ID] = x.Question.Incident
			for _, p := range x.Question.Proposed {
				of[p.Other.ID] = p.Other
			}
		}
	}
	noted := map[truce.Digest]bool{}
	for i := range rows {
		inc := of[rows[i].ID]
		if inc == nil || noted[inc.ID] || !s.Room.Unpublished(inc.IDs()...) {
			continue
		}
		noted[inc.ID] = true
		if err := s.People.Read(q.Context(), q.who, "incident "+inc.ID.String(), q.URL.Path); err != nil {
			return err
		}
	}
	return nil
}

func headOf(b *situation.Bundle) *bundleHead {
	return &bundleHead{Bundle: truce.Bundle{Day: b.Day, Reports: b.Reports(), Centre: b.Centre, RadiusM: b.RadiusM}, First: b.Of[0].ID, Dense: b.Dense, From: string(b.Day)}
}

// bundleBody is the page of a bundle: its place and day, and its reports.
type bundleBody struct {
	Bundle *bundleHead
	Of     truce.Digest // the incident by whose page one came here
	Rows   paged[truce.Row]
}

// bundle lists the reports of one day and place, so many of which fit together that none was
// joined.
func (s *Server) bundle(q *request) error {
	st, reader, err := q.reads()
	if err != nil {
		return err
	}
	id, err := q.digest(reader, q.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := reader.Dossier(q.Context(), id)
	if err != nil {
		return err
	}
	if d == nil || d.Bundle == nil {
		return errNotFound
	}
	page, err := q.pageNumber()
	if err != nil {
		return err
	}
	of := pageOf(d.Bundle.Of, page, perPage)
	b := &bundleBody{Bundle: &bundleHead{Bundle: *d.Bundle}, Of: d.Incident.ID, Rows: paged[truce.Row]{Total: of.Total, Page: of.Page, Pages: of.Pages}}
	for _, id := range of.Rows {
		r, ok, err := reader.Row(q.Context(), id)
		if err != nil {
			return err
		}
		if ok {
			b.Rows.Rows = append(b.Rows.Rows, r)
		}
	}
	if err := s.noteRows(q, reader, b.Rows.Rows); err != nil {
		return err
	}
	return q.page("bundle", &Page{Nav: "incidents", Title: q.lang.say("bundle.title"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At, Body: b})
}
