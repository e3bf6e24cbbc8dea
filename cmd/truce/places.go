package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/opentruce/truce"
	"github.com/opentruce/truce/internal/disk"
	"github.com/opentruce/truce/internal/gazetteer"
	"github.com/opentruce/truce/internal/mission"
	"github.com/opentruce/truce/internal/places"
	"github.com/opentruce/truce/internal/report"
	"github.com/opentruce/truce/internal/source"
	"github.com/spf13/cobra"
)

func (c command) places() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "places",
		Short: "Packages of regions and settlements: make, list and search them",
		Long: `An agreement's folder carries the places that are known by name, in packages: folders of
places/. The agreement's digest is of them too, so that everybody who has the text has
the same places. doc/places.md says what a package is.`,
		Example: `  truce places list agreements/ukraine-air-first
  truce places find Palmyra --in agreements/syria-coh-2016
  truce places add YE.zip alternatenames/YE.zip --name yemen-geonames --into agreements/yemen`,
	}
	cmd.AddCommand(c.placesAdd(), c.placesList(), c.placesFind())
	return cmd
}

// placesFlags are those of truce places add.
type placesFlags struct {
	places.Options
	into    string
	replace bool
}

func (c command) placesAdd() *cobra.Command {
	var fl placesFlags
	cmd := &cobra.Command{
		Use:   "add FILE|FOLDER... --into AGREEMENT|MISSION --name NAME",
		Short: "Make a package of places of a publisher's files, or copy one",
		Long: `Add reads, by what the files hold, all of these together:
  - a country of GeoNames (YE.zip or YE.txt, 19 columns), and its alternate names
  - boundaries in GeoJSON or GeoPackage: those of OCHA (COD-AB), geoBoundaries, GADM,
    Natural Earth and OpenStreetMap are known by their columns; for others name the
    columns with --name-column and --code-column
  - tables with p-codes (ADM1_EN, ADM1_PCODE, ...), in CSV or a workbook
  - tables of settlements with name, lat and lon
  - a package of places, which it copies
A folder stands for all files in it. Boundaries must be in longitude and latitude.

Add writes places/NAME into the folder of an agreement. Its digest is then another one,
since whoever signs a text signs its places. A mission's text changes only by amendment,
so for a mission add writes a copy of the text with the package, and says how to state it.`,
		Example: `  truce places add YE.zip alternatenames/YE.zip --name yemen-geonames --into agreements/yemen
  truce places add yem_adm1.geojson yem_adm2.geojson --name yemen --license "CC BY 3.0 IGO" \
    --attribution "OCHA, Central Statistical Organisation Yemen" --into agreements/yemen
  truce places add agreements/syria-coh-2016/places/syria --into field`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return c.addPlaces(args, &fl) },
	}
	f := cmd.Flags()
	f.StringVar(&fl.into, "into", "", "the agreement's folder, or the mission")
	f.StringVar(&fl.Name, "name", "", "of the package: lower-case letters, digits and hyphens (of a package that is copied: its own)")
	f.StringVar(&fl.Manifest.Title, "title", "", "what people call it (default: the name)")
	f.StringVar(&fl.Manifest.License, "license", "", "of the data (default, for GeoNames alone: "+places.GeoNames.License+")")
	f.StringVar(&fl.Manifest.Attribution, "attribution", "", "what its publisher wants to be named as; reports print it")
	f.StringVar(&fl.Manifest.Source, "source", "", "where the data was published")
	f.StringVar(&fl.Manifest.Date, "date", "", "of the data, such as 2024-05-01")
	f.StringVar(&fl.NameColumn, "name-column", "", "of boundaries whose columns are not known")
	f.StringVar(&fl.CodeColumn, "code-column", "", "the column of codes, with --name-column")
	f.IntVar(&fl.Level, "level", 0, "of boundaries that do not state it: 1 for a country's divisions, 2 for theirs (default 1)")
	f.StringVar(&fl.Layer, "layer", "", "of a GeoPackage with several, or the sheet of a workbook")
	f.Int32Var(&fl.Population, "population", 0, "leave out settlements with fewer people, or of unknown size")
	f.BoolVar(&fl.replace, "replace", false, "replace a package of this name")
	_ = cmd.MarkFlagRequired("into")
	return cmd
}

