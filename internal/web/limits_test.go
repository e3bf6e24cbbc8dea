package web

import (
	"net/http"
	"net/netip"
	"testing"
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
