package v1alpha1

// SSOGroup maps a group of the directory to roles in Looker.
type SSOGroup struct {
	// Name of the group in the directory.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Name string `json:"name"`
	// LookerGroupName is the name of the group that Looker makes for it. No other
	// group may have it.
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:MinLength=1
	// +optional
	LookerGroupName *string `json:"lookerGroupName,omitempty"`
	// Roles that its members get; [] is none.
	// +kubebuilder:validation:MaxItems=50
	// +listType=atomic
	// +optional
	Roles *[]NamedReference `json:"roles,omitempty"`
}

// SSOUserAttribute maps an attribute of the directory to user attributes in Looker.
type SSOUserAttribute struct {
	// Name of the attribute in the directory.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Name string `json:"name"`
	// Required: true refuses users without it.
	// +optional
	Required *bool `json:"required,omitempty"`
	// UserAttributes that receive the value.
	// +kubebuilder:validation:MaxItems=50
	// +listType=atomic
	// +optional
	UserAttributes *[]NamedReference `json:"userAttributes,omitempty"`
}

// SSOSettings are what LDAP, SAML and OpenID Connect have in common.
type SSOSettings struct {
	// Enabled turns this way to log in on or off.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`
	// AlternateEmailLoginAllowed keeps log-in by e-mail for admins and users with the
	// permission login_special_email: the way back in when this one fails.
	// +optional
	AlternateEmailLoginAllowed *bool `json:"alternateEmailLoginAllowed,omitempty"`
	// AuthRequiresRole refuses users for whom no role is found.
	// +optional
	AuthRequiresRole *bool `json:"authRequiresRole,omitempty"`
	// AllowDirectRoles allows to grant roles to such users directly.
	// +optional
	AllowDirectRoles *bool `json:"allowDirectRoles,omitempty"`
	// AllowNormalGroupMembership lets such users be members of groups made in Looker;
	// false removes them at each log-in.
	// +optional
	AllowNormalGroupMembership *bool `json:"allowNormalGroupMembership,omitempty"`
	// AllowRolesFromNormalGroups lets such users inherit roles from these groups.
	// +optional
	AllowRolesFromNormalGroups *bool `json:"allowRolesFromNormalGroups,omitempty"`
	// SetRolesFromGroups sets the roles of users by groupsWithRoles at each log-in.
	// +optional
	SetRolesFromGroups *bool `json:"setRolesFromGroups,omitempty"`
	// DefaultNewUserGroups are the groups that new users join; [] is none.
	// +kubebuilder:validation:MaxItems=100
	// +listType=atomic
	// +optional
	DefaultNewUserGroups *[]NamedReference `json:"defaultNewUserGroups,omitempty"`
	// DefaultNewUserRoles are the roles that new users get; [] is none.
	// +kubebuilder:validation:MaxItems=100
	// +listType=atomic
	// +optional
	DefaultNewUserRoles *[]NamedReference `json:"defaultNewUserRoles,omitempty"`
	// GroupsWithRoles is the whole mapping of groups of the directory to roles. Looker
	// makes a group for each.
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:XValidation:rule="self.all(a, self.exists_one(b, a.name == b.name))",message="groupsWithRoles has a name twice; keep one entry for each group"
	// +listType=atomic
	// +optional
	GroupsWithRoles *[]SSOGroup `json:"groupsWithRoles,omitempty"`
	// UserAttributeMapEmail is the directory's attribute with the e-mail address.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	UserAttributeMapEmail *string `json:"userAttributeMapEmail,omitempty"`
	// UserAttributeMapFirstName is the directory's attribute with the first name.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	UserAttributeMapFirstName *string `json:"userAttributeMapFirstName,omitempty"`
	// UserAttributeMapLastName is the directory's attribute with the last name.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	UserAttributeMapLastName *string `json:"userAttributeMapLastName,omitempty"`
	// UserAttributesWithIDs is the whole mapping of attributes of the directory to
	// user attributes.
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:XValidation:rule="self.all(a, self.exists_one(b, a.name == b.name))",message="userAttributesWithIds has a name twice; keep one entry for each attribute"
	// +listType=atomic
	// +optional
	UserAttributesWithIDs *[]SSOUserAttribute `json:"userAttributesWithIds,omitempty"`
}

