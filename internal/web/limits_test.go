package web

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestRemote: only our own proxies are believed about who asks.
func TestRemote(t *testing.T) {
	s := &Server{Config: Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}}}
	for _, c := range []struct{ from, told, want string }{
		{"203.0.113.9:4711", "", "203.0.113.9"},
		{"203.0.113.9:4711", "198.51.100.1", "203.0.113.9"}, // it says so itself
		{"10.1.2.3:4711", "198.51.100.1", "198.51.100.1"},
		{"10.1.2.3:4711", "198.51.100.1, 203.0.113.9", "203.0.113.9"}, // the last that is not ours
		{"10.1.2.3:4711", "203.0.113.9, 10.9.9.9", "203.0.113.9"},
		{"10.1.2.3:4711", "nonsense", "10.1.2.3"},
		{"10.1.2.3:4711", "", "10.1.2.3"},
		{"[::ffff:127.0.0.1]:4711", "203.0.113.9", "203.0.113.9"},
		{"[2001:db8:1:2:3:4:5:6]:4711", "", "2001:db8:1:2::/64"},
		{"[2001:db8:1:2::7]:4711", "", "2001:db8:1:2::/64"},
	} {
		r := &http.Request{RemoteAddr: c.from, Header: http.Header{}}
		if c.told != "" {
			r.Header.Set("X-Forwarded-For", c.told)
		}
		if got := s.remote(r); got != c.want {
			t.Errorf("%s, told %q: %s, want %s", c.from, c.told, got, c.want)
		}
	}
}

// TestSignInLimits: an office of 50 signs in at once on its first day, from one address
// or from the networks of one customer; strangers from everywhere share a slow rate,
// which holds up neither those who signed in before nor passkeys.
func TestSignInLimits(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	fresh := func() *limits {
		l := newLimits()
		l.now = func() time.Time { return now }
		return l
	}
	let := func(l *limits, many int, from func(int) string) (n int) {
		for i := range many {
			if l.allowSignIn(from(i), fmt.Sprint("name-", i), false) {
				n++
			}
		}
		return n
	}
	one := func(int) string { return "203.0.113.9" }
	office := func(i int) string { return fmt.Sprintf("2001:db8:7:%x::/64", i) }
	anywhere := func(i int) string { return fmt.Sprintf("2001:db8:%x:%x::/64", i, i) }
	if n := let(fresh(), 50, one); n != 50 {
		t.Errorf("%d of 50 in an office may sign in", n)
	}
	if n := let(fresh(), 50, office); n != 50 {
		t.Errorf("%d of 50 in an office with IPv6 may sign in", n)
	}
	if n := let(fresh(), 1000, one); n != 60 {
		t.Errorf("one address: %d", n)
	}
	if n := let(fresh(), 1000, office); n != 100 {
		t.Errorf("one /48: %d", n)
	}
	l := fresh()
	if n := let(l, 1000, anywhere); n != 120 {
		t.Errorf("from everywhere: %d", n)
	}
	if !l.allowSignIn("2001:db8:7:1::/64", "duty-1", true) || !l.allowPasskey("2001:db8:7:1::/64") {
		t.Error("strangers keep out those who signed in before, or passkeys")
	}
	now = now.Add(10 * time.Second)
	if n := let(l, 1000, func(i int) string { return fmt.Sprintf("198.51.100.%d", i%256) }); n != 20 {
		t.Errorf("from everywhere, in ten seconds: %d", n)
	}
}

// TestSignInBusy: a stranger is told to come again, and when, in each language; whoever
// signed in here before is not.
func TestSignInBusy(t *testing.T) {
	h := theHouse(t)
	was := h.server.limits
	h.server.limits = newLimits()
	defer func() { h.server.limits = was }()
	for h.server.limits.take("sign-in", 0, 120) {
	}
	for lang, text := range map[string]string{"en": "passkey", "uk": "ключем доступу", "ru": "ключом доступа"} {
		req, err := http.NewRequest("POST", h.http.URL+"/sign-in?lang="+lang, strings.NewReader(url.Values{"name": {"nobody-here"}, "password": {password}, "code": {"000000"}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.AddCookie(&http.Cookie{Name: "lang", Value: lang})
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" || !strings.Contains(string(body), text) {
			t.Errorf("%s: %d, %q\n%s", lang, resp.StatusCode, resp.Header.Get("Retry-After"), body)
		}
	}
	if code, _, _ := h.post(t, Anybody, "/sign-in", url.Values{"name": {"duty-1"}, "password": {"not this one at all"}, "code": {"000000"}}); code != 401 {
		t.Errorf("who signed in here before: %d", code)
	}
}

// pipes is a listener whose connections hold nothing: whoever does not read is
// waited for at once.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	c, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.conns) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// TestDeafReader: who asks for what is live and does not read it is let go.
func TestDeafReader(t *testing.T) {
	h := theHouse(t)
	defer func(was time.Duration) { h.server.letGo = was }(h.server.letGo)
	h.server.letGo = 50 * time.Millisecond
	l := &pipes{conns: make(chan net.Conn)}
	ended := make(chan struct{}, 1)
	handler := h.server.Handler()
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
		ended <- struct{}{}
	})}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	here, there := net.Pipe()
	defer here.Close()
	l.conns <- there
	if _, err := io.WriteString(here, "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("somebody who does not read is waited for")
	}
}
