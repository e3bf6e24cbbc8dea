package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/glossary"
)

// A document is the report after its first page: sections in the order in which they are read.
// HTML and PDF set the same document, so that they have the same words, rows and columns.
type document struct {
	sections []section
}

type section struct {
	id, title string
	parts     []part
}

// A part is one of para, note, items, head, table, picture, ribbon.
type part any

type (
	para  struct{ about, text string } // numbered
	note  string                       // small
	items struct {
		title string
		list  []string // one that begins with two blanks is under the one before it
	}
	picture struct{}                    // the map
	ribbon  struct{ *Article }          // its bars and coverage
	head    struct{ text, soft string } // of a part of a section
)

// A table is a list. What does not fit into the report is whole in its annex.
type table struct {
	name  string // of its annex file, without .csv; empty: it is whole in the report
	label string // for screen readers
	class string
	cols  []col
	rows  []row
	more  []string // columns that only the annex has, for programs
	shown []int    // the rows that the report has, in their order; nil: all
	rule  string   // which rows these are
}

type col struct {
	name  string
	width float64 // share of the page
	right bool
}

type row struct {
	fields []field
	more   []string
	soft   bool // it explains the one before it
}

// A field has one line or several.
type field []line

type line struct {
	text string
	mark truce.Outcome // drawn before it; empty: nothing is
	code bool
	soft bool
	link bool // to a file beside the report
}

func words(text string) field {
	var out field
	for _, t := range strings.Split(text, "\n") {
		if t = strings.TrimSpace(t); t != "" {
			out = append(out, line{text: t})
		}
	}
	return out
}

func code(text string) field { return field{{text: text, code: true}} }

func withMark(o truce.Outcome, text string) field { return field{{text: text, mark: o}} }

// texts are a field's lines as one text.
func (c field) texts(sep string) string {
	var out []string
	for _, l := range c {
		out = append(out, l.text)
	}
	return strings.Join(out, sep)
}

// mostRows is how many rows of a list the report has itself, and mostRegions of regions.
const mostRows, mostRegions = 12, 24

// cut leaves the first rows by rank, in their order; nil: the last ones.
func (t table) cut(most int, rank []int, rule string) table {
	if len(t.rows) <= most {
		return t
	}
	t.rule = rule
	t.shown = make([]int, len(t.rows))
	for i := range t.shown {
		t.shown[i] = i
	}
	if rank == nil {
		t.shown = t.shown[len(t.rows)-most:]
		return t
	}
	slices.SortStableFunc(t.shown, func(a, b int) int { return rank[a] - rank[b] })
	t.shown = t.shown[:most]
	slices.Sort(t.shown)
	return t
}

// listed are the rows that the report has.
func (t *table) listed() []row {
	if t.shown == nil {
		return t.rows
	}
	out := make([]row, len(t.shown))
	for i, k := range t.shown {
		out[i] = t.rows[k]
	}
	return out
}

// left says which rows the report has, where it has not all.
func (t *table) left() string {
	if t.shown == nil {
		return ""
	}
	return fmt.Sprintf("%s of %s are listed here: %s. All are in the annex files %s.csv and annexes.html.", grouped(int64(len(t.shown))), grouped(int64(len(t.rows))), t.rule, t.name)
}

// span2 are the values of spanColumns, for programs.
func span2(v truce.Interval) []string { return []string{Moment(v.Start), Moment(v.End)} }

var spanColumns = []string{"from", "until"}

// document is what follows the first page, without the list of annexes.
func (r *Report) document() *document {
	d := &document{}
	add := func(id, title string, parts ...part) {
		d.sections = append(d.sections, section{id, title, parts})
	}
	add("articles", "Articles", r.board()...)
	var points []part
	if r.SummaryFirst() == nil {
		for _, t := range r.Summary {
			points = append(points, para{"By the reporting officer", t})
		}
	}
	for _, h := range r.Headline {
		if !h.Mark() && h.About.Format != "In short" {
			points = append(points, para{h.About.String(), h.Text.String()})
		}
	}
	add("points", "Main points", append(points, r.First.further()...)...)
	add("map", "Map", r.mapParts()...)
	add("time", "Over time, with coverage", r.timeParts()...)
	if days := r.AtLeastOne(); len(days) > 0 {
		add("at-least-one", "Reports of at least one act, where no single incident can be named", r.daysParts(days)...)
	} else if r.DaysAcross > 0 {
		add("at-least-one", "Reports of at least one act, where no single incident can be named", r.across()...)
	}
	add("allegations", "Allegations beside findings", r.allegationParts()...)
	add("totals", "Totals the parties and others give, beside what was found of them", r.tallyParts()...)
	add("regions", "Counts by region", r.regionParts()...)
	add("casualties", "Casualties", r.casualtyParts()...)
	add("coverage", "What could be seen", r.coverageParts()...)
	add("people", "Decisions, replies and corrections", r.peopleParts()...)
	add("incidents", "Incidents", r.incidentParts()...)
	add("method", "How this was made", r.methodParts()...)
	add("sources", "Data and licences", r.licenceParts()...)
	return d
}

