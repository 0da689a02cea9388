package lookertest

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
)

var userRoutes = []route{
	{open: true, at: "GET /user", op: "me", query: "fields", errors: "404 429", do: (*call).me},
	{at: "GET /users", op: "all_users", query: "fields page per_page limit offset sorts ids", errors: "400 404 429", do: (*call).allUsers},
	{at: "POST /users", op: "create_user", query: "fields", body: "User", errors: "400 404 409 422 429", do: (*call).createUser},
	{at: "GET /users/search", op: "search_users", query: "fields page per_page limit offset sorts id first_name last_name full_name verified_looker_employee embed_user email is_disabled filter_or content_metadata_id group_id can_manage_api3_creds is_service_account", errors: "400 404 429", do: (*call).searchUsers},
	{at: "GET /users/search/names/{pattern}", op: "search_users_names", query: "fields page per_page limit offset sorts id first_name last_name verified_looker_employee email is_disabled", errors: "400 404 429", do: (*call).searchUsersNames},
	{at: "GET /users/{user_id}", op: "user", query: "fields", errors: "400 404 429", do: (*call).user},
	{at: "PATCH /users/{user_id}", op: "update_user", query: "fields", body: "User!", errors: "400 403 404 422 429", do: (*call).updateUser},
	{at: "DELETE /users/{user_id}", op: "delete_user", errors: "400 403 404 429", do: (*call).deleteUser},
	{at: "GET /users/credential/{credential_type}/{credential_id}", op: "user_for_credential", coreDenied: true, query: "fields", errors: "400 403 404 429", do: (*call).userForCredential},
	{at: "DELETE /users/service_accounts/{user_id}", op: "delete_service_account", errors: "400 403 404 429", since: "26.0", do: (*call).deleteServiceAccount},
	{at: "PATCH /users/service_accounts/{user_id}", op: "update_service_account", query: "fields", body: "ServiceAccount!", errors: "400 403 404 422 429", since: "25.18", do: (*call).updateServiceAccount},
	{at: "POST /users/embed_user", op: "create_embed_user", body: "CreateEmbedUserRequest!", errors: "400 403 404 429", do: (*call).createEmbedUser},
	{at: "POST /users/service_accounts", op: "create_service_account", query: "fields", body: "ServiceAccount!", errors: "400 403 404 422 429", since: "25.18", do: (*call).createServiceAccount},
}

var userCan = map[string]any{"index": true, "index_details": true, "show": true, "show_creds": true, "show_details": true, "sudo": true, "update_creds": true}

// newUser stores a user with the defaults of a fresh one, its personal folder included.
func (s *Server) newUser(fields row) string {
	r := row{"first_name": "", "last_name": "", "is_disabled": false, "locale": "en", "home_folder_id": "1", "models_dir_validated": nil, "ui_state": nil,
		"allow_direct_roles": true, "allow_normal_group_membership": true, "allow_roles_from_normal_groups": true, "roles_externally_managed": false}
	for k, v := range fields {
		r[k] = v
	}
	id := s.state.insert(kindUser, r)
	if r["personal_folder_id"] == nil {
		r["personal_folder_id"] = s.newFolder(row{"name": userLabel(r), "parent_id": s.usersRoot(), "is_personal": true, "creator_id": id})
	}
	return id
}

func displayName(user row) string {
	return strings.TrimSpace(str(user["first_name"]) + " " + str(user["last_name"]))
}

// userLabel names a user's personal folder.
func userLabel(user row) string {
	if name := displayName(user); name != "" {
		return name
	}
	return "User " + str(user["id"])
}

// emailOf is the address Looker shows for a user: of the e-mail credential, else of the first other that has one, else "".
func (s *Server) emailOf(userID string) string {
	for _, kind := range append([]string{kindCredentialsEmail}, ssoCredentialKinds...) {
		if email := str(s.state.get(kind, userID)["email"]); email != "" {
			return email
		}
	}
	return ""
}

func avatarURL(email, query string) string {
	sum := md5.Sum([]byte(strings.ToLower(email)))
	return "https://gravatar.lookercdn.com/avatar/" + hex.EncodeToString(sum[:]) + "?" + query
}

// groupIDsOf lists a user's groups; All Users is always the first.
func (s *Server) groupIDsOf(userID string) []string {
	ids := s.state.groupUsers.to(userID)
	return append([]string{allUsersID}, slices.DeleteFunc(ids, func(id string) bool { return id == allUsersID })...)
}

