package lookerclient

import (
	"context"
	"iter"
)

// Role is a permission set on a model set. Its parts are read as objects and
// written by id.
type Role struct {
	ID ID `json:"id"`
	WriteRole
	PermissionSet Optional[PermissionSet] `json:"permission_set,omitzero"`
	ModelSet      Optional[ModelSet]      `json:"model_set,omitzero"`
	Internal      Optional[bool]          `json:"internal,omitzero"`
}

// WriteRole is what create_role, which needs all fields, and update_role accept.
type WriteRole struct {
	Name            Optional[string] `json:"name,omitzero"`
	PermissionSetID Optional[ID]     `json:"permission_set_id,omitzero" looker:"writeonly"`
	ModelSetID      Optional[ID]     `json:"model_set_id,omitzero" looker:"writeonly"`
}

var roleFields = fieldsOf[Role]()

// RolesService calls the operations on roles.
type RolesService struct{ c *Client }

// Get returns one role (operation role).
func (s *RolesService) Get(ctx context.Context, id ID) (*Role, error) {
	return call[Role](ctx, s.c, opRole.at(id))
}

// List yields every role, its permission set and model set in full (operation all_roles).
func (s *RolesService) List(ctx context.Context) iter.Seq2[*Role, error] {
	return all[Role](ctx, s.c, opAllRoles.at().fields(roleFields))
}

// Create makes a role (operation create_role).
func (s *RolesService) Create(ctx context.Context, r WriteRole) (*Role, error) {
	return call[Role](ctx, s.c, opCreateRole.at().with(r))
}

// Update changes the fields that r carries (operation update_role).
func (s *RolesService) Update(ctx context.Context, id ID, r WriteRole) (*Role, error) {
	return call[Role](ctx, s.c, opUpdateRole.at(id).with(r))
}

// Delete removes a role and leaves its sets (operation delete_role).
func (s *RolesService) Delete(ctx context.Context, id ID) error {
	return exec(ctx, s.c, opDeleteRole.at(id))
}

// Groups returns the groups that hold a role (operation role_groups).
func (s *RolesService) Groups(ctx context.Context, id ID) ([]Group, error) {
	return list[Group](ctx, s.c, opRoleGroups.at(id).fields(groupFields))
}

// SetGroups replaces the groups that hold a role; none takes it from all (operation set_role_groups).
func (s *RolesService) SetGroups(ctx context.Context, id ID, groups []ID) ([]Group, error) {
	return list[Group](ctx, s.c, opSetRoleGroups.at(id).with(array(groups)))
}

// DirectUsers returns the users that hold a role directly, not through groups (operation role_users).
func (s *RolesService) DirectUsers(ctx context.Context, id ID) ([]GroupMember, error) {
	return list[GroupMember](ctx, s.c, opRoleUsers.at(id).fields(groupMemberFields).param("direct_association_only", "true"))
}

// SetUsers replaces the users that hold a role directly; none takes it from all (operation set_role_users).
func (s *RolesService) SetUsers(ctx context.Context, id ID, users []ID) ([]GroupMember, error) {
	return list[GroupMember](ctx, s.c, opSetRoleUsers.at(id).with(array(users)))
}
