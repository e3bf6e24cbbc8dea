package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows rate and time left of a long work, once it has taken a second, and
// only to people: not where output goes to a file.
type bar struct {
	out   io.Writer
	what  string
	start time.Time
	bar   *progressbar.ProgressBar
}

func (c command) bar(what string) *bar {
	f, ok := c.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &bar{out: c.err, what: what, start: time.Now()}
}

// tell reports that done of total bytes have been read.
func (b *bar) tell(done, total int64) {
	if b == nil || b.bar == nil && time.Since(b.start) < time.Second {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(b.out), progressbar.OptionSetDescription(b.what),
			progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))
	}
	b.bar.ChangeMax64(total)
	_ = b.bar.Set64(done) // a bar that cannot be drawn harms nothing
}

func (b *bar) done() {
	if b != nil && b.bar != nil {
		_ = b.bar.Finish()
	}
}
