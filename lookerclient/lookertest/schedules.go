package lookertest

import (
	"encoding/json"
	"net/url"
	"strings"
)

var scheduleRoutes = []route{
	{open: true, at: "GET /scheduled_plans/space/{space_id}", op: "scheduled_plans_for_space", class: classDBQuery, query: "fields", errors: "400 404 429", do: (*call).scheduledPlansForSpace},
	{open: true, at: "DELETE /scheduled_plans/{scheduled_plan_id}", op: "delete_scheduled_plan", class: classDBQuery, errors: "400 404 429", do: (*call).deleteScheduledPlan},
	{open: true, at: "PATCH /scheduled_plans/{scheduled_plan_id}", op: "update_scheduled_plan", class: classDBQuery, body: "ScheduledPlan!", errors: "400 404 422 429", do: (*call).updateScheduledPlan},
	{open: true, at: "GET /scheduled_plans/{scheduled_plan_id}", op: "scheduled_plan", class: classDBQuery, query: "fields", errors: "400 404 429", do: (*call).scheduledPlan},
	{open: true, at: "POST /scheduled_plans", op: "create_scheduled_plan", class: classDBQuery, body: "ScheduledPlan!", errors: "400 404 409 422 429", do: (*call).createScheduledPlan},
	{open: true, at: "GET /scheduled_plans", op: "all_scheduled_plans", class: classDBQuery, query: "user_id fields all_users", errors: "400 404 422 429", do: (*call).allScheduledPlans},
	{open: true, at: "POST /scheduled_plans/run_once", op: "scheduled_plan_run_once", class: classDBQuery, body: "ScheduledPlan!", errors: "400 404 409 422 429", do: (*call).scheduledPlanRunOnce},
	{open: true, at: "GET /scheduled_plans/search", op: "search_scheduled_plans", class: classDBQuery, query: "user_id fields all_users limit offset sorts name user_first_name user_last_name dashboard_id look_id lookml_dashboard_id recipient destination_type delivery_format filter_or", errors: "400 404 422 429", since: "24.18", do: (*call).searchScheduledPlans},
	{open: true, at: "GET /scheduled_plans/look/{look_id}", op: "scheduled_plans_for_look", class: classDBQuery, query: "user_id fields all_users", errors: "400 404 429", do: (*call).scheduledPlansForLook},
	{open: true, at: "GET /scheduled_plans/dashboard/{dashboard_id}", op: "scheduled_plans_for_dashboard", class: classDBQuery, query: "user_id all_users fields", errors: "400 404 429", do: (*call).scheduledPlansForDashboard},
	{open: true, at: "GET /scheduled_plans/lookml_dashboard/{lookml_dashboard_id}", op: "scheduled_plans_for_lookml_dashboard", class: classDBQuery, query: "user_id fields all_users", errors: "400 404 429", do: (*call).scheduledPlansForLookmlDashboard},
	{open: true, at: "POST /scheduled_plans/{scheduled_plan_id}/run_once", op: "scheduled_plan_run_once_by_id", class: classDBQuery, body: "ScheduledPlan", errors: "400 404 409 422 429", do: (*call).scheduledPlanRunOnceById},
}

// planTargets are the fields that say what a plan delivers: exactly one is set.
var planTargets = []string{"look_id", "dashboard_id", "lookml_dashboard_id", "query_id"}

func (c *call) planView(p row) map[string]any {
	v := cloneRow(p)
	v["can"] = map[string]any{"index": true, "show": true, "update": true, "destroy": true}
	v["title"] = c.planTitle(p)
	v["dashboard_filters"] = p["filters_string"]
	if u := c.s.state.get(kindUser, str(p["user_id"])); u != nil {
		v["user"] = c.userPublicView(u)
	}
	if str(p["timezone"]) == "" {
		v["timezone"] = c.s.state.single(kindSetting)["timezone"]
		if c.s.switches.PlanTimezoneReadsEmpty {
			v["timezone"] = ""
		}
	}
	destinations := []any{}
	list, _ := p["scheduled_plan_destination"].([]any)
	for _, e := range list {
		d := cloneRow(e.(map[string]any))
		d["looker_recipient"] = d["type"] == "email" && c.isLookerEmail(str(d["address"]))
		destinations = append(destinations, c.s.view("ScheduledPlanDestination", d))
	}
	v["scheduled_plan_destination"] = destinations
	return c.s.view("ScheduledPlan", v)
}

// isLookerEmail tells whether an address is a user's; the addresses are collected once a call.
func (c *call) isLookerEmail(address string) bool {
	if c.emails == nil {
		c.emails = map[string]bool{}
		for id := range c.s.state.table(kindUser).rows {
			c.emails[strings.ToLower(c.s.emailOf(id))] = true
		}
	}
	return address != "" && c.emails[strings.ToLower(address)]
}

