package ledger

import (
	"context"
	"time"

	"github.com/transparency-dev/tessera"
)

// A BareLog is Tessera with the same settings and nothing of ours above it, to
// measure against.
type BareLog struct {
	add  tessera.AddFn
	shut func(context.Context) error
	stop context.CancelFunc
}

// Bare opens a log of Tessera alone.
func Bare(ctx context.Context, dir string, signer *Secret, batch uint, wait time.Duration) (*BareLog, error) {
	quiet()
	d, err := newDriver(ctx, dir)
	if err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(ctx)
	app, shut, _, err := tessera.NewAppender(run, d, options(tessera.NewAppendOptions(), signer, batch, wait))
	if err != nil {
		stop()
		return nil, err
	}
	return &BareLog{app.Add, shut, stop}, nil
}

// Add writes an entry and waits until it is durable.
func (b *BareLog) Add(ctx context.Context, data []byte) error {
	_, err := b.add(ctx, tessera.NewEntry(data))()
	return err
}

// Close waits for a checkpoint of all of it.
func (b *BareLog) Close(ctx context.Context) error {
	defer b.stop()
	return b.shut(ctx)
}

// options are the settings of every log.
func options(o *tessera.AppendOptions, signer *Secret, batch uint, wait time.Duration) *tessera.AppendOptions {
	return o.WithCheckpointSigner(signer.signer).WithBatching(batch, wait).
		WithCheckpointInterval(100 * time.Millisecond).WithCheckpointRepublishInterval(10 * time.Minute).
		WithGarbageCollectionInterval(200 * time.Millisecond)
}
