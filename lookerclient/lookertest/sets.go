package lookertest

import "slices"

var setRoutes = []route{
	{at: "GET /model_sets/search", op: "search_model_sets", query: "fields limit offset sorts id name all_access built_in filter_or models", errors: "400 404 429", do: (*call).searchModelSets},
	{at: "GET /model_sets/{model_set_id}", op: "model_set", query: "fields", errors: "400 404 429", do: (*call).modelSet},
	{at: "DELETE /model_sets/{model_set_id}", op: "delete_model_set", errors: "400 404 405 429", do: (*call).deleteModelSet},
	{at: "PATCH /model_sets/{model_set_id}", op: "update_model_set", body: "ModelSet!", errors: "400 403 404 405 422 429", do: (*call).updateModelSet},
	{at: "GET /model_sets", op: "all_model_sets", query: "fields", errors: "404 429", do: (*call).allModelSets},
	{at: "POST /model_sets", op: "create_model_set", body: "ModelSet!", errors: "400 404 409 422 429", do: (*call).createModelSet},
	{at: "GET /permission_sets/search", op: "search_permission_sets", query: "fields limit offset sorts id name all_access built_in filter_or permissions", errors: "400 404 429", do: (*call).searchPermissionSets},
	{at: "GET /permission_sets/{permission_set_id}", op: "permission_set", query: "fields", errors: "400 404 429", do: (*call).permissionSet},
	{at: "DELETE /permission_sets/{permission_set_id}", op: "delete_permission_set", errors: "400 404 405 429", do: (*call).deletePermissionSet},
	{at: "PATCH /permission_sets/{permission_set_id}", op: "update_permission_set", body: "PermissionSet!", errors: "400 404 405 422 429", do: (*call).updatePermissionSet},
	{at: "GET /permission_sets", op: "all_permission_sets", query: "fields", errors: "400 404 429", do: (*call).allPermissionSets},
	{at: "POST /permission_sets", op: "create_permission_set", body: "PermissionSet!", errors: "400 404 405 409 422 429", do: (*call).createPermissionSet},
}

// A setKind is what differs between permission sets and model sets.
type setKind struct {
	kind, members string // kind of rows and the field that lists what is in the set
	roleField     string // field of roles that refers to one
	arg           string
	path          string
	schema        string
}

var (
	permissionSets = setKind{kindPermissionSet, "permissions", "permission_set_id", "permission_set_id", "permission_sets", "PermissionSet"}
	modelSets      = setKind{kindModelSet, "models", "model_set_id", "model_set_id", "model_sets", "ModelSet"}
)

func (c *call) setView(k setKind) func(row) map[string]any {
	return func(r row) map[string]any {
		v := cloneRow(r)
		v["can"], v["url"] = setCan, internalURL+"/"+k.path+"/"+str(r["id"])
		return c.s.view(k.schema, v)
	}
}

func (c *call) permissionSetView(r row) map[string]any { return c.setView(permissionSets)(r) }
func (c *call) modelSetView(r row) map[string]any      { return c.setView(modelSets)(r) }

func (c *call) listSets(k setKind) (any, error) {
	return listing{c.s.state.list(k.kind), c.setView(k)}, nil
}

func (c *call) searchSets(k setKind) (any, error) {
	members := criterion{k.members, func(r row) []any { return anyList(stringList(r[k.members])) }, csvLike}
	rows, err := c.filter(c.s.state.list(k.kind), field("id", idMatch), field("name", likeMatch), field("all_access", boolMatch), field("built_in", boolMatch), members)
	return listing{rows, c.setView(k)}, err
}

func (c *call) getSet(k setKind) (any, error) {
	r, err := c.need(k.kind, k.arg)
	if err != nil {
		return nil, err
	}
	return c.setView(k)(r), nil
}

// setBody reads a set; its members are stored in alphabetical order, whatever order they came in.
func (c *call) setBody(k setKind, id string) (map[string]any, error) {
	body, err := c.named(k.kind, id)
	if err != nil {
		return nil, err
	}
	v, given := body[k.members]
	if !given {
		return body, nil
	}
	members := stringList(v)
	for _, m := range members {
		if !c.mayContain(k, m) {
			return nil, c.invalidField(k.members, "'%s' does not exist.", m)
		}
	}
	slices.Sort(members)
	body[k.members] = anyList(slices.Compact(members))
	return body, nil
}

func (c *call) mayContain(k setKind, member string) bool {
	if k.kind == kindPermissionSet {
		return c.s.switches.AcceptsUnknownPermissions || knownPermission(member)
	}
	return !c.s.switches.RefusesUnknownModels || slices.Contains(stringList(c.s.state.get(kindModelSet, "1")["models"]), member)
}

func (c *call) createSet(k setKind) (any, error) {
	body, err := c.setBody(k, "")
	if err != nil {
		return nil, err
	}
	body["built_in"], body["all_access"] = false, false
	if body[k.members] == nil {
		body[k.members] = []any{}
	}
	c.insert(k.kind, body)
	return c.setView(k)(body), nil
}

func (c *call) updateSet(k setKind) (any, error) {
	r, err := c.editable(k.kind, k.arg)
	if err != nil {
		return nil, err
	}
	body, err := c.setBody(k, str(r["id"]))
	if err != nil {
		return nil, err
	}
	for f, v := range body {
		r[f] = v
	}
	return c.setView(k)(r), nil
}

func (c *call) deleteSet(k setKind) (any, error) {
	r, err := c.editable(k.kind, k.arg)
	if err != nil {
		return nil, err
	}
	if !c.s.switches.DeleteUsedSetAllowed && c.s.state.find(kindRole, k.roleField, r["id"]) != nil {
		return nil, errNotModifiable()
	}
	c.remove(k.kind, str(r["id"]))
	return noContent{}, nil
}

func (c *call) allPermissionSets() (any, error)    { return c.listSets(permissionSets) }
func (c *call) searchPermissionSets() (any, error) { return c.searchSets(permissionSets) }
func (c *call) permissionSet() (any, error)        { return c.getSet(permissionSets) }
func (c *call) createPermissionSet() (any, error)  { return c.createSet(permissionSets) }
func (c *call) updatePermissionSet() (any, error)  { return c.updateSet(permissionSets) }
func (c *call) deletePermissionSet() (any, error)  { return c.deleteSet(permissionSets) }
func (c *call) allModelSets() (any, error)         { return c.listSets(modelSets) }
func (c *call) searchModelSets() (any, error)      { return c.searchSets(modelSets) }
func (c *call) modelSet() (any, error)             { return c.getSet(modelSets) }
func (c *call) createModelSet() (any, error)       { return c.createSet(modelSets) }
func (c *call) updateModelSet() (any, error)       { return c.updateSet(modelSets) }
func (c *call) deleteModelSet() (any, error)       { return c.deleteSet(modelSets) }
