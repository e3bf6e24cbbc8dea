package mission

import (
	"fmt"
	"slices"
	"sort"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/scenario"
)

// A Spoken is an entry that somebody signed by hand, and not one of a file: what a
// monitor observed, what a party alleges, announces or answers, and what either
// took back. Decisions and attributions are not among them: they are acts of an
// office.
type Spoken struct {
	Entry    int64
	Received truce.Instant
	Kind     string
	Hand     string        // of the key that signed it: the keys of one person
	Party    truce.PartyID // of that key; empty: the mission's
	ID       truce.Digest  // of the item; zero: it is a withdrawal
	Of       truce.Digest  // what it withdraws or corrects; zero: nothing
	Sealed   bool          // findings depend on something in it that is sealed
}

// spoken notes an entry that a person signed by hand.
func (v *Contents) spoken(e *ledger.Entry, r *truce.Record, by *ledger.Key) {
	if by == nil || e.InBatch() || e.Kind == "decision" || e.Kind == "attribution" {
		return
	}
	x := Spoken{Entry: e.Index, Received: e.Received, Kind: e.Kind, Hand: by.Hand, Party: by.Party, ID: e.NounID(), Of: e.Replaces, Sealed: e.Sealed != nil && len(e.Sealed.Shared) > 0}
	if r.Withdrawal != nil {
		x.Of = r.Withdrawal.Of
	}
	v.Spoken = append(v.Spoken, x)
}

// spokenAs is the entry that stated an item, of a speaker: the mission (empty) or a
// party. What was signed in a file is not found.
func (v *Contents) spokenAs(id truce.Digest, party truce.PartyID) *Spoken {
	for i := range v.Spoken {
		if x := &v.Spoken[i]; x.ID == id && !id.IsZero() && x.Party == party {
			return x
		}
	}
	return nil
}

// takenBack is the later entry of a speaker that withdrew or corrected an item of
// theirs; nil: none did.
func (v *Contents) takenBack(x *Spoken) *Spoken {
	at := sort.Search(len(v.Spoken), func(i int) bool { return v.Spoken[i].Entry > x.Entry })
	for i := at; i < len(v.Spoken); i++ {
		if y := &v.Spoken[i]; y.Of == x.ID && y.Party == x.Party {
			return y
		}
	}
	return nil
}

// recordAt is what a public entry says; nil: none says anything there.
func (v *Contents) recordAt(entry int64) *truce.Record {
	if n, ok := slices.BinarySearch(v.entryOf, entry); ok {
		return &v.records[n]
	}
	return nil
}

// Item is what an entry says, as far as a reader may have it. Nil: they may not, or it
// cannot be used. It may be asked at any time.
func (f *Feed) Item(v *Contents, x *Spoken, r release.Reader) *truce.Record {
	if !x.Sealed {
		return v.recordAt(x.Entry)
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.opened[r.Opens(x.Party)][x.Entry]
}

// Correcting is the entry that a person's correction is of, and what it says: one
// that they signed themselves, or that their party did, and that nobody has
// withdrawn or corrected since.
func (m *Reading) Correcting(whose ledger.Key, id truce.Digest) (*Spoken, *truce.Record, error) {
	v, err := m.Read()
	if err != nil {
		return nil, nil, err
	}
	x := v.spokenAs(id, whose.Party)
	switch {
	case x == nil:
		return nil, nil, Hint{fmt.Errorf("%s is not what %s stated by hand", id, speakerWords(whose)), "correct what you stated yourself; of another's say what you think with a decision or an answer"}
	case whose.Party == "" && x.Hand != whose.Hand:
		return nil, nil, Hint{fmt.Errorf("%s was stated by another person of the mission", id), "they correct it; whoever doubts it can grade it"}
	}
	if y := v.takenBack(x); y != nil {
		return nil, nil, takenBackBefore(x, y)
	}
	if !x.Sealed {
		if r := v.recordAt(x.Entry); r != nil {
			return x, r, nil
		}
	}
	if m.live != nil && m.live.Item != nil {
		if r := m.live.Item(x, release.Reader{Audience: truce.ForMission, Party: whose.Party}); r != nil {
			return x, r, nil
		}
	}
	return nil, nil, fmt.Errorf("entry %d cannot be read here", x.Entry)
}

func speakerWords(whose ledger.Key) string {
	if whose.Party != "" {
		return string(whose.Party)
	}
	return whose.Name
}

func takenBackBefore(x, y *Spoken) error {
	if y.Kind == "withdrawal" {
		return Hint{fmt.Errorf("%s was withdrawn in entry %d", x.ID, y.Entry), "state it as something new"}
	}
	return Hint{fmt.Errorf("%s was corrected in entry %d", x.ID, y.Entry), "go on with what took its place"}
}

// WordOf is the statement that a record was made by: observe, allege, notify,
// restrict or respond; empty: none that people make by hand.
func WordOf(r *truce.Record) string {
	switch {
	case r.Observation != nil && r.Observation.Alleged():
		return "allege"
	case r.Observation != nil:
		return "observe"
	case r.Notification != nil:
		return "notify"
	case r.Restriction != nil:
		return "restrict"
	case r.Response != nil:
		return "respond"
	}
	return ""
}

// correcting is a writer whose statement takes the place of an item, and what that says.
func (m *Writer) correcting(whose ledger.Key, of truce.Digest, word string) (*truce.Record, *Writer, error) {
	x, was, err := m.Correcting(whose, of)
	if err != nil {
		return nil, nil, err
	}
	if is := WordOf(was); is != word {
		return nil, nil, Hint{fmt.Errorf("%s is a statement of another kind (%s)", of, x.Kind), "withdraw it, and state the other as something new"}
	}
	out := &Writer{Mission: m.Mission, outlet: m.outlet, closed: m.closed, corrects: of}
	// In the open, a correction would tell what the sealed item says.
	if x.Sealed && word == "allege" && (m.live == nil || m.live.Item(x, release.Reader{Audience: truce.ForParties}) == nil) {
		out.closed = true
	}
	return was, out, nil
}

// Correct is StateFields, of what takes the place of an earlier statement of the same
// person or party. What names the earlier one (a decision, an answer) is then of the
// later one.
func (m *Writer) Correct(key *ledger.Secret, whose ledger.Key, of truce.Digest, word, by, because string, f scenario.Fields) (r truce.Record, at int64, err error) {
	was, w, err := m.correcting(whose, of, word)
	if err != nil {
		return r, 0, err
	}
	to := ""
	if n := was.Notification; n != nil && !n.To.IsZero() {
		to = n.To.Hex()
	}
	return w.StateFields(key, whose, word, by, to, because, f)
}

// CorrectResponse records another answer in the place of an earlier one.
func (m *Writer) CorrectResponse(key *ledger.Secret, whose ledger.Key, of truce.Digest, says, because string) (at int64, err error) {
	was, w, err := m.correcting(whose, of, "respond")
	if err != nil {
		return 0, err
	}
	return w.Respond(key, whose, was.Response.To.Hex(), says, because)
}
