package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LookerPermissionSetSpec is the desired state of a permission set. Absent fields
// are left as they are in Looker.
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy in ['Delete','Orphan']",message="deletionPolicy of a LookerPermissionSet is Delete or Orphan"
type LookerPermissionSetSpec struct {
	CommonSpec `json:",inline"`

	// Name of the permission set in Looker, unique in the instance. Default: the
	// object's name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Name *string `json:"name,omitempty"`
	// Permissions in the set, in any order; others are taken out, [] takes out
	// all. Looker does not add the permissions that one depends on: explore, for
	// example, is of use only with see_looks and access_data. Which there are
	// depends on the licence.
	// +kubebuilder:validation:MaxItems=200
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.all(p, p.matches('^[a-z][a-z0-9_]*$'))",message="permissions has names such as access_data: lower-case letters, digits and '_'"
	// +listType=set
	// +optional
	Permissions *[]string `json:"permissions,omitempty"`
}

// LookerPermissionSetStatus is the observed state of a permission set.
type LookerPermissionSetStatus struct {
	CommonStatus `json:",inline"`
}

// LookerPermissionSet is a permission set in Looker: what a role may do.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lkpermset
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Instance",type=string,JSONPath=`.spec.instanceRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type LookerPermissionSet struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerPermissionSetSpec   `json:"spec"`
	Status            LookerPermissionSetStatus `json:"status,omitempty"`
}

// Common implements Object.
func (p *LookerPermissionSet) Common() (*CommonSpec, *CommonStatus) {
	return &p.Spec.CommonSpec, &p.Status.CommonStatus
}

// References implements Object.
func (p *LookerPermissionSet) References() []Reference { return nil }

// SecretReferences implements Object.
func (p *LookerPermissionSet) SecretReferences() []SecretReference { return nil }

// LookerPermissionSetList is a list of permission sets.
// +kubebuilder:object:root=true
type LookerPermissionSetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerPermissionSet `json:"items"`
}

func init() { register(&LookerPermissionSet{}, &LookerPermissionSetList{}) }
