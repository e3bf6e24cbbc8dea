// Package truce holds the nouns of a ceasefire monitor that both sides can run.
//
// What we are told and what we decide is recorded. What follows is recomputed.
// What we publish is recorded again.
package truce
