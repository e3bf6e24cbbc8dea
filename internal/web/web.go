// Package web is the room that people work in: it answers over HTTP what a
// mission knows, to each audience what it may see, and lets people say things
// under their own role's key. Pages are made here and work without script; the
// map, live news and passkeys need some, from ui/.
//
// It decides nothing: what follows is for situation to say, who sees it for release,
// and who may write what for the record's keys. Who may open which page stands in
// one table, routes.
package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/courier"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/people"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed page locale ui/style.css all:ui/dist
var files embed.FS

// Config is what a server needs from outside.
type Config struct {
	Room   *monitor.Room
	People *people.Store
	Desk   *desk.Store
	// Courier carries alerts out of the room; nil: they stand on the desk alone.
	Courier *courier.Config
	// Origin is the address that people open, such as https://truce.example; what
	// comes from elsewhere may not change anything here.
	Origin string
	// Proxies are the networks of servers that stand before this one, whose word is
	// taken for who asks (X-Forwarded-For).
	Proxies []netip.Prefix
	// Mirrors are asked for their checkpoints, and compared with this record.
	Mirrors []Mirror
	// Record serves the record's folder to mirrors (C2SP tlog-tiles).
	Record http.Handler
	Log    *slog.Logger // nil: slog.Default
	Build  string
}

// A Server answers requests. It is safe for concurrent use.
type Server struct {
	Config
	mux       *http.ServeMux
	routes    map[string]*Route // by their patterns
	words     *catalogue
	pages     *pages
	passkeys  *people.Passkeys
	limits    *limits
	queue     *queue
	memo      *memo
	alikes    *pageCache
	assets    map[string]asset
	mapNeeds  []string // scripts of a page with a map, by name
	tiles     *tileCache
	base      baseMaps
	mirrors   mirrors
	proposed  sync.Map      // []articleChange, by the digests of two texts
	looked    sync.Map      // when it was last noted that somebody looks at the map, by account
	listening listeners     // to what is live
	dwelling  atomic.Int32  // strangers who wait to be told that they ask for too much
	letGo     time.Duration // how long somebody who does not read what is live is waited for
	stop      chan struct{} // closed when live connections are to end
	ended     sync.Once

	publishing sync.Mutex
	deliveries deliveries
	checking   chan struct{} // files that are being checked; some at once
	uploads    *uploads
}

// New makes a server.
func New(c Config) (*Server, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	origin, err := url.Parse(c.Origin)
	if err != nil || origin.Host == "" {
		return nil, fmt.Errorf("origin %q: want an address such as https://truce.example", c.Origin)
	}
	s := &Server{Config: c, mux: http.NewServeMux(), routes: map[string]*Route{}, limits: newLimits(), queue: newQueue(), tiles: newTileCache(), memo: newMemo(), alikes: newPageCache(), letGo: 10 * time.Second, stop: make(chan struct{}), uploads: newUploads(), checking: make(chan struct{}, 2)}
	if s.words, err = newCatalogue(); err != nil {
		return nil, err
	}
	if s.assets, err = readAssets(); err != nil {
		return nil, err
	}
	if s.mapNeeds, err = mapScripts(s.assets); err != nil {
		return nil, err
	}
	if _, err = theWorld(); err != nil { // else the first tile would say it
		return nil, err
	}
	if s.pages, err = s.parse(); err != nil {
		return nil, err
	}
	// WebAuthn knows hosts by name: at a bare address, people sign in by password.
	if net.ParseIP(origin.Hostname()) == nil {
		if s.passkeys, err = c.People.Passkeys(origin.Hostname(), c.Origin); err != nil {
			return nil, err
		}
	}
	if w, err := c.Room.Writer(); err == nil {
		if err := s.uploads.clear(w.Folder); err != nil {
			return nil, err
		}
	}
	for i := range routes {
		r := &routes[i]
		s.mux.Handle(r.Pattern, s.guard(r))
		s.routes[r.Pattern] = r
	}
	return s, nil
}

// Warm makes the first page once, before anybody asks for it: coverage united, tiles
// of the whole.
func (s *Server) Warm(ctx context.Context) {
	for _, path := range []string{"/", "/map/agreement.geojson", "/tiles/base/5/18/10", "/tiles/incidents/5/18/10"} {
		req, err := http.NewRequestWithContext(context.WithValue(ctx, itself{}, true), http.MethodGet, s.Origin+path, nil)
		if err != nil {
			return
		}
		s.Handler().ServeHTTP(newRecorder(), req)
	}
}

