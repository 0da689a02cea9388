package controllers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

func settingOf(spec v1alpha1.LookerSettingSpec) *v1alpha1.LookerSetting {
	return &v1alpha1.LookerSetting{Spec: spec}
}

func desiredSettings(t *testing.T, spec v1alpha1.LookerSettingSpec, in engine.Inputs) wantedSettings {
	t.Helper()
	want, err := settingAdapter{}.Desired(settingOf(spec), in)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

func readSettings(t *testing.T, c *lookerclient.Client, want wantedSettings) *liveSettings {
	t.Helper()
	live := &liveSettings{}
	if err := (settingAdapter{}).Complete(t.Context(), c, []engine.Item[wantedSettings, liveSettings]{{Want: want, Live: live}}); err != nil {
		t.Fatal(err)
	}
	return live
}

func settingsAgree(t *testing.T, want wantedSettings, live *liveSettings) bool {
	t.Helper()
	l := *live
	settingAdapter{}.Normalize(&want, &l)
	return contains(jsonOf(t, want), jsonOf(t, l))
}

// converge reads, sends all of want, and fails unless Looker then agrees, by its
// answer and by a new read.
func converge(t *testing.T, c *lookerclient.Client, want wantedSettings) *liveSettings {
	t.Helper()
	live, err := settingAdapter{}.Update(t.Context(), c, readSettings(t, c, want), want)
	if err != nil {
		t.Fatal(err)
	}
	again := readSettings(t, c, want)
	if !settingsAgree(t, want, live) || !settingsAgree(t, want, again) {
		t.Errorf("want   %v\nanswer %v\nread   %v", jsonOf(t, want), jsonOf(t, live), jsonOf(t, again))
	}
	return live
}

func eachVariant(t *testing.T, run func(t *testing.T, sw lookertest.Switches)) {
	t.Helper()
	for name, sw := range lookertest.Variants() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, sw)
		})
	}
}

var settingSecret = v1alpha1.SecretKeyReference{Name: "s", Key: "k"}

const settingCanary = "canary-7f3a"

func settingInputs() engine.Inputs {
	return engine.Inputs{Release: "26.12"}.WithSecret(settingSecret, lookerclient.NewSecret(settingCanary)).
		WithID(v1alpha1.KindRole, v1alpha1.NamedReference{Name: "Admin"}.Target(), "2").
		WithID(v1alpha1.KindGroup, v1alpha1.NamedReference{ID: "1"}.Target(), "1").
		WithID(v1alpha1.KindUserAttribute, v1alpha1.NamedReference{Name: "email"}.Target(), "3")
}

func ssoSpec() v1alpha1.SSOSettings {
	return v1alpha1.SSOSettings{
		Enabled: ptr(true), AlternateEmailLoginAllowed: ptr(false), SetRolesFromGroups: ptr(true),
		DefaultNewUserRoles:  &[]v1alpha1.NamedReference{{Name: "Admin"}},
		DefaultNewUserGroups: &[]v1alpha1.NamedReference{{ID: "1"}},
		GroupsWithRoles: &[]v1alpha1.SSOGroup{
			{Name: "finance", Roles: &[]v1alpha1.NamedReference{{Name: "Admin"}}}, {Name: "admins", LookerGroupName: ptr("SSO admins"), Roles: &[]v1alpha1.NamedReference{}},
		},
		UserAttributesWithIDs: &[]v1alpha1.SSOUserAttribute{{Name: "mail", Required: ptr(true), UserAttributes: &[]v1alpha1.NamedReference{{Name: "email"}}}},
		UserAttributeMapEmail: ptr("mail"), UserAttributeMapFirstName: ptr("given"), UserAttributeMapLastName: ptr("sn"),
	}
}

