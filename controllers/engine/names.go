package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// instanceKey is the LookerInstance that an object belongs to.
func instanceKey(obj interface{ GetNamespace() string }, spec *v1alpha1.CommonSpec) types.NamespacedName {
	namespace := cmp.Or(spec.InstanceRef.Namespace, obj.GetNamespace())
	return types.NamespacedName{Namespace: namespace, Name: spec.InstanceRef.Name}
}

func keyOf(obj v1alpha1.Object) types.NamespacedName {
	return types.NamespacedName{Namespace: obj.GetNamespace(), Name: obj.GetName()}
}

// looker is what Looker calls a kind: "folder" for LookerFolder.
func looker(kind string) string {
	var b strings.Builder
	for i, r := range strings.TrimPrefix(kind, "Looker") {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte(' ')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// normalTarget brings a target to the form that Namer indexes use.
func normalTarget(t v1alpha1.Target) v1alpha1.Target {
	switch t.By {
	case v1alpha1.ByEmail:
		t.Value = strings.ToLower(strings.TrimSpace(t.Value))
	case v1alpha1.ByPath:
		t.Value = strings.Trim(t.Value, "/")
	}
	return t
}

// olderThan compares Looker releases such as 26.12.3 by their numbers.
func olderThan(release, than string) bool {
	a, b := strings.Split(release, "."), strings.Split(than, ".")
	for i := range max(len(a), len(b)) {
		if x, y := number(a, i), number(b, i); x != y {
			return x < y
		}
	}
	return false
}

func number(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, err := strconv.Atoi(parts[i])
	if err != nil {
		return 0
	}
	return n
}

func sortedKeysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func sortedSet(in []string) []string {
	if len(in) == 0 {
		return nil
	}
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}

// summarize lists objects by kind for a message.
func summarize(byKind map[string][]string) string {
	var parts []string
	for _, kind := range sortedKeysOf(byKind) {
		names := slices.Clone(byKind[kind])
		slices.Sort(names)
		parts = append(parts, fmt.Sprintf("%s %s", kind, list(names)))
	}
	return strings.Join(parts, "; ")
}

// storedPair identifies a text and what Looker made of it.
func storedPair(sent, stored any) string { return shortHash(sent) + "/" + shortHash(stored) }

func shortHash(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		data = fmt.Append(nil, v)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

func cmpKeys(a, b types.NamespacedName) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}
