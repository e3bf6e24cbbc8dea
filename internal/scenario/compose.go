package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/situation"
)

// A Statement is what the program knows of something that a person states by hand:
// which kind of statement it is, who states it, and the key of its entry.
type Statement struct {
	Word   string         // observe, allege, notify or restrict
	Key    string         // of the entry
	By     string         // who alleges, notifies or restricts; unused with observe
	Source truce.SourceID // whose word an observation is; unused otherwise
}

// Fields are the fields of a form. Each value stands for itself: nothing in it is
// read as the syntax of the scenario language.
type Fields struct {
	Act    string // with observe and allege; may be empty with notify
	During truce.Interval
	Vague  bool // with observe and allege: it happened not later than the end of During, whose beginning is the earliest that it can have been, or Always
	Place  PlaceFields
	Keys   map[string]string // the other fields, named as the scenario language names its keys
}

// PlaceFields are the fields of a form for a place. Kind says which of them count.
type PlaceFields struct {
	Kind truce.PlaceKind // PlacePoint, PlaceWedge, PlaceRegion or PlaceObject; PlaceUnknown: no place is stated

	Lat, Lon string // degrees, such as 48.01, -48.01 or 48.01S: of the point, or of the observer's post
	Radius   string // metres around the point; empty: not stated

	BearingFrom, BearingTo   string // degrees from the post
	DistanceFrom, DistanceTo string // kilometres from the post

	Name string // the whole name of a zone or region, or the ID of an object
}

// A FieldError says which field of a form is wrong, and why. Field is act, from, to,
// by, lat, lon, radius, bearing-from, bearing-to, distance-from, distance-to, place,
// object, or a key of Fields.Keys.
type FieldError struct {
	Field string
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }

// Unwrap returns what is wrong with the field.
func (e *FieldError) Unwrap() error { return e.Err }

func wrongField(name string, err error) error {
	if err == nil {
		return nil
	}
	return &FieldError{name, err}
}

// formKeys are the keys that each statement may have in a form. The source and the
// key of an entry are not among them: the program knows them.
var formKeys = map[string][]string{
	"observe":  without(observationKeys, "source", "key"),
	"allege":   without(observationKeys, "source", "key"),
	"notify":   {"reported"},
	"restrict": {"what"},
}

func without(keys []string, drop ...string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return slices.Contains(drop, k) })
}

// Compose builds the record that a statement and the fields of a form make. It reads
// each value as the scenario language reads the same value, and makes no text of
// them in between. An error in a field is a *FieldError, and the error has those of
// all fields, joined. The record is known from no particular moment.
func Compose(a *truce.Agreement, st Statement, f Fields, o situation.Options) (truce.Item, error) {
	p := blank(a, o)
	if err := p.compose(st, f); err != nil {
		return truce.Item{}, err
	}
	return p.only(), nil
}

