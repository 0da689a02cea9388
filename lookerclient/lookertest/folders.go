package lookertest

import "fmt"

var folderRoutes = []route{
	{open: true, at: "GET /folders/search", op: "search_folders", query: "fields page per_page limit offset sorts name id parent_id creator_id filter_or is_shared_root is_users_root", errors: "400 404 429", do: (*call).searchFolders},
	{open: true, at: "GET /folders/{folder_id}", op: "folder", query: "fields", errors: "400 404 429", do: (*call).folder},
	{at: "DELETE /folders/{folder_id}", op: "delete_folder", errors: "400 404 422 429", do: (*call).deleteFolder},
	{at: "PATCH /folders/{folder_id}", op: "update_folder", body: "UpdateFolder!", errors: "400 404 422 429", do: (*call).updateFolder},
	{open: true, at: "GET /folders", op: "all_folders", query: "fields", errors: "400 404 429", do: (*call).allFolders},
	{at: "POST /folders", op: "create_folder", body: "CreateFolder!", errors: "400 404 409 422 429", do: (*call).createFolder},
	{open: true, at: "GET /folders/{folder_id}/children", op: "folder_children", query: "fields page per_page limit offset sorts", errors: "400 404 429", do: (*call).folderChildren},
	{open: true, at: "GET /folders/{folder_id}/children/search", op: "folder_children_search", query: "fields sorts name", errors: "400 404 429", do: (*call).folderChildrenSearch},
	{open: true, at: "GET /folders/{folder_id}/parent", op: "folder_parent", query: "fields", errors: "400 404 429", do: (*call).folderParent},
	{open: true, at: "GET /folders/{folder_id}/ancestors", op: "folder_ancestors", query: "fields", errors: "400 404 429", do: (*call).folderAncestors},
	{open: true, at: "GET /folders/{folder_id}/looks", op: "folder_looks", query: "fields", errors: "400 404 429", do: (*call).folderLooks},
	{open: true, at: "GET /folders/{folder_id}/dashboards", op: "folder_dashboards", query: "fields", errors: "400 404 429", do: (*call).folderDashboards},
}

const (
	sharedFolderID = "1"
	lookmlFolderID = "lookml"
)

// usersRoot is the folder that holds the personal ones.
func (s *Server) usersRoot() string {
	return str(s.state.find(kindFolder, "is_users_root", true)["id"])
}

// newFolder stores a folder and its content metadata.
func (s *Server) newFolder(fields row) string {
	f := row{"parent_id": nil, "is_personal": false, "is_shared_root": false, "is_users_root": false, "is_embed": false, "is_embed_shared_root": false,
		"is_embed_users_root": false, "external_id": nil, "creator_id": nil, "created_at": timestamp(s.clock())}
	for k, v := range fields {
		f[k] = v
	}
	id := s.state.insert(kindFolder, f)
	f["content_metadata_id"] = s.newContentMetadata(row{"name": f["name"], "parent_id": s.metadataOf(str(f["parent_id"])), "folder_id": id, "content_type": "folder"})
	return id
}

// metadataOf is the content metadata id of a folder, nil for none.
func (s *Server) metadataOf(folderID string) any {
	return s.state.get(kindFolder, folderID)["content_metadata_id"]
}

func (s *Server) childFolders(id string) []row {
	return s.state.where(kindFolder, func(f row) bool { return f["parent_id"] == id })
}

// ancestors lists the folders above one, the root first.
func (s *Server) ancestors(id string) []row {
	var out []row
	for f := s.state.get(kindFolder, id); f != nil; {
		f = s.state.get(kindFolder, str(f["parent_id"]))
		if f != nil {
			out = append([]row{f}, out...)
		}
	}
	return out
}

// childCounts counts the children of every folder, once a call: lists are long.
func (c *call) childCounts() map[string]int {
	if c.children == nil {
		c.children = map[string]int{}
		for _, f := range c.s.state.table(kindFolder).rows {
			c.children[str(f["parent_id"])]++
		}
	}
	return c.children
}

