package web

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/people"
)

// A session ends while somebody writes. The form that they send then is not lost: the
// page on which they sign in carries it, and once they have signed in, the form's own
// page shows it again, for them to send. Nothing is sent for them.
//
// The server keeps none of it. The form is sealed under a key that only a cookie of
// this browser has, so that a page that somebody else made or saved opens nothing. The
// cookie also says whose account was signed in here: another account that signs in on
// the same page does not get the text.

// A pendingForm is a form that was sent without a session.
type pendingForm struct {
	Pattern string     `json:"pattern"`
	Path    string     `json:"path"`
	Page    string     `json:"page"` // that it is on
	Form    url.Values `json:"form"`
	Who     string     `json:"who"` // whose session it was
	At      int64      `json:"at"`  // seconds
}

const (
	pendingFor = time.Hour // to sign in
	// mostPending bounds a form that is carried, as it is sealed: what was sent, and a
	// third more for being written in Base64.
	mostPending = 2 * mostForm
)

// formCookie has the key under which forms are sealed, and whose account signed in
// last. It says nothing to anybody: it signs nobody in.
func (s *Server) formCookie() string { return s.cookie() + "-form" }

const formCookieFor = 8 * 24 * time.Hour // a session lasts seven

// formKey is the key of this browser and the account that it is of.
func (s *Server) formKey(r *http.Request) (key []byte, who string) {
	c, err := r.Cookie(s.formCookie())
	if err != nil {
		return nil, ""
	}
	text, who, _ := strings.Cut(c.Value, ".")
	key, err = base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(key) != 32 || !people.Valid(who) {
		return nil, ""
	}
	return key, who
}

// rememberForm sees to it that the browser of somebody who has signed in has a key of
// theirs. A key of another account is replaced, and opens nothing any more.
func (q *request) rememberForm() {
	if _, who := q.s.formKey(q.Request); q.who == nil || who == q.who.Name {
		return
	}
	key := make([]byte, 32)
	rand.Read(key)
	q.s.setCookie(q.w, q.s.formCookie(), base64.RawURLEncoding.EncodeToString(key)+"."+q.who.Name, formCookieFor)
}

func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// sealForm seals a form under a key.
func sealForm(key []byte, f *pendingForm) (string, error) {
	data, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	var small bytes.Buffer
	z, err := flate.NewWriter(&small, flate.BestSpeed)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(data); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	a, err := sealer(key)
	if err != nil {
		return "", err
	}
	out := base64.RawURLEncoding.EncodeToString(a.Seal(nil, nil, small.Bytes(), nil))
	if len(out) > mostPending-4096 { // the rest is for the fields of sign-in
		return "", errors.New("the form is too large to carry")
	}
	return out, nil
}

// openForm opens what sealForm has sealed.
func openForm(key []byte, text string) (*pendingForm, error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	a, err := sealer(key)
	if err != nil {
		return nil, err
	}
	small, err := a.Open(nil, nil, data, nil)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(small)), 4*mostForm))
	if err != nil {
		return nil, err
	}
	f := &pendingForm{}
	return f, json.Unmarshal(plain, f)
}

// signInAgain answers a form that somebody sent who has not signed in, or is signed in
// no longer: with the page to sign in on, which has the form with it.
func (s *Server) signInAgain(w http.ResponseWriter, r *http.Request, route *Route) {
	if strings.HasPrefix(r.Header.Get("Accept"), "application/json") || strings.HasPrefix(r.URL.Path, "/api/") {
		s.fault(w, r, http.StatusUnauthorized, "fault.signed-out")
		return
	}
	if !s.limits.allow(s.remote(r), nil) {
		w.Header().Set("Retry-After", "10")
		s.fault(w, r, http.StatusTooManyRequests, "fault.too-many")
		return
	}
	w.Header().Set("Cache-Control", "private, no-store")
	q := &request{Request: r, s: s, w: w, to: truce.ForPublic, lang: s.words.of(r)}
	form, err := sentForm(r)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		s.fault(w, r, http.StatusRequestEntityTooLarge, "fault.too-large")
		return
	}
	r.PostForm = form
	body := map[string]any{"Next": "/", "Again": "again.signed-out"}
	if page := formPage(r, route.Pattern, form); page != "" && err == nil {
		body["Next"] = page
		sealed := ""
		if key, who := s.formKey(r); key != nil {
			sealed, err = sealForm(key, &pendingForm{route.Pattern, r.URL.Path, page, form, who, s.Room.Now().Time().Unix()})
		}
		if body["Pending"] = sealed; sealed == "" || err != nil {
			// Whose it is, nobody can tell: it stays on this page, to be copied.
			body["Again"], body["Typed"] = "again.signed-out-copy", typedTexts(r)
		}
	}
	if err := q.pageWith(http.StatusUnauthorized, "sign-in", &Page{Title: q.lang.say("sign-in.title"), At: truce.Never, Body: body}); err != nil {
		s.failed(q, err)
	}
}

// sentForm reads the fields of a form, and no files: of one that has files, what comes
// before them, since a stranger may send as much as a form may have and no more.
func sentForm(r *http.Request) (url.Values, error) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		err := r.ParseForm()
		return r.PostForm, err
	}
	out := url.Values{}
	m := multipart.NewReader(io.LimitReader(r.Body, mostForm), params["boundary"])
	for {
		p, err := m.NextPart()
		if err != nil || p.FileName() != "" {
			return out, nil // cut off, or at its end: what was read is what there is
		}
		if data, err := io.ReadAll(p); err == nil {
			out.Add(p.FormName(), string(data))
		}
	}
}

// resume shows somebody who has just signed in the form that they had sent before, and
// reports whether it has. token is their session; the request may not have it yet.
func (s *Server) resume(q *request, a *people.Account, token string) bool {
	text := q.PostFormValue("pending")
	key, who := s.formKey(q.Request)
	if text == "" || key == nil {
		return false
	}
	f, err := openForm(key, text)
	if err != nil || f.Who != a.Name || who != a.Name {
		return false
	}
	if s.Room.Now().Time().Sub(time.Unix(f.At, 0)) > pendingFor || !s.mayPost(f.Pattern, ledger.Role(a.Role)) {
		return false
	}
	r := q.Request.Clone(q.Context())
	if token != "" {
		r.Header = r.Header.Clone()
		kept := r.Cookies()
		r.Header.Del("Cookie")
		for _, c := range kept {
			if c.Name != s.cookie() {
				r.AddCookie(c)
			}
		}
		r.AddCookie(&http.Cookie{Name: s.cookie(), Value: token})
	}
	q.w.Header().Set("Cache-Control", "private, no-store")
	return s.showForm(q.w, r, http.StatusOK, f.Page, f.Path, f.Form, again{Title: "again.back", Do: "again.back-do", Kept: true})
}

// mayPost reports whether a role may send a form to a route.
func (s *Server) mayPost(pattern string, role ledger.Role) bool {
	r := s.routes[pattern]
	return r != nil && r.May(role)
}

// signInContinue is where the page leads on which somebody has signed in by passkey,
// with the form that it carries.
func (s *Server) signInContinue(q *request) error {
	if s.resume(q, q.who, "") {
		return nil
	}
	return q.back(notResumed(q, home(ledger.Role(q.who.Role))))
}

// notResumed is a page's address, with a word that what was typed did not come back.
func notResumed(q *request, to string) string {
	if q.PostFormValue("pending") == "" {
		return to
	}
	u, err := url.Parse(to)
	if err != nil {
		return to
	}
	v := u.Query()
	v.Set("done", "not-back")
	u.RawQuery = v.Encode()
	return u.String()
}
