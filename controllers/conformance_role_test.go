package controllers

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// Ids of what the conformance of roles refers to in Looker.
const (
	viewerSet, otherSet, financeModels = "80", "81", "82"
	auditorsGroup, auditor             = "83", "84"
)

func seedForRoles(w *enginetest.World) {
	if w.Looker.Row("permission_set", viewerSet) != nil {
		return
	}
	w.Looker.Put("permission_set", map[string]any{"id": viewerSet, "name": "Viewing", "permissions": []any{"access_data", "see_looks"}})
	w.Looker.Put("permission_set", map[string]any{"id": otherSet, "name": "Other", "permissions": []any{"access_data"}})
	w.Looker.Put("model_set", map[string]any{"id": financeModels, "name": "Finance Models", "models": []any{"finance"}})
	w.Looker.Put("group", map[string]any{"id": auditorsGroup, "name": "Auditors"})
	putPerson(w.Looker, "auditor@example.com", map[string]any{"id": auditor})
}

func role(name string) *v1alpha1.LookerRole {
	return &v1alpha1.LookerRole{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.LookerRoleSpec{
			Name:          &name,
			PermissionSet: v1alpha1.NamedReference{ID: viewerSet}, ModelSet: v1alpha1.NamedReference{ID: financeModels},
		},
	}
}

func fullRole(*enginetest.World) v1alpha1.Object {
	r := role("finance-viewer")
	r.Spec.Name = ptr("Finance Viewer")
	r.Spec.PermissionSet, r.Spec.ModelSet = v1alpha1.NamedReference{Name: "Viewing"}, v1alpha1.NamedReference{Name: "Finance Models"}
	r.Spec.Users = &[]v1alpha1.UserReference{{Email: "Auditor@example.com"}}
	r.Spec.UsersMode = v1alpha1.MembershipExact
	r.Spec.Groups = &[]v1alpha1.NamedReference{{Name: "Auditors"}}
	return r
}

func TestLookerRoleConforms(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, suite, enginetest.Case{
		Table:   "role",
		Seed:    seedForRoles,
		Minimal: func(*enginetest.World) v1alpha1.Object { return role("finance-viewer") },
		Full:    fullRole,
		Row: func(*enginetest.World) map[string]any {
			return map[string]any{"name": "Finance Viewer", "permission_set_id": viewerSet, "model_set_id": financeModels}
		},
		Verify: func(w *enginetest.World, id string) {
			if roles := w.Looker.UserRoles(auditor); !slices.Equal(roles, []string{id}) {
				w.Errorf("the user has the roles %v", roles)
			}
			if groups := w.Looker.RoleGroups(id); !slices.Equal(groups, []string{auditorsGroup}) {
				w.Errorf("the groups are %v", groups)
			}
		},
		Edit:      func(o v1alpha1.Object) { o.(*v1alpha1.LookerRole).Spec.Name = ptr("Finance Reader") },
		Edited:    map[string]any{"name": "Finance Reader", "permission_set_id": viewerSet},
		Drift:     map[string]any{"permission_set_id": otherSet},
		Unmanaged: map[string]any{"internal_note": "by hand"},
		Twin: func(w *enginetest.World) string {
			return w.Looker.Put("role", map[string]any{"name": "finance-viewer", "permission_set_id": viewerSet, "model_set_id": financeModels})
		},
		CreateOp: "POST /roles", UpdateOp: "PATCH /roles/{role_id}",
		Switches: []lookertest.Switches{{RoleIDsIncludeInherited: true}, {DuplicateAs409: true}, {NonUniqueRoleNames: true}},
	})
}

func permissionSet(permissions ...string) *v1alpha1.LookerPermissionSet {
	return &v1alpha1.LookerPermissionSet{
		ObjectMeta: metav1.ObjectMeta{Name: "viewer"},
		Spec:       v1alpha1.LookerPermissionSetSpec{Name: ptr("viewer"), Permissions: &permissions},
	}
}

func TestLookerPermissionSetConforms(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, suite, enginetest.Case{
		Table:   "permission_set",
		Minimal: func(*enginetest.World) v1alpha1.Object { return permissionSet("access_data") },
		Full: func(*enginetest.World) v1alpha1.Object {
			p := permissionSet("see_looks", "explore", "access_data")
			p.Spec.Name = ptr("Explorer")
			return p
		},
		Row: func(*enginetest.World) map[string]any {
			return map[string]any{"name": "Explorer", "permissions": []any{"access_data", "explore", "see_looks"}}
		},
		Edit: func(o v1alpha1.Object) {
			o.(*v1alpha1.LookerPermissionSet).Spec.Permissions = &[]string{"see_looks", "access_data"}
		},
		Edited:    map[string]any{"name": "Explorer", "permissions": []any{"access_data", "see_looks"}},
		Drift:     map[string]any{"permissions": []any{"access_data", "explore", "see_looks", "see_sql"}},
		Unmanaged: map[string]any{"internal_note": "by hand"},
		Release:   func(o v1alpha1.Object) { o.(*v1alpha1.LookerPermissionSet).Spec.Permissions = nil },
		Twin: func(w *enginetest.World) string {
			return w.Looker.Put("permission_set", map[string]any{"name": "viewer", "permissions": []any{"access_data"}})
		},
		CreateOp: "POST /permission_sets", UpdateOp: "PATCH /permission_sets/{permission_set_id}",
		Switches: []lookertest.Switches{{AcceptsUnknownPermissions: true}, {DuplicateAs409: true}, {NonUniqueRoleNames: true}},
	})
}

func modelSet(models ...string) *v1alpha1.LookerModelSet {
	return &v1alpha1.LookerModelSet{
		ObjectMeta: metav1.ObjectMeta{Name: "finance"},
		Spec:       v1alpha1.LookerModelSetSpec{Name: ptr("finance"), Models: &models},
	}
}

func TestLookerModelSetConforms(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, suite, enginetest.Case{
		Table:   "model_set",
		Minimal: func(*enginetest.World) v1alpha1.Object { return modelSet("finance") },
		Full: func(*enginetest.World) v1alpha1.Object {
			m := modelSet("thelook", "not_there_yet", "finance")
			m.Spec.Name = ptr("Finance Models")
			return m
		},
		Row: func(*enginetest.World) map[string]any {
			return map[string]any{"name": "Finance Models", "models": []any{"finance", "not_there_yet", "thelook"}}
		},
		Edit:      func(o v1alpha1.Object) { o.(*v1alpha1.LookerModelSet).Spec.Models = &[]string{} },
		Edited:    map[string]any{"name": "Finance Models", "models": []any{}},
		Drift:     map[string]any{"models": []any{"finance"}},
		Unmanaged: map[string]any{"internal_note": "by hand"},
		Release:   func(o v1alpha1.Object) { o.(*v1alpha1.LookerModelSet).Spec.Models = nil },
		Twin: func(w *enginetest.World) string {
			return w.Looker.Put("model_set", map[string]any{"name": "finance", "models": []any{"finance"}})
		},
		CreateOp: "POST /model_sets", UpdateOp: "PATCH /model_sets/{model_set_id}",
		Switches: []lookertest.Switches{{DuplicateAs409: true}, {NonUniqueRoleNames: true}},
	})
}
