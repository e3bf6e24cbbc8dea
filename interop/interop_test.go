package interop

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/opentruce/truce"
	"github.com/opentruce/truce/audit"
	"github.com/opentruce/truce/internal/ledger"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// limit is how long each of the others gets.
const limit = time.Minute

// record makes a record of n observations and more.
func record(t *testing.T, n int) (cfg ledger.Config, monitor *ledger.Secret) {
	t.Helper()
	signer, err := ledger.NewSecret("interop.example/record")
	if err != nil {
		t.Fatal(err)
	}
	if monitor, err = ledger.NewSecret("monitor-1"); err != nil {
		t.Fatal(err)
	}
	cfg = ledger.Config{Dir: filepath.Join(t.TempDir(), "record"), Signer: signer, Now: time.Now}
	log, _, err := ledger.Create(t.Context(), cfg, ledger.Mission{Title: "interop", Keys: []ledger.Key{monitor.Public(ledger.Monitor, "")}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, log, monitor, 0, n)
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return cfg, monitor
}

func write(t *testing.T, log *ledger.Log, monitor *ledger.Secret, from, n int) {
	t.Helper()
	for i := from; i < from+n; i += 256 {
		var bodies []ledger.Body
		for j := i; j < min(i+256, from+n); j++ {
			at := truce.InstantOf(time.Date(2025, 8, 15, 12, 0, 0, 0, time.UTC))
			o := &truce.Observation{Source: truce.OwnSource, Key: strconv.Itoa(j), Act: "strike", Occurred: truce.Interval{Start: at, End: at.Add(time.Minute)},
				Place: truce.Place{Kind: truce.PlaceRegion, Name: "Donetsk"}, Count: truce.Count{N: 1}}
			o.SetID()
			b, err := ledger.BodyOf(log.Origin(), &truce.Item{Observation: o})
			if err != nil {
				t.Fatal(err)
			}
			bodies = append(bodies, b)
		}
		subs, err := ledger.SayAll(log.Origin(), time.Now(), monitor, bodies)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := log.Append(t.Context(), subs...); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTessera: its own client and its own checker read what we wrote.
func TestTessera(t *testing.T) {
	cfg, _ := record(t, 70_000) // three levels of tiles
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	v, err := note.NewVerifier(cfg.Signer.VKey())
	if err != nil {
		t.Fatal(err)
	}
	f := client.FileFetcher{Root: cfg.Dir}
	check := fsck.New(v.Name(), v, f, func(bundle []byte) ([][]byte, error) {
		var b api.EntryBundle
		if err := b.UnmarshalText(bundle); err != nil {
			return nil, err
		}
		var out [][]byte
		for _, e := range b.Entries {
			h := tlog.RecordHash(e)
			out = append(out, h[:])
		}
		return out, nil
	}, fsck.Opts{N: 2})
	if err := check.Check(ctx); err != nil {
		t.Fatalf("fsck: %v", err)
	}
	cp, _, _, err := client.FetchCheckpoint(ctx, f.ReadCheckpoint, v, v.Name())
	if err != nil {
		t.Fatal(err)
	}
	pb, err := client.NewProofBuilder(ctx, cp.Size, f.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	ours := log(t, cfg)
	mine, err := ours.Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []uint64{0, 1, 255, 256, 65_535, 65_536, cp.Size - 1} {
		theirs, err := pb.InclusionProof(ctx, i)
		if err != nil {
			t.Fatal(err)
		}
		own, err := ours.Inclusion(ctx, mine, int64(i))
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%x", theirs) != fmt.Sprintf("%x", hashes(own)) {
			t.Errorf("entry %d: two proofs of inclusion", i)
		}
	}
	t.Logf("tessera's fsck and client read %d entries and found no fault", cp.Size)
}

func hashes(p tlog.RecordProof) (out [][]byte) {
	for _, h := range p {
		out = append(out, h[:])
	}
	return out
}

func log(t *testing.T, cfg ledger.Config) *audit.Log {
	t.Helper()
	p, err := audit.Trust(cfg.Signer.VKey())
	if err != nil {
		t.Fatal(err)
	}
	return &audit.Log{Fetch: audit.Dir(cfg.Dir), Policy: p}
}

// TestTlog: the tree that x/mod computes from the entries alone is ours.
func TestTlog(t *testing.T) {
	cfg, _ := record(t, 1000)
	l := log(t, cfg)
	cp, err := l.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for e, err := range l.Entries(t.Context(), cp, 0) {
		if err != nil {
			t.Fatal(err)
		}
		more, err := tlog.StoredHashes(e.Index, e.Leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(cp.Size, read)
	if err != nil || root != cp.Root {
		t.Errorf("x/mod computes %v, the checkpoint says %v: %v", root, cp.Root, err)
	}
	for _, tile := range tlog.NewTiles(8, 0, cp.Size) {
		want, err := tlog.ReadTileData(tile, read)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(cfg.Dir, strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s differs: %v", tile.Path(), err)
		}
	}
}

// TestTorchwoodClient: torchwood reads every entry over HTTP, and proves them.
func TestTorchwoodClient(t *testing.T) {
	cfg, _ := record(t, 3000)
	srv := httptest.NewServer(http.FileServer(http.Dir(cfg.Dir)))
	defer srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tf, err := torchwood.NewTileFetcher(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := torchwood.NewClient(tf, torchwood.WithTimeout(limit))
	if err != nil {
		t.Fatal(err)
	}
	l := log(t, cfg)
	cp, err := l.Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	for i, entry := range c.Entries(ctx, cp.Tree(), 0) {
		e, err := audit.ParseEntry(i, entry)
		if err != nil || e.Index != n {
			t.Fatalf("entry %d: %v", i, err)
		}
		n++
	}
	// It leaves out the last partial tile until it is old or full.
	if c.Err() != nil || n < cp.Size/256*256 {
		t.Errorf("%d of %d entries: %v", n, cp.Size, c.Err())
	}
	entry, proof, err := c.Entry(ctx, cp.Tree(), cp.Size-1)
	if err != nil {
		t.Fatal(err)
	}
	if err := tlog.CheckRecord(proof, cp.Size, cp.Root, cp.Size-1, tlog.RecordHash(entry)); err != nil {
		t.Error(err)
	}
}

// TestLitewitness: a witness that we did not write co-signs our checkpoints over
// the real protocol; the record goes on without it, and is co-signed again when
// it is back; and it will not co-sign a second history.
func TestLitewitness(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin+"/", "filippo.io/torchwood/cmd/litewitness").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w := newLitewitness(t, bin)
	policy := fmt.Appendf(nil, "witness w %s http://%s/\nquorum w\n", w.vkey, w.addr)
	// The log must be known to the witness before its first checkpoint.
	signer, err := ledger.NewSecret("interop.example/witnessed")
	if err != nil {
		t.Fatal(err)
	}
	w.start(t)() // makes its database
	w.know(t, signer.Name(), signer.VKey())
	stop := w.start(t)
	monitor, err := ledger.NewSecret("monitor-1")
	if err != nil {
		t.Fatal(err)
	}
	cfg := ledger.Config{Dir: filepath.Join(t.TempDir(), "record"), Signer: signer, Now: time.Now}
	later := time.Duration(0) // witnesses are not asked twice within ten seconds
	ask := func() {
		t.Helper()
		later += time.Minute
		w, err := ledger.NewWitnesses(ledger.CosignConfig{Dir: cfg.Dir, Signer: signer, Policy: policy, Now: func() time.Time { return time.Now().Add(later) }})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", w.States())
	}
	l, _, err := ledger.Create(t.Context(), cfg, ledger.Mission{Title: "witnessed", Keys: []ledger.Key{monitor.Public(ledger.Monitor, "")}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, l, monitor, 0, 300)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask()
	trust, err := audit.ParsePolicy(append([]byte("log "+signer.VKey()+"\n"), policy...))
	if err != nil {
		t.Fatal(err)
	}
	witnessed := &audit.Log{Fetch: audit.Dir(cfg.Dir), Policy: trust}
	cp, err := witnessed.Checkpoint(t.Context())
	if err != nil {
		t.Fatalf("litewitness did not co-sign: %v", err)
	}
	if len(cp.Cosigned) != 1 || time.Since(cp.Cosigned[0].Time) > limit {
		t.Errorf("co-signed %+v", cp.Cosigned)
	}
	first := cp

	stop()
	more := func(from int) {
		t.Helper()
		l, err := ledger.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		write(t, l, monitor, from, 10)
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	more(1000)
	ask()
	if cp, err := witnessed.Checkpoint(t.Context()); err != nil || cp.Size != first.Size {
		t.Errorf("what the quorum vouches for while the witness is gone: %+v, %v", cp, err)
	}
	plain := log(t, cfg)
	if cp, err := plain.Checkpoint(t.Context()); err != nil || cp.Size <= first.Size {
		t.Errorf("the record did not go on without its witness: %v", err)
	}

	stop = w.start(t)
	more(2000)
	ask()
	if cp, err = witnessed.Checkpoint(t.Context()); err != nil {
		t.Errorf("it is back, and did not co-sign: %v", err)
	}
	if now, err := plain.Checkpoint(t.Context()); err != nil || now.Size != cp.Size {
		t.Errorf("co-signed %d entries of %+v, %v", cp.Size, now, err)
	}
	if err := witnessed.Consistent(t.Context(), first, cp); err != nil {
		t.Error(err)
	}

	// Another record under the same key is a second history.
	cfg.Dir = filepath.Join(t.TempDir(), "other")
	l, _, err = ledger.Create(t.Context(), cfg, ledger.Mission{Title: "another", Keys: []ledger.Key{monitor.Public(ledger.Monitor, "")}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, l, monitor, 5000, 2000)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask()
	other := &audit.Log{Fetch: audit.Dir(cfg.Dir), Policy: trust}
	if _, err := other.Checkpoint(t.Context()); err == nil {
		t.Error("litewitness co-signed a second history")
	}
	stop()
	t.Logf("litewitness co-signed %d and %d entries, and no second history", first.Size, cp.Size)
}

type litewitness struct {
	bin, dir, addr, sock, fingerprint, vkey string
}

// newLitewitness makes a witness's key, behind an ssh-agent as litewitness wants
// it.
func newLitewitness(t *testing.T, bin string) *litewitness {
	t.Helper()
	dir, err := os.MkdirTemp("", "lw") // short: it holds a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	skey, _, err := note.GenerateKey(rand.Reader, "witness.example/lite")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := ledger.NewWitness(skey)
	if err != nil {
		t.Fatal(err)
	}
	w := &litewitness{bin: bin, dir: dir, sock: filepath.Join(dir, "s"), vkey: ours.VKey()}
	key := ed25519.NewKeyFromSeed(ledger.SeedOf(skey))
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	w.fingerprint = ssh.FingerprintSHA256(signer.PublicKey())
	sock, err := net.Listen("unix", w.sock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close() })
	go func() {
		for {
			c, err := sock.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, c) }()
		}
	}()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.addr = l.Addr().String()
	l.Close()
	return w
}

// know tells the witness of a log, as witnessctl add-log and add-key do; that
// command needs a module that cannot be had here.
func (w *litewitness) know(t *testing.T, origin, vkey string) {
	t.Helper()
	db, err := sqlite.OpenConn(filepath.Join(w.dir, "db"), sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	empty := sha256.Sum256(nil) // the root of an empty tree
	for _, x := range []struct {
		sql  string
		args []any
	}{{"INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", []any{origin, base64.StdEncoding.EncodeToString(empty[:])}},
		{"INSERT INTO key (origin, key) VALUES (?, ?)", []any{origin, vkey}}} {
		if err := sqlitex.Execute(db, x.sql, &sqlitex.ExecOptions{Args: x.args}); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *litewitness) start(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*limit)
	cmd := exec.CommandContext(ctx, filepath.Join(w.bin, "litewitness"), "-db", filepath.Join(w.dir, "db"), "-name", "witness.example/lite", "-ssh-agent", w.sock, "-listen", w.addr, "-key", w.fingerprint)
	cmd.Stderr = io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", w.addr); err == nil {
			c.Close()
			break
		}
		if time.Since(begin) > 10*time.Second {
			t.Fatal("litewitness does not listen")
		}
	}
	return func() {
		cancel()
		_ = cmd.Wait()
	}
}
