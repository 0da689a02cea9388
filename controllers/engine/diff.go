package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Change is one managed field that differs.
type Change struct {
	// Path of the field in Looker's terms, keys joined by dots.
	Path string
	// Unread is set where the live resource has not been read that far: a key
	// of its own is missing, as opposed to an entry of a map.
	Unread bool
	// Perhaps is set beside Unread where nothing is wanted: then there is a
	// difference only if reading it shows something.
	Perhaps bool
}

// certain leaves out what may turn out to be no difference.
func certain(changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Perhaps })
}

// onlyRead leaves out what was not read.
func onlyRead(changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Unread })
}

// tree is a value as JSON decodes it.
type tree = map[string]any

// toTree encodes v as JSON and decodes it again. Secrets appear as
// lookerclient.Redacted.
func toTree(v any) (tree, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return decodeTree(data)
}

// revealedTree is toTree with the secrets as Looker would receive them.
func revealedTree(v any) (tree, error) {
	data, err := lookerclient.Encode(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return decodeTree(data)
}

func decodeTree(data []byte) (tree, error) {
	t := tree{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&t); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return t, nil
}

// differ walks the desired tree and collects the paths that live does not hold.
type differ struct {
	changes []Change
}

// compareTrees returns the fields of want that live does not hold. Objects are
// compared on the keys of want; lists must agree in length and, element by
// element, on the keys of want. A secret is never compared here, unless live
// has false in its place: then Looker says that it lost it.
func compareTrees(want, live tree) []Change {
	d := &differ{}
	d.object("", want, live)
	slices.SortFunc(d.changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return d.changes
}

func (d *differ) object(path string, want, live tree) {
	for key, w := range want {
		p := join(path, key)
		l, read := live[key]
		if wm, ok := w.(tree); ok && len(wm) > 0 {
			if lm, ok := l.(tree); ok {
				d.object(p, wm, lm)
				continue
			}
		}
		unread := !read && path == "" && w != lookerclient.Redacted
		if held := holds(w, l); !held || unread {
			d.changes = append(d.changes, Change{Path: p, Unread: unread, Perhaps: held})
		}
	}
}

// holds reports whether live has everything that want asks for.
func holds(want, live any) bool {
	switch w := want.(type) {
	case tree:
		return holdsObject(w, live)
	case []any:
		return holdsList(w, live)
	case string:
		if w == lookerclient.Redacted {
			return live != false
		}
		return w == live || w == "" && live == nil
	case json.Number:
		l, ok := live.(json.Number)
		return ok && sameNumber(w, l)
	case nil:
		return isEmpty(live)
	}
	return reflect.DeepEqual(want, live)
}

func holdsObject(want tree, live any) bool {
	l, ok := live.(tree)
	if !ok {
		return len(want) == 0 && isEmpty(live)
	}
	for k, v := range want {
		if !holds(v, l[k]) {
			return false
		}
	}
	return true
}

func holdsList(want []any, live any) bool {
	l, ok := live.([]any)
	if !ok {
		return len(want) == 0 && live == nil
	}
	if len(want) != len(l) {
		return false
	}
	for i := range want {
		if !holds(want[i], l[i]) {
			return false
		}
	}
	return true
}

// isEmpty: Looker uses null, "" and a missing key for "nothing" without a rule.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(string(a), 64)
	y, errY := strconv.ParseFloat(string(b), 64)
	return errX == nil && errY == nil && x == y
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// sentinels returns the paths of all secrets in a tree. Elements of lists are
// numbered.
func sentinels(path string, v any) []string {
	var out []string
	switch v := v.(type) {
	case tree:
		for _, k := range sortedKeys(v) {
			out = append(out, sentinels(join(path, k), v[k])...)
		}
	case []any:
		for i, e := range v {
			out = append(out, sentinels(join(path, strconv.Itoa(i)), e)...)
		}
	case string:
		if v == lookerclient.Redacted {
			out = append(out, path)
		}
	}
	return out
}

func sortedKeys(t tree) []string {
	keys := make([]string, 0, len(t))
	for k := range t {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// at returns the value at a path of a tree, nil where there is none.
func at(v any, path string) any {
	for _, key := range strings.Split(path, ".") {
		switch x := v.(type) {
		case tree:
			v = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func paths(changes []Change) []string {
	out := make([]string, len(changes))
	for i, c := range changes {
		out[i] = c.Path
	}
	return out
}
