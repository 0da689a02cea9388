package apivalidation

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// fullObjects reads testdata/full: objects that the API server accepts and that
// together use every field of every spec.
func fullObjects(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	files, err := filepath.Glob("testdata/full/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no objects in testdata/full: %v", err)
	}
	var objects []*unstructured.Unstructured
	for _, file := range files {
		content := parse(t, read(t, file))
		spec, _ := content["spec"].(map[string]any)
		kind, _ := content["kind"].(string)
		objects = append(objects, object(kind, strings.TrimSuffix(filepath.Base(file), ".yaml"), spec))
	}
	return objects
}

// neverLegal lists fields that every kind inlines but that a rule of this kind
// refuses whatever the value.
var neverLegal = map[string]bool{"LookerSetting spec.adoptionPolicy": true}

func TestFullObjectsAreAccepted(t *testing.T) {
	t.Parallel()
	for _, obj := range fullObjects(t) {
		if err := tryCreate(t, obj); err != nil {
			t.Errorf("%s: %v", obj.GetName(), err)
		}
	}
}

func TestFullObjectsUseEveryField(t *testing.T) {
	t.Parallel()
	objects := fullObjects(t)
	for kind, crd := range crds(t) {
		walk(schemaOf(crd).Properties["spec"], "spec", func(path string, _ apiextensionsv1.JSONSchemaProps) {
			if neverLegal[kind+" "+path] {
				return
			}
			for _, obj := range objects {
				if obj.GetKind() == kind && len(places(obj.Object, path)) > 0 {
					return
				}
			}
			t.Errorf("no object in testdata/full has %s of %s", path, kind)
		})
	}
}

// typed decodes an object into the Go type, refusing unknown fields.
func typed(t *testing.T, obj *unstructured.Unstructured) client.Object {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	target, err := scheme.New(obj.GroupVersionKind())
	if err != nil {
		t.Fatal(err)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(obj.Object, target, true); err != nil {
		t.Fatalf("%s: %v", obj.GetName(), err)
	}
	return target.(client.Object)
}

func TestASpecSurvivesTheGoTypes(t *testing.T) {
	t.Parallel()
	for _, obj := range fullObjects(t) {
		text, err := json.Marshal(typed(t, obj))
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]any
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if want := plain(t, obj.Object["spec"]); !reflect.DeepEqual(back["spec"], want) {
			t.Errorf("%s: the spec became\n%v\nbut was\n%v", obj.GetName(), back["spec"], want)
		}
	}
}

func TestASpecSurvivesTheAPIServer(t *testing.T) {
	t.Parallel()
	for _, obj := range fullObjects(t) {
		stored := typed(t, obj)
		stored.SetName("stored-" + obj.GetName())
		if err := server.Create(t.Context(), stored); err != nil {
			t.Errorf("%s: %v", obj.GetName(), err)
			continue
		}
		var back unstructured.Unstructured
		back.SetGroupVersionKind(obj.GroupVersionKind())
		if err := server.Get(t.Context(), client.ObjectKeyFromObject(stored), &back); err != nil {
			t.Fatal(err)
		}
		if got, want := plain(t, back.Object["spec"]), plain(t, obj.Object["spec"]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: stored as\n%v\nbut was\n%v", obj.GetName(), got, want)
		}
	}
}

// plain gives numbers one type.
func plain(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var result any
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	return result
}
