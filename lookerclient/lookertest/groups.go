package lookertest

import (
	"fmt"
	"slices"
)

var groupRoutes = []route{
	{at: "GET /groups", op: "all_groups", query: "fields page per_page limit offset sorts ids content_metadata_id can_add_to_content_metadata", errors: "400 404 429", do: (*call).allGroups},
	{at: "POST /groups", op: "create_group", query: "fields", body: "Group!", errors: "400 404 409 422 429", do: (*call).createGroup},
	{at: "GET /groups/search", op: "search_groups", query: "fields limit offset sorts filter_or id name external_group_id externally_managed externally_orphaned", errors: "400 404 429", do: (*call).searchGroups},
	{at: "GET /groups/search/with_roles", op: "search_groups_with_roles", query: "fields limit offset sorts filter_or id name external_group_id externally_managed externally_orphaned", errors: "400 404 429", do: (*call).searchGroupsWithRoles},
	{at: "GET /groups/search/with_hierarchy", op: "search_groups_with_hierarchy", query: "fields limit offset sorts filter_or id name external_group_id externally_managed externally_orphaned", errors: "400 404 429", do: (*call).searchGroupsWithHierarchy},
	{at: "GET /groups/{group_id}", op: "group", query: "fields", errors: "400 404 429", do: (*call).group},
	{at: "PATCH /groups/{group_id}", op: "update_group", query: "fields", body: "Group!", errors: "400 403 404 422 429", do: (*call).updateGroup},
	{at: "DELETE /groups/{group_id}", op: "delete_group", errors: "400 403 404 429", do: (*call).deleteGroup},
	{at: "GET /groups/{group_id}/groups", op: "all_group_groups", query: "fields", errors: "400 404 429", do: (*call).allGroupGroups},
	{at: "POST /groups/{group_id}/groups", op: "add_group_group", body: "GroupIdForGroupInclusion!", errors: "400 403 404 429", do: (*call).addGroupGroup},
	{at: "GET /groups/{group_id}/users", op: "all_group_users", query: "fields page per_page limit offset sorts", errors: "400 404 429", do: (*call).allGroupUsers},
	{at: "POST /groups/{group_id}/users", op: "add_group_user", body: "GroupIdForGroupUserInclusion!", errors: "400 403 404 429", do: (*call).addGroupUser},
	{at: "DELETE /groups/{group_id}/users/{user_id}", op: "delete_group_user", errors: "400 403 404 429", do: (*call).deleteGroupUser},
	{at: "DELETE /groups/{group_id}/groups/{deleting_group_id}", op: "delete_group_from_group", errors: "400 403 404 429", do: (*call).deleteGroupFromGroup},
}

// allUsersID is the group that every user is in.
const allUsersID = "1"

func (c *call) groupFields(g row) map[string]any {
	id := str(g["id"])
	editable := !truth(g["externally_managed"])
	v := cloneRow(g)
	v["user_count"] = float64(len(c.s.groupMembers(id)))
	v["contains_current_user"] = id == allUsersID || c.s.state.groupUsers.has(id, c.session.userID)
	v["can"] = map[string]any{"show": true, "create": true, "index": true, "update": editable, "delete": editable, "edit_in_ui": editable,
		"add_to_content_metadata": truth(g["can_add_to_content_metadata"])}
	return v
}

func (c *call) groupView(g row) map[string]any { return c.s.view("Group", c.groupFields(g)) }

func (c *call) groupSearchView(g row) map[string]any {
	v := c.groupFields(g)
	roles := []any{}
	for _, id := range c.s.state.roleGroups.to(str(g["id"])) {
		roles = append(roles, c.roleView(c.s.state.get(kindRole, id)))
	}
	v["roles"] = roles
	return c.s.view("GroupSearch", v)
}

func (c *call) groupHierarchyView(g row) map[string]any {
	id := str(g["id"])
	v := c.groupFields(g)
	v["parent_group_ids"] = anyList(c.s.parentGroups(id))
	roles := c.s.state.roleGroups.to(id)
	if c.s.switches.HierarchyRoleIDsIncludeInherited {
		roles = c.s.rolesOfGroups([]string{id})
	}
	v["role_ids"] = anyList(roles)
	return c.s.view("GroupHierarchy", v)
}

// groupMembers lists the direct members of a group; everybody is in All Users.
func (s *Server) groupMembers(id string) []string {
	if id != allUsersID {
		return s.state.groupUsers.of(id)
	}
	var out []string
	for _, u := range s.state.list(kindUser) {
		out = append(out, str(u["id"]))
	}
	return out
}

