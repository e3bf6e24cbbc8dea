// Package agreement answers: what does this agreement folder say, and what is wrong with
// it? It reads strictly, continues after each fault, and reports all of them at once with
// file, line and column.
package agreement

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

const mainFile = "agreement.yaml"

// maxFile bounds every file of a folder; a zone of 100,000 corners is 4 MB.
const maxFile = 64 << 20

// Read reads the agreement folder fsys. The problems list everything that is
// wrong; the agreement is nil when agreement.yaml itself cannot be read, and
// must not be used when Problems.Err is not nil.
func Read(fsys fs.FS) (*truce.Agreement, Problems) {
	r := &reader{fsys: fsys, read: map[string][]byte{}}
	r.d = &decoder{File: mainFile, Out: &r.probs}
	data, err := r.load(mainFile)
	if err != nil {
		r.probs = append(r.probs, Problem{File: mainFile, Severity: Error, Code: "no-file", Text: err.Error(),
			Hint: "an agreement is a folder with agreement.yaml in it"})
		return nil, r.probs
	}
	var f file
	if !r.d.Parse(data, &f) {
		return nil, r.probs
	}
	a := r.compile(&f)
	r.lint(&f, a)
	a.Digest = r.digest()
	r.probs.Sort(mainFile)
	return a, r.probs
}

type reader struct {
	fsys  fs.FS
	d     *decoder
	probs Problems
	read  map[string][]byte // by name: what the digest is of
	used  map[string]bool   // zones, lines and phases that a provision names
}

func (r *reader) load(name string) ([]byte, error) {
	data, err := r.bytes(name)
	if err == nil && !utf8.Valid(data) {
		return nil, fmt.Errorf("%s: line %d is not UTF-8", name, 1+bytes.Count(data[:invalid(data)], []byte("\n")))
	}
	return data, err
}

// bytes is load for a file that may be no text.
func (r *reader) bytes(name string) ([]byte, error) {
	info, err := fs.Stat(r.fsys, name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, noFile{name}
		}
		if strings.Contains(err.Error(), "escapes from parent") { // os.Root has no error of its own for it
			return nil, fmt.Errorf("%s is a link that leads out of the agreement's folder", name)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s: %d bytes; at most %d are read", name, info.Size(), maxFile)
	}
	data, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r.read[name] = data
	return data, nil
}

// noFile is the error of a file that there is not.
type noFile struct{ name string }

func (e noFile) Error() string        { return e.name + ": no such file" }
func (e noFile) Is(target error) bool { return target == fs.ErrNotExist }

// invalid is where the first byte stands that is not UTF-8.
func invalid(data []byte) int {
	at := 0
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return at
}

// digest is over the name and bytes of every file that was read, by name.
func (r *reader) digest() truce.Digest {
	names := make([]string, 0, len(r.read))
	for n := range r.read {
		names = append(names, n)
	}
	sort.Strings(names)
	parts := []string{"agreement"}
	for _, n := range names {
		sum := sha256.Sum256(r.read[n])
		parts = append(parts, n, string(sum[:]))
	}
	return truce.DigestOf(parts...)
}

// mostWording is how long wording is at most, in bytes.
const mostWording = 1_000

