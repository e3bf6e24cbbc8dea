package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/decide"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/scenario"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A form that cannot be recorded comes back on its own page, with what was typed in
// it and with all that is wrong with it. The page is made as it is for whoever opens
// it; then one function puts the typed values into the form that was sent. So no
// template has to remember values, and no form can forget them.

// formPages are the pages that the forms are on, by the route that a form is sent to.
// {next} is the page that the form itself names.
var formPages = map[string]string{
	"POST /check":                      "/check",
	"POST /work":                       "{next}",
	"POST /work/{n}/done":              "{next}",
	"POST /desk/seen":                  "/desk",
	"POST /alerts/{n}/acknowledge":     "/desk",
	"POST /observe":                    "/observe",
	"POST /files":                      "/files",
	"POST /files/{id}":                 "/files/{id}",
	"POST /files/{id}/remove":          "/files/{id}",
	"POST /files/{id}/ingest":          "/files/{id}",
	"POST /restrict":                   "/observe",
	"POST /incidents/{id}/decide":      "/incidents/{id}",
	"POST /incidents/{id}/attribute":   "/incidents/{id}",
	"POST /days/{id}/decide":           "/days/{id}",
	"POST /release":                    "/desk",
	"POST /agreement/amend":            "/agreement",
	"POST /declare":                    "/agreement",
	"POST /withdraw":                   "{next}",
	"POST /party/respond":              "{next}",
	"POST /party/allege":               "/party",
	"POST /party/notify":               "/party",
	"POST /party/consent":              "/agreement",
	"POST /reports/drafts":             "/reports",
	"POST /reports/drafts/{n}":         "/reports/drafts/{n}",
	"POST /reports/drafts/{n}/clear":   "/reports/drafts/{n}",
	"POST /reports/drafts/{n}/publish": "/reports/drafts/{n}",
	"POST /people":                     "/people",
	"POST /people/{name}/invite":       "/people",
	"POST /people/{name}/end":          "/people",
	"POST /sign-in":                    "", // these show themselves again
	"POST /sign-in/continue":           "",
	"POST /join/{token}":               "",
	"POST /sign-in/passkey/begin":      "", // asked by script, and answered in JSON
	"POST /sign-in/passkey":            "",
	"POST /join/{token}/passkey/begin": "",
	"POST /join/{token}/passkey":       "",
	"POST /api/submissions":            "", // asked by programs
	"POST /api/files":                  "",
	"POST /api/files/{digest}":         "",
	"POST /api/batches":                "",
	"POST /sign-out":                   "", // nothing is typed
	"POST /settings":                   "",
}

// fixedOn are the pages on which the forms correct an earlier statement.
var fixedOn = map[string]string{"POST /observe": "/observe", "POST /restrict": "/observe", "POST /party/allege": "/party", "POST /party/notify": "/party", "POST /party/respond": "/party"}

// formPage is the address of the page that a form is on; empty: there is none.
func formPage(r *http.Request, pattern string, form url.Values) string {
	page := formPages[pattern]
	if of := form.Get("replaces"); of != "" && fixedOn[pattern] != "" { // a correction: its page is filled in with what it corrects
		return fixedOn[pattern] + "?correct=" + url.QueryEscape(of)
	}
	if page == "{next}" {
		u, err := url.Parse(local(form.Get("next")))
		if err == nil && u.Path != "/" {
			return u.RequestURI()
		}
		for _, k := range []string{"to", "of"} { // the incident that it is about
			if v := form.Get(k); v != "" {
				return "/incidents/" + url.PathEscape(v)
			}
		}
		return ""
	}
	for _, k := range []string{"id", "n"} {
		page = strings.ReplaceAll(page, "{"+k+"}", url.PathEscape(r.PathValue(k)))
	}
	return page
}

// A fieldFault is one thing that is wrong with a form.
type fieldFault struct {
	Field   string // its name; empty: of the form as a whole
	Label   string // as the reader sees it
	Text    string
	English bool   // Text is not in the reader's language
	ID      string // of the control on the page
}

// formFaults are all that is wrong with a form.
type formFaults struct{ list []fieldFault }

