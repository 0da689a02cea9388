package controllers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

const (
	roleGroupsRead = "GET /roles/{role_id}/groups"
	roleGroupsSent = "PUT /roles/{role_id}/groups"
)

// putGroups makes groups, and returns their rows as a sweep lists them.
func (w *userWorld) putGroups(n int) []*liveGroup {
	w.Helper()
	var made []string
	for i := range n {
		made = append(made, w.putGroup(fmt.Sprint("Group ", i)))
	}
	rows := w.groups()
	out := make([]*liveGroup, n)
	for i, id := range made {
		out[i] = rows[id]
	}
	return out
}

func roleItems(rows []*liveGroup, want *wantedSet) []groupBulkItem {
	var items []groupBulkItem
	for _, row := range rows {
		items = append(items, groupBulkItem{Live: row, Patch: wantedGroup{Roles: want}})
	}
	return items
}

func TestManyGroupsThatGainOneRoleTakeTwoCallsAndLeaveItToTheOthers(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	other := w.putGroup("Other")
	w.looker.SetRoleGroups("50", other)
	items := roleItems(w.putGroups(100), someOf(map[string]bool{"50": true}))
	var results []groupBulkResult
	calls := w.calls(func() { results = groupAdapter{}.UpdateAll(t.Context(), w.client, items) })
	if calls[roleGroupsRead] != 1 || calls[roleGroupsSent] != 1 || total(calls) != 2 {
		t.Errorf("it took %v", calls)
	}
	for i, r := range results {
		if r.Err != nil || !slices.Equal(valueOf(r.Live.direct), []string{"50"}) || !slices.Contains(valueOf(r.Live.RoleIDs), "50") {
			t.Errorf("group %d: %v, %v", i, r.Live, r.Err)
		}
	}
	if got := w.looker.RoleGroups("50"); len(got) != 101 || !slices.Contains(got, other) {
		t.Errorf("the role is held by %v", got)
	}
}

func TestGrantsGivenSinceTheLastListAreKept(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50", "51")
	rows := w.putGroups(2)
	w.looker.SetRoleGroups("50", string(rows[0].ID))
	rows = []*liveGroup{w.groups()[string(rows[0].ID)], rows[1]}
	items := roleItems(rows[:1], allOf("51"))
	w.looker.SetRoleGroups("50", string(rows[0].ID), string(rows[1].ID))
	w.looker.SetRoleGroups("51", string(rows[1].ID))
	if r := (groupAdapter{}).UpdateAll(t.Context(), w.client, items); r[0].Err != nil {
		t.Fatal(r[0].Err)
	}
	for role, want := range map[string][]string{"50": {string(rows[1].ID)}, "51": {string(rows[0].ID), string(rows[1].ID)}} {
		if got := w.looker.RoleGroups(role); !slices.Equal(got, want) {
			t.Errorf("role %s is held by %v, want %v", role, got, want)
		}
	}
}

func TestARoleWhoseGroupsCannotBeReadIsNotWritten(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50", "51")
	rows := w.putGroups(3)
	w.looker.SetRoleGroups("50", string(rows[0].ID))
	w.looker.Inject(lookertest.Fault{Operation: roleGroupsRead, Status: http.StatusServiceUnavailable,
		Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/roles/50/groups") }})
	items := append(roleItems(rows[1:2], someOf(map[string]bool{"50": true})), roleItems(rows[2:], someOf(map[string]bool{"51": true}))...)
	var results []groupBulkResult
	calls := w.calls(func() { results = groupAdapter{}.UpdateAll(t.Context(), w.client, items) })
	if calls[roleGroupsSent] != 1 {
		t.Errorf("it took %v", calls)
	}
	if !lookerclient.IsUnavailable(results[0].Err) {
		t.Errorf("%v is not recognised", results[0].Err)
	}
	if results[1].Err != nil {
		t.Errorf("another role failed, too: %v", results[1].Err)
	}
	if got := w.looker.RoleGroups("50"); !slices.Equal(got, []string{string(rows[0].ID)}) {
		t.Errorf("the role is held by %v", got)
	}
}

func TestOneGroupThatIsGoneDoesNotFailTheOthers(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	rows := w.putGroups(3)
	w.looker.Remove("group", string(rows[1].ID))
	results := groupAdapter{}.UpdateAll(t.Context(), w.client, roleItems(rows, someOf(map[string]bool{"50": true})))
	for i, r := range results {
		if (r.Err != nil) != (i == 1) {
			t.Errorf("group %d: %v", i, r.Err)
		}
	}
	wantErrorText(t, results[1].Err, "spec.roles", "role 50")
	if got := w.looker.RoleGroups("50"); len(got) != 2 {
		t.Errorf("the role is held by %v", got)
	}
}

func TestARoleThatLookerDoesNotKeepForAGroupIsAnError(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	w.looker.Inject(lookertest.Fault{Operation: roleGroupsSent, Status: http.StatusOK, Body: "[]"})
	results := groupAdapter{}.UpdateAll(t.Context(), w.client, roleItems(w.putGroups(1), someOf(map[string]bool{"50": true})))
	wantErrorText(t, results[0].Err, "role 50", "does not show it")
}

func TestARoleThatIsGoneIsHeldByNobody(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	id := w.putGroup("Finance")
	w.looker.SetRoleGroups("50", id)
	row := w.groups()[id]
	w.looker.Remove("role", "50")
	if r := (groupAdapter{}).UpdateAll(t.Context(), w.client, roleItems([]*liveGroup{row}, allOf())); r[0].Err != nil || len(valueOf(r[0].Live.direct)) != 0 {
		t.Errorf("%v, %v", r[0].Live, r[0].Err)
	}
	r := groupAdapter{}.UpdateAll(t.Context(), w.client, roleItems([]*liveGroup{row}, someOf(map[string]bool{"50": true, "51": true})))
	wantErrorText(t, r[0].Err, "role 51")
}

func TestChangesOfOneRoleAtTheSameTimeDoNotUndoEachOther(t *testing.T) {
	w := newUserWorld(t)
	w.putRoles("50")
	rows := w.putGroups(20)
	var all sync.WaitGroup
	for _, row := range rows {
		all.Go(func() {
			r := groupAdapter{}.UpdateAll(t.Context(), w.client, roleItems([]*liveGroup{row}, someOf(map[string]bool{"50": true})))
			if r[0].Err != nil {
				t.Error(r[0].Err)
			}
		})
	}
	all.Wait()
	if got := w.looker.RoleGroups("50"); len(got) != len(rows) {
		t.Errorf("only %d of %d groups hold the role", len(got), len(rows))
	}
}
