package engine

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// The indexes of the cache. Each is on every kind.
const (
	indexInstance   = "instance"   // namespace/name of the LookerInstance
	indexID         = "id"         // instance/bucket of the id in Looker
	indexReferences = "references" // kind/namespace/name of what a ref points at
	indexLookups    = "lookups"    // instance/kind of what is referred to by name
	indexSecrets    = "secrets"    // names of Secrets
)

func indexers() map[string]client.IndexerFunc {
	object := func(f func(v1alpha1.Object) []string) client.IndexerFunc {
		return func(o client.Object) []string { return f(o.(v1alpha1.Object)) }
	}
	return map[string]client.IndexerFunc{
		indexInstance: object(func(o v1alpha1.Object) []string {
			spec, _ := o.Common()
			return []string{instanceIndex(instanceKey(o, spec))}
		}),
		indexID: object(func(o v1alpha1.Object) []string {
			spec, status := o.Common()
			if status.ID == "" {
				return nil
			}
			return []string{idIndex(instanceKey(o, spec), status.ID)}
		}),
		indexReferences: object(func(o v1alpha1.Object) []string {
			var keys []string
			for _, ref := range o.References() {
				if ref.Target.By == v1alpha1.ByRef {
					keys = append(keys, referenceIndex(ref.Kind, o.GetNamespace(), ref.Target.Value))
				}
			}
			return sortedSet(keys)
		}),
		indexLookups: object(func(o v1alpha1.Object) []string {
			spec, _ := o.Common()
			var keys []string
			for _, ref := range o.References() {
				if isLookup(ref.Target) {
					keys = append(keys, instanceIndex(instanceKey(o, spec))+"/"+ref.Kind)
				}
			}
			return sortedSet(keys)
		}),
		indexSecrets: object(func(o v1alpha1.Object) []string {
			var names []string
			for _, ref := range o.SecretReferences() {
				names = append(names, ref.Name)
			}
			return sortedSet(names)
		}),
	}
}

// idBuckets is how many keys the index of ids has for an instance. An index keeps a
// set for each key, twice; with a key for each id that would be a tenth of the
// operator's memory.
const idBuckets = 512

func idIndex(instance types.NamespacedName, id string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return instanceIndex(instance) + "/" + strconv.FormatUint(uint64(h.Sum32()%idBuckets), 16)
}

// listByID returns the objects of an instance that have an id in Looker, as
// listByIndex does. More than one is an error that the caller tells.
func (r *Reconciler[O, W, L]) listByID(ctx context.Context, instance types.NamespacedName, id string) ([]O, error) {
	bucket, err := r.listByIndex(ctx, indexID, idIndex(instance, id))
	return slices.DeleteFunc(bucket, func(o O) bool {
		_, status := o.Common()
		return status.ID != id
	}), err
}

func instanceIndex(key types.NamespacedName) string { return key.Namespace + "/" + key.Name }

func referenceIndex(kind, namespace, name string) string { return kind + "/" + namespace + "/" + name }

// listByIndex returns the objects of this kind under one key of an index. They
// are the cache's own, to be read only: copies of thousands, for each sweep and
// each kind, would be most of what the operator allocates.
func (r *Reconciler[O, W, L]) listByIndex(ctx context.Context, index, key string, opts ...client.ListOption) ([]O, error) {
	list, err := r.newList()
	if err != nil {
		return nil, err
	}
	opts = append(opts, client.MatchingFields{index: key}, client.UnsafeDisableDeepCopy)
	if err := r.Client.List(ctx, list, opts...); err != nil {
		return nil, fmt.Errorf("list %s by %s: %w", r.kind, index, err)
	}
	items, err := meta.ExtractList(list)
	if err != nil {
		return nil, err
	}
	out := make([]O, 0, len(items))
	for _, item := range items {
		out = append(out, item.(O))
	}
	return out, nil
}

func (r *Reconciler[O, W, L]) newList() (client.ObjectList, error) {
	o, err := r.Client.Scheme().New(v1alpha1.GroupVersion.WithKind(r.kind + "List"))
	if err != nil {
		return nil, err
	}
	list, ok := o.(client.ObjectList)
	if !ok {
		return nil, fmt.Errorf("%T is not a list", o)
	}
	return list, nil
}

// anyOf reports whether there is an object under one key of an index.
func (r *Reconciler[O, W, L]) anyOf(ctx context.Context, index, key string) (bool, error) {
	objects, err := r.listByIndex(ctx, index, key, client.Limit(1))
	return len(objects) > 0, err
}

// used implements manager.
func (r *Reconciler[O, W, L]) used(ctx context.Context, instance types.NamespacedName) (bool, error) {
	return r.anyOf(ctx, indexInstance, instanceIndex(instance))
}

// looksUp implements manager.
func (r *Reconciler[O, W, L]) looksUp(ctx context.Context, instance types.NamespacedName, kind string) (bool, error) {
	return r.anyOf(ctx, indexLookups, instanceIndex(instance)+"/"+kind)
}

// dependents implements manager.
func (r *Reconciler[O, W, L]) dependents(ctx context.Context, instance types.NamespacedName) ([]string, error) {
	objects, err := r.listByIndex(ctx, indexInstance, instanceIndex(instance))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, o := range objects {
		out = append(out, o.GetNamespace()+"/"+o.GetName())
	}
	return out, nil
}

// wakeInstance implements manager.
func (r *Reconciler[O, W, L]) wakeInstance(ctx context.Context, instance types.NamespacedName) error {
	objects, err := r.listByIndex(ctx, indexInstance, instanceIndex(instance))
	if err != nil {
		return err
	}
	for _, o := range objects {
		r.wake(keyOf(o), rankRetry)
	}
	return nil
}