func (r *reader) compile(f *file) *truce.Agreement {
	a := &truce.Agreement{ID: f.ID.V, Title: f.Title.V, Status: truce.Status(f.Status.V), Zone: f.Timezone.V,
		Zones: map[string]*truce.Zone{}, Lines: map[string]*truce.Line{}, Sources: map[truce.SourceID]truce.Source{}}
	r.used = map[string]bool{}
	r.d.Word(f.Truce, "1")
	r.d.Word(f.Status, "in-force", "draft", "rehearsal", "historic")
	a.Location = time.UTC
	if f.Timezone.Set() {
		loc, err := time.LoadLocation(f.Timezone.V)
		if err != nil || f.Timezone.V == "Local" {
			r.d.Errorf(f.Timezone.Line, f.Timezone.Col, "bad-timezone", "want an IANA name such as Europe/Kyiv", "timezone %q is not known", f.Timezone.V)
		} else {
			a.Location = loc
		}
	}
	if a.Wording = f.Wording.V; len(a.Wording) > mostWording {
		r.d.At(f.Wording, "bad-value", "wording has %d bytes, and at most %d are shown", len(a.Wording), mostWording)
	}
	if k := f.Kind; k != nil {
		word := func(s str, allowed ...string) string {
			r.d.Word(s, allowed...)
			return s.V
		}
		a.Kind = truce.Classification{Class: word(k.Class, "cessation", "compliance-mechanism", "definitive"), Purpose: word(k.Purpose, "humanitarian", "peace-process", "holiday", "election", "other"),
			Mechanism: word(k.Mechanism, "none", "agreed"), Enforcement: word(k.Enforcement, "none", "external", "international-organisation"),
			DDR:   word(k.DDR, "none", "agreed"),
			Ended: word(k.Ended, "expired", "superseded", "withdrawn", "violated", "unclear")}
		if k.Ended.Set() && a.Status != truce.Historic {
			r.d.At(k.Ended, "bad-value", "ended states why an agreement ended, and the status of this one is %s, not historic", a.Status)
		}
	}
	r.parties(f, a)
	r.zones(f, a)
	r.lines(f, a)
	r.places(f, a)
	r.sources(f, a)
	if f.Release != nil {
		a.Release = r.d.Hours(f.Release.Delay)
		for _, k := range f.Release.Texts {
			r.d.Word(k, truce.TextKinds...)
			a.Texts = append(a.Texts, k.V)
		}
		if q := f.Release.Public; q != nil {
			a.Public = truce.PublicRelease{Delay: r.d.Hours(q.Delay), BlurM: int32(min(r.d.Metres(q.Blur), 1_000_000)), Hold: r.d.Acts(q.Hold)}
		}
	}
	for i := range f.Phases {
		r.phase(&f.Phases[i], a)
	}
	seen := map[string]str{}
	for i := range f.Provisions {
		p := &f.Provisions[i]
		if first, dup := seen[p.Article.V]; dup && p.Article.Set() {
			r.d.At(p.Article, "duplicate-article", "article %q stands twice; first at line %d", p.Article.V, first.Line)
		}
		seen[p.Article.V] = p.Article
		a.Provisions = append(a.Provisions, r.provision(p, a))
	}
	for _, u := range f.Unmonitored {
		if first, dup := seen[u.Article.V]; dup && u.Article.Set() {
			r.d.At(u.Article, "duplicate-article", "article %q stands twice; first at line %d", u.Article.V, first.Line)
		}
		seen[u.Article.V] = u.Article
		a.Unmonitored = append(a.Unmonitored, truce.Unmonitored{Article: truce.Article(u.Article.V), Text: u.Text.V, Because: u.Because.V})
	}
	r.amendments(f, a)
	r.precedence(f, a)
	for i := range f.Phases { // a phase may open on articles and phases that follow it
		r.opens(&f.Phases[i], &a.Phases[i], a)
	}
	for i := range f.Alerts {
		a.Alerts = append(a.Alerts, r.alert(&f.Alerts[i], a))
	}
	return a
}

