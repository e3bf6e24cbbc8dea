package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// TestAccepts: an encoding is taken where a browser names it, and not where it weighs nothing
// (RFC 9110, section 12.5.3).
func TestAccepts(t *testing.T) {
	for header, want := range map[string]bool{"br": true, "gzip, deflate, br": true, "gzip;q=1.0, BR;q=0.5": true, "gzip, br;q=0": false, "br;q=0.000": false, "br ; q=0.001": true, "gzip": false, "": false, "brotli": false} {
		if got := accepts(header, "br"); got != want {
			t.Errorf("%q takes br: %t", header, got)
		}
	}
}

// TestCompressed: pages come compressed to whoever takes it, the same to the byte; what is a
// stream, is compressed already, is compared byte for byte or has secrets in it does not.
func TestCompressed(t *testing.T) {
	h := theHouse(t)
	h.pagesOf(t) // something is in the record
	ask := func(path, accept string) (http.Header, []byte) {
		t.Helper()
		req := httptest.NewRequest(http.MethodGet, h.http.URL+path, nil)
		if accept != "" {
			req.Header.Set("Accept-Encoding", accept)
		}
		w := httptest.NewRecorder()
		h.server.Handler().ServeHTTP(w, req)
		return w.Header(), w.Body.Bytes()
	}
	unpack := func(head http.Header, data []byte) []byte {
		t.Helper()
		var r io.Reader = bytes.NewReader(data)
		switch head.Get("Content-Encoding") {
		case "gzip":
			z, err := gzip.NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			r = z
		case "zstd":
			z, err := zstd.NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			defer z.Close()
			r = z
		}
		out, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, path := range []string{"/agreement", "/reports", "/map/picture.svg", "/incidents", "/"} {
		plainHead, plain := ask(path, "")
		if plainHead.Get("Content-Encoding") != "" {
			t.Errorf("%s: compressed for somebody who did not ask", path)
		}
		for accept, want := range map[string]string{"gzip": "gzip", "zstd": "zstd", "gzip, deflate, br, zstd": "zstd"} {
			head, data := ask(path, accept)
			if len(plain) < 1024 {
				t.Errorf("%s: %d bytes are too few to tell", path, len(plain))
				continue
			}
			if got := head.Get("Content-Encoding"); got != want || !strings.Contains(strings.Join(head.Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("%s to %q: %q, Vary %v", path, accept, got, head.Values("Vary"))
			}
			if got := unpack(head, data); !bytes.Equal(got, plain) {
				t.Errorf("%s to %q: %d bytes, and %d plain", path, accept, len(got), len(plain))
			}
			if path == "/agreement" && len(data) > len(plain)/2 {
				t.Errorf("%s to %q: %d of %d bytes", path, accept, len(data), len(plain))
			}
		}
	}
	for _, path := range []string{"/sign-in", "/join/none", "/checkpoint", "/tile/0/000.p/1"} {
		if head, _ := ask(path, "gzip, br, zstd"); head.Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed: %q", path, head.Get("Content-Encoding"))
		}
	}
	if !h.server.Bundled() {
		return // the scripts were not built
	}
	_, plain := ask("/assets/app.js", "")
	head, data := ask("/assets/app.js", "gzip, br")
	if head.Get("Content-Encoding") != "br" || len(data) >= len(plain) || !strings.HasPrefix(head.Get("Content-Type"), "text/javascript") {
		t.Errorf("a script: %q, %d of %d bytes, %q", head.Get("Content-Encoding"), len(data), len(plain), head.Get("Content-Type"))
	}
	head, data = ask("/assets/app.js", "gzip")
	if head.Get("Content-Encoding") != "gzip" || !bytes.Equal(unpack(head, data), plain) {
		t.Errorf("a script by gzip: %q", head.Get("Content-Encoding"))
	}
	if head, _ := ask("/assets/app.js.br", "br"); head.Get("Content-Type") == "text/javascript; charset=utf-8" {
		t.Error("the compressed file has an address of its own")
	}
}
