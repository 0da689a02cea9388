package lookertest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLikeMatchesWholeStringsWithoutCase(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern, text string
		want          bool
	}{
		{"sales", "Sales", true}, {"sales", "Sales EU", false}, {"sales%", "Sales EU", true}, {"%eu", "Sales EU", true}, {"s_les", "Sales", true},
		{"a_b", "a_b", true}, {"a_b", "axb", true}, {"%", "", true}, {"_", "", false}, {"a%b%c", "a1b2b3c", true}, {"a%b%c", "a1b2b3", false}, {"", "", true}, {"%%x", "x", true},
	} {
		if got := like(tc.pattern, tc.text); got != tc.want {
			t.Errorf("like(%q, %q) = %t", tc.pattern, tc.text, got)
		}
	}
}

func TestFieldsSelectNestedMembersAndToleratesSpaces(t *testing.T) {
	t.Parallel()
	c := start(t)
	me := c.s.OperatorUserID()
	c.equal("nested", c.ok("GET", "/users/"+me+"?fields=id,%20credentials_email(email)", "").text, `{"credentials_email":{"email":"operator@example.com"},"id":"`+me+`"}`)
	c.equal("unknown names", c.ok("GET", "/users/"+me+"?fields=id,nickname", "").text, `{"id":"`+me+`"}`)
	if all := c.ok("GET", "/users/"+me+"?fields=", ""); all.field("can.show") != true || all.field("locale") != "en" {
		t.Errorf("an empty fields parameter must select everything: %s", all.text)
	}
	c.equal("lists", c.ok("GET", "/roles?fields=id,permission_set(id)", "").text, `[{"id":"2","permission_set":{"id":"1"}}]`)
	c.equal("on POST", c.ok("POST", "/groups?fields=name", `{"name":"x"}`).text, `{"name":"x"}`)
}

func TestPagesComeWithLinkAndTotalIfAndOnlyIfALimitIsGiven(t *testing.T) {
	t.Parallel()
	c := start(t)
	for range 6 {
		c.s.Put("group", row{"name": "g" + c.s.newSecret("")})
	}
	all := c.ok("GET", "/groups", "")
	if len(all.list()) != 7 || all.header.Get("Link") != "" || all.header.Get("X-Total-Count") != "" {
		t.Errorf("unpaged: %d rows, Link %q", len(all.list()), all.header.Get("Link"))
	}
	page := c.ok("GET", "/groups?limit=3&offset=3&sorts=id&fields=id", "")
	c.equal("rows", page.column("id"), "4,5,6")
	c.equal("total", page.header.Get("X-Total-Count"), "7")
	base := "<" + c.s.URL() + "/api/4.0/groups?fields=id&limit=3&offset="
	c.equal("links", page.header.Get("Link"), strings.Join([]string{base + `0&sorts=id>; rel="first"`, base + `6&sorts=id>; rel="last"`, base + `6&sorts=id>; rel="next"`,
		base + `0&sorts=id>; rel="prev"`}, ","))
	last := c.ok("GET", "/groups?limit=3&offset=6", "")
	if len(last.list()) != 1 || strings.Contains(last.header.Get("Link"), `rel="next"`) {
		t.Errorf("last page: %d rows, Link %s", len(last.list()), last.header.Get("Link"))
	}
	exact := c.ok("GET", "/groups?limit=7", "")
	if strings.Contains(exact.header.Get("Link"), `rel="next"`) {
		t.Error("a page that is exactly full has no next")
	}
	c.equal("beyond the end", len(c.ok("GET", "/groups?limit=3&offset=99", "").list()), 0)
	c.equal("page loses to limit", c.ok("GET", "/groups?limit=1&page=3&per_page=2&fields=id", "").column("id"), "1")
	c.equal("page", c.ok("GET", "/groups?page=3&per_page=2&fields=id", "").column("id"), "5,6")
	c.fails(400, "'limit' must be a number", "GET", "/groups?limit=many", "")
}

