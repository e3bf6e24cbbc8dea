package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

func (c command) check() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "check AGREEMENT...",
		Short: "Say all that is wrong with agreement folders, and what cannot be monitored",
		Long: `Check reads agreement folders strictly and reports everything at once: file, line,
column, what, and what to do. Errors keep an agreement from being used; warnings
name what can be read but not monitored, or what will surprise the parties.
Codes are stable; truce check --codes lists them. Exit 1 if there are errors.`,
		Example: `  truce check agreements/ukraine-air-first
  truce check --format json draft | jq '.[] | select(.severity == "error")'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			all := agreement.Problems{}
			for _, folder := range args {
				_, probs := readAgreement(folder)
				for i := range probs {
					probs[i].File = filepath.Join(folder, probs[i].File)
				}
				all = append(all, probs...)
			}
			if format == "json" {
				enc := json.NewEncoder(c.out)
				enc.SetIndent("", "  ")
				enc.SetEscapeHTML(false)
				if err := enc.Encode(all); err != nil {
					return err
				}
			} else {
				for _, p := range all {
					fmt.Fprintln(c.out, p)
				}
				fmt.Fprintf(c.out, "%s, %s\n", plural(all.Errors(), "error"), plural(len(all)-all.Errors(), "warning"))
			}
			if all.Errors() > 0 {
				return exit(exitNo)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	var codes bool
	cmd.Flags().BoolVar(&codes, "codes", false, "list the codes and what they mean")
	run := cmd.RunE
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if codes {
			return nil
		}
		return cobra.MinimumNArgs(1)(cmd, args)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if codes {
			for _, name := range agreement.CodeNames() {
				fmt.Fprintf(c.out, "%-22s %s\n", name, agreement.Codes[name])
			}
			return nil
		}
		return run(cmd, args)
	}
	return cmd
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if stem, ok := strings.CutSuffix(what, "y"); ok && !strings.ContainsAny(stem[max(0, len(stem)-1):], "aeou") {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// oneOf refuses a flag's value that is not among words.
func oneOf(flag, value string, words ...string) error {
	for _, w := range words {
		if value == w {
			return nil
		}
	}
	return fmt.Errorf("--%s %q is unknown%s", flag, value, truce.Suggest(value, words))
}

// readAgreement reads a folder of the file system.
func readAgreement(folder string) (*truce.Agreement, agreement.Problems) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, agreement.Problems{{File: "agreement.yaml", Severity: agreement.Error, Code: "no-file", Text: err.Error(),
			Hint: "an agreement is a folder with agreement.yaml in it"}}
	}
	defer root.Close()
	return agreement.Read(root.FS())
}

// loadAgreement is readAgreement for callers that need a sound one.
func loadAgreement(folder string) (*truce.Agreement, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return soundAgreement(folder, root.FS())
}

func soundAgreement(folder string, fsys fs.FS) (*truce.Agreement, error) {
	a, probs := agreement.Read(fsys)
	if err := probs.Err(); err != nil {
		return nil, hint{fmt.Errorf("%s: %w", folder, err), "truce check " + folder + " lists all that is wrong"}
	}
	return a, nil
}

// options are what situations need here: the built-in gazetteer.
func options(b *bar) situation.Options {
	o := situation.Options{Region: func(name string) (*geo.Region, string, error) { return gazetteer.Default().Region(name) }}
	if b != nil {
		o.Progress = b.count
	}
	return o
}

func (c command) schema() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of agreement.yaml, for editors",
		Example: `  truce schema > agreement.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			enc := json.NewEncoder(c.out)
			enc.SetIndent("", "  ")
			enc.SetEscapeHTML(false)
			return enc.Encode(agreement.Schema())
		},
	}
}
