package format

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// openXLSX reads one sheet of a workbook, row by row. Dates come as ISO 8601, numbers as
// the file has them and not as the sheet shows them. A row with a formula is a Fault: what
// it shows was computed elsewhere, perhaps from another file, and may be out of date.
func openXLSX(f *file, o Options) (Table, error) {
	z, err := f.archive(o)
	if err != nil {
		return nil, err
	}
	for _, m := range z.File {
		switch {
		case strings.HasSuffix(m.Name, "vbaProject.bin"):
			return nil, errors.New("the workbook has macros; save it as .xlsx without them")
		case strings.HasPrefix(m.Name, "xl/externalLinks/"):
			return nil, errors.New("the workbook takes values from other files; copy its values into a new one")
		}
	}
	book, err := excelize.OpenReader(io.NewSectionReader(f, 0, f.size), excelize.Options{UnzipSizeLimit: mostUnzip, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return nil, fmt.Errorf("the workbook cannot be read: %w", err)
	}
	fail := func(err error) (Table, error) {
		book.Close()
		return nil, err
	}
	name, err := sheetOf(o.Sheet, book.GetSheetList(), func(s string) bool {
		rows, err := book.Rows(s)
		if err != nil {
			return false
		}
		defer rows.Close()
		for n := 0; n < 50 && rows.Next(); n++ {
			if cells, _ := rows.Columns(); strings.TrimSpace(strings.Join(cells, "")) != "" {
				return true
			}
		}
		return false
	})
	if err != nil {
		return fail(err)
	}
	formulas, merged, err := formulasOf(z, book, name)
	if err != nil {
		return fail(err)
	}
	if err := plainNumbers(book); err != nil {
		return fail(err)
	}
	rows, err := book.Rows(name)
	if err != nil {
		return fail(err)
	}
	t := &workbook{book: book, rows: rows, file: f}
	n := 0
	if t.sheet, err = newSheet(o, func() ([]string, int, error) {
		if !rows.Next() {
			if err := rows.Error(); err != nil {
				return nil, n, err
			}
			return nil, n, io.EOF
		}
		n++
		cells, err := rows.Columns()
		if err != nil {
			return nil, n, err
		}
		for i, c := range cells {
			cells[i] = unmarked(c)
		}
		if cell := formulas[n]; cell != "" {
			return cells, n, &Fault{"cell " + cell + " is a formula", "paste the values alone (Paste special, Values) into a new sheet"}
		}
		return cells, n, nil
	}); err != nil {
		rows.Close()
		return fail(err)
	}
	t.merged = merged
	return t, nil
}

type workbook struct {
	*sheet
	book *excelize.File
	rows *excelize.Rows
	file *file
}

func (w *workbook) Close() error {
	return errors.Join(w.rows.Close(), w.book.Close(), w.file.Close())
}

// A SeveralError is about a file with several sheets or layers that have rows, of which none is named.
type SeveralError struct {
	What  string // "sheets" or "layers"
	Names []string
}

func (e *SeveralError) Error() string {
	return fmt.Sprintf("several %s have rows: %s; say which one: table: {sheet: %q}", e.What, strings.Join(e.Names, ", "), e.Names[0])
}

// sheetOf finds the sheet to read.
func sheetOf(want string, names []string, filled func(string) bool) (string, error) {
	var full []string
	for _, n := range names {
		if n == want {
			return n, nil
		}
		if want == "" && filled(n) {
			full = append(full, n)
		}
	}
	switch {
	case want != "":
		return "", fmt.Errorf("sheet %q is not in the file, which has %s", want, strings.Join(names, ", "))
	case len(full) == 0:
		return "", errors.New("no sheet has any row")
	case len(full) > 1:
		return "", &SeveralError{"sheets", full}
	}
	return full[0], nil
}

// dated are the number formats of ECMA-376, 18.8.30, that show dates and times.
func dated(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// quoted is what is literal in a number format, and what chooses colours and languages.
var quoted = regexp.MustCompile(`"[^"]*"|\\.|\[[^\]]*\]`)

// What a format of dates shows. A cell is rendered in full, with this mark behind it, and
// then cut to what is in it: Excel keeps a day as its midnight, and a day is not its first second.
const (
	full   = "yyyy-mm-dd hh:mm:ss"
	marked = "\ue000" // of a private use area
	days   = marked + "d"
	months = marked + "m"
	clocks = marked + "h"
)

// shows is the mark of a number format of dates; "": a date and a time of day.
func shows(id int, code string, custom bool) string {
	if !custom {
		switch {
		case id == 17:
			return months
		case id >= 18 && id <= 21, id == 32, id == 33, id >= 45 && id <= 47:
			return clocks
		case id == 22, id == 34, id == 35, id == 52, id == 53, id == 55, id == 56: // these are times in some countries
			return ""
		}
		return days
	}
	low, _, _ := strings.Cut(strings.ToLower(quoted.ReplaceAllString(code, "")), ";") // of positive numbers
	clock, day, year := strings.ContainsAny(low, "hs"), strings.Contains(low, "d"), strings.Contains(low, "y")
	switch {
	case clock && (day || year):
		return ""
	case clock:
		return clocks
	case year && !day && strings.Contains(low, "m"):
		return months
	}
	return days
}

// unmarked cuts a date to what it is: a day or a month, if nothing finer is in the cell,
// or a time of day without a date.
func unmarked(cell string) string {
	i := strings.Index(cell, marked)
	if i != len(full) {
		return cell
	}
	moment, mark := cell[:i], cell[i:]
	day, midnight := strings.CutSuffix(moment, " 00:00:00")
	switch {
	case mark == clocks:
		for _, zero := range []string{"1899-12-30 ", "1899-12-31 ", "1900-01-00 ", "1904-01-01 "} {
			if clock, ok := strings.CutPrefix(moment, zero); ok {
				return clock
			}
		}
	case mark == months && midnight && strings.HasSuffix(day, "-01"):
		return strings.TrimSuffix(day, "-01")
	case midnight:
		return day
	}
	return moment
}

// plainNumbers sets all formats of dates to ISO 8601, and all others to the number itself:
// a sheet that shows 48.5 for 48.51234 has the latter.
func plainNumbers(book *excelize.File) error {
	if _, err := book.GetStyle(0); err != nil && !strings.Contains(err.Error(), "invalid style ID") {
		return err
	}
	styles := book.Styles
	if styles == nil || styles.CellXfs == nil {
		return nil
	}
	iso := map[string]*int{}
	for _, mark := range []string{"", days, months, clocks} {
		format := full
		if mark != "" {
			format += `"` + mark + `"`
		}
		style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			return err
		}
		iso[mark] = new(*styles.CellXfs.Xf[style].NumFmtID)
	}
	code := map[int]string{}
	if styles.NumFmts != nil {
		for _, f := range styles.NumFmts.NumFmt {
			code[f.NumFmtID] = f.FormatCode
		}
	}
	zero := 0
	for i := range styles.CellXfs.Xf {
		x := &styles.CellXfs.Xf[i]
		if x.NumFmtID == nil {
			continue
		}
		custom, ok := code[*x.NumFmtID]
		elapsed := strings.Contains(strings.ToLower(custom), "[h") || strings.Contains(strings.ToLower(custom), "[m") || strings.Contains(strings.ToLower(custom), "[s")
		if date := !ok && dated(*x.NumFmtID) || ok && !elapsed && strings.ContainsAny(strings.ToLower(quoted.ReplaceAllString(custom, "")), "ymdhs"); date {
			x.NumFmtID = iso[shows(*x.NumFmtID, custom, ok)]
		} else {
			x.NumFmtID = &zero
		}
	}
	return nil
}

// formulasOf finds the rows of a sheet that have a formula, with the first such cell of each, and
// the cells that cover others below them.
func formulasOf(z *zip.Reader, book *excelize.File, name string) (map[int]string, []Merge, error) {
	part := ""
	for i, n := range book.GetSheetList() {
		if n == name {
			part, _ = partOf(z, i)
		}
	}
	for _, m := range z.File {
		if m.Name != part {
			continue
		}
		r, err := m.Open()
		if err != nil {
			return nil, nil, err
		}
		defer r.Close()
		return formulaCells(buffered(r))
	}
	return nil, nil, fmt.Errorf("the workbook has no part for the sheet %q", name)
}

var (
	sheetEntry = regexp.MustCompile(`<(?:\w+:)?sheet\s[^>]*?\w+:id="([^"]+)"`)
	relation   = regexp.MustCompile(`<(?:\w+:)?Relationship\s[^>]*>`)
	relationID = regexp.MustCompile(`\sId="([^"]+)"`)
	relationTo = regexp.MustCompile(`\sTarget="([^"]+)"`)
)

// partOf is the file in the archive that has the sheet at position i.
func partOf(z *zip.Reader, i int) (string, error) {
	text := map[string]string{}
	for _, m := range z.File {
		if m.Name != "xl/workbook.xml" && m.Name != "xl/_rels/workbook.xml.rels" {
			continue
		}
		r, err := m.Open()
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(io.LimitReader(r, 4<<20))
		r.Close()
		if err != nil {
			return "", err
		}
		text[m.Name] = string(b)
	}
	sheets := sheetEntry.FindAllStringSubmatch(text["xl/workbook.xml"], -1)
	if i >= len(sheets) {
		return "", errors.New("no such sheet")
	}
	for _, rel := range relation.FindAllString(text["xl/_rels/workbook.xml.rels"], -1) {
		id, to := relationID.FindStringSubmatch(rel), relationTo.FindStringSubmatch(rel)
		if id == nil || to == nil || id[1] != sheets[i][1] {
			continue
		}
		if strings.HasPrefix(to[1], "/") {
			return strings.TrimPrefix(to[1], "/"), nil
		}
		return path.Join("xl", to[1]), nil
	}
	return "", errors.New("no such part")
}

// formulaCells looks through a sheet for elements f and mergeCell, without making anything of the
// rest: the library that reads the cells does not tell a formula's value from a value, and reads
// the whole sheet into memory to tell which cells are merged.
func formulaCells(in *bufio.Reader) (map[int]string, []Merge, error) {
	var merged []Merge
	out := map[int]string{}
	row, cell := 0, ""
	for {
		if err := upTo(in, '<', nil); err != nil {
			if err == io.EOF {
				return out, merged, nil
			}
			return nil, nil, err
		}
		var tag bytes.Buffer
		if err := upTo(in, '>', &tag); err != nil {
			if err == io.EOF {
				return out, merged, nil
			}
			return nil, nil, err
		}
		name, attributes, _ := strings.Cut(tag.String(), " ")
		if _, local, ok := strings.Cut(name, ":"); ok {
			name = local
		}
		switch strings.TrimSuffix(name, "/") {
		case "row":
			row++
			if m := numbered.FindStringSubmatch(" " + attributes); m != nil {
				n := 0
				for _, c := range m[1] {
					n = min(n*10+int(c-'0'), 1<<30)
				}
				row = n
			}
		case "c":
			if cell = ""; strings.Contains(attributes, `r="`) {
				if m := reference.FindStringSubmatch(" " + attributes); m != nil {
					cell = m[1]
				}
			}
		case "mergeCell":
			if m := mergedArea.FindStringSubmatch(" " + attributes); m != nil && len(merged) < mostMerges {
				from, _ := strconv.Atoi(m[2])
				to, _ := strconv.Atoi(m[4])
				for c := columnOf(m[1]); c <= columnOf(m[3]) && c < mostColumns && from < to && len(merged) < mostMerges; c++ {
					merged = append(merged, Merge{c, from, to})
				}
			}
		case "f":
			if out[row] == "" {
				if out[row] = cell; cell == "" {
					out[row] = fmt.Sprintf("of row %d", row)
				}
			}
			if len(out) > 1<<20 {
				return nil, nil, errors.New("more than a million rows have formulas; paste the values alone into a new sheet")
			}
		}
	}
}

// columnOf is the number of a column from 0: A is 0, and AA is 26.
func columnOf(letters string) (n int) {
	for _, c := range letters {
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

var (
	numbered   = regexp.MustCompile(`\sr="([0-9]{1,9})"`)
	mergedArea = regexp.MustCompile(`\sref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"`)
	reference  = regexp.MustCompile(`\sr="([A-Z]{1,3}[0-9]{1,7})"`)
)

// upTo reads behind the next end, and keeps what is before it: at most 64 KiB.
func upTo(in *bufio.Reader, end byte, keep *bytes.Buffer) error {
	for {
		b, err := in.ReadSlice(end)
		if keep != nil && keep.Len() < 64<<10 {
			keep.Write(bytes.TrimSuffix(b, []byte{end}))
		}
		if err != bufio.ErrBufferFull {
			return err
		}
	}
}
