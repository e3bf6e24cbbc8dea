package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
)

// A draft is a report that is being made: its data are frozen, its prose is a
// person's. It becomes a publication of the record, and then no longer changes.
type draft struct {
	Kind     string         `json:"kind"` // spot, daily, weekly
	Period   truce.Interval `json:"period"`
	Frozen   truce.Instant  `json:"frozen"`  // the moment of knowledge
	Entries  int64          `json:"entries"` // of the record, at the cut-off
	Prose    string         `json:"prose"`
	Cleared  string         `json:"cleared,omitempty"` // by whom
	Embargo  truce.Instant  `json:"embargo,omitzero"`  // not published before
	Corrects int64          `json:"corrects,omitempty"`
	Why      string         `json:"why,omitempty"` // of a correction
	Entry    int64          `json:"entry,omitempty"`
	// Done are the formats that are in the record: all, or what was done when
	// publishing failed half way, and is not done again.
	Done []string `json:"done,omitempty"`
}

// draftKinds are the reports that a mission makes.
var draftKinds = []string{"spot", "daily", "weekly"}

// publishedAs are the formats that a report is published in.
var publishedAs = []string{"html", "pdf", "csv", "geojson", "gpkg", "zip"}

// freeze begins a draft: what is known now, of a period, stays what it is.
func (s *Server) freeze(q *request) error {
	state, _ := s.Room.State()
	loc := state.Agreement.Location
	f := &formFaults{}
	d := draft{Kind: q.chosen(f, "kind", draftKinds), Frozen: state.Now, Entries: state.Size}
	day, err := truce.ParseDate(q.PostFormValue("day"))
	if err == nil && !(truce.Plausible(day.Add(-7).Start(loc)) && truce.Plausible(day.Add(2).Start(loc))) {
		err = fmt.Errorf("%s is not in the years 1900 to 2199", day)
	}
	q.faultOf(f, "day", err)
	switch d.Kind {
	case "spot", "daily":
		d.Period = day.Day(loc)
	case "weekly":
		d.Period = truce.Interval{Start: day.Add(-6).Start(loc), End: day.Add(1).Start(loc)}
	}
	if c := q.field("corrects"); c != "" {
		if d.Corrects, err = strconv.ParseInt(c, 10, 64); err != nil || s.publication(d.Corrects) == nil {
			q.faultOf(f, "corrects", fmt.Errorf("entry %q published nothing", c))
		}
		if d.Why = strings.TrimSpace(q.PostFormValue("why")); d.Why == "" {
			q.fault(f, "why", "fault.no-reason")
		} else if utf8.RuneCountInString(d.Why) > mostReason {
			q.fault(f, "why", "fault.reason-long")
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	if _, _, err := s.draftReport(q.Context(), &d); err != nil {
		return err
	}
	n, _, err := s.Desk.Add(q.Context(), "draft", "", "draft", q.who.Name, d)
	if err != nil {
		return err
	}
	return q.back(fmt.Sprintf("/reports/drafts/%d", n))
}

// publication is what an entry published; nil: nothing.
func (s *Server) publication(entry int64) *publishedReport {
	list, err := s.publications()
	if err != nil {
		return nil
	}
	for i := range list {
		if list[i].Entry == entry {
			return &list[i]
		}
	}
	return nil
}

// draftReport composes a draft as the public will read it.
func (s *Server) draftReport(ctx context.Context, d *draft) (*report.Report, []string, error) {
	sit, _, err := s.Room.Frozen(ctx, truce.ForPublic, d.Frozen, d.Entries)
	if err != nil {
		return nil, nil, err
	}
	r, err := s.Room.Mission().As(release.Reader{Audience: truce.ForPublic}).Report(sit, d.Period, d.Frozen, d.Frozen)
	if err != nil {
		return nil, nil, err
	}
	r.Kind = map[string]string{"spot": "Spot report", "daily": "Daily report", "weekly": "Weekly report"}[d.Kind]
	if d.Corrects > 0 {
		r.Kind = "Correction of the report of entry " + strconv.FormatInt(d.Corrects, 10) + ": " + d.Why
	}
	var loose []string
	r.Summary, loose, err = bound(d.Prose, r)
	if d.Cleared != "" {
		r.Stage += "; cleared by the head of mission"
	}
	return r, loose, err
}

var (
	figure  = regexp.MustCompile(`\{([a-z]+)(?: ([^{}]*))?\}`)
	digits  = regexp.MustCompile(`\d[\d.,\x{202f} ]*\d|\d`)
	named   = regexp.MustCompile(`\b[Aa]rticles? \d+(\([a-z]\))?`) // a number that names, and counts nothing
	spacing = regexp.MustCompile(`\n[ \t]*\n`)
)

// bound puts the data's figures in the place of {signs 1}, {incidents 1}, {decided 1},
// {seen 1}, {outcome 1} for article 1, and of {incidents} and {allegations} for all.
// It also returns the numbers that were typed and are bound to nothing.
func bound(prose string, r *report.Report) (paragraphs, loose []string, err error) {
	loose = digits.FindAllString(named.ReplaceAllString(figure.ReplaceAllString(prose, ""), ""), -1)
	for _, p := range spacing.Split(strings.ReplaceAll(prose, "\r\n", "\n"), -1) {
		if p = strings.Join(strings.Fields(p), " "); p == "" {
			continue
		}
		p = figure.ReplaceAllStringFunc(p, func(token string) string {
			m := figure.FindStringSubmatch(token)
			text, ferr := figureOf(r, m[1], m[2])
			err = errors.Join(err, ferr)
			return text
		})
		paragraphs = append(paragraphs, p)
	}
	return paragraphs, loose, err
}

func figureOf(r *report.Report, what, article string) (string, error) {
	switch what {
	case "allegations":
		return r.Claimed.String(), nil
	case "incidents":
		if article == "" {
			return r.Observed.String(), nil
		}
	}
	for i := range r.Articles {
		a := &r.Articles[i]
		if string(a.Article) != article {
			continue
		}
		switch what {
		case "signs":
			return report.SignRange(&a.Count), nil
		case "incidents":
			return a.Count.Incidents.String(), nil
		case "decided":
			return a.Count.Violations.String(), nil
		case "seen":
			if a.Count.Coverage == 0 {
				return "no independent coverage stated", nil
			}
			return "watched " + a.Count.Coverage.Percent(), nil
		case "outcome":
			return a.Assessment.Outcome.Words(), nil
		}
	}
	return "", bad("{%s %s}: no such figure; there are signs, incidents, decided, seen and outcome of an article, and incidents and allegations of all", what, article)
}

func (s *Server) draftOf(q *request) (*desk.Item, *draft, error) {
	n, err := strconv.ParseInt(q.PathValue("n"), 10, 64)
	if err != nil {
		return nil, nil, errNotFound
	}
	item, err := s.Desk.Get(q.Context(), "draft", n)
	if errors.Is(err, desk.ErrGone) {
		return nil, nil, errNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	var d draft
	return item, &d, item.Into(&d)
}

type draftBody struct {
	Item     *desk.Item
	Draft    *draft
	Report   *report.Report
	Loose    []string
	Formats  []string
	Embargo  bool // still runs
	Articles []string
}

func (s *Server) draftPage(q *request) error {
	item, d, err := s.draftOf(q)
	if err != nil {
		return err
	}
	b := &draftBody{Item: item, Draft: d, Formats: publishedAs, Embargo: d.Embargo > s.Room.Now()}
	if b.Report, b.Loose, err = s.draftReport(q.Context(), d); err != nil && !errors.Is(err, errBad) {
		return err
	}
	state, _ := s.Room.State()
	return q.page("draft", &Page{Nav: "reports", Title: q.lang.say("draft.title"), Agreement: state.Agreement, Picture: state.Reader(q.to).Picture(), At: truce.Never, Body: b})
}

// draftChange changes a draft as somebody has seen it.
func (s *Server) draftChange(q *request, change func(item *desk.Item, d *draft) (state string, err error)) error {
	item, d, err := s.draftOf(q)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(q.PostFormValue("version"), 10, 64)
	if err != nil {
		version = -1 // nothing was seen
	}
	if item.State == "published" {
		return bad("%s", q.lang.say("draft.is-published"))
	}
	if version != item.Version && q.PostFormValue("anyway") != strconv.FormatInt(item.Version, 10) {
		return q.draftChanged(item, d)
	}
	state, err := change(item, d)
	if err != nil {
		return err
	}
	if err := s.Desk.Set(q.Context(), item.N, item.Version, state, q.who.Name, d); errors.Is(err, desk.ErrChanged) {
		if item, d, err = s.draftOf(q); err != nil {
			return err
		}
		return q.draftChanged(item, d)
	} else if err != nil {
		return err
	}
	return q.back(fmt.Sprintf("/reports/drafts/%d", item.N))
}

// draftChanged says what became of a draft since a form was opened.
func (q *request) draftChanged(item *desk.Item, d *draft) error {
	return &collision{Anyway: strconv.FormatInt(item.Version, 10), Done: []meanwhile{{What: q.lang.word("draftstate", item.State), By: item.By, At: truce.InstantOf(item.Changed), Words: d.Prose}}}
}

// mostProse bounds the summary of a report, in characters.
const mostProse = 12_000

// draftSave keeps the prose. What was cleared is so no longer: somebody else's words
// stand under the clearance of another text.
func (s *Server) draftSave(q *request) error {
	return s.draftChange(q, func(_ *desk.Item, d *draft) (string, error) {
		if len(d.Done) > 0 {
			return "", bad("%s", q.lang.say("draft.is-published"))
		}
		if d.Prose, d.Cleared = q.PostFormValue("prose"), ""; utf8.RuneCountInString(d.Prose) > mostProse {
			return "", q.wrong("prose", errors.New(q.lang.say("fault.text-long", "Most", mostProse)))
		}
		_, _, err := s.draftReport(q.Context(), d)
		if errors.Is(err, errBad) {
			err = q.wrong("prose", err)
		}
		return "draft", err
	})
}

// draftClear is the head of mission's word that it may go out, perhaps not before a
// moment.
func (s *Server) draftClear(q *request) error {
	return s.draftChange(q, func(_ *desk.Item, d *draft) (string, error) {
		d.Cleared, d.Embargo = q.who.Name, 0
		if text := q.PostFormValue("embargo"); text != "" {
			state, _ := s.Room.State()
			var err error
			if d.Embargo, err = localTime(text, state.Agreement.Location); err != nil {
				return "", q.wrong("embargo", err)
			}
		}
		_, _, err := s.draftReport(q.Context(), d)
		return "cleared", err
	})
}

// draftPublish writes the files and puts their digests into the record. A file lies
// here before the record names it.
func (s *Server) draftPublish(q *request) error {
	because, err := q.reason()
	if err != nil {
		return err
	}
	s.publishing.Lock() // nobody publishes the same twice, by two hands
	defer s.publishing.Unlock()
	return s.draftChange(q, func(item *desk.Item, d *draft) (string, error) {
		switch {
		case item.State != "cleared":
			return "", bad("%s", q.lang.say("draft.not-cleared"))
		case d.Embargo > s.Room.Now():
			return "", bad("%s", q.lang.say("draft.embargo"))
		}
		if err := s.Room.Mission().Vouched(d.Entries); err != nil {
			return "", err
		}
		r, _, err := s.draftReport(q.Context(), d)
		if err != nil {
			return "", err
		}
		// What everybody will recompute is recomputed here first, as they will: a digest
		// that nobody can find again would speak against the record.
		theirs := s.Room.Mission().As(release.Reader{Audience: truce.ForPublic}).At(d.Entries)
		public, err := theirs.Situation(d.Frozen)
		if err != nil {
			return "", err
		}
		if public.Digest() != r.Digest {
			return "", fmt.Errorf("the report rests on %s, and the public record below entry %d gives %s: it is not published", r.Digest, d.Entries, public.Digest())
		}
		_, whole, err := s.Room.Frozen(q.Context(), truce.ForMission, d.Frozen, d.Entries)
		if err != nil {
			return "", err
		}
		p := ledger.Publication{Title: r.Kind + ": " + r.Title, Entries: d.Entries, Known: d.Frozen.String(), Because: because,
			Digests: public.Published()}
		p.Digests["mission"] = whole.Picture().Digest
		name := fmt.Sprintf("%s-%s", d.Kind, d.Period.Start.Time().In(whole.Agreement().Location).Format(time.DateOnly))
		for _, format := range publishedAs {
			if slices.Contains(d.Done, format) {
				continue
			}
			var b bytes.Buffer
			if err := report.Write(&b, format, r); err != nil {
				return "", err
			}
			if err := s.keepPublished(b.Bytes()); err != nil {
				return "", err
			}
			p.File = name + "." + format
			at, err := q.say(func(m *intake.Writer, key *ledger.Secret, _ ledger.Key) (int64, error) {
				return m.PublishFile(key, p, b.Bytes())
			})
			if err != nil {
				return "", err
			}
			if d.Done = append(d.Done, format); d.Entry == 0 {
				d.Entry = at
			}
			// What is in the record is so whatever comes next.
			if err := s.Desk.Set(context.WithoutCancel(q.Context()), item.N, item.Version, item.State, q.who.Name, d); err != nil {
				return "", err
			}
			item.Version++
		}
		return "published", nil
	})
}

// keepPublished keeps a file by its digest.
func (s *Server) keepPublished(data []byte) error {
	dir := filepath.Join(s.Room.Mission().Dir, "published")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return disk.WriteBytes(filepath.Join(dir, truce.Digest(sha256.Sum256(data)).Hex()), 0o644, data)
}

// draftPreview is a draft in one of its formats, as it would be published.
func (s *Server) draftPreview(q *request) error {
	_, d, err := s.draftOf(q)
	if err != nil {
		return err
	}
	r, _, err := s.draftReport(q.Context(), d)
	if err != nil {
		return err
	}
	format := q.URL.Query().Get("format")
	if format == "" {
		format = "html"
	}
	var b bytes.Buffer
	if err := report.Write(&b, format, r); err != nil {
		return bad("%v", err)
	}
	return q.file("draft."+format, b.Bytes())
}

// fileKinds are the types of published files.
var fileKinds = map[string]string{".html": "text/html; charset=utf-8", ".pdf": "application/pdf", ".csv": "text/csv; charset=utf-8", ".geojson": "application/geo+json", ".gpkg": "application/geopackage+sqlite3", ".kml": "application/vnd.google-earth.kml+xml", ".parquet": "application/vnd.apache.parquet", ".json": "application/json", ".md": "text/markdown; charset=utf-8", ".zip": "application/zip"}

// file answers with a report's file. A page among them brings its own styles within
// it, and may do nothing else.
func (q *request) file(name string, data []byte) error {
	kind := fileKinds[filepath.Ext(name)]
	h := q.w.Header()
	if kind == "" {
		kind = "application/octet-stream"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	if ext := filepath.Ext(name); ext != ".html" && ext != ".pdf" {
		h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, regexp.MustCompile(`[^A-Za-z0-9._-]`).ReplaceAllString(name, "-")))
	}
	_, err := q.w.Write(data)
	return err
}
