package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
)

// A sheet is the report on paper: A4, one column, numbered paragraphs. Lengths are
// in millimetres.
type sheet struct {
	*fpdf.Fpdf
	r *Report
	n int // of paragraphs
}

const (
	left, right, top, bottom = 20.0, 20.0, 20.0, 22.0
	column                   = 210 - left - right
	body, small              = 9.5, 8.0 // points
)

// writePDF writes the report as PDF, without a browser: text that can be searched,
// the map drawn, the digest at the foot of every page. Its dates are those of the
// report, so that the same report gives the same bytes. The fonts are Go's, which
// hold Latin, Greek and Cyrillic.
func writePDF(w io.Writer, r *Report) error {
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", ""), r: r}
	made := r.Issued.Time()
	if !r.Issued.Stated() {
		made = time.Unix(0, 0).UTC()
	}
	s.SetCreationDate(made)
	s.SetModificationDate(made)
	s.SetCatalogSort(true)
	s.SetTitle(r.Title+", "+r.when(r.Period), true)
	s.SetSubject(r.Kind+" · situation "+r.Digest.Hex(), true)
	s.SetProducer("Truce", true)
	s.SetCreator("Truce", true)
	s.SetLang("en")
	for _, f := range []struct {
		style string
		data  []byte
	}{{"", goregular.TTF}, {"B", gobold.TTF}} {
		s.AddUTF8FontFromBytes("go", f.style, slices.Clone(f.data)) // the library writes into it
	}
	s.AddUTF8FontFromBytes("mono", "", slices.Clone(gomono.TTF))
	s.SetMargins(left, top, right)
	s.SetAutoPageBreak(true, bottom)
	s.AliasNbPages("{pages}")
	s.SetHeaderFunc(s.header)
	s.SetFooterFunc(s.footer)
	s.first()
	s.middle()
	s.annexes()
	if err := s.Error(); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	return s.Output(w)
}

// printable is a text in signs that have a glyph each: of two that share one, the
// library would keep either.
func printable(text string) string {
	return strings.NewReplacer("\u202f", " ", "\u00a0", " ", "\u00ad", "", "\u2011", "-", "≥ ", "≥").Replace(Clean(text))
}

func (s *sheet) font(style string, size float64) { s.SetFont("go", style, size) }

func (s *sheet) grey()  { s.SetTextColor(89, 96, 104) }
func (s *sheet) black() { s.SetTextColor(20, 22, 24) }

func (s *sheet) header() {
	s.font("", 7.5)
	s.grey()
	s.SetXY(left, 10)
	s.CellFormat(column/2, 4, printable(s.r.Title+" · "+s.r.when(s.r.Period)), "", 0, "L", false, 0, "")
	s.font("B", 8)
	s.CellFormat(column/2, 4, s.r.Mark(), "", 1, "R", false, 0, "")
	s.SetY(top)
	s.black()
}

func (s *sheet) footer() {
	s.SetY(-16)
	s.grey()
	s.SetFont("mono", "", 6)
	s.CellFormat(column-20, 3.2, "situation "+s.r.Digest.Hex(), "", 0, "L", false, 0, "")
	s.font("", 7.5)
	s.CellFormat(20, 3.2, fmt.Sprintf("%d / {pages}", s.PageNo()), "", 1, "R", false, 0, "")
	s.font("", 6.5)
	s.CellFormat(column, 3.2, "Verify: truce verify <record> <this file>; compute it again: truce report. "+printable(s.r.cutOff()), "", 1, "L", false, 0, "")
	s.black()
}

func (s *sheet) h2(text string) {
	if s.GetY() > 297-bottom-25 {
		s.AddPage()
	}
	s.Ln(3)
	s.font("B", 11.5)
	s.MultiCell(column, 5.5, printable(text), "B", "L", false)
	s.Ln(1.2)
}

