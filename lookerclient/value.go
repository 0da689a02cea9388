package lookerclient

import (
	"encoding/json"
	"fmt"
	"io"
)

// AttributeValue is the value of a user attribute. Looker reads and stores all
// types of them as text. Of an attribute whose values are hidden it is a secret:
// give those as HiddenValue, and they are redacted wherever a Secret is.
type AttributeValue struct {
	text   string
	secret Secret
	hidden bool
}

// PlainValue is a value that anybody may see.
func PlainValue(text string) AttributeValue { return AttributeValue{text: text} }

// HiddenValue is a value of an attribute with value_is_hidden.
func HiddenValue(s Secret) AttributeValue { return AttributeValue{secret: s, hidden: true} }

// Text returns the value, and false when it is hidden.
func (v AttributeValue) Text() (string, bool) { return v.text, !v.hidden }

// Reveal returns the value, hidden or not.
func (v AttributeValue) Reveal() string {
	if v.hidden {
		return v.secret.Reveal()
	}
	return v.text
}

// String returns the value, or Redacted.
func (v AttributeValue) String() string {
	if v.hidden {
		return Redacted
	}
	return v.text
}

// GoString is String: %#v would show what the unexported fields hold.
func (v AttributeValue) GoString() string { return v.String() }

// Format prints String whatever the verb: the fields would show more.
func (v AttributeValue) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// MarshalJSON gives the text, or what Secret gives.
func (v AttributeValue) MarshalJSON() ([]byte, error) {
	if v.hidden {
		return v.secret.MarshalJSON()
	}
	return json.Marshal(v.text)
}

// UnmarshalJSON implements json.Unmarshaler. What Looker sends is plain.
func (v *AttributeValue) UnmarshalJSON(data []byte) error {
	*v = AttributeValue{}
	return json.Unmarshal(data, &v.text)
}

func (v *AttributeValue) reveal(r *revealer) error {
	if !v.hidden {
		return nil
	}
	return v.secret.reveal(r)
}
