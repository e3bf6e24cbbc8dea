package gazetteer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold brings a name to the form in which names are compared: lower case,
// without accents and apostrophes, single spaces for hyphens and the like.
func fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r), strings.ContainsRune("'’ʼʹ`´\"", r):
			continue
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			r = unicode.ToLower(r)
			if plain, ok := noAccent[r]; ok {
				r = plain
			}
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}

// noAccent are letters that do not decompose.
var noAccent = map[rune]rune{'ł': 'l', 'ø': 'o', 'đ': 'd', 'ı': 'i', 'ґ': 'г'}

// stem takes the word for a region off a folded name. It stays when nothing
// else would be left.
func stem(s string) string {
	words := strings.Fields(s)
	kept := words[:0]
	for _, w := range words {
		switch w {
		case "oblast", "область", "обл", "obl", "region":
		default:
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return s
	}
	return strings.Join(kept, " ")
}

// loose makes spellings that differ only in i, y and j equal: Kryvyi and
// Kryvyy, Mykolaiv and Mykolayiv.
func loose(s string) string {
	var b strings.Builder
	last := rune(-1)
	for _, r := range s {
		if r == 'y' || r == 'j' {
			r = 'i'
		}
		if r != 'i' || last != 'i' {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}
