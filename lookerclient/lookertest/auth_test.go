package lookertest

import (
	"fmt"
	"testing"
	"time"
)

func TestTokensLiveAsLongAsTheyAreGiven(t *testing.T) {
	t.Parallel()
	clock := newClock()
	c := start(t, WithClock(clock.Now), WithTokenTTL(10*time.Minute))
	c.equal("expires_in", c.do("POST", "/login?client_id="+c.s.ClientID()+"&client_secret="+c.s.ClientSecret(), "").field("expires_in"), 600)
	clock.now = clock.now.Add(10*time.Minute - time.Second)
	c.ok("GET", "/user", "")
	clock.now = clock.now.Add(time.Second)
	c.fails(401, "Requires authentication.", "GET", "/user", "")
}

func TestTokensEndByLogoutExpiryAndLossOfTheKeyOrUser(t *testing.T) {
	t.Parallel()
	c := start(t)
	first, second := c.token, c.login(c.s.ClientID(), c.s.ClientSecret())
	if first == second {
		t.Fatal("two logins gave one token")
	}
	c.ok("DELETE", "/logout", "")
	c.fails(401, "", "GET", "/user", "")
	c.fails(401, "", "DELETE", "/logout", "")
	c.token = second
	c.ok("GET", "/user", "")
	c.s.ExpireTokens()
	c.fails(401, "", "GET", "/user", "")
	c.token = c.login(c.s.ClientID(), c.s.ClientSecret())
	c.s.Set("user", c.s.OperatorUserID(), row{"is_disabled": true})
	c.fails(401, "", "GET", "/user", "")
	c.equal("login of a disabled user", c.login(c.s.ClientID(), c.s.ClientSecret()), "")
	c.s.Set("user", c.s.OperatorUserID(), row{"is_disabled": false})
	c.ok("GET", "/user", "")
	c.s.Remove("api3", "1")
	c.fails(401, "", "GET", "/user", "")
}

func TestARotatedSecretIsNeededForTheNextLoginOnly(t *testing.T) {
	t.Parallel()
	c := start(t, WithCredentials("id", "old"))
	c.s.RotateSecret("new")
	c.ok("GET", "/user", "")
	c.equal("old secret", c.login("id", "old"), "")
	if c.login("id", "new") == "" || c.s.ClientSecret() != "new" {
		t.Error("the new secret does not work")
	}
}

func TestBothAuthorizationSchemesWorkInAnyCase(t *testing.T) {
	t.Parallel()
	c := start(t)
	for scheme, want := range map[string]string{"Bearer": "ok", "bearer": "ok", "token": "ok", "TOKEN": "ok", "Basic": ""} {
		got := (&call{s: c.s, r: newRequest(scheme + " ok")}).bearer()
		c.equal(scheme, got, want)
	}
}

func TestSudoActsAsTheOtherUserAndEachTokenHasItsWorkspace(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Put("user", row{"id": "50", "first_name": "Ann"})
	c.ok("PATCH", "/session", `{"workspace_id":"dev"}`)
	sudo := &caller{t: t, s: c.s, token: c.ok("POST", "/login/50", "").field("access_token").(string)}
	c.equal("me", sudo.ok("GET", "/user", "").field("id"), "50")
	c.equal("sudo_user_id", sudo.ok("GET", "/session", "").field("sudo_user_id"), c.s.OperatorUserID())
	c.equal("new tokens start in production", sudo.ok("GET", "/session", "").field("workspace_id"), "production")
	c.equal("dev stays", c.ok("GET", "/session", "").field("workspace_id"), "dev")
	sudo.fails(404, "", "GET", "/users", "")
	sudo.fails(403, "", "PATCH", "/users/50", `{"first_name":"Eve"}`)
	c.s.Set("user", "50", row{"is_disabled": true})
	c.fails(403, "disabled", "POST", "/login/50", "")
}

func TestAKeyIsLockedAfterManyFailuresUntilTheLockoutIsDeleted(t *testing.T) {
	t.Parallel()
	c := start(t, WithSwitches(Switches{LocksOutFailedLogins: true}))
	for range lockoutThreshold - 1 {
		c.login(c.s.ClientID(), "wrong")
	}
	if c.login(c.s.ClientID(), c.s.ClientSecret()) == "" {
		t.Fatal("locked too early")
	}
	for range lockoutThreshold {
		c.login(c.s.ClientID(), "wrong")
	}
	c.equal("locked", c.login(c.s.ClientID(), c.s.ClientSecret()), "")
	found := c.ok("GET", "/user_login_lockouts/search?auth_type=api", "")
	c.equal("fail_count", found.field("0.fail_count"), lockoutThreshold)
	c.ok("DELETE", "/user_login_lockout/"+fmt.Sprint(found.field("0.key")), "")
	if c.login(c.s.ClientID(), c.s.ClientSecret()) == "" {
		t.Error("still locked")
	}
}