// toPrint is the whole document: its lists, the words it uses, and the annexes beside it.
func (r *Report) toPrint() (*document, error) {
	d := r.document()
	annexes, err := r.annexParts(d)
	if err != nil {
		return nil, err
	}
	d.sections = append(d.sections, section{"words", "Words", r.wordParts()}, section{"annexes", "Annexes", annexes})
	return d, nil
}

// wordParts is the glossary.
func (r *Report) wordParts() []part {
	t := table{label: "Words", class: "words", cols: []col{{"Word", .18, false}, {"What it means", .82, false}}}
	for _, x := range glossary.Terms("en") {
		t.rows = append(t.rows, row{fields: []field{words(x.Term), words(x.Means)}})
	}
	return []part{note("Each word has one meaning, here and on the pages of the room."), t}
}

// unagreed marks lists, zones and lines of terms that nobody has agreed, where they are shown.
func (r *Report) unagreed() string {
	switch r.Status {
	case truce.Rehearsal, truce.Draft:
		return "Nobody has agreed to these terms, nor to their zones, lines and lists of objects. "
	case truce.Unsigned:
		return "Not every party has signed these terms, nor their zones, lines and lists of objects. "
	}
	if slices.ContainsFunc(r.Articles, func(a Article) bool { return a.Assumed }) {
		return "Zones that only an assumed reading names were drawn by those who wrote these terms here; no party agreed to them. "
	}
	return ""
}

func (r *Report) board() []part {
	t := table{label: "Articles", class: "board", cols: []col{{"Article", .42, false}, {"Outcome", .2, false}, {"Reports", .08, true}, {"Incidents", .1, true}, {"Violations decided", .1, true}, {"Watched", .1, true}}}
	p := printed{Report: r}
	for i := range r.Articles {
		a := &r.Articles[i]
		soft := "binds " + Names(a.Binds) + "; " + p.Force(*a)
		if a.Excluded.High > 0 {
			soft += "; " + a.Excluded.String() + " incidents of its kind, or that may be, out of scope"
		}
		about := field{{text: string(a.Article) + ". " + a.Text}, {text: soft, soft: true}}
		if a.Assumed {
			about = append(about, line{text: "No party stated its reading: those who wrote these terms assumed the readings that are shown.", soft: true})
		}
		if len(a.Lists) > 1 {
			about = append(about, line{text: "Each of " + Names(a.Lists) + " has its own list of objects; no common list is agreed.", soft: true})
		}
		switch {
		case len(a.Force) == 0:
			t.rows = append(t.rows, row{fields: []field{about, withMark(a.Assessment.Outcome, "out of scope, not counted"), nil, nil, nil, nil}})
			continue
		case len(a.Answer) > 0:
			t.rows = append(t.rows, row{fields: []field{about, withMark(a.Assessment.Outcome, a.Assessment.Outcome.Words()+": "+a.Answered()), nil, nil, nil, nil}})
			continue
		}
		watched := words(share(a.Count.Coverage))
		if a.Own > 0 {
			watched = append(watched, line{text: "parties' own " + a.Own.Percent(), soft: true})
		}
		t.rows = append(t.rows, row{fields: []field{about, withMark(a.Assessment.Outcome, a.Words()), words(SignRange(&a.Count)), words(a.Count.Incidents.String()), words(a.Count.Violations.String()), watched}})
		if b := a.Before; b != nil && !b.Zero() {
			t.rows = append(t.rows, row{soft: true, fields: []field{words("the period before"), nil, words(SignRange(b)), words(b.Incidents.String()), words(b.Violations.String()), words(share(b.Coverage))}})
		}
	}
	if text := r.Unagreed(); text != "" {
		return []part{note(text), t}
	}
	return []part{t}
}

