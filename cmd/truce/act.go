package main

import (
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"

	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/spf13/cobra"
)

// writing opens a mission to be written to: with its lock, or through the room that
// has it open.
func (c command) writing(dir string) (w *intake.Writer, done func(), err error) {
	m, err := c.openMission(dir)
	if err != nil {
		return nil, nil, err
	}
	if *c.into != "" { // what is signed into a file is not written here
		return intake.WriterInto(m, *c.into), func() {}, nil
	}
	if c.far.address != "" {
		return intake.WriterThrough(m, c.far.room), c.far.room.End, nil
	}
	if m.About.Mirror != "" {
		return nil, nil, mission.Hinted(fmt.Errorf("%s is a mirror", dir), "only the mission itself writes to its record; hand it to the mission's room with --server ADDRESS, or sign with --into FILE and hand the file over: truce submit")
	}
	return c.reach(m)
}

// signing opens a mission for somebody to say something, with the key they sign
// with and what the record says of it.
func (c command) signing(dir, as string) (m *intake.Writer, key *ledger.Secret, whose ledger.Key, done func(), err error) {
	if m, done, err = c.writing(dir); err != nil {
		return nil, nil, whose, nil, err
	}
	if key, whose, err = m.Signer(as); err != nil {
		done()
		return nil, nil, whose, nil, err
	}
	return m, key, whose, done, nil
}

func (c command) respond() *cobra.Command {
	var says, because, as string
	cmd := &cobra.Command{
		Use:   "respond MISSION ID --says WORD --because TEXT --as KEY",
		Short: "Record a party's answer to an incident, an allegation or a tally",
		Long: `A response stops the article's reply clock. Only a party's liaison gives it, for
that party alone; both sides' answers stand side by side in every report. return-fire states that the act
was an answer to an attack: an exception for return fire needs that statement.`,
		Example: `  truce respond field 3f2a91c04d77 --says contest --because "our forces did not fire that day; see the log of post 7" --as ua-1
  truce respond field 3f2a91c04d77 --says return-fire --because "our post was hit at 10:05" --as ua-1`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			says = coded(says)
			if err := oneOf("says", says, intake.Answers...); err != nil {
				return err
			}
			m, key, whose, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			at, err := m.Respond(key, whose, args[1], says, because)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s: %s, entry %d\n", whose.Party, says, at)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&says, "says", "", strings.Join(intake.Answers, ", "))
	c.reasonFlags(cmd, &because, &as)
	_ = cmd.MarkFlagRequired("says")
	return cmd
}

const intoHelp = "sign into this file, to be handed to the mission (truce submit), instead of writing to the record; also works on a mirror"

// atTheMission are the commands that need the mission's own folder: they put files into
// it, or take something from its shelf.
var atTheMission = []string{"amend", "disclose", "forget"}

// reasonFlags are those of everything that people say.
func (c command) reasonFlags(cmd *cobra.Command, because, as *string) {
	cmd.Flags().StringVar(because, "because", "", "the reason, for the record")
	cmd.Flags().StringVar(as, "as", "", "the key that signs: a file, or a name")
	cmd.Flags().StringVar(c.into, "into", "", intoHelp)
	if !slices.Contains(atTheMission, cmd.Name()) {
		cmd.Flags().StringVar(&c.far.address, "server", "", serverHelp)
		cmd.MarkFlagsMutuallyExclusive("into", "server")
	}
	_ = cmd.MarkFlagRequired("because")
	_ = cmd.MarkFlagRequired("as")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if strings.TrimSpace(*because) == "" {
			return errors.New("--because is empty: say why")
		}
		return nil
	}
}

