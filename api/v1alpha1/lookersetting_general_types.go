package v1alpha1

// MarketplaceAutomation says what the marketplace does by itself.
// +kubebuilder:validation:MinProperties=1
type MarketplaceAutomation struct {
	// InstallEnabled installs by itself what Looker recommends.
	// +optional
	InstallEnabled *bool `json:"installEnabled,omitempty"`
	// UpdateLookerEnabled updates what Looker made.
	// +optional
	UpdateLookerEnabled *bool `json:"updateLookerEnabled,omitempty"`
	// UpdateThirdPartyEnabled updates what others made.
	// +optional
	UpdateThirdPartyEnabled *bool `json:"updateThirdPartyEnabled,omitempty"`
}

// PrivatelabelConfiguration is the look without Looker's name. It needs the licence
// for it.
// +kubebuilder:validation:MinProperties=1
type PrivatelabelConfiguration struct {
	// LogoFile is the logo, an image in base64. Looker never returns it.
	// +kubebuilder:validation:MaxLength=350000
	// +kubebuilder:validation:Format=byte
	// +optional
	LogoFile *string `json:"logoFile,omitempty"`
	// FaviconFile is the icon of the browser tab, an image in base64. Looker never
	// returns it.
	// +kubebuilder:validation:MaxLength=70000
	// +kubebuilder:validation:Format=byte
	// +optional
	FaviconFile *string `json:"faviconFile,omitempty"`
	// DefaultTitle is the title of pages without their own.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	DefaultTitle *string `json:"defaultTitle,omitempty"`
	// ShowHelpMenu shows the help menu.
	// +optional
	ShowHelpMenu *bool `json:"showHelpMenu,omitempty"`
	// ShowDocs shows links to the documentation.
	// +optional
	ShowDocs *bool `json:"showDocs,omitempty"`
	// ShowEmailSubOptions shows the options for e-mail subscriptions.
	// +optional
	ShowEmailSubOptions *bool `json:"showEmailSubOptions,omitempty"`
	// AllowLookerMentions keeps the name Looker in e-mails.
	// +optional
	AllowLookerMentions *bool `json:"allowLookerMentions,omitempty"`
	// AllowLookerLinks keeps links to Looker in e-mails.
	// +optional
	AllowLookerLinks *bool `json:"allowLookerLinks,omitempty"`
	// CustomWelcomeEmailAdvanced lets customWelcomeEmail set subject and header.
	// +optional
	CustomWelcomeEmailAdvanced *bool `json:"customWelcomeEmailAdvanced,omitempty"`
	// SetupMentions removes the name Looker from the page that sets up an account.
	// +optional
	SetupMentions *bool `json:"setupMentions,omitempty"`
	// AlertsLogo removes the Looker logo from alerts.
	// +optional
	AlertsLogo *bool `json:"alertsLogo,omitempty"`
	// AlertsLinks removes links to Looker from alerts.
	// +optional
	AlertsLinks *bool `json:"alertsLinks,omitempty"`
	// FoldersMentions removes the name Looker from an empty home folder.
	// +optional
	FoldersMentions *bool `json:"foldersMentions,omitempty"`
}

// CustomWelcomeEmail is the invitation that new users get.
// +kubebuilder:validation:MinProperties=1
type CustomWelcomeEmail struct {
	// Enabled: true sends this one, false Looker's own.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`
	// Content is the text as HTML; Looker removes scripts and the like.
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	Content *string `json:"content,omitempty"`
	// Subject needs privatelabelConfiguration.customWelcomeEmailAdvanced.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Subject *string `json:"subject,omitempty"`
	// Header needs privatelabelConfiguration.customWelcomeEmailAdvanced.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Header *string `json:"header,omitempty"`
}

