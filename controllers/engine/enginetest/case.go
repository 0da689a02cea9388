package enginetest

import (
	"testing"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// Case describes one kind to Run.
type Case struct {
	// Table is the kind's name in the mock Looker.
	Table string
	// Seed puts into Looker what the objects refer to.
	Seed func(w *World)
	// Minimal is the smallest legal object; Full sets everything.
	Minimal, Full func(w *World) v1alpha1.Object
	// Row is what Full becomes in Looker.
	Row func(w *World) map[string]any
	// Verify checks what is not in the row; nil if all is.
	Verify func(w *World, id string)
	// Edit changes one field of Full, and Edited is the row's fields then.
	Edit   func(o v1alpha1.Object)
	Edited map[string]any
	// Drift is a change by hand of a field that Full manages, Unmanaged one of a
	// field that no spec manages.
	Drift, Unmanaged map[string]any
	// Release takes the field of Drift out of the spec.
	Release func(o v1alpha1.Object)
	// Twin puts a resource with Minimal's natural key into Looker by hand and
	// returns its id; nil for kinds that exist once.
	Twin func(w *World) string
	// Operations of the API, as "POST /folders".
	CreateOp, UpdateOp string
	// Singleton kinds are never created, adopted or deleted.
	Singleton bool
	// Disables: a created resource is disabled, not deleted, by default.
	Disables bool
	// NoTwins: Looker itself refuses two with the same natural key.
	NoTwins bool
	// Canary is the secret text in Full; empty if the kind has none. CanaryOp is
	// the operation that carries it, at a path with the suffix CanaryPath.
	Canary, CanaryOp, CanaryPath string
	// Switches of the mock that the kind must work under.
	Switches []lookertest.Switches
}

type check struct {
	name string
	run  func(*World, Case)
	// singleton: also for kinds that exist once.
	singleton bool
}

func checks() []check {
	return []check{
		{"applies a minimal object", minimal, true},
		{"applies a full object", full, true},
		{"is silent once Looker agrees", silent, true},
		{"costs nothing to restart", restart, true},
		{"sends only what an edit changed, and reverts it", edits, true},
		{"corrects drift of managed fields and leaves the others alone", drift, true},
		{"releases a field that the spec no longer sets", releases, true},
		{"observes without writing", observes, true},
		{"does nothing while suspended", suspends, true},
		{"waits for its instance", waitsForInstance, true},
		{"explains each refusal of Looker and heals without an edit", refusals, true},
		{"changes nothing after a failed read", failedRead, true},
		{"survives a token that expires on the way", expiry, true},
		{"ends the same wherever it is stopped", crashes, true},
		{"never shows a secret", canary, true},
		{"reads at once when asked to", requests, true},
		{"creates exactly one when the answer is lost", lostAnswer, false},
		{"waits until a new resource is visible everywhere", readAfterWrite, false},
		{"makes a vanished resource again", vanished, false},
		{"does not adopt unasked", noAdoption, false},
		{"adopts when asked, without a write if nothing differs", adoption, false},
		{"does not guess between two candidates", ambiguous, false},
		{"has one owner, and a successor", ownership, false},
		{"deletes what it created and orphans what it adopted", deletion, false},
		{"is never stuck when Looker is gone", letGo, false},
		{"does not call a failed delete done", failedDelete, false},
		{"is deleted though its resource is gone already", goneAlready, false},
		{"leaves nothing behind when deleted while it is made", interrupted, false},
		{"touches no finalizer but its own", finalizers, false},
	}
}

// Run runs every check as a parallel subtest.
func Run(t *testing.T, s *Suite, c Case) {
	t.Helper()
	for _, k := range checks() {
		if c.Singleton && !k.singleton {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			k.run(s.NewWorld(t), c)
		})
	}
	for _, sw := range c.Switches {
		t.Run("agrees with Looker under either assumption", func(t *testing.T) {
			t.Parallel()
			w := s.NewWorld(t, lookertest.WithSwitches(sw))
			full(w, c)
			w.WantQuiet("a second pass", func() { w.Force(2) })
		})
	}
}

func (c Case) seed(w *World) {
	if c.Seed != nil {
		c.Seed(w)
	}
}

// apply seeds, applies an object, settles, and wants it Ready.
func (c Case) apply(w *World, build func(*World) v1alpha1.Object) v1alpha1.Object {
	w.Helper()
	c.seed(w)
	o := build(w)
	w.Create(o)
	w.Settle()
	w.WantReady(o)
	return o
}

// rowID is the id of the resource's row in the mock.
func (c Case) rowID(w *World, o v1alpha1.Object) string {
	if c.Singleton {
		return ""
	}
	return w.ID(o)
}

func withAdoption(o v1alpha1.Object) v1alpha1.Object {
	spec, _ := o.Common()
	spec.AdoptionPolicy = v1alpha1.AdoptionAdopt
	return o
}
