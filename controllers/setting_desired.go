package controllers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// Desired implements engine.Adapter.
func (settingAdapter) Desired(s *v1alpha1.LookerSetting, in engine.Inputs) (wantedSettings, error) {
	spec := &s.Spec
	want := wantedSettings{LegacyFeatures: spec.LegacyFeatures}
	var err error
	if want.General, err = desiredGeneral(spec.General); err != nil {
		return wantedSettings{}, err
	}
	if want.SMTP, err = desiredSMTP(spec.SMTP, in); err != nil {
		return wantedSettings{}, err
	}
	if want.SupportAccess, err = desiredSupport(spec.SupportAccess); err != nil {
		return wantedSettings{}, err
	}
	want.Password = desiredPassword(spec.Password)
	want.Session = desiredSession(spec.Session)
	want.LDAP = desiredLDAP(spec.LDAP, in)
	want.SAML = desiredSAML(spec.SAML, in)
	want.OIDC = desiredOIDC(spec.OIDC, in)
	want.CloudStorage = desiredCloudStorage(spec.CloudStorage, in)
	if spec.DigestEmails != nil {
		want.DigestEmails = &lookerclient.WriteDigestEmails{IsEnabled: lookerclient.Set(spec.DigestEmails.Enabled)}
	}
	if h := spec.InternalHelp; h != nil {
		if h.Enabled != nil {
			want.InternalHelp = &lookerclient.WriteInternalHelpResources{Enabled: lookerclient.Set(*h.Enabled)}
		}
		if h.OrganizationName != nil || h.MarkdownContent != nil {
			want.InternalHelpContent = &lookerclient.WriteInternalHelpResourcesContent{
				OrganizationName: lookerclient.SetPtr(h.OrganizationName), MarkdownContent: lookerclient.SetPtr(h.MarkdownContent),
			}
		}
	}
	return want, nil
}

func desiredGeneral(g *v1alpha1.GeneralSettings) (*wantedGeneral, error) {
	if g == nil {
		return nil, nil //nolint:nilnil // a section that is not there is no error
	}
	if g.MarketplaceTermsAccepted != nil && !*g.MarketplaceTermsAccepted {
		return nil, engine.Invalid("spec.general.marketplaceTermsAccepted can only be true: Looker cannot take an acceptance back; remove the field")
	}
	want := &wantedGeneral{WriteSetting: lookerclient.WriteSetting{
		Timezone:                            lookerclient.SetPtr(g.Timezone),
		AllowUserTimezones:                  lookerclient.SetPtr(g.AllowUserTimezones),
		EmailDomainAllowlist:                lookerclient.SetPtr(g.EmailDomainAllowlist),
		OnboardingEnabled:                   lookerclient.SetPtr(g.OnboardingEnabled),
		ExtensionFrameworkEnabled:           lookerclient.SetPtr(g.ExtensionFrameworkEnabled),
		DataConnectorDefaultEnabled:         lookerclient.SetPtr(g.DataConnectorDefaultEnabled),
		MarketplaceEnabled:                  lookerclient.SetPtr(g.MarketplaceEnabled),
		MarketplaceTermsAccepted:            lookerclient.SetPtr(g.MarketplaceTermsAccepted),
		MarketplaceAutomation:               desiredAutomation(g.MarketplaceAutomation),
		PrivatelabelConfiguration:           desiredPrivatelabel(g.PrivatelabelConfiguration),
		CustomWelcomeEmail:                  desiredWelcome(g.CustomWelcomeEmail),
		EmbedConfig:                         desiredEmbed(g.EmbedConfig),
		DashboardAutoRefreshRestriction:     lookerclient.SetPtr(g.DashboardAutoRefreshRestriction),
		DashboardAutoRefreshMinimumInterval: lookerclient.SetPtr(g.DashboardAutoRefreshMinimumInterval),
		ManagedCertificateURI:               lookerclient.SetPtr(g.ManagedCertificateURI),
		IsContentCertificationEnabled:       lookerclient.SetPtr(g.IsContentCertificationEnabled),
		ContentCertificationDocLink:         lookerclient.SetPtr(g.ContentCertificationDocumentationLink),
		RevokeCertificationOnEdits:          lookerclient.SetPtr(g.RevokeCertificationOnEdits),
		AutoCertifyLookMLContent:            lookerclient.SetPtr(g.AutoCertifyLookMLContent),
		AutomatedMFAEnabled:                 lookerclient.SetPtr(g.AutomatedMFAEnabled),
		CAAgentObservability:                lookerclient.SetPtr(g.CAAgentObservability),
	}}
	if g.HostURL != nil {
		want.HostURL = lookerclient.Set(wantedHost{url: *g.HostURL, overrideWarnings: lookerclient.SetPtr(g.OverrideWarnings)})
	}
	if t := g.MCPTools; t != nil {
		want.McpTools = lookerclient.Set(lookerclient.McpTools{EnableAll: lookerclient.SetPtr(t.EnableAll), Tools: t.Tools})
	}
	return want, nil
}

