package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/web"
)

// certificate is one of localhost's own, in two files.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	is := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, is, is, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: plain}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return cert, key, pool
}

// TestRoomOverTLS: the room speaks TLS by two files, from version 1.2 on, prints the
// first link once, and ends when it is told to.
func TestRoomOverTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	m, err := begin.Mission(filepath.Join(t.TempDir(), "field"), "air-first", os.DirFS("../../agreements/ukraine-air-first"), begin.Flags{Origin: "test/tls"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	room, err := monitor.Open(t.Context(), monitor.Config{Mission: m, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	origin := "https://localhost:" + port
	var said bytes.Buffer
	c := command{in: strings.NewReader(""), out: &said, err: io.Discard, now: time.Now, into: new(string)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- c.answer(ctx, m, room, l, quiet, serveFlags{origin: origin, cert: cert, key: key}, web.Config{})
	}()
	visit := func(most uint16) (*http.Response, error) {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS10, MaxVersion: most}, DisableKeepAlives: true}}
		return client.Get(origin + "/record")
	}
	r, err := visit(tls.VersionTLS13)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || r.StatusCode != 200 || !bytes.Contains(body, []byte("test/tls")) {
		t.Errorf("answered %d, %v", r.StatusCode, err)
	}
	if r.Header.Get("Strict-Transport-Security") == "" {
		t.Error("browsers are not told to stay with TLS")
	}
	if r, err := visit(tls.VersionTLS11); err == nil {
		r.Body.Close()
		t.Error("it speaks TLS 1.1")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := strings.Count(said.String(), origin+"/join/"); n != 1 {
		t.Errorf("%d links:\n%s", n, said.String())
	}
	if err := room.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestSlowClients: whoever does not finish asking is cut off, and so is a header
// that does not end; others are answered meanwhile.
func TestSlowClients(t *testing.T) {
	srv := httpServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "well") }), slog.New(slog.NewTextHandler(io.Discard, nil)))
	for name, d := range map[string]time.Duration{"header": srv.ReadHeaderTimeout, "body": srv.ReadTimeout, "answer": srv.WriteTimeout, "idle": srv.IdleTimeout} {
		if d <= 0 || d > 5*time.Minute {
			t.Errorf("it waits %v for the %s", d, name)
		}
	}
	srv.ReadHeaderTimeout, srv.ReadTimeout = 200*time.Millisecond, 400*time.Millisecond // the same, sooner
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	slow := make([]net.Conn, 50)
	for i := range slow {
		if slow[i], err = net.Dial("tcp", l.Addr().String()); err != nil {
			t.Fatal(err)
		}
		defer slow[i].Close()
		fmt.Fprint(slow[i], "GET / HTTP/1.1\r\nHost: ")
	}
	r, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	for i, conn := range slow {
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		if answer, err := io.ReadAll(conn); err != nil || bytes.HasPrefix(answer, []byte("HTTP/1.1 200")) {
			t.Fatalf("the slow client %d is not cut off: %q, %v", i, answer, err)
		}
	}
	q, err := http.NewRequest(http.MethodGet, "http://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	if r, err = http.DefaultClient.Do(q); err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 64 KiB: %d", r.StatusCode)
	}
}

// TestPrivate: serve refuses an address that other machines reach and nobody encrypts.
func TestPrivate(t *testing.T) {
	for _, tt := range []struct {
		fl serveFlags
		ok bool
	}{
		{serveFlags{addr: "127.0.0.1:8471"}, true},
		{serveFlags{addr: "localhost:0"}, true},
		{serveFlags{addr: "[::1]:8471"}, true},
		{serveFlags{addr: ":8471"}, false},
		{serveFlags{addr: "0.0.0.0:8471"}, false},
		{serveFlags{addr: "[::]:8471"}, false},
		{serveFlags{addr: "192.0.2.1:8471"}, false},
		{serveFlags{addr: ":8471", plain: true}, true},
		{serveFlags{addr: ":8471", proxies: []string{"10.0.0.1"}}, true},
		{serveFlags{addr: ":443", cert: "c", key: "k"}, true},
		{serveFlags{addr: "8471"}, false},
	} {
		err := private(tt.fl)
		if (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt.fl, err)
		}
		var hint mission.Hint
		if err != nil && !errors.As(err, &hint) {
			t.Errorf("%+v: no hint: %v", tt.fl, err)
		}
	}
}
