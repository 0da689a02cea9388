package controllers

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// adminRole is built in: its name and sets cannot be changed, its holders can.
const adminRole lookerclient.ID = "2"

// wantedRole is a role with those who hold it, which its claims in a status name
// as users/<id> and groups/<id>.
type wantedRole struct {
	lookerclient.WriteRole
	Users  holders `json:"users,omitzero"`
	Groups holders `json:"groups,omitzero"`
}

// liveRole is a role as Looker has it. Its ids of sets are those of the nested
// sets. Users and Groups are set by Normalize, from what was read.
type liveRole struct {
	lookerclient.Role
	Users  holders `json:"users,omitzero"`
	Groups holders `json:"groups,omitzero"`

	// Who holds the role directly, sorted; absent until it was read.
	users, groups lookerclient.Optional[[]lookerclient.ID]
}

type roleAdapter struct{}

// Desired implements engine.Adapter.
func (roleAdapter) Desired(r *v1alpha1.LookerRole, in engine.Inputs) (wantedRole, error) {
	spec := &r.Spec
	name := r.Name
	if spec.Name != nil {
		name = *spec.Name
	}
	want := wantedRole{WriteRole: lookerclient.WriteRole{
		Name:            lookerclient.Set(name),
		PermissionSetID: lookerclient.Set(lookerclient.ID(in.ID(v1alpha1.KindPermissionSet, spec.PermissionSet.Target()))),
		ModelSetID:      lookerclient.Set(lookerclient.ID(in.ID(v1alpha1.KindModelSet, spec.ModelSet.Target()))),
	}}
	want.Users = roleUsers(r, in).holders(r.Status.Claims)
	want.Groups = roleGroups(r, in).holders(r.Status.Claims)
	return want, guardAdminMode(lookerclient.ID(r.Status.ID), &want)
}

// listedHolders is what the spec says of one kind of holders.
type listedHolders struct {
	kind     string // as sets of relations begin: user or group
	set      bool   // whether the spec says anything
	exact    bool
	ids      []lookerclient.ID
	complete bool // whether all that are listed have an id
}

func roleUsers(r *v1alpha1.LookerRole, in engine.Inputs) listedHolders {
	var targets []v1alpha1.Target
	if r.Spec.Users != nil {
		for _, u := range *r.Spec.Users {
			targets = append(targets, u.Target())
		}
	}
	known, all := in.IDs(v1alpha1.KindUser, targets...)
	return listedHolders{"user", r.Spec.Users != nil, r.Spec.UsersMode == v1alpha1.MembershipExact, idSet(ids(known)), all}
}

func roleGroups(r *v1alpha1.LookerRole, in engine.Inputs) listedHolders {
	var targets []v1alpha1.Target
	if r.Spec.Groups != nil {
		for _, g := range *r.Spec.Groups {
			targets = append(targets, g.Target())
		}
	}
	known, all := in.IDs(v1alpha1.KindGroup, targets...)
	return listedHolders{"group", r.Spec.Groups != nil, r.Spec.GroupsMode == v1alpha1.MembershipExact, idSet(ids(known)), all}
}

// holders returns those that are listed and, unless they are all there may be,
// those to take the role from: whom the object gave it and no longer lists. While
// one that is listed has no id, it may be any of them, and nobody loses the role.
func (l listedHolders) holders(claims []string) holders {
	if !l.set {
		return holders{}
	}
	var claimed []lookerclient.ID
	for _, claim := range claims {
		if id, ok := strings.CutPrefix(claim, l.kind+"s/"); ok {
			claimed = append(claimed, lookerclient.ID(id))
		}
	}
	switch {
	case l.exact && !l.complete:
		return holders{kept: claimed}
	case l.exact:
		return holders{exact: true, all: l.ids}
	}
	out := holders{some: map[string]bool{}}
	if l.complete {
		for _, id := range claimed {
			out.some[string(id)] = false
		}
	} else {
		out.kept = claimed
	}
	for _, id := range l.ids {
		out.some[string(id)] = true
	}
	return out
}

