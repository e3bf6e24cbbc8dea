package situation

import (
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/voices"
)

// Voices say who reports, and who may have it from whom, of the incidents that a viewer is
// shown now.
func (s *Situation) Voices(to release.Viewer) *truce.Voices {
	var listed [][]voices.Row
	unlisted := 0
	for _, inc := range s.Incidents() {
		if !to.Lists(inc, s.Known) {
			unlisted++
			continue
		}
		rows := make([]voices.Row, len(inc.Of))
		for i, o := range to.SaidOf(inc, s.Known) {
			rows[i] = voices.Row{Shown: o, Is: inc.Of[i]}
		}
		listed = append(listed, rows)
	}
	out := voices.Of(voices.Input{Agreement: s.Agreement, Incidents: slices.Values(listed), Tallies: s.Tallies, Rules: s.ctx})
	out.Unlisted = unlisted
	return out
}

// LooksCopied reports whether something looks as if an observation had been copied from
// another of its incident, or the other way round, and nobody has decided otherwise.
func (s *Situation) LooksCopied(o *truce.Observation, inc *truce.Incident) bool {
	return s.ctx.LooksCopied(o, inc.Of)
}
