package fidelity

const sessionScript = `
GET /session => 200
PATCH /session {"workspace_id":"dev"} => 200
PATCH /session {"workspace_id":"production"} => 200
PATCH /session {"workspace_id":"other"} => 422
GET /workspaces => 200
GET /workspaces/dev => 200
GET /workspaces/none => 404
GET /versions => 200
GET /versions?fields=looker_release_version => 200
GET /user => 200
GET /timezones => 200
GET /locales => 200
GET /permissions => 200
GET /public_egress_ip_addresses => 200
GET /user_login_lockouts => 200
GET /user_login_lockouts/search?auth_type=email => 200
DELETE /user_login_lockout/$lockout => 204
POST /login/$embedder => 200
POST /login/4711 => 404
`

const userScript = `
POST /users {"first_name":"Ann","last_name":"Lee"} => 200 ann=id
POST /users => 200 empty=id
GET /users/$empty => 200
POST /users {"locale":"xx"} => 422
GET /users => 200
GET /users?limit=1&offset=1&sorts=id&fields=id,credentials_email(email) => 200
GET /users/search?first_name=a% => 200
GET /users/search/names/a%25 => 200
GET /users/4711 => 404
PATCH /users/$ann {"first_name":null,"locale":"de"} => 200
PATCH /users/$me {"is_disabled":true} => 403
POST /users/$ann/credentials_email {"email":"ann@example.com"} => 200
POST /users/$ann/credentials_email {"email":"ann@example.com"} => 409
POST /users/$empty/credentials_email {"email":"ANN@example.com"} => 422
GET /users/$ann/credentials_email => 200
PATCH /users/$ann/credentials_email {"forced_password_reset_at_next_login":true} => 200
POST /users/$ann/credentials_email/send_password_reset => 200
POST /users/$ann/credentials_email/password_reset?expires=true => 200
GET /users/$ann => 200
GET /credentials_email/search?email=ann% => 200
GET /users/credential/email/ann@example.com => 200
GET /users/credential/email/none@example.com => 404
POST /users/$ann/update_emails {"email":"ann2@example.com"} => 422
PATCH /users/$ann {"is_disabled":true} => 200
POST /users/$ann/update_emails {"email":"ann2@example.com"} => 200
POST /users/$ann/credentials_totp => 200
POST /users/$ann/credentials_totp => 409
GET /users/$ann/credentials_totp => 200
DELETE /users/$ann/credentials_totp => 204
POST /users/$ann/credentials_api3 => 200 key=id
GET /users/$ann/credentials_api3 => 200
GET /users/$ann/credentials_api3/$key => 200
PATCH /users/$ann/credentials_api3/$key {"purpose":"reports"} => 200
DELETE /users/$ann/credentials_api3/$key => 204
GET /users/$embedder => 200
GET /users/$embedder/credentials_ldap => 200
GET /users/$embedder/credentials_google => 200
GET /users/$embedder/credentials_saml => 200
GET /users/$embedder/credentials_oidc => 200
GET /users/$embedder/credentials_looker_openid => 200
DELETE /users/$embedder/credentials_ldap => 204
DELETE /users/$embedder/credentials_google => 204
DELETE /users/$embedder/credentials_saml => 204
DELETE /users/$embedder/credentials_oidc => 204
DELETE /users/$embedder/credentials_looker_openid => 204
GET /users/$embedder/credentials_embed => 200
GET /users/$embedder/credentials_embed/$embed => 200
DELETE /users/$embedder/credentials_embed/$embed => 204
GET /users/$embedder/sessions => 200
GET /users/$embedder/sessions/$web => 200
DELETE /users/$embedder/sessions/$web => 204
POST /users/embed_user {"external_user_id":"ext-2"} => 200
POST /users/service_accounts {"service_account_name":"robot"} => 200 robot=id
PATCH /users/service_accounts/$robot {"is_disabled":true} => 200
DELETE /users/service_accounts/$robot => 204
DELETE /users/$ann/credentials_email => 204
DELETE /users/$empty => 204
DELETE /users/$me => 403
`

