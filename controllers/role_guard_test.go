package controllers

import (
	"testing"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
)

func TestTheGuardOfRolesRefuses(t *testing.T) {
	t.Parallel()
	admin := engine.Self{UserID: "1", RoleIDs: []string{"2"}, GroupIDs: []string{"1", "30"}}
	custom := engine.Self{UserID: "1", RoleIDs: []string{"5"}, GroupIDs: []string{"1", "30"}}
	byGroup := engine.Self{UserID: "1", GroupIDs: []string{"1", "30"}}
	with := func(id lookerclient.ID, allAccess bool, users, groups []lookerclient.ID) *liveRole {
		set := lookerclient.PermissionSet{ID: "1", AllAccess: lookerclient.Set(allAccess)}
		l := &liveRole{Role: lookerclient.Role{ID: id, PermissionSet: lookerclient.Set(set)}}
		if users != nil {
			l.users = lookerclient.Set(users)
		}
		if groups != nil {
			l.groups = lookerclient.Set(groups)
		}
		return l
	}
	internal := with("9", false, nil, nil)
	internal.Internal = lookerclient.Set(true)
	name := &wantedRole{WriteRole: lookerclient.WriteRole{Name: lookerclient.Set("x")}}
	sets := &wantedRole{WriteRole: lookerclient.WriteRole{PermissionSetID: lookerclient.Set(lookerclient.ID("7"))}}
	add := &wantedRole{Users: some(map[string]bool{"7": true}), Groups: some(map[string]bool{"31": true})}
	takeSelf, takeGroup := &wantedRole{Users: some(map[string]bool{"1": false})}, &wantedRole{Groups: some(map[string]bool{"30": false})}
	takeAll, takeOther := &wantedRole{Groups: some(map[string]bool{"1": false})}, &wantedRole{Groups: some(map[string]bool{"31": false})}
	someone, groups := []lookerclient.ID{"1", "7"}, []lookerclient.ID{"1", "30", "31"}
	for _, c := range []struct {
		name  string
		self  engine.Self
		live  *liveRole
		patch *wantedRole
		part  string
	}{
		{"deleting Admin", admin, with("2", true, nil, nil), nil, "never deletes"},
		{"renaming Admin", admin, with("2", true, nil, nil), name, "cannot be changed"},
		{"other sets for Admin", admin, with("2", true, nil, nil), sets, "ids"},
		{"all administrators", admin, with("2", true, someone, nil), &wantedRole{Users: exactly("1")}, "spec.usersMode"},
		{"all groups of administrators", admin, with("2", true, someone, nil), &wantedRole{Groups: exactly("30")}, "spec.groupsMode"},
		{"an internal role", admin, internal, name, "internal"},
		{"the holders of an internal role", admin, internal, add, "internal"},
		{"deleting an internal role", admin, internal, nil, "internal"},

		{"taking Admin from itself", admin, with("2", true, someone, nil), takeSelf, "user 1 is the operator's own"},
		{"taking a role from itself", admin, with("5", false, someone, nil), takeSelf, "role 5"},
		{"leaving itself out of a list", admin, with("5", false, someone, nil), &wantedRole{Users: exactly("7")}, "list it, too"},
		{"deleting a role of its own", custom, with("5", false, nil, nil), nil, "role 5"},
		{"deleting what may be its role", byGroup, with("6", true, nil, nil), nil, "through a group"},
		{"other sets for its only role", custom, with("5", false, nil, nil), sets, "role 5"},
		{"other sets for what may be its role", byGroup, with("6", true, nil, nil), sets, "role 6"},

		{"taking Admin from its group", byGroup, with("2", true, nil, groups), takeGroup, "group 30"},
		{"taking Admin from everybody", admin, with("2", true, nil, groups), takeAll, "group 1"},
		{"taking any role from its group", admin, with("5", false, nil, groups), takeGroup, "group 30"},
		{"leaving its group out of a list", admin, with("5", false, nil, groups), &wantedRole{Groups: exactly("31")}, "group 30"},

		{"", admin, with("2", true, nil, groups), takeOther, ""},
		{"", admin, with("2", true, someone, groups), takeGroup, ""},
		{"", admin, with("2", true, someone, nil), &wantedRole{Users: some(map[string]bool{"7": false})}, ""},
		{"", admin, with("2", true, nil, nil), add, ""},
		{"", admin, with("5", false, nil, groups), takeOther, ""},
		{"", admin, with("5", false, nil, groups), takeAll, ""},
		{"", admin, with("5", true, nil, groups), takeOther, ""},
		{"", admin, with("5", true, nil, nil), nil, ""},
		{"", admin, with("5", true, nil, nil), sets, ""},
		{"", admin, with("5", false, someone, groups), &wantedRole{Users: exactly("1"), Groups: exactly("30")}, ""},
		{"", custom, with("5", false, nil, nil), name, ""},
		{"", custom, with("6", false, nil, nil), sets, ""},
		{"", engine.Self{}, with("5", false, someone, groups), &wantedRole{Users: exactly(), Groups: exactly()}, ""},
		{"", admin, new(liveRole), sets, ""},
	} {
		err := roleAdapter{}.Guard(c.self, c.live, c.patch)
		switch {
		case c.part != "":
			if err == nil {
				t.Errorf("%s is not refused", c.name)
				continue
			}
			wantErrorText(t, err, c.part)
		case err != nil:
			t.Errorf("what harms nobody is refused: %v", err)
		}
	}
}

func TestTheRoleAdminIsNeverWantedExactly(t *testing.T) {
	t.Parallel()
	r := role("admin")
	r.Spec.Users, r.Spec.UsersMode, r.Status.ID = &[]v1alpha1.UserReference{}, v1alpha1.MembershipExact, "2"
	_, err := roleAdapter{}.Desired(r, resolvedIDs(r))
	wantErrorText(t, err, "spec.usersMode", "Additive")
	r.Spec.UsersMode = ""
	if _, err := (roleAdapter{}).Desired(r, resolvedIDs(r)); err != nil {
		t.Error(err)
	}
}
