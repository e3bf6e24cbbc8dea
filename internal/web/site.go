package web

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/opentruce/truce/internal/report"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/net/html"
)

// siteZoom is how far the tiles of a static site go; a map shows them larger beyond.
const siteZoom = 8

// A site is the public face as files: every page that anybody may open, in every
// language, with its map, its proofs and the record, for any web server or CDN to
// carry, or a stick. Links are relative, so that it works in any folder. What needs a
// server (search, sign-in, the slider) is left out.
type site struct {
	s    *Server
	ctx  context.Context
	dir  string
	tell func(done, total int)
	seen map[string]bool // pages, by the file they become
	todo []sitePage
	raw  map[string]string // other files, by the address they come from
	n    int
}

// sitePage is an address here and the file that it becomes.
type sitePage struct{ from, file string }

// WriteSite writes the public face into a new folder, and returns how many files
// there are.
func (s *Server) WriteSite(ctx context.Context, dir string, tell func(done, total int)) (int, error) {
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return 0, fmt.Errorf("%s is not empty", dir)
	}
	w := &site{s: s, ctx: ctx, dir: dir, tell: tell, seen: map[string]bool{}, raw: map[string]string{}}
	for _, l := range Languages[:len(Languages)-1] {
		w.page("/", l)
		for _, p := range []string{"/incidents", "/days", "/sources", "/agreement", "/record", "/reports"} {
			w.page(p, l)
		}
	}
	for len(w.todo) > 0 {
		p := w.todo[0]
		w.todo = w.todo[1:]
		if err := w.write(p); err != nil {
			return w.n, fmt.Errorf("%s: %w", p.from, err)
		}
		if w.tell != nil {
			w.tell(w.n, w.n+len(w.todo)+len(w.raw))
		}
	}
	for _, step := range []func() error{w.files, w.tiles, w.record} {
		if err := step(); err != nil {
			return w.n, err
		}
	}
	return w.n, nil
}

// page asks for a page in a language, and returns the file that it becomes.
func (w *site) page(from, lang string) string {
	u, err := url.Parse(from)
	if err != nil {
		return ""
	}
	file := strings.Trim(u.Path, "/")
	if n := u.Query().Get("page"); n != "" && n != "1" {
		file = path.Join(file, "page-"+n)
	}
	if lang != base {
		file = path.Join(lang, file)
	}
	file = path.Join(file, "index.html")
	if !w.seen[file] {
		w.seen[file] = true
		v := url.Values{"lang": {lang}}
		if n := u.Query().Get("page"); n != "" {
			v.Set("page", n)
		}
		w.todo = append(w.todo, sitePage{u.Path + "?" + v.Encode(), file})
	}
	return file
}

// answer asks this server, as anybody.
func (w *site) answer(from string) (int, http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(context.WithValue(w.ctx, itself{}, true), http.MethodGet, w.s.Origin+from, nil)
	if err != nil {
		return 0, nil, nil, err
	}
	out := newRecorder()
	w.s.Handler().ServeHTTP(out, req)
	return out.code, out.head, out.body.Bytes(), nil
}

func (w *site) keep(file string, data []byte) error {
	name := filepath.Join(w.dir, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	w.n++
	return os.WriteFile(name, data, 0o644)
}

func (w *site) write(p sitePage) error {
	code, _, body, err := w.answer(p.from)
	if err != nil {
		return err
	}
	if code != http.StatusOK {
		return fmt.Errorf("answered %d", code)
	}
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return err
	}
	lang := base
	if u, err := url.Parse(p.from); err == nil {
		lang = u.Query().Get("lang")
	}
	w.rewrite(doc, p.file, lang)
	var b bytes.Buffer
	if err := html.Render(&b, doc); err != nil {
		return err
	}
	return w.keep(p.file, b.Bytes())
}

