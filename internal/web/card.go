package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/card"
)

// Cards, and the page that says whether a text, a card or a file is this record's. Both look
// only at what the public may read, whoever asks: a card goes where nobody can follow it.

// wanted is one finding at one moment: what the address on a card names.
type wanted struct {
	id  truce.Digest // of an incident, of one of its observations, or of a finding of days
	day bool
	at  truce.Instant // Never: now
}

// cardOf is the card of a finding in a language; nil: the public has none.
func (s *Server) cardOf(q *request, lang *lingo, x wanted) (*card.Card, error) {
	if !s.Room.Ready(truce.ForPublic, x.at) && !s.limits.allowPast(s.remote(q.Request), q.who) {
		return nil, errTooMany
	}
	_, reader, err := s.Room.Known(q.Context(), truce.ForPublic, x.at)
	if err != nil {
		return nil, err
	}
	other := *q
	other.lang = lang
	p := &Page{q: &other, Agreement: reader.Agreement(), Picture: reader.Picture()}
	x.at = s.moment(x.at, p.Picture.Received)
	c := s.blankCard(p, x.at)
	kind, id := "days", x.id
	if x.day {
		err = s.dayCard(q.Context(), p, reader, c, x.id)
	} else {
		kind = "incidents"
		id, err = s.incidentCard(q.Context(), p, c, x)
	}
	if err != nil || c.Sentence == "" {
		return nil, err
	}
	c.Address = card.Address(s.Origin, kind, id.Hex(), x.at.Time())
	return c, nil
}

// incidentCard writes what is known of an incident, and gives the observation that its
// address names: that does not change. Nothing is written where the public has no such incident.
func (s *Server) incidentCard(ctx context.Context, p *Page, c *card.Card, x wanted) (of truce.Digest, err error) {
	d, err := s.Room.Dossier(ctx, truce.ForPublic, x.at, x.id)
	if err != nil || d == nil {
		return of, err
	}
	headline, lines := brief.IncidentCard(p.Agreement, d.Dossier, &d.Row, s.Room.Mission().About.Demo)
	p.write(c, headline, lines)
	return d.Incident.Of[0].ID, nil
}

// dayCard is incidentCard of a finding of days.
func (s *Server) dayCard(ctx context.Context, p *Page, reader truce.Reader, c *card.Card, id truce.Digest) error {
	d, err := reader.DayDossier(ctx, id)
	if err != nil || d == nil {
		return err
	}
	headline, lines := brief.DayCard(p.Agreement, d, s.Room.Mission().About.Demo)
	p.write(c, headline, lines)
	return nil
}

// write fills in what a card says, in the reader's language.
func (p *Page) write(c *card.Card, headline truce.Reason, lines []truce.Reason) {
	c.Sentence = p.Sentence(headline)
	for _, line := range lines {
		c.Lines = append(c.Lines, p.Sentence(line)+".")
	}
}

// cardPicture serves a card.
func (s *Server) cardPicture(q *request, day bool) error {
	st, err := q.state()
	if err != nil {
		return err
	}
	_, reader, err := s.Room.Known(q.Context(), truce.ForPublic, truce.Never)
	if err != nil {
		return err
	}
	id, err := q.digest(reader, q.PathValue("id"))
	if err != nil {
		return err
	}
	c, err := s.cardOf(q, q.lang, wanted{id, day, st.At})
	switch {
	case err != nil:
		return err
	case c == nil:
		return errNotFound
	}
	file, err := c.PNG()
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `inline; filename="truce-`+id.String()+`.png"`)
	_, err = q.w.Write(file)
	return err
}

func (s *Server) incidentPicture(q *request) error { return s.cardPicture(q, false) }
func (s *Server) dayPicture(q *request) error      { return s.cardPicture(q, true) }

// checkBody is the page on which a text, a card or a file is checked.
type checkBody struct {
	Text    string
	Most    int // letters
	Done    bool
	Answers []checked
	Strange []string // lines that are nobody's words
	File    string   // the name of a file that was sent
}

