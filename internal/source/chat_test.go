package source

import (
	"bytes"
	"errors"
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
	if rest, err := notChat(strings.NewReader("a,b\n1,2\n"), nil); err != nil {
		t.Error(err)
	} else if b := new(bytes.Buffer); true {
		if _, err := b.ReadFrom(rest); err != nil || b.String() != "a,b\n1,2\n" {
			t.Error(b.String(), err)
		}
	}
}

// TestTelegram: nothing of an export of Telegram Desktop is printed or read unless the mapping names
// the column of the sender. The shape is that of core.telegram.org/import-export; names and
// messages are invented.
func TestTelegram(t *testing.T) {
	const chat = `{
 "name": "Group One", "type": "private_supergroup", "id": 17,
 "messages": [
  {"id": 1, "type": "service", "date": "2025-08-17T09:00:00", "date_unixtime": "1755421200", "actor": "Person One", "actor_id": "user1001", "action": "create_group", "text": ""},
  {"id": 2, "type": "message", "date": "2025-08-17T10:00:00", "date_unixtime": "1755424800", "from": "Person Two", "from_id": "user1002", "text": "shelling"}
 ]
}`
	channel := strings.NewReplacer("private_supergroup", "public_channel", "Person One", "Channel", "Person Two", "Channel", "user100", "channel100").Replace(chat)
	all := `{"about": "Here is the data you requested.", "chats": {"about": "x", "list": [` + chat + `]}}`
	lines := `{"id":2,"date":"2025-08-17T10:00:00","from":"Person Two","from_id":"user1002","text":"shelling"}` + "\n"
	const rest = "source: s\ntimezone: UTC\noccurred: {column: date, not_later_than: true, earliest: 36h}\nact: fire\ntable: {rows: messages}\nignore: rest\n"
	unnamed, err := ParseMapping([]byte(rest))
	if err != nil {
		t.Fatal(err)
	}
	named, err := ParseMapping([]byte(rest + "publisher: {column: from}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a group": chat, "a channel": channel, "everything": all, "lines": lines} {
		_, err := Propose(strings.NewReader(text), "result.json", Options{})
		if !errors.Is(err, ErrChat) || strings.Contains(err.Error(), "Person") || !strings.Contains(err.Error(), "result.json is an export of Telegram") || !strings.Contains(err.Error(), "publisher: {column: from}") {
			t.Errorf("%s: %v", name, err)
		}
		for _, k := range []Kind{tableKind, jsonlKind, csvKind} {
			got := told(k.Parse(strings.NewReader(text), Options{Mapping: unnamed, File: "result.json"}))
			if !strings.HasPrefix(got, "ended: result.json: this is an export of Telegram") || strings.Contains(got, "Person") {
				t.Errorf("%s as %s: %s", name, k.Name, got)
			}
		}
	}
	wants(t, told(tableKind.Parse(strings.NewReader(channel), Options{Mapping: named})), `"act":"fire"`, `"publisher":"Channel"`) // a note of the service has no sender
	if _, err := Propose(strings.NewReader(`[{"id":1,"type":"channel","date":"2025-08-17","from":"A"}]`), "x.json", Options{}); err != nil {
		t.Errorf("other JSON: %v", err)
	}
}

// TestPersons: the values of columns that may name persons are in no part of a proposal.
func TestPersons(t *testing.T) {
	p, err := Propose(strings.NewReader("id,date,type,sender,form/Phone Number,from,enumerator_name,place\n1,2025-08-17,shelling,Person One,+0 000 1,Person Two,Person Three,Alpha\n2,2025-08-18,shelling,Person One,+0 000 2,Person Two,Person Three,Alpha\n"), "x.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var hidden []string
	for _, c := range p.Columns {
		if c.Hidden {
			hidden = append(hidden, c.Name)
		}
		if text := strings.Join(c.Few, " "); strings.Contains(text, "Person") || strings.Contains(text, "+0") {
			t.Errorf("%s: %s", c.Name, text)
		}
	}
	if want := "sender form/Phone Number from enumerator_name"; strings.Join(hidden, " ") != want {
		t.Errorf("hidden: %q, want %q", hidden, want)
	}
	if text := p.Mapping + strings.Join(p.Open, ""); strings.Contains(text, "Person O") || strings.Contains(text, "Person T") || strings.Contains(text, "+0") {
		t.Error(text)
	}
	if p, _ = Propose(strings.NewReader("id,from,to,type\n1,2025-08-17,2025-08-18,shelling\n"), "x.csv", Options{}); p.Columns[1].Hidden {
		t.Error("a column of dates is hidden")
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
