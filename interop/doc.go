// Package interop tries the record and lists against programs that others wrote, over the
// protocols and the files that we share with them. It is a module of its own, so
// that what they bring along is no requirement of ours.
package interop
