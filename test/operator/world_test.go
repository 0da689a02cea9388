package operator

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/looker-operator/looker-operator/api/v1alpha1"
	"github.com/looker-operator/looker-operator/controllers"
	"github.com/looker-operator/looker-operator/lookerclient/lookertest"
	"github.com/looker-operator/looker-operator/test/manifests"
)

// soon is how long something may take that needs no timer, only events. Parallel
// tests on a busy machine need most of it.
const soon = 20 * time.Second

// world is one test's namespace, Looker, and operator, which watches this
// namespace only.
type world struct {
	*testing.T
	namespace string
	looker    *lookertest.Server
	requests  *requests // of the operator to the API server
	operator  *controllers.Operator
	errors    *errorLog // of the operator
	account   string    // the operator's ServiceAccount
	stop      func()
}

// newWorld starts a Looker and an operator that knows nothing of it yet.
func newWorld(t *testing.T, opts ...lookertest.Option) *world {
	t.Helper()
	w := unstarted(t, opts...)
	w.start()
	return w
}

// unstarted is a world without an operator.
func unstarted(t *testing.T, opts ...lookertest.Option) *world {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "t-"}}
	if err := admin.Create(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	w := &world{
		T: t, namespace: namespace.Name, looker: lookertest.Start(t, opts...), requests: &requests{}, errors: &errorLog{},
		account: manifests.ServiceAccount, stop: func() {},
	}
	t.Cleanup(func() {
		w.stop()
		for _, line := range w.errors.all() {
			if strings.Contains(line, w.looker.ClientSecret()) {
				t.Errorf("the log shows the client secret: %s", line)
			}
		}
	})
	return w
}

// start starts the operator.
func (w *world) start() {
	w.Helper()
	kube := unthrottled(plane.AsServiceAccount(manifests.Namespace, w.account))
	kube.Wrap(w.requests.wrap)
	manager, err := ctrl.NewManager(kube, managerOptions(w.namespace, w.errors))
	if err != nil {
		w.Fatal(err)
	}
	if w.operator, err = controllers.Setup(manager, controllers.Options{Clock: clock.RealClock{}, Version: "test"}); err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.Errorf("the manager ended with an error: %v", err)
		}
		w.stop = func() {}
	}
	if !manager.GetCache().WaitForCacheSync(ctx) {
		w.Fatal("the cache was not filled")
	}
}

// managerOptions are those of the command.
func managerOptions(namespace string, errors *errorLog) ctrl.Options {
	o := controllers.ManagerOptions(scheme, namespace)
	o.Logger = logr.New(errors)
	o.Metrics = metricsserver.Options{BindAddress: "0"}
	o.Controller.SkipNameValidation = new(true) // names are unique in a process; here are several operators in one
	return o
}

// connect makes the LookerInstance "looker" and the Secret that it needs, and
// waits until it is Ready.
func (w *world) connect() {
	w.Helper()
	w.create(w.credentials(w.looker.ClientSecret()))
	w.create(w.instance("looker", w.looker))
	w.waitReady("LookerInstance", "looker")
}

// credentials is the Secret "looker".
func (w *world) credentials(secret string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "looker", Namespace: w.namespace},
		StringData: map[string]string{"clientId": w.looker.ClientID(), "clientSecret": secret},
	}
}

// instance is a LookerInstance without a speed limit. Its sweeps are the test's
// own: one that comes by itself would be counted where none is expected.
func (w *world) instance(name string, looker *lookertest.Server) *v1alpha1.LookerInstance {
	return &v1alpha1.LookerInstance{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.LookerInstanceSpec{
			URL:                  looker.URL(),
			CredentialsSecretRef: v1alpha1.LocalSecretReference{Name: "looker"},
			Edition:              v1alpha1.EditionUnlimited,
			DriftDetection:       &v1alpha1.DriftDetection{Enabled: new(false)},
			Traffic:              &v1alpha1.Traffic{RequestsPerSecond: new(int32(1000)), Burst: new(int32(1000)), MaxInFlight: new(int32(8))},
		},
	}
}

// folder is a LookerFolder below another one, or below Shared.
func folder(name, below string) *v1alpha1.LookerFolder {
	parent := v1alpha1.FolderReference{Ref: below}
	if below == "" {
		parent = v1alpha1.FolderReference{ID: "1"}
	}
	return &v1alpha1.LookerFolder{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.LookerFolderSpec{
			CommonSpec: v1alpha1.CommonSpec{InstanceRef: v1alpha1.InstanceReference{Name: "looker"}},
			Name:       &name,
			Parent:     parent,
		},
	}
}

