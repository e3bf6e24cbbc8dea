package ledger

import (
	"strings"
	"time"
)

// Writes are the kinds of entry that a role may write, and Decides the decisions
// that it may take, for the test that compares them with the verifier's tables.
func Writes(r Role) []string  { return strings.Fields(writes[r]) }
func Decides(r Role) []string { return strings.Fields(decides[r]) }

// Least is cfg with another pause between two requests to one witness.
func (cfg CosignConfig) Least(d time.Duration) CosignConfig {
	cfg.least = d
	return cfg
}

// MostAnswer is how much of a witness's answer is read, in bytes.
const MostAnswer = mostAnswer
