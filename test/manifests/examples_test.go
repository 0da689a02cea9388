package manifests

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/looker-operator/looker-operator/test/repository"
)

// example is a resource in a yaml block of the documentation.
type example struct {
	file   string
	object *unstructured.Unstructured
}

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// documentedResources are the operator's own resources in the README and under
// docs. Other blocks, such as parts of a resource, have no apiVersion.
func documentedResources(t *testing.T) []example {
	t.Helper()
	root, err := repository.Root()
	if err != nil {
		t.Fatal(err)
	}
	var examples []example
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, block := range yamlBlock.FindAllSubmatch(text, -1) {
				for _, object := range decode(t, file, block[1]) {
					if object.GroupVersionKind().Group == group {
						examples = append(examples, example{file, object})
					}
				}
			}
		}
	}
	if len(examples) == 0 {
		t.Fatal("the documentation has no example: is the pattern still right?")
	}
	return examples
}

func decode(t *testing.T, file string, block []byte) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(block), 4096)
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatalf("%s: a yaml block cannot be read: %v", file, err)
		}
		objects = append(objects, object)
	}
}
