package lookertest

import (
	"strings"
	"time"
)

var credentialRoutes = []route{
	{at: "GET /credentials_email/search", op: "search_credentials_email", coreDenied: true, query: "fields limit offset sorts id email emails filter_or", errors: "400 403 404 429", do: (*call).searchCredentialsEmail},
	{at: "GET /users/{user_id}/credentials_email", op: "user_credentials_email", coreDenied: true, query: "fields", errors: "400 403 404 429", do: (*call).userCredentialsEmail},
	{at: "POST /users/{user_id}/credentials_email", op: "create_user_credentials_email", coreDenied: true, query: "fields", body: "CredentialsEmail!", errors: "400 403 404 409 422 429", do: (*call).createUserCredentialsEmail},
	{at: "PATCH /users/{user_id}/credentials_email", op: "update_user_credentials_email", coreDenied: true, query: "fields", body: "CredentialsEmail!", errors: "400 403 404 422 429", do: (*call).updateUserCredentialsEmail},
	{at: "DELETE /users/{user_id}/credentials_email", op: "delete_user_credentials_email", coreDenied: true, errors: "400 403 404 429", do: (*call).deleteUserCredentialsEmail},
	{at: "GET /users/{user_id}/credentials_totp", op: "user_credentials_totp", coreDenied: true, query: "fields", errors: "400 403 404 429", do: (*call).userCredentialsTotp},
	{at: "POST /users/{user_id}/credentials_totp", op: "create_user_credentials_totp", coreDenied: true, query: "fields", body: "CredentialsTotp", errors: "400 403 404 409 422 429", do: (*call).createUserCredentialsTotp},
	{at: "DELETE /users/{user_id}/credentials_totp", op: "delete_user_credentials_totp", coreDenied: true, errors: "400 403 404 429", do: (*call).deleteUserCredentialsTotp},
	{at: "GET /users/{user_id}/credentials_ldap", op: "user_credentials_ldap", coreDenied: true, query: "fields", errors: "400 403 404 429", do: (*call).userCredentialsLdap},
	{at: "DELETE /users/{user_id}/credentials_ldap", op: "delete_user_credentials_ldap", coreDenied: true, errors: "400 403 404 429", do: (*call).deleteUserCredentialsLdap},
	{at: "GET /users/{user_id}/credentials_google", op: "user_credentials_google", query: "fields", errors: "400 403 404 429", do: (*call).userCredentialsGoogle},
	{at: "DELETE /users/{user_id}/credentials_google", op: "delete_user_credentials_google", errors: "400 403 404 429", do: (*call).deleteUserCredentialsGoogle},
	{at: "GET /users/{user_id}/credentials_saml", op: "user_credentials_saml", query: "fields", errors: "400 403 404 429", do: (*call).userCredentialsSaml},
	{at: "DELETE /users/{user_id}/credentials_saml", op: "delete_user_credentials_saml", errors: "400 403 404 429", do: (*call).deleteUserCredentialsSaml},
	{at: "GET /users/{user_id}/credentials_oidc", op: "user_credentials_oidc", query: "fields", errors: "400 403 404 429", do: (*call).userCredentialsOidc},
	{at: "DELETE /users/{user_id}/credentials_oidc", op: "delete_user_credentials_oidc", errors: "400 403 404 429", do: (*call).deleteUserCredentialsOidc},
	{at: "GET /users/{user_id}/credentials_api3/{credentials_api3_id}", op: "user_credentials_api3", query: "fields", errors: "400 403 404 429", do: (*call).userCredentialsApi3},
	{at: "PATCH /users/{user_id}/credentials_api3/{credentials_api3_id}", op: "update_user_credentials_api3", query: "fields", body: "CredentialsApi3!", errors: "400 403 404 422 429", since: "25.14", do: (*call).updateUserCredentialsApi3},
	{at: "DELETE /users/{user_id}/credentials_api3/{credentials_api3_id}", op: "delete_user_credentials_api3", errors: "400 403 404 429", do: (*call).deleteUserCredentialsApi3},
	{at: "GET /users/{user_id}/credentials_api3", op: "all_user_credentials_api3s", query: "fields", errors: "400 403 404 429", do: (*call).allUserCredentialsApi3s},
	{at: "POST /users/{user_id}/credentials_api3", op: "create_user_credentials_api3", query: "fields", errors: "400 403 404 409 422 429", do: (*call).createUserCredentialsApi3},
	{at: "GET /users/{user_id}/credentials_embed", op: "all_user_credentials_embeds", query: "fields", errors: "400 403 404 429", do: (*call).allUserCredentialsEmbeds},
	{at: "GET /users/{user_id}/credentials_embed/{credentials_embed_id}", op: "user_credentials_embed", query: "fields", errors: "400 403 404 429", do: (*call).userCredentialsEmbed},
	{at: "DELETE /users/{user_id}/credentials_embed/{credentials_embed_id}", op: "delete_user_credentials_embed", errors: "400 403 404 429", do: (*call).deleteUserCredentialsEmbed},
	{at: "GET /users/{user_id}/credentials_looker_openid", op: "user_credentials_looker_openid", coreDenied: true, query: "fields", errors: "400 403 404 429", do: (*call).userCredentialsLookerOpenid},
	{at: "DELETE /users/{user_id}/credentials_looker_openid", op: "delete_user_credentials_looker_openid", coreDenied: true, errors: "400 403 404 429", do: (*call).deleteUserCredentialsLookerOpenid},
	{at: "GET /users/{user_id}/sessions/{session_id}", op: "user_session", query: "fields", errors: "400 403 404 429", do: (*call).userSession},
	{at: "DELETE /users/{user_id}/sessions/{session_id}", op: "delete_user_session", errors: "400 403 404 429", do: (*call).deleteUserSession},
	{at: "GET /users/{user_id}/sessions", op: "all_user_sessions", query: "fields", errors: "400 403 404 429", do: (*call).allUserSessions},
	{at: "POST /users/{user_id}/credentials_email/password_reset", op: "create_user_credentials_email_password_reset", coreDenied: true, query: "expires fields", errors: "400 403 404 429", do: (*call).createUserCredentialsEmailPasswordReset},
	{at: "POST /users/{user_id}/credentials_email/send_password_reset", op: "send_user_credentials_email_password_reset", coreDenied: true, query: "fields", errors: "400 403 404 429", do: (*call).sendUserCredentialsEmailPasswordReset},
	{at: "POST /users/{user_id}/update_emails", op: "wipeout_user_emails", coreDenied: true, query: "fields", body: "UserEmailOnly!", errors: "400 403 404 409 422 429", do: (*call).wipeoutUserEmails},
}

