package format

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

// decoder reads XML. Entities that a document defines are not followed: Go's decoder
// knows none but those of XML itself, and reports the others.
func decoder(in io.Reader) *xml.Decoder {
	d := xml.NewDecoder(in)
	d.CharsetReader = charset.NewReaderLabel
	return d
}

// next is the next token of a document, whose elements are not too deep.
func next(d *xml.Decoder) (xml.Token, error) {
	t, err := d.Token()
	if err != nil {
		if err != io.EOF {
			err = fmt.Errorf("the file is damaged: %w", err)
		}
		return nil, err
	}
	if x, ok := t.(xml.Directive); ok && strings.Contains(strings.ToUpper(string(x)), "ENTITY") {
		return nil, errors.New("the document defines entities; refused")
	}
	return t, nil
}

func attribute(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// inXML tells formats by the first element of a document.
func inXML(head []byte) (name, advice string, err error) {
	d := decoder(strings.NewReader(string(head)))
	for {
		t, err := d.Token()
		if err != nil {
			return "", "XML without an element", nil
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch strings.ToLower(e.Name.Local) {
		case "kml":
			return KML, "", nil
		case "gpx":
			return GPX, "", nil
		case "rss", "feed", "rdf":
			return Feed, "", nil
		case "html":
			return "", "a web page; save the file itself, and not the page that shows it", nil
		}
		return "", fmt.Sprintf("XML of a kind that is not read (%s)", e.Name.Local), nil
	}
}

// A node is one element with what is in it. Places in map files are read whole.
type node struct {
	name     string
	attr     []xml.Attr
	text     strings.Builder
	children []*node
}

// element reads up to the end of e.
func element(d *xml.Decoder, e xml.StartElement) (*node, error) {
	budget := mostElement
	return within(d, e, 0, &budget)
}

func within(d *xml.Decoder, e xml.StartElement, depth int, budget *int) (*node, error) {
	if depth > mostDepth {
		return nil, fmt.Errorf("more than %d elements are inside one another", mostDepth)
	}
	n := &node{name: e.Name.Local, attr: e.Attr}
	for {
		t, err := next(d)
		if err != nil {
			return nil, err
		}
		if *budget -= 64; *budget < 0 {
			return nil, fmt.Errorf("one element is larger than %d bytes", mostElement)
		}
		switch x := t.(type) {
		case xml.StartElement:
			c, err := within(d, x.Copy(), depth+1, budget)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, c)
		case xml.CharData:
			*budget -= len(x)
			n.text.Write(x)
		case xml.EndElement:
			return n, nil
		}
	}
}

// all are the elements of a name below n, at any depth.
func (n *node) all(name string) (out []*node) {
	for _, c := range n.children {
		if c.name == name {
			out = append(out, c)
			continue
		}
		out = append(out, c.all(name)...)
	}
	return out
}

// child is the text of the first child of that name.
func (n *node) child(name string) string {
	for _, c := range n.children {
		if c.name == name {
			return strings.TrimSpace(c.text.String())
		}
	}
	return ""
}

func (n *node) attribute(name string) string {
	return attribute(xml.StartElement{Attr: n.attr}, name)
}
