package controllers

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// Ids of what the conformance of user attributes refers to in Looker.
const analystsGroup, everyoneGroup = "74", "75"

func seedForAttributes(w *enginetest.World) {
	for id, name := range map[string]string{analystsGroup: "Analysts", everyoneGroup: "Everyone"} {
		if w.Looker.Row("group", id) == nil {
			w.Looker.Put("group", map[string]any{"id": id, "name": name})
		}
	}
	w.Ensure("values", map[string]string{"default": "canary-default", "analysts": "canary-of-analysts"})
}

func fromSecret(key string) *v1alpha1.ValueSource {
	return &v1alpha1.ValueSource{SecretKeyRef: v1alpha1.SecretKeyReference{Name: "values", Key: key}}
}

func attribute(name string) *v1alpha1.LookerUserAttribute {
	a := &v1alpha1.LookerUserAttribute{ObjectMeta: metav1.ObjectMeta{Name: "attribute"}}
	a.Spec.Name, a.Spec.Type = &name, "string"
	return a
}

func fullAttribute(*enginetest.World) v1alpha1.Object {
	a := attribute("db_key")
	a.Spec.Label, a.Spec.UserCanView, a.Spec.UserCanEdit = ptr("Database key"), ptr(false), ptr(false)
	a.Spec.ValueIsHidden, a.Spec.HiddenValueDomainAllowlist = ptr(true), ptr("https://db.example.com/*")
	a.Spec.DefaultValueFrom = fromSecret("default")
	a.Spec.NeededForCIRun, a.Spec.ValueForCIRun = ptr(true), ptr("ci")
	a.Spec.GroupValues = &[]v1alpha1.UserAttributeGroupValue{
		{Group: v1alpha1.NamedReference{Name: "Analysts"}, ValueFrom: fromSecret("analysts")},
		{Group: v1alpha1.NamedReference{ID: everyoneGroup}, ValueFrom: fromSecret("default")},
	}
	return a
}

// valuesByRank returns the values of an attribute as "group=value", by rank.
func valuesByRank(s *lookertest.Server, id string) []string {
	var out []string
	for rank := 1.0; ; rank++ {
		n := len(out)
		for _, v := range s.Rows("group_value") {
			if v["user_attribute_id"] == id && v["rank"] == rank {
				out = append(out, fmt.Sprintf("%v=%v", v["group_id"], v["value"]))
			}
		}
		if len(out) == n {
			return out
		}
	}
}

func TestLookerUserAttributeConforms(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, suite, enginetest.Case{
		Table:   "user_attribute",
		Seed:    seedForAttributes,
		Minimal: func(*enginetest.World) v1alpha1.Object { return attribute("region") },
		Full:    fullAttribute,
		Row: func(*enginetest.World) map[string]any {
			return map[string]any{"name": "db_key", "label": "Database key", "type": "string", "default_value": "canary-default", "value_is_hidden": true,
				"hidden_value_domain_whitelist": "https://db.example.com/*", "user_can_view": false, "user_can_edit": false, "needed_for_ci_run": true, "value_for_ci_run": "ci"}
		},
		Verify: func(w *enginetest.World, id string) {
			if got, want := fmt.Sprint(valuesByRank(w.Looker, id)), "[74=canary-of-analysts 75=canary-default]"; got != want {
				w.Errorf("values by group are %s, want %s", got, want)
			}
		},
		Edit:      func(o v1alpha1.Object) { o.(*v1alpha1.LookerUserAttribute).Spec.ValueForCIRun = ptr("build") },
		Edited:    map[string]any{"value_for_ci_run": "build", "label": "Database key"},
		Drift:     map[string]any{"value_for_ci_run": "by hand"},
		Unmanaged: map[string]any{"is_permanent": false},
		Release:   func(o v1alpha1.Object) { o.(*v1alpha1.LookerUserAttribute).Spec.ValueForCIRun = nil },
		Twin: func(w *enginetest.World) string {
			return w.Looker.Put("user_attribute", map[string]any{"name": "region", "label": "Region"})
		},
		CreateOp: "POST /user_attributes", UpdateOp: "PATCH /user_attributes/{user_attribute_id}",
		NoTwins: true,
		Canary:  "canary-of-analysts", CanaryOp: "POST /user_attributes/{user_attribute_id}/group_values",
		Switches: []lookertest.Switches{{RefusesAttributeTypeChange: true}, {DuplicateAs409: true}},
	})
}