func TestSortsOrderBySeveralFields(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, u := range [][2]string{{"Bea", "Young"}, {"Ann", "Young"}, {"Cid", "Abel"}} {
		c.s.Put("user", row{"first_name": u[0], "last_name": u[1]})
	}
	c.equal("order", c.ok("GET", "/users?sorts=last_name%20desc,first_name&fields=first_name", "").column("first_name"), "Ann,Bea,Looker,Cid")
	c.equal("numeric ids", c.ok("GET", "/user_attributes?sorts=id%20desc&fields=id", "").column("id"), "13,12,11,10,9,8,7,6,5,4,3,2,1")
}

func TestSearchCombinesCriteriaByAndOrOr(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Put("user", row{"id": "50", "first_name": "Ann", "last_name": "Young"})
	c.s.Put("user", row{"id": "51", "first_name": "Ann", "last_name": "Abel"})
	c.s.Put("user", row{"id": "52", "first_name": "Eve", "last_name": "Young"})
	c.equal("and", c.ok("GET", "/users/search?first_name=ann&last_name=young", "").column("id"), "50")
	c.equal("or", c.ok("GET", "/users/search?first_name=ann&last_name=young&filter_or=true", "").column("id"), "50,51,52")
	c.equal("ids", c.ok("GET", "/users/search?id=51,52,99", "").column("id"), "51,52")
	c.equal("IS NULL", c.ok("GET", "/users/search?email=IS%20NULL&first_name=ann", "").column("id"), "50,51")
	c.equal("NOT NULL", c.ok("GET", "/users/search?email=NOT%20NULL", "").column("first_name"), "Looker")
	c.equal("CSV", c.ok("GET", "/users?ids=50,52", "").column("id"), "50,52")
	if got := len(c.ok("GET", "/users?ids=%2250%22", "").list()); got != 4 {
		t.Errorf("a quoted list is ignored, as recorded: got %d users", got)
	}
	c.fails(400, "'is_disabled' must be true or false", "GET", "/users/search?is_disabled=maybe", "")
}

func TestErrorBodiesHaveLookersForm(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.equal("404", c.fails(404, "", "GET", "/roles/4711", "").text,
		`{"documentation_url":"https://cloud.google.com/looker/docs/r/err/4.0/404/get/roles/:role_id","message":"Not found"}`)
	c.equal("422", c.fails(422, "", "POST", "/groups", `{}`).text, `{"documentation_url":"https://cloud.google.com/looker/docs/r/err/4.0/422/post/groups","errors":[`+
		`{"code":"missing_field","documentation_url":"https://cloud.google.com/looker/docs/r/err/4.0/422/post/groups","field":"name","message":"'name' is required."}],"message":"Validation Failed"}`)
	c.token = "wrong"
	c.equal("401", c.fails(401, "", "GET", "/user", "").text, `{"documentation_url":"http://docs.looker.com/","message":"Requires authentication."}`)
	c.equal("login", c.login("nobody", "x"), "")
	c.fails(404, "/404/post/login", "POST", "/login", "")
}

func TestStrictModeRefusesWhatTheApiDoesNotKnow(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.fails(422, "'nickname' is not a field of User", "POST", "/users", `{"nickname":"x"}`)
	c.fails(422, "embed_config.nickname", "PATCH", "/setting", `{"embed_config":{"nickname":"x"}}`)
	c.fails(422, "must be of type bool", "POST", "/users", `{"is_disabled":"yes"}`)
	c.fails(422, "cannot be null", "POST", "/users", `{"is_disabled":null}`)
	c.fails(400, "'feilds' is not a query parameter of GET /users", "GET", "/users?feilds=id", "")
	c.fails(400, "given 2 times", "GET", "/users?ids=1&ids=2", "")
	c.fails(400, "not the JSON expected", "POST", "/users", `{"first_name":`)
	c.equal("read-only fields are dropped", c.ok("POST", "/users", `{"role_ids":["2"],"display_name":"x"}`).field("role_ids"), []any{})
	lenient := start(t, WithStrict(false))
	lenient.ok("POST", "/users?feilds=id", `{"nickname":"x"}`)
	c.equal("ids may be numbers", c.ok("POST", "/groups/"+c.s.Put("group", row{"name": "g"})+"/users", `{"user_id":1}`).status, 200)
}

