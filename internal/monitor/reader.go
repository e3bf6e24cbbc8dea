package monitor

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/alert"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/dossier"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/situation"
	"github.com/opentruce/truce/internal/voices"
)

// Answers are what an audience may ask of a situation beside its rows.
type Answers struct {
	s       *situation.Situation
	sees    func() release.Viewer // the audience, at the moment at which it asks
	entryOf func(truce.Digest) int64
}

// reader is the picture of an audience: the rows of a read model, and what it was
// written from.
type reader struct {
	truce.Rows
	Answers
}

var (
	_ truce.Reader  = reader{}
	_ truce.Answers = Answers{}
)

// Answers are those of an audience that looks now.
func (r *Room) Answers(a truce.Audience, s *situation.Situation) Answers {
	return Answers{s, func() release.Viewer { return r.Sees(a, s.Agreement) }, r.EntryOf}
}

func (r *Room) reader(a truce.Audience, s *situation.Situation, rows truce.Rows) truce.Reader {
	return reader{rows, r.Answers(a, s)}
}

// Row implements truce.Reader. The read model may be of a later moment than this picture:
// an incident that it does not have is described from the situation.
func (x reader) Row(ctx context.Context, id truce.Digest) (truce.Row, bool, error) {
	r, ok, err := x.Rows.Row(ctx, id)
	if ok || err != nil {
		return r, ok, err
	}
	return scan(x.Answers, 0).Row(ctx, id)
}

// incident is the incident of an ID, as far as the audience is shown it; nil: it is not.
func (x Answers) incident(id truce.Digest) *truce.Incident {
	if inc := x.s.IncidentOf(id); inc != nil && x.sees().Lists(inc, x.s.Known) {
		return inc
	}
	return nil
}

// tells reports whether the audience may hear of what names these entries: it is not told
// of an incident through what was said about it.
func (x Answers) tells(to release.Viewer, of ...truce.Digest) bool {
	return to.Plain() || !slices.ContainsFunc(of, func(id truce.Digest) bool {
		inc := x.s.IncidentOf(id)
		return inc != nil && !to.Lists(inc, x.s.Known)
	})
}

// tellsDay reports whether the audience may hear of a finding of days that rests on these
// observations.
func (x Answers) tellsDay(to release.Viewer, support []truce.Digest) bool {
	return to.TellsDay(support, x.s.IncidentOf, x.s.Known)
}

// Agreement implements truce.Reader.
func (x Answers) Agreement() *truce.Agreement { return x.s.Agreement }

// Times implements truce.Reader.
func (x Answers) Times() truce.Times {
	return truce.Times{Occurred: x.s.Occurred(), Extent: x.s.Extent(), FirstKnown: x.s.FirstKnown()}
}

// Basis implements truce.Reader.
func (x Answers) Basis() map[string]string { return x.s.Basis() }

// Find implements truce.Reader.
func (x Answers) Find(_ context.Context, digits string) ([]truce.Digest, error) {
	to := x.sees()
	out := slices.DeleteFunc(x.s.Find(digits), func(id truce.Digest) bool { return !x.tells(to, id) })
	for _, id := range x.s.FindDays(digits) {
		if x.tellsDay(to, x.s.DayFinding(id).Support) {
			out = append(out, id)
		}
	}
	return out, nil
}

// Items implements truce.Reader.
func (x Answers) Items(_ context.Context, incident truce.Digest) (out []truce.Digest, err error) {
	inc := x.incident(incident)
	if inc == nil || inc.ID != incident {
		return nil, nil
	}
	return inc.IDs(), nil
}

// IncidentOf implements truce.Reader.
func (x Answers) IncidentOf(_ context.Context, id truce.Digest) (incident truce.Digest, ok bool, err error) {
	if inc := x.incident(id); inc != nil {
		return inc.ID, true, nil
	}
	return incident, false, nil
}

