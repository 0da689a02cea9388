package controllers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

const (
	roleUsersRead = "GET /roles/{role_id}/users"
	roleUsersSent = "PUT /roles/{role_id}/users"
)

// roleChange is an item of a batch: a new user with the roles that they hold, and shall hold.
func (w *userWorld) roleChange(held, wanted []string) userBulkItem {
	w.Helper()
	id := w.looker.Put("user", map[string]any{"first_name": "U"})
	w.looker.SetUserRoles(id, held...)
	live := w.get(id)
	live.direct = lookerclient.Set(directRoles{idSet(ids(held))})
	return userBulkItem{Live: live, Patch: wantRoles(ids(wanted)...)}
}

// putRoles makes roles with the given ids.
func (w *userWorld) putRoles(ids ...string) {
	for _, id := range ids {
		w.looker.Put("role", map[string]any{"id": id, "name": "Role " + id})
	}
}

// wantHeld fails unless each item, in Looker and in its result, has the roles.
func (w *userWorld) wantHeld(items []userBulkItem, results []userBulkResult) {
	w.Helper()
	for i, item := range items {
		wanted := valueOf(item.Patch.Roles).IDs
		switch r := results[i]; {
		case r.Err != nil:
			w.Errorf("user %s: %v", item.Live.ID, r.Err)
		case !slices.Equal(valueOf(r.Live.direct).IDs, wanted):
			w.Errorf("user %s is said to hold %v, want %v", item.Live.ID, valueOf(r.Live.direct).IDs, wanted)
		}
		if got := w.looker.UserRoles(string(item.Live.ID)); !slices.Equal(got, idStrings(wanted)) {
			w.Errorf("user %s holds %v in Looker, want %v", item.Live.ID, got, wanted)
		}
	}
}

func total(calls map[string]int) int {
	n := 0
	for _, c := range calls {
		n += c
	}
	return n
}

func TestManyUsersThatGainOneRoleTakeTwoCallsAndLeaveItToTheOthers(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	other := w.looker.Put("user", map[string]any{"first_name": "Other"})
	w.looker.SetUserRoles(other, "50", "2")
	var items []userBulkItem
	for range 200 {
		items = append(items, w.roleChange(nil, []string{"50"}))
	}
	var results []userBulkResult
	calls := w.calls(func() { results = userAdapter{}.UpdateAll(t.Context(), w.client, items) })
	if calls[roleUsersRead] != 1 || calls[roleUsersSent] != 1 || total(calls) != 2 {
		t.Errorf("it took %v", calls)
	}
	w.wantHeld(items, results)
	if got := w.looker.UserRoles(other); !slices.Equal(got, []string{"2", "50"}) {
		t.Errorf("somebody else holds %v", got)
	}
}

func TestARoleThatOneUserGainsTakesOneCall(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50", "51")
	items := []userBulkItem{w.roleChange([]string{"50"}, []string{"51"})}
	var results []userBulkResult
	calls := w.calls(func() { results = userAdapter{}.UpdateAll(t.Context(), w.client, items) })
	if calls[setRoles] != 1 || total(calls) != 1 {
		t.Errorf("it took %v", calls)
	}
	w.wantHeld(items, results)
}

func TestRolesAreSentByRoleOnlyWhereThatIsFewerCalls(t *testing.T) {
	for users, byRole := range map[int]bool{3: false, 4: false, 5: true} {
		t.Run(fmt.Sprintf("%d users and two roles", users), func(t *testing.T) {
			w := newUserWorld(t)
			w.putRoles("50", "51")
			var items []userBulkItem
			for range users {
				items = append(items, w.roleChange([]string{"50"}, []string{"51"}))
			}
			var results []userBulkResult
			calls := w.calls(func() { results = userAdapter{}.UpdateAll(t.Context(), w.client, items) })
			if got := calls[setRoles] == 0; got != byRole || total(calls) > min(users, 4) {
				t.Errorf("it took %v", calls)
			}
			w.wantHeld(items, results)
		})
	}
}

