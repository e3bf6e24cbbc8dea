package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func (c command) init() *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "init MISSION --agreement FOLDER",
		Short: "Make a mission: a folder that holds an agreement and all that is known",
		Long: `Init makes a mission folder and copies the agreement into it. The agreement must
have no errors; warnings are printed. Its digest is noted: the mission is held
against this text and no other.`,
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
			m, err := c.initMission(args[0], folder, root.FS(), false)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s: a mission for %q (%s), agreement %s\n", args[0], m.agreement.Title, m.agreement.Status, m.about.Digest)
			return nil
		},
	}
	cmd.Flags().StringVar(&folder, "agreement", "", "the agreement folder")
	_ = cmd.MarkFlagRequired("agreement")
	return cmd
}

// initMission makes a mission of the agreement in fsys, which people know as
// folder.
func (c command) initMission(dir, folder string, fsys fs.FS, demo bool) (*mission, error) {
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
	data, err := json.MarshalIndent(about{Format: 1, Agreement: a.ID, Digest: a.Digest, Made: c.now().UTC(), Demo: demo}, "", "  ")
	if err != nil {
		return nil, err
	}
	// From here the folder is a mission; before, it is a folder that init refuses and names.
	if err := os.WriteFile(filepath.Join(dir, "mission.json"), append(data, '\n'), 0o644); err != nil {
		return nil, err
	}
	return openMission(dir)
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
