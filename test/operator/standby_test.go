package operator

import (
	"context"
	"fmt"
	"net/http"

	"strings"
	"testing"
	"time"

	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/looker-operator/looker-operator/controllers"
	"github.com/looker-operator/looker-operator/test/manifests"
)

// replica is one of several managers that take turns.
type replica struct {
	requests *requests
	elected  <-chan struct{}
	ready    func() error
	stop     func() // waits for the end
}

// replica starts an operator for the namespace of w that elects a leader.
func (w *world) replica(wraps ...func(http.RoundTripper) http.RoundTripper) *replica {
	w.Helper()
	r := &replica{requests: &requests{}}
	kube := unthrottled(plane.AsServiceAccount(manifests.Namespace, manifests.ServiceAccount))
	kube.Wrap(r.requests.wrap)
	for _, wrap := range wraps {
		kube.Wrap(wrap)
	}
	o := managerOptions(w.namespace, w.errors)
	o.LeaderElection, o.LeaderElectionNamespace = true, w.namespace
	o.LeaderElectionConfig = unthrottled(plane.Config) // the right to a Lease is for the operator's own namespace
	manager, err := ctrl.NewManager(kube, o)
	if err != nil {
		w.Fatal(err)
	}
	if _, err = controllers.Setup(manager, controllers.Options{Clock: clock.RealClock{}, Version: "test"}); err != nil {
		w.Fatal(err)
	}
	r.elected = manager.Elected()
	r.ready = func() error { return controllers.Ready(w.Context(), manager.GetCache()) }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	r.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.Errorf("a replica ended with an error: %v", err)
		}
		r.stop = func() {}
	}
	w.Cleanup(func() { r.stop() })
	return r
}

func TestAStandbyIsWarmAndTakesOverAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.applyThirty()
	w.stop() // the two below take turns instead of it

	first := w.replica()
	w.within(soon, "the first replica leads", func() (bool, string) { return isClosed(first.elected), "" })
	w.looker.ResetCalls()
	standby := w.replica()
	w.within(soon, "the standby is ready", func() (bool, string) { return standby.ready() == nil, fmt.Sprint(standby.ready()) })
	w.pause(time.Second) // for what it might do
	if isClosed(standby.elected) {
		t.Fatal("both replicas lead")
	}
	if writes := standby.requests.writes(); len(writes) > 0 {
		t.Errorf("the standby wrote to Kubernetes: %v", writes)
	}
	lists := func(q request) bool { return q.method == http.MethodGet && !strings.Contains(q.path, "/leases/") }
	if len(standby.requests.matching(lists)) == 0 {
		t.Error("the standby has read nothing: it is not warm")
	}
	logins := w.looker.Calls().ByOperation["POST /login"]

	standby.requests.reset()
	first.stop()
	stopped := time.Now()
	w.within(3*time.Second, "the standby leads after the first has stopped", func() (bool, string) { return isClosed(standby.elected), "" })
	t.Logf("the standby led %s after the end of the first", time.Since(stopped))
	w.within(soon, "the new leader has logged in", func() (bool, string) { return w.looker.Calls().ByOperation["POST /login"] > logins, "" })
	w.pause(2 * time.Second)
	if calls := w.looker.Calls(); calls.Total != 0 {
		t.Errorf("the change of leaders made %d calls that are charged for: %v", calls.Total, calls.ByOperation)
	}
	if writes := standby.requests.writes(); len(writes) > 0 {
		t.Errorf("the change of leaders wrote to Kubernetes: %v", writes)
	}
	if again := standby.requests.matching(func(q request) bool { return q.list("lookerfolders") && !strings.Contains(q.query, "watch=true") }); len(again) > 0 {
		t.Errorf("the standby filled its caches when it had to lead: %v", again)
	}
	f := w.folder("folder-0")
	w.edit(f, func() { f.Spec.Name = new("renamed") })
	w.within(soon, "the new leader works", func() (bool, string) {
		return w.looker.Row("folder", f.Status.ID)["name"] == "renamed", describe(w.folder("folder-0"))
	})
}

func TestAReplicaIsNotReadyBeforeItsCachesAreFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stop()
	let := make(chan struct{})
	r := w.replica(func(next http.RoundTripper) http.RoundTripper { return slowLists{next, let} })
	w.pause(time.Second) // for all other lists to come
	if r.ready() == nil {
		t.Error("it is ready while a list is under way")
	}
	close(let)
	w.within(soon, "it is ready once the list has come", func() (bool, string) { return r.ready() == nil, "" })
}

// slowLists holds the lists of LookerFolders back until let is closed.
type slowLists struct {
	next http.RoundTripper
	let  <-chan struct{}
}

// RoundTrip implements http.RoundTripper.
func (s slowLists) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/lookerfolders") {
		<-s.let
	}
	return s.next.RoundTrip(req)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
