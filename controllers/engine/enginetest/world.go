package enginetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers/engine"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
)

// errCrashed is what every call gets after the process has "stopped".
var errCrashed = errors.New("the process has stopped")

// World is one check's own namespace, Looker, clock and operator.
type World struct {
	*testing.T
	Suite     *Suite
	Namespace string
	Admin     client.Client
	Looker    *lookertest.Server
	Clock     *clocktesting.FakeClock
	Operator  *Operator

	mu      sync.Mutex
	writes  int // of the operator to Kubernetes
	effects int // of the operator: writes to Kubernetes and to Looker
	crashAt int // stop after so many effects; 0 is never
	dead    bool
	events  recorder
	kube    client.WithWatch
	queue   queue
	logged  []string // errors of reconciles, which a manager logs
}

// NewWorld starts a world with a LookerInstance that is connected.
func (s *Suite) NewWorld(t *testing.T, opts ...lookertest.Option) *World {
	t.Helper()
	w := &World{T: t, Suite: s, Admin: s.admin, Namespace: s.Namespace(t, nil)}
	w.Clock = clocktesting.NewFakeClock(time.Now().Truncate(time.Second))
	w.Looker = lookertest.Start(t, append([]lookertest.Option{lookertest.WithClock(w.Clock.Now)}, opts...)...)
	w.Looker.Inject(lookertest.Fault{Match: w.countLookerWrite, Drop: true, AfterEffect: true})
	w.Looker.Inject(lookertest.Fault{Match: w.isDead, Drop: true})
	base, err := client.NewWithWatch(s.config, client.Options{Scheme: s.scheme})
	if err != nil {
		t.Fatal(err)
	}
	w.kube = interceptor.NewClient(base, w.interceptors())
	w.Start()
	w.Create(&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "looker"},
		StringData: map[string]string{"clientId": w.Looker.ClientID(), "clientSecret": w.Looker.ClientSecret()},
	})
	fast := int32(1000)
	inFlight := int32(100)
	w.Create(&v1alpha1.LookerInstance{
		ObjectMeta: metav1.ObjectMeta{Name: "looker"},
		Spec: v1alpha1.LookerInstanceSpec{
			URL:                  w.Looker.URL(),
			CredentialsSecretRef: v1alpha1.LocalSecretReference{Name: "looker"},
			Edition:              v1alpha1.EditionUnlimited,
			Traffic:              &v1alpha1.Traffic{RequestsPerSecond: &fast, Burst: &fast, MaxInFlight: &inFlight},
		},
	})
	w.Settle()
	return w
}

// Start starts the operator, or, after a crash, starts it again: nothing but
// what is in Kubernetes and in Looker is known to it.
func (w *World) Start() {
	w.Helper()
	w.mu.Lock()
	w.dead, w.crashAt, w.effects = false, 0, 0
	w.mu.Unlock()
	op, err := w.Suite.build(w.kube, w.kube, &w.events, w.Clock)
	if err != nil {
		w.Fatal(err)
	}
	w.Operator = op
	w.queue = queue{seen: map[string]string{}, due: map[string]time.Time{}, failures: map[string]int{}}
	op.Registry.OnWake(func(kind string, req reconcile.Request) { w.queue.wake(kind + "/" + req.Name) })
}

// CrashAfter stops the process after its n-th effect from now.
func (w *World) CrashAfter(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.effects, w.crashAt = 0, n
}

// Crashed reports whether the process has stopped.
func (w *World) Crashed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dead
}

// effect counts one and reports whether the process stops with it.
func (w *World) effect(kube bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.effects++
	if kube {
		w.writes++
	}
	w.dead = w.dead || w.crashAt > 0 && w.effects >= w.crashAt
	return w.dead
}

func (w *World) countLookerWrite(r *http.Request) bool {
	return r.Method != http.MethodGet && !w.Crashed() && w.effect(false)
}

func (w *World) isDead(*http.Request) bool { return w.Crashed() }

