package lookerclient

import (
	"context"
	"encoding/json"
)

// CredentialsEmail is the e-mail address and password of a user. The links that
// set a password are not among its fields: whoever holds one is the user.
type CredentialsEmail struct {
	WriteCredentialsEmail
	UserID     Optional[ID]     `json:"user_id,omitzero"`
	IsDisabled Optional[bool]   `json:"is_disabled,omitzero"` // true also until the user has set a password
	CreatedAt  Optional[string] `json:"created_at,omitzero"`
	LoggedInAt Optional[string] `json:"logged_in_at,omitzero"` // "" for never
}

// WriteCredentialsEmail is what create_user_credentials_email and update_user_credentials_email accept.
type WriteCredentialsEmail struct {
	Email                          Optional[string] `json:"email,omitzero"`
	ForcedPasswordResetAtNextLogin Optional[bool]   `json:"forced_password_reset_at_next_login,omitzero"`
}

// CredentialsApi3 is an API key of a user, without its secret.
type CredentialsApi3 struct {
	ID ID `json:"id"`
	WriteCredentialsApi3
	ClientID   Optional[string] `json:"client_id,omitzero"`
	IsDisabled Optional[bool]   `json:"is_disabled,omitzero"`
	CreatedAt  Optional[string] `json:"created_at,omitzero"`
}

// WriteCredentialsApi3 is what update_user_credentials_api3 accepts.
type WriteCredentialsApi3 struct {
	Purpose Optional[string] `json:"purpose,omitzero"`
}

