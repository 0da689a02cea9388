package engine

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

func TestAWriteIsMissedUntilTheCacheShowsIt(t *testing.T) {
	t.Parallel()
	copyOf := func(version string) *v1alpha1.LookerFolder {
		return &v1alpha1.LookerFolder{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "reports", ResourceVersion: version}}
	}
	var w writes
	now := time.Now()
	key := keyOf(copyOf(""))
	missing := func(version string) bool { return w.of(key).isMissingIn(copyOf(version)) }
	if missing("4") {
		t.Error("nothing was written")
	}
	w.note(copyOf("9"), now)
	w.note(copyOf("not a number"), now)
	for version, want := range map[string]bool{"8": true, "9": false, "10": false, "": false} { // 10 is more than 9
		if got := missing(version); got != want {
			t.Errorf("version %s: missing %v", version, got)
		}
	}
	before := w.of(key)
	w.seen(copyOf("8"))
	if !missing("8") {
		t.Error("the cache shows something older")
	}
	w.seen(copyOf("9"))
	if missing("8") || len(w.last) != 0 {
		t.Error("what the cache shows is not kept")
	}
	if !before.isMissingIn(copyOf("8")) {
		t.Error("asked before the cache, the write is still known")
	}
}
