package agreement

import (
	"reflect"
	"strings"

	"github.com/opentruce/truce"
)

// Schema returns agreement.yaml as JSON Schema (draft 2020-12), made from the
// same types that read it, so that an editor completes exactly what is read.
func Schema() map[string]any {
	s := schemaOf(reflect.TypeFor[file](), "")
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Truce agreement"
	return s
}

func schemaOf(t reflect.Type, name string) map[string]any {
	text := map[string]any{"type": []string{"string", "number", "boolean"}}
	list := func(items any) map[string]any {
		return map[string]any{"oneOf": []any{items, map[string]any{"type": "array", "items": items, "minItems": 1}}}
	}
	words := func(ws []string) map[string]any { return map[string]any{"enum": ws} }
	switch t {
	case reflect.TypeFor[str]():
		return text
	case reflect.TypeFor[start]():
		return map[string]any{"oneOf": []any{map[string]any{"type": "string"}, object1("event")}}
	case reflect.TypeFor[deadline]():
		return map[string]any{"oneOf": []any{map[string]any{"type": "string"}, object1("after", "period")}}
	case reflect.TypeFor[byParty]():
		return map[string]any{"oneOf": []any{map[string]any{"type": "string"}, map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}}}}
	case reflect.TypeFor[weapons]():
		classes := list(words(truce.Words.Classes()))
		return map[string]any{"oneOf": []any{words(truce.Words.Classes()), map[string]any{"type": "array", "items": words(truce.Words.Classes())},
			map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{"class": classes, "calibre": text}}}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), name)
	case reflect.Slice:
		if t.Elem() == reflect.TypeFor[str]() {
			if name == "acts" {
				return list(words(truce.Words.Acts()))
			}
			return list(map[string]any{"type": "string"})
		}
		if isPair(t.Elem()) {
			return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem().Field(1).Type, "")}
		}
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), "")}
	}
	props, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
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
	if t == reflect.TypeFor[lineSpec]() {
		return map[string]any{"oneOf": []any{map[string]any{"type": "string"}, out}}
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

func object1(keys ...string) map[string]any {
	props := map[string]any{}
	for _, k := range keys {
		props[k] = map[string]any{"type": "string"}
	}
	return map[string]any{"type": "object", "additionalProperties": false, "required": keys, "properties": props}
}
