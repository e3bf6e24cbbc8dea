package main

import (
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/parquet-go/parquet-go"

	"archive/zip"
	"bytes"
	"encoding/base64"
	bin "encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// planted are what must not leave the mission: a post's and a position's
// coordinates, a witness, the keys of rows, a file's name.
var planted = []string{"48.0119773", "37.8229771", "480119773", "378229771", "49.1294771", "491294771", "Zzyzxson", "row-hidden-7", "roster-of-unit-9"}

// disguises are the ways in which a text may stand in a file: plain, in
// hexadecimal, and in base64 at each of its three alignments.
func disguises(s string) (out [][]byte) {
	b := []byte(s)
	out = append(out, b, bytes.ToLower(b), bytes.ToUpper(b), []byte(hex.EncodeToString(b)))
	for pad := range 3 {
		e := base64.RawStdEncoding.EncodeToString(append(make([]byte, pad), b...))
		// The first and last characters depend on what is beside.
		from, to := []int{0, 2, 3}[pad], len(e)-1
		if to-from >= 8 {
			out = append(out, []byte(e[from:to]))
		}
	}
	return out
}

// TestNothingLeaks searches every byte of a public mirror, and of every list and report in
// every format that is made from it, before a release and after it, for what was planted
// in what is not public.
func TestNothingLeaks(t *testing.T) {
	c, dir := small(t)
	work := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(work, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	rows := write("roster-of-unit-9.csv", "id,at,lat,lon,within,act,weapon\nrow-hidden-7,2025-08-20T02:10,49.1294771,37.9,400,strike,missile\n")
	mapping := write("roster-of-unit-9.yaml", "record: observation\nsource: viina\ntimezone: UTC\nkey: {column: id}\noccurred: {column: at}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}}\nact: {column: act}\nweapon: {column: weapon}\n")
	run := func(args ...string) {
		t.Helper()
		cc := c
		cc.args = args
		if code := cc.run(); code != exitOK {
			_, out, errs := run3(args...)
			t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
		}
	}
	run("ingest", dir, "--source", "csv", rows, "--mapping", mapping, "--shelf", "shared")
	run("observe", dir, "explosion 2025-08-20T10:05/10:06Z from 48.0119773N 37.8229771E bearing 350-010 distance 2-5km source=mission means=heard count=>=3", "--because", "heard by Zzyzxson", "--as", "intake")
	for _, p := range []string{"UA", "RU"} {
		run("keygen", p+"-1", "--out", work)
		run("keys", "add", dir, filepath.Join(work, p+"-1.pub"), "--role", "liaison", "--party", p, "--because", "named", "--as", "head-of-mission")
	}
	m, err := mission.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Situation(0); err != nil {
		t.Fatal(err)
	}
	if v, err := m.Read(); err != nil || len(v.Sealed) != 2 || len(v.Withheld) != 0 {
		t.Fatalf("%v: the mission itself does not hold what is not public", err)
	}
	searched := 0
	for _, when := range []string{"before", "after"} {
		folder := filepath.Join(work, "mirror-"+when)
		f := c.follower(mirror.Trust{}, filepath.Join(dir, "record"), folder)
		f.NoRecompute = true
		if err := f.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		searched += search(t, folder)
		searched += search(t, filepath.Join(dir, "record"))
		lists := filepath.Join(work, "lists-"+when)
		exports(t, c, folder, lists)
		searched += search(t, lists)
		run("release", dir, "--now", "--as", "head-of-mission")
	}
	t.Logf("%d bytes searched for %d texts in every disguise: 0 hits", searched, len(planted))
	// The mission's own lists have the hidden row in every format, so the search would have
	// found it in the public ones.
	own := filepath.Join(work, "own")
	exports(t, c, dir, own)
	for _, f := range report.TableFormats {
		if n := hits(t, filepath.Join(own, f.Name)); n == 0 {
			t.Errorf("the search finds nothing in the mission's own %s", f.Name)
		}
	}
	// And the search finds what is there.
	hit := filepath.Join(work, "hit")
	if err := os.MkdirAll(hit, 0o755); err != nil {
		t.Fatal(err)
	}
	for i, d := range disguises(planted[6]) {
		if err := os.WriteFile(filepath.Join(hit, string(rune('a'+i))), append([]byte("xx"), d...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n := hits(t, hit); n < 5 {
		t.Errorf("the search found %d of its own disguises", n)
	}
}

// exports writes every list that a command makes of a mission, in every format, into a
// folder for each format. Parquet and the archive of annexes are compressed, so what is in them is
// written out too.
func exports(t *testing.T, c command, mission, to string) {
	t.Helper()
	write := func(format, name string, args ...string) {
		t.Helper()
		var b bytes.Buffer
		cc := c
		cc.out, cc.args = &b, append(args, "--format", format)
		if code := cc.run(); code != exitOK {
			t.Fatalf("%v: exit %d", cc.args, code)
		}
		if err := os.MkdirAll(filepath.Join(to, format), 0o755); err != nil {
			t.Fatal(err)
		}
		if format == "zip" {
			z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range z.File {
				in, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(&b, in); err != nil {
					t.Fatal(err)
				}
			}
		}
		if format == "parquet" {
			p, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
			if err != nil {
				t.Fatal(err)
			}
			rows := parquet.MultiRowGroup(p.RowGroups()...).Rows()
			defer rows.Close()
			buf := make([]parquet.Row, 16)
			for {
				n, err := rows.ReadRows(buf)
				for _, row := range buf[:n] {
					for _, v := range row {
						fmt.Fprintf(&b, "%s\n", v)
					}
				}
				if err != nil {
					break
				}
			}
		}
		if err := os.WriteFile(filepath.Join(to, format, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range report.TableFormats {
		write(f.Name, "incidents", "incidents", mission, "--all")
		write(f.Name, "findings", "findings", mission, "--all")
		write(f.Name, "days", "findings", mission, "--days")
	}
	for _, f := range report.Formats {
		write(f.Name, "report", "report", mission, "--out", "-")
	}
}

func search(t *testing.T, dir string) (size int) {
	t.Helper()
	if n := hits(t, dir); n > 0 {
		t.Errorf("%s: %d hits", dir, n)
	}
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if info, ierr := d.Info(); err == nil && ierr == nil && info.Mode().IsRegular() {
			size += int(info.Size())
		}
		return nil
	})
	return size
}

// hits counts files in which something planted stands, in whatever disguise.
func hits(t *testing.T, dir string) (n int) {
	t.Helper()
	var wanted [][]byte
	for _, p := range planted {
		wanted = append(wanted, disguises(p)...)
	}
	for _, v := range []int32{480119773, 378229771, 491294771} {
		wanted = append(wanted, bin.BigEndian.AppendUint32(nil, uint32(v)), bin.LittleEndian.AppendUint32(nil, uint32(v)))
	}
	for _, v := range []float64{48.0119773, 37.8229771, 49.1294771} { // in well-known binary, and in tables of SQLite
		wanted = append(wanted, bin.BigEndian.AppendUint64(nil, math.Float64bits(v)), bin.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, w := range wanted {
			if bytes.Contains(data, w) {
				t.Logf("%s holds %q", path, w)
				n++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
