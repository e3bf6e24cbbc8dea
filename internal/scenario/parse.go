package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/situation"
)

// line is one statement cut into words. Quotes hold spaces together, within a
// word too: weapon="x y", region:"Dnipropetrovsk oblast". A # outside quotes
// begins a comment.
type line struct {
	words []string
	at    int // the next word
	// allow, if set, is asked about each key=value.
	allow func(key, value string) error
}

func cut(s string) (*line, error) {
	l := &line{}
	var w strings.Builder
	quoted, some := false, false
	flush := func() {
		if some {
			l.words = append(l.words, w.String())
		}
		w.Reset()
		some = false
	}
	for _, r := range s {
		switch {
		case r == '"':
			quoted, some = !quoted, true
		case quoted:
			w.WriteRune(r)
		case r == '#':
			flush()
			return l, nil
		case r == ' ' || r == '\t' || r == '\r':
			flush()
		case r == '\uFFFD':
			return nil, fmt.Errorf("not UTF-8")
		default:
			w.WriteRune(r)
			some = true
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quotation mark is not closed")
	}
	flush()
	return l, nil
}

func (l *line) more() bool { return l.at < len(l.words) }

func (l *line) peek() string {
	if l.more() {
		return l.words[l.at]
	}
	return ""
}

func (l *line) next(what string) (string, error) {
	if !l.more() {
		return "", fmt.Errorf("%s is missing", what)
	}
	l.at++
	return l.words[l.at-1], nil
}

// take consumes the next word if it is this one.
func (l *line) take(word string) bool {
	if l.peek() == word {
		l.at++
		return true
	}
	return false
}

func (l *line) end() error {
	if l.more() {
		return fmt.Errorf("%q is one word too many", l.peek())
	}
	return nil
}

// options reads key=value words to the end, and the two pairs of words that
// have no sign of equality, grade and because. Keys that are not allowed are
// refused with a suggestion.
func (l *line) options(allowed ...string) (map[string]string, error) {
	out := map[string]string{}
	for l.more() {
		w, _ := l.next("")
		key, value, ok := strings.Cut(w, "=")
		if !ok && (w == "grade" || w == "because" || w == "although" || w == "missing" || w == "during") {
			v, err := l.next("what follows " + w)
			if err != nil {
				return nil, err
			}
			key, value, ok = w, v, true
		}
		if !ok {
			return nil, fmt.Errorf("%q is not understood here; want key=value", w)
		}
		if !slices.Contains(allowed, key) {
			return nil, fmt.Errorf("key %q is unknown here%s", key, truce.Suggest(key, allowed))
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("key %q stands twice", key)
		}
		if value == "" {
			return nil, fmt.Errorf("key %q has no value", key)
		}
		if l.allow != nil {
			if err := l.allow(key, value); err != nil {
				return nil, err
			}
		}
		out[key] = value
	}
	return out, nil
}

// ParseInstant reads a moment with its zone, or a date: its first moment in loc.
func ParseInstant(s string, loc *time.Location) (truce.Instant, error) {
	if d, err := truce.ParseDate(s); err == nil {
		return d.Start(loc), nil
	}
	t, _, err := clockTime(s)
	return t, err
}

// clockTime reads a moment with its zone, and how wide it is: a minute, a second or
// a millisecond as it is written.
func clockTime(s string) (truce.Instant, time.Duration, error) {
	for _, f := range []struct {
		layout string
		width  time.Duration
	}{{"2006-01-02T15:04Z07:00", time.Minute}, {"2006-01-02T15:04:05Z07:00", time.Second}} {
		if t, err := time.Parse(f.layout, s); err == nil {
			if strings.ContainsAny(s, ".,") { // the layout of seconds also reads fractions of them
				f.width = time.Millisecond
			}
			if !truce.Plausible(truce.InstantOf(t)) {
				return 0, 0, fmt.Errorf("time %q: not in the years 1900 to 2199", s)
			}
			return truce.InstantOf(t), f.width, nil
		} else if strings.Contains(err.Error(), "out of range") {
			return 0, 0, fmt.Errorf("time %q: no such day or hour", s)
		}
	}
	if _, err := time.Parse("2006-01-02T15:04", s); err == nil {
		return 0, 0, fmt.Errorf("time %q has no zone; write %sZ or %s+03:00", s, s, s)
	}
	return 0, 0, fmt.Errorf("time %q: want 2026-03-01T10:05Z or a date that exists", s)
}

// ParseInterval reads 2026-03-01T10:05/10:20Z, 2026-03-01T10:05Z (that
// minute), two full times, a day of loc, or D1/D2 from midnight to midnight.
func ParseInterval(s string, loc *time.Location) (truce.Interval, error) {
	if strings.HasPrefix(s, "<") {
		return truce.Interval{}, fmt.Errorf("interval %q: only what was observed or alleged is known to have happened \"not later than\"; write both ends, such as 2026-03-01T10:05/10:20Z", s)
	}
	a, b, two := strings.Cut(s, "/")
	if !two {
		if d, err := truce.ParseDate(s); err == nil {
			return d.Day(loc), nil
		}
		at, width, err := clockTime(s)
		return truce.Interval{Start: at, End: at.Add(width)}, err
	}
	var v truce.Interval
	var err error
	if d, derr := truce.ParseDate(a); derr == nil {
		e, err := truce.ParseDate(b)
		if err != nil {
			return v, fmt.Errorf("interval %q: %w", s, err)
		}
		v = truce.Interval{Start: d.Start(loc), End: e.Start(loc)}
	} else {
		// An end without a day is of the day of the start, and a start without
		// a zone has that of the end.
		if len(b) > 2 && b[2] == ':' && len(a) > 10 && a[10] == 'T' {
			b = a[:11] + b
		}
		if !zoned(a) {
			a += zoneIn(b)
		}
		if v.Start, _, err = clockTime(a); err != nil {
			return v, fmt.Errorf("interval %q: %w", s, err)
		}
		if v.End, _, err = clockTime(b); err != nil {
			return v, fmt.Errorf("interval %q: %w", s, err)
		}
	}
	if !v.Valid() {
		return v, fmt.Errorf("interval %q ends before it begins; across midnight write both days", s)
	}
	return v, nil
}

// parseOccurred reads what ParseInterval reads, or a moment that something happened
// not later than: <2026-03-01T10:05Z, with an earliest bound <2026-03-01T10:05Z-P1D.
// Without one, the beginning is not stated.
func parseOccurred(s string, loc *time.Location) (truce.Interval, error) {
	text, ok := strings.CutPrefix(s, "<")
	if !ok {
		return ParseInterval(s, loc)
	}
	bad := func(why string, args ...any) (truce.Interval, error) {
		return truce.Interval{}, fmt.Errorf("time %q: %w; want <2026-03-01T10:05Z, or with an earliest bound <2026-03-01T10:05Z-P1D", s, fmt.Errorf(why, args...))
	}
	if strings.Contains(text, "/") {
		return bad("an interval has a beginning, so it is written without <")
	}
	v := truce.Interval{Start: truce.Always}
	var before truce.Span
	if at := strings.LastIndex(text, "-"); at >= 0 {
		if span, err := truce.ParseSpan(text[at+1:]); err == nil {
			text, before = text[:at], span
		}
	}
	var err error
	if v.End, err = ParseInstant(text, loc); err != nil {
		return bad("%w", err)
	}
	if before != (truce.Span{}) {
		if v.Start = before.Before(v.End, loc); !truce.Plausible(v.Start) {
			return bad("the earliest bound is before 1900")
		}
	}
	return v, nil
}

func zoned(s string) bool { return zoneIn(s) != "" }

// zoneIn is the zone a time ends in: Z or +03:00.
func zoneIn(s string) string {
	if strings.HasSuffix(s, "Z") {
		return "Z"
	}
	if n := len(s) - 6; n > 10 && (s[n] == '+' || s[n] == '-') {
		return s[n:]
	}
	return ""
}

// places reads a place and its uncertainty, if they come next; ok is false if the next
// words are not a place at all.
func (p *script) places(l *line) (pl truce.Place, ok bool, err error) {
	pl.Uncertainty = truce.NotStated
	w := l.peek()
	switch {
	case w == "":
		return pl, false, nil
	case strings.HasPrefix(w, "region:"), strings.HasPrefix(w, "zone:"):
		l.at++
		// A name of several words may stand without quotes: the longest that is known.
		for n := min(3, len(l.words)-l.at); n > 0; n-- {
			name := strings.Join(append([]string{w}, l.words[l.at:l.at+n]...), " ")
			if strings.ContainsAny(name, "=±") {
				continue
			}
			if pl, err := p.region(name); err == nil {
				l.at += n
				return p.widened(l, pl)
			}
		}
		if pl, err = p.region(w); err != nil {
			return pl, true, err
		}
		return p.widened(l, pl)
	case strings.HasPrefix(w, "object:"):
		l.at++
		pl, err = p.object(strings.TrimPrefix(w, "object:"))
		m, stated, rerr := radius(l)
		if stated {
			pl.Uncertainty = m
		}
		return pl, true, errors.Join(err, rerr)
	case w == "from":
		l.at++
		if pl, err = p.wedge(l); err != nil {
			return pl, true, err
		}
		m, stated, err := radius(l)
		if stated && err == nil {
			pl.Shape, err = grown(pl.Shape, m)
		}
		return pl, true, err
	}
	at, square, ok, err := p.coordinate(l)
	if !ok || err != nil {
		return pl, ok, err
	}
	pl.Kind, pl.Point = truce.PlacePoint, at
	if square > 10 { // a coarse square is itself an uncertainty; a fine one is a coordinate
		pl.Uncertainty = square
	}
	m, stated, err := radius(l)
	if stated {
		pl.Uncertainty = m
	}
	return pl, true, err
}

// widened is a region with what stands within ± of it, if that stands next.
func (p *script) widened(l *line, pl truce.Place) (truce.Place, bool, error) {
	m, _, err := radius(l) // 0 where nothing is stated
	if err != nil || m == 0 {
		return pl, true, err
	}
	r, _, ok := situation.Regions(p.a, p.opt.Region)(pl.Name)
	if !ok {
		return pl, true, fmt.Errorf("%s has no geometry to be widened", pl.Name)
	}
	shape, err := grown(r.Shape(), m)
	return truce.Place{Kind: truce.PlaceShape, Shape: shape, Settlement: pl.Name, Uncertainty: truce.NotStated}, true, err
}

// radius reads ±200m or ± 0.4 km, if it stands next.
func radius(l *line) (m int32, stated bool, err error) {
	u, ok := strings.CutPrefix(l.peek(), "±")
	if !ok {
		u, ok = strings.CutPrefix(l.peek(), "+-")
	}
	if !ok {
		return 0, false, nil
	}
	l.at++
	if u == "" {
		u = l.peek()
		l.at++
	}
	if unit := l.peek(); !strings.HasSuffix(u, "m") && (unit == "m" || unit == "km") {
		u += unit
		l.at++
	}
	m, err = uncertainty(u)
	return m, true, err
}

// uncertainty reads a radius such as 200m or 0.4km.
func uncertainty(s string) (int32, error) {
	n, err := truce.ParseMetres(s)
	if err == nil && n > 20_000_000 {
		err = fmt.Errorf("uncertainty %q is more than half the Earth", s)
	}
	return int32(n), err
}

// grown is a shape with everything within m metres of it.
func grown(shape geo.MultiPolygon, m int32) (geo.MultiPolygon, error) {
	if m == 0 {
		return shape, nil
	}
	var edges geo.MultiLine
	for _, poly := range shape {
		for _, ring := range poly {
			edges = append(edges, append(append([]geo.Point{}, ring...), ring[0]))
		}
	}
	edge, err := geo.NewPath(edges)
	if err != nil {
		return nil, err
	}
	strip, err := edge.Strip(float64(m))
	if err != nil {
		return nil, err
	}
	return geo.Union(shape, strip.Shape())
}

// coordinate reads "48.0100N 37.8000E" or a grid reference of one to four words.
func (p *script) coordinate(l *line) (at geo.Point, radius int32, ok bool, err error) {
	w := l.peek()
	if n := len(w); n > 1 && strings.ContainsAny(w[n-1:], "NSns") && strings.ContainsAny(w[:1], "0123456789.-+") && !geo.LooksLikeMGRS(w) {
		l.at++
		lon, err := l.next("the longitude")
		if err != nil {
			return at, 0, true, err
		}
		at, err = geo.ParseLatLon(w, lon)
		return at, 0, true, err
	}
	for n := min(4, len(l.words)-l.at); n > 0; n-- {
		joined := strings.Join(l.words[l.at:l.at+n], " ")
		if strings.ContainsAny(joined, "=:/±") || !geo.LooksLikeMGRS(joined) {
			continue
		}
		l.at += n
		c, r, err := geo.ParseMGRS(joined)
		return c, int32(r + 1), true, err
	}
	return at, 0, false, nil
}

// region reads region:<name> or zone:<name>.
func (p *script) region(w string) (truce.Place, error) {
	kind, name, _ := strings.Cut(w, ":")
	if kind == "zone" && p.a.ZoneNamed(name) == nil {
		return truce.Place{}, fmt.Errorf("zone %q is not defined%s", name, truce.Suggest(name, p.a.ZoneOrder))
	}
	return p.named(name)
}

// named is the zone or region of a name: the agreement's zones come first.
func (p *script) named(name string) (truce.Place, error) {
	if z := p.a.ZoneNamed(name); z != nil {
		return truce.Place{Kind: truce.PlaceRegion, Name: z.Name}, nil
	}
	if p.opt.Region == nil {
		return truce.Place{}, fmt.Errorf("region %q is unknown", name)
	}
	_, canonical, err := p.opt.Region(p.a, strings.ReplaceAll(name, "_", " "))
	if err != nil {
		return truce.Place{}, err
	}
	return truce.Place{Kind: truce.PlaceRegion, Name: canonical}, nil
}

func (p *script) object(id string) (truce.Place, error) {
	var ids []string
	for i := range p.a.Provisions {
		for _, list := range p.a.Provisions[i].Objects {
			for _, o := range list.Objects {
				if o.ID == id {
					return truce.Place{Kind: truce.PlaceObject, Name: id, Point: o.Point}, nil
				}
				ids = append(ids, o.ID)
			}
		}
	}
	return truce.Place{}, fmt.Errorf("object %q is on no list%s", id, truce.Suggest(id, ids))
}

// wedge reads <lat> <lon> bearing 350-010 distance 2-5km, after "from".
func (p *script) wedge(l *line) (truce.Place, error) {
	var pl truce.Place
	post, _, ok, err := p.coordinate(l)
	if err != nil {
		return pl, err
	}
	if !ok {
		return pl, fmt.Errorf("from: want the observer's position, such as 48.0100N 37.8000E")
	}
	w := &truce.Wedge{Post: post}
	if !l.take("bearing") {
		return pl, fmt.Errorf("from: want bearing 350-010")
	}
	b, err := l.next("the bearing")
	if err != nil {
		return pl, err
	}
	from, to, ok := strings.Cut(b, "-")
	var fok, tok bool
	w.FromDeg, fok = bearing(from)
	w.ToDeg, tok = bearing(to)
	if !ok || !fok || !tok {
		return pl, fmt.Errorf("bearing %q: want two bearings in degrees, such as 350-010", b)
	}
	if !l.take("distance") {
		return pl, fmt.Errorf("from: want distance 2-5km")
	}
	d, err := l.next("the distance")
	if err != nil {
		return pl, err
	}
	if w.MinM, w.MaxM, err = distances(d); err != nil {
		return pl, err
	}
	return wedgeOf(w)
}

// bearing reads whole degrees from 0 to 360.
func bearing(s string) (int32, bool) {
	n, err := strconv.Atoi(s)
	return int32(n), err == nil && n >= 0 && n <= 360
}

// farthest is how far from a post something may be that is seen from it, in metres.
const farthest = 2_000_000

// wedgeOf is the place of a wedge, with its shape.
func wedgeOf(w *truce.Wedge) (truce.Place, error) {
	shape, err := geo.Wedge(w.Post, float64(w.FromDeg), float64(w.ToDeg), float64(w.MinM), float64(w.MaxM))
	if err != nil {
		return truce.Place{}, err
	}
	return truce.Place{Kind: truce.PlaceWedge, Wedge: w, Shape: shape}, nil
}

// distances reads 2-5km or 500m-2km.
func distances(s string) (least, most int32, err error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return 0, 0, fmt.Errorf("distance %q: want a range such as 2-5km", s)
	}
	if !strings.HasSuffix(a, "m") {
		a += strings.TrimLeft(b, "0123456789.")
	}
	lo, err := truce.ParseMetres(a)
	if err != nil {
		return 0, 0, fmt.Errorf("distance %q: want a range such as 2-5km", s)
	}
	hi, err := truce.ParseMetres(b)
	if err != nil || hi <= lo || hi > farthest {
		return 0, 0, fmt.Errorf("distance %q: want a range such as 2-5km", s)
	}
	return int32(lo), int32(hi), nil
}
