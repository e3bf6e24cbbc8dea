package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/card"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
	"github.com/spf13/cobra"
)

func (c command) card() *cobra.Command {
	var f filters
	var room, out string
	cmd := &cobra.Command{
		Use:   "card MISSION ID",
		Short: "Draw a finding as a picture that can be passed on and checked",
		Long: `Card writes a PNG of 1200 by 630 points with what is known of an incident or of a
finding of days: one sentence, what each article says, who reports it, what people
decided, when it was known, and a code with the address at which anyone can check it.
It shows only what the public may read. ID is an incident, an observation or a finding
of days, or the first digits of one. The page /check of the room says whether a card is
from its record (doc/trust.md).`,
		Example: `  truce card field 3f2a91c04d77 --room https://monitor.example
  truce card field 9b17e4d20c55 --room https://monitor.example --out card.png`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			at, err := url.Parse(room)
			if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" || strings.Trim(at.Path, "/") != "" || at.RawQuery != "" || at.User != nil {
				return mission.Hinted(fmt.Errorf("--room %q is not the address of a room", room), "write it as https://monitor.example")
			}
			f.format = "json" // a card has no caveats beside it
			m, known, err := c.readerFor(args[0], &f)
			if err != nil {
				return err
			}
			ctx := context.Background()
			id, err := mission.OneFound(args[1], func(digits string) ([]truce.Digest, error) { return known.Find(ctx, digits) })
			if err != nil {
				return err
			}
			now, err := f.moment(m.Agreement)
			if err != nil {
				return err
			}
			moment := now
			if moment == truce.Never { // and not before what came in just now
				moment = max(truce.InstantOf(c.now()), known.Picture().Received)
			}
			x, err := publicReader(m, moment)
			if err != nil {
				return err
			}
			made, kind, named, err := cardOf(ctx, x, id, m.About.Demo)
			if err != nil {
				return err
			}
			if made == nil {
				return mission.Hinted(errors.New("the public may not read this finding, so a card cannot be made"), "truce explain "+args[0]+" "+args[1]+" shows what is known here")
			}
			made.Known = sentence(brief.AsKnown(moment.In(x.Agreement().Location))) + " · situation " + x.Picture().Digest.String()
			made.Address = card.Address(at.Scheme+"://"+at.Host, kind, named.Hex(), moment.Time())
			file, err := made.PNG()
			if err != nil {
				return err
			}
			name := cmp.Or(out, "truce-"+id.String()+".png")
			if err := disk.WriteFile(name, 0o644, func(w *os.File) error { _, err := w.Write(file); return err }); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "wrote %s\n", report.Clean(name))
			for line := range strings.Lines(made.Text()) {
				fmt.Fprintln(c.out, "  "+report.Clean(strings.TrimSuffix(line, "\n")))
			}
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&room, "room", "http://localhost:8471", "the address of the room at which it is checked")
	fl.StringVar(&out, "out", "", "the file to write (default: truce-ID.png in this folder)")
	fl.StringVar(&f.asKnown, "as-known", "", "as known at this moment (default: now)")
	return cmd
}

// publicReader answers from what the public may read, at a moment.
func publicReader(m *mission.Mission, at truce.Instant) (truce.Reader, error) {
	size, err := m.Reading().End()
	if err != nil {
		return nil, err
	}
	read := m.As(release.Reader{Audience: truce.ForPublic}).At(size)
	s, err := read.Situation(at)
	if err != nil {
		return nil, err
	}
	return monitor.ReaderOf(s, size, release.Viewer{To: truce.ForPublic, Rules: s.Agreement.Public, At: at}), nil
}

// cardOf is what the card of a finding says, and the kind and ID that its address names; nil:
// there is none.
func cardOf(ctx context.Context, x truce.Reader, id truce.Digest, demo bool) (out *card.Card, kind string, named truce.Digest, err error) {
	a := x.Agreement()
	terms := &report.Report{Status: a.Status}
	out = &card.Card{Lang: "en", Title: a.Title, Check: "Check it here:"}
	if a.Status != truce.InForce {
		_, words, _ := strings.Cut(terms.MarkWords(), ": ") // the mark itself comes before it
		out.Mark, out.Caveat = terms.Mark(), strings.ToUpper(words[:min(1, len(words))])+words[min(1, len(words)):]
	}
	write := func(headline truce.Reason, lines []truce.Reason) {
		out.Sentence = sentence(headline)
		for _, line := range lines {
			out.Lines = append(out.Lines, sentence(line)+".")
		}
	}
	day, err := x.DayDossier(ctx, id)
	if err != nil {
		return nil, "", id, err
	}
	if day != nil {
		write(brief.DayCard(a, day, demo))
		return out, "days", id, nil
	}
	d, err := x.Dossier(ctx, id)
	if err != nil || d == nil {
		return nil, "", id, err
	}
	row, ok, err := x.Row(ctx, d.Incident.ID)
	if err != nil || !ok {
		return nil, "", id, err
	}
	write(brief.IncidentCard(a, d, &row, demo))
	return out, "incidents", d.Incident.Of[0].ID, nil
}

// sentence begins a reason with a capital letter.
func sentence(r truce.Reason) string {
	s := r.String()
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}
