package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/mission"
)

// How lists are sorted, by the words of --sort.
const (
	byTime    = "time"    // of occurrence, the earliest first
	byLatest  = "latest"  // of occurrence, the latest first
	byGravity = "gravity" // outcome, standing, the killed, then the latest first
	byArticle = "article" // in the agreement's order, then by time
)

// orders are how a Reader sorts incidents.
var orders = map[string]truce.Order{byTime: truce.Earliest, byLatest: truce.Latest, byGravity: truce.Gravest}

// sortFindings sorts findings under an agreement.
func sortFindings(ag *truce.Agreement, list []*truce.Finding, by string) {
	slices.SortStableFunc(list, func(a, b *truce.Finding) int {
		earlier := cmp.Or(cmp.Compare(a.During.Start, b.During.Start), cmp.Compare(a.During.End, b.During.End))
		last := slices.Compare(a.Of[:], b.Of[:])
		switch by {
		case byTime:
			return cmp.Or(earlier, last)
		case byLatest:
			return cmp.Or(-earlier, last)
		case byGravity:
			return cmp.Or(compareGravity(a.Outcome, b.Outcome, a.Standing, b.Standing), cmp.Compare(killed(b), killed(a)), -earlier, last)
		}
		return cmp.Or(cmp.Compare(position(ag, a.Article), position(ag, b.Article)), earlier, last)
	})
}

// sortDays sorts findings of days in the same way.
func sortDays(ag *truce.Agreement, list []truce.DayRow, by string) {
	slices.SortStableFunc(list, func(a, b truce.DayRow) int {
		earlier := cmp.Or(cmp.Compare(a.Window.Start, b.Window.Start), cmp.Compare(a.Window.End, b.Window.End))
		last := slices.Compare(a.ID[:], b.ID[:])
		switch by {
		case byTime:
			return cmp.Or(earlier, last)
		case byLatest:
			return cmp.Or(-earlier, last)
		case byGravity:
			return cmp.Or(compareGravity(a.Outcome, b.Outcome, a.Standing, b.Standing), cmp.Compare(len(b.Publishers), len(a.Publishers)), -earlier, last)
		}
		return cmp.Or(cmp.Compare(position(ag, a.Article), position(ag, b.Article)), earlier, last)
	})
}

// compareGravity puts first what most asks for attention, and of that what is better
// established.
func compareGravity(a, b truce.Outcome, better, worse truce.Standing) int {
	if c := cmp.Compare(a.Attention(), b.Attention()); c != 0 {
		return c
	}
	up, down := better.AtLeast(worse), worse.AtLeast(better)
	switch {
	case up && !down:
		return -1
	case down && !up:
		return 1
	}
	return 0
}

// killed is how many the sources of a finding at least agree were killed.
func killed(f *truce.Finding) int32 {
	if f.Casualties == nil || f.Casualties.Killed == nil {
		return 0
	}
	return f.Casualties.Killed.Low
}

// position is an article's place in its agreement.
func position(a *truce.Agreement, art truce.Article) int {
	return slices.IndexFunc(a.Provisions, func(p truce.Provision) bool { return p.Article == art })
}

// limited is the first n of a list, and a sentence about the others; all of it where n is zero.
func limited[T any](list []T, n int, what string) ([]T, string) {
	if n == 0 || len(list) <= n {
		return list, ""
	}
	return list[:n], fmt.Sprintf("%d of %s; --limit 0 lists all", n, mission.Plural(len(list), what))
}
