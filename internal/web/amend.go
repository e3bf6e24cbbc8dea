package web

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/assess"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
)

const (
	mostTerms      = 8 << 20  // of an agreement's folder, packed
	mostTermsBytes = 64 << 20 // and unpacked
	mostTermsFiles = 2000
)

// An amendment is a text that was stated after the first, who has signed it, and what
// it says otherwise than the text in effect.
type amendment struct {
	Entry            int64
	Digest           truce.Digest
	Title            string
	Why              string
	InEffect         bool
	Binding          bool // it waits for signatures: it says that it is in force
	Signed, Unsigned []string
	Changes          []articleChange
	Before           truce.Interval // of the one in effect: when the text before it was
	Fault            string         // why it cannot be read here
}

// articleChange is one article as it is and as it would be, in the text's words and in
// how Truce applies them.
type articleChange struct {
	Article  truce.Article
	Was, Is  string // empty: there is no such article
	Rule, To truce.Reason
}

// amendments are all that the record states, the latest first.
func (s *Server) amendments(m *mission.Reading, v *mission.Contents, now *truce.Agreement) (out []amendment) {
	for _, e := range slices.Backward(v.Rest) {
		if e.Kind != "agreement" {
			continue
		}
		var t ledger.Terms
		if err := json.Unmarshal(e.Content, &t); err != nil {
			continue // the record was read before: it holds terms
		}
		x := amendment{Entry: e.Index, Digest: t.Digest, Title: t.Title, Why: t.Because, InEffect: t.Digest == now.Digest, Binding: t.Status == string(truce.InForce)}
		x.Unsigned = m.Unsigned(v, t.Digest.Hex())
		for _, p := range now.PartyIDs() {
			if !slices.Contains(x.Unsigned, string(p)) {
				x.Signed = append(x.Signed, string(p))
			}
		}
		if !x.InEffect {
			x.Changes, x.Fault = s.changes(m, now, &t)
		} else if was, held := m.Earlier(v); was != nil {
			x.Before = held
			x.Changes, x.Fault = s.changes(m, now, was)
			x.Changes = slices.Clone(x.Changes)
			for i, c := range x.Changes { // as it was, and as it is
				x.Changes[i] = articleChange{Article: c.Article, Was: c.Is, Rule: c.To, Is: c.Was, To: c.Rule}
			}
		}
		out = append(out, x)
	}
	return out
}

// changes reads a text that was stated, once.
func (s *Server) changes(m *mission.Reading, now *truce.Agreement, t *ledger.Terms) ([]articleChange, string) {
	key := [2]truce.Digest{now.Digest, t.Digest}
	if kept, ok := s.proposed.Load(key); ok {
		return kept.([]articleChange), ""
	}
	is, err := m.Proposed(t)
	if err != nil {
		return nil, err.Error()
	}
	out := changed(now, is)
	s.proposed.Store(key, out)
	return out, ""
}

// changed lists the articles that two texts have otherwise.
func changed(was, is *truce.Agreement) (out []articleChange) {
	words := func(a *truce.Agreement, art truce.Article) (text string, rule truce.Reason) {
		p, ok := a.Provision(art)
		if !ok {
			return "", truce.Reason{}
		}
		return p.Text, assess.Sentence(a, p)
	}
	var arts []truce.Article
	for _, a := range []*truce.Agreement{was, is} {
		for _, p := range a.Provisions {
			if !slices.Contains(arts, p.Article) {
				arts = append(arts, p.Article)
			}
		}
	}
	for _, art := range arts {
		x := articleChange{Article: art}
		x.Was, x.Rule = words(was, art)
		x.Is, x.To = words(is, art)
		if x.Was != x.Is || x.Rule.String() != x.To.String() {
			out = append(out, x)
		}
	}
	return out
}

// amend states an amended text: the agreement's folder, packed as a ZIP file.
func (s *Server) amend(q *request) error {
	if err := q.ParseMultipartForm(1 << 20); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return err
		}
		return bad("%v", err)
	}
	defer func() { _ = q.MultipartForm.RemoveAll() }()
	faults := &formFaults{}
	because := q.because(faults)
	f, _, err := q.FormFile("terms")
	if err != nil {
		q.fault(faults, "terms", "fault.no-terms")
	} else {
		defer f.Close()
	}
	if err := faults.err(); err != nil {
		return err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "truce-terms-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	root, err := unpack(data, dir)
	if errors.Is(err, errBad) {
		return q.wrong("terms", err)
	}
	if err != nil {
		return err
	}
	at, err := q.say(func(m *intake.Writer, key *ledger.Secret, _ ledger.Key) (int64, error) {
		_, at, err := m.Amend(key, root, because)
		return at, err
	})
	if err != nil {
		return err
	}
	return q.done("/agreement", "amend", at)
}

// unpack writes a ZIP file's files into a folder, and returns the one in which
// agreement.yaml lies: the top, or the only folder there.
func unpack(data []byte, dir string) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", bad("it is not a ZIP file: %v", err)
	}
	if len(z.File) > mostTermsFiles {
		return "", bad("%d files are more than %d", len(z.File), mostTermsFiles)
	}
	left := int64(mostTermsBytes)
	top := ""
	for _, f := range z.File {
		name := path.Clean(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__MACOSX/") {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) || strings.Contains(f.Name, `\`) || !f.Mode().IsRegular() {
			return "", bad("the file name %q leads out of the folder", f.Name)
		}
		if path.Base(name) == "agreement.yaml" && (top == "" || len(path.Dir(name)) < len(top)) {
			top = path.Dir(name)
		}
		if err := unpackFile(f, filepath.Join(dir, filepath.FromSlash(name)), &left); err != nil {
			return "", err
		}
	}
	if top == "" {
		return "", bad("it does not contain agreement.yaml")
	}
	return filepath.Join(dir, filepath.FromSlash(top)), nil
}

func unpackFile(f *zip.File, name string, left *int64) error {
	r, err := f.Open()
	if err != nil {
		return bad("%s: %v", f.Name, err)
	}
	defer r.Close()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return bad("%s: %v", f.Name, err)
	}
	w, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return bad("%s: it stands there twice", f.Name)
	}
	n, err := io.Copy(w, io.LimitReader(r, *left+1)) // whatever its header says
	if *left -= n; err == nil && *left < 0 {
		err = fmt.Errorf("more than %d MiB unpacked", mostTermsBytes>>20)
	}
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return bad("%s: %v", f.Name, err)
	}
	return nil
}
