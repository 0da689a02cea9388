package operator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
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

// outage stands before a Looker, and answers in its place while it is away.
type outage struct {
	looker http.Handler

	mu     sync.Mutex
	answer http.HandlerFunc // nil: Looker answers
	seen   []string
}

// ServeHTTP implements http.Handler.
func (o *outage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	answer := o.answer
	if answer != nil {
		o.seen = append(o.seen, time.Now().Format("15:04:05.0 ")+r.Method+" "+r.URL.Path)
	}
	o.mu.Unlock()
	if answer == nil {
		o.looker.ServeHTTP(w, r)
		return
	}
	answer(w, r)
}

// set begins another way of being away, or ends the outage.
func (o *outage) set(answer http.HandlerFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answer = answer
}

// requests are those that came while Looker was away.
func (o *outage) requests() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.seen)
}

func unavailable(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusServiceUnavailable)
}

func dropped(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestAnOutageIsProbedGentlyAndEndsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	front := &outage{looker: w.looker}
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	w.looker.SetURL(server.URL)
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

	front.set(unavailable)
	w.request(folders, "1")
	w.waitReason("LookerInstance", "looker", "Unreachable")
	w.waitReason("LookerFolder", folders[0], "LookerUnavailable")
	opened, before := time.Now(), len(front.requests())
	w.pause(2*probeEvery + time.Second)
	front.set(dropped)
	server.CloseClientConnections() // on one that was open, net/http itself would try again
	w.pause(probeEvery)
	probes, allowed := front.requests()[before:], int(time.Since(opened)/probeEvery)+1
	if len(probes) == 0 || len(probes) > allowed {
		t.Errorf("%d requests in the %s after the breaker opened; at most %d are one every %s: %q",
			len(probes), time.Since(opened).Round(time.Second), allowed, probeEvery, probes)
	}
	for _, name := range folders {
		if writes := w.requests.writesTo("lookerfolders", name); len(writes) > 1 {
			t.Errorf("%s was written %d times while Looker was away: %v", name, len(writes), writes)
		}
	}

	w.requests.reset()
	front.set(nil)
	healed := time.Now()
	w.waitReadyWithin(30*time.Second, "LookerInstance", "looker")
	w.waitReadyWithin(30*time.Second-time.Since(healed), "LookerFolder", folders...)
	t.Logf("%d requests during the outage; all Ready %s after it", len(front.requests()), time.Since(healed).Round(100*time.Millisecond))
	if n := w.looker.Calls().ByOperation["GET /folders/{folder_id}"]; n != len(folders) {
		t.Errorf("%d folders were read after the outage; %d were asked to be", n, len(folders))
	}
	for _, name := range folders {
		if writes := w.requests.writesTo("lookerfolders", name); len(writes) > 1 {
			t.Errorf("%s was written %d times to recover: %v", name, len(writes), writes)
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
	const many = 100 // more than there are workers, and than are done while the others are measured
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
	w.waitReadyWithin(soon, "LookerFolder", folders...)
	t.Logf("%d folders of the fast instance were Ready after %s", len(folders), time.Since(started).Round(10*time.Millisecond))
	if done := slow.Calls().ByOperation["POST /folders"]; done >= many {
		t.Errorf("the slow instance was done (%d folders) before the fast one was measured", done)
	}
}
