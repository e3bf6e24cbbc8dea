package web

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
)

// A form that decides says which decisions its sender has seen, and is refused if
// there are others by now: two people who decide at once would otherwise decide over
// one another, and the first would never know. The check and the decision are one step
// under the room's lock, so of two at once one is told.

// notPossible is the choice that an attribution was attempted and is not possible. The
// record has it as no actor; a form needs a value for it, so that it is chosen.
const notPossible = "none"

// seenDecisions is what a form says was seen of the statements about an incident: the
// number of the last decision, and how many attributions there were.
func seenDecisions(said []truce.Item) string {
	var last int64
	attributions := 0
	for i := range said {
		switch {
		case said[i].Decision != nil:
			last = max(last, said[i].Decision.Seq)
		case said[i].Attribution != nil:
			attributions++
		}
	}
	return fmt.Sprintf("%d.%d", last, attributions)
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
func (q *request) since(x truce.Answers, inc truce.Digest) error {
	said, err := x.Statements(q.Context(), inc)
	if err != nil {
		return err
	}
	now := seenDecisions(said) + "." + inc.Hex()
	if read, _, _ := strings.Cut(q.PostFormValue("anyway"), " "); read == now {
		return nil
	}
	c := &collision{Anyway: now}
	if state := q.PostFormValue("state"); state != "" && state != inc.Hex() {
		c.Grown = true
	}
	if q.PostForm.Has("seen") {
		seen, attributed := seenOf(q.PostFormValue("seen"))
		for i := range said {
			a := said[i].Attribution
			switch {
			case said[i].Decision != nil && said[i].Decision.Seq > seen:
				c.Done = append(c.Done, q.decided(&said[i]))
			case a != nil && attributed > 0: // one of those that were seen
				attributed--
			case a != nil:
				who := q.lang.say("incident.not-possible")
				if a.Actor != "" {
					who = string(a.Actor) + ", " + q.lang.word("confidence", a.Confidence)
				}
				c.Done = append(c.Done, meanwhile{What: q.lang.say("incident.attribution") + ": " + who, By: q.lang.word("role", a.By), At: said[i].Known, Words: q.words(a.ID, a.Because)})
			}
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
func (q *request) sure(x truce.Answers, inc truce.Digest) func([]truce.Reason) error {
	return func(doubts []truce.Reason) error {
		err := q.since(x, inc)
		c := &collision{}
		if told := errors.As(err, &c); len(doubts) == 0 || err != nil && !told {
			return err
		}
		said, failed := x.Statements(q.Context(), inc)
		if failed != nil {
			return failed
		}
		for _, d := range doubts {
			c.Doubts = append(c.Doubts, (&Page{q: q}).Reason(d))
		}
		c.Anyway = seenDecisions(said) + "." + inc.Hex() + " " + truce.DigestOf(c.Doubts...).Hex()
		if err == nil && q.PostFormValue("anyway") == c.Anyway {
			return nil
		}
		return c
	}
}

// decided says a decision to whoever is about to take another.
func (q *request) decided(x *truce.Item) meanwhile {
	d := x.Decision
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
	return meanwhile{What: what, By: q.lang.word("role", d.By), At: x.Known, Words: q.words(d.ID, d.Because)}
}

func (q *request) words(id truce.Digest, public string) string {
	return (&Page{q: q}).Words(id, public)
}

// declaredKinds are the decisions about the agreement itself.
var declaredKinds = []truce.DecisionKind{truce.Declare, truce.Extend, truce.Terminate}

// declared are those decisions.
func (q *request) declared(x truce.Answers) ([]truce.Item, error) {
	all, err := x.Statements(q.Context(), truce.Digest{})
	return slices.DeleteFunc(all, func(r truce.Item) bool {
		return r.Decision == nil || !slices.Contains(declaredKinds, r.Decision.Kind)
	}), err
}

// seenDeclared is what a form says was seen of them: the number of the last.
func seenDeclared(list []truce.Item) (last int64) {
	for i := range list {
		last = max(last, list[i].Decision.Seq)
	}
	return last
}

// sinceDeclared is since, of what is decided about the agreement.
func (q *request) sinceDeclared(x truce.Answers) error {
	list, err := q.declared(x)
	if err != nil {
		return err
	}
	now := strconv.FormatInt(seenDeclared(list), 10)
	if !q.PostForm.Has("seen") || q.PostFormValue("anyway") == now {
		return nil
	}
	seen, _ := seenOf(q.PostFormValue("seen"))
	c := &collision{Anyway: now}
	for i := range list {
		if list[i].Decision.Seq > seen {
			c.Done = append(c.Done, q.decided(&list[i]))
		}
	}
	if len(c.Done) == 0 {
		return nil
	}
	return c
}

// answersOf are a party's answers among the statements about an incident.
func answersOf(said []truce.Item, by truce.PartyID) (out []*truce.Response) {
	for i := range said {
		if r := said[i].Response; r != nil && r.By == by {
			out = append(out, r)
		}
	}
	return out
}

// sinceAnswered is since, of what the sender's own side has answered.
func (q *request) sinceAnswered(x truce.Answers, by truce.PartyID) error {
	if !q.PostForm.Has("seen") {
		return nil
	}
	id, err := q.digest(x, q.PostFormValue("to"))
	if err != nil {
		return err
	}
	inc, ok, err := x.IncidentOf(q.Context(), id)
	if err != nil || !ok {
		return err // no incident is a tally: only incidents have forms
	}
	said, err := x.Statements(q.Context(), inc)
	if err != nil {
		return err
	}
	list := answersOf(said, by)
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
