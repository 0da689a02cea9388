package lookertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

var ssoRoutes = []route{
	{at: "GET /ldap_config", op: "ldap_config", coreDenied: true, errors: "403 404 429", do: (*call).ldapConfig},
	{at: "PATCH /ldap_config", op: "update_ldap_config", coreDenied: true, body: "LDAPConfig!", errors: "400 403 404 422 429", do: (*call).updateLdapConfig},
	{at: "GET /oidc_config", op: "oidc_config", coreDenied: true, errors: "403 404 429", do: (*call).oidcConfig},
	{at: "PATCH /oidc_config", op: "update_oidc_config", coreDenied: true, body: "OIDCConfig!", errors: "400 403 404 422 429", do: (*call).updateOidcConfig},
	{at: "GET /saml_config", op: "saml_config", coreDenied: true, errors: "403 404 429", do: (*call).samlConfig},
	{at: "PATCH /saml_config", op: "update_saml_config", coreDenied: true, body: "SamlConfig!", errors: "400 403 404 422 429", do: (*call).updateSamlConfig},
}

// An ssoKind is what differs between the three single sign-on configurations.
type ssoKind struct {
	kind, schema, prefix string   // prefix of the schemas of groups and attributes
	shadow               string   // how error messages call its groups
	required             []string // what an enabled configuration must have
}

var (
	ldap = ssoKind{kindLDAPConfig, "LDAPConfig", "LDAP", "ldap_group", []string{"connection_host", "connection_port", "user_attribute_map_email", "user_attribute_map_first_name",
		"user_attribute_map_last_name", "user_attribute_map_ldap_id", "user_id_attribute_names"}}
	saml = ssoKind{kindSamlConfig, "SamlConfig", "Saml", "saml_group", []string{"idp_url", "idp_issuer", "idp_cert", "user_attribute_map_email", "user_attribute_map_first_name",
		"user_attribute_map_last_name"}}
	oidc = ssoKind{kindOIDCConfig, "OIDCConfig", "OIDC", "oidc_group", []string{"identifier", "secret", "issuer", "audience", "authorization_endpoint", "token_endpoint",
		"userinfo_endpoint", "scopes", "user_attribute_map_email", "user_attribute_map_first_name", "user_attribute_map_last_name"}}
)

// Twins: what is written by ids and read back as objects.
const (
	groupsTwin     = "groups_with_role_ids"
	attributesTwin = "user_attributes_with_ids"
)

func (c *call) views(kind string, ids []string, view func(row) map[string]any) []any {
	out := []any{}
	for _, r := range c.rowsByID(kind, ids) {
		out = append(out, view(r))
	}
	return out
}

func objects(v any) []row {
	list, _ := v.([]any)
	out := make([]row, 0, len(list))
	for _, e := range list {
		if o, ok := e.(map[string]any); ok {
			out = append(out, o)
		}
	}
	return out
}

func (c *call) ssoView(k ssoKind) map[string]any {
	stored := c.s.state.single(k.kind)
	v := cloneRow(stored)
	v["can"], v["url"] = map[string]any{"show": true, "update": true}, internalURL+"/"+k.kind
	v["has_auth_password"] = str(stored["auth_password"]) != ""
	v["default_new_user_roles"] = c.views(kindRole, stringList(stored["default_new_user_role_ids"]), c.roleView)
	v["default_new_user_groups"] = c.views(kindGroup, stringList(stored["default_new_user_group_ids"]), c.groupView)
	groups, groupTwins := []any{}, []any{}
	for _, g := range objects(stored[groupsTwin]) {
		groups = append(groups, c.s.view(k.prefix+"GroupRead", map[string]any{"id": g["id"], "name": g["name"], "looker_group_id": g["looker_group_id"],
			"looker_group_name": g["looker_group_name"], "roles": c.views(kindRole, stringList(g["role_ids"]), c.roleView), "url": nil}))
		groupTwins = append(groupTwins, c.s.view(k.prefix+"GroupWrite", g))
	}
	attrs, attrTwins := []any{}, []any{}
	for _, a := range objects(stored[attributesTwin]) {
		attrs = append(attrs, c.s.view(k.prefix+"UserAttributeRead", map[string]any{"name": a["name"], "required": truth(a["required"]),
			"user_attributes": c.views(kindUserAttribute, stringList(a["user_attribute_ids"]), c.attributeView)}))
		attrTwins = append(attrTwins, c.s.view(k.prefix+"UserAttributeWrite", a))
	}
	v["groups"], v[groupsTwin], v["user_attributes"], v[attributesTwin] = groups, groupTwins, attrs, attrTwins
	if multi, ok := stored["idp_cert_multi"].(map[string]any); ok {
		v["idp_cert_multi"] = c.s.view("SamlIdpCertMulti", multi)
	}
	out := c.s.view(k.schema, v)
	if c.s.switches.OmitsSSOWriteTwins {
		delete(out, groupsTwin)
		delete(out, attributesTwin)
	}
	return out
}

func (c *call) ldapConfig() (any, error) { return c.ssoView(ldap), nil }
func (c *call) samlConfig() (any, error) { return c.ssoView(saml), nil }
func (c *call) oidcConfig() (any, error) { return c.ssoView(oidc), nil }

func (c *call) updateLdapConfig() (any, error) { return c.updateSSO(ldap) }
func (c *call) updateSamlConfig() (any, error) { return c.updateSSO(saml) }
func (c *call) updateOidcConfig() (any, error) { return c.updateSSO(oidc) }

