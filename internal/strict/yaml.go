package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"go.yaml.in/yaml/v3"
)

// Text is a scalar of the file with its position.
type Text struct {
	V         string
	Line, Col int
}

// Set reports whether the file has it.
func (s Text) Set() bool { return s.Line > 0 }

// A Pair is one key of a mapping with its value.
type Pair[T any] struct {
	Key   Text
	Value T
}

// A Mapping keeps a YAML mapping's order and positions.
type Mapping[T any] []Pair[T]

// A Decoder walks YAML nodes into structures of Text. Unlike yaml.Unmarshal it keeps
// positions, rejects what it does not know, and continues after a fault.
type Decoder struct {
	File string
	Out  *Problems
}

// Errorf adds an error at a place of the file.
func (d *Decoder) Errorf(line, col int, code, hint, format string, args ...any) {
	*d.Out = append(*d.Out, Problem{d.File, line, col, Error, code, fmt.Sprintf(format, args...), hint})
}

// At adds an error at a value of the file.
func (d *Decoder) At(s Text, code, format string, args ...any) {
	d.Errorf(s.Line, s.Col, code, "", format, args...)
}

// Warn adds a warning at a value of the file.
func (d *Decoder) Warn(s Text, code, hint, format string, args ...any) {
	*d.Out = append(*d.Out, Problem{d.File, s.Line, s.Col, Warning, code, fmt.Sprintf(format, args...), hint})
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// Parse reads one YAML document into v, a pointer to a structure.
func (d *Decoder) Parse(data []byte, v any) bool {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		d.Errorf(1+bytes.Count(data[:i], []byte("\n")), 1, "not-text", "", "a NUL byte")
		return false
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			d.Errorf(1, 1, "empty-file", "", "nothing in it")
			return false
		}
		line := 1
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		d.Errorf(line, 1, "bad-yaml", "", "%s", strings.TrimPrefix(err.Error(), "yaml: "))
		return false
	}
	if err := dec.Decode(&second); err == nil {
		d.Errorf(second.Line, 1, "second-document", "keep one agreement in one file", "a second YAML document")
	}
	d.value(doc.Content[0], reflect.ValueOf(v).Elem(), "")
	return true
}

// A Key is one that stands in a structure without a field of its own.
type Key struct {
	Name, Doc string
	Form      reflect.Type // the structure of its value
}

// Keyed is a map from key to a pointer to what was read under it, as a field of a
// structure: its keys are listed elsewhere, such as those of the kinds of obligation.
type Keyed interface{ Keys() []Key }

// keyed are the keys of a field that is a map of them; nil: it is not.
func keyed(t reflect.Type) []Key {
	if t.Kind() != reflect.Map {
		return nil
	}
	if k, ok := reflect.Zero(t).Interface().(Keyed); ok {
		return k.Keys()
	}
	return nil
}

// value fills v from n. Tags: `yaml:"name"` is the key of a field, `need:"why"` marks a
// key that must be there.
func (d *Decoder) value(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.Errorf(n.Line, n.Column, "alias", "write the value out: a reader must see it where it counts", "YAML anchors and aliases are not used in agreements")
		return
	}
	if n.Style&yaml.TaggedStyle != 0 {
		d.Errorf(n.Line, n.Column, "tag", "", "YAML tags such as %s are not used in agreements", n.Tag)
		return
	}
	if u, ok := v.Addr().Interface().(interface{ FromNode(*Decoder, *yaml.Node) }); ok {
		u.FromNode(d, n)
		return
	}
	switch {
	case v.Type() == reflect.TypeFor[Text]():
		d.scalar(n, v, name)
	case v.Kind() == reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		d.value(n, p.Elem(), name)
		v.Set(p)
	case v.Kind() == reflect.Struct:
		d.structure(n, v, name)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct && isPair(v.Type().Elem()):
		d.mapped(n, v, name)
	case v.Kind() == reflect.Slice:
		if n.Kind == yaml.ScalarNode && v.Type().Elem() == reflect.TypeFor[Text]() {
			e := reflect.New(v.Type().Elem()).Elem()
			d.value(n, e, name)
			v.Set(reflect.Append(v, e))
			return
		}
		if n.Kind != yaml.SequenceNode {
			d.Errorf(n.Line, n.Column, "bad-value", "write [a, b] or lines that begin with -", "%s: want a list", name)
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 0, len(n.Content))) // an empty list is stated, and no list is not
		for _, c := range n.Content {
			e := reflect.New(v.Type().Elem()).Elem()
			d.value(c, e, name)
			v.Set(reflect.Append(v, e))
		}
	default:
		panic("strict: no decoding for " + v.Type().String()) // a type of the code: a fault of this build
	}
}

