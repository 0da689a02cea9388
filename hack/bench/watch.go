package main

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// resourceOf is where the API server has a kind.
func resourceOf(kind string) schema.GroupVersionResource {
	return v1alpha1.GroupVersion.WithResource(strings.ToLower(kind) + "s")
}

// watch follows the status of every object.
type watch struct {
	cancel context.CancelFunc
	done   func()
	mu     sync.Mutex
	seen   map[string]state // by kind and name
	ready  int
}

// state is what is known of one object.
type state struct {
	id    string // in Looker
	ready bool   // Ready, for the spec as it is now
	why   string // reason and message, if not
}

// startWatch watches the kinds, and returns when it knows all their objects.
func startWatch(ctx context.Context, client dynamic.Interface, kinds []string) (*watch, error) {
	ctx, cancel := context.WithCancel(ctx)
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, namespace, nil)
	w := &watch{cancel: cancel, done: factory.Shutdown, seen: map[string]state{}}
	for _, kind := range kinds {
		informer := factory.ForResource(resourceOf(kind)).Informer()
		if err := informer.SetTransform(slim); err != nil {
			cancel()
			return nil, err
		}
		_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(o any) { w.note(kind, o) },
			UpdateFunc: func(_, o any) { w.note(kind, o) },
		})
		if err != nil {
			cancel()
			return nil, err
		}
	}
	factory.Start(ctx.Done())
	for resource, ok := range factory.WaitForCacheSync(ctx.Done()) {
		if !ok {
			w.stop()
			return nil, fmt.Errorf("watch of %s: no list came", resource.Resource)
		}
	}
	return w, nil
}

// stop ends the watches; an API server that still has some stops slowly.
func (w *watch) stop() {
	w.cancel()
	w.done()
}

// slim drops what is not looked at.
func slim(o any) (any, error) {
	u, ok := o.(*unstructured.Unstructured)
	if !ok {
		return o, nil
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": u.GetAPIVersion(), "kind": u.GetKind(), "status": u.Object["status"],
		"metadata": map[string]any{"name": u.GetName(), "namespace": u.GetNamespace(), "generation": u.GetGeneration(), "resourceVersion": u.GetResourceVersion()},
	}}, nil
}

func (w *watch) note(kind string, o any) {
	u, ok := o.(*unstructured.Unstructured)
	if !ok {
		return
	}
	s := stateOf(u)
	w.mu.Lock()
	defer w.mu.Unlock()
	key := kind + "/" + u.GetName()
	if w.seen[key].ready {
		w.ready--
	}
	if s.ready {
		w.ready++
	}
	w.seen[key] = s
}

func stateOf(u *unstructured.Unstructured) state {
	status, _ := u.Object["status"].(map[string]any)
	id, _ := status["id"].(string)
	s := state{id: id, why: "no Ready condition"}
	conditions, _ := status["conditions"].([]any)
	for _, c := range conditions {
		c, _ := c.(map[string]any)
		if c["type"] != v1alpha1.ConditionReady {
			continue
		}
		s.ready = c["status"] == "True" && c["observedGeneration"] == u.GetGeneration()
		s.why = fmt.Sprintf("%v: %v", c["reason"], c["message"])
	}
	return s
}

// readiness is how many objects are Ready, and why one of the others is not.
func (w *watch) readiness() (ready int, example string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ready < len(w.seen) {
		for key, s := range w.seen {
			if !s.ready {
				return w.ready, key + ": " + s.why
			}
		}
	}
	return w.ready, ""
}

// get is what is known of an object.
func (w *watch) get(kind, name string) state {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[kind+"/"+name]
}
