package controllers

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

const userCanary = "canary-7fJ2-user-value"

func fullUser(*enginetest.World) v1alpha1.Object {
	u := newUser("ana@example.com")
	first, last, locale, region, off, on := "Ana", "Lima", "de", "emea", false, true
	u.Spec.FirstName, u.Spec.LastName, u.Spec.Locale, u.Spec.IsDisabled = &first, &last, &locale, &off
	u.Spec.CanManageAPI3Creds, u.Spec.SendSetupEmail = &on, &on
	u.Spec.HomeFolder = &v1alpha1.FolderReference{Path: "Shared"}
	u.Spec.Roles = &[]v1alpha1.NamedReference{{Name: "Viewer"}}
	u.Spec.Groups = &[]v1alpha1.NamedReference{{Name: "Finance"}}
	u.Spec.AttributeValues = []v1alpha1.UserAttributeValue{
		{NamedReference: v1alpha1.NamedReference{Name: "region"}, Value: &region},
		{NamedReference: v1alpha1.NamedReference{Name: "hidden"}, Value: &region},
		{NamedReference: v1alpha1.NamedReference{Name: "token"}, ValueFrom: &v1alpha1.ValueSource{
			SecretKeyRef: v1alpha1.SecretKeyReference{Name: "values", Key: "token"}}},
	}
	u.Spec.APICredentials = []v1alpha1.APICredential{{Purpose: "export", WriteTo: v1alpha1.SecretTarget{SecretName: "ana-key"}}}
	return u
}

func seedForUsers(w *enginetest.World) {
	w.Looker.Put("role", map[string]any{"name": "Viewer"})
	w.Looker.Put("group", map[string]any{"name": "Finance"})
	w.Looker.Put("user_attribute", map[string]any{"name": "region"})
	w.Looker.Put("user_attribute", map[string]any{"name": "hidden", "value_is_hidden": true})
	w.Looker.Put("user_attribute", map[string]any{"name": "token", "value_is_hidden": true})
	w.Create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "values"}, StringData: map[string]string{"token": userCanary}})
}

func verifyUser(w *enginetest.World, id string) {
	w.Helper()
	w.WantRow("credentials_email", id, map[string]any{"email": "ana@example.com"})
	if roles := w.Looker.UserRoles(id); len(roles) != 1 {
		w.Errorf("roles are %v", roles)
	}
	for _, g := range w.Looker.Rows("group") {
		group, _ := g["id"].(string)
		if g["name"] == "Finance" && !slices.Contains(w.Looker.GroupMembers(group), id) {
			w.Error("the user is not in the group")
		}
	}
	values := map[string]any{}
	for _, a := range w.Looker.Rows("user_attribute") {
		attribute, _ := a["id"].(string)
		if v, ok := w.Looker.UserValues(id)[attribute]; ok {
			name, _ := a["name"].(string)
			values[name] = v
		}
	}
	if len(values) != 3 || values["region"] != "emea" || values["hidden"] != "emea" || values["token"] != userCanary {
		w.Errorf("attribute values are %v", values)
	}
	keys := 0
	for _, k := range w.Looker.Rows("api3") {
		if k["user_id"] == id {
			keys++
		}
	}
	if keys != 1 {
		w.Errorf("the user has %d API keys", keys)
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
			return map[string]any{"first_name": "Ana", "last_name": "Lima", "locale": "de", "is_disabled": false, "home_folder_id": "1", "can_manage_api3_creds": true}
		},
		Verify:    verifyUser,
		Edit:      func(o v1alpha1.Object) { first := "Anna"; o.(*v1alpha1.LookerUser).Spec.FirstName = &first },
		Edited:    map[string]any{"first_name": "Anna", "last_name": "Lima"},
		Drift:     map[string]any{"first_name": "Hanna"},
		Unmanaged: map[string]any{"models_dir_validated": true},
		Release:   func(o v1alpha1.Object) { o.(*v1alpha1.LookerUser).Spec.FirstName = nil },
		Twin:      func(w *enginetest.World) string { return putPerson(w.Looker, "Ana@Example.com", nil) },
		CreateOp:  "POST /users", UpdateOp: "PATCH /users/{user_id}",
		Disables: true, NoTwins: true,
		Canary: userCanary,
		Switches: []lookertest.Switches{
			{RoleIDsIncludeInherited: true}, {AddExistingMemberConflicts: true}, {DuplicateAs409: true}, {SearchIncludesDisabledUsers: true},
			{KeepsEmailCase: true}, {AttributeValuesOmitUnset: true}, {CapsPageSize: true},
		},
	})
}
