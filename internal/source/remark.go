package source

import "github.com/opentruce/truce"

// A Remark is something that people should know about a file and that rejects no row.
// Readers pass it to Options.Remark, row by row or once at the end of the file; whoever
// reads the file adds up the rows of each What.
type Remark struct {
	What   string // one of those below: the same for all rows it is about
	Rows   int    // how many rows this one is about; 0 counts as 1
	Row    int    // the row, or the first of several, from 1; 0: the file as a whole
	Line   int    // its physical line; 0: not known
	Column string
	Value  string
	More   string // what this file adds to What; "": nothing
}

// What remarks are about. They are complete sentences for people.
const (
	RemarkLabels     = "The labels may not belong to their rows: one text has different labels in several rows. Do not use these labels before the publisher has explained them."
	RemarkRange      = "Low, best and high were not in order. The widest range of the three numbers was taken."
	RemarkUpper      = "The count is a range. Its lower end was taken as \"at least\", because a count has no upper end."
	RemarkEarly      = "The row was reported before what it reports began. Check the time zones: a mapping may state one for each time, such as reported: {column: sent, timezone: UTC}."
	RemarkKnown      = "The row is known from before what it reports began. Check the time zone, and --known."
	RemarkGeometry   = "The file has a geometry, and the mapping states another place, which was taken. Write geometry: false under place: to say that this is meant."
	RemarkNoGeometry = "The feature has no geometry, so its place is unknown."
	RemarkControl    = "One of the areas of control could not be read. The rest would be a smaller area than the publisher's, so none of the file was taken."
	RemarkPages      = "The file is one page of a longer answer, which names the address of the next page. Fetch the others, too."
	RemarkOrigin     = "The origin could not be read: want an address such as https://t.me/channel/12, or the ID of an entry. The row was taken without it."
	RemarkOfAll      = "The row gives several records, and states casualties once for all of them. They were not taken, because they would be counted in each. To keep them, read the file a second time with a mapping that has record: tally and casualties:, and no wide: or children:."
	RemarkNoPlace    = "The row has no position, so it is on no map and in no zone of the agreement."
	RemarkIgnored    = "The mapping ignores a column that no row has."
	RemarkPosts      = "A column that is not used may say how far, or in which direction, something was from the observer. If so, the places here are those of observers, and not of what they saw: write bearing: and distance: under place:, and use --shelf shared, because the file tells where observers stand."
	RemarkClock      = "The time of day is in words, so the time of the row is the whole day. Give a word its hours in the mapping, beside time: values: {WORD: \"22:00 to 06:00\"}."
	RemarkZone       = "The file does not state its time zone. The zone of the agreement was taken; use --timezone if the times are of another zone."
)

// remark tells who reads the file, if anybody asked.
func (o *Options) remark(m Remark) {
	if o.Remark != nil {
		o.Remark(m)
	}
}

// remark tells who reads the file something about column i of this row; -1: about the row.
func (r *row) remark(o *Options, what string, i int) {
	m := Remark{What: what, Row: r.n, Line: r.line}
	if i >= 0 {
		m.Column, m.Value = r.names[i], clip(r.cell(i))
	}
	o.remark(m)
}

// widest makes a range of what a publisher calls low, best and high, in whatever order
// the three numbers are. Low is the smallest and high the largest; the best figure stays
// the publisher's own, which then lies between the two. inOrder is false if the
// publisher's numbers were not in order.
func widest(low, best, high int32) (r truce.Range, inOrder bool) {
	return truce.Range{Low: min(low, best, high), Best: best, High: max(low, best, high)}, low <= best && best <= high
}
