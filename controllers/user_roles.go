package controllers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// rolesKey is the key of wantedUser that is sent in bulk.
const rolesKey = "roles"

type (
	userBulkItem   = engine.BulkItem[wantedUser, liveUser]
	userBulkResult = engine.BulkResult[liveUser]
)

// BulkKeys implements engine.Bulker.
func (userAdapter) BulkKeys() []string { return []string{rolesKey} }

// UpdateAll implements engine.Bulker. A user's roles take one call, which touches
// nobody else. The users of a role take two, for those that are not in the batch
// have to be kept. Whichever are fewer are made.
func (userAdapter) UpdateAll(ctx context.Context, c *lookerclient.Client, items []userBulkItem) []userBulkResult {
	results := make([]userBulkResult, len(items))
	changes, unknown := roleChanges(items)
	if 2*len(changes) >= len(items)-len(unknown) {
		all := make([]int, len(items))
		for i := range all {
			all[i] = i
		}
		changeEach(ctx, c, items, all, results)
		return results
	}
	changeEach(ctx, c, items, append(unknown, changeByRole(ctx, c, items, changes, results)...), results)
	return results
}

// atATime bounds the calls of one bulk change that are made beside each other.
// How many are really in flight is for the client's BeforeCall to say.
const atATime = 16

// changeEach changes the roles of some of the users, each by itself.
func changeEach(ctx context.Context, c *lookerclient.Client, items []userBulkItem, which []int, results []userBulkResult) {
	var wait sync.WaitGroup
	slots := make(chan struct{}, atATime)
	for _, i := range which {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			results[i] = changeByUser(ctx, c, items[i])
		})
	}
	wait.Wait()
}

// roleChange is who gains and who loses one role, as indexes into a batch.
type roleChange struct {
	gain, lose []int
}

// roleChanges returns what changes for each role, and the items of which that is
// not known, because the roles that they hold could not be read.
func roleChanges(items []userBulkItem) (changes map[lookerclient.ID]*roleChange, unknown []int) {
	changes = map[lookerclient.ID]*roleChange{}
	of := func(role lookerclient.ID) *roleChange {
		if changes[role] == nil {
			changes[role] = &roleChange{}
		}
		return changes[role]
	}
	for i, item := range items {
		held, ok := item.Live.direct.Get()
		if !ok {
			unknown = append(unknown, i)
			continue
		}
		wanted := valueOf(item.Patch.Roles).IDs
		for _, role := range idsWithout(wanted, held.IDs) {
			of(role).gain = append(of(role).gain, i)
		}
		for _, role := range idsWithout(held.IDs, wanted) {
			of(role).lose = append(of(role).lose, i)
		}
	}
	return changes, unknown
}

// roleBatch is a batch of users whose roles are sent role by role.
type roleBatch struct {
	items   []userBulkItem
	updated []liveUser
	errs    []error
	alone   []bool // to be sent by itself
}

// changeByRole changes the users of each role. A role that fails fails for the
// users that it was to change for, and for nobody else. It returns the items that
// have to be sent by themselves to tell which of them Looker refuses.
func changeByRole(ctx context.Context, c *lookerclient.Client, items []userBulkItem, changes map[lookerclient.ID]*roleChange, results []userBulkResult) (alone []int) {
	b := roleBatch{items, make([]liveUser, len(items)), make([]error, len(items)), make([]bool, len(items))}
	for i := range items {
		b.updated[i] = *items[i].Live
	}
	for _, role := range givingFirst(changes) {
		change := changes[role]
		holders, err := setRoleUsers(ctx, c, role, b.users(change.gain), b.users(change.lose))
		b.note(role, change, holders, err)
	}
	for i := range items {
		switch {
		case items[i].Live.direct.IsZero():
		case b.errs[i] != nil:
			results[i].Err = b.errs[i]
		case b.alone[i]:
			alone = append(alone, i)
		default:
			results[i].Live = &b.updated[i]
		}
	}
	return alone
}

