package agreement

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/gazetteer"
)

const mainFile = "agreement.yaml"

// maxFile bounds every file of a folder; a zone of 100,000 corners is 4 MB.
const maxFile = 64 << 20

// Read reads the agreement folder fsys. The problems list everything that is
// wrong; the agreement is nil when agreement.yaml itself cannot be read, and
// must not be used when Problems.Err is not nil.
func Read(fsys fs.FS) (*truce.Agreement, Problems) {
	r := &reader{fsys: fsys, read: map[string][]byte{}}
	r.d = &decoder{file: mainFile, out: &r.probs}
	data, err := r.load(mainFile)
	if err != nil {
		r.probs = append(r.probs, Problem{File: mainFile, Severity: Error, Code: "no-file", Text: err.Error(),
			Hint: "an agreement is a folder with agreement.yaml in it"})
		return nil, r.probs
	}
	var f file
	if !r.d.parse(data, &f) {
		return nil, r.probs
	}
	a := r.compile(&f)
	r.lint(&f, a)
	a.Digest = r.digest()
	r.probs.sort()
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
	info, err := fs.Stat(r.fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: no such file", name)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s: %d bytes; at most %d are read", name, info.Size(), maxFile)
	}
	data, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r.read[name] = data
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s: line %d is not UTF-8", name, 1+bytes.Count(data[:invalid(data)], []byte("\n")))
	}
	return data, nil
}

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

func (r *reader) compile(f *file) *truce.Agreement {
	a := &truce.Agreement{ID: f.ID.V, Title: f.Title.V, Status: truce.Status(f.Status.V), Zone: f.Timezone.V,
		Zones: map[string]*truce.Zone{}, Lines: map[string]*truce.Line{}, Sources: map[truce.SourceID]truce.Source{}}
	r.used = map[string]bool{}
	r.word(f.Truce, "1")
	r.word(f.Status, "in-force", "draft", "rehearsal")
	a.Location = time.UTC
	if f.Timezone.set() {
		loc, err := time.LoadLocation(f.Timezone.V)
		if err != nil || f.Timezone.V == "Local" {
			r.d.errorf(f.Timezone.Line, f.Timezone.Col, "bad-timezone", "want an IANA name such as Europe/Kyiv", "timezone %q is not known", f.Timezone.V)
		} else {
			a.Location = loc
		}
	}
	if f.Places != nil { // none is another thing than nothing stated
		a.Places = []string{}
	}
	for _, p := range f.Places {
		if _, err := gazetteer.Of([]string{p.V}); err != nil {
			r.d.errorf(p.Line, p.Col, "unknown-places", "truce check names the packages that there are", "%s", err)
			continue
		}
		a.Places = append(a.Places, p.V)
	}
	r.parties(f, a)
	r.zones(f, a)
	r.lines(f, a)
	r.sources(f, a)
	if f.Release != nil {
		a.Release = r.hours(f.Release.Delay)
		for _, k := range f.Release.Texts {
			r.word(k, truce.TextKinds...)
			a.Texts = append(a.Texts, k.V)
		}
		if q := f.Release.Public; q != nil {
			a.Public = truce.PublicRelease{Delay: r.hours(q.Delay), BlurM: int32(min(r.distance(q.Blur), 1_000_000)), Hold: r.acts(q.Hold)}
		}
	}
	for i := range f.Phases {
		r.phase(&f.Phases[i], a)
	}
	seen := map[string]str{}
	for i := range f.Provisions {
		p := &f.Provisions[i]
		if first, dup := seen[p.Article.V]; dup && p.Article.set() {
			r.d.at(p.Article, "duplicate-article", "article %q stands twice; first at line %d", p.Article.V, first.Line)
		}
		seen[p.Article.V] = p.Article
		a.Provisions = append(a.Provisions, r.provision(p, a))
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
		Within: r.hours(x.Within), Before: r.hours(x.Before), After: r.hours(x.After)}
	r.word(x.When, "first", "burst", "clock", "silent")
	for _, o := range a.Alerts {
		if o.ID == out.ID {
			r.d.at(x.ID, "duplicate-alert", "alert %q stands twice", o.ID)
		}
	}
	if _, ok := a.Provision(out.Article); x.Article.set() && !ok {
		r.d.at(x.Article, "undefined-article", "article %q is not defined", x.Article.V)
	}
	if _, ok := a.Sources[out.Source]; x.Source.set() && !ok {
		r.d.at(x.Source, "undefined-source", "source %q is not defined", x.Source.V)
	}
	if x.Times.set() {
		n, err := strconv.Atoi(x.Times.V)
		if err != nil || n < 2 || n > 1000 {
			r.d.at(x.Times, "bad-number", "%q: want a whole number from 2 to 1000", x.Times.V)
		}
		out.Times = n
	}
	for _, k := range []struct {
		name string
		v    str
		of   truce.AlertKind
	}{{"source", x.Source, truce.AlertSilent}, {"after", x.After, truce.AlertSilent}, {"times", x.Times, truce.AlertBurst}, {"within", x.Within, truce.AlertBurst}, {"before", x.Before, truce.AlertClock}} {
		switch {
		case k.of == out.When && !k.v.set():
			r.d.errorf(x.Pos.Line, x.Pos.Col, "missing-key", "", "alert %q: %s needs %q", out.ID, out.When, k.name)
		case k.of != out.When && k.v.set():
			r.d.at(k.v, "idle-key", "alert %q: %s does not look at %q", out.ID, out.When, k.name)
		}
	}
	return out
}