func (r *Report) mapParts() []part {
	text := "A circle with a number holds so many incidents reported at one place. The disc around a mark is how well its place is known, not how large anything was. Hatched regions hold what is known only to its region; it is listed with the incidents and has no pin. "
	for _, l := range r.Map.Lines {
		text += l.Label + " "
	}
	return []part{picture{}, note(text + r.Map.Credit + " " + r.unagreed() + "Boundaries and names are those of the files named under “Data and licences” and imply no position on the status of any territory; beyond the zones of these terms nothing is drawn. The drawing is plate carrée; decisions are made on the WGS 84 ellipsoid.")}
}

func (r *Report) timeParts() []part {
	out := []part{note("Under the bars: solid where someone independent of the parties states that they could see, hatched where nobody does. An empty bar over a solid band reads “looked, saw nothing”; over a hatched band, “nobody states that they looked”. A dotted frame: the article was not in force. The parties' own coverage is shown, and is never used to say that an article held. An incident whose time is not known to the day may lie on several days: a range such as “3 to 5” says how many surely lie in the period, and how many may, and days do not add up to a period.")}
	for i := range r.Articles {
		a := &r.Articles[i]
		if len(a.Force) == 0 {
			continue
		}
		out = append(out, head{"Article " + string(a.Article), a.Text})
		if len(a.Answer) == 0 {
			out = append(out, ribbon{a})
		}
		if a.Loose.Incidents.High > 0 {
			out = append(out, note("Not in the chart, because their time is not known precisely enough for one bar ("+a.barWords()+"): "+blockText(&a.Loose)))
		}
		if len(a.Assessment.Reasons) > 0 {
			why := "Why the article stands at “" + a.Words() + "”"
			if a.Deciding != "" {
				why += ", by the reasons of incident " + a.Deciding
			}
			list := make([]string, 0, len(a.Assessment.Reasons))
			for _, x := range a.Assessment.Reasons {
				list = append(list, x.String())
			}
			out = append(out, items{why + ":", list})
		}
		var each []string
		for _, o := range a.Outcomes {
			text := o.Outcome.Words() + ": " + o.Span.String()
			if a.Perhaps {
				text = o.Outcome.Words() + ": " + o.Reported.String()
			}
			if a.Perhaps && o.Alleged.High > 0 {
				text += ", of these stated by parties alone: " + o.Alleged.String()
			}
			each = append(each, text)
		}
		if len(each) > 0 {
			about := "Article " + string(a.Article) + ", by outcome"
			if a.Perhaps {
				about += ", as reported, each counted apart"
			}
			out = append(out, note(about+": "+strings.Join(each, " · ")+"."))
		}
		if len(a.Assessment.Tasks) > 0 {
			var list []string
			for _, t := range a.Assessment.Tasks {
				list = append(list, fmt.Sprintf("%s: %s. Who could: %s.", t.Fact, t.What, t.Who))
			}
			out = append(out, items{"What must still be established.", list})
		}
	}
	return out
}

func (r *Report) daysParts(days []Day) []part {
	t := table{name: "at-least-one", label: "At least one", more: append(spanColumns, "id", "reports", "support"), cols: []col{{"Article", .08, false}, {"Day", .14, false}, {"Somewhere in", .2, false}, {"Reports by", .24, false}, {"Finding", .34, false}}}
	rank := make([]int, 0, len(days))
	for _, d := range days {
		var support []string
		for _, id := range d.Support {
			support = append(support, id.Hex())
		}
		t.rows = append(t.rows, row{[]field{words(string(d.Article)), words(d.When), words(d.Where.String()), words(strings.Join(d.Publishers, ", ")), withMark(d.Outcome, d.Says())},
			append(span2(d.Window), d.ID.Hex(), fmt.Sprint(len(d.Support)), strings.Join(support, " ")), false})
		rank = append(rank, 10*slices.Index(truce.Outcomes, d.Outcome)+slices.Index(truce.AreaLevels, d.Area.Level))
	}
	return append(r.across(), note("If the reports of a line are right, there was at least one act under the article on that day, somewhere in that area: reports of different publishers each show one, and nobody can say whether it is the same. Where the readings differ, this holds under one reading of the article, and is not established under another. These lines are not incidents: do not add them to any number."),
		t.cut(mostRows, rank, "those whose outcome most asks for attention"))
}

