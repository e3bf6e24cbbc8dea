// Package view answers: which incidents are there, as one audience sees them? It
// is the read model: a SQLite file that is rebuilt from the record at any time,
// and brought up to date while the record grows. It never knows more than the
// situation that it was given, and so is never ahead of the record.
//
// It is given rows as the audience is shown them (internal/release), and has no
// others, so that no query, however narrow its box, finds what is not shown.
package view

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/release"
	"golang.org/x/sync/errgroup"
	_ "modernc.org/sqlite" // SQLite without cgo, with R*Tree and FTS5
)

// format changes when the contents of the file change: an older file is rebuilt.
const format = 10

const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE incident (
  n INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  start INTEGER NOT NULL, stop INTEGER NOT NULL,
  known INTEGER NOT NULL,
  entry INTEGER NOT NULL,           -- of the record, of the last of it
  shown INTEGER NOT NULL,           -- from when the audience sees it
  lat INTEGER, lon INTEGER,         -- 1e-7 degree; null: known to a region at best
  region TEXT NOT NULL,
  vague TEXT NOT NULL,              -- the region that it is known to, and no closer; or empty
  act TEXT NOT NULL,                -- with all its parents: /attack/strike/
  sign INTEGER NOT NULL,
  lead TEXT NOT NULL, rank INTEGER NOT NULL,
  gravity INTEGER NOT NULL,
  hash BLOB NOT NULL,               -- of row and shown
  row TEXT NOT NULL                 -- the whole row, JSON
);
CREATE INDEX incident_entry ON incident (entry);
CREATE TABLE finding (
  article TEXT NOT NULL, outcome TEXT NOT NULL, standing TEXT NOT NULL, harm TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (article, outcome, standing, harm, n)
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
	db  *sql.DB
	to  truce.Audience
	now func() truce.Instant

	prints map[truce.Digest]print // only who writes looks at it
	next   int64                  // the last number given to a row

	mu      sync.RWMutex
	picture truce.Picture
	waiting []truce.Instant // when rows that are not shown yet will be, in order
	columns *columns        // nil: not written since it was opened; SQLite answers
}

// print tells a row that has changed from one that has not, and what it counts for.
type print struct {
	n             int64 // 0: it is held, and not in the file
	hash          [8]byte
	from          truce.Instant // when it is shown; Always: at once
	sign, blurred bool
}

// Open opens the read model in a file, or in memory if name is empty. It rebuilds a
// file that is damaged, has another format or was made for another audience.
func Open(name string, to truce.Audience, now func() truce.Instant) (*View, error) {
	v, err := open(name, to, now)
	if err == nil || name == "" || errors.Is(err, os.ErrPermission) {
		return v, err
	}
	// A cache that cannot be read may be deleted without loss.
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
	rows, err := v.db.Query(`SELECT n, id, hash FROM incident`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var id, hash []byte
		if err := rows.Scan(&n, &id, &hash); err != nil {
			return err
		}
		if len(id) != len(truce.Digest{}) || len(hash) != len(print{}.hash) {
			return fmt.Errorf("incident %d: an ID of %d bytes, a hash of %d", n, len(id), len(hash))
		}
		v.prints[truce.Digest(id)] = print{n: n, hash: [8]byte(hash)}
		v.next = max(v.next, n)
	}
	return rows.Err()
}

// hashed tells a row as an audience sees it, from a moment on, from any other.
func hashed(r *truce.Row, shown truce.Instant) (data []byte, hash [8]byte, err error) {
	if data, err = json.Marshal(r); err != nil {
		return nil, hash, err
	}
	h := sha256.New()
	h.Write(data)
	io.WriteString(h, shown.String())
	return data, [8]byte(h.Sum(nil)), nil
}

// hashes are those of rows, by all processors: at a start nearly all rows are in the
// file already, and this is how it is known.
func hashes(rows []release.Row) ([][8]byte, error) {
	out := make([][8]byte, len(rows))
	var work errgroup.Group
	per := max(1, (len(rows)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for from := 0; from < len(rows); from += per {
		work.Go(Guard(func() (err error) {
			for i := from; i < min(len(rows), from+per) && err == nil; i++ {
				if r := &rows[i]; !r.Held {
					_, out[i], err = hashed(&r.Row, r.From)
				}
			}
			return err
		}))
	}
	return out, work.Wait()
}

// Guard makes a panic of f an error with its stack: a panic in a goroutine of its
// own would end the process, whoever waits for it.
func Guard(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("panic: %v\n\n%s", v, debug.Stack())
			}
		}()
		return f()
	}
}

