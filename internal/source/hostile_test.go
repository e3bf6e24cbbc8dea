package source

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const viinaHeader = "datetime,lon,lat,place_name,event_type\n"
const viinaRow = "2025-08-15 10:05:00,37.8,48.01,Spartak,artillery\n"

// outcome counts what a reading gave.
func outcome(kind Kind, in io.Reader, o Options) (records, refused, aside int, end error) {
	for _, err := range kind.Parse(in, o) {
		var r *Refusal
		var s *SetAside
		switch {
		case errors.As(err, &r):
			refused++
		case errors.As(err, &s):
			aside++
		case err != nil:
			end = err
		default:
			records++
		}
	}
	return records, refused, aside, end
}

func TestHostileTables(t *testing.T) {
	big := strings.Repeat("x", 10<<20)
	for _, tt := range []struct {
		name             string
		in               string
		records, refused int
	}{
		{"a cell of 10 MB", viinaHeader + viinaRow + "2025-08-15 10:05:00,37.8,48.01," + big + ",artillery\n" + viinaRow, 2, 1},
		{"a quoted cell of 10 MB", viinaHeader + viinaRow + "2025-08-15 10:05:00,37.8,48.01,\"" + big + "\",artillery\n" + viinaRow, 2, 1},
		{"a cell just over 1 MiB", viinaHeader + viinaRow + "2025-08-15 10:05:00,37.8,48.01," + big[:1<<20+1] + ",artillery\n" + viinaRow, 2, 1},
		{"a cell of 1 MiB", viinaHeader + "2025-08-15 10:05:00,37.8,48.01," + big[:1<<20] + ",artillery\n" + viinaRow, 2, 0},
		{"100,000 malformed rows", viinaHeader + viinaRow + strings.Repeat("no,such\n", 100_000) + viinaRow, 2, 100_000},
		{"100,000 open quotes", viinaHeader + viinaRow + strings.Repeat("2025-08-15 10:05:00,37.8,48.01,\"Spartak,artillery\n", 100_000) + viinaRow, 2, 100_000},
		{"one open quote before 100,000 rows", viinaHeader + "2025-08-15 10:05:00,37.8,48.01,\"Spartak,artillery\n" + strings.Repeat(viinaRow, 100_000), 100_000, 1},
		{"an open quote before a MiB of doubled ones", viinaHeader + "2025-08-15 10:05:00,37.8,48.01,\"Spartak,artillery\n" + strings.Repeat("\"\"\n", 400_000) + viinaRow, 1, 400_001},
		{"a MiB of empty lines in a cell", viinaHeader + "2025-08-15 10:05:00,37.8,48.01,\"" + strings.Repeat("\n", 1<<20-1) + "\",artillery\n" + viinaRow, 2, 0},
		{"10 MB of NUL", viinaHeader + viinaRow + strings.Repeat("\x00", 10<<20), 1, 1},
		{"10 MB of line ends", viinaHeader + viinaRow + strings.Repeat("\r\n", 5<<20) + viinaRow, 2, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			records, refused, _, err := outcome(viina, strings.NewReader(tt.in), Options{})
			if records != tt.records || refused != tt.refused || err != nil {
				t.Errorf("%d records, %d refused, %v; want %d, %d", records, refused, err, tt.records, tt.refused)
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestHostileJSON(t *testing.T) {
	m, err := ParseMapping([]byte("source: s\noccurred: {column: at}\nact: fire\n"))
	if err != nil {
		t.Fatal(err)
	}
	const ok = `{"at": "2026-03-01"}`
	for _, tt := range []struct {
		name             string
		kind             Kind
		in               string
		records, refused int
		ends             string
	}{
		{"an array without end", jsonlKind, "[" + strings.Repeat(ok+",", 10), 10, 0, "too early"},
		{"deep nesting", jsonlKind, "[" + ok + "," + strings.Repeat("[", 100_000), 1, 0, "depth"},
		{"deep nesting in a line", jsonlKind, ok + "\n" + strings.Repeat("[", 100_000) + "\n" + ok, 2, 1, ""},
		{"a string without end", jsonlKind, "[" + ok + ",\"" + strings.Repeat("x", 40<<20), 1, 0, "longer than"},
		{"a value of 10 MB", jsonlKind, ok + "\n{\"at\": \"" + strings.Repeat("x", 10<<20) + "\"}\n" + ok, 2, 1, ""},
		{"no features", geojsonKind, `{"type": "FeatureCollection"}`, 0, 0, "no features"},
		{"features cut", geojsonKind, `{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"at": "2026-03-01"}, "geometry": null}, {"ty`, 1, 0, "too early"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			records, refused, _, err := outcome(tt.kind, strings.NewReader(tt.in), Options{Mapping: m})
			if records != tt.records || refused != tt.refused || (err == nil) != (tt.ends == "") || err != nil && !strings.Contains(err.Error(), tt.ends) {
				t.Errorf("%d records, %d refused, %v; want %d, %d, %q", records, refused, err, tt.records, tt.refused, tt.ends)
			}
		})
	}
}

func TestNothingIsHeldOfALongFile(t *testing.T) {
	var seen int64
	in := io.MultiReader(strings.NewReader(viinaHeader), io.LimitReader(&endless{row: []byte(viinaRow)}, 4<<20))
	records, _, _, err := outcome(viina, in, Options{Progress: func(n int64) { seen = n }})
	if want := 4 << 20 / len(viinaRow); records != want || seen != int64(4<<20+len(viinaHeader)) {
		t.Errorf("%d records, %d bytes told, %v; want %d", records, seen, err, want)
	}
}

type endless struct {
	row []byte
	at  int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.row[e.at%len(e.row)]
		e.at++
	}
	return len(p), nil
}

func TestTruncatedGzipKeepsWhatWasGood(t *testing.T) {
	var rows strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&rows, "2025-08-15 10:05:00,37.8,48.01,Place %d %d,artillery\n", i, i*i*7919)
	}
	packed := pack(t, viinaHeader+rows.String())
	file := filepath.Join(t.TempDir(), "viina.csv.gz")
	if err := os.WriteFile(file, packed[:len(packed)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	r := openOne(t, file)
	defer r.Close()
	records, refused, _, err := outcome(viina, r, Options{File: "viina.csv"})
	if records < 1000 || records > 4000 || refused != 0 || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "truncated") {
		t.Errorf("%d records, %d refused, %v", records, refused, err)
	}
}

func pack(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, s); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openOne(t *testing.T, file string) io.ReadCloser {
	t.Helper()
	es, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := es[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		f := filepath.Join(dir, name)
		if err := os.WriteFile(f, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return f
	}
	archived := func(name string, members ...string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := 0; i < len(members); i += 2 {
			w, err := z.Create(members[i])
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, members[i+1])
		}
		z.Close()
		return write(name, b.Bytes())
	}
	link := func() string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "passwd"}
		h.SetMode(os.ModeSymlink | 0o777)
		w, _ := z.CreateHeader(h)
		io.WriteString(w, "/etc/passwd")
		z.Close()
		return write("link.zip", b.Bytes())
	}
	data := viinaHeader + viinaRow
	zeros := strings.Repeat("\x00", 64<<20)
	for _, tt := range []struct {
		name, file, want, wrong string
	}{
		{"plain", write("a.csv", []byte(data)), "a.csv", ""},
		{"gzip", write("a.csv.gz", pack(t, data)), "a.csv", ""},
		{"gzip by another name", write("b.csv", pack(t, data)), "b.csv", ""},
		{"zip", archived("a.zip", "one.csv", data, "two/", "", "two/b.csv", data), "a.zip!one.csv a.zip!two/b.csv", ""},
		{"up and out", archived("up.zip", "../../etc/passwd", "x"), "", "leads out"},
		{"absolute", archived("abs.zip", "/etc/passwd", "x"), "", "leads out"},
		{"backslash", archived("back.zip", `..\evil.csv`, "x"), "", "leads out"},
		{"drive", archived("drive.zip", `C:evil.csv`, "x"), "", "leads out"},
		{"link", link(), "", "not a regular file"},
		{"twice", archived("twice.zip", "a.csv", data, "a.csv", data), "", "twice"},
		{"nothing in it", archived("none.zip"), "", "no files"},
		{"zip in zip", archived("nest.zip", "in.csv", string(pack(t, data))), "nest.zip!in.csv", "archive in an archive"},
		{"gzip in gzip", write("n.gz", pack(t, string(pack(t, data)))), "n", "archive in an archive"},
		{"xz", write("a.xz", []byte("\xfd7zXZ\x00")), "", "want a plain file"},
		{"gzip bomb", write("bomb.gz", pack(t, zeros)), "bomb", "bomb"},
		{"zip bomb", archived("bomb.zip", "b.csv", zeros), "bomb.zip!b.csv", "bomb"},
		{"folder", dir, "", "not a file"},
		{"no such file", filepath.Join(dir, "none"), "", "no such file"},
		{"damaged zip", write("bad.zip", []byte("PK\x03\x04 nothing")), "", "zip"},
		{"damaged gzip", write("bad.gz", []byte("\x1f\x8b\x08")), "bad", "EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			es, err := Open(tt.file)
			var names []string
			for _, e := range es {
				names = append(names, e.Name)
				if err == nil {
					err = drain(e)
				}
			}
			if got := strings.Join(names, " "); got != tt.want {
				t.Errorf("entries %q, want %q", got, tt.want)
			}
			if (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("error %v, want %q", err, tt.wrong)
			}
		})
	}
}

func drain(e Entry) error {
	r, err := e.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}
