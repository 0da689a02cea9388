package lookerclient

import (
	"encoding/json"
	"fmt"
)

// Setting is the general settings of an instance.
type Setting struct {
	WriteSetting
	InstanceConfig           Optional[InstanceConfig] `json:"instance_config,omitzero"`
	MarketplaceSite          Optional[string]         `json:"marketplace_site,omitzero"`
	EmbedEnabled             Optional[bool]           `json:"embed_enabled,omitzero"`
	LoginNotificationEnabled Optional[bool]           `json:"login_notification_enabled,omitzero"`
	LoginNotificationText    Optional[string]         `json:"login_notification_text,omitzero"`
}

// InstanceConfig is what the licence and the release allow.
type InstanceConfig struct {
	FeatureFlags    map[string]bool `json:"feature_flags"`
	LicenseFeatures map[string]bool `json:"license_features"`
}

// WriteSetting is what set_setting accepts.
type WriteSetting struct {
	ExtensionFrameworkEnabled           Optional[bool]                      `json:"extension_framework_enabled,omitzero"`
	ExtensionLoadURLEnabled             Optional[bool]                      `json:"extension_load_url_enabled,omitzero"`       // deprecated by Looker
	MarketplaceAutoInstallEnabled       Optional[bool]                      `json:"marketplace_auto_install_enabled,omitzero"` // deprecated by Looker
	MarketplaceAutomation               Optional[MarketplaceAutomation]     `json:"marketplace_automation,omitzero"`
	MarketplaceEnabled                  Optional[bool]                      `json:"marketplace_enabled,omitzero"`
	MarketplaceTermsAccepted            Optional[bool]                      `json:"marketplace_terms_accepted,omitzero"` // once true, true for ever
	PrivatelabelConfiguration           Optional[PrivatelabelConfiguration] `json:"privatelabel_configuration,omitzero"`
	CustomWelcomeEmail                  Optional[CustomWelcomeEmail]        `json:"custom_welcome_email,omitzero"`
	OnboardingEnabled                   Optional[bool]                      `json:"onboarding_enabled,omitzero"`
	Timezone                            Optional[string]                    `json:"timezone,omitzero"`
	AllowUserTimezones                  Optional[bool]                      `json:"allow_user_timezones,omitzero"`
	DataConnectorDefaultEnabled         Optional[bool]                      `json:"data_connector_default_enabled,omitzero"`
	HostURL                             Optional[string]                    `json:"host_url,omitzero"`
	OverrideWarnings                    Optional[bool]                      `json:"override_warnings,omitzero" looker:"writeonly"` // goes with HostURL
	EmailDomainAllowlist                Optional[[]string]                  `json:"email_domain_allowlist,omitzero"`
	EmbedCookielessV2                   Optional[bool]                      `json:"embed_cookieless_v2,omitzero"` // deprecated by Looker: EmbedConfig's wins
	EmbedConfig                         Optional[EmbedConfig]               `json:"embed_config,omitzero"`
	DashboardAutoRefreshRestriction     Optional[bool]                      `json:"dashboard_auto_refresh_restriction,omitzero"`
	DashboardAutoRefreshMinimumInterval Optional[string]                    `json:"dashboard_auto_refresh_minimum_interval,omitzero"`
	ManagedCertificateURI               Optional[[]string]                  `json:"managed_certificate_uri,omitzero"`
	ContentCertificationDocLink         Optional[string]                    `json:"content_certification_documentation_link,omitzero"`
	RevokeCertificationOnEdits          Optional[bool]                      `json:"revoke_certification_on_edits,omitzero"`
	AutomatedMFAEnabled                 Optional[bool]                      `json:"automated_mfa_enabled,omitzero"`
	IsContentCertificationEnabled       Optional[bool]                      `json:"is_content_certification_enabled,omitzero"`
	AutoCertifyLookMLContent            Optional[bool]                      `json:"auto_certify_lookml_content,omitzero"`
	CAAgentObservability                Optional[bool]                      `json:"ca_agent_observability,omitzero"`
	McpTools                            Optional[McpTools]                  `json:"mcp_tools,omitzero"`
}

// MarketplaceAutomation is what the marketplace installs and updates by itself.
type MarketplaceAutomation struct {
	InstallEnabled          Optional[bool] `json:"install_enabled,omitzero"`
	UpdateLookerEnabled     Optional[bool] `json:"update_looker_enabled,omitzero"`
	UpdateThirdPartyEnabled Optional[bool] `json:"update_third_party_enabled,omitzero"`
}