func (w *world) create(o client.Object) {
	w.Helper()
	o.SetNamespace(w.namespace)
	if err := admin.Create(w.Context(), o); err != nil {
		w.Fatalf("create %s: %v", o.GetName(), err)
	}
}

// get reads an object of this API; nil if it is not there.
func (w *world) get(kind, name string) client.Object {
	w.Helper()
	o, err := scheme.New(v1alpha1.GroupVersion.WithKind(kind))
	if err != nil {
		w.Fatal(err)
	}
	obj := o.(client.Object)
	err = admin.Get(w.Context(), client.ObjectKey{Namespace: w.namespace, Name: name}, obj)
	if client.IgnoreNotFound(err) != nil {
		w.Fatal(err)
	}
	if err != nil {
		return nil
	}
	return obj
}

func (w *world) folder(name string) *v1alpha1.LookerFolder {
	w.Helper()
	f, ok := w.get("LookerFolder", name).(*v1alpha1.LookerFolder)
	if !ok {
		w.Fatalf("there is no LookerFolder %s", name)
	}
	return f
}

// edit changes an object as its user.
func (w *world) edit(o client.Object, change func()) {
	w.Helper()
	before := o.DeepCopyObject().(client.Object)
	change()
	if err := admin.Patch(w.Context(), o, client.MergeFrom(before)); err != nil {
		w.Fatalf("edit %s: %v", o.GetName(), err)
	}
}

func (w *world) delete(o client.Object) {
	w.Helper()
	o.SetNamespace(w.namespace)
	if err := admin.Delete(w.Context(), o); err != nil {
		w.Fatalf("delete %s: %v", o.GetName(), err)
	}
}

// within waits until done reports true; what it says of the state is in the
// message of a failure.
func (w *world) within(limit time.Duration, what string, done func() (bool, string)) {
	w.Helper()
	for deadline := time.Now().Add(limit); ; {
		ok, state := done()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			w.Fatalf("not within %s: %s; %s", limit, what, state)
		}
		w.pause(20 * time.Millisecond)
	}
}

// pause waits for d, or until the test ends.
func (w *world) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-w.Context().Done():
	}
}

// ready is the Ready condition of an object, if it speaks of its current generation.
func ready(o client.Object) metav1.Condition {
	var conditions []metav1.Condition
	switch x := o.(type) {
	case *v1alpha1.LookerInstance:
		conditions = x.Status.Conditions
	case v1alpha1.Object:
		_, status := x.Common()
		conditions = status.Conditions
	}
	c := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	if c == nil || c.ObservedGeneration != o.GetGeneration() {
		return metav1.Condition{Status: metav1.ConditionUnknown, Reason: "NotYetObserved"}
	}
	return *c
}

func describe(o client.Object) string {
	c := ready(o)
	return fmt.Sprintf("%s %s is Ready=%s %s %s", reflect.TypeOf(o).Elem().Name(), o.GetName(), c.Status, c.Reason, c.Message)
}

func (w *world) waitReady(kind string, names ...string) {
	w.Helper()
	w.waitReadyWithin(soon, kind, names...)
}

func (w *world) waitReadyWithin(limit time.Duration, kind string, names ...string) {
	w.Helper()
	for _, name := range names {
		w.within(limit, "every object is Ready", func() (bool, string) {
			o := w.get(kind, name)
			return o != nil && ready(o).Status == metav1.ConditionTrue, describe(o)
		})
	}
}

func (w *world) waitReason(kind, name, reason string) {
	w.Helper()
	w.within(soon, "the reason is "+reason, func() (bool, string) {
		o := w.get(kind, name)
		return o != nil && ready(o).Reason == reason && ready(o).Status != metav1.ConditionTrue, describe(o)
	})
}

func (w *world) waitGone(limit time.Duration, kind string, names ...string) {
	w.Helper()
	for _, name := range names {
		w.within(limit, kind+" "+name+" is gone", func() (bool, string) {
			o := w.get(kind, name)
			if o == nil {
				return true, ""
			}
			return false, describe(o)
		})
	}
}

// waitQuiet waits until the operator has done nothing, to Looker or to
// Kubernetes, for a second.
func (w *world) waitQuiet() {
	w.Helper()
	seen, since := "", time.Now()
	w.within(soon, "a second without anything to do", func() (bool, string) {
		now := fmt.Sprintf("%d calls to Looker, %d writes to Kubernetes", len(w.looker.Calls().Log), len(w.requests.writes()))
		if now != seen {
			seen, since = now, time.Now()
		}
		return time.Since(since) > time.Second, seen
	})
}
