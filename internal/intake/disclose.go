package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
)

// Disclosing is the content of a disclosure; its openings are in a file beside the
// record where they do not fit an entry.
func (m *Writer) Disclosing(c ledger.Disclosure) ([]byte, error) {
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

// Publish puts a file from the shelf beside the record.
func (m *Writer) Publish(digest []byte) error {
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
