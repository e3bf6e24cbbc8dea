package source

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/am"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/ar_DZ"
	"github.com/go-playground/locales/ar_SY"
	"github.com/go-playground/locales/az"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/he"
	"github.com/go-playground/locales/hy"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ka"
	"github.com/go-playground/locales/my"
	"github.com/go-playground/locales/ne"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/so"
	"github.com/go-playground/locales/sw"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"golang.org/x/text/cases"
)

// calendars are the languages whose months are understood, by CLDR. No name means two
// months in two of them, which is why Polish and Croatian are not here (listopad).
var calendars = []func() locales.Translator{en.New, fr.New, es.New, pt.New, de.New, it.New, ar.New, ar_SY.New, ar_DZ.New, ru.New, uk.New, tr.New, fa.New,
	he.New, ka.New, hy.New, az.New, am.New, so.New, sw.New, ne.New, my.New, id.New}

// nominative are the months of Ukrainian and Russian as they stand without a day. CLDR's
// tables at hand have only the genitive.
var nominative = [][]string{
	{"січень", "лютий", "березень", "квітень", "травень", "червень", "липень", "серпень", "вересень", "жовтень", "листопад", "грудень"},
	{"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"},
	{"", "", "", "", "", "", "", "", "sept", "", "", ""},
}

// joining are words between the parts of a date: 10 de febrero de 2023, 5 травня 2025 р.
var joining = []string{"of", "de", "del", "the", "do", "da", "г", "г.", "года", "год", "р", "р.", "року", "рік"}

type calendarNames struct {
	months  map[string]int
	days    map[string]bool
	longest int // runes of a month
	// twice are names of two months; a test sees to it that there is none.
	twice []string
}

func fold(s string) string { return cases.Fold().String(strings.TrimRight(strings.TrimSpace(s), ".")) }

// calendarWords are read once they are needed: most files have no names of months.
var calendarWords = sync.OnceValue(func() *calendarNames {
	w := &calendarNames{months: map[string]int{}, days: map[string]bool{}}
	add := func(month int, name string) {
		if name = fold(name); name == "" || !strings.ContainsFunc(name, unicode.IsLetter) {
			return
		}
		if old := w.months[name]; old != 0 && old != month {
			w.twice = append(w.twice, name)
		}
		w.months[name] = month
		w.longest = max(w.longest, len([]rune(name)))
	}
	for _, make := range calendars {
		c := make()
		for _, list := range [][]string{c.MonthsWide(), c.MonthsAbbreviated()} {
			for i, name := range list {
				add(i+1, name)
			}
		}
		for _, list := range [][]string{c.WeekdaysWide(), c.WeekdaysAbbreviated()} {
			for _, name := range list {
				if name = fold(name); w.months[name] == 0 {
					w.days[name] = true
				}
			}
		}
	}
	for _, list := range nominative {
		for i, name := range list {
			add(i+1, name)
		}
	}
	return w
})

// monthPrefix finds the longest name of a month at the beginning of b; 0: none.
func monthPrefix(b []byte) (month, size int) {
	w := calendarWords()
	runes := 0
	for i, c := range string(b) {
		if !unicode.IsLetter(c) && !unicode.IsMark(c) && c != ' ' && c != '.' && c != '\'' && c != '’' {
			break
		}
		if runes++; runes > w.longest+1 {
			break
		}
		end := i + len(string(c))
		if m := w.months[fold(string(b[:end]))]; m != 0 && b[end-1] != ' ' {
			month, size = m, end
		}
	}
	return month, size
}

// namedDate reads a day, month and year in any order, the month by its name: with it
// and four digits of the year, no order can be mistaken for another. The day may be
// missing: then it is the month.
func namedDate(b []byte) (wall, error) {
	bad := errors.New("not a day, the name of a month and a year of four digits")
	w := wall{day: 1}
	var words []string
	dated := false
	runes := []rune(strings.TrimSpace(string(b)))
	for i := 0; i < len(runes); {
		j := i
		switch c := runes[i]; {
		case digitOf(c) >= 0:
			n := 0
			for ; j < len(runes) && digitOf(runes[j]) >= 0 && j-i < 5; j++ {
				n = n*10 + digitOf(runes[j])
			}
			switch {
			case j-i == 4 && w.year == 0:
				w.year = n
			case j-i <= 2 && !dated:
				w.day, dated = n, true
				for k := j; k < len(runes) && k-j < 3; k++ { // 1st, 2nd, 1er, 1º
					if slices.Contains([]string{"st", "nd", "rd", "th", "er", "º", "ª"}, string(runes[j:k+1])) && (k+1 == len(runes) || !unicode.IsLetter(runes[k+1])) {
						j = k + 1
						break
					}
				}
			default:
				return w, bad
			}
		case unicode.IsLetter(c):
			for ; j < len(runes) && (unicode.IsLetter(runes[j]) || unicode.IsMark(runes[j]) || runes[j] == '\'' || runes[j] == '’'); j++ {
			}
			words = append(words, fold(string(runes[i:j])))
		case unicode.IsSpace(c) || strings.ContainsRune(",.-/،", c):
			j++
		default:
			return w, bad
		}
		i = j
	}
	names := calendarWords()
	words = slices.DeleteFunc(words, func(s string) bool { return names.days[s] || slices.Contains(joining, s) })
	w.month = names.months[strings.Join(words, " ")]
	if w.month == 0 || w.year == 0 {
		return w, bad
	}
	if w.unit = day; !dated {
		w.unit = aMonth
	}
	return w, nil
}

// digitOf is the value of a digit, European, Arabic or Persian; -1: it is none.
func digitOf(c rune) int {
	for _, zero := range []rune{'0', '٠', '۰'} {
		if c >= zero && c <= zero+9 {
			return int(c - zero)
		}
	}
	return -1
}
