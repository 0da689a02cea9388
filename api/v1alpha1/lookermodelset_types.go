package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LookerModelSetSpec is the desired state of a model set. Absent fields are left
// as they are in Looker.
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy in ['Delete','Orphan']",message="deletionPolicy of a LookerModelSet is Delete or Orphan"
type LookerModelSetSpec struct {
	CommonSpec `json:",inline"`

	// Name of the model set in Looker, unique in the instance. Default: the
	// object's name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Name *string `json:"name,omitempty"`
	// Models in the set, by name, in any order; others are taken out, [] takes
	// out all. A model may be named here before it exists.
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self.all(m, m.matches('^[^[:space:],/]+$'))",message="models has one model name an entry, such as thelook, without spaces, commas and slashes"
	// +listType=set
	// +optional
	Models *[]string `json:"models,omitempty"`
}

// LookerModelSetStatus is the observed state of a model set.
type LookerModelSetStatus struct {
	CommonStatus `json:",inline"`
}

// LookerModelSet is a model set in Looker: the LookML models that a role may see.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lkmodelset
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Instance",type=string,JSONPath=`.spec.instanceRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type LookerModelSet struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerModelSetSpec   `json:"spec"`
	Status            LookerModelSetStatus `json:"status,omitempty"`
}

// Common implements Object.
func (m *LookerModelSet) Common() (*CommonSpec, *CommonStatus) {
	return &m.Spec.CommonSpec, &m.Status.CommonStatus
}

// References implements Object.
func (m *LookerModelSet) References() []Reference { return nil }

// SecretReferences implements Object.
func (m *LookerModelSet) SecretReferences() []SecretReference { return nil }

// LookerModelSetList is a list of model sets.
// +kubebuilder:object:root=true
type LookerModelSetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerModelSet `json:"items"`
}

func init() { register(&LookerModelSet{}, &LookerModelSetList{}) }
