package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// deskBody is the verification desk: what waits for a person, in the order in which
// its clocks run out.
type deskBody struct {
	Days   paged[truce.DayRow] // findings of days that wait for a decision
	Sealed map[truce.PartyID]int
	*handover
	Alerts   []alertLine
	Queue    paged[waiting]
	All      int
	Reviewed int
	Changed  []desk.Changed
	Kind     string
	Kinds    []queueKind
	Mine     bool // only what is the reader's own
	MineN    int
	New      paged[truce.Row] // incidents of which something came since the reader looked last, whatever their outcome
	Since    int64            // and since which entry that is
	SeenAt   truce.Instant
	Foreseen []truce.Due // what only people can declare
	Work     string      // the one list of the handover that is asked for; empty: the beginning of each
}

// markSeen keeps that the reader has seen what is new up to an entry: the one that the
// page showed which they looked at, and no later one.
func (s *Server) markSeen(q *request) error {
	n, err := strconv.ParseInt(q.PostFormValue("entries"), 10, 64)
	state, _ := s.Room.State()
	if err != nil || n < 0 || n > state.Size {
		return bad("entries: want a number up to %d", state.Size)
	}
	if err := s.Desk.SetSeen(q.Context(), q.who.Name, n, s.Room.Now()); err != nil {
		return err
	}
	return q.back("/desk")
}

type queueKind struct {
	Name string
	N    int
}

// waiting is one incident under one article that waits for a person, as pages show it.
type waiting struct {
	desk.Waiting
	Row    truce.Row
	Clocks []truce.Clock
}

