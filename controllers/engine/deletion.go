package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// delete undoes in Looker what the object owns, as its policy says, then lets
// the object go.
func (r *Reconciler[O, W, L]) delete(ctx context.Context, p *pass[O, W, L]) error {
	if !controllerutil.ContainsFinalizer(p.obj, v1alpha1.Finalizer) {
		return nil
	}
	if err := r.checkUnused(ctx, p.obj); err != nil {
		return err
	}
	policy := r.deletionPolicy(p.obj)
	if policy == v1alpha1.DeletionOrphan {
		if err := r.orphanMinted(ctx, p); err != nil {
			return err
		}
	} else if r.ownsAnything(p.obj) {
		if err := r.undo(ctx, p, policy); err != nil {
			return err
		}
	}
	if err := patchFinalizer(ctx, r.Client, p.obj, false); err != nil {
		return fmt.Errorf("remove finalizer: %w", err)
	}
	spec, status := p.obj.Common()
	if inst, _, _ := r.Pool.Get(instanceKey(p.obj, spec)); inst != nil && status.ID != "" {
		r.release(inst, status.ID, p.obj.GetUID())
	}
	r.forgetKey(keyOf(p.obj))
	return nil
}

// deletionPolicy is what the spec says, or else: what the operator created is
// deleted or disabled, what it adopted stays, and what it only observes it
// leaves alone in any case.
func (r *Reconciler[O, W, L]) deletionPolicy(obj O) v1alpha1.DeletionPolicy {
	spec, status := obj.Common()
	switch {
	case spec.ManagementPolicy == v1alpha1.ManagementObserve, r.abilities.singleton != nil:
		return v1alpha1.DeletionOrphan
	case spec.DeletionPolicy != "":
		return spec.DeletionPolicy
	case status.Origin == v1alpha1.OriginAdopted:
		return v1alpha1.DeletionOrphan
	case r.abilities.disabler != nil:
		return v1alpha1.DeletionDisable
	}
	return v1alpha1.DeletionDelete
}

func (r *Reconciler[O, W, L]) ownsAnything(obj O) bool {
	_, status := obj.Common()
	_, unstored := r.unstored(obj.GetUID())
	return status.ID != "" || status.Creating != nil || unstored
}

// undo deletes or disables the resource. Without Looker it cannot; the error
// then says how to let go.
func (r *Reconciler[O, W, L]) undo(ctx context.Context, p *pass[O, W, L], policy v1alpha1.DeletionPolicy) (err error) {
	if err := r.connectForDeletion(p); err != nil {
		return err
	}
	ctx, turn := r.enter(ctx, p)
	defer func() { p.inst.Gate.leave(turn, err) }()
	id, err := r.ownedID(ctx, p)
	if err != nil || id == "" {
		return err
	}
	if other, err := r.owner(ctx, p.inst, id, p.obj); err != nil || other != "" {
		return err // that object manages it now
	}
	if r.abilities.guard != nil {
		live, err := r.adapter.Get(ctx, p.inst.Client, id)
		if lookerclient.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.checkGuard(ctx, p, live, nil); err != nil {
			return fmt.Errorf("%w; set spec.deletionPolicy to Orphan to delete only this object", err)
		}
	}
	if err := r.revokeMinted(ctx, p, id); err != nil {
		return err
	}
	return r.remove(ctx, p, id, policy)
}

func (r *Reconciler[O, W, L]) remove(ctx context.Context, p *pass[O, W, L], id string, policy v1alpha1.DeletionPolicy) error {
	if policy == v1alpha1.DeletionDisable {
		err := r.abilities.disabler.Disable(ctx, p.inst.Client, id)
		if err != nil && !lookerclient.IsNotFound(err) {
			return err
		}
		r.of(p.inst).forget(id)
		r.event(p.obj, "Disabled", "Disable", "disabled %s %s in Looker", looker(r.kind), id)
		return nil
	}
	if r.abilities.container != nil && policy != v1alpha1.DeletionDeleteWithContents {
		contents, err := r.abilities.container.Contents(ctx, p.inst.Client, id)
		if lookerclient.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(contents) > 0 {
			return waiting(ReasonNotEmpty, recheck, "the %s %s still holds %s; move them elsewhere, or set spec.deletionPolicy to DeleteWithContents or Orphan",
				looker(r.kind), id, strings.Join(contents, ", "))
		}
	}
	if err := r.adapter.Delete(ctx, p.inst.Client, id); err != nil && !lookerclient.IsNotFound(err) {
		return err
	}
	r.of(p.inst).forget(id)
	r.event(p.obj, "Deleted", "Delete", "deleted %s %s in Looker", looker(r.kind), id)
	return nil
}

