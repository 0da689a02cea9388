package enginetest

import (
	"time"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
)

func vanished(w *World, c Case) {
	o := c.apply(w, c.Full)
	id := w.ID(o)
	w.Clock.Step(2 * time.Minute)
	w.Looker.Remove(c.Table, id)
	w.Sweep()
	w.patiently()
	w.WantReady(o)
	if w.ID(o) == id {
		w.Error("the id is still the old one")
	}
	w.WantRow(c.Table, w.ID(o), c.Row(w))
}

func noAdoption(w *World, c Case) {
	c.seed(w)
	id := c.Twin(w)
	before := dump(w.Looker.Row(c.Table, id))
	w.Looker.ResetCalls()
	o := c.Minimal(w)
	w.Create(o)
	w.Settle()
	w.WantReason(o, engine.ReasonAlreadyExists, id, "adoptionPolicy")
	w.WantStalled(o, true)
	if n := w.LookerWrites(); n != 0 {
		w.Errorf("%d writes to a resource that is not ours", n)
	}
	w.Delete(o)
	w.Settle()
	if w.Exists(o) {
		w.Error("an object that owns nothing cannot be deleted")
	}
	if got := dump(w.Looker.Row(c.Table, id)); got != before {
		w.Errorf("the resource was changed: %s", got)
	}
}

func adoption(w *World, c Case) {
	c.seed(w)
	id := c.Twin(w)
	o := withAdoption(c.Minimal(w))
	w.Looker.ResetCalls()
	w.Create(o)
	w.Settle()
	w.WantReady(o)
	if got := w.ID(o); got != id {
		w.Errorf("adopted %s, want %s", got, id)
	}
	if n := w.LookerWrites(); n != 0 {
		w.Errorf("adopting an equal resource took %d writes: %v", n, w.Looker.Calls().ByOperation)
	}
	w.Delete(o)
	w.Settle()
	if w.Exists(o) {
		w.Error("still there")
	}
	if w.Looker.Row(c.Table, id) == nil {
		w.Error("an adopted resource was deleted by default")
	}
}

func ambiguous(w *World, c Case) {
	if c.NoTwins {
		w.Log("Looker refuses two with the same key")
		return
	}
	c.seed(w)
	a, b := c.Twin(w), c.Twin(w)
	o := withAdoption(c.Minimal(w))
	w.Create(o)
	w.Settle()
	w.WantReason(o, engine.ReasonAmbiguousAdoption, a, b)
	w.Looker.Remove(c.Table, b)
	w.Sweep()
	w.Clock.Step(time.Hour)
	w.Settle()
	w.WantReady(o)
	if got := w.ID(o); got != a {
		w.Errorf("adopted %s, want %s", got, a)
	}
}

func ownership(w *World, c Case) {
	first := c.apply(w, c.Minimal)
	id := w.ID(first)
	second := withAdoption(c.Minimal(w))
	second.SetName(first.GetName() + "-2")
	w.Create(second)
	w.Settle()
	w.WantReason(second, engine.ReasonOwnedByAnother, first.GetName())
	w.WantStalled(second, true)
	w.setDeletion(first, v1alpha1.DeletionOrphan)
	w.Delete(first)
	w.Settle()
	w.Settle()
	w.WantReady(second)
	if got := w.ID(second); got != id {
		w.Errorf("took over %s, want %s", got, id)
	}
}