// alert reads a rule: each kind has what it needs, and nothing that it would not
// look at.
func (r *reader) alert(x *alertRule, a *truce.Agreement) truce.AlertRule {
	out := truce.AlertRule{ID: x.ID.V, When: truce.AlertKind(x.When.V), Article: truce.Article(x.Article.V), In: r.in(x.In, a), Source: truce.SourceID(x.Source.V),
		Within: r.d.Hours(x.Within), Before: r.d.Hours(x.Before), After: r.d.Hours(x.After)}
	r.d.Word(x.When, "first", "burst", "clock", "due", "silent")
	for _, o := range a.Alerts {
		if o.ID == out.ID {
			r.d.At(x.ID, "duplicate-alert", "alert %q stands twice", o.ID)
		}
	}
	if _, ok := a.Provision(out.Article); x.Article.Set() && !ok {
		r.d.At(x.Article, "undefined-article", "article %q is not defined", x.Article.V)
	}
	if _, ok := a.Sources[out.Source]; x.Source.Set() && !ok {
		r.d.At(x.Source, "undefined-source", "source %q is not defined", x.Source.V)
	}
	if x.Times.Set() {
		n, err := strconv.Atoi(x.Times.V)
		if err != nil || n < 2 || n > 1000 {
			r.d.At(x.Times, "bad-number", "%q: want a whole number from 2 to 1000", x.Times.V)
		}
		out.Times = n
	}
	for _, k := range []struct {
		name string
		v    str
		of   truce.AlertKind
	}{{"source", x.Source, truce.AlertSilent}, {"after", x.After, truce.AlertSilent}, {"times", x.Times, truce.AlertBurst}, {"within", x.Within, truce.AlertBurst}, {"before", x.Before, truce.AlertClock}} {
		if out.When == truce.AlertDue && k.of == truce.AlertClock { // both look so long ahead
			k.of = truce.AlertDue
		}
		switch {
		case k.of == out.When && !k.v.Set():
			r.d.Errorf(x.Pos.Line, x.Pos.Col, "missing-key", "", "alert %q: %s needs %q", out.ID, out.When, k.name)
		case k.of != out.When && k.v.Set():
			r.d.At(k.v, "idle-key", "alert %q: %s does not look at %q", out.ID, out.When, k.name)
		}
	}
	return out
}

func (r *reader) parties(f *file, a *truce.Agreement) {
	seen := map[string]str{} // every name in lower case: sources name actors by any of them
	named := func(n str, own ...str) {
		k := strings.ToLower(n.V)
		if was, dup := seen[k]; dup && n.Set() && !slices.Contains(own, was) {
			r.d.At(n, "duplicate-party", "%q stands twice among the parties, the others and their members: line %d has it too", n.V, was.Line)
		}
		if n.Set() {
			seen[k] = n
		}
	}
	add := func(p party, to *[]truce.Party) {
		named(p.ID)
		named(p.Name, p.ID)
		name := p.Name.V
		if name == "" {
			name = p.ID.V
		}
		out := truce.Party{ID: truce.PartyID(p.ID.V), Name: name, Role: p.Role.V}
		for _, m := range p.Members {
			named(m.ID, p.ID, p.Name) // a party may be listed among its members
			named(m.Name, m.ID, p.ID, p.Name)
			name := m.Name.V
			if name == "" {
				name = m.ID.V
			}
			out.Members = append(out.Members, truce.Party{ID: truce.PartyID(m.ID.V), Name: name, Perhaps: m.Perhaps.V == "true"})
		}
		*to = append(*to, out)
	}
	for _, p := range f.Parties {
		add(p, &a.Parties)
	}
	for _, p := range f.Others {
		add(p, &a.Others)
	}
	if len(f.Parties) == 0 && f.Pos.Set() {
		r.d.Errorf(f.Pos.Line, f.Pos.Col, "no-parties", "", "an agreement needs parties")
	}
}

func (r *reader) party(s str, a *truce.Agreement) truce.PartyID {
	if s.Set() && !a.HasParty(truce.PartyID(s.V)) {
		var names []string
		for _, p := range a.Parties {
			names = append(names, string(p.ID))
		}
		r.d.Errorf(s.Line, s.Col, "undefined-party", strings.TrimPrefix(truce.Suggest(s.V, names), "; "), "party %q is not among the parties", s.V)
	}
	return truce.PartyID(s.V)
}

