package main

import (
	"github.com/opentruce/truce/internal/mission"

	"fmt"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

func (c command) decide() *cobra.Command {
	var article, because, as, from, to, last, grade, fact, of string
	cmd := &cobra.Command{
		Use:   "decide MISSION WHAT ID|NAME... --because REASON --as KEY",
		Short: "Record a person's decision, with its reason",
		Long: `WHAT is one of
  merge, split     observations that are, or are not, of one incident
  confirm, reject  the incident is, or is not, a violation of --article
  verify           established on site or by a certified sensor
  unverifiable     it cannot be established
  grade            an observation's source and information are graded --grade B2
  ask              a --fact is asked for, --of a party or of whoever can tell
  declare          an event of the agreement has happened, from --from
  extend           a phase lasts longer, from --from, until --to or for --for
  terminate        a phase ends, from --from
A decision names observations, so that it survives a changed method. It becomes
an entry of the record, signed with the key, and takes effect from now on; what
was known earlier stays as it was. A later decision overrides an earlier one.
Where an article has readers: 2, confirm and reject take effect once a second
person has decided the same. Duty officers merge, split and ask; verification
officers also confirm, reject, verify and grade; the head of mission also
declares, extends and terminates.`,
		Example: `  truce decide field confirm 3f2a91c04d77 --article 1 --because "fragments examined on site" --as verification-1
  truce decide field grade 3f2a91c04d77 --grade B2 --because "its photographs were geolocated" --as verification-1
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
			d := &truce.Decision{Kind: truce.DecisionKind(args[1]), Article: truce.Article(article), Because: because, From: now}
			for _, t := range []struct {
				flag, text string
				to         *truce.Instant
			}{{"from", from, &d.From}, {"to", to, &d.To}} {
				if t.text == "" {
					continue
				}
				if *t.to, err = situation.ParseInstant(t.text, m.Agreement.Location); err != nil {
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
				at, err = m.Decide(key, whose, d, args[2:])
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
	f.StringVar(&as, "as", "", "the key that signs: a file, or a name")
	f.StringVar(c.into, "into", "", intoHelp)
	f.StringVar(&c.far.address, "server", "", serverHelp)
	cmd.MarkFlagsMutuallyExclusive("into", "server")
	f.StringVar(&article, "article", "", "with confirm and reject")
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

// became prints the incidents that a merge or a split has made: their IDs are
// new.
func (c command) became(m *mission.Mission, d *truce.Decision) error {
	if d.Kind != truce.Merge && d.Kind != truce.Split {
		return nil
	}
	if err := look(m); err != nil {
		return err
	}
	s, err := m.Situation(truce.Never)
	if err != nil {
		return err
	}
	said := map[truce.Digest]bool{}
	for _, id := range d.Of {
		if inc := s.IncidentOf(id); inc != nil && !said[inc.ID] {
			said[inc.ID] = true
			fmt.Fprintf(c.out, "incident %s holds %s\n", inc.ID, mission.Plural(len(inc.Of), "observation"))
		}
	}
	for _, x := range s.Contradictions {
		fmt.Fprintf(c.out, "decision %d can no longer be followed whole: %s\n", x.Decision.Seq, x.Why)
	}
	return nil
}
