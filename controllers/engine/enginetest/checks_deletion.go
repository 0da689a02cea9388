package enginetest

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
)

func deletion(w *World, c Case) {
	gone := func(id string) bool { return w.Looker.Row(c.Table, id) == nil }
	policies := []struct {
		policy  v1alpha1.DeletionPolicy
		adopted bool
		deleted bool
	}{
		{"", false, !c.Disables}, {v1alpha1.DeletionDelete, false, true}, {v1alpha1.DeletionOrphan, false, false},
		{"", true, false}, {v1alpha1.DeletionDelete, true, true}, {v1alpha1.DeletionOrphan, true, false},
	}
	c.seed(w)
	for _, p := range policies {
		var id string
		o := c.Minimal(w)
		if p.adopted {
			id = c.Twin(w)
			w.Sweep()
			withAdoption(o)
		}
		spec, _ := o.Common()
		spec.DeletionPolicy = p.policy
		w.Create(o)
		w.Settle()
		w.WantReady(o)
		if id != "" && w.ID(o) != id {
			w.Fatalf("adopted %s, want %s", w.ID(o), id)
		}
		id = w.ID(o)
		w.Delete(o)
		w.Settle()
		if w.Exists(o) {
			w.Fatalf("policy %q: the object is still there", p.policy)
		}
		if gone(id) != p.deleted {
			w.Errorf("policy %q, adopted %v: deleted in Looker is %v, want %v", p.policy, p.adopted, gone(id), p.deleted)
		}
		w.Looker.Remove(c.Table, id)
		w.Sweep()
	}
}

// letGo: without its Secret, and without a running process that knows it, an
// object says why it stays, and how to let it go.
func letGo(w *World, c Case) {
	o := c.apply(w, c.Minimal)
	w.Delete(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: w.Namespace, Name: "looker"}})
	w.Start()
	w.Delete(o)
	w.Settle()
	w.WantReason(o, engine.ReasonWaitingForInstance, "Orphan")
	w.setDeletion(o, v1alpha1.DeletionOrphan)
	w.Settle()
	if w.Exists(o) {
		w.Error("Orphan does not let go")
	}
}

func failedDelete(w *World, c Case) {
	o := c.apply(w, c.Minimal)
	id := w.ID(o)
	w.setDeletion(o, v1alpha1.DeletionDelete)
	w.Settle()
	clear := w.Looker.Inject(failing(deleteOp(c), 403, `{"message":"No, says Looker"}`))
	w.Delete(o)
	w.Settle()
	if !w.Exists(o) || w.Looker.Row(c.Table, id) == nil {
		w.Fatal("a refused delete was taken for done")
	}
	w.WantReason(o, engine.ReasonForbidden, "No, says Looker")
	clear()
	w.Clock.Step(time.Hour)
	w.Settle()
	if w.Exists(o) || w.Looker.Row(c.Table, id) != nil {
		w.Error("the delete was not repeated")
	}
}

func goneAlready(w *World, c Case) {
	o := c.apply(w, c.Full)
	w.setDeletion(o, v1alpha1.DeletionDelete)
	w.Settle()
	w.Looker.Remove(c.Table, w.ID(o))
	w.Delete(o)
	w.Settle()
	if w.Exists(o) {
		_, status := o.Common()
		w.Errorf("still there: %s", describe(status))
	}
}

// interrupted: the process is stopped after its first effect, after its second,
// and so on, and the object deleted before the next one starts.
func interrupted(w *World, c Case) {
	c.seed(w)
	rows := len(w.Looker.Rows(c.Table))
	for n := 1; n <= maxEffects; n++ {
		o := c.Full(w)
		spec, _ := o.Common()
		spec.DeletionPolicy = v1alpha1.DeletionDelete
		w.CrashAfter(n)
		w.Create(o)
		w.Settle()
		crashed := w.Crashed()
		w.Start()
		w.Delete(o)
		w.patiently()
		if w.Exists(o) {
			_, status := o.Common()
			w.Fatalf("stopped after effect %d: still there: %s", n, describe(status))
		}
		if got := len(w.Looker.Rows(c.Table)); got != rows {
			w.Fatalf("stopped after effect %d: %d rows of %s are left, want %d", n, got, c.Table, rows)
		}
		w.collectGarbage()
		if !crashed {
			return
		}
	}
	w.Fatalf("more than %d effects", maxEffects)
}

func finalizers(w *World, c Case) {
	const theirs = "example.com/theirs"
	o := c.apply(w, c.Minimal)
	if got := o.GetFinalizers(); !slices.Equal(got, []string{v1alpha1.Finalizer}) {
		w.Fatalf("the finalizers are %v", got)
	}
	w.Edit(o, func() { o.SetFinalizers([]string{theirs, v1alpha1.Finalizer}) })
	w.setDeletion(o, v1alpha1.DeletionOrphan)
	w.Settle()
	w.Delete(o)
	w.Settle()
	w.Force(3)
	w.Refresh(o)
	if got := o.GetFinalizers(); !slices.Equal(got, []string{theirs}) {
		w.Errorf("after the deletion the finalizers are %v", got)
	}
	w.Edit(o, func() { o.SetFinalizers(nil) })
	w.Force(1)
	if w.Exists(o) {
		w.Error("a finalizer came back")
	}
}

// setDeletion changes an object's policy as its user.
func (w *World) setDeletion(o v1alpha1.Object, policy v1alpha1.DeletionPolicy) {
	w.Helper()
	w.Edit(o, func() {
		spec, _ := o.Common()
		spec.DeletionPolicy = policy
	})
}

// deleteOp derives the deleting operation from the updating one: the same path.
func deleteOp(c Case) string { return "DELETE " + c.UpdateOp[len("PATCH "):] }
