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
	r     *Report
	doc   *document
	n     int   // of paragraphs
	pages []int // on which sections begin, as the first setting found
	begun []int // as this one does
	links []int // to the sections
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
	d, err := r.toPrint()
	if err != nil {
		return err
	}
	// It is set twice: where sections begin is known after the first time.
	s := set(r, d, make([]int, len(d.sections)))
	if s.Error() == nil {
		s = set(r, d, s.begun)
	}
	if err := s.Error(); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	return s.Output(w)
}

// set sets the report, whose sections begin on these pages.
func set(r *Report, d *document, pages []int) *sheet {
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", ""), r: r, doc: d, pages: pages}
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
	for range d.sections {
		s.links = append(s.links, s.AddLink())
	}
	s.first()
	s.AddPage()
	s.contents()
	for i := range d.sections {
		s.section(i)
	}
	return s
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
	s.SetXY(left, 297-16)
	s.grey()
	s.SetFont("mono", "", 6)
	s.CellFormat(column-20, 3.2, "situation "+s.r.Digest.Hex(), "", 0, "L", false, 0, "")
	s.font("", 7.5)
	s.CellFormat(20, 3.2, fmt.Sprintf("%d / {pages}", s.PageNo()), "", 0, "R", false, 0, "")
	s.SetXY(left, 297-12.8)
	s.font("", 6.5)
	s.CellFormat(column, 3.2, "Verify: truce verify <record> <this file>; compute it again: truce report. "+printable(s.r.cutOff()), "", 1, "L", false, 0, "")
	s.black()
}

