package source

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/opentruce/truce"
)

// said is what the fields of one row say, before it is known which kind of
// record they make.
type said struct {
	key      string
	revision int32
	claimant truce.PartyID
	when     truce.Interval
	reported truce.Instant
}

// row turns one row into one record.
func (g *generic) row(r *row, emit func(truce.Item)) error {
	g.used = false
	if err := g.wanted(r); err != nil {
		return err
	}
	var s said
	if err := g.envelope(r, &s); err != nil {
		return err
	}
	var rec truce.Item
	var err error
	switch g.m.Record {
	case control:
		return g.area(r, s)
	case "coverage":
		rec.Coverage, err = g.coverage(r, s)
	case "tally":
		rec.Tally, err = g.tally(r, s)
	case "notification", "response", "restriction":
		err = g.statement(r, s, &rec)
	default:
		rec.Observation, err = g.observation(r, s)
		g.label(r, rec.Observation, err)
	}
	if err != nil {
		return err
	}
	if o := rec.Observation; o != nil && o.Place.Kind == truce.PlaceUnknown && o.Object == "" && !g.features {
		g.unplaced(r)
	}
	emit(rec)
	return nil
}

// unplaced remarks on a row that nobody can place, and says what would place it.
func (g *generic) unplaced(r *row) {
	m := Remark{What: RemarkNoPlace, Row: r.n, Line: r.line}
	if p := &g.m.Place; p.Name.set() && !p.decides() {
		m.More = "place: has only name:, which is for people. To look names up in the packages of places, write settlement: instead; truce places lists what they know."
	}
	g.o.remark(m)
}

// label notes what a row's text was labelled, also where the label sets the row aside.
func (g *generic) label(r *row, o *truce.Observation, err error) {
	if g.textAt < 0 {
		return
	}
	text := string(r.cell(g.textAt))
	if len(strings.Fields(text)) < leastWords {
		return
	}
	var aside *SetAside
	switch {
	case errors.As(err, &aside):
		g.labels.Add(r.n, text, "set aside: "+aside.Why)
	case err == nil:
		g.labels.Add(r.n, text, strings.TrimSpace(string(o.Act)+" "+string(o.Weapon)))
	}
}

// leastWords tells a text about one event from a word for a kind of event, which is
// rightly in many rows.
const leastWords = 5

// envelope reads what all kinds of record have.
func (g *generic) envelope(r *row, s *said) error {
	key, err := g.get(r, g.key)
	if err != nil {
		return err
	}
	if s.key = key.text; !key.set {
		if g.key != nil {
			return r.refuse(g.key.cols[0], "the key is not stated", "without key in the mapping, a row's content is its key")
		}
		s.key = g.digest(r)
	} else if g.wide != nil && !slices.Contains(g.key.cols, g.wide.name) {
		s.key += " " + string(r.cell(g.wide.name))
	}
	if r.child > 0 && g.key != nil && !slices.ContainsFunc(g.key.cols, func(i int) bool { return strings.HasPrefix(r.names[i], g.m.Table.Children+".") }) {
		s.key += " " + strconv.Itoa(r.child)
	}
	r.key = s.key
	revision, err := g.get(r, g.revision)
	if err != nil {
		return err
	}
	s.revision = revision.n
	claimant, err := g.get(r, g.claimant)
	if err != nil {
		return err
	}
	s.claimant = truce.PartyID(claimant.text)
	if g.claimant != nil && g.m.Record != "observation" && g.m.Record != "tally" && g.m.Record != "coverage" && s.claimant == "" {
		return r.refuseRow("a "+g.m.Record+" without a claimant: who says so?", "")
	}
	return g.times(r, s)
}

func (g *generic) times(r *row, s *said) error {
	when, unit, err := g.interval(r, g.occurred)
	if err != nil {
		return err
	}
	if unit == 0 {
		return r.refuse(g.occurred.col, "the time is missing", "")
	}
	s.when, r.when = when, when
	if g.until != nil {
		end, unit, err := g.interval(r, g.until)
		if err != nil {
			return err
		}
		if unit > 0 {
			if s.when.End = end.Start; unit >= day {
				s.when.End = end.End
			}
			if !s.when.Valid() {
				return r.refuse(g.until.col, "the end is not after the start", "")
			}
			r.when = s.when
		}
	}
	if g.reported != nil {
		at, unit, err := g.interval(r, g.reported)
		if err != nil {
			return err
		}
		if unit > 0 {
			s.reported = at.End // said by then at the latest
			if at.End-at.Start <= minute {
				s.reported = at.Start
			}
			if s.reported < s.when.Start {
				r.remark(&g.o, RemarkEarly, g.reported.col)
			}
		}
	}
	return nil
}

