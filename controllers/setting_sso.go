package controllers

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// liveLDAP is the configuration of LDAP with false in the place of a password that
// Looker says it does not have.
type liveLDAP struct {
	lookerclient.LDAPConfig
	AuthPassword *bool `json:"auth_password,omitzero"`
}

func desiredSSO(s v1alpha1.SSOSettings, in engine.Inputs) lookerclient.WriteSSOCommon {
	want := lookerclient.WriteSSOCommon{
		Enabled:                    lookerclient.SetPtr(s.Enabled),
		AlternateEmailLoginAllowed: lookerclient.SetPtr(s.AlternateEmailLoginAllowed),
		AuthRequiresRole:           lookerclient.SetPtr(s.AuthRequiresRole),
		DefaultNewUserGroupIDs:     optionalIDs(s.DefaultNewUserGroups, v1alpha1.KindGroup, in),
		DefaultNewUserRoleIDs:      optionalIDs(s.DefaultNewUserRoles, v1alpha1.KindRole, in),
		SetRolesFromGroups:         lookerclient.SetPtr(s.SetRolesFromGroups),
		UserAttributeMapEmail:      lookerclient.SetPtr(s.UserAttributeMapEmail),
		UserAttributeMapFirstName:  lookerclient.SetPtr(s.UserAttributeMapFirstName),
		UserAttributeMapLastName:   lookerclient.SetPtr(s.UserAttributeMapLastName),
		AllowNormalGroupMembership: lookerclient.SetPtr(s.AllowNormalGroupMembership),
		AllowRolesFromNormalGroups: lookerclient.SetPtr(s.AllowRolesFromNormalGroups),
		AllowDirectRoles:           lookerclient.SetPtr(s.AllowDirectRoles),
	}
	if s.GroupsWithRoles != nil {
		groups := make([]lookerclient.SSOGroupWithRoleIDs, 0, len(*s.GroupsWithRoles))
		for _, g := range *s.GroupsWithRoles {
			groups = append(groups, lookerclient.SSOGroupWithRoleIDs{
				Name: lookerclient.Set(g.Name), LookerGroupName: lookerclient.SetPtr(g.LookerGroupName),
				RoleIDs: optionalIDs(g.Roles, v1alpha1.KindRole, in),
			})
		}
		want.GroupsWithRoleIDs = lookerclient.Set(groups)
	}
	if s.UserAttributesWithIDs != nil {
		attributes := make([]lookerclient.SSOUserAttributeWithIDs, 0, len(*s.UserAttributesWithIDs))
		for _, a := range *s.UserAttributesWithIDs {
			attributes = append(attributes, lookerclient.SSOUserAttributeWithIDs{
				Name: lookerclient.Set(a.Name), Required: lookerclient.SetPtr(a.Required),
				UserAttributeIDs: optionalIDs(a.UserAttributes, v1alpha1.KindUserAttribute, in),
			})
		}
		want.UserAttributesWithIDs = lookerclient.Set(attributes)
	}
	return want
}

// optionalIDs resolves a list of references; an empty list is a value.
func optionalIDs(refs *[]v1alpha1.NamedReference, kind string, in engine.Inputs) lookerclient.Optional[[]lookerclient.ID] {
	if refs == nil {
		return lookerclient.Optional[[]lookerclient.ID]{}
	}
	found := make([]lookerclient.ID, 0, len(*refs))
	for _, r := range *refs {
		found = append(found, lookerclient.ID(in.ID(kind, r.Target())))
	}
	return lookerclient.Set(sortedIDs(found))
}

