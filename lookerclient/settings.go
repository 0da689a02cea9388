package lookerclient

import "context"

// SettingsService calls the operations on instance-wide settings. None of them can
// be created or deleted, and the API knows no way back to defaults.
type SettingsService struct{ c *Client }

var (
	settingFields    = fieldsOf[Setting]()
	smtpStatusFields = fieldsOf[SmtpStatus]()
	allowlistFields  = fieldsOf[SupportAccessAllowlistEntry]()
)

// Get returns the general settings (operation get_setting).
func (s *SettingsService) Get(ctx context.Context) (*Setting, error) {
	return call[Setting](ctx, s.c, opGetSetting.at().fields(settingFields))
}

// Update changes the general settings that w carries (operation set_setting).
// Whether Looker keeps the fields of a nested object that are not sent is not
// documented: send nested objects whole.
func (s *SettingsService) Update(ctx context.Context, w WriteSetting) (*Setting, error) {
	return call[Setting](ctx, s.c, opSetSetting.at().fields(settingFields).with(w))
}

// PasswordConfig returns the password policy (operation password_config).
func (s *SettingsService) PasswordConfig(ctx context.Context) (*PasswordConfig, error) {
	return call[PasswordConfig](ctx, s.c, opPasswordConfig.at())
}

// UpdatePasswordConfig changes the fields that w carries (operation update_password_config).
func (s *SettingsService) UpdatePasswordConfig(ctx context.Context, w WritePasswordConfig) (*PasswordConfig, error) {
	return call[PasswordConfig](ctx, s.c, opUpdatePasswordConfig.at().with(w))
}

// SessionConfig returns the policy of browser sessions (operation session_config).
func (s *SettingsService) SessionConfig(ctx context.Context) (*SessionConfig, error) {
	return call[SessionConfig](ctx, s.c, opSessionConfig.at())
}

// UpdateSessionConfig changes the fields that w carries (operation update_session_config).
func (s *SettingsService) UpdateSessionConfig(ctx context.Context, w WriteSessionConfig) (*SessionConfig, error) {
	return call[SessionConfig](ctx, s.c, opUpdateSessionConfig.at().with(w))
}

// LDAPConfig returns the configuration of LDAP (operation ldap_config).
func (s *SettingsService) LDAPConfig(ctx context.Context) (*LDAPConfig, error) {
	return call[LDAPConfig](ctx, s.c, opLDAPConfig.at())
}

// UpdateLDAPConfig changes the fields that w carries (operation update_ldap_config).
// Looker refuses it unless the result is complete, so send all in one call.
func (s *SettingsService) UpdateLDAPConfig(ctx context.Context, w WriteLDAPConfig) (*LDAPConfig, error) {
	return call[LDAPConfig](ctx, s.c, opUpdateLDAPConfig.at().with(w))
}

// SamlConfig returns the configuration of SAML (operation saml_config).
func (s *SettingsService) SamlConfig(ctx context.Context) (*SamlConfig, error) {
	return call[SamlConfig](ctx, s.c, opSAMLConfig.at())
}

// UpdateSamlConfig changes the fields that w carries (operation update_saml_config).
// Looker refuses it unless the result is complete, so send all in one call.
func (s *SettingsService) UpdateSamlConfig(ctx context.Context, w WriteSamlConfig) (*SamlConfig, error) {
	return call[SamlConfig](ctx, s.c, opUpdateSAMLConfig.at().with(w))
}

// OIDCConfig returns the configuration of OpenID Connect (operation oidc_config).
func (s *SettingsService) OIDCConfig(ctx context.Context) (*OIDCConfig, error) {
	return call[OIDCConfig](ctx, s.c, opOIDCConfig.at())
}

// UpdateOIDCConfig changes the fields that w carries (operation update_oidc_config).
// Looker refuses it unless the result is complete, so send all in one call.
func (s *SettingsService) UpdateOIDCConfig(ctx context.Context, w WriteOIDCConfig) (*OIDCConfig, error) {
	return call[OIDCConfig](ctx, s.c, opUpdateOIDCConfig.at().with(w))
}

// SetSmtpSettings sets how Looker sends mail (operation set_smtp_settings). There
// is no way to read it back; SmtpStatus says whether it works.
func (s *SettingsService) SetSmtpSettings(ctx context.Context, w WriteSmtpSettings) error {
	return exec(ctx, s.c, opSetSMTPSettings.at().with(w))
}

// SmtpStatus returns whether Looker can send mail (operation smtp_status).
func (s *SettingsService) SmtpStatus(ctx context.Context) (*SmtpStatus, error) {
	return call[SmtpStatus](ctx, s.c, opSMTPStatus.at().fields(smtpStatusFields))
}