func (c *call) folderFields(f row) map[string]any {
	id := str(f["id"])
	v := cloneRow(f)
	v["child_count"] = float64(c.childCounts()[id])
	personal := false
	for _, a := range c.s.ancestors(id) {
		personal = personal || truth(a["is_personal"])
	}
	v["is_personal_descendant"] = personal
	editable := !isFixedFolder(f)
	v["can"] = map[string]any{"index": true, "show": true, "create": id != lookmlFolderID, "see_admin_spaces": true, "update": editable, "destroy": editable, "move_content": editable, "edit_content": true}
	return v
}

func (c *call) folderBaseView(f row) map[string]any { return c.s.view("FolderBase", c.folderFields(f)) }

func (c *call) folderView(f row) map[string]any {
	v := c.folderFields(f)
	dashboards, looks := []any{}, []any{}
	for _, d := range c.contentOf(kindDashboard, str(f["id"])) {
		dashboards = append(dashboards, c.dashboardBaseView(d))
	}
	for _, l := range c.contentOf(kindLook, str(f["id"])) {
		looks = append(looks, c.s.view("LookWithDashboards", c.lookFields(l)))
	}
	v["dashboards"], v["looks"] = dashboards, looks
	return c.s.view("Folder", v)
}

// isFixedFolder: roots, personal folders and the LookML pseudo folder are Looker's own.
func isFixedFolder(f row) bool {
	for _, flag := range []string{"is_shared_root", "is_users_root", "is_embed_shared_root", "is_embed_users_root", "is_personal"} {
		if truth(f[flag]) {
			return true
		}
	}
	return f["id"] == lookmlFolderID
}

func (c *call) allFolders() (any, error) {
	return listing{c.s.state.list(kindFolder), c.folderBaseView}, nil
}

func (c *call) searchFolders() (any, error) {
	rows, err := c.filter(c.s.state.list(kindFolder), field("name", likeMatch), field("id", idMatch), field("parent_id", idMatch), field("creator_id", idMatch),
		field("is_shared_root", boolMatch), field("is_users_root", boolMatch))
	return listing{rows, c.folderView}, err
}

func (c *call) folder() (any, error) {
	f, err := c.need(kindFolder, "folder_id")
	if err != nil {
		return nil, err
	}
	return c.folderView(f), nil
}

// uniqueInParent refuses a folder name that a sibling has.
func (c *call) uniqueInParent(id, parent string, name any) error {
	for _, f := range c.s.childFolders(parent) {
		if f["name"] == name && f["id"] != id {
			return c.duplicate("name", fmt.Sprintf("a folder named %s already exists here.", str(name)))
		}
	}
	return nil
}

// writableParent returns the folder that may take children. Where the caller may not create, Looker answers 404.
func (c *call) writableParent(id string) error {
	p := c.s.state.get(kindFolder, id)
	if p == nil || id == lookmlFolderID || truth(p["is_users_root"]) || truth(p["is_embed_users_root"]) {
		return errNotFound()
	}
	return nil
}

func (c *call) createFolder() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	for _, f := range []string{"name", "parent_id"} {
		if str(body[f]) == "" {
			return nil, c.missingField(f)
		}
	}
	if err := c.writableParent(str(body["parent_id"])); err != nil {
		return nil, err
	}
	if err := c.uniqueInParent("", str(body["parent_id"]), body["name"]); err != nil {
		return nil, err
	}
	body["creator_id"], body["created_at"] = c.session.userID, c.timestamp()
	id := c.s.newFolder(body)
	c.s.fresh.note(kindFolder, id, c.now)
	if m := c.s.state.get(kindContentMetadata, str(c.s.metadataOf(id))); c.s.switches.NewFoldersHaveOwnList {
		c.copyGrants(c.s.provider(m), m)
		m["inherits"] = false
	}
	return c.folderView(c.s.state.get(kindFolder, id)), nil
}

