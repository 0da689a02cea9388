package lookertest

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

var authRoutes = []route{
	{at: "POST /login", op: "login", class: classNone, query: "client_id client_secret", errors: "400 404 429", do: (*call).login},
	{at: "POST /login/{user_id}", op: "login_user", class: classNone, errors: "400 403 404 429", do: (*call).loginUser},
	{open: true, at: "DELETE /logout", op: "logout", class: classNone, errors: "400 404 429", do: (*call).logout},
	{open: true, at: "GET /session", op: "session", errors: "400 404 429", do: (*call).apiSession},
	{open: true, at: "PATCH /session", op: "update_session", body: "ApiSession!", errors: "400 404 422 429", do: (*call).updateSession},
	{at: "GET /user_login_lockouts", op: "all_user_login_lockouts", query: "fields", errors: "400 404 429", do: (*call).allUserLoginLockouts},
	{at: "GET /user_login_lockouts/search", op: "search_user_login_lockouts", query: "fields page per_page limit offset sorts auth_type full_name email remote_id filter_or", errors: "400 404 429", do: (*call).searchUserLoginLockouts},
	{at: "DELETE /user_login_lockout/{key}", op: "delete_user_login_lockout", errors: "400 404 429", do: (*call).deleteUserLoginLockout},
	{open: true, at: "GET /workspaces", op: "all_workspaces", errors: "400 404 429", do: (*call).allWorkspaces},
	{open: true, at: "GET /workspaces/{workspace_id}", op: "workspace", errors: "400 404 429", do: (*call).workspace},
}

// An apiSession is what an access token stands for.
type apiSession struct {
	userID    string
	keyID     string // row of the API key; tokens die with it
	sudoOf    string // the user that sudoed
	expires   time.Time
	workspace string
}

const (
	workspaceProduction = "production"
	workspaceDev        = "dev"
)

// lockoutThreshold is the number of failed logins after which a key is locked under LocksOutFailedLogins.
const lockoutThreshold = 10

// login (operation login): form fields or query parameters. Wrong credentials answer 404, as Looker does.
func (c *call) login() (any, error) {
	id, secret := c.params["client_id"], c.params["client_secret"]
	if strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, err := url.ParseQuery(string(c.raw))
		if err != nil {
			return nil, errBadRequest("the form body cannot be read: %v", err)
		}
		if form.Get("client_id") != "" {
			id, secret = form.Get("client_id"), form.Get("client_secret")
		}
	}
	key := c.s.state.find(kindAPI3, "client_id", id)
	locked := c.s.switches.LocksOutFailedLogins && c.s.state.get(kindLockout, lockoutKey(id)) != nil
	if key == nil || locked || key["client_secret"] != secret || truth(key["is_disabled"]) || !c.s.isActive(str(key["user_id"])) {
		if !locked {
			c.loginFailed(id, key)
		}
		return nil, errNotFound()
	}
	delete(c.s.failures, id)
	return c.newToken(&apiSession{userID: str(key["user_id"]), keyID: str(key["id"])}), nil
}

func lockoutKey(clientID string) string { return "api-" + clientID }

func (c *call) loginFailed(id string, key row) {
	c.s.failures[id]++
	if !c.s.switches.LocksOutFailedLogins || c.s.failures[id] < lockoutThreshold {
		return
	}
	lockout := row{"id": lockoutKey(id), "key": lockoutKey(id), "auth_type": "api", "remote_id": id, "fail_count": float64(c.s.failures[id]),
		"lockout_at": timestamp(c.now), "ip": "127.0.0.1", "user_id": nil, "full_name": nil, "email": nil}
	if key != nil {
		user := c.s.state.get(kindUser, str(key["user_id"]))
		lockout["user_id"], lockout["full_name"], lockout["email"] = key["user_id"], displayName(user), c.s.emailOf(str(key["user_id"]))
	}
	c.s.state.insert(kindLockout, lockout)
}

func (c *call) newToken(session *apiSession) map[string]any {
	session.expires = c.now.Add(c.s.tokenTTL)
	session.workspace = workspaceProduction
	token := c.s.newSecret("token")
	c.s.sessions[token] = session
	return c.s.view("AccessToken", map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": float64(int(c.s.tokenTTL.Seconds())), "refresh_token": nil})
}

// newSecret makes an opaque value that no other has; the same sequence of calls gives the same values.
func (s *Server) newSecret(prefix string) string {
	s.serial++
	x := s.serial*0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D
	x ^= x >> 31
	return fmt.Sprintf("%s%016x%06d", prefix, x, s.serial)
}

// bearer takes the token out of "Bearer x" or "token x".
func (c *call) bearer() string {
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "token") {
		return strings.TrimSpace(token)
	}
	return ""
}

