package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/opentruce/truce/internal/mirror"
	"github.com/spf13/cobra"
)

func (c command) serveRecord() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "serve-record MISSION",
		Short: "Serve the record to those who mirror it: static files, and nothing else",
		Long: `Serve-record hands out MISSION/record by HTTP (C2SP tlog-tiles). Tiles and evidence
never change, so they may be cached without limit; the checkpoint may not. Any other web
server over the same folder, or over a copy of it, does the same. The last
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
			l, err := listen(addr, func(other string) string { return fmt.Sprintf("truce serve-record %s --addr %s", args[0], other) })
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "serving the record %s at http://%s\n  Ctrl-C stops it.\n", m.Origin(), l.Addr())
			s := &http.Server{Handler: mirror.Handler(m.Record()), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
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
