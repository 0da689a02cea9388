package lookertest

import (
	"strings"
)

// credentialFields are the fields that GET /users/credential/{type}/{id} matches.
var credentialFields = map[string][2]string{
	"email": {kindCredentialsEmail, "email"}, "google": {"credentials_google", "google_user_id"}, "saml": {"credentials_saml", "saml_user_id"},
	"oidc": {"credentials_oidc", "oidc_user_id"}, "ldap": {"credentials_ldap", "ldap_id"}, "api3": {kindAPI3, "client_id"},
	"embed": {kindEmbedCredential, "external_user_id"}, "looker_openid": {"credentials_looker_openid", "email"},
}

func (c *call) userForCredential() (any, error) {
	at, ok := credentialFields[c.args["credential_type"]]
	if !ok {
		return nil, errNotFound()
	}
	for _, cred := range c.s.state.list(at[0]) {
		if strings.EqualFold(str(cred[at[1]]), c.args["credential_id"]) && cred[at[1]] != "" {
			user := c.s.state.get(kindUser, str(cred["user_id"]))
			if user != nil && !c.s.fresh.hides(kindUser, str(user["id"]), c.now) {
				return c.userView(user), nil
			}
		}
	}
	return nil, errNotFound()
}

func (c *call) createEmbedUser() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if str(body["external_user_id"]) == "" {
		return nil, errBadRequest("'external_user_id' is required.")
	}
	if cred := c.s.state.find(kindEmbedCredential, "external_user_id", body["external_user_id"]); cred != nil {
		return c.userPublicView(c.s.state.get(kindUser, str(cred["user_id"]))), nil
	}
	id := c.s.newUser(row{})
	c.insert(kindEmbedCredential, row{"user_id": id, "external_user_id": body["external_user_id"], "external_group_id": nil, "created_at": c.timestamp(), "logged_in_at": "", "is_disabled": false})
	return c.userPublicView(c.s.state.get(kindUser, id)), nil
}

func (c *call) serviceAccountView(r row) map[string]any {
	v := c.userView(r)
	v["created_at"] = r["created_at"]
	v["service_account_name"] = str(r["service_account_name"])
	return c.s.view("ServiceAccount", v)
}

func (c *call) createServiceAccount() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if str(body["service_account_name"]) == "" {
		return nil, c.missingField("service_account_name")
	}
	body["is_service_account"], body["created_at"] = true, c.timestamp()
	id := c.s.newUser(body)
	c.s.fresh.note(kindUser, id, c.now)
	return c.serviceAccountView(c.s.state.get(kindUser, id)), nil
}

func (c *call) needServiceAccount() (row, error) {
	r, err := c.need(kindUser, "user_id")
	if err == nil && !truth(r["is_service_account"]) {
		return nil, errNotFound()
	}
	return r, err
}

func (c *call) updateServiceAccount() (any, error) {
	r, err := c.needServiceAccount()
	if err != nil {
		return nil, err
	}
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	for k, v := range body {
		r[k] = v
	}
	return c.serviceAccountView(r), nil
}

func (c *call) deleteServiceAccount() (any, error) {
	if _, err := c.needServiceAccount(); err != nil {
		return nil, err
	}
	return c.deleteUser()
}