func (f *formFaults) Error() string {
	var out []string
	for _, x := range f.list {
		if x.Label != "" {
			out = append(out, x.Label+": "+x.Text)
		} else {
			out = append(out, x.Text)
		}
	}
	return strings.Join(out, "; ")
}

func (f *formFaults) Unwrap() error { return errBad }

func (f *formFaults) has(field string) bool {
	return slices.ContainsFunc(f.list, func(x fieldFault) bool { return x.Field == field })
}

// err is f as an error; nil: nothing is wrong.
func (f *formFaults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return f
}

// labels are the labels of fields whose name is not that of their label.
var labels = map[string]string{"place": "form.region-name", "what": "observe.kind", "by": "observe.by", "kind": "decide.kind", "article": "decide.article", "with": "decide.with",
	"of": "decide.of", "fact": "incident.fact", "party": "ask.of", "source": "grade.source", "info": "grade.info", "actor": "attribute.actor", "confidence": "attribute.confidence",
	"basis": "attribute.basis", "says": "respond.says", "name": "agreement.name", "embargo": "draft.embargo-until", "prose": "draft.prose", "corrects": "draft.corrects", "why": "draft.why",
	"day": "draft.day", "terms": "amend.file", "file": "files.file", "mapping": "files.mapping", "as": "files.source", "shelf": "files.shelf", "role": "people.role", "text": "work.note"}

// labelled are the other fields that have a label in a form.
var labelled = []string{"act", "weapon", "count", "from", "to", "where", "lat", "lon", "radius", "bearing-from", "bearing-to", "distance-from", "distance-to",
	"means", "grade", "killed", "injured", "because", "although"}

// label is a field's label in the reader's language.
func (q *request) label(field string) string {
	switch id := labels[field]; {
	case id != "":
		return q.lang.say(id)
	case slices.Contains(labelled, field):
		return q.lang.say("form." + field)
	}
	return field
}

// fault notes what is wrong with a field, in the reader's language.
func (q *request) fault(f *formFaults, field, id string, args ...any) {
	f.list = append(f.list, fieldFault{Field: field, Label: q.label(field), Text: q.lang.say(id, args...)})
}

// faultOf notes an error that is about a field; of a field that nothing was typed in,
// that it is missing. The first fault of a field is its cause, so it is the only one.
func (q *request) faultOf(f *formFaults, field string, err error) {
	switch {
	case err == nil || f.has(field):
	case field != "terms" && field != "file" && q.field(field) == "" && (slices.Contains(labelled, field) || labels[field] != ""):
		q.fault(f, field, "fault.missing")
	default:
		f.list = append(f.list, fieldFault{Field: field, Label: q.label(field), Text: strings.TrimPrefix(err.Error(), errBad.Error()+": "), English: true})
	}
}

// wrong is the fault of one field, as an error.
func (q *request) wrong(field string, err error) error {
	f := &formFaults{}
	q.faultOf(f, field, err)
	return f.err()
}

// gather takes the faults of fields out of an error that a form led to, which may have
// several; rest is what is not the fault of a field.
func (q *request) gather(f *formFaults, err error) (rest error) {
	var all *formFaults
	var field *scenario.FieldError
	var decision *scenario.DecisionError
	var against *decide.ObjectionError
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			rest = errors.Join(rest, q.gather(f, e))
		}
		return rest
	}
	switch {
	case err == nil, errors.As(err, new(*collision)): // which is not the fault of a field
	case errors.As(err, &all):
		for _, x := range all.list {
			if x.Field == "" || !f.has(x.Field) {
				f.list = append(f.list, x)
			}
		}
	case errors.As(err, &field):
		q.faultOf(f, field.Field, field.Err)
	case errors.As(err, &decision):
		q.faultOf(f, decision.Field, decision.Err)
	case errors.As(err, &against):
		for _, r := range against.Against {
			f.list = append(f.list, fieldFault{Field: "although", Label: q.label("although"), Text: q.lang.say("fault.although", "Why", (&Page{q: q}).Reason(r))})
		}
	default:
		return err
	}
	return nil
}

