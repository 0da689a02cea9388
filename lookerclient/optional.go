package lookerclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
)

// Optional is a field in one of three states: absent (the zero value: not sent,
// so Looker keeps what it has), null (sent as JSON null, which clears the field)
// or a value. It relies on the omitzero tag; a field declared without that tag
// would send null for absent.
type Optional[T any] struct {
	value T
	state optionalState
}

type optionalState uint8

const (
	stateAbsent optionalState = iota
	stateNull
	stateValue
)

// Set returns a field with the value v.
func Set[T any](v T) Optional[T] { return Optional[T]{value: v, state: stateValue} }

// Null returns a field that is JSON null.
func Null[T any]() Optional[T] { return Optional[T]{state: stateNull} }

// SetPtr returns a field with the value *p, or an absent field when p is nil.
func SetPtr[T any](p *T) Optional[T] {
	if p == nil {
		return Optional[T]{}
	}
	return Set(*p)
}

// IsZero reports whether the field is absent. encoding/json asks it for omitzero.
func (o Optional[T]) IsZero() bool { return o.state == stateAbsent }

// IsNull reports whether the field is JSON null.
func (o Optional[T]) IsNull() bool { return o.state == stateNull }

// Get returns the value, and false when the field is absent or null.
func (o Optional[T]) Get() (T, bool) { return o.value, o.state == stateValue }

// Ptr returns a pointer to a copy of the value, or nil when the field is absent or null.
func (o Optional[T]) Ptr() *T {
	if o.state != stateValue {
		return nil
	}
	v := o.value
	return &v
}

// Format prints the value as it prints by itself. Without this method, fmt would
// look into the unexported field and show a Secret in it. A failed write is fmt's
// to notice.
func (o Optional[T]) Format(f fmt.State, verb rune) {
	switch o.state {
	case stateAbsent:
		_, _ = io.WriteString(f, "<absent>")
	case stateNull:
		_, _ = io.WriteString(f, "<null>")
	case stateValue:
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), o.value)
	}
}

// MarshalJSON implements json.Marshaler.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if o.state != stateValue {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON implements json.Unmarshaler. A missing key never gets here, so it
// leaves the field absent. A secret is never taken from an answer: the field
// stays absent, as if Looker had not sent it.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		*o = Null[T]()
		return nil
	}
	var v T
	if _, secret := any(v).(Secret); secret {
		*o = Optional[T]{}
		return nil
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*o = Set(v)
	return nil
}

// reveal lets Encode reach the value, which is not an exported field.
func (o *Optional[T]) reveal(r *revealer) error {
	return r.walk(reflect.ValueOf(&o.value).Elem())
}

// element tells fieldsOf what the field holds.
func (Optional[T]) element() reflect.Type { return reflect.TypeFor[T]() }
