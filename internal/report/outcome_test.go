package report

import (
	"testing"

	"github.com/opentruce/truce"
)

// TestEveryOutcomeIsDrawn: an outcome that is new has its own line among those that are
// drawn, and is not drawn as "none" because somebody forgot it.
func TestEveryOutcomeIsDrawn(t *testing.T) {
	for _, o := range truce.Outcomes {
		if classes[o] == "" {
			t.Errorf("no line says how %s is drawn", o)
		}
	}
	if len(classes) != len(truce.Outcomes) {
		t.Errorf("%d outcomes are drawn, and there are %d", len(classes), len(truce.Outcomes))
	}
}
