package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agenda"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/spf13/cobra"
)

func (c command) calendar() *cobra.Command {
	var f filters
	var past bool
	cmd := &cobra.Command{
		Use:   "calendar MISSION",
		Short: "List what falls due: deadlines, ends of phases, counted periods, visits, clocks",
		Long: `Calendar lists what falls due by the terms, and the clocks that run, in the order of time:
the beginnings and ends of phases, the deadlines of duties with how far they are, the end of
the period that is counted now, visits to what was declared, and until when somebody is to
verify, reply or remedy. The room has it as a page, and as a feed for people's own calendars
at /calendar.ics.`,
		Example: `  truce calendar field
  truce calendar field --past --as-known 2026-03-20T12:00Z
  truce calendar field --format ics > field.ics`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", f.format, "table", "json", "ics"); err != nil {
				return err
			}
			format := f.format
			f.format = "table"
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			now := truce.InstantOf(c.now())
			if f.asKnown != "" {
				if now, err = scenario.ParseInstant(f.asKnown, m.Agreement.Location); err != nil {
					return fmt.Errorf("--as-known: %w", err)
				}
			}
			x, err := reader(m.Reading(), now)
			if err != nil {
				return err
			}
			list, err := x.Calendar(context.Background())
			if err != nil {
				return err
			}
			coming := list
			if !past && format != "ics" {
				coming = nil
				for _, d := range list {
					if d.At > now || d.Waits() {
						coming = append(coming, d)
					}
				}
			}
			switch format {
			case "ics":
				file := &agenda.Calendar{Name: m.Agreement.Title, Zone: m.Agreement.Zone, Stamp: x.Picture().Received, Say: truce.Reason.String, Due: list}
				if m.Agreement.Status != truce.InForce {
					file.Mark = string(m.Agreement.Status) + ": "
				}
				_, err = fmt.Fprint(c.out, file.File())
				return err
			case "json":
				type due struct {
					truce.Due
					What string `json:"what"`
				}
				all := []due{}
				for _, d := range coming {
					all = append(all, due{d, d.What.String()})
				}
				enc := json.NewEncoder(c.out)
				enc.SetIndent("", "  ")
				enc.SetEscapeHTML(false)
				return enc.Encode(all)
			}
			if len(coming) == 0 {
				fmt.Fprintf(c.out, "Nothing falls due after %s.\n", now.In(m.Agreement.Location))
				if len(list) > 0 && !past {
					fmt.Fprintln(c.out, "What fell due before: --past")
				}
				return nil
			}
			out := rows{columns: []string{"when", "article", "what"}}
			for _, d := range coming {
				out.cells = append(out.cells, []string{d.At.In(m.Agreement.Location), string(d.Article), report.Clean(sentence(d.What))})
			}
			return out.table(c.out)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.format, "format", "table", "table, json or ics")
	fs.BoolVar(&past, "past", false, "also what fell due before")
	fs.StringVar(&f.asKnown, "as-known", "", "as known at this moment (default: now)")
	return cmd
}
