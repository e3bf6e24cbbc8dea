package agreement

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

// str is a scalar of the file with its position.
type str struct {
	V         string
	Line, Col int
}

func (s str) set() bool { return s.Line > 0 }

// pair and mapping keep a YAML mapping's order and positions.
type pair[T any] struct {
	Key   str
	Value T
}
type mapping[T any] []pair[T]

// decoder walks YAML nodes into the types of file.go. Unlike yaml.Unmarshal it
// keeps positions, refuses what it does not know, and goes on after a fault.
type decoder struct {
	file string
	out  *Problems
}

func (d *decoder) errorf(line, col int, code, hint, format string, args ...any) {
	*d.out = append(*d.out, Problem{d.file, line, col, Error, code, fmt.Sprintf(format, args...), hint})
}

func (d *decoder) at(s str, code, format string, args ...any) {
	d.errorf(s.Line, s.Col, code, "", format, args...)
}

func (d *decoder) warn(s str, code, hint, format string, args ...any) {
	*d.out = append(*d.out, Problem{d.file, s.Line, s.Col, Warning, code, fmt.Sprintf(format, args...), hint})
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// parse reads one YAML document into v, a pointer to a struct of file.go.
func (d *decoder) parse(data []byte, v any) bool {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		d.errorf(1+bytes.Count(data[:i], []byte("\n")), 1, "not-text", "", "a NUL byte")
		return false
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			d.errorf(1, 1, "empty-file", "", "nothing in it")
			return false
		}
		line := 1
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ = strconv.Atoi(m[1])
		}
		d.errorf(line, 1, "bad-yaml", "", "%s", strings.TrimPrefix(err.Error(), "yaml: "))
		return false
	}
	if err := dec.Decode(&second); err == nil {
		d.errorf(second.Line, 1, "second-document", "keep one agreement in one file", "a second YAML document")
	}
	d.value(doc.Content[0], reflect.ValueOf(v).Elem(), "")
	return true
}

// value fills v from n. Tags: `yaml:"name"`, and `one:"yes"` on a slice that
// may be written as a single value.
func (d *decoder) value(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.errorf(n.Line, n.Column, "alias", "write the value out: a reader must see it where it counts", "YAML anchors and aliases are not used in agreements")
		return
	}
	if n.Style&yaml.TaggedStyle != 0 {
		d.errorf(n.Line, n.Column, "tag", "", "YAML tags such as %s are not used in agreements", n.Tag)
		return
	}
	if u, ok := v.Addr().Interface().(interface{ fromNode(*decoder, *yaml.Node) }); ok {
		u.fromNode(d, n)
		return
	}
	switch {
	case v.Type() == reflect.TypeFor[str]():
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
		if n.Kind == yaml.ScalarNode && v.Type().Elem() == reflect.TypeFor[str]() {
			e := reflect.New(v.Type().Elem()).Elem()
			d.value(n, e, name)
			v.Set(reflect.Append(v, e))
			return
		}
		if n.Kind != yaml.SequenceNode {
			d.errorf(n.Line, n.Column, "bad-value", "write [a, b] or lines that begin with -", "%s: want a list", name)
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 0, len(n.Content))) // an empty list is stated, and no list is not
		for _, c := range n.Content {
			e := reflect.New(v.Type().Elem()).Elem()
			d.value(c, e, name)
			v.Set(reflect.Append(v, e))
		}
	default:
		panic("agreement: no decoding for " + v.Type().String()) // a type in file.go: a fault of this build
	}
}

func isPair(t reflect.Type) bool {
	return t.NumField() == 2 && t.Field(0).Name == "Key" && t.Field(1).Name == "Value"
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind != yaml.ScalarNode {
		d.errorf(n.Line, n.Column, "bad-value", "", "%s: want a single value", name)
		return
	}
	if n.Value == "" || n.Tag == "!!null" {
		d.errorf(n.Line, n.Column, "empty-value", "leave the key out if it has no value", "%s: empty", name)
		return
	}
	v.Set(reflect.ValueOf(str{n.Value, n.Line, n.Column}))
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind != yaml.MappingNode {
		d.errorf(n.Line, n.Column, "bad-value", "", "%s: want keys and values", orTop(name))
		return
	}
	fields := map[string]int{}
	var names []string
	for i := range v.NumField() {
		if tag := v.Type().Field(i).Tag.Get("yaml"); tag != "" {
			fields[tag] = i
			names = append(names, tag)
		}
	}
	if f := v.FieldByName("Pos"); f.IsValid() {
		f.Set(reflect.ValueOf(str{name, n.Line, n.Column}))
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if line, dup := seen[k.Value]; dup {
			d.errorf(k.Line, k.Column, "duplicate-key", "", "%q stands twice; first at line %d", k.Value, line)
			continue
		}
		seen[k.Value] = k.Line
		f, ok := fields[k.Value]
		if !ok {
			d.errorf(k.Line, k.Column, "unknown-key", strings.TrimPrefix(truce.Suggest(k.Value, names), "; "), "%sunknown key %q", inside(name), k.Value)
			continue
		}
		d.value(n.Content[i+1], v.Field(f), join(name, k.Value))
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		hint, need := f.Tag.Lookup("need")
		if _, ok := seen[f.Tag.Get("yaml")]; need && !ok {
			d.errorf(n.Line, n.Column, "missing-key", hint, "%skey %q is missing", inside(name), f.Tag.Get("yaml"))
		}
	}
}

func (d *decoder) mapped(n *yaml.Node, v reflect.Value, name string) {
	if n.Kind != yaml.MappingNode {
		d.errorf(n.Line, n.Column, "bad-value", "", "%s: want names and values", name)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if line, dup := seen[k.Value]; dup {
			d.errorf(k.Line, k.Column, "duplicate-key", "", "%q stands twice; first at line %d", k.Value, line)
			continue
		}
		seen[k.Value] = k.Line
		e := reflect.New(v.Type().Elem()).Elem()
		e.Field(0).Set(reflect.ValueOf(str{k.Value, k.Line, k.Column}))
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

// into decodes n into a value that has no decoding of its own.
func (d *decoder) into(n *yaml.Node, v any, name string) {
	d.value(n, reflect.ValueOf(v).Elem(), name)
}