// checked is one thing that was found in what somebody sent.
type checked struct {
	Verdict string // of a card same, resaved; of words words, other, headline; of a file report
	What    string // the address, code or file that was looked up
	Href    string
	Card    *card.Card // what the record says
	Picture string     // its address
}

// mostChecked bounds a text that is checked, in letters; a card has some 600.
const mostChecked = 4000

var (
	addresses = regexp.MustCompile(`/(incidents|days)/([0-9a-f]{12,64})(?:\?[^\s"'<>]*?at=([0-9TZ:.+%-]+))?`)
	codes     = regexp.MustCompile(`\b[0-9a-f]{12,64}\b`)
)

// mostNamed is how many findings of one text are looked up.
const mostNamed = 6

// named are the findings that a text names, and the moments at which.
func (s *Server) named(q *request, text string) (out []wanted, seen []string, err error) {
	now, _ := s.Room.State()
	reader := now.Reader(truce.ForPublic)
	take := func(kind, code, at string, bare bool) error {
		if len(out) >= mostNamed {
			return nil
		}
		x := wanted{day: kind == "days", at: truce.Never}
		if at, err := url.QueryUnescape(at); err == nil && at != "" {
			if x.at, err = localTime(at, now.Agreement.Location); err != nil || x.at > s.Room.Now() {
				return nil // no moment that anything was known at
			}
		}
		id, err := q.digest(reader, code)
		switch {
		case errors.Is(err, errNotFound) || errors.Is(err, errBad): // none, or several
			return nil
		case err != nil:
			return err
		}
		if x.day && !bare {
			finding, err := s.findingOn(q, reader, id)
			if err != nil {
				return err
			}
			id = finding
		}
		if x.id = id; !slices.ContainsFunc(out, func(y wanted) bool { return y.id == x.id && (y.day == x.day || !bare) }) {
			out, seen = append(out, x), append(seen, code)
		}
		return nil
	}
	for _, m := range addresses.FindAllStringSubmatch(text, 2*mostNamed) {
		if err := take(m[1], m[2], m[3], false); err != nil {
			return nil, nil, err
		}
	}
	for _, code := range codes.FindAllString(text, 2*mostNamed) {
		for _, kind := range []string{"incidents", "days"} {
			if err := take(kind, code, "", true); err != nil {
				return nil, nil, err
			}
		}
	}
	return out, seen, nil
}

// findingOn is the finding of days that an address names: by its own ID, or by that of a report that
// one of them rests on, which is the address to cite.
func (s *Server) findingOn(q *request, reader truce.Reader, id truce.Digest) (truce.Digest, error) {
	if d, err := reader.DayDossier(q.Context(), id); err != nil || d != nil {
		return id, err
	}
	list, err := reader.DayFindings(q.Context(), truce.DayQuery{})
	if err != nil {
		return id, err
	}
	for i := range list {
		if slices.Contains(list[i].Support, id) {
			return list[i].ID, nil
		}
	}
	return id, nil
}

var (
	anyAddress   = regexp.MustCompile(`https?://\S+|/(?:incidents|days)/\S+`)
	sentenceEnds = regexp.MustCompile(`[.!?](\s+|$)|\n`)
)

// plainWords is a text as it is compared: what a messenger changes of it without changing a
// word does not matter, and addresses are looked up apart.
func plainWords(text string) string {
	text = strings.ToLower(anyAddress.ReplaceAllString(text, " "))
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsSymbol(r) }), " ")
}

