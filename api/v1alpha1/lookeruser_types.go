package v1alpha1

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// UserAttributeValue sets the user's own value of one user attribute.
// +kubebuilder:validation:XValidation:rule="has(self.value) != has(self.valueFrom)",message="set exactly one of value or valueFrom; to give up the user's own value remove the whole entry"
type UserAttributeValue struct {
	NamedReference `json:",inline"`
	// Value of the attribute, always a string: "25", "true", "2026-11-01".
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	Value *string `json:"value,omitempty"`
	// ValueFrom takes the value from a Secret.
	// +optional
	ValueFrom *ValueSource `json:"valueFrom,omitempty"`
}

// SecretTarget names a Secret that the operator writes, in the object's own
// namespace.
type SecretTarget struct {
	// SecretName of the Secret that receives the keys clientId and clientSecret.
	// A Secret that this object did not create is never overwritten.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",message="secretName is the name of a Secret: lower-case letters, digits, '-' and '.'"
	SecretName string `json:"secretName"`
}

// APICredential is one API key of a user. Looker shows its secret once, when it
// is made; the operator writes it into a Secret.
type APICredential struct {
	// Purpose identifies the key within this object; Looker 25.14 and later show it.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="purpose consists of lower-case letters, digits and '-', such as nightly-export"
	Purpose string `json:"purpose"`
	// WriteTo names the Secret for the key.
	WriteTo SecretTarget `json:"writeTo"`
}

// LookerUserSpec is the desired state of a user. Absent fields are left as they
// are in Looker; an empty list revokes everything.
// +kubebuilder:validation:XValidation:rule="has(self.email) || (has(self.apiCredentials) && size(self.apiCredentials) > 0 && (has(self.firstName) || has(self.lastName)))",message="set email; only a user for API keys alone may do without, and then needs apiCredentials and firstName or lastName"
// +kubebuilder:validation:XValidation:rule="!has(self.sendSetupEmail) || !self.sendSetupEmail || has(self.email)",message="sendSetupEmail needs email, the address that the message is sent to"
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy in ['Disable','Delete','Orphan']",message="deletionPolicy of a LookerUser is Disable, Delete or Orphan"
type LookerUserSpec struct {
	CommonSpec `json:",inline"`

	// Email is the e-mail credential: the name to log in with. Upper and lower
	// case do not matter. Changing it renames the credential.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^@[:space:]]+@[^@[:space:]]+$')",message="email is one address such as ana@example.com, without a name or angle brackets"
	// +optional
	Email *string `json:"email,omitempty"`
	// FirstName of the user. Each login by single sign-on overwrites it, so it is
	// not enforced on users who have such a credential.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	FirstName *string `json:"firstName,omitempty"`
	// LastName of the user; with single sign-on it is treated as firstName is.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	LastName *string `json:"lastName,omitempty"`
	// IsDisabled: true keeps the user from logging in.
	// +optional
	IsDisabled *bool `json:"isDisabled,omitempty"`
	// Locale, such as en or pt_BR.
	// +kubebuilder:validation:MinLength=2
	// +kubebuilder:validation:MaxLength=35
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$')",message="locale is a language with or without a region, such as en or pt_BR"
	// +optional
	Locale *string `json:"locale,omitempty"`
	// HomeFolder is the folder that the user sees first.
	// +optional
	HomeFolder *FolderReference `json:"homeFolder,omitempty"`
	// CanManageAPI3Creds: whether the user may make API keys (Looker 25.14 and
	// later; instances without that feature ignore it).
	// +optional
	CanManageAPI3Creds *bool `json:"canManageApi3Creds,omitempty"`
	// Roles that are granted directly; others are revoked, [] revokes all. Roles
	// inherited from groups are not touched.
	// +kubebuilder:validation:MaxItems=100
	// +listType=atomic
	// +optional
	Roles *[]NamedReference `json:"roles,omitempty"`
	// Groups that the user is made a direct member of. An entry that is removed
	// from the list, or [], takes the user out again; memberships that came about
	// otherwise are left alone, and so is All Users, which everybody is in.
	// +kubebuilder:validation:MaxItems=200
	// +listType=atomic
	// +optional
	Groups *[]NamedReference `json:"groups,omitempty"`
	// AttributeValues are the user's own values of user attributes. Attributes
	// that are not listed are left as they are.
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:XValidation:rule="self.all(a, self.exists_one(b, has(a.ref) ? (has(b.ref) && a.ref == b.ref) : has(a.name) ? (has(b.name) && a.name == b.name) : (!has(a.id) || (has(b.id) && a.id == b.id))))",message="attributeValues names an attribute twice; keep one value for each"
	// +listType=atomic
	// +optional
	AttributeValues []UserAttributeValue `json:"attributeValues,omitempty"`
	// SendSetupEmail: true sends the invitation to set a password, once, when the
	// operator has created the e-mail credential. Looker needs working SMTP.
	// +optional
	SendSetupEmail *bool `json:"sendSetupEmail,omitempty"`
	// APICredentials are API keys that the operator makes for the user and writes
	// into Secrets. Removing an entry deletes that key; other keys are left alone.
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:XValidation:rule="self.all(a, self.exists_one(b, a.writeTo.secretName == b.writeTo.secretName))",message="apiCredentials has two keys with the same writeTo.secretName; give each its own Secret"
	// +listType=map
	// +listMapKey=purpose
	// +optional
	APICredentials []APICredential `json:"apiCredentials,omitempty"`
}

