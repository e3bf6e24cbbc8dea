package web

import (
	"io"
	"net"
	"net/http"
	"net/netip"
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
