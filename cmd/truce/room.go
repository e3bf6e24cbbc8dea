package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/opentruce/truce/internal/courier"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/desk"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mirror"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/monitor"
	"github.com/opentruce/truce/internal/people"
	"github.com/opentruce/truce/internal/remote"
	"github.com/opentruce/truce/internal/thrift"
	"github.com/opentruce/truce/internal/web"
	"github.com/spf13/cobra"
)

type serveFlags struct {
	addr, origin, cert, key string
	alerts                  string
	profile                 string
	proxies, mirrors        []string
	port                    int // that it listens on
	readOnly, demo, plain   bool
	cosign                  time.Duration
}

func (c command) serve() *cobra.Command {
	var fl serveFlags
	cmd := &cobra.Command{
		Use:   "serve MISSION",
		Short: "Open the room: map, desk, party rooms, reports, record, in a browser",
		Long: `Serve opens the mission to browsers: the public sees what is public; people sign in, and
see and write what their role allows. A decision made in a browser is signed with that
person's role key and recorded. Mirrors follow the record at the same address. Other
commands can be used while it runs: they go through it, on this machine, or with --server
from another.

At the first start it prints a single-use link, valid for seven days, with which the
head of mission sets a passkey, or a password and a second factor. The head of
mission then invites the others.

On a mirror, or with --read-only, nothing can be written. Passkeys and cookies need
the address that people open: --origin. Other host names are refused. Without --cert
and --key it speaks plain HTTP: to this machine alone, to the servers that --proxy
names, which speak TLS, or to anybody with --plain-http.`,
		Example: `  truce serve field
  truce serve field --addr :443 --origin https://truce.example --cert cert.pem --key key.pem
  truce serve field --mirror party-a=https://mirror.example/record --mirror archive=https://archive.example
  truce serve mirror --addr 127.0.0.1:8472`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return c.serveRoom(args[0], fl) },
	}
	f := cmd.Flags()
	f.StringVar(&fl.addr, "addr", "127.0.0.1:8471", "where to listen")
	f.StringVar(&fl.origin, "origin", "", "the address that people open (default: http://localhost and the port)")
	f.StringVar(&fl.cert, "cert", "", "a file with the TLS certificate")
	f.StringVar(&fl.key, "key", "", "a file with its key")
	f.StringSliceVar(&fl.proxies, "proxy", nil, "an address or network of a server before this one, whose X-Forwarded-For is believed (may be given again)")
	f.StringArrayVar(&fl.mirrors, "mirror", nil, "a mirror to ask for its checkpoint, name=address (may be given again): the record page says how far behind it is")
	f.DurationVar(&fl.cosign, "cosign-every", ledger.CosignEvery, "how often the witnesses of MISSION/policy are asked to co-sign (10s or more)")
	f.BoolVar(&fl.plain, "plain-http", false, "serve plain HTTP to other machines: passwords cross the network unencrypted, and one-time links work only on this machine")
	f.BoolVar(&fl.readOnly, "read-only", false, "write nothing to the record")
	f.StringVar(&fl.alerts, "alerts", "", "a file that says who is told of alerts, by e-mail and webhook (doc/operations.md)")
	f.StringVar(&fl.profile, "cpu-profile", "", "write a CPU profile to this file, until it ends")
	_ = f.MarkHidden("cpu-profile")
	f.BoolVar(&fl.demo, "demo", false, "of a demo: an account for each role, with its link")
	return cmd
}

