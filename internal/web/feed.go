package web

import (
	"strconv"

	"github.com/gorilla/feeds"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
)

// feed is what became known last, as an Atom feed (RFC 4287): incidents with what articles say of
// them, and published reports. It has what the public may read, whoever asks, because readers of
// feeds keep copies and pass them on.
func (s *Server) feed(q *request) error {
	_, reader, err := s.Room.Known(q.Context(), truce.ForPublic, truce.Never)
	if err != nil {
		return err
	}
	rows, _, err := reader.Incidents(q.Context(), truce.Query{Order: truce.Arrived, Limit: mostInFeed})
	if err != nil {
		return err
	}
	published, err := s.publications()
	if err != nil {
		return err
	}
	a := reader.Agreement()
	p := &Page{q: q, Agreement: a}
	mark := ""
	if a.Status != "" && a.Status != truce.InForce {
		mark = p.T("status."+string(a.Status)) + ". "
	}
	f := &feeds.AtomFeed{Xmlns: "http://www.w3.org/2005/Atom", Title: mark + a.Title, Id: s.Origin + "/feed.atom", Subtitle: p.T("feed.subtitle"),
		Link: &feeds.AtomLink{Href: s.Origin + "/"}, Author: &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: "Truce"}}}
	updated := truce.Always
	add := func(at truce.Instant, path, title, summary string) {
		updated = max(updated, at)
		f.Entries = append(f.Entries, &feeds.AtomEntry{Title: mark + title, Id: s.Origin + path, Updated: at.String(), Links: []feeds.AtomLink{{Href: s.Origin + path, Rel: "alternate"}}, Summary: &feeds.AtomSummary{Type: "text", Content: summary}})
	}
	for i := range rows {
		r := &rows[i]
		// An incident is called by its first report, whose ID stays when others join it.
		of, err := reader.Items(q.Context(), r.ID)
		if err != nil {
			return err
		}
		id := r.ID
		if len(of) > 0 {
			id = of[0]
		}
		var says string
		for k, x := range r.Findings {
			if k > 0 {
				says += "; "
			}
			if x.Standing == truce.Refuted {
				says += p.T("finding.article") + " " + string(x.Article) + ": " + p.W("standing", x.Standing)
				continue
			}
			says += p.Reason(brief.Ruled(x.Article, x.Outcome, x.Standing, x.Ground))
		}
		if says == "" {
			says = p.T("list.no-article")
		}
		add(r.Known, "/incidents/"+id.Hex(), p.Headline(*r), says+". "+p.T("feed.no-verdict"))
	}
	for i, x := range published {
		if i == mostInFeed {
			break
		}
		add(x.Received, "/reports/"+strconv.FormatInt(x.Entry, 10), p.T("feed.report")+": "+x.Title, x.SHA256.Hex())
	}
	if updated == truce.Always { // of nothing; a feed has a time all the same
		updated = reader.Picture().Received
	}
	f.Updated = updated.String()
	text, err := feeds.ToXML(f)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, err = q.w.Write([]byte(text))
	return err
}

// mostInFeed is how many incidents, and how many reports, a feed has.
const mostInFeed = 50
