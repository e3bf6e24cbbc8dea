package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/remote"
)

const serverHelp = "hand it to the room at this address (https://...); MISSION is a mirror here, which is made if it is not there"

// far is the room at the address of --server, once it was asked.
type far struct {
	address string
	room    *remote.Elsewhere
}

// farRoom is the room at --server.
func (c command) farRoom() (*remote.Elsewhere, error) {
	room, err := remote.At(c.far.address)
	if err == nil && c.pause > 0 {
		room.Pause = c.pause
	}
	return room, err
}

// followFar brings the folder that a command reads up to date with the room at
// --server, and makes it if it is not there: a mirror without evidence.
func (c command) followFar(dir string) error {
	if c.far == nil || c.far.address == "" || c.far.room != nil {
		return nil
	}
	room, err := c.farRoom()
	if err != nil {
		return err
	}
	c.far.room = room
	own := c
	own.far, own.into = nil, new(string)
	f := own.follower(mirror.Trust{}, c.far.address, dir)
	f.Lean, f.NoRecompute = true, true
	f.Tell = func(n mirror.News) { own.news(n) } // where own prints changes below
	switch m, err := mission.Open(dir); {
	case err == nil && m.About.Mirror == "": // on the mission's own machine
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil:
		if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
			return mission.Hinted(fmt.Errorf("%s is neither a mission nor a mirror", dir), "name a new folder: a mirror is made in it")
		}
		fmt.Fprintf(c.err, "truce: %s is not there: making a mirror of %s\n", dir, c.far.address)
		own.out = c.err
	default:
		own.out = io.Discard
	}
	room.Follow = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		err := f.Round(ctx)
		own.out = io.Discard
		return err
	}
	return reachable(c.far.address, room.Follow())
}

// submitFar hands files to the room at --server. A mirror is not needed: without one,
// receipts are checked with the key that the server states itself.
func (c command) submitFar(args []string) error {
	room, err := c.farRoom()
	if err != nil {
		return err
	}
	m := mission.NewMission("")
	if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
		if m, err = mission.Open(args[0]); err != nil {
			return err
		}
		if args = args[1:]; len(args) == 0 {
			return mission.Hinted(errors.New("which file?"), "truce submit --server "+c.far.address+" FILE...")
		}
	} else {
		fetch, err := audit.HTTP(&http.Client{Timeout: time.Minute}, c.far.address)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		if m.About.Record, err = audit.Introduced(ctx, mirror.Patient(fetch)); err != nil {
			return fmt.Errorf("%s: %w", c.far.address, err)
		}
		fmt.Fprintf(c.out, "! receipts are checked with the key that the server states itself; compare it with what the mission gave you, or name a mirror: truce submit MIRROR --server ...\n  %s\n", m.About.Record)
	}
	return c.takeAll(intake.WriterThrough(m, room).Receive, args)
}

// readsFiles gets a mission ready to have files read into it through a room: one command
// at a time does so in a folder.
func (c command) readsFiles(m *intake.Writer) (done func(), err error) {
	done = func() {}
	switch {
	case m.Server() == nil: // it has the mission's lock
		return done, nil
	case m.Server().Elsewhere() && m.About.Mirror == "": // the room itself locks this folder
		return done, nil
	}
	if done, err = m.LockFiles(c.name()); err != nil {
		return nil, besides(err, "")
	}
	if m.Server().Elsewhere() {
		err = c.far.room.Known(m.Dir)
	} else {
		err = m.Server().Settle() // a run that was cut short may have been writing until now
	}
	if err != nil {
		done()
		return nil, err
	}
	return done, nil
}

// look brings a mirror up to date with what was just recorded, to say what follows.
func look(m *intake.Writer) error {
	if m.Server() == nil || !m.Server().Elsewhere() {
		return nil
	}
	if err := m.Server().Settle(); err != nil {
		return mission.Hinted(fmt.Errorf("it is recorded, and this mirror could not be brought up to date: %w", err), "truce follow shows what follows from it")
	}
	return nil
}
