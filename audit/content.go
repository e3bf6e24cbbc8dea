package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// This file is the table "The content of each kind" of doc/record-format.md:
// which members the content of each kind has, and of which type.

// A check looks at one value, which is canonical JSON, and tells x what is wrong
// with it. The path at names the value to people: "occurred.start".
type check func(x *exam, at string, raw []byte)

// A field is one member that an object may have.
type field struct {
	name string
	must bool // it must be there
	check
}

// A form is the members of an object, in the order of their names.
type form []field

// formOf joins fields to a form.
func formOf(groups ...[]field) form {
	out := form(slices.Concat(groups...))
	slices.SortFunc(out, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return out
}

// must are members of one type that have to be there; may are those that can be
// absent.
func must(c check, names ...string) []field { return fieldsOf(c, true, names) }
func may(c check, names ...string) []field  { return fieldsOf(c, false, names) }

func fieldsOf(c check, must bool, names []string) (out []field) {
	for _, n := range names {
		out = append(out, field{n, must, c})
	}
	return out
}

// Bounds of the rule time: the years that a moment lies in, and how long an
// interval is at most.
var (
	firstMoment = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	lastMoment  = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC) // exclusive
)

const (
	day          = 24 * time.Hour
	longSighting = 3_660 * day
	longest      = 36_525 * day
	// longestDays is the most that one or two local days last, with a change of the clock.
	longestDays = 50 * time.Hour
	// early is how long after it was received something may begin.
	early = 10 * time.Minute
)

// contents are the forms of the content of each kind.
var contents = func() map[string]form {
	calibre, revision := whole(0, 20_000), whole(0, math.MaxInt32)
	observation := [][]field{
		must(digest, "id"), must(text, "source", "key", "act"), must(occurrence, "occurred"), must(place, "place"), must(count, "count"),
		may(revision, "revision"), may(when, "reported"), may(calibre, "calibre"), may(casualties, "casualties"), may(grade, "grade"), may(listOf(digest), "evidence"),
		may(text, "weapon", "seen", "means", "actor", "side", "against", "object", "note", "publisher"), may(actors, "actors"), may(origins, "origins")}
	unclaimed := formOf(append(observation, may(text, "claimant"))...)
	terms := [][]field{must(text, "id", "title", "status"), must(digest, "digest"),
		must(listOf(nested(formOf(must(text, "name"), must(digest, "sha256"), must(anyInt, "size")))), "files")}
	key := formOf(must(text, "name", "key", "role"), may(text, "party", "recipient", "until", "replaces", "because"))
	counts := formOf(must(anyInt, "read", "new", "already_known", "refused"), may(anyInt, "corrected", "withdrawn"), may(mapOf(anyInt), "set_aside"))
	return map[string]form{
		"observation": unclaimed, "seen": unclaimed, "allegation": formOf(append(observation, must(text, "claimant"))...),
		"tally": formOf(
			must(digest, "id"), must(text, "source", "key", "act"), must(interval(longest), "period"), must(place, "place"), must(count, "count"),
			may(revision, "revision"), may(when, "reported"), may(calibre, "calibre"), may(casualties, "casualties"), may(listOf(digest), "evidence"),
			may(text, "claimant", "seen", "weapon", "actor", "side", "against"), may(actors, "actors"),
			may(listOf(nested(formOf(must(text, "name"), must(anyInt, "n")))), "details")),
		"coverage": formOf(must(digest, "id"), must(text, "source", "key", "what", "zone"), must(interval(longest), "during"), must(whole(0, 1_000_000), "share"), may(text, "claimant"), may(boolean, "no_share")),
		"notification": formOf(must(digest, "id"), must(text, "key", "by"), must(interval(longest), "during"), must(place, "place"),
			may(text, "source", "act", "text"), may(when, "reported"), may(digest, "to")),
		"response": formOf(must(digest, "id"), must(text, "key", "by"), must(interval(longest), "during"),
			may(text, "source", "says", "text"), may(when, "reported"), may(digest, "to")),
		"restriction": formOf(must(digest, "id"), must(text, "key", "by"), must(interval(longest), "during"), must(place, "place"),
			may(text, "source", "what", "text"), may(digest, "to")),
		"withdrawal": formOf(must(digest, "of"), may(text, "by", "because")),
		"decision": formOf(must(digest, "id"), must(text, "kind"), must(anyInt, "seq"), may(listOf(digest), "of", "state"), may(text, "article", "name", "fact", "because", "although", "by"),
			may(grade, "grade"), may(when, "from", "to"), may(nested(formOf(may(anyInt, "days", "minutes", "time"))), "for"),
			may(interval(longestDays), "window"), may(nested(area), "area")),
		"attribution": formOf(must(digest, "id"), must(listOf(digest), "of"), must(text, "by"), may(listOf(digest), "state"), may(text, "actor", "basis", "confidence", "because")),
		"mission":     formOf(must(digest, "agreement"), must(text, "title"), must(listOf(nested(key)), "keys"), may(boolean, "demo"), may(nested(formOf(terms...)), "terms"), may(text, "method")),
		"key":         key,
		"revoke":      formOf(must(text, "key"), may(text, "because")),
		"consent":     formOf(must(text, "to", "party"), may(text, "what", "because")),
		"batch":       formOf(must(text, "root"), must(anyInt, "size")),
		"source": formOf(must(when, "received"), must(text, "known", "kind", "file"), must(digest, "evidence"), must(nested(counts), "counts"),
			may(digest, "mapping"), may(text, "source", "encoding", "timezone", "zone", "Path"), may(anyInt, "vintage", "Size"), may(boolean, "revises", "whole", "cut")),
		"release":    formOf(must(listOf(digest), "of"), may(ageFile, "sealed"), may(digest, "file"), must(text, "to")),
		"disclosure": formOf(must(digest, "of"), may(listOf(opening), "openings"), may(digest, "file"), may(text, "because")),
		"forgetting": formOf(must(digest, "of"), may(boolean, "all"), may(text, "because")),
		"publication": formOf(must(text, "title", "file", "known", "because"), must(digest, "sha256"), must(whole(0, mostInt), "entries"), must(mapOf(digest), "digests"),
			may(text, "method")),
		"agreement": formOf(slices.Concat(terms...), may(digest, "replaces"), may(text, "because")),
		"method":    formOf(must(text, "method"), may(text, "because")),
		"outage":    formOf(must(interval(longest), "during"), may(text, "what", "because")),
	}
}()

