package controllers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

type groupItem = engine.Item[wantedGroup, liveGroup]

func someOf(entries map[string]bool) *wantedSet { return &wantedSet{Some: entries} }

func allOf(ids ...string) *wantedSet { return &wantedSet{All: lookerclient.Set(stringSet(ids))} }

// groups lists the groups as a sweep does.
func (w *userWorld) groups() map[string]*liveGroup {
	w.Helper()
	rows, err := collectRows(groupAdapter{}.List(w.Context(), w.client))
	if err != nil {
		w.Fatal(err)
	}
	out := map[string]*liveGroup{}
	for _, row := range rows {
		out[string(row.ID)] = row
	}
	return out
}

// complete reads what want needs of a group, and normalizes both.
func (w *userWorld) complete(live *liveGroup, want *wantedGroup) {
	w.Helper()
	if err := (groupAdapter{}).Complete(w.Context(), w.client, []groupItem{{Want: *want, Live: live}}); err != nil {
		w.Fatal(err)
	}
	groupAdapter{}.Normalize(want, live)
}

func (w *userWorld) putGroup(name string) string {
	return w.looker.Put("group", map[string]any{"name": name})
}

func TestTheSpecOfAGroupDecidesWhatIsWanted(t *testing.T) {
	t.Parallel()
	named := func(ids ...string) *[]v1alpha1.NamedReference {
		refs := []v1alpha1.NamedReference{}
		for _, id := range ids {
			refs = append(refs, v1alpha1.NamedReference{ID: id})
		}
		return &refs
	}
	users := &[]v1alpha1.UserReference{{ID: "9"}, {ID: "8"}, {ID: "9"}}
	value := func(refs ...v1alpha1.NamedReference) []v1alpha1.GroupAttributeValue {
		out := []v1alpha1.GroupAttributeValue{}
		for _, ref := range refs {
			out = append(out, v1alpha1.GroupAttributeValue{NamedReference: ref, Value: ptr("emea")})
		}
		return out
	}
	waits := v1alpha1.NamedReference{Ref: "not-there-yet"}
	for _, c := range []struct {
		name   string
		change func(*v1alpha1.LookerGroup)
		want   string
		claims []string
	}{
		{"a name alone", func(*v1alpha1.LookerGroup) {}, `{"name":"emea"}`, nil},
		{"members are added", func(g *v1alpha1.LookerGroup) { g.Spec.Members = users },
			`{"name":"emea","members":{"some":{"8":true,"9":true}}}`, []string{"members/8", "members/9"}},
		{"members are a set", func(g *v1alpha1.LookerGroup) { g.Spec.Members, g.Spec.MembershipMode = users, v1alpha1.MembershipExact },
			`{"name":"emea","members":{"all":["8","9"]}}`, []string{"members/8", "members/9"}},
		{"exactly no groups", func(g *v1alpha1.LookerGroup) {
			g.Spec.Groups, g.Spec.MembershipMode = named(), v1alpha1.MembershipExact
		},
			`{"name":"emea","groups":{"all":[]}}`, nil},
		{"no groups to add", func(g *v1alpha1.LookerGroup) { g.Spec.Groups = named() }, `{"name":"emea"}`, nil},
		{"what was added is taken back", func(g *v1alpha1.LookerGroup) {
			g.Spec.Groups, g.Status.Claims = named("5"), []string{"groups/5", "groups/6", "members/7"}
		}, `{"name":"emea","groups":{"some":{"5":true,"6":false}}}`, []string{"groups/5"}},
		{"roles have a mode of their own", func(g *v1alpha1.LookerGroup) {
			g.Spec.Roles, g.Spec.RolesMode, g.Spec.Groups = named("3"), v1alpha1.MembershipExact, named("5")
		}, `{"name":"emea","groups":{"some":{"5":true}},"roles":{"all":["3"]}}`, []string{"groups/5", "roles/3"}},
		{"an exact list waits for all its entries", func(g *v1alpha1.LookerGroup) {
			g.Spec.Roles, g.Spec.RolesMode = &[]v1alpha1.NamedReference{{ID: "3"}, waits}, v1alpha1.MembershipExact
			g.Status.Claims = []string{"roles/3", "roles/4"}
		}, `{"name":"emea"}`, []string{"roles/3", "roles/4"}},
		{"nothing is taken back while an entry has no id", func(g *v1alpha1.LookerGroup) {
			g.Spec.Roles, g.Status.Claims = &[]v1alpha1.NamedReference{{ID: "3"}, waits}, []string{"roles/4"}
		}, `{"name":"emea","roles":{"some":{"3":true}}}`, []string{"roles/3", "roles/4"}},
		{"values, one given up", func(g *v1alpha1.LookerGroup) {
			g.Spec.AttributeValues, g.Status.Claims = value(v1alpha1.NamedReference{ID: "20"}), []string{"values/20", "values/21"}
		}, `{"name":"emea","attribute_values":{"20":"emea","21":null},"hidden_values":[{"attribute":"20","value":"emea"}]}`, []string{"values/20"}},
		{"values are released with their list", func(g *v1alpha1.LookerGroup) { g.Status.Claims = []string{"values/21"} }, `{"name":"emea"}`, nil},
		{"no value is given up while an attribute has no id", func(g *v1alpha1.LookerGroup) {
			g.Spec.AttributeValues, g.Status.Claims = value(waits), []string{"values/21"}
		}, `{"name":"emea"}`, []string{"values/21"}},
	} {
		g := group("emea")
		c.change(g)
		in := engine.Inputs{}
		for _, ref := range g.References() {
			if ref.Target.By == v1alpha1.ByID {
				in = in.WithID(ref.Kind, ref.Target, ref.Target.Value)
			}
		}
		want, err := groupAdapter{}.Desired(g, in)
		data, encErr := json.Marshal(want)
		if err != nil || encErr != nil || string(data) != c.want {
			t.Errorf("%s: %s, want %s (%v, %v)", c.name, data, c.want, err, encErr)
		}
		if got := (groupAdapter{}).Claims(want); !slices.Equal(got, c.claims) {
			t.Errorf("%s: claims %v, want %v", c.name, got, c.claims)
		}
	}
}

