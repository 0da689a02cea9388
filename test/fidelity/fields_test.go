package fidelity

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/test/fidelity/contract"
)

// writeType is a type that the client sends, and the schema of the description
// that it is. leftOut are the schema's writable fields that it lacks, and why.
type writeType struct {
	schema  string
	sent    reflect.Type
	leftOut map[string]string
}

func sends[T any](schema string, leftOut map[string]string) writeType {
	return writeType{schema: schema, sent: reflect.TypeFor[T](), leftOut: leftOut}
}

const (
	readBack = "an object that is read; what is written is its id"
	noRead   = "read-only, which the format loses beside a reference"
)

// writeTypes are all bodies that the client sends for the kinds it serves.
var writeTypes = []writeType{
	sends[lookerclient.WriteUser]("User", map[string]string{
		"credentials_email": noRead, "credentials_google": noRead, "credentials_ldap": noRead, "credentials_looker_openid": noRead,
		"credentials_oidc": noRead, "credentials_saml": noRead, "credentials_totp": noRead, "credentials_workforce": noRead,
		"models_dir_validated": "bookkeeping of Looker's own pages",
		"ui_state":             "bookkeeping of Looker's own pages",
	}),
	sends[lookerclient.WriteCredentialsEmail]("CredentialsEmail", nil),
	sends[lookerclient.WriteCredentialsApi3]("CredentialsApi3", nil),
	sends[lookerclient.WriteFolder]("CreateFolder", nil),
	sends[lookerclient.WriteFolder]("UpdateFolder", nil),
	sends[lookerclient.WriteContentMeta]("ContentMeta", nil),
	sends[lookerclient.WriteScheduledPlan]("ScheduledPlan", map[string]string{
		"dashboard_filters": "deprecated twin of filters_string",
		"user":              noRead,
	}),
	sends[lookerclient.WriteScheduledPlanDestination]("ScheduledPlanDestination", map[string]string{
		"scheduled_plan_id": "follows from the plan that holds the destination",
	}),
	sends[lookerclient.WriteGroup]("Group", nil),
	sends[lookerclient.WriteRole]("Role", map[string]string{"permission_set": readBack, "model_set": readBack}),
	sends[lookerclient.WritePermissionSet]("PermissionSet", nil),
	sends[lookerclient.WriteModelSet]("ModelSet", nil),
	sends[lookerclient.WriteUserAttribute]("UserAttribute", nil),
	sends[lookerclient.WriteSetting]("Setting", map[string]string{"instance_config": noRead}),
	sends[lookerclient.MarketplaceAutomation]("MarketplaceAutomation", nil),
	sends[lookerclient.PrivatelabelConfiguration]("PrivatelabelConfiguration", nil),
	sends[lookerclient.CustomWelcomeEmail]("CustomWelcomeEmail", nil),
	sends[lookerclient.EmbedConfig]("EmbedConfig", nil),
	sends[lookerclient.WritePasswordConfig]("PasswordConfig", nil),
	sends[lookerclient.WriteSessionConfig]("SessionConfig", nil),
	sends[lookerclient.WriteSmtpSettings]("SmtpSettings", nil),
	sends[lookerclient.WriteLDAPConfig]("LDAPConfig", nil),
	sends[lookerclient.WriteSamlConfig]("SamlConfig", nil),
	sends[lookerclient.SamlIdpCertMulti]("SamlIdpCertMulti", nil),
	sends[lookerclient.WriteOIDCConfig]("OIDCConfig", nil),
	sends[lookerclient.SSOGroupWithRoleIDs]("LDAPGroupWrite", nil),
	sends[lookerclient.SSOGroupWithRoleIDs]("SamlGroupWrite", nil),
	sends[lookerclient.SSOGroupWithRoleIDs]("OIDCGroupWrite", nil),
	sends[lookerclient.SSOUserAttributeWithIDs]("LDAPUserAttributeWrite", nil),
	sends[lookerclient.SSOUserAttributeWithIDs]("SamlUserAttributeWrite", nil),
	sends[lookerclient.SSOUserAttributeWithIDs]("OIDCUserAttributeWrite", nil),
	sends[lookerclient.WriteDigestEmails]("DigestEmails", nil),
	sends[lookerclient.WriteInternalHelpResources]("InternalHelpResources", nil),
	sends[lookerclient.WriteInternalHelpResourcesContent]("InternalHelpResourcesContent", nil),
	sends[lookerclient.WriteLegacyFeature]("LegacyFeature", nil),
	sends[lookerclient.WriteBackupConfiguration]("BackupConfiguration", nil),
	sends[lookerclient.SupportAccessAddEntries]("SupportAccessAddEntries", nil),
}

func TestEveryWritableFieldOfTheDescriptionIsSentOrLeftOutForAReason(t *testing.T) {
	t.Parallel()
	spec := contract.Load(t)
	for _, w := range writeTypes {
		writable, all := spec.Fields(t, w.schema)
		sent := jsonKeys(w.sent)
		for _, field := range writable {
			_, out := w.leftOut[field]
			switch known := slices.Contains(sent, field); {
			case !known && !out:
				t.Errorf("%s: %s is writable, and %s does not have it", w.schema, field, w.sent)
			case known && out:
				t.Errorf("%s: %s is sent although it is said to be left out", w.schema, field)
			}
		}
		for _, field := range sent {
			if !slices.Contains(all, field) {
				t.Errorf("%s has %s, which is no field of %s", w.sent, field, w.schema)
			}
		}
		for field := range maps.Keys(w.leftOut) {
			if !slices.Contains(writable, field) {
				t.Errorf("%s: %s is said to be left out, and is no writable field", w.schema, field)
			}
		}
	}
}

// jsonKeys are the names of a struct's fields in JSON.
func jsonKeys(t reflect.Type) []string {
	var keys []string
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.IsExported() && name != "" && name != "-" {
			keys = append(keys, name)
		}
	}
	return keys
}
