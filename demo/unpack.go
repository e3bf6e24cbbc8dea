package demo

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A File is a table of the demo, the kind of source that reads it, and its mapping, if it has one.
type File struct{ Path, Kind, Mapping string }

// Unpack writes the tables into dir, and lists them in the order in which they are read.
func Unpack(dir string) (list []File, err error) {
	err = fs.WalkDir(Files, "data", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".csv" {
			return err
		}
		data, err := fs.ReadFile(Files, name)
		if err != nil {
			return err
		}
		file := filepath.Join(dir, path.Base(name))
		list = append(list, File{Path: file, Kind: path.Base(path.Dir(name))})
		return os.WriteFile(file, data, 0o644)
	})
	return list, err
}

// UnpackSyria writes the tables on Syria and their mappings into dir, and lists the tables in the
// order in which they are read. Those of the weeks before are not among them.
func UnpackSyria(dir string) (list []File, err error) {
	for _, f := range []struct{ table, kind, mapping string }{
		{"syrian-archive/videos_2016-02-24_2016-03-14.csv", "csv", "syrian-archive/mapping.yaml"},
		{"ucdp-ged/ucdp_syria_2016-02-24_2016-03-14.csv", "ucdp-ged", ""},
		{"claims/hnc.csv", "csv", "claims/hnc.yaml"},
		{"claims/ru-centre.csv", "csv", "claims/ru-centre.yaml"},
		{"claims/ru-centre-events.csv", "csv", "claims/ru-centre-events.yaml"},
		{"claims/opp-groups.csv", "csv", "claims/opp-groups.yaml"},
		{"claims/ru-mod.csv", "csv", "claims/ru-mod.yaml"},
		{"claims/syr-army.csv", "csv", "claims/syr-army.yaml"},
	} {
		out := File{Kind: f.kind}
		for name, to := range map[string]*string{f.table: &out.Path, f.mapping: &out.Mapping} {
			if name == "" {
				continue
			}
			text, err := fs.ReadFile(Syria, path.Join("syria/data", name))
			if err != nil {
				return nil, err
			}
			*to = filepath.Join(dir, strings.ReplaceAll(name, "/", "-"))
			if err := os.WriteFile(*to, text, 0o644); err != nil {
				return nil, err
			}
		}
		list = append(list, out)
	}
	return list, nil
}