// authenticate returns the session of the request's token, nil when there is none that is valid.
func (c *call) authenticate() *apiSession {
	session := c.s.sessions[c.bearer()]
	if session == nil || !c.now.Before(session.expires) || !c.s.isActive(session.userID) {
		return nil
	}
	if session.keyID != "" {
		if key := c.s.state.get(kindAPI3, session.keyID); key == nil || truth(key["is_disabled"]) {
			return nil
		}
	}
	return session
}

func (s *Server) isActive(userID string) bool {
	user := s.state.get(kindUser, userID)
	return user != nil && !truth(user["is_disabled"])
}

// isAdmin tells whether the user holds a role of the Admin permission set, directly or through groups.
func (s *Server) isAdmin(userID string) bool {
	for _, id := range s.effectiveRoles(userID) {
		role := s.state.get(kindRole, id)
		if set := s.state.get(kindPermissionSet, str(role["permission_set_id"])); set != nil && truth(set["all_access"]) {
			return true
		}
	}
	return false
}

// loginUser (operation login_user) is sudo.
func (c *call) loginUser() (any, error) {
	target := c.s.state.get(kindUser, c.args["user_id"])
	if c.s.core && (target == nil || c.s.state.find(kindEmbedCredential, "user_id", c.args["user_id"]) == nil) {
		return nil, errForbidden("Unsupported in Looker (Google Cloud core)")
	}
	if target == nil {
		return nil, errNotFound()
	}
	if truth(target["is_disabled"]) {
		return nil, errForbidden("The user is disabled.")
	}
	return c.newToken(&apiSession{userID: str(target["id"]), keyID: c.session.keyID, sudoOf: c.session.userID}), nil
}

func (c *call) logout() (any, error) {
	delete(c.s.sessions, c.bearer())
	return noContent{}, nil
}

func (c *call) sessionView() map[string]any {
	return c.s.view("ApiSession", map[string]any{"workspace_id": c.session.workspace, "sudo_user_id": orNil(c.session.sudoOf),
		"can": map[string]any{"view": true, "update": true}})
}

func (c *call) apiSession() (any, error) { return c.sessionView(), nil }

func (c *call) updateSession() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if ws, ok := body["workspace_id"]; ok {
		if ws != workspaceProduction && ws != workspaceDev {
			return nil, c.invalidField("workspace_id", "'workspace_id' must be production or dev.")
		}
		c.session.workspace = str(ws)
	}
	return c.sessionView(), nil
}

func (c *call) workspaceView(id string) map[string]any {
	return c.s.view("Workspace", map[string]any{"id": id, "can": map[string]any{}})
}

func (c *call) allWorkspaces() (any, error) {
	return []any{c.workspaceView(workspaceProduction), c.workspaceView(workspaceDev)}, nil
}

func (c *call) workspace() (any, error) {
	if id := c.args["workspace_id"]; id == workspaceProduction || id == workspaceDev {
		return c.workspaceView(id), nil
	}
	return nil, errNotFound()
}

func (c *call) lockoutView(r row) map[string]any { return c.s.view("UserLoginLockout", r) }

func (c *call) allUserLoginLockouts() (any, error) {
	return listing{c.s.state.list(kindLockout), c.lockoutView}, nil
}

func (c *call) searchUserLoginLockouts() (any, error) {
	rows, err := c.filter(c.s.state.list(kindLockout), field("auth_type", likeMatch), field("full_name", likeMatch), field("email", likeMatch), field("remote_id", likeMatch))
	return listing{rows, c.lockoutView}, err
}

func (c *call) deleteUserLoginLockout() (any, error) {
	r, err := c.need(kindLockout, "key")
	if err != nil {
		return nil, err
	}
	delete(c.s.failures, str(r["remote_id"]))
	c.remove(kindLockout, str(r["id"]))
	return noContent{}, nil
}

// need returns the row a path parameter names, or 404.
func (c *call) need(kind, arg string) (row, error) {
	r := c.s.state.get(kind, c.args[arg])
	if r == nil || c.route.method == "GET" && c.s.fresh.hides(kind, c.args[arg], c.now) {
		return nil, errNotFound()
	}
	return r, nil
}

// insert stores a new row and returns its id.
func (c *call) insert(kind string, r row) string {
	id := c.s.state.insert(kind, r)
	c.s.fresh.note(kind, id, c.now)
	return id
}

func (c *call) remove(kind, id string) { delete(c.s.state.table(kind).rows, id) }

func (c *call) timestamp() string { return timestamp(c.now) }

// nextSerial numbers things that have ids but no endpoint of their own.
func (c *call) nextSerial(kind string) string {
	t := c.s.state.table(kind)
	id := strconv.Itoa(t.next)
	t.next++
	return id
}