// ownedID returns the id of what the object owns: the stored one or, after an
// interrupted create, the one that is found. Empty means that there is nothing.
func (r *Reconciler[O, W, L]) ownedID(ctx context.Context, p *pass[O, W, L]) (string, error) {
	_, status := p.obj.Common()
	if status.ID != "" {
		return status.ID, nil
	}
	if id, ok := r.unstored(p.obj.GetUID()); ok {
		return id, nil
	}
	var key W
	if err := json.Unmarshal([]byte(status.Creating.Key), &key); err != nil {
		return "", fmt.Errorf("status.creating.key: %w", err)
	}
	found, err := r.search(ctx, p, key)
	if err != nil {
		return "", err
	}
	free, _, err := r.split(ctx, p, found)
	switch {
	case err != nil:
		return "", err
	case len(free) == 1:
		return r.adapter.ID(free[0]), nil
	case len(free) > 1:
		return "", stalled(ReasonAmbiguousCreate, recheck, "a create was interrupted, and Looker has %d that it may have made (ids %s); remove all but one in Looker, or set spec.deletionPolicy to Orphan",
			len(free), list(r.ids(free)))
	}
	if left := visibility - r.Clock.Since(status.Creating.At.Time); left > 0 {
		return "", waiting(ReasonProgressing, left, "a create was interrupted; making sure that it left nothing in Looker")
	}
	return "", nil
}

// connectForDeletion uses the last connection there was, even if its Secret or
// the LookerInstance is gone by now.
func (r *Reconciler[O, W, L]) connectForDeletion(p *pass[O, W, L]) error {
	spec, _ := p.obj.Common()
	key := instanceKey(p.obj, spec)
	inst, known, problem := r.Pool.Get(key)
	if inst == nil {
		if !known && r.instanceExists(key) {
			return errParked
		}
		why := "does not exist"
		if problem != nil {
			why = "cannot be used: " + problem.Error()
		}
		return waiting(ReasonWaitingForInstance, 0,
			"cannot delete in Looker: LookerInstance %s %s; repair it, or set spec.deletionPolicy to Orphan to leave the %s in Looker", key, why, looker(r.kind))
	}
	p.inst = inst
	return nil
}

// AddFinalizer adds our finalizer.
func AddFinalizer(ctx context.Context, c client.Client, obj client.Object) error {
	return patchFinalizer(ctx, c, obj, true)
}

// RemoveFinalizer removes our finalizer, and only ours.
func RemoveFinalizer(ctx context.Context, c client.Client, obj client.Object) error {
	return patchFinalizer(ctx, c, obj, false)
}

// patchFinalizer adds or removes our finalizer, and only ours, on exactly this
// version of the list: a plain merge would undo what others do to theirs.
func patchFinalizer(ctx context.Context, c client.Client, obj client.Object, on bool) error {
	finalizers := obj.GetFinalizers()
	i := slices.Index(finalizers, v1alpha1.Finalizer)
	if on == (i >= 0) {
		return nil
	}
	type op struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value any    `json:"value,omitempty"`
	}
	var ops []op
	switch {
	case on && len(finalizers) == 0:
		ops = []op{{"test", "/metadata/resourceVersion", obj.GetResourceVersion()}, {"add", "/metadata/finalizers", []string{v1alpha1.Finalizer}}}
	case on:
		ops = []op{{"add", "/metadata/finalizers/-", v1alpha1.Finalizer}}
	default:
		path := fmt.Sprintf("/metadata/finalizers/%d", i)
		ops = []op{{"test", path, v1alpha1.Finalizer}, {"remove", path, nil}}
	}
	data, err := json.Marshal(ops)
	if err != nil {
		return fmt.Errorf("encode patch: %w", err)
	}
	err = c.Patch(ctx, obj, client.RawPatch(types.JSONPatchType, data))
	switch {
	case !on && apierrors.IsNotFound(err):
		return nil
	case apierrors.IsInvalid(err): // a test in the patch failed
		return errStale
	}
	return err
}
