package lookerclient

import (
	"context"
	"iter"
)

// User is a user. Group membership, roles, credentials and attribute values are
// read here and changed by operations of their own.
type User struct {
	ID ID `json:"id"`
	WriteUser
	DisplayName                Optional[string]             `json:"display_name,omitzero"`
	Email                      Optional[string]             `json:"email,omitzero"` // "" for a user without credentials
	GroupIDs                   Optional[[]ID]               `json:"group_ids,omitzero"`
	RoleIDs                    Optional[[]ID]               `json:"role_ids,omitzero"` // may contain roles held through groups
	PersonalFolderID           Optional[ID]                 `json:"personal_folder_id,omitzero"`
	RolesExternallyManaged     Optional[bool]               `json:"roles_externally_managed,omitzero"`
	AllowDirectRoles           Optional[bool]               `json:"allow_direct_roles,omitzero"`
	AllowNormalGroupMembership Optional[bool]               `json:"allow_normal_group_membership,omitzero"`
	AllowRolesFromNormalGroups Optional[bool]               `json:"allow_roles_from_normal_groups,omitzero"`
	PresumedLookerEmployee     Optional[bool]               `json:"presumed_looker_employee,omitzero"`
	VerifiedLookerEmployee     Optional[bool]               `json:"verified_looker_employee,omitzero"`
	IsIAMAdmin                 Optional[bool]               `json:"is_iam_admin,omitzero"`
	IsServiceAccount           Optional[bool]               `json:"is_service_account,omitzero"`
	ServiceAccountName         Optional[string]             `json:"service_account_name,omitzero"`
	CredentialsEmail           Optional[CredentialsEmail]   `json:"credentials_email,omitzero"`
	CredentialsApi3            Optional[[]CredentialsApi3]  `json:"credentials_api3,omitzero"`
	CredentialsEmbed           Optional[[]CredentialsEmbed] `json:"credentials_embed,omitzero"`
	// Behind pointers, for few have these, and there may be very many users.
	CredentialsGoogle       Optional[*CredentialsGoogle]       `json:"credentials_google,omitzero"`
	CredentialsLDAP         Optional[*CredentialsLDAP]         `json:"credentials_ldap,omitzero"`
	CredentialsLookerOpenid Optional[*CredentialsLookerOpenid] `json:"credentials_looker_openid,omitzero"`
	CredentialsOIDC         Optional[*CredentialsOIDC]         `json:"credentials_oidc,omitzero"`
	CredentialsSaml         Optional[*CredentialsSaml]         `json:"credentials_saml,omitzero"`
	CredentialsTotp         Optional[*CredentialsTotp]         `json:"credentials_totp,omitzero"`
}

// WriteUser is what create_user and update_user accept. Looker's bookkeeping for
// its own user interface, ui_state and models_dir_validated, is left out: writing
// it would overwrite what the person at the screen does.
type WriteUser struct {
	FirstName          Optional[string] `json:"first_name,omitzero"` // null reads back as ""
	LastName           Optional[string] `json:"last_name,omitzero"`
	Locale             Optional[string] `json:"locale,omitzero"`
	HomeFolderID       Optional[ID]     `json:"home_folder_id,omitzero"`
	IsDisabled         Optional[bool]   `json:"is_disabled,omitzero"`
	CanManageAPI3Creds Optional[bool]   `json:"can_manage_api3_creds,omitzero"`
}

var userFields = fieldsOf[User]()

// CredentialType is a kind of credential by which a user can be looked up.
type CredentialType string

// The credential types, with the field that a lookup matches.
const (
	CredentialEmail        CredentialType = "email"         // email
	CredentialGoogle       CredentialType = "google"        // google_user_id
	CredentialSAML         CredentialType = "saml"          // saml_user_id
	CredentialOIDC         CredentialType = "oidc"          // oidc_user_id
	CredentialLDAP         CredentialType = "ldap"          // ldap_id
	CredentialAPI3         CredentialType = "api3"          // client_id
	CredentialEmbed        CredentialType = "embed"         // external_user_id
	CredentialLookerOpenID CredentialType = "looker_openid" // email
)

