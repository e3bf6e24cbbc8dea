package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// compressed sends pages and lists compressed, which helps on a slow link: a page is a seventh
// of its size then. Scripts and styles are compressed when they are built, and tiles when they
// are made. The record is sent as it is, since its readers check bytes.
func compressed(h http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(5), gzhttp.ZstdCompressionLevel(2),
		gzhttp.ContentTypes([]string{"text/html", "text/css", "text/javascript", "text/plain", "text/csv", "text/markdown", "application/json", "application/geo+json", "application/vnd.google-earth.kml+xml", "image/svg+xml", "application/atom+xml"}),
		// An attacker who makes a browser ask for pages and measures their length learns less
		// about the text beside their own words (BREACH).
		gzhttp.RandomJitter(64, 0, false))
	if err != nil {
		panic("web: " + err.Error()) // of our own options
	}
	smaller := wrap(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && !slices.ContainsFunc(asTheyAre, func(p string) bool { return strings.HasPrefix(r.URL.Path, p) }) {
			smaller.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// asTheyAre are the beginnings of paths whose answers are not compressed here: some are
// streams, some are compressed already, some are compared byte for byte, and some have
// secrets in them.
var asTheyAre = []string{"/live", "/assets/", "/tiles/", "/tile/", "/checkpoint", "/evidence/", "/people", "/join/", "/sign-in"}

// smallest is the smallest form of a file that a browser takes, and how it is encoded.
func (a *asset) smallest(accept string) ([]byte, string) {
	for _, x := range []struct {
		name string
		data []byte
	}{{"br", a.br}, {"gzip", a.gz}} {
		if len(x.data) > 0 && accepts(accept, x.name) {
			return x.data, x.name
		}
	}
	return a.data, ""
}

// accepts reports whether a header allows an encoding (RFC 9110, section 12.5.3): it is
// named, and not with a weight of zero.
func accepts(header, encoding string) bool {
	for _, part := range strings.Split(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(weight), " ", ""), "q=")
		return !ok || strings.Trim(q, "0.") != ""
	}
	return false
}
