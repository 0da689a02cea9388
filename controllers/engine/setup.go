package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// workers of one kind. They never wait for a limiter, only for answers. One slow
// instance holds at most turnsPerKind of them, so that it takes many slow ones
// before another instance finds none.
const workers = 5*turnsPerKind + 8

func (r *Reconciler[O, W, L]) object() v1alpha1.Object { return r.newObject() }

// setup registers the controller, its indexes and its watches.
func (r *Reconciler[O, W, L]) setup(mgr ctrl.Manager) error {
	obj := r.newObject()
	for _, index := range sortedKeysOf(indexers()) {
		if err := mgr.GetFieldIndexer().IndexField(context.Background(), obj, index, indexers()[index]); err != nil {
			return fmt.Errorf("index %s: %w", index, err)
		}
	}
	b := ctrl.NewControllerManagedBy(mgr).
		Named(r.kind).
		For(obj, builder.WithPredicates(predicate.Or[client.Object](predicate.GenerationChangedPredicate{}, requestChanged{}))).
		Watches(r.newObject(), handler.Funcs{UpdateFunc: r.afterUpdate, DeleteFunc: r.afterDeletion}).
		WatchesMetadata(&corev1.Secret{}, r.wakes(rankEdit, atOnce(r.onSecret))).
		Watches(&v1alpha1.LookerInstance{}, r.wakes(rankDependency, atOnce(r.onInstance)), builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WatchesRawSource(source.Func(r.queue.start)).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers, RateLimiter: backoff()})
	for _, other := range r.registry.managers {
		b = b.Watches(other.object(), r.wakes(rankDependency, r.onNeighbour(other.Kind())), builder.WithPredicates(idOrGoneOrRefs{}))
	}
	return b.Complete(r)
}

// backoff is from a second to a quarter of an hour, with jitter, so that a
// thousand objects that failed together do not come back together.
func backoff() workqueue.TypedRateLimiter[reconcile.Request] {
	return jittered{workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](time.Second, 15*time.Minute)}
}

type jittered struct {
	workqueue.TypedRateLimiter[reconcile.Request]
}

func (j jittered) When(item reconcile.Request) time.Duration {
	d := j.TypedRateLimiter.When(item)
	return d/2 + rand.N(d/2+1)
}

// onNeighbour maps an object of a kind to the objects of this kind that point at
// it, and to those that it points at and that wait to be deleted.
func (r *Reconciler[O, W, L]) onNeighbour(kind string) func(context.Context, client.Object) []dependent {
	return func(ctx context.Context, o client.Object) []dependent {
		objects, err := r.listByIndex(ctx, indexReferences, referenceIndex(kind, o.GetNamespace(), o.GetName()))
		if err != nil {
			ctrl.LoggerFrom(ctx).Error(err, "Listing the objects that refer to a changed one", "kind", r.kind)
		}
		var out []dependent
		for _, obj := range objects {
			if kind == r.kind && obj.GetName() == o.GetName() {
				continue
			}
			d := dependent{key: keyOf(obj)}
			if _, status := obj.Common(); status.ID != "" && refersSoftly(obj, kind, o.GetName()) {
				d.after = softDelay
			}
			out = append(out, d)
		}
		other, ok := o.(v1alpha1.Object)
		if !ok {
			return out
		}
		for _, ref := range other.References() {
			key := types.NamespacedName{Namespace: o.GetNamespace(), Name: ref.Target.Value}
			if ref.Kind == r.kind && ref.Target.By == v1alpha1.ByRef && r.waitsToGo(ctx, key) {
				out = append(out, dependent{key: key})
			}
		}
		return out
	}
}

// waitsToGo reports whether an object is being deleted. Only then is it of
// interest to it who points at it: each user of a role would wake the role.
func (r *Reconciler[O, W, L]) waitsToGo(ctx context.Context, key types.NamespacedName) bool {
	obj := r.newObject()
	if err := r.Client.Get(ctx, key, obj, client.UnsafeDisableDeepCopy); err != nil {
		if !apierrors.IsNotFound(err) {
			ctrl.LoggerFrom(ctx).Error(err, "Looking at what a changed object refers to", "kind", r.kind)
		}
		return false
	}
	return !obj.GetDeletionTimestamp().IsZero()
}

