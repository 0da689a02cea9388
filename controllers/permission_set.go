package controllers

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

type permissionSetAdapter struct{}

// Desired implements engine.Adapter.
func (permissionSetAdapter) Desired(p *v1alpha1.LookerPermissionSet, _ engine.Inputs) (lookerclient.WritePermissionSet, error) {
	name := p.Name
	if p.Spec.Name != nil {
		name = *p.Spec.Name
	}
	return lookerclient.WritePermissionSet{Name: lookerclient.Set(name), Permissions: textSet(lookerclient.SetPtr(p.Spec.Permissions))}, nil
}

// ShapesRoles implements engine.RoleShaper.
func (permissionSetAdapter) ShapesRoles() {}

// Key implements engine.Adapter.
func (permissionSetAdapter) Key(want lookerclient.WritePermissionSet) lookerclient.WritePermissionSet {
	return lookerclient.WritePermissionSet{Name: want.Name}
}

// Match implements engine.Adapter.
func (permissionSetAdapter) Match(key lookerclient.WritePermissionSet, live *lookerclient.PermissionSet) bool {
	return valueOf(key.Name) == valueOf(live.Name)
}

// ID implements engine.Adapter.
func (permissionSetAdapter) ID(live *lookerclient.PermissionSet) string { return string(live.ID) }

// List implements engine.Lister.
func (permissionSetAdapter) List(ctx context.Context, c *lookerclient.Client) iter.Seq2[*lookerclient.PermissionSet, error] {
	return c.PermissionSets.List(ctx)
}

// Targets implements engine.Namer.
func (permissionSetAdapter) Targets(rows map[string]*lookerclient.PermissionSet) map[v1alpha1.Target][]string {
	return byName(func(p *lookerclient.PermissionSet) string { return valueOf(p.Name) })(rows)
}

// Get implements engine.Adapter.
func (permissionSetAdapter) Get(ctx context.Context, c *lookerclient.Client, id string) (*lookerclient.PermissionSet, error) {
	return c.PermissionSets.Get(ctx, lookerclient.ID(id))
}

// Normalize implements engine.Normalizer: Looker sorts what it is sent, and keeps
// its own order where it was not.
func (permissionSetAdapter) Normalize(_ *lookerclient.WritePermissionSet, live *lookerclient.PermissionSet) {
	live.Permissions = textSet(live.Permissions)
}

// Create implements engine.Adapter.
func (permissionSetAdapter) Create(ctx context.Context, c *lookerclient.Client, want lookerclient.WritePermissionSet) (*lookerclient.PermissionSet, error) {
	live, err := c.PermissionSets.Create(ctx, want)
	return live, explainPermissions(ctx, c, valueOf(want.Permissions), err)
}

// Update implements engine.Adapter.
func (permissionSetAdapter) Update(ctx context.Context, c *lookerclient.Client, live *lookerclient.PermissionSet, patch lookerclient.WritePermissionSet) (*lookerclient.PermissionSet, error) {
	updated, err := c.PermissionSets.Update(ctx, live.ID, patch)
	return updated, explainPermissions(ctx, c, valueOf(patch.Permissions), err)
}

// Delete implements engine.Adapter.
func (permissionSetAdapter) Delete(ctx context.Context, c *lookerclient.Client, id string) error {
	err := checkNoRoleUses(ctx, c, "permission set", id, func(r lookerclient.Role) lookerclient.Optional[lookerclient.ID] { return r.PermissionSetID })
	if err != nil {
		return err
	}
	return c.PermissionSets.Delete(ctx, lookerclient.ID(id))
}

// Guard implements engine.Guard. That Looker says a set may be updated means
// nothing: it says so of its own, too.
func (permissionSetAdapter) Guard(_ engine.Self, live *lookerclient.PermissionSet, _ *lookerclient.WritePermissionSet) error {
	return guardSet("permission set", live.ID, live.BuiltIn, live.AllAccess)
}

// explainPermissions names the permissions that this Looker does not have, and
// those that others need, where it refused a set. Which there are depends on its
// release and licence; it is asked only then.
func explainPermissions(ctx context.Context, c *lookerclient.Client, permissions []string, cause error) error {
	if len(permissions) == 0 || !lookerclient.IsInvalid(cause) {
		return cause
	}
	known, err := c.PermissionSets.Permissions(ctx)
	if err != nil {
		return fmt.Errorf("spec.permissions: %w (which permissions this Looker has could not be read: %s)", cause, err.Error())
	}
	parents := make(map[string]string, len(known))
	for _, p := range known {
		parents[p.Permission] = valueOf(p.Parent)
	}
	var unknown, lacking []string
	for _, p := range permissions {
		parent, ok := parents[p]
		switch {
		case !ok:
			unknown = append(unknown, p)
		case parent != "" && !slices.Contains(permissions, parent):
			lacking = append(lacking, p+" needs "+parent)
		}
	}
	var found []string
	if len(unknown) > 0 {
		found = append(found, "this Looker does not have "+strings.Join(unknown, ", ")+"; take it out, or check its spelling and the licence")
	}
	if len(lacking) > 0 {
		found = append(found, strings.Join(lacking, ", ")+"; add what is needed")
	}
	if len(found) == 0 {
		return cause
	}
	return fmt.Errorf("spec.permissions: %s: %w", strings.Join(found, "; "), cause)
}

// guardSet refuses to change or delete a set that is Looker's own. A set that is
// about to be made is not.
func guardSet(what string, id lookerclient.ID, builtIn, allAccess lookerclient.Optional[bool]) error {
	if isTrue(builtIn) || isTrue(allAccess) {
		return engine.Refuse("%s %s is built into Looker; the operator never changes or deletes it", what, id)
	}
	return nil
}

// checkNoRoleUses refuses to delete a set that a role still has. Whether Looker
// would refuse it is not certain; if not, the role would be left without.
func checkNoRoleUses(ctx context.Context, c *lookerclient.Client, what, id string, set func(lookerclient.Role) lookerclient.Optional[lookerclient.ID]) error {
	var users []string
	for role, err := range c.Roles.List(ctx) {
		if err != nil {
			return err
		}
		if held, ok := set(withSetIDs(*role)).Get(); ok && string(held) == id {
			users = append(users, fmt.Sprintf("%s (id %s)", valueOf(role.Name), role.ID))
		}
	}
	if len(users) == 0 {
		return nil
	}
	slices.Sort(users)
	return engine.Refuse("the %s %s is still used by the role %s in Looker; give the role another one, or set spec.deletionPolicy to Orphan", what, id, strings.Join(users, ", "))
}

// textSet returns the texts sorted, each once.
func textSet(in lookerclient.Optional[[]string]) lookerclient.Optional[[]string] {
	list, ok := in.Get()
	if !ok {
		return in
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return lookerclient.Set(append([]string{}, slices.Compact(list)...))
}
