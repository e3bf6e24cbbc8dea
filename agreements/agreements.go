// Package agreements holds, as files, those agreements of this folder that the program
// needs: its demonstrations are of them, with their packages of places.
package agreements

import "embed"

// Files has one folder for each of them.
//
//go:embed syria-coh-2016 ukraine-air-first
var Files embed.FS
