package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tour are the commands of the README's "Five minutes further", in order.
func tour(t *testing.T) (out []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n## Five minutes further\n")
	if !ok {
		t.Fatal("the README has no such heading")
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	for line := range strings.Lines(rest) {
		if call, ok := strings.CutPrefix(line, "    ./truce "); ok {
			out = append(out, strings.TrimSpace(call))
		}
	}
	return out
}

// TestTour: the README's tour runs as it is written, in a folder with the repository's
// agreements, the demo and the reader's own files. Ports are free ones, and <id> is the
// first ID of the list above.
func TestTour(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	y := newYard(t)
	dir := t.TempDir()
	y.check(os.Symlink(y.truce, filepath.Join(dir, "truce")))
	y.check(os.Symlink(filepath.Join(y.repo, "agreements"), filepath.Join(dir, "agreements")))
	y.copyOf(filepath.Join(dir, "GEDEvent_v25_1.csv"), "internal/source/testdata/ucdp-ged/sample.csv")
	y.write(filepath.Join(dir, "patrols.csv"), strings.ReplaceAll(patrols, "2025-08-18", "2025-08-20"))
	y.write(filepath.Join(dir, "patrols.yaml"), strings.ReplaceAll(patrolsMapping, "%s", "viina"))

	id, ports := "", strings.NewReplacer()
	run := func(call string) string {
		t.Helper()
		cmd := exec.Command("sh", "-c", "./truce "+call)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState.ExitCode() != exitNo || strings.Contains(string(out), "truce: usage:") {
			t.Fatalf("./truce %s: %v\n%s", call, err, out)
		}
		return string(out)
	}
	run("demo")
	calls := tour(t)
	var addresses []string
	for _, call := range calls {
		call = ports.Replace(strings.ReplaceAll(call, "<id>", id))
		switch name, _, _ := strings.Cut(call, " "); name {
		case "serve", "serve-record":
			call, _, _ = strings.Cut(call, "#")
			at := y.server(dir, append(strings.Fields(call), "--addr", "127.0.0.1:0")...)
			addresses = append(addresses, map[string]string{"serve": "http://localhost:8471", "serve-record": "http://127.0.0.1:8470"}[name], at)
			ports = strings.NewReplacer(addresses...)
		case "findings", "incidents":
			if id = regexp.MustCompile(`\b[0-9a-f]{12}\b`).FindString(run(call)); id == "" {
				t.Fatalf("./truce %s lists nothing", call)
			}
		default:
			run(call)
		}
	}
	if len(calls) < 25 {
		t.Errorf("the tour has %d commands", len(calls))
	}
	for _, name := range []string{"day.html", "daily.html", "daily.html.proof", "public/index.html", "mirror/record/checkpoint", "reply.json.receipt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}
