package ledger

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
)

// An Objection says that an entry breaks a rule of doc/record-format.md. The log
// admits no entry that breaks one. A record may hold such an entry all the same,
// from before the rule existed: readers then skip the entry, if Skipped, or count
// it as the rule's row in that document says.
type Objection struct {
	Rule    string
	Why     string
	Skipped bool
}

func (o *Objection) Error() string { return o.Why }

// The rules, by their names in doc/record-format.md.
const (
	RuleForm    = "form"
	RuleTime    = "time"
	RuleFuture  = "future"
	RulePlace   = "place"
	RuleSealed  = "sealed"
	RuleOpening = "opening"
	RuleID      = "id"
	RuleSpeaker = "speaker"
	RuleSource  = "source"
	RuleFile    = "file"
	RuleBy      = "by"
	RuleKnown   = "known"
	RuleWords   = "words"
	RuleFiles   = "files"
	RuleShelf   = "shelf"
	RuleText    = "text"
	// RuleSigned is broken where nobody whom the record knows signed an entry: the
	// record does not verify then, and readers skip the entry until somebody looks.
	RuleSigned = "signed"
)

func skip(rule, format string, args ...any) *Objection {
	return &Objection{rule, fmt.Sprintf(format, args...), true}
}

func count(rule, format string, args ...any) *Objection {
	return &Objection{Rule: rule, Why: fmt.Sprintf(format, args...)}
}

const (
	// Ahead is how far after its receipt something may begin that was observed: what
	// clocks differ by.
	Ahead = 10 * time.Minute
	// longest is the most that an observation or an allegation may last: catalogues
	// hold events of several years.
	longest = 3_660 * 24 * time.Hour
	// longestTotal is the most that anything else may last: a century.
	longestTotal = 36_525 * 24 * time.Hour
	// mostUncertain is half of the way around the Earth, in metres.
	mostUncertain = 20_000_000
	// longestDays is the most that one or two local days last, with a change of the clock.
	longestDays = 50 * time.Hour
	mostCalibre = 20_000 // tenths of a millimetre
)

// checkItem checks the values of what an entry says, which was received at a
// moment.
func checkItem(r *truce.Item, received truce.Instant) *Objection {
	var during *truce.Interval
	var place *truce.Place
	var stated []truce.Instant // other moments
	limit, observed := longestTotal, true
	switch {
	case r.Observation != nil:
		o := r.Observation
		during, place, limit = &o.Occurred, &o.Place, longest
		stated = append(stated, o.Reported)
		if why := checkObservation(o); why != "" {
			return skip(RuleForm, "%s", why)
		}
	case r.Tally != nil:
		t := r.Tally
		during, place = &t.Period, &t.Place
		stated = append(stated, t.Reported)
		if why := checkNumbers(t.Act, t.Calibre, t.Revision, t.Casualties, t.Actors); why != "" {
			return skip(RuleForm, "%s", why)
		}
	case r.Coverage != nil:
		c := r.Coverage
		during = &c.During
		if c.Share < 0 || c.Share > truce.One {
			return skip(RuleForm, "a share of %d, but shares lie between 0 and %d", c.Share, truce.One)
		}
		if c.What == "" || c.Zone == "" {
			return skip(RuleForm, "what watched, or which zone, is missing")
		}
	case r.Notification != nil:
		during, place, observed = &r.Notification.During, &r.Notification.Place, false
		stated = append(stated, r.Notification.Reported)
	case r.Response != nil:
		during = &r.Response.During
		stated = append(stated, r.Response.Reported)
	case r.Restriction != nil:
		during, place = &r.Restriction.During, &r.Restriction.Place
	case r.Decision != nil:
		stated = append(stated, r.Decision.From, r.Decision.To)
		if r.Decision.From == truce.Always { // a moment of scenarios
			stated = stated[1:]
		}
		if r.Decision.Kind == "" {
			return skip(RuleForm, "the kind of decision is missing")
		}
		if r.Decision.OnDay() {
			if o := checkDayDecision(r.Decision); o != nil {
				return o
			}
		}
	case r.Withdrawal != nil:
		if r.Withdrawal.Of.IsZero() {
			return skip(RuleForm, "it does not say what is withdrawn")
		}
	case r.Attribution != nil:
		if len(r.Attribution.Of) == 0 {
			return skip(RuleForm, "it does not say of which incident")
		}
	}
	if r.Withdrawal == nil && r.ID().IsZero() {
		return skip(RuleForm, "the ID is missing")
	}
	for _, t := range stated {
		if t != 0 && !truce.Plausible(t) {
			return skip(RuleTime, "the time %s is not in the years 1900 to 2199", instant(t))
		}
	}
	if during != nil {
		if o := checkInterval(*during, limit, r.Observation != nil); o != nil {
			return o
		}
		if observed && during.Start > received.Add(Ahead) {
			return skip(RuleFuture, "it begins at %s and was received at %s: nobody can have seen it yet", during.Start, received)
		}
	}
	if place != nil {
		if why := checkPlace(place); why != "" {
			return skip(RulePlace, "%s", why)
		}
	}
	return nil
}

