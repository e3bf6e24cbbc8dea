package agreement

import "go.yaml.in/yaml/v3"

// The types below are agreement.yaml as it is written. `need` marks a key that
// must be there and says why; `doc` is the description in the JSON Schema;
// `enum` lists the words a value may have.

type file struct {
	Pos        str
	Truce      str               `yaml:"truce" need:"begin with: truce: 1" doc:"version of this format, 1" enum:"1"`
	ID         str               `yaml:"id" need:"a short name, such as ukraine-air-first" doc:"short name, lower case with hyphens"`
	Title      str               `yaml:"title" need:"what people call it" doc:"what people call it"`
	Status     str               `yaml:"status" need:"in-force, draft or rehearsal" doc:"anything but in-force is marked on every output" enum:"in-force draft rehearsal"`
	Timezone   str               `yaml:"timezone" need:"an IANA name such as Europe/Kyiv" doc:"IANA zone whose calendar days and local hours count"`
	Places     []str             `yaml:"places" doc:"packages of regions and settlements that are known by name, such as ukraine"`
	Parties    []party           `yaml:"parties" need:"who is bound" doc:"who is bound; two or more"`
	Others     []party           `yaml:"others" doc:"mediators, guarantors, monitors"`
	Zones      mapping[str]      `yaml:"zones" doc:"name to GeoJSON file with polygons"`
	Lines      mapping[lineSpec] `yaml:"lines" doc:"name to dated geometry"`
	Phases     []phase           `yaml:"phases" doc:"when provisions bind"`
	Release    *release          `yaml:"release" doc:"when what gives away posts and positions goes to the parties"`
	Alerts     []alertRule       `yaml:"alerts" doc:"when people are told at once"`
	Sources    []source          `yaml:"sources" doc:"who says things, and who publishes them"`
	Provisions []provision       `yaml:"provisions" need:"an agreement obliges somebody to something" doc:"one obligation each"`
}

type release struct {
	Pos    str
	Delay  str            `yaml:"delay" need:"such as 24h" doc:"how long it is held back, from its receipt; to all parties at once"`
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
	When    str   `yaml:"when" need:"first, burst, clock or silent" doc:"what it is about" enum:"first burst clock silent"`
	Article str   `yaml:"article" doc:"first, burst, clock: of this article alone"`
	In      []str `yaml:"in" doc:"first: in these zones, each for itself"`
	Source  str   `yaml:"source" doc:"silent: the source that nothing comes from"`
	Times   str   `yaml:"times" doc:"burst: so many times what the seven days before had, such as 3"`
	Within  str   `yaml:"within" doc:"burst: how long a burst is, such as 6h"`
	Before  str   `yaml:"before" doc:"clock: so long before it runs out, such as 3h"`
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
}

func (m *member) fromNode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		m.ID = str{n.Value, n.Line, n.Column}
		return
	}
	type plain member
	d.into(n, (*plain)(m), "members")
}

type lineSpec struct {
	Pos     str
	Series  str `yaml:"series" doc:"folder of GeoJSON files named by date, or one GeoJSON file"`
	Fixed   str `yaml:"fixed" doc:"the day whose line counts"`
	Follows str `yaml:"follows" doc:"true: the latest line not after the observation" enum:"true false"`
}

func (l *lineSpec) fromNode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		l.Pos = str{"", n.Line, n.Column}
		l.Series = str{n.Value, n.Line, n.Column}
		return
	}
	type plain lineSpec
	d.into(n, (*plain)(l), "lines")
}

type phase struct {
	Pos  str
	ID   str   `yaml:"id" need:"" doc:"short name"`
	From start `yaml:"from" need:"a time, a date, or {event: name}" doc:"when it begins: a time with zone, a date, or an event that a Decision declares"`
	To   str   `yaml:"to" doc:"when it ends: a time with zone or a date"`
	For  str   `yaml:"for" doc:"how long it lasts: P30D or 72h"`
}

type start struct {
	At    str
	Event str
}

func (s *start) fromNode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		s.At = str{n.Value, n.Line, n.Column}
		return
	}
	var m struct {
		Event str `yaml:"event" need:""`
	}
	d.into(n, &m, "from")
	s.Event = m.Event
}

type source struct {
	Pos       str
	ID        str `yaml:"id" need:"" doc:"as observations name it"`
	Publisher str `yaml:"publisher" doc:"sources of one publisher are not independent of each other"`
	Events    str `yaml:"events" doc:"apart: it keeps its own events apart" enum:"apart"`
	Party     str `yaml:"party" doc:"this party's organ: what it says is an allegation"`
}

type provision struct {
	Pos        str
	Article    str          `yaml:"article" need:"the number in the text" doc:"the article's number in the text"`
	Phase      str          `yaml:"phase" doc:"when it binds; always if left out"`
	Binds      []str        `yaml:"binds" need:"who is bound by it" doc:"parties bound"`
	Text       str          `yaml:"text" doc:"the words of the text, short"`
	Prohibit   *prohibit    `yaml:"prohibit" doc:"acts that are forbidden"`
	Absent     *absent      `yaml:"absent" doc:"what must not be present in zones"`
	Withdraw   *withdraw    `yaml:"withdraw" doc:"weapons kept at a distance from a line"`
	Freeze     *freeze      `yaml:"freeze" doc:"no advance beyond a fixed line"`
	Quiet      *quiet       `yaml:"quiet" doc:"a condition: consecutive quiet days"`
	Daily      *daily       `yaml:"daily" doc:"only in these local hours"`
	Objects    mapping[str] `yaml:"objects" doc:"party to CSV file of protected objects"`
	Readings   []reading    `yaml:"readings" doc:"the article as each party reads it"`
	Exceptions []exception  `yaml:"exceptions" doc:"what is allowed all the same"`
	Floor      *floor       `yaml:"floor" doc:"what a finding needs"`
	Clocks     *clocks      `yaml:"clocks" doc:"time to verify, reply, remedy"`
	Readers    str          `yaml:"readers" doc:"2: a decision under the article stands when a second person has made it too" enum:"1 2"`
}

