package engine

import (
	"strconv"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// cacheLag is how long the cache may take to show what this process has written.
// Later, an older version is taken as it is: somebody may have restored a backup.
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

// isStale reports whether a copy is older than what this process wrote.
func (w *writes) isStale(obj v1alpha1.Object, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	last, known := w.last[keyOf(obj)]
	if !known {
		return false
	}
	version, ok := versionOf(obj)
	if ok && version < last.version && now.Sub(last.at) < cacheLag {
		return true
	}
	delete(w.last, keyOf(obj))
	return false
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
