package strict

import (
	"reflect"
	"strings"

	"github.com/opentruce/truce"
)

// Shaped is a type that may be written in other ways than its structure says. own is the
// schema of that structure.
type Shaped interface {
	Schema(own func() map[string]any) map[string]any
}

// Schema returns a structure as JSON Schema (draft 2020-12), made from the same type
// that reads it, so that an editor completes exactly what is read. Of its tags, `doc` is
// the description, `need` marks what is required, and `enum` lists the words it may have.
func Schema(t reflect.Type) map[string]any { return schemaOf(t, "") }

// One is what may stand alone or in a list.
func One(items any) map[string]any {
	return map[string]any{"oneOf": []any{items, map[string]any{"type": "array", "items": items, "minItems": 1}}}
}

// Enum is one of some words.
func Enum(words []string) map[string]any { return map[string]any{"enum": words} }

// Any is any scalar.
func Any() map[string]any { return map[string]any{"type": []string{"string", "number", "boolean"}} }

// Either is a text, or something else.
func Either(other any) map[string]any {
	return map[string]any{"oneOf": []any{map[string]any{"type": "string"}, other}}
}

// Object has these keys, all of them texts and required.
func Object(keys ...string) map[string]any {
	props := map[string]any{}
	for _, k := range keys {
		props[k] = map[string]any{"type": "string"}
	}
	return map[string]any{"type": "object", "additionalProperties": false, "required": keys, "properties": props}
}

func schemaOf(t reflect.Type, name string) map[string]any {
	if s, ok := reflect.Zero(t).Interface().(Shaped); ok && t.Kind() != reflect.Pointer {
		return s.Schema(func() map[string]any { return structure(t) })
	}
	switch {
	case t == reflect.TypeFor[Text]():
		return Any()
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem(), name)
	case t.Kind() == reflect.Slice && t.Elem() == reflect.TypeFor[Text]() && name == "acts":
		return One(Enum(truce.Words.Acts()))
	case t.Kind() == reflect.Slice && t.Elem() == reflect.TypeFor[Text]():
		return One(map[string]any{"type": "string"})
	case t.Kind() == reflect.Slice && isPair(t.Elem()):
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem().Field(1).Type, "")}
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), "")}
	}
	return structure(t)
}

func structure(t reflect.Type) map[string]any {
	props, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		for _, k := range keyed(f.Type) {
			s := schemaOf(k.Form, k.Name)
			s["description"] = k.Doc
			props[k.Name] = s
		}
		key := f.Tag.Get("yaml")
		if key == "" {
			continue
		}
		s := schemaOf(f.Type, key)
		if e := f.Tag.Get("enum"); e != "" {
			s = map[string]any{"enum": enumOf(key, strings.Fields(e))}
		}
		if doc := f.Tag.Get("doc"); doc != "" {
			s["description"] = doc
		}
		props[key] = s
		if _, need := f.Tag.Lookup("need"); need {
			required = append(required, key)
		}
	}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": props}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// enumOf keeps YAML's own types: truce: 1 is a number, follows: true a boolean.
func enumOf(key string, words []string) []any {
	var out []any
	for _, w := range words {
		switch {
		case key == "truce":
			out = append(out, 1)
		case w == "true" || w == "false":
			out = append(out, w == "true")
		default:
			out = append(out, w)
		}
	}
	return out
}