func (p *script) compose(st Statement, f Fields) error {
	if err := checkStatement(st); err != nil {
		return err
	}
	var wrong []error // all of it: whoever fills a form in corrects it once
	note := func(err error) {
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	allowed, unread := formKeys[st.Word], map[string]bool{}
	for _, k := range slices.Sorted(maps.Keys(f.Keys)) {
		n := len(wrong)
		switch v := f.Keys[k]; {
		case !slices.Contains(allowed, k):
			note(wrongField(k, fmt.Errorf("%s does not have this field", st.Word)))
		case v == "":
			note(wrongField(k, errors.New("the value is missing")))
		default:
			note(wrongField(k, printable(v)))
		}
		unread[k] = len(wrong) > n
	}
	note(wrongField("by", printable(st.By)))
	open := f.Vague && (st.Word == "observe" || st.Word == "allege") && f.During.Start == truce.Always
	switch {
	case !truce.Plausible(f.During.Start) && !open:
		note(wrongField("from", errors.New("the time is missing, or not in the years 1900 to 2199")))
	case !truce.Plausible(f.During.End):
		note(wrongField("to", errors.New("the time is missing, or not in the years 1900 to 2199")))
	case !f.During.Valid():
		note(wrongField("to", errors.New("the end is not after the beginning")))
	}
	place, err := p.placeOf(&f.Place)
	note(err)
	if st.Word == "notify" || st.Word == "restrict" {
		note(p.composeSaid(st, f, place, len(wrong) > 0))
		return errors.Join(wrong...)
	}
	ob := &truce.Observation{Source: st.Source, Key: st.Key, Occurred: f.During, Place: place, Count: truce.Count{N: 1}}
	if st.Word == "allege" {
		party, err := p.partyOf(st.By)
		note(wrongField("by", err))
		ob.Source, ob.Claimant = truce.SourceID(party), party
	}
	ob.Act, err = truce.Words.Act(f.Act)
	note(wrongField("act", err))
	if f.Place.Kind == truce.PlaceUnknown {
		note(wrongField("place", errors.New("the place is missing")))
	}
	for _, k := range slices.Sorted(maps.Keys(f.Keys)) {
		if !unread[k] {
			note(wrongField(k, p.key(ob, k, f.Keys[k])))
		}
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	if ob, err = p.finish(ob); err != nil {
		return wrongField("what", err)
	}
	return p.add(st.Key, truce.Item{Observation: ob})
}

// composeSaid composes a notification or restriction, unless something else of the
// form is wrong: then it says what is wrong with its own fields.
func (p *script) composeSaid(st Statement, f Fields, place truce.Place, check bool) error {
	s := said{by: st.By, during: f.During, place: place, keys: maps.Clone(f.Keys)}
	if st.Word == "restrict" {
		var wrong []error
		if f.Act != "" {
			wrong = append(wrong, wrongField("act", errors.New("a restriction does not have an act")))
		}
		if err := p.knownActor(st.By); err != nil {
			wrong = append(wrong, wrongField("by", err))
		}
		if len(wrong) > 0 || check {
			return errors.Join(wrong...)
		}
		return p.restriction(st.Key, s)
	}
	var wrong []error
	if _, err := p.speakerParty(st.By); err != nil {
		wrong = append(wrong, wrongField("by", err))
	}
	if _, err := p.reported(s.keys); err != nil {
		wrong = append(wrong, wrongField("reported", err))
	}
	if f.Act != "" {
		if _, err := truce.Words.Act(f.Act); err != nil {
			wrong = append(wrong, wrongField("act", err))
		}
		if s.keys == nil {
			s.keys = map[string]string{}
		}
		s.keys["act"] = f.Act
	}
	if len(wrong) > 0 || check {
		return errors.Join(wrong...)
	}
	return p.notification(st.Key, s)
}

// knownActor refuses whoever the agreement names neither as a party, nor as another
// actor, nor as a source.
func (p *script) knownActor(who string) error {
	var names []string
	for _, id := range p.a.PartyIDs() {
		names = append(names, string(id))
	}
	for _, o := range p.a.Others {
		names = append(names, string(o.ID))
	}
	for _, id := range slices.Sorted(maps.Keys(p.a.Sources)) {
		names = append(names, string(id))
	}
	if !slices.Contains(names, who) {
		return fmt.Errorf("the agreement does not name %q%s", who, truce.Suggest(who, names))
	}
	return nil
}

// placeOf reads a place as a form has it.
func (p *script) placeOf(f *PlaceFields) (truce.Place, error) {
	none := truce.Place{Uncertainty: truce.NotStated}
	switch f.Kind {
	case truce.PlaceUnknown:
		return none, nil
	case truce.PlacePoint:
		at, err := pointOf(f.Lat, f.Lon)
		out := truce.Place{Kind: truce.PlacePoint, Point: at, Uncertainty: truce.NotStated}
		if f.Radius != "" {
			radius, rerr := quantity(f.Radius, "m")
			if rerr == nil {
				out.Uncertainty, rerr = uncertainty(radius)
			}
			err = joined(err, wrongField("radius", rerr))
		}
		if err != nil {
			return none, err
		}
		return out, nil
	case truce.PlaceWedge:
		return p.wedgeFields(f)
	case truce.PlaceRegion:
		name := strings.TrimSpace(f.Name)
		if name == "" {
			return none, wrongField("place", errors.New("the name is missing"))
		}
		if err := printable(name); err != nil {
			return none, wrongField("place", err)
		}
		out, err := p.named(name)
		if zone := truce.Suggest(name, p.a.ZoneOrder); err != nil && strings.Contains(zone, "did you mean") && !strings.Contains(err.Error(), "did you mean") {
			err = fmt.Errorf("%w%s", err, zone)
		}
		return out, wrongField("place", err)
	case truce.PlaceObject:
		out, err := p.object(strings.TrimSpace(f.Name))
		return out, wrongField("object", err)
	}
	return none, wrongField("place", fmt.Errorf("a place of kind %s cannot be stated in a form", f.Kind))
}

func (p *script) wedgeFields(f *PlaceFields) (none truce.Place, err error) {
	w := &truce.Wedge{}
	w.Post, err = pointOf(f.Lat, f.Lon)
	for _, x := range []struct {
		field, value string
		to           *int32
	}{{"bearing-from", f.BearingFrom, &w.FromDeg}, {"bearing-to", f.BearingTo, &w.ToDeg}} {
		var ok bool
		if *x.to, ok = bearing(x.value); !ok {
			err = joined(err, wrongField(x.field, fmt.Errorf("%q: want whole degrees from 0 to 360", x.value)))
		}
	}
	far := true // both distances are numbers
	for _, x := range []struct {
		field, value string
		to           *int32
	}{{"distance-from", f.DistanceFrom, &w.MinM}, {"distance-to", f.DistanceTo, &w.MaxM}} {
		text, werr := quantity(x.value, "km")
		var m int64
		if werr == nil {
			m, werr = truce.ParseMetres(text)
		}
		if werr == nil && m > farthest {
			werr = fmt.Errorf("%s is farther than %s", truce.Metres(m), truce.Metres(farthest))
		}
		if werr != nil {
			far, err = false, joined(err, wrongField(x.field, werr))
			continue
		}
		*x.to = int32(m)
	}
	if far && w.MaxM <= w.MinM {
		err = joined(err, wrongField("distance-to", errors.New("the far distance is not greater than the near one")))
	}
	if err != nil {
		return none, err
	}
	out, err := wedgeOf(w)
	return out, wrongField("place", err)
}

// pointOf reads a position of two fields.
func pointOf(lat, lon string) (geo.Point, error) {
	var err error
	for _, x := range [][2]string{{"lat", lat}, {"lon", lon}} {
		if x[1] == "" {
			err = joined(err, wrongField(x[0], errors.New("the value is missing")))
		}
	}
	north, east := hemisphere(lat, "N", "S"), hemisphere(lon, "E", "W")
	if _, perr := geo.ParseLatLon(north, "0E"); perr != nil && lat != "" {
		err = joined(err, wrongField("lat", perr))
	}
	if _, perr := geo.ParseLatLon("0N", east); perr != nil && lon != "" {
		err = joined(err, wrongField("lon", perr))
	}
	if err != nil {
		return geo.Point{}, err
	}
	out, err := geo.ParseLatLon(north, east)
	return out, wrongField("lon", err)
}

// joined is errors.Join of two, of which one may be nil, and one that stands alone is
// itself.
func joined(a, b error) error {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	return errors.Join(a, b)
}

// hemisphere writes signed degrees with the letter of the hemisphere.
func hemisphere(v, plus, minus string) string {
	if rest, ok := strings.CutPrefix(v, "-"); ok {
		return rest + minus
	}
	if strings.HasSuffix(v, plus) || strings.HasSuffix(v, minus) {
		return v
	}
	return v + plus
}

// quantity is a plain number with the unit that its field is in.
func quantity(v, unit string) (string, error) {
	if strings.Trim(v, "0123456789.") != "" || strings.Trim(v, ".") == "" {
		return "", fmt.Errorf("%q: want a number in %s", v, unit)
	}
	return v + unit, nil
}

// printable refuses text that would be shown otherwise than it is stored.
func printable(s string) error {
	if strings.ContainsRune(s, utf8.RuneError) { // it finds bytes that are not UTF-8, too
		return errors.New("the text is not UTF-8")
	}
	if strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return fmt.Errorf("%q has a control character", s)
	}
	return nil
}

func checkStatement(st Statement) error {
	if _, ok := formKeys[st.Word]; !ok {
		words := slices.Sorted(maps.Keys(formKeys))
		return fmt.Errorf("statement %q is unknown here%s", st.Word, truce.Suggest(st.Word, words))
	}
	if st.Key == "" || strings.ContainsAny(st.Key, "=/") {
		return fmt.Errorf("%q cannot be the key of an entry", st.Key)
	}
	return nil
}

// ParseStatement reads what follows a statement's name and speaker, in the words of
// scenarios. allow is asked about each key=value in it; its error is returned. The
// record is known from no particular moment.
func ParseStatement(a *truce.Agreement, st Statement, text string, allow func(key, value string) error, o situation.Options) (truce.Item, error) {
	if err := checkStatement(st); err != nil {
		return truce.Item{}, err
	}
	l, err := cut(strings.TrimSpace(text))
	if err != nil {
		return truce.Item{}, err
	}
	head := []string{st.Word, st.Key}
	if st.Word != "observe" {
		head = append(head, "by", st.By)
	}
	l.words, l.allow = append(head, l.words...), allow
	p := blank(a, o)
	p.source = st.Source
	if err := p.words(l); err != nil {
		return truce.Item{}, err
	}
	return p.only(), nil
}
