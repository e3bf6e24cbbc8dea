package assess

import (
	"fmt"
	"slices"
	"time"

	"github.com/opentruce/truce"
)

// Sentence says what an article means to this program, for a lawyer to compare with
// its text. The first letter is small where a word of the vocabulary begins it.
func Sentence(a *truce.Agreement, p *truce.Provision) truce.Reason {
	var parts []truce.Reason
	add := func(r truce.Reason) { parts = append(parts, r) }
	if k, ok := p.Obligation.(kind); ok {
		parts = k.sentence(a)
	}
	if d := p.Daily; d != nil {
		add(truce.Because("each day from %s to %s", clock(d.From), clock(d.To)))
	}
	if len(p.Objects) > 0 {
		n := 0
		for _, o := range p.Objects {
			n += len(o.Objects)
		}
		add(truce.Because("at %s that the parties list", number(n, "object")))
	}
	if p.Phase != "" {
		add(truce.Because("while the phase %s lasts", p.Phase))
	}
	if x := p.Supersedes; x != nil {
		said := truce.Because("from %s on, instead of article %s", x.From.In(a.Location), string(x.Article))
		if k, ok := p.Obligation.(kind); ok && (!k.counted() || len(k.deadlines(x.From, a.Location)) > 0) {
			said = truce.Because("%s (times from the beginning of its phase run from then)", said)
		}
		add(said)
	}
	if x := p.SupersededBy; x != nil {
		add(truce.Because("until %s, when article %s supersedes it", x.From.In(a.Location), string(x.Article)))
	}
	switch x := p.Suspension; {
	case x == nil:
	case x.Resumes == "":
		add(truce.Because("until a person declares %s, which suspends it", x.Event))
	default:
		add(truce.Because("except from when a person declares %s, which suspends it, until a person declares %s", x.Event, x.Resumes))
	}
	out := truce.Because("%s.", truce.Joined("%s, %s", parts))
	if len(p.YieldsTo) > 0 {
		out = truce.Because("%s Where article %s applies too, that one decides alone.", out, truce.Joined("%s or %s", p.YieldsTo))
	}
	for _, r := range p.Readings {
		out = truce.Because("%s As %s reads it: %s.", out, reader(r.ID, r.Assumed), readingWords(a, &r))
	}
	// Nobody's reading is taken for that of a party which states none.
	if len(p.Readings) > 0 {
		for _, id := range p.Binds {
			if !slices.ContainsFunc(p.Readings, func(r truce.Reading) bool { return r.ID == string(id) }) {
				out = truce.Because("%s No reading by %s is stated, and none is assumed for it.", out, string(id))
			}
		}
	}
	for _, e := range p.Exceptions {
		if x := e.Answers; x != nil {
			out = truce.Because("%s Excepted as return fire (%s): %s in %s, if the party that acted states that it was return fire; if an attack (%s) that was not itself return fire surely came first, at most %s before and %s away, by evidence that this article asks for; and if a person attributed that attack to the other side.",
				out, e.ID, anyOf("act", e.Acts), zoneWords(e.In), anyOf("act", x.Acts), minutesOrHours(x.Within), truce.Metres(x.NearM))
			continue
		}
		if e.Needs {
			out = truce.Because("%s Excepted (%s): %s in %s, if notified %s before.", out, e.ID, anyOf("act", e.Acts), zoneWords(e.In), number(int(e.Notified/time.Hour), "hour"))
		} else {
			out = truce.Because("%s Excepted (%s): %s in %s.", out, e.ID, anyOf("act", e.Acts), zoneWords(e.In))
		}
	}
	return truce.Because("%s An apparent violation needs evidence that is %s; a party is named only where that is considered %s; the article counts as respected only if at least %s was being watched.",
		out, truce.Word("standing", p.Floor.Evidence), truce.Word("confidence", p.Floor.Attribution), p.Floor.Coverage.Percent())
}

// Superseded is the provision whose place another took, and the time in which it applied, in words: as the
// text has it, whatever people declared. Nil: it superseded none that is among the provisions.
func Superseded(a *truce.Agreement, p *truce.Provision) (was *truce.Provision, held truce.Reason) {
	if p.Supersedes == nil {
		return nil, truce.Reason{}
	}
	was, ok := a.Provision(p.Supersedes.Article)
	if !ok {
		return nil, truce.Reason{}
	}
	end := p.Supersedes.From.In(a.Location)
	begun := truce.Always
	for _, ph := range a.Phases {
		if ph.ID == was.Phase {
			if begun = ph.From; begun == truce.Never {
				return was, truce.Because("from the beginning of the phase %s until %s", ph.ID, end)
			}
		}
	}
	if begun = was.Applies(truce.Interval{Start: begun, End: truce.Never}).Start; begun == truce.Always {
		return was, truce.Because("until %s", end)
	}
	return was, truce.Because("from %s until %s", begun.In(a.Location), end)
}

func number(n int, what string) truce.Number { return truce.Number{N: n, Of: what} }

// SpanWords is a span as sentences say it.
func SpanWords(s truce.Span) any {
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
		parts = append(parts, truce.Because("from %s", r.From.In(a.Location)))
	}
	if r.To.Stated() {
		parts = append(parts, truce.Because("until %s", r.To.In(a.Location)))
	}
	if len(r.In) > 0 {
		parts = append(parts, truce.Because("in %s", zoneWords(r.In)))
	}
	switch r.Average {
	case "":
	case "none":
		parts = append(parts, truce.Because("each period counts for itself"))
	default:
		parts = append(parts, truce.Because("on average over each %s", truce.Word("unit", r.Average)))
	}
	if len(r.Held) > 0 {
		parts = append(parts, truce.Because("those whom it protects hold the places in %s", zoneWords(r.Held)))
	}
	if len(parts) == 0 {
		return truce.Because("as it stands")
	}
	return truce.Joined("%s, %s", parts)
}

// anyOf is a list of words of a vocabulary.
func anyOf[T ~string](kind string, words []T) truce.Reason {
	out := make([]truce.InWords, len(words))
	for i, w := range words {
		out[i] = truce.Word(kind, w)
	}
	if last := len(out) - 1; last > 1 {
		return truce.Because("%s or %s", truce.Joined("%s, %s", out[:last]), out[last])
	}
	return truce.Joined("%s or %s", out)
}

func zoneWords(in []string) truce.Reason {
	if len(in) == 0 {
		return truce.Because("any place")
	}
	return truce.Joined("%s, %s", in)
}

func weaponWords(w truce.Weapons) truce.Reason {
	switch {
	case w.Any():
		return truce.Because("any weapon")
	case len(w.Classes) == 0:
		return truce.Because("any weapon of %s", w.Calibre.String())
	case w.Calibre == truce.CalibreRule{}:
		return anyOf("weapon", w.Classes)
	}
	return truce.Because("%s of %s", anyOf("weapon", w.Classes), w.Calibre.String())
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
