// Package desk answers: what waits for whom? From a situation it computes which incidents,
// second readings, replies and questions wait for a person, in which order and until when
// (queue.go, party.go).
//
// It also keeps what is worked on, which is neither an input nor a finding and so is not in
// the record: drafts of reports until they are published, tasks for patrols, notes from
// shift to shift, who checked in, which alerts a person has seen. That store may be
// deleted; then work in progress is lost, and nothing that was said or decided.
package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"
)

// ErrGone says that there is no such item.
var ErrGone = errors.New("no such item")

// ErrChanged says that somebody else has changed it since it was read.
var ErrChanged = errors.New("somebody else has changed it meanwhile")

const schema = `
CREATE TABLE IF NOT EXISTS item (
  n INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL DEFAULT '', state TEXT NOT NULL, version INTEGER NOT NULL,
  made INTEGER NOT NULL, changed INTEGER NOT NULL, by TEXT NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS item_key ON item (kind, key) WHERE key <> '';
CREATE INDEX IF NOT EXISTS item_kind ON item (kind, state, n);
`

// A Store keeps the items of one mission.
type Store struct {
	db  *sql.DB
	now func() time.Time
}

// Open opens the store in a file, which only its owner can read.
func Open(name string, now func() time.Time) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	f.Close()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: name}).EscapedPath()+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(schema); err != nil {
		db.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Store{db, now}, nil
}

// Close lets go of the file.
func (s *Store) Close() error { return s.db.Close() }

// An Item is one thing that is worked on. Its body is the caller's, as JSON.
type Item struct {
	N       int64
	Kind    string // draft, task, note, alert
	Key     string // unique within its kind, if there is one
	State   string
	Version int64 // counts changes, so that two people do not write over one another
	Made    time.Time
	Changed time.Time
	By      string // who changed it last
	body    []byte
}

// Into reads an item's body.
func (i *Item) Into(v any) error { return json.Unmarshal(i.body, v) }

// Add keeps a new item. Of a kind and key that is there, nothing is added, and fresh
// is false.
func (s *Store) Add(ctx context.Context, kind, key, state, by string, body any) (n int64, fresh bool, err error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, false, err
	}
	now := s.now().UnixMilli()
	err = s.db.QueryRowContext(ctx, `INSERT INTO item (kind, key, state, version, made, changed, by, body) VALUES (?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING n`, kind, key, state, now, now, by, data).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		err = s.db.QueryRowContext(ctx, `SELECT n FROM item WHERE kind = ? AND key = ?`, kind, key).Scan(&n)
		return n, false, err
	}
	return n, err == nil, err
}

const columns = `SELECT n, kind, key, state, version, made, changed, by, body FROM item`

func scan(row interface{ Scan(...any) error }) (*Item, error) {
	var i Item
	var made, changed int64
	err := row.Scan(&i.N, &i.Kind, &i.Key, &i.State, &i.Version, &made, &changed, &i.By, &i.body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrGone
	}
	i.Made, i.Changed = time.UnixMilli(made), time.UnixMilli(changed)
	return &i, err
}

// Get reads one item of a kind.
func (s *Store) Get(ctx context.Context, kind string, n int64) (*Item, error) {
	return scan(s.db.QueryRowContext(ctx, columns+` WHERE n = ? AND kind = ?`, n, kind))
}

// Find reads the item of a kind that has a key.
func (s *Store) Find(ctx context.Context, kind, key string) (*Item, error) {
	return scan(s.db.QueryRowContext(ctx, columns+` WHERE kind = ? AND key = ?`, kind, key))
}

// List reads the items of a kind, the latest first; of one state, if it is named.
func (s *Store) List(ctx context.Context, kind, state string, most int) ([]*Item, error) {
	rows, err := s.db.QueryContext(ctx, columns+` WHERE kind = ? AND (? = '' OR state = ?) ORDER BY n DESC LIMIT ?`, kind, state, state, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Item
	for rows.Next() {
		i, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

// Set changes an item's state and body, if nobody has changed it since version.
func (s *Store) Set(ctx context.Context, n, version int64, state, by string, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := s.db.ExecContext(ctx, `UPDATE item SET state = ?, by = ?, body = ?, changed = ?, version = version + 1 WHERE n = ? AND version = ?`, state, by, data, s.now().UnixMilli(), n, version)
	if err != nil {
		return err
	}
	if k, err := r.RowsAffected(); err != nil || k == 0 {
		return errors.Join(err, ErrChanged)
	}
	return nil
}
