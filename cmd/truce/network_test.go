package main

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/mission"
)

// TestPortInUse: who finds a port taken is told one that is free.
func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = listen(taken.Addr().String(), func(addr string) string { return "truce serve m --addr " + addr })
	var h mission.Hint
	if !errors.As(err, &h) || !strings.HasSuffix(err.Error(), "is in use by another program") {
		t.Fatalf("listen = %v", err)
	}
	_, addr, ok := strings.Cut(h.Hint, "truce serve m --addr ")
	if !ok {
		t.Fatalf("hint %q", h.Hint)
	}
	free, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatalf("%s is not free: %v", addr, err)
	}
	free.Close()
}
