package controllers

import (
	"net/http"
	"slices"
	"testing"

	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

func TestDisablingComesFirstAndIsNotHeldUpByAnotherField(t *testing.T) {
	w := newUserWorld(t)
	id := w.person("ana@example.com", nil)
	patch := wantedUser{WriteUser: lookerclient.WriteUser{IsDisabled: lookerclient.Set(true), Locale: lookerclient.Set("zz_ZZ")}}
	if _, err := (userAdapter{}).Update(t.Context(), w.client, w.get(id), patch); err == nil {
		t.Error("an unknown locale was accepted")
	}
	if w.looker.Row("user", id)["is_disabled"] != true {
		t.Error("the user is still enabled")
	}
}

func TestLeavingAGroupIsNotDoneWhileLookerShowsTheMembership(t *testing.T) {
	w := newUserWorld(t)
	id := w.person("ana@example.com", nil)
	group := w.looker.Put("group", map[string]any{"name": "Finance"})
	w.looker.SetGroupMembers(group, id)
	patch := wantedUser{Groups: map[string]bool{group: false}}
	w.looker.Inject(lookertest.Fault{Operation: "DELETE /groups/{group_id}/users/{user_id}", Status: http.StatusNotFound, Times: 1})
	_, err := userAdapter{}.Update(t.Context(), w.client, w.get(id), patch)
	wantErrorText(t, err, "group "+group)
	live := w.get(id)
	w.looker.SetGroupMembers(group)
	updated, err := userAdapter{}.Update(t.Context(), w.client, live, patch)
	if err != nil || slices.Contains(valueOf(updated.GroupIDs), lookerclient.ID(group)) {
		t.Errorf("a membership that is gone already ended with %v", err)
	}
}

func TestAGroupThatAnIdentityProviderManagesIsExplained(t *testing.T) {
	w := newUserWorld(t)
	id := w.person("ana@example.com", nil)
	group := w.looker.Put("group", map[string]any{"name": "From SAML", "externally_managed": true})
	_, err := userAdapter{}.Update(t.Context(), w.client, w.get(id), wantedUser{Groups: map[string]bool{group: true}})
	wantErrorText(t, err, "spec.groups", "identity provider", "group "+group)
}

func TestJoiningAGroupTwiceIsHarmless(t *testing.T) {
	for name, sw := range map[string]lookertest.Switches{"200": {}, "409": {AddExistingMemberConflicts: true}} {
		t.Run(name, func(t *testing.T) {
			w := newUserWorld(t, lookertest.WithSwitches(sw))
			id := w.person("ana@example.com", nil)
			group := w.looker.Put("group", map[string]any{"name": "Finance"})
			stale := w.get(id)
			w.looker.SetGroupMembers(group, id)
			if _, err := (userAdapter{}).Update(t.Context(), w.client, stale, wantedUser{Groups: map[string]bool{group: true}}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnAPIKeyThatCannotBeLabelledIsRemovedAgain(t *testing.T) {
	w := newUserWorld(t)
	id := w.person("ana@example.com", nil)
	w.looker.Inject(lookertest.Fault{Operation: "PATCH /users/{user_id}/credentials_api3/{credentials_api3_id}", Status: http.StatusInternalServerError, Times: 1})
	_, _, err := userAdapter{}.Mint(t.Context(), w.client, id, "export")
	wantErrorText(t, err, "label")
	if keys, err := (userAdapter{}).ListMinted(t.Context(), w.client, id); err != nil || len(keys) != 0 {
		t.Errorf("keys %v remain (%v)", keys, err)
	}
}

func TestAnOlderLookerMintsKeysWithoutPurpose(t *testing.T) {
	w := newUserWorld(t, lookertest.WithRelease("25.12"))
	id := w.person("ana@example.com", nil)
	key, data, err := userAdapter{}.Mint(t.Context(), w.client, id, "export")
	if err != nil || data["clientId"].IsEmpty() || data["clientSecret"].IsEmpty() {
		t.Fatalf("minted %q with %d values: %v", key, len(data), err)
	}
	keys, err := userAdapter{}.ListMinted(t.Context(), w.client, id)
	if purpose, ok := keys[key]; err != nil || !ok || purpose != "" {
		t.Errorf("keys are %v (%v)", keys, err)
	}
}

func TestTheOperatorsOwnKeyIsNeitherListedNorRevoked(t *testing.T) {
	w := newUserWorld(t)
	self := w.looker.OperatorUserID()
	own, _ := w.looker.Rows("api3")[0]["id"].(string)
	if keys, err := (userAdapter{}).ListMinted(t.Context(), w.client, self); err != nil || len(keys) != 0 {
		t.Errorf("listed %v (%v)", keys, err)
	}
	wantErrorText(t, userAdapter{}.Revoke(t.Context(), w.client, self, own), "never revoked")
	if w.looker.Row("api3", own) == nil {
		t.Error("the key is gone")
	}
	other, _, err := userAdapter{}.Mint(t.Context(), w.client, self, "export")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := (userAdapter{}).Revoke(t.Context(), w.client, self, other); err != nil {
			t.Errorf("another key of the operator's user: %v", err)
		}
	}
}
