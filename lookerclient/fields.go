package lookerclient

import (
	"encoding/json"
	"reflect"
	"strings"
)

// fieldsOf returns the value of the fields parameter that asks for exactly what T
// can hold: its JSON names, nested ones in parentheses, for example
// "id,name,credentials_email(email,is_disabled)". Without it Looker would send
// sessions, user interface state and, of users, the links that set a password.
//
// A field tagged `looker:"writeonly"` is one that Looker never returns; it is left out.
func fieldsOf[T any]() string {
	return strings.Join(fieldNames(reflect.TypeFor[T]()), ",")
}

var unmarshalerType = reflect.TypeFor[json.Unmarshaler]()

func fieldNames(t reflect.Type) []string {
	t = plainType(t)
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(unmarshalerType) {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || f.Tag.Get("looker") == "writeonly":
			continue
		case f.Anonymous && name == "":
			names = append(names, fieldNames(f.Type)...)
			continue
		case !f.IsExported() || name == "":
			continue
		}
		if nested := fieldNames(f.Type); len(nested) > 0 {
			name += "(" + strings.Join(nested, ",") + ")"
		}
		names = append(names, name)
	}
	return names
}

// plainType strips Optional, pointers and slices.
func plainType(t reflect.Type) reflect.Type {
	for {
		switch {
		case isOptional(t):
			t = reflect.Zero(t).Interface().(optional).element()
		case t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice:
			t = t.Elem()
		default:
			return t
		}
	}
}
