package engine

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// rank is why an object wants to call Looker. A lower one goes first.
type rank int

const (
	rankEdit       rank = iota // somebody changed the object, or asked for it
	rankDeletion               // the object is being deleted
	rankDependency             // something that it refers to, or shares, has changed
	rankRetry                  // it failed before, or a timer ended
	rankSweep                  // a sweep found a difference, or is one itself
)

// class is what a rank may use of the gate.
type class int

const (
	classUrgent class = iota // edits and deletions: everything, and tokens in advance
	classNormal              // dependencies: everything
	classLow                 // retries and sweeps: not what is kept free for edits
	classes
)

// promisedPriority is that of an object which a gate holds a place for: until a
// worker takes it, nobody has the place.
const promisedPriority = 100

func (k rank) class() class {
	switch k {
	case rankEdit, rankDeletion:
		return classUrgent
	case rankDependency:
		return classNormal
	case rankRetry, rankSweep:
	}
	return classLow
}

// priority in a controller's queue. Events of the objects themselves have 0, and
// those of the first list after a start -100, both by controller-runtime.
func (k rank) priority() int { return -10 * int(k) }

// rankOf is the only place that decides how urgent an object is: by what it says
// itself, or else by what woke it.
func rankOf(obj v1alpha1.Object, woken rank) rank {
	_, status := obj.Common()
	switch {
	case !obj.GetDeletionTimestamp().IsZero():
		return rankDeletion
	case status.ObservedGeneration != obj.GetGeneration(), requested(obj):
		return rankEdit
	}
	return woken
}

// wakeNote is what is known of an object that is queued: why, and how to give
// back the place that a gate holds for it, nil if there is none.
type wakeNote struct {
	rank     rank
	giveBack func()
}

// wakeNotes remembers for each queued object why it was woken, until its
// reconcile begins. Of several reasons the most urgent counts.
type wakeNotes struct {
	mu    sync.Mutex
	notes map[types.NamespacedName]wakeNote
}

func (n *wakeNotes) add(key types.NamespacedName, k rank, giveBack func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.notes == nil {
		n.notes = map[types.NamespacedName]wakeNote{}
	}
	note, ok := n.notes[key]
	if !ok || k < note.rank {
		note.rank = k
	}
	if giveBack != nil {
		note.giveBack = giveBack
	}
	n.notes[key] = note
}

// take returns the note of an object and forgets it. What nobody noted is a
// timer, a failure, or the first list after a start.
func (n *wakeNotes) take(key types.NamespacedName) wakeNote {
	n.mu.Lock()
	defer n.mu.Unlock()
	note, ok := n.notes[key]
	delete(n.notes, key)
	if !ok {
		note.rank = rankRetry
	}
	return note
}

// ageStep is how long somebody waits for each rank that he gains.
const ageStep = 30 * time.Second