func (w *World) interceptors() interceptor.Funcs {
	write := func(do func() error) error {
		if w.Crashed() {
			return errCrashed
		}
		if err := do(); err != nil {
			return err
		}
		if w.effect(true) {
			return errCrashed
		}
		return nil
	}
	return interceptor.Funcs{
		Create: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.CreateOption) error {
			return write(func() error { return c.Create(ctx, o, opts...) })
		},
		Update: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
			return write(func() error { return c.Update(ctx, o, opts...) })
		},
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			return write(func() error { return c.Patch(ctx, o, p, opts...) })
		},
		Delete: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.DeleteOption) error {
			return write(func() error { return c.Delete(ctx, o, opts...) })
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
			return write(func() error { return c.SubResource(sub).Patch(ctx, o, p, opts...) })
		},
		List: w.listByIndex,
	}
}

// listByIndex answers as the operator's cache does: it knows the indexes.
func (w *World) listByIndex(ctx context.Context, c client.WithWatch, list client.ObjectList, opts ...client.ListOption) error {
	var o client.ListOptions
	o.ApplyOptions(opts)
	selector := o.FieldSelector
	o.FieldSelector = nil
	if o.Namespace == "" {
		o.Namespace = w.Namespace
	}
	if err := c.List(ctx, list, &o); err != nil || selector == nil {
		return err
	}
	items, err := meta.ExtractList(list)
	if err != nil {
		return err
	}
	kept := items[:0]
	for _, item := range items {
		matches := true
		for _, r := range selector.Requirements() {
			found := false
			for _, key := range engine.Index(r.Field)(item.(client.Object)) {
				found = found || key == r.Value
			}
			matches = matches && found
		}
		if matches {
			kept = append(kept, item)
		}
	}
	return meta.SetList(list, kept)
}

// Sweep compares every kind with Looker, then reconciles what was found.
func (w *World) Sweep() {
	w.Helper()
	for _, err := range w.TrySweep() {
		w.Error(err)
	}
	w.Settle()
}

// TrySweep compares every kind with Looker, and returns what went wrong.
func (w *World) TrySweep() (errs []error) {
	w.Helper()
	inst, _, _ := w.Operator.Pool.Get(types.NamespacedName{Namespace: w.Namespace, Name: "looker"})
	if inst == nil {
		w.Fatal("there is no connection to sweep with")
	}
	for _, o := range w.Operator.Registry.KindNames() {
		if _, err := w.Operator.Registry.Sweep(w.Context(), inst, o); err != nil {
			errs = append(errs, fmt.Errorf("sweep of %s: %w", o, err))
		}
	}
	return errs
}

// objects returns all objects of the world, of every kind.
func (w *World) objects() []v1alpha1.Object {
	var out []v1alpha1.Object
	for _, p := range w.Operator.Registry.Prototypes() {
		o, err := w.Suite.scheme.New(v1alpha1.GroupVersion.WithKind(kindOf(p) + "List"))
		if err != nil {
			w.Fatal(err)
		}
		list := o.(client.ObjectList)
		if err := w.Admin.List(context.Background(), list, client.InNamespace(w.Namespace)); err != nil {
			w.Fatal(err)
		}
		items, err := meta.ExtractList(list)
		if err != nil {
			w.Fatal(err)
		}
		for _, item := range items {
			out = append(out, item.(v1alpha1.Object))
		}
	}
	return out
}

// state is a text that changes whenever anything does.
func (w *World) state() string {
	var b strings.Builder
	for _, o := range w.objects() {
		_, status := o.Common()
		fmt.Fprintf(&b, "%s/%s %s %s\n", kindOf(o), o.GetName(), o.GetResourceVersion(), describe(status))
	}
	fmt.Fprintf(&b, "calls %d\n", w.Looker.Calls().Total)
	return b.String()
}

func describe(status *v1alpha1.CommonStatus) string {
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		return "id " + status.ID + ", no condition"
	}
	return fmt.Sprintf("id %s, Ready=%s %s: %s", status.ID, ready.Status, ready.Reason, ready.Message)
}

func kindOf(o v1alpha1.Object) string { return reflect.TypeOf(o).Elem().Name() }
