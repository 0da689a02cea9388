package enginetest

import (
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// queue decides what is reconciled next, as watches, timers and back-offs do in
// a running operator.
type queue struct {
	mu       sync.Mutex
	seen     map[string]string    // what each object was woken by last
	due      map[string]time.Time // when each asked to be reconciled again
	woken    map[string]bool
	failures map[string]int
}

func (q *queue) wake(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.woken == nil {
		q.woken = map[string]bool{}
	}
	q.woken[key] = true
}

// take reports whether an object is to be reconciled now, given what watches
// would show of it and of its surroundings.
func (q *queue) take(key, visible string, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	at, timed := q.due[key]
	due := q.seen[key] != visible || q.woken[key] || timed && !now.Before(at)
	q.seen[key] = visible
	delete(q.woken, key)
	if due {
		delete(q.due, key)
	}
	return due
}

// done notes when an object wants to come back.
func (q *queue) done(key string, res reconcile.Result, err error, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case err != nil:
		q.failures[key]++
		q.due[key] = now.Add(time.Second << min(q.failures[key], 10))
	case res.RequeueAfter > 0:
		delete(q.failures, key)
		q.due[key] = now.Add(res.RequeueAfter)
	default:
		delete(q.failures, key)
	}
}

// maxRounds without rest is a loop.
const maxRounds = 40

// Settle reconciles whatever is due until nothing is. The clock stands still.
func (w *World) Settle() {
	w.Helper()
	for range maxRounds {
		if w.Round() == 0 || w.Crashed() {
			return
		}
	}
	w.Fatalf("the operator does not come to rest; last state:\n%scalls: %v", w.state(), w.Looker.Calls().ByOperation)
}

// Round reconciles once what is due, and returns how much that was.
func (w *World) Round() int { return w.round(false) }

// Force reconciles everything n times, due or not.
func (w *World) Force(n int) {
	for range n {
		w.round(true)
	}
}

func (w *World) round(force bool) int {
	w.Helper()
	n := 0
	surroundings := w.surroundings()
	try := func(key string, r reconcile.Reconciler, name types.NamespacedName, visible string) {
		if w.Crashed() || !w.queue.take(key, visible, w.Clock.Now()) && !force {
			return
		}
		n++
		res, err := r.Reconcile(w.Context(), reconcile.Request{NamespacedName: name})
		if err != nil {
			w.Logf("%s: %v", key, err)
			w.logged = append(w.logged, err.Error())
		}
		w.queue.done(key, res, err, w.Clock.Now())
	}
	try("LookerInstance/looker", w.Operator.Instances, types.NamespacedName{Namespace: w.Namespace, Name: "looker"}, surroundings)
	for _, o := range w.objects() {
		key := kindOf(o) + "/" + o.GetName()
		try(key, w.Operator.Registry.Reconciler(kindOf(o)), client.ObjectKeyFromObject(o), surroundings)
	}
	if w.Crashed() {
		return n
	}
	return n + w.Operator.Registry.Flush(w.Context())
}

// surroundings is a text of all that the operator's watches let through: specs,
// requests, deletions and ids of objects, and the versions of Secrets. Statuses
// are not part of it: a status write wakes nobody.
func (w *World) surroundings() string {
	out := ""
	for _, o := range w.objects() {
		_, status := o.Common()
		out += fmt.Sprintf("%s/%s %d %v %s %s\n", kindOf(o), o.GetName(), o.GetGeneration(), o.GetDeletionTimestamp(),
			o.GetAnnotations()[v1alpha1.AnnotationReconcileRequest], status.ID)
	}
	var instance v1alpha1.LookerInstance
	if err := w.Admin.Get(w.Context(), types.NamespacedName{Namespace: w.Namespace, Name: "looker"}, &instance); client.IgnoreNotFound(err) != nil {
		w.Fatal(err)
	}
	out += fmt.Sprintf("instance %d %v\n", instance.Generation, instance.DeletionTimestamp)
	var secrets corev1.SecretList
	if err := w.Admin.List(w.Context(), &secrets, client.InNamespace(w.Namespace)); err != nil {
		w.Fatal(err)
	}
	for _, s := range secrets.Items {
		out += s.Name + " " + s.ResourceVersion + "\n"
	}
	return out
}

// Reconcile reconciles one object, in whatever namespace, until it has nothing
// more to do at once.
func (w *World) Reconcile(kind string, key types.NamespacedName) {
	w.Helper()
	for range 5 {
		if _, err := w.Operator.Registry.Reconciler(kind).Reconcile(w.Context(), reconcile.Request{NamespacedName: key}); err != nil {
			w.Logf("%s: %v", key, err)
		}
	}
}
