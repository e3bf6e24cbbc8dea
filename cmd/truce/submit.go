package main

import (
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"

	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/opentruce/truce/internal/ledger"
	"github.com/spf13/cobra"
)

func (c command) submit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "submit [MISSION] FILE...",
		Short: "Record what others signed into files, and write a receipt for each",
		Long: `People sign where their keys are: on a mirror, with --into FILE. Submit checks the
signature and the role, writes the submission to the record, and writes the
record's signed receipt beside the file, to be handed back: with it, anyone can prove
later if the submission was removed. The same file twice is one entry.

With --server, the files go to the room at that address. No mission is needed here;
with a mirror, receipts are checked with the key that it knows.`,
		Example: `  truce notify mirror "2025-08-20T10:00/12:00+03:00 48.01N 37.80E ±2km act=explosion" --because "found shells" --as ua-1 --into notice.json
  truce submit field notice.json
  truce submit notice.json --server https://truce.example
  truce verify field --receipt notice.json.receipt`,
		Args: func(cmd *cobra.Command, args []string) error {
			if c.far.address != "" {
				return cobra.MinimumNArgs(1)(cmd, args)
			}
			return cobra.MinimumNArgs(2)(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if c.far.address != "" {
				return c.submitFar(args)
			}
			m, done, err := c.writing(args[0])
			if err != nil {
				return err
			}
			defer done()
			take := m.Receive
			end := func() error { return nil }
			if m.Server() == nil {
				log, err := m.Open()
				if err != nil {
					return err
				}
				take = func(data []byte) (intake.Taken, error) {
					kind, got, note, err := intake.WriterTo(m.Mission, intake.OpenRecord{Log: log}).Take(data)
					return intake.Taken{Kind: kind, Index: got.Index, Known: got.Known, Note: note}, err
				}
				end = func() error { return log.Close(context.Background()) }
			}
			err = c.takeAll(take, args[1:])
			if eerr := end(); eerr != nil {
				return intake.Advise(eerr)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&c.far.address, "server", "", "hand the files to the room at this address (https://...)")
	return cmd
}

// takeAll brings files into the record; what is refused does not keep the others out.
func (c command) takeAll(take func([]byte) (intake.Taken, error), names []string) error {
	refused := 0
	for _, name := range names {
		err := c.take(take, name)
		switch {
		case errors.Is(err, ledger.ErrMayNot), errors.Is(err, ledger.ErrRefused), errors.Is(err, intake.ErrNotSubmission):
			refused++
			fmt.Fprintf(c.out, "%s: %v\n", name, err)
		case err != nil:
			return intake.Advise(err)
		}
	}
	if refused > 0 {
		return exit(exitNo)
	}
	return nil
}

// take brings one file into the record, and writes its receipt beside it.
func (c command) take(take func([]byte) (intake.Taken, error), name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	got, err := take(data)
	if err != nil {
		return err
	}
	if err := disk.WriteBytes(name+".receipt", 0o644, got.Note); err != nil {
		return err
	}
	if got.Known {
		fmt.Fprintf(c.out, "%s: it is in the record already, entry %d; receipt %s.receipt\n", name, got.Index, name)
		return nil
	}
	fmt.Fprintf(c.out, "%s: %s, entry %d; receipt %s.receipt\n", name, withArticle(got.Kind), got.Index, name)
	return nil
}

// withArticle is a word with the article that English puts before it.
func withArticle(word string) string {
	if word != "" && strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}
