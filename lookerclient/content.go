package lookerclient

import "context"

// ContentMeta is what access to a folder, board or agent hangs on.
type ContentMeta struct {
	ID ID `json:"id"`
	WriteContentMeta
	Name         Optional[string] `json:"name,omitzero"`
	ParentID     Optional[ID]     `json:"parent_id,omitzero"`
	ContentType  Optional[string] `json:"content_type,omitzero"`
	FolderID     Optional[ID]     `json:"folder_id,omitzero"`
	DashboardID  Optional[ID]     `json:"dashboard_id,omitzero"`
	LookID       Optional[ID]     `json:"look_id,omitzero"`
	HomepageID   Optional[ID]     `json:"homepage_id,omitzero"`
	AgentID      Optional[ID]     `json:"agent_id,omitzero"`
	InheritingID Optional[ID]     `json:"inheriting_id,omitzero"`
	Slug         Optional[string] `json:"slug,omitzero"`
}

// WriteContentMeta is what update_content_metadata accepts.
type WriteContentMeta struct {
	// Inherits: false copies the parent's grants, true drops the own ones.
	Inherits Optional[bool] `json:"inherits,omitzero"`
}

// The permission types of a grant.
const (
	PermissionView = "view"
	PermissionEdit = "edit"
)

// ContentMetaGroupUser grants a group or a user access to content.
type ContentMetaGroupUser struct {
	ID ID `json:"id"`
	WriteContentMetaGroupUser
}

// WriteContentMetaGroupUser is what create_content_metadata_access and
// update_content_metadata_access accept. The API description calls its fields
// read-only; they are not.
type WriteContentMetaGroupUser struct {
	ContentMetadataID Optional[ID]     `json:"content_metadata_id,omitzero"`
	PermissionType    Optional[string] `json:"permission_type,omitzero"` // PermissionView or PermissionEdit
	GroupID           Optional[ID]     `json:"group_id,omitzero"`        // this or UserID
	UserID            Optional[ID]     `json:"user_id,omitzero"`
}

var (
	contentMetaFields = fieldsOf[ContentMeta]()
	accessFields      = fieldsOf[ContentMetaGroupUser]()
)

// ContentMetadataService calls the operations on content metadata and access.
type ContentMetadataService struct{ c *Client }

// Get returns one content metadata (operation content_metadata).
func (s *ContentMetadataService) Get(ctx context.Context, id ID) (*ContentMeta, error) {
	return call[ContentMeta](ctx, s.c, opContentMetadata.at(id).fields(contentMetaFields))
}

// Children returns the metadata whose parent is parentID (operation all_content_metadatas).
func (s *ContentMetadataService) Children(ctx context.Context, parentID ID) ([]ContentMeta, error) {
	return list[ContentMeta](ctx, s.c, opAllContentMetadatas.at().fields(contentMetaFields).csv("parent_id", []ID{parentID}))
}

// Update changes whether content inherits its access (operation update_content_metadata).
func (s *ContentMetadataService) Update(ctx context.Context, id ID, m WriteContentMeta) (*ContentMeta, error) {
	return call[ContentMeta](ctx, s.c, opUpdateContentMetadata.at(id).with(m))
}

// Access returns the grants in force (operation all_content_metadata_accesses). Of
// content that inherits they belong to an ancestor: compare their ContentMetadataID.
func (s *ContentMetadataService) Access(ctx context.Context, id ID) ([]ContentMetaGroupUser, error) {
	return list[ContentMetaGroupUser](ctx, s.c, opAllContentMetadataAccesses.at().
		fields(accessFields).csv("content_metadata_id", []ID{id}))
}

// Grant adds a grant; nobody is told by mail (operation create_content_metadata_access).
func (s *ContentMetadataService) Grant(ctx context.Context, g WriteContentMetaGroupUser) (*ContentMetaGroupUser, error) {
	return call[ContentMetaGroupUser](ctx, s.c, opCreateContentMetadataAccess.at().
		param("send_boards_notification_email", "false").with(g))
}

// UpdateGrant changes the permission type of a grant (operation update_content_metadata_access).
func (s *ContentMetadataService) UpdateGrant(ctx context.Context, id ID, g WriteContentMetaGroupUser) (*ContentMetaGroupUser, error) {
	return call[ContentMetaGroupUser](ctx, s.c, opUpdateContentMetadataAccess.at(id).with(g))
}

// Revoke removes a grant (operation delete_content_metadata_access).
func (s *ContentMetadataService) Revoke(ctx context.Context, id ID) error {
	return exec(ctx, s.c, opDeleteContentMetadataAccess.at(id))
}
