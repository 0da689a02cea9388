package lookertest

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var settingsRoutes = []route{
	{at: "GET /custom_welcome_email", op: "custom_welcome_email", errors: "400 404 429", do: (*call).customWelcomeEmail},
	{at: "PATCH /custom_welcome_email", op: "update_custom_welcome_email", query: "send_test_welcome_email", body: "CustomWelcomeEmail!", errors: "400 404 422 429", do: (*call).updateCustomWelcomeEmail},
	{at: "PUT /custom_welcome_email_test", op: "update_custom_welcome_email_test", body: "WelcomeEmailTest!", errors: "400 404 422 429", do: (*call).updateCustomWelcomeEmailTest},
	{at: "GET /digest_emails_enabled", op: "digest_emails_enabled", errors: "400 404 429", do: (*call).digestEmailsEnabled},
	{at: "PATCH /digest_emails_enabled", op: "update_digest_emails_enabled", body: "DigestEmails!", errors: "400 404 422 429", do: (*call).updateDigestEmailsEnabled},
	{at: "GET /internal_help_resources_content", op: "internal_help_resources_content", errors: "400 404 429", do: (*call).internalHelpResourcesContent},
	{at: "PATCH /internal_help_resources_content", op: "update_internal_help_resources_content", body: "InternalHelpResourcesContent!", errors: "400 404 422 429", do: (*call).updateInternalHelpResourcesContent},
	{at: "GET /internal_help_resources_enabled", op: "internal_help_resources", errors: "400 404 429", do: (*call).internalHelpResources},
	{at: "PATCH /internal_help_resources", op: "update_internal_help_resources", body: "InternalHelpResources!", errors: "400 404 422 429", do: (*call).updateInternalHelpResources},
	{at: "GET /password_config", op: "password_config", coreDenied: true, errors: "400 403 404 429", do: (*call).passwordConfig},
	{at: "PATCH /password_config", op: "update_password_config", coreDenied: true, body: "PasswordConfig!", errors: "400 403 404 422 429", do: (*call).updatePasswordConfig},
	{at: "PUT /password_config/force_password_reset_at_next_login_for_all_users", op: "force_password_reset_at_next_login_for_all_users", coreDenied: true, errors: "400 403 404 422 429", do: (*call).forcePasswordResetAtNextLoginForAllUsers},
	{at: "GET /session_config", op: "session_config", errors: "400 404 429", do: (*call).sessionConfig},
	{at: "PATCH /session_config", op: "update_session_config", body: "SessionConfig!", errors: "400 404 422 429", do: (*call).updateSessionConfig},
	{at: "PATCH /setting", op: "set_setting", query: "fields", body: "Setting!", errors: "400 403 404 409 422 429", do: (*call).setSetting},
	{at: "GET /setting", op: "get_setting", query: "fields", errors: "400 404 422 429", do: (*call).getSetting},
	{at: "GET /whitelabel_configuration", op: "whitelabel_configuration", query: "fields", errors: "400 404 429", do: (*call).whitelabelConfiguration},
	{at: "PUT /whitelabel_configuration", op: "update_whitelabel_configuration", body: "WhitelabelConfiguration!", errors: "400 404 422 429", do: (*call).updateWhitelabelConfiguration},
}

// A singleton is a settings object: one row, one schema, and what a change of it must satisfy.
type singleton struct {
	kind, schema string
	can          bool
}

var (
	passwordConfig   = singleton{kindPasswordConfig, "PasswordConfig", true}
	sessionConfig    = singleton{kindSessionConfig, "SessionConfig", true}
	digestEmails     = singleton{kindDigestEmails, "DigestEmails", false}
	internalHelp     = singleton{kindInternalHelp, "InternalHelpResources", true}
	internalHelpText = singleton{kindInternalHelpText, "InternalHelpResourcesContent", true}
	cloudStorage     = singleton{kindCloudStorage, "BackupConfiguration", true}
)

func (c *call) singletonView(g singleton) map[string]any {
	v := cloneRow(c.s.state.single(g.kind))
	if g.can {
		v["can"] = map[string]any{"show": true, "update": true}
	}
	return c.s.view(g.schema, v)
}

// updateSingleton merges the body into the row once check has accepted the outcome.
func (c *call) updateSingleton(g singleton, check func(merged row) error) (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	stored := c.s.state.single(g.kind)
	merged := cloneRow(stored)
	for k, v := range body {
		merged[k] = v
	}
	if check != nil {
		if err := check(merged); err != nil {
			return nil, err
		}
	}
	for k, v := range merged {
		stored[k] = v
	}
	return c.singletonView(g), nil
}

// inRange checks an optional number.
func (c *call) inRange(r row, f string, lo, hi float64) error {
	if n, ok := r[f].(float64); ok && (n < lo || n > hi) {
		return c.invalidField(f, "'%s' must be between %v and %v.", f, lo, hi)
	}
	return nil
}

