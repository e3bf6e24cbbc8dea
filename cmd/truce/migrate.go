package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/spf13/cobra"
)

func (c command) migrate() *cobra.Command {
	var fl initFlags
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
			done, err := old.lock()
			if err != nil {
				return err
			}
			defer done()
			fl.demo = old.about.Demo
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
	cmd.Flags().StringVar(&fl.origin, "name", "", "of the record, for ever (default: made up)")
	cmd.Flags().StringVar(&fl.head, "head", "", "the head of mission's public key, a .pub file (default: a key is made)")
	return cmd
}

// openOld opens a mission of the first format: intake.jsonl, decisions.jsonl and
// evidence/.
func openOld(dir string) (*mission, error) {
	text, err := os.ReadFile(filepath.Join(dir, "mission.json"))
	if err != nil {
		return nil, err
	}
	m := &mission{dir: dir, evidence: evidence.Open(filepath.Join(dir, "evidence"))}
	if err := json.Unmarshal(text, &m.about); err != nil {
		return nil, fmt.Errorf("%s/mission.json: %w", dir, err)
	}
	if m.about.Format != 1 {
		return nil, fmt.Errorf("%s has a record already", dir)
	}
	if m.agreement, err = loadAgreement(filepath.Join(dir, "agreement")); err != nil {
		return nil, err
	}
	if m.agreement.Digest != m.about.Digest {
		return nil, hint{fmt.Errorf("%s/agreement is not the agreement this mission was made with", dir), "put the files back"}
	}
	return m, nil
}

func (c command) migrateTo(old *mission, dir string, fl initFlags) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := copyTree(filepath.Join(dir, "agreement"), os.DirFS(filepath.Join(old.dir, "agreement"))); err != nil {
		return err
	}
	m, err := c.begin(dir, old.agreement, fl)
	if err != nil {
		return err
	}
	if err := copyTree(filepath.Join(dir, "rejects"), os.DirFS(filepath.Join(old.dir, "rejects"))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	secret, err := m.secret()
	if err != nil {
		return err
	}
	intakeKey, err := m.key("intake")
	if err != nil {
		return err
	}
	var ins []intake
	if err := lines(filepath.Join(old.dir, "intake.jsonl"), func(line []byte) error {
		var in intake
		err := strict(line, &in)
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

func (c command) migrateFile(old, m *mission, in *intake, key *ledger.Secret, secret []byte) error {
	for _, sum := range []truce.Digest{in.Evidence, in.Mapping} {
		if sum.IsZero() {
			continue
		}
		if err := old.evidence.Check(sum); err != nil {
			return err
		}
		f, err := os.Open(old.evidence.Path(sum))
		if err != nil {
			return err
		}
		_, in.size, err = m.evidence.Put(f)
		f.Close()
		if err != nil {
			return err
		}
	}
	in.path = m.evidence.Path(in.Evidence)
	bar := c.bar()
	before, err := m.before(in.as(), in.Revises, bar)
	if err != nil {
		return err
	}
	y := &sayer{origin: m.origin(), secret: secret, known: true}
	n, err := m.survey(in, &before, y, bar)
	if err != nil {
		return err
	}
	if n.delicate > 0 { // what it holds is not for the public, and it was never told so
		data, err := os.ReadFile(in.path)
		if err == nil {
			err = m.shelvePiece(in.Evidence, data)
		}
		if err == nil {
			err = os.Remove(m.evidence.Path(in.Evidence))
		}
		if err != nil {
			return err
		}
		in.path, y.shared = old.evidence.Path(in.Evidence), true
		if n, err = m.survey(in, &before, y, bar); err != nil {
			return err
		}
	}
	if n.fatal != nil && !in.Cut {
		return n.fatal // it was read to its end when it came in
	}
	in.Counts = n.c
	if n.c.New+n.c.Corrected+n.c.Withdrawn == 0 {
		return nil
	}
	if err := c.pour(m, in, key, &before, y, bar); err != nil {
		return advise(err)
	}
	m.seen = nil
	return c.ingested(in.File, n.c, "table")
}

// migrateDecisions signs old decisions with the new mission's head: they keep
// the role that took them, and when it was known.
func (c command) migrateDecisions(old, m *mission) error {
	var subs []ledger.Submission
	key, kerr := m.key("head-of-mission")
	err := lines(filepath.Join(old.dir, "decisions.jsonl"), func(line []byte) error {
		var r truce.Record
		if err := strict(line, &r); err != nil {
			return err
		}
		if r.Decision == nil {
			return errors.New("no decision in it")
		}
		if kerr != nil {
			return hint{kerr, "decisions are signed anew: migrate without --head"}
		}
		b, err := ledger.BodyOf(m.origin(), &r)
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
	if _, err := m.append(c, subs...); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s\n", plural(len(subs), "decision"))
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
			return hint{fmt.Errorf("%s:%d: the line has no end: a write was cut short", name, n), "nothing before it is lost; remove the last line and repeat the command"}
		case err != nil:
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if err := f(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
}
