package report

import (
	"html/template"
	"strings"
	"time"

	"github.com/opentruce/truce"
)

// Glyph is an outcome's sign for running text: shape and fill, never hue alone. It
// is drawn with the classes o, f, t, d and s.
func Glyph(o truce.Outcome) template.HTML { return template.HTML(mark(o)) }

// Class is the word for how an outcome is drawn.
func Class(o truce.Outcome) string { return class(o) }

// Drawing is the report's map as an SVG file, with its styles in it, for light and
// dark.
func (r *Report) Drawing() (string, error) {
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		return "", err
	}
	c := *r
	c.loc = loc
	return styled(c.drawMap()), nil
}

// styled puts the drawing's styles into it.
func styled(svg string) string {
	const styles = `<style>:root{--ink:#1b1f23;--soft:#56606a;--rest:#dbe4e8;--land:#f1eee6;--zone:#8a7a4d;--mark:#2c3136;--line:#5b2c6f;--warn:#6d4200}@media (prefers-color-scheme:dark){:root{--ink:#e9e7e2;--soft:#a9b2ba;--rest:#182127;--land:#23282a;--zone:#c2ad70;--mark:#e4e1da;--line:#d2a8e6;--warn:#ffd98a}}
.rest{fill:var(--rest)}.zone{fill:var(--land);stroke:var(--zone)}.region{fill:url(#hatch);stroke:var(--soft);stroke-width:.6}.hatchline{stroke:var(--soft)}.line{fill:none;stroke:var(--line);stroke-width:2;stroke-dasharray:7 3}.reach{fill:var(--mark);fill-opacity:.1;stroke:var(--mark);stroke-width:.7}.many{fill:var(--land);stroke:var(--mark)}text{fill:var(--ink);font:12px sans-serif}.n{text-anchor:middle;font-size:10.5px}.zl{text-anchor:middle;fill:var(--soft)}.mapmark{text-anchor:middle;fill:var(--warn)}.scale path{fill:none;stroke:var(--ink)}.scale text{text-anchor:middle}.at .o{fill:var(--land);stroke:var(--mark);stroke-width:1.4}.at path.o{fill:none}.at .f{fill:var(--mark)}.at .t{fill:none;stroke:var(--land);stroke-width:1.6}.at .d{stroke-dasharray:2.2 1.6}.at .s{fill:var(--soft)}</style>`
	head, body, _ := strings.Cut(svg, ">")
	return strings.Replace(head, "<svg ", `<svg xmlns="http://www.w3.org/2000/svg" `, 1) + ">" + styles + body
}
