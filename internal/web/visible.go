package web

import (
	"bytes"
	"unicode/utf8"

	"github.com/opentruce/truce/internal/report"
	"golang.org/x/net/html"
)

// visible names the hidden characters of a page's texts and attributes, as
// report.Visible does: whatever a template shows goes through here, so none can forget
// it. What people edit stays as they typed it: the values of controls, since a form
// that is sent again would otherwise record something else.
func visible(page []byte) []byte {
	if !hides(page) {
		return page // nearly always
	}
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(page))
	inside := "" // the element whose text is not for reading
	for {
		kind := z.Next()
		raw := z.Raw()
		switch {
		case kind == html.ErrorToken:
			return out.Bytes()
		case !hides(raw):
			out.Write(raw)
			if kind == html.StartTagToken {
				name, _ := z.TagName()
				inside = editable(string(name))
			} else if kind != html.TextToken {
				inside = ""
			}
			continue
		case kind == html.TextToken && inside == "":
			out.WriteString(report.Visible(string(raw)))
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			t := z.Token()
			for i, a := range t.Attr {
				if a.Key != "value" {
					t.Attr[i].Val = report.Visible(a.Val)
				}
			}
			out.WriteString(t.String())
			inside = editable(t.Data)
			continue
		default:
			out.Write(raw)
		}
		if kind != html.TextToken {
			inside = ""
		}
	}
}

func editable(element string) string {
	if element == "textarea" {
		return element
	}
	return ""
}

func hides(b []byte) bool {
	for len(b) > 0 {
		if b[0] >= 0x20 && b[0] < 0x7f {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if report.Hidden(r) {
			return true
		}
		b = b[n:]
	}
	return false
}
