package assess

import (
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// notMonitored is an article of the text that nobody can monitor. It has its place among
// the others, with the reason, so that the folder is the whole agreement. Nothing is ever
// counted under it, and its outcome is the same at every time: see Rule.Period.
type notMonitored struct {
	plain
	Because string
}

type notMonitoredForm struct {
	Pos     strict.Text
	Because strict.Text `yaml:"because" need:"why nobody could tell" doc:"why it cannot be monitored"`
}

var notMonitoredKind = kindOf("an article that is not monitored, and why", map[string]string{
	"no-text": "an article that is not monitored, without its words",
}, readNotMonitored, (*notMonitored).lint)

func readNotMonitored(f *notMonitoredForm, c *Clause) *notMonitored {
	out := &notMonitored{Because: strings.TrimSpace(f.Because.V)}
	if f.Because.Set() && out.Because == "" {
		c.At(f.Because, "empty-value", "article %q: because is empty; say why nobody could tell whether it is kept", c.Provision.Article)
	}
	c.Provision.NotMonitored = out.Because
	return out
}

func (k *notMonitored) lint(f *notMonitoredForm, c *Clause) {
	p := c.Provision
	if strings.TrimSpace(p.Text) == "" {
		c.Warn(f.Pos, "no-text", "add text: with the words of the agreement", "article %q is not monitored and has no text, so readers cannot tell what it says", p.Article)
	}
	if p.Clocks != (truce.Clocks{}) || p.Daily != nil || len(p.Objects) > 0 || len(p.Readings) > 0 || len(p.Exceptions) > 0 || p.SecondReader {
		c.Warn(f.Pos, "idle-key", "leave out clocks, daily, objects, readings, exceptions and readers", "article %q is not monitored, so nothing looks at its clocks, hours, objects, readings or exceptions", p.Article)
	}
}

func (*notMonitored) Kind() string { return "not-monitored" }

func (k *notMonitored) sentence(*truce.Agreement) []truce.Reason {
	return []truce.Reason{truce.Because("Not monitored, because %s", k.Because)}
}

func (*notMonitored) acts() []truce.Act { return nil }

func (*notMonitored) condition() bool { return true }
func (*notMonitored) counted() bool   { return false }

func (*notMonitored) about(*truce.Observation, *trace) verdict { return verdict{noViolation: true} }

func (k *notMonitored) facts(r *Rule, o *truce.Observation, t *trace) answer {
	t.say("article %s is not monitored", r.p.Article)
	return answer{outcome: truce.NoViolation}
}
