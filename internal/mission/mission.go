package mission

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
)

// NewKey makes a key and saves it.
func NewKey(name, file string) (*ledger.Secret, error) {
	s, err := ledger.NewSecret(name)
	if err != nil {
		return nil, err
	}
	return s, s.Save(file)
}

// ReadCard reads the public half of a key from a file.
func ReadCard(name string) (ledger.Key, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return ledger.Key{}, err
	}
	k, err := ledger.ParseCard(string(text))
	if err != nil {
		return k, Hint{fmt.Errorf("%s: %w", name, err), "it is the .pub file that truce keygen wrote"}
	}
	return k, nil
}

// A Folder is where a mission is:
//
//	mission.json      what it is
//	agreement/        the agreement folder, as it was taken in
//	record/           the record and what it names: all of it may be read by anybody
//	record/evidence/  public files as received, by SHA-256
//	private/          keys of this machine, and the secret behind keyed IDs
//	shelf/            what is not public, encrypted
//	receipts/         what the record acknowledged here
//	rejects/          refused rows, whole, with the reason
//
// A mirror is the same without private/, shelf/ and rejects/.
type Folder struct {
	Dir      string
	About    About
	Evidence *evidence.Store
	Now      func() time.Time
}

// About is mission.json.
type About struct {
	Format    int              `json:"truce_mission"`
	Agreement string           `json:"agreement"`
	Digest    truce.Digest     `json:"agreement_digest"`
	Made      time.Time        `json:"made"`
	Demo      bool             `json:"demo,omitempty"`             // made by truce demo, which may replace it
	Folder    string           `json:"agreement_folder,omitempty"` // of an amended agreement; empty: agreement
	Record    string           `json:"record,omitempty"`           // verifier key of the log
	Mirror    string           `json:"mirror,omitempty"`           // where it is copied from
	Notes     map[string]Notes `json:"notes,omitempty"`            // of a demo, by language
}

// Notes are sentences for the first page of a demo, about terms of the past: what was agreed, on
// what its findings depend, and what the parties claimed.
type Notes struct {
	Agreed  string `json:"agreed"`
	Depends Note   `json:"depends"`
	Claims  Note   `json:"claims"`
}

// A Note is what everybody reads, and what those read who want to know more.
type Note struct {
	Text string `json:"text"`
	More string `json:"more,omitempty"`
}

// Origin is the name of the record.
func (m *Folder) Origin() string {
	name, _, _ := strings.Cut(m.About.Record, "+")
	return name
}

// Record is the folder of the record.
func (m *Folder) Record() string { return filepath.Join(m.Dir, "record") }

// Private is a file that never leaves the machine.
func (m *Folder) Private(n string) string { return filepath.Join(m.Dir, "private", n) }

// An Intake is one file that was ingested.
type Intake struct {
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
	Counts   Counts         `json:"counts"`

	Path string `json:"-"` // of its bytes while it is read: a place on this server, and nobody else's business
	Size int64  `json:"-"`
}

// ParseIntake reads the content of a source entry strictly. Old entries also have the
// members Path and Size, which are ignored.
func ParseIntake(content []byte) (Intake, error) {
	var old struct {
		Intake
		Path string // these hide those of Intake
		Size int64
	}
	err := Strict(content, &old)
	return old.Intake, err
}

// Counts are the rows of a file, by what became of them.
type Counts struct {
	Read      int            `json:"read"`
	New       int            `json:"new"`
	Known     int            `json:"already_known"`
	Refused   int            `json:"refused"`
	SetAside  map[string]int `json:"set_aside,omitempty"`
	Corrected int            `json:"corrected,omitempty"`
	Withdrawn int            `json:"withdrawn,omitempty"`
}

// Progress hears how far a long work is; pieces of work follow one another.
type Progress interface {
	Read(what string, done, total int64) // bytes
	Count(what string, done, total int)
	Done()
}

// Silent shows no progress.
type Silent struct{}

func (Silent) Read(string, int64, int64) {}

func (Silent) Count(string, int, int) {}

func (Silent) Done() {}

// Open reads a mission folder and its agreement.
func Open(dir string) (*Mission, error) {
	data, err := os.ReadFile(filepath.Join(dir, "mission.json"))
	if err != nil {
		return nil, Hint{fmt.Errorf("%s is not a mission folder: %w", dir, err), "make one with: truce init " + dir + " --agreement <folder>"}
	}
	m := NewMission(dir)
	if err := json.Unmarshal(data, &m.About); err != nil {
		return nil, fmt.Errorf("%s/mission.json: %w", dir, err)
	}
	switch m.About.Format {
	case 1:
		return nil, Hint{fmt.Errorf("%s was made before missions had a signed record", dir), "no release wrote such a folder: make a mission with truce init and ingest the files again"}
	case 2:
	default:
		return nil, fmt.Errorf("%s/mission.json: format %d is unknown to this build", dir, m.About.Format)
	}
	if m.Agreement, err = LoadAgreement(m.TextFolder()); err != nil {
		return nil, err
	}
	if m.Agreement.Digest != m.About.Digest {
		return nil, Hint{fmt.Errorf("%s/agreement is not the agreement this mission was made with (%s, now %s)", dir, m.About.Digest, m.Agreement.Digest),
			"put the files back, or make a new mission for the new text"}
	}
	return m, nil
}

// Strict decodes one JSON value and refuses unknown members.
func Strict(line []byte, v any) error {
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

// As is the source its records name.
func (in *Intake) As() truce.SourceID {
	if in.Source != "" {
		return in.Source
	}
	return truce.SourceID(in.Kind)
}

// KnownFrom is when its records are known from, unless each says so itself.
func (in *Intake) KnownFrom() (truce.Instant, error) {
	switch in.Known {
	case "received", "reported":
		return in.Received, nil
	}
	var at truce.Instant
	err := at.UnmarshalText([]byte(in.Known))
	return at, err
}