func (c *call) userView(user row) map[string]any {
	s, id := c.s, str(user["id"])
	email := s.emailOf(id)
	v := cloneRow(user)
	roles := s.state.userRoles.of(id)
	if s.switches.RoleIDsIncludeInherited {
		roles = s.effectiveRoles(id)
	}
	v["can"], v["email"] = userCan, email
	v["avatar_url"], v["avatar_url_without_sizing"] = avatarURL(email, "s=156&d=blank"), avatarURL(email, "d=blank")
	v["group_ids"], v["role_ids"] = anyList(s.groupIDsOf(id)), anyList(roles)
	v["url"] = internalURL + "/users/" + id
	v["credentials_api3"] = c.viewsOf(kindAPI3, id, c.api3View)
	v["credentials_embed"] = c.viewsOf(kindEmbedCredential, id, c.embedCredentialView)
	v["sessions"] = c.viewsOf(kindUserSession, id, c.userSessionView)
	if cred := s.state.get(kindCredentialsEmail, id); cred != nil {
		v["credentials_email"] = c.emailView(cred)
	}
	if totp := s.state.get(kindTOTP, id); totp != nil {
		v["credentials_totp"] = c.totpView(totp)
	}
	for _, kind := range ssoCredentialKinds {
		if cred := s.state.get(kind, id); cred != nil {
			v[kind] = c.ssoCredentialView(kind, cred)
		}
	}
	out := s.view("User", v)
	if user["first_name"] != "" && user["last_name"] != "" {
		out["display_name"] = displayName(user)
	} else {
		delete(out, "display_name")
	}
	return out
}

// viewsOf renders the rows of a kind that belong to a user.
func (c *call) viewsOf(kind, userID string, view func(row) map[string]any) []any {
	out := []any{}
	for _, r := range c.rowsOf(kind, userID) {
		out = append(out, view(r))
	}
	return out
}

func (c *call) rowsOf(kind, userID string) []row {
	return c.s.state.where(kind, func(r row) bool { return r["user_id"] == userID })
}

func (c *call) userPublicView(user row) map[string]any {
	id := str(user["id"])
	return c.s.view("UserPublic", map[string]any{"can": map[string]any{"show": true}, "id": id, "first_name": str(user["first_name"]), "last_name": str(user["last_name"]),
		"display_name": displayName(user), "avatar_url": avatarURL(c.s.emailOf(id), "s=156&d=blank"), "url": internalURL + "/users/" + id})
}

func (c *call) me() (any, error) { return c.userView(c.s.state.get(kindUser, c.session.userID)), nil }

func (c *call) allUsers() (any, error) {
	return listing{c.byIDs(c.s.state.list(kindUser), "ids"), c.userView}, nil
}

// userCriteria are the search parameters of users. Plain searches leave out embed users and, by the likelier reading of
// Looker's own tests, disabled ones.
func (c *call) userCriteria() []criterion {
	id := func(r row) string { return str(r["id"]) }
	return []criterion{
		field("id", idMatch), field("first_name", likeMatch), field("last_name", likeMatch),
		{"full_name", func(r row) []any { return []any{displayName(r)} }, likeMatch},
		{"email", func(r row) []any { return c.emailsOf(id(r)) }, likeMatch},
		{"embed_user", func(r row) []any { return []any{c.isEmbed(id(r))} }, boolMatch},
		{"group_id", func(r row) []any { return anyList(c.s.groupIDsOf(id(r))) }, idMatch},
		{"content_metadata_id", func(r row) []any { return c.accessIDs("user_id", id(r)) }, idMatch},
		field("is_disabled", boolMatch), field("verified_looker_employee", boolMatch), field("can_manage_api3_creds", boolMatch), field("is_service_account", boolMatch),
	}
}

func (c *call) emailsOf(userID string) []any {
	var out []any
	for _, kind := range append([]string{kindCredentialsEmail}, ssoCredentialKinds...) {
		if cred := c.s.state.get(kind, userID); cred != nil {
			out = append(out, cred["email"])
		}
	}
	return out
}

func (c *call) isEmbed(userID string) bool {
	return len(c.rowsOf(kindEmbedCredential, userID)) > 0
}

// accessIDs lists the content_metadata ids a user or group has a grant on.
func (c *call) accessIDs(who, id string) []any {
	var out []any
	for _, r := range c.s.state.list(kindContentAccess) {
		if r[who] == id {
			out = append(out, r["content_metadata_id"])
		}
	}
	return out
}

