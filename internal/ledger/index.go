package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/opentruce/truce"
	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// An index finds a submission by its hash, and keeps the state of the keys, so
// that opening a record does not mean reading it. It is a cache: what is lost is
// read from the record again.
//
// It is written without waiting for the disk. A mark says that a file was closed
// whole; one without it, after a crash, is thrown away.
type index struct {
	db    *bbolt.DB
	name  string
	size  int64         // entries below are in db
	fresh map[key]int64 // those since
}

type key [16]byte

var (
	bucketSeen  = []byte("seen")
	bucketState = []byte("state")
)

// flushAt is how many entries are kept aside before they go into the file.
const flushAt = 8192

// saved is what stands in the file beside the index.
type saved struct {
	Form    int                                `json:"form"`
	Size    int64                              `json:"size"`
	Last    time.Time                          `json:"last"`
	Keys    []savedKey                         `json:"keys"`
	Binding bool                               `json:"binding"`
	Files   map[string]map[truce.SourceID]bool `json:"files"`
}

// savedForm is the version of saved. An index of another version is made again from
// the record.
const savedForm = 3

type savedKey struct {
	Key
	From    int64  `json:"from"`
	Revoked int64  `json:"revoked"`
	Hand    string `json:"hand"`
}

// openIndex opens the index of a record of that size. An index that is ahead of its
// record, or was not closed, is deleted and starts empty.
func openIndex(name string, size int64) (*index, error) {
	x := &index{name: name, fresh: map[key]int64{}}
	switch err := x.open(); {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrBusy
	case err == nil:
		s, serr := x.state()
		if serr == nil && s.Size <= size && s.Size > 0 {
			x.size = s.Size
			return x, x.dirty()
		}
		x.db.Close()
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if err := x.open(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return x, x.dirty()
}

func (x *index) open() (err error) {
	// A file that another process left broken may make bbolt panic; that is a
	// broken file, and no more.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	x.db, err = bbolt.Open(x.name, 0o600, &bbolt.Options{Timeout: time.Second, NoSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
	return err
}

// state reads the mark; without it there is none.
func (x *index) state() (s saved, err error) {
	err = x.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketState)
		if b == nil || b.Get([]byte("closed")) == nil {
			return errors.New("not closed")
		}
		return json.Unmarshal(b.Get([]byte("closed")), &s)
	})
	if err == nil && s.Form != savedForm {
		err = fmt.Errorf("the index has the form %d", s.Form)
	}
	return s, err
}

// dirty takes the mark away, durably, before the first write.
func (x *index) dirty() error {
	raw, err := x.take()
	if err != nil {
		return err
	}
	if err := x.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(bucketState)
		if err != nil {
			return err
		}
		if raw != nil {
			if err := b.Put([]byte("was"), raw); err != nil {
				return err
			}
		}
		_, err = tx.CreateBucketIfNotExists(bucketSeen)
		return err
	}); err != nil {
		return err
	}
	return x.db.Sync()
}

func (x *index) take() (raw []byte, err error) {
	err = x.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketState)
		if b == nil {
			return nil
		}
		raw = append(raw, b.Get([]byte("closed"))...)
		return b.Delete([]byte("closed"))
	})
	return raw, err
}

// restore gives back the keys as they were when the index was closed.
func (x *index) restore(r *registry) (time.Time, error) {
	var s saved
	err := x.db.View(func(tx *bbolt.Tx) error {
		return json.Unmarshal(tx.Bucket(bucketState).Get([]byte("was")), &s)
	})
	if err != nil {
		return time.Time{}, err
	}
	for _, k := range s.Keys {
		if err := r.add(k.Key, k.From); err != nil {
			return time.Time{}, err
		}
		last := r.keys[r.order[len(r.order)-1]]
		last.Revoked, last.Hand = k.Revoked, k.Hand
	}
	r.binding = s.Binding
	if s.Files != nil {
		r.files = s.Files
	}
	return s.Last, nil
}

func short(h [32]byte) key { return key(h[:16]) }

// get finds a submission.
func (x *index) get(h [32]byte) (at int64, ok bool, err error) {
	k := short(h)
	if at, ok := x.fresh[k]; ok {
		return at, true, nil
	}
	err = x.db.View(func(tx *bbolt.Tx) error {
		if v := tx.Bucket(bucketSeen).Get(k[:]); len(v) == 8 {
			at, ok = int64(binary.BigEndian.Uint64(v)), true
		}
		return nil
	})
	return at, ok, err
}

// put notes one that is on disk.
func (x *index) put(h [32]byte, at int64) error {
	x.fresh[short(h)] = at
	if len(x.fresh) < flushAt {
		return nil
	}
	return x.flush()
}

func (x *index) flush() error {
	err := x.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketSeen)
		for _, k := range sortedKeys(x.fresh) { // in order it is several times faster
			if err := b.Put(k[:], binary.BigEndian.AppendUint64(nil, uint64(x.fresh[k]))); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		clear(x.fresh)
	}
	return err
}

func sortedKeys(m map[key]int64) []key {
	return slices.SortedFunc(maps.Keys(m), func(a, b key) int { return bytes.Compare(a[:], b[:]) })
}

// close writes the mark, if all that is known is on disk.
func (x *index) close(whole bool, size int64, last time.Time, r *registry) error {
	if !whole {
		return x.db.Close()
	}
	err := x.mark(size, last, r)
	return errors.Join(err, x.db.Close())
}

// mark writes what is known, and then that it is whole.
func (x *index) mark(size int64, last time.Time, r *registry) error {
	s := saved{Form: savedForm, Size: size, Last: last, Binding: r.binding, Files: r.files}
	for _, k := range r.list() {
		s.Keys = append(s.Keys, savedKey{k, k.From, k.Revoked, k.Hand})
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := x.flush(); err != nil {
		return err
	}
	// What the mark vouches for must be on disk before it.
	if err := x.db.Sync(); err != nil {
		return err
	}
	if err := x.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketState).Put([]byte("closed"), raw) }); err != nil {
		return err
	}
	return x.db.Sync()
}