// UserSearch filters Search. A zero field does not filter. Texts are SQL LIKE
// patterns without regard to case: "%" and "_" are wildcards and cannot be
// escaped, so compare what is found.
type UserSearch struct {
	FirstName        string
	LastName         string
	Email            string
	GroupID          ID
	IsDisabled       *bool // without it, releases differ in whether disabled users are found
	EmbedUser        *bool // embed users are found only with true
	IsServiceAccount *bool
}

// UsersService calls the operations on users.
type UsersService struct{ c *Client }

// Get returns one user (operation user).
func (s *UsersService) Get(ctx context.Context, id ID) (*User, error) {
	return call[User](ctx, s.c, opUser.at(id).fields(userFields))
}

// List yields every user, of each kind (operation all_users).
func (s *UsersService) List(ctx context.Context) iter.Seq2[*User, error] {
	return paginate[User](ctx, s.c, opAllUsers.at().fields(userFields))
}

// ListByID yields those of the users that exist (operation all_users). Without ids
// it yields none and makes no call.
func (s *UsersService) ListByID(ctx context.Context, ids ...ID) iter.Seq2[*User, error] {
	if len(ids) == 0 {
		return func(func(*User, error) bool) {}
	}
	return paginate[User](ctx, s.c, opAllUsers.at().fields(userFields).csv("ids", ids))
}

// Search yields the users that match every filter (operation search_users).
func (s *UsersService) Search(ctx context.Context, f UserSearch) iter.Seq2[*User, error] {
	return paginate[User](ctx, s.c, opSearchUsers.at().fields(userFields).
		param("first_name", f.FirstName).param("last_name", f.LastName).param("email", f.Email).
		param("group_id", string(f.GroupID)).flag("is_disabled", f.IsDisabled).
		flag("embed_user", f.EmbedUser).flag("is_service_account", f.IsServiceAccount))
}

// GetByCredential returns the user who holds a credential (operation
// user_for_credential): by e-mail address, the only natural key of users. Looker
// (Google Cloud core) may refuse it with IsUnsupported or IsForbidden; Search by Email then.
func (s *UsersService) GetByCredential(ctx context.Context, t CredentialType, credentialID string) (*User, error) {
	return call[User](ctx, s.c, opUserForCredential.at(ID(t), ID(credentialID)).fields(userFields))
}

// FindByCredential is GetByCredential as a sequence: nobody is no error (operation user_for_credential).
func (s *UsersService) FindByCredential(ctx context.Context, t CredentialType, credentialID string) iter.Seq2[*User, error] {
	return one[User](ctx, s.c, opUserForCredential.at(ID(t), ID(credentialID)).fields(userFields))
}

// Create makes a user without credentials (operation create_user). Nothing tells
// two such users apart, so an unknown outcome must not be answered by another Create.
func (s *UsersService) Create(ctx context.Context, u WriteUser) (*User, error) {
	return call[User](ctx, s.c, opCreateUser.at().fields(userFields).with(u))
}

// Update changes the fields that u carries (operation update_user).
func (s *UsersService) Update(ctx context.Context, id ID, u WriteUser) (*User, error) {
	return call[User](ctx, s.c, opUpdateUser.at(id).fields(userFields).with(u))
}

// Delete removes a user for good, with personal content and schedules (operation delete_user).
func (s *UsersService) Delete(ctx context.Context, id ID) error {
	return exec(ctx, s.c, opDeleteUser.at(id))
}

// DirectRoles returns the roles that a user holds directly, not through groups (operation user_roles).
func (s *UsersService) DirectRoles(ctx context.Context, id ID) ([]Role, error) {
	return list[Role](ctx, s.c, opUserRoles.at(id).fields(roleFields).param("direct_association_only", "true"))
}

// SetRoles replaces the roles that a user holds directly; none takes them all away (operation set_user_roles).
func (s *UsersService) SetRoles(ctx context.Context, id ID, roles []ID) ([]Role, error) {
	return list[Role](ctx, s.c, opSetUserRoles.at(id).fields(roleFields).with(array(roles)))
}

// array makes an empty list of none at all: "[]" empties, "null" is an error.
func array[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
