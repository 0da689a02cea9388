package v1alpha1

import (
	"reflect"
	"testing"
)

// A Secret of another namespace would be read with the operator's rights, not
// with those of whoever names it.
func TestNoReferenceToASecretNamesANamespace(t *testing.T) {
	t.Parallel()
	for _, typ := range []reflect.Type{
		reflect.TypeFor[SecretKeyReference](), reflect.TypeFor[LocalSecretReference](), reflect.TypeFor[SecretTarget](), reflect.TypeFor[ValueSource](),
	} {
		for _, f := range reflect.VisibleFields(typ) {
			if f.Name == "Namespace" {
				t.Errorf("%s names a namespace", typ)
			}
		}
	}
}
