package mission

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

// A Publication is the content of an entry that says what was published.
type Publication = ledger.Publication

// WholeDigest is the digest of what the mission itself computes at the same
// moment, with what is held back.
func (m *Reading) WholeDigest(s *situation.Situation) (truce.Digest, error) {
	if s.Withheld == 0 {
		return s.Digest(), nil
	}
	out, err := m.As(release.Reader{}).Situation(s.Now)
	if err != nil {
		return truce.Digest{}, err
	}
	return out.Digest(), nil
}

// unseen is how long an entry may be in the record before the quorum has co-signed it,
// when something is published: an open room asks its witnesses every 30 seconds.
const unseen = 2 * time.Minute

// Vouched returns nil if the quorum of the mission's policy has co-signed as many entries,
// and all that came until two minutes ago; or if the policy states no quorum. A report
// that rests on that many entries may be published then.
//
// How many entries a report rests on is what its author says, and so is the author's own
// time. Neither can make old entries young: when an entry came, the record says.
func (m *Folder) Vouched(entries int64) error {
	w, err := m.Witnesses(0)
	if err != nil {
		return err
	}
	size, wanted := w.Met()
	if !wanted {
		return nil
	}
	refused := func(format string, args ...any) error {
		return Hint{fmt.Errorf("the report was not published: "+format, args...),
			"a running server asks its witnesses every 30 seconds, and those that fail less often, down to once in 10 minutes; its record page shows who has co-signed. Publish again when they have, or change the quorum in " + filepath.Join(m.Dir, PolicyFile)}
	}
	if size < entries {
		return refused("it depends on %s, and the quorum of witnesses has co-signed only %d of them", Plural(int(entries), "entry"), size)
	}
	for e, err := range ledger.Entries(context.Background(), m.Record(), size, size+1) {
		if err != nil {
			return err
		}
		if e.Received.Time().Before(m.Now().Add(-unseen)) {
			return refused("the quorum of witnesses has not co-signed entry %d, of %s, and what came since", e.Index, e.Received)
		}
	}
	return nil
}

// PublishFile puts the digest of a file's bytes into the record, with the digests of
// the situation that it was computed from; at is the entry.
func (m *Writer) PublishFile(key *ledger.Secret, p Publication, data []byte) (at int64, err error) {
	p.SHA256 = sha256.Sum256(data)
	content, err := json.Marshal(p)
	if err != nil {
		return 0, err
	}
	return m.Say(Said{Body: ledger.Body{Kind: "publication", Mission: m.Origin(), At: ledger.Time(m.Now()), Content: content}}, key)
}
