package lookertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestChangesByHandAreNotCallsAndAreSeenByTheApi(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.s.Put("group", map[string]any{"name": "By hand"})
	c.s.Set("group", id, map[string]any{"name": "By hand 2"})
	c.equal("calls", c.s.Calls().Total, 0)
	c.equal("seen", c.ok("GET", "/groups/"+id, "").field("name"), "By hand 2")
	r := c.s.Row("group", id)
	r["name"] = "changed in the copy"
	c.equal("copies are deep", c.s.Row("group", id)["name"], "By hand 2")
	c.equal("rows", len(c.s.Rows("group")), 2)
	c.s.Remove("group", id)
	if c.s.Row("group", id) != nil {
		t.Error("removed rows are nil")
	}
	for what, f := range map[string]func(){
		"an unknown kind":      func() { c.s.Put("grupo", nil) },
		"a row that is absent": func() { c.s.Set("group", "4711", nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s must panic", what)
				}
			}()
			f()
		}()
	}
}

func TestEveryKindCanBePutAndRemoved(t *testing.T) {
	t.Parallel()
	for _, kind := range knownKinds {
		s := New()
		fields := map[string]any{"name": "n", "title": "t", "user_id": "1"}
		id := s.Put(kind, fields)
		if s.Row(kind, id) == nil {
			t.Errorf("%s: put %q is not there", kind, id)
		}
		s.Remove(kind, id)
		if s.Row(kind, id) != nil {
			t.Errorf("%s: %q is still there", kind, id)
		}
	}
}

func TestReadingASettingThatWasRemovedAnswersAnEmptyOne(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, kind := range singletonKinds {
		c.s.Remove(kind, "")
	}
	for _, path := range []string{"/setting", "/password_config", "/ldap_config", "/saml_config", "/oidc_config", "/whitelabel_configuration", "/smtp_status", "/cloud_storage", "/support_access/status"} {
		c.ok("GET", path, "")
	}
}

func TestTheFingerprintTellsChangesAndIgnoresLooks(t *testing.T) {
	t.Parallel()
	c := start(t)
	before := c.s.Fingerprint()
	c.ok("GET", "/users", "")
	c.equal("reading", c.s.Fingerprint(), before)
	c.ok("PATCH", "/session_config", `{"session_minutes":60}`)
	if c.s.Fingerprint() == before {
		t.Error("a change is not seen")
	}
	c.ok("PATCH", "/session_config", `{"session_minutes":43200}`)
	c.equal("reverted", c.s.Fingerprint(), before)
	c.s.SetUserValue("1", "11", "de")
	if c.s.Fingerprint() == before {
		t.Error("a value of a user is not seen")
	}
	c.s.SetUserValue("1", "11", nil)
	c.equal("reverted", c.s.Fingerprint(), before)
}

func TestTheStateShowsNoSecrets(t *testing.T) {
	t.Parallel()
	c := start(t, WithCredentials("id", "canary"))
	c.ok("PATCH", "/ldap_config", `{"auth_password":"canary"}`)
	c.ok("POST", "/smtp_settings", `{"address":"m","from":"a@example.com","password":"canary"}`)
	c.plan(row{"scheduled_plan_destination": []any{row{"type": "s3", "secret_parameters": "canary"}}})
	text := fmt.Sprint(c.s.State())
	if strings.Contains(text, "canary") || !strings.Contains(text, "auth_password:set") {
		t.Errorf("state: %s", text)
	}
}

func TestTheControlsWorkOverHTTP(t *testing.T) {
	t.Parallel()
	c := start(t)
	control := func(method, path, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, c.s.URL()+"/_mock/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var text strings.Builder
		if err := res.Write(&text); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, text.String()
	}
	check := func(method, path, body string, status int, part string) {
		t.Helper()
		if got, text := control(method, path, body); got != status || !strings.Contains(text, part) {
			t.Errorf("%s %s: %d %s; want %d with %s", method, path, got, text, status, part)
		}
	}
	c.ok("GET", "/users", "")
	check("GET", "calls", "", 200, `{"byClass":{"db_query":0,"non_query":1,"none":0},"byOperation":{"GET /users":1},"total":1}`)
	check("PUT", "rows/group/77", `{"name":"Hand"}`, 204, "")
	c.equal("made", c.ok("GET", "/groups/77", "").field("name"), "Hand")
	check("PUT", "rows/group/77", `{"name":"Hand 2"}`, 204, "")
	check("PUT", "rows/session_config", `{"session_minutes":77}`, 204, "")
	c.equal("singleton", c.ok("GET", "/session_config", "").field("session_minutes"), 77)
	check("GET", "state", "", 200, `"name":"Hand 2"`)
	check("GET", "state/group", "", 200, `"name":"Hand 2"`)
	check("GET", "state/user_roles", "", 200, `:["2"]`)
	check("GET", "state/scheduled_plan", "", 200, `{}`)
	check("GET", "state/grupo", "", 400, "is not a part of the state")
	check("GET", "rows/group/77", "", 200, `"name":"Hand 2"`)
	check("GET", "rows/group/78", "", 404, "there is no group")
	check("GET", "log?after=1", "", 200, `"path":"/groups/77"`)
	check("GET", "log?after=1000", "", 200, `"calls":[]`)
	check("GET", "log?after=-1", "", 400, "not a number of calls")
	check("DELETE", "rows/group/77", "", 204, "")
	check("DELETE", "rows/group/77", "", 404, "there is no group")
	check("PUT", "rows/grupo/1", `{}`, 400, "is not a kind")
	check("PUT", "faults", `[{"operation":"GET /roles","status":503,"times":1}]`, 204, "")
	c.fails(503, "", "GET", "/roles", "")
	c.ok("GET", "/roles", "")
	check("PUT", "faults", `[{"operation":"GET /rolls"}]`, 400, "is not an operation")
	check("PUT", "faults", `[{"delay":"soon"}]`, 400, "delay")
	check("PUT", "faults", `{"status":500}`, 400, "JSON list")
	check("PUT", "faults", `[]`, 204, "")
	check("POST", "reset", "", 204, "")
	check("GET", "calls", "", 200, `"total":0`)
	check("POST", "reset?state=true", "", 204, "")
	c.fails(401, "", "GET", "/user", "")
	check("GET", "elsewhere", "", 404, "no such control")
}
