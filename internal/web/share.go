package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/card"
)

// What leaves the room: a page that may stand inside another, and previews of links. Both look at
// what the public may read, whoever asks.

// share is what a link to a page shows where it is pasted.
type share struct {
	Text  string // a sentence or a few
	Image string // the address of a picture
}

// Preview is what a link to this page shows elsewhere; nil: nothing but its address. Pages of those
// who have signed in are never looked at by what makes previews.
func (p *Page) Preview() *share {
	if p.q.who != nil || p.shared == nil || p.shared.Text == "" {
		return nil
	}
	return p.shared
}

// Canonical is the address of this page, with the moment and the language that it is of, and no
// other condition.
func (p *Page) Canonical() string {
	return p.q.s.Origin + p.WithMoment(p.q.URL.Path)
}

// WithMoment is a path with the moment and the language that this page's address asks for.
func (p *Page) WithMoment(path string) string {
	asked, out := p.q.URL.Query(), url.Values{}
	for _, k := range []string{"at", "lang"} {
		if x := asked.Get(k); x != "" {
			out.Set(k, x)
		}
	}
	if len(out) == 0 {
		return path
	}
	return path + "?" + out.Encode()
}

// EmbedAddress is the address that another site frames: of what is known at each time, unless this
// page is of a moment.
func (p *Page) EmbedAddress() string { return p.q.s.Origin + p.WithMoment("/embed") }

// public is a request as somebody who has not signed in would make it.
func (q *request) public() *request {
	out := *q
	out.who, out.to = nil, truce.ForPublic
	return &out
}

// embedBody is the headline with a map that another site shows in a frame.
type embedBody struct {
	Glance *glance // nil: nothing has been reported yet
	Map    string
}

// embed is the page that may be framed. It has no script, no form and no cookie, so nothing can be
// done on it in anybody's name; its links open the room in a page of its own.
func (s *Server) embed(q *request) error {
	q = q.public()
	st, sit, reader, err := q.known()
	if err != nil {
		return err
	}
	v := usual(reader.Agreement(), reader.Times())
	board, err := s.Room.Board(q.Context(), q.to, sit, v, false)
	if err != nil {
		return err
	}
	p := &Page{q: q, Title: q.lang.say("nav.picture"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At}
	b := &embedBody{Map: p.WithMoment("/embed/map.svg")}
	if reader.Times().Extent.Valid() {
		b.Glance = glanceOf(p, board)
		b.Glance.Trend = trendOf(p, board.First.Trend, false)
	}
	p.Body = b
	h := q.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'none'; frame-ancestors *; base-uri 'none'")
	h["X-Frame-Options"] = nil // the only page that another may show
	if err := q.page("embed", p); err != nil {
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Frame-Options", "DENY")
		return err
	}
	return nil
}

// embedMap is the map of that page: the public's, also where somebody looks who has signed in.
func (s *Server) embedMap(q *request) error { return s.figure(q.public()) }

// preview is the picture that is shown beside a link to the first page.
func (s *Server) preview(q *request) error {
	q = q.public()
	st, err := q.state()
	if err != nil {
		return err
	}
	c, err := s.frontCard(q, q.lang, st.At)
	if err != nil {
		return err
	}
	file, err := c.PNG()
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `inline; filename="truce.png"`)
	q.w.WriteHeader(http.StatusOK)
	_, err = q.w.Write(file)
	return err
}

// frontCard is the card of the first page, as the public has it: the sentence that leads it, its
// numbers, and what changed.
func (s *Server) frontCard(q *request, lang *lingo, at truce.Instant) (*card.Card, error) {
	if !s.Room.Ready(truce.ForPublic, at) && !s.limits.allowPast(s.remote(q.Request), q.who) {
		return nil, errTooMany
	}
	ctx := context.WithoutCancel(q.Context())
	sit, reader, err := s.Room.Known(ctx, truce.ForPublic, at)
	if err != nil {
		return nil, err
	}
	board, err := s.Room.Board(ctx, truce.ForPublic, sit, usual(reader.Agreement(), reader.Times()), false)
	if err != nil {
		return nil, err
	}
	other := *q
	other.lang = lang
	p := &Page{q: &other, Agreement: reader.Agreement(), Picture: reader.Picture()}
	at = s.moment(at, p.Picture.Received)
	c := s.blankCard(p, at)
	c.Sentence = p.T("first.lead")
	if f := board.First; reader.Times().Extent.Valid() {
		c.Sentence = p.Sentence(f.Short)
		p.write(c, f.Short, []truce.Reason{brief.Numbers(f)})
		c.Lines = append(c.Lines, p.sentences(board.Changes)...)
	}
	c.Address = s.Origin + "/?at=" + at.Time().UTC().Format("2006-01-02T15:04:05.000Z07:00")
	return c, nil
}

// frontMoment is the moment of which a card of the first page is, by the address in its code.
func (s *Server) frontMoment(address string) (truce.Instant, error) {
	text, ok := strings.CutPrefix(address, s.Origin+"/?at=")
	if !ok {
		return 0, errNotFound
	}
	now, _ := s.Room.State()
	at, err := localTime(text, now.Agreement.Location)
	if err == nil && at > s.Room.Now() {
		err = errNotFound // no moment that anything was known at
	}
	return at, err
}

// checkFront says whether a picture is the card of the first page at a moment, in any language.
func (s *Server) checkFront(q *request, b *checkBody, picture *card.Read, at truce.Instant) error {
	var first *card.Card
	verdict := "resaved"
	for _, lang := range s.tongues(q) {
		c, err := s.frontCard(q.public(), lang, at)
		if err != nil {
			return err
		}
		if picture.Same(c) {
			first, verdict = c, "same"
			break
		}
		if first == nil {
			first = c
		}
	}
	href := strings.TrimPrefix(first.Address, s.Origin)
	b.Answers = append(b.Answers, checked{Verdict: verdict, What: picture.Address, Href: href, Card: first, Picture: "/preview.png" + strings.TrimPrefix(href, "/") + "&lang=" + first.Lang})
	return nil
}

// moment is the moment that a card is of: of what is known now whole seconds, unless something came
// in this one.
func (s *Server) moment(at, received truce.Instant) truce.Instant {
	if at != truce.Never {
		return at
	}
	at = s.Room.Now()
	if whole := at - at%truce.Instant(time.Second/time.Millisecond); whole > received {
		return whole
	}
	return at
}

// blankCard is a card that says of which terms and which moment it is, and nothing else yet.
func (s *Server) blankCard(p *Page, at truce.Instant) *card.Card {
	c := &card.Card{Lang: p.q.lang.Tag, Title: p.Agreement.Title, Mark: p.Mark(), Known: p.Sentence(brief.AsKnown(p.When(at))) + " · " + p.T("card.situation") + " " + p.Picture.Digest.String(), Check: p.T("card.check")}
	if c.Mark != "" {
		c.Caveat = p.MarkWords()
	}
	return c
}
