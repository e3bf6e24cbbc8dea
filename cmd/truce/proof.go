package main

import (
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/mission"

	"archive/zip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

func (c command) proof() *cobra.Command {
	var trust trustFlags
	var out string
	cmd := &cobra.Command{
		Use:   "proof MISSION ID|REPORT",
		Short: "Write a small file that proves, without the record, that an entry is in it",
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
			p, err := trust.Open(ctx, args[0])
			if err != nil {
				return err
			}
			if p.Dir == "" {
				return mission.Hinted(errors.New("proofs are made from a mission or a mirror"), "truce follow "+args[0]+" mirror")
			}
			index, err := mission.EntryOf(p.Dir, args[1])
			if err != nil {
				return err
			}
			text, err := p.Prove(ctx, index)
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

// vouched asks the witnesses once, where the quorum has not co-signed the record as it
// is: with no room open, nobody else asks them.
func (c command) vouched(m *intake.Writer, size int64) error {
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
func (c command) publish(m *intake.Writer, read *mission.Reading, s *situation.Situation, name, title, as, because string) error {
	key, _, err := m.Signer(as)
	if err != nil {
		return err
	}
	size, err := read.End()
	if err != nil {
		return err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	p := ledger.Publication{Title: title, File: filepath.Base(name), Entries: size, Known: s.Now.String(), Because: because,
		Digests: s.Published()}
	if p.Digests["mission"], err = read.WholeDigest(s); err != nil {
		return err
	}
	at, err := m.PublishFile(key, p, data)
	if err != nil {
		return err
	}
	ctx := context.Background()
	where, err := mirror.Trust{}.Open(ctx, m.Dir)
	if err != nil {
		return err
	}
	proof, err := where.Prove(ctx, at)
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
		fmt.Fprintf(c.out, "  it is computed from what is public: %s withheld, and not in it\n", mission.Are(s.Withheld, "input"))
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
one build the same bytes. It has nothing that is not public.

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
			p, err := trust.Open(ctx, args[0])
			if err != nil {
				return err
			}
			return c.fault(disk.WriteFile(out, 0o644, func(f *os.File) error {
				b, err := p.WriteBundle(ctx, f, c.bar())
				if err != nil {
					return err
				}
				fmt.Fprintf(c.out, "%s: %s, %s, %s\n", b.Origin, mission.Plural(int(b.Entries), "entry"), mission.Plural(b.Files, "file"), mission.Plural(b.Proofs, "proof"))
				return nil
			}))
		},
	}
	trust.flags(cmd)
	cmd.Flags().StringVar(&out, "bundle", "", "the file to write")
	cmd.Flags().StringVar(&folder, "site", "", "the new folder to write the site to")
	return cmd
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
			f := c.follower(trust.Trust, args[0], args[1])
			f.From = mirror.FromBundle(&z.Reader)
			if err := f.CosignWith(witness); err != nil {
				return err
			}
			err = f.Round(context.Background())
			var fork *mirror.Fork
			if errors.As(err, &fork) || errors.Is(err, audit.ErrFault) || errors.Is(err, mirror.ErrDiffers) {
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
