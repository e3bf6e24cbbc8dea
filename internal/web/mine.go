package web

import (
	"bytes"
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/situation"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What became of a statement, as lists of statements have it.
const (
	stateShown     = "shown"     // it counts
	stateSealed    = "sealed"    // committed to, and not opened to both parties
	stateCorrected = "corrected" // a later statement is in its place
	stateWithdrawn = "withdrawn"
	stateUnused    = "unused" // in the record, and counted for nothing
)

// fates lists all.
var fates = []string{stateShown, stateSealed, stateCorrected, stateWithdrawn, stateUnused}

// A statement is what somebody said, once, with what became of it.
type statement struct {
	mission.Spoken
	State string
	Back  *mission.Spoken // what withdrew it, or took its place
	Known truce.Instant

	What  *truce.Item   // nil: it is sealed, and not for the reader
	Row   *truce.Row    // the incident that it is of, or answers
	Opens truce.Instant // of what is sealed: when it is opened to both parties at the latest
	Filed bool          // it was read from a file, and not signed by hand
}

// statements are what people signed by hand that choose chooses, the last first, with
// what became of each. A withdrawal is told beside what it withdrew, and is listed
// only where that is not.
func (q *request) statements(state *monitor.State, choose func(*mission.Spoken) bool) (out []statement, err error) {
	list, reader := state.Contents.Spoken, state.Reader(q.to)
	back := map[truce.Digest][]*mission.Spoken{} // by what it withdraws or corrects, in order
	var mine []*mission.Spoken
	told := map[truce.Digest]bool{}
	for i := range list {
		x := &list[i]
		if !x.Of.IsZero() {
			back[x.Of] = append(back[x.Of], x)
		}
		if choose(x) {
			mine = append(mine, x)
			told[x.ID] = true
		}
	}
	for _, x := range slices.Backward(mine) {
		if x.Kind == "withdrawal" && told[x.Of] {
			continue
		}
		st := statement{Spoken: *x, Known: x.Received, State: stateUnused}
		for _, y := range back[x.ID] {
			if y.Party == x.Party || x.Party == "" { // a party takes back what the mission wrote down for it
				st.Back = y
				break
			}
		}
		counts := x.Kind == "withdrawal"
		if !counts {
			if counts, err = reader.Includes(q.Context(), x.ID); err != nil {
				return nil, err
			}
		}
		switch {
		case counts:
			st.State, st.Back = stateShown, nil
		case st.Back != nil && st.Back.Kind == "withdrawal":
			st.State = stateWithdrawn
		case st.Back != nil:
			st.State = stateCorrected
		case x.Sealed && !q.s.Room.Opened(x.Entry):
			st.State = stateSealed
		}
		out = append(out, st)
	}
	return out, nil
}

// tell fills in what statements of a page say, and the incidents that they are of.
func (q *request) tell(ctx context.Context, list []statement) error {
	state, _ := q.s.Room.State()
	reader := state.Reader(q.to)
	var rows []truce.Row
	for i := range list {
		x := &list[i]
		if x.What == nil {
			x.What = q.s.Room.Item(state, &x.Spoken, q.reader())
		}
		if x.Entry < 0 {
			x.Entry = q.s.Room.EntryOf(x.ID)
		}
		id := x.ID
		switch {
		case x.What == nil:
			continue
		case x.What.Response != nil:
			id = x.What.Response.To
		case x.What.Withdrawal != nil:
			id = x.What.Withdrawal.Of
		}
		if x.State != stateShown {
			continue
		}
		inc, ok, err := reader.IncidentOf(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		row, ok, err := reader.Row(ctx, inc)
		if err != nil {
			return err
		}
		if ok {
			x.Row = &row
			rows = append(rows, row)
		}
	}
	return q.s.noteRows(q, reader, rows)
}

// shelves count statements by what became of them, for links to each.
func shelves(list []statement) (out []queueKind) {
	n := map[string]int{}
	for i := range list {
		n[list[i].State]++
	}
	for _, k := range fates {
		if n[k] > 0 {
			out = append(out, queueKind{k, n[k]})
		}
	}
	return out
}

// A paged is one page of a list.
type paged[T any] struct {
	Rows        []T
	Total       int
	Page, Pages int
}

// pageOf cuts a page out of a list; a page after the last is the last.
func pageOf[T any](list []T, page, size int) paged[T] {
	p := paged[T]{Total: len(list), Pages: max(1, (len(list)+size-1)/size)}
	p.Page = min(max(1, page), p.Pages)
	p.Rows = list[(p.Page-1)*size : min(p.Page*size, len(list))]
	return p
}

// pageNumber reads which page of a list is asked for.
func (q *request) pageNumber() (int, error) {
	t := q.URL.Query().Get("page")
	if t == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(t)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, bad("page %q: want a number from 1", t)
	}
	return n, nil
}

// mineBody is what the reader said.
type mineBody struct {
	paged[statement]
	State  string
	States []queueKind
	All    int
}

// mine lists what the reader's key, and those that it replaced, have said, with what
// became of each.
func (s *Server) mine(q *request) error {
	state, _ := s.Room.State()
	page, err := q.pageNumber()
	if err != nil {
		return err
	}
	_, whose, err := q.signer(s.Room.Mission())
	if err != nil {
		return err
	}
	b := &mineBody{State: q.URL.Query().Get("state")}
	if b.State != "" && !slices.Contains(fates, b.State) {
		return bad("state %q is unknown", b.State)
	}
	all, err := q.statements(state, func(x *mission.Spoken) bool { return x.Hand == whose.Hand })
	if err != nil {
		return err
	}
	b.All, b.States = len(all), shelves(all)
	if b.State != "" {
		all = slices.DeleteFunc(all, func(x statement) bool { return x.State != b.State })
	}
	b.paged = pageOf(all, page, perPage)
	if err := q.tell(q.Context(), b.Rows); err != nil {
		return err
	}
	return q.page("mine", &Page{Nav: "mine", Title: q.lang.say("nav.mine"), Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never, Body: b})
}

// fixes are the forms by which each kind of statement is made, and corrected.
var fixes = map[string]string{"observation": "observe", "seen": "observe", "restriction": "restrict", "allegation": "party/allege", "notification": "party/notify", "response": "party/respond"}

// MayTakeBack reports whether the reader may withdraw a statement of a list of their own.
func (p *Page) MayTakeBack(x *statement) bool {
	return x.Kind != "withdrawal" && x.Hand != "" && (x.State == stateShown || x.State == stateSealed) && p.May("POST /withdraw")
}

// MayFix reports whether the reader may correct it.
func (p *Page) MayFix(x *statement) bool {
	return p.MayTakeBack(x) && fixes[x.Kind] != "" && p.May("POST /"+fixes[x.Kind])
}

// Fixing is where a statement is corrected: the page of its form, filled in.
func (p *Page) Fixing(x *statement) string {
	form := fixes[x.Kind]
	page := "/observe"
	if strings.HasPrefix(form, "party/") {
		page = "/party"
	}
	return page + "?correct=" + x.ID.Hex() + "#" + strings.TrimPrefix(form, "party/")
}

// A correction is an earlier statement that a form is filled in with.
type correction struct {
	Of      truce.Digest
	Word    string // of its form
	Entry   int64
	Values  map[string]string
	Unshown bool // its place cannot be stated in the form
	Sealed  bool // the correction is sealed as it is
	To      truce.Digest
}

// correcting reads the statement that an address asks to correct; nil: none.
func (q *request) correcting() (*correction, error) {
	text := q.URL.Query().Get("correct")
	if text == "" {
		return nil, nil
	}
	var id truce.Digest
	if err := id.UnmarshalText([]byte(text)); err != nil {
		return nil, errNotFound
	}
	m := q.s.Room.Mission()
	_, whose, err := q.signer(m)
	if err != nil {
		return nil, err
	}
	x, r, err := m.Correcting(whose, id)
	if err != nil {
		return nil, err
	}
	c := &correction{Of: id, Word: mission.WordOf(r), Entry: x.Entry, Sealed: x.Sealed && !q.s.Room.Opened(x.Entry)}
	c.Values, c.Unshown = values(r, m.Agreement.Location)
	t := q.s.Room.Text(id, q.reader())
	if w := t.Words(); w != "" {
		c.Values["because"] = w
	}
	if r.Response != nil {
		c.To = r.Response.To
	}
	return c, nil
}

// values are what the fields of a form would have to hold to state a record again.
// unshown: its place is of a kind that forms do not have.
func values(r *truce.Item, loc *time.Location) (v map[string]string, unshown bool) {
	v = map[string]string{}
	set := func(key, value string) {
		if value != "" {
			v[key] = value
		}
	}
	switch {
	case r.Observation != nil:
		o := r.Observation
		set("act", string(o.Act))
		set("weapon", string(o.Weapon))
		set("means", o.Means)
		set("actor", string(o.Actor))
		set("side", string(o.Side))
		set("against", string(o.Against))
		set("object", o.Object)
		set("what", string(o.Seen))
		set("because", o.Note)
		if o.Calibre != 0 {
			set("calibre", o.Calibre.String())
		}
		if o.Count != (truce.Count{N: 1}) {
			set("count", o.Count.String())
		}
		if o.Grade != (truce.Grade{}) {
			set("grade", o.Grade.String())
		}
		if o.Casualties != nil {
			for _, f := range truce.CasualtyFields {
				if x := *o.Casualties.Field(f); x != nil {
					set(f, x.String())
				}
			}
		}
		return v, stated(v, o.Occurred, &o.Place, loc)
	case r.Notification != nil:
		n := r.Notification
		set("act", string(n.Act))
		set("because", n.Text)
		return v, stated(v, n.During, &n.Place, loc)
	case r.Restriction != nil:
		x := r.Restriction
		set("by", string(x.By))
		set("what", x.What)
		set("because", x.Text)
		return v, stated(v, x.During, &x.Place, loc)
	case r.Response != nil:
		set("says", r.Response.Says)
		set("because", r.Response.Text)
	}
	return v, false
}

// stated sets the fields of a time and a place.
func stated(v map[string]string, during truce.Interval, p *truce.Place, loc *time.Location) (unshown bool) {
	if v["from"] = ""; during.Start.Stated() {
		v["from"] = fieldTime(during.Start, loc)
	} else {
		v["not-later"] = "1"
	}
	if during.Width() != time.Minute { // what a form without an end makes
		v["to"] = fieldTime(during.End, loc)
	}
	at := func(x geo.Point) {
		lat, lon := x.Degrees()
		v["lat"], v["lon"] = strconv.FormatFloat(lat, 'f', -1, 64), strconv.FormatFloat(lon, 'f', -1, 64)
	}
	km := func(m int32) string { return strconv.FormatFloat(float64(m)/1000, 'f', -1, 64) }
	switch p.Kind {
	case truce.PlacePoint:
		v["where"] = "point"
		at(p.Point)
		if p.Uncertainty != truce.NotStated {
			v["radius"] = strconv.Itoa(int(p.Uncertainty))
		}
	case truce.PlaceRegion:
		v["where"], v["place"] = "region", p.Name
	case truce.PlaceWedge:
		v["where"] = "wedge"
		at(p.Wedge.Post)
		v["bearing-from"], v["bearing-to"] = strconv.Itoa(int(p.Wedge.FromDeg)), strconv.Itoa(int(p.Wedge.ToDeg))
		v["distance-from"], v["distance-to"] = km(p.Wedge.MinM), km(p.Wedge.MaxM)
	default:
		return true
	}
	return false
}

// fieldTime is a moment as a browser's field for a time has it. One that comes twice
// that day, as the clocks change, or has a part of a second, is written with its zone.
func fieldTime(i truce.Instant, loc *time.Location) string {
	t := i.Time().In(loc)
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if back, err := localTime(t.Format(layout), loc); err == nil && back == i {
			return t.Format(layout)
		}
	}
	return t.Format(time.RFC3339Nano)
}

