// Package sample has mutants of every fate.
package sample

import "strings"

const most = 1 << 4

// Limit is outside of any function.
var Limit = most - 1

// Grade is tested at its edges, except for one.
func Grade(points int) string {
	switch {
	case points < 0 || points > 100:
		return "none"
	case points >= 50:
		return "passed"
	}
	return "failed"
}

// Sum is endless if i goes down.
func Sum(n int) (sum int) {
	for i := 0; i < n; i++ {
		sum += i
	}
	return sum
}

// Untested is never called.
func Untested(a, b int) int { return a*b - a/b }

// Loose is called, and nobody looks at what it returns.
func Loose(list []string) string {
	out := ""
	for _, s := range list {
		if s == "" && len(list) > 1 {
			continue
		}
		out += s + strings.Repeat("-", 1)
	}
	return out
}

// Count has a map, and a loop that is left.
func Count(words []string) map[string]int {
	out := map[string]int{}
	for _, w := range words {
		if w == "." {
			break
		}
		out[w]++
	}
	return out
}

// Every says whether f holds for a number that is not below zero.
func Every(n int, f func(int) bool) bool {
	if ok := func(i int) bool { return f(i) }(n); !ok || n < 0 {
		return false
	}
	return true
}
