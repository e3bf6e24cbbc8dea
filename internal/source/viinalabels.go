package source

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// RemarkWords is about labels that are not related to the words of their rows.
const RemarkWords = "The labels are not related to the words of their rows: a headline that names a thing hardly has the thing's label more often than any other. Nothing that depends on these labels is true."

// RemarkNoise is about labels that nothing in the file tells of, by the date of their rows.
const RemarkNoise = "VIINA's labels from 25 February 2025 on may not belong to their rows: those of 25 February to August 2025 do not, nor those from March 2026 on (doc/sources.md). These rows have too few headlines to tell. Do not use their labels; a person can read the headlines and write what they say into a column act."

// viinaNoise is the first day, local to Kyiv, on which VIINA's labels do not belong to
// their rows; see the table at viinaLabelled, and "VIINA" in doc/sources.md. The files
// are mostly shipped without headlines, and then only the date can warn.
const viinaNoise = "2025-02-25"

// viinaNames are the labels whose thing a headline names in plain words: beginnings of
// words in Ukrainian, Russian and English, and abbreviations that are whole words.
var viinaNames = []struct {
	label         string
	begins, whole []string
}{
	{"artillery", []string{"артил", "артобстр", "обстріл", "обстрел", "artiller", "shell"}, nil},
	{"uav", []string{"дрон", "безпілот", "беспилот", "бпла", "шахед", "drone", "shahed", "uav"}, nil},
	{"airstrike", []string{"авіауд", "авиауд", "авіабомб", "авиабомб", "airstrike"}, nil},
	{"aad", nil, []string{"ппо", "пво"}},
}

// viinaLabelled counts whether labels belong to their rows. VIINA's labels of 2025 as
// they are shipped do not (from 25 February on). Two things show it: one headline has
// different labels in several rows, which [Labels] finds; and a headline that names
// shelling, drones, air strikes or air defence has that label no more often than
// another. Counted are pairs of a row and one of the four labels:
//
//	                      headline repeated,   pairs that name the thing,   others with
//	                      labels differ        and have its label           its label
//	13 November 2024        0 of  11               44 of    44  100 %          8 %
//	1 to 24 February 2025 278 of 868              755 of   860   88 %          5 %
//	25 to 28 February      45 of 131               28 of   164   17 %          6 %
//	March                 504 of 1211             159 of  1640   10 %          8 %
//	1 to 14 April         156 of 405               32 of   290   11 %          5 %
//	13 to 31 May          243 of 641               81 of   628   13 %          8 %
//	June                  453 of 957              102 of   744   14 %          7 %
//	July                  439 of 990              117 of   825   14 %          7 %
//	August                283 of 778               41 of   409   10 %          5 %
//
// The rule: of at least viinaLeast pairs that name the thing, less than viinaShare have
// its label. Labels that belong to their rows are far above viinaShare, and others far below.
// Cases in between, such as a month that is partly wrong, show in repeated headlines.
type viinaLabelled struct {
	repeated      Labels
	named, hit    int // pairs of a row and a label whose thing its headline names; and of them, with the label
	others, stray int // pairs whose headline does not name it; and of them, with the label

	late, firstLate    int // rows from viinaNoise on, and the first of them
	lateNamed, lateHit int // as named and hit, of these rows
}

const (
	viinaLeast = 30
	viinaShare = 50 // per cent
)

// add is told a row's headline and its labels, and whether it is of viinaNoise or later.
func (v *viinaLabelled) add(row int, headline, labels string, late bool) {
	named, hit := v.named, v.hit
	if late {
		if v.late++; v.late == 1 {
			v.firstLate = row
		}
		defer func() { v.lateNamed, v.lateHit = v.lateNamed+v.named-named, v.lateHit+v.hit-hit }()
	}
	v.repeated.Add(row, headline, labels)
	if strings.TrimSpace(headline) == "" {
		return
	}
	said := strings.FieldsFunc(strings.ToLower(headline), func(r rune) bool { return !unicode.IsLetter(r) })
	has := strings.Split(labels, "|")
	for _, n := range viinaNames {
		names := slices.ContainsFunc(said, func(word string) bool {
			return slices.Contains(n.whole, word) || slices.ContainsFunc(n.begins, func(b string) bool { return strings.HasPrefix(word, b) })
		})
		switch labelled := slices.Contains(has, n.label); {
		case names && labelled:
			v.named, v.hit = v.named+1, v.hit+1
		case names:
			v.named++
		case labelled:
			v.others, v.stray = v.others+1, v.stray+1
		default:
			v.others++
		}
	}
}

// remarks is what people are told at the end of the file.
func (v *viinaLabelled) remarks() (out []Remark) {
	if r, ok := v.repeated.Remark(); ok {
		out = append(out, r)
	}
	belong := func(hit, named int) bool { return 100*hit >= viinaShare*named }
	switch {
	case v.named >= viinaLeast && !belong(v.hit, v.named):
		out = append(out, Remark{What: RemarkWords, Rows: v.named - v.hit, Column: "event_type",
			More: fmt.Sprintf("of %d headlines that name shelling, drones, air strikes or air defence, %d %% have the label for it; of the others, %d %% have it", v.named, percent(v.hit, v.named), percent(v.stray, v.others))})
	case v.late > 0 && (v.lateNamed < viinaLeast || !belong(v.lateHit, v.lateNamed)):
		out = append(out, Remark{What: RemarkNoise, Rows: v.late, Row: v.firstLate, Column: "event_type"})
	}
	return out
}

// percent is a share of n in per cent, rounded; 0 of nothing.
func percent(part, n int) int {
	if n == 0 {
		return 0
	}
	return (200*part + n) / (2 * n)
}
