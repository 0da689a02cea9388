package controllers

import (
	"context"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/controllers/engine/enginetest"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

func TestAReferenceWaitsWithoutCallsAndGoesOnWhenItsTargetHasAnID(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	child := folder("child", v1alpha1.FolderReference{Ref: "parent"})
	w.Looker.ResetCalls()
	w.Create(child)
	w.Settle()
	w.WantReason(child, engine.ReasonWaitingForRef, "spec.parent", `"parent"`)
	w.WantStalled(child, false)
	if n := w.Looker.Calls().Total; n != 0 {
		t.Errorf("%d calls while waiting", n)
	}
	parent := folder("parent", shared)
	w.Create(parent)
	w.Settle()
	w.WantReady(child)
	w.WantRow("folder", w.ID(child), map[string]any{"parent_id": w.ID(parent)})
}

func TestAFolderInUseIsDeletedAfterItsChildrenInAnyOrder(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	parent, child := folder("parent", shared), folder("child", v1alpha1.FolderReference{Ref: "parent"})
	w.Create(parent)
	w.Create(child)
	w.Settle()
	w.Delete(parent)
	w.Settle()
	w.WantReason(parent, engine.ReasonInUse, "LookerFolder child")
	w.Delete(child)
	w.Settle()
	if w.Exists(parent) || w.Exists(child) {
		t.Error("the two wait for each other")
	}
	if n := len(w.Looker.Rows("folder")); n != len(lookertest.New().Rows("folder")) {
		t.Errorf("%d folders are left", n)
	}
}

func TestAFolderThatHoldsForeignContentIsNotDeletedUnlessTold(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	f := folder("finance", shared)
	w.Create(f)
	w.Settle()
	id := w.ID(f)
	w.Looker.Put("dashboard", map[string]any{"title": "Not ours", "folder_id": id})
	w.Delete(f)
	w.Settle()
	w.WantReason(f, engine.ReasonNotEmpty, "1 dashboard", "DeleteWithContents")
	w.Edit(f, func() { f.Spec.DeletionPolicy = v1alpha1.DeletionDeleteWithContents })
	w.Settle()
	if w.Exists(f) || w.Looker.Row("folder", id) != nil {
		t.Error("DeleteWithContents did not delete")
	}
}

func TestAFolderMovesWhenItsParentChanges(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	a, b, f := folder("a", shared), folder("b", shared), folder("f", v1alpha1.FolderReference{Ref: "a"})
	for _, o := range []client.Object{a, b, f} {
		w.Create(o)
	}
	w.Settle()
	id := w.ID(f)
	w.Edit(f, func() { f.Spec.Parent = v1alpha1.FolderReference{Ref: "b"} })
	w.Settle()
	w.WantReady(f)
	if w.ID(f) != id {
		t.Error("the folder was made anew")
	}
	w.WantRow("folder", id, map[string]any{"parent_id": w.ID(b)})
}

func TestRootAndPersonalFoldersAreNeverTouched(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	personal := ""
	for _, row := range w.Looker.Rows("folder") {
		if row["is_personal"] == true {
			personal, _ = row["id"].(string)
		}
	}
	row := w.Looker.Row("folder", personal)
	name, _ := row["name"].(string)
	parent, _ := row["parent_id"].(string)
	f := folder("mine", v1alpha1.FolderReference{ID: parent})
	f.Spec.Name, f.Spec.AdoptionPolicy, f.Spec.DeletionPolicy = &name, v1alpha1.AdoptionAdopt, v1alpha1.DeletionDelete
	w.Create(f)
	w.Settle()
	w.Delete(f)
	w.Settle()
	w.WantReason(f, engine.ReasonRefused, "personal folder")
	if w.Looker.Row("folder", personal) == nil {
		t.Error("a personal folder was deleted")
	}
}

func TestAPathOrNameThatLeadsNowhereIsNamedAndFoundLater(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	f := folder("reports", v1alpha1.FolderReference{Path: "Shared/Finance"})
	w.Create(f)
	w.Settle()
	w.WantReason(f, engine.ReasonRefNotFound, "spec.parent", "Shared/Finance")
	w.WantQuiet("waiting for a name", func() { w.Force(3) })
	id := w.Looker.Put("folder", map[string]any{"name": "Finance", "parent_id": "1"})
	w.Clock.Step(time.Minute)
	w.Sweep()
	w.WantReady(f)
	w.WantRow("folder", w.ID(f), map[string]any{"parent_id": id})
}

// forgetful is a folder adapter for a Looker that accepts a change of the name
// and keeps the old one.
type forgetful struct{ *folderAdapter }

func (a forgetful) Update(ctx context.Context, c *lookerclient.Client, live *liveFolder, patch wantedFolder) (*liveFolder, error) {
	if _, err := c.Folders.Update(ctx, live.ID, lookerclient.WriteFolder{ParentID: live.ParentID}); err != nil {
		return nil, err
	}
	return live, nil
}

func TestAFieldThatLookerDoesNotKeepIsWrittenThreeTimesAndThenReported(t *testing.T) {
	t.Parallel()
	w := suite.With(func(c client.Client, reader client.Reader, recorder events.EventRecorder, clk clock.WithTicker) (*enginetest.Operator, error) {
		pool := engine.NewPool()
		registry, err := engine.NewRegistry(engine.Deps{Client: c, Reader: reader, Pool: pool, Clock: clk, Events: recorder},
			[]engine.Kind{engine.NewKind(&v1alpha1.LookerFolder{}, forgetful{&folderAdapter{}})}, nil)
		if err != nil {
			return nil, err
		}
		instances := &InstanceReconciler{
			Client: c, Reader: reader, Pool: pool, Registry: registry, Sweeper: engine.NewSweeper(registry, pool, clk), Clock: clk, Events: recorder,
		}
		return &enginetest.Operator{Registry: registry, Instances: instances, Pool: pool}, nil
	}).NewWorld(t)
	f := folder("finance", shared)
	w.Create(f)
	w.Settle()
	w.WantReady(f)
	w.Looker.ResetCalls()
	w.Edit(f, func() { f.Spec.Name = ptr("Finanzen") })
	for range 10 {
		w.Settle()
		w.Clock.Step(time.Hour)
		if errs := w.TrySweep(); len(errs) > 0 {
			t.Fatal(errs)
		}
	}
	w.WantReason(f, engine.ReasonNonConverging, "name")
	w.WantStalled(f, true)
	if n := w.LookerWrites(); n != 3 {
		t.Errorf("%d writes, want 3", n)
	}
}

func TestSettingsAreSharedByFieldAndTheYoungerClaimIsNamed(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	older := setting()
	w.Create(older)
	w.Settle()
	w.WantReady(older)
	time.Sleep(1100 * time.Millisecond) // creation times have seconds
	other := setting()
	other.Name = "other"
	other.Spec.General = &v1alpha1.GeneralSettings{OnboardingEnabled: ptr(false)}
	rival := setting()
	rival.Name = "rival"
	rival.Spec.General.Timezone = ptr("UTC")
	w.Create(other)
	w.Create(rival)
	w.Settle()
	w.WantReady(other)
	w.WantReason(rival, engine.ReasonOwnedByAnother, "timezone", "house-rules")
	w.WantStalled(rival, true)
	w.WantRow("setting", "", map[string]any{"timezone": "Europe/Berlin", "onboarding_enabled": false})
	w.Delete(older)
	w.Settle()
	w.Settle()
	w.WantReady(rival)
	w.WantRow("setting", "", map[string]any{"timezone": "UTC"})
}

func TestDeletingASettingResetsNothing(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	s := setting()
	w.Create(s)
	w.Settle()
	w.WantReady(s)
	before := w.Looker.Fingerprint()
	w.Delete(s)
	w.Settle()
	if w.Exists(s) || w.Looker.Fingerprint() != before {
		t.Error("deleting a LookerSetting changed Looker, or did not end")
	}
}

func TestWhatThisLookerDoesNotOfferIsUnsupportedWithTheReleaseThatDoes(t *testing.T) {
	t.Parallel()
	old := suite.NewWorld(t, lookertest.WithRelease("25.4"))
	s := setting()
	s.Spec.Password = &v1alpha1.PasswordSettings{ExpirationEnabled: ptr(true)}
	old.Create(s)
	old.Settle()
	old.WantReason(s, engine.ReasonUnsupported, "26.0", "25.4")
	old.WantStalled(s, true)
	if n := old.LookerWrites(); n != 0 {
		t.Errorf("%d writes to a Looker that is too old", n)
	}

	core := suite.NewWorld(t, lookertest.WithCore())
	s = setting()
	s.Spec.Password = &v1alpha1.PasswordSettings{MinLength: ptr[int32](12)}
	core.Create(s)
	core.Round()
	core.WantReason(s, engine.ReasonUnsupported, "Google Cloud core")
	core.WantStalled(s, true)
}

func TestEachChangeMadeInLookerIsOneEvent(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	f := folder("finance", shared)
	w.Create(f)
	w.Settle()
	w.Force(10)
	w.Edit(f, func() { f.Spec.Name = ptr("Finanzen") })
	w.Settle()
	w.Delete(f)
	w.Settle()
	var kinds []string
	for _, e := range w.Events() {
		reason, _, _ := strings.Cut(e, ":")
		kinds = append(kinds, reason)
	}
	if got := strings.Join(kinds, " "); got != "Created Updated Deleted" {
		t.Errorf("events: %s", got)
	}
}

func TestAStatusIsWrittenAsKstatusReadsIt(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	f := folder("finance", shared)
	w.Create(f)
	w.Settle()
	w.WantReady(f)
	for _, c := range f.Status.Conditions {
		if c.ObservedGeneration != f.Generation || c.Type != v1alpha1.ConditionReady || c.Status != metav1.ConditionTrue {
			t.Errorf("condition %+v", c)
		}
	}
	if f.Status.ObservedGeneration != f.Generation {
		t.Errorf("observedGeneration is %d, the generation %d", f.Status.ObservedGeneration, f.Generation)
	}
}

func TestAFolderAndAUserThatPointAtEachOtherAreBothMade(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	f := folder("finance", shared)
	f.Spec.Access = &v1alpha1.FolderAccess{Grants: []v1alpha1.FolderGrant{{User: &v1alpha1.UserReference{Ref: "ana"}, Permission: v1alpha1.FolderEdit}}}
	u := newUser("ana@example.com")
	u.Spec.HomeFolder = &v1alpha1.FolderReference{Ref: "finance"}
	w.Create(f)
	w.Round()
	w.WantReason(f, engine.ReasonWaitingForRef, "ana")
	w.Create(u)
	w.Settle()
	w.WantReady(f)
	w.WantReady(u)
	w.WantRow("user", w.ID(u), map[string]any{"home_folder_id": w.ID(f)})
	w.Delete(f)
	w.Delete(u)
	w.Settle()
	if w.Exists(f) || w.Exists(u) {
		t.Error("the two wait for each other to be deleted")
	}
}

func TestAContradictionIsSeenBeforeAnythingIsTaken(t *testing.T) {
	t.Parallel()
	w := suite.NewWorld(t)
	seedForUsers(w)
	u := newUser("ana@example.com")
	u.Spec.Roles = &[]v1alpha1.NamedReference{{Name: "Viewer"}}
	w.Create(u)
	w.Settle()
	w.WantReady(u)
	time.Sleep(1100 * time.Millisecond) // creation times have seconds
	role := &v1alpha1.LookerRole{
		ObjectMeta: metav1.ObjectMeta{Name: "viewer"},
		Spec: v1alpha1.LookerRoleSpec{
			CommonSpec: v1alpha1.CommonSpec{AdoptionPolicy: v1alpha1.AdoptionAdopt}, Name: ptr("Viewer"),
			PermissionSet: v1alpha1.NamedReference{ID: "1"}, ModelSet: v1alpha1.NamedReference{ID: "1"},
			Users: &[]v1alpha1.UserReference{}, UsersMode: v1alpha1.MembershipExact,
		},
	}
	w.Looker.ResetCalls()
	w.Create(role)
	w.Settle()
	w.WantReason(role, engine.ReasonOwnedByAnother, "LookerUser", "ana")
	if n := w.LookerWrites(); n != 0 {
		t.Errorf("%d writes before the contradiction was seen: %v", n, w.Looker.Calls().ByOperation)
	}
	if roles := w.Looker.UserRoles(w.ID(u)); len(roles) != 1 {
		t.Errorf("the role was taken: %v", roles)
	}
}
