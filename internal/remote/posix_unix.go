//go:build unix

package remote

const posix = true
