// Package view answers: which incidents are there, as one audience sees them? It
// is the read model: a SQLite file that is rebuilt from the record at any time,
// and brought up to date while the record grows. It never knows more than the
// situation that it was given, and so is never ahead of the record.
//
// What an audience may see is decided when a picture is written (publish.go), so
// that no query, however narrow its box, finds what is not shown.
package view

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/opentruce/truce"
	_ "modernc.org/sqlite" // SQLite without cgo, with R*Tree and FTS5
)

// format changes with what stands in the file: an older file is made anew.
const format = 3

const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE incident (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  start INTEGER NOT NULL, stop INTEGER NOT NULL,
  known INTEGER NOT NULL,
  shown INTEGER NOT NULL,           -- from when the audience sees it
  lat INTEGER, lon INTEGER,         -- 1e-7 degree; null: known to a region at best
  region TEXT NOT NULL,
  act TEXT NOT NULL,                -- with all its parents: /attack/strike/
  sign INTEGER NOT NULL,
  lead TEXT NOT NULL, rank INTEGER NOT NULL,
  row TEXT NOT NULL                 -- the whole row, JSON
);
CREATE INDEX incident_start ON incident (sign, start);
CREATE INDEX incident_known ON incident (sign, known);
CREATE INDEX incident_rank ON incident (sign, rank, start);
CREATE INDEX incident_region ON incident (region);
CREATE TABLE finding (
  article TEXT NOT NULL, outcome TEXT NOT NULL, standing TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (article, outcome, standing, n)
) WITHOUT ROWID;
CREATE INDEX finding_n ON finding (n);
CREATE TABLE source (source TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (source, n)) WITHOUT ROWID;
CREATE INDEX source_n ON source (n);
CREATE VIRTUAL TABLE place USING rtree_i32 (n, west, east, south, north);
CREATE VIRTUAL TABLE words USING fts5 (text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2");
`

// A View is the read model of one audience. Its methods may be called from many
// goroutines; one of them writes at a time.
type View struct {
	db    *sql.DB
	rules truce.PublicRelease
	to    truce.Audience
	now   func() truce.Instant

	mu      sync.RWMutex
	picture truce.Picture
	prints  map[truce.Digest]print
	waiting []truce.Instant // when rows that are not shown yet will be
}

// print tells a row that has changed from one that has not.
type print struct {
	n    int64
	hash [8]byte
}

// Open opens the read model in a file, or in memory if name is empty, and makes
// it anew where it is of another format, damaged or for another audience.
func Open(name string, to truce.Audience, now func() truce.Instant) (*View, error) {
	v, err := open(name, to, now)
	if err == nil || name == "" || errors.Is(err, os.ErrPermission) {
		return v, err
	}
	// A cache that cannot be read is no loss.
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if rerr := os.Remove(name + suffix); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
			return nil, errors.Join(err, rerr)
		}
	}
	return open(name, to, now)
}

func open(name string, to truce.Audience, now func() truce.Instant) (*View, error) {
	v := &View{to: to, now: now, prints: map[truce.Digest]print{}}
	dsn := "file::memory:?"
	if name != "" {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return nil, err
		}
		dsn = "file:" + (&url.URL{Path: name}).EscapedPath() + "?_pragma=journal_mode(wal)&"
	}
	db, err := sql.Open("sqlite", dsn+"_pragma=synchronous(off)&_pragma=temp_store(memory)&_pragma=busy_timeout(5000)&_pragma=cache_size(-32768)")
	if err != nil {
		return nil, err
	}
	v.db = db
	if name == "" {
		db.SetMaxOpenConns(1) // each connection would be a database of its own
	} else {
		db.SetMaxOpenConns(8) // each keeps up to 32 MiB of pages
		db.SetMaxIdleConns(8)
	}
	if err := v.begin(); err != nil {
		db.Close()
		return nil, fmt.Errorf("read model %s: %w", name, err)
	}
	return v, nil
}

// begin makes the tables, or reads what stands in them.
func (v *View) begin() error {
	var n int
	if err := v.db.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE name = 'meta'`).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		if _, err := v.db.Exec(schema); err != nil {
			return err
		}
		_, err := v.db.Exec(`INSERT INTO meta VALUES ('format', ?), ('audience', ?)`, format, v.to)
		return err
	}
	var of int
	var to string
	if err := v.db.QueryRow(`SELECT value FROM meta WHERE key = 'format'`).Scan(&of); err != nil {
		return err
	}
	if err := v.db.QueryRow(`SELECT value FROM meta WHERE key = 'audience'`).Scan(&to); err != nil {
		return err
	}
	if of != format || to != string(v.to) {
		return fmt.Errorf("format %d for the %s, want %d for the %s", of, to, format, v.to)
	}
	var text string
	if err := v.db.QueryRow(`SELECT value FROM meta WHERE key = 'picture'`).Scan(&text); err == nil {
		if err := json.Unmarshal([]byte(text), &v.picture); err != nil {
			return err
		}
	} else if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	rows, err := v.db.Query(`SELECT n, id, shown, row FROM incident`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var id []byte
		var shown int64
		var row string
		if err := rows.Scan(&n, &id, &shown, &row); err != nil {
			return err
		}
		if len(id) != len(truce.Digest{}) {
			return fmt.Errorf("incident %d: an ID of %d bytes", n, len(id))
		}
		v.prints[truce.Digest(id)] = print{n, hashed(row, truce.Instant(shown))}
	}
	return rows.Err()
}

func hashed(row string, shown truce.Instant) [8]byte {
	sum := sha256.Sum256(append([]byte(row), shown.String()...))
	return [8]byte(sum[:8])
}

