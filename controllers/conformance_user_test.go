package controllers

import (
	"slices"
	"testing"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// Ids of what the conformance of users refers to in Looker.
const (
	viewerRole, financeGroup      = "70", "71"
	regionAttribute, keyAttribute = "72", "73"
)

func seedForUsers(w *enginetest.World) {
	for kind, row := range map[string]map[string]any{
		"role":  {"id": viewerRole, "name": "Viewer"},
		"group": {"id": financeGroup, "name": "Finance"},
	} {
		if w.Looker.Row(kind, row["id"].(string)) == nil {
			w.Looker.Put(kind, row)
		}
	}
	if w.Looker.Row("user_attribute", regionAttribute) == nil {
		w.Looker.Put("user_attribute", map[string]any{"id": regionAttribute, "name": "region", "label": "Region"})
		w.Looker.Put("user_attribute", map[string]any{"id": keyAttribute, "name": "db_key", "label": "Key", "value_is_hidden": true, "hidden_value_domain_whitelist": "example.com/*"})
	}
	w.Ensure("values", map[string]string{"key": "canary-of-ana"})
}

func fullUser(*enginetest.World) v1alpha1.Object {
	u := newUser("Ana@Example.com")
	u.Spec.FirstName, u.Spec.LastName, u.Spec.Locale = ptr("Ana"), ptr("Lima"), ptr("en")
	u.Spec.IsDisabled = ptr(false)
	u.Spec.HomeFolder = &v1alpha1.FolderReference{Path: "Shared"}
	u.Spec.Roles = &[]v1alpha1.NamedReference{{Name: "Viewer"}}
	u.Spec.Groups = &[]v1alpha1.NamedReference{{Name: "Finance"}}
	u.Spec.AttributeValues = []v1alpha1.UserAttributeValue{
		{NamedReference: v1alpha1.NamedReference{Name: "region"}, Value: ptr("EMEA")},
		{NamedReference: v1alpha1.NamedReference{Name: "db_key"}, ValueFrom: &v1alpha1.ValueSource{SecretKeyRef: v1alpha1.SecretKeyReference{Name: "values", Key: "key"}}},
	}
	u.Spec.SendSetupEmail = ptr(true)
	u.Spec.APICredentials = []v1alpha1.APICredential{{Purpose: "export", WriteTo: v1alpha1.SecretTarget{SecretName: "ana-key"}}}
	return u
}

func verifyUser(w *enginetest.World, id string) {
	if cred := w.Looker.Row("credentials_email", id); cred == nil || cred["email"] != "ana@example.com" && cred["email"] != "Ana@Example.com" {
		w.Errorf("the e-mail credential is %v", cred)
	}
	if roles := w.Looker.UserRoles(id); !slices.Equal(roles, []string{viewerRole}) {
		w.Errorf("the roles are %v", roles)
	}
	if members := w.Looker.GroupMembers(financeGroup); !slices.Contains(members, id) {
		w.Errorf("the members of the group are %v", members)
	}
	if values := w.Looker.UserValues(id); values[regionAttribute] != "EMEA" || values[keyAttribute] != "canary-of-ana" {
		w.Errorf("the attribute values are %v", values)
	}
	keys := 0
	for _, k := range w.Looker.Rows("api3") {
		if k["user_id"] == id {
			keys++
		}
	}
	if keys != 1 {
		w.Errorf("%d API keys, want 1", keys)
	}
	if data := w.SecretData("ana-key"); data["clientId"] == "" || data["clientSecret"] == "" {
		w.Error("the Secret with the API key is empty")
	}
}

func TestLookerUserConforms(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, suite, enginetest.Case{
		Table:   "user",
		Seed:    seedForUsers,
		Minimal: func(*enginetest.World) v1alpha1.Object { return newUser("ana@example.com") },
		Full:    fullUser,
		Row: func(*enginetest.World) map[string]any {
			return map[string]any{"first_name": "Ana", "last_name": "Lima", "is_disabled": false, "home_folder_id": "1"}
		},
		Verify:    verifyUser,
		Edit:      func(o v1alpha1.Object) { o.(*v1alpha1.LookerUser).Spec.LastName = ptr("Souza") },
		Edited:    map[string]any{"last_name": "Souza", "first_name": "Ana"},
		Drift:     map[string]any{"last_name": "Silva"},
		Unmanaged: map[string]any{"models_dir_validated": true},
		Release:   func(o v1alpha1.Object) { o.(*v1alpha1.LookerUser).Spec.LastName = nil },
		Twin: func(w *enginetest.World) string {
			id := w.Looker.Put("user", map[string]any{"first_name": "Another", "last_name": "Ana"})
			w.Looker.Put("credentials_email", map[string]any{"user_id": id, "email": "ANA@example.com"})
			return id
		},
		CreateOp: "POST /users", UpdateOp: "PATCH /users/{user_id}",
		Disables: true, NoTwins: true,
		Canary: "canary-of-ana", CanaryOp: "PATCH /users/{user_id}/attribute_values/{user_attribute_id}", CanaryPath: "/" + keyAttribute,
		Switches: []lookertest.Switches{{RoleIDsIncludeInherited: true}, {KeepsEmailCase: true}, {AttributeValuesOmitUnset: true}, {AddExistingMemberConflicts: true}},
	})
}
