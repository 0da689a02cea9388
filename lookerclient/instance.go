package lookerclient

import "context"

// Versions is what an instance says of itself.
type Versions struct {
	LookerReleaseVersion string       `json:"looker_release_version"` // such as "26.12.3"
	CurrentVersion       APIVersion   `json:"current_version"`
	SupportedVersions    []APIVersion `json:"supported_versions"`
	APIServerURL         string       `json:"api_server_url"`
	WebServerURL         string       `json:"web_server_url"`
}

// APIVersion is one version of the API that an instance serves.
type APIVersion struct {
	Version     string `json:"version"`      // such as "4.0"
	FullVersion string `json:"full_version"` // such as "4.0.26.12"
	Status      string `json:"status"`
}

// Session is the state of a token.
type Session struct {
	WriteSession
	SudoUserID Optional[ID] `json:"sudo_user_id,omitzero"`
}

// WriteSession is what update_session accepts.
type WriteSession struct {
	WorkspaceID Optional[ID] `json:"workspace_id,omitzero"` // "production" or "dev"
}

// Workspace is a version of the LookML that a session works with.
type Workspace struct {
	ID ID `json:"id"`
}

// Timezone is a time zone that Looker accepts.
type Timezone struct {
	Value string `json:"value"` // the name to send
	Label string `json:"label"`
	Group string `json:"group"`
}

// Locale is a locale that Looker accepts.
type Locale struct {
	Code        string `json:"code"`
	NativeName  string `json:"native_name"`
	EnglishName string `json:"english_name"`
}

// UserLoginLockout is a login that Looker refuses for too many failures.
type UserLoginLockout struct {
	Key       ID               `json:"key"`
	AuthType  Optional[string] `json:"auth_type,omitzero"` // "api" for an API key
	IP        Optional[string] `json:"ip,omitzero"`
	UserID    Optional[ID]     `json:"user_id,omitzero"`
	RemoteID  Optional[string] `json:"remote_id,omitzero"`
	Email     Optional[string] `json:"email,omitzero"`
	FailCount Optional[int64]  `json:"fail_count,omitzero"`
	LockoutAt Optional[string] `json:"lockout_at,omitzero"`
}

// InstanceService calls the operations on the instance and the client's own session.
type InstanceService struct{ c *Client }

// Alive asks whether Looker answers at all, without a token.
func (s *InstanceService) Alive(ctx context.Context) error {
	m, err := s.c.config.prepare(alive.at())
	if err != nil {
		return err
	}
	return s.c.attempt(ctx, m, Secret{}, 1, nil).err
}

// Versions returns the release and the API versions; it is not charged (operation versions).
func (s *InstanceService) Versions(ctx context.Context) (*Versions, error) {
	return call[Versions](ctx, s.c, opVersions.at().fields(fieldsOf[Versions]()))
}

// Me returns the user that the client acts as (operation me).
func (s *InstanceService) Me(ctx context.Context) (*User, error) {
	return call[User](ctx, s.c, opMe.at().fields(userFields))
}

// Session returns the state of the client's token (operation session).
func (s *InstanceService) Session(ctx context.Context) (*Session, error) {
	return call[Session](ctx, s.c, opSession.at())
}

// Workspaces returns the workspaces of the client's user (operation all_workspaces).
func (s *InstanceService) Workspaces(ctx context.Context) ([]Workspace, error) {
	return list[Workspace](ctx, s.c, opAllWorkspaces.at())
}

// Workspace returns one workspace (operation workspace).
func (s *InstanceService) Workspace(ctx context.Context, id ID) (*Workspace, error) {
	return call[Workspace](ctx, s.c, opWorkspace.at(id))
}

// Timezones returns the time zones to choose from (operation all_timezones).
func (s *InstanceService) Timezones(ctx context.Context) ([]Timezone, error) {
	return list[Timezone](ctx, s.c, opAllTimezones.at())
}

// Locales returns the locales to choose from (operation all_locales).
func (s *InstanceService) Locales(ctx context.Context) ([]Locale, error) {
	return list[Locale](ctx, s.c, opAllLocales.at())
}

// Lockouts returns the logins that Looker refuses (operation all_user_login_lockouts).
func (s *InstanceService) Lockouts(ctx context.Context) ([]UserLoginLockout, error) {
	return list[UserLoginLockout](ctx, s.c, opAllUserLoginLockouts.at().fields(fieldsOf[UserLoginLockout]()))
}

// DeleteLockout lets a login be tried again (operation delete_user_login_lockout).
func (s *InstanceService) DeleteLockout(ctx context.Context, key ID) error {
	return exec(ctx, s.c, opDeleteUserLoginLockout.at(key))
}

// LegacyFeatures returns the legacy features of this release (operation all_legacy_features).
func (s *InstanceService) LegacyFeatures(ctx context.Context) ([]LegacyFeature, error) {
	return list[LegacyFeature](ctx, s.c, opAllLegacyFeatures.at())
}
