package demo

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// A File is a table of the demo, and the kind of source that reads it.
type File struct{ Path, Kind string }

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
		list = append(list, File{file, path.Base(path.Dir(name))})
		return os.WriteFile(file, data, 0o644)
	})
	return list, err
}
