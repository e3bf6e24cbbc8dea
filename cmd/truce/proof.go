package main

import (
	"archive/zip"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

func (c command) proof() *cobra.Command {
	var trust trustFlags
	var out string
	cmd := &cobra.Command{
		Use:   "proof MISSION ID|REPORT",
		Short: "Write a small file that proves, without the record, that an entry stands in it",
		Long: `ID is the number of an entry, the ID of what it says, or the entry's own; a REPORT
is one that was published. The proof holds the entry, its author's signature, the
way up to the checkpoint, and whatever witnesses co-signed: truce verify --proof
checks it years later, offline. Findings are computed, not recorded: for one, prove
the observations it rests on, or the report that prints it.`,
		Example: `  truce proof field 3f2a91c04d77 --out finding.proof
  truce proof field 4120
  truce proof mirror daily.html --out daily.html.proof`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			ctx := context.Background()
			p, err := trust.locate(ctx, args[0])
			if err != nil {
				return err
			}
			if p.dir == "" {
				return hint{errors.New("proofs are made from a mission or a mirror"), "truce follow " + args[0] + " mirror"}
			}
			index, err := entryOf(p.dir, args[1])
			if err != nil {
				return err
			}
			text, err := prove(ctx, p, index)
			if err != nil {
				return c.fault(err)
			}
			if out == "" {
				_, err = c.out.Write(text)
				return err
			}
			return writeFile(out, func(f *os.File) error {
				_, err := f.Write(text)
				return err
			})
		},
	}
	trust.flags(cmd)
	cmd.Flags().StringVar(&out, "out", "", "the file to write (default: standard output)")
	return cmd
}

func prove(ctx context.Context, p *place, index int64) ([]byte, error) {
	l := p.log()
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	return l.Prove(ctx, cp, index)
}

// entryOf finds the entry that is meant: by its number, by an ID, by a file that
// was published.
func entryOf(dir, what string) (int64, error) {
	if n, err := strconv.ParseInt(what, 10, 64); err == nil && len(what) < 12 {
		return n, nil
	}
	sum := ""
	if info, err := os.Stat(what); err == nil && info.Mode().IsRegular() {
		if sum, err = digestOfFile(what); err != nil {
			return 0, err
		}
	}
	what = strings.ToLower(what)
	var found []int64
	for at, err := range ledger.Map(context.Background(), dir, 0, 1<<62, func(e *ledger.Entry) (int64, error) {
		id := e.ID()
		switch {
		case sum != "":
			if e.Kind == "publication" && audit.Member(e.Content, "sha256") == sum {
				return e.Index, nil
			}
		case len(what) >= 4 && (strings.HasPrefix(hex.EncodeToString(id[:]), what) || strings.HasPrefix(audit.Member(e.Content, "id"), what)):
			return e.Index, nil
		}
		return -1, nil
	}) {
		if err != nil {
			return 0, err
		}
		if at >= 0 {
			found = append(found, at)
		}
	}
	switch len(found) {
	case 0:
		if sum != "" {
			return 0, hint{fmt.Errorf("%s was not published in this record, or was altered since", what), "truce report --publish"}
		}
		return 0, hint{fmt.Errorf("no entry says anything with ID %q", what), "incidents and findings are computed; truce explain names the observations that they rest on"}
	case 1:
		return found[0], nil
	}
	if sum != "" {
		return found[len(found)-1], nil // published again
	}
	return 0, hint{fmt.Errorf("ID %q is ambiguous: %s", what, entryList(found)), "name the entry by its number"}
}

// publish puts a file's digest into the record, and its proof beside it.
func (c command) publish(m *mission, s *situation.Situation, name, title, as, because string) error {
	key, _, err := m.signer(as)
	if err != nil {
		return err
	}
	size, err := m.end()
	if err != nil {
		return err
	}
	text, err := digestOfFile(name)
	if err != nil {
		return err
	}
	p := publication{Title: title, File: filepath.Base(name), Entries: size, Known: s.Now.String(), Because: because,
		Digests: map[string]truce.Digest{"public": s.Digest()}}
	if err := p.SHA256.UnmarshalText([]byte(text)); err != nil {
		return err
	}
	if p.Digests["mission"], err = m.wholeDigest(s, c.bar()); err != nil {
		return err
	}
	content, err := json.Marshal(p)
	if err != nil {
		return err
	}
	at, err := m.say(c, said{body: ledger.Body{Kind: "publication", Mission: m.origin(), At: ledger.Time(c.now()), Content: content}}, key)
	if err != nil {
		return err
	}
	ctx := context.Background()
	var trust trustFlags
	where, err := trust.locate(ctx, m.dir)
	if err != nil {
		return err
	}
	proof, err := prove(ctx, where, at)
	if err != nil {
		return err
	}
	if err := writeFile(name+".proof", func(f *os.File) error {
		_, err := f.Write(proof)
		return err
	}); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: published with entry %d; its proof: %s.proof\n", name, at, name)
	if s.Withheld > 0 {
		fmt.Fprintf(c.out, "  it is computed from what is public: %s held back, and not in it\n", are(s.Withheld, "input"))
	}
	return nil
}

