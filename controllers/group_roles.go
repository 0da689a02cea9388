package controllers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

type (
	groupBulkItem   = engine.BulkItem[wantedGroup, liveGroup]
	groupBulkResult = engine.BulkResult[liveGroup]
)

// BulkKeys implements engine.Bulker: only a role's groups can be written, all of
// them at once.
func (groupAdapter) BulkKeys() []string { return []string{rolesKey} }

// UpdateAll implements engine.Bulker. Each role takes two calls however many
// groups gain or lose it: the groups that hold it are read just before they are
// written, so that nobody else's grant is lost.
func (groupAdapter) UpdateAll(ctx context.Context, c *lookerclient.Client, items []groupBulkItem) []groupBulkResult {
	b := groupBatch{items: items, updated: make([]liveGroup, len(items)), errs: make([]error, len(items))}
	for i, item := range items {
		b.updated[i] = *item.Live
	}
	changes := b.changes()
	for _, role := range slices.Sorted(maps.Keys(changes)) {
		b.change(ctx, c, role, changes[role])
	}
	results := make([]groupBulkResult, len(items))
	for i := range items {
		if results[i].Err = b.errs[i]; b.errs[i] == nil {
			results[i].Live = &b.updated[i]
		}
	}
	return results
}

// groupBatch is a batch of groups whose roles change.
type groupBatch struct {
	items   []groupBulkItem
	updated []liveGroup
	errs    []error
}

// groupChange is which groups gain (true) or lose one role, by index in the batch.
type groupChange map[int]bool

// changes returns what changes for each role.
func (b *groupBatch) changes() map[string]groupChange {
	changes := map[string]groupChange{}
	note := func(i int, roles []string, gain bool) {
		for _, role := range roles {
			if changes[role] == nil {
				changes[role] = groupChange{}
			}
			changes[role][i] = gain
		}
	}
	for i, item := range b.items {
		held, known := item.Live.direct.Get()
		if !known {
			b.errs[i] = fmt.Errorf("spec.roles: it is not known which roles group %s holds", item.Live.ID)
			continue
		}
		gain, lose := item.Patch.Roles.changes(held)
		note(i, gain, true)
		note(i, lose, false)
	}
	return changes
}

// change sends one role. Where Looker refuses several groups together, each is
// sent by itself to tell which of them it refuses.
func (b *groupBatch) change(ctx context.Context, c *lookerclient.Client, role string, change groupChange) {
	var gain, lose []string
	for _, i := range slices.Sorted(maps.Keys(change)) {
		if id := string(b.items[i].Live.ID); change[i] {
			gain = append(gain, id)
		} else {
			lose = append(lose, id)
		}
	}
	holders, err := setRoleGroups(ctx, c, lookerclient.ID(role), gain, lose)
	if errors.Is(err, errGroupsRefused) && len(change) > 1 {
		for _, i := range slices.Sorted(maps.Keys(change)) {
			b.change(ctx, c, role, groupChange{i: change[i]})
		}
		return
	}
	for i, gains := range change {
		id := string(b.items[i].Live.ID)
		switch holds := slices.Contains(holders, id); {
		case err != nil:
			b.fail(i, fmt.Errorf("spec.roles: role %s: %w", role, err))
		case holds != gains:
			b.fail(i, fmt.Errorf("spec.roles: Looker accepted the change of role %s and its answer does not show it", role))
		default:
			b.updated[i].holdRole(role, holds)
			b.updated[i].showRole(role, holds)
		}
	}
}

func (b *groupBatch) fail(i int, err error) { b.errs[i] = errors.Join(b.errs[i], err) }

// showRole keeps the row as a list would show it.
func (l *liveGroup) showRole(role string, holds bool) {
	shown := without(idStrings(valueOf(l.RoleIDs)), []string{role})
	if holds {
		shown = append(shown, role)
	}
	l.RoleIDs = lookerclient.Set(idSet(ids(shown)))
}

// errGroupsRefused: Looker refuses the groups of a role as they were sent, and
// the fault may be with one of them.
var errGroupsRefused = errors.New("Looker refuses the groups of the role")

// setRoleGroups gives a role to groups and takes it from others. All others that
// hold it are kept. If they cannot be read, nothing is written. It returns the
// ids of the groups that hold the role afterwards.
func setRoleGroups(ctx context.Context, c *lookerclient.Client, role lookerclient.ID, gain, lose []string) (holders []string, err error) {
	unlock, err := c.Roles.LockHolders(ctx, role)
	if err != nil {
		return nil, err
	}
	defer unlock()
	rows, err := c.Roles.Groups(ctx, role)
	if lookerclient.IsNotFound(err) && len(gain) == 0 {
		return nil, nil // nobody holds a role that does not exist
	}
	if err != nil {
		return nil, fmt.Errorf("read the groups that hold it: %w", err)
	}
	holders = stringSet(groupIDs(rows))
	wanted := stringSet(append(without(holders, lose), gain...))
	if slices.Equal(wanted, holders) {
		return holders, nil
	}
	rows, err = c.Roles.SetGroups(ctx, role, ids(wanted))
	if lookerclient.IsInvalid(err) || lookerclient.IsNotFound(err) {
		return nil, fmt.Errorf("%w: %w", errGroupsRefused, err)
	}
	return groupIDs(rows), err
}