// CheckItem says why a record would not be admitted, whoever signs it, if it were
// received at a moment: its values, and its ID unless it is to be sealed. Whoever
// reads files can then reject the row and keep the rest. Nil: it may be.
func CheckItem(r *truce.Item, received truce.Instant, sealed bool) *Objection {
	if o := checkItem(r, received); o != nil {
		return o
	}
	if sealed {
		return nil
	}
	return checkID(r)
}

// instant prints a moment, also one that a page must not print.
func instant(t truce.Instant) string {
	if !t.Stated() {
		return strconv.Quote(t.String())
	}
	return t.String()
}

// checkInterval checks a time. open: its beginning may be not stated.
func checkInterval(v truce.Interval, limit time.Duration, open bool) *Objection {
	switch {
	case open && v.Start == truce.Always && truce.Plausible(v.End):
	case !truce.Plausible(v.Start) || !truce.Plausible(v.End):
		return skip(RuleTime, "the time from %s to %s is not within the years 1900 to 2199", instant(v.Start), instant(v.End))
	case !v.Valid():
		return skip(RuleTime, "the time from %s to %s ends before it begins", v.Start, v.End)
	case v.Width() > limit:
		return skip(RuleTime, "the time from %s to %s is longer than %d days", v.Start, v.End, int(limit.Hours()/24))
	}
	return nil
}

// checkDayDecision checks what a decision says of the finding of days that it is on.
func checkDayDecision(d *truce.Decision) *Objection {
	bad := func(format string, args ...any) *Objection { return skip(RuleForm, format, args...) }
	hasCentre := d.Area.Centre != truce.Area{}.Centre
	switch {
	case d.Window == truce.Interval{} || d.Area == truce.Area{}:
		return bad("it has a window or an area, and not both")
	case !slices.Contains(truce.DayDecisionKinds, d.Kind):
		return bad("it is on a finding of days, and its kind is %q; want confirm, reject or unverifiable", d.Kind)
	case d.Article == "":
		return bad("it is on a finding of days, and names no article")
	case len(d.Of) == 0:
		return bad("it is on a finding of days, and names no observation")
	case d.Area.Level == truce.AreaPlace && !hasCentre:
		return bad("its area is a place, and has no centre")
	case d.Area.Level == truce.AreaPlace && (d.Area.RadiusM < 0 || d.Area.RadiusM > truce.MostDayAreaM):
		return bad("its area has a radius of %d m; want 0 to %d", d.Area.RadiusM, truce.MostDayAreaM)
	case d.Area.Level == truce.AreaPlace:
	case !slices.Contains(truce.AreaLevels, d.Area.Level):
		return bad("the level of its area is %q; want place, district, region or zone", d.Area.Level)
	case d.Area.Name == "" || hasCentre || d.Area.RadiusM != 0:
		return bad("its area is a %s, which has a name, and neither a centre nor a radius", d.Area.Level)
	}
	return checkInterval(d.Window, longestDays, false)
}

func checkObservation(o *truce.Observation) string {
	switch {
	case (o.Act == truce.ActPresence) != (o.Seen != ""):
		return "what was seen goes with the act presence, and only with it"
	case o.Seen != "" && o.Seen != truce.SeenWeapon && o.Seen != truce.SeenPosition && o.Seen != truce.SeenSite:
		return fmt.Sprintf("%q was seen; want weapon, position or site", o.Seen)
	case o.Source == "":
		return "the source is missing"
	case o.Origins != nil && !soundOrigins(o.Origins):
		return "the origins are not a list of one to 32 in order, each KIND:NAME with one of " + strings.Join(truce.OriginKinds, ", ")
	}
	return checkNumbers(o.Act, o.Calibre, o.Revision, o.Casualties, o.Actors)
}