func (c *call) passwordConfig() (any, error) { return c.singletonView(passwordConfig), nil }

func (c *call) updatePasswordConfig() (any, error) {
	return c.updateSingleton(passwordConfig, func(r row) error {
		if err := c.inRange(r, "min_length", 7, 100); err != nil {
			return err
		}
		if err := c.inRange(r, "expiration_duration_days", 30, 365); err != nil {
			return err
		}
		if truth(r["expiration_enabled"]) && r["policy_enabled_at"] == nil {
			r["policy_enabled_at"] = c.timestamp()
		}
		return nil
	})
}

func (c *call) forcePasswordResetAtNextLoginForAllUsers() (any, error) {
	for _, cred := range c.s.state.list(kindCredentialsEmail) {
		cred["forced_password_reset_at_next_login"] = true
	}
	return "", nil
}

func (c *call) sessionConfig() (any, error) { return c.singletonView(sessionConfig), nil }

func (c *call) updateSessionConfig() (any, error) {
	return c.updateSingleton(sessionConfig, func(r row) error { return c.inRange(r, "session_minutes", 5, 43200) })
}

func (c *call) digestEmailsEnabled() (any, error) { return c.singletonView(digestEmails), nil }
func (c *call) updateDigestEmailsEnabled() (any, error) {
	return c.updateSingleton(digestEmails, nil)
}
func (c *call) internalHelpResources() (any, error) { return c.singletonView(internalHelp), nil }
func (c *call) updateInternalHelpResources() (any, error) {
	return c.updateSingleton(internalHelp, nil)
}
func (c *call) internalHelpResourcesContent() (any, error) {
	return c.singletonView(internalHelpText), nil
}
func (c *call) updateInternalHelpResourcesContent() (any, error) {
	return c.updateSingleton(internalHelpText, nil)
}

// nestedSettings are the members of Setting that are objects, with their schemas.
var nestedSettings = map[string]string{"marketplace_automation": "MarketplaceAutomation", "privatelabel_configuration": "PrivatelabelConfiguration",
	"custom_welcome_email": "CustomWelcomeEmail", "embed_config": "EmbedConfig", "mcp_tools": "McpTools"}

func (c *call) settingView() map[string]any {
	v := cloneRow(c.s.state.single(kindSetting))
	for f, schema := range nestedSettings {
		nested := c.nestedSetting(f)
		n := cloneRow(nested)
		if f == "privatelabel_configuration" {
			n = labelFields(nested)
		}
		v[f] = c.s.view(schema, n)
	}
	return c.s.view("Setting", v)
}

// nestedSetting is a stored member of Setting that is an object.
func (c *call) nestedSetting(f string) row {
	n, _ := c.s.state.single(kindSetting)[f].(map[string]any)
	return n
}

// labelFields hides the images of a privatelabel configuration; only their addresses are readable.
func labelFields(stored row) row {
	n := cloneRow(stored)
	if n == nil {
		n = row{}
	}
	for _, image := range []string{"logo", "favicon"} {
		if str(stored[image+"_file"]) != "" {
			n[image+"_url"] = "/images/" + image + ".png"
		}
		n[image+"_file"] = nil
	}
	return n
}

func (c *call) getSetting() (any, error) { return c.settingView(), nil }

func (c *call) setSetting() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if err := c.applySetting(body); err != nil {
		return nil, err
	}
	return c.settingView(), nil
}

// applySetting merges a change of the instance's settings, nested objects member by member.
func (c *call) applySetting(body row) error {
	stored := c.s.state.single(kindSetting)
	merged := cloneRow(stored)
	for k, v := range body {
		if _, nested := nestedSettings[k]; !nested {
			merged[k] = v
			continue
		}
		change, ok := v.(map[string]any)
		if !ok {
			return c.invalidField(k, "'%s' cannot be null.", k)
		}
		if c.s.switches.SettingPatchReplacesNested {
			merged[k] = c.emptyNested(k, change)
			continue
		}
		base, _ := merged[k].(map[string]any)
		merged[k] = mergeDeep(base, change)
	}
	if err := c.checkSetting(stored, merged, body); err != nil {
		return err
	}
	delete(merged, "override_warnings")
	c.settingTwins(merged, body)
	for k, v := range merged {
		stored[k] = v
	}
	return nil
}

// emptyNested is a nested object that holds nothing but the change; what the server owns stays.
func (c *call) emptyNested(f string, change row) row {
	out := row{}
	stored := c.nestedSetting(f)
	for _, spec := range schemas[nestedSettings[f]].fields {
		if v, ok := stored[spec.name]; ok && spec.mode == readOnly {
			out[spec.name] = v
		}
	}
	return mergeDeep(out, change)
}

