package lookerclient

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// Encode returns v as the body of a request: as encoding/json does it, except
// that every Secret and Unreadable in it gives its value. v is not changed.
//
// Secrets are found in exported fields, embedded structs, pointers, slices,
// arrays, interfaces and the values of maps; a map key that is a Secret stays
// redacted.
func Encode(v any) ([]byte, error) {
	data, _, err := encode(v)
	return data, err
}

// encode also returns the secrets that data contains.
func encode(v any) ([]byte, []string, error) {
	if v == nil {
		return []byte("null"), nil, nil
	}
	r := &revealer{}
	clone := reflect.New(reflect.TypeOf(v)).Elem()
	clone.Set(reflect.ValueOf(v))
	if err := r.walk(clone); err != nil {
		return nil, nil, err
	}
	data, err := json.Marshal(clone.Interface())
	if err != nil {
		return nil, nil, err
	}
	return data, r.found, nil
}

// revealable is a type that reveals what its unexported fields hold.
type revealable interface{ reveal(*revealer) error }

// revealer replaces every part of a value that may hold a secret by a copy in
// which the secrets are marked as revealed. Parts that cannot hold one are shared.
type revealer struct {
	found []string
	depth int
}

// maxDepth is far beyond any request; it ends the walk of a value that contains itself.
const maxDepth = 200

var errTooDeep = errors.New("the value is nested too deeply, or contains itself")

// walk reveals v in place. v must be settable, and nobody else's memory.
func (r *revealer) walk(v reflect.Value) error {
	if !mayHoldSecret(v.Type()) {
		return nil
	}
	if r.depth++; r.depth > maxDepth {
		return errTooDeep
	}
	defer func() { r.depth-- }()
	if v.CanAddr() && v.Addr().CanInterface() {
		if s, ok := v.Addr().Interface().(revealable); ok {
			return s.reveal(r)
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return r.walkIndirect(v)
	case reflect.Struct:
		return r.walkStruct(v)
	case reflect.Slice:
		return r.walkSlice(v)
	case reflect.Array:
		return r.walkElements(v)
	case reflect.Map:
		return r.walkMap(v)
	}
	return nil
}

func (r *revealer) walkIndirect(v reflect.Value) error {
	if v.IsNil() {
		return nil
	}
	if !v.CanSet() {
		return fmt.Errorf("%s is embedded by a pointer that cannot be replaced: embed it by value", v.Type())
	}
	clone := reflect.New(v.Elem().Type())
	clone.Elem().Set(v.Elem())
	if err := r.walk(clone.Elem()); err != nil {
		return err
	}
	if v.Kind() == reflect.Pointer {
		v.Set(clone.Convert(v.Type()))
		return nil
	}
	v.Set(clone.Elem())
	return nil
}

func (r *revealer) walkStruct(v reflect.Value) error {
	for i := range v.NumField() {
		if f := v.Type().Field(i); !f.IsExported() && !f.Anonymous {
			continue
		}
		if err := r.walk(v.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *revealer) walkSlice(v reflect.Value) error {
	if v.IsNil() {
		return nil
	}
	clone := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	reflect.Copy(clone, v)
	if err := r.walkElements(clone); err != nil {
		return err
	}
	v.Set(clone)
	return nil
}

func (r *revealer) walkElements(v reflect.Value) error {
	for i := range v.Len() {
		if err := r.walk(v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *revealer) walkMap(v reflect.Value) error {
	if v.IsNil() {
		return nil
	}
	clone := reflect.MakeMapWithSize(v.Type(), v.Len())
	for iter := v.MapRange(); iter.Next(); {
		elem := reflect.New(v.Type().Elem()).Elem()
		elem.Set(iter.Value())
		if err := r.walk(elem); err != nil {
			return err
		}
		clone.SetMapIndex(iter.Key(), elem)
	}
	v.Set(clone)
	return nil
}

var (
	revealableType = reflect.TypeFor[revealable]()
	secretHolders  sync.Map // reflect.Type -> bool
)

// mayHoldSecret reports whether a value of type t can contain a Secret or an Unreadable.
func mayHoldSecret(t reflect.Type) bool {
	if known, ok := secretHolders.Load(t); ok {
		return known.(bool)
	}
	holds := searchSecret(t, map[reflect.Type]bool{})
	secretHolders.Store(t, holds)
	return holds
}

// searchSecret goes through unexported fields too, because Optional keeps its value in one.
// Only the answer for the outermost type is remembered: within a type that
// contains itself, the inner answers are not final.
func searchSecret(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if reflect.PointerTo(t).Implements(revealableType) && t.Kind() == reflect.Struct && !isOptional(t) {
		return true
	}
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return searchSecret(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if searchSecret(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}

// optional is what every Optional is, whatever it holds.
type optional interface{ element() reflect.Type }

var optionalType = reflect.TypeFor[optional]()

// isOptional: an Optional reveals, but holds a secret only if its element does.
func isOptional(t reflect.Type) bool { return t.Implements(optionalType) }
