package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/demo"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/people"
	"github.com/opentruce/truce/internal/progress"
	"github.com/opentruce/truce/internal/scenario"
	"github.com/opentruce/truce/internal/synthetic"
	"github.com/opentruce/truce/internal/web"
	"github.com/spf13/cobra"
)

// loadFlags are how hard a room is pressed.
type loadFlags struct {
	observations, readers, writers int
	attackers                      int
	lasts                          time.Duration
	mission                        string // made there and kept, or used as it is there
	truce                          string // the program whose room is pressed
}

// load presses a room as people would on a bad day: readers who look at pages, tiles
// and lists, a second or two apart, and writers who submit signed observations. The
// server is attacked for a while, and killed; what it acknowledged is looked for at the
// end.
func (c command) load() *cobra.Command {
	var fl loadFlags
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Press a room with readers and writers, kill it half way, and measure",
		Long: `Load opens a room in a process of its own, presses it with readers who look at pages,
tiles and lists, and with writers who submit signed observations. For the second third
of the time, attackers from many addresses ask for what is expensive, as fast as they
are answered: wide and random periods, earlier moments, drawings, exports. Then it
kills the room and opens it again. It prints how long answers took, how long it was
from a submission to the picture, and whether anything that was acknowledged is
missing. It fails if readers wait more than three times as long (p95) under attack.`,
		Example: `  truce-bench load
  truce-bench load --observations 100000 --for 1m
  truce-bench load --observations 1000000 --for 5m --mission /tmp/million`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return c.runLoad(fl) },
	}
	f := cmd.Flags()
	f.IntVar(&fl.observations, "observations", 0, "generated observations (default: the demo's twelve days)")
	f.IntVar(&fl.readers, "readers", 200, "readers")
	f.IntVar(&fl.writers, "writers", 20, "writers")
	f.IntVar(&fl.attackers, "attackers", 60, "attackers, each from an address of their own")
	f.DurationVar(&fl.lasts, "for", 45*time.Second, "how long to run; 0 only creates the mission")
	f.StringVar(&fl.mission, "mission", "", "make the mission in this folder and keep it, or press the one that is there")
	f.StringVar(&fl.truce, "truce", "", "the truce whose room is pressed (default: the one beside this program)")
	return cmd
}

// coldFor is for how long a server that has just opened is measured apart: nothing
// that many ask for is made yet.
const coldFor = 5 * time.Second

// pressed is what the load measures, by what was asked for.
type pressed struct {
	mu      sync.Mutex
	took    map[string][]time.Duration // "page", and "page, cold" for the first seconds of a server's life
	opened  time.Time
	attack  bool
	refused map[string]int // status codes that are none of ours to expect
	hostile map[int]int    // status codes that attackers got
	broken  int            // connections that broke: the server was down
}

func (p *pressed) note(what string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case time.Since(p.opened) < coldFor+d:
		what += ", cold"
	case p.attack:
		what += attacked
	}
	p.took[what] = append(p.took[what], d)
}

func (p *pressed) refuse(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused[what]++
}

