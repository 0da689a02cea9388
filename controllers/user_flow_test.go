package controllers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// newUser builds a LookerUser that is named after its address.
func newUser(email string, change ...func(*v1alpha1.LookerUserSpec)) *v1alpha1.LookerUser {
	name, _, _ := strings.Cut(email, "@")
	u := &v1alpha1.LookerUser{ObjectMeta: metav1.ObjectMeta{Name: strings.ToLower(name)}}
	u.Spec.Email = &email
	for _, f := range change {
		f(&u.Spec)
	}
	return u
}

func refsTo(ids ...string) *[]v1alpha1.NamedReference {
	refs := make([]v1alpha1.NamedReference, len(ids))
	for i, id := range ids {
		refs[i].ID = id
	}
	return &refs
}

// apply creates an object, lets the operator work and wants it Ready.
func applyUser(w *enginetest.World, u *v1alpha1.LookerUser) *v1alpha1.LookerUser {
	w.Helper()
	w.Create(u)
	w.Settle()
	w.WantReady(u)
	return u
}

// edit changes a spec and lets the operator work.
func editUser(w *enginetest.World, u *v1alpha1.LookerUser, change func()) {
	w.Helper()
	w.Edit(u, change)
	w.Settle()
}

func sentToLooker(w *enginetest.World, operation string) int {
	return w.Looker.Calls().ByOperation[operation]
}

const (
	addMember    = "POST /groups/{group_id}/users"
	removeMember = "DELETE /groups/{group_id}/users/{user_id}"
	setRoles     = "PUT /users/{user_id}/roles"
	setValue     = "PATCH /users/{user_id}/attribute_values/{user_attribute_id}"
	sendReset    = "POST /users/{user_id}/credentials_email/send_password_reset"
)

func TestAnEMailAlreadyTakenIsNotCalledDone(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	u := applyUser(w, newUser("ana@example.com"))
	holder := putPerson(w.Looker, "bea@example.com", nil)
	editUser(w, u, func() { *u.Spec.Email = "bea@example.com" })
	w.WantReason(u, engine.ReasonRejected, "bea@example.com", "user "+holder)
	w.Looker.Remove("user", holder)
	editUser(w, u, func() { first := "Bea"; u.Spec.FirstName = &first })
	w.WantReady(u)
	w.WantRow("credentials_email", w.ID(u), map[string]any{"email": "bea@example.com"})
}

func TestAddressesThatDifferInCaseAloneAreTheSame(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		t.Run(fmt.Sprintf("Looker keeps the case: %t", keeps), func(t *testing.T) {
			t.Parallel()
			w := suite.NewWorld(t, lookertest.WithSwitches(lookertest.Switches{KeepsEmailCase: keeps}))
			u := applyUser(w, newUser("Ana@Example.com"))
			w.Looker.Set("credentials_email", w.ID(u), map[string]any{"email": "ANA@example.COM"})
			w.Looker.ResetCalls()
			w.Sweep()
			editUser(w, u, func() { *u.Spec.Email = "ana@example.com" })
			w.WantReady(u)
			if n := w.LookerWrites(); n != 0 {
				t.Errorf("the case was fixed with %d writes: %v", n, w.Looker.Calls().ByOperation)
			}
		})
	}
}

func TestJoiningABigGroupIsOneCallAndLeavesTheOthersIn(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	group := w.Looker.Put("group", map[string]any{"name": "Finance"})
	var others []string
	for i := range 20 {
		others = append(others, putPerson(w.Looker, fmt.Sprintf("u%d@example.com", i), nil))
	}
	w.Looker.SetGroupMembers(group, others...)
	u := applyUser(w, newUser("ana@example.com", func(s *v1alpha1.LookerUserSpec) {
		s.Groups = &[]v1alpha1.NamedReference{{Name: "Finance"}, {Name: "All Users"}}
	}))
	if add, remove := sentToLooker(w, addMember), sentToLooker(w, removeMember); add != 1 || remove != 0 {
		t.Errorf("%d additions and %d removals", add, remove)
	}
	if got := w.Looker.GroupMembers(group); len(got) != 21 || !slices.Contains(got, w.ID(u)) {
		t.Errorf("members are %v", got)
	}
}