func samlSpec() *v1alpha1.SAMLSettings {
	return &v1alpha1.SAMLSettings{
		SSOSettings: ssoSpec(), IdpURL: ptr("https://idp.example.com"), IdpIssuer: ptr("idp"), AllowedClockDrift: ptr(int32(5)),
		IdpCert:               ptr("-----BEGIN CERTIFICATE-----\nQUJD\n" + strings.Repeat("REVG", 40) + "\n-----END CERTIFICATE-----"),
		IdpCertMulti:          &v1alpha1.SamlIdpCertMulti{Signing: &[]string{"ZZZ", "AAA"}},
		NewUserMigrationTypes: &[]v1alpha1.NewUserMigrationType{"google", "email"}, BypassLoginPage: ptr(true),
	}
}

func oidcSpec() *v1alpha1.OIDCSettings {
	return &v1alpha1.OIDCSettings{
		SSOSettings: ssoSpec(), Issuer: ptr("https://idp.example.com"), Audience: ptr("looker"), Identifier: ptr("id"), SecretRef: &settingSecret,
		AuthorizationEndpoint: ptr("https://idp.example.com/a"), TokenEndpoint: ptr("https://idp.example.com/t"), UserinfoEndpoint: ptr("https://idp.example.com/u"),
		Scopes: &[]string{"profile", "openid"}, NewUserMigrationTypes: &[]v1alpha1.NewUserMigrationType{},
	}
}

func ldapSpec() *v1alpha1.LDAPSettings {
	s := ssoSpec()
	return &v1alpha1.LDAPSettings{
		SSOSettings: s, ConnectionHost: ptr("ldap.example.com"), ConnectionPort: ptr(int32(636)), ConnectionTLS: ptr(true), AuthUsername: ptr("cn=looker"),
		AuthPasswordSecretRef: &settingSecret, UserAttributeMapLDAPID: ptr("uid"), UserIDAttributeNames: ptr("uid"),
	}
}

// fullSettings sets every section and every field of the general ones.
func fullSettings() v1alpha1.LookerSettingSpec {
	return v1alpha1.LookerSettingSpec{
		General: &v1alpha1.GeneralSettings{
			Timezone: ptr("America/Los_Angeles"), AllowUserTimezones: ptr(true), HostURL: ptr("http://bi.example.com/"), OverrideWarnings: ptr(true),
			EmailDomainAllowlist: &[]string{"Example.org", "example.com"}, OnboardingEnabled: ptr(false), ExtensionFrameworkEnabled: ptr(false), DataConnectorDefaultEnabled: ptr(false),
			MarketplaceEnabled: ptr(true), MarketplaceTermsAccepted: ptr(true), MarketplaceAutomation: &v1alpha1.MarketplaceAutomation{InstallEnabled: ptr(true), UpdateLookerEnabled: ptr(true)},
			PrivatelabelConfiguration:       &v1alpha1.PrivatelabelConfiguration{LogoFile: ptr("bG9nbw=="), FaviconFile: ptr("aWNv"), DefaultTitle: ptr("BI"), CustomWelcomeEmailAdvanced: ptr(true), AlertsLogo: ptr(false)},
			CustomWelcomeEmail:              &v1alpha1.CustomWelcomeEmail{Enabled: ptr(true), Content: ptr("<p>Hello</p>"), Subject: ptr("Welcome"), Header: ptr("Hi")},
			EmbedConfig:                     &v1alpha1.EmbedConfig{DomainAllowlist: &[]string{"https://b.example.com", "https://a.example.com"}, AlertURLAllowlist: &[]string{}, SSOAuthEnabled: ptr(true), AlertURLLabel: ptr("Open")},
			DashboardAutoRefreshRestriction: ptr(true), ManagedCertificateURI: &[]string{"b", "a"}, IsContentCertificationEnabled: ptr(true),
			ContentCertificationDocumentationLink: ptr("https://docs.example.com"), RevokeCertificationOnEdits: ptr(true), AutoCertifyLookMLContent: ptr(true),
			AutomatedMFAEnabled: ptr(true), CAAgentObservability: ptr(true), MCPTools: &v1alpha1.MCPTools{EnableAll: ptr(false), Tools: map[string]bool{"query": false}},
		},
		Password: &v1alpha1.PasswordSettings{MinLength: ptr(int32(14)), RequireNumeric: ptr(true), RequireUpperlower: ptr(true), RequireSpecial: ptr(true), ExpirationEnabled: ptr(true), ExpirationDurationDays: ptr(int32(90))},
		Session:  &v1alpha1.SessionSettings{AllowPersistentSessions: ptr(false), SessionMinutes: ptr(int32(60)), UnlimitedSessionsPerUser: ptr(false), UseInactivityBasedLogout: ptr(true), TrackSessionLocation: ptr(false)},
		LDAP:     ldapSpec(), SAML: nil, OIDC: nil, // one at a time: their groups would clash
		SMTP:           &v1alpha1.SMTPSettings{Address: ptr("smtp.example.com"), Port: ptr(int32(587)), From: ptr("bi@example.com"), UserName: ptr("bi"), PasswordSecretRef: &settingSecret, SSLVersion: ptr("TLSv1_2"), ClientSecretRef: &settingSecret},
		DigestEmails:   &v1alpha1.DigestEmails{Enabled: false},
		InternalHelp:   &v1alpha1.InternalHelp{Enabled: ptr(true), OrganizationName: ptr("Acme"), MarkdownContent: ptr("# Help")},
		LegacyFeatures: map[string]bool{"classic_explore": true},
		SupportAccess:  &v1alpha1.SupportAccess{Allowlist: &[]v1alpha1.SupportAccessEntry{{Email: "Zoe@looker.com", Reason: "case 1"}, {Email: "al@looker.com", Reason: "case 2"}}},
		CloudStorage:   &v1alpha1.CloudStorage{Type: ptr("custom-s3"), CustomS3Bucket: ptr("b"), CustomS3BucketRegion: ptr("eu-central-1"), CustomS3KeySecretRef: &settingSecret, CustomS3SecretRef: &settingSecret},
	}
}

