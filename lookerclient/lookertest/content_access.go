package lookertest

import "strconv"

var accessRoutes = []route{
	{at: "GET /content_metadata", op: "all_content_metadatas", query: "parent_id fields", needs: "parent_id", errors: "400 404 429", do: (*call).allContentMetadatas},
	{at: "PATCH /content_metadata/{content_metadata_id}", op: "update_content_metadata", body: "ContentMeta!", errors: "400 404 422 429", do: (*call).updateContentMetadata},
	{at: "GET /content_metadata/{content_metadata_id}", op: "content_metadata", query: "fields", errors: "400 404 429", do: (*call).contentMetadata},
	{at: "POST /content_metadata_access", op: "create_content_metadata_access", query: "send_boards_notification_email", body: "ContentMetaGroupUser!", errors: "400 404 409 422 429", do: (*call).createContentMetadataAccess},
	{at: "GET /content_metadata_access", op: "all_content_metadata_accesses", query: "content_metadata_id fields", needs: "content_metadata_id", errors: "400 404 429", do: (*call).allContentMetadataAccesses},
	{at: "PUT /content_metadata_access/{content_metadata_access_id}", op: "update_content_metadata_access", body: "ContentMetaGroupUser!", errors: "400 404 422 429", do: (*call).updateContentMetadataAccess},
	{at: "DELETE /content_metadata_access/{content_metadata_access_id}", op: "delete_content_metadata_access", errors: "400 404 429", do: (*call).deleteContentMetadataAccess},
}

// newContentMetadata stores the row that access to a folder, dashboard or look hangs on.
func (s *Server) newContentMetadata(fields row) string {
	m := row{"parent_id": nil, "folder_id": nil, "dashboard_id": nil, "look_id": nil, "inherits": true}
	for k, v := range fields {
		m[k] = v
	}
	return s.state.insert(kindContentMetadata, m)
}

// dropMetadata removes content metadata with its grants.
func (s *Server) dropMetadata(id string) {
	s.dropGrants(id)
	delete(s.state.table(kindContentMetadata).rows, id)
}

func (s *Server) dropGrants(metadataID string) {
	for _, a := range s.grantsOf(metadataID) {
		delete(s.state.table(kindContentAccess).rows, str(a["id"]))
	}
}

func (s *Server) grantsOf(metadataID string) []row {
	return s.state.where(kindContentAccess, func(a row) bool { return a["content_metadata_id"] == metadataID })
}

// provider is the metadata whose grants are in force for m: m itself, or the nearest above that does not inherit.
func (s *Server) provider(m row) row {
	for truth(m["inherits"]) {
		up := s.state.get(kindContentMetadata, str(m["parent_id"]))
		if up == nil {
			return m
		}
		m = up
	}
	return m
}

func (c *call) metadataView(m row) map[string]any {
	v := cloneRow(m)
	v["can"] = map[string]any{"show": true, "index": true, "update": true}
	v["inheriting_id"] = nil
	if p := c.s.provider(m); p["id"] != m["id"] {
		v["inheriting_id"] = p["id"]
	}
	return c.s.view("ContentMeta", v)
}

// metadata returns a row by id; ids that are not numbers are malformed.
func (c *call) metadata(id string) (row, error) {
	if _, err := strconv.Atoi(id); err != nil {
		return nil, errBadRequest("'%s' is not an id of content metadata.", id)
	}
	if m := c.s.state.get(kindContentMetadata, id); m != nil {
		return m, nil
	}
	return nil, errNotFound()
}

func (c *call) allContentMetadatas() (any, error) {
	parent, err := c.metadata(c.params["parent_id"])
	if err != nil {
		return nil, err
	}
	rows := c.s.state.where(kindContentMetadata, func(m row) bool { return m["parent_id"] == parent["id"] })
	return listing{rows, c.metadataView}, nil
}

func (c *call) contentMetadata() (any, error) {
	m, err := c.metadata(c.args["content_metadata_id"])
	if err != nil {
		return nil, err
	}
	return c.metadataView(m), nil
}

