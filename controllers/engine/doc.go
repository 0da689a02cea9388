// Package engine reconciles every kind of Looker resource the same way. What
// differs between kinds is in an [Adapter]; nothing else is.
//
// The loop, in ten sentences. A Reconciler gets an object and asks the pool for
// the connection to its LookerInstance. It resolves the object's references and
// secrets, and the adapter turns the spec into the desired state. What Looker
// holds is known from a snapshot that one list call filled, from the answer to
// the operator's own last write, or, where neither is there, from a fresh read.
// An object without an id is adopted or created; the intent to create is stored
// before the call, so that a crash cannot make a second one. Otherwise the
// managed fields are compared, and only what differs is sent. Every error is
// classified in one place, which says what the conditions read and when to come
// back. The status is written once at the end, and only if it changed. The
// Sweeper lists each kind once per drift interval and wakes the objects whose
// live state differs; no object has a timer of its own. Calls pass the
// instance's Gate, which paces them, counts them and stops them while Looker is
// unavailable, without a worker ever sleeping. Deletion undoes what the object
// owns, as its policy says, and is never stuck without saying why.
package engine
