package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// A screen is standard output at a terminal. Tables are as wide as it, and what is longer
// than it goes through a pager. Output that is piped or redirected has no screen.
type screen struct {
	file   *os.File
	width  int
	height int
	paged  bool // what is written is kept until end, for the pager
	kept   bytes.Buffer
}

// screenOf is the screen behind out; nil where out is not a terminal.
func screenOf(out io.Writer) *screen {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	s := &screen{file: f, width: 80, height: 24}
	if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 && h > 0 {
		s.width, s.height = w, h
	}
	// As shells let people say it.
	for name, to := range map[string]*int{"COLUMNS": &s.width, "LINES": &s.height} {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
			*to = n
		}
	}
	return s
}

func (s *screen) Write(p []byte) (int, error) {
	if s.paged {
		return s.kept.Write(p)
	}
	return s.file.Write(p)
}

// widthOf is how many columns a line of w may have; 0: any number.
func widthOf(w io.Writer) int {
	if s, ok := w.(*screen); ok {
		return s.width
	}
	return 0
}

// end shows what was kept: through the pager if it is longer than the screen. What the
// pager does not show, because it cannot be started, is printed.
func (s *screen) end() {
	text := s.kept.Bytes()
	if bytes.Count(text, []byte("\n")) >= s.height {
		if pager := pagerCommand(); pager != nil {
			pager.Stdin, pager.Stdout, pager.Stderr = bytes.NewReader(text), s.file, os.Stderr
			// Who leaves a pager early breaks its pipe, which is not a failure.
			if pager.Start() == nil {
				_ = pager.Wait()
				return
			}
		}
	}
	_, _ = s.file.Write(text)
}

// pagerCommand is the pager that PAGER names, or less; nil: none is wanted, or there is none.
func pagerCommand() *exec.Cmd {
	line, set := os.LookupEnv("PAGER")
	line = strings.TrimSpace(line)
	if !set {
		line = "less"
	}
	if line == "" || line == "cat" || os.Getenv("TERM") == "dumb" {
		return nil
	}
	words := strings.Fields(line)
	if path, err := exec.LookPath("sh"); err == nil && len(words) > 1 { // it may quote
		words = []string{path, "-c", line}
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = os.Environ()
	if _, set := os.LookupEnv("LESS"); !set {
		cmd.Env = append(cmd.Env, "LESS=FRX") // ends on one page, shows colours, leaves the text there
	}
	return cmd
}

// pagedBy marks a command whose output may go through a pager.
const pagedBy = "pager"

// paged marks cmd.
func paged(cmd *cobra.Command) *cobra.Command {
	cmd.Annotations = map[string]string{pagedBy: "yes"}
	return cmd
}
