package web

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/situation"
)

// What a shift keeps between themselves: tasks for patrols made from missing facts,
// who looks at what, notes for the next shift, and who has checked in. None of it is
// an input or a finding; nobody outside the mission sees it.

// workItem is one of them.
type workItem struct {
	Text string       `json:"text"`
	Fact truce.Fact   `json:"fact,omitempty"` // of a task
	Of   truce.Digest `json:"of,omitzero"`    // an observation of the incident it is about
}

// workLine is one as pages show it.
type workLine struct {
	N       int64
	Version int64
	By      string
	At      truce.Instant
	workItem
}

const mostText = 2000

func (s *Server) workLines(ctx context.Context, kind, state string, most int) ([]workLine, error) {
	list, err := s.Desk.List(ctx, kind, state, most)
	if err != nil {
		return nil, err
	}
	var out []workLine
	for _, i := range list {
		x := workLine{N: i.N, Version: i.Version, By: i.By, At: truce.InstantOf(i.Changed)}
		if err := i.Into(&x.workItem); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// subject is the incident that a form is about, by its first observation, which stays
// when the incident changes.
func (q *request) subject() (truce.Digest, error) {
	state, _ := q.s.Room.State()
	sit := state.Situations[q.to]
	id, err := q.digest(state.Reader(q.to), q.PostFormValue("of"))
	if err != nil {
		return id, err
	}
	inc := sit.IncidentOf(id)
	if inc == nil {
		return id, errNotFound
	}
	return inc.Of[0].ID, nil
}

// addWork keeps a task, a note, a review or a check-in.
func (s *Server) addWork(q *request) error {
	x := workItem{Text: strings.TrimSpace(q.PostFormValue("text"))}
	kind, key, state := q.PostFormValue("kind"), "", "open"
	f := &formFaults{}
	var err error
	if utf8.RuneCountInString(x.Text) > mostText {
		q.fault(f, "text", "fault.text-long", "Most", mostText)
	}
	switch kind {
	case "task":
		if x.Of, err = q.subject(); err != nil {
			return err
		}
		x.Fact = truce.Fact(q.PostFormValue("fact"))
		key = x.Of.Hex() + " " + string(x.Fact) + " " + x.Text
	case "owner": // whoever took it last has it
		if x.Of, err = q.subject(); err != nil {
			return err
		}
		key = x.Of.Hex()
	case "review":
		if x.Of, err = q.subject(); err != nil {
			return err
		}
		key = x.Of.Hex()
	case "note":
		if x.Text == "" {
			q.fault(f, "text", "fault.missing")
		}
	case "check-in":
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
		if kind == "owner" {
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
	for _, kind := range []string{"task", "review", "note", "owner"} {
		i, err := s.Desk.Get(q.Context(), kind, n)
		if errors.Is(err, desk.ErrGone) {
			continue
		}
		if err != nil {
			return err
		}
		var x workItem
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
	Tasks, Reviews, Notes, CheckIns paged[workLine]
	Late                            map[string]bool // of check-ins: longer ago than four hours
}

// lateCheckIn is after how long a team that has not checked in is pointed out.
const lateCheckIn = 4 * time.Hour

// mostOpen bounds what a desk reads of one kind.
const mostOpen = 10_000

// handover begins each list; the one that is asked for alone has pages.
func (s *Server) handover(ctx context.Context, list string, page int) (*handover, error) {
	h := &handover{Late: map[string]bool{}}
	for _, x := range []struct {
		kind string
		to   *paged[workLine]
	}{{"task", &h.Tasks}, {"review", &h.Reviews}, {"note", &h.Notes}, {"check-in", &h.CheckIns}} {
		all, err := s.workLines(ctx, x.kind, "open", mostOpen)
		if err != nil {
			return nil, err
		}
		if *x.to = pageOf(all, 1, mostAtFirst); x.kind == list {
			*x.to = pageOf(all, page, perPage)
		}
	}
	for _, c := range h.CheckIns.Rows {
		h.Late[c.By] = c.At < s.Room.Now().Add(-lateCheckIn)
	}
	return h, nil
}

// owners are whose incidents are on the desk.
func (s *Server) owners(ctx context.Context, sit *situation.Situation) (map[truce.Digest]workLine, error) {
	list, err := s.workLines(ctx, "owner", "open", 10_000)
	if err != nil {
		return nil, err
	}
	out := map[truce.Digest]workLine{}
	for _, x := range slices.Backward(list) { // where two have become one, whoever took theirs last
		if inc := sit.IncidentOf(x.Of); inc != nil {
			if have, ok := out[inc.ID]; !ok || have.At <= x.At {
				out[inc.ID] = x
			}
		}
	}
	return out, nil
}

// reviewers are who looks at an incident now.
func (s *Server) reviewers(ctx context.Context, inc *truce.Incident) ([]workLine, error) {
	list, err := s.workLines(ctx, "review", "open", 200)
	if err != nil {
		return nil, err
	}
	var out []workLine
	for _, x := range list {
		for _, o := range inc.Of {
			if o.ID == x.Of {
				out = append(out, x)
			}
		}
	}
	return out, nil
}
