package truce

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// An Origin is something that a report rests on, as KIND:NAME. Two reports that rest on
// the same are one voice, however many publishers print it.
//
//	post:t.me/channel/12           the address of a post, a video or an article, without what varies between its copies
//	own:t.me/channel/12            its own address: whoever cites that post rests on it, but it does not say where it has it from
//	media:DIGEST                   a file, by its SHA-256 or by the publisher's own number of it
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
		name = strings.ToLower(s)
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

// Folded is a name by which publishers are compared: small letters, single blanks.
func Folded(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

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

// hosts are addresses of one site under several names.
var hosts = map[string]string{
	"twitter.com": "x.com", "youtu.be": "youtube.com", "youtube-nocookie.com": "youtube.com", "telegram.me": "t.me", "telegram.dog": "t.me", "fb.com": "facebook.com",
}

// maps are sites of which an address shows a place, and not where a report comes from.
var mapHosts = []string{"wikimapia.org", "openstreetmap.org", "osm.org", "goo.gl/maps", "maps.app.goo.gl", "maps.google.com", "google.com/maps", "yandex.ru/maps", "bing.com/maps"}

// wander are parts of a query that differ between copies of one address.
var wander = []string{"fbclid", "gclid", "igshid", "si", "feature", "ref", "ref_src", "s", "single", "mibextid", "share", "app", "t"}

// postName is an address without what varies between copies of it: scheme, "www.",
// fragment, and parts of the query by which sites follow their readers.
func postName(s string) (string, error) {
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || !strings.Contains(u.Hostname(), ".") {
		return "", fmt.Errorf("origin %q: want an address such as https://t.me/channel/12", strings.TrimPrefix(s, "https://"))
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("origin %q: want an address that begins with https://", s)
	}
	host := strings.ToLower(u.Hostname())
	for _, p := range []string{"www.", "m.", "mobile.", "amp."} {
		host = strings.TrimPrefix(host, p)
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	// web.archive.org/web/20160228120000/https://... keeps another page.
	if host == "web.archive.org" {
		if i := strings.Index(path, "/http"); i >= 0 {
			inner := path[i+1:]
			if u.RawQuery != "" {
				inner += "?" + u.RawQuery
			}
			if !strings.Contains(inner, "://") { // a proxy made one slash of two
				inner = strings.Replace(inner, ":/", "://", 1)
			}
			if len(inner) < len(s) && !strings.Contains(inner, "web.archive.org") {
				return postName(inner)
			}
		}
	}
	if to, ok := hosts[host]; ok {
		if host == "youtu.be" {
			return "youtube.com/watch?v=" + strings.TrimPrefix(path, "/"), nil
		}
		host = to
	}
	query := u.Query()
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case host == "youtube.com" && query.Get("v") != "":
		return "youtube.com/watch?v=" + query.Get("v"), nil
	case host == "youtube.com" && len(parts) == 2 && slices.Contains([]string{"embed", "shorts", "live", "v"}, parts[0]):
		return "youtube.com/watch?v=" + parts[1], nil
	case host == "t.me" && len(parts) == 3 && parts[0] == "s":
		path = "/" + strings.Join(parts[1:], "/")
	case host == "x.com" && len(parts) >= 3 && parts[1] == "status": // an account may change its name
		return "x.com/status/" + parts[2], nil
	}
	if host == "t.me" || host == "x.com" {
		path = strings.ToLower(path)
	}
	for _, m := range mapHosts {
		if mh, mp, _ := strings.Cut(m, "/"); host == mh && (mp == "" || strings.HasPrefix(path, "/"+mp)) {
			return "", nil
		}
	}
	for k := range query {
		if strings.HasPrefix(strings.ToLower(k), "utm_") || slices.Contains(wander, strings.ToLower(k)) {
			query.Del(k)
		}
	}
	rest := query.Encode() // in the order of names
	if path == "" && rest == "" {
		return "", nil // a home page
	}
	if rest != "" {
		rest = "?" + rest
	}
	return host + path + rest, nil
}