func (g *generic) observation(r *row, s said) (*truce.Observation, error) {
	act, err := g.get(r, g.act)
	if err != nil {
		return nil, err
	}
	if act.act == "" {
		return nil, g.refuseField(r, g.act, "what was done is not stated", "")
	}
	ob := &truce.Observation{Source: g.source, // or the row's own, below
		Key: s.key, Revision: s.revision, Claimant: s.claimant, Occurred: s.when,
		Reported: s.reported, Act: act.act, Weapon: act.class, Count: truce.Count{N: 1}}
	if ob.Place, err = g.located(r); err != nil {
		return nil, err
	}
	var w word
	for _, f := range []struct {
		field *field
		take  func(word)
	}{
		{g.weapon, func(w word) { ob.Weapon = w.class }},
		{g.calibre, func(w word) { ob.Calibre = truce.Calibre(w.n) }},
		{g.seen, func(w word) { ob.Seen = truce.Sighted(w.text) }},
		{g.means, func(w word) { ob.Means = w.text }},
		{g.count, func(w word) {
			if ob.Count = w.count; w.above {
				r.remark(&g.o, RemarkUpper, g.count.cols[0])
			}
		}},
		{g.actor, func(w word) { _ = ob.SetActors(w.text) }}, // it was read once already
		{g.side, func(w word) { ob.Side = truce.PartyID(w.text) }},
		{g.against, func(w word) { ob.Against = truce.People(w.text) }},
		{g.object, func(w word) { ob.Object = w.text }},
		{g.grade, func(w word) { ob.Grade = w.grade }},
		{g.note, func(w word) { ob.Note = w.text }},
		{g.publisher, func(w word) { ob.Publisher = w.text }},
	} {
		if f.field == nil {
			continue
		}
		if w, err = g.get(r, f.field); err != nil {
			return nil, err
		}
		if w.set {
			f.take(w)
		}
	}
	if strings.Contains(string(ob.Side), "|") {
		const what, do = "the side is several: it is one, that whom the act was directed at is of", "leave it empty where it may have been directed at several"
		if len(g.side.cols) > 0 {
			return nil, r.refuse(g.side.cols[0], what, do)
		}
		return nil, r.refuseRow(what, do)
	}
	if err := g.rests(r, ob); err != nil {
		return nil, err
	}
	if ob.Casualties, err = g.deaths(r); err != nil {
		return nil, err
	}
	if err := agree(ob.Count, ob.Casualties); err != nil {
		return nil, g.refuseField(r, g.count, err.Error(), "if 0 means that the count is not stated, leave it empty")
	}
	ob.SetID()
	return ob, nil
}

// rests reads what a row rests on. What cannot be read as an origin does not reject the
// row: two rows with the same words there are taken for copies, if the words are many.
func (g *generic) rests(r *row, ob *truce.Observation) error {
	var list []truce.Origin
	for _, f := range g.origins {
		w, err := g.get(r, f.field)
		if err != nil {
			return err
		}
		if !w.set {
			continue
		}
		parts := []string{w.text}
		switch f.kind {
		case truce.OriginPost, truce.OriginOwn:
			parts = strings.FieldsFunc(w.text, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(";|,", c) })
		case truce.OriginPublisher, truce.OriginMedia, truce.OriginEntry:
			parts = strings.FieldsFunc(w.text, func(c rune) bool { return strings.ContainsRune(";|,", c) })
		}
		unread := false
		for _, p := range parts {
			if f.kind == truce.OriginEntry {
				if id, err := about(strings.TrimSpace(p)); err == nil && !id.IsZero() {
					p = id.Hex()
				}
			}
			x, err := truce.OriginOf(f.kind, p)
			if unread = unread || err != nil; err == nil {
				list = append(list, x)
			}
		}
		if unread {
			col := -1
			if len(f.cols) > 0 {
				col = f.cols[0]
			}
			r.remark(&g.o, RemarkOrigin, col)
			x, _ := truce.OriginOf(truce.OriginText, w.text)
			list = append(list, x)
		}
	}
	if err := ob.SetOrigins(list); err != nil {
		return g.refuseField(r, g.origins[0].field, err.Error(), "name those that the row rests on, and no more")
	}
	return nil
}

