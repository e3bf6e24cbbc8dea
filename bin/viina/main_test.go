package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opentruce/truce/internal/mission"
)

// TestPlay fetches over HTTP, and needs no network the second time.
func TestPlay(t *testing.T) {
	t.Chdir("../..") // the terms are read from there, as make does it
	body := "\ufeff\"datetime\",\"lon\",\"lat\",\"place_name\",\"event_type\",\"headline\"\n\"2024-01-02 00:00:00\",\"36.23\",\"49.99\",\"Kharkiv\",\"airstrike|loc\",\"a headline\"\n"
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch filepath.Base(r.URL.Path) {
		case "viina_incidents_202401.csv", "viina_incidents_202402.csv":
			fmt.Fprint(w, body)
		case "viina_incidents_202403.csv":
			fmt.Fprint(w, "<html>sign in</html>")
		case "viina_incidents_202405.csv":
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, body)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	out := t.TempDir()
	var ran [][]string
	truce := func(args ...string) error {
		ran = append(ran, args)
		if args[0] == "init" {
			return os.MkdirAll(args[1], 0o755)
		}
		return nil
	}
	run := func(months ...string) error {
		return play(t.Context(), server.URL+"/data/", out, months, truce, io.Discard)
	}

	if err := run("202401"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(out, "data", "viina_incidents_202401.csv")
	if got, err := os.ReadFile(file); err != nil || string(got) != body {
		t.Errorf("the file is %q, %v", got, err)
	}
	m := filepath.Join(out, "mission")
	want := [][]string{{"init", m, "--agreement", filepath.Join(out, "agreement")}, {"ingest", m, "--source", "viina", file}}
	if !slices.EqualFunc(ran, want, slices.Equal[[]string]) {
		t.Errorf("it ran %q, want %q", ran, want)
	}
	a, probs := mission.ReadAgreement(filepath.Join(out, "agreement"))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	// Kyiv is two hours before UTC in winter, and three in summer.
	if from := a.Phases[0].From.String(); !strings.HasPrefix(from, "2023-12-31T22:00:00") {
		t.Errorf("the terms begin at %s", from)
	}

	ran = nil
	if err := run("202401", "202402"); err != nil {
		t.Fatal(err)
	}
	if asked != 2 || len(ran) != 2 || ran[0][0] != "ingest" {
		t.Errorf("asked %d times, ran %q: what is there is fetched or begun again", asked, ran)
	}
	for month, want := range map[string]string{
		"202403": "not a monthly file", "202404": "404 Not Found", "202405": "unexpected EOF", "202502": "is not between 202304 and 202501", "January": "is not a month", "202313": "is not a month",
	} {
		if err := run(month); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", month, err, want)
		}
		if _, err := os.Stat(filepath.Join(out, "data", "viina_incidents_"+month+".csv")); err == nil {
			t.Errorf("%s: a file is left", month)
		}
	}
	server.Close()
	if err := run("202401"); err != nil {
		t.Errorf("without a network: %v", err)
	}
	if err := run("202406"); err == nil || !strings.Contains(err.Error(), "put the file into") {
		t.Errorf("without a network: %v", err)
	}
}