func (c command) serveRoom(dir string, fl serveFlags) error {
	if (fl.cert == "") != (fl.key == "") {
		return errors.New("--cert and --key go together")
	}
	if err := private(fl); err != nil {
		return err
	}
	if fl.cert != "" {
		if _, err := tls.LoadX509KeyPair(fl.cert, fl.key); err != nil {
			return mission.Hinted(fmt.Errorf("the TLS certificate: %w", err), "--cert and --key name files in PEM format")
		}
	}
	if fl.cosign < ledger.CosignLeast {
		return mission.Hinted(fmt.Errorf("--cosign-every %s: public witnesses block clients that ask more than once in %s", fl.cosign, ledger.CosignLeast), "--cosign-every 30s")
	}
	// What was typed is read before the room is opened, which may take a while.
	var told web.Config
	var err error
	if fl.alerts != "" {
		if told.Courier, err = courier.Read(fl.alerts); err != nil {
			return err
		}
	}
	if told.Proxies, err = networks(fl.proxies); err != nil {
		return err
	}
	for _, text := range fl.mirrors {
		mirror, err := web.ParseMirror(text)
		if err != nil {
			return mission.Hinted(err, "a mirror is served by truce serve or truce serve-record on what truce follow keeps")
		}
		told.Mirrors = append(told.Mirrors, mirror)
	}
	m, err := c.openMission(dir)
	if err != nil {
		return err
	}
	if fl.demo && !m.About.Demo {
		return mission.Hinted(fmt.Errorf("%s is a mission that no demo made", dir), "--demo makes accounts for everybody; leave it out")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	thrift.Room()
	log := slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelInfo}))
	room, err := monitor.Open(ctx, monitor.Config{Mission: m, Command: c.name(), ReadOnly: fl.readOnly, Log: log, CosignEvery: fl.cosign})
	if err != nil {
		return stopped(ctx, besides(err, fmt.Sprintf("a second one can only read: truce serve %s --read-only --addr 127.0.0.1:8472; or stop the first with: kill PID", dir)))
	}
	var commands *remote.Socket
	closing := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		return errors.Join(commands.Close(ctx), room.Close(ctx))
	}
	if !fl.readOnly && m.About.Mirror == "" {
		// A room that commands cannot reach is still a room.
		if commands, err = remote.Open(room, m.Folder, log); err != nil {
			log.Warn("commands on this machine cannot reach the room", "err", err)
		}
	}
	// Whoever comes before the room is open is refused at once, and comes again.
	l, err := listen(fl.addr, func(other string) string {
		again := fmt.Sprintf("truce serve %s --addr %s", dir, other)
		if _, port, err := net.SplitHostPort(other); err == nil && fl.demo {
			return again + " --demo, or make demo PORT=" + port
		}
		return again
	})
	if err != nil {
		return errors.Join(err, closing())
	}
	defer l.Close()
	if fl.origin == "" {
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return errors.Join(err, closing())
		}
		scheme := "http"
		if fl.cert != "" {
			scheme = "https"
		}
		fl.origin = scheme + "://localhost:" + port
	}
	fl.port = l.Addr().(*net.TCPAddr).Port
	err = stopped(ctx, c.answer(ctx, m, room, l, log, fl, told))
	return errors.Join(err, closing())
}

// private refuses an address that other machines reach and nobody encrypts.
func private(fl serveFlags) error {
	if fl.cert != "" || len(fl.proxies) > 0 || fl.plain {
		return nil
	}
	at, err := net.ResolveTCPAddr("tcp", fl.addr)
	if err != nil {
		return mission.Hinted(fmt.Errorf("--addr %q: %w", fl.addr, err), "for example --addr 127.0.0.1:8471, or --addr :443 for every address of this machine")
	}
	if at.IP.IsLoopback() {
		return nil
	}
	return mission.Hinted(fmt.Errorf("--addr %s can be reached from other machines, and passwords would cross the network unencrypted", fl.addr),
		"give --cert and --key, or --proxy with the address of the server that speaks TLS. To serve it unencrypted anyway: --plain-http")
}

