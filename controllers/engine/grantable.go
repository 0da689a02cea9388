package engine

import (
	"context"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// checkGrantable refuses an object that points at a role or a folder outside of
// what the instance's owner lets its namespace use. It is decided on the names
// in Looker; for a reference by name it costs no call.
func (r *Reconciler[O, W, L]) checkGrantable(ctx context.Context, p *pass[O, W, L]) error {
	if p.limits == nil {
		return nil
	}
	if _, shapes := any(r.adapter).(RoleShaper); shapes && !p.limits.AllowsRole(v1alpha1.AnyGrantable) {
		return stalled(ReasonNotAllowed, recheck, "spec.access of the LookerInstance limits the roles that this namespace may grant (grantable.roles), and a %s decides what roles may do; its owner can allow any role with \"*\"", looker(r.kind))
	}
	if _, status := p.obj.Common(); status.ID != "" {
		if err := r.checkHeld(ctx, p, status.ID); err != nil {
			return err
		}
	}
	for _, ref := range p.obj.References() {
		if ref.Target.IsZero() {
			continue
		}
		if err := r.checkReference(ctx, p, ref); err != nil {
			return err
		}
	}
	return nil
}

// RoleShaper marks adapters of kinds that decide what roles may do: whoever may
// shape a role that may be granted can grant anything.
type RoleShaper interface{ ShapesRoles() }

func (r *Reconciler[O, W, L]) checkReference(ctx context.Context, p *pass[O, W, L], ref v1alpha1.Reference) error {
	switch ref.Kind {
	case v1alpha1.KindRole:
		if p.limits.AllowsRole(v1alpha1.AnyGrantable) {
			return nil
		}
		name, err := r.nameInLooker(ctx, p, ref, v1alpha1.ByName)
		if err != nil {
			return err
		}
		if !p.limits.AllowsRole(name) {
			return notGrantable(ref.Field, "role "+name, "roles")
		}
	case v1alpha1.KindFolder:
		if p.limits.AllowsFolder(v1alpha1.AnyGrantable) {
			return nil
		}
		path, err := r.nameInLooker(ctx, p, ref, v1alpha1.ByPath)
		if err != nil {
			return err
		}
		if !p.limits.AllowsFolder(path) {
			return notGrantable(ref.Field, "folder "+path, "folders")
		}
	case v1alpha1.KindGroup:
		return r.checkGroup(ctx, p, ref)
	}
	return nil
}

// checkHeld refuses to manage a resource that holds more than the namespace may
// grant: whoever manages a user can act as the user, and whoever manages a group
// decides who has its roles.
func (r *Reconciler[O, W, L]) checkHeld(ctx context.Context, p *pass[O, W, L], id string) error {
	if p.limits == nil || p.limits.AllowsRole(v1alpha1.AnyGrantable) {
		return nil
	}
	holder, ok := any(r.adapter).(RoleHolder[L])
	if !ok {
		return nil
	}
	if err := r.ensure(ctx, p.inst, anyAge); err != nil {
		return err
	}
	rows := r.of(p.inst).all()
	if err := r.checkRoles(ctx, p, "spec", "the "+looker(r.kind)+" with id "+id, holder.RolesOf(rows, id)); err != nil {
		return err
	}
	member, ok := any(r.adapter).(GroupMember[L])
	if !ok {
		return nil
	}
	for _, group := range member.GroupsOf(rows, id) {
		ref := v1alpha1.Reference{Field: "spec", Kind: v1alpha1.KindGroup, Target: v1alpha1.Target{By: v1alpha1.ByID, Value: group}}
		if err := r.checkGroup(ctx, p, ref); err != nil {
			return err
		}
	}
	return nil
}

// GroupMember is implemented by the adapter of users.
type GroupMember[L any] interface {
	// GroupsOf returns the ids of the groups that a row is in.
	GroupsOf(rows map[string]*L, id string) []string
}

// checkRoles refuses what holds a role that the namespace may not grant.
func (r *Reconciler[O, W, L]) checkRoles(ctx context.Context, p *pass[O, W, L], field, what string, roles []string) error {
	for _, role := range roles {
		name, err := r.nameInLooker(ctx, p, v1alpha1.Reference{
			Field: field, Kind: v1alpha1.KindRole, Target: v1alpha1.Target{By: v1alpha1.ByID, Value: role},
		}, v1alpha1.ByName)
		if err != nil {
			return err
		}
		if !p.limits.AllowsRole(name) {
			return notGrantable(field, what+", which holds role "+name, "roles")
		}
	}
	return nil
}

// checkGroup: a group hands its roles to its members.
func (r *Reconciler[O, W, L]) checkGroup(ctx context.Context, p *pass[O, W, L], ref v1alpha1.Reference) error {
	if p.limits.AllowsRole(v1alpha1.AnyGrantable) {
		return nil
	}
	holder, ok := r.registry.collections[v1alpha1.KindGroup].(roleHolder)
	if !ok {
		return stalled(ReasonNotAllowed, recheck, "%s: this release cannot tell which roles a group holds, and spec.access of the LookerInstance limits roles", ref.Field)
	}
	id, err := r.resolveOne(ctx, p, ref)
	if err != nil {
		return err
	}
	roles, err := holder.rolesOf(ctx, p.inst, id)
	if err != nil {
		return err
	}
	return r.checkRoles(ctx, p, ref.Field, "the group "+ref.Target.Value, roles)
}

// roleHolder is a collection whose rows hold roles.
type roleHolder interface {
	rolesOf(ctx context.Context, inst *Instance, id string) ([]string, error)
}

// RoleHolder is implemented by the adapter of groups.
type RoleHolder[L any] interface {
	// RolesOf returns the ids of the roles that a row holds, those that it has
	// from the rows above it included.
	RolesOf(rows map[string]*L, id string) []string
}

func (r *Reconciler[O, W, L]) rolesOf(ctx context.Context, inst *Instance, id string) ([]string, error) {
	holder, ok := any(r.adapter).(RoleHolder[L])
	if !ok {
		return nil, Unsupported("a %s holds no roles", looker(r.kind))
	}
	if err := r.ensure(ctx, inst, anyAge); err != nil {
		return nil, err
	}
	return holder.RolesOf(r.of(inst).all(), id), nil
}

// nameInLooker returns the name or path of what a reference points at.
func (r *Reconciler[O, W, L]) nameInLooker(ctx context.Context, p *pass[O, W, L], ref v1alpha1.Reference, by v1alpha1.TargetBy) (string, error) {
	if ref.Target.By == by {
		return strings.Trim(ref.Target.Value, "/"), nil
	}
	id, err := r.resolveOne(ctx, p, ref)
	if err != nil {
		return "", err
	}
	names := r.registry.collections[ref.Kind]
	if names == nil {
		return "", Unsupported("%s: this release of the operator cannot look up the name of a %s", ref.Field, ref.Kind)
	}
	name, err := names.nameOf(ctx, p.inst, id, by)
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", waiting(ReasonRefNotFound, recheck, "%s: Looker has no %s with id %s", ref.Field, looker(ref.Kind), id)
	}
	return name, nil
}

func notGrantable(field, what, limit string) error {
	return stalled(ReasonNotAllowed, recheck, "%s: spec.access of the LookerInstance does not let this namespace use %s (grantable.%s); its owner can change that", field, what, limit)
}