// resetLifetime is how long an expiring password reset link works.
const resetLifetime = time.Hour

// newEmailCredential stores an e-mail credential that its user has not set up yet.
func (s *Server) newEmailCredential(userID string, fields row) row {
	r := row{"user_id": userID, "email": nil, "forced_password_reset_at_next_login": false, "is_disabled": true, "created_at": timestamp(s.clock()), "logged_in_at": ""}
	for k, v := range fields {
		r[k] = v
	}
	s.state.table(kindCredentialsEmail).rows[userID] = r
	return r
}

func (c *call) emailView(cred row) map[string]any {
	id := str(cred["user_id"])
	user := c.s.state.get(kindUser, id)
	v := cloneRow(cred)
	v["can"] = map[string]any{"show_password_reset_url": true}
	v["type"] = "email"
	v["is_disabled"] = truth(cred["is_disabled"]) || truth(user["is_disabled"])
	v["url"], v["user_url"] = internalURL+"/users/"+id+"/credentials_email", internalURL+"/users/"+id
	v["password_reset_url"], v["account_setup_url"] = "", ""
	if token := str(cred["reset_token"]); token != "" {
		v["password_reset_url"] = c.s.baseURL + "/password/reset/" + token
		if truth(cred["is_disabled"]) {
			v["account_setup_url"] = c.s.baseURL + "/account/setup/" + token
		}
		until, err := time.Parse(time.RFC3339, str(cred["reset_until"]))
		expired := err == nil && c.now.After(until)
		v["password_reset_url_expired"], v["account_setup_url_expired"] = expired, expired
	}
	return c.s.view("CredentialsEmail", v)
}