var sourceKinds = func() (out []string) {
	for _, k := range truce.SourceKinds {
		out = append(out, string(k))
	}
	return out
}()

func (r *reader) sources(f *file, a *truce.Agreement) {
	for _, s := range f.Sources {
		id := truce.SourceID(s.ID.V)
		if _, dup := a.Sources[id]; dup {
			r.d.At(s.ID, "duplicate-source", "source %q stands twice", s.ID.V)
		}
		src := truce.Source{ID: id, Publisher: s.Publisher.V}
		if src.Publisher == "" {
			src.Publisher = "source " + s.ID.V
		}
		if s.Party.Set() {
			src.Party = r.party(s.Party, a)
		}
		if s.Events.Set() {
			src.Apart = r.d.Word(s.Events, "apart")
		}
		if s.Actors.Set() {
			src.Opponents = r.d.Word(s.Actors, "opponents")
		}
		if src.Kind = truce.Reports; s.Kind.Set() && r.d.Word(s.Kind, sourceKinds...) {
			src.Kind = truce.SourceKind(s.Kind.V)
		}
		for _, name := range s.Relays {
			if name.V == "" || name.V == s.ID.V {
				r.d.At(name, "bad-value", "relays: source %q names nobody, or itself; want another source or publisher", s.ID.V)
				continue
			}
			src.Relays = append(src.Relays, name.V)
		}
		if w := s.Watches; w != nil {
			for _, p := range w.Sides {
				src.Watches.Sides = append(src.Watches.Sides, r.party(p, a))
			}
			src.Watches.Acts, src.Watches.In = r.d.Acts(w.Acts), r.in(w.In, a)
		}
		a.Sources[id] = src
	}
	a.Organs()
}

func (r *reader) phase(p *phase, a *truce.Agreement) {
	out := truce.Phase{ID: p.ID.V, From: truce.Never, FromEvent: p.From.Event.V, To: truce.Never}
	for _, q := range a.Phases {
		if q.ID == out.ID {
			r.d.At(p.ID, "duplicate-phase", "phase %q stands twice", p.ID.V)
		}
	}
	if p.From.At.Set() {
		out.From = r.d.Instant(p.From.At, a.Location)
	}
	if p.To.Set() {
		out.To = r.d.Instant(p.To, a.Location)
		if out.From.Stated() && out.To <= out.From {
			r.d.At(p.To, "bad-period", "phase %q ends before it begins", p.ID.V)
		}
	}
	if p.For.Set() {
		out.For = r.d.Span(p.For)
		if p.To.Set() {
			r.d.At(p.For, "bad-period", "phase %q has both to and for", p.ID.V)
		}
	}
	a.Phases = append(a.Phases, out)
}

