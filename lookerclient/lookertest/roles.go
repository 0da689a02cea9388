package lookertest

import "slices"

var roleRoutes = []route{
	{at: "GET /roles", op: "all_roles", query: "fields ids get_all_support_roles", errors: "400 404 429", do: (*call).allRoles},
	{at: "POST /roles", op: "create_role", body: "Role!", errors: "400 404 405 409 422 429", do: (*call).createRole},
	{at: "GET /roles/search", op: "search_roles", query: "fields limit offset sorts id model_set_ids permission_set_ids name built_in filter_or", errors: "400 404 429", do: (*call).searchRoles},
	{at: "GET /roles/search/with_user_count", op: "search_roles_with_user_count", query: "fields limit offset sorts id name built_in filter_or", errors: "400 404 429", do: (*call).searchRolesWithUserCount},
	{at: "GET /roles/{role_id}", op: "role", errors: "400 404 429", do: (*call).role},
	{at: "DELETE /roles/{role_id}", op: "delete_role", errors: "400 404 405 429", do: (*call).deleteRole},
	{at: "PATCH /roles/{role_id}", op: "update_role", body: "Role!", errors: "400 404 405 422 429", do: (*call).updateRole},
	{at: "GET /roles/{role_id}/groups", op: "role_groups", query: "fields", errors: "400 404 429", do: (*call).roleGroups},
	{at: "PUT /roles/{role_id}/groups", op: "set_role_groups", coreDenied: true, body: "[string]!", errors: "400 403 404 405 409 422 429", do: (*call).setRoleGroups},
	{at: "GET /roles/{role_id}/users", op: "role_users", query: "fields direct_association_only", errors: "400 404 429", do: (*call).roleUsers},
	{at: "PUT /roles/{role_id}/users", op: "set_role_users", body: "[string]!", errors: "400 403 404 405 422 429", do: (*call).setRoleUsers},
	{at: "GET /users/{user_id}/roles", op: "user_roles", query: "fields direct_association_only", errors: "400 404 429", do: (*call).userRoles},
	{at: "PUT /users/{user_id}/roles", op: "set_user_roles", query: "fields", body: "[string]!", errors: "400 403 404 422 429", do: (*call).setUserRoles},
}

// adminRoleID is the built-in role whose permission set allows everything.
const adminRoleID = "2"

var setCan = map[string]any{"index": true, "show": true, "update": true}

func (c *call) roleFields(r row) map[string]any {
	id := str(r["id"])
	v := cloneRow(r)
	v["can"] = setCan
	v["url"], v["users_url"] = internalURL+"/roles/"+id, internalURL+"/roles/"+id+"/users"
	v["permission_set"], v["model_set"] = nil, nil
	if set := c.s.state.get(kindPermissionSet, str(r["permission_set_id"])); set != nil {
		v["permission_set"] = c.permissionSetView(set)
	}
	if set := c.s.state.get(kindModelSet, str(r["model_set_id"])); set != nil {
		v["model_set"] = c.modelSetView(set)
	}
	return v
}

func (c *call) roleView(r row) map[string]any { return c.s.view("Role", c.roleFields(r)) }

func (c *call) roleSearchView(r row) map[string]any {
	v := c.roleFields(r)
	v["user_count"] = float64(len(c.usersWithRole(str(r["id"]), false)))
	return c.s.view("RoleSearch", v)
}

func (c *call) allRoles() (any, error) {
	return listing{c.byIDs(c.s.state.list(kindRole), "ids"), c.roleView}, nil
}

func (c *call) searchRolesAs(view func(row) map[string]any) (any, error) {
	set := func(param, f string) criterion {
		return criterion{param, func(r row) []any { return []any{r[f]} }, idMatch}
	}
	rows, err := c.filter(c.s.state.list(kindRole), field("id", idMatch), field("name", likeMatch), field("built_in", boolMatch),
		set("model_set_ids", "model_set_id"), set("permission_set_ids", "permission_set_id"))
	return listing{rows, view}, err
}

func (c *call) searchRoles() (any, error)              { return c.searchRolesAs(c.roleView) }
func (c *call) searchRolesWithUserCount() (any, error) { return c.searchRolesAs(c.roleSearchView) }

func (c *call) role() (any, error) {
	r, err := c.need(kindRole, "role_id")
	if err != nil {
		return nil, err
	}
	return c.roleView(r), nil
}

// roleBody reads and validates a role; create requires all three fields.
func (c *call) roleBody(id string) (map[string]any, error) {
	body, err := c.named(kindRole, id)
	if err != nil {
		return nil, err
	}
	for _, ref := range [][2]string{{"permission_set_id", kindPermissionSet}, {"model_set_id", kindModelSet}} {
		f, kind := ref[0], ref[1]
		v, given := body[f]
		if id == "" && !given || given && str(v) == "" {
			return nil, c.missingField(f)
		}
		if given && c.s.state.get(kind, str(v)) == nil {
			return nil, c.invalidField(f, "%s %s does not exist.", kind, str(v))
		}
	}
	return body, nil
}

func (c *call) createRole() (any, error) {
	body, err := c.roleBody("")
	if err != nil {
		return nil, err
	}
	body["built_in"] = false
	c.insert(kindRole, body)
	return c.roleView(body), nil
}

