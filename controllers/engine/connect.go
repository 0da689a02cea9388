package engine

import (
	"context"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// connect finds the connection to the object's instance, and checks that the
// instance's owner lets this object use it.
func (r *Reconciler[O, W, L]) connect(ctx context.Context, p *pass[O, W, L]) error {
	spec, _ := p.obj.Common()
	key := instanceKey(p.obj, spec)
	var owner v1alpha1.LookerInstance
	if err := r.Client.Get(ctx, key, &owner); err != nil {
		if apierrors.IsNotFound(err) {
			return waiting(ReasonWaitingForInstance, 0, "spec.instanceRef: there is no LookerInstance %s; create it", key)
		}
		return err
	}
	if err := r.checkAccess(ctx, p, &owner); err != nil {
		return err
	}
	inst, known, problem := r.Pool.Get(key)
	if !known {
		return errParked // the pool wakes all objects of an instance once it was looked at
	}
	if problem != nil {
		if isReady(p.obj) || readyReason(p.obj) == ReasonLookerUnavailable {
			return errParked // nothing is to be done, or the object says already why it is not
		}
		return waiting(ReasonWaitingForInstance, 0, "LookerInstance %s cannot be used: %s", key, problem)
	}
	p.inst = inst
	return nil
}

func (r *Reconciler[O, W, L]) instanceExists(key types.NamespacedName) bool {
	var owner v1alpha1.LookerInstance
	return r.Client.Get(context.Background(), key, &owner) == nil
}

// checkAccess applies spec.access of the instance. Absent means its own
// namespace and everything; a consumer can never grant itself.
func (r *Reconciler[O, W, L]) checkAccess(ctx context.Context, p *pass[O, W, L], owner *v1alpha1.LookerInstance) error {
	obj := p.obj
	if owner.Spec.Access == nil {
		if obj.GetNamespace() == owner.Namespace {
			return nil
		}
		return stalled(ReasonNotAllowed, recheck, "LookerInstance %s/%s does not let namespace %s use it; its owner can grant that in spec.access",
			owner.Namespace, owner.Name, obj.GetNamespace())
	}
	var namespace corev1.Namespace
	if err := r.Client.Get(ctx, types.NamespacedName{Name: obj.GetNamespace()}, &namespace); err != nil {
		return err
	}
	var limits []*v1alpha1.Grantable
	for _, grant := range *owner.Spec.Access {
		ok, err := grant.Covers(r.kind, namespace.Name, namespace.Labels)
		if err != nil {
			return stalled(ReasonNotAllowed, recheck, "spec.access of LookerInstance %s/%s has an invalid selector: %w", owner.Namespace, owner.Name, err)
		}
		if ok {
			limits = append(limits, grant.Grantable)
		}
	}
	if len(limits) > 0 {
		p.limits = union(limits)
		return nil
	}
	return stalled(ReasonNotAllowed, recheck, "spec.access of LookerInstance %s/%s does not allow a %s in namespace %s; its owner can change that",
		owner.Namespace, owner.Name, r.kind, obj.GetNamespace())
}

// union is what several grants allow together; nil where one sets no limit.
func union(limits []*v1alpha1.Grantable) *v1alpha1.Grantable {
	all := &v1alpha1.Grantable{}
	for _, l := range limits {
		if l == nil {
			return nil
		}
		all.Roles = append(all.Roles, l.Roles...)
		all.Folders = append(all.Folders, l.Folders...)
	}
	return all
}
