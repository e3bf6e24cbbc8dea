package strict

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"go.yaml.in/yaml/v3"
)

// Word reports whether s is one of the words allowed; another is an error.
func (d *Decoder) Word(s Text, allowed ...string) bool {
	if !s.Set() {
		return false
	}
	for _, w := range allowed {
		if s.V == w {
			return true
		}
	}
	d.Errorf(s.Line, s.Col, "bad-value", strings.TrimPrefix(truce.Suggest(s.V, allowed), "; "), "%q is not one of %s", s.V, strings.Join(allowed, ", "))
	return false
}

// Acts reads acts of the vocabulary.
func (d *Decoder) Acts(list []Text) []truce.Act {
	var out []truce.Act
	for _, s := range list {
		act, err := truce.Words.Act(s.V)
		if err != nil {
			d.At(s, "unknown-word", "%s", err)
			continue
		}
		out = append(out, act)
	}
	return out
}

// Instant reads a time with zone or a date, which is its first moment in loc.
func (d *Decoder) Instant(s Text, loc *time.Location) truce.Instant {
	if day, err := truce.ParseDate(s.V); err == nil {
		return day.Start(loc)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s.V); err == nil && truce.Plausible(truce.InstantOf(t)) {
			return truce.InstantOf(t)
		}
	}
	d.Errorf(s.Line, s.Col, "bad-time", "write 2025-08-16T00:00:00+03:00 or a date", "%q is not a time with a zone, nor a date that exists", s.V)
	return truce.Never
}

// Span reads P14D or 24h.
func (d *Decoder) Span(s Text) truce.Span {
	out, err := truce.ParseSpan(s.V)
	if err != nil {
		d.At(s, "bad-duration", "%s", err)
	}
	return out
}

// Hours reads a span in which each day has 24 hours; none is 0.
func (d *Decoder) Hours(s Text) time.Duration {
	if !s.Set() {
		return 0
	}
	out := d.Span(s)
	return out.Time + time.Duration(out.Days)*24*time.Hour
}

// Clock reads a local time of day such as "22:00", or 24:00, in minutes after midnight.
func (d *Decoder) Clock(s Text) int {
	t, err := time.Parse("15:04", s.V)
	switch {
	case s.V == "24:00":
		return 24 * 60
	case err != nil:
		d.Errorf(s.Line, s.Col, "bad-time", "write \"22:00\" in quotes", "%q is not a time of day", s.V)
	}
	return t.Hour()*60 + t.Minute()
}

// Share reads 0.7 or 70 %.
func (d *Decoder) Share(s Text) truce.PPM {
	p, err := truce.ParsePPM(s.V)
	if err != nil {
		d.At(s, "bad-value", "%s", err)
	}
	return p
}

// Metres reads metres or kilometres with decimals, into whole metres; none is 0.
func (d *Decoder) Metres(s Text) int64 {
	if !s.Set() {
		return 0
	}
	m, err := truce.ParseMetres(s.V)
	if err != nil {
		d.At(s, "bad-distance", "%s", err)
	}
	return m
}

// Number reads a whole number from 1 to most; name is its key.
func (d *Decoder) Number(s Text, name string, most int) int {
	n, err := strconv.Atoi(s.V)
	if s.Set() && (err != nil || n < 1 || n > most) {
		d.At(s, "bad-value", "%s %q: want a whole number from 1 to %d", name, s.V, most)
	}
	return n
}

// Weapons is a list of classes, or {class, calibre}.
type Weapons struct {
	Pos     Text
	Class   []Text
	Calibre Text
}

// FromNode reads either way of writing it.
func (w *Weapons) FromNode(d *Decoder, n *yaml.Node) {
	w.Pos = Text{"weapons", n.Line, n.Column}
	if n.Kind == yaml.MappingNode {
		var m struct {
			Class   []Text `yaml:"class"`
			Calibre Text   `yaml:"calibre"`
		}
		d.Into(n, &m, "weapons")
		w.Class, w.Calibre = m.Class, m.Calibre
		if len(w.Class) == 0 && !w.Calibre.Set() {
			d.Errorf(n.Line, n.Column, "missing-key", "", "weapons: want class, calibre or both")
		}
		return
	}
	d.Into(n, &w.Class, "weapons")
}

// Schema is either way of writing it.
func (Weapons) Schema(func() map[string]any) map[string]any {
	classes := Enum(truce.Words.Classes())
	return map[string]any{"oneOf": []any{classes, map[string]any{"type": "array", "items": classes},
		map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{"class": One(classes), "calibre": Any()}}}}
}

// Weapons reads a selection of weapons.
func (d *Decoder) Weapons(w Weapons) truce.Weapons {
	var out truce.Weapons
	for _, s := range w.Class {
		c, err := truce.Words.Class(s.V)
		if err == nil && c == "" {
			err = fmt.Errorf("weapon %q selects nothing", s.V)
		}
		if err != nil {
			d.At(s, "unknown-word", "%s", err)
			continue
		}
		out.Classes = append(out.Classes, c)
	}
	if w.Calibre.Set() {
		rule, err := truce.ParseCalibreRule(w.Calibre.V)
		if err != nil {
			d.At(w.Calibre, "bad-value", "%s", err)
		}
		out.Calibre = rule
	}
	return out
}

// ByParty is one value for all, or one for each party.
type ByParty struct {
	All Text
	By  Mapping[Text]
}

// FromNode reads either way of writing it.
func (b *ByParty) FromNode(d *Decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		b.All = Text{n.Value, n.Line, n.Column}
		return
	}
	d.Into(n, &b.By, "line")
}

// Schema is either way of writing it.
func (ByParty) Schema(func() map[string]any) map[string]any {
	return Either(map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}})
}

// Deadline is a moment, or a time after something.
type Deadline struct {
	Pos    Text
	At     Text
	After  Text
	Period Text
}

// FromNode reads either way of writing it.
func (t *Deadline) FromNode(d *Decoder, n *yaml.Node) {
	t.Pos = Text{"by", n.Line, n.Column}
	if n.Kind == yaml.ScalarNode {
		t.At = Text{n.Value, n.Line, n.Column}
		return
	}
	var m struct {
		After  Text `yaml:"after" need:"write after: phase"`
		Period Text `yaml:"period" need:"such as P14D"`
	}
	d.Into(n, &m, "by")
	t.After, t.Period = m.After, m.Period
}

// Schema is either way of writing it.
func (Deadline) Schema(func() map[string]any) map[string]any {
	return Either(Object("after", "period"))
}

// Deadline reads when something falls due. words are what a period may run from; none: the
// phase.
func (d *Decoder) Deadline(t Deadline, loc *time.Location, words ...string) (out truce.Deadline) {
	if t.At.Set() {
		out.At = d.Instant(t.At, loc)
	}
	if t.After.Set() {
		if len(words) == 0 {
			words = []string{"phase"}
		}
		d.Word(t.After, words...)
	}
	if t.Period.Set() {
		out.After = d.Span(t.Period)
	}
	return out
}
