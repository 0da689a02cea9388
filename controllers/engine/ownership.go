package engine

import (
	"context"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// take claims a resource for an object within this process, where the cache may
// not show yet who has it. It fails if another object was faster.
func (r *Reconciler[O, W, L]) take(inst *Instance, id string, uid types.UID) bool {
	key := instanceIndex(inst.Key) + "/" + id
	r.mu.Lock()
	defer r.mu.Unlock()
	if owner, ok := r.owners[key]; ok && owner != uid {
		return false
	}
	r.owners[key] = uid
	return true
}

func (r *Reconciler[O, W, L]) release(inst *Instance, id string, uid types.UID) {
	key := instanceIndex(inst.Key) + "/" + id
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.owners[key] == uid {
		delete(r.owners, key)
	}
}

// owner names the other object that manages the resource with an id, if any.
func (r *Reconciler[O, W, L]) owner(ctx context.Context, inst *Instance, id string, self O) (string, error) {
	objects, err := r.listByID(ctx, inst.Key, id)
	if err != nil {
		return "", err
	}
	for _, other := range objects {
		if other.GetUID() != self.GetUID() {
			return r.describe(other), nil
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	uid, ok := r.owners[instanceIndex(inst.Key)+"/"+id]
	if !ok || uid == self.GetUID() {
		return "", nil
	}
	return "another " + r.kind, nil
}

// checkOwner fails if an older object has the same id: two can have written it
// when the operator did not run, or when a status was copied.
func (r *Reconciler[O, W, L]) checkOwner(ctx context.Context, p *pass[O, W, L], id string) error {
	objects, err := r.listByID(ctx, p.inst.Key, id)
	if err != nil {
		return err
	}
	for _, other := range objects {
		if other.GetUID() != p.obj.GetUID() && older(other, p.obj) {
			return stalled(ReasonOwnedByAnother, 0, "%s manages the %s with id %s already; this object takes over when that one is gone",
				r.describe(other), looker(r.kind), id)
		}
	}
	r.mu.Lock()
	r.owners[instanceIndex(p.inst.Key)+"/"+id] = p.obj.GetUID()
	r.mu.Unlock()
	return nil
}

// checkFields fails if an older object claims a field of a settings object too.
func (r *Reconciler[O, W, L]) checkFields(ctx context.Context, p *pass[O, W, L]) error {
	objects, err := r.listByIndex(ctx, indexInstance, instanceIndex(p.inst.Key))
	if err != nil {
		return err
	}
	mine := r.abilities.singleton.Fields(p.obj)
	for _, other := range objects {
		if other.GetUID() == p.obj.GetUID() || !older(other, p.obj) || !other.GetDeletionTimestamp().IsZero() {
			continue
		}
		if spec, _ := other.Common(); spec.ManagementPolicy == v1alpha1.ManagementObserve {
			continue
		}
		if both := overlap(mine, r.abilities.singleton.Fields(other)); len(both) > 0 {
			return stalled(ReasonOwnedByAnother, 0, "%s sets %s already; remove it from one of the two", r.describe(other), list(both))
		}
	}
	return nil
}

// overlap returns the paths of a that are in b, or above or below one of b's.
func overlap(a, b []string) []string {
	var out []string
	for _, x := range a {
		if slices.ContainsFunc(b, func(y string) bool {
			return x == y || strings.HasPrefix(x, y+".") || strings.HasPrefix(y, x+".")
		}) {
			out = append(out, x)
		}
	}
	return out
}

func older(a, b v1alpha1.Object) bool {
	ta, tb := a.GetCreationTimestamp(), b.GetCreationTimestamp()
	if !ta.Equal(&tb) {
		return ta.Before(&tb)
	}
	return a.GetUID() < b.GetUID() // arbitrary, but the same for both
}

func (r *Reconciler[O, W, L]) describe(obj O) string {
	return r.kind + " " + obj.GetNamespace() + "/" + obj.GetName()
}

// wakeRivals queues the objects that may take over what a deleted one had.
func (r *Reconciler[O, W, L]) wakeRivals(ctx context.Context, instance types.NamespacedName) error {
	objects, err := r.listByIndex(ctx, indexInstance, instanceIndex(instance))
	if err != nil {
		return err
	}
	for _, obj := range objects {
		if readyReason(obj) == ReasonOwnedByAnother {
			r.wake(keyOf(obj), rankDependency)
		}
	}
	return nil
}
