package mission

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
)

// A Publication is the content of an entry that says what was published.
type Publication = ledger.Publication

// WholeDigest is the digest of what the mission itself computes at the same
// moment, with what is held back.
func (m *Mission) WholeDigest(s *situation.Situation) (truce.Digest, error) {
	if s.Withheld == 0 {
		return s.Digest(), nil
	}
	all := *m
	all.Seen, all.For = nil, release.Reader{}
	out, err := all.Situation(s.Now)
	if err != nil {
		return truce.Digest{}, err
	}
	return out.Digest(), nil
}

// Vouched returns nil if as many entries are co-signed as the quorum of the mission's
// policy wants, or if the policy states no quorum. A report that rests on them may be
// published then.
func (m *Mission) Vouched(entries int64) error {
	w, err := m.Witnesses(0)
	if err != nil {
		return err
	}
	size, wanted := w.Met()
	if !wanted || size >= entries {
		return nil
	}
	return Hint{fmt.Errorf("the report was not published: it depends on %s, and the quorum of witnesses has co-signed only %d of them", Plural(int(entries), "entry"), size),
		"a running server asks its witnesses every 30 seconds, and those that fail less often, down to once in 10 minutes; its record page shows who has co-signed. Publish again when they have, or change the quorum in " + filepath.Join(m.Dir, PolicyFile)}
}

// PublishFile puts the digest of a file's bytes into the record, with the digests of
// the situation that it was computed from; at is the entry.
func (m *Mission) PublishFile(key *ledger.Secret, p Publication, data []byte) (at int64, err error) {
	p.SHA256 = sha256.Sum256(data)
	content, err := json.Marshal(p)
	if err != nil {
		return 0, err
	}
	return m.Say(Said{Body: ledger.Body{Kind: "publication", Mission: m.Origin(), At: ledger.Time(m.Now()), Content: content}}, key)
}
