package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// loopback reports whether a host name or address can be this machine alone.
func loopback(host string) bool {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}

// Local reports whether an origin is this machine's own name for itself.
func Local(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && loopback(u.Hostname())
}

// hostOf splits a Host header; the port is empty where it is the scheme's own.
func hostOf(text, scheme string) (host, port string) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = text, ""
	}
	if port == map[string]string{"http": "80", "https": "443"}[scheme] {
		port = ""
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), ".")), port
}

// PlainHTTP reports whether an origin sends what is typed, and one-time links, over a
// network unencrypted.
func PlainHTTP(origin string) bool {
	u, err := url.Parse(origin)
	return err != nil || u.Scheme != "https" && !loopback(u.Hostname())
}

// near reports whether a request comes from this machine or from one of our proxies,
// whose headers are believed.
func (s *Server) near(r *http.Request) (proxy, local bool) {
	if r.RemoteAddr == "" { // asked within this process: the first page, a site's files
		return false, true
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false, false
	}
	a := at.Addr().Unmap()
	return slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(a) }), a.IsLoopback()
}

// ours reports whether a request names this room as its host. Another name that leads
// here is an attack by DNS, by which a page of somebody else's becomes of one origin
// with this room. On this machine, its own addresses will do.
func (s *Server) ours(r *http.Request) bool {
	origin, err := url.Parse(s.Origin)
	if err != nil {
		return false
	}
	host, port := hostOf(r.Host, origin.Scheme)
	if want, wantPort := hostOf(origin.Host, origin.Scheme); host == want && port == wantPort {
		return true
	}
	proxy, local := s.near(r)
	return (proxy || local) && loopback(host)
}

// encrypted reports whether nobody between could read a request: it came over TLS, or
// from this machine, or from a proxy that says so.
func (s *Server) encrypted(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	proxy, local := s.near(r)
	if !proxy && !local {
		return false
	}
	told := strings.Split(strings.Join(r.Header.Values("X-Forwarded-Proto"), ","), ",")
	if last := strings.TrimSpace(told[len(told)-1]); last != "" {
		return strings.EqualFold(last, "https")
	}
	return local || strings.HasPrefix(s.Origin, "https:")
}

// reached answers requests that came by a name or a way that this room does not have,
// and reports whether it did.
func (s *Server) reached(w http.ResponseWriter, r *http.Request) bool {
	if !s.ours(r) {
		http.Error(w, "This server does not answer to the host name in your request. Open "+s.Origin, http.StatusMisdirectedRequest)
		return true
	}
	if s.encrypted(r) {
		return false
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/join/"):
		// The link has crossed a network, and whoever saw it could use it.
		s.fault(w, r, http.StatusForbidden, "fault.plain-http")
	case !strings.HasPrefix(s.Origin, "https:"):
		return false // the operator chose so: --plain-http
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		http.Redirect(w, r, s.Origin+r.URL.RequestURI(), http.StatusPermanentRedirect)
	default:
		s.fault(w, r, http.StatusForbidden, "fault.plain-http")
	}
	return true
}