// p is a numbered paragraph, which may begin with a word in bold.
func (s *sheet) p(about, text string) {
	s.n++
	s.font("", small)
	s.grey()
	y := s.GetY()
	if y > 297-bottom-9 {
		s.AddPage()
		y = s.GetY()
	}
	s.CellFormat(8, 4.4, fmt.Sprint(s.n), "", 0, "L", false, 0, "")
	s.black()
	s.SetLeftMargin(left + 8)
	s.SetXY(left+8, y)
	if about != "" {
		s.font("B", body)
		s.Write(4.4, printable(about)+". ")
	}
	s.font("", body)
	s.Write(4.4, printable(text))
	s.SetLeftMargin(left)
	s.Ln(5.6)
}

// soft is a note.
func (s *sheet) soft(text string) {
	s.font("", small)
	s.grey()
	s.MultiCell(column, 3.7, printable(text), "", "L", false)
	s.black()
	s.Ln(1)
}

type columnOf struct {
	name  string
	width float64 // share of the column
	right bool
}

// rows sets a table; its head stands again on each page, and no row is parted.
func (s *sheet) rows(cols []columnOf, rows [][]string) {
	line := 3.6
	width := func(k int) float64 { return cols[k].width * column }
	head := func() {
		s.font("B", small)
		var names [][]string
		most := 1
		for k, c := range cols {
			lines := s.SplitText(printable(c.name), width(k)-1)
			names, most = append(names, lines), max(most, len(lines))
		}
		x, y := left, s.GetY()
		for k, c := range cols {
			align := "L"
			if c.right {
				align = "R"
			}
			for i, l := range names[k] {
				s.SetXY(x, y+float64(most-len(names[k])+i)*line)
				s.CellFormat(width(k)-1, line, l, "", 0, align, false, 0, "")
			}
			x += width(k)
		}
		s.SetLineWidth(0.3)
		s.Line(left, y+float64(most)*line+0.6, left+column, y+float64(most)*line+0.6)
		s.SetXY(left, y+float64(most)*line+1)
		s.font("", small)
	}
	head()
	for _, row := range rows {
		most := 1
		var cells [][]string
		for k := range cols {
			var lines []string
			for _, part := range strings.Split(printable2(row[k]), "\n") {
				if part == "" {
					continue
				}
				lines = append(lines, s.SplitText(part, width(k)-2)...)
			}
			cells = append(cells, lines)
			most = max(most, len(lines))
		}
		most = min(most, 60) // a cell that is longer than a page says so by its end
		h := float64(most)*line + 1.2
		if s.GetY()+h > 297-bottom {
			s.AddPage()
			head()
		}
		y := s.GetY()
		x := left
		for k, lines := range cells {
			align := "L"
			if cols[k].right {
				align = "R"
			}
			for i, l := range lines[:min(len(lines), most)] {
				s.SetXY(x, y+0.5+float64(i)*line)
				s.CellFormat(width(k)-1, line, l, "", 0, align, false, 0, "")
			}
			x += width(k)
		}
		s.SetDrawColor(201, 199, 192)
		s.SetLineWidth(0.15)
		s.Line(left, y+h, left+column, y+h)
		s.SetDrawColor(20, 22, 24)
		s.SetXY(left, y+h)
	}
	s.Ln(2)
}

// printable2 keeps the breaks of lines.
func printable2(text string) string {
	parts := strings.Split(text, "\n")
	for i := range parts {
		parts[i] = printable(parts[i])
	}
	return strings.Join(parts, "\n")
}

