package month

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/controllers/engine"
)

// kube is what the operator sees of Kubernetes: objects in memory, without
// sockets, so that simulated time can pass. It has the calls that the operator
// makes; another one is a nil pointer, and the test ends there.
type kube struct {
	client.Client
	scheme *runtime.Scheme

	mu      sync.Mutex
	objects map[string]client.Object // by kind/namespace/name
	serial  int
	writes  map[string]int // of the operator, by kind
	events  map[string]int // by kind and reason
	changed func(before, now client.Object)
}

func newKube(scheme *runtime.Scheme) *kube {
	return &kube{scheme: scheme, objects: map[string]client.Object{}, writes: map[string]int{}, events: map[string]int{}, changed: func(_, _ client.Object) {}}
}

func kindOf(o runtime.Object) string { return reflect.TypeOf(o).Elem().Name() }

func keyOf(o client.Object) string { return kindOf(o) + "/" + o.GetNamespace() + "/" + o.GetName() }

func (k *kube) Scheme() *runtime.Scheme { return k.scheme }

func (k *kube) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	have := k.objects[kindOf(into)+"/"+key.String()]
	if have == nil {
		return apierrors.NewNotFound(schema.GroupResource{Resource: kindOf(into)}, key.Name)
	}
	return copyInto(have, into)
}

func copyInto(from, to client.Object) error {
	reflect.ValueOf(to).Elem().Set(reflect.ValueOf(from.DeepCopyObject()).Elem())
	return nil
}

func (k *kube) List(_ context.Context, list client.ObjectList, opts ...client.ListOption) error {
	var o client.ListOptions
	o.ApplyOptions(opts)
	k.mu.Lock()
	defer k.mu.Unlock()
	kind := strings.TrimSuffix(kindOf(list), "List")
	var items []runtime.Object
	for key, obj := range k.objects {
		if strings.HasPrefix(key, kind+"/") && selected(obj, o) {
			items = append(items, obj)
		}
		if o.Limit > 0 && int64(len(items)) == o.Limit {
			break
		}
	}
	return meta.SetList(list, items)
}

// selected looks the object up in the indexes that the cache would have.
func selected(obj client.Object, o client.ListOptions) bool {
	if o.Namespace != "" && obj.GetNamespace() != o.Namespace {
		return false
	}
	if o.FieldSelector == nil {
		return true
	}
	for _, r := range o.FieldSelector.Requirements() {
		found := false
		for _, value := range engine.Index(r.Field)(obj) {
			found = found || value == r.Value
		}
		if !found {
			return false
		}
	}
	return true
}

// put stores an object as a user would apply it.
func (k *kube) put(obj client.Object) {
	k.mu.Lock()
	before := k.objects[keyOf(obj)]
	now := obj.DeepCopyObject().(client.Object)
	if before == nil {
		now.SetUID(types.UID(fmt.Sprintf("uid-%06d", len(k.objects))))
		now.SetCreationTimestamp(metav1.NewTime(time.Now()))
		now.SetGeneration(1)
	} else {
		now.SetGeneration(before.GetGeneration() + 1)
	}
	k.store(now)
	k.mu.Unlock()
	k.changed(before, now)
}

func (k *kube) store(obj client.Object) {
	k.serial++
	obj.SetResourceVersion(strconv.Itoa(k.serial))
	k.objects[keyOf(obj)] = obj
}

// Patch implements client.Client for what is not the status.
func (k *kube) Patch(_ context.Context, obj client.Object, p client.Patch, _ ...client.PatchOption) error {
	return k.merge(obj, p)
}

func (k *kube) Status() client.SubResourceWriter { return status{k: k} }

type status struct {
	client.SubResourceWriter
	k *kube
}

func (s status) Patch(_ context.Context, obj client.Object, p client.Patch, _ ...client.SubResourcePatchOption) error {
	return s.k.merge(obj, p)
}

func (k *kube) merge(obj client.Object, p client.Patch) error {
	patch, err := p.Data(obj)
	if err != nil {
		return err
	}
	k.mu.Lock()
	before := k.objects[keyOf(obj)]
	if before == nil {
		k.mu.Unlock()
		return apierrors.NewNotFound(schema.GroupResource{Resource: kindOf(obj)}, obj.GetName())
	}
	now, err := patched(before, p.Type(), patch)
	if err == nil && strings.Contains(string(patch), "resourceVersion") && now.GetResourceVersion() != before.GetResourceVersion() {
		err = apierrors.NewConflict(schema.GroupResource{Resource: kindOf(obj)}, obj.GetName(), fmt.Errorf("it was changed"))
	}
	if err != nil {
		k.mu.Unlock()
		return err
	}
	k.store(now)
	k.writes[kindOf(obj)]++
	k.mu.Unlock()
	k.changed(before, now)
	return copyInto(now, obj)
}

func patched(obj client.Object, kind types.PatchType, patch []byte) (client.Object, error) {
	data, err := json.Marshal(obj)
	if err != nil {
		return nil, err
	}
	if kind == types.JSONPatchType {
		steps, err := jsonpatch.DecodePatch(patch)
		if err != nil {
			return nil, err
		}
		if data, err = steps.Apply(data); err != nil {
			return nil, err
		}
	} else if data, err = jsonpatch.MergePatch(data, patch); err != nil {
		return nil, err
	}
	out := reflect.New(reflect.TypeOf(obj).Elem()).Interface().(client.Object)
	return out, json.Unmarshal(data, out)
}

// find returns a copy of the present version of an object.
func (k *kube) find(obj client.Object) client.Object {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.objects[keyOf(obj)].DeepCopyObject().(client.Object)
}
