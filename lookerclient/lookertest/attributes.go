package lookertest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
)

var attributeRoutes = []route{
	{at: "PATCH /groups/{group_id}/attribute_values/{user_attribute_id}", op: "update_user_attribute_group_value", body: "UserAttributeGroupValue!", errors: "400 403 404 422 429", do: (*call).updateUserAttributeGroupValue},
	{at: "DELETE /groups/{group_id}/attribute_values/{user_attribute_id}", op: "delete_user_attribute_group_value", errors: "400 403 404 429", do: (*call).deleteUserAttributeGroupValue},
	{at: "GET /user_attributes", op: "all_user_attributes", query: "fields sorts", errors: "400 404 429", do: (*call).allUserAttributes},
	{at: "POST /user_attributes", op: "create_user_attribute", query: "fields", body: "UserAttribute!", errors: "400 404 409 422 429", do: (*call).createUserAttribute},
	{at: "GET /user_attributes/{user_attribute_id}", op: "user_attribute", query: "fields", errors: "400 404 429", do: (*call).userAttribute},
	{at: "PATCH /user_attributes/{user_attribute_id}", op: "update_user_attribute", query: "fields", body: "UserAttribute!", errors: "400 404 422 429", do: (*call).updateUserAttribute},
	{at: "DELETE /user_attributes/{user_attribute_id}", op: "delete_user_attribute", errors: "400 404 429", do: (*call).deleteUserAttribute},
	{at: "GET /user_attributes/{user_attribute_id}/group_values", op: "all_user_attribute_group_values", query: "fields", errors: "400 404 429", do: (*call).allUserAttributeGroupValues},
	{at: "POST /user_attributes/{user_attribute_id}/group_values", op: "set_user_attribute_group_values", body: "[UserAttributeGroupValue]!", errors: "400 404 409 422 429", do: (*call).setUserAttributeGroupValues},
	{at: "GET /users/{user_id}/attribute_values", op: "user_attribute_user_values", query: "fields user_attribute_ids all_values include_unset", errors: "404 429", do: (*call).userAttributeUserValues},
	{at: "PATCH /users/{user_id}/attribute_values/{user_attribute_id}", op: "set_user_attribute_user_value", body: "UserAttributeWithValue!", errors: "400 403 404 422 429", do: (*call).setUserAttributeUserValue},
	{at: "DELETE /users/{user_id}/attribute_values/{user_attribute_id}", op: "delete_user_attribute_user_value", errors: "400 403 404 429", do: (*call).deleteUserAttributeUserValue},
}

var (
	attributeName  = regexp.MustCompile(`^[a-z0-9_]+$`)
	attributeTypes = []string{"string", "number", "datetime", "yesno", "zipcode", "relative_url", "advanced_filter_string", "advanced_filter_number", "advanced_filter_datetime"}
)

// defaultIsSet is what the default of an attribute with hidden values reads as.
const defaultIsSet = "DEFAULT_IS_SET"

func (c *call) attributeView(r row) map[string]any {
	editable := !truth(r["is_system"])
	v := cloneRow(r)
	v["can"] = map[string]any{"create": true, "index": true, "set_value": true, "show": true, "show_value": true, "update": editable, "destroy": editable && !truth(r["is_permanent"])}
	if truth(r["value_is_hidden"]) && str(r["default_value"]) != "" {
		v["default_value"] = defaultIsSet
	}
	return c.s.view("UserAttribute", v)
}

func (c *call) allUserAttributes() (any, error) {
	return listing{c.s.state.list(kindUserAttribute), c.attributeView}, nil
}

func (c *call) userAttribute() (any, error) {
	r, err := c.need(kindUserAttribute, "user_attribute_id")
	if err != nil {
		return nil, err
	}
	return c.attributeView(r), nil
}

