package engine

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

func TestOnlyWhoRefersSoftlyWaitsForMoreOfTheKind(t *testing.T) {
	t.Parallel()
	role := func(name, id string) *v1alpha1.LookerRole {
		return &v1alpha1.LookerRole{
			ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: name},
			Spec: v1alpha1.LookerRoleSpec{
				PermissionSet: v1alpha1.NamedReference{Ref: "viewing"}, ModelSet: v1alpha1.NamedReference{ID: "1"},
				Users: &[]v1alpha1.UserReference{{Ref: "ann"}},
			},
			Status: v1alpha1.LookerRoleStatus{CommonStatus: v1alpha1.CommonStatus{ID: id}},
		}
	}
	r := roles(t, role("made", "5"), role("to-be-made", ""))
	meta := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: "a", Name: name} }
	for _, c := range []struct {
		kind    string
		changed client.Object
		want    map[string]time.Duration
	}{
		{"LookerUser", &v1alpha1.LookerUser{ObjectMeta: meta("ann")}, map[string]time.Duration{"made": softDelay, "to-be-made": 0}},
		{"LookerPermissionSet", &v1alpha1.LookerPermissionSet{ObjectMeta: meta("viewing")}, map[string]time.Duration{"made": 0, "to-be-made": 0}},
		{"LookerUser", &v1alpha1.LookerUser{ObjectMeta: meta("ben")}, map[string]time.Duration{}},
	} {
		got := map[string]time.Duration{}
		for _, d := range r.onNeighbour(c.kind)(t.Context(), c.changed) {
			got[d.key.Name] = d.after
		}
		if len(got) != len(c.want) {
			t.Errorf("%s %s wakes %v", c.kind, c.changed.GetName(), got)
		}
		for name, after := range c.want {
			if d, ok := got[name]; !ok || d != after {
				t.Errorf("%s %s: role %s is woken %v, after %s; want %s", c.kind, c.changed.GetName(), name, ok, d, after)
			}
		}
	}
}

// Who points at an object concerns it only when it waits for them to let go.
func TestWhatIsReferredToIsWokenOnlyWhileItIsBeingDeleted(t *testing.T) {
	t.Parallel()
	role := func(name string, going *metav1.Time) *v1alpha1.LookerRole {
		return &v1alpha1.LookerRole{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: name, DeletionTimestamp: going, Finalizers: []string{v1alpha1.Finalizer}}}
	}
	r := roles(t, role("stays", nil), role("goes", new(metav1.Now())))
	user := &v1alpha1.LookerUser{
		ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "ann"},
		Spec:       v1alpha1.LookerUserSpec{Roles: &[]v1alpha1.NamedReference{{Ref: "stays"}, {Ref: "goes"}, {Ref: "never-was"}, {Name: "goes"}}},
	}
	got := r.onNeighbour("LookerUser")(t.Context(), user)
	if len(got) != 1 || got[0] != (dependent{key: types.NamespacedName{Namespace: "a", Name: "goes"}}) {
		t.Errorf("woken: %v", got)
	}
}
