package engine

import (
	"fmt"
	"strconv"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

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
