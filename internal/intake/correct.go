package intake

import (
	"fmt"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/scenario"
)

// correcting is a writer whose statement takes the place of an item, and what that says.
func (m *Writer) correcting(whose ledger.Key, of truce.Digest, word string) (*truce.Item, *Writer, error) {
	x, was, err := m.Correcting(whose, of)
	if err != nil {
		return nil, nil, err
	}
	if is := mission.WordOf(was); is != word {
		return nil, nil, mission.Hinted(fmt.Errorf("%s is a statement of another kind (%s)", of, x.Kind), "withdraw it, and state the other as something new")
	}
	out := &Writer{Mission: m.Mission, outlet: m.outlet, closed: m.closed, corrects: of}
	// In the open, a correction would tell what the sealed item says.
	if x.Sealed && word == "allege" && (m.Kept() == nil || m.Kept().Item(x, release.Reader{Audience: truce.ForParties}) == nil) {
		out.closed = true
	}
	return was, out, nil
}

// Correct is StateFields, of what takes the place of an earlier statement of the same
// person or party. What names the earlier one (a decision, an answer) is then of the
// later one.
func (m *Writer) Correct(key *ledger.Secret, whose ledger.Key, of truce.Digest, word, by, because string, f scenario.Fields) (r truce.Item, at int64, err error) {
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