func (c command) runLoad(fl loadFlags) error {
	if fl.observations < 0 || fl.readers < 0 || fl.writers < 0 || fl.attackers < 0 || fl.lasts < 0 {
		return errors.New("--observations, --readers, --writers, --attackers and --for: want numbers from 0")
	}
	if fl.truce == "" {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		fl.truce = filepath.Join(filepath.Dir(self), "truce")
	}
	if _, err := os.Stat(fl.truce); err != nil {
		return mission.Hinted(err, "build it with make build, or name it with --truce")
	}
	dir, err := os.MkdirTemp("", "truce-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	folder := fl.mission
	if folder == "" {
		folder = filepath.Join(dir, "mission")
	}
	writer, err := c.loadMission(dir, folder, fl)
	if err != nil || fl.lasts == 0 {
		return err
	}
	room := &loadRoom{truce: fl.truce, folder: folder, addr: "127.0.0.1:0", err: c.err}
	if err := room.start(); err != nil {
		return err
	}
	defer room.stop(syscall.SIGKILL)
	fmt.Fprintf(c.out, "%d readers and %d writers for %s\n", fl.readers, fl.writers, fl.lasts)
	m, err := mission.Open(folder)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), fl.lasts)
	defer cancel()
	p := &pressed{took: map[string][]time.Duration{}, refused: map[string]int{}, hostile: map[int]int{}, opened: time.Now()}
	shared := &http.Transport{MaxIdleConnsPerHost: fl.readers + fl.writers}
	client := func(i int) *http.Client {
		return &http.Client{Timeout: 30 * time.Second, Transport: from{shared, fmt.Sprintf("10.1.%d.%d", i/250, i%250)}}
	}
	var wg sync.WaitGroup
	for i := range fl.readers {
		wg.Go(func() { p.read(ctx, client(i), room, i) })
	}
	var mu sync.Mutex
	acknowledged := map[truce.Digest]bool{}
	for i := range fl.writers {
		wg.Go(func() {
			p.write(ctx, client(fl.readers+i), room, m, writer, i, func(d truce.Digest) {
				mu.Lock()
				acknowledged[d] = true
				mu.Unlock()
			})
		})
	}
	// A third in peace, a third under attack; then killed, as a power cut would.
	if pause(ctx, fl.lasts/3) {
		during, end := context.WithTimeout(ctx, fl.lasts/3)
		p.under(true)
		var attackers sync.WaitGroup
		for i := range fl.attackers {
			attackers.Go(func() { p.strain(during, room, i) })
		}
		attackers.Wait()
		end()
		p.under(false)
	}
	if ctx.Err() == nil {
		room.stop(syscall.SIGKILL)
		killed := time.Now()
		if err := room.start(); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "killed after two thirds of the time; available again %s later\n", time.Since(killed).Round(100*time.Millisecond))
		p.mu.Lock()
		p.opened = time.Now()
		p.mu.Unlock()
	}
	wg.Wait()
	room.stop(syscall.SIGTERM)
	for _, what := range []string{"page", "tile", "api", "submitted", "shown", "page, cold", "tile, cold", "api, cold", "submitted, cold", "shown, cold", "page" + attacked, "tile" + attacked, "api" + attacked, "submitted" + attacked, "shown" + attacked, "restarted"} {
		list := p.took[what]
		switch {
		case len(list) == 0 && (what == "restarted" || strings.HasSuffix(what, "cold") || strings.HasSuffix(what, attacked) && fl.attackers == 0):
			continue
		case len(list) == 0:
			return fmt.Errorf("nothing was measured of %s", what)
		}
		slices.Sort(list)
		at := func(q float64) time.Duration {
			return list[min(len(list)-1, int(q*float64(len(list))))].Round(100 * time.Microsecond)
		}
		fmt.Fprintf(c.out, "%-15s %7d  p50 %10s  p95 %10s  p99 %10s\n", what, len(list), at(.5), at(.95), at(.99))
	}
	strained := false
	if fl.attackers > 0 {
		fmt.Fprintf(c.out, "attackers were answered: %v\n", p.hostile)
		for _, what := range []string{"page", "tile", "api"} {
			calm, under := max(p95(p.took[what]), unnoticed), p95(p.took[what+attacked])
			fmt.Fprintf(c.out, "%s: p95 under attack is %.1f times the normal p95\n", what, float64(under)/float64(calm))
			strained = strained || under > 3*calm
		}
	}
	if len(p.refused) > 0 {
		fmt.Fprintf(c.out, "answered otherwise: %v\n", p.refused)
	}
	fmt.Fprintf(c.out, "connections that broke while the server was down: %d\n", p.broken)
	lost := len(acknowledged)
	for e, err := range ledger.Entries(context.Background(), m.Record(), 0, 1<<62) {
		if err != nil {
			return err
		}
		if acknowledged[e.ID()] {
			delete(acknowledged, e.ID())
		}
	}
	fmt.Fprintf(c.out, "acknowledged %d, lost %d\n", lost, len(acknowledged))
	if len(acknowledged) > 0 || len(p.refused) > 0 || strained {
		return errNo
	}
	return nil
}

