package truce

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A Reason is one sentence of why: English words with what they are said of, so that
// it can be said in another language too. It is written as its English words.
type Reason struct {
	Format string // as of package fmt
	Args   []any  // texts, acts, weapons, places, Numbers, InWords, Told, other Reasons
}

// Because is a reason.
func Because(format string, args ...any) Reason { return Reason{format, args} }

func (r Reason) String() string {
	if len(r.Args) == 0 {
		return r.Format
	}
	return fmt.Sprintf(r.Format, r.Args...)
}

// MarshalText writes String.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a sentence as it stands.
func (r *Reason) UnmarshalText(b []byte) error {
	*r = Reason{"%s", []any{string(b)}}
	return nil
}

// Joined is one sentence of several, two at a time by a format such as "%s, %s"; none
// is empty.
func Joined[T any](format string, list []T) Reason {
	if len(list) == 0 {
		return Reason{}
	}
	out := Reason{"%s", []any{list[0]}}
	for _, x := range list[1:] {
		out = Because(format, out, x)
	}
	return out
}

// Listed is a list as it is read: "a", "a and b", "a, b and c".
func Listed[T any](list []T) Reason {
	if len(list) < 3 {
		return Joined("%s and %s", list)
	}
	return Because("%s and %s", Joined("%s, %s", list[:len(list)-1]), list[len(list)-1])
}

// InWords is a word of a vocabulary, with the English that reports print.
type InWords struct{ Kind, Value, English string } // outcome, standing, fact, decision

func (w InWords) String() string { return w.English }

// Word is a word of a vocabulary whose English is itself, without hyphens.
func Word[T ~string](kind string, value T) InWords {
	return InWords{kind, string(value), strings.ReplaceAll(string(value), "-", " ")}
}

// Number is a number of things that have a plural.
type Number struct {
	N  int
	Of string // one of them, in English
}

func (n Number) String() string {
	if n.N == 1 {
		return "1 " + n.Of
	}
	if stem, ok := strings.CutSuffix(n.Of, "y"); ok && !strings.ContainsAny(stem[max(0, len(stem)-1):], "aeou") {
		return fmt.Sprintf("%d %sies", n.N, stem)
	}
	return fmt.Sprintf("%d %ss", n.N, n.Of)
}

// Told is an observation in English words.
type Told struct {
	Observation *Observation
	English     string
}

func (t Told) String() string { return t.English }

// Kept is a Reason as it is kept in a file, to be said again in any language: text
// would have only the English.
type Kept Reason

// said is one argument of what is kept; one of its fields is set.
type said struct {
	Text   *string  `json:"text,omitempty"`
	Int    *int64   `json:"int,omitempty"`
	Act    Act      `json:"act,omitempty"`
	Class  Class    `json:"class,omitempty"`
	Word   *InWords `json:"word,omitempty"`
	Number *Number  `json:"number,omitempty"`
	Told   *Told    `json:"told,omitempty"`
	Reason *Kept    `json:"reason,omitempty"`
}

type kept struct {
	Format string `json:"format"`
	Args   []said `json:"args,omitempty"`
}

// MarshalJSON writes the format and what it is said of.
func (k Kept) MarshalJSON() ([]byte, error) {
	out := kept{Format: k.Format}
	for _, a := range k.Args {
		var x said
		switch a := a.(type) {
		case Reason:
			r := Kept(a)
			x.Reason = &r
		case InWords:
			x.Word = &a
		case Number:
			x.Number = &a
		case Told:
			x.Told = &a
		case Act:
			x.Act = a
		case Class:
			x.Class = a
		case int:
			n := int64(a)
			x.Int = &n
		case int64:
			x.Int = &a
		default:
			text := fmt.Sprint(a)
			x.Text = &text
		}
		out.Args = append(out.Args, x)
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (k *Kept) UnmarshalJSON(b []byte) error {
	var in kept
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*k = Kept{Format: in.Format}
	for _, x := range in.Args {
		var a any = ""
		switch {
		case x.Reason != nil:
			a = Reason(*x.Reason)
		case x.Word != nil:
			a = *x.Word
		case x.Number != nil:
			a = *x.Number
		case x.Told != nil:
			a = *x.Told
		case x.Act != "":
			a = x.Act
		case x.Class != "":
			a = x.Class
		case x.Int != nil:
			a = *x.Int
		case x.Text != nil:
			a = *x.Text
		}
		k.Args = append(k.Args, a)
	}
	return nil
}

// IsZero reports whether nothing is said.
func (k Kept) IsZero() bool { return k.Format == "" }
