package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/evidence"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

// with is a copy of an object with other members; a member that is nil is left out.
func with(o object, more ...object) object {
	out := maps.Clone(o)
	for _, m := range more {
		for k, v := range m {
			if out[k] = v; v == nil {
				delete(out, k)
			}
		}
	}
	return out
}

// span is an interval of some minutes.
func span(from string, minutes int) object {
	t, err := time.Parse(time.RFC3339, from)
	if err != nil {
		panic(err)
	}
	return object{"start": t.UTC().Format(time.RFC3339), "end": t.Add(time.Duration(minutes) * time.Minute).UTC().Format(time.RFC3339)}
}

var pointPlace = object{"kind": "point", "point": object{"lat": 48.01, "lon": 37.8}, "uncertainty_m": 300}

// wedgePlace is a wedge with the shape that belongs to it.
func wedgePlace(t testing.TB, far int) object {
	t.Helper()
	post := object{"lat": 48.4, "lon": 37.7}
	return object{"kind": "wedge", "uncertainty_m": -1, "wedge": object{"post": post, "from_deg": 350, "to_deg": 10, "min_m": 2000, "max_m": far},
		"shape": []any{[]any{[]any{object{"lat": 48.3, "lon": 37.4}, object{"lat": 48.3, "lon": 38}, object{"lat": 48.6, "lon": 38}, object{"lat": 48.6, "lon": 37.4}}}}}
}

// said are contents that comply with every rule, each under a key of its own.
type contents struct{ n int }

func (c *contents) key() string {
	c.n++
	return fmt.Sprintf("row-%d", c.n)
}

func (c *contents) observation() object {
	k := c.key()
	return object{"id": digestOf("observation", "mission", k, "0"), "source": "mission", "key": k, "occurred": span("2025-08-20T07:05:00Z", 1), "place": pointPlace,
		"act": "strike", "weapon": "missile", "count": "1"}
}

func (c *contents) seen() object {
	return with(c.observation(), object{"act": "presence", "seen": "weapon", "weapon": nil, "calibre": 1520})
}

func (c *contents) allegation(party string) object {
	k := c.key()
	return with(c.observation(), object{"id": digestOf("observation", party, k, "0"), "source": party, "key": k, "claimant": party})
}

func (c *contents) tally(source, claimant string) object {
	k := c.key()
	o := object{"id": digestOf("tally", source, k, "0"), "source": source, "key": k, "act": "strike", "weapon": "missile", "period": span("2025-08-19T21:00:00Z", 1440), "place": object{"kind": "region", "name": "ukraine", "uncertainty_m": -1}, "count": "17"}
	if claimant != "" {
		o["claimant"] = claimant
	}
	return o
}

func (c *contents) coverage(source, claimant string) object {
	k := c.key()
	o := object{"id": digestOf("coverage", source, k), "source": source, "key": k, "what": "patrol", "zone": "ukraine", "during": span("2025-08-20T05:00:00Z", 60), "share": 500000}
	if claimant != "" {
		o["claimant"] = claimant
	}
	return o
}

func (c *contents) notification(party string) object {
	k := c.key()
	return object{"id": digestOf("notification", party, k), "key": k, "by": party, "during": span("2025-08-21T05:00:00Z", 60), "place": pointPlace, "act": "explosion"}
}

func (c *contents) response(party, to string) object {
	k := c.key()
	return object{"id": digestOf("response", party, k, to, "contest"), "key": k, "by": party, "during": span("2025-08-21T05:00:00Z", 1), "to": to, "says": "contest"}
}

func (c *contents) restriction(by string) object {
	k := c.key()
	return object{"id": digestOf("restriction", by, k), "key": k, "by": by, "during": span("2025-08-21T05:00:00Z", 60), "place": pointPlace, "what": "access"}
}

func (c *contents) decision(kind, of string) object {
	return object{"id": digestOf("decision", c.key()), "kind": kind, "of": []string{of}, "because": "it was seen on site", "seq": 1}
}

func (c *contents) attribution(role, of string) object {
	return object{"id": digestOf("attribution", c.key()), "of": []string{of}, "state": []string{of}, "actor": "RU", "basis": "fragments", "confidence": "likely", "because": "the serial number", "by": role}
}

func (c *contents) source(file string) object {
	return object{"received": "2025-08-21T05:00:00Z", "known": "received", "kind": "csv", "file": file, "evidence": digestOf(file), "source": "viina", "counts": object{"read": 1, "new": 1, "already_known": 0, "refused": 0}}
}

// A scene is a lab with items that crafted bodies refer to.
type scene struct {
	*lab
	contents
	observed    object     // the mission's public observation
	sealed      object     // an observation of the mission that gives away a post
	sealedAs    string     // its submission
	partySealed object     // a sealed allegation by UA
	decided     object     // a decision of the mission
	consent     []byte     // a body that is in the record
	old         handedBody // a sealed allegation that the mission forgets
}

func newScene(t *testing.T, terms string) *scene {
	t.Helper()
	s := &scene{lab: newLab(t, terms, time.Now)}
	s.observed = s.observation()
	s.must(s.signed("monitor", "observation", s.observed))
	s.sealed = with(s.observation(), object{"act": "explosion", "weapon": nil, "place": wedgePlace(t, 5000)})
	body, pieces := s.sealedBody("observation", s.sealed, nil, "source", "key", "occurred", "place", "act", "count")
	s.must(handedBody{body, "monitor", pieces})
	s.sealedAs = leafOf(body)
	s.partySealed = s.allegation("UA")
	body, pieces = s.sealedBody("allegation", s.partySealed, nil, allegationFields...)
	s.must(handedBody{body, "liaison", pieces})
	s.decided = s.decision("verify", s.observed["id"].(string))
	s.must(s.signed("verification-officer", "decision", s.decided))
	s.consent = s.body("consent", object{"to": s.m.Agreement.Digest.Hex(), "what": "agreement", "party": "UA"}, nil)
	s.must(handedBody{Body: s.consent, By: "liaison"})
	body, pieces = s.sealedBody("allegation", s.allegation("UA"), nil, allegationFields...)
	s.old = handedBody{body, "liaison", pieces}
	s.must(s.old)
	return s
}

var allegationFields = []string{"source", "key", "occurred", "place", "act", "weapon", "count"}

// leafOf is the name of a submission: the leaf hash of its body.
func leafOf(body []byte) string {
	h := leafHash(body)
	return truce.Digest(h).Hex()
}

// sealsTexts are the kinds whose texts sealedText seals.
func (s *scene) signed(by, kind string, content object, more ...object) handedBody {
	var fields []string
	for _, f := range isText {
		if _, ok := content[f]; ok && slices.Contains(truce.TextKinds, kind) {
			fields = append(fields, f)
		}
	}
	var extra object
	if len(more) > 0 {
		extra = more[0]
	}
	if len(fields) == 0 {
		return handedBody{Body: s.body(kind, content, extra), By: by}
	}
	body, pieces := s.sealedBody(kind, content, extra, fields...)
	return handedBody{body, by, pieces}
}

