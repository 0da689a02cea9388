package lookerclient

import "net/http"

// Class is the monthly allowance of calls that Looker charges an operation to.
type Class string

// The classes of Looker's API description.
const (
	NonQuery Class = "non_query" // administrative calls
	DBQuery  Class = "db_query"  // query calls; all operations on scheduled plans are among them
	None     Class = "none"      // free
)

// Operation is one endpoint of the API.
type Operation struct {
	ID         string // Looker's operationId
	Method     string
	Path       string // below /api/4.0, with {names} for the parts that vary
	Class      Class
	CoreDenied bool // the description says it may be denied on Looker (Google Cloud core)
}

// Operations is every operation this package calls, in the order of the
// declarations below. Treat it as a constant.
var Operations []Operation

// alive is served beside the API (no /api/4.0, no token), so the API description
// and Operations do not have it.
var alive = Operation{ID: "alive", Method: http.MethodGet, Path: "/alive", Class: None}

func define(id, method, path string, class Class) Operation {
	op := Operation{ID: id, Method: method, Path: path, Class: class}
	Operations = append(Operations, op)
	return op
}

// defineCoreDenied: all operations that Google Cloud core may deny are
// administrative ones.
func defineCoreDenied(id, method, path string) Operation {
	op := Operation{ID: id, Method: method, Path: path, Class: NonQuery, CoreDenied: true}
	Operations = append(Operations, op)
	return op
}

// Operations on sessions.
var (
	opLogin         = define("login", http.MethodPost, "/login", None)
	opLoginUser     = define("login_user", http.MethodPost, "/login/{user_id}", None)
	opLogout        = define("logout", http.MethodDelete, "/logout", None)
	opSession       = define("session", http.MethodGet, "/session", NonQuery)
	opUpdateSession = define("update_session", http.MethodPatch, "/session", NonQuery)
)

// Operations on users.
var (
	opAllUsers          = define("all_users", http.MethodGet, "/users", NonQuery)
	opSearchUsers       = define("search_users", http.MethodGet, "/users/search", NonQuery)
	opMe                = define("me", http.MethodGet, "/user", NonQuery)
	opUser              = define("user", http.MethodGet, "/users/{user_id}", NonQuery)
	opCreateUser        = define("create_user", http.MethodPost, "/users", NonQuery)
	opUpdateUser        = define("update_user", http.MethodPatch, "/users/{user_id}", NonQuery)
	opDeleteUser        = define("delete_user", http.MethodDelete, "/users/{user_id}", NonQuery)
	opUserForCredential = defineCoreDenied("user_for_credential", http.MethodGet, "/users/credential/{credential_type}/{credential_id}")
)

