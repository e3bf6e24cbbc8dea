package agreement

import (
	"reflect"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/strict"
	"go.yaml.in/yaml/v3"
)

type (
	str            = strict.Text
	mapping[T any] = strict.Mapping[T]
	decoder        = strict.Decoder
)

// Problem, Problems and Severity are what is wrong with a folder.
type (
	Problem  = strict.Problem
	Problems = strict.Problems
	Severity = strict.Severity
)

const (
	Error   = strict.Error
	Warning = strict.Warning // it can be used, but something in it cannot be monitored or will surprise
)

// Schema returns agreement.yaml as JSON Schema (draft 2020-12).
func Schema() map[string]any {
	s := strict.Schema(reflect.TypeFor[file]())
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Truce agreement"
	return s
}

// The types below are agreement.yaml as it is written. `need` marks a key that
// must be there and says why; `doc` is the description in the JSON Schema;
// `enum` lists the words a value may have.

type file struct {
	Pos        str
	Truce      str               `yaml:"truce" need:"begin with: truce: 1" doc:"version of this format, 1" enum:"1"`
	ID         str               `yaml:"id" need:"a short name, such as ukraine-air-first" doc:"short name, lower case with hyphens"`
	Title      str               `yaml:"title" need:"what people call it" doc:"what people call it"`
	Status     str               `yaml:"status" need:"in-force, draft, rehearsal or historic" doc:"anything but in-force is marked on every output; historic: was in force, binds nobody now" enum:"in-force draft rehearsal historic"`
	Timezone   str               `yaml:"timezone" need:"an IANA name such as Europe/Kyiv" doc:"IANA zone whose calendar days and local hours count"`
	Wording    str               `yaml:"wording" doc:"whose words the articles are in, and where the original text is; shown above the articles"`
	Kind       *classification   `yaml:"classification" doc:"what sort of agreement it is; it describes, and nothing is computed from it"`
	Places     []str             `yaml:"places" doc:"packages of regions and settlements that are known by name: folders of places/; not stated: all that are there"`
	Parties    []party           `yaml:"parties" need:"who is bound" doc:"who is bound; two or more"`
	Others     []party           `yaml:"others" doc:"mediators, guarantors, monitors"`
	Zones      mapping[str]      `yaml:"zones" doc:"name to GeoJSON file with polygons"`
	Lines      mapping[lineSpec] `yaml:"lines" doc:"name to dated geometry"`
	Phases     []phase           `yaml:"phases" doc:"when provisions bind"`
	Release    *release          `yaml:"release" doc:"when what gives away posts and positions goes to the parties"`
	Alerts     []alertRule       `yaml:"alerts" doc:"when people are told at once"`
	Sources    []source          `yaml:"sources" doc:"who says things, and who publishes them"`
	Provisions []provision       `yaml:"provisions" need:"an agreement obliges somebody to something" doc:"one obligation each"`
	// Unmonitored is what readers of the text will look for in vain among the provisions.
	Unmonitored []unmonitored `yaml:"unmonitored" doc:"what the text says besides, and why it cannot be monitored"`
}

// classification has the fields of the data set of ceasefires in civil conflicts, and its values
// where they are known here.
type classification struct {
	Pos         str
	Class       str `yaml:"class" doc:"cessation of hostilities, one with a compliance mechanism, or definitive" enum:"cessation compliance-mechanism definitive"`
	Purpose     str `yaml:"purpose" doc:"what it is for" enum:"humanitarian peace-process holiday election other"`
	Mechanism   str `yaml:"mechanism" doc:"whether a mechanism of implementation was agreed" enum:"none agreed"`
	Enforcement str `yaml:"enforcement" doc:"who enforces it" enum:"none external international-organisation"`
	DDR         str `yaml:"ddr" doc:"whether disarmament, demobilisation and reintegration were agreed" enum:"none agreed"`
	Ended       str `yaml:"ended" doc:"why it ended" enum:"expired superseded withdrawn violated unclear"`
}

type unmonitored struct {
	Pos     str
	Article str `yaml:"article" need:"the number in the text" doc:"its number in the text"`
	Text    str `yaml:"text" need:"what it says" doc:"the words of the text, short"`
	Because str `yaml:"because" need:"why nobody could tell" doc:"why it cannot be monitored"`
}

