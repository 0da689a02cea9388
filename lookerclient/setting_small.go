package lookerclient

// PasswordConfig is the password policy.
type PasswordConfig struct {
	WritePasswordConfig
	PolicyEnabledAt Optional[string] `json:"policy_enabled_at,omitzero"`
}

// WritePasswordConfig is what update_password_config accepts.
type WritePasswordConfig struct {
	MinLength              Optional[int64] `json:"min_length,omitzero"` // 7 to 100
	RequireNumeric         Optional[bool]  `json:"require_numeric,omitzero"`
	RequireUpperLower      Optional[bool]  `json:"require_upperlower,omitzero"`
	RequireSpecial         Optional[bool]  `json:"require_special,omitzero"`
	ExpirationEnabled      Optional[bool]  `json:"expiration_enabled,omitzero"`       // from 26.0
	ExpirationDurationDays Optional[int64] `json:"expiration_duration_days,omitzero"` // from 26.0; 30 to 365
}

// SessionConfig is the policy of browser sessions.
type SessionConfig struct{ WriteSessionConfig }

// WriteSessionConfig is what update_session_config accepts.
type WriteSessionConfig struct {
	AllowPersistentSessions  Optional[bool]  `json:"allow_persistent_sessions,omitzero"`
	SessionMinutes           Optional[int64] `json:"session_minutes,omitzero"` // 5 to 43200
	UnlimitedSessionsPerUser Optional[bool]  `json:"unlimited_sessions_per_user,omitzero"`
	UseInactivityBasedLogout Optional[bool]  `json:"use_inactivity_based_logout,omitzero"`
	TrackSessionLocation     Optional[bool]  `json:"track_session_location,omitzero"`
}

// WriteSmtpSettings is what set_smtp_settings accepts. Nothing of it is ever returned.
type WriteSmtpSettings struct {
	Address            Optional[string] `json:"address,omitzero"`
	From               Optional[string] `json:"from,omitzero"`
	UserName           Optional[string] `json:"user_name,omitzero"`
	Password           Optional[Secret] `json:"password,omitzero"`
	Port               Optional[int64]  `json:"port,omitzero"`
	EnableStartTLSAuto Optional[bool]   `json:"enable_starttls_auto,omitzero"`
	SSLVersion         Optional[string] `json:"ssl_version,omitzero"` // TLSv1_2, TLSv1_1 or SSLv23
	AuthType           Optional[string] `json:"auth_type,omitzero"`   // from 25.18, as are the four below
	ClientID           Optional[string] `json:"client_id,omitzero"`
	ClientSecret       Optional[Secret] `json:"client_secret,omitzero"`
	TokenEndpoint      Optional[string] `json:"token_endpoint,omitzero"`
	Scopes             Optional[string] `json:"scopes,omitzero"`
	DefaultSmtp        Optional[bool]   `json:"default_smtp,omitzero"` // true: Looker's own relay
}

// SmtpSettings is the SMTP settings as far as they can be compared: not at all.
type SmtpSettings = Unreadable[WriteSmtpSettings]

// SmtpStatus is whether Looker can send mail.
type SmtpStatus struct {
	IsValid    Optional[bool]             `json:"is_valid,omitzero"`
	NodeCount  Optional[int64]            `json:"node_count,omitzero"`
	NodeStatus Optional[[]SmtpNodeStatus] `json:"node_status,omitzero"`
}

// SmtpNodeStatus is whether one node of a cluster can send mail.
type SmtpNodeStatus struct {
	IsValid  Optional[bool]   `json:"is_valid,omitzero"`
	Message  Optional[string] `json:"message,omitzero"`
	Hostname Optional[string] `json:"hostname,omitzero"`
}

// DigestEmails is whether Looker sends digests.
type DigestEmails struct{ WriteDigestEmails }

// WriteDigestEmails is what update_digest_emails_enabled accepts.
type WriteDigestEmails struct {
	IsEnabled Optional[bool] `json:"is_enabled,omitzero"`
}

// InternalHelpResources is whether Looker shows the instance's own help.
type InternalHelpResources struct{ WriteInternalHelpResources }

// WriteInternalHelpResources is what update_internal_help_resources accepts.
type WriteInternalHelpResources struct {
	Enabled Optional[bool] `json:"enabled,omitzero"`
}

// InternalHelpResourcesContent is the instance's own help.
type InternalHelpResourcesContent struct {
	WriteInternalHelpResourcesContent
}

// WriteInternalHelpResourcesContent is what update_internal_help_resources_content accepts.
type WriteInternalHelpResourcesContent struct {
	OrganizationName Optional[string] `json:"organization_name,omitzero"`
	MarkdownContent  Optional[string] `json:"markdown_content,omitzero"`
}

// LegacyFeature is a switch for behaviour that Looker is about to drop.
type LegacyFeature struct {
	ID ID `json:"id"`
	WriteLegacyFeature
	Name                     Optional[string] `json:"name,omitzero"`
	Description              Optional[string] `json:"description,omitzero"`
	Enabled                  Optional[bool]   `json:"enabled,omitzero"` // what is in force
	DisallowedAsOfVersion    Optional[string] `json:"disallowed_as_of_version,omitzero"`
	DisableOnUpgradeVersion  Optional[string] `json:"disable_on_upgrade_to_version,omitzero"`
	EndOfLifeVersion         Optional[string] `json:"end_of_life_version,omitzero"`
	DocumentationURL         Optional[string] `json:"documentation_url,omitzero"`
	ApproximateDisableDate   Optional[string] `json:"approximate_disable_date,omitzero"`
	ApproximateEndOfLifeDate Optional[string] `json:"approximate_end_of_life_date,omitzero"`
	HasDisabledOnUpgrade     Optional[bool]   `json:"has_disabled_on_upgrade,omitzero"`
}

// WriteLegacyFeature is what update_legacy_feature accepts.
type WriteLegacyFeature struct {
	EnabledLocally Optional[bool] `json:"enabled_locally,omitzero"`
}

// BackupConfiguration is where Looker keeps its backups.
type BackupConfiguration struct{ WriteBackupConfiguration }

// WriteBackupConfiguration is what update_cloud_storage_configuration accepts.
type WriteBackupConfiguration struct {
	Type                 Optional[string] `json:"type,omitzero"` // looker-s3 or custom-s3
	CustomS3Bucket       Optional[string] `json:"custom_s3_bucket,omitzero"`
	CustomS3BucketRegion Optional[string] `json:"custom_s3_bucket_region,omitzero"`
	CustomS3Key          Optional[Secret] `json:"custom_s3_key,omitzero" looker:"writeonly"`
	CustomS3Secret       Optional[Secret] `json:"custom_s3_secret,omitzero" looker:"writeonly"`
}

// SupportAccessAllowlistEntry lets one of Looker's own people log in.
type SupportAccessAllowlistEntry struct {
	ID          ID               `json:"id"`
	Email       Optional[string] `json:"email,omitzero"`
	Reason      Optional[string] `json:"reason,omitzero"`
	FullName    Optional[string] `json:"full_name,omitzero"`
	CreatedDate Optional[string] `json:"created_date,omitzero"`
}

// SupportAccessAddEntries is what add_support_access_allowlist_entries accepts.
// Entries cannot be changed: delete and add.
type SupportAccessAddEntries struct {
	Emails []string         `json:"emails"`
	Reason Optional[string] `json:"reason,omitzero"`
}

// SupportAccessStatus is whether Looker's people can log in now.
type SupportAccessStatus struct {
	Open      Optional[bool]   `json:"open,omitzero"`
	OpenUntil Optional[string] `json:"open_until,omitzero"`
}