// DigestEmails returns whether Looker sends digests (operation digest_emails_enabled).
func (s *SettingsService) DigestEmails(ctx context.Context) (*DigestEmails, error) {
	return call[DigestEmails](ctx, s.c, opDigestEmailsEnabled.at())
}

// UpdateDigestEmails changes the fields that w carries (operation update_digest_emails_enabled).
func (s *SettingsService) UpdateDigestEmails(ctx context.Context, w WriteDigestEmails) (*DigestEmails, error) {
	return call[DigestEmails](ctx, s.c, opUpdateDigestEmailsEnabled.at().with(w))
}

// InternalHelpResources returns whether Looker shows the instance's own help (operation internal_help_resources).
func (s *SettingsService) InternalHelpResources(ctx context.Context) (*InternalHelpResources, error) {
	return call[InternalHelpResources](ctx, s.c, opInternalHelpResources.at())
}

// UpdateInternalHelpResources changes the fields that w carries (operation
// update_internal_help_resources). Its path is another than that of the read.
func (s *SettingsService) UpdateInternalHelpResources(ctx context.Context, w WriteInternalHelpResources) (*InternalHelpResources, error) {
	return call[InternalHelpResources](ctx, s.c, opUpdateInternalHelpResources.at().with(w))
}

// InternalHelpResourcesContent returns the instance's own help (operation internal_help_resources_content).
func (s *SettingsService) InternalHelpResourcesContent(ctx context.Context) (*InternalHelpResourcesContent, error) {
	return call[InternalHelpResourcesContent](ctx, s.c, opInternalHelpResourcesContent.at())
}

// UpdateInternalHelpResourcesContent changes the fields that w carries (operation update_internal_help_resources_content).
func (s *SettingsService) UpdateInternalHelpResourcesContent(ctx context.Context, w WriteInternalHelpResourcesContent) (*InternalHelpResourcesContent, error) {
	return call[InternalHelpResourcesContent](ctx, s.c, opUpdateInternalHelpResourcesContent.at().with(w))
}

// LegacyFeature returns one legacy feature (operation legacy_feature). Which there
// are changes with each release; Instance.LegacyFeatures returns them all.
func (s *SettingsService) LegacyFeature(ctx context.Context, id ID) (*LegacyFeature, error) {
	return call[LegacyFeature](ctx, s.c, opLegacyFeature.at(id))
}

// UpdateLegacyFeature changes the fields that w carries (operation update_legacy_feature).
func (s *SettingsService) UpdateLegacyFeature(ctx context.Context, id ID, w WriteLegacyFeature) (*LegacyFeature, error) {
	return call[LegacyFeature](ctx, s.c, opUpdateLegacyFeature.at(id).with(w))
}

// BackupConfiguration returns where Looker keeps its backups (operation cloud_storage_configuration).
func (s *SettingsService) BackupConfiguration(ctx context.Context) (*BackupConfiguration, error) {
	return call[BackupConfiguration](ctx, s.c, opCloudStorageConfiguration.at())
}

// UpdateBackupConfiguration changes the fields that w carries (operation update_cloud_storage_configuration).
func (s *SettingsService) UpdateBackupConfiguration(ctx context.Context, w WriteBackupConfiguration) (*BackupConfiguration, error) {
	return call[BackupConfiguration](ctx, s.c, opUpdateCloudStorageConfiguration.at().with(w))
}

// SupportAllowlist returns Looker's own people who may log in (operation get_support_access_allowlist_entries).
func (s *SettingsService) SupportAllowlist(ctx context.Context) ([]SupportAccessAllowlistEntry, error) {
	return list[SupportAccessAllowlistEntry](ctx, s.c, opGetSupportAccessAllowlistEntries.at().fields(allowlistFields))
}

// AddSupportAllowlist lets more of them log in (operation add_support_access_allowlist_entries).
func (s *SettingsService) AddSupportAllowlist(ctx context.Context, w SupportAccessAddEntries) ([]SupportAccessAllowlistEntry, error) {
	w.Emails = array(w.Emails)
	return list[SupportAccessAllowlistEntry](ctx, s.c, opAddSupportAccessAllowlistEntries.at().with(w))
}

// DeleteSupportAllowlist takes an entry off the list (operation delete_support_access_allowlist_entry).
func (s *SettingsService) DeleteSupportAllowlist(ctx context.Context, entryID ID) error {
	return exec(ctx, s.c, opDeleteSupportAccessAllowlistEntry.at(entryID))
}

// SupportAccessStatus returns whether they can log in now (operation support_access_status).
func (s *SettingsService) SupportAccessStatus(ctx context.Context) (*SupportAccessStatus, error) {
	return call[SupportAccessStatus](ctx, s.c, opSupportAccessStatus.at())
}
