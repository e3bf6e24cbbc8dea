package truce

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// An Origin is something that a report rests on, as KIND:NAME. Two reports that rest on
// the same are one voice, however many publishers print it.
//
//	post:t.me/channel/12           the address of a post, a video or an article, without what varies between its copies
//	own:t.me/channel/12            its own address: whoever cites that post rests on it, but it does not say where it has it from
//	media:DIGEST                   a file, by its SHA-256
//	text:DIGEST                    a text, by its first letters: a sign that one copied the other
//	publisher:agence a             a publisher that it cites
//	entry:ID                       an observation of the record
type Origin string

// The kinds of origin.
const (
	OriginPost      = "post"
	OriginOwn       = "own"
	OriginMedia     = "media"
	OriginText      = "text"
	OriginPublisher = "publisher"
	OriginEntry     = "entry"
)

// OriginKinds lists all.
var OriginKinds = []string{OriginPost, OriginOwn, OriginMedia, OriginText, OriginPublisher, OriginEntry}

// MostOrigins is how many may stand in one observation, and mostOriginBytes how long one
// may be.
const (
	MostOrigins     = 32
	mostOriginBytes = 512
)

// Kind is what comes before the colon, and Name what comes after it.
func (o Origin) Kind() string { kind, _, _ := strings.Cut(string(o), ":"); return kind }

// Name is the origin without its kind.
func (o Origin) Name() string { _, name, _ := strings.Cut(string(o), ":"); return name }

// Sign reports whether an origin is only a sign that one report was copied from the
// other: the same text, the same file.
func (o Origin) Sign() bool { return o.Kind() == OriginText || o.Kind() == OriginMedia }

// States reports whether an origin says where a report has it from. Its own address and
// what it looks like do not.
func (o Origin) States() bool { return !o.Sign() && o.Kind() != OriginOwn }

// OriginOf reads what a source gives as an origin of one kind. It is empty where that
// names nothing that two reports could have in common: a home page, a map, "hidden".
func OriginOf(kind, s string) (Origin, error) {
	s = strings.TrimSpace(s)
	if NotKnown(s) || slices.Contains([]string{"hidden", "none", "n/a", "-"}, strings.ToLower(s)) {
		return "", nil
	}
	name := ""
	switch kind {
	case OriginPost, OriginOwn:
		var err error
		if name, err = postName(s); err != nil {
			return "", err
		}
	case OriginMedia:
		if name = strings.ToLower(s); !isHex(name, 64) {
			return "", fmt.Errorf("origin %q: want the SHA-256 of a file, 64 hexadecimal digits", s)
		}
	case OriginText:
		name = textName(s)
	case OriginPublisher:
		name = Folded(s)
	case OriginEntry:
		var d Digest
		if err := d.UnmarshalText([]byte(s)); err != nil {
			return "", fmt.Errorf("origin %q: want the ID of an entry, 64 hexadecimal digits", s)
		}
		name = d.Hex()
	default:
		return "", fmt.Errorf("origin: kind %q is unknown%s", kind, Suggest(kind, OriginKinds))
	}
	if len(name) > mostOriginBytes {
		return "", fmt.Errorf("origin: %d bytes are stated, and at most %d are read", len(name), mostOriginBytes)
	}
	if name == "" {
		return "", nil
	}
	return Origin(kind + ":" + name), nil
}

// ParseOrigin reads KIND:NAME, or an address of a post.
func ParseOrigin(s string) (Origin, error) {
	kind, name, ok := strings.Cut(s, ":")
	if ok && strings.HasPrefix(name, "//") {
		return OriginOf(OriginPost, s)
	}
	if !ok {
		return "", fmt.Errorf("origin %q: want an address such as https://t.me/channel/12, or one of %s before a colon", s, strings.Join(OriginKinds, ", "))
	}
	if kind == OriginText && isHex(name, 32) {
		return Origin(s), nil // it is one already
	}
	return OriginOf(kind, name)
}

// SetOrigins puts origins into order, each once. The error says what is wrong.
func (o *Observation) SetOrigins(list []Origin) error {
	list = slices.DeleteFunc(slices.Clone(list), func(x Origin) bool { return x == "" })
	slices.Sort(list)
	if list = slices.Compact(list); len(list) > MostOrigins {
		return fmt.Errorf("origins: %d are stated, and at most %d are read", len(list), MostOrigins)
	}
	if o.Origins = list; len(list) == 0 {
		o.Origins = nil
	}
	return nil
}

// StatesOrigins reports whether o says where it has it from. A digest of its text or of
// its media says only what it looks like.
func (o *Observation) StatesOrigins() bool {
	return slices.ContainsFunc(o.Origins, Origin.States)
}

