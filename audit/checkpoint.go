package audit

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Checkpoint is a signed commitment to all entries below a size (C2SP
// tlog-checkpoint), with the co-signatures of witnesses that were known when it
// was opened.
type Checkpoint struct {
	Origin   string
	Size     int64
	Root     tlog.Hash
	Raw      []byte
	Cosigned []Cosignature
	// Later is how many entries the log has signed since, which the policy's quorum has
	// not co-signed.
	Later int64
}

// A Cosignature is a witness's statement that, as of a time, this was the
// largest consistent tree that it had seen (C2SP tlog-cosignature).
type Cosignature struct {
	Witness string // the key's name
	Time    time.Time
	hash    uint32
}

// Tree is the checkpoint as x/mod knows it.
func (c *Checkpoint) Tree() tlog.Tree { return tlog.Tree{N: c.Size, Hash: c.Root} }

// A Policy says whose checkpoints are believed: which logs, and which witnesses
// must have co-signed (C2SP tlog-policy).
type Policy struct {
	logs      []note.Verifier
	keys      []string                 // of the logs, as they were given
	witnesses map[string]note.Verifier // by name in the policy
	groups    map[string]group
	quorum    string
}

type group struct {
	need    int
	members []string
}

// Trust is the policy that believes one log, without witnesses.
func Trust(vkey string) (*Policy, error) {
	return ParsePolicy([]byte("log " + vkey + "\nquorum none\n"))
}

// ParsePolicy reads a policy. Errors name the line.
func ParsePolicy(text []byte) (*Policy, error) {
	p := &Policy{witnesses: map[string]note.Verifier{}, groups: map[string]group{}}
	keys := map[string]bool{}
	sc := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; sc.Scan(); n++ {
		line := strings.Trim(sc.Text(), " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := p.line(strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' }), keys); err != nil {
			return nil, fmt.Errorf("policy: line %d: %w", n, err)
		}
	}
	if p.quorum == "" {
		return nil, errors.New("policy: no quorum line")
	}
	return p, sc.Err()
}

func (p *Policy) line(f []string, keys map[string]bool) error {
	known := func(name string) bool {
		_, w := p.witnesses[name]
		_, g := p.groups[name]
		return w || g || name == "none"
	}
	// The same key under another name is the same key.
	once := func(vkey string) error {
		_, after, _ := strings.Cut(vkey, "+")
		_, material, _ := strings.Cut(after, "+")
		if keys[material] {
			return errors.New("this key stands twice")
		}
		keys[material] = true
		return nil
	}
	switch {
	case f[0] == "log" && (len(f) == 2 || len(f) == 3):
		v, err := note.NewVerifier(f[1])
		if err != nil {
			return err
		}
		p.logs, p.keys = append(p.logs, v), append(p.keys, f[1])
		return once(f[1])
	case f[0] == "witness" && (len(f) == 3 || len(f) == 4):
		if known(f[1]) {
			return fmt.Errorf("name %q is taken", f[1])
		}
		v, err := NewWitness(f[2])
		if err != nil {
			return err
		}
		p.witnesses[f[1]] = v
		return once(f[2])
	case f[0] == "group" && len(f) >= 4:
		g := group{members: f[3:]}
		switch f[2] {
		case "any":
			g.need = 1
		case "all":
			g.need = len(g.members)
		default:
			k, _ := strconv.Atoi(f[2]) // what is not a number is 0 or too large
			if k < 1 || k > len(g.members) {
				return fmt.Errorf("want any, all or a number from 1 to %d, not %q", len(g.members), f[2])
			}
			g.need = k
		}
		if known(f[1]) {
			return fmt.Errorf("name %q is taken", f[1])
		}
		for i, m := range g.members {
			if !known(m) || m == "none" || slices.Contains(g.members[:i], m) {
				return fmt.Errorf("member %q is not defined above, or stands twice", m)
			}
		}
		p.groups[f[1]] = g
		return nil
	case f[0] == "quorum" && len(f) == 2:
		if !known(f[1]) || p.quorum != "" {
			return fmt.Errorf("quorum %q is not defined above, or there are two", f[1])
		}
		p.quorum = f[1]
		return nil
	}
	return fmt.Errorf("%q: want log, witness, group or quorum with what belongs to it", f[0])
}

// LogKey is the verifier key that the policy believes for an origin, or empty.
func (p *Policy) LogKey(origin string) string {
	for i, v := range p.logs {
		if v.Name() == origin {
			return p.keys[i]
		}
	}
	return ""
}

// Origins are the origins of the logs that the policy believes.
func (p *Policy) Origins() []string {
	var out []string
	for _, v := range p.logs {
		out = append(out, v.Name())
	}
	return out
}

// Open reads a checkpoint and believes it only if one of the policy's logs
// signed it and the quorum of witnesses co-signed it. A fault says which of
// them is lacking.
func (p *Policy) Open(raw []byte) (*Checkpoint, error) {
	known := slices.Clone(p.logs)
	for _, w := range p.witnesses {
		known = append(known, w)
	}
	n, err := note.Open(raw, note.VerifierList(known...))
	var unknown *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unknown):
		return nil, faultf(-1, "checkpoint", "it carries no signature of the log's key")
	case errors.As(err, &invalid):
		return nil, faultf(-1, "checkpoint", "the signature of %s does not verify", invalid.Name)
	case err != nil:
		return nil, faultf(-1, "checkpoint", "%v", err)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return nil, faultf(-1, "checkpoint", "%v", err)
	}
	// What a mirror stores: the signatures that were verified, and a few others at
	// most, since notes have a bound on how many.
	n.UnverifiedSigs = n.UnverifiedSigs[:min(8, len(n.UnverifiedSigs))]
	if c.Raw, err = note.Sign(n); err != nil {
		return nil, faultf(-1, "checkpoint", "%v", err)
	}
	signed := false
	for _, s := range n.Sigs {
		by := func(v note.Verifier) bool { return v.Name() == s.Name && v.KeyHash() == s.Hash }
		if slices.ContainsFunc(p.logs, by) {
			signed = signed || s.Name == c.Origin // another log of the policy does not count as a witness
			continue
		}
		// Only witnesses are left, whose signatures begin with a time.
		b, _ := base64.StdEncoding.DecodeString(s.Base64) // it was verified
		c.Cosigned = append(c.Cosigned, Cosignature{s.Name, time.Unix(int64(binary.BigEndian.Uint64(b[4:])), 0).UTC(), s.Hash})
	}
	if !signed {
		return nil, faultf(-1, "checkpoint", "it carries no signature of the key of the log %q", c.Origin)
	}
	if p.quorum != "none" && !p.met(p.quorum, c) {
		f := faultf(-1, "checkpoint", "too few witnesses co-signed it for the quorum %q: %d", p.quorum, len(c.Cosigned))
		f.few = true
		return nil, f
	}
	return c, nil
}

