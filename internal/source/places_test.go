package source

import (
	"os"
	"testing"

	"github.com/opentruce/truce/internal/gazetteer"
)

// placesOf is the gazetteer of one package of a shipped agreement.
func placesOf(tb testing.TB, agreement, name string) *gazetteer.Gazetteer {
	tb.Helper()
	p, faults := gazetteer.LoadDir(name, os.DirFS("../../agreements/"+agreement+"/places/"+name))
	if faults != nil {
		tb.Fatal(faults)
	}
	g, err := gazetteer.New([]*gazetteer.Package{p})
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func ukraine(tb testing.TB) *gazetteer.Gazetteer {
	tb.Helper()
	return placesOf(tb, "ukraine-air-first", "ukraine")
}
