package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"go.yaml.in/yaml/v3"
)

// A Mapping states what the columns of a csv, jsonl or geojson file mean. It is written in YAML or
// JSON and read strictly:
//
//	record: observation            # observation, tally, allegation, coverage, notification, response, restriction, control
//	source: post-1                 # as the agreement names it
//	timezone: Europe/Kyiv          # of times that have no zone of their own
//	key: {column: id}              # the publisher's own; several: {columns: [post, no]}
//	occurred: {column: date, time: clock, layout: "DD.MM.YYYY hh:mm", width: 15min}
//	until: {column: end}
//	reported: {column: sent, timezone: UTC}   # of this time alone
//	place:
//	  lat: {column: latitude}
//	  lon: {column: longitude}
//	  uncertainty: {column: precision, values: {"1": 200, "2": 5000, "3": unknown}}
//	  name: {column: village}      # for people; decides nothing
//	  bounds: [22, 44, 41, 53]     # west, south, east, north
//	act: {column: type, values: {shelling: fire, "shelling 120": {act: fire, weapon: mortar}, protest: {aside: no attack}}}
//	weapon: {column: weapon, values: {mortar: mortar, "?": unknown}}
//	count: {column: number}
//	casualties:
//	  killed: {low: k_min, best: k, high: k_max}
//	  injured: {column: injured}
//	ignore: [remarks, photo]
//
// A plain word is a constant; {column: x} takes the value of the cell. If values is given, a cell
// that is not among them rejects its row, except that numbers and names of settlements and regions
// are then read as they are; without values, the cell must contain the word itself.
// patterns state the meaning of cells by a pattern in which * matches anything ("*shell*": fire;
// case does not matter), and else states the meaning of all other cells. If two patterns give
// different meanings to one cell, its row is rejected. A number may have a unit: of time (ms, s,
// min, h, d), of length (m, km, cm, ft, mi, nmi; a cell such as 800 m or 1.2 km states its own), or "%" of a share, for which complement: true
// takes the difference to the whole. An empty cell and the word unknown, in any case, are "not
// stated" in every field, unless values has "" or unknown. Blanks at the ends of a cell do not
// count. Each column of the file must be named somewhere in the mapping, or under ignore, where
// the word rest names all other columns. Each field must belong to the kind of record; any other
// field is rejected, and the error names it. where: skips rows:
//
//	where: [{column: country, is: [Sudan, Chad]}, {column: year, from: 2023}, {column: type, not: Protests}]
//
// The separator of a table is the one that is most frequent in its first line: a comma, semicolon,
// tab or bar. table: states properties that a file does not show:
//
//	table: {encoding: cp1251, separator: ";", decimal: ",", skip: 2, header: [id, date, lat, lon], rows: result.items}
//
// rows states where the rows are in a JSON document; without it, Truce finds a list of objects
// below a name by itself. Members of objects inside a row are columns by their path, such as
// seen.point.coordinates.1; the other members of such an object do not need to be named. Below the
// header, a row of HXL tags is understood, and columns can be named by them: {column:
// "#date+occurred"}.
//
// base names a mapping that is shipped with this program, such as acled; your mapping then states
// only the differences: truce map --show acled prints it. Columns that some editions of a file do
// not have are listed under optional; they are ignored if nothing uses them. A column of JSON that
// is in none of the file's rows is an error, unless it is listed there. table: {rename:
// {fatality_count: fatalities}} gives columns of one edition the names of another.
//
// In many tables an empty cell means the same as the cell above it, because cells were merged or a
// name was written only once. Truce fills such cells only in the columns that fill names: an empty
// cell may also mean that nothing is known.
//
//	table: {fill: [date, village]}
//
// If each cell of some columns is a separate report, wide makes a row of each cell; name and value
// are the columns that such a row then has. Empty cells do not make a row, and the name of the
// column is added to the key. Casualties that the row states once are not taken if it gives several
// records, because each would have them again; that is announced:
//
//	table: {wide: {columns: [north, south, "east_*"], name: region, value: number}}
//
// With children, a repeated group of questions, or any list inside a row of JSON, has rows of its
// own: people.name is the member name of an element of the list people, and the members of the row
// itself keep their names. If the group is in a separate table, such as another file of the same
// .zip or another sheet of the same workbook, parent finds the row to which each of its rows
// belongs; parent.date is that row's column date, and file states which file of the archive
// contains the rows:
//
//	table: {children: people}
//	table: {file: "*-people.csv", parent: {file: form.csv, key: KEY, by: PARENT_KEY}}
//	table: {sheet: people, parent: {sheet: form, key: _index, by: _parent_index}}
//
// An actor is one name, or several with bars between them: A|B means that one of them acted, and
// that the source does not say which. {columns: [side_a, side_b]} joins the names of two columns
// in this way; in other fields, columns are joined by blanks. If one of several is empty or
// unknown, the others are kept: A|unknown is A or anybody. The word nobody in values or patterns
// leaves a name out, such as that of the people who were attacked; if values has no name, but only
// what an empty cell means, all other names are read as they are:
//
//	actor: {columns: [actor1, actor2], values: {"": nobody}, patterns: {"Civilians*": nobody, "Unidentified*": unknown}}
//
// A time layout has the fields YYYY MM DD hh mm ss, or D M h for one or two digits, MMMM or MMM for the
// name of a month, f for a fraction of a second, and Z for a zone; the part between "[" and "]" may
// be missing, and the last "]" may be left out; the default is "YYYY-MM[-DD[Thh:mm[:ss[.f[Z]]]]]". YY is a year of two digits: 00 to 68 are 2000 to 2068, and 69 to
// 99 are 1969 to 1999. A time of day may end in AM or PM, which needs no field. A time without the
// day means that month; without the month, it means that year. Names of months are those of 22
// languages, whole or short; a layout with MMMM and no time of day takes day, name and year of
// four digits in any order, with or without the day of the week. The words epoch and epoch-ms are
// seconds and milliseconds since 1970, UTC; dtg is a military date-time group with the letter of its
// zone, such as 281430ZFEB16 or 28 1430B FEB 2016; json-date is /Date(1456617600000+0200)/, in which
// the offset does not change the time. Several layouts are written as a list; if two of them
// read a cell as different days, its row is rejected. A date in several columns:
//
//	occurred: {columns: [year, month, day], layout: "YYYY M D", time: clock}
//
// Here an empty day gives that month, and an empty month gives that year.
//
// Times of day in a column of their own are also read as 14h30, 6h, 0630 and 1415Z. A word there
// ("night", "about 22:00") leaves the time of the row as wide as its day, and such rows are counted;
// values gives a word its hours, which may end on the next day, or unknown:
//
//	occurred: {column: date, time: clock, values: {night: "22:00 to 06:00", noon: "12:00", tbc: unknown}}
//
// With year: file, a date without a year is the last such day before the date in the file's name.
// With range: true, a time of day may be followed by another:
//
//	occurred: {column: "Date, time", layout: "D-MMM, hh:mm", year: file, range: true}   # 7-Nov, 22:10-22:41
//
// If each file is about one day, the day is often only in the file's name; file is the layout of
// the day in the name:
//
//	occurred: {file: YYYYMMDD}
//
// The width of a time is that of its finest field, unless width states another: 15min, 24h, P1D,
// the calendar's week, month or year around the date, or {column: minutes}, which may have a unit,
// and values where the column has codes:
//
//	occurred: {column: event_date, centred: true, width: {column: time_precision, values: {"1": P1D, "2": P7D, "3": month}}}
//
// centred is for dates that are the middle of their width. before: {column: hours, unit: h} is the
// period of that length which ends at the time. midnight: day states that 00:00 means that the
// time of day is not known. until is exclusive, but a date without a time includes that day, and
// so does 00:00 with midnight: day. A time without a zone of its own is in the timezone that is
// stated for its column; else in that of --timezone; else in that of the mapping; else in that of
// the agreement, and Truce says so. A date is a day of that zone, even if the agreement's zone is
// another.
//
// The time of an upload or a post gives the latest time at which something can have happened:
//
//	occurred: {column: uploaded, not_later_than: true, earliest: 36h}
//
// This means the interval from 36 hours before the written time to that time, or to the end of its
// day if only a date is written. earliest is a duration, as for width, or a column; if a row does
// not state it, the event can have happened at any time before, and Truce never counts it as
// surely in a particular day.
//
// A file may collect reports that others published. Then publisher is a column, such as publisher:
// {column: outlet}, and source is still the owner of the file, the collector. (source: {column:
// outlet} with collector: NAME means the same.) If the cell is the ID of a source of the
// agreement, it names the publisher of that source; if it is a party, or an organ of a party, the
// row is that party's word. origin states what a row rests on:
//
//	origin:
//	  post: {column: link}             # addresses; origin: {column: link} alone says the same
//	  own: {column: url}               # its own address: others that cite it rest on it, and it says nothing of where the row has it from
//	  publisher: {column: cited}       # publishers that it cites
//	  media: {column: sha256}
//	  text: {column: headline}
//	  entry: {column: follows}         # of the record
//
// Several origins in one cell have ";" or "|" between them; addresses may also have blanks or
// commas. Home pages, addresses of maps and "hidden" are not origins. Rows of one such file
// confirm each other only if both rows state publisher and origins, and both differ.
//
// The place of a row is the first of these that the row states: lat and lon, mgrs, position (one
// text in any notation: degrees with or without minutes and seconds, MGRS, UTM, WKT; of two plain
// numbers, order: lat-lon or lon-lat; values: {tbc: unknown} leaves the other cells to be read), settlement (by name, from the agreement's packages of
// places; values may give a position for a name, {"Post 7": "15.6, 32.4"}, and
// names that are not among them are looked up), pcode (the code of a region or settlement in those packages), region (a zone of the
// agreement, or else a region of those packages), object (at that object), or the geometry of a
// GeoJSON feature: a point, or the shape of areas or lines. geometry: false ignores the geometry.
// If a row states both settlement and region, only settlements that may be in the region are
// considered: the row is rejected if there is none, or more than one. If a settlement's name is
// ambiguous or unknown, a pcode of the same row decides. Without an
// uncertainty in metres, a position is placed but not locatable. accuracy, instead of uncertainty,
// is the radius that a receiver states, which contains the position in 68 of 100 cases; it is
// widened three times, or as widen states. (If errors east and north are normal and alike, a
// circle of 2.85 times the 68 % radius holds 9,999 of 10,000.) Uncertainty is never less than the
// notation allows. bearing (degrees, or NE) and distance (metres or a unit; 2-3) lead from an
// observer's position to the thing that was seen, and widen the place by the range that they leave
// open; such a file tells where observers stand, and is only read with --shelf shared. post is a position in words, as monitors write it: "camera in A (17km N of B)", which is
// at A, or, if A is not known, 17 km north of B; or "2km SW of A". sighting is distance and
// direction in one cell: "3-4km ESE". If this cell is empty, the row does not have a place.
//
// A number of killed or injured is 17, a range such as 3..12, 3-12 or between 3 and 12, or a number
// without an upper end: 10+, >10, at least 10. Commas, blanks and apostrophes between groups of
// three digits do not count: 1,200 is 1200. A point may separate thousands or come before a
// fraction: 1.000 rejects its row, unless table: states decimal, "," or ".". Digits may be those of
// any script. A year is one of 1900 to 2199 of the Gregorian calendar. Words have the meaning that values or patterns give them, and 10.. is ten or more; cells that
// are not among them are read as numbers. The same applies to count:
//
//	killed: {column: dead, values: {dozens: 24.., several: 2.., "n/a": unknown}}
//
// Three columns can give low, best and high; best may be missing, and low alone means that many or
// more. sum adds columns, such as killed: {sum: [civilians, combatants]}: if one of them is not
// stated, the others are so many or more. civilians and military are parts of the killed: they are
// shown, and counted nowhere.
//
// A ministry's daily figure that mixes the deaths of the day with bodies recovered, people who
// succumbed and later additions is taken apart:
//
//	casualties:
//	  of_the_day: {reported: killed, recovered: found, succumbed: died_later, retroactive: committee, new: killed_new}
//
// A row that does not give any part is taken as published.
//
// A count is 17, >=8, ~5 or uncountable, and 0 means that there was none. A range is at least its
// lower end, because a count has no upper one: 2-3 is >=2. A row with a count of 0
// that states killed or injured is rejected, and so are >=0 and ~0, which do not state anything.
// A row without a count is one event, even if it states that nobody was killed. If a row is a total
// and a total of nobody killed means that there was none, write record: tally, or count:
// uncountable.
//
// The record control is for files of areas that a party controls on a day, as publishers of daily
// maps have them. All areas of one party and day are one report of where its positions are; if one
// area cannot be read, the whole file is rejected:
//
//	{record: control, source: daily-map, actor: B, occurred: {file: YYYYMMDD}, ignore: rest}
//
// A notification, response or restriction has a claimant, who makes the statement. Its field to
// may name its subject: the ID of an entry, 64 hexadecimal digits, or the source and key of an
// observation with a blank between them. The field what of a restriction states which way of
// looking was restricted, or the kind of restriction.
type Mapping struct {
	Base       string           `yaml:"base"` // a shipped mapping that says what this one does not
	Record     string           `yaml:"record"`
	Table      TableFields      `yaml:"table"`
	Source     Field            `yaml:"source"`
	Collector  string           `yaml:"collector"` // whose file it is, where source is a column
	Publisher  Field            `yaml:"publisher"`
	Origin     OriginFields     `yaml:"origin"`
	Timezone   string           `yaml:"timezone"`
	Key        Field            `yaml:"key"`
	Revision   Field            `yaml:"revision"`
	Claimant   Field            `yaml:"claimant"`
	Occurred   TimeField        `yaml:"occurred"`
	Until      TimeField        `yaml:"until"`
	Reported   TimeField        `yaml:"reported"`
	Place      PlaceFields      `yaml:"place"`
	Act        Field            `yaml:"act"`
	Weapon     Field            `yaml:"weapon"`
	Calibre    Field            `yaml:"calibre"`
	Seen       Field            `yaml:"seen"`
	Means      Field            `yaml:"means"`
	Count      Field            `yaml:"count"`
	Actor      Field            `yaml:"actor"`
	Side       Field            `yaml:"side"`
	Against    Field            `yaml:"against"` // a class of persons, such as civilians
	Object     Field            `yaml:"object"`
	Grade      Field            `yaml:"grade"`
	Note       Field            `yaml:"note"`
	Casualties CasualtyFields   `yaml:"casualties"`
	Details    map[string]Field `yaml:"details"` // of a tally
	What       Field            `yaml:"what"`    // of coverage
	Zone       Field            `yaml:"zone"`    // of coverage
	Share      Field            `yaml:"share"`   // of coverage, 0 to 1
	To         Field            `yaml:"to"`      // what a notification, response or restriction is about: an ID, or "source key"
	Says       Field            `yaml:"says"`    // of a response: accept, contest, explain, correct
	Text       Field            `yaml:"text"`    // of a response
	Where      Conditions       `yaml:"where"`   // rows that do not meet all of them are skipped
	Ignore     Names            `yaml:"ignore"`
	Optional   Names            `yaml:"optional"` // columns that some editions of the file do not have

	text     []byte // the whole mapping, with what its base says
	shown    bool   // its base is of a publisher that publishes its observers' posts
	zone     *time.Location
	usesTags bool // columns are named by their HXL tags
}

