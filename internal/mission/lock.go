package mission

import "github.com/opentruce/truce/internal/lock"

// Lock keeps other commands from writing to the mission until done is called; command
// is who has it then, for those who find it locked. The system frees it when this process
// ends, however it ends. If another process has it, the error is a *lock.ErrHeld.
func (m *Folder) Lock(command string) (done func(), err error) {
	return lock.Take(m.Dir, ".lock", command)
}

// LockFiles keeps other commands from reading files into the mission while this one
// does so through a running room: two that read the same file at the same time would
// each find its rows new.
func (m *Folder) LockFiles(command string) (done func(), err error) {
	return lock.Take(m.Dir, ".lock-files", command)
}
