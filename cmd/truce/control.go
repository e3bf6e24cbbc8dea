package main

import (
	"github.com/opentruce/truce/internal/mission"

	"fmt"
	"math"
	"os"
	"sort"
	"strconv"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/control"
	"github.com/opentruce/truce/internal/situation"
	"github.com/spf13/cobra"
)

func (c command) control() *cobra.Command {
	var line, party, base, published, format string
	cmd := &cobra.Command{
		Use:   "control AGREEMENT --line LINE --party PARTY --base ZONE",
		Short: "Measure the share of an area that a party controls, by the agreement's line files",
		Long: `Control measures, for each day of a line's files, the area that a party controls
and its share of a base area, a zone of the agreement or a region. With
--published it sets another series beside it: a CSV whose columns are date, area
in square metres, and percent. The difference of the two shares is parted
exactly into what the polygons explain, (A - A') / B', and what the bases
explain, A / B - A / B', where A is the area, B the base, and the prime is theirs.`,
		Example: `  truce control agreements/ukraine-freeze --line contact --party RU --base ukraine \
      --published agreements/ukraine-freeze/published/control.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "json", "csv"); err != nil {
				return err
			}
			a, err := mission.LoadAgreement(args[0])
			if err != nil {
				return err
			}
			whose, err := partyNamed(a, party)
			if err != nil {
				return err
			}
			out, err := shares(a, line, whose, base, published)
			if err != nil {
				return err
			}
			return out.write(c.out, format)
		},
	}
	f := cmd.Flags()
	f.StringVar(&line, "line", "", "a line of the agreement")
	f.StringVar(&party, "party", "", "a party")
	f.StringVar(&base, "base", "", "the zone or region that shares are of")
	f.StringVar(&published, "published", "", "another series to set beside it")
	f.StringVar(&format, "format", "table", "table, json or csv")
	for _, need := range []string{"line", "party", "base"} {
		_ = cmd.MarkFlagRequired(need)
	}
	return cmd
}

func shares(a *truce.Agreement, line string, party truce.PartyID, base, published string) (*rows, error) {
	l := a.Lines[line]
	if l == nil {
		var names []string
		for n := range a.Lines {
			names = append(names, n)
		}
		sort.Strings(names)
		return nil, fmt.Errorf("--line %q is not in the agreement%s", line, truce.Suggest(line, names))
	}
	region, name, ok := situation.Regions(a, mission.Options(mission.Silent{}).Region)(base)
	if !ok {
		return nil, unknownZone(a, "base", base)
	}
	other, err := readPublished(published)
	if err != nil {
		return nil, err
	}
	out := &rows{columns: []string{"date", "controlled km2", "of " + name + " km2", "share %"}}
	if published != "" {
		out.columns = append(out.columns, "published km2", "of km2", "share %", "difference points", "by polygons", "by base")
	}
	b := region.AreaM2()
	days, err := control.Days(l, party, region)
	if err != nil {
		return nil, err
	}
	for _, day := range days {
		cells := []string{string(day.Date), assess.KM2(int64(day.AreaM2)), assess.KM2(int64(b)), points(100 * day.AreaM2 / b)}
		if published != "" {
			p, ok := other[day.Date]
			if !ok {
				cells = append(cells, "no data", "", "", "", "", "")
			} else {
				d := control.Compare(day.AreaM2, b, p)
				cells = append(cells, assess.KM2(int64(p.AreaM2)), assess.KM2(int64(d.BaseM2)), points(p.Percent), points(d.Total), points(d.Polygons), points(d.Bases))
			}
		}
		out.add(cells...)
	}
	if len(out.cells) == 0 {
		return nil, fmt.Errorf("the files of line %q do not say what %s controls", line, party)
	}
	return out, nil
}

func points(f float64) string {
	return strconv.FormatFloat(math.Round(f*1000)/1000, 'f', 3, 64)
}

func readPublished(name string) (map[truce.Date]control.Published, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out, err := control.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}
