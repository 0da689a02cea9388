package controllers

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// allUsers is the group that everybody is in and nobody can leave.
const allUsers lookerclient.ID = "1"

// claimedGroup precedes a group's id in the claims of a status.
const claimedGroup = "groups/"

// wantedUser is a user with what hangs on it.
type wantedUser struct {
	lookerclient.WriteUser
	CredentialsEmail lookerclient.Optional[lookerclient.WriteCredentialsEmail] `json:"credentials_email,omitzero"`
	Roles            lookerclient.Optional[directRoles]                        `json:"roles,omitzero"`
	// Groups to be in (true) and to leave (false).
	Groups map[string]bool `json:"groups,omitempty"`
	// Values the user has itself, by attribute.
	Values map[string]lookerclient.AttributeValue `json:"attribute_values,omitempty"`
	// Hidden repeats the plain values. Which attributes hide theirs is only known
	// from the live user: Normalize leaves those here, and the others in Values.
	Hidden lookerclient.Optional[[]hiddenValue] `json:"hidden_values,omitzero"`
	// SetupEmail asks for the invitation; setup says whether it is due. The first
	// alone is part of the desired state, which must not change by being reached.
	SetupEmail lookerclient.Optional[bool] `json:"setup_email,omitzero"`
	setup      setupState
}

// directRoles are the roles that a user holds directly, sorted. They are not a
// bare list, because an empty one could not be told from one that was not read.
type directRoles struct {
	IDs []lookerclient.ID `json:"direct"`
}

// hiddenValue is a value that Looker takes and shows to nobody.
type hiddenValue struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

// setupState is what the status knows of the invitation.
type setupState struct {
	sent bool
	ours bool // the operator made the user, now or before
	new  bool // there is no user yet: it may be made, or adopted
}

// liveUser is a user as Looker has it. The exported fields beside the row are
// set by Normalize, from what was read.
type liveUser struct {
	lookerclient.User
	Roles      lookerclient.Optional[directRoles]   `json:"roles,omitzero"`
	Groups     map[string]bool                      `json:"groups,omitzero"`
	Values     map[string]any                       `json:"attribute_values,omitzero"`
	Hidden     lookerclient.Optional[[]hiddenValue] `json:"hidden_values,omitzero"`
	SetupEmail lookerclient.Optional[bool]          `json:"setup_email,omitzero"`

	direct    lookerclient.Optional[directRoles] // once read
	own       map[string]ownValue                // values of the attributes that were asked for
	bare      bool                               // just made: what own does not list is not set
	setupSent bool
}

// ownValue is the value that a user has itself of one attribute.
type ownValue struct {
	set, hidden bool
	text        string
}

type userAdapter struct{}

// Desired implements engine.Adapter.
func (userAdapter) Desired(u *v1alpha1.LookerUser, in engine.Inputs) (wantedUser, error) {
	spec, status := &u.Spec, &u.Status
	want := wantedUser{
		WriteUser: lookerclient.WriteUser{
			FirstName:          lookerclient.SetPtr(spec.FirstName),
			LastName:           lookerclient.SetPtr(spec.LastName),
			Locale:             lookerclient.SetPtr(spec.Locale),
			IsDisabled:         lookerclient.SetPtr(spec.IsDisabled),
			CanManageAPI3Creds: lookerclient.SetPtr(spec.CanManageAPI3Creds),
		},
		Roles:  wantedRoles(u, in),
		Groups: wantedGroups(u, in),
		setup: setupState{
			sent: status.SetupEmailSent,
			ours: status.Origin == v1alpha1.OriginCreated || status.Creating != nil,
			new:  status.ID == "",
		},
	}
	if f := spec.HomeFolder; f != nil {
		want.HomeFolderID = lookerclient.Set(lookerclient.ID(in.ID(v1alpha1.KindFolder, f.Target())))
	}
	if spec.Email != nil {
		want.CredentialsEmail = lookerclient.Set(lookerclient.WriteCredentialsEmail{Email: lookerclient.SetPtr(spec.Email)})
	}
	if spec.SendSetupEmail != nil && *spec.SendSetupEmail {
		want.SetupEmail = lookerclient.Set(true)
	}
	err := want.setValues(spec.AttributeValues, in)
	return want, err
}

// wantedRoles returns the roles of the spec, absent without a list.
func wantedRoles(u *v1alpha1.LookerUser, in engine.Inputs) lookerclient.Optional[directRoles] {
	if u.Spec.Roles == nil {
		return lookerclient.Optional[directRoles]{}
	}
	roles := make([]lookerclient.ID, len(*u.Spec.Roles))
	for i, r := range *u.Spec.Roles {
		roles[i] = lookerclient.ID(in.ID(v1alpha1.KindRole, r.Target()))
	}
	return lookerclient.Set(directRoles{idSet(roles)})
}

// wantedGroups returns the groups of the spec, and those to leave: what the
// object put the user into and no longer lists. Without a list, all are let be.
func wantedGroups(u *v1alpha1.LookerUser, in engine.Inputs) map[string]bool {
	if u.Spec.Groups == nil {
		return nil
	}
	groups := map[string]bool{}
	for _, claim := range u.Status.Claims {
		if id, ok := strings.CutPrefix(claim, claimedGroup); ok {
			groups[id] = false
		}
	}
	for _, g := range *u.Spec.Groups {
		groups[in.ID(v1alpha1.KindGroup, g.Target())] = true
	}
	delete(groups, string(allUsers))
	return groups
}