func (c command) addPlaces(args []string, fl *placesFlags) error {
	if d := fl.Manifest.Date; d != "" {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			return fmt.Errorf("--date %q: want a day such as 2024-05-01", d)
		}
	}
	p, notes, err := c.packageOf(args, fl)
	if err != nil {
		return err
	}
	files, err := p.Files()
	if err != nil {
		return err
	}
	if _, faults := gazetteer.Load(p.Name, func(name string) ([]byte, error) { // as every reader will read it
		if text, ok := files[name]; ok {
			return text, nil
		}
		return nil, fs.ErrNotExist
	}); faults != nil {
		return mission.Hinted(fmt.Errorf("the package would not be readable: %w", faults[0]), "leave out what is wrong in the file, and add it again")
	}
	folder, m, err := c.placesTarget(fl.into, p.Name)
	if err != nil {
		return err
	}
	dir := filepath.Join(folder, "places", p.Name)
	if _, err := os.Lstat(dir); err == nil {
		if !fl.replace {
			return mission.Hinted(fmt.Errorf("%s exists", dir), "choose another --name, or replace it with --replace")
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	if err := disk.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := disk.WriteBytes(filepath.Join(dir, name), 0o644, text); err != nil {
			return err
		}
	}
	for _, n := range notes {
		fmt.Fprintln(c.out, report.Clean(n))
	}
	fmt.Fprintf(c.out, "%s: %s\n", dir, countsOf(p))
	a, probs := mission.ReadAgreement(folder)
	for _, x := range probs {
		if x.Severity == "error" {
			x.File = filepath.Join(folder, x.File)
			fmt.Fprintln(c.out, x)
		}
	}
	if err := probs.Err(); err != nil || a == nil {
		return mission.Hinted(errors.New("the package is written, but the agreement cannot be used with it"), "truce check "+folder+" lists what is wrong")
	}
	if !slices.ContainsFunc(gazetteer.For(a).Packages, func(q *gazetteer.Package) bool { return q.Name == p.Name }) {
		fmt.Fprintf(c.out, "The agreement does not use it yet: add %s to places: in %s.\n", p.Name, filepath.Join(folder, "agreement.yaml"))
	}
	fmt.Fprintf(c.out, "agreement %s\n", a.Digest)
	if m != "" {
		fmt.Fprintf(c.out, "The mission uses the package once the amended text is stated:\n  truce amend %s %s --because \"places of %s\" --as head-of-mission\n", m, folder, p.Title)
	}
	return nil
}

// countsOf says what is in a package.
func countsOf(p *gazetteer.Package) string {
	var parts []string
	levels := map[int]int{}
	for i := range p.Regions {
		levels[p.Regions[i].Level]++
	}
	for level := range gazetteer.MostLevel + 1 {
		if n := levels[level]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s of level %d", mission.Plural(n, "region"), level))
		}
	}
	if n := len(p.Settlements); n > 0 {
		parts = append(parts, mission.Plural(n, "settlement"))
	}
	return strings.Join(parts, ", ")
}