// chosen is the value of a field that must be one of a list; nothing is chosen for
// whoever chooses nothing.
func (q *request) chosen(f *formFaults, field string, from []string) string {
	v := q.PostFormValue(field)
	switch {
	case v == "":
		q.fault(f, field, "fault.choose")
	case !slices.Contains(from, v):
		q.faultOf(f, field, fmt.Errorf("%q is unknown%s", v, truce.Suggest(v, from)))
	}
	return v
}

// mostReason bounds what may be written as a reason, in characters.
const (
	mostReason = 8000
	mostBytes  = 16_000 // of all texts of an entry: the record's format has 16,384
)

// reason is what every act must give.
func (q *request) reason() (string, error) {
	f := &formFaults{}
	return q.because(f), f.err()
}

// because is reason, of a form whose faults are gathered.
func (q *request) because(f *formFaults) string {
	text := strings.TrimSpace(q.PostFormValue("because"))
	switch {
	case text == "":
		q.fault(f, "because", "fault.no-reason")
	case !utf8.ValidString(text + q.PostFormValue("although")):
		q.faultOf(f, "because", errors.New("the text is not UTF-8"))
	case utf8.RuneCountInString(text) > mostReason, len(text)+len(q.PostFormValue("although"))+len(q.PostFormValue("basis")) > mostBytes:
		q.fault(f, "because", "fault.reason-long")
	}
	return text
}

// A collision says what others did since a form was opened, which its sender has not
// seen. It asks: whoever has read it may record their own all the same.
type collision struct {
	Done   []meanwhile
	Grown  bool     // other reports belong to the incident now
	Doubts []string // what makes a decision doubtful, and what it contradicts
	Anyway string   // the value of the choice that says that this was read
}

func (c *collision) Error() string { return "it has changed since this page was made" }

// meanwhile is one thing that was done.
type meanwhile struct {
	What  string
	By    string // a role, or within the mission the name of an account
	At    truce.Instant
	Words string
}

// again is what a form's page says when the form comes back.
type again struct {
	Title     string // a message
	Faults    []fieldFault
	Hint      string
	Do        string   // a message: what to do
	Typed     []string // what was typed, if the form is no longer there
	There     bool     // the form is on the page
	collision *collision
	Kept      bool // the form was kept while somebody signed in: nothing is wrong
}

// Meanwhile is what others did since the form was opened.
func (b *again) Meanwhile() []meanwhile {
	if b.collision == nil {
		return nil
	}
	return b.collision.Done
}

// Doubts are what makes the decision doubtful.
func (b *again) Doubts() []string {
	if b.collision == nil {
		return nil
	}
	return b.collision.Doubts
}

// HasGrown reports whether other reports belong to the incident now.
func (b *again) HasGrown() bool { return b.collision != nil && b.collision.Grown }

// Token is what whoever has read it sends with their choice.
func (b *again) Token() string { return b.collision.Anyway }

// typed reads what a request has sent, as far as it was not read before.
func typed(r *http.Request) url.Values {
	if r.PostForm == nil && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		_ = r.ParseForm() // too much, or not to be read: there is nothing to show
	}
	return r.PostForm
}

// proseFields are the fields of forms in which people write at length.
var proseFields = []string{"because", "although", "text", "prose", "basis", "why"}

// typedTexts are the texts that a request has sent, for a page that cannot show the
// form: whoever wrote them can copy them.
func typedTexts(r *http.Request) (out []string) {
	if r.Method != http.MethodPost || formPages[r.Pattern] == "" {
		return nil
	}
	return proseOf(typed(r))
}

func proseOf(form url.Values) (out []string) {
	for _, k := range proseFields {
		if v := strings.TrimSpace(form.Get(k)); v != "" {
			out = append(out, strings.ToValidUTF8(v, "\uFFFD"))
		}
	}
	return out
}

// formAgain answers an error with the form that led to it, and reports whether it has
// answered. It has not if no page has the form: then the error has a page of its own.
func (s *Server) formAgain(w http.ResponseWriter, r *http.Request, status int, b again) bool {
	wantsJSON := strings.HasPrefix(r.Header.Get("Accept"), "application/json")
	if r.Method != http.MethodPost || r.PostForm == nil || wantsJSON || status == http.StatusTooManyRequests {
		return false
	}
	page := formPage(r, r.Pattern, r.PostForm)
	if page == "" {
		return false
	}
	return s.showForm(w, r, status, page, r.URL.Path, r.PostForm, b)
}

