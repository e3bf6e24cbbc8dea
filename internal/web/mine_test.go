package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/situation"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// filled reads what a form of a page would send, as a browser does.
func filled(t *testing.T, page, action string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	out := url.Values{}
	for f := range doc.Descendants() {
		if f.DataAtom != atom.Form || attr(f, "action") != action {
			continue
		}
		for n := range f.Descendants() {
			name := attr(n, "name")
			has := func(key string) bool {
				return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
			}
			switch {
			case name == "":
			case n.DataAtom == atom.Input && (attr(n, "type") == "radio" || attr(n, "type") == "checkbox"):
				if has("checked") {
					out.Set(name, attr(n, "value"))
				}
			case n.DataAtom == atom.Input:
				out.Set(name, attr(n, "value"))
			case n.DataAtom == atom.Textarea && n.FirstChild != nil:
				out.Set(name, n.FirstChild.Data)
			case n.DataAtom == atom.Select:
				for o := range n.Descendants() {
					if o.DataAtom == atom.Option && (!out.Has(name) || slices.ContainsFunc(o.Attr, func(a html.Attribute) bool { return a.Key == "selected" })) {
						out.Set(name, attr(o, "value"))
					}
				}
			}
		}
		return out
	}
	t.Fatalf("the page has no form for %s", action)
	return nil
}

// lastSaid is what the last statement of a role was, by the record.
func (h *house) lastSaid(t *testing.T) mission.Spoken {
	t.Helper()
	state, _ := h.room.State()
	return state.Contents.Spoken[len(state.Contents.Spoken)-1]
}

// TestMyReports: a monitor finds what they said, corrects it with the form that opens
// filled in, and withdraws it. Others do not find it among theirs, and cannot correct
// it.
func TestMyReports(t *testing.T) {
	h := theHouse(t)
	h.observe(t, url.Values{"lat": {"47.1234567"}, "lon": {"36.7654321"}, "count": {">=8"}, "grade": {"B2"}, "killed": {"0..1..3"}, "because": {"seen from the \"roof\"\n<b>twice</b>"}, "to": {"2025-08-20T10:25"}, "actor": {"RU"}})
	first := h.lastSaid(t)
	_, page, _ := h.get(t, ledger.Monitor, "/my-reports")
	if !strings.Contains(page, first.ID.Hex()) || !strings.Contains(said(page), "Counted: open the incident") {
		t.Fatalf("the report is not listed: %s", said(page))
	}
	if _, other, _ := h.get(t, ledger.DutyOfficer, "/my-reports"); strings.Contains(other, first.ID.Hex()) {
		t.Error("another person finds it among theirs")
	}
	if code, body, _ := h.get(t, ledger.DutyOfficer, "/observe?correct="+first.ID.Hex()); code != 422 {
		t.Errorf("another person may correct it: %d %s", code, said(body))
	}
	_, page, _ = h.get(t, ledger.Monitor, "/observe?correct="+first.ID.Hex())
	form := filled(t, page, "/observe")
	for k, want := range map[string]string{"lat": "47.1234567", "lon": "36.7654321", "count": ">=8", "grade": "B2", "killed": "0..1..3", "because": "seen from the \"roof\"\n<b>twice</b>",
		"from": "2025-08-20T10:05", "to": "2025-08-20T10:25", "actor": "RU", "act": "strike", "weapon": "missile", "radius": "300", "where": "point", "replaces": first.ID.Hex()} {
		if form.Get(k) != want {
			t.Errorf("the form has %s %q, want %q", k, form.Get(k), want)
		}
	}
	// A correction that cannot be recorded comes back as it was typed, and is a correction still.
	form.Set("lat", "95")
	form.Set("because", "typed with care")
	code, page, _ := h.post(t, ledger.Monitor, "/observe", form)
	if again := filled(t, page, "/observe"); code != 422 || again.Get("replaces") != first.ID.Hex() || again.Get("because") != "typed with care" || again.Get("actor") != "RU" {
		t.Errorf("a wrong correction: %d, and the form has %v", code, again)
	}
	form.Set("lat", "47.1234567")
	form.Set("weapon", "aircraft")
	code, body, head := h.post(t, ledger.Monitor, "/observe", form)
	if code != 303 || !strings.Contains(head.Get("Location"), "done=correct") {
		t.Fatalf("correct: %d %s", code, said(body))
	}
	second := h.lastSaid(t)
	if second.Of != first.ID {
		t.Fatalf("the correction replaces %s, want %s", second.Of, first.ID)
	}
	state, _ := h.room.State()
	sit := state.Situations[truce.ForMission]
	if sit.IncidentOf(first.ID) != nil || sit.IncidentOf(second.ID) == nil {
		t.Error("the correction is not in the place of what it corrects")
	}
	if code, body, _ := h.post(t, ledger.Monitor, "/observe", form); code != 422 || !strings.Contains(body, "was corrected in entry") {
		t.Errorf("corrected twice: %d %s", code, said(body))
	}
	if code, body, _ := h.post(t, ledger.DutyOfficer, "/observe", url.Values{"replaces": {second.ID.Hex()}, "act": {"strike"}, "from": {"2025-08-20T10:05"}, "where": {"point"}, "lat": {"47"}, "lon": {"36"}, "because": {"x"}}); code != 422 {
		t.Errorf("another person corrects it: %d %s", code, said(body))
	}
	code, body, head = h.post(t, ledger.Monitor, "/withdraw", url.Values{"id": {second.ID.Hex()}, "because": {"it was thunder"}, "next": {"/my-reports"}})
	if code != 303 || !strings.HasPrefix(head.Get("Location"), "/my-reports?done=withdraw") {
		t.Fatalf("withdraw: %d %s", code, said(body))
	}
	_, page, _ = h.get(t, ledger.Monitor, "/my-reports")
	for _, want := range []string{"Corrected", "Withdrawn"} {
		if !strings.Contains(said(page), want) {
			t.Errorf("the list does not say %s: %s", want, said(page))
		}
	}
	if code, body, _ := h.post(t, ledger.Monitor, "/withdraw", url.Values{"id": {second.ID.Hex()}, "because": {"again"}, "next": {"/my-reports"}}); code != 422 || !strings.Contains(body, "was withdrawn in entry") {
		t.Errorf("withdrawn twice: %d %s", code, said(body))
	}
	walkCounts(t, h, ledger.Monitor, "/my-reports")
}

