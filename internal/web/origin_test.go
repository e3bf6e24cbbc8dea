package web

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// TestReached: which requests a room answers, by the name and the way that they came.
func TestReached(t *testing.T) {
	h := theHouse(t)
	const far, here, proxy = "203.0.113.9:5000", "127.0.0.1:5000", "10.0.0.1:5000"
	for _, tt := range []struct {
		name         string
		origin, from string
		tls          bool
		host, proto  string // X-Forwarded-Proto
		method, path string
		want         int    // 0: the room answers
		to           string // Location
	}{
		{"over TLS", "https://truce.example", far, true, "truce.example", "", "GET", "/", 0, ""},
		{"with the scheme's own port", "https://truce.example", far, true, "truce.example:443", "", "GET", "/", 0, ""},
		{"in capitals, with the root's dot", "https://truce.example", far, true, "Truce.Example.", "", "GET", "/", 0, ""},
		{"another name (DNS rebinding)", "https://truce.example", far, true, "evil.example", "", "GET", "/", 421, ""},
		{"another name, to write", "https://truce.example", far, true, "evil.example", "", "POST", "/sign-in", 421, ""},
		{"another name, to a room on this machine", "http://localhost:8471", here, false, "evil.example:8471", "", "GET", "/", 421, ""},
		{"another port", "https://truce.example", far, true, "truce.example:8443", "", "GET", "/", 421, ""},
		{"this machine's name, from afar", "https://truce.example", far, true, "localhost", "", "GET", "/", 421, ""},
		{"this machine's address, from here", "http://localhost:8471", here, false, "127.0.0.1:8471", "", "GET", "/", 0, ""},
		{"IPv6's, from here", "http://localhost:8471", "[::1]:5000", false, "[::1]:8471", "", "GET", "/", 0, ""},
		{"no name", "https://truce.example", far, true, "", "", "GET", "/", 421, ""},

		{"plain, where TLS is spoken", "https://truce.example", far, false, "truce.example", "", "GET", "/incidents?page=2", 308, "https://truce.example/incidents?page=2"},
		{"plain, who says it is not", "https://truce.example", far, false, "truce.example", "https", "GET", "/", 308, "https://truce.example/"},
		{"plain, to write", "https://truce.example", far, false, "truce.example", "", "POST", "/sign-in", 403, ""},
		{"plain, a link", "https://truce.example", far, false, "truce.example", "", "GET", "/join/abc", 403, ""},
		{"by a proxy that speaks TLS", "https://truce.example", proxy, false, "truce.example", "https", "GET", "/join/abc", 404, ""},
		{"by a proxy that says nothing", "https://truce.example", proxy, false, "truce.example", "", "GET", "/join/abc", 404, ""},
		{"by a proxy, plain", "https://truce.example", proxy, false, "truce.example", "http", "GET", "/join/abc", 403, ""},
		{"by a proxy, whose client said https", "https://truce.example", proxy, false, "truce.example", "https, http", "GET", "/join/abc", 403, ""},
		{"by a proxy, under its own name for us", "https://truce.example", proxy, false, "127.0.0.1:8471", "https", "GET", "/", 0, ""},
		{"by a server on this machine, plain", "https://truce.example", here, false, "truce.example", "http", "GET", "/", 308, "https://truce.example/"},

		{"plain by choice", "http://10.0.0.5:8471", far, false, "10.0.0.5:8471", "", "GET", "/", 0, ""},
		{"plain by choice, a link", "http://10.0.0.5:8471", far, false, "10.0.0.5:8471", "", "GET", "/join/abc", 403, ""},
		{"plain by choice, a link's form", "http://10.0.0.5:8471", far, false, "10.0.0.5:8471", "", "POST", "/join/abc", 403, ""},
		{"plain by choice, a link on this machine", "http://10.0.0.5:8471", here, false, "localhost:8471", "", "GET", "/join/abc", 404, ""},
		{"plain by choice, to sign in", "http://10.0.0.5:8471", far, false, "10.0.0.5:8471", "", "GET", "/sign-in", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := New(Config{Room: h.room, People: h.store, Desk: h.desk, Origin: tt.origin, Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}, Log: h.server.Log})
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(tt.method, tt.path, nil)
			r.RemoteAddr, r.Host = tt.from, tt.host
			if tt.tls {
				r.TLS = &tls.ConnectionState{}
			}
			if tt.proto != "" {
				r.Header.Set("X-Forwarded-Proto", tt.proto)
			}
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			want := tt.want
			if want == 0 {
				want = http.StatusOK
			}
			if w.Code != want || w.Header().Get("Location") != tt.to {
				t.Errorf("%d %q, want %d %q", w.Code, w.Header().Get("Location"), want, tt.to)
			}
			if w.Code == 403 && !strings.Contains(w.Body.String(), "not encrypted") {
				t.Errorf("it does not say why: %s", w.Body)
			}
		})
	}
}

// TestPlainHTTP: whose links would cross a network unencrypted.
func TestPlainHTTP(t *testing.T) {
	for origin, want := range map[string]bool{"https://truce.example": false, "http://truce.example": true, "http://localhost:8471": false, "http://127.0.0.1": false, "http://[::1]:80": false,
		"http://localhost.evil.example": true, "http://10.0.0.5:8471": true, "": true} {
		if got := PlainHTTP(origin); got != want {
			t.Errorf("%q: %v", origin, got)
		}
	}
}
