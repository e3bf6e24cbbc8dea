package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/opentruce/truce"
)

// Kinds of what a shift keeps between themselves: tasks for patrols made from missing
// facts, who works on what, who reads what, notes for the next shift, and who has checked
// in. Nobody outside the mission sees it.
const (
	Task    = "task"
	Owner   = "owner"
	Review  = "review"
	Note    = "note"
	CheckIn = "check-in"
)

// Work is the body of such an item.
type Work struct {
	Text string       `json:"text"`
	Fact truce.Fact   `json:"fact,omitempty"` // of a task
	Of   truce.Digest `json:"of,omitzero"`    // an observation of the incident it is about
}

// A Line is an item of work as pages show it.
type Line struct {
	N       int64
	Version int64
	By      string
	At      truce.Instant
	Work
}

// Lines reads the items of a kind of work that have a state, the latest first.
func (s *Store) Lines(ctx context.Context, kind, state string, most int) ([]Line, error) {
	list, err := s.List(ctx, kind, state, most)
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, i := range list {
		x := Line{N: i.N, Version: i.Version, By: i.By, At: truce.InstantOf(i.Changed)}
		if err := i.Into(&x.Work); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// Owners are who works on which incident, of lines of the kind Owner, the latest first.
// incidentOf gives the incident of a report; zero: there is none.
func Owners(lines []Line, incidentOf func(truce.Digest) truce.Digest) map[truce.Digest]Line {
	out := map[truce.Digest]Line{}
	for _, x := range slices.Backward(lines) { // where two have become one, whoever took theirs last
		if inc := incidentOf(x.Of); !inc.IsZero() {
			if have, ok := out[inc]; !ok || have.At <= x.At {
				out[inc] = x
			}
		}
	}
	return out
}

// About are the lines that are about an incident.
func About(inc *truce.Incident, lines []Line) (out []Line) {
	for _, x := range lines {
		for _, o := range inc.Of {
			if o.ID == x.Of {
				out = append(out, x)
			}
		}
	}
	return out
}

// LateAfter is after how long a team that has not checked in is pointed out.
const LateAfter = 4 * time.Hour

// Late says of each check-in whether it is too long ago, by who checked in.
func Late(checkIns []Line, now truce.Instant) map[string]bool {
	out := map[string]bool{}
	for _, c := range checkIns {
		out[c.By] = c.At < now.Add(-LateAfter)
	}
	return out
}

// seen is the body of an item that says up to which entry somebody has seen what is new.
type seen struct {
	Entries int64 `json:"entries"`
}

// Seen is up to which entry somebody has seen what is new, and since when. Whoever comes
// for the first time has seen the size entries that there are now.
func (s *Store) Seen(ctx context.Context, who string, size int64, now truce.Instant) (int64, truce.Instant, error) {
	i, err := s.Find(ctx, "seen", who)
	if errors.Is(err, ErrGone) {
		_, _, err := s.Add(ctx, "seen", who, "open", who, seen{size})
		return size, now, err
	}
	if err != nil {
		return 0, 0, err
	}
	var x seen
	if err := i.Into(&x); err != nil {
		return 0, 0, err
	}
	return x.Entries, truce.InstantOf(i.Changed), nil
}

// SetSeen keeps that somebody has seen what is new up to an entry. Of two at once one
// stays.
func (s *Store) SetSeen(ctx context.Context, who string, entries int64, now truce.Instant) error {
	if _, _, err := s.Seen(ctx, who, entries, now); err != nil {
		return err
	}
	i, err := s.Find(ctx, "seen", who)
	if err != nil {
		return err
	}
	if err := s.Set(ctx, i.N, i.Version, "open", who, seen{entries}); err != nil && !errors.Is(err, ErrChanged) {
		return err
	}
	return nil
}
