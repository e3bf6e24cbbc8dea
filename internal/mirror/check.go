package mirror

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// A Check is what was verified of a whole copy.
type Check struct {
	*audit.Summary
	// Vouched is the last checkpoint that witnesses co-signed, where it is not the
	// current one.
	Vouched *audit.Checkpoint
	Files   int          // that are there as received
	Missing []audit.File // named, and not there
	Beyond  int          // files that the checkpoint does not commit to yet
	// Leftover are files that are not of this tree: of a write that was cut short, or
	// altered. Strangers are not part of a record.
	Strangers, Leftover []string
	// Unchecked says why the rules that only the mission can check were not checked; nil:
	// they were, or this is not a mission.
	Unchecked error
}

// Check verifies the whole record: the checkpoint, every entry, every signature, and
// every file. The objections that only a mission, or whoever holds what is sealed, can
// make are among those that it returns, where open opens the mission.
func (c *Copy) Check(ctx context.Context, open func(dir string) (*mission.Mission, error), progress mission.Progress) (*Check, error) {
	l := c.Log()
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	var files []audit.File
	texts := map[int64]string{} // digests of the agreements that are stated, by entry
	s, err := l.Verify(ctx, cp, audit.Options{
		Progress: func(done, total int64) { progress.Count("verifying", int(done), int(total)) },
		Each: func(e *audit.Entry, _ []audit.Key) error {
			files = append(files, audit.Files(e)...)
			switch e.Kind {
			case "mission":
				texts[e.Index] = audit.Member(e.Content, "agreement")
			case "agreement":
				texts[e.Index] = audit.Member(e.Content, "digest")
			}
			return nil
		}})
	progress.Done()
	if err != nil {
		return nil, err
	}
	out := &Check{Summary: s}
	for i, f := range files {
		progress.Count("verifying files", i, len(files))
		switch _, err := l.File(ctx, f); {
		case err == nil:
			out.Files++
		case audit.Missing(err):
			out.Missing = append(out.Missing, f)
		default:
			progress.Done()
			return nil, err
		}
	}
	progress.Done()
	_, err = os.Stat(filepath.Join(filepath.Dir(c.Dir), "private"))
	own := c.Dir != "" && err == nil
	var extra []audit.Objection
	for _, f := range out.Missing {
		switch {
		case f.Entry > 0 && texts[f.Entry] != "": // whoever may amend can state a text without its files
			delete(texts, f.Entry)
			extra = append(extra, audit.Objection{Entry: f.Entry, Rule: ledger.RuleFiles, Why: "the file " + f.Name + " of the terms is not there", Skipped: true})
		case f.Entry > 0 && slices.ContainsFunc(extra, func(o audit.Objection) bool { return o.Entry == f.Entry }):
		case own: // the mission itself has what it received, or has lost it
			return nil, &audit.Fault{Entry: f.Entry, File: f.Path(), Why: "the file " + f.Name + ", which is public, is not there"}
		}
	}
	if list := slices.Sorted(maps.Keys(texts)); len(list) > 0 {
		s.Agreement = texts[list[len(list)-1]]
	}
	object(s, extra)
	out.Unchecked = c.asRead(s, open)
	if c.Dir != "" {
		if out.Strangers, out.Leftover, out.Beyond, err = l.Folder(ctx, c.Dir, cp); err != nil {
			return nil, err
		}
	}
	// Witnesses follow at their own pace: what they vouch for may be older, and must be
	// what this record grew out of.
	if len(cp.Cosigned) == 0 {
		if before, berr := l.Cosigned(ctx); berr == nil && len(before.Cosigned) > 0 && before.Size <= cp.Size {
			if err := l.Consistent(ctx, before, cp); err != nil {
				return nil, err
			}
			out.Vouched = before
		}
	}
	return out, nil
}

