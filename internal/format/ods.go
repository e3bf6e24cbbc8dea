package format

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// openODS reads one sheet of an OpenDocument spreadsheet (OpenDocument 1.3, part 3, section
// 9), row by row. Numbers and dates come as the file has them and not as the sheet shows
// them. A row with a formula is a Fault, as in openXLSX.
func openODS(f *file, o Options) (Table, error) {
	z, err := f.archive(o)
	if err != nil {
		return nil, err
	}
	content, err := z.Open("content.xml")
	if err != nil {
		return nil, errors.New("the spreadsheet has no content.xml")
	}
	for _, m := range z.File {
		if strings.HasPrefix(m.Name, "Basic/") || strings.HasPrefix(m.Name, "Scripts/") {
			content.Close()
			return nil, errors.New("the spreadsheet has macros; save it without them")
		}
	}
	names, full, merged, err := odsSheets(content)
	content.Close()
	if err != nil {
		return nil, err
	}
	name, err := sheetOf(o.Sheet, names, func(s string) bool { return full[s] })
	if err != nil {
		return nil, err
	}
	if content, err = z.Open("content.xml"); err != nil {
		return nil, err
	}
	t := &spreadsheet{dec: decoder(content), content: content, file: f, name: name}
	if t.sheet, err = newSheet(o, t.row); err != nil {
		content.Close()
		return nil, err
	}
	t.merged = merged[name]
	return t, nil
}

type spreadsheet struct {
	*sheet
	dec     *xml.Decoder
	content io.Closer
	file    *file
	name    string
	inside  bool // the table that is read
	n       int
	again   int // how often the row last read comes once more
	last    []string
	fault   *Fault
}

func (s *spreadsheet) Close() error { return errors.Join(s.content.Close(), s.file.Close()) }

// mostRepeated bounds rows that are said to be repeated and have cells. Rows without
// cells are repeated a million times to the end of every sheet, and cost nothing.
const mostRepeated = 100_000

// odsSheets lists the sheets, which have a cell, and the cells of each that cover others below
// them.
func odsSheets(in io.Reader) (names []string, full map[string]bool, merged map[string][]Merge, err error) {
	full, merged = map[string]bool{}, map[string][]Merge{}
	dec, name := decoder(in), ""
	row, rows, column, kept := 0, 1, 0, 0 // rows: how often the last one is repeated
	for {
		t, err := next(dec)
		if err == io.EOF {
			return names, full, merged, nil
		}
		if err != nil {
			return nil, nil, nil, err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "table":
			row, rows = 0, 1
			if name = attribute(e, "name"); len(names) < 1000 {
				names = append(names, name)
			}
		case "table-row":
			row, rows, column = row+rows, min(repeated(e, "number-rows-repeated"), 1<<24), 0
		case "table-cell", "covered-table-cell":
			full[name] = full[name] || attribute(e, "value-type") != ""
			if down := min(repeated(e, "number-rows-spanned"), 1<<24); down > 1 {
				for i := range min(repeated(e, "number-columns-spanned"), mostColumns) {
					if kept++; kept < mostMerges && column+i < mostColumns {
						merged[name] = append(merged[name], Merge{column + i, row, row + down - 1})
					}
				}
			}
			column = min(column+repeated(e, "number-columns-repeated"), mostColumns)
		}
	}
}

// row is the next row of the sheet.
func (s *spreadsheet) row() ([]string, int, error) {
	if s.again > 0 {
		s.again--
		s.n++
		return s.result()
	}
	for {
		t, err := next(s.dec)
		if err != nil {
			return nil, s.n, err
		}
		switch e := t.(type) {
		case xml.StartElement:
			switch {
			case e.Name.Local == "table":
				s.inside = attribute(e, "name") == s.name
			case s.inside && e.Name.Local == "table-row":
				times := repeated(e, "number-rows-repeated")
				if err := s.cells(); err != nil {
					return nil, s.n, err
				}
				s.n++
				if len(s.last) == 0 && s.fault == nil {
					s.n += times - 1
					continue
				}
				if times > mostRepeated {
					return nil, s.n, errors.New("a row is said to be repeated " + strconv.Itoa(times) + " times; refused as a decompression bomb")
				}
				s.again = times - 1
				return s.result()
			}
		case xml.EndElement:
			if s.inside && e.Name.Local == "table" {
				return nil, s.n, io.EOF
			}
		}
	}
}