// End ends the connections that would otherwise stay open: live news.
func (s *Server) End() {
	s.ended.Do(func() { close(s.stop) })
	s.deliveries.close()
	s.uploads.close()
}

// Handler answers requests, with what stands around every answer.
func (s *Server) Handler() http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	if err := sameOrigin.AddTrustedOrigin(s.Origin); err != nil {
		panic("web: " + err.Error()) // New has parsed it
	}
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fault(w, r, http.StatusForbidden, "fault.origin")
	}))
	h := compressed(sameOrigin.Handler(s.mux))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		// No inline script or style, and nothing from anywhere else.
		head.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("X-Frame-Options", "DENY")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()")
		if strings.HasPrefix(s.Origin, "https:") {
			head.Set("Strict-Transport-Security", "max-age=63072000")
		}
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				s.Log.Error("a request ended in a panic", "path", r.URL.Path, "panic", v)
				s.fault(w, r, http.StatusInternalServerError, "fault.internal")
			}
		}()
		if s.reached(w, r) {
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			r.Body = http.MaxBytesReader(w, r.Body, s.bodyLimit(r))
		}
		h.ServeHTTP(w, r)
	})
}

// mostForm bounds what a form may hold, in bytes, as browsers send it: six for a letter
// of Cyrillic, nine for a sign of Chinese.
const mostForm = 128 << 10

// cookie is the name of the session's cookie. Browsers take the prefix as a
// promise: this host alone, over TLS alone.
func (s *Server) cookie() string {
	if strings.HasPrefix(s.Origin, "https:") {
		return "__Host-truce"
	}
	return "truce"
}

func (s *Server) setCookie(w http.ResponseWriter, name, value string, lasts time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(lasts.Seconds()), HttpOnly: true, Secure: strings.HasPrefix(s.Origin, "https:"), SameSite: http.SameSiteLaxMode})
}

// who is the account of a request; nil: nobody has signed in.
func (s *Server) who(r *http.Request) (*people.Account, error) {
	c, err := r.Cookie(s.cookie())
	if err != nil {
		return nil, nil
	}
	a, err := s.People.Session(r.Context(), c.Value)
	if errors.Is(err, people.ErrSignedOut) {
		return nil, nil
	}
	return a, err
}

// remote is who asks, for limits: the nearest address that is not one of our own
// proxies, and of IPv6 the network, since whoever has one address has 2^64.
func (s *Server) remote(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := at.Addr().Unmap()
	ours := func(a netip.Addr) bool {
		return slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	told := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(told) - 1; i >= 0 && ours(addr); i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(told[i]))
		if err != nil {
			break
		}
		addr = a.Unmap()
	}
	if addr.Is6() {
		if net, err := addr.WithZone("").Prefix(64); err == nil {
			return net.String()
		}
	}
	return addr.String()
}

// A request is one request with what is known of who asks.
type request struct {
	*http.Request
	s      *Server
	w      http.ResponseWriter
	who    *people.Account
	to     truce.Audience
	lang   *lingo
	common bool // a page that everybody is shown alike, at one address
}

// guard asks the table of routes before a page is made.
func (s *Server) guard(route *Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := s.who(r)
		if err != nil {
			s.Log.Error("session", "err", err)
			s.fault(w, r, http.StatusInternalServerError, "fault.internal")
			return
		}
		role := RoleOf(who)
		if !route.May(role) {
			if who == nil && reads(r) {
				http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
				return
			}
			if who == nil {
				s.signInAgain(w, r, route)
				return
			}
			s.fault(w, r, http.StatusForbidden, "fault.may-not")
			return
		}
		if !reads(r) && !s.limits.allow(s.remote(r), who) {
			w.Header().Set("Retry-After", "10")
			s.fault(w, r, http.StatusTooManyRequests, "fault.too-many")
			return
		}
		if who != nil {
			w.Header().Set("Cache-Control", "private, no-store")
		}
		if who == nil && route.Alike && reads(r) {
			r = canonical(r)
		}
		q := &request{Request: r, s: s, w: w, who: who, to: AudienceOf(role), lang: s.words.of(r)}
		// What programs send is read as it is, whatever they call it: curl calls all a form.
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") && !strings.HasPrefix(r.URL.Path, "/api/") {
			if err := r.ParseForm(); err != nil {
				var tooLarge *http.MaxBytesError
				if !errors.As(err, &tooLarge) {
					err = bad("%v", err)
				}
				s.failed(q, err)
				return
			}
		}
		if who == nil && route.Alike && reads(r) && r.URL.Query().Get("format") == "" {
			s.alike(q, route)
			return
		}
		err = nil
		if reads(r) && !route.light() {
			var leave func()
			if leave, err = q.computes(); err == nil {
				defer leave()
				q.w = leaver{w, leave}
			}
		}
		if err == nil {
			err = route.answer(s, q)
		}
		if err != nil {
			s.failed(q, err)
		}
	})
}

