package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A suite is one package with its tests and its mutants.
type suite struct {
	goCommand  string
	importPath string
	dir, root  string
	files      []string
	work       string
	sources    []*source
	mutants    []*mutant
	tests      []*test
	known      []block // all that coverage knows of, run or not
	binary     string  // with all mutants in it
	flags      []string
	patience   time.Duration // how long tests may take at least before they are late
}

// A test is one function that go test runs by name.
type test struct {
	name   string
	took   time.Duration
	blocks []block // what it ran
}

type block struct {
	file                                   string
	fromLine, fromColumn, toLine, toColumn int
}

func (b *block) contains(m *mutant) bool {
	return b.file == filepath.Base(m.File) &&
		(m.line > b.fromLine || m.line == b.fromLine && m.column >= b.fromColumn) &&
		(m.line < b.toLine || m.line == b.toLine && m.column < b.toColumn)
}

// load finds the mutants of a package and builds its tests with all of them in it.
func load(ctx context.Context, goCommand, pkg, work string, short bool, patience time.Duration) (*suite, error) {
	s := &suite{goCommand: goCommand, work: work, patience: patience}
	if short {
		s.flags = []string{"-test.short"}
	}
	out, err := s.command(ctx, "", "list", "-json=ImportPath,Dir,GoFiles,IgnoredGoFiles,Module", pkg)
	if err != nil {
		return nil, err
	}
	var p struct {
		ImportPath, Dir         string
		GoFiles, IgnoredGoFiles []string
		Module                  struct{ Dir string }
	}
	if err := json.Unmarshal(out, &p); err != nil {
		return nil, fmt.Errorf("%s: want one package: %w", pkg, err)
	}
	s.importPath, s.dir, s.root = p.ImportPath, p.Dir, p.Module.Dir
	for _, f := range p.GoFiles {
		s.files = append(s.files, filepath.Join(p.Dir, f))
	}
	if out, err = s.command(ctx, s.dir, "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "."); err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		exports[path] = file
	}
	if s.sources, s.mutants, err = find(s.root, s.importPath, s.files, exports); err != nil {
		return nil, err
	}
	if err := s.cover(ctx); err != nil {
		return nil, err
	}
	if err := s.build(ctx); err != nil {
		return nil, err
	}
	// With all mutants in it and none of them on, nothing may have changed: else all of
	// them would pass for killed.
	if out, _, err := s.run(ctx, s.binary, s.tests, 10*time.Minute, len(s.mutants)); err != nil {
		return nil, fmt.Errorf("the tests fail with all mutants in it and none on: %w\n%s", err, out)
	}
	return s, nil
}

// command runs the go command.
func (s *suite) command(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.goCommand, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}

// overlay writes what go build -overlay reads.
func (s *suite) overlay(name string, files map[string][]byte) (string, error) {
	replace := map[string]string{}
	for i, path := range slices.Sorted(maps.Keys(files)) {
		replace[path] = filepath.Join(s.work, fmt.Sprintf("%s-%d.go", name, i))
		if err := os.WriteFile(replace[path], files[path], 0o600); err != nil {
			return "", err
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	out := filepath.Join(s.work, name+".json")
	return out, os.WriteFile(out, list, 0o600)
}

// build makes the test binary that has all mutants in it.
func (s *suite) build(ctx context.Context) error {
	out, err := s.command(ctx, s.dir, "list", "-f", "{{.Name}}", ".")
	if err != nil {
		return err
	}
	name := strings.TrimSpace(string(out))
	files := map[string][]byte{filepath.Join(s.dir, "zz_mutants.go"): []byte(strings.Replace(helper, "package PACKAGE", "package "+name, 1))}
	for _, f := range s.sources {
		files[f.path] = f.mutated
	}
	overlay, err := s.overlay("all", files)
	if err != nil {
		return err
	}
	s.binary = filepath.Join(s.work, "all.test")
	if _, err = s.command(ctx, s.dir, "test", "-c", "-vet=off", "-overlay", overlay, "-o", s.binary, "."); err != nil {
		return fmt.Errorf("with all mutants in it the package does not build: %w", err)
	}
	return nil
}

// cover runs each test alone, without any mutant, and notes what it runs.
func (s *suite) cover(ctx context.Context) error {
	binary := filepath.Join(s.work, "cover.test")
	if _, err := s.command(ctx, s.dir, "test", "-c", "-vet=off", "-cover", "-coverpkg", s.importPath, "-o", binary, "."); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, binary, "-test.list", "^(Test|Fuzz|Example)")
	cmd.Dir = s.dir
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: its tests cannot be listed: %w", s.importPath, err)
	}
	profile := filepath.Join(s.work, "profile")
	for name := range strings.FieldsSeq(string(out)) {
		t := &test{name: name}
		start := time.Now()
		if out, _, err := s.run(ctx, binary, []*test{t}, 10*time.Minute, -1, "-test.coverprofile="+profile); err != nil {
			return fmt.Errorf("%s fails without any mutant: %w\n%s", name, err, out)
		}
		t.took = time.Since(start)
		text, err := os.ReadFile(profile)
		if err != nil {
			return err
		}
		if s.known, t.blocks, err = parseProfile(string(text)); err != nil {
			return err
		}
		s.tests = append(s.tests, t)
	}
	if len(s.tests) == 0 {
		return fmt.Errorf("%s has no tests", s.importPath)
	}
	return nil
}