type release struct {
	Pos    str
	Delay  str            `yaml:"delay" need:"such as 24h" doc:"how long it is withheld, from its receipt; to all parties at once"`
	Public *publicRelease `yaml:"public" doc:"how what is public is shown to the public"`
	Texts  []str          `yaml:"texts" doc:"kinds of entries whose free text is public at once, such as notification; others are sealed"`
}

type publicRelease struct {
	Pos   str
	Delay str   `yaml:"delay" doc:"how long after it became known, such as 6h"`
	Blur  str   `yaml:"blur" doc:"no place is shown closer than this, such as 1 km"`
	Hold  []str `yaml:"hold" doc:"acts that are not shown at all, with their descendants"`
}

type alertRule struct {
	Pos     str
	ID      str   `yaml:"id" need:"a short name" doc:"short name"`
	When    str   `yaml:"when" need:"first, burst, clock, due or silent" doc:"what it is about" enum:"first burst clock due silent"`
	Article str   `yaml:"article" doc:"first, burst, clock, due: of this article alone"`
	In      []str `yaml:"in" doc:"first: in these zones, each for itself"`
	Source  str   `yaml:"source" doc:"silent: the source that nothing comes from"`
	Times   str   `yaml:"times" doc:"burst: so many times what the seven days before had, such as 3"`
	Within  str   `yaml:"within" doc:"burst: how long a burst is, such as 6h"`
	Before  str   `yaml:"before" doc:"clock, due: so long before, such as 3h or 1440h"`
	After   str   `yaml:"after" doc:"silent: for so long, such as 48h"`
}

type party struct {
	Pos  str
	ID   str `yaml:"id" need:"" doc:"short name"`
	Name str `yaml:"name" doc:"full name"`
	Role str `yaml:"role" doc:"mediator, guarantor, monitor, or excluded: outside the agreement; not for parties"`
	// Members are whose acts are the party's own.
	Members []member `yaml:"members" doc:"names under which sources speak of it or of who belongs to it"`
}

// member is a name, or an ID with a name.
type member struct {
	Pos  str
	ID   str `yaml:"id" need:"" doc:"short name"`
	Name str `yaml:"name" doc:"full name"`
	// Perhaps says that the name is of others too.
	Perhaps str `yaml:"perhaps" doc:"true: sources may mean the party by this name, or others" enum:"true false"`
}

func (m *member) FromNode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		m.ID = str{V: n.Value, Line: n.Line, Col: n.Column}
		return
	}
	type plain member
	d.Into(n, (*plain)(m), "members")
}

type lineSpec struct {
	Pos     str
	Series  str `yaml:"series" doc:"folder of GeoJSON files named by date, or one GeoJSON file"`
	Fixed   str `yaml:"fixed" doc:"the day whose line counts"`
	Follows str `yaml:"follows" doc:"true: the latest line not after the observation" enum:"true false"`
}

func (l *lineSpec) FromNode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		l.Pos = str{V: "", Line: n.Line, Col: n.Column}
		l.Series = str{V: n.Value, Line: n.Line, Col: n.Column}
		return
	}
	type plain lineSpec
	d.Into(n, (*plain)(l), "lines")
}

// Schema is either way of writing it.
func (lineSpec) Schema(own func() map[string]any) map[string]any { return strict.Either(own()) }

type phase struct {
	Pos  str
	ID   str   `yaml:"id" need:"" doc:"short name"`
	From start `yaml:"from" need:"a time, a date, or {event: name}" doc:"when it begins: a time with zone, a date, or an event that a Decision declares"`
	To   str   `yaml:"to" doc:"when it ends: a time with zone or a date"`
	For  str   `yaml:"for" doc:"how long it lasts: P30D or 72h"`
	// Opens and Extends are proposed, and people decide.
	Opens   *conditions `yaml:"opens" doc:"what the text asks for before people declare the event of from: all of several conditions, or any of them"`
	Extends *extension  `yaml:"extends" doc:"by how long people may extend it, and on which conditions"`
}

// conditions are several, with one level of others inside.
type conditions struct {
	Pos str
	All []condition `yaml:"all" doc:"each of these"`
	Any []condition `yaml:"any" doc:"at least one of these"`
}