// CreatedCredentialsApi3 is a new API key: the only answer that has its secret.
type CreatedCredentialsApi3 struct {
	CredentialsApi3
	ClientSecret Secret `json:"client_secret"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *CreatedCredentialsApi3) UnmarshalJSON(data []byte) error {
	var secret struct {
		ClientSecret string `json:"client_secret"`
	}
	if err := json.Unmarshal(data, &c.CredentialsApi3); err != nil {
		return err
	}
	if err := json.Unmarshal(data, &secret); err != nil {
		return err
	}
	c.ClientSecret = NewSecret(secret.ClientSecret)
	return nil
}

// CredentialsEmbed ties a user to one of an embedding application.
type CredentialsEmbed struct {
	ID              ID               `json:"id"`
	ExternalUserID  Optional[string] `json:"external_user_id,omitzero"`
	ExternalGroupID Optional[string] `json:"external_group_id,omitzero"`
	IsDisabled      Optional[bool]   `json:"is_disabled,omitzero"`
}

// CredentialsGoogle is made by a login with Google.
type CredentialsGoogle struct {
	Email        Optional[string] `json:"email,omitzero"`
	Domain       Optional[string] `json:"domain,omitzero"`
	GoogleUserID Optional[string] `json:"google_user_id,omitzero"`
	IsDisabled   Optional[bool]   `json:"is_disabled,omitzero"`
	LoggedInAt   Optional[string] `json:"logged_in_at,omitzero"`
}

// CredentialsLDAP is made by a login with LDAP.
type CredentialsLDAP struct {
	Email      Optional[string] `json:"email,omitzero"`
	LDAPDN     Optional[string] `json:"ldap_dn,omitzero"`
	LDAPID     Optional[string] `json:"ldap_id,omitzero"`
	IsDisabled Optional[bool]   `json:"is_disabled,omitzero"`
	LoggedInAt Optional[string] `json:"logged_in_at,omitzero"`
}

// CredentialsLookerOpenid is made by a login with Looker's own OpenID.
type CredentialsLookerOpenid struct {
	Email      Optional[string] `json:"email,omitzero"`
	IsDisabled Optional[bool]   `json:"is_disabled,omitzero"`
	LoggedInAt Optional[string] `json:"logged_in_at,omitzero"`
}

// CredentialsOIDC is made by a login with OpenID Connect.
type CredentialsOIDC struct {
	Email      Optional[string] `json:"email,omitzero"`
	OIDCUserID Optional[string] `json:"oidc_user_id,omitzero"`
	IsDisabled Optional[bool]   `json:"is_disabled,omitzero"`
	LoggedInAt Optional[string] `json:"logged_in_at,omitzero"`
}

// CredentialsSaml is made by a login with SAML.
type CredentialsSaml struct {
	Email      Optional[string] `json:"email,omitzero"`
	SAMLUserID Optional[string] `json:"saml_user_id,omitzero"`
	IsDisabled Optional[bool]   `json:"is_disabled,omitzero"`
	LoggedInAt Optional[string] `json:"logged_in_at,omitzero"`
}

// CredentialsTotp is the second factor of a user.
type CredentialsTotp struct {
	Verified   Optional[bool] `json:"verified,omitzero"`
	IsDisabled Optional[bool] `json:"is_disabled,omitzero"`
}

var (
	credentialsEmailFields = fieldsOf[CredentialsEmail]()
	credentialsAPI3Fields  = fieldsOf[CredentialsApi3]()
)

// GetEmail returns the e-mail credential of a user (operation user_credentials_email).
func (s *UsersService) GetEmail(ctx context.Context, userID ID) (*CredentialsEmail, error) {
	return call[CredentialsEmail](ctx, s.c, opUserCredentialsEmail.at(userID).fields(credentialsEmailFields))
}

// CreateEmail gives a user an e-mail credential; no mail is sent (operation
// create_user_credentials_email). IsAlreadyExists: the user has one, or another user has that address.
func (s *UsersService) CreateEmail(ctx context.Context, userID ID, w WriteCredentialsEmail) (*CredentialsEmail, error) {
	return call[CredentialsEmail](ctx, s.c, opCreateUserCredentialsEmail.at(userID).fields(credentialsEmailFields).with(w))
}

// UpdateEmail changes the fields that w carries (operation update_user_credentials_email).
func (s *UsersService) UpdateEmail(ctx context.Context, userID ID, w WriteCredentialsEmail) (*CredentialsEmail, error) {
	return call[CredentialsEmail](ctx, s.c, opUpdateUserCredentialsEmail.at(userID).fields(credentialsEmailFields).with(w))
}

// DeleteEmail takes the e-mail credential away; the user stays (operation delete_user_credentials_email).
func (s *UsersService) DeleteEmail(ctx context.Context, userID ID) error {
	return exec(ctx, s.c, opDeleteUserCredentialsEmail.at(userID))
}

// SendPasswordReset mails the user a link to set a password, the invitation of a
// new user included (operation send_user_credentials_email_password_reset). Looker
// needs working SMTP settings for it.
func (s *UsersService) SendPasswordReset(ctx context.Context, userID ID) (*CredentialsEmail, error) {
	return call[CredentialsEmail](ctx, s.c, opSendUserCredentialsEmailPasswordReset.at(userID).fields(credentialsEmailFields))
}

// APIKeys returns the API keys of a user (operation all_user_credentials_api3s).
func (s *UsersService) APIKeys(ctx context.Context, userID ID) ([]CredentialsApi3, error) {
	return list[CredentialsApi3](ctx, s.c, opAllUserCredentialsAPI3s.at(userID).fields(credentialsAPI3Fields))
}

// CreateAPIKey makes an API key; its secret is in this answer and never again
// (operation create_user_credentials_api3).
func (s *UsersService) CreateAPIKey(ctx context.Context, userID ID) (*CreatedCredentialsApi3, error) {
	return call[CreatedCredentialsApi3](ctx, s.c, opCreateUserCredentialsAPI3.at(userID))
}

// UpdateAPIKey changes the fields that w carries, on releases from 25.14 (operation update_user_credentials_api3).
func (s *UsersService) UpdateAPIKey(ctx context.Context, userID, keyID ID, w WriteCredentialsApi3) (*CredentialsApi3, error) {
	return call[CredentialsApi3](ctx, s.c, opUpdateUserCredentialsAPI3.at(userID, keyID).fields(credentialsAPI3Fields).with(w))
}

// DeleteAPIKey removes an API key (operation delete_user_credentials_api3).
func (s *UsersService) DeleteAPIKey(ctx context.Context, userID, keyID ID) error {
	return exec(ctx, s.c, opDeleteUserCredentialsAPI3.at(userID, keyID))
}

// GetLDAP returns the LDAP credential of a user (operation user_credentials_ldap).
func (s *UsersService) GetLDAP(ctx context.Context, userID ID) (*CredentialsLDAP, error) {
	return call[CredentialsLDAP](ctx, s.c, opUserCredentialsLDAP.at(userID).fields(fieldsOf[CredentialsLDAP]()))
}

// DeleteLDAP removes the LDAP credential of a user (operation delete_user_credentials_ldap).
func (s *UsersService) DeleteLDAP(ctx context.Context, userID ID) error {
	return exec(ctx, s.c, opDeleteUserCredentialsLDAP.at(userID))
}

// GetGoogle returns the Google credential of a user (operation user_credentials_google).
func (s *UsersService) GetGoogle(ctx context.Context, userID ID) (*CredentialsGoogle, error) {
	return call[CredentialsGoogle](ctx, s.c, opUserCredentialsGoogle.at(userID).fields(fieldsOf[CredentialsGoogle]()))
}

// DeleteGoogle removes the Google credential of a user (operation delete_user_credentials_google).
func (s *UsersService) DeleteGoogle(ctx context.Context, userID ID) error {
	return exec(ctx, s.c, opDeleteUserCredentialsGoogle.at(userID))
}

// GetSAML returns the SAML credential of a user (operation user_credentials_saml).
func (s *UsersService) GetSAML(ctx context.Context, userID ID) (*CredentialsSaml, error) {
	return call[CredentialsSaml](ctx, s.c, opUserCredentialsSAML.at(userID).fields(fieldsOf[CredentialsSaml]()))
}

// DeleteSAML removes the SAML credential of a user (operation delete_user_credentials_saml).
func (s *UsersService) DeleteSAML(ctx context.Context, userID ID) error {
	return exec(ctx, s.c, opDeleteUserCredentialsSAML.at(userID))
}

// GetOIDC returns the OpenID Connect credential of a user (operation user_credentials_oidc).
func (s *UsersService) GetOIDC(ctx context.Context, userID ID) (*CredentialsOIDC, error) {
	return call[CredentialsOIDC](ctx, s.c, opUserCredentialsOIDC.at(userID).fields(fieldsOf[CredentialsOIDC]()))
}

// DeleteOIDC removes the OpenID Connect credential of a user (operation delete_user_credentials_oidc).
func (s *UsersService) DeleteOIDC(ctx context.Context, userID ID) error {
	return exec(ctx, s.c, opDeleteUserCredentialsOIDC.at(userID))
}

// GetLookerOpenID returns the Looker OpenID credential of a user (operation user_credentials_looker_openid).
func (s *UsersService) GetLookerOpenID(ctx context.Context, userID ID) (*CredentialsLookerOpenid, error) {
	return call[CredentialsLookerOpenid](ctx, s.c, opUserCredentialsLookerOpenID.at(userID).fields(fieldsOf[CredentialsLookerOpenid]()))
}

// DeleteLookerOpenID removes the Looker OpenID credential of a user (operation delete_user_credentials_looker_openid).
func (s *UsersService) DeleteLookerOpenID(ctx context.Context, userID ID) error {
	return exec(ctx, s.c, opDeleteUserCredentialsLookerOpenID.at(userID))
}

// GetTOTP returns the second factor of a user (operation user_credentials_totp).
func (s *UsersService) GetTOTP(ctx context.Context, userID ID) (*CredentialsTotp, error) {
	return call[CredentialsTotp](ctx, s.c, opUserCredentialsTOTP.at(userID).fields(fieldsOf[CredentialsTotp]()))
}

// CreateTOTP requires a second factor of a user, who sets it up at the next login (operation create_user_credentials_totp).
func (s *UsersService) CreateTOTP(ctx context.Context, userID ID) (*CredentialsTotp, error) {
	return call[CredentialsTotp](ctx, s.c, opCreateUserCredentialsTOTP.at(userID).fields(fieldsOf[CredentialsTotp]()))
}

// DeleteTOTP resets the second factor of a user (operation delete_user_credentials_totp).
func (s *UsersService) DeleteTOTP(ctx context.Context, userID ID) error {
	return exec(ctx, s.c, opDeleteUserCredentialsTOTP.at(userID))
}

// EmbedCredentials returns the embed credentials of a user (operation all_user_credentials_embeds).
func (s *UsersService) EmbedCredentials(ctx context.Context, userID ID) ([]CredentialsEmbed, error) {
	return list[CredentialsEmbed](ctx, s.c, opAllUserCredentialsEmbeds.at(userID).fields(fieldsOf[CredentialsEmbed]()))
}

// DeleteEmbedCredential removes an embed credential of a user (operation delete_user_credentials_embed).
func (s *UsersService) DeleteEmbedCredential(ctx context.Context, userID, credentialID ID) error {
	return exec(ctx, s.c, opDeleteUserCredentialsEmbed.at(userID, credentialID))
}
