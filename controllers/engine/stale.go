package engine

import (
	"context"
	"strconv"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// cacheLag is how long a pass waits for the cache to show what this process has
// written. Then the API server is asked.
const cacheLag = 10 * time.Second

// writes remembers which version of each object this process wrote last. A
// reconcile that is woken right after one may get a copy without it, and what is
// decided on that is wrong: an object that does not know its own id yet would
// take what it has just made for somebody else's.
type writes struct {
	mu   sync.Mutex
	last map[types.NamespacedName]write
}

type write struct {
	version uint64
	at      time.Time
}

// note remembers the version that an object has after a write.
func (w *writes) note(obj v1alpha1.Object, now time.Time) {
	version, ok := versionOf(obj)
	if !ok {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last == nil {
		w.last = map[types.NamespacedName]write{}
	}
	w.last[keyOf(obj)] = write{version, now}
}

// of returns the last write of an object that the cache need not show yet. It is
// to be asked before the cache is: what the cache shows afterwards, it forgets.
func (w *writes) of(key types.NamespacedName) write {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last[key]
}

// isMissingIn reports whether a copy is older than the write.
func (w write) isMissingIn(obj v1alpha1.Object) bool {
	version, ok := versionOf(obj)
	return ok && version < w.version
}

// read returns an object as it is after the last write of this process; errStale
// if it has to be waited for.
func (r *Reconciler[O, W, L]) read(ctx context.Context, key types.NamespacedName) (O, error) {
	obj, written := r.newObject(), r.writes.of(key)
	err := r.Client.Get(ctx, key, obj)
	switch {
	case err != nil || !written.isMissingIn(obj):
		return obj, err
	case r.Clock.Since(written.at) < cacheLag:
		return obj, errStale
	}
	obj = r.newObject()
	if err = r.Reader.Get(ctx, key, obj); err == nil && written.isMissingIn(obj) { // a backup was restored, say
		r.writes.forget(key)
	}
	return obj, err
}

// seen notes that the cache shows a version, so that there is no need to remember
// that it was written.
func (w *writes) seen(obj v1alpha1.Object) {
	version, ok := versionOf(obj)
	w.mu.Lock()
	defer w.mu.Unlock()
	if last, known := w.last[keyOf(obj)]; known && ok && version >= last.version {
		delete(w.last, keyOf(obj))
	}
}

func (w *writes) forget(key types.NamespacedName) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.last, key)
}

// versionOf is the resource version as a number; Kubernetes compares them so.
func versionOf(obj v1alpha1.Object) (uint64, bool) {
	version, err := strconv.ParseUint(obj.GetResourceVersion(), 10, 64)
	return version, err == nil
}