func (c *call) updateSSO(k ssoKind) (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	stored := c.s.state.single(k.kind)
	merged := cloneRow(stored)
	for f, v := range body {
		merged[f] = v
	}
	if err := c.checkSSO(k, merged); err != nil {
		return nil, err
	}
	if cert := str(body["idp_cert"]); cert != "" && c.s.switches.RewrapsCertificates {
		merged["idp_cert"] = rewrap(cert)
	}
	if _, given := body[groupsTwin]; given {
		if err := c.shadowGroups(k, stored, merged); err != nil {
			return nil, err
		}
	}
	for _, f := range []string{"test_ldap_password", "test_ldap_user"} {
		delete(merged, f)
	}
	merged["modified_at"], merged["modified_by"] = c.timestamp(), c.session.userID
	for f, v := range merged {
		stored[f] = v
	}
	return c.ssoView(k), nil
}

// checkSSO validates the configuration that a change results in, as a whole.
func (c *call) checkSSO(k ssoKind, merged row) error {
	for _, check := range []func(ssoKind, row) error{c.checkSSOComplete, c.checkSSOReferences} {
		if err := check(k, merged); err != nil {
			return err
		}
	}
	for _, t := range strings.Split(str(merged["new_user_migration_types"]), ",") {
		if t = strings.TrimSpace(t); t != "" && !slices.Contains([]string{"email", "ldap", "google", "saml", "oidc"}, t) {
			return c.invalidField("new_user_migration_types", "'%s' is not a migration type.", t)
		}
	}
	return nil
}

// checkSSOComplete: an enabled configuration must have all required fields.
func (c *call) checkSSOComplete(k ssoKind, merged row) error {
	if !truth(merged["enabled"]) && !c.s.switches.ValidatesDisabledSSO {
		return nil
	}
	var missing []detail
	for _, f := range k.required {
		if v := merged[f]; v == nil || v == "" {
			missing = append(missing, detail{f, "missing_field", fmt.Sprintf("'%s' is required.", f)})
		}
	}
	if len(missing) > 0 {
		return c.invalid(missing...)
	}
	return nil
}

// checkSSOReferences: what a configuration names by id must exist.
func (c *call) checkSSOReferences(_ ssoKind, merged row) error {
	err := errors.Join(c.allExist("default_new_user_role_ids", kindRole, stringList(merged["default_new_user_role_ids"])),
		c.allExist("default_new_user_group_ids", kindGroup, stringList(merged["default_new_user_group_ids"])))
	for _, g := range objects(merged[groupsTwin]) {
		err = errors.Join(err, c.allExist(groupsTwin, kindRole, stringList(g["role_ids"])))
	}
	for _, a := range objects(merged[attributesTwin]) {
		err = errors.Join(err, c.allExist(attributesTwin, kindUserAttribute, stringList(a["user_attribute_ids"])))
	}
	return err
}

func (c *call) allExist(f, kind string, ids []string) error {
	for _, id := range ids {
		if c.s.state.get(kind, id) == nil {
			return c.invalidField(f, "%s %s does not exist.", kind, id)
		}
	}
	return nil
}

// shadowGroups makes a Looker group for every mapped group and orphans those no longer mapped.
func (c *call) shadowGroups(k ssoKind, stored, merged row) error {
	entries := objects(merged[groupsTwin])
	previous := objects(stored[groupsTwin])
	for _, g := range entries {
		name := shadowName(g)
		if name == "" {
			return c.missingField(groupsTwin + ".name")
		}
		if other := c.s.state.find(kindGroup, "name", name); other != nil && other["sso_kind"] != k.kind {
			return c.invalid(detail{groupsTwin, "invalid", fmt.Sprintf("group named %s already exists. '%s'", name, k.shadow)})
		}
	}
	kept := map[string]bool{}
	for _, g := range entries {
		id := c.shadowGroup(k, previous, g)
		kept[id] = true
		g["looker_group_id"], g["looker_group_name"] = id, shadowName(g)
	}
	for _, g := range previous {
		if id := str(g["looker_group_id"]); !kept[id] {
			if group := c.s.state.get(kindGroup, id); group != nil {
				group["externally_orphaned"] = true
			}
		}
	}
	list := make([]any, len(entries))
	for i, g := range entries {
		list[i] = g
	}
	merged[groupsTwin] = list
	return nil
}

func shadowName(entry row) string {
	if name := str(entry["looker_group_name"]); name != "" {
		return name
	}
	return str(entry["name"])
}

// shadowGroup finds or makes the group of a mapping and gives it the mapped roles.
func (c *call) shadowGroup(k ssoKind, previous []row, entry row) string {
	known := slices.ContainsFunc(previous, func(p row) bool { return p["id"] == entry["id"] && entry["id"] != nil })
	if !known {
		entry["id"] = c.nextSerial(k.kind + "_group")
	}
	group := c.s.state.find(kindGroup, "name", shadowName(entry))
	if group == nil {
		id := c.s.newGroup(row{"name": shadowName(entry), "externally_managed": true, "external_group_id": entry["name"], "sso_kind": k.kind})
		group = c.s.state.get(kindGroup, id)
	}
	id := str(group["id"])
	group["externally_orphaned"] = false
	c.s.state.roleGroups.dropTarget(id)
	for _, role := range stringList(entry["role_ids"]) {
		c.s.state.roleGroups.add(role, id)
	}
	return id
}

// rewrap writes a PEM certificate in lines of 64 characters.
func rewrap(pem string) string {
	body := strings.NewReplacer("-----BEGIN CERTIFICATE-----", "", "-----END CERTIFICATE-----", "", "\n", "", "\r", "", " ", "").Replace(pem)
	var out strings.Builder
	out.WriteString("-----BEGIN CERTIFICATE-----\n")
	for len(body) > 64 {
		out.WriteString(body[:64] + "\n")
		body = body[64:]
	}
	out.WriteString(body + "\n-----END CERTIFICATE-----\n")
	return out.String()
}