// refused answers a form that cannot be recorded as it is, and reports whether it has.
func (s *Server) refused(q *request, err error) bool {
	b, status := again{Title: "again.wrong", Do: "again.do"}, http.StatusUnprocessableEntity
	var all *formFaults
	var hint mission.Hint
	if errors.As(err, &hint) {
		b.Hint = hint.Hint
	}
	if errors.As(err, &b.collision) {
		b.Title, b.Do, status = "again.changed", "again.changed-do", http.StatusConflict
		if len(b.Meanwhile()) == 0 && !b.HasGrown() {
			b.Title, b.Do = "again.doubtful", "again.doubtful-do"
		}
	}
	f := &formFaults{}
	if rest := q.gather(f, err); rest != nil {
		if !errors.Is(rest, errBad) && !isRefusal(rest) && !errors.As(rest, &hint) {
			return false
		}
		f.list = append(f.list, fieldFault{Text: strings.TrimPrefix(rest.Error(), errBad.Error()+": "), English: !errors.As(rest, &all)})
	}
	b.Faults = f.list
	return s.formAgain(q.w, q.Request, status, b)
}

// showForm shows a page with a form on it that has what somebody typed. It reports
// false, and has answered nothing, if the page cannot be opened or does not have the
// form.
func (s *Server) showForm(w http.ResponseWriter, r *http.Request, status int, page, action string, form url.Values, b again) bool {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, s.Origin+page, nil)
	if err != nil {
		return false
	}
	for _, k := range []string{"Cookie", "Accept-Language", "X-Forwarded-For"} {
		req.Header[k] = r.Header[k]
	}
	req.RemoteAddr = r.RemoteAddr
	out := newRecorder()
	s.mux.ServeHTTP(out, req)
	if out.code != http.StatusOK || !strings.HasPrefix(out.head.Get("Content-Type"), "text/html") {
		return false
	}
	doc, err := html.Parse(&out.body)
	if err != nil {
		return false
	}
	q := &request{Request: req, s: s, w: w, lang: s.words.of(r)}
	if q.who, err = s.who(req); err != nil {
		return false
	}
	q.to = AudienceOf(RoleOf(q.who))
	node := q.findForm(doc, action, form)
	if node != nil {
		fill(node, form)
	} else { // what it was for was done meanwhile: the page says so, with what was typed
		if b.Kept {
			return false
		}
		b.Do, b.Typed = "again.gone-do", proseOf(form)
	}
	if err := q.mark(doc, node, &b); err != nil {
		s.Log.Error("a form that comes back", "err", err)
		return false
	}
	var text bytes.Buffer
	if err := html.Render(&text, doc); err != nil {
		return false
	}
	for k, v := range out.head {
		if k == "Set-Cookie" {
			v = append(w.Header()[k], v...)
		}
		w.Header()[k] = v
	}
	w.WriteHeader(status)
	_, _ = text.WriteTo(w) // whoever asked may have gone
	return true
}

// seenFields are the hidden fields that say what the sender of a form has seen.
var seenFields = []string{"state", "seen", "version"}

// findForm finds the form of a page that was sent: of several that are sent to one
// route, the one whose address, hidden fields and choices were. The address may be
// another one now: an incident has another ID once a report has joined it.
func (q *request) findForm(doc *html.Node, action string, sent url.Values) (best *html.Node) {
	route := func(path string) string {
		_, pattern := q.s.mux.Handler(&http.Request{Method: http.MethodPost, URL: &url.URL{Path: path}})
		return pattern
	}
	most, sentTo := -1, route(action)
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom != atom.Form || !strings.EqualFold(attr(n, "method"), "post") {
			continue
		}
		u, err := url.Parse(attr(n, "action"))
		if err != nil || route(u.Path) != sentTo {
			continue
		}
		alike := 0
		if u.Path == action {
			alike = 100
		}
		for c := range n.Descendants() {
			name := attr(c, "name")
			switch {
			case c.Type != html.ElementNode || name == "" || slices.Contains(seenFields, name) || !sent.Has(name):
			case c.DataAtom == atom.Input && attr(c, "type") == "hidden":
				if attr(c, "value") != sent.Get(name) && name != "next" && !q.sameIncident(name, attr(c, "value"), sent.Get(name)) {
					alike -= 1000
				}
				alike++
			case c.DataAtom == atom.Select && sent.Get(name) != "" && !offers(c, sent.Get(name)):
				alike -= 10 // somebody made the value up, or it is of another form
			}
		}
		if alike > most || best == nil && alike > -1000 {
			best, most = n, alike
		}
	}
	return best
}