// Statements implements truce.Reader.
func (x Answers) Statements(_ context.Context, incident truce.Digest) (out []truce.Item, err error) {
	all, to := incident.IsZero(), x.sees()
	if inc := x.s.IncidentOf(incident); !all && (inc == nil || inc.ID != incident || !to.Lists(inc, x.s.Known)) {
		return nil, nil
	}
	// of are those that say which incident it is about, named all that it names.
	about := func(of, named []truce.Digest) bool {
		return (all || slices.ContainsFunc(of, func(id truce.Digest) bool { return x.s.IncidentIDOf(id) == incident })) && x.tells(to, named...)
	}
	for _, d := range x.s.AllDecisions() {
		if about(d.Of, d.Of) && (all || !d.OnDay()) && (!d.OnDay() || x.tellsDay(to, d.State)) {
			out = append(out, truce.Item{Known: x.s.Known(d.ID), Decision: d})
		}
	}
	for _, a := range x.s.Attributions {
		if about(a.Of[:min(1, len(a.Of))], a.Of) { // of an incident that was split since, the first decides
			out = append(out, truce.Item{Known: x.s.Known(a.ID), Attribution: a})
		}
	}
	for _, r := range x.s.Responses {
		if to := []truce.Digest{r.To}; about(to, to) {
			out = append(out, truce.Item{Known: r.Known, Response: r.Response})
		}
	}
	if all {
		for _, n := range x.s.Notifications {
			if x.tells(to, n.To) {
				out = append(out, truce.Item{Known: n.Known, Notification: n.Notification})
			}
		}
	}
	return out, nil
}

// Pending implements truce.Reader.
func (x Answers) Pending(_ context.Context, art truce.Article, id truce.Digest) (*truce.Decision, error) {
	if inc := x.incident(id); inc != nil {
		return x.s.Pending(art, inc), nil
	}
	return nil, nil
}

// Includes implements truce.Reader.
func (x Answers) Includes(_ context.Context, id truce.Digest) (bool, error) {
	if x.incident(id) != nil {
		return true, nil
	}
	of, ok := x.s.About(id)
	return ok && x.tells(x.sees(), of), nil
}

// SaidFor implements truce.Reader.
func (x Answers) SaidFor(_ context.Context, party truce.PartyID) (out []truce.Item, err error) {
	to := x.sees()
	add := func(r truce.Item, of ...truce.Digest) {
		if id := r.ID(); x.s.Speaker(id) == "" && x.tells(to, of...) {
			r.Known = x.s.Known(id)
			out = append(out, r)
		}
	}
	for o := range x.s.Observations() {
		if o.Claimant == party && !truce.Words.Sign(o.Act) {
			add(truce.Item{Observation: to.Said(o)}, o.ID)
		}
	}
	for _, t := range x.s.Tallies {
		if t.Claimant == party {
			add(truce.Item{Tally: t})
		}
	}
	for _, n := range x.s.Notifications {
		if n.By == party {
			add(truce.Item{Notification: n.Notification}, n.To)
		}
	}
	for _, r := range x.s.Responses {
		if r.By == party {
			add(truce.Item{Response: r.Response}, r.To)
		}
	}
	return out, nil
}

// InForce implements truce.Reader.
func (x Answers) InForce(_ context.Context, art truce.Article, during truce.Interval) ([]truce.Interval, error) {
	return x.s.InForce(art, during), nil
}

// Phase implements truce.Reader.
func (x Answers) Phase(_ context.Context, id string) (during []truce.Interval, why truce.Reason, err error) {
	p := x.s.Phases[id]
	return p.During, p.Why, nil
}

// Openings implements truce.Reader.
func (x Answers) Openings(context.Context) ([]truce.Opening, error) { return x.s.Openings(), nil }

// Alerts implements truce.Reader. Its rules count what the audience is not shown as well,
// and say so in words: only who is shown everything is alerted.
func (x Answers) Alerts(_ context.Context, now truce.Instant) ([]truce.Alert, error) {
	if !x.sees().Plain() {
		return nil, nil
	}
	return alert.Of(x.s, now), nil
}