const accessScript = `
POST /permission_sets {"name":"viewers","permissions":["see_looks","access_data"]} => 200 pset=id
POST /permission_sets {"name":"viewers","permissions":[]} => 422
POST /permission_sets {"permissions":[]} => 422
GET /permission_sets => 200
GET /permission_sets/$pset => 200
GET /permission_sets/search?built_in=false => 200
PATCH /permission_sets/$pset {"permissions":["access_data"]} => 200
PATCH /permission_sets/1 {"name":"x"} => 405
POST /model_sets {"name":"sales","models":["b","a"]} => 200 mset=id
GET /model_sets => 200
GET /model_sets/$mset => 200
GET /model_sets/search?name=sal% => 200
PATCH /model_sets/$mset {"models":["c"]} => 200
POST /roles {"name":"Sales viewer","permission_set_id":"$pset","model_set_id":"$mset"} => 200 role=id
POST /roles {"name":"Broken"} => 422
GET /roles => 200
GET /roles?ids=2 => 200
GET /roles/$role => 200
GET /roles/search?name=sales% => 200
GET /roles/search/with_user_count => 200
PATCH /roles/$role {"name":"Sales reader"} => 200
PATCH /roles/2 {"name":"x"} => 405
DELETE /roles/2 => 405
POST /groups {"name":"Sales"} => 200 group=id
POST /groups?fields=id {"name":"Sales EU"} => 200 child=id
POST /groups {"name":"Sales"} => 422
GET /groups => 200
GET /groups?limit=1&ids=1 => 200
GET /groups/$group => 200
GET /groups/search?name=sales% => 200
GET /groups/search/with_roles => 200
GET /groups/search/with_hierarchy?limit=10 => 200
PATCH /groups/$group {"can_add_to_content_metadata":true} => 200
PATCH /groups/1 {"name":"x"} => 403
POST /groups/$group/groups {"group_id":"$child"} => 200
GET /groups/$group/groups => 200
POST /groups/$group/users {"user_id":"$ann"} => 200
POST /groups/$group/users {"user_id":"4711"} => 404
GET /groups/$group/users => 200
PUT /roles/$role/groups ["$group"] => 200
GET /roles/$role/groups => 200
GET /roles/$role/users => 200
PUT /roles/$role/users ["$ann"] => 200
GET /users/$ann/roles => 200
PUT /users/$ann/roles ["$role"] => 200
PUT /users/$ann/roles ["4711"] => 404
POST /user_attributes {"name":"region","label":"Region","type":"string","default_value":"EU"} => 200 attr=id
POST /user_attributes {"name":"region","label":"Other","type":"string"} => 422
POST /user_attributes {"name":"token","label":"Token","type":"string","value_is_hidden":true,"hidden_value_domain_whitelist":"a.example.com/*"} => 200 hidden=id
GET /user_attributes => 200
GET /user_attributes/$hidden => 200
PATCH /user_attributes/$attr {"label":"Sales region"} => 200
POST /user_attributes/$attr/group_values [{"group_id":"$group","value":"US"},{"group_id":"$child","value":"UK"}] => 200
GET /user_attributes/$attr/group_values => 200
PATCH /groups/$child/attribute_values/$attr {"value":"FR"} => 200
DELETE /groups/$child/attribute_values/$attr => 204
PATCH /users/$ann/attribute_values/$attr {"value":"DE"} => 200
PATCH /users/$ann/attribute_values/$hidden {"value":"s3cret"} => 200
PATCH /users/$ann/attribute_values/6 {"value":"1"} => 403
GET /users/$ann/attribute_values => 200
GET /users/$ann/attribute_values?all_values=true&user_attribute_ids=$attr => 200
DELETE /users/$ann/attribute_values/$attr => 204
DELETE /users/$ann/attribute_values/$attr => 404
DELETE /user_attributes/$attr => 204
DELETE /user_attributes/1 => 400
DELETE /groups/$group/users/$ann => 204
DELETE /groups/$group/groups/$child => 204
DELETE /permission_sets/$pset => 405
DELETE /roles/$role => 204
DELETE /permission_sets/$pset => 204
DELETE /model_sets/$mset => 204
`