// across says what a report of one day does not list.
func (r *Report) across() []part {
	switch r.DaysAcross {
	case 0:
		return nil
	case 1:
		return []part{note("One finding is of one of two days, of which this period has one, and nobody can say which. It is in no line here: a report of both days lists it.")}
	}
	return []part{note(fmt.Sprintf("%d findings are each of one of two days, of which this period has one, and nobody can say which. They are in no line here: a report of both days lists them.", r.DaysAcross))}
}

func (r *Report) allegationParts() []part {
	alleged := r.allegations()
	if len(alleged) == 0 {
		text := "No single events were alleged by the parties in this period."
		if len(r.Tallies) > 0 {
			text += " Their totals follow."
		}
		return []part{para{"", text}}
	}
	t := table{name: "allegations", label: "Allegations", more: append(spanColumns, "id"), cols: []col{{"Alleged by", .1, false}, {"When", .18, false}, {"Where", .22, false}, {"What", .2, false}, {"Found of it", .3, false}}}
	p := printed{Report: r}
	for i := range alleged {
		x := &alleged[i]
		t.rows = append(t.rows, row{[]field{words(x.Claimed()), words(r.when(x.Occurred)), words(place(x.Place)), words(Phrase("\n", x.What, x.Harm())), append(words(x.Observed()), p.found(x.Incident)...)},
			append(span2(x.Occurred), x.ID.Hex()), false})
	}
	return []part{t.cut(mostRows, nil, "the latest")}
}

// found is what each article that is about an incident says of it, or that none is.
func (p printed) found(x *Incident) (out field) {
	for _, f := range p.Findings(*x) {
		text := "art. " + string(f.Article) + ": " + f.Says()
		if f.Standing != "" && f.Standing != truce.Refuted && f.Outcome != truce.OutOfScope {
			text += ", " + f.Established()
		}
		out = append(out, line{text: text, mark: f.Outcome})
	}
	if out == nil {
		return withMark(truce.NoViolation, "no article is about it")
	}
	return out
}

func (r *Report) tallyParts() []part {
	if len(r.Tallies) == 0 {
		return []part{para{"", "No totals were given for this period."}}
	}
	t := table{name: "totals", label: "Totals", more: append(spanColumns, "id", "claimant", "total", "found_low", "found_high", "difference"), cols: []col{{"Says", .15, false}, {"Period", .145, false}, {"Where", .12, false}, {"What", .105, false}, {"Total", .06, true}, {"Within", .07, true}, {"May be", .075, true}, {"Difference", .105, true}, {"Outcome", .17, false}}}
	for i := range r.Tallies {
		x := &r.Tallies[i]
		who := x.Source
		if x.Claimant != "" {
			who += " (" + string(x.Claimant) + ")"
		}
		what := words(x.What)
		for _, d := range x.Details {
			what = append(what, line{text: fmt.Sprintf("%s %d", d.Name, d.N), soft: true})
		}
		var outcome field
		for _, f := range x.Findings {
			outcome = append(outcome, line{text: "art. " + string(f.Article) + ": " + f.Says(), mark: f.Outcome})
		}
		if outcome == nil {
			outcome = words("no article in force is about it")
		}
		t.rows = append(t.rows, row{[]field{words(who), words(r.when(x.Period)), words(x.Place), what, words(x.Says()), words(x.Found.String()), words(x.MayBe.String()), words(x.Less()), outcome},
			append(span2(x.Period), x.ID.Hex(), string(x.Claimant), x.Count.String(), x.Within.Low.String(), x.Within.High.String(), x.Less()), false})
	}
	return []part{note("A total is never merged with anything. Within: reports of the same act and weapon, by and against those whom the total names, by others and wholly within its period and area. May be: further reports that may be of it, since their time, place, act, weapon, or who acted against whom, is not known well enough. The difference is the total less what lies within; it is what is not surely among the reports by others, and may be among them or not; it does not say that it did not happen."),
		t.cut(mostRows, nil, "the latest")}
}

