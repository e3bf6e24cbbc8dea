package scenario

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// incident holds when exactly these observations form one incident. Allegations
// that stand beside them are only looked at when one of them is named.
func (p *script) incident(l *line) error {
	if !l.more() {
		return fmt.Errorf("want the names of the incident's observations")
	}
	var want []string
	alleged := false
	var first *entry
	for l.more() {
		w, _ := l.next("")
		e, err := p.entry(w)
		if err != nil {
			return err
		}
		o := p.entries[e.item].Observation
		if o == nil {
			return fmt.Errorf("%s is neither an observation nor an allegation", w)
		}
		alleged = alleged || o.Alleged()
		if first == nil {
			first = e
		}
		want = append(want, w)
	}
	if p.checking {
		return nil
	}
	sort.Strings(want)
	want = slices.Compact(want)
	inc := p.situation().IncidentOf(first.digest)
	if inc == nil {
		p.expect("one incident of "+strings.Join(want, " "), first.id+" is not known, or withdrawn")
		return nil
	}
	var got []string
	for _, o := range inc.Of {
		if !o.Alleged() || alleged {
			got = append(got, p.called(o.ID, want))
		}
	}
	sort.Strings(got)
	p.expect("one incident of "+strings.Join(want, " "), "one incident of "+strings.Join(got, " "), p.scores(want)...)
	return nil
}

// called is the name of an entry, if possible among those preferred.
func (p *script) called(id truce.Digest, prefer []string) string {
	best := ""
	for name, e := range p.ids {
		if e.digest == id && (best == "" || slices.Contains(prefer, name) || !slices.Contains(prefer, best) && name < best) {
			best = name
		}
	}
	if best == "" {
		return id.String()
	}
	return best
}

func (p *script) incidents(l *line) error {
	w, err := l.next("how many")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(w)
	if err != nil || n < 0 {
		return fmt.Errorf("incidents %q: want a whole number", w)
	}
	if err := l.end(); err != nil || p.checking {
		return err
	}
	s := p.situation()
	var why []string
	if len(s.Incidents()) == n {
		p.expect("", "")
		return nil
	}
	for _, inc := range s.Incidents()[:min(50, len(s.Incidents()))] {
		var names []string
		for _, o := range inc.Of {
			names = append(names, p.called(o.ID, nil))
		}
		sort.Strings(names)
		why = append(why, "one incident of "+strings.Join(names, " "))
	}
	sort.Strings(why)
	p.expect(fmt.Sprintf("%d incidents", n), fmt.Sprintf("%d incidents", len(s.Incidents())), why...)
	return nil
}

// two reads the names of two entries and gives their incidents; nil: one that is not known.
func (p *script) two(l *line) (inc [2]*truce.Incident, names []string, err error) {
	for i := range inc {
		w, err := l.next("a name")
		if err != nil {
			return inc, nil, err
		}
		e, err := p.entry(w)
		if err != nil {
			return inc, nil, err
		}
		names = append(names, w)
		if !p.checking {
			inc[i] = p.situation().IncidentOf(e.digest)
		}
	}
	return inc, names, l.end()
}

// apart, same and mayBeSame say what two entries are to each other: "apart" that they are not
// in one incident, "same" that they are, and "may-be-same" that they are not, and that nothing
// parts their incidents.
func (p *script) apart(l *line) error     { return p.toEachOther(l, "apart") }
func (p *script) same(l *line) error      { return p.toEachOther(l, "in one incident") }
func (p *script) mayBeSame(l *line) error { return p.toEachOther(l, "apart, and may be the same") }

func (p *script) toEachOther(l *line, want string) error {
	inc, names, err := p.two(l)
	if err != nil || p.checking {
		return err
	}
	got, why := "in one incident", p.scores(names)
	switch {
	case inc[0] == nil || inc[1] == nil:
		got = "not both known"
	case inc[0] != inc[1] && want == "apart":
		got = "apart"
	case inc[0] != inc[1]:
		got = "apart, and may be the same"
		if because, parted := p.situation().Parted(inc[0], inc[1]); parted {
			got, why = "apart, and surely two", append(why, because.String())
		}
	}
	p.expect(want, got, why...)
	return nil
}