// planTitle is the title of what the plan delivers.
func (c *call) planTitle(p row) any {
	for f, kind := range map[string]string{"look_id": kindLook, "dashboard_id": kindDashboard} {
		if id := str(p[f]); id != "" {
			return c.s.state.get(kind, id)["title"]
		}
	}
	return orNil(str(p["lookml_dashboard_id"]))
}

// visiblePlans are the caller's own, those of user_id, or with all_users=true an admin's view of everybody's.
func (c *call) visiblePlans() []row {
	admin := c.s.isAdmin(c.session.userID)
	owner := c.session.userID
	if u := c.params["user_id"]; u != "" && admin {
		owner = u
	}
	out := []row{}
	for _, p := range c.s.state.list(kindScheduledPlan) {
		if c.s.switches.ListsOmitDisabledPlans && !truth(p["enabled"]) {
			continue
		}
		if admin && c.params["all_users"] == "true" || p["user_id"] == owner {
			out = append(out, p)
		}
	}
	return out
}

// plansFor lists the visible plans whose field has the value of the path.
func (c *call) plansFor(f, arg string) (any, error) {
	out := []row{}
	for _, p := range c.visiblePlans() {
		if p[f] == c.args[arg] {
			out = append(out, p)
		}
	}
	return listing{out, c.planView}, nil
}

func (c *call) allScheduledPlans() (any, error)     { return listing{c.visiblePlans(), c.planView}, nil }
func (c *call) scheduledPlansForLook() (any, error) { return c.plansFor("look_id", "look_id") }
func (c *call) scheduledPlansForDashboard() (any, error) {
	return c.plansFor("dashboard_id", "dashboard_id")
}
func (c *call) scheduledPlansForLookmlDashboard() (any, error) {
	return c.plansFor("lookml_dashboard_id", "lookml_dashboard_id")
}

// scheduledPlansForSpace lists the caller's plans for content in a folder.
func (c *call) scheduledPlansForSpace() (any, error) {
	out := []row{}
	for _, p := range c.visiblePlans() {
		for f, kind := range map[string]string{"look_id": kindLook, "dashboard_id": kindDashboard} {
			if r := c.s.state.get(kind, str(p[f])); r != nil && r["folder_id"] == c.args["space_id"] {
				out = append(out, p)
			}
		}
	}
	return listing{out, c.planView}, nil
}

func (c *call) searchScheduledPlans() (any, error) {
	owner := func(f string) func(row) []any {
		return func(p row) []any { return []any{c.s.state.get(kindUser, str(p["user_id"]))[f]} }
	}
	destination := func(f string) func(row) []any {
		return func(p row) []any {
			var out []any
			list, _ := p["scheduled_plan_destination"].([]any)
			for _, d := range list {
				out = append(out, d.(map[string]any)[f])
			}
			return out
		}
	}
	rows, err := c.filter(c.visiblePlans(), field("name", likeMatch), field("dashboard_id", idMatch), field("look_id", idMatch), field("lookml_dashboard_id", likeMatch),
		criterion{"user_first_name", owner("first_name"), likeMatch}, criterion{"user_last_name", owner("last_name"), likeMatch},
		criterion{"recipient", destination("address"), likeMatch}, criterion{"destination_type", destination("type"), likeMatch},
		criterion{"delivery_format", destination("format"), likeMatch})
	return listing{rows, c.planView}, err
}

// needPlan returns the plan of the path if the caller owns it or is an admin.
func (c *call) needPlan() (row, error) {
	p, err := c.need(kindScheduledPlan, "scheduled_plan_id")
	if err == nil && p["user_id"] != c.session.userID && !c.s.isAdmin(c.session.userID) {
		return nil, errNotFound()
	}
	return p, err
}

func (c *call) scheduledPlan() (any, error) {
	p, err := c.needPlan()
	if err != nil {
		return nil, err
	}
	return c.planView(p), nil
}

// planBody reads a plan and returns what it becomes on top of old.
func (c *call) planBody(old row) (row, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if alias, ok := body["dashboard_filters"]; ok {
		if f, both := body["filters_string"]; both && f != alias {
			return nil, c.invalidField("dashboard_filters", "'dashboard_filters' is another name of 'filters_string'; send one of them.")
		}
		body["filters_string"] = alias
		delete(body, "dashboard_filters")
	}
	if f := str(body["filters_string"]); f != "" && c.s.switches.NormalizesFiltersString {
		body["filters_string"] = normalizeFilters(f)
	}
	merged := cloneRow(old)
	for k, v := range body {
		merged[k] = v
	}
	if err := c.checkPlan(merged, body); err != nil {
		return nil, err
	}
	return merged, nil
}

