package apivalidation

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	yamlutil "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

func samplesFolder(t *testing.T) string {
	t.Helper()
	return filepath.Join(root(t), "config", "samples")
}

// sampleFiles lists what the kustomization of the samples applies.
func sampleFiles(t *testing.T) []string {
	t.Helper()
	content := parse(t, read(t, filepath.Join(samplesFolder(t), "kustomization.yaml")))
	files, _, err := unstructured.NestedStringSlice(content, "resources")
	if err != nil || len(files) == 0 {
		t.Fatalf("no resources in the kustomization of the samples: %v", err)
	}
	return files
}

// samples reads every object of the samples, in the order of the kustomization.
func samples(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	for _, file := range sampleFiles(t) {
		reader := yamlutil.NewYAMLReader(bufio.NewReader(strings.NewReader(read(t, filepath.Join(samplesFolder(t), file)))))
		for {
			text, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			obj := &unstructured.Unstructured{}
			if err := yaml.UnmarshalStrict(text, &obj.Object); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			objects = append(objects, obj)
		}
	}
	return objects
}

func TestTheKustomizationHasEverySample(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(samplesFolder(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"kustomization.yaml"}
	want = append(want, sampleFiles(t)...)
	slices.Sort(want)
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("config/samples has %v, its kustomization %v", got, want)
	}
}

func TestTheSamplesShowEveryKind(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for _, obj := range samples(t) {
		shown[obj.GetKind()] = true
	}
	for kind := range crds(t) {
		if !shown[kind] {
			t.Errorf("no sample of %s", kind)
		}
	}
}

// ours reports whether the object is of this API.
func ours(obj *unstructured.Unstructured) bool {
	return obj.GroupVersionKind().Group == v1alpha1.GroupVersion.Group
}

func TestReferencesBetweenSamplesLeadToSamples(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, obj := range samples(t) {
		names[obj.GetKind()+"/"+obj.GetNamespace()+"/"+obj.GetName()] = true
	}
	for _, sample := range samples(t) {
		if !ours(sample) {
			continue
		}
		obj, hasReferences := typed(t, sample).(v1alpha1.Object)
		if !hasReferences {
			continue
		}
		spec, _ := obj.Common()
		if !names["LookerInstance/"+obj.GetNamespace()+"/"+spec.InstanceRef.Name] {
			t.Errorf("%s: there is no sample of its instance", sample.GetName())
		}
		for _, ref := range obj.References() {
			if ref.Target.By == v1alpha1.ByRef && !names[ref.Kind+"/"+obj.GetNamespace()+"/"+ref.Target.Value] {
				t.Errorf("%s: %s refers to %s %s, which is not among the samples", sample.GetName(), ref.Field, ref.Kind, ref.Target.Value)
			}
		}
	}
}

func TestSamplesAppliedTwiceLeaveNoDifference(t *testing.T) {
	t.Parallel()
	const manager = client.FieldOwner("argocd")
	for _, sample := range samples(t) {
		dryRun := client.ApplyConfigurationFromUnstructured(sample.DeepCopy())
		if err := server.Apply(t.Context(), dryRun, manager, client.ForceOwnership, client.DryRunAll); err != nil {
			t.Fatalf("%s %s: the dry run is refused: %v", sample.GetKind(), sample.GetName(), err)
		}
		first := apply(t, sample, manager)
		if !ours(sample) {
			continue
		}
		if second := apply(t, sample, manager); second.GetResourceVersion() != first.GetResourceVersion() {
			t.Errorf("%s %s: applying it again changed it", sample.GetKind(), sample.GetName())
		}
		if got, want := plain(t, first.Object["spec"]), plain(t, sample.Object["spec"]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s %s: the spec was applied as\n%v\nand became\n%v", sample.GetKind(), sample.GetName(), want, got)
		}
	}
}

func TestFullObjectsAppliedTwiceLeaveNoDifference(t *testing.T) {
	t.Parallel()
	for _, obj := range fullObjects(t) {
		obj.SetName("applied-" + obj.GetName())
		first := apply(t, obj, "argocd")
		if second := apply(t, obj, "argocd"); second.GetResourceVersion() != first.GetResourceVersion() {
			t.Errorf("%s: applying it again changed it", obj.GetName())
		}
		if got, want := plain(t, first.Object["spec"]), plain(t, obj.Object["spec"]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the spec was applied as\n%v\nand became\n%v", obj.GetName(), want, got)
		}
	}
}

// apply applies an object and returns what the API server stored.
func apply(t *testing.T, obj *unstructured.Unstructured, manager client.FieldOwner) *unstructured.Unstructured {
	t.Helper()
	config := client.ApplyConfigurationFromUnstructured(obj.DeepCopy())
	if err := server.Apply(t.Context(), config, manager, client.ForceOwnership); err != nil {
		t.Fatalf("%s %s: %v", obj.GetKind(), obj.GetName(), err)
	}
	var stored unstructured.Unstructured
	stored.SetGroupVersionKind(obj.GroupVersionKind())
	if err := server.Get(t.Context(), client.ObjectKeyFromObject(obj), &stored); err != nil {
		t.Fatalf("%s %s: %v", obj.GetKind(), obj.GetName(), err)
	}
	return &stored
}
