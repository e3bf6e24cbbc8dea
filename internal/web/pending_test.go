package web

import (
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/people"
	"github.com/pquerna/otp/totp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A writer is somebody whose session ends while they write.
type writer struct {
	name, secret string
	*http.Client
}

// writer makes an account that is not signed in.
func (h *house) writer(t *testing.T, name string, role ledger.Role) *writer {
	t.Helper()
	head, err := h.room.Mission().Key("head-of-mission")
	if err != nil {
		t.Fatal(err)
	}
	a := people.Account{Name: name, Role: string(role)}
	if _, err := h.room.Say(t.Context(), func(m *intake.Writer) (int64, error) {
		file, at, err := StateKey(m, head, a, "a test")
		a.Key = file
		return at, err
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Add(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	token, err := h.store.Invite(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{name: name, Client: visitor()}
	if w.secret, _, err = people.NewFactor("test", name); err != nil {
		t.Fatal(err)
	}
	code, _ := totp.GenerateCode(w.secret, time.Now().Add(-60*time.Second))
	for _, at := range []time.Duration{-30 * time.Second, 0} {
		if _, err = h.store.SetPassword(t.Context(), token, password, w.secret, code); err == nil {
			break
		}
		code, _ = totp.GenerateCode(w.secret, time.Now().Add(at))
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// postAs sends a form as somebody who has a client of their own.
func (h *house) postAs(t *testing.T, c *http.Client, path string, form url.Values) (int, string, http.Header) {
	t.Helper()
	resp, err := c.PostForm(h.http.URL+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data), resp.Header
}

// signInAs signs in by the form that people use, with a form that waits, if there is one.
func (h *house) signInAs(t *testing.T, w *writer, pending string) (int, string, http.Header) {
	t.Helper()
	for _, at := range []time.Duration{0, 30 * time.Second, -30 * time.Second} { // each code can be used once
		code, _ := totp.GenerateCode(w.secret, time.Now().Add(at))
		status, body, head := h.postAs(t, w.Client, "/sign-in", url.Values{"name": {w.name}, "password": {password}, "code": {code}, "pending": {pending}})
		if status != http.StatusUnauthorized {
			return status, body, head
		}
		if pending != "" && !strings.Contains(body, pending) {
			t.Error("a wrong code loses the form that waits")
		}
	}
	t.Fatalf("%s cannot sign in", w.name)
	return 0, "", nil
}

// endSession ends a session where it is kept, as twelve hours do.
func (h *house) endSession(t *testing.T, c *http.Client) {
	t.Helper()
	u, _ := url.Parse(h.http.URL)
	for _, k := range c.Jar.Cookies(u) {
		if k.Name == h.server.cookie() {
			if err := h.store.SignOut(t.Context(), k.Value); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("nobody is signed in")
}

func pendingOf(t *testing.T, body string) string {
	t.Helper()
	for n := range parsed(t, body).Descendants() {
		if n.DataAtom == atom.Input && attr(n, "name") == "pending" {
			return attr(n, "value")
		}
	}
	return ""
}

// TestSessionEnds: a form that is sent after its session has ended goes on after its
// writer has signed in again, with what was typed, and is not sent for them. Nobody
// else gets it.
func TestSessionEnds(t *testing.T) {
	h := theHouse(t)
	const text = "seen from the road, an hour’s work"
	form := url.Values{"act": {"strike"}, "weapon": {"missile"}, "from": {"2025-08-15T10:05"}, "where": {"region"}, "place": {"Kharkiv Oblast"}, "because": {text}}
	w := h.writer(t, "writer-1", ledger.Monitor)
	other := h.writer(t, "writer-2", ledger.Monitor)
	reader := h.writer(t, "writer-3", ledger.Reader)
	h.signInAs(t, w, "")
	open := func(c *http.Client) {
		t.Helper()
		resp, err := c.Get(h.http.URL + "/observe")
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(resp, err)
		}
		resp.Body.Close()
	}
	open(w.Client)
	h.endSession(t, w.Client)
	before := h.entries()
	code, body, head := h.postAs(t, w.Client, "/observe", form)
	pending := pendingOf(t, body)
	if code != http.StatusUnauthorized || pending == "" || head.Get("Cache-Control") != "private, no-store" {
		t.Fatalf("%d %q: %s", code, head.Get("Cache-Control"), said(body))
	}
	if strings.Contains(body, text) || strings.Contains(said(body), "Your role may not") {
		t.Errorf("the page to sign in on shows the text, or says that a role may not: %s", said(body))
	}

	// Another account in the same browser, and this one in another browser, get nothing.
	jar := func(of *writer) *writer {
		u, _ := url.Parse(h.http.URL)
		j, _ := cookiejar.New(nil)
		j.SetCookies(u, w.Jar.Cookies(u))
		return &writer{of.name, of.secret, &http.Client{Jar: j, Timeout: time.Minute, CheckRedirect: w.CheckRedirect}}
	}
	for _, x := range []*writer{jar(other), jar(reader), {other.name, other.secret, visitor()}} {
		code, body, head := h.signInAs(t, x, pending)
		if code != 303 || strings.Contains(body, text) || !strings.Contains(head.Get("Location"), "done=not-back") {
			t.Errorf("%s: %d to %s", x.name, code, head.Get("Location"))
		}
		if code, body, _ := h.postAs(t, x.Client, "/sign-in/continue", url.Values{"pending": {pending}}); code != 303 || strings.Contains(body, text) {
			t.Errorf("%s, who has signed in, gets the form: %d", x.name, code)
		}
	}
	for _, broken := range []string{"x", pending[:len(pending)-4], strings.Repeat("A", len(pending)), pending + pending} {
		x := jar(w)
		x.Client = &http.Client{Jar: x.Jar, Timeout: time.Minute, CheckRedirect: w.CheckRedirect}
		if code, body, _ := h.postAs(t, x.Client, "/sign-in", url.Values{"name": {w.name}, "password": {"wrong"}, "code": {"000000"}, "pending": {broken}}); code >= 500 || strings.Contains(body, text) {
			t.Errorf("a broken form: %d", code)
		}
	}

	// Its writer goes on.
	code, body, _ = h.signInAs(t, w, pending)
	doc := parsed(t, body)
	back := cameBack(doc)
	if code != http.StatusOK || back == nil || h.entries() != before {
		t.Fatalf("%d, %d entries: %s", code, h.entries()-before, said(body))
	}
	if !strings.Contains(said(body), "Nothing has been sent yet") || !strings.Contains(body, "writer-1") {
		t.Errorf("the page does not say what is the case: %.300s", said(body))
	}
	got := sends(back)
	for k, v := range form {
		if got.Get(k) != v[0] {
			t.Errorf("%s came back as %q", k, got.Get(k))
		}
	}
	if code, body, _ := h.postAs(t, w.Client, attr(back, "action"), got); code != 303 || h.entries() == before {
		t.Fatalf("and cannot be sent: %d %s", code, said(body))
	}

	// With a passkey the page goes on to its form by itself.
	if code, body, _ := h.postAs(t, w.Client, "/sign-in/continue", url.Values{"pending": {pending}}); code != 200 || cameBack(parsed(t, body)) == nil {
		t.Errorf("/sign-in/continue: %d", code)
	}
	// A browser that does not know whose it was shows the text, to be copied, and carries none.
	code, body, _ = h.postAs(t, visitor(), "/observe", form)
	if code != http.StatusUnauthorized || pendingOf(t, body) != "" || !strings.Contains(body, text) {
		t.Errorf("a stranger’s form: %d %s", code, said(body))
	}
	// A role that may no longer send it does not get it.
	if h.server.mayPost("POST /observe", ledger.Reader) || h.server.mayPost("POST /nothing", ledger.Monitor) {
		t.Error("anybody may")
	}
}

// TestEveryFormGoesOn tries each form that staff have: all come back.
func TestEveryFormGoesOn(t *testing.T) {
	h := theHouse(t)
	at := h.observe(t, url.Values{"from": {"2025-08-15T12:05"}, "lat": {"47.3"}})
	w := h.writer(t, "writer-4", ledger.HeadOfMission)
	h.signInAs(t, w, "")
	_, body, _ := func() (int, string, http.Header) {
		resp, err := w.Get(h.http.URL + at)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(data), resp.Header
	}()
	var forms []*html.Node
	for n := range parsed(t, body).Descendants() {
		if n.DataAtom == atom.Form && strings.Contains(attr(n, "class"), "act") {
			forms = append(forms, n)
		}
	}
	u, _ := url.Parse(h.http.URL)
	kept := slices.Clone(w.Jar.Cookies(u))
	tried := 0
	for _, f := range forms {
		form := sends(f)
		if !form.Has("because") {
			continue
		}
		form.Set("because", "a test of "+attr(f, "action"))
		stranger, _ := cookiejar.New(nil)
		for _, c := range kept {
			if c.Name == h.server.formCookie() {
				stranger.SetCookies(u, []*http.Cookie{c})
			}
		}
		code, body, _ := h.postAs(t, &http.Client{Jar: stranger, Timeout: time.Minute}, attr(f, "action"), form)
		pending := pendingOf(t, body)
		if code != http.StatusUnauthorized || pending == "" {
			t.Fatalf("%s: %d", attr(f, "action"), code)
		}
		code, body, _ = h.postAs(t, w.Client, "/sign-in/continue", url.Values{"pending": {pending}})
		back := cameBack(parsed(t, body))
		if back == nil || !maps.EqualFunc(sends(back), form, slices.Equal) {
			t.Errorf("%s %v: %d, %v", attr(f, "action"), form, code, back != nil)
		}
		tried++
	}
	if tried < 4 {
		t.Errorf("%d forms were tried", tried)
	}
}

// TestAmendWithoutSession: of a form with a file the reason goes on, and the file is not
// read from strangers.
func TestAmendWithoutSession(t *testing.T) {
	h := theHouse(t)
	kind, data := multipartForm(t, url.Values{"because": {"zone 3 was drawn wrongly"}}, []byte(strings.Repeat("PK", 200_000)))
	resp, err := visitor().Post(h.http.URL+"/agreement/amend", kind, strings.NewReader(string(data)))
	if err != nil {
		t.Skip("the server closed before all was sent: ", err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusUnauthorized || !strings.Contains(string(body), "zone 3 was drawn wrongly") {
		t.Errorf("%d %s", resp.StatusCode, said(string(body)))
	}
}

// TestCrossSitePending: no other site puts a form onto the page to sign in on.
func TestCrossSitePending(t *testing.T) {
	h := theHouse(t)
	for _, path := range []string{"/observe", "/sign-in", "/sign-in/continue"} {
		req, _ := http.NewRequest(http.MethodPost, h.http.URL+path, strings.NewReader("because=planted&pending=x"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		req.Header.Set("Origin", "https://evil.example")
		resp, err := h.client[ledger.Monitor].Do(req)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden || strings.Contains(string(data), `name="pending"`) {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}
