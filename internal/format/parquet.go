package format

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// openParquet reads the rows of a Parquet file, and the geometries of GeoParquet 1.1 that
// are in longitude and latitude. Columns inside groups have their path as name. A column
// of lists is not a cell; it is left out of the header.
func openParquet(f *file, _ Options) (Table, error) {
	// The library makes room for the footer before it looks whether the file has one so long.
	var end [8]byte
	if _, err := f.ReadAt(end[:], f.size-int64(len(end))); f.size < int64(len(end)) || err != nil && err != io.EOF {
		return nil, errors.New("not a Parquet file, or damaged: parquet: it ends too early")
	}
	if length := int64(binary.LittleEndian.Uint32(end[:4])); length > f.size-int64(len(end)) {
		return nil, fmt.Errorf("not a Parquet file, or damaged: parquet: a footer of %d bytes in a file of %d", length, f.size)
	}
	p, err := parquet.OpenFile(f, f.size, parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true))
	if err != nil {
		return nil, fmt.Errorf("not a Parquet file, or damaged: %w", err)
	}
	var total int64
	for _, g := range p.Metadata().RowGroups {
		if g.TotalByteSize < 0 || g.NumRows < 0 || total > mostUnzip-g.TotalByteSize {
			return nil, errors.New("it unpacks into more than is read; refused")
		}
		total += g.TotalByteSize
	}
	t := &columns{file: f, shape: -1}
	if groups := p.RowGroups(); len(groups) > 0 {
		t.rows = parquet.MultiRowGroup(groups...).Rows()
	} else {
		t.end = io.EOF
	}
	place, err := t.geometry(p)
	if err != nil {
		return nil, err
	}
	for _, path := range p.Schema().Columns() {
		leaf, ok := p.Schema().Lookup(path...)
		name := strings.Join(path, ".")
		switch {
		case !ok || leaf.MaxRepetitionLevel > 0:
			t.cell = append(t.cell, -1)
		case name == place:
			t.shape = leaf.ColumnIndex
			t.cell = append(t.cell, -1)
		default:
			t.cell = append(t.cell, len(t.header))
			t.header = append(t.header, name)
		}
		t.kinds = append(t.kinds, leaf.Node)
	}
	t.cells = make([][]byte, len(t.header))
	t.read = make([]parquet.Row, 64)
	return t, nil
}

type columns struct {
	file   *file
	rows   parquet.Rows // nil: there are none
	header []string
	kinds  []parquet.Node
	cell   []int // of each column: its cell, or -1
	shape  int   // the column with the geometry; -1: none
	read   []parquet.Row
	have   int // rows read and not handed on, from at
	at     int
	n      int
	end    error
	cells  [][]byte
	buf    bytes.Buffer
}

// geometry finds the column of places that GeoParquet's metadata name.
func (t *columns) geometry(p *parquet.File) (string, error) {
	text, ok := p.Lookup("geo")
	if !ok {
		return "", nil
	}
	var meta struct {
		Primary string `json:"primary_column"`
		Columns map[string]struct {
			Encoding string          `json:"encoding"`
			CRS      json.RawMessage `json:"crs"`
		} `json:"columns"`
	}
	if err := json.Unmarshal([]byte(text), &meta); err != nil {
		return "", fmt.Errorf("its geo metadata cannot be read: %w", err)
	}
	c, ok := meta.Columns[meta.Primary]
	if !ok {
		return "", nil
	}
	if c.Encoding != "WKB" {
		return "", fmt.Errorf("its geometries are written as %s; save them as WKB", c.Encoding)
	}
	var crs struct {
		ID struct {
			Authority string `json:"authority"`
			Code      any    `json:"code"`
		} `json:"id"`
	}
	if len(c.CRS) > 0 && string(c.CRS) != "null" {
		_ = json.Unmarshal(c.CRS, &crs)
		if id := fmt.Sprintf("%s:%v", crs.ID.Authority, crs.ID.Code); id != "OGC:CRS84" && id != "EPSG:4326" {
			return "", fmt.Errorf("its geometries are in %s; save them in longitude and latitude (EPSG:4326)", id)
		}
	}
	return meta.Primary, nil
}

func (t *columns) Header() []string { return t.header }
func (t *columns) Shaped() bool     { return t.shape >= 0 }
func (t *columns) Close() error {
	var err error
	if t.rows != nil {
		err = t.rows.Close()
	}
	return errors.Join(err, t.file.Close())
}

