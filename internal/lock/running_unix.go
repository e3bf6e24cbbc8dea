//go:build unix

package lock

import (
	"errors"
	"syscall"
)

// running reports whether a process is there, as far as one can see.
func running(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
