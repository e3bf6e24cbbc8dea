package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// Forget removes from this mission's shelf what is restricted of an entry that is not
// public, with its file if it is a source; all: also what the parties were to get. pieces
// is how many were removed, and at is the entry that says so.
func (m *Writer) Forget(key *ledger.Secret, e *ledger.Entry, all bool, because string) (pieces int, at int64, err error) {
	shelf := m.Shelf()
	if e.Kind != "source" && !shelf.Has(mission.Behind(e.ID())) && !shelf.Has(mission.TextOf(e.ID())) && (!all || !shelf.Has(e.ID())) {
		return 0, 0, fmt.Errorf("nothing more of entry %d lies on this mission's shelf", e.Index)
	}
	var file truce.Digest
	if list, err := m.Held(e); err == nil {
		for _, o := range list {
			if name, value, err := o.Field(); err == nil && name == "evidence" && e.Kind == "source" {
				_ = json.Unmarshal(value, &file)
			}
		}
	}
	// First the record, which is to say what is missing, then the shelf.
	if at, err = m.Enter(key, "forgetting", ledger.Forgetting{Of: e.ID(), All: all, Because: because}); err != nil {
		return 0, 0, err
	}
	names := []truce.Digest{mission.Behind(e.ID()), mission.TextOf(e.ID())}
	if all {
		names = append(names, e.ID())
	}
	if !file.IsZero() {
		names = append(names, file)
	}
	for _, name := range names {
		if shelf.Has(name) {
			pieces++
		}
		if err := shelf.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return pieces, at, err
		}
	}
	if m.Server() != nil {
		if err := m.Server().Reread(); err != nil {
			return pieces, at, mission.Hinted(fmt.Errorf("it is removed from the shelf, and the running room may still show it: %w", err), "stop the room and start it again")
		}
	}
	return pieces, at, nil
}
