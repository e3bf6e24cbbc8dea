// Mutants says how much of a package's code its own tests look after: it replaces
// one operator after another, as gremlins does, and runs the tests of the package
// that reach the place. A mutant that no test notices is one that a mistake could
// be too.
//
//	go run ./bin/mutants ./audit ./internal/ledger
//	go run ./bin/mutants -sample 150 -seed 7 ./audit ./internal/ledger
//
// The score is what was noticed of all that could have been: killed and timed out,
// of killed, timed out, lived and not covered. What does not compile does not count.
//
// All mutants of a package are compiled into one test binary, which is told by
// TRUCE_MUTANT which of them is on; the few that cannot be chosen at run time are
// built alone. doc/testing.md says why this is not gremlins itself.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	fs := flag.NewFlagSet("mutants", flag.ContinueOnError)
	goCommand := fs.String("go", cmp.Or(os.Getenv("GO"), "go"), "the go command")
	wanted := fs.Float64("wanted", 85, "the score, in percent, that each package must have")
	sample := fs.Int("sample", 0, "try so many mutants of all packages, chosen by -seed; 0: all")
	seed := fs.Uint64("seed", 1, "of the sample")
	workers := fs.Int("workers", runtime.GOMAXPROCS(0), "mutants at a time")
	short := fs.Bool("short", true, "run the tests with -short")
	patience := fs.Duration("patience", 10*time.Second, "how long tests may take, beside ten times what they take without a mutant, before they are late")
	file := fs.String("file", "", "only mutants of files whose path contains this")
	output := fs.String("json", "", "write every mutant to this file")
	alone := fs.Bool("alone", false, "build each mutant alone: slow, and a check of the quick way")
	verbose := fs.Bool("v", false, "say what became of each mutant, and not only of those that lived")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() == 0 {
		return errors.New("want packages, such as ./audit")
	}
	work, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	var suites []*suite
	var all []*mutant
	in := map[*mutant]*suite{}
	for i, pkg := range fs.Args() {
		dir := filepath.Join(work, fmt.Sprint(i))
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		s, err := load(ctx, *goCommand, pkg, dir, *short, *patience)
		if err != nil {
			return fmt.Errorf("%s: %w", pkg, err)
		}
		s.mutants = slices.DeleteFunc(s.mutants, func(m *mutant) bool { return !strings.Contains(m.File, *file) })
		suites = append(suites, s)
		for _, m := range s.mutants {
			in[m] = s
			m.compile = m.compile || *alone
		}
		all = append(all, s.mutants...)
	}
	if *sample > 0 {
		all = choose(all, *sample, *seed)
		fmt.Fprintf(out, "%d mutants chosen with -seed %d\n", len(all), *seed)
	}
	var failed []string
	for _, s := range suites {
		start := time.Now()
		list := slices.DeleteFunc(slices.Clone(all), func(m *mutant) bool { return in[m] != s })
		if err := s.judgeAll(ctx, list, *workers, func(m *mutant) {
			if *verbose || m.Status == lived || m.Status == notCovered {
				fmt.Fprintln(out, m)
			}
		}); err != nil {
			return err
		}
		t := count(list)
		fmt.Fprintf(out, "%s: %s in %s\n", s.importPath, t, time.Since(start).Round(time.Second))
		if *sample == 0 && *file == "" && t.score() < *wanted {
			failed = append(failed, fmt.Sprintf("%s: %.1f %%", s.importPath, t.score()))
		}
	}
	if *output != "" {
		text, err := json.MarshalIndent(all, "", " ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(*output, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	if *sample > 0 {
		t := count(all)
		floor := floorOf(t.of(), *wanted/100)
		fmt.Fprintf(out, "sample: %s; with a score of %g %% fewer than %d of %d are noticed once in a thousand times\n", t, *wanted, floor, t.of())
		if t.noticed() < floor {
			return fmt.Errorf("%d of %d mutants of the sample were noticed, and at least %d must be", t.noticed(), t.of(), floor)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("below %g %%: %s", *wanted, strings.Join(failed, ", "))
	}
	return nil
}

// choose takes n mutants, by a seed, in their order.
func choose(all []*mutant, n int, seed uint64) []*mutant {
	pool := slices.DeleteFunc(slices.Clone(all), func(m *mutant) bool { return m.Status == notViable })
	at := rand.New(rand.NewPCG(seed, 0)).Perm(len(pool))
	at = at[:min(n, len(at))]
	slices.Sort(at)
	out := make([]*mutant, len(at))
	for i, k := range at {
		out[i] = pool[k]
	}
	return out
}

// A tally counts mutants by what became of them.
type tally map[status]int

func count(list []*mutant) tally {
	t := tally{}
	for _, m := range list {
		t[m.Status]++
	}
	return t
}

// noticed counts those that a test noticed: it failed, or did not end where it
// ends without the mutant.
func (t tally) noticed() int { return t[killed] + t[timedOut] }

// of counts those that a test could have noticed.
func (t tally) of() int { return t.noticed() + t[lived] + t[notCovered] }

// score is in percent; of no mutants it is 100.
func (t tally) score() float64 {
	if t.of() == 0 {
		return 100
	}
	return 100 * float64(t.noticed()) / float64(t.of())
}

func (t tally) String() string {
	return fmt.Sprintf("%.1f %%: killed %d, timed out %d, lived %d, not covered %d, not viable %d", t.score(), t[killed], t[timedOut], t[lived], t[notCovered], t[notViable])
}

// floorOf is the smallest number of noticed mutants in a sample of n that a score
// of p still explains: fewer come by chance with a probability below 1 in 1,000.
// It is the binomial distribution; a sample without repetition varies less.
func floorOf(n int, p float64) int {
	sum := 0.0
	for k := range n + 1 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		if sum += math.Exp(a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)); sum >= 0.001 {
			return k
		}
	}
	return n
}
