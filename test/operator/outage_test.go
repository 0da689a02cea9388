package operator

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// probeEvery is how often a Looker that does not answer is asked again.
const probeEvery = 5 * time.Second

// request asks for a reconcile of every folder, so that all want to call Looker.
func (w *world) request(folders []string, value string) {
	w.Helper()
	for _, name := range folders {
		f := w.folder(name)
		w.edit(f, func() { f.Annotations = map[string]string{v1alpha1.AnnotationReconcileRequest: value} })
	}
}

// breakLooker makes every operation fail, those without a charge included.
func (w *world) breakLooker(f lookertest.Fault) {
	for _, route := range lookertest.Routes() {
		f.Operation = route.Method + " " + route.Path
		w.looker.Inject(f)
	}
}

func TestAnOutageIsProbedGentlyAndEndsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	folders := make([]string, 12)
	for i := range folders {
		folders[i] = fmt.Sprintf("folder-%d", i)
		w.create(folder(folders[i], ""))
	}
	w.waitReady("LookerFolder", folders...)
	w.waitQuiet()
	w.looker.ResetCalls()
	w.requests.reset()

	w.breakLooker(lookertest.Fault{Status: http.StatusServiceUnavailable})
	w.request(folders, "1")
	w.waitReason("LookerInstance", "looker", "Unreachable")
	w.waitReason("LookerFolder", folders[11], "LookerUnavailable")
	opened := time.Now()
	before := len(w.looker.Calls().Log)
	w.pause(2*probeEvery + time.Second)
	w.looker.ClearFaults()
	w.breakLooker(lookertest.Fault{Drop: true})
	w.pause(probeEvery)

	calls := w.looker.Calls()
	probes, allowed := len(calls.Log)-before, int(time.Since(opened)/probeEvery)+1
	if probes > allowed {
		t.Errorf("%d calls in the %s after the breaker opened; at most %d are a probe every %s: %v",
			probes, time.Since(opened).Round(time.Second), allowed, probeEvery, calls.ByOperation)
	}
	for _, name := range folders {
		if n := w.requests.writesTo("lookerfolders", name); n > 1 {
			t.Errorf("%s was written %d times while Looker was away", name, n)
		}
	}

	w.looker.ClearFaults()
	w.requests.reset()
	healed := time.Now()
	w.waitReadyWithin(30*time.Second, "LookerInstance", "looker")
	w.waitReadyWithin(30*time.Second-time.Since(healed), "LookerFolder", folders...)
	t.Logf("%d calls during the outage; all Ready %s after it", len(calls.Log), time.Since(healed).Round(100*time.Millisecond))
	for _, name := range folders {
		if n := w.requests.writesTo("lookerfolders", name); n > 1 {
			t.Errorf("%s was written %d times to recover", name, n)
		}
	}
}

func TestASlowInstanceDoesNotSlowDownAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slow := lookertest.Start(t, lookertest.WithCredentials(w.looker.ClientID(), w.looker.ClientSecret()),
		lookertest.WithLatency(func() time.Duration { return 2 * time.Second }))
	w.connect()
	w.create(w.instance("slow", slow))
	w.waitReady("LookerInstance", "slow")
	const many = 40 // more than there are workers
	for i := range many {
		f := folder(fmt.Sprintf("slow-%d", i), "")
		f.Spec.InstanceRef.Name = "slow"
		w.create(f)
	}
	w.within(soon, "the slow instance is busy", func() (bool, string) {
		n := slow.Calls().ByOperation["POST /folders"]
		return n > 0, fmt.Sprintf("%d folders", n)
	})
	started := time.Now()
	folders := make([]string, 10)
	for i := range folders {
		folders[i] = fmt.Sprintf("fast-%d", i)
		w.create(folder(folders[i], ""))
	}
	w.waitReadyWithin(4*time.Second, "LookerFolder", folders...)
	t.Logf("%d folders of the fast instance were Ready after %s", len(folders), time.Since(started).Round(10*time.Millisecond))
	if done := slow.Calls().ByOperation["POST /folders"]; done >= many {
		t.Errorf("the slow instance was done (%d folders) before the fast one was measured", done)
	}
}