var counted = regexp.MustCompile(`<a [^>]*href="([^"#]*)"[^>]*>[^<]*<b>([0-9\x{202f}]+)</b></a>`)

// walkCounts follows each link of a page that has a count, and counts the rows of what
// it leads to, over all its pages.
func walkCounts(t *testing.T, h *house, role ledger.Role, path string) {
	t.Helper()
	_, page, _ := h.get(t, role, path)
	found := counted.FindAllStringSubmatch(page, -1)
	if len(found) == 0 {
		t.Fatalf("%s has no count with a link", path)
	}
	for _, m := range found {
		href := html.UnescapeString(m[1])
		want := strings.ReplaceAll(m[2], "\u202f", "")
		rows := 0
		for next, n := href, 0; next != "" && n < 100; n++ {
			_, list, _ := h.get(t, role, next)
			if !strings.Contains(href, "kind=new") { // the desk begins with what is new
				before, section, _ := strings.Cut(list, `<section class="new"`)
				_, after, _ := strings.Cut(section, "</section>")
				list = before + after
			}
			if strings.Contains(href, "work=") {
				rows += strings.Count(list, `data-work="`)
			} else {
				rows += strings.Count(list, `data-id="`)
			}
			next = ""
			if m := regexp.MustCompile(`<a rel="next" href="([^"]*)"`).FindStringSubmatch(list); m != nil {
				next = html.UnescapeString(m[1])
			}
		}
		if itoa(int64(rows)) != want {
			t.Errorf("%s: the link %s promises %s, and leads to %d rows", path, href, want, rows)
		}
	}
}