// wholeSentences are the sentences of a text, as plainWords. Only whole ones are compared: a
// part of "no person has decided about it" says the opposite.
func wholeSentences(text string) (out []string) {
	for _, x := range sentenceEnds.Split(text, -1) {
		if w := plainWords(x); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// checkText says of each finding that a text names whether its words are the record's.
func (s *Server) checkText(q *request, b *checkBody) error {
	list, seen, err := s.named(q, b.Text)
	if err != nil {
		return err
	}
	known := slices.Clone(seen) // all that the record says of them, in each language
	for i, x := range list {
		var own *card.Card
		verdict := "other"
		for _, tag := range s.tongues(q) {
			c, err := s.cardOf(q, tag, x)
			if err != nil {
				return err
			}
			if c == nil {
				break
			}
			known = append(known, wholeSentences(c.Text())...)
			if own == nil {
				own = c
			}
			if slices.Contains(wholeSentences(b.Text), plainWords(c.Sentence)) {
				own, verdict = c, "words"
			}
		}
		if own != nil {
			b.Answers = append(b.Answers, s.answer(verdict, seen[i], own))
		}
	}
	for _, line := range strings.Split(b.Text, "\n") {
		if slices.ContainsFunc(wholeSentences(line), func(w string) bool { return !slices.Contains(known, w) }) {
			b.Strange = append(b.Strange, strings.TrimSpace(line))
		}
	}
	if len(b.Strange) == 0 || len(list) > 0 {
		return nil
	}
	// A text without a code may be of the first page.
	said, err := s.headlines(q)
	if err != nil {
		return err
	}
	b.Strange = slices.DeleteFunc(b.Strange, func(line string) bool {
		if slices.ContainsFunc(wholeSentences(line), func(w string) bool { return !slices.Contains(said, w) }) {
			return false
		}
		b.Answers = append(b.Answers, checked{Verdict: "headline", What: line, Href: "/"})
		return true
	})
	return nil
}

// mostHeadings is how many incidents' headings a text is compared with: those first in the list.
const mostHeadings = 500

// mostDayHeadings is the same of findings of days, whose headings take what they rest on.
const mostDayHeadings = 100

// headlines are the sentences of the first page as the public has it now, with its notes, the
// headings of the incidents that its list begins with, and what findings of days say, in each language.
func (s *Server) headlines(q *request) (out []string, err error) {
	sit, reader, err := s.Room.Known(q.Context(), truce.ForPublic, truce.Never)
	if err != nil {
		return nil, err
	}
	board, err := s.Room.Board(q.Context(), truce.ForPublic, sit, usual(reader.Agreement(), reader.Times()), false)
	if err != nil {
		return nil, err
	}
	rows, _, err := reader.Incidents(q.Context(), truce.Query{During: board.Period, Order: truce.Gravest, Limit: mostHeadings})
	if err != nil {
		return nil, err
	}
	days, err := reader.DayFindings(q.Context(), truce.DayQuery{})
	if err != nil {
		return nil, err
	}
	cards := make([]*truce.DayDossier, min(len(days), mostDayHeadings))
	for i := range cards {
		if cards[i], err = reader.DayDossier(q.Context(), days[i].ID); err != nil {
			return nil, err
		}
	}
	for _, lang := range s.tongues(q) {
		other := *q
		other.lang = lang
		p := &Page{q: &other, Agreement: reader.Agreement()}
		texts := []string{}
		for _, x := range board.Headline {
			texts = append(texts, p.Reason(x.Text))
		}
		for _, list := range [][]truce.Reason{board.Changes, board.Unwatched, board.First.New, board.First.Disputed, board.First.Next} {
			texts = append(texts, p.sentences(list)...)
		}
		for _, x := range briefly(p, board, s.notes(&other)) {
			texts = append(texts, x.Text, x.More)
		}
		for i := range rows {
			texts = append(texts, p.Headline(rows[i]))
		}
		for i := range days {
			texts = append(texts, p.T("day.title", "Article", string(days[i].Article), "When", p.DayWhen(days[i])))
			for _, r := range days[i].Reasons {
				texts = append(texts, p.Reason(r))
			}
		}
		for _, d := range cards {
			if d != nil {
				headline, _ := brief.DayCard(p.Agreement, d, s.Room.Mission().About.Demo)
				texts = append(texts, p.Sentence(headline))
			}
		}
		for _, text := range texts {
			out = append(out, wholeSentences(text)...)
		}
	}
	return out, nil
}

// tongues are the languages of the pages, the reader's first.
func (s *Server) tongues(q *request) []*lingo {
	out := []*lingo{q.lang}
	for _, l := range (&Page{q: q}).Languages() {
		if l != q.lang {
			out = append(out, l)
		}
	}
	return out
}

// answer is what the page says of one finding.
func (s *Server) answer(verdict, what string, own *card.Card) checked {
	href := strings.TrimPrefix(own.Address, s.Origin)
	path, query, _ := strings.Cut(href, "?")
	return checked{Verdict: verdict, What: what, Href: href, Card: own, Picture: path + "/card?" + query + "&lang=" + own.Lang}
}

// checkCard says whose a file is: a card, a published report, or nobody's.
func (s *Server) checkCard(q *request, b *checkBody, file []byte) error {
	sum := truce.Digest(sha256.Sum256(file))
	published, err := s.publications()
	if err != nil {
		return err
	}
	for _, x := range published {
		if x.SHA256 == sum {
			b.Answers = append(b.Answers, checked{Verdict: "report", What: x.Title, Href: "/reports/" + strconv.FormatInt(x.Entry, 10)})
			return nil
		}
	}
	picture, err := card.ReadPicture(file)
	if errors.Is(err, card.ErrPicture) || errors.Is(err, card.ErrTooLarge) {
		return nil // no picture, and no file that was published
	}
	if err != nil {
		b.Strange = append(b.Strange, q.lang.say("check.no-code"))
		return nil
	}
	if at, err := s.frontMoment(picture.Address); err == nil {
		return s.checkFront(q, b, picture, at)
	}
	list, seen, err := s.named(q, picture.Address)
	if err != nil {
		return err
	}
	for i, x := range list {
		var first *card.Card
		verdict := "resaved"
		for _, lang := range s.tongues(q) {
			c, err := s.cardOf(q, lang, x)
			switch {
			case err != nil:
				return err
			case c == nil:
			case picture.Same(c):
				first, verdict = c, "same"
			case first == nil:
				first = c
			}
		}
		if first != nil {
			b.Answers = append(b.Answers, s.answer(verdict, seen[i], first))
		}
	}
	return nil
}

// check is the page on which anybody checks what they were sent.
func (s *Server) check(q *request) error {
	b := &checkBody{Most: mostChecked, Text: q.URL.Query().Get("text")}
	if n := len([]rune(b.Text)); n > mostChecked {
		return bad("text: %d letters; at most %d are checked at once", n, mostChecked)
	}
	if strings.TrimSpace(b.Text) != "" {
		b.Done = true
		if err := s.checkText(q, b); err != nil {
			return err
		}
	}
	return s.checkedPage(q, b)
}

// checkSent is check of a file.
func (s *Server) checkSent(q *request) error {
	if !s.limits.allowCheck(s.remote(q.Request)) {
		return errTooMany
	}
	select {
	case s.checking <- struct{}{}: // a picture is some 30 MB while it is read
		defer func() { <-s.checking }()
	case <-q.Context().Done():
		return q.Context().Err()
	case <-time.After(10 * time.Second):
		return errTooMany
	}
	parts, err := q.MultipartReader()
	if err != nil {
		return bad("%v", errNoFile)
	}
	b := &checkBody{Most: mostChecked, Done: true}
	for n := 0; n < 8; n++ {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return received(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		file, err := io.ReadAll(part)
		if err != nil {
			return received(err)
		}
		b.File = part.FileName()
		if err := s.checkCard(q, b, file); err != nil {
			return err
		}
		return s.checkedPage(q, b)
	}
	return bad("%v", errNoFile)
}

func (s *Server) checkedPage(q *request, b *checkBody) error {
	_, reader, err := s.Room.Known(q.Context(), q.to, truce.Never)
	if err != nil {
		return err
	}
	return q.page("check", &Page{Nav: "check", Title: q.lang.say("check.title"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: truce.Never, Body: b})
}

// mostSent bounds a file that is checked: reports are larger than cards.
const mostSent = 16 << 20
