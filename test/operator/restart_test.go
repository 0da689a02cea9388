package operator

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

func TestARestartWithNothingChangedMakesNoCallAndNoWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.applyThirty()
	w.stop()
	before := w.versions()
	w.looker.ResetCalls()
	w.requests.reset()

	w.start()
	w.within(soon, "the operator has logged in", func() (bool, string) {
		return w.looker.Calls().ByOperation["POST /login"] > 0, ""
	})
	w.waitQuiet()
	w.pause(2 * time.Second)
	if calls := w.looker.Calls(); calls.Total != 0 {
		t.Errorf("the restart made %d calls that are charged for: %v", calls.Total, calls.ByOperation)
	}
	if writes := w.requests.writes(); len(writes) > 0 {
		t.Errorf("the restart wrote to Kubernetes: %v", writes)
	}
	if after := w.versions(); !maps.Equal(after, before) {
		t.Errorf("the objects have changed:\n%v\n%v", before, after)
	}
	// The operator is awake, not asleep.
	f := w.folder("folder-0")
	w.edit(f, func() { f.Spec.Name = new("renamed") })
	w.within(soon, "a change is applied after the restart", func() (bool, string) {
		return w.looker.Row("folder", f.Status.ID)["name"] == "renamed", describe(w.folder("folder-0"))
	})
}

// applyThirty connects the operator, applies thirtyObjects, and waits until it is
// done with them.
func (w *world) applyThirty() {
	w.Helper()
	w.connect()
	objects := w.thirtyObjects()
	for _, o := range objects {
		w.create(o)
	}
	w.waitAllReady(len(objects))
	w.waitQuiet()
}

// thirtyObjects are of every kind, with every sort of reference.
func (w *world) thirtyObjects() []client.Object {
	dashboard := w.looker.Put("dashboard", map[string]any{"title": "Numbers", "folder_id": "1"})
	common := v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: "looker"}}
	var out []client.Object
	for i := range 5 {
		out = append(out, &v1alpha1.LookerUser{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("user-%d", i)},
			Spec: v1alpha1.LookerUserSpec{
				CommonSpec: common, Email: new(fmt.Sprintf("user-%d@example.com", i)), FirstName: new("Ada"), LastName: new(fmt.Sprint(i)),
				HomeFolder: &v1alpha1.FolderReference{Ref: "folder-0"},
			},
		})
	}
	for i := range 20 {
		f := folder(fmt.Sprintf("folder-%d", i), "")
		if i > 0 {
			f.Spec.Parent = v1alpha1.FolderReference{Ref: fmt.Sprintf("folder-%d", i/4)}
		}
		if i%5 == 1 {
			f.Spec.Access = &v1alpha1.FolderAccess{Inherits: new(false), Grants: []v1alpha1.FolderGrant{
				{Group: &v1alpha1.NamedReference{Name: "All Users"}, Permission: v1alpha1.FolderView},
				{User: &v1alpha1.UserReference{Ref: "user-1"}, Permission: v1alpha1.FolderEdit},
			}}
		}
		out = append(out, f)
	}
	for i := range 4 {
		out = append(out, &v1alpha1.LookerSchedule{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("schedule-%d", i)},
			Spec: v1alpha1.LookerScheduleSpec{
				CommonSpec: common, Name: new(fmt.Sprintf("Numbers %d", i)), Owner: &v1alpha1.UserReference{Ref: fmt.Sprintf("user-%d", i)},
				DashboardID: &dashboard, Crontab: new("0 7 * * mon"),
				Destinations: []v1alpha1.ScheduleDestination{{Email: &v1alpha1.EmailDestination{Address: "ada@example.com"}, Format: "wysiwyg_pdf"}},
			},
		})
	}
	return append(out, &v1alpha1.LookerSetting{
		ObjectMeta: metav1.ObjectMeta{Name: "settings"},
		Spec:       v1alpha1.LookerSettingSpec{CommonSpec: common, General: &v1alpha1.GeneralSettings{Timezone: new("Europe/Berlin")}},
	})
}

// all returns the objects of every kind but LookerInstance.
func (w *world) all() []v1alpha1.Object {
	w.Helper()
	var out []v1alpha1.Object
	for _, list := range []client.ObjectList{
		&v1alpha1.LookerFolderList{}, &v1alpha1.LookerUserList{}, &v1alpha1.LookerScheduleList{}, &v1alpha1.LookerSettingList{},
		&v1alpha1.LookerGroupList{}, &v1alpha1.LookerRoleList{}, &v1alpha1.LookerPermissionSetList{}, &v1alpha1.LookerModelSetList{}, &v1alpha1.LookerUserAttributeList{},
	} {
		if err := admin.List(w.Context(), list, client.InNamespace(w.namespace)); err != nil {
			w.Fatal(err)
		}
		items, err := meta.ExtractList(list)
		if err != nil {
			w.Fatal(err)
		}
		for _, item := range items {
			out = append(out, item.(v1alpha1.Object))
		}
	}
	return out
}

func (w *world) waitAllReady(n int) {
	w.Helper()
	w.waitAllReadyWithin(n, soon)
}

func (w *world) waitAllReadyWithin(n int, limit time.Duration) {
	w.Helper()
	w.within(limit, fmt.Sprintf("%d objects are Ready", n), func() (bool, string) {
		all := w.all()
		for _, o := range all {
			if ready(o).Status != metav1.ConditionTrue {
				return false, describe(o)
			}
		}
		return len(all) == n, fmt.Sprintf("there are %d objects", len(all))
	})
}

// versions are the resource versions of all objects, the instance's included.
func (w *world) versions() map[string]string {
	w.Helper()
	out := map[string]string{"instance": w.get("LookerInstance", "looker").GetResourceVersion()}
	for _, o := range w.all() {
		out[fmt.Sprintf("%T %s", o, o.GetName())] = o.GetResourceVersion()
	}
	return out
}