func TestOnlyClaimedGroupsAreLeft(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	a, b, c := w.Looker.Put("group", map[string]any{"name": "A"}), w.Looker.Put("group", map[string]any{"name": "B"}), w.Looker.Put("group", map[string]any{"name": "C"})
	u := applyUser(w, newUser("ana@example.com", func(s *v1alpha1.LookerUserSpec) { s.Groups = refsTo(a, b) }))
	id := w.ID(u)
	w.Looker.SetGroupMembers(c, id)
	editUser(w, u, func() { u.Spec.Groups = refsTo(b) })
	w.WantReady(u)
	editUser(w, u, func() { u.Spec.Groups = refsTo() })
	w.WantReady(u)
	for group, in := range map[string]bool{a: false, b: false, c: true} {
		if got := slices.Contains(w.Looker.GroupMembers(group), id); got != in {
			t.Errorf("in group %s: %t, want %t", group, got, in)
		}
	}
	editUser(w, u, func() { u.Spec.Groups = refsTo(a) })
	editUser(w, u, func() { u.Spec.Groups = nil })
	w.WantReady(u)
	if !slices.Contains(w.Looker.GroupMembers(a), id) || len(u.Status.Claims) != 0 {
		t.Errorf("a list that is taken out of the spec releases its groups; claims are %v", u.Status.Claims)
	}
}

func TestRolesHeldThroughAGroupAreNoDrift(t *testing.T) {
	for _, inherited := range []bool{false, true} {
		t.Run(fmt.Sprintf("role_ids include them: %t", inherited), func(t *testing.T) {
			t.Parallel()
			w := suite.NewWorld(t, lookertest.WithSwitches(lookertest.Switches{RoleIDsIncludeInherited: inherited}))
			direct, viaGroup := w.Looker.Put("role", map[string]any{"name": "Direct"}), w.Looker.Put("role", map[string]any{"name": "Via group"})
			group := w.Looker.Put("group", map[string]any{"name": "Finance"})
			w.Looker.SetRoleGroups(viaGroup, group)
			u := applyUser(w, newUser("ana@example.com", func(s *v1alpha1.LookerUserSpec) { s.Roles, s.Groups = refsTo(direct), refsTo(group) }))
			w.Looker.ResetCalls()
			w.Sweep()
			w.Sweep()
			w.WantReady(u)
			if n := w.LookerWrites(); n != 0 {
				t.Errorf("%d writes: %v", n, w.Looker.Calls().ByOperation)
			}
			w.Looker.SetUserRoles(w.ID(u), direct, "2")
			w.Sweep()
			if got := w.Looker.UserRoles(w.ID(u)); !slices.Equal(got, []string{direct}) {
				t.Errorf("direct roles are %v", got)
			}
		})
	}
}

func TestRolesSetToNoneAreRevoked(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	role := w.Looker.Put("role", map[string]any{"name": "Viewer"})
	u := applyUser(w, newUser("ana@example.com", func(s *v1alpha1.LookerUserSpec) { s.Roles = refsTo(role) }))
	editUser(w, u, func() { u.Spec.Roles = refsTo() })
	w.WantReady(u)
	if got := w.Looker.UserRoles(w.ID(u)); len(got) != 0 {
		t.Errorf("roles %v are still held", got)
	}
	id := putPerson(w.Looker, "bea@example.com", nil)
	w.Looker.SetUserRoles(id, role)
	applyUser(w, newUser("bea@example.com", func(s *v1alpha1.LookerUserSpec) {
		s.Roles, s.AdoptionPolicy = refsTo(), v1alpha1.AdoptionAdopt
	}))
	if got := w.Looker.UserRoles(id); len(got) != 0 {
		t.Errorf("roles %v are still held by the adopted user", got)
	}
	for _, c := range w.Looker.Calls().Log {
		if c.Operation == setRoles && c.CallBody != `[]` && c.CallBody != `["`+role+`"]` {
			t.Errorf("roles were sent as %s", c.CallBody)
		}
	}
}

