package assess

import (
	"embed"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/strict"
	"go.yaml.in/yaml/v3"
)

// kinds are the kinds of obligation. One more is a file with its words beside it, and
// one more line here; nothing else in the program names a kind.
var kinds = []Kind{
	prohibitKind,
	absentKind,
	withdrawKind,
	freezeKind,
	quietKind,
	notMonitoredKind,
	dueKind,
	quotaKind,
	conductKind,
	serviceKind,
	positionsKind,
	registerKind,
	notifyKind,
	accessKind,
}

// kind is an obligation of one kind, as rules ask it: each kind is one file.
type kind interface {
	truce.Obligation

	// about asks whether the observation shows the kind of act that the article is
	// about, wherever and whenever it was.
	about(o *truce.Observation, t *trace) verdict
	// facts answers, for one observation, what only this kind knows.
	facts(r *Rule, o *truce.Observation, t *trace) answer
	// acts are those that coverage must be able to detect.
	acts() []truce.Act
	// sentence says in words what is obliged to.
	sentence(a *truce.Agreement) []truce.Reason

	// What follows is answered by plain for kinds that have nothing to say to it.

	// ground is the area by which coverage is weighed: the article's zones, if plain
	// answers; nil: by time alone.
	ground(r *Rule) *geo.Region
	// finding is what an outcome of an incident is under this kind, before clocks and
	// decisions; why is said where it is another.
	finding(o truce.Outcome) (is truce.Outcome, why truce.Reason)
	// condition reports whether what period answers stands over what single incidents
	// amount to, unless a person decided that one is a violation: of a condition, which is
	// met or not yet, a claim or an unknown act changes the count and nothing else.
	condition() bool
	// counted reports whether incidents, reports and coverage are counted under it. Where
	// they are not, what people read of it is the answer of period, with its reasons.
	counted() bool
	// period answers for the article over v where the kind has an answer of its own,
	// such as a duty that is not yet due at q.asOf; ok is false otherwise.
	period(r *Rule, v truce.Interval, q Query) (a truce.Assessment, ok bool)
	// deadlines are the moments that it fixes where it binds from a moment on; Never:
	// from none that is known.
	deadlines(from truce.Instant, loc *time.Location) []truce.Instant
	// outlives reports whether it can be answered after its phase has ended: whether a deadline
	// was met stays a question.
	outlives() bool
	// ownLists reports whether lists of objects are each party's own, and not readings of one list.
	ownLists() bool
	// fulfils reports whether an article can be fulfilled, so that a phase may open on it.
	fulfils() bool
	// falls are the moments at which something falls due under it, after asOf or before.
	falls(r *Rule, asOf truce.Instant) []truce.Due
	// deeds are what it counts, of statements and not of incidents; nil: nothing.
	deeds() *deeds
	// days is what it keeps of local days; zero: it keeps nothing.
	days() daily
}

// plain has no zones of its own, no days, no deadlines, and no answer but that of its
// incidents.
type plain struct{}

func (plain) Zones() []string                                         { return nil }
func (plain) ground(r *Rule) *geo.Region                              { return r.everywhere() }
func (plain) finding(o truce.Outcome) (truce.Outcome, truce.Reason)   { return o, truce.Reason{} }
func (plain) condition() bool                                         { return false }
func (plain) counted() bool                                           { return true }
func (plain) deadlines(truce.Instant, *time.Location) []truce.Instant { return nil }
func (plain) outlives() bool                                          { return false }
func (plain) ownLists() bool                                          { return false }
func (plain) fulfils() bool                                           { return false }
func (plain) falls(*Rule, truce.Instant) []truce.Due                  { return nil }
func (plain) deeds() *deeds                                           { return nil }
func (plain) days() daily                                             { return daily{} }
func (plain) period(*Rule, truce.Interval, Query) (truce.Assessment, bool) {
	return truce.Assessment{}, false
}

// A Kind is a kind of obligation as agreements state it.
type Kind struct {
	Name  string            // its key
	Doc   string            // what it is, for editors
	Codes map[string]string // the codes of problems that only it has, with what they mean
	Form  reflect.Type      // what is written under its key

	read func(form any, c *Clause) truce.Obligation
	lint func(form any, o truce.Obligation, c *Clause)
}

// Kinds lists the kinds of obligation.
func Kinds() []Kind { return slices.Clone(kinds) }

// kindOf is a kind that is written as an F and read as a K. lint may be nil.
func kindOf[F any, K kind](doc string, codes map[string]string, read func(*F, *Clause) K, lint func(K, *F, *Clause)) Kind {
	var none K
	return Kind{Name: none.Kind(), Doc: doc, Codes: codes, Form: reflect.TypeFor[F](),
		read: func(form any, c *Clause) truce.Obligation { return read(form.(*F), c) },
		lint: func(form any, o truce.Obligation, c *Clause) {
			if lint != nil {
				lint(o.(K), form.(*F), c)
			}
		},
	}
}