func (w *wantedUser) setValues(spec []v1alpha1.UserAttributeValue, in engine.Inputs) error {
	if len(spec) == 0 {
		return nil
	}
	w.Values = map[string]lookerclient.AttributeValue{}
	var plain []hiddenValue
	for i, a := range spec {
		id := in.ID(v1alpha1.KindUserAttribute, a.Target())
		if _, twice := w.Values[id]; twice {
			return engine.Invalid("spec.attributeValues[%d]: attribute %s has a value already; keep one entry", i, id)
		}
		switch {
		case a.ValueFrom != nil:
			w.Values[id] = lookerclient.HiddenValue(in.Secret(a.ValueFrom.SecretKeyRef))
		case a.Value != nil:
			w.Values[id] = lookerclient.PlainValue(*a.Value)
			plain = append(plain, hiddenValue{id, *a.Value})
		default:
			return engine.Invalid("spec.attributeValues[%d]: set value or valueFrom", i)
		}
	}
	if plain != nil {
		w.Hidden = lookerclient.Set(sortHidden(plain))
	}
	return nil
}

// Claims implements engine.Claimer.
func (userAdapter) Claims(want wantedUser) []string {
	var out []string
	for id, in := range want.Groups {
		if in {
			out = append(out, claimedGroup+id)
		}
	}
	slices.Sort(out)
	return out
}

// Key implements engine.Adapter: the address, and the names, by which alone a
// user can be found that has no credential yet.
func (userAdapter) Key(want wantedUser) wantedUser {
	return wantedUser{
		WriteUser:        lookerclient.WriteUser{FirstName: want.FirstName, LastName: want.LastName},
		CredentialsEmail: want.CredentialsEmail,
	}
}

// Match implements engine.Adapter. The address decides; without one in the
// spec, the names do, among people's users that have no address either.
func (userAdapter) Match(key wantedUser, live *liveUser) bool {
	if email := key.email(); email != "" {
		return email == live.address()
	}
	return sameNames(key, live) && live.address() == "" && !live.isEmbed() && !isTrue(live.IsServiceAccount)
}

func sameNames(key wantedUser, live *liveUser) bool {
	return valueOf(key.FirstName) == valueOf(live.FirstName) && valueOf(key.LastName) == valueOf(live.LastName)
}

// email returns the wanted address as addresses are compared, "" for none.
func (w *wantedUser) email() string { return lowerEmail(valueOf(valueOf(w.CredentialsEmail).Email)) }

// lowerEmail is the form to compare: Looker ignores the case of addresses, and
// may or may not keep it.
func lowerEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// address returns the address that a person logs in with: of the e-mail
// credential or, for want of one, of single sign-on. Those of embedding
// applications say nothing about who it is.
func (l *liveUser) address() string {
	if cred, ok := l.CredentialsEmail.Get(); ok {
		return lowerEmail(valueOf(cred.Email))
	}
	if l.isEmbed() {
		return ""
	}
	return lowerEmail(valueOf(l.Email))
}

func (l *liveUser) hasEmailCredential() bool {
	_, ok := l.CredentialsEmail.Get()
	return ok
}

func (l *liveUser) isEmbed() bool { return len(valueOf(l.CredentialsEmbed)) > 0 }

// isSSO reports whether an identity provider logs the user in. An address
// without an e-mail credential comes from a kind of credential not known here.
func (l *liveUser) isSSO() bool {
	_, google := l.CredentialsGoogle.Get()
	_, ldap := l.CredentialsLDAP.Get()
	_, openid := l.CredentialsLookerOpenid.Get()
	_, oidc := l.CredentialsOIDC.Get()
	_, saml := l.CredentialsSaml.Get()
	return google || ldap || openid || oidc || saml || !l.hasEmailCredential() && l.address() != ""
}

// ID implements engine.Adapter.
func (userAdapter) ID(live *liveUser) string { return string(live.ID) }

// List implements engine.Lister.
func (userAdapter) List(ctx context.Context, c *lookerclient.Client) iter.Seq2[*liveUser, error] {
	return mapRows(c.Users.List(ctx), userRow)
}

// Get implements engine.Adapter.
func (userAdapter) Get(ctx context.Context, c *lookerclient.Client, id string) (*liveUser, error) {
	row, err := c.Users.Get(ctx, lookerclient.ID(id))
	if err != nil {
		return nil, err
	}
	return userRow(row), nil
}

func userRow(u *lookerclient.User) *liveUser { return &liveUser{User: *u} }

// Targets implements engine.Namer: the address, lower-cased. Where two users
// share one, it means the one with the e-mail credential.
func (userAdapter) Targets(rows map[string]*liveUser) map[v1alpha1.Target][]string {
	index := make(map[v1alpha1.Target][]string, len(rows))
	for _, byCredential := range []bool{true, false} {
		found := map[v1alpha1.Target][]string{}
		for id, row := range rows {
			t := v1alpha1.Target{By: v1alpha1.ByEmail, Value: row.address()}
			if !t.IsZero() && row.hasEmailCredential() == byCredential && index[t] == nil {
				found[t] = append(found[t], id)
			}
		}
		for t, ids := range found {
			index[t] = ids
		}
	}
	return index
}

// Record implements engine.Recorder.
func (userAdapter) Record(u *v1alpha1.LookerUser, _ wantedUser, live *liveUser) {
	u.Status.SetupEmailSent = u.Status.SetupEmailSent || live.setupSent
}

// Since implements engine.Versioned.
func (userAdapter) Since() map[string]string {
	return map[string]string{"can_manage_api3_creds": "25.14"}
}

// idSet returns the ids sorted, each once; never nil.
func idSet(in []lookerclient.ID) []lookerclient.ID {
	out := slices.Clone(in)
	slices.Sort(out)
	return append([]lookerclient.ID{}, slices.Compact(out)...)
}
