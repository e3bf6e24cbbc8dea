package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/summary"
)

// pages are the templates, each with the frame around it.
type pages struct{ by map[string]*template.Template }

func (s *Server) parse() (*pages, error) {
	p := &pages{by: map[string]*template.Template{}}
	names, err := fs.Glob(files, "page/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		base := strings.TrimSuffix(strings.TrimPrefix(name, "page/"), ".html")
		if base == "frame" || base == "parts" {
			continue
		}
		around := "frame.html"
		if base == "embed" { // it stands in a frame of somebody else's
			around = "embed.html"
		}
		t, err := template.New(around).Funcs(s.funcs()).ParseFS(files, "page/frame.html", "page/parts.html", name)
		if err != nil {
			return nil, err
		}
		p.by[base] = t
	}
	return p, nil
}

// funcs are what templates may call that does not depend on who reads.
func (s *Server) funcs() template.FuncMap {
	return template.FuncMap{
		"glyph":    report.Glyph,
		"class":    report.Class,
		"asset":    s.assetURL,
		"bundled":  s.Bundled,
		"mapNeeds": func() []string { return s.mapNeeds },
		"short":    func(d truce.Digest) string { return d.String() },
		"hex":      func(d truce.Digest) string { return d.Hex() },
		"join":     strings.Join,
		"add":      func(a, b int) int { return a + b },
		"minus":    func(a, b int) int { return a - b },
		"pairs":    pairs,
		"ringOf":   ringOf,
		"cut":      cutShort,
		"spaced":   func(v any) string { return strings.ReplaceAll(fmt.Sprint(v), "-", " ") },
	}
}

// cutShort is a value of a file, as far as a table has room for it.
func cutShort(v any) string {
	const most = 80
	s := fmt.Sprint(v)
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// pairs makes a map of its arguments, for parts that want several.
func pairs(args ...any) (map[string]any, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("pairs: an odd number of arguments")
	}
	out := map[string]any{}
	for i := 0; i < len(args); i += 2 {
		out[fmt.Sprint(args[i])] = args[i+1]
	}
	return out, nil
}

// ringOf is how a standing is drawn around an outcome's sign.
func ringOf(s truce.Standing) string {
	switch s {
	case truce.SingleSource, truce.UnverifiableStanding:
		return "thin"
	case truce.Corroborated:
		return "double"
	case truce.Verified:
		return "thick"
	case truce.Refuted:
		return "struck"
	}
	return "none"
}

func (s *Server) assetURL(name string) string {
	return "/assets/" + name + "?v=" + s.assets[name].hash
}

// A Page is what every page knows.
type Page struct {
	q         *request
	Nav       string // which of the rooms
	Title     string
	Agreement *truce.Agreement
	Picture   truce.Picture
	At        truce.Instant // as known at; Never: now
	Late      bool          // the picture could not be brought up to date
	Wall      bool
	Fault     bool        // the page says only why it failed
	Fix       *correction // the earlier statement that a form is filled in with; nil: none
	News      int         // incidents that are new or changed since the entry that the address names as new
	Body      any
	shared    *share // what a link to the page shows elsewhere; nil: its address alone
}

// reader is who reads the page, for texts.
func (q *request) reader() release.Reader {
	r := release.Reader{Audience: q.to}
	if q.who != nil {
		r.Party = truce.PartyID(q.who.Party)
	}
	return r
}

// Words is an item's free text: the one that is public, or else the sealed one, as
// far as whoever asks may read it.
func (p *Page) Words(id truce.Digest, public string) string {
	if public != "" {
		return public
	}
	t := p.q.s.Room.Text(id, p.q.reader())
	return p.text(t.Words(), t.Sealed)
}

// Although is what a decision says of what speaks against it; empty also where the reader
// may not read it, since Words says that then.
func (p *Page) Although(id truce.Digest, public string) string {
	if public != "" {
		return public
	}
	return p.q.s.Room.Text(id, p.q.reader()).Although
}

