package controllers

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

func (w *userWorld) role(id string) *liveRole {
	w.Helper()
	live, err := roleAdapter{}.Get(w.Context(), w.client, id)
	if err != nil {
		w.Fatal(err)
	}
	return live
}

// complete returns a role with its holders read, for what is wanted.
func (w *userWorld) completeRole(id string, want wantedRole) *liveRole {
	w.Helper()
	live := w.role(id)
	if err := (roleAdapter{}).Complete(w.Context(), w.client, []engine.Item[wantedRole, liveRole]{{Want: want, Live: live}}); err != nil {
		w.Fatal(err)
	}
	return live
}

func (w *userWorld) usersOf(role string) []string {
	w.Helper()
	rows, err := w.client.Roles.DirectUsers(w.Context(), lookerclient.ID(role))
	if err != nil {
		w.Fatal(err)
	}
	return idStrings(idSet(holderIDs(rows)))
}

func exactly(list ...lookerclient.ID) holders { return holders{exact: true, all: idSet(list)} }

func some(list map[string]bool) holders { return holders{some: list} }

func TestARoleIsWantedAsItsSpecSays(t *testing.T) {
	t.Parallel()
	users := func(ids ...string) *[]v1alpha1.UserReference {
		refs := []v1alpha1.UserReference{}
		for _, id := range ids {
			refs = append(refs, v1alpha1.UserReference{ID: id})
		}
		return &refs
	}
	waiting := func(r *v1alpha1.LookerRole) {
		r.Spec.Users = &[]v1alpha1.UserReference{{ID: "7"}, {Ref: "not-yet"}}
		r.Status.Claims = []string{"users/8"}
	}
	sets := `"name":"viewer","permission_set_id":"5","model_set_id":"6"`
	for _, c := range []struct {
		name, want, claims string
		change             func(*v1alpha1.LookerRole)
	}{
		{"only sets", `{` + sets + `}`, `null`, func(*v1alpha1.LookerRole) {}},
		{"another name", `{"name":"Viewer","permission_set_id":"5","model_set_id":"6"}`, `null`, func(r *v1alpha1.LookerRole) { r.Spec.Name = ptr("Viewer") }},
		{"users are added", `{` + sets + `,"users":{"7":true,"8":true}}`, `["users/7","users/8"]`, func(r *v1alpha1.LookerRole) { r.Spec.Users = users("8", "7", "8") }},
		{"who was given it and is no longer listed loses it", `{` + sets + `,"users":{"7":true,"8":false}}`, `["users/7"]`, func(r *v1alpha1.LookerRole) {
			r.Spec.Users, r.Status.Claims = users("7"), []string{"groups/9", "users/7", "users/8"}
		}},
		{"without a list nobody loses it", `{` + sets + `}`, `null`, func(r *v1alpha1.LookerRole) { r.Status.Claims = []string{"users/7", "groups/9"} }},
		{"no more groups", `{` + sets + `,"groups":{"9":false}}`, `null`, func(r *v1alpha1.LookerRole) {
			r.Spec.Groups, r.Status.Claims = &[]v1alpha1.NamedReference{}, []string{"groups/9"}
		}},
		{"all users", `{` + sets + `,"users":["7","8"]}`, `["users/7","users/8"]`, func(r *v1alpha1.LookerRole) {
			r.Spec.Users, r.Spec.UsersMode, r.Status.Claims = users("8", "7"), v1alpha1.MembershipExact, []string{"users/9"}
		}},
		{"no groups at all", `{` + sets + `,"groups":[]}`, `null`, func(r *v1alpha1.LookerRole) {
			r.Spec.Groups, r.Spec.GroupsMode = &[]v1alpha1.NamedReference{}, v1alpha1.MembershipExact
		}},
		{"while one is awaited, nobody loses it", `{` + sets + `,"users":{"7":true}}`, `["users/7","users/8"]`, waiting},
		{"while one is awaited, a complete list is left alone", `{` + sets + `}`, `["users/8"]`, func(r *v1alpha1.LookerRole) {
			waiting(r)
			r.Spec.UsersMode = v1alpha1.MembershipExact
		}},
	} {
		r := &v1alpha1.LookerRole{ObjectMeta: metav1.ObjectMeta{Name: "viewer"}}
		r.Spec.PermissionSet, r.Spec.ModelSet = v1alpha1.NamedReference{ID: "5"}, v1alpha1.NamedReference{ID: "6"}
		c.change(r)
		want, err := roleAdapter{}.Desired(r, resolvedIDs(r))
		claims := asJSONText(t, roleAdapter{}.Claims(want))
		if got := asJSONText(t, want); err != nil || got != c.want || claims != c.claims {
			t.Errorf("%s: %s with the claims %s, want %s with %s (%v)", c.name, got, claims, c.want, c.claims, err)
		}
	}
}