func (r *reader) provision(p *provision, a *truce.Agreement) truce.Provision {
	out := truce.Provision{Article: truce.Article(p.Article.V), Phase: p.Phase.V, Text: p.Text.V,
		Floor: truce.Floor{Evidence: truce.Corroborated, Attribution: "likely", Coverage: truce.One / 2}}
	if p.Phase.Set() {
		r.named(p.Phase, "phase", phaseNames(a))
	}
	for _, b := range p.Binds {
		out.Binds = append(out.Binds, r.party(b, a))
	}
	if p.Floor != nil {
		r.floor(p.Floor, &out.Floor)
	}
	r.kinds(p, &out, a)
	if p.Daily != nil {
		out.Daily = &truce.Daily{From: r.d.Clock(p.Daily.From), To: r.d.Clock(p.Daily.To)}
		if out.Daily.From == out.Daily.To {
			r.d.Errorf(p.Daily.Pos.Line, p.Daily.Pos.Col, "bad-period", "leave daily out for the whole day", "daily window begins and ends at the same time")
		}
	}
	for _, o := range p.Objects {
		out.Objects = append(out.Objects, truce.ObjectList{Party: r.party(o.Key, a), Objects: r.objects(o.Value)})
	}
	for i := range p.Readings {
		out.Readings = append(out.Readings, r.reading(&p.Readings[i], a))
	}
	for i := range p.Exceptions {
		e := &p.Exceptions[i]
		x := truce.Exception{ID: e.ID.V, Acts: r.d.Acts(e.Acts), In: r.in(e.In, a), Needs: e.Notified.Set()}
		x.Notified = r.d.Hours(e.Notified)
		if e.Answers != nil {
			x.Answers = r.answers(e, &out)
		}
		out.Exceptions = append(out.Exceptions, x)
	}
	if p.Suspension != nil {
		out.Suspension = r.suspension(p.Suspension, &out, a)
	}
	for i := range p.Steps {
		out.Consequences = append(out.Consequences, r.step(&p.Steps[i], &out, i))
	}
	if p.Readers.Set() && r.d.Word(p.Readers, "1", "2") {
		out.SecondReader = p.Readers.V == "2"
	}
	if p.Clocks != nil {
		out.Clocks = truce.Clocks{Verify: r.d.Hours(p.Clocks.Verify), Reply: r.d.Hours(p.Clocks.Reply), Remedy: r.d.Hours(p.Clocks.Remedy)}
	}
	return out
}

// amendments reads which articles supersede others. Each is superseded by one at most, and in the order of
// time, so that at each moment one of a row of them applies.
func (r *reader) amendments(f *file, a *truce.Agreement) {
	var names []string
	for i := range a.Provisions {
		names = append(names, string(a.Provisions[i].Article))
	}
	for i := range f.Provisions {
		x := f.Provisions[i].Supersedes
		if x == nil || !x.Article.Set() || !x.From.Set() {
			continue
		}
		p := &a.Provisions[i]
		was, ok := a.Provision(truce.Article(x.Article.V))
		from := r.d.Instant(x.From, a.Location)
		switch {
		case !ok:
			r.d.Errorf(x.Article.Line, x.Article.Col, "undefined-article", strings.TrimPrefix(truce.Suggest(x.Article.V, names), "; "), "article %q is not among the provisions", x.Article.V)
			continue
		case was == p:
			r.d.At(x.Article, "bad-amendment", "article %q supersedes itself; give the amended text a number of its own, such as %q", p.Article, string(p.Article)+" (amended)")
			continue
		case was.SupersededBy != nil:
			r.d.At(x.Article, "bad-amendment", "article %q is superseded by article %q and by article %q; let one of them supersede the other", was.Article, was.SupersededBy.Article, p.Article)
			continue
		}
		p.Supersedes, was.SupersededBy = &truce.Supersession{Article: was.Article, From: from}, &truce.Supersession{Article: p.Article, From: from}
	}
	for i := range f.Provisions {
		x, p := f.Provisions[i].Supersedes, &a.Provisions[i]
		if p.Supersedes != nil && p.SupersededBy != nil && p.SupersededBy.From <= p.Supersedes.From {
			r.d.At(x.From, "bad-amendment", "article %q applies from %s on, and article %q supersedes it on %s, which is not later", p.Article, p.Supersedes.From.In(a.Location), p.SupersededBy.Article, p.SupersededBy.From.In(a.Location))
		}
	}
}

