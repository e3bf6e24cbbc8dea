package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/spf13/cobra"
)

func (c command) init() *cobra.Command {
	var folder string
	var fl initFlags
	cmd := &cobra.Command{
		Use:   "init MISSION --agreement FOLDER",
		Short: "Make a mission: a folder that holds an agreement and all that is known",
		Long: `Init makes a mission folder and copies the agreement into it. The agreement must
have no errors; warnings are printed. Its digest is noted: the mission is held
against this text and no other. The record begins with entry 0: the terms, and the
keys of the intake and the head of mission. Whoever has MISSION/record can check
and recompute everything; MISSION/private stays here.`,
		Example: `  truce init field --agreement agreements/ukraine-air-first
  truce ingest field --source viina viina_incidents_202508.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if rel, err := filepath.Rel(absolute(folder), absolute(args[0])); err == nil && filepath.IsLocal(rel) {
				return hint{fmt.Errorf("%s lies inside the agreement's folder", args[0]), "make the mission elsewhere"}
			}
			root, err := os.OpenRoot(folder)
			if err != nil {
				return err
			}
			defer root.Close()
			m, err := c.initMission(args[0], folder, root.FS(), fl)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s: a mission for %q (%s), agreement %s\n", args[0], m.agreement.Title, m.agreement.Status, m.about.Digest)
			fmt.Fprintf(c.out, "its record: %s\n", m.about.Record)
			if fl.head == "" {
				fmt.Fprintf(c.out, "the head of mission's key: %s; keep a copy elsewhere, and give nobody this folder's private part\n", m.private("head-of-mission.key"))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&folder, "agreement", "", "the agreement folder")
	cmd.Flags().StringVar(&fl.origin, "name", "", "of the record, for ever: such as monitor.example/ceasefire-1 (default: made up)")
	cmd.Flags().StringVar(&fl.head, "head", "", "the head of mission's public key, a .pub file (default: a key is made)")
	_ = cmd.MarkFlagRequired("agreement")
	return cmd
}

// initMission makes a mission of the agreement in fsys, which people know as
// folder.
func (c command) initMission(dir, folder string, fsys fs.FS, fl initFlags) (*mission, error) {
	a, err := soundAgreement(folder, fsys)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "mission.json")); err == nil {
		return nil, hint{fmt.Errorf("%s is a mission already", dir), "take another folder"}
	}
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return nil, hint{fmt.Errorf("%s is not empty", dir), "take a new folder"}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := copyTree(filepath.Join(dir, "agreement"), fsys); err != nil {
		return nil, err
	}
	// From here the folder is a mission once it has a record; before, it is a
	// folder that init refuses and names.
	return c.begin(dir, a, fl)
}

type initFlags struct {
	origin string
	head   string // the public half of the head of mission's key; empty: one is made
	demo   bool
}

// begin makes the keys and the record of a mission whose agreement is in place.
func (c command) begin(dir string, a *truce.Agreement, fl initFlags) (*mission, error) {
	m := &mission{dir: dir, evidence: evidence.Open(filepath.Join(dir, "record", "evidence"))}
	if fl.origin == "" {
		var unique [4]byte
		rand.Read(unique[:])
		fl.origin = fmt.Sprintf("truce/%s/%x", a.ID, unique)
	}
	signer, err := newKey(fl.origin, m.private("log.key"))
	if err != nil {
		return nil, err
	}
	intake, err := newKey("intake", m.private("intake.key"))
	if err != nil {
		return nil, err
	}
	keys := []ledger.Key{intake.Public(ledger.Intake, "")}
	if fl.head != "" {
		k, err := readCard(fl.head)
		if err != nil {
			return nil, err
		}
		k.Role = ledger.HeadOfMission
		keys = append(keys, k)
	} else {
		head, err := newKey("head-of-mission", m.private("head-of-mission.key"))
		if err != nil {
			return nil, err
		}
		keys = append(keys, head.Public(ledger.HeadOfMission, ""))
	}
	var secret [32]byte
	rand.Read(secret[:])
	if err := os.WriteFile(m.private("id.secret"), []byte(hex.EncodeToString(secret[:])+"\n"), 0o600); err != nil {
		return nil, err
	}
	ctx := context.Background()
	terms, err := m.terms(a, filepath.Join(dir, "agreement"))
	if err != nil {
		return nil, err
	}
	log, _, err := ledger.Create(ctx, ledger.Config{Dir: m.record(), Signer: signer, Now: c.now},
		ledger.Mission{Agreement: a.Digest, Title: a.Title, Keys: keys, Demo: fl.demo, Terms: terms, Method: thisMethod()})
	if err != nil {
		return nil, err
	}
	if err := log.Close(ctx); err != nil {
		return nil, err
	}
	m.about = about{Format: 2, Agreement: a.ID, Digest: a.Digest, Made: c.now().UTC(), Demo: fl.demo, Record: signer.VKey()}
	if err := m.save(); err != nil {
		return nil, err
	}
	return openMission(dir)
}

// save writes mission.json.
func (m *mission) save() error {
	data, err := json.MarshalIndent(m.about, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(m.dir, "mission.json"), func(f *os.File) error {
		_, err := f.Write(append(data, '\n'))
		return err
	})
}

func newKey(name, file string) (*ledger.Secret, error) {
	s, err := ledger.NewSecret(name)
	if err != nil {
		return nil, err
	}
	return s, s.Save(file)
}

func readCard(name string) (ledger.Key, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return ledger.Key{}, err
	}
	k, err := ledger.ParseCard(string(text))
	if err != nil {
		return k, hint{fmt.Errorf("%s: %w", name, err), "it is the .pub file that truce keygen wrote"}
	}
	return k, nil
}

// terms puts the agreement's files where mirrors find them, and lists them.
func (m *mission) terms(a *truce.Agreement, root string) (*ledger.Terms, error) {
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
		sum, size, err := m.evidence.Put(f)
		t.Files = append(t.Files, ledger.File{Name: name, SHA256: sum, Size: size})
		return err
	})
	return t, err
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
			return os.MkdirAll(target, 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
}
