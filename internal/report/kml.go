package report

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

// kmlStyles are how each standing is drawn: its colour as KML has it (alpha, blue, green,
// red), from dark for what is well established to pale for what is only said, and a size, so
// that the order can be told without colour. No picture is fetched from a server.
var kmlStyles = []struct {
	standing truce.Standing
	colour   string
	scale    string
}{
	{truce.Verified, "ff5b1f0b", "1.3"},
	{truce.Corroborated, "ffa8501f", "1.2"},
	{truce.SingleSource, "ffd9a066", "1.0"},
	{truce.Alleged, "ff3aa0e8", "0.9"},
	{truce.UnverifiableStanding, "ffb4b4b4", "0.8"},
	{truce.Refuted, "ff787878", "0.7"},
	{"", "ffe6e6e6", "0.8"},
}

func kmlStyle(s truce.Standing) string {
	if s == "" {
		return "none"
	}
	return string(s)
}

// writeKML writes OGC KML 2.2 (OGC 07-147r2): a placemark for each row, with its time, its
// columns as typed extended data and a description in words, and in a folder of their own
// the areas that surely hold the positions. What is known to a region alone is listed
// without a geometry: it is never a pin.
func writeKML(w io.Writer, t *Table) error {
	k := &kml{w: bufio.NewWriter(w), t: t, at: map[string]int{}}
	for i, c := range t.Columns {
		k.at[c.Name] = i
	}
	k.put(xml.Header + `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>`)
	k.tag("name", inert(Phrase(": ", strings.ToUpper(marked(t.Status)), Clean(t.Title))))
	k.tag("open", "1")
	k.tag("description", k.paragraphs(t.words()))
	for _, s := range kmlStyles {
		k.put(`<Style id="` + kmlStyle(s.standing) + `"><IconStyle><color>` + s.colour + `</color><scale>` + s.scale + `</scale></IconStyle><LabelStyle><scale>0</scale></LabelStyle><LineStyle><color>` + s.colour + `</color><width>1</width></LineStyle><PolyStyle><color>40` + s.colour[2:] + `</color></PolyStyle></Style>` + "\n")
	}
	k.put(`<Schema name="` + t.Name + `" id="columns">`)
	for i := range t.Columns {
		c := &t.Columns[i]
		k.put(`<SimpleField type="` + kmlTypes[c.Kind] + `" name="` + c.field() + `">`)
		k.tag("displayName", Phrase(", ", strings.ReplaceAll(c.Name, "_", " "), c.Unit))
		k.put(`</SimpleField>`)
	}
	k.put("</Schema>\n")
	if err := k.folder(t.Name, k.placemark); err != nil {
		return err
	}
	if err := k.folder("surely within", k.reach); err != nil {
		return err
	}
	k.put("</Document></kml>\n")
	return k.w.Flush()
}

// kmlTypes are the kinds of columns as simple fields: OGC 07-147r2, clause 9.5. A whole
// number can be larger than KML's int, and a time has no type there.
var kmlTypes = map[Kind]string{Text: "string", List: "string", Integer: "double", Number: "double", Time: "string"}

type kml struct {
	w  *bufio.Writer // keeps its first error
	t  *Table
	at map[string]int // columns by name
}

// folder writes what a function writes of each row.
func (k *kml) folder(name string, row func(Line)) error {
	k.put("<Folder>")
	k.tag("name", name)
	k.put("\n")
	for line, err := range k.t.Rows {
		if err != nil {
			return err
		}
		row(line)
		if _, err := k.w.Write(nil); err != nil { // whoever reads it is gone
			return err
		}
	}
	k.put("</Folder>\n")
	return nil
}

func (k *kml) put(s string) { k.w.WriteString(s) }

// tag writes an element with a text; an empty one is left out.
func (k *kml) tag(name, text string) {
	if text == "" {
		return
	}
	k.put("<" + name + ">")
	_ = xml.EscapeText(k.w, []byte(text)) // the writer keeps its first error
	k.put("</" + name + ">")
}

// text is a column of a line; empty: it is not known, or the table has no such column.
func (k *kml) text(line Line, name string) string {
	i, ok := k.at[name]
	if !ok {
		return ""
	}
	return k.t.Columns[i].text(line.Values[i])
}

// instant is a time of a line.
func (k *kml) instant(line Line, name string) (truce.Instant, bool) {
	if i, ok := k.at[name]; ok {
		at, ok := line.Values[i].(truce.Instant)
		return at, ok && at.Stated()
	}
	return 0, false
}

// head writes what both placemarks of a line begin with.
func (k *kml) head(line Line, before string) {
	k.put("<Placemark>")
	name := Phrase(", ", before+first(k.text(line, "what"), k.text(line, "outcome")), k.day(line))
	k.tag("name", inert(name))
}

