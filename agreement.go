package truce

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce/geo"
)

// An Agreement is a text in machine form, read and checked by the agreement
// room. Everything in it that is a time has been resolved; what waits for an
// event says so.
type Agreement struct {
	ID       string
	Title    string
	Wording  string // whose words the articles are in; empty: not stated
	Status   Status
	Digest   Digest // of all files of the folder
	Location *time.Location
	Zone     string // the IANA name of Location
	Places   Places // the regions and settlements that its packages name; nil: it has no package

	Parties     []Party
	Others      []Party
	Zones       map[string]*Zone
	ZoneOrder   []string
	Lines       map[string]*Line
	Phases      []Phase
	Provisions  []Provision
	Unmonitored []Unmonitored // what the text says besides, and why nothing here looks at it
	Sources     map[SourceID]Source
	Release     time.Duration // how long what is shared is held back; 0: not stated
	Public      PublicRelease // what the public sees, and when
	Texts       []string      // kinds of entries whose free text is public at once; of TextKinds
	Alerts      []AlertRule
	Kind        Classification
}

// A Classification is what sort of agreement it is, in the words of the data set of ceasefires
// in civil conflicts; empty: not stated. It describes, and nothing is computed from it.
type Classification struct {
	Class       string // cessation, compliance-mechanism or definitive
	Purpose     string // humanitarian, peace-process, holiday, election or other
	Mechanism   string // none or agreed
	Enforcement string // none, external or international-organisation
	DDR         string // none or agreed: disarmament, demobilisation and reintegration
	Ended       string // why it ended
}

// Fields are what is stated, each with its name.
func (c *Classification) Fields() (out [][2]string) {
	for _, f := range [][2]string{{"class", c.Class}, {"purpose", c.Purpose}, {"mechanism", c.Mechanism}, {"enforcement", c.Enforcement}, {"ddr", c.DDR}, {"ended", c.Ended}} {
		if f[1] != "" {
			out = append(out, f)
		}
	}
	return out
}

// Places are regions and settlements by name. Package gazetteer makes them of what the
// agreement's folder carries, so that everybody who has the text has the same places.
type Places interface {
	// Region is the region of that name, and its canonical name.
	Region(name string) (*geo.Region, string, error)
}

// An AlertRule says when people are to be told at once, and about what.
type AlertRule struct {
	ID      string
	When    AlertKind
	Article Article       // with first, burst and clock; empty: any
	In      []string      // with first: these zones, each for itself
	Source  SourceID      // with silent
	Times   int           // with burst: so many times the seven days before
	Within  time.Duration // with burst: how long a burst is
	Before  time.Duration // with clock and due: so long before
	After   time.Duration // with silent: for so long
}

// AlertKind is what an alert is about.
type AlertKind string

const (
	AlertFirst  AlertKind = "first"  // the first incident in a zone
	AlertBurst  AlertKind = "burst"  // many more than in the days before
	AlertClock  AlertKind = "clock"  // a clock is about to run out
	AlertSilent AlertKind = "silent" // nothing comes from a source
	AlertDue    AlertKind = "due"    // a phase ends, or a deadline falls due
)

// An Alert is one thing that people are told at once, with its reason in words. The
// same thing has the same key.
type Alert struct {
	Key   string  `json:"key"`
	Rule  string  `json:"rule"`
	Words string  `json:"words"`
	Why   Kept    `json:"why,omitzero"` // Words, to be said in another language too
	Of    Digest  `json:"of,omitzero"`  // an observation of the incident it is about
	At    Instant `json:"at"`
}

// PublicRelease says how what is public is shown to the public, on pages, maps
// and in files. It takes nothing out of the record: it keeps pages from putting
// people in danger by drawing them a map. The zero value shows all at once.
type PublicRelease struct {
	Delay time.Duration // how long after it became known
	BlurM int32         // no place is shown closer than this, in metres
	Hold  []Act         // acts that are not shown at all, with their descendants
}

// TextKinds are the kinds of entries that contain free text of people: notes and
// reasons. It is sealed unless the agreement publishes the texts of that kind.
var TextKinds = []string{"observation", "seen", "allegation", "notification", "response", "restriction", "withdrawal", "decision", "attribution"}

