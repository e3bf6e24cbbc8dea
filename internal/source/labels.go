package source

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// Labels finds out whether the labels of a file belong to its rows. A publisher who
// labels texts gives one text one label: a report that is repeated for another place
// is still about the same thing. Where labels were shifted against their rows, the
// same text has different labels, and nothing that is made of them is true.
//
// The zero value is ready. It keeps some bytes for each different text, and the words
// of a few.
type Labels struct {
	texts    map[[16]byte]*labelled
	repeated int // texts in more than one row
	differ   int // of them, those with different labels
	examples []LabelExample
}

// labelled is what was seen of one text.
type labelled struct {
	label  string
	row    int // the first
	again  bool
	differ bool
}

// A LabelExample is a text that has two labels.
type LabelExample struct {
	Text   string // cut to what a message holds
	Rows   [2]int // from 1, the header not counted
	Labels [2]string
}

const (
	labelExamples = 3
	mostTexts     = 1 << 20 // after so many, no new ones are kept
)

// Add is told the text and the label of a row. Texts are alike if they differ in blanks
// alone. A row without a text says nothing; one without a label has the empty label.
func (l *Labels) Add(row int, text, label string) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return
	}
	sum := sha256.Sum256([]byte(text))
	id := [16]byte(sum[:])
	t := l.texts[id]
	if t == nil {
		if l.texts == nil {
			l.texts = map[[16]byte]*labelled{}
		}
		if len(l.texts) < mostTexts {
			l.texts[id] = &labelled{label: label, row: row}
		}
		return
	}
	if !t.again {
		t.again = true
		l.repeated++
	}
	if t.differ || t.label == label {
		return
	}
	t.differ = true
	l.differ++
	if len(l.examples) < labelExamples {
		l.examples = append(l.examples, LabelExample{Text: clip([]byte(text)), Rows: [2]int{t.row, row}, Labels: [2]string{t.label, label}})
	}
}

// Repeated is how many texts are in more than one row, and how many of them have
// different labels.
func (l *Labels) Repeated() (texts, differ int) { return l.repeated, l.differ }

// Examples are some texts that have different labels.
func (l *Labels) Examples() []LabelExample { return l.examples }

// Remark is what people are told when labels differ; false when they do not.
func (l *Labels) Remark() (Remark, bool) {
	if l.differ == 0 {
		return Remark{}, false
	}
	e := l.examples[0]
	return Remark{What: RemarkLabels, Rows: l.differ, Row: e.Rows[1], Value: e.Text,
		More: fmt.Sprintf("%d of %d texts that are in several rows (%d %%) have different labels there; for example row %d has %s and row %d has %s for one text",
			l.differ, l.repeated, (100*l.differ+l.repeated/2)/l.repeated, e.Rows[0], labelOf(e.Labels[0]), e.Rows[1], labelOf(e.Labels[1]))}, true
}

func labelOf(s string) string {
	if s == "" {
		return "no label"
	}
	return fmt.Sprintf("%q", s)
}
