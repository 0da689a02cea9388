package lookerclient

// The three ways of single sign-on are written by ids and read back as objects:
// groups_with_role_ids as Groups, user_attributes_with_ids as UserAttributes,
// default_new_user_role_ids as DefaultNewUserRoles and so on. Whether an answer has
// the first form too is not documented; prefer it when it is there.

// SSOGroupWithRoleIDs maps a group of the identity provider to roles. Looker makes
// a group of its own for each, so the name must not be that of an existing group.
type SSOGroupWithRoleIDs struct {
	ID              Optional[ID]     `json:"id,omitzero"` // absent in a new entry
	Name            Optional[string] `json:"name,omitzero"`
	LookerGroupName Optional[string] `json:"looker_group_name,omitzero"`
	RoleIDs         Optional[[]ID]   `json:"role_ids,omitzero"`
}

// SSOGroup is SSOGroupWithRoleIDs as it is read.
type SSOGroup struct {
	ID              ID               `json:"id"`
	Name            Optional[string] `json:"name,omitzero"`
	LookerGroupID   Optional[ID]     `json:"looker_group_id,omitzero"`
	LookerGroupName Optional[string] `json:"looker_group_name,omitzero"`
	Roles           Optional[[]Role] `json:"roles,omitzero"`
}

// SSOUserAttributeWithIDs maps an attribute of the identity provider to user attributes.
type SSOUserAttributeWithIDs struct {
	Name             Optional[string] `json:"name,omitzero"`
	Required         Optional[bool]   `json:"required,omitzero"`
	UserAttributeIDs Optional[[]ID]   `json:"user_attribute_ids,omitzero"`
}

// SSOUserAttribute is SSOUserAttributeWithIDs as it is read.
type SSOUserAttribute struct {
	Name           Optional[string]          `json:"name,omitzero"`
	Required       Optional[bool]            `json:"required,omitzero"`
	UserAttributes Optional[[]UserAttribute] `json:"user_attributes,omitzero"`
}

// SSOReadBack is what the three configurations return of what was written by id.
type SSOReadBack struct {
	DefaultNewUserRoles  Optional[[]Role]             `json:"default_new_user_roles,omitzero"`
	DefaultNewUserGroups Optional[[]Group]            `json:"default_new_user_groups,omitzero"`
	Groups               Optional[[]SSOGroup]         `json:"groups,omitzero"`
	UserAttributes       Optional[[]SSOUserAttribute] `json:"user_attributes,omitzero"`
	ModifiedAt           Optional[string]             `json:"modified_at,omitzero"`
	ModifiedBy           Optional[string]             `json:"modified_by,omitzero"`
}

// WriteSSOCommon is what the three configurations have in common.
type WriteSSOCommon struct {
	Enabled                    Optional[bool]                      `json:"enabled,omitzero"`
	AlternateEmailLoginAllowed Optional[bool]                      `json:"alternate_email_login_allowed,omitzero"`
	AuthRequiresRole           Optional[bool]                      `json:"auth_requires_role,omitzero"`
	DefaultNewUserGroupIDs     Optional[[]ID]                      `json:"default_new_user_group_ids,omitzero" looker:"writeonly"`
	DefaultNewUserRoleIDs      Optional[[]ID]                      `json:"default_new_user_role_ids,omitzero" looker:"writeonly"`
	GroupsWithRoleIDs          Optional[[]SSOGroupWithRoleIDs]     `json:"groups_with_role_ids,omitzero"` // replaces all
	UserAttributesWithIDs      Optional[[]SSOUserAttributeWithIDs] `json:"user_attributes_with_ids,omitzero"`
	SetRolesFromGroups         Optional[bool]                      `json:"set_roles_from_groups,omitzero"`
	UserAttributeMapEmail      Optional[string]                    `json:"user_attribute_map_email,omitzero"`
	UserAttributeMapFirstName  Optional[string]                    `json:"user_attribute_map_first_name,omitzero"`
	UserAttributeMapLastName   Optional[string]                    `json:"user_attribute_map_last_name,omitzero"`
	AllowNormalGroupMembership Optional[bool]                      `json:"allow_normal_group_membership,omitzero"`
	AllowRolesFromNormalGroups Optional[bool]                      `json:"allow_roles_from_normal_groups,omitzero"`
	AllowDirectRoles           Optional[bool]                      `json:"allow_direct_roles,omitzero"`
}

// LDAPConfig is the configuration of LDAP.
type LDAPConfig struct {
	WriteLDAPConfig
	SSOReadBack
	HasAuthPassword Optional[bool] `json:"has_auth_password,omitzero"`
}