// ownFolder returns the folder of the path unless it is one of Looker's own.
func (c *call) ownFolder() (row, error) {
	f, err := c.need(kindFolder, "folder_id")
	if err == nil && isFixedFolder(f) {
		return nil, c.invalidField("id", "this folder cannot be changed or deleted.")
	}
	return f, err
}

func (c *call) updateFolder() (any, error) {
	f, err := c.ownFolder()
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	id, name, parent := str(f["id"]), f["name"], str(f["parent_id"])
	if v, ok := body["name"]; ok {
		if name = v; str(name) == "" {
			return nil, c.missingField("name")
		}
	}
	if v, ok := body["parent_id"]; ok && str(v) != parent {
		parent = str(v)
		if err := c.writableParent(parent); err != nil {
			return nil, err
		}
		if parent == id || c.isBelow(parent, id) {
			return nil, c.invalidField("parent_id", "a folder cannot be moved into itself.")
		}
	}
	if err := c.uniqueInParent(id, parent, name); err != nil {
		return nil, err
	}
	f["name"], f["parent_id"] = name, parent
	if meta := c.s.state.get(kindContentMetadata, str(f["content_metadata_id"])); meta != nil {
		meta["name"], meta["parent_id"] = name, c.s.metadataOf(parent)
	}
	return c.folderView(f), nil
}

// isBelow tells whether a folder is somewhere under another.
func (c *call) isBelow(id, ancestor string) bool {
	for _, a := range c.s.ancestors(id) {
		if a["id"] == ancestor {
			return true
		}
	}
	return false
}

func (c *call) deleteFolder() (any, error) {
	f, err := c.ownFolder()
	if err != nil {
		return nil, err
	}
	c.s.dropFolder(str(f["id"]), false)
	return noContent{}, nil
}

// dropFolder removes a folder with all below it: content is destroyed, or put into the trash.
func (s *Server) dropFolder(id string, trash bool) {
	f := s.state.get(kindFolder, id)
	if f == nil {
		return
	}
	for _, child := range s.childFolders(id) {
		s.dropFolder(str(child["id"]), trash)
	}
	for _, kind := range []string{kindDashboard, kindLook} {
		for _, r := range s.state.list(kind) {
			switch {
			case r["folder_id"] != id:
			case trash:
				r["deleted"], r["folder_id"] = true, nil
			default:
				s.dropContent(kind, str(r["id"]))
			}
		}
	}
	s.dropMetadata(str(f["content_metadata_id"]))
	delete(s.state.table(kindFolder).rows, id)
}

func (c *call) folderChildren() (any, error) {
	f, err := c.need(kindFolder, "folder_id")
	if err != nil {
		return nil, err
	}
	return listing{c.s.childFolders(str(f["id"])), c.folderView}, nil
}

func (c *call) folderChildrenSearch() (any, error) {
	f, err := c.need(kindFolder, "folder_id")
	if err != nil {
		return nil, err
	}
	rows, err := c.filter(c.s.childFolders(str(f["id"])), field("name", likeMatch))
	return listing{rows, c.folderView}, err
}

func (c *call) folderParent() (any, error) {
	f, err := c.need(kindFolder, "folder_id")
	if err != nil {
		return nil, err
	}
	parent := c.s.state.get(kindFolder, str(f["parent_id"]))
	if parent == nil {
		return nil, errNotFound()
	}
	return c.folderView(parent), nil
}

func (c *call) folderAncestors() (any, error) {
	f, err := c.need(kindFolder, "folder_id")
	if err != nil {
		return nil, err
	}
	return listing{c.s.ancestors(str(f["id"])), c.folderView}, nil
}

func (c *call) folderDashboards() (any, error) {
	f, err := c.need(kindFolder, "folder_id")
	if err != nil {
		return nil, err
	}
	return listing{c.contentOf(kindDashboard, str(f["id"])), c.dashboardView}, nil
}

func (c *call) folderLooks() (any, error) {
	f, err := c.need(kindFolder, "folder_id")
	if err != nil {
		return nil, err
	}
	return listing{c.contentOf(kindLook, str(f["id"])), c.lookView}, nil
}
