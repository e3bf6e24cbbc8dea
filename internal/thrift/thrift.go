// Package thrift answers: how much memory may a process use to be quick? The Go runtime is
// told so once, at its start.
package thrift

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// A command that holds little leaves more garbage behind: most commands read some zones
// and end, and a third of their time was spent on collecting. One that holds much leaves
// little: a mission of a million observations must fit a laptop in a tent.
const (
	littleHeld  = 32 << 20 // bytes that are still held after a collection
	whileLittle = 400      // per cent of what is held may be garbage beside it
	onceMuch    = 25
)

// garbage is what holds once much is held; a room sets its own.
var garbage atomic.Int32

// Command is for a command that ends: it begins with whileLittle, and goes over to
// garbage after the first collection that leaves more than littleHeld.
func Command() {
	garbage.Store(onceMuch)
	debug.SetGCPercent(whileLittle)
	afterEachGC(func() bool {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if m.HeapAlloc < littleHeld {
			return true
		}
		debug.SetGCPercent(int(garbage.Load()))
		return false
	})
}

// afterEachGC calls f after each collection for as long as it says so: what nobody holds
// is found by each of them.
func afterEachGC(f func() bool) {
	runtime.AddCleanup(&struct{ _ [16]byte }{}, func(int) {
		if f() {
			afterEachGC(f)
		}
	}, 0)
}

// spare lets so many per cent be garbage from now on.
func spare(percent int) {
	garbage.Store(int32(percent))
	debug.SetGCPercent(percent)
}

// roomGC is how much of what a room holds may be garbage beside it before all of it is
// looked through, in percent. A record of a million is 2 GB that stay, and looking
// through them takes a second of the processors that readers wait for.
const roomGC = 300

// Room lets a room use memory to be quick, up to seven tenths of the machine's or the
// container's. GOMEMLIMIT and GOGC take precedence where they are set.
func Room() {
	_, err := memlimit.Set(memlimit.WithRatio(0.7), memlimit.WithProvider(memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)))
	switch {
	case os.Getenv("GOGC") != "":
	case err == nil:
		spare(roomGC)
	default: // nobody knows how much there is
		spare(100)
	}
}
