package main

import (
	"github.com/opentruce/truce/internal/mission"

	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/spf13/cobra"
)

func (c command) migrate() *cobra.Command {
	var fl mission.InitFlags
	cmd := &cobra.Command{
		Use:   "migrate MISSION",
		Short: "Bring a mission that was made without a signed record into one",
		Long: `Migrate reads the files of an old mission again, in their order, and writes what
they say and what was decided into a new record, with the moments from which it
was known. Findings stay the same, and so does their digest. The old folder is
kept beside, as MISSION.old.`,
		Example: `  truce migrate field`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := filepath.Clean(args[0])
			old, err := openOld(dir)
			if err != nil {
				return err
			}
			old.Command = c.name()
			done, err := c.alone(old, "stop it with: kill PID; then repeat the command")
			if err != nil {
				return err
			}
			defer done()
			fl.Demo = old.About.Demo
			next := dir + ".migrating"
			if err := os.RemoveAll(next); err != nil { // of a run that was cut short
				return err
			}
			if err := c.migrateTo(old, next, fl); err != nil {
				return err
			}
			if _, err := os.Stat(dir + ".old"); err == nil {
				return fmt.Errorf("%s.old is there already", dir)
			}
			if err := os.Rename(dir, dir+".old"); err != nil {
				return err
			}
			if err := os.Rename(next, dir); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s has a record now; what it was is in %s.old\n", dir, dir)
			return nil
		},
	}
	cmd.Flags().StringVar(&fl.Origin, "name", "", "of the record, for ever (default: made up)")
	cmd.Flags().StringVar(&fl.Head, "head", "", "the head of mission's public key, a .pub file (default: a key is made)")
	return cmd
}

// openOld opens a mission of the first format: intake.jsonl, decisions.jsonl and
// evidence/.
func openOld(dir string) (*mission.Mission, error) {
	text, err := os.ReadFile(filepath.Join(dir, "mission.json"))
	if err != nil {
		return nil, err
	}
	m := mission.NewMission(dir)
	m.Evidence = evidence.Open(filepath.Join(dir, "evidence"))
	if err := json.Unmarshal(text, &m.About); err != nil {
		return nil, fmt.Errorf("%s/mission.json: %w", dir, err)
	}
	if m.About.Format != 1 {
		return nil, fmt.Errorf("%s has a record already", dir)
	}
	if m.Agreement, err = mission.LoadAgreement(filepath.Join(dir, "agreement")); err != nil {
		return nil, err
	}
	if m.Agreement.Digest != m.About.Digest {
		return nil, mission.Hinted(fmt.Errorf("%s/agreement is not the agreement this mission was made with", dir), "put the files back")
	}
	return m, nil
}

func (c command) migrateTo(old *mission.Mission, dir string, fl mission.InitFlags) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := mission.CopyTree(filepath.Join(dir, "agreement"), os.DirFS(filepath.Join(old.Dir, "agreement"))); err != nil {
		return err
	}
	m, err := mission.Begin(dir, old.Agreement, fl, c.now, c.bar())
	if err != nil {
		return err
	}
	if err := mission.CopyTree(filepath.Join(dir, "rejects"), os.DirFS(filepath.Join(old.Dir, "rejects"))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	secret, err := m.Secret()
	if err != nil {
		return err
	}
	intakeKey, err := m.Key("intake")
	if err != nil {
		return err
	}
	var ins []mission.Intake
	if err := lines(filepath.Join(old.Dir, "intake.jsonl"), func(line []byte) error {
		in, err := mission.ParseIntake(line)
		ins = append(ins, in)
		return err
	}); err != nil {
		return err
	}
	for i := range ins {
		if err := c.migrateFile(old, m, &ins[i], intakeKey, secret); err != nil {
			return fmt.Errorf("%s: %w", ins[i].File, err)
		}
	}
	return c.migrateDecisions(old, m)
}

func (c command) migrateFile(old, m *mission.Mission, in *mission.Intake, key *ledger.Secret, secret []byte) error {
	for _, sum := range []truce.Digest{in.Evidence, in.Mapping} {
		if sum.IsZero() {
			continue
		}
		if err := old.Evidence.Check(sum); err != nil {
			return err
		}
		f, err := os.Open(old.Evidence.Path(sum))
		if err != nil {
			return err
		}
		_, in.Size, err = m.Evidence.Put(f)
		f.Close()
		if err != nil {
			return err
		}
	}
	in.Path = m.Evidence.Path(in.Evidence)
	before, err := m.Before(in.As(), in.Revises)
	if err != nil {
		return err
	}
	y := &mission.Sayer{Origin: m.Origin(), Secret: secret, Known: true}
	n, err := m.Survey(in, &before, y)
	if err != nil {
		return err
	}
	if n.Delicate > 0 { // what it holds is not for the public, and it was never told so
		data, err := os.ReadFile(in.Path)
		if err == nil {
			err = m.ShelvePiece(in.Evidence, data)
		}
		if err == nil {
			err = os.Remove(m.Evidence.Path(in.Evidence))
		}
		if err != nil {
			return err
		}
		in.Path, y.Shared = old.Evidence.Path(in.Evidence), true
		if n, err = m.Survey(in, &before, y); err != nil {
			return err
		}
	}
	if n.Fatal != nil && !in.Cut {
		return n.Fatal // it was read to its end when it came in
	}
	in.Counts = n.C
	if n.C.New+n.C.Corrected+n.C.Withdrawn == 0 {
		return nil
	}
	if err := m.Pour(in, key, &before, y); err != nil {
		return mission.Advise(err)
	}
	m.Seen = nil
	return c.ingested(in.File, mission.Ingested{Counts: n.C}, "table")
}

// migrateDecisions signs old decisions with the new mission's head. Nobody signed
// them before, so they are the head's from now on: the reason says which role took
// them, and when.
func (c command) migrateDecisions(old, m *mission.Mission) error {
	var subs []ledger.Submission
	key, kerr := m.Key("head-of-mission")
	err := lines(filepath.Join(old.Dir, "decisions.jsonl"), func(line []byte) error {
		var r truce.Record
		if err := mission.Strict(line, &r); err != nil {
			return err
		}
		if r.Decision == nil {
			return errors.New("no decision in it")
		}
		if kerr != nil {
			return mission.Hinted(kerr, "decisions are signed anew: migrate without --head")
		}
		d := r.Decision
		if d.By != "" && d.By != string(ledger.HeadOfMission) {
			d.Because += " (decided by a " + strings.ReplaceAll(d.By, "-", " ") + ")"
		}
		if r.Known.Stated() {
			d.Because += " (decided " + r.Known.String() + ")"
		}
		d.By, r.Known = string(ledger.HeadOfMission), 0
		b, err := ledger.BodyOf(m.Origin(), &r)
		if err != nil {
			return err
		}
		b.At = ledger.Time(c.now())
		s, err := b.Say(key)
		subs = append(subs, s)
		return err
	})
	if err != nil || len(subs) == 0 {
		return err
	}
	if _, err := m.Append(subs...); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s\n", mission.Plural(len(subs), "decision"))
	return nil
}

// lines calls f with each line of a JSON lines file; a file that is not there
// has none. A last line without an end was not written to its end and is
// refused.
func lines(name string, f func(line []byte) error) error {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	r := bufio.NewReader(file)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		switch {
		case err == io.EOF && len(bytes.TrimSpace(line)) == 0:
			return nil
		case err == io.EOF:
			return mission.Hinted(fmt.Errorf("%s:%d: the line has no end: a write was cut short", name, n), "nothing before it is lost; remove the last line and repeat the command")
		case err != nil:
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if err := f(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
}
