package intake

import (
	"fmt"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/source"
)

// again returns an error if rows of this very file are in the record already, as another mapping
// read them, and would be recorded a second time under other keys. Rows without a key of their own
// have one of the columns that the mapping uses, so a corrected mapping gives other records. Where
// both mappings state a key, whoever wrote them decided which rows are the same.
func (m *Writer) again(in *mission.Intake, before *saidBefore) error {
	if in.Whole || in.Mapping.IsZero() {
		return nil
	}
	ins, err := m.Intakes()
	if err != nil {
		return err
	}
	_, now, err := m.reading(in)
	if err != nil {
		return err
	}
	files := map[truce.Digest]bool{}
	tried := map[truce.Digest]bool{in.Mapping: true}
	var earlier []mission.Intake
	for _, old := range ins {
		if old.As() != in.As() {
			continue
		}
		if files[old.Evidence] = true; old.Evidence != in.Evidence || old.Mapping.IsZero() || tried[old.Mapping] {
			continue
		}
		tried[old.Mapping] = true
		if _, o, err := m.reading(&old); err == nil && !o.Mapping.Apart(now.Mapping) {
			earlier = append(earlier, old)
		}
	}
	if len(earlier) == 0 {
		return nil
	}
	type place struct {
		file string
		row  int
	}
	rows := func(in mission.Intake, known bool) (map[place]bool, error) {
		in.Whole, in.Revises = false, false
		out, row := map[place]bool{}, source.Row{}
		err := m.parse(&in, source.NewEdition(), hearing{row: func(r source.Row) { row = r }}, func(r truce.Item, err error) bool {
			if err == nil {
				if _, is := before.by[r.ID()]; is == known {
					out[place{row.File, row.N}] = true
				}
			}
			return true
		})
		return out, err
	}
	fresh, err := rows(*in, false)
	if err != nil {
		return nil // the survey says so
	}
	for _, old := range earlier {
		old.Path, old.Size = in.Path, in.Size
		there, err := rows(old, true)
		if err != nil {
			continue // what it said is not known any more
		}
		twice := 0
		for p := range fresh {
			if there[p] {
				twice++
			}
		}
		if twice == 0 {
			continue
		}
		hint := "use --revises --whole: what the earlier mapping gave is withdrawn, and what this one gives is recorded"
		if n := len(files) - 1; n > 0 {
			hint = fmt.Sprintf("the source %s has %s more in the record, and --revises --whole withdraws what is not in the file that is read: pack all of them into one .zip, and read that with --revises --whole", in.As(), mission.Plural(n, "file"))
		}
		return mission.Hinted(fmt.Errorf("%s: this very file was read before with another mapping, and %s would be recorded a second time; nothing was read", in.File, mission.Plural(twice, "row")),
			hint+". If both readings are meant, give both mappings a key:")
	}
	return nil
}
