package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/people"
)

// A FirstLink lets somebody sign in who never has.
type FirstLink struct{ Name, Token string }

// ErrNoHead says that there is nobody who can sign in, and that the head of mission's key is
// not on this machine.
var ErrNoHead = errors.New("the head of mission's key is not here")

// FirstLinks makes the head of mission's account while nobody has one, and of a demo
// those of everybody else. It gives a link to each of them who never signed in; where it
// fails, to those before.
func FirstLinks(ctx context.Context, room *monitor.Room, store *people.Store, demo bool) (links []FirstLink, err error) {
	m := room.Mission()
	all, err := store.All(ctx)
	if err != nil {
		return nil, err
	}
	file := m.Private("head-of-mission.key")
	if len(all) == 0 {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNoHead
		}
		if err := store.Add(ctx, people.Account{Name: "head-of-mission", Role: string(ledger.HeadOfMission), Key: file}); err != nil {
			return nil, err
		}
	}
	list := []people.Account{{Name: "head-of-mission"}}
	if demo {
		for _, p := range m.Agreement.Parties {
			list = append(list, people.Account{Name: strings.ToLower(string(p.ID)) + "-1", Role: string(ledger.Liaison), Party: string(p.ID)})
		}
		for _, r := range []ledger.Role{ledger.Intake, ledger.Monitor, ledger.DutyOfficer, ledger.Verification, ledger.ReportingOfficer, ledger.Mediator, ledger.Guarantor} {
			list = append(list, people.Account{Name: strings.TrimSuffix(string(r), "-officer") + "-1", Role: string(r)})
		}
	}
	for _, a := range list {
		got, err := store.Account(ctx, a.Name)
		if errors.Is(err, people.ErrNobody) {
			if _, err := room.Say(ctx, func(m *intake.Writer) (int64, error) {
				head, err := ledger.LoadSecret(file)
				if err != nil {
					return 0, err
				}
				name, at, err := StateKey(m, head, a, "demo")
				a.Key = name
				return at, err
			}); err != nil {
				return links, fmt.Errorf("%s: %w", a.Name, err)
			}
			if err := store.Add(ctx, a); err != nil {
				return links, err
			}
			got = &a
		} else if err != nil {
			return links, err
		}
		if got.Set || got.Ended {
			continue
		}
		token, err := store.Invite(ctx, a.Name)
		if err != nil {
			return links, err
		}
		links = append(links, FirstLink{a.Name, token})
	}
	return links, nil
}