func desiredAutomation(m *v1alpha1.MarketplaceAutomation) lookerclient.Optional[lookerclient.MarketplaceAutomation] {
	if m == nil {
		return lookerclient.Optional[lookerclient.MarketplaceAutomation]{}
	}
	return lookerclient.Set(lookerclient.MarketplaceAutomation{
		InstallEnabled:          lookerclient.SetPtr(m.InstallEnabled),
		UpdateLookerEnabled:     lookerclient.SetPtr(m.UpdateLookerEnabled),
		UpdateThirdPartyEnabled: lookerclient.SetPtr(m.UpdateThirdPartyEnabled),
	})
}

func desiredPrivatelabel(p *v1alpha1.PrivatelabelConfiguration) lookerclient.Optional[lookerclient.PrivatelabelConfiguration] {
	if p == nil {
		return lookerclient.Optional[lookerclient.PrivatelabelConfiguration]{}
	}
	return lookerclient.Set(lookerclient.PrivatelabelConfiguration{
		LogoFile:                   desiredImage(p.LogoFile),
		FaviconFile:                desiredImage(p.FaviconFile),
		DefaultTitle:               lookerclient.SetPtr(p.DefaultTitle),
		ShowHelpMenu:               lookerclient.SetPtr(p.ShowHelpMenu),
		ShowDocs:                   lookerclient.SetPtr(p.ShowDocs),
		ShowEmailSubOptions:        lookerclient.SetPtr(p.ShowEmailSubOptions),
		AllowLookerMentions:        lookerclient.SetPtr(p.AllowLookerMentions),
		AllowLookerLinks:           lookerclient.SetPtr(p.AllowLookerLinks),
		CustomWelcomeEmailAdvanced: lookerclient.SetPtr(p.CustomWelcomeEmailAdvanced),
		SetupMentions:              lookerclient.SetPtr(p.SetupMentions),
		AlertsLogo:                 lookerclient.SetPtr(p.AlertsLogo),
		AlertsLinks:                lookerclient.SetPtr(p.AlertsLinks),
		FoldersMentions:            lookerclient.SetPtr(p.FoldersMentions),
	})
}

func desiredImage(base64 *string) lookerclient.Optional[lookerclient.Secret] {
	if base64 == nil {
		return lookerclient.Optional[lookerclient.Secret]{}
	}
	return lookerclient.Set(lookerclient.NewSecret(*base64))
}

func desiredWelcome(e *v1alpha1.CustomWelcomeEmail) lookerclient.Optional[lookerclient.CustomWelcomeEmail] {
	if e == nil {
		return lookerclient.Optional[lookerclient.CustomWelcomeEmail]{}
	}
	return lookerclient.Set(lookerclient.CustomWelcomeEmail{
		Enabled: lookerclient.SetPtr(e.Enabled),
		Content: lookerclient.SetPtr(e.Content),
		Subject: lookerclient.SetPtr(e.Subject),
		Header:  lookerclient.SetPtr(e.Header),
	})
}

func desiredEmbed(e *v1alpha1.EmbedConfig) lookerclient.Optional[lookerclient.EmbedConfig] {
	if e == nil {
		return lookerclient.Optional[lookerclient.EmbedConfig]{}
	}
	return lookerclient.Set(lookerclient.EmbedConfig{
		DomainAllowlist:          lookerclient.SetPtr(e.DomainAllowlist),
		AlertURLAllowlist:        lookerclient.SetPtr(e.AlertURLAllowlist),
		AlertURLParamOwner:       lookerclient.SetPtr(e.AlertURLParamOwner),
		AlertURLLabel:            lookerclient.SetPtr(e.AlertURLLabel),
		SSOAuthEnabled:           lookerclient.SetPtr(e.SSOAuthEnabled),
		EmbedCookielessV2:        lookerclient.SetPtr(e.EmbedCookielessV2),
		EmbedContentNavigation:   lookerclient.SetPtr(e.EmbedContentNavigation),
		EmbedContentManagement:   lookerclient.SetPtr(e.EmbedContentManagement),
		StrictSameoriginForLogin: lookerclient.SetPtr(e.StrictSameoriginForLogin),
		LookFilters:              lookerclient.SetPtr(e.LookFilters),
		HideLookNavigation:       lookerclient.SetPtr(e.HideLookNavigation),
	})
}

func desiredPassword(p *v1alpha1.PasswordSettings) *lookerclient.WritePasswordConfig {
	if p == nil {
		return nil
	}
	return &lookerclient.WritePasswordConfig{
		MinLength:              optionalInt(p.MinLength),
		RequireNumeric:         lookerclient.SetPtr(p.RequireNumeric),
		RequireUpperLower:      lookerclient.SetPtr(p.RequireUpperlower),
		RequireSpecial:         lookerclient.SetPtr(p.RequireSpecial),
		ExpirationEnabled:      lookerclient.SetPtr(p.ExpirationEnabled),
		ExpirationDurationDays: optionalInt(p.ExpirationDurationDays),
	}
}

