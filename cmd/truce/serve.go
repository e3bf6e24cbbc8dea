package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/opentruce/truce/internal/ledger"
	"github.com/spf13/cobra"
)

func (c command) serveRecord() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "serve-record MISSION",
		Short: "Serve the record to whoever mirrors it: static files, and nothing else",
		Long: `Serve-record hands out MISSION/record by HTTP (C2SP tlog-tiles). Tiles and evidence
never change and may be cached for ever; the checkpoint may not. Any other web
server over the same folder, or a copy of the folder, does as well. The last
checkpoint that witnesses co-signed is beside it, checkpoint.cosigned. Nothing
outside the folder is served, and nothing is accepted.`,
		Example: `  truce serve-record field --addr :8080`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := c.openMission(args[0])
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			l, err := net.Listen("tcp", addr)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "serving the record %s at http://%s\n", m.Origin(), l.Addr())
			s := &http.Server{Handler: serveRecord(m.Record()), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
			go func() {
				<-ctx.Done()
				wait, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				_ = s.Shutdown(wait)
			}()
			if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8470", "where to listen")
	return cmd
}

// serveRecord serves the folder of a record by the rules of tlog-tiles.
func serveRecord(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		cache, kind, packed := "public, max-age=31536000, immutable", "application/octet-stream", false
		switch {
		case name == "checkpoint" || name == ledger.Cosigned:
			cache, kind = "no-cache", "text/plain; charset=utf-8"
		case strings.HasPrefix(name, "tile/entries/"):
			packed = true
		case strings.HasPrefix(name, "tile/"):
		case strings.HasPrefix(name, "evidence/"):
			packed = true
		default:
			http.NotFound(w, r)
			return
		}
		if name == "checkpoint" { // with its co-signatures, where it has any
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				http.NotFound(w, r)
				return
			}
			if cosigned, err := os.ReadFile(filepath.Join(dir, ledger.Cosigned)); err == nil {
				text = ledger.WithCosignatures(text, cosigned)
			}
			w.Header().Set("Cache-Control", cache)
			w.Header().Set("Content-Type", kind)
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
			return
		}
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil || !info.Mode().IsRegular() {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", cache)
		h.Set("Content-Type", kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Access-Control-Allow-Origin", "*") // all of it is public
		if packed && r.Method == http.MethodGet && r.Header.Get("Range") == "" && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			h.Set("Vary", "Accept-Encoding")
			z := gzip.NewWriter(w)
			_, _ = f.WriteTo(z) // who reads notices what is cut short: it does not verify
			_ = z.Close()
			return
		}
		http.ServeContent(w, r, "", info.ModTime(), f)
	})
}
