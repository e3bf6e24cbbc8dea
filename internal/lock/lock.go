// Package lock answers: which process has this mission open for writing?
package lock

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/opentruce/truce/internal/disk"
)

// A Holder is a process that has a mission open for writing.
type Holder struct {
	Command string `json:"command"` // such as "truce serve"
	PID     int    `json:"pid"`
}

// ErrHeld says that another process has a mission open for writing.
type ErrHeld struct {
	Dir string
	By  Holder // zero: it is not known which
}

func (e *ErrHeld) Error() string {
	if e.By.PID == 0 {
		return fmt.Sprintf("another process has the mission %s open", e.Dir)
	}
	return fmt.Sprintf("`%s` (process %d) has the mission %s open", e.By.Command, e.By.PID, e.Dir)
}

// Take locks a folder by a file in it until done is called; command is who has it then, for
// those who find it locked. The system frees it when this process ends, however it ends. If
// another process has it, the error is an *ErrHeld.
func Take(dir, name, command string) (done func(), err error) {
	name = filepath.Join(dir, name)
	l := flock.New(name)
	ok, err := l.TryLock()
	if err != nil {
		return nil, err
	}
	holder := name + ".holder"
	if !ok {
		return nil, &ErrHeld{dir, readHolder(holder)}
	}
	// Who has the lock is written for people: where it cannot be, the lock is as good.
	text, _ := json.Marshal(Holder{cmp.Or(command, "truce"), os.Getpid()})
	_ = disk.Replace(holder, 0o644, append(text, '\n'))
	return func() {
		_ = os.Remove(holder)
		_ = l.Unlock() // its file stays, and locks nothing
	}, nil
}

// readHolder reads who has a lock. Its holder writes that a moment after it has the
// lock, and a process that was killed leaves its name behind: a name that is older
// than the lock is the lesser evil, and is gone within that moment.
func readHolder(name string) (h Holder) {
	for range 20 {
		if text, err := os.ReadFile(name); err == nil && json.Unmarshal(text, &h) == nil && h.PID > 0 && running(h.PID) {
			return h
		}
		time.Sleep(10 * time.Millisecond)
	}
	return Holder{}
}