func (g *generic) tally(r *row, s said) (*truce.Tally, error) {
	ob, err := g.observation(r, s)
	if err != nil {
		return nil, err
	}
	t := &truce.Tally{Source: ob.Source, Key: ob.Key, Revision: ob.Revision, Claimant: ob.Claimant, Act: ob.Act, Weapon: ob.Weapon,
		Calibre: ob.Calibre, Period: ob.Occurred, Reported: ob.Reported, Place: ob.Place, Count: ob.Count, Actor: ob.Actor, Actors: ob.Actors, Seen: ob.Seen,
		Side: ob.Side, Against: ob.Against, Casualties: ob.Casualties}
	if w, _ := g.get(r, g.count); !w.set { // a total that is not stated is not one
		t.Count = truce.Count{Kind: truce.Uncountable}
	}
	for _, d := range g.details {
		if r.stated(d.col) == nil {
			continue
		}
		n, err := count(r.stated(d.col), g.m.Table.Decimal)
		if err != nil {
			return nil, r.refuse(d.col, err.Error(), r.commaHint(err))
		}
		t.Details = append(t.Details, truce.Detail{Name: d.name, N: int64(n)})
	}
	t.SetID()
	return t, nil
}

func (g *generic) coverage(r *row, s said) (*truce.Coverage, error) {
	what, err := g.get(r, g.what)
	if err != nil {
		return nil, err
	}
	zone, err := g.get(r, g.zone)
	if err != nil {
		return nil, err
	}
	share, err := g.get(r, g.share)
	if err != nil {
		return nil, err
	}
	if !what.set || !zone.set {
		return nil, r.refuseRow("coverage needs what and zone", "")
	}
	c := &truce.Coverage{Source: g.source, Key: s.key, Claimant: s.claimant, What: what.text, Zone: zone.text, During: s.when, Share: truce.One}
	switch {
	case share.set:
		c.Share = truce.PPM(share.n)
	case g.share != nil: // the file has shares, and this one is not known
		c.Share, c.NoShare = 0, true
	}
	setCoverageID(c)
	return c, nil
}

// statement reads what a party or a monitor announces, answers or was denied.
func (g *generic) statement(r *row, s said, rec *truce.Item) error {
	var text [4]word
	for i, f := range []*field{g.to, g.what, g.says, g.text} {
		var err error
		if text[i], err = g.get(r, f); err != nil {
			return err
		}
	}
	to, err := about(text[0].text)
	if err != nil {
		return g.refuseField(r, g.to, err.Error(), "want an ID of 64 hexadecimal digits, or the source and key of an observation with a blank between them")
	}
	at, err := g.located(r)
	if err != nil {
		return err
	}
	by := string(s.claimant)
	switch g.m.Record {
	case "notification":
		n := &truce.Notification{Source: g.source, Key: s.key, By: s.claimant, During: s.when, Place: at, Reported: s.reported, To: to, Text: text[3].text}
		act, err := g.get(r, g.act)
		if err != nil {
			return err
		}
		n.Act, n.ID = act.act, truce.DigestOf("notification", string(g.source), by, s.key)
		rec.Notification = n
	case "response":
		if to.IsZero() {
			return r.refuseRow("a response to nothing", "")
		}
		rec.Response = &truce.Response{ID: truce.DigestOf("response", string(g.source), by, s.key), Source: g.source, Key: s.key, By: s.claimant, During: s.when,
			Reported: s.reported, To: to, Says: text[2].text, Text: text[3].text}
	case "restriction":
		rec.Restriction = &truce.Restriction{ID: truce.DigestOf("restriction", string(g.source), by, s.key), Key: s.key, By: s.claimant, During: s.when,
			Place: at, To: to, What: text[1].text, Source: g.source, Text: text[3].text}
	}
	return nil
}

// about reads an ID, or the source and key of an observation.
func about(s string) (d truce.Digest, err error) {
	if s == "" {
		return d, nil
	}
	if source, key, ok := strings.Cut(s, " "); ok {
		o := truce.Observation{Source: truce.SourceID(source), Key: key}
		o.SetID()
		return o.ID, nil
	}
	return d, d.UnmarshalText([]byte(s))
}

