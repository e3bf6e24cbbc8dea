package mission

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

// A Reading is a mission's folder as somebody reads it: up to an entry of the record,
// and with what opens for them. Another reading of the same folder is made with As, At
// and Live; one reading never becomes another, since it keeps what it has read.
type Reading struct {
	*Folder
	Agreement *truce.Agreement // the text in effect, as far as the record was read
	Progress  Progress

	upTo  int64            // entries below are read; 0: all that the checkpoint commits to
	to    release.Reader   // whose reading it is; zero: the mission's, or whoever has the keys that are here
	keys  []*ledger.Secret // handed in to read with
	live  *Live            // nil: it reads the folder
	seen  *Contents        // once it was read
	texts *textCache
	_     noCopy
}

// noCopy has go vet report whoever copies a struct that has it.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// A Mission is a folder that is read by whoever it belongs to, all of it: what may be
// written to (package intake). No other Reading is one, and none becomes one outside this
// package.
type Mission struct{ *reading }

type reading = Reading

// NewMission is a mission whose folder has yet to be filled.
func NewMission(dir string) *Mission {
	return &Mission{&Reading{Folder: &Folder{Dir: dir, Evidence: evidence.Open(filepath.Join(dir, "record", "evidence")), Now: time.Now}, Progress: Silent{}}}
}

// Live is what a process has read that keeps a record open.
type Live struct {
	Agreement *truce.Agreement
	Contents  *Contents
	Situation *situation.Situation // all that is known
	// Text, if any, gives sealed texts: Feed.Text.
	Text func(id truce.Digest, r release.Reader) Texts
	// EntryOf, if any, is the entry that first said what has an ID: Feed.EntryOf.
	EntryOf func(id truce.Digest) int64
	// Item, if any, gives what an entry says: Feed.Item.
	Item func(x *Spoken, r release.Reader) *truce.Item
}

// Reading is the mission, to be read.
func (m *Mission) Reading() *Reading { return m.reading }

// Live is Reading.Live, which may still be written to.
func (m *Mission) Live(l *Live) *Mission { return &Mission{m.reading.Live(l)} }

// blank returns the same reading before anything was read.
func (m *Reading) blank() *Reading {
	return &Reading{Folder: m.Folder, Agreement: m.Agreement, Progress: m.Progress, upTo: m.upTo, to: m.to, keys: slices.Clip(m.keys), live: m.live}
}

// As is what a reader has of it. The zero Reader is whoever has the keys that are here.
func (m *Reading) As(r release.Reader) *Reading {
	out := m.blank()
	out.to = r
	return out
}

// At is the folder as it was when its record had so many entries; 0: as it is.
func (m *Reading) At(entries int64) *Reading {
	out := m.blank()
	out.upTo, out.live = entries, nil
	return out
}

// Live is what a process has read that keeps the record open; it shows no progress.
func (m *Reading) Live(l *Live) *Reading {
	out := m.blank()
	out.Agreement, out.Progress, out.live = l.Agreement, Silent{}, l
	return out
}

// Refresh makes the next request read the record again, because it may have grown.
func (m *Reading) Refresh() { m.seen, m.texts = nil, nil }

// HasRead is how many entries were read by now; -1: it has read nothing.
func (m *Reading) HasRead() int64 {
	if m.seen == nil {
		return -1
	}
	return m.seen.size
}

// Kept is what a process has read that keeps the record open; nil: the folder is read.
func (m *Reading) Kept() *Live { return m.live }

// AddKey reads also with a key what is not public.
func (m *Reading) AddKey(s *ledger.Secret) { m.keys = append(m.keys, s) }
