package controllers

import (
	"context"
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// readSelf tells who the operator is. Its groups are those that it is in and all
// that they are in, for any of them may give it its roles. Where it is in none but
// All Users, that takes one call.
func readSelf(ctx context.Context, c *lookerclient.Client, clientID string) (engine.Self, error) {
	me, err := c.Instance.Me(ctx)
	if err != nil {
		return engine.Self{}, err
	}
	groups, err := groupsAbove(ctx, c, idStrings(valueOf(me.GroupIDs)))
	if err != nil {
		return engine.Self{}, err
	}
	return engine.Self{UserID: string(me.ID), CredentialID: clientID, RoleIDs: idStrings(valueOf(me.RoleIDs)), GroupIDs: groups}, nil
}

// groupsAbove returns the groups and those that they are in, however deeply.
func groupsAbove(ctx context.Context, c *lookerclient.Client, groups []string) ([]string, error) {
	if len(without(groups, []string{string(allUsers)})) == 0 {
		return groups, nil
	}
	list, err := collectRows(groupAdapter{}.List(ctx, c))
	if err != nil {
		return nil, err
	}
	rows := make(map[string]*liveGroup, len(list))
	for _, row := range list {
		rows[string(row.ID)] = row
	}
	return slices.Sorted(maps.Keys(ancestry(rows, groups))), nil
}
