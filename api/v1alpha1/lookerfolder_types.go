package v1alpha1

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// FolderPermission is what a grant on a folder allows.
// +kubebuilder:validation:Enum=View;Edit
type FolderPermission string

// Folder permissions.
const (
	FolderView FolderPermission = "View"
	FolderEdit FolderPermission = "Edit"
)

// FolderGrant gives one group or one user access to a folder.
// +kubebuilder:validation:XValidation:rule="has(self.group) != has(self.user)",message="set exactly one of group or user"
type FolderGrant struct {
	// Group that gets access.
	// +optional
	Group *NamedReference `json:"group,omitempty"`
	// User that gets access.
	// +optional
	User *UserReference `json:"user,omitempty"`
	// Permission: View or Edit.
	Permission FolderPermission `json:"permission"`
}

// FolderAccess is the access list of a folder.
// +kubebuilder:validation:XValidation:rule="!(has(self.inherits) && self.inherits && has(self.grants))",message="grants are only possible where inherits is false; remove grants or set inherits to false"
// +kubebuilder:validation:XValidation:rule="has(self.inherits) || has(self.grants)",message="set inherits, grants or both; without either, leave access out"
type FolderAccess struct {
	// Inherits: true takes the access list of the parent folder; false gives
	// this folder its own. Absent with grants means false.
	// +optional
	Inherits *bool `json:"inherits,omitempty"`
	// Grants is the whole access list: what is not listed is revoked. Admins
	// always have access and are never listed.
	// +kubebuilder:validation:MaxItems=200
	// +listType=atomic
	// +optional
	Grants []FolderGrant `json:"grants,omitzero"`
}

// LookerFolderSpec is the desired state of a folder. Absent fields are left as
// they are in Looker.
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy in ['Delete','Orphan','DeleteWithContents']",message="deletionPolicy of a LookerFolder is Delete, Orphan or DeleteWithContents"
type LookerFolderSpec struct {
	CommonSpec `json:",inline"`

	// Name of the folder in Looker, unique within its parent. Default: the
	// object's name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Name *string `json:"name,omitempty"`
	// Parent is the folder that contains this one. Changing it moves the folder.
	Parent FolderReference `json:"parent"`
	// Access list of the folder.
	// +optional
	Access *FolderAccess `json:"access,omitempty"`
}

// LookerFolderStatus is the observed state of a folder.
type LookerFolderStatus struct {
	CommonStatus `json:",inline"`
	// ContentMetadataID is the id that Looker keeps the access list under.
	// +optional
	ContentMetadataID string `json:"contentMetadataId,omitempty"`
}

// LookerFolder is a folder in Looker, with its access list.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lkfolder
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Instance",type=string,JSONPath=`.spec.instanceRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type LookerFolder struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerFolderSpec   `json:"spec"`
	Status            LookerFolderStatus `json:"status,omitempty"`
}

// Common implements Object.
func (f *LookerFolder) Common() (*CommonSpec, *CommonStatus) {
	return &f.Spec.CommonSpec, &f.Status.CommonStatus
}

// References implements Object.
func (f *LookerFolder) References() []Reference {
	refs := []Reference{{Field: "spec.parent", Kind: KindFolder, Target: f.Spec.Parent.Target()}}
	if f.Spec.Access == nil {
		return refs
	}
	for i, g := range f.Spec.Access.Grants {
		field := fmt.Sprintf("spec.access.grants[%d]", i)
		if g.Group != nil {
			refs = append(refs, Reference{Field: field + ".group", Kind: KindGroup, Target: g.Group.Target(), Soft: true})
		}
		if g.User != nil {
			refs = append(refs, Reference{Field: field + ".user", Kind: KindUser, Target: g.User.Target(), Soft: true})
		}
	}
	return refs
}

// SecretReferences implements Object.
func (f *LookerFolder) SecretReferences() []SecretReference { return nil }

// LookerFolderList is a list of folders.
// +kubebuilder:object:root=true
type LookerFolderList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerFolder `json:"items"`
}

func init() { register(&LookerFolder{}, &LookerFolderList{}) }
