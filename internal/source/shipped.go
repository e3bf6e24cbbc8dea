package source

import (
	"embed"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/opentruce/truce"
	"go.yaml.in/yaml/v3"
)

// Mappings that come with the program, each for the shape of one publisher's files. They
// are texts that people may print, copy and change; none of the publishers' data is in them.
//
//go:embed shipped/*.yaml
var shippedTexts embed.FS

// Shipped is the text of the mapping that comes with a kind of that name; false: there is none.
func Shipped(name string) (string, bool) {
	b, err := shippedTexts.ReadFile("shipped/" + name + ".yaml")
	return string(b), err == nil
}

// ShippedNames are those of all mappings that come with the program.
func ShippedNames() []string {
	var out []string
	list, _ := shippedTexts.ReadDir("shipped")
	for _, f := range list {
		out = append(out, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	slices.Sort(out)
	return out
}

// shipped is a kind that is read by a mapping that comes with the program. One that is a
// frame needs a mapping which says the rest.
func shipped(name, publisher, license, doc string, frame bool) Kind {
	return Kind{Name: name, Publisher: publisher, License: license, Doc: doc, Base: name, Mapped: frame,
		Parse: func(in io.Reader, o Options) iter.Seq2[truce.Item, error] {
			if o.Mapping == nil && !frame {
				m, err := parseMapping([]byte("base: "+name), "")
				if err != nil {
					return failed(o, err)
				}
				o.Mapping = m
			}
			return parseTable(in, o)
		}}
}

// Kinds that are a shipped mapping and nothing more.
var (
	acled    = shipped("acled", "ACLED", "the publisher's terms of use", "ACLED: export of the website, or the API's answer in JSON", false)
	gdelt    = shipped("gdelt", "The GDELT Project", "open, with a citation", "GDELT 2.0 events, tab-separated without a header; read its pitfalls first", false)
	smm      = shipped("smm", "OSCE Special Monitoring Mission to Ukraine", "the publisher's terms of use", "tables of ceasefire violations of the OSCE SMM's daily reports, as CSV or XLSX", false)
	airwars  = shipped("airwars", "Airwars", "the publisher's terms of use", "Airwars: incidents of civilian harm, as CSV or JSON", false)
	awsd     = shipped("awsd", "Humanitarian Outcomes, Aid Worker Security Database", "the publisher's terms of use", "Aid Worker Security Database, as CSV, with or without tags", false)
	ydp      = shipped("yemen-data-project", "Yemen Data Project", "the publisher's terms of use", "air raids of the Yemen Data Project, as CSV", false)
	locS     = shipped("loc-sectors", "A collection of press reports", "not stated", "ceasefire violations on the Line of Control, monthly totals by sector, as CSV", false)
	locM     = shipped("loc-months", "A collection of press reports", "not stated", "ceasefire violations on the Line of Control, monthly totals, as CSV", false)
	koboKind = shipped("kobo", "", "the publisher's", "a form of KoboToolbox, as CSV, XLSX or JSON, with a mapping of its questions", true)
	odkKind  = shipped("odk", "", "the publisher's", "a form of ODK Central, as CSV, .zip or OData, with a mapping of its questions", true)
)

// Mapping reads a mapping for files of this kind. Where one comes with the kind, it says
// what the text does not; an empty text is that one alone.
func (k Kind) Mapping(text []byte) (*Mapping, error) {
	if len(text) == 0 && k.Base != "" {
		text = []byte("base: " + k.Base)
	}
	return parseMapping(text, k.Base)
}

// onBase is a mapping with what its base says and it does not. Lists and words are taken
// whole, from the mapping if it has them.
func onBase(base string, text []byte) ([]byte, error) {
	under, ok := Shipped(base)
	if !ok {
		return nil, fmt.Errorf("base %q is unknown%s", base, truce.Suggest(base, ShippedNames()))
	}
	var own, from yaml.Node
	if err := yaml.Unmarshal([]byte(under), &from); err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(text, &own); err != nil {
		return nil, err
	}
	if len(own.Content) == 0 || len(from.Content) == 0 || own.Content[0].Kind != yaml.MappingNode {
		return []byte(under), nil
	}
	top := own.Content[0]
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value == "base" {
			top.Content = slices.Delete(top.Content, i, i+2)
			break
		}
	}
	over(from.Content[0], top)
	out, err := yaml.Marshal(&from)
	if err == nil && len(out) > maxMapping {
		err = fmt.Errorf("longer than %d bytes", maxMapping)
	}
	return out, err
}

// choices are keys of which one takes the place of another.
var choices = [][]string{{"column", "columns", "value", "file"}}

// over writes what a mapping says over what its base says.
func over(base, own *yaml.Node) {
	for i := 0; i+1 < len(own.Content); i += 2 {
		key, v := own.Content[i], own.Content[i+1]
		for _, c := range choices {
			if slices.Contains(c, key.Value) {
				for k := 0; k+1 < len(base.Content); k += 2 {
					if slices.Contains(c, base.Content[k].Value) {
						base.Content = slices.Delete(base.Content, k, k+2)
						break
					}
				}
			}
		}
		at := -1
		for k := 0; k+1 < len(base.Content); k += 2 {
			if base.Content[k].Value == key.Value {
				at = k
			}
		}
		switch {
		case at < 0:
			base.Content = append(base.Content, key, v)
		case v.Kind == yaml.MappingNode && base.Content[at+1].Kind == yaml.MappingNode:
			over(base.Content[at+1], v)
		default:
			base.Content[at+1] = v
		}
	}
}