// note records what came of the change of one role.
func (b *roleBatch) note(role lookerclient.ID, change *roleChange, holders []lookerclient.ID, err error) {
	if errors.Is(err, errRefusedTogether) {
		for _, i := range slices.Concat(change.gain, change.lose) {
			b.alone[i] = true
		}
		return
	}
	for _, i := range change.lose {
		switch {
		case lookerclient.IsNotFound(err): // gone, or not for the operator to see
			b.alone[i] = true
		case err != nil:
			b.fail(i, role, err)
		default:
			b.updated[i].holdRole(role, false)
		}
	}
	holds := idMap(holders)
	for _, i := range change.gain {
		switch {
		case err != nil:
			b.fail(i, role, err)
		case !holds[b.items[i].Live.ID]:
			b.errs[i] = errors.Join(b.errs[i], notTaken(role))
		default:
			b.updated[i].holdRole(role, true)
		}
	}
}

func (b *roleBatch) fail(i int, role lookerclient.ID, err error) {
	b.errs[i] = errors.Join(b.errs[i], fmt.Errorf("spec.roles: role %s: %w", role, err))
}

func (b *roleBatch) users(at []int) []lookerclient.ID {
	out := make([]lookerclient.ID, len(at))
	for i, n := range at {
		out[i] = b.items[n].Live.ID
	}
	return out
}

// givingFirst orders the roles: those that somebody gains come first, so that
// nobody is without any in between, and no role is left without an admin.
func givingFirst(changes map[lookerclient.ID]*roleChange) []lookerclient.ID {
	roles := slices.Sorted(maps.Keys(changes))
	slices.SortStableFunc(roles, func(a, b lookerclient.ID) int {
		return min(len(changes[b].gain), 1) - min(len(changes[a].gain), 1)
	})
	return roles
}

// errRefusedTogether: Looker refuses the users of a role as they were sent, and
// the fault may be with one of them.
var errRefusedTogether = errors.New("Looker refuses the users of the role")

// setRoleUsers adds users to those that hold a role directly, and takes others
// away. What anybody else was given since the last list is kept: the users are
// read just before. If they cannot be read, nothing is written. It returns who
// holds the role afterwards.
func setRoleUsers(ctx context.Context, c *lookerclient.Client, role lookerclient.ID, gain, lose []lookerclient.ID) ([]lookerclient.ID, error) {
	unlock, err := c.Roles.LockHolders(ctx, role)
	if err != nil {
		return nil, err
	}
	defer unlock()
	rows, err := c.Roles.DirectUsers(ctx, role)
	if err != nil {
		return nil, err
	}
	holders := holderIDs(rows)
	wanted := idSet(append(idsWithout(holders, lose), gain...))
	if slices.Equal(wanted, idSet(holders)) {
		return wanted, nil
	}
	rows, err = c.Roles.SetUsers(ctx, role, wanted)
	if lookerclient.IsInvalid(err) || lookerclient.IsNotFound(err) {
		return nil, fmt.Errorf("%w: %w", errRefusedTogether, err)
	}
	return holderIDs(rows), err
}

// changeByUser replaces the direct roles of one user. Looker's answer may list
// inherited ones too, so it only serves to see which of the wanted ones were taken.
func changeByUser(ctx context.Context, c *lookerclient.Client, item userBulkItem) userBulkResult {
	wanted := valueOf(item.Patch.Roles).IDs
	unlock, err := lockRoles(ctx, c, idSet(slices.Concat(wanted, valueOf(item.Live.direct).IDs)))
	if err != nil {
		return userBulkResult{Err: err}
	}
	defer unlock()
	held, err := c.Users.SetRoles(ctx, item.Live.ID, wanted)
	if err != nil {
		return userBulkResult{Err: fmt.Errorf("spec.roles: %w", err)}
	}
	all := make([]lookerclient.ID, len(held))
	for i, r := range held {
		all[i] = r.ID
	}
	if missing := idsWithout(wanted, all); len(missing) > 0 {
		return userBulkResult{Err: notTaken(missing...)}
	}
	u := *item.Live
	u.direct, u.RoleIDs = lookerclient.Set(directRoles{idSet(wanted)}), lookerclient.Set(all)
	return userBulkResult{Live: &u}
}