const contentScript = `
POST /folders {"name":"Finance","parent_id":"1"} => 200 folder=id meta=content_metadata_id
POST /folders {"name":"Finance","parent_id":"1"} => 422
POST /folders {"name":"Lost","parent_id":"4711"} => 404
POST /folders {"name":"Reports","parent_id":"$folder"} => 200 sub=id submeta=content_metadata_id
GET /folders => 200
GET /folders?fields=id,name,parent_id => 200
GET /folders/search?is_users_root=true => 200 users=id
GET /folders/$folder => 200
PATCH /folders/$sub {"name":"Monthly"} => 200
PATCH /folders/1 {"name":"x"} => 422
GET /folders/$folder/children => 200
GET /folders/$folder/children/search?name=mon% => 200
GET /folders/$sub/parent => 200
GET /folders/1/parent => 404
GET /folders/$sub/ancestors => 200
GET /folders/lookml => 200
POST /dashboards {"title":"Sales","folder_id":"$folder"} => 200 dash=id
POST /dashboards {"title":"Sales","folder_id":"$folder"} => 422
POST /looks {"title":"Orders","folder_id":"$folder","query_id":"5"} => 200 look=id
GET /dashboards => 200
GET /dashboards/search?title=sal% => 200
GET /dashboards/$dash => 200
PATCH /dashboards/$dash {"description":"all sales"} => 200
GET /looks => 200
GET /looks/search => 200
GET /looks/$look => 200
PATCH /looks/$look {"description":"all orders"} => 200
GET /folders/$folder/dashboards => 200
GET /folders/$folder/looks => 200
GET /folders/$folder => 200
GET /content_metadata?parent_id=$meta => 200
GET /content_metadata/$meta => 200
GET /content_metadata/x => 400
PATCH /content_metadata/$meta {"inherits":false} => 200
GET /content_metadata_access?content_metadata_id=$meta => 200 grant=id
PUT /content_metadata_access/$grant {"permission_type":"view"} => 200
POST /content_metadata_access {"content_metadata_id":"$meta","permission_type":"edit","group_id":"$group"} => 200
POST /content_metadata_access {"content_metadata_id":"$submeta","permission_type":"edit","group_id":"$group"} => 422
DELETE /content_metadata_access/$grant => 204
`

const scheduleScript = `
POST /scheduled_plans {"name":"Daily","dashboard_id":"$dash","crontab":"0 6 * * 1-5","timezone":"Europe/Berlin","scheduled_plan_destination":[{"type":"email","address":"a@example.com","format":"wysiwyg_pdf"}]} => 200 plan=id
POST /scheduled_plans {"name":"Bad","dashboard_id":"$dash","crontab":"0 6 ? * *","scheduled_plan_destination":[{"type":"email","address":"a@example.com","format":"wysiwyg_pdf"}]} => 422
POST /scheduled_plans {"name":"Orders","look_id":"$look","require_results":true,"require_no_results":false,"require_change":false,"datagroup":"m::d","scheduled_plan_destination":[{"type":"s3","address":"s3://b/p/","format":"csv","parameters":"{}","secret_parameters":"{}"}]} => 200 lookplan=id
GET /scheduled_plans => 200
GET /scheduled_plans?all_users=true&fields=id,scheduled_plan_destination(id,format) => 200
GET /scheduled_plans/search?name=dai% => 200
GET /scheduled_plans/$plan => 200
GET /scheduled_plans/4711 => 404
PATCH /scheduled_plans/$plan {"enabled":false} => 200
PATCH /scheduled_plans/$plan {"scheduled_plan_destination":[]} => 422
PATCH /scheduled_plans/$plan {"scheduled_plan_destination":[{"type":"webhook","address":"https://h.example.com","format":"inline_json"}]} => 200
GET /scheduled_plans/dashboard/$dash => 200
GET /scheduled_plans/look/$look => 200
GET /scheduled_plans/lookml_dashboard/m::d => 200
GET /scheduled_plans/space/$folder => 200
POST /scheduled_plans/run_once {"name":"Now","dashboard_id":"$dash","scheduled_plan_destination":[{"type":"email","address":"a@example.com","format":"csv"}]} => 200
POST /scheduled_plans/$plan/run_once => 200
DELETE /scheduled_plans/$plan => 204
`

