package intake

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/source"
)

// options are what the source room is told about a file.
func (m *Writer) reading(in *mission.Intake) (source.Kind, source.Options, error) {
	k, err := source.Find(in.Kind)
	if err != nil {
		return k, source.Options{}, err
	}
	o := source.Options{File: in.File, Source: in.Source, Encoding: in.Encoding, Zone: in.Zone, Vintage: in.Vintage}
	o.Of(m.Agreement)
	if in.Timezone != "" {
		if o.Location, err = time.LoadLocation(in.Timezone); err != nil || in.Timezone == "Local" {
			return k, o, fmt.Errorf("timezone %q is not known", in.Timezone)
		}
	}
	o.Local = m.Agreement.Location
	if !in.Mapping.IsZero() {
		text, err := m.File(in.Mapping)
		if err != nil {
			return k, o, err
		}
		if o.Mapping, err = source.ParseMapping(text); err != nil {
			return k, o, err
		}
	}
	return k, o, nil
}

// A hearing is who is told what happens while a file is read.
type hearing struct {
	progress func(int64)
	row      func(source.Row)
	remark   func(source.Remark)
}

// parse reads the file of an intake. Records get the moment they are known from;
// earlier is what its source said before, where it revises that.
func (m *Writer) parse(in *mission.Intake, earlier *source.Edition, h hearing, emit func(truce.Item, error) bool) error {
	k, o, err := m.reading(in)
	if err != nil {
		return err
	}
	o.Progress, o.Row, o.Remark = h.progress, h.row, h.remark
	entries, err := source.OpenAs(in.Path, in.File)
	if err != nil {
		return err
	}
	fixed, err := in.KnownFrom()
	if err != nil {
		return err
	}
	later := source.NewEdition()
	all := entries
	if entries, err = source.Among(all, o.Mapping); err != nil {
		return err
	}
	for _, e := range entries {
		if len(all) > 1 {
			_, member, _ := strings.Cut(e.Name, "!")
			o.File = in.File + "!" + member
		}
		r, err := e.Open()
		if err != nil {
			return err
		}
		seq := k.Read(r, o.With(e, all))
		if in.Whole {
			seq = noting(seq, later)
		}
		if in.Revises {
			seq = source.Revise(seq, earlier, in.Vintage > 0 || o.Mapping != nil && o.Mapping.NumbersEditions())
		}
		for rec, err := range seq {
			if err == nil {
				rec.Known = fixed
				if in.Known == "reported" {
					// What was received was known by then, whatever date it bears.
					rec.Known = min(reportedAt(&rec, in.Received), in.Received)
				}
			}
			if !emit(rec, err) {
				r.Close()
				return nil
			}
		}
		r.Close()
	}
	if in.Whole {
		for _, w := range source.Vanished(earlier, later) {
			w.Known = fixed
			if !emit(w, nil) {
				return nil
			}
		}
	}
	return nil
}

// noting keeps what a whole edition says, before the edition is compared with the
// earlier one: rows that are unchanged have not vanished.
func noting(seq iter.Seq2[truce.Item, error], into *source.Edition) iter.Seq2[truce.Item, error] {
	return func(yield func(truce.Item, error) bool) {
		for r, err := range seq {
			if err == nil {
				into.Add(r)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// reportedAt is when a publisher said it, as if the mission had heard it then:
// for rehearsals on past days. Without a time of report it is the end of what
// it is about.
func reportedAt(r *truce.Item, otherwise truce.Instant) truce.Instant {
	switch {
	case r.Observation != nil && r.Observation.Reported != 0:
		return r.Observation.Reported
	case r.Observation != nil:
		return r.Observation.Occurred.End
	case r.Tally != nil && r.Tally.Reported != 0:
		return r.Tally.Reported
	case r.Tally != nil:
		return r.Tally.Period.End
	case r.Coverage != nil:
		return r.Coverage.During.End
	case r.Notification != nil && r.Notification.Reported != 0:
		return r.Notification.Reported
	case r.Response != nil && r.Response.Reported != 0:
		return r.Response.Reported
	case r.Response != nil:
		return r.Response.During.End
	case r.Restriction != nil:
		return r.Restriction.During.Start
	}
	return otherwise
}