// ReleaseDelay is how long what gives away posts and positions is held back
// before it goes to all parties at once: 24 hours where the agreement says
// nothing.
func (a *Agreement) ReleaseDelay() time.Duration {
	if a.Release > 0 {
		return a.Release
	}
	return 24 * time.Hour
}

// Status of an agreement. Anything but InForce is marked on every output.
type Status string

const (
	InForce   Status = "in-force"
	Draft     Status = "draft"
	Rehearsal Status = "rehearsal"
	// Historic is an agreement that was in force and binds nobody now. With
	// Rehearsal it is the only one whose record may state earlier moments of knowledge.
	Historic Status = "historic"
	// Unsigned is an agreement whose file says in-force, and whose digest not
	// every party has signed in the record.
	Unsigned Status = "unsigned"
)

// A Party is bound by the text; others have a Role instead. Members are those whose
// acts are the party's own, under the names that sources give them. Of a member that is Perhaps, the
// name may stand for the party or for others, as one name for all armed groups does.
type Party struct {
	ID      PartyID `json:"id"`
	Name    string  `json:"name"`
	Role    string  `json:"role,omitempty"`
	Members []Party `json:"members,omitempty"`
	Perhaps bool    `json:"perhaps,omitempty"` // of a member
}

// Excluded is the role of those who are outside the agreement by name: what they do
// is out of its scope.
const Excluded = "excluded"

// NonSignatory is the role of a group, or of a class of groups with its members, that did not sign.
// It is not bound, and articles may be about acts against it.
const NonSignatory = "non-signatory"

// Actor is the party or other actor that a source names, by ID or by name, of its own
// or of one of its members. Upper and lower case are alike. It is false where the
// agreement names nobody of that name.
func (a *Agreement) Actor(name PartyID) (PartyID, bool) {
	if a.HasParty(name) {
		return name, true
	}
	// IDs before names, and those who stand for themselves before members.
	for _, called := range []func(*Party) string{func(p *Party) string { return string(p.ID) }, func(p *Party) string { return p.Name }} {
		for _, members := range []bool{false, true} {
			for _, list := range [][]Party{a.Parties, a.Others} {
				for i := range list {
					p := &list[i]
					if !members && strings.EqualFold(called(p), string(name)) || members && slices.ContainsFunc(p.Members, func(m Party) bool { return strings.EqualFold(called(&m), string(name)) }) {
						return p.ID, true
					}
				}
			}
		}
	}
	return name, false
}

// Perhaps reports whether a name under which Actor finds somebody may stand for others too.
func (a *Agreement) Perhaps(name PartyID) bool {
	id, found := a.Actor(name)
	for _, list := range [][]Party{a.Parties, a.Others} {
		for i := range list {
			if p := &list[i]; found && p.ID == id && !strings.EqualFold(string(p.ID), string(name)) && !strings.EqualFold(p.Name, string(name)) {
				return slices.ContainsFunc(p.Members, func(m Party) bool {
					return m.Perhaps && (strings.EqualFold(string(m.ID), string(name)) || strings.EqualFold(m.Name, string(name)))
				})
			}
		}
	}
	return false
}