// suspension reads how a party suspends its part of an article: one that binds nobody else, so that the part is all
// of it.
func (r *reader) suspension(f *suspension, p *truce.Provision, a *truce.Agreement) *truce.Suspension {
	out := &truce.Suspension{Event: f.Event.V, Resumes: f.Resumes.V}
	opens := func(event string) bool {
		return event != "" && slices.ContainsFunc(a.Phases, func(ph truce.Phase) bool { return ph.FromEvent == event })
	}
	switch {
	case f.Event.Set() && f.Event.V == f.Resumes.V:
		r.d.At(f.Resumes, "bad-suspension", "article %q: the event %q both suspends it and resumes it", p.Article, f.Event.V)
	case opens(out.Event):
		r.d.At(f.Event, "bad-suspension", "article %q: the event %q begins a phase; a suspension needs one of its own", p.Article, out.Event)
	case opens(out.Resumes):
		r.d.At(f.Resumes, "bad-suspension", "article %q: the event %q begins a phase; a suspension needs one of its own", p.Article, out.Resumes)
	case len(p.Binds) > 1:
		r.d.Errorf(f.Pos.Line, f.Pos.Col, "bad-suspension", "write an article for each party that may suspend its part", "article %q binds %d parties, and one of them cannot suspend what binds the others", p.Article, len(p.Binds))
	case p.Obligation != nil && (p.NotMonitored != "" || !assess.Decided(p.Obligation)):
		r.d.Errorf(f.Pos.Line, f.Pos.Col, "bad-suspension", "write it on an article whose acts are incidents, such as prohibit; a duty has a deadline, and what a suspension does to that is not stated", "article %q cannot be suspended", p.Article)
	}
	return out
}

// precedence reads which articles yield to which. Of two, one takes precedence at most.
func (r *reader) precedence(f *file, a *truce.Agreement) {
	var names []string
	for i := range a.Provisions {
		names = append(names, string(a.Provisions[i].Article))
	}
	incidents := func(p *truce.Provision) bool { return p.NotMonitored == "" && assess.Decided(p.Obligation) }
	for i := range f.Provisions {
		p := &a.Provisions[i]
		for _, s := range f.Provisions[i].YieldsTo {
			over, ok := a.Provision(truce.Article(s.V))
			switch {
			case !ok:
				r.d.Errorf(s.Line, s.Col, "undefined-article", strings.TrimPrefix(truce.Suggest(s.V, names), "; "), "article %q is not among the provisions", s.V)
				continue
			case over == p:
				r.d.At(s, "bad-precedence", "article %q yields to itself", p.Article)
			case p.Obligation != nil && over.Obligation != nil && (!incidents(p) || !incidents(over)):
				r.d.At(s, "bad-precedence", "article %q yields to article %q, and no act is an incident under both of them", p.Article, over.Article)
			case slices.Contains(over.YieldsTo, p.Article):
				r.d.At(s, "bad-precedence", "articles %q and %q yield to each other, so that neither would decide", p.Article, over.Article)
			}
			p.YieldsTo = append(p.YieldsTo, over.Article)
		}
	}
}

// answers reads which attacks an exception lets a party answer.
func (r *reader) answers(e *exception, p *truce.Provision) *truce.Provocation {
	f := e.Answers
	out := &truce.Provocation{Acts: r.d.Acts(f.Acts), Within: r.d.Hours(f.Within), NearM: r.d.Metres(f.Near)}
	if e.Notified.Set() {
		r.d.At(e.Notified, "bad-answer", "exception %q: nobody announces return fire beforehand; write two exceptions, one with notified and one with answers", e.ID.V)
	}
	if p.Obligation != nil && (p.NotMonitored != "" || !assess.Decided(p.Obligation)) {
		r.d.Errorf(f.Pos.Line, f.Pos.Col, "bad-answer", "write it on an article whose acts are incidents, such as prohibit", "exception %q: under article %q no act is an incident, so none is return fire", e.ID.V, p.Article)
	}
	return out
}

func (r *reader) floor(f *floor, out *truce.Floor) {
	if f.Evidence.Set() && r.d.Word(f.Evidence, "alleged", "single-source", "corroborated", "verified") {
		out.Evidence = truce.Standing(f.Evidence.V)
	}
	if f.Day.Set() && r.d.Word(f.Day, "region", "zone") {
		out.Day = truce.AreaLevel(f.Day.V)
	}
	if f.Origins.Set() {
		out.Origins = r.d.Word(f.Origins, "stated")
	}
	if f.Attribution.Set() && r.d.Word(f.Attribution, "about-even", "likely", "highly-likely") {
		out.Attribution = f.Attribution.V
	}
	if f.Coverage.Set() {
		out.Coverage = r.d.Share(f.Coverage)
	}
}