// inert is a name without what programs read into one: Google Earth takes it for HTML where
// it shows it above a description, and $[x] for the column x.
func inert(s string) string {
	return strings.NewReplacer("<", "‹", ">", "›", "$[", "$(").Replace(s)
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func (k *kml) location() *time.Location {
	if k.t.Location == nil {
		return time.UTC
	}
	return k.t.Location
}

// day is the local day on which a line begins, or by whose end it had happened.
func (k *kml) day(line Line) string {
	if at, ok := k.instant(line, "from"); ok {
		return at.Time().In(k.location()).Format(time.DateOnly)
	}
	if at, ok := k.instant(line, "until"); ok {
		return "before " + at.Time().In(k.location()).Format(time.DateOnly)
	}
	return ""
}

// tail writes time and style.
func (k *kml) tail(line Line) {
	from, begins := k.instant(line, "from")
	until, ends := k.instant(line, "until")
	if begins || ends {
		k.put("<TimeSpan>")
		if begins {
			k.tag("begin", from.String())
		}
		if ends {
			k.tag("end", until.String())
		}
		k.put("</TimeSpan>")
	}
	style := "none"
	for _, s := range kmlStyles {
		if string(s.standing) == k.text(line, "standing") {
			style = kmlStyle(s.standing)
		}
	}
	k.put("<styleUrl>#" + style + "</styleUrl>")
}

// standing says how well a line is established, in words: of what several publishers report, what is
// known of where they have it from.
func (k *kml) standing(line Line) string {
	if g := truce.Ground(k.text(line, "ground")); g.Words() != "" {
		return g.Words()
	}
	return strings.ReplaceAll(k.text(line, "standing"), "-", " ")
}

// placemark writes a line.
func (k *kml) placemark(line Line) {
	k.head(line, "")
	k.tag("Snippet", Phrase(", ", k.text(line, "outcome"), k.standing(line)))
	k.tag("description", k.paragraphs(k.says(line)))
	k.tail(line)
	k.put(`<ExtendedData><SchemaData schemaUrl="#columns">`)
	for i, v := range line.Values {
		c := &k.t.Columns[i]
		if s := c.text(v); s != "" {
			k.put(`<SimpleData name="` + c.field() + `">`)
			_ = xml.EscapeText(k.w, []byte(s))
			k.put("</SimpleData>")
		}
	}
	k.put("</SchemaData></ExtendedData>")
	switch p := line.Place; {
	case p == nil:
	case p.Kind == truce.PlacePoint || p.Kind == truce.PlaceObject:
		k.put("<Point>")
		k.tag("coordinates", kmlPoint(p.Point))
		k.put("</Point>")
	case len(p.Shape) > 0:
		k.areas(p.Shape)
	}
	k.put("</Placemark>\n")
}

// reach writes the area that surely holds the position of a line.
func (k *kml) reach(line Line) {
	p := line.Place
	if p == nil || p.Kind != truce.PlacePoint && p.Kind != truce.PlaceObject || p.Uncertainty <= leastReachM {
		return
	}
	k.head(line, "within "+truce.Metres(int64(p.Uncertainty))+": ")
	k.tail(line)
	k.areas(geo.DiscPolygon(p.Point, float64(p.Uncertainty), 32))
	k.put("</Placemark>\n")
}

// leastReachM is the radius in metres up to which a position is drawn as a point alone.
const leastReachM = 10

// areas writes them as one geometry, each ring closed.
func (k *kml) areas(m geo.MultiPolygon) {
	k.put("<MultiGeometry>")
	for _, poly := range m {
		k.put("<Polygon>")
		for i, ring := range poly {
			side := "outerBoundaryIs"
			if i > 0 {
				side = "innerBoundaryIs"
			}
			k.put("<" + side + "><LinearRing><coordinates>")
			for j := range len(ring) + 1 {
				if j > 0 {
					k.put(" ")
				}
				k.put(kmlPoint(ring[j%len(ring)]))
			}
			k.put("</coordinates></LinearRing></" + side + ">")
		}
		k.put("</Polygon>")
	}
	k.put("</MultiGeometry>")
}

// kmlPoint is a position: longitude first.
func kmlPoint(p geo.Point) string {
	lat, lon := p.Degrees()
	return fmt.Sprintf("%.7f,%.7f", lon, lat)
}

// says is a line in words: what, when and where, who says so, what it means and what was
// suffered.
func (k *kml) says(line Line) []string {
	var when string
	if until, ok := k.instant(line, "until"); ok {
		from, _ := k.instant(line, "from")
		if i, ok := k.at["from"]; ok {
			from, _ = line.Values[i].(truce.Instant)
		}
		when = truce.Interval{Start: from, End: until}.In(k.location())
	}
	var harm []string
	for _, field := range truce.CasualtyStated {
		name := truce.CasualtyWord(field).English
		low, best, high := k.text(line, field+"_low"), k.text(line, field+"_best"), k.text(line, field+"_high")
		switch {
		case low == "":
		case high == "":
			harm = append(harm, name+" "+low+" or more")
		case low == high:
			harm = append(harm, name+" "+low)
		case best == "":
			harm = append(harm, name+" "+low+" to "+high)
		default:
			harm = append(harm, name+" "+best+" ("+low+" to "+high+")")
		}
	}
	found := k.text(line, "findings")
	if article := k.text(line, "article"); article != "" {
		found = article + ": " + k.text(line, "outcome") + " " + k.standing(line)
	}
	mark := ""
	if m := marked(k.t.Status); m != "" {
		mark = strings.ToUpper(m) + ". Nothing here is a verdict"
	}
	list := []string{
		Phrase("; ", k.text(line, "what"), when),
		Phrase("; ", first(k.text(line, "place"), k.text(line, "area")), k.text(line, "region")),
		after("Reported by ", first(k.text(line, "sources"), k.text(line, "publishers"))),
		after("Alleged by ", k.text(line, "alleged_by")),
		after("Article ", found),
		after("Casualties: ", strings.Join(harm, ", ")),
		mark,
		after("Licence: ", k.text(line, "licence")),
	}
	return list
}

// marked is a status that is marked; empty: it is in force.
func marked(s truce.Status) string {
	if s == truce.InForce {
		return ""
	}
	return string(s)
}

// paragraphs are texts as a description has them. Programs read a description as HTML, so
// a publisher's words are escaped as HTML before they are escaped as XML.
func (k *kml) paragraphs(list []string) string {
	var out []string
	for _, s := range list {
		if s != "" {
			s = html.EscapeString(strings.TrimSuffix(Clean(s), "."))
			out = append(out, "<p>"+strings.ReplaceAll(s, "$[", "$&#91;")+".</p>")
		}
	}
	return strings.Join(out, "")
}
