package assess

import "github.com/opentruce/truce"

// A Voice is an observation as one that may confirm others.
type Voice struct{ w *witness }

// Voice is nil for what confirms nobody: what parties say, what rests on their word
// alone, and signs.
func (c *Context) Voice(o *truce.Observation) *Voice {
	if w := c.mayConfirm(o); w != nil {
		return &Voice{w}
	}
	return nil
}

// Confirm reports on what ground two observations confirm each other; empty: they do not.
func (c *Context) Confirm(a, b *Voice) truce.Ground {
	if a == nil || b == nil || a.w.publisher == b.w.publisher {
		return ""
	}
	return c.confirm(a.w, b.w)
}

// Alike is what the positions of two observations have in common.
type Alike int

const (
	NotAlike Alike = iota
	SamePosition
	Shifted // by one amount north and east
)

// Alike reports whether the positions of two observations look as if one had been copied
// from the other.
func (c *Context) Alike(a, b *truce.Observation) Alike {
	return Alike(c.copied(a, b))
}

// Dependence says of the observations of one incident, publisher by publisher, why they do
// not confirm each other, or on what ground they do: at most most sentences, each once.
func (c *Context) Dependence(of []*truce.Observation, most int) (out []truce.Reason) {
	r := &Rule{c: c}
	said := map[string]bool{}
	var list []*witness
	for _, o := range of {
		y := c.mayConfirm(o)
		if y == nil {
			continue
		}
		for _, x := range list {
			if len(out) == most {
				return out
			}
			if x.publisher == y.publisher {
				continue
			}
			why, ok := c.dependent(r, x, y)
			if !ok {
				if x.stated && y.stated {
					why = truce.Because("reports by %s and %s state where they have it from, and have nothing in common: they confirm each other", r.who(x.Observation), r.who(y.Observation))
				} else {
					why = truce.Because("reports by %s and %s are of different publishers; at least one does not state where it has it from, so it is not known whether they are independent", r.who(x.Observation), r.who(y.Observation))
				}
			}
			if text := why.String(); !said[text] {
				said[text], out = true, append(out, why)
			}
		}
		if len(list) < mostCompared {
			list = append(list, y)
		}
	}
	return out
}

// mostCompared bounds the observations of an incident that are compared with all others.
const mostCompared = 16

// LooksCopied reports whether an observation looks as if it had been copied from another of
// its incident, or the other way round: the same text or file, or coordinates that are
// the same or shifted. An observation that a person has decided is not a copy does not.
func (c *Context) LooksCopied(o *truce.Observation, of []*truce.Observation) bool {
	if c.apart(o.ID) {
		return false
	}
	for _, x := range of {
		if x.ID == o.ID || c.apart(x.ID) {
			continue
		}
		if c.copied(o, x) != notCopied {
			return true
		}
		for _, a := range o.Origins {
			if !a.Sign() {
				continue
			}
			for _, b := range x.Origins {
				if a == b {
					return true
				}
			}
		}
	}
	return false
}
