package month

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// world is one Looker, one Kubernetes, and an operator, in simulated time.
type world struct {
	*testing.T
	looker *lookertest.Server
	kube   *kube
	op     *operator
	stop   func()
	mix    []client.Object
}

// newWorld applies the mix without a limit, and lets time pass until the first
// day of a month with 31 days.
func newWorld(t *testing.T) *world {
	t.Helper()
	ctrl.SetLogger(logr.Discard())
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	latency := rand.New(rand.NewPCG(1, 2))
	w := &world{T: t, kube: newKube(scheme)}
	w.looker = lookertest.New(lookertest.WithLatency(func() time.Duration { return time.Duration(150+latency.IntN(80)) * time.Millisecond }))
	w.mix = mix(seed(w.looker))
	secret, inst := instance(w.looker)
	inst.Spec.Edition = v1alpha1.EditionUnlimited
	inst.Spec.Traffic = &v1alpha1.Traffic{RequestsPerSecond: new(int32(100)), Burst: new(int32(100)), MaxInFlight: new(int32(8))}
	inst.Spec.DriftDetection = &v1alpha1.DriftDetection{Enabled: new(false)}
	w.start()
	t.Cleanup(func() { w.stop() })
	w.kube.put(secret)
	w.kube.put(inst)
	for _, obj := range w.mix {
		w.kube.put(obj)
	}
	for range 600 {
		time.Sleep(time.Second)
		if len(w.notReady()) == 0 {
			break
		}
	}
	w.mustBeReady()
	time.Sleep(time.Until(time.Date(2000, 3, 1, 0, 0, 0, 0, time.UTC)))
	return w
}

// start starts the operator; the one before must have been stopped.
func (w *world) start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.op = startOperator(ctx, w.T, w.kube, w.looker)
	w.stop = func() {
		cancel()
		time.Sleep(time.Minute) // for what is under way to end
	}
}

// spec changes the LookerInstance.
func (w *world) spec(change func(*v1alpha1.LookerInstanceSpec)) {
	inst := w.instance()
	change(&inst.Spec)
	w.kube.put(inst)
	time.Sleep(10 * time.Second)
}

func (w *world) instance() *v1alpha1.LookerInstance {
	var inst v1alpha1.LookerInstance
	if err := w.kube.Get(context.Background(), client.ObjectKey{Namespace: namespace, Name: "looker"}, &inst); err != nil {
		w.Fatal(err)
	}
	return &inst
}

func (w *world) notReady() []string {
	w.kube.mu.Lock()
	defer w.kube.mu.Unlock()
	var out []string
	for key, o := range w.kube.objects {
		obj, ok := o.(v1alpha1.Object)
		if !ok {
			continue
		}
		_, status := obj.Common()
		if c := meta.FindStatusCondition(status.Conditions, "Ready"); c == nil || c.Status != "True" || c.ObservedGeneration != o.GetGeneration() {
			out = append(out, fmt.Sprintf("%s: %+v", key, c))
		}
	}
	return out
}

func (w *world) mustBeReady() {
	w.Helper()
	if left := w.notReady(); len(left) > 0 {
		w.Fatalf("%d objects are not Ready, such as %s; the instance: %+v", len(left), left[0], w.instance().Status.Conditions)
	}
}

// until waits in steps for a condition, and returns how long that took.
func until(most, step time.Duration, done func() bool) (time.Duration, bool) {
	start := time.Now()
	for !done() {
		if time.Since(start) > most {
			return time.Since(start), false
		}
		time.Sleep(step)
	}
	return time.Since(start), true
}

// id of an object in Looker.
func (w *world) id(obj client.Object) string {
	now := w.kube.find(obj)
	_, status := now.(v1alpha1.Object).Common()
	return status.ID
}

// rename edits the last name of a user in Kubernetes, and returns how long it
// takes until Looker has it.
func (w *world) rename(i int, name string) time.Duration {
	w.Helper()
	w.edit(w.mix[i], name)
	took, ok := until(time.Minute, 100*time.Millisecond, func() bool { return w.looker.Row("user", w.id(w.mix[i]))["last_name"] == name })
	if !ok {
		w.Errorf("an edit was not applied in %s", took)
	}
	return took
}

func TestAMonthOnTheStandardEdition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec(func(s *v1alpha1.LookerInstanceSpec) {
			s.Edition, s.DriftDetection = v1alpha1.EditionStandard, nil
		})
		w.looker.ResetCalls()
		dice := rand.New(rand.NewPCG(3, 4))
		var slowest, longest time.Duration
		drift := map[int]time.Time{} // user -> when its name was changed by hand
		edits := 0
		for day := range 31 {
			for edit := range 5 {
				time.Sleep(4 * time.Hour)
				slowest = max(slowest, w.rename(dice.IntN(users), fmt.Sprintf("Day %d edit %d", day, edit)))
				edits++
				longest = max(longest, w.corrected(drift))
			}
			victim := dice.IntN(users)
			w.looker.Set("user", w.id(w.mix[victim]), map[string]any{"first_name": "By hand"})
			drift[victim] = time.Now()
			w.sleepUntil(time.Date(2000, 3, 2+day, 0, 0, 0, 0, time.UTC), drift, &longest)
		}
		calls := w.looker.Calls()
		t.Logf("31 days, %d objects, %d edits: %d administrative calls, %d query calls; slowest edit %s; longest drift %s; %v",
			len(w.mix), edits, calls.ByClass["non_query"], calls.ByClass["db_query"], slowest, longest, calls.ByOperation)
		t.Logf("status: %+v; writes %v; events %v", *w.instance().Status.DriftDetection, w.kube.writes, w.kube.events)
		if n := calls.ByClass["non_query"]; n > 900 {
			t.Errorf("%d administrative calls, want at most 900", n)
		}
		if slowest >= 5*time.Second {
			t.Errorf("an edit took %s", slowest)
		}
		if longest >= 26*time.Hour || len(drift) > 2 {
			t.Errorf("a change by hand stayed for %s; %d are still there", longest, len(drift))
		}
	})
}

// corrected forgets the changes by hand that were put back, and returns the
// longest time that one of them stayed.
func (w *world) corrected(drift map[int]time.Time) (longest time.Duration) {
	for user, since := range drift {
		age := time.Since(since)
		if w.looker.Row("user", w.id(w.mix[user]))["first_name"] != "By hand" {
			delete(drift, user)
		}
		longest = max(longest, age)
	}
	return longest
}

func (w *world) sleepUntil(end time.Time, drift map[int]time.Time, longest *time.Duration) {
	for time.Now().Before(end) {
		time.Sleep(min(time.Until(end), 10*time.Minute))
		*longest = max(*longest, w.corrected(drift))
	}
}
