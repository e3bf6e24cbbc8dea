// Command viina fetches monthly files of VIINA 2.0, which are too large to stand here, and
// makes a mission of them to play with, under the air-first terms moved to the first of the
// months. What was fetched is kept: a later run needs no network for it.
//
//	go run ./bin/viina 202401 202402
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/opentruce/truce/internal/disk"
)

const (
	// published is where somebody keeps the monthly files at one commit, so that they do not change.
	published = "https://raw.githubusercontent.com/scott4ai/ukraine-fire-tracking/281be4e2d10843abba0ce26f4c7192b5ef245899/viina_data/"
	first     = "202304"
	last      = "202501" // from February 2025 on the labels do not belong to their rows: doc/sources.md
	most      = 64 << 20 // the largest month is 4 MB
)

func main() {
	log.SetFlags(0)
	from := flag.String("from", published, "where the monthly files are")
	out := flag.String("out", filepath.Join("out", "viina"), "the folder to write to")
	program := flag.String("truce", "./truce", "the program")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	months := flag.Args()
	if len(months) == 0 {
		months = []string{"202401"}
	}
	truce := func(args ...string) error {
		cmd := exec.CommandContext(ctx, *program, args...)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s %s: %w", *program, args[0], err)
		}
		return nil
	}
	if err := play(ctx, *from, *out, months, truce, os.Stdout); err != nil {
		log.Fatal("viina: ", err)
	}
}

// play fetches what is not there yet and makes the mission, or adds to it.
func play(ctx context.Context, from, out string, months []string, truce func(...string) error, w io.Writer) error {
	for _, m := range months {
		if err := month(m); err != nil {
			return err
		}
	}
	files := make([]string, len(months))
	for i, m := range months {
		var err error
		if files[i], err = fetch(ctx, from, filepath.Join(out, "data"), "viina_incidents_"+m+".csv", w); err != nil {
			return err
		}
	}
	terms, mission := filepath.Join(out, "agreement"), filepath.Join(out, "mission")
	switch _, err := os.Stat(mission); {
	case errors.Is(err, fs.ErrNotExist):
		if err := move(filepath.Join("agreements", "ukraine-air-first"), terms, months[0]); err != nil {
			return err
		}
		if err := truce("init", mission, "--agreement", terms); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	for _, file := range files {
		if err := truce("ingest", mission, "--source", "viina", file); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "\nThe labels are of a classifier, and the terms were never agreed: nothing here says that anyone broke anything.\nThe files stay under ODbL 1.0 (Zhukov and Ayers, VIINA 2.0), and the headlines in them belong to news agencies.\n\nNext:\n  ./truce serve %s\n", mission)
	return nil
}

// month says whether a month can be had.
func month(m string) error {
	if _, err := time.Parse("200601", m); err != nil {
		return fmt.Errorf("%q is not a month: write it as 202401", m)
	}
	if m < first || m > last {
		return fmt.Errorf("%s is not between %s and %s: later months have labels that do not belong to their rows", m, first, last)
	}
	return nil
}

// fetch gets a file unless it is there.
func fetch(ctx context.Context, from, dir, name string, w io.Writer) (string, error) {
	file := filepath.Join(dir, name)
	if _, err := os.Stat(file); err == nil {
		fmt.Fprintf(w, "%s is there already\n", file)
		return file, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	url := strings.TrimSuffix(from, "/") + "/" + name
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", fmt.Errorf("-from: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("%w\nWithout a network, put the file into %s", err, dir)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: the server answers %s. Some months are not there: try another", url, resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", url, err)
	case len(data) > most:
		return "", fmt.Errorf("%s: more than %d MB, which no month has", url, most>>20)
	case resp.ContentLength >= 0 && int64(len(data)) != resp.ContentLength && !resp.Uncompressed:
		return "", fmt.Errorf("%s: %d of %d bytes came; run it again", url, len(data), resp.ContentLength)
	case !bytes.HasPrefix(bytes.TrimPrefix(data, []byte("\ufeff")), []byte(`"datetime","lon","lat","place_name","event_type"`)):
		return "", fmt.Errorf("%s: this is not a monthly file of VIINA: it begins with %.60q", url, data)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := disk.WriteBytes(file, 0o644, data); err != nil {
		return "", err
	}
	fmt.Fprintf(w, "%s: %.1f MB\n", file, float64(len(data))/1e6)
	return file, nil
}

var begins = regexp.MustCompile(`(?m)^(  - \{id: air, from: )\S+(\})$`)

// move copies the terms, in force from the first day of a month.
func move(from, to, m string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	file := filepath.Join(to, "agreement.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	kyiv, err := time.LoadLocation("Europe/Kyiv")
	if err != nil {
		return err
	}
	day, err := time.ParseInLocation("200601", m, kyiv)
	if err != nil {
		return err
	}
	if !begins.Match(text) {
		return fmt.Errorf("%s: the line that begins the phase air is not as it was", file)
	}
	text = begins.ReplaceAll(text, []byte("${1}"+day.Format(time.RFC3339)+"${2}"))
	return disk.WriteBytes(file, 0o644, text)
}
