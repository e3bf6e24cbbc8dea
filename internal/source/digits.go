package source

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// folded writes the digits and signs of numbers, times and positions in ASCII, whatever script
// they are in: ١٥٫٧٩ is 15.79. Marks of direction, which spreadsheets and chats put around numbers
// in Arabic and Hebrew, are left out. Letters stay. A cell that is kept as its publisher wrote it,
// such as a key, a name or a note, never comes here.
func folded(b []byte) []byte {
	if plainASCII(b) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		c, size := utf8.DecodeRune(b[i:])
		rest := b[i+size:]
		i += size
		switch {
		case c == utf8.RuneError && size == 1:
			out = append(out, b[i-1])
		case c < utf8.RuneSelf:
			out = append(out, byte(c))
		case unicode.Is(unicode.Nd, c):
			out = append(out, '0'+digitIn(c))
		case strings.ContainsRune(directions0, c):
		case c == '٬' && groupBehind(rest): // between thousands
		default:
			if to, ok := signs[c]; ok {
				out = append(out, to)
			} else {
				out = utf8.AppendRune(out, c)
			}
		}
	}
	return out
}

// foldedText is folded for a text.
func foldedText(s string) string { return string(folded([]byte(s))) }

func plainASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// directions0 are characters without width: the marks of direction of Unicode (UAX 9), the
// byte order mark and the blank of no width.
const directions0 = "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"

// signs are those of numbers and times in other scripts.
var signs = map[rune]byte{'٫': '.', '،': ',', '؛': ';', '٪': '%', '−': '-', '．': '.', '：': ':', '／': '/', '－': '-', '\u00a0': ' ', '\u202f': ' ', '\u2009': ' '}

// digitIn is the value of a decimal digit (general category Nd). Each script has its ten digits
// one after the other, so a range of such characters has a multiple of ten.
func digitIn(c rune) byte {
	for _, r := range unicode.Nd.R16 {
		if rune(r.Lo) <= c && c <= rune(r.Hi) {
			return byte((c - rune(r.Lo)) % 10)
		}
	}
	for _, r := range unicode.Nd.R32 {
		if rune(r.Lo) <= c && c <= rune(r.Hi) {
			return byte((c - rune(r.Lo)) % 10)
		}
	}
	return 0
}

// groupBehind reports whether three digits come next, and no fourth.
func groupBehind(b []byte) bool {
	n := 0
	for len(b) > 0 {
		c, size := utf8.DecodeRune(b)
		if !unicode.Is(unicode.Nd, c) {
			break
		}
		n, b = n+1, b[size:]
	}
	return n == 3
}
