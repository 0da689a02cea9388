package lookertest

import (
	"reflect"
	"strings"
	"testing"
)

// switchCases: for every switch what shows it, and what it shows with the switch off and on.
var switchCases = map[string]struct {
	probe   func(c *caller) any
	off, on any
}{
	"RoleIDsIncludeInherited": {func(c *caller) any {
		c.inheritRole()
		return c.ok("GET", "/users/50?fields=role_ids", "").field("role_ids")
	}, []any{}, []any{"50"}},
	"HierarchyRoleIDsIncludeInherited": {func(c *caller) any {
		c.inheritRole()
		c.s.Put("group", row{"id": "51", "name": "child"})
		c.s.SetGroupGroups("50", "51")
		return c.ok("GET", "/groups/search/with_hierarchy?id=51", "").field("0.role_ids")
	}, []any{}, []any{"50"}},
	"ListsOmitDisabledPlans": {func(c *caller) any {
		c.plan(row{"id": "50", "enabled": false})
		return len(c.ok("GET", "/scheduled_plans?all_users=true", "").list())
	}, 1, 0},
	"SettingPatchReplacesNested": {func(c *caller) any {
		c.s.Set("setting", "", row{"embed_config": row{"look_filters": true, "domain_allowlist": []string{"https://a.example.com"}}})
		return c.ok("PATCH", "/setting", `{"embed_config":{"domain_allowlist":[]}}`).field("embed_config.look_filters")
	}, true, false},
	"AddExistingMemberConflicts": {func(c *caller) any {
		c.s.Put("group", row{"id": "50", "name": "g"})
		c.s.SetGroupMembers("50", c.s.OperatorUserID())
		return c.do("POST", "/groups/50/users", `{"user_id":"`+c.s.OperatorUserID()+`"}`).status
	}, 200, 409},
	"PatchTouchingDestinationsKeepsSecrets": {func(c *caller) any {
		c.plan(row{"id": "50", "scheduled_plan_destination": []any{row{"type": "s3", "address": "s3://b/", "format": "csv", "secret_parameters": "{}"}}})
		c.ok("PATCH", "/scheduled_plans/50", `{"scheduled_plan_destination":[{"type":"s3","address":"s3://b/","format":"json"}]}`)
		return objects(c.s.Row("scheduled_plan", "50")["scheduled_plan_destination"])[0]["secret_parameters"] != nil
	}, false, true},
	"DuplicateAs409": {func(c *caller) any { return c.do("POST", "/groups", `{"name":"All Users"}`).status }, 422, 409},
	"SearchIncludesDisabledUsers": {func(c *caller) any {
		c.s.Put("user", row{"first_name": "Gone", "is_disabled": true})
		return len(c.ok("GET", "/users/search?first_name=gone", "").list())
	}, 0, 1},
	"DeleteUsedSetAllowed": {func(c *caller) any {
		c.s.Put("model_set", row{"id": "50", "name": "m"})
		c.s.Put("role", row{"id": "50", "name": "r", "model_set_id": "50"})
		return c.do("DELETE", "/model_sets/50", "").status
	}, 405, 204},
	"NormalizesFiltersString": {func(c *caller) any {
		c.plan(row{"id": "50"})
		return c.ok("PATCH", "/scheduled_plans/50", `{"filters_string":"B=2&A=x y"}`).field("filters_string")
	}, "B=2&A=x y", "?A=x+y&B=2"},
	"DeleteSelfAs422": {func(c *caller) any { return c.do("DELETE", "/users/"+c.s.OperatorUserID(), "").status }, 403, 422},
	"KeepsEmailCase": {func(c *caller) any {
		c.s.Put("user", row{"id": "50"})
		return c.ok("POST", "/users/50/credentials_email", `{"email":"Ann@Example.com"}`).field("email")
	}, "ann@example.com", "Ann@Example.com"},
	"AcceptsUnknownPermissions": {func(c *caller) any {
		return c.do("POST", "/permission_sets", `{"name":"p","permissions":["fly"]}`).status
	}, 422, 200},
	"RefusesUnknownModels": {func(c *caller) any { return c.do("POST", "/model_sets", `{"name":"m","models":["later"]}`).status }, 200, 422},
	"OmitsSSOWriteTwins": {func(c *caller) any {
		_, has := c.ok("GET", "/saml_config", "").body.(map[string]any)["groups_with_role_ids"]
		return has
	}, true, false},
	"ValidatesDisabledSSO": {func(c *caller) any {
		return c.do("PATCH", "/saml_config", `{"idp_url":"https://idp.example.com"}`).status
	}, 200, 422},
	"InheritingKeepsGrants": {func(c *caller) any {
		id := c.ownAccess()
		c.ok("PATCH", "/content_metadata/"+id, `{"inherits":true}`)
		return len(c.s.Rows("content_access")) - c.seededGrants()
	}, 0, 1},
	"NewFoldersHaveOwnList": {func(c *caller) any {
		id := c.ok("POST", "/folders", `{"name":"new","parent_id":"1"}`).field("content_metadata_id").(string)
		c.ok("GET", "/content_metadata_access?content_metadata_id="+id, "")
		return c.ok("GET", "/content_metadata/"+id, "").field("inherits")
	}, true, false},
	"RefusesAttributeTypeChange": {func(c *caller) any {
		c.s.Put("user_attribute", row{"id": "50", "name": "region"})
		return c.do("PATCH", "/user_attributes/50", `{"type":"number"}`).status
	}, 200, 422},
	"PlanTimezoneReadsEmpty": {func(c *caller) any {
		c.plan(row{"id": "50"})
		return c.ok("GET", "/scheduled_plans/50", "").field("timezone")
	}, "UTC", ""},
	"LocksOutFailedLogins": {func(c *caller) any {
		for range lockoutThreshold {
			c.login(c.s.ClientID(), "wrong")
		}
		return c.login(c.s.ClientID(), c.s.ClientSecret()) != ""
	}, true, false},
	"AcceptsAnyLocale":   {func(c *caller) any { return c.do("POST", "/users", `{"locale":"xx"}`).status }, 422, 200},
	"PlansStartDisabled": {func(c *caller) any { return c.ok("POST", "/scheduled_plans", c.planJSON("")).field("enabled") }, true, false},
	"DuplicateGrantReplaces": {func(c *caller) any {
		id := c.ownAccess()
		return c.do("POST", "/content_metadata_access", `{"content_metadata_id":"`+id+`","permission_type":"view","group_id":"1"}`).status
	}, 422, 200},
	"NonUniqueRoleNames": {func(c *caller) any {
		return c.do("POST", "/roles", `{"name":"Admin","permission_set_id":"1","model_set_id":"1"}`).status
	}, 422, 200},
	"NormalizesRefreshInterval": {func(c *caller) any {
		return c.ok("PATCH", "/setting", `{"dashboard_auto_refresh_minimum_interval":"120 seconds"}`).field("dashboard_auto_refresh_minimum_interval")
	}, "120 seconds", "2 minutes"},
	"RewrapsCertificates": {func(c *caller) any {
		pem := `-----BEGIN CERTIFICATE-----` + strings.Repeat("A", 100) + `-----END CERTIFICATE-----`
		return strings.Count(c.ok("PATCH", "/saml_config", `{"idp_cert":"`+pem+`"}`).field("idp_cert").(string), "\n")
	}, 0, 4},
	"AttributeValuesOmitUnset": {func(c *caller) any {
		c.s.Put("user_attribute", row{"id": "50", "name": "region"})
		return len(c.ok("GET", "/users/"+c.s.OperatorUserID()+"/attribute_values?user_attribute_ids=50", "").list())
	}, 1, 0},
	"DeletedGroupKeepsGrants": {func(c *caller) any {
		c.s.Put("group", row{"id": "50", "name": "g"})
		c.s.Put("content_access", row{"content_metadata_id": "1", "permission_type": "view", "group_id": "50"})
		c.ok("DELETE", "/groups/50", "")
		return len(c.s.Rows("content_access")) - c.seededGrants()
	}, 0, 1},
	"GroupCycleAs400": {func(c *caller) any {
		c.s.Put("group", row{"id": "50", "name": "g"})
		return c.do("POST", "/groups/50/groups", `{"group_id":"50"}`).status
	}, 422, 400},
	"CapsPageSize": {func(c *caller) any {
		for range 120 {
			c.s.Put("user", row{"first_name": "Many"})
		}
		return len(c.ok("GET", "/users?limit=110&fields=id", "").list())
	}, 110, 100},
}