func TestOlderReleasesLackNewerEndpointsAndFields(t *testing.T) {
	t.Parallel()
	old, recent := start(t, WithRelease("24.16")), start(t, WithRelease("25.18"))
	old.fails(404, "Not found", "GET", "/scheduled_plans/search", "")
	recent.ok("GET", "/scheduled_plans/search", "")
	old.fails(422, "'can_manage_api3_creds' is not a field of User in Looker 24.16", "POST", "/users", `{"can_manage_api3_creds":true}`)
	recent.ok("POST", "/users", `{"can_manage_api3_creds":true}`)
	old.fails(404, "", "POST", "/users/service_accounts", `{"service_account_name":"x"}`)
	if _, has := old.ok("GET", "/password_config", "").body.(map[string]any)["expiration_enabled"]; has {
		t.Error("24.16 answers a field of 26.0")
	}
	if _, has := start(t).ok("GET", "/password_config", "").body.(map[string]any)["expiration_enabled"]; !has {
		t.Error("the newest release lacks a field of 26.0")
	}
	old.equal("version", old.ok("GET", "/versions", "").field("looker_release_version"), "24.16.0")
	if !(release{24, 16}).before(release{24, 18}) || (release{25, 2}).before(release{24, 18}) {
		t.Error("releases compare as numbers")
	}
}

func TestCoreDeniesWhatItsDocumentationSays(t *testing.T) {
	t.Parallel()
	c := start(t, WithCore())
	const unsupported = "Unsupported in Looker (Google Cloud core)"
	denied := 0
	for _, r := range allRoutes {
		if r.coreDenied {
			denied++
		}
	}
	if denied < 35 {
		t.Errorf("%d routes are denied", denied)
	}
	c.fails(403, unsupported, "GET", "/password_config", "")
	c.fails(403, unsupported, "PUT", "/roles/2/groups", `[]`)
	c.fails(403, unsupported, "GET", "/users/credential/email/a@example.com", "")
	c.fails(403, unsupported, "POST", "/login/"+c.s.OperatorUserID(), "")
	c.s.Put("user", row{"id": "50"})
	c.s.Put("credentials_embed", row{"user_id": "50", "external_user_id": "x"})
	c.ok("POST", "/login/50", "")
	c.ok("GET", "/setting", "")
}

func TestCallsAreCountedByClassAndOperation(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.ok("GET", "/users", "")
	c.ok("GET", "/users/"+c.s.OperatorUserID(), "")
	c.do("GET", "/users/4711", "")
	c.ok("GET", "/scheduled_plans", "")
	c.ok("GET", "/versions", "")
	c.s.Put("user", row{})
	got := c.s.Calls()
	c.equal("total", got.Total, 4)
	c.equal("classes", got.ByClass, map[string]int{"non_query": 3, "db_query": 1, "none": 1})
	c.equal("operations", got.ByOperation, map[string]int{"GET /users": 1, "GET /users/{user_id}": 2, "GET /scheduled_plans": 1, "GET /versions": 1})
	if k := got.Log[2]; k.Status != 404 || k.Path != "/users/4711" || k.Method != http.MethodGet || k.Class != "non_query" {
		t.Errorf("log: %+v", k)
	}
	c.ok("GET", "/users", "")
	c.equal("difference", c.s.Calls().Minus(got).ByOperation, map[string]int{"GET /users": 1})
	c.s.ResetCalls()
	c.equal("after reset", c.s.Calls().Total, 0)
}

func TestFaultsHitTheirCallsAndNoOthers(t *testing.T) {
	t.Parallel()
	c := start(t)
	users := func() int { return len(c.s.Rows("user")) }
	before := users()
	c.s.Inject(Fault{Operation: "POST /users", Status: 500, Times: 1})
	c.fails(500, "An error has occurred.", "POST", "/users", `{}`)
	c.equal("no effect", users(), before)
	c.s.Inject(Fault{Operation: "POST /users", Status: 503, AfterEffect: true, RetryAfter: "2", Times: 1})
	c.equal("Retry-After", c.fails(503, "", "POST", "/users", `{}`).header.Get("Retry-After"), "2")
	c.equal("effect", users(), before+1)
	c.ok("POST", "/users", `{}`)

	remove := c.s.Inject(Fault{Status: 429})
	c.fails(429, "Too Many Requests", "GET", "/roles", "")
	c.ok("GET", "/versions", "") // not of a counted class
	remove()
	c.ok("GET", "/roles", "")

	c.s.Inject(Fault{Operation: "GET /roles", HTML: true, Status: 502, Times: 1})
	if a := c.do("GET", "/roles", ""); a.status != 502 || a.header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(a.text, "<html>") {
		t.Errorf("HTML: %d %s", a.status, a.text)
	}
	c.s.Inject(Fault{Operation: "GET /roles", Match: func(r *http.Request) bool { return r.URL.RawQuery == "fields=id" }, Status: 418, Body: `{"x":1}`})
	c.ok("GET", "/roles", "")
	c.equal("body", c.fails(418, "", "GET", "/roles?fields=id", "").text, `{"x":1}`)
	c.s.ClearFaults()
	c.ok("GET", "/roles?fields=id", "")
}