// extras are the fields that forms do not show: a correction carries them on.
var extras = []string{"calibre", "actor", "side", "against", "object", "what", "recovered", "succumbed", "retroactive"}

// fillIn puts the earlier statement into the form of a page that corrects it.
func (c *correction) fillIn(page []byte) ([]byte, error) {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, err
	}
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Form || attr(n, "action") != c.action() || c.Word == "respond" && attr(n, "data-fix") == "" {
			continue
		}
		c.fill(n)
		var out bytes.Buffer
		if err := html.Render(&out, doc); err != nil {
			return nil, err
		}
		return out.Bytes(), nil
	}
	return nil, errNotFound // the reader may not make such a statement
}

// action is the address that the form is sent to.
func (c *correction) action() string {
	if c.Word == "observe" || c.Word == "restrict" {
		return "/" + c.Word
	}
	return "/party/" + c.Word
}

func (c *correction) fill(form *html.Node) {
	sent, has := url.Values{"where": {"point"}}, map[string]bool{}
	for k, v := range c.Values {
		sent.Set(k, v)
	}
	if c.Sealed {
		sent.Set("sealed", "1")
	}
	fill(form, sent)
	for n := range form.Descendants() {
		has[attr(n, "name")] = true
		if attr(n, "type") == "datetime-local" && strings.ContainsAny(attr(n, "value"), "Z+") {
			setAttr(n, "type", "text") // a field for a time without a zone cannot hold it
		}
	}
	hidden := func(name, value string) {
		form.InsertBefore(&html.Node{Type: html.ElementNode, Data: "input", DataAtom: atom.Input, Attr: []html.Attribute{{Key: "type", Val: "hidden"}, {Key: "name", Val: name}, {Key: "value", Val: value}}}, form.FirstChild)
	}
	for _, k := range extras {
		if v := c.Values[k]; v != "" && !has[k] {
			hidden(k, v)
		}
	}
	hidden("replaces", c.Of.Hex())
}