func mergeDeep(base, change row) row {
	out := cloneRow(base)
	if out == nil {
		out = row{}
	}
	for k, v := range change {
		inner, isObject := v.(map[string]any)
		old, wasObject := out[k].(map[string]any)
		if isObject && wasObject {
			v = mergeDeep(old, inner)
		}
		out[k] = v
	}
	return out
}

func (c *call) checkSetting(stored, merged, body row) error {
	if truth(stored["marketplace_terms_accepted"]) && !truth(merged["marketplace_terms_accepted"]) {
		return c.invalidField("marketplace_terms_accepted", "accepted terms cannot be declined.")
	}
	if zone := str(merged["timezone"]); !knownTimezone(zone) {
		return c.invalidField("timezone", "'%s' is not a timezone of this instance.", zone)
	}
	if err := c.checkHostURL(stored, body); err != nil {
		return err
	}
	mail, _ := body["custom_welcome_email"].(map[string]any)
	label, _ := merged["privatelabel_configuration"].(map[string]any)
	for _, f := range []string{"subject", "header"} {
		if str(mail[f]) != "" && !truth(label["custom_welcome_email_advanced"]) {
			return c.invalidField("custom_welcome_email."+f, "'%s' needs privatelabel_configuration.custom_welcome_email_advanced.", f)
		}
	}
	return nil
}

// checkHostURL: a change that Looker warns about needs override_warnings.
func (c *call) checkHostURL(stored, body row) error {
	if host, given := body["host_url"]; given && host != stored["host_url"] {
		u, err := url.Parse(str(host))
		if err != nil || u.Host == "" {
			return c.invalidField("host_url", "'%s' is not a URL.", str(host))
		}
		if u.Scheme != "https" && !truth(body["override_warnings"]) {
			return c.invalidField("host_url", "host_url is not https; send override_warnings to set it anyway.")
		}
	}
	return nil
}

var dangerousMarkup = regexp.MustCompile(`(?is)<script\b.*?</script\s*>|<(?:script|iframe|object|embed)\b[^>]*>|\son[a-z]+\s*=\s*("[^"]*"|'[^']*')`)

// settingTwins carries changes over to the fields that mirror them.
func (c *call) settingTwins(merged, body row) {
	if truth(merged["marketplace_terms_accepted"]) && truth(body["marketplace_terms_accepted"]) {
		merged["marketplace_enabled"] = true
	}
	if mail, ok := merged["custom_welcome_email"].(map[string]any); ok {
		mail["content"] = dangerousMarkup.ReplaceAllString(str(mail["content"]), "")
	}
	embed, _ := merged["embed_config"].(map[string]any)
	change, _ := body["embed_config"].(map[string]any)
	if v, ok := change["embed_cookieless_v2"]; ok {
		merged["embed_cookieless_v2"] = v
	} else if v, ok := body["embed_cookieless_v2"]; ok && embed != nil {
		embed["embed_cookieless_v2"] = v
	}
	if v := str(body["dashboard_auto_refresh_minimum_interval"]); v != "" && c.s.switches.NormalizesRefreshInterval {
		merged["dashboard_auto_refresh_minimum_interval"] = normalizeInterval(v)
	}
}

// normalizeInterval writes "60 seconds" and "1 minute" as "1 minutes".
func normalizeInterval(s string) string {
	var n int
	var unit string
	if _, err := fmt.Sscanf(s, "%d %s", &n, &unit); err != nil {
		return s
	}
	switch {
	case strings.HasPrefix(unit, "second") && n%60 == 0:
		return fmt.Sprintf("%d minutes", n/60)
	case strings.HasPrefix(unit, "minute"):
		return fmt.Sprintf("%d minutes", n)
	case strings.HasPrefix(unit, "hour"):
		return fmt.Sprintf("%d minutes", n*60)
	}
	return s
}

// The deprecated single-purpose endpoints read and write the nested objects of Setting.

func (c *call) customWelcomeEmail() (any, error) { return c.settingView()["custom_welcome_email"], nil }

func (c *call) updateCustomWelcomeEmail() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if err := c.applySetting(row{"custom_welcome_email": body}); err != nil {
		return nil, err
	}
	return c.customWelcomeEmail()
}

func (c *call) updateCustomWelcomeEmailTest() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	c.s.state.insert(kindMail, row{"to": c.s.emailOf(c.session.userID), "subject": body["subject"], "sent_at": c.timestamp()})
	return c.s.view("WelcomeEmailTest", body), nil
}

func (c *call) whitelabelConfiguration() (any, error) {
	v := labelFields(c.nestedSetting("privatelabel_configuration"))
	v["id"] = "1"
	return c.s.view("WhitelabelConfiguration", v), nil
}

func (c *call) updateWhitelabelConfiguration() (any, error) {
	body, err := c.object()
	if err != nil {
		return nil, err
	}
	if err := c.applySetting(row{"privatelabel_configuration": body}); err != nil {
		return nil, err
	}
	return c.whitelabelConfiguration()
}