// Close lets go of the file.
func (v *View) Close() error { return v.db.Close() }

// Write makes the read model show these rows and nothing else. Only what has
// changed is written, all of it or nothing; added and changed say which.
func (v *View) Write(ctx context.Context, p truce.Picture, rows []release.Row) (added, changed int, err error) {
	w, err := v.begun(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer w.tx.Rollback()
	hashes, err := hashes(rows)
	if err != nil {
		return 0, 0, err
	}
	for i := range rows {
		if err := w.write(&rows[i], hashes[i]); err != nil {
			return 0, 0, err
		}
	}
	for id := range v.prints {
		if _, kept := w.prints[id]; !kept {
			if err := w.leave(id); err != nil {
				return 0, 0, err
			}
		}
	}
	p.Held, p.Blurred, p.Total = 0, 0, 0
	var waiting []truce.Instant
	now := v.now()
	for _, x := range w.prints {
		x.count(&p, 1)
		if x.from > now {
			waiting = append(waiting, x.from)
		}
	}
	slices.Sort(waiting)
	return w.done(p, w.prints, waiting, true)
}

// Change is Write for callers that know everything that differs: rows that are new or
// changed, and incidents that do not exist any more. Its cost depends on how many these
// are.
func (v *View) Change(ctx context.Context, p truce.Picture, rows []release.Row, gone []truce.Digest) (added, changed int, err error) {
	w, err := v.begun(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer w.tx.Rollback()
	hashes, err := hashes(rows)
	if err != nil {
		return 0, 0, err
	}
	for i := range rows {
		if err := w.write(&rows[i], hashes[i]); err != nil {
			return 0, 0, err
		}
	}
	for _, id := range gone {
		if err := w.leave(id); err != nil {
			return 0, 0, err
		}
	}
	p.Held, p.Blurred, p.Total = v.picture.Held, v.picture.Blurred, v.picture.Total
	now := v.now()
	past, _ := slices.BinarySearch(v.waiting, now+1)
	waiting := slices.Clone(v.waiting[past:])
	out := func(id truce.Digest) {
		old, known := v.prints[id]
		if !known {
			return
		}
		old.count(&p, -1)
		if at, ok := slices.BinarySearch(waiting, old.from); ok {
			waiting = slices.Delete(waiting, at, at+1)
		}
	}
	for _, id := range gone {
		out(id)
	}
	for id, x := range w.prints {
		out(id)
		x.count(&p, 1)
		if x.from > now {
			at, _ := slices.BinarySearch(waiting, x.from)
			waiting = slices.Insert(waiting, at, x.from)
		}
	}
	// What is in the file counts once that is committed.
	if added, changed, err = w.done(p, v.prints, waiting, false); err != nil {
		return 0, 0, err
	}
	for _, id := range gone {
		delete(v.prints, id)
	}
	for id, x := range w.prints {
		v.prints[id] = x
	}
	return added, changed, nil
}

// count adds a row to what a picture counts, or takes it away.
func (x *print) count(p *truce.Picture, n int) {
	switch {
	case x.n == 0:
		p.Held += n
		return
	case x.blurred:
		p.Blurred += n
	}
	if !x.sign {
		p.Total += n
	}
}

func (v *View) begun(ctx context.Context) (*writer, error) {
	tx, err := v.db.BeginTx(ctx, nil)
	return &writer{v: v, tx: tx, next: v.next, prints: map[truce.Digest]print{}}, err
}

// write writes a row, or takes out one that is held.
func (w *writer) write(row *release.Row, hash [8]byte) error {
	old, known := w.v.prints[row.ID]
	if row.Held {
		if known && old.n != 0 {
			if err := w.drop(old.n); err != nil {
				return err
			}
			w.changed++
		}
		w.prints[row.ID] = print{from: truce.Always}
		return nil
	}
	return w.put(&row.Row, row.From, hash, old, known && old.n != 0)
}

// leave takes out an incident that there is no more.
func (w *writer) leave(id truce.Digest) error {
	old, known := w.v.prints[id]
	if !known || old.n == 0 {
		return nil
	}
	w.changed++
	return w.drop(old.n)
}

// done commits, and lets readers know of it.
func (w *writer) done(p truce.Picture, prints map[truce.Digest]print, waiting []truce.Instant, whole bool) (added, changed int, err error) {
	p.Audience = w.v.to
	text, err := json.Marshal(p)
	if err != nil {
		return 0, 0, err
	}
	if _, err := w.tx.Exec(`INSERT OR REPLACE INTO meta VALUES ('picture', ?)`, text); err != nil {
		return 0, 0, err
	}
	if err := w.tx.Commit(); err != nil {
		return 0, 0, err
	}
	v := w.v
	v.prints, v.next = prints, w.next
	var fresh *columns
	if whole { // others read the old ones meanwhile
		fresh = newColumns(v.now())
		for _, f := range w.columns {
			f(fresh)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.picture, v.waiting = p, waiting; whole {
		v.columns = fresh
	} else if v.columns != nil {
		v.columns.sweep(v.now())
		for _, f := range w.columns {
			f(v.columns)
		}
	}
	return w.added, w.changed, nil
}

type writer struct {
	v              *View
	tx             *sql.Tx
	next           int64
	prints         map[truce.Digest]print // of what was written, or stands there already
	columns        []func(*columns)       // what becomes of them
	stmts          map[string]*sql.Stmt
	added, changed int
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
func (w *writer) put(r *truce.Row, from truce.Instant, hash [8]byte, old print, known bool) error {
	is := print{n: old.n, hash: hash, from: from, sign: r.OnlySign, blurred: r.Blurred}
	if known && old.hash == is.hash {
		w.prints[r.ID] = is
		w.column(is.n, r, from)
		return nil
	}
	if known {
		if err := w.drop(old.n); err != nil {
			return err
		}
		w.changed++
	} else {
		w.next++
		w.added++
		is.n = w.next
	}
	n := is.n
	w.prints[r.ID] = is
	w.column(n, r, from)
	data, _, err := hashed(r, from)
	if err != nil {
		return err
	}
	lead, rank := r.Lead(), rankOf(r)
	var lat, lon any
	if at, ok := r.Place.Position(); ok {
		lat, lon = at.Lat, at.Lon
		// The R*Tree rounds nothing: it holds 32-bit integers.
		if err := w.exec(`INSERT INTO place VALUES (?, ?, ?, ?, ?)`, n, at.Lon, at.Lon, at.Lat, at.Lat); err != nil {
			return err
		}
	}
	if err := w.exec(`INSERT INTO incident VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, n, r.ID[:], int64(r.Occurred.Start), int64(r.Occurred.End), int64(r.Known), r.Entry, int64(from),
		lat, lon, r.Region, vague(r), path(r.Act), r.OnlySign, string(lead.Outcome), rank, r.Gravity(), hash[:], string(data)); err != nil {
		return err
	}
	for _, f := range r.Findings {
		if err := w.exec(`INSERT OR IGNORE INTO finding VALUES (?, ?, ?, ?, ?)`, string(f.Article), string(f.Outcome), string(f.Standing), string(f.Harm), n); err != nil {
			return err
		}
	}
	for _, s := range r.Sources {
		if err := w.exec(`INSERT OR IGNORE INTO source VALUES (?, ?)`, string(s), n); err != nil {
			return err
		}
	}
	return w.exec(`INSERT INTO words (rowid, text) VALUES (?, ?)`, n, searched(r))
}

func (w *writer) column(n int64, r *truce.Row, shown truce.Instant) {
	x := *r
	w.columns = append(w.columns, func(c *columns) { c.put(n, &x, shown) })
}

func (w *writer) drop(n int64) error {
	w.columns = append(w.columns, func(c *columns) { c.drop(n) })
	for _, q := range []string{`DELETE FROM incident WHERE n = ?`, `DELETE FROM finding WHERE n = ?`, `DELETE FROM source WHERE n = ?`, `DELETE FROM place WHERE n = ?`, `DELETE FROM words WHERE rowid = ?`} {
		if err := w.exec(q, n); err != nil {
			return err
		}
	}
	return nil
}

// vague is the name of the region that a row is known to and no closer; or empty.
func vague(r *truce.Row) string {
	if r.Place.Kind == truce.PlaceRegion {
		return r.Place.Name
	}
	return ""
}

// rankOf is the place of a row's lead among Outcomes, after them where no article has
// anything to say.
func rankOf(r *truce.Row) int {
	if i := slices.Index(truce.Outcomes, r.Lead().Outcome); i >= 0 {
		return i
	}
	return len(truce.Outcomes)
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
