package lookertest

import (
	"strings"
	"testing"
	"time"
)

func TestPlansAreValidatedAsAWhole(t *testing.T) {
	t.Parallel()
	c := start(t)
	for extra, want := range map[string]string{
		`,"name":""`:               `'name' is required`,
		`,"dashboard_id":"4711"`:   `dashboard 4711 does not exist`,
		`,"look_id":"1"`:           `exactly one of`,
		`,"dashboard_id":null`:     `exactly one of`,
		`,"crontab":null`:          `'crontab' is required`,
		`,"datagroup":"m::d"`:      `exclude each other`,
		`,"crontab":"0 6 * *"`:     `must have five fields`,
		`,"crontab":"0 6 ? * *"`:   `not between`,
		`,"timezone":"Mars"`:       `not a timezone`,
		`,"user_id":"4711"`:        `user 4711 does not exist`,
		`,"send_all_results":true`: `Cannot send all results for dashboards`,
		`,"require_results":true,"require_no_results":true`:                                                 `exclude each other`,
		`,"pdf_paper_size":"a9"`:                                                                            `not a paper size`,
		`,"run_as_recipient":true`:                                                                          `must be a Looker user`,
		`,"filters_string":"A=1","dashboard_filters":"A=2"`:                                                 `another name`,
		`,"scheduled_plan_destination":[]`:                                                                  `'scheduled_plan_destination' is required`,
		`,"scheduled_plan_destination":null`:                                                                `'scheduled_plan_destination' is required`,
		`,"scheduled_plan_destination":[{"format":"csv","address":"a@example.com"}]`:                        `type' is required`,
		`,"scheduled_plan_destination":[{"type":"fax","format":"csv","address":"1"}]`:                       `not a destination type`,
		`,"scheduled_plan_destination":[{"type":"email","format":"csv"}]`:                                   `address' is required`,
		`,"scheduled_plan_destination":[{"type":"email","format":"inline_json","address":"a@example.com"}]`: `valid formats for Dashboard sent as 'email' are [:txt`,
		`,"scheduled_plan_destination":[{"type":"s3","format":"csv","address":"s3://b/","parameters":"x"}]`: `must be a JSON string`,
	} {
		c.fails(422, want, "POST", "/scheduled_plans", c.planJSON(extra))
	}
	c.equal("none was stored", len(c.s.Rows("scheduled_plan")), 0)
	c.ok("POST", "/scheduled_plans", c.planJSON(`,"pdf_paper_size":"A4","scheduled_plan_destination":[{"type":"looker-integration://1::slack","format":"csv_zip"}]`))
	look := c.s.Put("look", row{"title": "L"})
	c.fails(422, `'require_`, "POST", "/scheduled_plans", c.planJSON(`,"dashboard_id":null,"look_id":"`+look+`"`))
	c.fails(422, "valid formats for Look", "POST", "/scheduled_plans", c.planJSON(`,"dashboard_id":null,"look_id":"`+look+`","require_results":false,"require_no_results":false,"require_change":false,"scheduled_plan_destination":[{"type":"email","address":"a@example.com","format":"assembled_pdf"}]`))
}

