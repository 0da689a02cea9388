package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// A name that leads nowhere is looked for again in a list at most this old.
const lookupAge = 30 * time.Second

// resolve turns the references of an object into Looker ids.
func (r *Reconciler[O, W, L]) resolve(ctx context.Context, p *pass[O, W, L]) error {
	r.setLooking(keyOf(p.obj), false)
	references := p.obj.References()
	p.in.ids = make(map[targetOfKind]string, len(references))
	for _, ref := range references {
		key := targetOfKind{ref.Kind, ref.Target}
		if ref.Target.IsZero() || p.in.ids[key] != "" {
			continue
		}
		id, err := r.resolveOne(ctx, p, ref)
		if ref.Soft && ref.Target.By == v1alpha1.ByRef && isWaiting(err) {
			p.incomplete = cmp.Or(p.incomplete, err)
			continue
		}
		if err != nil {
			return err
		}
		p.in.ids[key] = id
	}
	return nil
}

func (r *Reconciler[O, W, L]) resolveOne(ctx context.Context, p *pass[O, W, L], ref v1alpha1.Reference) (string, error) {
	switch ref.Target.By {
	case v1alpha1.ByID:
		return ref.Target.Value, nil
	case v1alpha1.ByRef:
		return r.followRef(ctx, p.obj, ref)
	}
	key := lookupKey(ref.Kind, ref.Target)
	id, err := r.lookUp(ctx, p, ref, key)
	if err == nil {
		if p.lookups == nil {
			p.lookups = map[string]string{}
		}
		p.lookups[key] = id
	}
	return id, err
}

// followRef returns the id of another object of this API.
func (r *Reconciler[O, W, L]) followRef(ctx context.Context, obj O, ref v1alpha1.Reference) (string, error) {
	target := r.registry.byName[ref.Kind]
	if target == nil {
		return "", Unsupported("%s: this release of the operator has no kind %s; refer to it by name or id", ref.Field, ref.Kind)
	}
	other := target.object()
	key := types.NamespacedName{Namespace: obj.GetNamespace(), Name: ref.Target.Value}
	// The cache's own copy, which is only read: a role may refer to hundreds of users.
	if err := r.Client.Get(ctx, key, other, client.UnsafeDisableDeepCopy); err != nil {
		if apierrors.IsNotFound(err) {
			return "", waiting(ReasonWaitingForRef, 0, "%s: there is no %s %q in namespace %s yet; apply it, or refer to it otherwise",
				ref.Field, ref.Kind, ref.Target.Value, obj.GetNamespace())
		}
		return "", err
	}
	mine, _ := obj.Common()
	theirs, status := other.Common()
	if instanceKey(obj, mine) != instanceKey(other, theirs) {
		return "", Invalid("%s: %s %q belongs to another LookerInstance (%s)", ref.Field, ref.Kind, ref.Target.Value, theirs.InstanceRef.Name)
	}
	if status.ID == "" {
		return "", waiting(ReasonWaitingForRef, 0, "%s: %s %q has no id in Looker yet", ref.Field, ref.Kind, ref.Target.Value)
	}
	return status.ID, nil
}

// lookUp finds the id behind a name, a path or an e-mail address. A name that
// was resolved before costs no call until the next list shows otherwise.
func (r *Reconciler[O, W, L]) lookUp(ctx context.Context, p *pass[O, W, L], ref v1alpha1.Reference, key string) (string, error) {
	names := r.registry.collections[ref.Kind]
	if names == nil {
		return "", Unsupported("%s: this release of the operator cannot look up a %s by %s; use id", ref.Field, ref.Kind, ref.Target.By)
	}
	_, status := p.obj.Common()
	if known := status.Lookups[key]; known != "" && !names.listed(p.inst) {
		return known, nil
	}
	target := normalTarget(ref.Target)
	ids, err := names.lookup(ctx, p.inst, target, anyAge)
	if err == nil && len(ids) == 0 {
		// Noted before it is looked again: what is made from now on wakes the object.
		r.setLooking(keyOf(p.obj), true)
		ids, err = names.lookup(ctx, p.inst, target, lookupAge)
	}
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		after := time.Duration(0) // the next sweep lists the kind again
		if !p.inst.Drift().Enabled {
			after = time.Hour
		}
		return "", waiting(ReasonRefNotFound, after, "%s: Looker has no %s with %s %q", ref.Field, looker(ref.Kind), ref.Target.By, ref.Target.Value)
	case len(ids) > 1:
		return "", stalled(ReasonRefNotFound, recheck, "%s: Looker has %d of %s with %s %q (ids %v); use id instead",
			ref.Field, len(ids), looker(ref.Kind), ref.Target.By, ref.Target.Value, ids)
	}
	return ids[0], nil
}