// Actors are all names under which Actor finds somebody, sorted.
func (a *Agreement) Actors() []string {
	var out []string
	for _, list := range [][]Party{a.Parties, a.Others} {
		for _, p := range list {
			for _, m := range append([]Party{p}, p.Members...) {
				out = append(out, string(m.ID), m.Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// A Source is who says things. Two sources can be independent when their
// publishers differ, neither is a party's, and what they rest on has nothing in
// common; observations of one person's hand, or one row under two names, are not,
// whatever sources they name.
type Source struct {
	ID        SourceID
	Publisher string
	Party     PartyID    // set: what it says is an allegation
	Kind      SourceKind // Reports, where the agreement does not say
	Apart     bool       // it keeps its own events apart: two of them are never one incident
	Opponents bool       // several actors of one row fought each other: whoever did not act was the target
	Relays    []string   // publishers whose reports it passes on: what it says rests on them
	Watches   Watches
}

// SourceKind is what a source's rows are.
type SourceKind string

const (
	Reports   SourceKind = "reports"   // news and posts: several may tell of one event
	Catalogue SourceKind = "catalogue" // events, as somebody sorted them out
	Patrol    SourceKind = "patrol"    // people of a mission
	Sensor    SourceKind = "sensor"    // cameras, satellites, alerts
	Video     SourceKind = "video"     // one row is one video, and not one event
)

// SourceKinds lists all.
var SourceKinds = []SourceKind{Reports, Catalogue, Patrol, Sensor, Video}

// Watches is what a source looks for; an empty list: it is not stated. What it does not look
// for, it is silent about, and its silence says nothing.
type Watches struct {
	Sides []PartyID // whose acts
	Acts  []Act
	In    []string // zones
}

// Name is the publisher of a source; that of one that the agreement does not list is its ID.
func (s Source) Name() string { return strings.TrimPrefix(s.Publisher, "source ") }

// SourceOf returns the source as the agreement lists it; one that is not
// listed is its own publisher.
func (a *Agreement) SourceOf(id SourceID) Source {
	if s, ok := a.Sources[id]; ok {
		return s
	}
	return Source{ID: id, Publisher: "source " + string(id), Kind: Reports}
}

// PublisherOf is who published an observation: whom its row names, or else the publisher of
// its source. A source without one is its own, under its own name; a row that names the ID of
// a source names its publisher.
func (a *Agreement) PublisherOf(o *Observation) string {
	if o.Publisher == "" {
		return a.SourceOf(o.Source).Name()
	}
	if s, ok := a.sourceNamed(o.Publisher); ok {
		return s.Name()
	}
	return o.Publisher
}

// PublishedBy is PublisherOf, for people, and whose file the observation was read from
// where that is another: the collector of what others published. Empty: it is the
// publisher's own.
func (a *Agreement) PublishedBy(o *Observation) (publisher, collector string) {
	publisher = a.PublisherOf(o)
	if o.Publisher != "" {
		if own := a.SourceOf(o.Source).Name(); Folded(own) != Folded(publisher) {
			collector = own
		}
	}
	return publisher, collector
}

// Collected is a publisher, and whose file its report was read from where that is another.
func Collected(publisher, collector string) string {
	if collector == "" {
		return publisher
	}
	return publisher + " (collected by " + collector + ")"
}

// sourceNamed is the source of an ID, of which upper and lower case are alike.
func (a *Agreement) sourceNamed(id string) (Source, bool) {
	if s, ok := a.Sources[SourceID(id)]; ok {
		return s, true
	}
	folded := Folded(id)
	var out Source
	for _, s := range a.Sources { // any order: of several alike the first by ID
		if Folded(string(s.ID)) == folded && (out.ID == "" || s.ID < out.ID) {
			out = s
		}
	}
	return out, out.ID != ""
}

// PublisherNamed is a publisher's PublisherKey; that of a source where the ID of one is named.
func (a *Agreement) PublisherNamed(name string) string {
	if s, ok := a.sourceNamed(name); ok {
		return PublisherKey(s.Name())
	}
	return PublisherKey(name)
}

// Organs makes sources a party's whose publisher is one: it is that of another source of the
// party, or the party or a member of it. Whoever makes an agreement calls it once.
func (a *Agreement) Organs() {
	is := map[SourceID]PartyID{}
	for id, s := range a.Sources { // any order
		if s.Party == "" {
			is[id], _ = a.organ(PublisherKey(s.Name()))
		}
	}
	for id, p := range is {
		if s := a.Sources[id]; p != "" {
			s.Party = p
			a.Sources[id] = s
		}
	}
}

// wordOf is the party whose word a publisher's reports are, by its PublisherKey: it is the
// party's organ, the party, or one of its members, or it passes on nothing but what those
// say. Empty: nobody's but its own.
func (a *Agreement) wordOf(publisher string, above []string) PartyID {
	if slices.Contains(above, publisher) {
		return ""
	}
	out, relays := a.organ(publisher)
	if out != "" || len(relays) == 0 {
		return out
	}
	above = append(slices.Clip(above), publisher)
	for _, name := range relays {
		p := a.wordOf(a.PublisherNamed(name), above)
		if p == "" {
			return ""
		}
		if out == "" || p < out {
			out = p
		}
	}
	return out
}

// organ is the party of which a publisher is an organ or a member, by its folded name, or
// empty; and the publishers whose reports it passes on.
func (a *Agreement) organ(publisher string) (out PartyID, relays []string) {
	first := func(p PartyID) {
		if p != "" && (out == "" || p < out) {
			out = p
		}
	}
	for _, p := range a.Parties {
		for _, m := range append([]Party{p}, p.Members...) {
			if Folded(string(m.ID)) == publisher || PublisherKey(m.Name) == publisher && m.Name != "" {
				first(p.ID)
			}
		}
	}
	for _, s := range a.Sources { // any order: of several parties the first by ID
		if PublisherKey(s.Name()) != publisher && Folded(string(s.ID)) != publisher {
			continue
		}
		first(s.Party)
		relays = append(relays, s.Relays...)
	}
	return out, relays
}

// Upstream are the publishers whose reports a publisher passes on, and theirs, by
// folded name, in no order.
func (a *Agreement) Upstream(publisher string) []string {
	var out []string
	todo := []string{PublisherKey(publisher)}
	for len(todo) > 0 {
		from := todo[0]
		todo = todo[1:]
		for id := range a.Sources { // any order: it is a set
			s := a.Sources[id]
			if len(s.Relays) == 0 || PublisherKey(s.Name()) != from {
				continue
			}
			for _, name := range s.Relays {
				if p := a.PublisherNamed(name); p != from && !slices.Contains(out, p) {
					out, todo = append(out, p), append(todo, p)
				}
			}
		}
	}
	return out
}

// HasParty reports whether id is a party to the agreement.
func (a *Agreement) HasParty(id PartyID) bool {
	for _, p := range a.Parties {
		if p.ID == id {
			return true
		}
	}
	return false
}

// PartyIDs lists the parties in the agreement's order.
func (a *Agreement) PartyIDs() []PartyID {
	out := make([]PartyID, len(a.Parties))
	for i, p := range a.Parties {
		out[i] = p.ID
	}
	return out
}

// Provision returns the provision of an article.
func (a *Agreement) Provision(art Article) (*Provision, bool) {
	for i := range a.Provisions {
		if a.Provisions[i].Article == art {
			return &a.Provisions[i], true
		}
	}
	return nil, false
}

// A Zone is an area by name.
type Zone struct {
	Name   string
	File   string
	Region *geo.Region
}

// CheckArticle returns an error if the agreement does not have an article.
func (a *Agreement) CheckArticle(art Article) error {
	var names []string
	for _, p := range a.Provisions {
		if p.Article == art {
			return nil
		}
		names = append(names, string(p.Article))
	}
	return fmt.Errorf("article %q is not in the agreement%s", art, Suggest(string(art), names))
}

// ZoneNamed is the zone of a name, of which upper and lower case are alike unless two differ
// by it alone; nil: there is none.
func (a *Agreement) ZoneNamed(name string) *Zone {
	if z := a.Zones[name]; z != nil {
		return z
	}
	for _, n := range a.ZoneOrder {
		if strings.EqualFold(n, name) {
			return a.Zones[n]
		}
	}
	return nil
}

// A Line is dated geometry: each day's line of contact and who controlled what.
type Line struct {
	Name    string
	Fixed   Date // the day that counts, unless Follows
	Follows bool // the latest day not after the observation
	Days    []LineDay
}

// A LineDay is one dated file: the line, and control by party where stated.
type LineDay struct {
	Date    Date
	Path    *geo.Path               // nil where the file states only control
	Control map[PartyID]*geo.Region // only parties the file speaks of
}

// On returns the line's day with date d. It does not look at other days: a missing
// day counts as no data.
func (l *Line) On(d Date) (LineDay, bool) {
	for _, day := range l.Days {
		if day.Date == d {
			return day, true
		}
	}
	return LineDay{}, false
}

// At returns the day that counts on date d: the fixed one, or with Follows
// the latest that is not after d.
func (l *Line) At(d Date) (LineDay, bool) {
	if !l.Follows {
		return l.On(l.Fixed)
	}
	for i := len(l.Days) - 1; i >= 0; i-- {
		if l.Days[i].Date <= d {
			return l.Days[i], true
		}
	}
	return LineDay{}, false
}

// A Phase is a time in which provisions bind. It begins at From, or when
// FromEvent is declared; it ends at To, or For after its beginning, or never.
type Phase struct {
	ID        string
	From      Instant // Never with FromEvent
	FromEvent string
	To        Instant // Never: no stated end
	For       Span    // zero: none
	// Opens is what the text asks for before people declare FromEvent; nil: it states nothing.
	Opens *Condition
	// Extends is by how long, and on what, the text foresees that people extend it; nil: it does not.
	Extends *Extension
}

// An Extension is what a text foresees for the end of a phase: people extend it by For once If is so.
type Extension struct {
	For Span
	If  Condition
}

// A Condition is what a text asks for before people open or extend a phase. It is one of
// All, Any, Article, Event, Phase and At. Whether it is met is worked out (package situation);
// what follows, only people declare.
type Condition struct {
	All, Any []Condition
	Article  Article // it is fulfilled
	Event    string  // a person declared it
	Phase    string  // it began
	At       Instant // this moment has come
	For      Span    // of an article: it is fulfilled over the last so long; of an event or a phase: so long ago
}

// Each gives the conditions in it that are neither All nor Any, in their order.
func (c *Condition) Each(f func(*Condition)) {
	if len(c.All)+len(c.Any) == 0 {
		f(c)
	}
	for _, list := range [][]Condition{c.All, c.Any} {
		for i := range list {
			list[i].Each(f)
		}
	}
}

// A Step is what a text foresees after a violation that a person decided: within After of the
// decision. It is proposed, and done once a person declares Event.
type Step struct {
	Event string
	After Span
	Text  string
}

// Begun is the first of the moments at which a phase of the agreement begins by its text; Never:
// all of them wait for events.
func (a *Agreement) Begun() Instant {
	begun := Never
	for _, p := range a.Phases {
		begun = min(begun, p.From)
	}
	return begun
}

// An Obligation is what a provision obliges to. What it means is not asked here: each
// kind of obligation is a file of internal/assess.
type Obligation interface {
	Kind() string    // as its key in agreement.yaml
	Zones() []string // those it names
}

// A Provision is one obligation with its article.
type Provision struct {
	Article Article
	Phase   string // empty: at every time at which the agreement is applied
	Binds   []PartyID
	Text    string

	Obligation Obligation
	Daily      *Daily
	Objects    []ObjectList
	Readings   []Reading
	Exceptions []Exception
	Floor      Floor
	Clocks     Clocks
	// SecondReader: a confirmation or rejection stands once a second person has
	// decided the same.
	SecondReader bool

	// Event is what a person must declare before the duty arises; empty: nothing.
	Event string
	// Supersedes is the article whose place it took, and SupersededBy the one that took its place;
	// nil: none.
	Supersedes, SupersededBy *Supersession
	// YieldsTo are the articles that decide alone where they apply too.
	YieldsTo []Article
	// Suspension is how the one party that the provision binds may suspend it; nil: it may not.
	Suspension *Suspension
	// Consequences are what the text foresees after a decided violation, in its order.
	Consequences []Step
	// NotMonitored is why nobody could tell whether the article is kept; empty: it is
	// monitored. Nothing is counted under an article that is not.
	NotMonitored string
}

// A Supersession is an article whose place another takes, or that takes it, from a moment on.
type Supersession struct {
	Article Article
	From    Instant
}

// A Suspension is what people declare when a party suspends its part of an agreement, and when it resumes it.
// Nothing suspends a provision but a declaration.
type Suspension struct {
	Event   string
	Resumes string // empty: nothing resumes it
}

// Applies is a time without what is before the provision superseded another, or after it was
// superseded; it is not Valid if nothing is left.
func (p *Provision) Applies(v Interval) Interval {
	if p.Supersedes != nil {
		v.Start = max(v.Start, p.Supersedes.From)
	}
	if p.SupersededBy != nil {
		v.End = min(v.End, p.SupersededBy.From)
	}
	return v
}

// Bound reports whether the provision binds id.
func (p *Provision) Bound(id PartyID) bool {
	for _, b := range p.Binds {
		if b == id {
			return true
		}
	}
	return false
}

// Weapons selects by class, by calibre, or both; the zero value selects all.
type Weapons struct {
	Classes []Class
	Calibre CalibreRule
}

// Any reports whether w selects everything.
func (w Weapons) Any() bool { return len(w.Classes) == 0 && w.Calibre == CalibreRule{} }

// A Deadline is a date or a time after the phase begins; the zero value is
// the beginning of the phase.
type Deadline struct {
	At    Instant
	After Span
}

// Daily limits a provision to hours of the local day, from and to in minutes
// after midnight; to before from crosses midnight.
type Daily struct{ From, To int }

// An ObjectList is what one party holds to be protected.
type ObjectList struct {
	Party   PartyID
	Objects []Object
}

// An Object is protected with everything within BufferM metres of it.
type Object struct {
	ID, Name, Class string
	Point           geo.Point
	BufferM         int32
}

// A Reading is the article as one party reads it.
type Reading struct {
	ID   string
	From Instant  // Always: as the phase
	To   Instant  // Never: as the phase
	In   []string // empty: as the article
	// Average is of a quota: day, week, month or none, over which the number is an average as
	// the party reads it; empty: as the article.
	Average string
	Held    []string // zones of which it says that those whom the article protects hold the places
	// Assumed: whoever wrote the terms made this reading for the party, which did not state it.
	Assumed bool
}

// Events are what people can declare: what phases and duties wait for, and steps
// that follow violations, in the order of the text, each once.
func (a *Agreement) Events() (out []string) {
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for i := range a.Phases {
		p := &a.Phases[i]
		add(p.FromEvent)
		if p.Opens != nil {
			p.Opens.Each(func(c *Condition) { add(c.Event) })
		}
		if p.Extends != nil {
			p.Extends.If.Each(func(c *Condition) { add(c.Event) })
		}
	}
	for i := range a.Provisions {
		p := &a.Provisions[i]
		add(p.Event)
		if x := p.Suspension; x != nil {
			add(x.Event)
			add(x.Resumes)
		}
		for _, x := range p.Consequences {
			add(x.Event)
		}
	}
	return out
}

// NotMonitored lists the articles of the text that nothing here looks at, each with the
// reason: those among the provisions, in their order, and then Unmonitored.
func (a *Agreement) NotMonitored() (out []Unmonitored) {
	for i := range a.Provisions {
		if p := &a.Provisions[i]; p.NotMonitored != "" {
			out = append(out, Unmonitored{Article: p.Article, Text: p.Text, Because: p.NotMonitored})
		}
	}
	return append(out, a.Unmonitored...)
}

// An Unmonitored obligation is in the text of an agreement, and no provision here: nobody
// could tell from what reaches a mission whether it was kept.
type Unmonitored struct {
	Article Article
	Text    string
	Because string
}

// An Exception lifts a prohibition for its acts and zones; with Notified only
// where a notification was given that long before.
type Exception struct {
	ID       string
	Acts     []Act
	In       []string
	Notified time.Duration // 0: none needed
	Needs    bool          // a notification is needed
	Answers  *Provocation  // it lifts the prohibition for return fire only; nil: it is not about that
}

// A Provocation is an attack that an act may answer as return fire: one of Acts, all of which happened at most
// Within before the end of the answer, and at most NearM metres from it.
type Provocation struct {
	Acts   []Act
	Within time.Duration
	NearM  int64
}

// ReturnFire reports whether an exception of the agreement is for return fire.
func (a *Agreement) ReturnFire() bool {
	return slices.ContainsFunc(a.Provisions, func(p Provision) bool {
		return slices.ContainsFunc(p.Exceptions, func(e Exception) bool { return e.Answers != nil })
	})
}

// A Floor is what a finding needs before it is called an apparent violation,
// before a party is named, and before an article is called held.
type Floor struct {
	Evidence    Standing
	Day         AreaLevel // region or zone: two reports somewhere in one are enough for a day finding; empty: they must be of one place
	Origins     bool      // with Evidence: two origins must be stated, and not only two publishers differ
	Attribution string
	Coverage    PPM
}

// Clocks run from the moment a finding first exists.
type Clocks struct{ Verify, Reply, Remedy time.Duration }

// RestsOn parts the origins of an observation: from whom or what it has it, where it is found
// itself, and what it looks like. What names the observation itself, or its own publisher, is
// nobody that it has it from.
func (a *Agreement) RestsOn(o *Observation) (from, own, looks []Origin) {
	for _, x := range o.Origins {
		switch x.Kind() {
		case OriginOwn:
			own = append(own, x)
		case OriginMedia, OriginText:
			looks = append(looks, x)
		case OriginPost:
			if !slices.Contains(o.Origins, Origin(OriginOwn+":"+x.Name())) {
				from = append(from, x)
			}
		case OriginPublisher:
			if a.PublisherNamed(x.Name()) != PublisherKey(a.PublisherOf(o)) {
				from = append(from, x)
			}
		default:
			from = append(from, x)
		}
	}
	return from, own, looks
}