// lockRoles keeps away who changes the holders of one of the roles: of two such
// changes at once the second would undo the first. The roles are sorted, so that
// no two callers wait for each other.
func lockRoles(ctx context.Context, c *lookerclient.Client, roles []lookerclient.ID) (unlock func(), err error) {
	var locked []func()
	unlock = func() {
		for _, f := range locked {
			f()
		}
	}
	for _, role := range roles {
		one, err := c.Roles.LockHolders(ctx, role)
		if err != nil {
			unlock()
			return nil, err
		}
		locked = append(locked, one)
	}
	return unlock, nil
}

// notTaken is an error, not a difference to send again at once: a change in bulk
// is not counted as an attempt.
func notTaken(roles ...lookerclient.ID) error {
	return fmt.Errorf("spec.roles: Looker accepted the change and its answer does not show role %s; if it stays so, take the role out of the spec, or grant it in Looker and see why it is not kept",
		strings.Join(idStrings(roles), ", "))
}

// holdRole notes that the user holds a role directly, or no longer does.
func (l *liveUser) holdRole(role lookerclient.ID, hold bool) {
	set := func(list []lookerclient.ID) []lookerclient.ID {
		list = idsWithout(list, []lookerclient.ID{role})
		if hold {
			list = append(list, role)
		}
		return idSet(list)
	}
	l.direct = lookerclient.Set(directRoles{set(valueOf(l.direct).IDs)})
	l.RoleIDs = lookerclient.Set(set(valueOf(l.RoleIDs)))
}

// Relations implements engine.Relater. The list of roles is exact for the user,
// and adds it to the users of each role; groups are only added. Nothing can be
// contradicted before the user has an id.
func (userAdapter) Relations(u *v1alpha1.LookerUser, in engine.Inputs) []engine.Relation {
	id := u.Status.ID
	if id == "" {
		return nil
	}
	var out []engine.Relation
	if roles, ok := wantedRoles(u, in).Get(); ok {
		out = append(out, engine.Relation{Set: "user/" + id + "/roles", Members: idStrings(roles.IDs), Exact: true})
		for _, role := range roles.IDs {
			out = append(out, engine.Relation{Set: "role/" + string(role) + "/users", Members: []string{id}})
		}
	}
	groups := wantedGroups(u, in)
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		if groups[group] {
			out = append(out, engine.Relation{Set: "group/" + group + "/users", Members: []string{id}})
		}
	}
	return out
}

// idsWithout returns a new list of those ids that are not among the others.
func idsWithout(list, others []lookerclient.ID) []lookerclient.ID {
	out := idMap(others)
	return slices.DeleteFunc(slices.Clone(list), func(id lookerclient.ID) bool { return out[id] })
}

func idMap(list []lookerclient.ID) map[lookerclient.ID]bool {
	out := make(map[lookerclient.ID]bool, len(list))
	for _, id := range list {
		out[id] = true
	}
	return out
}

func holderIDs(rows []lookerclient.GroupMember) []lookerclient.ID {
	out := make([]lookerclient.ID, len(rows))
	for i, row := range rows {
		out[i] = row.ID
	}
	return out
}

// RolesOf implements engine.RoleHolder: what the row shows, and what is known to
// be held directly.
func (userAdapter) RolesOf(rows map[string]*liveUser, id string) []string {
	row := rows[id]
	if row == nil {
		return nil
	}
	return idStrings(idSet(slices.Concat(valueOf(row.RoleIDs), valueOf(row.direct).IDs)))
}

// GroupsOf implements engine.GroupMember.
func (userAdapter) GroupsOf(rows map[string]*liveUser, id string) []string {
	row := rows[id]
	if row == nil {
		return nil
	}
	return idStrings(valueOf(row.GroupIDs))
}