// must hands in a body that is accepted and shown, with a receipt.
func (s *scene) must(h handedBody) string {
	s.t.Helper()
	code, text, entry := s.submit(h, true)
	if code != 200 || !strings.HasPrefix(text, "truce-receipt/v1\n") || entry == "" {
		s.t.Fatalf("an honest submission was not accepted: %d %s\n%s", code, text, h.Body)
	}
	return entry
}

// A refusal is a crafted body that breaks a rule.
type refusal struct {
	rule string // of doc/record-format.md, or what is part of the signatures
	name string
	want string // words of the answer
	made func(s *scene) handedBody
	// verifier is the rule with which a verifier objects, where it is not rule:
	// "fault", since such a record does not verify; "-", since only the mission can see.
	verifier string
}

// unverified are the rules that only the mission, or a holder of openings, can check.
var unverified = []string{"words", "files", "shelf", "text"}

func liaison(kind string, content func(s *scene) object, more ...object) func(s *scene) handedBody {
	return func(s *scene) handedBody { return s.signed("liaison", kind, content(s), more...) }
}

// sealedAllegation is a sealed allegation by UA, with its content and its pieces changed.
func sealedAllegation(change object, pieces func(s *scene, p *ledger.Pieces)) func(s *scene) handedBody {
	return func(s *scene) handedBody {
		content := with(s.allegation("UA"), change)
		fields := append(slices.Clone(allegationFields), "note")
		body, p := s.sealedBody("allegation", content, nil, fields...)
		if pieces != nil {
			pieces(s, &p)
		}
		return handedBody{body, "liaison", p}
	}
}

func observationBy(by string, change object) func(s *scene) handedBody {
	return func(s *scene) handedBody { return s.signed(by, "observation", with(s.observation(), change)) }
}

func allegationWith(change object) func(s *scene) handedBody {
	return liaison("allegation", func(s *scene) object { return with(s.allegation("UA"), change) })
}

// resealed is a body with its commitments changed by hand.
func resealed(h handedBody, change func(sealed map[string][]string)) handedBody {
	var o struct {
		At       string              `json:"at"`
		Content  json.RawMessage     `json:"content"`
		Kind     string              `json:"kind"`
		Mission  string              `json:"mission"`
		Replaces string              `json:"replaces,omitempty"`
		Sealed   map[string][]string `json:"sealed"`
	}
	if err := json.Unmarshal(h.Body, &o); err != nil {
		panic(err)
	}
	change(o.Sealed)
	raw, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	v := jsontext.Value(raw)
	if err := v.Canonicalize(); err != nil {
		panic(err)
	}
	h.Body = v
	return h
}

