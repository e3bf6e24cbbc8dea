//go:build !unix

package remote

const posix = false