// sameIncident reports whether two values of a field name one incident: by its ID as it
// was and as it is, or by one of its reports.
func (q *request) sameIncident(field, a, b string) bool {
	state, _ := q.s.Room.State()
	reader := state.Reader(q.to)
	var x, y truce.Digest
	if field != "to" && field != "of" || x.UnmarshalText([]byte(a)) != nil || y.UnmarshalText([]byte(b)) != nil {
		return false
	}
	one, ok, err := reader.IncidentOf(q.Context(), x)
	other, too, errToo := reader.IncidentOf(q.Context(), y)
	return err == nil && errToo == nil && ok && too && one == other
}

func offers(sel *html.Node, value string) bool {
	for o := range sel.Descendants() {
		if o.DataAtom == atom.Option && optionValue(o) == value {
			return true
		}
	}
	return false
}

func optionValue(o *html.Node) string {
	for _, a := range o.Attr {
		if a.Key == "value" {
			return a.Val
		}
	}
	return strings.TrimSpace(textOf(o))
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func setAttr(n *html.Node, key, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

func dropAttr(n *html.Node, key string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// fill puts what was typed into a form. Passwords and files are never put back. The form
// goes on saying what its sender had seen when they opened it, and no more: what came
// after that they choose to have read.
func fill(form *html.Node, sent url.Values) {
	used := map[string]int{}
	for n := range form.Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		values := sent[name]
		next := func() string {
			i := used[name]
			if used[name]++; i < len(values) {
				return strings.ToValidUTF8(values[i], "\uFFFD")
			}
			return ""
		}
		switch n.DataAtom {
		case atom.Input:
			switch attr(n, "type") {
			case "hidden":
				if slices.Contains(seenFields, name) && len(values) > 0 {
					setAttr(n, "value", next())
				}
			case "password", "file", "submit", "button":
			case "checkbox", "radio":
				dropAttr(n, "checked")
				if slices.Contains(values, attr(n, "value")) {
					setAttr(n, "checked", "")
				}
			default:
				setAttr(n, "value", next())
			}
		case atom.Textarea:
			for c := n.FirstChild; c != nil; c = n.FirstChild {
				n.RemoveChild(c)
			}
			n.AppendChild(&html.Node{Type: html.TextNode, Data: next()})
		case atom.Select:
			value := next()
			if value != "" && !offers(n, value) { // it was offered when the form was opened
				o := &html.Node{Type: html.ElementNode, Data: "option", DataAtom: atom.Option}
				o.AppendChild(&html.Node{Type: html.TextNode, Data: report.Visible(value)})
				setAttr(o, "value", value)
				n.AppendChild(o)
			}
			for o := range n.Descendants() {
				if o.DataAtom == atom.Option {
					dropAttr(o, "selected")
					if optionValue(o) == value {
						setAttr(o, "selected", "")
					}
				}
			}
		}
	}
	for p := form.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Details {
			setAttr(p, "open", "")
		}
	}
}

// mark says on a page what became of a form: at the top all of it, with links, and at
// each field what is wrong with it.
func (q *request) mark(doc, form *html.Node, b *again) error {
	body, main := first(doc, atom.Body), first(doc, atom.Main)
	if body == nil || main == nil {
		return errors.New("the page has no main part")
	}
	dropAttr(body, "data-live") // a page that answers a form is not opened again by itself
	if t := first(doc, atom.Title); t != nil && t.FirstChild != nil && !b.Kept {
		t.FirstChild.Data = q.lang.say("again.title") + ": " + t.FirstChild.Data
	}
	if form != nil { // in the order in which people meet the fields
		place := map[string]int{}
		for n := range form.Descendants() {
			if name := attr(n, "name"); name != "" && place[name] == 0 {
				place[name] = len(place) + 1
			}
		}
		slices.SortStableFunc(b.Faults, func(x, y fieldFault) int { return cmp.Compare(place[x.Field], place[y.Field]) })
	}
	for i := range b.Faults {
		f := &b.Faults[i]
		if form == nil {
			break
		}
		c := control(form, f.Field)
		if c == nil {
			continue
		}
		f.ID = "f-" + f.Field
		if l := labelOf(c); l != "" {
			f.Label = l
		}
		setAttr(c, "id", f.ID)
		setAttr(c, "aria-invalid", "true")
		setAttr(c, "aria-describedby", strings.TrimSpace(attr(c, "aria-describedby")+" e-"+f.Field))
		note, err := q.part("again-field", f)
		if err != nil {
			return err
		}
		box := c.Parent // its label
		if set := ancestor(c, atom.Fieldset); set != nil && (attr(c, "type") == "radio" || attr(c, "type") == "checkbox") {
			insertAfterLegend(set, note)
			setAttr(set, "class", strings.TrimSpace(attr(set, "class")+" wrong-field"))
			continue
		}
		if box.DataAtom != atom.Label {
			box = c
		}
		wrap := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div, Attr: []html.Attribute{{Key: "class", Val: "wrong-field"}}}
		box.Parent.InsertBefore(wrap, box)
		box.Parent.RemoveChild(box)
		for _, n := range note {
			wrap.AppendChild(n)
		}
		wrap.AppendChild(box)
	}
	if b.collision != nil && form != nil {
		choice, err := q.part("again-anyway", b)
		if err != nil {
			return err
		}
		var before *html.Node
		for c := range form.ChildNodes() {
			if c.DataAtom == atom.Button {
				before = c
			}
		}
		for _, n := range choice {
			form.InsertBefore(n, before)
		}
	}
	if form != nil {
		setAttr(form, "data-again", "")
		setAttr(form, "id", "f-form")
		setAttr(form, "tabindex", "-1")
		b.There = true
	}
	head, err := q.part("again", b)
	if err != nil {
		return err
	}
	for _, n := range slices.Backward(head) {
		main.InsertBefore(n, main.FirstChild)
	}
	return nil
}