// asRead adds the objections that only the mission, or whoever holds what is sealed,
// can make: the entries of a mission or a mirror are read as other commands read them.
func (c *Copy) asRead(s *audit.Summary, open func(dir string) (*mission.Mission, error)) error {
	if _, err := os.Stat(filepath.Join(c.Where, "mission.json")); err != nil || int64(len(s.Objections)) < s.Objected {
		return nil
	}
	m, err := open(c.Where)
	if err != nil {
		return err
	}
	list, err := m.Objections()
	if err != nil {
		return err
	}
	var extra []audit.Objection
	for _, x := range list {
		extra = append(extra, audit.Objection{Entry: x.Entry, Rule: x.Rule, Why: x.Why, Skipped: x.Skipped})
	}
	object(s, extra)
	return nil
}

// object adds objections to a summary, each rule once for an entry.
func object(s *audit.Summary, extra []audit.Objection) {
	for _, x := range extra {
		told, broken, skipped := false, false, false
		for _, o := range s.Objections {
			if o.Entry == x.Entry {
				told, broken, skipped = told || o.Rule == x.Rule, true, skipped || o.Skipped
			}
		}
		if told {
			continue
		}
		s.Objections = append(s.Objections, x)
		s.Objected++
		if !broken {
			s.Breaking++
		}
		if x.Skipped && !skipped {
			s.Skipped++
		}
	}
	slices.SortStableFunc(s.Objections, func(a, b audit.Objection) int { return cmp.Compare(a.Entry, b.Entry) })
}

// Receipts checks that all that each receipt acknowledges is in the record, and calls
// each for each receipt that holds.
func (c *Copy) Receipts(ctx context.Context, names []string, each func(name string, r *audit.Receipt)) error {
	l := c.Log()
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	key := c.Policy.LogKey(cp.Origin)
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		r, err := audit.OpenReceipt(raw, key)
		if err != nil {
			return err
		}
		if err := l.Honoured(ctx, cp, r); err != nil {
			return err
		}
		each(name, r)
	}
	return nil
}

// Reports looks for the digests of files among what was published, and calls each with
// the entry that published a file and the key that signed it.
func (c *Copy) Reports(ctx context.Context, names []string, each func(name string, e *audit.Entry, by audit.Key)) error {
	l := c.Log()
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	type found struct {
		e    *audit.Entry
		keys []audit.Key
	}
	published := map[string]found{}
	if _, err := l.Verify(ctx, cp, audit.Options{Each: func(e *audit.Entry, keys []audit.Key) error {
		if e.Kind == "publication" {
			published[audit.Member(e.Content, "sha256")] = found{e, keys}
		}
		return nil
	}}); err != nil {
		return err
	}
	for _, name := range names {
		sum, err := mission.DigestOfFile(name)
		if err != nil {
			return err
		}
		f, ok := published[sum]
		if !ok {
			return &audit.Fault{Entry: -1, File: name, Why: "no publication in the record has its digest, " + sum + ": it was altered, or was never published"}
		}
		each(name, f.e, f.keys[0])
	}
	return nil
}

// Beside checks a file against the proof of its publication, which is in the file beside
// it. Where no key is trusted, the proof is checked against the key that it names itself,
// which is returned in stated.
func (t Trust) Beside(name string) (p *audit.Proof, stated string, err error) {
	raw, err := os.ReadFile(name + ".proof")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", mission.Hinted(fmt.Errorf("%s has no proof beside it", name), "name the record too: truce verify RECORD "+name)
	}
	if err != nil {
		return nil, "", err
	}
	if t.Key == "" && t.Policy == "" {
		if stated = audit.ProofKey(raw); stated == "" {
			return nil, "", &audit.Fault{Entry: -1, File: name + ".proof", Why: "it names no key of a record: it is not a proof, or it was altered"}
		}
		t.Key = stated
	}
	policy, err := t.Given()
	if err != nil {
		return nil, "", err
	}
	if p, err = audit.OpenProof(raw, policy); err != nil {
		return nil, "", err
	}
	sum, err := mission.DigestOfFile(name)
	if err != nil {
		return nil, "", err
	}
	if p.Entry.Kind != "publication" || audit.Member(p.Entry.Content, "sha256") != sum {
		return nil, "", &audit.Fault{Entry: -1, File: name, Why: "its digest, " + sum + ", is not the one that was published: it was altered"}
	}
	return p, stated, nil
}