// first is the page for the head of mission.
func (s *sheet) first() {
	r := s.r
	s.AddPage()
	s.font("", small)
	s.grey()
	s.MultiCell(column, 4, printable("Truce · "+r.Kind+" · "+r.Stage), "", "L", false)
	s.black()
	s.font("B", 17)
	s.MultiCell(column, 7.5, printable(r.Title), "", "L", false)
	s.font("", body)
	s.MultiCell(column, 4.6, printable(r.when(r.Period)+". Information: "+r.cutOff()+". Issued "+r.Issued.In(r.loc)+"."), "", "L", false)
	if m := r.Mark(); m != "" {
		s.Ln(1.5)
		s.SetFillColor(255, 243, 214)
		s.font("B", body)
		s.MultiCell(column, 5, printable(m+". "+r.MarkWords()), "1", "L", true)
	}
	s.h2("Articles")
	var rows [][]string
	for i := range r.Articles {
		a := &r.Articles[i]
		if len(a.Force) == 0 {
			rows = append(rows, []string{string(a.Article) + ". " + a.Text, "out of scope, not counted", "", "", "", ""})
			continue
		}
		if len(a.Answer) > 0 {
			rows = append(rows, []string{string(a.Article) + ". " + a.Text, a.Assessment.Outcome.Words() + ": " + a.Answered(), "", "", "", ""})
			continue
		}
		rows = append(rows, []string{string(a.Article) + ". " + a.Text, a.Assessment.Outcome.Words(), SignRange(&a.Count), a.Count.Incidents.String(), a.Count.Violations.String(), share(a.Count.Coverage)})
	}
	s.rows([]columnOf{{"Article", .40, false}, {"Outcome", .22, false}, {"Signs", .08, true}, {"Incidents", .1, true}, {"Violations decided", .1, true}, {"Seen", .1, true}}, rows)
	if len(r.Summary) > 0 {
		s.h2("Summary by the reporting officer")
		for _, t := range r.Summary {
			s.p("", t)
		}
	}
	s.h2("In one page")
	for _, h := range r.Headline {
		if !h.Mark() {
			s.p(h.About.String(), h.Text.String())
		}
	}
}

func share(p truce.PPM) string {
	if p == 0 {
		return "none stated"
	}
	return p.Percent()
}

