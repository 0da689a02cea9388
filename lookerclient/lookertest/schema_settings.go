package lookertest

// Instance-wide settings: the fields of the objects named, in the notation of parseSchemas.
const settingsSchemas = `
Setting:
	-instance_config:InstanceConfig@24.12 extension_framework_enabled:bool extension_load_url_enabled:bool marketplace_auto_install_enabled:bool
	marketplace_automation:MarketplaceAutomation@23.14 marketplace_enabled:bool -marketplace_site marketplace_terms_accepted:bool@23.12
	privatelabel_configuration:PrivatelabelConfiguration custom_welcome_email:CustomWelcomeEmail onboarding_enabled:bool timezone
	allow_user_timezones:bool data_connector_default_enabled:bool host_url +override_warnings:bool email_domain_allowlist:[string]
	embed_cookieless_v2:bool@23.8 -embed_enabled:bool embed_config:EmbedConfig@23.14 -login_notification_enabled:bool -login_notification_text:string?
	dashboard_auto_refresh_restriction:bool@24.14 dashboard_auto_refresh_minimum_interval:string?@24.14 managed_certificate_uri:[string]?@25.0
	content_certification_documentation_link:string?@26.0 revoke_certification_on_edits:bool@26.2 automated_mfa_enabled:bool@26.12
	is_content_certification_enabled:bool@26.4 auto_certify_lookml_content:bool@26.6 ca_agent_observability:bool@26.8 mcp_tools:McpTools@26.4
InstanceConfig:
	-feature_flags:map -license_features:map
MarketplaceAutomation:
	install_enabled:bool update_looker_enabled:bool update_third_party_enabled:bool
PrivatelabelConfiguration:
	logo_file:string? -logo_url:string? favicon_file:string? -favicon_url:string? default_title:string? show_help_menu:bool show_docs:bool
	show_email_sub_options:bool allow_looker_mentions:bool allow_looker_links:bool custom_welcome_email_advanced:bool setup_mentions:bool
	alerts_logo:bool alerts_links:bool folders_mentions:bool
CustomWelcomeEmail:
	enabled:bool content:string? subject:string? header:string?
WelcomeEmailTest:
	content:string? subject:string? header:string?
EmbedConfig:
	domain_allowlist:[string]? alert_url_allowlist:[string]? alert_url_param_owner:string? alert_url_label:string? sso_auth_enabled:bool
	embed_cookieless_v2:bool embed_content_navigation:bool embed_content_management:bool strict_sameorigin_for_login:bool look_filters:bool
	hide_look_navigation:bool -permissions:map? -embed_enabled:bool
McpTools:
	enable_all:bool add_dashboard_element:McpToolSetting add_dashboard_filter:McpToolSetting create_project_file:McpToolSetting
	delete_project_file:McpToolSetting dev_mode:McpToolSetting generate_embed_url:McpToolSetting get_connection_databases:McpToolSetting
	get_connection_schemas:McpToolSetting get_connection_table_columns:McpToolSetting get_connection_tables:McpToolSetting get_connections:McpToolSetting
	get_dashboards:McpToolSetting get_dimensions:McpToolSetting get_explores:McpToolSetting get_filters:McpToolSetting get_looks:McpToolSetting
	get_measures:McpToolSetting get_models:McpToolSetting get_parameters:McpToolSetting get_project_file:McpToolSetting get_project_files:McpToolSetting
	get_projects:McpToolSetting health_analyze:McpToolSetting health_pulse:McpToolSetting health_vacuum:McpToolSetting make_dashboard:McpToolSetting
	make_look:McpToolSetting query:McpToolSetting query_sql:McpToolSetting query_url:McpToolSetting run_dashboard:McpToolSetting run_look:McpToolSetting
	update_project_file:McpToolSetting validate_project:McpToolSetting get_project_directories:McpToolSetting create_project_directory:McpToolSetting
	delete_project_directory:McpToolSetting get_lookml_tests:McpToolSetting run_lookml_tests:McpToolSetting create_view_from_table:McpToolSetting
McpToolSetting:
	enabled:bool -description:string? -category:string? -access_level:string?
WhitelabelConfiguration:
	-id logo_file:string? -logo_url:string? favicon_file:string? -favicon_url:string? default_title:string? show_help_menu:bool show_docs:bool
	show_email_sub_options:bool allow_looker_mentions:bool allow_looker_links:bool custom_welcome_email_advanced:bool setup_mentions:bool
	alerts_logo:bool alerts_links:bool folders_mentions:bool
PasswordConfig:
	-can:map min_length:int? require_numeric:bool require_upperlower:bool require_special:bool expiration_enabled:bool@26.0
	expiration_duration_days:int?@26.0 -policy_enabled_at:string?
SessionConfig:
	-can:map allow_persistent_sessions:bool session_minutes:int? unlimited_sessions_per_user:bool use_inactivity_based_logout:bool
	track_session_location:bool
SmtpSettings:
	address from user_name:string? password:string? port:int enable_starttls_auto:bool ssl_version:enum(TLSv1_1,SSLv23,TLSv1_2)? auth_type:string?@25.18
	client_id:string?@25.18 client_secret:string?@25.18 token_endpoint:string?@25.18 scopes:string?@25.18 default_smtp:bool?
SmtpStatus:
	-is_valid:bool -node_count:int? -node_status:[SmtpNodeStatus]?
SmtpNodeStatus:
	-is_valid:bool -message:string? -hostname:string?
DigestEmails:
	is_enabled:bool
InternalHelpResources:
	-can:map enabled:bool
InternalHelpResourcesContent:
	-can:map organization_name:string? markdown_content:string?
LegacyFeature:
	-can:map -id -name:string? -description:string? enabled_locally:bool -enabled:bool -disallowed_as_of_version:string?
	-disable_on_upgrade_to_version:string? -end_of_life_version:string? -documentation_url:string? -approximate_disable_date:string?
	-approximate_end_of_life_date:string? -has_disabled_on_upgrade:bool
BackupConfiguration:
	-can:map type:string? custom_s3_bucket:string? custom_s3_bucket_region:string? +custom_s3_key:string? +custom_s3_secret:string? -url:string?
SupportAccessAllowlistEntry:
	-id email:string? -full_name:string? reason:string? -created_date:string?
SupportAccessAddEntries:
	emails:[string]? reason:string?
SupportAccessEnable:
	duration_in_seconds!:int?
SupportAccessStatus:
	-open:bool -open_until:string?
EmbedSecret:
	algorithm:string? -created_at:string? enabled:bool -id -secret:string? -user_id:string? secret_type:enum(SSO,JWT)
ApiVersion:
	-looker_release_version current_version:ApiVersionElement -supported_versions:[ApiVersionElement] -api_server_url -web_server_url
ApiVersionElement:
	-version:string? -full_version:string? -status:string? -swagger_url:string?
Timezone:
	-value:string? -label:string? -group:string?
Locale:
	-code:string? -native_name:string? -english_name:string?
EgressIpAddresses:
	-egress_ip_addresses:[string]?
`