// WriteLDAPConfig is what update_ldap_config accepts.
type WriteLDAPConfig struct {
	WriteSSOCommon
	AuthPassword           Optional[Secret] `json:"auth_password,omitzero" looker:"writeonly"`
	AuthUsername           Optional[string] `json:"auth_username,omitzero"`
	ConnectionHost         Optional[string] `json:"connection_host,omitzero"`
	ConnectionPort         Optional[string] `json:"connection_port,omitzero"` // a number as text
	ConnectionTLS          Optional[bool]   `json:"connection_tls,omitzero"`
	ConnectionTLSNoVerify  Optional[bool]   `json:"connection_tls_no_verify,omitzero"`
	ForceNoPage            Optional[bool]   `json:"force_no_page,omitzero"`
	GroupsBaseDN           Optional[string] `json:"groups_base_dn,omitzero"`
	GroupsFinderType       Optional[string] `json:"groups_finder_type,omitzero"`
	GroupsMemberAttribute  Optional[string] `json:"groups_member_attribute,omitzero"`
	GroupsObjectclasses    Optional[string] `json:"groups_objectclasses,omitzero"`
	GroupsUserAttribute    Optional[string] `json:"groups_user_attribute,omitzero"`
	MergeNewUsersByEmail   Optional[bool]   `json:"merge_new_users_by_email,omitzero"`
	TestLDAPPassword       Optional[Secret] `json:"test_ldap_password,omitzero" looker:"writeonly"`
	TestLDAPUser           Optional[string] `json:"test_ldap_user,omitzero" looker:"writeonly"`
	UserAttributeMapLDAPID Optional[string] `json:"user_attribute_map_ldap_id,omitzero"`
	UserBindBaseDN         Optional[string] `json:"user_bind_base_dn,omitzero"`
	UserCustomFilter       Optional[string] `json:"user_custom_filter,omitzero"`
	UserIDAttributeNames   Optional[string] `json:"user_id_attribute_names,omitzero"` // separated by commas
	UserObjectclass        Optional[string] `json:"user_objectclass,omitzero"`
}

// SamlConfig is the configuration of SAML.
type SamlConfig struct {
	WriteSamlConfig
	SSOReadBack
	TestSlug Optional[string] `json:"test_slug,omitzero"`
}

// WriteSamlConfig is what update_saml_config accepts.
type WriteSamlConfig struct {
	WriteSSOCommon
	IDPCert               Optional[string]           `json:"idp_cert,omitzero"`              // PEM; it is public
	IDPCertMulti          Optional[SamlIdpCertMulti] `json:"idp_cert_multi,omitzero"`        // from 26.0
	MultiCertsSupported   Optional[bool]             `json:"multi_certs_supported,omitzero"` // which of the two is in force
	IDPURL                Optional[string]           `json:"idp_url,omitzero"`
	IDPIssuer             Optional[string]           `json:"idp_issuer,omitzero"`
	IDPAudience           Optional[string]           `json:"idp_audience,omitzero"`
	AllowedClockDrift     Optional[int64]            `json:"allowed_clock_drift,omitzero"`      // seconds
	NewUserMigrationTypes Optional[string]           `json:"new_user_migration_types,omitzero"` // of email, ldap, google, separated by commas
	GroupsAttribute       Optional[string]           `json:"groups_attribute,omitzero"`
	// GroupsFinderType is grouped_attribute_values, which uses GroupsAttribute, or
	// individual_attributes, which uses GroupsMemberValue.
	GroupsFinderType  Optional[string] `json:"groups_finder_type,omitzero"`
	GroupsMemberValue Optional[string] `json:"groups_member_value,omitzero"`
	BypassLoginPage   Optional[bool]   `json:"bypass_login_page,omitzero"`
}

// SamlIdpCertMulti holds certificates without their BEGIN and END lines.
type SamlIdpCertMulti struct {
	Signing Optional[[]string] `json:"signing,omitzero"`
}

// OIDCConfig is the configuration of OpenID Connect.
type OIDCConfig struct {
	WriteOIDCConfig
	SSOReadBack
	TestSlug Optional[string] `json:"test_slug,omitzero"`
}

// WriteOIDCConfig is what update_oidc_config accepts.
type WriteOIDCConfig struct {
	WriteSSOCommon
	Audience              Optional[string]   `json:"audience,omitzero"`
	AuthorizationEndpoint Optional[string]   `json:"authorization_endpoint,omitzero"`
	GroupsAttribute       Optional[string]   `json:"groups_attribute,omitzero"`
	Identifier            Optional[string]   `json:"identifier,omitzero"`
	Issuer                Optional[string]   `json:"issuer,omitzero"`
	NewUserMigrationTypes Optional[string]   `json:"new_user_migration_types,omitzero"` // of email, ldap, google, separated by commas
	Scopes                Optional[[]string] `json:"scopes,omitzero"`
	Secret                Optional[Secret]   `json:"secret,omitzero" looker:"writeonly"`
	TokenEndpoint         Optional[string]   `json:"token_endpoint,omitzero"`
	UserinfoEndpoint      Optional[string]   `json:"userinfo_endpoint,omitzero"`
}