type condition struct {
	Pos     str
	All     []single `yaml:"all" doc:"each of these"`
	Any     []single `yaml:"any" doc:"at least one of these"`
	Article str      `yaml:"article" doc:"this article is fulfilled: quiet days, a duty, a quota, access"`
	Event   str      `yaml:"event" doc:"a person declared this event"`
	Phase   str      `yaml:"phase" doc:"this phase began"`
	At      str      `yaml:"at" doc:"this time or date has come"`
	For     str      `yaml:"for" doc:"with article: over the last so long; with event or phase: so long ago"`
}

// single is a condition without others inside.
type single struct {
	Pos     str
	Article str `yaml:"article" doc:"this article is fulfilled"`
	Event   str `yaml:"event" doc:"a person declared this event"`
	Phase   str `yaml:"phase" doc:"this phase began"`
	At      str `yaml:"at" doc:"this time or date has come"`
	For     str `yaml:"for" doc:"with article: over the last so long; with event or phase: so long ago"`
}

type extension struct {
	Pos str
	For str         `yaml:"for" need:"by how long, such as P60D" doc:"by how long: P60D or 72h"`
	All []condition `yaml:"all" doc:"each of these"`
	Any []condition `yaml:"any" doc:"at least one of these"`
}

type start struct {
	At    str
	Event str
}

func (s *start) FromNode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		s.At = str{V: n.Value, Line: n.Line, Col: n.Column}
		return
	}
	var m struct {
		Event str `yaml:"event" need:""`
	}
	d.Into(n, &m, "from")
	s.Event = m.Event
}

// Schema is either way of writing it.
func (start) Schema(func() map[string]any) map[string]any {
	return strict.Either(strict.Object("event"))
}

type source struct {
	Pos       str
	ID        str      `yaml:"id" need:"" doc:"as observations name it"`
	Publisher str      `yaml:"publisher" doc:"sources of one publisher are not independent of each other"`
	Kind      str      `yaml:"kind" doc:"what its rows are; reports if left out" enum:"reports catalogue patrol sensor video"`
	Events    str      `yaml:"events" doc:"apart: it keeps its own events apart" enum:"apart"`
	Actors    str      `yaml:"actors" doc:"opponents: several actors of one row fought each other, as in a catalogue of fights; whoever of them did not act was the target" enum:"opponents"`
	Party     str      `yaml:"party" doc:"this party's organ: what it says is an allegation"`
	Relays    []str    `yaml:"relays" doc:"sources or publishers whose reports it passes on: what it says rests on them"`
	Watches   *watches `yaml:"watches" doc:"what it looks for; about anything else its silence says nothing"`
}

type watches struct {
	Pos   str
	Sides []str `yaml:"sides" doc:"parties whose acts it looks for"`
	Acts  []str `yaml:"acts" doc:"acts that it looks for"`
	In    []str `yaml:"in" doc:"zones that it looks at"`
}

// obligations are what a provision obliges to, by kind, as it is written.
type obligations map[string]any

// Keys are the kinds of obligation.
func (obligations) Keys() (out []strict.Key) {
	for _, k := range assess.Kinds() {
		out = append(out, strict.Key{Name: k.Name, Doc: k.Doc, Form: k.Form})
	}
	return out
}

// stated is one obligation as it is written and as it is read.
type stated struct {
	kind assess.Kind
	form any
	is   truce.Obligation
}

type provision struct {
	Pos        str
	Article    str          `yaml:"article" need:"the number in the text" doc:"the article's number in the text"`
	Phase      str          `yaml:"phase" doc:"when it binds; always if left out"`
	Binds      []str        `yaml:"binds" need:"who is bound by it" doc:"parties bound"`
	Text       str          `yaml:"text" doc:"the words of the text, short"`
	Kinds      obligations  // one, under its key
	Daily      *daily       `yaml:"daily" doc:"only in these local hours"`
	Objects    mapping[str] `yaml:"objects" doc:"party to CSV file of protected objects"`
	Readings   []reading    `yaml:"readings" doc:"the article as each party reads it"`
	Supersedes *supersedes  `yaml:"supersedes" doc:"the article whose place it takes, and from when; that article applies until then"`
	YieldsTo   []str        `yaml:"yields-to" doc:"articles that decide alone where they apply too; an act counts under both if left out"`
	Suspension *suspension  `yaml:"suspension" doc:"how the one party that it binds may suspend its part: only by what a person declares"`
	Exceptions []exception  `yaml:"exceptions" doc:"what is allowed all the same"`
	Floor      *floor       `yaml:"floor" doc:"what a finding needs"`
	Clocks     *clocks      `yaml:"clocks" doc:"time to verify, reply, remedy"`
	Steps      []step       `yaml:"consequences" doc:"what the text foresees after a violation that people decided, in order"`
	Readers    str          `yaml:"readers" doc:"2: a decision under the article stands when a second person has made it too" enum:"1 2"`

	stated []stated // what Kinds are read as
}