// agree says what is wrong where a count and the numbers of people contradict one
// another. Civilians and military are parts of killed, and may be stated without it.
func agree(n truce.Count, c *truce.Casualties) error {
	if c == nil {
		return nil
	}
	for _, part := range []*truce.Range{c.Killed, c.Civilians, c.Military} {
		if err := (&truce.Casualties{Killed: part, Injured: c.Injured, Recovered: c.Recovered, Succumbed: c.Succumbed, Retroactive: c.Retroactive}).Agree(n); err != nil {
			return err
		}
	}
	return nil
}

// deaths reads the numbers of people; nil when none is stated.
func (g *generic) deaths(r *row) (*truce.Casualties, error) {
	if g.casualties == nil && g.ofTheDay == nil {
		return nil, nil
	}
	var c truce.Casualties
	for _, f := range g.casualties {
		if g.ofAll(r, f.cols()...) {
			continue
		}
		v, err := g.numbers(r, &f)
		if err != nil {
			return nil, err
		}
		*f.into(&c) = v
	}
	if g.ofTheDay != nil && !g.ofAll(r, g.ofTheDay...) {
		if err := g.dayFigure(r, &c); err != nil {
			return nil, err
		}
	}
	if c == (truce.Casualties{}) {
		return nil, nil
	}
	return &c, nil
}

// ofAll reports whether columns state something once for all records of a row that gives several:
// it is not known of which of them it is, and in each of them it would be counted again. That is
// remarked on once a row.
func (g *generic) ofAll(r *row, cols ...int) bool {
	if !r.several {
		return false
	}
	for _, i := range cols {
		if i < 0 || g.wide != nil && (i == g.wide.value || i == g.wide.name) || r.child > 0 && strings.HasPrefix(r.names[i], g.m.Table.Children+".") {
			continue
		}
		if s := r.stated(i); s == nil || zero(s) { // nobody in the row is nobody in each record
			continue
		}
		if g.told != r.n && !(g.wide != nil && r.stated(g.wide.value) != nil && zero(r.stated(g.wide.value))) {
			g.told = r.n
			r.remark(&g.o, RemarkOfAll, i)
		}
		return true
	}
	return false
}

// cols are the columns of a range.
func (f *rangeField) cols() []int {
	if f.one != nil {
		return f.one.cols
	}
	if f.sum != nil {
		var out []int
		for _, one := range f.sum {
			if one != nil {
				out = append(out, one.cols...)
			}
		}
		return out
	}
	return []int{f.low, f.best, f.high}
}

// inOrder makes a range of three numbers, and says so where they were not in order.
func (g *generic) inOrder(r *row, n [3]int32, col int) *truce.Range {
	v, ordered := widest(n[0], n[1], n[2])
	if !ordered {
		r.remark(&g.o, RemarkRange, col)
	}
	return &v
}

// added is the sum of several columns; nil: none is stated. If one is not stated, the others are so
// many or more.
func (g *generic) added(r *row, f *rangeField) (*truce.Range, error) {
	var out truce.Range
	stated := 0
	for _, one := range f.sum {
		w, err := g.get(r, one)
		if err != nil {
			return nil, err
		}
		if !w.set {
			continue
		}
		if stated++; stated == 1 {
			out = w.dead
		} else {
			out = out.Plus(w.dead)
		}
	}
	switch {
	case stated == 0, stated < len(f.sum) && out.Low == 0:
		return nil, nil
	case stated < len(f.sum):
		out = truce.OrMore(out.Low)
	}
	if !out.Valid() {
		return nil, r.refuse(f.sum[0].cols[0], "the sum is larger than a number of people can be", "")
	}
	return &out, nil
}