// Operations on user credentials.
var (
	opUserCredentialsEmail                  = defineCoreDenied("user_credentials_email", http.MethodGet, "/users/{user_id}/credentials_email")
	opCreateUserCredentialsEmail            = defineCoreDenied("create_user_credentials_email", http.MethodPost, "/users/{user_id}/credentials_email")
	opUpdateUserCredentialsEmail            = defineCoreDenied("update_user_credentials_email", http.MethodPatch, "/users/{user_id}/credentials_email")
	opDeleteUserCredentialsEmail            = defineCoreDenied("delete_user_credentials_email", http.MethodDelete, "/users/{user_id}/credentials_email")
	opSendUserCredentialsEmailPasswordReset = defineCoreDenied("send_user_credentials_email_password_reset", http.MethodPost, "/users/{user_id}/credentials_email/send_password_reset")
	opAllUserCredentialsAPI3s               = define("all_user_credentials_api3s", http.MethodGet, "/users/{user_id}/credentials_api3", NonQuery)
	opCreateUserCredentialsAPI3             = define("create_user_credentials_api3", http.MethodPost, "/users/{user_id}/credentials_api3", NonQuery)
	opUpdateUserCredentialsAPI3             = define("update_user_credentials_api3", http.MethodPatch, "/users/{user_id}/credentials_api3/{credentials_api3_id}", NonQuery)
	opDeleteUserCredentialsAPI3             = define("delete_user_credentials_api3", http.MethodDelete, "/users/{user_id}/credentials_api3/{credentials_api3_id}", NonQuery)
	opUserCredentialsLDAP                   = defineCoreDenied("user_credentials_ldap", http.MethodGet, "/users/{user_id}/credentials_ldap")
	opDeleteUserCredentialsLDAP             = defineCoreDenied("delete_user_credentials_ldap", http.MethodDelete, "/users/{user_id}/credentials_ldap")
	opUserCredentialsGoogle                 = define("user_credentials_google", http.MethodGet, "/users/{user_id}/credentials_google", NonQuery)
	opDeleteUserCredentialsGoogle           = define("delete_user_credentials_google", http.MethodDelete, "/users/{user_id}/credentials_google", NonQuery)
	opUserCredentialsSAML                   = define("user_credentials_saml", http.MethodGet, "/users/{user_id}/credentials_saml", NonQuery)
	opDeleteUserCredentialsSAML             = define("delete_user_credentials_saml", http.MethodDelete, "/users/{user_id}/credentials_saml", NonQuery)
	opUserCredentialsOIDC                   = define("user_credentials_oidc", http.MethodGet, "/users/{user_id}/credentials_oidc", NonQuery)
	opDeleteUserCredentialsOIDC             = define("delete_user_credentials_oidc", http.MethodDelete, "/users/{user_id}/credentials_oidc", NonQuery)
	opUserCredentialsLookerOpenID           = defineCoreDenied("user_credentials_looker_openid", http.MethodGet, "/users/{user_id}/credentials_looker_openid")
	opDeleteUserCredentialsLookerOpenID     = defineCoreDenied("delete_user_credentials_looker_openid", http.MethodDelete, "/users/{user_id}/credentials_looker_openid")
	opUserCredentialsTOTP                   = defineCoreDenied("user_credentials_totp", http.MethodGet, "/users/{user_id}/credentials_totp")
	opCreateUserCredentialsTOTP             = defineCoreDenied("create_user_credentials_totp", http.MethodPost, "/users/{user_id}/credentials_totp")
	opDeleteUserCredentialsTOTP             = defineCoreDenied("delete_user_credentials_totp", http.MethodDelete, "/users/{user_id}/credentials_totp")
	opAllUserCredentialsEmbeds              = define("all_user_credentials_embeds", http.MethodGet, "/users/{user_id}/credentials_embed", NonQuery)
	opDeleteUserCredentialsEmbed            = define("delete_user_credentials_embed", http.MethodDelete, "/users/{user_id}/credentials_embed/{credentials_embed_id}", NonQuery)
)

// Operations on user roles and attribute values.
var (
	opUserRoles                    = define("user_roles", http.MethodGet, "/users/{user_id}/roles", NonQuery)
	opSetUserRoles                 = define("set_user_roles", http.MethodPut, "/users/{user_id}/roles", NonQuery)
	opUserAttributeUserValues      = define("user_attribute_user_values", http.MethodGet, "/users/{user_id}/attribute_values", NonQuery)
	opSetUserAttributeUserValue    = define("set_user_attribute_user_value", http.MethodPatch, "/users/{user_id}/attribute_values/{user_attribute_id}", NonQuery)
	opDeleteUserAttributeUserValue = define("delete_user_attribute_user_value", http.MethodDelete, "/users/{user_id}/attribute_values/{user_attribute_id}", NonQuery)
)

