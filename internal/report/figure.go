package report

import (
	"html/template"
	"time"

	"github.com/opentruce/truce"
)

// Glyph is an outcome's sign for running text: shape and fill, never hue alone. It
// is drawn with the classes o, f, t, d and s.
func Glyph(o truce.Outcome) template.HTML { return template.HTML(mark(o)) }

// Class is the word for how an outcome is drawn.
func Class(o truce.Outcome) string { return class(o) }

// Figure is the report's map for a page.
func (r *Report) Figure() (template.HTML, error) {
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		return "", err
	}
	c := *r
	c.loc = loc
	return template.HTML(c.drawMap()), nil
}