// reads reports whether a request writes nothing. HEAD has the cost of GET: the page is
// made, and only its body is not sent.
func reads(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// leaver leaves the queue when an answer begins to be written: nobody else waits for a
// reader whose link is slow.
type leaver struct {
	http.ResponseWriter
	leave func()
}

func (l leaver) WriteHeader(code int) {
	l.leave()
	l.ResponseWriter.WriteHeader(code)
}

func (l leaver) Write(b []byte) (int, error) {
	l.leave()
	return l.ResponseWriter.Write(b)
}

func (l leaver) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// dwell keeps a stranger who asks for too much waiting before they are told so: one who
// asks again at once is slowed down at the cost of a timer.
func (s *Server) dwell(q *request) {
	if q.who != nil || s.dwelling.Add(1) > mostDwelling {
		s.dwelling.Add(-1)
		return
	}
	defer s.dwelling.Add(-1)
	select {
	case <-time.After(time.Second):
	case <-q.Context().Done():
	}
}

const mostDwelling = 2000

// light reports whether a route's answers are files, cached by themselves, or no
// computation at all.
func (r *Route) light() bool {
	switch r.Pattern {
	case "GET /assets/{name...}", "GET /live", "GET /checkpoint", "GET /checkpoint.cosigned", "GET /tile/{rest...}", "GET /evidence/{rest...}", "GET /tiles/base/{z}/{x}/{y}", "GET /tiles/incidents/{z}/{x}/{y}", "GET /sign-in":
		return true
	}
	return false
}

// itself marks the context of what this server asks of itself: it waits its turn, and
// nobody is charged.
type itself struct{}

// computes waits for the turn of a request, and charges whoever asks. A page that
// everybody is shown alike at one address is charged to nobody: it is made once,
// whoever happened to ask for it first.
func (q *request) computes() (leave func(), err error) {
	p := payer{name: "address " + q.s.remote(q.Request), refill: strangerRefill, most: strangerMost}
	v := q.URL.Query()
	switch {
	case q.Context().Value(itself{}) != nil:
		p = payer{}
	case q.who != nil:
		p = payer{name: "account " + q.who.Name, refill: accountRefill, most: accountMost}
	case q.common:
		p = payer{}
	}
	expensive := v.Has("from") || v.Has("to") || v.Has("at") && v.Get("at") != "now" || v.Has("format")
	return q.s.queue.enter(q.Context(), p, expensive)
}

// computesForAll is computes for what others wait for too, if whoever asked goes away.
func (q *request) computesForAll() (leave func(), err error) {
	mine := *q
	mine.Request = q.WithContext(context.WithoutCancel(q.Context()))
	return mine.computes()
}

// asked are the keys of an address that pages read.
var asked = []string{"act", "article", "at", "bbox", "done", "entry", "format", "from", "harm", "kind", "lang", "new", "order", "outcome", "page", "q", "region", "signs", "since", "source", "standing", "text", "to", "wall"}

// canonical is a request with those of its keys that pages read, in one order, and its
// path escaped in one way: an address that differs in nothing else is not another page,
// to be made again.
func canonical(r *http.Request) *http.Request {
	if r.URL.RawQuery == "" && r.URL.RawPath == "" && !r.URL.ForceQuery {
		return r
	}
	v, is := r.URL.Query(), url.Values{}
	for _, k := range asked {
		if x := v.Get(k); x != "" {
			is.Set(k, x)
		}
	}
	out, u := *r, *r.URL
	u.RawQuery, u.RawPath, u.ForceQuery = is.Encode(), "", false
	out.URL = &u
	return &out
}

// alike answers with a page that everybody gets alike.
func (s *Server) alike(q *request, route *Route) {
	theme := themeOf(q.Request)
	var mineAlone atomic.Bool // it was made for this request, and not for another that asks for the same
	build := func() (int, http.Header, []byte) {
		mineAlone.Store(true)
		out := newRecorder()
		// Whoever asked first may go; the others still wait for it.
		mine := *q
		mine.Request, mine.w = q.WithContext(context.WithoutCancel(q.Context())), out
		mine.Header = q.Header.Clone()
		mine.Header.Del("If-None-Match") // what the first has at home, the others do not
		// Addresses with a part or a condition that somebody chose have no end.
		mine.common = q.URL.RawQuery == "" && !strings.Contains(strings.TrimSuffix(route.Pattern, "{$}"), "{")
		leave, err := mine.computes()
		if err == nil {
			defer leave()
			err = route.answer(s, &mine)
		}
		if err != nil {
			s.failed(&mine, err)
		}
		return out.code, out.head, out.body.Bytes()
	}
	key := q.lang.Tag + " " + theme + " " + q.URL.RequestURI()
	p := s.alikes.get(key, build)
	if p.code == http.StatusTooManyRequests && !mineAlone.Load() { // whoever asked first had asked for too much
		p = s.alikes.get(key, build)
	}
	if p.code == http.StatusTooManyRequests {
		s.dwell(q)
	}
	h := q.w.Header()
	for k, v := range p.head {
		h[k] = v
	}
	if tag := p.head.Get("ETag"); p.code == http.StatusOK && tag != "" && matches(q.Header.Get("If-None-Match"), tag) {
		q.w.WriteHeader(http.StatusNotModified)
		return
	}
	q.w.WriteHeader(p.code)
	_, _ = q.w.Write(p.body) // whoever asked may have gone
}

// Errors that become pages.
var (
	errNotFound = errors.New("not found")
	errBad      = errors.New("cannot be read")
	errTooMany  = errors.New("too many at once")
)

// bad is an error in what somebody typed or followed.
func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errBad, fmt.Sprintf(format, args...))
}

