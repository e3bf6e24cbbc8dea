package web

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/voices"
)

// sourcesBody is who reports, and who may have it from whom.
type sourcesBody struct {
	*truce.Voices
	Lead, Watch truce.Reason
	Hidden      []truce.Reason    // what this audience is not shown
	Each        []truce.SourceUse // those that are shown
	Left        int               // those that only the export has
	Feeds       []truce.OriginUse // origins of many rows that are shown
	Common      paged[truce.SourcePair]
	Most        int // sources that are compared
	Many        int // observations that make an origin one voice
}

// sources lists the sources, and the pairs of them that have something in common;
// format=csv and json export them, pairs where kind=pairs asks for them.
func (s *Server) sources(q *request) error {
	format, kind := q.URL.Query().Get("format"), q.URL.Query().Get("kind")
	if format != "" && format != "csv" && format != "json" {
		return bad("format: want csv or json")
	}
	if kind != "" && kind != "pairs" && kind != "origins" {
		return bad("kind: want pairs or origins, or leave it out")
	}
	st, sit, reader, err := q.known()
	if err != nil {
		return err
	}
	key := "voices " + string(q.to)
	if to := q.sees(reader); to.Withholds() { // what is shown changes with time
		key += " " + strconv.FormatInt(int64(to.At)/int64(time.Minute/time.Millisecond), 10)
	}
	v, err := recallAnswer(s.memo, sit, key, func() (*truce.Voices, error) { return reader.Voices(q.Context()) })
	if err != nil {
		return err
	}
	if format != "" {
		return q.exportVoices(reader, v, kind, format)
	}
	b := &sourcesBody{Voices: v, Each: v.Sources, Feeds: v.Shared[:min(len(v.Shared), mostListed)], Lead: voices.Lead(v), Watch: voices.Unwatched(v), Hidden: voices.Hidden(v), Common: pageOf(v.Pairs, st.Page, perPage), Most: voices.MostPaired, Many: truce.ManyRows}
	if len(b.Each) > mostListed { // a file may name a source in each row
		b.Each = slices.Clone(b.Each)
		slices.SortStableFunc(b.Each, func(x, y truce.SourceUse) int {
			return cmp.Or(before(y.Listed)-before(x.Listed), y.Said()-x.Said())
		})
		b.Left, b.Each = len(b.Each)-mostListed, b.Each[:mostListed]
	}
	return q.page("sources", &Page{Nav: "sources", Title: q.lang.say("nav.sources"), Agreement: reader.Agreement(), Picture: reader.Picture(), At: st.At, Body: b})
}

// mostListed bounds the sources and the origins on the page.
const mostListed = 200

func before(is bool) int {
	if is {
		return 1
	}
	return 0
}

// exportVoices writes one list of the sources' page for programs.
func (q *request) exportVoices(reader truce.Reader, v *truce.Voices, kind, format string) error {
	columns, rows := voices.SourceColumns, [][]string{}
	switch kind {
	case "pairs":
		columns = voices.PairColumns
		for i := range v.Pairs {
			rows = append(rows, voices.PairCells(&v.Pairs[i]))
		}
	case "origins":
		columns = voices.OriginColumns
		for i := range v.Shared {
			rows = append(rows, voices.OriginCells(&v.Shared[i]))
		}
	default:
		kind = "sources"
		for i := range v.Sources {
			rows = append(rows, voices.SourceCells(&v.Sources[i]))
		}
	}
	h := q.w.Header()
	h.Set("Content-Disposition", `attachment; filename="`+kind+"."+format+`"`)
	h.Set("X-Truce-Status", string(reader.Agreement().Status))
	h.Set("X-Truce-Situation", reader.Picture().Digest.Hex())
	if format == "json" {
		list := make([]map[string]string, len(rows))
		for i, row := range rows {
			list[i] = map[string]string{}
			for k, c := range columns {
				list[i][c] = row[k]
			}
		}
		return q.json(map[string]any{"status": reader.Agreement().Status, "picture": reader.Picture(), kind: list})
	}
	h.Set("Content-Type", "text/csv; charset=utf-8")
	out := csv.NewWriter(q.w)
	_ = out.Write(columns) // Error below
	for _, row := range rows {
		for i := range row {
			row[i] = report.Plain(report.Clean(row[i]))
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}

// Score is a score for people: what can never be one has no number.
func (p *Page) Score(n int64) string {
	if truce.Impossible(n) {
		return p.T("incident.never")
	}
	return strconv.FormatInt(n, 10)
}

// SaidBy is who published an observation, for people.
func (p *Page) SaidBy(o *truce.Observation) string { return p.Agreement.PublisherOf(o) }

// CollectedBy is whose file an observation was read from, where that is not its
// publisher's; empty: it is.
func (p *Page) CollectedBy(o *truce.Observation) string {
	_, collector := p.Agreement.PublishedBy(o)
	return collector
}

// Relays are the publishers whose reports a source passes on.
func (p *Page) Relays(id truce.SourceID) []string { return p.Agreement.SourceOf(id).Relays }

// An observation's origins: from whom it has it, where it is found, and what it looks like.
type restsOn struct{ From, Own, Looks []truce.Origin }

// RestsOn parts the origins of an observation.
func (p *Page) RestsOn(o *truce.Observation) (out restsOn) {
	out.From, out.Own, out.Looks = p.Agreement.RestsOn(o)
	return out
}

// mostShown is how many letters of an origin are shown.
const mostShown = 100

// OriginName is an origin as people read it.
func (p *Page) OriginName(o truce.Origin) string {
	name := o.Name()
	switch {
	case (o.Kind() == truce.OriginEntry || o.Kind() == truce.OriginText) && len(name) > 12:
		return name[:12]
	case o.Kind() == truce.OriginMedia && len(name) == 64:
		return name[:12]
	}
	if utf8.RuneCountInString(name) > mostShown {
		return string([]rune(name)[:mostShown]) + "…"
	}
	return name
}

// OriginLink is the address of a post; empty: there is none to lead to. A publisher's file
// chose it, so it leads to a named host by https or nowhere.
func (p *Page) OriginLink(o truce.Origin) string {
	name := o.Name()
	if o.Kind() != truce.OriginPost && o.Kind() != truce.OriginOwn || !utf8.ValidString(name) || strings.ContainsAny(name, "\\\"'<>`@") ||
		strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) || report.Hidden(r) }) {
		return ""
	}
	u, err := url.Parse("https://" + name)
	if err != nil || u.User != nil || u.Opaque != "" || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") || u.Port() != "" || !strings.HasPrefix(name, u.Host) {
		return ""
	}
	if _, err := netip.ParseAddr(strings.TrimSuffix(u.Hostname(), ".")); err == nil { // perhaps of the reader's own network
		return ""
	}
	if id, ok := strings.CutPrefix(name, "x.com/status/"); ok { // an origin names no account, and the site wants one
		return "https://x.com/i/status/" + id
	}
	return u.String()
}

// Degrees is a shift of positions.
func (p *Page) Degrees(shift int32) string { return voices.Degrees(shift) + "°" }

// Share is a part of a number, with its percentage.
func (p *Page) Share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%s (%d %%)", p.Grouped(n), n*100/of)
}

// Later says how much later something is, or earlier.
func (p *Page) Later(d *time.Duration, id string, who truce.SourceID) string {
	x := d.Round(time.Minute)
	switch {
	case x < 0:
		return p.T(id+"-earlier", "Who", who, "Span", p.span(-x))
	case x > 0:
		return p.T(id+"-later", "Who", who, "Span", p.span(x))
	}
	return p.T(id+"-same", "Who", who)
}
