package lookertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

var (
	planFormats     = []string{"txt", "csv", "csv_zip", "inline_json", "json", "json_detail", "xlsx", "html", "wysiwyg_pdf", "assembled_pdf", "wysiwyg_png"}
	documentFormats = []string{"csv_zip", "wysiwyg_pdf", "assembled_pdf", "wysiwyg_png"}
	paperSizes      = []string{"letter", "legal", "tabloid", "a0", "a1", "a2", "a3", "a4", "a5"}
)

// validFormats are the formats a destination may have, by target, type and whether all results are sent.
func validFormats(p row, destinationType string) []string {
	return slices.DeleteFunc(slices.Clone(planFormats), func(f string) bool {
		document := slices.Contains(documentFormats, f)
		dashboardOnly := f == "csv_zip" || f == "assembled_pdf"
		return f == "inline_json" && destinationType != "webhook" || truth(p["send_all_results"]) && document || !isDashboardPlan(p) && dashboardOnly
	})
}

func isDashboardPlan(p row) bool {
	return str(p["dashboard_id"]) != "" || str(p["lookml_dashboard_id"]) != ""
}

// checkPlan validates a whole plan; body is what the request mentions.
func (c *call) checkPlan(p, body row) error {
	if str(p["name"]) == "" {
		return c.missingField("name")
	}
	for _, check := range []func(row) error{c.checkPlanTarget, c.checkPlanConditions, c.checkPlanTime, c.checkPlanOptions} {
		if err := check(p); err != nil {
			return err
		}
	}
	if _, sent := body["scheduled_plan_destination"]; sent || p["id"] == nil {
		return c.checkDestinations(p)
	}
	return nil
}

func (c *call) checkPlanTarget(p row) error {
	set := 0
	for _, f := range planTargets {
		if str(p[f]) != "" {
			set++
		}
	}
	if set != 1 {
		return c.invalidField("look_id", "exactly one of %s is required.", strings.Join(planTargets, ", "))
	}
	for _, ref := range [][2]string{{"look_id", kindLook}, {"dashboard_id", kindDashboard}, {"user_id", kindUser}} {
		f, kind := ref[0], ref[1]
		if id := str(p[f]); id != "" && c.s.state.get(kind, id) == nil {
			return c.invalidField(f, "%s %s does not exist.", kind, id)
		}
	}
	return nil
}

// checkPlanConditions: plans for looks must say when to send, no plan may contradict itself.
func (c *call) checkPlanConditions(p row) error {
	if str(p["look_id"]) != "" {
		for _, f := range []string{"require_results", "require_no_results", "require_change"} {
			if p[f] == nil {
				return c.missingField(f)
			}
		}
	}
	if truth(p["require_results"]) && truth(p["require_no_results"]) {
		return c.invalidField("require_no_results", "'require_results' and 'require_no_results' exclude each other.")
	}
	if isDashboardPlan(p) && truth(p["send_all_results"]) {
		return c.invalidField("send_all_results", "Cannot send all results for dashboards")
	}
	return nil
}

func (c *call) checkPlanTime(p row) error {
	crontab, datagroup := str(p["crontab"]), str(p["datagroup"])
	switch {
	case crontab != "" && datagroup != "":
		return c.invalidField("crontab", "'crontab' and 'datagroup' exclude each other.")
	case crontab == "" && datagroup == "" && !truth(p["run_once"]) && c.route.op == "create_scheduled_plan":
		return c.missingField("crontab")
	case crontab != "":
		if _, err := parseCron(crontab); err != nil {
			return c.invalidField("crontab", "%v", err)
		}
	}
	if zone := str(p["timezone"]); zone != "" && !knownTimezone(zone) {
		return c.invalidField("timezone", "'%s' is not a timezone of this instance.", zone)
	}
	return nil
}

func (c *call) checkPlanOptions(p row) error {
	if size := str(p["pdf_paper_size"]); size != "" && !slices.Contains(paperSizes, strings.ToLower(size)) {
		return c.invalidField("pdf_paper_size", "'%s' is not a paper size.", size)
	}
	return nil
}

func (c *call) checkDestinations(p row) error {
	list, _ := p["scheduled_plan_destination"].([]any)
	if len(list) == 0 {
		return c.missingField("scheduled_plan_destination")
	}
	for i, e := range list {
		d, _ := e.(map[string]any)
		if err := c.checkDestination(p, d, fmt.Sprintf("scheduled_plan_destination[%d].", i)); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) checkDestination(p, d row, at string) error {
	typ, format, address := str(d["type"]), str(d["format"]), str(d["address"])
	integration := strings.HasPrefix(typ, "looker-integration://")
	switch {
	case typ == "":
		return c.missingField(at + "type")
	case !integration && !slices.Contains([]string{"email", "webhook", "s3", "sftp"}, typ):
		return c.invalidField(at+"type", "'%s' is not a destination type.", typ)
	case format == "":
		return c.missingField(at + "format")
	case !integration && address == "":
		return c.missingField(at + "address")
	}
	if valid := validFormats(p, typ); !slices.Contains(valid, format) {
		return c.invalidField(at+"format", "format %s invalid -- valid formats for %s sent as '%s' are [:%s]", format, planSort(p), typ, strings.Join(valid, ", :"))
	}
	return c.checkDelivery(p, d, at)
}

// checkDelivery validates what a destination of a known type and format is given.
func (c *call) checkDelivery(p, d row, at string) error {
	for _, f := range []string{"parameters", "secret_parameters"} {
		if s := str(d[f]); s != "" && !json.Valid([]byte(s)) {
			return c.invalidField(at+f, "'%s' must be a JSON string.", f)
		}
	}
	if truth(p["run_as_recipient"]) && (d["type"] != "email" || !c.isLookerEmail(str(d["address"]))) {
		return c.invalidField("run_as_recipient", "every recipient must be a Looker user.")
	}
	return nil
}

func planSort(p row) string {
	sort := "Look"
	if isDashboardPlan(p) {
		sort = "Dashboard"
	}
	if truth(p["send_all_results"]) {
		return "unlimited " + sort
	}
	return sort
}
