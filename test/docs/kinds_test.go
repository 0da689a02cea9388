package docs

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/looker-operator/looker-operator/test/repository"
)

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// schema is the part of a CRD's schema that says which fields there are.
type schema struct {
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
}

type definition struct {
	Spec struct {
		Names struct {
			Kind string `json:"kind"`
		} `json:"names"`
		Versions []struct {
			Schema struct {
				OpenAPIV3Schema schema `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

// forbidden are fields that the API server lets nobody set.
var forbidden = map[string]string{"LookerSetting": "spec.adoptionPolicy"}

func TestEveryKindHasAPageWithItsHeadings(t *testing.T) {
	t.Parallel()
	for kind := range kinds(t) {
		text := read(t, page(kind))
		for _, heading := range []string{
			"What it does", "The smallest", "All fields", "When it is deleted", "What exists already", "What Looker does by itself", "What it costs",
		} {
			if !strings.Contains(text, "\n## "+heading+"\n") {
				t.Errorf("%s lacks the heading %q", page(kind), heading)
			}
		}
	}
}

func TestThePageOfAKindExplainsEachFieldOfItsSpec(t *testing.T) {
	t.Parallel()
	common := read(t, "docs/kinds/common.md")
	for kind, spec := range kinds(t) {
		text := read(t, page(kind))
		for field := range spec.Properties {
			row := "\n| `" + field + "` |"
			elsewhere := strings.Contains(common, row) && strings.Contains(text, "(common.md)")
			if !strings.Contains(text, row) && !elsewhere {
				t.Errorf("%s: no table has a row for `%s`", page(kind), field)
			}
		}
	}
}

// Whether the API server accepts the examples is tested in test/manifests.
func TestTheExamplesOfAKindShowEachField(t *testing.T) {
	t.Parallel()
	for kind, spec := range kinds(t) {
		shown := map[string]bool{}
		for _, example := range examples(t, page(kind), kind) {
			collect(spec, example["spec"], "spec", shown)
		}
		for _, field := range fields(spec, "spec") {
			if !shown[field] && forbidden[kind] != field {
				t.Errorf("%s: no example has %s", page(kind), field)
			}
		}
	}
}

// kinds is the schema of the spec of each kind.
func kinds(t *testing.T) map[string]schema {
	t.Helper()
	files, err := filepath.Glob(path(t, "config/crd/bases/*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no CRDs (%v)", err)
	}
	found := map[string]schema{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var crd definition
		if err := yaml.Unmarshal(text, &crd); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		found[crd.Spec.Names.Kind] = crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	}
	return found
}

func page(kind string) string { return "docs/kinds/" + strings.ToLower(kind) + ".md" }

// examples are the resources of a kind in the yaml blocks of a page.
func examples(t *testing.T, name, kind string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for _, block := range yamlBlock.FindAllStringSubmatch(read(t, name), -1) {
		decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(block[1])), 4096)
		for {
			var object unstructured.Unstructured
			err := decoder.Decode(&object.Object)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if object.GetKind() == kind {
				found = append(found, object.Object)
			}
		}
	}
	if len(found) < 2 {
		t.Errorf("%s has %d examples, and needs the smallest and one with all fields", name, len(found))
	}
	return found
}

// fields are the paths of all fields below a schema, lists looked into.
func fields(s schema, at string) []string {
	var found []string
	for name, property := range s.Properties {
		found = append(found, at+"."+name)
		found = append(found, fields(property, at+"."+name)...)
	}
	if s.Items != nil {
		found = append(found, fields(*s.Items, at)...)
	}
	slices.Sort(found)
	return found
}

// collect notes which of these paths a value has.
func collect(s schema, value any, at string, shown map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, property := range s.Properties {
			if v, ok := value[name]; ok {
				shown[at+"."+name] = true
				collect(property, v, at+"."+name, shown)
			}
		}
	case []any:
		for _, v := range value {
			if s.Items != nil {
				collect(*s.Items, v, at, shown)
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func path(t *testing.T, name string) string {
	t.Helper()
	root, err := repository.Root()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, filepath.FromSlash(name))
}
