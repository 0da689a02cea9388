package v1alpha1

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MembershipMode says what becomes of entries of a list in Looker that the spec
// does not name.
// +kubebuilder:validation:Enum=Additive;Exact
type MembershipMode string

// Membership modes. Absent means Additive.
const (
	// MembershipAdditive leaves them alone. An entry that is removed from the
	// spec is taken out again if this object had added it.
	MembershipAdditive MembershipMode = "Additive"
	// MembershipExact takes them out.
	MembershipExact MembershipMode = "Exact"
)

// GroupAttributeValue sets the value of one user attribute for a group.
// +kubebuilder:validation:XValidation:rule="has(self.value) != has(self.valueFrom)",message="set exactly one of value or valueFrom; to give up the group's value remove the whole entry"
type GroupAttributeValue struct {
	NamedReference `json:",inline"`
	// Value of the attribute, always a string: "25", "true", "2026-11-01".
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Value *string `json:"value,omitempty"`
	// ValueFrom takes the value from a Secret.
	// +optional
	ValueFrom *ValueSource `json:"valueFrom,omitempty"`
}

// LookerGroupSpec is the desired state of a group. Absent fields are left as they
// are in Looker.
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy in ['Delete','Orphan']",message="deletionPolicy of a LookerGroup is Delete or Orphan"
// +kubebuilder:validation:XValidation:rule="!has(self.membershipMode) || has(self.members) || has(self.groups)",message="membershipMode only goes with members or groups; set one of these, or remove membershipMode"
// +kubebuilder:validation:XValidation:rule="!has(self.rolesMode) || has(self.roles)",message="rolesMode only goes with roles; set roles, or remove rolesMode"
type LookerGroupSpec struct {
	CommonSpec `json:",inline"`

	// Name of the group in Looker, unique in the instance. Default: the object's
	// name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Name *string `json:"name,omitempty"`
	// CanAddToContentMetadata: whether the group can be given access to folders
	// and other content. Looker's own default is true.
	// +optional
	CanAddToContentMetadata *bool `json:"canAddToContentMetadata,omitempty"`
	// Members are users directly in the group. A LookerUser may name its groups
	// instead; with membershipMode Exact the two must agree.
	// +kubebuilder:validation:MaxItems=1000
	// +listType=atomic
	// +optional
	Members *[]UserReference `json:"members,omitempty"`
	// Groups directly in this group: their members are its members, too. A group
	// cannot contain itself, not even by way of others.
	// +kubebuilder:validation:MaxItems=500
	// +listType=atomic
	// +optional
	Groups *[]NamedReference `json:"groups,omitempty"`
	// MembershipMode of members and groups, of each where it is set: Additive
	// leaves others in the group alone, Exact takes them out. Default Additive.
	// +optional
	MembershipMode MembershipMode `json:"membershipMode,omitempty"`
	// Roles that the group holds, and with it all its members.
	// +kubebuilder:validation:MaxItems=100
	// +listType=atomic
	// +optional
	Roles *[]NamedReference `json:"roles,omitempty"`
	// RolesMode: Additive leaves other roles of the group alone, Exact revokes
	// them. Default Additive.
	// +optional
	RolesMode MembershipMode `json:"rolesMode,omitempty"`
	// AttributeValues are the group's values of user attributes. An entry that is
	// removed from the list, or [], takes the value away again; values that came
	// about otherwise are left alone. A new value ranks after those of other
	// groups; where the order matters, use groupValues of a LookerUserAttribute.
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:XValidation:rule="self.all(a, self.exists_one(b, has(a.ref) ? (has(b.ref) && a.ref == b.ref) : has(a.name) ? (has(b.name) && a.name == b.name) : (!has(a.id) || (has(b.id) && a.id == b.id))))",message="attributeValues names an attribute twice; keep one value for each"
	// +listType=atomic
	// +optional
	AttributeValues []GroupAttributeValue `json:"attributeValues,omitzero"`
}

// LookerGroupStatus is the observed state of a group.
type LookerGroupStatus struct {
	CommonStatus `json:",inline"`
	// ExternalGroupID is the group's id in an embedding application. Only Looker
	// sets it.
	// +optional
	ExternalGroupID string `json:"externalGroupId,omitempty"`
}

// LookerGroup is a group in Looker, with its members, roles and attribute values.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lkgroup
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Instance",type=string,JSONPath=`.spec.instanceRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type LookerGroup struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerGroupSpec   `json:"spec"`
	Status            LookerGroupStatus `json:"status,omitempty"`
}

// Common implements Object.
func (g *LookerGroup) Common() (*CommonSpec, *CommonStatus) {
	return &g.Spec.CommonSpec, &g.Status.CommonStatus
}

// References implements Object. All are soft: a group is made by its name alone,
// and users, roles and attributes may point at it.
func (g *LookerGroup) References() []Reference {
	refs := appendUserReferences(nil, "spec.members", g.Spec.Members)
	refs = appendReferences(refs, "spec.groups", KindGroup, g.Spec.Groups)
	refs = appendReferences(refs, "spec.roles", KindRole, g.Spec.Roles)
	for i, a := range g.Spec.AttributeValues {
		refs = append(refs, Reference{
			Field: fmt.Sprintf("spec.attributeValues[%d]", i), Kind: KindUserAttribute, Target: a.Target(),
		})
	}
	for i := range refs {
		refs[i].Soft = true
	}
	return refs
}

// SecretReferences implements Object.
func (g *LookerGroup) SecretReferences() []SecretReference {
	var refs []SecretReference
	for i, a := range g.Spec.AttributeValues {
		if a.ValueFrom != nil {
			refs = append(refs, SecretReference{
				Field:              fmt.Sprintf("spec.attributeValues[%d].valueFrom.secretKeyRef", i),
				SecretKeyReference: a.ValueFrom.SecretKeyRef,
			})
		}
	}
	return refs
}

// appendUserReferences adds the references of a list of users that may be absent.
func appendUserReferences(refs []Reference, field string, list *[]UserReference) []Reference {
	if list == nil {
		return refs
	}
	for i, r := range *list {
		refs = append(refs, Reference{Field: fmt.Sprintf("%s[%d]", field, i), Kind: KindUser, Target: r.Target()})
	}
	return refs
}

// LookerGroupList is a list of groups.
// +kubebuilder:object:root=true
type LookerGroupList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerGroup `json:"items"`
}

func init() { register(&LookerGroup{}, &LookerGroupList{}) }
