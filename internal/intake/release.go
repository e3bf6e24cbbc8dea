package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
)

// ReleaseDue releases what is due and was not released before.
func (m *Writer) ReleaseDue(key *ledger.Secret, now bool) (released, later int, err error) {
	v, err := m.Glance()
	if err != nil {
		return 0, 0, err
	}
	if now {
		for _, k := range v.Keys {
			if k.VKey == key.VKey() && k.Role != ledger.HeadOfMission {
				return 0, 0, mission.Hinted(fmt.Errorf("%s is the key of a %s", k.Name, k.Role), "only the head of mission releases before the delay is over")
			}
		}
	}
	to, err := m.toParties(v)
	if err != nil {
		return 0, 0, err
	}
	gone, err := m.Released(v)
	if err != nil {
		return 0, 0, err
	}
	var batch []ledger.Revealed
	size := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		defer func() { batch, size = nil, 0 }()
		err := m.releaseOne(nil, key, batch, to)
		if err != nil {
			released -= len(batch)
		}
		return err
	}
	due := truce.InstantOf(m.Now()).Add(-m.Agreement.ReleaseDelay())
	// The reasons of decisions have no delay.
	for _, e := range append(slices.Clone(v.Sealed), reasonsIn(v.Texts)...) {
		if gone[e.ID()] {
			continue
		}
		name := e.ID()
		if release.TextsForBoth(e.Kind) {
			name = mission.TextOf(name)
		} else if !now && e.Received > due {
			later++
			continue
		}
		list, err := m.Shelved(name)
		if err != nil {
			continue // withheld, and listed
		}
		r := ledger.Revealed{Of: e.ID()}
		for _, o := range list {
			r.Openings = append(r.Openings, o.Text)
			size += len(o.Text) + 2
		}
		if len(list) == 0 {
			continue // forgotten
		}
		batch = append(batch, r)
		released++
		if size > mostReleased/2 {
			if err := flush(); err != nil {
				return released, later, err
			}
		}
	}
	err = flush()
	return released, later, err
}

// reasonsIn are the entries among those with texts whose texts go to both parties.
func reasonsIn(list []*ledger.Entry) (out []*ledger.Entry) {
	for _, e := range list {
		if release.TextsForBoth(e.Kind) {
			out = append(out, e)
		}
	}
	return out
}

// toParties are the reading keys of all parties' liaisons. If one party has none,
// nothing is released to anybody.
func (m *Writer) toParties(v *mission.Contents) (to []age.Recipient, err error) {
	for _, p := range m.Agreement.PartyIDs() {
		found := false
		for i := range v.Keys {
			k := &v.Keys[i]
			if k.Role != ledger.Liaison || k.Party != p || k.Revoked >= 0 || k.Recipient == "" {
				continue
			}
			// An old key may have other recipients, which cannot be in one ciphertext with
			// these, or so many that it would not fit an entry.
			list, err := age.ParseRecipients(strings.NewReader(k.Recipient))
			if err != nil || len(list) != 1 {
				continue
			}
			if _, hybrid := list[0].(*age.HybridRecipient); hybrid {
				to, found = append(to, list...), true
			}
		}
		if !found {
			return nil, mission.Hinted(fmt.Errorf("%s has no key that reads: nothing is released to anybody", p), "both parties see the same, at the same moment; add a liaison's key with truce keys add")
		}
	}
	return to, nil
}

// hearBoth lets both parties read the texts of a decision or an attribution that
// was just recorded. The entry itself is in the record: where its texts cannot be
// released now, since a party has no key that reads, the next release does it, and
// nobody is told that the act failed.
func (m *Writer) hearBoth(log *ledger.Log, sub *ledger.Submission, list []ledger.Opening) {
	if !release.TextsForBoth(sub.Kind()) || len(list) == 0 {
		return
	}
	r := ledger.Revealed{Of: truce.Digest(sub.Hash())}
	for _, o := range piecesOf(r.Of, list)[2].list {
		r.Openings = append(r.Openings, o.Text)
	}
	v, err := m.Glance()
	if err != nil || len(r.Openings) == 0 {
		return
	}
	to, err := m.toParties(v)
	if err != nil {
		return
	}
	if key, err := m.Key("intake"); err == nil {
		_ = m.releaseOne(log, key, []ledger.Revealed{r}, to)
	}
}

// releaseOne writes a release; log is the record where it is open already, or nil.
func (m *Writer) releaseOne(log *ledger.Log, key *ledger.Secret, batch []ledger.Revealed, to []age.Recipient) error {
	plain, err := ledger.Marshal(batch)
	if err != nil {
		return err
	}
	sealed, err := evidence.Encrypt(plain, to...)
	if err != nil {
		return err
	}
	var of []truce.Digest
	for _, r := range batch {
		of = append(of, r.Of)
	}
	c := ledger.Release{Of: of, Sealed: sealed, To: PartyWords(m.Agreement)}
	if len(sealed) > mostReleased { // an entry has it in base64
		if c.File, _, err = m.Evidence.Put(bytes.NewReader(sealed)); err != nil {
			return err
		}
		c.Sealed = nil
	}
	content, err := json.Marshal(c)
	if err != nil {
		return err
	}
	// What it is of may have been recorded a moment ago, and not be read yet: the
	// mission knows that it is there.
	sub, err := (&ledger.Body{Kind: "release", Mission: m.Origin(), At: ledger.Time(m.Now()), Content: content}).Say(key)
	if err != nil {
		return err
	}
	if log != nil {
		_, err = log.Append(context.Background(), sub)
	} else {
		_, err = m.Append(sub)
	}
	m.Refresh()
	return err
}

// mostReleased bounds what a release has in its entry, which holds 65,535 bytes; more is
// in a file beside the record.
const mostReleased = 40_000

// PartyWords are the IDs of the parties, in the agreement's order.
func PartyWords(a *truce.Agreement) string {
	var out []string
	for _, p := range a.PartyIDs() {
		out = append(out, string(p))
	}
	return strings.Join(out, " and ")
}