// resolvedIDs resolves the references of an object by id.
func resolvedIDs(o v1alpha1.Object) engine.Inputs {
	in := engine.Inputs{}
	for _, ref := range o.References() {
		if ref.Target.By == v1alpha1.ByID {
			in = in.WithID(ref.Kind, ref.Target, ref.Target.Value)
		}
	}
	return in
}

func TestARoleDeclaresWhoHoldsItFromBothSides(t *testing.T) {
	t.Parallel()
	r := role("viewer")
	r.Spec.Users, r.Spec.UsersMode = &[]v1alpha1.UserReference{{ID: "7"}}, v1alpha1.MembershipExact
	r.Spec.Groups = &[]v1alpha1.NamedReference{{ID: "9"}}
	if got := (roleAdapter{}).Relations(r, resolvedIDs(r)); got != nil {
		t.Errorf("a role without an id contradicts %v", got)
	}
	r.Status.ID = "5"
	want := []engine.Relation{
		{Set: "role/5/users", Members: []string{"7"}, Exact: true}, {Set: "user/7/roles", Members: []string{"5"}},
		{Set: "role/5/groups", Members: []string{"9"}}, {Set: "group/9/roles", Members: []string{"5"}},
	}
	if got, text := asJSONText(t, roleAdapter{}.Relations(r, resolvedIDs(r))), asJSONText(t, want); got != text {
		t.Errorf("the relations are %s, want %s", got, text)
	}
	*r.Spec.Users = append(*r.Spec.Users, v1alpha1.UserReference{Ref: "not-yet"})
	if got := (roleAdapter{}).Relations(r, resolvedIDs(r)); got[0].Exact {
		t.Error("a list that still lacks an id is taken for complete")
	}
	r.Spec.Users, r.Spec.Groups = nil, nil
	if got := (roleAdapter{}).Relations(r, resolvedIDs(r)); len(got) != 0 {
		t.Errorf("lists that are not set claim %v", got)
	}
}

func TestTwoHundredUsersGetARoleInTwoCallsAndNobodyElseLosesIt(t *testing.T) {
	w := newUserWorld(t)
	id := w.looker.Put("role", map[string]any{"name": "Viewer"})
	other, left := w.looker.Put("user", map[string]any{}), w.looker.Put("user", map[string]any{})
	w.looker.SetUserRoles(other, id)
	w.looker.SetUserRoles(left, id)
	patch := wantedRole{Users: some(map[string]bool{left: false})}
	for range 200 {
		patch.Users.some[w.looker.Put("user", map[string]any{})] = true
	}
	live := w.completeRole(id, patch)
	late := w.looker.Put("user", map[string]any{}) // given the role after it was read
	w.looker.SetUserRoles(late, id)
	var updated *liveRole
	calls := w.calls(func() {
		var err error
		if updated, err = (roleAdapter{}).Update(t.Context(), w.client, live, patch); err != nil {
			t.Fatal(err)
		}
	})
	if len(calls) != 2 || calls["GET /roles/{role_id}/users"] != 1 || calls["PUT /roles/{role_id}/users"] != 1 {
		t.Errorf("it took %v", calls)
	}
	got := w.usersOf(id)
	if len(got) != 202 || !slices.Contains(got, other) || !slices.Contains(got, late) || slices.Contains(got, left) {
		t.Errorf("%d users hold the role: %v", len(got), got)
	}
	if known := idStrings(valueOf(updated.users)); !slices.Equal(known, got) {
		t.Errorf("it is known as %v", known)
	}
	if calls := w.calls(func() {
		if _, err := (roleAdapter{}).Update(t.Context(), w.client, live, patch); err != nil {
			t.Fatal(err)
		}
	}); calls["PUT /roles/{role_id}/users"] != 0 {
		t.Error("what is there already is written again")
	}
}