// failed turns an error into a page: what happened, what was not lost, what to do.
func (s *Server) failed(q *request, err error) {
	var hint mission.Hint
	var tooLarge *http.MaxBytesError
	switch {
	case s.failedCommand(q, err):
	case errors.Is(err, errNotFound):
		s.fault(q.w, q.Request, http.StatusNotFound, "fault.not-found")
	case errors.Is(err, monitor.ErrUnavailable), isStorage(err):
		s.unstored(q, "fault.storage", err)
	case errors.Is(err, ledger.ErrReopen):
		s.unstored(q, "fault.unsure", err)
	case errors.Is(err, intake.ErrTooMany):
		q.w.Header().Set("Retry-After", "60")
		s.faultWith(q.w, q.Request, http.StatusTooManyRequests, "fault.too-many", err.Error(), "")
	case errors.Is(err, errTooMany), errors.Is(err, monitor.ErrBusy):
		if _, ok := q.w.(*recorder); !ok { // a page that many share waits where it is handed out
			s.dwell(q)
		}
		q.w.Header().Set("Retry-After", "5")
		s.fault(q.w, q.Request, http.StatusTooManyRequests, "fault.too-many")
	case s.refused(q, err): // the form has come back
	case errors.As(err, new(*collision)): // and the page is gone
		s.fault(q.w, q.Request, http.StatusConflict, "again.changed")
	case errors.As(err, &tooLarge):
		s.fault(q.w, q.Request, http.StatusRequestEntityTooLarge, "fault.too-large")
	case errors.Is(err, context.Canceled), q.Context().Err() != nil: // whoever asked has gone
	case errors.Is(err, errBad), errors.As(err, &hint), isRefusal(err):
		text := strings.TrimPrefix(err.Error(), errBad.Error()+": ")
		s.faultWith(q.w, q.Request, http.StatusUnprocessableEntity, "fault.refused", text, hint.Hint)
	default:
		s.Log.Error("request", "path", q.URL.Path, "err", err)
		s.fault(q.w, q.Request, http.StatusInternalServerError, "fault.internal")
	}
}

