package lookertest

import "testing"

func TestBuiltInRowsCannotBeModified(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.fails(405, "Resource Can't Be Modified", "PATCH", "/roles/2", `{"name":"x"}`)
	c.fails(405, "", "DELETE", "/permission_sets/1", "")
	c.fails(405, "", "PATCH", "/model_sets/1", `{"models":[]}`)
	c.fails(403, "managed externally", "PATCH", "/groups/1", `{"name":"x"}`)
	c.fails(403, "", "POST", "/groups/1/users", `{"user_id":"1"}`)
	c.equal("can is no guard", c.ok("GET", "/roles/2", "").field("can.update"), true)
	c.ok("PUT", "/roles/2/groups", `[]`)
}

func TestSetsAreAnsweredInAlphabeticalOrder(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.equal("permissions", c.ok("POST", "/permission_sets", `{"name":"p","permissions":["see_looks","access_data","see_looks"]}`).field("permissions"), []any{"access_data", "see_looks"})
	c.equal("models", c.ok("POST", "/model_sets", `{"name":"m","models":["b","a"]}`).field("models"), []any{"a", "b"})
	c.fails(422, `"already_exists"`, "POST", "/model_sets", `{"name":"m","models":[]}`)
	c.equal("groups of a role", c.ok("PUT", "/roles/2/groups", `["`+c.s.Put("group", row{"id": "60", "name": "b"})+`","`+c.s.Put("group", row{"id": "9", "name": "a"})+`"]`).column("id"), "9,60")
}

func TestRolesReachUsersThroughNestedGroups(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.inheritRole()
	c.s.Put("group", row{"id": "51", "name": "child"})
	c.s.Put("user", row{"id": "51"})
	c.s.SetGroupGroups("50", "51")
	c.s.SetGroupMembers("51", "51")
	c.equal("all holders", c.ok("GET", "/roles/50/users?fields=id", "").column("id"), "50,51")
	c.equal("direct holders", c.ok("GET", "/roles/50/users?direct_association_only=true", "").column("id"), "")
	c.equal("of the user", c.ok("GET", "/users/51/roles", "").column("id"), "50")
	c.equal("direct of the user", c.ok("GET", "/users/51/roles?direct_association_only=true", "").column("id"), "")
	h := c.ok("GET", "/groups/search/with_hierarchy?sorts=id", "")
	c.equal("parents", []any{h.field("0.parent_group_ids"), h.field("1.parent_group_ids"), h.field("2.parent_group_ids")}, []any{[]any{}, []any{"1"}, []any{"1", "50"}})
	c.fails(422, "cannot contain itself", "POST", "/groups/51/groups", `{"group_id":"50"}`)
	c.ok("DELETE", "/groups/50", "")
	c.equal("role of a deleted group", c.ok("GET", "/roles/50/groups", "").column("id"), "")
}

func TestMembershipAnswersTheMember(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Put("group", row{"id": "50", "name": "g"})
	c.s.Put("group", row{"id": "51", "name": "h"})
	c.equal("user", c.ok("POST", "/groups/50/users", `{"user_id":"`+c.s.OperatorUserID()+`"}`).field("group_ids"), []any{"1", "50"})
	c.equal("child", c.ok("POST", "/groups/50/groups", `{"group_id":"51"}`).field("name"), "h")
	c.fails(400, "'user_id' is required", "POST", "/groups/50/users", `{}`)
	c.ok("DELETE", "/groups/50/users/"+c.s.OperatorUserID(), "")
	c.fails(404, "", "DELETE", "/groups/50/users/"+c.s.OperatorUserID(), "")
}

