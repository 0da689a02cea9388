package lookerclient

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"unique"
)

// Redacted is what every secret shows of itself.
const Redacted = "[redacted]"

// Secret is a string that shows itself only to Reveal and, as part of a request
// body, to Encode. Printing, logging and encoding/json all give Redacted. It has
// no UnmarshalJSON: a secret comes from NewSecret, never from a document.
//
// The text is behind a handle: package fmt does not ask a value in an unexported
// field of another struct how it wants to be printed, and then shows an address.
// Secrets of the same text are equal.
type Secret struct {
	handle   unique.Handle[string]
	revealed bool // set by Encode on its own copy: MarshalJSON gives the value
}

// NewSecret wraps s.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{} // so that all empty secrets are equal
	}
	return Secret{handle: unique.Make(s)}
}

// Reveal returns the secret itself.
func (s Secret) Reveal() string {
	if s.IsEmpty() {
		return ""
	}
	return s.handle.Value()
}

// IsEmpty reports whether there is nothing to hide.
func (s Secret) IsEmpty() bool { return s.handle == unique.Handle[string]{} }

// IsZero is IsEmpty under the name that omitzero asks for.
func (s Secret) IsZero() bool { return s.IsEmpty() }

// String returns Redacted.
func (Secret) String() string { return Redacted }

// GoString returns Redacted.
func (Secret) GoString() string { return Redacted }

// Format writes Redacted whatever the verb. A failed write is fmt's to notice:
// the interface has no way to report it.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// MarshalText returns Redacted.
func (Secret) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON returns Redacted, except inside Encode.
func (s Secret) MarshalJSON() ([]byte, error) {
	if s.revealed {
		return json.Marshal(s.Reveal())
	}
	return json.Marshal(Redacted)
}

// LogValue returns Redacted.
func (Secret) LogValue() slog.Value { return slog.StringValue(Redacted) }

func (s *Secret) reveal(r *revealer) error {
	s.revealed = true
	r.found = append(r.found, s.Reveal())
	return nil
}

// Unreadable holds an object that Looker takes but never returns, such as the
// SMTP settings. It encodes as Redacted, so that comparing it with what Looker
// returns compares two sentinels; Encode sends the object itself.
type Unreadable[T any] struct {
	value    T
	revealed bool
}

// NewUnreadable wraps v.
func NewUnreadable[T any](v T) Unreadable[T] { return Unreadable[T]{value: v} }

// Value returns the object.
func (u Unreadable[T]) Value() T { return u.value }

// String returns Redacted.
func (Unreadable[T]) String() string { return Redacted }

// GoString returns Redacted.
func (Unreadable[T]) GoString() string { return Redacted }

// Format writes Redacted whatever the verb.
func (Unreadable[T]) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// LogValue returns Redacted.
func (Unreadable[T]) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText returns Redacted.
func (Unreadable[T]) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON returns Redacted, except inside Encode.
func (u Unreadable[T]) MarshalJSON() ([]byte, error) {
	if u.revealed {
		return json.Marshal(u.value)
	}
	return json.Marshal(Redacted)
}

func (u *Unreadable[T]) reveal(r *revealer) error {
	u.revealed = true
	return r.walk(reflect.ValueOf(&u.value).Elem())
}
