package engine

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// inert is an adapter that nobody calls.
type inert struct{}

func (inert) Desired(*v1alpha1.LookerRole, Inputs) (struct{}, error) { return struct{}{}, nil }
func (inert) Key(struct{}) struct{}                                  { return struct{}{} }
func (inert) Match(struct{}, *struct{}) bool                         { return false }
func (inert) ID(*struct{}) string                                    { return "" }
func (inert) Delete(context.Context, *lookerclient.Client, string) error {
	return nil
}

func (inert) Get(context.Context, *lookerclient.Client, string) (*struct{}, error) {
	return &struct{}{}, nil
}

func (inert) Create(context.Context, *lookerclient.Client, struct{}) (*struct{}, error) {
	return &struct{}{}, nil
}

func (inert) Update(context.Context, *lookerclient.Client, *struct{}, struct{}) (*struct{}, error) {
	return &struct{}{}, nil
}

// roles is a reconciler of LookerRoles that finds these in its cache.
func roles(t *testing.T, objects ...client.Object) *Reconciler[*v1alpha1.LookerRole, struct{}, struct{}] {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	b := fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...)
	for _, index := range sortedKeysOf(indexers()) {
		b = b.WithIndex(&v1alpha1.LookerRole{}, index, indexers()[index])
	}
	clock := clocktesting.NewFakeClock(time.Now())
	return newReconciler(Deps{Client: b.Build(), Clock: clock}, &v1alpha1.LookerRole{}, Adapter[*v1alpha1.LookerRole, struct{}, struct{}](inert{}))
}

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

// Ids share the keys of their index.
func TestOnlyObjectsWithTheIDAreFoundByIt(t *testing.T) {
	t.Parallel()
	instance := types.NamespacedName{Namespace: "a", Name: "looker"}
	byKey := map[string][]string{}
	for i := range 10 * idBuckets {
		id := strconv.Itoa(i)
		byKey[idIndex(instance, id)] = append(byKey[idIndex(instance, id)], id)
	}
	shared := byKey[idIndex(instance, "1")]
	if len(byKey) != idBuckets || len(shared) < 2 || len(shared) > 40 {
		t.Fatalf("%d keys, %d ids with the one of 1", len(byKey), len(shared))
	}
	role := func(name, instance, id string) *v1alpha1.LookerRole {
		return &v1alpha1.LookerRole{
			ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: name},
			Spec:       v1alpha1.LookerRoleSpec{CommonSpec: v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: instance}}},
			Status:     v1alpha1.LookerRoleStatus{CommonStatus: v1alpha1.CommonStatus{ID: id}},
		}
	}
	r := roles(t, role("one", "looker", shared[0]), role("other", "looker", shared[1]), role("elsewhere", "second", shared[0]), role("none", "looker", ""))
	for id, want := range map[string]string{shared[0]: "[one]", shared[1]: "[other]", "no such": "[]"} {
		objects, err := r.listByID(t.Context(), instance, id)
		if err != nil {
			t.Fatal(err)
		}
		names := []string{}
		for _, o := range objects {
			names = append(names, o.GetName())
		}
		if got := fmt.Sprint(names); got != want {
			t.Errorf("id %s: %s, want %s", id, got, want)
		}
	}
}
