package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
)

// A finding of days says that there was at least one act under an article on a day, somewhere
// in an area. It is not an incident: it has a page and a list of its own, and is on no map
// and in no list of incidents.

type daysBody struct {
	List paged[truce.DayRow]
}

type dayBody struct {
	*truce.DayDossier
	Decidable []string // kinds of decisions that the reader may take of it
	Second    []second // decisions that wait for a second reader
	Map       string
	Seen      string           // what a form about it says was seen
	Answered  bool             // it can be answered: by a party, to the first of its reports
	Of        []*truce.Dossier // of the incidents that it rests on, of which somebody said or decided something
	Brief     []briefLine      // of a demo: what findings of days depend on, and what the parties claimed
	Cite      string           // an address that stays; empty: it rests on a decision alone
}

// days lists the findings of days; format=csv and others export them.
func (s *Server) days(q *request) error {
	format := q.URL.Query().Get("format")
	if format != "" {
		if _, err := report.TableFormatOf(format); err != nil {
			return bad("format: %v", err)
		}
	}
	st, reader, err := q.reads()
	if err != nil {
		return err
	}
	art := truce.Article(q.URL.Query().Get("article"))
	if art != "" {
		if err := reader.Agreement().CheckArticle(art); err != nil {
			return bad("article: %v", err)
		}
	}
	list, err := reader.DayFindings(q.Context(), truce.DayQuery{Article: art, During: st.Period})
	if err != nil {
		return err
	}
	if format != "" {
		return s.exportDays(q, reader, list, format)
	}
	return q.page("days", &Page{Nav: "picture", Title: q.lang.say("days.title"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At, Body: &daysBody{pageOf(list, st.Page, perPage)}})
}

// exportDays writes findings of days for programs.
func (s *Server) exportDays(q *request, reader truce.Reader, list []truce.DayRow, format string) error {
	f, err := report.TableFormatOf(format)
	if err != nil {
		return err
	}
	q.attach(reader, "days", f)
	if format == "json" {
		rows := append([]truce.DayRow{}, list...)
		for i := range rows {
			rows[i].Standing = truce.Standing(report.RestsOn(&rows[i].DayFinding))
		}
		return q.json(map[string]any{"status": reader.Agreement().Status, "picture": reader.Picture(), "at_least_one": rows})
	}
	t, _, err := s.table(q, reader, "days", report.DayColumns())
	if err != nil {
		return err
	}
	t.Rows = report.Days(t.Status, list)
	return f.Write(q.w, t)
}

// day is all that may be read of one finding of days.
func (s *Server) day(q *request) error {
	st, reader, err := q.reads()
	if err != nil {
		return err
	}
	id, err := q.digest(reader, q.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := reader.DayDossier(q.Context(), id)
	switch {
	case err != nil:
		return err
	case d == nil:
		return q.daysOn(reader, st, id)
	}
	var rows []truce.Row
	for _, x := range d.Reports {
		rows = append(rows, truce.Row{ID: x.Incident})
	}
	if err := s.noteRows(q, reader, rows); err != nil {
		return err
	}
	b := &dayBody{DayDossier: d, Seen: strconv.FormatInt(lastSeq(d), 10), Answered: q.who != nil && q.who.Party != ""}
	p := &Page{q: q}
	for _, k := range truce.DayDecisionKinds {
		if p.MayDecide(string(k)) {
			b.Decidable = append(b.Decidable, string(k))
		}
	}
	if d.Waits != nil {
		for _, x := range d.Decisions {
			if x.ID == d.Waits.ID {
				w := second{Article: d.Article, Decision: x.Decision, May: p.MayDecide(string(x.Kind))}
				if w.May {
					if _, whose, err := q.signer(s.Room.Mission()); err == nil {
						w.Mine = whose.ID() == x.Hand
					}
				}
				b.Second = append(b.Second, w)
			}
		}
	}
	for i, x := range d.Reports {
		if slices.ContainsFunc(d.Reports[:i], func(y truce.DayReport) bool { return y.Incident == x.Incident }) || len(b.Of) == mostOfDay {
			continue
		}
		of, err := reader.Dossier(q.Context(), x.Incident)
		if err != nil {
			return err
		}
		if of != nil && len(of.Responses)+len(of.Decisions) > 0 {
			b.Of = append(b.Of, of)
		}
	}
	if b.Map, err = dayMap(d); err != nil {
		return err
	}
	if len(d.Support) > 0 {
		b.Cite = s.Origin + "/days/" + d.Support[0].Hex()
	}
	p.Nav, p.Agreement, p.Picture, p.At, p.Body = "picture", reader.Agreement(), reader.Picture(), st.At, b
	notes := s.notes(q)
	for _, x := range []struct {
		about string
		note  mission.Note
	}{{"brief.depends", notes.Depends}, {"brief.claims", notes.Claims}} {
		if x.note.Text != "" {
			b.Brief = append(b.Brief, briefLine{p.T(x.about), x.note.Text, x.note.More})
		}
	}
	p.Title = q.lang.say("day.title", "Article", string(d.Article), "When", p.DayWhen(d.DayRow))
	p.shared = &share{p.Title, s.Origin + p.WithMoment("/days/"+d.ID.Hex()+"/card")}
	return q.page("day", p)
}

// daysOn leads from a report to the finding of days that rests on it, or lists them if they are
// several. A finding gets another address whenever a report joins it; a report keeps its own.
func (q *request) daysOn(reader truce.Reader, st *address, id truce.Digest) error {
	list, err := daysOf(q, reader, []truce.Digest{id})
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return errNotFound
	case len(list) == 1:
		return q.back((&Page{q: q}).On("/days/" + list[0].ID.Hex()))
	}
	return q.page("days", &Page{Nav: "picture", Title: q.lang.say("days.title"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At, Body: &daysBody{pageOf(list, st.Page, perPage)}})
}

// lastSeq is the number of the last decision about a finding of days.
func lastSeq(d *truce.DayDossier) (last int64) {
	for _, x := range d.Decisions {
		last = max(last, x.Seq)
	}
	return last
}

// mostOfDay is of how many incidents the page of a finding of days shows what was said of them.
const mostOfDay = 20

// dayMap is what the map of a finding of days draws, as GeoJSON: its area and the places of
// its reports. No mark stands in it: a mark is an incident.
func dayMap(d *truce.DayDossier) (string, error) {
	features := []any{}
	add := func(kind string, p *truce.Place) {
		if g := report.Geometry(p); g != nil {
			features = append(features, map[string]any{"type": "Feature", "geometry": g, "properties": map[string]any{"kind": kind}})
		}
	}
	if d.Area.Level == truce.AreaPlace {
		add("area", &truce.Place{Kind: truce.PlacePoint, Point: d.Area.Centre, Uncertainty: int32(max(d.Area.RadiusM, leastDrawnM))})
	}
	for _, x := range d.Reports {
		at := x.Whereabouts()
		at.Uncertainty = max(at.Uncertainty, leastDrawnM)
		add("report", &at)
	}
	if len(features) == 0 {
		return "", nil
	}
	data, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	return string(data), err
}

// leastDrawnM is the smallest disc that can be seen.
const leastDrawnM = 100

// decideDay takes a decision about a finding of days, signed with the reader's role key.
func (s *Server) decideDay(q *request) error {
	f := &formFaults{}
	var kinds []string
	for _, k := range truce.DayDecisionKinds {
		kinds = append(kinds, string(k))
	}
	d := &truce.Decision{Kind: truce.DecisionKind(q.chosen(f, "kind", kinds)), From: s.Room.Now(), Because: q.because(f), Although: q.field("although")}
	at, err := q.say(func(m *intake.Writer, key *ledger.Secret, whose ledger.Key) (int64, error) {
		sit, err := m.Situation(truce.Never)
		if err != nil {
			return 0, err
		}
		x := s.Room.Answers(q.to, sit)
		id, err := q.digest(x, q.PathValue("id"))
		if err != nil {
			return 0, err
		}
		day, err := x.DayDossier(q.Context(), id)
		switch {
		case err != nil:
			return 0, err
		case day == nil:
			return 0, errNotFound // it rests on other reports now, or a person rejected it
		}
		if err := f.err(); err != nil {
			return 0, err
		}
		return m.Decide(key, whose, d, []string{id.Hex()}, q.sureOfDay(day))
	})
	if err != nil {
		return err
	}
	what := string(d.Kind)
	if state, _ := s.Room.State(); state.Situations[q.to].Alone(d) {
		what = "first"
	}
	return q.done("/days", what, at)
}

// sureOfDay sends a decision back that is doubtful, or about a finding of days about which
// somebody decided since the page was made, until its sender says that they have read that.
func (q *request) sureOfDay(day *truce.DayDossier) func([]truce.Reason) error {
	return func(doubts []truce.Reason) error {
		c := &collision{Anyway: fmt.Sprint(lastSeq(day), ".", day.ID.Hex())}
		seen, _ := seenOf(q.PostFormValue("seen"))
		for _, x := range day.Decisions {
			if q.PostForm.Has("seen") && x.Seq > seen {
				c.Done = append(c.Done, q.decided(&truce.Item{Known: x.Known, Decision: x.Decision}))
			}
		}
		for _, d := range doubts {
			c.Doubts = append(c.Doubts, (&Page{q: q}).Reason(d))
		}
		if len(doubts) > 0 {
			c.Anyway += " " + truce.DigestOf(c.Doubts...).Hex()
		}
		if len(c.Done)+len(c.Doubts) == 0 || q.PostFormValue("anyway") == c.Anyway {
			return nil
		}
		return c
	}
}

// daysOf are the findings of days that rest on one of some observations.
func daysOf(q *request, reader truce.Reader, of []truce.Digest) (out []truce.DayRow, err error) {
	list, err := reader.DayFindings(q.Context(), truce.DayQuery{})
	return slices.DeleteFunc(list, func(d truce.DayRow) bool {
		return !slices.ContainsFunc(d.Support, func(id truce.Digest) bool { return slices.Contains(of, id) })
	}), err
}

// DayWhen is the window of a finding of days: a day, or one of two.
func (p *Page) DayWhen(d truce.DayRow) string {
	loc := p.Agreement.Location
	first, last := truce.DateOf(d.Window.Start, loc), truce.DateOf(d.Window.End-1, loc)
	out := p.During(first.Day(loc))
	if last != first {
		out += " " + p.T("days.or") + " " + p.During(last.Day(loc))
	}
	return out
}

// Decided are the sentences about a finding of days that are not the finding itself.
func (p *Page) Decided(d truce.DayRow) []truce.Reason { return d.Reasons[min(1, len(d.Reasons)):] }