// mostLoadDays is over how many days the observations of a load are spread at most.
const mostLoadDays = 400

// loadMission makes the mission that is pressed, and a monitor's key.
func (c command) loadMission(dir, folder string, fl loadFlags) (*ledger.Secret, error) {
	if _, err := os.Stat(filepath.Join(folder, "mission.json")); err == nil {
		m, err := mission.Open(folder)
		if err != nil {
			return nil, err
		}
		return ledger.LoadSecret(m.Private(filepath.Join("people", "monitor-1.key")))
	}
	if fl.observations > 0 {
		// All of it was known before today: more of it is more on each day.
		if err := synthetic.Write(dir, fl.observations, min(synthetic.Days(fl.observations), mostLoadDays)); err != nil {
			return nil, err
		}
		if err := synthetic.Mission(dir, folder, c.now, progress.New(c.err)); err != nil {
			return nil, err
		}
	} else {
		m, err := synthetic.Init(folder, "load", c.now, progress.New(c.err))
		if err != nil {
			return nil, err
		}
		files, err := demo.Unpack(dir)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if _, err := intake.NewWriter(m).IngestFile(f.Kind, f.Path, intake.IngestFlags{Known: "reported", Key: "intake", Shelf: "public"}); err != nil {
				return nil, err
			}
		}
	}
	m, err := mission.Open(folder)
	if err != nil {
		return nil, err
	}
	head, err := m.Key("head-of-mission")
	if err != nil {
		return nil, err
	}
	file, _, err := web.StateKey(intake.NewWriter(m), head, people.Account{Name: "monitor-1", Role: string(ledger.Monitor)}, "load")
	if err != nil {
		return nil, err
	}
	return ledger.LoadSecret(file)
}

// from sends requests as a proxy would that hears them from an address.
type from struct {
	http.RoundTripper
	addr string
}

func (f from) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", f.addr)
	return f.RoundTripper.RoundTrip(r)
}

// loadRoom is a server in a process of its own.
type loadRoom struct {
	truce        string // the program
	folder, addr string
	err          io.Writer
	mu           sync.Mutex
	run          *exec.Cmd
	home         string
	life         int // counts its starts
}

var atAddress = regexp.MustCompile(` is at http://localhost:(\d+)`)

func (r *loadRoom) start() error {
	run := exec.Command(r.truce, "serve", r.folder, "--addr", r.addr, "--proxy", "127.0.0.1") // each has an address of their own
	run.Stderr = r.err
	out, err := run.StdoutPipe()
	if err != nil {
		return err
	}
	if err := run.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := atAddress.FindStringSubmatch(lines.Text()); m != nil {
			r.mu.Lock()
			r.life++
			r.run, r.addr, r.home = run, "127.0.0.1:"+m[1], "http://localhost:"+m[1]
			r.mu.Unlock()
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return nil
		}
	}
	_ = run.Wait()
	return errors.New("the room did not open")
}

func (r *loadRoom) lives() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.life
}

func (r *loadRoom) stop(s syscall.Signal) {
	if r.run != nil && r.run.ProcessState == nil {
		_ = r.run.Process.Signal(s)
		_ = r.run.Wait()
	}
}

// attacked marks what was measured under attack.
const attacked = ", attacked"

// unnoticed is a time within which nobody notices a difference: on a machine with
// nothing else to do, answers take a millisecond or two, and three times that is noise.
const unnoticed = 20 * time.Millisecond

func (p *pressed) under(attack bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.attack = attack
}

func p95(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return list[min(len(list)-1, len(list)*95/100)]
}

