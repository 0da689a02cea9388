package controllers

import (
	"slices"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// financeRole is a role with its sets, all objects.
func financeRole() (*v1alpha1.LookerRole, *v1alpha1.LookerPermissionSet, *v1alpha1.LookerModelSet) {
	r := role("finance-viewer")
	r.Spec.PermissionSet, r.Spec.ModelSet = v1alpha1.NamedReference{Ref: "viewer"}, v1alpha1.NamedReference{Ref: "finance"}
	return r, permissionSet("access_data"), modelSet("finance")
}

func TestARoleAndItsSetsAreMadeAndDeletedInAnyOrder(t *testing.T) {
	t.Parallel()
	for _, sw := range []lookertest.Switches{{}, {DeleteUsedSetAllowed: true}} {
		w := suite.NewWorld(t, lookertest.WithSwitches(sw))
		r, p, m := financeRole()
		w.Create(r)
		w.Settle()
		w.WantReason(r, engine.ReasonWaitingForRef, "spec.permissionSet", "viewer")
		w.Create(m)
		w.Create(p)
		w.Settle()
		w.WantReady(r)
		w.WantRow("role", w.ID(r), map[string]any{"permission_set_id": w.ID(p), "model_set_id": w.ID(m)})
		w.Delete(p)
		w.Delete(m)
		w.Settle()
		w.WantReason(p, engine.ReasonInUse, "LookerRole finance-viewer")
		w.WantReason(m, engine.ReasonInUse, "LookerRole finance-viewer")
		w.Delete(r)
		w.Settle()
		if w.Exists(r) || w.Exists(p) || w.Exists(m) {
			t.Error("one is still there")
		}
		if roles, sets := w.Looker.Rows("role"), w.Looker.Rows("permission_set"); len(roles) != 1 || len(sets) != 1 {
			t.Errorf("Looker has the roles %v and the sets %v", roles, sets)
		}
	}
}

func TestASetThatARoleMadeByHandUsesStaysAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t, lookertest.WithSwitches(lookertest.Switches{DeleteUsedSetAllowed: true}))
	p := permissionSet("access_data")
	w.Create(p)
	w.Settle()
	id := w.ID(p)
	byHand := w.Looker.Put("role", map[string]any{"name": "By hand", "permission_set_id": id})
	w.Delete(p)
	w.Settle()
	w.WantReason(p, engine.ReasonRefused, "By hand (id "+byHand+")", "Orphan")
	w.WantRow("role", byHand, map[string]any{"permission_set_id": id})
	w.Edit(p, func() { p.Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
	w.Settle()
	if w.Exists(p) || w.Looker.Row("permission_set", id) == nil {
		t.Error("Orphan does not let go, or not alone")
	}
}

func TestWhoIsTakenOffARoleLosesItAndOthersKeepIt(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForRoles(w)
	r := role("finance-viewer")
	byHand := putPerson(w.Looker, "byhand@example.com", nil)
	r.Spec.Users = &[]v1alpha1.UserReference{{ID: auditor}}
	r.Spec.Groups = &[]v1alpha1.NamedReference{{ID: auditorsGroup}}
	w.Create(r)
	w.Settle()
	w.WantReady(r)
	id := w.ID(r)
	w.Looker.SetUserRoles(byHand, id)
	w.Edit(r, func() { *r.Spec.Users, *r.Spec.Groups = []v1alpha1.UserReference{}, []v1alpha1.NamedReference{} })
	w.Settle()
	w.WantReady(r)
	if roles := w.Looker.UserRoles(auditor); len(roles) != 0 {
		t.Errorf("the user still has the roles %v", roles)
	}
	if groups := w.Looker.RoleGroups(id); len(groups) != 0 {
		t.Errorf("the role is still held by the groups %v", groups)
	}
	if roles := w.Looker.UserRoles(byHand); !slices.Equal(roles, []string{id}) {
		t.Errorf("another user has the roles %v now", roles)
	}
	if len(r.Status.Claims) != 0 {
		t.Errorf("the claims are %v", r.Status.Claims)
	}
	w.Edit(r, func() { r.Spec.UsersMode = v1alpha1.MembershipExact })
	w.Settle()
	w.WantReady(r)
	if roles := w.Looker.UserRoles(byHand); len(roles) != 0 {
		t.Errorf("with Exact another user keeps %v", roles)
	}
	w.Looker.SetUserRoles(byHand, id)
	w.Sweep()
	w.WantReady(r)
	if roles := w.Looker.UserRoles(byHand); len(roles) != 0 {
		t.Errorf("what was granted by hand stays: %v", roles)
	}
	w.WantQuiet("a second pass", func() { w.Force(3) })
}

func TestTheRoleAdminCanBeGivenAndIsOtherwiseLeftAlone(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForRoles(w)
	self := w.Looker.OperatorUserID()
	r := role("admins")
	r.Spec.Name, r.Spec.AdoptionPolicy = ptr("Admin"), v1alpha1.AdoptionAdopt
	r.Spec.PermissionSet, r.Spec.ModelSet = v1alpha1.NamedReference{Name: "Admin"}, v1alpha1.NamedReference{Name: "All"}
	r.Spec.Users = &[]v1alpha1.UserReference{{ID: self}, {ID: auditor}}
	w.Create(r)
	w.Settle()
	w.WantReady(r)
	if roles := w.Looker.UserRoles(auditor); !slices.Equal(roles, []string{"2"}) {
		t.Errorf("the user has the roles %v", roles)
	}
	refused := func(why string, parts ...string) {
		t.Helper()
		w.Looker.ResetCalls()
		w.Settle()
		w.WantReason(r, engine.ReasonRefused, parts...)
		if n := w.LookerWrites(); n != 0 {
			t.Errorf("%s: %d writes", why, n)
		}
	}
	w.Edit(r, func() { *r.Spec.Users = []v1alpha1.UserReference{{ID: auditor}} })
	refused("the operator is taken off the list", "spec.users", "user "+self)
	w.Edit(r, func() {
		r.Spec.Users = &[]v1alpha1.UserReference{{ID: self}, {ID: auditor}}
		r.Spec.PermissionSet = v1alpha1.NamedReference{ID: viewerSet}
	})
	refused("another permission set", "built-in role Admin")
	w.Edit(r, func() {
		r.Spec.PermissionSet, r.Spec.Users = v1alpha1.NamedReference{Name: "Admin"}, &[]v1alpha1.UserReference{{ID: self}}
	})
	w.Settle()
	w.WantReady(r)
	if roles := w.Looker.UserRoles(auditor); len(roles) != 0 {
		t.Errorf("the user still has the roles %v", roles)
	}
	w.Edit(r, func() { r.Spec.DeletionPolicy = v1alpha1.DeletionDelete })
	w.Settle()
	w.Delete(r)
	refused("the role is deleted", "never deletes", "Orphan")
	if roles := w.Looker.UserRoles(self); !slices.Equal(roles, []string{"2"}) {
		t.Errorf("the operator has the roles %v", roles)
	}
}

func TestARoleAndAUserThatContradictEachOtherSaySo(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*v1alpha1.LookerRole, *v1alpha1.LookerUser){
		"the role lists a user whose roles are others": func(r *v1alpha1.LookerRole, u *v1alpha1.LookerUser) {
			r.Spec.Users, u.Spec.Roles = &[]v1alpha1.UserReference{{Ref: "ana"}}, &[]v1alpha1.NamedReference{}
		},
		"the user has a role whose users are others": func(r *v1alpha1.LookerRole, u *v1alpha1.LookerUser) {
			r.Spec.Users, r.Spec.UsersMode = &[]v1alpha1.UserReference{}, v1alpha1.MembershipExact
			u.Spec.Roles = &[]v1alpha1.NamedReference{{Ref: "finance-viewer"}}
		},
	} {
		w := suite.NewWorld(t)
		seedForRoles(w)
		r, u := role("finance-viewer"), newUser("ana@example.com")
		change(r, u)
		w.Create(r)
		w.Create(u)
		w.Settle()
		conflicts := 0
		for _, o := range []v1alpha1.Object{r, u} {
			w.Refresh(o)
			_, status := o.Common()
			for _, c := range status.Conditions {
				if c.Type == v1alpha1.ConditionReady && c.Reason == engine.ReasonOwnedByAnother {
					conflicts++
				}
			}
		}
		if conflicts != 1 {
			t.Errorf("%s: %d of the two say so: %v, %v", name, conflicts, r.Status.Conditions, u.Status.Conditions)
		}
		w.Edit(r, func() { r.Spec.Users, r.Spec.UsersMode = nil, "" })
		w.Settle()
		w.WantReady(r)
		w.WantReady(u)
	}
}