func TestAttributeValues(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	plain := w.Looker.Put("user_attribute", map[string]any{"name": "region", "default_value": "emea"})
	hidden := w.Looker.Put("user_attribute", map[string]any{"name": "token", "value_is_hidden": true})
	secret := w.Looker.Put("user_attribute", map[string]any{"name": "key", "value_is_hidden": true})
	w.Create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "values"}, StringData: map[string]string{"key": "hush"}})
	region, token := "emea", "tok"
	u := applyUser(w, newUser("ana@example.com", func(s *v1alpha1.LookerUserSpec) {
		s.AttributeValues = []v1alpha1.UserAttributeValue{
			{NamedReference: v1alpha1.NamedReference{Name: "region"}, Value: &region},
			{NamedReference: v1alpha1.NamedReference{Name: "token"}, Value: &token},
			{NamedReference: v1alpha1.NamedReference{Name: "key"}, ValueFrom: &v1alpha1.ValueSource{SecretKeyRef: v1alpha1.SecretKeyReference{Name: "values", Key: "key"}}},
		}
	}))
	id := w.ID(u)
	want := func(what string, values map[string]any, writes int) {
		t.Helper()
		w.WantReady(u)
		if got := w.Looker.UserValues(id); asJSONText(t, got) != asJSONText(t, values) {
			t.Errorf("%s: values are %v, want %v", what, got, values)
		}
		if got := sentToLooker(w, setValue); got != writes {
			t.Errorf("%s: %d values were sent, want %d", what, got, writes)
		}
		w.Looker.ResetCalls()
	}
	want("at first", map[string]any{plain: "emea", hidden: "tok", secret: "hush"}, 3)
	w.Sweep()
	w.Sweep()
	want("when nothing changed", map[string]any{plain: "emea", hidden: "tok", secret: "hush"}, 0)
	editUser(w, u, func() { changed := "tok2"; u.Spec.AttributeValues[1].Value = &changed })
	want("after an edit of the hidden one", map[string]any{plain: "emea", hidden: "tok2", secret: "hush"}, 1)
	w.Looker.SetUserValue(id, hidden, nil)
	w.Looker.SetUserValue(id, plain, "apac")
	w.Sweep()
	want("after drift", map[string]any{plain: "emea", hidden: "tok2", secret: "hush"}, 2)
	w.Looker.SetUserValue(id, secret, nil)
	w.Sweep()
	want("after the loss of a secret", map[string]any{plain: "emea", hidden: "tok2", secret: "hush"}, 1)
	editUser(w, u, func() { u.Spec.AttributeValues = nil })
	want("after release", map[string]any{plain: "emea", hidden: "tok2", secret: "hush"}, 0)
	if text := asJSONText(t, u.Status); strings.Contains(text, "tok2") || strings.Contains(text, "hush") {
		t.Errorf("the status shows a value: %s", text)
	}
}

func TestTheInvitationIsSentOnceAndOnlyToThoseTheOperatorMade(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	invite := func(s *v1alpha1.LookerUserSpec) { yes := true; s.SendSetupEmail = &yes }
	adopted := newUser("old@example.com", invite)
	adopted.Spec.AdoptionPolicy = v1alpha1.AdoptionAdopt
	putPerson(w.Looker, "old@example.com", nil)
	applyUser(w, adopted)
	applyUser(w, newUser("quiet@example.com"))
	if n := sentToLooker(w, sendReset); n != 0 {
		t.Fatalf("%d mails were sent unasked", n)
	}
	u := applyUser(w, newUser("new@example.com", invite))
	w.Force(3)
	w.Sweep()
	w.Start()
	w.Settle()
	editUser(w, u, func() { first := "Neo"; u.Spec.FirstName = &first })
	w.WantReady(u)
	if n := sentToLooker(w, sendReset); n != 1 || !u.Status.SetupEmailSent {
		t.Errorf("%d mails were sent; status says %t", n, u.Status.SetupEmailSent)
	}
	editUser(w, adopted, func() { first := "Olga"; adopted.Spec.FirstName = &first })
	if n := sentToLooker(w, sendReset); n != 1 {
		t.Error("the adopted user got an invitation later")
	}
}

func TestAnInvitationThatCannotBeSentIsNotDone(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	clear := w.Looker.Inject(lookertest.Fault{Operation: sendReset, Status: 422})
	u := newUser("ana@example.com", func(s *v1alpha1.LookerUserSpec) { yes := true; s.SendSetupEmail = &yes })
	w.Create(u)
	w.Settle()
	w.WantReason(u, engine.ReasonRejected, "sendSetupEmail", "SMTP")
	clear()
	editUser(w, u, func() { first := "Ana"; u.Spec.FirstName = &first })
	w.WantReady(u)
	if mails := w.Looker.Rows("mail"); len(mails) != 1 {
		t.Errorf("mails: %v", mails)
	}
}