// wholeDigest is the digest of what the mission itself computes at the same
// moment, with what is held back.
func (m *mission) wholeDigest(s *situation.Situation, b *bar) (truce.Digest, error) {
	if s.Withheld == 0 {
		return s.Digest(), nil
	}
	all := *m
	all.seen, all.public = nil, false
	out, err := all.situation(s.Now, b)
	if err != nil {
		return truce.Digest{}, err
	}
	return out.Digest(), nil
}

func (c command) export() *cobra.Command {
	var trust trustFlags
	var out string
	cmd := &cobra.Command{
		Use:   "export MISSION --bundle FILE.truce",
		Short: "Write the record, its evidence and the proofs of what was published into one file",
		Long: `The file is a zip of what a mirror needs, for a stick or a mail. All of it is
verified while it is written. The same record gives the same files in it, and from
one build the same bytes. What is not public is not in it.`,
		Example: `  truce export field --bundle field.truce
  truce import field.truce mirror`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			ctx := context.Background()
			p, err := trust.locate(ctx, args[0])
			if err != nil {
				return err
			}
			return c.fault(writeFile(out, func(f *os.File) error { return c.bundle(ctx, p, f) }))
		},
	}
	trust.flags(cmd)
	cmd.Flags().StringVar(&out, "bundle", "", "the file to write")
	_ = cmd.MarkFlagRequired("bundle")
	return cmd
}

// bundle writes what it reads while it verifies, so that a record that does not
// verify gives no bundle.
func (c command) bundle(ctx context.Context, p *place, w io.Writer) error {
	names := map[string]bool{}
	var mu sync.Mutex
	noting := func(ctx context.Context, path string) ([]byte, error) {
		data, err := p.fetch(ctx, path)
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			names[path] = true
		}
		return data, err
	}
	l := &audit.Log{Fetch: noting, Policy: p.policy}
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	bar := c.bar()
	var published []int64
	var named []audit.File
	s, err := l.Verify(ctx, cp, audit.Options{Progress: func(done, total int64) { bar.count("verifying", int(done), int(total)) },
		Each: func(e *audit.Entry, _ []audit.Key) error {
			if e.Kind == "publication" {
				published = append(published, e.Index)
			}
			named = append(named, audit.Files(e)...)
			return nil
		}})
	bar.done()
	if err != nil {
		return err
	}
	for _, f := range named {
		if _, err := l.File(ctx, f); err != nil && !audit.Missing(err) {
			return err
		}
	}
	z := zip.NewWriter(w)
	put := func(name string, data []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	for i, name := range slices.Sorted(maps.Keys(names)) {
		bar.count("writing", i, len(names))
		data, err := p.fetch(ctx, name)
		if err != nil {
			return err
		}
		if err := put(name, data); err != nil {
			return err
		}
	}
	bar.done()
	for _, index := range published {
		text, err := l.Prove(ctx, cp, index)
		if err != nil {
			return err
		}
		if err := put(fmt.Sprintf("proofs/%d.proof", index), text); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.out, "%s: %s, %s, %s\n", cp.Origin, plural(int(s.Entries), "entry"), plural(len(names), "file"), plural(len(published), "proof"))
	return z.Close()
}

func (c command) importBundle() *cobra.Command {
	var trust trustFlags
	var witness string
	cmd := &cobra.Command{
		Use:   "import FILE.truce MIRROR",
		Short: "Bring a mirror up to a bundle: verify, recompute, co-sign",
		Long: `Import does what follow does, with a file as its source. Bundles may come in any
order: one that is older than the mirror adds nothing, and one of another history is
refused and kept as evidence.`,
		Example: `  truce import field.truce mirror --key truce/field-1+1a2b3c4d+AbC...`,
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			z, err := zip.OpenReader(args[0])
			if err != nil {
				return hint{fmt.Errorf("%s: %w", args[0], err), "want a file that truce export wrote"}
			}
			defer z.Close()
			f := &follower{c: c, trust: trust, where: args[0], dir: args[1], from: zipped(&z.Reader)}
			if err := f.witnessKey(witness); err != nil {
				return err
			}
			err = f.round(context.Background())
			var fork *forked
			if errors.As(err, &fork) || errors.Is(err, audit.ErrFault) || errors.Is(err, errDiffers) {
				fmt.Fprintf(c.out, "ALARM: %s\n", report.Clean(err.Error()))
				return exit(exitNo)
			}
			return err
		},
	}
	trust.flags(cmd)
	cmd.Flags().StringVar(&witness, "witness", "", "co-sign with this key: a file, or a name")
	return cmd
}

// zipped reads a record from a zip file. What expands beyond any file of a
// record is refused.
func zipped(z *zip.Reader) audit.Fetch {
	return func(_ context.Context, path string) ([]byte, error) {
		f, err := z.Open(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
		}
		defer f.Close()
		most := audit.MaxSize(path)
		data, err := io.ReadAll(io.LimitReader(f, most+1))
		if err == nil && int64(len(data)) > most {
			err = fmt.Errorf("%s expands beyond %d bytes", path, most)
		}
		return data, err
	}
}