func TestARoleAndAUserThatPointAtEachOtherAreBothMade(t *testing.T) {
	t.Parallel()
	for _, mode := range []v1alpha1.MembershipMode{"", v1alpha1.MembershipExact} {
		w := suite.NewWorld(t)
		seedForRoles(w)
		r, u := role("finance-viewer"), newUser("ana@example.com")
		r.Spec.Users, r.Spec.UsersMode = &[]v1alpha1.UserReference{{Ref: "ana"}}, mode
		u.Spec.Roles = &[]v1alpha1.NamedReference{{Ref: "finance-viewer"}}
		w.Create(r)
		w.Round()
		w.WantReason(r, engine.ReasonWaitingForRef, "ana")
		w.Create(u)
		w.Settle()
		w.WantReady(r)
		w.WantReady(u)
		if roles := w.Looker.UserRoles(w.ID(u)); !slices.Equal(roles, []string{w.ID(r)}) {
			t.Errorf("the user has the roles %v", roles)
		}
		w.Delete(r)
		w.Delete(u)
		w.Settle()
		if w.Exists(r) || w.Exists(u) {
			t.Error("the two wait for each other to be deleted")
		}
	}
}

func TestWhereRolesAreLimitedNoneCanBeShaped(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForRoles(w)
	limit := func(roles ...string) {
		w.EditInstance(func(inst *v1alpha1.LookerInstance) {
			inst.Spec.Access = &[]v1alpha1.AccessGrant{{
				Namespaces: v1alpha1.AccessNamespaces{All: ptr(true)}, Grantable: &v1alpha1.Grantable{Roles: roles},
			}}
		})
	}
	limit("finance-viewer")
	objects := []client.Object{role("finance-viewer"), role("other"), permissionSet("access_data"), modelSet("finance")}
	w.Looker.ResetCalls()
	for _, o := range objects {
		w.Create(o)
	}
	w.Settle()
	for _, o := range objects {
		w.WantReason(o.(v1alpha1.Object), engine.ReasonNotAllowed, "grantable.roles")
	}
	if calls := w.Looker.Calls(); calls.Total != 0 {
		t.Errorf("%d calls: %v", calls.Total, calls.ByOperation)
	}
	limit(v1alpha1.AnyGrantable)
	w.Clock.Step(time.Hour)
	w.Settle()
	for _, o := range objects {
		w.WantReady(o.(v1alpha1.Object))
	}
}