// editable returns the row of the path unless it is built in.
func (c *call) editable(kind, arg string) (row, error) {
	r, err := c.need(kind, arg)
	if err == nil && truth(r["built_in"]) {
		return nil, errNotModifiable()
	}
	return r, err
}

func (c *call) updateRole() (any, error) {
	r, err := c.editable(kindRole, "role_id")
	if err != nil {
		return nil, err
	}
	body, err := c.roleBody(str(r["id"]))
	if err != nil {
		return nil, err
	}
	for k, v := range body {
		r[k] = v
	}
	return c.roleView(r), nil
}

func (c *call) deleteRole() (any, error) {
	r, err := c.editable(kindRole, "role_id")
	if err != nil {
		return nil, err
	}
	id := str(r["id"])
	c.s.dropRole(id)
	return noContent{}, nil
}

func (s *Server) dropRole(id string) {
	s.state.userRoles.dropTarget(id)
	delete(s.state.roleGroups, id)
	delete(s.state.table(kindRole).rows, id)
}

func (c *call) roleGroups() (any, error) {
	r, err := c.need(kindRole, "role_id")
	if err != nil {
		return nil, err
	}
	return listing{c.rowsByID(kindGroup, c.s.state.roleGroups.of(str(r["id"]))), c.groupView}, nil
}

// ids reads a bare array of ids that must all exist.
func (c *call) ids(kind string) ([]string, error) {
	ids, err := c.idList()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if c.s.state.get(kind, id) == nil {
			return nil, errNotFound()
		}
	}
	return ids, nil
}

// keepAdmin applies a change of who is an admin and takes it back when it leaves no admin.
func (c *call) keepAdmin(change, undo func()) error {
	before := c.s.isAdmin(c.session.userID)
	change()
	if !before || c.s.isAdmin(c.session.userID) && !truth(c.s.state.get(kindUser, c.session.userID)["is_disabled"]) {
		return nil
	}
	for _, u := range c.s.state.table(kindUser).rows {
		if !truth(u["is_disabled"]) && c.s.isAdmin(str(u["id"])) {
			return nil
		}
	}
	undo()
	return c.selfRefused("There must be at least one admin.")
}

func (c *call) setRoleGroups() (any, error) {
	r, err := c.need(kindRole, "role_id")
	if err != nil {
		return nil, err
	}
	ids, err := c.ids(kindGroup)
	if err != nil {
		return nil, err
	}
	role, rel := str(r["id"]), c.s.state.roleGroups
	old := rel.of(role)
	if err := c.keepAdmin(func() { rel.set(role, ids) }, func() { rel.set(role, old) }); err != nil {
		return nil, err
	}
	return listing{c.rowsByID(kindGroup, rel.of(role)), c.groupView}, nil
}

// usersWithRole lists who holds a role, directly only or also through groups.
func (c *call) usersWithRole(role string, directOnly bool) []string {
	out := c.s.state.userRoles.to(role)
	if directOnly || len(c.s.state.roleGroups[role]) == 0 {
		return out
	}
	for _, u := range c.s.state.list(kindUser) {
		id := str(u["id"])
		if !slices.Contains(out, id) && slices.Contains(c.s.effectiveRoles(id), role) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, compareIDs)
	return out
}

func (c *call) roleUsers() (any, error) {
	r, err := c.need(kindRole, "role_id")
	if err != nil {
		return nil, err
	}
	return listing{c.rowsByID(kindUser, c.usersWithRole(str(r["id"]), c.params["direct_association_only"] == "true")), c.userView}, nil
}

func (c *call) setRoleUsers() (any, error) {
	r, err := c.need(kindRole, "role_id")
	if err != nil {
		return nil, err
	}
	ids, err := c.ids(kindUser)
	if err != nil {
		return nil, err
	}
	role := str(r["id"])
	old := c.s.state.userRoles.to(role)
	put := func(users []string) func() {
		return func() {
			c.s.state.userRoles.dropTarget(role)
			for _, id := range users {
				c.s.state.userRoles.add(id, role)
			}
		}
	}
	if err := c.keepAdmin(put(ids), put(old)); err != nil {
		return nil, err
	}
	return listing{c.rowsByID(kindUser, c.s.state.userRoles.to(role)), c.userView}, nil
}

func (c *call) userRoles() (any, error) {
	u, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	ids := c.s.state.userRoles.of(str(u["id"]))
	if c.params["direct_association_only"] != "true" {
		ids = c.s.effectiveRoles(str(u["id"]))
	}
	return listing{c.rowsByID(kindRole, ids), c.roleView}, nil
}

// setUserRoles replaces the direct roles of a user.
func (c *call) setUserRoles() (any, error) {
	u, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	ids, err := c.ids(kindRole)
	if err != nil {
		return nil, err
	}
	user, rel := str(u["id"]), c.s.state.userRoles
	old := rel.of(user)
	if err := c.keepAdmin(func() { rel.set(user, ids) }, func() { rel.set(user, old) }); err != nil {
		return nil, err
	}
	return listing{c.rowsByID(kindRole, rel.of(user)), c.roleView}, nil
}
