package engine

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// wake queues one object for a reason.
func (r *Reconciler[O, W, L]) wake(key types.NamespacedName, k rank) { r.wakeFor(key, k, nil) }

// wakeFor is wake for an object that a gate may keep a place for.
func (r *Reconciler[O, W, L]) wakeFor(key types.NamespacedName, k rank, giveBack func()) {
	r.notes.add(key, k, giveBack)
	priority := k.priority()
	if giveBack != nil {
		priority = promisedPriority
	}
	r.queue.add(reconcile.Request{NamespacedName: key}, priority)
}

// wakeQueue leads to the controller's queue. What is added before the
// controller runs is not lost: it then gets every object anyway.
type wakeQueue struct {
	mu   sync.Mutex
	sink func(req reconcile.Request, priority int)
}

func (q *wakeQueue) start(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
	q.lead(func(req reconcile.Request, priority int) { enqueue(queue, req, priority, 0) })
	return nil
}

func (q *wakeQueue) lead(sink func(reconcile.Request, int)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sink = sink
}

func (q *wakeQueue) add(req reconcile.Request, priority int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.sink != nil {
		q.sink(req, priority)
	}
}

// enqueue adds an object to a controller's queue. One that is there already
// keeps the higher priority and the earlier time.
func enqueue(queue workqueue.TypedRateLimitingInterface[reconcile.Request], req reconcile.Request, priority int, after time.Duration) {
	if q, ok := queue.(priorityqueue.PriorityQueue[reconcile.Request]); ok {
		q.AddWithOpts(priorityqueue.AddOpts{Priority: &priority, After: after}, req)
		return
	}
	queue.AddAfter(req, after)
}

// onWake implements manager.
func (r *Reconciler[O, W, L]) onWake(sink func(reconcile.Request)) {
	r.queue.lead(func(req reconcile.Request, _ int) { sink(req) })
}

// softDelay is how long an object that only refers softly to what has changed may
// wait for more of the kind: a role with five hundred users, all of which are
// being made, need not be looked at five hundred times.
const softDelay = 2 * time.Second

// dependent is an object that something else has changed for.
type dependent struct {
	key   types.NamespacedName
	after time.Duration
}

// atOnce is for what needs no delay.
func atOnce(of handler.MapFunc) func(context.Context, client.Object) []dependent {
	return func(ctx context.Context, o client.Object) []dependent {
		requests := of(ctx, o)
		out := make([]dependent, len(requests))
		for i, req := range requests {
			out[i] = dependent{key: req.NamespacedName}
		}
		return out
	}
}

// wakes queues the objects that a function returns, at a rank. What the first
// list after a start leads to comes last.
func (r *Reconciler[O, W, L]) wakes(k rank, of func(context.Context, client.Object) []dependent) handler.EventHandler {
	type queue = workqueue.TypedRateLimitingInterface[reconcile.Request]
	add := func(ctx context.Context, q queue, o client.Object) {
		for _, d := range of(ctx, o) {
			r.notes.add(d.key, k, nil)
			enqueue(q, reconcile.Request{NamespacedName: d.key}, k.priority(), d.after)
		}
	}
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q queue) {
			if !e.IsInInitialList {
				add(ctx, q, e.Object)
				return
			}
			for _, d := range of(ctx, e.Object) {
				enqueue(q, reconcile.Request{NamespacedName: d.key}, handler.LowPriority, d.after)
			}
		},
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q queue) {
			add(ctx, q, e.ObjectOld)
			add(ctx, q, e.ObjectNew)
		},
		DeleteFunc:  func(ctx context.Context, e event.DeleteEvent, q queue) { add(ctx, q, e.Object) },
		GenericFunc: func(ctx context.Context, e event.GenericEvent, q queue) { add(ctx, q, e.Object) },
	}
}