// strain is one attacker, who asks for what is expensive as fast as it is answered.
func (p *pressed) strain(ctx context.Context, room *loadRoom, seed int) {
	d := rand.New(rand.NewPCG(uint64(seed), 13))
	client := &http.Client{Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	day := func() string {
		return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, d.IntN(700)).Format(time.DateOnly)
	}
	for ctx.Err() == nil {
		a, b := day(), day()
		path := [...]string{
			"/?from=1900-01-01&to=2100-12-31",
			fmt.Sprintf("/?from=%d-01-01&to=2100-12-31&x=%d", 1900+d.IntN(120), d.Int()),
			"/?from=" + min(a, b) + "&to=" + max(a, b),
			"/map/picture.svg?from=" + min(a, b) + "&to=" + max(a, b),
			"/map/agreement.geojson?from=" + min(a, b) + "&to=" + max(a, b),
			fmt.Sprintf("/?at=%sT%02d:%02d", day(), d.IntN(24), d.IntN(60)),
			"/incidents?format=csv",
			fmt.Sprintf("/incidents?q=%x", d.Uint32()),
			fmt.Sprintf("/tiles/incidents/%d/18/10?q=%x", 5+d.IntN(3), d.Uint32()),
			"/" + escaped(d, "agreement"),
			fmt.Sprintf("/tiles/base/12/%d/%d", d.IntN(1<<12), d.IntN(1<<12)),
			fmt.Sprintf("/nothing-%x", d.Uint32()),
		}[d.IntN(12)]
		method := http.MethodGet
		if d.IntN(3) == 0 { // which costs as much
			method = http.MethodHead
		}
		req, err := http.NewRequestWithContext(ctx, method, room.home+path, nil)
		if err != nil {
			return
		}
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", seed%250))
		resp, err := client.Do(req)
		if err != nil {
			continue
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		p.mu.Lock()
		p.hostile[resp.StatusCode]++
		p.mu.Unlock()
	}
}

// escaped is a path with some of its letters in another spelling.
func escaped(d *rand.Rand, path string) string {
	out := ""
	for i := range len(path) {
		if d.IntN(2) == 0 {
			out += fmt.Sprintf("%%%02x", path[i])
		} else {
			out += path[i : i+1]
		}
	}
	return out
}

// get asks, and notes how long the whole answer took; body is nil where the server
// was down.
func (p *pressed) get(ctx context.Context, client *http.Client, what, url string) []byte {
	begin := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil
	}
	resp, err := client.Do(req)
	if err != nil {
		p.down(ctx)
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.down(ctx)
		return nil
	}
	if resp.StatusCode != http.StatusOK {
		p.refuse(what + " " + resp.Status)
		return nil
	}
	p.note(what, time.Since(begin))
	return body
}

// down waits a little for a server that is not there.
func (p *pressed) down(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	p.broken++
	p.mu.Unlock()
	pause(ctx, time.Duration(500+rand.IntN(1000))*time.Millisecond)
}

// pause waits, and reports whether there is still somebody to wait for.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

var incidentLink = regexp.MustCompile(`/incidents/[0-9a-f]{64}`)

// read is one reader: a page, then what its map would ask for, then an incident or
// a list, with a second or two to look at it.
func (p *pressed) read(ctx context.Context, client *http.Client, room *loadRoom, seed int) {
	d := rand.New(rand.NewPCG(uint64(seed), 7))
	if !pause(ctx, time.Duration(d.IntN(2000))*time.Millisecond) { // people do not all come at once
		return
	}
	for ctx.Err() == nil {
		var links [][]byte
		switch d.IntN(4) {
		case 0:
			links = incidentLink.FindAll(p.get(ctx, client, "page", room.home+"/"), -1)
		case 1:
			links = incidentLink.FindAll(p.get(ctx, client, "page", fmt.Sprintf("%s/incidents?page=%d", room.home, 1+d.IntN(4))), -1)
		case 2:
			p.get(ctx, client, "api", room.home+"/api/incidents?order=arrived")
		default:
			z := 5 + d.IntN(4)
			n := float64(int(1) << z)
			x, y := int((22+18*d.Float64()+180)/360*n), int((0.335+0.03*d.Float64())*n)
			for i := range 4 {
				p.get(ctx, client, "tile", fmt.Sprintf("%s/tiles/incidents/%d/%d/%d", room.home, z, x+i%2, y+i/2))
				p.get(ctx, client, "tile", fmt.Sprintf("%s/tiles/base/%d/%d/%d", room.home, z, x+i%2, y+i/2))
			}
		}
		if len(links) > 0 {
			p.get(ctx, client, "page", room.home+string(links[d.IntN(len(links))]))
		}
		pause(ctx, time.Duration(1000+d.IntN(2000))*time.Millisecond)
	}
}

