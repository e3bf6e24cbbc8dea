package main

import (
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/mission"

	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
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
				return mission.Hinted(errors.New("proofs are made from a mission or a mirror"), "truce follow "+args[0]+" mirror")
			}
			index, err := mission.EntryOf(p.dir, args[1])
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
			return disk.WriteFile(out, 0o644, func(f *os.File) error {
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

// vouched asks the witnesses once, where the quorum has not co-signed the record as it
// is: with no room open, nobody else asks them.
func (c command) vouched(m *mission.Writer, size int64) error {
	if m.Vouched(size) == nil {
		return nil
	}
	if m.Server() != nil { // an open room asks them, at their pace
		return m.Vouched(size)
	}
	w, err := m.Witnesses(0)
	if err != nil {
		return err
	}
	if err := w.Ask(context.Background()); err != nil {
		return err
	}
	for _, x := range w.States() {
		if x.Error != "" {
			fmt.Fprintf(c.err, "truce: the witness %s did not co-sign: %s\n", x.Name, x.Error)
		}
	}
	return m.Vouched(size)
}

// publish puts the digest of a file into the record, and its proof beside it; s is the
// situation that it is of, and read what that was computed from.
func (c command) publish(m *mission.Writer, read *mission.Reading, s *situation.Situation, name, title, as, because string) error {
	key, _, err := m.Signer(as)
	if err != nil {
		return err
	}
	size, err := read.End()
	if err != nil {
		return err
	}
	text, err := mission.DigestOfFile(name)
	if err != nil {
		return err
	}
	p := mission.Publication{Title: title, File: filepath.Base(name), Entries: size, Known: s.Now.String(), Because: because,
		Digests: map[string]truce.Digest{"public": s.Digest()}}
	if err := p.SHA256.UnmarshalText([]byte(text)); err != nil {
		return err
	}
	if p.Digests["mission"], err = read.WholeDigest(s); err != nil {
		return err
	}
	content, err := json.Marshal(p)
	if err != nil {
		return err
	}
	at, err := m.Say(mission.Said{Body: ledger.Body{Kind: "publication", Mission: m.Origin(), At: ledger.Time(c.now()), Content: content}}, key)
	if err != nil {
		return err
	}
	ctx := context.Background()
	var trust trustFlags
	where, err := trust.locate(ctx, m.Dir)
	if err != nil {
		return err
	}
	proof, err := prove(ctx, where, at)
	if err != nil {
		return err
	}
	if err := disk.WriteFile(name+".proof", 0o644, func(f *os.File) error {
		_, err := f.Write(proof)
		return err
	}); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: published with entry %d; its proof: %s.proof\n", name, at, name)
	if s.Withheld > 0 {
		fmt.Fprintf(c.out, "  it is computed from what is public: %s held back, and not in it\n", mission.Are(s.Withheld, "input"))
	}
	return nil
}

func (c command) export() *cobra.Command {
	var trust trustFlags
	var out, folder string
	cmd := &cobra.Command{
		Use:   "export MISSION --bundle FILE.truce | --site FOLDER",
		Short: "Write the record into one file for a stick, or the public face as a static site",
		Long: `A bundle holds the record, its evidence and the proofs of what was published: it is a zip of what a mirror needs, for a stick or a mail. All of it is
verified while it is written. The same record gives the same files in it, and from
one build the same bytes. What is not public is not in it.

A site is what the public sees of the room, as files: pages in every language, the
map with its tiles, published reports, proofs, and the record itself, which mirrors
follow there. Links are relative; any web server or CDN carries it. Search, sign-in
and the slider need a server, and are left out.`,
		Example: `  truce export field --bundle field.truce
  truce export field --site public && rsync -a public/ web:/var/www/truce/
  truce import field.truce mirror`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			ctx := context.Background()
			switch {
			case (out == "") == (folder == ""):
				return errors.New("want --bundle FILE or --site FOLDER")
			case folder != "":
				return c.exportSite(ctx, args[0], folder)
			}
			p, err := trust.locate(ctx, args[0])
			if err != nil {
				return err
			}
			return c.fault(disk.WriteFile(out, 0o644, func(f *os.File) error { return c.bundle(ctx, p, f) }))
		},
	}
	trust.flags(cmd)
	cmd.Flags().StringVar(&out, "bundle", "", "the file to write")
	cmd.Flags().StringVar(&folder, "site", "", "the new folder to write the site to")
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
	s, err := l.Verify(ctx, cp, audit.Options{Progress: func(done, total int64) { bar.Count("verifying", int(done), int(total)) },
		Each: func(e *audit.Entry, _ []audit.Key) error {
			if e.Kind == "publication" {
				published = append(published, e.Index)
			}
			named = append(named, audit.Files(e)...)
			return nil
		}})
	bar.Done()
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
		bar.Count("writing", i, len(names))
		data, err := p.fetch(ctx, name)
		if err != nil {
			return err
		}
		if err := put(name, data); err != nil {
			return err
		}
	}
	bar.Done()
	for _, index := range published {
		text, err := l.Prove(ctx, cp, index)
		if err != nil {
			return err
		}
		if err := put(fmt.Sprintf("proofs/%d.proof", index), text); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.out, "%s: %s, %s, %s\n", cp.Origin, mission.Plural(int(s.Entries), "entry"), mission.Plural(len(names), "file"), mission.Plural(len(published), "proof"))
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
				return mission.Hinted(fmt.Errorf("%s: %w", args[0], err), "want a file that truce export wrote")
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
