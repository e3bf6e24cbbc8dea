package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

// writing opens a mission and keeps other commands from writing to it.
func (c command) writing(dir string) (m *mission, done func(), err error) {
	if m, err = openMission(dir); err != nil {
		return nil, nil, err
	}
	if m.about.Mirror != "" && *c.into == "" {
		return nil, nil, hint{fmt.Errorf("%s is a mirror", dir), "only the mission itself writes to its record; sign with --into FILE here, and hand the file to the mission: truce submit"}
	}
	done, err = m.lock()
	return m, done, err
}

// signing opens a mission for somebody to say something, with the key they sign
// with and what the record says of it.
func (c command) signing(dir, as string) (m *mission, key *ledger.Secret, whose ledger.Key, done func(), err error) {
	if m, done, err = c.writing(dir); err != nil {
		return nil, nil, whose, nil, err
	}
	if key, whose, err = m.signer(as); err != nil {
		done()
		return nil, nil, whose, nil, err
	}
	return m, key, whose, done, nil
}

// signer finds a key and what the record says of it.
func (m *mission) signer(as string) (*ledger.Secret, ledger.Key, error) {
	s, err := m.key(as)
	if err != nil {
		return nil, ledger.Key{}, err
	}
	v, err := m.glance(nil)
	if err != nil {
		return nil, ledger.Key{}, err
	}
	for _, k := range v.keys {
		if k.VKey == s.VKey() {
			m.readers = append(m.readers, s)
			return s, k, nil
		}
	}
	return nil, ledger.Key{}, hint{fmt.Errorf("the record does not know the key %s", s.ID()), "the head of mission adds it with: truce keys add"}
}

// speak signs one record and brings it into the record; at is its entry. What is
// delicate starts on the shared shelf.
func (m *mission) speak(c command, key *ledger.Secret, r truce.Record) (at int64, err error) {
	secret, err := m.idSecret(c)
	if err != nil {
		return 0, err
	}
	y := &sayer{origin: m.origin(), secret: secret, known: r.Known != 0}
	s, err := y.say(y.keyed(r, &saidBefore{}))
	if err != nil {
		return 0, err
	}
	s.body.At = ledger.Time(c.now())
	return m.say(c, s, key)
}

// say signs a body with all the keys and brings it into the record.
func (m *mission) say(c command, s said, keys ...*ledger.Secret) (at int64, err error) {
	sub, err := s.body.Say(keys...)
	if err != nil {
		return 0, err
	}
	if *c.into != "" {
		return 0, m.handOver(*c.into, &sub, s.openings)
	}
	if err := m.shelve(sub.Hash(), s.openings); err != nil {
		return 0, err
	}
	got, err := m.append(c, sub)
	if err != nil {
		return 0, err
	}
	m.seen = nil
	return got[0].Index, nil
}

// subject finds what an answer is about: an observation or tally, or for an
// incident its first observation, which stays when the incident changes.
func (c command) subject(m *mission, name string) (truce.Digest, *truce.Incident, error) {
	s, err := m.situation(truce.Never, c.bar())
	if err != nil {
		return truce.Digest{}, nil, err
	}
	id, err := one(s, name)
	if err != nil {
		return id, nil, err
	}
	inc := s.IncidentOf(id)
	if inc != nil && id == inc.ID {
		id = inc.Of[0].ID
	}
	return id, inc, nil
}

