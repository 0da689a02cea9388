// Package enginetest puts a kind through everything that the engine promises,
// on a real API server, with the operator's own rights, against the mock Looker.
// A new kind gets all of it from one [Case].
//
// The reconcilers run without a manager: a [World] calls them until nothing
// changes any more. That makes every check deterministic, lets its clock stand
// still, and lets it stop the operator after any single effect.
package enginetest
