package intake

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// textFields are the members of content that are free text.
var textFields = []string{"note", "text", "because", "although", "basis"}

// shelfOf says where the fields of an item go that starts on the shared shelf.
// Whose word it is stays public: a liaison writes for its own party alone, and
// whoever verifies must see that.
func shelfOf(field string) ledger.Shelf {
	switch {
	case slices.Contains([]string{"id", "of", "claimant", "by"}, field):
		return ledger.Public
	case field == "evidence", slices.Contains(textFields, field):
		return ledger.Restricted
	}
	return ledger.Shared
}

// textShelf says where the fields of a public item go: its texts are sealed.
func textShelf(field string) ledger.Shelf {
	if slices.Contains(textFields, field) {
		return ledger.Restricted
	}
	return ledger.Public
}

// SealsTexts reports whether the texts of a kind are sealed under an agreement.
func SealsTexts(a *truce.Agreement, kind string) bool {
	return slices.Contains(truce.TextKinds, kind) && !slices.Contains(a.Texts, kind)
}