func (s *sheet) middle() {
	r := s.r
	s.AddPage()
	s.h2("Map")
	s.drawMap()
	s.soft("A circle with a number holds so many incidents reported at one place. The disc around a mark is how well its place is known, not how large anything was. Hatched regions hold what is known only to its region. Boundaries and names are those of the files named in the annex and imply no position on the status of any territory. " + r.Map.Credit)
	s.h2("Over time, with coverage")
	s.soft("Under the bars: solid where someone independent of the parties states that they could see, hatched where nobody does. An empty bar over a solid band: looked, saw nothing. Over a hatched band: nobody states that they looked.")
	for i := range r.Articles {
		if a := &r.Articles[i]; len(a.Force) > 0 && len(a.Answer) == 0 {
			s.drawRibbon(a)
		}
	}
	if days := r.AtLeastOne(); len(days) > 0 {
		s.h2("Reports of at least one act, where no single incident can be named")
		s.soft("If the reports of a line are right, there was at least one act under the article on that day, somewhere in that area; where the readings differ, as one party reads the article and not as the other does. These lines are not incidents: do not add them to any number.")
		var rows [][]string
		for _, d := range days {
			rows = append(rows, []string{string(d.Article), d.When, d.Where, strings.Join(d.Publishers, ", "), d.Says()})
		}
		s.rows([]columnOf{{"Article", .08, false}, {"Day", .14, false}, {"Somewhere in", .24, false}, {"Reports by", .24, false}, {"Finding", .3, false}}, rows)
	}
	if alleged := r.allegations(); len(alleged) > 0 {
		s.h2("Allegations beside findings")
		var rows [][]string
		for i := range alleged {
			c := &alleged[i]
			rows = append(rows, []string{c.Claimed(), r.when(c.Occurred), c.Place.Short(), Phrase("\n", c.What, c.Harm()), Phrase("\n", c.Observed(), findingWords(c.Findings))})
		}
		s.rows([]columnOf{{"Alleged by", .1, false}, {"When", .22, false}, {"Where", .22, false}, {"What", .2, false}, {"Found of it", .26, false}}, rows)
	}
	if len(r.Tallies) > 0 {
		s.h2("Totals, beside what was found of them")
		s.soft("A total is never merged with anything. Within: signs of the same act and weapon, by and against those whom the total names, reported by others wholly within its period and area. May be: further signs that may be of it. The difference is what is not surely among the reports of others, and may be among them or not; it does not say that it did not happen.")
		var rows [][]string
		for i := range r.Tallies {
			t := &r.Tallies[i]
			rows = append(rows, []string{t.Source, r.when(t.Period), t.What, t.Says(), t.Found.String(), t.MayBe.String(), t.Less()})
		}
		s.rows([]columnOf{{"Says", .2, false}, {"Period", .25, false}, {"What", .19, false}, {"Total", .09, true}, {"Within", .08, true}, {"May be", .09, true}, {"Difference", .1, true}}, rows)
	}
	s.h2("Counts by region")
	var rows [][]string
	for _, x := range r.Regions {
		rows = append(rows, []string{x.Name, SignRange(&x.Count), x.Count.Incidents.String(), x.Count.Violations.String()})
	}
	if len(rows) == 0 {
		s.p("", "None was recorded.")
	} else {
		s.rows([]columnOf{{"Region", .55, false}, {"Signs", .15, true}, {"Incidents", .15, true}, {"Violations decided", .15, true}}, rows)
	}
	s.h2("Casualties")
	for i := range r.Articles {
		if a := &r.Articles[i]; len(a.Force) > 0 && len(a.Answer) == 0 {
			s.p("", "Article "+string(a.Article)+": "+r.harmWords(a)+".")
		}
	}
	for _, words := range r.openWords() {
		s.p("", words+".")
	}
	if words := r.uncounted(); words != "" {
		s.p("", words+".")
	}
	if !r.harmed() {
		s.p("", "None was recorded.")
	}
	if len(r.Tolls) > 0 {
		s.soft("Claims and totals stand beside what was observed and are never added to it, nor to one another.")
		rows = nil
		for i := range r.Tolls {
			t := &r.Tolls[i]
			rows = append(rows, []string{t.Words(), r.when(t.During), t.Harm()})
		}
		s.rows([]columnOf{{"By", .35, false}, {"Period", .25, false}, {"Casualties", .4, false}}, rows)
	}
	if len(r.None) > 0 {
		s.h2("Statements of none")
		rows = nil
		for _, x := range r.None {
			who := x.Source
			if x.Claimant != "" {
				who += " (" + string(x.Claimant) + ")"
			}
			rows = append(rows, []string{who, r.when(x.During), x.Place, x.What})
		}
		s.rows([]columnOf{{"Says", .25, false}, {"Period", .25, false}, {"Where", .25, false}, {"What", .25, false}}, rows)
	}
	s.h2("What could be seen")
	rows = nil
	for _, x := range r.Seen {
		source := x.Source
		if x.Party != "" {
			source += " (the own coverage of " + string(x.Party) + ")"
		}
		rows = append(rows, []string{x.What, source, r.when(x.During)})
	}
	if rows == nil {
		s.p("", "Nobody stated what they could have seen. Nothing in this report means that nothing happened.")
	} else {
		s.rows([]columnOf{{"What", .25, false}, {"Source", .4, false}, {"From, until", .35, false}}, rows)
	}
	s.people()
}

