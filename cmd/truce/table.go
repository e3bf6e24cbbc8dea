package main

import (
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

const (
	gap       = 2  // blanks between columns
	leastWord = 24 // a longer word is broken where the screen is narrow
)

// table prints the rows for people. At a terminal, cells are wrapped so that lines fit;
// where even that is too wide, each row is printed as lines of names and values.
func (r *rows) table(w io.Writer) error {
	head := make([]string, len(r.columns))
	for i, c := range r.columns {
		head[i] = strings.ToUpper(c)
	}
	widths, fits := fit(append([][]string{head}, r.cells...), widthOf(w))
	if !fits {
		return r.list(w, head)
	}
	t := plainTable(widths)
	t.AppendHeader(row(head))
	for _, c := range r.cells {
		t.AppendRow(row(c))
	}
	_, err := io.WriteString(w, t.Render()+"\n"+r.rest())
	return err
}

// rest is the line that says what is not in the table.
func (r *rows) rest() string {
	if r.more == "" {
		return ""
	}
	return "\n" + r.more + "\n"
}

// list prints each row as lines of names and values, without those that are empty.
func (r *rows) list(w io.Writer, head []string) error {
	var lines [][]string
	for i, c := range r.cells {
		if i > 0 {
			lines = append(lines, []string{"", ""})
		}
		for k := range c {
			if c[k] != "" {
				lines = append(lines, []string{head[k], c[k]})
			}
		}
	}
	widths, _ := fit(lines, widthOf(w))
	t := plainTable(widths)
	for _, c := range lines {
		t.AppendRow(row(c))
	}
	_, err := io.WriteString(w, t.Render()+"\n"+r.rest())
	return err
}

// plainTable is a table of columns, whose cells are wrapped at words, without lines
// between them.
func plainTable(widths []int) table.Writer {
	t := table.NewWriter()
	s := table.StyleDefault
	s.Box.PaddingLeft, s.Box.PaddingRight = "", strings.Repeat(" ", gap)
	s.Options, s.Format = table.OptionsNoBordersAndSeparators, table.FormatOptions{}
	t.SetStyle(s)
	t.SuppressTrailingSpaces()
	var columns []table.ColumnConfig
	for i, n := range widths {
		columns = append(columns, table.ColumnConfig{Number: i + 1, WidthMax: n, WidthMaxEnforcer: text.WrapSoft})
	}
	t.SetColumnConfigs(columns)
	return t
}

func row(cells []string) table.Row {
	out := make(table.Row, len(cells))
	for i := range cells {
		out[i] = cells[i]
	}
	return out
}

// fit says how wide each column may be in lines of width, so that as few cells as possible
// are wrapped: every column gets what it needs up to a common bound, and no less than its
// longest word. Nil widths bound nothing. Where that does not fit, fits is false.
func fit(cells [][]string, width int) (widths []int, fits bool) {
	if width == 0 || len(cells) == 0 {
		return nil, true
	}
	n := len(cells[0])
	needs, least := make([]int, n), make([]int, n)
	for _, c := range cells {
		for i := range c {
			needs[i] = max(needs[i], text.StringWidth(c[i]))
			for _, word := range strings.Fields(c[i]) {
				least[i] = max(least[i], min(leastWord, text.StringWidth(word)))
			}
		}
	}
	at := func(bound int) (total int, out []int) {
		out = make([]int, n)
		for i := range out {
			out[i] = max(least[i], min(needs[i], bound))
			total += out[i] + gap
		}
		return total - gap, out
	}
	best, widest := 0, 0
	for i := range needs {
		widest = max(widest, needs[i])
	}
	for low, high := 0, widest; low <= high; {
		bound := (low + high) / 2
		if total, _ := at(bound); total <= width {
			best, low = bound, bound+1
		} else {
			high = bound - 1
		}
	}
	total, widths := at(best)
	return widths, total <= width
}