func soundOrigins(list []truce.Origin) bool {
	last := truce.Origin("")
	for _, x := range list {
		if x <= last || !slices.Contains(truce.OriginKinds, x.Kind()) || x.Name() == "" || len(x) > mostOriginBytes {
			return false
		}
		last = x
	}
	return 0 < len(list) && len(list) <= truce.MostOrigins
}

// mostOriginBytes is how long an origin may be, with its kind.
const mostOriginBytes = 600

func checkNumbers(act truce.Act, c truce.Calibre, revision int32, dead *truce.Casualties, actors []truce.PartyID) string {
	inOrder := slices.IsSorted(actors) && len(slices.Compact(slices.Clone(actors))) == len(actors) && !slices.Contains(actors, "")
	switch {
	case actors != nil && (len(actors) < 2 || len(actors) > truce.MostActors || !inOrder):
		return "the actors are not a list of two to 32 names in order"
	case act == "":
		return "the act is missing"
	case c < 0 || c > mostCalibre:
		return fmt.Sprintf("a calibre of %d tenths of a millimetre", c)
	case revision < 0:
		return fmt.Sprintf("revision %d", revision)
	}
	if dead == nil {
		return ""
	}
	for _, r := range []*truce.Range{dead.Killed, dead.Injured, dead.Recovered, dead.Succumbed, dead.Retroactive, dead.Civilians, dead.Military} {
		if r != nil && !r.Valid() {
			return fmt.Sprintf("the numbers %d, %d and %d are not a lowest, a best and a highest", r.Low, r.Best, r.High)
		}
	}
	return ""
}

// checkPlace makes sure that a place has what its kind promises: code that reads
// places relies on it.
func checkPlace(p *truce.Place) string {
	// A position of exactly 0 N 0 E is an empty field in every file that has one.
	hasPoint, hasWedge, hasShape := p.Point != (truce.Place{}).Point, p.Wedge != nil, len(p.Shape) > 0
	want := func(point, wedge, shape bool) bool {
		return hasPoint == point && hasWedge == wedge && hasShape == shape
	}
	if p.Assumed {
		return "an uncertainty that is assumed cannot be recorded"
	}
	fits := true
	switch p.Kind {
	case truce.PlaceUnknown:
		fits = want(false, false, false)
	case truce.PlacePoint:
		fits = want(true, false, false)
	case truce.PlaceWedge:
		fits = want(false, true, true)
	case truce.PlaceRegion:
		fits = want(false, false, false) && p.Name != ""
	case truce.PlaceObject:
		fits = want(true, false, false) && p.Name != ""
	case truce.PlaceShape:
		fits = want(false, false, p.File.IsZero())
	}
	fits = fits && (p.File.IsZero() || p.Kind == truce.PlaceShape)
	if !fits {
		return fmt.Sprintf("the place is of the kind %s, and does not have the members of that kind, or has others", p.Kind)
	}
	if p.Uncertainty < truce.NotStated || p.Uncertainty > mostUncertain {
		return fmt.Sprintf("an uncertainty of %d m; want 0 to %d, or -1 for not stated", p.Uncertainty, mostUncertain)
	}
	if w := p.Wedge; w != nil {
		if w.FromDeg < 0 || w.FromDeg > 360 || w.ToDeg < 0 || w.ToDeg > 360 {
			return fmt.Sprintf("bearings from %d to %d; want 0 to 360 degrees", w.FromDeg, w.ToDeg)
		}
		if w.MinM < 0 || w.MinM >= w.MaxM || w.MaxM > 2_000_000 {
			return fmt.Sprintf("distances from %d to %d m; want a smaller and a larger one, up to 2,000,000", w.MinM, w.MaxM)
		}
	}
	for _, polygon := range p.Shape {
		if len(polygon) == 0 {
			return "a polygon without a ring"
		}
		for _, ring := range polygon {
			if len(ring) < 3 {
				return fmt.Sprintf("a ring of %d points; want at least 3", len(ring))
			}
		}
	}
	return ""
}

// checkID is the rule "id": whoever can compute an ID beforehand could otherwise
// take the ID of somebody else's item.
func checkID(r *truce.Item) *Objection {
	if !r.OwnID() {
		return count(RuleID, "the ID %s is not the digest of its source, key and revision", r.ID())
	}
	return nil
}

