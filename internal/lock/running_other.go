//go:build !unix

package lock

// running reports whether a process is there, as far as one can see.
func running(int) bool { return true }
