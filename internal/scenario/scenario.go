// Package scenario answers: what does this text say, and is it so? It has the language in
// which people write entries by hand (one statement, such as "observe a strike ..."), the
// fields of forms that say the same, and scenarios: texts in which parties and tests state
// what was seen and what must come out, run against a situation. It is pure.
//
// The language is described in doc/scenario-language.md.
package scenario

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/situation"
)

// A Failure is a statement of a scenario that does not hold.
type Failure struct {
	File      string   `json:"file"`
	Line      int      `json:"line"`
	Statement string   `json:"statement"`
	Want      string   `json:"want"`
	Got       string   `json:"got"`
	Why       []string `json:"why,omitempty"`
}

func (f Failure) String() string {
	s := fmt.Sprintf("%s:%d: want %s, got %s", f.File, f.Line, f.Want, f.Got)
	for _, w := range f.Why {
		s += "\n    " + w
	}
	return s
}

// A Fault is a statement that cannot be read.
type Fault struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

func (f Fault) Error() string {
	if f.Line == 0 { // the file as a whole
		return fmt.Sprintf("%s: %s", f.File, f.Text)
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text)
}

// A Result is what came of a scenario.
type Result struct {
	Held     int       `json:"held"` // expectations that hold
	Failures []Failure `json:"failures,omitempty"`
	Faults   []Fault   `json:"faults,omitempty"`
}

// maxScenario bounds a scenario; a case a lawyer reads has some hundred lines.
const maxScenario = 4 << 20

