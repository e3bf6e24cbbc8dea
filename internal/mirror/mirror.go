// Package mirror answers: is this copy of a record whole, and is it the same record? It
// finds a record and the key it is checked against, verifies all of it, follows one into
// a folder here, and writes and reads bundles.
//
// Nothing that another machine says is believed before it verifies against the record's
// key. A later checkpoint must grow out of the one that was mirrored last.
package mirror

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/mission"
)

// Trust says whose record is believed: the record's verifier key, or a policy file that
// names logs and witnesses. With neither, the key is the one that a mission or a mirror
// notes, or that the record states itself.
type Trust struct{ Key, Policy string }

// A Copy is a record at some place, and the key that it is checked against.
type Copy struct {
	Where  string // as it was given
	Dir    string // the record's folder, if it is one here
	Fetch  audit.Fetch
	Policy *audit.Policy
	// KeyFromRecord is true if the key is the one that the record states itself.
	KeyFromRecord bool
}

// Open finds the record at a mission, a mirror, a record's folder or an address.
func (t Trust) Open(ctx context.Context, where string) (*Copy, error) {
	c := &Copy{Where: where}
	var key string
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		var err error
		if c.Fetch, err = audit.HTTP(&http.Client{Timeout: 2 * time.Minute}, where); err != nil {
			return nil, err
		}
		c.Fetch = Patient(c.Fetch)
	} else {
		c.Dir = where
		if text, err := os.ReadFile(filepath.Join(where, "mission.json")); err == nil {
			var a mission.About
			if err := json.Unmarshal(text, &a); err != nil {
				return nil, fmt.Errorf("%s/mission.json: %w", where, err)
			}
			key, c.Dir = a.Record, filepath.Join(where, "record")
			if a.Format == 1 {
				return nil, mission.Hinted(fmt.Errorf("%s was made before missions had a signed record", where), "make a new mission with truce init, and ingest its files again")
			}
		}
		if _, err := os.Stat(filepath.Join(c.Dir, "checkpoint")); err != nil {
			return nil, mission.Hinted(fmt.Errorf("%s holds no record: %w", where, err), "want a mission, a mirror, the folder of a record, or its address")
		}
		c.Fetch = audit.Dir(c.Dir)
	}
	return c, t.settle(ctx, c, key)
}

// Patient asks again, a little later each time, when a connection breaks. What is
// not there is not there.
func Patient(fetch audit.Fetch) audit.Fetch {
	return func(ctx context.Context, path string) (data []byte, err error) {
		for wait := 100 * time.Millisecond; ; wait *= 3 {
			data, err = fetch(ctx, path)
			if err == nil || errors.Is(err, fs.ErrNotExist) || wait > 5*time.Second || ctx.Err() != nil {
				return data, err
			}
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(wait):
			}
		}
	}
}

// settle gives a copy the policy that it is checked against; key is what is noted beside it.
func (t Trust) settle(ctx context.Context, c *Copy, key string) (err error) {
	switch {
	case t.Policy != "" && t.Key != "":
		return errors.New("--key and --policy exclude each other")
	case t.Policy != "":
		text, rerr := os.ReadFile(t.Policy)
		if rerr != nil {
			return rerr
		}
		c.Policy, err = audit.ParsePolicy(text)
		return err
	case t.Key != "":
		key = t.Key
	case key == "":
		if key, err = statedKey(ctx, c.Fetch); err != nil {
			return err
		}
		c.KeyFromRecord = true
	}
	if c.Policy, err = audit.ParsePolicy(append([]byte("log "+key+"\nquorum none\n"), c.witnesses()...)); err != nil {
		return mission.Hinted(err, "a verifier key looks like truce/field-1+1a2b3c4d+A...")
	}
	return nil
}

// witnesses are those in the policy file of a mission or a mirror. Their co-signatures
// are named; none is required.
func (c *Copy) witnesses() (out []byte) {
	if c.Dir == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(c.Dir), "policy"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(strings.TrimSpace(line), "witness ") {
			out = append(out, line...)
		}
	}
	return out
}

// statedKey is the key that entry 0 of a record states of itself.
func statedKey(ctx context.Context, fetch audit.Fetch) (string, error) {
	key, err := audit.Introduced(ctx, fetch)
	if err != nil {
		return "", mission.Hinted(err, "give the record's key with --key")
	}
	return key, nil
}

// Given is the policy of the key or the file that the user gave.
func (t Trust) Given() (*audit.Policy, error) {
	var c Copy
	err := t.settle(context.Background(), &c, "")
	return c.Policy, err
}

// Log is the record as package audit reads it.
func (c *Copy) Log() *audit.Log { return &audit.Log{Fetch: c.Fetch, Policy: c.Policy} }
