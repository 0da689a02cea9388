package apivalidation

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/test/controlplane"
)

// server is a client of the one control plane that all tests share.
var server client.Client

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	plane, err := controlplane.Launch(controlplane.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, "control plane:", err)
		return 1
	}
	defer func() {
		if err := plane.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stopping the control plane:", err)
		}
	}()
	plane.Config.QPS = -1
	scheme := clientgoscheme.Scheme
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if server, err = client.New(plane.Config, client.Options{Scheme: scheme}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// root is the folder of the operator's go.mod.
func root(t *testing.T) string {
	t.Helper()
	folder, err := controlplane.RepositoryRoot()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// parse reads one YAML document.
func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	var content map[string]any
	if err := yaml.UnmarshalStrict([]byte(text), &content); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return content
}

// object makes an object of this API.
func object(kind, name string, spec map[string]any) *unstructured.Unstructured {
	obj := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	obj.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
	obj.SetNamespace("default")
	obj.SetName(name)
	return obj
}

// merge lays patch over base, as a JSON merge patch: null removes a field.
func merge(base, patch map[string]any) map[string]any {
	result := map[string]any{}
	for key, value := range base {
		result[key] = value
	}
	for key, value := range patch {
		if value == nil {
			delete(result, key)
			continue
		}
		below, isMap := value.(map[string]any)
		under, _ := result[key].(map[string]any)
		if isMap {
			value = merge(under, below)
		}
		result[key] = value
	}
	return result
}

// tryCreate asks the API server whether it would take the object. Unknown fields
// are an error.
func tryCreate(t *testing.T, obj *unstructured.Unstructured) error {
	t.Helper()
	return server.Create(t.Context(), obj.DeepCopy(), client.DryRunAll, client.FieldValidation("Strict"))
}

// crdFiles lists the files of the generated CRDs.
func crdFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "config", "crd", "bases", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no CRDs in config/crd/bases: %v", err)
	}
	return files
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func isAbout(err error, part string) bool {
	return err != nil && strings.Contains(err.Error(), part)
}
