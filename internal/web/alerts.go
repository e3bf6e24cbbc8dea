package web

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/courier"
	"github.com/opentruce/truce/internal/desk"
)

// alertItem is an alert as the desk keeps it: open until a person has seen it, and
// carried each way until it arrives or its tries run out.
type alertItem struct {
	truce.Alert
	Sent  map[string]time.Time `json:"sent"`
	Tries map[string]int       `json:"tries"`
	Next  map[string]time.Time `json:"next"`
	Fault map[string]string    `json:"fault"`
}

// tries are how long after one another a message is carried again: some two hours in
// all.
var tries = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// Watch raises alerts when the picture changes and when time alone gives reason, and
// carries them, until ctx ends. A mail server that does not answer keeps none from
// the desk.
func (s *Server) Watch(ctx context.Context) {
	raised := make(chan struct{}, 1)
	var carrying sync.WaitGroup
	carrying.Go(func() {
		s.again(ctx, s.carryAll, func() <-chan struct{} { return raised })
	})
	s.again(ctx, func(ctx context.Context) error {
		err := s.raise(ctx)
		select {
		case raised <- struct{}{}:
		default:
		}
		return err
	}, s.Room.Changed)
	carrying.Wait()
}

// again does something now, whenever it is woken, and every ten seconds.
func (s *Server) again(ctx context.Context, do func(context.Context) error, woken func() <-chan struct{}) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		wake, begin := woken(), time.Now()
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("alerts", "err", err)
		}
		// What takes long, among a million, is done a fifth of the time.
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(10*time.Second, 4*time.Since(begin))):
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
	}
}

func newAlert(a truce.Alert) alertItem {
	return alertItem{Alert: a, Sent: map[string]time.Time{}, Tries: map[string]int{}, Next: map[string]time.Time{}, Fault: map[string]string{}}
}

// raise keeps the alerts of now that are new.
func (s *Server) raise(ctx context.Context) error {
	state, _ := s.Room.State()
	now := s.Room.Now()
	alerts, err := state.Reader(truce.ForMission).Alerts(ctx, now)
	if err != nil {
		return err
	}
	for _, a := range alerts {
		if _, _, err := s.Desk.Add(ctx, "alert", a.Key, "open", "", newAlert(a)); err != nil {
			return err
		}
	}
	return nil
}

// carryAll carries the alerts that have not arrived.
func (s *Server) carryAll(ctx context.Context) error {
	if s.Courier == nil {
		return nil
	}
	state, _ := s.Room.State()
	for _, kept := range []string{"open", "seen"} {
		list, err := s.Desk.List(ctx, "alert", kept, 200)
		if err != nil {
			return err
		}
		for _, i := range list {
			if err := s.carry(ctx, i, state.Agreement); err != nil {
				return err
			}
		}
	}
	return nil
}

// carry takes one alert the ways that it has not gone.
func (s *Server) carry(ctx context.Context, i *desk.Item, a *truce.Agreement) error {
	var x alertItem
	if err := i.Into(&x); err != nil {
		return err
	}
	now, tried := s.Room.Now().Time(), false
	for _, way := range s.Courier.Ways() {
		if _, sent := x.Sent[way]; sent || x.Tries[way] > len(tries) || now.Before(x.Next[way]) {
			continue
		}
		tried = true
		m := courier.Message{Key: x.Key, At: x.At.Time(), Mission: s.Room.Mission().Origin(), Status: string(a.Status), Subject: subject(a, &x.Alert), Text: x.Words, Link: s.Origin + "/desk"}
		if !x.Of.IsZero() {
			m.Link = s.Origin + "/incidents/" + x.Of.Hex()
		}
		if err := s.Courier.Carry(ctx, way, m); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			n := x.Tries[way]
			x.Tries[way], x.Fault[way] = n+1, err.Error()
			x.Next[way] = now.Add(tries[min(n, len(tries)-1)])
			s.Log.Warn("an alert did not arrive", "alert", x.Key, "way", way, "tries", n+1, "err", err)
			continue
		}
		x.Sent[way] = now
	}
	if !tried {
		return nil
	}
	return s.keepAlert(ctx, i, func(kept *alertItem) { kept.Sent, kept.Tries, kept.Next, kept.Fault = x.Sent, x.Tries, x.Next, x.Fault })
}

// keepAlert changes what is kept of an alert, also if a person acknowledges it at that
// moment: what has been carried is not carried again for that.
func (s *Server) keepAlert(ctx context.Context, i *desk.Item, change func(*alertItem)) error {
	for {
		var x alertItem
		if err := i.Into(&x); err != nil {
			return err
		}
		change(&x)
		err := s.Desk.Set(ctx, i.N, i.Version, i.State, i.By, x)
		if !errors.Is(err, desk.ErrChanged) {
			return err
		}
		if i, err = s.Desk.Get(ctx, "alert", i.N); err != nil {
			return err
		}
	}
}

// subject begins with the mark of what is not in force.
func subject(a *truce.Agreement, x *truce.Alert) string {
	mark := ""
	if a.Status != truce.InForce {
		mark = strings.ToUpper(string(a.Status)) + ": "
	}
	words, _, _ := strings.Cut(x.Words, ":")
	return mark + x.Rule + ": " + words
}

// acknowledge says that a person has seen an alert.
func (s *Server) acknowledge(q *request) error {
	n, err := strconv.ParseInt(q.PathValue("n"), 10, 64)
	if err != nil {
		return errNotFound
	}
	i, err := s.Desk.Get(q.Context(), "alert", n)
	if errors.Is(err, desk.ErrGone) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	for i.State == "open" {
		var x alertItem
		if err := i.Into(&x); err != nil {
			return err
		}
		err := s.Desk.Set(q.Context(), n, i.Version, "seen", q.who.Name, x)
		if err == nil {
			break
		}
		if !errors.Is(err, desk.ErrChanged) {
			return err
		}
		if i, err = s.Desk.Get(q.Context(), "alert", n); err != nil { // it was carried meanwhile
			return err
		}
	}
	return q.back("/desk")
}

// alertLine is an alert on the desk.
type alertLine struct {
	N int64
	alertItem
}

// Faults are the ways that it did not arrive, in words.
func (a alertLine) Faults() (out []string) {
	for way, f := range a.Fault {
		if _, sent := a.Sent[way]; !sent {
			out = append(out, fmt.Sprintf("%s: %s", way, f))
		}
	}
	return out
}

func (s *Server) openAlerts(ctx context.Context) ([]alertLine, error) {
	list, err := s.Desk.List(ctx, "alert", "open", 100)
	if err != nil {
		return nil, err
	}
	var out []alertLine
	for _, i := range list {
		x := alertLine{N: i.N}
		if err := i.Into(&x.alertItem); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
