package lookerclient

import (
	"context"
	"iter"
)

// Group is a group of users and of other groups. The group with id "1", All Users,
// contains everybody.
type Group struct {
	ID ID `json:"id"`
	WriteGroup
	ExternalGroupID   Optional[string] `json:"external_group_id,omitzero"`
	ExternallyManaged Optional[bool]   `json:"externally_managed,omitzero"` // by single sign-on: not to be edited
	IncludeByDefault  Optional[bool]   `json:"include_by_default,omitzero"`
	UserCount         Optional[int64]  `json:"user_count,omitzero"`
}

// WriteGroup is what create_group and update_group accept.
type WriteGroup struct {
	Name                    Optional[string] `json:"name,omitzero"`
	CanAddToContentMetadata Optional[bool]   `json:"can_add_to_content_metadata,omitzero"`
}

// GroupHierarchy is a group with the groups that contain it and its roles.
type GroupHierarchy struct {
	Group
	ParentGroupIDs Optional[[]ID] `json:"parent_group_ids,omitzero"` // always has "1"
	RoleIDs        Optional[[]ID] `json:"role_ids,omitzero"`
}

// GroupSearch filters Search and SearchHierarchy. A zero field does not filter.
// Name is an SQL LIKE pattern without regard to case.
type GroupSearch struct {
	ID                 ID
	Name               string
	ExternalGroupID    string
	ExternallyManaged  *bool
	ExternallyOrphaned *bool
}

var (
	groupFields          = fieldsOf[Group]()
	groupHierarchyFields = fieldsOf[GroupHierarchy]()
	groupMemberFields    = fieldsOf[GroupMember]()
)

// GroupMember is a user as an operation on groups or roles returns it.
type GroupMember struct {
	ID         ID               `json:"id"`
	Email      Optional[string] `json:"email,omitzero"`
	IsDisabled Optional[bool]   `json:"is_disabled,omitzero"`
}

// GroupsService calls the operations on groups.
type GroupsService struct{ c *Client }

// Get returns one group (operation group).
func (s *GroupsService) Get(ctx context.Context, id ID) (*Group, error) {
	return call[Group](ctx, s.c, opGroup.at(id).fields(groupFields))
}

// List yields every group (operation all_groups).
func (s *GroupsService) List(ctx context.Context) iter.Seq2[*Group, error] {
	return paginate[Group](ctx, s.c, opAllGroups.at().fields(groupFields))
}

// Search yields the groups that match every filter (operation search_groups).
func (s *GroupsService) Search(ctx context.Context, f GroupSearch) iter.Seq2[*Group, error] {
	return paginate[Group](ctx, s.c, f.apply(opSearchGroups.at().fields(groupFields)))
}

// SearchHierarchy is Search with the parents and roles of each group (operation search_groups_with_hierarchy).
func (s *GroupsService) SearchHierarchy(ctx context.Context, f GroupSearch) iter.Seq2[*GroupHierarchy, error] {
	return paginate[GroupHierarchy](ctx, s.c, f.apply(opSearchGroupsWithHierarchy.at().fields(groupHierarchyFields)))
}

func (f GroupSearch) apply(r request) request {
	return r.param("id", string(f.ID)).param("name", f.Name).param("external_group_id", f.ExternalGroupID).
		flag("externally_managed", f.ExternallyManaged).flag("externally_orphaned", f.ExternallyOrphaned)
}

// Create makes a group (operation create_group).
func (s *GroupsService) Create(ctx context.Context, g WriteGroup) (*Group, error) {
	return call[Group](ctx, s.c, opCreateGroup.at().fields(groupFields).with(g))
}

// Update changes the fields that g carries (operation update_group).
func (s *GroupsService) Update(ctx context.Context, id ID, g WriteGroup) (*Group, error) {
	return call[Group](ctx, s.c, opUpdateGroup.at(id).fields(groupFields).with(g))
}

// Delete removes a group, and with it what it grants (operation delete_group).
func (s *GroupsService) Delete(ctx context.Context, id ID) error {
	return exec(ctx, s.c, opDeleteGroup.at(id))
}

// Members yields the users directly in a group (operation all_group_users).
func (s *GroupsService) Members(ctx context.Context, id ID) iter.Seq2[*GroupMember, error] {
	return paginate[GroupMember](ctx, s.c, opAllGroupUsers.at(id).fields(groupMemberFields))
}

// AddUser puts a user into a group (operation add_group_user).
func (s *GroupsService) AddUser(ctx context.Context, id, userID ID) error {
	return exec(ctx, s.c, opAddGroupUser.at(id).with(struct {
		UserID ID `json:"user_id"`
	}{userID}))
}

// RemoveUser takes a user out of a group (operation delete_group_user).
func (s *GroupsService) RemoveUser(ctx context.Context, id, userID ID) error {
	return exec(ctx, s.c, opDeleteGroupUser.at(id, userID))
}

// Groups returns the groups directly in a group (operation all_group_groups).
func (s *GroupsService) Groups(ctx context.Context, id ID) ([]Group, error) {
	return list[Group](ctx, s.c, opAllGroupGroups.at(id).fields(groupFields))
}

// AddGroup puts the group childID into the group id (operation add_group_group).
func (s *GroupsService) AddGroup(ctx context.Context, id, childID ID) error {
	return exec(ctx, s.c, opAddGroupGroup.at(id).with(struct {
		GroupID ID `json:"group_id"`
	}{childID}))
}

// RemoveGroup takes the group childID out of the group id (operation delete_group_from_group).
func (s *GroupsService) RemoveGroup(ctx context.Context, id, childID ID) error {
	return exec(ctx, s.c, opDeleteGroupFromGroup.at(id, childID))
}

// SetAttributeValue sets the value of an attribute for a group, after those of
// other groups if it is new (operation update_user_attribute_group_value).
func (s *GroupsService) SetAttributeValue(ctx context.Context, id, attributeID ID, v AttributeValue) (*UserAttributeGroupValue, error) {
	return call[UserAttributeGroupValue](ctx, s.c, opUpdateUserAttributeGroupValue.at(id, attributeID).
		with(WriteUserAttributeValue{Value: Set(v)}))
}

// DeleteAttributeValue removes the value of an attribute from a group (operation delete_user_attribute_group_value).
func (s *GroupsService) DeleteAttributeValue(ctx context.Context, id, attributeID ID) error {
	return exec(ctx, s.c, opDeleteUserAttributeGroupValue.at(id, attributeID))
}
