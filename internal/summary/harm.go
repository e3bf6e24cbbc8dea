package summary

import "github.com/opentruce/truce"

// Harm says a number of killed or injured that was added over incidents. The most is the sum
// of all that is reported, as if no two reports were of one incident, so it is told by the
// same rule as a number of incidents: "at least 26; reports add up to 544". What one report or
// one incident states is truce.Range.Words.
func Harm(r truce.Range) truce.Reason {
	switch least, most := int(r.Low), int(r.High); {
	case r.Open():
		return orMore(r)
	case least == most:
		return truce.Because("%d", least)
	case r.Best != truce.NoBest:
		return truce.Because("%d (%d to %d)", int(r.Best), least, most)
	case AtLeast(least, most):
		return truce.Because("at least %d; reports add up to %d", least, most)
	default:
		return truce.Because("%d to %d", least, most)
	}
}

// orMore says a range without an upper end.
func orMore(r truce.Range) truce.Reason {
	if r.Best == truce.NoBest {
		return truce.Because("%d or more", int(r.Low))
	}
	return truce.Because("%d (%d or more)", int(r.Best), int(r.Low))
}

// Harms says all numbers of killed and injured that were added over incidents.
func Harms(c *truce.Casualties) truce.Reason {
	return harms(c, Harm)
}

// Stated says the numbers of killed and injured that one report, total or incident states.
func Stated(c *truce.Casualties) truce.Reason {
	return harms(c, func(r truce.Range) truce.Reason {
		switch {
		case r.Open():
			return orMore(r)
		case r.Low == r.High:
			return truce.Because("%d", int(r.Low))
		case r.Best == truce.NoBest:
			return truce.Because("%d to %d", int(r.Low), int(r.High))
		}
		return truce.Because("%d (%d to %d)", int(r.Best), int(r.Low), int(r.High))
	})
}

func harms(c *truce.Casualties, words func(truce.Range) truce.Reason) truce.Reason {
	var out []truce.Reason
	if c == nil {
		return truce.Reason{}
	}
	for _, name := range truce.CasualtyStated {
		if r := *c.Field(name); r != nil {
			out = append(out, truce.Because("%s %s", truce.CasualtyWord(name), words(*r)))
		}
	}
	if len(out) == 0 {
		return truce.Reason{}
	}
	return truce.Joined("%s; %s", out)
}