// replaces is what a form's statement takes the place of; zero: nothing.
func (q *request) replaces() (id truce.Digest, err error) {
	text := q.PostFormValue("replaces")
	if text == "" {
		return id, nil
	}
	if err := id.UnmarshalText([]byte(text)); err != nil {
		return id, bad("replaces: want the ID of a statement, 64 hexadecimal digits")
	}
	return id, nil
}

// attributed are what a party is said to have said: what its organs publish, and what
// the mission wrote down for it. They were not signed by the party. Signs such as air
// raid alerts are left out, as lists leave them out: they claim nothing.
func (q *request) attributed(state *monitor.State, party truce.PartyID) ([]statement, error) {
	return recallAnswer(q.s.memo, state.Situations[q.to], "attributed "+string(party)+" "+string(q.to), func() (out []statement, err error) {
		said, err := state.Reader(q.to).SaidFor(context.WithoutCancel(q.Context()), party)
		for i := range said {
			r := &said[i]
			out = append(out, statement{Spoken: mission.Spoken{Entry: -1, Kind: kindOf(r), ID: r.ID()}, Known: r.Known, State: stateShown, What: r, Filed: true})
		}
		return out, err
	})
}

func kindOf(r *truce.Item) string {
	switch {
	case r.Tally != nil:
		return "tally"
	case r.Notification != nil:
		return "notification"
	case r.Response != nil:
		return "response"
	}
	return "allegation"
}