// packageOf makes a package of files, or reads one.
func (c command) packageOf(args []string, fl *placesFlags) (*gazetteer.Package, []string, error) {
	if len(args) == 1 && isFile(filepath.Join(args[0], gazetteer.ManifestFile)) {
		root, err := os.OpenRoot(args[0])
		if err != nil {
			return nil, nil, err
		}
		defer root.Close()
		name := fl.Name
		if name == "" {
			name = filepath.Base(absolute(args[0]))
		}
		p, faults := gazetteer.LoadDir(name, root.FS())
		if faults != nil {
			faults[0].File = filepath.Join(args[0], faults[0].File)
			return nil, nil, faults[0]
		}
		return p, nil, p.Sound()
	}
	if fl.Name == "" {
		return nil, nil, mission.Hinted(errors.New("the package needs a name"), "add --name, such as --name yemen")
	}
	var files []places.File
	for _, arg := range args {
		list, err := filesOf(arg)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, list...)
	}
	o := fl.Options
	if o.Manifest.Title == "" {
		o.Manifest.Title = o.Name
	}
	geonames, err := places.OnlyGeoNames(files)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range []struct{ to, from *string }{{&o.Manifest.License, &places.GeoNames.License}, {&o.Manifest.Attribution, &places.GeoNames.Attribution}, {&o.Manifest.Source, &places.GeoNames.Source}} {
		if geonames && *x.to == "" {
			*x.to = *x.from
		}
	}
	if o.Manifest.License == "" || o.Manifest.Attribution == "" {
		return nil, nil, mission.Hinted(errors.New("the licence of the data and whom to name are not stated"), `add --license and --attribution, as the publisher states them, such as --license "CC BY 4.0" --attribution "OCHA"`)
	}
	r, err := places.Make(files, o)
	if err != nil {
		return nil, nil, err
	}
	return r.Package, r.Notes, nil
}

func isFile(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

// filesOf are a file, the members of an archive, or all files of a folder. Links in a
// folder are not followed: they may lead out of it.
func filesOf(name string) (out []places.File, err error) {
	names := []string{name}
	if info, err := os.Stat(name); err != nil {
		return nil, err
	} else if info.IsDir() {
		names = nil
		list, err := os.ReadDir(name)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if d.Type().IsRegular() {
				names = append(names, filepath.Join(name, d.Name()))
			}
		}
	}
	for _, n := range names {
		entries, err := source.Open(n)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !strings.EqualFold(filepath.Base(e.Name), "readme.txt") {
				out = append(out, places.File{Name: e.Name, Open: e.Open})
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no file to read", name)
	}
	return out, nil
}

// placesTarget is the agreement's folder that a package is written to. Of a mission it is a
// copy of the text, and m is the mission.
func (c command) placesTarget(into, name string) (folder, m string, err error) {
	switch {
	case isFile(filepath.Join(into, "agreement.yaml")):
		return into, "", nil
	case !isFile(filepath.Join(into, "mission.json")):
		return "", "", mission.Hinted(fmt.Errorf("%s is neither an agreement's folder nor a mission", into), "an agreement is a folder with agreement.yaml in it")
	}
	open, err := mission.Open(into)
	if err != nil {
		return "", "", err
	}
	folder = filepath.Join(into, "agreement-with-"+name)
	if _, err := os.Lstat(folder); err == nil {
		return "", "", mission.Hinted(fmt.Errorf("%s exists", folder), "remove it if it is not needed any more")
	}
	if err := disk.MkdirAll(folder, 0o755); err != nil {
		return "", "", err
	}
	return folder, into, os.CopyFS(folder, os.DirFS(open.TextFolder()))
}

func (c command) placesList() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "list [AGREEMENT|MISSION|PACKAGE]",
		Short: "List the packages of places that an agreement uses",
		Long: `List names each package with what is in it, its licence and whom to name. Without a
folder it looks at the current one.`,
		Example: `  truce places list agreements/ukraine-air-first
  truce places list field --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "csv", "json"); err != nil {
				return err
			}
			g, err := placesIn(append(args, ".")[0])
			if err != nil {
				return err
			}
			out := rows{columns: []string{"package", "title", "contains", "licence", "attribution", "source", "date"}}
			for _, p := range g.Packages {
				out.add(p.Name, p.Title, countsOf(p), p.License, p.Attribution, p.Source, p.Date)
			}
			if len(g.Packages) == 0 && format == "table" {
				fmt.Fprintln(c.out, "The agreement has no package of places: only its zones are known by name. truce places add makes one.")
				return nil
			}
			return out.write(c.out, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, csv or json")
	return cmd
}

func (c command) placesFind() *cobra.Command {
	var format, in string
	cmd := &cobra.Command{
		Use:   "find NAME",
		Short: "Find a place by its name or code, as reading files would",
		Long: `Find says what a name means where a file is read: as a place (settlement:), as a region
(region:) and as a code (pcode:). A name that several places have is ambiguous, and all of
them are listed with their package. Exit 1 if the name means nothing, or is ambiguous in
every way.`,
		Example: `  truce places find Palmyra --in agreements/syria-coh-2016
  truce places find "Ma'rib" --in field
  truce places find YE2606 --in agreements/yemen --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "csv", "json"); err != nil {
				return err
			}
			g, err := placesIn(in)
			if err != nil {
				return err
			}
			return c.foundPlaces(g, args[0], format)
		},
	}
	cmd.Flags().StringVar(&in, "in", ".", "the agreement's folder, the mission or the package")
	cmd.Flags().StringVar(&format, "format", "table", "table, csv or json")
	return cmd
}