// Run runs the scenario text. load reads the agreement folder that a
// statement "agreement <folder>" names; a is the agreement until then, and may
// be nil. o.Geometry, if any, is of a.
func Run(file string, text io.Reader, a *truce.Agreement, load func(folder string) (*truce.Agreement, error), o situation.Options) Result {
	p := &script{file: file, a: a, load: load, opt: o, now: truce.Never, ids: map[string]*entry{}, digests: map[truce.Digest]*entry{}, out: &Result{}}
	data, err := io.ReadAll(io.LimitReader(text, maxScenario+1))
	if err != nil || len(data) > maxScenario {
		p.out.Faults = append(p.out.Faults, Fault{file, 0, fmt.Sprintf("cannot be read, or longer than %d bytes", maxScenario)})
		return *p.out
	}
	if p.opt.Geometry == nil {
		p.opt.Geometry = assess.NewGeometry()
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	in := bufio.NewScanner(bytes.NewReader(data))
	in.Buffer(nil, maxScenario+1)
	for in.Scan() {
		p.n++
		p.text = strings.TrimSpace(in.Text())
		if err := p.statement(); err != nil {
			p.out.Faults = append(p.out.Faults, Fault{file, p.n, err.Error()})
		}
	}
	return *p.out
}

// script is a scenario as far as it has been read.
type script struct {
	file string
	n    int // line
	text string
	a    *truce.Agreement
	load func(string) (*truce.Agreement, error)
	opt  situation.Options
	out  *Result

	now     truce.Instant // the current at; Never before the first
	dated   bool          // there has been an at
	entries []truce.Item
	ids     map[string]*entry
	digests map[truce.Digest]*entry // the first of each digest
	seq     int64

	source truce.SourceID // whose word an observation is that names no source; empty: it must name one

	built    *situation.Situation // of the first builtOf entries at builtAt
	builtOf  int
	builtAt  truce.Instant
	checking bool // inside refused: a statement is read, and nothing is taken in
}

type entry struct {
	id     string
	digest truce.Digest
	item   int // in entries
}

// statements are read by their first word.
var statements = map[string]func(*script, *line) error{}

func init() { // the table names functions that read statements themselves
	statements = map[string]func(*script, *line) error{
		"agreement": (*script).agreement, "at": (*script).moment, "observe": (*script).observe, "tally": (*script).tally,
		"allege": (*script).allege, "cover": (*script).cover, "notify": (*script).notify, "respond": (*script).respond,
		"restrict": (*script).restrict, "attribute": (*script).attribute, "seen": (*script).seen, "correct": (*script).correct, "withdraw": (*script).withdraw,
		"decide": (*script).decide, "incident": (*script).incident, "incidents": (*script).incidents, "assess": (*script).assess,
		"count": (*script).count, "reconcile": (*script).reconcile, "apart": (*script).apart, "same": (*script).same, "may-be-same": (*script).mayBeSame, "day": (*script).day, "opens": (*script).opens, "falls": (*script).falls, "refused": (*script).refused,
	}
}

func (p *script) statement() error {
	l, err := cut(p.text)
	if err != nil {
		if strings.HasPrefix(p.text, "refused ") {
			p.out.Held++
			return nil
		}
		return err
	}
	return p.words(l)
}

func (p *script) words(l *line) error {
	if !l.more() {
		return nil
	}
	word, _ := l.next("")
	f, ok := statements[word]
	if !ok {
		return fmt.Errorf("statement %q is unknown%s", word, truce.Suggest(word, slices.Sorted(maps.Keys(statements))))
	}
	if p.a == nil && word != "agreement" {
		return fmt.Errorf("no agreement yet; begin with: agreement <folder>")
	}
	return f(p, l)
}

func (p *script) agreement(l *line) error {
	folder, err := l.next("the folder")
	if err != nil {
		return err
	}
	if err := l.end(); err != nil {
		return err
	}
	if len(p.entries) > 0 {
		return fmt.Errorf("the agreement must stand before all entries")
	}
	if p.load == nil {
		return fmt.Errorf("no agreement can be read here")
	}
	p.a, err = p.load(folder)
	p.built = nil
	p.opt.Geometry = assess.NewGeometry()
	return err
}

func (p *script) moment(l *line) error {
	w, err := l.next("the moment")
	if err != nil {
		return err
	}
	at, err := ParseInstant(w, p.a.Location)
	if err != nil {
		return err
	}
	if err := l.end(); err != nil || p.checking {
		return err
	}
	p.now, p.dated = at, true
	return nil
}

// known is the moment from which an entry that stands here is known: the at
// above it. Without one it is known from the time its author states, if any.
func (p *script) known(reported truce.Instant) truce.Instant {
	switch {
	case p.dated:
		return p.now
	case reported != 0:
		return reported
	}
	return truce.Always
}

// reportedOf is when an entry's author states that it was reported; 0: not stated.
func reportedOf(r *truce.Item) truce.Instant {
	switch {
	case r.Observation != nil:
		return r.Observation.Reported
	case r.Tally != nil:
		return r.Tally.Reported
	case r.Notification != nil:
		return r.Notification.Reported
	case r.Response != nil:
		return r.Response.Reported
	}
	return 0
}

// add takes an entry in under its name.
func (p *script) add(id string, r truce.Item) error {
	r.Known = p.known(reportedOf(&r))
	if e := p.digests[r.ID()]; e != nil && !sameEntry(&p.entries[e.item], &r) {
		return fmt.Errorf("%s has the source and key of %s, but says something else; use: correct %s replaces %s", id, e.id, id, e.id)
	}
	if p.checking {
		return nil
	}
	p.entries = append(p.entries, r)
	e := &entry{id, r.ID(), len(p.entries) - 1}
	p.ids[id] = e
	if p.digests[e.digest] == nil {
		p.digests[e.digest] = e
	}
	return nil
}

// name reads an entry's name, which must be new.
func (p *script) name(l *line) (string, error) {
	id, err := l.next("a name")
	if err != nil {
		return "", err
	}
	if strings.ContainsAny(id, "=/") {
		return "", fmt.Errorf("%q is not a name", id)
	}
	if _, twice := p.ids[id]; twice {
		return "", fmt.Errorf("the name %q stands twice", id)
	}
	return id, nil
}

// entry finds an entry above by its name.
func (p *script) entry(id string) (*entry, error) {
	e, ok := p.ids[id]
	if !ok {
		return nil, fmt.Errorf("nothing above is called %q%s", id, truce.Suggest(id, slices.Sorted(maps.Keys(p.ids))))
	}
	return e, nil
}

// situation is what follows here and now.
func (p *script) situation() *situation.Situation {
	if p.built == nil || p.builtOf != len(p.entries) || p.builtAt != p.now {
		p.built = situation.Build(p.a, p.entries, p.now, p.opt)
		p.builtOf, p.builtAt = len(p.entries), p.now
	}
	return p.built
}

// expect notes whether an expectation holds.
func (p *script) expect(want, got string, why ...string) {
	if p.checking {
		return
	}
	if want == got {
		p.out.Held++
		return
	}
	p.out.Failures = append(p.out.Failures, Failure{p.file, p.n, p.text, want, got, why})
}

// refused holds when the statement behind it cannot be read. Whatever it says
// is not taken in.
func (p *script) refused(l *line) error {
	if !l.more() {
		return fmt.Errorf("the statement that must be refused is missing")
	}
	if l.peek() == "refused" {
		return fmt.Errorf("refused refused says nothing")
	}
	trial := *p
	trial.checking = true
	want := strings.Join(l.words[l.at:], " ")
	if err := trial.words(&line{words: l.words[l.at:]}); err != nil {
		p.expect("refused", "refused")
		return nil
	}
	p.expect("refused", "taken in", "the statement "+want+" was understood")
	return nil
}

// ParseEntry reads one statement that says something, in the words of scenarios:
// observe, allege, tally, cover, notify, respond, restrict or seen. Nothing above
// it can be named. The entry is known from no particular moment.
func ParseEntry(a *truce.Agreement, text string, o situation.Options) (truce.Item, error) {
	p := blank(a, o)
	l, err := cut(strings.TrimSpace(text))
	if err != nil {
		return truce.Item{}, err
	}
	said := []string{"observe", "allege", "tally", "cover", "notify", "respond", "restrict", "seen"}
	if !slices.Contains(said, l.peek()) {
		return truce.Item{}, fmt.Errorf("%q says nothing; want one of %s", l.peek(), strings.Join(said, ", "))
	}
	if err := p.words(l); err != nil {
		return truce.Item{}, err
	}
	return p.only(), nil
}

// blank is a scenario in which nothing is stated yet.
func blank(a *truce.Agreement, o situation.Options) *script {
	p := &script{a: a, opt: o, now: truce.Never, ids: map[string]*entry{}, digests: map[truce.Digest]*entry{}, out: &Result{}}
	p.opt.Geometry = assess.NewGeometry()
	return p
}

// only is the one entry of a scenario, known from no particular moment.
func (p *script) only() truce.Item {
	r := p.entries[0]
	r.Known = 0
	return r
}