func (p *Policy) met(name string, c *Checkpoint) bool {
	if w, ok := p.witnesses[name]; ok {
		return slices.ContainsFunc(c.Cosigned, func(s Cosignature) bool { return s.Witness == w.Name() && s.hash == w.KeyHash() })
	}
	g, n := p.groups[name], 0
	for _, m := range g.members {
		if p.met(m, c) {
			n++
		}
	}
	return n >= g.need
}

// mostEntries bounds the size of a tree: far more than anybody writes, and far
// less than arithmetic can hold.
const mostEntries = 1 << 48

// parseCheckpoint reads the note's text. Extension lines are allowed, and say
// nothing to us.
func parseCheckpoint(text string) (*Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" {
		return nil, errors.New("want origin, size and root")
	}
	n, _ := strconv.ParseInt(lines[1], 10, 64) // what is not a number is written otherwise, or too large
	if n < 0 || n > mostEntries || strconv.FormatInt(n, 10) != lines[1] {
		return nil, fmt.Errorf("size %q", lines[1])
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return nil, fmt.Errorf("root: %w", err)
	}
	return &Checkpoint{Origin: lines[0], Size: n, Root: root}, nil
}

// witness verifies Ed25519 co-signatures (tlog-cosignature, Ed25519 signed
// message).
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

const cosignatureV1 = 0x04

// NewWitness reads the verifier key of a witness: name+hash+key, of signature
// type 0x04.
func NewWitness(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	hash, key64, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(key64)
	h, herr := strconv.ParseUint(hash, 16, 32)
	if err != nil || herr != nil || len(hash) != 8 || name == "" || len(key) != 1+ed25519.PublicKeySize {
		return nil, fmt.Errorf("witness key %q: want name+hash+key", vkey)
	}
	if key[0] != cosignatureV1 {
		return nil, fmt.Errorf("witness key %q: signature type %d is not that of Ed25519 co-signatures, 4", vkey, key[0])
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	w := &witness{name, binary.BigEndian.Uint32(sum[:]), ed25519.PublicKey(key[1:])}
	if w.hash != uint32(h) {
		return nil, fmt.Errorf("witness key %q: its hash does not fit", vkey)
	}
	return w, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	t := binary.BigEndian.Uint64(sig)
	if t > 1<<63-1 {
		return false
	}
	return ed25519.Verify(w.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", t, msg), sig[8:])
}