// NewUserMigrationType is a kind of credential by which a new login finds the
// user that exists already.
// +kubebuilder:validation:Enum=email;ldap;google
type NewUserMigrationType string

// LDAPSettings are the settings of LDAP. Looker checks the result as a whole.
// +kubebuilder:validation:MinProperties=1
type LDAPSettings struct {
	SSOSettings `json:",inline"`
	// ConnectionHost of the LDAP server.
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:MinLength=1
	// +optional
	ConnectionHost *string `json:"connectionHost,omitempty"`
	// ConnectionPort of the LDAP server.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	// +optional
	ConnectionPort *int32 `json:"connectionPort,omitempty"`
	// ConnectionTLS encrypts the connection.
	// +optional
	ConnectionTLS *bool `json:"connectionTls,omitempty"`
	// ConnectionTLSNoVerify: true does not check the server's certificate.
	// +optional
	ConnectionTLSNoVerify *bool `json:"connectionTlsNoVerify,omitempty"`
	// AuthUsername is the distinguished name that Looker searches as.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	AuthUsername *string `json:"authUsername,omitempty"`
	// AuthPasswordSecretRef points at its password.
	// +optional
	AuthPasswordSecretRef *SecretKeyReference `json:"authPasswordSecretRef,omitempty"`
	// ForceNoPage does not page searches even where the server can.
	// +optional
	ForceNoPage *bool `json:"forceNoPage,omitempty"`
	// UserBindBaseDN is where the search for users starts.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	UserBindBaseDN *string `json:"userBindBaseDn,omitempty"`
	// UserCustomFilter is a filter clause for users, as in RFC 4515.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	UserCustomFilter *string `json:"userCustomFilter,omitempty"`
	// UserIDAttributeNames are the attributes that hold the log-in name, separated by
	// commas.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	UserIDAttributeNames *string `json:"userIdAttributeNames,omitempty"`
	// UserObjectclass is the object class of users.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	UserObjectclass *string `json:"userObjectclass,omitempty"`
	// UserAttributeMapLDAPID is the attribute that identifies a record.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	UserAttributeMapLDAPID *string `json:"userAttributeMapLdapId,omitempty"`
	// MergeNewUsersByEmail joins a first log-in with the user of the same e-mail
	// address.
	// +optional
	MergeNewUsersByEmail *bool `json:"mergeNewUsersByEmail,omitempty"`
	// GroupsBaseDN is where the search for groups starts.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	GroupsBaseDN *string `json:"groupsBaseDn,omitempty"`
	// GroupsFinderType is the strategy of that search, by Looker's identifier.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	GroupsFinderType *string `json:"groupsFinderType,omitempty"`
	// GroupsMemberAttribute is the attribute of a group with its members, often
	// member.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	GroupsMemberAttribute *string `json:"groupsMemberAttribute,omitempty"`
	// GroupsObjectclasses are the object classes of groups, separated by commas.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	GroupsObjectclasses *string `json:"groupsObjectclasses,omitempty"`
	// GroupsUserAttribute is the attribute of a user that groups list, often dn.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	GroupsUserAttribute *string `json:"groupsUserAttribute,omitempty"`
}

// SamlIdpCertMulti has several certificates of the identity provider.
// +kubebuilder:validation:MinProperties=1
type SamlIdpCertMulti struct {
	// Signing is the whole list of certificates, each without its BEGIN and END lines.
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=16384
	// +listType=atomic
	// +optional
	Signing *[]string `json:"signing,omitempty"`
}

