// Package mission answers: what does this mission know, and how does somebody
// tell it something? It opens a mission's folder, reads its record into
// situations, takes in files, and signs and appends what people say. The command
// line and the room are two ways to the same functions here.
//
// A Folder is where a mission is. A Reading is the folder as somebody reads it: the
// mission, both parties or the public (As), up to the last entry or an earlier one (At),
// from the disk or from what a process has read that keeps the record open (Live). A
// Mission is the reading of whoever the folder belongs to, and the only one that gives a
// Writer, which says something in one of four ways: into the record that it opens, into
// one that is kept open, through the room of another process, or into a file.
package mission
