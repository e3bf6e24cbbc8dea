// Package speaker answers: whose word is an item, and who may take it back?
package speaker

import (
	"github.com/opentruce/truce"
)

// Beside is the ID under which a speaker's item is kept that has the ID of another
// speaker's earlier one: neither hides the other. No record admits such an item any
// more; old ones may have it.
func Beside(speaker truce.PartyID, id truce.Digest) truce.Digest {
	return truce.DigestOf("beside", string(speaker), id.Hex())
}

// Apart gives items as a situation knows them: no two speakers share an ID.
// The first in the record whose own an ID is, by OwnID, or else the first, keeps it; the
// others' are Beside it, and what each speaker withdraws or corrects under the ID is
// its own. Mostly these are the items themselves.
func Apart(items []truce.Item) []truce.Item {
	used := map[truce.Digest]truce.PartyID{} // IDs that a party uses, and who used them first
	for i := range items {
		if r := &items[i]; r.Speaker != "" && r.Withdrawal == nil {
			used[r.ID()] = ""
		}
	}
	if len(used) == 0 {
		return items
	}
	seen, shared, proven := map[truce.Digest]bool{}, map[truce.Digest]bool{}, map[truce.Digest]bool{}
	for i := range items {
		r := &items[i]
		id := r.ID()
		if _, ok := used[id]; !ok || r.Withdrawal != nil {
			continue
		}
		if !seen[id] {
			seen[id], used[id], proven[id] = true, r.Speaker, r.OwnID()
		} else if used[id] != r.Speaker {
			shared[id] = true
			if !proven[id] && r.OwnID() {
				used[id], proven[id] = r.Speaker, true
			}
		}
	}
	if len(shared) == 0 {
		return items
	}
	// Of those that share an ID, which speakers have an item of their own under it?
	own := map[owned]bool{}
	for i := range items {
		if r := &items[i]; r.Withdrawal == nil && shared[r.ID()] && used[r.ID()] != r.Speaker {
			own[owned{r.Speaker, r.ID()}] = true
		}
	}
	out := make([]truce.Item, len(items))
	copy(out, items)
	for i := range out {
		r := &out[i]
		if r.Withdrawal != nil {
			if own[owned{r.Speaker, r.Withdrawal.Of}] {
				w := *r.Withdrawal
				w.Of = Beside(r.Speaker, w.Of)
				r.Withdrawal = &w
			}
			continue
		}
		if own[owned{r.Speaker, r.Replaces}] {
			r.Replaces = Beside(r.Speaker, r.Replaces)
		}
		if own[owned{r.Speaker, r.ID()}] {
			move(r, Beside(r.Speaker, r.ID()))
		}
	}
	return out
}

type owned struct {
	speaker truce.PartyID
	id      truce.Digest
}

// move gives an item's item another ID. The item itself stays as it is: others may
// have it too.
func move(r *truce.Item, id truce.Digest) {
	switch {
	case r.Observation != nil:
		o := *r.Observation
		o.ID = id
		r.Observation = &o
	case r.Tally != nil:
		t := *r.Tally
		t.ID = id
		r.Tally = &t
	case r.Coverage != nil:
		c := *r.Coverage
		c.ID = id
		r.Coverage = &c
	case r.Notification != nil:
		n := *r.Notification
		n.ID = id
		r.Notification = &n
	case r.Response != nil:
		a := *r.Response
		a.ID = id
		r.Response = &a
	case r.Restriction != nil:
		x := *r.Restriction
		x.ID = id
		r.Restriction = &x
	}
}

// An Owner is whose item it is.
type Owner struct {
	speaker truce.PartyID // who signed it; empty: the mission
	word    truce.PartyID // whose word it is; empty: nobody's but the mission's
}

// WordOf is the party whose word an item is, or empty.
func WordOf(a *truce.Agreement, r *truce.Item) truce.PartyID {
	claim := func(claimant truce.PartyID, source truce.SourceID) truce.PartyID {
		if claimant != "" {
			return claimant
		}
		return a.SourceOf(source).Party
	}
	switch {
	case r.Observation != nil:
		return a.SpeaksFor(r.Observation, nil)
	case r.Tally != nil:
		return claim(r.Tally.Claimant, r.Tally.Source)
	case r.Coverage != nil:
		return claim(r.Coverage.Claimant, r.Coverage.Source)
	case r.Notification != nil:
		return r.Notification.By
	case r.Response != nil:
		return r.Response.By
	}
	return ""
}

// Owners finds the owners of the items that others withdraw or correct; the first
// entry of each ID counts.
func Owners(a *truce.Agreement, items []truce.Item) map[truce.Digest]Owner {
	asked := map[truce.Digest]bool{}
	for i := range items {
		switch r := &items[i]; {
		case r.Withdrawal != nil:
			asked[r.Withdrawal.Of] = true
		case !r.Replaces.IsZero():
			asked[r.Replaces] = true
		}
	}
	if len(asked) == 0 {
		return nil
	}
	out := map[truce.Digest]Owner{}
	for i := range items {
		r := &items[i]
		if id := r.ID(); r.Withdrawal == nil && asked[id] {
			if _, known := out[id]; !known {
				out[id] = Owner{r.Speaker, WordOf(a, r)}
			}
		}
	}
	return out
}

// MayTakeBack reports whether who signed an entry, in the name of a party or of the
// mission (empty), may withdraw or correct an item. A party takes back what it said
// itself, and what the mission wrote down for it. The mission takes back what the
// mission signed, and nothing that a party signed.
func (o Owner) MayTakeBack(signed, name truce.PartyID) bool {
	switch {
	case o.speaker != "":
		return o.speaker == signed
	case signed != "":
		return o.word == signed
	}
	return name == "" || o.word == name
}
