package main

import (
	"github.com/opentruce/truce/internal/mission"

	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opentruce/truce"
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
				return mission.Hinted(fmt.Errorf("%s lies inside the agreement's folder", args[0]), "make the mission elsewhere")
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
			fmt.Fprintf(c.out, "%s: a mission for %q (%s), agreement %s\n", args[0], m.Agreement.Title, m.Agreement.Status, m.About.Digest)
			fmt.Fprintf(c.out, "its record: %s\n", m.About.Record)
			if fl.head == "" {
				fmt.Fprintf(c.out, "the head of mission's key: %s; keep a copy elsewhere, and give nobody this folder's private part\n", m.Private("head-of-mission.key"))
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
func (c command) initMission(dir, folder string, fsys fs.FS, fl initFlags) (*mission.Mission, error) {
	a, err := mission.SoundAgreement(folder, fsys)
	if err != nil {
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
	if err := mission.CopyTree(filepath.Join(dir, "agreement"), fsys); err != nil {
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
func (c command) begin(dir string, a *truce.Agreement, fl initFlags) (*mission.Mission, error) {
	m := mission.NewMission(dir)
	m.Now, m.Progress = c.now, c.bar()
	if fl.origin == "" {
		var unique [4]byte
		rand.Read(unique[:])
		fl.origin = fmt.Sprintf("truce/%s/%x", a.ID, unique)
	}
	signer, err := mission.NewKey(fl.origin, m.Private("log.key"))
	if err != nil {
		return nil, err
	}
	intake, err := mission.NewKey("intake", m.Private("intake.key"))
	if err != nil {
		return nil, err
	}
	keys := []ledger.Key{intake.Public(ledger.Intake, "")}
	if fl.head != "" {
		k, err := mission.ReadCard(fl.head)
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
	if err := os.WriteFile(m.Private("id.secret"), []byte(hex.EncodeToString(secret[:])+"\n"), 0o600); err != nil {
		return nil, err
	}
	ctx := context.Background()
	terms, err := m.Terms(a, filepath.Join(dir, "agreement"))
	if err != nil {
		return nil, err
	}
	log, _, err := ledger.Create(ctx, ledger.Config{Dir: m.Record(), Signer: signer, Now: c.now},
		ledger.Mission{Agreement: a.Digest, Title: a.Title, Keys: keys, Demo: fl.demo, Terms: terms, Method: mission.ThisMethod()})
	if err != nil {
		return nil, err
	}
	if err := log.Close(ctx); err != nil {
		return nil, err
	}
	m.About = mission.About{Format: 2, Agreement: a.ID, Digest: a.Digest, Made: c.now().UTC(), Demo: fl.demo, Record: signer.VKey()}
	if err := m.Save(); err != nil {
		return nil, err
	}
	return c.openMission(dir)
}