func (r *Report) regionParts() []part {
	after := note("Incidents that are known to a zone of the agreement and no closer are counted in that zone; zones come first, and regions follow in the order of the gazetteer. Any act that was reported is counted, whatever an article says of it. An incident is counted in the region of its stated position; how far its radius reaches into another is not looked at here. The lower number of an act leaves out what may be the same as a report of another act or weapon. Coverage is by article, above.")
	if len(r.Regions) == 0 {
		return []part{para{"", "None was recorded."}, after}
	}
	t := table{name: "regions", label: "Counts by region", cols: []col{{"Region", .2, false}, {"Reports", .08, true}, {"Incidents", .13, true}, {"Violations decided", .11, true}, {"Acts reported", .48, false}}}
	if r.Before != nil {
		t.cols = []col{{"Region", .18, false}, {"Reports", .08, true}, {"Incidents", .12, true}, {"Violations decided", .1, true}, {"Period before", .14, true}, {"Acts reported", .38, false}}
	}
	rank := make([]int, 0, len(r.Regions))
	for i := range r.Regions {
		x := &r.Regions[i]
		var acts []string
		for _, a := range x.Act {
			acts = append(acts, a.What+" "+a.Span.String())
		}
		fields := []field{words(x.Name), words(SignRange(&x.Count)), words(x.Count.Incidents.String()), words(x.Count.Violations.String())}
		if r.Before != nil {
			fields = append(fields, words(SignRange(&x.Before)+" / "+x.Before.Incidents.String()+" / "+x.Before.Violations.String()))
		}
		t.rows = append(t.rows, row{fields: append(fields, words(strings.Join(acts, "; ")))})
		rank = append(rank, -x.Count.Incidents.High)
	}
	return []part{t.cut(mostRegions, rank, "those with most incidents"), after}
}

func (r *Report) casualtyParts() (out []part) {
	said := false
	for i := range r.Articles {
		if a := &r.Articles[i]; len(a.Force) > 0 && len(a.Answer) == 0 {
			out, said = append(out, para{"", "Article " + string(a.Article) + ": " + r.harmWords(a) + "."}), true
		}
	}
	if said {
		out = append(out, note("A number is the best figure with its range, or a range alone where no source gives a best figure. The low end counts what surely happened in the period, and reports that may be of one incident once, with the lowest number that one of them states; the high end takes each report apart, and also what may have happened in the period. Numbers of different reports of one incident are combined, never added."))
	}
	for _, text := range r.openWords() {
		out = append(out, para{"", text + "."})
	}
	if text := r.uncounted(); text != "" {
		out = append(out, para{"", text + "."})
	}
	if !r.harmed() {
		out = append(out, para{"", "None was recorded."})
	}
	if len(r.Tolls) > 0 {
		t := table{name: "casualties-claimed", label: "Casualties claimed", more: append(spanColumns, "claimant"), cols: []col{{"By", .35, false}, {"Period", .25, false}, {"Casualties", .4, false}}}
		for i := range r.Tolls {
			x := &r.Tolls[i]
			t.rows = append(t.rows, row{[]field{words(x.Words()), words(r.when(x.During)), words(x.Harm())}, append(span2(x.During), string(x.Claimant)), false})
		}
		out = append(out, head{"Claimed, and stated in totals", ""}, note("These stand beside what was observed and are never added to it. The windows of totals may overlap, and totals are never added to one another."), t.cut(mostRows, nil, "the latest"))
	}
	if len(r.None) > 0 {
		t := table{name: "statements-of-none", label: "Statements of none", more: append(spanColumns, "claimant"), cols: []col{{"Says", .25, false}, {"Period", .25, false}, {"Where", .25, false}, {"What", .25, false}}}
		for _, x := range r.None {
			who := x.Source
			if x.Claimant != "" {
				who += " (" + string(x.Claimant) + ")"
			}
			t.rows = append(t.rows, row{[]field{words(who), words(r.when(x.During)), words(x.Place), words(x.What)}, append(span2(x.During), string(x.Claimant)), false})
		}
		out = append(out, head{"Statements of none", ""}, t.cut(mostRows, nil, "the latest"))
	}
	return out
}