func TestReferencesToRolesAndSetsByNameAreFoundAfterASweep(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	r := role("finance-viewer")
	r.Spec.PermissionSet, r.Spec.ModelSet = v1alpha1.NamedReference{Name: "Viewing"}, v1alpha1.NamedReference{Name: "All"}
	u := newUser("ana@example.com")
	u.Spec.Roles = &[]v1alpha1.NamedReference{{Name: "finance-viewer"}}
	w.Create(r)
	w.Create(u)
	w.Settle()
	w.WantReason(r, engine.ReasonRefNotFound, "spec.permissionSet", `permission set with name "Viewing"`)
	w.WantReason(u, engine.ReasonRefNotFound, "spec.roles[0]")
	seedForRoles(w)
	w.Clock.Step(time.Minute)
	w.Sweep()
	w.Sweep()
	w.WantReady(r)
	w.WantReady(u)
	w.WantRow("role", w.ID(r), map[string]any{"permission_set_id": viewerSet, "model_set_id": "1"})
	if roles := w.Looker.UserRoles(w.ID(u)); !slices.Equal(roles, []string{w.ID(r)}) {
		t.Errorf("the user has the roles %v", roles)
	}
}

func TestASweepOfRolesReadsTheHoldersOfThoseThatDeclareThem(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForRoles(w)
	var all []*v1alpha1.LookerRole
	for _, name := range []string{"a", "b", "c"} {
		r := role(name)
		all = append(all, r)
	}
	all[2].Spec.Groups = &[]v1alpha1.NamedReference{{ID: auditorsGroup}}
	for _, r := range all {
		w.Create(r)
	}
	w.Settle()
	w.Looker.ResetCalls()
	w.Sweep()
	calls := w.Looker.Calls()
	if calls.Total != 2 || calls.ByOperation["GET /roles"] != 1 || calls.ByOperation["GET /roles/{role_id}/groups"] != 1 {
		t.Errorf("a sweep took %v", calls.ByOperation)
	}
	for _, r := range all {
		w.WantReady(r)
	}
}
