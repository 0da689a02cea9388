package controllers

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// Create implements engine.Adapter. The group it makes is empty, and holds no
// role and no value itself.
func (groupAdapter) Create(ctx context.Context, c *lookerclient.Client, want wantedGroup) (*liveGroup, error) {
	row, err := c.Groups.Create(ctx, want.WriteGroup)
	if err != nil {
		return nil, err
	}
	live := groupRow(&lookerclient.GroupHierarchy{
		Group:          *row,
		ParentGroupIDs: lookerclient.Set([]lookerclient.ID{allUsers}),
		RoleIDs:        lookerclient.Set([]lookerclient.ID{}),
	})
	none := lookerclient.Set([]string{})
	live.members, live.children, live.direct, live.bare = none, none, none, true
	return live, nil
}

// Update implements engine.Adapter. Roles are not in the patch: see UpdateAll.
func (groupAdapter) Update(ctx context.Context, c *lookerclient.Client, live *liveGroup, patch wantedGroup) (*liveGroup, error) {
	updated := *live
	if patch.WriteGroup != (lookerclient.WriteGroup{}) {
		row, err := c.Groups.Update(ctx, live.ID, patch.WriteGroup)
		if err != nil {
			return nil, err
		}
		updated.Group = *row
	}
	for _, e := range []struct {
		entries
		want *wantedSet
	}{{updated.nestedGroups(c), patch.Groups}, {updated.users(c), patch.Members}} {
		if err := e.send(ctx, e.want); err != nil {
			return nil, err
		}
	}
	if err := sendGroupValues(ctx, c, &updated, patch); err != nil {
		return nil, err
	}
	return &updated, nil
}

// entries are what is in a group, of one kind. Looker changes them one by one.
type entries struct {
	group       *liveGroup
	field, what string
	have        *lookerclient.Optional[[]string]
	read        func(ctx context.Context, c *lookerclient.Client, group lookerclient.ID) ([]string, error)
	add, remove func(ctx context.Context, group, id lookerclient.ID) error
	client      *lookerclient.Client
}

func (l *liveGroup) users(c *lookerclient.Client) entries {
	return entries{l, "spec.members", "user", &l.members, memberIDs, c.Groups.AddUser, c.Groups.RemoveUser, c}
}

func (l *liveGroup) nestedGroups(c *lookerclient.Client) entries {
	return entries{l, "spec.groups", "group", &l.children, nestedIDs, c.Groups.AddGroup, c.Groups.RemoveGroup, c}
}

// send makes one call for each entry that differs. It adds before it removes, so
// that nobody who stays is without the group in between.
func (e entries) send(ctx context.Context, want *wantedSet) error {
	if want.IsZero() {
		return nil
	}
	have, known := e.have.Get()
	if !known {
		var err error
		if have, err = e.read(ctx, e.client, e.group.ID); err != nil {
			return err
		}
	}
	add, remove := want.changes(have)
	now := slices.Clone(have)
	for _, id := range add {
		if err := e.add(ctx, e.group.ID, lookerclient.ID(id)); err != nil && !lookerclient.IsAlreadyExists(err) {
			return e.explain("put", "into", id, err)
		}
		now = append(now, id)
	}
	for _, id := range remove {
		if err := e.takeOut(ctx, lookerclient.ID(id)); err != nil {
			return e.explain("take", "out of", id, err)
		}
		now = without(now, []string{id})
	}
	*e.have = lookerclient.Set(stringSet(now))
	return nil
}

// takeOut believes a 404 only if the entry is no longer there: Looker says the
// same of what the operator may not see.
func (e entries) takeOut(ctx context.Context, id lookerclient.ID) error {
	err := e.remove(ctx, e.group.ID, id)
	if !lookerclient.IsNotFound(err) {
		return err
	}
	now, readErr := e.read(ctx, e.client, e.group.ID)
	switch {
	case readErr != nil:
		return readErr
	case slices.Contains(now, string(id)):
		return err
	}
	return nil
}

func (e entries) explain(verb, where, id string, err error) error {
	return fmt.Errorf("%s: %s %s %s %s group %s: %w", e.field, verb, e.what, id, where, e.group.ID, err)
}

// sendGroupValues sets the values that differ and those that cannot be compared,
// and takes away those that the spec no longer lists.
func sendGroupValues(ctx context.Context, c *lookerclient.Client, g *liveGroup, patch wantedGroup) error {
	values := map[string]lookerclient.Optional[lookerclient.AttributeValue]{}
	for _, h := range valueOf(patch.Hidden) {
		if g.own[h.Attribute].hidden {
			values[h.Attribute] = lookerclient.Set(lookerclient.PlainValue(h.Value))
		}
	}
	maps.Copy(values, patch.Values)
	for _, attribute := range slices.Sorted(maps.Keys(values)) {
		held, err := sendGroupValue(ctx, c, g.ID, lookerclient.ID(attribute), values[attribute])
		if err != nil {
			return fmt.Errorf("spec.attributeValues: attribute %s: %w", attribute, err)
		}
		g.setOwn(attribute, held)
	}
	return nil
}

func sendGroupValue(ctx context.Context, c *lookerclient.Client, group, attribute lookerclient.ID, value lookerclient.Optional[lookerclient.AttributeValue]) (ownValue, error) {
	if v, ok := value.Get(); ok {
		row, err := c.Groups.SetAttributeValue(ctx, group, attribute, v)
		if err != nil {
			return ownValue{}, err
		}
		return asGroupValue(*row), nil
	}
	err := c.Groups.DeleteAttributeValue(ctx, group, attribute)
	if !lookerclient.IsNotFound(err) {
		return ownValue{}, err
	}
	rows, readErr := c.UserAttributes.GroupValues(ctx, attribute)
	switch {
	case lookerclient.IsNotFound(readErr):
		return ownValue{}, nil // the attribute is gone, and its values with it
	case readErr != nil:
		return ownValue{}, readErr
	case slices.ContainsFunc(rows, func(row lookerclient.UserAttributeGroupValue) bool { return valueOf(row.GroupID) == group }):
		return ownValue{}, err
	}
	return ownValue{}, nil
}

// Delete implements engine.Adapter. Looker takes the group out of the roles that
// it holds and of the groups that it is in; its values go with it.
func (groupAdapter) Delete(ctx context.Context, c *lookerclient.Client, id string) error {
	return c.Groups.Delete(ctx, lookerclient.ID(id))
}
