package month

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

const (
	readValues = "GET /users/{user_id}/attribute_values"
	patchUser  = "PATCH /users/{user_id}"
)

// standard lets the month begin on the Standard edition, with drift detection.
func (w *world) standard() {
	w.Helper()
	w.spec(func(s *v1alpha1.LookerInstanceSpec) {
		s.Edition, s.DriftDetection = v1alpha1.EditionStandard, nil
	})
}

func TestARefusalIsTriedLessAndLessOftenAndAnEditAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.standard()
		w.looker.ResetCalls()
		heal := w.looker.Inject(lookertest.Fault{Operation: patchUser, Status: http.StatusUnprocessableEntity, Body: `{"message":"Validation Failed","errors":[]}`})
		refused := w.mix[0]
		w.edit(refused, "Refused")
		time.Sleep(24 * time.Hour)
		// At 0, 10, 30, 70, 150, 310, 630 and 1,270 minutes.
		if n := w.looker.Calls().ByOperation[patchUser]; n < 6 || n > 8 {
			t.Errorf("%d tries in a day", n)
		}
		before := w.looker.Calls().ByOperation[patchUser]
		w.edit(refused, "Refused again")
		time.Sleep(time.Minute)
		if n := w.looker.Calls().ByOperation[patchUser] - before; n != 1 {
			t.Errorf("the edit was tried %d times in a minute", n)
		}
		heal()
		took, ok := until(15*time.Minute, time.Second, func() bool { return w.looker.Row("user", w.id(refused))["last_name"] == "Refused again" })
		if !ok {
			t.Errorf("the new spec is not tried again after ten minutes, but not in %s", took)
		}
	})
}

func TestAnEditCostsOneCallWhateverSweepsCameBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.standard()
		time.Sleep(3 * 24 * time.Hour) // sweeps, each of which reads a share of the values
		w.looker.ResetCalls()
		const edits = 50
		for i := range edits {
			w.rename(i, fmt.Sprint("Edited ", i))
		}
		const first = users + groups
		for i := 0; i < folders; i += 3 { // each with an access list of its own
			f := w.kube.find(w.mix[first+i]).(*v1alpha1.LookerFolder)
			f.Spec.Name = new(fmt.Sprint("Edited ", i))
			w.kube.put(f)
		}
		time.Sleep(time.Minute)
		calls := w.looker.Calls()
		if calls.ByOperation["PATCH /folders/{folder_id}"] != folders/3 || calls.ByOperation["GET /content_metadata_access"] != 0 {
			t.Errorf("%d edits of folders took %v", folders/3, calls.ByOperation)
		}
		if calls.ByOperation[patchUser] != edits || calls.ByOperation[readValues] != 0 {
			t.Errorf("%d edits took %v", edits, calls.ByOperation)
		}
	})
}

func TestNothingIsReadOfObjectsThatAreOnlyLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.standard()
		w.stop()
		w.start()
		time.Sleep(2 * 24 * time.Hour) // the new process has lists, and a share of the rest
		w.looker.ResetCalls()
		if err := w.op.Registry.WakeInstance(t.Context(), types.NamespacedName{Namespace: namespace, Name: "looker"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := w.looker.Calls().ByOperation[readValues]; n != 0 {
			t.Errorf("the values of %d users were read for nothing", n)
		}
		w.mustBeReady()
	})
}
