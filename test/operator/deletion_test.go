package operator

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
)

// tree is three levels of folders, in an order that helps nobody.
func tree() []*v1alpha1.LookerFolder {
	return []*v1alpha1.LookerFolder{
		folder("a1x", "a1"), folder("a", ""), folder("a1", "a"), folder("b1", "b"),
		folder("a2", "a"), folder("b", ""), folder("a1y", "a1"),
	}
}

func names(folders []*v1alpha1.LookerFolder) []string {
	var out []string
	for _, f := range folders {
		out = append(out, f.Name)
	}
	return out
}

// folderNames are the names of Looker's folders, sorted.
func (w *world) folderNames() []string {
	var out []string
	for _, row := range w.looker.Rows("folder") {
		name, _ := row["name"].(string)
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func TestObjectsDeletedInAnyOrderAreGoneFromLooker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seeded := w.folderNames()
	w.connect()
	folders := tree()
	for _, f := range folders {
		w.create(f)
	}
	w.waitReady("LookerFolder", names(folders)...)
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(folders), func(i, j int) { folders[i], folders[j] = folders[j], folders[i] })
	t.Logf("seed %d: deleting %v", seed, names(folders))
	for _, f := range folders {
		w.delete(f)
	}
	w.waitGone(soon, "LookerFolder", names(folders)...)
	if left := w.folderNames(); !slices.Equal(left, seeded) {
		t.Errorf("Looker has the folders %v; at first it had %v", left, seeded)
	}
}

func TestANamespaceIsDeletedWithAllThatItHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seeded := w.folderNames()
	w.connect()
	folders := tree()
	for _, f := range folders {
		w.create(f)
	}
	w.waitReady("LookerFolder", names(folders)...)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: w.namespace}}
	if err := admin.Delete(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	// The API server takes some seconds to look at a namespace again.
	w.within(45*time.Second, "the namespace is gone", func() (bool, string) {
		err := admin.Get(t.Context(), client.ObjectKeyFromObject(namespace), namespace)
		if client.IgnoreNotFound(err) != nil {
			t.Fatal(err)
		}
		var why []string
		for _, c := range namespace.Status.Conditions {
			if c.Status == corev1.ConditionTrue {
				why = append(why, c.Message)
			}
		}
		return err != nil, strings.Join(why, "; ")
	})
	if left := w.folderNames(); !slices.Equal(left, seeded) {
		t.Errorf("Looker has the folders %v; at first it had %v", left, seeded)
	}
}

func TestAnInstanceInUseWaitsForItsDependents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect()
	w.create(folder("dependent", ""))
	w.waitReady("LookerFolder", "dependent")
	w.delete(w.instance("looker", w.looker))
	w.waitReason("LookerInstance", "looker", "InUse")
	if message := ready(w.get("LookerInstance", "looker")).Message; !strings.Contains(message, "dependent") {
		t.Errorf("the message does not name what it waits for: %s", message)
	}
	w.delete(folder("dependent", ""))
	w.waitGone(5*time.Second, "LookerFolder", "dependent")
	w.waitGone(5*time.Second, "LookerInstance", "looker")
	if slices.Contains(w.folderNames(), "dependent") {
		t.Error("the folder is still in Looker")
	}
}
