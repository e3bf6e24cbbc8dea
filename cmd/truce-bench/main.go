// Command truce-bench answers: how fast is Truce? It measures the way from files to
// findings, the record, and a room that many people use while it is attacked and killed.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/thrift"
	"github.com/spf13/cobra"
)

// Exit codes are those of truce.
const (
	exitNo     = 1 // it measured, and the answer is no: something was lost, or readers waited too long
	exitUnread = 2
)

// errNo ends a command with exitNo and nothing more to say.
var errNo = errors.New("no")

func main() {
	thrift.Command() // as truce does, so that both need the same memory
	os.Exit(command{out: os.Stdout, err: os.Stderr, now: time.Now, args: os.Args[1:]}.run())
}

// command is the world as the commands see it, so that tests can hand in another.
type command struct {
	out, err io.Writer
	now      func() time.Time
	args     []string
}

func (c command) run() int {
	root := &cobra.Command{
		Use:   "truce-bench",
		Short: "Measure how fast Truce is on this machine",
		Long: `Truce-bench measures Truce on this machine; doc/performance.md says what was measured
elsewhere.

Exit codes: 0 it measured; 1 it measured, and something was lost or readers waited too
long; 2 something could not be read, or the call is wrong.`,
		Example: `  truce-bench findings
  truce-bench formats
  truce-bench record
  truce-bench load --for 5m`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(c.findings(), c.formats(), c.record(), c.load())
	root.SetArgs(c.args)
	root.SetOut(c.out)
	root.SetErr(c.err)
	err := root.Execute()
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return exitNo
	}
	fmt.Fprintf(c.err, "truce-bench: error: %s\n", strings.TrimSpace(err.Error()))
	var h mission.Hint
	if errors.As(err, &h) {
		fmt.Fprintf(c.err, "truce-bench: hint: %s\n", h.Hint)
	}
	return exitUnread
}

// sizes are the two numbers of observations that are measured.
type sizes struct{ small, large int }

func (s *sizes) flags(cmd *cobra.Command) {
	cmd.Flags().IntVar(&s.small, "small", 100_000, "observations in the first run")
	cmd.Flags().IntVar(&s.large, "large", 1_000_000, "observations in the second run")
}

var errSizes = errors.New("--small, --large and --one: want numbers of observations from 1")

func (s *sizes) check() error {
	if s.small < 1 || s.large < 1 {
		return errSizes
	}
	return nil
}
