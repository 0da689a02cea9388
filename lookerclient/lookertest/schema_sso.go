package lookertest

// Single sign-on: the fields of the objects named, in the notation of parseSchemas.
const ssoSchemas = `
LDAPConfig:
	-can:map alternate_email_login_allowed:bool +auth_password:string? auth_requires_role:bool auth_username:string? connection_host:string?
	connection_port:string? connection_tls:bool connection_tls_no_verify:bool +default_new_user_group_ids:[string]? -default_new_user_groups:[Group]?
	+default_new_user_role_ids:[string]? -default_new_user_roles:[Role]? enabled:bool force_no_page:bool -groups:[LDAPGroupRead]? groups_base_dn:string?
	groups_finder_type:string? groups_member_attribute:string? groups_objectclasses:string? groups_user_attribute:string?
	groups_with_role_ids:[LDAPGroupWrite]? -has_auth_password:bool merge_new_users_by_email:bool -modified_at:string? -modified_by:string?
	set_roles_from_groups:bool +test_ldap_password:string? +test_ldap_user:string? user_attribute_map_email:string? user_attribute_map_first_name:string?
	user_attribute_map_last_name:string? user_attribute_map_ldap_id:string? -user_attributes:[LDAPUserAttributeRead]?
	user_attributes_with_ids:[LDAPUserAttributeWrite]? user_bind_base_dn:string? user_custom_filter:string? user_id_attribute_names:string?
	user_objectclass:string? allow_normal_group_membership:bool allow_roles_from_normal_groups:bool allow_direct_roles:bool -url:string?
LDAPGroupRead:
	-id -looker_group_id:string? -looker_group_name:string? -name:string? -roles:[Role]? -url:string?
LDAPGroupWrite:
	id:string? -looker_group_id:string? looker_group_name:string? name:string? role_ids:[string]? -url:string?
LDAPUserAttributeRead:
	-name:string? -required:bool -user_attributes:[UserAttribute]? -url:string?
LDAPUserAttributeWrite:
	name:string? required:bool user_attribute_ids:[string]? -url:string?
SamlConfig:
	-can:map enabled:bool idp_cert:string? idp_cert_multi:SamlIdpCertMulti@26.0 multi_certs_supported:bool?@26.0 idp_url:string? idp_issuer:string?
	idp_audience:string? allowed_clock_drift:int? user_attribute_map_email:string? user_attribute_map_first_name:string?
	user_attribute_map_last_name:string? new_user_migration_types:string? alternate_email_login_allowed:bool -test_slug:string? -modified_at:string?
	-modified_by:string? -default_new_user_roles:[Role]? -default_new_user_groups:[Group]? +default_new_user_role_ids:[string]?
	+default_new_user_group_ids:[string]? set_roles_from_groups:bool groups_attribute:string? -groups:[SamlGroupRead]?
	groups_with_role_ids:[SamlGroupWrite]? auth_requires_role:bool -user_attributes:[SamlUserAttributeRead]?
	user_attributes_with_ids:[SamlUserAttributeWrite]? groups_finder_type:string? groups_member_value:string? bypass_login_page:bool
	allow_normal_group_membership:bool allow_roles_from_normal_groups:bool allow_direct_roles:bool -url:string?
SamlIdpCertMulti:
	signing:[string]?
SamlGroupRead:
	-id -looker_group_id:string? -looker_group_name:string? -name:string? -roles:[Role]? -url:string?
SamlGroupWrite:
	id:string? -looker_group_id:string? looker_group_name:string? name:string? role_ids:[string]? -url:string?
SamlUserAttributeRead:
	-name:string? -required:bool -user_attributes:[UserAttribute]? -url:string?
SamlUserAttributeWrite:
	name:string? required:bool user_attribute_ids:[string]? -url:string?
OIDCConfig:
	-can:map alternate_email_login_allowed:bool audience:string? auth_requires_role:bool authorization_endpoint:string?
	+default_new_user_group_ids:[string]? -default_new_user_groups:[Group]? +default_new_user_role_ids:[string]? -default_new_user_roles:[Role]?
	enabled:bool -groups:[OIDCGroupRead]? groups_attribute:string? groups_with_role_ids:[OIDCGroupWrite]? identifier:string? issuer:string?
	-modified_at:string? -modified_by:string? new_user_migration_types:string? scopes:[string]? +secret:string? set_roles_from_groups:bool
	-test_slug:string? token_endpoint:string? user_attribute_map_email:string? user_attribute_map_first_name:string? user_attribute_map_last_name:string?
	-user_attributes:[OIDCUserAttributeRead]? user_attributes_with_ids:[OIDCUserAttributeWrite]? userinfo_endpoint:string?
	allow_normal_group_membership:bool allow_roles_from_normal_groups:bool allow_direct_roles:bool -url:string?
OIDCGroupRead:
	-id -looker_group_id:string? -looker_group_name:string? -name:string? -roles:[Role]?
OIDCGroupWrite:
	id:string? -looker_group_id:string? looker_group_name:string? name:string? role_ids:[string]?
OIDCUserAttributeRead:
	-name:string? -required:bool -user_attributes:[UserAttribute]?
OIDCUserAttributeWrite:
	name:string? required:bool user_attribute_ids:[string]?
`