var (
	proofPath    = regexp.MustCompile(`^/incidents/[^/]+/proof/(\d+)$`)
	incidentPath = regexp.MustCompile(`^/incidents/[0-9a-f]{64}$`)
	dayPath      = regexp.MustCompile(`^/days/[0-9a-f]{64}$`)
	reportPath   = regexp.MustCompile(`^/reports/(\d+)$`)
)

// target is the file that a link leads to; empty: nowhere in a site.
func (w *site) target(link, lang string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	q := u.Query()
	switch {
	case strings.HasPrefix(u.Path, "/assets/"):
		w.raw[u.Path] = strings.TrimPrefix(u.Path, "/")
		return w.raw[u.Path]
	case proofPath.MatchString(u.Path):
		n := proofPath.FindStringSubmatch(u.Path)[1]
		w.raw["/incidents/0/proof/"+n] = "proof/" + n + ".proof"
		return "proof/" + n + ".proof"
	case incidentPath.MatchString(u.Path), dayPath.MatchString(u.Path):
		return w.page(u.Path, lang)
	case reportPath.MatchString(u.Path):
		if p := w.s.publication(atoi(reportPath.FindStringSubmatch(u.Path)[1])); p != nil {
			w.raw[u.Path] = fmt.Sprintf("reports/%d/%s", p.Entry, path.Base(p.File))
			return w.raw[u.Path]
		}
		return ""
	case u.Path == "/map/picture.svg":
		w.raw["/map/picture.svg"] = "map/picture.svg"
		return "map/picture.svg"
	case u.Path == "/incidents" && q.Has("format"):
		f := q.Get("format")
		w.raw["/incidents?format="+f] = "data/incidents." + report.Ext(f)
		return w.raw["/incidents?format="+f]
	case u.Path == "/days" && q.Has("format"):
		f := q.Get("format")
		w.raw["/days?format="+f] = "data/days." + report.Ext(f)
		return w.raw["/days?format="+f]
	case u.Path == "/sources" && q.Has("format"):
		file := "data/" + cmp.Or(q.Get("kind"), "sources") + "." + q.Get("format")
		w.raw["/sources?"+url.Values{"format": {q.Get("format")}, "kind": {q.Get("kind")}}.Encode()] = file
		return file
	case u.Path == "/sources" && (len(q) == 0 || len(q) == 1 && q.Has("page")):
		return w.page(u.RequestURI(), lang)
	case (u.Path == "/incidents" || u.Path == "/days") && (len(q) == 0 || len(q) == 1 && q.Has("page")):
		return w.page(u.RequestURI(), lang)
	case slices.Contains([]string{"/", "/agreement", "/record", "/reports"}, u.Path) && (len(q) == 0 || len(q) == 1 && q.Has("lang")):
		return w.page(u.Path, lang)
	}
	return ""
}

func atoi(s string) (n int64) {
	_, _ = fmt.Sscan(s, &n)
	return n
}

