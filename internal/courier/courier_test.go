package courier

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// post is a real SMTP server of one message.
type post struct{ got chan string }

func (p post) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }
func (p post) Mail(string, *smtp.MailOptions) error        { return nil }
func (p post) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (p post) Reset()                                      {}
func (p post) Logout() error                               { return nil }
func (p post) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	p.got <- string(text)
	return err
}

func TestMail(t *testing.T) {
	p := post{make(chan string, 1)}
	s := smtp.NewServer(p)
	s.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	defer s.Close()
	c := &Config{Mail: &Mail{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "room@truce.example", To: []string{"duty@truce.example"}, Plain: true}}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	if err := c.Carry(context.Background(), "mail", Message{Key: "k", Subject: "REHEARSAL: first incident\r\nBcc: evil@example.org", Text: "the first incident\n.\nin zone x", Link: "http://localhost/incidents/1", At: time.Unix(1_755_700_000, 0)}); err != nil {
		t.Fatal(err)
	}
	got := <-p.got
	for _, want := range []string{"duty@truce.example", "the first incident", "in zone x", "http://localhost/incidents/1"} {
		if !strings.Contains(got, want) {
			t.Errorf("the mail lacks %q:\n%s", want, got)
		}
	}
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "Bcc:") {
			t.Errorf("a subject has made a header: %s", line)
		}
	}
	// Without TLS nothing is said to a server that cannot speak it.
	c.Mail.Plain = false
	if err := c.Carry(context.Background(), "mail", Message{Subject: "x", Text: "secret"}); err == nil {
		t.Error("a message went without TLS")
	}
}

func TestHook(t *testing.T) {
	var followed atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/inside", http.StatusTemporaryRedirect)
			return
		case "/inside":
			followed.Store(true)
			return
		case "/broken":
			w.WriteHeader(500)
			return
		}
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Truce-Signature") != Signature("0123456789abcdef", r.Header.Get("Truce-Timestamp"), body) {
			t.Error("the signature is not right")
		}
		var m Message
		if err := json.Unmarshal(body, &m); err != nil || m.Key != "k" || m.Status != "rehearsal" {
			t.Errorf("%s, %v", body, err)
		}
	}))
	defer s.Close()
	m := Message{Key: "k", Status: "rehearsal", Text: "x"}
	hook := func(path string, private bool) error {
		c := &Config{Hooks: []Hook{{URL: s.URL + path, Secret: "0123456789abcdef", Private: private}}}
		return c.Carry(context.Background(), "hook 0", m)
	}
	if err := hook("/", true); err != nil {
		t.Error(err)
	}
	if err := hook("/broken", true); err == nil {
		t.Error("an answer of 500 is an arrival")
	}
	if err := hook("/away", true); err == nil || followed.Load() {
		t.Errorf("a redirect was followed: %v", err)
	}
	// An address of our own network is not asked, by whatever name or spelling.
	for _, u := range []string{s.URL, strings.Replace(s.URL, "127.0.0.1", "localhost", 1), "http://[::1]:1/", "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://192.168.1.1/", "http://100.64.1.1/", "http://0.0.0.0/", "http://[::ffff:127.0.0.1]:1/", "http://0x7f.1/", "http://[fd00::1]/"} {
		h := Hook{URL: u, Secret: "0123456789abcdef"}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		err := h.post(ctx, m)
		cancel()
		if err == nil {
			t.Errorf("%s was asked", u)
		} else if !errors.Is(err, ErrPrivate) && !strings.Contains(err.Error(), "no such host") && !strings.Contains(err.Error(), "lookup") {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]Config{
		"a short secret":   {Hooks: []Hook{{URL: "https://example.org/", Secret: "short"}}},
		"plain http":       {Hooks: []Hook{{URL: "http://example.org/", Secret: "0123456789abcdef"}}},
		"no address":       {Hooks: []Hook{{URL: "/x", Secret: "0123456789abcdef"}}},
		"another protocol": {Hooks: []Hook{{URL: "file:///etc/passwd", Secret: "0123456789abcdef", Private: true}}},
		"mail to nobody":   {Mail: &Mail{Host: "x", From: "a@b"}},
		"a negative port":  {Mail: &Mail{Host: "x", From: "a@b", To: []string{"c@d"}, Port: -1}},
		"a port too large": {Mail: &Mail{Host: "x", From: "a@b", To: []string{"c@d"}, Port: 65536}},
	} {
		if err := c.Check(); err == nil {
			t.Errorf("%s is sound", name)
		}
	}
	if got := (&Config{Mail: &Mail{}, Hooks: []Hook{{}, {}}}).Ways(); len(got) != 3 {
		t.Error(got)
	}
}
