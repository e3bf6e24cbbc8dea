package gazetteer

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
)

//go:embed places/*/package.json places/*/places.txt.gz
var files embed.FS

// A Package is a folder of names and shapes, of one country or several.
type Package struct {
	Name        string `json:"-"`
	Title       string `json:"title"`
	License     string `json:"license"`
	Attribution string `json:"attribution"`
	// Unnamed: it is also used by agreements that name no package, which are those
	// written before packages had names. No other may become so: what old records say
	// would change.
	Unnamed bool `json:"unnamed"`
}

// Packages are those of this build, by name.
var Packages = sync.OnceValue(func() (out []Package) {
	list, err := files.ReadDir("places")
	if err != nil {
		panic("gazetteer: " + err.Error()) // embedded: wrong only when this build is
	}
	for _, d := range list { // sorted
		p := Package{Name: d.Name()}
		text, err := files.ReadFile(path.Join("places", p.Name, "package.json"))
		if err == nil {
			err = json.Unmarshal(text, &p)
		}
		if err != nil {
			panic("gazetteer: " + p.Name + ": " + err.Error())
		}
		out = append(out, p)
	}
	return out
})

var (
	readMu sync.Mutex
	ready  = map[string]*Gazetteer{} // by the packages' names
)

// Of is the gazetteer of the packages that an agreement names, in the order of their own
// names; nil: it says nothing of them, see [Package.Unnamed]. It is made once. It fails where there is no
// package of a name, and says which there are.
func Of(packages []string) (*Gazetteer, error) {
	var of []Package
	for _, p := range Packages() {
		if slices.Contains(packages, p.Name) || packages == nil && p.Unnamed {
			of = append(of, p)
		}
	}
	for _, name := range packages {
		if !slices.ContainsFunc(of, func(p Package) bool { return p.Name == name }) {
			var names []string
			for _, p := range Packages() {
				names = append(names, p.Name)
			}
			return nil, fmt.Errorf("there is no package of places %q%s", name, truce.Suggest(name, names))
		}
	}
	var key strings.Builder
	for _, p := range of {
		key.WriteString(p.Name + "/") // no name of a folder has one
	}
	readMu.Lock()
	defer readMu.Unlock()
	g := ready[key.String()]
	if g == nil {
		g = readPackages(of)
		ready[key.String()] = g
	}
	return g, nil
}

// For is the gazetteer of an agreement. Whoever read it has refused packages that there are
// not; they are left out here.
func For(a *truce.Agreement) *Gazetteer {
	g, err := Of(a.Places)
	if err != nil {
		g = readPackages(nil)
	}
	return g
}

// Region is [Gazetteer.Region] of an agreement's gazetteer.
func Region(a *truce.Agreement, name string) (*geo.Region, string, error) { return For(a).Region(name) }

// RegionsAt asks the gazetteer of an agreement.
func RegionsAt(a *truce.Agreement, p geo.Point) []string { return For(a).RegionsAt(p) }

// SettlementAt asks the gazetteer of an agreement.
func SettlementAt(a *truce.Agreement, p geo.Point) bool { return For(a).SettlementAt(p) }

// Default is the gazetteer of agreements that name no package.
func Default() *Gazetteer {
	g, err := Of(nil)
	if err != nil {
		panic("gazetteer: " + err.Error())
	}
	return g
}

func readPackages(of []Package) *Gazetteer {
	var parts []io.Reader
	for _, p := range of {
		text, err := files.ReadFile(path.Join("places", p.Name, "places.txt.gz"))
		if err != nil {
			panic("gazetteer: " + err.Error())
		}
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			panic("gazetteer: " + p.Name + ": " + err.Error())
		}
		parts = append(parts, z)
	}
	g, err := read(io.MultiReader(parts...))
	if err != nil {
		panic("gazetteer: " + err.Error())
	}
	g.Packages = of
	return g
}
