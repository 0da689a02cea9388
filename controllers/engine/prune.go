package engine

import (
	"reflect"
	"strings"
)

// prune returns v reduced to the fields on the given paths. It follows structs,
// pointers to structs and maps with string keys by their JSON names; any other
// field that a path leads into is kept whole. It works on the Go value, not on
// its JSON, so that secrets survive.
func prune[W any](v W, keep []string) W {
	out := reflect.New(reflect.TypeFor[W]()).Elem()
	out.Set(pruneValue(reflect.ValueOf(v), keep))
	return out.Interface().(W)
}

func pruneValue(v reflect.Value, keep []string) reflect.Value {
	for _, path := range keep {
		if path == "" {
			return v
		}
	}
	switch {
	case v.Kind() == reflect.Struct && isPlain(v.Type()):
		out := reflect.New(v.Type()).Elem()
		pruneStruct(v, out, keep)
		return out
	case v.Kind() == reflect.Pointer && !v.IsNil() && v.Type().Elem().Kind() == reflect.Struct && isPlain(v.Type().Elem()):
		out := reflect.New(v.Type().Elem())
		pruneStruct(v.Elem(), out.Elem(), keep)
		return out
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		return pruneMap(v, keep)
	}
	return v
}

func pruneStruct(from, to reflect.Value, keep []string) {
	t := from.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			pruneStruct(from.Field(i), to.Field(i), keep) // its fields count as ours, even if its type is not exported
			continue
		}
		if !f.IsExported() {
			continue
		}
		if rest := below(keep, name); len(rest) > 0 {
			to.Field(i).Set(pruneValue(from.Field(i), rest))
		}
	}
}

func pruneMap(v reflect.Value, keep []string) reflect.Value {
	out := reflect.MakeMap(v.Type())
	for _, key := range v.MapKeys() {
		if rest := below(keep, key.String()); len(rest) > 0 {
			out.SetMapIndex(key, pruneValue(v.MapIndex(key), rest))
		}
	}
	return out
}

// below returns what is left of the paths that lead through name. A name may
// itself contain dots.
func below(keep []string, name string) []string {
	var rest []string
	for _, path := range keep {
		switch {
		case path == name:
			rest = append(rest, "")
		case strings.HasPrefix(path, name+"."):
			rest = append(rest, path[len(name)+1:])
		}
	}
	return rest
}

// isPlain reports whether a struct type is encoded field by field: a type with
// its own encoding, such as an optional field, is kept whole.
func isPlain(t reflect.Type) bool {
	_, own := reflect.PointerTo(t).MethodByName("MarshalJSON")
	return !own
}
