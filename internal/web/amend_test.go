package web

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
)

// zipped is a folder as a ZIP file, with some files otherwise.
func zipped(t *testing.T, dir string, otherwise map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name string, data []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if dir != "" {
		if err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(filepath.Join(dir, name))
			if _, ok := otherwise[name]; !ok {
				put("terms/"+name, data)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range otherwise {
		put("terms/"+name, []byte(text))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (h *house) amend(t *testing.T, role ledger.Role, data []byte) (int, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("because", "second round")
	f, err := w.CreateFormFile("terms", "terms.zip")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write(data)
	w.Close()
	resp, err := h.client[role].Post(h.http.URL+"/agreement/amend", w.FormDataContentType(), &b)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text)
}

// TestAmend: an amended text is stated in the browser, shown beside the one in
// effect, and takes its place when the last party has signed; what is not an agreement
// is refused, and leaves nothing.
func TestAmend(t *testing.T) {
	t.Parallel()
	terms := changedTerms(t, func(text string) string { return strings.Replace(text, "status: rehearsal", "status: in-force", 1) })
	raw, err := os.ReadFile(filepath.Join(terms, "agreement.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	now := string(raw)
	h, err := build(terms)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	consent := func(role ledger.Role, digest string) {
		t.Helper()
		if code, body, _ := h.post(t, role, "/party/consent", url.Values{"digest": {digest}, "because": {"signed at the table"}}); code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", role, code, said(body))
		}
	}
	state, _ := h.room.State()
	first := state.Agreement.Digest
	for _, role := range []ledger.Role{ledger.Liaison, other} {
		consent(role, first.Hex())
	}
	before := h.entries()
	for what, data := range map[string][]byte{
		"no ZIP file":  []byte("hello"),
		"nothing":      zipped(t, "", nil),
		"no agreement": zipped(t, "", map[string]string{"x.txt": "x"}),
		"a way out":    zipped(t, terms, map[string]string{"../../evil": "x"}),
		"a bad key":    zipped(t, terms, map[string]string{"agreement.yaml": strings.Replace(now, "status:", "sttatus:", 1)}),
		"the same":     zipped(t, terms, nil),
	} {
		if code, body := h.amend(t, ledger.HeadOfMission, data); code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", what, code, said(body))
		}
	}
	if code, _ := h.amend(t, ledger.HeadOfMission, make([]byte, mostTerms+1)); code != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", code)
	}
	if h.entries() != before {
		t.Fatal("what was refused is in the record")
	}
	next := strings.Replace(now, "Each party halts missile, long-range drone and air strikes.", "Each party halts all strikes from the air.", 1)
	if code, body := h.amend(t, ledger.Mediator, zipped(t, terms, map[string]string{"agreement.yaml": next})); code != http.StatusSeeOther {
		t.Fatalf("amend: %d %s", code, said(body))
	}
	_, page, _ := h.get(t, ledger.Liaison, "/agreement")
	for _, want := range []string{"Each party halts all strikes from the air.", "It takes effect when every party has signed it", "Not yet signed by"} {
		if !strings.Contains(page, want) {
			t.Errorf("the agreement's page lacks %q", want)
		}
	}
	digest := ""
	for _, part := range strings.Split(page, `name="digest" value="`)[1:] {
		if part[:64] != first.Hex() {
			digest = part[:64]
		}
	}
	if digest == "" {
		t.Fatal("the amendment cannot be signed")
	}
	if code, _, _ := h.post(t, ledger.Liaison, "/party/consent", url.Values{"digest": {strings.Repeat("ab", 32)}, "because": {"x"}}); code != http.StatusUnprocessableEntity {
		t.Errorf("a text that nobody stated was signed: %d", code)
	}
	consent(ledger.Liaison, digest)
	if state, _ = h.room.State(); state.Agreement.Digest != first {
		t.Fatal("one party's signature put it into effect")
	}
	consent(other, digest)
	if state, _ = h.room.State(); state.Agreement.Digest.Hex() != digest {
		t.Fatal("both have signed, and it is not in effect")
	}
	if _, page, _ = h.get(t, ledger.Reader, "/agreement"); !strings.Contains(page, "It is in effect.") || !strings.Contains(page, "Each party halts all strikes from the air.") {
		t.Errorf("after both have signed: %s", said(page))
	}
	// The text before it stands beside it, with the time in which each was in effect: until the last signature.
	state, _ = h.room.State()
	was, held := h.room.Mission().Earlier(state.Contents)
	if was == nil || was.Digest != first || !held.Valid() || held.End > h.room.Now() {
		t.Fatalf("before it: %+v, %v", was, held)
	}
	text := said(page)
	old, new := strings.Index(text, "Each party halts missile, long-range drone and air strikes."), strings.Index(text, "Each party halts all strikes from the air.")
	if before := strings.Index(text, "Before:"); before < 0 || old < before || new < old {
		t.Errorf("the text before it is not beside it: %s", text)
	}
}

// TestSuperseded: an article and the one whose place it took stand beside each other, with the time of each.
func TestSuperseded(t *testing.T) {
	t.Parallel()
	terms := changedTerms(t, func(text string) string {
		return strings.Replace(text, "provisions:\n", "provisions:\n  - article: \"1a\"\n    phase: air\n    binds: [RU, UA]\n    text: Nothing is fired at cities.\n    supersedes: {article: \"1\", from: 2025-08-25}\n    prohibit: {acts: [strike], in: [ukraine]}\n", 1)
	})
	h, err := build(terms)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	_, page, _ := h.get(t, ledger.Reader, "/agreement")
	text := said(page)
	for _, want := range []string{"article 1 , from 16 Aug 2025 00:00 EEST until 25 Aug 2025 00:00 EEST", "article 1a , from 25 Aug 2025 00:00 EEST on", "until 25 Aug 2025 00:00 EEST, when article 1a supersedes it", "from 25 Aug 2025 00:00 EEST on, instead of article 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the agreement's page lacks %q: %s", want, text)
		}
	}
	if n := strings.Count(text, "Each party halts missile, long-range drone and air strikes."); n != 2 {
		t.Errorf("the superseded text stands %d times, want by itself and beside the other", n)
	}
}