// sortedIDs returns the ids sorted, each once.
func sortedIDs(list []lookerclient.ID) []lookerclient.ID {
	sorted := append(make([]lookerclient.ID, 0, len(list)), list...)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

func desiredLDAP(l *v1alpha1.LDAPSettings, in engine.Inputs) lookerclient.Optional[lookerclient.WriteLDAPConfig] {
	if l == nil {
		return lookerclient.Optional[lookerclient.WriteLDAPConfig]{}
	}
	want := lookerclient.WriteLDAPConfig{
		WriteSSOCommon:         desiredSSO(l.SSOSettings, in),
		AuthPassword:           optionalSecret(l.AuthPasswordSecretRef, in),
		AuthUsername:           lookerclient.SetPtr(l.AuthUsername),
		ConnectionHost:         lookerclient.SetPtr(l.ConnectionHost),
		ConnectionTLS:          lookerclient.SetPtr(l.ConnectionTLS),
		ConnectionTLSNoVerify:  lookerclient.SetPtr(l.ConnectionTLSNoVerify),
		ForceNoPage:            lookerclient.SetPtr(l.ForceNoPage),
		GroupsBaseDN:           lookerclient.SetPtr(l.GroupsBaseDN),
		GroupsFinderType:       lookerclient.SetPtr(l.GroupsFinderType),
		GroupsMemberAttribute:  lookerclient.SetPtr(l.GroupsMemberAttribute),
		GroupsObjectclasses:    lookerclient.SetPtr(l.GroupsObjectclasses),
		GroupsUserAttribute:    lookerclient.SetPtr(l.GroupsUserAttribute),
		MergeNewUsersByEmail:   lookerclient.SetPtr(l.MergeNewUsersByEmail),
		UserAttributeMapLDAPID: lookerclient.SetPtr(l.UserAttributeMapLDAPID),
		UserBindBaseDN:         lookerclient.SetPtr(l.UserBindBaseDN),
		UserCustomFilter:       lookerclient.SetPtr(l.UserCustomFilter),
		UserIDAttributeNames:   lookerclient.SetPtr(l.UserIDAttributeNames),
		UserObjectclass:        lookerclient.SetPtr(l.UserObjectclass),
	}
	if l.ConnectionPort != nil {
		want.ConnectionPort = lookerclient.Set(strconv.Itoa(int(*l.ConnectionPort)))
	}
	return lookerclient.Set(want)
}

func desiredSAML(s *v1alpha1.SAMLSettings, in engine.Inputs) lookerclient.Optional[lookerclient.WriteSamlConfig] {
	if s == nil {
		return lookerclient.Optional[lookerclient.WriteSamlConfig]{}
	}
	want := lookerclient.WriteSamlConfig{
		WriteSSOCommon:        desiredSSO(s.SSOSettings, in),
		IDPCert:               lookerclient.SetPtr(s.IdpCert),
		MultiCertsSupported:   lookerclient.SetPtr(s.MultiCertsSupported),
		IDPURL:                lookerclient.SetPtr(s.IdpURL),
		IDPIssuer:             lookerclient.SetPtr(s.IdpIssuer),
		IDPAudience:           lookerclient.SetPtr(s.IdpAudience),
		AllowedClockDrift:     optionalInt(s.AllowedClockDrift),
		NewUserMigrationTypes: migrationTypes(s.NewUserMigrationTypes),
		GroupsAttribute:       lookerclient.SetPtr(s.GroupsAttribute),
		GroupsFinderType:      lookerclient.SetPtr(s.GroupsFinderType),
		GroupsMemberValue:     lookerclient.SetPtr(s.GroupsMemberValue),
		BypassLoginPage:       lookerclient.SetPtr(s.BypassLoginPage),
	}
	if s.IdpCertMulti != nil {
		want.IDPCertMulti = lookerclient.Set(lookerclient.SamlIdpCertMulti{Signing: lookerclient.SetPtr(s.IdpCertMulti.Signing)})
	}
	return lookerclient.Set(want)
}

func desiredOIDC(o *v1alpha1.OIDCSettings, in engine.Inputs) lookerclient.Optional[lookerclient.WriteOIDCConfig] {
	if o == nil {
		return lookerclient.Optional[lookerclient.WriteOIDCConfig]{}
	}
	return lookerclient.Set(lookerclient.WriteOIDCConfig{
		WriteSSOCommon:        desiredSSO(o.SSOSettings, in),
		Audience:              lookerclient.SetPtr(o.Audience),
		AuthorizationEndpoint: lookerclient.SetPtr(o.AuthorizationEndpoint),
		GroupsAttribute:       lookerclient.SetPtr(o.GroupsAttribute),
		Identifier:            lookerclient.SetPtr(o.Identifier),
		Issuer:                lookerclient.SetPtr(o.Issuer),
		NewUserMigrationTypes: migrationTypes(o.NewUserMigrationTypes),
		Scopes:                lookerclient.SetPtr(o.Scopes),
		Secret:                optionalSecret(o.SecretRef, in),
		TokenEndpoint:         lookerclient.SetPtr(o.TokenEndpoint),
		UserinfoEndpoint:      lookerclient.SetPtr(o.UserinfoEndpoint),
	})
}

// migrationTypes joins the kinds of credentials, as Looker wants them.
func migrationTypes(types *[]v1alpha1.NewUserMigrationType) lookerclient.Optional[string] {
	if types == nil {
		return lookerclient.Optional[string]{}
	}
	names := make([]string, 0, len(*types))
	for _, t := range *types {
		names = append(names, string(t))
	}
	return lookerclient.Set(strings.Join(sortedStrings(names), ","))
}

// ssoSection is a configuration of single sign-on. Looker accepts a change only if
// the outcome is complete, so that all that the spec sets goes in one request.
func ssoSection[W, L any](
	field string,
	want func(*wantedSettings) *W, live func(*liveSettings) **L,
	wantCommon func(*W) *lookerclient.WriteSSOCommon,
	liveCommon func(*L) (*lookerclient.WriteSSOCommon, lookerclient.SSOReadBack),
	get func(*lookerclient.SettingsService, context.Context) (*L, error),
	set func(*lookerclient.SettingsService, context.Context, W) (*L, error),
) settingSection {
	readBack := func(config *L, err error) (*L, error) {
		if err == nil {
			fillTwins(liveCommon(config))
		}
		return config, err
	}
	s := plainSection(field, want, live,
		func(s *lookerclient.SettingsService, ctx context.Context) (*L, error) { return readBack(get(s, ctx)) }, set)
	s.write = func(ctx context.Context, c *lookerclient.Client, l *liveSettings, patch *wantedSettings) error {
		body := *want(patch)
		has, _ := liveCommon(*live(l))
		keepEntries(wantCommon(&body), has)
		updated, err := readBack(set(c.Settings, ctx, body))
		if err != nil {
			return err
		}
		*live(l) = updated
		return nil
	}
	return s
}

func ldapSection() settingSection {
	asLive := func(config *lookerclient.LDAPConfig, err error) (*liveLDAP, error) {
		if err != nil {
			return nil, err
		}
		out := &liveLDAP{LDAPConfig: *config}
		if has, told := config.HasAuthPassword.Get(); told && !has {
			out.AuthPassword = &has
		}
		return out, nil
	}
	return ssoSection("spec.ldap",
		func(w *wantedSettings) *lookerclient.WriteLDAPConfig { return w.LDAP.Ptr() },
		func(l *liveSettings) **liveLDAP { return &l.LDAP },
		func(w *lookerclient.WriteLDAPConfig) *lookerclient.WriteSSOCommon { return &w.WriteSSOCommon },
		func(l *liveLDAP) (*lookerclient.WriteSSOCommon, lookerclient.SSOReadBack) {
			return &l.WriteSSOCommon, l.SSOReadBack
		},
		func(s *lookerclient.SettingsService, ctx context.Context) (*liveLDAP, error) {
			return asLive(s.LDAPConfig(ctx))
		},
		func(s *lookerclient.SettingsService, ctx context.Context, w lookerclient.WriteLDAPConfig) (*liveLDAP, error) {
			return asLive(s.UpdateLDAPConfig(ctx, w))
		})
}

func samlSection() settingSection {
	return ssoSection("spec.saml",
		func(w *wantedSettings) *lookerclient.WriteSamlConfig { return w.SAML.Ptr() },
		func(l *liveSettings) **lookerclient.SamlConfig { return &l.SAML },
		func(w *lookerclient.WriteSamlConfig) *lookerclient.WriteSSOCommon { return &w.WriteSSOCommon },
		func(l *lookerclient.SamlConfig) (*lookerclient.WriteSSOCommon, lookerclient.SSOReadBack) {
			return &l.WriteSSOCommon, l.SSOReadBack
		},
		(*lookerclient.SettingsService).SamlConfig, (*lookerclient.SettingsService).UpdateSamlConfig)
}

func oidcSection() settingSection {
	return ssoSection("spec.oidc",
		func(w *wantedSettings) *lookerclient.WriteOIDCConfig { return w.OIDC.Ptr() },
		func(l *liveSettings) **lookerclient.OIDCConfig { return &l.OIDC },
		func(w *lookerclient.WriteOIDCConfig) *lookerclient.WriteSSOCommon { return &w.WriteSSOCommon },
		func(l *lookerclient.OIDCConfig) (*lookerclient.WriteSSOCommon, lookerclient.SSOReadBack) {
			return &l.WriteSSOCommon, l.SSOReadBack
		},
		(*lookerclient.SettingsService).OIDCConfig, (*lookerclient.SettingsService).UpdateOIDCConfig)
}

// fillTwins gives a configuration that was just read the fields that are written
// by id, from the objects that Looker reads them back as.
func fillTwins(c *lookerclient.WriteSSOCommon, back lookerclient.SSOReadBack) {
	if roles, ok := back.DefaultNewUserRoles.Get(); ok {
		c.DefaultNewUserRoleIDs = lookerclient.Set(idsOf(roles, roleID))
	}
	if groups, ok := back.DefaultNewUserGroups.Get(); ok {
		c.DefaultNewUserGroupIDs = lookerclient.Set(idsOf(groups, func(g lookerclient.Group) lookerclient.ID { return g.ID }))
	}
	if groups, ok := back.Groups.Get(); ok && len(valueOf(c.GroupsWithRoleIDs)) == 0 {
		twins := make([]lookerclient.SSOGroupWithRoleIDs, 0, len(groups))
		for _, g := range groups {
			twins = append(twins, lookerclient.SSOGroupWithRoleIDs{
				ID: lookerclient.Set(g.ID), Name: g.Name, LookerGroupName: g.LookerGroupName,
				RoleIDs: lookerclient.Set(idsOf(valueOf(g.Roles), roleID)),
			})
		}
		c.GroupsWithRoleIDs = lookerclient.Set(twins)
	}
	if attributes, ok := back.UserAttributes.Get(); ok && len(valueOf(c.UserAttributesWithIDs)) == 0 {
		twins := make([]lookerclient.SSOUserAttributeWithIDs, 0, len(attributes))
		for _, a := range attributes {
			twins = append(twins, lookerclient.SSOUserAttributeWithIDs{
				Name: a.Name, Required: a.Required,
				UserAttributeIDs: lookerclient.Set(idsOf(valueOf(a.UserAttributes), func(a lookerclient.UserAttribute) lookerclient.ID { return a.ID })),
			})
		}
		c.UserAttributesWithIDs = lookerclient.Set(twins)
	}
}

func roleID(r lookerclient.Role) lookerclient.ID { return r.ID }

func idsOf[T any](rows []T, id func(T) lookerclient.ID) []lookerclient.ID {
	out := make([]lookerclient.ID, 0, len(rows))
	for _, r := range rows {
		out = append(out, id(r))
	}
	return sortedIDs(out)
}

// keepEntries gives the entries of the two mappings, which replace those in Looker
// as a whole, what Looker has of them and the spec leaves out: above all the id,
// without which an entry counts as new and clashes with its own group.
func keepEntries(want, live *lookerclient.WriteSSOCommon) {
	if groups, ok := want.GroupsWithRoleIDs.Get(); ok {
		groups = slices.Clone(groups)
		for i, g := range groups {
			for _, has := range valueOf(live.GroupsWithRoleIDs) {
				if valueOf(has.Name) == valueOf(g.Name) {
					groups[i].ID = has.ID
					groups[i].LookerGroupName = cmp.Or(g.LookerGroupName, has.LookerGroupName)
					groups[i].RoleIDs = firstSet(g.RoleIDs, has.RoleIDs)
				}
			}
		}
		want.GroupsWithRoleIDs = lookerclient.Set(groups)
	}
	if attributes, ok := want.UserAttributesWithIDs.Get(); ok {
		attributes = slices.Clone(attributes)
		for i, a := range attributes {
			for _, has := range valueOf(live.UserAttributesWithIDs) {
				if valueOf(has.Name) == valueOf(a.Name) {
					attributes[i].Required = cmp.Or(a.Required, has.Required)
					attributes[i].UserAttributeIDs = firstSet(a.UserAttributeIDs, has.UserAttributeIDs)
				}
			}
		}
		want.UserAttributesWithIDs = lookerclient.Set(attributes)
	}
}

func firstSet[T any](a, b lookerclient.Optional[T]) lookerclient.Optional[T] {
	if a.IsZero() {
		return b
	}
	return a
}
