package monitor

import (
	"context"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/view"
)

// A Dossier is what one audience may read of an incident.
type Dossier struct {
	*situation.Dossier
	Row     truce.Row
	Entries map[truce.Digest]int64 // where what is in it stands in the record
	Private bool                   // something in it is not public: who reads it is noted
}

// Dossier gathers what an audience may read of an incident, as known at a
// moment; nil if there is none, or none that it may see. id may also be that of an
// observation: an incident's own ID changes with its membership, that of an
// observation does not.
func (r *Room) Dossier(ctx context.Context, a truce.Audience, at truce.Instant, id truce.Digest) (*Dossier, error) {
	s, reader, err := r.Known(ctx, a, at)
	if err != nil {
		return nil, err
	}
	inc := s.IncidentOf(id)
	if inc == nil {
		return nil, nil
	}
	row, ok, err := reader.Row(ctx, inc.ID)
	if err != nil || !ok {
		return nil, err
	}
	d, err := s.Dossier(inc.ID)
	if err != nil {
		return nil, err
	}
	out := &Dossier{Dossier: d, Row: row, Entries: map[truce.Digest]int64{}}
	state, _ := r.State()
	sealed := map[int64]bool{}
	for _, e := range state.Contents.Sealed {
		sealed[e.Index] = true
	}
	for _, x := range d.Decisions {
		out.Private = out.Private || a != truce.ForPublic && r.feed.Load().HasText(x.ID)
	}
	for _, x := range d.History {
		if e := r.EntryOf(x.ID); e >= 0 {
			out.Entries[x.ID] = e
			out.Private = out.Private || sealed[e] || a == truce.ForMission && r.feed.Load().HasText(x.ID)
		}
	}
	if a == truce.ForPublic {
		publish(s, state.Agreement.Public, out, r.Now())
	}
	return out, nil
}

// sightOf is what the public may see of an incident by all of its observations: it is
// held if one of them is, and wider if the place of one is.
func sightOf(rules truce.PublicRelease, s *situation.Situation, inc *truce.Incident) (out view.Sight) {
	out.From = truce.Always
	for _, o := range inc.Of {
		x := view.Publish(rules, truce.ForPublic, s.Known(o.ID), o.Act, o.Place)
		out.Held, out.Wider, out.From = out.Held || x.Held, out.Wider || x.Wider, max(out.From, x.From)
	}
	return out
}

// open reports whether the agreement has no release rules.
func open(rules truce.PublicRelease) bool {
	return rules.BlurM == 0 && rules.Delay == 0 && len(rules.Hold) == 0
}

// unlisted are the incidents of a report that the public does not see at a moment, and
// those of which it sees a place that is wider than it is known.
type unlisted struct{ gone, wider map[string]bool }

func newUnlisted() *unlisted { return &unlisted{map[string]bool{}, map[string]bool{}} }

// see notes an incident, and reports whether it is listed.
func (u *unlisted) see(rules truce.PublicRelease, s *situation.Situation, inc *truce.Incident, now truce.Instant) bool {
	sight, id := sightOf(rules, s, inc), inc.ID.String()
	if sight.Held || sight.From > now {
		u.gone[id] = true
		return false
	}
	if sight.Wider {
		u.wider[id] = true
	}
	return true
}

// say leaves out the reasons of what decides an article where it is not shown, or not
// as it is known, and gives the sentence that says how much is not shown; nil: all is.
func (u *unlisted) say(articles []report.Article, corrected int) []report.Sentence {
	for i := range articles {
		a := &articles[i]
		if u.gone[a.Deciding] || u.wider[a.Deciding] {
			a.Assessment.Reasons, a.Deciding = nil, ""
		}
	}
	if len(u.gone)+len(u.wider)+corrected == 0 {
		return nil
	}
	return []report.Sentence{{About: truce.Because("Not shown"), Text: truce.Because("By the agreement's release rules, %s of this period are counted and not listed, %s have a place in them that is shown wider than it is known, and %s are left out.",
		truce.Number{N: len(u.gone), Of: "incident"}, truce.Number{N: len(u.wider), Of: "incident"}, truce.Number{N: corrected, Of: "correction"})}}
}

// Abridge makes a report one for the public, as the agreement's release rules have
// it at a moment: incidents that they hold or show later are in its figures and
// not in its lists, places are no closer than they allow, and what is not shown
// is said.
func Abridge(rules truce.PublicRelease, s *situation.Situation, r *report.Report, now truce.Instant) {
	if open(rules) {
		return
	}
	u := newUnlisted()
	listed := func(list []report.Incident) []report.Incident {
		out := []report.Incident{}
		for _, x := range list {
			if inc := s.IncidentOf(x.ID); inc != nil && u.see(rules, s, inc, now) {
				x.Place = view.Publish(rules, truce.ForPublic, s.Known(inc.Of[0].ID), inc.Of[0].Act, x.Place).Place
				out = append(out, x)
			}
		}
		return out
	}
	r.Incidents, r.Claims = listed(r.Incidents), listed(r.Claims)
	names := func(text string) bool {
		for id := range u.gone {
			if strings.Contains(text, id) {
				return true
			}
		}
		return false
	}
	r.Said = slices.DeleteFunc(r.Said, func(x report.Notice) bool { return x.Kind == "reply" && names(x.Text) })
	r.Decided = slices.DeleteFunc(r.Decided, func(x report.Decision) bool { return names(x.Of) })
	r.Attributed = slices.DeleteFunc(r.Attributed, func(x report.Attribution) bool { return names(x.Of) })
	// A correction prints what an observation said before, its place with it; reasons
	// and the pictures of when things happened tell of single incidents.
	corrected := len(r.Corrected)
	r.Corrected = []report.Correction{}
	r.Headline = append(r.Headline, u.say(r.Articles, corrected)...)
}

// abridge is Abridge, of a board.
func abridge(rules truce.PublicRelease, s *situation.Situation, b *mission.Board, now truce.Instant) {
	if open(rules) {
		return
	}
	u := newUnlisted()
	for _, inc := range s.Within(b.Period) {
		if !assess.OnlySigns(inc) {
			u.see(rules, s, inc, now)
		}
	}
	b.Headline = append(b.Headline, u.say(b.Articles, b.Corrected)...)
}

// publish makes a dossier one for the public: places no closer than the rules
// allow, and neither notes nor reasons that would tell a place that is blurred.
func publish(s *situation.Situation, rules truce.PublicRelease, d *Dossier, now truce.Instant) {
	for i, x := range d.Said {
		sight := view.Publish(rules, truce.ForPublic, x.Known, x.Act, x.Place)
		if !sight.Wider {
			continue
		}
		o := *x.Observation
		o.Place, o.Note, o.Evidence = sight.Place, "", nil
		d.Said[i].Observation, d.Said[i].Words = &o, assess.Describe(s.Agreement, &o)
	}
	d.Near = slices.DeleteFunc(slices.Clone(d.Near), func(inc *truce.Incident) bool {
		sight := sightOf(rules, s, inc)
		return sight.Held || sight.Wider || sight.From > now
	})
	if !d.Row.Blurred && !sightOf(rules, s, d.Incident).Wider {
		return
	}
	d.Pairs = nil
	for i := range d.Under {
		d.Under[i].Reasons = nil
	}
}