func (c command) respond() *cobra.Command {
	var says, because, as string
	words := []string{"accept", "contest", "explain", "correct"}
	cmd := &cobra.Command{
		Use:   "respond MISSION ID --says WORD --because TEXT --as KEY",
		Short: "Record a party's answer to an incident, an allegation or a tally",
		Long: `A response stops the article's reply clock. Only a party's liaison gives it, for
that party alone; both sides' answers stand side by side in every report.`,
		Example: `  truce respond field 3f2a91c04d77 --says contest --because "our forces did not fire that day; see the log of post 7" --as ua-1`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("says", says, words...); err != nil {
				return err
			}
			m, key, whose, done, err := c.signing(args[0], as)
			if err != nil {
				return err
			}
			defer done()
			if whose.Party == "" {
				return hint{fmt.Errorf("%w: %s is the key of a %s, and a response is a party's", ledger.ErrMayNot, whose.Name, whose.Role), "sign with the key of that party's liaison"}
			}
			id, _, err := c.subject(m, args[1])
			if err != nil {
				return err
			}
			now := truce.InstantOf(c.now())
			r := &truce.Response{Key: now.String(), By: whose.Party, During: truce.Interval{Start: now, End: now + 1}, Reported: now, To: id, Says: says, Text: because}
			r.ID = truce.DigestOf("response", string(r.By), r.Key, id.Hex(), says)
			at, err := m.speak(c, key, truce.Record{Response: r})
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s: %s, entry %d\n", whose.Party, says, at)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&says, "says", "", strings.Join(words, ", "))
	c.reasonFlags(cmd, &because, &as)
	_ = cmd.MarkFlagRequired("says")
	return cmd
}

func sourceNames(a *truce.Agreement) (out []string) {
	for id := range a.Sources {
		out = append(out, string(id))
	}
	slices.Sort(out)
	return out
}

const intoHelp = "sign into this file, to be handed to the mission (truce submit), instead of writing to the record; also works on a mirror"

// reasonFlags are those of everything that people say.
func (c command) reasonFlags(cmd *cobra.Command, because, as *string) {
	cmd.Flags().StringVar(because, "because", "", "the reason, for the record")
	cmd.Flags().StringVar(as, "as", "", "the key that signs: a file, or a name")
	cmd.Flags().StringVar(c.into, "into", "", intoHelp)
	_ = cmd.MarkFlagRequired("because")
	_ = cmd.MarkFlagRequired("as")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if strings.TrimSpace(*because) == "" {
			return errors.New("--because: a reason without a word is none")
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
			known := func(o truce.Party) bool { return string(o.ID) == actor }
			if actor != "" && !m.agreement.HasParty(truce.PartyID(actor)) && !slices.ContainsFunc(m.agreement.Others, known) {
				return fmt.Errorf("--actor %q is neither a party nor another of the agreement", actor)
			}
			id, inc, err := c.subject(m, args[1])
			if err != nil {
				return err
			}
			if inc == nil {
				return fmt.Errorf("%s is a tally; attribution is of incidents", args[1])
			}
			a := &truce.Attribution{Of: []truce.Digest{id}, State: inc.IDs(), Actor: truce.PartyID(actor), Basis: basis, Confidence: confidence, Because: because, By: string(whose.Role)}
			a.ID = truce.DigestOf("attribution", id.Hex(), actor, confidence, basis, because, ledger.Time(c.now()))
			at, err := m.speak(c, key, truce.Record{Attribution: a})
			if err != nil {
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
			// A key of its own for each thing said, also within one millisecond.
			text := fmt.Sprintf("%s %s-%s-%s", word, strings.ReplaceAll(whose.Name, "/", "-"), ledger.Time(c.now()), truce.DigestOf(args[1:]...))
			if word != "observe" {
				who := by
				switch {
				case whose.Party != "" && by != "" && by != string(whose.Party):
					return fmt.Errorf("%w: %s speaks for %s, and for nobody else", ledger.ErrMayNot, whose.Name, whose.Party)
				case whose.Party != "":
					who = string(whose.Party)
				}
				if who == "" {
					return hint{fmt.Errorf("who says so?"), "sign with the key of a party's liaison, or name whom it was heard from with --by"}
				}
				text += " by " + who
			}
			r, err := situation.ParseEntry(m.agreement, text+" "+strings.Join(args[1:], " "), options(nil))
			if err != nil {
				return hint{err, "doc/scenario-language.md says how statements are written"}
			}
			if o := r.Observation; word == "observe" && o.Source != "mission" {
				if _, named := m.agreement.Sources[o.Source]; !named {
					return hint{fmt.Errorf("the agreement names no source %q%s", o.Source, truce.Suggest(string(o.Source), sourceNames(m.agreement))),
						"a source of another name counts as another publisher, and two publishers corroborate; use source=mission for the mission's own, or one that the agreement names"}
				}
			}
			if to != "" {
				id, _, err := c.subject(m, to)
				if err != nil {
					return err
				}
				if r.Notification == nil {
					return errors.New("--to goes with notify")
				}
				r.Notification.To = id
			}
			now := truce.InstantOf(c.now())
			switch {
			case r.Notification != nil:
				r.Notification.Text, r.Notification.Reported = because, now
			case r.Restriction != nil:
				r.Restriction.Text = because
			case r.Observation != nil:
				r.Observation.Note = because
				if r.Observation.Reported == 0 {
					r.Observation.Reported = now
				}
			}
			at, err := m.speak(c, key, r)
			if err != nil {
				return err
			}
			shelf := ""
			if delicate(&r) {
				shelf = ", on the shared shelf"
				secret, err := m.idSecret(c)
				if err != nil {
					return err
				}
				r = (&sayer{secret: secret}).keyed(r, &saidBefore{})
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
		`STATEMENT is an act, an interval and a place, in the words of scenarios. An
allegation keeps its claimant, and by itself yields at most "alleged only".`,
		`  truce allege field "fire 2025-08-20T10:05/10:20+03:00 48.01N 37.80E ±500m weapon=mortar side=UA killed=1" --because "report of the post" --as ua-1`)
}

func (c command) observe() *cobra.Command {
	return c.statement("observe", "Record what a monitor saw or heard",
		`STATEMENT is an act, an interval and a place, in the words of scenarios, with
source= and its keys. One that gives away the observer's post starts on the
shared shelf.`,
		`  truce observe field "explosion 2025-08-20T10:05/10:06+03:00 from 48.01N 37.80E bearing 350-010 distance 2-5km source=mission means=heard count=3" --because "log of patrol 3" --as monitor-7`)
}

func (c command) restrict() *cobra.Command {
	return c.statement("restrict", "Record that a monitor was denied, delayed or jammed",
		`STATEMENT is an interval and a place, in the words of scenarios. It takes away the
coverage it names.`,
		`  truce restrict field "2025-08-20T10:00/14:00+03:00 zone:ukraine what=access" --by RU --because "turned back at the checkpoint" --as monitor-7`)
}