// EmbedConfig is the configuration of embedding.
// +kubebuilder:validation:MinProperties=1
type EmbedConfig struct {
	// DomainAllowlist is the whole list of origins that may embed Looker and call its
	// API from a browser.
	// +kubebuilder:validation:MaxItems=200
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=512
	// +listType=atomic
	// +optional
	DomainAllowlist *[]string `json:"domainAllowlist,omitempty"`
	// AlertURLAllowlist is the whole list of base URLs that links of alerts and
	// schedules may use.
	// +kubebuilder:validation:MaxItems=200
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=2048
	// +listType=atomic
	// +optional
	AlertURLAllowlist *[]string `json:"alertUrlAllowlist,omitempty"`
	// AlertURLParamOwner says who defines the parameters of these links.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	AlertURLParamOwner *string `json:"alertUrlParamOwner,omitempty"`
	// AlertURLLabel is the text of these links.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	AlertURLLabel *string `json:"alertUrlLabel,omitempty"`
	// SSOAuthEnabled allows signed embedding.
	// +optional
	SSOAuthEnabled *bool `json:"ssoAuthEnabled,omitempty"`
	// EmbedCookielessV2 allows embedding without cookies.
	// +optional
	EmbedCookielessV2 *bool `json:"embedCookielessV2,omitempty"`
	// EmbedContentNavigation allows to navigate among embedded content.
	// +optional
	EmbedContentNavigation *bool `json:"embedContentNavigation,omitempty"`
	// EmbedContentManagement allows to manage embedded content.
	// +optional
	EmbedContentManagement *bool `json:"embedContentManagement,omitempty"`
	// StrictSameoriginForLogin forbids the log-in page in frames of other sites.
	// +optional
	StrictSameoriginForLogin *bool `json:"strictSameoriginForLogin,omitempty"`
	// LookFilters shows filters on embedded Looks.
	// +optional
	LookFilters *bool `json:"lookFilters,omitempty"`
	// HideLookNavigation hides the links from embedded dashboards to Looks.
	// +optional
	HideLookNavigation *bool `json:"hideLookNavigation,omitempty"`
}

// MCPTools says which tools of the MCP server are enabled (Looker 26.4 and later).
// +kubebuilder:validation:MinProperties=1
type MCPTools struct {
	// EnableAll enables every tool.
	// +optional
	EnableAll *bool `json:"enableAll,omitempty"`
	// Tools has the tools by Looker's names, such as get_models: true enables, false
	// disables. Tools that are not listed are left as they are.
	// +kubebuilder:validation:MaxProperties=200
	// +kubebuilder:validation:XValidation:rule="self.all(t, t.matches('^[a-z][a-z0-9_]*$'))",message="tools has names such as get_models: lower-case letters, digits and _"
	// +optional
	Tools map[string]bool `json:"tools,omitempty"`
}