// heading begins a part of the report, with some room for what follows it.
func (s *sheet) heading(text string, room float64) {
	if s.GetY() > 297-bottom-room {
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

// mostLines is up to how many lines a row is not parted between two pages.
const mostLines = 40

// table sets a list; its head stands again on each page.
func (s *sheet) table(t *table) {
	const lead = 3.5
	if text := t.left(); text != "" {
		s.soft(text)
	}
	width := func(k int) float64 { return t.cols[k].width * column }
	names := make([][]string, len(t.cols))
	high := 1
	s.font("B", small)
	for k, c := range t.cols {
		names[k] = s.SplitText(printable(c.name), width(k)-1)
		high = max(high, len(names[k]))
	}
	head := func() {
		s.font("B", small)
		x, y := left, s.GetY()
		for k, c := range t.cols {
			for i, l := range names[k] {
				s.SetXY(x, y+float64(high-len(names[k])+i)*lead)
				s.CellFormat(width(k)-1, lead, l, "", 0, side(c.right), false, 0, "")
			}
			x += width(k)
		}
		s.SetLineWidth(0.3)
		s.Line(left, y+float64(high)*lead+0.6, left+column, y+float64(high)*lead+0.6)
		s.SetXY(left, y+float64(high)*lead+1)
	}
	rows := t.listed()
	for i, x := range rows {
		set, most := s.broken(t, &x)
		if first := float64(high+min(most, mostLines))*lead + 3; i == 0 {
			if s.GetY()+first > 297-bottom {
				s.AddPage()
			}
			head()
		}
		for from := 0; from < most; from += mostLines {
			n := min(mostLines, most-from)
			h := float64(n)*lead + 1.2
			if s.GetY()+h > 297-bottom {
				s.AddPage()
				head()
			}
			y, at := s.GetY(), left
			for k := range set {
				for i := from; i < min(from+n, len(set[k])); i++ {
					s.line(set[k][i], at, y+0.5+float64(i-from)*lead, width(k)-1, lead, t.cols[k].right, x.soft)
				}
				at += width(k)
			}
			s.black()
			s.SetDrawColor(201, 199, 192)
			s.SetLineWidth(0.15)
			s.Line(left, y+h, left+column, y+h)
			s.SetDrawColor(20, 22, 24)
			s.SetXY(left, y+h)
		}
	}
	s.Ln(2)
}

// broken is a row as it is broken into lines, and the most that a column has.
func (s *sheet) broken(t *table, x *row) (set [][]line, most int) {
	set, most = make([][]line, len(t.cols)), 1
	for k, f := range x.fields {
		for _, l := range f {
			s.face(l, x.soft)
			room := t.cols[k].width*column - 2
			if l.mark != "" {
				room -= 3.2
			}
			for i, text := range s.SplitText(printable(l.text), room) {
				b := l
				if b.text = text; i > 0 && l.mark != "" {
					b.mark = indented
				}
				set[k] = append(set[k], b)
			}
		}
		most = max(most, len(set[k]))
	}
	return set, most
}

// indented stands for the mark of a line that continues one with a mark.
const indented truce.Outcome = "-"

func side(right bool) string {
	if right {
		return "R"
	}
	return "L"
}

// face is the font of a line.
func (s *sheet) face(l line, soft bool) {
	switch {
	case l.code:
		s.SetFont("mono", "", 6.2)
	case l.soft || soft:
		s.font("", small-0.6)
	default:
		s.font("", small-0.2)
	}
}

// line sets one line of a table.
func (s *sheet) line(l line, x, y, w, h float64, right, soft bool) {
	if l.mark != "" {
		if l.mark != indented {
			s.SetDrawColor(51, 55, 59)
			s.sign(l.mark, x+1.3, y+h/2, 1)
			s.SetDrawColor(20, 22, 24)
		}
		x, w = x+3.2, w-3.2
	}
	s.face(l, soft)
	s.black()
	if l.soft || soft {
		s.grey()
	}
	s.SetXY(x, y)
	s.CellFormat(w, h, l.text, "", 0, side(right), false, 0, "")
}

// first is the page for the head of mission. It is one page, whatever there is to say: what has
// no room is among the main points.
func (s *sheet) first() {
	r, p := s.r, &s.r.First
	s.AddPage()
	s.SetAutoPageBreak(false, 0)
	defer s.SetAutoPageBreak(true, bottom)
	s.font("", small)
	s.grey()
	s.MultiCell(column, 4, printable("Truce · "+r.Kind+" · "+r.Stage), "", "L", false)
	s.black()
	s.font("B", 17)
	s.MultiCell(column, 7.5, printable(shortened(r.Title, 160)), "", "L", false)
	s.font("", small)
	s.MultiCell(column, 4, printable(r.when(r.Period)+". Information: "+r.cutOff()+". Made "+r.Issued.In(r.loc)+"."), "", "L", false)
	if m := r.Mark(); m != "" {
		s.Ln(1)
		s.SetFillColor(255, 243, 214)
		s.font("B", small+0.5)
		s.MultiCell(column, 4.6, printable(m+". "+r.MarkWords()), "1", "L", true)
	}
	s.Ln(2)
	s.font("", 10.5)
	s.MultiCell(column, 4.9, printable(p.Short.String()), "", "L", false)
	for _, t := range r.SummaryFirst() {
		s.font("", body)
		s.MultiCell(column, 4.4, printable(t), "", "L", false)
	}
	s.Ln(2.5)
	y, w := s.GetY(), column/4
	for i, x := range []struct{ name, value string }{{"Reports", SignRange(&Count{Signs: p.Signs})}, {"Incidents", p.Incidents.String()}, {"Violations decided", p.Decided.String()}, {"Watched independently", p.Watched.String()}} {
		at := left + float64(i)*w
		s.SetLineWidth(0.7)
		s.Line(at, y, at+w-3, y)
		s.font("", 7.5)
		s.grey()
		s.SetXY(at, y+1)
		s.CellFormat(w-3, 3.6, x.name, "", 0, "L", false, 0, "")
		s.black()
		size := 14.0
		for s.font("B", size); s.GetStringWidth(printable(x.value)) > w-4 && size > 7; s.font("B", size) {
			size--
		}
		s.SetXY(at, y+4.6)
		s.CellFormat(w-3, 6, printable(x.value), "", 0, "L", false, 0, "")
	}
	s.SetXY(left, y+11.2)
	s.tiny(column, "Reports and incidents are those that an article in force may be about; of several articles each is counted once. Some reports may be of the same incident, so the number of incidents is a range.")
	y = s.GetY() + 1.5

	const foot = 297 - bottom
	articles := r.ByArticle()
	size := 8.4
	for size > 6 && s.lines(articles, column, size) > 0.24*(foot-y) {
		size -= 0.3
	}
	for len(articles) > 1 && s.lines(articles, column, size) > 0.35*(foot-y) { // of very many words: section 1 has them
		if len(articles) == 2 {
			articles = articles[:1]
		} else {
			articles = append(articles[:len(articles)-2:len(articles)-2], firstLine{truce.OutOfScope, "All articles are in section 1."})
		}
	}
	below, small := s.lines(articles, column, size)+8, size

	// The lists on the right, as large as there is room.
	const gap = 6.0
	half := (column - gap) / 2
	room := foot - below - y - 2
	lists := r.Lists()
	need := func(size float64) (h float64) {
		for _, l := range lists {
			h += 6 + s.lines(l.Lines, half, size)
			if l.More != "" {
				h += 3
			}
		}
		return h
	}
	size = 9
	for size > 6 && need(size) > room {
		size -= 0.2
	}
	for need(size) > room { // the longest list gives way first
		k := 0
		for i := range lists {
			if len(lists[i].Lines) > len(lists[k].Lines) {
				k = i
			}
		}
		if len(lists[k].Lines) < 2 {
			break
		}
		lists[k].Lines, lists[k].More = lists[k].Lines[:len(lists[k].Lines)-1], "More in section 2."
	}
	s.SetXY(left+half+gap, y)
	for _, l := range lists {
		s.SetX(left + half + gap)
		s.small2(l.Title, half)
		s.list(l.Lines, left+half+gap, half, size)
		if l.More != "" {
			s.SetX(left + half + gap)
			s.tiny(half, l.More)
		}
	}

	// Map and trend on the left.
	end := s.GetY()
	s.SetXY(left, y)
	s.small2("Where", half)
	const trend = 50.0
	high := s.drawMap(left, s.GetY(), half, max(20, room-trend-14))
	s.SetXY(left, s.GetY()+high+0.5)
	s.tiny(half, Phrase(" ", r.Unagreed(), "Marks of the map: section 3."))
	s.small2("Trend", half)
	s.drawTrend(left, s.GetY(), half, 24)
	s.SetX(left)
	s.tiny(half, r.TrendWords())
	s.SetXY(left, max(end, s.GetY())+1)
	s.small2("By article", column)
	s.list(articles, left, column, small)
}

// tiny is a note on the first page.
func (s *sheet) tiny(w float64, text string) {
	s.font("", 6.5)
	s.grey()
	x := s.GetX()
	s.MultiCell(w, 2.9, printable(text), "", "L", false)
	s.black()
	s.SetX(x)
}

// small2 is a heading on the first page.
func (s *sheet) small2(text string, w float64) {
	x := s.GetX()
	s.Ln(1)
	s.SetX(x)
	s.font("B", 9)
	s.CellFormat(w, 4.4, printable(text), "", 1, "L", false, 0, "")
	s.SetX(x)
}

// lines is how high a list is.
func (s *sheet) lines(list []firstLine, w, size float64) (h float64) {
	s.font("", size)
	for _, l := range list {
		h += float64(len(s.SplitText(printable(l.Text), w-5)))*size*0.42 + 0.7
	}
	return h
}

// list sets a list of the first page, with a mark or a dot before each line.
func (s *sheet) list(list []firstLine, x, w, size float64) {
	for _, l := range list {
		y := s.GetY()
		if l.Mark != "" {
			s.SetDrawColor(51, 55, 59)
			s.sign(l.Mark, x+1.4, y+size*0.21, 1)
		} else {
			s.SetFillColor(89, 96, 104)
			s.Circle(x+1.4, y+size*0.21, 0.45, "F")
		}
		s.SetDrawColor(20, 22, 24)
		s.font("", size)
		s.black()
		for i, text := range s.SplitText(printable(l.Text), w-5) {
			s.SetXY(x+4, y+float64(i)*size*0.42)
			s.CellFormat(w-4, size*0.42, text, "", 0, "L", false, 0, "")
			s.SetXY(x, y+float64(i+1)*size*0.42+0.7)
		}
	}
}

// drawTrend sets bars and the band of coverage under them.
func (s *sheet) drawTrend(x, y, w, high float64) {
	t := s.r.First.Trend
	const band = 3.2
	if len(t) == 0 {
		return
	}
	most := 1
	for _, b := range t {
		most = max(most, b.Incidents.High)
	}
	step := w / float64(len(t))
	up := func(n int) float64 { return float64(n) / float64(most) * (high - 1) }
	for k := range t {
		b, at := &t[k], x+float64(k)*step+step*0.14
		dark, light := 51, 176
		if !b.Within {
			dark, light = 130, 215
		}
		s.SetFillColor(light, light, light)
		s.Rect(at, y+high-up(b.Incidents.High), step*0.72, up(b.Incidents.High), "F")
		s.SetFillColor(dark, dark+4, dark+8)
		s.Rect(at, y+high-up(b.Incidents.Low), step*0.72, up(b.Incidents.Low), "F")
		s.band(b.Force, b.Watched.Least, x+float64(k)*step, y+high+0.8, step, band)
	}
	s.SetDrawColor(20, 22, 24)
	s.SetLineWidth(0.2)
	s.Line(x, y+high, x+w, y+high)
	s.font("", 6.5)
	s.grey()
	day := func(k int) string { return t[k].During.Start.Time().In(s.r.loc).Format("2 Jan") }
	s.SetXY(x, y+high+band+1.2)
	s.CellFormat(w/2, 3, day(0), "", 0, "L", false, 0, "")
	if n := len(t) - 1; n > 0 {
		s.CellFormat(w/2, 3, day(n), "", 0, "R", false, 0, "")
	}
	s.black()
	s.SetXY(x, y+high+band+4.4)
}

// contents lists the sections with their pages.
func (s *sheet) contents() {
	s.heading("Contents", 25)
	for i, x := range s.doc.sections {
		s.font("", body)
		s.CellFormat(8, 4.3, fmt.Sprint(i+1), "", 0, "L", false, s.links[i], "")
		s.CellFormat(column-20, 4.3, printable(x.title), "", 0, "L", false, s.links[i], "")
		s.CellFormat(12, 4.3, fmt.Sprint(s.pages[i]), "", 1, "R", false, s.links[i], "")
	}
}

// section sets one.
func (s *sheet) section(i int) {
	x := &s.doc.sections[i]
	room := 25.0
	if len(x.parts) > 0 {
		if _, ok := x.parts[0].(picture); ok {
			room = s.mapHeight() + 30
		}
	}
	s.heading(fmt.Sprintf("%d. %s", i+1, x.title), room)
	s.begun = append(s.begun, s.PageNo())
	s.SetLink(s.links[i], max(0, s.GetY()-9), s.PageNo())
	s.Bookmark(fmt.Sprintf("%d. %s", i+1, printable(x.title)), 0, max(0, s.GetY()-9))
	for _, part := range x.parts {
		switch part := part.(type) {
		case para:
			s.p(part.about, part.text)
		case note:
			s.soft(string(part))
		case head:
			if s.GetY() > 297-bottom-20 {
				s.AddPage()
			}
			s.Ln(1)
			s.font("B", small+0.8)
			s.MultiCell(column, 4.2, printable(Phrase(". ", part.text, part.soft)), "", "L", false)
			s.Ln(0.6)
		case items:
			s.items(part)
		case table:
			s.table(&part)
		case picture:
			h := s.drawMap(left, s.GetY(), column, mostHigh)
			s.SetXY(left, s.GetY()+h+1)
			s.legend()
		case ribbon:
			s.drawRibbon(part.Article)
		}
	}
}

// items sets a list with its title.
func (s *sheet) items(x items) {
	s.font("", small)
	if s.GetY() > 297-bottom-12 {
		s.AddPage()
	}
	s.MultiCell(column, 3.7, printable(x.title), "", "L", false)
	for _, t := range x.list {
		in := 3.0
		if strings.HasPrefix(t, "  ") {
			in = 7
		}
		s.SetLeftMargin(left + in + 3)
		s.SetX(left + in)
		s.CellFormat(3, 3.7, "·", "", 0, "L", false, 0, "")
		s.MultiCell(column-in-3, 3.7, printable(strings.TrimSpace(t)), "", "L", false)
		s.SetLeftMargin(left)
	}
	s.SetX(left)
	s.Ln(1)
}

func share(p truce.PPM) string {
	if p == 0 {
		return "none stated"
	}
	return p.Percent()
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

// mostHigh is the height of the map at most.
const mostHigh = 118.0

func (s *sheet) mapHeight() float64 {
	v := s.r.frame()
	return v.h * math.Min(column/v.w, mostHigh/v.h)
}

// drawMap draws the map into a box and returns how high it is, without its caption.
func (s *sheet) drawMap(x, y, wide, high float64) float64 {
	v := s.r.frame()
	k := math.Min(wide/v.w, high/v.h)
	p := placed{v, x + (wide-v.w*k)/2, y, k}
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
	labels := []string{s.r.when(s.r.Period)}
	if m := s.r.Mark(); m != "" {
		labels = append(labels, m)
	}
	if wide == column { // beside the first page's map the page says it
		labels = append(labels, s.r.cutOff())
	}
	s.font("", 6)
	s.grey()
	s.SetXY(p.x+1, p.y+h-3.4)
	s.CellFormat(w-2, 3, s.fitting(printable(strings.Join(labels, " · ")), w-30), "", 0, "L", false, 0, "")
	s.black()
	s.SetXY(x, y)
	return h
}

// fitting is a text as far as it fits.
func (s *sheet) fitting(text string, w float64) string {
	for n := len([]rune(text)); n > 8 && s.GetStringWidth(text) > w; n-- {
		text = string([]rune(text)[:n-2]) + "…"
	}
	return text
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
	s.font("", 7)
	x, y := left, s.GetY()+1.6
	for _, l := range legendOf {
		w := s.GetStringWidth(l.text) + 8
		if x+w > left+column {
			x, y = left, y+4
		}
		s.SetDrawColor(51, 55, 59)
		s.sign(l.outcome, x+1.5, y, 1)
		s.font("", 7)
		s.SetXY(x+3.2, y-1.7)
		s.CellFormat(w-4, 3.4, l.text, "", 0, "L", false, 0, "")
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
	if s.GetY() > 297-bottom-36 {
		s.AddPage()
	}
	s.font("", small)
	s.MultiCell(column, 4, printable(blockText(&a.Count)), "", "L", false)
	const row, gap, band, names = 5.0, 1.2, 3.2, 26.0
	y0 := s.GetY() + 1
	step := (column - names) / float64(n)
	value := func(b *Bucket, i int) float64 {
		return [3]float64{float64(b.Signs.Low.N + b.Signs.Low.Uncountable), float64(b.Incidents.Low), float64(b.Violations.Low)}[i]
	}
	s.font("", 6.5)
	for i, name := range []string{"reports", "incidents", "violations decided"} {
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
			s.band(b.Force, c, x, y, step, band)
		}
	}
	every := max(1, (n+8)/9)
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

// band sets one bar's coverage: not in force, hatched where nobody could see, solid as far as
// somebody could.
func (s *sheet) band(force bool, c truce.PPM, x, y, w, h float64) {
	s.SetLineWidth(0.15)
	if !force {
		s.SetDrawColor(201, 199, 192)
		s.SetDashPattern([]float64{0.6, 0.8}, 0)
		s.Rect(x+0.2, y, w-0.4, h, "D")
		s.SetDashPattern(nil, 0)
		return
	}
	s.SetDrawColor(89, 96, 104)
	s.Rect(x, y, w, h, "D")
	s.ClipRect(x, y, w, h, false)
	for d := -h; d < w; d += 1.1 {
		s.Line(x+d, y+h, x+d+h, y)
	}
	s.ClipEnd()
	if c > 0 {
		part := h * float64(c) / float64(truce.One)
		s.SetFillColor(107, 127, 134)
		s.Rect(x, y+h-part, w, part, "F")
	}
	s.SetDrawColor(201, 199, 192)
}
