package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LookerRoleSpec is the desired state of a role. Absent fields are left as they
// are in Looker.
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy in ['Delete','Orphan']",message="deletionPolicy of a LookerRole is Delete or Orphan"
// +kubebuilder:validation:XValidation:rule="!has(self.usersMode) || has(self.users)",message="usersMode only goes with users; set users, or remove usersMode"
// +kubebuilder:validation:XValidation:rule="!has(self.groupsMode) || has(self.groups)",message="groupsMode only goes with groups; set groups, or remove groupsMode"
// +kubebuilder:validation:XValidation:rule="!has(self.name) || self.name != 'Admin' || ((!has(self.usersMode) || self.usersMode != 'Exact') && (!has(self.groupsMode) || self.groupsMode != 'Exact'))",message="usersMode and groupsMode of the role Admin are Additive, so that no administrator is shut out by a list"
type LookerRoleSpec struct {
	CommonSpec `json:",inline"`

	// Name of the role in Looker, unique in the instance. Default: the object's
	// name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Name *string `json:"name,omitempty"`
	// PermissionSet: what the role may do.
	PermissionSet NamedReference `json:"permissionSet"`
	// ModelSet: the models that the role may see.
	ModelSet NamedReference `json:"modelSet"`
	// Users that hold the role directly. The roles of a LookerUser are complete
	// where they are set: list this role there, too, or only there.
	// +kubebuilder:validation:MaxItems=1000
	// +listType=atomic
	// +optional
	Users *[]UserReference `json:"users,omitempty"`
	// UsersMode: Additive gives the role to these users and leaves others alone;
	// Exact takes it from all others. Default Additive.
	// +optional
	UsersMode MembershipMode `json:"usersMode,omitempty"`
	// Groups that hold the role, and with them all their members.
	// +kubebuilder:validation:MaxItems=500
	// +listType=atomic
	// +optional
	Groups *[]NamedReference `json:"groups,omitempty"`
	// GroupsMode: Additive gives the role to these groups and leaves others
	// alone; Exact takes it from all others. Default Additive.
	// +optional
	GroupsMode MembershipMode `json:"groupsMode,omitempty"`
}

// LookerRoleStatus is the observed state of a role.
type LookerRoleStatus struct {
	CommonStatus `json:",inline"`
}

// LookerRole is a role in Looker: a permission set on a model set, and who holds it.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lkrole
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Instance",type=string,JSONPath=`.spec.instanceRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type LookerRole struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerRoleSpec   `json:"spec"`
	Status            LookerRoleStatus `json:"status,omitempty"`
}

// Common implements Object.
func (r *LookerRole) Common() (*CommonSpec, *CommonStatus) {
	return &r.Spec.CommonSpec, &r.Status.CommonStatus
}

// References implements Object.
func (r *LookerRole) References() []Reference {
	refs := []Reference{
		{Field: "spec.permissionSet", Kind: KindPermissionSet, Target: r.Spec.PermissionSet.Target()},
		{Field: "spec.modelSet", Kind: KindModelSet, Target: r.Spec.ModelSet.Target()},
	}
	holders := appendUserReferences(nil, "spec.users", r.Spec.Users)
	holders = appendReferences(holders, "spec.groups", KindGroup, r.Spec.Groups)
	for i := range holders {
		holders[i].Soft = true // users and groups may point at their roles, too
	}
	return append(refs, holders...)
}

// SecretReferences implements Object.
func (r *LookerRole) SecretReferences() []SecretReference { return nil }

// LookerRoleList is a list of roles.
// +kubebuilder:object:root=true
type LookerRoleList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerRole `json:"items"`
}

func init() { register(&LookerRole{}, &LookerRoleList{}) }