func isPair(t reflect.Type) bool {
	return t.NumField() == 2 && t.Field(0).Name == "Key" && t.Field(1).Name == "Value"
}

func (d *Decoder) scalar(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind != yaml.ScalarNode {
		d.Errorf(n.Line, n.Column, "bad-value", "", "%s: want a single value", name)
		return
	}
	if n.Value == "" || n.Tag == "!!null" {
		d.Errorf(n.Line, n.Column, "empty-value", "leave the key out if it has no value", "%s: empty", name)
		return
	}
	v.Set(reflect.ValueOf(Text{n.Value, n.Line, n.Column}))
}

func (d *Decoder) structure(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind != yaml.MappingNode {
		d.Errorf(n.Line, n.Column, "bad-value", "", "%s: want keys and values", orTop(name))
		return
	}
	fields, listed := map[string]int{}, map[string]reflect.Type{}
	var names []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if tag := f.Tag.Get("yaml"); tag != "" {
			fields[tag] = i
			names = append(names, tag)
		}
		for _, k := range keyed(f.Type) {
			fields[k.Name], listed[k.Name] = i, k.Form
			names = append(names, k.Name)
		}
	}
	if f := v.FieldByName("Pos"); f.IsValid() {
		f.Set(reflect.ValueOf(Text{name, n.Line, n.Column}))
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if line, dup := seen[k.Value]; dup {
			d.Errorf(k.Line, k.Column, "duplicate-key", "", "%q stands twice; first at line %d", k.Value, line)
			continue
		}
		seen[k.Value] = k.Line
		f, ok := fields[k.Value]
		if hint, need := "", false; ok && n.Content[i+1].Kind == yaml.SequenceNode && len(n.Content[i+1].Content) == 0 {
			if hint, need = v.Type().Field(f).Tag.Lookup("need"); need {
				d.Errorf(n.Content[i+1].Line, n.Content[i+1].Column, "empty-value", hint, "%skey %q is an empty list", inside(name), k.Value)
			}
		}
		if value := n.Content[i+1]; !ok && i > 0 && n.Style&yaml.FlowStyle != 0 && value.Tag == "!!null" && value.Value == "" {
			was := n.Content[i-2].Value // {because: one, two} is YAML for because: one, and two without a value
			d.Errorf(k.Line, k.Column, "unknown-key", fmt.Sprintf("put a text that contains a comma in quotes, such as %s: \"one, two\"", was), "%sthe comma before %q ends the text of %s", inside(name), k.Value, was)
			continue
		}
		if !ok {
			d.Errorf(k.Line, k.Column, "unknown-key", strings.TrimPrefix(truce.Suggest(k.Value, names), "; "), "%sunknown key %q", inside(name), k.Value)
			continue
		}
		if form := listed[k.Value]; form != nil {
			d.entry(n.Content[i+1], v.Field(f), form, name, k.Value)
		} else {
			d.value(n.Content[i+1], v.Field(f), join(name, k.Value))
		}
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		hint, need := f.Tag.Lookup("need")
		if _, ok := seen[f.Tag.Get("yaml")]; need && !ok {
			d.Errorf(n.Line, n.Column, "missing-key", hint, "%skey %q is missing", inside(name), f.Tag.Get("yaml"))
		}
	}
}

// entry fills one key of a map of forms.
func (d *Decoder) entry(n *yaml.Node, m reflect.Value, form reflect.Type, name, key string) {
	p := reflect.New(reflect.PointerTo(form)).Elem()
	d.value(n, p, join(name, key))
	if p.IsNil() { // what stood there has been rejected
		return
	}
	if m.IsNil() {
		m.Set(reflect.MakeMap(m.Type()))
	}
	m.SetMapIndex(reflect.ValueOf(key), p)
}

func (d *Decoder) mapped(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind != yaml.MappingNode {
		d.Errorf(n.Line, n.Column, "bad-value", "", "%s: want names and values", name)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if line, dup := seen[k.Value]; dup {
			d.Errorf(k.Line, k.Column, "duplicate-key", "", "%q stands twice; first at line %d", k.Value, line)
			continue
		}
		seen[k.Value] = k.Line
		e := reflect.New(v.Type().Elem()).Elem()
		e.Field(0).Set(reflect.ValueOf(Text{k.Value, k.Line, k.Column}))
		d.value(n.Content[i+1], e.Field(1), join(name, k.Value))
		v.Set(reflect.Append(v, e))
	}
}

func orTop(name string) string {
	if name == "" {
		return "the file"
	}
	return name
}

func inside(name string) string {
	if name == "" {
		return ""
	}
	return name + ": "
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "." + b
}

// Into decodes n into a value that has no decoding of its own.
func (d *Decoder) Into(n *yaml.Node, v any, name string) {
	d.value(n, reflect.ValueOf(v).Elem(), name)
}