// afterUpdate notes what the cache has now.
func (r *Reconciler[O, W, L]) afterUpdate(_ context.Context, e event.UpdateEvent, _ workqueue.TypedRateLimitingInterface[reconcile.Request]) {
	if obj, ok := e.ObjectNew.(O); ok {
		r.writes.seen(obj)
	}
}

// afterDeletion wakes the objects that may take over what a deleted one had.
func (r *Reconciler[O, W, L]) afterDeletion(ctx context.Context, e event.DeleteEvent, _ workqueue.TypedRateLimitingInterface[reconcile.Request]) {
	obj, ok := e.Object.(O)
	if !ok {
		return
	}
	spec, _ := obj.Common()
	r.registry.relations.forget(obj.GetUID())
	for _, m := range r.registry.managers { // a group may hold what a user claims
		if err := m.wakeRivals(ctx, instanceKey(obj, spec)); err != nil {
			ctrl.LoggerFrom(ctx).Error(err, "Waking the objects that may take over", "kind", m.Kind())
		}
	}
}

func (r *Reconciler[O, W, L]) onSecret(ctx context.Context, o client.Object) []reconcile.Request {
	objects, err := r.listByIndex(ctx, indexSecrets, o.GetName())
	if err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "Listing the objects that use a Secret", "kind", r.kind)
	}
	var names []string
	for _, obj := range objects {
		if obj.GetNamespace() == o.GetNamespace() {
			names = append(names, obj.GetName())
		}
	}
	if owner := metav1.GetControllerOf(o); owner != nil && owner.Kind == r.kind {
		names = append(names, owner.Name) // a Secret that the operator wrote
	}
	return requests(o.GetNamespace(), sortedSet(names))
}

// onInstance wakes the objects of an instance that was made, deleted, or whose
// grants changed. Changes of the connection itself come through the pool.
func (r *Reconciler[O, W, L]) onInstance(ctx context.Context, o client.Object) []reconcile.Request {
	objects, err := r.listByIndex(ctx, indexInstance, instanceIndex(client.ObjectKeyFromObject(o)))
	if err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "Listing the objects of an instance", "kind", r.kind)
	}
	out := make([]reconcile.Request, 0, len(objects))
	for _, obj := range objects {
		out = append(out, reconcile.Request{NamespacedName: keyOf(obj)})
	}
	return out
}

func requests(namespace string, names []string) []reconcile.Request {
	out := make([]reconcile.Request, 0, len(names))
	for _, name := range names {
		out = append(out, reconcile.Request{NamespacedName: types.NamespacedName{Namespace: namespace, Name: name}})
	}
	return out
}

// requestChanged lets an update pass that asks for a reconcile.
type requestChanged struct{ predicate.Funcs }

func (requestChanged) Update(e event.UpdateEvent) bool {
	const key = v1alpha1.AnnotationReconcileRequest
	return e.ObjectOld.GetAnnotations()[key] != e.ObjectNew.GetAnnotations()[key] ||
		e.ObjectOld.GetDeletionTimestamp().IsZero() != e.ObjectNew.GetDeletionTimestamp().IsZero()
}

// idOrGoneOrRefs lets pass what matters to those who refer to an object, or are
// referred to by it: its id, its references, the start and the end of its end.
type idOrGoneOrRefs struct{ predicate.Funcs }

func (idOrGoneOrRefs) Create(event.CreateEvent) bool { return true }

func (idOrGoneOrRefs) Update(e event.UpdateEvent) bool {
	before, ok1 := e.ObjectOld.(v1alpha1.Object)
	now, ok2 := e.ObjectNew.(v1alpha1.Object)
	if !ok1 || !ok2 {
		return true
	}
	_, was := before.Common()
	_, is := now.Common()
	return was.ID != is.ID || !slices.Equal(before.References(), now.References()) ||
		before.GetDeletionTimestamp().IsZero() != now.GetDeletionTimestamp().IsZero()
}
