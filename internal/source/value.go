package source

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/opentruce/truce/geo"
)

// decimal is a cell with a number, with a point before its fraction.
func (r *row) decimal(i int) []byte {
	return point(bytes.TrimSpace(r.cell(i)), r.comma)
}

// point writes a decimal comma as a point.
func point(cell []byte, comma bool) []byte {
	if comma && bytes.IndexByte(cell, ',') >= 0 && bytes.IndexByte(cell, '.') < 0 {
		return bytes.Replace(cell, []byte{','}, []byte{'.'}, 1)
	}
	return cell
}

var (
	pointedGroups = regexp.MustCompile(`^[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?$`)
	commaGroups   = regexp.MustCompile(`^[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?$`)
)

// measured is a number with a point before its fraction and without marks between thousands,
// where the mapping states which of comma and point is which.
func (r *row) measured(cell []byte) []byte {
	cell = folded(cell)
	switch {
	case r.comma && pointedGroups.Match(cell):
		cell = bytes.ReplaceAll(cell, []byte{'.'}, nil)
	case r.stop && commaGroups.Match(cell):
		cell = bytes.ReplaceAll(cell, []byte{','}, nil)
	}
	return point(cell, r.comma)
}

// errTooLarge is about whole numbers.
var errTooLarge = fmt.Errorf("the number is too large: at most %d", math.MaxInt32)

// number reads an integer without sign, space or point.
func number(b []byte) (int32, error) {
	b = folded(b)
	if len(b) == 0 {
		return 0, errors.New("a number is missing")
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, errors.New("not a whole number")
		}
		n = min(n*10+int64(c-'0'), math.MaxInt32+1)
	}
	if n > math.MaxInt32 {
		return 0, errTooLarge
	}
	return int32(n), nil
}

// count reads an integer that the publisher may have written as a float, such
// as 97.0; 97.5 is refused. decimal is the sign before a fraction, "." or ","; where nobody
// states it, 1.000 is refused: it is one, or a thousand.
func count(b []byte, decimal string) (int32, error) {
	b, err := ungrouped(folded(b), decimal)
	if err != nil {
		return 0, err
	}
	b = point(b, decimal == ",")
	if whole, frac, ok := bytes.Cut(b, []byte{'.'}); ok {
		if len(frac) == 0 || len(bytes.Trim(frac, "0")) > 0 {
			return 0, errors.New("not a whole number")
		}
		b = whole
	}
	return number(b)
}

var (
	grouped = regexp.MustCompile(`^[0-9]{1,3}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+|(?:['’][0-9]{3})+)$`)
	dotted  = regexp.MustCompile(`^[1-9][0-9]{0,2}((?:\.[0-9]{3})+)$`)
)

// ungrouped takes the marks between thousands out of a whole number: 1,200, 1 200, 1'200. In a
// count of people or acts such a comma is not a decimal one, unless the mapping states that it is.
func ungrouped(b []byte, decimal string) ([]byte, error) {
	without := func(marks string) []byte {
		return bytes.Map(func(c rune) rune {
			if strings.ContainsRune(marks, c) {
				return -1
			}
			return c
		}, b)
	}
	switch part := dotted.FindSubmatch(b); {
	case grouped.Match(b):
		if decimal == "," && bytes.Count(b, []byte{','}) == 1 {
			return nil, fmt.Errorf("it is %s or %s, because the mapping states that a comma comes before a fraction", bytes.Split(b, []byte{','})[0], without(","))
		}
		return without(", '’"), nil
	case part == nil:
	case decimal == "," || len(part[1]) > len(".000"):
		return without("."), nil
	case decimal == "":
		whole, _, _ := bytes.Cut(b, []byte{'.'})
		if string(part[1]) != ".000" {
			return nil, notWhole{fmt.Sprintf("not a number of people or acts, unless it is %s", without("."))}
		}
		return nil, notWhole{fmt.Sprintf("it is %s or %s", whole, without("."))}
	}
	return b, nil
}

// notWhole is about a number whose point may be one between thousands.
type notWhole struct{ why string }

func (e notWhole) Error() string { return e.why }

