package source

import (
	"os"
	"path"
	"strings"
	"testing"
	"time"
)

// TestShippedMappingsAreWhole: each is read, alone or with what a form must add.
func TestShippedMappingsAreWhole(t *testing.T) {
	for _, name := range ShippedNames() {
		k, err := Find(name)
		if err != nil || k.Base != name {
			t.Errorf("%s is not a kind: %v", name, err)
		}
		if k.Mapped {
			if _, err := k.Mapping([]byte("source: s\noccurred: {column: start}\nact: fire\n")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		m, err := k.Mapping(nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := newGeneric(Options{Mapping: m, File: "2016-11-08.csv"}, "csv", nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBases: a mapping says what is different from a shipped one, and nothing else.
func TestBases(t *testing.T) {
	b, err := os.ReadFile("testdata/acled/export_2025.csv")
	if err != nil {
		t.Fatal(err)
	}
	got, _ := by(t, tableKind, string(b), "base: acled\nsource: conflict-db\nactor: {column: actor1}\nact: {values: {New kind: {aside: new}, Armed clash: fire}}\n", Options{})
	wants(t, got, `"source":"conflict-db" & "act":"fire" & "actor":"Army of A"`, `"act":"attack" & "actor":"Army of A"`, "set aside: 1: new", "set aside: 1: protest")
	// The kind says the base, too, and the whole mapping needs no other file.
	m, err := acled.Mapping([]byte("timezone: Africa/Khartoum\n"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseMapping(m.Whole())
	if err != nil || again.LocalTime() == nil || again.Act.Values["Armed clash"].To != "attack" || strings.Contains(string(m.Whole()), "base:") {
		t.Errorf("%v:\n%s", err, m.Whole())
	}
	for text, want := range map[string]string{
		"base: acledd\n": `base "acledd" is unknown; did you mean "acled"?`, "base: kobo\nsource: s\n": "occurred: which column says when?", "base: acled\nactt: fire\n": "actt",
		"base: acled\nact: {valuess: {a: fire}}\n": `line 2, column 7: the key "valuess" is unknown`, "base: gdelt\ntable: {separator: \"#\"}\n": "separator", "base: [acled]\n": "mapping",
	} {
		if _, err := ParseMapping([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	// Columns that an edition does not have, or has under another name.
	const mapping = "source: s\ntimezone: UTC\noccurred: {column: at}\nact: fire\nnote: {column: n}\noptional: [n, x]\ntable: {rename: {remark: n}}\n"
	for _, tt := range []struct{ file, want string }{
		{"at\n2026-03-01\n", `"act":"fire","count":"1"}`}, {"at,n\n2026-03-01,hello\n", `"note":"hello"`}, {"at,remark,x\n2026-03-01,hello,1\n", `"note":"hello"`}, {"at,y\n2026-03-01,1\n", `column "y" is unknown`},
		{"at,n,remark\n2026-03-01,hello,1\n", `column "remark" is unknown`},
	} {
		if got, _ := by(t, csvKind, tt.file, mapping, Options{}); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s", tt.file, got)
		}
	}
	got, _ = by(t, jsonlKind, `{"at": "2026-03-01", "remark": "hello", "x": {"y": 1}}`, mapping, Options{})
	wants(t, got, `"note":"hello"`)
}

// TestShippedWords: words that publishers' descriptions list (testdata/SOURCE.md names them) are read,
// and what they mean is no more than they say.
func TestShippedWords(t *testing.T) {
	means := func(f Field, word string) Value {
		if v, ok := f.Values[word]; ok {
			return v
		}
		for pattern, v := range f.Patterns { // one of them fits
			if ok, _ := path.Match(pattern, strings.ToLower(word)); ok {
				return v
			}
		}
		if f.Else != nil {
			return *f.Else
		}
		return Value{}
	}
	shippedAs := func(k Kind) *Mapping {
		m, err := k.Mapping(nil)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	aid, harm, reports := shippedAs(awsd), shippedAs(airwars), shippedAs(smm)
	for _, tt := range []struct {
		field       Field
		words, want string
	}{
		{aid.Act, "Aerial bombardment", "strike"}, {aid.Act, "Shelling", "fire"}, {aid.Act, "Complex attack|Unknown", "attack"},
		{aid.Act, "Body-borne IED|Roadside IED|Vehicle-borne IED|Other explosives", "explosion"},
		{aid.Act, "Kidnapping|Kidnap-killing|Detention/arrest", "detention"}, {aid.Act, "Rape or serious sexual assault", "sexual-violence"},
		{harm.Place.Uncertainty, "Exact location (via Airwars)|Exact location (via Coalition)|Exact location (other)|Within 1m (via Coalition)|Within 100m (via Coalition)", "100"},
		{harm.Place.Uncertainty, "Nearby landmark", "1000"}, {harm.Place.Uncertainty, "Neighbourhood/area", "2000"}, {harm.Place.Uncertainty, "City", "10000"},
		{harm.Place.Uncertainty, "Street|District|Subdistrict|Province/governorate", "unknown"},
		{reports.Weapon, "Automatic-grenade-launcher", "agl"}, {reports.Weapon, "Multiple-launch rocket system", "mlrs"},
	} {
		for word := range strings.SplitSeq(tt.words, "|") {
			if got := means(tt.field, word).To; got != tt.want {
				t.Errorf("%s is %q, want %q", word, got, tt.want)
			}
		}
	}
	// The newer export is of the same kind, under other names. An attack is from the air or by artillery.
	const file = "post_id,permalink,code,date,date_end,latitude,longitude,geolocation_accuracy_name,strike_status_name,civilian_non_combatants_killed_min,civilian_non_combatants_killed_max\n1,https://airwars.org/x/,XX1,2025-04-24,,15.6,32.4,Town,Likely strike,3,5\n"
	p, err := Propose(strings.NewReader(file), "incidents.csv", Options{})
	if err != nil || p.Kind != "airwars" {
		t.Fatalf("%v %+v", err, p)
	}
	wants(t, told(airwars.Parse(strings.NewReader(file), Options{Location: time.UTC})), `"key":"XX1" & "uncertainty_m":5000 & "act":"attack" & "killed":"3.."`)
}
