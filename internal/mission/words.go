package mission

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/situation"
)

// Plural is a number of things in words.
func Plural(n int, what string) string { return truce.Number{N: n, Of: what}.String() }

// One finds the single entry of a situation whose ID begins so.
func One(s *situation.Situation, prefix string) (truce.Digest, error) {
	return OneFound(prefix, func(digits string) ([]truce.Digest, error) { return s.Find(digits), nil })
}

// OneFound is the single ID that begins so, of those that find gives.
func OneFound(prefix string, find func(digits string) ([]truce.Digest, error)) (truce.Digest, error) {
	prefix = strings.ToLower(prefix)
	if len(prefix) < 4 {
		return truce.Digest{}, Hint{fmt.Errorf("ID %q: want at least four digits", prefix), "truce incidents and truce findings list the IDs"}
	}
	found, err := find(prefix)
	if err != nil {
		return truce.Digest{}, err
	}
	switch len(found) {
	case 0:
		return truce.Digest{}, Hint{fmt.Errorf("nothing known here has an ID that begins with %q", prefix), "truce incidents and truce findings list the IDs"}
	case 1:
		return found[0], nil
	}
	var list []string
	for _, id := range found {
		list = append(list, id.String())
	}
	return truce.Digest{}, Hint{fmt.Errorf("ID %q is ambiguous: %s", prefix, strings.Join(list, ", ")), "give more of its digits"}
}

// EntryList names entries by number.
func EntryList(list []int64) string {
	var parts []string
	for i, n := range list {
		if i == 8 {
			parts = append(parts, fmt.Sprintf("and %d more", len(list)-i))
			break
		}
		parts = append(parts, strconv.FormatInt(n, 10))
	}
	if len(list) == 1 {
		return "entry " + parts[0]
	}
	return "entries " + strings.Join(parts, ", ")
}

// Are counts things that are there.
func Are(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return Plural(n, what) + " are"
}