func (s *Server) desk(q *request) error {
	state, _ := s.Room.State()
	sit := state.Situations[q.to]
	reader := state.Reader(q.to)
	b := &deskBody{Sealed: sealedClaims(state.Contents, s.Room.Opened), Kind: q.URL.Query().Get("kind"), Work: q.URL.Query().Get("work")}
	b.Mine = q.URL.Query().Get("mine") == "1"
	if b.Kind != "" && b.Kind != "new" && b.Kind != "days" && b.Kind != desk.Reviewed && !slices.Contains(desk.Heaps, b.Kind) {
		return bad("kind %q is unknown", b.Kind)
	}
	page, err := q.pageNumber()
	if err != nil {
		return err
	}
	if b.Since, b.SeenAt, err = s.Desk.Seen(q.Context(), q.who.Name, state.Size, s.Room.Now()); err != nil {
		return err
	}
	if err := s.deskNew(q, b, page); err != nil {
		return err
	}
	owners, err := s.Desk.Lines(q.Context(), desk.Owner, "open", mostOpen)
	if err != nil {
		return err
	}
	size := mostAtFirst
	if b.Kind == "days" {
		size = perPage
	}
	if b.Days = pageOf(desk.DaysWaiting(sit), page, size); b.Kind != "days" && page > 1 {
		b.Days = pageOf(desk.DaysWaiting(sit), 1, size)
	}
	queue := desk.QueueOf(sit, owners, desk.Ask{By: q.who.Name, Heap: b.Kind, Mine: b.Mine, Most: page * perPage})
	b.All, b.MineN, b.Reviewed = queue.All, queue.Mine, queue.Heaps[desk.Reviewed]
	for _, k := range desk.Heaps {
		b.Kinds = append(b.Kinds, queueKind{k, queue.Heaps[k]})
	}
	b.Queue.Total, b.Queue.Pages = queue.Total, max(1, (queue.Total+perPage-1)/perPage)
	b.Queue.Page = min(page, b.Queue.Pages)
	for _, x := range queue.First[min(len(queue.First), (b.Queue.Page-1)*perPage):min(len(queue.First), b.Queue.Page*perPage)] {
		row, ok, err := reader.Row(q.Context(), x.Incident.ID)
		if err != nil {
			return err
		}
		if !ok { // it is listed all the same: a row that is counted can be reached
			row = truce.Row{ID: x.Incident.ID}
		}
		b.Queue.Rows = append(b.Queue.Rows, waiting{Waiting: x, Row: row, Clocks: x.Clocks(sit)})
	}
	if err := s.noteRows(q, reader, rowsOf(b.Queue.Rows)); err != nil {
		return err
	}
	b.Changed, b.Foreseen = desk.ChangedSince(sit), sit.Foreseen(nil)
	if b.handover, err = s.handover(q.Context(), b.Work, page); err != nil {
		return err
	}
	if b.Alerts, err = s.openAlerts(q.Context()); err != nil {
		return err
	}
	return q.page("desk", &Page{Nav: "desk", Title: q.lang.say("nav.desk"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: truce.Never, Body: b})
}

// deskNew fills in what came since the reader looked last, or since an entry that an
// address names, the last first.
func (s *Server) deskNew(q *request, b *deskBody, page int) error {
	state, _ := s.Room.State()
	query := truce.Query{Since: b.Since, Order: truce.Arrived, Limit: mostAtFirst}
	if b.Kind == "new" {
		query.Limit, query.Offset = perPage, (page-1)*perPage
		if t := q.URL.Query().Get("since"); t != "" {
			n, err := strconv.ParseInt(t, 10, 64)
			if err != nil || n < 1 {
				return bad("since %q: want the number of an entry", t)
			}
			query.Since = n
		}
	}
	if query.Since == 0 {
		query.Since = 1 // of all: the first entry is not an observation
	}
	var err error
	if b.New.Rows, b.New.Total, err = state.Reader(q.to).Incidents(q.Context(), query); err != nil {
		return err
	}
	b.New.Page, b.New.Pages = page, max(1, (b.New.Total+query.Limit-1)/query.Limit)
	return s.noteRows(q, state.Reader(q.to), b.New.Rows)
}

func rowsOf(list []waiting) []truce.Row {
	out := make([]truce.Row, len(list))
	for i := range list {
		out[i] = list[i].Row
	}
	return out
}

func rank(o truce.Outcome) int { return slices.Index(truce.Outcomes, o) }

type agreementBody struct {
	Agreement *truce.Agreement
	Phases    []phaseState
	Articles  []articleText
	Unsigned  []string
	Signed    []string
	Limits    []string // what cannot be monitored
	Map       string
	Decisions []*truce.Decision
	Amended   []amendment
	Seen      int64 // what the form for declaring says was seen
}

type phaseState struct {
	truce.Phase
	Now    bool
	During []truce.Interval
	Why    truce.Reason
	// Opening is how far the conditions are on which people may open or extend it; nil: there are none.
	Opening *truce.Opening
}

type articleText struct {
	truce.Provision
	Rule  truce.Reason // how Truce applies it
	Force bool
	// Was is the article that it superseded, how Truce applies that, and when each applies; nil: none.
	Was                 *truce.Provision
	WasRule, Held, From truce.Reason
}

func (s *Server) agreement(q *request) error {
	state, _ := s.Room.State()
	a, sit, reader := state.Agreement, state.Situations[q.to], state.Reader(q.to)
	m := s.Room.Mission()
	b := &agreementBody{Agreement: a, Unsigned: m.Unsigned(state.Contents, a.Digest.Hex())}
	for _, p := range a.PartyIDs() {
		if !slices.Contains(b.Unsigned, string(p)) {
			b.Signed = append(b.Signed, string(p))
		}
	}
	now := s.Room.Now()
	openings, err := reader.Openings(q.Context())
	if err != nil {
		return err
	}
	for _, p := range a.Phases {
		x := phaseState{Phase: p}
		if i := slices.IndexFunc(openings, func(o truce.Opening) bool { return o.Phase == p.ID }); i >= 0 {
			x.Opening = &openings[i]
		}
		var err error
		if x.During, x.Why, err = reader.Phase(q.Context(), p.ID); err != nil {
			return err
		}
		x.Now = slices.ContainsFunc(x.During, func(v truce.Interval) bool { return v.Holds(now) })
		b.Phases = append(b.Phases, x)
	}
	for _, p := range a.Provisions {
		force, err := reader.InForce(q.Context(), p.Article, truce.Interval{Start: now, End: now + 1})
		if err != nil {
			return err
		}
		x := articleText{Provision: p, Rule: assess.Sentence(a, &p), Force: len(force) > 0}
		if x.Was, x.Held = assess.Superseded(a, &p); x.Was != nil {
			x.WasRule, x.From = assess.Sentence(a, x.Was), truce.Because("from %s on", p.Supersedes.From.In(a.Location))
		}
		b.Articles = append(b.Articles, x)
	}
	declared, err := q.declared(reader)
	if err != nil {
		return err
	}
	for i := range declared {
		b.Decisions = append(b.Decisions, declared[i].Decision)
	}
	b.Amended = recall(s.memo, sit, "amendments", func() []amendment { return s.amendments(m, state.Contents, a) })
	b.Limits, b.Seen = m.Limits(), seenDeclared(declared)
	st, err := q.state()
	if err != nil {
		return err
	}
	if b.Map, err = s.mapState(q, st, shown(st, a, reader.Times(), s.Room.Now()), reader.Agreement()); err != nil {
		return err
	}
	return q.page("agreement", &Page{Nav: "agreement", Title: q.lang.say("nav.agreement"), Agreement: a, Picture: reader.Picture(), At: truce.Never, Body: b})
}

type recordBody struct {
	Origin, Key string
	Checkpoint  string
	Size        int64
	Received    truce.Instant
	Witnesses   []witness
	Cosigned    int64 // entries that a witness co-signed at least
	Keys        []ledger.Key
	Sources     int
	Sealed      int
	Days        []growth
	Entries     []entryLine
	Mirrors     []mirrorState
	Objections  []ledger.Objected // entries that break a rule, the first of them
	Objected    int               // how many there are
	Skipped     int               // entries that readers skip
	Method      string            // that the record names, if it is not the one used here
}

// mostObjections bounds the list of the record page.
const mostObjections = 200

// growth is what came on one day.
type growth struct {
	Day   truce.Date
	N     int64
	Total int64 // by its end
	Share int64 // of the day on which most came, in percent
}

// mostDays is how many days of growth are shown.
const mostDays = 30

// grown are the last days on which something came, the latest first.
func grown(v *mission.Contents) (out []growth) {
	end, most := v.Size(), int64(1)
	for _, d := range slices.Backward(v.Days) {
		if len(out) == mostDays {
			break
		}
		out = append(out, growth{Day: d.Day, N: end - d.Entry, Total: end})
		most, end = max(most, end-d.Entry), d.Entry
	}
	for i := range out {
		out[i].Share = (out[i].N*100 + most - 1) / most
	}
	return out
}

type entryLine struct {
	Index    int64
	Kind     string
	Received truce.Instant
}

func (s *Server) recordPage(q *request) error {
	state, _ := s.Room.State()
	m := s.Room.Mission()
	b := &recordBody{Origin: m.Origin(), Key: m.About.Record, Size: state.Size, Received: state.Received, Keys: state.Contents.Keys, Sealed: len(state.Contents.Sealed), Days: grown(state.Contents), Mirrors: s.mirrors.all()}
	text, err := os.ReadFile(filepath.Join(m.Record(), "checkpoint"))
	if err != nil {
		return err
	}
	b.Checkpoint = string(text)
	policyText, err := os.ReadFile(filepath.Join(m.Dir, "policy"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	policy, err := audit.ParsePolicy(append([]byte("log "+m.About.Record+"\nquorum none\n"), witnessLines(policyText)...))
	if err != nil {
		return err
	}
	cp, err := policy.Open(text)
	if err != nil {
		return err
	}
	b.see(cp)
	if text, err := os.ReadFile(filepath.Join(m.Record(), ledger.Cosigned)); err == nil {
		cp, err := policy.Open(text)
		if err != nil {
			return fmt.Errorf("%s: %w", ledger.Cosigned, err)
		}
		b.see(cp)
	}
	if w := s.Room.Witnesses(); w != nil {
		b.ask(w.States())
	}
	for _, e := range state.Contents.Rest {
		if e.Kind == "source" {
			b.Sources++
		}
		b.Entries = append(b.Entries, entryLine{e.Index, e.Kind, e.Received})
	}
	slices.Reverse(b.Entries)
	b.Entries = b.Entries[:min(len(b.Entries), 40)]
	list := state.Contents.Objects(q.to)
	b.Objections, b.Objected, b.Skipped = list[:min(len(list), mostObjections)], len(list), state.Contents.Skipped(q.to)
	b.Method = s.Room.Mission().OtherMethod(state.Contents)
	return q.page("record", &Page{Nav: "record", Title: q.lang.say("nav.record"), Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never, Body: b})
}

// reportsBody lists what was published, and for those who make reports what is on its
// way.
type reportsBody struct {
	Published []publishedReport
	Drafts    []*desk.Item
	Kinds     []string
	Day       string
}

type publishedReport struct {
	Entry    int64
	Received truce.Instant
	ledger.Publication
	Here bool // the file lies on this machine
}

// publications are those of the record, the latest first.
func (s *Server) publications() (out []publishedReport, err error) {
	state, _ := s.Room.State()
	for _, e := range slices.Backward(state.Contents.Rest) {
		if e.Kind != "publication" {
			continue
		}
		x := publishedReport{Entry: e.Index, Received: e.Received}
		if err := json.Unmarshal(e.Content, &x.Publication); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		x.Here = s.publishedFile(&x.Publication) != ""
		out = append(out, x)
	}
	return out, nil
}

func (s *Server) reports(q *request) error {
	state, _ := s.Room.State()
	b := &reportsBody{Kinds: draftKinds}
	var err error
	if b.Published, err = s.publications(); err != nil {
		return err
	}
	p := &Page{Nav: "reports", Title: q.lang.say("nav.reports"), Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never, Body: b}
	if slices.Contains(reporters, RoleOf(q.who)) {
		if b.Drafts, err = s.Desk.List(q.Context(), "draft", "", 50); err != nil {
			return err
		}
		v := usual(state.Reader(truce.ForPublic).Agreement(), state.Reader(truce.ForPublic).Times())
		if v.End.Stated() {
			b.Day = day(v.End-1, state.Agreement.Location)
		}
	}
	return q.page("reports", p)
}

// publishedFile is where a published file lies, by its digest; empty: not here.
func (s *Server) publishedFile(p *ledger.Publication) string {
	name := filepath.Join(s.Room.Mission().Dir, "published", p.SHA256.Hex())
	if sum, err := mission.DigestOfFile(name); err != nil || sum != p.SHA256.Hex() {
		return ""
	}
	return name
}

// published serves a published report as it was published, byte for byte.
func (s *Server) published(q *request) error {
	n, err := strconv.ParseInt(q.PathValue("n"), 10, 64)
	if err != nil {
		return errNotFound
	}
	p := s.publication(n)
	if p == nil || !p.Here {
		return errNotFound
	}
	data, err := os.ReadFile(s.publishedFile(&p.Publication))
	if err != nil {
		return err
	}
	return q.file(p.File, data)
}

// partyBody is the party's room: what waits for its answer, what it said, what is
// said of it, and what both parties said to each other's face.
type partyBody struct {
	Party  truce.Party
	List   string // the one list that is asked for; empty: the beginning of each
	Asked  paged[waiting]
	Facts  paged[desk.Question]
	Said   paged[statement]
	Of     paged[blame]
	Both   paged[statement]
	Sealed map[truce.PartyID]int
	Days   []truce.DayRow // findings of days for which a reply is awaited
}

// partyLists are the lists of a party's room that can be asked for alone.
var partyLists = []string{"asked", "facts", "said", "of", "both"}

// mostAtFirst is how much of each list a party's room begins with.
const mostAtFirst = 8

func (s *Server) party(q *request) error {
	state, _ := s.Room.State()
	sit, reader := state.Situations[q.to], state.Reader(q.to)
	b := &partyBody{Sealed: sealedClaims(state.Contents, s.Room.Opened), List: q.URL.Query().Get("list")}
	if b.List != "" && !slices.Contains(partyLists, b.List) {
		return bad("list %q is unknown", b.List)
	}
	days, err := reader.DayFindings(q.Context(), truce.DayQuery{})
	if err != nil {
		return err
	}
	b.Days = slices.DeleteFunc(days, func(d truce.DayRow) bool { return d.Outcome != truce.AwaitingResponse })
	page, err := q.pageNumber()
	if err != nil {
		return err
	}
	for _, p := range state.Agreement.Parties {
		if p.ID == truce.PartyID(q.who.Party) {
			b.Party = p
		}
	}
	// A list that is asked for alone has its pages; the others are counted.
	size := func(list string) (int, int) {
		if list == b.List {
			return page, perPage
		}
		return 1, mostAtFirst
	}
	at, n := size("asked")
	if b.Asked, err = s.partyAsked(q, b.Party.ID, at, n); err != nil {
		return err
	}
	at, n = size("facts")
	b.Facts = pageOf(desk.Questions(sit, b.Party.ID), at, n)
	at, n = size("said")
	said, err := q.partySaid(b.Party.ID)
	if err != nil {
		return err
	}
	b.Said = pageOf(said, at, n)
	at, n = size("both")
	both, err := q.exchanged()
	if err != nil {
		return err
	}
	b.Both = pageOf(both, at, n)
	for _, list := range [][]statement{b.Said.Rows, b.Both.Rows} {
		if err := q.tell(q.Context(), list); err != nil {
			return err
		}
	}
	at, n = size("of")
	of, err := q.saidOf(sit, reader, b.Party.ID)
	if err != nil {
		return err
	}
	b.Of = pageOf(of, at, n)
	b.Of.Rows = slices.Clone(b.Of.Rows) // the list is kept
	var rows []truce.Row
	for i := range b.Of.Rows {
		x := &b.Of.Rows[i]
		row, ok, err := reader.Row(q.Context(), x.Incident)
		if err != nil {
			return err
		}
		if x.Row.ID = x.Incident; ok {
			x.Row = row
		}
		rows = append(rows, x.Row)
	}
	if err := s.noteRows(q, reader, append(rows, rowsOf(b.Asked.Rows)...)); err != nil {
		return err
	}
	p := &Page{Nav: "party", Title: q.lang.say("nav.party"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: truce.Never, Body: b}
	if p.Fix, err = q.correcting(); err != nil {
		return err
	}
	return q.page("party", p)
}

// partyAsked is a page of what waits for a party's answer.
func (s *Server) partyAsked(q *request, party truce.PartyID, page, size int) (out paged[waiting], err error) {
	state, _ := s.Room.State()
	sit, reader := state.Situations[q.to], state.Reader(q.to)
	all := pageOf(desk.Unanswered(sit, party), page, size)
	out = paged[waiting]{Total: all.Total, Page: all.Page, Pages: all.Pages}
	for _, x := range all.Rows {
		w := waiting{Waiting: x, Clocks: x.ReplyClocks(sit)}
		row, ok, err := reader.Row(q.Context(), x.Incident.ID)
		if err != nil {
			return out, err
		}
		if w.Row.ID = x.Incident.ID; ok {
			w.Row = row
		}
		out.Rows = append(out.Rows, w)
	}
	return out, nil
}

// exchanged are the notifications and answers of all parties, the last first.
func (q *request) exchanged() ([]statement, error) {
	state, _ := q.s.Room.State()
	list, err := recallAnswer(q.s.memo, state.Situations[q.to], "exchanged "+string(q.to), func() (out []statement, err error) {
		said, err := state.Reader(q.to).Statements(context.WithoutCancel(q.Context()), truce.Digest{})
		var answers []statement
		for i := range said {
			switch x := &said[i]; {
			case x.Notification != nil:
				out = append(out, statement{Spoken: mission.Spoken{Entry: -1, Kind: "notification", ID: x.Notification.ID, Party: x.Notification.By}, Known: x.Known, State: stateShown, What: &truce.Item{Notification: x.Notification}})
			case x.Response != nil:
				answers = append(answers, statement{Spoken: mission.Spoken{Entry: -1, Kind: "response", ID: x.Response.ID, Party: x.Response.By}, Known: x.Known, State: stateShown, What: &truce.Item{Response: x.Response}})
			}
		}
		out = append(out, answers...)
		slices.SortStableFunc(out, func(a, b statement) int { return cmp.Compare(b.Known, a.Known) })
		return out, err
	})
	return slices.Clone(list), err
}

func (s *Server) observePage(q *request) error {
	state, _ := s.Room.State()
	p := &Page{Nav: "observe", Title: q.lang.say("nav.observe"), Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never, Body: map[string]any{"Regions": brief.RegionNames(state.Agreement)}}
	var err error
	if p.Fix, err = q.correcting(); err != nil {
		return err
	}
	return q.page("observe", p)
}

// witnessLines are the lines of a policy that name witnesses.
func witnessLines(policy []byte) (out []byte) {
	for line := range bytes.Lines(policy) {
		if bytes.HasPrefix(bytes.TrimSpace(line), []byte("witness ")) {
			out = append(out, line...)
		}
	}
	return out
}

// see notes who co-signed a checkpoint.
func (b *recordBody) see(cp *audit.Checkpoint) {
	for _, w := range cp.Cosigned {
		x := b.witness(w.Witness)
		if cp.Size > x.Size || cp.Size == x.Size && truce.InstantOf(w.Time) > x.At {
			x.Size, x.At = cp.Size, truce.InstantOf(w.Time)
		}
		b.Cosigned = max(b.Cosigned, cp.Size)
	}
}

// ask notes how the witnesses were found that this room asks.
func (b *recordBody) ask(list []ledger.Cosigner) {
	for _, w := range list {
		x := b.witness(w.Name)
		if w.Size > x.Size {
			x.Size, x.At = w.Size, truce.InstantOf(w.Signed)
		}
		x.Fault = w.Error
	}
}

func (b *recordBody) witness(name string) *witness {
	for i := range b.Witnesses {
		if b.Witnesses[i].Name == name {
			return &b.Witnesses[i]
		}
	}
	b.Witnesses = append(b.Witnesses, witness{Name: name})
	return &b.Witnesses[len(b.Witnesses)-1]
}

// Last is the last entry that a witness co-signed.
func (w witness) Last() int64 { return w.Size - 1 }

// witness is somebody who co-signs the record.
type witness struct {
	Size  int64  // entries that it co-signed; 0: none yet
	Fault string // of the last request, for the mission's eyes
	Name  string
	At    truce.Instant
}