var refusals = []refusal{
	{"form", "a consent to a number", "cannot be read", liaison("consent", func(*scene) object { return object{"to": 5, "what": "agreement", "party": "UA"} }), ""},
	{"form", "a consent to nothing", "missing", liaison("consent", func(*scene) object { return object{"what": "agreement", "party": "UA"} }), ""},
	{"form", "a consent with a null", "null", liaison("consent", func(s *scene) object {
		return object{"to": s.m.Agreement.Digest.Hex(), "what": "agreement", "party": "UA", "because": nil}
	}), ""},
	{"form", "a member that its kind does not have", "unknown", allegationWith(object{"verdict": "guilty"}), ""},
	{"form", "a count that is a number", "count", allegationWith(object{"count": 5}), ""},
	{"form", "no place", "place", allegationWith(object{"place": nil}), ""},
	{"form", "an empty text", "weapon", allegationWith(object{"weapon": ""}), "-"},
	{"form", "a presence of nothing", "it says what a seen says", observationBy("monitor", object{"act": "presence"}), ""},
	{"form", "a list instead of an object", "cannot be read", func(s *scene) handedBody {
		return handedBody{Body: s.body("allegation", []string{"claimant", "UA"}, nil), By: "liaison"}
	}, "fault"},
	{"form", "a kind that there is not", "verdict", func(s *scene) handedBody {
		return handedBody{Body: s.body("verdict", object{"by": "UA"}, nil), By: "liaison"}
	}, "fault"},
	{"form", "an outage without a time", "", func(s *scene) handedBody {
		return handedBody{Body: s.body("outage", object{"what": "power"}, nil), By: "duty-officer"}
	}, ""},
	{"form", "a release that is not an age file", "age", func(s *scene) handedBody {
		return handedBody{Body: s.body("release", object{"of": []string{s.sealedAs}, "sealed": base64.StdEncoding.EncodeToString([]byte("hello")), "to": "UA and RU"}, nil), By: "head-of-mission"}
	}, ""},
	{"form", "a release that only begins as an age file", "not an age file", func(s *scene) handedBody {
		return handedBody{Body: s.body("release", object{"of": []string{s.sealedAs}, "sealed": base64.StdEncoding.EncodeToString([]byte("age-encryption.org/v1\nhello")), "to": "UA and RU"}, nil), By: "head-of-mission"}
	}, "-"},
	{"form", "a publication of more entries than there are", "publication", func(s *scene) handedBody {
		return handedBody{Body: s.body("publication", object{"title": "t", "file": "f", "known": "k", "because": "b", "sha256": digestOf("x"), "entries": 1_000_000, "digests": object{}}, nil), By: "reporting-officer"}
	}, "-"},
	{"form", "a publication of fewer entries than none", "publication", func(s *scene) handedBody {
		return handedBody{Body: s.body("publication", object{"title": "t", "file": "f", "known": "k", "because": "b", "sha256": digestOf("x"), "entries": -1, "digests": object{}}, nil), By: "reporting-officer"}
	}, ""},
	{"form", "a source whose counts are missing", "", func(s *scene) handedBody {
		return handedBody{Body: s.body("source", with(s.source("a.csv"), object{"counts": nil}), nil), By: "monitor"}
	}, ""},

	{"time", "an allegation from year 1 to 9999", "1900 to 2199", allegationWith(object{"occurred": object{"start": "0001-01-01T00:00:00Z", "end": "9999-12-31T00:00:00Z"}}), ""},
	{"time", "an allegation from 1900 to 2199", "3660 days", allegationWith(object{"occurred": object{"start": "1900-01-01T00:00:00Z", "end": "2199-12-31T00:00:00Z"}}), ""},
	{"time", "the end before the beginning", "ends before it begins", allegationWith(object{"occurred": object{"start": "2025-08-20T07:05:00Z", "end": "2025-08-20T07:04:00Z"}}), ""},
	{"time", "a report of year 1", "1900 to 2199", allegationWith(object{"reported": "0001-01-01T00:00:00Z"}), ""},
	{"time", "a notification of two centuries", "days", liaison("notification", func(s *scene) object {
		return with(s.notification("UA"), object{"during": object{"start": "1990-01-01T00:00:00Z", "end": "2190-01-01T00:00:00Z"}})
	}), ""},
	{"time", "known in the year 2500", "1900 to 2199", liaison("notification", func(s *scene) object { return s.notification("UA") }, object{"known": "2500-01-01T00:00:00Z"}), ""},
	{"form", "known at the beginning of computers", "beside the content", liaison("notification", func(s *scene) object { return s.notification("UA") }, object{"known": "1970-01-01T00:00:00Z"}), "known"},
	{"form", "known at a time with a zone", "beside the content", liaison("notification", func(s *scene) object { return s.notification("UA") }, object{"known": "2031-01-01T00:00:00+03:00"}), "unreadable"},
	{"form", "said at a time that is none", "it says that it was said at", liaison("notification", func(s *scene) object { return s.notification("UA") }, object{"at": "yesterday"}), "unreadable"},
	{"form", "commitments to nothing", "beside the content", liaison("notification", func(s *scene) object { return s.notification("UA") }, object{"sealed": object{}}), "unreadable"},
	{"form", "a forgetting of nothing", "missing", func(s *scene) handedBody {
		return handedBody{Body: s.body("forgetting", object{"all": true}, nil), By: "head-of-mission"}
	}, ""},
	{"form", "an opening that is not a list of three", "opening", func(s *scene) handedBody {
		return handedBody{Body: s.body("disclosure", object{"of": s.sealedAs, "openings": []any{[]any{"c2FsdA", "act"}}}, nil), By: "verification-officer"}
	}, ""},
	{"time", "an outage of two centuries", "days", func(s *scene) handedBody {
		return handedBody{Body: s.body("outage", object{"during": object{"start": "1990-01-01T00:00:00Z", "end": "2190-01-01T00:00:00Z"}}, nil), By: "duty-officer"}
	}, ""},
	{"time", "a file received in the year 1", "received", func(s *scene) handedBody {
		return handedBody{Body: s.body("source", with(s.source("a.csv"), object{"received": "0001-01-01T00:00:00Z"}), nil), By: "monitor"}
	}, ""},

	{"future", "an observation of 2031", "nobody can have seen it yet", observationBy("monitor", object{"occurred": span("2031-01-01T00:00:00Z", 1)}), ""},
	{"future", "an allegation of 2031", "nobody can have seen it yet", allegationWith(object{"occurred": span("2031-01-01T00:00:00Z", 1)}), ""},
	{"future", "coverage of 2031", "nobody can have seen it yet", liaison("coverage", func(s *scene) object {
		return with(s.coverage("UA", "UA"), object{"during": span("2031-01-01T00:00:00Z", 1)})
	}), ""},

	{"place", "a wedge without a wedge", "kind wedge", allegationWith(object{"place": object{"kind": "wedge", "uncertainty_m": -1}}), ""},
	{"place", "a wedge without a shape", "kind wedge", allegationWith(object{"place": object{"kind": "wedge", "uncertainty_m": -1, "wedge": object{"post": object{"lat": 48, "lon": 37}, "from_deg": 0, "to_deg": 10, "min_m": 0, "max_m": 10}}}), ""},
	{"place", "a point with a wedge", "kind point", func(s *scene) handedBody {
		return allegationWith(object{"place": with(pointPlace, object{"wedge": wedgePlace(s.t, 5000)["wedge"]})})(s)
	}, ""},
	{"place", "an uncertainty wider than the Earth", "uncertainty", allegationWith(object{"place": with(pointPlace, object{"uncertainty_m": 20_000_001})}), ""},
	{"place", "a shape beside the record by a person", "truce ingest", allegationWith(object{"place": object{"kind": "shape", "uncertainty_m": -1, "file": digestOf("shape")}}), "-"},
	{"place", "a shape and its file", "", allegationWith(object{"place": object{"kind": "shape", "uncertainty_m": -1, "file": digestOf("shape"), "shape": []any{[]any{[]any{object{"lat": 48, "lon": 37}, object{"lat": 48, "lon": 38}, object{"lat": 49, "lon": 38}}}}}}), ""},
	{"place", "a point in a file", "", allegationWith(object{"place": object{"kind": "point", "uncertainty_m": 10, "file": digestOf("shape")}}), ""},
	{"files", "a release whose file is not there", "is not there", func(s *scene) handedBody {
		return handedBody{Body: s.body("release", object{"of": []string{s.sealedAs}, "file": digestOf("nothing"), "to": "RU and UA"}, nil), By: "head-of-mission"}
	}, ""},
	{"form", "a release twice", "one of them only", func(s *scene) handedBody {
		return handedBody{Body: s.body("release", object{"of": []string{s.sealedAs}, "file": digestOf("nothing"), "sealed": base64.StdEncoding.EncodeToString([]byte("age-encryption.org/v1\nhello")), "to": "RU and UA"}, nil), By: "head-of-mission"}
	}, ""},
	{"files", "a disclosure whose file is not there", "is not there", func(s *scene) handedBody {
		return handedBody{Body: s.body("disclosure", object{"of": s.sealedAs, "file": digestOf("nothing"), "because": "asked"}, nil), By: "verification-officer"}
	}, ""},
	{"place", "a ring of two points", "ring", allegationWith(object{"place": object{"kind": "shape", "uncertainty_m": -1, "shape": []any{[]any{[]any{object{"lat": 48, "lon": 37}, object{"lat": 48, "lon": 38}}}}}}), ""},
	{"place", "a wedge outside of its shape", "shape does not contain", func(s *scene) handedBody {
		p := wedgePlace(s.t, 900_000)
		return allegationWith(object{"place": p})(s)
	}, "-"},
	{"place", "a latitude of 95", "latitude", allegationWith(object{"place": with(pointPlace, object{"point": object{"lat": 95, "lon": 37}})}), ""},

	{"sealed", "commitments out of order", "commitments are not in order", func(s *scene) handedBody {
		return resealed(sealedAllegation(nil, nil)(s), func(m map[string][]string) { slices.Reverse(m["shared"]) })
	}, "unreadable"},
	{"sealed", "a commitment twice", "appears twice", func(s *scene) handedBody {
		return resealed(sealedAllegation(nil, nil)(s), func(m map[string][]string) { m["shared"][1] = m["shared"][0] })
	}, "unreadable"},
	{"sealed", "one commitment on both shelves", "twice", func(s *scene) handedBody {
		return resealed(sealedAllegation(object{"note": "x"}, nil)(s), func(m map[string][]string) { m["restricted"] = m["shared"][:1] })
	}, ""},
	{"sealed", "a commitment that is none", "base64", func(s *scene) handedBody {
		return resealed(sealedAllegation(nil, nil)(s), func(m map[string][]string) { m["shared"] = []string{"AAAA"} })
	}, "unreadable"},
	{"sealed", "a sealed consent", "sealed", func(s *scene) handedBody {
		body, p := s.sealedBody("consent", object{"to": s.m.Agreement.Digest.Hex(), "what": "agreement", "party": "UA"}, nil, "what")
		return handedBody{body, "liaison", p}
	}, ""},
	{"sealed", "an ID that is sealed", "must be public", func(s *scene) handedBody {
		body, p := s.sealedBody("allegation", s.allegation("UA"), nil, append(slices.Clone(allegationFields), "id")...)
		return handedBody{body, "liaison", p}
	}, ""},
	{"sealed", "a claimant that the intake seals", "claimant", func(s *scene) handedBody {
		body, p := s.sealedBody("allegation", s.allegation("UA"), nil, append(slices.Clone(allegationFields), "claimant")...)
		return handedBody{body, "intake", p}
	}, ""},
	{"sealed", "a withdrawal of what is not said", "", func(s *scene) handedBody {
		body, p := s.sealedBody("withdrawal", object{"of": s.observed["id"], "by": "UA"}, nil, "of")
		return handedBody{body, "liaison", p}
	}, ""},
	{"sealed", "a party that the duty officer seals", "by", func(s *scene) handedBody {
		body, p := s.sealedBody("notification", s.notification("UA"), nil, "by", "key", "place", "during")
		return handedBody{body, "duty-officer", p}
	}, ""},

	{"opening", "a disclosure of what was never said", "commit", func(s *scene) handedBody {
		return handedBody{Body: s.body("disclosure", object{"of": s.sealedAs, "openings": []any{[]any{"c2FsdA", "act", "strike"}}, "because": "asked"}, nil), By: "verification-officer"}
	}, ""},
	{"opening", "a disclosure of what is public", "no sealed entry", func(s *scene) handedBody {
		return handedBody{Body: s.body("disclosure", object{"of": leafOf(s.consent), "openings": []any{[]any{"c2FsdA", "act", "strike"}}}, nil), By: "verification-officer"}
	}, ""},
	{"opening", "a release of what there is not", "no sealed entry", func(s *scene) handedBody {
		sealed := s.ageFile([]byte("[]"), "liaison", liaisonOfRU)
		return handedBody{Body: s.body("release", object{"of": []string{digestOf("nothing")}, "sealed": base64.StdEncoding.EncodeToString(sealed), "to": "RU and UA"}, nil), By: "head-of-mission"}
	}, "-"},

	{"id", "an allegation under the ID of the mission's observation", "is not the digest", func(s *scene) handedBody {
		return allegationWith(object{"id": s.observed["id"]})(s)
	}, ""},
	{"id", "an allegation under an ID of its own making", "is not the digest", allegationWith(object{"id": digestOf("mine")}), ""},
	{"id", "a tally under another's ID", "is not the digest", liaison("tally", func(s *scene) object { return with(s.tally("UA", "UA"), object{"id": s.observed["id"]}) }), ""},
	{"id", "an attribution under the ID of a decision", "same ID", func(s *scene) handedBody {
		return s.signed("verification-officer", "attribution", with(s.attribution("verification-officer", s.observed["id"].(string)), object{"id": s.decided["id"]}))
	}, ""},
	{"id", "a decision under the ID of another", "same ID", func(s *scene) handedBody {
		return s.signed("duty-officer", "decision", with(s.decision("ask", s.observed["id"].(string)), object{"id": s.decided["id"], "fact": "act", "name": "UA"}))
	}, ""},

	{"speaker", "a sealed allegation under an ID of the mission", "another speaker", func(s *scene) handedBody {
		return sealedAllegation(object{"id": s.observed["id"]}, nil)(s)
	}, ""},
	{"speaker", "a sealed allegation under the ID of a sealed observation", "another speaker", func(s *scene) handedBody {
		return sealedAllegation(object{"id": s.sealed["id"]}, nil)(s)
	}, ""},
	{"speaker", "a notification of the mission under the key of the party's own", "another speaker", func(s *scene) handedBody {
		mine := s.notification("UA")
		s.must(s.signed("liaison", "notification", mine))
		return s.signed("duty-officer", "notification", mine)
	}, ""},
	{"speaker", "a notification of a party under the key of the mission's", "another speaker", func(s *scene) handedBody {
		theirs := s.notification("UA")
		s.must(s.signed("duty-officer", "notification", theirs))
		return s.signed("liaison", "notification", theirs)
	}, ""},
	{"speaker", "the mission under a party's sealed ID", "another speaker", func(s *scene) handedBody {
		body, p := s.sealedBody("observation", with(s.observation(), object{"id": s.partySealed["id"]}), nil, "source", "key", "occurred", "place", "act", "count")
		return handedBody{body, "monitor", p}
	}, ""},
	{"speaker", "the other party under a party's sealed ID", "another speaker", func(s *scene) handedBody {
		body, p := s.sealedBody("allegation", with(s.allegation("RU"), object{"id": s.partySealed["id"]}), nil, allegationFields...)
		return handedBody{body, liaisonOfRU, p}
	}, ""},

	{"source", "an allegation with the source viina", "speaks for UA", func(s *scene) handedBody {
		k := s.key()
		return allegationWith(object{"source": "viina", "key": k, "id": digestOf("observation", "viina", k, "0")})(s)
	}, ""},
	{"source", "an allegation with the mission's source", "speaks for UA", func(s *scene) handedBody {
		k := s.key()
		return allegationWith(object{"source": "mission", "key": k, "id": digestOf("observation", "mission", k, "0")})(s)
	}, ""},
	{"source", "a sealed allegation with the source viina", "speaks for UA", sealedAllegation(object{"source": "viina"}, nil), "-"},
	{"source", "a notification with the source viina", "speaks for UA", liaison("notification", func(s *scene) object { return with(s.notification("UA"), object{"source": "viina"}) }), ""},

	{"file", "an observation of a file that nobody read", "no file of that source", func(s *scene) handedBody {
		k := s.key()
		return observationBy("monitor", object{"source": "firms", "key": k, "id": digestOf("observation", "firms", k, "0")})(s)
	}, ""},
	{"file", "a sealed observation of a file that nobody read", "no file of that source", func(s *scene) handedBody {
		k := s.key()
		body, p := s.sealedBody("observation", with(s.observation(), object{"source": "firms", "key": k, "id": digestOf("keyed", k)}), nil, "source", "key", "occurred", "place", "act", "weapon", "count")
		return handedBody{body, "monitor", p}
	}, "-"},

	{"by", "a duty officer's decision as the head of mission's", "head-of-mission", func(s *scene) handedBody {
		return s.signed("duty-officer", "decision", with(s.decision("ask", s.observed["id"].(string)), object{"by": "head-of-mission", "fact": "act", "name": "UA"}))
	}, ""},
	{"by", "a verification officer's attribution as the head of mission's", "head-of-mission", func(s *scene) handedBody {
		return s.signed("verification-officer", "attribution", s.attribution("head-of-mission", s.observed["id"].(string)))
	}, ""},

	{"known", "a notification that was always known", "known", liaison("notification", func(s *scene) object { return s.notification("UA") }, object{"known": "always"}), ""},
	{"known", "a notification known earlier", "known", liaison("notification", func(s *scene) object { return s.notification("UA") }, object{"known": "2025-08-01T00:00:00Z"}), ""},
	{"known", "an observation known earlier", "known", func(s *scene) handedBody {
		return s.signed("monitor", "observation", s.observation(), object{"known": "2025-08-20T10:00:00Z"})
	}, ""},
	{"known", "a sealed allegation known earlier", "known", func(s *scene) handedBody {
		content := with(s.allegation("UA"), object{"known": "2025-08-20T10:00:00Z"})
		body, p := s.sealedBody("allegation", content, nil, append(slices.Clone(allegationFields), "known")...)
		return handedBody{body, "liaison", p}
	}, "-"},

	{"words", "an act that there is not", "act", allegationWith(object{"act": "dance", "weapon": nil}), ""},
	{"words", "a weapon that there is not", "weapon", allegationWith(object{"weapon": "death-ray"}), ""},
	{"words", "a region that there is not", "region", allegationWith(object{"place": object{"kind": "region", "name": "Atlantis", "uncertainty_m": -1}}), ""},
	{"words", "a consent to a text that nobody stated", "stated", liaison("consent", func(*scene) object { return object{"to": digestOf("x"), "what": "agreement", "party": "UA"} }), ""},
	{"words", "a consent to a lunch", "lunch", liaison("consent", func(s *scene) object { return object{"to": s.m.Agreement.Digest.Hex(), "what": "lunch", "party": "UA"} }), ""},
	{"words", "an answer that there is not", "answer", liaison("response", func(s *scene) object {
		k, to := s.key(), s.observed["id"].(string)
		return with(s.response("UA", to), object{"says": "maybe", "key": k, "id": digestOf("response", "UA", k, to, "maybe")})
	}), ""},
	{"words", "a decision without a reason", "because", func(s *scene) handedBody {
		return s.signed("verification-officer", "decision", with(s.decision("verify", s.observed["id"].(string)), object{"because": nil}))
	}, ""},

	{"files", "an agreement whose files are not here", "", func(s *scene) handedBody {
		return handedBody{Body: s.body("agreement", object{"id": "ukraine-air-first", "title": "t", "status": "rehearsal", "digest": digestOf("x"), "files": []any{object{"name": "agreement.yaml", "sha256": digestOf("y"), "size": 3}}}, nil), By: "mediator"}
	}, ""},
	{"files", "an agreement whose digest is another", "", func(s *scene) handedBody {
		terms, err := s.m.Terms(s.m.Agreement, s.dir+"/agreement")
		if err != nil {
			s.t.Fatal(err)
		}
		terms.Digest = truce.DigestOf("x")
		return handedBody{Body: s.body("agreement", terms, nil), By: "mediator"}
	}, ""},

	{"shelf", "a shared piece that is not an age file", "does not open", sealedAllegation(nil, func(_ *scene, p *ledger.Pieces) { p.Shared = []byte("hello") }), ""},
	{"shelf", "a piece of texts that is not an age file", "does not open", sealedAllegation(object{"note": "seen by X"}, func(_ *scene, p *ledger.Pieces) { p.Texts = []byte("hello") }), ""},
	{"shelf", "no pieces", "did not come with it", sealedAllegation(nil, func(_ *scene, p *ledger.Pieces) { *p = ledger.Pieces{} }), ""},
	{"shelf", "no piece of texts", "did not come with it", sealedAllegation(object{"note": "seen by X"}, func(_ *scene, p *ledger.Pieces) { p.Texts = nil }), ""},
	{"shelf", "pieces of something else", "not what it commits to", sealedAllegation(nil, func(s *scene, p *ledger.Pieces) {
		_, *p = s.sealedBody("allegation", s.allegation("UA"), nil, allegationFields...)
	}), ""},
	{"shelf", "a piece for others", "does not open", sealedAllegation(nil, func(s *scene, p *ledger.Pieces) { p.Shared = s.ageFile([]byte("[]"), "liaison") }), ""},
	{"shelf", "a piece that is not a list", "not a list of openings", sealedAllegation(nil, func(s *scene, p *ledger.Pieces) { p.Shared = s.ageFile([]byte(`{"a":1}`), "intake") }), ""},
	{"shelf", "pieces without commitments", "commits to none", func(s *scene) handedBody {
		h := allegationWith(nil)(s)
		h.Pieces.Shared = s.ageFile([]byte("[]"), "intake")
		return h
	}, ""},
	{"shelf", "a restricted piece without commitments", "commits to nothing", sealedAllegation(nil, func(s *scene, p *ledger.Pieces) { p.Restricted = s.ageFile([]byte("[]"), "head-of-mission") }), ""},

	{"text", "a note that everybody would read", "not sealed", func(s *scene) handedBody {
		return handedBody{Body: s.body("observation", with(s.observation(), object{"note": "seen by X"}), nil), By: "monitor"}
	}, ""},
	{"text", "a party's note that everybody would read", "not sealed", func(s *scene) handedBody {
		return handedBody{Body: s.body("allegation", with(s.allegation("UA"), object{"note": "seen by X"}), nil), By: "liaison"}
	}, ""},
	{"text", "a reason that everybody would read", "not sealed", func(s *scene) handedBody {
		return handedBody{Body: s.body("decision", s.decision("verify", s.observed["id"].(string)), nil), By: "verification-officer"}
	}, ""},

	// Older rules, which are part of the signatures.
	{"role", "an observation by a liaison", "may not write", func(s *scene) handedBody { return s.signed("liaison", "observation", s.observation()) }, "fault"},
	{"role", "a confirmation by a duty officer", "may not write", func(s *scene) handedBody {
		return s.signed("duty-officer", "decision", with(s.decision("confirm", s.observed["id"].(string)), object{"article": "1"}))
	}, "fault"},
	{"role", "a word of a guarantor", "may not write", func(s *scene) handedBody { return s.signed("guarantor", "allegation", s.allegation("UA")) }, "fault"},
	{"role", "a word of a reader", "may not write", func(s *scene) handedBody { return s.signed("reader", "notification", s.notification("UA")) }, "fault"},
	{"role", "a second beginning by the log", "entry 0", func(s *scene) handedBody {
		return handedBody{Body: s.body("mission", object{"agreement": digestOf("x"), "title": "t", "keys": []any{}}, nil), By: "log"}
	}, "fault"},
	{"role", "a key stated by a liaison", "may not write", func(s *scene) handedBody {
		k, err := ledger.NewSecret("head-9")
		if err != nil {
			s.t.Fatal(err)
		}
		return handedBody{Body: s.body("key", k.Public(ledger.HeadOfMission, ""), nil), By: "liaison"}
	}, "fault"},
	{"party", "the other party's word", "speaks for UA", func(s *scene) handedBody { return s.signed("liaison", "allegation", s.allegation("RU")) }, "fault"},
	{"party", "nobody's word", "speaks for UA", func(s *scene) handedBody {
		return s.signed("liaison", "withdrawal", object{"of": s.observed["id"]})
	}, "fault"},
	{"revoked", "a revoked key", "ended with entry", func(s *scene) handedBody { return s.signed("revoked", "observation", s.observation()) }, "fault"},
	{"until", "a key that has run out", "ran out", func(s *scene) handedBody { return s.signed("run-out", "observation", s.observation()) }, "fault"},
	{"unknown", "a stranger's key", "does not know the key", func(s *scene) handedBody { return s.signed("stranger", "observation", s.observation()) }, "fault"},
	{"unsigned", "nobody", "not signed", func(s *scene) handedBody { return s.signed("", "observation", s.observation()) }, "-"},
	{"unsigned", "nobody, with pieces", "not signed", func(s *scene) handedBody {
		h := sealedAllegation(nil, nil)(s)
		h.By = ""
		return h
	}, "-"},
	{"origin", "a body for another record", "was written for the record", func(s *scene) handedBody {
		return s.signed("monitor", "observation", s.observation(), object{"mission": "test/other"})
	}, "fault"},
	{"batch", "a batch", "not handed over", func(s *scene) handedBody {
		return handedBody{Body: s.body("batch", object{"root": base64.StdEncoding.EncodeToString(make([]byte, 32)), "size": 1}, nil), By: "monitor"}
	}, "-"},
}

