package apivalidation

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// place is one value inside an object, and how to replace it.
type place struct {
	path  string // as error messages name it: spec.roles[0].name
	value any
	set   func(any)
	drop  func() // removes it from the object that it is a field of
}

// places finds the values at a schema path such as spec.roles[].name.
func places(obj map[string]any, schemaPath string) []place {
	found := []place{{value: obj}}
	schemaPath = strings.NewReplacer("[]", ".[]", "{}", ".{}").Replace(schemaPath)
	for _, step := range strings.Split(schemaPath, ".") {
		var next []place
		for _, p := range found {
			next = append(next, p.step(step)...)
		}
		found = next
	}
	return found
}

func (p place) step(step string) []place {
	var result []place
	switch container := p.value.(type) {
	case []any:
		if step != "[]" {
			return nil
		}
		for i := range container {
			result = append(result, place{
				path: fmt.Sprintf("%s[%d]", p.path, i), value: container[i], set: func(v any) { container[i] = v },
			})
		}
	case map[string]any:
		for key := range container {
			if key != step && step != "{}" {
				continue
			}
			result = append(result, place{
				path: strings.TrimPrefix(p.path+"."+key, "."), value: container[key],
				set:  func(v any) { container[key] = v },
				drop: func() { delete(container, key) },
			})
		}
	}
	return result
}

// probe is a change to one field and what the API server says to it.
type probe struct {
	change  func(place)
	phrase  string // of the marker's error
	refused bool   // whether that error is expected
}

func set(value any) func(place) { return func(p place) { p.set(value) } }

// probes derives the values beside and on the limits of a field's markers.
func probes(s apiextensionsv1.JSONSchemaProps) map[string]probe {
	result := map[string]probe{}
	add := func(name string, value any, phrase string, refused bool) {
		result[name] = probe{set(value), phrase, refused}
	}
	if len(s.Enum) > 0 {
		add("value outside the enum", "none-of-these", "Unsupported value", true)
		for _, legal := range s.Enum {
			var value any
			if err := json.Unmarshal(legal.Raw, &value); err != nil {
				panic(err)
			}
			add("enum value "+string(legal.Raw), value, "Unsupported value", false)
		}
	}
	if s.MaxLength != nil {
		add("too long", strings.Repeat("a", int(*s.MaxLength)+1), "Too long", true)
		add("as long as possible", strings.Repeat("a", int(*s.MaxLength)), "Too long", false)
	}
	if s.MinLength != nil {
		add("too short", strings.Repeat("a", int(*s.MinLength)-1), "should be at least", true)
		add("as short as possible", strings.Repeat("a", int(*s.MinLength)), "should be at least", false)
	}
	if s.Maximum != nil {
		add("too large", int64(*s.Maximum)+1, "less than or equal", true)
		add("as large as possible", int64(*s.Maximum), "less than or equal", false)
	}
	if s.Minimum != nil {
		add("too small", int64(*s.Minimum)-1, "greater than or equal", true)
		add("as small as possible", int64(*s.Minimum), "greater than or equal", false)
	}
	if s.Format == "byte" {
		add("not base64", "***", "byte", true)
	}
	if s.MinItems != nil {
		add("too few items", []any{}, "should have at least", true)
	}
	if s.MinProperties != nil {
		add("too few fields", map[string]any{}, "should have at least", true)
	}
	if s.MaxItems != nil {
		result["too many items"] = probe{func(p place) { p.set(repeat(p.value, int(*s.MaxItems)+1)) }, "Too many", true}
		result["as many items as possible"] = probe{func(p place) { p.set(repeat(p.value, int(*s.MaxItems))) }, "Too many", false}
	}
	if s.MaxProperties != nil {
		result["too many keys"] = probe{func(p place) { p.set(multiply(p.value, int(*s.MaxProperties)+1)) }, "Too many", true}
		result["as many keys as possible"] = probe{func(p place) { p.set(multiply(p.value, int(*s.MaxProperties))) }, "Too many", false}
	}
	return result
}

// repeat makes a list of n items out of the first one.
func repeat(list any, n int) []any {
	items := make([]any, n)
	for i := range items {
		items[i] = list.([]any)[0]
	}
	return items
}

// multiply makes a map of n keys out of one value.
func multiply(content any, n int) map[string]any {
	result := map[string]any{}
	for _, value := range content.(map[string]any) {
		for i := range n {
			result["key"+strconv.Itoa(i)] = value
		}
		return result
	}
	return result
}

func TestEveryMarkerRefusesWhatIsBeyondItAndNothingElse(t *testing.T) {
	t.Parallel()
	objects := fullObjects(t)
	for kind, crd := range crds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			walk(schemaOf(crd).Properties["spec"], "spec", func(path string, s apiextensionsv1.JSONSchemaProps) {
				if neverLegal[kind+" "+path] {
					return
				}
				for _, name := range s.Required {
					check(t, objects, kind, path+"."+name, "without it", probe{func(p place) { p.drop() }, "Required value", true})
				}
				wanted := probes(s)
				for _, name := range sortedKeys(wanted) {
					check(t, objects, kind, path, name, wanted[name])
				}
			})
		})
	}
}

// check applies a probe to the first object that has the field.
func check(t *testing.T, objects []*unstructured.Unstructured, kind, path, name string, p probe) {
	t.Helper()
	for _, original := range objects {
		obj := original.DeepCopy()
		found := places(obj.Object, path)
		if obj.GetKind() != kind || len(found) == 0 || isEmptyList(found[0].value) {
			continue
		}
		p.change(found[0])
		err := tryCreate(t, obj)
		got := isAbout(err, p.phrase) && isAbout(err, found[0].path)
		if got != p.refused {
			t.Errorf("%s %s, %s: refused with %q is %v, want %v: %.300v", kind, found[0].path, name, p.phrase, got, p.refused, err)
		}
		return
	}
	t.Errorf("no object to try %s of %s with", path, kind)
}

func isEmptyList(value any) bool {
	list, isList := value.([]any)
	return isList && len(list) == 0
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
