package engine

import (
	"context"
	"fmt"
	"reflect"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// Deps is what every reconciler needs.
type Deps struct {
	// Client reads through the cache and writes.
	Client client.Client
	// Reader reads past the cache: Secrets, which are never cached.
	Reader client.Reader
	Pool   *Pool
	Clock  clock.Clock
	Events events.EventRecorder

	registry *Registry
	hasher   *hasher
}

// Kind is one registered kind, without its type parameters.
type Kind interface {
	Name() string
	build(deps Deps) manager
}

// manager is a Reconciler without its type parameters.
type manager interface {
	Collection
	reconcile.Reconciler
	setup(mgr ctrl.Manager) error
	object() v1alpha1.Object
	// onWake leads the objects that wake queues elsewhere than to a controller.
	onWake(sink func(reconcile.Request))
	// wakeInstance queues all objects of an instance.
	wakeInstance(ctx context.Context, instance types.NamespacedName) error
	// wakeLookups queues the objects whose references by name into kind lead
	// elsewhere now than when they were last resolved.
	wakeLookups(ctx context.Context, inst *Instance, kind string) error
	// sweep compares all objects of an instance with a new list and queues those
	// that differ. It returns whether there are any objects.
	sweep(ctx context.Context, inst *Instance) (bool, error)
	// rotating is how many calls it takes to read every object of an instance
	// once beside the list.
	rotating(inst *Instance) int64
	// looksUp reports whether an object of the instance refers to a kind by name.
	looksUp(ctx context.Context, instance types.NamespacedName, kind string) (bool, error)
	// used reports whether the instance has an object of this kind.
	used(ctx context.Context, instance types.NamespacedName) (bool, error)
	// users returns the objects that point at a given one by ref.
	users(ctx context.Context, kind, namespace, name string) ([]string, error)
	// flushAll sends all gathered bulk changes now, and returns how many objects
	// they are for.
	flushAll(ctx context.Context) int
	// wakeRivals queues the objects that may take over what another one had.
	wakeRivals(ctx context.Context, instance types.NamespacedName) error
	// dependents returns the names of the objects of an instance.
	dependents(ctx context.Context, instance types.NamespacedName) ([]string, error)
}

// NewKind pairs a custom resource with its adapter.
func NewKind[O v1alpha1.Object, W, L any](prototype O, adapter Adapter[O, W, L]) Kind {
	return kind[O, W, L]{prototype, adapter}
}

type kind[O v1alpha1.Object, W, L any] struct {
	prototype O
	adapter   Adapter[O, W, L]
}

func (k kind[O, W, L]) Name() string { return kindOf(k.prototype) }

func (k kind[O, W, L]) build(deps Deps) manager { return newReconciler(deps, k.prototype, k.adapter) }

// Registry holds all kinds, and the vocabularies that references use.
type Registry struct {
	managers    []manager
	byName      map[string]manager
	collections map[string]Collection
	relations   *relations
}

// NewRegistry builds the reconcilers of all kinds.
func NewRegistry(deps Deps, kinds []Kind, vocabularies []Collection) (*Registry, error) {
	r := &Registry{byName: map[string]manager{}, collections: map[string]Collection{}, relations: newRelations()}
	deps.registry, deps.hasher = r, newHasher()
	for _, v := range vocabularies {
		r.collections[v.Kind()] = v
	}
	for _, k := range kinds {
		if r.byName[k.Name()] != nil {
			return nil, fmt.Errorf("kind %s is registered twice", k.Name())
		}
		m := k.build(deps)
		r.managers = append(r.managers, m)
		r.byName[k.Name()], r.collections[k.Name()] = m, m
	}
	deps.Pool.OnChange(func(key types.NamespacedName) {
		for _, m := range r.managers {
			if err := m.wakeInstance(context.Background(), key); err != nil {
				ctrl.Log.WithName("engine").Error(err, "Waking the objects of an instance", "instance", key, "kind", m.Kind())
			}
		}
	})
	return r, nil
}

// Reconciler returns the reconciler of one kind, nil if there is none.
func (r *Registry) Reconciler(kind string) reconcile.Reconciler {
	if m := r.byName[kind]; m != nil {
		return m
	}
	return nil
}

// OnWake is told of the objects that the engine queues by itself, in place of
// the controllers' queues.
func (r *Registry) OnWake(sink func(kind string, req reconcile.Request)) {
	for _, m := range r.managers {
		m.onWake(func(req reconcile.Request) { sink(m.Kind(), req) })
	}
}

// Flush sends all gathered bulk changes now, and returns how many objects they
// are for.
func (r *Registry) Flush(ctx context.Context) int {
	n := 0
	for _, m := range r.managers {
		n += m.flushAll(ctx)
	}
	return n
}

// Index returns the function behind an index of the cache, for clients without one.
func Index(name string) client.IndexerFunc { return indexers()[name] }

// Setup registers the reconcilers with the manager.
func (r *Registry) Setup(mgr ctrl.Manager) error {
	for _, m := range r.managers {
		if err := m.setup(mgr); err != nil {
			return fmt.Errorf("set up %s: %w", m.Kind(), err)
		}
	}
	return nil
}

// Prototypes returns an empty object of each kind.
func (r *Registry) Prototypes() []v1alpha1.Object {
	out := make([]v1alpha1.Object, len(r.managers))
	for i, m := range r.managers {
		out[i] = m.object()
	}
	return out
}

// InstanceOf returns the LookerInstance that an object belongs to.
func InstanceOf(obj v1alpha1.Object) types.NamespacedName {
	spec, _ := obj.Common()
	return instanceKey(obj, spec)
}

// Forget drops all that is known of a connection that is no longer used.
func (r *Registry) Forget(inst *Instance) {
	for _, c := range r.collections {
		c.drop(inst)
	}
}

// WakeInstance queues all objects of an instance.
func (r *Registry) WakeInstance(ctx context.Context, instance types.NamespacedName) error {
	for _, m := range r.managers {
		if err := m.wakeInstance(ctx, instance); err != nil {
			return err
		}
	}
	return nil
}

// Dependents lists the objects of an instance, as Kind/namespace/name.
func (r *Registry) Dependents(ctx context.Context, instance types.NamespacedName) ([]string, error) {
	var out []string
	for _, m := range r.managers {
		names, err := m.dependents(ctx, instance)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			out = append(out, m.Kind()+"/"+n)
		}
	}
	return out, nil
}

// wakeLookups tells everybody that a kind's names may lead elsewhere now.
func (r *Registry) wakeLookups(ctx context.Context, inst *Instance, kind string) error {
	for _, m := range r.managers {
		if err := m.wakeLookups(ctx, inst, kind); err != nil {
			return err
		}
	}
	return nil
}

// kindOf relies on every Go type being named like its kind, which Kubernetes
// requires anyway.
func kindOf(obj v1alpha1.Object) string { return reflect.TypeOf(obj).Elem().Name() }

// KindNames lists all kinds and vocabularies, in a stable order.
func (r *Registry) KindNames() []string { return sortedKeysOf(r.collections) }
