package lookertest

import (
	"strings"
	"testing"
)

func TestSettingsMergeAndCheckTheirRanges(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.ok("PATCH", "/password_config", `{"require_numeric":true}`)
	c.equal("merged", c.ok("PATCH", "/password_config", `{"min_length":12}`).field("require_numeric"), true)
	for path, bodies := range map[string][]string{
		"/password_config": {`{"min_length":6}`, `{"min_length":101}`, `{"expiration_duration_days":29}`, `{"expiration_duration_days":366}`},
		"/session_config":  {`{"session_minutes":4}`, `{"session_minutes":43201}`},
	} {
		for _, body := range bodies {
			c.fails(422, "must be between", "PATCH", path, body)
		}
	}
	c.equal("refused changes leave no trace", c.ok("GET", "/password_config", "").field("min_length"), 12)
	for path, body := range map[string]string{"/session_config": `{"session_minutes":5}`, "/password_config": `{"min_length":100,"expiration_duration_days":30}`} {
		c.ok("PATCH", path, body)
	}
}

func TestSettingKeepsItsOneWayFieldsAndTwins(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.ok("PATCH", "/setting", `{"marketplace_enabled":false}`)
	c.equal("accepting enables", c.ok("PATCH", "/setting", `{"marketplace_terms_accepted":true}`).field("marketplace_enabled"), true)
	c.fails(422, "cannot be declined", "PATCH", "/setting", `{"marketplace_terms_accepted":false}`)
	c.fails(422, "not a timezone", "PATCH", "/setting", `{"timezone":"Mars"}`)
	c.fails(422, "override_warnings", "PATCH", "/setting", `{"host_url":"http://a.example.com"}`)
	a := c.ok("PATCH", "/setting", `{"host_url":"http://a.example.com","override_warnings":true}`)
	if strings.Contains(a.text, "override_warnings") {
		t.Error("override_warnings is answered")
	}
	both := c.ok("PATCH", "/setting", `{"embed_cookieless_v2":false,"embed_config":{"embed_cookieless_v2":true}}`)
	c.equal("embed_config wins", []any{both.field("embed_cookieless_v2"), both.field("embed_config.embed_cookieless_v2")}, []any{true, true})
	mcp := c.ok("PATCH", "/setting", `{"mcp_tools":{"query":{"enabled":false}}}`)
	c.equal("tools", []any{mcp.field("mcp_tools.query.enabled"), mcp.field("mcp_tools.query.description"), mcp.field("mcp_tools.run_look.enabled")}, []any{false, "Tool query", true})
	c.equal("sanitised", c.ok("PATCH", "/setting", `{"custom_welcome_email":{"content":"<p onclick=\"x()\">hi<script>evil()</script></p>"}}`).field("custom_welcome_email.content"), "<p>hi</p>")
	c.fails(422, "custom_welcome_email_advanced", "PATCH", "/setting", `{"custom_welcome_email":{"subject":"x"}}`)
	label := c.ok("PATCH", "/setting", `{"privatelabel_configuration":{"logo_file":"aGk=","custom_welcome_email_advanced":true},"custom_welcome_email":{"subject":"x"}}`)
	c.equal("images are write-only", []any{label.field("privatelabel_configuration.logo_file"), label.field("privatelabel_configuration.logo_url")}, []any{nil, "/images/logo.png"})
	c.equal("deprecated twin", c.ok("GET", "/whitelabel_configuration", "").field("logo_url"), "/images/logo.png")
	c.equal("deprecated twin", c.ok("GET", "/custom_welcome_email", "").field("subject"), "x")
}

func TestSSOIsWrittenByIdsAndReadAsObjects(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.fails(422, "'idp_issuer' is required", "PATCH", "/saml_config", `{"enabled":true,"idp_url":"https://idp.example.com"}`)
	c.equal("nothing of it was stored", c.ok("GET", "/saml_config", "").field("idp_url"), nil)
	c.fails(422, "role 4711 does not exist", "PATCH", "/saml_config", `{"default_new_user_role_ids":["4711"]}`)
	a := c.ok("PATCH", "/saml_config", `{"default_new_user_role_ids":["2"],"groups_with_role_ids":[{"name":"eng","looker_group_name":"Engineers","role_ids":["2"]}],"user_attributes_with_ids":[{"name":"mail","required":true,"user_attribute_ids":["3"]}]}`)
	c.equal("roles", a.field("default_new_user_roles.0.name"), "Admin")
	c.equal("groups", []any{a.field("groups.0.looker_group_name"), a.field("groups.0.roles.0.id")}, []any{"Engineers", "2"})
	c.equal("attributes", a.field("user_attributes.0.user_attributes.0.name"), "email")
	if strings.Contains(a.text, "default_new_user_role_ids") {
		t.Error("a write-only field is answered")
	}
	shadow := a.field("groups.0.looker_group_id").(string)
	c.fails(403, "managed externally", "PATCH", "/groups/"+shadow, `{"name":"x"}`)
	c.equal("role of the shadow group", c.s.RoleGroups("2"), []string{shadow})
	c.s.Put("group", row{"name": "Ops"})
	c.fails(422, "group named Ops already exists. 'saml_group'", "PATCH", "/saml_config", `{"groups_with_role_ids":[{"name":"Ops","role_ids":[]}]}`)
	c.ok("PATCH", "/saml_config", `{"groups_with_role_ids":[]}`)
	c.equal("orphaned", c.ok("GET", "/groups/search?externally_orphaned=true", "").column("name"), "Engineers")
	ldap := c.ok("PATCH", "/ldap_config", `{"auth_password":"canary","test_ldap_password":"canary"}`)
	c.equal("has_auth_password", ldap.field("has_auth_password"), true)
	if strings.Contains(ldap.text, "canary") || strings.Contains(c.ok("PATCH", "/oidc_config", `{"secret":"canary"}`).text, "canary") {
		t.Error("a secret is answered")
	}
	c.equal("stored", c.s.Row("oidc_config", "")["secret"], "canary")
}

func TestSmtpCannotBeReadBack(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.equal("status", c.ok("POST", "/smtp_settings", `{"address":"m.example.com","from":"a@example.com","port":25,"password":"canary"}`).status, 204)
	c.fails(404, "", "GET", "/smtp_settings", "")
	if a := c.ok("GET", "/smtp_status", ""); a.field("is_valid") != true || strings.Contains(a.text, "canary") {
		t.Errorf("status: %s", a.text)
	}
	c.fails(422, "'address' is required", "POST", "/smtp_settings", `{"from":"a@example.com"}`)
	c.fails(422, "must be of type", "POST", "/smtp_settings", `{"address":"m","from":"a@example.com","ssl_version":"TLSv9"}`)
	c.fails(422, "custom_s3_bucket", "PATCH", "/cloud_storage", `{"type":"custom-s3"}`)
	secret := c.ok("POST", "/embed_config/secrets", `{}`)
	c.equal("defaults", []any{secret.field("algorithm"), secret.field("secret_type"), secret.field("secret") != ""}, []any{"hmac/sha-256", "SSO", true})
	c.ok("DELETE", "/embed_config/secrets/"+secret.field("id").(string), "")
	c.fails(404, "", "DELETE", "/embed_config/secrets/"+secret.field("id").(string), "")
}