func TestGainsAndLossesAreMixedInOneBatch(t *testing.T) {
	for _, inherited := range []bool{false, true} {
		t.Run(fmt.Sprintf("inherited roles are shown: %t", inherited), func(t *testing.T) {
			w := newUserWorld(t, lookertest.WithSwitches(lookertest.Switches{RoleIDsIncludeInherited: inherited}))
			w.putRoles("50", "51", "52")
			items := []userBulkItem{
				w.roleChange([]string{"50"}, nil), w.roleChange([]string{"50", "51"}, []string{"51"}), w.roleChange(nil, []string{"50", "51"}),
				w.roleChange([]string{"51"}, []string{"50"}), w.roleChange([]string{"50"}, []string{"50", "51"}), w.roleChange([]string{"52", "50"}, []string{"52"}),
			}
			group := w.looker.Put("group", map[string]any{"name": "G"})
			w.looker.SetRoleGroups("50", group)
			w.looker.SetGroupMembers(group, string(items[0].Live.ID))
			kept := w.roleChange([]string{"50", "51", "52"}, nil)
			var results []userBulkResult
			calls := w.calls(func() { results = userAdapter{}.UpdateAll(t.Context(), w.client, items) })
			if calls[roleUsersSent] != 2 || total(calls) != 4 {
				t.Errorf("it took %v", calls)
			}
			w.wantHeld(items, results)
			if got := w.looker.UserRoles(string(kept.Live.ID)); len(got) != 3 {
				t.Errorf("somebody else holds only %v", got)
			}
		})
	}
}

func TestARoleThatFailsFailsForItsUsersAlone(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50", "51")
	w.looker.Inject(lookertest.Fault{Operation: roleUsersSent, Status: http.StatusInternalServerError,
		Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/roles/51/users") }})
	var items []userBulkItem
	for i := range 10 {
		items = append(items, w.roleChange(nil, [][]string{{"50"}, {"51"}, {"50", "51"}}[i%3]))
	}
	results := userAdapter{}.UpdateAll(t.Context(), w.client, items)
	for i, item := range items {
		fails := i%3 != 0
		if got := results[i].Err != nil; got != fails {
			t.Errorf("user %s, who wants %v, ended with %v", item.Live.ID, valueOf(item.Patch.Roles).IDs, results[i].Err)
		}
		if fails {
			wantErrorText(t, results[i].Err, "spec.roles", "role 51")
			continue
		}
		w.wantHeld(items[i:i+1], results[i:i+1])
	}
}

func TestNobodyElsesGrantIsLostWhenTheUsersOfARoleCannotBeRead(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	other := w.looker.Put("user", map[string]any{"first_name": "Other"})
	w.looker.SetUserRoles(other, "50")
	items := []userBulkItem{w.roleChange(nil, []string{"50"}), w.roleChange(nil, []string{"50"}), w.roleChange([]string{"50"}, nil)}
	w.looker.Inject(lookertest.Fault{Operation: roleUsersRead, Status: http.StatusServiceUnavailable})
	var results []userBulkResult
	calls := w.calls(func() { results = userAdapter{}.UpdateAll(t.Context(), w.client, items) })
	if calls[roleUsersSent]+calls[setRoles] != 0 {
		t.Errorf("it wrote after a failed read: %v", calls)
	}
	for _, r := range results {
		if !lookerclient.IsUnavailable(r.Err) {
			t.Errorf("a result is %v", r.Err)
		}
	}
	if got := w.looker.UserRoles(other); !slices.Equal(got, []string{"50"}) {
		t.Errorf("somebody else holds %v", got)
	}
}

func TestAGrantGivenSinceTheLastListIsKept(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	items := []userBulkItem{w.roleChange(nil, []string{"50"}), w.roleChange(nil, []string{"50"}), w.roleChange([]string{"50"}, nil)}
	late := w.looker.Put("user", map[string]any{"first_name": "Late"})
	w.looker.SetUserRoles(late, "50")
	w.wantHeld(items, userAdapter{}.UpdateAll(t.Context(), w.client, items))
	if got := w.looker.UserRoles(late); !slices.Equal(got, []string{"50"}) {
		t.Errorf("the late one holds %v", got)
	}
}

func TestAUserThatIsGoneDoesNotKeepTheRoleFromTheOthers(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	var items []userBulkItem
	for range 4 {
		items = append(items, w.roleChange(nil, []string{"50"}))
	}
	w.looker.Remove("user", string(items[2].Live.ID))
	results := userAdapter{}.UpdateAll(t.Context(), w.client, items)
	if !lookerclient.IsNotFound(results[2].Err) {
		t.Errorf("the one who is gone ended with %v", results[2].Err)
	}
	w.wantHeld(slices.Delete(items, 2, 3), slices.Delete(results, 2, 3))
}

func TestARoleThatIsGoneIsNamedToThoseWhoWantItAndLostByTheOthers(t *testing.T) {
	w := newUserWorld(t)
	items := []userBulkItem{w.roleChange(nil, []string{"50"}), w.roleChange(nil, []string{"50"}), w.roleChange(nil, nil)}
	items[2].Live.direct = lookerclient.Set(directRoles{ids([]string{"50"})})
	results := userAdapter{}.UpdateAll(t.Context(), w.client, items)
	for _, r := range results[:2] {
		wantErrorText(t, r.Err, "role 50")
	}
	w.wantHeld(items[2:], results[2:])
	losers := []userBulkItem{items[2], items[2], items[2]}
	w.wantHeld(losers, userAdapter{}.UpdateAll(t.Context(), w.client, losers))
}

func TestUsersWhoseRolesAreNotKnownAreSentByThemselves(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	var items []userBulkItem
	for range 4 {
		items = append(items, w.roleChange(nil, []string{"50"}))
	}
	items[1].Live.direct = lookerclient.Optional[directRoles]{}
	var results []userBulkResult
	calls := w.calls(func() { results = userAdapter{}.UpdateAll(t.Context(), w.client, items) })
	if calls[roleUsersSent] != 1 || calls[setRoles] != 1 {
		t.Errorf("it took %v", calls)
	}
	w.wantHeld(items, results)
}

func TestAUsersRoleThatLookerDoesNotKeepIsAnError(t *testing.T) {
	for _, users := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d users", users), func(t *testing.T) {
			w := newUserWorld(t)
			w.putRoles("50")
			for _, op := range []string{setRoles, roleUsersSent} {
				w.looker.Inject(lookertest.Fault{Operation: op, Status: http.StatusOK, Body: "[]"})
			}
			var items []userBulkItem
			for range users {
				items = append(items, w.roleChange(nil, []string{"50"}))
			}
			for _, r := range (userAdapter{}).UpdateAll(t.Context(), w.client, items) {
				wantErrorText(t, r.Err, "spec.roles", "role 50")
			}
		})
	}
}

