package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/lock"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/remote"
)

// How a command gets along with a room that has the mission open. TestBesideARoom
// holds the table against the tree of commands.
type way int

const (
	throughRoom way = iota // it reaches the running room, and writes through it
	noLock                 // it only reads, or writes somewhere else
	nameHolder             // it needs the mission for itself: it names the process that has it, and what to do
)

// ways says it of every command. With --into FILE, each command that signs needs no
// lock.
var ways = map[string]way{
	"ingest": throughRoom, "decide": throughRoom, "respond": throughRoom, "attribute": throughRoom, "notify": throughRoom, "allege": throughRoom,
	"observe": throughRoom, "restrict": throughRoom, "withdraw": throughRoom, "outage": throughRoom, "submit": throughRoom, "keys add": throughRoom,
	"keys replace": throughRoom, "keys revoke": throughRoom, "consent": throughRoom, "amend": throughRoom, "method": throughRoom,
	"release": throughRoom, "disclose": throughRoom, "forget": throughRoom, "report": throughRoom,

	"check": noLock, "show": noLock, "test": noLock, "control": noLock, "schema": noLock, "keygen": noLock, "init": noLock, "incidents": noLock, "findings": noLock, "calendar": noLock,
	"explain": noLock, "card": noLock, "sources": noLock, "keys": noLock, "verify": noLock, "proof": noLock, "follow": noLock, "replay": noLock, "serve-record": noLock, "export": noLock,
	"import": noLock, "rejected": noLock, "map": noLock, "version": noLock, "places add": noLock, "places list": noLock, "places find": noLock,

	"serve": nameHolder, "rebuild": nameHolder, "demo": nameHolder,
}

// reach gets a mission ready to be written to: with its lock, or through the room that
// has it open.
func (c command) reach(m *mission.Mission) (w *intake.Writer, done func(), err error) {
	return remote.Reach(m, c.name())
}

// alone is reach for a command that needs the mission for itself: what says what to do
// where a room has it open.
func (c command) alone(m *mission.Mission, what string) (done func(), err error) {
	done, err = m.Lock(c.name())
	return done, besides(err, what)
}

// besides adds to the error of a mission that another process has open what to do.
func besides(err error, what string) error {
	var held *lock.ErrHeld
	switch {
	case !errors.As(err, &held):
		return err
	case held.By.Command == "truce serve":
		return mission.Hinted(err, strings.ReplaceAll(what, "PID", fmt.Sprint(held.By.PID)))
	}
	return mission.Hinted(err, "wait for it to end, and repeat the command")
}

// mostAgain is how often a command reads and signs again because others were quicker.
const mostAgain = 10

// again lets a command say something that rests on what it has read. Where others
// were quicker, it reads what they said and says it again.
func (c command) again(m *intake.Writer, say func() error) error {
	for n := 1; ; n++ {
		err := say()
		if !errors.Is(err, intake.ErrMoved) {
			return err
		}
		if n == mostAgain {
			return mission.Hinted(err, "others write to the record all the time; repeat the command")
		}
		if err := m.Again(); err != nil {
			return err
		}
	}
}

// name is this command as people know it.
func (c command) name() string {
	if len(c.args) == 0 {
		return "truce"
	}
	name := "truce " + c.args[0]
	if c.args[0] == "keys" && len(c.args) > 1 && slices.Contains([]string{"add", "replace", "revoke"}, c.args[1]) {
		name += " " + c.args[1]
	}
	return name
}
