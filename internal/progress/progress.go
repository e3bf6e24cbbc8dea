// Package progress answers: how far is a long piece of work, and how long will the rest
// take? It shows this to people at a terminal.
package progress

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A Bar shows a long work, piece by piece, once it has taken a second: rate and
// time left as soon as there are steps to tell them by, a turning mark until
// then. A nil Bar shows nothing.
type Bar struct {
	out   io.Writer
	start time.Time

	mu    sync.Mutex
	what  string
	steps int
	drawn *progressbar.ProgressBar // nil: between pieces

	quiet atomic.Bool
}

// New is a bar that is drawn on out, or nil where out is not a terminal.
func New(out io.Writer) *Bar {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &Bar{out: out, start: time.Now()}
}

// Read reports that done of total bytes have been read.
func (b *Bar) Read(what string, done, total int64) {
	b.tell(what, done, total, progressbar.OptionShowBytes(true))
}

// Count reports that done of total things have been dealt with.
func (b *Bar) Count(what string, done, total int) {
	b.tell(what, int64(done), int64(total), progressbar.OptionShowIts(), progressbar.OptionShowCount())
}

// tell draws a piece of work, and wipes it away when it is done.
func (b *Bar) tell(what string, done, total int64, unit ...progressbar.Option) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if what != b.what || done >= total {
		b.wipe()
	}
	if done >= total {
		return
	}
	if b.drawn == nil {
		b.what, b.steps = what, 0
		b.drawn = b.new(-1)
		_ = b.drawn.RenderBlank() // it turns by itself from here
	}
	if done == 0 {
		return
	}
	b.steps++
	if b.steps == 1 { // one step says nothing of a rate
		return
	}
	if b.steps == 2 {
		_ = b.drawn.Finish()
		b.drawn = b.new(total, unit...)
	}
	// The library counts time from here, and would draw a rate out of nothing.
	b.quiet.Store(b.steps == 2)
	defer b.quiet.Store(false)
	if b.drawn.GetMax64() != total {
		b.drawn.ChangeMax64(total)
	}
	_ = b.drawn.Set64(done) // a bar that cannot be drawn harms nothing
}

func (b *Bar) new(total int64, unit ...progressbar.Option) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total, append(unit, progressbar.OptionSetWriter(b), progressbar.OptionSetDescription(b.what),
		progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionSpinnerType(9),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))...)
}

// Write draws, unless it is too early.
func (b *Bar) Write(p []byte) (int, error) {
	if b.quiet.Load() || time.Since(b.start) < time.Second {
		return len(p), nil
	}
	return b.out.Write(p)
}

func (b *Bar) wipe() {
	if b.drawn != nil {
		_ = b.drawn.Finish()
		b.drawn = nil
	}
}

// Done wipes away what is still there.
func (b *Bar) Done() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wipe()
}
