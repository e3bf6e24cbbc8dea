package view

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"golang.org/x/text/unicode/norm"
)

// wordsOf are the words that somebody looks for, 16 at most.
func wordsOf(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return words[:min(len(words), 16)]
}

// searched is what full text finds of a row.
func searched(r *truce.Row) string {
	parts := []string{r.What, r.Region, r.Place.Short(), r.Place.Settlement, r.Place.Name, hex.EncodeToString(r.ID[:])}
	for _, p := range r.Claimants {
		parts = append(parts, string(p))
	}
	for _, s := range r.Sources {
		parts = append(parts, string(s))
	}
	for _, f := range r.Findings {
		parts = append(parts, f.Outcome.Words(), string(f.Standing))
	}
	return strings.Join(parts, " ")
}

// mentions reports whether a row has words that begin with each of those that are asked
// for, as the full-text index finds them.
func mentions(r *truce.Row, asked []string) bool {
	if len(asked) == 0 {
		return true
	}
	has := tokens(searched(r))
	for _, text := range asked {
		for _, w := range tokens(text) {
			if !slices.ContainsFunc(has, func(h string) bool { return strings.HasPrefix(h, w) }) {
				return false
			}
		}
	}
	return true
}

// tokens are the words of a text as SQLite's tokenizer unicode61 makes them with
// remove_diacritics 2: of letters, numbers and marks, in lower case, Latin letters and
// marks without diacritics.
func tokens(text string) (out []string) {
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	for _, r := range text {
		switch {
		case slices.Contains(diacritics, r):
		case unicode.In(r, unicode.L, unicode.N, unicode.Co):
			b.WriteRune(folded(r))
		default:
			end()
		}
	}
	end()
	return out
}

// diacritics are the marks that the tokenizer leaves out; others end a word.
var diacritics = []rune("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030f\u0311\u031b\u0323\u0324\u0325\u0326\u0327\u0328\u032d\u032e\u0330\u0331")

// folded is a letter in lower case, without diacritics if it is Latin.
func folded(r rune) rune {
	if r != 'ı' { // not what is written I in Turkish
		r = unicode.ToLower(unicode.ToUpper(r))
	}
	if r < 0x80 {
		return r
	}
	if base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r))); base < 0x80 && unicode.IsLetter(base) {
		return base
	}
	return r
}
