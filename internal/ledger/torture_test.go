package ledger_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
)

// TestMain is also the child that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("TRUCE_TORTURE_CHILD"); dir != "" {
		writeUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled appends from several goroutines and says what it was told.
func writeUntilKilled(dir string) {
	signer, err := ledger.LoadSecret(filepath.Join(dir, "log.key"))
	if err != nil {
		panic(err)
	}
	monitor, err := ledger.LoadSecret(filepath.Join(dir, "monitor.key"))
	if err != nil {
		panic(err)
	}
	log, err := ledger.Open(context.Background(), ledger.Config{Dir: filepath.Join(dir, "record"), Signer: signer, Now: time.Now})
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(3)
	}
	var mu sync.Mutex
	round := os.Getenv("TRUCE_TORTURE_ROUND")
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				var subs []ledger.Submission
				if g == 0 {
					var bodies []ledger.Body
					for j := range 40 {
						bodies = append(bodies, ledger.Body{Kind: "observation", Mission: log.Origin(), Content: []byte(sighting(fmt.Sprintf("%s-%d-%d-%d", round, g, i, j)))})
					}
					subs, err = ledger.SayAll(log.Origin(), time.Now(), monitor, bodies)
				} else {
					b := ledger.Body{Kind: "observation", Mission: log.Origin(), Content: []byte(sighting(fmt.Sprintf("%s-%d-%d", round, g, i)))}
					var s ledger.Submission
					s, err = b.Say(monitor)
					subs = []ledger.Submission{s}
				}
				if err != nil {
					panic(err)
				}
				got, err := log.Append(context.Background(), subs...)
				if err != nil {
					fmt.Println("append:", err)
					os.Exit(3)
				}
				mu.Lock()
				for _, r := range got {
					fmt.Printf("%d %s\n", r.Index, base64.StdEncoding.EncodeToString(r.Submission[:]))
				}
				mu.Unlock()
			}
		}()
	}
	select {}
}

// TestTorture kills a writer under load, again and again, at any moment: what it
// was told is durable is there, nothing stands twice, and the record verifies.
// TRUCE_TORTURE says how often (make torture: 1,000; CI: 50).
func TestTorture(t *testing.T) {
	times := 5
	if n, err := strconv.Atoi(os.Getenv("TRUCE_TORTURE")); err == nil {
		times = n
	}
	dir := t.TempDir()
	signer, monitor := secret(t, "torture.test"), secret(t, "monitor-1")
	for name, s := range map[string]*ledger.Secret{"log.key": signer, "monitor.key": monitor} {
		if err := s.Save(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	cfg := ledger.Config{Dir: filepath.Join(dir, "record"), Signer: signer, Now: time.Now}
	log, _, err := ledger.Create(t.Context(), cfg, ledger.Mission{Title: "torture", Keys: []ledger.Key{monitor.Public(ledger.Monitor, "")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	trust, err := audit.Trust(signer.VKey())
	if err != nil {
		t.Fatal(err)
	}
	acked := map[[32]byte]int64{}
	seed := uint64(time.Now().UnixNano())
	dice := rand.New(rand.NewPCG(seed, 0))
	for i := range times {
		for h, at := range killed(t, dir, i, time.Duration(dice.IntN(400))*time.Millisecond) {
			if was, twice := acked[h]; twice && was != at {
				t.Fatalf("round %d, seed %d: acknowledged at %d and at %d", i, seed, was, at)
			}
			acked[h] = at
		}
		if i%10 != 9 && i != times-1 {
			continue
		}
		// The next start puts right what the kill left behind.
		if log, err = ledger.Open(t.Context(), cfg); err == nil {
			err = log.Close(t.Context())
		}
		if err != nil {
			t.Fatalf("round %d, seed %d: %v", i, seed, err)
		}
		l := &audit.Log{Fetch: audit.Dir(cfg.Dir), Policy: trust}
		cp, err := l.Checkpoint(t.Context())
		if err != nil {
			t.Fatalf("round %d, seed %d: %v", i, seed, err)
		}
		there := map[[32]byte]int64{}
		if _, err := l.Verify(t.Context(), cp, audit.Options{Each: func(e *audit.Entry, _ []audit.Key) error {
			there[e.Submission()] = e.Index
			return nil
		}}); err != nil {
			t.Fatalf("round %d, seed %d: %v", i, seed, err)
		}
		for h, at := range acked {
			if got, ok := there[h]; !ok || got != at {
				t.Fatalf("round %d, seed %d: acknowledged at %d, and it is %v at %d", i, seed, at, ok, got)
			}
		}
	}
	size, _ := ledger.Size(cfg.Dir)
	t.Logf("killed %d times, %d acknowledged, %d in the record: none lost, none twice, all verified", times, len(acked), size)
}

// killed runs the child, kills it after a while, and returns what it was told.
func killed(t *testing.T, dir string, round int, after time.Duration) map[[32]byte]int64 {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TRUCE_TORTURE_CHILD="+dir, "TRUCE_TORTURE_ROUND="+strconv.Itoa(round))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after+50*time.Millisecond, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	acked := map[[32]byte]int64{}
	sc := bufio.NewScanner(out)
	for sc.Scan() {
		at, hash, _ := strings.Cut(sc.Text(), " ")
		raw, err := base64.StdEncoding.DecodeString(hash)
		n, aerr := strconv.ParseInt(at, 10, 64)
		if err != nil || aerr != nil || len(raw) != 32 {
			if strings.Contains(sc.Text(), ":") {
				t.Fatalf("round %d: the writer says %q", round, sc.Text())
			}
			continue // cut short by the kill
		}
		acked[[32]byte(raw)] = n
	}
	_ = cmd.Wait()
	return acked
}
