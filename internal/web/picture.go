package web

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/summary"
)

// pictureBody is the room's first page.
type pictureBody struct {
	Board    *brief.Board
	Articles []articleState
	Block    *report.Count // over all articles in force, each incident once
	Rows     []truce.Row
	Total    int
	Count    report.Span // Total as a range
	Regions  []regionCount
	Period   truce.Interval
	From, To string // days, for the form
	Slider   slider
	Map      string // what the script reads, JSON
	Filtered bool
	Glance   *glance     // nil: nothing has been reported yet
	Brief    []briefLine // what else there is to know, in a few sentences
	Empty    bool        // nothing has been reported yet
}

// briefLine is a sentence above the first page, what it is about, and what is shown of it only
// when a reader asks for more.
type briefLine struct{ About, Text, More string }

// briefly are the sentences of the headline that a reader of past terms needs first: on how many
// days something is reported well, what the parties claimed, who looked at one side only, and who
// could see nothing; between the notes of a demo.
func briefly(p *Page, b *brief.Board, notes mission.Notes) (out []briefLine) {
	note := func(about string, n mission.Note) bool {
		if n.Text != "" {
			out = append(out, briefLine{p.T(about), n.Text, n.More})
		}
		return n.Text != ""
	}
	// said are the headline's sentences about something, at most so many.
	said := func(about string, most int) {
		var line briefLine
		for _, x := range b.Headline {
			if x.About.Format == about && most > 0 {
				line.About, line.Text = p.Reason(x.About), strings.TrimSpace(line.Text+" "+p.Reason(x.Text))
				most--
			}
		}
		if line.Text != "" {
			out = append(out, line)
		}
	}
	if p.Agreement.Status != truce.Historic {
		said("At least one", 1)
		return out
	}
	note("brief.agreed", mission.Note{Text: notes.Agreed})
	said("At least one", 1)
	said("From one collection", len(b.Headline))
	note("brief.depends", notes.Depends)
	if !note("brief.claims", notes.Claims) {
		said("Alleged", len(b.Headline))
	}
	said("One side only", len(b.Headline))
	said("Not seen", 1)
	return out
}

type articleState struct {
	*report.Article
	Force  bool
	Next   *truce.Clock // the next that runs out
	Clocks int
	Ribbon template.HTML
}

// AtPlaces is how many findings of days are of one place.
func (x articleState) AtPlaces() (n int) {
	for _, d := range x.Days {
		if d.Area.Level == truce.AreaPlace {
			n++
		}
	}
	return n
}

// Wider is how many are known to a district, a region or a zone only.
func (x articleState) Wider() int { return len(x.Days) - x.AtPlaces() }

type regionCount struct {
	Name string
	N    int
}

// slider is the moment of knowledge as one of a row of stops, in minutes since 1970: ends of local
// hours for a day or two, of days for weeks, of weeks for years; the last is now, or of past days the
// last on which anything was learned.
type slider struct {
	Stops []int64
	At    int // the stop that is shown, or the last before the moment that is
	Live  bool
}

// Last is the number of the last stop.
func (s slider) Last() int { return len(s.Stops) - 1 }

// Minutes are the stops as the script reads them.
func (s slider) Minutes() string { return strings.Trim(fmt.Sprint(s.Stops), "[]") }

