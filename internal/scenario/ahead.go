package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/opentruce/truce"
)

// opens reads "opens <phase> met|not-met|unknown [since=<instant>] [missing=<fact>,...]
// [because <text>]": how far the conditions are on which people may open or extend a phase. none: no
// condition of it waits for people.
func (p *script) opens(l *line) error {
	phase, err := l.next("the phase")
	if err != nil {
		return err
	}
	var phases []string
	for _, x := range p.a.Phases {
		phases = append(phases, x.ID)
	}
	if !slices.Contains(phases, phase) {
		return fmt.Errorf("phase %q is not in the agreement%s", phase, truce.Suggest(phase, phases))
	}
	is, err := l.next("met, not-met, unknown or none")
	if err != nil {
		return err
	}
	if words := []string{string(truce.ConditionMet), string(truce.ConditionUnmet), string(truce.ConditionUnknown), "none"}; !slices.Contains(words, is) {
		return fmt.Errorf("%q: want one of %s", is, strings.Join(words, ", "))
	}
	keys, err := l.options("since", "missing", "because")
	if err != nil {
		return err
	}
	want, got := []string{is}, []string{"none"}
	var since truce.Instant
	if keys["since"] != "" {
		if since, err = ParseInstant(keys["since"], p.a.Location); err != nil {
			return err
		}
		want = append(want, "since "+since.In(p.a.Location))
	}
	if keys["missing"] != "" {
		want = append(want, "missing "+keys["missing"])
	}
	if keys["because"] != "" {
		want = append(want, "because "+keys["because"])
	}
	if p.checking {
		return nil
	}
	var why []string
	for _, x := range p.situation().Openings() {
		if x.Phase != phase {
			continue
		}
		got[0] = string(x.Met)
		why = append(texts(x.Parts), x.What.String())
		if keys["since"] != "" {
			got = append(got, "since "+x.Since.In(p.a.Location))
		}
		if keys["missing"] != "" {
			var facts []string
			for _, f := range x.Miss {
				facts = append(facts, string(f))
			}
			got = append(got, "missing "+strings.Join(facts, ","))
		}
		if b := keys["because"]; b != "" && strings.Contains(strings.ToLower(strings.Join(why, "\n")), strings.ToLower(b)) {
			got = append(got, "because "+b)
		}
	}
	p.expect(phase+" "+strings.Join(want, ", "), phase+" "+strings.Join(got, ", "), why...)
	return nil
}

// falls reads "falls <instant>|none [kind=<kind>] [article=<article>] [phase=<phase>] [because
// <text>]": what falls due at a moment, as the calendar lists it. none: nothing of that sort does.
func (p *script) falls(l *line) error {
	when, err := l.next("when, or none")
	if err != nil {
		return err
	}
	at := truce.Never
	if when != "none" {
		if at, err = ParseInstant(when, p.a.Location); err != nil {
			return err
		}
	}
	keys, err := l.options("kind", "article", "phase", "because")
	if err != nil {
		return err
	}
	if keys["article"] != "" {
		if err := p.a.CheckArticle(truce.Article(keys["article"])); err != nil {
			return err
		}
	}
	if p.checking {
		return nil
	}
	got := "none"
	var why []string
	for _, d := range p.situation().Calendar(nil) {
		why = append(why, fmt.Sprintf("%s %s %s%s: %s", d.At.In(p.a.Location), d.Kind, d.Article, d.Phase, d.What))
		if keys["kind"] != "" && keys["kind"] != string(d.Kind) || keys["article"] != "" && keys["article"] != string(d.Article) || keys["phase"] != "" && keys["phase"] != d.Phase ||
			!strings.Contains(strings.ToLower(d.What.String()), strings.ToLower(keys["because"])) {
			continue
		}
		if at == truce.Never || d.At == at {
			got = d.At.In(p.a.Location)
			break
		}
	}
	want := "none"
	if at != truce.Never {
		want = at.In(p.a.Location)
	}
	p.expect("what falls due: "+want, "what falls due: "+got, why...)
	return nil
}
