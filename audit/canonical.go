package audit

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"
)

// Limits of what is read as an entry; an entry is at most 65,535 bytes by
// tlog-tiles, and nothing that a mission writes is nested deeper.
const maxDepth = 64

// A member of a JSON object: its name, decoded, and the bytes of its value.
type member struct {
	name  string
	value []byte
}

// Canonical returns nil if text is one JSON value in the canonical form of
// RFC 8785: no white space, members sorted by UTF-16 code units and none twice,
// the shortest escapes, valid UTF-8, numbers as ECMAScript prints them. The
// error says at which byte it is not.
func Canonical(text []byte) error {
	_, err := members(text)
	return err
}

// members checks one canonical value and, if it is an object, returns its
// members.
func members(text []byte) ([]member, error) {
	s := scanner{b: text}
	var out []member
	err := s.value(1, &out)
	if err == nil && s.i != len(s.b) {
		err = s.fail("something follows the value")
	}
	return out, err
}

type scanner struct {
	b []byte
	i int
}

func (s *scanner) fail(why string) error {
	return fmt.Errorf("byte %d: %s", s.i, why)
}

func (s *scanner) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// value reads one value; the members of an outermost object go to out.
func (s *scanner) value(depth int, out *[]member) error {
	if depth > maxDepth {
		return s.fail("nested too deeply")
	}
	switch c := s.peek(); {
	case c == '{':
		return s.object(depth, out)
	case c == '[':
		return s.array(depth)
	case c == '"':
		_, err := s.text()
		return err
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(s.b[s.i:], []byte(word)) {
			s.i += len(word)
			return nil
		}
	}
	return s.fail("no JSON value, or white space")
}

func (s *scanner) object(depth int, out *[]member) error {
	s.i++
	if s.peek() == '}' {
		s.i++
		return nil
	}
	var last []byte
	first := true
	for {
		if s.peek() != '"' {
			return s.fail("want a member's name")
		}
		name, err := s.text()
		if err != nil {
			return err
		}
		if !first && !before(last, name) {
			if bytes.Equal(last, name) {
				return s.fail("member " + strconv.Quote(string(name)) + " stands twice")
			}
			return s.fail("member " + strconv.Quote(string(name)) + " is not in order")
		}
		last, first = name, false
		if s.peek() != ':' {
			return s.fail("want a colon")
		}
		s.i++
		start := s.i
		if err := s.value(depth+1, nil); err != nil {
			return err
		}
		if out != nil {
			*out = append(*out, member{string(name), s.b[start:s.i]})
		}
		switch s.peek() {
		case ',':
			s.i++
		case '}':
			s.i++
			return nil
		default:
			return s.fail("want a comma or the end of the object")
		}
	}
}

// before reports whether a sorts before b, which is another, by UTF-16 code units
// (RFC 8785, section 3.2.3).
func before(a, b []byte) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return utf16Rank(a[i]) < utf16Rank(b[i])
		}
	}
	return len(a) < len(b)
}

// utf16Rank ranks the first byte in which two valid UTF-8 texts differ. Their order
// is that of the bytes, except that U+E000 to U+FFFF, which begin with 0xEE or 0xEF,
// come after what has surrogates in UTF-16 and begins with 0xF0 to 0xF4 here.
func utf16Rank(c byte) byte {
	if c == 0xee || c == 0xef {
		return c + 8
	}
	return c
}

func (s *scanner) array(depth int) error {
	s.i++
	if s.peek() == ']' {
		s.i++
		return nil
	}
	for {
		if err := s.value(depth+1, nil); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.i++
		case ']':
			s.i++
			return nil
		default:
			return s.fail("want a comma or the end of the array")
		}
	}
}

// text reads a string and refuses any but its shortest form. What it returns may
// be part of what is read.
func (s *scanner) text() ([]byte, error) {
	s.i++
	start := s.i
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '"':
			out := s.b[start:s.i]
			s.i++
			return out, nil
		case c == '\\':
			s.i = start
			return s.escaped()
		case c < 0x20:
			return nil, s.fail("a control character in a string")
		case c < utf8.RuneSelf:
			s.i++
		default:
			r, n := utf8.DecodeRune(s.b[s.i:])
			if r == utf8.RuneError && n == 1 {
				return nil, s.fail("not UTF-8")
			}
			s.i += n
		}
	}
	return nil, s.fail("a string without an end")
}

