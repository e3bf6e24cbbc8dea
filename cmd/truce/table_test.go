package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/opentruce/truce"
)

// TestFit: the widths are worked out by hand. Columns are two blanks apart.
func TestFit(t *testing.T) {
	cells := [][]string{{"ID", "PLACE", "N"}, {"3f2a91c04d77", "Al Mastumah town near Idlib", "1"}, {"77c0de12ab34", "Hama", "12"}}
	for _, tt := range []struct {
		name  string
		width int
		want  []int
		fits  bool
	}{
		{"no terminal", 0, nil, true},
		{"all of it: 12+2+27+2+2", 45, []int{12, 27, 2}, true},
		{"one less", 44, []int{12, 26, 2}, true},
		{"the longest words: 12+2+8+2+2", 26, []int{12, 8, 2}, true},
		{"less than the longest words", 25, []int{12, 8, 2}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, fits := fit(cells, tt.width)
			if !slices.Equal(got, tt.want) || fits != tt.fits {
				t.Errorf("fit = %v, %v, want %v, %v", got, fits, tt.want, tt.fits)
			}
		})
	}
}

// TestTableFits: no line is wider than the screen, no word is lost, and nothing ends in a
// blank. Where columns do not fit, each value has its name before it.
func TestTableFits(t *testing.T) {
	r := rows{columns: []string{"incident", "place", "sources"}}
	r.add("3f2a91c04d77", "Харцизьк, Donetsk Oblast (48.04° N 38.15° E) ± 5 km", "press, mission")
	r.add("77c0de12ab34", "停火 line", "")
	for _, width := range []int{24, 30, 60, 78, 200} {
		var b strings.Builder
		s := &screen{width: width, height: 1000, paged: true}
		if err := r.table(s); err != nil {
			t.Fatal(err)
		}
		b.Write(s.kept.Bytes())
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if text.StringWidth(line) > width || strings.HasSuffix(line, " ") {
				t.Errorf("at %d columns: %q", width, line)
			}
		}
		for _, word := range []string{"3f2a91c04d77", "Харцизьк,", "停火", "mission", "INCIDENT"} {
			if !strings.Contains(b.String(), word) {
				t.Errorf("at %d columns %q is missing:\n%s", width, word, &b)
			}
		}
	}
}

// TestGravity: what asks for attention first, then what is better established, then the
// killed, then the latest.
func TestGravity(t *testing.T) {
	a := &truce.Agreement{Provisions: []truce.Provision{{Article: "2"}, {Article: "1"}}}
	one := func(id byte, art truce.Article, o truce.Outcome, s truce.Standing, start truce.Instant, killed int32) *truce.Finding {
		f := &truce.Finding{Assessment: truce.Assessment{Article: art, Of: truce.Digest{id}, Outcome: o, Standing: s, During: truce.Interval{Start: start, End: start + 1}}}
		if killed > 0 {
			n := truce.Between(killed, killed)
			f.Casualties = &truce.Casualties{Killed: &n}
		}
		return f
	}
	list := []*truce.Finding{
		one(1, "1", truce.Uncorroborated, truce.SingleSource, 40, 9),
		one(2, "1", truce.ApparentViolation, truce.Corroborated, 10, 0),
		one(3, "2", truce.ApparentViolation, truce.Verified, 20, 0),
		one(4, "2", truce.ApparentViolation, truce.Corroborated, 5, 3),
		one(5, "1", truce.Violation, truce.SingleSource, 1, 0),
		one(6, "1", truce.ApparentViolation, truce.Corroborated, 30, 0),
	}
	for by, want := range map[string][]byte{
		byGravity: {5, 3, 4, 6, 2, 1},
		byTime:    {5, 4, 2, 3, 6, 1},
		byLatest:  {1, 6, 3, 2, 4, 5},
		byArticle: {4, 3, 5, 2, 6, 1},
	} {
		sorted := slices.Clone(list)
		sortFindings(a, sorted, by)
		var got []byte
		for _, f := range sorted {
			got = append(got, f.Of[0])
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s: %v, want %v", by, got, want)
		}
	}
}

// TestPrintedWords: each word that a table prints for an outcome, a standing or a role
// means that one when it is given to a flag.
func TestPrintedWords(t *testing.T) {
	for _, o := range truce.Outcomes {
		for _, word := range []string{string(o), o.Words(), strings.ToUpper(o.Words())} {
			if got, err := outcomeNamed(word); err != nil || got != o {
				t.Errorf("outcome %q = %q, %v, want %q", word, got, err, o)
			}
		}
	}
	for _, s := range truce.Standings {
		if got, err := standingNamed(strings.ReplaceAll(string(s), "-", " ")); err != nil || got != s {
			t.Errorf("standing %q = %q, %v", s, got, err)
		}
	}
	if r, err := roleNamed("verification officer"); err != nil || r != "verification-officer" {
		t.Errorf("role = %q, %v", r, err)
	}
}
