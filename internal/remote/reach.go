package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/lock"
	"github.com/opentruce/truce/internal/mission"
)

// opening is how long a command waits for a room that is still being opened.
const opening = 15 * time.Second

// Reach gets a mission ready to be written to by a command: with its lock, or through the
// room that has it open.
func Reach(m *mission.Mission, command string) (w *intake.Writer, done func(), err error) {
	for begin := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		// The lock comes first: the leftovers of a room that was killed are not a running room.
		done, err := m.Lock(command)
		var held *lock.ErrHeld
		switch {
		case errors.Is(err, fs.ErrPermission):
			return nil, nil, mission.Hinted(fmt.Errorf("this user may not write to %s: %w", m.Dir, err), "run the command as the user whose mission it is, or hand it to the running room: --server ADDRESS")
		case !errors.As(err, &held):
			return intake.NewWriter(m), done, err
		}
		room, ferr := Find(context.Background(), m.Folder)
		if ferr == nil {
			if ferr = room.Settle(); ferr == nil {
				return intake.WriterThrough(m, room), room.Close, nil
			}
			room.Close()
		}
		serves := held.By.Command == "truce serve"
		switch {
		case errors.Is(ferr, fs.ErrPermission):
			return nil, nil, mission.Hinted(fmt.Errorf("%w, and runs as another user (%w)", held, ferr), "run this command as that user")
		case serves && errors.Is(ferr, ErrNoRoom) && time.Since(begin) < opening: // it is being opened, or has just ended
			continue
		case serves && errors.Is(ferr, ErrNoRoom):
			return nil, nil, mission.Hinted(fmt.Errorf("%w, and does not answer", held), "wait until it prints the room's address, and repeat the command; a large mission takes a minute or two")
		case serves:
			return nil, nil, fmt.Errorf("%w, and cannot be reached: %w", held, ferr)
		}
		return nil, nil, mission.Hinted(held, "wait for it to end, and repeat the command")
	}
}
