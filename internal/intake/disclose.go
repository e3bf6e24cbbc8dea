package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// Disclose makes what is held of an entry that is not public public: the fields that are
// named, or all but those that may name people; file: also the file as received, of a
// source. names are the fields that were disclosed, and at is the entry that does it.
func (m *Writer) Disclose(key *ledger.Secret, e *ledger.Entry, fields []string, file bool, because string) (names []string, at int64, err error) {
	list, err := m.Held(e)
	if err != nil {
		return nil, 0, err
	}
	r := ledger.Disclosure{Of: e.ID(), Because: because}
	for _, o := range list {
		name, value, err := o.Field()
		if err != nil {
			return nil, 0, err
		}
		switch {
		case slices.Contains(fields, name), file && name == "evidence":
		case len(fields) > 0, slices.Contains(Confidential, name):
			continue // what may name people is disclosed by name alone
		}
		if file && name == "evidence" {
			if err := m.publish(value); err != nil {
				return nil, 0, err
			}
		}
		names = append(names, name)
		r.Openings = append(r.Openings, o.Text)
	}
	if len(names) == 0 {
		return nil, 0, mission.Hinted(errors.New("nothing of that is held here"), "it was forgotten, or is encrypted to other keys: sign with one that reads")
	}
	content, err := m.disclosing(r)
	if err != nil {
		return nil, 0, err
	}
	at, err = m.Say(Said{Body: ledger.Body{Kind: "disclosure", Mission: m.Origin(), At: ledger.Time(m.Now()), Content: content}}, key)
	return names, at, err
}

// disclosing is the content of a disclosure; its openings are in a file beside the
// record where they do not fit an entry.
func (m *Writer) disclosing(c ledger.Disclosure) ([]byte, error) {
	content, err := ledger.Marshal(c)
	if err != nil || len(content) <= mostContent {
		return content, err
	}
	data, err := ledger.Marshal(c.Openings)
	if err != nil {
		return nil, err
	}
	if c.File, _, err = m.Evidence.Put(bytes.NewReader(data)); err != nil {
		return nil, err
	}
	c.Openings = nil
	return ledger.Marshal(c)
}

// publish puts a file from the shelf beside the record.
func (m *Writer) publish(digest []byte) error {
	var sum truce.Digest
	if err := json.Unmarshal(digest, &sum); err != nil {
		return err
	}
	data, err := m.Shelf().Get(sum, m.Identities()...)
	if err != nil {
		return fmt.Errorf("the file: %w", err)
	}
	got, _, err := m.Evidence.Put(strings.NewReader(string(data)))
	if err == nil && got != sum {
		err = evidence.ErrAltered
	}
	return err
}