func (r *reader) reading(rd *reading, a *truce.Agreement) truce.Reading {
	out := truce.Reading{ID: rd.ID.V, From: truce.Always, To: truce.Never, In: r.in(rd.In, a), Held: r.in(rd.Held, a)}
	r.party(rd.ID, a)
	if r.d.Word(rd.Average, "week", "month", "none") {
		out.Average = rd.Average.V
	}
	if r.d.Word(rd.Assumed, "true", "false") {
		out.Assumed = rd.Assumed.V == "true"
	}
	if rd.From.Set() {
		out.From = r.d.Instant(rd.From, a.Location)
	}
	if rd.To.Set() {
		out.To = r.d.Instant(rd.To, a.Location)
	}
	return out
}

// kinds reads the obligation, which must be of exactly one kind.
func (r *reader) kinds(p *provision, out *truce.Provision, a *truce.Agreement) {
	var names []string
	c := r.clause(p, out, a)
	for _, k := range assess.Kinds() {
		names = append(names, k.Name)
		if form := p.Kinds[k.Name]; form != nil {
			out.Obligation = k.Read(form, c)
			p.stated = append(p.stated, stated{k, form, out.Obligation})
		}
	}
	if n := len(p.stated); n != 1 {
		last := len(names) - 1
		r.d.Errorf(p.Pos.Line, p.Pos.Col, "one-kind", strings.Join(names[:last], ", ")+" or "+names[last], "article %q: want exactly one kind of obligation, got %d", p.Article.V, n)
	}
}

// clause is a provision as its kind may look at it.
func (r *reader) clause(p *provision, out *truce.Provision, a *truce.Agreement) *assess.Clause {
	return &assess.Clause{Decoder: r.d, Agreement: a, Provision: out, Article: p.Article, Named: r.named,
		Party: func(s str) truce.PartyID { return r.party(s, a) }}
}

func (r *reader) in(list []str, a *truce.Agreement) []string {
	return (&assess.Clause{Agreement: a, Named: r.named}).Zones(list)
}

// named checks that s is one of the names defined and marks it as used.
func (r *reader) named(s str, what string, names []string) {
	r.used[what+" "+s.V] = true
	for _, n := range names {
		if n == s.V {
			return
		}
	}
	hint := strings.TrimPrefix(truce.Suggest(s.V, names), "; ")
	if len(names) == 0 {
		hint = "the file defines none"
	}
	r.d.Errorf(s.Line, s.Col, "undefined-"+what, hint, "%s %q is not defined", what, s.V)
}

func phaseNames(a *truce.Agreement) []string {
	var out []string
	for _, p := range a.Phases {
		out = append(out, p.ID)
	}
	return out
}

// step reads what follows a decided violation.
func (r *reader) step(f *step, p *truce.Provision, i int) truce.Step {
	out := truce.Step{Event: f.Event.V, Text: f.Text.V}
	if f.After.Set() {
		out.After = r.d.Span(f.After)
	}
	if f.Event.Set() && slices.ContainsFunc(p.Consequences, func(x truce.Step) bool { return x.Event == out.Event }) {
		r.d.At(f.Event, "bad-step", "article %q: two steps are declared by the event %q, so that one would end both", p.Article, out.Event)
	}
	if i == 0 && (p.NotMonitored != "" || !assess.Decided(p.Obligation)) {
		r.d.Errorf(f.Pos.Line, f.Pos.Col, "bad-step", "write consequences on an article whose acts are incidents, such as prohibit or conduct", "article %q: no person decides that there is a violation of it, so nothing follows from one", p.Article)
	}
	return out
}
