package operator

import (
	"fmt"
	"testing"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// A create that has to wait for its turn must not be taken for one that was
// interrupted: the operator looks at those for a minute before it tries again.
func TestCreatesWaitForTheirTurnAndNoLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create(w.credentials(w.looker.ClientSecret()))
	instance := w.instance("looker", w.looker)
	instance.Spec.Traffic = &v1alpha1.Traffic{RequestsPerSecond: new(int32(10)), Burst: new(int32(2)), MaxInFlight: new(int32(1))}
	w.create(instance)
	w.waitReady("LookerInstance", "looker")
	folders := make([]string, 20)
	for i := range folders {
		folders[i] = fmt.Sprintf("folder-%d", i)
		w.create(folder(folders[i], ""))
	}
	w.waitReady("LookerFolder", folders...)
	if n := w.looker.Calls().ByOperation["POST /folders"]; n != len(folders) {
		t.Errorf("%d folders took %d creates", len(folders), n)
	}
}