// TestRefusals hands in, for each rule that an entry must satisfy, bodies that break
// it, signed by keys that could otherwise write them: the answer says why, the record
// does not grow, and nothing is written below the mission's folder.
func TestRefusals(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	s.addKey("revoked", "monitor-2", ledger.Monitor, "", "")
	s.say("head-of-mission", "revoke", object{"key": s.keys["revoked"].ID(), "because": "lost"})
	s.addKey("run-out", "monitor-3", ledger.Monitor, "", "2020-01-01T00:00:00.000Z")
	stranger, err := ledger.NewSecret("monitor-1")
	if err != nil {
		t.Fatal(err)
	}
	s.keys["stranger"] = stranger
	covered := map[string]bool{}
	for _, r := range refusals {
		covered[r.rule] = true
		t.Run(r.rule+"/"+strings.ReplaceAll(r.name, " ", "_"), func(t *testing.T) {
			s.t, s.lab.t = t, t
			h := r.made(s)
			s.settle()
			s.refused(h, r.want)
			if r.verifier == "-" {
				return
			}
			rule := r.rule
			if r.verifier != "" {
				rule = r.verifier
			}
			if slices.Contains(unverified, rule) {
				return
			}
			withRecord, alone := s.objections(h)
			found := slices.ContainsFunc(withRecord, func(o string) bool { return strings.HasPrefix(o, rule) })
			if !found {
				t.Errorf("a verifier that has the record finds %v, and not %s", withRecord, rule)
			}
			if slices.Contains([]string{"form", "time", "future", "place", "sealed", "source", "by"}, rule) && !slices.Contains(alone, rule) {
				t.Errorf("a verifier that has the entry alone finds %v, and not %s", alone, rule)
			}
		})
	}
	s.t, s.lab.t = t, t
	for _, rule := range []string{ledger.RuleForm, ledger.RuleTime, ledger.RuleFuture, ledger.RulePlace, ledger.RuleSealed, ledger.RuleOpening, ledger.RuleID, ledger.RuleSpeaker,
		ledger.RuleSource, ledger.RuleFile, ledger.RuleBy, ledger.RuleKnown, ledger.RuleWords, ledger.RuleFiles, ledger.RuleShelf, ledger.RuleText} {
		if !covered[rule] {
			t.Errorf("no body breaks the rule %s", rule)
		}
	}
	// The record has objections to nothing, and the room opens again.
	sum, err := s.verified()
	if err != nil || sum.Objected != 0 {
		t.Errorf("%v, objections %v", err, sum.Objections)
	}
	s.again()
}