type prohibit struct {
	Pos     str
	Domain  str     `yaml:"domain" doc:"air, ground or sea; all if left out" enum:"air ground sea"`
	Acts    []str   `yaml:"acts" need:"which acts" doc:"acts of the vocabulary, with their descendants"`
	Weapons weapons `yaml:"weapons" doc:"classes, or {class: [...], calibre: \">=100\"}; all if left out"`
	In      []str   `yaml:"in" doc:"zones; everywhere if left out"`
	Where   str     `yaml:"where" doc:"impact (default), launch or overflight" enum:"impact launch overflight"`
}

type absent struct {
	Pos     str
	Of      []str   `yaml:"of" need:"position, weapon, site" doc:"position, weapon, site"`
	Weapons weapons `yaml:"weapons" doc:"which weapons; all if left out"`
	In      []str   `yaml:"in" need:"which zones" doc:"zones"`
}

type withdraw struct {
	Pos      str
	Weapons  weapons  `yaml:"weapons" need:"which weapons" doc:"classes, or {class: [...], calibre: \">=100\"}"`
	Line     byParty  `yaml:"line" need:"from which line" doc:"one line for all, or a line for each party"`
	Distance str      `yaml:"distance" need:"such as 25 km" doc:"from the party's line, to each side"`
	By       deadline `yaml:"by" doc:"a time, a date, or {after: phase, period: P14D}; at once if left out"`
}

type freeze struct {
	Pos       str
	Line      byParty `yaml:"line" need:"which line" doc:"one line for all, or a line for each party"`
	Tolerance str     `yaml:"tolerance" doc:"such as 500 m; none if left out"`
}

type quiet struct {
	Pos      str
	Days     str   `yaml:"days" need:"how many" doc:"consecutive local days"`
	Acts     []str `yaml:"acts" need:"which acts break it" doc:"acts that reset the count"`
	In       []str `yaml:"in" doc:"zones; everywhere if left out"`
	Coverage str   `yaml:"coverage" doc:"share of each day that must have been seen; the floor's if left out"`
}

type daily struct {
	Pos  str
	From str `yaml:"from" need:"such as \"22:00\"" doc:"local time"`
	To   str `yaml:"to" need:"such as \"06:00\"" doc:"local time; before from: the next day"`
}

type reading struct {
	Pos  str
	ID   str   `yaml:"id" need:"whose reading" doc:"the party"`
	From str   `yaml:"from" doc:"binds from, as that party reads it"`
	To   str   `yaml:"to" doc:"binds until, as that party reads it"`
	In   []str `yaml:"in" doc:"zones, as that party reads it"`
}

type exception struct {
	Pos      str
	ID       str   `yaml:"id" need:"" doc:"short name"`
	Acts     []str `yaml:"acts" need:"which acts are allowed" doc:"acts"`
	In       []str `yaml:"in" doc:"zones; everywhere if left out"`
	Notified str   `yaml:"notified" doc:"how long before it must be notified, such as 24h"`
}

type floor struct {
	Pos         str
	Evidence    str `yaml:"evidence" doc:"standing needed for an apparent violation" enum:"alleged single-source corroborated verified"`
	Attribution str `yaml:"attribution" doc:"confidence needed to name a party" enum:"about-even likely highly-likely"`
	Coverage    str `yaml:"coverage" doc:"share that must have been seen before the article is called held"`
}

type clocks struct {
	Pos    str
	Verify str `yaml:"verify" doc:"for the mission to verify"`
	Reply  str `yaml:"reply" doc:"for the party to answer"`
	Remedy str `yaml:"remedy" doc:"for the party to put it right"`
}

// weapons is a list of classes, or {class, calibre}.
type weapons struct {
	Pos     str
	Class   []str
	Calibre str
}

func (w *weapons) fromNode(d *decoder, n *yaml.Node) {
	w.Pos = str{"weapons", n.Line, n.Column}
	if n.Kind == yaml.MappingNode {
		var m struct {
			Class   []str `yaml:"class"`
			Calibre str   `yaml:"calibre"`
		}
		d.into(n, &m, "weapons")
		w.Class, w.Calibre = m.Class, m.Calibre
		if len(w.Class) == 0 && !w.Calibre.set() {
			d.errorf(n.Line, n.Column, "missing-key", "", "weapons: want class, calibre or both")
		}
		return
	}
	d.into(n, &w.Class, "weapons")
}

// byParty is one value for all, or one for each party.
type byParty struct {
	All str
	By  mapping[str]
}

func (b *byParty) fromNode(d *decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		b.All = str{n.Value, n.Line, n.Column}
		return
	}
	d.into(n, &b.By, "line")
}

type deadline struct {
	Pos    str
	At     str
	After  str
	Period str
}

func (t *deadline) fromNode(d *decoder, n *yaml.Node) {
	t.Pos = str{"by", n.Line, n.Column}
	if n.Kind == yaml.ScalarNode {
		t.At = str{n.Value, n.Line, n.Column}
		return
	}
	var m struct {
		After  str `yaml:"after" need:"write after: phase"`
		Period str `yaml:"period" need:"such as P14D"`
	}
	d.into(n, &m, "by")
	t.After, t.Period = m.After, m.Period
}