// area is the area of a finding of days: a disc, or a region or zone by name.
var area = formOf(must(text, "level"), may(text, "name"), may(point, "centre"), may(whole(0, 10_000), "radius_m"))

// places are the members of a place, by its kind.
var places = func() map[string]form {
	base := slices.Concat(must(text, "kind"), must(whole(-1, 20_000_000), "uncertainty_m"), may(text, "settlement"))
	wedge := formOf(must(point, "post"), must(whole(0, 360), "from_deg", "to_deg"), must(whole(0, 2_000_000), "min_m", "max_m"))
	return map[string]form{
		"unknown": formOf(base, may(text, "name")),
		"point":   formOf(base, must(point, "point"), may(text, "name")),
		"wedge":   formOf(base, must(nested(wedge), "wedge"), must(shape, "shape"), may(text, "name")),
		"region":  formOf(base, must(text, "name")),
		"object":  formOf(base, must(text, "name"), must(point, "point")),
		"shape":   formOf(base, may(shape, "shape"), may(digest, "file"), may(text, "name")),
	}
}()

// holds compares an object's members with a form. Where sealed is true, members
// may be absent that the author can have put behind commitments.
func (x *exam) holds(at string, ms []member, f form, sealed bool) {
	missing := func(name string) {
		switch {
		case sealed && slices.Contains(neverSealed, name):
			x.say(ruleSealed, "its `%s` is not public", name)
		case sealed && name != "received":
		default:
			x.fail("it has no `%s`", join(at, name))
		}
	}
	for _, m := range ms {
		for len(f) > 0 && f[0].name < m.name {
			if f[0].must {
				missing(f[0].name)
			}
			f = f[1:]
		}
		if len(f) == 0 || f[0].name != m.name {
			x.fail("it has the member %s, which it cannot have", quote(join(at, m.name)))
			return
		}
		f[0].check(x, join(at, m.name), m.value)
		f = f[1:]
	}
	for _, rest := range f {
		if rest.must {
			missing(rest.name)
		}
	}
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// quote writes what a stranger wrote, on one line and not too long.
func quote(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return strconv.Quote(s)
}

func text(x *exam, at string, raw []byte) {
	if raw[0] != '"' {
		x.fail("`%s` is not a text", at)
	}
}

func boolean(x *exam, at string, raw []byte) {
	if raw[0] != 't' && raw[0] != 'f' {
		x.fail("`%s` is neither true nor false", at)
	}
}

// mostInt is the largest whole number of 15 digits, which is what a writer
// writes at most.
const mostInt = 999_999_999_999_999

// integer reads a whole number of at most 15 characters.
func integer(raw []byte) (int64, bool) {
	if len(raw) > 15 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return n, err == nil
}

// whole is a whole number from low to high.
func whole(low, high int64) check {
	return func(x *exam, at string, raw []byte) {
		switch n, ok := integer(raw); {
		case !ok:
			x.fail("`%s` is not a whole number of at most 15 digits", at)
		case n < low || n > high:
			x.fail("`%s` is %d, and not from %d to %d", at, n, low, high)
		}
	}
}

var anyInt = whole(-mostInt, mostInt)

// digestOf reads 64 hexadecimal digits in lower case.
func digestOf(raw []byte) (d [32]byte, ok bool) {
	if len(raw) != 66 || raw[0] != '"' {
		return d, false
	}
	if bytes.ContainsAny(raw, "ABCDEF") {
		return d, false
	}
	_, err := hex.Decode(d[:], raw[1:65])
	return d, err == nil
}

func digest(x *exam, at string, raw []byte) {
	if _, ok := digestOf(raw); !ok {
		x.fail("`%s` is not a digest: want 64 hexadecimal digits in lower case", at)
	}
}

// instant reads a time in RFC 3339 with at most three decimals. time.Parse alone
// would take an hour of one digit, which moves what follows it, and a comma before
// the decimals.
func instant(raw []byte) (time.Time, bool) {
	if len(raw) > len(`"2006-01-02T15:04:05.000+00:00"`) {
		return time.Time{}, false
	}
	s, err := str(raw)
	if err != nil || len(s) < len("2006-01-02T15:04:05Z") {
		return time.Time{}, false
	}
	for i, c := range []byte(s[:19]) {
		if w := "dddd-dd-ddTdd:dd:dd"[i]; w != 'd' && c != w {
			return time.Time{}, false
		}
	}
	zone := s[19:]
	if zone[0] == '.' {
		digits := zone[1 : len(zone)-len(strings.TrimLeft(zone[1:], "0123456789"))]
		if len(digits) == 0 || len(digits) > 3 {
			return time.Time{}, false
		}
	} else if zone[0] == ',' {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

func when(x *exam, at string, raw []byte) {
	x.moment(at, raw)
}

func (x *exam) moment(at string, raw []byte) time.Time {
	t, ok := instant(raw)
	switch {
	case !ok:
		x.fail("`%s` is not a time such as 2026-03-01T10:05:00Z", at)
	case t.Before(firstMoment) || !t.Before(lastMoment):
		x.say(ruleTime, "`%s` is not in the years 1900 to 2199", at)
	}
	return t
}

// occurrence is an interval whose beginning may be "always": it is not stated, and what
// was observed happened not later than its end.
func occurrence(x *exam, at string, raw []byte) {
	if ms, ok := objectIn(raw); ok && len(ms) == 2 && ms[0].name == "end" && ms[1].name == "start" && string(ms[1].value) == `"always"` {
		x.moment(at+".end", ms[0].value)
		return
	}
	interval(longSighting)(x, at, raw)
}

// interval is a start and a later end, at most so long after it.
func interval(long time.Duration) check {
	ends := formOf(must(func(*exam, string, []byte) {}, "start", "end"))
	return func(x *exam, at string, raw []byte) {
		ms, ok := objectIn(raw)
		if !ok {
			x.fail("`%s` is not an interval with `start` and `end`", at)
			return
		}
		x.holds(at, ms, ends, false)
		if len(ms) != 2 || ms[0].name != "end" || ms[1].name != "start" {
			return
		}
		// Where the form is wrong nothing else is said.
		end, start := x.moment(at+".end", ms[0].value), x.moment(at+".start", ms[1].value)
		switch {
		case !start.Before(end):
			x.say(ruleTime, "`%s` does not begin before it ends", at)
		case end.Sub(start) > long: // a Duration that is too long for its type is the longest
			x.say(ruleTime, "`%s` is longer than %d days", at, long/day)
		}
		x.began(at, start)
	}
}

// began is told of each interval; some of them cannot begin in the future.
func (x *exam) began(at string, start time.Time) {
	if slices.Contains(present[x.kind], at) && start.Sub(x.received) > early {
		x.say(ruleFuture, "`%s` begins more than 10 minutes after the entry was received", at)
	}
}

// present are the intervals that have begun when they are told of, by kind.
var present = map[string][]string{
	"observation": {"occurred"}, "seen": {"occurred"}, "allegation": {"occurred"}, "tally": {"period"},
	"coverage": {"during"}, "restriction": {"during"}, "response": {"during"},
}

// number reads digits alone, up to what 31 bits hold.
func number(s string) (int64, bool) {
	if s == "" || strings.TrimLeft(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return n, err == nil
}

func count(x *exam, at string, raw []byte) {
	s, err := str(raw)
	if _, ok := number(strings.TrimPrefix(strings.TrimPrefix(s, ">="), "~")); err != nil || !ok && s != "uncountable" || strings.HasPrefix(s, ">=~") {
		x.fail("`%s` is not a count: want 17, >=8, ~5 or uncountable", at)
	}
}

// span is a range: one number, the lowest and the highest, or the best between them. The
// last of several may be left out, for a range without an upper end.
func span(x *exam, at string, raw []byte) {
	s, err := str(raw)
	parts := strings.Split(s, "..")
	last := int64(0)
	ok := err == nil && len(parts) <= 3
	for i, p := range parts {
		if p == "" && i > 0 && i == len(parts)-1 {
			break
		}
		n, good := number(p)
		ok = ok && good && n >= last
		last = n
	}
	if !ok {
		x.fail("`%s` is not a range: want 3, low..high such as 0..3, low..best..high such as 0..1..3, or 10.. for ten or more", at)
	}
}

var casualties = nested(formOf(may(span, "killed", "injured", "recovered", "succumbed", "retroactive", "civilians", "military")))

func grade(x *exam, at string, raw []byte) {
	if len(raw) != 4 || raw[0] != '"' || raw[1] < 'A' || raw[1] > 'F' || raw[2] < '1' || raw[2] > '6' {
		x.fail("`%s` is not a grade: want a letter A to F and a digit 1 to 6", at)
	}
}

// objectIn returns the members of an object.
func objectIn(raw []byte) ([]member, bool) {
	if raw[0] != '{' {
		return nil, false
	}
	ms, err := members(raw)
	return ms, err == nil
}

// nested is an object of a form.
func nested(f form) check {
	return func(x *exam, at string, raw []byte) {
		ms, ok := objectIn(raw)
		if !ok {
			x.fail("`%s` is not an object", at)
			return
		}
		x.holds(at, ms, f, false)
	}
}

// mapOf is an object whose members have any name, and values of one type.
func mapOf(c check) check {
	return func(x *exam, at string, raw []byte) {
		ms, ok := objectIn(raw)
		if !ok {
			x.fail("`%s` is not an object", at)
			return
		}
		for _, m := range ms {
			c(x, at, m.value)
		}
	}
}

// elements returns the elements of an array.
func elements(raw []byte) (out [][]byte, ok bool) {
	if raw[0] != '[' {
		return nil, false
	}
	s := scanner{b: raw, i: 1}
	for s.peek() != ']' {
		start := s.i
		if s.value(1, nil) != nil {
			return nil, false
		}
		out = append(out, raw[start:s.i])
		if s.peek() == ',' {
			s.i++
		}
	}
	return out, true
}

// actors are those of whom one acted: from two to 32 names, in order, each once.
func actors(x *exam, at string, raw []byte) {
	list, ok := elements(raw)
	ok = ok && 2 <= len(list) && len(list) <= 32
	last := ""
	for _, e := range list {
		s, err := str(e)
		ok = ok && err == nil && s > last
		last = s
	}
	if !ok {
		x.fail("`%s` is not a list of two to 32 names in order", at)
	}
}

// originKinds are what stands before the colon of an origin.
var originKinds = []string{"post", "own", "media", "text", "publisher", "entry"}

// origins are what an observation rests on: one to 32, in order, each once.
func origins(x *exam, at string, raw []byte) {
	list, ok := elements(raw)
	ok = ok && 1 <= len(list) && len(list) <= 32
	last := ""
	for _, e := range list {
		s, err := str(e)
		kind, name, _ := strings.Cut(s, ":")
		ok = ok && err == nil && s > last && name != "" && len(s) <= 600 && slices.Contains(originKinds, kind)
		last = s
	}
	if !ok {
		x.fail("`%s` is not a list of one to 32 origins in order", at)
	}
}

// listOf is an array whose elements have one type.
func listOf(c check) check {
	return func(x *exam, at string, raw []byte) {
		list, ok := elements(raw)
		if !ok {
			x.fail("`%s` is not a list", at)
			return
		}
		for _, e := range list {
			c(x, at, e)
		}
	}
}

func opening(x *exam, at string, raw []byte) {
	if list, ok := elements(raw); !ok || len(list) != 3 || list[0][0] != '"' || list[1][0] != '"' {
		x.fail("`%s` is not a list of openings: want [salt, field, value]", at)
	}
}

// ageFile is a file that was encrypted with age, in base64.
func ageFile(x *exam, at string, raw []byte) {
	s, _ := str(raw)
	if b, err := base64.StdEncoding.Strict().DecodeString(s); err != nil || !bytes.HasPrefix(b, []byte("age-encryption.org/v1\n")) {
		x.fail("`%s` is not an age file in base64", at)
	}
}

// place is an object with the members of its kind. Whatever is wrong within one
// is said under the rule of its name.
func place(x *exam, at string, raw []byte) {
	ms, ok := objectIn(raw)
	if !ok {
		x.fail("`%s` is not an object", at)
		return
	}
	x.rule = rulePlace
	defer func() { x.rule = ruleForm }()
	byName := named(ms)
	kind := byName.text("kind")
	f, known := places[kind]
	if !known {
		x.fail("`%s` is of the kind %s, which is unknown", at, quote(kind))
		return
	}
	x.holds(at, ms, f, false)
	if kind == "shape" {
		x.either(at+".", byName, "shape", "file")
	}
	if kind == "wedge" && x.why[rulePlace] == "" {
		w := objectOf(byName["wedge"])
		low, _ := integer(w["min_m"])
		if high, _ := integer(w["max_m"]); low >= high {
			x.fail("`%s.wedge` has a `min_m` that is not less than its `max_m`", at)
		}
	}
}

// either asks for one of two members: what does not fit an entry is a file beside the
// record, and the entry has its digest.
func (x *exam) either(at string, o object, inline, file string) {
	_, a := o[inline]
	if sum, b := digestOf(o.raw(file)); a == (b && sum != [32]byte{}) {
		x.fail("`%s%s` or `%s%s` is wanted, and one of them only", at, inline, at, file)
	}
}

var position = formOf(must(degrees(90), "lat"), must(degrees(180), "lon"))

func point(x *exam, at string, raw []byte) { nested(position)(x, at, raw) }

// degrees is a number that is at most so far from zero.
func degrees(most float64) check {
	return func(x *exam, at string, raw []byte) {
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil || !(math.Abs(f) <= most) {
			x.fail("`%s` is not a number from -%[2]g to %[2]g", at, most)
		}
	}
}

// shape is polygons of rings of points: at least one of each, and three points
// in a ring.
func shape(x *exam, at string, raw []byte) {
	polygons, ok := elements(raw)
	ok = ok && len(polygons) > 0
	for _, p := range polygons {
		rings, _ := elements(p)
		ok = ok && len(rings) > 0
		for _, r := range rings {
			points, _ := elements(r)
			ok = ok && len(points) >= 3
			for _, p := range points {
				point(x, at, p)
			}
		}
	}
	if !ok {
		x.fail("`%s` is not a list of polygons, each a list of rings, each a list of at least three points", at)
	}
}
