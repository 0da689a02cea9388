package controllers

import (
	"cmp"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Normalize implements engine.Normalizer: lists that are sets are sorted, and
// texts that say the same become the same text.
func (settingAdapter) Normalize(want *wantedSettings, live *liveSettings) {
	if want.General != nil && live.General != nil {
		w, l := *want.General, *live.General
		normalizeGeneral(&w, &l.WriteSetting)
		want.General, live.General = &w, &l
	}
	if w, ok := want.LDAP.Get(); ok && live.LDAP != nil {
		l := *live.LDAP
		normalizeSSO(&w.WriteSSOCommon, &l.WriteSSOCommon)
		want.LDAP, live.LDAP = lookerclient.Set(w), &l
	}
	if w, ok := want.SAML.Get(); ok && live.SAML != nil {
		l := *live.SAML
		normalizeSSO(&w.WriteSSOCommon, &l.WriteSSOCommon)
		normalizeSAML(&w, &l.WriteSamlConfig)
		want.SAML, live.SAML = lookerclient.Set(w), &l
	}
	if w, ok := want.OIDC.Get(); ok && live.OIDC != nil {
		l := *live.OIDC
		normalizeSSO(&w.WriteSSOCommon, &l.WriteSSOCommon)
		sortOptional(&w.Scopes)
		sortOptional(&l.Scopes)
		agree(&w.NewUserMigrationTypes, &l.NewUserMigrationTypes, sameCSV)
		want.OIDC, live.OIDC = lookerclient.Set(w), &l
	}
}

func normalizeGeneral(want *wantedGeneral, live *lookerclient.WriteSetting) {
	for _, s := range []*lookerclient.WriteSetting{&want.WriteSetting, live} {
		if domains, ok := s.EmailDomainAllowlist.Get(); ok {
			s.EmailDomainAllowlist = lookerclient.Set(sortedStrings(mapStrings(domains, strings.ToLower)))
		}
		sortOptional(&s.ManagedCertificateURI)
		if embed, ok := s.EmbedConfig.Get(); ok {
			sortOptional(&embed.DomainAllowlist)
			sortOptional(&embed.AlertURLAllowlist)
			s.EmbedConfig = lookerclient.Set(embed)
		}
	}
	if host, ok := want.HostURL.Get(); ok && strings.TrimRight(host.url, "/") == strings.TrimRight(valueOf(live.HostURL), "/") {
		live.HostURL = lookerclient.Set(host.url)
	}
}

// normalizeSSO sorts the sets of both sides, and those within their entries.
func normalizeSSO(want, live *lookerclient.WriteSSOCommon) {
	for _, s := range []*lookerclient.WriteSSOCommon{want, live} {
		sortOptionalIDs(&s.DefaultNewUserGroupIDs)
		sortOptionalIDs(&s.DefaultNewUserRoleIDs)
		if groups, ok := s.GroupsWithRoleIDs.Get(); ok {
			groups = slices.Clone(groups)
			for i := range groups {
				sortOptionalIDs(&groups[i].RoleIDs)
			}
			slices.SortStableFunc(groups, func(a, b lookerclient.SSOGroupWithRoleIDs) int {
				return cmp.Compare(valueOf(a.Name), valueOf(b.Name))
			})
			s.GroupsWithRoleIDs = lookerclient.Set(groups)
		}
		if attributes, ok := s.UserAttributesWithIDs.Get(); ok {
			attributes = slices.Clone(attributes)
			for i := range attributes {
				sortOptionalIDs(&attributes[i].UserAttributeIDs)
			}
			slices.SortStableFunc(attributes, func(a, b lookerclient.SSOUserAttributeWithIDs) int {
				return cmp.Compare(valueOf(a.Name), valueOf(b.Name))
			})
			s.UserAttributesWithIDs = lookerclient.Set(attributes)
		}
	}
}

func normalizeSAML(want, live *lookerclient.WriteSamlConfig) {
	agree(&want.IDPCert, &live.IDPCert, func(a, b string) bool { return certificateBody(a) == certificateBody(b) })
	agree(&want.NewUserMigrationTypes, &live.NewUserMigrationTypes, sameCSV)
	for _, s := range []*lookerclient.WriteSamlConfig{want, live} {
		if multi, ok := s.IDPCertMulti.Get(); ok {
			if signing, ok := multi.Signing.Get(); ok {
				multi.Signing = lookerclient.Set(sortedStrings(mapStrings(signing, certificateBody)))
				s.IDPCertMulti = lookerclient.Set(multi)
			}
		}
	}
}

// certificateBody is a certificate without its BEGIN and END lines and without
// the breaks between lines.
func certificateBody(pem string) string {
	pem = strings.NewReplacer("-----BEGIN CERTIFICATE-----", "", "-----END CERTIFICATE-----", "").Replace(pem)
	return strings.Join(strings.Fields(pem), "")
}

// sameCSV compares lists in text as sets.
func sameCSV(a, b string) bool {
	split := func(s string) []string {
		parts := mapStrings(strings.Split(s, ","), strings.TrimSpace)
		return sortedStrings(slices.DeleteFunc(parts, func(p string) bool { return p == "" }))
	}
	return slices.Equal(split(a), split(b))
}

func mapStrings(list []string, f func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = f(s)
	}
	return out
}

func sortOptionalIDs(list *lookerclient.Optional[[]lookerclient.ID]) {
	if ids, ok := list.Get(); ok {
		*list = lookerclient.Set(sortedIDs(ids))
	}
}