// refused hands in a body that is refused, and holds the folder against what it was.
func (s *scene) refused(h handedBody, want string) {
	s.t.Helper()
	before, size := s.listing(), s.size()
	code, text, _ := s.submit(h, false)
	if code >= 200 && code < 300 || code >= 500 {
		s.t.Errorf("answered %d: %s\n%s", code, text, h.Body)
	} else if !strings.Contains(text, want) {
		s.t.Errorf("the answer does not say %q: %s", want, text)
	}
	s.settle()
	if now := s.size(); now != size {
		s.t.Errorf("the record has grown from %d to %d entries", size, now)
	}
	if d := difference(before, s.listing()); d != "" {
		s.t.Errorf("something was written: %s", d)
	}
}

// size is how many entries the log has.
func (l *lab) size() int64 {
	n, err := ledger.Size(l.m.Record())
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

// TestKnownWhereTermsBind: where terms bind, nobody states that something was known
// before it was received; in a rehearsal the intake may.
func TestKnownWhereTermsBind(t *testing.T) {
	t.Parallel()
	early := object{"known": "2025-08-20T10:00:00Z"}
	s := newScene(t, airFirst)
	s.must(s.signed("intake", "observation", s.observation(), early))
	terms := changedTerms(t, func(text string) string { return strings.Replace(text, "status: rehearsal", "status: in-force", 1) })
	s = newScene(t, terms)
	h := s.signed("intake", "observation", s.observation(), early)
	s.refused(h, "only a record whose terms bind nobody may")
	if found, _ := s.objections(h); !slices.Contains(found, "known") {
		t.Errorf("a verifier finds %v", found)
	}
}

// TestHonest: each role hands in each kind that it may write; it is accepted with a
// receipt, and what findings depend on is shown. A submission handed in again is the
// same entry.
func TestHonest(t *testing.T) {
	t.Parallel()
	if os.Getenv("TRUCE_LAWS") == "" {
		t.Skip("it takes twenty seconds: make laws")
	}
	s := newScene(t, airFirst)
	of := s.observed["id"].(string)
	says := func(c object) object { c["because"] = "by agreement"; return c }
	kinds := map[string]func(role, party string) (object, string){
		"observation": func(string, string) (object, string) {
			o := with(s.observation(), object{"note": "seen on patrol"})
			return o, "/incidents/" + o["id"].(string)
		},
		"seen": func(string, string) (object, string) {
			o := s.seen()
			return o, "/incidents/" + o["id"].(string)
		},
		"allegation": func(_, party string) (object, string) {
			o := s.allegation(party)
			return o, "/incidents/" + o["id"].(string)
		},
		"tally": func(role, party string) (object, string) {
			if role == "liaison" {
				return s.tally(party, party), ""
			}
			return s.tally("mission", ""), ""
		},
		"coverage": func(role, party string) (object, string) {
			if role == "liaison" {
				return s.coverage(party, party), ""
			}
			return s.coverage("mission", ""), ""
		},
		"notification": func(_, party string) (object, string) { return s.notification(party), "" },
		"response":     func(_, party string) (object, string) { return s.response(party, of), "" },
		"restriction":  func(_, party string) (object, string) { return s.restriction(party), "" },
		"withdrawal": func(role, party string) (object, string) {
			if role == "liaison" {
				o := s.allegation(party)
				s.must(s.signed(role, "allegation", o))
				return object{"of": o["id"], "by": party, "because": "a mistake"}, ""
			}
			o := s.observation()
			s.must(s.signed("monitor", "observation", o))
			return object{"of": o["id"], "because": "a mistake"}, ""
		},
		"attribution": func(role, _ string) (object, string) { return s.attribution(role, of), "" },
		"source":      func(role, _ string) (object, string) { return s.source(role + ".csv"), "" },
		"outage":      func(string, string) (object, string) { return object{"during": span("2025-08-21T05:00:00Z", 60)}, "" },
		"consent": func(_, party string) (object, string) {
			return object{"to": s.m.Agreement.Digest.Hex(), "what": "agreement", "party": party, "because": "signed"}, ""
		},
		"key": func(role, _ string) (object, string) {
			k, err := ledger.NewSecret(fmt.Sprintf("reader-%d", s.n))
			if err != nil {
				t.Fatal(err)
			}
			return object{"name": k.Name(), "key": k.VKey(), "role": "reader"}, ""
		},
		"method": func(string, string) (object, string) { return says(object{"method": mission.ThisMethod()}), "" },
		"publication": func(string, string) (object, string) {
			return object{"title": "t", "file": "f", "known": "never", "because": "b", "sha256": digestOf(s.key()), "entries": 3, "digests": object{}}, ""
		},
		"agreement": func(string, string) (object, string) {
			terms, err := s.m.Terms(s.m.Agreement, s.dir+"/agreement")
			if err != nil {
				t.Fatal(err)
			}
			var o object
			if err := json.Unmarshal(canonicalJSON(t, terms), &o); err != nil {
				t.Fatal(err)
			}
			return with(o, object{"because": "second round " + s.key()}), ""
		},
		"disclosure": func(string, string) (object, string) {
			body, p := s.sealedBody("observation", s.observation(), nil, "weapon")
			s.must(handedBody{body, "monitor", p})
			return object{"of": leafOf(body), "openings": s.opened(p.Shared), "because": "asked"}, ""
		},
		"release": func(string, string) (object, string) {
			sealed := s.ageFile([]byte("[]"), "liaison", liaisonOfRU)
			return object{"of": []string{s.sealedAs}, "sealed": base64.StdEncoding.EncodeToString(sealed), "to": "RU and UA"}, ""
		},
		"forgetting": func(string, string) (object, string) {
			return object{"of": s.sealedAs, "all": false, "because": "asked"}, ""
		},
		"revoke": func(string, string) (object, string) {
			s.addKey("ends", fmt.Sprintf("ends-%d", s.n), ledger.Reader, "", "")
			return object{"key": s.keys["ends"].ID(), "because": "gone"}, ""
		},
	}
	n := 0
	for _, role := range ledger.Roles {
		party := "UA"
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			if !ledger.MayWrite(role, kind) || kind == "source" { // files are brought in at the mission
				continue
			}
			t.Run(string(role)+"/"+kind, func(t *testing.T) {
				s.t, s.lab.t = t, t
				content, page := kinds[kind](string(role), party)
				h := s.signed(string(role), kind, content)
				entry := s.must(h)
				n++
				if slices.Contains([]string{"response", "attribution"}, kind) {
					if _, body := s.get("/incidents/" + of); !strings.Contains(body, map[string]string{"response": "contest", "attribution": "Russian Federation"}[kind]) {
						t.Errorf("the %s is not shown", kind)
					}
				}
				if page != "" {
					if code, body := s.get(page); code != 200 || !strings.Contains(body, "#"+entry) && !strings.Contains(body, entry) {
						t.Errorf("%s: %d, and entry %s is not named", page, code, entry)
					}
				}
				s.settle()
				before, size := s.listing(), s.size()
				if code, text, same := s.submit(h, true); code != 200 || same != entry || !strings.HasPrefix(text, "truce-receipt/v1\n") {
					t.Errorf("handed in again: %d, entry %s and not %s: %s", code, same, entry, text)
				}
				if d := difference(before, s.listing()); d != "" || s.size() != size {
					t.Errorf("handed in again, it was written: %s", d)
				}
			})
		}
		for _, kind := range truce.DecisionKinds {
			if !ledger.MayDecide(role, string(kind)) {
				continue
			}
			t.Run(string(role)+"/"+string(kind), func(t *testing.T) {
				s.t, s.lab.t = t, t
				n++
				s.must(s.signed(string(role), "decision", s.decisionOf(string(kind), string(role))))
			})
		}
	}
	s.t, s.lab.t = t, t
	sum, err := s.verified()
	if err != nil || sum.Objected != 0 {
		t.Errorf("%v, objections %v", err, sum.Objections)
	}
	s.again()
	if code, _ := s.get("/"); code != 200 {
		t.Errorf("opened again, it answers %d", code)
	}
	t.Logf("%d submissions", n)
}