// numbers reads one range; nil: it is not stated.
func (g *generic) numbers(r *row, f *rangeField) (*truce.Range, error) {
	if f.sum != nil {
		return g.added(r, f)
	}
	if f.one != nil {
		if n, three := threeOf(r.stated(f.one.cols[0])); three {
			return g.inOrder(r, n, f.one.cols[0]), nil
		}
		w, err := g.get(r, f.one)
		if err != nil || !w.set {
			return nil, err
		}
		return &w.dead, nil
	}
	var n [3]int32
	empty := 0
	for i, col := range []int{f.low, f.best, f.high} {
		if col < 0 || r.stated(col) == nil {
			empty++
			continue
		}
		var err error
		if n[i], err = count(r.stated(col), g.m.Table.Decimal); err == nil {
			continue
		}
		if v, perr := people(string(r.stated(col)), g.m.Table.Decimal); perr == nil && v.Open() && col == f.high {
			n[i] = truce.NoHigh
			continue
		}
		return nil, r.refuse(col, err.Error(), r.commaHint(err))
	}
	switch {
	case empty == 3:
		return nil, nil
	case f.best < 0 && f.high < 0 && n[0] == 0: // 0 or more says nothing
		return nil, nil
	case f.best < 0 && f.high < 0:
		v := truce.OrMore(n[0])
		return &v, nil
	case empty == 1 && (f.best < 0 || r.stated(f.best) == nil): // the publisher states no best figure
		v := truce.Between(min(n[0], n[2]), max(n[0], n[2]))
		if n[0] > n[2] {
			r.remark(&g.o, RemarkRange, f.low)
		}
		return &v, nil
	case empty > 0:
		return nil, r.refuse(f.low, f.name+": low and high go together", "")
	}
	return g.inOrder(r, n, f.best), nil
}

// ways are how publishers write numbers of people that are not one number.
var ways = []struct {
	before, after string // the number; both in small letters
	more          int32  // added to it
	open          bool   // no upper end; else no lower one
}{
	{"", "+", 0, true}, {">=", "", 0, true}, {"no fewer than", "", 0, true}, {"no less than", "", 0, true}, {"a minimum of", "", 0, true}, {"minimum of", "", 0, true}, {"≥", "", 0, true}, {"at least", "", 0, true}, {"minimum", "", 0, true}, {"", "or more", 0, true},
	{"mindestens", "", 0, true}, {"au moins", "", 0, true}, {"al menos", "", 0, true}, {"не менше", "", 0, true}, {"щонайменше", "", 0, true}, {"не менее", "", 0, true}, {"по меньшей мере", "", 0, true},
	{"على الأقل", "", 0, true}, {"", "على الأقل", 0, true}, {"ما لا يقل عن", "", 0, true}, {"لا يقل عن", "", 0, true},
	{"mehr als", "", 1, true}, {"über", "", 1, true}, {"plus de", "", 1, true}, {"más de", "", 1, true}, {"більше", "", 1, true}, {"понад", "", 1, true}, {"более", "", 1, true}, {"больше", "", 1, true}, {"свыше", "", 1, true}, {"أكثر من", "", 1, true}, {"اكثر من", "", 1, true},
	{">", "", 1, true}, {"more than", "", 1, true}, {"over", "", 1, true},
	{"<=", "", 0, false}, {"≤", "", 0, false}, {"up to", "", 0, false}, {"at most", "", 0, false},
	{"<", "", -1, false}, {"less than", "", -1, false}, {"fewer than", "", -1, false}, {"under", "", -1, false},
}

// people reads a number of people, or a range of it, as publishers write it. decimal is that
// of the mapping.
func people(s, decimal string) (truce.Range, error) {
	s = foldedText(s)
	n, err := count([]byte(s), decimal)
	if err == nil {
		return truce.Between(n, n), nil
	}
	var may notWhole
	if err == errTooLarge || errors.As(err, &may) || grouped.MatchString(s) {
		return truce.Range{}, err
	}
	if v, rerr := truce.ParseRange(s); rerr == nil {
		return v, nil
	}
	for part := range strings.SplitSeq(s, "..") {
		if _, large := count([]byte(part), decimal); large == errTooLarge {
			return truce.Range{}, large
		}
	}
	low := strings.Join(strings.Fields(strings.ToLower(s)), " ")
	part := func(s string) (int32, bool) {
		n, err := count([]byte(strings.TrimSpace(s)), decimal)
		_ = errors.As(err, &may)
		return n, err == nil
	}
	for _, w := range ways {
		rest, ok := strings.CutPrefix(low, w.before)
		if !ok {
			continue
		}
		if rest, ok = strings.CutSuffix(rest, w.after); !ok {
			continue
		}
		n, ok := part(rest)
		switch {
		case !ok || n > math.MaxInt32-2 || n+w.more < 0:
			continue
		case w.open:
			return truce.OrMore(n + w.more), nil
		}
		return truce.Between(0, n+w.more), nil
	}
	inner := low
	for _, word := range []string{"between ", "from "} {
		inner = strings.TrimPrefix(inner, word)
	}
	for _, dash := range []string{"-", "–", "—", " to ", " and ", " or "} {
		if dash == " and " && inner == low {
			continue // 2 and 3 are five
		}
		if a, b, ok := strings.Cut(inner, dash); ok {
			x, xok := part(a)
			y, yok := part(b)
			if xok && yok && x <= y {
				return truce.Between(x, y), nil
			}
		}
	}
	if may.why != "" {
		return truce.Range{}, may
	}
	return truce.Range{}, errors.New("not a number of people, nor a range such as 3..12, 3-12 or 10+; give a word its meaning under values (dozens: 24..)")
}