// PrivatelabelConfiguration is the branding. LogoFile and FaviconFile are images
// in base64. They are Secrets because Looker takes them and does not return them.
type PrivatelabelConfiguration struct {
	LogoFile                   Optional[Secret] `json:"logo_file,omitzero" looker:"writeonly"`
	FaviconFile                Optional[Secret] `json:"favicon_file,omitzero" looker:"writeonly"`
	DefaultTitle               Optional[string] `json:"default_title,omitzero"`
	ShowHelpMenu               Optional[bool]   `json:"show_help_menu,omitzero"`
	ShowDocs                   Optional[bool]   `json:"show_docs,omitzero"`
	ShowEmailSubOptions        Optional[bool]   `json:"show_email_sub_options,omitzero"`
	AllowLookerMentions        Optional[bool]   `json:"allow_looker_mentions,omitzero"`
	AllowLookerLinks           Optional[bool]   `json:"allow_looker_links,omitzero"`
	CustomWelcomeEmailAdvanced Optional[bool]   `json:"custom_welcome_email_advanced,omitzero"`
	SetupMentions              Optional[bool]   `json:"setup_mentions,omitzero"`
	AlertsLogo                 Optional[bool]   `json:"alerts_logo,omitzero"`
	AlertsLinks                Optional[bool]   `json:"alerts_links,omitzero"`
	FoldersMentions            Optional[bool]   `json:"folders_mentions,omitzero"`
}

// CustomWelcomeEmail is the invitation. Looker cleans the HTML of Content, so it
// can read back different from what was sent.
type CustomWelcomeEmail struct {
	Enabled Optional[bool]   `json:"enabled,omitzero"`
	Content Optional[string] `json:"content,omitzero"`
	Subject Optional[string] `json:"subject,omitzero"`
	Header  Optional[string] `json:"header,omitzero"`
}

// EmbedConfig is the rules of embedding. Its lists are sets.
type EmbedConfig struct {
	DomainAllowlist          Optional[[]string] `json:"domain_allowlist,omitzero"`
	AlertURLAllowlist        Optional[[]string] `json:"alert_url_allowlist,omitzero"`
	AlertURLParamOwner       Optional[string]   `json:"alert_url_param_owner,omitzero"`
	AlertURLLabel            Optional[string]   `json:"alert_url_label,omitzero"`
	SSOAuthEnabled           Optional[bool]     `json:"sso_auth_enabled,omitzero"`
	EmbedCookielessV2        Optional[bool]     `json:"embed_cookieless_v2,omitzero"`
	EmbedContentNavigation   Optional[bool]     `json:"embed_content_navigation,omitzero"`
	EmbedContentManagement   Optional[bool]     `json:"embed_content_management,omitzero"`
	StrictSameoriginForLogin Optional[bool]     `json:"strict_sameorigin_for_login,omitzero"`
	LookFilters              Optional[bool]     `json:"look_filters,omitzero"`
	HideLookNavigation       Optional[bool]     `json:"hide_look_navigation,omitzero"`
}

// McpTools says which tools the instance offers to language models, by Looker's
// name of the tool. New releases bring new tools.
type McpTools struct {
	EnableAll Optional[bool]
	Tools     map[string]bool
}

const mcpEnableAll = "enable_all"

type mcpToolSetting struct {
	Enabled Optional[bool] `json:"enabled,omitzero"`
}

// MarshalJSON gives Looker's form: {"enable_all":false,"query":{"enabled":true}}.
func (m McpTools) MarshalJSON() ([]byte, error) {
	out := make(map[string]any, len(m.Tools)+1)
	for name, enabled := range m.Tools {
		if name == mcpEnableAll || name == "" {
			return nil, fmt.Errorf("mcp_tools: %q is not the name of a tool; use EnableAll", name)
		}
		out[name] = mcpToolSetting{Enabled: Set(enabled)}
	}
	if !m.EnableAll.IsZero() {
		out[mcpEnableAll] = m.EnableAll
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads Looker's form. A member that is not a tool is passed over.
func (m *McpTools) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	*m = McpTools{}
	for name, raw := range members {
		if name == mcpEnableAll {
			if err := json.Unmarshal(raw, &m.EnableAll); err != nil {
				return fmt.Errorf("mcp_tools.%s: %w", name, err)
			}
			continue
		}
		var tool mcpToolSetting
		if len(raw) == 0 || raw[0] != '{' {
			continue
		}
		if err := json.Unmarshal(raw, &tool); err != nil {
			return fmt.Errorf("mcp_tools.%s: %w", name, err)
		}
		if enabled, ok := tool.Enabled.Get(); ok {
			if m.Tools == nil {
				m.Tools = map[string]bool{}
			}
			m.Tools[name] = enabled
		}
	}
	return nil
}
