package mission

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