// TestPartyRoom: a party finds there all that it said, with what became of it, and all
// that is said of it; so does the other party.
func TestPartyRoom(t *testing.T) {
	h := theHouse(t)
	allege := func(v url.Values) mission.Spoken {
		t.Helper()
		for k, x := range map[string]string{"act": "attack", "from": "2025-08-20T11:05", "where": "region", "place": "Kharkiv", "because": "report of the post"} {
			if !v.Has(k) {
				v.Set(k, x)
			}
		}
		code, body, _ := h.post(t, ledger.Liaison, "/party/allege", v)
		if code != 303 {
			t.Fatalf("allege: %d %s", code, said(body))
		}
		return h.lastSaid(t)
	}
	section := func(role ledger.Role, list string) string {
		t.Helper()
		_, page, _ := h.get(t, role, "/party?list="+list)
		_, page, _ = strings.Cut(page, `<section id="`+list+`">`)
		page, _, _ = strings.Cut(page, "</section>")
		return page
	}
	open := allege(url.Values{})
	state, _ := h.room.State()
	inc := state.Situations[truce.ForParties].IncidentOf(open.ID)
	if inc == nil {
		t.Fatal("the allegation is in no incident")
	}
	if got := section(ledger.Liaison, "said"); !strings.Contains(got, open.ID.Hex()) || !strings.Contains(got, "Counted: open the incident") {
		t.Errorf("the party does not find its allegation: %s", said("<main"+got))
	}
	if got := section(other, "of"); !strings.Contains(got, inc.ID.Hex()) {
		t.Errorf("the other party does not find what is alleged: %s", said("<main"+got))
	}
	if got := section(ledger.Liaison, "of"); strings.Contains(got, inc.ID.Hex()) {
		t.Error("what a party alleges is said of itself")
	}

	// A sealed claim is shown to the side that made it, and not to the other.
	sealed := allege(url.Values{"sealed": {"1"}, "from": {"2025-08-20T12:05"}, "because": {"sealed words"}, "act": {"strike"}})
	if got := section(ledger.Liaison, "said"); !strings.Contains(got, sealed.ID.Hex()) || !strings.Contains(got, "Sealed") || !strings.Contains(got, "12:05") {
		t.Errorf("the party does not find its sealed claim: %s", said("<main"+got))
	}
	for _, list := range partyLists {
		if got := section(other, list); strings.Contains(got, "12:05") || strings.Contains(got, sealed.ID.Hex()) {
			t.Errorf("the other party finds the sealed claim under %s", list)
		}
	}
	// Its correction is sealed too, whatever the form says; and it can be withdrawn.
	_, page, _ := h.get(t, ledger.Liaison, "/party?correct="+sealed.ID.Hex())
	form := filled(t, page, "/party/allege")
	if form.Get("sealed") != "1" || form.Get("place") != "Kharkiv Oblast" || form.Get("because") != "sealed words" {
		t.Errorf("the form of a sealed claim is not filled in: %v", form)
	}
	form.Del("sealed")
	form.Set("from", "2025-08-20T12:15")
	if code, body, _ := h.post(t, ledger.Liaison, "/party/allege", form); code != 303 {
		t.Fatalf("correct: %d %s", code, said(body))
	}
	again := h.lastSaid(t)
	if !again.Sealed || again.Of != sealed.ID {
		t.Errorf("the correction of a sealed claim is in the open, or replaces %s, want %s", again.Of, sealed.ID)
	}
	if code, body, _ := h.post(t, ledger.Liaison, "/withdraw", url.Values{"id": {again.ID.Hex()}, "because": {"an error"}, "next": {"/party"}}); code != 303 {
		t.Errorf("a sealed claim cannot be withdrawn: %d %s", code, said(body))
	}

	// What a party announced and answered is its word too: it corrects and withdraws it.
	if code, body, _ := h.post(t, ledger.Liaison, "/party/notify", url.Values{"act": {"explosion"}, "from": {"2025-08-22T10:00"}, "to": {"2025-08-22T12:00"}, "where": {"region"}, "place": {"Kharkiv"}, "because": {"found shells"}}); code != 303 {
		t.Fatalf("notify: %d %s", code, said(body))
	}
	notice := h.lastSaid(t)
	_, page, _ = h.get(t, ledger.Liaison, "/party?correct="+notice.ID.Hex())
	form = filled(t, page, "/party/notify")
	if form.Get("from") != "2025-08-22T10:00" || form.Get("act") != "explosion" {
		t.Errorf("the form of a notification is not filled in: %v", form)
	}
	form.Set("to", "2025-08-22T13:00")
	if code, body, _ := h.post(t, ledger.Liaison, "/party/notify", form); code != 303 {
		t.Fatalf("correct: %d %s", code, said(body))
	}
	notice = h.lastSaid(t)
	if code, body, _ := h.post(t, other, "/withdraw", url.Values{"id": {notice.ID.Hex()}, "because": {"not mine"}, "next": {"/party"}}); code != 422 {
		t.Errorf("the other party withdraws it: %d %s", code, said(body))
	}
	if code, body, _ := h.post(t, ledger.Liaison, "/withdraw", url.Values{"id": {notice.ID.Hex()}, "because": {"it does not take place"}, "next": {"/party"}}); code != 303 {
		t.Errorf("a notification cannot be withdrawn: %d %s", code, said(body))
	}
	if code, body, _ := h.post(t, ledger.Liaison, "/party/respond", url.Values{"to": {open.ID.Hex()}, "says": {"explain"}, "because": {"words"}, "next": {"/party"}}); code != 303 {
		t.Fatalf("respond: %d %s", code, said(body))
	}
	answer := h.lastSaid(t)
	_, page, _ = h.get(t, ledger.Liaison, "/party?correct="+answer.ID.Hex())
	form = filled(t, page, "/party/respond")
	if form.Get("says") != "explain" || form.Get("to") != open.ID.Hex() {
		t.Errorf("the form of an answer is not filled in: %v", form)
	}
	form.Set("says", "contest")
	if code, body, _ := h.post(t, ledger.Liaison, "/party/respond", form); code != 303 {
		t.Fatalf("correct: %d %s", code, said(body))
	}
	if is := h.lastSaid(t); is.Of != answer.ID {
		t.Errorf("the answer replaces %s, want %s", is.Of, answer.ID)
	}
	got := said("<main" + section(ledger.Liaison, "said"))
	for _, want := range []string{"Counted: open the incident", "Corrected", "Withdrawn"} {
		if !strings.Contains(got, want) {
			t.Errorf("the party's own list does not say %s: %s", want, got)
		}
	}
	for _, role := range []ledger.Role{ledger.Liaison, other} {
		walkCounts(t, h, role, "/party")
	}
	walkCounts(t, h, ledger.Liaison, "/my-reports")
}