func TestDroppedAndTruncatedAnswersAreSeenAsBroken(t *testing.T) {
	t.Parallel()
	c := start(t)
	before := len(c.s.Rows("group"))
	c.s.Inject(Fault{Operation: "POST /groups", Drop: true, Times: 1})
	if a, err := c.try("POST", "/groups", `{"name":"a"}`); err == nil {
		t.Errorf("dropped before the effect: answered %d", a.status)
	}
	c.equal("rows", len(c.s.Rows("group")), before)
	c.s.Inject(Fault{Operation: "POST /groups", Drop: true, AfterEffect: true, Times: 1})
	if a, err := c.try("POST", "/groups", `{"name":"a"}`); err == nil {
		t.Errorf("dropped after the effect: answered %d", a.status)
	}
	c.equal("rows", len(c.s.Rows("group")), before+1)
	c.s.Inject(Fault{Operation: "GET /groups", Truncate: true, Times: 1})
	if a, err := c.try("GET", "/groups", ""); err == nil || a.status != 200 || a.text == "" {
		t.Errorf("truncated: %d %q %v", a.status, a.text, err)
	}
	log := c.s.Calls().Log
	c.equal("status of dropped calls", log[0].Status, 0)
	c.ok("GET", "/groups", "")
}

func TestDelaysHoldAnswersBack(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Inject(Fault{Operation: "GET /roles", Delay: 30 * time.Millisecond, Times: 1})
	begin := time.Now()
	if a := c.ok("GET", "/roles", ""); len(a.list()) != 1 || time.Since(begin) < 30*time.Millisecond {
		t.Errorf("after %s: %s", time.Since(begin), a.text)
	}
	slow := start(t, WithLatency(func() time.Duration { return 20 * time.Millisecond }))
	begin = time.Now()
	slow.ok("GET", "/roles", "")
	if time.Since(begin) < 20*time.Millisecond {
		t.Error("latency is not applied")
	}
}

func TestNewRowsMayBeMissedByReads(t *testing.T) {
	t.Parallel()
	clock := newClock()
	c := start(t, WithClock(clock.Now))
	c.s.SetReadAfterWrite404(2)
	id := c.ok("POST", "/groups", `{"name":"a"}`).field("id").(string)
	for range 2 {
		c.fails(404, "Not found", "GET", "/groups/"+id, "")
	}
	c.ok("GET", "/groups/"+id, "")
	c.s.SetReadAfterWrite404For(time.Minute)
	folder := c.ok("POST", "/folders", `{"name":"f","parent_id":"1"}`).field("id").(string)
	c.fails(404, "", "GET", "/folders/"+folder, "")
	c.ok("PATCH", "/folders/"+folder, `{"name":"g"}`)
	clock.now = clock.now.Add(time.Minute)
	c.ok("GET", "/folders/"+folder, "")
}

func TestConcurrentCallersDoNotTripOverEachOther(t *testing.T) {
	t.Parallel()
	c := start(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 5 {
				if a, err := c.try("POST", "/users", `{}`); err != nil || a.status != 200 {
					t.Errorf("%d %v", a.status, err)
				}
			}
		})
	}
	wg.Wait()
	c.equal("calls", c.s.Calls().Total, 80)
	c.equal("users", len(c.s.Rows("user")), 81)
}

func TestControlsAreForLoopbackOnly(t *testing.T) {
	t.Parallel()
	s := New()
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/_mock/state", nil))
	if rec.Code != 404 {
		t.Errorf("a listener that is not known to be loopback answers %d", rec.Code)
	}
}