// opened are the openings of a piece, as a disclosure contains them.
func (s *scene) opened(sealed []byte) []json.RawMessage {
	s.t.Helper()
	plain, err := evidence.Decrypt(sealed, s.keys["head-of-mission"].Identities()...)
	if err != nil {
		s.t.Fatal(err)
	}
	var list []ledger.Opening
	if err := json.Unmarshal(plain, &list); err != nil {
		s.t.Fatal(err)
	}
	var out []json.RawMessage
	for _, o := range list {
		out = append(out, json.RawMessage(o.Text))
	}
	return out
}

// decisionOf is a decision that a role may take.
func (s *scene) decisionOf(kind, role string) object {
	a, b := s.observation(), s.observation()
	for _, o := range []object{a, b} {
		if code, text, _ := s.submit(s.signed("monitor", "observation", o), false); code != 200 {
			s.t.Fatalf("%d %s", code, text)
		}
	}
	d := with(s.decision(kind, a["id"].(string)), object{"by": role})
	switch truce.DecisionKind(kind) {
	case truce.Merge, truce.Split:
		d["of"] = []any{a["id"], b["id"]}
	case truce.Confirm, truce.Reject:
		d["article"] = "1"
	case truce.Regrade:
		d["grade"] = "B2"
	case truce.Ask:
		d["fact"], d["name"] = "act", "UA"
	case truce.Declare:
		d = with(d, object{"of": nil, "name": "ground-annex-signed", "from": "2025-08-21T05:00:00Z"})
	case truce.Extend:
		d = with(d, object{"of": nil, "name": "air", "to": "2027-08-21T05:00:00Z"})
	case truce.Terminate:
		d = with(d, object{"of": nil, "name": "air", "from": "2027-08-21T05:00:00Z"})
	}
	return d
}

