package lookerclient

import (
	"strings"
	"testing"
)

func TestFieldsAreComputedFromTheReadType(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		fieldsOf[Folder]()[:54]:     "id,name,parent_id,content_metadata_id,creator_id,creat",
		folderContentsFields:        "child_count,dashboards(id,title),looks(id,title)",
		roleFields:                  "id,name,permission_set(id,name,permissions,all_access,built_in),model_set(id,name,models,all_access,built_in),internal",
		smtpStatusFields:            "is_valid,node_count,node_status(is_valid,message,hostname)",
		fieldsOf[CredentialsTotp](): "verified,is_disabled",
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if !strings.Contains(settingFields, ",mcp_tools,") {
		t.Errorf("a type with its own decoder must be one field: %s", settingFields)
	}
}

func TestLinksThatSetAPasswordAndWriteOnlyFieldsAreNeverAskedFor(t *testing.T) {
	t.Parallel()
	for _, fields := range []string{userFields, credentialsEmailFields, roleFields, scheduledPlanFields, settingFields} {
		for _, bad := range []string{"_url", "sessions", "ui_state", "permission_set_id", "secret", "override_warnings", "logo_file"} {
			if bad == "_url" && fields == settingFields {
				continue
			}
			if strings.Contains(strings.NewReplacer("custom_url_", "", "show_custom_url", "").Replace(fields), bad) {
				t.Errorf("%q in %s", bad, fields)
			}
		}
	}
}