// foundPlaces writes what a name means.
func (c command) foundPlaces(g *gazetteer.Gazetteer, name, format string) error {
	out := rows{columns: []string{"as", "name", "kind", "position", "surely within", "in", "population", "package", "in other languages"}}
	add := func(as string, p gazetteer.Place) {
		kind, at, within, people := "region", "", "", ""
		if !p.Region {
			kind, at, within = "settlement", p.Point.String(), truce.Metres(int64(p.UncertaintyM))
			if p.Population > 0 {
				people = fmt.Sprint(p.Population)
			}
		}
		var names []string
		for _, n := range p.Names {
			names = append(names, n.Lang+" "+n.Text)
		}
		out.add(as, p.Name, kind, at, within, g.Where(p), people, p.Package, strings.Join(names, ", "))
	}
	sure := false
	var said []string
	found, err := g.Lookup(name)
	for _, p := range found {
		add("place", p)
	}
	if sure = err == nil; err != nil {
		said = append(said, err.Error())
	}
	region, err := g.RegionName(name)
	if err == nil {
		sure = true
		if p, err := g.RegionPlace(region); err == nil {
			add("region", p)
		}
	} else {
		said = append(said, err.Error())
	}
	if p, err := g.Code(name); err == nil {
		sure = true
		add("code", p)
	}
	if len(out.cells) > 0 || format != "table" {
		if err := out.write(c.out, format); err != nil {
			return err
		}
	}
	if format == "table" && len(found) > 1 {
		fmt.Fprintf(c.out, "As a place it is ambiguous: %d have this name. A row that names it alone is rejected; use region: with it, a pcode, a position, or values: in the mapping.\n", len(found))
	}
	if sure {
		return nil
	}
	if len(out.cells) == 0 {
		for _, s := range said {
			fmt.Fprintln(c.err, report.Clean(s))
		}
	}
	return exit(exitNo)
}

// placesIn is the gazetteer of an agreement's folder, a mission or a package.
func placesIn(folder string) (*gazetteer.Gazetteer, error) {
	switch {
	case isFile(filepath.Join(folder, "mission.json")):
		m, err := mission.Open(folder)
		if err != nil {
			return nil, err
		}
		return gazetteer.For(m.Agreement), nil
	case isFile(filepath.Join(folder, "agreement.yaml")):
		a, err := mission.LoadAgreement(folder)
		if err != nil {
			return nil, err
		}
		return gazetteer.For(a), nil
	case isFile(filepath.Join(folder, gazetteer.ManifestFile)):
		root, err := os.OpenRoot(folder)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		p, faults := gazetteer.LoadDir(filepath.Base(absolute(folder)), root.FS())
		if faults != nil {
			return nil, faults[0]
		}
		return gazetteer.New([]*gazetteer.Package{p})
	}
	return nil, mission.Hinted(fmt.Errorf("%s is not an agreement's folder, a mission or a package of places", folder), "name one")
}