// roughly are words before a number that is not exact.
var roughly = []string{"~", "≈", "±", "about ", "around ", "approximately ", "approx. ", "approx ", "circa ", "ca. ", "ca ", "c. ", "some ", "roughly ", "etwa ", "ungefähr ", "rund ", "environ ", "unos ", "близько ", "приблизно ", "около ", "примерно ", "حوالي ", "نحو ", "قرابة "}

// acts reads how many acts there were. A range is at least its lower end, because a count has no
// upper one; above is true if that leaves an upper end out.
func acts(s, decimal string) (n truce.Count, above bool, err error) {
	s = strings.TrimSpace(foldedText(s))
	if s == "uncountable" {
		return truce.Count{Kind: truce.Uncountable}, false, nil
	}
	nothing := fmt.Errorf("count %s says nothing; write 0 if there was none, or uncountable", s)
	for _, word := range roughly {
		rest, ok := strings.CutPrefix(strings.ToLower(s), word)
		if !ok {
			continue
		}
		m, err := count([]byte(strings.TrimSpace(rest)), decimal)
		switch {
		case err == nil && m == 0:
			return n, false, nothing
		case err == nil || err == errTooLarge:
			return truce.Count{N: m, Kind: truce.About}, false, err
		}
	}
	v, err := people(s, decimal)
	var may notWhole
	switch {
	case err == errTooLarge || errors.As(err, &may):
		return n, false, err
	case err != nil:
		if _, large := count([]byte(strings.TrimLeft(s, ">=≥ ")), decimal); large == errTooLarge {
			return n, false, large
		}
		return n, false, fmt.Errorf("count %q: want 17, >=8, ~5, a range such as 2-3, 10+, or uncountable", s)
	case v.Low == v.High:
		return truce.Count{N: v.Low}, false, nil
	case v.Low == 0 && v.Open():
		return n, false, nothing
	case v.Low == 0:
		return n, false, fmt.Errorf("count %q has no lower end, so it does not state that there was an act; write uncountable, or the number", s)
	}
	return truce.Count{N: v.Low, Kind: truce.AtLeast}, !v.Open(), nil
}

// threeOf reads low..best..high in whatever order.
func threeOf(cell []byte) (n [3]int32, ok bool) {
	parts := bytes.Split(cell, []byte(".."))
	if len(parts) != 3 {
		return n, false
	}
	for i, p := range parts {
		var err error
		if n[i], err = number(p); err != nil {
			return n, false
		}
	}
	return n, true
}

// dayFigure takes a published figure apart; see truce.DeathsOfTheDay.
func (g *generic) dayFigure(r *row, c *truce.Casualties) error {
	var n [5]int32
	var stated [5]bool
	for i, col := range g.ofTheDay {
		if col < 0 || r.stated(col) == nil {
			continue
		}
		v, err := count(r.stated(col), g.m.Table.Decimal)
		if err != nil {
			return r.refuse(col, err.Error(), r.commaHint(err))
		}
		n[i], stated[i] = v, true
	}
	parts := stated[1] || stated[2] || stated[3] || stated[4]
	if !stated[0] {
		if parts {
			return r.refuse(g.ofTheDay[0], "parts of a figure that is missing", "")
		}
		return nil
	}
	if !parts {
		c.Killed = &truce.Range{Low: n[0], Best: n[0], High: n[0]}
		return nil
	}
	killed, err := truce.DeathsOfTheDay(n[0], n[1], n[2], n[3], n[4])
	if err != nil {
		return r.refuse(g.ofTheDay[0], err.Error(), "")
	}
	c.Killed = &killed
	for i, into := range []**truce.Range{&c.Recovered, &c.Succumbed, &c.Retroactive} {
		if stated[i+1] {
			v := n[i+1]
			*into = &truce.Range{Low: v, Best: v, High: v}
		}
	}
	return nil
}