// Basis is Words of what an attribution is based on.
func (p *Page) Basis(id truce.Digest, public string) string {
	if public != "" {
		return public
	}
	t := p.q.s.Room.Text(id, p.q.reader())
	return p.text(t.Basis, t.Sealed)
}

func (p *Page) text(words string, sealed bool) string {
	if words == "" && sealed {
		return p.T("text.sealed")
	}
	return words
}

// ReadBy says who will read the reason in a form that makes an entry of a kind.
func (p *Page) ReadBy(kind string) string {
	a := p.Agreement
	switch {
	case kind == "":
		return ""
	case !intake.SealsTexts(a, kind):
		return p.T("read.public")
	case release.TextsForBoth(kind):
		return p.T("read.both")
	case p.q.who != nil && p.q.who.Party != "":
		return p.T("read.side")
	}
	return p.T("read.mission")
}

// page renders a page.
func (q *request) page(name string, p *Page) error { return q.pageWith(http.StatusOK, name, p) }

func (q *request) pageWith(status int, name string, p *Page) error {
	p.q = q
	if p.Agreement == nil {
		state, err := q.s.Room.State()
		p.Agreement, p.Late = state.Agreement, err != nil
		if p.Picture == (truce.Picture{}) {
			p.Picture = state.Reader(q.to).Picture()
		}
	}
	t := q.s.pages.by[name]
	var b bytes.Buffer // a page is whole or not at all
	if err := t.Execute(&b, p); err != nil {
		return err
	}
	if p.Fix != nil {
		text, err := p.Fix.fillIn(b.Bytes())
		if err != nil {
			return err
		}
		b = *bytes.NewBuffer(text)
	}
	q.rememberForm()
	h := q.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.q.lang.Tag)
	h.Add("Vary", "Cookie, Accept-Language, Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	q.w.WriteHeader(status)
	_, err := q.w.Write(visible(b.Bytes()))
	return err
}

// fault answers with an error page.
func (s *Server) fault(w http.ResponseWriter, r *http.Request, status int, id string) {
	s.faultWith(w, r, status, id, "", "")
}

func (s *Server) faultWith(w http.ResponseWriter, r *http.Request, status int, id, text, hint string) {
	who, _ := s.who(r)
	q := &request{Request: r, s: s, w: w, who: who, to: AudienceOf(RoleOf(who)), lang: s.words.of(r)}
	if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = q.json(map[string]string{"error": q.lang.say(id), "what": text, "hint": hint})
		return
	}
	own := strings.HasPrefix(id, "fault.storage") || id == "fault.unsure" // the text is in the reader's language
	b := again{Title: id, Do: id + ".do", Hint: hint}
	if text != "" {
		b.Faults = []fieldFault{{Text: text, English: !own}}
	}
	switch id {
	case "fault.refused":
		b.Do = "again.do"
	case "fault.storage":
		b.Do = "again.later"
	}
	if s.formAgain(w, r, status, b) {
		return
	}
	p := &Page{Title: q.lang.say(id), At: truce.Never, Fault: true, Body: map[string]any{"Status": status, "ID": id, "Text": text, "Hint": hint, "Said": own, "Typed": typedTexts(r)}}
	if err := q.pageWith(status, "fault", p); err != nil {
		s.Log.Error("fault page", "err", err)
		http.Error(w, http.StatusText(status), status)
	}
}

// What templates ask of a page.

// T is a message in the reader's language.
func (p *Page) T(id string, args ...any) string { return p.q.lang.say(id, args...) }

// W is the word for a value of a vocabulary.
func (p *Page) W(kind string, value any) string { return p.q.lang.word(kind, fmt.Sprint(value)) }

func (p *Page) Lang() *lingo { return p.q.lang }
func (p *Page) Languages() []*lingo {
	var out []*lingo
	for _, t := range Languages[:len(Languages)-1] {
		out = append(out, p.q.s.words.by[t])
	}
	return out
}