const settingsScript = `
GET /setting => 200
GET /setting?fields=timezone,embed_config(domain_allowlist) => 200
PATCH /setting {"timezone":"Europe/Berlin","embed_config":{"domain_allowlist":["https://a.example.com"]},"mcp_tools":{"query":{"enabled":false}}} => 200
PATCH /setting {"timezone":"Mars/Base"} => 422
GET /custom_welcome_email => 200
PATCH /custom_welcome_email {"enabled":true,"content":"<p>hello</p>"} => 200
PUT /custom_welcome_email_test {"content":"hello","subject":"s","header":"h"} => 200
GET /whitelabel_configuration => 200
PUT /whitelabel_configuration {"default_title":"Reports","logo_file":"aGVsbG8="} => 200
GET /password_config => 200
PATCH /password_config {"min_length":12,"expiration_enabled":true,"expiration_duration_days":90} => 200
PATCH /password_config {"min_length":3} => 422
PUT /password_config/force_password_reset_at_next_login_for_all_users => 200
GET /session_config => 200
PATCH /session_config {"session_minutes":60} => 200
PATCH /session_config {"session_minutes":1} => 422
GET /ldap_config => 200
PATCH /ldap_config {"connection_host":"ldap.example.com","connection_port":"636","auth_password":"x","groups_with_role_ids":[{"name":"cn=admins","looker_group_name":"LDAP admins","role_ids":["2"]}],"user_attributes_with_ids":[{"name":"locale","required":false,"user_attribute_ids":["11"]}],"default_new_user_role_ids":["2"]} => 200
GET /saml_config => 200
PATCH /saml_config {"enabled":true,"idp_url":"https://idp.example.com"} => 422
PATCH /saml_config {"idp_url":"https://idp.example.com","idp_cert_multi":{"signing":["MIIB"]},"groups_with_role_ids":[{"name":"eng","looker_group_name":"Engineers","role_ids":["2"]}],"user_attributes_with_ids":[{"name":"mail","required":true,"user_attribute_ids":["3"]}]} => 200
GET /oidc_config => 200
PATCH /oidc_config {"issuer":"https://op.example.com","scopes":["openid"],"secret":"x"} => 200
POST /smtp_settings {"address":"mail.example.com","from":"a@example.com","port":587,"password":"x","ssl_version":"TLSv1_2"} => 204
POST /smtp_settings {"from":"a@example.com"} => 422
GET /smtp_status => 200
GET /digest_emails_enabled => 200
PATCH /digest_emails_enabled {"is_enabled":false} => 200
GET /internal_help_resources_enabled => 200
PATCH /internal_help_resources {"enabled":true} => 200
GET /internal_help_resources_content => 200
PATCH /internal_help_resources_content {"organization_name":"Acme"} => 200
GET /legacy_features => 200 feature=id
GET /legacy_features/$feature => 200
PATCH /legacy_features/$feature {"enabled_locally":true} => 200
PATCH /legacy_features/none {"enabled_locally":true} => 404
GET /cloud_storage => 200
PATCH /cloud_storage {"type":"custom-s3","custom_s3_bucket":"b","custom_s3_key":"k","custom_s3_secret":"s"} => 200
GET /support_access/allowlist => 200
POST /support_access/allowlist {"emails":["help@example.com"],"reason":"upgrade"} => 200 entry=id
DELETE /support_access/allowlist/$entry => 204
PUT /support_access/enable {"duration_in_seconds":3600} => 200
GET /support_access/status => 200
PUT /support_access/disable => 200
POST /embed_config/secrets {"secret_type":"JWT"} => 200 secret=id
DELETE /embed_config/secrets/$secret => 204
`

const endScript = `
DELETE /dashboards/$dash => 204
DELETE /looks/$look => 204
DELETE /folders/$folder => 204
DELETE /folders/1 => 422
DELETE /groups/$child => 204
DELETE /users/$ann => 204
DELETE /logout => 204
GET /user => 401
`

// switchScript touches what switches change, without depending on their answers.
const switchScript = `
POST /users {"first_name":"Ann","last_name":"Lee"} => 200 ann=id
POST /users/$ann/credentials_email {"email":"Ann@Example.com"} => 200
POST /groups {"name":"Sales"} => 200 group=id
POST /groups/$group/users {"user_id":"$ann"} => 200
PUT /roles/2/groups ["$group"] => 200
GET /users/$ann => 200
GET /groups/search/with_hierarchy => 200
GET /users/$ann/attribute_values => 200
POST /folders {"name":"Finance","parent_id":"1"} => 200 folder=id meta=content_metadata_id
PATCH /content_metadata/$meta {"inherits":false} => 200
PATCH /content_metadata/$meta {"inherits":true} => 200
POST /dashboards {"title":"Sales","folder_id":"$folder"} => 200 dash=id
POST /scheduled_plans {"name":"Daily","dashboard_id":"$dash","crontab":"0 6 * * *","filters_string":"A=b","scheduled_plan_destination":[{"type":"email","address":"a@example.com","format":"wysiwyg_pdf"}]} => 200 plan=id
PATCH /scheduled_plans/$plan {"scheduled_plan_destination":[{"type":"email","address":"b@example.com","format":"wysiwyg_pdf"}]} => 200
GET /scheduled_plans => 200
PATCH /setting {"embed_config":{"domain_allowlist":[]},"dashboard_auto_refresh_minimum_interval":"60 seconds"} => 200
GET /saml_config => 200
GET /ldap_config => 200
GET /oidc_config => 200
GET /users?limit=500 => 200
DELETE /groups/$group => 204
`