func TestHiddenAttributesStayHidden(t *testing.T) {
	t.Parallel()
	c := start(t)
	const visible = `{"name":"a","label":"A","type":"string"`
	c.fails(422, "only allowed when values are hidden", "POST", "/user_attributes", visible+`,"hidden_value_domain_whitelist":""}`)
	c.fails(422, "only allowed when values are hidden", "POST", "/user_attributes", visible+`,"hidden_value_domain_whitelist":null}`)
	c.fails(422, `"missing_field"`, "POST", "/user_attributes", visible+`,"value_is_hidden":true}`)
	a := c.ok("POST", "/user_attributes", visible+`,"value_is_hidden":true,"default_value":"x","hidden_value_domain_whitelist":"a.example.com/*"}`)
	c.equal("default", a.field("default_value"), "DEFAULT_IS_SET")
	id := a.field("id").(string)
	c.fails(422, "made visible", "PATCH", "/user_attributes/"+id, `{"value_is_hidden":false}`)
	c.fails(422, "cannot be changed", "PATCH", "/user_attributes/"+id, `{"hidden_value_domain_whitelist":"*"}`)
	c.ok("PATCH", "/user_attributes/"+id, `{"hidden_value_domain_whitelist":"a.example.com/*","label":"B"}`)
	c.equal("value", c.ok("PATCH", "/users/1/attribute_values/"+id, `{"value":"secret"}`).field("value"), nil)
	c.equal("stored", c.s.UserValues("1")[id], "secret")
	c.fails(422, "lower-case letters", "POST", "/user_attributes", `{"name":"my-attr","label":"M","type":"string"}`)
	c.fails(422, `"field":"label"`, "POST", "/user_attributes", `{"name":"b","label":"B","type":"string"}`)
	c.fails(422, "not a type", "POST", "/user_attributes", `{"name":"b","label":"C","type":"text"}`)
	c.fails(422, "system attributes", "PATCH", "/user_attributes/1", `{"label":"x"}`)
}

func TestTheLowestRankedGroupGivesTheValueUnlessTheUserHasOne(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Put("user_attribute", row{"id": "50", "name": "region", "default_value": "EU"})
	for _, g := range []string{"50", "51"} {
		c.s.Put("group", row{"id": g, "name": g})
		c.s.SetGroupMembers(g, "1")
	}
	value := func() []any {
		a := c.ok("GET", "/users/1/attribute_values?user_attribute_ids=50", "")
		return []any{a.field("0.value"), a.field("0.source"), a.field("0.rank")}
	}
	c.equal("default", value(), []any{"EU", "Default", 1})
	set := c.ok("POST", "/user_attributes/50/group_values", `[{"group_id":"51","value":"US"},{"group_id":"50","value":"UK"}]`)
	c.equal("ranks", set.column("rank"), "1,2")
	c.equal("first group", value(), []any{"US", "Group Setting", 1})
	c.ok("POST", "/user_attributes/50/group_values", `[{"group_id":"51","value":"US","rank":2},{"group_id":"50","value":"UK","rank":1}]`)
	c.equal("explicit ranks", value(), []any{"UK", "Group Setting", 1})
	c.fails(422, "every entry or for none", "POST", "/user_attributes/50/group_values", `[{"group_id":"51","value":"US","rank":2},{"group_id":"50","value":"UK"}]`)
	c.ok("PATCH", "/users/1/attribute_values/50", `{"value":"FR"}`)
	c.equal("own", value(), []any{"FR", "User Setting", -1})
	c.equal("search path", c.ok("GET", "/users/1/attribute_values?user_attribute_ids=50&all_values=true", "").column("value"), "FR,UK,US,EU")
	c.ok("DELETE", "/users/1/attribute_values/50", "")
	c.fails(404, "", "DELETE", "/users/1/attribute_values/50", "")
	c.ok("DELETE", "/groups/50/attribute_values/50", "")
	c.equal("left", c.ok("GET", "/user_attributes/50/group_values", "").column("group_id"), "51")
	c.equal("appended", c.ok("PATCH", "/groups/50/attribute_values/50", `{"value":"ES"}`).field("rank"), 3)
	c.ok("DELETE", "/user_attributes/50", "")
	c.equal("values of a deleted attribute", len(c.s.Rows("group_value")), 0)
}
