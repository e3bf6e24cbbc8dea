package agreement

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/geo"
	"github.com/opentruce/truce/internal/gazetteer"
)

// placesFolder has a folder for each package of places that the agreement carries.
const placesFolder = "places"

// places reads the packages of regions and settlements. They are a part of the folder, and
// the agreement's digest is of their bytes too: whoever has the text has the same places,
// and to use others is to amend the text.
func (r *reader) places(f *file, a *truce.Agreement) {
	there := r.carried()
	wanted := f.Places
	if wanted == nil {
		for _, name := range there {
			wanted = append(wanted, str{V: name})
		}
		if there == nil && r.aboutUkraine(a) {
			r.probs = append(r.probs, Problem{File: "agreement.yaml", Severity: Warning, Code: "no-places", Text: "the folder carries no package of places, so no settlement or region is known by name; earlier versions of Truce took those of Ukraine, which were in the program",
				Hint: "copy agreements/ukraine-air-first/places of Truce's source into the folder, or write places: [] if none is wanted"})
		}
	}
	var list []*gazetteer.Package
	for _, w := range wanted {
		p, ok := r.pack(w, there)
		if !ok {
			continue
		}
		if slices.ContainsFunc(list, func(q *gazetteer.Package) bool { return q.Name == p.Name }) {
			r.d.At(w, "duplicate-places", "the package %q stands twice", p.Name)
			continue
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(p, q *gazetteer.Package) int { return strings.Compare(p.Name, q.Name) })
	if len(list) == 0 {
		return
	}
	g, err := gazetteer.New(list)
	if err != nil {
		r.probs = append(r.probs, Problem{File: placesFolder, Severity: Error, Code: "bad-places", Text: err.Error()})
		return
	}
	a.Places = g
}

// carried are the packages in the agreement's folder.
func (r *reader) carried() (names []string) {
	list, err := fs.ReadDir(r.fsys, placesFolder)
	if err != nil {
		return nil // there is no such folder
	}
	for _, d := range list { // sorted
		if d.IsDir() {
			names = append(names, d.Name())
		}
	}
	return names
}

// pack reads one package, from the agreement's folder.
func (r *reader) pack(w str, there []string) (*gazetteer.Package, bool) {
	var p *gazetteer.Package
	var faults []gazetteer.Fault
	if slices.Contains(there, w.V) {
		p, faults = gazetteer.Load(w.V, func(file string) ([]byte, error) { return r.bytes(path.Join(placesFolder, w.V, file)) })
	} else {
		hint := "truce places add FILE --into FOLDER --name " + w.V + " makes it"
		if from, ok := earlier[w.V]; ok {
			hint = "earlier versions of Truce had it in the program: copy agreements/" + from + "/places/" + w.V + " of Truce's source into " + placesFolder + "/"
		}
		r.d.Errorf(w.Line, w.Col, "unknown-places", hint, "the folder has no package of places %q in %s/%s", w.V, placesFolder, truce.Suggest(w.V, there))
		return nil, false
	}
	for _, f := range faults {
		r.probs = append(r.probs, Problem{File: path.Join(placesFolder, w.V, f.File), Line: f.Line, Column: f.Column, Severity: Error, Code: "bad-places", Text: f.Text, Hint: f.Hint})
	}
	return p, faults == nil
}

// earlier are the packages that were in the program before an agreement could carry its own, and
// the agreements that carry them now. A test holds their digests.
var earlier = map[string]string{"ukraine": "ukraine-air-first", "syria": "syria-coh-2016"}

// aboutUkraine reports whether a text has a zone or a line near Ukraine, or none at all.
// Texts that carried no packages and named none had those of Ukraine once, and whoever has one
// must know that it has none now.
func (r *reader) aboutUkraine(a *truce.Agreement) bool {
	const south, north, west, east = 43_0000000, 53_0000000, 21_0000000, 41_0000000
	near := func(p geo.Point) bool { return p.Lat > south && p.Lat < north && p.Lon > west && p.Lon < east }
	some := false
	for _, z := range a.Zones { // any order: one is enough
		if z.Region == nil {
			continue
		}
		some = true
		if sw, ne := z.Region.Bounds(); near(sw) || near(ne) || sw.Lat <= south && ne.Lat >= north {
			return true
		}
	}
	for _, l := range a.Lines {
		for _, d := range l.Days {
			if d.Path == nil {
				continue
			}
			some = true
			for _, line := range d.Path.Lines() {
				if slices.ContainsFunc(line, near) {
					return true
				}
			}
		}
	}
	return !some && a.Zone == "Europe/Kyiv"
}