// Addressed reports whether o has an address of its own.
func (o *Observation) Addressed() bool {
	return slices.ContainsFunc(o.Origins, func(x Origin) bool { return x.Kind() == OriginOwn })
}

// Folded is a name by which publishers are compared: small letters, single blanks, and
// nothing that cannot be seen. Accents are left out, and the forms that Unicode calls
// compatible are one; letters of two alphabets that look alike are two.
func Folded(s string) string {
	if plain(s) {
		return strings.Join(strings.Fields(strings.ToLower(s)), " ")
	}
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Mn, unicode.Cc) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return norm.NFC.String(strings.Join(strings.Fields(strings.ToLower(s)), " "))
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// textLetters is how much of a text is compared: a copy is often cut, or added to.
const textLetters = 80

// leastTextLetters is how long a text must be to say anything: "air strike" is in
// thousands of rows.
const leastTextLetters = 24

// textName is the digest of the first letters and digits of a text, in small letters; empty
// where there are few of them.
func textName(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToLower(s) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if b.WriteRune(r); n+1 == textLetters {
			n++
			break
		}
		n++
	}
	if n < leastTextLetters {
		return ""
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

func isHex(s string, n int) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == n && strings.ToLower(s) == s
}

// hosts are names of one site.
var hosts = map[string]string{
	"twitter.com": "x.com", "nitter.net": "x.com", "youtube-nocookie.com": "youtube.com", "telegram.me": "t.me", "telegram.dog": "t.me", "fb.com": "facebook.com",
}

// mapHosts are sites of which an address shows a place, and not where a report comes from.
var mapHosts = []string{"wikimapia.org", "openstreetmap.org", "osm.org", "goo.gl/maps", "maps.app.goo.gl", "maps.google.com", "google.com/maps", "yandex.ru/maps", "bing.com/maps"}

// redirects are sites that lead to the address in one part of their query.
var redirects = map[string]string{"l.facebook.com/l.php": "u", "lm.facebook.com/l.php": "u", "google.com/url": "q", "l.instagram.com/": "u", "vk.com/away.php": "to", "out.reddit.com/": "url"}

// wander are parts of a query that differ between copies of one address, on every site.
var wander = []string{"fbclid", "gclid", "igshid", "igsh", "mibextid", "ref_src", "refid", "amp"}

// archives keep pages of others, at /2016/https://... or without the year.
var archives = []string{"archive.ph", "archive.is", "archive.today", "archive.li", "archive.vn", "archive.md", "archive.fo"}

// platforms are sites of which the first part of a path says whose the address is.
var platforms = []string{"t.me", "vk.com", "tiktok.com", "facebook.com", "ok.ru"}

// accountless are addresses on platforms that do not say whose they are.
var accountless = []string{"x.com/status/", "youtube.com/watch?", "facebook.com/videos/", "instagram.com/p/"}

// Site is where an address is: a site, or a channel of a platform. Empty: the address does not
// say whose it is, or the origin is not an address.
func (o Origin) Site() string {
	if k := o.Kind(); k != OriginPost && k != OriginOwn {
		return ""
	}
	name := o.Name()
	if slices.ContainsFunc(accountless, func(p string) bool { return strings.HasPrefix(name, p) }) {
		return ""
	}
	host, rest, _ := strings.Cut(name, "/")
	host, _, _ = strings.Cut(host, "?")
	if !slices.Contains(platforms, host) {
		return host
	}
	if account, _, _ := strings.Cut(rest, "/"); account != "" && !strings.ContainsAny(account, "?#") {
		return host + "/" + account
	}
	return ""
}

// postName is an address without what varies between copies of it: scheme, "www.", parts
// of the query by which sites follow their readers, and how letters are written in it.
// Sites are known where two addresses of one post differ in more.
func postName(s string) (string, error) { return postNameOf(s, 0) }

