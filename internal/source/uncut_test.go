package source

import (
	"strings"
	"testing"
)

// TestProposalOfBrokenQuotes: a quotation mark that is never closed is named with its line, although
// nothing else can be proposed.
func TestProposalOfBrokenQuotes(t *testing.T) {
	for _, tt := range []struct{ data, open, err string }{
		{"a;b\n1;\"x\n", "1 row of the file cannot be cut into cells, and will be rejected. The first, line 2: a quote is opened and never closed; double it if it belongs to the text.", ""},
		{"a;b\n1;x\n2;y \"z\"\n3;\"x\n", "2 rows of the file cannot be cut into cells, and will be rejected. The first, line 3: a quote stands in a cell that does not begin with one", ""},
		{"a;b\n1;\"x\ny\"\n", "!cannot be cut", ""},
		{"a;\"b\n1;2\n", "", "line 1: header: a quote is opened and never closed"},
	} {
		p, err := Propose(strings.NewReader(tt.data), "x.csv", Options{})
		switch {
		case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
			t.Errorf("%q: %v, want %s", tt.data, err, tt.err)
		case tt.err == "" && err != nil:
			t.Errorf("%q: %v", tt.data, err)
		case tt.err == "":
			asked(t, tt.data, strings.Join(p.Open, "\n"), tt.open)
		}
	}
}
