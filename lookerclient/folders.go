package lookerclient

import (
	"context"
	"iter"
)

// LookMLFolderID is the id of the pseudo-folder of dashboards defined in LookML.
const LookMLFolderID ID = "lookml"

// Folder is a folder. Its dashboards and looks are read by Contents.
type Folder struct {
	ID ID `json:"id"`
	WriteFolder
	ContentMetadataID    Optional[ID]     `json:"content_metadata_id,omitzero"`
	CreatorID            Optional[ID]     `json:"creator_id,omitzero"`
	CreatedAt            Optional[string] `json:"created_at,omitzero"`
	ChildCount           Optional[int64]  `json:"child_count,omitzero"` // of folders, not of content
	ExternalID           Optional[string] `json:"external_id,omitzero"`
	IsEmbed              Optional[bool]   `json:"is_embed,omitzero"`
	IsEmbedSharedRoot    Optional[bool]   `json:"is_embed_shared_root,omitzero"`
	IsEmbedUsersRoot     Optional[bool]   `json:"is_embed_users_root,omitzero"`
	IsPersonal           Optional[bool]   `json:"is_personal,omitzero"`
	IsPersonalDescendant Optional[bool]   `json:"is_personal_descendant,omitzero"`
	IsSharedRoot         Optional[bool]   `json:"is_shared_root,omitzero"`
	IsUsersRoot          Optional[bool]   `json:"is_users_root,omitzero"`
}

// WriteFolder is what create_folder, which needs both fields, and update_folder accept.
type WriteFolder struct {
	Name     Optional[string] `json:"name,omitzero"`
	ParentID Optional[ID]     `json:"parent_id,omitzero"`
}

// FolderContents is what deleting a folder would destroy.
type FolderContents struct {
	ChildCount Optional[int64]         `json:"child_count,omitzero"`
	Dashboards Optional[[]ContentItem] `json:"dashboards,omitzero"`
	Looks      Optional[[]ContentItem] `json:"looks,omitzero"`
}

// ContentItem is a dashboard or a look in a folder.
type ContentItem struct {
	ID    ID               `json:"id"`
	Title Optional[string] `json:"title,omitzero"`
}

// FolderSearch filters Search. A zero field does not filter. Name is an SQL LIKE
// pattern without regard to case.
type FolderSearch struct {
	Name     string
	ParentID ID
}

var (
	folderFields         = fieldsOf[Folder]()
	folderContentsFields = fieldsOf[FolderContents]()
)

// FoldersService calls the operations on folders.
type FoldersService struct{ c *Client }

// Get returns one folder (operation folder).
func (s *FoldersService) Get(ctx context.Context, id ID) (*Folder, error) {
	return call[Folder](ctx, s.c, opFolder.at(id).fields(folderFields))
}

// Contents returns what is directly in a folder (operation folder).
func (s *FoldersService) Contents(ctx context.Context, id ID) (*FolderContents, error) {
	return call[FolderContents](ctx, s.c, opFolder.at(id).fields(folderContentsFields))
}

// List yields every folder, personal ones and LookMLFolderID included (operation all_folders).
func (s *FoldersService) List(ctx context.Context) iter.Seq2[*Folder, error] {
	return all[Folder](ctx, s.c, opAllFolders.at().fields(folderFields))
}

// Search yields the folders that match every filter (operation search_folders).
func (s *FoldersService) Search(ctx context.Context, f FolderSearch) iter.Seq2[*Folder, error] {
	return paginate[Folder](ctx, s.c, opSearchFolders.at().fields(folderFields).
		param("name", f.Name).param("parent_id", string(f.ParentID)))
}

// Children yields the folders directly in a folder (operation folder_children).
func (s *FoldersService) Children(ctx context.Context, id ID) iter.Seq2[*Folder, error] {
	return paginate[Folder](ctx, s.c, opFolderChildren.at(id).fields(folderFields))
}

// Ancestors returns the folders that contain a folder (operation folder_ancestors).
func (s *FoldersService) Ancestors(ctx context.Context, id ID) ([]Folder, error) {
	return list[Folder](ctx, s.c, opFolderAncestors.at(id).fields(folderFields))
}

// Create makes a folder (operation create_folder). IsNotFound means that the
// parent does not exist or may not be written.
func (s *FoldersService) Create(ctx context.Context, f WriteFolder) (*Folder, error) {
	return call[Folder](ctx, s.c, opCreateFolder.at().with(f))
}

// Update renames or moves a folder (operation update_folder).
func (s *FoldersService) Update(ctx context.Context, id ID, f WriteFolder) (*Folder, error) {
	return call[Folder](ctx, s.c, opUpdateFolder.at(id).with(f))
}

// Delete removes a folder with all folders, dashboards and looks in it, for good
// (operation delete_folder). Ask Contents first.
func (s *FoldersService) Delete(ctx context.Context, id ID) error {
	return exec(ctx, s.c, opDeleteFolder.at(id))
}