// Findings implements truce.Reader.
func (x Answers) Findings(ctx context.Context, q truce.FindingQuery) iter.Seq2[*truce.Finding, error] {
	return func(yield func(*truce.Finding, error) bool) {
		if err := x.s.Agreement.CheckArticle(q.Article); err != nil {
			yield(nil, err)
			return
		}
		if p, _ := x.s.Agreement.Provision(q.Article); p.NotMonitored != "" {
			return // nobody looks at it, so there is nothing to find
		}
		says, rest := q.Of, q.Of
		if says.Article = q.Article; q.Silent {
			says.Article = ""
		}
		rest.Article, rest.Outcome, rest.Standing, rest.Harm = "", "", "", ""
		to := x.sees()
		row := mission.RowOf(x.s, to, x.entryOf)
		// more reports whether another finding is wanted after this one.
		more := func(f *assess.Found) bool {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return false
			}
			if !says.Finds(truce.ShortFinding{Article: f.Article, Outcome: f.Outcome, Standing: f.Standing, Harm: f.Harm()}) {
				return true
			}
			out := &truce.Finding{Assessment: f.Assessment}
			if f.Incident == nil {
				t := x.s.Tally(f.Of)
				out.Tally, out.Row = t, truce.Row{Occurred: t.Period, Place: t.Place, Act: t.Act, Weapon: t.Weapon, Calibre: t.Calibre, Casualties: t.Casualties}
			} else {
				r := row(f.Incident)
				if r.Held || r.From > to.At {
					return true
				}
				out.Row = r.Row
			}
			if !rest.Matches(&out.Row) {
				return true
			}
			if f.Incident != nil && !out.Row.Blurred {
				out.Near = x.s.Near(f.Article, f.Outcome, f.Incident)
			}
			return yield(out, nil)
		}
		for f := range x.s.Found(q.Article, "", q.Against) {
			if !more(f) {
				return
			}
		}
		if says.Finds(truce.ShortFinding{Article: q.Article, Outcome: truce.NoViolation, Standing: q.Of.Standing}) || says.Finds(truce.ShortFinding{Article: q.Article, Outcome: truce.OutOfScope, Standing: q.Of.Standing}) {
			x.silent(q, more)
		}
	}
}

// silent gives the incidents of which an article has nothing to say.
func (x Answers) silent(q truce.FindingQuery, more func(*assess.Found) bool) {
	nothing := func(o truce.Outcome) bool { return o == truce.NoViolation || o == truce.OutOfScope }
	for _, inc := range x.s.Incidents() {
		if !nothing(x.s.Outcome(q.Article, inc)) {
			continue
		}
		a, err := x.s.Assess(situation.Query{Article: q.Article, Party: q.Against, Of: inc.ID})
		if err == nil && nothing(a.Outcome) && !more(assess.NewFound(inc, a)) {
			return
		}
	}
}

// DayFindings implements truce.Reader.
func (x Answers) DayFindings(_ context.Context, q truce.DayQuery) (out []truce.DayRow, err error) {
	to := x.sees()
	for i := range x.s.Agreement.Provisions {
		art := x.s.Agreement.Provisions[i].Article
		if q.Article != "" && q.Article != art {
			continue
		}
		for _, f := range x.s.DayFindingsIn(art, q.During) {
			if !q.ID.IsZero() && f.ID != q.ID || !q.Of.IsZero() && !slices.Contains(f.Support, q.Of) || !x.tellsDay(to, f.Support) {
				continue
			}
			out = append(out, x.s.DayRow(&f))
		}
	}
	return out, nil
}

// DayDossier implements truce.Reader.
func (x Answers) DayDossier(_ context.Context, id truce.Digest) (*truce.DayDossier, error) {
	return dossier.OfDay(x.s, id, x.sees()), nil
}

// Dossier implements truce.Reader.
func (x Answers) Dossier(_ context.Context, id truce.Digest) (*truce.Dossier, error) {
	return dossier.Of(x.s, id, x.sees())
}

