package summary

import "github.com/opentruce/truce"

// AtLeast reports whether a number of which the least and the most are known is told as "at
// least 26; 544 reports", and not as "26 to 544". Where the most is more than five times the
// least, people read the most, or something in the middle, as the number of incidents. All
// faces ask this.
func AtLeast(least, most int) bool { return least > 0 && most > 5*least }

// Range says how many there are.
func Range(least, most int) truce.Reason {
	switch {
	case least == most:
		return truce.Because("%d", most)
	case AtLeast(least, most):
		return truce.Because("at least %d; %s", least, truce.Number{N: most, Of: "report"})
	}
	return truce.Because("%d to %d", least, most)
}

// RangeOf is Range with what is counted.
func RangeOf(least, most int, what string) truce.Reason {
	switch {
	case least == most:
		return truce.Because("%s", truce.Number{N: most, Of: what})
	case AtLeast(least, most):
		return truce.Because("at least %s (%s)", truce.Number{N: least, Of: what}, truce.Number{N: most, Of: "report"})
	}
	return truce.Because("%d to %s", least, truce.Number{N: most, Of: what})
}
