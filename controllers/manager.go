package controllers

import (
	"context"
	"errors"
	"time"
	"unique"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

const (
	// leaderRetry is how often a standby asks for the Lease, and the leader renews
	// it. A standby waits up to 2.2 times as long. The default, 2 s, is too slow
	// for a change of leaders that nobody notices.
	leaderRetry = time.Second
	// endIn is how long what is under way may take to end. It leaves time to give
	// the Lease back within the 30 s that Kubernetes waits before it kills.
	endIn = 20 * time.Second
	// syncPatience is how long /readyz waits for caches that are not filled yet.
	syncPatience = 200 * time.Millisecond
)

// ManagerOptions are the options of a manager for the operator: what it keeps in
// memory, and how replicas take turns. Without namespaces it works in all of
// them. The caller adds addresses and whether to elect a leader.
func ManagerOptions(scheme *runtime.Scheme, namespaces ...string) ctrl.Options {
	return ctrl.Options{
		Scheme: scheme,
		Cache:  cacheOptions(namespaces),
		// A Secret is read where it is needed. A cache of Secrets, which a read
		// through the client would start without a word, is out of the question.
		Client: client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}},
		// A standby fills its caches and queues, and makes no call.
		Controller:                    config.Controller{EnableWarmup: new(true)},
		LeaderElectionID:              "looker-operator.looker-operator.dev",
		LeaderElectionReleaseOnCancel: true, // the process ends right after the manager does
		RetryPeriod:                   new(leaderRetry),
		GracefulShutdownTimeout:       new(endIn),
	}
}

// cacheOptions keep out of memory what the operator never reads.
func cacheOptions(namespaces []string) cache.Options {
	options := cache.Options{
		DefaultTransform: stripped,
		ByObject: map[client.Object]cache.ByObject{
			&corev1.Secret{}: {
				Transform: secretStripped,
				// Helm keeps each release in a Secret. They are many, and hold no password.
				Field: fields.OneTermNotEqualSelector("type", "helm.sh/release.v1"),
			},
		},
	}
	for _, name := range namespaces {
		if options.DefaultNamespaces == nil {
			options.DefaultNamespaces = map[string]cache.Config{}
		}
		options.DefaultNamespaces[name] = cache.Config{}
	}
	return options
}

// stripped takes off an object what clients keep in it for themselves, which is
// often more than the rest. The operator patches: what is absent from both sides
// of a comparison stays as it is in the cluster.
func stripped(in any) (any, error) {
	obj, err := meta.Accessor(in)
	if err != nil {
		return in, nil //nolint:nilerr // a tombstone, which has nothing to take off
	}
	obj.SetManagedFields(nil)
	if annotations := obj.GetAnnotations(); annotations[corev1.LastAppliedConfigAnnotation] != "" {
		delete(annotations, corev1.LastAppliedConfigAnnotation)
		obj.SetAnnotations(annotations)
	}
	if o, ok := in.(v1alpha1.Object); ok {
		share(o)
	}
	return in, nil
}

// share keeps once what thousands of objects have in common. Decoding makes a
// string of its own of each.
func share(o v1alpha1.Object) {
	spec, status := o.Common()
	o.SetNamespace(unique.Make(o.GetNamespace()).Value())
	finalizers := o.GetFinalizers()
	for i, f := range finalizers {
		finalizers[i] = unique.Make(f).Value()
	}
	spec.InstanceRef.Name = unique.Make(spec.InstanceRef.Name).Value()
	status.Origin = unique.Make(status.Origin).Value()
	for i := range status.Conditions {
		c := &status.Conditions[i]
		c.Type, c.Status, c.Reason = unique.Make(c.Type).Value(), unique.Make(c.Status).Value(), unique.Make(c.Reason).Value()
		c.Message = unique.Make(c.Message).Value()
	}
}

// secretStripped leaves of a Secret its name, its version and its owners. The
// watch is for metadata only; were it not, the values would end here.
func secretStripped(in any) (any, error) {
	obj, err := meta.Accessor(in)
	if err != nil {
		return in, nil //nolint:nilerr // a tombstone
	}
	bare := metav1.ObjectMeta{
		Namespace: obj.GetNamespace(), Name: obj.GetName(), UID: obj.GetUID(),
		ResourceVersion: obj.GetResourceVersion(), OwnerReferences: obj.GetOwnerReferences(),
	}
	switch secret := in.(type) {
	case *metav1.PartialObjectMetadata:
		secret.ObjectMeta = bare
	case *corev1.Secret:
		*secret = corev1.Secret{TypeMeta: secret.TypeMeta, ObjectMeta: bare}
	}
	return in, nil
}

// watchEarly starts the caches that the field indexes do not start, so that
// these, too, are full before a replica leads.
func watchEarly(ctx context.Context, c cache.Cache) error {
	secret := &metav1.PartialObjectMetadata{}
	secret.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))
	for _, o := range []client.Object{secret, &corev1.Namespace{}} {
		if _, err := c.GetInformer(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// Ready is the check behind /readyz: a replica is ready once its caches are
// full, whether it leads or stands by.
func Ready(ctx context.Context, c cache.Cache) error {
	ctx, cancel := context.WithTimeout(ctx, syncPatience)
	defer cancel()
	if !c.WaitForCacheSync(ctx) {
		return errors.New("the caches are not full yet")
	}
	return nil
}