var entriesShown = regexp.MustCompile(`"entries":(\d+)`)

// write is one writer: an observation signed, submitted until it is acknowledged,
// and looked for until the picture shows it.
func (p *pressed) write(ctx context.Context, client *http.Client, room *loadRoom, m *mission.Mission, key *ledger.Secret, seed int, acknowledged func(truce.Digest)) {
	d := rand.New(rand.NewPCG(uint64(seed), 11))
	run := time.Now().Unix() // the mission may have been pressed before
	for n := 0; ctx.Err() == nil; n++ {
		text := fmt.Sprintf("observe load-%d-%d-%d strike 2025-08-%02dT%02d:%02d/%02d:%02dZ %.4fN %.4fE ±200m source=mission weapon=missile", run, seed, n, 17+d.IntN(4), 1, d.IntN(30), 2, d.IntN(30), 47+4*d.Float64(), 25+12*d.Float64())
		r, err := scenario.ParseEntry(m.Agreement, text, mission.Options(mission.Silent{}))
		if err != nil {
			p.refuse(err.Error())
			return
		}
		b, err := ledger.BodyOf(m.Origin(), &r)
		if err != nil {
			p.refuse(err.Error())
			return
		}
		b.At = ledger.Time(time.Now())
		sub, err := b.Say(key)
		if err != nil {
			p.refuse(err.Error())
			return
		}
		handed, err := sub.Handed(ledger.Pieces{})
		if err != nil {
			p.refuse(err.Error())
			return
		}
		begin := time.Now()
		for ctx.Err() == nil {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, room.home+"/api/submissions", bytes.NewReader(handed))
			if err != nil {
				return
			}
			sent := time.Now()
			resp, err := client.Do(req)
			if err != nil {
				p.down(ctx)
				begin = time.Now()
				continue
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil {
				p.down(ctx)
				continue
			}
			if resp.StatusCode == http.StatusTooManyRequests {
				time.Sleep(500 * time.Millisecond)
				begin = time.Now()
				continue
			}
			if resp.StatusCode != http.StatusOK {
				p.refuse("submission " + resp.Status + " " + string(body[:min(len(body), 300)]))
				return
			}
			life := room.lives()
			p.note("submitted", time.Since(sent))
			acknowledged(sub.Hash())
			entry, err := strconv.ParseInt(resp.Header.Get("X-Truce-Entry"), 10, 64)
			if err != nil {
				p.refuse("a receipt without its entry")
				return
			}
			for ctx.Err() == nil {
				m := entriesShown.FindSubmatch(p.get(ctx, client, "api", room.home+"/api/picture"))
				if m == nil {
					continue
				}
				if n, _ := strconv.ParseInt(string(m[1]), 10, 64); n > entry {
					if room.lives() != life { // the server came back meanwhile
						p.mu.Lock()
						p.took["restarted"] = append(p.took["restarted"], time.Since(begin))
						p.mu.Unlock()
					} else {
						p.note("shown", time.Since(begin))
					}
					break
				}
				time.Sleep(30 * time.Millisecond)
			}
			break
		}
		pause(ctx, time.Duration(1500+d.IntN(1000))*time.Millisecond)
	}
}
