package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/source"
)

// A Preview is what a mission would read from a file by a mapping. Nothing was recorded.
type Preview struct {
	Files    []string         // in an archive, more than one
	Proposal *source.Proposal // nil: the mapping was given
	Mapping  string           // in YAML, as it was proposed or given
	Fault    error            // why the mapping cannot be used; Seen is then nil
	Seen     *source.Preview
	Zone     *time.Location // of local times
	Unzoned  bool           // nothing says of which zone they are; Zone was taken
	Source   truce.SourceID // that the mapping names; "": none
	Listed   bool           // the agreement lists that source
	Posts    bool           // the file tells where observers stand, and is not for the public
}

// Bounds are what a preview may cost. A bound of zero is none.
type Bounds struct {
	Rows     int          // of a file
	Unpacked int64        // bytes that a packed file may have
	First    int          // records that are shown
	Stop     func() error // asked before each row; an error ends the file
}

// ErrUnreadable is wrapped where a file is not one that Truce reads.
var ErrUnreadable = errors.New("the file cannot be read")

// PreviewFile says what a mission would read from the file at a path, which people call name,
// by a mapping; an empty mapping is one that Truce proposes.
func PreviewFile(m *mission.Reading, path, name, mapping string, b Bounds) (*Preview, error) {
	entries, err := source.OpenAs(path, name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	o := source.Options{File: name, Source: "preview", Local: m.Agreement.Location, Unpacked: b.Unpacked}
	o.Of(m.Agreement)
	out := &Preview{Mapping: mapping}
	for i, e := range entries {
		out.Files = append(out.Files, e.Name)
		entries[i].Open = func() (io.ReadCloser, error) { return opened(e, b) }
	}
	if mapping == "" {
		if out.Proposal, err = source.ProposeAmong(entries, name, o); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		out.Mapping = out.Proposal.Mapping
	}
	if o.Mapping, out.Fault = source.ParseMapping([]byte(out.Mapping)); out.Fault != nil {
		return out, nil
	}
	out.Posts = o.Mapping.TellsPosts()
	if out.Source = o.Mapping.Named(); out.Source != "" {
		o.Source = ""
		_, out.Listed = m.Agreement.Sources[out.Source]
	}
	if out.Zone = o.Mapping.LocalTime(); out.Zone == nil {
		out.Zone = o.Local
	}
	k, err := source.Find("table")
	if err != nil {
		return nil, err
	}
	out.Seen = &source.Preview{Skipped: map[string]int{}}
	stop := func(read int) error {
		if b.Rows > 0 && out.Seen.Read+read > b.Rows {
			return fmt.Errorf("the file has more than %d rows", b.Rows)
		}
		if b.Stop != nil {
			return b.Stop()
		}
		return nil
	}
	chosen, err := source.Among(entries, o.Mapping)
	if err != nil {
		out.Fault = err
		return out, nil
	}
	for _, e := range chosen {
		if len(entries) > 1 {
			o.File = e.Name
		}
		in, err := e.Open()
		if err != nil {
			out.Seen.Err = err
			break
		}
		p := source.LookUntil(k, in, o.With(e, entries), b.First-len(out.Seen.First), stop)
		in.Close()
		out.Seen.Add(p)
		if p.Err != nil {
			break
		}
	}
	out.Seen.Remarks = slices.DeleteFunc(out.Seen.Remarks, func(r source.Remark) bool {
		out.Unzoned = out.Unzoned || r.What == source.RemarkZone
		return r.What == source.RemarkZone
	})
	return out, nil
}

// opened is a file whose bytes are counted, if it was packed: a file that is not packed has
// a size already, and formats that are read at any place need the file itself.
func opened(e source.Entry, b Bounds) (io.ReadCloser, error) {
	in, err := e.Open()
	if err != nil || b.Unpacked == 0 || !e.Packed {
		return in, err
	}
	return &unpacked{in, b.Unpacked, b.Unpacked}, nil
}

type unpacked struct {
	io.ReadCloser
	left, most int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if u.left -= int64(n); u.left < 0 {
		return 0, fmt.Errorf("the file unpacks into more than %d MB", u.most>>20)
	}
	return n, err
}

// MappingOf reads a mapping that came as a file: UTF-8, with or without a byte order mark.
func MappingOf(data []byte) string {
	return string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
}
