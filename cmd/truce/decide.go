package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/scenario"
)

func (c command) decide() *cobra.Command {
	var article, because, although, as, from, to, last, grade, fact, of string
	var yes bool
	cmd := &cobra.Command{
		Use:   "decide MISSION WHAT ID|NAME... --because REASON --as KEY",
		Short: "Record a person's decision, with its reason",
		Long: `WHAT is one of
  merge            incidents or observations, two or more, are of one incident
  split, apart     they are different incidents, each from every other
  confirm, reject  the incident is, or is not, a violation of --article
  establish        it is established on site or by a certified sensor: its standing is verified
  unverifiable     it cannot be established
  grade            an observation's source and information are graded --grade B2
  independent      observations are not copies of others, although they look like it:
                   the same text, file or position no longer counts against them
  ask              a --fact is asked for, --of a party or of whoever can tell
  declare          an event of the agreement has happened, from --from
  extend           a phase lasts longer, from --from, until --to or for --for
  terminate        a phase ends, from --from
Confirm, reject and unverifiable can also be on a finding of days, by its ID: truce
findings --days lists them. Who confirms one says that there was at least one act under
the article on that day, in that area. Who rejects one says that its reports show none.
Neither confirms or rejects an incident.
A decision names observations, so that it survives a changed method. It becomes
an entry of the record, signed with the key, and takes effect from now on; what
was known earlier stays as it was. A later decision overrides an earlier one.
Incidents that are out of scope, are not a violation, or are signs alone can be decided
only with --although and a reason. Truce first names any doubt, and any
earlier decision that this one contradicts: answer, or give --yes.
Where an article has readers: 2, confirm and reject take effect once a second
person has decided the same. Duty officers merge, split and ask; verification
officers also confirm, reject, establish, grade and decide what is independent; the head of mission also
declares, extends and terminates.`,
		Example: `  truce decide field confirm 3f2a91c04d77 --article 1 --because "fragments examined on site" --as verification-1
  truce decide field confirm 77c0de --article 1 --because "the crater is fresh" --although "reported a day before the truce; its clock was wrong" --as verification-1
  truce decide field confirm 9b17e4d20c55 --because "two crews heard it; both were called" --as verification-1
  truce decide field grade 3f2a91c04d77 --grade B2 --because "its photographs were geolocated" --as verification-1
  truce decide field independent 3f2a91c04d77 77c0de12ab34 --because "two crews filmed it; both were called" --as verification-1
  truce decide field ask 3f2a91c04d77 --fact weapon --of RU --because "which weapon was it?" --as verification-1
  truce decide field declare ground-annex-signed --from 2025-09-01T00:00+03:00 --because "signed this morning" --as head-of-mission`,
		Args: cobra.MinimumNArgs(3),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, whose, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			now := truce.InstantOf(c.now())
			kind := decisionNamed(args[1])
			d := &truce.Decision{Kind: kind, Article: truce.Article(article), Because: because, Although: although, From: now}
			for _, t := range []struct {
				flag, text string
				to         *truce.Instant
			}{{"from", from, &d.From}, {"to", to, &d.To}} {
				if t.text == "" {
					continue
				}
				if *t.to, err = scenario.ParseInstant(t.text, m.Agreement.Location); err != nil {
					return fmt.Errorf("--%s: %w", t.flag, err)
				}
			}
			if last != "" {
				if d.For, err = truce.ParseSpan(last); err != nil {
					return fmt.Errorf("--for: %w", err)
				}
			}
			if grade != "" {
				if d.Grade, err = truce.ParseGrade(grade); err != nil {
					return fmt.Errorf("--grade: %w", err)
				}
			}
			if d.Fact = truce.Fact(fact); d.Kind == truce.Ask {
				d.Name = of
			}
			var at int64
			asked := *d
			if err := c.again(m, func() (err error) {
				*d = asked
				at, err = m.Decide(key, whose, d, args[2:], c.sure(yes))
				return err
			}); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "decision %d recorded: %s, by %s, entry %d\n", d.Seq, args[1], d.By, at)
			return c.became(m, d)
		},
	}
	f := cmd.Flags()
	f.StringVar(&because, "because", "", "the reason; a decision without one is refused")
	f.StringVar(&although, "although", "", "why it is decided in spite of what speaks against it")
	f.BoolVar(&yes, "yes", false, "decide it, also where it is doubtful or contradicts an earlier decision")
	f.StringVar(&as, "as", "", "the key that signs: a file, or a name")
	f.StringVar(c.into, "into", "", intoHelp)
	f.StringVar(&c.far.address, "server", "", serverHelp)
	cmd.MarkFlagsMutuallyExclusive("into", "server")
	f.StringVar(&article, "article", "", "with confirm and reject of an incident")
	f.StringVar(&from, "from", "", "effective from (default: now)")
	f.StringVar(&to, "to", "", "with extend: until")
	f.StringVar(&last, "for", "", "with extend: for so long, P30D")
	f.StringVar(&grade, "grade", "", "with grade: the source A to F, the information 1 to 6")
	f.StringVar(&fact, "fact", "", "with ask: place, time, act, weapon, calibre, actor, side or object")
	f.StringVar(&of, "of", "", "with ask: the party that is asked; left out: whoever can tell")
	_ = cmd.MarkFlagRequired("because")
	_ = cmd.MarkFlagRequired("as")
	return cmd
}

// establish is truce.Verify at the command line, where verify is the command that checks
// records. The old word is still read.
const establish = "establish"

// decisionNamed is the kind of decision that a word means.
func decisionNamed(word string) truce.DecisionKind {
	switch word {
	case "apart": // as scenarios and pages say it
		return truce.Split
	case establish:
		return truce.Verify
	}
	return truce.DecisionKind(word)
}

// sure asks the person at the terminal whether a doubtful decision is to be recorded.
// Where nobody can be asked, it is not, unless yes says so.
func (c command) sure(yes bool) func([]truce.Reason) error {
	return func(doubts []truce.Reason) error {
		for _, d := range doubts {
			fmt.Fprintf(c.err, "truce: note: %s\n", d)
		}
		if yes || len(doubts) == 0 {
			return nil
		}
		if in, ok := c.in.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
			fmt.Fprint(c.err, "Record it all the same? [y/N] ")
			line, err := bufio.NewReader(in).ReadString('\n')
			if err == nil && strings.EqualFold(strings.TrimSpace(line), "y") {
				return nil
			}
			return errors.New("nothing was recorded")
		}
		return mission.Hinted(fmt.Errorf("this decision is doubtful: %s", doubts[0]), "--yes records it all the same; --although \"...\" also says why")
	}
}

// became prints the incidents that a merge or a split has made: their IDs are
// new.
func (c command) became(m *intake.Writer, d *truce.Decision) error {
	if d.Kind != truce.Merge && d.Kind != truce.Split {
		return nil
	}
	if err := look(m); err != nil {
		return err
	}
	x, err := reader(m.Reading(), truce.Never)
	if err != nil {
		return err
	}
	ctx, printed := context.Background(), map[truce.Digest]bool{}
	for _, id := range d.Of {
		inc, ok, err := x.IncidentOf(ctx, id)
		if err != nil {
			return err
		}
		if !ok || printed[inc] {
			continue
		}
		printed[inc] = true
		of, err := x.Items(ctx, inc)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "incident %s holds %s\n", inc, mission.Plural(len(of), "observation"))
	}
	unmet, err := x.Contradictions(ctx)
	for _, no := range unmet {
		fmt.Fprintf(c.out, "decision %d can no longer be followed whole: %s\n", no.Decision.Seq, no.Why)
	}
	return err
}
