package intake

import (
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
)

// Claims are the IDs of items that are on their way into a record that is kept open, or
// were written and not read yet. If two items are submitted at the same moment under one
// ID, the second is checked against the first.
type Claims struct {
	mu sync.Mutex
	by map[truce.Digest]claim
}

type claim struct {
	submission truce.Digest
	party      truce.PartyID
	own        bool  // of the ID, by OwnID
	at         int64 // the entry; -1: not written yet
}

// take claims the ID of a submission, or objects. read is how many entries of the
// record were read: their claims are not needed any more.
func (c *Claims) take(id, submission truce.Digest, by *ledger.Key, alone, own bool, read int64) *ledger.Objection {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[truce.Digest]claim{}
	}
	for id, x := range c.by {
		if x.at >= 0 && x.at < read {
			delete(c.by, id)
		}
	}
	x, claimed := c.by[id]
	if !claimed || own && !x.own && x.party != by.Party {
		c.by[id] = claim{submission, by.Party, own, -1}
		return nil
	}
	if x.submission == submission {
		return nil
	}
	return ledger.Taken(id, x.party != by.Party, alone)
}

// settle says where a submission was written; -1: it was not.
func (c *Claims) settle(id, submission truce.Digest, at int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch x, claimed := c.by[id]; {
	case !claimed || x.submission != submission || x.at >= 0:
	case at < 0:
		delete(c.by, id)
	default:
		x.at = at
		c.by[id] = x
	}
}

// settled is called once it is known where an admitted entry was written; -1: it was
// not.
func (m *Writer) settled(e *ledger.Entry, at int64) {
	if m.claims != nil && e.IsItem() {
		m.claims.settle(e.NounID(), e.ID(), at)
	}
}
