package month

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers"
	"github.com/looker-operator/looker-operator/lookerclient"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// operator is the operator without a manager: its reconcilers, fed by a queue.
type operator struct {
	*controllers.Operator
	t    *testing.T
	kube *kube
	ctx  context.Context

	mu      sync.Mutex
	queued  map[request]bool
	running map[request]bool
	failed  map[request]int
	timers  map[request]*time.Timer
}

type request struct {
	kind string
	key  types.NamespacedName
}

// inProcess answers requests without a socket.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer.Result(), nil
}

// recorder counts Events by their reason.
type recorder struct{ kube *kube }

func (r *recorder) Eventf(regarding, _ runtime.Object, _, reason, _, _ string, _ ...any) {
	r.kube.mu.Lock()
	defer r.kube.mu.Unlock()
	r.kube.events[kindOf(regarding)+" "+reason]++
}

// startOperator starts an operator that knows nothing but what is in k and looker.
func startOperator(ctx context.Context, t *testing.T, k *kube, looker *lookertest.Server) *operator {
	t.Helper()
	op, err := controllers.New(k, k, &recorder{kube: k}, controllers.Options{
		Clock: clock.RealClock{}, Version: "test", Client: []lookerclient.Option{lookerclient.WithTransport(inProcess{looker})},
	})
	if err != nil {
		t.Fatal(err)
	}
	op.Sweeper.Tick = time.Minute // weeks pass faster
	o := &operator{
		Operator: op, t: t, kube: k, ctx: ctx, queued: map[request]bool{}, running: map[request]bool{}, failed: map[request]int{}, timers: map[request]*time.Timer{},
	}
	op.Registry.OnWake(func(kind string, r reconcile.Request) { o.add(request{kind, r.NamespacedName}) })
	op.Instances.OnWake(func(r reconcile.Request) { o.add(request{"LookerInstance", r.NamespacedName}) })
	k.changed = o.onChange
	go func() {
		if err := op.Sweeper.Start(ctx); err != nil {
			t.Error(err)
		}
	}()
	for _, obj := range k.objects {
		o.onChange(nil, obj)
	}
	return o
}

// onChange queues what the watches of the real operator would.
func (o *operator) onChange(before, now client.Object) {
	kind := kindOf(now)
	if kind == "Secret" {
		return
	}
	if before == nil || before.GetGeneration() != now.GetGeneration() {
		o.add(request{kind, client.ObjectKeyFromObject(now)})
	}
	if kind == "LookerInstance" || before == nil {
		return
	}
	_, was := before.(v1alpha1.Object).Common()
	_, is := now.(v1alpha1.Object).Common()
	if was.ID != is.ID { // somebody may wait for it
		for _, p := range o.Registry.Prototypes() {
			o.wakeUsers(kindOf(p), now)
		}
	}
}

func (o *operator) wakeUsers(kind string, of client.Object) {
	obj, err := o.kube.scheme.New(v1alpha1.GroupVersion.WithKind(kind + "List"))
	if err != nil {
		panic(err)
	}
	list := obj.(client.ObjectList)
	index := client.MatchingFields{"references": kindOf(of) + "/" + of.GetNamespace() + "/" + of.GetName()}
	if err := o.kube.List(o.ctx, list, index); err != nil {
		panic(err)
	}
	_ = eachItem(list, func(item client.Object) { o.add(request{kind, client.ObjectKeyFromObject(item)}) })
}

// add queues a request, unless it is queued.
func (o *operator) add(r request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if timer := o.timers[r]; timer != nil {
		timer.Stop()
		delete(o.timers, r)
	}
	if o.queued[r] {
		return
	}
	o.queued[r] = true
	if !o.running[r] {
		go o.run(r)
	}
}

func (o *operator) run(r request) {
	o.mu.Lock()
	if o.running[r] || !o.queued[r] {
		o.mu.Unlock()
		return
	}
	delete(o.queued, r)
	o.running[r] = true
	o.mu.Unlock()
	reconciler := o.Registry.Reconciler(r.kind)
	if r.kind == "LookerInstance" {
		reconciler = o.Instances
	}
	result, err := reconciler.Reconcile(o.ctx, reconcile.Request{NamespacedName: r.key})
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.running, r)
	after := result.RequeueAfter
	if err != nil {
		o.t.Logf("%s %s: %v", r.kind, r.key, err)
		o.failed[r]++
		after = time.Second << min(o.failed[r], 10)
	} else {
		delete(o.failed, r)
	}
	switch {
	case o.ctx.Err() != nil:
	case o.queued[r]:
		go o.run(r)
	case after > 0:
		o.timers[r] = time.AfterFunc(after+rand.N(time.Millisecond), func() { o.add(r) })
	}
}

func eachItem(list client.ObjectList, do func(client.Object)) error {
	return meta.EachListItem(list, func(item runtime.Object) error {
		do(item.(client.Object))
		return nil
	})
}
