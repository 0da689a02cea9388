package lookertest

// People and their sessions: the fields of the objects named, in the notation of parseSchemas.
const usersSchemas = `
User:
	-can:map -avatar_url:string? -avatar_url_without_sizing:string? -credentials_api3:[CredentialsApi3]? -credentials_email:CredentialsEmail
	-credentials_embed:[CredentialsEmbed]? -credentials_google:CredentialsGoogle -credentials_ldap:CredentialsLDAP
	-credentials_looker_openid:CredentialsLookerOpenid -credentials_oidc:CredentialsOIDC -credentials_saml:CredentialsSaml
	-credentials_totp:CredentialsTotp -credentials_workforce:CredentialsWorkforce@26.10 -display_name:string? -email:string? first_name:string?
	-group_ids:[string]? home_folder_id:string? -id is_disabled:bool last_name:string? locale:string? -looker_versions:[string]?
	models_dir_validated:bool? -personal_folder_id:string? -presumed_looker_employee:bool -role_ids:[string]? -sessions:[Session]? ui_state:map?
	-verified_looker_employee:bool -roles_externally_managed:bool -allow_direct_roles:bool -allow_normal_group_membership:bool
	-allow_roles_from_normal_groups:bool -embed_group_folder_id:string? -is_iam_admin:bool@23.4 can_manage_api3_creds:bool@25.14
	-is_service_account:bool@25.18 -service_account_name:string?@25.18 -url:string?
UserPublic:
	-can:map -id -first_name -last_name -display_name:string? -avatar_url -url:string?
UserEmailOnly:
	email!
CreateEmbedUserRequest:
	external_user_id!
ServiceAccount:
	-can:map -id service_account_name -is_service_account:bool is_disabled:bool -group_ids:[string]? -role_ids:[string]?
	-credentials_api3:[CredentialsApi3]? -created_at:string? -url:string?
CredentialsEmail:
	-can:map -created_at:string? email:string? forced_password_reset_at_next_login:bool -user_id:string? -is_disabled:bool -logged_in_at:string?
	-password_reset_url:string? -account_setup_url:string? -password_reset_url_expired:bool@23.4 -account_setup_url_expired:bool@23.4 -type:string?
	-url:string? -user_url:string?
CredentialsEmailSearch:
	-can:map -created_at:string? email:string? forced_password_reset_at_next_login:bool -user_id:string? -is_disabled:bool -logged_in_at:string?
	-password_reset_url:string? -account_setup_url:string? -password_reset_url_expired:bool@23.4 -account_setup_url_expired:bool@23.4 -type:string?
	-url:string? -user_url:string?
CredentialsApi3:
	-can:map -id -client_id:string? -created_at:string? -is_disabled:bool -type:string? purpose:string?@25.14 -url:string?
CreateCredentialsApi3:
	-can:map -id -client_id:string? -created_at:string? -is_disabled:bool -type:string? purpose:string?@25.14 -client_secret:string? -url:string?
CredentialsTotp:
	-can:map -created_at:string? -is_disabled:bool -type:string? -verified:bool -url:string?
CredentialsSaml:
	-can:map -created_at:string? -email:string? -is_disabled:bool -logged_in_at:string? -saml_user_id:string? -type:string? -url:string?
CredentialsLDAP:
	-can:map -created_at:string? -email:string? -is_disabled:bool -ldap_dn:string? -ldap_id:string? -logged_in_at:string? -type:string? -url:string?
CredentialsGoogle:
	-can:map -created_at:string? -domain:string? -email:string? -google_user_id:string? -is_disabled:bool -logged_in_at:string? -type:string?
	-url:string?
CredentialsOIDC:
	-can:map -created_at:string? -email:string? -is_disabled:bool -logged_in_at:string? -oidc_user_id:string? -type:string? -url:string?
CredentialsLookerOpenid:
	-can:map -created_at:string? -email:string? -is_disabled:bool -logged_in_at:string? -logged_in_ip:string? -type:string? -url:string?
	-user_url:string?
CredentialsEmbed:
	-can:map -created_at:string? -external_group_id:string? -external_user_id:string? -id -is_disabled:bool -logged_in_at:string? -type:string?
	-url:string?
Session:
	-can:map -id -ip_address:string? -browser:string? -operating_system:string? -city:string? -state:string? -country:string? -credentials_type:string?
	-extended_at:string? -extended_count:int? -sudo_user_id:string? -created_at:string? -expires_at:string? -url:string?
ApiSession:
	-can:map workspace_id:string? -sudo_user_id:string?
UserLoginLockout:
	-can:map -key:string? -auth_type:string? -ip:string? -user_id:string? -remote_id:string? -full_name:string? -email:string? -fail_count:int?
	-lockout_at:string?
AccessToken:
	-access_token -token_type -expires_in:int -refresh_token:string?
Workspace:
	-can:map -id -projects:[Project]?
`