// people are restrictions, words, decisions and corrections.
func (s *sheet) people() {
	r := s.r
	section := func(title, none string, cols []columnOf, rows [][]string) {
		s.h2(title)
		if len(rows) == 0 {
			s.p("", none)
			return
		}
		s.rows(cols, rows)
	}
	var rows [][]string
	for _, x := range r.Denied {
		rows = append(rows, []string{x.By, r.when(x.During), x.Place, x.What})
	}
	section("Restrictions on monitors", "None was recorded.", []columnOf{{"By", .15, false}, {"When", .3, false}, {"Where", .25, false}, {"What", .3, false}}, rows)
	rows = nil
	for _, x := range r.Said {
		rows = append(rows, []string{x.Kind, x.By, r.when(x.During), x.Text})
	}
	section("Notifications and replies", "None was recorded.", []columnOf{{"Kind", .14, false}, {"By", .08, false}, {"When", .28, false}, {"What", .5, false}}, rows)
	rows = nil
	for _, x := range r.Decided {
		because := x.Because
		if x.Earlier {
			because += " (decided on an earlier state: a person must look again)"
		}
		if x.Alone {
			because += " (by one reader: no effect until a second decides the same)"
		}
		if x.Unmet != "" {
			because += " (can no longer be followed whole: " + x.Unmet + ")"
		}
		rows = append(rows, []string{fmt.Sprint(x.Seq), string(x.Kind), x.Of, strings.TrimSpace(because), standingName(truce.Standing(x.By))})
	}
	section("Decisions", "No person has decided anything. There is therefore no violation in this report, only findings.", []columnOf{{"No.", .06, false}, {"What", .12, false}, {"Of", .22, false}, {"Because", .44, false}, {"By", .16, false}}, rows)
	rows = nil
	for _, x := range r.Attributed {
		rows = append(rows, []string{x.Of, x.Words(), Phrase(". ", x.Basis, x.Because)})
	}
	if rows != nil {
		section("Attribution", "", []columnOf{{"Incident", .2, false}, {"Who", .3, false}, {"On what basis", .5, false}}, rows)
	}
	rows = nil
	for _, x := range r.Corrected {
		rows = append(rows, []string{x.Known.In(r.loc), x.Source, x.Was, x.Is})
	}
	section("Corrections", "No source changed or took back anything about this period.", []columnOf{{"Known", .2, false}, {"Source", .2, false}, {"Was", .3, false}, {"Is", .3, false}}, rows)
}

func findingWords(list []Finding) string {
	var out []string
	for _, f := range list {
		if f.Relevant || f.Outcome != truce.NoViolation && f.Outcome != truce.OutOfScope {
			text := "art. " + string(f.Article) + ": " + f.Says()
			if f.Standing != "" && f.Outcome != truce.OutOfScope {
				text += ", " + f.Established()
			}
			out = append(out, text)
		}
	}
	if out == nil {
		return "no article is about it"
	}
	return strings.Join(out, "\n")
}

