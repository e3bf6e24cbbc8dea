package mission

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/speaker"
)

// ReadWith takes keys to read with what is not public.
func (m *Reading) ReadWith(names []string) error {
	for _, name := range names {
		s, err := m.Key(name)
		if err != nil {
			return err
		}
		m.AddKey(s)
	}
	return nil
}

// Moment is the number of entries that the record had.
func (m *Reading) Moment(at string) (int64, error) {
	size, err := m.End()
	if err != nil || at == "" {
		return size, err
	}
	if n, err := strconv.ParseInt(at, 10, 64); err == nil {
		if n < 0 || n > size {
			return 0, fmt.Errorf("entry %d: the record has %d", n, size)
		}
		return n, nil
	}
	t, err := scenario.ParseInstant(at, m.Agreement.Location)
	if err != nil {
		return 0, fmt.Errorf("%q is neither a number of entries nor a time: %w", at, err)
	}
	// Times of receipt never decrease.
	low, high := int64(0), size
	for low < high {
		mid := (low + high) / 2
		later := false
		for e, err := range ledger.Entries(context.Background(), m.Record(), mid, mid+1) {
			if err != nil {
				return 0, err
			}
			later = e.Received > t
		}
		if later {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low, nil
}

// Between finds which entries in [from, to) speak of which observation, and
// counts them by kind.
func (m *Reading) Between(from, to int64) (map[truce.Digest][]int64, map[string]int, error) {
	v, err := m.At(to).Read()
	if err != nil {
		return nil, nil, err
	}
	of, kinds := map[truce.Digest][]int64{}, map[string]int{}
	for _, w := range v.Withheld {
		if w.entry >= from {
			kinds["withheld input"]++
		}
	}
	records := speaker.Apart(v.Records) // what another speaker says under an ID is about something else
	for i := range records {
		r, at := &records[i], v.Entries[i]
		if at < from {
			continue
		}
		kinds[strings.ReplaceAll(ledger.KindOf(r), "-", " ")]++
		var about []truce.Digest
		switch {
		case r.Observation != nil:
			about = []truce.Digest{r.Observation.ID, r.Replaces}
		case r.Decision != nil:
			about = append(slices.Clone(r.Decision.Of), r.Decision.State...)
		case r.Response != nil:
			about = []truce.Digest{r.Response.To}
		case r.Notification != nil:
			about = []truce.Digest{r.Notification.To}
		case r.Withdrawal != nil:
			about = []truce.Digest{r.Withdrawal.Of}
		case r.Attribution != nil:
			about = r.Attribution.Of
		}
		for _, id := range about {
			if !id.IsZero() {
				of[id] = append(of[id], at)
			}
		}
	}
	return of, kinds, nil
}
