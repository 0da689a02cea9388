package lookertest

import "strconv"

// systemAttributes are user attributes 1 to 13 of every instance: name, label, default, whether the user may edit them.
var systemAttributes = []struct {
	name, label, def string
	editable         bool
}{
	{"first_name", "First Name", "", true}, {"last_name", "Last Name", "", true}, {"email", "Email", "", false}, {"name", "Full Name", "", true},
	{"timezone", "Timezone", "", true}, {"id", "Looker User ID", "", false}, {"ldap_user_id", "LDAP External User ID", "", false},
	{"saml_user_id", "Saml External User ID", "", false}, {"google_user_id", "Google Auth External User ID", "", false},
	{"oidc_user_id", "OpenID Connect External User ID", "", false}, {"locale", "Locale", "en", false}, {"number_format", "Number Format", "1,234.56", false},
	{"landing_page", "Landing Page", "/browse", true},
}

// seed fills an empty state with what every instance has, and the operator's user.
func (s *Server) seed() {
	s.seedFolders()
	s.seedAccess()
	s.seedSettings()
	id := s.newUser(row{"first_name": "Looker", "last_name": "Operator"})
	cred := s.newEmailCredential(id, row{"email": "operator@example.com", "is_disabled": false})
	cred["logged_in_at"] = timestamp(s.clock())
	s.state.insert(kindAPI3, row{"user_id": id, "client_id": s.clientID, "client_secret": s.clientSecret, "created_at": timestamp(s.clock()), "is_disabled": false, "purpose": nil})
	s.state.userRoles.add(id, adminRoleID)
	s.operatorUserID = id
}

func (s *Server) seedFolders() {
	s.newFolder(row{"id": sharedFolderID, "name": "Shared", "is_shared_root": true})
	s.newFolder(row{"name": "Users", "is_users_root": true})
	s.newFolder(row{"id": lookmlFolderID, "name": "LookML Dashboards"})
	for i, f := range s.state.list(kindFolder) {
		permission := "view"
		if i == 0 {
			permission = "edit"
		}
		id := str(f["content_metadata_id"])
		s.state.get(kindContentMetadata, id)["inherits"] = false
		s.state.insert(kindContentAccess, row{"content_metadata_id": id, "permission_type": permission, "group_id": allUsersID, "user_id": nil})
	}
}

func (s *Server) seedAccess() {
	s.newGroup(row{"id": allUsersID, "name": "All Users", "externally_managed": true, "include_by_default": true})
	var all []string
	for _, p := range permissionParents {
		all = append(all, p[0])
	}
	s.state.insert(kindPermissionSet, row{"id": "1", "name": "Admin", "built_in": true, "all_access": true, "permissions": anyList(all)})
	s.state.insert(kindModelSet, row{"id": "1", "name": "All", "built_in": true, "all_access": true, "models": []any{"thelook"}})
	s.state.insert(kindRole, row{"id": adminRoleID, "name": "Admin", "permission_set_id": "1", "model_set_id": "1", "built_in": true, "internal": false})
	for i, a := range systemAttributes {
		s.state.insert(kindUserAttribute, row{"id": strconv.Itoa(i + 1), "name": a.name, "label": a.label, "type": "string", "default_value": orNil(a.def), "is_system": true,
			"is_permanent": true, "value_is_hidden": false, "user_can_view": true, "user_can_edit": a.editable, "hidden_value_domain_whitelist": nil})
	}
}

func (s *Server) seedSettings() {
	put := func(kind string, r row) { s.state.table(kind).rows[""] = canonicalRow(r) }
	put(kindSetting, s.seedSetting())
	put(kindPasswordConfig, row{"min_length": 7, "require_numeric": false, "require_upperlower": false, "require_special": false, "expiration_enabled": false,
		"expiration_duration_days": nil, "policy_enabled_at": nil})
	put(kindSessionConfig, row{"allow_persistent_sessions": true, "session_minutes": 43200, "unlimited_sessions_per_user": true, "use_inactivity_based_logout": false,
		"track_session_location": true})
	sso := row{"enabled": false, "alternate_email_login_allowed": true, "allow_direct_roles": true, "allow_normal_group_membership": true, "allow_roles_from_normal_groups": true}
	for _, kind := range []string{kindLDAPConfig, kindSamlConfig, kindOIDCConfig} {
		put(kind, sso)
	}
	put(kindDigestEmails, row{"is_enabled": true})
	put(kindInternalHelp, row{"enabled": false})
	put(kindInternalHelpText, row{"organization_name": "", "markdown_content": ""})
	put(kindCloudStorage, row{"type": "looker-s3", "custom_s3_bucket": nil, "custom_s3_bucket_region": nil})
	put(kindSMTPSettings, row{"default_smtp": true})
	for _, f := range [][2]string{{"classic_explore", "Classic Explore"}, {"legacy_dashboards", "Legacy Dashboards"}, {"table_legacy", "Legacy Table Visualisation"}} {
		s.state.insert(kindLegacyFeature, row{"id": f[0], "name": f[1], "description": f[1] + " of earlier releases", "enabled_locally": false, "has_disabled_on_upgrade": false,
			"end_of_life_version": "27.0", "documentation_url": docsHost + "/legacy-features"})
	}
}

func (s *Server) seedSetting() row {
	tools := row{"enable_all": false}
	for _, f := range schemas["McpTools"].fields {
		if schemas[f.typ] != nil {
			tools[f.name] = row{"enabled": true, "description": "Tool " + f.name, "category": "looker", "access_level": "read"}
		}
	}
	return row{
		"instance_config":             row{"feature_flags": row{}, "license_features": row{"embed": true, "whitelabel": true}},
		"extension_framework_enabled": true, "extension_load_url_enabled": false, "marketplace_auto_install_enabled": false, "marketplace_enabled": true,
		"marketplace_automation": row{"install_enabled": false, "update_looker_enabled": false, "update_third_party_enabled": false},
		"marketplace_site":       "https://marketplace.looker.com", "marketplace_terms_accepted": false,
		"privatelabel_configuration": row{"default_title": nil, "show_help_menu": true, "show_docs": true, "show_email_sub_options": true, "allow_looker_mentions": true,
			"allow_looker_links": true, "custom_welcome_email_advanced": false, "setup_mentions": true, "alerts_logo": true, "alerts_links": true, "folders_mentions": true},
		"custom_welcome_email": row{"enabled": false, "content": "", "subject": nil, "header": nil},
		"onboarding_enabled":   true, "timezone": "UTC", "allow_user_timezones": false, "data_connector_default_enabled": true, "host_url": "https://looker.example.com",
		"email_domain_allowlist": []string{}, "embed_cookieless_v2": false, "embed_enabled": true,
		"embed_config": row{"domain_allowlist": []string{}, "alert_url_allowlist": []string{}, "alert_url_param_owner": nil, "alert_url_label": nil, "sso_auth_enabled": false,
			"embed_cookieless_v2": false, "embed_content_navigation": false, "embed_content_management": false, "strict_sameorigin_for_login": false, "look_filters": false,
			"hide_look_navigation": false, "permissions": row{}, "embed_enabled": true},
		"login_notification_enabled": false, "login_notification_text": nil, "dashboard_auto_refresh_restriction": false, "dashboard_auto_refresh_minimum_interval": nil,
		"managed_certificate_uri": nil, "content_certification_documentation_link": nil, "revoke_certification_on_edits": false, "automated_mfa_enabled": false,
		"is_content_certification_enabled": false, "auto_certify_lookml_content": false, "ca_agent_observability": false, "mcp_tools": tools,
	}
}
