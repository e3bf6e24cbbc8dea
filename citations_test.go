package truce

import (
	"fmt"
	"math/rand"
	"testing"
)

// TestWordOfChains: whose word each of many entries is that cite each other at random, in
// circles too, is what following each of them by itself gives: all that can be reached is
// parties. In whatever order they are asked.
func TestWordOfChains(t *testing.T) {
	a := &Agreement{Parties: []Party{{ID: "A", Name: "State of A"}, {ID: "B", Name: "State of B"}}, Sources: map[SourceID]Source{"press": {ID: "press", Publisher: "Press"}}}
	words := map[PartyID]int{}
	for seed := range 300 {
		r := rand.New(rand.NewSource(int64(seed)))
		list := make([]*Observation, 2+r.Intn(12))
		for i := range list {
			list[i] = &Observation{Source: "press", Key: fmt.Sprint(i)}
			list[i].SetID()
		}
		roots := make([]string, len(list)) // beside what it cites
		cites := make([][]int, len(list))
		for i, o := range list {
			origins := []Origin{Origin(fmt.Sprintf("own:t.me/c/%d", i))}
			if x := r.Intn(8); x < 3 {
				roots[i] = []string{"state of a", "state of b", "somebody"}[x]
				origins = append(origins, Origin("publisher:"+roots[i]))
			}
			for range r.Intn(3) {
				n := r.Intn(len(list))
				if n == i {
					continue
				}
				cites[i] = append(cites[i], n)
				if r.Intn(2) == 0 {
					origins = append(origins, Origin("entry:"+list[n].ID.Hex()))
				} else {
					origins = append(origins, Origin(fmt.Sprintf("post:t.me/c/%d", n)))
				}
			}
			if err := o.SetOrigins(origins); err != nil { // the ID is of the row
				t.Fatal(err)
			}
		}
		want := make([]PartyID, len(list))
		for i := range list {
			seen, found, nobody := map[int]bool{i: true}, map[PartyID]bool{}, false
			for todo := []int{i}; len(todo) > 0; todo = todo[1:] {
				k := todo[0]
				switch roots[k] {
				case "state of a":
					found["A"] = true
				case "state of b":
					found["B"] = true
				case "somebody":
					nobody = true
				default:
					nobody = nobody || len(cites[k]) == 0
				}
				for _, n := range cites[k] {
					if !seen[n] {
						seen[n] = true
						todo = append(todo, n)
					}
				}
			}
			switch {
			case nobody:
			case found["A"]:
				want[i] = "A"
			case found["B"]:
				want[i] = "B"
			}
		}
		for range 3 {
			c := NewCitations(list)
			for _, i := range r.Perm(len(list)) {
				if got := a.SpeaksFor(list[i], c); got != want[i] {
					t.Fatalf("seed %d: entry %d is the word of %q, want %q", seed, i, got, want[i])
				}
				words[want[i]]++
			}
		}
	}
	if words[""] == 0 || words["A"] == 0 || words["B"] == 0 {
		t.Errorf("%v: nothing is tested", words)
	}
}

// TestWordOfALongChain: a hundred thousand entries, each of which cites the next, rest on the
// ministry that the last one quotes.
func TestWordOfALongChain(t *testing.T) {
	a := &Agreement{Parties: []Party{{ID: "A", Name: "State of A"}}, Sources: map[SourceID]Source{"press": {ID: "press", Publisher: "Press"}}}
	var list []*Observation
	origin := Origin("publisher:state of a")
	for i := range 100_000 {
		o := &Observation{Source: "press", Key: fmt.Sprint(i), Origins: []Origin{origin}}
		o.SetID()
		list, origin = append(list, o), Origin("entry:"+o.ID.Hex())
	}
	c := NewCitations(list)
	for i := len(list) - 1; i >= 0; i-- {
		if got := a.SpeaksFor(list[i], c); got != "A" {
			t.Fatalf("entry %d is the word of %q", i, got)
		}
	}
}
