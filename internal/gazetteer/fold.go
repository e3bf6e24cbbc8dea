package gazetteer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold brings a name to the form in which names are compared: lower case,
// without accents and apostrophes, single spaces for hyphens and the like.
func Fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r), strings.ContainsRune("'’‘ʼʹʿʾ`´\"ـ\u200c\u200d", r):
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

// noAccent are letters that do not decompose, and letters of the Arabic script that
// keyboards and publishers use for one another.
var noAccent = map[rune]rune{'ł': 'l', 'ø': 'o', 'đ': 'd', 'ı': 'i', 'ґ': 'г', 'ى': 'ي', 'ی': 'ي', 'ک': 'ك', 'ة': 'ه'}

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

// kinds are words for a settlement, folded, as tables in Ukrainian and Arabic write them before its
// name: city, town, village.
var kinds = map[string]bool{"м": true, "місто": true, "с": true, "село": true, "смт": true, "селище": true, "сел": true, "مدينه": true, "بلده": true, "قريه": true}

// withoutKind takes such a word off the beginning of a folded name.
func withoutKind(s string) string {
	if first, rest, ok := strings.Cut(s, " "); ok && kinds[first] {
		return rest
	}
	return s
}

// romanised are the letters of the Ukrainian alphabet in Latin ones, by the table of the
// Cabinet of Ministers of Ukraine (Resolution 55 of 27 January 2010), as far as they
// survive Fold and loose: these make ї and і, й and и, and ye and ie equal.
var romanised = map[rune]string{'а': "a", 'б': "b", 'в': "v", 'г': "h", 'д': "d", 'е': "e", 'є': "ie", 'ж': "zh", 'з': "z", 'и': "y",
	'і': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh",
	'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ь': "", 'ю': "iu", 'я': "ia", ' ': " "}

// latin is a folded name in Ukrainian letters as the official romanisation has it. It is ""
// if the name has other letters, such as those that only Russian has.
func latin(s string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(s, "зг", "зgh") {
		text, ok := romanised[r]
		if !ok && r != 'g' && r != 'h' {
			return ""
		}
		if !ok {
			text = string(r)
		}
		b.WriteString(text)
	}
	return b.String()
}

// Among returns the names that are the same as this name, except for case, accents, hyphens
// and the like. If there are none, it returns the names that differ only by a word for a
// division of a country, such as governorate, and alike is false: people should know of
// that, because a town may have the name of its governorate.
func Among(name string, names []string) (found []string, alike bool) {
	same := func(form func(string) string) (out []string) {
		want := form(name)
		for _, n := range names {
			if want != "" && form(n) == want {
				out = append(out, n)
			}
		}
		return out
	}
	if found = same(Fold); found != nil {
		return found, true
	}
	return same(func(s string) string { return withoutDivision(Fold(s)) }), false
}

// divisions are words for the first division of a country, as publishers add them to
// its name.
var divisions = map[string]bool{"oblast": true, "область": true, "region": true, "governorate": true, "gouvernorat": true, "muhafazah": true,
	"province": true, "provincia": true, "prefecture": true, "department": true, "departement": true, "wilaya": true, "state": true}

// divisionsBefore are such words, folded, where the name comes behind them, as in Arabic: state,
// governorate, region.
var divisionsBefore = map[string]bool{"ولايه": true, "محافظه": true, "اقليم": true}

// withoutDivision takes such a word off a folded name.
func withoutDivision(s string) string {
	if first, rest, ok := strings.Cut(s, " "); ok && divisionsBefore[first] {
		return rest
	}
	if rest, last, ok := cutLast(s); ok && divisions[last] {
		return rest
	}
	return s
}

func cutLast(s string) (before, last string, ok bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