// partySaid is all that a party said: what its liaisons signed, the last first, and
// what is attributed to it.
func (q *request) partySaid(party truce.PartyID) ([]statement, error) {
	state, _ := q.s.Room.State()
	out, err := q.statements(state, func(x *mission.Spoken) bool { return x.Party == party })
	if err != nil {
		return nil, err
	}
	delay := state.Agreement.ReleaseDelay()
	for i := range out {
		if x := &out[i]; x.State == stateSealed {
			x.Opens = x.Received.Add(delay)
		}
	}
	filed, err := q.attributed(state, party)
	if err != nil {
		return nil, err
	}
	out = append(out, filed...)
	slices.SortStableFunc(out, func(a, b statement) int { return cmp.Or(cmp.Compare(b.Known, a.Known), cmp.Compare(b.Entry, a.Entry)) })
	return out, nil
}

// blame is an incident of which somebody says that a party is behind it.
type blame struct {
	truce.Blame
	Row truce.Row
}

// saidOf are the incidents of which somebody says that a party is behind them.
func (q *request) saidOf(sit *situation.Situation, reader truce.Reader, party truce.PartyID) ([]blame, error) {
	ctx := context.WithoutCancel(q.Context())
	return recallAnswer(q.s.memo, sit, "said of "+string(party)+" "+string(q.to), func() ([]blame, error) {
		all, err := reader.SaidOf(ctx, party)
		out := make([]blame, len(all))
		for i := range all {
			out[i].Blame = all[i]
		}
		return out, err
	})
}
