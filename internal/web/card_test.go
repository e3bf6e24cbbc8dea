package web

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/card"
)

// sendCheck sends a file to be checked, and returns what the page answers.
func (l *lab) sendCheck(t *testing.T, name string, file []byte) (int, string) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(file)
	w.Close()
	req := httptest.NewRequest(http.MethodPost, "http://localhost/check", &form)
	req.Header.Set("Content-Type", w.FormDataContentType())
	code, body, _ := l.serve(req)
	return code, body
}

// TestCards: a card leads back to its finding as it was known then, also when more has come
// in since; a picture or a text that says something else is told from it.
func TestCards(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 8, 22, 6, 0, 0, 0, time.UTC)
	l := newLab(t, airFirst, func() time.Time { return now })
	first := l.vague("monitor", "Agency A", "1", 48.5)
	l.settle()
	code, file := l.get("/incidents/" + first + "/card")
	if code != http.StatusOK {
		t.Fatalf("card: %d %s", code, said(file))
	}
	got, err := card.ReadPicture([]byte(file))
	if err != nil || got.Words == nil {
		t.Fatalf("the card is not read: %v", err)
	}
	text := got.Words.Text()
	for _, want := range []string{"reported at 48.50° N 35.05° E ± 8 km, 21 Aug 2025", "Reported by Agency A; collected by mission.", "No person has decided about it.", "REHEARSAL", "As known 22 Aug 2025 09:00", l.server.Origin + "/incidents/" + first[:32] + "?at=2025-08-22T06:00:00.000Z"} {
		if !strings.Contains(text, want) {
			t.Errorf("the card does not say %q:\n%s", want, text)
		}
	}
	// A second report an hour later: the finding says more now, and the card what was known.
	now = now.Add(time.Hour)
	l.vague("verification-officer", "Agency B", "2", 48.518)
	l.settle()
	later := now
	now = now.Add(time.Hour)
	check := func(what, verdict, body string) string {
		t.Helper()
		if !strings.Contains(body, `class="checked `+verdict+`"`) {
			t.Errorf("%s: want %s: %s", what, verdict, said(body))
		}
		return said(body)
	}
	_, body := l.sendCheck(t, "card.png", []byte(file))
	if s := check("the card", "same", body); !strings.Contains(s, "point for point") || !strings.Contains(s, "Agency A") || strings.Contains(s, "Agency B") {
		t.Errorf("the card of an hour ago: %s", s)
	}
	img, err := png.Decode(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := jpeg.Encode(&again, img, &jpeg.Options{Quality: 70}); err != nil {
		t.Fatal(err)
	}
	_, body = l.sendCheck(t, "card.jpg", again.Bytes())
	check("the card as a messenger saves it", "resaved", body)

	ask := func(text string) string {
		t.Helper()
		code, body := l.get("/check?text=" + url.QueryEscape(text))
		if code != http.StatusOK {
			t.Fatalf("%.40q: %d %s", text, code, said(body))
		}
		return body
	}
	check("the words of the card", "words", ask(text))
	if s := said(ask(text)); strings.Contains(s, "Not found among what") {
		t.Errorf("words of the card are not in the record: %s", s)
	}
	forged := strings.Replace(text, "No person has decided about it.", "The head of mission confirmed it.", 1)
	if s := check("a forged line", "strange", ask(forged)); !strings.Contains(s, "The head of mission confirmed it.") || strings.Contains(s, "compares: Reported by Agency A; collected by mission.") {
		t.Errorf("a forged line: %s", s)
	}
	for what, line := range map[string]string{"without its no": "person has decided about it.", "with the address of the room": "The head of mission confirmed it, see " + l.server.Origin, "behind a true sentence": "Reported by Agency A; collected by mission. It was a violation."} {
		if s := check(what, "strange", ask(text+"\n"+line)); strings.Count(s, strings.TrimSuffix(line, ".")) == 0 {
			t.Errorf("%s: %s", what, s)
		}
	}
	if s := check("another sentence with a code", "other", ask("Air raid kills forty at noon "+first)); !strings.Contains(s, "Air raid kills forty") {
		t.Errorf("another sentence: %s", s)
	}
	check("a sentence of the first page", "headline", ask("A rehearsal: NOBODY HAS signed these terms, so nobody can have violated them"))
	for what, s := range map[string]string{"words of nobody": "Forty were killed at noon.", "a code of nobody": strings.Repeat("ab", 32), "one word": "the", "half a sentence, which says the opposite": "violation is stated"} {
		if body := ask(s); !strings.Contains(said(body), "Not found among what this page compares, as far as") {
			t.Errorf("%s: %s", what, said(body))
		}
	}
	// An address of a moment that is still to come leads to what is known now.
	if s := check("the future", "other", ask("/incidents/"+first+"?at=2030-01-01T00:00:00Z")); strings.Contains(s, "As known 1 Jan 2030") {
		t.Errorf("the future: %s", s)
	}

	// Cards of days, in each language, are the same again.
	state, _ := l.room.State()
	days := state.Situations["mission"].DayFindings("1")
	if len(days) != 1 {
		t.Fatalf("%d findings of days", len(days))
	}
	for _, lang := range []string{"en", "uk", "ru"} {
		code, file := l.get("/days/" + days[0].ID.Hex() + "/card?lang=" + lang + "&at=" + later.Format(time.RFC3339))
		if code != http.StatusOK {
			t.Fatalf("card of a day in %s: %d", lang, code)
		}
		_, body := l.sendCheck(t, "day.png", []byte(file))
		check("a day in "+lang, "same", body)
	}

	// Words of the lists that the first page leads to are known, and half of them are not.
	check("the heading of an incident", "headline", ask(strings.SplitN(text, "\n", 2)[0]))
	reasons := state.Situations["mission"].DayReasons(&days[0])
	check("the line of a finding of days", "headline", ask(reasons[0].String()))
	if body := ask("At least one act under article 1 on 20 Aug 2025"); !strings.Contains(said(body), "Not found among what this page compares, as far as") {
		t.Errorf("a part of the line: %s", said(body))
	}

	// So is the heading of its card, and the address to cite, which is of one of its reports.
	code, file = l.get("/days/" + days[0].ID.Hex() + "/card")
	if code != http.StatusOK {
		t.Fatalf("card of a day: %d", code)
	}
	if got, err = card.ReadPicture([]byte(file)); err != nil || got.Words == nil {
		t.Fatalf("the card of a day is not read: %v", err)
	}
	check("the heading of a card of days", "headline", ask(got.Words.Sentence))
	cited := days[0].Support[0].Hex()
	if s := check("the address to cite of a finding of days", "other", ask("/days/"+cited)); !strings.Contains(s, "This is not an incident, and no number counts it") || strings.Contains(s, "Not found among what") {
		t.Errorf("the address to cite: %s", s)
	}

	check("the bare code of a finding of days", "other", ask("somebody says "+days[0].ID.Hex()))
	check("the first digits of it", "other", ask("somebody says "+days[0].ID.Hex()[:16]))

	// Three things within one minute: a card of the second is not one of the first.
	third := ""
	for i, publisher := range []string{"Agency C", "Agency D"} {
		now = now.Add(7*time.Second + 123*time.Millisecond)
		id := l.vague([]string{"monitor", "verification-officer"}[i], publisher, "x"+publisher, 48.9)
		l.settle()
		if i == 0 {
			third = id
		}
		code, file := l.get("/incidents/" + third + "/card")
		if code != http.StatusOK {
			t.Fatalf("card: %d", code)
		}
		now = now.Add(3 * time.Second)
		l.settle()
		_, body := l.sendCheck(t, "card.png", []byte(file))
		check("a card of "+publisher, "same", body)
	}

	// The size of a file is limited, and a file that is not a picture is not a card.
	var blank bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 100, 100))); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"a text": "hello", "a picture without a code": blank.String(), "nothing": ""} {
		code, body := l.sendCheck(t, "x", []byte(data))
		if code != http.StatusOK || !strings.Contains(said(body), "Not found among what") {
			t.Errorf("%s: %d %s", name, code, said(body))
		}
	}
	if code, _ := l.sendCheck(t, "x", make([]byte, mostSent+1<<20)); code != http.StatusRequestEntityTooLarge {
		t.Errorf("17 MB: %d", code)
	}
	// One address cannot keep others from checking: it is told so after a while.
	refused := 0
	for i := 0; i < 60 && refused == 0; i++ {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, _ := w.CreateFormFile("file", "x")
		_, _ = part.Write([]byte("hello"))
		w.Close()
		req := httptest.NewRequest(http.MethodPost, "http://localhost/check", &form)
		req.Header.Set("Content-Type", w.FormDataContentType())
		out := httptest.NewRecorder()
		req.RemoteAddr = "10.99.0.1:1"
		l.server.Handler().ServeHTTP(out, req)
		switch {
		case out.Code == http.StatusTooManyRequests:
			refused++
		case out.Code != http.StatusOK:
			t.Fatalf("file %d from one address: %d", i, out.Code)
		}
		if i < 20 && refused > 0 {
			t.Fatalf("file %d from one address is one too many", i)
		}
	}
	if refused == 0 {
		t.Error("sixty files from one address at once are all read")
	}
	for path, want := range map[string]int{"/check?text=" + strings.Repeat("a", mostChecked+1): 422, "/incidents/" + strings.Repeat("0", 64) + "/card": 404, "/days/" + first + "/card": 404} {
		if code, _ := l.get(path); code != want {
			t.Errorf("%.40s: %d, want %d", path, code, want)
		}
	}
}