func (s *spreadsheet) result() ([]string, int, error) {
	if s.fault != nil {
		return s.last, s.n, s.fault
	}
	return s.last, s.n, nil
}

// cells reads the cells of a row up to its end.
func (s *spreadsheet) cells() error {
	s.last, s.fault = nil, nil
	empty := 0 // cells before the next that has something
	for {
		t, err := next(s.dec)
		if err != nil {
			return err
		}
		if end, ok := t.(xml.EndElement); ok && end.Name.Local == "table-row" {
			return nil
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "table-cell" && e.Name.Local != "covered-table-cell" {
			continue
		}
		times := repeated(e, "number-columns-repeated")
		text, err := s.text()
		if err != nil {
			return err
		}
		if attribute(e, "formula") != "" && s.fault == nil {
			s.fault = &Fault{"a cell is a formula", "paste the values alone (Paste special, Values) into a new sheet"}
		}
		switch attribute(e, "value-type") {
		case "float", "currency", "percentage":
			text = attribute(e, "value")
		case "date":
			shown := text
			text = strings.Replace(attribute(e, "date-value"), "T", " ", 1)
			// Programs write midnight as they like: what the cell shows tells a day from a moment.
			day, midnight := strings.CutSuffix(text, " 00:00:00")
			switch timed := strings.Contains(shown, ":"); {
			case midnight && !timed && shown != "":
				text = day
			case timed && len(text) == len("2006-01-02"):
				text += " 00:00:00"
			}
		case "time":
			text = clock(attribute(e, "time-value"))
		case "boolean":
			text = attribute(e, "boolean-value")
		}
		if text == "" {
			if empty += times; empty > 1<<20 {
				empty = 1 << 20
			}
			continue
		}
		if len(s.last)+empty+times > mostColumns {
			return errors.New("a row has more than " + strconv.Itoa(mostColumns) + " cells")
		}
		s.last = append(s.last, make([]string, empty)...)
		for empty = 0; times > 0; times-- {
			s.last = append(s.last, text)
		}
	}
}

// text is the text of a cell: its paragraphs, one after the other.
func (s *spreadsheet) text() (string, error) {
	var b strings.Builder
	for depth, paragraphs := 1, 0; depth > 0; {
		t, err := next(s.dec)
		if err != nil {
			return "", err
		}
		switch e := t.(type) {
		case xml.StartElement:
			if depth++; e.Name.Local == "annotation" { // a comment is not the cell
				if err := s.dec.Skip(); err != nil {
					return "", err
				}
				depth--
				continue
			}
			if e.Name.Local == "p" {
				if paragraphs++; paragraphs > 1 {
					b.WriteByte('\n')
				}
			}
			if e.Name.Local == "s" {
				b.WriteString(strings.Repeat(" ", min(1000, repeated(e, "c"))))
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth > 1 && b.Len() <= mostCell {
				b.Write(e)
			}
		}
	}
	return b.String(), nil
}

// clock is a duration such as PT13H05M00S as a time of day.
func clock(s string) string {
	h, rest, ok1 := strings.Cut(strings.TrimPrefix(s, "PT"), "H")
	m, rest, ok2 := strings.Cut(rest, "M")
	if !ok1 || !ok2 || len(h) > 2 {
		return s
	}
	return h + ":" + m + ":" + strings.TrimSuffix(rest, "S")
}

func repeated(e xml.StartElement, name string) int {
	n, err := strconv.Atoi(attribute(e, name))
	if err != nil || n < 1 {
		return 1
	}
	return n
}
