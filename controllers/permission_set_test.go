package controllers

import (
	"net/http"
	"slices"
	"testing"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

func wantPermissions(permissions ...string) lookerclient.WritePermissionSet {
	return lookerclient.WritePermissionSet{Name: lookerclient.Set("Explorer"), Permissions: lookerclient.Set(permissions)}
}

func TestPermissionsThatLookerDoesNotHaveAreNamed(t *testing.T) {
	w := newUserWorld(t)
	a := permissionSetAdapter{}
	_, err := a.Create(t.Context(), w.client, wantPermissions("access_data", "exlpore", "see_lookz"))
	wantErrorText(t, err, "spec.permissions", "does not have exlpore, see_lookz", "spelling")
	if !lookerclient.IsInvalid(err) {
		t.Errorf("%v is no refusal of Looker's any more", err)
	}
	live, err := a.Create(t.Context(), w.client, wantPermissions("access_data"))
	if err != nil {
		t.Fatal(err)
	}
	calls := w.calls(func() {
		_, err = a.Update(t.Context(), w.client, live, lookerclient.WritePermissionSet{Permissions: lookerclient.Set([]string{"exlpore"})})
	})
	wantErrorText(t, err, "does not have exlpore")
	if calls["GET /permissions"] != 1 {
		t.Errorf("it took %v", calls)
	}
}

func TestAPermissionThatNeedsAnotherIsExplainedOnlyIfLookerRefusesIt(t *testing.T) {
	w := newUserWorld(t)
	a := permissionSetAdapter{}
	calls := w.calls(func() {
		if _, err := a.Create(t.Context(), w.client, wantPermissions("explore")); err != nil {
			t.Error(err)
		}
	})
	if len(calls) != 1 {
		t.Errorf("a set that Looker takes cost %v", calls)
	}
	refusal := lookertest.Fault{Operation: "POST /permission_sets", Status: http.StatusUnprocessableEntity, Body: `{"message":"Validation Failed"}`}
	clear := w.looker.Inject(refusal)
	_, err := a.Create(t.Context(), w.client, wantPermissions("explore", "see_sql", "access_data"))
	wantErrorText(t, err, "explore needs see_looks, see_sql needs see_looks", "Validation Failed")
	_, err = a.Create(t.Context(), w.client, wantPermissions("access_data", "see_looks"))
	wantErrorText(t, err, "Validation Failed")
	unread := w.looker.Inject(lookertest.Fault{Operation: "GET /permissions", Status: http.StatusServiceUnavailable})
	_, err = a.Create(t.Context(), w.client, wantPermissions("explore"))
	wantErrorText(t, err, "Validation Failed", "could not be read")
	if !lookerclient.IsInvalid(err) {
		t.Errorf("%v hides the refusal", err)
	}
	unread()
	clear()
	w.looker.Inject(lookertest.Fault{Operation: "POST /permission_sets", Status: http.StatusForbidden})
	calls = w.calls(func() { _, err = a.Create(t.Context(), w.client, wantPermissions("explore")) })
	if !lookerclient.IsForbidden(err) || calls["GET /permissions"] != 0 {
		t.Errorf("a refusal for another reason ends as %v after %v", err, calls)
	}
}

func TestUnknownPermissionsThatLookerTakesAreNoError(t *testing.T) {
	w := newUserWorld(t, lookertest.WithSwitches(lookertest.Switches{AcceptsUnknownPermissions: true}))
	live, err := permissionSetAdapter{}.Create(t.Context(), w.client, wantPermissions("of_tomorrow"))
	if err != nil || !slices.Equal(valueOf(live.Permissions), []string{"of_tomorrow"}) {
		t.Errorf("%+v: %v", live, err)
	}
}

func TestSetsAreComparedWithoutRegardToOrder(t *testing.T) {
	t.Parallel()
	p := permissionSet("see_looks", "access_data")
	want, err := permissionSetAdapter{}.Desired(p, engine.Inputs{})
	if err != nil || asJSONText(t, want) != `{"name":"viewer","permissions":["access_data","see_looks"]}` {
		t.Errorf("wanted is %s (%v)", asJSONText(t, want), err)
	}
	inLooker := []string{"see_looks", "administer", "access_data"}
	live := lookerclient.PermissionSet{WritePermissionSet: lookerclient.WritePermissionSet{Permissions: lookerclient.Set(inLooker)}}
	permissionSetAdapter{}.Normalize(&want, &live)
	if got := valueOf(live.Permissions); !slices.Equal(got, []string{"access_data", "administer", "see_looks"}) || inLooker[0] != "see_looks" {
		t.Errorf("live is %v, and the row was made %v", got, inLooker)
	}
	m := modelSet("b", "a")
	m.Spec.Name = nil
	models, err := modelSetAdapter{}.Desired(m, engine.Inputs{})
	if err != nil || asJSONText(t, models) != `{"name":"finance","models":["a","b"]}` {
		t.Errorf("wanted is %s (%v)", asJSONText(t, models), err)
	}
	liveModels := lookerclient.ModelSet{WriteModelSet: lookerclient.WriteModelSet{Models: lookerclient.Set([]string{"b", "a"})}}
	modelSetAdapter{}.Normalize(&models, &liveModels)
	if got := valueOf(liveModels.Models); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("live is %v", got)
	}
	p.Spec.Permissions, m.Spec.Models = nil, nil
	want, _ = permissionSetAdapter{}.Desired(p, engine.Inputs{})
	models, _ = modelSetAdapter{}.Desired(m, engine.Inputs{})
	if !want.Permissions.IsZero() || !models.Models.IsZero() {
		t.Error("a list that is not set is managed")
	}
}