// needEmail returns the user's e-mail credential or 404.
func (c *call) needEmail() (row, error) { return c.need(kindCredentialsEmail, "user_id") }

func (c *call) userCredentialsEmail() (any, error) {
	cred, err := c.needEmail()
	if err != nil {
		return nil, err
	}
	return c.emailView(cred), nil
}

// emailFields validates the body of POST and PATCH credentials_email.
func (c *call) emailFields(userID string, create bool) (map[string]any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	v, given := body["email"]
	if !given && !create {
		return body, nil
	}
	email := strings.TrimSpace(str(v))
	if email == "" {
		return nil, c.missingField("email")
	}
	if at := strings.Index(email, "@"); at < 1 || at == len(email)-1 {
		return nil, c.invalidField("email", "'%s' is not an e-mail address.", email)
	}
	for _, other := range c.s.state.table(kindCredentialsEmail).rows {
		if other["user_id"] != userID && strings.EqualFold(str(other["email"]), email) {
			return nil, c.duplicate("email", "the e-mail address is already taken.")
		}
	}
	if !c.s.switches.KeepsEmailCase {
		email = strings.ToLower(email)
	}
	body["email"] = email
	return body, nil
}

func (c *call) createUserCredentialsEmail() (any, error) {
	user, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	id := str(user["id"])
	if c.s.state.get(kindCredentialsEmail, id) != nil {
		return nil, c.conflict()
	}
	body, err := c.emailFields(id, true)
	if err != nil {
		return nil, err
	}
	body["created_at"] = c.timestamp()
	return c.emailView(c.s.newEmailCredential(id, body)), nil
}

func (c *call) updateUserCredentialsEmail() (any, error) {
	cred, err := c.needEmail()
	if err != nil {
		return nil, err
	}
	body, err := c.emailFields(str(cred["user_id"]), false)
	if err != nil {
		return nil, err
	}
	for k, v := range body {
		cred[k] = v
	}
	return c.emailView(cred), nil
}

// deleteOf removes the credential of a user that is the only one of its kind.
func (c *call) deleteOf(kind string) (any, error) {
	if _, err := c.need(kind, "user_id"); err != nil {
		return nil, err
	}
	c.remove(kind, c.args["user_id"])
	return noContent{}, nil
}

func (c *call) deleteUserCredentialsEmail() (any, error) { return c.deleteOf(kindCredentialsEmail) }

// resetPassword makes a new reset token; the old one is worth nothing from then on.
func (c *call) resetPassword(expires bool) (row, error) {
	cred, err := c.needEmail()
	if err != nil {
		return nil, err
	}
	cred["reset_token"], cred["reset_until"] = c.s.newSecret(""), nil
	if expires {
		cred["reset_until"] = c.now.Add(resetLifetime).UTC().Format(time.RFC3339)
	}
	return cred, nil
}

func (c *call) sendUserCredentialsEmailPasswordReset() (any, error) {
	cred, err := c.resetPassword(true)
	if err != nil {
		return nil, err
	}
	c.s.state.insert(kindMail, row{"to": cred["email"], "subject": "password reset", "sent_at": c.timestamp()})
	return c.emailView(cred), nil
}

func (c *call) createUserCredentialsEmailPasswordReset() (any, error) {
	cred, err := c.resetPassword(c.params["expires"] != "false")
	if err != nil {
		return nil, err
	}
	return c.emailView(cred), nil
}

// wipeoutUserEmails (operation wipeout_user_emails) overwrites the address of all credentials of a disabled user.
func (c *call) wipeoutUserEmails() (any, error) {
	user, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	if !truth(user["is_disabled"]) {
		return nil, c.invalidField("is_disabled", "the user must be disabled.")
	}
	body, err := c.emailFields(str(user["id"]), true)
	if err != nil {
		return nil, err
	}
	for _, kind := range append([]string{kindCredentialsEmail}, ssoCredentialKinds...) {
		if cred := c.s.state.get(kind, str(user["id"])); cred != nil {
			cred["email"] = body["email"]
		}
	}
	return c.userView(user), nil
}

