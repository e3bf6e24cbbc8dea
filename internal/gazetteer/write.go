package gazetteer

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/opentruce/truce/geo"
)

// largeFile is the size from which a file of a package is written compressed.
const largeFile = 64 << 10

// Files are the package as [Load] reads it, by the names of its files. The same package
// gives the same bytes.
func (p *Package) Files() (map[string][]byte, error) {
	manifest, err := indented(p.Manifest)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{ManifestFile: manifest}
	put := func(name string, text []byte) {
		if len(text) < largeFile {
			out[name] = text
			return
		}
		var z bytes.Buffer
		w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
		_, _ = w.Write(text) // into memory
		_ = w.Close()
		out[name+".gz"] = z.Bytes()
	}
	if p.Regions != nil {
		text, err := regionsText(p.Regions)
		if err != nil {
			return nil, err
		}
		put(RegionsFile, text)
	}
	if p.Settlements != nil {
		put(SettlementsFile, settlementsText(p.Settlements))
	}
	return out, nil
}

func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// regionsText is GeoJSON with a region a line.
func regionsText(list []Area) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteString("{\"type\":\"FeatureCollection\",\"features\":[\n")
	for i := range list {
		r := &list[i]
		props := struct {
			Name  string            `json:"name"`
			Code  string            `json:"code,omitempty"`
			Level int               `json:"level"`
			In    string            `json:"in,omitempty"`
			Names map[string]string `json:"names,omitempty"`
			Also  []string          `json:"also,omitempty"`
		}{r.Name, r.Code, r.Level, r.In, map[string]string{}, r.Also}
		for _, n := range r.Names {
			props.Names[n.Lang] = n.Text
		}
		b.WriteString(`{"type":"Feature","properties":`)
		if err := e.Encode(props); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1)
		b.WriteString(`,"geometry":`)
		shape(&b, r.Shape)
		b.WriteString("}")
		if i < len(list)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]}\n")
	return b.Bytes(), nil
}

func shape(b *bytes.Buffer, m geo.MultiPolygon) {
	if m == nil {
		b.WriteString("null")
		return
	}
	b.WriteString(`{"type":"MultiPolygon","coordinates":[`)
	for i, polygon := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('[')
		for j, ring := range polygon {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('[')
			for k := range len(ring) + 1 {
				if k > 0 {
					b.WriteByte(',')
				}
				q := ring[k%len(ring)]
				b.WriteString("[" + degrees(q.Lon) + "," + degrees(q.Lat) + "]")
			}
			b.WriteByte(']')
		}
		b.WriteByte(']')
	}
	b.WriteString("]}")
}

// degrees are decimal, without zeros at the end.
func degrees(n int32) string {
	s, sign := strconv.FormatInt(int64(n), 10), ""
	if n < 0 {
		s, sign = s[1:], "-"
	}
	if len(s) < 8 {
		s = strings.Repeat("0", 8-len(s)) + s
	}
	whole, frac := s[:len(s)-7], strings.TrimRight(s[len(s)-7:], "0")
	if frac == "" {
		return sign + whole
	}
	return sign + whole + "." + frac
}

func settlementsText(list []Settlement) []byte {
	var b bytes.Buffer
	b.WriteString(strings.Join(Columns, "\t") + "\n")
	for i := range list {
		s := &list[i]
		population := ""
		if s.Population > 0 {
			population = strconv.Itoa(int(s.Population))
		}
		names := make([]string, len(s.Names))
		for k, n := range s.Names {
			names[k] = n.Lang + "=" + n.Text
		}
		b.WriteString(strings.Join([]string{s.ID, s.Name, degrees(s.Point.Lat), degrees(s.Point.Lon), population, strings.Join(names, "|"), strings.Join(s.Also, "|")}, "\t") + "\n")
	}
	return b.Bytes()
}
