package brief

import (
	"fmt"
	"slices"
	"time"

	"github.com/opentruce/truce"
)

// RuleWords say what an article means to this program, for a lawyer to hold against
// its text. The first letter is small where a word of the vocabulary begins it.
func RuleWords(a *truce.Agreement, p *truce.Provision) truce.Reason {
	var parts []truce.Reason
	add := func(r truce.Reason) { parts = append(parts, r) }
	switch {
	case p.Prohibit != nil:
		k := p.Prohibit
		acts := because("any act")
		if len(k.Acts) > 0 {
			acts = anyOf("act", k.Acts)
		}
		add(because("No %s, by %s", acts, weaponWords(k.Weapons)))
		if k.Domain != "" {
			add(because("in the %s domain", truce.Word("domain", k.Domain)))
		}
		add(because("in %s, judged by the place of %s", zones(k.In), truce.Word("where", k.Where)))
	case p.Absent != nil:
		add(because("No %s (%s) in %s", anyOf("weapon", p.Absent.Of), weaponWords(p.Absent.Weapons), zones(p.Absent.In)))
	case p.Withdraw != nil:
		k := p.Withdraw
		add(because("%s at least %s from the line (%s)", weaponWords(k.Weapons), truce.Metres(k.DistanceM), lineWords(k.Line)))
		switch {
		case k.By.At != 0:
			add(because("from %s on", k.By.At.In(a.Location)))
		case k.By.After != (truce.Span{}):
			add(because("from %s after its phase begins", spanWords(k.By.After)))
		}
	case p.Freeze != nil:
		add(because("No control beyond the line (%s) as it was at its date, with a tolerance of %s", lineWords(p.Freeze.Line), truce.Metres(p.Freeze.ToleranceM)))
	case p.Quiet != nil:
		add(because("%s in a row without %s in %s, each seen at least %s; meeting it proposes, a decision opens", number(p.Quiet.Days, "local day"), anyOf("act", p.Quiet.Acts), zones(p.Quiet.In), p.Quiet.Coverage.Percent()))
	}
	if d := p.Daily; d != nil {
		add(because("each day from %s to %s", clock(d.From), clock(d.To)))
	}
	if len(p.Objects) > 0 {
		n := 0
		for _, o := range p.Objects {
			n += len(o.Objects)
		}
		add(because("at %s that the parties list", number(n, "object")))
	}
	if p.Phase != "" {
		add(because("while the phase %s lasts", p.Phase))
	}
	out := because("%s.", truce.Joined("%s, %s", parts))
	for _, r := range p.Readings {
		out = because("%s As %s reads it: %s.", out, r.ID, readingWords(a, &r))
	}
	for _, e := range p.Exceptions {
		if e.Needs {
			out = because("%s Excepted (%s): %s in %s, if notified %s before.", out, e.ID, anyOf("act", e.Acts), zones(e.In), number(int(e.Notified/time.Hour), "hour"))
		} else {
			out = because("%s Excepted (%s): %s in %s.", out, e.ID, anyOf("act", e.Acts), zones(e.In))
		}
	}
	return because("%s An apparent violation needs evidence that is %s; a party is named only where that is held to be %s; it held only if at least %s was seen.",
		out, truce.Word("standing", p.Floor.Evidence), truce.Word("confidence", p.Floor.Attribution), p.Floor.Coverage.Percent())
}

func spanWords(s truce.Span) any {
	switch {
	case s.Days != 0 && s.Time == 0:
		return number(s.Days, "day")
	case s.Days == 0 && s.Time%time.Hour == 0:
		return number(int(s.Time/time.Hour), "hour")
	}
	return s.String()
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func readingWords(a *truce.Agreement, r *truce.Reading) truce.Reason {
	var parts []truce.Reason
	if r.From.Stated() {
		parts = append(parts, because("from %s", r.From.In(a.Location)))
	}
	if r.To.Stated() {
		parts = append(parts, because("until %s", r.To.In(a.Location)))
	}
	if len(r.In) > 0 {
		parts = append(parts, because("in %s", zones(r.In)))
	}
	if len(parts) == 0 {
		return because("as it stands")
	}
	return truce.Joined("%s, %s", parts)
}

// anyOf is a list of words of a vocabulary.
func anyOf[T ~string](kind string, words []T) truce.Reason {
	out := make([]truce.InWords, len(words))
	for i, w := range words {
		out[i] = truce.Word(kind, w)
	}
	return truce.Joined("%s or %s", out)
}

func zones(in []string) truce.Reason {
	if len(in) == 0 {
		return because("any place")
	}
	return truce.Joined("%s, %s", in)
}

func weaponWords(w truce.Weapons) truce.Reason {
	switch {
	case w.Any():
		return because("any weapon")
	case len(w.Classes) == 0:
		return because("any weapon of %s", w.Calibre.String())
	case w.Calibre == truce.CalibreRule{}:
		return anyOf("weapon", w.Classes)
	}
	return because("%s of %s", anyOf("weapon", w.Classes), w.Calibre.String())
}

func lineWords(by map[truce.PartyID]string) truce.Reason {
	var parties []string
	for p := range by {
		parties = append(parties, string(p))
	}
	slices.Sort(parties)
	var out []string
	for _, p := range parties {
		out = append(out, p+": "+by[truce.PartyID(p)])
	}
	return truce.Joined("%s, %s", out)
}
