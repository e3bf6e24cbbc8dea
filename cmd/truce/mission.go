package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/source"
)

// A mission is a folder:
//
//	mission.json      what it is
//	agreement/        the agreement folder, as it was taken in
//	evidence/         files as received, by SHA-256
//	intake.jsonl      what was ingested, in order
//	decisions.jsonl   what people decided, in order
//	rejects/          refused rows, whole, with the reason
//
// Observations are not stored: they are read from the evidence again, by the
// same pure functions.
type mission struct {
	dir       string
	about     about
	agreement *truce.Agreement
	evidence  *evidence.Store
	checked   map[truce.Digest]bool // evidence whose bytes were found to be those received
}

// check makes sure that a file is still what was received.
func (m *mission) check(sum truce.Digest) error {
	if m.checked[sum] {
		return nil
	}
	if err := m.evidence.Check(sum); err != nil {
		return hint{err, "put the file back as it was received: " + m.evidence.Path(sum)}
	}
	if m.checked == nil {
		m.checked = map[truce.Digest]bool{}
	}
	m.checked[sum] = true
	return nil
}

type about struct {
	Format    int          `json:"truce_mission"`
	Agreement string       `json:"agreement"`
	Digest    truce.Digest `json:"agreement_digest"`
	Made      time.Time    `json:"made"`
	Demo      bool         `json:"demo,omitempty"` // made by truce demo, which may replace it
}

// lock keeps other commands from writing to the mission until done is called.
// The system frees it when this process ends, however it ends.
func (m *mission) lock() (done func(), err error) {
	l := flock.New(filepath.Join(m.dir, ".lock"))
	switch ok, err := l.TryLock(); {
	case err != nil:
		return nil, err
	case !ok:
		return nil, hint{fmt.Errorf("%s: another command is writing to this mission", m.dir), "wait for it to end, and say it again"}
	}
	return func() { _ = l.Unlock() }, nil // the file stays, and locks nothing
}

// An intake is one file that was ingested.
type intake struct {
	Received truce.Instant  `json:"received"`
	Known    string         `json:"known"` // "received", "reported" or an instant: when its records are known from
	Kind     string         `json:"kind"`
	File     string         `json:"file"`
	Evidence truce.Digest   `json:"evidence"`
	Mapping  truce.Digest   `json:"mapping,omitzero"`
	Source   truce.SourceID `json:"source,omitempty"`
	Encoding string         `json:"encoding,omitempty"`
	Timezone string         `json:"timezone,omitempty"`
	Zone     string         `json:"zone,omitempty"`
	Vintage  int            `json:"vintage,omitempty"`
	Revises  bool           `json:"revises,omitempty"` // a later edition of what its source said before
	Whole    bool           `json:"whole,omitempty"`   // and what it does not have any more is withdrawn
	Cut      bool           `json:"cut,omitempty"`     // its end could not be read; what came before is in
	Counts   counts         `json:"counts"`
}

type counts struct {
	Read      int            `json:"read"`
	New       int            `json:"new"`
	Known     int            `json:"already_known"`
	Refused   int            `json:"refused"`
	SetAside  map[string]int `json:"set_aside,omitempty"`
	Corrected int            `json:"corrected,omitempty"`
	Withdrawn int            `json:"withdrawn,omitempty"`
}

// openMission reads a mission folder and its agreement.
func openMission(dir string) (*mission, error) {
	data, err := os.ReadFile(filepath.Join(dir, "mission.json"))
	if err != nil {
		return nil, hint{fmt.Errorf("%s is no mission: %w", dir, err), "make one with: truce init " + dir + " --agreement <folder>"}
	}
	m := &mission{dir: dir, evidence: evidence.Open(filepath.Join(dir, "evidence"))}
	if err := json.Unmarshal(data, &m.about); err != nil {
		return nil, fmt.Errorf("%s/mission.json: %w", dir, err)
	}
	if m.about.Format != 1 {
		return nil, fmt.Errorf("%s/mission.json: format %d is unknown to this build", dir, m.about.Format)
	}
	if m.agreement, err = loadAgreement(filepath.Join(dir, "agreement")); err != nil {
		return nil, err
	}
	if m.agreement.Digest != m.about.Digest {
		return nil, hint{fmt.Errorf("%s/agreement is not the agreement this mission was made with (%s, now %s)", dir, m.about.Digest, m.agreement.Digest),
			"put the files back, or make a new mission for the new text"}
	}
	return m, nil
}