func TestManyObjectsThatGainOneRoleTakeTwoCalls(t *testing.T) {
	t.Parallel()
	const users = 20
	w := suite.NewWorld(t)
	w.Looker.Put("role", map[string]any{"id": viewerRole, "name": "Viewer"})
	var objects []*v1alpha1.LookerUser
	for i := range users {
		objects = append(objects, applyUser(w, newUser(fmt.Sprintf("u%02d@example.com", i), func(s *v1alpha1.LookerUserSpec) { s.Roles = refsTo() })))
	}
	w.Looker.ResetCalls()
	for _, u := range objects {
		w.Edit(u, func() { u.Spec.Roles = refsTo(viewerRole) })
	}
	w.Settle()
	if n := w.LookerWrites(); n != 1 || sentToLooker(w, roleUsersSent) != 1 {
		t.Errorf("%d writes: %v", n, w.Looker.Calls().ByOperation)
	}
	for _, u := range objects {
		w.WantReady(u)
		if got := w.Looker.UserRoles(w.ID(u)); !slices.Equal(got, []string{viewerRole}) {
			t.Errorf("%s holds %v", u.Name, got)
		}
	}
}

func TestTheInvitationWaitsForTheRolesAndIsSentOnce(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	w.Looker.Put("role", map[string]any{"id": viewerRole, "name": "Viewer"})
	clear := w.Looker.Inject(lookertest.Fault{Operation: setRoles, Status: http.StatusUnprocessableEntity})
	u := newUser("ana@example.com", func(s *v1alpha1.LookerUserSpec) {
		yes := true
		s.Roles, s.SendSetupEmail = refsTo(viewerRole), &yes
	})
	w.Create(u)
	w.Settle()
	w.WantReason(u, engine.ReasonRejected, "spec.roles")
	w.Clock.Step(time.Hour)
	w.Settle()
	w.WantReason(u, engine.ReasonRejected, "spec.roles")
	if n := sentToLooker(w, sendReset); n != 0 {
		t.Errorf("%d invitations were sent to a user without roles", n)
	}
	clear()
	editUser(w, u, func() { first := "Ana"; u.Spec.FirstName = &first })
	w.WantReady(u)
	w.Force(2)
	if n := sentToLooker(w, sendReset); n != 1 || !u.Status.SetupEmailSent {
		t.Errorf("%d invitations; status says %t", n, u.Status.SetupEmailSent)
	}
}