func (c command) attribute() *cobra.Command {
	var actor, confidence, basis, because, as string
	cmd := &cobra.Command{
		Use:   "attribute MISSION ID --actor PARTY --confidence WORD --basis TEXT --because TEXT --as KEY",
		Short: "Record who a person holds to have acted, how likely, and on what basis",
		Long: `Attribution is apart from what happened and from what it means under an article.
The software makes none. Without --actor it says that attribution was attempted
and was not possible.`,
		Example: `  truce attribute field 3f2a91c04d77 --actor RU --confidence likely --basis "trajectory and fragments" --because "two teams, same result" --as verification-1`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			confidence = coded(confidence)
			if actor != "" || confidence != "" {
				if err := oneOf("confidence", confidence, truce.Confidences...); err != nil {
					return err
				}
			}
			m, key, whose, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			var at int64
			if err := c.again(m, func() (err error) {
				at, err = m.Attribute(key, whose, args[1], truce.Attribution{Actor: truce.PartyID(actor), Basis: basis, Confidence: confidence, Because: because})
				return err
			}); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "attribution recorded, entry %d\n", at)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&actor, "actor", "", "a party, or another actor that the agreement names")
	f.StringVar(&confidence, "confidence", "", strings.Join(truce.Confidences, ", "))
	f.StringVar(&basis, "basis", "", "what it rests on")
	c.reasonFlags(cmd, &because, &as)
	_ = cmd.MarkFlagRequired("basis")
	return cmd
}

// statement makes the commands by which people say something in the words of
// scenarios: notify, allege, observe, restrict.
func (c command) statement(word, short, long, example string) *cobra.Command {
	var to, because, as string
	by := ""
	cmd := &cobra.Command{
		Use:     word + " MISSION STATEMENT --because TEXT --as KEY",
		Short:   short,
		Long:    long,
		Example: example,
		Args:    cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, key, whose, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			r, at, err := m.State(key, whose, word, by, to, because, strings.Join(args[1:], " "))
			if err != nil {
				return err
			}
			shelf := ""
			if intake.Delicate(&r) {
				shelf = ", on the shared shelf"
			}
			fmt.Fprintf(c.out, "%s %s recorded, entry %d%s\n", strings.ReplaceAll(ledger.KindOf(&r), "-", " "), r.ID(), at, shelf)
			return nil
		},
	}
	if word == "notify" {
		cmd.Flags().StringVar(&to, "to", "", "what it answers: an ID")
	}
	if word != "observe" {
		cmd.Flags().StringVar(&by, "by", "", "whom it was heard from, where it is not the key's own party")
	}
	c.reasonFlags(cmd, &because, &as)
	return cmd
}

func (c command) notify() *cobra.Command {
	return c.statement("notify", "Record what a party announces: an exercise, a controlled detonation, a movement",
		`STATEMENT is an interval, a place and what is announced, in the words of
scenarios. An exception of the agreement covers only what was announced in time,
at that place and in those hours.`,
		`  truce notify field "2025-08-20T10:00/12:00+03:00 48.01N 37.80E ±2km act=explosion" --because "destruction of found shells" --as ua-1`)
}

func (c command) allege() *cobra.Command {
	return c.statement("allege", "Record what a party says happened",
		`STATEMENT is an act, an interval and a place, in the words of scenarios. The
interval <2025-08-20T10:05Z means not later than that moment. An
allegation keeps its claimant, and by itself yields at most "alleged only".`,
		`  truce allege field "fire 2025-08-20T10:05/10:20+03:00 48.01N 37.80E ±500m weapon=mortar side=UA killed=1" --because "report of the post" --as ua-1`)
}

func (c command) observe() *cobra.Command {
	return c.statement("observe", "Record what a monitor saw or heard",
		`STATEMENT is an act, an interval and a place, in the words of scenarios, with
its keys. The interval <2025-08-20T10:05Z means not later than that moment, and
<2025-08-20T10:05Z-P1D not more than a day earlier. Its source is always mission, the mission's own; to use another source,
ingest its file. A statement that gives away the observer's post starts on the
shared shelf.`,
		`  truce observe mirror "strike 2025-08-20T10:05/10:06+03:00 48.01N 37.80E ±200m" --because "log of patrol 3" --as monitor-7 --server https://truce.example
  truce observe field "explosion 2025-08-20T10:05/10:06+03:00 from 48.01N 37.80E bearing 350-010 distance 2-5km means=heard count=3" --because "log of patrol 3" --as monitor-7`)
}

func (c command) restrict() *cobra.Command {
	return c.statement("restrict", "Record that a monitor was denied, delayed or jammed",
		`STATEMENT is an interval and a place, in the words of scenarios. It takes away the
coverage it names.`,
		`  truce restrict field "2025-08-20T10:00/14:00+03:00 zone:ukraine what=access" --by RU --because "turned back at the checkpoint" --as monitor-7`)
}