func TestAnAttributeThatAGroupValuesTwiceIsInvalid(t *testing.T) {
	t.Parallel()
	byID, byName := v1alpha1.NamedReference{ID: "20"}, v1alpha1.NamedReference{Name: "region"}
	g := group("emea")
	g.Spec.AttributeValues = []v1alpha1.GroupAttributeValue{{NamedReference: byID, Value: ptr("x")}, {NamedReference: byName, Value: ptr("y")}}
	in := engine.Inputs{}.WithID(v1alpha1.KindUserAttribute, byID.Target(), "20").WithID(v1alpha1.KindUserAttribute, byName.Target(), "20")
	_, err := groupAdapter{}.Desired(g, in)
	wantErrorText(t, err, "spec.attributeValues[1]", "attribute 20")
}

func TestOneMoreMemberOfTwentyIsOneCall(t *testing.T) {
	w := newUserWorld(t)
	group := w.putGroup("Finance")
	var members []string
	for range 21 {
		members = append(members, w.looker.Put("user", map[string]any{"first_name": "U"}))
	}
	w.looker.SetGroupMembers(group, members[:20]...)
	live := w.groups()[group]
	want := wantedGroup{Members: allOf(members...)}
	w.complete(live, &want)
	calls := w.calls(func() {
		updated, err := groupAdapter{}.Update(t.Context(), w.client, live, want)
		if err != nil || !slices.Equal(valueOf(updated.members), stringSet(members)) {
			t.Errorf("%v, %v", updated, err)
		}
	})
	if calls["POST /groups/{group_id}/users"] != 1 || total(calls) != 1 {
		t.Errorf("it took %v", calls)
	}
	if got := w.looker.GroupMembers(group); len(got) != 21 {
		t.Errorf("the members are %v", got)
	}
}

func TestMembersAreAddedBeforeOthersAreTakenOut(t *testing.T) {
	w := newUserWorld(t)
	group := w.putGroup("Finance")
	out, in := w.looker.Put("user", nil), w.looker.Put("user", nil)
	w.looker.SetGroupMembers(group, out)
	live := w.groups()[group]
	want := wantedGroup{Members: allOf(in)}
	w.complete(live, &want)
	w.looker.Inject(lookertest.Fault{Operation: "POST /groups/{group_id}/users", Status: http.StatusServiceUnavailable})
	_, err := groupAdapter{}.Update(t.Context(), w.client, live, want)
	wantErrorText(t, err, "spec.members", "user "+in, "group "+group)
	if got := w.looker.GroupMembers(group); !slices.Equal(got, []string{out}) {
		t.Errorf("after a failure the members are %v", got)
	}
}

