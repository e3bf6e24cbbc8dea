package ledger

import "strings"

// Writes are the kinds of entry that a role may write, and Decides the decisions
// that it may take, for the test that compares them with the verifier's tables.
func Writes(r Role) []string  { return strings.Fields(writes[r]) }
func Decides(r Role) []string { return strings.Fields(decides[r]) }