func (r *Report) coverageParts() (out []part) {
	if len(r.Seen) == 0 {
		out = append(out, para{"", "Nobody stated what they could have seen. Nothing in this report means that nothing happened."})
	} else {
		t := table{name: "coverage", label: "What could be seen", more: spanColumns, cols: []col{{"What", .2, false}, {"Source", .4, false}, {"Zones", .08, true}, {"From, until", .24, false}, {"Entries", .08, true}}}
		for _, x := range r.Seen {
			source := x.Source
			if x.Party != "" {
				source += " (the own coverage of " + string(x.Party) + ")"
			}
			t.rows = append(t.rows, row{[]field{words(x.What), words(source), words(fmt.Sprint(x.Zones)), words(r.when(x.During)), words(fmt.Sprint(x.Days))}, span2(x.During), false})
		}
		out = append(out, t.cut(mostRows, nil, "the last"))
	}
	if len(r.Denied) == 0 {
		return append(out, para{"", "No restriction on monitors was recorded."})
	}
	t := table{name: "restrictions", label: "Restrictions on monitors", more: spanColumns, cols: []col{{"Who", .15, false}, {"When", .3, false}, {"Where", .25, false}, {"What", .3, false}}}
	for _, x := range r.Denied {
		t.rows = append(t.rows, row{[]field{words(x.By), words(r.when(x.During)), words(x.Place), words(x.What)}, span2(x.During), false})
	}
	return append(out, head{"Restrictions on monitors", ""}, t.cut(mostRows, nil, "the latest"))
}

// peopleParts are what people decided and said, and what sources corrected.
func (r *Report) peopleParts() (out []part) {
	if len(r.Decided) == 0 {
		out = append(out, para{"", "No person has decided anything. There is therefore no violation in this report, only findings."})
	} else {
		t := table{name: "decisions", label: "Decisions", more: []string{"known"}, cols: []col{{"No.", .06, false}, {"What", .12, false}, {"Of", .22, false}, {"Because", .44, false}, {"By", .16, false}}}
		for _, x := range r.Decided {
			because := x.Because
			if x.Alone {
				because += " (by one reader: no effect until a second decides the same)"
			}
			if x.Earlier {
				because += " (decided on an earlier state: a person must look again)"
			}
			if x.Unmet != "" {
				because += " (can no longer be followed whole: " + x.Unmet + ")"
			}
			t.rows = append(t.rows, row{[]field{words(fmt.Sprint(x.Seq)), words(string(x.Kind)), words(x.Of), words(strings.TrimSpace(because)), words(standingName(truce.Standing(x.By)))}, []string{Moment(x.Known)}, false})
		}
		out = append(out, head{"Decisions", ""}, t.cut(mostRows, nil, "the last"))
	}
	if len(r.Attributed) > 0 {
		t := table{name: "attributions", label: "Attribution", more: []string{"known"}, cols: []col{{"Incident", .14, false}, {"Who", .24, false}, {"Basis", .2, false}, {"Because", .28, false}, {"By", .14, false}}}
		for i := range r.Attributed {
			x := &r.Attributed[i]
			because := x.Because
			if x.Earlier {
				because += " (stated on an earlier state: a person must look again)"
			}
			t.rows = append(t.rows, row{[]field{words(x.Of), words(x.Words()), words(x.Basis), words(strings.TrimSpace(because)), words(standingName(truce.Standing(x.By)))}, []string{Moment(x.Known)}, false})
		}
		out = append(out, head{"Attribution", ""}, t.cut(mostRows, nil, "the last"))
	}
	if len(r.Said) == 0 {
		out = append(out, para{"", "No notification and no reply was recorded."})
	} else {
		t := table{name: "notifications-and-replies", label: "Notifications and replies", more: spanColumns, cols: []col{{"Kind", .14, false}, {"By", .1, false}, {"When", .26, false}, {"What", .5, false}}}
		for _, x := range r.Said {
			t.rows = append(t.rows, row{[]field{words(x.Kind), words(x.By), words(r.when(x.During)), words(x.Text)}, span2(x.During), false})
		}
		out = append(out, head{"Notifications and replies", ""}, t.cut(mostRows, nil, "the latest"))
	}
	if len(r.Corrected) == 0 {
		return append(out, para{"", "No source changed or took back anything about this period."})
	}
	t := table{name: "corrections", label: "Corrections", more: append(spanColumns, "key", "claimant"), cols: []col{{"Known", .14, false}, {"Source", .24, false}, {"About", .18, false}, {"Was", .22, false}, {"Is", .22, false}}}
	for _, x := range r.Corrected {
		source := x.Source
		if x.Claimant != "" {
			source += " (claimed by " + string(x.Claimant) + ")"
		}
		t.rows = append(t.rows, row{[]field{words(x.Known.In(r.loc)), append(words(source), line{text: x.Key, code: true}), words(r.when(x.During)), words(x.Was), words(x.Is)}, append(span2(x.During), x.Key, string(x.Claimant)), false})
	}
	return append(out, head{"Corrections", ""}, note("What sources changed or took back of what they had said about this period, or said so within it."), t.cut(mostRows, nil, "the last"))
}

