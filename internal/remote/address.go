// Package remote answers: how does a command reach a room that another process has
// open? On this machine it goes through a socket in the mission's private folder, from
// elsewhere to the room's address. Either way, what it hands in is signed, and the room
// checks it like everything that is handed in (intake.Writer: Take, TakeBatch).
//
// Being able to reach the socket gives nobody a right: the room rejects everything that is
// not signed with a key that may write it. A command on the socket is trusted for three
// things only. It has no quota, because the owner of the folder can stop the room and write
// without it. It puts files and sealed pieces into the folder itself. And it may hand in rows
// of files, which from elsewhere only the intake may do.
package remote

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/opentruce/truce/internal/disk"
)

// An address is where a room of this machine is reached. It is written to a file in the
// mission's private folder, which its owner alone can read.
type address struct {
	PID     int    `json:"pid"`
	Network string `json:"network"` // unix or tcp
	Address string `json:"address"` // a file beside this one, if it is a name without a folder
	Secret  string `json:"secret"`  // known to the room and to whoever can read this file
}

const (
	addressFile = "room.json"
	socketName  = "room.sock"
	// longestPath is how long the path of a socket may be: macOS has 104 bytes for it,
	// Linux 108, each with a zero at the end.
	longestPath = 100
)

// prove is what a room answers to a challenge. A process that has taken the place of a
// room that ended does not know the secret.
func (a *address) prove(challenge string) string {
	h := hmac.New(sha256.New, []byte(a.Secret))
	h.Write([]byte("truce room\x00" + challenge))
	return hex.EncodeToString(h.Sum(nil))
}

// listen opens the room's socket, and loopback where the system or the folder has none.
// What a room that was killed left behind is replaced: the caller has the mission's
// lock, so no other room uses it.
func listen(private string) (net.Listener, *address, error) {
	if err := disk.MkdirAll(private, 0o700); err != nil {
		return nil, nil, err
	}
	a := &address{PID: os.Getpid(), Network: "unix", Address: socketName, Secret: random()}
	name, err := filepath.Abs(filepath.Join(private, socketName))
	if err != nil {
		return nil, nil, err
	}
	forget(private)
	if len(name) > longestPath {
		dir, err := os.MkdirTemp("", "truce-room-") // its owner's alone
		if err != nil {
			return nil, nil, err
		}
		name = filepath.Join(dir, socketName)
		a.Address = name
	}
	l, uerr := net.Listen("unix", name)
	if uerr == nil {
		if err := os.Chmod(name, 0o600); err != nil {
			l.Close()
			return nil, nil, err
		}
	} else {
		if a.Address != socketName {
			_ = os.RemoveAll(filepath.Dir(name))
		}
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, nil, errors.Join(uerr, err)
		}
		a.Network, a.Address = "tcp", l.Addr().String()
	}
	text, err := json.Marshal(a)
	if err == nil {
		err = disk.WriteBytes(filepath.Join(private, addressFile), 0o600, append(text, '\n'))
	}
	if err != nil {
		l.Close()
		return nil, nil, err
	}
	return l, a, nil
}

// forget removes the address of a room that has ended, and its socket.
func forget(private string) {
	if a, err := readAddress(private); err == nil && a.Network == "unix" && filepath.IsAbs(a.Address) {
		// Only what listen makes: the file is trusted, and a slip in it costs nothing.
		if dir := filepath.Dir(a.Address); strings.HasPrefix(filepath.Base(dir), "truce-room-") && filepath.Base(a.Address) == socketName {
			_ = os.Remove(a.Address)
			_ = os.Remove(dir)
		}
	}
	_ = os.Remove(filepath.Join(private, socketName))
	_ = os.Remove(filepath.Join(private, addressFile))
}

func readAddress(private string) (*address, error) {
	name := filepath.Join(private, addressFile)
	if err := ownersAlone(private); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	a := &address{}
	if err := json.Unmarshal(text, a); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return a, nil
}

// dialable is the path of the socket as this process can use it.
func (a *address) dialable(private string) string {
	if a.Network != "unix" || filepath.IsAbs(a.Address) {
		return a.Address
	}
	name := filepath.Join(private, filepath.Base(a.Address))
	if len(name) > longestPath { // the folder may have been moved, or be reached another way
		if here, err := os.Getwd(); err == nil {
			if near, err := filepath.Rel(here, name); err == nil && len(near) < len(name) {
				return near
			}
		}
	}
	return name
}

func random() string {
	b := make([]byte, 32)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// ownersAlone makes sure that nobody else could have put an address into the folder.
func ownersAlone(private string) error {
	info, err := os.Stat(private)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fs.ErrNotExist
	}
	if m := info.Mode().Perm(); posix && m&0o022 != 0 {
		return fmt.Errorf("%s can be written to by others (mode %04o): what is in it is not trusted", private, m)
	}
	return nil
}