func TestExactHoldersReplaceAllInOneCallAndNoneMeansNone(t *testing.T) {
	for _, inherited := range []bool{false, true} {
		t.Run("", func(t *testing.T) {
			w := newUserWorld(t, lookertest.WithSwitches(lookertest.Switches{RoleIDsIncludeInherited: inherited}))
			id := w.looker.Put("role", map[string]any{"name": "Viewer"})
			a, b := w.looker.Put("user", map[string]any{}), w.looker.Put("user", map[string]any{})
			member, group := w.looker.Put("user", map[string]any{}), w.looker.Put("group", map[string]any{"name": "G"})
			w.looker.SetGroupMembers(group, member)
			w.looker.SetRoleGroups(id, group)
			w.looker.SetUserRoles(a, id)
			want := wantedRole{Users: exactly(lookerclient.ID(b))}
			live := w.completeRole(id, want)
			if got := idStrings(valueOf(live.users)); !slices.Equal(got, []string{a}) {
				t.Errorf("users are read as %v; who has the role through a group does not count", got)
			}
			calls := w.calls(func() {
				updated, err := roleAdapter{}.Update(t.Context(), w.client, live, want)
				if err != nil {
					t.Fatal(err)
				}
				if got := idStrings(valueOf(updated.users)); !slices.Equal(got, []string{b}) {
					t.Errorf("users are %v, want %s", got, b)
				}
			})
			if len(calls) != 1 || calls["PUT /roles/{role_id}/users"] != 1 {
				t.Errorf("it took %v", calls)
			}
			if _, err := (roleAdapter{}).Update(t.Context(), w.client, live, wantedRole{Users: exactly(), Groups: exactly()}); err != nil {
				t.Fatal(err)
			}
			if users, groups := w.usersOf(id), w.looker.RoleGroups(id); len(users)+len(groups) != 0 {
				t.Errorf("users %v and groups %v are left", users, groups)
			}
		})
	}
}

func TestAnAnswerShowsWhichHoldersLookerTookAndNotWhoElseHasTheRole(t *testing.T) {
	w := newUserWorld(t)
	live := w.role(w.looker.Put("role", map[string]any{"name": "Viewer"}))
	w.looker.Inject(lookertest.Fault{Operation: "PUT /roles/{role_id}/users", Status: http.StatusOK, Body: `[{"id":"7"},{"id":"99"}]`})
	for _, users := range []holders{exactly("7", "8"), some(map[string]bool{"7": true, "8": true})} {
		updated, err := roleAdapter{}.Update(t.Context(), w.client, live, wantedRole{Users: users})
		if err != nil {
			t.Fatal(err)
		}
		if got := valueOf(updated.users); !slices.Equal(got, []lookerclient.ID{"7"}) {
			t.Errorf("%s: the users are taken to be %v", asJSONText(t, users), got)
		}
	}
}

func TestHoldersThatCannotBeReadAreNotWritten(t *testing.T) {
	w := newUserWorld(t)
	id := w.looker.Put("role", map[string]any{"name": "Viewer"})
	group, other := w.looker.Put("group", map[string]any{"name": "G"}), w.looker.Put("group", map[string]any{"name": "H"})
	user := w.looker.Put("user", map[string]any{})
	w.looker.SetRoleGroups(id, other)
	live := w.role(id)
	for _, c := range []struct {
		operation string
		patch     wantedRole
	}{
		{"GET /roles/{role_id}/groups", wantedRole{Groups: some(map[string]bool{group: true})}},
		{"GET /roles/{role_id}/users", wantedRole{Users: some(map[string]bool{user: true})}},
	} {
		for _, fault := range []lookertest.Fault{{Status: http.StatusServiceUnavailable}, {Truncate: true}, {HTML: true}} {
			fault.Operation = c.operation
			clear := w.looker.Inject(fault)
			calls := w.calls(func() {
				if _, err := (roleAdapter{}).Update(t.Context(), w.client, live, c.patch); err == nil {
					t.Errorf("%+v: no error", fault)
				}
				if err := (roleAdapter{}).Complete(t.Context(), w.client, []engine.Item[wantedRole, liveRole]{{Want: c.patch, Live: w.role(id)}}); err == nil {
					t.Errorf("%+v: no error of a comparison", fault)
				}
			})
			clear()
			for operation := range calls {
				if operation[:3] != "GET" {
					t.Errorf("%+v: %s was called", fault, operation)
				}
			}
		}
	}
	if groups := w.looker.RoleGroups(id); !slices.Equal(groups, []string{other}) {
		t.Errorf("the groups are %v", groups)
	}
}

