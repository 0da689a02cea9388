package engine

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// oneSet is a Looker in which there is one permission set, with the id 5.
type oneSet struct{ Collection }

func (oneSet) Kind() string          { return v1alpha1.KindPermissionSet }
func (oneSet) listed(*Instance) bool { return true }

func (oneSet) lookup(_ context.Context, _ *Instance, target v1alpha1.Target, _ time.Duration) ([]string, error) {
	if target.Value == "viewing" {
		return []string{"5"}, nil
	}
	return nil, nil
}

func TestANameWakesWhoWaitsForItAndWhomItLeadsElsewhere(t *testing.T) {
	t.Parallel()
	role := func(name, set, known, reason string) *v1alpha1.LookerRole {
		r := &v1alpha1.LookerRole{
			ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: name},
			Spec: v1alpha1.LookerRoleSpec{
				CommonSpec:    v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: "looker"}},
				PermissionSet: v1alpha1.NamedReference{Name: set}, ModelSet: v1alpha1.NamedReference{ID: "1"},
			},
		}
		if known != "" {
			r.Status.Lookups = map[string]string{lookupKey(v1alpha1.KindPermissionSet, r.Spec.PermissionSet.Target()): known}
		}
		if reason != "" {
			r.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: reason}}
		}
		return r
	}
	r := roles(t,
		role("has-not-looked", "viewing", "", ""), role("waits", "viewing", "", ReasonRefNotFound), role("has-just-looked", "viewing", "", ""),
		role("knows", "viewing", "5", ReasonSynced), role("knew-another", "viewing", "4", ReasonSynced),
		role("waits-for-another", "editing", "", ReasonRefNotFound), role("lost-it", "editing", "6", ReasonSynced),
	)
	r.registry = &Registry{collections: map[string]Collection{v1alpha1.KindPermissionSet: oneSet{}}}
	r.setLooking(types.NamespacedName{Namespace: "a", Name: "has-just-looked"}, true)
	var woken []string
	r.onWake(func(req reconcile.Request) { woken = append(woken, req.Name) })
	inst := &Instance{Key: types.NamespacedName{Namespace: "a", Name: "looker"}}
	if err := r.wakeLookups(t.Context(), inst, v1alpha1.KindPermissionSet); err != nil {
		t.Fatal(err)
	}
	slices.Sort(woken)
	if got := fmt.Sprint(woken); got != "[has-just-looked knew-another lost-it waits]" {
		t.Errorf("woken: %s", got)
	}
}
