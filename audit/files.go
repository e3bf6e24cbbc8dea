package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A File is one that an entry names by its digest. Public files lie beside the
// record, at evidence/ and the digest in hexadecimal, a slash after two digits.
type File struct {
	Entry  int64
	Name   string // as the entry calls it, or empty
	SHA256 [32]byte
	// Findings reports whether findings depend on the file: the shape of a place, and what
	// a release or a disclosure opens, where these do not fit an entry.
	Findings bool
}

// Path is where the file lies in the record's folder.
func (f *File) Path() string {
	h := hex.EncodeToString(f.SHA256[:])
	return "evidence/" + h[:2] + "/" + h[2:]
}

// Files lists the files that an entry names.
func Files(e *Entry) []File {
	var out []File
	add := func(name, digest string) {
		b, err := hex.DecodeString(digest)
		if err == nil && len(b) == 32 {
			out = append(out, File{Entry: e.Index, Name: name, SHA256: [32]byte(b)})
		}
	}
	beside := func(name string, o object) {
		n := len(out)
		if add(name, o.text("file")); len(out) > n {
			out[n].Findings = true
		}
	}
	o := objectOf(e.Content)
	switch e.Kind {
	case "source":
		add(o.text("file"), o.text("evidence"))
		add("mapping", o.text("mapping"))
	case "mission", "agreement":
		terms := o
		if e.Kind == "mission" {
			terms = objectOf(o["terms"])
		}
		var list []json.RawMessage
		_ = json.Unmarshal(terms["files"], &list)
		for _, raw := range list {
			f := objectOf(raw)
			add(f.text("name"), f.text("sha256"))
		}
	case "release", "disclosure":
		beside("openings", o)
	case "observation", "seen", "allegation", "tally", "notification", "restriction":
		beside("shape", objectOf(o["place"]))
	}
	return out
}

// File reads a file beside the record and makes sure that it is the one that was
// named. One that is not there is fs.ErrNotExist; another is a fault.
func (l *Log) File(ctx context.Context, f File) ([]byte, error) {
	data, err := l.Fetch(ctx, f.Path())
	if err != nil {
		return nil, err
	}
	if sha256.Sum256(data) != f.SHA256 {
		return nil, faultf(f.Entry, f.Path(), "the file %s is not the one that was received", f.Name)
	}
	return data, nil
}

var tileName = regexp.MustCompile(`^tile/(entries|[0-9]+)/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?$`)

// Folder checks every file in a record's folder against the tree of c, including
// files that no current proof needs: a partial tile must be the beginning of what is
// there now. A partial tile that is not was left over from an interrupted write or was
// altered since; nothing depends on it, and Folder returns its name. Folder also returns
// the files that do not belong to a record, and how many are beyond the checkpoint.
func (l *Log) Folder(ctx context.Context, dir string, c *Checkpoint) (strangers, leftover []string, beyond int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		name := filepath.ToSlash(rel)
		if d.IsDir() {
			if name == ".state" || name == "evidence" {
				return fs.SkipDir
			}
			return nil
		}
		m := tileName.FindStringSubmatch(name)
		switch {
		case name == "checkpoint" || name == "checkpoint.cosigned" || strings.HasPrefix(filepath.Base(name), "."):
			return nil
		case m == nil:
			strangers = append(strangers, name)
			return nil
		}
		in, same, err := l.held(ctx, c, path, m)
		switch {
		case err != nil:
			return err
		case !in:
			beyond++
		case !same:
			leftover = append(leftover, name)
		}
		return nil
	})
	return strangers, leftover, beyond, err
}

// held compares one tile or bundle with the tree.
func (l *Log) held(ctx context.Context, c *Checkpoint, path string, m []string) (in, same bool, err error) {
	var n int64
	for part := range strings.SplitSeq(strings.ReplaceAll(m[2], "x", ""), "/") {
		v, _ := strconv.ParseInt(part, 10, 64)
		n = n*1000 + v
	}
	w := width
	if m[3] != "" {
		w, _ = strconv.Atoi(m[3])
	}
	level := int64(0)
	if m[1] != "entries" {
		level, _ = strconv.ParseInt(m[1], 10, 64)
	}
	there := 0
	if level < 8 {
		there = partial(c.Size, level, n)
	}
	if there < w {
		return false, false, nil // written after the checkpoint, or to be
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return true, false, err
	}
	now, _, err := l.fetchTile(ctx, m[1], n, there)
	if err != nil {
		return true, false, err
	}
	return true, (m[1] == "entries" || len(data) == w*32) && bytes.HasPrefix(now, data), nil
}

// Missing reports whether an error says that a file is not there, rather than
// that it is another.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrFault) }

// Member is a member of a JSON object that is a text, such as the digest in the
// content of a publication; empty if there is none.
func Member(object []byte, name string) string { return objectOf(object).text(name) }

// Introduced is the verifier key that entry 0 of a record states as the log's
// own. It is worth what the place is worth that it was read from: compare it with
// what the mission gave you.
func Introduced(ctx context.Context, fetch Fetch) (string, error) {
	l := &Log{Fetch: fetch}
	raw, err := fetch(ctx, "checkpoint")
	if err != nil {
		return "", err
	}
	text, _, _ := bytes.Cut(raw, []byte("\n\n"))
	c, err := parseCheckpoint(string(text) + "\n")
	if err != nil {
		return "", faultf(-1, "checkpoint", "%v", err)
	}
	if c.Size == 0 {
		return "", faultf(-1, "checkpoint", "the record is empty")
	}
	e, err := l.Entry(ctx, c, 0)
	if err != nil {
		return "", err
	}
	var keys []json.RawMessage
	_ = json.Unmarshal(objectOf(e.Content)["keys"], &keys)
	for _, raw := range keys {
		if k := objectOf(raw); k.text("role") == "log" {
			return k.text("key"), nil
		}
	}
	return "", faultf(0, "", "it states no key of the log")
}