func TestBuiltInSetsAreRecognisedWhateverLookerSaysMayBeDone(t *testing.T) {
	w := newUserWorld(t)
	own := w.looker.Put("permission_set", map[string]any{"name": "Own"})
	ownModels := w.looker.Put("model_set", map[string]any{"name": "Own"})
	for id, builtIn := range map[string]bool{"1": true, own: false} {
		live, err := permissionSetAdapter{}.Get(t.Context(), w.client, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, patch := range []*lookerclient.WritePermissionSet{nil, {Name: lookerclient.Set("x")}} {
			if err := (permissionSetAdapter{}).Guard(engine.Self{}, live, patch); (err != nil) != builtIn {
				t.Errorf("permission set %s: %v", id, err)
			}
		}
	}
	for id, builtIn := range map[string]bool{"1": true, ownModels: false} {
		live, err := modelSetAdapter{}.Get(t.Context(), w.client, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := (modelSetAdapter{}).Guard(engine.Self{}, live, nil); (err != nil) != builtIn {
			t.Errorf("model set %s: %v", id, err)
		}
	}
}

func TestASetThatARoleUsesIsNotDeletedWhateverLookerAllows(t *testing.T) {
	for name, sw := range map[string]lookertest.Switches{"refused": {}, "allowed": {DeleteUsedSetAllowed: true}} {
		t.Run(name, func(t *testing.T) {
			w := newUserWorld(t, lookertest.WithSwitches(sw))
			permissions, models := w.looker.Put("permission_set", map[string]any{"name": "P"}), w.looker.Put("model_set", map[string]any{"name": "M"})
			role := w.looker.Put("role", map[string]any{"name": "By hand", "permission_set_id": permissions, "model_set_id": models})
			wantErrorText(t, permissionSetAdapter{}.Delete(t.Context(), w.client, permissions), "permission set "+permissions, "By hand (id "+role+")", "Orphan")
			wantErrorText(t, modelSetAdapter{}.Delete(t.Context(), w.client, models), "model set "+models, "By hand (id "+role+")")
			w.looker.Remove("role", role)
			if err := (permissionSetAdapter{}).Delete(t.Context(), w.client, permissions); err != nil {
				t.Error(err)
			}
			if err := (modelSetAdapter{}).Delete(t.Context(), w.client, models); err != nil {
				t.Error(err)
			}
			if w.looker.Row("permission_set", permissions) != nil || w.looker.Row("model_set", models) != nil {
				t.Error("a set is still there")
			}
		})
	}
}

func TestASetIsKeptWhileItIsNotKnownWhoUsesIt(t *testing.T) {
	w := newUserWorld(t)
	id := w.looker.Put("model_set", map[string]any{"name": "M"})
	w.looker.Inject(lookertest.Fault{Operation: "GET /roles", Status: http.StatusServiceUnavailable})
	if err := (modelSetAdapter{}).Delete(t.Context(), w.client, id); !lookerclient.IsUnavailable(err) || w.looker.Row("model_set", id) == nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestModelsNeedNotExist(t *testing.T) {
	for name, sw := range map[string]lookertest.Switches{"taken": {}, "refused": {RefusesUnknownModels: true}} {
		t.Run(name, func(t *testing.T) {
			w := newUserWorld(t, lookertest.WithSwitches(sw))
			want := lookerclient.WriteModelSet{Name: lookerclient.Set("M"), Models: lookerclient.Set([]string{"not_there_yet"})}
			_, err := modelSetAdapter{}.Create(t.Context(), w.client, want)
			if sw.RefusesUnknownModels {
				wantErrorText(t, err, "not_there_yet")
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

var (
	_ interface {
		engine.Adapter[*v1alpha1.LookerPermissionSet, lookerclient.WritePermissionSet, lookerclient.PermissionSet]
		engine.Lister[lookerclient.PermissionSet]
		engine.Namer[lookerclient.PermissionSet]
		engine.Normalizer[lookerclient.WritePermissionSet, lookerclient.PermissionSet]
		engine.Guard[lookerclient.WritePermissionSet, lookerclient.PermissionSet]
		engine.RoleShaper
	} = permissionSetAdapter{}
	_ interface {
		engine.Adapter[*v1alpha1.LookerModelSet, lookerclient.WriteModelSet, lookerclient.ModelSet]
		engine.Lister[lookerclient.ModelSet]
		engine.Namer[lookerclient.ModelSet]
		engine.Normalizer[lookerclient.WriteModelSet, lookerclient.ModelSet]
		engine.Guard[lookerclient.WriteModelSet, lookerclient.ModelSet]
		engine.RoleShaper
	} = modelSetAdapter{}
)
