// Package agreements holds the agreements that ship with Truce, as files.
package agreements

import "embed"

// Files has one folder for each agreement.
//
//go:embed minsk-2015 syria-coh-2016 ukraine-air-first ukraine-freeze
var Files embed.FS