// A Field is a constant, or a column with the meaning of its values.
type Field struct {
	Value      string           `yaml:"value"`
	Column     string           `yaml:"column"`
	Columns    []string         `yaml:"columns"` // joined by spaces
	Values     map[string]Value `yaml:"values"`
	Patterns   map[string]Value `yaml:"patterns"`   // of cells that are not among values: * is anything
	Else       *Value           `yaml:"else"`       // of all other cells; nil: they reject their row
	Unit       string           `yaml:"unit"`       // of a number: of time, length or share
	Complement bool             `yaml:"complement"` // of a share: the column has what is missing to the whole
}

// A Value is what one value of a column means. In a field that is not act,
// only To and Aside are allowed.
type Value struct {
	To     string `yaml:"to"`
	Act    string `yaml:"act"`
	Weapon string `yaml:"weapon"`
	Aside  string `yaml:"aside"` // the row is not a record, for this reason
}

// A TimeField is a column, or one for the date and one for the time.
type TimeField struct {
	Column  string   `yaml:"column"`
	Columns []string `yaml:"columns"` // parts of the date, as the layout has them with blanks between
	Year    string   `yaml:"year"`    // of dates that are written without it: "file", the one before the date in the file's name
	Range   bool     `yaml:"range"`   // a second time of day may follow the first: 22:10-22:41
	File    string   `yaml:"file"`    // the layout of a date in the name of the file
	Time    string   `yaml:"time"`
	// Values are the hours that cells of Time mean: "12:00", "22:00 to 06:00", or unknown.
	Values map[string]Value `yaml:"values"`
	Layout Layouts          `yaml:"layout"`
	Width  Field            `yaml:"width"`
	// Centred: the date is the middle of the width, as where a month is written as its
	// fifteenth.
	Centred bool `yaml:"centred"`
	// Before: it was in the period of this length that ends with the time.
	Before Field `yaml:"before"`
	// Midnight is "day" where 00:00 only says that the time of day is not known.
	Midnight string `yaml:"midnight"`
	// Timezone is that of this time alone; empty: that of the mapping, or of --timezone.
	Timezone string `yaml:"timezone"`
	// NotLaterThan: the time is that of an upload or a post, and what it shows happened not
	// later. Earliest is how long before the time it can have happened at most; not
	// stated: nobody says.
	NotLaterThan bool  `yaml:"not_later_than"`
	Earliest     Field `yaml:"earliest"`

	zone *time.Location
	at   string // where it stands in the mapping
}

