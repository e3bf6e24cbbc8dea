// Package rejects answers: which rows of files could not be read, and why? Each row is kept
// whole on the machine that read the file, and nowhere else: nobody has checked what is in
// it.
package rejects

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/source"
)

// A Row is a row of a file that could not be read, with the reason.
type Row struct {
	Source truce.SourceID `json:"source"`
	line
	At truce.Interval `json:"-"` // when it says that something was; zero: not known
}

// line is a line of a file in rejects/.
type line struct {
	File   string          `json:"file"`
	Row    int             `json:"row"`
	Line   int             `json:"line,omitempty"`
	Column string          `json:"column,omitempty"`
	Value  string          `json:"value,omitempty"`
	Why    string          `json:"why"`
	Hint   string          `json:"hint,omitempty"`
	Key    string          `json:"key,omitempty"`
	When   *truce.Interval `json:"when,omitempty"` // absent: its time could not be read
	Raw    string          `json:"raw,omitempty"`
	Bytes  []byte          `json:"bytes,omitempty"` // instead of raw where it is not UTF-8
}

// About is what rows are of: one file, read as one source. It is the first line of a file
// of rejected rows; older ones have none.
type About struct {
	Source   truce.SourceID `json:"source"`
	Evidence truce.Digest   `json:"evidence"`
}

// mostWhole is how many rows of a file are listed with their content; the others are
// listed without it.
const mostWhole = 10_000

// A File is what was rejected of one file, read as one source.
type File struct {
	About
	Rows []Row
}

// Files gives what was rejected of each file, in a mission's folder.
func Files(dir string) iter.Seq2[*File, error] {
	return func(yield func(*File, error) bool) {
		dir := filepath.Join(dir, "rejects")
		names, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			yield(nil, err)
			return
		}
		for _, e := range names {
			if !strings.HasSuffix(e.Name(), ".jsonl") || !e.Type().IsRegular() {
				continue
			}
			about, rows, err := read(filepath.Join(dir, e.Name()))
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(&File{about, rows}, nil) {
				return
			}
		}
	}
}

// read reads a file of rejected rows. What is not one is passed over: a run may
// have been interrupted.
func read(name string) (about About, rows []Row, err error) {
	f, err := os.Open(name)
	if err != nil {
		return about, nil, err
	}
	defer f.Close()
	// evidence-kind.jsonl, or evidence-source.jsonl
	digest, of, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".jsonl"), "-")
	_ = about.Evidence.UnmarshalText([]byte(digest))
	about.Source = truce.SourceID(of)
	in := bufio.NewScanner(f)
	in.Buffer(nil, 128<<20) // a row that is kept whole may have a large geometry
	for first := true; in.Scan(); first = false {
		if first {
			var head struct {
				About *About
			}
			if json.Unmarshal(in.Bytes(), &head) == nil && head.About != nil {
				about = *head.About
				continue
			}
		}
		r := Row{Source: about.Source}
		if json.Unmarshal(in.Bytes(), &r.line) != nil || r.Why == "" {
			continue
		}
		if r.When != nil && r.When.Valid() {
			r.At = *r.When
		}
		if len(rows) >= mostWhole {
			r.Raw, r.Bytes = "", nil
		}
		rows = append(rows, r)
	}
	return about, rows, in.Err()
}

// Words say where the row is, what is wrong and what to do.
func (r *line) Words() string {
	s := r.File + ", row " + strconv.Itoa(r.Row)
	if r.Line > 0 {
		s += " (line " + strconv.Itoa(r.Line) + ")"
	}
	if r.Column != "" {
		s += ": " + r.Column + " " + strconv.Quote(r.Value)
	}
	s += ": " + r.Why
	if r.Hint != "" {
		s += "; " + r.Hint
	}
	return s
}

// WhyKnown is the reason of a row whose key the record has from another row.
const WhyKnown = source.WhyKnown

// A Writer keeps rejected rows whole, with the reason.
type Writer struct {
	name   string
	former string // its name in missions of earlier builds
	about  About
	out    *os.File
	w      *bufio.Writer
	err    error
}

// New is for one file of one source, in a mission's folder; kind is that of the source.
// What an earlier reading of the file rejected is replaced.
func New(dir, kind string, of About) *Writer {
	plain := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' }
	as := string(of.Source)
	if strings.ContainsFunc(as, func(r rune) bool { return !plain(r) }) || len(as) > 40 { // it is part of a file's name
		as = truce.DigestOf("source", as).Hex()[:16]
	}
	name := func(as string) string {
		return filepath.Join(dir, "rejects", fmt.Sprintf("%s-%s.jsonl", of.Evidence, as))
	}
	return &Writer{name: name(as), former: name(kind), about: of}
}

// Add keeps a row.
func (r *Writer) Add(x *source.Refusal) {
	if r.err != nil {
		return
	}
	if r.out == nil {
		if r.err = os.MkdirAll(filepath.Dir(r.name), 0o700); r.err != nil {
			return
		}
		if r.out, r.err = os.OpenFile(r.name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); r.err != nil {
			return
		}
		r.w = bufio.NewWriter(r.out)
		if r.write(struct{ About *About }{&r.about}); r.err != nil {
			return
		}
	}
	line := line{File: x.File, Row: x.Row, Line: x.Line, Column: x.Column, Value: strings.ToValidUTF8(x.Value, "\uFFFD"), Why: x.Why, Hint: x.Hint,
		Key: strings.ToValidUTF8(x.Key, "\uFFFD"), Raw: text(x.Raw), Bytes: rawBytes(x.Raw)}
	if x.When.Valid() {
		line.When = &x.When
	}
	r.write(line)
}

func (r *Writer) write(v any) {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = r.w.Write(append(line, '\n'))
	}
	r.err = err
}

// Close ends the file, and says what failed.
func (r *Writer) Close() error {
	if r.former != r.name {
		_ = os.Remove(r.former)
	}
	if r.out == nil {
		if err := os.Remove(r.name); r.err == nil && !errors.Is(err, fs.ErrNotExist) {
			r.err = err
		}
		return r.err
	}
	if err := r.w.Flush(); r.err == nil {
		r.err = err
	}
	if err := r.out.Close(); r.err == nil {
		r.err = err
	}
	return r.err
}

func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return ""
}

func rawBytes(b []byte) []byte {
	if utf8.Valid(b) {
		return nil
	}
	return b
}
