package situation

import (
	"cmp"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
)

// Applies are the times in which some article that is monitored is in force, as people declared,
// extended and ended its phases: in order, and apart from each other. An article without a phase is
// in force always. Nil: none has begun.
func Applies(a *truce.Agreement, decisions []*truce.Decision) (out []truce.Interval) {
	phases := assess.Phases(a, decisions)
	var all []truce.Interval
	for i := range a.Provisions {
		p := &a.Provisions[i]
		if p.NotMonitored != "" {
			continue
		}
		during := []truce.Interval{{Start: truce.Always, End: truce.Never}}
		if p.Phase != "" {
			during = phases[p.Phase].During
		}
		for _, v := range during {
			all = append(all, assess.Times(p, phases, v)...)
		}
		for _, r := range p.Readings {
			if r.From == truce.Always {
				continue
			}
			end := min(r.To, truce.Never)
			if n := len(during); n > 0 {
				end = min(end, during[n-1].End)
			}
			all = append(all, assess.Times(p, phases, truce.Interval{Start: r.From, End: end})...)
		}
	}
	slices.SortFunc(all, func(a, b truce.Interval) int { return cmp.Compare(a.Start, b.Start) })
	for _, v := range all {
		if n := len(out); n > 0 && v.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, v.End)
		} else {
			out = append(out, v)
		}
	}
	return out
}