// A Condition says which rows are read: those whose cell is one of Is, is none of Not,
// and is a number within From and To, both included. Upper and lower case do not matter.
type Condition struct {
	Column string `yaml:"column"`
	Is     Names  `yaml:"is"`
	Not    Names  `yaml:"not"`
	From   string `yaml:"from"`
	To     string `yaml:"to"`
}

// UnmarshalYAML rejects unknown keys.
func (c *Condition) UnmarshalYAML(n *yaml.Node) error {
	type plain Condition
	return strictNode(n, (*plain)(c), "column", "is", "not", "from", "to")
}

// Conditions are one or several, all of which a row must meet.
type Conditions []Condition

// UnmarshalYAML reads one condition as a list of one.
func (c *Conditions) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.MappingNode {
		*c = make(Conditions, 1)
		return (*c)[0].UnmarshalYAML(n)
	}
	return n.Decode((*[]Condition)(c))
}

// Names are one or several.
type Names []string

// UnmarshalYAML reads a word as a list of one.
func (l *Names) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*l = Names{n.Value}
		return nil
	}
	return n.Decode((*[]string)(l))
}

// rest, under ignore, are all columns that the mapping does not use.
const rest = "rest"

// Layouts are those that a column of times may have, one or several.
type Layouts []string

// UnmarshalYAML reads a word as one layout.
func (l *Layouts) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*l = Layouts{n.Value}
		return nil
	}
	return n.Decode((*[]string)(l))
}

