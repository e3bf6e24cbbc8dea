// Package courier answers: who is told? It carries a message out of the room, by
// e-mail (SMTP) and by signed webhook. It keeps nothing: whoever calls it keeps what
// was carried, and tries again what was not.
package courier

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/wneessen/go-mail"
	"go.yaml.in/yaml/v3"
)

// A Message is what is told.
type Message struct {
	Key     string    `json:"key"` // the same message has the same key: who gets it twice can tell
	At      time.Time `json:"at"`
	Mission string    `json:"mission"`
	Status  string    `json:"status"` // of the agreement: anything but in-force is marked
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Link    string    `json:"link"`
}

// Mail is a server that takes e-mail, and whom to write to.
type Mail struct {
	Host     string   `yaml:"host"`
	Port     int      `yaml:"port"` // 0: 587
	User     string   `yaml:"user"`
	Password string   `yaml:"password"`
	From     string   `yaml:"from"`
	To       []string `yaml:"to"`
	// Plain lets it speak without TLS: to a server on this machine.
	Plain bool `yaml:"plain"`
}

// A Hook is an address that takes messages. Each is signed: the header
// Truce-Signature is "sha256=" and the HMAC-SHA256, in hexadecimal digits, of the
// header Truce-Timestamp (Unix seconds), a full stop and the body, under Secret.
type Hook struct {
	URL    string `yaml:"url"`
	Secret string `yaml:"secret"`
	// Private lets the address be one of this machine's own network. Without it,
	// whoever may set an address could have this server ask its neighbours.
	Private bool `yaml:"private"`
}

// Config is who is told.
type Config struct {
	Mail  *Mail  `yaml:"mail"`
	Hooks []Hook `yaml:"hooks"`
}

// Read reads from a file who is told.
func Read(name string) (*Config, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	c := &Config{}
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// Check says what is wrong with a configuration.
func (c *Config) Check() error {
	if m := c.Mail; m != nil && (m.Host == "" || m.From == "" || len(m.To) == 0) {
		return errors.New("mail: want host, from and to")
	}
	if m := c.Mail; m != nil && (m.Port < 0 || m.Port > 65535) {
		return fmt.Errorf("mail: port %d: want a number from 1 to 65535, or none for 587", m.Port)
	}
	for i, h := range c.Hooks {
		u, err := url.Parse(h.URL)
		if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && h.Private) {
			return fmt.Errorf("hooks[%d]: %q: want an https address, or http with private: true", i, h.URL)
		}
		if len(h.Secret) < 16 {
			return fmt.Errorf("hooks[%d]: a secret has 16 characters or more", i)
		}
	}
	return nil
}

// Ways names where messages go, for whoever keeps which has got what.
func (c *Config) Ways() []string {
	var out []string
	if c.Mail != nil {
		out = append(out, "mail")
	}
	for i := range c.Hooks {
		out = append(out, "hook "+strconv.Itoa(i))
	}
	return out
}

// Carry takes a message one of the ways. An error means that it did not arrive, or
// that it is not known.
func (c *Config) Carry(ctx context.Context, way string, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if way == "mail" && c.Mail != nil {
		return c.Mail.send(ctx, m)
	}
	for i := range c.Hooks {
		if way == "hook "+strconv.Itoa(i) {
			return c.Hooks[i].post(ctx, m)
		}
	}
	return fmt.Errorf("no way %q", way)
}

func (c *Mail) send(ctx context.Context, m Message) error {
	msg := mail.NewMsg()
	if err := msg.From(c.From); err != nil {
		return err
	}
	if err := msg.To(c.To...); err != nil {
		return err
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.At)
	msg.SetGenHeader("Truce-Key", m.Key)
	msg.SetBodyString(mail.TypeTextPlain, m.Text+"\n\n"+m.Link+"\n")
	options := []mail.Option{mail.WithPort(c.Port), mail.WithTimeout(20 * time.Second)}
	if c.Port == 0 {
		options[0] = mail.WithPort(587)
	}
	if c.Plain {
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	} else {
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if c.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.User), mail.WithPassword(c.Password))
	}
	client, err := mail.NewClient(c.Host, options...)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, msg)
}

// ErrPrivate says that an address is one of this machine's own network.
var ErrPrivate = errors.New("an address of this machine's own network")

// post asks the address itself, whatever its name led to when it was looked up:
// the check is on what is dialled, and redirects are not followed.
func (h *Hook) post(ctx context.Context, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	dial := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if ip := at.Addr().Unmap(); !h.Private && (!ip.IsGlobalUnicast() || ip.IsPrivate() || shared.Contains(ip)) {
			return fmt.Errorf("%s: %w", ip, ErrPrivate)
		}
		return nil
	}}
	client := &http.Client{Transport: &http.Transport{DialContext: dial.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: 10 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "truce")
	req.Header.Set("Truce-Key", m.Key)
	req.Header.Set("Truce-Timestamp", at)
	req.Header.Set("Truce-Signature", Signature(h.Secret, at, body))
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("answered %s", resp.Status)
	}
	return nil
}

// shared is the address space between carriers and their customers (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// Signature is the header of a webhook, for whoever checks it.
func Signature(secret, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(timestamp + "."))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}
