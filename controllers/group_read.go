package controllers

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// linkGroups finds out from all rows together what is in each group, and which
// roles each holds itself. Whether Looker counts a role among those of the groups
// below the holder is not certain: one that no group above has is the row's own.
func linkGroups(rows []*liveGroup) {
	byID := make(map[string]*liveGroup, len(rows))
	nested := true
	for _, row := range rows {
		byID[string(row.ID)] = row
		nested = nested && !row.ParentGroupIDs.IsZero()
	}
	children := map[string][]string{}
	for _, row := range rows {
		for _, parent := range valueOf(row.ParentGroupIDs) {
			if parent != allUsers { // everything is in it
				children[string(parent)] = append(children[string(parent)], string(row.ID))
			}
		}
		row.doubt(rolesAbove(byID, row))
	}
	if everybody := byID[string(allUsers)]; everybody != nil {
		for _, row := range rows {
			row.everybody = valueOf(everybody.UserCount)
		}
	}
	if !nested {
		return // then a group that names no parent may still have one
	}
	for _, row := range rows {
		row.children = lookerclient.Set(stringSet(children[string(row.ID)]))
	}
}

// rolesAbove returns the roles in the rows right above; all of the group's own
// where one of those is not there.
func rolesAbove(byID map[string]*liveGroup, row *liveGroup) []lookerclient.ID {
	if row.ParentGroupIDs.IsZero() {
		return valueOf(row.RoleIDs)
	}
	var out []lookerclient.ID
	for _, parent := range valueOf(row.ParentGroupIDs) {
		above := byID[string(parent)]
		if above == nil {
			return valueOf(row.RoleIDs)
		}
		out = append(out, valueOf(above.RoleIDs)...)
	}
	return out
}

// doubt sorts the roles of the row into those that are the group's own and those
// that may be inherited.
func (l *liveGroup) doubt(inherited []lookerclient.ID) {
	if l.RoleIDs.IsZero() {
		return
	}
	direct := []string{}
	l.doubtful = nil
	for _, role := range valueOf(l.RoleIDs) {
		if slices.Contains(inherited, role) {
			l.doubtful = append(l.doubtful, string(role))
		} else {
			direct = append(direct, string(role))
		}
	}
	l.direct = lookerclient.Set(stringSet(direct))
}

// Complete implements engine.Completer. Members take one call for each group
// that declares some, or one list of all users, whichever are fewer calls; values
// one for each attribute; roles one for each that may be inherited.
func (groupAdapter) Complete(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedGroup, liveGroup]) error {
	for _, read := range []func(context.Context, *lookerclient.Client, []engine.Item[wantedGroup, liveGroup]) error{
		readMembers, readNested, readDirectRoles, readGroupValues,
	} {
		if err := read(ctx, c, items); err != nil {
			return err
		}
	}
	return nil
}

// groupPage is how many users the client reads with one call.
const groupPage = 500

func pages(users int64) int64 { return max(1, (users+groupPage-1)/groupPage) }

func readMembers(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedGroup, liveGroup]) error {
	var groups []*liveGroup
	var each, everybody int64
	for _, item := range items {
		g := item.Live
		if item.Want.Members.IsZero() || !g.members.IsZero() || slices.Contains(groups, g) {
			continue
		}
		groups = append(groups, g)
		each += pages(valueOf(g.UserCount))
		everybody = max(everybody, g.everybody)
	}
	if everybody > 0 && pages(everybody) < each {
		complete, err := readMembersByUser(ctx, c, groups)
		if err != nil || complete {
			return err
		}
	}
	for _, g := range groups {
		members, err := memberIDs(ctx, c, g.ID)
		if lookerclient.IsNotFound(err) {
			continue // the group is gone; what writes to it next finds that out
		}
		if err != nil {
			return fmt.Errorf("read the members of group %s: %w", g.ID, err)
		}
		g.members = lookerclient.Set(members)
	}
	return nil
}

// readMembersByUser asks each user for its groups. It reports false, and has
// read nothing, if a row does not have them.
func readMembersByUser(ctx context.Context, c *lookerclient.Client, groups []*liveGroup) (bool, error) {
	members := map[lookerclient.ID][]string{}
	for u, err := range c.Users.List(ctx) {
		if err != nil {
			return false, fmt.Errorf("read the groups of all users: %w", err)
		}
		if u.GroupIDs.IsZero() {
			return false, nil
		}
		for _, group := range valueOf(u.GroupIDs) {
			members[group] = append(members[group], string(u.ID))
		}
	}
	for _, g := range groups {
		g.members = lookerclient.Set(stringSet(members[g.ID]))
	}
	return true, nil
}

