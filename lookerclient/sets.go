package lookerclient

import (
	"context"
	"iter"
)

// PermissionSet names what a role may do. Its permissions are a set: Looker sorts them.
type PermissionSet struct {
	ID ID `json:"id"`
	WritePermissionSet
	AllAccess Optional[bool] `json:"all_access,omitzero"`
	BuiltIn   Optional[bool] `json:"built_in,omitzero"` // cannot be changed
}

// WritePermissionSet is what create_permission_set and update_permission_set accept.
type WritePermissionSet struct {
	Name        Optional[string]   `json:"name,omitzero"`
	Permissions Optional[[]string] `json:"permissions,omitzero"`
}

// ModelSet names the LookML models a role may see. Its models are a set: Looker sorts them.
type ModelSet struct {
	ID ID `json:"id"`
	WriteModelSet
	AllAccess Optional[bool] `json:"all_access,omitzero"`
	BuiltIn   Optional[bool] `json:"built_in,omitzero"` // cannot be changed
}

// WriteModelSet is what create_model_set and update_model_set accept.
type WriteModelSet struct {
	Name   Optional[string]   `json:"name,omitzero"`
	Models Optional[[]string] `json:"models,omitzero"`
}

// Permission is one permission that this instance knows.
type Permission struct {
	Permission  string           `json:"permission"`
	Parent      Optional[string] `json:"parent,omitzero"` // the permission it needs
	Description Optional[string] `json:"description,omitzero"`
}

var (
	permissionSetFields = fieldsOf[PermissionSet]()
	modelSetFields      = fieldsOf[ModelSet]()
)

// PermissionSetsService calls the operations on permission sets.
type PermissionSetsService struct{ c *Client }

// Permissions returns every permission that a set can contain (operation all_permissions).
func (s *PermissionSetsService) Permissions(ctx context.Context) ([]Permission, error) {
	return list[Permission](ctx, s.c, opAllPermissions.at())
}

// Get returns one permission set (operation permission_set).
func (s *PermissionSetsService) Get(ctx context.Context, id ID) (*PermissionSet, error) {
	return call[PermissionSet](ctx, s.c, opPermissionSet.at(id).fields(permissionSetFields))
}

// List yields every permission set (operation all_permission_sets).
func (s *PermissionSetsService) List(ctx context.Context) iter.Seq2[*PermissionSet, error] {
	return all[PermissionSet](ctx, s.c, opAllPermissionSets.at().fields(permissionSetFields))
}

// Create makes a permission set (operation create_permission_set).
func (s *PermissionSetsService) Create(ctx context.Context, p WritePermissionSet) (*PermissionSet, error) {
	return call[PermissionSet](ctx, s.c, opCreatePermissionSet.at().with(p))
}

// Update changes the fields that p carries (operation update_permission_set).
func (s *PermissionSetsService) Update(ctx context.Context, id ID, p WritePermissionSet) (*PermissionSet, error) {
	return call[PermissionSet](ctx, s.c, opUpdatePermissionSet.at(id).with(p))
}

// Delete removes a permission set (operation delete_permission_set).
func (s *PermissionSetsService) Delete(ctx context.Context, id ID) error {
	return exec(ctx, s.c, opDeletePermissionSet.at(id))
}

// ModelSetsService calls the operations on model sets.
type ModelSetsService struct{ c *Client }

// Get returns one model set (operation model_set).
func (s *ModelSetsService) Get(ctx context.Context, id ID) (*ModelSet, error) {
	return call[ModelSet](ctx, s.c, opModelSet.at(id).fields(modelSetFields))
}

// List yields every model set (operation all_model_sets).
func (s *ModelSetsService) List(ctx context.Context) iter.Seq2[*ModelSet, error] {
	return all[ModelSet](ctx, s.c, opAllModelSets.at().fields(modelSetFields))
}

// Create makes a model set (operation create_model_set).
func (s *ModelSetsService) Create(ctx context.Context, m WriteModelSet) (*ModelSet, error) {
	return call[ModelSet](ctx, s.c, opCreateModelSet.at().with(m))
}

// Update changes the fields that m carries (operation update_model_set).
func (s *ModelSetsService) Update(ctx context.Context, id ID, m WriteModelSet) (*ModelSet, error) {
	return call[ModelSet](ctx, s.c, opUpdateModelSet.at(id).with(m))
}

// Delete removes a model set (operation delete_model_set).
func (s *ModelSetsService) Delete(ctx context.Context, id ID) error {
	return exec(ctx, s.c, opDeleteModelSet.at(id))
}
