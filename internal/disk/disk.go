// Package disk answers: is this file on disk, whole, and still there after the power
// fails? It writes files whole or not at all, and syncs what must be synced.
//
// A rename is atomic for other processes. It says nothing about a power cut: until
// the new file was synced, its name can point to an empty file, and until the folder
// was synced, the new name can be lost (rename(2), fsync(2)). So the order is: write
// a temporary file in the same folder, sync it, rename it, sync the folder.
package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// before is asked before each step, and after is told when it was done. An error of
// either is the step's own. Tests inject faults here.
var (
	before = func(step, name string) error { return nil }
	after  = func(step, name string) error { return nil }
)

func do(step, name string, f func() error) error {
	if err := before(step, name); err != nil {
		return &fs.PathError{Op: step, Path: name, Err: err}
	}
	if err := f(); err != nil {
		return err
	}
	if err := after(step, name); err != nil {
		return &fs.PathError{Op: step, Path: name, Err: err}
	}
	return nil
}

// WriteFile writes a file whole or not at all. When it returns nil, the file is on
// disk under its name. After an error the name has its earlier file, or the new one
// if only the folder could not be synced; the temporary file is removed.
func WriteFile(name string, mode fs.FileMode, write func(*os.File) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".truce-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // after the rename there is nothing to remove
	if err := do("write", tmp.Name(), func() error { return write(tmp) }); err != nil {
		tmp.Close()
		return err
	}
	return Place(tmp, name, mode)
}

// WriteBytes is WriteFile for content that is in memory.
func WriteBytes(name string, mode fs.FileMode, data []byte) error {
	return WriteFile(name, mode, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
}

// Replace writes a file whole or not at all for other processes, and syncs nothing: it
// is for copies that are verified when they are read and can be fetched again. After
// a power cut the file can be empty.
func Replace(name string, mode fs.FileMode, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".truce-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if cerr := tmp.Chmod(mode); err == nil {
		err = cerr
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// Place gives a temporary file, which was written in the same folder, its name. It
// closes the file in any case. The caller removes it after an error.
func Place(tmp *os.File, name string, mode fs.FileMode) error {
	err := do("chmod", tmp.Name(), func() error { return tmp.Chmod(mode) })
	if err == nil {
		err = do("sync", tmp.Name(), tmp.Sync)
	}
	if cerr := do("close", tmp.Name(), tmp.Close); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := do("rename", name, func() error { return os.Rename(tmp.Name(), name) }); err != nil {
		return err
	}
	return Sync(filepath.Dir(name))
}

// Sync brings the names in a folder to disk.
func Sync(dir string) error {
	return do("sync folder", dir, func() error {
		if runtime.GOOS == "windows" {
			return nil // it has no such call, and NTFS keeps a journal of names
		}
		f, err := os.Open(dir)
		if err != nil {
			return err
		}
		defer f.Close()
		err = f.Sync()
		// Some file systems of networks cannot sync a folder, and say so.
		if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
			return nil
		}
		return err
	})
}

// MkdirAll makes a folder and those above it that are missing, and brings their names
// to disk.
func MkdirAll(dir string, mode fs.FileMode) error {
	var made []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); err == nil || d == filepath.Dir(d) {
			break
		}
		made = append(made, filepath.Dir(d))
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}
	for _, d := range made {
		if err := Sync(d); err != nil {
			return err
		}
	}
	return nil
}

// Create writes a file that must not be there yet, such as a key: if it is there, the
// error is fs.ErrExist. After another error the name is free again.
func Create(name string, mode fs.FileMode, data []byte) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	err = do("write", name, func() error {
		_, err := f.Write(data)
		return err
	})
	if err == nil {
		err = do("sync", name, f.Sync)
	}
	if cerr := do("close", name, f.Close); err == nil {
		err = cerr
	}
	if err == nil {
		err = Sync(filepath.Dir(name))
	}
	if err != nil {
		_ = os.Remove(name)
	}
	return err
}

// Full reports whether an error says that nothing can be stored for now: the disk is
// full, a quota is used up, or the disk can only be read.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EROFS)
}
