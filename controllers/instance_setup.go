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

// instanceQueue lets the gates of connections wake their instance.
type instanceQueue struct {
	mu    sync.Mutex
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
}

func (r *InstanceReconciler) wake(key types.NamespacedName) {
	q := &r.connections.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.queue != nil {
		q.queue.Add(reconcile.Request{NamespacedName: key})
	}
}

// Swept notes a finished sweep, for the status of the instance.
func (r *InstanceReconciler) Swept(s engine.Sweep) { r.connections.swept(s) }

// SetupWithManager registers the controller and its watches.
func (r *InstanceReconciler) SetupWithManager(mgr ctrl.Manager) error {
	err := mgr.GetFieldIndexer().IndexField(context.Background(), &v1alpha1.LookerInstance{}, indexInstanceSecrets, secretsOf)
	if err != nil {
		return err
	}
	b := ctrl.NewControllerManagedBy(mgr).
		Named("LookerInstance").
		For(&v1alpha1.LookerInstance{}, builder.WithPredicates(predicate.Or[client.Object](predicate.GenerationChangedPredicate{}, deletionStarted{}))).
		WatchesMetadata(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(r.onSecret)).
		WatchesRawSource(source.Func(func(_ context.Context, q workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
			r.connections.queue.mu.Lock()
			defer r.connections.queue.mu.Unlock()
			r.connections.queue.queue = q
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

// deletionStarted lets the start of a deletion pass.
type deletionStarted struct{ predicate.Funcs }

func (deletionStarted) Update(e event.UpdateEvent) bool {
	return e.ObjectOld.GetDeletionTimestamp().IsZero() != e.ObjectNew.GetDeletionTimestamp().IsZero()
}