func TestEverySwitchShowsBothAnswers(t *testing.T) {
	t.Parallel()
	seen := 0
	for name, sw := range Variants() {
		if name == "default" {
			continue
		}
		seen++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc, ok := switchCases[name]
			if !ok {
				t.Fatalf("no case shows what %s does", name)
			}
			if got := tc.probe(start(t)); !reflect.DeepEqual(got, tc.off) {
				t.Errorf("off: got %v, want %v", got, tc.off)
			}
			if got := tc.probe(start(t, WithSwitches(sw))); !reflect.DeepEqual(got, tc.on) {
				t.Errorf("on: got %v, want %v", got, tc.on)
			}
		})
	}
	if seen != len(switchCases) {
		t.Errorf("%d switches, %d cases", seen, len(switchCases))
	}
}

// inheritRole makes user 50, who holds role 50 through group 50.
func (c *caller) inheritRole() {
	c.s.Put("user", row{"id": "50", "first_name": "In", "last_name": "Herits"})
	c.s.Put("group", row{"id": "50", "name": "parent"})
	c.s.Put("role", row{"id": "50", "name": "r"})
	c.s.SetGroupMembers("50", "50")
	c.s.SetRoleGroups("50", "50")
}

// plan stores a plan for a dashboard.
func (c *caller) plan(fields row) {
	d := c.s.Put("dashboard", row{"title": "Sales"})
	p := row{"name": "daily", "dashboard_id": d, "crontab": "0 6 * * *"}
	for k, v := range fields {
		p[k] = v
	}
	c.s.Put("scheduled_plan", p)
}

// planJSON is a valid plan for a new dashboard; extra is JSON members that come last and therefore win.
func (c *caller) planJSON(extra string) string {
	d := c.s.Put("dashboard", row{"title": c.s.newSecret("Board ")})
	return `{"name":"daily","dashboard_id":"` + d + `","crontab":"0 6 * * *","scheduled_plan_destination":[{"type":"email","address":"a@example.com","format":"wysiwyg_pdf"}]` + extra + `}`
}

// ownAccess makes a folder that does not inherit, with a copy of the Shared folder's grant, and returns its metadata id.
func (c *caller) ownAccess() string {
	id := c.ok("POST", "/folders", `{"name":"Finance","parent_id":"1"}`).field("content_metadata_id").(string)
	c.ok("PATCH", "/content_metadata/"+id, `{"inherits":false}`)
	return id
}

// seededGrants is how many grants a new instance has.
func (c *caller) seededGrants() int { return len(New().Rows("content_access")) }