// SAMLSettings are the settings of SAML. Looker checks the result as a whole.
// +kubebuilder:validation:MinProperties=1
type SAMLSettings struct {
	SSOSettings `json:",inline"`
	// IdpURL is the URL of the identity provider.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/[:space:]]+')",message="idpUrl starts with https:// or http:// and a host"
	// +optional
	IdpURL *string `json:"idpUrl,omitempty"`
	// IdpIssuer is the issuer of the identity provider.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	IdpIssuer *string `json:"idpIssuer,omitempty"`
	// IdpAudience is the audience that Looker demands, if any.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	IdpAudience *string `json:"idpAudience,omitempty"`
	// IdpCert is the certificate of the identity provider (PEM).
	// +kubebuilder:validation:MaxLength=16384
	// +optional
	IdpCert *string `json:"idpCert,omitempty"`
	// IdpCertMulti has several certificates (Looker 26.0 and later).
	// +optional
	IdpCertMulti *SamlIdpCertMulti `json:"idpCertMulti,omitempty"`
	// MultiCertsSupported: true uses idpCertMulti, false idpCert (Looker 26.0 and
	// later).
	// +optional
	MultiCertsSupported *bool `json:"multiCertsSupported,omitempty"`
	// AllowedClockDrift is how far the clocks may differ, in seconds.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=86400
	// +optional
	AllowedClockDrift *int32 `json:"allowedClockDrift,omitempty"`
	// NewUserMigrationTypes are the credentials by which a first log-in finds the user
	// that exists already: email, ldap, google; [] makes a new user.
	// +kubebuilder:validation:MaxItems=3
	// +listType=atomic
	// +optional
	NewUserMigrationTypes *[]NewUserMigrationType `json:"newUserMigrationTypes,omitempty"`
	// GroupsFinderType says how groups are found: by groupsAttribute or by
	// groupsMemberValue.
	// +kubebuilder:validation:Enum=grouped_attribute_values;individual_attributes
	// +optional
	GroupsFinderType *string `json:"groupsFinderType,omitempty"`
	// GroupsAttribute is the attribute with the groups, for grouped_attribute_values.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	GroupsAttribute *string `json:"groupsAttribute,omitempty"`
	// GroupsMemberValue is the value that means membership, for individual_attributes.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	GroupsMemberValue *string `json:"groupsMemberValue,omitempty"`
	// BypassLoginPage: true goes straight to the identity provider.
	// +optional
	BypassLoginPage *bool `json:"bypassLoginPage,omitempty"`
}

// OIDCSettings are the settings of OpenID Connect. Looker checks the result as a
// whole.
// +kubebuilder:validation:MinProperties=1
type OIDCSettings struct {
	SSOSettings `json:",inline"`
	// Issuer is the issuer of the identity provider.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Issuer *string `json:"issuer,omitempty"`
	// Audience is the audience that Looker demands.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Audience *string `json:"audience,omitempty"`
	// Identifier is the client id that the provider gave to Looker.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Identifier *string `json:"identifier,omitempty"`
	// SecretRef points at the client secret. Looker never returns it.
	// +optional
	SecretRef *SecretKeyReference `json:"secretRef,omitempty"`
	// AuthorizationEndpoint of the provider.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/[:space:]]+')",message="authorizationEndpoint starts with https:// or http:// and a host"
	// +optional
	AuthorizationEndpoint *string `json:"authorizationEndpoint,omitempty"`
	// TokenEndpoint of the provider.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/[:space:]]+')",message="tokenEndpoint starts with https:// or http:// and a host"
	// +optional
	TokenEndpoint *string `json:"tokenEndpoint,omitempty"`
	// UserinfoEndpoint of the provider.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^/[:space:]]+')",message="userinfoEndpoint starts with https:// or http:// and a host"
	// +optional
	UserinfoEndpoint *string `json:"userinfoEndpoint,omitempty"`
	// Scopes that Looker asks for, such as openid.
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=255
	// +listType=atomic
	// +optional
	Scopes *[]string `json:"scopes,omitempty"`
	// NewUserMigrationTypes are the credentials by which a first log-in finds the user
	// that exists already: email, ldap, google; [] makes a new user.
	// +kubebuilder:validation:MaxItems=3
	// +listType=atomic
	// +optional
	NewUserMigrationTypes *[]NewUserMigrationType `json:"newUserMigrationTypes,omitempty"`
	// GroupsAttribute is the claim with the groups.
	// +kubebuilder:validation:MaxLength=255
	// +optional
	GroupsAttribute *string `json:"groupsAttribute,omitempty"`
}