// parseProfile reads the blocks of a coverage profile, and which of them were run.
func parseProfile(text string) (all, run []block, err error) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "mode: ") {
			continue
		}
		at := strings.LastIndexByte(line, ':')
		if at < 0 {
			return nil, nil, fmt.Errorf("coverage: line %q", line)
		}
		b := block{file: filepath.Base(line[:at])}
		var statements, count int
		if _, err := fmt.Sscanf(line[at+1:], "%d.%d,%d.%d %d %d", &b.fromLine, &b.fromColumn, &b.toLine, &b.toColumn, &statements, &count); err != nil {
			return nil, nil, fmt.Errorf("coverage: line %q: %w", line, err)
		}
		all = append(all, b)
		if count > 0 {
			run = append(run, b)
		}
	}
	return all, run, nil
}

// covering are the tests that run a mutant's place, the quickest first. All of them
// may run what is outside of functions, and a place that is in no block, such as what
// follows a function literal in the head of an if.
func (s *suite) covering(m *mutant) []*test {
	at := func(b block) bool { return b.contains(m) }
	anywhere := !m.inside || !slices.ContainsFunc(s.known, at)
	var out []*test
	for _, t := range s.tests {
		if anywhere || slices.ContainsFunc(t.blocks, at) {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b *test) int { return cmp.Compare(a.took, b.took) })
	return out
}

// run runs tests of a binary with one mutant on. late: they did not end in time.
func (s *suite) run(ctx context.Context, binary string, tests []*test, limit time.Duration, id int, more ...string) (out []byte, late bool, err error) {
	var names []string
	for _, t := range tests {
		names = append(names, t.name)
	}
	tmp, err := os.MkdirTemp(s.work, "tmp")
	if err != nil {
		return nil, false, err
	}
	defer os.RemoveAll(tmp)
	// The tests end themselves at the limit; the context is for a binary that cannot.
	ctx, cancel := context.WithTimeout(ctx, limit+5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, slices.Concat([]string{"-test.run", "^(" + strings.Join(names, "|") + ")$", "-test.failfast", "-test.timeout", limit.String()}, s.flags, more)...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "TRUCE_MUTANT="+strconv.Itoa(id), "TMPDIR="+tmp)
	cmd.WaitDelay = time.Second
	out, err = cmd.CombinedOutput()
	late = err != nil && (errors.Is(ctx.Err(), context.DeadlineExceeded) || bytes.Contains(out, []byte("panic: test timed out after")))
	return out, late, err
}

// errSlow says that nothing can be told from a timeout on this machine now.
var errSlow = errors.New("the tests do not end in time without a mutant either: this machine is too busy to tell a mutant that hangs")

