package controllers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// wantedSettings has a key for each object of the API that holds settings. What
// is sent whole, because Looker checks it whole or never returns it, is an
// Optional: the engine does not divide those.
type wantedSettings struct {
	General             *wantedGeneral                                               `json:"general,omitzero"`
	Password            *lookerclient.WritePasswordConfig                            `json:"password,omitzero"`
	Session             *lookerclient.WriteSessionConfig                             `json:"session,omitzero"`
	LDAP                lookerclient.Optional[lookerclient.WriteLDAPConfig]          `json:"ldap,omitzero"`
	SAML                lookerclient.Optional[lookerclient.WriteSamlConfig]          `json:"saml,omitzero"`
	OIDC                lookerclient.Optional[lookerclient.WriteOIDCConfig]          `json:"oidc,omitzero"`
	SMTP                lookerclient.Optional[lookerclient.SmtpSettings]             `json:"smtp,omitzero"`
	DigestEmails        *lookerclient.WriteDigestEmails                              `json:"digest_emails,omitzero"`
	InternalHelp        *lookerclient.WriteInternalHelpResources                     `json:"internal_help,omitzero"`
	InternalHelpContent *lookerclient.WriteInternalHelpResourcesContent              `json:"internal_help_content,omitzero"`
	LegacyFeatures      map[string]bool                                              `json:"legacy_features,omitzero"`
	SupportAccess       *wantedSupport                                               `json:"support_access,omitzero"`
	CloudStorage        lookerclient.Optional[lookerclient.WriteBackupConfiguration] `json:"cloud_storage,omitzero"`
}

// wantedGeneral is the general settings; the nested objects in them are Optional,
// so that they arrive whole.
type wantedGeneral struct {
	lookerclient.WriteSetting
	HostURL lookerclient.Optional[wantedHost] `json:"host_url,omitzero"`
}

// wantedHost is a host_url with the companion that only goes with it and that
// Looker does not store. It compares as the URL.
type wantedHost struct {
	url              string
	overrideWarnings lookerclient.Optional[bool]
}

// MarshalJSON gives the URL.
func (h wantedHost) MarshalJSON() ([]byte, error) { return json.Marshal(h.url) }

type wantedSupport struct {
	Allowlist lookerclient.Optional[[]supportEntry] `json:"allowlist,omitzero"`
}

// supportEntry is one person of Looker's support, by e-mail in lower case.
type supportEntry struct {
	Email  string `json:"email"`
	Reason string `json:"reason"`
	id     lookerclient.ID
}

// liveSettings is what Looker holds; a section is nil until it was read.
type liveSettings struct {
	General             *lookerclient.Setting                      `json:"general,omitzero"`
	Password            *lookerclient.PasswordConfig               `json:"password,omitzero"`
	Session             *lookerclient.SessionConfig                `json:"session,omitzero"`
	LDAP                *liveLDAP                                  `json:"ldap,omitzero"`
	SAML                *lookerclient.SamlConfig                   `json:"saml,omitzero"`
	OIDC                *lookerclient.OIDCConfig                   `json:"oidc,omitzero"`
	DigestEmails        *lookerclient.DigestEmails                 `json:"digest_emails,omitzero"`
	InternalHelp        *lookerclient.InternalHelpResources        `json:"internal_help,omitzero"`
	InternalHelpContent *lookerclient.InternalHelpResourcesContent `json:"internal_help_content,omitzero"`
	LegacyFeatures      map[string]bool                            `json:"legacy_features,omitzero"`
	SupportAccess       *liveSupport                               `json:"support_access,omitzero"`
	CloudStorage        *lookerclient.BackupConfiguration          `json:"cloud_storage,omitzero"`
}

type liveSupport struct {
	Allowlist []supportEntry `json:"allowlist"`
}

// settingAdapter manages the settings of an instance.
//
// It guards nothing: no setting locks the operator out. API keys keep working
// whatever way people log in, also where a single sign-on is enabled with
// alternate_email_login_allowed false or bypass_login_page true.
type settingAdapter struct{}

// errAlwaysThere is what the methods say that a settings object never needs.
var errAlwaysThere = errors.New("settings always exist in Looker: they are neither found, created nor deleted")

// SingletonID implements engine.Singleton.
func (settingAdapter) SingletonID() string { return "settings" }

// Fields implements engine.Singleton. The paths are those of the spec. The mail
// server counts as one, because it is sent as one.
func (settingAdapter) Fields(s *v1alpha1.LookerSetting) []string {
	return specFields(reflect.ValueOf(s.Spec), "")
}