// supersedes is an amendment: both articles stay in the text, each for its time.
type supersedes struct {
	Pos     str
	Article str `yaml:"article" need:"the article whose place it takes" doc:"the article whose place it takes"`
	From    str `yaml:"from" need:"the time or date from which it applies" doc:"a time with zone or a date: the other article applies until then, and this one from then on"`
}

type suspension struct {
	Pos     str
	Event   str `yaml:"event" need:"the event that a person declares when the party suspends its part" doc:"the event that a person declares when the party suspends its part; nothing else suspends it"`
	Resumes str `yaml:"resumes" doc:"the event that a person declares when the party resumes it"`
}

// step follows a decided violation.
type step struct {
	Pos   str
	After str `yaml:"after" need:"within which time of the decision, such as 24h" doc:"within this time of the decision: 24h or P7D"`
	Event str `yaml:"event" need:"the event that a person declares once it is done" doc:"the event that a person declares once it is done"`
	Text  str `yaml:"text" need:"what the text foresees" doc:"what is to be done, or what ends, in the words of the text, short"`
}

type daily struct {
	Pos  str
	From str `yaml:"from" need:"such as \"22:00\"" doc:"local time"`
	To   str `yaml:"to" need:"such as \"06:00\"" doc:"local time; before from: the next day"`
}

type reading struct {
	Pos     str
	ID      str   `yaml:"id" need:"whose reading" doc:"the party"`
	From    str   `yaml:"from" doc:"binds from, as that party reads it"`
	To      str   `yaml:"to" doc:"binds until, as that party reads it"`
	In      []str `yaml:"in" doc:"zones, as that party reads it"`
	Average str   `yaml:"average" doc:"with quota: over each week or month the number is an average, as that party reads it; none: each day, week or month counts for itself" enum:"week month none"`
	Held    []str `yaml:"held" doc:"zones where, as that party reads it, those whom the article protects hold the places; with prohibit and against"`
	Assumed str   `yaml:"assumed" doc:"true: whoever wrote these terms made the reading for the party, which did not state it; every sentence that rests on it says so" enum:"true false"`
}

type exception struct {
	Pos      str
	ID       str   `yaml:"id" need:"" doc:"short name"`
	Acts     []str `yaml:"acts" need:"which acts are allowed" doc:"acts"`
	In       []str `yaml:"in" doc:"zones; everywhere if left out"`
	Notified str   `yaml:"notified" doc:"how long before it must be notified, such as 24h"`
	// Answers takes three records; without them the act is not excepted.
	Answers *answers `yaml:"answers" doc:"only as return fire: the party that acted states it, an attack that came first is established, and a person attributed that attack to the other side"`
}

type answers struct {
	Pos    str
	Acts   []str `yaml:"acts" need:"which acts of the other side may be answered" doc:"acts of the other side that may be answered, with their descendants"`
	Within str   `yaml:"within" need:"how long after the attack it may be answered, such as 30min" doc:"how long after the attack it may be answered: 30min or 2h"`
	Near   str   `yaml:"near" need:"how far from the attack it may be answered, such as 5 km" doc:"how far from the attack, at most: 5 km"`
}

type floor struct {
	Pos         str
	Evidence    str `yaml:"evidence" doc:"standing needed for an apparent violation" enum:"alleged single-source corroborated verified"`
	Origins     str `yaml:"origins" doc:"stated: where two publishers corroborate, both must say where they have it from" enum:"stated"`
	Day         str `yaml:"day" doc:"region or zone: at least one act on a day is an apparent violation also where two reports are of one region or zone and not of one place" enum:"region zone"`
	Attribution str `yaml:"attribution" doc:"confidence needed to name a party" enum:"about-even likely highly-likely"`
	Coverage    str `yaml:"coverage" doc:"share that must have been seen before the article is called held"`
}

type clocks struct {
	Pos    str
	Verify str `yaml:"verify" doc:"for the mission to verify"`
	Reply  str `yaml:"reply" doc:"for the party to answer"`
	Remedy str `yaml:"remedy" doc:"for the party to put it right"`
}
