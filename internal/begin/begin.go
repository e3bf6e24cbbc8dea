// Package begin answers: how does a mission begin? It makes the folder: the agreement, the
// keys of this machine, and the record with its first entry.
package begin

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// Mission makes a mission of the agreement in fsys, which people know as
// folder.
func Mission(dir, folder string, fsys fs.FS, fl Flags, now func() time.Time, progress mission.Progress) (*mission.Mission, error) {
	a, err := mission.SoundAgreement(folder, fsys)
	if err != nil {
		return nil, err
	}
	if _, err := fl.policy(); err != nil { // before anything is written
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "mission.json")); err == nil {
		return nil, mission.Hinted(fmt.Errorf("%s is a mission already", dir), "take another folder")
	}
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return nil, mission.Hinted(fmt.Errorf("%s is not empty", dir), "take a new folder")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := copyTree(filepath.Join(dir, "agreement"), fsys); err != nil {
		return nil, err
	}
	// From here the folder is a mission once it has a record; before, it is a
	// folder that init refuses and names.
	return record(dir, a, fl, now, progress)
}

// Flags are what a new mission is told.
type Flags struct {
	Origin string // the record's name; empty: made up
	Head   string // a file with the public half of the head of mission's key; empty: one is made
	Demo   bool
	Notes  map[string][]string // of a demo, for its first page
	// Witnesses are asked to co-sign the record: for each a verifier key and an
	// address. Quorum is how many of them must have co-signed before a report is
	// published; 0: none.
	Witnesses []string
	Quorum    int
}

// policy is the text of the mission's policy file (C2SP tlog-policy); empty: nobody is
// to be asked.
func (fl *Flags) policy() (string, error) {
	if len(fl.Witnesses) == 0 {
		if fl.Quorum > 0 {
			return "", mission.Hinted(errors.New("--quorum needs witnesses"), "name each witness with --witness")
		}
		return "", nil
	}
	var b strings.Builder
	b.WriteString("# Witnesses that are asked to co-sign this record, and how many must co-sign before a report is published.\n")
	var names []string
	for _, text := range fl.Witnesses {
		f := strings.Fields(text)
		if len(f) == 4 && f[0] == "witness" { // as keygen prints it, with an address
			f = f[2:]
		}
		if len(f) != 2 {
			return "", mission.Hinted(fmt.Errorf("--witness %q: want a verifier key and an address", text), `--witness "witness.example/w1+1a2b3c4d+BAbC... https://witness.example"`)
		}
		key, _, _ := strings.Cut(f[0], "+")
		name := strings.ReplaceAll(key, "/", "-")
		if slices.Contains(names, name) {
			return "", mission.Hinted(fmt.Errorf("--witness: two keys are named %q", key), "give each witness a key with its own name")
		}
		names = append(names, name)
		fmt.Fprintf(&b, "witness %s %s %s\n", name, f[0], f[1])
	}
	switch {
	case fl.Quorum < 0 || fl.Quorum > len(names):
		return "", mission.Hinted(fmt.Errorf("--quorum is %d, but --witness names %d", fl.Quorum, len(names)), "use a number from 0 to the number of witnesses")
	case fl.Quorum == 0:
		b.WriteString("quorum none\n")
	default:
		fmt.Fprintf(&b, "group witnesses %d %s\nquorum witnesses\n", fl.Quorum, strings.Join(names, " "))
	}
	if _, err := ledger.NewWitnesses(ledger.CosignConfig{Policy: []byte(b.String()), Now: time.Now}); err != nil {
		return "", mission.Hinted(err, `--witness "witness.example/w1+1a2b3c4d+BAbC... https://witness.example"`)
	}
	return b.String(), nil
}

// record makes the keys and the record of a mission whose agreement is in place.
func record(dir string, a *truce.Agreement, fl Flags, now func() time.Time, progress mission.Progress) (*mission.Mission, error) {
	m := mission.NewMission(dir)
	m.Now, m.Progress = now, progress
	if fl.Origin == "" {
		var unique [4]byte
		rand.Read(unique[:])
		fl.Origin = fmt.Sprintf("truce/%s/%x", a.ID, unique)
	}
	signer, err := mission.NewKey(fl.Origin, m.Private("log.key"))
	if err != nil {
		return nil, err
	}
	intake, err := mission.NewKey("intake", m.Private("intake.key"))
	if err != nil {
		return nil, err
	}
	keys := []ledger.Key{intake.Public(ledger.Intake, "")}
	if fl.Head != "" {
		k, err := mission.ReadCard(fl.Head)
		if err != nil {
			return nil, err
		}
		k.Role = ledger.HeadOfMission
		keys = append(keys, k)
	} else {
		head, err := mission.NewKey("head-of-mission", m.Private("head-of-mission.key"))
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
		ledger.Mission{Agreement: a.Digest, Title: a.Title, Keys: keys, Demo: fl.Demo, Terms: terms, Method: mission.ThisMethod()})
	if err != nil {
		return nil, err
	}
	if err := log.Close(ctx); err != nil {
		return nil, err
	}
	policy, err := fl.policy()
	if err != nil {
		return nil, err
	}
	if policy != "" {
		policy = "log " + signer.VKey() + "\n" + policy // so that others can verify with the same file
		if err := disk.WriteBytes(filepath.Join(dir, mission.PolicyFile), 0o644, []byte(policy)); err != nil {
			return nil, err
		}
	}
	m.About = mission.About{Format: 2, Agreement: a.ID, Digest: a.Digest, Made: now().UTC(), Demo: fl.Demo, Notes: fl.Notes, Record: signer.VKey()}
	if err := m.Save(); err != nil {
		return nil, err
	}
	m, err = mission.Open(dir)
	if err == nil {
		m.Now, m.Progress = now, progress
	}
	return m, err
}

// copyTree copies the regular files of fsys.
func copyTree(to string, fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, filepath.FromSlash(name))
		switch {
		case d.IsDir():
			return disk.MkdirAll(target, 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return disk.WriteBytes(target, 0o644, data)
	})
}