// rewrite makes a page one of a site's: its links relative, and without what needs a
// server.
func (w *site) rewrite(doc *html.Node, file, lang string) {
	up := strings.Repeat("../", strings.Count(file, "/"))
	var drop []*html.Node
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			switch {
			case n.Data == "form" && attr(n, "class") == "settings":
				w.languages(n, file, lang)
			case n.Data == "form", attr(n, "class") == "me":
				drop = append(drop, n)
				return
			case n.Data == "body":
				n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "data-live" })
			case attr(n, "id") == "words":
				n.Attr = append(n.Attr, html.Attribute{Key: "data-root", Val: strings.TrimSuffix("./"+up, "/")})
			}
			for i, a := range n.Attr {
				if (a.Key != "href" && a.Key != "src" && a.Key != "data-worker") || !strings.HasPrefix(a.Val, "/") {
					continue
				}
				if to := w.target(a.Val, lang); to != "" {
					n.Attr[i].Val = up + strings.TrimSuffix(to, "index.html")
					if n.Attr[i].Val == "" {
						n.Attr[i].Val = "./"
					}
				} else {
					n.Attr[i].Key = "data-left-out" // it is there at the room itself
				}
			}
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(doc)
	for _, n := range drop {
		n.Parent.RemoveChild(n)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// languages turns the buttons that choose a language into links to the same page.
func (w *site) languages(form *html.Node, file, lang string) {
	here := strings.TrimPrefix(file, lang+"/")
	for c := form.FirstChild; c != nil; c = form.FirstChild {
		form.RemoveChild(c)
	}
	form.Data, form.DataAtom = "p", 0
	form.Attr = nil
	for _, t := range Languages[:len(Languages)-1] {
		to := here
		if t != base {
			to = t + "/" + here
		}
		w.again(here, t)
		a := &html.Node{Type: html.ElementNode, Data: "a", Attr: []html.Attribute{{Key: "href", Val: strings.Repeat("../", strings.Count(file, "/")) + to}, {Key: "lang", Val: t}, {Key: "hreflang", Val: t}}}
		a.AppendChild(&html.Node{Type: html.TextNode, Data: w.s.words.by[t].Name})
		form.AppendChild(a)
		form.AppendChild(&html.Node{Type: html.TextNode, Data: " "})
	}
}

// again asks for the page of a file in another language: each page links to itself in every one,
// and a list may lead to an incident in one language alone where its rows change in between.
func (w *site) again(file, lang string) {
	dir, last := path.Split(strings.Trim(strings.TrimSuffix(file, "index.html"), "/"))
	if n, ok := strings.CutPrefix(last, "page-"); ok {
		w.page("/"+strings.Trim(dir, "/")+"?page="+n, lang)
		return
	}
	w.page("/"+path.Join(dir, last), lang)
}

// files writes what pages link to, and what the map reads.
func (w *site) files() error {
	for name, a := range w.s.assets {
		if a.kind != "" {
			w.raw["/assets/"+name] = "assets/" + name
		}
	}
	w.raw["/map/agreement.geojson"] = "map/agreement.geojson"
	w.raw["/api/picture"] = "data/picture.json"
	for from, file := range w.raw {
		code, _, body, err := w.answer(from)
		if err != nil {
			return err
		}
		if code != http.StatusOK {
			return fmt.Errorf("%s: answered %d", from, code)
		}
		if err := w.keep(file, body); err != nil {
			return err
		}
	}
	return nil
}

// tiles writes the map's tiles around what the agreement is about.
func (w *site) tiles() error {
	state, _ := w.s.Room.State()
	b := bounds(state.Agreement)
	for z := range maptile.Zoom(siteZoom + 1) {
		low, high := maptile.At(orb.Point{b[0], b[3]}, z), maptile.At(orb.Point{b[2], b[1]}, z)
		for x := low.X; x <= high.X; x++ {
			for y := low.Y; y <= high.Y; y++ {
				for _, kind := range []string{"base", "incidents"} {
					from := fmt.Sprintf("/tiles/%s/%d/%d/%d", kind, z, x, y)
					_, _, body, err := w.answer(from)
					if err != nil {
						return err
					}
					r, err := gzip.NewReader(bytes.NewReader(body))
					if err != nil {
						return fmt.Errorf("%s: %w", from, err)
					}
					plain, err := io.ReadAll(r)
					if err != nil {
						return err
					}
					if err := w.keep(strings.TrimPrefix(from, "/"), plain); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// record copies the record, which mirrors follow at the site's address. Its
// checkpoint comes last: what it commits to is there by then.
func (w *site) record() error {
	root := w.s.Room.Mission().Record()
	copyFile := func(name string) error {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		return w.keep(name, data)
	}
	for _, top := range []string{"evidence", "tile"} {
		err := fs.WalkDir(os.DirFS(root), top, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			return copyFile(name)
		})
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return copyFile("checkpoint")
}
