// Package release answers: who sees what, and when? It is the only place where
// that is decided; everybody else asks it, before they compose anything.
//
// It decides three things. Which inputs an audience has (inputs.go): the mission
// has all, both parties have what is public and what was released to them, the
// public has what is public. Which free text a reader may read (texts.go). And
// what the public is shown of what it has: by the agreement's release rules
// (release: public:), later by the delay, no closer than the blur, and not at all
// where an act is held. The rules apply to the public alone. They know an audience
// and never a person or a party: both parties always see the same.
//
// The rules take nothing out of the record, which anybody may read. They keep
// pages, maps, files and reports from drawing a map for people who do not read it.
package release

import (
	"slices"
	"time"

	"github.com/opentruce/truce"
)

// A Viewer is an audience that looks at a moment, under an agreement's release
// rules. Audiences that are not named in truce.Audiences are treated as the public.
type Viewer struct {
	To    truce.Audience
	Rules truce.PublicRelease // of the agreement in effect
	At    truce.Instant       // the moment at which it looks
}

// Known gives the moment at which an observation became known, by its ID.
type Known func(truce.Digest) truce.Instant

// Plain reports whether the viewer is shown all of its inputs at once and as they are.
func (v Viewer) Plain() bool {
	return v.To == truce.ForMission || v.To == truce.ForParties || !v.hides() && v.Rules.BlurM <= 0
}

// Withholds reports whether something that the viewer has may be counted and not
// listed. Where that is so, figures and periods are of whole days (Whole).
func (v Viewer) Withholds() bool { return !v.Plain() && v.hides() }

func (v Viewer) hides() bool { return v.Rules.Delay > 0 || len(v.Rules.Hold) > 0 }

// A Sight is what a viewer is shown of an observation, or of an incident.
type Sight struct {
	Held  bool          // not at all
	From  truce.Instant // not before this moment; Always: at once
	Wider bool          // a place in it is shown wider than it is known
}

// Listed reports whether it is shown at a moment: from the very moment From on.
func (s Sight) Listed(at truce.Instant) bool { return !s.Held && s.From <= at }

// Observation is what the viewer is shown of one observation that became known at a
// moment.
func (v Viewer) Observation(known truce.Instant, act truce.Act, p *truce.Place) Sight {
	if v.Plain() {
		return Sight{From: truce.Always}
	}
	for _, h := range v.Rules.Hold {
		if truce.Words.ActIs(act, h) {
			return Sight{Held: true, From: truce.Never}
		}
	}
	s := Sight{From: truce.Always}
	if v.Rules.Delay > 0 && known.Stated() {
		s.From = known.Add(v.Rules.Delay)
	}
	_, s.Wider = v.Place(*p)
	return s
}

// Incident is what the viewer is shown of an incident: the least that it is shown of
// any of its observations. One that is held keeps the whole incident, and one that
// is new delays it.
func (v Viewer) Incident(inc *truce.Incident, known Known) Sight {
	out := Sight{From: truce.Always}
	if v.Plain() {
		return out
	}
	for _, o := range inc.Of {
		s := v.Observation(known(o.ID), o.Act, &o.Place)
		out.Held, out.Wider, out.From = out.Held || s.Held, out.Wider || s.Wider, max(out.From, s.From)
	}
	return out
}

// Lists reports whether the viewer is shown an incident now.
func (v Viewer) Lists(inc *truce.Incident, known Known) bool {
	return v.Plain() || v.Incident(inc, known).Listed(v.At)
}

// Tells reports whether the viewer is shown an incident now as it is known: what
// would tell of its place is not for others.
func (v Viewer) Tells(inc *truce.Incident, known Known) bool {
	if v.Plain() {
		return true
	}
	s := v.Incident(inc, known)
	return s.Listed(v.At) && !s.Wider
}

// TellsDay reports whether the viewer is shown all that a finding of days rests on, as it is
// known; home gives the incident of an observation. What is in force no more is shown to
// those alone who are shown everything.
func (v Viewer) TellsDay(support []truce.Digest, home func(truce.Digest) *truce.Incident, known Known) bool {
	return v.Plain() || !slices.ContainsFunc(support, func(id truce.Digest) bool {
		inc := home(id)
		return inc == nil || !v.Tells(inc, known)
	})
}

