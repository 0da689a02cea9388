package controllers

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

func setting() *v1alpha1.LookerSetting {
	return &v1alpha1.LookerSetting{
		ObjectMeta: metav1.ObjectMeta{Name: "house-rules"},
		Spec: v1alpha1.LookerSettingSpec{
			General: &v1alpha1.GeneralSettings{Timezone: ptr("Europe/Berlin")},
		},
	}
}

func fullSetting(*enginetest.World) v1alpha1.Object {
	s := setting()
	s.Spec.General.EmailDomainAllowlist = &[]string{"example.com", "example.org"}
	s.Spec.General.OnboardingEnabled = ptr(false)
	s.Spec.General.EmbedConfig = &v1alpha1.EmbedConfig{DomainAllowlist: &[]string{"https://portal.example.com"}, LookFilters: ptr(true)}
	s.Spec.Password = &v1alpha1.PasswordSettings{MinLength: ptr[int32](12), RequireNumeric: ptr(true)}
	s.Spec.Session = &v1alpha1.SessionSettings{SessionMinutes: ptr[int32](720)}
	s.Spec.LegacyFeatures = map[string]bool{"legacy_dashboards": true}
	s.Spec.LDAP = &v1alpha1.LDAPSettings{
		ConnectionHost: ptr("ldap.example.com"), ConnectionPort: ptr[int32](636),
		AuthPasswordSecretRef:  &v1alpha1.SecretKeyReference{Name: "ldap", Key: "password"},
		UserAttributeMapLDAPID: ptr("uid"), UserIDAttributeNames: ptr("uid,mail"),
		SSOSettings: v1alpha1.SSOSettings{
			UserAttributeMapEmail: ptr("mail"), UserAttributeMapFirstName: ptr("givenName"), UserAttributeMapLastName: ptr("sn"),
		},
	}
	return s
}

func TestLookerSettingConforms(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, suite, enginetest.Case{
		Table:   "setting",
		Seed:    func(w *enginetest.World) { w.Ensure("ldap", map[string]string{"password": "canary-of-ldap"}) },
		Minimal: func(*enginetest.World) v1alpha1.Object { return setting() },
		Full:    fullSetting,
		Row: func(*enginetest.World) map[string]any {
			return map[string]any{"timezone": "Europe/Berlin", "onboarding_enabled": false}
		},
		Verify: func(w *enginetest.World, _ string) {
			w.WantRow("password_config", "", map[string]any{"min_length": 12, "require_numeric": true, "require_special": false})
			w.WantRow("session_config", "", map[string]any{"session_minutes": 720})
			w.WantRow("ldap_config", "", map[string]any{"connection_host": "ldap.example.com", "connection_port": "636"})
			w.WantRow("legacy_feature", "legacy_dashboards", map[string]any{"enabled_locally": true})
		},
		Edit:      func(o v1alpha1.Object) { o.(*v1alpha1.LookerSetting).Spec.General.Timezone = ptr("UTC") },
		Edited:    map[string]any{"timezone": "UTC", "onboarding_enabled": false},
		Drift:     map[string]any{"timezone": "America/New_York"},
		Unmanaged: map[string]any{"allow_user_timezones": true},
		Release:   func(o v1alpha1.Object) { o.(*v1alpha1.LookerSetting).Spec.General.Timezone = nil },
		UpdateOp:  "PATCH /setting", Singleton: true,
		Canary: "canary-of-ldap", CanaryOp: "PATCH /ldap_config",
		Switches: []lookertest.Switches{{SettingPatchReplacesNested: true}, {OmitsSSOWriteTwins: true}, {ValidatesDisabledSSO: true}},
	})
}
