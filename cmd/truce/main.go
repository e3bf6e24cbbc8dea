// Command truce is a ceasefire monitor that both sides can run: it reads an
// agreement and what anyone saw, and says article by article what follows.
package main

import (
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/progress"
	"github.com/opentruce/truce/internal/thrift"

	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Exit codes, the same for every command.
const (
	exitOK     = 0
	exitNo     = 1 // it ran, and the answer is no: a statement does not hold, an agreement has errors, rows were rejected
	exitUnread = 2 // something could not be read, or the call is wrong
)

func main() {
	thrift.Command()
	os.Exit(run())
}

func run() int {
	return command{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, args: os.Args[1:]}.run()
}

// command is the world as the commands see it, so that tests can hand in
// another.
type command struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	args     []string
	into     *string       // sign into this file instead of the record; set by root
	far      *far          // the room that --server names; set by root
	pause    time.Duration // before it sends something to that room again; zero: as long as remote does
}

// exit carries an exit code with nothing more to say.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func (c command) run() int {
	c.into, c.far = new(string), &far{}
	shown := screenOf(c.out)
	if shown != nil {
		c.out = shown
	}
	root := c.root()
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) {
		if shown != nil && cmd.Annotations[pagedBy] != "" {
			shown.paged = true
		}
	}
	root.SetArgs(c.args)
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	cmd, err := root.ExecuteC()
	if shown != nil {
		shown.end() // before what went wrong is said
	}
	if err != nil {
		err = callError(cmd, err)
	}
	var code exit
	var wrong wrongCall
	var h mission.Hint
	var handed intake.HandedOver
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &handed):
		fmt.Fprintf(c.out, "%s: signed; hand it to the mission, which takes it in with: truce submit MISSION %s\n", handed.File, handed.File)
		return exitOK
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintf(c.err, "truce: error: %s\n", strings.TrimSpace(err.Error()))
	if errors.As(err, &h) {
		fmt.Fprintf(c.err, "truce: hint: %s\n", h.Hint)
	}
	if errors.As(err, &wrong) {
		for _, line := range wrong.usage() {
			fmt.Fprintf(c.err, "truce: %s\n", line)
		}
	}
	return exitUnread
}

func (c command) root() *cobra.Command {
	if c.into == nil {
		c.into = new(string)
	}
	if c.far == nil {
		c.far = &far{}
	}
	root := &cobra.Command{
		Use:   "truce",
		Short: "A ceasefire monitor that both sides can run",
		Long: `Truce takes a ceasefire agreement in machine-readable form and everything anyone
saw, and says, article by article, what happened, what is an apparent violation,
what nobody could see, and what must still be checked. People decide.

Exit codes: 0 all is well; 1 it ran, and the answer is negative (an agreement has
errors, a statement of a scenario does not hold, rows were rejected); 2 something
could not be read, or the call is wrong.`,
		Example: `  truce demo                                     a truce of 2016 with its real data, as a report with a map
  truce check agreements/ukraine-air-first       what is wrong with an agreement, all at once
  truce test agreements/ukraine-air-first        run its cases`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(c.demo(), c.init(), c.keygen(), c.keys(), c.verify(), c.follow(), c.serve(), c.rebuild(), c.serveRecord(), c.replay(), c.proof(), c.export(), c.importBundle(), c.release(), c.disclose(), c.forget(), c.consent(), c.amend(), c.method(), c.outage(), c.withdraw(), c.submit(), c.mapFile(), c.places(), c.ingest(), c.decide(), c.respond(), c.attribute(), c.notify(), c.allege(), c.observe(), c.restrict(), c.incidents(), c.rejected(), c.findings(), c.calendar(), c.sources(), c.explain(), c.card(), c.report(), c.check(), c.show(), c.test(), c.control(), c.schema(), c.version())
	for _, g := range groups {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, cmd := range root.Commands() {
			if slices.Contains(strings.Fields(g.commands), cmd.Name()) {
				cmd.GroupID = g.title
			}
		}
	}
	checkCalls(root)
	addCompletions(root)
	root.SetHelpCommandGroupID(other)
	root.SetCompletionCommandGroupID(other)
	return root
}

const other = "Other:"

// groups are the commands as people look for them.
var groups = []struct{ title, commands string }{
	{"Agreements:", "check show test control schema"},
	{"A mission and its findings:", "demo init ingest rejected incidents findings calendar sources explain report"},
	{"The room:", "serve rebuild"},
	{"What people say, each with a key and a reason:", "decide respond attribute notify allege observe restrict withdraw outage submit"},
	{"Keys and terms:", "keygen keys consent amend method"},
	{"The record:", "verify proof follow replay serve-record export import"},
	{"What is not public:", "release disclose forget"},
	{other, "version"}, // and help and completion
}

// bar shows how far a long piece of work is, to people at a terminal.
func (c command) bar() *progress.Bar { return progress.New(c.err) }

// openMission opens a mission for a command, with its clock and its progress bar.
func (c command) openMission(dir string) (*mission.Mission, error) {
	if err := c.followFar(dir); err != nil {
		return nil, err
	}
	m, err := mission.Open(dir)
	if err != nil {
		return nil, err
	}
	m.Now, m.Progress = c.now, c.bar()
	return m, nil
}
