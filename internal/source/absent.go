package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
)

// ErrAbsent is wrapped where a mapping names a column that no row of a JSON document has. The
// header of a table shows this before the first row, and a document only after the last: whoever
// reads it takes nothing of it in.
var ErrAbsent = errors.New("the mapping does not fit the file")

// met notes which members the rows of a document have. A row leaves out what is not known, so a
// column that one row does not have may be in the next.
type met struct {
	rows    int
	wanted  map[string]bool // paths that some row has
	entered map[string]bool // objects and lists that were looked into
	unknown []string        // objects and lists that are null or empty in some row: what is in them is not known
	paths   map[string]bool // of all members in the first rows, to propose one
}

const (
	pathsFrom = 50   // rows of which all paths are noted
	mostPaths = 2000 // that are noted
)

// member notes a member by its path.
func (m *met) member(path string, v json.RawMessage) {
	first := !m.wanted[path]
	if first {
		m.wanted[path] = true
	}
	if v[0] == 'n' || (v[0] == '[' || v[0] == '{') && len(bytes.TrimSpace(v[1:len(v)-1])) == 0 {
		if !slices.Contains(m.unknown, path+".") && len(m.unknown) < mostPaths {
			m.unknown = append(m.unknown, path+".")
		}
	}
	if i := strings.LastIndexByte(path, '.'); first && i >= 0 && len(m.entered) < mostPaths {
		m.entered[path[:i]] = true
	}
}

// add notes all paths of an object.
func (m *met) add(raw json.RawMessage, prefix string, depth int) {
	if len(raw) == 0 || depth > mostDepth || len(m.paths) >= mostPaths {
		return
	}
	each := func(name string, v json.RawMessage) {
		if len(v) > 0 && v[0] != '{' && v[0] != '[' && len(m.paths) < mostPaths {
			m.paths[prefix+name] = true
		}
		m.add(v, prefix+name+".", depth+1)
	}
	switch raw[0] {
	case '{':
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) == nil {
			for name, v := range members {
				each(name, v)
			}
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			for i, v := range list[:min(len(list), 3)] {
				each(strconv.Itoa(i), v)
			}
		}
	}
}

// has reports whether some row has a column, or may have it.
func (m *met) has(path string) bool {
	return m.wanted[path] || slices.ContainsFunc(m.unknown, func(s string) bool {
		return strings.HasPrefix(path, s) && !m.entered[strings.TrimSuffix(s, ".")]
	})
}

// absent returns an error for the first column of the mapping that no row has, and remarks on
// columns that are ignored and that no row has.
func (j *jsonReader) absent() error {
	m := &j.met
	if m.rows == 0 || !j.row.mapped { // readers of one publisher know what may be left out
		return nil
	}
	names := j.names
	if j.children != "" {
		names = append([]string{j.children}, names...)
	}
	for _, name := range names {
		if m.has(name) || slices.Contains(j.optional, name) || j.children != "" && m.has(j.children) && strings.HasPrefix(name, j.children+".") && !m.entered[j.children] {
			continue
		}
		if j.wide != nil && (name == j.o.Mapping.Table.Wide.Name || name == j.o.Mapping.Table.Wide.Value) {
			continue
		}
		return fmt.Errorf("%w: column %q is in none of its rows (%d)%s; if it is left out where nothing is known, name it in the list optional", ErrAbsent, name, m.rows, j.meant(name))
	}
	for _, name := range j.ignore {
		at := ""
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			at = name[:i]
		}
		if name != rest && !m.has(name) && m.entered[at] && !slices.Contains(j.optional, name) {
			j.o.remark(Remark{What: RemarkIgnored, Column: name, More: "The column: " + name + j.meant(name) + "."})
			return nil
		}
	}
	return nil
}

// meant proposes a column for one that there is not.
func (j *jsonReader) meant(name string) string {
	var paths []string
	for p := range j.met.paths {
		for from, to := range j.rename {
			if p == from {
				p = to
			}
		}
		paths = append(paths, p)
	}
	slices.Sort(paths)
	if s := truce.Suggest(name, paths); strings.Contains(s, "did you mean") {
		return strings.TrimSuffix(s, "?") + "?"
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if strings.Trim(last, "0123456789") == "" {
		return ""
	}
	var like []string // the same member of another object
	for _, p := range paths {
		if p == last || strings.HasSuffix(p, "."+last) {
			like = append(like, strconv.Quote(p))
		}
	}
	if len(like) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(like[:min(3, len(like))], " or ") + "?"
}

// Unfit is wrapped where a mapping does not fit a file: nothing is wrong with the file.
type Unfit struct{ Err error }

func (u *Unfit) Error() string { return u.Err.Error() }
func (u *Unfit) Unwrap() error { return u.Err }
