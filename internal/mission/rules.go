package mission

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/agreement"
)

// RuleWords say what an article means to this program, for a lawyer to hold against
// its text. Words of the vocabulary stand as they are.
func RuleWords(a *truce.Agreement, p *truce.Provision) string {
	var parts []string
	say := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case p.Prohibit != nil:
		k := p.Prohibit
		acts := "any act"
		if len(k.Acts) > 0 {
			acts = list(k.Acts)
		}
		say("No %s, by %s", acts, weaponWords(k.Weapons))
		if k.Domain != "" {
			say("in the %s domain", k.Domain)
		}
		say("in %s, judged by the place of %s", zones(k.In), k.Where)
	case p.Absent != nil:
		say("No %s (%s) in %s", list(p.Absent.Of), weaponWords(p.Absent.Weapons), zones(p.Absent.In))
	case p.Withdraw != nil:
		k := p.Withdraw
		say("%s at least %s from the line (%s)", strings.ToUpper(weaponWords(k.Weapons)[:1])+weaponWords(k.Weapons)[1:], truce.Metres(k.DistanceM), lineWords(k.Line))
		switch {
		case k.By.At != 0:
			say("from %s on", k.By.At.In(a.Location))
		case k.By.After != (truce.Span{}):
			say("from %s after its phase begins", k.By.After)
		}
	case p.Freeze != nil:
		say("No control beyond the line (%s) as it was at its date, with a tolerance of %s", lineWords(p.Freeze.Line), truce.Metres(p.Freeze.ToleranceM))
	case p.Quiet != nil:
		say("%s in a row without %s in %s, each seen at least %s; meeting it proposes, a decision opens", Plural(p.Quiet.Days, "local day"), list(p.Quiet.Acts), zones(p.Quiet.In), p.Quiet.Coverage.Percent())
	}
	if d := p.Daily; d != nil {
		say("each day from %02d:%02d to %02d:%02d", d.From/60, d.From%60, d.To/60, d.To%60)
	}
	if len(p.Objects) > 0 {
		n := 0
		for _, o := range p.Objects {
			n += len(o.Objects)
		}
		say("at %s that the parties list", Plural(n, "object"))
	}
	if p.Phase != "" {
		say("while the phase %s lasts", p.Phase)
	}
	out := strings.Join(parts, ", ") + "."
	for _, r := range p.Readings {
		out += fmt.Sprintf(" As %s reads it: %s.", r.ID, readingWords(a, &r))
	}
	for _, e := range p.Exceptions {
		out += fmt.Sprintf(" Excepted (%s): %s in %s", e.ID, list(e.Acts), zones(e.In))
		if e.Needs {
			out += fmt.Sprintf(", if notified %s before", hours(e.Notified))
		}
		out += "."
	}
	out += fmt.Sprintf(" An apparent violation needs evidence that is %s; a party is named only where that is held to be %s; it held only if at least %s was seen.",
		spaced(string(p.Floor.Evidence)), spaced(p.Floor.Attribution), p.Floor.Coverage.Percent())
	return out
}

func readingWords(a *truce.Agreement, r *truce.Reading) string {
	var parts []string
	if r.From.Stated() {
		parts = append(parts, "from "+r.From.In(a.Location))
	}
	if r.To.Stated() {
		parts = append(parts, "until "+r.To.In(a.Location))
	}
	if len(r.In) > 0 {
		parts = append(parts, "in "+zones(r.In))
	}
	if len(parts) == 0 {
		return "as it stands"
	}
	return strings.Join(parts, ", ")
}

func hours(d time.Duration) string { return Plural(int(d.Hours()), "hour") }

func list[T ~string](words []T) string {
	var out []string
	for _, w := range words {
		out = append(out, spaced(string(w)))
	}
	return strings.Join(out, " or ")
}

func zones(in []string) string {
	if len(in) == 0 {
		return "any place"
	}
	return strings.Join(in, ", ")
}

func weaponWords(w truce.Weapons) string {
	switch {
	case w.Any():
		return "any weapon"
	case len(w.Classes) == 0:
		return "any weapon of " + w.Calibre.String()
	case w.Calibre == truce.CalibreRule{}:
		return list(w.Classes)
	}
	return list(w.Classes) + " of " + w.Calibre.String()
}

func lineWords(by map[truce.PartyID]string) string {
	var parties []string
	for p := range by {
		parties = append(parties, string(p))
	}
	slices.Sort(parties)
	var out []string
	for _, p := range parties {
		out = append(out, p+": "+by[truce.PartyID(p)])
	}
	return strings.Join(out, ", ")
}

// Limits are what the agreement's text leaves open or nobody can monitor, as truce
// check says it.
func (m *Mission) Limits() []string {
	folder := "agreement"
	if m.About.Folder != "" {
		folder = m.About.Folder
	}
	_, probs := ReadAgreement(m.Dir + "/" + folder)
	var out []string
	for _, p := range probs {
		if p.Severity != agreement.Error {
			out = append(out, p.Text)
		}
	}
	return out
}
