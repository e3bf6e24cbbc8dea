package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce"
)

func newKey(t testing.TB, name string) *Secret {
	t.Helper()
	s, err := NewSecret(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fails(t testing.TB, what string, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	is(t, what, got, want)
}

// TestSecret: names, files and public halves of keys.
func TestSecret(t *testing.T) {
	for _, name := range []string{"", "a b", "a+b", "a\tb", "a\nb", "a@b", "a\u00a0b"} {
		_, err := NewSecret(name)
		fails(t, name, err, fmt.Sprintf("key name %q: want letters, digits, - and /, such as verification-1; no person's name", name))
	}
	s := newKey(t, "verification-1")
	k := s.Public(Verification, "")
	if err := k.check(); err != nil || k.Revoked != -1 || k.Name != "verification-1" || k.ID() != s.ID() || k.Recipient != s.identity.Recipient().String() || len(s.Identities()) != 1 {
		t.Errorf("%+v, %v", k, err)
	}
	is(t, "card", s.Card(), s.VKey()+"\n"+k.Recipient+"\n")
	is(t, "text", s.Text(), "# a secret key of truce: whoever has this file can sign as verification-1\n"+s.skey+"\n"+s.identity.String()+"\n")
	again, err := ParseSecret(s.Text())
	if err != nil || again.Card() != s.Card() || again.Text() != s.Text() {
		t.Errorf("read again: %v", err)
	}
	// A key that reads nothing.
	blind, err := ParseSecret("\n  # a comment\n" + s.skey + "\n")
	if err != nil || blind.VKey() != s.VKey() || len(blind.Identities()) != 0 || blind.Public(Verification, "").Recipient != "" || blind.Card() != s.VKey()+"\n" || strings.Count(blind.Text(), "\n") != 2 {
		t.Errorf("a key that reads nothing: %v", err)
	}
	seed := SeedOf(s.skey)
	if len(seed) != 32 || SeedOf("x") != nil {
		t.Errorf("a seed of %d bytes", len(seed))
	}
	f := strings.SplitN(s.skey, "+", 5)
	for what, x := range map[string]struct{ text, want string }{
		"nothing":              {"", "no signing key in it"},
		"only a reading key":   {s.identity.String(), "no signing key in it"},
		"no key":               {s.skey + "\nx\n", "a line that is not a key"},
		"a broken signing key": {"PRIVATE+KEY+x\n", "the signing key does not parse"},
		"a broken reading key": {s.skey + "\nAGE-SECRET-KEY-PQ-1X\n", "the reading key does not parse"},
	} {
		_, err := ParseSecret(x.text)
		fails(t, what, err, x.want)
	}
	for what, skey := range map[string]string{"four parts": strings.Join(f[:4], "+"), "no base64": strings.Join(f[:4], "+") + "+*", "more after it": s.skey + "*", "a short one": strings.Join(f[:4], "+") + "+" + base64.StdEncoding.EncodeToString(make([]byte, 32))} {
		_, err := verifierKey(skey)
		fails(t, what, err, "the signing key does not parse")
	}
	// Cards.
	card, err := ParseCard("# of the duty officer\n" + s.Card())
	if err != nil || card.VKey != s.VKey() || card.Recipient != k.Recipient || card.Name != "verification-1" || card.Revoked != -1 {
		t.Errorf("%+v, %v", card, err)
	}
	card, err = ParseCard(k.Recipient + "\n" + s.VKey())
	if err != nil || card.VKey != s.VKey() || card.Recipient != k.Recipient {
		t.Errorf("the other way around: %+v, %v", card, err)
	}
	_, err = ParseCard(s.VKey() + "\n" + s.VKey())
	fails(t, "two keys", err, "two keys in one file")
	_, err = ParseCard("# nothing\n" + k.Recipient)
	fails(t, "no key", err, "no key in it")
}

// TestKeyFile: a key is written for its owner alone and never over another, and one
// that others may read is not used.
func TestKeyFile(t *testing.T) {
	s := newKey(t, "n")
	name := filepath.Join(t.TempDir(), "a", "n.key")
	if err := s.Save(name); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fs.FileMode{name: 0o600, filepath.Dir(name): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	again, err := LoadSecret(name)
	if err != nil || again.Text() != s.Text() {
		t.Errorf("loaded: %v", err)
	}
	fails(t, "written over", newKey(t, "n").Save(name), name+" is there already: a key is never written over")
	if text, _ := os.ReadFile(name); string(text) != s.Text() {
		t.Error("it was written over")
	}
	for _, mode := range []fs.FileMode{0o604, 0o640, 0o666} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		_, err = LoadSecret(name)
		fails(t, mode.String(), err, fmt.Sprintf("%s: others on this machine may read this key: chmod 600 %s", name, name))
	}
	if err := os.Chmod(name, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = LoadSecret(name)
	fails(t, "no key", err, name+": a line that is not a key")
	if _, err = LoadSecret(name + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := s.Save(filepath.Join(name, "below", "a.key")); err == nil {
		t.Error("a key was written below a file")
	}
	if err := s.Save(filepath.Dir(name)); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a key was written over a folder: %v", err)
	}
	full := filepath.Join(t.TempDir(), strings.Repeat("x", 300))
	if err := s.Save(full); err == nil || errors.Is(err, fs.ErrExist) {
		t.Errorf("a name that is too long: %v", err)
	}
}

// TestKeyCheck: what a stated key must be.
func TestKeyCheck(t *testing.T) {
	s := newKey(t, "n")
	for _, tt := range []struct {
		name   string
		change func(k *Key)
		want   string
	}{
		{"a reader", func(k *Key) {}, ""},
		{"the log's", func(k *Key) { k.Role = RoleLog }, ""},
		{"a liaison", func(k *Key) { k.Role, k.Party = Liaison, "UA" }, ""},
		{"without a recipient", func(k *Key) { k.Recipient = "" }, ""},
		{"until a moment", func(k *Key) { k.Until = "2026-03-01T10:05:00.000Z" }, ""},
		{"no key", func(k *Key) { k.VKey = "x" }, `key "n": malformed verifier id`},
		{"another name", func(k *Key) { k.Name = "m" }, `key "m" is named "n" in itself`},
		{"no role", func(k *Key) { k.Role = "" }, `key "n": role "" is unknown; there is intake, monitor, duty-officer, verification-officer, reporting-officer, head-of-mission, liaison, mediator, guarantor, reader`},
		{"another role", func(k *Key) { k.Role = "intak" }, `key "n": role "intak" is unknown; did you mean "intake"?`},
		{"a liaison of nobody", func(k *Key) { k.Role = Liaison }, `key "n": a liaison has a party, and nobody else`},
		{"a reader of a party", func(k *Key) { k.Party = "UA" }, `key "n": a liaison has a party, and nobody else`},
		{"a recipient that is none", func(k *Key) { k.Recipient = "x" }, `key "n": recipient: malformed recipient at line 1`},
		{"until now", func(k *Key) { k.Until = "now" }, `key "n": until: parsing time "now" as "2006-01-02T15:04:05.000Z": cannot parse "now" as "2006"`},
	} {
		k := s.Public(Reader, "")
		tt.change(&k)
		err := k.check()
		if strings.HasPrefix(tt.want, `key "n": recipient`) || strings.HasPrefix(tt.want, `key "n": role "intak"`) {
			if err == nil || !strings.HasPrefix(err.Error(), tt.want[:20]) {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		fails(t, tt.name, err, tt.want)
	}
}

// cast is a registry with a key for each role, two parties, and two heads.
type cast struct {
	*registry
	secrets map[string]*Secret
}

func newCast(t testing.TB) *cast {
	t.Helper()
	c := &cast{newRegistry(), map[string]*Secret{}}
	for _, x := range []struct {
		name  string
		role  Role
		party truce.PartyID
	}{{"log", RoleLog, ""}, {"head-1", HeadOfMission, ""}, {"intake-1", Intake, ""}, {"monitor-1", Monitor, ""}, {"duty-1", DutyOfficer, ""}, {"verification-1", Verification, ""},
		{"reporting-1", ReportingOfficer, ""}, {"mediator-1", Mediator, ""}, {"ua-1", Liaison, "UA"}, {"ru-1", Liaison, "RU"}} {
		s := newKey(t, x.name)
		c.secrets[x.name] = s
		if err := c.add(s.Public(x.role, x.party), 0); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c *cast) key(name string) *Key { return c.keys[c.secrets[name].ID()] }

// says is a submission, signed by keys whose names are separated by blanks.
func (c *cast) says(t testing.TB, kind, content string, who string) *Submission {
	t.Helper()
	var keys []*Secret
	for name := range strings.FieldsSeq(who) {
		keys = append(keys, c.secrets[name])
	}
	b := Body{Kind: kind, Mission: "m", Content: []byte(content)}
	s, err := b.Say(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return &s
}

// TestMay: who may write what.
func TestMay(t *testing.T) {
	c := newCast(t)
	for _, x := range []struct{ name, of, until string }{{"monitor-2", "monitor-1", "2026-03-01T12:00:00.000Z"}} {
		k := newKey(t, x.name)
		c.secrets[x.name] = k
		p := k.Public(c.key(x.of).Role, "")
		p.Until = x.until
		if err := c.add(p, 1); err != nil {
			t.Fatal(err)
		}
	}
	own := func(name, until string) string {
		if until != "" {
			until = fmt.Sprintf(`,"until":%q`, until)
		}
		return fmt.Sprintf(`{"key":"k","name":"n","replaces":%q,"role":"monitor"%s}`, c.secrets[name].ID(), until)
	}
	revoke := func(name string) string { return fmt.Sprintf(`{"key":%q}`, c.secrets[name].ID()) }
	ended := newKey(t, "ended")
	c.secrets["ended"] = ended
	if err := c.add(ended.Public(Monitor, ""), 1); err != nil {
		t.Fatal(err)
	}
	c.key("ended").Revoked = 0
	const no = "the key may not sign this: "
	const ua, alone = no + "ua-1 speaks for UA, and for nobody else", no + "monitor-2 runs out at 2026-03-01T12:00:00.000Z, and so must what it puts in its place; the head of mission may allow more"
	const monitorKey = no + `monitor-1 is the key of a monitor, who may not write "key"; only the head of mission may: sign with --as and that key`
	for _, tt := range []struct {
		name, who, kind, content string
		at                       truce.Instant
		want                     string
	}{
		{"a monitor observes", "monitor-1", "observation", `{}`, noon, ""},
		{"a monitor observes with anything", "monitor-1", "observation", `{"by":"RU","claimant":"RU"}`, noon, ""},
		{"a key that ended with entry 0", "ended", "observation", `{}`, noon, no + "ended ended with entry 0; sign with a key that is in force, or have the head of mission add one: truce keys add"},
		{"before it runs out", "monitor-2", "observation", `{}`, noon - 1, ""},
		{"when it runs out", "monitor-2", "observation", `{}`, noon, no + "monitor-2 ran out at 2026-03-01T12:00:00.000Z; its holder makes a new one and has it put in its place: truce keys replace"},
		{"a monitor claims", "monitor-1", "allegation", `{}`, noon, no + `monitor-1 is the key of a monitor, who may not write "allegation"; an intake, duty officer or liaison may: sign with --as and one of their keys`},
		{"a monitor states a mission", "monitor-1", "mission", `{}`, noon, no + `monitor-1 is the key of a monitor, who may not write "mission"; only the log may: sign with --as and that key`},
		{"a monitor gossips", "monitor-1", "gossip", `{}`, noon, no + `monitor-1 is the key of a monitor, who may not write "gossip"; there is no such entry`},
		{"a duty officer merges", "duty-1", "decision", `{"kind":"merge"}`, noon, ""},
		{"a duty officer confirms", "duty-1", "decision", `{"kind":"confirm"}`, noon, no + `duty-1 is the key of a duty officer, who may not write "confirm"; a verification officer or head of mission may: sign with --as and one of their keys`},
		{"a decision that cannot be read", "duty-1", "decision", `{"kind":1}`, noon, `refused: the content cannot be read: cannot unmarshal JSON number into Go ledger.Role`},
		{"the head states a key", "head-1", "key", `{"role":"reader"}`, noon, ""},
		{"the head states a log's key", "head-1", "key", `{"role":"log"}`, noon, "refused: the log's own key is stated in entry 0, and nowhere else"},
		{"a monitor states a key", "monitor-1", "key", `{"role":"reader"}`, noon, monitorKey},
		{"a monitor puts a key in its own place", "monitor-1", "key", own("monitor-1", ""), noon, ""},
		{"a monitor puts a key in another's place", "monitor-1", "key", own("monitor-2", ""), noon, monitorKey},
		{"one that runs out puts one in its place that does not", "monitor-2", "key", own("monitor-2", ""), noon - 1, alone},
		{"one that runs out later", "monitor-2", "key", own("monitor-2", "2026-03-01T12:00:00.001Z"), noon - 1, alone},
		{"one that runs out at once", "monitor-2", "key", own("monitor-2", "2026-03-01T12:00:00.000Z"), noon - 1, ""},
		{"one that runs out before", "monitor-2", "key", own("monitor-2", "2026-03-01T11:00:00.000Z"), noon - 1, ""},
		{"the head for one that runs out", "head-1", "key", own("monitor-2", ""), noon - 1, ""},
		{"one that runs out states a key", "monitor-2", "key", `{"role":"reader"}`, noon - 1, strings.Replace(monitorKey, "monitor-1", "monitor-2", 1)},
		{"one that runs out publishes", "monitor-2", "publication", `{}`, noon - 1, no + `monitor-2 is the key of a monitor, who may not write "publication"; a reporting officer or head of mission may: sign with --as and one of their keys`},
		{"a monitor revokes its own", "monitor-1", "revoke", revoke("monitor-1"), noon, ""},
		{"a monitor revokes another", "monitor-1", "revoke", revoke("monitor-2"), noon, no + `monitor-1 is the key of a monitor, who may not write "revoke"; only the head of mission may: sign with --as and that key`},
		{"the head revokes", "head-1", "revoke", revoke("monitor-1"), noon, ""},
		{"an observation names the key that signed it", "mediator-1", "observation", fmt.Sprintf(`{"key":%q,"replaces":%[1]q}`, c.secrets["mediator-1"].ID()), noon,
			no + `mediator-1 is the key of a mediator, who may not write "observation"; an intake, monitor, duty officer or verification officer may: sign with --as and one of their keys`},
		{"a liaison claims", "ua-1", "allegation", `{"claimant":"UA"}`, noon, ""},
		{"a liaison claims for the other", "ua-1", "allegation", `{"claimant":"RU"}`, noon, ua},
		{"a liaison claims for nobody", "ua-1", "allegation", `{}`, noon, ua},
		{"a liaison answers", "ua-1", "response", `{"by":"UA"}`, noon, ""},
		{"a liaison answers for both", "ua-1", "response", `{"by":"UA","claimant":"RU"}`, noon, ua},
		{"a liaison answers twice for its own", "ua-1", "response", `{"by":"UA","claimant":"UA","party":"UA"}`, noon, ""},
		{"a liaison answers for the other and its own", "ua-1", "response", `{"by":"RU","party":"UA"}`, noon, ua},
		{"a liaison consents", "ua-1", "consent", `{"party":"UA"}`, noon, ""},
		{"a liaison consents without a party", "ua-1", "consent", `{"by":"UA"}`, noon, ua},
		{"a liaison signs a batch", "ua-1", "batch", `{}`, noon, ""},
		{"a liaison observes", "ua-1", "observation", `{"by":"UA"}`, noon, no + `ua-1 is the key of a liaison, who may not write "observation"; an intake, monitor, duty officer or verification officer may: sign with --as and one of their keys`},
		{"a liaison whose content cannot be read", "ua-1", "allegation", `{"by":1}`, noon, `refused: the content cannot be read: cannot unmarshal JSON number into Go truce.PartyID`},
	} {
		err := c.says(t, tt.kind, tt.content, tt.who).May(c.key(tt.who), tt.at.Time())
		if strings.HasPrefix(tt.want, "refused: the content") {
			if !errors.Is(err, ErrRefused) || !strings.HasPrefix(err.Error(), "refused: the content cannot be read") {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		fails(t, tt.name, err, tt.want)
	}
	fails(t, "refusal of a decision", Refusal(*c.key("duty-1"), "confirm"), no+`duty-1 is the key of a duty officer, who may not write "confirm"; a verification officer or head of mission may: sign with --as and one of their keys`)
	fails(t, "refusal of an entry", Refusal(*c.key("monitor-1"), "publication"), no+`monitor-1 is the key of a monitor, who may not write "publication"; a reporting officer or head of mission may: sign with --as and one of their keys`)
	for kind, want := range map[string]bool{"observation": true, "allegation": false, "": false} {
		if MayWrite(Monitor, kind) != want {
			t.Errorf("a monitor writes %q: %v", kind, !want)
		}
	}
	if !MayDecide(DutyOfficer, "merge") || MayDecide(DutyOfficer, "confirm") {
		t.Error("a duty officer merges, and does not confirm")
	}
}

// TestFind: whose signatures stand under a submission.
func TestFind(t *testing.T) {
	c := newCast(t)
	names := func(keys []*Key) string {
		var out []string
		for _, k := range keys {
			out = append(out, k.Name)
		}
		return strings.Join(out, " ")
	}
	two := c.says(t, "outage", `{}`, "duty-1 head-1")
	got, err := c.find(two)
	if err != nil || names(got) != "duty-1 head-1" {
		t.Errorf("%s, %v", names(got), err)
	}
	const no = "the key may not sign this: "
	bad := func(name string, change func(s *Submission), want string) {
		t.Helper()
		s := c.says(t, "outage", `{}`, "duty-1 head-1")
		change(s)
		_, err := c.find(s)
		if strings.HasSuffix(want, "(") {
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: %v", name, err)
			}
			return
		}
		fails(t, name, err, want)
	}
	unknown := no + "the record does not know the key that signed it ("
	bad("not signed", func(s *Submission) { s.sigs = nil }, no+"the outage is not signed")
	bad("signed twice", func(s *Submission) { s.sigs[1] = s.sigs[0] }, "refused: it is signed twice with duty-1")
	bad("another body", func(s *Submission) { s.body = append(slices.Clone(s.body), ' ') }, no+"the signature of duty-1 does not verify")
	bad("a stranger", func(s *Submission) { delete(c.keys, c.secrets["head-1"].ID()) }, unknown)
	if err := c.add(c.secrets["head-1"].Public(HeadOfMission, ""), 0); err != nil {
		t.Fatal(err)
	}
	bad("another dash", func(s *Submission) { s.sigs[0] = "-" + strings.TrimPrefix(s.sigs[0], "—") }, unknown)
	bad("no dash", func(s *Submission) { s.sigs[0] = strings.TrimPrefix(s.sigs[0], "— ") }, unknown)
	bad("more in the base64", func(s *Submission) { s.sigs[0] += "*" }, unknown)
	bad("a line within the base64", func(s *Submission) { s.sigs[0] = s.sigs[0][:30] + "\n" + s.sigs[0][30:] }, unknown)
	bad("a hash and nothing else", func(s *Submission) {
		s.sigs[0] = "— duty-1 " + base64.StdEncoding.EncodeToString([]byte{byte(c.key("duty-1").v.KeyHash() >> 24), byte(c.key("duty-1").v.KeyHash() >> 16), byte(c.key("duty-1").v.KeyHash() >> 8), byte(c.key("duty-1").v.KeyHash())})
	}, unknown)
	bad("a hash and one byte", func(s *Submission) {
		s.sigs[0] = "— duty-1 " + base64.StdEncoding.EncodeToString([]byte{byte(c.key("duty-1").v.KeyHash() >> 24), byte(c.key("duty-1").v.KeyHash() >> 16), byte(c.key("duty-1").v.KeyHash() >> 8), byte(c.key("duty-1").v.KeyHash()), 1})
	}, no+"the signature of duty-1 does not verify")

	subs, err := SayAll("m", noon.Time(), c.secrets["intake-1"], []Body{{Kind: "outage", Mission: "m", Content: []byte(`{"because":"1"}`)}, {Kind: "outage", Mission: "m", Content: []byte(`{"because":"2"}`)}, {Kind: "outage", Mission: "m", Content: []byte(`{"because":"3"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.find(&subs[1])
	fails(t, "a member before its batch", err, no+"the batch of this outage was not submitted first")
	c.open(rootOf(&subs[0]), c.key("intake-1"), subs[0].leaves)
	for i := 1; i <= 3; i++ {
		if got, err := c.find(&subs[i]); err != nil || names(got) != "intake-1" {
			t.Errorf("member %d: %s, %v", i, names(got), err)
		}
	}
	for _, at := range []int{-1, 0, 2, 3} {
		s := subs[2]
		s.in = &batchRef{At: at, Root: s.in.Root}
		_, err = c.find(&s)
		fails(t, fmt.Sprint("member 1 at ", at), err, no+"this outage is not what its author signed in the batch")
	}
	if got, err := c.signersOf(&subs[2]); err != nil || names(got) != "intake-1" {
		t.Errorf("%s, %v", names(got), err)
	}
	// 1,024 batches are kept.
	for i := range 1023 {
		c.open(fmt.Sprint(i), c.key("intake-1"), nil)
		c.open(fmt.Sprint(i), c.key("intake-1"), nil) // said again, it is the same
	}
	if _, err := c.find(&subs[2]); err != nil {
		t.Errorf("after 1,023 others: %v", err)
	}
	c.open("one more", c.key("intake-1"), nil)
	_, err = c.find(&subs[2])
	fails(t, "after 1,024 others", err, no+"the batch of this outage was not submitted first")
	if len(c.roots) != 1024 || len(c.rootList) != 1024 {
		t.Errorf("%d batches are kept, and %d named", len(c.roots), len(c.rootList))
	}
	_, err = c.signersOf(&subs[2])
	fails(t, "a member of no batch", err, "its batch was not signed by anybody")
	s := c.says(t, "outage", `{}`, "duty-1")
	s.sigs[0] = "x"
	_, err = c.signersOf(s)
	fails(t, "signed with a key that is none", err, "signed with an unknown key: x")
	if got, err := c.signersOf(c.says(t, "mission", `{}`, "log")); err != nil || got != nil {
		t.Errorf("a mission is signed by %v, %v", got, err)
	}
}

// TestApply: what an entry changes about keys, files and terms; dry says the same and
// changes nothing.
func TestApply(t *testing.T) {
	fresh := newKey(t, "new-1")
	card := func(s *Secret, role Role, more string) string {
		return fmt.Sprintf(`{"key":%q,"name":%q,"role":%q%s}`, s.VKey(), s.Name(), role, more)
	}
	c := newCast(t)
	replaces := func(name string) string { return fmt.Sprintf(`,"replaces":%q`, c.secrets[name].ID()) }
	for _, tt := range []struct {
		name, kind, content, who string
		before                   func(c *cast)
		want                     string
		after                    func(c *cast) bool
	}{
		{"a key", "key", card(fresh, Reader, ""), "head-1", nil, "", func(c *cast) bool {
			k := c.keys[fresh.ID()]
			return k.From == 9 && k.Revoked == -1 && k.Hand == fresh.ID()
		}},
		{"a key that is known", "key", card(c.secrets["duty-1"], DutyOfficer, ""), "head-1", nil, "the record knows the key " + c.secrets["duty-1"].ID() + " already", nil},
		{"a key that is none", "key", `{"key":"x","name":"x","role":"reader"}`, "head-1", nil, `key "x": malformed verifier id`, nil},
		{"a key in another's place", "key", card(fresh, DutyOfficer, replaces("duty-1")), "duty-1", nil, "", func(c *cast) bool {
			return c.key("duty-1").Revoked == 9 && c.keys[fresh.ID()].Hand == c.secrets["duty-1"].ID() && c.keys[fresh.ID()].From == 9
		}},
		{"in the place of nobody", "key", card(fresh, Reader, `,"replaces":"x"`), "head-1", nil, `key "x" is not in force, so it cannot be replaced`, nil},
		{"in the place of one that ended with entry 0", "key", card(fresh, DutyOfficer, replaces("duty-1")), "head-1", func(c *cast) { c.key("duty-1").Revoked = 0 }, `key "` + c.secrets["duty-1"].ID() + `" is not in force, so it cannot be replaced`, nil},
		{"with another role", "key", card(fresh, Monitor, replaces("duty-1")), "head-1", nil, "a key that replaces another has its role and party", nil},
		{"with another party", "key", card(fresh, Liaison, `,"party":"RU"`+replaces("ua-1")), "head-1", nil, "a key that replaces another has its role and party", nil},
		{"in its own place", "key", card(c.secrets["duty-1"], DutyOfficer, replaces("duty-1")), "head-1", nil, "the record knows the key " + c.secrets["duty-1"].ID() + " already", nil},
		{"a revocation", "revoke", fmt.Sprintf(`{"key":%q}`, c.secrets["duty-1"].ID()), "head-1", nil, "", func(c *cast) bool { return c.key("duty-1").Revoked == 9 && c.key("ua-1").Revoked == -1 }},
		{"of nobody", "revoke", `{"key":"x"}`, "head-1", nil, `key "x" is not in force, so it cannot be revoked`, nil},
		{"of one that ended with entry 0", "revoke", fmt.Sprintf(`{"key":%q}`, c.secrets["duty-1"].ID()), "head-1", func(c *cast) { c.key("duty-1").Revoked = 0 }, `key "` + c.secrets["duty-1"].ID() + `" is not in force, so it cannot be revoked`, nil},
		{"of the only head", "revoke", fmt.Sprintf(`{"key":%q}`, c.secrets["head-1"].ID()), "head-1", nil, "head-1 is the only key of a head of mission in force: nobody could state keys any more; replace it, or add another first", nil},
		{"of a head where another has ended", "revoke", fmt.Sprintf(`{"key":%q}`, c.secrets["head-1"].ID()), "head-1", func(c *cast) { k := addHead(t, c); k.Revoked = 0 }, "head-1 is the only key of a head of mission in force: nobody could state keys any more; replace it, or add another first", nil},
		{"of one head of two", "revoke", fmt.Sprintf(`{"key":%q}`, c.secrets["head-1"].ID()), "head-1", func(c *cast) { addHead(t, c) }, "", func(c *cast) bool { return c.key("head-1").Revoked == 9 }},
		{"of the only monitor", "revoke", fmt.Sprintf(`{"key":%q}`, c.secrets["monitor-1"].ID()), "head-1", nil, "", func(c *cast) bool { return c.key("monitor-1").Revoked == 9 }},
		{"terms in force", "agreement", `{"status":"in force"}`, "mediator-1", nil, "", func(c *cast) bool { return c.binding }},
		{"terms of a rehearsal", "agreement", `{"status":"rehearsal"}`, "mediator-1", nil, "", func(c *cast) bool { return !c.binding }},
		{"historic terms", "agreement", `{"status":"historic"}`, "mediator-1", nil, "", func(c *cast) bool { return !c.binding }},
		{"historic terms after others", "agreement", `{"status":"historic"}`, "mediator-1", func(c *cast) { c.binding = true }, "", func(c *cast) bool { return c.binding }},
		{"a mission without terms", "mission", `{"keys":[],"title":"t"}`, "log", nil, "", func(c *cast) bool { return c.binding }},
		{"a mission that rehearses", "mission", `{"keys":[` + card(fresh, Reader, "") + `],"terms":{"status":"rehearsal"}}`, "log", nil, "", func(c *cast) bool { return !c.binding && c.keys[fresh.ID()].From == 9 }},
		{"a mission that binds", "mission", `{"keys":[],"terms":{"status":"draft"}}`, "log", nil, "", func(c *cast) bool { return c.binding }},
		{"a mission with a bad key", "mission", `{"keys":[{"key":"x","name":"x","role":"reader"}]}`, "log", nil, `key "x": malformed verifier id`, nil},
		{"a file of a source", "source", `{"kind":"csv","source":"press"}`, "intake-1", nil, "", func(c *cast) bool {
			return c.mayName(c.key("intake-1"), "press") && !c.mayName(c.key("intake-1"), "csv") && !c.mayName(c.key("duty-1"), "press")
		}},
		{"a second file", "source", `{"kind":"csv","source":"press"}`, "intake-1", func(c *cast) { c.name(c.key("intake-1"), "radio") }, "", func(c *cast) bool {
			return c.mayName(c.key("intake-1"), "press") && c.mayName(c.key("intake-1"), "radio")
		}},
		{"a file of a kind", "source", `{"kind":"firms"}`, "intake-1", nil, "", func(c *cast) bool {
			return c.mayName(c.key("intake-1"), "firms") && !c.mayName(c.key("intake-1"), "press")
		}},
		{"a sealed file", "source", `{}`, "intake-1", nil, "", func(c *cast) bool {
			return c.mayName(c.key("intake-1"), "press") && !c.mayName(c.key("duty-1"), "press")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := c.again(t)
			if tt.before != nil {
				tt.before(c)
			}
			s := c.says(t, tt.kind, tt.content, tt.who)
			signers := []*Key{c.key(tt.who)}
			if tt.kind == "key" || tt.kind == "revoke" || tt.kind == "mission" {
				before := len(c.keys)
				fails(t, "dry", c.dry(s, signers), tt.want)
				if len(c.keys) != before || c.key("duty-1").Revoked > 0 || c.key("head-1").Revoked >= 0 || c.key("monitor-1").Revoked >= 0 {
					t.Error("dry changed something")
				}
			} else if err := c.dry(s, signers); err != nil {
				t.Error(err)
			}
			fails(t, "apply", c.apply(s, signers, 9), tt.want)
			if tt.after != nil && !tt.after(c) {
				t.Error("it did not change what it says")
			}
		})
	}
	for kind := range map[string]bool{"mission": true, "agreement": true, "source": true, "key": true, "revoke": true, "batch": true} {
		s := c.says(t, kind, `5`, "head-1")
		if err := c.apply(s, []*Key{c.key("head-1")}, 9); err == nil {
			t.Errorf("a %s that cannot be read was followed", kind)
		}
	}
}

func addHead(t testing.TB, c *cast) *Key {
	t.Helper()
	s := newKey(t, "head-2")
	if err := c.add(s.Public(HeadOfMission, ""), 1); err != nil {
		t.Fatal(err)
	}
	return c.keys[s.ID()]
}

// again is the same keys in a registry of their own.
func (c *cast) again(t testing.TB) *cast {
	t.Helper()
	out := &cast{newRegistry(), c.secrets}
	for _, id := range c.order {
		if err := out.add(*c.keys[id], 0); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestBatchForm: what a batch's own submission must be.
func TestBatchForm(t *testing.T) {
	c := newCast(t)
	leaf := func(b byte) string { return b64([32]byte{b}) }
	root := func(leaves ...byte) string {
		var hs [][32]byte
		for _, b := range leaves {
			hs = append(hs, [32]byte{b})
		}
		return b64(merkleRoot(hs))
	}
	const why = "a batch has one author, and as many leaves as it says"
	many := make([]string, 257)
	hs := make([][32]byte, 257)
	for i := range many {
		hs[i] = [32]byte{byte(i), byte(i >> 8)}
		many[i] = b64(hs[i])
	}
	full, over := b64(merkleRoot(hs[:256])), b64(merkleRoot(hs))
	for _, tt := range []struct {
		name    string
		root    string
		size    int
		leaves  []string
		who     string
		want    string
		applied string // what apply says, which does not look at the hashes again
	}{
		{"two", root(1, 2), 2, []string{leaf(1), leaf(2)}, "intake-1", "", ""},
		{"one", root(1), 1, []string{leaf(1)}, "intake-1", "", ""},
		{"256", full, 256, many[:256], "intake-1", "", ""},
		{"257", over, 257, many, "intake-1", why, why},
		{"none", root(1), 0, nil, "intake-1", why, why},
		{"more than it says", root(1, 2), 1, []string{leaf(1), leaf(2)}, "intake-1", why, why},
		{"fewer than it says", root(1, 2), 3, []string{leaf(1), leaf(2)}, "intake-1", why, why},
		{"another root", root(1, 3), 2, []string{leaf(1), leaf(2)}, "intake-1", "the leaves of the batch are not those that its author signed", ""},
		{"another order", root(2, 1), 2, []string{leaf(1), leaf(2)}, "intake-1", "the leaves of the batch are not those that its author signed", ""},
		{"a leaf that is short", root(1), 1, []string{"AAAA"}, "intake-1", "a leaf of the batch is not 32 bytes in base64", ""},
		{"a leaf that is not base64", root(1), 1, []string{leaf(1) + "*"}, "intake-1", "a leaf of the batch is not 32 bytes in base64", ""},
		{"two authors", root(1, 2), 2, []string{leaf(1), leaf(2)}, "intake-1 duty-1", "a batch has one author", why},
	} {
		s := c.says(t, "batch", fmt.Sprintf(`{"root":%q,"size":%d}`, tt.root, tt.size), tt.who)
		s.leaves = tt.leaves
		signers, err := c.find(s)
		if err != nil {
			t.Fatal(err)
		}
		fails(t, tt.name, c.dry(s, signers), tt.want)
		fails(t, tt.name+", applied", c.apply(s, signers, 9), tt.applied)
	}
	if err := sameRoot(c.says(t, "batch", `5`, "intake-1")); err == nil {
		t.Error("a batch that cannot be read")
	}
	if err := c.dry(c.says(t, "observation", `[]`, "intake-1"), nil); err != nil {
		t.Errorf("an observation changes keys: %v", err)
	}
}

// TestWitness: C2SP tlog-cosignature by the key of a witness, against the bytes of
// the document.
func TestWitness(t *testing.T) {
	// RFC 8032, section 7.1, test 1: the seed and its public key.
	const seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
	const public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
	raw := append([]byte{1}, unhex(t, seed)...)
	skey := "PRIVATE+KEY+w.test/1+00000000+" + base64.StdEncoding.EncodeToString(raw)
	w, err := NewWitness(" " + skey + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if want := base64.StdEncoding.EncodeToString(append([]byte{4}, unhex(t, public)...)); !strings.HasPrefix(w.VKey(), "w.test/1+") || !strings.HasSuffix(w.VKey(), "+"+want) {
		t.Errorf("%s, want the key %s", w.VKey(), want)
	}
	if string(SeedOf(skey)) != string(unhex(t, seed)) {
		t.Error("another seed")
	}
	line, err := w.Cosign([]byte("log.test/a\n5\nroot\n\n— log.test/a xxxx\n"), time.Unix(1_679_315_147, 0))
	if err != nil || !strings.HasPrefix(line, "— w.test/1 ") || !strings.HasSuffix(line, "\n") {
		t.Fatalf("%q, %v", line, err)
	}
	sig, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(line, "— w.test/1 "), "\n"))
	if err != nil || len(sig) != 4+8+64 || fmt.Sprintf("%x", sig[:4]) != strings.Split(w.VKey(), "+")[1] || fmt.Sprintf("%x", sig[4:12]) != "00000000641850cb" {
		t.Errorf("a signature of %d bytes: %x, %v", len(sig), sig, err)
	}
	_, err = w.Cosign([]byte("log.test/a\n5\nroot\n"), time.Unix(0, 0))
	fails(t, "no signatures", err, "no checkpoint")
	b := base64.StdEncoding.EncodeToString
	for what, bad := range map[string]string{"": "no signing key", "PRIVATE+KEY+n+00000000": "no signing key", "PUBLIC+KEY+n+00000000+" + b(raw): "no signing key", "PRIVATE+CAT+n+00000000+" + b(raw): "no signing key",
		"PRIVATE+KEY+n+00000000+*": "no Ed25519 signing key", skey + "*": "no Ed25519 signing key", "PRIVATE+KEY+n+00000000+" + b(raw[:32]): "no Ed25519 signing key", "PRIVATE+KEY+n+00000000+" + b(append(raw, 1)): "no Ed25519 signing key",
		"PRIVATE+KEY+n+00000000+" + b(append([]byte{2}, raw[1:]...)): "no Ed25519 signing key"} {
		_, err := NewWitness(what)
		fails(t, what, err, bad)
	}
	s := newKey(t, "n")
	if x, err := s.Witness(); err != nil || x.name != "n" {
		t.Error(err)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	var out []byte
	if _, err := fmt.Sscanf(s, "%x", &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWho: who may write, by the words of doc/record-format.md, one line here
// and there.
func TestWho(t *testing.T) {
	for what, want := range map[string]string{
		"consent": "only the liaison may: sign with --as and that key", "mission": "only the log may: sign with --as and that key",
		"agreement": "a head of mission or mediator may: sign with --as and one of their keys", "release": "an intake or head of mission may: sign with --as and one of their keys", "x": "there is no such entry",
	} {
		is(t, what, who(writes, what), want)
	}
}