func TestOnlyWhatASpecDeclaresIsRead(t *testing.T) {
	w := newUserWorld(t)
	id := w.looker.Put("role", map[string]any{"name": "Viewer"})
	for _, c := range []struct {
		want  wantedRole
		calls int
	}{
		{wantedRole{WriteRole: lookerclient.WriteRole{Name: lookerclient.Set("Viewer")}}, 0},
		{wantedRole{Users: some(map[string]bool{"7": true})}, 1},
		{wantedRole{Groups: exactly()}, 1},
		{wantedRole{Users: exactly(), Groups: some(map[string]bool{"7": false})}, 2},
	} {
		live := w.role(id)
		for _, n := range []int{c.calls, 0} {
			calls := w.calls(func() {
				if err := (roleAdapter{}).Complete(t.Context(), w.client, []engine.Item[wantedRole, liveRole]{{Want: c.want, Live: live}}); err != nil {
					t.Fatal(err)
				}
			})
			total := 0
			for _, k := range calls {
				total += k
			}
			if total != n {
				t.Errorf("%s took %v, want %d calls", asJSONText(t, c.want), calls, n)
			}
		}
	}
	w.looker.Remove("role", id)
	if err := (roleAdapter{}).Complete(t.Context(), w.client, []engine.Item[wantedRole, liveRole]{{Want: wantedRole{Users: exactly()}, Live: &liveRole{Role: lookerclient.Role{ID: lookerclient.ID(id)}}}}); err != nil {
		t.Errorf("a role that is gone holds up the others: %v", err)
	}
}

func TestHoldersAreComparedInTheFormThatIsWanted(t *testing.T) {
	t.Parallel()
	read := lookerclient.Set([]lookerclient.ID{"7", "8"})
	for _, c := range []struct {
		want       holders
		live       lookerclient.Optional[[]lookerclient.ID]
		normalized string
	}{
		{some(map[string]bool{"7": true, "9": true}), read, `{"users":{"7":true,"9":false}}`},
		{exactly("7"), read, `{"users":["7","8"]}`},
		{exactly(), lookerclient.Set([]lookerclient.ID{}), `{"users":[]}`},
		{exactly(), lookerclient.Optional[[]lookerclient.ID]{}, `{}`},
		{some(map[string]bool{"7": true}), lookerclient.Optional[[]lookerclient.ID]{}, `{}`},
		{holders{}, read, `{}`},
	} {
		want, live := wantedRole{Users: c.want}, &liveRole{users: c.live}
		roleAdapter{}.Normalize(&want, live)
		var keys map[string]json.RawMessage
		if err := json.Unmarshal([]byte(asJSONText(t, live)), &keys); err != nil {
			t.Fatal(err)
		}
		delete(keys, "id")
		if got := asJSONText(t, keys); got != c.normalized {
			t.Errorf("%s of %v compares as %s, want %s", asJSONText(t, want), c.live, got, c.normalized)
		}
	}
}

func TestWhoLosesARoleDoesSoBeforeItChangesAndWhoGetsItAfterwards(t *testing.T) {
	w := newUserWorld(t)
	set := w.looker.Put("permission_set", map[string]any{"name": "Wide", "permissions": []any{"access_data"}})
	for name, users := range map[string]func(leaver, joiner string) holders{
		"additive": func(leaver, joiner string) holders { return some(map[string]bool{leaver: false, joiner: true}) },
		"exact":    func(_, joiner string) holders { return exactly(lookerclient.ID(joiner)) },
	} {
		id := w.looker.Put("role", map[string]any{"name": name})
		leaver, joiner := w.looker.Put("user", map[string]any{}), w.looker.Put("user", map[string]any{})
		w.looker.SetUserRoles(leaver, id)
		patch := wantedRole{WriteRole: lookerclient.WriteRole{PermissionSetID: lookerclient.Set(lookerclient.ID(set))}, Users: users(leaver, joiner)}
		live := w.completeRole(id, patch)
		clear := w.looker.Inject(lookertest.Fault{Operation: "PATCH /roles/{role_id}", Status: http.StatusUnprocessableEntity, Body: `{"message":"No"}`})
		if _, err := (roleAdapter{}).Update(t.Context(), w.client, live, patch); !lookerclient.IsInvalid(err) {
			t.Errorf("%s: the refusal ends as %v", name, err)
		}
		clear()
		if got := w.usersOf(id); len(got) != 0 {
			t.Errorf("%s: after the refusal the role is held by %v", name, got)
		}
		updated, err := roleAdapter{}.Update(t.Context(), w.client, live, patch)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.usersOf(id); !slices.Equal(got, []string{joiner}) || string(valueOf(updated.PermissionSetID)) != set {
			t.Errorf("%s: the role is held by %v, and has the permission set %v", name, got, updated.PermissionSetID)
		}
	}
}