// TestWithdrawalOfAnothers: a party takes back the mission's observation, and says
// something else under its ID: the observation is listed as before, with its findings.
func TestWithdrawalOfAnothers(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	id := s.observed["id"].(string)
	shown := func() string {
		s.settle()
		code, body := s.get("/api/incidents")
		if code != 200 {
			t.Fatalf("%d %s", code, body)
		}
		var list struct {
			Incidents []struct {
				ID       string
				Act      string
				Findings json.RawMessage
			}
		}
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatal(err)
		}
		for _, x := range list.Incidents {
			if code, page := s.get("/incidents/" + x.ID); code == 200 && strings.Contains(page, id) {
				return fmt.Sprint(x.Act, string(x.Findings))
			}
		}
		return ""
	}
	before := shown()
	if before == "" {
		t.Fatal("the observation is not shown to begin with")
	}
	code, text, _ := s.submit(s.signed("liaison", "withdrawal", object{"of": id, "by": "UA", "because": "we say so"}), true)
	t.Logf("the withdrawal was answered %d: %.100s", code, text)
	s.refused(sealedAllegation(object{"id": id}, nil)(s), "another speaker")
	s.refused(allegationWith(object{"id": id})(s), "is not the digest")
	for range 2 {
		if after := shown(); after != before {
			t.Errorf("it was %s, and is %s", before, after)
		}
		s.again()
	}
	sum, err := s.verified()
	if err != nil || sum.Objected != 0 {
		t.Errorf("%v, objections %v", err, sum.Objections)
	}
}

