package main

import (
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/mission"

	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func (c command) init() *cobra.Command {
	var folder string
	var fl begin.Flags
	cmd := &cobra.Command{
		Use:   "init MISSION --agreement FOLDER",
		Short: "Make a mission: a folder with an agreement and everything that is known",
		Long: `Init makes a mission folder and copies the agreement into it. The agreement must
have no errors; warnings are printed. The mission keeps its digest, and assesses
incidents against this text and no other. The record begins with entry 0: the terms, and
the keys of the intake and the head of mission. Anyone who has MISSION/record can check
and compute everything again; never give away MISSION/private.

Agreements come with the source of Truce, in its folder agreements: truce show agreements
lists them. doc/agreement-format.md says how to write one.`,
		Example: `  truce init field --agreement agreements/ukraine-air-first
  truce ingest field --source ucdp-ged GEDEvent_v25_1.csv
  truce init field --agreement agreements/ukraine-air-first --quorum 1 \
    --witness "witness.example/w1+1a2b3c4d+BAbC... https://witness.example"`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if rel, err := filepath.Rel(absolute(folder), absolute(args[0])); err == nil && filepath.IsLocal(rel) {
				return mission.Hinted(fmt.Errorf("%s is inside the agreement's folder", args[0]), "make the mission elsewhere")
			}
			root, err := os.OpenRoot(folder)
			if errors.Is(err, fs.ErrNotExist) {
				return mission.Hinted(fmt.Errorf("the folder %s does not exist", folder), carried(folder, args[0]))
			}
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
			if fl.Head == "" {
				fmt.Fprintf(c.out, "the head of mission's key: %s; keep a copy elsewhere, and never give away its folder\n", m.Private("head-of-mission.key"))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&folder, "agreement", "", "the agreement folder")
	cmd.Flags().StringVar(&fl.Origin, "name", "", "the record's permanent name, such as monitor.example/ceasefire-1 (default: a random one)")
	cmd.Flags().StringVar(&fl.Head, "head", "", "the head of mission's public key, a .pub file (default: a key is made)")
	cmd.Flags().StringArrayVar(&fl.Witnesses, "witness", nil, "a witness that is asked to co-sign the record: its verifier key and address; repeat the flag for each witness; written to MISSION/policy")
	cmd.Flags().IntVar(&fl.Quorum, "quorum", 0, "how many witnesses must co-sign before a report is published")
	_ = cmd.MarkFlagRequired("agreement")
	return cmd
}

// carried says how to get an agreement that is in this program: the demos write it out.
func carried(folder, dir string) string {
	var have []string
	for _, d := range demonstrations {
		if d.terms == filepath.Base(folder) {
			return fmt.Sprintf("this program contains %s, and a demo writes it to a folder: truce demo %s --out demo-%[2]s && truce init %[3]s --agreement demo-%[2]s/mission/agreement", d.terms, d.name, dir)
		}
		have = append(have, fmt.Sprintf("%s (truce demo %s --out FOLDER)", d.terms, d.name))
	}
	return "name the folder that has agreement.yaml. This program contains " + strings.Join(have, " and ") + ": the command writes it to FOLDER/mission/agreement"
}

// initMission makes a mission of the agreement in fsys, which people know as
// folder.
func (c command) initMission(dir, folder string, fsys fs.FS, fl begin.Flags) (*mission.Mission, error) {
	if _, err := begin.Mission(dir, folder, fsys, fl, c.now, c.bar()); err != nil {
		return nil, err
	}
	return c.openMission(dir)
}
