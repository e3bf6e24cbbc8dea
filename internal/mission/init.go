package mission

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/ledger"
)

// Init makes a mission of the agreement in fsys, which people know as
// folder.
func Init(dir, folder string, fsys fs.FS, fl InitFlags, now func() time.Time, progress Progress) (*Mission, error) {
	a, err := SoundAgreement(folder, fsys)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "mission.json")); err == nil {
		return nil, Hinted(fmt.Errorf("%s is a mission already", dir), "take another folder")
	}
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return nil, Hinted(fmt.Errorf("%s is not empty", dir), "take a new folder")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := CopyTree(filepath.Join(dir, "agreement"), fsys); err != nil {
		return nil, err
	}
	// From here the folder is a mission once it has a record; before, it is a
	// folder that init refuses and names.
	return Begin(dir, a, fl, now, progress)
}

// InitFlags are what a new mission is told.
type InitFlags struct {
	Origin string // the record's name; empty: made up
	Head   string // a file with the public half of the head of mission's key; empty: one is made
	Demo   bool
}

// Begin makes the keys and the record of a mission whose agreement is in place.
func Begin(dir string, a *truce.Agreement, fl InitFlags, now func() time.Time, progress Progress) (*Mission, error) {
	m := NewMission(dir)
	m.Now, m.Progress = now, progress
	if fl.Origin == "" {
		var unique [4]byte
		rand.Read(unique[:])
		fl.Origin = fmt.Sprintf("truce/%s/%x", a.ID, unique)
	}
	signer, err := NewKey(fl.Origin, m.Private("log.key"))
	if err != nil {
		return nil, err
	}
	intake, err := NewKey("intake", m.Private("intake.key"))
	if err != nil {
		return nil, err
	}
	keys := []ledger.Key{intake.Public(ledger.Intake, "")}
	if fl.Head != "" {
		k, err := ReadCard(fl.Head)
		if err != nil {
			return nil, err
		}
		k.Role = ledger.HeadOfMission
		keys = append(keys, k)
	} else {
		head, err := NewKey("head-of-mission", m.Private("head-of-mission.key"))
		if err != nil {
			return nil, err
		}
		keys = append(keys, head.Public(ledger.HeadOfMission, ""))
	}
	var secret [32]byte
	rand.Read(secret[:])
	if err := disk.Create(m.Private("id.secret"), 0o600, []byte(hex.EncodeToString(secret[:])+"\n")); err != nil {
		return nil, err
	}
	ctx := context.Background()
	terms, err := m.Terms(a, filepath.Join(dir, "agreement"))
	if err != nil {
		return nil, err
	}
	log, _, err := ledger.Create(ctx, ledger.Config{Dir: m.Record(), Signer: signer, Now: now},
		ledger.Mission{Agreement: a.Digest, Title: a.Title, Keys: keys, Demo: fl.Demo, Terms: terms, Method: ThisMethod()})
	if err != nil {
		return nil, err
	}
	if err := log.Close(ctx); err != nil {
		return nil, err
	}
	m.About = About{Format: 2, Agreement: a.ID, Digest: a.Digest, Made: now().UTC(), Demo: fl.Demo, Record: signer.VKey()}
	if err := m.Save(); err != nil {
		return nil, err
	}
	m, err = Open(dir)
	if err == nil {
		m.Now, m.Progress = now, progress
	}
	return m, err
}