// TableFields say how the table is written, where that is not to be seen from the file.
type TableFields struct {
	Encoding  string            `yaml:"encoding"`  // of text, such as cp1251; "": UTF-8
	Separator string            `yaml:"separator"` // comma, semicolon, tab or bar, or the character; "": that of the first line
	Decimal   string            `yaml:"decimal"`   // "," where numbers are written 48,5
	Header    Names             `yaml:"header"`    // the columns of a table that does not name them
	Skip      int               `yaml:"skip"`      // lines before the header
	Rows      string            `yaml:"rows"`      // where the rows are in a JSON document, such as result.items
	Sheet     string            `yaml:"sheet"`     // of a workbook; "": its only one with rows
	File      string            `yaml:"file"`      // of an archive: a name in which * stands for anything; "": all
	Wide      Wide              `yaml:"wide"`      // columns of which each cell is a row
	Rename    map[string]string `yaml:"rename"`    // other names of columns, in other editions of the file
	Fill      Names             `yaml:"fill"`      // columns in which an empty cell means the same as the one above
	Children  string            `yaml:"children"`  // the list in each row of a JSON document whose elements are the rows
	Parent    Parent            `yaml:"parent"`    // the table to which the rows of this one belong
}

// Wide names columns of which each cell becomes a row: the name of the column is the cell of
// Name in it, and the cell itself that of Value.
type Wide struct {
	Columns Names  `yaml:"columns"` // in a name, * stands for anything
	Name    string `yaml:"name"`
	Value   string `yaml:"value"`
}

// UnmarshalYAML rejects unknown keys.
func (w *Wide) UnmarshalYAML(n *yaml.Node) error {
	type plain Wide
	return strictNode(n, (*plain)(w), "columns", "name", "value")
}

// Parent says which row of another table a row belongs to. The columns of that table are
// those of the row, with parent. before their names.
type Parent struct {
	File  string `yaml:"file"`  // of the same archive
	Sheet string `yaml:"sheet"` // of the same workbook
	Key   string `yaml:"key"`   // the column of the other table
	By    string `yaml:"by"`    // the column of this one that has its value
}

// UnmarshalYAML rejects unknown keys.
func (p *Parent) UnmarshalYAML(n *yaml.Node) error {
	type plain Parent
	return strictNode(n, (*plain)(p), "file", "sheet", "key", "by")
}

// UnmarshalYAML rejects unknown keys.
func (f *TableFields) UnmarshalYAML(n *yaml.Node) error {
	type plain TableFields
	return strictNode(n, (*plain)(f), "encoding", "separator", "decimal", "header", "skip", "rows", "sheet", "file", "wide", "children", "parent", "rename", "fill")
}

func (f *TableFields) check() error {
	if _, ok := separators[f.Separator]; f.Separator != "" && !ok {
		return fmt.Errorf("separator %q: want comma, semicolon, tab or bar", f.Separator)
	}
	if _, err := (Options{Encoding: f.Encoding}).decode(strings.NewReader("")); err != nil {
		return err
	}
	if f.Decimal != "" && f.Decimal != "," && f.Decimal != "." {
		return fmt.Errorf("decimal %q: want \",\" or \".\"", f.Decimal)
	}
	if f.Skip < 0 || f.Skip > 1000 {
		return fmt.Errorf("skip %d: want 0 to 1000 lines", f.Skip)
	}
	seen := map[string]bool{}
	for _, h := range f.Header {
		if h == "" || seen[h] {
			return fmt.Errorf("header: the name %q is empty or stands twice", h)
		}
		seen[h] = true
	}
	for i, name := range f.Fill {
		if name == "" || slices.Contains(f.Fill[:i], name) {
			return fmt.Errorf("fill: the name %q is empty or stands twice", name)
		}
	}
	if w := f.Wide; (w.Columns != nil || w.Name+w.Value != "") && (len(w.Columns) == 0 || w.Name == "" || w.Value == "" || w.Name == w.Value || slices.Contains(w.Columns, "")) {
		return errors.New("wide: want columns, and two names for what each of their cells becomes: wide: {columns: [north, south], name: region, value: number}")
	}
	if p := f.Parent; p != (Parent{}) && (p.Key == "" || p.By == "" || (p.File == "") == (p.Sheet == "")) {
		return errors.New("parent: want the file of the archive or the sheet of the workbook, its key, and the column by which a row names it: parent: {file: form.csv, key: KEY, by: PARENT_KEY}")
	}
	for _, name := range []string{f.File, f.Parent.File} {
		if _, err := path.Match(name, ""); err != nil {
			return fmt.Errorf("file %q: not a name in which * stands for anything", name)
		}
	}
	return nil
}

// tagged reports whether the mapping names HXL tags.
func (m *Mapping) tagged() bool {
	return m.usesTags
}

// PlaceFields say where a row's place is written.
type PlaceFields struct {
	Lat         Field     `yaml:"lat"`
	Lon         Field     `yaml:"lon"`
	MGRS        Field     `yaml:"mgrs"`
	Settlement  Field     `yaml:"settlement"`
	Pcode       Field     `yaml:"pcode"` // a code of the packages of places
	Region      Field     `yaml:"region"`
	Object      Field     `yaml:"object"`
	Geometry    *bool     `yaml:"geometry"` // nil: of a feature, where nothing else says the place
	Position    Field     `yaml:"position"` // in one cell, in any notation; WKT too
	Order       string    `yaml:"order"`    // of two plain numbers in position: lat-lon, or lon-lat
	Post        Field     `yaml:"post"`     // in words, such as camera in A (17km N of B)
	Sighting    Field     `yaml:"sighting"` // distance and direction from the post in one cell, such as 3-4km ESE
	Bearing     Field     `yaml:"bearing"`  // from the position, which then is the observer's
	Distance    Field     `yaml:"distance"` // along the bearing
	Uncertainty Field     `yaml:"uncertainty"`
	Accuracy    Field     `yaml:"accuracy"` // the 68 % radius that a receiver states
	Widen       string    `yaml:"widen"`    // how many times the accuracy surely holds the position; 3 if not stated
	Name        Field     `yaml:"name"`
	Bounds      []float64 `yaml:"bounds"`
}

