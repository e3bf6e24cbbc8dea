// Package interop tests the record and lists with programs that others wrote, over the
// protocols and the files that we share with them. It is a module of its own, so that
// Truce does not depend on the dependencies of these programs.
package interop