// Operations on groups.
var (
	opAllGroups                     = define("all_groups", http.MethodGet, "/groups", NonQuery)
	opSearchGroups                  = define("search_groups", http.MethodGet, "/groups/search", NonQuery)
	opSearchGroupsWithHierarchy     = define("search_groups_with_hierarchy", http.MethodGet, "/groups/search/with_hierarchy", NonQuery)
	opGroup                         = define("group", http.MethodGet, "/groups/{group_id}", NonQuery)
	opCreateGroup                   = define("create_group", http.MethodPost, "/groups", NonQuery)
	opUpdateGroup                   = define("update_group", http.MethodPatch, "/groups/{group_id}", NonQuery)
	opDeleteGroup                   = define("delete_group", http.MethodDelete, "/groups/{group_id}", NonQuery)
	opAllGroupUsers                 = define("all_group_users", http.MethodGet, "/groups/{group_id}/users", NonQuery)
	opAddGroupUser                  = define("add_group_user", http.MethodPost, "/groups/{group_id}/users", NonQuery)
	opDeleteGroupUser               = define("delete_group_user", http.MethodDelete, "/groups/{group_id}/users/{user_id}", NonQuery)
	opAllGroupGroups                = define("all_group_groups", http.MethodGet, "/groups/{group_id}/groups", NonQuery)
	opAddGroupGroup                 = define("add_group_group", http.MethodPost, "/groups/{group_id}/groups", NonQuery)
	opDeleteGroupFromGroup          = define("delete_group_from_group", http.MethodDelete, "/groups/{group_id}/groups/{deleting_group_id}", NonQuery)
	opUpdateUserAttributeGroupValue = define("update_user_attribute_group_value", http.MethodPatch, "/groups/{group_id}/attribute_values/{user_attribute_id}", NonQuery)
	opDeleteUserAttributeGroupValue = define("delete_user_attribute_group_value", http.MethodDelete, "/groups/{group_id}/attribute_values/{user_attribute_id}", NonQuery)
)

// Operations on roles.
var (
	opAllRoles      = define("all_roles", http.MethodGet, "/roles", NonQuery)
	opRole          = define("role", http.MethodGet, "/roles/{role_id}", NonQuery)
	opCreateRole    = define("create_role", http.MethodPost, "/roles", NonQuery)
	opUpdateRole    = define("update_role", http.MethodPatch, "/roles/{role_id}", NonQuery)
	opDeleteRole    = define("delete_role", http.MethodDelete, "/roles/{role_id}", NonQuery)
	opRoleGroups    = define("role_groups", http.MethodGet, "/roles/{role_id}/groups", NonQuery)
	opSetRoleGroups = defineCoreDenied("set_role_groups", http.MethodPut, "/roles/{role_id}/groups")
	opRoleUsers     = define("role_users", http.MethodGet, "/roles/{role_id}/users", NonQuery)
	opSetRoleUsers  = define("set_role_users", http.MethodPut, "/roles/{role_id}/users", NonQuery)
)

// Operations on permission and model sets.
var (
	opAllPermissions      = define("all_permissions", http.MethodGet, "/permissions", NonQuery)
	opAllPermissionSets   = define("all_permission_sets", http.MethodGet, "/permission_sets", NonQuery)
	opPermissionSet       = define("permission_set", http.MethodGet, "/permission_sets/{permission_set_id}", NonQuery)
	opCreatePermissionSet = define("create_permission_set", http.MethodPost, "/permission_sets", NonQuery)
	opUpdatePermissionSet = define("update_permission_set", http.MethodPatch, "/permission_sets/{permission_set_id}", NonQuery)
	opDeletePermissionSet = define("delete_permission_set", http.MethodDelete, "/permission_sets/{permission_set_id}", NonQuery)
	opAllModelSets        = define("all_model_sets", http.MethodGet, "/model_sets", NonQuery)
	opModelSet            = define("model_set", http.MethodGet, "/model_sets/{model_set_id}", NonQuery)
	opCreateModelSet      = define("create_model_set", http.MethodPost, "/model_sets", NonQuery)
	opUpdateModelSet      = define("update_model_set", http.MethodPatch, "/model_sets/{model_set_id}", NonQuery)
	opDeleteModelSet      = define("delete_model_set", http.MethodDelete, "/model_sets/{model_set_id}", NonQuery)
)