// parentGroups lists the groups a group is nested in; All Users always is one.
func (s *Server) parentGroups(id string) []string {
	if id == allUsersID {
		return nil
	}
	return append([]string{allUsersID}, slices.DeleteFunc(s.state.groupGroups.to(id), func(p string) bool { return p == allUsersID })...)
}

// groupAncestry lists the given groups and all they are nested in.
func (s *Server) groupAncestry(ids []string) []string {
	seen := map[string]bool{}
	queue := slices.Clone(ids)
	var out []string
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
			queue = append(queue, s.parentGroups(id)...)
		}
	}
	return out
}

// rolesOfGroups lists the roles that members of the groups hold through them.
func (s *Server) rolesOfGroups(ids []string) []string {
	var out []string
	for _, g := range s.groupAncestry(ids) {
		for _, role := range s.state.roleGroups.to(g) {
			if !slices.Contains(out, role) {
				out = append(out, role)
			}
		}
	}
	slices.SortFunc(out, compareIDs)
	return out
}

// effectiveRoles lists the roles a user holds directly or through groups.
func (s *Server) effectiveRoles(userID string) []string {
	out := s.state.userRoles.of(userID)
	for _, role := range s.rolesOfGroups(s.groupIDsOf(userID)) {
		if !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	slices.SortFunc(out, compareIDs)
	return out
}

func (c *call) allGroups() (any, error) {
	rows := c.byIDs(c.s.state.list(kindGroup), "ids")
	granted := criterion{"content_metadata_id", func(r row) []any { return c.accessIDs("group_id", str(r["id"])) }, idMatch}
	rows, err := c.filter(rows, granted, field("can_add_to_content_metadata", boolMatch))
	return listing{rows, c.groupView}, err
}

func (c *call) searchGroupsAs(view func(row) map[string]any) (any, error) {
	rows, err := c.filter(c.s.state.list(kindGroup), field("id", idMatch), field("name", likeMatch), field("external_group_id", likeMatch),
		field("externally_managed", boolMatch), field("externally_orphaned", boolMatch))
	return listing{rows, view}, err
}

func (c *call) searchGroups() (any, error)          { return c.searchGroupsAs(c.groupView) }
func (c *call) searchGroupsWithRoles() (any, error) { return c.searchGroupsAs(c.groupSearchView) }
func (c *call) searchGroupsWithHierarchy() (any, error) {
	return c.searchGroupsAs(c.groupHierarchyView)
}

func (c *call) group() (any, error) {
	g, err := c.need(kindGroup, "group_id")
	if err != nil {
		return nil, err
	}
	return c.groupView(g), nil
}

// uniqueName refuses a name that another row of the kind has.
func (c *call) uniqueName(kind, id string, name any) error {
	for _, r := range c.s.state.table(kind).rows {
		if r["name"] == name && r["id"] != id {
			return c.duplicate("name", fmt.Sprintf("%s named %s already exists.", kind, str(name)))
		}
	}
	return nil
}

// named reads a body whose name is required on create and unique within the kind.
func (c *call) named(kind, id string) (map[string]any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	name, given := body["name"]
	if id == "" && !given || given && str(name) == "" {
		return nil, c.missingField("name")
	}
	if given && (kind == kindGroup || !c.s.switches.NonUniqueRoleNames) {
		return body, c.uniqueName(kind, id, name)
	}
	return body, nil
}

func (s *Server) newGroup(fields row) string {
	g := row{"can_add_to_content_metadata": true, "external_group_id": nil, "externally_managed": false, "include_by_default": false}
	for k, v := range fields {
		g[k] = v
	}
	return s.state.insert(kindGroup, g)
}

func (c *call) createGroup() (any, error) {
	body, err := c.named(kindGroup, "")
	if err != nil {
		return nil, err
	}
	id := c.s.newGroup(body)
	c.s.fresh.note(kindGroup, id, c.now)
	return c.groupView(c.s.state.get(kindGroup, id)), nil
}

// editableGroup returns the group of the path unless it is managed elsewhere (All Users, shadow groups of SSO).
func (c *call) editableGroup() (row, error) {
	g, err := c.need(kindGroup, "group_id")
	if err == nil && truth(g["externally_managed"]) {
		return nil, errForbidden("The group is managed externally.")
	}
	return g, err
}

func (c *call) updateGroup() (any, error) {
	g, err := c.editableGroup()
	if err != nil {
		return nil, err
	}
	body, err := c.named(kindGroup, str(g["id"]))
	if err != nil {
		return nil, err
	}
	for k, v := range body {
		g[k] = v
	}
	return c.groupView(g), nil
}

func (c *call) deleteGroup() (any, error) {
	g, err := c.editableGroup()
	if err != nil {
		return nil, err
	}
	c.s.dropGroup(str(g["id"]))
	return noContent{}, nil
}

func (s *Server) dropGroup(id string) {
	st := s.state
	st.groupUsers.drop(id)
	st.groupGroups.drop(id)
	st.roleGroups.dropTarget(id)
	if !s.switches.DeletedGroupKeepsGrants {
		for _, kind := range []string{kindGroupValue, kindContentAccess} {
			for _, r := range st.list(kind) {
				if r["group_id"] == id {
					delete(st.table(kind).rows, str(r["id"]))
				}
			}
		}
	}
	delete(st.table(kindGroup).rows, id)
}

func (c *call) rowsByID(kind string, ids []string) []row {
	out := []row{}
	for _, id := range ids {
		if r := c.s.state.get(kind, id); r != nil {
			out = append(out, r)
		}
	}
	return out
}

func (c *call) allGroupGroups() (any, error) {
	g, err := c.need(kindGroup, "group_id")
	if err != nil {
		return nil, err
	}
	if g["id"] != allUsersID {
		return listing{c.rowsByID(kindGroup, c.s.state.groupGroups.of(str(g["id"]))), c.groupView}, nil
	}
	others := slices.DeleteFunc(c.s.state.list(kindGroup), func(r row) bool { return r["id"] == allUsersID })
	return listing{others, c.groupView}, nil
}

// member reads the id to add and returns its row.
func (c *call) member(field, kind string) (row, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if str(body[field]) == "" {
		return nil, errBadRequest("'%s' is required.", field)
	}
	r := c.s.state.get(kind, str(body[field]))
	if r == nil {
		return nil, errNotFound()
	}
	return r, nil
}

// addMember adds to a relation; adding twice is harmless unless AddExistingMemberConflicts.
func (c *call) addMember(rel relation, group, member string) error {
	if rel.has(group, member) && c.s.switches.AddExistingMemberConflicts {
		return c.conflict()
	}
	rel.add(group, member)
	return nil
}

// addGroupGroup answers the child.
func (c *call) addGroupGroup() (any, error) {
	g, err := c.editableGroup()
	if err != nil {
		return nil, err
	}
	child, err := c.member("group_id", kindGroup)
	if err != nil {
		return nil, err
	}
	parent, id := str(g["id"]), str(child["id"])
	if slices.Contains(c.s.groupAncestry([]string{parent}), id) {
		if c.s.switches.GroupCycleAs400 {
			return nil, errBadRequest("A group cannot contain itself.")
		}
		return nil, c.invalidField("group_id", "A group cannot contain itself.")
	}
	if err := c.addMember(c.s.state.groupGroups, parent, id); err != nil {
		return nil, err
	}
	return c.groupView(child), nil
}

func (c *call) deleteGroupFromGroup() (any, error) {
	return c.removeMember(c.s.state.groupGroups, c.args["deleting_group_id"])
}

func (c *call) removeMember(rel relation, member string) (any, error) {
	g, err := c.editableGroup()
	if err != nil {
		return nil, err
	}
	if !rel.has(str(g["id"]), member) {
		return nil, errNotFound()
	}
	rel.remove(str(g["id"]), member)
	return noContent{}, nil
}

func (c *call) allGroupUsers() (any, error) {
	g, err := c.need(kindGroup, "group_id")
	if err != nil {
		return nil, err
	}
	return listing{c.rowsByID(kindUser, c.s.groupMembers(str(g["id"]))), c.userView}, nil
}

// addGroupUser answers the user.
func (c *call) addGroupUser() (any, error) {
	g, err := c.editableGroup()
	if err != nil {
		return nil, err
	}
	user, err := c.member("user_id", kindUser)
	if err != nil {
		return nil, err
	}
	if err := c.addMember(c.s.state.groupUsers, str(g["id"]), str(user["id"])); err != nil {
		return nil, err
	}
	return c.userView(user), nil
}

func (c *call) deleteGroupUser() (any, error) {
	return c.removeMember(c.s.state.groupUsers, c.args["user_id"])
}