func TestDestinationsAreRecreatedAndTheirSecretsNeverShown(t *testing.T) {
	t.Parallel()
	c := start(t)
	const s3 = `[{"type":"s3","address":"s3://b/","format":"csv","secret_parameters":"{\"secret_access_key\":\"canary\"}"}]`
	p := c.ok("POST", "/scheduled_plans", c.planJSON(`,"scheduled_plan_destination":`+s3))
	id, first := p.field("id").(string), p.field("scheduled_plan_destination.0.id")
	if strings.Contains(p.text, "canary") || strings.Contains(p.text, "secret_parameters") {
		t.Errorf("the secret is answered: %s", p.text)
	}
	c.equal("back reference", p.field("scheduled_plan_destination.0.scheduled_plan_id"), id)
	c.equal("other changes keep destinations", c.ok("PATCH", "/scheduled_plans/"+id, `{"name":"x"}`).field("scheduled_plan_destination.0.id"), first)
	secret := func() any {
		return objects(c.s.Row("scheduled_plan", id)["scheduled_plan_destination"])[0]["secret_parameters"]
	}
	if secret() == nil {
		t.Error("the secret is lost by a change of the name")
	}
	if c.ok("PATCH", "/scheduled_plans/"+id, `{"scheduled_plan_destination":`+s3+`}`).field("scheduled_plan_destination.0.id") == first {
		t.Error("the destination kept its id")
	}
	c.ok("PATCH", "/scheduled_plans/"+id, `{"scheduled_plan_destination":[{"type":"s3","address":"s3://b/","format":"csv"}]}`)
	c.equal("secret", secret(), nil)
}

func TestPlansAreListedByOwner(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.s.Put("user", row{"id": "50", "first_name": "Ann"})
	c.plan(row{"id": "60"})
	c.plan(row{"id": "61", "user_id": "50", "name": "weekly"})
	c.equal("own", c.ok("GET", "/scheduled_plans", "").column("id"), "60")
	c.equal("all", c.ok("GET", "/scheduled_plans?all_users=true", "").column("id"), "60,61")
	c.equal("of a user", c.ok("GET", "/scheduled_plans?user_id=50", "").column("id"), "61")
	c.equal("search", c.ok("GET", "/scheduled_plans/search?all_users=true&name=week%25", "").column("id"), "61")
	ann := &caller{t: t, s: c.s, token: c.ok("POST", "/login/50", "").field("access_token").(string)}
	c.equal("not an admin", ann.ok("GET", "/scheduled_plans?all_users=true", "").column("id"), "61")
	ann.fails(404, "", "GET", "/scheduled_plans/60", "")
	c.equal("chown", c.ok("PATCH", "/scheduled_plans/61", `{"user_id":"1"}`).field("user.id"), "1")
	c.equal("title", c.ok("GET", "/scheduled_plans/60", "").field("title"), "Sales")
	c.ok("POST", "/scheduled_plans/60/run_once", "")
	c.equal("deliveries", len(c.s.Rows("plan_delivery")), 0) // the plan has no destination
	c.ok("PATCH", "/scheduled_plans/60", `{"scheduled_plan_destination":[{"type":"email","address":"a@example.com","format":"csv"}]}`)
	c.ok("POST", "/scheduled_plans/60/run_once", "")
	c.equal("deliveries", len(c.s.Rows("plan_delivery")), 1)
}

func TestCrontabsGiveTheNextRun(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC) // a Sunday
	for spec, want := range map[string]string{
		"0 9 * * *":      "2026-03-01T09:00:00Z",
		"30 8 * * *":     "2026-03-02T08:30:00Z",
		"*/20 * * * *":   "2026-03-01T08:40:00Z",
		"0 6 * * 1-5":    "2026-03-02T06:00:00Z",
		"0 6 * * MON":    "2026-03-02T06:00:00Z",
		"0 6 * * 7":      "2026-03-08T06:00:00Z",
		"0 6 15 * 2":     "2026-03-03T06:00:00Z",
		"0 0 29 feb *":   "2028-02-29T00:00:00Z",
		"15,45 10 1 4 *": "2026-04-01T10:15:00Z",
	} {
		cron, err := parseCron(spec)
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			continue
		}
		if next, ok := cron.next(at, "UTC"); !ok || next.Format(time.RFC3339) != want {
			t.Errorf("%s: %s, want %s", spec, next.Format(time.RFC3339), want)
		}
	}
	for _, bad := range []string{"", "* * * *", "* * * * * *", "60 * * * *", "* * * * mo", "5-1 * * * *", "*/0 * * * *", "? * * * *"} {
		if _, err := parseCron(bad); err == nil {
			t.Errorf("%q is taken for a crontab", bad)
		}
	}
}
