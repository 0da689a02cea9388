package operator

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// What a sweep found takes minutes at 5 calls a second. A change must not wait
// for it.
func TestAnEditOvertakesWhatASweepFound(t *testing.T) {
	t.Parallel()
	var latency atomic.Int64
	w := newWorld(t, lookertest.WithLatency(func() time.Duration { return time.Duration(latency.Load()) }))
	w.connect()
	const drifted = 500
	folders := make([]string, drifted+1)
	for i := range folders {
		folders[i] = fmt.Sprintf("folder-%03d", i)
		w.create(folder(folders[i], ""))
	}
	w.waitReadyWithin(4*time.Minute, "LookerFolder", folders...)
	instance := w.get("LookerInstance", "looker").(*v1alpha1.LookerInstance)
	w.edit(instance, func() { instance.Spec.Traffic = nil })
	w.waitReady("LookerInstance", "looker")
	for _, name := range folders[:drifted] {
		w.looker.Set("folder", w.folder(name).Status.ID, map[string]any{"name": name + " by hand"})
	}
	latency.Store(int64(50 * time.Millisecond))
	w.looker.ResetCalls()
	key := types.NamespacedName{Namespace: w.namespace, Name: "looker"}
	inst, _, _ := w.operator.Pool.Get(key)
	if _, err := w.operator.Registry.Sweep(w.Context(), inst, "LookerFolder"); err != nil {
		t.Fatal(err)
	}
	w.within(soon, "corrections have used up the burst", func() (bool, string) {
		n := w.patches("")
		return n >= 10, fmt.Sprintf("%d corrections", n)
	})

	last := w.folder(folders[drifted])
	start := time.Now()
	w.edit(last, func() { last.Spec.Name = new("edited") })
	w.within(soon, "the edit is in Looker", func() (bool, string) { return w.patches("edited") == 1, "it is not" })
	t.Logf("the edit was in Looker after %s, after %d of %d corrections", time.Since(start).Round(time.Millisecond), w.patches("")-1, drifted)
	if done := w.patches(""); done > drifted/2 {
		t.Errorf("%d of %d corrections were made before the edit", done, drifted)
	}
}

// patches counts the changes of folders that contain a text.
func (w *world) patches(text string) int {
	n := 0
	for _, c := range w.looker.Calls().Log {
		if c.Operation == "PATCH /folders/{folder_id}" && strings.Contains(c.CallBody, text) {
			n++
		}
	}
	return n
}
