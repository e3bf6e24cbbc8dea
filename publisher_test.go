package truce

import "testing"

// TestAgencies: the names of an agency are one publisher, however they are written, and no name
// is of two. What is not in the table is not guessed.
func TestAgencies(t *testing.T) {
	of := map[string]string{}
	for _, a := range Agencies() {
		if a.Name == "" || a.Site == "" || len(a.Also) == 0 {
			t.Errorf("%+v is not whole", a)
		}
		for _, name := range append([]string{a.Name}, a.Also...) {
			if other, ok := of[Folded(name)]; ok {
				t.Errorf("%q is a name of %s and of %s", name, other, a.Name)
			}
			of[Folded(name)] = a.Name
			if PublisherKey(name) != Folded(a.Name) {
				t.Errorf("%q is compared as %q", name, PublisherKey(name))
			}
		}
	}
	for _, tt := range []struct{ name, key, read string }{
		{"AFP", "agence france-presse", "Agence France-Presse"}, {"afp", "agence france-presse", "Agence France-Presse"}, {"Agence  France Presse", "agence france-presse", "Agence France-Presse"},
		{"Agence France-Presse", "agence france-presse", ""}, {"REUTERS", "reuters", ""}, {"Thomson Reuters", "reuters", "Reuters"}, {"AP", "associated press", "Associated Press"},
		{"the associated press", "associated press", "Associated Press"}, {"TASS World Service", "tass", "TASS"}, {"SOHR", "syrian observatory for human rights", "Syrian Observatory for Human Rights"},
		{"AFP reporter", "afp reporter", ""}, {"Interfax: Ukrainian General Newswire", "interfax: ukrainian general newswire", ""}, {"A F P", "a f p", ""}, {"Paper", "paper", ""}, {"", "", ""},
	} {
		if got := PublisherKey(tt.name); got != tt.key {
			t.Errorf("%q is compared as %q, want %q", tt.name, got, tt.key)
		}
		if got := AgencyOf(tt.name); got != tt.read {
			t.Errorf("%q is read as %q, want %q", tt.name, got, tt.read)
		}
	}
	// Sources, rows and relays alike.
	a := &Agreement{Sources: map[SourceID]Source{"wire": {ID: "wire", Publisher: "AFP"}, "digest": {ID: "digest", Publisher: "Digest", Relays: []string{"Agence France Presse"}}, "tass-2": {ID: "tass-2", Publisher: "ITAR-TASS"}}}
	if got := a.PublisherNamed("wire"); got != "agence france-presse" {
		t.Errorf("wire is %q", got)
	}
	if got := a.Upstream("digest"); len(got) != 1 || got[0] != "agence france-presse" {
		t.Errorf("digest passes on %q", got)
	}
	if got := a.PublisherNamed("ТАСС"); got != "tass" || a.PublisherNamed("tass-2") != got {
		t.Errorf("two names of one agency are %q and %q", got, a.PublisherNamed("tass-2"))
	}
}
