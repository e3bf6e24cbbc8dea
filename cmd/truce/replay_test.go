package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/ledger"
)

// TestReplayedSource: a stranger sends a copy of a source entry, which everybody can read
// in the record. It announces nothing: files can still be read in, from here and from
// elsewhere.
func TestReplayedSource(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir, room, origin := besideRoom(t)
	work := t.TempDir()
	file, mapping := filepath.Join(work, "posts.csv"), filepath.Join(work, "posts.yaml")
	for name, text := range map[string]string{
		file:    "id,at,lat,lon,within,act,weapon\n1,2025-08-10T11:05,48.01,37.82,300,strike,missile\n2,2025-08-10T12:05,48.02,37.82,300,strike,missile\n",
		mapping: "record: observation\nsource: viina\ntimezone: UTC\nkey: {column: id}\noccurred: {column: at}\nplace: {lat: {column: lat}, lon: {column: lon}, uncertainty: {column: within}}\nact: {column: act}\nweapon: {column: weapon}\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code, out, errs := at("ingest", dir, "--source", "csv", file, "--mapping", mapping); code != exitOK {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	post := func(path, reader string, body []byte) (int, string) {
		t.Helper()
		req, err := http.NewRequest(http.MethodPost, origin+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Truce-Reader", reader)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	size, copies := room.Size(), 0
	for e, err := range ledger.Entries(t.Context(), filepath.Join(dir, "record"), 0, size) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind != "source" {
			continue
		}
		copied, err := json.Marshal(map[string]any{"truce_batch": 1, "body": json.RawMessage(e.Body), "sigs": e.Sigs})
		if err != nil {
			t.Fatal(err)
		}
		copies++
		stranger := strings.Repeat("e", 64)
		if code, text := post("/api/files", stranger, copied); code != http.StatusUnprocessableEntity {
			t.Errorf("a copy of entry %d: status %d: %s", e.Index, code, text)
		}
		if code, text := post("/api/batches", stranger, copied); code != http.StatusUnprocessableEntity {
			t.Errorf("entry %d as rows: status %d: %s", e.Index, code, text)
		}
	}
	if copies == 0 {
		t.Fatal("the record has no source entry")
	}
	if err := os.WriteFile(file, []byte("id,at,lat,lon,within,act,weapon\n3,2025-08-11T11:05,48.03,37.82,300,strike,missile\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := at("ingest", dir, "--source", "csv", file, "--mapping", mapping); code != exitOK {
		t.Errorf("here: exit %d: %s%s", code, out, errs)
	}
	if err := os.WriteFile(file, []byte("id,at,lat,lon,within,act,weapon\n4,2025-08-12T11:05,48.03,37.82,300,strike,missile\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := at("ingest", filepath.Join(work, "mirror"), "--source", "csv", file, "--mapping", mapping, "--server", origin, "--sign", filepath.Join(dir, "private", "intake.key")); code != exitOK {
		t.Errorf("from elsewhere: exit %d: %s%s", code, out, errs)
	}
	if room.Size() == size {
		t.Error("nothing was written")
	}
}