// Said is an observation as the viewer is shown it. Where its place is shown wider,
// what else would tell the place is left out: the object, the publisher's words and name,
// the evidence, and the addresses of posts. (A local channel has its town in its name.)
func (v Viewer) Said(o *truce.Observation) *truce.Observation {
	place, wider := v.Place(o.Place)
	if !wider {
		return o
	}
	out := *o
	out.Place, out.Object, out.Note, out.Publisher, out.Evidence, out.Origins = place, "", "", "", nil, nil
	return &out
}

// SaidOf are the observations of an incident as the viewer is shown them. Where a place in
// it is shown wider, none of them says what it rests on or which channel published it: a
// post that one of them cites tells the place of all.
func (v Viewer) SaidOf(inc *truce.Incident, known Known) []*truce.Observation {
	out := make([]*truce.Observation, len(inc.Of))
	wider := !v.Plain() && v.Incident(inc, known).Wider
	for i, o := range inc.Of {
		out[i] = v.Said(o)
		if wider && (out[i].Origins != nil || out[i].Publisher != "") {
			c := *out[i]
			c.Origins, c.Publisher = nil, ""
			out[i] = &c
		}
	}
	return out
}

// Corrects reports whether the viewer is shown a correction, which prints what an
// observation said before and what it says now; is is nil where it was withdrawn. It
// is shown only where all of that would be: nothing in it held, delayed or wider. of
// is the incident that what it says now belongs to, if any.
func (v Viewer) Corrects(at truce.Instant, was, is *truce.Observation, of *truce.Incident, known Known) bool {
	if v.Plain() {
		return true
	}
	shown := func(o *truce.Observation) bool {
		s := v.Observation(at, o.Act, &o.Place) // when the earlier one became known is not kept
		return s.Listed(v.At) && !s.Wider
	}
	return shown(was) && (is == nil || shown(is)) && (of == nil || v.Tells(of, known))
}

// A Row is an incident as lists and maps show it to an audience.
type Row struct {
	truce.Row
	Held bool          // not shown at all: everything except the ID is empty
	From truce.Instant // not before this moment
}

// Row is a row as the viewer is shown it; s is what it is shown of the incident.
// region names the region of a place: that of a wider place is not told by the true
// one.
func (v Viewer) Row(r truce.Row, s Sight, region func(*truce.Place) string) Row {
	if s.Held {
		return Row{Row: truce.Row{ID: r.ID}, Held: true, From: truce.Never}
	}
	place, wider := v.Place(r.Place)
	if s.Wider { // what it may be near tells where it is
		r.Findings = slices.Clone(r.Findings)
		for i := range r.Findings {
			r.Findings[i].Near = nil
		}
	}
	if r.Blurred = s.Wider; wider {
		r.Place, r.Region = place, region(&place)
	}
	return Row{Row: r, From: s.From}
}

// Whole widens a period to whole days of a zone where something may be counted and
// not listed: figures of an hour would tell when it happened.
func (v Viewer) Whole(p truce.Interval, loc *time.Location) truce.Interval {
	if !v.Withholds() {
		return p
	}
	if p.Start.Stated() {
		p.Start = truce.DateOf(p.Start, loc).Start(loc)
	}
	if p.End.Stated() {
		if day := truce.DateOf(p.End, loc).Start(loc); day < p.End {
			p.End = truce.DateOf(p.End, loc).Add(1).Start(loc)
		}
	}
	return p
}

// A Tally counts what a viewer is shown of the incidents of a period.
type Tally struct {
	Unlisted int           // counted and not listed
	Wider    int           // listed, and a place in them is shown wider than it is known
	Until    truce.Instant // when the first of what is delayed will be listed; Never: nothing waits
}

// NewTally is that of nothing.
func NewTally() Tally { return Tally{Until: truce.Never} }

// Add counts one incident.
func (t *Tally) Add(s Sight, at truce.Instant) {
	switch {
	case !s.Listed(at):
		t.Unlisted++
		if !s.Held {
			t.Until = min(t.Until, s.From)
		}
	case s.Wider:
		t.Wider++
	}
}

// Alike reports whether two audiences that have the same inputs, or not, are shown
// the same under release rules.
func Alike(rules truce.PublicRelease, a, b truce.Audience, sameInputs bool) bool {
	return a == b || sameInputs && Viewer{To: a, Rules: rules}.Plain() && Viewer{To: b, Rules: rules}.Plain()
}
