package controllers

import (
	"slices"

	"github.com/looker-operator/looker-operator/controllers/engine"
)

// Guard implements engine.Guard: the operator's own access, and what belongs to
// embedding applications and identity providers.
func (userAdapter) Guard(self engine.Self, live *liveUser, patch *wantedUser) error {
	if live.isEmbed() {
		return engine.Refuse("user %s belongs to an embedding application, which makes and changes it; the operator never does", live.ID)
	}
	if self.UserID != "" && string(live.ID) == self.UserID {
		if err := guardSelf(live, patch); err != nil {
			return err
		}
	}
	if patch == nil {
		return nil
	}
	return guardExternal(live, patch)
}

// guardSelf keeps the operator from locking itself out.
func guardSelf(live *liveUser, patch *wantedUser) error {
	if patch == nil || isTrue(patch.IsDisabled) {
		return engine.Refuse("user %s is the operator's own; it is never disabled or deleted", live.ID)
	}
	if wanted, ok := patch.Roles.Get(); ok {
		held := valueOf(live.RoleIDs)
		if direct, ok := live.direct.Get(); ok {
			held = direct.IDs
		}
		for _, role := range held {
			if !slices.Contains(wanted.IDs, role) {
				return engine.Refuse("spec.roles: user %s is the operator's own and holds role %s; the operator never takes a role from itself", live.ID, role)
			}
		}
	}
	for group, in := range patch.Groups {
		if !in {
			return engine.Refuse("spec.groups: user %s is the operator's own; the operator never takes itself out of a group (%s)", live.ID, group)
		}
	}
	return nil
}

// guardExternal refuses what the next login would undo.
func guardExternal(live *liveUser, patch *wantedUser) error {
	switch {
	case !patch.Roles.IsZero() && isTrue(live.RolesExternallyManaged):
		return engine.Refuse("spec.roles: an identity provider manages the roles of user %s; take roles out of the spec", live.ID)
	case !patch.Roles.IsZero() && isFalse(live.AllowDirectRoles):
		return engine.Refuse("spec.roles: Looker does not let user %s hold roles directly; grant them to a group, and take roles out of the spec", live.ID)
	case len(patch.Groups) > 0 && isFalse(live.AllowNormalGroupMembership):
		return engine.Refuse("spec.groups: an identity provider manages the groups of user %s, and each login takes it out of others; take groups out of the spec", live.ID)
	case !patch.CredentialsEmail.IsZero() && !live.hasEmailCredential() && live.isSSO():
		return engine.Refuse("spec.email: user %s logs in by single sign-on as %s, and the identity provider sets that address; set spec.email to it", live.ID, live.address())
	}
	return nil
}