func (c *call) searchCredentialsEmail() (any, error) {
	rows := []row{}
	for _, cred := range c.s.state.list(kindCredentialsEmail) {
		r := cloneRow(cred)
		r["id"] = r["user_id"]
		rows = append(rows, r)
	}
	emails := criterion{"emails", func(r row) []any { return []any{r["email"]} }, csvLike}
	rows, err := c.filter(rows, field("id", idMatch), field("email", likeMatch), emails)
	return listing{rows, func(r row) map[string]any { return c.emailView(c.s.state.get(kindCredentialsEmail, str(r["user_id"]))) }}, err
}

func (c *call) totpView(r row) map[string]any {
	v := cloneRow(r)
	v["can"], v["type"], v["url"] = map[string]any{}, "totp", internalURL+"/users/"+str(r["user_id"])+"/credentials_totp"
	return c.s.view("CredentialsTotp", v)
}

func (c *call) userCredentialsTotp() (any, error) {
	r, err := c.need(kindTOTP, "user_id")
	if err != nil {
		return nil, err
	}
	return c.totpView(r), nil
}

func (c *call) createUserCredentialsTotp() (any, error) {
	user, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	if _, err := c.object(); err != nil {
		return nil, err
	}
	id := str(user["id"])
	if c.s.state.get(kindTOTP, id) != nil {
		return nil, c.conflict()
	}
	r := row{"user_id": id, "verified": false, "is_disabled": false, "created_at": c.timestamp()}
	c.s.state.table(kindTOTP).rows[id] = r
	return c.totpView(r), nil
}

func (c *call) deleteUserCredentialsTotp() (any, error) { return c.deleteOf(kindTOTP) }

var ssoCredentialSchemas = map[string]string{"credentials_ldap": "CredentialsLDAP", "credentials_google": "CredentialsGoogle", "credentials_saml": "CredentialsSaml",
	"credentials_oidc": "CredentialsOIDC", "credentials_looker_openid": "CredentialsLookerOpenid"}

func (c *call) ssoCredentialView(kind string, cred row) map[string]any {
	v := cloneRow(cred)
	v["can"], v["type"], v["url"] = map[string]any{}, strings.TrimPrefix(kind, "credentials_"), internalURL+"/users/"+str(cred["user_id"])+"/"+kind
	return c.s.view(ssoCredentialSchemas[kind], v)
}

func (c *call) ssoCredential(kind string) (any, error) {
	cred, err := c.need(kind, "user_id")
	if err != nil {
		return nil, err
	}
	return c.ssoCredentialView(kind, cred), nil
}

func (c *call) userCredentialsLdap() (any, error)   { return c.ssoCredential("credentials_ldap") }
func (c *call) userCredentialsGoogle() (any, error) { return c.ssoCredential("credentials_google") }
func (c *call) userCredentialsSaml() (any, error)   { return c.ssoCredential("credentials_saml") }
func (c *call) userCredentialsOidc() (any, error)   { return c.ssoCredential("credentials_oidc") }
func (c *call) userCredentialsLookerOpenid() (any, error) {
	return c.ssoCredential("credentials_looker_openid")
}

func (c *call) deleteUserCredentialsLdap() (any, error)   { return c.deleteOf("credentials_ldap") }
func (c *call) deleteUserCredentialsGoogle() (any, error) { return c.deleteOf("credentials_google") }
func (c *call) deleteUserCredentialsSaml() (any, error)   { return c.deleteOf("credentials_saml") }
func (c *call) deleteUserCredentialsOidc() (any, error)   { return c.deleteOf("credentials_oidc") }
func (c *call) deleteUserCredentialsLookerOpenid() (any, error) {
	return c.deleteOf("credentials_looker_openid")
}

