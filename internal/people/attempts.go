package people

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"time"
)

// What limits sign-in by password.
const (
	mostFailures = 8                // of one name from one address, then
	lockedFor    = 15 * time.Minute // and twice as long with each failure after it, to a day
	lockedMost   = 24 * time.Hour

	// Of one name from all addresses together that never signed in to it: so many at
	// once, and one more each minute. A password has 12 characters or more, and a
	// second factor.
	mostEverywhere  = 50
	everywhereEvery = time.Minute

	knownFor    = 90 * 24 * time.Hour // an address that signed in
	forgetAfter = 25 * time.Hour      // a failure, which no longer counts by then
)

// attempts are failures by name and address, and the addresses that signed in. Names
// are as typed, whether or not there is such an account: an answer that depends on an
// account's existence would tell it. Neither is kept in the clear, since people type
// passwords into the wrong field.
const attempts = `
CREATE TABLE IF NOT EXISTS attempt (who BLOB PRIMARY KEY, failures INTEGER NOT NULL, until INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS attempt_at ON attempt (at);
CREATE TABLE IF NOT EXISTS place (who BLOB PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL);
`

func keyOf(name, from string) []byte {
	sum := sha256.Sum256([]byte("sign-in\x00" + name + "\x00" + from))
	return sum[:]
}

// forgetOld is done with every attempt: without the index it would read them all.
const forgetOld = `DELETE FROM attempt WHERE at < ? AND until < ?`

// Known reports whether somebody signed in to a name from an address not long ago. It
// is as false of a name that does not exist as of any name at a new address.
func (s *Store) Known(ctx context.Context, name, from string) (bool, error) {
	var at int64
	err := s.db.QueryRowContext(ctx, `SELECT at FROM place WHERE who = ?`, keyOf(name, from)).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && s.now().Unix()-at <= int64(knownFor.Seconds()), err
}

// attempt counts an attempt to sign in as a failure before it is looked at, so that
// many at once get no more tries than many in turn. ErrLocked means that there were
// too many. Success takes the count back.
func (s *Store) attempt(ctx context.Context, name, from string, known bool) error {
	now := s.now().Unix()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, forgetOld, now-int64(forgetAfter.Seconds()), now); err != nil {
		return err
	}
	key := keyOf(name, from)
	failures, until, _, err := attemptOf(ctx, tx, key)
	if err != nil {
		return err
	}
	if now < until {
		return ErrLocked
	}
	failures++
	until = 0
	if failures >= mostFailures {
		until = now + int64(min(lockedMost, lockedFor<<min(10, failures-mostFailures)).Seconds())
	}
	if err := putAttempt(ctx, tx, key, failures, until, now); err != nil {
		return err
	}
	if !known { // a stranger shares what all strangers have
		all := keyOf(name, "")
		level, _, at, err := attemptOf(ctx, tx, all)
		if err != nil {
			return err
		}
		every := int64(everywhereEvery.Seconds())
		drained := (now - at) / every
		if level = max(0, level-drained); level == 0 {
			at = now
		} else {
			at += drained * every
		}
		if level >= mostEverywhere {
			return ErrLocked
		}
		if err := putAttempt(ctx, tx, all, level+1, 0, at); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func attemptOf(ctx context.Context, tx *sql.Tx, key []byte) (failures, until, at int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT failures, until, at FROM attempt WHERE who = ?`, key).Scan(&failures, &until, &at)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return failures, until, at, err
}

func putAttempt(ctx context.Context, tx *sql.Tx, key []byte, failures, until, at int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO attempt VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET failures = excluded.failures, until = excluded.until, at = excluded.at`, key, failures, until, at)
	return err
}

// succeeded forgets the failures of a name from an address, and remembers the address.
func (s *Store) succeeded(ctx context.Context, name, from string) error {
	now := s.now().Unix()
	key := keyOf(name, from)
	if _, err := s.db.ExecContext(ctx, `DELETE FROM attempt WHERE who = ?`, key); err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, `DELETE FROM place WHERE at < ?`, now-int64(knownFor.Seconds())); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO place VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at`, key, name, now)
	return err
}
