package mission

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/speaker"
)

// Free text is what people write in their own words: a note, a reason. No finding
// depends on it, and it may name people. It is sealed, and each text has its
// readers: the reasons of decisions and attributions go to both parties at once,
// everything else to its author's side and the mission. An agreement may say of a
// kind that its texts are published at once; and anything can be disclosed. Reasons
// of entries about the record itself (keys, consents, publications, disclosures,
// outages) are said to everybody: the forms say so.

// TextOf is the name under which the texts of an entry are kept on the shelf.
func TextOf(id truce.Digest) truce.Digest {
	return sha256.Sum256(append([]byte("texts\x00"), id[:]...))
}

// Texts are what an entry says in free text, as far as somebody may read it.
type Texts struct {
	Note, Text, Because, Although, Basis string
	Sealed                               bool // there is some that they may not read
}

// Words is the entry's one text, where it has no more.
func (t *Texts) Words() string {
	for _, s := range []string{t.Note, t.Text, t.Because} {
		if s != "" {
			return s
		}
	}
	return ""
}

// TextsIn reads texts among opened fields.
func TextsIn(o *ledger.Opened) (t Texts) {
	for _, x := range []struct {
		name string
		to   *string
	}{{"note", &t.Note}, {"text", &t.Text}, {"because", &t.Because}, {"although", &t.Although}, {"basis", &t.Basis}} {
		if v, ok := o.Restricted[x.name]; ok {
			_ = json.Unmarshal(v, x.to) // a text that is not one is none
		}
	}
	return t
}

// textCache finds the sealed texts of items, and keeps those that were opened. Its
// methods may be called at any time.
type textCache struct {
	mu        sync.Mutex
	seen      int // entries of Contents.Texts that are in byID
	rest      int // entries of Contents.Rest that were looked at
	byID      map[truce.Digest][]*ledger.Entry
	trail     *ledger.Trail
	released  map[truce.Digest]bool
	disclosed map[truce.Digest][]ledger.Opening
	opened    map[int64]*ledger.Opened // by the mission
}

// read takes in what the record has more than before.
func (c *textCache) read(v *Contents) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID == nil {
		c.byID, c.released = map[truce.Digest][]*ledger.Entry{}, map[truce.Digest]bool{}
		c.disclosed, c.opened = map[truce.Digest][]ledger.Opening{}, map[int64]*ledger.Opened{}
	}
	for _, e := range v.Texts[c.seen:] {
		id := e.NounID()
		c.byID[id] = append(c.byID[id], e)
		if e.By != nil && e.By.Party != "" {
			id = speaker.Beside(e.By.Party, id)
			c.byID[id] = append(c.byID[id], e)
		}
	}
	c.seen, c.trail = len(v.Texts), v.Trail
	for _, e := range v.Rest[c.rest:] {
		switch e.Kind {
		case "release":
			var x ledger.Release
			if json.Unmarshal(e.Content, &x) == nil {
				for _, id := range x.Of {
					c.released[id] = true
				}
			}
		case "disclosure":
			var x ledger.Disclosure
			if json.Unmarshal(e.Content, &x) == nil {
				for _, text := range x.Openings {
					c.disclosed[x.Of] = append(c.disclosed[x.Of], ledger.Opening{Text: text})
				}
			}
		case "forgetting":
			clear(c.opened) // it may have been kept here
		}
	}
	c.rest = len(v.Rest)
}

// of gives the texts of the item that an entry states, to a reader.
func (c *textCache) of(m *Reading, id truce.Digest, r release.Reader) (out Texts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// One ID may have entries of several speakers: nobody's words are another's.
	for _, e := range c.byID[id] {
		if !c.speaks(e, id) {
			continue
		}
		o, _ := e.Open(c.disclosed[e.ID()])
		var by truce.PartyID
		if e.By != nil {
			by = e.By.Party
		}
		if r.Reads(e.Kind, by, c.released[e.ID()]) {
			if c.opened[e.Index] == nil {
				list := slices.Clone(c.disclosed[e.ID()])
				if held, err := m.Shelved(TextOf(e.ID())); err == nil {
					list = append(list, held...)
				}
				c.opened[e.Index], _ = e.Open(list)
			}
			o = c.opened[e.Index]
		}
		out = TextsIn(o)
		out.Sealed = len(o.Restricted) < len(e.Sealed.Restricted)
		break
	}
	return out
}

// speaks reports whether an entry was signed by the side whose item has an ID.
func (c *textCache) speaks(e *ledger.Entry, id truce.Digest) bool {
	if c.trail == nil || e.By == nil || e.NounID() != id {
		return true
	}
	party, known := c.trail.Owner(id)
	return !known || party == e.By.Party
}

// Text gives the sealed texts of an item by its ID, as far as a reader may have
// them. It may be asked at any time.
func (f *Feed) Text(id truce.Digest, r release.Reader) Texts { return f.texts.of(f.m, id, r) }

// HasText reports whether an item has a sealed text. It may be asked at any time.
func (f *Feed) HasText(id truce.Digest) bool {
	f.texts.mu.Lock()
	defer f.texts.mu.Unlock()
	return slices.ContainsFunc(f.texts.byID[id], func(e *ledger.Entry) bool { return f.texts.speaks(e, id) })
}

// Text is Feed.Text of a record that is read once.
func (m *Reading) Text(id truce.Digest, r release.Reader) Texts {
	if m.live != nil && m.live.Text != nil {
		return m.live.Text(id, r)
	}
	v, err := m.Glance()
	if err != nil {
		return Texts{}
	}
	if m.texts == nil {
		m.texts = &textCache{}
		m.texts.read(v)
		m.texts.disclosed = m.openings(v).told // releases that open here among them
	}
	return m.texts.of(m, id, r)
}

// reader is who reads what is made of a mission here.
func (m *Reading) reader() release.Reader {
	if m.to == (release.Reader{}) {
		return release.Reader{Audience: truce.ForMission} // on a mirror, that is what opens there
	}
	return m.to
}

// Words is an item's free text: the one that is public, or else the sealed one, as
// far as it may be read here.
func (m *Reading) Words(id truce.Digest, public string) string {
	if public != "" {
		return public
	}
	t := m.Text(id, m.reader())
	if w := t.Words(); w != "" || !t.Sealed {
		return w
	}
	return brief.NotRead
}

// Although is what a decision says of what speaks against it; empty also where it may not
// be read here, since Words says that then.
func (m *Reading) Although(id truce.Digest, public string) string {
	if public != "" {
		return public
	}
	return m.Text(id, m.reader()).Although
}

// Basis is Words of what an attribution is based on.
func (m *Reading) Basis(id truce.Digest, public string) string {
	if public != "" {
		return public
	}
	t := m.Text(id, m.reader())
	if t.Basis == "" && t.Sealed {
		return brief.NotRead
	}
	return t.Basis
}

// Behind is the name under which the restricted fields of an entry are kept, so
// that they can be removed and the others kept.
func Behind(id truce.Digest) truce.Digest {
	return sha256.Sum256(append([]byte("restricted\x00"), id[:]...))
}