// lines calls f with each line of a JSON lines file; a file that is not there
// has none. A last line without an end was not written to its end and is
// refused.
func lines(name string, f func(line []byte) error) error {
	file, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	r := bufio.NewReader(file)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			if len(line) > 0 {
				return hint{fmt.Errorf("%s:%d: the line has no end: a write was cut short", name, n), "nothing before it is lost; remove the last line and repeat the command"}
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if err := f(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
}

// strict decodes one JSON value and refuses unknown members.
func strict(line []byte, v any) error {
	d := json.NewDecoder(strings.NewReader(string(line)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return errors.New("more than one value in the line")
	}
	return nil
}

// appendLine adds one JSON line and brings it to disk.
func appendLine(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err = f.Write(append(data, '\n')); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func (m *mission) intakes() ([]intake, error) {
	var out []intake
	err := lines(filepath.Join(m.dir, "intake.jsonl"), func(line []byte) error {
		var in intake
		if err := strict(line, &in); err != nil {
			return err
		}
		out = append(out, in)
		return nil
	})
	return out, err
}

func (m *mission) decisions() ([]truce.Record, error) {
	var out []truce.Record
	err := lines(filepath.Join(m.dir, "decisions.jsonl"), func(line []byte) error {
		var r truce.Record
		if err := strict(line, &r); err != nil {
			return err
		}
		if r.Decision == nil {
			return errors.New("no decision in it")
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

// options are what the source room is told about a file.
func (m *mission) options(in *intake) (source.Kind, source.Options, error) {
	k, err := source.Find(in.Kind)
	if err != nil {
		return k, source.Options{}, err
	}
	o := source.Options{File: in.File, Source: in.Source, Encoding: in.Encoding, Zone: in.Zone, Vintage: in.Vintage}
	if in.Timezone != "" {
		if o.Location, err = time.LoadLocation(in.Timezone); err != nil || in.Timezone == "Local" {
			return k, o, fmt.Errorf("timezone %q is not known", in.Timezone)
		}
	}
	if !in.Mapping.IsZero() {
		if err := m.check(in.Mapping); err != nil {
			return k, o, err
		}
		text, err := os.ReadFile(m.evidence.Path(in.Mapping))
		if err != nil {
			return k, o, err
		}
		if o.Mapping, err = source.ParseMapping(text); err != nil {
			return k, o, err
		}
	}
	return k, o, nil
}

// as is the source its records name.
func (in *intake) as() truce.SourceID {
	if in.Source != "" {
		return in.Source
	}
	return truce.SourceID(in.Kind)
}

// read reads one intake again. Records get the moment they are known from;
// earlier is what its source said before, where it revises that.
func (m *mission) read(in *intake, earlier source.Edition, progress func(int64), emit func(truce.Record, error) bool) error {
	k, o, err := m.options(in)
	if err != nil {
		return err
	}
	if err := m.check(in.Evidence); err != nil {
		return err
	}
	o.Progress = progress
	entries, err := source.Open(m.evidence.Path(in.Evidence))
	if err != nil {
		return err
	}
	fixed, err := in.known()
	if err != nil {
		return err
	}
	later := source.Edition{}
	for _, e := range entries {
		if len(entries) > 1 {
			_, member, _ := strings.Cut(e.Name, "!")
			o.File = in.File + "!" + member
		}
		r, err := e.Open()
		if err != nil {
			return err
		}
		seq := k.Parse(r, o)
		if in.Whole {
			seq = noting(seq, later)
		}
		if in.Revises {
			seq = source.Revise(seq, earlier)
		}
		for rec, err := range seq {
			if err == nil {
				rec.Known = fixed
				if in.Known == "reported" {
					rec.Known = reportedAt(&rec, in.Received)
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

// noting keeps what a whole edition says, before it is held against the earlier
// one: what is unchanged has not vanished.
func noting(seq iter.Seq2[truce.Record, error], into source.Edition) iter.Seq2[truce.Record, error] {
	return func(yield func(truce.Record, error) bool) {
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

func (in *intake) known() (truce.Instant, error) {
	switch in.Known {
	case "received", "reported":
		return in.Received, nil
	}
	var at truce.Instant
	err := at.UnmarshalText([]byte(in.Known))
	return at, err
}

// reportedAt is when a publisher said it, as if the mission had heard it then:
// for rehearsals on past days. Without a time of report it is the end of what
// it is about.
func reportedAt(r *truce.Record, otherwise truce.Instant) truce.Instant {
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
		return r.Response.During.Start
	case r.Restriction != nil:
		return r.Restriction.During.Start
	}
	return otherwise
}

// records reads everything the mission was told and decided.
func (m *mission) records(b *bar) ([]truce.Record, error) {
	ins, err := m.intakes()
	if err != nil {
		return nil, err
	}
	var total, done int64
	rows := 0
	revised := map[truce.SourceID]bool{}
	for i := range ins {
		if info, err := os.Stat(m.evidence.Path(ins[i].Evidence)); err == nil {
			total += info.Size()
		}
		rows = min(rows+max(0, ins[i].Counts.Read), 1<<24)
		revised[ins[i].as()] = revised[ins[i].as()] || ins[i].Revises
	}
	out := make([]truce.Record, 0, rows+rows/16)
	editions := map[truce.SourceID]source.Edition{}
	for i := range ins {
		in := &ins[i]
		e := editions[in.as()]
		if e == nil {
			e = source.Edition{}
			editions[in.as()] = e
		}
		var last int64
		tell := func(n int64) {
			last = n
			b.read("reading", done+n, max(total, done+n))
		}
		first := len(out)
		var broken error
		err := m.read(in, e, tell, func(r truce.Record, err error) bool {
			if err == nil {
				out = append(out, r)
			} else if fatal(err) {
				broken = err
			}
			return true
		})
		if err == nil && broken != nil && !in.Cut {
			err = broken // it was read to its end when it came in
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", in.File, err)
		}
		if revised[in.as()] {
			apply(e, out[first:])
		}
		done += last
	}
	ds, err := m.decisions()
	return append(out, ds...), err
}

// fatal reports whether an error ended a file, rather than one row of it.
func fatal(err error) bool {
	var refusal *source.Refusal
	var aside *source.SetAside
	return !errors.As(err, &refusal) && !errors.As(err, &aside)
}

// apply brings an edition up to date.
func apply(e source.Edition, recs []truce.Record) {
	for _, r := range recs {
		if r.Withdrawal == nil {
			e.Add(r)
			continue
		}
		for key, o := range e {
			if o.ID == r.Withdrawal.Of {
				delete(e, key)
			}
		}
	}
}

// situation is what follows at a moment.
func (m *mission) situation(now truce.Instant, b *bar) (*situation.Situation, error) {
	recs, err := m.records(b)
	b.done()
	if err != nil {
		return nil, err
	}
	return situation.Build(m.agreement, recs, now, options(b)), nil
}