func TestRenamingARoleKeepsItsIDAndItsHolders(t *testing.T) {
	w := newUserWorld(t)
	user := w.looker.Put("user", map[string]any{})
	id := w.looker.Put("role", map[string]any{"name": "Viewer"})
	w.looker.SetUserRoles(user, id)
	calls := w.calls(func() {
		updated, err := roleAdapter{}.Update(t.Context(), w.client, w.role(id), wantedRole{WriteRole: lookerclient.WriteRole{Name: lookerclient.Set("Reader")}})
		if err != nil || string(updated.ID) != id || valueOf(updated.Name) != "Reader" {
			t.Fatalf("%+v: %v", updated, err)
		}
	})
	if calls["PATCH /roles/{role_id}"] != 1 || len(calls) != 2 { // one is the read of this test
		t.Errorf("it took %v", calls)
	}
	if got := w.usersOf(id); !slices.Equal(got, []string{user}) {
		t.Errorf("the role is held by %v", got)
	}
}

func TestARoleWhoseSetWasDeletedHasNone(t *testing.T) {
	w := newUserWorld(t, lookertest.WithSwitches(lookertest.Switches{DeleteUsedSetAllowed: true}))
	set := w.looker.Put("model_set", map[string]any{"name": "Gone"})
	id := w.looker.Put("role", map[string]any{"name": "Viewer", "model_set_id": set})
	if live := w.role(id); valueOf(live.ModelSetID) != lookerclient.ID(set) {
		t.Errorf("the model set is %v, want %s", live.ModelSetID, set)
	}
	w.looker.Remove("model_set", set)
	for live, err := range (roleAdapter{}).List(t.Context(), w.client) {
		if err != nil {
			t.Fatal(err)
		}
		if string(live.ID) == id && (!live.ModelSetID.IsNull() || valueOf(live.PermissionSetID) != "1") {
			t.Errorf("its sets are %v and %v", live.PermissionSetID, live.ModelSetID)
		}
	}
}

func TestChangesOfTheSameRoleAtTheSameTimeAllCount(t *testing.T) {
	w := newUserWorld(t)
	id := w.looker.Put("role", map[string]any{"name": "Viewer"})
	var groups []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		groups = append(groups, w.looker.Put("group", map[string]any{"name": name}))
	}
	live := w.role(id)
	done := make(chan error)
	for _, group := range groups {
		go func() {
			_, err := roleAdapter{}.Update(t.Context(), w.client, live, wantedRole{Groups: some(map[string]bool{group: true})})
			done <- err
		}()
	}
	var errs []error
	for range groups {
		errs = append(errs, <-done)
	}
	if got := w.looker.RoleGroups(id); len(got) != len(groups) || errors.Join(errs...) != nil {
		t.Errorf("of %d groups, %v hold the role (%v)", len(groups), got, errors.Join(errs...))
	}
}

func TestAHolderThatDoesNotExistIsNamedByItsField(t *testing.T) {
	w := newUserWorld(t)
	live := w.role(w.looker.Put("role", map[string]any{"name": "Viewer"}))
	_, err := roleAdapter{}.Update(t.Context(), w.client, live, wantedRole{Users: some(map[string]bool{"999": true})})
	wantErrorText(t, err, "spec.users")
	_, err = roleAdapter{}.Update(t.Context(), w.client, live, wantedRole{Groups: exactly("999")})
	wantErrorText(t, err, "spec.groups")
}

func TestOnLookerCoreTheGroupsOfARoleAreUnsupported(t *testing.T) {
	w := newUserWorld(t, lookertest.WithCore())
	live := w.role(w.looker.Put("role", map[string]any{"name": "Viewer"}))
	group := w.looker.Put("group", map[string]any{"name": "G"})
	_, err := roleAdapter{}.Update(t.Context(), w.client, live, wantedRole{Groups: some(map[string]bool{group: true})})
	wantErrorText(t, err, "spec.groups")
	if !lookerclient.IsUnsupported(err) {
		t.Errorf("%v is not recognised", err)
	}
}

var _ interface {
	engine.Adapter[*v1alpha1.LookerRole, wantedRole, liveRole]
	engine.Lister[liveRole]
	engine.Namer[liveRole]
	engine.Completer[wantedRole, liveRole]
	engine.Normalizer[wantedRole, liveRole]
	engine.Claimer[wantedRole]
	engine.Guard[wantedRole, liveRole]
	engine.SelfAware
	engine.Relater[*v1alpha1.LookerRole]
	engine.RoleShaper
} = roleAdapter{}