func normalizeFilters(s string) string {
	values, err := url.ParseQuery(strings.TrimPrefix(s, "?"))
	if err != nil {
		return s
	}
	return "?" + values.Encode()
}

func (c *call) newPlanDefaults() row {
	on := !c.s.switches.PlansStartDisabled
	return row{"user_id": c.session.userID, "enabled": on, "include_links": on, "created_at": c.timestamp()}
}

func (c *call) createScheduledPlan() (any, error) {
	p, err := c.planBody(c.newPlanDefaults())
	if err != nil {
		return nil, err
	}
	id := c.insert(kindScheduledPlan, p)
	c.renumberDestinations(p, id, nil)
	c.touchPlan(p)
	return c.planView(p), nil
}

func (c *call) updateScheduledPlan() (any, error) {
	p, err := c.needPlan()
	if err != nil {
		return nil, err
	}
	merged, err := c.planBody(p)
	if err != nil {
		return nil, err
	}
	old := p["scheduled_plan_destination"]
	for k, v := range merged {
		p[k] = v
	}
	var sent map[string]json.RawMessage
	if err := c.decode(&sent); err != nil {
		return nil, err
	}
	if _, touched := sent["scheduled_plan_destination"]; touched {
		c.renumberDestinations(p, str(p["id"]), old)
	}
	c.touchPlan(p)
	return c.planView(p), nil
}

// touchPlan recomputes what follows from the plan.
func (c *call) touchPlan(p row) {
	p["updated_at"] = c.timestamp()
	p["next_run_at"] = nil
	zone := str(p["timezone"])
	if zone == "" {
		zone = str(c.s.state.single(kindSetting)["timezone"])
	}
	if cron, err := parseCron(str(p["crontab"])); err == nil && truth(p["enabled"]) {
		if next, ok := cron.next(c.now, zone); ok {
			p["next_run_at"] = timestamp(next)
		}
	}
}

// renumberDestinations gives every destination a new id: all are recreated when a request mentions the list. Secrets that
// are not sent again are gone, unless PatchTouchingDestinationsKeepsSecrets.
func (c *call) renumberDestinations(p row, planID string, old any) {
	list, _ := p["scheduled_plan_destination"].([]any)
	for _, e := range list {
		d := e.(map[string]any)
		d["id"], d["scheduled_plan_id"] = c.nextSerial(kindDestinationSerial), planID
		if d["secret_parameters"] == nil && c.s.switches.PatchTouchingDestinationsKeepsSecrets {
			if secret := secretOf(old, d); secret != "" {
				d["secret_parameters"] = secret
			}
		}
	}
}

func secretOf(old any, d map[string]any) string {
	list, _ := old.([]any)
	for _, e := range list {
		o := e.(map[string]any)
		if o["type"] == d["type"] && o["address"] == d["address"] {
			return str(o["secret_parameters"])
		}
	}
	return ""
}

func (c *call) deleteScheduledPlan() (any, error) {
	p, err := c.needPlan()
	if err != nil {
		return nil, err
	}
	c.remove(kindScheduledPlan, str(p["id"]))
	return noContent{}, nil
}

// deliver records that a plan was run.
func (c *call) deliver(p row) {
	list, _ := p["scheduled_plan_destination"].([]any)
	for _, e := range list {
		d := e.(map[string]any)
		c.s.state.insert(kindPlanDelivery, row{"scheduled_plan_id": p["id"], "name": p["name"], "type": d["type"], "address": d["address"], "format": d["format"], "at": c.timestamp()})
	}
}

// scheduledPlanRunOnce delivers a plan that is not stored.
func (c *call) scheduledPlanRunOnce() (any, error) {
	p, err := c.planBody(c.newPlanDefaults())
	if err != nil {
		return nil, err
	}
	p["id"], p["run_once"] = c.nextSerial(kindScheduledPlan), true
	c.renumberDestinations(p, str(p["id"]), nil)
	c.deliver(p)
	return c.planView(p), nil
}

// scheduledPlanRunOnceById delivers a stored plan now, with the changes of the body, which are not stored.
func (c *call) scheduledPlanRunOnceById() (any, error) {
	p, err := c.needPlan()
	if err != nil {
		return nil, err
	}
	once, err := c.planBody(p)
	if err != nil {
		return nil, err
	}
	c.deliver(once)
	p["last_run_at"] = c.timestamp()
	return c.planView(p), nil
}