func (s *sheet) annexes() {
	r := s.r
	s.h2("How this was made")
	for _, t := range []string{
		"Observations, allegations and totals are kept as published. Observations that may be of one incident are scored by distance, time, act, weapon and side, with their uncertainty (after Fellegi and Sunter 1969 and MELTT, Donnay et al. 2019); what is known only to a region, or was observed without a stated uncertainty, is merged only by a person's decision. Each incident is checked against each article in three-valued logic: what cannot be told is undetermined, with the fact that is missing.",
		"An apparent violation needs independent corroboration, unless the article says otherwise. Fire pixels and alerts establish no act. What a party says is a claim. The software never declares a violation: a person does.",
		"Anyone who holds the same agreement and the same files computes the same findings, byte for byte.",
	} {
		s.p("", t)
	}
	var keys []string
	for k := range r.Basis {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var rows [][]string
	for _, k := range keys {
		rows = append(rows, []string{k, r.Basis[k]})
	}
	rows = append(rows, []string{"situation", r.Digest.Hex()})
	s.rows([]columnOf{{"Rests on", .2, false}, {"Digest", .8, false}}, rows)
	s.AddPage()
	s.h2("Annex: incidents")
	s.soft(grouped(int64(len(r.Incidents))) + " listed, in time, each counted apart: some may be the same incident.")
	rows = nil
	for i := range r.Incidents {
		x := &r.Incidents[i]
		what := x.What
		if harm := x.Harm(); harm != "" {
			what += "\n" + harm
		}
		rows = append(rows, []string{r.when(x.Occurred), x.Place.Short(), what, strings.Join(x.Sources, ", "), findingWords(x.Findings), x.ID.String()})
	}
	s.rows([]columnOf{{"Occurred", .19, false}, {"Where", .2, false}, {"What", .14, false}, {"Source", .12, false}, {"Finding", .22, false}, {"ID", .13, false}}, rows)
	s.h2("Annex: data and licences")
	rows = nil
	for _, x := range r.Licences {
		rows = append(rows, []string{x.Source, x.License, x.Attribution})
	}
	s.rows([]columnOf{{"Source", .25, false}, {"Licence", .25, false}, {"Attribution", .5, false}}, rows)
}

// placed is a map's drawing unit in millimetres on the page.
type placed struct {
	view
	x, y, k float64
}

func (p placed) at(q geo.Point) fpdf.PointType {
	x, y := p.xy(q)
	x, y = math.Max(0, math.Min(p.w, x)), math.Max(0, math.Min(p.h, y))
	return fpdf.PointType{X: p.x + x*p.k, Y: p.y + y*p.k}
}

// outline thins a ring or line to what would be seen.
func (p placed) outline(points []geo.Point) []fpdf.PointType {
	var out []fpdf.PointType
	for i, q := range points {
		at := p.at(q)
		if n := len(out); n > 0 && i < len(points)-1 && math.Abs(at.X-out[n-1].X)+math.Abs(at.Y-out[n-1].Y) < 0.15 {
			continue
		}
		out = append(out, at)
	}
	return out
}

func (s *sheet) drawMap() {
	v := s.r.frame()
	k := math.Min(column/v.w, 150/v.h)
	p := placed{v, left, s.GetY(), k}
	w, h := v.w*k, v.h*k
	s.SetFillColor(235, 231, 221)
	s.SetDrawColor(201, 199, 192)
	s.SetLineWidth(0.2)
	s.ClipRect(p.x, p.y, w, h, false)
	s.Rect(p.x, p.y, w, h, "F")
	s.SetFillColor(227, 221, 205)
	s.SetDrawColor(120, 112, 90)
	for _, z := range s.r.Map.Zones {
		for _, poly := range z.Shape {
			for i, ring := range poly {
				if i == 0 {
					s.Polygon(p.outline(ring), "FD")
				}
			}
		}
	}
	s.SetDrawColor(89, 96, 104)
	s.SetDashPattern([]float64{1, 1}, 0)
	for _, a := range s.r.Map.Regions {
		for _, poly := range a.Shape {
			s.Polygon(p.outline(poly[0]), "D")
		}
	}
	s.SetDrawColor(91, 44, 111)
	s.SetLineWidth(0.5)
	s.SetDashPattern([]float64{2, 1}, 0)
	for _, l := range s.r.Map.Lines {
		for _, line := range l.Lines {
			pts := p.outline(line)
			for i := 1; i < len(pts); i++ {
				s.Line(pts[i-1].X, pts[i-1].Y, pts[i].X, pts[i].Y)
			}
		}
	}
	s.SetDashPattern(nil, 0)
	s.SetDrawColor(51, 55, 59)
	for _, sp := range s.r.spots(v) {
		x, y := p.x+sp.x*k, p.y+sp.y*k
		s.SetLineWidth(0.1)
		if r := sp.r * k; r > 0.5 {
			s.SetAlpha(0.12, "Normal")
			s.SetFillColor(51, 55, 59)
			s.Circle(x, y, r, "F")
			s.SetAlpha(1, "Normal")
		}
		s.sign(sp.worst, x, y, sp.n)
	}
	s.ClipEnd()
	s.SetDrawColor(201, 199, 192)
	s.Rect(p.x, p.y, w, h, "D")
	s.scale(p, w, h)
	s.SetDrawColor(20, 22, 24)
	s.SetXY(left, p.y+h+1)
	s.font("", 7)
	s.grey()
	labels := []string{s.r.when(s.r.Period), s.r.cutOff()}
	for _, l := range s.r.Map.Lines {
		labels = append(labels, l.Label)
	}
	if m := s.r.Mark(); m != "" {
		labels = append(labels, m)
	}
	s.MultiCell(column, 3.4, printable(strings.Join(labels, " · ")), "", "L", false)
	s.black()
	s.legend()
}

// scale is a bar of a round number of kilometres.
func (s *sheet) scale(p placed, w, h float64) {
	km := 500.0
	for _, n := range []float64{1, 2, 5, 10, 20, 50, 100, 200, 500} {
		if n/kmPerDegree*p.scale > 80 {
			km = n
			break
		}
	}
	long := km / kmPerDegree * p.view.scale * p.k
	x, y := p.x+w-long-4, p.y+h-4
	s.SetDrawColor(20, 22, 24)
	s.SetLineWidth(0.3)
	s.Line(x, y, x+long, y)
	s.Line(x, y-1.2, x, y)
	s.Line(x+long, y-1.2, x+long, y)
	s.font("", 6.5)
	s.SetXY(x, y-4.4)
	s.CellFormat(long, 3, fmt.Sprintf("%.0f km", km), "", 0, "C", false, 0, "")
}

// sign draws an outcome: shape and fill, never hue alone, as everywhere else.
func (s *sheet) sign(o truce.Outcome, x, y float64, n int) {
	const r = 1.15
	s.SetLineWidth(0.25)
	s.SetFillColor(51, 55, 59)
	if n > 1 {
		m := 1.6 + math.Sqrt(float64(n))*0.25
		s.SetFillColor(250, 248, 243)
		s.Circle(x, y, m, "FD")
		s.font("", 5.5)
		s.SetXY(x-m, y-1.1)
		s.CellFormat(2*m, 2.2, fmt.Sprint(n), "", 0, "C", false, 0, "")
		return
	}
	open := func() {
		s.SetFillColor(250, 248, 243)
		s.Circle(x, y, r, "FD")
		s.SetFillColor(51, 55, 59)
	}
	half := func() {
		s.MoveTo(x, y-r)
		s.ArcTo(x, y, r, r, 0, 90, 270)
		s.ClosePath()
		s.DrawPath("F")
	}
	switch class(o) {
	case "decided":
		s.Circle(x, y, r, "FD")
		s.SetDrawColor(255, 255, 255)
		s.Line(x-0.6, y, x-0.15, y+0.5)
		s.Line(x-0.15, y+0.5, x+0.65, y-0.55)
		s.SetDrawColor(51, 55, 59)
	case "apparent":
		s.Circle(x, y, r, "FD")
	case "awaiting":
		open()
		s.Circle(x, y, r*0.65, "F")
	case "uncorroborated":
		open()
		s.Circle(x, y, r*0.38, "F")
	case "undetermined":
		open()
		half()
	case "differ":
		open()
		half()
		s.Line(x-r, y, x+r, y)
	case "alleged":
		s.SetDashPattern([]float64{0.5, 0.4}, 0)
		open()
		s.SetDashPattern(nil, 0)
	case "excepted":
		open()
		s.Line(x-r, y, x+r, y)
	case "outofscope":
		s.SetFillColor(120, 126, 132)
		s.Circle(x, y, r*0.5, "F")
	default:
		open()
	}
}

func (s *sheet) legend() {
	s.Ln(1)
	s.font("", 7)
	x, y := left, s.GetY()+1.6
	for _, o := range []truce.Outcome{truce.Violation, truce.ApparentViolation, truce.AwaitingResponse, truce.Uncorroborated, truce.UndeterminedPlace, truce.ReadingsDiffer, truce.AllegedOnly, truce.Excepted, truce.OutOfScope, truce.NoViolation} {
		text := o.Words()
		if o.Undetermined() {
			text = "undetermined"
		}
		w := s.GetStringWidth(text) + 8
		if x+w > left+column {
			x, y = left, y+4
		}
		s.SetDrawColor(51, 55, 59)
		s.sign(o, x+1.5, y, 1)
		s.font("", 7)
		s.SetXY(x+3.2, y-1.7)
		s.CellFormat(w-4, 3.4, text, "", 0, "L", false, 0, "")
		x += w
	}
	s.SetDrawColor(20, 22, 24)
	s.SetXY(left, y+4)
}

// drawRibbon sets an article's bars and its coverage under them.
func (s *sheet) drawRibbon(a *Article) {
	n := len(a.Ribbon)
	if n == 0 {
		return
	}
	if s.GetY() > 297-bottom-42 {
		s.AddPage()
	}
	s.font("B", small)
	s.MultiCell(column, 4, printable("Article "+string(a.Article)+". "+a.Text), "", "L", false)
	s.font("", small)
	s.MultiCell(column, 4, printable(blockText(&a.Count)), "", "L", false)
	if a.Loose.Incidents.High > 0 {
		s.MultiCell(column, 4, printable("Not in the chart, because their time is not known precisely enough for one bar: "+blockText(&a.Loose)), "", "L", false)
	}
	const row, gap, band, names = 5.0, 1.2, 3.2, 26.0
	y0 := s.GetY() + 1
	step := (column - names) / float64(n)
	value := func(b *Bucket, i int) float64 {
		return [3]float64{float64(b.Signs.Low.N + b.Signs.Low.Uncountable), float64(b.Incidents.Low), float64(b.Violations.Low)}[i]
	}
	s.font("", 6.5)
	for i, name := range []string{"signs", "incidents", "violations decided"} {
		most := 0.0
		for k := range a.Ribbon {
			most = math.Max(most, value(&a.Ribbon[k], i))
		}
		y := y0 + float64(i)*(row+gap)
		s.SetXY(left, y+row-3.4)
		s.CellFormat(names-2, 3, name, "", 0, "R", false, 0, "")
		s.SetFillColor(51, 55, 59)
		for k := range a.Ribbon {
			if v := value(&a.Ribbon[k], i); v > 0 {
				h := v / most * row
				s.Rect(left+names+float64(k)*step+step*0.14, y+row-h, step*0.72, h, "F")
			}
		}
		s.SetDrawColor(201, 199, 192)
		s.SetLineWidth(0.15)
		s.Line(left+names, y+row, left+column, y+row)
	}
	for i, name := range []string{"coverage", "parties’ own"} {
		y := y0 + 3*(row+gap) + float64(i)*(band+gap)
		s.SetXY(left, y)
		s.CellFormat(names-2, 3, name, "", 0, "R", false, 0, "")
		for k := range a.Ribbon {
			b := &a.Ribbon[k]
			x := left + names + float64(k)*step
			c := b.Coverage
			if i == 1 {
				c = b.Own
			}
			if !b.Force {
				s.SetDashPattern([]float64{0.6, 0.8}, 0)
				s.Rect(x+0.2, y, step-0.4, band, "D")
				s.SetDashPattern(nil, 0)
				continue
			}
			s.SetDrawColor(89, 96, 104)
			s.Rect(x, y, step, band, "D")
			s.ClipRect(x, y, step, band, false)
			for d := -band; d < step; d += 1.1 { // hatched: nobody could see
				s.Line(x+d, y+band, x+d+band, y)
			}
			s.ClipEnd()
			if c > 0 {
				h := band * float64(c) / float64(truce.One)
				s.SetFillColor(107, 127, 134)
				s.Rect(x, y+band-h, step, h, "F")
			}
			s.SetDrawColor(201, 199, 192)
		}
	}
	every := max(1, n/12)
	yt := y0 + 3*(row+gap) + 2*(band+gap)
	s.grey()
	for k := 0; k < n; k += every {
		t := a.Ribbon[k].During.Start.Time().In(s.r.loc)
		label := t.Format("2 Jan")
		if a.Ribbon[k].During.Width().Hours() < 23 {
			label = t.Format("15:04")
		}
		s.SetXY(left+names+float64(k)*step, yt)
		s.CellFormat(step*float64(every), 3, label, "", 0, "L", false, 0, "")
	}
	s.black()
	s.SetDrawColor(20, 22, 24)
	s.SetXY(left, yt+5)
}
