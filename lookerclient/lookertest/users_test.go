package lookertest

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func newRequest(authorization string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/api/4.0/user", nil)
	r.Header.Set("Authorization", authorization)
	return r
}

func TestANewUserHasAPersonalFolderAndAllUsers(t *testing.T) {
	t.Parallel()
	c := start(t)
	u := c.ok("POST", "/users", `{"first_name":"Ann","last_name":"Lee"}`)
	folder := c.ok("GET", "/folders/"+u.field("personal_folder_id").(string), "")
	c.equal("folder", []any{folder.field("name"), folder.field("is_personal"), folder.field("parent_id")}, []any{"Ann Lee", true, "2"})
	c.equal("groups", u.field("group_ids"), []any{"1"})
	c.equal("display_name", u.field("display_name"), "Ann Lee")
	nameless := c.ok("POST", "/users", "")
	if _, has := nameless.body.(map[string]any)["display_name"]; has {
		t.Error("display_name is absent until both names are set")
	}
	c.equal("null reads back empty", c.ok("PATCH", "/users/"+u.field("id").(string), `{"first_name":null}`).field("first_name"), "")
	c.equal("count of All Users", c.ok("GET", "/groups/1", "").field("user_count"), 3)
	c.fails(422, "folder 4711 does not exist", "PATCH", "/users/1", `{"home_folder_id":"4711"}`)
}

func TestAnEmailIsTakenOnceWhateverItsCase(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Put("user", row{"id": "50"})
	c.s.Put("user", row{"id": "51"})
	c.ok("POST", "/users/50/credentials_email", `{"email":"Ann@example.com"}`)
	c.fails(409, "already exists", "POST", "/users/50/credentials_email", `{"email":"b@example.com"}`)
	c.fails(422, `"already_exists"`, "POST", "/users/51/credentials_email", `{"email":"ANN@EXAMPLE.COM"}`)
	c.fails(422, `"missing_field"`, "POST", "/users/51/credentials_email", `{}`)
	c.fails(422, "not an e-mail address", "POST", "/users/51/credentials_email", `{"email":"ann"}`)
	c.ok("PATCH", "/users/50/credentials_email", `{"email":"ann@example.com"}`)
	c.equal("lookup", c.ok("GET", "/users/credential/email/aNN@example.com?fields=id", "").field("id"), "50")
	c.fails(404, "", "GET", "/users/credential/email/ann%25", "")
	c.ok("DELETE", "/users/50/credentials_email", "")
	c.fails(404, "", "GET", "/users/50/credentials_email", "")
	c.ok("POST", "/users/51/credentials_email", `{"email":"ann@example.com"}`)
}

func TestResetLinksAppearAfterTheResetAndExpire(t *testing.T) {
	t.Parallel()
	clock := newClock()
	c := start(t, WithClock(clock.Now), WithTokenTTL(24*time.Hour))
	c.s.Put("user", row{"id": "50"})
	fresh := c.ok("POST", "/users/50/credentials_email", `{"email":"a@example.com"}`)
	c.equal("before", []any{fresh.field("is_disabled"), fresh.field("password_reset_url"), fresh.field("account_setup_url")}, []any{true, "", ""})
	sent := c.ok("POST", "/users/50/credentials_email/send_password_reset", "")
	if sent.field("account_setup_url") == "" || len(c.s.Rows("mail")) != 1 {
		t.Errorf("no link or no mail: %s", sent.text)
	}
	clock.now = clock.now.Add(resetLifetime + time.Second)
	c.equal("expired", c.ok("GET", "/users/50/credentials_email", "").field("password_reset_url_expired"), true)
	again := c.ok("POST", "/users/50/credentials_email/password_reset", "")
	if again.field("password_reset_url") == sent.field("password_reset_url") || again.field("password_reset_url_expired") != false || len(c.s.Rows("mail")) != 1 {
		t.Errorf("a new token without mail was due: %s", again.text)
	}
	c.s.Set("credentials_email", "50", row{"is_disabled": false})
	c.equal("set up", c.ok("GET", "/users/50/credentials_email", "").field("account_setup_url"), "")
	c.ok("PATCH", "/users/50", `{"is_disabled":true}`)
	c.equal("follows the user", c.ok("GET", "/users/50/credentials_email", "").field("is_disabled"), true)
}

func TestADeletedUserTakesItsBelongingsAlong(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Put("user", row{"id": "50", "first_name": "Ann"})
	folder := c.s.Row("user", "50")["personal_folder_id"].(string)
	board := c.s.Put("dashboard", row{"title": "Mine", "folder_id": folder})
	c.plan(row{"id": "60", "user_id": "50"})
	c.s.Put("group", row{"id": "50", "name": "g"})
	c.s.SetGroupMembers("50", "50")
	c.s.SetUserRoles("50", "2")
	c.s.SetUserValue("50", "11", "de")
	c.ok("DELETE", "/users/50", "")
	c.fails(404, "", "DELETE", "/users/50", "")
	c.equal("members", c.s.GroupMembers("50"), []string{})
	c.equal("values", len(c.s.UserValues("50")), 0)
	if c.s.Row("folder", folder) != nil || c.s.Row("scheduled_plan", "60") != nil {
		t.Error("the personal folder or the plan is left")
	}
	c.equal("content is in the trash", c.s.Row("dashboard", board)["deleted"], true)
}

func TestNobodyLocksTheLastAdminOut(t *testing.T) {
	t.Parallel()
	c := start(t)
	me := c.s.OperatorUserID()
	c.fails(403, "yourself", "DELETE", "/users/"+me, "")
	c.fails(403, "yourself", "PATCH", "/users/"+me, `{"is_disabled":true}`)
	c.fails(403, "at least one admin", "PUT", "/users/"+me+"/roles", `[]`)
	c.fails(403, "at least one admin", "PUT", "/roles/2/users", `[]`)
	c.equal("roles", c.s.UserRoles(me), []string{"2"})
	c.s.Put("user", row{"id": "50"})
	c.ok("PUT", "/roles/2/users", `["50","`+me+`"]`)
	c.ok("PUT", "/users/"+me+"/roles", `[]`)
	c.fails(404, "", "GET", "/users", "") // no admin any more
}

func TestEmbedUsersAreFoundOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.ok("POST", "/users/embed_user", `{"external_user_id":"x"}`).field("id").(string)
	c.equal("same again", c.ok("POST", "/users/embed_user", `{"external_user_id":"x"}`).field("id"), id)
	c.equal("plain search", c.ok("GET", "/users/search?fields=id", "").column("id"), c.s.OperatorUserID())
	c.equal("embed search", c.ok("GET", "/users/search?embed_user=true&fields=id", "").column("id"), id)
	c.equal("list", len(c.ok("GET", "/users", "").list()), 2)
}

func TestApiKeysShowTheirSecretOnce(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Put("user", row{"id": "50"})
	key := c.ok("POST", "/users/50/credentials_api3", "")
	if c.login(key.field("client_id").(string), key.field("client_secret").(string)) == "" {
		t.Error("the key does not log in")
	}
	if _, has := c.ok("GET", "/users/50/credentials_api3", "").list()[0].(map[string]any)["client_secret"]; has {
		t.Error("the secret is shown again")
	}
	c.fails(404, "", "DELETE", "/users/"+c.s.OperatorUserID()+"/credentials_api3/"+key.field("id").(string), "")
	c.ok("DELETE", "/users/50/credentials_api3/"+key.field("id").(string), "")
	c.equal("deleted", c.login(key.field("client_id").(string), key.field("client_secret").(string)), "")
}
