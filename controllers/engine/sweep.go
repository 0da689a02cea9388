package engine

import (
	"context"
	"slices"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// Sweep compares all objects of one kind with Looker, reading all that they
// manage. It reports whether there was anything to compare.
func (r *Registry) Sweep(ctx context.Context, inst *Instance, kind string) (bool, error) {
	ctx, _ = withSweep(ctx, whole)
	return r.sweep(ctx, inst, kind)
}

// uses reports whether a sweep of a kind has anything to compare.
func (r *Registry) uses(ctx context.Context, inst *Instance, kind string) bool {
	if m := r.byName[kind]; m != nil {
		if used, err := m.used(ctx, inst.Key); err != nil || used {
			return true
		}
	}
	looked, err := r.lookedUp(ctx, inst, kind)
	return err != nil || looked
}

// lookedUp reports whether an object of the instance refers to a kind by name.
func (r *Registry) lookedUp(ctx context.Context, inst *Instance, kind string) (bool, error) {
	for _, m := range r.managers {
		if looks, err := m.looksUp(ctx, inst.Key, kind); err != nil || looks {
			return looks, err
		}
	}
	return false, nil
}

// sweep compares all objects of one kind with Looker, or, for a kind without
// custom resources, refreshes the names that others refer to.
func (r *Registry) sweep(ctx context.Context, inst *Instance, kind string) (bool, error) {
	if m := r.byName[kind]; m != nil {
		did, err := m.sweep(ctx, inst)
		if err != nil {
			return did, err
		}
		if did {
			return true, r.wakeLookups(ctx, inst, kind)
		}
	}
	needed, err := r.lookedUp(ctx, inst, kind)
	if err != nil || !needed {
		return false, err
	}
	if err := r.collections[kind].refresh(ctx, inst); err != nil {
		return true, err
	}
	return true, r.wakeLookups(ctx, inst, kind)
}

// sweep implements manager.
func (r *Reconciler[O, W, L]) sweep(ctx context.Context, inst *Instance) (bool, error) {
	objects, err := r.listByIndex(ctx, indexInstance, instanceIndex(inst.Key))
	if err != nil {
		return false, err
	}
	if len(objects) == 0 {
		r.drop(inst) // nobody keeps it up to date any more
		return false, nil
	}
	if err := r.relook(ctx, inst); err != nil {
		return true, err
	}
	for _, obj := range objects {
		_, status := obj.Common()
		if status.ID == "" {
			if waitsForLooker(obj) {
				r.wake(keyOf(obj), rankSweep)
			}
			continue
		}
		different, err := r.differs(inst, obj)
		if err != nil {
			return true, err
		}
		if different {
			r.wake(keyOf(obj), rankSweep)
		}
	}
	return true, nil
}

// waitsForLooker reports whether an object without a resource may get one when
// somebody changes Looker by hand. To look again costs no call after a list.
func waitsForLooker(obj v1alpha1.Object) bool {
	switch readyReason(obj) {
	case ReasonAlreadyExists, ReasonAmbiguousAdoption, ReasonMissing:
		return true
	}
	return false
}

// relook reads the whole kind again, with those parts of it that are managed.
func (r *Reconciler[O, W, L]) relook(ctx context.Context, inst *Instance) error {
	if r.list != nil {
		if err := r.refresh(ctx, inst); err != nil {
			return err
		}
	} else if r.abilities.singleton != nil {
		r.of(inst).put(r.abilities.singleton.SingletonID(), new(L))
	}
	if r.abilities.completer == nil {
		return nil
	}
	return r.complete(ctx, inst)
}

// rotating implements manager.
func (r *Reconciler[O, W, L]) rotating(inst *Instance) (calls int64) {
	if r.abilities.rotator == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.memos {
		if m.instance == inst.Key {
			calls += r.abilities.rotator.ReadCalls(m.want)
		}
	}
	return calls
}

func (r *Reconciler[O, W, L]) memosOf(inst *Instance) []*memo[W] {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*memo[W]
	for _, m := range r.memos {
		if m.instance == inst.Key {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *memo[W]) int { return cmpKeys(a.key, b.key) })
	return out
}

// differs reports whether an object must be reconciled after a new list.
func (r *Reconciler[O, W, L]) differs(inst *Instance, obj O) (bool, error) {
	_, status := obj.Common()
	r.mu.Lock()
	m := r.memos[obj.GetUID()]
	r.mu.Unlock()
	row, ok := r.of(inst).get(status.ID)
	if m == nil || !ok || readyReason(obj) == ReasonDrifted {
		return true, nil
	}
	changes, err := r.fields(m.want, row, status.StoredAs)
	if err != nil {
		return false, err
	}
	ready := isReady(obj)
	if ready && r.abilities.rotator != nil {
		changes = onlyRead(changes) // the rest comes when it is its turn
	}
	return (len(certain(changes)) > 0) == ready, nil
}