// Tally implements truce.Reader. Who is shown some places wider than they are known reads
// no reasons, as in Dossier.
func (x Answers) Tally(_ context.Context, id truce.Digest) (*truce.TallyDossier, error) {
	t := x.s.Tally(id)
	if t == nil {
		return nil, nil
	}
	out := &truce.TallyDossier{Reconciled: x.s.Reconcile(t)}
	for i := range x.s.Agreement.Provisions {
		p := &x.s.Agreement.Provisions[i]
		a, err := x.s.Assess(situation.Query{Article: p.Article, Of: id, Reasons: x.sees().Plain()})
		if err != nil {
			return nil, err
		}
		out.Under = append(out.Under, truce.UnderArticle{Provision: p, Assessment: a})
	}
	return out, nil
}

// Voices implements truce.Reader.
func (x Answers) Voices(context.Context) (*truce.Voices, error) {
	return voices.Of(x.s, x.sees()), nil
}

// Clocks implements truce.Reader.
func (x Answers) Clocks(_ context.Context, art truce.Article) (out []truce.RunningClock, err error) {
	to := x.sees()
	for _, f := range x.s.Ticking(art) {
		if !to.Lists(f.Incident, x.s.Known) {
			continue
		}
		for _, c := range x.s.Running(art, f.Incident) {
			out = append(out, truce.RunningClock{Clock: c, Of: f.Incident.ID})
		}
	}
	return out, nil
}

// Calendar implements truce.Reader.
func (x Answers) Calendar(context.Context) ([]truce.Due, error) {
	to := x.sees()
	return x.s.Calendar(func(inc *truce.Incident) bool { return to.Lists(inc, x.s.Known) }), nil
}

// Contradictions implements truce.Reader.
func (x Answers) Contradictions(context.Context) (out []truce.Contradiction, err error) {
	to := x.sees()
	for _, c := range x.s.Contradictions {
		if x.tells(to, c.Decision.Of...) {
			out = append(out, truce.Contradiction{Decision: c.Decision, Why: c.Why})
		}
	}
	return out, nil
}

// SaidOf implements truce.Reader.
func (x Answers) SaidOf(ctx context.Context, party truce.PartyID) (out []truce.Blame, err error) {
	said, err := x.Statements(ctx, truce.Digest{})
	if err != nil {
		return nil, err
	}
	answered, blamed := map[truce.Digest]bool{}, map[truce.Digest]bool{} // by incident
	for i := range said {
		switch r, a := said[i].Response, said[i].Attribution; {
		case r != nil && r.By == party:
			if inc := x.incident(r.To); inc != nil {
				answered[inc.ID] = true
			}
		case a != nil && len(a.Of) > 0:
			if inc := x.incident(a.Of[0]); inc != nil {
				blamed[inc.ID] = a.Actor == party // the last of an incident counts
			}
		}
	}
	to := x.sees()
	for _, inc := range x.s.Incidents() {
		b := truce.Blame{Incident: inc.ID, Start: inc.Occurred.Start, Answered: answered[inc.ID]}
		add := func(how truce.BlamedBy) {
			if !slices.Contains(b.How, how) {
				b.How = append(b.How, how)
			}
		}
		for _, o := range inc.Of {
			switch {
			case truce.Words.Sign(o.Act): // it claims nothing
			case o.Alleged() && o.Claimant != party && (len(o.MayHaveActed()) == 0 || slices.Contains(o.MayHaveActed(), party)):
				add(truce.ByAllegation)
			case !o.Alleged() && slices.Contains(o.MayHaveActed(), party):
				add(truce.ByObservation)
			}
		}
		if blamed[inc.ID] {
			add(truce.ByDecision)
		}
		if len(b.How) > 0 && to.Lists(inc, x.s.Known) {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b truce.Blame) int { return cmp.Compare(b.Start, a.Start) })
	return out, nil
}
