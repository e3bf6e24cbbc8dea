package main

import (
	"github.com/opentruce/truce/internal/mission"

	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
	"github.com/spf13/cobra"
)

func (c command) check() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "check AGREEMENT...",
		Short: "List what is wrong with agreements, and what cannot be monitored",
		Long: `Check reads agreement folders strictly and lists every problem at once, with its file,
line and column, and what to do. An agreement with errors cannot be used; warnings name
what cannot be monitored, or what will surprise the parties. Codes do not change; truce
check --codes lists them. Exit 1 if there are errors.`,
		Example: `  truce check agreements/ukraine-air-first
  truce check --format json draft | jq '.[] | select(.severity == "error")'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			all := agreement.Problems{}
			var besides []string
			for _, folder := range args {
				a, probs := mission.ReadAgreement(folder)
				if a != nil {
					for _, u := range a.NotMonitored() {
						besides = append(besides, fmt.Sprintf("%s: article %s is not monitored (%s): %s", filepath.Join(folder, "agreement.yaml"), u.Article, u.Text, u.Because))
					}
				}
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
				for _, s := range besides {
					fmt.Fprintln(c.out, s)
				}
				fmt.Fprintf(c.out, "%s, %s\n", mission.Plural(all.Errors(), "error"), mission.Plural(len(all)-all.Errors(), "warning"))
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

// oneOf refuses a flag's value that is not among words.
func oneOf(flag, value string, words ...string) error {
	for _, w := range words {
		if value == w {
			return nil
		}
	}
	return fmt.Errorf("--%s %q is unknown%s", flag, value, truce.Suggest(value, words))
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
