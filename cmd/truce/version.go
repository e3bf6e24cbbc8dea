package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/opentruce/truce/internal/mission"
	"github.com/spf13/cobra"
)

// built says what this program was made from.
type built struct {
	Version  string `json:"version"`  // of the module: v1.2.3, or (devel)
	Revision string `json:"revision"` // of the source; empty: not stamped
	Time     string `json:"revision_time,omitempty"`
	Changed  bool   `json:"changed"` // the source had changes that were not committed
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Method   string `json:"method"` // digest of the method that findings are computed with
}

func buildOf(info *debug.BuildInfo) built {
	b := built{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Method: mission.ThisMethod()}
	if info == nil {
		return b
	}
	b.Version = cmp.Or(info.Main.Version, "(devel)")
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Changed = s.Value == "true"
		}
	}
	return b
}

func (c command) version() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, the source it was built from, and the digest of its method",
		Long: `Version prints the module's version, the revision of its source, the version of Go,
and the digest of the method. Two builds with the same method compute the same
findings from the same record; truce method states it in a record.`,
		Example: `  truce version
  truce version --format json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			info, _ := debug.ReadBuildInfo()
			b := buildOf(info)
			if format == "json" {
				return indented(c.out, b)
			}
			source := cmp.Or(b.Revision, "not stamped: this build did not see a git checkout")
			if b.Time != "" {
				source += ", " + b.Time
			}
			if b.Changed {
				source += ", with uncommitted changes"
			}
			fmt.Fprintf(c.out, "truce %s\n  source    %s\n  go        %s, %s\n  method    %s\n", b.Version, source, b.Go, b.Platform, b.Method)
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}