// Read makes the obligation of what is written, a pointer to a Form, and adds what is
// wrong with it to the problems.
func (k *Kind) Read(form any, c *Clause) truce.Obligation { return k.read(form, c) }

// Lint warns of what can be read but not monitored, and of what will surprise the
// parties later. The whole agreement has been read by then.
func (k *Kind) Lint(form any, o truce.Obligation, c *Clause) { k.lint(form, o, c) }

// A Clause is a provision that is being read or checked, with what its kind may ask of
// the rest of the agreement.
type Clause struct {
	*strict.Decoder
	Agreement *truce.Agreement
	Provision *truce.Provision  // when it is read: its article, whom it binds, and its floor
	Earlier   []truce.Provision // when it is checked: those before it
	Article   strict.Text
	// Named checks that a zone or line of that name is defined, and marks it as used.
	Named func(s strict.Text, what string, names []string)
	// Party reads a party.
	Party func(s strict.Text) truce.PartyID
}

// Zones reads names of zones.
func (c *Clause) Zones(list []strict.Text) []string {
	var out []string
	for _, s := range list {
		c.Named(s, "zone", c.Agreement.ZoneOrder)
		out = append(out, s.V)
	}
	return out
}

// Lines reads one line for all, or a line for each party that is bound.
func (c *Clause) Lines(b strict.ByParty) map[truce.PartyID]string {
	out := map[truce.PartyID]string{}
	var lines []string
	for n := range c.Agreement.Lines {
		lines = append(lines, n)
	}
	slices.Sort(lines)
	if b.All.Set() {
		c.Named(b.All, "line", lines)
		for _, id := range c.Provision.Binds {
			out[id] = b.All.V
		}
		return out
	}
	for _, e := range b.By {
		c.Named(e.Value, "line", lines)
		out[c.Party(e.Key)] = e.Value.V
	}
	for _, id := range c.Provision.Binds {
		if _, ok := out[id]; !ok && len(b.By) > 0 {
			c.At(b.By[0].Key, "missing-key", "article %q binds %s, but no line is given for it", c.Provision.Article, id)
		}
	}
	return out
}

//go:embed *.words.yaml
var wordFiles embed.FS

// Words are what a kind says, in every language.
type Words struct {
	Reasons  map[string]map[string]string `yaml:"reasons"`  // sentences: by their English, and then by language
	Messages map[string]map[string]any    `yaml:"messages"` // texts of pages: by name, and then by language
}

// Words reads the file of words beside the kind's own.
func (k *Kind) Words() (out Words, err error) {
	name := k.Name + ".words.yaml"
	text, err := wordFiles.ReadFile(name)
	if err == nil {
		err = yaml.Unmarshal(text, &out)
	}
	if err != nil {
		return out, fmt.Errorf("words of %s: %w", k.Name, err)
	}
	return out, nil
}

// Deadlines are the moments that obligations fix, in order, by every reading of the
// articles.
func Deadlines(a *truce.Agreement, phases map[string]Phase) (out []truce.Instant) {
	for i := range a.Provisions {
		p := &a.Provisions[i]
		k, ok := p.Obligation.(kind)
		if !ok {
			continue
		}
		from := []truce.Instant{truce.Never}
		if ph := phases[p.Phase]; ph.Begun {
			from = append(from, p.Applies(ph.During[0]).Start)
		}
		for _, r := range p.Readings {
			from = append(from, r.From)
		}
		for _, at := range from {
			out = append(out, k.deadlines(at, a.Location)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Fulfils reports whether an obligation can be fulfilled, so that a phase may open on it: a
// prohibition cannot, and quiet days can.
func Fulfils(o truce.Obligation) bool {
	k, ok := o.(kind)
	return ok && k.fulfils()
}

// Decided reports whether people decide of incidents under an obligation that they are violations.
func Decided(o truce.Obligation) bool {
	k, ok := o.(kind)
	return ok && k.counted()
}

// Falls are the moments at which something falls due under the rule, as far as is known now.
func (r *Rule) Falls() []truce.Due {
	if r.p.NotMonitored != "" || !r.begun || len(r.scope) == 0 || r.c.Now == truce.Never {
		return nil
	}
	out := r.kind.falls(r, r.c.Now)
	for i := range out {
		out[i].Article, out[i].Reading, out[i].Assumed = r.p.Article, r.reading, r.assumed()
	}
	return slices.DeleteFunc(out, func(d truce.Due) bool { return !d.At.Stated() })
}