func TestMembersAreReadWithTheFewestCalls(t *testing.T) {
	for groups, read := range map[int]string{1: "GET /groups/{group_id}/users", 2: "GET /users"} {
		t.Run(fmt.Sprintf("%d groups", groups), func(t *testing.T) {
			w := newUserWorld(t)
			member := w.looker.Put("user", nil)
			var made []string
			for i := range groups {
				made = append(made, w.putGroup(fmt.Sprint("G", i)))
				w.looker.SetGroupMembers(made[i], member)
			}
			rows := w.groups()
			var items []groupItem
			for _, id := range made {
				items = append(items, groupItem{Want: wantedGroup{Members: allOf(member)}, Live: rows[id]})
			}
			calls := w.calls(func() {
				if err := (groupAdapter{}).Complete(t.Context(), w.client, items); err != nil {
					t.Error(err)
				}
			})
			if calls[read] != 1 || total(calls) != 1 {
				t.Errorf("it took %v", calls)
			}
			for _, item := range items {
				if got := valueOf(item.Live.members); !slices.Equal(got, []string{member}) {
					t.Errorf("group %s has %v", item.Live.ID, got)
				}
			}
		})
	}
}

func TestMembersThatCannotBeReadAreNotTakenForNone(t *testing.T) {
	for _, groups := range []int{1, 2} {
		t.Run(fmt.Sprintf("%d groups", groups), func(t *testing.T) {
			w := newUserWorld(t)
			var made []string
			for i := range groups {
				made = append(made, w.putGroup(fmt.Sprint("G", i)))
			}
			rows := w.groups()
			var items []groupItem
			for _, id := range made {
				items = append(items, groupItem{Want: wantedGroup{Members: allOf()}, Live: rows[id]})
			}
			w.looker.Inject(lookertest.Fault{Status: http.StatusServiceUnavailable})
			if err := (groupAdapter{}).Complete(t.Context(), w.client, items); !lookerclient.IsUnavailable(err) {
				t.Errorf("%v is not recognised", err)
			}
			for _, item := range items {
				if !item.Live.members.IsZero() {
					t.Errorf("the members of group %s count as read", item.Live.ID)
				}
			}
		})
	}
}

func TestAMemberIsNotGoneWhileLookerShowsIt(t *testing.T) {
	w := newUserWorld(t)
	group, member := w.putGroup("Finance"), w.looker.Put("user", nil)
	w.looker.SetGroupMembers(group, member)
	live := w.groups()[group]
	want := wantedGroup{Members: someOf(map[string]bool{member: false})}
	w.complete(live, &want)
	w.looker.Inject(lookertest.Fault{Operation: "DELETE /groups/{group_id}/users/{user_id}", Status: http.StatusNotFound, Times: 1})
	_, err := groupAdapter{}.Update(t.Context(), w.client, live, want)
	wantErrorText(t, err, "spec.members", "user "+member)
	w.looker.SetGroupMembers(group)
	updated, err := groupAdapter{}.Update(t.Context(), w.client, live, want)
	if err != nil || len(valueOf(updated.members)) != 0 {
		t.Errorf("a membership that is gone already ended with %v", err)
	}
}

