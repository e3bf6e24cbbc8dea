package ledger

import (
	"context"
	"errors"

	"github.com/transparency-dev/tessera"
)

// newDriver: Tessera's storage needs POSIX locks.
func newDriver(context.Context, string) (tessera.Driver, error) {
	return nil, errors.New("a record is not written on Windows: keep the mission on Linux or macOS; here one can sign with --into, follow, verify and replay")
}
