package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

func (c command) follow() *cobra.Command {
	var trust trustFlags
	var once, all, lean bool
	var every time.Duration
	var witness string
	cmd := &cobra.Command{
		Use:   "follow WHERE MIRROR",
		Short: "Keep a mirror of a record: copy, verify, compute again, and co-sign as a witness",
		Long: `WHERE is a mission, the folder of a record (a USB stick, say), or its address;
MIRROR is a folder here. Each file is verified while it arrives, and is not asked for again once it
has arrived, so a run over a bad link continues where it stopped. Then every incident and finding is computed again and compared with the
digests of what the mission published.

If the record contradicts what was mirrored before, both checkpoints and the other
history are kept in MIRROR/forks: with the mirror, they prove to anyone that the mission
signed two histories. Exit 1; the mirror is not changed.

With --witness, you co-sign the mirror's checkpoint: you saw this whole record, and it
contradicts nothing that you saw before.`,
		Example: `  truce follow https://monitor.example/record mirror --key truce/field-1+1a2b3c4d+AbC...
  truce follow /media/usb/record mirror --once
  truce follow https://monitor.example/record mirror --every 5m --witness example.org-witness-1`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if every < 0 {
				return fmt.Errorf("--every %s: want a time from 0, such as 5m", every)
			}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			f := c.follower(trust.Trust, args[0], args[1])
			f.All, f.Lean = all, lean
			if err := f.CosignWith(witness); err != nil {
				return err
			}
			for {
				err := reachable(args[0], f.Round(ctx))
				var fork *mirror.Fork
				switch {
				case errors.As(err, &fork) || errors.Is(err, audit.ErrFault) && every == 0 || errors.Is(err, mirror.ErrDiffers):
					fmt.Fprintf(c.out, "ALARM: %s\n", report.Clean(err.Error()))
					return exit(exitNo)
				case once || every == 0 || err == nil && ctx.Err() != nil:
					return err
				case err != nil:
					fmt.Fprintf(c.err, "truce: %s; trying again in %s\n", err, every)
				}
				select {
				case <-ctx.Done():
					return nil
				case <-time.After(every):
				}
			}
		},
	}
	trust.flags(cmd)
	fl := cmd.Flags()
	fl.BoolVar(&once, "once", false, "one round, and no more (the default without --every)")
	fl.DurationVar(&every, "every", 0, "keep running, one round in each such time: 1m")
	fl.StringVar(&witness, "witness", "", "co-sign with this key: a file, or a name")
	fl.BoolVar(&all, "all", false, "recompute every publication, not only the last")
	fl.BoolVar(&lean, "lean", false, "leave the files beside the record: evidence is not copied; the agreement, and what findings depend on, is")
	return cmd
}

// follower keeps the mirror in dir of the record at where, and prints what it does.
func (c command) follower(trust mirror.Trust, where, dir string) *mirror.Follower {
	return &mirror.Follower{Trust: trust, Where: where, Dir: dir, Now: c.now, Open: c.openMission, Progress: c.progress, Tell: c.news}
}

// progress is a bar for one piece of work.
func (c command) progress() mission.Progress { return c.bar() }

// news prints what a follower tells.
func (c command) news(n mirror.News) {
	say := func(format string, args ...any) { fmt.Fprintf(c.out, format+"\n", args...) }
	switch n := n.(type) {
	case mirror.KeyStated:
		say("! the record's key is the one that it states itself; compare it with what the mission gave you:\n  %s", n.Text)
	case mirror.Older:
		say("%s: what is there is older, %s of the %d that this mirror has: nothing new, and nothing that contradicts it", n.Theirs.Origin, mission.Plural(int(n.Theirs.Size), "entry"), n.Ours.Size)
	case mirror.CopiedAgain:
		say("  ! this mirror's own copy was damaged (%v), and was copied again", n.Fault)
	case mirror.Followed:
		c.followed(n)
	case mirror.Objections:
		say("  ! %s to entries of the record; %s skipped:", mission.Plural(len(n.List), "objection"), mission.Are(n.Skipped, "entry"))
		for i, o := range n.List {
			if i == mostListed {
				say("      and %d more", len(n.List)-i)
				break
			}
			say("      entry %d: %s: %s", o.Entry, o.Rule, report.Clean(o.Why))
		}
	case mirror.OtherMethod:
		say("  entry %d (%s) was published with the method %.40s; this build has %.40s and cannot compute it again: use the build of that time", n.Entry, n.Title, n.Method, mission.ThisMethod())
	case mirror.Recomputed:
		if n.Withheld > 0 {
			say("  recomputed what entry %d published (%s), as far as it is public: the same, digest %s; %s withheld here", n.Entry, n.Title, n.Digest, mission.Are(n.Withheld, "input"))
			break
		}
		say("  recomputed what entry %d published (%s): the same, digest %s", n.Entry, n.Title, n.Digest)
	case mirror.Computed:
		why := "nothing was published yet to compare it with"
		if n.Others > 0 {
			why = "nothing was published with this method to compare it with"
		}
		say("  recomputed: %s as listed, digest %s; %s", mission.Plural(n.Incidents, "incident"), n.Digest, why)
	}
}

// followed says what a round did.
func (c command) followed(n mirror.Followed) {
	s := n.Summary
	fmt.Fprintf(c.out, "%s: %s, %d of them new; all verified", s.Checkpoint.Origin, mission.Plural(int(s.Checkpoint.Size), "entry"), s.Checkpoint.Size-n.Before)
	if n.Bytes > 0 {
		fmt.Fprintf(c.out, "; %.1f MB copied", float64(n.Bytes)/1e6)
	}
	if age := c.now().Sub(s.Last).Round(time.Second); !s.Last.IsZero() {
		fmt.Fprintf(c.out, "; the last was received %s ago", age)
	}
	fmt.Fprintln(c.out)
	needed, others := mirror.Needed(n.Missing)
	if needed > 0 {
		fmt.Fprintf(c.out, "  %s missing there that findings depend on: findings from this copy leave out the entries that name them\n", mission.Are(needed, "file"))
	}
	if len(others) > 0 {
		fmt.Fprintf(c.out, "  %s named and not to be had there: not public\n", mission.Are(len(others), "file"))
	}
	if n.CosignedAs != "" {
		fmt.Fprintf(c.out, "  co-signed as %s\n", n.CosignedAs)
	}
}
