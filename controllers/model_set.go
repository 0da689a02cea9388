package controllers

import (
	"context"
	"iter"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

type modelSetAdapter struct{}

// Desired implements engine.Adapter. The models need not exist.
func (modelSetAdapter) Desired(m *v1alpha1.LookerModelSet, _ engine.Inputs) (lookerclient.WriteModelSet, error) {
	name := m.Name
	if m.Spec.Name != nil {
		name = *m.Spec.Name
	}
	return lookerclient.WriteModelSet{Name: lookerclient.Set(name), Models: textSet(lookerclient.SetPtr(m.Spec.Models))}, nil
}

// ShapesRoles implements engine.RoleShaper.
func (modelSetAdapter) ShapesRoles() {}

// Key implements engine.Adapter.
func (modelSetAdapter) Key(want lookerclient.WriteModelSet) lookerclient.WriteModelSet {
	return lookerclient.WriteModelSet{Name: want.Name}
}

// Match implements engine.Adapter.
func (modelSetAdapter) Match(key lookerclient.WriteModelSet, live *lookerclient.ModelSet) bool {
	return valueOf(key.Name) == valueOf(live.Name)
}

// ID implements engine.Adapter.
func (modelSetAdapter) ID(live *lookerclient.ModelSet) string { return string(live.ID) }

// List implements engine.Lister.
func (modelSetAdapter) List(ctx context.Context, c *lookerclient.Client) iter.Seq2[*lookerclient.ModelSet, error] {
	return c.ModelSets.List(ctx)
}

// Targets implements engine.Namer.
func (modelSetAdapter) Targets(rows map[string]*lookerclient.ModelSet) map[v1alpha1.Target][]string {
	return byName(func(m *lookerclient.ModelSet) string { return valueOf(m.Name) })(rows)
}

// Get implements engine.Adapter.
func (modelSetAdapter) Get(ctx context.Context, c *lookerclient.Client, id string) (*lookerclient.ModelSet, error) {
	return c.ModelSets.Get(ctx, lookerclient.ID(id))
}

// Normalize implements engine.Normalizer: the order means nothing.
func (modelSetAdapter) Normalize(_ *lookerclient.WriteModelSet, live *lookerclient.ModelSet) {
	live.Models = textSet(live.Models)
}

// Create implements engine.Adapter.
func (modelSetAdapter) Create(ctx context.Context, c *lookerclient.Client, want lookerclient.WriteModelSet) (*lookerclient.ModelSet, error) {
	return c.ModelSets.Create(ctx, want)
}

// Update implements engine.Adapter.
func (modelSetAdapter) Update(ctx context.Context, c *lookerclient.Client, live *lookerclient.ModelSet, patch lookerclient.WriteModelSet) (*lookerclient.ModelSet, error) {
	return c.ModelSets.Update(ctx, live.ID, patch)
}

// Delete implements engine.Adapter.
func (modelSetAdapter) Delete(ctx context.Context, c *lookerclient.Client, id string) error {
	err := checkNoRoleUses(ctx, c, "model set", id, func(r lookerclient.Role) lookerclient.Optional[lookerclient.ID] { return r.ModelSetID })
	if err != nil {
		return err
	}
	return c.ModelSets.Delete(ctx, lookerclient.ID(id))
}

// Guard implements engine.Guard.
func (modelSetAdapter) Guard(_ engine.Self, live *lookerclient.ModelSet, _ *lookerclient.WriteModelSet) error {
	return guardSet("model set", live.ID, live.BuiltIn, live.AllAccess)
}
