package controllers

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

// wantedGroup is a group with who is in it and what it gives them.
type wantedGroup struct {
	lookerclient.WriteGroup
	Members *wantedSet `json:"members,omitzero"` // ids of users
	Groups  *wantedSet `json:"groups,omitzero"`  // ids of groups nested in this one
	Roles   *wantedSet `json:"roles,omitzero"`   // ids of roles held directly
	// Values by attribute; null takes the group's value away.
	Values map[string]lookerclient.Optional[lookerclient.AttributeValue] `json:"attribute_values,omitempty"`
	// Hidden repeats the plain values, as in wantedUser.
	Hidden lookerclient.Optional[[]hiddenValue] `json:"hidden_values,omitzero"`
	kept   []string                             // claimed values of which nothing is known now
}

// liveGroup is a group as Looker has it. The exported fields beside the row are
// set by Normalize, from what was read.
type liveGroup struct {
	lookerclient.GroupHierarchy
	Members *liveSet                             `json:"members,omitempty"`
	Groups  *liveSet                             `json:"groups,omitempty"`
	Roles   *liveSet                             `json:"roles,omitempty"`
	Values  map[string]any                       `json:"attribute_values,omitempty"`
	Hidden  lookerclient.Optional[[]hiddenValue] `json:"hidden_values,omitzero"`

	members  lookerclient.Optional[[]string] // once read
	children lookerclient.Optional[[]string] // the groups directly in it, once read
	// direct are roles that the group certainly holds itself; doubtful ones are in
	// its row and may come from a group above it.
	direct   lookerclient.Optional[[]string]
	doubtful []string
	own      map[string]ownValue // values of the attributes that were asked for
	bare     bool                // just made: what own does not list is not set
	// everybody is how many users there are; 0 where that is not known.
	everybody int64
}

type groupAdapter struct{}

// Prefixes of an id in the claims of a group's status. One of the nested groups
// is claimedGroup, as with users.
const (
	claimedMember = "members/"
	claimedRole   = "roles/"
	claimedValue  = "values/"
)

// Desired implements engine.Adapter.
func (groupAdapter) Desired(g *v1alpha1.LookerGroup, in engine.Inputs) (wantedGroup, error) {
	spec, claims := &g.Spec, g.Status.Claims
	name := g.Name
	if spec.Name != nil {
		name = *spec.Name
	}
	want := wantedGroup{
		WriteGroup: lookerclient.WriteGroup{
			Name:                    lookerclient.Set(name),
			CanAddToContentMetadata: lookerclient.SetPtr(spec.CanAddToContentMetadata),
		},
		Members: userList(spec.Members, spec.MembershipMode, in).wanted(claims, claimedMember),
		Groups:  namedList(v1alpha1.KindGroup, spec.Groups, spec.MembershipMode, in).wanted(claims, claimedGroup),
		Roles:   namedList(v1alpha1.KindRole, spec.Roles, spec.RolesMode, in).wanted(claims, claimedRole),
	}
	err := want.setValues(spec.AttributeValues, claims, in)
	return want, err
}

// setValues takes over the values of the spec. Those that this object gave the
// group and no longer lists are taken away; without a list, all are let be, and
// so they are while an attribute has no id.
func (w *wantedGroup) setValues(spec []v1alpha1.GroupAttributeValue, claims []string, in engine.Inputs) error {
	if spec == nil {
		return nil
	}
	w.Values = map[string]lookerclient.Optional[lookerclient.AttributeValue]{}
	var plain []hiddenValue
	complete := true
	for i, a := range spec {
		id := in.ID(v1alpha1.KindUserAttribute, a.Target())
		if id == "" {
			complete = false
			continue
		}
		if _, twice := w.Values[id]; twice {
			return engine.Invalid("spec.attributeValues[%d]: attribute %s has a value already; keep one entry", i, id)
		}
		switch {
		case a.ValueFrom != nil:
			w.Values[id] = lookerclient.Set(lookerclient.HiddenValue(in.Secret(a.ValueFrom.SecretKeyRef)))
		case a.Value != nil:
			w.Values[id] = lookerclient.Set(lookerclient.PlainValue(*a.Value))
			plain = append(plain, hiddenValue{id, *a.Value})
		default:
			return engine.Invalid("spec.attributeValues[%d]: set value or valueFrom", i)
		}
	}
	if plain != nil {
		w.Hidden = lookerclient.Set(sortHidden(plain))
	}
	w.giveUpValues(claimed(claims, claimedValue), complete)
	return nil
}

// giveUpValues takes away those of the object's values that it no longer lists, or,
// while it is not known which these are, keeps the claims to them.
func (w *wantedGroup) giveUpValues(ours []string, known bool) {
	for _, id := range ours {
		_, listed := w.Values[id]
		switch {
		case listed:
		case known:
			w.Values[id] = lookerclient.Null[lookerclient.AttributeValue]()
		default:
			w.kept = append(w.kept, id)
		}
	}
}

// Claims implements engine.Claimer.
func (groupAdapter) Claims(want wantedGroup) []string {
	values := slices.Clone(want.kept)
	for id, value := range want.Values {
		if !value.IsNull() {
			values = append(values, id)
		}
	}
	var out []string
	for prefix, ids := range map[string][]string{
		claimedMember: want.Members.claims(), claimedGroup: want.Groups.claims(), claimedRole: want.Roles.claims(), claimedValue: values,
	} {
		for _, id := range ids {
			out = append(out, prefix+id)
		}
	}
	slices.Sort(out)
	return out
}

