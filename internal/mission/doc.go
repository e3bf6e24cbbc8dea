// Package mission answers: what does this mission know? It opens a mission's folder, and
// reads its record into situations, texts, boards and reports. What people say to a
// mission, and what files say, is for package intake.
//
// A Folder is where a mission is. A Reading is the folder as somebody reads it: the
// mission, both parties or the public (As), up to the last entry or an earlier one (At),
// from the disk or from what a process has read that keeps the record open (Live). A
// Mission is the reading of whoever the folder belongs to, and the only one that may be
// written to.
package mission
