package v1alpha1

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LookerSettingSpec is the desired state of settings of the whole instance.
// Absent sections and fields are left as they are in Looker. Nothing is ever
// reset: a section that is removed is no longer managed.
//
// Left out is what Looker calls deprecated and replaced elsewhere, and what is an
// action rather than a state.
// +kubebuilder:validation:XValidation:rule="has(self.general) || has(self.password) || has(self.session) || has(self.ldap) || has(self.saml) || has(self.oidc) || has(self.smtp) || has(self.digestEmails) || has(self.internalHelp) || has(self.legacyFeatures) || has(self.supportAccess) || has(self.cloudStorage)",message="set at least one section: general, password, session, ldap, saml, oidc, smtp, digestEmails, internalHelp, legacyFeatures, supportAccess or cloudStorage"
// +kubebuilder:validation:XValidation:rule="!has(self.adoptionPolicy)",message="adoptionPolicy does not apply to a LookerSetting: settings always exist, so they are neither created nor adopted; remove it"
// +kubebuilder:validation:XValidation:rule="!has(self.deletionPolicy) || self.deletionPolicy == 'Orphan'",message="deletionPolicy of a LookerSetting is Orphan, or absent: a setting is never deleted or reset"
type LookerSettingSpec struct {
	CommonSpec `json:",inline"`

	// General are the settings of the instance as a whole.
	// +optional
	General *GeneralSettings `json:"general,omitempty"`
	// Password are the rules for passwords.
	// +optional
	Password *PasswordSettings `json:"password,omitempty"`
	// Session are the rules for sessions of users.
	// +optional
	Session *SessionSettings `json:"session,omitempty"`
	// LDAP are the settings of LDAP.
	// +optional
	LDAP *LDAPSettings `json:"ldap,omitempty"`
	// SAML are the settings of SAML.
	// +optional
	SAML *SAMLSettings `json:"saml,omitempty"`
	// OIDC are the settings of OpenID Connect.
	// +optional
	OIDC *OIDCSettings `json:"oidc,omitempty"`
	// SMTP is the mail server that Looker sends through.
	// +optional
	SMTP *SMTPSettings `json:"smtp,omitempty"`
	// DigestEmails are the summaries that Looker mails to its users.
	// +optional
	DigestEmails *DigestEmails `json:"digestEmails,omitempty"`
	// InternalHelp is your own help inside Looker.
	// +optional
	InternalHelp *InternalHelp `json:"internalHelp,omitempty"`
	// LegacyFeatures by Looker's id: true enables, false disables. Features that
	// are not listed are left as they are.
	// +kubebuilder:validation:MinProperties=1
	// +kubebuilder:validation:MaxProperties=200
	// +optional
	LegacyFeatures map[string]bool `json:"legacyFeatures,omitempty"`
	// SupportAccess says who of Looker's support may log in.
	// +optional
	SupportAccess *SupportAccess `json:"supportAccess,omitempty"`
	// CloudStorage says where backups go.
	// +optional
	CloudStorage *CloudStorage `json:"cloudStorage,omitempty"`
}

// LookerSettingStatus is the observed state of the settings.
type LookerSettingStatus struct {
	CommonStatus `json:",inline"`
}

// LookerSetting is settings of a Looker instance. Each setting may be in one
// object only.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:categories=looker,shortName=lksetting
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.status.id`
// +kubebuilder:printcolumn:name="Instance",type=string,JSONPath=`.spec.instanceRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
type LookerSetting struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              LookerSettingSpec   `json:"spec"`
	Status            LookerSettingStatus `json:"status,omitempty"`
}

// Common implements Object.
func (s *LookerSetting) Common() (*CommonSpec, *CommonStatus) {
	return &s.Spec.CommonSpec, &s.Status.CommonStatus
}

// References implements Object.
func (s *LookerSetting) References() []Reference {
	var refs []Reference
	if s.Spec.LDAP != nil {
		refs = append(refs, s.Spec.LDAP.references("spec.ldap")...)
	}
	if s.Spec.SAML != nil {
		refs = append(refs, s.Spec.SAML.references("spec.saml")...)
	}
	if s.Spec.OIDC != nil {
		refs = append(refs, s.Spec.OIDC.references("spec.oidc")...)
	}
	return refs
}

// references lists what the settings at this path point at.
func (s SSOSettings) references(path string) []Reference {
	refs := appendReferences(nil, path+".defaultNewUserGroups", KindGroup, s.DefaultNewUserGroups)
	refs = appendReferences(refs, path+".defaultNewUserRoles", KindRole, s.DefaultNewUserRoles)
	if s.GroupsWithRoles != nil {
		for i, g := range *s.GroupsWithRoles {
			refs = appendReferences(refs, fmt.Sprintf("%s.groupsWithRoles[%d].roles", path, i), KindRole, g.Roles)
		}
	}
	if s.UserAttributesWithIDs != nil {
		for i, a := range *s.UserAttributesWithIDs {
			field := fmt.Sprintf("%s.userAttributesWithIds[%d].userAttributes", path, i)
			refs = appendReferences(refs, field, KindUserAttribute, a.UserAttributes)
		}
	}
	return refs
}

// SecretReferences implements Object.
func (s *LookerSetting) SecretReferences() []SecretReference {
	var refs []SecretReference
	add := func(field string, ref *SecretKeyReference) {
		if ref != nil {
			refs = append(refs, SecretReference{Field: field, SecretKeyReference: *ref})
		}
	}
	if l := s.Spec.LDAP; l != nil {
		add("spec.ldap.authPasswordSecretRef", l.AuthPasswordSecretRef)
	}
	if o := s.Spec.OIDC; o != nil {
		add("spec.oidc.secretRef", o.SecretRef)
	}
	if m := s.Spec.SMTP; m != nil {
		add("spec.smtp.passwordSecretRef", m.PasswordSecretRef)
		add("spec.smtp.clientSecretRef", m.ClientSecretRef)
	}
	if c := s.Spec.CloudStorage; c != nil {
		add("spec.cloudStorage.customS3KeySecretRef", c.CustomS3KeySecretRef)
		add("spec.cloudStorage.customS3SecretRef", c.CustomS3SecretRef)
	}
	return refs
}

// LookerSettingList is a list of settings.
// +kubebuilder:object:root=true
type LookerSettingList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LookerSetting `json:"items"`
}

func init() { register(&LookerSetting{}, &LookerSettingList{}) }
