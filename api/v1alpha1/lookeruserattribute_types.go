package v1alpha1

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// UserAttributeType is the type of a user attribute's values, as Looker names it.
// +kubebuilder:validation:Enum=string;number;datetime;yesno;zipcode;relative_url;advanced_filter_string;advanced_filter_number;advanced_filter_datetime
type UserAttributeType string

// UserAttributeGroupValue sets the value of a user attribute for one group.
// +kubebuilder:validation:XValidation:rule="has(self.value) != has(self.valueFrom)",message="set exactly one of value or valueFrom; to give up the group's value remove the whole entry"
type UserAttributeGroupValue struct {
	// Group that the value is for.
	Group NamedReference `json:"group"`
	// Value for the members of the group, always a string: "25", "true".
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Value *string `json:"value,omitempty"`
	// ValueFrom takes the value from a Secret.
	// +optional
	ValueFrom *ValueSource `json:"valueFrom,omitempty"`
}

// LookerUserAttributeSpec is the desired state of a user attribute. Absent fields
// are left as they are in Looker.
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy in ['Delete','Orphan']",message="deletionPolicy of a LookerUserAttribute is Delete or Orphan"
// +kubebuilder:validation:XValidation:rule="!has(self.defaultValue) || !has(self.defaultValueFrom)",message="set only one of defaultValue or defaultValueFrom"
// +kubebuilder:validation:XValidation:rule="(has(self.valueIsHidden) && self.valueIsHidden) == has(self.hiddenValueDomainAllowlist)",message="hiddenValueDomainAllowlist is needed with valueIsHidden: true, and must be left out otherwise"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.valueIsHidden) || !oldSelf.valueIsHidden || (has(self.valueIsHidden) && self.valueIsHidden)",message="valueIsHidden stays true once it is: Looker never shows hidden values again; make another attribute for visible values"
// +kubebuilder:validation:XValidation:rule="!has(self.valueIsHidden) || !self.valueIsHidden || (!has(self.defaultValue) && (!has(self.groupValues) || self.groupValues.all(v, !has(v.value))))",message="values that are hidden come from Secrets: use defaultValueFrom and groupValues with valueFrom"
type LookerUserAttributeSpec struct {
	CommonSpec `json:",inline"`

	// Name of the attribute in Looker, unique in the instance. LookML refers to it
	// by this name. Default: the object's name, where that has neither '-' nor '.'.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9_]+$')",message="name of a user attribute consists of lower-case letters, digits and '_', such as sales_region"
	// +optional
	Name *string `json:"name,omitempty"`
	// Label that people see, unique in the instance. Absent: the attribute is
	// created with its name as the label, and the label is left alone after that.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +optional
	Label *string `json:"label,omitempty"`
	// Type of the values, in Looker's own words. Looker decides whether it can
	// still be changed; if not, make another attribute.
	Type UserAttributeType `json:"type"`
	// DefaultValue is for users who have a value neither of their own nor from a
	// group; "" means none.
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	DefaultValue *string `json:"defaultValue,omitempty"`
	// DefaultValueFrom takes the default from a Secret.
	// +optional
	DefaultValueFrom *ValueSource `json:"defaultValueFrom,omitempty"`
	// ValueIsHidden: true hides the values from everybody, for passwords and
	// keys. It is for ever: Looker cannot make the attribute visible again.
	// +optional
	ValueIsHidden *bool `json:"valueIsHidden,omitempty"`
	// HiddenValueDomainAllowlist says where Looker may send hidden values, such as
	// https://api.example.com/*. It cannot be changed.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="hiddenValueDomainAllowlist is immutable, in Looker, too; make another attribute for other domains"
	// +optional
	HiddenValueDomainAllowlist *string `json:"hiddenValueDomainAllowlist,omitempty"`
	// UserCanView: whether users see their own value.
	// +optional
	UserCanView *bool `json:"userCanView,omitempty"`
	// UserCanEdit: whether users may change their own value.
	// +optional
	UserCanEdit *bool `json:"userCanEdit,omitempty"`
	// GroupValues are the values by group, in the order of precedence: a user in
	// several of these groups has the value of the first. The list is complete:
	// values of other groups are removed, [] removes all.
	// +kubebuilder:validation:MaxItems=200
	// +kubebuilder:validation:XValidation:rule="self.all(a, self.exists_one(b, has(a.group.ref) ? (has(b.group.ref) && a.group.ref == b.group.ref) : has(a.group.name) ? (has(b.group.name) && a.group.name == b.group.name) : (!has(a.group.id) || (has(b.group.id) && a.group.id == b.group.id))))",message="groupValues names a group twice; keep one value for each"
	// +listType=atomic
	// +optional
	GroupValues *[]UserAttributeGroupValue `json:"groupValues,omitempty"`
	// NeededForCIRun: whether continuous integration needs the attribute (Looker
	// 26.8 and later).
	// +optional
	NeededForCIRun *bool `json:"neededForCiRun,omitempty"`
	// ValueForCIRun is the value that continuous integration uses (Looker 26.8 and
	// later).
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	ValueForCIRun *string `json:"valueForCiRun,omitempty"`
}

// LookerUserAttributeStatus is the observed state of a user attribute.
type LookerUserAttributeStatus struct {
	CommonStatus `json:",inline"`
}

// LookerUserAttribute is a user attribute in Looker, with its values by group.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lkattribute
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Instance",type=string,JSONPath=`.spec.instanceRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:validation:XValidation:rule="has(self.spec.name) || self.metadata.name.matches('^[a-z0-9_]+$')",message="spec.name is needed: it would be the object's name, but that of a user attribute has neither '-' nor '.'"
type LookerUserAttribute struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerUserAttributeSpec   `json:"spec"`
	Status            LookerUserAttributeStatus `json:"status,omitempty"`
}

// Common implements Object.
func (a *LookerUserAttribute) Common() (*CommonSpec, *CommonStatus) {
	return &a.Spec.CommonSpec, &a.Status.CommonStatus
}

// References implements Object.
func (a *LookerUserAttribute) References() []Reference {
	if a.Spec.GroupValues == nil {
		return nil
	}
	var refs []Reference
	for i, v := range *a.Spec.GroupValues {
		refs = append(refs, Reference{
			Field: fmt.Sprintf("spec.groupValues[%d].group", i), Kind: KindGroup, Target: v.Group.Target(),
		})
	}
	return refs
}

// SecretReferences implements Object.
func (a *LookerUserAttribute) SecretReferences() []SecretReference {
	var refs []SecretReference
	if from := a.Spec.DefaultValueFrom; from != nil {
		refs = append(refs, SecretReference{Field: "spec.defaultValueFrom.secretKeyRef", SecretKeyReference: from.SecretKeyRef})
	}
	if a.Spec.GroupValues == nil {
		return refs
	}
	for i, v := range *a.Spec.GroupValues {
		if v.ValueFrom != nil {
			refs = append(refs, SecretReference{
				Field:              fmt.Sprintf("spec.groupValues[%d].valueFrom.secretKeyRef", i),
				SecretKeyReference: v.ValueFrom.SecretKeyRef,
			})
		}
	}
	return refs
}

// LookerUserAttributeList is a list of user attributes.
// +kubebuilder:object:root=true
type LookerUserAttributeList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerUserAttribute `json:"items"`
}

func init() { register(&LookerUserAttribute{}, &LookerUserAttributeList{}) }
