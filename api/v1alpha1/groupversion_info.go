// Package v1alpha1 holds the custom resources of looker-operator.dev. It
// imports apimachinery only, so that tools can use the types without the
// operator.
//
// +kubebuilder:object:generate=true
// +groupName=looker-operator.dev
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion of this API.
var GroupVersion = schema.GroupVersion{Group: "looker-operator.dev", Version: "v1alpha1"}

// known collects the kinds; each types file adds its own in an init function.
var known []runtime.Object

func register(objects ...runtime.Object) { known = append(known, objects...) }

// AddToScheme registers every kind of this API.
func AddToScheme(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion, known...)
	metav1.AddToGroupVersion(s, GroupVersion)
	return nil
}
