// Package intake answers: how does somebody tell a mission something? It signs what
// people say and what files say, holds what is handed in against the rules, keeps on the
// shelf what is not public, and appends the rest to the record. The command line and the
// room are two ways to the same functions here.
//
// A Writer does it in one of four ways: into the record that it opens (NewWriter), into
// one that is kept open (WriterTo), through the room of another process (WriterThrough),
// or into a file (WriterInto). Each wants a mission.Mission: what reads for an audience,
// or up to an entry, cannot be written to.
package intake