// TestStatedAgain: the fields that a record is turned into make the same record again.
func TestStatedAgain(t *testing.T) {
	h := theHouse(t)
	a := h.room.Mission().Agreement
	for name, f := range map[string]scenario.Fields{
		"point":  {Act: "strike", Place: scenario.PlaceFields{Kind: truce.PlacePoint, Lat: "-48.0123456", Lon: "-0.0000001"}, Keys: map[string]string{"count": "~5", "calibre": "122mm", "object": "a bridge", "side": "UA", "recovered": "2", "means": "saw"}},
		"wedge":  {Act: "explosion", Place: scenario.PlaceFields{Kind: truce.PlaceWedge, Lat: "48.01", Lon: "37.8", BearingFrom: "350", BearingTo: "10", DistanceFrom: "2.5", DistanceTo: "5"}},
		"region": {Act: "presence", Place: scenario.PlaceFields{Kind: truce.PlaceRegion, Name: "Kharkiv"}, Keys: map[string]string{"what": "position", "weapon": "missile"}},
	} {
		for _, during := range []truce.Interval{
			{Start: truce.InstantOf(time.Date(2025, 8, 20, 7, 5, 0, 0, time.UTC)), End: truce.InstantOf(time.Date(2025, 8, 20, 7, 6, 0, 0, time.UTC))},
			{Start: truce.InstantOf(time.Date(2025, 8, 20, 7, 5, 1, 500e6, time.UTC)), End: truce.InstantOf(time.Date(2025, 8, 22, 7, 6, 0, 0, time.UTC))},
			{Start: truce.InstantOf(time.Date(2025, 10, 26, 0, 30, 0, 0, time.UTC)), End: truce.InstantOf(time.Date(2025, 10, 26, 1, 30, 0, 0, time.UTC))}, // 03:30 in Kyiv, twice
		} {
			f.During = during
			st := scenario.Statement{Word: "observe", Key: "k", Source: truce.OwnSource}
			r, err := scenario.Compose(a, st, f, situation.Options{})
			if err != nil {
				if name == "region" {
					continue // no gazetteer here
				}
				t.Fatalf("%s: %v", name, err)
			}
			v, unshown := values(&r, a.Location)
			if unshown {
				t.Errorf("%s: the place cannot be shown", name)
			}
			q := &request{Request: &http.Request{Method: http.MethodPost}, s: h.server}
			q.Request.PostForm = url.Values{}
			for k, x := range v {
				q.Request.PostForm.Set(k, x)
			}
			faults := &formFaults{}
			back := q.fields("observe", faults)
			if err := faults.err(); err != nil {
				t.Fatalf("%s: %v: %v", name, v, err)
			}
			is, err := scenario.Compose(a, st, back, situation.Options{})
			if err != nil {
				t.Fatalf("%s: %v: %v", name, v, err)
			}
			if is.Observation.Row() != r.Observation.Row() {
				t.Errorf("%s: %v\nmakes %+v\nand was %+v", name, v, is.Observation, r.Observation)
			}
		}
	}
}

