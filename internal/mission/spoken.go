package mission

import (
	"fmt"
	"slices"
	"sort"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
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
func (v *Contents) spoken(e *ledger.Entry, r *truce.Item, by *ledger.Key) {
	if by == nil || e.InBatch() || e.Kind == "decision" || e.Kind == "attribution" {
		return
	}
	x := Spoken{Entry: e.Index, Received: e.Received, Kind: e.Kind, Hand: by.Hand, Party: by.Party, ID: e.NounID(), Of: e.Replaces, Sealed: e.Sealed != nil && len(e.Sealed.Shared) > 0}
	if r.Withdrawal != nil {
		x.Of = r.Withdrawal.Of
	}
	v.Spoken = append(v.Spoken, x)
}

// SpokenAs is the entry that stated an item, of a speaker: the mission (empty) or a
// party. What was signed in a file is not found.
func (v *Contents) SpokenAs(id truce.Digest, party truce.PartyID) *Spoken {
	for i := range v.Spoken {
		if x := &v.Spoken[i]; x.ID == id && !id.IsZero() && x.Party == party {
			return x
		}
	}
	return nil
}

// TakenBack is the later entry of a speaker that withdrew or corrected an item of
// theirs; nil: none did.
func (v *Contents) TakenBack(x *Spoken) *Spoken {
	at := sort.Search(len(v.Spoken), func(i int) bool { return v.Spoken[i].Entry > x.Entry })
	for i := at; i < len(v.Spoken); i++ {
		if y := &v.Spoken[i]; y.Of == x.ID && y.Party == x.Party {
			return y
		}
	}
	return nil
}

// recordAt is what a public entry says; nil: none says anything there.
func (v *Contents) recordAt(entry int64) *truce.Item {
	if n, ok := slices.BinarySearch(v.Entries, entry); ok {
		return &v.Records[n]
	}
	return nil
}

// Item is what an entry says, as far as a reader may have it. Nil: they may not, or it
// cannot be used. It may be asked at any time.
func (f *Feed) Item(v *Contents, x *Spoken, r release.Reader) *truce.Item {
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
func (m *Reading) Correcting(whose ledger.Key, id truce.Digest) (*Spoken, *truce.Item, error) {
	v, err := m.Read()
	if err != nil {
		return nil, nil, err
	}
	x := v.SpokenAs(id, whose.Party)
	switch {
	case x == nil:
		return nil, nil, Hint{fmt.Errorf("%s is not what %s stated by hand", id, speakerWords(whose)), "correct what you stated yourself; of another's say what you think with a decision or an answer"}
	case whose.Party == "" && x.Hand != whose.Hand:
		return nil, nil, Hint{fmt.Errorf("%s was stated by another person of the mission", id), "they correct it; whoever doubts it can grade it"}
	}
	if y := v.TakenBack(x); y != nil {
		return nil, nil, TakenBackError(x, y)
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

// TakenBackError says that what is to be withdrawn or corrected was, by a later entry.
func TakenBackError(x, y *Spoken) error {
	if y.Kind == "withdrawal" {
		return Hint{fmt.Errorf("%s was withdrawn in entry %d", x.ID, y.Entry), "state it as something new"}
	}
	return Hint{fmt.Errorf("%s was corrected in entry %d", x.ID, y.Entry), "go on with what took its place"}
}

// WordOf is the statement that a record was made by: observe, allege, notify,
// restrict or respond; empty: none that people make by hand.
func WordOf(r *truce.Item) string {
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
