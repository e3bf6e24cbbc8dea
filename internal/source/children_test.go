package source

import (
	"strings"
	"testing"
	"time"
)

// TestMembersOfAGroup: the questions of a repeated group repeat the names of their groups in an
// answer of Kobo's server, and a mapping can leave these out where that leaves one question.
func TestMembersOfAGroup(t *testing.T) {
	const form = `{"count":1,"results":[{"_id":1,"_uuid":"u1","_submission_time":"2024-12-30T17:32:00","start":"2024-12-30T14:32:00.000+02:00","general/village":"Khiam","_attachments":[{"id":7}],` +
		`"incidents/incident":[{"incidents/incident/inc_time":"2024-12-30T12:04:00.000+02:00","incidents/incident/inc_type":"shelling","incidents/incident/inc_gps":"33.119590 35.269534 412.0 4.8","incidents/incident/harm/killed":"1"},` +
		`{"incidents/incident/inc_time":"2024-12-30T13:04:00.000+02:00","incidents/incident/inc_type":"airstrike","incidents/incident/inc_gps":"33.119590 35.269534 412.0 4.8","incidents/incident/harm/killed":"2"}]}]}`
	p, got := proposed(t, "form.json", []byte(form), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "children: incidents/incident", "occurred: {column: incidents/incident.inc_time}", "column: incidents/incident.inc_type", "position: {column: incidents/incident.inc_gps}", "killed: {column: incidents/incident.harm/killed}")
	wants(t, got, `"start":"2024-12-30T10:04:00Z" & 33.11959 & "act":"fire" & "killed":"1"`, `"start":"2024-12-30T11:04:00Z" & "act":"strike" & "killed":"2"`)

	mapping := func(time, killed string) string {
		return "source: s\ntable: {rows: results, children: incidents/incident}\noccurred: {column: incidents/incident." + time + "}\nact: fire\ncasualties: {killed: {column: incidents/incident." + killed + "}}\nignore: rest\n"
	}
	for _, names := range [][2]string{{"incidents/incident/inc_time", "incidents/incident/harm/killed"}, {"inc_time", "harm/killed"}, {"inc_time", "killed"}} {
		wants(t, read(t, mapping(names[0], names[1]), form, Options{Location: time.UTC}), `"start":"2024-12-30T10:04:00Z" & "killed":"1"`, `"start":"2024-12-30T11:04:00Z" & "killed":"2"`)
	}
	// Two questions of one short name.
	two := strings.ReplaceAll(form, `"incidents/incident/harm/killed":"1"`, `"incidents/incident/harm/killed":"1","incidents/incident/other/killed":"5"`)
	got = strings.ReplaceAll(read(t, mapping("inc_time", "killed"), two, Options{Location: time.UTC}), "\n    raw: ", " raw: ")
	wants(t, got, `refused & "incidents/incident.killed" is short for "incidents/incident/harm/killed" and for "incidents/incident/other/killed"`, `"killed":"2"`)
	wants(t, read(t, mapping("inc_time", "other/killed"), two, Options{Location: time.UTC}), `"killed":"5"`, `2024-12-30T11:04`)
	// No member is meant.
	asked(t, "typo", read(t, mapping("inc_tim", "killed"), form, Options{Location: time.UTC}), `column "incidents/incident.inc_tim" is in none of its rows`)
	// Where nothing says what was done, the members are listed.
	p, _ = proposed(t, "form.json", []byte(strings.NewReplacer("shelling", "A", "airstrike", "B", "inc_type", "q7").Replace(form)), Options{Location: time.UTC})
	asked(t, "open", strings.Join(p.Open, "\n"), "children: incidents/incident}", "incidents/incident.inc_gps, incidents/incident.inc_time, incidents/incident.q7", "!_attachments")
}

// TestListOfSources: a list with one source in each row is proposed as what the row rests on, and
// the proposal is read; of longer lists, the first alone would make rows independent that are not.
func TestListOfSources(t *testing.T) {
	row := func(sources string) string {
		return `{"date":"2025-10-05","type":"shelling","sources":[` + sources + `]}`
	}
	const a, b = `{"name":"Radio A","url":"https://example.org/1"}`, `{"name":"Radio B","url":"https://example.org/2"}`
	p, got := proposed(t, "x.json", []byte("["+row(a)+","+row(b)+","+row("")+"]"), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "origin: {publisher: {column: sources.0.name}, post: {column: sources.0.url}}", "!ignore: [sources]")
	wants(t, got, "publisher:radio a & example.org/1", "publisher:radio b & example.org/2", `"act":"fire"`)
	p, got = proposed(t, "x.json", []byte("["+row(a)+","+row(a+","+b)+"]"), Options{Location: time.UTC})
	asked(t, "mapping", p.Mapping, "!origin:")
	asked(t, "open", strings.Join(p.Open, "\n"), `"sources" is a list of what the row rests on (of 2 at most here)`, "origin: {publisher: {column: sources.0.name}, post: {column: sources.0.url}} reads its first element alone")
	wants(t, got, "fire", "fire")
	asked(t, "read", got, "!radio")
}