// TestNews: what is new is counted and listed, whatever its outcome: on the desk since
// the reader looked last, and by an address since an entry.
func TestNews(t *testing.T) {
	h := theHouse(t)
	h.get(t, ledger.Verification, "/desk")
	if code, _, _ := h.post(t, ledger.Verification, "/desk/seen", url.Values{"entries": {itoa(h.entries())}}); code != 303 {
		t.Fatalf("seen: %d", code)
	}
	before := h.entries()
	h.observe(t, url.Values{"act": {"works"}, "weapon": {""}, "lat": {"51.5"}, "lon": {"26.5"}}) // no article is about it
	state, _ := h.room.State()
	id := state.Situations[truce.ForMission].IncidentOf(h.lastSaid(t).ID).ID.Hex()
	news := func(path string) string {
		_, page, _ := h.get(t, ledger.Verification, path)
		_, page, _ = strings.Cut(page, `<section class="new"`)
		page, _, _ = strings.Cut(page, "</section>")
		return page
	}
	for _, path := range []string{"/desk", "/desk?kind=new", "/desk?kind=new&since=" + itoa(before)} {
		if got := news(path); strings.Count(got, `data-id="`) != 1 || !strings.Contains(got, id) {
			t.Errorf("%s: %s", path, said("<main"+got))
		}
	}
	_, list, _ := h.get(t, ledger.Verification, "/incidents?since="+itoa(before))
	if strings.Count(list, `data-id="`) != 1 || !strings.Contains(list, id) {
		t.Errorf("the list of what is new has other rows: %s", said(list))
	}
	if _, page, _ := h.get(t, ledger.Verification, "/?new="+itoa(before)); !strings.Contains(page, "/incidents?since="+itoa(before)) || !strings.Contains(page, `class="fresh"`) {
		t.Errorf("the picture does not mark what is new: %s", said(page))
	}
	// A page that was made earlier does not put back what was seen later; nobody has seen what does not exist.
	if code, _, _ := h.post(t, ledger.Verification, "/desk/seen", url.Values{"entries": {itoa(h.entries() + 1)}}); code != 422 {
		t.Errorf("entries that do not exist are seen: %d", code)
	}
	if code, _, _ := h.post(t, ledger.Verification, "/desk/seen", url.Values{"entries": {itoa(h.entries())}}); code != 303 {
		t.Fatalf("seen: %d", code)
	}
	if got := news("/desk"); got != "" {
		t.Errorf("what was seen is new: %s", said("<main"+got))
	}
	for _, bad := range []string{"/desk?kind=none", "/desk?page=0", "/desk?kind=new&since=x", "/incidents?since=-1", "/live?since=x", "/my-reports?state=none", "/my-reports?page=x", "/observe?correct=x", "/observe?correct=" + strings.Repeat("0", 64)} {
		if code, _, _ := h.get(t, ledger.Verification, bad); code != 422 && code != 404 {
			t.Errorf("%s: %d", bad, code)
		}
	}
}

// TestDeskIsWhole: every row of the queue is on one of its pages, and each count leads
// to as many rows.
func TestDeskIsWhole(t *testing.T) {
	h := theHouse(t)
	for i := range perPage + 5 {
		h.observe(t, url.Values{"lat": {fmt.Sprintf("%.2f", 46.6+0.06*float64(i))}, "lon": {"33.5"}, "from": {"2025-08-19T08:05"}})
	}
	_, page, _ := h.get(t, ledger.DutyOfficer, "/desk")
	m := regexp.MustCompile(`href="/desk"[^>]*>[^<]*<b>(\d+)</b>`).FindStringSubmatch(page)
	queue := func(page string) string { // without what is new
		before, section, _ := strings.Cut(page, `<section class="new"`)
		_, after, _ := strings.Cut(section, "</section>")
		return before + after
	}
	if m == nil || strings.Count(queue(page), `<tr data-id="`) > perPage {
		t.Fatalf("the first page of the desk: %s", said(page))
	}
	seen := map[string]bool{}
	rows := 0
	for n := 1; n < 50; n++ {
		_, page, _ = h.get(t, ledger.DutyOfficer, "/desk?page="+itoa(int64(n)))
		for _, x := range regexp.MustCompile(`<tr data-id="([0-9a-f]{64})"`).FindAllStringSubmatch(queue(page), -1) {
			rows++
			seen[x[1]] = true
		}
		if !strings.Contains(page, `rel="next"`) {
			break
		}
	}
	if itoa(int64(rows)) != m[1] || len(seen) <= perPage {
		t.Errorf("%d rows of %d incidents on the desk's pages, and it says %s", rows, len(seen), m[1])
	}
	walkCounts(t, h, ledger.DutyOfficer, "/desk")
}