// TestOrderOfDecisions: a decision that numbers itself last is not last: a later one
// of the head of mission takes its place.
func TestOrderOfDecisions(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	a, b := s.observation(), with(s.observation(), object{"occurred": span("2025-08-20T19:05:00Z", 1)})
	for _, o := range []object{a, b} {
		s.must(s.signed("monitor", "observation", o))
	}
	of := []any{a["id"], b["id"]}
	together := func() bool {
		s.settle()
		state, _ := s.room.State()
		var id truce.Digest
		if err := id.UnmarshalText([]byte(a["id"].(string))); err != nil {
			t.Fatal(err)
		}
		inc := state.Situations[truce.ForPublic].IncidentOf(id)
		return slices.ContainsFunc(inc.Of, func(o *truce.Observation) bool { return o.ID.Hex() == b["id"] })
	}
	if together() {
		t.Fatal("they are one incident to begin with")
	}
	s.must(s.signed("duty-officer", "decision", with(s.decision("merge", ""), object{"of": of, "seq": 900_000_000_000_000})))
	if !together() {
		t.Fatal("the duty officer's decision has no effect")
	}
	s.must(s.signed("head-of-mission", "decision", with(s.decision("split", ""), object{"of": of, "seq": 1})))
	for range 2 {
		if together() {
			t.Error("the later decision of the head of mission has no effect")
		}
		s.again()
	}
}

// TestForgottenStaysForgotten: pieces handed in under the hash of what was forgotten
// bring nothing back, whoever hands them in, and the room opens again.
func TestForgottenStaysForgotten(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	of := leafOf(s.old.Body)
	s.must(handedBody{Body: s.body("forgetting", object{"of": of, "all": true, "because": "a court's order"}, nil), By: "head-of-mission"})
	id := truce.Digest(leafHash(s.old.Body))
	for _, name := range []truce.Digest{id, mission.Behind(id), mission.TextOf(id)} { // as truce forget does
		if err := s.m.Shelf().Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	s.settle()
	before := s.listing()
	garbage := ledger.Pieces{Shared: []byte("garbage"), Texts: []byte("garbage")}
	other := ledger.Pieces{Shared: s.ageFile([]byte(`[]`), "intake")}
	for i, h := range []handedBody{s.old, {s.old.Body, "liaison", garbage}, {s.old.Body, "liaison", other}, {s.old.Body, "", s.old.Pieces}, {s.old.Body, "", garbage}, {s.old.Body, liaisonOfRU, s.old.Pieces}, {s.old.Body, "head-of-mission", s.old.Pieces}} {
		code, text, _ := s.submit(h, true)
		if code >= 500 || h.By == "" && code == 200 {
			t.Errorf("%d: answered %d %s", i, code, text)
		}
		if d := difference(before, s.listing()); d != "" {
			t.Errorf("%d: something came back: %s", i, d)
		}
	}
	s.again()
	if code, _ := s.get("/"); code != 200 {
		t.Errorf("opened again, it answers %d", code)
	}
	if d := difference(before, s.listing()); d != "" {
		t.Errorf("opened again: %s", d)
	}
}

// TestSameIDAtOnce: of two speakers, or two decisions, that use one ID at the same
// moment, one is accepted.
func TestSameIDAtOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t, airFirst)
	for i := range 12 {
		theirs := s.notification("UA")
		both := []handedBody{s.signed("duty-officer", "notification", theirs), s.signed("liaison", "notification", theirs, object{"at": "2025-08-21T00:00:00.000Z"})}
		if i%3 == 2 {
			one, other := s.decision("verify", s.observed["id"].(string)), s.decision("unverifiable", s.observed["id"].(string))
			both = []handedBody{s.signed("verification-officer", "decision", one), s.signed("head-of-mission", "decision", with(other, object{"id": one["id"]}))}
		}
		var all sync.WaitGroup
		codes := make([]int, len(both))
		for j, h := range both {
			all.Go(func() { codes[j], _, _ = s.submit(h, false) })
		}
		all.Wait()
		slices.Sort(codes)
		if !slices.Equal(codes, []int{200, 422}) {
			t.Errorf("round %d: answered %v", i, codes)
		}
	}
	s.settle()
	if sum, err := s.lab.verified(); err != nil || sum.Objected != 0 {
		t.Errorf("%v, objections %v", err, sum.Objections)
	}
}
