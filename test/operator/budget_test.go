package operator

import (
	"testing"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

func TestAProcessThatEndsInOrderLosesNoneOfTheCountedCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.applyThirty()
	w.stop()
	calls := w.looker.Calls()
	usage := w.get("LookerInstance", "looker").(*v1alpha1.LookerInstance).Status.Usage
	if usage == nil || usage.AdminCalls != int64(calls.ByClass["non_query"]) || usage.QueryCalls != int64(calls.ByClass["db_query"]) {
		t.Errorf("Looker counted %v, the status says %+v", calls.ByClass, usage)
	}
}

func TestTheAnnotationOfAnInstanceComparesEverythingOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.applyThirty()
	folder := w.folder("folder-0")
	w.looker.Set("folder", folder.Status.ID, map[string]any{"name": "By hand"})
	w.looker.ResetCalls()
	instance := w.get("LookerInstance", "looker").(*v1alpha1.LookerInstance)
	w.edit(instance, func() {
		instance.Annotations = map[string]string{v1alpha1.AnnotationReconcileRequest: "now"}
	})
	w.within(soon, "the comparison is done", func() (bool, string) {
		status := w.get("LookerInstance", "looker").(*v1alpha1.LookerInstance).Status
		return status.HandledReconcileRequest == "now", ""
	})
	w.within(soon, "the change by hand is put back", func() (bool, string) {
		return w.looker.Row("folder", folder.Status.ID)["name"] != "By hand", ""
	})
	w.waitQuiet()
	if n := w.looker.Calls().ByOperation["GET /folders"]; n != 1 {
		t.Errorf("the folders were listed %d times", n)
	}
}
