package month

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// What no list shows is read in rotation. The status says how long a round takes,
// and a change by hand is found within it, whatever object it is of.
func TestWhatNoListShowsIsFoundWithinThePublishedRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec(func(s *v1alpha1.LookerInstanceSpec) { s.Edition, s.DriftDetection = v1alpha1.EditionEnterprise, nil })
		time.Sleep(2 * 24 * time.Hour) // the plan knows what a sweep takes
		plan := w.instance().Status.DriftDetection
		if plan.FullRotation == nil || plan.FullRotation.Duration <= plan.Interval.Duration {
			t.Fatalf("nothing rotates: %+v", plan)
		}
		most := plan.FullRotation.Duration + plan.Interval.Duration
		t.Logf("a sweep every %s, a round in %s", plan.Interval.Duration, plan.FullRotation.Duration)
		attribute := ""
		for _, row := range w.looker.Rows("user_attribute") {
			if row["name"] == "attribute_0" {
				attribute = row["id"].(string)
			}
		}
		w.looker.ResetCalls()
		for i := range users {
			w.looker.SetUserValue(w.id(w.mix[i]), attribute, "by hand")
		}
		took, ok := until(most, time.Minute, func() bool {
			for i := range users {
				if w.looker.UserValues(w.id(w.mix[i]))[attribute] == "by hand" {
					return false
				}
			}
			return true
		})
		t.Logf("all %d values were put back in %s, with %d calls", users, took, w.looker.Calls().ByClass["non_query"])
		if !ok {
			t.Errorf("some value is still as it was made by hand after %s", took)
		}
		if took < plan.Interval.Duration {
			t.Errorf("all were found in %s: this is no rotation", took)
		}
	})
}