func desiredSession(s *v1alpha1.SessionSettings) *lookerclient.WriteSessionConfig {
	if s == nil {
		return nil
	}
	return &lookerclient.WriteSessionConfig{
		AllowPersistentSessions:  lookerclient.SetPtr(s.AllowPersistentSessions),
		SessionMinutes:           optionalInt(s.SessionMinutes),
		UnlimitedSessionsPerUser: lookerclient.SetPtr(s.UnlimitedSessionsPerUser),
		UseInactivityBasedLogout: lookerclient.SetPtr(s.UseInactivityBasedLogout),
		TrackSessionLocation:     lookerclient.SetPtr(s.TrackSessionLocation),
	}
}

func optionalInt(n *int32) lookerclient.Optional[int64] {
	if n == nil {
		return lookerclient.Optional[int64]{}
	}
	return lookerclient.Set(int64(*n))
}

func optionalSecret(ref *v1alpha1.SecretKeyReference, in engine.Inputs) lookerclient.Optional[lookerclient.Secret] {
	if ref == nil {
		return lookerclient.Optional[lookerclient.Secret]{}
	}
	return lookerclient.Set(in.Secret(*ref))
}

// smtpOAuthSince is the release that brought the fields for OAuth.
const smtpOAuthSince = "25.18"

func desiredSMTP(s *v1alpha1.SMTPSettings, in engine.Inputs) (lookerclient.Optional[lookerclient.SmtpSettings], error) {
	if s == nil {
		return lookerclient.Optional[lookerclient.SmtpSettings]{}, nil
	}
	oauth := s.AuthType != nil || s.ClientID != nil || s.ClientSecretRef != nil || s.TokenEndpoint != nil || s.Scopes != nil
	if oauth && isBefore(in.Release, smtpOAuthSince) {
		return lookerclient.Optional[lookerclient.SmtpSettings]{}, engine.Unsupported(
			"spec.smtp: authType, clientId, clientSecretRef, tokenEndpoint and scopes need Looker %s; this instance runs %s", smtpOAuthSince, in.Release)
	}
	return lookerclient.Set(lookerclient.NewUnreadable(lookerclient.WriteSmtpSettings{
		Address:            lookerclient.SetPtr(s.Address),
		From:               lookerclient.SetPtr(s.From),
		UserName:           lookerclient.SetPtr(s.UserName),
		Password:           optionalSecret(s.PasswordSecretRef, in),
		Port:               optionalInt(s.Port),
		EnableStartTLSAuto: lookerclient.SetPtr(s.EnableSTARTTLSAuto),
		SSLVersion:         lookerclient.SetPtr(s.SSLVersion),
		AuthType:           lookerclient.SetPtr(s.AuthType),
		ClientID:           lookerclient.SetPtr(s.ClientID),
		ClientSecret:       optionalSecret(s.ClientSecretRef, in),
		TokenEndpoint:      lookerclient.SetPtr(s.TokenEndpoint),
		Scopes:             lookerclient.SetPtr(s.Scopes),
		DefaultSmtp:        lookerclient.SetPtr(s.DefaultSMTP),
	})), nil
}

// isBefore compares releases such as 25.18.3 and 25.20. An unknown one is before
// none.
func isBefore(release, than string) bool {
	number := func(parts []string, i int) int {
		if i >= len(parts) {
			return 0
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return 0 // a suffix such as "rc1" counts for nothing
		}
		return n
	}
	a, b := strings.Split(release, "."), strings.Split(than, ".")
	for i := range b {
		if x, y := number(a, i), number(b, i); x != y {
			return release != "" && x < y
		}
	}
	return false
}

func desiredSupport(s *v1alpha1.SupportAccess) (*wantedSupport, error) {
	if s == nil || s.Allowlist == nil {
		return nil, nil //nolint:nilnil // a section that is not there is no error
	}
	list := make([]supportEntry, 0, len(*s.Allowlist))
	for i, e := range *s.Allowlist {
		one := supportEntry{Email: strings.ToLower(e.Email), Reason: e.Reason}
		if slices.ContainsFunc(list, func(x supportEntry) bool { return x.Email == one.Email }) {
			return nil, engine.Invalid("spec.supportAccess.allowlist[%d]: %s is listed twice, upper and lower case being the same; keep one entry", i, e.Email)
		}
		list = append(list, one)
	}
	sortSupport(list)
	return &wantedSupport{Allowlist: lookerclient.Set(list)}, nil
}

func desiredCloudStorage(s *v1alpha1.CloudStorage, in engine.Inputs) lookerclient.Optional[lookerclient.WriteBackupConfiguration] {
	if s == nil {
		return lookerclient.Optional[lookerclient.WriteBackupConfiguration]{}
	}
	return lookerclient.Set(lookerclient.WriteBackupConfiguration{
		Type:                 lookerclient.SetPtr(s.Type),
		CustomS3Bucket:       lookerclient.SetPtr(s.CustomS3Bucket),
		CustomS3BucketRegion: lookerclient.SetPtr(s.CustomS3BucketRegion),
		CustomS3Key:          optionalSecret(s.CustomS3KeySecretRef, in),
		CustomS3Secret:       optionalSecret(s.CustomS3SecretRef, in),
	})
}
