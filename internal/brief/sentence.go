package brief

import "github.com/opentruce/truce"

// AsKnown says of which moment something is known.
func AsKnown(when string) truce.Reason { return because("as known %s", when) }

// Headline says what was reported, where and when, without the codes of any source. when is
// in the words of whoever reads it.
func Headline(r *truce.Row, when string) truce.Reason {
	what := because("%s", truce.Word("act", r.Act))
	if r.Weapon != "" {
		what = because("%s (%s)", truce.Word("act", r.Act), truce.Word("weapon", r.Weapon))
	}
	at := because("at an unknown place")
	switch {
	case r.Place.Settlement != "":
		at = because("near %s", r.Place.Settlement)
	case r.Place.Kind == truce.PlaceRegion:
		at = because("in %s", r.Place.Name)
	case r.Place.Kind != truce.PlaceUnknown:
		at = because("at %s", r.Place.Short())
	}
	switch {
	case r.Alleged && r.None:
		return because("%s says that there was none: %s %s, %s", string(r.Claimant), what, at, when)
	case r.Alleged:
		return because("%s says, and nobody else reports: %s %s, %s", string(r.Claimant), what, at, when)
	case r.None:
		return because("reported that there was none: %s %s, %s", what, at, when)
	}
	return because("%s reported %s, %s", what, at, when)
}

// DayHeadline is Headline of a finding of days.
func DayHeadline(d *truce.DayRow, acts []truce.Act, when string) truce.Reason {
	switch {
	case d.Area.Level != truce.AreaPlace:
		return because("at least one act (%s) reported somewhere in %s, %s", anyAct(acts), d.Area.Name, when)
	case d.Area.Name != "":
		return because("at least one act (%s) reported near %s, %s", anyAct(acts), d.Area.Name, when)
	}
	return because("at least one act (%s) reported at %s, %s", anyAct(acts), d.Where, when)
}

// Ruled is what an article says. Of what is corroborated it says on what ground: two
// publishers are not two origins.
func Ruled(art truce.Article, o truce.Outcome, standing truce.Standing, ground truce.Ground) truce.Reason {
	switch {
	case ground != "":
		return because("article %s: %s, %s", string(art), truce.Word("outcome", o), truce.Word("ground", ground))
	case standing != "":
		return because("article %s: %s, %s", string(art), truce.Word("outcome", o), truce.Word("standing", standing))
	}
	return because("article %s: %s", string(art), truce.Word("outcome", o))
}