func TestAddingWhatIsThereAlreadyIsHarmless(t *testing.T) {
	for name, sw := range map[string]lookertest.Switches{"200": {}, "409": {AddExistingMemberConflicts: true}} {
		t.Run(name, func(t *testing.T) {
			w := newUserWorld(t, lookertest.WithSwitches(sw))
			group, child, member := w.putGroup("Finance"), w.putGroup("Paris"), w.looker.Put("user", nil)
			live := w.groups()[group]
			want := wantedGroup{Members: someOf(map[string]bool{member: true}), Groups: allOf(child)}
			w.complete(live, &want)
			w.looker.SetGroupMembers(group, member)
			w.looker.SetGroupGroups(group, child)
			if _, err := (groupAdapter{}).Update(t.Context(), w.client, live, want); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOneListShowsHowAllGroupsAreNested(t *testing.T) {
	w := newUserWorld(t)
	top, middle, leaf := w.putGroup("Top"), w.putGroup("Middle"), w.putGroup("Leaf")
	w.looker.SetGroupGroups(top, middle, leaf)
	w.looker.SetGroupGroups(middle, leaf)
	var rows map[string]*liveGroup
	if calls := w.calls(func() { rows = w.groups() }); total(calls) != 1 {
		t.Errorf("it took %v", calls)
	}
	for id, want := range map[string][]string{top: {middle, leaf}, middle: {leaf}, leaf: {}} {
		if got, read := rows[id].children.Get(); !read || !slices.Equal(got, stringSet(want)) {
			t.Errorf("group %s contains %v, want %v", id, got, want)
		}
	}
}

func TestAGroupReadByItselfIsReadWhole(t *testing.T) {
	w := newUserWorld(t)
	top, leaf := w.putGroup("Top"), w.putGroup("Leaf")
	w.looker.SetGroupGroups(top, leaf)
	w.putRoles("50")
	w.looker.SetRoleGroups("50", top)
	live, err := groupAdapter{}.Get(t.Context(), w.client, top)
	if err != nil {
		t.Fatal(err)
	}
	want := wantedGroup{Groups: allOf(leaf), Roles: allOf("50")}
	calls := w.calls(func() { w.complete(live, &want) })
	if calls["GET /groups/{group_id}/groups"] != 1 || calls["GET /roles/{role_id}/groups"] != 1 || total(calls) != 2 {
		t.Errorf("it took %v", calls)
	}
	if !slices.Equal(valueOf(live.Groups.All), []string{leaf}) || !slices.Equal(valueOf(live.Roles.All), []string{"50"}) {
		t.Errorf("groups %v, roles %v", live.Groups, live.Roles)
	}
	if _, err := (groupAdapter{}).Get(t.Context(), w.client, "4711"); !lookerclient.IsNotFound(err) {
		t.Errorf("a group that does not exist: %v", err)
	}
}

func TestAGroupThatOnlyTheSearchOmitsHasRolesThatNobodyKnows(t *testing.T) {
	w := newUserWorld(t)
	id := w.putGroup("Late")
	w.looker.Inject(lookertest.Fault{Operation: "GET /groups/search/with_hierarchy", Status: http.StatusOK, Body: "[]"})
	live, err := groupAdapter{}.Get(t.Context(), w.client, id)
	if err != nil {
		t.Fatal(err)
	}
	err = groupAdapter{}.Complete(t.Context(), w.client, []groupItem{{Want: wantedGroup{Roles: allOf()}, Live: live}})
	wantErrorText(t, err, "group "+id, "search")
	if roles := (groupAdapter{}).RolesOf(map[string]*liveGroup{id: live}, id); len(roles) == 0 {
		t.Error("it counts as a group without roles")
	}
}

func TestARoleFromAGroupAboveIsNotTakenForTheGroupsOwn(t *testing.T) {
	for name, sw := range map[string]lookertest.Switches{"shown": {HierarchyRoleIDsIncludeInherited: true}, "not shown": {}} {
		t.Run("inherited roles are "+name, func(t *testing.T) {
			w := newUserWorld(t, lookertest.WithSwitches(sw))
			w.putRoles("50", "51", "52")
			top, leaf := w.putGroup("Top"), w.putGroup("Leaf")
			w.looker.SetGroupGroups(top, leaf)
			w.looker.SetRoleGroups("50", top)
			w.looker.SetRoleGroups("51", leaf)
			w.looker.SetRoleGroups("52", top, leaf)
			for _, c := range []struct {
				name string
				want *wantedSet
				live string
			}{
				{"exactly", allOf("51", "52"), `{"all":["51","52"]}`},
				{"some", someOf(map[string]bool{"50": true, "51": true, "52": true}), `{"some":{"50":false,"51":true,"52":true}}`},
				{"one that is not in doubt", someOf(map[string]bool{"51": false}), `{"some":{"51":true}}`},
			} {
				live, want := w.groups()[leaf], wantedGroup{Roles: c.want}
				calls := w.calls(func() { w.complete(live, &want) })
				data, err := json.Marshal(live.Roles)
				if err != nil || string(data) != c.live {
					t.Errorf("%s: %s, want %s (%v)", c.name, data, c.live, err)
				}
				if c.name == "one that is not in doubt" && total(calls) != 0 {
					t.Errorf("%s: %v", c.name, calls)
				}
			}
		})
	}
}

func TestAGroupsRolesAreThoseOfAllGroupsAboveIt(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50", "51", "52", "53")
	top, leaf, other := w.putGroup("Top"), w.putGroup("Leaf"), w.putGroup("Other")
	w.looker.SetGroupGroups(top, leaf)
	for role, group := range map[string]string{"50": top, "51": leaf, "52": string(allUsers), "53": other} {
		w.looker.SetRoleGroups(role, group)
	}
	rows := w.groups()
	for id, want := range map[string][]string{leaf: {"50", "51", "52"}, top: {"50", "52"}, other: {"52", "53"}} {
		if got := (groupAdapter{}).RolesOf(rows, id); !slices.Equal(got, want) {
			t.Errorf("group %s holds %v, want %v", id, got, want)
		}
	}
	// What the operator has just nested counts at once.
	updated := *rows[other]
	updated.children = lookerclient.Set([]string{leaf})
	rows[other] = &updated
	if got := (groupAdapter{}).RolesOf(rows, leaf); !slices.Contains(got, "53") {
		t.Errorf("after nesting it, group %s holds %v", leaf, got)
	}
	if got := (groupAdapter{}).RolesOf(rows, "4711"); !slices.Contains(got, unknownRole) {
		t.Errorf("an unknown group holds %v", got)
	}
}