// sourceOf is the source that a record names, and whose word it is.
func sourceOf(r *truce.Item) (source truce.SourceID, claimant truce.PartyID) {
	switch {
	case r.Observation != nil:
		return r.Observation.Source, r.Observation.Claimant
	case r.Tally != nil:
		return r.Tally.Source, r.Tally.Claimant
	case r.Coverage != nil:
		return r.Coverage.Source, r.Coverage.Claimant
	case r.Notification != nil:
		return r.Notification.Source, r.Notification.By
	case r.Response != nil:
		return r.Response.Source, r.Response.By
	case r.Restriction != nil:
		return r.Restriction.Source, ""
	}
	return "", ""
}

// checkSpoken are the rules about what an item says of its source, against the key
// that signed it: "source", "file" and "by".
func (r *registry) checkSpoken(rec *truce.Item, k *Key) *Objection {
	source, claimant := sourceOf(rec)
	switch {
	case k.Role == Liaison:
		if source != "" && source != truce.SourceID(k.Party) {
			return count(RuleSource, "%s names the source %q, and speaks for %s alone", k.Name, source, k.Party)
		}
	case source == "" || source == truce.OwnSource || source == truce.SourceID(claimant):
	case !r.mayName(k, source):
		return count(RuleFile, "it names the source %q, and %s has put no file of that source into the record", source, k.Name)
	}
	if d := rec.Decision; d != nil && d.By != "" && d.By != string(k.Role) {
		return count(RuleBy, "it says that a %s decided, and %s is the key of a %s", d.By, k.Name, roleName(k.Role))
	}
	if a := rec.Attribution; a != nil && a.By != string(k.Role) {
		return count(RuleBy, "it says that a %s stated it, and %s is the key of a %s", a.By, k.Name, roleName(k.Role))
	}
	return nil
}

// checkKnown is the rule "known".
func checkKnown(known, received truce.Instant, k *Key, binding bool) *Objection {
	switch {
	case known == 0 || known >= received:
		return nil
	case k.Role != Intake:
		return count(RuleKnown, "%s says that it was known at %s, before it was received: only the intake may, in a rehearsal", k.Name, known)
	case binding:
		return count(RuleKnown, "it says that it was known at %s, before it was received: only a record whose terms bind nobody may", known)
	}
	return nil
}

// checkSealed is the rule "sealed", on what can be seen of an entry.
func checkSealed(e *Entry) *Objection {
	if e.Sealed == nil {
		return nil
	}
	if !e.IsItem() && e.Kind != "source" {
		return skip(RuleSealed, "a %s has nothing that can be sealed", e.Kind)
	}
	if len(e.Sealed.Shared)+len(e.Sealed.Restricted) == 0 {
		return skip(RuleSealed, "it is sealed, and nothing is")
	}
	for _, c := range e.Sealed.Shared {
		if slices.Contains(e.Sealed.Restricted, c) {
			return skip(RuleSealed, "the commitment %.50q appears twice", c)
		}
	}
	for _, c := range e.Sealed.Restricted {
		if slices.Contains(e.Sealed.Shared, c) {
			return skip(RuleSealed, "a commitment is on both shelves")
		}
	}
	for _, list := range [][]string{e.Sealed.Shared, e.Sealed.Restricted} {
		for i, c := range list {
			if raw, err := base64.StdEncoding.Strict().DecodeString(c); err != nil || len(raw) != 32 {
				return skip(RuleSealed, "the commitment %.50q is not 32 bytes in base64", c)
			}
			if i > 0 && list[i-1] >= c {
				return skip(RuleSealed, "commitments are not in order, or one appears twice")
			}
		}
	}
	if !e.IsItem() || len(e.Sealed.Shared) == 0 {
		return nil
	}
	var fields map[string]jsontext.Value
	if len(e.Content) > 0 {
		if err := json.Unmarshal(e.Content, &fields); err != nil {
			return skip(RuleForm, "%s", plainly(err))
		}
	}
	for _, name := range mustBePublic[e.Kind] {
		if _, ok := fields[name]; !ok {
			return skip(RuleSealed, "the member %q of a sealed %s must be public: whose word it is must be seen by whoever checks it", name, e.Kind)
		}
	}
	return nil
}

// neverSealed are the members that are public in every entry.
var neverSealed = []string{"id", "of", "by", "claimant"}