func (r *Report) incidentParts() []part {
	if len(r.Incidents) == 0 {
		return []part{para{"", "None was recorded that is listed."}}
	}
	t := table{name: "incidents", label: "Incidents", cols: []col{{"Occurred", .13, false}, {"Where", .165, false}, {"What", .11, false}, {"Source", .12, false}, {"Finding", .26, false}, {"Missing", .09, false}, {"ID", .125, false}}}
	p := printed{Report: r}
	rank := make([]int, 0, len(r.Incidents))
	for i := range r.Incidents {
		x := &r.Incidents[i]
		var lacks []truce.Fact
		for _, f := range p.Findings(*x) {
			lacks = append(lacks, f.Missing...)
		}
		slices.Sort(lacks)
		t.rows = append(t.rows, row{fields: []field{words(r.when(x.Occurred)), words(place(x.Place)), words(Phrase("\n", x.What, x.Harm())), words(strings.Join(x.Sources, ", ")), p.found(x), words(facts(slices.Compact(lacks))), code(x.ID.String())}})
		rank = append(rank, 100_000_000*x.Worst().Attention()-min(i, 50_000_000))
	}
	return []part{note(r.unagreed() + grouped(int64(len(r.Incidents))) + " are known in this period, in time, each counted apart: some may be the same incident. Articles that have nothing to say of an incident are left out. The annex file reports.csv names each report of each incident by its publisher's own key, the file that it was read from and its entry in the record."),
		t.cut(mostRows, rank, "those whose outcome most asks for attention, the latest of them")}
}

func (r *Report) methodParts() []part {
	var keys []string
	for k := range r.Basis {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	t := table{label: "What this depends on", cols: []col{{"Depends on", .2, false}, {"Digest", .8, false}}}
	for _, k := range keys {
		t.rows = append(t.rows, row{fields: []field{words(k), code(r.Basis[k])}})
	}
	t.rows = append(t.rows, row{fields: []field{words("situation"), code(r.Digest.Hex())}})
	return []part{
		para{"", "Observations, allegations and totals are kept as published. Observations that may be of one incident are scored by distance, time, act, weapon and side, with their uncertainty (after Fellegi and Sunter 1969 and MELTT, Donnay et al. 2019); what is known only to a region, or was observed without a stated uncertainty, is merged only by a person's decision. Each incident is checked against each article in three-valued logic: what cannot be told is undetermined, with the fact that is missing."},
		para{"", "An apparent violation needs independent corroboration, unless the article says otherwise. Fire pixels and alerts establish no act. What a party says is a claim. The software attributes nothing to anybody; where a person did, it is stated under “Attribution”. It never declares a violation: a person does."},
		para{"", "Anyone who holds the same agreement and the same files computes the same findings, byte for byte. The situation's digest is of all incidents and findings; truce report prints it again."},
		t}
}

func (r *Report) licenceParts() []part {
	t := table{name: "licences", label: "Data and licences", cols: []col{{"Source", .2, false}, {"Licence", .25, false}, {"Attribution", .55, false}}}
	for _, x := range r.Licences {
		t.rows = append(t.rows, row{fields: []field{words(x.Source), words(x.License), words(x.Attribution)}})
	}
	if t.rows == nil {
		return []part{para{"", "No file of a source was read."}}
	}
	return []part{t}
}

// tables are the lists of the document, in its order.
func (d *document) tables() (out []table) {
	for _, s := range d.sections {
		for _, p := range s.parts {
			if t, ok := p.(table); ok {
				out = append(out, t)
			}
		}
	}
	return out
}