// judge runs the tests that reach a mutant until one fails, the quick ones first.
func (s *suite) judge(ctx context.Context, m *mutant) (status, error) {
	if m.Status != runnable {
		return m.Status, nil
	}
	tests := s.covering(m)
	if len(tests) == 0 {
		return notCovered, nil
	}
	binary := s.binary
	if m.compile {
		var err error
		if binary, err = s.alone(ctx, m); err != nil || binary == "" {
			return notViable, err
		}
		defer os.Remove(binary)
	}
	for _, group := range groups(tests) {
		var took time.Duration
		for _, t := range group {
			took += t.took
		}
		limit := s.patience + 10*took
		for try := 0; ; try++ {
			out, late, err := s.run(ctx, binary, group, limit, m.ID)
			if ctx.Err() != nil {
				return runnable, ctx.Err()
			}
			if err == nil {
				break
			}
			if !late {
				var exit *exec.ExitError
				if !errors.As(err, &exit) {
					return runnable, err
				}
				if s.byChance(ctx, binary, group, out, limit, m.ID) {
					break
				}
				return killed, nil
			}
			// Was it the mutant or the machine? The same tests without it, at once
			// after it, in a quarter of the time.
			if _, _, err := s.run(ctx, s.binary, group, limit/4, -1); err == nil {
				return timedOut, nil
			}
			if try == 3 {
				return runnable, errSlow
			}
			limit *= 2
		}
	}
	return lived, nil
}

var failedTest = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

// byChance runs the test that failed once more, alone: on a busy machine a test may fail
// without a mutant too. One that passes now has noticed nothing.
func (s *suite) byChance(ctx context.Context, binary string, group []*test, out []byte, limit time.Duration, id int) bool {
	f := failedTest.FindSubmatch(out)
	if f == nil {
		return false // it panicked elsewhere, or used all memory
	}
	at := slices.IndexFunc(group, func(t *test) bool { return t.name == string(f[1]) })
	if at < 0 {
		return false
	}
	_, _, err := s.run(ctx, binary, group[at:at+1], limit, id)
	return err == nil
}

// groups are tests of half a second, then of five seconds, then the rest.
func groups(tests []*test) [][]*test {
	var out [][]*test
	limits := []time.Duration{500 * time.Millisecond, 5 * time.Second}
	var sum time.Duration
	for _, t := range tests {
		if sum += t.took; len(out) == 0 {
			out = append(out, nil)
		} else if len(limits) > 0 && sum > limits[0] {
			out, sum, limits = append(out, nil), 0, limits[1:]
		}
		out[len(out)-1] = append(out[len(out)-1], t)
	}
	return out
}

// alone builds the tests with one mutant and nothing else changed; no binary: it
// does not compile.
func (s *suite) alone(ctx context.Context, m *mutant) (string, error) {
	var src *source
	for _, f := range s.sources {
		if filepath.Base(f.path) == filepath.Base(m.File) {
			src = f
		}
	}
	from := []byte(m.From)
	if !bytes.HasPrefix(src.text[m.offset:], from) {
		return "", fmt.Errorf("%s: no %s at %d", m.File, m.From, m.offset)
	}
	text := slices.Concat(src.text[:m.offset], []byte(m.To), src.text[m.offset+len(from):])
	name := "one-" + strconv.Itoa(m.ID)
	overlay, err := s.overlay(name, map[string][]byte{src.path: text})
	if err != nil {
		return "", err
	}
	// What does not compile alone is told from what the rest of the build cannot do.
	if _, err := s.command(ctx, s.dir, "build", "-overlay", overlay, "-o", os.DevNull, "."); err != nil {
		var exit *exec.ExitError
		if ctx.Err() == nil && errors.As(err, &exit) {
			return "", nil
		}
		return "", err
	}
	binary := filepath.Join(s.work, name+".test")
	_, err = s.command(ctx, s.dir, "test", "-c", "-vet=off", "-overlay", overlay, "-o", binary, ".")
	return binary, err
}

// judgeAll fills in what becomes of the mutants, by so many at a time.
func (s *suite) judgeAll(ctx context.Context, list []*mutant, workers int, told func(*mutant)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	var mu sync.Mutex
	next := make(chan *mutant)
	for range workers {
		wg.Go(func() {
			for m := range next {
				st, err := s.judge(ctx, m)
				if err != nil {
					cancel(fmt.Errorf("%s: %w", m, err))
					continue
				}
				mu.Lock()
				m.Status = st
				told(m)
				mu.Unlock()
			}
		})
	}
	for _, m := range list {
		next <- m
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}