func (r *reader) word(s str, allowed ...string) bool {
	if !s.set() {
		return false
	}
	for _, w := range allowed {
		if s.V == w {
			return true
		}
	}
	r.d.errorf(s.Line, s.Col, "bad-value", strings.TrimPrefix(truce.Suggest(s.V, allowed), "; "), "%q is not one of %s", s.V, strings.Join(allowed, ", "))
	return false
}

func (r *reader) parties(f *file, a *truce.Agreement) {
	seen := map[string]str{} // every name in lower case: sources name actors by any of them
	named := func(n str, own ...str) {
		k := strings.ToLower(n.V)
		if was, dup := seen[k]; dup && n.set() && !slices.Contains(own, was) {
			r.d.at(n, "duplicate-party", "%q stands twice among the parties, the others and their members: line %d has it too", n.V, was.Line)
		}
		if n.set() {
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
			out.Members = append(out.Members, truce.Party{ID: truce.PartyID(m.ID.V), Name: name})
		}
		*to = append(*to, out)
	}
	for _, p := range f.Parties {
		add(p, &a.Parties)
	}
	for _, p := range f.Others {
		add(p, &a.Others)
	}
	if len(f.Parties) == 0 && f.Pos.set() {
		r.d.errorf(f.Pos.Line, f.Pos.Col, "no-parties", "", "an agreement needs parties")
	}
}

func (r *reader) party(s str, a *truce.Agreement) truce.PartyID {
	if s.set() && !a.HasParty(truce.PartyID(s.V)) {
		var names []string
		for _, p := range a.Parties {
			names = append(names, string(p.ID))
		}
		r.d.errorf(s.Line, s.Col, "undefined-party", strings.TrimPrefix(truce.Suggest(s.V, names), "; "), "party %q is not among the parties", s.V)
	}
	return truce.PartyID(s.V)
}

func (r *reader) sources(f *file, a *truce.Agreement) {
	for _, s := range f.Sources {
		id := truce.SourceID(s.ID.V)
		if _, dup := a.Sources[id]; dup {
			r.d.at(s.ID, "duplicate-source", "source %q stands twice", s.ID.V)
		}
		src := truce.Source{ID: id, Publisher: s.Publisher.V}
		if src.Publisher == "" {
			src.Publisher = "source " + s.ID.V
		}
		if s.Party.set() {
			src.Party = r.party(s.Party, a)
		}
		if s.Events.set() {
			src.Apart = r.word(s.Events, "apart")
		}
		a.Sources[id] = src
	}
}

// instant reads a time with zone or a date, which is its first moment in the
// agreement's zone.
func (r *reader) instant(s str, a *truce.Agreement) truce.Instant {
	if d, err := truce.ParseDate(s.V); err == nil {
		return d.Start(a.Location)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s.V); err == nil && truce.Plausible(truce.InstantOf(t)) {
			return truce.InstantOf(t)
		}
	}
	r.d.errorf(s.Line, s.Col, "bad-time", "write 2025-08-16T00:00:00+03:00 or a date", "%q is not a time with a zone, nor a date that exists", s.V)
	return truce.Never
}

func (r *reader) span(s str) truce.Span {
	d, err := truce.ParseSpan(s.V)
	if err != nil {
		r.d.at(s, "bad-duration", "%s", err)
	}
	return d
}

func (r *reader) hours(s str) time.Duration {
	if !s.set() {
		return 0
	}
	d := r.span(s)
	return d.Time + time.Duration(d.Days)*24*time.Hour
}

