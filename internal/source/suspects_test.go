package source

import (
	"strings"
	"testing"

	"github.com/opentruce/truce"
)

// TestWhoDidIt: columns that look like who did it are asked about, and not put aside in silence.
func TestWhoDidIt(t *testing.T) {
	o := Options{}
	o.Of(&truce.Agreement{Parties: []truce.Party{{ID: "SAF"}, {ID: "RSF", Members: []truce.Party{{ID: "RSF-Darfur"}}}}})
	propose := func(name, data string, o Options) string {
		t.Helper()
		p, err := Propose(strings.NewReader(data), name, o)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(p.Open, "\n")
	}
	for _, name := range []string{"Verursacher", "Auteur présumé", "Alleged perpetrator", "Grupo", "By", "Perp", "Presunto autor", "Сторона", "الفاعل"} {
		file := "id,date,type," + name + "\n1,2025-04-01,shelling,RSF\n2,2025-04-02,air strike,SAF\n3,2025-04-03,shelling,RSF\n"
		asked(t, name, propose("f.csv", file, o), `"`+name+`" (RSF, SAF) looks like who did it`, "values: {RSF: PARTY}", "parties of this mission: SAF, RSF (with RSF-Darfur)")
	}
	asked(t, "no mission", propose("f.csv", "id,date,type,Perp\n1,2025-04-01,shelling,RSF\n", Options{}), `"Perp" (RSF) looks like`, "PARTY is the ID of a party")
	for _, name := range []string{"age group", "Reported by", "by hand", "n"} {
		if text := propose("f.csv", "id,date,type,"+name+"\n1,2025-04-01,shelling,7\n2,2025-04-01,shelling,8\n", o); strings.Contains(text, "who did it") {
			t.Errorf("%s: %s", name, text)
		}
	}
	const list = `[{"id": "a", "date": "2025-04-01", "type": "shelling", "x": {"actors": [{"role": "initiator", "name": "AA"}]}, "sources": [{"name": "N", "url": "u"}]}, {"id": "b", "date": "2025-04-02", "type": "shelling", "x": {"actors": []}, "sources": [{"name": "M", "url": "v"}, {"name": "N", "url": "u"}]}]`
	asked(t, "a list", propose("f.json", list, o), `"x.actors" is a list that may say who did it`, "actor: {column: x.actors.0.name}", `origin: {publisher: {column: sources.0.name}, post: {column: sources.0.url}} reads its first element alone`)
}