// Operations on user attributes.
var (
	opAllUserAttributes           = define("all_user_attributes", http.MethodGet, "/user_attributes", NonQuery)
	opUserAttribute               = define("user_attribute", http.MethodGet, "/user_attributes/{user_attribute_id}", NonQuery)
	opCreateUserAttribute         = define("create_user_attribute", http.MethodPost, "/user_attributes", NonQuery)
	opUpdateUserAttribute         = define("update_user_attribute", http.MethodPatch, "/user_attributes/{user_attribute_id}", NonQuery)
	opDeleteUserAttribute         = define("delete_user_attribute", http.MethodDelete, "/user_attributes/{user_attribute_id}", NonQuery)
	opAllUserAttributeGroupValues = define("all_user_attribute_group_values", http.MethodGet, "/user_attributes/{user_attribute_id}/group_values", NonQuery)
	opSetUserAttributeGroupValues = define("set_user_attribute_group_values", http.MethodPost, "/user_attributes/{user_attribute_id}/group_values", NonQuery)
)

// Operations on folders.
var (
	opAllFolders      = define("all_folders", http.MethodGet, "/folders", NonQuery)
	opSearchFolders   = define("search_folders", http.MethodGet, "/folders/search", NonQuery)
	opFolder          = define("folder", http.MethodGet, "/folders/{folder_id}", NonQuery)
	opCreateFolder    = define("create_folder", http.MethodPost, "/folders", NonQuery)
	opUpdateFolder    = define("update_folder", http.MethodPatch, "/folders/{folder_id}", NonQuery)
	opDeleteFolder    = define("delete_folder", http.MethodDelete, "/folders/{folder_id}", NonQuery)
	opFolderChildren  = define("folder_children", http.MethodGet, "/folders/{folder_id}/children", NonQuery)
	opFolderAncestors = define("folder_ancestors", http.MethodGet, "/folders/{folder_id}/ancestors", NonQuery)
)

// Operations on content access.
var (
	opAllContentMetadatas         = define("all_content_metadatas", http.MethodGet, "/content_metadata", NonQuery)
	opContentMetadata             = define("content_metadata", http.MethodGet, "/content_metadata/{content_metadata_id}", NonQuery)
	opUpdateContentMetadata       = define("update_content_metadata", http.MethodPatch, "/content_metadata/{content_metadata_id}", NonQuery)
	opAllContentMetadataAccesses  = define("all_content_metadata_accesses", http.MethodGet, "/content_metadata_access", NonQuery)
	opCreateContentMetadataAccess = define("create_content_metadata_access", http.MethodPost, "/content_metadata_access", NonQuery)
	opUpdateContentMetadataAccess = define("update_content_metadata_access", http.MethodPut, "/content_metadata_access/{content_metadata_access_id}", NonQuery)
	opDeleteContentMetadataAccess = define("delete_content_metadata_access", http.MethodDelete, "/content_metadata_access/{content_metadata_access_id}", NonQuery)
)

// Operations on scheduled plans.
var (
	opAllScheduledPlans   = define("all_scheduled_plans", http.MethodGet, "/scheduled_plans", DBQuery)
	opScheduledPlan       = define("scheduled_plan", http.MethodGet, "/scheduled_plans/{scheduled_plan_id}", DBQuery)
	opCreateScheduledPlan = define("create_scheduled_plan", http.MethodPost, "/scheduled_plans", DBQuery)
	opUpdateScheduledPlan = define("update_scheduled_plan", http.MethodPatch, "/scheduled_plans/{scheduled_plan_id}", DBQuery)
	opDeleteScheduledPlan = define("delete_scheduled_plan", http.MethodDelete, "/scheduled_plans/{scheduled_plan_id}", DBQuery)
)

