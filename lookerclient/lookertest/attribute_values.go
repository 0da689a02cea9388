package lookertest

import "slices"

// Sources of a user's attribute value, most specific first. The name of the group source is not recorded.
const (
	sourceUser    = "User Setting"
	sourceGroup   = "Group Setting"
	sourceSystem  = "System Setting"
	sourceDefault = "Default"
	sourceNone    = "No Value"
)

// A heldValue is one value in the search path of a user's attribute.
type heldValue struct {
	source string
	rank   float64
	value  any
}

// searchPath lists the values a user may have for an attribute: own, by group, default or system. Never empty.
func (s *Server) searchPath(user, attr row) []heldValue {
	var out []heldValue
	id, attrID := str(user["id"]), str(attr["id"])
	if v, ok := s.state.userValues[id][attrID]; ok {
		out = append(out, heldValue{sourceUser, -1, v})
	}
	groups := s.groupAncestry(s.groupIDsOf(id))
	for _, v := range s.groupValues(attrID) {
		if slices.Contains(groups, str(v["group_id"])) {
			out = append(out, heldValue{sourceGroup, rankOf(v), v["value"]})
		}
	}
	if v, ok := s.systemValue(user, str(attr["name"])); ok && truth(attr["is_system"]) {
		return append(out, heldValue{sourceSystem, 1, v})
	}
	if d := str(attr["default_value"]); d != "" {
		return append(out, heldValue{sourceDefault, 1, d})
	}
	if len(out) == 0 {
		out = append(out, heldValue{sourceNone, 1, ""})
	}
	return out
}

// systemValue computes the attributes that mirror the user itself.
func (s *Server) systemValue(user row, name string) (any, bool) {
	id := str(user["id"])
	external := func(kind, field string) (any, bool) { return str(s.state.get(kind, id)[field]), true }
	switch name {
	case "first_name", "last_name":
		return user[name], true
	case "name":
		return displayName(user), true
	case "email":
		return s.emailOf(id), true
	case "timezone":
		return "", true
	case "id":
		return id, true
	case "ldap_user_id":
		return external("credentials_ldap", "ldap_id")
	case "saml_user_id":
		return external("credentials_saml", "saml_user_id")
	case "google_user_id":
		return external("credentials_google", "google_user_id")
	case "oidc_user_id":
		return external("credentials_oidc", "oidc_user_id")
	}
	return nil, false
}

func (c *call) userValueView(user, attr row, held heldValue) map[string]any {
	v := map[string]any{"can": map[string]any{}, "name": attr["name"], "label": attr["label"], "rank": held.rank, "value": held.value, "user_id": user["id"],
		"user_can_edit": attr["user_can_edit"], "value_is_hidden": attr["value_is_hidden"], "user_attribute_id": attr["id"], "source": held.source,
		"hidden_value_domain_whitelist": attr["hidden_value_domain_whitelist"]}
	if held.source == sourceUser {
		v["can"] = map[string]any{"show": true}
	}
	if truth(attr["value_is_hidden"]) && held.source != sourceNone {
		v["value"] = nil
	}
	return c.s.view("UserAttributeWithValue", v)
}

func (c *call) userAttributeUserValues() (any, error) {
	user, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	wanted := c.csvIDs("user_attribute_ids")
	omitUnset := c.s.switches.AttributeValuesOmitUnset && c.params["include_unset"] != "true" || c.params["include_unset"] == "false"
	out := []any{}
	for _, attr := range c.s.state.list(kindUserAttribute) {
		if wanted != nil && !wanted[str(attr["id"])] {
			continue
		}
		path := c.s.searchPath(user, attr)
		if c.params["all_values"] != "true" {
			path = path[:1]
		}
		for _, held := range path {
			if held.source != sourceNone || !omitUnset {
				out = append(out, c.userValueView(user, attr, held))
			}
		}
	}
	return parseFields(c.params["fields"]).apply(out), nil
}

// userAndAttribute returns the two rows a path names; mirrors of the user itself have no values of their own.
func (c *call) userAndAttribute() (user, attr row, err error) {
	if user, err = c.need(kindUser, "user_id"); err != nil {
		return nil, nil, err
	}
	if attr, err = c.need(kindUserAttribute, "user_attribute_id"); err != nil {
		return nil, nil, err
	}
	if _, mirrored := c.s.systemValue(user, str(attr["name"])); mirrored && truth(attr["is_system"]) && attr["name"] != "timezone" {
		return nil, nil, errForbidden("The value of this attribute cannot be set.")
	}
	return user, attr, nil
}

func (c *call) setUserAttributeUserValue() (any, error) {
	user, attr, err := c.userAndAttribute()
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	value, ok := body["value"]
	if !ok {
		return nil, c.missingField("value")
	}
	if value == nil {
		value = ""
	}
	c.s.setUserValue(str(user["id"]), str(attr["id"]), value)
	return c.userValueView(user, attr, heldValue{sourceUser, -1, value}), nil
}

func (s *Server) setUserValue(userID, attrID string, value any) {
	if s.state.userValues[userID] == nil {
		s.state.userValues[userID] = map[string]any{}
	}
	s.state.userValues[userID][attrID] = value
}

func (c *call) deleteUserAttributeUserValue() (any, error) {
	user, attr, err := c.userAndAttribute()
	if err != nil {
		return nil, err
	}
	values := c.s.state.userValues[str(user["id"])]
	if _, ok := values[str(attr["id"])]; !ok {
		return nil, errNotFound()
	}
	delete(values, str(attr["id"]))
	return noContent{}, nil
}
