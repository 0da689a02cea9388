package apivalidation

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// pointers finds the JSON paths of all values of some Go types.
func pointers(value reflect.Value, path string, types []reflect.Type) []string {
	for value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return nil
		}
		value = value.Elem()
	}
	if slices.Contains(types, value.Type()) {
		return []string{path}
	}
	var found []string
	switch value.Kind() {
	case reflect.Slice:
		for i := range value.Len() {
			found = append(found, pointers(value.Index(i), fmt.Sprintf("%s[%d]", path, i), types)...)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			if name != "" {
				name = "." + name
			}
			found = append(found, pointers(value.Field(i), path+name, types)...)
		}
	}
	return found
}

func typesOf(values ...any) []reflect.Type {
	var types []reflect.Type
	for _, value := range values {
		types = append(types, reflect.TypeOf(value))
	}
	return types
}

// ofOurKinds calls check for every full object that has references.
func ofOurKinds(t *testing.T, check func(*unstructured.Unstructured, v1alpha1.Object, reflect.Value)) {
	t.Helper()
	for _, obj := range fullObjects(t) {
		if common, ok := typed(t, obj).(v1alpha1.Object); ok {
			check(obj, common, reflect.ValueOf(common).Elem().FieldByName("Spec"))
		}
	}
}

func TestReferencesListsEveryReferenceOfASpec(t *testing.T) {
	t.Parallel()
	types := typesOf(v1alpha1.NamedReference{}, v1alpha1.FolderReference{}, v1alpha1.UserReference{})
	ofOurKinds(t, func(obj *unstructured.Unstructured, common v1alpha1.Object, spec reflect.Value) {
		var got []string
		for _, ref := range common.References() {
			got = append(got, ref.Field)
			if ref.Target.IsZero() || ref.Kind == "" {
				t.Errorf("%s: %s has target %v of kind %q", obj.GetName(), ref.Field, ref.Target, ref.Kind)
			}
		}
		compare(t, obj.GetName(), got, pointers(spec, "spec", types))
	})
}

func TestSecretReferencesListsEverySecretOfASpec(t *testing.T) {
	t.Parallel()
	ofOurKinds(t, func(obj *unstructured.Unstructured, common v1alpha1.Object, spec reflect.Value) {
		var got []string
		for _, ref := range common.SecretReferences() {
			got = append(got, ref.Field)
			if ref.Name == "" || ref.Key == "" {
				t.Errorf("%s: %s leads to key %q of Secret %q", obj.GetName(), ref.Field, ref.Key, ref.Name)
			}
		}
		compare(t, obj.GetName(), got, pointers(spec, "spec", typesOf(v1alpha1.SecretKeyReference{})))
	})
}

func TestCommonIsThePartThatIsStored(t *testing.T) {
	t.Parallel()
	ofOurKinds(t, func(obj *unstructured.Unstructured, common v1alpha1.Object, _ reflect.Value) {
		spec, status := common.Common()
		spec.InstanceRef.Name = "changed"
		status.ID = "changed"
		stored := reflect.ValueOf(common).Elem()
		if stored.FieldByName("Spec").FieldByName("InstanceRef").FieldByName("Name").String() != "changed" ||
			stored.FieldByName("Status").FieldByName("ID").String() != "changed" {
			t.Errorf("%s: Common returns copies", obj.GetName())
		}
	})
}

func compare(t *testing.T, name string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: listed\n%v\nbut the spec has\n%v", name, got, want)
	}
}