// Claims implements engine.Claimer.
func (roleAdapter) Claims(want wantedRole) []string {
	var out []string
	for _, id := range want.Users.claimed() {
		out = append(out, "users/"+string(id))
	}
	for _, id := range want.Groups.claimed() {
		out = append(out, "groups/"+string(id))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Relations implements engine.Relater. Who holds the role can also be said by a
// user or group that lists its roles.
func (roleAdapter) Relations(r *v1alpha1.LookerRole, in engine.Inputs) []engine.Relation {
	id := r.Status.ID
	if id == "" {
		return nil
	}
	var out []engine.Relation
	for _, l := range []listedHolders{roleUsers(r, in), roleGroups(r, in)} {
		if !l.set {
			continue
		}
		out = append(out, engine.Relation{Set: "role/" + id + "/" + l.kind + "s", Members: idStrings(l.ids), Exact: l.exact && l.complete})
		for _, holder := range l.ids {
			out = append(out, engine.Relation{Set: l.kind + "/" + string(holder) + "/roles", Members: []string{id}})
		}
	}
	return out
}

// ShapesRoles implements engine.RoleShaper.
func (roleAdapter) ShapesRoles() {}

// Key implements engine.Adapter.
func (roleAdapter) Key(want wantedRole) wantedRole {
	return wantedRole{WriteRole: lookerclient.WriteRole{Name: want.Name}}
}

// Match implements engine.Adapter.
func (roleAdapter) Match(key wantedRole, live *liveRole) bool {
	return valueOf(key.Name) == valueOf(live.Name)
}

// ID implements engine.Adapter.
func (roleAdapter) ID(live *liveRole) string { return string(live.ID) }

// List implements engine.Lister.
func (roleAdapter) List(ctx context.Context, c *lookerclient.Client) iter.Seq2[*liveRole, error] {
	return mapRows(c.Roles.List(ctx), func(r *lookerclient.Role) *liveRole { return &liveRole{Role: withSetIDs(*r)} })
}

// Targets implements engine.Namer.
func (roleAdapter) Targets(rows map[string]*liveRole) map[v1alpha1.Target][]string {
	return byName(func(r *liveRole) string { return valueOf(r.Name) })(rows)
}

// Get implements engine.Adapter.
func (roleAdapter) Get(ctx context.Context, c *lookerclient.Client, id string) (*liveRole, error) {
	row, err := c.Roles.Get(ctx, lookerclient.ID(id))
	if err != nil {
		return nil, err
	}
	return &liveRole{Role: withSetIDs(*row)}, nil
}

// withSetIDs fills the ids of a role's sets in, which Looker takes and only
// returns within the sets. A role can be without: then its set was deleted.
func withSetIDs(r lookerclient.Role) lookerclient.Role {
	r.PermissionSetID, r.ModelSetID = lookerclient.Optional[lookerclient.ID]{}, lookerclient.Optional[lookerclient.ID]{}
	if set, ok := r.PermissionSet.Get(); ok {
		r.PermissionSetID = lookerclient.Set(set.ID)
	} else if r.PermissionSet.IsNull() {
		r.PermissionSetID = lookerclient.Null[lookerclient.ID]()
	}
	if set, ok := r.ModelSet.Get(); ok {
		r.ModelSetID = lookerclient.Set(set.ID)
	} else if r.ModelSet.IsNull() {
		r.ModelSetID = lookerclient.Null[lookerclient.ID]()
	}
	return r
}

// Complete implements engine.Completer: a call each for the users and the groups
// of those roles that declare them.
func (roleAdapter) Complete(ctx context.Context, c *lookerclient.Client, items []engine.Item[wantedRole, liveRole]) error {
	for _, item := range items {
		live := item.Live
		for _, side := range []struct {
			kind   holderKind
			wanted holders
			live   *lookerclient.Optional[[]lookerclient.ID]
		}{
			{userHolders, item.Want.Users, &live.users}, {groupHolders, item.Want.Groups, &live.groups},
		} {
			if side.wanted.IsZero() || !side.live.IsZero() {
				continue
			}
			now, err := side.kind.get(ctx, c, live.ID)
			if lookerclient.IsNotFound(err) {
				break // the role is gone; what writes to it next finds that out
			}
			if err != nil {
				return err
			}
			*side.live = lookerclient.Set(now)
		}
	}
	return nil
}

// Normalize implements engine.Normalizer.
func (roleAdapter) Normalize(want *wantedRole, live *liveRole) {
	live.Users, live.Groups = want.Users.of(live.users), want.Groups.of(live.groups)
}

// Create implements engine.Adapter. Nobody holds the new role yet.
func (roleAdapter) Create(ctx context.Context, c *lookerclient.Client, want wantedRole) (*liveRole, error) {
	row, err := c.Roles.Create(ctx, want.WriteRole)
	if err != nil {
		return nil, err
	}
	nobody := lookerclient.Set([]lookerclient.ID{})
	return &liveRole{Role: withSetIDs(*row), users: nobody, groups: nobody}, nil
}

// Update implements engine.Adapter. Who is to lose the role loses it before the
// role changes, and who is to get it gets it afterwards: nobody ever holds a role
// that was not meant for him, and no refusal of a field keeps the door open.
func (roleAdapter) Update(ctx context.Context, c *lookerclient.Client, live *liveRole, patch wantedRole) (*liveRole, error) {
	updated := *live
	if patch.WriteRole != (lookerclient.WriteRole{}) {
		losing := wantedRole{Users: patch.Users.losing(live.users), Groups: patch.Groups.losing(live.groups)}
		if err := sendHolders(ctx, c, &updated, losing); err != nil {
			return nil, err
		}
		row, err := c.Roles.Update(ctx, live.ID, patch.WriteRole)
		if err != nil {
			return nil, err
		}
		updated.Role = withSetIDs(*row)
	}
	if err := sendHolders(ctx, c, &updated, patch); err != nil {
		return nil, err
	}
	return &updated, nil
}

// Delete implements engine.Adapter. It takes the role from all who hold it.
func (roleAdapter) Delete(ctx context.Context, c *lookerclient.Client, id string) error {
	return c.Roles.Delete(ctx, lookerclient.ID(id))
}