func TestAllSettingsReadBackAsTheyWereSentUnderEveryAssumption(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, sw lookertest.Switches) {
		_, c := startLooker(t, lookertest.WithSwitches(sw))
		converge(t, c, desiredSettings(t, fullSettings(), settingInputs()))
	})
}

func TestEveryWayOfSingleSignOnReadsBackAsItWasSentUnderEveryAssumption(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, sw lookertest.Switches) {
		for _, spec := range []v1alpha1.LookerSettingSpec{{SAML: samlSpec()}, {OIDC: oidcSpec()}, {LDAP: ldapSpec()}} {
			_, c := startLooker(t, lookertest.WithSwitches(sw))
			converge(t, c, desiredSettings(t, spec, settingInputs()))
		}
	})
}

func TestASectionIsReadOnceForAllObjectsAndOnlyIfManaged(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	general := desiredSettings(t, v1alpha1.LookerSettingSpec{General: &v1alpha1.GeneralSettings{Timezone: ptr("UTC")}}, settingInputs())
	help := desiredSettings(t, v1alpha1.LookerSettingSpec{InternalHelp: &v1alpha1.InternalHelp{Enabled: ptr(true), MarkdownContent: ptr("x")}}, settingInputs())
	shared, own := &liveSettings{}, &liveSettings{}
	items := []engine.Item[wantedSettings, liveSettings]{{Want: general, Live: shared}, {Want: help, Live: shared}, {Want: general, Live: own}}
	want := map[string]int{"GET /setting": 1, "GET /internal_help_resources_enabled": 1, "GET /internal_help_resources_content": 1, "POST /login": 1}
	for range 2 { // what is known is not read again
		if err := (settingAdapter{}).Complete(t.Context(), c, items); err != nil {
			t.Fatal(err)
		}
		if got := looker.Calls().ByOperation; !reflect.DeepEqual(got, want) {
			t.Errorf("made the calls %v, want %v", got, want)
		}
	}
	if shared.General == nil || shared.InternalHelp == nil || shared.InternalHelpContent == nil || own.General == nil || shared.Password != nil {
		t.Errorf("%+v, %+v", shared, own)
	}
}

func TestReadingASettingsObjectItselfCostsNothing(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	live, err := settingAdapter{}.Get(t.Context(), c, "settings")
	if err != nil || live == nil || looker.Calls().Total != 0 {
		t.Errorf("%v, %v, %d calls", live, err, looker.Calls().Total)
	}
}

