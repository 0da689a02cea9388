package lookertest

import (
	"iter"
	"reflect"
)

// Switches are behaviours of Looker that are not recorded or documented. The zero value is the likelier
// answer to each; a client must work under both. Variants gives every one of them turned over in turn.
type Switches struct {
	// RoleIDsIncludeInherited: User.role_ids also lists roles held through groups. Assumed: direct roles only.
	RoleIDsIncludeInherited bool
	// HierarchyRoleIDsIncludeInherited: role_ids of /groups/search/with_hierarchy also lists roles of the group's ancestors.
	HierarchyRoleIDsIncludeInherited bool
	// ListsOmitDisabledPlans: GET /scheduled_plans leaves out plans with enabled=false. Assumed: they are listed.
	ListsOmitDisabledPlans bool
	// SettingPatchReplacesNested: a nested object in PATCH /setting replaces the stored one. Assumed: merged member by member.
	SettingPatchReplacesNested bool
	// AddExistingMemberConflicts: adding a user or group to a group twice answers 409. Assumed: harmless.
	AddExistingMemberConflicts bool
	// PatchTouchingDestinationsKeepsSecrets: destinations that a PATCH sends without secret_parameters keep the secret of
	// the old destination of the same type and address. Assumed: all are recreated, the secret is lost.
	PatchTouchingDestinationsKeepsSecrets bool
	// DuplicateAs409: a taken natural key answers 409. Assumed: 422 with code already_exists.
	DuplicateAs409 bool
	// SearchIncludesDisabledUsers: /users/search without is_disabled also finds disabled users. Assumed: it omits them.
	SearchIncludesDisabledUsers bool
	// DeleteUsedSetAllowed: a permission or model set that a role uses can be deleted; the role reads null for it.
	// Assumed: refused with 405.
	DeleteUsedSetAllowed bool
	// NormalizesFiltersString: filters_string is stored with a leading "?" and canonical escaping. Assumed: as sent.
	NormalizesFiltersString bool
	// DeleteSelfAs422: deleting or disabling oneself or the last admin answers 422. Assumed: 403.
	DeleteSelfAs422 bool
	// KeepsEmailCase: e-mail addresses read back as sent. Assumed: lower-cased. Uniqueness ignores case either way.
	KeepsEmailCase bool
	// AcceptsUnknownPermissions: permission sets may name permissions that GET /permissions does not list. Assumed: 422.
	AcceptsUnknownPermissions bool
	// RefusesUnknownModels: model sets may only name known models. Assumed: any name.
	RefusesUnknownModels bool
	// OmitsSSOWriteTwins: groups_with_role_ids and user_attributes_with_ids are not in GET answers. Assumed: they are.
	OmitsSSOWriteTwins bool
	// ValidatesDisabledSSO: a PATCH of an SSO config must leave all required fields set even while enabled=false.
	// Assumed: only while enabled.
	ValidatesDisabledSSO bool
	// InheritingKeepsGrants: inherits=true keeps a folder's own grants for the next inherits=false. Assumed: dropped.
	InheritingKeepsGrants bool
	// NewFoldersHaveOwnList: a new folder starts with a copy of its parent's access list. Assumed: it inherits.
	NewFoldersHaveOwnList bool
	// RefusesAttributeTypeChange: PATCH of UserAttribute.type answers 422. Assumed: accepted.
	RefusesAttributeTypeChange bool
	// PlanTimezoneReadsEmpty: a plan without timezone reads back "". Assumed: the instance's timezone.
	PlanTimezoneReadsEmpty bool
	// LocksOutFailedLogins: ten failed logins lock the API key; then even the right secret answers 404 until the row in
	// /user_login_lockouts is deleted. Assumed: no lockout.
	LocksOutFailedLogins bool
	// AcceptsAnyLocale: User.locale is not validated against GET /locales. Assumed: 422.
	AcceptsAnyLocale bool
	// PlansStartDisabled: enabled and include_links of a plan created without them are false. Assumed: true.
	PlansStartDisabled bool
	// DuplicateGrantReplaces: a second grant for the same group or user replaces the first. Assumed: a duplicate.
	DuplicateGrantReplaces bool
	// NonUniqueRoleNames: roles, permission sets and model sets may share a name. Assumed: a duplicate.
	NonUniqueRoleNames bool
	// NormalizesRefreshInterval: dashboard_auto_refresh_minimum_interval reads back as "<n> minutes". Assumed: as sent.
	NormalizesRefreshInterval bool
	// RewrapsCertificates: idp_cert reads back in lines of 64 characters. Assumed: as sent.
	RewrapsCertificates bool
	// AttributeValuesOmitUnset: GET attribute_values without include_unset leaves out attributes without any value.
	// The description says so; recorded traffic of 23.2 shows them, which is the default here.
	AttributeValuesOmitUnset bool
	// DeletedGroupKeepsGrants: attribute values and content accesses of a deleted group stay. Assumed: they vanish.
	DeletedGroupKeepsGrants bool
	// GroupCycleAs400: a group nested into its own descendant answers 400. Assumed: 422.
	GroupCycleAs400 bool
	// CapsPageSize: limit is silently capped at 100. Assumed: no maximum.
	CapsPageSize bool
}

// Variants gives the default switches as "default", then every switch turned over alone, by its name.
func Variants() iter.Seq2[string, Switches] {
	return func(yield func(string, Switches) bool) {
		if !yield("default", Switches{}) {
			return
		}
		t := reflect.TypeFor[Switches]()
		for i := range t.NumField() {
			var s Switches
			reflect.ValueOf(&s).Elem().Field(i).SetBool(true)
			if !yield(t.Field(i).Name, s) {
				return
			}
		}
	}
}