// part is a piece of a page, as nodes.
func (q *request) part(name string, v any) ([]*html.Node, error) {
	var b bytes.Buffer
	p := &Page{q: q, At: truce.Never, Body: v}
	state, _ := q.s.Room.State()
	p.Agreement = state.Agreement
	if err := q.s.pages.by["fault"].ExecuteTemplate(&b, name, p); err != nil {
		return nil, err
	}
	return html.ParseFragment(bytes.NewReader(visible(b.Bytes())), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
}

func first(n *html.Node, a atom.Atom) *html.Node {
	for c := range n.Descendants() {
		if c.DataAtom == a && c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}

func ancestor(n *html.Node, a atom.Atom) *html.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == a {
			return p
		}
	}
	return nil
}

// control is the first control of a form with a name that a person can change.
func control(form *html.Node, name string) *html.Node {
	if name == "" {
		return nil
	}
	for n := range form.Descendants() {
		if n.Type == html.ElementNode && attr(n, "name") == name && attr(n, "type") != "hidden" {
			return n
		}
	}
	return nil
}

// labelOf is the text of a control's label, or of its group's legend.
func labelOf(c *html.Node) string {
	if t := attr(c, "type"); t == "radio" || t == "checkbox" {
		if set := ancestor(c, atom.Fieldset); set != nil {
			if l := first(set, atom.Legend); l != nil {
				return strings.TrimSpace(textOf(l))
			}
		}
	}
	l := ancestor(c, atom.Label)
	if l == nil {
		return ""
	}
	var b strings.Builder
	for n := range l.ChildNodes() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func insertAfterLegend(set *html.Node, nodes []*html.Node) {
	before := set.FirstChild
	if l := first(set, atom.Legend); l != nil && l.Parent == set {
		before = l.NextSibling
	}
	for _, n := range nodes {
		set.InsertBefore(n, before)
	}
}