// unstored answers that something could not be stored, and why, without the folders of
// this machine.
func (s *Server) unstored(q *request, id string, err error) {
	s.Log.Error("nothing can be stored", "path", q.URL.Path, "err", err)
	why, text := "storage.failed", err.Error()
	switch {
	case strings.Contains(text, syscall.ENOSPC.Error()), strings.Contains(text, syscall.EDQUOT.Error()), strings.Contains(text, "disk is full"): // SQLite's words
		why = "storage.full"
	case strings.Contains(text, syscall.EROFS.Error()), strings.Contains(text, "readonly database"):
		why = "storage.read-only"
	}
	q.w.Header().Set("Retry-After", "10")
	s.faultWith(q.w, q.Request, http.StatusServiceUnavailable, id, q.lang.say(why), "")
}

// isStorage reports whether an error says that nothing can be stored for now: a full
// disk, or one that can only be read, below the record or below SQLite.
func isStorage(err error) bool {
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff { // the primary result code
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR:
			return true
		}
	}
	return disk.Full(err)
}

// asset is a file for browsers, by a name that changes with its content.
type asset struct {
	data   []byte
	br, gz []byte // the same, compressed; nil: it is not
	hash   string
	kind   string
}

// kinds are the types of the files that are served.
var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".woff2": "font/woff2",
	".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", ".json": "application/json", ".webmanifest": "application/manifest+json"}

func readAssets() (map[string]asset, error) {
	out := map[string]asset{}
	add := func(name, file string) error {
		data, err := files.ReadFile(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		a := asset{data: data, hash: hex.EncodeToString(sum[:6]), kind: kinds[filepath.Ext(name)]}
		a.br, _ = files.ReadFile(file + ".br")
		if a.gz, _ = files.ReadFile(file + ".gz"); file == "ui/style.css" { // which is not built
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			if _, err := z.Write(data); err != nil {
				return err
			}
			if err := z.Close(); err != nil {
				return err
			}
			a.gz = b.Bytes()
		}
		out[name] = a
		return nil
	}
	if err := add("style.css", "ui/style.css"); err != nil {
		return nil, err
	}
	err := fs.WalkDir(files, "ui/dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || kinds[filepath.Ext(name)] == "" {
			return err
		}
		return add(strings.TrimPrefix(name, "ui/dist/"), name)
	})
	return out, err
}

// mapScripts are the names of the scripts that a page with a map needs beside app.js, as the build
// wrote them; none where nothing was built.
func mapScripts(assets map[string]asset) (out []string, err error) {
	list, ok := assets["map.json"]
	if !ok {
		return nil, nil
	}
	if err := json.Unmarshal(list.data, &out); err != nil {
		return nil, fmt.Errorf("ui/dist/map.json: %w; build the pages' scripts again: make ui", err)
	}
	for _, name := range out {
		if _, ok := assets[name]; !ok {
			return nil, fmt.Errorf("ui/dist/map.json: %s is not there; build the pages' scripts again: make ui", name)
		}
	}
	return out, nil
}

// Bundled reports whether the scripts were built into this program.
func (s *Server) Bundled() bool { return s.assets["app.js"].data != nil }

// hashed is a name that ui/build.mjs gives to a file by what is in it, so that another text would
// have another name.
var hashed = regexp.MustCompile(`-[A-Z0-9]{8}\.(js|woff2)$`)

// asset serves a file; with the right v, or a name by its text, it may be cached permanently.
func (s *Server) asset(q *request) error {
	a, ok := s.assets[q.PathValue("name")]
	if !ok || a.kind == "" {
		return errNotFound
	}
	h := q.w.Header()
	h.Set("Content-Type", a.kind)
	data, encoding := a.smallest(q.Header.Get("Accept-Encoding"))
	h.Set("ETag", `"`+a.hash+encoding+`"`)
	if a.br != nil || a.gz != nil {
		h.Add("Vary", "Accept-Encoding")
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if q.URL.Query().Get("v") == a.hash || hashed.MatchString(q.PathValue("name")) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "public, no-cache")
	}
	http.ServeContent(q.w, q.Request, "", time.Time{}, bytes.NewReader(data))
	return nil
}

// json answers with JSON.
func (q *request) json(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/json")
	_, err = q.w.Write(append(data, '\n'))
	return err
}

// back sends somebody on after a form.
func (q *request) back(to string) error {
	http.Redirect(q.w, q.Request, to, http.StatusSeeOther)
	return nil
}