// Close lets go of the file.
func (v *View) Close() error { return v.db.Close() }

// Write makes the read model show these rows and nothing else. Only what has
// changed is written, all of it or nothing; added and changed say which.
func (v *View) Write(ctx context.Context, p truce.Picture, rules truce.PublicRelease, rows []truce.Row) (added, changed int, err error) {
	tx, err := v.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, 0, err
	}
	defer tx.Rollback()
	w := &writer{tx: tx, prints: make(map[truce.Digest]print, len(rows))}
	for _, p := range v.prints {
		w.next = max(w.next, p.n)
	}
	p.Audience = v.to
	p.Held, p.Blurred, p.Total = 0, 0, 0
	now := v.now()
	var waiting []truce.Instant
	for i := range rows {
		r, from, ok := Shown(rules, v.to, rows[i])
		if !ok {
			p.Held++
			continue
		}
		if !r.OnlySign {
			p.Total++
		}
		if r.Blurred {
			p.Blurred++
		}
		if from > now {
			waiting = append(waiting, from)
		}
		old, known := v.prints[r.ID]
		switch wrote, err := w.put(&r, from, old, known); {
		case err != nil:
			return 0, 0, err
		case wrote && known:
			changed++
		case wrote:
			added++
		}
	}
	for id, old := range v.prints {
		if _, kept := w.prints[id]; !kept {
			if err := w.drop(old.n); err != nil {
				return 0, 0, err
			}
			changed++
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		return 0, 0, err
	}
	if _, err := tx.Exec(`INSERT OR REPLACE INTO meta VALUES ('picture', ?)`, text); err != nil {
		return 0, 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, 0, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.picture, v.prints, v.waiting, v.rules = p, w.prints, waiting, rules
	return added, changed, nil
}

type writer struct {
	tx     *sql.Tx
	next   int64
	prints map[truce.Digest]print
	stmts  map[string]*sql.Stmt
}

func (w *writer) exec(query string, args ...any) error {
	if w.stmts == nil {
		w.stmts = map[string]*sql.Stmt{}
	}
	s := w.stmts[query]
	if s == nil {
		var err error
		if s, err = w.tx.Prepare(query); err != nil {
			return err
		}
		w.stmts[query] = s
	}
	_, err := s.Exec(args...)
	return err
}

// put writes a row unless it stands there already.
func (w *writer) put(r *truce.Row, from truce.Instant, old print, known bool) (wrote bool, err error) {
	data, err := json.Marshal(r)
	if err != nil {
		return false, err
	}
	row := string(data)
	hash := hashed(row, from)
	if known && old.hash == hash {
		w.prints[r.ID] = old
		return false, nil
	}
	n := old.n
	if known {
		if err := w.drop(n); err != nil {
			return false, err
		}
	} else {
		w.next++
		n = w.next
	}
	w.prints[r.ID] = print{n, hash}
	lead := r.Lead()
	rank := len(truce.Outcomes)
	for i, o := range truce.Outcomes {
		if o == lead.Outcome {
			rank = i
		}
	}
	var lat, lon any
	if at, ok := Position(&r.Place); ok {
		lat, lon = at.Lat, at.Lon
		// The R*Tree rounds nothing: it holds 32-bit integers.
		if err := w.exec(`INSERT INTO place VALUES (?, ?, ?, ?, ?)`, n, at.Lon, at.Lon, at.Lat, at.Lat); err != nil {
			return false, err
		}
	}
	if err := w.exec(`INSERT INTO incident VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, n, r.ID[:], int64(r.Occurred.Start), int64(r.Occurred.End), int64(r.Known), int64(from),
		lat, lon, r.Region, path(r.Act), r.OnlySign, string(lead.Outcome), rank, row); err != nil {
		return false, err
	}
	for _, f := range r.Findings {
		if err := w.exec(`INSERT OR IGNORE INTO finding VALUES (?, ?, ?, ?)`, string(f.Article), string(f.Outcome), string(f.Standing), n); err != nil {
			return false, err
		}
	}
	for _, s := range r.Sources {
		if err := w.exec(`INSERT OR IGNORE INTO source VALUES (?, ?)`, string(s), n); err != nil {
			return false, err
		}
	}
	return true, w.exec(`INSERT INTO words (rowid, text) VALUES (?, ?)`, n, searched(r))
}

func (w *writer) drop(n int64) error {
	for _, q := range []string{`DELETE FROM incident WHERE n = ?`, `DELETE FROM finding WHERE n = ?`, `DELETE FROM source WHERE n = ?`, `DELETE FROM place WHERE n = ?`, `DELETE FROM words WHERE rowid = ?`} {
		if err := w.exec(q, n); err != nil {
			return err
		}
	}
	return nil
}

// path is an act with its parents, so that a prefix search finds descendants.
func path(a truce.Act) string {
	var b strings.Builder
	b.WriteByte('/')
	for _, x := range truce.Words.ActPath(a) {
		b.WriteString(string(x))
		b.WriteByte('/')
	}
	return b.String()
}

// searched is what full text finds of a row.
func searched(r *truce.Row) string {
	parts := []string{r.What, r.Region, r.Place.Short(), r.Place.Settlement, r.Place.Name, string(r.Claimant), hex.EncodeToString(r.ID[:])}
	for _, s := range r.Sources {
		parts = append(parts, string(s))
	}
	for _, f := range r.Findings {
		parts = append(parts, f.Outcome.Words(), string(f.Standing))
	}
	return strings.Join(parts, " ")
}