// Key implements engine.Adapter: a name is unique.
func (groupAdapter) Key(want wantedGroup) wantedGroup {
	return wantedGroup{WriteGroup: lookerclient.WriteGroup{Name: want.Name}}
}

// Match implements engine.Adapter.
func (groupAdapter) Match(key wantedGroup, live *liveGroup) bool {
	return valueOf(key.Name) == valueOf(live.Name)
}

// ID implements engine.Adapter.
func (groupAdapter) ID(live *liveGroup) string { return string(live.ID) }

// List implements engine.Lister. All rows have to be there before the first is
// given out: a row names the groups above it, not those in it.
func (groupAdapter) List(ctx context.Context, c *lookerclient.Client) iter.Seq2[*liveGroup, error] {
	return func(yield func(*liveGroup, error) bool) {
		rows, err := collectRows(mapRows(c.Groups.SearchHierarchy(ctx, lookerclient.GroupSearch{}), groupRow))
		if err != nil {
			yield(nil, err)
			return
		}
		linkGroups(rows)
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func collectRows[T any](rows iter.Seq2[*T, error]) ([]*T, error) {
	var out []*T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// Get implements engine.Adapter. The search has the groups above the group and
// its roles, for the price of a read. Only the read can say that there is none.
func (groupAdapter) Get(ctx context.Context, c *lookerclient.Client, id string) (*liveGroup, error) {
	for row, err := range c.Groups.SearchHierarchy(ctx, lookerclient.GroupSearch{ID: lookerclient.ID(id)}) {
		if err != nil {
			return nil, err
		}
		if string(row.ID) == id {
			live := groupRow(row)
			live.doubt(valueOf(row.RoleIDs))
			return live, nil
		}
	}
	row, err := c.Groups.Get(ctx, lookerclient.ID(id))
	if err != nil {
		return nil, err
	}
	return groupRow(&lookerclient.GroupHierarchy{Group: *row}), nil
}

func groupRow(g *lookerclient.GroupHierarchy) *liveGroup { return &liveGroup{GroupHierarchy: *g} }

// Record implements engine.Recorder.
func (groupAdapter) Record(g *v1alpha1.LookerGroup, _ wantedGroup, live *liveGroup) {
	g.Status.ExternalGroupID = valueOf(live.ExternalGroupID)
}

// Targets implements engine.Namer.
func (groupAdapter) Targets(rows map[string]*liveGroup) map[v1alpha1.Target][]string {
	return byName(func(g *liveGroup) string { return valueOf(g.Name) })(rows)
}

// Relations implements engine.Relater. A set of the group's own can only be named
// once the group has an id.
func (groupAdapter) Relations(g *v1alpha1.LookerGroup, in engine.Inputs) []engine.Relation {
	id, spec := g.Status.ID, &g.Spec
	if id == "" {
		return nil
	}
	var out []engine.Relation
	claim := func(set string, l idList) {
		if l.set {
			out = append(out, engine.Relation{Set: set, Members: l.ids, Exact: l.exact && l.complete})
		}
	}
	roles := namedList(v1alpha1.KindRole, spec.Roles, spec.RolesMode, in)
	claim("group/"+id+"/users", userList(spec.Members, spec.MembershipMode, in))
	claim("group/"+id+"/groups", namedList(v1alpha1.KindGroup, spec.Groups, spec.MembershipMode, in))
	claim("group/"+id+"/roles", roles)
	for _, role := range roles.ids {
		out = append(out, engine.Relation{Set: "role/" + role + "/groups", Members: []string{id}})
	}
	for _, a := range spec.AttributeValues { // a LookerUserAttribute that lists its groups leaves no room for these
		if attribute := in.ID(v1alpha1.KindUserAttribute, a.Target()); attribute != "" {
			out = append(out, engine.Relation{Set: "attribute/" + attribute + "/groups", Members: []string{id}})
		}
	}
	return out
}

// unknownRole stands for the roles of a group that were not read: nobody may be
// given a group whose roles are not known.
const unknownRole = "of a group that Looker's search does not show"

// RolesOf implements engine.RoleHolder.
func (groupAdapter) RolesOf(rows map[string]*liveGroup, id string) []string {
	roles := map[string]bool{}
	for group := range ancestry(rows, []string{id, string(allUsers)}) {
		row := rows[group]
		if row == nil || row.RoleIDs.IsZero() || row.ParentGroupIDs.IsZero() {
			roles[unknownRole] = true
			continue
		}
		for _, role := range append(idStrings(valueOf(row.RoleIDs)), valueOf(row.direct)...) {
			roles[role] = true
		}
	}
	return slices.Sorted(maps.Keys(roles))
}

// ancestry returns the groups and all groups above them. It believes both a row's
// parents and the list of what is in a group: the operator's own last change may
// only show in one of them.
func ancestry(rows map[string]*liveGroup, from []string) map[string]bool {
	above := map[string][]string{}
	for id, row := range rows {
		above[id] = append(above[id], idStrings(valueOf(row.ParentGroupIDs))...)
		for _, child := range valueOf(row.children) {
			above[child] = append(above[child], id)
		}
	}
	seen := map[string]bool{}
	for queue := slices.Clone(from); len(queue) > 0; queue = queue[1:] {
		if id := queue[0]; !seen[id] {
			seen[id] = true
			queue = append(queue, above[id]...)
		}
	}
	return seen
}

// claimed returns the ids in the claims with a prefix.
func claimed(claims []string, prefix string) []string {
	var out []string
	for _, claim := range claims {
		if id, ok := strings.CutPrefix(claim, prefix); ok {
			out = append(out, id)
		}
	}
	return out
}
