package controllers

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/lookerclient"
)

// holders are the users, or the groups, that hold a role: all of them, or some
// that do (true) and some that do not (false).
type holders struct {
	exact bool
	all   []lookerclient.ID // sorted
	some  map[string]bool
	kept  []lookerclient.ID // claims to keep, of which nothing is known now
}

// IsZero reports whether there is nothing to compare or to send.
func (h holders) IsZero() bool { return !h.exact && len(h.some) == 0 }

// MarshalJSON implements json.Marshaler: a list of all, or some by their ids.
func (h holders) MarshalJSON() ([]byte, error) {
	if h.exact {
		return json.Marshal(idSet(h.all))
	}
	return json.Marshal(h.some)
}

// of returns what is there of h, absent if it was not read.
func (h holders) of(live lookerclient.Optional[[]lookerclient.ID]) holders {
	now, read := live.Get()
	switch {
	case h.IsZero() || !read:
		return holders{}
	case h.exact:
		return holders{exact: true, all: now}
	}
	out := holders{some: map[string]bool{}}
	for id := range h.some {
		out.some[id] = slices.Contains(now, lookerclient.ID(id))
	}
	return out
}

// claimed returns those that the object gives the role to, or may have.
func (h holders) claimed() []lookerclient.ID {
	return slices.Concat(h.all, h.named(true), h.kept)
}

func (h holders) named(holds bool) []lookerclient.ID {
	var out []lookerclient.ID
	for _, id := range slices.Sorted(maps.Keys(h.some)) {
		if h.some[id] == holds {
			out = append(out, lookerclient.ID(id))
		}
	}
	return out
}

// losing returns the part of h that takes the role from those who have it.
func (h holders) losing(live lookerclient.Optional[[]lookerclient.ID]) holders {
	out := holders{some: map[string]bool{}}
	for _, id := range valueOf(live) {
		if keeps, named := h.some[string(id)]; h.exact && !slices.Contains(h.all, id) || named && !keeps {
			out.some[string(id)] = false
		}
	}
	return out
}

// applied returns the holders after a change of those that there are now.
func (h holders) applied(now []lookerclient.ID) []lookerclient.ID {
	if h.exact {
		return idSet(h.all)
	}
	kept := slices.DeleteFunc(slices.Clone(now), func(id lookerclient.ID) bool {
		_, named := h.some[string(id)]
		return named
	})
	return idSet(append(kept, h.named(true)...))
}

// holderKind is how Looker lists and takes one kind of holders.
type holderKind struct {
	field string
	get   func(ctx context.Context, c *lookerclient.Client, role lookerclient.ID) ([]lookerclient.ID, error)
	set   func(ctx context.Context, c *lookerclient.Client, role lookerclient.ID, to []lookerclient.ID) ([]lookerclient.ID, error)
}

// The kinds of holders. Users are those that hold the role directly.
var (
	userHolders = holderKind{
		field: "spec.users",
		get: func(ctx context.Context, c *lookerclient.Client, role lookerclient.ID) ([]lookerclient.ID, error) {
			rows, err := c.Roles.DirectUsers(ctx, role)
			return idSet(holderIDs(rows)), err
		},
		set: func(ctx context.Context, c *lookerclient.Client, role lookerclient.ID, to []lookerclient.ID) ([]lookerclient.ID, error) {
			rows, err := c.Roles.SetUsers(ctx, role, to)
			return idSet(holderIDs(rows)), err
		},
	}
	groupHolders = holderKind{
		field: "spec.groups",
		get: func(ctx context.Context, c *lookerclient.Client, role lookerclient.ID) ([]lookerclient.ID, error) {
			rows, err := c.Roles.Groups(ctx, role)
			return idSet(idsOf(rows, groupID)), err
		},
		set: func(ctx context.Context, c *lookerclient.Client, role lookerclient.ID, to []lookerclient.ID) ([]lookerclient.ID, error) {
			rows, err := c.Roles.SetGroups(ctx, role, to)
			return idSet(idsOf(rows, groupID)), err
		},
	}
)

func groupID(g lookerclient.Group) lookerclient.ID { return g.ID }

// send changes the holders of a role from those that were last read, and returns
// those there are then. Some are changed by reading all just before: Looker takes
// only whole lists, and nobody else's grant must get lost. If they cannot be read,
// nothing is written.
func (k holderKind) send(ctx context.Context, c *lookerclient.Client, role lookerclient.ID, was lookerclient.Optional[[]lookerclient.ID], h holders) (lookerclient.Optional[[]lookerclient.ID], error) {
	if h.IsZero() {
		return was, nil
	}
	unlock, err := c.Roles.LockHolders(ctx, role)
	if err != nil {
		return was, err
	}
	defer unlock()
	now, read := was.Get()
	if !h.exact {
		if now, err = k.get(ctx, c, role); err != nil {
			return was, fmt.Errorf("%s: %w", k.field, err)
		}
		read = true
	}
	to := h.applied(now)
	if read && slices.Equal(to, now) {
		return lookerclient.Set(now), nil
	}
	taken, err := k.set(ctx, c, role, to)
	if err != nil {
		return was, fmt.Errorf("%s: %w", k.field, err)
	}
	// The answer may also list who has the role through a group.
	to = slices.DeleteFunc(to, func(id lookerclient.ID) bool { return !slices.Contains(taken, id) })
	return lookerclient.Set(to), nil
}

// sendHolders changes who holds a role.
func sendHolders(ctx context.Context, c *lookerclient.Client, live *liveRole, patch wantedRole) error {
	var err error
	if live.users, err = userHolders.send(ctx, c, live.ID, live.users, patch.Users); err != nil {
		return err
	}
	live.groups, err = groupHolders.send(ctx, c, live.ID, live.groups, patch.Groups)
	return err
}
