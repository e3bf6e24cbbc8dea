package source

import (
	"bytes"
	"strings"
	"testing"
)

// TestChats: an export of a chat is recognised, by whatever phone, and nothing of it is printed.
// The names and messages are invented.
func TestChats(t *testing.T) {
	for name, chat := range map[string]string{
		"one phone":        "[12/03/2024, 21:15:03] Person One: shelling near the school\n[12/03/2024, 21:16:40] Person Two: how many?\nthree\n",
		"a mark before it": "\u200e[12.03.24, 21:15:03] Group: \u200eMessages and calls are end-to-end encrypted.\r\n\u200e[12.03.24, 21:16:40] Person Two: \u200eimage omitted\r\n",
		"12 hours":         "[3/12/24, 9:15:03\u202fPM] Person One: shelling\n[3/12/24, 9:16:40\u202fPM] Person Two: ok\n",
		"the other phone":  "12/03/2024, 21:14 - Messages and calls are end-to-end encrypted.\n12/03/2024, 21:15 - Person One: shelling, near the school\n",
		"12 hours again":   "3/12/24, 9:15 PM - Person One: shelling\n3/12/24, 9:16 PM - Person Two: ok\n",
		"Spanish":          "12/3/24, 9:15 p. m. - Person One: bombardeo\n12/3/24, 9:16 p. m. - Person Two: ok\n",
		"Arabic":           "١٢/٣/٢٠٢٤، ٩:١٥ م - شخص: قصف على السوق\n١٢/٣/٢٠٢٤، ٩:١٦ م - شخص: نعم\n",
		"Ukrainian":        "12.03.24, 21:15 - Особа: обстріл\n12.03.24, 21:16 - Особа: так\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Propose(strings.NewReader(chat), "chat.txt", Options{})
			if err == nil || !strings.Contains(err.Error(), "chat.txt is a chat exported from WhatsApp") || !strings.Contains(err.Error(), "not_later_than: true") || strings.Contains(err.Error(), "Person") {
				t.Errorf("%v", err)
			}
			m, merr := ParseMapping([]byte("source: s\noccurred: {column: d}\nact: fire\n"))
			if merr != nil {
				t.Fatal(merr)
			}
			for _, k := range []Kind{tableKind, csvKind} { // by whatever kind
				got := told(k.Parse(strings.NewReader(chat), Options{Mapping: m, File: "chat.txt"}))
				if !strings.HasPrefix(got, "ended: chat.txt: this is a chat exported from WhatsApp") || strings.Contains(got, "Person") {
					t.Error(got)
				}
			}
		})
	}
	for name, table := range map[string]string{
		"dates in a table":    "date,place,note\n12/03/2024,A,one\n12/03/2024,B,two: three\n",
		"no header":           "12/03/2024,21:15,A\n12/03/2024,21:16,B\n",
		"a log":               "[1] one: two\n[2] three: four\n",
		"times and a title":   "Report of 12/03/2024, 21:15 - final: one\ndate,note\n12/03/2024,x\n",
		"nobody says a thing": "12/03/2024, 21:14 - joined\n12/03/2024, 21:15 - left\n",
	} {
		if isChat([]byte(table)) {
			t.Errorf("%s is a chat", name)
		}
	}
	// What is looked at is still read.
	if chat, rest := aChat(strings.NewReader("a,b\n1,2\n")); chat {
		t.Error("a chat")
	} else if b := new(bytes.Buffer); true {
		if _, err := b.ReadFrom(rest); err != nil || b.String() != "a,b\n1,2\n" {
			t.Error(b.String(), err)
		}
	}
}

// FuzzChat: whatever a file begins with, it is looked at and nothing more.
func FuzzChat(f *testing.F) {
	f.Add([]byte("[12/03/2024, 21:15:03] Person One: x\n[12/03/2024, 21:16:40] Person Two: y\n"))
	f.Add([]byte("\u200e١٢/٣/٢٠٢٤، ٩:١٥ م - x: y\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		isChat(data)
		if got := folded(data); len(got) > len(data) {
			t.Errorf("%q grew to %q", data, got)
		}
		_, _, _ = acts(string(data), "")
		if v, err := people(string(data), ","); err == nil && !v.Valid() {
			t.Errorf("%q is %v", data, v)
		}
	})
}
