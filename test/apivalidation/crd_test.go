package apivalidation

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// maxCRDSize leaves room below the 256 KiB of the annotation that "kubectl apply"
// keeps, and below what is pleasant to review.
const maxCRDSize = 100_000

func TestNoCRDIsLargerThan100KB(t *testing.T) {
	t.Parallel()
	for _, file := range crdFiles(t) {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > maxCRDSize {
			t.Errorf("%s has %d bytes, more than %d: shorten descriptions", filepath.Base(file), info.Size(), maxCRDSize)
		}
	}
}

// crds reads the generated CRDs, by kind.
func crds(t *testing.T) map[string]*apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	result := map[string]*apiextensionsv1.CustomResourceDefinition{}
	for _, file := range crdFiles(t) {
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.UnmarshalStrict([]byte(read(t, file)), &crd); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		result[crd.Spec.Names.Kind] = &crd
	}
	return result
}

func schemaOf(crd *apiextensionsv1.CustomResourceDefinition) apiextensionsv1.JSONSchemaProps {
	return *crd.Spec.Versions[0].Schema.OpenAPIV3Schema
}

func TestEveryKindHasACRDWithTheCommonForm(t *testing.T) {
	t.Parallel()
	columns := []string{"Ready", "Reason", "Age"}
	for kind, crd := range crds(t) {
		names := crd.Spec.Names
		if !slices.Contains(names.Categories, "looker") || len(names.ShortNames) != 1 {
			t.Errorf("%s: categories %v and short names %v; want looker, and one", kind, names.Categories, names.ShortNames)
		}
		version := crd.Spec.Versions[0]
		if version.Name != v1alpha1.GroupVersion.Version || version.Subresources == nil || version.Subresources.Status == nil {
			t.Errorf("%s: version %s without the status subresource", kind, version.Name)
		}
		for _, want := range columns {
			if !slices.ContainsFunc(version.AdditionalPrinterColumns, func(c apiextensionsv1.CustomResourceColumnDefinition) bool {
				return c.Name == want
			}) {
				t.Errorf("%s has no column %s", kind, want)
			}
		}
	}
}

func TestNoFieldHasADefault(t *testing.T) {
	t.Parallel()
	for kind, crd := range crds(t) {
		walk(schemaOf(crd), "", func(path string, s apiextensionsv1.JSONSchemaProps) {
			if s.Default != nil {
				t.Errorf("%s%s has the default %s: defaults are resolved in code, so that applying twice changes nothing", kind, path, s.Default.Raw)
			}
		})
	}
}

func TestAnAccessGrantCanNameEveryKindButTheInstance(t *testing.T) {
	t.Parallel()
	all := crds(t)
	var want, got []string
	for kind := range all {
		if kind != "LookerInstance" {
			want = append(want, kind)
		}
	}
	walk(schemaOf(all["LookerInstance"]), "", func(path string, s apiextensionsv1.JSONSchemaProps) {
		if path == ".spec.access[].kinds[]" {
			for _, value := range s.Enum {
				var kind string
				if err := yaml.Unmarshal(value.Raw, &kind); err != nil {
					t.Fatal(err)
				}
				got = append(got, kind)
			}
		}
	})
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("spec.access[].kinds allows %v, but the kinds are %v", got, want)
	}
}

// walk visits a schema and all below it. Items of a list have the path "list[]",
// values of a map "map{}".
func walk(s apiextensionsv1.JSONSchemaProps, path string, visit func(string, apiextensionsv1.JSONSchemaProps)) {
	visit(path, s)
	for name, below := range s.Properties {
		walk(below, path+"."+name, visit)
	}
	if s.Items != nil && s.Items.Schema != nil {
		walk(*s.Items.Schema, path+"[]", visit)
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		walk(*s.AdditionalProperties.Schema, path+"{}", visit)
	}
}