// mustBePublic are the members of neverSealed that each kind has.
var mustBePublic = map[string][]string{"observation": {"id"}, "seen": {"id"}, "allegation": {"id", "claimant"}, "tally": {"id"}, "coverage": {"id"}, "notification": {"id", "by"},
	"response": {"id", "by"}, "restriction": {"id", "by"}, "withdrawal": {"of"}, "decision": {"id"}, "attribution": {"id", "of", "by"}}

// checkOther decodes what findings do not depend on, each as its kind: whoever
// reads it later can.
func (e *Entry) checkOther() *Objection {
	if o := e.checkKnownTime(); o != nil {
		return o
	}
	form := func(v any) *Objection {
		if err := strictly(e.Content, v); err != nil {
			return skip(RuleForm, "%s", plainly(err))
		}
		if why := complete(e.Content, needed[e.Kind]...); why != "" {
			return skip(RuleForm, "%s", why)
		}
		return nil
	}
	switch e.Kind {
	case "mission":
		return form(&Mission{})
	case "key":
		return form(&Key{})
	case "revoke":
		return form(&revocation{})
	case "batch":
		return form(&batchContent{})
	case "consent":
		var c Consent
		if o := form(&c); o != nil {
			return o
		}
		if c.To == "" || c.Party == "" {
			return skip(RuleForm, "a consent names what is signed, and the party")
		}
	case "agreement":
		var t Terms
		if o := form(&t); o != nil {
			return o
		}
		return checkFiles(&t)
	case "method":
		var c MethodStated
		if o := form(&c); o != nil {
			return o
		}
		if c.Method == "" {
			return skip(RuleForm, "the method is missing")
		}
	case "release":
		var c Release
		if o := form(&c); o != nil {
			return o
		}
		if why := either(e.Content, "sealed", c.File); why != "" {
			return skip(RuleForm, "%s", why)
		}
		if len(c.Of) == 0 {
			return skip(RuleForm, "a release names entries")
		}
		if !c.File.IsZero() {
			return nil
		}
		var raw struct {
			Sealed string `json:"sealed"`
		}
		if err := json.Unmarshal(e.Content, &raw); err != nil || raw.Sealed != base64.StdEncoding.EncodeToString(c.Sealed) {
			return skip(RuleForm, "the ciphertext of a release is not written in base64")
		}
		if !bytes.HasPrefix(c.Sealed, []byte(ageHeader)) {
			return skip(RuleForm, "a release contains an age file")
		}
	case "disclosure":
		var c Disclosure
		if o := form(&c); o != nil {
			return o
		}
		if why := either(e.Content, "openings", c.File); why != "" {
			return skip(RuleForm, "%s", why)
		}
		return CheckOpenings(c.Openings)
	case "forgetting":
		return form(&Forgetting{})
	case "publication":
		var c Publication
		if o := form(&c); o != nil {
			return o
		}
		if c.SHA256.IsZero() || c.Entries < 0 || e.Index > 0 && c.Entries > e.Index {
			return skip(RuleForm, "a publication names the file's digest, and how many entries it was computed from")
		}
	case "outage":
		var c Outage
		if o := form(&c); o != nil {
			return o
		}
		var times struct {
			During map[string]jsontext.Value `json:"during"`
		}
		if err := json.Unmarshal(e.Content, &times); err != nil {
			return skip(RuleForm, "%s", plainly(err))
		}
		for _, name := range []string{"start", "end"} {
			raw, ok := times.During[name]
			if !ok {
				return skip(RuleForm, "the member %q is missing", "during."+name)
			}
			if o := checkMoment(raw); o != nil {
				return o
			}
		}
		return checkInterval(c.During, longestTotal, false)
	case "source":
		return e.checkSource()
	default:
		return skip(RuleForm, "the kind %q is unknown", e.Kind)
	}
	return nil
}

// CheckOpenings is the form of openings, in a disclosure or in the file that it names.
func CheckOpenings(list []jsontext.Value) *Objection {
	for _, text := range list {
		o := Opening{Text: text}
		if _, _, err := o.Field(); err != nil {
			return skip(RuleForm, "an opening cannot be read: %s", plainly(err))
		}
		if why := openingForm(text); why != "" {
			return skip(RuleForm, "%s", why)
		}
	}
	return nil
}