// needOwned returns a row that belongs to the user of the path, or 404.
func (c *call) needOwned(kind, arg string) (row, error) {
	r, err := c.need(kind, arg)
	if err == nil && r["user_id"] != c.args["user_id"] {
		return nil, errNotFound()
	}
	return r, err
}

// ownedList lists the rows that belong to the user of the path.
func (c *call) ownedList(kind string, view func(row) map[string]any) (any, error) {
	if _, err := c.need(kindUser, "user_id"); err != nil {
		return nil, err
	}
	return listing{c.rowsOf(kind, c.args["user_id"]), view}, nil
}

// owned renders one row that belongs to the user of the path.
func (c *call) owned(kind, arg string, view func(row) map[string]any) (any, error) {
	r, err := c.needOwned(kind, arg)
	if err != nil {
		return nil, err
	}
	return view(r), nil
}

// deleteOwned removes a row that belongs to the user of the path.
func (c *call) deleteOwned(kind, arg string) (any, error) {
	if _, err := c.needOwned(kind, arg); err != nil {
		return nil, err
	}
	c.remove(kind, c.args[arg])
	return noContent{}, nil
}

func (c *call) api3View(r row) map[string]any {
	v := cloneRow(r)
	v["can"], v["type"] = map[string]any{}, "api3"
	v["url"] = internalURL + "/users/" + str(r["user_id"]) + "/credentials_api3/" + str(r["id"])
	return c.s.view("CredentialsApi3", v)
}

func (c *call) allUserCredentialsApi3s() (any, error) { return c.ownedList(kindAPI3, c.api3View) }
func (c *call) userCredentialsApi3() (any, error) {
	return c.owned(kindAPI3, "credentials_api3_id", c.api3View)
}

// createUserCredentialsApi3: the only answer that ever holds the secret.
func (c *call) createUserCredentialsApi3() (any, error) {
	user, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	r := row{"user_id": user["id"], "client_id": c.s.newSecret("key"), "client_secret": c.s.newSecret("sec"), "created_at": c.timestamp(), "is_disabled": false, "purpose": nil}
	c.insert(kindAPI3, r)
	v := c.api3View(r)
	v["client_secret"] = r["client_secret"]
	return c.s.view("CreateCredentialsApi3", v), nil
}

func (c *call) updateUserCredentialsApi3() (any, error) {
	r, err := c.needOwned(kindAPI3, "credentials_api3_id")
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
	return c.api3View(r), nil
}

func (c *call) deleteUserCredentialsApi3() (any, error) {
	return c.deleteOwned(kindAPI3, "credentials_api3_id")
}

func (c *call) embedCredentialView(r row) map[string]any {
	v := cloneRow(r)
	v["can"], v["type"] = map[string]any{}, "embed"
	v["url"] = internalURL + "/users/" + str(r["user_id"]) + "/credentials_embed/" + str(r["id"])
	return c.s.view("CredentialsEmbed", v)
}

func (c *call) allUserCredentialsEmbeds() (any, error) {
	return c.ownedList(kindEmbedCredential, c.embedCredentialView)
}
func (c *call) userCredentialsEmbed() (any, error) {
	return c.owned(kindEmbedCredential, "credentials_embed_id", c.embedCredentialView)
}
func (c *call) deleteUserCredentialsEmbed() (any, error) {
	return c.deleteOwned(kindEmbedCredential, "credentials_embed_id")
}

func (c *call) userSessionView(r row) map[string]any {
	v := cloneRow(r)
	v["can"], v["url"] = map[string]any{}, internalURL+"/users/"+str(r["user_id"])+"/sessions/"+str(r["id"])
	return c.s.view("Session", v)
}

func (c *call) allUserSessions() (any, error) { return c.ownedList(kindUserSession, c.userSessionView) }
func (c *call) userSession() (any, error) {
	return c.owned(kindUserSession, "session_id", c.userSessionView)
}
func (c *call) deleteUserSession() (any, error) {
	return c.deleteOwned(kindUserSession, "session_id")
}