// dayStated is the article, window and place that a statement about a finding of days names.
type dayStated struct {
	article truce.Article
	window  truce.Interval
	at      truce.Place
}

// dayStated reads "<date>|<date>/<date> <article> <place>".
func (p *script) dayStated(l *line) (x dayStated, err error) {
	w, err := l.next("the day, or two with a slash between them")
	if err != nil {
		return x, err
	}
	var dates [2]truce.Date
	from, to, two := strings.Cut(w, "/")
	if !two {
		to = from
	}
	for i, s := range []string{from, to} {
		if dates[i], err = truce.ParseDate(s); err != nil {
			return x, err
		}
	}
	if two && dates[1] != dates[0].Add(1) {
		return x, fmt.Errorf("days %s: want one day, or two that follow each other", w)
	}
	x.window = truce.Interval{Start: dates[0].Start(p.a.Location), End: dates[1].Add(1).Start(p.a.Location)}
	art, err := l.next("the article")
	if err != nil {
		return x, err
	}
	x.article = truce.Article(art)
	at, ok, err := p.places(l)
	if err != nil {
		return x, err
	}
	if !ok {
		return x, fmt.Errorf("where? want a position, zone:<name> or region:<name>")
	}
	x.at = at
	return x, nil
}

// day reads "day <date>|<date>/<date> <article> <place> <outcome>|none [<standing>]
// [because <text>]": at least one act under the article in that window, there.
func (p *script) day(l *line) error {
	x, err := p.dayStated(l)
	if err != nil {
		return err
	}
	outcome, err := l.next("the outcome, or none")
	if err != nil {
		return err
	}
	if _, known := truce.ParseOutcome(outcome); !known && outcome != "none" {
		names := []string{"none"}
		for _, o := range truce.Outcomes {
			names = append(names, string(o))
		}
		return fmt.Errorf("outcome %q is unknown%s", outcome, truce.Suggest(outcome, names))
	}
	want, got := []string{outcome}, []string{"none"}
	standing, named := truce.ParseStanding(l.peek())
	if named {
		l.at++
		want = append(want, string(standing))
	}
	because := ""
	if l.take("because") {
		if because, err = l.next("what follows because"); err != nil {
			return err
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	if err := p.situation().Check(x.article, ""); err != nil || p.checking {
		return err
	}
	var why []string
	if f := p.situation().DayAt(x.article, x.window, &x.at); f != nil {
		if got = []string{string(f.Outcome)}; named {
			got = append(got, string(f.Standing))
		}
		if because != "" {
			want = append(want, "because "+strconv.Quote(because))
			for _, r := range p.situation().DayReasons(f) {
				why = append(why, r.String())
			}
			if slices.ContainsFunc(why, func(r string) bool { return strings.Contains(r, because) }) {
				got = append(got, "because "+strconv.Quote(because))
			}
		}
	}
	for _, f := range p.situation().DayFindings(x.article) {
		why = append(why, p.situation().DayReasons(&f)[0].String()+": "+string(f.Outcome)+" "+string(f.Standing))
	}
	p.expect("day "+strings.Join(want, " "), "day "+strings.Join(got, " "), why...)
	return nil
}

// scores explains why entries stand together or apart.
func (p *script) scores(names []string) []string {
	var out []string
	for i := range names {
		for j := range i {
			a, b := p.entries[p.ids[names[j]].item].Observation, p.entries[p.ids[names[i]].item].Observation
			if a == nil || b == nil || len(out) > 40 {
				continue
			}
			parts, total, ok := p.situation().Pair(a, b)
			if !ok {
				out = append(out, fmt.Sprintf("%s and %s: place or time of one is not known", names[j], names[i]))
				continue
			}
			var words []string
			for _, pt := range parts {
				words = append(words, fmt.Sprintf("%s %d", pt.Name, pt.Score))
			}
			out = append(out, fmt.Sprintf("%s and %s: %d = %s", names[j], names[i], total, strings.Join(words, ", ")))
		}
	}
	return out
}

var facts = []string{"act", "weapon", "calibre", "actor", "side", "object", "place", "time", "notification", "coverage", "number"}

func (p *script) assess(l *line) error {
	art, err := l.next("the article")
	if err != nil {
		return err
	}
	w, err := l.next("the outcome")
	if err != nil {
		return err
	}
	outcome, ok := truce.ParseOutcome(w)
	if !ok {
		var names []string
		for _, o := range truce.Outcomes {
			names = append(names, string(o))
		}
		return fmt.Errorf("outcome %q is unknown%s", w, truce.Suggest(w, names))
	}
	want := []string{string(outcome)}
	standing, named := truce.ParseStanding(l.peek())
	if named {
		l.at++
		want = append(want, string(standing))
	}
	q := situation.Query{Article: truce.Article(art), Reasons: true}
	var missing []truce.Fact
	because := ""
	of := ""
	for l.more() {
		w, _ := l.next("")
		key, value, eq := strings.Cut(w, "=")
		if !eq && (w == "of" || w == "during" || w == "missing" || w == "because") {
			if value, err = l.next("what follows " + w); err != nil {
				return err
			}
		} else if !eq {
			return fmt.Errorf("%q is not understood here", w)
		}
		switch key {
		case "party":
			if q.Party = truce.PartyID(value); !p.a.HasParty(q.Party) {
				return fmt.Errorf("%q is not a party", value)
			}
		case "reading":
			q.Reading = value
		case "of":
			e, err := p.entry(value)
			if err != nil {
				return err
			}
			q.Of, of = e.digest, value
		case "during":
			if q.During, err = ParseInterval(value, p.a.Location); err != nil {
				return err
			}
		case "missing":
			for f := range strings.SplitSeq(value, ",") {
				if !slices.Contains(facts, f) {
					return fmt.Errorf("fact %q is unknown%s", f, truce.Suggest(f, facts))
				}
				missing = append(missing, truce.Fact(f))
			}
		case "because":
			because = value
		default:
			return fmt.Errorf("key %q is unknown here%s", key, truce.Suggest(key, []string{"party", "reading", "of", "during", "missing", "because"}))
		}
	}
	if p.checking {
		return p.situation().Check(q.Article, q.Reading)
	}
	a, err := p.situation().Assess(q)
	if err != nil {
		if of != "" && strings.HasPrefix(err.Error(), "no entry") {
			p.expect(strings.Join(want, " "), of+" is not known at that moment, or withdrawn")
			return nil
		}
		return err
	}
	got := []string{string(a.Outcome)}
	if named {
		got = append(got, string(a.Standing))
	}
	for _, f := range missing {
		want = append(want, "missing "+string(f))
		if a.Misses(f) {
			got = append(got, "missing "+string(f))
		}
	}
	if because != "" {
		want = append(want, fmt.Sprintf("because %q", because))
		if strings.Contains(strings.ToLower(strings.Join(texts(a.Reasons), "\n")), strings.ToLower(because)) {
			got = append(got, fmt.Sprintf("because %q", because))
		}
	}
	p.expect(strings.Join(want, " "), strings.Join(got, " "), texts(a.Reasons)...)
	return nil
}

func (p *script) count(l *line) error {
	art, err := l.next("the article")
	if err != nil {
		return err
	}
	keys, err := l.options(append([]string{"signs", "incidents", "violations", "coverage", "during"}, truce.CasualtyFields...)...)
	if err != nil {
		return err
	}
	var v truce.Interval
	if during := keys["during"]; during != "" {
		if v, err = ParseInterval(during, p.a.Location); err != nil {
			return err
		}
	}
	s := p.situation()
	if err := s.Check(truce.Article(art), ""); err != nil {
		return err
	}
	c := s.Count(truce.Article(art), v)
	var want, got []string
	say := func(key, w, g string) {
		want, got = append(want, key+"="+w), append(got, key+"="+g)
	}
	for _, key := range append([]string{"signs", "incidents", "violations", "coverage"}, truce.CasualtyFields...) {
		v, ok := keys[key]
		if !ok {
			continue
		}
		switch key {
		case "signs":
			w, err := signsBetween(v)
			if err != nil {
				return err
			}
			most := c.Signs
			most.Sum(c.May.Signs)
			say(key, w, between(c.Signs.String(), most.String()))
		case "incidents", "violations":
			w, err := wholeBetween(v)
			if err != nil {
				return fmt.Errorf("%s %w", key, err)
			}
			low, further := c.Incidents, c.May.Incidents
			if key == "violations" {
				low, further = c.Violations, c.May.Violations
			}
			say(key, w, between(strconv.Itoa(low), strconv.Itoa(low+further)))
		case "coverage":
			w, err := truce.ParsePPM(v)
			if err != nil {
				return err
			}
			g := c.Coverage
			if d := w - g; d <= 5000 && d >= -5000 {
				g = w // printed shares are rounded
			}
			say(key, w.String(), g.String())
		default:
			w, err := truce.ParseRange(v)
			if err != nil {
				return err
			}
			g := truce.Range{}
			if c.Casualties != nil {
				if r := *c.Casualties.Field(key); r != nil {
					g = *r
				}
			}
			say(key, w.String(), g.String())
		}
	}
	if len(want) == 0 {
		return fmt.Errorf("count: want signs=, incidents=, violations= or others")
	}
	p.expect(strings.Join(want, " "), strings.Join(got, " "))
	return nil
}

// between is a number, or the lowest and the highest.
func between(low, high string) string {
	if low == high {
		return low
	}
	return low + ".." + high
}

// wholeBetween reads 3 or 40..62.
func wholeBetween(s string) (string, error) {
	low, high, two := strings.Cut(s, "..")
	if !two {
		high = low
	}
	a, err := strconv.ParseUint(low, 10, 31)
	b, berr := strconv.ParseUint(high, 10, 31)
	if err != nil || berr != nil || a > b {
		return "", fmt.Errorf("%q: want a whole number, or two in order such as 40..62", s)
	}
	return between(strconv.FormatUint(a, 10), strconv.FormatUint(b, 10)), nil
}

// signsBetween reads the signs of a count: one sum, or two in order such as 3..8.
func signsBetween(s string) (string, error) {
	low, high, two := strings.Cut(s, "..")
	if !two {
		high = low
	}
	a, err := truce.ParseSigns(low)
	if err != nil {
		return "", err
	}
	b, err := truce.ParseSigns(high)
	if err != nil {
		return "", err
	}
	return between(a.String(), b.String()), nil
}

func (p *script) reconcile(l *line) error {
	name, err := l.next("the tally")
	if err != nil {
		return err
	}
	e, err := p.entry(name)
	if err != nil {
		return err
	}
	t := p.entries[e.item].Tally
	if t == nil {
		return fmt.Errorf("%s is not a tally", name)
	}
	keys, err := l.options("found", "difference")
	if err != nil {
		return err
	}
	if t = p.situation().Tally(e.digest); t == nil {
		p.expect(name+" reconciled", name+" is not known at that moment, or withdrawn")
		return nil
	}
	r := p.situation().Reconcile(t)
	var want, got []string
	if v, ok := keys["found"]; ok {
		w, err := truce.ParseSigns(v)
		if err != nil {
			return err
		}
		want, got = append(want, "found="+w.String()), append(got, "found="+r.Found.String())
	}
	if v, ok := keys["difference"]; ok {
		if _, err := strconv.Atoi(v); err != nil {
			return fmt.Errorf("difference %q: want a whole number", v)
		}
		is := strconv.FormatInt(r.Difference, 10)
		if r.Uncounted {
			is = "none, since the total has no number"
		}
		want, got = append(want, "difference="+v), append(got, "difference="+is)
	}
	if len(want) == 0 {
		return fmt.Errorf("reconcile: want found= or difference=")
	}
	p.expect(strings.Join(want, " "), strings.Join(got, " "))
	return nil
}

func texts(reasons []truce.Reason) (out []string) {
	for _, r := range reasons {
		out = append(out, r.String())
	}
	return out
}
