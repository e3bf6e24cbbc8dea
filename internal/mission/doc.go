// Package mission answers: what does this mission know, and how does somebody
// tell it something? It opens a mission's folder, reads its record into
// situations, takes in files, and signs and appends what people say. The command
// line and the room are two ways to the same functions here.
package mission