// lookupKey names a reference in a status.
func lookupKey(kind string, t v1alpha1.Target) string {
	return kind + "/" + string(t.By) + "/" + t.Value
}

// wakeLookups implements manager.
func (r *Reconciler[O, W, L]) wakeLookups(ctx context.Context, inst *Instance, kind string) error {
	names := r.registry.collections[kind]
	if names == nil || !names.listed(inst) {
		return nil
	}
	objects, err := r.listByIndex(ctx, indexLookups, instanceIndex(inst.Key)+"/"+kind)
	if err != nil {
		return err
	}
	for _, obj := range objects {
		waits := r.isLooking(keyOf(obj)) || readyReason(obj) == ReasonRefNotFound
		moved, err := movedLookup(ctx, names, inst, obj, waits)
		if err != nil {
			return err
		}
		if moved {
			r.wake(keyOf(obj), rankDependency)
		}
	}
	return nil
}

// movedLookup reports whether one of an object's names leads elsewhere now. One
// that led nowhere is of interest to an object that waits for it. Others have not
// looked yet, and will: each new folder would wake all that are still to be made.
func movedLookup(ctx context.Context, names Collection, inst *Instance, obj v1alpha1.Object, waits bool) (bool, error) {
	_, status := obj.Common()
	for _, ref := range obj.References() {
		if ref.Kind != names.Kind() || !isLookup(ref.Target) {
			continue
		}
		ids, err := names.lookup(ctx, inst, normalTarget(ref.Target), anyAge)
		if err != nil {
			return false, err
		}
		known, one := status.Lookups[lookupKey(ref.Kind, ref.Target)], len(ids) == 1
		switch {
		case known == "" && one && waits, known != "" && (!one || ids[0] != known):
			return true, nil
		}
	}
	return false, nil
}

// setLooking notes whether an object has just looked for a name and not found it.
// Its status says so only later.
func (r *Reconciler[O, W, L]) setLooking(key types.NamespacedName, looking bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if looking {
		r.looking[key] = true
	} else {
		delete(r.looking, key)
	}
}

func (r *Reconciler[O, W, L]) isLooking(key types.NamespacedName) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.looking[key]
}

func isLookup(t v1alpha1.Target) bool {
	return !t.IsZero() && t.By != v1alpha1.ByID && t.By != v1alpha1.ByRef
}

// checkUnused fails while other objects point at this one by ref.
func (r *Reconciler[O, W, L]) checkUnused(ctx context.Context, obj O) error {
	found := map[string][]string{}
	total := 0
	for _, m := range r.registry.managers {
		names, err := m.users(ctx, r.kind, obj.GetNamespace(), obj.GetName())
		if err != nil {
			return err
		}
		if len(names) > 0 {
			found[m.Kind()] = names
			total += len(names)
		}
	}
	if total == 0 {
		return nil
	}
	return waiting(ReasonInUse, 0, "%d objects still refer to this one: %s; it is deleted when they are gone or refer to something else",
		total, summarize(found))
}

// users implements manager. An object that is being deleted still counts: it
// may need the target to clean up. It does not where it only refers softly, or
// two that refer to each other could never be deleted together.
func (r *Reconciler[O, W, L]) users(ctx context.Context, kind, namespace, name string) ([]string, error) {
	objects, err := r.listByIndex(ctx, indexReferences, referenceIndex(kind, namespace, name))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, obj := range objects {
		self := kind == r.kind && obj.GetName() == name && obj.GetNamespace() == namespace
		alive := obj.GetDeletionTimestamp().IsZero()
		if !self && (alive || !refersSoftly(obj, kind, name)) {
			out = append(out, obj.GetName())
		}
	}
	return out, nil
}

// refersSoftly reports whether no reference of an object to another one by ref is
// one that it cannot do without.
func refersSoftly(obj v1alpha1.Object, kind, name string) bool {
	return !slices.ContainsFunc(obj.References(), func(ref v1alpha1.Reference) bool {
		return !ref.Soft && ref.Kind == kind && ref.Target == v1alpha1.Target{By: v1alpha1.ByRef, Value: name}
	})
}

// secrets reads the Secrets that an object refers to.
func (r *Reconciler[O, W, L]) secrets(ctx context.Context, p *pass[O, W, L]) error {
	values, err := readSecrets(ctx, r.Reader, p.obj.GetNamespace(), p.obj.SecretReferences())
	p.in.secrets = values
	return err
}

// storeLookups puts the resolved names into the status, if they changed.
func storeLookups(status *v1alpha1.CommonStatus, lookups map[string]string) {
	if !maps.Equal(status.Lookups, lookups) {
		status.Lookups = lookups
	}
}
