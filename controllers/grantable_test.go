package controllers

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
)

// limited is a world whose namespace may grant the role Viewer and use the
// folders below Shared/Finance, and nothing else.
func limited(t *testing.T) *enginetest.World {
	t.Helper()
	w := suite.NewWorld(t)
	seedForUsers(w)
	w.Looker.Put("folder", map[string]any{"id": "90", "name": "Finance", "parent_id": "1"})
	all := true
	w.EditInstance(func(i *v1alpha1.LookerInstance) {
		i.Spec.Access = &[]v1alpha1.AccessGrant{{
			Namespaces: v1alpha1.AccessNamespaces{All: &all},
			Grantable:  &v1alpha1.Grantable{Roles: []string{"Viewer"}, Folders: []string{"Shared/Finance"}},
		}}
	})
	w.Settle()
	w.Looker.ResetCalls()
	return w
}

func TestWhatANamespaceMayNotGrantIsRefusedWithoutACall(t *testing.T) {
	t.Parallel()
	userWith := func(roles ...v1alpha1.NamedReference) v1alpha1.Object {
		u := newUser("ana@example.com")
		u.Spec.Roles = &roles
		return u
	}
	for name, o := range map[string]v1alpha1.Object{
		"the Admin role by name":     userWith(v1alpha1.NamedReference{Name: "Viewer"}, v1alpha1.NamedReference{Name: "Admin"}),
		"a folder elsewhere by path": folder("spy", v1alpha1.FolderReference{Path: "Shared"}),
		"a role of another name": &v1alpha1.LookerRole{ObjectMeta: metav1.ObjectMeta{Name: "mine"}, Spec: v1alpha1.LookerRoleSpec{
			PermissionSet: v1alpha1.NamedReference{Name: "Admin"}, ModelSet: v1alpha1.NamedReference{Name: "All"}}},
		"a permission set": &v1alpha1.LookerPermissionSet{ObjectMeta: metav1.ObjectMeta{Name: "wide"}, Spec: v1alpha1.LookerPermissionSetSpec{
			Permissions: &[]string{"administer"}}},
		"a group with another role": &v1alpha1.LookerGroup{ObjectMeta: metav1.ObjectMeta{Name: "admins"}, Spec: v1alpha1.LookerGroupSpec{
			Roles: &[]v1alpha1.NamedReference{{Name: "Admin"}}}},
		"default roles of single sign-on": &v1alpha1.LookerSetting{ObjectMeta: metav1.ObjectMeta{Name: "sso"}, Spec: v1alpha1.LookerSettingSpec{
			SAML: &v1alpha1.SAMLSettings{SSOSettings: v1alpha1.SSOSettings{DefaultNewUserRoles: &[]v1alpha1.NamedReference{{Name: "Admin"}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := limited(t)
			w.Create(o)
			w.Settle()
			w.WantReason(o, engine.ReasonNotAllowed, "grantable")
			w.WantStalled(o, true)
			if calls := w.Looker.Calls(); calls.Total != 0 {
				t.Errorf("%d calls: %v", calls.Total, calls.ByOperation)
			}
		})
	}
}

func TestARoleByIDOrThroughAGroupIsHeldAgainstTheSameLimits(t *testing.T) {
	t.Parallel()
	w := limited(t)
	byID := newUser("ana@example.com")
	byID.Spec.Roles = &[]v1alpha1.NamedReference{{ID: "2"}}
	w.Looker.SetRoleGroups("2", financeGroup)
	throughGroup := newUser("bo@example.com")
	throughGroup.Spec.Groups = &[]v1alpha1.NamedReference{{Name: "Finance"}}
	folderByID := folder("elsewhere", v1alpha1.FolderReference{ID: "1"})
	for _, o := range []v1alpha1.Object{byID, throughGroup, folderByID} {
		w.Create(o)
	}
	w.Settle()
	w.WantReason(byID, engine.ReasonNotAllowed, "Admin")
	w.WantReason(throughGroup, engine.ReasonNotAllowed, "Finance", "Admin")
	w.WantReason(folderByID, engine.ReasonNotAllowed, "Shared")
	if n := w.LookerWrites(); n != 0 {
		t.Errorf("%d writes", n)
	}
}

func TestWhatANamespaceMayGrantIsGranted(t *testing.T) {
	t.Parallel()
	w := limited(t)
	u := newUser("ana@example.com")
	u.Spec.Roles = &[]v1alpha1.NamedReference{{Name: "Viewer"}}
	u.Spec.Groups = &[]v1alpha1.NamedReference{{Name: "Finance"}} // holds no role
	f := folder("reports", v1alpha1.FolderReference{Path: "Shared/Finance"})
	inside := folder("2026", v1alpha1.FolderReference{Ref: "reports"})
	for _, o := range []v1alpha1.Object{u, f, inside} {
		w.Create(o)
	}
	w.Settle()
	for _, o := range []v1alpha1.Object{u, f, inside} {
		w.WantReady(o)
	}
}

func TestAdoptingWhatHoldsMoreThanMayBeGrantedIsRefused(t *testing.T) {
	t.Parallel()
	w := limited(t)
	admins := w.Looker.Put("group", map[string]any{"name": "Admins"})
	w.Looker.SetRoleGroups("2", admins)
	boss := w.Looker.Put("user", map[string]any{"first_name": "Boss"})
	w.Looker.Put("credentials_email", map[string]any{"user_id": boss, "email": "boss@example.com"})
	w.Looker.SetUserRoles(boss, "2")
	throughGroup := w.Looker.Put("user", map[string]any{"first_name": "Deputy"})
	w.Looker.Put("credentials_email", map[string]any{"user_id": throughGroup, "email": "deputy@example.com"})
	w.Looker.SetGroupMembers(admins, throughGroup)
	before := w.Looker.Fingerprint()

	g := &v1alpha1.LookerGroup{ObjectMeta: metav1.ObjectMeta{Name: "admins"}, Spec: v1alpha1.LookerGroupSpec{
		CommonSpec: v1alpha1.CommonSpec{AdoptionPolicy: v1alpha1.AdoptionAdopt}, Name: ptr("Admins"),
		Members: &[]v1alpha1.UserReference{{ID: throughGroup}},
	}}
	objects := []v1alpha1.Object{g}
	for name, email := range map[string]string{"boss": "boss@example.com", "deputy": "deputy@example.com"} {
		u := newUser(email)
		u.Name = name
		u.Spec.AdoptionPolicy = v1alpha1.AdoptionAdopt
		u.Spec.APICredentials = []v1alpha1.APICredential{{Purpose: "spy", WriteTo: v1alpha1.SecretTarget{SecretName: name + "-key"}}}
		objects = append(objects, u)
	}
	for _, o := range objects {
		w.Create(o)
	}
	w.Settle()
	for _, o := range objects {
		w.WantReason(o, engine.ReasonNotAllowed, "Admin")
	}
	if w.Looker.Fingerprint() != before {
		t.Error("Looker was changed")
	}
}

func TestAUserWhoIsGivenMoreByHandIsNoLongerTheNamespacesToManage(t *testing.T) {
	t.Parallel()
	w := limited(t)
	u := newUser("ana@example.com")
	w.Create(u)
	w.Settle()
	w.WantReady(u)
	w.Looker.SetUserRoles(w.ID(u), "2")
	w.Sweep()
	w.Edit(u, func() {
		u.Spec.APICredentials = []v1alpha1.APICredential{{Purpose: "spy", WriteTo: v1alpha1.SecretTarget{SecretName: "spy"}}}
	})
	w.Settle()
	w.WantReason(u, engine.ReasonNotAllowed, "Admin")
	if data := w.SecretData("spy"); len(data) != 0 {
		t.Error("the namespace got an API key of an admin")
	}
}
