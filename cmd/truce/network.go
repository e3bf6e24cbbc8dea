package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"github.com/opentruce/truce/internal/mission"
)

// reachable says in words why the server at an address could not be asked, and what to
// do. Other errors stay as they are.
func reachable(address string, err error) error {
	var name *net.DNSError
	var slow net.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ECONNREFUSED):
		return mission.Hinted(fmt.Errorf("%s refused the connection: no server listens there", address),
			"start it there with truce serve MISSION or truce serve-record MISSION, or check the address and its port")
	case errors.As(err, &name):
		return mission.Hinted(fmt.Errorf("%s: the name %q cannot be looked up: %w", address, name.Name, err), "check the address, and the network of this machine")
	case errors.As(err, &slow) && slow.Timeout() || errors.Is(err, context.DeadlineExceeded):
		return mission.Hinted(fmt.Errorf("%s did not answer in time: %w", address, err), "repeat the command: what was copied is not copied again")
	}
	return err
}

// listen listens at an address. Where its port is in use, again says how to call the
// command with another: a port that is free now.
func listen(addr string, again func(addr string) string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if !errors.Is(err, syscall.EADDRINUSE) {
		return l, err
	}
	host, port, serr := net.SplitHostPort(addr)
	n, aerr := strconv.Atoi(port)
	if serr != nil || aerr != nil {
		return nil, err
	}
	err = fmt.Errorf("port %d is in use by another program", n)
	for next := n + 1; next <= min(n+20, 65535); next++ {
		other := net.JoinHostPort(host, strconv.Itoa(next))
		if l, lerr := net.Listen("tcp", other); lerr == nil {
			_ = l.Close()
			return nil, mission.Hinted(err, "choose another: "+again(other))
		}
	}
	return nil, mission.Hinted(err, "choose another with --addr "+net.JoinHostPort(host, "PORT"))
}
