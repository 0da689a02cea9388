package month

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// exhausted is the condition of the LookerInstance, nil if there is none.
func (w *world) exhausted() *metav1.Condition {
	return meta.FindStatusCondition(w.instance().Status.Conditions, v1alpha1.ConditionBudgetExhausted)
}

func (w *world) ready(obj client.Object) *metav1.Condition {
	_, status := w.kube.find(obj).(v1alpha1.Object).Common()
	return meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
}

func (w *world) counted() int64 { return w.instance().Status.Usage.AdminCalls }

func TestAUsedUpMonthPausesSweepsThenChangesAndTellsUntilWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.looker.ResetCalls()
		w.spec(func(s *v1alpha1.LookerInstanceSpec) {
			s.Edition, s.DriftDetection = v1alpha1.EditionStandard, nil
			s.APIBudget = &v1alpha1.APIBudget{AdminCallsPerMonth: new(int64(60)), ReserveForChangesPercent: new(int32(50))}
		})
		for i := range 30 {
			w.rename(i, fmt.Sprint("In the first half ", i))
		}
		time.Sleep(3 * 24 * time.Hour) // a sweep comes to be due, and finds only the reserve
		if c := w.exhausted(); c == nil || c.Reason != "SweepsPaused" || !strings.Contains(c.Message, "2000-04-01T00:00:00Z") {
			t.Errorf("with the reserve left: %+v", c)
		}
		if n := w.kube.events["LookerInstance BudgetExhausted"]; n != 1 {
			t.Errorf("%d Events for the pause", n)
		}
		for i := 30; i < 60; i++ {
			w.rename(i, fmt.Sprint("In the second half ", i))
		}
		late := w.mix[70]
		w.edit(late, "Too late")
		time.Sleep(time.Minute)
		if c := w.ready(late); c.Reason != "BudgetExhausted" || !strings.Contains(c.Message, "2000-04-01T00:00:00Z") {
			t.Errorf("the edit after the last call: %+v", c)
		}
		if c := w.exhausted(); c == nil || c.Reason != "ChangesWaiting" {
			t.Errorf("with nothing left: %+v", c)
		}
		if n := w.looker.Calls().ByClass["non_query"]; n != 60 {
			t.Errorf("%d calls, of 60", n)
		}
		time.Sleep(time.Until(time.Date(2000, 4, 1, 0, 0, 0, 0, time.UTC)) - time.Hour)
		if n := w.looker.Calls().ByClass["non_query"]; n != 60 {
			t.Errorf("%d calls at the end of the month, of 60", n)
		}
		time.Sleep(time.Hour + time.Minute)
		if got := w.looker.Row("user", w.id(late))["last_name"]; got != "Too late" {
			t.Errorf("in the new month the edit is not applied: %q, %+v", got, w.ready(late))
		}
		if c := w.exhausted(); c != nil {
			t.Errorf("in the new month: %+v", c)
		}
	})
}

func TestMoreCallsLetWaitingChangesGoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec(func(s *v1alpha1.LookerInstanceSpec) {
			s.Edition, s.APIBudget = v1alpha1.EditionStandard, &v1alpha1.APIBudget{AdminCallsPerMonth: new(int64(2))}
		})
		for i := range 5 {
			w.edit(w.mix[i], "Waits")
		}
		time.Sleep(time.Hour)
		if left := w.notReady(); len(left) != 3 {
			t.Errorf("%d wait: %v", len(left), left)
		}
		w.spec(func(s *v1alpha1.LookerInstanceSpec) { s.APIBudget.AdminCallsPerMonth = new(int64(100)) })
		w.mustBeReady()
		if c := w.exhausted(); c != nil {
			t.Errorf("with calls left: %+v", c)
		}
	})
}

func TestAnotherProcessGoesOnCountingFromTheStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec(func(s *v1alpha1.LookerInstanceSpec) { s.Edition = v1alpha1.EditionStandard })
		w.looker.ResetCalls()
		before, writes := w.counted(), w.kube.writes["LookerInstance"]
		for round := range 5 {
			for i := range 37 {
				w.rename(i, fmt.Sprintf("Round %d of %d", round, i))
			}
			w.stop() // as if it were killed: nothing is written at the end
			w.start()
			time.Sleep(time.Minute)
		}
		made := int64(w.looker.Calls().ByClass["non_query"])
		if counted := w.counted() - before; made-counted > 10 || counted > made {
			t.Errorf("after five kills %d of %d calls are counted; a percent of 1,000 may be missing", counted, made)
		}
		if n := w.kube.writes["LookerInstance"] - writes; n > int(made)+20 {
			t.Errorf("%d writes of the LookerInstance for %d calls", n, made)
		}
	})
}

// edit changes the last name of a user.
func (w *world) edit(obj client.Object, name string) {
	u := w.kube.find(obj).(*v1alpha1.LookerUser)
	u.Spec.LastName = &name
	w.kube.put(u)
}