func TestAUserClaimsItsRolesExactlyAndItsGroupsBesidesOthers(t *testing.T) {
	t.Parallel()
	u := &v1alpha1.LookerUser{ObjectMeta: metav1.ObjectMeta{Name: "ana"}}
	u.Spec.Roles, u.Spec.Groups = refsTo("3", "2"), refsTo("7", "1")
	u.Status.Claims = []string{"groups/8"}
	in := engine.Inputs{}
	for _, ref := range u.References() {
		in = in.WithID(ref.Kind, ref.Target, ref.Target.Value)
	}
	relations := func() string { return fmt.Sprint(userAdapter{}.Relations(u, in)) }
	if got := relations(); got != "[]" {
		t.Errorf("a user without id claims %s", got)
	}
	u.Status.ID = "9"
	if got, want := relations(), "[{user/9/roles [2 3] true} {role/2/users [9] false} {role/3/users [9] false} {group/7/users [9] false}]"; got != want {
		t.Errorf("it claims %s, want %s", got, want)
	}
	u.Spec.Roles, u.Spec.Groups = refsTo(), nil
	if got, want := relations(), "[{user/9/roles [] true}]"; got != want {
		t.Errorf("without any role it claims %s, want %s", got, want)
	}
	u.Spec.Roles = nil
	if got := relations(); got != "[]" {
		t.Errorf("where it sets nothing it claims %s", got)
	}
}

var (
	_ engine.Bulker[wantedUser, liveUser]  = userAdapter{}
	_ engine.Relater[*v1alpha1.LookerUser] = userAdapter{}
)

func TestAUserAndARoleThatContradictEachOtherAreBothLeftAlone(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	set := v1alpha1.NamedReference{ID: "1"}
	role := &v1alpha1.LookerRole{ObjectMeta: metav1.ObjectMeta{Name: "viewer"}}
	role.Spec.PermissionSet, role.Spec.ModelSet = set, set
	role.Spec.Users, role.Spec.UsersMode = &[]v1alpha1.UserReference{}, v1alpha1.MembershipExact
	w.Create(role)
	w.Settle()
	w.WantReady(role)
	time.Sleep(1100 * time.Millisecond) // creation times have seconds
	u := applyUser(w, newUser("ana@example.com"))
	w.Looker.ResetCalls()
	editUser(w, u, func() { u.Spec.Roles = &[]v1alpha1.NamedReference{{Ref: "viewer"}} })
	w.WantReason(u, engine.ReasonOwnedByAnother, "LookerRole", "viewer")
	w.WantReady(role)
	if n := w.LookerWrites(); n != 0 {
		t.Errorf("%d writes: %v", n, w.Looker.Calls().ByOperation)
	}
	w.Edit(role, func() { role.Spec.UsersMode = v1alpha1.MembershipAdditive })
	w.Settle()
	w.WantReady(u)
	w.WantReady(role)
	if got := w.Looker.UserRoles(w.ID(u)); !slices.Equal(got, []string{w.ID(role)}) {
		t.Errorf("the user holds %v", got)
	}
	bo := applyUser(w, newUser("bo@example.com", func(s *v1alpha1.LookerUserSpec) { s.Roles = refsTo() }))
	time.Sleep(1100 * time.Millisecond)
	younger := role.DeepCopy()
	younger.ObjectMeta = metav1.ObjectMeta{Name: "editor"}
	younger.Spec.Users, younger.Status = &[]v1alpha1.UserReference{}, v1alpha1.LookerRoleStatus{}
	w.Create(younger)
	w.Settle()
	w.WantReady(younger)
	w.Edit(younger, func() { younger.Spec.Users = &[]v1alpha1.UserReference{{Ref: "bo"}} })
	w.Settle()
	w.WantReason(younger, engine.ReasonOwnedByAnother, "LookerUser", "bo")
	if got := w.Looker.UserRoles(w.ID(bo)); len(got) != 0 {
		t.Errorf("the user holds %v", got)
	}
}