const thousandsHint = `if a point separates thousands in this file, state it in the mapping: table: {decimal: ","}; if it comes before a fraction: table: {decimal: "."}`

// numeric reports whether a cell is nothing but a number, with a point or a comma.
func numeric(cells ...[]byte) bool {
	for _, b := range cells {
		if _, err := fixed(point(b, true), 7); err == nil {
			return true
		}
	}
	return false
}

// fixed reads a decimal number into units of 10^-digits, exactly; what is
// beyond is rounded, halves away from zero. Exponents, NaN and infinities are
// no decimal numbers.
func fixed(b []byte, digits int) (int64, error) {
	b = folded(b)
	s := b
	neg := len(s) > 0 && s[0] == '-'
	if neg {
		s = s[1:]
	}
	if len(s) == 0 {
		return 0, errors.New("a number is missing")
	}
	var n int64
	point, any, after := false, false, 0
	for _, c := range s {
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			return 0, notDecimal(b)
		}
		any = true
		if point {
			if after++; after > digits {
				if after == digits+1 && c >= '5' {
					n++
				}
				continue
			}
		}
		if n = n*10 + int64(c-'0'); n > math.MaxInt64/100 {
			return 0, errors.New("the number is too large")
		}
	}
	if !any {
		return 0, notDecimal(b)
	}
	for ; after < digits; after++ {
		if n *= 10; n > math.MaxInt64/100 {
			return 0, errors.New("the number is too large")
		}
	}
	if neg {
		n = -n
	}
	return n, nil
}

var errNotAPoint = errors.New("not a decimal number; write a point, not a comma")

// commaHint is for a table by a mapping.
func (r *row) commaHint(err error) string {
	var may notWhole
	switch {
	case !r.mapped:
	case err == errNotAPoint:
		return `if the numbers of this file have a decimal comma, state it in the mapping: table: {decimal: ","}; if a comma separates thousands: table: {decimal: "."}`
	case errors.As(err, &may):
		return thousandsHint
	}
	return ""
}

func notDecimal(b []byte) error {
	if bytes.IndexByte(b, ',') >= 0 {
		return errNotAPoint
	}
	return errors.New("not a decimal number")
}

const degree = 10_000_000 // geo.Point units

// A box bounds where a publisher's positions can lie, in geo.Point units.
type box struct{ south, west, north, east int64 }

var everywhere = box{-90 * degree, -180 * degree, 90 * degree, 180 * degree}

func (b box) holds(lat, lon int64) bool {
	return b.south <= lat && lat <= b.north && b.west <= lon && lon <= b.east
}

// A position that is none.
const (
	nowhere     = "position 0, 0"
	nowhereHint = "that is how many programs write a missing position"
)

// position reads latitude and longitude in decimal degrees from columns la and
// lo, and refuses what lies outside the bounds.
func (r *row) position(la, lo int, within box) (geo.Point, error) {
	lat, err := fixed(r.decimal(la), 7)
	if err != nil {
		return geo.Point{}, r.refuse(la, err.Error(), r.commaHint(err))
	}
	lon, err := fixed(r.decimal(lo), 7)
	if err != nil {
		return geo.Point{}, r.refuse(lo, err.Error(), r.commaHint(err))
	}
	if lat == 0 && lon == 0 {
		return geo.Point{}, r.refuse(la, nowhere, nowhereHint)
	}
	if within.holds(lat, lon) {
		if lon == 180*degree { // the antimeridian has one name
			lon = -lon
		}
		return geo.Point{Lat: int32(lat), Lon: int32(lon)}, nil
	}
	hint := ""
	if within.holds(lon, lat) {
		hint = "latitude and longitude look swapped"
	}
	why, col := "latitude is not within "+degrees(within.south)+" and "+degrees(within.north), la
	if within.south <= lat && lat <= within.north {
		why, col = "longitude is not within "+degrees(within.west)+" and "+degrees(within.east), lo
	}
	return geo.Point{}, r.refuse(col, why, hint)
}

func degrees(units int64) string { return strconv.FormatFloat(float64(units)/degree, 'f', -1, 64) }
