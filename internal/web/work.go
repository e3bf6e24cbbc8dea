package web

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/situation"
)

const mostText = 2000

// subject is the incident that a form is about, by its first observation, which stays
// when the incident changes.
func (q *request) subject() (truce.Digest, error) {
	state, _ := q.s.Room.State()
	_, of, err := q.incidentOf(state.Reader(q.to), q.PostFormValue("of"))
	if err != nil {
		return truce.Digest{}, err
	}
	return of[0], nil
}

// addWork keeps a task, a note, a review or a check-in.
func (s *Server) addWork(q *request) error {
	x := desk.Work{Text: strings.TrimSpace(q.PostFormValue("text"))}
	kind, key, state := q.PostFormValue("kind"), "", "open"
	f := &formFaults{}
	var err error
	if utf8.RuneCountInString(x.Text) > mostText {
		q.fault(f, "text", "fault.text-long", "Most", mostText)
	}
	switch kind {
	case desk.Task:
		if x.Of, err = q.subject(); err != nil {
			return err
		}
		x.Fact = truce.Fact(q.PostFormValue("fact"))
		key = x.Of.Hex() + " " + string(x.Fact) + " " + x.Text
	case desk.Owner: // whoever took it last has it
		if x.Of, err = q.subject(); err != nil {
			return err
		}
		key = x.Of.Hex()
	case desk.Review:
		if x.Of, err = q.subject(); err != nil {
			return err
		}
		key = x.Of.Hex()
	case desk.Note:
		if x.Text == "" {
			q.fault(f, "text", "fault.missing")
		}
	case desk.CheckIn:
		key = q.who.Name
	default:
		return bad("kind %q is unknown", kind)
	}
	if err := f.err(); err != nil {
		return err
	}
	n, fresh, err := s.Desk.Add(q.Context(), kind, key, state, q.who.Name, x)
	for err == nil && !fresh { // the same again: whoever says so last
		var i *desk.Item
		if i, err = s.Desk.Get(q.Context(), kind, n); err != nil {
			break
		}
		if kind == desk.Owner {
			if err := q.sinceTaken(i); err != nil {
				return err
			}
		}
		err = s.Desk.Set(q.Context(), n, i.Version, state, q.who.Name, x)
		if !errors.Is(err, desk.ErrChanged) {
			break
		}
		err = nil // two at once: look again at what the other has done
	}
	if err != nil {
		return err
	}
	return q.back(local(q.PostFormValue("next")))
}

// sinceTaken says who has taken an incident since a form was opened; nil: nobody, or
// whoever takes it now has read who has it.
func (q *request) sinceTaken(i *desk.Item) error {
	if i.State != "open" || i.By == q.who.Name || !q.PostForm.Has("seen") || q.PostFormValue("seen") == i.By || q.PostFormValue("anyway") == i.By {
		return nil
	}
	return &collision{Anyway: i.By, Done: []meanwhile{{What: q.lang.say("work.owner"), By: i.By, At: truce.InstantOf(i.Changed)}}}
}

// endWork says that a task is done, or that nobody looks at something any more.
func (s *Server) endWork(q *request) error {
	n, err := strconv.ParseInt(q.PathValue("n"), 10, 64)
	if err != nil {
		return errNotFound
	}
	for _, kind := range []string{desk.Task, desk.Review, desk.Note, desk.Owner} {
		i, err := s.Desk.Get(q.Context(), kind, n)
		if errors.Is(err, desk.ErrGone) {
			continue
		}
		if err != nil {
			return err
		}
		var x desk.Work
		if err := i.Into(&x); err != nil {
			return err
		}
		if err := s.Desk.Set(q.Context(), n, i.Version, "done", q.who.Name, x); err != nil && !errors.Is(err, desk.ErrChanged) {
			return err
		}
		return q.back(local(q.PostFormValue("next")))
	}
	return errNotFound
}

// A handover is what the next shift finds: what is open, what came and was decided
// since, who is where.
type handover struct {
	Tasks, Reviews, Notes, CheckIns paged[desk.Line]
	Late                            map[string]bool // of check-ins: longer ago than four hours
}

// mostOpen bounds what a desk reads of one kind.
const mostOpen = 10_000

// handover begins each list; the one that is asked for alone has pages.
func (s *Server) handover(ctx context.Context, list string, page int) (*handover, error) {
	h := &handover{}
	for _, x := range []struct {
		kind string
		to   *paged[desk.Line]
	}{{desk.Task, &h.Tasks}, {desk.Review, &h.Reviews}, {desk.Note, &h.Notes}, {desk.CheckIn, &h.CheckIns}} {
		all, err := s.Desk.Lines(ctx, x.kind, "open", mostOpen)
		if err != nil {
			return nil, err
		}
		if *x.to = pageOf(all, 1, mostAtFirst); x.kind == list {
			*x.to = pageOf(all, page, perPage)
		}
	}
	h.Late = desk.Late(h.CheckIns.Rows, s.Room.Now())
	return h, nil
}

// owner is who works on an incident; zero: nobody.
func (s *Server) owner(ctx context.Context, sit *situation.Situation, inc *truce.Incident) (desk.Line, error) {
	list, err := s.Desk.Lines(ctx, desk.Owner, "open", mostOpen)
	return desk.Owners(sit, list)[inc.ID], err
}

// reviewers are who looks at an incident now.
func (s *Server) reviewers(ctx context.Context, inc *truce.Incident) ([]desk.Line, error) {
	list, err := s.Desk.Lines(ctx, desk.Review, "open", 200)
	return desk.About(inc, list), err
}