// attributeBody validates a create (old is empty) or a change.
func (c *call) attributeBody(old row) (map[string]any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	for _, f := range []string{"name", "label", "type"} {
		v, given := body[f]
		if len(old) == 0 && !given || given && str(v) == "" {
			return nil, c.missingField(f)
		}
	}
	if name := str(body["name"]); name != "" && !attributeName.MatchString(name) {
		return nil, c.invalidField("name", "'name' may only hold lower-case letters, digits and underscores.")
	}
	for _, check := range []func(body, old row) error{c.uniqueAttribute, c.checkAttributeType, c.checkHidden, c.checkHiddenDomains} {
		if err := check(body, old); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// uniqueAttribute refuses a name or label that another attribute has.
func (c *call) uniqueAttribute(body, old row) error {
	for _, f := range []string{"name", "label"} {
		v, given := body[f]
		if other := c.s.state.find(kindUserAttribute, f, v); given && other != nil && other["id"] != old["id"] {
			return c.duplicate(f, fmt.Sprintf("a user attribute with %s %s already exists.", f, str(v)))
		}
	}
	return nil
}

func (c *call) checkAttributeType(body, old row) error {
	typ, given := body["type"]
	if !given {
		return nil
	}
	if !slices.Contains(attributeTypes, str(typ)) {
		return c.invalidField("type", "'%s' is not a type of user attributes.", str(typ))
	}
	if len(old) > 0 && old["type"] != typ && c.s.switches.RefusesAttributeTypeChange {
		return c.invalidField("type", "the type of a user attribute cannot be changed.")
	}
	return nil
}

// checkHidden: hiding values is for ever.
func (c *call) checkHidden(body, old row) error {
	if v, given := body["value_is_hidden"]; given && truth(old["value_is_hidden"]) && !truth(v) {
		return c.invalidField("value_is_hidden", "hidden values cannot be made visible again.")
	}
	return nil
}

// checkHiddenDomains: hidden values need a domain list, which never changes again; visible attributes must not mention
// the list at all, not even as "" or null.
func (c *call) checkHiddenDomains(body, old row) error {
	const list, hide = "hidden_value_domain_whitelist", "value_is_hidden"
	wasHidden := truth(old[hide])
	hidden := wasHidden || truth(body[hide])
	v, given := body[list]
	switch {
	case !hidden && given:
		return c.invalidField(list, "'%s' is only allowed when values are hidden.", list)
	case wasHidden && given && v != old[list]:
		return c.invalidField(list, "'%s' cannot be changed.", list)
	case hidden && !wasHidden && str(v) == "":
		return c.missingField(list)
	}
	return nil
}

func (c *call) createUserAttribute() (any, error) {
	body, err := c.attributeBody(row{})
	if err != nil {
		return nil, err
	}
	r := row{"default_value": nil, "is_system": false, "is_permanent": false, "value_is_hidden": false, "user_can_view": true, "user_can_edit": true, "hidden_value_domain_whitelist": nil}
	for k, v := range body {
		r[k] = v
	}
	c.insert(kindUserAttribute, r)
	return c.attributeView(r), nil
}

func (c *call) updateUserAttribute() (any, error) {
	r, err := c.need(kindUserAttribute, "user_attribute_id")
	if err != nil {
		return nil, err
	}
	if truth(r["is_system"]) {
		return nil, c.invalidField("is_system", "system attributes cannot be edited.")
	}
	body, err := c.attributeBody(r)
	if err != nil {
		return nil, err
	}
	for k, v := range body {
		r[k] = v
	}
	return c.attributeView(r), nil
}

func (c *call) deleteUserAttribute() (any, error) {
	r, err := c.need(kindUserAttribute, "user_attribute_id")
	if err != nil {
		return nil, err
	}
	if truth(r["is_system"]) || truth(r["is_permanent"]) {
		return nil, errBadRequest("The user attribute is permanent.")
	}
	c.s.dropAttribute(str(r["id"]))
	return noContent{}, nil
}

func (s *Server) dropAttribute(id string) {
	for _, values := range s.state.userValues {
		delete(values, id)
	}
	for _, v := range s.state.list(kindGroupValue) {
		if v["user_attribute_id"] == id {
			delete(s.state.table(kindGroupValue).rows, str(v["id"]))
		}
	}
	delete(s.state.table(kindUserAttribute).rows, id)
}

// groupValues lists the values of an attribute in the order of their rank: the lowest wins.
func (s *Server) groupValues(attributeID string) []row {
	out := s.state.where(kindGroupValue, func(v row) bool { return v["user_attribute_id"] == attributeID })
	slices.SortStableFunc(out, func(a, b row) int { return cmp.Compare(rankOf(a), rankOf(b)) })
	return out
}

func rankOf(r row) float64 {
	n, _ := r["rank"].(float64)
	return n
}

func (c *call) groupValueView(r row) map[string]any {
	v := cloneRow(r)
	v["can"] = map[string]any{}
	if attr := c.s.state.get(kindUserAttribute, str(r["user_attribute_id"])); truth(attr["value_is_hidden"]) {
		v["value_is_hidden"], v["value"] = true, nil
	}
	return c.s.view("UserAttributeGroupValue", v)
}

func (c *call) allUserAttributeGroupValues() (any, error) {
	r, err := c.need(kindUserAttribute, "user_attribute_id")
	if err != nil {
		return nil, err
	}
	return listing{c.s.groupValues(str(r["id"])), c.groupValueView}, nil
}

// groupValueBodies reads the ordered list; ranks are the list's order unless every entry brings its own.
func (c *call) groupValueBodies() ([]row, error) {
	var list []any
	if err := c.decode(&list); err != nil {
		return nil, err
	}
	out := make([]row, 0, len(list))
	seen, ranked := map[string]bool{}, 0
	for i, e := range list {
		body, ok := e.(map[string]any)
		if !ok {
			return nil, errBadRequest("entry %d is not an object.", i)
		}
		v, err := c.checkBody("UserAttributeGroupValue", body)
		if err != nil {
			return nil, err
		}
		group := str(v["group_id"])
		if c.s.state.get(kindGroup, group) == nil {
			return nil, c.invalidField("group_id", "group %s does not exist.", group)
		}
		if seen[group] {
			return nil, c.duplicate("group_id", fmt.Sprintf("group %s is listed twice.", group))
		}
		seen[group] = true
		if v["rank"] != nil {
			ranked++
		}
		out = append(out, v)
	}
	if ranked != 0 && ranked != len(out) {
		return nil, c.invalidField("rank", "'rank' must be given for every entry or for none.")
	}
	slices.SortStableFunc(out, func(a, b row) int { return cmp.Compare(rankOf(a), rankOf(b)) })
	return out, nil
}

// setUserAttributeGroupValues replaces all values of an attribute.
func (c *call) setUserAttributeGroupValues() (any, error) {
	attr, err := c.need(kindUserAttribute, "user_attribute_id")
	if err != nil {
		return nil, err
	}
	values, err := c.groupValueBodies()
	if err != nil {
		return nil, err
	}
	id := str(attr["id"])
	old := map[string]string{}
	for _, v := range c.s.groupValues(id) {
		old[str(v["group_id"])] = str(v["id"])
		c.remove(kindGroupValue, str(v["id"]))
	}
	for i, v := range values {
		r := row{"group_id": v["group_id"], "user_attribute_id": id, "rank": float64(i + 1), "value": v["value"], "value_is_hidden": false}
		if kept := old[str(v["group_id"])]; kept != "" {
			r["id"] = kept
		}
		c.insert(kindGroupValue, r)
	}
	return listing{c.s.groupValues(id), c.groupValueView}, nil
}

// updateUserAttributeGroupValue sets the value of one group, after all others when it is new.
func (c *call) updateUserAttributeGroupValue() (any, error) {
	attr, err := c.need(kindUserAttribute, "user_attribute_id")
	if err != nil {
		return nil, err
	}
	group, err := c.need(kindGroup, "group_id")
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	existing := c.s.groupValues(str(attr["id"]))
	rank := float64(1)
	for _, v := range existing {
		if v["group_id"] == group["id"] {
			v["value"] = body["value"]
			return c.groupValueView(v), nil
		}
		rank = max(rank, rankOf(v)+1)
	}
	r := row{"group_id": group["id"], "user_attribute_id": attr["id"], "rank": rank, "value": body["value"], "value_is_hidden": false}
	c.insert(kindGroupValue, r)
	return c.groupValueView(r), nil
}

func (c *call) deleteUserAttributeGroupValue() (any, error) {
	for _, v := range c.s.groupValues(c.args["user_attribute_id"]) {
		if v["group_id"] == c.args["group_id"] {
			c.remove(kindGroupValue, str(v["id"]))
			return noContent{}, nil
		}
	}
	return nil, errNotFound()
}