// CasualtyFields say where the numbers of people are.
type CasualtyFields struct {
	Killed      RangeField `yaml:"killed"`
	Injured     RangeField `yaml:"injured"`
	Recovered   RangeField `yaml:"recovered"`
	Succumbed   RangeField `yaml:"succumbed"`
	Retroactive RangeField `yaml:"retroactive"`
	Civilians   RangeField `yaml:"civilians"`
	Military    RangeField `yaml:"military"`
	OfTheDay    struct {
		Reported    string `yaml:"reported"`
		Recovered   string `yaml:"recovered"`
		Succumbed   string `yaml:"succumbed"`
		Retroactive string `yaml:"retroactive"`
		New         string `yaml:"new"`
	} `yaml:"of_the_day"`
}

func (c *CasualtyFields) stated() bool {
	d := c.OfTheDay
	for _, f := range []*RangeField{&c.Killed, &c.Injured, &c.Recovered, &c.Succumbed, &c.Retroactive, &c.Civilians, &c.Military} {
		if f.stated() {
			return true
		}
	}
	return d.Reported+d.Recovered+d.Succumbed+d.Retroactive+d.New != ""
}

// A RangeField is one column with a number or a range, whose words may have meanings of
// their own, or three columns, or the lowest alone.
type RangeField struct {
	Column   string           `yaml:"column"`
	Low      string           `yaml:"low"`
	Best     string           `yaml:"best"`
	High     string           `yaml:"high"`
	Sum      Names            `yaml:"sum"` // columns whose numbers are added
	Values   map[string]Value `yaml:"values"`
	Patterns map[string]Value `yaml:"patterns"`
	Else     *Value           `yaml:"else"`
}

// stated reports whether f is in the mapping at all.
func (f *RangeField) stated() bool {
	return f.Column+f.Low+f.Best+f.High != "" || f.Sum != nil || f.Values != nil || f.Patterns != nil || f.Else != nil
}

// OriginFields say what a row rests on. A cell may name several, with ";" or "|" between
// them, and addresses also with blanks or commas.
type OriginFields struct {
	Post      Field `yaml:"post"`      // addresses of posts, videos or articles
	Own       Field `yaml:"own"`       // its own address, which others may cite
	Publisher Field `yaml:"publisher"` // publishers that it cites
	Media     Field `yaml:"media"`     // files, by their SHA-256
	Text      Field `yaml:"text"`      // the text itself: the same text is a sign of a copy
	Entry     Field `yaml:"entry"`     // entries of the record: an ID, or "source key"
}

// fields are those of each kind of origin.
func (f *OriginFields) fields() map[string]Field {
	return map[string]Field{truce.OriginPost: f.Post, truce.OriginOwn: f.Own, truce.OriginPublisher: f.Publisher, truce.OriginMedia: f.Media, truce.OriginText: f.Text, truce.OriginEntry: f.Entry}
}

func (f *OriginFields) stated() bool {
	for _, x := range f.fields() {
		if x.stated() {
			return true
		}
	}
	return false
}

// UnmarshalYAML reads a column as that of addresses.
func (f *OriginFields) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 && slices.Contains(fieldKeys, n.Content[0].Value) {
		return f.Post.UnmarshalYAML(n)
	}
	type plain OriginFields
	return strictNode(n, (*plain)(f), truce.OriginKinds...)
}

// Named is the source of the file: the word in source, or the collector where each row
// names its own source.
func (m *Mapping) Named() truce.SourceID {
	if m.Collector != "" {
		return truce.SourceID(m.Collector)
	}
	return truce.SourceID(m.Source.Value)
}

// UnmarshalYAML reads a word as a constant.
func (f *Field) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.Value = n.Value
		return nil
	}
	type plain Field
	return strictNode(n, (*plain)(f), fieldKeys...)
}

var fieldKeys = []string{"value", "column", "columns", "values", "patterns", "else", "unit", "complement"}

// UnmarshalYAML notes where the field stands.
func (f *TimeField) UnmarshalYAML(n *yaml.Node) error {
	type plain TimeField
	f.at = fmt.Sprintf("line %d, column %d: ", n.Line, n.Column)
	return strictNode(n, (*plain)(f), "column", "columns", "file", "year", "range", "time", "values", "layout", "width", "centred", "before", "midnight", "timezone", "not_later_than", "earliest")
}

// UnmarshalYAML reads a word as To.
func (v *Value) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		v.To = n.Value
		return nil
	}
	type plain Value
	return strictNode(n, (*plain)(v), "to", "act", "weapon", "aside")
}

// strictNode decodes a mapping whose keys must be among known: a decoder's own
// strictness does not reach into UnmarshalYAML.
func strictNode(n *yaml.Node, into any, known ...string) error {
	if n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			if k := n.Content[i]; !slices.Contains(known, k.Value) {
				return unknownKey(k, "", known)
			}
		}
	}
	return n.Decode(into)
}

// unknownKey says where a key is that there is not, which one may be meant, and which there are.
// within is the key that it is in; "": nobody knows.
func unknownKey(k *yaml.Node, within string, known []string) error {
	hint := elsewhere(k.Value, known)
	if outer := belongsUnder(k.Value, within); hint == "" && outer != "" {
		hint = "; it belongs " + outer
	}
	meant := ""
	if hint == "" {
		if meant = truce.Suggest(k.Value, known); !strings.Contains(meant, "did you mean") { // all are listed behind
			meant = ""
		}
	}
	there := "The keys that can be there are: "
	switch {
	case within != "":
		there = "The keys of " + within + ": are: "
	case slices.Contains(known, "record"):
		there = "The keys of a mapping are: "
	}
	end := ". "
	if strings.HasSuffix(meant, "?") {
		end = " "
	}
	return fmt.Errorf("line %d, column %d: the key %q is unknown%s%s%s%s%s", k.Line, k.Column, k.Value, meant, hint, end, there, strings.Join(known, ", "))
}