// GeneralSettings are the settings of the instance as a whole.
// +kubebuilder:validation:MinProperties=1
// +kubebuilder:validation:XValidation:rule="!has(self.overrideWarnings) || has(self.hostUrl)",message="overrideWarnings only goes with hostUrl; set hostUrl or remove overrideWarnings"
type GeneralSettings struct {
	// Timezone is the default timezone, such as Europe/Berlin.
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:MinLength=1
	// +optional
	Timezone *string `json:"timezone,omitempty"`
	// AllowUserTimezones lets users choose their own timezone.
	// +optional
	AllowUserTimezones *bool `json:"allowUserTimezones,omitempty"`
	// HostURL is the base of every link that Looker makes. Looker may warn about a
	// change and refuse it; see overrideWarnings.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/[:space:]]+')",message="hostUrl starts with https:// or http:// and a host"
	// +optional
	HostURL *string `json:"hostUrl,omitempty"`
	// OverrideWarnings: true changes hostUrl in spite of warnings. Looker does not
	// store it.
	// +optional
	OverrideWarnings *bool `json:"overrideWarnings,omitempty"`
	// EmailDomainAllowlist is the whole list of domains that schedules may send e-mail
	// to.
	// +kubebuilder:validation:MaxItems=500
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.all(d, d.matches('^[A-Za-z0-9*]([A-Za-z0-9*._-]*[A-Za-z0-9])?$'))",message="emailDomainAllowlist has domains such as example.com, without @"
	// +listType=atomic
	// +optional
	EmailDomainAllowlist *[]string `json:"emailDomainAllowlist,omitempty"`
	// OnboardingEnabled shows the introduction to new users.
	// +optional
	OnboardingEnabled *bool `json:"onboardingEnabled,omitempty"`
	// ExtensionFrameworkEnabled allows extensions.
	// +optional
	ExtensionFrameworkEnabled *bool `json:"extensionFrameworkEnabled,omitempty"`
	// DataConnectorDefaultEnabled enables future data connectors.
	// +optional
	DataConnectorDefaultEnabled *bool `json:"dataConnectorDefaultEnabled,omitempty"`
	// MarketplaceEnabled shows the marketplace.
	// +optional
	MarketplaceEnabled *bool `json:"marketplaceEnabled,omitempty"`
	// MarketplaceTermsAccepted: true accepts the terms of the marketplace and enables
	// it. They can never be declined again.
	// +kubebuilder:validation:XValidation:rule="self == true",message="marketplaceTermsAccepted can only be true: Looker cannot take an acceptance back; remove the field to leave the terms alone"
	// +optional
	MarketplaceTermsAccepted *bool `json:"marketplaceTermsAccepted,omitempty"`
	// MarketplaceAutomation says what the marketplace does by itself.
	// +optional
	MarketplaceAutomation *MarketplaceAutomation `json:"marketplaceAutomation,omitempty"`
	// PrivatelabelConfiguration is the look without Looker's name.
	// +optional
	PrivatelabelConfiguration *PrivatelabelConfiguration `json:"privatelabelConfiguration,omitempty"`
	// CustomWelcomeEmail is the invitation that new users get.
	// +optional
	CustomWelcomeEmail *CustomWelcomeEmail `json:"customWelcomeEmail,omitempty"`
	// EmbedConfig is the configuration of embedding.
	// +optional
	EmbedConfig *EmbedConfig `json:"embedConfig,omitempty"`
	// DashboardAutoRefreshRestriction limits how often dashboards may refresh
	// themselves.
	// +optional
	DashboardAutoRefreshRestriction *bool `json:"dashboardAutoRefreshRestriction,omitempty"`
	// DashboardAutoRefreshMinimumInterval is that limit, such as 30 seconds or 1
	// minute.
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:MinLength=1
	// +optional
	DashboardAutoRefreshMinimumInterval *string `json:"dashboardAutoRefreshMinimumInterval,omitempty"`
	// ManagedCertificateURI is the whole list of root certificates in Secret Manager
	// (Looker (Google Cloud core) only).
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=1024
	// +listType=atomic
	// +optional
	ManagedCertificateURI *[]string `json:"managedCertificateUri,omitempty"`
	// IsContentCertificationEnabled allows to certify content (Looker 26.4 and later).
	// +optional
	IsContentCertificationEnabled *bool `json:"isContentCertificationEnabled,omitempty"`
	// ContentCertificationDocumentationLink is shown with certified content (Looker
	// 26.0 and later).
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	ContentCertificationDocumentationLink *string `json:"contentCertificationDocumentationLink,omitempty"`
	// RevokeCertificationOnEdits takes a certification back when the content is edited
	// (Looker 26.2 and later).
	// +optional
	RevokeCertificationOnEdits *bool `json:"revokeCertificationOnEdits,omitempty"`
	// AutoCertifyLookMLContent certifies LookML content by itself (Looker 26.6 and
	// later).
	// +optional
	AutoCertifyLookMLContent *bool `json:"autoCertifyLookmlContent,omitempty"`
	// AutomatedMFAEnabled turns on a second factor for users (Looker 26.12 and later).
	// +optional
	AutomatedMFAEnabled *bool `json:"automatedMfaEnabled,omitempty"`
	// CAAgentObservability counts the tokens of conversational agents (Looker 26.8 and
	// later).
	// +optional
	CAAgentObservability *bool `json:"caAgentObservability,omitempty"`
	// MCPTools says which tools of the MCP server are enabled (Looker 26.4 and later).
	// +optional
	MCPTools *MCPTools `json:"mcpTools,omitempty"`
}
