package lookertest

import "slices"

var vocabularyRoutes = []route{
	{at: "GET /public_egress_ip_addresses", op: "public_egress_ip_addresses", coreDenied: true, errors: "400 403 404 429", do: (*call).publicEgressIpAddresses},
	{open: true, at: "GET /locales", op: "all_locales", errors: "400 404 429", do: (*call).allLocales},
	{at: "GET /permissions", op: "all_permissions", errors: "400 404 429", do: (*call).allPermissions},
	{open: true, at: "GET /timezones", op: "all_timezones", errors: "400 404 429", do: (*call).allTimezones},
	{open: true, at: "GET /versions", op: "versions", class: classNone, query: "fields", errors: "400 404 429", do: (*call).versions},
}

// permissionParents is the vocabulary of permissions: name and the permission it depends on.
var permissionParents = [][2]string{
	{"access_data", ""}, {"see_lookml_dashboards", "access_data"}, {"see_looks", "access_data"}, {"see_user_dashboards", "see_looks"},
	{"explore", "see_looks"}, {"create_table_calculations", "explore"}, {"create_custom_fields", "explore"}, {"can_create_forecast", "explore"},
	{"save_content", "see_looks"}, {"save_dashboards", "save_content"}, {"save_looks", "save_content"}, {"create_public_looks", "save_looks"},
	{"download_with_limit", "see_looks"}, {"download_without_limit", "see_looks"}, {"schedule_look_emails", "see_looks"},
	{"schedule_external_look_emails", "schedule_look_emails"}, {"create_alerts", "see_looks"}, {"follow_alerts", "see_looks"},
	{"send_to_s3", "see_looks"}, {"send_to_sftp", "see_looks"}, {"send_outgoing_webhook", "see_looks"}, {"send_to_integration", "see_looks"},
	{"see_sql", "see_looks"}, {"see_lookml", "see_looks"}, {"develop", "see_lookml"}, {"deploy", "develop"}, {"support_access_toggle", "develop"},
	{"use_sql_runner", "see_lookml"}, {"clear_cache_refresh", "see_looks"}, {"see_drill_overlay", "see_looks"}, {"manage_spaces", "see_looks"},
	{"manage_homepage", ""}, {"manage_models", ""}, {"manage_stereo", ""}, {"manage_embed_settings", ""}, {"manage_themes", ""},
	{"manage_privatelabel", ""}, {"create_prefetches", "see_looks"}, {"login_special_email", ""}, {"embed_browse_spaces", ""}, {"embed_save_shared_space", ""},
	{"see_alerts", ""}, {"see_queries", ""}, {"see_logs", ""}, {"see_users", ""}, {"sudo", "see_users"}, {"see_schedules", ""}, {"see_pdts", ""},
	{"see_datagroups", ""}, {"update_datagroups", "see_datagroups"}, {"see_system_activity", ""}, {"administer", ""}, {"mobile_app_access", ""},
	{"gemini_in_looker", ""}, {"chat_with_agent", ""}, {"certify_content", ""},
}

func knownPermission(name string) bool {
	return slices.ContainsFunc(permissionParents, func(p [2]string) bool { return p[0] == name })
}

func (c *call) allPermissions() (any, error) {
	out := []any{}
	for _, p := range permissionParents {
		out = append(out, c.s.view("Permission", map[string]any{"can": map[string]any{"show": true}, "permission": p[0], "parent": orNil(p[1]), "description": "Permission " + p[0]}))
	}
	return out, nil
}

// timezones are the names GET /timezones offers, by group.
var timezones = [][2]string{
	{"UTC", "Common"}, {"America/Los_Angeles", "Common"}, {"America/Denver", "Common"}, {"America/Chicago", "Common"}, {"America/New_York", "Common"},
	{"Europe/London", "Common"}, {"Europe/Berlin", "Europe"}, {"Europe/Paris", "Europe"}, {"Europe/Madrid", "Europe"}, {"Europe/Amsterdam", "Europe"},
	{"Asia/Tokyo", "Asia"}, {"Asia/Kolkata", "Asia"}, {"Asia/Singapore", "Asia"}, {"Australia/Sydney", "Australia"}, {"America/Sao_Paulo", "America"},
}

func knownTimezone(name string) bool {
	return slices.ContainsFunc(timezones, func(z [2]string) bool { return z[0] == name })
}

func (c *call) allTimezones() (any, error) {
	out := []any{}
	for _, z := range timezones {
		out = append(out, c.s.view("Timezone", map[string]any{"value": z[0], "label": z[1] + " - " + z[0], "group": z[1]}))
	}
	return out, nil
}

// locales are the codes GET /locales offers, with native and English names.
var locales = [][3]string{
	{"en", "English", "English"}, {"de", "Deutsch", "German"}, {"es", "Español", "Spanish"}, {"fr", "Français", "French"}, {"it", "Italiano", "Italian"},
	{"ja", "日本語", "Japanese"}, {"ko", "한국어", "Korean"}, {"nl", "Nederlands", "Dutch"}, {"pt", "Português", "Portuguese"}, {"pt_BR", "Português (Brasil)", "Brazilian Portuguese"},
	{"ru", "Русский", "Russian"}, {"zh", "中文", "Chinese"},
}

func knownLocale(code string) bool {
	return slices.ContainsFunc(locales, func(l [3]string) bool { return l[0] == code })
}

func (c *call) allLocales() (any, error) {
	out := []any{}
	for _, l := range locales {
		out = append(out, c.s.view("Locale", map[string]any{"code": l[0], "native_name": l[1], "english_name": l[2]}))
	}
	return out, nil
}

func (c *call) publicEgressIpAddresses() (any, error) {
	return c.s.view("EgressIpAddresses", map[string]any{"egress_ip_addresses": []any{"192.0.2.10", "192.0.2.11"}}), nil
}

func (c *call) versions() (any, error) {
	release := c.s.release.String()
	current := c.s.view("ApiVersionElement", map[string]any{"version": "4.0", "full_version": "4.0." + release, "status": "current", "swagger_url": c.s.baseURL + apiPrefix + "/swagger.json"})
	return c.s.view("ApiVersion", map[string]any{"looker_release_version": release + ".0", "current_version": current, "supported_versions": []any{current},
		"api_server_url": c.s.baseURL, "web_server_url": c.s.baseURL}), nil
}