// Operations on settings.
var (
	opGetSetting                         = define("get_setting", http.MethodGet, "/setting", NonQuery)
	opSetSetting                         = define("set_setting", http.MethodPatch, "/setting", NonQuery)
	opPasswordConfig                     = defineCoreDenied("password_config", http.MethodGet, "/password_config")
	opUpdatePasswordConfig               = defineCoreDenied("update_password_config", http.MethodPatch, "/password_config")
	opSessionConfig                      = define("session_config", http.MethodGet, "/session_config", NonQuery)
	opUpdateSessionConfig                = define("update_session_config", http.MethodPatch, "/session_config", NonQuery)
	opLDAPConfig                         = defineCoreDenied("ldap_config", http.MethodGet, "/ldap_config")
	opUpdateLDAPConfig                   = defineCoreDenied("update_ldap_config", http.MethodPatch, "/ldap_config")
	opSAMLConfig                         = defineCoreDenied("saml_config", http.MethodGet, "/saml_config")
	opUpdateSAMLConfig                   = defineCoreDenied("update_saml_config", http.MethodPatch, "/saml_config")
	opOIDCConfig                         = defineCoreDenied("oidc_config", http.MethodGet, "/oidc_config")
	opUpdateOIDCConfig                   = defineCoreDenied("update_oidc_config", http.MethodPatch, "/oidc_config")
	opSetSMTPSettings                    = define("set_smtp_settings", http.MethodPost, "/smtp_settings", NonQuery)
	opSMTPStatus                         = define("smtp_status", http.MethodGet, "/smtp_status", NonQuery)
	opDigestEmailsEnabled                = define("digest_emails_enabled", http.MethodGet, "/digest_emails_enabled", NonQuery)
	opUpdateDigestEmailsEnabled          = define("update_digest_emails_enabled", http.MethodPatch, "/digest_emails_enabled", NonQuery)
	opInternalHelpResources              = define("internal_help_resources", http.MethodGet, "/internal_help_resources_enabled", NonQuery)
	opUpdateInternalHelpResources        = define("update_internal_help_resources", http.MethodPatch, "/internal_help_resources", NonQuery)
	opInternalHelpResourcesContent       = define("internal_help_resources_content", http.MethodGet, "/internal_help_resources_content", NonQuery)
	opUpdateInternalHelpResourcesContent = define("update_internal_help_resources_content", http.MethodPatch, "/internal_help_resources_content", NonQuery)
	opAllLegacyFeatures                  = defineCoreDenied("all_legacy_features", http.MethodGet, "/legacy_features")
	opLegacyFeature                      = defineCoreDenied("legacy_feature", http.MethodGet, "/legacy_features/{legacy_feature_id}")
	opUpdateLegacyFeature                = defineCoreDenied("update_legacy_feature", http.MethodPatch, "/legacy_features/{legacy_feature_id}")
	opCloudStorageConfiguration          = define("cloud_storage_configuration", http.MethodGet, "/cloud_storage", NonQuery)
	opUpdateCloudStorageConfiguration    = define("update_cloud_storage_configuration", http.MethodPatch, "/cloud_storage", NonQuery)
	opGetSupportAccessAllowlistEntries   = defineCoreDenied("get_support_access_allowlist_entries", http.MethodGet, "/support_access/allowlist")
	opAddSupportAccessAllowlistEntries   = defineCoreDenied("add_support_access_allowlist_entries", http.MethodPost, "/support_access/allowlist")
	opDeleteSupportAccessAllowlistEntry  = defineCoreDenied("delete_support_access_allowlist_entry", http.MethodDelete, "/support_access/allowlist/{entry_id}")
	opSupportAccessStatus                = defineCoreDenied("support_access_status", http.MethodGet, "/support_access/status")
)

// Operations on the instance.
var (
	opVersions               = define("versions", http.MethodGet, "/versions", None)
	opAllTimezones           = define("all_timezones", http.MethodGet, "/timezones", NonQuery)
	opAllLocales             = define("all_locales", http.MethodGet, "/locales", NonQuery)
	opAllWorkspaces          = define("all_workspaces", http.MethodGet, "/workspaces", NonQuery)
	opWorkspace              = define("workspace", http.MethodGet, "/workspaces/{workspace_id}", NonQuery)
	opAllUserLoginLockouts   = define("all_user_login_lockouts", http.MethodGet, "/user_login_lockouts", NonQuery)
	opDeleteUserLoginLockout = define("delete_user_login_lockout", http.MethodDelete, "/user_login_lockout/{key}", NonQuery)
)