// picture is the map, the ribbon, the counts and the articles.
func (s *Server) picture(q *request) error {
	st, sit, reader, err := q.known()
	if err != nil {
		return err
	}
	loc := reader.Agreement().Location
	b := &pictureBody{Period: shown(st, reader.Agreement(), reader.Times(), s.Room.Now()), Filtered: st.Query != truce.Query{During: st.Period}}
	if b.Board, err = s.Room.Board(q.Context(), q.to, sit, b.Period, b.Period != usual(reader.Agreement(), reader.Times())); err != nil {
		return err
	}
	b.Period = b.Board.Period
	b.From, b.To = day(b.Period.Start, loc), day(b.Period.End-1, loc)
	st.Query.During, st.Query.Limit = b.Period, perPage
	if st.Query.Order == "" {
		st.Query.Order = truce.Gravest
	}
	if b.Rows, b.Total, err = reader.Incidents(q.Context(), st.Query); err != nil {
		return err
	}
	if b.Count, err = spanned(q, reader, st.Query, b.Total); err != nil {
		return err
	}
	if err := s.noteRows(q, reader, b.Rows); err != nil {
		return err
	}
	if b.Regions, err = regions(q, reader, st.Query); err != nil {
		return err
	}
	p := &Page{Nav: "picture", Title: q.lang.say("nav.picture"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At, Wall: q.URL.Query().Get("wall") == "1", Body: b}
	p.q = q
	if p.News, err = q.news(reader); err != nil {
		return err
	}
	if b.Empty = !reader.Times().Extent.Valid(); !b.Empty {
		b.Glance, b.Brief = glanceOf(p, b.Board), briefly(p, b.Board, s.notes(q))
		if !b.Filtered && st.Period == (truce.Interval{}) {
			p.shared = &share{b.Glance.Lead, s.Origin + p.WithMoment("/preview.png")}
		}
	}
	for i := range b.Board.Articles {
		x := articleState{Article: &b.Board.Articles[i]}
		x.Force = len(x.Article.Force) > 0
		if x.Next, x.Clocks, err = s.nextClock(q, sit, reader, x.Article.Article); err != nil {
			return err
		}
		x.Ribbon = ribbon(p, x.Article)
		b.Articles = append(b.Articles, x)
	}
	// The stops are those of all that is known, also on the page of an earlier moment: of what was known
	// then the span is another.
	all := reader
	if st.At != truce.Never {
		if _, all, err = s.Room.Known(q.Context(), q.to, truce.Never); err != nil {
			return err
		}
	}
	b.Slider = sliderOf(all.Times(), loc, st.At, q.sees(all))
	if b.Map, err = s.mapState(q, st, b.Period, reader.Agreement()); err != nil {
		return err
	}
	return q.page("picture", p)
}

// notes are a demo's in the reader's language, or else in English.
func (s *Server) notes(q *request) mission.Notes {
	list := s.Room.Mission().About.Notes
	if notes, known := list[q.lang.Tag]; known {
		return notes
	}
	return list["en"]
}

func day(i truce.Instant, loc *time.Location) string {
	return i.Time().In(loc).Format(time.DateOnly)
}

// sees is who asks, as somebody who looks now at a picture.
func (q *request) sees(x truce.Answers) release.Viewer { return q.s.Room.Sees(q.to, x.Agreement()) }

// sliderHours is up to how many hours a slider steps by the hour, sliderDays up to how many days by
// the day, and sliderStops about how many stops it has at most.
const sliderHours, sliderDays, sliderStops = 48, 120, 400

// sliderOf spans what was known first to now, for a viewer who looks now.
func sliderOf(t truce.Times, loc *time.Location, at truce.Instant, to release.Viewer) slider {
	now := to.At
	whole := to.Whole(truce.Interval{Start: t.FirstKnown, End: t.Extent.End}, loc)
	first, last := min(now, whole.Start), now
	// In a rehearsal on past days all that was known was known long ago.
	if end := whole.End; end.Stated() && end < now.Add(-30*24*time.Hour) {
		last = max(first, end.Add(7*24*time.Hour))
	}
	if !first.Stated() { // nothing is known yet
		first = last
	}
	out := slider{Live: at == truce.Never}
	minute := func(i truce.Instant) int64 { return int64(i) / 60_000 }
	stop := func(i truce.Instant) bool {
		if i < last {
			out.Stops = append(out.Stops, minute(i))
		}
		return i < last
	}
	if hours := (last - first) / 3_600_000; hours <= sliderHours {
		local := first.Time().In(loc)
		for i := truce.InstantOf(local.Truncate(time.Hour)).Add(time.Hour); stop(i); i = i.Add(time.Hour) {
		}
	} else {
		step := 1
		if days := int(hours / 24); days > sliderDays {
			step = 7 * max(1, (days+7*sliderStops-1)/(7*sliderStops))
		}
		for d := truce.DateOf(first, loc).Add(1); stop(d.Start(loc)); d = d.Add(step) {
		}
	}
	out.Stops = append(out.Stops, minute(last))
	out.At = len(out.Stops) - 1
	if at != truce.Never {
		n, found := slices.BinarySearch(out.Stops, minute(at))
		if !found {
			n = max(0, n-1)
		}
		out.At = n
	}
	return out
}

// figure is the map as a drawing, for who has no script.
func (s *Server) figure(q *request) error {
	st, sit, reader, err := q.known()
	if err != nil {
		return err
	}
	v := shown(st, reader.Agreement(), reader.Times(), s.Room.Now())
	chosen := v != usual(reader.Agreement(), reader.Times())
	draw := func() (string, error) {
		r, err := s.Room.Report(q.Context(), q.to, sit, v, chosen)
		if err != nil {
			return "", err
		}
		return r.Drawing()
	}
	if !chosen { // once for all; periods that somebody chose have no end
		// Audiences may share a situation, and what is delayed is drawn once it is shown.
		draw = recall(s.memo, sit, fmt.Sprintf("figure %s %d", q.to, reader.Picture().Delayed), func() func() (string, error) { return sync.OnceValues(draw) })
	}
	svg, err := draw()
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, err = io.WriteString(q.w, svg)
	return err
}

// nextClock is the clock of an article that runs out next, and how many run, of the
// incidents that whoever asks is shown.
func (s *Server) nextClock(q *request, sit *situation.Situation, reader truce.Reader, art truce.Article) (next *truce.Clock, n int, err error) {
	ctx := context.WithoutCancel(q.Context())
	// Audiences may share a situation, and what is delayed is shown later.
	key := fmt.Sprintf("clocks %s %s %d", art, q.to, reader.Picture().Delayed)
	all, err := recallAnswer(s.memo, sit, key, func() ([]truce.RunningClock, error) { return reader.Clocks(ctx, art) })
	if err != nil {
		return nil, 0, err
	}
	now := s.Room.Now()
	for i := range all {
		if all[i].Ends <= now {
			continue
		}
		n++
		if next == nil || all[i].Ends < next.Ends {
			next = &all[i].Clock
		}
	}
	return next, n, nil
}

func regions(q *request, r truce.Reader, query truce.Query) ([]regionCount, error) {
	by, err := r.Regions(q.Context(), query)
	if err != nil {
		return nil, err
	}
	var out []regionCount
	for _, n := range brief.RegionsOf(r.Agreement()) {
		if by[n] > 0 {
			out = append(out, regionCount{n, by[n]})
		}
	}
	if by[summary.Elsewhere] > 0 {
		out = append(out, regionCount{summary.Elsewhere, by[summary.Elsewhere]})
	}
	return out, nil
}

// listBody is a list of incidents.
type listBody struct {
	Rows   []truce.Row
	Total  int
	Count  report.Span // Total as a range
	Before int         // of terms of the past: how many ended before these began
	// Statements are how many of them are known from parties alone, which no number of incidents has.
	Statements int
	Page       int
	Pages      int
	First      int
	State      *address
	From       string
	To         string
}

// spanned is how many incidents a query asks for: those that surely lie in its period, and
// those that may.
func spanned(q *request, reader truce.Reader, query truce.Query, total int) (report.Span, error) {
	if query.During == (truce.Interval{}) {
		return report.Span{Low: total, High: total}, nil
	}
	query.Surely, query.Limit, query.Offset = true, 0, 0
	_, n, err := reader.Incidents(q.Context(), query)
	return report.Span{Low: n, High: total}, err
}

func (s *Server) list(q *request) (*listBody, *Page, error) {
	st, reader, err := q.reads()
	if err != nil {
		return nil, nil, err
	}
	st.Query.Limit, st.Query.Offset = perPage, (st.Page-1)*perPage
	b := &listBody{State: st, Page: st.Page}
	if b.Rows, b.Total, err = reader.Incidents(q.Context(), st.Query); err != nil {
		return nil, nil, err
	}
	if b.Count, err = spanned(q, reader, st.Query, b.Total); err != nil {
		return nil, nil, err
	}
	if a := reader.Agreement(); a.Status == truce.Historic && st.Query.During == (truce.Interval{}) {
		before := st.Query
		before.During, before.Surely, before.Limit, before.Offset = truce.Interval{Start: truce.Always, End: a.Begun()}, true, 0, 0
		if _, b.Before, err = reader.Incidents(q.Context(), before); err != nil {
			return nil, nil, err
		}
	}
	if st.Query.Standing == "" {
		claimed := st.Query
		claimed.Standing, claimed.Limit, claimed.Offset = truce.Alleged, 0, 0
		if _, b.Statements, err = reader.Incidents(q.Context(), claimed); err != nil {
			return nil, nil, err
		}
	}
	if err := s.noteRows(q, reader, b.Rows); err != nil {
		return nil, nil, err
	}
	b.Pages = max(1, (b.Total+perPage-1)/perPage)
	b.First = st.Query.Offset + 1
	loc := reader.Agreement().Location
	if st.Period.Start.Stated() && st.Period != (truce.Interval{}) {
		b.From = day(st.Period.Start, loc)
	}
	if st.Period.End.Stated() && st.Period != (truce.Interval{}) {
		b.To = day(st.Period.End-1, loc)
	}
	fresh, err := q.news(reader)
	if err != nil {
		return nil, nil, err
	}
	return b, &Page{Nav: "incidents", Title: q.lang.say("nav.incidents"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At, News: fresh, Body: b}, nil
}

// incidents lists; format=csv and others export what the list shows, all pages of it.
func (s *Server) incidents(q *request) error {
	if name := q.URL.Query().Get("format"); name != "" {
		f, err := report.TableFormatOf(name)
		if err != nil {
			return bad("format: %v", err)
		}
		return s.export(q, f)
	}
	_, p, err := s.list(q)
	if err != nil {
		return err
	}
	return q.page("incidents", p)
}

// mostExported bounds one export.
const mostExported = 200_000

func (s *Server) export(q *request, f report.TableFormat) error {
	st, reader, err := q.reads()
	if err != nil {
		return err
	}
	st.Query.Limit = mostExported
	rows, total, err := reader.Incidents(q.Context(), st.Query)
	if err != nil {
		return err
	}
	if err := s.noteRows(q, reader, rows); err != nil {
		return err
	}
	if total > len(rows) {
		q.w.Header().Set("X-Truce-Left-Out", strconv.Itoa(total-len(rows)))
	}
	q.attach(reader, "incidents", f)
	t, licences, err := s.table(q, reader, "incidents", report.IncidentColumns())
	if err != nil {
		return err
	}
	all := func(yield func(*truce.Row) bool) {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	}
	t.Licences = append(report.CitedBy(licences, report.SourcesOf(all)), t.Licences...)
	if f.Name == "json" {
		list := make([]map[string]any, len(rows))
		for i := range rows {
			if list[i], err = propertiesOf(&rows[i]); err != nil {
				return err
			}
		}
		return q.json(map[string]any{"status": reader.Agreement().Status, "picture": reader.Picture(), "total": total, "licences": t.Licences, "incidents": list})
	}
	t.Rows = report.Incidents(t.Status, report.CitationsOf(licences), all)
	return f.Write(q.w, t)
}

// Exports are the formats in which a list can be had.
func (p *Page) Exports() []report.TableFormat { return report.TableFormats }

// attach names the file that an export is saved as, and says what it is of.
func (q *request) attach(reader truce.Reader, name string, f report.TableFormat) {
	h := q.w.Header()
	h.Set("Content-Type", f.Media)
	h.Set("Content-Disposition", `attachment; filename="`+name+`.`+f.Ext+`"`)
	h.Set("X-Truce-Status", string(reader.Agreement().Status))
	h.Set("X-Truce-Situation", reader.Picture().Digest.Hex())
}

// table is a list of a picture for programs, without its rows.
func (s *Server) table(q *request, reader truce.Reader, name string, columns []report.Column) (*report.Table, map[truce.SourceID]report.Licence, error) {
	licences, places, err := s.Room.Mission().Licences()
	a, p := reader.Agreement(), reader.Picture()
	cut := "Everything that was received until " + p.Received.String()
	if q.URL.Query().Get("at") != "" { // else it would be another file each time it is asked for
		cut = "As known " + p.AsKnown.String()
	}
	return &report.Table{Name: name, Title: a.Title, Status: a.Status, Cut: cut + "; for the " + string(p.Audience), Issued: p.Received, Situation: p.Digest, Location: a.Location, Licences: places, Columns: columns}, licences, err
}

// propertiesOf are a row's own fields, and beside them the columns of tables that it has
// inside other fields: position, radius and casualties.
func propertiesOf(r *truce.Row) (map[string]any, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, err
	}
	for k, v := range report.ColumnsOf(r) {
		if _, own := out[report.Columns[k]]; !own {
			out[report.Columns[k]] = v
		}
	}
	return out, nil
}

// second is a decision that takes effect once another person has decided the same.
type second struct {
	Article  truce.Article
	Decision *truce.Decision
	May      bool // the reader may take it
	Mine     bool // it is the reader's own
}

type incidentBody struct {
	*monitor.Dossier
	Decidable []string // kinds of decisions that the reader may take of it
	Second    []second // decisions that wait for a second reader
	Owner     desk.Line
	Tasks     []task
	Map       string
	Cite      string
	Reviews   []desk.Line
	Seen      string         // what a form about it says was seen
	Answered  int            // by the reader's party
	Articles  []possible     // that a decision may be about
	Days      []truce.DayRow // findings of days that rest on one of its reports
}

// Merged reports whether a person decided that the reports are of one incident.
func (b *incidentBody) Merged() bool { return b.decided(truce.Merge) }

// PutTogether reports whether a person put reports of it together or apart.
func (b *incidentBody) PutTogether() bool { return b.decided(truce.Merge) || b.decided(truce.Split) }

func (b *incidentBody) decided(kind truce.DecisionKind) bool {
	return slices.ContainsFunc(b.Decisions, func(d truce.Decided) bool { return d.Kind == kind })
}

// possible is an article that an incident may fall under.
type possible struct {
	truce.ShortFinding
	Only bool // no other does
}

// articlesOf are the articles that a decision about a row may be about. If only one
// applies it is chosen; who decides otherwise changes it.
func articlesOf(r *truce.Row) (out []possible) {
	applies := -1
	for i, f := range r.Findings {
		out = append(out, possible{ShortFinding: f})
		switch {
		case f.Outcome == truce.OutOfScope:
		case applies < 0:
			applies = i
		default:
			applies = len(r.Findings)
		}
	}
	if applies >= 0 && applies < len(out) {
		out[applies].Only = true
	}
	return out
}

type task struct {
	truce.Task
	Article truce.Article
}

// incident is all that may be read of one incident.
func (s *Server) incident(q *request) error {
	st, reader, err := q.reads()
	if err != nil {
		return err
	}
	id, err := q.digest(reader, q.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := s.Room.Dossier(q.Context(), q.to, st.At, id)
	if err != nil {
		return err
	}
	if d == nil {
		return errNotFound
	}
	if d.Private && q.who != nil {
		if err := s.People.Read(q.Context(), q.who, "incident "+d.Row.ID.String(), q.URL.Path); err != nil {
			return err // what cannot be noted is not shown
		}
	}
	b := &incidentBody{Dossier: d, Cite: s.Origin + "/incidents/" + d.Incident.Of[0].ID.Hex()}
	for _, k := range []truce.DecisionKind{truce.Confirm, truce.Reject, truce.Verify, truce.Unverifiable, truce.Merge, truce.Split, truce.Independent} {
		if k == truce.Independent && len(d.Said) < 2 {
			continue // there is nothing that it could be a copy of
		}
		if (&Page{q: q}).MayDecide(string(k)) {
			b.Decidable = append(b.Decidable, string(k))
		}
	}
	for _, u := range d.Under {
		x, err := reader.Pending(q.Context(), u.Provision.Article, d.Incident.ID)
		if err != nil {
			return err
		}
		if x != nil { // who reads of the decision reads that it does not stand
			w := second{Article: u.Provision.Article, Decision: x}
			if w.May = (&Page{q: q}).MayDecide(string(x.Kind)); w.May {
				if _, whose, err := q.signer(s.Room.Mission()); err == nil {
					w.Mine = whose.ID() == x.Hand
				}
			}
			b.Second = append(b.Second, w)
		}
		for _, t := range u.Tasks {
			b.Tasks = append(b.Tasks, task{t, u.Provision.Article})
		}
	}
	said, err := reader.Statements(q.Context(), d.Incident.ID)
	if err != nil {
		return err
	}
	b.Seen, b.Articles = seenDecisions(said), articlesOf(&d.Row)
	if b.Days, err = daysOf(q, reader, d.Incident.IDs()); err != nil {
		return err
	}
	if q.who != nil && q.who.Party != "" {
		b.Answered = len(answersOf(said, truce.PartyID(q.who.Party)))
	}
	if q.to == truce.ForMission {
		if b.Reviews, err = s.reviewers(q.Context(), d.Incident); err != nil {
			return err
		}
		if b.Owner, err = s.owner(q.Context(), reader, d.Incident); err != nil {
			return err
		}
	}
	if b.Map, err = evidenceMap(d); err != nil {
		return err
	}
	p := &Page{q: q, Nav: "incidents", Title: q.lang.say("incident.title", "ID", d.Row.ID.String()), Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At, Body: b}
	p.shared = &share{p.Headline(d.Row), s.Origin + p.WithMoment("/incidents/"+d.Row.ID.Hex()+"/card")}
	return q.page("incident", p)
}

// evidenceMap is what the map of one incident draws, as GeoJSON; empty: nothing of it
// can be drawn.
func evidenceMap(d *monitor.Dossier) (string, error) {
	features := []any{} // of what is known to a region alone, none: and no null
	for _, x := range d.Said {
		g := report.Geometry(&x.Place)
		if g == nil {
			continue
		}
		kind := "observation"
		if x.Alleged() {
			kind = "allegation"
		}
		features = append(features, map[string]any{"type": "Feature", "geometry": g, "properties": map[string]any{"kind": kind, "id": x.ID.String(), "source": x.Source, "uncertainty": x.Place.Uncertainty}})
	}
	if len(features) == 0 {
		return "", nil
	}
	data, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	return string(data), err
}

// proof is the inclusion proof of an entry: a file that proves, without this
// server, that the record has it.
func (s *Server) proof(q *request) error {
	n, err := strconv.ParseInt(q.PathValue("entry"), 10, 64)
	state, _ := s.Room.State()
	if err != nil || n < 0 || n >= state.Size {
		return errNotFound
	}
	m := s.Room.Mission()
	policy, err := audit.Trust(m.About.Record)
	if err != nil {
		return err
	}
	l := &audit.Log{Fetch: audit.Dir(m.Record()), Policy: policy}
	cp, err := l.Checkpoint(q.Context())
	if err != nil {
		return err
	}
	text, err := l.Prove(q.Context(), cp, n)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	q.w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="entry-%d.proof"`, n))
	_, err = q.w.Write(text)
	return err
}

// Partners are the incidents of proposals, each once, in their order.
func (p *Page) Partners(list []truce.Proposal) (out []truce.Digest) {
	for _, x := range list {
		if !slices.Contains(out, x.Other) {
			out = append(out, x.Other)
		}
	}
	return out
}