func postNameOf(s string, depth int) (string, error) {
	whole := s
	if s = strings.TrimRight(s, ".,;)"); !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || !strings.Contains(u.Hostname(), ".") {
		return "", fmt.Errorf("origin %q: want an address such as https://t.me/channel/12", whole)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("origin %q: want an address that begins with https://", whole)
	}
	host := strings.TrimRight(strings.ToLower(u.Hostname()), ".")
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	for _, p := range []string{"www.", "m.", "mobile.", "amp."} {
		host = strings.TrimPrefix(host, p)
	}
	if strings.HasSuffix(host, ".t.me") { // channel.t.me/12
		u.Path = "/" + strings.TrimSuffix(host, ".t.me") + u.Path
		host = "t.me"
	}
	road := path.Clean("/" + u.Path) // one way of writing each letter
	query, queryErr := url.ParseQuery(u.RawQuery)
	// web.archive.org/web/20160228120000/https://... keeps another page.
	if host == "web.archive.org" && depth < 4 {
		if _, rest, ok := strings.Cut(strings.TrimPrefix(u.Path, "/web/"), "/"); ok && strings.HasPrefix(u.Path, "/web/") {
			if u.RawQuery != "" {
				rest += "?" + u.RawQuery
			}
			if head, tail, ok := strings.Cut(rest, ":/"); ok && !strings.HasPrefix(tail, "/") && (head == "http" || head == "https") {
				rest = head + "://" + tail // a proxy made one slash of two
			}
			if name, err := postNameOf(rest, depth+1); err == nil {
				return name, nil
			}
		}
	}
	if slices.Contains(archives, host) && depth < 4 {
		if i := strings.Index(u.Path, "http"); i >= 0 {
			rest := u.Path[i:]
			if u.RawQuery != "" {
				rest += "?" + u.RawQuery
			}
			if head, tail, ok := strings.Cut(rest, ":/"); ok && !strings.HasPrefix(tail, "/") {
				rest = head + "://" + tail
			}
			if name, err := postNameOf(rest, depth+1); err == nil {
				return name, nil
			}
		}
	}
	for at, part := range redirects { // one at most is of the host and path
		if h, p, _ := strings.Cut(at, "/"); host == h && (p == "" || road == "/"+p) && query.Get(part) != "" && depth < 4 {
			if name, err := postNameOf(query.Get(part), depth+1); err == nil {
				return name, nil
			}
		}
	}
	parts := strings.Split(strings.Trim(road, "/"), "/")
	if to, ok := hosts[host]; ok {
		host = to
	}
	switch host {
	case "youtu.be":
		if parts[0] == "" {
			return "", nil
		}
		if parts[0] != "watch" {
			return "youtube.com/watch?v=" + parts[0], nil
		}
		host = "youtube.com"
	case "t.me":
		if len(parts) > 1 && parts[0] == "s" {
			parts = parts[1:]
		}
		if len(parts) == 2 && strings.Trim(parts[1], "0123456789") == "" && strings.Trim(parts[1], "0") != "" {
			parts[1] = strings.TrimLeft(parts[1], "0")
		}
		if road = "/" + strings.ToLower(strings.Join(parts, "/")); len(parts) == 2 {
			return host + road, nil // what follows is how it is shown
		}
	case "x.com":
		for i := 0; i+1 < len(parts); i++ { // an account may change its name
			if parts[i] == "status" {
				return "x.com/status/" + parts[i+1], nil
			}
		}
		road = strings.ToLower(road)
	case "instagram.com":
		if len(parts) >= 2 && slices.Contains([]string{"p", "reel", "reels", "tv"}, parts[len(parts)-2]) {
			return "instagram.com/p/" + parts[len(parts)-1], nil
		}
	case "facebook.com":
		if i := slices.Index(parts, "videos"); i >= 0 && i+1 < len(parts) {
			return "facebook.com/videos/" + parts[len(parts)-1], nil
		}
		if v := query.Get("v"); v != "" && parts[0] == "watch" {
			return "facebook.com/videos/" + v, nil
		}
	}
	if host == "youtube.com" {
		if v := query.Get("v"); v != "" {
			return "youtube.com/watch?v=" + v, nil
		}
		if len(parts) == 2 && slices.Contains([]string{"embed", "shorts", "live", "v"}, parts[0]) {
			return "youtube.com/watch?v=" + parts[1], nil
		}
	}
	for _, m := range mapHosts {
		if mh, mp, _ := strings.Cut(m, "/"); host == mh && (mp == "" || strings.HasPrefix(road, "/"+mp)) {
			return "", nil
		}
	}
	road = strings.TrimSuffix(road, "/amp")
	if road == "/" {
		road = ""
	}
	rest := u.RawQuery
	if queryErr == nil { // else as it stands
		for k := range query {
			if strings.HasPrefix(strings.ToLower(k), "utm_") || slices.Contains(wander, strings.ToLower(k)) {
				query.Del(k)
			}
		}
		rest = query.Encode() // in the order of names
	}
	if rest != "" {
		rest = "?" + rest
	}
	if road == "" && rest == "" {
		if host != "web.telegram.org" || u.Fragment == "" {
			return "", nil // a home page
		}
		rest = "#" + u.Fragment
	}
	return host + (&url.URL{Path: road}).EscapedPath() + rest, nil
}