// keysOf are the keys of a part of a mapping.
func keysOf(t reflect.Type) (out []string) {
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// belongsUnder says under which key of a mapping another one belongs; empty: under none, or there
// are several.
func belongsUnder(key, within string) (out string) {
	top := reflect.TypeFor[Mapping]()
	if within != "" && slices.Contains(keysOf(top), key) {
		return "to no other key, at the beginning of a line"
	}
	for i := range top.NumField() {
		f := top.Field(i)
		if name := f.Tag.Get("yaml"); name != within && slices.Contains([]string{"table", "place", "casualties", "origin"}, name) && slices.Contains(keysOf(f.Type), key) {
			if out != "" {
				return ""
			}
			out = "under " + name + ":"
		}
	}
	return out
}

// unknownKeys finds a key that there is not in a part of a mapping whose type does not look for
// itself.
func unknownKeys(n *yaml.Node, t reflect.Type, within string) error {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	if n.Kind != yaml.MappingNode || t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]()) {
		return nil
	}
	known := keysOf(t)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag == "!!merge" {
			continue
		}
		at := slices.Index(known, n.Content[i].Value)
		if at < 0 {
			return unknownKey(n.Content[i], within, known)
		}
		for k := range t.NumField() {
			if f := t.Field(k); f.Tag.Get("yaml") == known[at] {
				if err := unknownKeys(n.Content[i+1], f.Type, known[at]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

var (
	wrongKind = regexp.MustCompile("cannot unmarshal !!(\\w+)(?: `([^`]*)`)? into ([^\\s;]+)")
	kindsYAML = map[string]string{"seq": "a list", "map": "several keys", "str": "a text", "int": "a number", "float": "a number", "bool": "true or false", "null": "nothing"}
)

// plainYAML is what a decoder says, without its words for our types.
func plainYAML(err error) string {
	s := strings.NewReplacer("yaml: unmarshal errors:\n  ", "", "yaml: ", "", "\n ", ";", "mapping keys are not allowed in this context", `a "?" is where a value must be written, such as actor: A`).Replace(err.Error())
	return wrongKind.ReplaceAllStringFunc(s, func(s string) string {
		part := wrongKind.FindStringSubmatch(s)
		want := "keys, such as {column: NAME}"
		switch into := part[3]; {
		case into == "string":
			want = "one text"
		case strings.HasPrefix(into, "[]"):
			want = "a list, such as [a, b]"
		case into == "bool":
			want = "true or false"
		case strings.HasPrefix(into, "int"), strings.HasPrefix(into, "float"):
			want = "a number"
		case into == "map[string]source.Value":
			want = "values with their meanings, such as {shelling: fire}"
		}
		is := cmp.Or(kindsYAML[part[1]], part[1])
		if part[2] != "" {
			is = strconv.Quote(part[2])
		}
		return "want " + want + ", and this is " + is
	})
}

// elsewhere says where a key belongs that was written into a column.
func elsewhere(key string, known []string) string {
	switch {
	case !slices.Contains(known, "column"):
	case key == "act" || key == "weapon":
		return "; for one act for all rows write act: strike, and weapon: aircraft on a line of its own"
	case key == "order":
		return "; order stands beside position: place: {position: {column: X}, order: lon-lat}"
	}
	return ""
}

// maxMapping bounds a mapping file; YAML can make much of little.
const maxMapping = 1 << 20

// ParseMapping reads a mapping in YAML or JSON and checks all that does not
// need a file to be checked.
func ParseMapping(b []byte) (*Mapping, error) { return parseMapping(b, "") }

// parseMapping reads a mapping. base is the shipped mapping that it adds to, unless it
// names another.
func parseMapping(b []byte, base string) (*Mapping, error) {
	m, err := decoded(b)
	if err != nil {
		return nil, err
	}
	if base = cmp.Or(m.Base, base); base != "" {
		if b, err = onBase(base, b); err != nil {
			return nil, fmt.Errorf("mapping: %w", err)
		}
		if m, err = decoded(b); err != nil {
			return nil, err
		}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	m.text, m.usesTags, m.shown = b, tags(&doc), slices.Contains(publishedPosts, base)
	if err := empty(&doc); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	return m, nil
}

// Apart reports whether two mappings may both read one file: each states a key, or they are about
// other kinds of record, other tables or other columns of a wide table.
func (m *Mapping) Apart(other *Mapping) bool {
	a, b := &m.Table, &other.Table
	switch {
	case m.Key.stated() && other.Key.stated(), m.Record != other.Record, a.Sheet != b.Sheet, a.File != b.File, a.Rows != b.Rows, a.Children != b.Children:
		return true
	case a.Wide.Columns == nil || b.Wide.Columns == nil:
		return false
	}
	return !slices.ContainsFunc(a.Wide.Columns, func(s string) bool { return slices.Contains(b.Wide.Columns, s) })
}

// publishedPosts are shipped mappings of publishers that publish where their observers stand.
var publishedPosts = []string{"smm"}

// TellsPosts reports whether the rows state directions and distances from an observer: then the
// file tells where observers stand, although the records do not, and it is not for the public. The
// published tables of a kind such as smm are an exception, because everybody has them.
func (m *Mapping) TellsPosts() bool {
	return !m.shown && (m.Place.Bearing.stated() || m.Place.Distance.stated() || m.Place.Sighting.stated())
}

// Whole is the mapping in YAML, with what its base says: it needs no other file.
func (m *Mapping) Whole() []byte { return m.text }

// decoded reads the keys of a mapping, and rejects those that there are not.
func decoded(b []byte) (*Mapping, error) {
	if len(b) > maxMapping {
		return nil, fmt.Errorf("mapping: longer than %d bytes", maxMapping)
	}
	m := &Mapping{}
	var doc yaml.Node
	if yaml.Unmarshal(b, &doc) == nil {
		if err := unknownKeys(&doc, reflect.TypeOf(*m), ""); err != nil {
			return nil, fmt.Errorf("mapping: %w", err)
		}
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(m); err != nil {
		if err == io.EOF {
			return nil, errors.New("mapping: the file is empty")
		}
		return nil, fmt.Errorf("mapping: %s", plainYAML(err))
	}
	if err := dec.Decode(&yaml.Node{}); err != io.EOF {
		return nil, errors.New("mapping: more than one document")
	}
	return m, nil
}

// check says what of a time contradicts itself.
func (f *TimeField) check(name string, m *Mapping) error {
	switch {
	case (f.Year != "" || f.Range) && (f.Column == "" || f.Time != "" || len(f.Layout) != 1):
		return errors.New("year and range are of one column with one layout")
	case f.Values != nil && f.Time == "":
		return errors.New("values are of times of day: name their column with time:, such as {column: date, time: clock, values: {night: \"22:00 to 06:00\"}}")
	case f.Year != "" && f.Year != "file":
		return fmt.Errorf("year %q: want file, for the date in the file's name", f.Year)
	case f.Range && (name != "occurred" || m.Until.stated()):
		return errors.New("range belongs to occurred, without until")
	case f.Column != "" && f.Columns != nil || f.File != "" && (f.Column != "" || f.Columns != nil):
		return errors.New("either column or columns or file")
	case f.File != "" && (f.Layout != nil || f.Time != ""):
		return errors.New("file: it is the layout itself, such as file: YYYYMMDD")
	case f.Midnight != "" && f.Midnight != "day":
		return fmt.Errorf("midnight %q: want day, which says that 00:00 stands for a time of day that is not known", f.Midnight)
	case name != "occurred" && (f.Centred || f.Before.stated()):
		return errors.New("centred and before belong to occurred")
	case f.Centred && !f.Width.stated():
		return errors.New("centred: say with width how wide it is around the date")
	case f.Before.stated() && (f.Width.stated() || f.NotLaterThan):
		return errors.New("before: it is the whole period that ends with the time, so width and not_later_than have no meaning beside it")
	case f.Before.stated() && m.Until.stated():
		return errors.New("before: the period ends with the time in occurred; remove until, or before")
	}
	return nil
}

// tags reports whether a mapping names a column by an HXL tag.
func tags(n *yaml.Node) bool {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "column" && strings.HasPrefix(c.Value, "#") || tags(c) {
			return true
		}
	}
	return false
}

// later checks what is said of a time that is only an upper bound.
func (m *Mapping) later() error {
	for _, x := range []struct {
		name string
		f    *TimeField
	}{{"until", &m.Until}, {"reported", &m.Reported}} {
		if x.f.NotLaterThan || x.f.Earliest.stated() {
			return fmt.Errorf("%s%s: not_later_than and earliest belong to occurred", x.f.at, x.name)
		}
	}
	f := &m.Occurred
	switch {
	case f.Earliest.stated() && !f.NotLaterThan:
		return errors.New(f.at + "occurred: earliest belongs to a time that is not_later_than: true; for how closely a time is known, write width")
	case !f.NotLaterThan:
	case m.Record != "observation" && m.Record != "allegation":
		return fmt.Errorf("%soccurred: a record of the kind %s does not have it (not_later_than is only of observation, allegation): it is about a period, so write occurred and until", f.at, m.Record)
	case f.Width.stated():
		return errors.New(f.at + "occurred: width and not_later_than exclude each other: write earliest, which is how long before the time it can have happened")
	case m.Until.stated():
		return errors.New(m.Until.at + "until: what happened not later than occurred has no other end; remove until, or not_later_than")
	}
	return nil
}

// empty rejects a key without anything in it: nothing would come of it. What one value
// of a column means may be nothing.
func empty(n *yaml.Node) error {
	for i, c := range n.Content {
		if n.Kind != yaml.MappingNode {
			if err := empty(c); err != nil {
				return err
			}
			continue
		}
		if i%2 == 0 { // a key
			continue
		}
		key := n.Content[i-1]
		switch {
		case key.Value == "ignore", key.Value == "bounds": // may be empty, or says more of itself
			continue
		case key.Value == "act" && c.Kind == yaml.MappingNode: // no value of it is known yet in a proposal, and each row is rejected
			for k := 0; k+1 < len(c.Content); k += 2 {
				if v := c.Content[k+1]; c.Content[k].Value != "values" {
					if err := empty(&yaml.Node{Kind: yaml.MappingNode, Content: c.Content[k : k+2]}); err != nil {
						return err
					}
				} else if v.Kind != yaml.MappingNode {
					return fmt.Errorf("line %d: values is empty; say what it is, or remove it", c.Content[k].Line)
				}
			}
			continue
		case c.Kind != yaml.ScalarNode && c.Kind != yaml.AliasNode && len(c.Content) == 0, c.ShortTag() == "!!null":
			return fmt.Errorf("line %d: %s is empty; say what it is, or remove it", key.Line, key.Value)
		case key.Value == "values":
			continue
		}
		if err := empty(c); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mapping) check() error {
	if m.Record == "" {
		m.Record = "observation"
	}
	kinds := []string{"observation", "tally", "allegation", "coverage", "notification", "response", "restriction", control}
	if !slices.Contains(kinds, m.Record) {
		return fmt.Errorf("record %q is unknown%s", m.Record, truce.Suggest(m.Record, kinds))
	}
	if err := m.Table.check(); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	acts := slices.Contains([]string{"observation", "tally", "allegation"}, m.Record)
	said := slices.Contains([]string{"allegation", "notification", "response", "restriction"}, m.Record)
	for _, z := range []struct {
		of, name string
		into     **time.Location
	}{{"", m.Timezone, &m.zone}, {"occurred: ", m.Occurred.Timezone, &m.Occurred.zone}, {"until: ", m.Until.Timezone, &m.Until.zone}, {"reported: ", m.Reported.Timezone, &m.Reported.zone}} {
		if z.name == "" {
			continue
		}
		loc, err := time.LoadLocation(z.name)
		if err != nil || z.name == "Local" {
			return fmt.Errorf("%stimezone %q is unknown; want one such as Europe/Kyiv", z.of, z.name)
		}
		*z.into = loc
	}
	if m.Collector != "" && len(m.Source.Columns) == 0 && m.Source.Column == "" {
		return errors.New("collector: it goes with a source that is a column; a file of one source has source: alone")
	}
	if m.Source.Value == "" && m.Source.stated() && m.Collector == "" {
		return errors.New("source: it is a column, so say with collector: whose file this is")
	}
	if m.Collector != "" && m.Publisher.stated() {
		return errors.New("publisher: the column in source is the publisher of each row; name the other column under ignore or origin")
	}
	if m.Occurred.Column+m.Occurred.File == "" && len(m.Occurred.Columns) == 0 {
		return errors.New("occurred: which column says when?")
	}
	if err := m.later(); err != nil {
		return err
	}
	for _, x := range []struct {
		name string
		f    *TimeField
	}{{"occurred", &m.Occurred}, {"until", &m.Until}, {"reported", &m.Reported}} {
		if err := x.f.check(x.name, m); err != nil {
			return fmt.Errorf("%s%s: %w", x.f.at, x.name, err)
		}
	}
	if err := m.belongs(); err != nil {
		return err
	}
	switch {
	case m.Record == control && !m.Actor.set():
		return errors.New("control: actor must be stated: who controls the areas")
	case m.Record == "coverage" && (!m.What.set() || !m.Zone.set()):
		return errors.New("coverage: what and zone must be stated")
	case acts && !m.Act.set():
		return errors.New("act: what was done must be stated, as a word or by a column")
	case said && !m.Claimant.set():
		return fmt.Errorf("%s: claimant must be stated: who says so", m.Record)
	case m.Record == "response" && !m.To.set():
		return errors.New("response: to, what it answers, must be stated")
	case m.Place.Lat.set() != m.Place.Lon.set():
		return errors.New("place: lat and lon go together")
	case m.Place.Order != "" && (m.Place.Order != "lat-lon" && m.Place.Order != "lon-lat" || !m.Place.Position.set()):
		return fmt.Errorf("place: order %q: want lat-lon or lon-lat, of two plain numbers in position", m.Place.Order)
	case m.Place.Bearing.set() != m.Place.Distance.set():
		return errors.New("place: bearing and distance go together")
	case m.Place.Sighting.set() && (!m.Place.position() || m.Place.Bearing.set()):
		return errors.New("place: sighting is the distance and the direction from a position, and goes with post or another position, and not with bearing")
	case m.Place.Bearing.set() && !m.Place.position():
		return errors.New("place: bearing and distance are from a position: add lat and lon, position, mgrs or settlement")
	case m.Place.Accuracy.set() && m.Place.Uncertainty.set():
		return errors.New("place: accuracy is the 68 % radius of a receiver, and uncertainty surely holds the position; state one of the two")
	case m.Place.Widen != "" && !m.Place.Accuracy.set():
		return errors.New("place: widen goes with accuracy")
	case m.Place.Bounds != nil && len(m.Place.Bounds) != 4: // "bounds: []" is there, and empty
		return errors.New("place: bounds are west, south, east, north")
	}
	if b := m.Place.Bounds; b != nil && !(b[0] < b[2] && b[1] < b[3] && b[0] >= -180 && b[2] <= 180 && b[1] >= -90 && b[3] <= 90) {
		return errors.New("place: bounds are west, south, east, north, in degrees")
	}
	return nil
}

// LocalTime is the zone of times without a zone of their own; nil: the mapping states none.
func (m *Mapping) LocalTime() *time.Location { return m.zone }

// NumbersEditions reports whether the rows say which edition they are of.
func (m *Mapping) NumbersEditions() bool { return m.Revision.stated() }

// belongs rejects a field that the kind of record does not have: it would be read and
// change nothing.
func (m *Mapping) belongs() error {
	all := []string{"observation", "tally", "allegation", "coverage", "notification", "response", "restriction"}
	seen := all[:3]
	for _, f := range []struct {
		name   string
		stated bool
		of     []string
	}{
		{"collector", m.Collector != "", []string{"observation", "allegation"}}, // with its column in source
		{"publisher", m.Publisher.stated(), []string{"observation", "allegation"}},
		{"origin", m.Origin.stated(), []string{"observation", "allegation"}},
		{"revision", m.Revision.stated(), seen},
		{"claimant", m.Claimant.stated(), append([]string{control}, all...)},
		{"reported", m.Reported.stated(), []string{"observation", "tally", "allegation", "notification", "response"}},
		{"place", m.Place.stated(), []string{control, "observation", "tally", "allegation", "notification", "restriction"}},
		{"act", m.Act.stated(), append([]string{"notification"}, seen...)},
		{"weapon", m.Weapon.stated(), seen},
		{"calibre", m.Calibre.stated(), seen},
		{"seen", m.Seen.stated(), seen},
		{"means", m.Means.stated(), []string{"observation", "allegation"}},
		{"count", m.Count.stated(), seen},
		{"actor", m.Actor.stated(), append([]string{control}, seen...)},
		{"side", m.Side.stated(), seen},
		{"against", m.Against.stated(), seen},
		{"object", m.Object.stated(), []string{"observation", "allegation"}},
		{"grade", m.Grade.stated(), []string{"observation", "allegation"}},
		{"note", m.Note.stated(), []string{"observation", "allegation"}},
		{"casualties", m.Casualties.stated(), seen},
		{"details", m.Details != nil, []string{"tally"}},
		{"what", m.What.stated(), []string{"coverage", "restriction"}},
		{"zone", m.Zone.stated(), []string{"coverage"}},
		{"share", m.Share.stated(), []string{"coverage"}},
		{"to", m.To.stated(), []string{"notification", "response", "restriction"}},
		{"says", m.Says.stated(), []string{"response"}},
		{"text", m.Text.stated(), []string{"notification", "response", "restriction"}},
	} {
		if f.stated && !slices.Contains(f.of, m.Record) {
			return fmt.Errorf("%s: a record of the kind %s does not have it (only %s); name its column under ignore: instead", f.name, m.Record, strings.Join(f.of, ", "))
		}
	}
	return nil
}

func (p *PlaceFields) stated() bool {
	for _, f := range []Field{p.Lat, p.Lon, p.MGRS, p.Position, p.Settlement, p.Pcode, p.Post, p.Sighting, p.Region, p.Object, p.Bearing, p.Distance, p.Uncertainty, p.Accuracy, p.Name} {
		if f.stated() {
			return true
		}
	}
	return p.Geometry != nil || p.Bounds != nil || p.Order+p.Widen != ""
}

// set reports whether f may say something: a constant "unknown" says nothing.
func (f Field) set() bool { return !truce.NotKnown(f.Value) || f.Column != "" || len(f.Columns) > 0 }

// stated reports whether f is in the mapping at all.
func (f Field) stated() bool {
	return f.set() || f.Value != "" || f.Values != nil || f.Columns != nil || f.Patterns != nil || f.Else != nil || f.Unit != "" || f.Complement
}

func (f *TimeField) stated() bool {
	return f.Column+f.File+f.Time+f.Timezone+f.Midnight != "" || f.Values != nil || f.Columns != nil || f.Layout != nil || f.Width.stated() || f.Centred || f.Before.stated() || f.NotLaterThan || f.Earliest.stated()
}

// position reports whether a row's own cells may give a position.
func (p *PlaceFields) position() bool {
	return p.Lat.set() || p.MGRS.set() || p.Position.set() || p.Settlement.set() || p.Pcode.set() || p.Post.set()
}

// decides reports whether a row's own cells may say its place.
func (p *PlaceFields) decides() bool { return p.position() || p.Region.set() || p.Object.set() }

// box is Bounds, or the Earth.
func (p PlaceFields) box() box {
	if p.Bounds == nil {
		return everywhere
	}
	var n [4]int64
	for i, d := range p.Bounds {
		n[i], _ = fixed([]byte(strconv.FormatFloat(d, 'f', 7, 64)), 7)
	}
	return box{south: n[1], west: n[0], north: n[3], east: n[2]}
}
