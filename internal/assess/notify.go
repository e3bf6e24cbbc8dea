package assess

import (
	"slices"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/strict"
)

// notify is a duty to announce beforehand what one does: an exercise, demining, a flight, a movement.
// An act is against the article unless a notification was received in time that covers its place and
// its hours. A notification of which nothing was seen is not.
type notify struct {
	plain
	Acts   []truce.Act
	In     []string
	Before time.Duration
	Hour   int // instead of Before: by this time of the local day before, in minutes after midnight; -1: Before counts
}

type notifyForm struct {
	Pos    strict.Text
	Acts   []strict.Text `yaml:"acts" need:"what is to be announced" doc:"acts that are to be announced, with their descendants, such as exercise, demining, flight"`
	Before strict.Text   `yaml:"before" doc:"how long before it begins the notification must have been received, in hours: 48h"`
	By     strict.Text   `yaml:"by" doc:"instead of before: by this local time of the day before it begins, such as \"12:00\""`
	In     []strict.Text `yaml:"in" doc:"zones; anywhere if left out"`
}

var notifyKind = kindOf("what is to be announced beforehand", map[string]string{
	"no-notice":       "acts to be announced, without how long beforehand, or with two answers",
	"nobody-compares": "acts to be announced that none of the listed sources sees",
}, readNotify, (*notify).lint)

func readNotify(f *notifyForm, c *Clause) *notify {
	out := &notify{Acts: c.Acts(f.Acts), In: c.Zones(f.In), Before: c.Hours(f.Before), Hour: -1}
	if f.By.Set() {
		out.Hour = c.Clock(f.By)
	}
	if f.By.Set() == f.Before.Set() && f.Pos.Set() {
		c.Errorf(f.Pos.Line, f.Pos.Col, "no-notice", "write before: 48h, or by: \"12:00\" for a time of the day before", "article %q: want one of before and by", c.Provision.Article)
	}
	return out
}

func (k *notify) lint(f *notifyForm, c *Clause) {
	if len(c.Agreement.Sources) > 0 && !watched(c.Agreement, k.Acts) {
		c.Warn(f.Pos, "nobody-compares", "list a source that sees such acts, or write not-monitored", "article %q: no source that is listed and independent of the parties says that it looks for %s, so that what is not announced stays unseen", c.Provision.Article, k.Acts)
	}
}

func (*notify) Kind() string        { return "notify" }
func (k *notify) Zones() []string   { return k.In }
func (k *notify) acts() []truce.Act { return k.Acts }

// notice is when a notification must have been received, by when what it announces begins.
func (k *notify) notice() notice {
	if k.Hour < 0 {
		return noticeBefore(k.Before)
	}
	return notice{func(begins truce.Instant, loc *time.Location) truce.Instant {
		if !begins.Stated() {
			return begins
		}
		return occurrence(truce.DateOf(begins, loc).Add(-1), k.Hour, loc, true)
	}, truce.Because("by %s of the day before", clock(k.Hour))}
}

func (k *notify) sentence(*truce.Agreement) []truce.Reason {
	if k.Hour >= 0 {
		return []truce.Reason{truce.Because("To be announced by %s of the day before: %s in %s", clock(k.Hour), anyOf("act", k.Acts), zoneWords(k.In))}
	}
	return []truce.Reason{truce.Because("To be announced at least %s before: %s in %s", SpanWords(truce.Span{Time: k.Before}), anyOf("act", k.Acts), zoneWords(k.In))}
}

func (k *notify) about(o *truce.Observation, t *trace) (v verdict) {
	v.match(actTruth(o.Act, k.Acts, t), truce.FactAct)
	return v
}

func (k *notify) facts(r *Rule, o *truce.Observation, t *trace) answer {
	v := k.about(o, t)
	if v.noViolation {
		return v.answer()
	}
	v.match(r.c.inZone(&o.Place, r.in, t), truce.FactPlace)
	if v.noViolation {
		return v.answer()
	}
	announced, missing := r.announced(k.Acts, k.notice(), o, t)
	switch announced {
	case yes:
		t.say("it was announced in time")
		return answer{outcome: truce.NoViolation}
	case unknown:
		v.unknown(unknown, truce.FactNotice)
		for _, f := range missing.list() {
			v.unknown(unknown, f)
		}
	default:
		t.say("no notification that was received in time covers it")
	}
	return v.answer()
}

// period answers where notifications themselves came too late; otherwise what was seen, and who could
// have seen more, says what there is to say.
func (k *notify) period(r *Rule, v truce.Interval, q Query) (truce.Assessment, bool) {
	v.End = min(v.End, q.asOf)
	loc := r.c.Agreement.Location
	by := k.notice()
	inTime, tardy := 0, 0
	var reasons []truce.Reason
	for _, n := range r.c.Notifications {
		told := n.told()
		switch {
		case !r.p.Bound(n.By) || q.Party != "" && n.By != q.Party || n.Act == "" || actTruth(n.Act, k.Acts, nil) != yes:
		case !n.During.Start.Stated() || !slices.ContainsFunc(r.scope, func(w truce.Interval) bool { return w.Holds(n.During.Start) }) || n.During.Start < v.Start || n.During.Start >= v.End:
		case told == truce.Always || told <= by.at(n.During.Start, loc):
			inTime++
		default:
			tardy++
			if q.Reasons && tardy <= mostTold {
				reasons = append(reasons, truce.Because("the notification by %s for %s was received on %s, and was due on %s", n.By, n.During.In(loc), told.In(loc), by.at(n.During.Start, loc).In(loc)))
			}
		}
	}
	if tardy == 0 {
		return truce.Assessment{}, false
	}
	out := truce.Assessment{Outcome: truce.PartlyFulfilled}
	if q.Reasons {
		out.Reasons = append([]truce.Reason{truce.Because("of %d notifications, %d were received in time", inTime+tardy, inTime)}, reasons...)
	}
	return out, true
}