// searchable are the users a search without further parameters considers.
func (c *call) searchable() []row {
	var out []row
	for _, r := range c.s.state.list(kindUser) {
		if c.params["embed_user"] == "" && c.isEmbed(str(r["id"])) {
			continue
		}
		if c.params["is_disabled"] == "" && !c.s.switches.SearchIncludesDisabledUsers && truth(r["is_disabled"]) {
			continue
		}
		out = append(out, r)
	}
	return out
}

func (c *call) searchUsers() (any, error) {
	rows, err := c.filter(c.searchable(), c.userCriteria()...)
	return listing{rows, c.userView}, err
}

func (c *call) searchUsersNames() (any, error) {
	var named []row
	for _, r := range c.searchable() {
		if like(c.args["pattern"], str(r["first_name"])) || like(c.args["pattern"], str(r["last_name"])) {
			named = append(named, r)
		}
	}
	rows, err := c.filter(named, c.userCriteria()...)
	return listing{rows, c.userView}, err
}

func (c *call) user() (any, error) {
	r, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	return c.userView(r), nil
}

// userFields validates what PATCH and POST /users have in common; null names are stored as "".
func (c *call) userFields() (map[string]any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	for _, f := range []string{"first_name", "last_name"} {
		if v, ok := body[f]; ok && v == nil {
			body[f] = ""
		}
	}
	if locale := str(body["locale"]); locale != "" && !c.s.switches.AcceptsAnyLocale && !knownLocale(locale) {
		return nil, c.invalidField("locale", "'%s' is not a locale of this instance.", locale)
	}
	if folder := str(body["home_folder_id"]); folder != "" && c.s.state.get(kindFolder, folder) == nil {
		return nil, c.invalidField("home_folder_id", "folder %s does not exist.", folder)
	}
	return body, nil
}

func (c *call) createUser() (any, error) {
	body, err := c.userFields()
	if err != nil {
		return nil, err
	}
	id := c.s.newUser(body)
	c.s.fresh.note(kindUser, id, c.now)
	return c.userView(c.s.state.get(kindUser, id)), nil
}

func (c *call) updateUser() (any, error) {
	r, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	body, err := c.userFields()
	if err != nil {
		return nil, err
	}
	id := str(r["id"])
	if truth(body["is_disabled"]) && (id == c.session.userID || c.s.lastAdmin(id)) {
		return nil, c.selfRefused("You cannot disable yourself or the last admin.")
	}
	for k, v := range body {
		r[k] = v
	}
	if folder := c.s.state.get(kindFolder, str(r["personal_folder_id"])); folder != nil {
		folder["name"] = userLabel(r)
	}
	return c.userView(r), nil
}

// selfRefused is the refusal of what would lock the caller or every admin out.
func (c *call) selfRefused(message string) error {
	if c.s.switches.DeleteSelfAs422 {
		return c.invalidField("id", "%s", message)
	}
	return errForbidden(message)
}

// lastAdmin tells whether no other enabled user is an admin.
func (s *Server) lastAdmin(userID string) bool {
	if !s.isAdmin(userID) {
		return false
	}
	for _, r := range s.state.list(kindUser) {
		if id := str(r["id"]); id != userID && !truth(r["is_disabled"]) && s.isAdmin(id) {
			return false
		}
	}
	return true
}

func (c *call) deleteUser() (any, error) {
	r, err := c.need(kindUser, "user_id")
	if err != nil {
		return nil, err
	}
	id := str(r["id"])
	if id == c.session.userID || c.s.lastAdmin(id) {
		return nil, c.selfRefused("You cannot delete yourself or the last admin.")
	}
	c.s.dropUser(id)
	return noContent{}, nil
}

// dropUser removes a user with what belongs to it: credentials, values, memberships, schedules; its personal content goes to trash.
func (s *Server) dropUser(id string) {
	st := s.state
	if user := st.get(kindUser, id); user != nil {
		s.dropFolder(str(user["personal_folder_id"]), true)
	}
	for _, kind := range []string{kindAPI3, kindEmbedCredential, kindUserSession, kindScheduledPlan, kindContentAccess} {
		for _, r := range st.list(kind) {
			if r["user_id"] == id {
				delete(st.table(kind).rows, str(r["id"]))
			}
		}
	}
	for _, kind := range keyedByUser {
		delete(st.table(kind).rows, id)
	}
	delete(st.userValues, id)
	delete(st.userRoles, id)
	st.groupUsers.dropTarget(id)
	delete(st.table(kindUser).rows, id)
}
