package controllers

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// Find implements engine.Finder. The look-up by e-mail credential knows neither
// people who log in by single sign-on only, nor, on Looker (Google Cloud core),
// anybody: the search by address finds those.
func (userAdapter) Find(ctx context.Context, c *lookerclient.Client, key wantedUser) iter.Seq2[*liveUser, error] {
	return mapRows(findUsers(ctx, c, key), userRow)
}

func findUsers(ctx context.Context, c *lookerclient.Client, key wantedUser) iter.Seq2[*lookerclient.User, error] {
	email := key.email()
	if email == "" {
		return searchUsers(ctx, c, namesOf(key), false, true)
	}
	return func(yield func(*lookerclient.User, error) bool) {
		found, denied := false, false
		for row, err := range c.Users.FindByCredential(ctx, lookerclient.CredentialEmail, email) {
			denied = lookerclient.IsUnsupported(err) || lookerclient.IsForbidden(err)
			if denied {
				break
			}
			found = true
			if !yield(row, err) || err != nil {
				return
			}
		}
		disabled := []bool{false}
		switch {
		case found:
			return
		case denied:
			disabled = append(disabled, true)
		}
		searchUsers(ctx, c, lookerclient.UserSearch{Email: email}, disabled...)(yield)
	}
}

func namesOf(key wantedUser) lookerclient.UserSearch {
	return lookerclient.UserSearch{FirstName: valueOf(key.FirstName), LastName: valueOf(key.LastName)}
}

// searchUsers searches once for each value of is_disabled: whether a search
// without it finds both is not certain.
func searchUsers(ctx context.Context, c *lookerclient.Client, f lookerclient.UserSearch, disabled ...bool) iter.Seq2[*lookerclient.User, error] {
	return func(yield func(*lookerclient.User, error) bool) {
		for _, f.IsDisabled = range pointers(disabled) {
			for row, err := range c.Users.Search(ctx, f) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// Interrupted implements engine.Recoverer: users with exactly these names that
// nothing has been done for yet. Without an address in the key, Find has them.
func (userAdapter) Interrupted(ctx context.Context, c *lookerclient.Client, key wantedUser) iter.Seq2[*liveUser, error] {
	return func(yield func(*liveUser, error) bool) {
		if key.email() == "" {
			return
		}
		for row, err := range searchUsers(ctx, c, namesOf(key), false, true) {
			if err != nil {
				yield(nil, err)
				return
			}
			live := userRow(row)
			if sameNames(key, live) && live.isUntouched() && !yield(live, nil) {
				return
			}
		}
	}
}

// isUntouched reports whether the user is as POST /users leaves it.
func (l *liveUser) isUntouched() bool {
	_, totp := l.CredentialsTotp.Get()
	return !l.hasEmailCredential() && !l.isSSO() && !l.isEmbed() && !totp && !isTrue(l.IsServiceAccount) &&
		len(valueOf(l.CredentialsApi3)) == 0 && len(valueOf(l.RoleIDs)) == 0 &&
		!slices.ContainsFunc(valueOf(l.GroupIDs), func(id lookerclient.ID) bool { return id != allUsers })
}

// Complete implements engine.Completer. Direct roles take one call for each role
// or for each user, whichever are fewer, and none for users whose row shows what
// is wanted; attribute values take one for each user that declares some, for
// Looker has no list of them.
func (userAdapter) Complete(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedUser, liveUser]) error {
	if err := readRoles(ctx, c, items); err != nil {
		return err
	}
	for _, item := range items {
		if item.Light || len(item.Want.Values) == 0 || item.Live.hasRead(item.Want.Values) {
			continue
		}
		if err := readValues(ctx, c, item.Live, item.Want.Values); err != nil {
			return err
		}
	}
	return nil
}

// ReadCalls implements engine.Rotator: values take a call for each user.
func (userAdapter) ReadCalls(want wantedUser) int64 { return int64(min(len(want.Values), 1)) }

// Together implements engine.Rotator: each user is read by itself.
func (userAdapter) Together(row *liveUser) string { return string(row.ID) }

// Retain implements engine.Rotator. Where the row shows other roles than before,
// which of them are direct has to be read again.
func (userAdapter) Retain(before, row *liveUser) {
	row.own, row.bare, row.setupSent = before.own, before.bare, before.setupSent
	if slices.Equal(idSet(valueOf(before.RoleIDs)), idSet(valueOf(row.RoleIDs))) {
		row.direct = before.direct
	}
}

func readRoles(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedUser, liveUser]) error {
	var users []*liveUser
	var roles []lookerclient.ID
	for _, item := range items {
		wanted, ok := item.Want.Roles.Get()
		if ok && item.Live.direct.IsZero() && !rowHasRoles(item.Live, wanted.IDs) {
			users = append(users, item.Live)
			roles = append(append(roles, wanted.IDs...), valueOf(item.Live.RoleIDs)...)
		}
	}
	roles = idSet(roles)
	if len(roles) < len(users) {
		return readRolesByRole(ctx, c, users, roles)
	}
	for _, u := range users {
		held, err := c.Users.DirectRoles(ctx, u.ID)
		if lookerclient.IsNotFound(err) {
			continue // the user is gone; what writes to it next finds that out
		}
		if err != nil {
			return err
		}
		direct := make([]lookerclient.ID, len(held))
		for i, r := range held {
			direct[i] = r.ID
		}
		u.direct = lookerclient.Set(directRoles{idSet(direct)})
	}
	return nil
}

// readRolesByRole asks each role who holds it. The roles must contain all that
// the rows of the users show: nobody holds another one directly.
func readRolesByRole(ctx context.Context, c *lookerclient.Client, users []*liveUser, roles []lookerclient.ID) error {
	direct := map[lookerclient.ID][]lookerclient.ID{}
	for _, role := range roles {
		holders, err := c.Roles.DirectUsers(ctx, role)
		if lookerclient.IsNotFound(err) {
			continue // nobody holds a role that does not exist
		}
		if err != nil {
			return err
		}
		for _, h := range holders {
			direct[h.ID] = append(direct[h.ID], role)
		}
	}
	for _, u := range users {
		u.direct = lookerclient.Set(directRoles{idSet(direct[u.ID])})
	}
	return nil
}

func readValues(ctx context.Context, c *lookerclient.Client, live *liveUser, wanted map[string]lookerclient.AttributeValue) error {
	attributes := slices.Sorted(maps.Keys(wanted))
	rows, err := c.Users.AttributeValues(ctx, live.ID, ids(attributes)...)
	if lookerclient.IsNotFound(err) {
		return nil // as with roles
	}
	if err != nil {
		return err
	}
	live.own = maps.Clone(live.own)
	if live.own == nil {
		live.own = map[string]ownValue{}
	}
	for _, id := range attributes {
		live.own[id] = ownValue{}
	}
	for _, row := range rows {
		if valueOf(row.Source) == lookerclient.SourceUserSetting {
			live.own[string(row.UserAttributeID)] = asOwnValue(row)
		}
	}
	return nil
}

func asOwnValue(row lookerclient.UserAttributeWithValue) ownValue {
	return ownValue{set: true, hidden: isTrue(row.ValueIsHidden), text: valueOf(row.Value).Reveal()}
}