// either asks for one of two members: what does not fit an entry is a file beside the
// record, and the entry has its digest.
func either(content []byte, inline string, file truce.Digest) string {
	var fields map[string]jsontext.Value
	if err := json.Unmarshal(content, &fields); err != nil {
		return plainly(err)
	}
	value, there := fields[inline]
	if value.Kind() == 'n' {
		return fmt.Sprintf("the member %q is null", inline)
	}
	if there == !file.IsZero() {
		return fmt.Sprintf("the member %q or the member \"file\" is wanted, and one of them only", inline)
	}
	return ""
}

// needed are the members that the content of each kind must have, of those that
// findings do not depend on; "counts" are those of a source.
var needed = map[string][]string{
	"mission": {"agreement", "title", "keys"}, "key": {"name", "key", "role"}, "revoke": {"key"}, "batch": {"root", "size"}, "consent": {"to", "party"},
	"agreement": {"id", "title", "status", "digest", "files"}, "method": {"method"}, "release": {"of", "to"}, "disclosure": {"of"}, "forgetting": {"of"},
	"publication": {"title", "file", "known", "because", "sha256", "entries", "digests"}, "outage": {"during"},
	"counts": {"read", "new", "already_known", "refused"},
}

// complete says which member an object lacks, or which is null: the decoder takes
// both for an empty one.
func complete(object []byte, names ...string) string {
	var fields map[string]jsontext.Value
	if err := json.Unmarshal(object, &fields); err != nil {
		return plainly(err)
	}
	for _, name := range names {
		if _, ok := fields[name]; !ok {
			return fmt.Sprintf("the member %q is missing", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name == "openings" { // what is behind a commitment may be null
			continue
		}
		if hasNull(fields[name]) {
			return fmt.Sprintf("the member %q is null, or contains null", name)
		}
	}
	return ""
}

// hasNull reports whether a JSON value is null or contains it.
func hasNull(v jsontext.Value) bool {
	d := jsontext.NewDecoder(bytes.NewReader(v))
	for {
		tok, err := d.ReadToken()
		if err != nil {
			return false // its end: it was read before
		}
		if tok.Kind() == 'n' {
			return true
		}
	}
}

// checkMoment is the form of a moment: RFC 3339 with at most three decimals.
func checkMoment(raw jsontext.Value) *Objection {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return skip(RuleForm, "%s", plainly(err))
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err != nil || t.Nanosecond()%1e6 != 0 || len(s) < len("2006-01-02T15:04:05Z") || strings.Contains(s, ",") {
		return skip(RuleForm, "the time %.40q is not written as 2026-03-01T10:05:00Z, with at most three decimals", s)
	}
	return nil
}

// checkKnownTime is the part of the rule "time" that is about when an entry was
// known.
func (e *Entry) checkKnownTime() *Objection {
	return checkKnownAt(e.Known)
}

func checkKnownAt(t truce.Instant) *Objection {
	if t != 0 && t != truce.Always && !truce.Plausible(t) {
		return skip(RuleTime, "it says that it was known at %s, which is not in the years 1900 to 2199", instant(t))
	}
	return nil
}

// checkBody is the form of what is around the content: it is written as this
// program writes it, so that no two readers take different things from it.
func (e *Entry) checkBody() *Objection {
	var b Body
	if err := json.Unmarshal(e.Body, &b, json.RejectUnknownMembers(true)); err != nil {
		return skip(RuleForm, "%s", plainly(err))
	}
	if b.At != "" {
		if t, err := time.Parse(timeForm, b.At); err != nil || t.Format(timeForm) != b.At {
			return skip(RuleForm, "it says that it was said at %.40q; want a time such as 2026-03-01T10:05:00.000Z", b.At)
		}
	}
	raw, err := canonical(&b)
	if err != nil {
		return skip(RuleForm, "%s", plainly(err))
	}
	if !bytes.Equal(raw, e.Body) {
		return skip(RuleForm, "the members beside the content are not written as this program writes them: one is empty, or a time has another form")
	}
	return nil
}

// openingForm says what is wrong with an opening: a salt, the name of a field and a
// value.
func openingForm(text jsontext.Value) string {
	var parts []jsontext.Value
	if err := json.Unmarshal(text, &parts); err != nil || len(parts) != 3 || parts[0].Kind() != '"' || parts[1].Kind() != '"' {
		return "an opening is a list of a salt, a field and a value"
	}
	return ""
}

// ageHeader begins every age file (C2SP age).
const ageHeader = "age-encryption.org/v1\n"

func checkFiles(t *Terms) *Objection {
	if t.Digest.IsZero() || t.ID == "" || len(t.Files) == 0 {
		return skip(RuleForm, "terms have an ID, a digest and files")
	}
	for _, f := range t.Files {
		if f.Name == "" || f.SHA256.IsZero() || f.Size < 0 {
			return skip(RuleForm, "a file of terms has a name, a digest and a size")
		}
	}
	return nil
}

// checkSource reads what was noted of a file; sealed, only its moment of receipt
// can be seen.
func (e *Entry) checkSource() *Objection {
	var c struct {
		Received truce.Instant `json:"received"`
		Known    string        `json:"known"`
		Kind     string        `json:"kind"`
		File     string        `json:"file"`
		Evidence truce.Digest  `json:"evidence"`
		Mapping  truce.Digest  `json:"mapping"`
		Source   string        `json:"source"`
		Encoding string        `json:"encoding"`
		Timezone string        `json:"timezone"`
		Zone     string        `json:"zone"`
		Vintage  int           `json:"vintage"`
		Revises  bool          `json:"revises"`
		Whole    bool          `json:"whole"`
		Cut      bool          `json:"cut"`
		Counts   struct {
			Read      int            `json:"read"`
			New       int            `json:"new"`
			Known     int            `json:"already_known"`
			Refused   int            `json:"refused"`
			SetAside  map[string]int `json:"set_aside"`
			Corrected int            `json:"corrected"`
			Withdrawn int            `json:"withdrawn"`
		} `json:"counts"`
		// In old records.
		Path string
		Size int64
	}
	if err := strictly(e.Content, &c); err != nil {
		return skip(RuleForm, "%s", plainly(err))
	}
	must := []string{"received"}
	if e.Sealed == nil || len(e.Sealed.Shared) == 0 {
		must = append(must, "known", "kind", "file", "evidence", "counts")
	}
	if why := complete(e.Content, must...); why != "" {
		return skip(RuleForm, "%s", why)
	}
	var raw struct {
		Received jsontext.Value `json:"received"`
		Counts   jsontext.Value `json:"counts"`
	}
	if err := json.Unmarshal(e.Content, &raw); err != nil {
		return skip(RuleForm, "%s", plainly(err))
	}
	if o := checkMoment(raw.Received); o != nil {
		return o
	}
	if raw.Counts != nil {
		if why := complete(raw.Counts, needed["counts"]...); why != "" {
			return skip(RuleForm, "%s", why)
		}
	}
	if !truce.Plausible(c.Received) {
		return skip(RuleTime, "a file received at %s", instant(c.Received))
	}
	if e.Sealed == nil && (c.Kind == "" || c.Evidence.IsZero()) {
		return skip(RuleForm, "a source names its kind, and the digest of its file")
	}
	return nil
}

// strictly decodes content, and refuses a member that its kind does not have.
func strictly(content []byte, v any) error {
	if len(content) == 0 {
		return errors.New("the content is missing")
	}
	return json.Unmarshal(content, v, json.RejectUnknownMembers(true))
}

// plainly is an error of the decoder without the words of its maker.
func plainly(err error) string {
	s := err.Error()
	for _, p := range []string{"json: ", "jsontext: "} {
		s = strings.TrimPrefix(s, p)
	}
	return "the content cannot be read: " + strings.ReplaceAll(s, "\u00a0", " ")
}

// again reports whether content is written as this program writes it: every item
// has one form, so that no two readers take different things from it.
func (e *Entry) again(r *truce.Item, content []byte) *Objection {
	raw, err := json.Marshal(noun(r), nouns)
	if err == nil {
		raw, err = canonicalLong(raw) // with what is sealed it may be longer than an entry
	}
	if err != nil {
		return skip(RuleForm, "%s", plainly(err))
	}
	if bytes.Equal(raw, content) {
		return nil
	}
	var want, got map[string]jsontext.Value
	if json.Unmarshal(raw, &want) != nil || json.Unmarshal(content, &got) != nil {
		return skip(RuleForm, "the content is not written as this program writes it")
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			return skip(RuleForm, "the member %q is empty, or does not belong there", name)
		}
	}
	for name, v := range want {
		if g, ok := got[name]; !ok {
			return skip(RuleForm, "the member %q is missing", name)
		} else if !bytes.Equal(g, v) {
			return skip(RuleForm, "the member %q is %.80s; write it as %.80s", name, g, v)
		}
	}
	return nil
}
