package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/opentruce/truce"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// wrongCall is the error of a command line that cannot be carried out as it is written.
type wrongCall struct {
	cmd *cobra.Command
	err error
}

func (w wrongCall) Error() string { return w.err.Error() }
func (w wrongCall) Unwrap() error { return w.err }

// usage is what the command wants, with one call that is right.
func (w wrongCall) usage() []string {
	if !w.cmd.HasParent() {
		return []string{"hint: truce --help lists the commands"}
	}
	out := []string{"usage: " + w.cmd.UseLine()}
	for line := range strings.Lines(w.cmd.Example) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, w.cmd.CommandPath()+" ") && !strings.HasSuffix(line, `\`) {
			out = append(out, "example: "+line)
			break
		}
	}
	return append(out, "hint: "+w.cmd.CommandPath()+" --help says more")
}

// checkCalls lets each command below cmd, and cmd itself, say what is wrong with a call.
func checkCalls(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		checkCalls(sub)
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var unknown *pflag.NotExistError
		if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
			name := unknown.GetSpecifiedName()
			err = fmt.Errorf("--%s is not a flag of %s%s", name, cmd.CommandPath(), suggestFlag(cmd, name))
		}
		return wrongCall{cmd, err}
	})
	check := cmd.Args
	if check == nil {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		if err == nil {
			err = missingFlags(cmd)
		}
		if err == nil {
			return nil
		}
		if better := countArgs(cmd, args); better != nil {
			err = better
		}
		return wrongCall{cmd, err}
	}
}

// suggestFlag names the flag that was probably meant.
func suggestFlag(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near := truce.Suggest(name, names); strings.Contains(near, "did you mean") {
		return strings.Replace(near, `"`, `"--`, 1)
	}
	return "" // --help lists them
}

// missingFlags names the flags that a command needs and does not have.
func missingFlags(cmd *cobra.Command) error {
	var missing []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Annotations[cobra.BashCompOneRequiredFlag] != nil && !f.Changed {
			missing = append(missing, "--"+f.Name)
		}
	})
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s is missing", missing[0])
	}
	last := len(missing) - 1
	return fmt.Errorf("%s and %s are missing", strings.Join(missing[:last], ", "), missing[last])
}

// countArgs names the first argument that is missing, or the first too many; nil where
// the number is right or the usage does not tell.
func countArgs(cmd *cobra.Command, args []string) error {
	var wanted []string
	optional, many := 0, false
	for _, word := range strings.Fields(cmd.Use)[1:] {
		if strings.Contains(word, "--") {
			break
		}
		if name := strings.TrimSuffix(word, "..."); strings.HasPrefix(name, "[") {
			optional++
		} else {
			wanted = append(wanted, name)
		}
		many = many || strings.Contains(word, "...")
	}
	switch {
	case len(args) < len(wanted):
		return fmt.Errorf("%s is missing", wanted[max(0, len(args))])
	case !many && len(args) > len(wanted)+optional:
		if near := truce.Suggest(args[0], commandNames(cmd)); strings.Contains(near, "did you mean") {
			return fmt.Errorf("%q is not a command%s", cmd.CommandPath()+" "+args[0], near)
		}
		return fmt.Errorf("%q is one argument too many", args[len(wanted)+optional])
	}
	return nil
}

// What cobra says of a command that does not exist, and of flags that exclude each other.
var (
	unknownCommand = regexp.MustCompile(`^unknown command ("[^"]*") for `)
	exclusive      = regexp.MustCompile(`^if any flags in the group .* none of the others can be; \[([^\]]*)\] were all set`)
)

// callError is an error of cobra's own as a wrongCall; other errors stay as they are.
func callError(cmd *cobra.Command, err error) error {
	var wrong wrongCall
	switch text := err.Error(); {
	case errors.As(err, &wrong):
		return err
	case unknownCommand.MatchString(text):
		word := strings.Trim(unknownCommand.FindStringSubmatch(text)[1], `"`)
		near := truce.Suggest(word, commandNames(cmd))
		if !strings.Contains(near, "did you mean") { // --help lists them all, in groups
			near = ""
		}
		return wrongCall{cmd, fmt.Errorf("%q is not a command%s", cmd.CommandPath()+" "+word, near)}
	case exclusive.MatchString(text):
		names := strings.Fields(exclusive.FindStringSubmatch(text)[1])
		return wrongCall{cmd, fmt.Errorf("--%s exclude each other", strings.Join(names, " and --"))}
	}
	return err
}

// commandNames are the commands below cmd that --help lists.
func commandNames(cmd *cobra.Command) (names []string) {
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			names = append(names, sub.Name())
		}
	}
	return names
}