func TestEachSectionThatDiffersIsOneRequestWithNoMoreThanThePatch(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	live := readSettings(t, c, desiredSettings(t, fullSettings(), settingInputs()))
	before := jsonOf(t, live)
	looker.ResetCalls()
	updated, err := settingAdapter{}.Update(t.Context(), c, live, wantedSettings{
		Password: &lookerclient.WritePasswordConfig{MinLength: lookerclient.Set(int64(20))},
		Session:  &lookerclient.WriteSessionConfig{SessionMinutes: lookerclient.Set(int64(30))},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"PATCH /password_config": 1, "PATCH /session_config": 1}
	if got := looker.Calls().ByOperation; !reflect.DeepEqual(got, want) {
		t.Errorf("made the calls %v, want %v", got, want)
	}
	if body := lastBody(t, looker, http.MethodPatch); !reflect.DeepEqual(body, map[string]any{"session_minutes": 30.0}) {
		t.Errorf("sent %v", body)
	}
	if valueOf(updated.Password.MinLength) != 20 || valueOf(updated.Session.SessionMinutes) != 30 || !reflect.DeepEqual(before, jsonOf(t, live)) {
		t.Error("the answer is not in the new state, or the old state was changed")
	}
}

func TestNestedSettingsKeepWhatIsNotManagedUnderBothMergeDepths(t *testing.T) {
	t.Parallel()
	for _, replaces := range []bool{false, true} {
		looker, c := startLooker(t, lookertest.WithSwitches(lookertest.Switches{SettingPatchReplacesNested: replaces}))
		setting := looker.Row("setting", "")
		embed := setting["embed_config"].(map[string]any)
		embed["look_filters"], embed["alert_url_allowlist"] = true, []any{"https://z.example.com", "https://b.example.com"}
		welcome := map[string]any{"enabled": false, "content": "<p>Mine</p>"}
		looker.Set("setting", "", map[string]any{"embed_config": embed, "custom_welcome_email": welcome})
		converge(t, c, desiredSettings(t, v1alpha1.LookerSettingSpec{General: &v1alpha1.GeneralSettings{
			EmbedConfig:               &v1alpha1.EmbedConfig{SSOAuthEnabled: ptr(true)},
			CustomWelcomeEmail:        &v1alpha1.CustomWelcomeEmail{Enabled: ptr(true)},
			PrivatelabelConfiguration: &v1alpha1.PrivatelabelConfiguration{ShowDocs: ptr(false)},
			MarketplaceAutomation:     &v1alpha1.MarketplaceAutomation{InstallEnabled: ptr(true)},
			MCPTools:                  &v1alpha1.MCPTools{Tools: map[string]bool{"query": false}},
		}}, settingInputs()))
		after := looker.Row("setting", "")
		embed = after["embed_config"].(map[string]any)
		if embed["look_filters"] != true || !reflect.DeepEqual(embed["alert_url_allowlist"], []any{"https://z.example.com", "https://b.example.com"}) {
			t.Errorf("replaces %v: embed_config is %v", replaces, embed)
		}
		if mail := after["custom_welcome_email"].(map[string]any); mail["content"] != "<p>Mine</p>" {
			t.Errorf("replaces %v: custom_welcome_email is %v", replaces, mail)
		}
		if label := after["privatelabel_configuration"].(map[string]any); label["show_help_menu"] != true {
			t.Errorf("replaces %v: privatelabel_configuration is %v", replaces, label)
		}
		if tools := after["mcp_tools"].(map[string]any); tools["get_models"].(map[string]any)["enabled"] != true || tools["query"].(map[string]any)["enabled"] != false {
			t.Errorf("replaces %v: mcp_tools is %v", replaces, tools)
		}
	}
}

func TestAnImageThatIsNotManagedIsNotCleared(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	looker.Set("setting", "", map[string]any{"privatelabel_configuration": map[string]any{"logo_file": "bG9nbw=="}})
	converge(t, c, desiredSettings(t, v1alpha1.LookerSettingSpec{General: &v1alpha1.GeneralSettings{
		PrivatelabelConfiguration: &v1alpha1.PrivatelabelConfiguration{ShowDocs: ptr(false)},
	}}, settingInputs()))
	for field, value := range lastBody(t, looker, http.MethodPatch)["privatelabel_configuration"].(map[string]any) {
		if value == nil {
			t.Errorf("%s was sent as null, which clears it", field)
		}
	}
	if label := looker.Row("setting", "")["privatelabel_configuration"].(map[string]any); label["logo_file"] != "bG9nbw==" {
		t.Errorf("privatelabel_configuration is %v", label)
	}
}

func TestOverrideWarningsOnlyGoesWithAHostURL(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	spec := func(override *bool) v1alpha1.LookerSettingSpec {
		return v1alpha1.LookerSettingSpec{General: &v1alpha1.GeneralSettings{HostURL: ptr("http://bi.example.com"), OverrideWarnings: override}}
	}
	want := desiredSettings(t, spec(nil), settingInputs())
	live := readSettings(t, c, want)
	if _, err := (settingAdapter{}).Update(t.Context(), c, live, want); err == nil || !strings.Contains(err.Error(), "override_warnings") {
		t.Errorf("Looker's warning was lost: %v", err)
	}
	want = desiredSettings(t, spec(ptr(true)), settingInputs())
	converge(t, c, want)
	if body := lastBody(t, looker, http.MethodPatch); !reflect.DeepEqual(body, map[string]any{"host_url": "http://bi.example.com", "override_warnings": true}) {
		t.Errorf("sent %v", body)
	}
	if tree := jsonOf(t, want.General).(map[string]any); !reflect.DeepEqual(tree, map[string]any{"host_url": "http://bi.example.com"}) {
		t.Errorf("compared as %v", tree)
	}
}

func TestWhatLookerNeverReturnsIsRedactedAndNotCompared(t *testing.T) {
	t.Parallel()
	spec := fullSettings()
	spec.OIDC = oidcSpec()
	want := desiredSettings(t, spec, settingInputs())
	text, err := json.Marshal(want)
	if err != nil || strings.Contains(string(text), settingCanary) || strings.Contains(string(text), "bG9nbw==") {
		t.Errorf("%s, %v", text, err)
	}
	tree := jsonOf(t, want).(map[string]any)
	for _, path := range []string{"general.privatelabel_configuration.logo_file", "ldap.auth_password", "oidc.secret", "smtp", "cloud_storage.custom_s3_key", "cloud_storage.custom_s3_secret"} {
		var at any = tree
		for _, key := range strings.Split(path, ".") {
			at = at.(map[string]any)[key]
		}
		if at != lookerclient.Redacted {
			t.Errorf("%s is %v", path, at)
		}
	}
}

func TestAPasswordThatLookerLostIsADifference(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	want := desiredSettings(t, v1alpha1.LookerSettingSpec{LDAP: ldapSpec()}, settingInputs())
	converge(t, c, want)
	if looker.Row("ldap_config", "")["auth_password"] != settingCanary {
		t.Error("the password is not in Looker")
	}
	looker.Set("ldap_config", "", map[string]any{"auth_password": nil})
	if settingsAgree(t, want, readSettings(t, c, want)) {
		t.Error("the loss was not noticed")
	}
	converge(t, c, want)
}

func TestAMappedGroupKeepsItsIdentityWhenTheMappingChanges(t *testing.T) {
	t.Parallel()
	for _, omits := range []bool{false, true} {
		looker, c := startLooker(t, lookertest.WithSwitches(lookertest.Switches{OmitsSSOWriteTwins: omits}))
		spec := v1alpha1.LookerSettingSpec{SAML: samlSpec()}
		converge(t, c, desiredSettings(t, spec, settingInputs()))
		groups := func() map[string]any {
			ids := map[string]any{}
			for _, g := range looker.Row("saml_config", "")["groups_with_role_ids"].([]any) {
				ids[g.(map[string]any)["name"].(string)] = g.(map[string]any)["id"]
			}
			return ids
		}
		before, count := groups(), len(looker.Rows("group"))
		*spec.SAML.GroupsWithRoles = append(*spec.SAML.GroupsWithRoles, v1alpha1.SSOGroup{Name: "sales"})
		(*spec.SAML.GroupsWithRoles)[1].LookerGroupName = nil // released, not renamed
		converge(t, c, desiredSettings(t, spec, settingInputs()))
		after := groups()
		if after["finance"] != before["finance"] || after["admins"] != before["admins"] || len(after) != 3 || len(looker.Rows("group")) != count+1 {
			t.Errorf("omits %v: ids %v became %v, %d groups became %d", omits, before, after, count, len(looker.Rows("group")))
		}
		*spec.SAML.GroupsWithRoles = []v1alpha1.SSOGroup{}
		converge(t, c, desiredSettings(t, spec, settingInputs()))
		if left := groups(); len(left) != 0 {
			t.Errorf("an empty list left %v", left)
		}
	}
}

func TestSingleSignOnIsSentAsAWhole(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	want := desiredSettings(t, v1alpha1.LookerSettingSpec{OIDC: oidcSpec()}, settingInputs())
	converge(t, c, want)
	body := lastBody(t, looker, http.MethodPatch)
	if body["secret"] != settingCanary || body["issuer"] == nil || body["enabled"] != true || looker.Calls().ByOperation["PATCH /oidc_config"] != 1 {
		t.Errorf("sent %v in %v", body, looker.Calls().ByOperation)
	}
}

func TestALegacyFeatureThatTheReleaseLacksIsNamedAndTheOthersAreSet(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	want := desiredSettings(t, v1alpha1.LookerSettingSpec{LegacyFeatures: map[string]bool{"classic_explore": true, "gone_feature": false}}, settingInputs())
	live := readSettings(t, c, want)
	looker.ResetCalls()
	_, err := settingAdapter{}.Update(t.Context(), c, live, want)
	if err == nil || !strings.Contains(err.Error(), "gone_feature") || strings.Contains(err.Error(), "classic_explore") {
		t.Errorf("got %v", err)
	}
	if looker.Row("legacy_feature", "classic_explore")["enabled_locally"] != true || looker.Calls().Total != 1 {
		t.Errorf("the known one is not set, or %d calls", looker.Calls().Total)
	}
	live.LegacyFeatures["gone_feature"] = true // as an older list said
	if _, err = (settingAdapter{}).Update(t.Context(), c, live, want); err == nil || !strings.Contains(err.Error(), "gone_feature") {
		t.Errorf("got %v", err)
	}
}

func TestTheSupportAllowlistIsExactlyWhatTheSpecSays(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	for _, e := range [][2]string{{"keep@looker.com", "a"}, {"reason@looker.com", "old"}, {"gone@looker.com", "a"}} {
		looker.Put("support_allowlist", map[string]any{"email": e[0], "reason": e[1]})
	}
	kept := looker.Rows("support_allowlist")[0]["id"]
	entries := []v1alpha1.SupportAccessEntry{{Email: "Keep@looker.com", Reason: "a"}, {Email: "reason@looker.com", Reason: "new"}, {Email: "n1@looker.com", Reason: "new"}, {Email: "n2@looker.com", Reason: "a"}}
	want := desiredSettings(t, v1alpha1.LookerSettingSpec{SupportAccess: &v1alpha1.SupportAccess{Allowlist: &entries}}, settingInputs())
	converge(t, c, want)
	if calls := looker.Calls().ByOperation; calls["DELETE /support_access/allowlist/{entry_id}"] != 2 || calls["POST /support_access/allowlist"] != 2 {
		t.Errorf("made the calls %v", calls)
	}
	if !slices.ContainsFunc(looker.Rows("support_allowlist"), func(r map[string]any) bool { return r["id"] == kept }) {
		t.Error("an entry that was right was made anew")
	}
	entries = []v1alpha1.SupportAccessEntry{}
	converge(t, c, desiredSettings(t, v1alpha1.LookerSettingSpec{SupportAccess: &v1alpha1.SupportAccess{Allowlist: &entries}}, settingInputs()))
	if left := looker.Rows("support_allowlist"); len(left) != 0 {
		t.Errorf("an empty list left %v", left)
	}
}

func TestTheMailServerIsSentAsAWholeAndNeverRead(t *testing.T) {
	t.Parallel()
	looker, c := startLooker(t)
	want := desiredSettings(t, v1alpha1.LookerSettingSpec{SMTP: fullSettings().SMTP}, settingInputs())
	live := readSettings(t, c, want)
	if looker.Calls().Total != 0 || !settingsAgree(t, want, live) {
		t.Error("something is read or compared")
	}
	if _, err := (settingAdapter{}).Update(t.Context(), c, live, want); err != nil {
		t.Fatal(err)
	}
	if row := looker.Row("smtp_settings", ""); row["password"] != settingCanary || row["port"] != 587.0 || row["client_secret"] != settingCanary {
		t.Errorf("Looker has %v", row)
	}
}

func TestFieldsThatTheMailServerOfAnOldReleaseLacksAreNamed(t *testing.T) {
	t.Parallel()
	spec := settingOf(v1alpha1.LookerSettingSpec{SMTP: fullSettings().SMTP})
	for release, refused := range map[string]bool{"25.16.4": true, "25.18": false, "26.0": false, "": false} {
		_, err := settingAdapter{}.Desired(spec, engine.Inputs{Release: release})
		if (err != nil) != refused || refused && !strings.Contains(err.Error(), "25.18") {
			t.Errorf("release %q: %v", release, err)
		}
	}
}

func TestGoogleCloudCoreSaysWhichSectionItLacks(t *testing.T) {
	t.Parallel()
	_, c := startLooker(t, lookertest.WithCore())
	for field, spec := range map[string]v1alpha1.LookerSettingSpec{
		"spec.password": {Password: fullSettings().Password}, "spec.ldap": {LDAP: ldapSpec()}, "spec.saml": {SAML: samlSpec()}, "spec.oidc": {OIDC: oidcSpec()},
		"spec.legacyFeatures": {LegacyFeatures: map[string]bool{"x": true}}, "spec.supportAccess": {SupportAccess: fullSettings().SupportAccess},
	} {
		items := []engine.Item[wantedSettings, liveSettings]{{Want: desiredSettings(t, spec, settingInputs()), Live: &liveSettings{}}}
		if err := (settingAdapter{}).Complete(t.Context(), c, items); !lookerclient.IsUnsupported(err) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	converge(t, c, desiredSettings(t, v1alpha1.LookerSettingSpec{General: fullSettings().General, Session: fullSettings().Session}, settingInputs()))
}

func TestTheFieldsOfASettingsObjectAreItsPathsInTheSpec(t *testing.T) {
	t.Parallel()
	spec := v1alpha1.LookerSettingSpec{
		CommonSpec: v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: "looker"}, Suspend: true},
		General: &v1alpha1.GeneralSettings{Timezone: ptr("UTC"), EmbedConfig: &v1alpha1.EmbedConfig{DomainAllowlist: &[]string{}},
			MCPTools: &v1alpha1.MCPTools{Tools: map[string]bool{"query": true, "get_models": false}}},
		OIDC: &v1alpha1.OIDCSettings{SSOSettings: v1alpha1.SSOSettings{Enabled: ptr(false)}, SecretRef: &settingSecret},
		SMTP: &v1alpha1.SMTPSettings{DefaultSMTP: ptr(true)}, DigestEmails: &v1alpha1.DigestEmails{},
		LegacyFeatures: map[string]bool{"x": false}, SupportAccess: fullSettings().SupportAccess,
	}
	want := []string{
		"general.timezone", "general.embedConfig.domainAllowlist", "general.mcpTools.tools.get_models", "general.mcpTools.tools.query",
		"oidc.enabled", "oidc.secretRef", "smtp", "digestEmails.enabled", "legacyFeatures.x", "supportAccess.allowlist",
	}
	if got := (settingAdapter{}).Fields(settingOf(spec)); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestTextsOfSettingsThatSayTheSameAreNoDrift(t *testing.T) {
	t.Parallel()
	want := desiredSettings(t, v1alpha1.LookerSettingSpec{
		SAML: samlSpec(), General: &v1alpha1.GeneralSettings{HostURL: ptr("https://bi.example.com"), EmailDomainAllowlist: &[]string{"B.com", "a.com"}},
	}, settingInputs())
	_, c := startLooker(t)
	live := converge(t, c, want)
	live.General.HostURL = lookerclient.Set("https://bi.example.com/")
	live.General.EmailDomainAllowlist = lookerclient.Set([]string{"a.com", "b.com"})
	live.SAML.NewUserMigrationTypes = lookerclient.Set("google, email")
	live.SAML.IDPCert = lookerclient.Set("QUJD" + strings.Repeat("REVG", 40))
	if !settingsAgree(t, want, live) {
		t.Error("the same in other words counts as drift")
	}
	for name, change := range map[string]func(*liveSettings){
		"host_url":     func(l *liveSettings) { l.General.HostURL = lookerclient.Set("https://other.example.com") },
		"domains":      func(l *liveSettings) { l.General.EmailDomainAllowlist = lookerclient.Set([]string{"a.com"}) },
		"certificate":  func(l *liveSettings) { l.SAML.IDPCert = lookerclient.Set("QUJE") },
		"certificates": func(l *liveSettings) { l.SAML.IDPCertMulti = lookerclient.Null[lookerclient.SamlIdpCertMulti]() },
		"migration":    func(l *liveSettings) { l.SAML.NewUserMigrationTypes = lookerclient.Null[string]() },
		"roles":        func(l *liveSettings) { l.SAML.DefaultNewUserRoleIDs = lookerclient.Set([]lookerclient.ID{"2", "9"}) },
		"groups": func(l *liveSettings) {
			l.SAML.GroupsWithRoleIDs = lookerclient.Set(valueOf(l.SAML.GroupsWithRoleIDs)[:1])
		},
	} {
		l := *live
		general, saml := *live.General, *live.SAML
		l.General, l.SAML = &general, &saml
		change(&l)
		if settingsAgree(t, want, &l) {
			t.Errorf("%s: a difference was not noticed", name)
		}
	}
}

func TestWhatLookerRewritesIsAmongTheFieldsOfTheDesiredState(t *testing.T) {
	t.Parallel()
	spec := fullSettings()
	spec.SAML, spec.General.DashboardAutoRefreshMinimumInterval = samlSpec(), ptr("1 minute")
	spec.SAML.MultiCertsSupported = ptr(true)
	tree := jsonOf(t, desiredSettings(t, spec, settingInputs()))
	paths := settingAdapter{}.Rewrites()
	for path := range (settingAdapter{}).Since() {
		paths = append(paths, path)
	}
	for _, path := range paths {
		at := tree
		for _, key := range strings.Split(path, ".") {
			at = at.(map[string]any)[key]
		}
		if at == nil {
			t.Errorf("%s is no field of the desired state", path)
		}
	}
}

func TestSettingsAreNeverCreatedOrDeleted(t *testing.T) {
	t.Parallel()
	a := settingAdapter{}
	_, created := a.Create(context.Background(), nil, wantedSettings{})
	if !errors.Is(created, errAlwaysThere) || !errors.Is(a.Delete(context.Background(), nil, "settings"), errAlwaysThere) || a.Match(wantedSettings{}, &liveSettings{}) {
		t.Error("a settings object can be created, deleted or found")
	}
}

func TestWhatSchemasCannotRefuseInSettingsIsRefusedByName(t *testing.T) {
	t.Parallel()
	twice := []v1alpha1.SupportAccessEntry{{Email: "a@x.com", Reason: "r"}, {Email: "A@x.com", Reason: "r"}}
	for field, spec := range map[string]v1alpha1.LookerSettingSpec{
		"spec.supportAccess.allowlist[1]":       {SupportAccess: &v1alpha1.SupportAccess{Allowlist: &twice}},
		"spec.general.marketplaceTermsAccepted": {General: &v1alpha1.GeneralSettings{MarketplaceTermsAccepted: ptr(false)}},
	} {
		if _, err := (settingAdapter{}).Desired(settingOf(spec), settingInputs()); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
