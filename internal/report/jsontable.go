package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/opentruce/truce"
)

// writeJSONTable writes a list of objects: numbers as numbers, lists as lists, and null
// where nothing is known.
func writeJSONTable(w io.Writer, t *Table) error {
	out := bufio.NewWriter(w)
	var buf bytes.Buffer
	sep := "[\n"
	for line, err := range t.Rows {
		if err != nil {
			return err
		}
		out.WriteString(sep)
		sep = ",\n"
		for i, v := range line.Values {
			c := &t.Columns[i]
			if i == 0 {
				out.WriteString("  {\n")
			} else {
				out.WriteString(",\n")
			}
			value := c.known(v)
			if list, ok := v.([]string); ok && c.Kind == List {
				cleaned := []string{}
				for _, s := range list {
					cleaned = append(cleaned, Clean(s))
				}
				value = cleaned
			} else if c.Kind == List {
				value = []string{}
			}
			if err := object(out, &buf, "    ", c.Name, value); err != nil {
				return err
			}
		}
		out.WriteString("\n  }")
	}
	if sep == "[\n" {
		out.WriteString("[")
	}
	out.WriteString("\n]\n")
	return out.Flush()
}

// object writes a member of an object, for people who read the file too.
func object(out *bufio.Writer, buf *bytes.Buffer, indent, name string, v any) error {
	buf.Reset()
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(name); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1)
	buf.WriteString(": ")
	if err := enc.Encode(plainTime(v)); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1)
	out.WriteString(indent)
	_, err := out.Write(buf.Bytes()) // the writer keeps its first error
	return err
}

// plainTime is a time as a text, and any other value as it is.
func plainTime(v any) any {
	if i, ok := v.(truce.Instant); ok {
		return i.String()
	}
	return v
}

// writeGeoJSON writes a FeatureCollection of features whose properties are flat, as
// programs of maps want them: a list is one text.
func writeGeoJSON(w io.Writer, t *Table) error {
	out := bufio.NewWriter(w)
	head, err := json.Marshal(map[string]any{"status": t.Status, "title": t.Title, "notes": t.words(), "licences": append([]Licence{}, t.Licences...)})
	if err != nil {
		return err
	}
	out.WriteString(`{"type":"FeatureCollection",`)
	out.Write(head[1 : len(head)-1])
	out.WriteString(",\n\"features\":[")
	var buf bytes.Buffer
	sep := "\n"
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	value := func(v any) error {
		buf.Reset()
		if err := enc.Encode(v); err != nil {
			return err
		}
		_, err := out.Write(buf.Bytes()[:buf.Len()-1])
		return err
	}
	for line, err := range t.Rows {
		if err != nil {
			return err
		}
		out.WriteString(sep)
		sep = ",\n"
		out.WriteString(`{"type":"Feature",`)
		for i, v := range line.Values {
			if t.Columns[i].Name == "id" {
				out.WriteString(`"id":`)
				if err := value(v); err != nil {
					return err
				}
				out.WriteString(",")
				break
			}
		}
		out.WriteString(`"geometry":`)
		if err := value(Geometry(line.Place)); err != nil {
			return err
		}
		out.WriteString(`,"properties":{`)
		for i, v := range line.Values {
			if i > 0 {
				out.WriteString(",")
			}
			if err := value(t.Columns[i].property()); err != nil {
				return err
			}
			out.WriteString(":")
			if err := value(plainTime(t.Columns[i].known(v))); err != nil {
				return err
			}
		}
		out.WriteString("}}")
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}