func memberIDs(ctx context.Context, c *lookerclient.Client, group lookerclient.ID) ([]string, error) {
	var out []string
	for m, err := range c.Groups.Members(ctx, group) {
		if err != nil {
			return nil, err
		}
		out = append(out, string(m.ID))
	}
	return stringSet(out), nil
}

func readNested(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedGroup, liveGroup]) error {
	for _, item := range items {
		if item.Want.Groups.IsZero() || !item.Live.children.IsZero() {
			continue
		}
		children, err := nestedIDs(ctx, c, item.Live.ID)
		if lookerclient.IsNotFound(err) {
			continue // as with members
		}
		if err != nil {
			return fmt.Errorf("read the groups in group %s: %w", item.Live.ID, err)
		}
		item.Live.children = lookerclient.Set(children)
	}
	return nil
}

func nestedIDs(ctx context.Context, c *lookerclient.Client, group lookerclient.ID) ([]string, error) {
	rows, err := c.Groups.Groups(ctx, group)
	if err != nil {
		return nil, err
	}
	return stringSet(groupIDs(rows)), nil
}

func groupIDs(rows []lookerclient.Group) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = string(row.ID)
	}
	return out
}

// readDirectRoles asks each role in doubt which groups hold it.
func readDirectRoles(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedGroup, liveGroup]) error {
	roles := map[string]bool{}
	for _, item := range items {
		if item.Want.Roles.IsZero() {
			continue
		}
		if item.Live.direct.IsZero() {
			return fmt.Errorf("Looker shows group %s and its search does not, which alone tells the roles of a group; trying again", item.Live.ID)
		}
		for _, role := range item.Live.undecided(item.Want.Roles) {
			roles[role] = true
		}
	}
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		rows, err := c.Roles.Groups(ctx, lookerclient.ID(role))
		if err != nil && !lookerclient.IsNotFound(err) { // nobody holds a role that does not exist
			return fmt.Errorf("read the groups of role %s: %w", role, err)
		}
		holders := groupIDs(rows)
		for _, item := range items {
			if slices.Contains(item.Live.doubtful, role) {
				item.Live.holdRole(role, slices.Contains(holders, string(item.Live.ID)))
			}
		}
	}
	return nil
}

// holdRole notes whether the group holds a role itself.
func (l *liveGroup) holdRole(role string, holds bool) {
	l.doubtful = without(l.doubtful, []string{role})
	direct := without(valueOf(l.direct), []string{role})
	if holds {
		direct = append(direct, role)
	}
	l.direct = lookerclient.Set(stringSet(direct))
}

func readGroupValues(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedGroup, liveGroup]) error {
	groups := map[string][]*liveGroup{} // by attribute
	for _, item := range items {
		for _, attribute := range item.Live.unread(&item.Want) {
			groups[attribute] = append(groups[attribute], item.Live)
		}
	}
	for _, attribute := range slices.Sorted(maps.Keys(groups)) {
		rows, err := c.UserAttributes.GroupValues(ctx, lookerclient.ID(attribute))
		if err != nil && !lookerclient.IsNotFound(err) { // what does not exist has no values
			return fmt.Errorf("read the group values of attribute %s: %w", attribute, err)
		}
		for _, g := range groups[attribute] {
			g.setOwn(attribute, ownValue{})
			for _, row := range rows {
				if valueOf(row.GroupID) == g.ID {
					g.setOwn(attribute, asGroupValue(row))
				}
			}
		}
	}
	return nil
}

// setOwn notes the value of an attribute. What was noted before is shared with
// other copies of the row, and stays as it is.
func (l *liveGroup) setOwn(attribute string, v ownValue) {
	own := map[string]ownValue{}
	maps.Copy(own, l.own)
	own[attribute] = v
	l.own = own
}

func asGroupValue(row lookerclient.UserAttributeGroupValue) ownValue {
	return ownValue{set: true, hidden: isTrue(row.ValueIsHidden), text: valueOf(row.Value).Reveal()}
}