// Who is the name of who reads; empty: nobody has signed in.
func (p *Page) Who() string {
	if p.q.who == nil {
		return ""
	}
	return p.q.who.Name
}

// Role is their role, and Party their party.
func (p *Page) Role() ledger.Role { return RoleOf(p.q.who) }
func (p *Page) Party() truce.PartyID {
	if p.q.who == nil {
		return ""
	}
	return truce.PartyID(p.q.who.Party)
}

// May reports whether the reader may open a route, so that nobody is shown a way
// that is closed to them.
func (p *Page) May(pattern string) bool {
	for i := range routes {
		if routes[i].Pattern == pattern {
			return routes[i].May(p.Role())
		}
	}
	panic("web: a template asks for " + pattern)
}

// MayDecide reports whether the reader may take a kind of decision.
func (p *Page) MayDecide(kind string) bool { return ledger.MayDecide(p.Role(), kind) }

// Theme is what the reader has chosen: light, dark, or empty as the system has it.
func (p *Page) Theme() string { return themeOf(p.q.Request) }

func themeOf(r *http.Request) string {
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

// Path is the address of this page.
func (p *Page) Path() string { return p.q.URL.RequestURI() }

// With is the address of this page with some of its query changed; an empty value
// takes a key away.
func (p *Page) With(args ...string) string { return p.On(p.q.URL.Path, args...) }

// On is With for another path of the same state.
func (p *Page) On(path string, args ...string) string {
	v := url.Values{}
	for k, x := range p.q.URL.Query() {
		if len(x) > 0 && x[0] != "" {
			v.Set(k, x[0])
		}
	}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] == "" {
			v.Del(args[i])
		} else {
			v.Set(args[i], args[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// Query is one value of the address.
func (p *Page) Query(key string) string { return p.q.URL.Query().Get(key) }

// Mark is what stands on every page of what is not in force.
func (p *Page) Mark() string {
	if p.Agreement.Status == truce.InForce {
		return ""
	}
	return p.W("status", p.Agreement.Status)
}

// MarkWords explains it.
func (p *Page) MarkWords() string { return p.T("status." + string(p.Agreement.Status) + ".words") }

// OfDemo reports whether the mission is a demo: whoever decided in it is invented.
func (p *Page) OfDemo() bool { return p.q.s.Room.Mission().About.Demo }

// When is a moment in the agreement's zone.
func (p *Page) When(i truce.Instant) string {
	if !i.Stated() {
		return "–"
	}
	return p.dated(i.In(p.Agreement.Location))
}

// During is an interval in the agreement's zone.
func (p *Page) During(v truce.Interval) string { return p.dated(v.In(p.Agreement.Location)) }

// Date says a local day.
func (p *Page) Date(d truce.Date) string {
	return p.dated(d.Day(p.Agreement.Location).In(p.Agreement.Location))
}

// Metres says a distance.
func (p *Page) Metres(m int64) string { return truce.Metres(m) }

var english = regexp.MustCompile(`\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|to|or|not later than)\b`)

// dated puts the words of a time into the reader's language; its order, day before
// month, is that of all of them.
func (p *Page) dated(s string) string {
	if p.q.lang.Tag == base || p.q.lang.Tag == pseudo {
		return s
	}
	return english.ReplaceAllStringFunc(s, func(w string) string { return p.T("month." + strings.ReplaceAll(w, " ", "-")) })
}

// ISO is a moment for machines.
func (p *Page) ISO(i truce.Instant) string {
	if !i.Stated() {
		return ""
	}
	return i.Time().Format(time.RFC3339)
}

// Dated reports whether there is a picture, which is of a moment.
func (p *Page) Dated() bool {
	at := p.At
	if at == truce.Never {
		at = p.Picture.AsKnown
	}
	return at.Stated() && at != 0
}

// AsKnown says what is known up to when.
func (p *Page) AsKnown() string {
	if !p.Dated() {
		return ""
	}
	if p.At != truce.Never {
		return p.When(p.At)
	}
	return p.When(p.Picture.AsKnown)
}

// Left says how long it is until a moment, or since.
func (p *Page) Left(i truce.Instant) string {
	d := i.Time().Sub(p.q.s.Room.Now().Time()).Round(time.Minute)
	if d < 0 {
		return p.T("clock.over", "Since", p.span(-d))
	}
	return p.span(d)
}

// Ago says how long ago a moment was, to the second within two minutes.
func (p *Page) Ago(i truce.Instant) string {
	d := max(0, p.q.s.Room.Now().Time().Sub(i.Time()))
	if d < 2*time.Minute {
		return p.T("span.seconds", "N", int(d.Seconds()))
	}
	return p.span(d.Round(time.Minute))
}

// Over reports whether a moment is past.
func (p *Page) Over(i truce.Instant) bool { return i <= p.q.s.Room.Now() }

// Soon reports whether a clock has less than a quarter of a day left.
func (p *Page) Soon(i truce.Instant) bool {
	return !p.Over(i) && i.Time().Sub(p.q.s.Room.Now().Time()) < 6*time.Hour
}

// Span is a duration in words.
func (p *Page) Span(d time.Duration) string { return p.span(d) }

// Since is an interval whose end may not come.
func (p *Page) Since(v truce.Interval) string {
	if v.End == truce.Never {
		return p.When(v.Start) + " –"
	}
	return p.During(v)
}

func (p *Page) span(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	if days > 0 && hours == 0 {
		return p.T("span.days", "N", days)
	}
	if days > 0 {
		return p.T("span.days", "N", days) + " " + p.T("span.hours", "N", hours)
	}
	if hours > 0 && minutes == 0 {
		return p.T("span.hours", "N", hours)
	}
	if hours > 0 {
		return p.T("span.hours", "N", hours) + " " + p.T("span.minutes", "N", minutes)
	}
	return p.T("span.minutes", "N", minutes)
}

// Grouped prints a number with thin spaces between thousands.
func (p *Page) Grouped(n any) string {
	text := fmt.Sprint(n)
	if len(text) <= 4 {
		return text
	}
	var out []string
	for len(text) > 3 {
		out = append(out, text[len(text)-3:])
		text = text[:len(text)-3]
	}
	out = append(out, text)
	slices.Reverse(out)
	return strings.Join(out, "\u202f")
}

// Signs prints a sum of signs.
func (p *Page) Signs(s truce.Signs) string {
	out := strings.Replace(s.String(), fmt.Sprint(s.N), p.Grouped(s.N), 1)
	out = strings.ReplaceAll(out, ">=", "≥\u202f")
	return strings.ReplaceAll(out, "uncountable", p.T("count.uncountable"))
}

// SignRange is the signs of a count, as a range where some may lie outside its period.
func (p *Page) SignRange(c report.Count) string { return p.SignSpan(c.Signs) }

// SignSpan is SignRange of a range alone.
func (p *Page) SignSpan(n report.SignSpan) string {
	if n.Low != n.High {
		return p.T("count.range", "Low", p.Signs(n.Low), "High", p.Signs(n.High))
	}
	return p.Signs(n.Low)
}

// Range is a number of a period, as a range where some may lie outside it.
func (p *Page) Range(n report.Span) string {
	switch {
	case !n.Open():
		return p.Grouped(n.Low)
	case summary.AtLeast(n.Low, n.High):
		return p.T("count.at-least", "Low", p.Grouped(n.Low), "High", p.Grouped(n.High))
	}
	return p.T("count.range", "Low", p.Grouped(n.Low), "High", p.Grouped(n.High))
}

// Harms says casualties that were added over incidents; empty: none are stated.
func (p *Page) Harms(c *truce.Casualties) string { return p.Reason(summary.Harms(c)) }

// Harm says the casualties of one incident; empty: none are stated.
func (p *Page) Harm(c *truce.Casualties) string {
	if c == nil {
		return ""
	}
	var out []string
	for _, name := range truce.CasualtyStated {
		if r := *c.Field(name); r != nil {
			words := p.Grouped(r.Best)
			if !r.Exact() {
				ends := p.T("count.range", "Low", p.Grouped(r.Low), "High", p.Grouped(r.High))
				if r.Open() {
					ends = p.T("count.or-more", "Low", p.Grouped(r.Low))
				}
				if words += " (" + ends + ")"; r.Best == truce.NoBest {
					words = ends
				}
			}
			out = append(out, p.W("casualty", name)+" "+words)
		}
	}
	return strings.Join(out, "; ")
}

// Seen says a coverage.
func (p *Page) Seen(c truce.PPM) string {
	if c == 0 {
		return p.T("count.nobody")
	}
	return c.Percent()
}

// Outcome is the word for an outcome.
func (p *Page) Outcome(o truce.Outcome) string { return p.W("outcome", o) }

// Publisher names a source for people.
func (p *Page) Publisher(id truce.SourceID) string {
	if x := p.Agreement.SourceOf(id).Publisher; !strings.HasPrefix(x, "source ") {
		return x
	}
	return string(id)
}

// What says what a row is of, in the reader's language.
func (p *Page) What(r *truce.Row) string {
	out := p.W("act", r.Act)
	if r.Weapon != "" {
		out += ", " + p.W("weapon", r.Weapon)
	}
	return out
}

// Reason says why, in the reader's language.
func (p *Page) Reason(r truce.Reason) string {
	l := p.q.lang
	switch {
	case l.Tag == pseudo:
		return "⟦" + r.String() + "⟧"
	case l.why[r.Format] == "":
		return r.String()
	}
	args := make([]any, len(r.Args))
	for i, a := range r.Args {
		args[i] = p.said(a)
	}
	return fmt.Sprintf(l.why[r.Format], args...)
}

// Kept is Reason, of what is kept in a file.
func (p *Page) Kept(k truce.Kept) string { return p.Reason(truce.Reason(k)) }

// Headline says what an incident is reported to be, where and when, as a newspaper would.
func (p *Page) Headline(r truce.Row) string {
	return p.Sentence(brief.Headline(&r, p.During(r.Occurred)))
}

// TotalBeside says a total beside an incident that may be among what it counts.
func (p *Page) TotalBeside(t *truce.Tally) string {
	return p.Sentence(brief.TotalBeside(t, cmp.Or(string(t.Claimant), p.Agreement.SourceOf(t.Source).Publisher), p.During(t.Period)))
}

// Sentence is Reason that begins with a capital letter.
func (p *Page) Sentence(r truce.Reason) string {
	s := p.Reason(r)
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}

// said is what a reason is about, in the reader's language.
func (p *Page) said(a any) any {
	switch a := a.(type) {
	case truce.Reason:
		return p.Reason(a)
	case truce.InWords:
		return p.W(a.Kind, a.Value)
	case truce.Number:
		return p.T("n."+strings.ReplaceAll(a.Of, " ", "-"), "N", a.N)
	case truce.Act:
		return p.W("act", a)
	case truce.Class:
		return p.W("weapon", a)
	case truce.Told:
		return p.Observed(a.Observation)
	case string:
		return p.time(a)
	case int, int64:
		return a // some are printed as numbers
	}
	return p.time(fmt.Sprint(a))
}

// aTime is a text that begins as a time does, or as a statement of its end.
var aTime = regexp.MustCompile(`^(not later than )?\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b`)

// time is dated, of a text that is a time: of any other, such as what a person wrote, the words stay.
func (p *Page) time(s string) string {
	if !aTime.MatchString(s) {
		return s
	}
	return p.dated(s)
}

// Observed says an observation: act, count, weapon, place and time.
func (p *Page) Observed(o *truce.Observation) string {
	out := p.W("act", o.Act)
	switch {
	case o.Seen != "":
		out += ", " + p.W("weapon", string(o.Seen))
	case o.Count.Kind != truce.Exactly || o.Count.N > 1:
		out += " (" + o.Count.String() + ")"
	}
	if o.Weapon != "" {
		out += ", " + p.W("weapon", o.Weapon)
		if o.Calibre != 0 {
			out += " " + o.Calibre.String() + " " + p.T("unit.mm")
		}
	}
	return out + ", " + o.Place.String() + ", " + p.During(o.Occurred)
}

// Letter is a party's letter: colour never says a party alone.
func (p *Page) Letter(id truce.PartyID) string {
	for i, x := range p.Agreement.Parties {
		if x.ID == id {
			return string(rune('A' + i))
		}
	}
	return "·"
}

// Outcomes are what filters and forms offer; Standings, Acts and Weapons are so too.
func (p *Page) Outcomes() []truce.Outcome   { return truce.Outcomes }
func (p *Page) Standings() []truce.Standing { return truce.Standings }
func (p *Page) Acts() []string              { return truce.Words.Acts() }
func (p *Page) Weapons() []string           { return truce.Words.Classes() }

// NewSince is the entry since which what is new is marked on this page; 0: nothing is.
func (p *Page) NewSince() int64 { return p.q.newSince() }

// IsNew reports whether something of a row came since then.
func (p *Page) IsNew(r *truce.Row) bool { return p.NewSince() > 0 && r.Entry >= p.NewSince() }

// newSince reads since which entry what is new is to be marked; what is not a number
// marks nothing.
func (q *request) newSince() int64 {
	n, err := strconv.ParseInt(q.URL.Query().Get("new"), 10, 64)
	if err != nil {
		return 0
	}
	return max(0, n)
}

// news counts what is new on a page that marks it, as the list of it does.
func (q *request) news(r truce.Reader) (n int, err error) {
	if since := q.newSince(); since > 0 {
		_, n, err = r.Incidents(q.Context(), truce.Query{Since: since})
	}
	return n, err
}

// Live reports whether this is what is known now, which changes.
func (p *Page) Live() bool { return p.At == truce.Never && !p.Fault }

// Never reports whether a moment does not come.
func (p *Page) Never(i truce.Instant) bool { return i == truce.Never }

// Confidences are what forms offer; Answers and the grades of sources and of information
// are so too.
func (p *Page) Confidences() []string  { return truce.Confidences }
func (p *Page) Answers() []string      { return intake.Answers }
func (p *Page) SourceGrades() []string { return strings.Split("ABCDEF", "") }
func (p *Page) InfoGrades() []string   { return strings.Split("123456", "") }
func (p *Page) Facts() []truce.Fact    { return situation.Facts() }
func (p *Page) Regions() []string      { return brief.RegionNames(p.Agreement) }
func (p *Page) Means() []string        { return truce.Words.AllMeans() }

// Origin is the address of this room.
func (p *Page) Origin() string { return p.q.s.Origin }

// scriptWords are the messages that scripts say.
var scriptWords = []string{"frame.new", "frame.changed", "frame.lost", "keys.walk", "keys.open", "keys.search", "keys.help", "keys.close", "map.in", "map.out", "map.label", "map.waiting", "map.incomplete", "record.verified", "record.failed"}

// Script is what scripts say, in the reader's language, as JSON. Names without a
// room are short for them.
func (p *Page) Script() (string, error) {
	words := map[string]string{}
	for _, id := range scriptWords {
		short := strings.TrimPrefix(strings.TrimPrefix(id, "frame."), "record.")
		words[short] = p.T(id)
	}
	data, err := json.Marshal(words)
	return string(data), err
}

// Passkeys reports whether one can sign in with a passkey here.
func (p *Page) Passkeys() bool { return p.q.s.passkeys != nil }
