// Package demo holds real data for a first look: twelve days of August 2025 in
// Ukraine, in data/<source kind>/. data/SOURCE.md says where each file comes
// from, under which licence, and what it does not say.
package demo

import "embed"

// Files is the folder data.
//
//go:embed data
var Files embed.FS
