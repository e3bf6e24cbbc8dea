package mission

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/ledger"
)

// KeyNamed finds a key in force by its ID or its name.
func (m *Reading) KeyNamed(name string) (*ledger.Key, error) {
	v, err := m.Glance()
	if err != nil {
		return nil, err
	}
	var found []*ledger.Key
	var ids []string
	for i := range v.Keys {
		k := &v.Keys[i]
		ids = append(ids, k.ID())
		if k.Revoked < 0 && (k.ID() == name || k.Name == name) {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("no key %q is in force%s", name, truce.Suggest(name, ids))
	}
	return nil, Hint{fmt.Errorf("several keys are named %q", name), "name it with its hash, as truce keys prints it"}
}

// Save writes mission.json.
func (m *Folder) Save() error {
	data, err := json.MarshalIndent(m.About, "", "  ")
	if err != nil {
		return err
	}
	return disk.WriteBytes(filepath.Join(m.Dir, "mission.json"), 0o644, append(data, '\n'))
}

// Terms puts the agreement's files where mirrors find them, and lists them.
func (m *Folder) Terms(a *truce.Agreement, root string) (*ledger.Terms, error) {
	t := &ledger.Terms{ID: a.ID, Title: a.Title, Status: string(a.Status), Digest: a.Digest}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		defer f.Close()
		sum, size, err := m.Evidence.Put(f)
		t.Files = append(t.Files, ledger.File{Name: name, SHA256: sum, Size: size})
		return err
	})
	return t, err
}

// KeyOf is what the record says of a key.
func (m *Reading) KeyOf(s *ledger.Secret) (ledger.Key, error) {
	v, err := m.Glance()
	if err != nil {
		return ledger.Key{}, err
	}
	for _, k := range v.Keys {
		if k.VKey == s.VKey() {
			return k, nil
		}
	}
	return ledger.Key{}, Hint{fmt.Errorf("the record does not know the key %s", s.ID()), "the head of mission adds it with: truce keys add"}
}

// Vouched returns nil if the quorum of the mission's policy has co-signed as many entries,
// and all that came until two minutes ago; or if the policy states no quorum. A report
// that rests on that many entries may be published then.
//
// How many entries a report rests on is what its author says, and so is the author's own
// time. Neither can make old entries young: when an entry came, the record says.
func (m *Folder) Vouched(entries int64) error {
	w, err := m.Witnesses(0)
	if err != nil {
		return err
	}
	size, wanted := w.Met()
	if !wanted {
		return nil
	}
	refused := func(format string, args ...any) error {
		return Hint{fmt.Errorf("the report was not published: "+format, args...),
			"a running server asks its witnesses every 30 seconds, and those that fail less often, down to once in 10 minutes; its record page shows who has co-signed. Publish again when they have, or change the quorum in " + filepath.Join(m.Dir, PolicyFile)}
	}
	if size < entries {
		return refused("it depends on %s, and the quorum of witnesses has co-signed only %d of them", Plural(int(entries), "entry"), size)
	}
	for e, err := range ledger.Entries(context.Background(), m.Record(), size, size+1) {
		if err != nil {
			return err
		}
		if e.Received.Time().Before(m.Now().Add(-unseen)) {
			return refused("the quorum of witnesses has not co-signed entry %d, of %s, and what came since", e.Index, e.Received)
		}
	}
	return nil
}

// unseen is how long an entry may be in the record before the quorum has co-signed it,
// when something is published: an open room asks its witnesses every 30 seconds.
const unseen = 2 * time.Minute
