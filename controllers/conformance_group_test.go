package controllers

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// Ids of what the conformance of groups refers to in Looker, beside what that of
// users does.
const (
	analyst, parisGroup, exportRole = "80", "81", "82"
)

func seedForGroups(w *enginetest.World) {
	seedForUsers(w)
	if w.Looker.Row("user", analyst) != nil {
		return
	}
	w.Looker.Put("user", map[string]any{"id": analyst, "first_name": "Ana"})
	w.Looker.Put("credentials_email", map[string]any{"user_id": analyst, "email": "analyst@example.com"})
	w.Looker.Put("group", map[string]any{"id": parisGroup, "name": "Paris"})
	w.Looker.Put("role", map[string]any{"id": exportRole, "name": "Export"})
}

func group(name string) *v1alpha1.LookerGroup {
	return &v1alpha1.LookerGroup{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: v1alpha1.LookerGroupSpec{Name: &name}}
}

func fullGroup(*enginetest.World) v1alpha1.Object {
	g := group("emea")
	g.Spec.Name, g.Spec.CanAddToContentMetadata = ptr("Region EMEA"), ptr(true)
	g.Spec.Members = &[]v1alpha1.UserReference{{Email: "Analyst@example.com"}}
	g.Spec.Groups = &[]v1alpha1.NamedReference{{Name: "Paris"}, {ID: financeGroup}}
	g.Spec.MembershipMode = v1alpha1.MembershipExact
	g.Spec.Roles = &[]v1alpha1.NamedReference{{Name: "Viewer"}, {ID: exportRole}}
	g.Spec.AttributeValues = []v1alpha1.GroupAttributeValue{
		{NamedReference: v1alpha1.NamedReference{Name: "region"}, Value: ptr("EMEA")},
		{NamedReference: v1alpha1.NamedReference{Name: "db_key"}, ValueFrom: &v1alpha1.ValueSource{SecretKeyRef: v1alpha1.SecretKeyReference{Name: "values", Key: "key"}}},
	}
	return g
}

func verifyGroup(w *enginetest.World, id string) {
	if members := w.Looker.GroupMembers(id); !slices.Equal(members, []string{analyst}) {
		w.Errorf("the members are %v", members)
	}
	if nested := w.Looker.GroupGroups(id); !slices.Equal(nested, []string{financeGroup, parisGroup}) {
		w.Errorf("the groups in it are %v", nested)
	}
	for _, role := range []string{viewerRole, exportRole} {
		if holders := w.Looker.RoleGroups(role); !slices.Contains(holders, id) {
			w.Errorf("role %s is held by %v", role, holders)
		}
	}
	if values := valuesOfGroup(w.Looker, id); values[regionAttribute] != "EMEA" || values[keyAttribute] != "canary-of-ana" {
		w.Errorf("the attribute values are %v", values)
	}
}

// valuesOfGroup returns the values that a group has, by attribute.
func valuesOfGroup(s *lookertest.Server, id string) map[string]any {
	out := map[string]any{}
	for _, row := range s.Rows("group_value") {
		if row["group_id"] == id {
			attribute, _ := row["user_attribute_id"].(string)
			out[attribute] = row["value"]
		}
	}
	return out
}

func TestLookerGroupConforms(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, suite, enginetest.Case{
		Table:   "group",
		Seed:    seedForGroups,
		Minimal: func(*enginetest.World) v1alpha1.Object { return group("emea") },
		Full:    fullGroup,
		Row: func(*enginetest.World) map[string]any {
			return map[string]any{"name": "Region EMEA", "can_add_to_content_metadata": true}
		},
		Verify:    verifyGroup,
		Edit:      func(o v1alpha1.Object) { o.(*v1alpha1.LookerGroup).Spec.Name = ptr("EMEA") },
		Edited:    map[string]any{"name": "EMEA", "can_add_to_content_metadata": true},
		Drift:     map[string]any{"can_add_to_content_metadata": false},
		Unmanaged: map[string]any{"external_group_id": "from-the-portal"},
		Release:   func(o v1alpha1.Object) { o.(*v1alpha1.LookerGroup).Spec.CanAddToContentMetadata = nil },
		Twin: func(w *enginetest.World) string {
			return w.Looker.Put("group", map[string]any{"name": "emea"})
		},
		CreateOp: "POST /groups", UpdateOp: "PATCH /groups/{group_id}",
		NoTwins: true,
		Canary:  "canary-of-ana", CanaryOp: "PATCH /groups/{group_id}/attribute_values/{user_attribute_id}", CanaryPath: "/" + keyAttribute,
		Switches: []lookertest.Switches{
			{HierarchyRoleIDsIncludeInherited: true}, {AddExistingMemberConflicts: true}, {DuplicateAs409: true}, {CapsPageSize: true}, {DeletedGroupKeepsGrants: true},
		},
	})
}
