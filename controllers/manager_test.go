package controllers

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"
	"unsafe"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

func heavyMeta() metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: "team", Name: "x", UID: "1", ResourceVersion: "7", Finalizers: []string{"f"},
		OwnerReferences: []metav1.OwnerReference{{Kind: "LookerUser", Name: "ada", Controller: new(true)}},
		Labels:          map[string]string{"team": "bi"},
		Annotations:     map[string]string{corev1.LastAppliedConfigAnnotation: "{}", v1alpha1.AnnotationReconcileRequest: "now"},
		ManagedFields:   []metav1.ManagedFieldsEntry{{Manager: "kubectl"}},
	}
}

func TestTheCacheKeepsNothingThatClientsStoreForThemselves(t *testing.T) {
	t.Parallel()
	transform := ManagerOptions(runtime.NewScheme()).Cache.DefaultTransform
	for _, o := range []client.Object{
		&v1alpha1.LookerUser{ObjectMeta: heavyMeta()}, &v1alpha1.LookerInstance{ObjectMeta: heavyMeta()}, &corev1.Namespace{ObjectMeta: heavyMeta()},
	} {
		out, err := transform(o)
		if err != nil {
			t.Fatal(err)
		}
		got := out.(client.Object)
		if got.GetManagedFields() != nil {
			t.Errorf("%T: managedFields are kept", o)
		}
		if want := map[string]string{v1alpha1.AnnotationReconcileRequest: "now"}; !maps.Equal(got.GetAnnotations(), want) {
			t.Errorf("%T: the annotations are %v", o, got.GetAnnotations())
		}
		if got.GetLabels()["team"] != "bi" || len(got.GetFinalizers()) != 1 || got.GetUID() != "1" {
			t.Errorf("%T lost what the operator needs: %+v", o, got)
		}
	}
}

func TestOfASecretTheCacheKeepsNameVersionAndOwners(t *testing.T) {
	t.Parallel()
	options := ManagerOptions(runtime.NewScheme())
	if len(options.Cache.ByObject) != 1 {
		t.Fatalf("there are rules for %d types", len(options.Cache.ByObject))
	}
	full := &corev1.Secret{ObjectMeta: heavyMeta(), Data: map[string][]byte{"password": []byte("p")}, StringData: map[string]string{"a": "b"}}
	partial := &metav1.PartialObjectMetadata{ObjectMeta: heavyMeta()}
	for o, by := range options.Cache.ByObject {
		if _, ok := o.(*corev1.Secret); !ok {
			t.Fatalf("the rule is for %T", o)
		}
		for _, in := range []client.Object{full, partial} {
			if _, err := by.Transform(in); err != nil {
				t.Fatal(err)
			}
			if in.GetLabels() != nil || in.GetAnnotations() != nil || in.GetManagedFields() != nil || in.GetFinalizers() != nil {
				t.Errorf("%T: too much is kept: %+v", in, in)
			}
			if in.GetName() != "x" || in.GetNamespace() != "team" || in.GetUID() != "1" || in.GetResourceVersion() != "7" || metav1.GetControllerOf(in) == nil {
				t.Errorf("%T lost what the operator needs: %+v", in, in)
			}
		}
	}
	if full.Data != nil || full.StringData != nil {
		t.Errorf("values are kept: %v", full)
	}
}

// A patch is made from two copies of what the cache holds.
func TestAPatchFromTheCacheLeavesTheAnnotationOfKubectl(t *testing.T) {
	t.Parallel()
	cached := &v1alpha1.LookerUser{ObjectMeta: heavyMeta()}
	if _, err := stripped(cached); err != nil {
		t.Fatal(err)
	}
	changed := cached.DeepCopy()
	changed.Status.ID = "12"
	patch, err := client.MergeFrom(cached).Data(changed)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(patch), `{"status":{"id":"12"}}`; got != want {
		t.Errorf("the patch is %s, not %s", got, want)
	}
}

func TestTheCacheKeepsOnceWhatManyObjectsHaveInCommon(t *testing.T) {
	t.Parallel()
	transform := ManagerOptions(runtime.NewScheme()).Cache.DefaultTransform
	cached := func() *v1alpha1.LookerUser {
		u := &v1alpha1.LookerUser{
			ObjectMeta: heavyMeta(), Spec: v1alpha1.LookerUserSpec{CommonSpec: v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: "looker"}}},
			Status: v1alpha1.LookerUserStatus{CommonStatus: v1alpha1.CommonStatus{Origin: v1alpha1.OriginCreated, Conditions: []metav1.Condition{
				{Type: "Ready", Status: "True", Reason: "Ready", Message: "Looker agrees"},
			}}},
		}
		raw, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		got := &v1alpha1.LookerUser{}
		if err := json.Unmarshal(raw, got); err != nil {
			t.Fatal(err)
		}
		want := got.DeepCopy()
		if _, err := transform(got); err != nil {
			t.Fatal(err)
		}
		want.ManagedFields, want.Annotations = nil, got.Annotations
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v became %+v", want, got)
		}
		return got
	}
	strings := func(u *v1alpha1.LookerUser) []string {
		c := u.Status.Conditions[0]
		return []string{u.Namespace, u.Finalizers[0], u.Spec.InstanceRef.Name, string(u.Status.Origin), c.Type, string(c.Status), c.Reason, c.Message}
	}
	one, two := strings(cached()), strings(cached())
	for i := range one {
		if unsafe.StringData(one[i]) != unsafe.StringData(two[i]) {
			t.Errorf("%q is kept twice", one[i])
		}
	}
}
