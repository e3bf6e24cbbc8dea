package main

import (
	"github.com/opentruce/truce/internal/mission"

	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

func (c command) test() *cobra.Command {
	var format string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "test AGREEMENT|FILE.scenario...",
		Short: "Run the cases of an agreement, or scenario files",
		Long: `Test runs <agreement>/cases/*.scenario, or the scenario files named. For each
statement that fails it prints the file and line, what was expected, what was found,
and why. A folder without cases is named, and does not stop the others. Exit 0
when every statement holds, 1 when one does not, 2 when something cannot be read or
nothing was run.`,
		Example: `  truce test agreements/ukraine-air-first
  truce test --format json draft/cases/opening.scenario`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			runs := map[string]scenario.Result{}
			var order []string
			var without error
			for _, arg := range args {
				files, home, err := scenarioFiles(arg)
				switch {
				case errors.Is(err, errNoCases):
					if without = err; len(args) > 1 {
						fmt.Fprintf(c.err, "%s\n", err)
					}
					continue
				case err != nil: // the others are run all the same
					order = append(order, arg)
					runs[arg] = scenario.Result{Faults: []scenario.Fault{{File: arg, Text: cause(err)}}}
					continue
				}
				var a *truce.Agreement
				var broken error
				if home != "" {
					a, broken = mission.LoadAgreement(home)
				}
				o := mission.Options(mission.Silent{})
				o.Geometry = assess.NewGeometry()
				for _, f := range files {
					order = append(order, f)
					if broken != nil {
						runs[f] = scenario.Result{Faults: []scenario.Fault{{File: f, Text: broken.Error()}}}
					} else {
						runs[f] = runScenario(f, a, o)
					}
				}
			}
			if len(order) == 0 && without != nil {
				return without
			}
			return c.testReport(order, runs, format, verbose)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "also name files in which everything holds")
	return cmd
}

func (c command) testReport(order []string, runs map[string]scenario.Result, format string, verbose bool) error {
	held, failed, faults := 0, 0, 0
	for _, f := range order {
		r := runs[f]
		held, failed, faults = held+r.Held, failed+len(r.Failures), faults+len(r.Faults)
		if format == "json" {
			continue
		}
		for _, x := range r.Faults {
			fmt.Fprintf(c.err, "%s\n", x.Error())
		}
		for _, x := range r.Failures {
			fmt.Fprintf(c.out, "%s\n", x)
		}
		if verbose && len(r.Faults)+len(r.Failures) == 0 {
			fmt.Fprintf(c.out, "%s: %s\n", f, mission.Plural(r.Held, "statement")+" held")
		}
	}
	if format == "json" {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(runs); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(c.out, "%s: %d held, %d did not, %d could not be read\n", mission.Plural(len(order), "file"), held, failed, faults)
	}
	switch {
	case faults > 0:
		return exit(exitUnread)
	case failed > 0:
		return exit(exitNo)
	}
	return nil
}

// cause is an error of a file without the file's name, which is printed before it.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// errNoCases says that an agreement has no cases.
var errNoCases = errors.New("no cases")

// scenarioFiles lists the cases of an agreement folder, whose agreement is
// then home, or the one file.
func scenarioFiles(arg string) (files []string, home string, err error) {
	info, err := os.Stat(arg)
	if err != nil {
		return nil, "", err
	}
	if !info.IsDir() {
		if dir := filepath.Dir(arg); filepath.Base(absolute(dir)) == "cases" {
			if _, err := os.Stat(filepath.Join(dir, "..", "agreement.yaml")); err == nil {
				home = filepath.Join(dir, "..")
			}
		}
		return []string{arg}, home, nil
	}
	files, err = filepath.Glob(filepath.Join(arg, "cases", "*.scenario"))
	if err != nil {
		return nil, "", err
	}
	sort.Strings(files)
	if len(files) == 0 {
		return nil, "", mission.Hinted(fmt.Errorf("%s: %w", arg, errNoCases), "put texts into "+filepath.Join(arg, "cases")+", named *.scenario")
	}
	return files, arg, nil
}

func absolute(p string) string {
	if a, err := filepath.Abs(p); err == nil {
		return a
	}
	return p
}

func runScenario(file string, a *truce.Agreement, o situation.Options) scenario.Result {
	f, err := os.Open(file)
	if err != nil {
		return scenario.Result{Faults: []scenario.Fault{{File: file, Text: err.Error()}}}
	}
	defer f.Close()
	load := func(folder string) (*truce.Agreement, error) {
		if filepath.IsAbs(folder) || strings.ContainsRune(folder, 0) {
			return nil, fmt.Errorf("agreement %q: want a folder relative to the file", folder)
		}
		return mission.LoadAgreement(filepath.Join(filepath.Dir(file), folder))
	}
	return scenario.Run(file, f, a, load, o)
}