// stopped drops the error of a room that somebody asked to end before it was open.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func (c command) answer(ctx context.Context, m *mission.Mission, room *monitor.Room, l net.Listener, log *slog.Logger, fl serveFlags, told web.Config) error {
	store, err := people.Open(m.Private("people.sqlite"), c.now)
	if err != nil {
		return err
	}
	defer store.Close()
	work, err := desk.Open(m.Private("desk.sqlite"), c.now)
	if err != nil {
		return err
	}
	defer work.Close()
	told.Room, told.People, told.Desk, told.Origin, told.Record, told.Log, told.Build = room, store, work, strings.TrimSuffix(fl.origin, "/"), mirror.Handler(m.Record()), log, mission.Build()
	s, err := web.New(told)
	if err != nil {
		return err
	}
	s.Warm(ctx)
	fmt.Fprintf(c.out, "the room of %q (%s) is at %s\n", m.Agreement.Title, m.Agreement.Status, fl.origin)
	if at, err := net.ResolveTCPAddr("tcp", fl.addr); err == nil && !at.IP.IsLoopback() && web.Local(fl.origin) {
		fmt.Fprintf(c.out, "  other machines cannot open it under that address: give the one that they open with --origin\n")
	}
	if !s.Bundled() {
		fmt.Fprintf(c.out, "  the map, live news and passkeys were not built in: make ui, and build again\n")
	}
	if m.About.Mirror == "" && !fl.readOnly {
		if err := c.firstLinks(ctx, m, room, store, fl); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.out, "  To stop it, press Ctrl-C here, or in another window: kill %d\n", os.Getpid())
	if fl.profile != "" {
		f, err := os.Create(fl.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	srv := httpServer(s.Handler(), log)
	srv.RegisterOnShutdown(s.End)
	var watching sync.WaitGroup
	watched, ended := context.WithCancel(ctx)
	if m.About.Mirror == "" && !fl.readOnly {
		watching.Go(func() { s.Watch(watched) })
	}
	if len(told.Mirrors) > 0 {
		watching.Go(func() { s.AskMirrors(watched) })
	}
	defer watching.Wait()
	defer ended()
	go func() {
		<-ctx.Done()
		wait, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = srv.Shutdown(wait)
	}()
	if fl.cert != "" {
		srv.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		err = srv.ServeTLS(l, fl.cert, fl.key)
	} else {
		err = srv.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// httpServer is a server that waits a bounded time for each client.
func httpServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
}

// networks reads addresses and networks.
func networks(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if a, aerr := netip.ParseAddr(text); aerr == nil {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil {
			return nil, mission.Hinted(fmt.Errorf("--proxy %q: neither an address nor a network", text), "such as 127.0.0.1 or 10.0.0.0/8")
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// firstLinks prints the links with which those sign in who never have.
func (c command) firstLinks(ctx context.Context, m *mission.Mission, room *monitor.Room, store *people.Store, fl serveFlags) error {
	links, err := web.FirstLinks(ctx, room, store, fl.demo)
	at := strings.TrimSuffix(fl.origin, "/")
	if web.PlainHTTP(at) { // a link that crosses the network unencrypted is anybody's
		at = fmt.Sprintf("http://localhost:%d", fl.port)
	}
	for _, x := range links {
		fmt.Fprintf(c.out, "  %-18s %s/join/%s\n", x.Name, at, x.Token)
	}
	if errors.Is(err, web.ErrNoHead) {
		fmt.Fprintf(c.out, "  nobody can sign in: the head of mission's key is not here; put it at %s\n", m.Private("head-of-mission.key"))
		return nil
	}
	return err
}

func (c command) rebuild() *cobra.Command {
	return &cobra.Command{
		Use:   "rebuild MISSION",
		Short: "Build the server's read models again from the record",
		Long: `The read models under MISSION/view are caches: serve brings them up to date,
and builds one again that is missing or damaged. Rebuild deletes them and builds all of
them at once, which shows that nothing but the record is needed.`,
		Example: `  truce rebuild field`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			done, err := c.alone(m, "a server brings its read models up to date by itself; to build them again, stop it with: kill PID; then: truce rebuild "+args[0])
			if err != nil {
				return err
			}
			defer done()
			if err := monitor.Rebuild(m); err != nil {
				return err
			}
			ctx := context.Background()
			room, err := monitor.Open(ctx, monitor.Config{Mission: m, ReadOnly: true})
			if err != nil {
				return err
			}
			s, _ := room.State()
			for _, a := range truce.Audiences {
				p := s.Reader(a).Picture()
				fmt.Fprintf(c.out, "%s: %s, digest %s\n", filepath.Join(args[0], "view", string(a)+".sqlite"), mission.Plural(p.Total, "incident"), p.Digest)
			}
			return room.Close(ctx)
		},
	}
}

// exportSite writes the public face of a mission, or of a mirror, as files.
func (c command) exportSite(ctx context.Context, dir, folder string) error {
	m, err := c.openMission(dir)
	if err != nil {
		return err
	}
	room, err := monitor.Open(ctx, monitor.Config{Mission: m, ReadOnly: true})
	if err != nil {
		return err
	}
	defer room.Close(ctx)
	work, err := os.MkdirTemp("", "truce-site-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	store, err := people.Open(filepath.Join(work, "people.sqlite"), c.now) // nobody signs in to files
	if err != nil {
		return err
	}
	defer store.Close()
	items, err := desk.Open(filepath.Join(work, "desk.sqlite"), c.now)
	if err != nil {
		return err
	}
	defer items.Close()
	s, err := web.New(web.Config{Room: room, People: store, Desk: items, Origin: "http://localhost", Record: mirror.Handler(m.Record()), Build: mission.Build()})
	if err != nil {
		return err
	}
	bar := c.bar()
	n, err := s.WriteSite(ctx, folder, func(done, total int) { bar.Count("writing the site", done, total) })
	bar.Done()
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: %s\n", folder, mission.Plural(n, "file"))
	return nil
}