// updateContentMetadata: inherits=false copies the grants in force so far, inherits=true drops the own ones.
func (c *call) updateContentMetadata() (any, error) {
	m, err := c.metadata(c.args["content_metadata_id"])
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	inherits, given := body["inherits"]
	if !given || inherits == m["inherits"] {
		return c.metadataView(m), nil
	}
	switch {
	case m["content_type"] != "folder":
		return nil, c.invalidField("inherits", "dashboards and looks always inherit from their folder.")
	case truth(inherits) && m["parent_id"] == nil:
		return nil, c.invalidField("inherits", "a root has nothing to inherit from.")
	case truth(inherits):
		if !c.s.switches.InheritingKeepsGrants {
			c.s.dropGrants(str(m["id"]))
		}
	default:
		if len(c.s.grantsOf(str(m["id"]))) == 0 {
			c.copyGrants(c.s.provider(m), m)
		}
	}
	m["inherits"] = inherits
	return c.metadataView(m), nil
}

func (c *call) copyGrants(from, to row) {
	if from["id"] == to["id"] {
		return
	}
	for _, a := range c.s.grantsOf(str(from["id"])) {
		c.insert(kindContentAccess, row{"content_metadata_id": to["id"], "permission_type": a["permission_type"], "group_id": a["group_id"], "user_id": a["user_id"]})
	}
}

func (c *call) accessView(a row) map[string]any {
	v := cloneRow(a)
	v["can"] = map[string]any{}
	return c.s.view("ContentMetaGroupUser", v)
}

// allContentMetadataAccesses shows the grants in force; while inherits=true they are the ancestor's.
func (c *call) allContentMetadataAccesses() (any, error) {
	m, err := c.metadata(c.params["content_metadata_id"])
	if err != nil {
		return nil, err
	}
	return listing{c.s.grantsOf(str(c.s.provider(m)["id"])), c.accessView}, nil
}

func (c *call) createContentMetadataAccess() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	m, err := c.metadata(str(body["content_metadata_id"]))
	if err != nil {
		return nil, err
	}
	if err := c.checkGrant(m, body); err != nil {
		return nil, err
	}
	group, user := str(body["group_id"]), str(body["user_id"])
	for _, a := range c.s.grantsOf(str(m["id"])) {
		if str(a["group_id"]) != group || str(a["user_id"]) != user {
			continue
		}
		if !c.s.switches.DuplicateGrantReplaces {
			return nil, c.duplicate("content_metadata_id", "there is a grant for this group or user already.")
		}
		a["permission_type"] = body["permission_type"]
		return c.accessView(a), nil
	}
	a := row{"content_metadata_id": m["id"], "permission_type": body["permission_type"], "group_id": orNil(group), "user_id": orNil(user)}
	c.insert(kindContentAccess, a)
	return c.accessView(a), nil
}

// checkGrant validates who gets what on which metadata.
func (c *call) checkGrant(m row, body map[string]any) error {
	group, user := str(body["group_id"]), str(body["user_id"])
	switch {
	case body["permission_type"] == nil:
		return c.missingField("permission_type")
	case (group == "") == (user == ""):
		return c.invalidField("group_id", "exactly one of 'group_id' and 'user_id' is required.")
	case truth(m["inherits"]):
		return c.invalidField("content_metadata_id", "the content inherits its access; set inherits to false first.")
	case user != "" && c.s.state.get(kindUser, user) == nil:
		return c.invalidField("user_id", "user %s does not exist.", user)
	case group == "":
		return nil
	}
	g := c.s.state.get(kindGroup, group)
	if g == nil {
		return c.invalidField("group_id", "group %s does not exist.", group)
	}
	if !truth(g["can_add_to_content_metadata"]) {
		return c.invalidField("group_id", "group %s cannot be added to content: can_add_to_content_metadata is false.", group)
	}
	return nil
}

func (c *call) updateContentMetadataAccess() (any, error) {
	a, err := c.need(kindContentAccess, "content_metadata_access_id")
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if body["permission_type"] == nil {
		return nil, c.missingField("permission_type")
	}
	a["permission_type"] = body["permission_type"]
	return c.accessView(a), nil
}

func (c *call) deleteContentMetadataAccess() (any, error) {
	a, err := c.need(kindContentAccess, "content_metadata_access_id")
	if err != nil {
		return nil, err
	}
	c.remove(kindContentAccess, str(a["id"]))
	return noContent{}, nil
}
