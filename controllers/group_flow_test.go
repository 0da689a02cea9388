package controllers

import (
	"slices"
	"testing"
	"time"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// newGroupWorld is a world with what specs of groups refer to.
func newGroupWorld(t *testing.T, opts ...lookertest.Option) *enginetest.World {
	t.Helper()
	t.Parallel()
	w := suite.NewWorld(t, opts...)
	seedForGroups(w)
	return w
}

// applyGroup makes a group and waits until it is Ready.
func applyGroup(w *enginetest.World, g *v1alpha1.LookerGroup) string {
	w.Helper()
	w.Create(g)
	w.Settle()
	w.WantReady(g)
	return w.ID(g)
}

func wantMembers(w *enginetest.World, group string, want ...string) {
	w.Helper()
	if got := w.Looker.GroupMembers(group); !slices.Equal(got, want) {
		w.Errorf("the members of group %s are %v, want %v", group, got, want)
	}
}

func byIDs(ids ...string) *[]v1alpha1.NamedReference {
	refs := []v1alpha1.NamedReference{}
	for _, id := range ids {
		refs = append(refs, v1alpha1.NamedReference{ID: id})
	}
	return &refs
}

func usersByID(ids ...string) *[]v1alpha1.UserReference {
	refs := []v1alpha1.UserReference{}
	for _, id := range ids {
		refs = append(refs, v1alpha1.UserReference{ID: id})
	}
	return &refs
}

func TestAddedMembersAreTakenBackAndTheOthersStay(t *testing.T) {
	w := newGroupWorld(t)
	other := w.Looker.Put("user", map[string]any{"first_name": "Other"})
	g := group("emea")
	g.Spec.Members = usersByID(analyst)
	id := applyGroup(w, g)
	w.Looker.SetGroupMembers(id, analyst, other)
	w.Edit(g, func() { g.Spec.Members = usersByID() })
	w.Settle()
	w.WantReady(g)
	wantMembers(w, id, other)
	w.Edit(g, func() { g.Spec.MembershipMode = v1alpha1.MembershipExact })
	w.Settle()
	w.Sweep()
	w.WantReady(g)
	wantMembers(w, id)
}

func TestOneMoreMemberOfAManagedGroupIsOneWrite(t *testing.T) {
	w := newGroupWorld(t)
	var members []string
	for range 21 {
		members = append(members, w.Looker.Put("user", map[string]any{"first_name": "U"}))
	}
	g := group("emea")
	g.Spec.Members, g.Spec.MembershipMode = usersByID(members[:20]...), v1alpha1.MembershipExact
	id := applyGroup(w, g)
	w.Looker.ResetCalls()
	w.Edit(g, func() { g.Spec.Members = usersByID(members...) })
	w.Settle()
	w.WantReady(g)
	if calls := w.Looker.Calls(); calls.ByOperation["POST /groups/{group_id}/users"] != 1 || calls.Total != 1 {
		t.Errorf("it took %v", calls.ByOperation)
	}
	if got := w.Looker.GroupMembers(id); len(got) != 21 {
		t.Errorf("the members are %v", got)
	}
}

func TestMembersDriftIsCorrectedAsTheModeSays(t *testing.T) {
	for mode, want := range map[v1alpha1.MembershipMode][]string{
		v1alpha1.MembershipAdditive: {w2, analyst}, v1alpha1.MembershipExact: {analyst},
	} {
		t.Run(string(mode), func(t *testing.T) {
			w := newGroupWorld(t)
			w.Looker.Put("user", map[string]any{"id": w2, "first_name": "By hand"})
			g := group("emea")
			g.Spec.Members, g.Spec.MembershipMode = usersByID(analyst), mode
			id := applyGroup(w, g)
			w.Looker.SetGroupMembers(id, w2)
			w.Sweep()
			w.WantReady(g)
			wantMembers(w, id, want...)
		})
	}
}

// w2 is a user whom somebody puts into groups by hand.
const w2 = "60"

func TestRolesThatAreNoLongerListedAreRevokedAndOthersHoldThemStill(t *testing.T) {
	for mode, empty := range map[v1alpha1.MembershipMode]bool{v1alpha1.MembershipAdditive: false, v1alpha1.MembershipExact: true} {
		t.Run(string(mode), func(t *testing.T) {
			w := newGroupWorld(t)
			w.Looker.SetRoleGroups(viewerRole, financeGroup)
			g := group("emea")
			g.Spec.Roles, g.Spec.RolesMode = byIDs(viewerRole), mode
			id := applyGroup(w, g)
			if got := w.Looker.RoleGroups(viewerRole); !slices.Equal(got, []string{financeGroup, id}) {
				t.Fatalf("role held by %v", got)
			}
			w.Looker.SetRoleGroups(exportRole, id)
			w.Sweep()
			w.Edit(g, func() { g.Spec.Roles = byIDs() })
			w.Settle()
			w.WantReady(g)
			if got := w.Looker.RoleGroups(viewerRole); !slices.Equal(got, []string{financeGroup}) {
				t.Errorf("role %s is held by %v", viewerRole, got)
			}
			if got := w.Looker.RoleGroups(exportRole); (len(got) == 0) != empty {
				t.Errorf("role %s is held by %v", exportRole, got)
			}
		})
	}
}

func TestADeletedGroupLeavesItsGrantsToTheOthers(t *testing.T) {
	w := newGroupWorld(t)
	w.Looker.SetRoleGroups(viewerRole, financeGroup)
	g := group("emea")
	g.Spec.Roles = byIDs(viewerRole)
	id := applyGroup(w, g)
	w.Delete(g)
	w.Settle()
	if w.Exists(g) || w.Looker.Row("group", id) != nil {
		t.Error("the group is still there")
	}
	if got := w.Looker.RoleGroups(viewerRole); !slices.Equal(got, []string{financeGroup}) {
		t.Errorf("the role is held by %v", got)
	}
}

func TestAValueThatIsNoLongerListedIsTakenAwayAndAReleasedOneStays(t *testing.T) {
	w := newGroupWorld(t)
	value := func(attribute string) v1alpha1.GroupAttributeValue {
		return v1alpha1.GroupAttributeValue{NamedReference: v1alpha1.NamedReference{ID: attribute}, Value: ptr("EMEA")}
	}
	g := group("emea")
	g.Spec.AttributeValues = []v1alpha1.GroupAttributeValue{value(regionAttribute), value(keyAttribute)}
	id := applyGroup(w, g)
	if got := valuesOfGroup(w.Looker, id); got[regionAttribute] != "EMEA" || got[keyAttribute] != "EMEA" {
		t.Fatalf("the values are %v", got)
	}
	w.WantQuiet("a hidden value that Looker never shows", func() { w.Force(3) })
	w.Edit(g, func() { g.Spec.AttributeValues = g.Spec.AttributeValues[:1] })
	w.Settle()
	w.WantReady(g)
	if got := valuesOfGroup(w.Looker, id); len(got) != 1 || got[regionAttribute] != "EMEA" {
		t.Errorf("the values are %v", got)
	}
	w.Edit(g, func() { g.Spec.AttributeValues = nil })
	w.Settle()
	w.WantReady(g)
	if got := valuesOfGroup(w.Looker, id); got[regionAttribute] != "EMEA" {
		t.Errorf("the released values are %v", got)
	}
}

func TestABuiltInGroupIsNeverTouched(t *testing.T) {
	for name, part := range map[string]string{"All Users": "All Users", "From SAML": "identity provider"} {
		t.Run(name, func(t *testing.T) {
			w := newGroupWorld(t)
			w.Looker.Put("group", map[string]any{"name": "From SAML", "externally_managed": true})
			g := group("theirs")
			g.Spec.Name, g.Spec.AdoptionPolicy, g.Spec.DeletionPolicy = &name, v1alpha1.AdoptionAdopt, v1alpha1.DeletionDelete
			g.Spec.Members, g.Spec.Roles = usersByID(analyst), byIDs(viewerRole)
			w.Looker.ResetCalls()
			w.Create(g)
			w.Settle()
			w.WantReason(g, engine.ReasonRefused, part)
			w.Delete(g)
			w.Settle()
			w.WantReason(g, engine.ReasonRefused, part)
			if n := w.LookerWrites(); n != 0 {
				t.Errorf("%d writes", n)
			}
		})
	}
}

func TestTheOperatorIsNotLockedOutByAGroup(t *testing.T) {
	for name, harm := range map[string]func(*v1alpha1.LookerGroup){
		"its members":       func(g *v1alpha1.LookerGroup) { g.Spec.Members = usersByID() },
		"its nested groups": func(g *v1alpha1.LookerGroup) { g.Spec.Groups = byIDs() },
		"its roles":         func(g *v1alpha1.LookerGroup) { g.Spec.Roles, g.Spec.RolesMode = byIDs(), v1alpha1.MembershipExact },
	} {
		t.Run(name, func(t *testing.T) {
			w := newGroupWorld(t)
			admins, above := w.Looker.Put("group", map[string]any{"name": "Admins"}), w.Looker.Put("group", map[string]any{"name": "Above"})
			operator := w.Looker.OperatorUserID()
			w.Looker.SetGroupMembers(admins, operator)
			w.Looker.SetGroupGroups(above, admins)
			w.Looker.SetRoleGroups("2", above)
			w.Looker.SetUserRoles(operator)
			g := group("above")
			g.Spec.Name = ptr("Above")
			if name == "its members" {
				g.Spec.Name = ptr("Admins")
			}
			g.Spec.AdoptionPolicy, g.Spec.DeletionPolicy = v1alpha1.AdoptionAdopt, v1alpha1.DeletionDelete
			harm(g)
			if g.Spec.Roles == nil {
				g.Spec.MembershipMode = v1alpha1.MembershipExact
			}
			w.Looker.ResetCalls()
			w.Create(g)
			w.Settle()
			w.WantReason(g, engine.ReasonRefused, "operator's own")
			w.Delete(g)
			w.Settle()
			w.WantReason(g, engine.ReasonRefused, "operator's own", "Orphan")
			if n := w.LookerWrites(); n != 0 {
				t.Errorf("%d writes", n)
			}
		})
	}
}

func TestAGroupInsideItselfIsRejectedAsLookerSaysIt(t *testing.T) {
	for name, sw := range map[string]lookertest.Switches{"422": {}, "400": {GroupCycleAs400: true}} {
		t.Run(name, func(t *testing.T) {
			w := newGroupWorld(t, lookertest.WithSwitches(sw))
			outer, inner := group("outer"), group("inner")
			outer.Spec.Groups = &[]v1alpha1.NamedReference{{Ref: "inner"}}
			w.Create(outer)
			w.Create(inner)
			w.Settle()
			w.WantReady(outer)
			w.Edit(inner, func() { inner.Spec.Groups = &[]v1alpha1.NamedReference{{Ref: "outer"}} })
			w.Round()
			w.WantReason(inner, engine.ReasonRejected, "spec.groups", "contain itself")
		})
	}
}

func TestAGroupAndItsMembersMayPointAtEachOther(t *testing.T) {
	w := newGroupWorld(t)
	g := group("emea")
	g.Spec.Members, g.Spec.MembershipMode = &[]v1alpha1.UserReference{{Ref: "ana"}}, v1alpha1.MembershipExact
	u := newUser("ana@example.com")
	u.Spec.Groups = &[]v1alpha1.NamedReference{{Ref: "emea"}}
	w.Create(g)
	w.Create(u)
	w.Settle()
	w.Settle()
	w.WantReady(g)
	w.WantReady(u)
	wantMembers(w, w.ID(g), w.ID(u))
}

func TestAnExactGroupAndAUserWhoJoinsItContradictEachOther(t *testing.T) {
	w := newGroupWorld(t)
	g := group("emea")
	g.Spec.Members, g.Spec.MembershipMode = usersByID(analyst), v1alpha1.MembershipExact
	id := applyGroup(w, g)
	time.Sleep(1100 * time.Millisecond) // creation times have seconds
	u := newUser("ana@example.com")
	w.Create(u)
	w.Settle()
	w.WantReady(u)
	w.Edit(u, func() { u.Spec.Groups = &[]v1alpha1.NamedReference{{Ref: "emea"}} })
	w.Settle()
	w.WantReason(u, engine.ReasonOwnedByAnother, "emea")
	w.WantReady(g)
	wantMembers(w, id, analyst)
	w.Edit(g, func() { g.Spec.MembershipMode = v1alpha1.MembershipAdditive })
	w.Settle()
	w.Settle()
	w.WantReady(u)
	wantMembers(w, id, analyst, w.ID(u))
}

func TestASweepOfManyGroupsTakesFewCalls(t *testing.T) {
	w := newGroupWorld(t)
	var groups []*v1alpha1.LookerGroup
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		g := group(name)
		g.Spec.Members, g.Spec.Groups = usersByID(analyst), byIDs(parisGroup)
		g.Spec.Roles = byIDs(viewerRole)
		g.Spec.AttributeValues = []v1alpha1.GroupAttributeValue{{NamedReference: v1alpha1.NamedReference{ID: regionAttribute}, Value: ptr(name)}}
		groups = append(groups, g)
		w.Create(g)
	}
	w.Looker.ResetCalls()
	w.Settle()
	if calls := w.Looker.Calls().ByOperation; calls[roleGroupsSent] != 1 {
		t.Errorf("five groups gained one role with %v", calls)
	}
	for _, g := range groups {
		w.WantReady(g)
	}
	w.Looker.ResetCalls()
	w.Sweep()
	if calls := w.Looker.Calls(); calls.Total != 3 { // the groups, the users, the values of the attribute
		t.Errorf("a sweep took %v", calls.ByOperation)
	}
}