func (r *reader) phase(p *phase, a *truce.Agreement) {
	out := truce.Phase{ID: p.ID.V, From: truce.Never, FromEvent: p.From.Event.V, To: truce.Never}
	for _, q := range a.Phases {
		if q.ID == out.ID {
			r.d.at(p.ID, "duplicate-phase", "phase %q stands twice", p.ID.V)
		}
	}
	if p.From.At.set() {
		out.From = r.instant(p.From.At, a)
	}
	if p.To.set() {
		out.To = r.instant(p.To, a)
		if out.From.Stated() && out.To <= out.From {
			r.d.at(p.To, "bad-period", "phase %q ends before it begins", p.ID.V)
		}
	}
	if p.For.set() {
		out.For = r.span(p.For)
		if p.To.set() {
			r.d.at(p.For, "bad-period", "phase %q has both to and for", p.ID.V)
		}
	}
	a.Phases = append(a.Phases, out)
}

func (r *reader) provision(p *provision, a *truce.Agreement) truce.Provision {
	out := truce.Provision{Article: truce.Article(p.Article.V), Phase: p.Phase.V, Text: p.Text.V,
		Floor: truce.Floor{Evidence: truce.Corroborated, Attribution: "likely", Coverage: truce.One / 2}}
	if p.Phase.set() {
		r.named(p.Phase, "phase", phaseNames(a))
	}
	for _, b := range p.Binds {
		out.Binds = append(out.Binds, r.party(b, a))
	}
	r.kinds(p, &out, a)
	if p.Daily != nil {
		out.Daily = &truce.Daily{From: r.clock(p.Daily.From), To: r.clock(p.Daily.To)}
		if out.Daily.From == out.Daily.To {
			r.d.errorf(p.Daily.Pos.Line, p.Daily.Pos.Col, "bad-period", "leave daily out for the whole day", "daily window begins and ends at the same time")
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
		x := truce.Exception{ID: e.ID.V, Acts: r.acts(e.Acts), In: r.in(e.In, a), Needs: e.Notified.set()}
		x.Notified = r.hours(e.Notified)
		out.Exceptions = append(out.Exceptions, x)
	}
	if p.Floor != nil {
		r.floor(p.Floor, &out.Floor)
	}
	if p.Readers.set() && r.word(p.Readers, "1", "2") {
		out.SecondReader = p.Readers.V == "2"
	}
	if p.Clocks != nil {
		out.Clocks = truce.Clocks{Verify: r.hours(p.Clocks.Verify), Reply: r.hours(p.Clocks.Reply), Remedy: r.hours(p.Clocks.Remedy)}
	}
	return out
}

func (r *reader) floor(f *floor, out *truce.Floor) {
	if f.Evidence.set() && r.word(f.Evidence, "alleged", "single-source", "corroborated", "verified") {
		out.Evidence = truce.Standing(f.Evidence.V)
	}
	if f.Attribution.set() && r.word(f.Attribution, "about-even", "likely", "highly-likely") {
		out.Attribution = f.Attribution.V
	}
	if f.Coverage.set() {
		out.Coverage = r.share(f.Coverage)
	}
}

func (r *reader) share(s str) truce.PPM {
	p, err := truce.ParsePPM(s.V)
	if err != nil {
		r.d.at(s, "bad-value", "%s", err)
	}
	return p
}

func (r *reader) reading(rd *reading, a *truce.Agreement) truce.Reading {
	out := truce.Reading{ID: rd.ID.V, From: truce.Always, To: truce.Never, In: r.in(rd.In, a)}
	r.party(rd.ID, a)
	if rd.From.set() {
		out.From = r.instant(rd.From, a)
	}
	if rd.To.set() {
		out.To = r.instant(rd.To, a)
	}
	return out
}

// kinds fills exactly one kind.
func (r *reader) kinds(p *provision, out *truce.Provision, a *truce.Agreement) {
	n := 0
	if k := p.Prohibit; k != nil {
		n++
		out.Prohibit = &truce.Prohibit{Domain: truce.Domain(k.Domain.V), Acts: r.acts(k.Acts), Weapons: r.weapons(k.Weapons),
			In: r.in(k.In, a), Where: truce.Impact}
		r.word(k.Domain, "air", "ground", "sea")
		if r.word(k.Where, "impact", "launch", "overflight") {
			out.Prohibit.Where = truce.Where(k.Where.V)
		}
	}
	if k := p.Absent; k != nil {
		n++
		out.Absent = &truce.Absent{Weapons: r.weapons(k.Weapons), In: r.in(k.In, a)}
		for _, s := range k.Of {
			if r.word(s, "position", "weapon", "site") {
				out.Absent.Of = append(out.Absent.Of, truce.Sighted(s.V))
			}
		}
	}
	if k := p.Withdraw; k != nil {
		n++
		out.Withdraw = &truce.Withdraw{Weapons: r.weapons(k.Weapons), Line: r.byParty(k.Line, out, a), DistanceM: r.distance(k.Distance)}
		if k.By.At.set() {
			out.Withdraw.By.At = r.instant(k.By.At, a)
		}
		if k.By.After.set() {
			r.word(k.By.After, "phase")
		}
		if k.By.Period.set() {
			out.Withdraw.By.After = r.span(k.By.Period)
		}
	}
	if k := p.Freeze; k != nil {
		n++
		out.Freeze = &truce.Freeze{Line: r.byParty(k.Line, out, a)}
		if k.Tolerance.set() {
			out.Freeze.ToleranceM = r.distance(k.Tolerance)
		}
	}
	if k := p.Quiet; k != nil {
		n++
		days, err := strconv.Atoi(k.Days.V)
		if k.Days.set() && (err != nil || days < 1 || days > 3660) {
			r.d.at(k.Days, "bad-value", "days %q: want a whole number from 1", k.Days.V)
		}
		out.Quiet = &truce.Quiet{Days: days, Acts: r.acts(k.Acts), In: r.in(k.In, a), Coverage: out.Floor.Coverage}
		if p.Floor != nil && p.Floor.Coverage.set() {
			out.Quiet.Coverage = r.share(p.Floor.Coverage)
		}
		if k.Coverage.set() {
			out.Quiet.Coverage = r.share(k.Coverage)
		}
	}
	if n != 1 {
		r.d.errorf(p.Pos.Line, p.Pos.Col, "one-kind", "prohibit, absent, withdraw, freeze or quiet", "article %q: want exactly one kind of obligation, got %d", p.Article.V, n)
	}
}

func (r *reader) acts(list []str) []truce.Act {
	var out []truce.Act
	for _, s := range list {
		act, err := truce.Words.Act(s.V)
		if err != nil {
			r.d.at(s, "unknown-word", "%s", err)
			continue
		}
		out = append(out, act)
	}
	return out
}

func (r *reader) weapons(w weapons) truce.Weapons {
	var out truce.Weapons
	for _, s := range w.Class {
		c, err := truce.Words.Class(s.V)
		if err == nil && c == "" {
			err = fmt.Errorf("weapon %q selects nothing", s.V)
		}
		if err != nil {
			r.d.at(s, "unknown-word", "%s", err)
			continue
		}
		out.Classes = append(out.Classes, c)
	}
	if w.Calibre.set() {
		rule, err := truce.ParseCalibreRule(w.Calibre.V)
		if err != nil {
			r.d.at(w.Calibre, "bad-value", "%s", err)
		}
		out.Calibre = rule
	}
	return out
}

func (r *reader) in(list []str, a *truce.Agreement) []string {
	var out []string
	for _, s := range list {
		r.named(s, "zone", a.ZoneOrder)
		out = append(out, s.V)
	}
	return out
}

func (r *reader) byParty(b byParty, p *truce.Provision, a *truce.Agreement) map[truce.PartyID]string {
	out := map[truce.PartyID]string{}
	var lines []string
	for n := range a.Lines {
		lines = append(lines, n)
	}
	sort.Strings(lines)
	if b.All.set() {
		r.named(b.All, "line", lines)
		for _, id := range p.Binds {
			out[id] = b.All.V
		}
		return out
	}
	for _, e := range b.By {
		r.named(e.Value, "line", lines)
		out[r.party(e.Key, a)] = e.Value.V
	}
	for _, id := range p.Binds {
		if _, ok := out[id]; !ok && len(b.By) > 0 {
			r.d.at(b.By[0].Key, "missing-key", "article %q binds %s, but no line is given for it", p.Article, id)
		}
	}
	return out
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
	r.d.errorf(s.Line, s.Col, "undefined-"+what, hint, "%s %q is not defined", what, s.V)
}

func phaseNames(a *truce.Agreement) []string {
	var out []string
	for _, p := range a.Phases {
		out = append(out, p.ID)
	}
	return out
}

// distance reads metres or kilometres with decimals, into whole metres.
func (r *reader) distance(s str) int64 {
	if !s.set() {
		return 0
	}
	m, err := truce.ParseMetres(s.V)
	if err != nil {
		r.d.at(s, "bad-distance", "%s", err)
	}
	return m
}

func (r *reader) clock(s str) int {
	t, err := time.Parse("15:04", s.V)
	if err != nil && s.V != "24:00" {
		r.d.errorf(s.Line, s.Col, "bad-time", "write \"22:00\" in quotes", "%q is not a time of day", s.V)
	}
	if s.V == "24:00" {
		return 24 * 60
	}
	return t.Hour()*60 + t.Minute()
}
