package web

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// A form that decides says which decisions its sender has seen, and is refused if
// there are others by now: two people who decide at once would otherwise decide over
// one another, and the first would never know. The check and the decision are one step
// under the room's lock, so of two at once one is told.

// notPossible is the choice that an attribution was attempted and is not possible. The
// record has it as no actor; a form needs a value for it, so that it is chosen.
const notPossible = "none"

// seenDecisions is what a form says was seen of an incident: the number of the last
// decision about it, and how many attributions there were.
func seenDecisions(sit *situation.Situation, inc *truce.Incident) string {
	var last int64
	for _, d := range decisionsOf(sit, inc) {
		last = max(last, d.Seq)
	}
	return fmt.Sprintf("%d.%d", last, len(attributionsOf(sit, inc)))
}

func decisionsOf(sit *situation.Situation, inc *truce.Incident) (out []*truce.Decision) {
	for _, d := range sit.Decisions {
		if slices.ContainsFunc(d.Of, func(id truce.Digest) bool { return sit.IncidentIDOf(id) == inc.ID }) {
			out = append(out, d)
		}
	}
	return out
}

func attributionsOf(sit *situation.Situation, inc *truce.Incident) (out []*truce.Attribution) {
	for _, a := range sit.Attributions {
		if len(a.Of) > 0 && sit.IncidentIDOf(a.Of[0]) == inc.ID {
			out = append(out, a)
		}
	}
	return out
}

// seenOf reads the parts of what a form says was seen. A form that does not say it is
// none of the room's own, and is believed; one that says nonsense has seen nothing.
func seenOf(text string) (decision int64, attributions int) {
	a, rest, _ := strings.Cut(text, ".")
	b, _, _ := strings.Cut(rest, ".")
	decision, _ = strconv.ParseInt(a, 10, 64)
	attributions, _ = strconv.Atoi(b)
	return max(0, decision), max(0, attributions)
}

// since is what was decided about an incident, or has become of it, that the sender of
// a form has not seen; nil: nothing. What they have read of it in the form that came
// back, they have seen.
func (q *request) since(sit *situation.Situation, inc *truce.Incident) error {
	now := seenDecisions(sit, inc) + "." + inc.ID.Hex()
	if read, _, _ := strings.Cut(q.PostFormValue("anyway"), " "); read == now {
		return nil
	}
	c := &collision{Anyway: now}
	if state := q.PostFormValue("state"); state != "" && state != inc.ID.Hex() {
		c.Grown = true
	}
	if q.PostForm.Has("seen") {
		seen, attributed := seenOf(q.PostFormValue("seen"))
		for _, d := range decisionsOf(sit, inc) {
			if d.Seq > seen {
				c.Done = append(c.Done, q.decided(sit, d))
			}
		}
		list := attributionsOf(sit, inc)
		for _, a := range list[min(attributed, len(list)):] {
			who := q.lang.say("incident.not-possible")
			if a.Actor != "" {
				who = string(a.Actor) + ", " + q.lang.word("confidence", a.Confidence)
			}
			c.Done = append(c.Done, meanwhile{What: q.lang.say("incident.attribution") + ": " + who, By: q.lang.word("role", a.By), At: sit.Known(a.ID), Words: q.words(a.ID, a.Because)})
		}
		slices.SortStableFunc(c.Done, func(x, y meanwhile) int { return cmp.Compare(x.At, y.At) })
	}
	if !c.Grown && len(c.Done) == 0 {
		return nil
	}
	return c
}

// sure sends a decision back that is doubtful, or about an incident of which something
// was said since, with both in the reader's language, until they say that they have
// read it.
func (q *request) sure(sit *situation.Situation, inc *truce.Incident) func([]truce.Reason) error {
	return func(doubts []truce.Reason) error {
		err := q.since(sit, inc)
		if len(doubts) == 0 {
			return err
		}
		c := &collision{}
		errors.As(err, &c)
		for _, d := range doubts {
			c.Doubts = append(c.Doubts, (&Page{q: q}).Reason(d))
		}
		c.Anyway = seenDecisions(sit, inc) + "." + inc.ID.Hex() + " " + truce.DigestOf(c.Doubts...).Hex()
		if err == nil && q.PostFormValue("anyway") == c.Anyway {
			return nil
		}
		return c
	}
}

// decided says a decision to whoever is about to take another.
func (q *request) decided(sit *situation.Situation, d *truce.Decision) meanwhile {
	what := q.lang.word("decision", string(d.Kind))
	if d.Article != "" {
		what += ", " + q.lang.say("finding.article") + " " + string(d.Article)
	}
	if d.Fact != "" {
		what += ": " + q.lang.word("fact", string(d.Fact))
	}
	if d.Grade.Source != 0 {
		what += " " + d.Grade.String()
	}
	if d.Name != "" {
		what += " " + d.Name
	}
	return meanwhile{What: what, By: q.lang.word("role", d.By), At: sit.Known(d.ID), Words: q.words(d.ID, d.Because)}
}

func (q *request) words(id truce.Digest, public string) string {
	return (&Page{q: q}).Words(id, public)
}

// declaredKinds are the decisions about the agreement itself.
var declaredKinds = []truce.DecisionKind{truce.Declare, truce.Extend, truce.Terminate}

// seenDeclared is what a form says was seen of them: the number of the last.
func seenDeclared(sit *situation.Situation) (last int64) {
	for _, d := range sit.Decisions {
		if slices.Contains(declaredKinds, d.Kind) {
			last = max(last, d.Seq)
		}
	}
	return last
}

// sinceDeclared is since, of what is decided about the agreement.
func (q *request) sinceDeclared(sit *situation.Situation) error {
	now := strconv.FormatInt(seenDeclared(sit), 10)
	if !q.PostForm.Has("seen") || q.PostFormValue("anyway") == now {
		return nil
	}
	seen, _ := seenOf(q.PostFormValue("seen"))
	c := &collision{Anyway: now}
	for _, d := range sit.Decisions {
		if slices.Contains(declaredKinds, d.Kind) && d.Seq > seen {
			c.Done = append(c.Done, q.decided(sit, d))
		}
	}
	if len(c.Done) == 0 {
		return nil
	}
	return c
}

// answersOf are a party's answers to an incident.
func answersOf(sit *situation.Situation, inc *truce.Incident, by truce.PartyID) (out []*truce.Response) {
	for _, r := range sit.Responses {
		if r.By == by && sit.IncidentIDOf(r.To) == inc.ID {
			out = append(out, r.Response)
		}
	}
	return out
}

// sinceAnswered is since, of what the sender's own side has answered.
func (q *request) sinceAnswered(sit *situation.Situation, by truce.PartyID) error {
	if !q.PostForm.Has("seen") {
		return nil
	}
	id, err := q.digest(q.s.Room.Answers(q.to, sit), q.PostFormValue("to"))
	if err != nil {
		return err
	}
	inc := sit.IncidentOf(id)
	if inc == nil {
		return nil // a tally: only incidents have forms
	}
	list := answersOf(sit, inc, by)
	seen, _ := seenOf(q.PostFormValue("seen"))
	now := strconv.Itoa(len(list))
	if int(seen) >= len(list) || q.PostFormValue("anyway") == now {
		return nil
	}
	c := &collision{Anyway: now}
	for _, r := range list[seen:] {
		c.Done = append(c.Done, meanwhile{What: q.lang.word("answer", r.Says), By: string(r.By), At: r.Reported, Words: q.words(r.ID, r.Text)})
	}
	return c
}