// escaped reads the rest of a string that has escapes.
func (s *scanner) escaped() ([]byte, error) {
	var out []byte
	for s.i < len(s.b) {
		c := s.b[s.i]
		switch {
		case c == '"':
			s.i++
			return out, nil
		case c < 0x20:
			return nil, s.fail("a control character in a string")
		case c != '\\':
			r, n := utf8.DecodeRune(s.b[s.i:])
			if r == utf8.RuneError && n == 1 {
				return nil, s.fail("not UTF-8")
			}
			out = append(out, s.b[s.i:s.i+n]...)
			s.i += n
			continue
		}
		if s.i+1 >= len(s.b) {
			break
		}
		if at := bytes.IndexByte([]byte(`"\bfnrt`), s.b[s.i+1]); at >= 0 {
			out = append(out, "\"\\\b\f\n\r\t"[at])
			s.i += 2
			continue
		}
		// What is left are the control characters without a letter of their own.
		if s.i+6 > len(s.b) || s.b[s.i+1] != 'u' {
			return nil, s.fail("an escape that RFC 8785 does not write")
		}
		v, err := strconv.ParseUint(string(s.b[s.i+2:s.i+6]), 16, 16)
		if err != nil || v >= 0x20 || bytes.IndexByte([]byte("\b\t\n\f\r"), byte(v)) >= 0 || fmt.Sprintf("%04x", v) != string(s.b[s.i+2:s.i+6]) {
			return nil, s.fail("an escape that RFC 8785 does not write")
		}
		out = append(out, byte(v))
		s.i += 6
	}
	return nil, s.fail("a string without an end")
}

// number refuses numbers that are not written as ECMAScript writes the IEEE
// double they stand for.
func (s *scanner) number() error {
	start := s.i
	for s.i < len(s.b) && bytes.IndexByte([]byte("+-.eE0123456789"), s.b[s.i]) >= 0 {
		s.i++
	}
	lit := s.b[start:s.i]
	if len(lit) < 16 && plain(lit) {
		return nil // a double holds it
	}
	// What is not a number reads as 0 or an infinity, and is not written as these are.
	f, _ := strconv.ParseFloat(string(lit), 64)
	if string(lit) != ecmaNumber(f) {
		s.i = start
		return s.fail("the number is not in canonical form, or not one that IEEE 754 doubles hold")
	}
	return nil
}

// plain reports whether lit is a whole number in the only way to write it.
func plain(lit []byte) bool {
	digits := bytes.TrimPrefix(lit, []byte("-"))
	if len(digits) == 0 || digits[0] == '0' && len(lit) > 1 {
		return false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// ecmaNumber prints f by ECMA-262, Number::toString, radix 10.
func ecmaNumber(f float64) string {
	abs := math.Abs(f)
	switch {
	case f == 0:
		return "0"
	case abs >= 1e-6 && abs < 1e21:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	s := []byte(strconv.FormatFloat(f, 'e', -1, 64))
	// Go writes at least two digits of exponent, ECMAScript as few as there are.
	if n := len(s); s[n-4] == 'e' && s[n-2] == '0' {
		s = append(s[:n-2], s[n-1])
	}
	return string(s)
}

var errNotString = errors.New("want a string")

// str decodes a JSON string that was found canonical.
func str(raw []byte) (string, error) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", errNotString
	}
	s := scanner{b: raw}
	b, err := s.text()
	return string(b), err
}

// An object is the members of a JSON object by name.
type object map[string][]byte

// objectOf returns the members of a canonical object; anything else has none.
func objectOf(raw []byte) object {
	ms, err := members(raw)
	if err != nil {
		return nil
	}
	return named(ms)
}

func named(ms []member) object {
	o := make(object, len(ms))
	for _, m := range ms {
		o[m.name] = m.value
	}
	return o
}

// text is a member that is a string, or empty.
func (o object) text(name string) string {
	s, _ := str(o[name])
	return s
}