// LookerUserStatus is the observed state of a user.
type LookerUserStatus struct {
	CommonStatus `json:",inline"`
	// APICredentials lists the API keys that the operator made.
	// +listType=map
	// +listMapKey=purpose
	// +optional
	APICredentials []MintedCredential `json:"apiCredentials,omitempty"`
	// SetupEmailSent: the invitation was sent, and is not sent again.
	// +optional
	SetupEmailSent bool `json:"setupEmailSent,omitempty"`
}

// LookerUser is a user of Looker, with e-mail credential, roles, groups,
// attribute values and API keys.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lkuser
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Instance",type=string,JSONPath=`.spec.instanceRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Email",type=string,priority=1,JSONPath=`.spec.email`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type LookerUser struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerUserSpec   `json:"spec"`
	Status            LookerUserStatus `json:"status,omitempty"`
}

// Common implements Object.
func (u *LookerUser) Common() (*CommonSpec, *CommonStatus) {
	return &u.Spec.CommonSpec, &u.Status.CommonStatus
}

// References implements Object.
func (u *LookerUser) References() []Reference {
	var refs []Reference
	if f := u.Spec.HomeFolder; f != nil {
		refs = append(refs, Reference{Field: "spec.homeFolder", Kind: KindFolder, Target: f.Target()})
	}
	refs = appendReferences(refs, "spec.roles", KindRole, u.Spec.Roles)
	refs = appendReferences(refs, "spec.groups", KindGroup, u.Spec.Groups)
	for i, a := range u.Spec.AttributeValues {
		refs = append(refs, Reference{
			Field: fmt.Sprintf("spec.attributeValues[%d]", i), Kind: KindUserAttribute, Target: a.Target(),
		})
	}
	return refs
}

// SecretReferences implements Object.
func (u *LookerUser) SecretReferences() []SecretReference {
	var refs []SecretReference
	for i, a := range u.Spec.AttributeValues {
		if a.ValueFrom != nil {
			refs = append(refs, SecretReference{
				Field:              fmt.Sprintf("spec.attributeValues[%d].valueFrom.secretKeyRef", i),
				SecretKeyReference: a.ValueFrom.SecretKeyRef,
			})
		}
	}
	return refs
}

// appendReferences adds the references of a list that may be absent.
func appendReferences(refs []Reference, field, kind string, list *[]NamedReference) []Reference {
	if list == nil {
		return refs
	}
	for i, r := range *list {
		refs = append(refs, Reference{Field: fmt.Sprintf("%s[%d]", field, i), Kind: kind, Target: r.Target()})
	}
	return refs
}

// LookerUserList is a list of users.
// +kubebuilder:object:root=true
type LookerUserList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerUser `json:"items"`
}

func init() { register(&LookerUser{}, &LookerUserList{}) }