// specFields lists the paths that are set below v.
func specFields(v reflect.Value, path string) []string {
	switch v.Type() {
	case reflect.TypeFor[v1alpha1.CommonSpec]():
		return nil
	case reflect.TypeFor[v1alpha1.SecretKeyReference](), reflect.TypeFor[v1alpha1.SMTPSettings]():
		return []string{path}
	}
	var out []string
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out = specFields(v.Elem(), path)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			out = append(out, path+"."+key.String())
		}
		slices.Sort(out)
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			out = append(out, specFields(v.Field(i), strings.Trim(path+"."+name, "."))...)
		}
	default:
		out = []string{path}
	}
	return out
}

// Key implements engine.Adapter.
func (settingAdapter) Key(want wantedSettings) wantedSettings { return want }

// Match implements engine.Adapter. Nothing is ever searched.
func (settingAdapter) Match(wantedSettings, *liveSettings) bool { return false }

// ID implements engine.Adapter.
func (a settingAdapter) ID(*liveSettings) string { return a.SingletonID() }

// Get implements engine.Adapter. It makes no call: Complete reads what is managed.
func (settingAdapter) Get(context.Context, *lookerclient.Client, string) (*liveSettings, error) {
	return &liveSettings{}, nil
}

// Create implements engine.Adapter.
func (settingAdapter) Create(context.Context, *lookerclient.Client, wantedSettings) (*liveSettings, error) {
	return nil, errAlwaysThere
}

// Delete implements engine.Adapter.
func (settingAdapter) Delete(context.Context, *lookerclient.Client, string) error {
	return errAlwaysThere
}

// Complete implements engine.Completer. It reads each section once that an item
// manages and does not know yet.
func (settingAdapter) Complete(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedSettings, liveSettings]) error {
	for _, s := range settingSections {
		missing := func(i engine.Item[wantedSettings, liveSettings]) bool { return s.wanted(&i.Want) && !s.known(i.Live) }
		if !slices.ContainsFunc(items, missing) {
			continue
		}
		store, err := s.read(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", s.field, err)
		}
		for _, item := range items {
			store(item.Live)
		}
	}
	return nil
}

// Update implements engine.Adapter: one request for each section that differs.
func (settingAdapter) Update(ctx context.Context, c *lookerclient.Client, live *liveSettings, patch wantedSettings) (*liveSettings, error) {
	updated := *live
	for _, s := range settingSections {
		if !s.wanted(&patch) {
			continue
		}
		if !s.known(&updated) {
			store, err := s.read(ctx, c)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.field, err)
			}
			store(&updated)
		}
		if err := s.write(ctx, c, &updated, &patch); err != nil {
			return nil, fmt.Errorf("%s: %w", s.field, err)
		}
	}
	return &updated, nil
}

// Rewrites implements engine.Rewriter: HTML and Markdown that Looker cleans,
// certificates that it wraps anew, spans of time that it words anew.
func (settingAdapter) Rewrites() []string {
	return []string{
		"general.custom_welcome_email.content",
		"general.custom_welcome_email.header",
		"general.custom_welcome_email.subject",
		"general.dashboard_auto_refresh_minimum_interval",
		"internal_help_content.markdown_content",
		"saml.idp_cert",
	}
}

// Since implements engine.Versioned. The fields of the mail server, which are not
// compared one by one, are checked by Desired.
func (settingAdapter) Since() map[string]string {
	return map[string]string{
		"general.marketplace_terms_accepted":               "23.12",
		"general.embed_config":                             "23.14",
		"general.marketplace_automation":                   "23.14",
		"general.dashboard_auto_refresh_minimum_interval":  "24.14",
		"general.dashboard_auto_refresh_restriction":       "24.14",
		"general.managed_certificate_uri":                  "25.0",
		"general.content_certification_documentation_link": "26.0",
		"general.revoke_certification_on_edits":            "26.2",
		"general.is_content_certification_enabled":         "26.4",
		"general.mcp_tools":                                "26.4",
		"general.auto_certify_lookml_content":              "26.6",
		"general.ca_agent_observability":                   "26.8",
		"general.automated_mfa_enabled":                    "26.12",
		"password.expiration_duration_days":                "26.0",
		"password.expiration_enabled":                      "26.0",
		"saml.idp_cert_multi":                              "26.0",
		"saml.multi_certs_supported":                       "26.0",
	}
}