func (t *columns) Next() (Row, error) {
	if t.at >= t.have {
		if t.end != nil {
			return Row{}, t.end
		}
		t.at = 0
		if t.have, t.end = t.rows.ReadRows(t.read); t.have == 0 {
			if t.end == nil {
				t.end = io.ErrNoProgress
			}
			return Row{}, t.end
		}
	}
	row := t.read[t.at]
	t.at++
	t.n++
	clear(t.cells)
	var fault *Fault
	out := Row{Cells: t.cells, Number: t.n}
	for _, v := range row {
		i := v.Column()
		if i < 0 || i >= len(t.cell) || v.IsNull() {
			continue
		}
		if i == t.shape {
			shape, err := wellKnownBinary(v.ByteArray())
			if err != nil {
				fault = &Fault{Why: "geometry: " + err.Error()}
			}
			out.Geometry = shape
		}
		if t.cell[i] < 0 {
			continue
		}
		text := textOf(v, t.kinds[i])
		if len(text) > mostCell || !utf8.Valid(text) {
			fault = &Fault{Why: t.header[t.cell[i]] + " is not a text, or longer than is read"}
			text = nil
		}
		t.cells[t.cell[i]] = text
	}
	out.Raw = raw(&t.buf, t.cells)
	if fault != nil {
		return out, fault
	}
	return out, nil
}

// textOf is a value as a cell: dates and times in ISO 8601, numbers as they are.
func textOf(v parquet.Value, n parquet.Node) []byte {
	signed := true
	if t := n.Type(); t != nil && t.LogicalType() != nil {
		switch kind := t.LogicalType().Value.(type) {
		case *format.DateType:
			return []byte(time.Unix(int64(v.Int32())*86400, 0).UTC().Format("2006-01-02"))
		case *format.TimestampType:
			zone := ""
			if kind.IsAdjustedToUTC {
				zone = "Z"
			}
			return []byte(unitTime(v, kind.Unit).Format("2006-01-02T15:04:05.999999999") + zone)
		case *format.TimeType:
			return []byte(unitTime(v, kind.Unit).Format("15:04:05.999999999"))
		case *format.DecimalType:
			return decimal(v, int(kind.Scale))
		case *format.UUIDType:
			if id, err := uuid.FromBytes(v.ByteArray()); err == nil {
				return []byte(id.String())
			}
		case *format.IntType:
			signed = kind.IsSigned
		}
	}
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.AppendBool(nil, v.Boolean())
	case parquet.Int32:
		if !signed {
			return strconv.AppendUint(nil, uint64(v.Uint32()), 10)
		}
		return strconv.AppendInt(nil, int64(v.Int32()), 10)
	case parquet.Int64:
		if !signed {
			return strconv.AppendUint(nil, v.Uint64(), 10)
		}
		return strconv.AppendInt(nil, v.Int64(), 10)
	case parquet.Int96: // as older programs write times: nanoseconds of a Julian day
		x := v.Int96()
		nanos := int64(x[0]) | int64(x[1])<<32
		return []byte(time.Unix((int64(x[2])-2440588)*86400, nanos).UTC().Format("2006-01-02T15:04:05.999999999Z"))
	case parquet.Float:
		return strconv.AppendFloat(nil, float64(v.Float()), 'f', -1, 32)
	case parquet.Double:
		return strconv.AppendFloat(nil, v.Double(), 'f', -1, 64)
	}
	return bytes.Clone(v.ByteArray())
}

// unitTime is a number of units since 1970, or since midnight.
func unitTime(v parquet.Value, unit format.TimeUnit) time.Time {
	n := int64(0)
	if v.Kind() == parquet.Int32 {
		n = int64(v.Int32())
	} else {
		n = v.Int64()
	}
	switch unit.Value.(type) {
	case *format.MicroSeconds:
		return time.UnixMicro(n).UTC()
	case *format.NanoSeconds:
		return time.Unix(0, n).UTC()
	}
	return time.UnixMilli(n).UTC()
}

// decimal writes an integer with a point before its last digits.
func decimal(v parquet.Value, scale int) []byte {
	n := new(big.Int)
	switch v.Kind() {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default:
		b := v.ByteArray()
		if n.SetBytes(b); len(b) > 0 && b[0] >= 0x80 { // two's complement
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	sign := ""
	if n.Sign() < 0 {
		sign = "-"
	}
	digits := n.Abs(n).String()
	if scale <= 0 || scale > 100 {
		return []byte(sign + digits)
	}
	if pad := scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	return []byte(sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:])
}
