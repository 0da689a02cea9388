package controllers

import (
	"testing"

	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

func TestTheGuardOfGroupsRefuses(t *testing.T) {
	t.Parallel()
	self := engine.Self{UserID: "1", GroupIDs: []string{"1", "5", "7"}}
	row := func(id lookerclient.ID, change func(*liveGroup)) *liveGroup {
		g := groupRow(&lookerclient.GroupHierarchy{Group: lookerclient.Group{ID: id}})
		g.members, g.children = lookerclient.Set([]string{"1", "2"}), lookerclient.Set([]string{"5", "6"})
		g.direct = lookerclient.Set([]string{"2", "3"})
		change(g)
		return g
	}
	same := func(*liveGroup) {}
	rename := wantedGroup{WriteGroup: lookerclient.WriteGroup{Name: lookerclient.Set("x")}}
	members := func(w *wantedSet) *wantedGroup { return &wantedGroup{Members: w} }
	groups := func(w *wantedSet) *wantedGroup { return &wantedGroup{Groups: w} }
	roles := func(w *wantedSet) *wantedGroup { return &wantedGroup{Roles: w} }
	for _, c := range []struct {
		name  string
		live  *liveGroup
		patch *wantedGroup
		part  string
	}{
		{"changing All Users", row("1", same), &rename, "All Users"},
		{"deleting All Users", row("1", same), nil, "All Users"},
		{"changing what single sign-on manages", row("9", func(g *liveGroup) { g.ExternallyManaged = lookerclient.Set(true) }), &rename, "identity provider"},
		{"deleting a group that the operator is in", row("7", same), nil, "roles 2, 3"},
		{"taking the operator out", row("9", same), members(someOf(map[string]bool{"1": false})), "operator's own"},
		{"leaving the operator out", row("9", same), members(allOf("2")), "operator's own"},
		{"leaving the operator out of what was not read", row("9", func(g *liveGroup) { g.members = lookerclient.Optional[[]string]{} }), members(allOf()), "operator's own"},
		{"taking a group with the operator out", row("9", same), groups(someOf(map[string]bool{"5": false})), "group 5"},
		{"leaving a group with the operator out", row("9", same), groups(allOf("6")), "group 5"},
		{"taking a role from a group that the operator is in", row("7", same), roles(allOf("3")), "lose role 2"},
		{"", row("9", same), nil, ""},
		{"", row("9", same), &rename, ""},
		{"", row("7", same), &rename, ""},
		{"", row("9", same), members(allOf("1", "8")), ""},
		{"", row("9", same), groups(allOf("5")), ""},
		{"", row("9", same), roles(allOf()), ""},
		{"", row("7", same), roles(allOf("2", "3", "4")), ""},
		{"", new(liveGroup), members(allOf()), ""},
	} {
		err := groupAdapter{}.Guard(self, c.live, c.patch)
		if c.part != "" {
			wantErrorText(t, err, c.part)
		} else if err != nil {
			t.Errorf("what harms nobody is refused: %v", err)
		}
	}
}

func TestTheOperatorsGroupsIncludeThoseAboveThem(t *testing.T) {
	w := newUserWorld(t)
	calls := w.calls(func() {
		self, err := readSelf(t.Context(), w.client, "key")
		if err != nil || self.UserID != w.looker.OperatorUserID() || self.CredentialID != "key" || len(self.GroupIDs) != 1 {
			t.Errorf("%+v, %v", self, err)
		}
	})
	if total(calls) != 1 {
		t.Errorf("an operator in no group took %v", calls)
	}
	top, leaf := w.putGroup("Top"), w.putGroup("Leaf")
	w.putGroup("Other")
	w.looker.SetGroupGroups(top, leaf)
	w.looker.SetGroupMembers(leaf, w.looker.OperatorUserID())
	self, err := readSelf(t.Context(), w.client, "key")
	if want := stringSet([]string{string(allUsers), top, leaf}); err != nil || len(without(want, self.GroupIDs)) != 0 || len(self.GroupIDs) != 3 {
		t.Errorf("groups %v, want %v (%v)", self.GroupIDs, want, err)
	}
}
