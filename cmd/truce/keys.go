package main

import (
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/mission"

	"fmt"
	"path/filepath"
	"strings"

	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/spf13/cobra"
)

func (c command) keygen() *cobra.Command {
	var out string
	var witness bool
	cmd := &cobra.Command{
		Use:   "keygen NAME",
		Short: "Make a key: a secret file, and a public one to hand to the mission",
		Long: `Keygen writes NAME.key, which stays with you and is never sent to anybody, and
NAME.pub, which the head of mission puts into the record with truce keys add. The
name stays in the record: use a role and a number, and never a person's name.

With --witness, the key only co-signs checkpoints of records that you mirror; other
programs that speak C2SP tlog-witness read the same file.`,
		Example: `  truce keygen verification-1
  truce keygen example.org/witness-1 --witness --out /secure`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := ledger.NewSecret(args[0])
			if err != nil {
				return err
			}
			if out == "" {
				out = mission.KeyFolder()
			}
			base := filepath.Join(out, strings.ReplaceAll(args[0], "/", "-"))
			if err := s.Save(base + ".key"); err != nil {
				return err
			}
			card := s.Card()
			if witness {
				w, err := s.Witness()
				if err != nil {
					return err
				}
				card = w.VKey() + "\n"
			}
			if err := disk.WriteBytes(base+".pub", 0o644, []byte(card)); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "secret: %s.key\npublic: %s.pub\n", base, base)
			if witness {
				fmt.Fprintf(c.out, "line for a policy: witness %s %s", strings.ReplaceAll(args[0], "/", "-"), card)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the folder to write to (default: your own keys, "+mission.KeyFolder()+")")
	cmd.Flags().BoolVar(&witness, "witness", false, "a witness's key")
	return cmd
}

func (c command) keys() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "keys MISSION",
		Short: "List the keys that the record states: roles, parties, from when and until when",
		Example: `  truce keys field
  truce keys add field verification-1.pub --role verification-officer --because "joined the mission" --as head-of-mission
  truce keys revoke field ua-1+3f2a91c0 --because "the phone was lost" --as head-of-mission`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			v, err := m.Glance()
			if err != nil {
				return err
			}
			out := rows{columns: []string{"key", "role", "party", "from entry", "until", "state", "reads"}, fields: []string{"id", "role", "party", "from", "until", "state", "reads"}}
			for i := range v.Keys {
				k := &v.Keys[i]
				state, reads := "in force", "no"
				if k.Revoked >= 0 {
					state = fmt.Sprintf("ended with entry %d", k.Revoked)
				} else if k.Until != "" && k.Until <= ledger.Time(c.now()) {
					state = "ran out"
				}
				if k.Recipient != "" {
					reads = "yes"
				}
				out.add(k.ID(), string(k.Role), string(k.Party), fmt.Sprint(k.From), k.Until, state, reads)
			}
			return out.write(c.out, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, json or csv")
	cmd.AddCommand(c.keysAdd(), c.keysReplace(), c.keysRevoke())
	return cmd
}

// state says something about keys.
func (c command) state(dir, as, kind string, content any) (int64, error) {
	m, done, err := c.writing(dir)
	if err != nil {
		return 0, err
	}
	defer done()
	key, _, err := m.Signer(as)
	if err != nil {
		return 0, err
	}
	return m.Enter(key, kind, content)
}

func (c command) keysAdd() *cobra.Command {
	var role, party, until, because, as string
	cmd := &cobra.Command{
		Use:     "add MISSION FILE.pub --role ROLE --because TEXT --as KEY",
		Short:   "State a key and its role in the record",
		Long:    "Roles: " + roleNames() + ". A liaison needs --party.",
		Example: `  truce keys add field ua-1.pub --role liaison --party UA --until 2026-06-01 --because "named by letter of 3 March" --as head-of-mission`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			k, err := mission.ReadCard(args[1])
			if err != nil {
				return err
			}
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			k.Because = because
			if k.Role, err = roleNamed(role); err != nil {
				return err
			}
			if k.Party, err = partyNamed(m.Agreement, party); err != nil {
				return err
			}
			if k.Until, err = c.until(m, until); err != nil {
				return fmt.Errorf("--until: %w", err)
			}
			at, err := c.state(args[0], as, "key", k)
			if err == nil {
				fmt.Fprintf(c.out, "%s is a %s from entry %d on\n", k.Name, strings.ReplaceAll(string(k.Role), "-", " "), at)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&role, "role", "", roleNames())
	f.StringVar(&party, "party", "", "of a liaison")
	f.StringVar(&until, "until", "", "a day or time at which it runs out")
	c.reasonFlags(cmd, &because, &as)
	_ = cmd.MarkFlagRequired("role")
	return cmd
}

func roleNames() string {
	var names []string
	for _, r := range ledger.Roles {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// until is a day or time to come, as entries write moments; empty stays so.
func (c command) until(m *mission.Mission, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	at, err := scenario.ParseInstant(s, m.Agreement.Location)
	if err != nil {
		return "", err
	}
	if !at.Time().After(c.now()) {
		return "", fmt.Errorf("%s is past: the key could sign nothing", s)
	}
	return ledger.Time(at.Time()), nil
}

func (c command) keysReplace() *cobra.Command {
	var old, until, because, as string
	cmd := &cobra.Command{
		Use:   "replace MISSION FILE.pub --old ID --because TEXT --as KEY",
		Short: "Put a new key in the place of an old one, with its role and party",
		Long: `The old key itself may sign for its replacement, or the head of mission. The old
one ends with that entry.`,
		Example: `  truce keys replace field ua-2.pub --old ua-1+3f2a91c0 --because "yearly change" --as ua-1`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			k, err := mission.ReadCard(args[1])
			if err != nil {
				return err
			}
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			was, err := m.KeyNamed(old)
			if err != nil {
				return err
			}
			k.Role, k.Party, k.Because, k.Replaces = was.Role, was.Party, because, was.ID()
			if k.Until, err = c.until(m, until); err != nil {
				return fmt.Errorf("--until: %w", err)
			}
			at, err := c.state(args[0], as, "key", k)
			if err == nil {
				fmt.Fprintf(c.out, "%s takes the place of %s from entry %d on\n", k.Name, was.ID(), at)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&old, "old", "", "the key that ends: its ID, or its name")
	f.StringVar(&until, "until", "", "a day or time at which the new one runs out")
	c.reasonFlags(cmd, &because, &as)
	_ = cmd.MarkFlagRequired("old")
	return cmd
}

func (c command) keysRevoke() *cobra.Command {
	var because, as string
	cmd := &cobra.Command{
		Use:     "revoke MISSION ID --because TEXT --as KEY",
		Short:   "End a key; what it signed before stays",
		Example: `  truce keys revoke field ua-1+3f2a91c0 --because "the phone was lost" --as head-of-mission`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			k, err := m.KeyNamed(args[1])
			if err != nil {
				return err
			}
			at, err := c.state(args[0], as, "revoke", map[string]string{"key": k.ID(), "because": because})
			if err == nil {
				fmt.Fprintf(c.out, "%s ended with entry %d\n", k.ID(), at)
			}
			return err
		},
	}
	c.reasonFlags(cmd, &because, &as)
	return cmd
}
