package controllers

import (
	"slices"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// NeedsSelf implements engine.SelfAware.
func (roleAdapter) NeedsSelf() {}

// Guard implements engine.Guard: Looker's own roles, and the operator's access.
func (roleAdapter) Guard(self engine.Self, live *liveRole, patch *wantedRole) error {
	switch {
	case live.ID == "":
		return nil // it is about to be made
	case isTrue(live.Internal):
		return engine.Refuse("role %s is internal to Looker; the operator never changes it, deletes it or gives it to anybody", live.ID)
	case live.ID == adminRole && patch == nil:
		return engine.Refuse("role %s is Looker's built-in role Admin; the operator never deletes it", live.ID)
	case live.ID == adminRole && patch.WriteRole != (lookerclient.WriteRole{}):
		return engine.Refuse("role %s is Looker's built-in role Admin, whose name and sets cannot be changed; refer to the permission set and the model set that it has (ids %s and %s)",
			live.ID, valueOf(live.PermissionSetID), valueOf(live.ModelSetID))
	}
	if patch != nil {
		if err := guardAdminMode(live.ID, patch); err != nil {
			return err
		}
	}
	if self.UserID == "" {
		return nil
	}
	if err := guardOwnRole(self, live, patch); err != nil || patch == nil {
		return err
	}
	return guardOwnHolding(self, live, patch)
}

// guardAdminMode keeps a list that was written once from taking Admin from those
// who are made administrators later.
func guardAdminMode(id lookerclient.ID, want *wantedRole) error {
	for _, side := range []struct {
		field string
		exact bool
	}{{"spec.usersMode", want.Users.exact}, {"spec.groupsMode", want.Groups.exact}} {
		if id == adminRole && side.exact {
			return engine.Refuse("%s: Looker's built-in role Admin can only be given to others, never taken from whom a list forgets; set it to Additive", side.field)
		}
	}
	return nil
}

// guardOwnRole refuses the end of a role that the operator holds, and other sets
// for one that it may depend on. What it holds through groups is not always
// known: without the built-in role Admin, it may depend on any role that allows
// everything.
func guardOwnRole(self engine.Self, live *liveRole, patch *wantedRole) error {
	holds := slices.Contains(self.RoleIDs, string(live.ID))
	depends := (holds || live.allowsEverything()) && !slices.Contains(self.RoleIDs, string(adminRole))
	switch {
	case patch == nil && (holds || depends):
		return engine.Refuse("role %s is held, or may be held through a group, by the operator's own user (user %s), which would lose it; give that user another role first, and take this one from it", live.ID, self.UserID)
	case patch != nil && depends && (!patch.PermissionSetID.IsZero() || !patch.ModelSetID.IsZero()):
		return engine.Refuse("spec.permissionSet, spec.modelSet: what the operator's own user (user %s) may do depends on role %s, and could be lost with its sets; give that user the role Admin first", self.UserID, live.ID)
	}
	return nil
}

// guardOwnHolding refuses to take the role from the operator itself, or from a
// group that it is in, however deeply, unless it holds the role directly as well.
func guardOwnHolding(self engine.Self, live *liveRole, patch *wantedRole) error {
	own := lookerclient.ID(self.UserID)
	for _, user := range patch.Users.losing(live.users).named(false) {
		if user == own {
			return engine.Refuse("spec.users: user %s is the operator's own and holds role %s; the operator never takes a role from itself: list it, too", own, live.ID)
		}
	}
	if slices.Contains(valueOf(live.users), own) {
		return nil // it has the role whatever groups do
	}
	depends := live.ID == adminRole || live.allowsEverything() && !slices.Contains(self.RoleIDs, string(adminRole))
	for _, group := range patch.Groups.losing(live.groups).named(false) {
		// Everybody is in All Users: without it, only what the operator works with is missed.
		if slices.Contains(self.GroupIDs, string(group)) && (group != allUsers || depends) {
			return engine.Refuse("spec.groups: the operator's own user (user %s) is in group %s, and would lose role %s with it; list the group, too, or list that user in spec.users first",
				own, group, live.ID)
		}
	}
	return nil
}

// allowsEverything reports whether the role's permission set is that of Admin.
func (l *liveRole) allowsEverything() bool {
	set, ok := l.PermissionSet.Get()
	return ok && isTrue(set.AllAccess)
}
