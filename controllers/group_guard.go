package controllers

import (
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// NeedsSelf implements engine.SelfAware.
func (groupAdapter) NeedsSelf() {}

// Guard implements engine.Guard: groups that Looker or an identity provider
// manages, and those through which the operator's own user may hold its roles.
func (groupAdapter) Guard(self engine.Self, live *liveGroup, patch *wantedGroup) error {
	switch {
	case live.ID == allUsers:
		return engine.Refuse("group %s is All Users, which everybody is in; the operator never changes or deletes it", live.ID)
	case isTrue(live.ExternallyManaged):
		return engine.Refuse("group %s comes from an identity provider, which decides who is in it; the operator never changes or deletes it. Change it there, or use another group", live.ID)
	case live.ID == "":
		return nil // it is to be made
	}
	inside := slices.Contains(self.GroupIDs, string(live.ID))
	if patch == nil {
		if inside {
			return engine.Refuse("the operator's own user %s is in group %s, which is not deleted: the user would lose what it holds through the group (%s). Take it out of the group in Looker first, where an administrator can see to it that it keeps the role Admin",
				self.UserID, live.ID, rolesText(valueOf(live.direct), live.doubtful))
		}
		return nil
	}
	return guardOperatorsGroups(self, live, patch, inside)
}

// guardOperatorsGroups refuses to take the operator's user out of a group, by
// itself or with a nested group, and to take a role from a group that it is in.
func guardOperatorsGroups(self engine.Self, live *liveGroup, patch *wantedGroup, inside bool) error {
	_, out := patch.Members.changes(readOr(live.members, self.UserID))
	if slices.Contains(out, self.UserID) {
		return engine.Refuse("spec.members: user %s is the operator's own; the operator never takes itself out of a group (%s), through which it may hold its roles. List it in spec.members", self.UserID, live.ID)
	}
	_, out = patch.Groups.changes(readOr(live.children, self.GroupIDs...))
	for _, child := range out {
		if slices.Contains(self.GroupIDs, child) {
			return engine.Refuse("spec.groups: the operator's own user %s is in group %s; the operator never takes that out of group %s, through which it may hold its roles. List it in spec.groups", self.UserID, child, live.ID)
		}
	}
	_, out = patch.Roles.changes(valueOf(live.direct))
	if inside && len(out) > 0 {
		return engine.Refuse("spec.roles: the operator's own user %s is in group %s and would lose %s; the operator never takes a role from itself. List it in spec.roles", self.UserID, live.ID, rolesText(out, nil))
	}
	return nil
}

// readOr returns what was read, or else what must be reckoned with.
func readOr(read lookerclient.Optional[[]string], worst ...string) []string {
	if list, ok := read.Get(); ok {
		return list
	}
	return worst
}

// rolesText names roles for a message.
func rolesText(roles, more []string) string {
	all := stringSet(append(slices.Clone(roles), more...))
	switch len(all) {
	case 0:
		return "access to content, and values of user attributes"
	case 1:
		return "role " + all[0]
	}
	return "roles " + strings.Join(all, ", ")
}