func TestAUserForAPIKeysNeedsNoEmailAndItsSecretLogsIn(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	first := "Nightly export"
	u := &v1alpha1.LookerUser{ObjectMeta: metav1.ObjectMeta{Name: "export"}}
	u.Spec.FirstName = &first
	u.Spec.APICredentials = []v1alpha1.APICredential{{Purpose: "export", WriteTo: v1alpha1.SecretTarget{SecretName: "export-key"}}}
	applyUser(w, u)
	keys := func() []map[string]any {
		var out []map[string]any
		for _, k := range w.Looker.Rows("api3") {
			if k["user_id"] == w.ID(u) {
				out = append(out, k)
			}
		}
		return out
	}
	made := keys()
	if len(made) != 1 || made[0]["purpose"] != "export" {
		t.Fatalf("keys are %v", made)
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: w.Namespace, Name: "export-key"}}
	if err := w.Admin.Get(t.Context(), client.ObjectKeyFromObject(secret), secret); err != nil {
		t.Fatal(err)
	}
	if string(secret.Data["clientId"]) != made[0]["client_id"] || string(secret.Data["clientSecret"]) != made[0]["client_secret"] {
		t.Error("the Secret does not hold the key")
	}
	editUser(w, u, func() { u.Spec.APICredentials[0].WriteTo.SecretName = "other-key" })
	w.WantReady(u)
	if now := keys(); len(now) != 1 || now[0]["id"] == made[0]["id"] {
		t.Errorf("after a change of the Secret the keys are %v", now)
	}
}

func TestPeopleOfSingleSignOnAreAdoptedAndTheirNamesLeftAlone(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	id := w.Looker.Put("user", map[string]any{"first_name": "Ana"})
	w.Looker.Put("credentials_saml", map[string]any{"user_id": id, "email": "ana@example.com", "saml_user_id": "ana"})
	first, locale := "Anna", "de"
	u := newUser("ana@example.com", func(s *v1alpha1.LookerUserSpec) {
		s.FirstName, s.Locale, s.AdoptionPolicy = &first, &locale, v1alpha1.AdoptionAdopt
	})
	applyUser(w, u)
	w.WantRow("user", id, map[string]any{"first_name": "Ana", "locale": "de"})
	if w.ID(u) != id || w.Looker.Row("credentials_email", id) != nil {
		t.Errorf("user %s was made, or an e-mail credential", w.ID(u))
	}
}

func TestEmbedUsersAreNeverWrittenTo(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	id := putPerson(w.Looker, "ana@example.com", map[string]any{"first_name": "Ana"})
	w.Looker.Put("credentials_embed", map[string]any{"user_id": id, "external_user_id": "x"})
	first := "Anna"
	u := newUser("ana@example.com", func(s *v1alpha1.LookerUserSpec) { s.FirstName, s.AdoptionPolicy = &first, v1alpha1.AdoptionAdopt })
	w.Create(u)
	w.Settle()
	w.WantReason(u, engine.ReasonRefused, "embedding application")
	if n := w.LookerWrites(); n != 0 {
		t.Errorf("%d writes: %v", n, w.Looker.Calls().ByOperation)
	}
}

func TestTheOperatorsOwnUserKeepsItsAccess(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(*v1alpha1.LookerUserSpec){
		"disabling it":     func(s *v1alpha1.LookerUserSpec) { s.IsDisabled = ptr(true) },
		"taking its roles": func(s *v1alpha1.LookerUserSpec) { s.Roles = refsTo() },
		"deleting it":      func(*v1alpha1.LookerUserSpec) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := suite.NewWorld(t)
			u := newUser("operator@example.com", harm)
			u.Spec.AdoptionPolicy, u.Spec.DeletionPolicy = v1alpha1.AdoptionAdopt, v1alpha1.DeletionDelete
			w.Create(u)
			w.Settle()
			if name != "deleting it" {
				w.WantReason(u, engine.ReasonRefused, "operator's own")
			}
			w.Delete(u)
			w.Settle()
			w.WantReason(u, engine.ReasonRefused, "operator's own", "Orphan")
			if n := w.LookerWrites(); n != 0 || w.Looker.Row("user", w.Looker.OperatorUserID()) == nil {
				t.Errorf("%d writes: %v", n, w.Looker.Calls().ByOperation)
			}
			editUser(w, u, func() { u.Spec.DeletionPolicy = v1alpha1.DeletionOrphan })
			if w.Exists(u) {
				t.Error("the object cannot be let go")
			}
		})
	}
}
