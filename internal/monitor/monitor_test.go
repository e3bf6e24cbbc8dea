package monitor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/begin"
	"github.com/opentruce/truce/internal/brief"
	"github.com/opentruce/truce/internal/intake"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/release"
	"github.com/opentruce/truce/internal/report"
)

// opened is a mission of the air-first terms with a room over it, and its head.
func opened(t *testing.T) (*Room, *ledger.Secret) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "field")
	m, err := begin.Mission(dir, "air-first", os.DirFS("../../agreements/ukraine-air-first"), begin.Flags{Origin: "test/field"}, time.Now, mission.Silent{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(context.Background(), Config{Mission: m})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	head, err := m.Key("head-of-mission")
	if err != nil {
		t.Fatal(err)
	}
	return r, head
}

// observe records a strike of one kind at one place each hour.
func observe(r *Room, n int) (int64, error) {
	return r.Tell(context.Background(), func(m *intake.Writer) (int64, error) { return observeIn(m, n) })
}

func observeIn(m *intake.Writer, n int) (int64, error) {
	intake, whose, err := m.Signer("intake")
	if err != nil {
		return 0, err
	}
	text := fmt.Sprintf("strike 2025-08-%02dT%02d:05/%02d:06Z 48.0%dN 37.8E ±200m source=mission weapon=missile", 17+n/24, n%24, n%24, n%10)
	_, at, err := m.State(intake, whose, "observe", "", "", "a test", text)
	return at, err
}

// TestSay: what was said is in the picture when Say returns, for whoever may see
// it.
func TestSay(t *testing.T) {
	r, head := opened(t)
	ctx := context.Background()
	changed := r.Changed()
	at, err := observe(r, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Await(ctx, at); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
	default:
		t.Error("nobody heard that the picture has changed")
	}
	s, err := r.State()
	if err != nil {
		t.Fatal(err)
	}
	rows, n, err := s.Reader(truce.ForPublic).Incidents(ctx, truce.Query{Limit: 10})
	if err != nil || n != 1 {
		t.Fatalf("%d incidents, %v", n, err)
	}
	if got := r.EntryOf(s.Situations[truce.ForMission].Incidents()[0].Of[0].ID); got != at || rows[0].Entry != at {
		t.Errorf("entry %d, row %d, want %d", got, rows[0].Entry, at)
	}
	at, err = r.Say(ctx, func(m *intake.Writer) (int64, error) {
		whose, err := m.KeyOf(head)
		if err != nil {
			return 0, err
		}
		return m.Decide(head, whose, &truce.Decision{Kind: truce.Confirm, Article: "1", Because: "fragments"}, []string{rows[0].ID.Hex()})
	})
	if err != nil {
		t.Fatal(err)
	}
	s, _ = r.State()
	rows, _, err = s.Reader(truce.ForPublic).Incidents(ctx, truce.Query{Limit: 10, Outcome: truce.Violation})
	if err != nil || len(rows) != 1 || s.Size != at+1 {
		t.Errorf("decided: %v, %v, size %d after entry %d", rows, err, s.Size, at)
	}
}

// TestDecisionsInOrder: decisions taken at the same time have numbers of their
// own.
func TestDecisionsInOrder(t *testing.T) {
	r, head := opened(t)
	ctx := context.Background()
	at, err := observe(r, 1)
	if err == nil {
		err = r.Await(ctx, at)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, _ := r.State()
	id := s.Situations[truce.ForMission].Incidents()[0].ID.Hex()
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			if _, err := r.Say(ctx, func(m *intake.Writer) (int64, error) {
				whose, err := m.KeyOf(head)
				if err != nil {
					return 0, err
				}
				return m.Decide(head, whose, &truce.Decision{Kind: truce.Verify, Because: fmt.Sprint("reason ", i)}, []string{id})
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s, _ = r.State()
	seen := map[int64]bool{}
	for _, d := range s.Situations[truce.ForMission].Decisions {
		if seen[d.Seq] {
			t.Errorf("two decisions are number %d", d.Seq)
		}
		seen[d.Seq] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d decisions, want 5", len(seen))
	}
}

// TestGrownIsAnew is the law of the room: what it shows after it grew is what one
// that opens the same record shows, and what replay computes.
func TestGrownIsAnew(t *testing.T) {
	r, _ := opened(t)
	ctx := context.Background()
	var wg sync.WaitGroup
	var last int64
	var mu sync.Mutex
	for n := range 40 {
		wg.Go(func() {
			at, err := observe(r, n)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			last = max(last, at)
		})
	}
	wg.Wait()
	if err := r.Await(ctx, last); err != nil {
		t.Fatal(err)
	}
	s, _ := r.State()
	fresh, err := mission.Open(r.cfg.Mission.Dir)
	if err != nil {
		t.Fatal(err)
	}
	want, err := fresh.Situation(s.Now)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Situations[truce.ForMission].Digest(); got != want.Digest() {
		t.Errorf("digest %s, replayed %s", got, want.Digest())
	}
	grown, n, err := s.Reader(truce.ForMission).Incidents(ctx, truce.Query{Limit: 100})
	if err != nil || n != len(want.Incidents()) {
		t.Fatalf("%d incidents, want %d, %v", n, len(want.Incidents()), err)
	}
	mirror, err := Open(ctx, Config{Mission: fresh, ReadOnly: true})
	if err == nil {
		err = Rebuild(fresh)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer mirror.Close(ctx)
	m, _ := mirror.State()
	rebuilt, _, err := m.Reader(truce.ForMission).Incidents(ctx, truce.Query{Limit: 100})
	if err != nil || fmt.Sprint(rebuilt) != fmt.Sprint(grown) {
		t.Errorf("rebuilt: %v\ngrown: %v; %v", rebuilt, grown, err)
	}
	if _, err := mirror.Tell(ctx, func(*intake.Writer) (int64, error) { return 0, nil }); err != ErrReadOnly {
		t.Errorf("a room that only reads lets somebody speak: %v", err)
	}
}

// TestKnown: the picture as known at an earlier moment lacks what came later.
func TestKnown(t *testing.T) {
	r, _ := opened(t)
	ctx := context.Background()
	before := r.Now()
	at, err := observe(r, 1)
	if err == nil {
		err = r.Await(ctx, at)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, reader, err := r.Known(ctx, truce.ForMission, before-60_000)
	if err != nil {
		t.Fatal(err)
	}
	if _, n, err := reader.Incidents(ctx, truce.Query{}); err != nil || n != 0 {
		t.Errorf("%d incidents were known before the first, %v", n, err)
	}
	if _, reader, err = r.Known(ctx, truce.ForMission, truce.Never); err != nil {
		t.Fatal(err)
	}
	if _, n, err := reader.Incidents(ctx, truce.Query{}); err != nil || n != 1 {
		t.Errorf("%d incidents are known now, %v", n, err)
	}
}

// TestAbridge: a report for the public lists nothing that the release rules hold or
// show later, names no place closer than they allow, and says so; its figures
// stay.
func TestAbridge(t *testing.T) {
	r, _ := opened(t)
	ctx := context.Background()
	var at int64
	for n := range 3 {
		var err error
		if at, err = observe(r, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Await(ctx, at); err != nil {
		t.Fatal(err)
	}
	state, _ := r.State()
	s, now := state.Situations[truce.ForPublic], r.Now()
	for _, c := range []struct {
		name   string
		rules  truce.PublicRelease
		listed int
		finest int32 // metres
	}{
		{"no rules", truce.PublicRelease{}, 3, 200},
		{"held", truce.PublicRelease{Hold: []truce.Act{"strike"}}, 0, 0},
		{"held by what it descends from", truce.PublicRelease{Hold: []truce.Act{"attack"}}, 0, 0},
		{"another act is held", truce.PublicRelease{Hold: []truce.Act{"overflight"}}, 3, 200},
		{"later", truce.PublicRelease{Delay: time.Hour}, 0, 0},
		{"wider", truce.PublicRelease{BlurM: 5000}, 3, 5000},
	} {
		t.Run(c.name, func(t *testing.T) {
			compose := func(rules truce.PublicRelease) (*report.Report, *brief.Board) {
				t.Helper()
				m := r.Mission().As(release.Reader{Audience: truce.ForPublic})
				terms := *m.Agreement
				terms.Public = rules
				m.Agreement = &terms
				out, err := m.Report(s, truce.Interval{}, now, now)
				if err != nil {
					t.Fatal(err)
				}
				board, err := m.Board(s, truce.Interval{}, now)
				if err != nil {
					t.Fatal(err)
				}
				return out, board
			}
			whole, _ := compose(truce.PublicRelease{})
			out, board := compose(c.rules)
			// The first page says what the report says.
			if !reflect.DeepEqual(board.Headline, out.Headline) || !reflect.DeepEqual(board.Articles, out.Articles) || board.Period != out.Period {
				t.Errorf("the board says %v\n%v, want\n%v\n%v", board.Headline, board.Articles, out.Headline, out.Articles)
			}
			if len(out.Incidents) != c.listed {
				t.Errorf("%d incidents are listed, want %d", len(out.Incidents), c.listed)
			}
			for _, x := range out.Incidents {
				if x.Place.Uncertainty < c.finest {
					t.Errorf("%s: within %d m", x.Place, x.Place.Uncertainty)
				}
			}
			counted, is := whole.Articles[0].Count, out.Articles[0].Count
			if is.Incidents != counted.Incidents || is.Signs != counted.Signs || is.Violations != counted.Violations || out.Observed != whole.Observed {
				t.Errorf("its figures are %+v, want %+v", is, counted)
			}
			last := out.Headline[len(out.Headline)-1]
			if says := last.About.String() == "Not shown"; says != (c.listed == 0 || c.finest == 5000) {
				t.Errorf("it says last: %v", last)
			}
		})
	}
}

// TestAlike: audiences that see the same share a read model, and each has its own as
// soon as one sees less, whole and at once.
func TestAlike(t *testing.T) {
	r, _ := opened(t)
	ctx := context.Background()
	rules := func(p truce.PublicRelease) {
		r.reading.Lock()
		defer r.reading.Unlock()
		r.feed.Load().Agreement().Public = p
	}
	for n, c := range []struct {
		rules truce.PublicRelease
		own   bool
		seen  int
	}{
		{truce.PublicRelease{}, false, 1},
		{truce.PublicRelease{Hold: []truce.Act{"strike"}}, true, 0},
		{truce.PublicRelease{}, false, 3},
		{truce.PublicRelease{BlurM: 5000}, true, 4},
		{truce.PublicRelease{}, false, 5},
	} {
		rules(c.rules)
		// Whoever looks meanwhile, with the reader they had, never sees more than that.
		before, _ := r.State()
		public := before.Reader(truce.ForPublic)
		most := max(c.seen, public.Picture().Total)
		stop, stopped := make(chan struct{}), make(chan int)
		go func() {
			seen := 0
			for {
				select {
				case <-stop:
					stopped <- seen
					return
				default:
				}
				rows, _, err := public.Incidents(ctx, truce.Query{Limit: 10})
				if err != nil {
					t.Error(err)
				}
				seen = max(seen, len(rows))
				if c.rules.BlurM > 0 && slices.ContainsFunc(rows, func(x truce.Row) bool { return x.Place.Uncertainty < 1000 && len(rows) > n }) {
					t.Errorf("%d: the public saw a place closer than it is shown", n)
				}
			}
		}()
		// What could not be written is written later, whole: also what could have been.
		file := r.viewFile(truce.ForPublic)
		if n == 1 {
			if err := os.MkdirAll(filepath.Join(file, "in the way"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		at, err := observe(r, n)
		if n == 1 && err == nil {
			for end := time.Now().Add(10 * time.Second); err == nil && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
				_, err = r.State()
			}
			if err == nil {
				t.Error("a read model lies in a folder's place, and the room does not say so")
			}
			err = os.RemoveAll(file)
		}
		if err == nil {
			err = r.Await(ctx, at)
		}
		close(stop)
		if seen := <-stopped; seen > most {
			t.Errorf("%d: the public saw %d incidents, %d at most are for it", n, seen, most)
		}
		if err != nil {
			t.Fatal(err)
		}
		s, _ := r.State()
		if s.Reader(truce.ForPublic).Picture().Audience != truce.ForPublic || s.Reader(truce.ForParties).Picture().Audience != truce.ForParties {
			t.Errorf("%d: a reader is not its audience's", n)
		}
		for a, want := range map[truce.Audience]int{truce.ForMission: n + 1, truce.ForParties: n + 1, truce.ForPublic: c.seen} {
			rows, got, err := s.Reader(a).Incidents(ctx, truce.Query{Limit: 10})
			if err != nil || got != want || s.Reader(a).Picture().Total != want {
				t.Errorf("%d: the %s sees %d incidents, in its picture %d, want %d; %v", n, a, got, s.Reader(a).Picture().Total, want, err)
			}
			for _, x := range rows {
				if blurred := x.Place.Uncertainty > 1000; blurred != (a == truce.ForPublic && c.rules.BlurM > 0) {
					t.Errorf("%d: the %s sees %s", n, a, x.Place)
				}
			}
		}
		r.reading.Lock()
		if own := r.given[truce.ForPublic] == truce.ForPublic; own != c.own {
			t.Errorf("%d: the public has a read model of its own: %v", n, own)
		}
		r.reading.Unlock()
	}
}
