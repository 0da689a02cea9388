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

// lateSet is a Looker in which the permission set appears between two looks, for
// those of whom it is known that they look.
type lateSet struct {
	oneSet
	looks func() bool
	asked int
}

func (l *lateSet) lookup(context.Context, *Instance, v1alpha1.Target, time.Duration) ([]string, error) {
	if l.asked++; l.asked > 1 && l.looks() {
		return []string{"5"}, nil
	}
	return nil, nil
}

func TestWhoLooksIsKnownBeforeItLooksAgain(t *testing.T) {
	t.Parallel()
	r := roles(t)
	role := &v1alpha1.LookerRole{
		ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "finance"},
		Spec:       v1alpha1.LookerRoleSpec{PermissionSet: v1alpha1.NamedReference{Name: "viewing"}, ModelSet: v1alpha1.NamedReference{ID: "1"}},
	}
	key := keyOf(role)
	late := &lateSet{looks: func() bool { return r.isLooking(key) }}
	r.registry = &Registry{collections: map[string]Collection{v1alpha1.KindPermissionSet: late}}
	p := &pass[*v1alpha1.LookerRole, struct{}, struct{}]{obj: role, inst: &Instance{}}
	if err := r.resolve(t.Context(), p); err != nil || p.in.ID(v1alpha1.KindPermissionSet, role.Spec.PermissionSet.Target()) != "5" {
		t.Errorf("%v; resolved: %v", err, p.in.ids)
	}
	if err := r.resolve(t.Context(), p); err != nil {
		t.Error(err)
	}
	r.forgetKey(key)
	if r.isLooking(key) {
		t.Error("what is gone does not look")
	}
}
