package controllers

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
)

// indexInstanceSecrets finds the LookerInstances that use a Secret.
const indexInstanceSecrets = "instanceSecrets"

// instanceQueue lets gates and ledgers wake their instance.
type instanceQueue struct {
	mu   sync.Mutex
	sink func(reconcile.Request)
}

func (r *InstanceReconciler) wake(key types.NamespacedName) {
	q := &r.connections.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.sink != nil {
		q.sink(reconcile.Request{NamespacedName: key})
	}
}

// OnWake is told of the instances that are queued because of their calls, in
// place of the controller's queue.
func (r *InstanceReconciler) OnWake(sink func(reconcile.Request)) {
	q := &r.connections.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sink = sink
}

// SetupWithManager registers the controller and its watches.
func (r *InstanceReconciler) SetupWithManager(mgr ctrl.Manager) error {
	err := mgr.GetFieldIndexer().IndexField(context.Background(), &v1alpha1.LookerInstance{}, indexInstanceSecrets, secretsOf)
	if err != nil {
		return err
	}
	b := ctrl.NewControllerManagedBy(mgr).
		Named("LookerInstance").
		For(&v1alpha1.LookerInstance{}, builder.WithPredicates(predicate.Or[client.Object](predicate.GenerationChangedPredicate{}, requestedOrGoing{}))).
		WatchesMetadata(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(r.onSecret)).
		WatchesRawSource(source.Func(func(_ context.Context, q workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
			r.OnWake(q.Add)
			return nil
		}))
	for _, kind := range r.Registry.Prototypes() {
		b = b.Watches(kind, handler.EnqueueRequestsFromMapFunc(r.onDependent), builder.WithPredicates(gone{}))
	}
	return b.Complete(r)
}

func secretsOf(o client.Object) []string {
	obj, ok := o.(*v1alpha1.LookerInstance)
	if !ok {
		return nil
	}
	names := []string{obj.Spec.CredentialsSecretRef.Name}
	if obj.Spec.CASecretRef != nil && obj.Spec.CASecretRef.Name != names[0] {
		names = append(names, obj.Spec.CASecretRef.Name)
	}
	return names
}

func (r *InstanceReconciler) onSecret(ctx context.Context, o client.Object) []reconcile.Request {
	var list v1alpha1.LookerInstanceList
	if err := r.Client.List(ctx, &list, client.InNamespace(o.GetNamespace()), client.MatchingFields{indexInstanceSecrets: o.GetName()}); err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "Listing the LookerInstances that use a Secret")
		return nil
	}
	var out []reconcile.Request
	for i := range list.Items {
		out = append(out, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&list.Items[i])})
	}
	return out
}

// onDependent maps an object that is gone to its instance, which may wait for it.
func (r *InstanceReconciler) onDependent(_ context.Context, o client.Object) []reconcile.Request {
	obj, ok := o.(v1alpha1.Object)
	if !ok {
		return nil
	}
	return []reconcile.Request{{NamespacedName: engine.InstanceOf(obj)}}
}

// gone lets only the end of an object pass.
type gone struct{ predicate.Funcs }

func (gone) Create(event.CreateEvent) bool   { return false }
func (gone) Update(event.UpdateEvent) bool   { return false }
func (gone) Generic(event.GenericEvent) bool { return false }

// requestedOrGoing lets the start of a deletion, and a request for a comparison, pass.
type requestedOrGoing struct{ predicate.Funcs }

func (requestedOrGoing) Update(e event.UpdateEvent) bool {
	const key = v1alpha1.AnnotationReconcileRequest
	return e.ObjectOld.GetAnnotations()[key] != e.ObjectNew.GetAnnotations()[key] ||
		e.ObjectOld.GetDeletionTimestamp().IsZero() != e.ObjectNew.GetDeletionTimestamp().IsZero()
}
