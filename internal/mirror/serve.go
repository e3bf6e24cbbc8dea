package mirror

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/opentruce/truce/internal/ledger"
)

// Handler serves the folder of a record to mirrors, by the rules of tlog-tiles, and
// nothing else.
func Handler(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		cache, kind, packed := "public, max-age=31536000, immutable", "application/octet-stream", false
		switch {
		case name == "checkpoint" || name == ledger.Cosigned:
			cache, kind = "no-cache", "text/plain; charset=utf-8"
		case strings.HasPrefix(name, "tile/entries/"):
			packed = true
		case strings.HasPrefix(name, "tile/"):
		case strings.HasPrefix(name, "evidence/"):
			packed = true
		default:
			http.NotFound(w, r)
			return
		}
		if name == "checkpoint" { // with its co-signatures, where it has any
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				http.NotFound(w, r)
				return
			}
			if cosigned, err := os.ReadFile(filepath.Join(dir, ledger.Cosigned)); err == nil {
				text = ledger.WithCosignatures(text, cosigned)
			}
			w.Header().Set("Cache-Control", cache)
			w.Header().Set("Content-Type", kind)
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
			return
		}
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil || !info.Mode().IsRegular() {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", cache)
		h.Set("Content-Type", kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Access-Control-Allow-Origin", "*") // all of it is public
		if packed && r.Method == http.MethodGet && r.Header.Get("Range") == "" && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			h.Set("Vary", "Accept-Encoding")
			z := gzip.NewWriter(w)
			_, _ = f.WriteTo(z) // who reads notices what is cut short: it does not verify
			_ = z.Close()
			return
		}
		http.ServeContent(w, r, "", info.ModTime(), f)
	})
}
